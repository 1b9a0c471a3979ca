// SPDX-License-Identifier: GPL-2.0-or-later
/* model/open.c - the life of an open */
#include <linux/file.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/wait_bit.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../base/trace.h"
#include "../upcall/upcall.h"
#include "../wire/access.h"
#include "../wire/fscc_file.h"
#include "../wire/smb2/create.h"
#include "../wire/time.h"
#include "break.h"
#include "brl.h"
#include "dosattr.h"
#include "file.h"
#include "open.h"
#include "server.h"
#include "session.h"
#include "share.h"
#include "times.h"
#include "user.h"

/* The one place that changes the state; false if it was not @from. */
static bool open_move(struct csrv_open *o, enum csrv_open_state from, enum csrv_open_state to)
{
	if (atomic_cmpxchg(&o->state, from, to) != from)
		return false;
	trace_csrv_open_state(o->persistent_id, from, to);
	return true;
}

static void open_free(struct kref *ref) __no_context_analysis
{
	struct csrv_open *o = container_of(ref, struct csrv_open, ref);
	u32 i;

	csrv_fault_delay(CSRV_FAULT_OPEN_PUT);
	if (o->dir)
		csrv_vfs_dir_close(o->dir);
	csrv_vfs_close(o->filp);
	csrv_file_put(o->file);
	if (o->link.dentry)
		path_put(&o->link);
	if (o->path.dentry)
		path_put(&o->path);
	if (o->pipe)
		csrv_object_destroyed(CSRV_OBJ_PIPE);
	csrv_doom_free(o->doom);
	kfree(o->pipe_name);
	kfree(o->pattern);
	for (i = 0; i < ARRAY_SIZE(o->lockseq.part); i++)
		kfree(o->lockseq.part[i]);
	csrv_cred_put(o->cred);
	csrv_identity_put(o->identity);
	csrv_share_cfg_put(o->cfg);
	csrv_quota_give(o->tree->account, CSRV_QUOTA_OPEN, 1);
	csrv_tree_put(o->tree);
	csrv_object_destroyed(CSRV_OBJ_OPEN);
	kfree(o);
}

static void open_free_end(struct csrv_end *end)
{
	open_free(&container_of(end, struct csrv_open, freeing)->ref);
}

static void open_free_later(struct kref *ref)
{
	struct csrv_open *o = container_of(ref, struct csrv_open, ref);

	csrv_end_init(&o->freeing, CSRV_END_FILE, open_free_end);
	csrv_end_queue(&o->freeing, o->tree->account->identity, o->srv->end_wq);
}

struct csrv_open *csrv_open_get(struct csrv_open *o)
{
	kref_get(&o->ref);
	return o;
}

void csrv_open_put(struct csrv_open *o)
{
	if (o)
		kref_put(&o->ref, open_free);
}

/* ... of a caller that must not wait for the open's file system. */
void csrv_open_put_later(struct csrv_open *o)
{
	kref_put(&o->ref, open_free_later);
}

/* No reference to the parameters is taken: a CREATE writes nothing that all connections share. */
static bool within_budget(const struct csrv_session *s)
{
	const struct csrv_config *sc;
	bool ok;

	rcu_read_lock();
	sc = rcu_dereference(s->srv->config);
	ok = csrv_session_nopens(s) < sc->p.max_open_files_per_session;
	rcu_read_unlock();
	return ok;
}

/**
 * csrv_open_alloc() - an open that is being made
 *
 * Return: OPENING, with one reference; NULL without memory or beyond a budget.
 */
struct csrv_open *csrv_open_alloc(struct csrv_session *s, struct csrv_tree *tree,
				  struct csrv_share_cfg *cfg, struct csrv_identity *id)
{
	struct csrv_open *o;
	struct timespec64 now;

	if (!within_budget(s) || csrv_quota_take(tree->account, CSRV_QUOTA_OPEN, 1))
		return NULL;
	o = kzalloc(sizeof(*o), GFP_KERNEL);
	if (!o) {
		csrv_quota_give(tree->account, CSRV_QUOTA_OPEN, 1);
		return NULL;
	}
	kref_init(&o->ref);
	o->srv = s->srv;
	o->session_id = s->id;
	o->tree = csrv_tree_get(tree);
	o->cfg = csrv_share_cfg_ref(cfg);
	o->identity = csrv_identity_get(id);
	o->cred = get_cred(tree->cred ?: id->cred);
	INIT_LIST_HEAD(&o->in_file);
	INIT_LIST_HEAD(&o->in_tree);
	spin_lock_init(&o->seq_lock);
	mutex_init(&o->lock_turn);
	mutex_init(&o->dir_lock);
	csrv_brl_owner_init(&o->brl);
	csrv_standers_init(&o->standers);
	ktime_get_real_ts64(&now);
	o->created = wire_filetime(now.tv_sec, now.tv_nsec);
	csrv_object_created(CSRV_OBJ_OPEN);
	return o;
}

/* Into the tables, which @tree's disconnect looks at. */
static int open_list(struct csrv_session *s, struct csrv_tree *tree, struct csrv_open *o)
{
	u32 index;
	int err;

	/* High halves make an id that was used before another one. */
	o->persistent_id = (u64)(u32)atomic64_inc_return(&s->srv->next_id) << 32;
	o->volatile_id = o->persistent_id;
	err = csrv_table_add(&s->opens, o, &index);
	if (err)
		return err;
	WRITE_ONCE(o->volatile_id, o->volatile_id | index);
	err = xa_alloc(&s->srv->opens, &index, o, XA_LIMIT(1, U32_MAX - 1), GFP_KERNEL);
	if (err < 0) {
		csrv_table_erase(&s->opens, o->volatile_id);
		return err;
	}
	WRITE_ONCE(o->persistent_id, o->persistent_id | index);
	csrv_table_lock(&s->opens);
	list_add_tail(&o->in_tree, &tree->opens);
	csrv_table_unlock(&s->opens);
	return 0;
}

/**
 * csrv_open_publish() - from now on the client can name it
 * @s: the session
 * @o: OPENING; when this succeeds the table has a reference of its own
 */
nt_status_t csrv_open_publish(struct csrv_session *s, struct csrv_open *o)
{
	nt_status_t status = NT_OK;
	struct csrv_tree *tree;

	mutex_lock(&s->lock);
	tree = csrv_tree_now_locked(s, o->tree);
	/* Not the session's identity: that may have become another user's meanwhile. */
	if (s->state == CSRV_SESSION_DEAD || csrv_identity_revoked(o->identity))
		status = NT_USER_SESSION_DELETED;
	else if (!tree)
		status = NT_NETWORK_NAME_DELETED;
	else if (open_list(s, tree, o))
		status = NT_INSUFFICIENT_RESOURCES;
	if (status == NT_OK) {
		csrv_open_get(o);
		atomic_inc(&s->nopens);	/* csrv_session_left() */
		open_move(o, CSRV_OPEN_OPENING, CSRV_OPEN_LIVE);
	}
	mutex_unlock(&s->lock);
	return status;
}

/* A LIVE open of the session with both ids, with a reference, or NULL. */
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
	csrv_table_unlock(&s->opens);
	return o;
}

/* The delete that @o asked for is the file's from now on, unless its CREATE failed. */
static void open_leave_file(struct csrv_open *o, bool abandoned, bool reap)
{
	struct csrv_file *file = o->file;

	csrv_brl_close(o);
	mutex_lock(&file->lock);
	if (o->delete_on_close && o->doom && !abandoned) {
		csrv_file_doom(file, o, o->doom);
		o->doom = NULL;
	}
	list_del_init(&o->in_file);
	csrv_sharing_leave(&file->sharing, o->access, o->share);
	csrv_break_close_locked(&o->oplock);
	if (reap)	/* nothing of @o is left in the file when it unlocks */
		csrv_file_reap(file, o);
	mutex_unlock(&file->lock);
}

/* csrv_up_pipe_notice(): the daemon keeps the pipe no longer. */
static void pipe_told(void *priv)
{
	struct csrv_account *account = priv;

	csrv_quota_give(account, CSRV_QUOTA_PIPE, 1);
	csrv_account_put(account);
}

/**
 * csrv_open_make_pipe() - an open becomes one of a pipe, which the daemon is asked for next
 * @o: OPENING
 *
 * The pipe is charged until the daemon has read that it is gone: it has no more of them to
 * keep than there may be.
 * Return: NT_OK or NT_INSUFFICIENT_RESOURCES.
 */
nt_status_t csrv_open_make_pipe(struct csrv_open *o)
{
	struct csrv_account *account = o->tree->account;
	u64 pipe = csrv_up_new_id(o->srv->up);

	if (csrv_quota_take(account, CSRV_QUOTA_PIPE, 1))
		return NT_INSUFFICIENT_RESOURCES;
	o->pipe_end = csrv_up_pipe_notice(o->srv->up, pipe, pipe_told, csrv_account_get(account));
	if (!o->pipe_end) {
		pipe_told(account);
		return NT_INSUFFICIENT_RESOURCES;
	}
	o->pipe = pipe;
	csrv_object_created(CSRV_OBJ_PIPE);
	return NT_OK;
}

static void open_leave_pipe(struct csrv_open *o)
{
	if (o->pipe)
		csrv_up_pipe_end(o->srv->up, o->pipe_end);
}

/*
 * One of those who close it wins, and has the table's reference; nobody can name it any more.  The
 * share counts it until open_closed().
 */
static bool open_claim(struct csrv_session *s, struct csrv_open *o)
{
	atomic_inc(&o->tree->share->nleft);
	if (!open_move(o, CSRV_OPEN_LIVE, CSRV_OPEN_CLOSING)) {
		csrv_share_one_left(o->tree->share);
		return false;
	}
	csrv_table_lock(&s->opens);
	csrv_table_erase_locked(&s->opens, o->volatile_id);
	list_del_init(&o->in_tree);
	csrv_table_unlock(&s->opens);
	xa_erase(&o->srv->opens, (u32)o->persistent_id);
	return true;
}

/* It is closed, unless a request still uses it; the reference of open_claim() goes. */
static void open_closed(struct csrv_session *s, struct csrv_open *o)
{
	struct csrv_share *share = csrv_share_get(o->tree->share);

	csrv_open_put(o);
	csrv_share_one_left(share);
	csrv_share_put(share);
	csrv_session_left(s);
}

/**
 * csrv_open_close() - CLOSE
 * @s: its session
 * @o: the caller holds a reference
 *
 * Locks and share mode go at once, the struct file with the last reference.
 * Return: false if somebody else closed it before.
 */
bool csrv_open_close(struct csrv_session *s, struct csrv_open *o)
{
	if (!open_claim(s, o))
		return false;
	if (o->file) {
		csrv_times_close(o);
		open_leave_file(o, false, true);
	}
	open_leave_pipe(o);
	if (csrv_standers_any(&o->standers))	/* after open_claim(): a full barrier */
		csrv_standers_void(s);		/* those that it could not wait for */
	open_closed(s, o);
	return true;
}

/* The first half of a close that waits for no file system: what others may wait for. */
static void open_let_go(struct csrv_open *o)
{
	if (o->file)
		open_leave_file(o, false, false);
	open_leave_pipe(o);
}

/* ... that comes with the end of what the open hangs off.  @left: csrv_opens_finish() */
static void open_leave(struct csrv_session *s, struct csrv_open *o, struct list_head *left)
{
	if (!open_claim(s, o))
		return;
	open_let_go(o);
	csrv_table_lock(&s->opens);
	list_add_tail(&o->in_tree, left);
	csrv_table_unlock(&s->opens);
}

/*
 * One of those on session->left is to be finished.  False: it has an end of its own, made by
 * csrv_open_end(), which runs, and does that.  Where that end only stands, behind others of the
 * same user, it never runs.  Under the lock of session->opens.
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

/* Times, a name that is to go, the struct file. */
static void open_finish(struct csrv_session *s, struct csrv_open *o)
{
	if (o->file) {
		csrv_times_close(o);
		mutex_lock(&o->file->lock);
		csrv_file_reap(o->file, o);
		mutex_unlock(&o->file->lock);
	}
	open_closed(s, o);
}

/* The server's LIVE open of that persistent id, with a reference, or NULL. */
static struct csrv_open *open_by_id(struct csrv_server *srv, u64 id)
{
	struct csrv_open *o;

	xa_lock(&srv->opens);
	o = xa_load(&srv->opens, (u32)id);
	if (o && (READ_ONCE(o->persistent_id) != id || atomic_read(&o->state) != CSRV_OPEN_LIVE ||
		  !kref_get_unless_zero(&o->ref)))
		o = NULL;
	xa_unlock(&srv->opens);
	return o;
}

static void open_finish_end(struct csrv_end *end)
{
	struct csrv_open *o = container_of(end, struct csrv_open, freeing);
	/* It counts @o as being closed, so it has not ended. */
	struct csrv_session *s = csrv_session_find(o->srv, o->session_id);

	csrv_table_lock(&s->opens);
	o->ending = false;
	list_del_init(&o->in_tree);
	csrv_table_unlock(&s->opens);
	open_finish(s, o);
	csrv_session_put(s);
}

/*
 * The other half has a worker of @o's identity, when there is one; whoever ends the session, its
 * share or its account before that does not wait for it, but finishes @o (left_take()).  If a
 * revocation has looked before @o was listed it is marked by now, and waits for @o.
 */
static void open_finish_later(struct csrv_session *s, struct csrv_open *o)
{
	csrv_end_init(&o->freeing, CSRV_END_FILE, open_finish_end);
	csrv_table_lock(&s->opens);
	o->ending = true;
	list_add_tail(&o->in_tree, &s->left);
	csrv_end_queue(&o->freeing, o->tree->account->identity, o->srv->end_wq);
	csrv_table_unlock(&s->opens);
	if (READ_ONCE(o->tree->share->revoked) || csrv_identity_revoked(o->identity) ||
	    csrv_session_is_dead(s))
		csrv_end_hurry(&o->freeing);
}

/* The caller keeps @o. */
static int open_end(struct csrv_session *s, struct csrv_open *o)
{
	if (!open_claim(s, o))
		return -ENOENT;
	open_let_go(o);		/* locks that wait end as by CLOSE */
	csrv_session_cancel(&(const struct csrv_ending){ .session = s, .open = o });
	open_finish_later(s, o);
	return 0;
}

/**
 * csrv_open_end() - an administrator closes an open
 * @srv: the server
 * @id: its persistent id
 *
 * As by CLOSE: locks, share mode and oplock are given up when this returns, and no request
 * finds it any more.  A name that is to go, times and the struct file follow in a worker, as
 * they may take as long as the file system likes.
 * Return: 0; -ENOENT when there is no such open, or somebody else closes it.
 */
int csrv_open_end(struct csrv_server *srv, u64 id)
{
	struct csrv_open *o = open_by_id(srv, id);
	struct csrv_session *s;
	int err = -ENOENT;

	if (!o)
		return -ENOENT;
	s = csrv_session_find(srv, o->session_id);
	if (s)
		err = open_end(s, o);
	csrv_session_put(s);
	csrv_open_put_later(o);
	return err;
}

/**
 * csrv_opens_finish() - the other half: names that are to go, times, the struct file
 * @s: the session
 * @left: what csrv_opens_leave_tree() put there
 *
 * Takes as long as the file systems like.
 */
void csrv_opens_finish(struct csrv_session *s, struct list_head *left)
{
	struct csrv_open *o;

	while ((o = left_pop(s, left)))
		open_finish(s, o);
}

/* What of @s->left is @share's and @life's, NULL: anybody's; waits for no others' file systems. */
static void finish_some(struct csrv_session *s, const struct csrv_share *share,
			const struct csrv_user_life *life)
{
	struct csrv_open *o, *tmp;
	LIST_HEAD(left);

	csrv_table_lock(&s->opens);
	list_for_each_entry_safe(o, tmp, &s->left, in_tree)
		if ((!share || o->tree->share == share) &&
		    (!life || csrv_identity_of(o->identity, life)) && left_take(o))
			list_move_tail(&o->in_tree, &left);
	csrv_table_unlock(&s->opens);
	csrv_opens_finish(s, &left);
}

void csrv_opens_finish_share(struct csrv_session *s, const struct csrv_share *share)
{
	finish_some(s, share, NULL);
}

/* In a session that is another user's now. */
void csrv_opens_finish_account(struct csrv_session *s, const struct csrv_user_life *life)
{
	finish_some(s, NULL, life);
}

/* An open that never was published leaves its file.  False: it was, and is to be closed. */
bool csrv_open_abandon(struct csrv_open *o)
{
	if (!open_move(o, CSRV_OPEN_OPENING, CSRV_OPEN_CLOSING))
		return false;
	if (o->file && !list_empty(&o->in_file))
		open_leave_file(o, true, true);
	open_leave_pipe(o);
	csrv_open_put(o);
	return true;
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

/* Take one out of the tree's list, with a reference; NULL: it is empty. */
static struct csrv_open *open_pop(struct csrv_session *s, struct csrv_tree *tree)
{
	struct csrv_open *o;

	csrv_table_lock(&s->opens);
	o = list_first_entry_or_null(&tree->opens, struct csrv_open, in_tree);
	if (o) {
		list_del_init(&o->in_tree);
		kref_get(&o->ref);	/* it is in the table as well, which has one */
	}
	csrv_table_unlock(&s->opens);
	return o;
}

/* All that were made on the tree connect, whoever the session's user was then. */
void csrv_opens_leave_tree(struct csrv_session *s, struct csrv_tree *tree,
			   struct list_head *left)
{
	struct csrv_open *o;

	while ((o = open_pop(s, tree))) {
		open_leave(s, o, left);
		csrv_open_put_later(o);
	}
}

/*
 * All that were made for an account, whoever the session's user is now;
 * csrv_opens_finish_account() is the other half.
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

/* Is the name through which it was opened to go: [MS-FSA] Open.Link.IsDeleted */
bool csrv_open_delete_pending(struct csrv_open *o)
{
	struct csrv_file *file = o->file;
	bool pending;

	if (!file || !csrv_file_is_doomed(file))
		return false;
	mutex_lock(&file->lock);
	pending = csrv_file_dooms(file, csrv_open_name_path(o)->dentry);
	mutex_unlock(&file->lock);
	return pending;
}

/* May the object go away: [MS-FSA] 2.1.5.15.3 (FileDispositionInformation) */
nt_status_t csrv_open_may_delete(struct csrv_open *o)
{
	struct csrv_facts f;
	int err = csrv_facts_get(o->cfg, &o->path, "", &f);

	if (err)
		return csrv_errno_status(err);
	if (o->tree->read_only || path_equal(&o->path, &o->cfg->root.path))
		return NT_ACCESS_DENIED;
	if ((f.attributes & FILE_ATTRIBUTE_READONLY) && !o->cfg->p.delete_readonly)
		return NT_CANNOT_DELETE;
	if (o->is_dir) {
		err = csrv_vfs_dir_empty(&o->path);
		if (err == -ENOTEMPTY)
			return NT_DIRECTORY_NOT_EMPTY;
	}
	err = csrv_vfs_path_shown(&o->cfg->root, csrv_open_name_path(o));
	if (err == -EXDEV)
		return NT_ACCESS_DENIED;
	if (!err)
		err = csrv_vfs_may_delete(csrv_open_name_path(o));
	return err ? csrv_errno_status(err) : NT_OK;
}

/**
 * csrv_open_set_delete() - FileDispositionInformation
 * @on: delete with the last close, or do not
 *
 * Runs under the open's credentials.
 */
nt_status_t csrv_open_set_delete(struct csrv_open *o, bool on)
{
	struct csrv_doom *doom = on ? csrv_doom_alloc() : NULL;
	nt_status_t status = NT_OK;

	if (on && !doom)
		return NT_INSUFFICIENT_RESOURCES;
	if (on)
		status = csrv_open_may_delete(o);
	mutex_lock(&o->file->lock);
	/* Closed meanwhile: nobody would come who carries it out. */
	if (list_empty(&o->in_file))
		status = NT_FILE_CLOSED;
	if (status == NT_OK && on) {
		csrv_file_doom(o->file, o, doom);
		doom = NULL;
	} else if (status == NT_OK) {
		doom = csrv_file_spare(o->file, o);
	}
	mutex_unlock(&o->file->lock);
	csrv_doom_free(doom);
	return status;
}
