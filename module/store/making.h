/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store/making.h - private to the room: names that are being made */
#ifndef CIFSSRV_STORE_MAKING_H
#define CIFSSRV_STORE_MAKING_H

#include <linux/list.h>
#include <linux/types.h>

struct csrv_server;
struct dentry;
struct inode;

/**
 * struct csrv_making - a name that a CREATE is making
 * @node: csrv_file_bucket.making; its lock
 * @dir: the directory, which the CREATE holds
 * @name: in it
 * @seq: no two have the same
 *
 * Part of the CREATE.  From before the name can be found until all that the CREATE has to say
 * of it is done, or the name is removed again, every other CREATE that finds it waits.
 */
struct csrv_making {
	struct hlist_node	node;
	const struct inode	*dir;
	const char		*name;
	u64			seq;
};

void csrv_making_begin(struct csrv_server *srv, struct csrv_making *m, const struct inode *dir,
		       const char *name);
void csrv_making_end(struct csrv_server *srv, struct csrv_making *m);
bool csrv_making_wait(struct csrv_server *srv, const struct dentry *dentry);

#endif /* CIFSSRV_STORE_MAKING_H */
