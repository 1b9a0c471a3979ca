// SPDX-License-Identifier: GPL-2.0-or-later
/* worker/remote.c - the manager's end of the worker */
#include "remote_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "../util/log.h"
#include "worker.h"

#define OPEN_USEC	500000		/* between two tries to open the device */
#define PING_USEC	(30 * 1000000ull)
#define UNREAD_MAX	1024		/* messages; a socket holds fewer by default */

static int on_io(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct worker *w = userdata;
	int err;

	(void)source;
	(void)fd;
	if (events & EPOLLOUT) {
		err = remote_flush(w);
		if (err == 0)
			err = sd_event_source_set_io_events(w->io, EPOLLIN);
		if (err < 0 && err != -EAGAIN) {
			remote_send_failed(w, err);
			return 0;
		}
	}
	if (events & ~EPOLLOUT)
		remote_receive(w);
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
	/* The next worker is not started before this one is reaped. */
	kill(w->pid, SIGKILL);
	w->r->ended = TAKE_PTR(w->child);
	return 0;
}

static int on_child(sd_event_source *source, const siginfo_t *si, void *userdata)
{
	struct remote *r = userdata;
	struct worker *w = r->worker;

	if (source == r->ended) {
		r->ended = sd_event_source_unref(source);
		/* The timer waits for this process only. */
		if (r->late)
			remote_open_later(r, 0);
		return 0;
	}
	w->pid = 0;		/* sd-event reaps the process after this */
	if (si->si_code == CLD_EXITED)
		log_error("the worker has ended with status %d: another one is started",
			  si->si_status);
	else
		log_error("the worker was ended by signal %d: another one is started",
			  si->si_status);
	remote_worker_lost(w);
	return 0;
}

/*
 * Reads what the worker has sent, in case the manager hung, not the worker.  False: @w may be
 * freed.
 */
static bool read_messages(struct worker *w)
{
	int r = 0;

	for (int i = 0; r == 0 && w->pinged && i < UNREAD_MAX; i++)
		r = remote_receive(w);
	return r == 0 || r == -EAGAIN;
}

static int on_ping(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct worker *w = userdata;

	(void)usec;
	if (w->pinged && !read_messages(w))
		return 0;
	if (w->pinged) {
		log_error("the worker hangs: it is ended");
		remote_worker_lost(w);
		return 0;
	}
	if (!remote_send(w, ipc_new(w, IPC_PING, 0)))
		return 0;
	w->pinged = true;
	sd_event_source_set_time_relative(source, w->r->ping_usec);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* The worker's pid, and our end of the connection; or a negative errno. */
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
	/* Messages are read before the end is handled. */
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

/* Sends a new worker its policy and its device. */
static int send_first(struct worker *w, int device)
{
	_cleanup_(talloc_freep) struct ipc_msg *policy = remote_policy_msg(w);
	_cleanup_(talloc_freep) struct ipc_msg *m = ipc_new(w, IPC_DEVICE, 0);
	int r;

	if (!policy || !m)
		return -ENOMEM;
	ipc_put_fd(m, device);
	r = ipc_send(w->fd, policy, MSG_DONTWAIT);
	return r < 0 ? r : ipc_send(w->fd, m, MSG_DONTWAIT);
}

/* Starts a worker for @device. */
static int start_worker(struct remote *r, int device)
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
		err = send_first(w, device);
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

/*
 * Has the previous worker ended?  Its source might miss that, and keep the device closed for good.
 */
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
		remote_open_later(r, AGAIN_USEC);
		return 0;
	}
	fd = r->open_device(r->device);
	if (fd < 0) {
		remote_report_lost(r, fd);
		remote_open_later(r, OPEN_USEC);
		return 0;
	}
	err = start_worker(r, fd);
	if (err == 0)
		return 0;
	log_error("no worker can be started: %s", strerror(-err));
	remote_report_lost(r, -EPIPE);
	remote_open_later(r, AGAIN_USEC);
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
		remote_send(r->worker, remote_policy_msg(r->worker));
	else if (r->started)
		remote_open_later(r, 0);
	return 0;
}

void remote_log_level(struct remote *r, int log_level)
{
	r->policy.log_level = log_level;
	if (r->worker)
		remote_send(r->worker, remote_policy_msg(r->worker));
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
		/* Callers own their requests, which may outlive the remote. */
		for (struct remote_request *q = w->requests; q; q = q->next)
			q->w = NULL;
		/* Reaps the process here: the next daemon needs the device. */
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
	/* Needed by sd_event_add_child(3). */
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
	remote_open_later(r, 0);
}

bool remote_ready(const struct remote *r)
{
	return r->state == READY;
}
