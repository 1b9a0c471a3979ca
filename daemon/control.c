// SPDX-License-Identifier: GPL-2.0-or-later
/* control.c - the socket that cifsadmin talks to */
#include "control.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include "../module/upcall/uapi.h"
#include "upcall/status.h"
#include "util/log.h"

#define CLIENTS_MAX	16
#define COMMAND_MAX	320
#define OUT_MAX		(STATUS_MAX_TEXT + STATUS_MAX_TEXT / 2)	/* octets of one answer */
#define PATIENCE_USEC	(60 * 1000000ull)	/* for one command, from connect to close */

struct control {
	sd_event *event;
	struct config *config;
	struct remote *remote;
	sd_event_source *listen;
	char *path;
	int fd;
	size_t nclients;
};

struct client {
	struct control *c;
	int fd;
	sd_event_source *io, *timer;
	char in[COMMAND_MAX];
	size_t nin;
	char *out;
	size_t nout, sent;
	const char *hole;		/* why part of the answer is missing; NULL: nothing is */
	bool busy;			/* has a command */
	bool eof;			/* sends no more, but may still read */
	bool answered;			/* close when all is sent */
	size_t list;			/* index in lists[] of the one being fetched */
};

static const struct {
	const char *name;
	uint32_t what;
} lists[] = {
	{ "connections", CSRV_STATUS_CONNECTIONS }, { "sessions", CSRV_STATUS_SESSIONS },
	{ "trees", CSRV_STATUS_TREES }, { "opens", CSRV_STATUS_OPENS },
	{ "lockout", 0 },		/* the worker has it */
};

static int client_done(struct client *cl)
{
	sd_event_source_disable_unref(cl->io);
	sd_event_source_disable_unref(cl->timer);
	close(cl->fd);
	cl->c->nclients--;
	return 0;
}

static void watch_client(struct client *cl)
{
	sd_event_source_set_io_events(cl->io, (cl->eof ? 0 : EPOLLIN) |
				      (cl->sent < cl->nout ? EPOLLOUT : 0));
}

/* Sends as much as the socket takes; false when the client was freed. */
static bool flush_client(struct client *cl)
{
	while (cl->sent < cl->nout) {
		ssize_t n = send(cl->fd, cl->out + cl->sent, cl->nout - cl->sent,
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0 && errno != EINTR) {
			talloc_free(cl);
			return false;
		}
		if (n > 0)
			cl->sent += (size_t)n;
	}
	if (cl->sent == cl->nout && cl->answered) {
		talloc_free(cl);
		return false;
	}
	watch_client(cl);
	return true;
}

static const char NOMEM[] = "out of memory";

static void put_octets(struct client *cl, const char *text, size_t len)
{
	char *grown;

	if (!cl->hole && len > OUT_MAX - cl->nout)
		cl->hole = "the answer is too long";
	grown = cl->hole ? NULL : talloc_realloc(cl, cl->out, char, cl->nout + len);
	if (!grown) {
		cl->hole = cl->hole ? cl->hole : NOMEM;
		return;
	}
	cl->out = grown;
	memcpy(grown + cl->nout, text, len);
	cl->nout += len;
}

/* Newlines in @text become blanks: the answer is read by lines. */
static void put_line(struct client *cl, const char *word, const char *text, size_t len)
{
	size_t at;

	put_octets(cl, word, strlen(word));
	if (len) {
		put_octets(cl, " ", 1);
		at = cl->nout;
		put_octets(cl, text, len);
		for (; !cl->hole && at < cl->nout; at++)
			if (cl->out[at] == '\n')
				cl->out[at] = ' ';
	}
	put_octets(cl, "\n", 1);
}

static void put_text(struct client *cl, const char *word, const char *text)
{
	put_line(cl, word, text, strlen(text));
}

/* An answer with a hole is replaced by an error, as far as it is not sent yet. */
static void end_answer(struct client *cl, const char *error)
{
	if (error)
		put_text(cl, "error", error);
	else
		put_octets(cl, "ok\n", 3);
	if (cl->hole) {
		talloc_free(cl->out);
		/* Half a line may have been sent. */
		cl->out = talloc_asprintf(cl, "%serror %s\n", cl->sent ? "\n" : "", cl->hole);
		cl->nout = cl->out ? strlen(cl->out) : 0;
		cl->sent = 0;
	}
	cl->answered = true;
}

static void next_list(struct client *cl);

static void on_list(void *priv, int error, const char *text, size_t len)
{
	struct client *cl = priv;
	const char *stop = text + len, *nl;

	for (; !error && !cl->hole && text < stop; text = nl + 1) {
		nl = memchr(text, '\n', (size_t)(stop - text));
		if (!nl)
			nl = stop;
		/*
		 * A text becomes longer by the word before each line, which empty lines would
		 * multiply; no list has one.
		 */
		if (nl == text)
			error = -EBADMSG;
		put_line(cl, lists[cl->list].name, text, (size_t)(nl - text));
	}
	if (error || cl->hole) {
		end_answer(cl, error ? strerror(-error) : NULL);
	} else {
		cl->list++;
		next_list(cl);
	}
	flush_client(cl);
}

/* Lists what of the configuration is not applied. */
static void put_problems(struct client *cl)
{
	unsigned int next = config_next_try(cl->c->config);

	for (const char *const *p = config_problems(cl->c->config); *p; p++) {
		char *text = next ? talloc_asprintf(cl, "%s; next try in %u s", *p, next) :
				    talloc_strdup(cl, *p);

		if (text)
			put_text(cl, "problem", text);
		else
			cl->hole = NOMEM;
		talloc_free(text);
	}
}

static void next_list(struct client *cl)
{
	struct remote *r = cl->c->remote;

	if (cl->list == ARRAY_LEN(lists))
		end_answer(cl, NULL);
	else if (lists[cl->list].what ?
		 !remote_list(r, cl, lists[cl->list].what, on_list, cl) :
		 !remote_lockouts(r, cl, on_list, cl))
		end_answer(cl, "the kernel module is not there (not loaded, or not answering)");
}

static void run_status(struct client *cl, const char *arg)
{
	(void)arg;
	put_problems(cl);
	next_list(cl);
}

static void be_patient(struct client *cl, bool on)
{
	sd_event_source_set_time_relative(cl->timer, PATIENCE_USEC);
	sd_event_source_set_enabled(cl->timer, on ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static void on_reloaded(void *priv, int error, const struct report *rep)
{
	struct client *cl = priv;

	be_patient(cl, true);
	for (size_t i = 0; i < rep->n; i++)
		put_text(cl, "message", rep->line[i]);
	if ((error == -EBADMSG || error == -EIO) && rep->conf_in_force)
		end_answer(cl, "the configuration is reloaded, but the accounts stay as they were");
	else if (error == -EBADMSG || error == -EIO)
		end_answer(cl, "not reloaded: the running configuration stays as it is");
	else if (error < 0 || rep->failed)
		end_answer(cl, "reloaded, but not everything could be applied");
	else
		end_answer(cl, NULL);
	flush_client(cl);
}

/* The time of a run is limited by that of the look-ups, so the client's limit is off. */
static void read_for(struct client *cl, enum config_why why, config_fn then)
{
	if (config_run(cl->c->config, cl, why, then, cl))
		be_patient(cl, false);
	else
		end_answer(cl, strerror(ENOMEM));
}

static void reload_as(struct client *cl, enum config_why why)
{
	read_for(cl, why, on_reloaded);
}

static void run_reload(struct client *cl, const char *arg)
{
	(void)arg;
	reload_as(cl, CONFIG_ORDER);
}

/* Files that are missing or empty stay in doubt: an edit does not confirm them. */
static void run_reload_changed(struct client *cl, const char *arg)
{
	(void)arg;
	reload_as(cl, CONFIG_CHANGE);
}

static void run_reload_no_shares(struct client *cl, const char *arg)
{
	(void)arg;
	reload_as(cl, CONFIG_NO_SHARES);
}

static void run_reload_no_accounts(struct client *cl, const char *arg)
{
	(void)arg;
	reload_as(cl, CONFIG_NO_ACCOUNTS);
}

/*
 * @unread: the error where the file was not read, so that a doubt is not known; NULL: it was.
 * Errors in the file are reported by cifsadmin itself.
 */
static void put_doubt(struct client *cl, const char *text, const char *unread)
{
	be_patient(cl, true);
	if (text)
		put_text(cl, "doubt", text);
	end_answer(cl, text ? NULL : unread);
	flush_client(cl);
}

/* Errors of the run may be about other files, or configfs. */
static void on_shares_read(void *priv, int error, const struct report *rep)
{
	struct client *cl = priv;
	const struct config *c = cl->c->config;

	(void)error;
	(void)rep;
	put_doubt(cl, config_doubt_shares(c), config_unread_shares(c) ?
		  "smb.conf, or a file that it names, could not be read" : NULL);
}

static void on_accounts_read(void *priv, int error, const struct report *rep)
{
	struct client *cl = priv;
	const struct config *c = cl->c->config;

	(void)error;
	(void)rep;
	put_doubt(cl, config_doubt_accounts(c), config_unread_accounts(c) ?
		  "the file of accounts could not be read" : NULL);
}

/* Reads the files again: one may have changed since the last run. */
static void run_doubt_shares(struct client *cl, const char *arg)
{
	(void)arg;
	read_for(cl, CONFIG_CHANGE, on_shares_read);
}

static void run_doubt_accounts(struct client *cl, const char *arg)
{
	(void)arg;
	read_for(cl, CONFIG_CHANGE, on_accounts_read);
}

static void on_ended(void *priv, int error, const char *text, size_t len)
{
	struct client *cl = priv;

	(void)text;
	(void)len;
	if (error == -ENOENT)
		end_answer(cl, "there is none with this number");
	else
		end_answer(cl, error ? strerror(-error) : NULL);
	flush_client(cl);
}

static void end_one(struct client *cl, const char *arg, uint32_t what)
{
	char *stop;
	uint64_t id;

	errno = 0;
	id = strncmp(arg, "0x", 2) ? 0 : strtoull(arg, &stop, 16);
	if (strncmp(arg, "0x", 2) || !arg[2] || *stop || errno)
		end_answer(cl, "a number is 0x and hexadecimal digits, as status shows it");
	else if (!remote_end(cl->c->remote, cl, what, id, on_ended, cl))
		end_answer(cl, "the kernel module is not there (not loaded, or not answering)");
}

static void run_session_close(struct client *cl, const char *arg)
{
	end_one(cl, arg, CSRV_UP_END_SESSION);
}

static void run_open_close(struct client *cl, const char *arg)
{
	end_one(cl, arg, CSRV_UP_END_OPEN);
}

static void run_log_level(struct client *cl, const char *arg)
{
	if (arg[0] < '0' || arg[0] > '3' || arg[1]) {
		end_answer(cl, "a log level is 0, 1, 2 or 3");
		return;
	}
	log_set_level(config_log_priority((uint32_t)(arg[0] - '0')));
	remote_log_level(cl->c->remote, log_get_level());
	log_notice("log level %s until the next reload", arg);
	end_answer(cl, NULL);
}

static void run_show_log_level(struct client *cl, const char *arg)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", config_log_level(log_get_level()));

	(void)arg;
	put_line(cl, "log-level", text, (size_t)len);
	end_answer(cl, NULL);
}

static void on_unlocked(void *priv, int error, const char *text, size_t len)
{
	struct client *cl = priv;

	if (len) {
		log_notice("%.*s by the administrator", (int)len, text);
		put_line(cl, "message", text, len);
	}
	end_answer(cl, error == -ENOENT ?
		   "nothing is locked by this name or address; status shows what is" :
		   error ? strerror(-error) : NULL);
	flush_client(cl);
}

/* Drops counts that have not locked anything yet, too. */
static void run_unlock(struct client *cl, const char *arg)
{
	if (!remote_unlock(cl->c->remote, cl, arg, on_unlocked, cl))
		end_answer(cl, strerror(ENOMEM));
}

static const struct command {
	const char *name;
	bool arg;
	void (*run)(struct client *cl, const char *arg);
} commands[] = {
	{ "status", false, run_status },
	{ "reload", false, run_reload },
	{ "reload-edited", false, run_reload_changed },
	{ "reload-no-shares", false, run_reload_no_shares },
	{ "reload-accounts", false, run_reload_changed },
	{ "reload-no-accounts", false, run_reload_no_accounts },
	{ "doubt-shares", false, run_doubt_shares },
	{ "doubt-accounts", false, run_doubt_accounts },
	{ "session-close", true, run_session_close },
	{ "open-close", true, run_open_close },
	{ "log-level", true, run_log_level },
	{ "show-log-level", false, run_show_log_level },
	{ "unlock", true, run_unlock },
};

/* @line: a command and, for some, a blank and an argument, which may have blanks. */
static void run_command(struct client *cl, const char *line)
{
	size_t len = strcspn(line, " ");
	const char *arg = line[len] ? line + len + 1 : NULL;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *cmd = &commands[i];

		if (strlen(cmd->name) != len || strncmp(cmd->name, line, len) || cmd->arg != !!arg)
			continue;
		cmd->run(cl, arg);
		flush_client(cl);
		return;
	}
	end_answer(cl, "unknown command");
	flush_client(cl);
}

/* True when the client was freed or sends nothing more. */
static bool read_command(struct client *cl)
{
	ssize_t n = recv(cl->fd, cl->in + cl->nin, sizeof(cl->in) - 1 - cl->nin, MSG_DONTWAIT);
	char *nl;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n == 0 && cl->busy) {
		cl->eof = true;
		watch_client(cl);
		return false;
	}
	if (n <= 0) {
		talloc_free(cl);
		return true;
	}
	cl->nin += (size_t)n;
	cl->in[cl->nin] = 0;
	nl = strchr(cl->in, '\n');
	if (!nl && cl->nin < sizeof(cl->in) - 1)
		return false;
	if (cl->busy) {	/* one command for each connection */
		talloc_free(cl);
		return true;
	}
	if (nl)
		*nl = 0;
	cl->nin = 0;
	cl->busy = true;
	run_command(cl, cl->in);
	return true;
}

static int on_client(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct client *cl = userdata;

	(void)source;
	(void)fd;
	if ((events & EPOLLIN) && read_command(cl))
		return 0;
	if (events & (EPOLLHUP | EPOLLERR))
		talloc_free(cl);
	else if (events & EPOLLOUT)
		flush_client(cl);
	return 0;
}

static int on_patience(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	talloc_free(userdata);
	return 0;
}

static bool peer_is_root(int fd)
{
	socklen_t len = sizeof(struct ucred);
	struct ucred cred;

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) &&
	       (cred.uid == 0 || cred.uid == geteuid());
}

/* Takes @fd over. */
static void client_new(struct control *c, int fd)
{
	struct client *cl = talloc_zero(c, struct client);

	if (!cl) {
		close(fd);
		return;
	}
	cl->c = c;
	cl->fd = fd;
	c->nclients++;
	talloc_set_destructor(cl, client_done);
	if (sd_event_add_io(c->event, &cl->io, fd, EPOLLIN, on_client, cl) < 0 ||
	    sd_event_add_time_relative(c->event, &cl->timer, CLOCK_MONOTONIC, PATIENCE_USEC, 0,
				       on_patience, cl) < 0)
		talloc_free(cl);
}

static int on_connect(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct control *c = userdata;
	int conn = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)source;
	(void)events;
	if (conn < 0)
		return 0;
	if (c->nclients >= CLIENTS_MAX || !peer_is_root(conn))
		close(conn);
	else
		client_new(c, conn);
	return 0;
}

static int control_done(struct control *c)
{
	sd_event_source_disable_unref(c->listen);
	c->event = sd_event_unref(c->event);
	if (c->fd >= 0) {
		close(c->fd);
		unlink(c->path);
	}
	return 0;
}

static int control_bind(struct control *c)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	mode_t mask;
	int r;

	if (strlen(c->path) >= sizeof(sun.sun_path))
		return -ENAMETOOLONG;
	memcpy(sun.sun_path, c->path, strlen(c->path));
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		return -errno;
	unlink(c->path);
	mask = umask(0177);
	r = bind(c->fd, (struct sockaddr *)&sun, sizeof(sun)) < 0 ? -errno : 0;
	umask(mask);
	if (r == 0 && listen(c->fd, CLIENTS_MAX) < 0)
		r = -errno;
	return r;
}

struct control *control_new(TALLOC_CTX *ctx, sd_event *event, const char *run_dir,
			    struct config *config, struct remote *remote)
{
	struct control *c = talloc_zero(ctx, struct control);
	int r;

	if (!c)
		return NULL;
	c->event = sd_event_ref(event);
	c->config = config;
	c->remote = remote;
	c->fd = -1;
	c->path = talloc_asprintf(c, "%s/control", run_dir);
	talloc_set_destructor(c, control_done);
	r = c->path ? control_bind(c) : -ENOMEM;
	if (r == 0)
		r = sd_event_add_io(event, &c->listen, c->fd, EPOLLIN, on_connect, c);
	if (r >= 0)
		return c;
	log_warning("no control socket in %s: %s", run_dir, strerror(-r));
	talloc_free(c);
	return NULL;
}
