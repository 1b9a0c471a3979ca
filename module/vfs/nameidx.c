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
	char *names;			/* length byte, name, NUL; from offset 1 on */
	u32 used, size;
	u32 *slots;			/* offset into @names, SLOT_EMPTY or SLOT_GONE */
	u32 *hashes;			/* of the name in that slot */
	u32 nslots, filled;		/* a power of two; gone ones count as filled */
};

struct csrv_nameidx {
	spinlock_t lock;		/* buckets, LRU and bytes; nothing is taken inside */
	struct hlist_head buckets[1 << DIR_BITS];
	struct list_head lru;		/* least recently used first */
	size_t bytes;
	u32 seed;			/* so that nobody can choose names that collide */
	struct shrinker *shrinker;
};

static void dir_clear(struct idx_dir *d)
{
	kvfree(d->names);
	kvfree(d->slots);
	kvfree(d->hashes);
	d->names = NULL;
	d->slots = NULL;
	d->hashes = NULL;
	d->used = 0;
	d->size = 0;
	d->nslots = 0;
	d->filled = 0;
	d->valid = false;
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
	return sizeof(*d) + d->size + (size_t)d->nslots * 2 * sizeof(u32);
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

static void slot_put(struct idx_dir *d, u32 hash, u32 off)
{
	u32 i = hash & (d->nslots - 1);

	while (d->slots[i] != SLOT_EMPTY)
		i = (i + 1) & (d->nslots - 1);
	d->slots[i] = off;
	d->hashes[i] = hash;
	d->filled++;
}

/* Make room for one more; leaves out what is gone. */
static bool slots_grow(struct idx_dir *d)
{
	u32 *slots = d->slots, *hashes = d->hashes, n = d->nslots, i;
	u32 want = n ? n * 2 : SLOTS_MIN;

	if (d->filled < n / 4 * 3)
		return true;
	d->slots = kvcalloc(want, sizeof(u32), GFP_KERNEL);
	d->hashes = kvcalloc(want, sizeof(u32), GFP_KERNEL);
	d->nslots = want;
	d->filled = 0;
	if (d->slots && d->hashes)
		for (i = 0; i < n; i++)
			if (slots[i] != SLOT_EMPTY && slots[i] != SLOT_GONE)
				slot_put(d, hashes[i], slots[i]);
	kvfree(slots);
	kvfree(hashes);
	return d->slots && d->hashes;
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

static bool dir_add(struct idx_dir *d, u32 seed, const char *name, size_t len)
{
	u32 off;

	/* Fresh memory of 1024 bytes and any doubling hold a name of 255 bytes. */
	if (!names_grow(d, len + 3) || !slots_grow(d))
		return false;
	off = d->used;
	d->names[off] = len;
	memcpy(d->names + off + 1, name, len);
	d->names[off + 1 + len] = '\0';
	d->used += len + 2;
	slot_put(d, wire_name_fold_hash(name, len, seed), off);
	return true;
}

/* The slot of a name; @exact tells names from each other that differ in case. */
static u32 *dir_slot(struct idx_dir *d, u32 seed, const char *name, size_t len, bool exact)
{
	u32 hash = wire_name_fold_hash(name, len, seed);
	u32 i;

	if (!d->nslots)
		return NULL;
	for (i = hash & (d->nslots - 1); d->slots[i] != SLOT_EMPTY; i = (i + 1) & (d->nslots - 1)) {
		const char *have = d->names + d->slots[i] + 1;
		size_t hlen;

		if (d->slots[i] == SLOT_GONE || d->hashes[i] != hash)
			continue;
		hlen = (u8)have[-1];
		if (exact ? hlen == len && !memcmp(have, name, len) :
			    !wire_name_casecmp(have, hlen, name, len))
			return &d->slots[i];
	}
	return NULL;
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

static int find_in(struct csrv_nameidx *idx, struct idx_dir *d, const struct path *dir,
		   const char *name, size_t len, char *found)
{
	bool complete;
	size_t bytes;
	u32 *slot = NULL;
	int err;

	mutex_lock(&d->lock);
	err = dir_lookup_locked(idx, d, dir, &complete);
	if (!err && complete)
		slot = dir_slot(d, idx->seed, name, len, false);
	if (slot)
		strscpy(found, d->names + *slot + 1, NAME_MAX + 1);
	bytes = dir_bytes(d);
	mutex_unlock(&d->lock);
	dir_charge(idx, d, bytes);
	if (err || !complete)
		return err ? err : csrv_dir_find(dir, name, len, found);
	return slot ? 0 : -ENOENT;
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

static void change_locked(struct csrv_nameidx *idx, struct idx_dir *d, const char *gone,
			  const char *made)
{
	u32 *slot;

	lockdep_assert_held(&d->lock);
	if (gone) {
		slot = dir_slot(d, idx->seed, gone, strlen(gone), true);
		if (slot)
			*slot = SLOT_GONE;
	}
	if (made && !dir_slot(d, idx->seed, made, strlen(made), true) &&
	    !dir_add(d, idx->seed, made, strlen(made)))
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
