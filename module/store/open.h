/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store/open.h - opens: what a client holds, [MS-SMB2] 3.3.1.10, [MS-FSA] 2.1.1.6 */
#ifndef CIFSSRV_STORE_OPEN_H
#define CIFSSRV_STORE_OPEN_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/path.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "../compat/context.h"
#include "../core/ends.h"
#include "../core/standing.h"
#include "../vfs/vfs.h"
#include "../wire/status.h"
#include "../wire/utf16.h"
#include "acting.h"
#include "brl_set.h"
#include "chanseq.h"
#include "holder.h"
#include "lockseq.h"
#include "stream.h"

struct csrv_durable;
struct csrv_identity;
struct csrv_lease;
struct csrv_link_delete;
struct csrv_notify;
struct csrv_rights;
struct csrv_server;
struct csrv_session;
struct csrv_share;
struct csrv_share_cfg;
struct csrv_tree;
struct csrv_user_life;
struct cred;
struct up_msg;

/*
 *      +------------- reconnected -----------+
 *      v                                     |
 *   OPENING --published--> LIVE --lost--> DISCONNECTED
 *      |                    |                |
 *      | failed             | claimed        | claimed: timed out, broken, revoked
 *      |                    v                |
 *      +----------------> CLOSING <----------+
 *
 * OPENING: known to its CREATE only.  Of a new open, it is in no table; of one that is reconnected,
 * in the server's and in its stream's list.  LIVE: in the server's table, which owns it, in the
 * session's, which is an index, and in its stream's list.  DISCONNECTED ([MS-SMB2] 3.3.1.10,
 * Open.IsDurable): in the server's table and its stream's list, without session, tree connect and
 * connection (store/detached.h).  CLOSING: the winner takes it out everywhere; what still runs on
 * it finishes.  The last reference closes the struct file.
 */
enum csrv_open_state {
	CSRV_OPEN_OPENING,
	CSRV_OPEN_LIVE,
	CSRV_OPEN_DISCONNECTED,
	CSRV_OPEN_CLOSING,
};

#define CSRV_PATTERN_MAX	512	/* bytes of UTF-8 search pattern kept for a scan */

/*
 * The open.
 *
 * Made by CREATE.  The server's table holds one reference while LIVE, requests hold
 * one each.  It knows no session, tree connect or connection: those find it.
 */
struct csrv_open {
	struct kref		ref;
	atomic_t		state;		/* enum csrv_open_state */
	u64			persistent_id;
	u64			volatile_id;
	u64			session_id;	/* for checks and status; a reconnect sets it */
	struct csrv_server	*srv;
	u32			tree_id;	/* likewise, TreeConnect.TreeId */
	/*
	 * csrv_tree.opens, then csrv_opens_finish()'s; the lock of session->opens.  Of one that was
	 * DISCONNECTED: csrv_detached.left
	 */
	struct list_head	in_tree;
	struct csrv_rights	*rights;	/* a reference: at CREATE; the next three are its */
	struct csrv_share_cfg	*cfg;		/* the parameters */
	struct csrv_identity	*identity;
	const struct cred	*cred;		/* what it acts as */
	u64			created;	/* FILETIME of CREATE */

	/* constant after CREATE */
	u32			access;		/* granted */
	u32			share;		/* FILE_SHARE_* */
	u32			options;	/* CreateOptions */
	struct csrv_changer	changer;	/* of what is changed through it */
	bool			is_dir;
	bool			unnamed; /* a request's own: has no FileId, and is in no table */
	bool			full;	/* has, or uses, rights beyond CSRV_ACCESS_STAT */
	u64			pipe;		/* the daemon's name of a pipe; 0: a file */
	char			*pipe_name;
	struct up_msg		*pipe_end;	/* for csrv_up_pipe_end() */
	void			(*closed)(struct csrv_open *o);	/* a pipe's: it is closed */
	struct path		path;		/* the object */
	struct path		link;		/* the symlink that led to it, or empty */
	struct csrv_vfs_file	vf;		/* not open if only attributes are wanted */
	struct csrv_stream	*stream;	/* a reference */
	struct csrv_file	*file;		/* of @stream, which keeps it */
	struct list_head	in_stream;	/* stream->opens; file->lock */

	bool			delete_on_close __guarded_by(&file->lock);	/* file->lock */
	struct csrv_link_delete	*link_delete;	/* with that: memory for it.  file->lock */
	bool			wrote;		/* for csrv_dirwatch_changed() at its end */
	u32			own_times;	/* CSRV_TIME_*: what the client set or froze */
	u32			mode;		/* FileModeInformation */
	u32			ea_next;	/* where a query without SL_RESTART_SCAN begins */
	u64			position;	/* FilePositionInformation */
	atomic_t		nlocks;		/* granted and waited for */
	struct csrv_brl_owner	brl;		/* file->lock */
	struct csrv_holder	oplock;		/* of a file; file->lock */
	struct csrv_lease	*lease;		/* in place of @oplock: a reference; constant */
	struct list_head	in_lease;	/* lease->opens; file->lock */
	struct csrv_durable	*durable;	/* or NULL: a reference; constant once LIVE */
	/* csrv_open_end(), then csrv_open_put_later(): the one ends before the other begins */
	struct csrv_end		freeing;
	bool			ending;		/* the one; the lock of session->opens */
	struct list_head	granted;	/* dispatch's: csrv_req.granted */
	u64			home;		/* number of the channel that CREATE came over */
	struct csrv_standers	standers;	/* the session's stand_lock */
	struct csrv_notify	*notify;	/* notify.c: what watches the directory */

	spinlock_t		seq_lock;	/* guards chanseq, and entries of lockseq */
	struct csrv_chanseq	chanseq;

	struct mutex		lock_turn;	/* LOCKs with a place: one at a time */
	struct csrv_lockseq	lockseq __guarded_by(&lock_turn);

	struct mutex		dir_lock;	/* guards the scan below */
	struct csrv_vfs_dir	*dir __guarded_by(&dir_lock);
	/* an entry was returned since (re)start */
	bool			dir_started __guarded_by(&dir_lock);
	char			*pattern __guarded_by(&dir_lock);
};

/**
 * struct csrv_open_place - where a client that comes back has an open
 * @tree_id: of its tree connect
 * @home: csrv_open.home
 * @seq: ChannelSequence of its request
 */
struct csrv_open_place {
	u32	tree_id;
	u64	home;
	u16	seq;
};

bool csrv_open_move(struct csrv_open *o, enum csrv_open_state from, enum csrv_open_state to);
struct csrv_open *csrv_open_alloc(struct csrv_server *srv, u64 session_id, u32 tree_id,
				  struct csrv_rights *rights);
struct csrv_open *csrv_open_get(struct csrv_open *o);
void csrv_open_put(struct csrv_open *o);
void csrv_open_put_later(struct csrv_open *o);
struct csrv_open *csrv_opens_next(struct csrv_server *srv, unsigned long *index,
				  bool (*is_meant)(const struct csrv_open *o, const void *ctx),
				  const void *ctx);
bool csrv_opens_have_room(const struct csrv_session *s);
nt_status_t csrv_open_publish(struct csrv_session *s, struct csrv_open *o);
struct csrv_open *csrv_open_find(struct csrv_session *s, u64 persistent_id, u64 volatile_id);
void csrv_open_unuse(struct csrv_open *o);
struct csrv_open *csrv_open_by_id(struct csrv_server *srv, u64 id);
nt_status_t csrv_open_publish_again(struct csrv_session *s, struct csrv_open *o,
				    const struct csrv_open_place *at);
bool csrv_open_close(struct csrv_session *s, struct csrv_open *o);
int csrv_open_end(struct csrv_server *srv, u64 id);
void csrv_opens_leave_tree(struct csrv_session *s, struct csrv_tree *tree, bool keep,
			   struct list_head *left);
void csrv_opens_leave_account(struct csrv_session *s, const struct csrv_user_life *life);
void csrv_opens_finish(struct csrv_session *s, struct list_head *left);
void csrv_opens_finish_share(struct csrv_session *s, const struct csrv_share *share);
void csrv_opens_finish_account(struct csrv_session *s, const struct csrv_user_life *life);
nt_status_t csrv_open_may_delete(struct csrv_open *o);
nt_status_t csrv_open_set_delete(struct csrv_open *o, bool on);
bool csrv_open_delete_pending(struct csrv_open *o);

/* rename.c */
nt_status_t csrv_open_rename(struct csrv_open *o, const struct csrv_share_cfg *now,
			     const char *name, bool replace, struct csrv_stream **wait_for);
nt_status_t csrv_open_link(struct csrv_open *o, const struct csrv_share_cfg *now,
			   const char *name, bool replace, struct csrv_stream **wait_for);

/* Act as the open's user; the dispatcher does this around every handler. */
static inline const struct cred *csrv_open_enter(const struct csrv_open *o)
{
	return csrv_cred_enter(o->cred);
}

static inline void csrv_open_leave(const struct cred *old)
{
	csrv_cred_leave(old);
}

/* What a name given to unlink or rename means: the symlink, not what it leads to. */
static inline const struct path *csrv_open_name_path(const struct csrv_open *o)
{
	return o->link.dentry ? &o->link : &o->path;
}

#endif /* CIFSSRV_STORE_OPEN_H */
