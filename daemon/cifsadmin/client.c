// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/client.c - sends commands to the running daemon, see control.c */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "admin.h"

static int daemon_connect(const struct admin *a)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int n = snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/control", a->run_dir);
	int fd, r;

	if (n < 0 || (size_t)n >= sizeof(sun.sun_path))
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

/* Was the process killed by SIGKILL?  It may stay for a while, waiting for a file system. */
static bool is_killed(pid_t pid)
{
	_cleanup_(talloc_freep) char *path = talloc_asprintf(NULL, "/proc/%d/status", (int)pid);
	_cleanup_(fclosep) FILE *f = path ? fopen(path, "re") : NULL;
	unsigned long long pending;
	char line[256];
	bool killed = false;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "SigPnd: %llx", &pending) == 1 ||
		    sscanf(line, "ShdPnd: %llx", &pending) == 1)
			killed |= pending >> (SIGKILL - 1) & 1;
	return killed;
}

/* A killed process keeps its socket, which takes connections until it has ended. */
bool daemon_runs(const struct admin *a)
{
	socklen_t len = sizeof(struct ucred);
	int fd = daemon_connect(a);
	struct ucred cred = {};
	bool runs;

	if (fd < 0)
		return false;
	runs = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) || !is_killed(cred.pid);
	close(fd);
	return runs;
}

const char *after_word(const char *line, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(line, word, len) || (line[len] && line[len] != ' '))
		return NULL;
	return line[len] ? line + len + 1 : line + len;
}

static int read_answer(const struct admin *a, FILE *f, void (*line)(void *priv, const char *text),
		       void *priv, const char **error)
{
	char *buf = NULL;
	size_t size = 0;
	int r = -1;

	while (r < 0 && getline(&buf, &size, f) > 0) {
		const char *text;

		buf[strcspn(buf, "\n")] = 0;
		text = after_word(buf, "error");
		if (text) {
			*error = talloc_strdup(a->ctx, text);
			r = EXIT_FAILED;
		} else if (!strcmp(buf, "ok")) {
			r = EXIT_OK;
		} else if (line) {
			line(priv, buf);
		}
	}
	free(buf);
	if (r < 0)
		r = complain("the daemon ended before its answer did");
	return r;
}

int daemon_ask(const struct admin *a, const char *command,
	       void (*line)(void *priv, const char *text), void *priv, const char **error)
{
	_cleanup_(fclosep) FILE *f = NULL;
	int fd = daemon_connect(a);

	*error = NULL;
	if (fd == -EACCES || fd == -EPERM) {
		complain("only root may talk to the daemon: try with sudo");
		return EXIT_FAILED;
	}
	if (fd < 0) {
		complain("cifssrvd is not running (%s/control: %s): systemctl start cifssrv "
			 "cifssrvd",
			 a->run_dir, strerror(-fd));
		return EXIT_DOWN;
	}
	f = fdopen(fd, "r+");
	if (!f) {
		close(fd);
		return complain("out of memory");
	}
	if (dprintf(fd, "%s\n", command) < 0)
		return complain("the daemon does not listen: %s", strerror(errno));
	return read_answer(a, f, line, priv, error);
}

static void on_message(void *priv, const char *line)
{
	const char *text = after_word(line, "message");

	(void)priv;
	if (text)
		print_line(stderr, "%s", text);
}

int daemon_reload(const struct admin *a)
{
	const char *error;
	int r = daemon_ask(a, "reload", on_message, NULL, &error);

	if (error)
		complain("%s", error);
	return r;
}

static bool is_unknown(const char *error)
{
	return error && !strcmp(error, "unknown command");
}

/* A daemon of an earlier release has no such command; it watches the file, as all do. */
int daemon_reload_edited(const struct admin *a, bool no_shares)
{
	const char *error = NULL;
	int r = no_shares ? daemon_ask(a, "reload-no-shares", on_message, NULL, &error) : EXIT_OK;

	if (!no_shares || is_unknown(error))
		r = daemon_ask(a, "reload-edited", on_message, NULL, &error);
	if (is_unknown(error)) {
		complain("cifssrvd is of another release than cifsadmin: it reads the file by itself "
			 "in a moment (cifsadmin reload: now)");
		return EXIT_OK;
	}
	if (error)
		complain("%s", error);
	return r;
}

void daemon_reload_accounts(const struct admin *a, bool no_accounts)
{
	static const char *const orders[] = { "reload-no-accounts", "reload-accounts", "reload" };
	const char *error;

	/* A daemon of an earlier release is sent the next best command that it has. */
	for (size_t i = !no_accounts; i < ARRAY_LEN(orders); i++) {
		daemon_ask(a, orders[i], NULL, NULL, &error);
		if (!is_unknown(error))
			return;
	}
}

static void on_doubt(void *priv, const char *line)
{
	const char *text = after_word(line, "doubt");
	const struct admin *a = ((void **)priv)[0];
	char **doubt = ((void **)priv)[1];

	if (text && !*doubt)
		*doubt = talloc_strdup(a->ctx, text);
}

bool daemon_doubts(const struct admin *a, bool accounts, const char *file)
{
	const char *error;
	char *doubt = NULL;
	int r;

	if (!daemon_runs(a))
		return false;
	r = daemon_ask(a, accounts ? "doubt-accounts" : "doubt-shares", on_doubt,
		       (void *[]){ (void *)a, &doubt }, &error);
	if (r == EXIT_DOWN || is_unknown(error) || (!r && !doubt))
		return false;
	if (!doubt) {
		complain("%s: nothing was changed, since whether %s has lost what it had is not known",
			 error ? error : "no answer", file);
		complain(accounts ? "try again later, or stop cifssrvd first" :
			 "edit the file by hand and run cifsadmin reload, or stop cifssrvd first");
		return true;
	}
	complain("%s", doubt);
	complain("nothing was changed, since what is left of %s would be all there is: put it back as it "
		 "was, from a backup for instance; or, if it is meant so, %ssay: cifsadmin reload", file,
		 accounts ? "leave an empty file, and " : "");
	return true;
}
