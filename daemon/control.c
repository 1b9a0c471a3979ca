// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * control.c - the socket that cifsadmin talks to
 *
 * One command a connection, a line of text: "status" or "reload".  The answer
 * is lines: "connections {...}", "sessions {...}", "trees {...}",
 * "opens {...}" (the kernel's objects as they came), "message TEXT", and last
 * "ok" or "error TEXT".  Only root, and whoever the daemon runs as, is heard.
 */
#include "manager.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include "upcall/status.h"
#include "util/log.h"

#define CLIENTS_MAX	16
#define COMMAND_MAX	64
#define PATIENCE_USEC	(60 * 1000000ull)	/* for one command, from connect to close */

struct control {
	struct manager *m;
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
	bool answered;			/* close when all is sent */
	size_t list;			/* of lists[] below: being fetched */
};

static const struct {
	const char *name;
	uint32_t what;
} lists[] = {
	{ "connections", CSRV_STATUS_CONNECTIONS }, { "sessions", CSRV_STATUS_SESSIONS },
	{ "trees", CSRV_STATUS_TREES }, { "opens", CSRV_STATUS_OPENS },
};

static int client_done(struct client *cl)
{
	sd_event_source_disable_unref(cl->io);
	sd_event_source_disable_unref(cl->timer);
	close(cl->fd);
	cl->c->nclients--;
	return 0;
}

/* Sends what it can; false when the client is no more. */
static bool flush(struct client *cl)
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
	sd_event_source_set_io_events(cl->io, EPOLLIN | (cl->sent < cl->nout ? EPOLLOUT : 0));
	return true;
}

static void put(struct client *cl, const char *text, size_t len)
{
	char *grown = talloc_realloc(cl, cl->out, char, cl->nout + len);

	if (!grown)
		return;
	cl->out = grown;
	memcpy(grown + cl->nout, text, len);
	cl->nout += len;
}

static void put_line(struct client *cl, const char *word, const char *text, size_t len)
{
	put(cl, word, strlen(word));
	if (len) {
		put(cl, " ", 1);
		put(cl, text, len);
	}
	put(cl, "\n", 1);
}

static void end(struct client *cl, const char *error)
{
	put_line(cl, error ? "error" : "ok", error, error ? strlen(error) : 0);
	cl->answered = true;
}

static void next_list(struct client *cl);

static void on_list(void *priv, int error, const char *text, size_t len)
{
	struct client *cl = priv;
	const char *stop = text + len, *nl;

	for (; text < stop; text = nl + 1) {
		nl = memchr(text, '\n', (size_t)(stop - text));
		if (!nl)
			nl = stop;
		put_line(cl, lists[cl->list].name, text, (size_t)(nl - text));
	}
	if (error) {
		end(cl, strerror(-error));
	} else {
		cl->list++;
		next_list(cl);
	}
	flush(cl);
}

static void next_list(struct client *cl)
{
	struct upcall *up = cl->c->m->upcall;

	if (cl->list == ARRAY_LEN(lists))
		end(cl, NULL);
	else if (!status_ask(up->status, cl, lists[cl->list].what, on_list, cl))
		end(cl, "the kernel module is not there (not loaded, or not answering)");
}

static void run_reload(struct client *cl)
{
	struct report *rep = talloc_zero(cl, struct report);
	int r = rep ? manager_reload(cl->c->m, rep) : -ENOMEM;

	for (size_t i = 0; rep && i < rep->n; i++)
		put_line(cl, "message", rep->line[i], strlen(rep->line[i]));
	if (r == -EBADMSG)
		end(cl, "not reloaded: the running configuration stays as it is");
	else if (r < 0 || rep->failed)
		end(cl, "reloaded, but not everything could be applied");
	else
		end(cl, NULL);
}

static void run_command(struct client *cl, const char *command)
{
	if (!strcmp(command, "status"))
		next_list(cl);
	else if (!strcmp(command, "reload"))
		run_reload(cl);
	else
		end(cl, "unknown command");
	flush(cl);
}

/* True when the client was freed or has nothing more for us. */
static bool read_command(struct client *cl)
{
	ssize_t n = recv(cl->fd, cl->in + cl->nin, sizeof(cl->in) - 1 - cl->nin, MSG_DONTWAIT);
	char *nl;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		talloc_free(cl);
		return true;
	}
	cl->nin += (size_t)n;
	cl->in[cl->nin] = 0;
	nl = strchr(cl->in, '\n');
	if (!nl && cl->nin < sizeof(cl->in) - 1)
		return false;
	if (cl->answered || cl->list || cl->nout) {	/* one command a connection */
		talloc_free(cl);
		return true;
	}
	if (nl)
		*nl = 0;
	cl->nin = 0;
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
		flush(cl);
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
	if (sd_event_add_io(c->m->event, &cl->io, fd, EPOLLIN, on_client, cl) < 0 ||
	    sd_event_add_time_relative(c->m->event, &cl->timer, CLOCK_MONOTONIC, PATIENCE_USEC, 0,
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

struct control *control_new(TALLOC_CTX *ctx, struct manager *m)
{
	struct control *c = talloc_zero(ctx, struct control);
	int r;

	if (!c)
		return NULL;
	c->m = m;
	c->fd = -1;
	c->path = talloc_asprintf(c, "%s/control", m->opt->run_dir);
	talloc_set_destructor(c, control_done);
	if (mkdir(m->opt->run_dir, 0700) < 0 && errno != EEXIST)
		log_warning("%s cannot be made: %s", m->opt->run_dir, strerror(errno));
	r = c->path ? control_bind(c) : -ENOMEM;
	if (r == 0)
		r = sd_event_add_io(m->event, &c->listen, c->fd, EPOLLIN, on_connect, c);
	if (r >= 0)
		return c;
	log_warning("no control socket in %s: %s", m->opt->run_dir, strerror(-r));
	talloc_free(c);
	return NULL;
}
