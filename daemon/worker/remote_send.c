// SPDX-License-Identifier: GPL-2.0-or-later
/* worker/remote_send.c - messages to the worker */
#include "remote_internal.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "../util/log.h"

#define QUEUE_MAX	256		/* messages that a worker has not read yet */

static int send_now(struct worker *w, struct ipc_msg *m)
{
	int r = ipc_send(w->fd, m, MSG_DONTWAIT);

	/*
	 * Not counted down before: else a worker that asks and does not read would queue answers
	 * without bound.
	 */
	if (r == 0 && m->type == IPC_NAME_DONE)
		w->nnames--;
	/* The worker has ended: on_io() reads its last messages, then on_child() reports the end. */
	return r == -EPIPE || r == -ECONNRESET ? 0 : r;
}

int remote_flush(struct worker *w)
{
	while (w->first) {
		struct ipc_msg *m = w->first;
		int r = send_now(w, m);

		if (r < 0)
			return r;
		w->first = m->next;
		if (!w->first)
			w->last = &w->first;
		w->nqueued--;
		talloc_free(m);
	}
	return 0;
}

/* Takes @m over unless it fails. */
static int enqueue(struct worker *w, struct ipc_msg *m)
{
	if (w->nqueued >= QUEUE_MAX)
		return -ENOBUFS;
	*w->last = talloc_steal(w, m);
	w->last = &m->next;
	w->nqueued++;
	return sd_event_source_set_io_events(w->io, EPOLLIN | EPOLLOUT);
}

void remote_send_failed(struct worker *w, int error)
{
	log_error("nothing can be sent to the worker: %s", strerror(-error));
	remote_worker_lost(w);
}

bool remote_send(struct worker *w, struct ipc_msg *m)
{
	int r = !m ? -ENOMEM : m->out.bad ? -EMSGSIZE : remote_flush(w);

	if (r == 0)
		r = send_now(w, m);
	if (r == -EAGAIN)
		r = enqueue(w, m);
	else
		talloc_free(m);
	if (r >= 0)
		return true;
	remote_send_failed(w, r);
	return false;
}

struct ipc_msg *remote_policy_msg(struct worker *w)
{
	const struct remote *r = w->r;
	struct ipc_msg *m = ipc_new(w, IPC_POLICY, 0);

	if (m) {
		policy_put(m, &r->policy);
		ipc_put_fd(m, r->accounts);
		ipc_put_fd(m, r->usermap);
	}
	return m;
}
