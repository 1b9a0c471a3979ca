// SPDX-License-Identifier: GPL-2.0-or-later
/* worker/remote_receive.c - messages of the worker */
#include "remote_internal.h"

#include <errno.h>
#include <signal.h>

#include "../../module/upcall/uapi.h"
#include "../auth/ntlm_msg.h"
#include "../names/names.h"
#include "../upcall/status.h"
#include "../util/log.h"

#define NAMES_MAX	NAMES_RELAY_MAX	/* under way for one worker, which keeps to it */

/* A worker's question for an account. */
struct name_question {
	struct worker *w;
	uint64_t id;
};

/* ---- tables of failed logons ---- */

/* A message with all tables, or with none.  0 or a negative errno. */
static int failures_msg(struct worker *w, bool all, struct ipc_msg **ret)
{
	_cleanup_(talloc_freep) struct ipc_msg *m = ipc_new(w, IPC_FAILURES, ++w->r->last_id);
	_cleanup_(closep) int fd = -1;
	struct blob saved = {};
	int r;

	if (!m)
		return -ENOMEM;
	r = all ? lockouts_save(w->r->lockouts, m, &saved) : 0;
	if (r < 0)
		return r;
	fd = ipc_memfd("failures", saved);
	if (fd < 0)
		return fd;
	ipc_put_fd(m, fd);
	*ret = TAKE_PTR(m);
	return 0;
}

/*
 * The worker reads no logon before it has answered this message.  @w may be freed.  Tables that
 * cannot be sent to this worker cannot be sent to any: it goes on without them.
 */
static void send_failures(struct worker *w)
{
	struct ipc_msg *m = NULL;
	int r = failures_msg(w, true, &m);

	w->without = r < 0;
	if (r < 0) {
		log_error("what was counted of failed logons cannot be told to the worker: %s",
			  strerror(-r));
		remote_restore_failed(w->r);
		r = failures_msg(w, false, &m);
	}
	if (r < 0) {
		remote_send_failed(w, r);
		return;
	}
	w->restore = m->id;
	remote_send(w, m);
}

/* ---- one message ---- */

/* One ping is under way at a time. */
static int on_pong(struct worker *w, bool ok)
{
	if (!w->pinged || !ok)
		return -EBADMSG;
	w->pinged = false;
	return 0;
}

static int on_restored(struct worker *w, bool ok, int error)
{
	if (!ok)
		return -EBADMSG;
	w->restore = 0;
	if (w->without)
		return 0;
	if (!error) {
		w->r->unrestored = 0;
		return 0;
	}
	log_error("what was counted of failed logons is unknown to the worker: %s",
		  strerror(-error));
	remote_restore_failed(w->r);
	return 0;
}

static int on_done(struct worker *w, struct ipc_msg *m)
{
	int error = ipc_get_s32(m);
	_cleanup_(closep) int fd = ipc_take_fd(m);
	struct remote_request *q;
	struct blob text = {};

	if (!ipc_complete(m) || error > 0 || m->id > w->r->last_id)
		return -EBADMSG;
	if (!m->id)
		return on_pong(w, fd < 0 && !error);
	if (m->id == w->restore)
		return on_restored(w, fd < 0, error);
	remote_end_unlocks(w, m->id);
	for (q = w->requests; q && q->id != m->id; q = q->next)
		;
	/* The request was freed meanwhile. */
	if (!q)
		return 0;
	if (fd >= 0 && !error)
		error = ipc_read_memfd(m, fd, STATUS_MAX_TEXT, &text);
	if (!error && text.len && memchr(text.data, 0, text.len))
		error = -EBADMSG;
	remote_finish(q, error, text);
	return 0;
}

static void on_name(void *priv, int error, const struct nss_account *acc)
{
	struct name_question *nq = priv;
	struct worker *w = nq->w;
	struct ipc_msg *m = ipc_new(w, IPC_NAME_DONE, nq->id);

	talloc_free(nq);
	if (m)
		account_put(m, error, acc);
	remote_send(w, m);
}

static int name_asked(struct worker *w, struct ipc_msg *m)
{
	const char *name = ipc_get_string(m, PASSDB_MAX_NAME);
	struct name_question *nq;

	if (!ipc_complete(m) || !m->id || !*name || w->nnames >= NAMES_MAX)
		return -EBADMSG;
	nq = talloc_zero(w, struct name_question);
	if (!nq)
		return -ENOMEM;
	*nq = (struct name_question){ w, m->id };
	w->nnames++;
	if (!names_user(nq, w->r->names, name, on_name, nq))
		on_name(nq, -ENOMEM, NULL);
	return 0;
}

/*
 * These counts are for the next worker; the current one decides by its own.  A malicious worker can
 * lock and unlock by them, within the bounds of the tables.
 */
static int on_logon(struct worker *w, struct ipc_msg *m, bool failed)
{
	const char *name = ipc_get_bytes(m, NTLM_MAX_NAME);
	const char *host = ipc_get_bytes(m, CSRV_UP_MAX_NAME);

	if (!ipc_complete(m) || w->r->state != READY)
		return -EBADMSG;
	if (failed)
		lockouts_failed(w->r->lockouts, name, host, remote_now(w->r));
	else
		lockouts_passed(w->r->lockouts, name, host, remote_now(w->r));
	return 0;
}

static int on_ready(struct worker *w, struct ipc_msg *m)
{
	struct remote *r = w->r;

	if (!ipc_complete(m) || r->state != STARTING)
		return -EBADMSG;
	r->state = READY;
	r->lost = 0;
	send_failures(w);
	if (r->state == READY)
		r->events->ready(r->priv);
	return 0;
}

/* The worker's device is gone, or of another release. */
static int on_device_lost(struct worker *w, struct ipc_msg *m)
{
	int error = ipc_get_s32(m);

	if (!ipc_complete(m))
		return -EBADMSG;
	/*
	 * A module of another release is found before anything of clients is read.  All errors but
	 * that and of a removed module are between the worker and its device.
	 */
	if (error == -ENODEV || (error == -EPROTONOSUPPORT && w->r->state == STARTING))
		remote_device_lost(w, error);
	else
		remote_worker_lost(w);
	return 0;
}

static int log_asked(struct ipc_msg *m)
{
	int prio = ipc_get_s32(m);
	struct log_about about = { .line = bytes_get_u32(&m->in) };
	const char *line = ipc_get_string(m, IPC_MAX), *user = ipc_get_string(m, IPC_MAX);
	const char *client = ipc_get_string(m, IPC_MAX), *op = ipc_get_string(m, IPC_MAX);
	const char *file = ipc_get_string(m, IPC_MAX);

	if (!ipc_complete(m) || prio < LOG_ERR || prio > LOG_DEBUG)
		return -EBADMSG;
	about.user = *user ? user : NULL;
	about.client = *client ? client : NULL;
	about.op = *op ? op : NULL;
	about.file = *file ? file : NULL;
	log_about(prio, &about, "%s", line);
	return 0;
}

/* 0; -EBADMSG: the worker breaks the protocol; or an errno of our own.  @w may be freed. */
static int take_message(struct worker *w, struct ipc_msg *m)
{
	switch (m->type) {
	case IPC_READY:
		return on_ready(w, m);
	case IPC_LOST:
		return on_device_lost(w, m);
	case IPC_NAME:
		return name_asked(w, m);
	case IPC_FAILED:
		return on_logon(w, m, true);
	case IPC_PASSED:
		return on_logon(w, m, false);
	case IPC_LOG:
		return log_asked(m);
	case IPC_DONE:
		return on_done(w, m);
	}
	return -EBADMSG;
}

int remote_receive(struct worker *w)
{
	struct remote *r = w->r;
	struct ipc_msg *m = NULL;
	int err = ipc_receive(NULL, w->fd, &m);

	if (err == -EAGAIN)
		return err;
	/* The worker has ended, or is killed now; on_child() handles that. */
	if (err == -EPIPE) {
		kill(w->pid, SIGKILL);
		sd_event_source_set_enabled(w->io, SD_EVENT_OFF);
		return err;
	}
	if (err == 0)
		err = take_message(w, m);
	talloc_free(m);
	if (r->worker != w)
		return -EPIPE;
	if (err == 0)
		return 0;
	if (err == -EBADMSG || err == -EPROTO)
		log_error("the worker breaks its protocol: it is ended");
	else
		log_error("the worker is ended, since it cannot be heard: %s", strerror(-err));
	remote_worker_lost(w);
	return err;
}
