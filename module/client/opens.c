// SPDX-License-Identifier: GPL-2.0-or-later
/* client/opens.c - the opens of a session: publish, find, close */
#include "../base/fault.h"
#include "../core/config.h"
#include "../core/server.h"
#include "../policy/rights.h"
#include "../policy/share.h"
#include "../store/close.h"
#include "../store/create.h"
#include "../store/detached.h"
#include "../store/durable.h"
#include "../store/open.h"
#include "session.h"
#include "tree.h"

/* How often an open may change between LIVE and DISCONNECTED while an administrator closes it. */
#define END_TRIES	4

/*
 * May the session have one more open?  Takes no reference to the parameters: a CREATE does not
 * write to a cache line that all connections share.
 */
bool csrv_opens_have_room(const struct csrv_session *s)
{
	const struct csrv_config *sc;
	bool ok;

	rcu_read_lock();
	sc = rcu_dereference(s->srv->config);
	ok = csrv_session_nopens(s) < sc->p.max_open_files_per_session;
	rcu_read_unlock();
	return ok;
}

/* Insert into the table of the session; the high half differs from that of an earlier open. */
static int open_index(struct csrv_session *s, struct csrv_open *o)
{
	u32 index;
	int err;

	o->volatile_id = (u64)(u32)atomic64_inc_return(&s->srv->next_id) << 32;
	err = csrv_table_add(&s->opens, o, &index);
	if (!err)
		WRITE_ONCE(o->volatile_id, o->volatile_id | index);
	return err;
}

/* Insert into the server's table, which owns @o, and the table of the session. */
static int open_insert(struct csrv_session *s, struct csrv_open *o)
{
	u32 index;
	int err;

	err = open_index(s, o);
	if (err)
		return err;
	o->persistent_id = o->volatile_id & ~(u64)U32_MAX;
	csrv_open_get(o);
	err = xa_alloc(&s->srv->opens, &index, o, XA_LIMIT(1, U32_MAX - 1), GFP_KERNEL);
	if (err < 0) {
		csrv_table_erase(&s->opens, o->volatile_id);
		csrv_open_put(o);	/* not the last: the caller has one */
		return err;
	}
	WRITE_ONCE(o->persistent_id, o->persistent_id | index);
	return 0;
}

/* @insert: into the tables.  The open becomes LIVE. */
static nt_status_t publish(struct csrv_session *s, struct csrv_open *o, u32 tree_id,
			   int (*insert)(struct csrv_session *s, struct csrv_open *o))
{
	nt_status_t status = NT_OK;
	struct csrv_tree *tree;

	mutex_lock(&s->lock);
	tree = csrv_tree_by_id_locked(s, tree_id);
	/* The identity of the open: the session may have become another user's meanwhile. */
	if (s->state == CSRV_SESSION_DEAD || csrv_identity_revoked(o->identity))
		status = NT_USER_SESSION_DELETED;
	else if (!tree)
		status = NT_NETWORK_NAME_DELETED;
	else if (insert(s, o))
		status = NT_INSUFFICIENT_RESOURCES;
	if (status == NT_OK) {
		csrv_table_lock(&s->opens);
		list_add_tail(&o->in_tree, &tree->opens);
		csrv_table_unlock(&s->opens);
		atomic_inc(&s->nopens);	/* csrv_session_left() */
		csrv_open_move(o, CSRV_OPEN_OPENING, CSRV_OPEN_LIVE);
	}
	mutex_unlock(&s->lock);
	return status;
}

/**
 * csrv_open_publish() - make an open known to the client
 * @s: the session
 * @o: OPENING; on success the server's table has a reference of its own
 *
 * Takes session->lock, and inside it the locks of both tables.
 * Return: NT_OK and @o is LIVE; else @o stays OPENING, in no table: NT_USER_SESSION_DELETED when
 * the session is DEAD or the account revoked, NT_NETWORK_NAME_DELETED when the tree connect has
 * ended, NT_INSUFFICIENT_RESOURCES.
 */
nt_status_t csrv_open_publish(struct csrv_session *s, struct csrv_open *o)
{
	return publish(s, o, o->tree_id, open_insert);
}

/**
 * csrv_open_publish_again() - make an open known to the client that comes back
 * @s: the session that gets it
 * @o: of csrv_detached_claim(); it keeps its persistent id
 * @at: its place there
 *
 * Takes session->lock, and inside it the lock of the session's table.
 * Return: as csrv_open_publish(); if it fails the caller calls csrv_detached_unclaim().
 */
nt_status_t csrv_open_publish_again(struct csrv_session *s, struct csrv_open *o,
				    const struct csrv_open_place *at)
{
	WRITE_ONCE(o->session_id, s->id);
	WRITE_ONCE(o->tree_id, at->tree_id);
	WRITE_ONCE(o->home, at->home);
	mutex_lock(&o->lock_turn);
	spin_lock(&o->seq_lock);
	o->chanseq = (struct csrv_chanseq){ .seq = at->seq };
	csrv_lockseq_restart(&o->lockseq);
	spin_unlock(&o->seq_lock);
	mutex_unlock(&o->lock_turn);
	return publish(s, o, at->tree_id, open_index);
}

/*
 * A LIVE open of the session with both ids, with a reference, or NULL.  csrv_open_unuse() follows.
 */
struct csrv_open *csrv_open_find(struct csrv_session *s, u64 persistent_id, u64 volatile_id)
{
	struct csrv_open *o;

	csrv_table_lock(&s->opens);
	o = csrv_table_peek_locked(&s->opens, volatile_id);
	if (o && READ_ONCE(o->volatile_id) == volatile_id &&
	    READ_ONCE(o->persistent_id) == persistent_id &&
	    atomic_read(&o->state) == CSRV_OPEN_LIVE)
		kref_get(&o->ref);
	else
		o = NULL;
	if (o && o->durable)
		csrv_durable_use(o->durable);
	csrv_table_unlock(&s->opens);
	/* [MS-SMB2] 3.3.1.10, Open.IsReplayEligible: the client knows the FileId */
	if (o && o->durable && csrv_durable_is_listed(o->durable))
		csrv_durable_forget(o->durable, o);
	return o;
}

/**
 * csrv_open_unuse() - a request or a reply is done with an open
 * @o: of csrv_open_find(), or of a reply that grants what it caches; the caller keeps its reference
 */
void csrv_open_unuse(struct csrv_open *o)
{
	if (o->durable)
		csrv_durable_unuse(o->durable);
}

/* No request of the session finds it any more. */
static void open_unlist(struct csrv_session *s, struct csrv_open *o)
{
	csrv_table_lock(&s->opens);
	/* Else another caller has done this, and @in_tree may be on s->left. */
	if (csrv_table_peek_locked(&s->opens, o->volatile_id) == o) {
		csrv_table_erase_locked(&s->opens, o->volatile_id);
		list_del_init(&o->in_tree);
	}
	csrv_table_unlock(&s->opens);
}

/*
 * Only one of several closers gets the open, with the reference of the server's table.  Its session
 * and its share count it until open_closed().
 */
static bool open_win(struct csrv_open *o)
{
	atomic_inc(&o->rights->share->nleft);
	if (csrv_open_move(o, CSRV_OPEN_LIVE, CSRV_OPEN_CLOSING))
		return true;
	csrv_share_one_left(o->rights->share);
	return false;
}

/* No client can name the open that open_win() got. */
static void open_hide(struct csrv_session *s, struct csrv_open *o)
{
	open_unlist(s, o);
	xa_erase(&o->srv->opens, (u32)o->persistent_id);
	if (o->durable)
		csrv_durable_forget(o->durable, o);
}

static bool open_claim(struct csrv_session *s, struct csrv_open *o)
{
	if (!open_win(o))
		return false;
	open_hide(s, o);
	return true;
}

/* The open is closed, unless a request still uses it; drops the reference of open_claim(). */
static void open_closed(struct csrv_session *s, struct csrv_open *o)
{
	struct csrv_share *share = csrv_share_get(o->rights->share);

	csrv_open_put(o);
	csrv_share_one_left(share);
	csrv_share_put(share);
	csrv_session_left(s);
}

/**
 * csrv_open_close() - CLOSE
 * @s: its session
 * @o: an open of @s; the caller holds a reference
 *
 * Locks and share mode are released at once, the struct file with the last reference.
 * Enters the file system, so the caller holds no lock.
 * Return: false if another caller closed it before.
 */
bool csrv_open_close(struct csrv_session *s, struct csrv_open *o)
{
	/* Its connection may have been lost since: no other client has it before this is done. */
	if (!open_claim(s, o))
		return csrv_detached_close(o);
	csrv_close_whole(o);
	csrv_detached_orphaned(o);
	if (csrv_standers_any(&o->standers))	/* after open_claim(): a full barrier */
		csrv_standers_void(s);		/* requests that it could not wait for */
	open_closed(s, o);
	return true;
}

/* Close an open because its tree connect, session or account ends.  @left: csrv_opens_finish() */
static void open_leave(struct csrv_session *s, struct csrv_open *o, struct list_head *left)
{
	if (!open_claim(s, o))
		return;
	csrv_close_begin(o);
	csrv_detached_orphaned(o);
	csrv_table_lock(&s->opens);
	list_add_tail(&o->in_tree, left);
	csrv_table_unlock(&s->opens);
}

/* [MS-SMB2] 3.3.7.1: a durable open waits for its client.  False: it is to be closed. */
static bool open_keep(struct csrv_session *s, struct csrv_open *o)
{
	if (!o->durable)
		return false;
	open_unlist(s, o);	/* first: another session may have it afterwards */
	if (!csrv_detach(o))
		return false;
	csrv_session_left(s);
	return true;
}

/*
 * Take an open off session->left, to finish it.  False: it has an end of its own, made by
 * csrv_open_end(), which runs and finishes it.  An end that is only listed, behind others of the
 * same user, is taken and never runs.  Under the lock of session->opens.
 */
static bool left_take(struct csrv_open *o)
{
	if (o->ending && !csrv_end_take(&o->freeing))
		return false;
	o->ending = false;
	return true;
}

static struct csrv_open *left_pop(struct csrv_session *s, struct list_head *left)
{
	struct csrv_open *o, *found = NULL;

	csrv_table_lock(&s->opens);
	list_for_each_entry(o, left, in_tree)
		if (left_take(o)) {
			list_del_init(&o->in_tree);
			found = o;
			break;
		}
	csrv_table_unlock(&s->opens);
	return found;
}

static void open_finish(struct csrv_session *s, struct csrv_open *o)
{
	csrv_close_finish(o);
	open_closed(s, o);
}

/* The server's open of that persistent id, in whatever state, with a reference, or NULL. */
struct csrv_open *csrv_open_by_id(struct csrv_server *srv, u64 id)
{
	struct csrv_open *o;

	xa_lock(&srv->opens);
	o = xa_load(&srv->opens, (u32)id);
	if (o && READ_ONCE(o->persistent_id) == id)
		kref_get(&o->ref);
	else
		o = NULL;
	xa_unlock(&srv->opens);
	return o;
}

static void open_finish_end(struct csrv_end *end)
{
	struct csrv_open *o = container_of(end, struct csrv_open, freeing);
	/* @o counts as being closed, so the session has not ended. */
	struct csrv_session *s = csrv_session_find(o->srv, o->session_id);

	csrv_table_lock(&s->opens);
	o->ending = false;
	list_del_init(&o->in_tree);
	csrv_table_unlock(&s->opens);
	open_finish(s, o);
	csrv_session_put(s);
}

/*
 * The second half runs in a worker when @o's identity has one; if the session, its share or its
 * account ends before that, that end finishes @o (left_take()) and does not wait.  If a revocation
 * has looked before @o was listed it is marked by now, and waits for @o.
 */
static void open_finish_later(struct csrv_session *s, struct csrv_open *o)
{
	csrv_end_init(&o->freeing, CSRV_END_FILE, open_finish_end);
	csrv_table_lock(&s->opens);
	o->ending = true;
	list_add_tail(&o->in_tree, &s->left);
	csrv_end_queue(&o->freeing, o->rights->account->identity, o->srv->end_wq);
	csrv_table_unlock(&s->opens);
	if (READ_ONCE(o->rights->share->revoked) || csrv_identity_revoked(o->identity) ||
	    csrv_session_is_dead(s))
		csrv_end_hurry(&o->freeing);
}

/* The caller keeps its reference to @o. */
static int open_end(struct csrv_open *o)
{
	struct csrv_session *s;

	if (!open_win(o))
		return -ENOENT;
	/* @o is no other session's from now on, and counts as being closed in its own. */
	s = csrv_session_find(o->srv, o->session_id);
	open_hide(s, o);
	csrv_close_begin(o);		/* waits for its byte-range locks end as by CLOSE */
	csrv_detached_orphaned(o);
	csrv_session_cancel(&(const struct csrv_ending){ .session = s, .open = o });
	open_finish_later(s, o);
	csrv_session_put(s);
	return 0;
}

/**
 * csrv_open_end() - close an open for an administrator
 * @srv: the server
 * @id: the persistent id
 *
 * As by CLOSE: locks, share mode and oplock are released when this returns, and no request finds
 * the open any more.  The removal of a name, times and the struct file follow in a worker, as they
 * may take as long as the file system takes.
 * Takes file->lock and session->lock, but not while the file system works.
 * Return: 0; -ENOENT when there is no such open, or another caller closes it.
 */
int csrv_open_end(struct csrv_server *srv, u64 id)
{
	struct csrv_open *o = csrv_open_by_id(srv, id);
	int err = -ENOENT, tries = END_TRIES;

	if (!o)
		return -ENOENT;
	/* It may lose its connection, or get one, between the two. */
	while (err && tries--)
		err = csrv_detached_close(o) ? 0 : open_end(o);
	csrv_open_put_later(o);
	return err;
}

/**
 * csrv_opens_finish() - the second half of a close: remove names, set times, close the struct file
 * @s: the session
 * @left: filled by csrv_opens_leave_tree() or csrv_opens_leave_account(); s->left, or the
 *	caller's own list
 *
 * Takes as long as the file systems take, so the caller holds no lock.  Takes the lock of
 * session->opens to change @left.
 */
void csrv_opens_finish(struct csrv_session *s, struct list_head *left)
{
	struct csrv_open *o;

	while ((o = left_pop(s, left)))
		open_finish(s, o);
}

/* Finish those on @s->left of @share and @life, NULL: of any; does not wait for the others. */
static void finish_some(struct csrv_session *s, const struct csrv_share *share,
			const struct csrv_user_life *life)
{
	struct csrv_open *o, *tmp;
	LIST_HEAD(left);

	csrv_table_lock(&s->opens);
	list_for_each_entry_safe(o, tmp, &s->left, in_tree)
		if ((!share || o->rights->share == share) &&
		    (!life || csrv_identity_of(o->identity, life)) && left_take(o))
			list_move_tail(&o->in_tree, &left);
	csrv_table_unlock(&s->opens);
	csrv_opens_finish(s, &left);
}

void csrv_opens_finish_share(struct csrv_session *s, const struct csrv_share *share)
{
	finish_some(s, share, NULL);
}

/* For a session that has become another user's. */
void csrv_opens_finish_account(struct csrv_session *s, const struct csrv_user_life *life)
{
	finish_some(s, NULL, life);
}

/* The session's open at @index or the first after it, with a reference, or NULL. */
static struct csrv_open *open_next(struct csrv_session *s, unsigned long *index)
{
	struct csrv_open *o;

	csrv_table_lock(&s->opens);
	o = csrv_table_next_locked(&s->opens, index);
	if (o)
		kref_get(&o->ref);
	csrv_table_unlock(&s->opens);
	(*index)++;
	return o;
}

/* Remove an open from the tree's list, with a reference; NULL: it is empty. */
static struct csrv_open *open_pop(struct csrv_session *s, struct csrv_tree *tree)
{
	struct csrv_open *o;

	csrv_table_lock(&s->opens);
	o = list_first_entry_or_null(&tree->opens, struct csrv_open, in_tree);
	if (o) {
		list_del_init(&o->in_tree);
		kref_get(&o->ref);	/* the server's table has one, and @o is in it */
	}
	csrv_table_unlock(&s->opens);
	return o;
}

/**
 * csrv_opens_leave_tree() - close all opens of a tree connect, of any user that the session had
 * @s: the session
 * @tree: of it
 * @keep: not those that are durable: they wait for their client
 * @left: gets those that are closed, for csrv_opens_finish()
 *
 * Takes the lock of session->opens and file->lock; enters no file system.
 */
void csrv_opens_leave_tree(struct csrv_session *s, struct csrv_tree *tree, bool keep,
			   struct list_head *left)
{
	struct csrv_open *o;

	while ((o = open_pop(s, tree))) {
		if (!keep || !open_keep(s, o))
			open_leave(s, o, left);
		csrv_open_put_later(o);
	}
}

/*
 * Close all opens of an account, even if the session is another user's now;
 * csrv_opens_finish_account() is the second half.
 */
void csrv_opens_leave_account(struct csrv_session *s, const struct csrv_user_life *life)
{
	struct csrv_open *o;
	unsigned long index = 0;

	while ((o = open_next(s, &index))) {
		if (csrv_identity_of(o->identity, life))
			open_leave(s, o, &s->left);
		csrv_open_put_later(o);
	}
}

/**
 * csrv_open_create() - CREATE of a file: [MS-SMB2] 3.3.5.9, [MS-FSA] 2.1.5.1
 * @s: the session that owns the open
 * @c: see struct csrv_create; @c->srv and @c->session_id are set here
 *
 * Enters the file system, so the caller holds no lock.
 * Return: as csrv_create_begin() and csrv_create_commit().
 */
nt_status_t csrv_open_create(struct csrv_session *s, struct csrv_create *c)
{
	nt_status_t status;

	c->srv = s->srv;
	c->session_id = s->id;
	if (!csrv_opens_have_room(s))
		return NT_INSUFFICIENT_RESOURCES;
	status = csrv_create_begin(c);
	if (status != NT_OK)
		return status;
	status = csrv_open_publish(s, c->o);
	if (status == NT_OK) {
		status = csrv_create_commit(c);
		if (status != NT_OK)
			csrv_open_close(s, c->o);
		else if (c->o->durable)
			csrv_durable_opened(c->o->durable, c->o);
	}
	if (status != NT_OK)
		csrv_create_abort(c, status);
	return status;
}
