// SPDX-License-Identifier: GPL-2.0-or-later
/* client/tree_end.c - how a tree connect ends */
#include "../policy/share.h"
#include "../store/open.h"
#include "session.h"
#include "standers.h"
#include "tree.h"

/*
 * The first half, which enters no file system; csrv_opens_finish() is the second.  @keep: durable
 * opens are not closed.
 */
static bool tree_leave(struct csrv_session *s, struct csrv_tree *tree, bool keep,
		       struct list_head *left)
{
	struct csrv_tree *now;

	mutex_lock(&s->lock);
	now = csrv_table_erase(&s->trees, tree->id);
	if (now) {
		s->ntrees--;
		WRITE_ONCE(now->gone, true);
		csrv_tree_uncount(now);
		atomic_inc(&now->share->nleft);		/* until its opens are counted */
	}
	mutex_unlock(&s->lock);
	if (!now)
		return false;
	csrv_session_cancel(&(const struct csrv_ending){ .session = s, .tid = now->id });
	csrv_opens_leave_tree(s, now, keep, left);
	csrv_share_one_left(now->share);	/* @now has a reference */
	csrv_tree_put(now);
	return true;
}

/**
 * csrv_tree_disconnect() - TREE_DISCONNECT
 * @s: the session
 * @tree: of it
 *
 * Closes all opens of the tree, which takes as long as the file system takes.  Takes
 * session->lock, but not for that time: the caller holds no lock.
 * Return: false if another caller did it before.
 */
bool csrv_tree_disconnect(struct csrv_session *s, struct csrv_tree *tree)
{
	LIST_HEAD(left);
	bool mine = tree_leave(s, tree, false, &left);

	csrv_opens_finish(s, &left);
	return mine;
}

/* The first half of a disconnect; csrv_opens_finish_share() is the second. */
void csrv_tree_leave(struct csrv_session *s, struct csrv_tree *tree)
{
	tree_leave(s, tree, false, &s->left);
}

/* The session ends; csrv_opens_finish() of @s->left follows.  @keep: as above. */
void csrv_trees_leave_all(struct csrv_session *s, bool keep)
{
	struct csrv_tree *tree;
	unsigned long index = 0;

	while ((tree = csrv_tree_next(s, &index))) {
		tree_leave(s, tree, keep, &s->left);
		csrv_tree_put(tree);
	}
}
