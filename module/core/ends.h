/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/ends.h - ends that may have to wait for a file system
 *
 * To end a session closes struct files and removes names, to end a connection waits for its
 * requests: both take as long as the file system takes.  A workqueue runs a limited number of
 * items at a time, and one client can have more sessions and connections than that.  So a few
 * ends of each kind run per identity; the others wait on a list of that identity.  A caller that
 * waits for one of the listed ends does not wait for the rest: csrv_end_hurry(), csrv_end_take().
 * Locks, share modes and oplocks, which other clients wait for, are not released by these ends:
 * csrv_session_leave() has released them before.
 */
#ifndef CIFSSRV_CORE_ENDS_H
#define CIFSSRV_CORE_ENDS_H

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/workqueue.h>

#include "quota.h"

struct csrv_server;

/**
 * struct csrv_end - the end of one object, embedded in it
 * @work: queued, unless @node is on its identity's list
 * @node: account->ends[].queue, under that list's lock
 * @of: the account that it is charged to: a reference until @run has returned
 * @kind: which of @of's lists
 * @hurried: csrv_end_hurry() has started it, and it is not counted in @running
 * @wq: where @run runs
 * @run: ends the object, which may be freed by it
 */
struct csrv_end {
	struct work_struct	work;
	struct list_head	node;
	struct csrv_account	*of;
	enum csrv_end_kind	kind;
	bool			hurried;
	struct workqueue_struct	*wq;
	void			(*run)(struct csrv_end *end);
};

void csrv_end_init(struct csrv_end *end, enum csrv_end_kind kind,
		   void (*run)(struct csrv_end *end));
void csrv_end_queue(struct csrv_end *end, struct csrv_account *of, struct workqueue_struct *wq);
void csrv_end_hurry(struct csrv_end *end);
bool csrv_end_take(struct csrv_end *end);

/**
 * struct csrv_revocation - an administrator takes a share or an account away
 * @srv: the server
 * @work: runs @close
 * @over: @close has returned
 * @state: enum, see ends.c
 * @close: closes what the share or the account has open; no request can use it any more
 * @put: drops the reference that csrv_revoke() got
 *
 * Embedded in the share or the account, used once.
 */
struct csrv_revocation {
	struct csrv_server	*srv;
	struct work_struct	work;
	struct completion	over;
	atomic_t		state;
	void			(*close)(struct csrv_revocation *r);
	void			(*put)(struct csrv_revocation *r);
};

void csrv_revocation_init(struct csrv_revocation *r, struct csrv_server *srv,
			  void (*close)(struct csrv_revocation *r),
			  void (*put)(struct csrv_revocation *r));
bool csrv_revoke(struct csrv_revocation *r);

#endif /* CIFSSRV_CORE_ENDS_H */
