// SPDX-License-Identifier: GPL-2.0-or-later
/* worker/remote.c - the manager's end of the worker */
#include "remote.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#include "../auth/ntlm_msg.h"
#include "../names/names.h"
#include "../upcall/status.h"
#include "../util/log.h"
#include "policy.h"
#include "worker.h"

#define OPEN_USEC	500000		/* between two tries to open the device */
#define AGAIN_USEC	1000000		/* from the end of one worker to the next */
#define PING_USEC	(30 * 1000000ull)
#define NAMES_MAX	NAMES_RELAY_MAX	/* that one worker has under way; it keeps to that itself */
#define QUEUE_MAX	256		/* messages that a worker has not taken yet */
#define UNREAD_MAX	1024		/* messages of a worker, more than its socket holds by default */
#define RESTORES_MAX	2		/* workers that end on the tables of failed logons */

enum state { CLOSED, STARTING, READY };

struct remote {
	sd_event *event;
	char *device, *configfs;
	int (*open_device)(const char *path);
	uint64_t ping_usec;
	uid_t uid;
	gid_t gid;
	struct names *names;
	const struct remote_events *events;
	void *priv;
	enum state state;
	bool started;
	int lost;			/* told last, 0 since the last READY */
	sd_event_source *open;		/* timer */
	struct policy policy;		/* strings are children of ->strings */
	TALLOC_CTX *strings;
	int accounts, usermap;		/* memfds, -1 before the first policy */
	struct lockouts *lockouts;	/* counted from what workers tell, given to the next worker */
	unsigned int unrestored;	/* workers in a row that could not take them */
	struct worker *worker;
	sd_event_source *ended;		/* of the worker before, which has the device until it is reaped */
	bool late;			/* the device is not opened before that one has ended */
	uint64_t last_id;
};

/* One process, and all that was asked of it or by it. */
struct worker {
	struct remote *r;
	pid_t pid;
	int fd;
	sd_event_source *io, *child, *ping;
	bool pinged;			/* the last ping has no answer yet */
	struct remote_request *requests;
	struct unlock *unlocks;		/* the oldest first */
	bool without;			/* the tables: they could not be told, which is counted */
	uint64_t restore;		/* id of IPC_FAILURES; 0: it is answered, or not sent yet */
	size_t nnames;			/* questions for names whose answers are not sent yet */
	struct ipc_msg *first, **last;	/* that wait for room, the oldest first */
	size_t nqueued;			/* length of that list */
};

struct remote_request {
	struct worker *w;		/* NULL: it has ended */
	struct remote_request *next;
	uint64_t id;
	remote_fn fn;
	void *priv;
	sd_event_source *later;		/* of a request that needs no worker */
	char *text;			/* its answer; NULL: -ENOENT */
};

/*
 * What the worker was told to unlock.  Failures that it told of before that are read before its
 * answer is, so the tables here wait for that.  Outlives the request, and is done when the worker ends.
 */
struct unlock {
	struct unlock *next;
	uint64_t id;
	char *name;
};

/* An account that the worker asked for. */
struct name_question {
	struct worker *w;
	uint64_t id;
};

static void worker_lost(struct worker *w);
static void device_lost(struct worker *w, int error);

/* ---- messages to the worker ---- */

static int send_now(struct worker *w, struct ipc_msg *m)
{
	int r = ipc_send(w->fd, m, MSG_DONTWAIT);

	/* Not before: the answers to a worker that asks and does not listen would have no bound. */
	if (r == 0 && m->type == IPC_NAME_DONE)
		w->nnames--;
	/* The worker has ended: on_io() reads its last messages, then on_child() reports the end. */
	return r == -EPIPE || r == -ECONNRESET ? 0 : r;
}

/* Sends what waits for room; -EAGAIN while something still does. */
static int flush(struct worker *w)
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

static void send_failed(struct worker *w, int error)
{
	log_error("nothing can be sent to the worker: %s", strerror(-error));
	worker_lost(w);
}

/* Takes @m over, which waits while the worker takes nothing.  False: the worker is lost. */
static bool send_msg(struct worker *w, struct ipc_msg *m)
{
	int r = !m ? -ENOMEM : m->out.bad ? -EMSGSIZE : flush(w);

	if (r == 0)
		r = send_now(w, m);
	if (r == -EAGAIN)
		r = enqueue(w, m);
	else
		talloc_free(m);
	if (r >= 0)
		return true;
	send_failed(w, r);
	return false;
}

static struct ipc_msg *policy_msg(struct worker *w)
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

/* ---- requests ---- */

static int request_done(struct remote_request *q)
{
	struct remote_request **at;

	for (at = q->w ? &q->w->requests : NULL; at && *at; at = &(*at)->next)
		if (*at == q) {
			*at = q->next;
			break;
		}
	q->later = sd_event_source_disable_unref(q->later);
	return 0;
}

static void finish(struct remote_request *q, int error, struct blob text)
{
	remote_fn fn = q->fn;
	void *priv = q->priv;

	talloc_free(q);
	fn(priv, error, error || !text.data ? "" : (const char *)text.data, error ? 0 : text.len);
}

/* Takes @m, whose id becomes the request's. */
static struct remote_request *ask(struct remote *r, TALLOC_CTX *ctx, struct ipc_msg *m,
				  remote_fn fn, void *priv)
{
	struct remote_request *q = m ? talloc_zero(ctx, struct remote_request) : NULL;
	uint64_t id = m ? m->id : 0;

	/* A request that is too long is refused, and the worker goes on. */
	if (q && m->out.bad)
		TALLOC_FREE(q);
	if (!q) {
		talloc_free(m);
		return NULL;
	}
	if (!send_msg(r->worker, m)) {
		talloc_free(q);
		return NULL;
	}
	*q = (struct remote_request){
		.w = r->worker, .next = r->worker->requests, .id = id, .fn = fn, .priv = priv,
	};
	r->worker->requests = q;
	talloc_set_destructor(q, request_done);
	return q;
}

static uint64_t now(const struct remote *r)
{
	uint64_t usec = 0;

	sd_event_now(r->event, CLOCK_MONOTONIC, &usec);
	return usec;
}

static struct ipc_msg *begin(struct remote *r, enum ipc_type type)
{
	return r->state == READY ? ipc_new(r->worker, type, ++r->last_id) : NULL;
}

struct remote_request *remote_list(struct remote *r, TALLOC_CTX *ctx, uint32_t what, remote_fn fn,
				   void *priv)
{
	struct ipc_msg *m = begin(r, IPC_LIST);

	if (m)
		bytes_put_u32(&m->out, what);
	return ask(r, ctx, m, fn, priv);
}

struct remote_request *remote_end(struct remote *r, TALLOC_CTX *ctx, uint32_t what, uint64_t id,
				  remote_fn fn, void *priv)
{
	struct ipc_msg *m = begin(r, IPC_END);

	if (m) {
		bytes_put_u32(&m->out, what);
		bytes_put_u64(&m->out, id);
	}
	return ask(r, ctx, m, fn, priv);
}

struct remote_request *remote_lockouts(struct remote *r, TALLOC_CTX *ctx, remote_fn fn, void *priv)
{
	return ask(r, ctx, begin(r, IPC_LOCKOUTS), fn, priv);
}

static int on_later(sd_event_source *source, void *userdata)
{
	struct remote_request *q = userdata;
	char *text = talloc_steal(NULL, q->text);

	(void)source;
	finish(q, text ? 0 : -ENOENT, (struct blob){ (const uint8_t *)text, text ? strlen(text) : 0 });
	talloc_free(text);
	return 0;
}

/* The next worker is given the tables once it is ready: until then nothing else has them. */
static struct remote_request *unlock_here(struct remote *r, TALLOC_CTX *ctx, const char *name,
					  remote_fn fn, void *priv)
{
	_cleanup_(talloc_freep) struct remote_request *q = talloc_zero(ctx, struct remote_request);
	size_t n = lockouts_unlock(r->lockouts, name, now(r));

	if (!q)
		return NULL;
	q->fn = fn;
	q->priv = priv;
	talloc_set_destructor(q, request_done);
	q->text = n ? lockouts_ended(q, n) : NULL;
	if ((n && !q->text) || sd_event_add_defer(r->event, &q->later, on_later, q) < 0)
		return NULL;
	return TAKE_PTR(q);
}

static struct remote_request *ask_unlock(struct remote *r, TALLOC_CTX *ctx, const char *name,
					 remote_fn fn, void *priv)
{
	_cleanup_(talloc_freep) struct unlock *u = talloc_zero(NULL, struct unlock);
	struct ipc_msg *m = begin(r, IPC_UNLOCK);
	struct remote_request *q;
	struct unlock **at;

	if (u)
		u->name = talloc_strdup(u, name);
	if (!u || !u->name)
		TALLOC_FREE(m);
	if (m)
		ipc_put_string(m, name);
	q = ask(r, ctx, m, fn, priv);
	if (!q)
		return NULL;
	u->id = q->id;
	for (at = &q->w->unlocks; *at; at = &(*at)->next)
		;
	*at = talloc_steal(q->w, TAKE_PTR(u));
	return q;
}

struct remote_request *remote_unlock(struct remote *r, TALLOC_CTX *ctx, const char *name,
				     remote_fn fn, void *priv)
{
	struct remote_request *q = r->state == READY ? ask_unlock(r, ctx, name, fn, priv) : NULL;

	/* Asking may be what finds out that the worker is lost. */
	return q || r->state == READY ? q : unlock_here(r, ctx, name, fn, priv);
}

/* The one of this id, or all: what was told to a worker that has ended is done as well. */
static void end_unlocks(struct worker *w, uint64_t id)
{
	for (struct unlock **at = &w->unlocks; *at;) {
		struct unlock *u = *at;

		if (id && u->id != id) {
			at = &u->next;
			continue;
		}
		lockouts_unlock(w->r->lockouts, u->name, now(w->r));
		*at = u->next;
		talloc_free(u);
	}
}

/* ---- tables of failed logons ---- */

/* Tables that end workers, or that none can read, would leave nobody to log on. */
static void restore_failed(struct remote *r)
{
	struct lockouts *none;

	if (++r->unrestored < RESTORES_MAX)
		return;
	none = lockouts_new(r, &r->policy.env.lockout);
	if (!none)
		return;
	log_error("what was counted of failed logons is forgotten: no worker could take it over");
	talloc_free(r->lockouts);
	r->lockouts = none;
	r->unrestored = 0;
}

/* With all tables, or with none.  0 or a negative errno. */
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
 * The worker judges no logon before it has answered this.  It may be lost afterwards.  Tables that
 * cannot be told would be so to each worker: this one goes on without.
 */
static void send_failures(struct worker *w)
{
	struct ipc_msg *m = NULL;
	int r = failures_msg(w, true, &m);

	w->without = r < 0;
	if (r < 0) {
		log_error("what was counted of failed logons cannot be told to the worker: %s",
			  strerror(-r));
		restore_failed(w->r);
		r = failures_msg(w, false, &m);
	}
	if (r < 0) {
		send_failed(w, r);
		return;
	}
	w->restore = m->id;
	send_msg(w, m);
}

/* ---- messages of the worker ---- */

/* An answer to a ping, of which one is under way at a time. */
static int pong(struct worker *w, bool ok)
{
	if (!w->pinged || !ok)
		return -EBADMSG;
	w->pinged = false;
	return 0;
}

static int restored(struct worker *w, bool ok, int error)
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
	restore_failed(w->r);
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
		return pong(w, fd < 0 && !error);
	if (m->id == w->restore)
		return restored(w, fd < 0, error);
	end_unlocks(w, m->id);
	for (q = w->requests; q && q->id != m->id; q = q->next)
		;
	/* A request that was given up meanwhile. */
	if (!q)
		return 0;
	if (fd >= 0 && !error)
		error = ipc_read_memfd(m, fd, STATUS_MAX_TEXT, &text);
	if (!error && text.len && memchr(text.data, 0, text.len))
		error = -EBADMSG;
	finish(q, error, text);
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
	send_msg(w, m);
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
 * The worker alone judges logons; these counts are for the next one.  A worker that lies can lock and
 * unlock by them, within the bounds of the tables.
 */
static int logon_told(struct worker *w, struct ipc_msg *m, bool failed)
{
	const char *name = ipc_get_bytes(m, NTLM_MAX_NAME);
	const char *host = ipc_get_bytes(m, CSRV_UP_MAX_NAME);

	if (!ipc_complete(m) || w->r->state != READY)
		return -EBADMSG;
	if (failed)
		lockouts_failed(w->r->lockouts, name, host, now(w->r));
	else
		lockouts_passed(w->r->lockouts, name, host, now(w->r));
	return 0;
}

static void tell_lost(struct remote *r, int error)
{
	r->state = CLOSED;
	/* Of a device once for each reason, of workers each. */
	if (r->lost == error && error != -EPIPE)
		return;
	r->lost = error;
	r->events->lost(r->priv, error);
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

/* The worker's device has gone, or is another release's. */
static int on_device_lost(struct worker *w, struct ipc_msg *m)
{
	int error = ipc_get_s32(m);

	if (!ipc_complete(m))
		return -EBADMSG;
	/*
	 * The module is another release's: that is so before anything of a client's was read.  All
	 * else but that the module went away is between the worker and its device.
	 */
	if (error == -ENODEV || (error == -EPROTONOSUPPORT && w->r->state == STARTING))
		device_lost(w, error);
	else
		worker_lost(w);
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

/* 0; -EBADMSG: the worker breaks the rules; or an errno of our own.  It may be no more afterwards. */
static int take(struct worker *w, struct ipc_msg *m)
{
	switch (m->type) {
	case IPC_READY:
		return on_ready(w, m);
	case IPC_LOST:
		return on_device_lost(w, m);
	case IPC_NAME:
		return name_asked(w, m);
	case IPC_FAILED:
		return logon_told(w, m, true);
	case IPC_PASSED:
		return logon_told(w, m, false);
	case IPC_LOG:
		return log_asked(m);
	case IPC_DONE:
		return on_done(w, m);
	}
	return -EBADMSG;
}

/* Takes one message.  0; -EAGAIN: there is none; anything else: no more come, and @w may be no more. */
static int hear(struct worker *w)
{
	struct remote *r = w->r;
	struct ipc_msg *m = NULL;
	int err = ipc_receive(NULL, w->fd, &m);

	if (err == -EAGAIN)
		return err;
	/* It has ended, which on_child() tells, or has to. */
	if (err == -EPIPE) {
		kill(w->pid, SIGKILL);
		sd_event_source_set_enabled(w->io, SD_EVENT_OFF);
		return err;
	}
	if (err == 0)
		err = take(w, m);
	talloc_free(m);
	if (r->worker != w)
		return -EPIPE;
	if (err == 0)
		return 0;
	if (err == -EBADMSG || err == -EPROTO)
		log_error("the worker breaks its protocol: it is ended");
	else
		log_error("the worker is ended, since it cannot be heard: %s", strerror(-err));
	worker_lost(w);
	return err;
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct worker *w = userdata;
	int err;

	(void)source;
	(void)fd;
	if (events & EPOLLOUT) {
		err = flush(w);
		if (err == 0)
			err = sd_event_source_set_io_events(w->io, EPOLLIN);
		if (err < 0 && err != -EAGAIN) {
			send_failed(w, err);
			return 0;
		}
	}
	if (events & ~EPOLLOUT)
		hear(w);
	return 0;
}

/* ---- the process ---- */

static int worker_done(struct worker *w)
{
	w->io = sd_event_source_disable_unref(w->io);
	w->ping = sd_event_source_disable_unref(w->ping);
	close(w->fd);
	if (!w->pid || !w->child) {
		self_end(w->pid, w->child);
		return 0;
	}
	/* It may be slow to die.  There is one at a time: the next one waits for that. */
	kill(w->pid, SIGKILL);
	w->r->ended = TAKE_PTR(w->child);
	return 0;
}

static void open_later(struct remote *r, uint64_t usec)
{
	if (sd_event_source_set_time_relative(r->open, usec) >= 0)
		sd_event_source_set_enabled(r->open, SD_EVENT_ONESHOT);
}

/* Ends @w: its requests, its device, itself. */
static void device_lost(struct worker *w, int error)
{
	struct remote *r = w->r;

	r->worker = NULL;
	r->state = CLOSED;
	end_unlocks(w, 0);
	if (w->restore && !w->without && error == -EPIPE)
		restore_failed(r);
	while (w->requests)
		finish(w->requests, -ENOTCONN, (struct blob){});
	/* The caller may be a callback of what @w owns. */
	talloc_free(w);
	tell_lost(r, error);
	open_later(r, AGAIN_USEC);
}

static void worker_lost(struct worker *w)
{
	device_lost(w, -EPIPE);
}

static int on_child(sd_event_source *source, const siginfo_t *si, void *userdata)
{
	struct remote *r = userdata;
	struct worker *w = r->worker;

	if (source == r->ended) {
		r->ended = sd_event_source_unref(source);
		/* Only for this process is the timer on still. */
		if (r->late)
			open_later(r, 0);
		return 0;
	}
	w->pid = 0;		/* sd-event waits for it after this */
	if (si->si_code == CLD_EXITED)
		log_error("the worker has ended with status %d: another one is started",
			  si->si_status);
	else
		log_error("the worker was ended by signal %d: another one is started",
			  si->si_status);
	worker_lost(w);
	return 0;
}

/* What was said until now, in case it is this process that hung.  False: @w may be no more. */
static bool hear_all(struct worker *w)
{
	int r = 0;

	for (int i = 0; r == 0 && w->pinged && i < UNREAD_MAX; i++)
		r = hear(w);
	return r == 0 || r == -EAGAIN;
}

static int on_ping(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct worker *w = userdata;

	(void)usec;
	if (w->pinged && !hear_all(w))
		return 0;
	if (w->pinged) {
		log_error("the worker hangs: it is ended");
		worker_lost(w);
		return 0;
	}
	if (!send_msg(w, ipc_new(w, IPC_PING, 0)))
		return 0;
	w->pinged = true;
	sd_event_source_set_time_relative(source, w->r->ping_usec);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* Its pid, and our end of the connection; or a negative errno. */
static pid_t start_process(const struct remote *r, int *fd)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	char *uid = talloc_asprintf(tmp, "%u", r->uid), *gid = talloc_asprintf(tmp, "%u", r->gid);
	char *me = talloc_asprintf(tmp, "%d", (int)getpid());
	char *const argv[] = {
		(char *)"cifssrvd", (char *)WORKER_OPTION, r->configfs, uid, gid, me, NULL
	};

	return uid && gid && me ? self_spawn(argv, NULL, fd) : -ENOMEM;
}

static int watch_worker(struct worker *w)
{
	sd_event *event = w->r->event;
	int r = sd_event_add_io(event, &w->io, w->fd, EPOLLIN, on_io, w);

	if (r >= 0)
		r = sd_event_add_child(event, &w->child, w->pid, WEXITED, on_child, w->r);
	/* What it said before it ended comes first. */
	if (r >= 0)
		r = sd_event_source_set_priority(w->child, SD_EVENT_PRIORITY_NORMAL + 1);
	if (r >= 0)
		r = sd_event_add_time_relative(event, &w->ping, CLOCK_MONOTONIC, w->r->ping_usec,
					       w->r->ping_usec / 4, on_ping, w);
	if (r < 0)
		return r;
	sd_event_source_set_description(w->io, "worker");
	sd_event_source_set_description(w->ping, "worker-ping");
	return 0;
}

/* What a new worker is told first. */
static int equip(struct worker *w, int device)
{
	_cleanup_(talloc_freep) struct ipc_msg *policy = policy_msg(w);
	_cleanup_(talloc_freep) struct ipc_msg *m = ipc_new(w, IPC_DEVICE, 0);
	int r;

	if (!policy || !m)
		return -ENOMEM;
	ipc_put_fd(m, device);
	r = ipc_send(w->fd, policy, MSG_DONTWAIT);
	return r < 0 ? r : ipc_send(w->fd, m, MSG_DONTWAIT);
}

/* A worker for @device, which it gets. */
static int spawn(struct remote *r, int device)
{
	_cleanup_(talloc_freep) struct worker *w = talloc_zero(r, struct worker);
	pid_t pid;
	int err;

	if (!w)
		return -ENOMEM;
	w->r = r;
	w->last = &w->first;
	pid = start_process(r, &w->fd);
	if (pid < 0)
		return pid;
	w->pid = pid;
	talloc_set_destructor(w, worker_done);
	err = watch_worker(w);
	if (err == 0)
		err = equip(w, device);
	if (err < 0)
		return err;
	r->worker = TAKE_PTR(w);
	r->state = STARTING;
	return 0;
}

static int open_device(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

/* Has the worker before ended?  An end that its source does not tell would keep the device closed. */
static bool is_over(struct remote *r)
{
	siginfo_t si = {};
	pid_t pid = 0;

	if (!r->ended)
		return true;
	sd_event_source_get_child_pid(r->ended, &pid);
	if (!waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG | WNOWAIT) && !si.si_pid)
		return false;
	r->ended = sd_event_source_disable_unref(r->ended);
	waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG);
	return true;
}

static int on_open(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct remote *r = userdata;
	_cleanup_(closep) int fd = -1;
	int err;

	(void)source;
	(void)usec;
	if (r->worker || r->accounts < 0)
		return 0;
	r->late = !is_over(r);
	if (r->late) {
		open_later(r, AGAIN_USEC);
		return 0;
	}
	fd = r->open_device(r->device);
	if (fd < 0) {
		tell_lost(r, fd);
		open_later(r, OPEN_USEC);
		return 0;
	}
	err = spawn(r, fd);
	if (err == 0)
		return 0;
	log_error("no worker can be started: %s", strerror(-err));
	tell_lost(r, -EPIPE);
	open_later(r, AGAIN_USEC);
	return 0;
}

/* ---- policy ---- */

int remote_policy(struct remote *r, const struct auth_env *env, struct blob usermap, int log_level)
{
	_cleanup_(talloc_freep) TALLOC_CTX *strings = talloc_new(r);
	_cleanup_(closep) int accounts = policy_accounts(env->passdb);
	_cleanup_(closep) int map = ipc_memfd("username-map", usermap);
	struct policy p = {};

	if (accounts < 0 || map < 0)
		return accounts < 0 ? accounts : map;
	if (!strings || !policy_copy(strings, &p, env, log_level))
		return -ENOMEM;
	closep(&r->accounts);
	closep(&r->usermap);
	r->accounts = TAKE_FD(accounts);
	r->usermap = TAKE_FD(map);
	talloc_free(r->strings);
	r->strings = TAKE_PTR(strings);
	r->policy = p;
	if (r->worker)
		send_msg(r->worker, policy_msg(r->worker));
	else if (r->started)
		open_later(r, 0);
	return 0;
}

void remote_log_level(struct remote *r, int log_level)
{
	r->policy.log_level = log_level;
	if (r->worker)
		send_msg(r->worker, policy_msg(r->worker));
}

/* ---- life ---- */

static void reap_ended(struct remote *r)
{
	pid_t pid = 0;

	if (!r->ended)
		return;
	sd_event_source_get_child_pid(r->ended, &pid);
	r->ended = sd_event_source_disable_unref(r->ended);
	self_end(pid, NULL);
}

static int remote_done(struct remote *r)
{
	struct worker *w = TAKE_PTR(r->worker);

	if (w) {
		/* Those who ask may outlive us. */
		for (struct remote_request *q = w->requests; q; q = q->next)
			q->w = NULL;
		/* Without its source the process is waited for: the next daemon needs the device. */
		w->child = sd_event_source_disable_unref(w->child);
		talloc_free(w);
	}
	reap_ended(r);
	r->open = sd_event_source_disable_unref(r->open);
	closep(&r->accounts);
	closep(&r->usermap);
	r->event = sd_event_unref(r->event);
	return 0;
}

/* System accounts are in passwd(5): no name service is asked here. */
static void find_user(struct remote *r, const char *name)
{
	_cleanup_(fclosep) FILE *f = fopen("/etc/passwd", "re");
	struct passwd *pw;

	r->uid = r->gid = 65534;
	while (f && (pw = fgetpwent(f)))
		if (!strcmp(pw->pw_name, name) && pw->pw_uid && pw->pw_gid) {
			r->uid = pw->pw_uid;
			r->gid = pw->pw_gid;
			return;
		}
	if (geteuid() == 0)
		log_warning("there is no user \"%s\": the worker runs as uid %u", name, r->uid);
}

int remote_new(TALLOC_CTX *ctx, const struct remote_args *args, struct remote **ret)
{
	_cleanup_(talloc_freep) struct remote *r = talloc_zero(ctx, struct remote);
	sigset_t mask;
	int err;

	if (!r)
		return -ENOMEM;
	r->accounts = r->usermap = -1;
	r->event = sd_event_ref(args->event);
	r->names = args->names;
	r->open_device = args->open_device ? args->open_device : open_device;
	r->ping_usec = args->ping_usec ? args->ping_usec : PING_USEC;
	r->events = args->events;
	r->priv = args->priv;
	talloc_set_destructor(r, remote_done);
	r->device = talloc_strdup(r, args->device);
	r->configfs = talloc_strdup(r, args->configfs);
	r->lockouts = lockouts_new(r, &r->policy.env.lockout);
	if (!r->device || !r->configfs || !r->lockouts)
		return -ENOMEM;
	find_user(r, args->user);
	/* As sd_event_add_child(3) wants it. */
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0)
		return -errno;
	err = sd_event_add_time_relative(r->event, &r->open, CLOCK_MONOTONIC, 0, 0, on_open, r);
	if (err < 0)
		return err;
	sd_event_source_set_description(r->open, "device-open");
	sd_event_source_set_enabled(r->open, SD_EVENT_OFF);
	*ret = TAKE_PTR(r);
	return 0;
}

void remote_start(struct remote *r)
{
	r->started = true;
	open_later(r, 0);
}

bool remote_ready(const struct remote *r)
{
	return r->state == READY;
}
