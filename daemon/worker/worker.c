// SPDX-License-Identifier: GPL-2.0-or-later
/* worker/worker.c - the process that reads data of clients */
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "../auth/ntlm_msg.h"
#include "../names/names.h"
#include "../upcall/end.h"
#include "../upcall/status.h"
#include "../upcall/upcall.h"
#include "../util/crypto.h"
#include "../util/log.h"
#include "policy.h"
#include "sandbox.h"

/*
 * Octets of address space, more than all budgets together: logons, pipes, 64 MiB of accounts, a
 * list of 64 MiB.  A sanitizer reserves terabytes.
 */
#ifdef __SANITIZE_ADDRESS__
#define MEMORY_MAX	0
#else
#define MEMORY_MAX	(1024ul * 1024 * 1024)
#endif

/* The worker; its memory lives as long as the process. */
struct self {
	sd_event *event;
	struct names *names;
	struct upcall *up;
	struct auth_env env;
	struct ipc_msg *policy;		/* owns the strings of ->env */
	struct passdb *passdb;
	struct usermap *usermap;
};

/* A request of the manager. */
struct job {
	struct self *self;
	uint64_t id;
	char *text;			/* of a list; a talloc child */
	size_t len, room;
};

/* Blocks until the manager reads. */
static void send_msg(struct ipc_msg *m)
{
	int r = m ? ipc_send(WORKER_FD, m, 0) : -ENOMEM;

	talloc_free(m);
	if (r == 0)
		return;
	log_error("the worker cannot speak to the manager: %s", strerror(-r));
	exit(EXIT_FAILURE);
}

static void send_error(enum ipc_type type, uint64_t id, int error)
{
	struct ipc_msg *m = ipc_new(NULL, type, id);

	if (m)
		ipc_put_s32(m, error);
	send_msg(m);
}

static void send_text(uint64_t id, struct blob text)
{
	_cleanup_(closep) int fd = ipc_memfd("list", text);
	struct ipc_msg *m = fd < 0 ? NULL : ipc_new(NULL, IPC_DONE, id);

	if (!m) {
		send_error(IPC_DONE, id, fd < 0 ? fd : -ENOMEM);
		return;
	}
	ipc_put_s32(m, 0);
	ipc_put_fd(m, fd);
	send_msg(m);
}

/* The worker cannot open a socket to the journal. */
static void log_line(int prio, const struct log_about *about, const char *line)
{
	static const struct log_about none;
	struct ipc_msg *m = ipc_new(NULL, IPC_LOG, 0);

	if (!about)
		about = &none;
	if (m) {
		ipc_put_s32(m, prio);
		bytes_put_u32(&m->out, about->line);
		ipc_put_string(m, line);
		ipc_put_string(m, about->user ? about->user : "");
		ipc_put_string(m, about->client ? about->client : "");
		ipc_put_string(m, about->op ? about->op : "");
		ipc_put_string(m, about->file ? about->file : "");
	}
	/* A worker without a manager ends. */
	if (!m || ipc_send(WORKER_FD, m, 0) < 0)
		exit(EXIT_FAILURE);
	talloc_free(m);
}

/* ---- messages to the manager ---- */

/* No logon is read until on_failures() has the earlier failures from the manager. */
static void on_ready(void *priv)
{
	struct self *self = priv;

	device_hold(self->up->dev, true);
	send_msg(ipc_new(NULL, IPC_READY, 0));
}

/* A worker serves one open device. */
static void on_lost(void *priv, int error)
{
	struct self *self = priv;

	send_error(IPC_LOST, 0, error);
	sd_event_exit(self->event, 0);
}

static const struct upcall_events upcall_events = { .ready = on_ready, .lost = on_lost };

static int ask_name(void *priv, uint64_t id, const char *name)
{
	struct ipc_msg *m = ipc_new(NULL, IPC_NAME, id);

	(void)priv;
	if (m)
		ipc_put_string(m, name);
	send_msg(m);
	return 0;
}

/* The manager counts, too, for the next worker. */
static void report_logon(void *priv, bool failed, const char *name, const char *host)
{
	struct ipc_msg *m;

	(void)priv;
	/* Only a username map makes such a long name. */
	if (strlen(name) > NTLM_MAX_NAME)
		return;
	m = ipc_new(NULL, failed ? IPC_FAILED : IPC_PASSED, 0);
	if (m) {
		ipc_put_string(m, name);
		ipc_put_string(m, host);
	}
	send_msg(m);
}

/* ---- messages from the manager ---- */

static int read_accounts(struct ipc_msg *m, int fd, struct passdb **ret)
{
	struct passdb_error err;
	struct blob text;
	int r = ipc_read_memfd(m, fd, PASSDB_MAX_FILE * 2, &text);

	if (r < 0)
		return r;
	r = passdb_parse(m, text, ret, &err);
	explicit_bzero((void *)text.data, text.len);
	return r;
}

static int read_usermap(struct ipc_msg *m, int fd, struct usermap **ret)
{
	struct usermap_error err;
	struct blob text;
	int r = ipc_read_memfd(m, fd, IPC_MAX * 64, &text);

	*ret = NULL;
	return r < 0 || !text.len ? r : usermap_parse(m, text, ret, &err);
}

/* Takes @m over, which owns the strings. */
static int on_policy(struct self *self, struct ipc_msg *m)
{
	_cleanup_(closep) int accounts = ipc_take_fd(m), map = ipc_take_fd(m);
	struct policy p = {};
	int r;

	if (accounts < 0 || map < 0 || !policy_get(m, &p) || !ipc_complete(m))
		return -EBADMSG;
	r = read_accounts(m, accounts, &self->passdb);
	if (r == 0)
		r = read_usermap(m, map, &self->usermap);
	if (r < 0)
		return r;
	p.env.passdb = self->passdb;
	p.env.usermap = self->usermap;
	self->env = p.env;
	log_set_level(p.log_level);
	talloc_free(self->policy);
	self->policy = talloc_steal(self, m);
	return 0;
}

/* Tables of earlier workers, which hold texts of clients. */
static int restore_failures(struct self *self, struct ipc_msg *m, int fd)
{
	struct blob saved;
	int r = ipc_read_memfd(m, fd, LOCKOUT_MAX_SAVED, &saved);

	if (r < 0)
		return r;
	return lockouts_restore(self->up->lockouts, saved, upcall_now(self->up)) ? 0 : -EBADMSG;
}

/* A worker without the tables, or with a part of them, goes on: the manager gets the error. */
static int on_failures(struct self *self, struct ipc_msg *m)
{
	_cleanup_(closep) int fd = ipc_take_fd(m);

	if (fd < 0 || !ipc_complete(m))
		return -EBADMSG;
	send_error(IPC_DONE, m->id, restore_failures(self, m, fd));
	device_hold(self->up->dev, false);
	return 0;
}

static int on_device(struct self *self, struct ipc_msg *m)
{
	int fd = ipc_take_fd(m);

	/* A policy comes before the device. */
	if (fd < 0 || !ipc_complete(m) || !self->policy) {
		closep(&fd);
		return -EBADMSG;
	}
	return device_adopt(self->up->dev, fd);
}

static struct job *job_new(struct self *self, const struct ipc_msg *m)
{
	struct job *job = talloc_zero(self, struct job);

	if (job)
		*job = (struct job){ .self = self, .id = m->id };
	return job;
}

#define TEXT_STEP	(64 * 1024)	/* octets by which a list's text grows, at least a line */

/* A line for each record: the manager is sent what it passes on to cifsadmin. */
static int add_line(void *priv, const struct record *rec)
{
	struct job *job = priv;
	size_t n;

	if (job->room - job->len < RECORD_LINE) {
		char *grown = talloc_realloc(job, job->text, char, job->room + TEXT_STEP);

		if (!grown)
			return -ENOMEM;
		job->text = grown;
		job->room += TEXT_STEP;
	}
	n = record_print(rec, job->text + job->len);
	if (!n || n > STATUS_MAX_TEXT - job->len)
		return -EFBIG;
	job->len += n;
	return 0;
}

static void on_list(void *priv, int error)
{
	struct job *job = priv;

	if (error)
		send_error(IPC_DONE, job->id, error);
	else
		send_text(job->id, (struct blob){ (const uint8_t *)job->text, job->len });
	talloc_free(job);
}

static int on_list_request(struct self *self, struct ipc_msg *m)
{
	static const struct status_events events = { add_line, on_list };
	uint32_t what = bytes_get_u32(&m->in);
	struct job *job;

	if (!ipc_complete(m))
		return -EBADMSG;
	job = job_new(self, m);
	/* No child of the job, which on_list() frees in its call. */
	if (!job || !status_ask(self->up->status, self, what, 0, &events, job)) {
		talloc_free(job);
		send_error(IPC_DONE, m->id, -ENOTCONN);
	}
	return 0;
}

static void on_end(void *priv, int error)
{
	struct job *job = priv;

	send_error(IPC_DONE, job->id, error);
	talloc_free(job);
}

static int on_end_request(struct self *self, struct ipc_msg *m)
{
	uint32_t what = bytes_get_u32(&m->in);
	uint64_t id = bytes_get_u64(&m->in);
	struct job *job;

	if (!ipc_complete(m))
		return -EBADMSG;
	job = job_new(self, m);
	if (!job || !upcall_end(self->up, self, what, id, on_end, job)) {
		talloc_free(job);
		send_error(IPC_DONE, m->id, -ENOTCONN);
	}
	return 0;
}

/* A line for each lock-out. */
static void add_lockout(void *priv, const struct lockout_entry *e)
{
	char **text = priv;
	json_t *o = json_pack("{s:s, s:s, s:I, s:I}", "name", e->name, "address", e->address,
			      "failures", (json_int_t)e->failures, "seconds", (json_int_t)e->seconds);
	char *line = o ? json_dumps(o, JSON_COMPACT) : NULL;

	if (line && *text)
		*text = talloc_asprintf_append_buffer(*text, "%s\n", line);
	free(line);
	json_decref(o);
}

static int on_lockouts_request(struct self *self, struct ipc_msg *m)
{
	char *text = talloc_strdup(m, "");

	if (!ipc_complete(m))
		return -EBADMSG;
	lockouts_list(self->up->lockouts, upcall_now(self->up), add_lockout, &text);
	if (text)
		send_text(m->id, (struct blob){ (const uint8_t *)text, strlen(text) });
	else
		send_error(IPC_DONE, m->id, -ENOMEM);
	return 0;
}

static int on_unlock_request(struct self *self, struct ipc_msg *m)
{
	/* Names of clients have any length and any octets. */
	const char *which = ipc_get_bytes(m, IPC_MAX);
	char *text;
	size_t n;

	if (!ipc_complete(m))
		return -EBADMSG;
	n = lockouts_unlock(self->up->lockouts, which, upcall_now(self->up));
	text = n ? lockouts_ended(m, n) : NULL;
	if (text)
		send_text(m->id, (struct blob){ (const uint8_t *)text, strlen(text) });
	else
		send_error(IPC_DONE, m->id, n ? 0 : -ENOENT);
	return 0;
}

static int name_done(struct self *self, struct ipc_msg *m)
{
	struct nss_account acc;
	int error;

	/*
	 * An account that cannot be sent is doubt for its logon, and no reason to end the worker.
	 */
	if (!account_get(m, &error, &acc))
		error = -EBADMSG;
	names_relay_answer(self->names, m->id, error, error ? NULL : &acc);
	return 0;
}

static int take_message(struct self *self, struct ipc_msg *m)
{
	switch (m->type) {
	case IPC_POLICY:
		return on_policy(self, m);
	case IPC_FAILURES:
		return on_failures(self, m);
	case IPC_DEVICE:
		return on_device(self, m);
	case IPC_LIST:
		return on_list_request(self, m);
	case IPC_END:
		return on_end_request(self, m);
	case IPC_LOCKOUTS:
		return on_lockouts_request(self, m);
	case IPC_UNLOCK:
		return on_unlock_request(self, m);
	case IPC_NAME_DONE:
		return name_done(self, m);
	case IPC_PING:
		send_error(IPC_DONE, 0, 0);
		return ipc_complete(m) ? 0 : -EBADMSG;
	}
	return -EBADMSG;
}

static int on_manager(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct self *self = userdata;
	struct ipc_msg *m = NULL;
	int r = ipc_receive(NULL, fd, &m);

	(void)source;
	(void)events;
	if (r == -EAGAIN)
		return 0;
	if (r == -EPIPE)
		return sd_event_exit(self->event, 0);
	if (r == 0)
		r = take_message(self, m);
	/* on_policy() may have kept the message. */
	if (m && m != self->policy)
		talloc_free(m);
	if (r < 0) {
		log_error("the worker refuses a message of the manager: %s", strerror(-r));
		sd_event_exit(self->event, r);
	}
	return 0;
}

/* ---- life ---- */

/* Does all that needs files before the sandbox is entered. */
static int prepare_worker(struct self *self, const char *configfs)
{
	int r = crypto_init();

	if (r == 0)
		r = sd_event_new(&self->event);
	if (r >= 0)
		r = names_new_relay(self, self->event, ask_name, self, &self->names);
	if (r >= 0)
		r = upcall_new(self, &(struct upcall_args){
			.event = self->event, .configfs = configfs, .env = &self->env,
			.names = self->names, .events = &upcall_events, .priv = self,
		}, &self->up);
	if (r >= 0)
		lockouts_listen(self->up->lockouts, report_logon, self);
	if (r >= 0)
		r = sd_event_add_io(self->event, NULL, WORKER_FD, EPOLLIN, on_manager, self);
	return r < 0 ? r : 0;
}

static bool parse_id(const char *text, id_t *ret)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(text, &end, 10);
	*ret = (id_t)v;
	return *text && !*end && !errno && v && v < UINT32_MAX;
}

int worker_main(int argc, char **argv)
{
	_cleanup_(talloc_freep) struct self *self = talloc_zero(NULL, struct self);
	struct sandbox box = { .memory = MEMORY_MAX, .file = STATUS_MAX_TEXT };
	int r;

	log_open();
	if (argc != 4 || !self || !parse_id(argv[1], &box.uid) || !parse_id(argv[2], &box.gid) ||
	    !parse_id(argv[3], (id_t *)&box.parent)) {
		log_error("the worker is started by the daemon only");
		return EXIT_FAILURE;
	}
	prctl(PR_SET_NAME, "cifssrvd-worker", 0, 0, 0);
	/* A restarted journal has closed the other end of standard error. */
	signal(SIGPIPE, SIG_IGN);
	box.readable = argv[0];
	clearenv();		/* variables of systemd are for the daemon */
	r = sandbox_close(WORKER_FD);
	/* Standard error has no priorities. */
	log_set_sink(log_line);
	if (r == 0)
		r = prepare_worker(self, argv[0]);
	if (r == 0)
		r = sandbox_enter(&box);
	if (r < 0)
		log_error("the worker cannot be confined: %s", r == -ECANCELED ?
			  "the kernel takes no seccomp filter (CONFIG_SECCOMP_FILTER)" : strerror(-r));
	else
		r = sd_event_loop(self->event);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
