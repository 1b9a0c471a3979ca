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
#include "../wire/name.h"
#include "../wire/shortname.h"
#include "../wire/utf16.h"
#include "attr.h"
#include "internal.h"
#include "nameidx.h"
#include "path.h"

#define IDX_BYTES	(32u << 20)	/* most that the directories of one share may take */
#define DIR_BYTES	(8u << 20)	/* most names of one directory; more are not kept */
#define DIR_BITS	8		/* buckets for directories */
#define SLOTS_MIN	64u
#define SLOT_EMPTY	0u
#define SLOT_GONE	U32_MAX
#define RESCHED_NAMES	1024u		/* names looked at before others may run */
#define RACY_SECS	2		/* coarsest clock that a file system keeps (FAT) */

/* A hash table of names without regard to case. */
struct idx_table {
	u32 *slots;			/* offset into idx_names.names, SLOT_EMPTY or SLOT_GONE */
	u32 *hashes;			/* of the key in that slot */
	u32 n, filled;			/* a power of two; gone ones count as filled */
};

/* What a directory was found to contain. */
struct idx_names {
	char *names;			/* length byte, name, NUL; from offset 1 on */
	u32 used, size;
	bool has_shorts;		/* @shorts is kept: somebody asked for an 8.3 name */
	bool twins;			/* some share an 8.3 name: only one of them is in @shorts */
	struct idx_table full;		/* by the name that clients are shown */
	struct idx_table shorts;	/* by the 8.3 name made for it, where it has one */
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
	 * Guards all below, for no longer than a look.  The directory is read without it, into
	 * names of the reader's own; meanwhile others do without the index.
	 */
	struct mutex lock;
	bool building;
	struct csrv_nameidx_stamp stamp;
	bool valid;
	struct idx_names n;
};

struct csrv_nameidx {
	spinlock_t lock;		/* buckets, LRU and bytes; nothing is taken inside */
	struct hlist_head buckets[1 << DIR_BITS];
	struct list_head lru;		/* least recently used first */
	size_t bytes;
	u32 seed;			/* so that nobody can choose names that collide */
	u32 short_seed;			/* csrv_vfs_root.short_seed */
	struct shrinker *shrinker;
};

static void table_clear(struct idx_table *t)
{
	kvfree(t->slots);
	kvfree(t->hashes);
	*t = (struct idx_table){};
}

static void names_clear(struct idx_names *n)
{
	kvfree(n->names);
	table_clear(&n->full);
	table_clear(&n->shorts);
	*n = (struct idx_names){};
}

static void dir_put(struct idx_dir *d)
{
	if (!refcount_dec_and_test(&d->ref))
		return;
	names_clear(&d->n);
	kfree(d);
}

static size_t dir_bytes(const struct idx_dir *d)
{
	return sizeof(*d) + d->n.size + ((size_t)d->n.full.n + d->n.shorts.n) * 2 * sizeof(u32);
}

/* Out of the table; the caller puts what lands on @gone. */
static void dir_unlink_locked(struct csrv_nameidx *idx, struct idx_dir *d, struct list_head *gone)
	__must_hold(&idx->lock)
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

struct csrv_nameidx *csrv_nameidx_create(u32 short_seed)
{
	struct csrv_nameidx *idx = kvzalloc(sizeof(*idx), GFP_KERNEL);

	if (!idx)
		return NULL;
	spin_lock_init(&idx->lock);
	INIT_LIST_HEAD(&idx->lru);
	idx->seed = get_random_u32();
	idx->short_seed = short_seed;
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
	__must_hold(&idx->lock)
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
	for (i = 0; i < old.n && t->slots && t->hashes; i++) {
		if (old.slots[i] != SLOT_EMPTY && old.slots[i] != SLOT_GONE)
			slot_put(t, old.hashes[i], old.slots[i]);
		if (i % RESCHED_NAMES == 0)
			cond_resched();
	}
	table_clear(&old);
	if (t->slots && t->hashes)
		return true;
	table_clear(t);
	return false;
}

static bool names_grow(struct idx_names *n, u32 need)
{
	u32 size = n->size ? n->size * 2 : 1024;
	char *names;

	if (need <= n->size - n->used)
		return true;
	if (size > DIR_BYTES)
		return false;
	names = kvmalloc(size, GFP_KERNEL);
	if (!names)
		return false;
	if (n->names)
		memcpy(names, n->names, n->used);
	kvfree(n->names);
	n->names = names;
	n->size = size;
	if (!n->used)
		n->used = 1;		/* no name has offset SLOT_EMPTY */
	return true;
}

/* What clients call it.  @buf is used where that is not @name. */
static const char *name_shown(const char *name, size_t *len, char buf[WIRE_SHOWN_MAX])
{
	u32 n;

	if (wire_name_is_usable(name, *len))
		return name;
	n = wire_name_show(name, *len, buf);
	if (!n)
		return name;		/* which no client can say: an 8.3 name is all it has */
	*len = n;
	return buf;
}

static u32 name_hash(const struct csrv_nameidx *idx, const char *name, size_t len)
{
	char buf[WIRE_SHOWN_MAX];
	const char *key = name_shown(name, &len, buf);

	return wire_name_fold_hash(key, len, idx->seed);
}

/* The 8.3 name made for a name; 0: it needs none. */
static u32 short_of(const struct csrv_nameidx *idx, const char *name, size_t len, char *buf)
{
	u32 n = wire_short_name(name, len, idx->short_seed, buf);

	return csrv_name_may_be_short(buf, n) ? n : 0;
}

/* Which names equal the one that is looked for. */
enum match {
	MATCH_EXACT,
	MATCH_FOLDED,		/* as clients are shown it, whatever the case */
	MATCH_SHORT,		/* those whose 8.3 name does */
};

static bool name_matches(const struct csrv_nameidx *idx, const char *have, size_t hlen,
			 const char *name, size_t len, enum match how)
{
	char buf[WIRE_SHOWN_MAX];

	if (how == MATCH_EXACT)
		return hlen == len && !memcmp(have, name, len);
	if (how == MATCH_SHORT) {
		hlen = short_of(idx, have, hlen, buf);
		have = buf;
	} else {
		have = name_shown(have, &hlen, buf);
	}
	return hlen && !wire_name_casecmp(have, hlen, name, len);
}

static u32 *slot_find(const struct csrv_nameidx *idx, const struct idx_names *n,
		      const struct idx_table *t, u32 hash, const char *name, enum match how)
{
	size_t len = strlen(name);
	u32 i;

	if (!t->n)
		return NULL;
	for (i = hash & (t->n - 1); t->slots[i] != SLOT_EMPTY; i = (i + 1) & (t->n - 1)) {
		const char *have = n->names + t->slots[i] + 1;

		if (t->slots[i] != SLOT_GONE && t->hashes[i] == hash &&
		    name_matches(idx, have, (u8)have[-1], name, len, how))
			return &t->slots[i];
	}
	return NULL;
}

/* The first of several names with one 8.3 name has it: more would only make the table slow. */
static bool short_add(const struct csrv_nameidx *idx, struct idx_names *n, u32 off)
{
	char buf[WIRE_SHORT_NAME_MAX + 1];
	u32 len = short_of(idx, n->names + off + 1, (u8)n->names[off], buf), hash;

	if (!len)
		return true;
	buf[len] = '\0';
	hash = wire_name_fold_hash(buf, len, idx->seed);
	if (slot_find(idx, n, &n->shorts, hash, buf, MATCH_SHORT)) {
		n->twins = true;
		return true;
	}
	if (!table_grow(&n->shorts))
		return false;
	slot_put(&n->shorts, hash, off);
	return true;
}

static bool names_add(const struct csrv_nameidx *idx, struct idx_names *n, const char *name,
		      size_t len)
{
	u32 off;

	/* Fresh memory of 1024 bytes and any doubling hold a name of 255 bytes. */
	if (!names_grow(n, len + 3) || !table_grow(&n->full))
		return false;
	off = n->used;
	n->names[off] = len;
	memcpy(n->names + off + 1, name, len);
	n->names[off + 1 + len] = '\0';
	n->used += len + 2;
	slot_put(&n->full, name_hash(idx, name, len), off);
	return !n->has_shorts || short_add(idx, n, off);
}

/* What is asked of a directory. */
struct query {
	const struct path *dir;
	const char *name;		/* NUL-terminated */
	bool any_case;			/* else by its 8.3 name only */
	bool may_be_short;
	char *found;			/* NAME_MAX + 1 bytes */
};

/* True: the answer is certain, and *@err is 0 with q->found filled, or -ENOENT. */
static bool names_answer(const struct csrv_nameidx *idx, const struct idx_names *n,
			 const struct query *q, int *err)
{
	u32 hash = wire_name_fold_hash(q->name, strlen(q->name), idx->seed);
	u32 *slot = NULL;

	if (q->any_case)
		slot = slot_find(idx, n, &n->full, hash, q->name, MATCH_FOLDED);
	if (!slot && q->may_be_short) {
		if (!n->has_shorts)
			return false;
		slot = slot_find(idx, n, &n->shorts, hash, q->name, MATCH_SHORT);
	}
	if (slot)
		strscpy(q->found, n->names + *slot + 1, NAME_MAX + 1);
	*err = slot ? 0 : -ENOENT;
	return true;
}

struct build {
	const struct csrv_nameidx *idx;
	struct idx_names *n;
	bool full;
};

static bool build_name(void *priv, const char *name, size_t len)
{
	struct build *b = priv;

	b->full = !names_add(b->idx, b->n, name, len);
	return !b->full;
}

/*
 * Read the directory, without any lock of the index.  *@stamp is unset (no version, no time)
 * when what was read is good for this once only.
 */
static int names_read(const struct csrv_nameidx *idx, const struct path *dir,
		      struct idx_names *n, struct csrv_nameidx_stamp *stamp, bool *lasts)
{
	struct build b = { .idx = idx, .n = n };
	struct inode *inode = d_inode(dir->dentry);
	struct csrv_nameidx_stamp after;
	int err;

	*stamp = csrv_nameidx_stamp(inode);
	err = csrv_dir_each(dir, build_name, &b);
	after = csrv_nameidx_stamp(inode);
	*lasts = stamp_equal(stamp, &after) && stamp_lasts(&after);
	return err ? err : b.full ? -ENOSPC : 0;
}

/* The caller has set d->building. */
static int build_and_find(struct csrv_nameidx *idx, struct idx_dir *d, const struct query *q,
			  bool shorts)
{
	struct idx_names fresh = { .has_shorts = shorts };
	struct csrv_nameidx_stamp stamp;
	bool lasts, known = false;
	int err, found = 0;
	size_t bytes;

	err = names_read(idx, q->dir, &fresh, &stamp, &lasts);
	if (!err)
		known = names_answer(idx, &fresh, q, &found);
	mutex_lock(&d->lock);
	d->building = false;
	d->valid = !err && lasts;
	if (d->valid) {
		swap(d->n, fresh);
		d->stamp = stamp;
	}
	bytes = dir_bytes(d);
	mutex_unlock(&d->lock);
	names_clear(&fresh);
	dir_charge(idx, d, bytes);
	if (known)
		return found;
	/* It does not fit: read it for this name alone. */
	return err && err != -ENOSPC ? err : -EAGAIN;
}

/* -EAGAIN: the index cannot tell, read the directory. */
static int find_in(struct csrv_nameidx *idx, struct idx_dir *d, const struct query *q)
{
	struct csrv_nameidx_stamp now = csrv_nameidx_stamp(d_inode(q->dir->dentry));
	bool known = false, build = false, shorts;
	int err = -EAGAIN;

	mutex_lock(&d->lock);
	shorts = d->n.has_shorts || q->may_be_short;
	if (d->valid && stamp_equal(&d->stamp, &now))
		known = names_answer(idx, &d->n, q, &err);
	if (!known && !d->building) {
		build = true;
		d->building = true;
	}
	mutex_unlock(&d->lock);
	if (known)
		return err;
	return build ? build_and_find(idx, d, q, shorts) : -EAGAIN;
}

int csrv_nameidx_find(const struct csrv_vfs_root *root, const struct path *dir, const char *name,
		      size_t len, bool any_case, char *found)
{
	struct query q = {
		.dir = dir,
		.any_case = any_case,
		.may_be_short = csrv_name_may_be_short(name, len),
		.found = found,
	};
	struct csrv_nameidx *idx = root->idx;
	struct idx_dir *d;
	int err = -EAGAIN;

	if (!any_case && !q.may_be_short)
		return -ENOENT;
	/* Who may not list a directory must not learn from what others could. */
	if (csrv_vfs_permission(dir, MAY_READ))
		return -ENOENT;
	q.name = kstrndup(name, len, GFP_KERNEL);
	if (!q.name)
		return -ENOMEM;
	d = idx && dir_is_local(dir) ? dir_find_or_add(idx, d_inode(dir->dentry)) : NULL;
	if (d) {
		err = find_in(idx, d, &q);
		dir_put(d);
	}
	if (err == -EAGAIN)
		err = csrv_dir_find(root, dir, q.name, any_case, found);
	kfree(q.name);
	return err == -EACCES ? -ENOENT : err;
}

static void names_forget(struct csrv_nameidx *idx, struct idx_names *n, const char *name)
{
	u32 *slot = slot_find(idx, n, &n->full, name_hash(idx, name, strlen(name)), name,
			      MATCH_EXACT);
	char buf[WIRE_SHORT_NAME_MAX];
	u32 len;

	if (slot)
		*slot = SLOT_GONE;
	len = n->has_shorts ? short_of(idx, name, strlen(name), buf) : 0;
	if (!len)
		return;
	slot = slot_find(idx, n, &n->shorts, wire_name_fold_hash(buf, len, idx->seed), name,
			 MATCH_EXACT);
	if (!slot)
		return;
	*slot = SLOT_GONE;
	if (n->twins) {			/* another may have that 8.3 name now: look, when asked */
		table_clear(&n->shorts);
		n->has_shorts = false;
		n->twins = false;
	}
}

/* False: what is left is not to be trusted. */
static bool names_change(struct csrv_nameidx *idx, struct idx_names *n, const char *gone,
			 const char *made)
{
	if (gone)
		names_forget(idx, n, gone);
	if (!made || slot_find(idx, n, &n->full, name_hash(idx, made, strlen(made)), made,
			       MATCH_EXACT))
		return true;
	return names_add(idx, n, made, strlen(made));
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
	mutex_lock(&d->lock);
	if (d->valid && stamp_equal(&d->stamp, before)) {
		d->valid = names_change(idx, &d->n, gone, made);
		d->stamp = csrv_nameidx_stamp(dir);
	}
	bytes = dir_bytes(d);
	mutex_unlock(&d->lock);
	dir_charge(idx, d, bytes);
	dir_put(d);
}
