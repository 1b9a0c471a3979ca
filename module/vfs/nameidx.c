// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/nameidx.c - finding a name of another case without reading the directory */
#include <linux/hash.h>
#include <linux/iversion.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "../compat/shrinker.h"
#include "../compat/vfs.h"
#include "../wire/shortname.h"
#include "../wire/utf16.h"
#include "attr.h"
#include "internal.h"
#include "nameidx.h"

#define IDX_BYTES	(32u << 20)	/* most that the directories of one share may take */
#define DIR_BYTES	(8u << 20)	/* most names of one directory; more are not kept */
#define DIR_BITS	8		/* buckets for directories */
#define SLOTS_MIN	64u
#define SLOT_EMPTY	0u
#define SLOT_GONE	U32_MAX
#define RACY_SECS	2		/* coarsest clock that a file system keeps (FAT) */

/* A hash table of names without regard to case. */
struct idx_table {
	u32 *slots;			/* offset into idx_dir.names, SLOT_EMPTY or SLOT_GONE */
	u32 *hashes;			/* of the key in that slot */
	u32 n, filled;			/* a power of two; gone ones count as filled */
};

/*
 * The names of one directory.  In a bucket and in the LRU list of its index, both of
 * which hold the one reference of the table; who works with it holds another.
 */
struct idx_dir {
	struct hlist_node bucket;
	struct list_head lru;
	refcount_t ref;
	dev_t dev;
	u32 generation;
	u64 ino;
	size_t charged;			/* bytes counted in idx->bytes; idx->lock */

	/*
	 * Guards all below.  Outside the directory's inode lock, which reading it takes;
	 * csrv_nameidx_change(), called inside that one, only tries.
	 */
	struct mutex lock;
	struct csrv_nameidx_stamp stamp;
	bool valid;
	bool has_shorts;		/* @shorts is kept: somebody asked for an 8.3 name */
	char *names;			/* length byte, name, NUL; from offset 1 on */
	u32 used, size;
	struct idx_table full;		/* by name */
	struct idx_table shorts;	/* by the 8.3 name made for it, where it has one */
};

struct csrv_nameidx {
	spinlock_t lock;		/* buckets, LRU and bytes; nothing is taken inside */
	struct hlist_head buckets[1 << DIR_BITS];
	struct list_head lru;		/* least recently used first */
	size_t bytes;
	u32 seed;			/* so that nobody can choose names that collide */
	struct shrinker *shrinker;
};

static void table_clear(struct idx_table *t)
{
	kvfree(t->slots);
	kvfree(t->hashes);
	*t = (struct idx_table){};
}

static void dir_clear(struct idx_dir *d)
{
	kvfree(d->names);
	d->names = NULL;
	d->used = 0;
	d->size = 0;
	d->valid = false;
	d->has_shorts = false;
	table_clear(&d->full);
	table_clear(&d->shorts);
}

static void dir_put(struct idx_dir *d)
{
	if (!refcount_dec_and_test(&d->ref))
		return;
	dir_clear(d);
	kfree(d);
}

static size_t dir_bytes(const struct idx_dir *d)
{
	return sizeof(*d) + d->size + ((size_t)d->full.n + d->shorts.n) * 2 * sizeof(u32);
}

/* Out of the table; the caller puts what lands on @gone. */
static void dir_unlink_locked(struct csrv_nameidx *idx, struct idx_dir *d, struct list_head *gone)
{
	lockdep_assert_held(&idx->lock);
	hlist_del_init(&d->bucket);
	list_move(&d->lru, gone);
	idx->bytes -= d->charged;
	d->charged = 0;
}

static void dirs_put(struct list_head *gone)
{
	struct idx_dir *d, *next;

	list_for_each_entry_safe(d, next, gone, lru) {
		list_del_init(&d->lru);
		dir_put(d);
	}
}

/* Throw out what was used longest ago until at most @limit bytes are left. */
static void idx_trim(struct csrv_nameidx *idx, size_t limit)
{
	struct idx_dir *d, *next;
	LIST_HEAD(gone);

	spin_lock(&idx->lock);
	list_for_each_entry_safe(d, next, &idx->lru, lru) {
		if (idx->bytes <= limit)
			break;
		dir_unlink_locked(idx, d, &gone);
	}
	spin_unlock(&idx->lock);
	dirs_put(&gone);
}

static unsigned long shrink_count(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct csrv_nameidx *idx = compat_shrinker_priv(shrinker);

	return READ_ONCE(idx->bytes) >> PAGE_SHIFT;
}

static unsigned long shrink_scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct csrv_nameidx *idx = compat_shrinker_priv(shrinker);
	size_t before = READ_ONCE(idx->bytes);
	size_t want = (size_t)sc->nr_to_scan << PAGE_SHIFT;

	if (!before)
		return SHRINK_STOP;
	idx_trim(idx, before > want ? before - want : 0);
	return DIV_ROUND_UP(before - min(before, READ_ONCE(idx->bytes)), PAGE_SIZE);
}

struct csrv_nameidx *csrv_nameidx_create(void)
{
	struct csrv_nameidx *idx = kvzalloc(sizeof(*idx), GFP_KERNEL);

	if (!idx)
		return NULL;
	spin_lock_init(&idx->lock);
	INIT_LIST_HEAD(&idx->lru);
	idx->seed = get_random_u32();
	idx->shrinker = compat_shrinker_alloc("cifssrv-names", idx, shrink_count, shrink_scan);
	if (!idx->shrinker) {
		kvfree(idx);
		return NULL;
	}
	return idx;
}

void csrv_nameidx_destroy(struct csrv_nameidx *idx)
{
	if (!idx)
		return;
	compat_shrinker_free(idx->shrinker);
	idx_trim(idx, 0);
	kvfree(idx);
}

struct csrv_nameidx_stamp csrv_nameidx_stamp(struct inode *dir)
{
	return (struct csrv_nameidx_stamp){
		.version = IS_I_VERSION(dir) ? inode_query_iversion(dir) + 1 : 0,
		.ctime = compat_inode_ctime(dir),
	};
}

static bool stamp_equal(const struct csrv_nameidx_stamp *a, const struct csrv_nameidx_stamp *b)
{
	return a->version == b->version && timespec64_equal(&a->ctime, &b->ctime);
}

/* Without a counter, what happens in the same tick of the clock as @s cannot be told apart. */
static bool stamp_lasts(const struct csrv_nameidx_stamp *s)
{
	struct timespec64 now;

	if (s->version)
		return true;
	ktime_get_coarse_real_ts64(&now);
	return now.tv_sec - s->ctime.tv_sec > RACY_SECS;
}

/* Whether a change by somebody else shows here at once: not where entries are revalidated. */
static bool dir_is_local(const struct path *dir)
{
	return !(READ_ONCE(dir->dentry->d_flags) & DCACHE_OP_REVALIDATE);
}

static bool dir_is(const struct idx_dir *d, const struct inode *inode)
{
	return d->ino == inode->i_ino && d->dev == inode->i_sb->s_dev &&
	       d->generation == inode->i_generation;
}

static struct hlist_head *dir_bucket(struct csrv_nameidx *idx, const struct inode *inode)
{
	return &idx->buckets[hash_64(inode->i_ino ^ (u64)inode->i_sb->s_dev << 32, DIR_BITS)];
}

/* With a reference for the caller, NULL if it is not indexed. */
static struct idx_dir *dir_find_locked(struct csrv_nameidx *idx, const struct inode *inode)
{
	struct idx_dir *d;

	lockdep_assert_held(&idx->lock);
	hlist_for_each_entry(d, dir_bucket(idx, inode), bucket)
		if (dir_is(d, inode)) {
			refcount_inc(&d->ref);
			list_move_tail(&d->lru, &idx->lru);
			return d;
		}
	return NULL;
}

static struct idx_dir *dir_find(struct csrv_nameidx *idx, const struct inode *inode)
{
	struct idx_dir *d;

	spin_lock(&idx->lock);
	d = dir_find_locked(idx, inode);
	spin_unlock(&idx->lock);
	return d;
}

static struct idx_dir *dir_find_or_add(struct csrv_nameidx *idx, const struct inode *inode)
{
	struct idx_dir *d = dir_find(idx, inode);
	struct idx_dir *new;

	if (d)
		return d;
	new = kzalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return NULL;
	refcount_set(&new->ref, 2);
	mutex_init(&new->lock);
	new->dev = inode->i_sb->s_dev;
	new->ino = inode->i_ino;
	new->generation = inode->i_generation;
	spin_lock(&idx->lock);
	d = dir_find_locked(idx, inode);
	if (!d) {
		hlist_add_head(&new->bucket, dir_bucket(idx, inode));
		list_add_tail(&new->lru, &idx->lru);
		d = new;
		new = NULL;
	}
	spin_unlock(&idx->lock);
	kfree(new);
	return d;
}

/* After @d changed its size. */
static void dir_charge(struct csrv_nameidx *idx, struct idx_dir *d, size_t bytes)
{
	bool over;

	spin_lock(&idx->lock);
	if (!hlist_unhashed(&d->bucket)) {	/* not thrown out meanwhile */
		idx->bytes += bytes - d->charged;
		d->charged = bytes;
	}
	over = idx->bytes > IDX_BYTES;
	spin_unlock(&idx->lock);
	if (over)
		idx_trim(idx, IDX_BYTES / 4 * 3);
}

static void slot_put(struct idx_table *t, u32 hash, u32 off)
{
	u32 i = hash & (t->n - 1);

	while (t->slots[i] != SLOT_EMPTY)
		i = (i + 1) & (t->n - 1);
	t->slots[i] = off;
	t->hashes[i] = hash;
	t->filled++;
}

/* Make room for one more; leaves out what is gone. */
static bool table_grow(struct idx_table *t)
{
	struct idx_table old = *t;
	u32 want = old.n ? old.n * 2 : SLOTS_MIN, i;

	if (old.filled < old.n / 4 * 3)
		return true;
	t->slots = kvcalloc(want, sizeof(u32), GFP_KERNEL);
	t->hashes = kvcalloc(want, sizeof(u32), GFP_KERNEL);
	t->n = want;
	t->filled = 0;
	if (t->slots && t->hashes)
		for (i = 0; i < old.n; i++)
			if (old.slots[i] != SLOT_EMPTY && old.slots[i] != SLOT_GONE)
				slot_put(t, old.hashes[i], old.slots[i]);
	table_clear(&old);
	if (t->slots && t->hashes)
		return true;
	table_clear(t);
	return false;
}

static bool names_grow(struct idx_dir *d, u32 need)
{
	u32 size = d->size ? d->size * 2 : 1024;
	char *names;

	if (need <= d->size - d->used)
		return true;
	if (size > DIR_BYTES)
		return false;
	names = kvmalloc(size, GFP_KERNEL);
	if (!names)
		return false;
	if (d->names)
		memcpy(names, d->names, d->used);
	kvfree(d->names);
	d->names = names;
	d->size = size;
	if (!d->used)
		d->used = 1;		/* no name has offset SLOT_EMPTY */
	return true;
}

/* The 8.3 name made for a name; 0: it needs none. */
static u32 short_of(const char *name, size_t len, char *buf)
{
	u32 n = wire_short_name(name, len, buf);

	return csrv_name_may_be_short(buf, n) ? n : 0;
}

static bool short_add(struct idx_dir *d, u32 seed, u32 off)
{
	char buf[WIRE_SHORT_NAME_MAX];
	u32 n = short_of(d->names + off + 1, (u8)d->names[off], buf);

	if (!n)
		return true;
	if (!table_grow(&d->shorts))
		return false;
	slot_put(&d->shorts, wire_name_fold_hash(buf, n, seed), off);
	return true;
}

static bool dir_add(struct idx_dir *d, u32 seed, const char *name, size_t len)
{
	u32 off;

	/* Fresh memory of 1024 bytes and any doubling hold a name of 255 bytes. */
	if (!names_grow(d, len + 3) || !table_grow(&d->full))
		return false;
	off = d->used;
	d->names[off] = len;
	memcpy(d->names + off + 1, name, len);
	d->names[off + 1 + len] = '\0';
	d->used += len + 2;
	slot_put(&d->full, wire_name_fold_hash(name, len, seed), off);
	return !d->has_shorts || short_add(d, seed, off);
}

/* Which names equal the one that is looked for. */
enum match {
	MATCH_EXACT,
	MATCH_FOLDED,
	MATCH_SHORT,		/* those whose 8.3 name does */
};

static bool name_matches(const char *have, size_t hlen, const char *name, size_t len,
			 enum match how)
{
	char buf[WIRE_SHORT_NAME_MAX];

	if (how == MATCH_EXACT)
		return hlen == len && !memcmp(have, name, len);
	if (how == MATCH_SHORT) {
		hlen = short_of(have, hlen, buf);
		have = buf;
	}
	return hlen && !wire_name_casecmp(have, hlen, name, len);
}

static u32 *slot_find(const struct idx_dir *d, const struct idx_table *t, u32 hash,
		      const char *name, size_t len, enum match how)
{
	u32 i;

	if (!t->n)
		return NULL;
	for (i = hash & (t->n - 1); t->slots[i] != SLOT_EMPTY; i = (i + 1) & (t->n - 1)) {
		const char *have = d->names + t->slots[i] + 1;

		if (t->slots[i] != SLOT_GONE && t->hashes[i] == hash &&
		    name_matches(have, (u8)have[-1], name, len, how))
			return &t->slots[i];
	}
	return NULL;
}

/* From the first question for an 8.3 name on they are kept, too. */
static bool shorts_ready(struct idx_dir *d, u32 seed)
{
	u32 i;

	for (i = 0; i < d->full.n && !d->has_shorts; i++) {
		u32 off = d->full.slots[i];

		if (off != SLOT_EMPTY && off != SLOT_GONE && !short_add(d, seed, off)) {
			table_clear(&d->shorts);
			return false;
		}
	}
	d->has_shorts = true;
	return true;
}

struct build {
	struct idx_dir *d;
	u32 seed;
	bool full;
};

static bool build_name(void *priv, const char *name, size_t len)
{
	struct build *b = priv;

	b->full = !dir_add(b->d, b->seed, name, len);
	return !b->full;
}

/* Read the directory.  0 also if it does not fit: then @d is empty and not valid. */
static int dir_build(struct csrv_nameidx *idx, struct idx_dir *d, const struct path *dir,
		     bool *complete)
{
	struct build b = { .d = d, .seed = idx->seed };
	struct inode *inode = d_inode(dir->dentry);
	struct csrv_nameidx_stamp after;
	int err;

	dir_clear(d);
	d->stamp = csrv_nameidx_stamp(inode);
	err = csrv_dir_each(dir, build_name, &b);
	after = csrv_nameidx_stamp(inode);
	*complete = !err && !b.full;
	if (!*complete)
		dir_clear(d);
	/* One that changed meanwhile is good for this once. */
	d->valid = *complete && stamp_equal(&d->stamp, &after) && stamp_lasts(&after);
	return err;
}

/* 0 with *complete unset: there is no index, read the directory. */
static int dir_lookup_locked(struct csrv_nameidx *idx, struct idx_dir *d, const struct path *dir,
			     bool *complete)
{
	struct csrv_nameidx_stamp now = csrv_nameidx_stamp(d_inode(dir->dentry));

	lockdep_assert_held(&d->lock);
	*complete = d->valid && stamp_equal(&d->stamp, &now);
	return *complete ? 0 : dir_build(idx, d, dir, complete);
}

/* The name on disk, NULL if there is none; *complete is unset if that is not certain. */
static const char *name_locked(struct csrv_nameidx *idx, struct idx_dir *d, const char *name,
			       size_t len, bool *complete)
{
	u32 hash = wire_name_fold_hash(name, len, idx->seed);
	u32 *slot = slot_find(d, &d->full, hash, name, len, MATCH_FOLDED);

	lockdep_assert_held(&d->lock);
	if (!slot && csrv_name_may_be_short(name, len)) {
		*complete = shorts_ready(d, idx->seed);
		if (*complete)
			slot = slot_find(d, &d->shorts, hash, name, len, MATCH_SHORT);
	}
	return slot ? d->names + *slot + 1 : NULL;
}

static int find_in(struct csrv_nameidx *idx, struct idx_dir *d, const struct path *dir,
		   const char *name, size_t len, char *found)
{
	const char *have = NULL;
	bool complete;
	size_t bytes;
	int err;

	mutex_lock(&d->lock);
	err = dir_lookup_locked(idx, d, dir, &complete);
	if (!err && complete)
		have = name_locked(idx, d, name, len, &complete);
	if (have)
		strscpy(found, have, NAME_MAX + 1);
	bytes = dir_bytes(d);
	mutex_unlock(&d->lock);
	dir_charge(idx, d, bytes);
	if (err || !complete)
		return err ? err : csrv_dir_find(dir, name, len, found);
	return have ? 0 : -ENOENT;
}

int csrv_nameidx_find(struct csrv_nameidx *idx, const struct path *dir, const char *name,
		      size_t len, char *found)
{
	struct idx_dir *d;
	int err;

	if (!idx || !dir_is_local(dir))
		return csrv_dir_find(dir, name, len, found);
	/* Who may not list a directory must not learn from what others could. */
	if (csrv_vfs_permission(dir, MAY_READ))
		return -ENOENT;
	d = dir_find_or_add(idx, d_inode(dir->dentry));
	if (!d)
		return csrv_dir_find(dir, name, len, found);
	err = find_in(idx, d, dir, name, len, found);
	dir_put(d);
	return err == -EACCES ? -ENOENT : err;
}

static void forget_locked(struct csrv_nameidx *idx, struct idx_dir *d, const char *name)
{
	char buf[WIRE_SHORT_NAME_MAX];
	size_t len = strlen(name);
	u32 hash = wire_name_fold_hash(name, len, idx->seed), n;
	u32 *slot = slot_find(d, &d->full, hash, name, len, MATCH_EXACT);

	if (slot)
		*slot = SLOT_GONE;
	n = d->has_shorts ? short_of(name, len, buf) : 0;
	if (!n)
		return;
	hash = wire_name_fold_hash(buf, n, idx->seed);
	slot = slot_find(d, &d->shorts, hash, name, len, MATCH_EXACT);
	if (slot)
		*slot = SLOT_GONE;
}

static void change_locked(struct csrv_nameidx *idx, struct idx_dir *d, const char *gone,
			  const char *made)
{
	size_t len = made ? strlen(made) : 0;
	u32 hash;

	lockdep_assert_held(&d->lock);
	if (gone)
		forget_locked(idx, d, gone);
	if (!made)
		return;
	hash = wire_name_fold_hash(made, len, idx->seed);
	if (!slot_find(d, &d->full, hash, made, len, MATCH_EXACT) &&
	    !dir_add(d, idx->seed, made, len))
		dir_clear(d);
}

void csrv_nameidx_change(struct csrv_nameidx *idx, struct inode *dir,
			 const struct csrv_nameidx_stamp *before, const char *gone,
			 const char *made)
{
	struct idx_dir *d;
	size_t bytes;

	/* Where only the clock tells of changes, ours cannot be told from another's. */
	if (!idx || !before->version)
		return;
	d = dir_find(idx, dir);
	if (!d)
		return;
	/* If it is being read, that will find its stamp outdated: no harm done. */
	if (mutex_trylock(&d->lock)) {
		if (d->valid && stamp_equal(&d->stamp, before)) {
			change_locked(idx, d, gone, made);
			d->stamp = csrv_nameidx_stamp(dir);
		}
		bytes = dir_bytes(d);
		mutex_unlock(&d->lock);
		dir_charge(idx, d, bytes);
	}
	dir_put(d);
}
