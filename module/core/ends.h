/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/ends.h - ends that may have to wait for a file system
 *
 * A session that ends closes struct files and removes names, a connection that ends waits for
 * its requests: both take as long as the file system likes.  A workqueue runs so many items at a
 * time, and one client can have more sessions and connections than that.  So each identity has a
 * few ends of each kind under way; the others stand on a list of that identity.  A caller that
 * waits for one of those in particular does not wait for the rest: csrv_end_hurry(),
 * csrv_end_take().  What others wait for (locks, share modes, oplocks) is not among it:
 * csrv_session_leave() gives that up before.
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
 * @work: queued, or not yet while @node is on its identity's list
 * @node: account->ends[].queue; the lock of that
 * @of: the account that it is charged to: a reference until @run has returned
 * @kind: which of @of's lists
 * @hurried: it stands for nothing any more, and is not counted
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
 * @over: it has returned
 * @state: enum, see ends.c
 * @close: closes what the share or the account has open, which is marked and of no use any more
 * @put: the reference that csrv_revoke() got
 *
 * Embedded in what is revoked, once.
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
