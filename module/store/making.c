// SPDX-License-Identifier: GPL-2.0-or-later
/* store/making.c - names that are being made, and CREATEs that find them */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/wait_bit.h>

#include "../core/server.h"
#include "file.h"
#include "making.h"

/**
 * csrv_making_begin() - a CREATE is going to make a name
 * @srv: the server
 * @m: the CREATE's; csrv_making_end() follows
 * @dir: the directory; held until then, like @name
 * @name: as it will be spelled on disk
 *
 * Takes the lock of @dir's bucket.
 */
void csrv_making_begin(struct csrv_server *srv, struct csrv_making *m, const struct inode *dir,
		       const char *name)
{
	struct csrv_file_bucket *b = csrv_file_bucket(srv, dir);

	m->dir = dir;
	m->name = name;
	m->seq = atomic64_inc_return(&srv->next_id);
	spin_lock(&b->lock);
	hlist_add_head(&m->node, &b->making);
	spin_unlock(&b->lock);
}

/* The CREATE has joined what it made and said all of it; or has removed the name again. */
void csrv_making_end(struct csrv_server *srv, struct csrv_making *m)
{
	struct csrv_file_bucket *b = csrv_file_bucket(srv, m->dir);

	spin_lock(&b->lock);
	hlist_del(&m->node);
	spin_unlock(&b->lock);
	smp_mb();	/* wake_up_var() looks for waiters without a lock */
	wake_up_var(&b->making);
}

/* The number of the CREATE that makes the name, or 0. */
static u64 making_seq(struct csrv_file_bucket *b, const struct inode *dir, const char *name)
{
	struct csrv_making *m;
	u64 seq = 0;

	spin_lock(&b->lock);
	hlist_for_each_entry(m, &b->making, node)
		if (m->dir == dir && !strcmp(m->name, name))
			seq = m->seq;
	spin_unlock(&b->lock);
	return seq;
}

static bool making_is_over(struct csrv_file_bucket *b, u64 seq)
{
	struct csrv_making *m;
	bool over = true;

	spin_lock(&b->lock);
	hlist_for_each_entry(m, &b->making, node)
		over &= m->seq != seq;
	spin_unlock(&b->lock);
	return over;
}

/**
 * csrv_making_wait() - let the CREATE that is making a name come to its end
 * @srv: the server
 * @dentry: found by a walk
 *
 * What is waited for is work under way in another worker, which waits for no client.  Called
 * without locks; takes the lock of the directory's bucket.
 *
 * A CREATE that makes a name is on the list before the name can be found, and joins the file before
 * it leaves the list.  So a CREATE that finds the name and then no maker on the list meets the
 * maker at the file, if there was one.
 * Return: true if it waited: the name may have been removed.
 */
bool csrv_making_wait(struct csrv_server *srv, const struct dentry *dentry)
{
	struct csrv_file_bucket *b;
	struct name_snapshot name;
	const struct inode *dir;
	u64 seq;

	rcu_read_lock();
	dir = d_inode_rcu(READ_ONCE(dentry->d_parent));	/* a number, not looked into */
	rcu_read_unlock();
	b = csrv_file_bucket(srv, dir);
	smp_rmb();	/* the name was found, now the list; the maker did the opposite */
	if (!smp_load_acquire(&b->making.first))
		return false;
	take_dentry_name_snapshot(&name, (struct dentry *)dentry);
	seq = making_seq(b, dir, (const char *)name.name.name);
	release_dentry_name_snapshot(&name);
	if (!seq)
		return false;
	wait_var_event(&b->making, making_is_over(b, seq));
	return true;
}
