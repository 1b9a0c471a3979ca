// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/nameidx.c - find a name of another case without reading the directory */
#include <linux/hash.h>
#include <linux/iversion.h>
#include <linux/list.h>
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
#include "access.h"
#include "internal.h"
#include "nameidx.h"
#include "nametab.h"
#include "path.h"

#define IDX_BYTES	(32u << 20)	/* most that the directories of one share may take */
#define DIR_BITS	8		/* buckets for directories */
#define RACY_SECS	2		/* coarsest clock that a file system keeps (FAT) */

/*
 * The names of one directory.  It is in a bucket and in the LRU list of its index, which hold one
 * reference together; a task that uses it holds another.
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
	 * Guards all below; held for lookups only.  The directory is read without it, into names
	 * of the reader's own; meanwhile others do without the index.
	 */
	struct mutex lock;
	bool building;
	struct csrv_nameidx_stamp stamp;
	bool valid;
	struct csrv_names n;
};

struct csrv_nameidx {
	spinlock_t lock;		/* guards the next three; nothing is taken inside */
	struct hlist_head buckets[1 << DIR_BITS];
	struct list_head lru;		/* least recently used first */
	size_t bytes;
	u32 seed;			/* random: no client can choose names that collide */
	u32 short_seed;			/* csrv_vfs_root.short_seed */
	struct shrinker *shrinker;
};

static void dir_put(struct idx_dir *d)
{
	if (!refcount_dec_and_test(&d->ref))
		return;
	csrv_names_clear(&d->n);
	kfree(d);
}

static size_t dir_bytes_locked(const struct idx_dir *d) __must_hold(&d->lock)
{
	lockdep_assert_held(&d->lock);
	return sizeof(*d) + csrv_names_bytes(&d->n);
}

/* Take @d out of the table; the caller puts what is on @gone. */
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

/* Evict the least recently used until at most @limit bytes are left. */
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

/* Without a counter, a later change in the same clock tick as @s has the same stamp. */
static bool stamp_lasts(const struct csrv_nameidx_stamp *s)
{
	struct timespec64 now;

	if (s->version)
		return true;
	ktime_get_coarse_real_ts64(&now);
	return now.tv_sec - s->ctime.tv_sec > RACY_SECS;
}

/* Does a change by others show here at once?  Not where entries are revalidated. */
static bool dir_is_local(const struct path *dir)
{
	return !(READ_ONCE(dir->dentry->d_flags) & DCACHE_OP_REVALIDATE);
}

static bool dir_is(const struct idx_dir *d, const struct inode *inode)
{
	return d->ino == inode->i_ino && d->dev == inode->i_sb->s_dev &&
	       d->generation == inode->i_generation;
}

static struct hlist_head *bucket_locked(struct csrv_nameidx *idx, const struct inode *inode)
	__must_hold(&idx->lock)
{
	lockdep_assert_held(&idx->lock);
	return &idx->buckets[hash_64(inode->i_ino ^ (u64)inode->i_sb->s_dev << 32, DIR_BITS)];
}

/* The entry with a reference for the caller; NULL: the directory is not indexed. */
static struct idx_dir *dir_find_locked(struct csrv_nameidx *idx, const struct inode *inode)
	__must_hold(&idx->lock)
{
	struct idx_dir *d;

	lockdep_assert_held(&idx->lock);
	hlist_for_each_entry(d, bucket_locked(idx, inode), bucket)
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
		hlist_add_head(&new->bucket, bucket_locked(idx, inode));
		list_add_tail(&new->lru, &idx->lru);
		d = new;
		new = NULL;
	}
	spin_unlock(&idx->lock);
	kfree(new);
	return d;
}

/* @d has changed its size. */
static void dir_charge(struct csrv_nameidx *idx, struct idx_dir *d, size_t bytes)
{
	bool over;

	spin_lock(&idx->lock);
	if (!hlist_unhashed(&d->bucket)) {	/* not evicted meanwhile */
		idx->bytes += bytes - d->charged;
		d->charged = bytes;
	}
	over = idx->bytes > IDX_BYTES;
	spin_unlock(&idx->lock);
	if (over)
		idx_trim(idx, IDX_BYTES / 4 * 3);
}

/* What is looked for in a directory. */
struct query {
	const struct path *dir;
	const char *name;		/* NUL-terminated */
	bool any_case;			/* else by the 8.3 name only */
	bool may_be_short;
	char *found;			/* NAME_MAX + 1 bytes */
};

/* True: the answer is certain: *@err is 0 with q->found filled, or -ENOENT. */
static bool names_answer(const struct csrv_names *n, const struct query *q, int *err)
{
	const char *name = NULL;

	if (q->any_case)
		name = csrv_names_find(n, q->name, strlen(q->name));
	if (!name && q->may_be_short) {
		if (!n->has_shorts)
			return false;
		name = csrv_names_find_short(n, q->name, strlen(q->name));
	}
	if (name)
		strscpy(q->found, name, NAME_MAX + 1);
	*err = name ? 0 : -ENOENT;
	return true;
}

struct build {
	struct csrv_names *n;
	bool full;
};

static bool build_name(void *priv, const char *name, size_t len, u64 ino)
{
	struct build *b = priv;

	b->full = !csrv_names_add(b->n, name, len);
	return !b->full;
}

/*
 * Read the directory, without any lock of the index.  The names are valid for as long as the
 * directory's stamp is *@stamp; without *@lasts, for one use only.
 */
static int names_read(const struct path *dir, struct csrv_names *n,
		      struct csrv_nameidx_stamp *stamp, bool *lasts)
{
	struct build b = { .n = n };
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
	struct csrv_names fresh = {
		.seed = idx->seed,
		.short_seed = idx->short_seed,
		.has_shorts = shorts,
	};
	struct csrv_nameidx_stamp stamp;
	bool lasts, known = false;
	int err, found = 0;
	size_t bytes;

	err = names_read(q->dir, &fresh, &stamp, &lasts);
	if (!err)
		known = names_answer(&fresh, q, &found);
	mutex_lock(&d->lock);
	d->building = false;
	d->valid = !err && lasts;
	if (d->valid) {
		swap(d->n, fresh);
		d->stamp = stamp;
	}
	bytes = dir_bytes_locked(d);
	mutex_unlock(&d->lock);
	csrv_names_clear(&fresh);
	dir_charge(idx, d, bytes);
	if (known)
		return found;
	/* It does not fit: read it for this name alone. */
	return err && err != -ENOSPC ? err : -EAGAIN;
}

/* -EAGAIN: the index has no answer, read the directory. */
static int find_in(struct csrv_nameidx *idx, struct idx_dir *d, const struct query *q)
{
	struct csrv_nameidx_stamp now = csrv_nameidx_stamp(d_inode(q->dir->dentry));
	bool known = false, build = false, shorts;
	int err = -EAGAIN;

	mutex_lock(&d->lock);
	shorts = d->n.has_shorts || q->may_be_short;
	if (d->valid && stamp_equal(&d->stamp, &now))
		known = names_answer(&d->n, q, &err);
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
	/* A caller who may not list the directory gets no name that was cached for another. */
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

void csrv_nameidx_change(struct csrv_nameidx *idx, struct inode *dir,
			 const struct csrv_nameidx_stamp *before, const char *gone,
			 const char *made)
{
	struct idx_dir *d;
	size_t bytes;

	/* Without a change counter, this change cannot be told from another one. */
	if (!idx || !before->version)
		return;
	d = dir_find(idx, dir);
	if (!d)
		return;
	mutex_lock(&d->lock);
	if (d->valid && stamp_equal(&d->stamp, before)) {
		d->valid = csrv_names_change(&d->n, gone, made);
		d->stamp = csrv_nameidx_stamp(dir);
	}
	bytes = dir_bytes_locked(d);
	mutex_unlock(&d->lock);
	dir_charge(idx, d, bytes);
	dir_put(d);
}
