// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/**/*.c !daemon/main.c !daemon/cifsadmin/main.c | libs: talloc gcrypt systemd tasn1 jansson
/*
 * A whole daemon, a made-up kernel and the verbs of cifsadmin: three processes
 * in a folder of their own.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cifsadmin/admin.h"
#include "manager.h"
#include "util/log.h"

static char top[200];
static char out[65536];		/* what the last verb wrote on stdout */
static char err[65536];		/* and on stderr */

static char *in_top(const char *name)
{
	char *path;

	assert(asprintf(&path, "%s/%s", top, name) > 0);
	return path;
}

static void write_file(const char *name, const char *text)
{
	char *path = in_top(name);
	FILE *f = fopen(path, "w");

	assert(f && fputs(text, f) >= 0 && !fclose(f));
	free(path);
}

static void make_dir(const char *name)
{
	char *path = in_top(name);

	assert(!mkdir(path, 0700));
	free(path);
}

static void remove_file(const char *name)
{
	char *path = in_top(name);

	assert(!remove(path) || errno == ENOENT);
	free(path);
}

static bool exists(const char *name)
{
	char *path = in_top(name);
	bool yes = !access(path, F_OK);

	free(path);
	return yes;
}

/* Until it is there, for ten seconds at most. */
static bool appears(const char *name)
{
	for (int i = 0; i < 500 && !exists(name); i++)
		usleep(20000);
	return exists(name);
}

/* --- the kernel ----------------------------------------------------------------- */

static const char *const lists[] = {
	"{\"connection\":1,\"client\":\"192.0.2.7\",\"dialect\":\"0x0311\",\"cipher\":2,\"signing\":2,\"age\":90061,\"idle\":5}\n",
	"{\"session\":\"0x0000000000000011\",\"user\":\"alice\",\"domain\":\"D\",\"client\":\"192.0.2.7\",\"state\":\"valid\",\"guest\":false,\"dialect\":\"0x0302\",\"encrypted\":true,\"channels\":2,\"opens\":1,\"created\":1}\n"
	"{\"session\":\"0x0000000000000012\",\"user\":\"\",\"client\":\"192.0.2.8\",\"dialect\":\"0x0210\"}\n",
	"{\"session\":\"0x0000000000000011\",\"tree\":1,\"share\":\"data\",\"read_only\":true,\"created\":0}\n",
	"{\"open\":\"0x1\",\"session\":\"0x0000000000000011\",\"user\":\"alice\",\"share\":\"data\",\"name\":\"a\\u001b[2J\xff.txt\",\"access\":\"0x00000003\",\"locks\":7}\n",
};

static void answer_status(int fd, const struct csrv_up_hdr *q, const struct csrv_up_status *body)
{
	struct {
		struct csrv_up_hdr hdr;
		struct csrv_up_status_answer body;
		char text[1024];
	} a = { .hdr = { .op = CSRV_OP_STATUS | CSRV_UP_ANSWER, .id = q->id } };

	assert(body->what >= 1 && body->what <= 4 && q->id >> 63);
	strcpy(a.text, lists[body->what - 1]);
	a.body.text_len = (uint32_t)strlen(a.text);
	a.hdr.len = (uint32_t)(sizeof(a.hdr) + sizeof(a.body) + strlen(a.text));
	assert(send(fd, &a, a.hdr.len, 0) == (ssize_t)a.hdr.len);
}

/* There is a session 0x11 and nothing else. */
static void answer_end(int fd, const struct csrv_up_hdr *q, const struct csrv_up_end *body)
{
	struct csrv_up_hdr a = { .len = sizeof(a), .op = CSRV_OP_END | CSRV_UP_ANSWER, .id = q->id };

	if (body->what != CSRV_UP_END_SESSION || body->id != 0x11)
		a.status = -ENOENT;
	assert(send(fd, &a, sizeof(a), 0) == sizeof(a));
}

static uint32_t module_version = CSRV_UP_VERSION;

static void kernel(int fd)
{
	struct {
		struct csrv_up_hdr hdr;
		struct csrv_up_init body;
	} init = { .hdr = { .len = sizeof(init), .op = CSRV_OP_INIT, .id = 1 },
		   .body = { .version = module_version, .max_msg = CSRV_UP_MAX_MSG } };
	struct {
		struct csrv_up_hdr hdr;
		union {
			struct csrv_up_status status;
			struct csrv_up_end end;
		} body;
	} msg;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	assert(send(fd, &init, sizeof(init), 0) == sizeof(init));
	while (recv(fd, &msg, sizeof(msg), 0) > 0)
		if (msg.hdr.op == CSRV_OP_STATUS)
			answer_status(fd, &msg.hdr, &msg.body.status);
		else if (msg.hdr.op == CSRV_OP_END)
			answer_end(fd, &msg.hdr, &msg.body.end);
	_exit(0);
}

/* --- the daemon ----------------------------------------------------------------- */

/* As soon as the policy is there, somebody has failed too often. */
static int on_policy(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct manager *m = userdata;

	(void)usec;
	sd_event_source_set_time_relative(source, 10000);
	sd_event_source_set_enabled(source, m->env.lockout.limit ? SD_EVENT_OFF : SD_EVENT_ONESHOT);
	for (uint32_t i = 0; i < m->env.lockout.limit; i++)
		lockouts_failed(m->upcall->lockouts, "al\"ice", "2001:db8::1", upcall_now(m->upcall));
	return 0;
}

static void daemon_main(int fd)
{
	const struct options opt = {
		.config = in_top("smb.conf"), .passdb = in_top("cifspwd.db"),
		.configfs = in_top("configfs"), .device = NULL, .run_dir = in_top("run"),
	};
	struct manager *m;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	assert(!manager_new(NULL, &opt, &m));
	log_set_level(LOG_EMERG);
	assert(!device_adopt(m->upcall->dev, fd));
	assert(sd_event_add_time_relative(m->event, NULL, CLOCK_MONOTONIC, 0, 0, on_policy, m) >= 0);
	assert(sd_event_loop(m->event) ==
	       (module_version == CSRV_UP_VERSION ? 0 : -EPROTONOSUPPORT));
	talloc_free(m);
	free((void *)opt.config);
	free((void *)opt.passdb);
	free((void *)opt.configfs);
	free((void *)opt.run_dir);
	exit(0);
}

static pid_t start(void (*fn)(int fd), int fd)
{
	pid_t pid = fork();

	assert(pid >= 0);
	if (!pid) {
		/* What these two say is not what is tested. */
		freopen("/dev/null", "w", stdout);
		fn(fd);
	}
	close(fd);
	return pid;
}

/* --- cifsadmin ------------------------------------------------------------------ */

static void slurp(const char *name, char *buf, size_t size)
{
	char *path = in_top(name);
	FILE *f = fopen(path, "r");
	size_t n;

	assert(f);
	n = fread(buf, 1, size - 1, f);
	buf[n] = 0;
	fclose(f);
	free(path);
}

static const struct verb *find_verb(const struct verb *v, const char *name)
{
	while (strcmp(v->name, name))
		v++;
	return v;
}

/* Runs a verb in a process of its own, with @input as its standard input. */
static int run(const struct verb *table, const char *name, char *arg, const char *input)
{
	int status;
	pid_t pid;

	write_file("stdin", input ? input : "");
	fflush(NULL);
	pid = fork();
	assert(pid >= 0);
	if (!pid) {
		struct admin a = {
			.ctx = talloc_new(NULL), .config = in_top("smb.conf"),
			.passdb = in_top("cifspwd.db"), .configfs = in_top("configfs"),
			.sysfs = in_top("sysfs"), .run_dir = in_top("run"),
		};
		char *argv[] = { arg, NULL };

		assert(freopen(in_top("stdin"), "r", stdin));
		assert(freopen(in_top("stdout"), "w", stdout));
		assert(freopen(in_top("stderr"), "w", stderr));
		status = find_verb(table, name)->run(&a, arg ? 1 : 0, argv);
		talloc_free(a.ctx);
		fflush(NULL);
		_exit(status);
	}
	assert(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	slurp("stdout", out, sizeof(out));
	slurp("stderr", err, sizeof(err));
	return WEXITSTATUS(status);
}

static const char good_conf[] =
	"[global]\nworkgroup = TESTS\n[data]\npath = /\ncomment = things\n";

/* Directories that configfs would have; attributes appear as the daemon writes them. */
static void make_world(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(top, sizeof(top), "%s/ad.XXXXXX", tmp && strlen(tmp) < 60 ? tmp : "/tmp");
	assert(mkdtemp(top));
	make_dir("run");
	make_dir("configfs");
	make_dir("configfs/server");
	make_dir("configfs/shares");
	make_dir("configfs/users");
	make_dir("configfs/listeners");
	write_file("smb.conf", good_conf);
}

static void without_a_daemon(char *me)
{
	assert(run(status_verbs, "status", NULL, NULL) == EXIT_DOWN && strstr(err, "not running"));
	assert(run(conf_verbs, "reload", NULL, NULL) == EXIT_DOWN);
	assert(run(conf_verbs, "check", NULL, NULL) == EXIT_OK && strstr(out, "1 share\n"));
	assert(run(conf_verbs, "diff", NULL, NULL) == EXIT_OK && strstr(out, "shares/data"));
	assert(run(user_verbs, "add", "no-such-unix-account", "x\n") == EXIT_FAILED);
	assert(strstr(err, "useradd") && !exists("cifspwd.db"));
	assert(run(user_verbs, "add", "a:b", "x\n") == EXIT_FAILED && strstr(err, "legal"));
	assert(run(user_verbs, "add", me, "") == EXIT_FAILED && strstr(err, "password"));
	assert(run(user_verbs, "add", me, "\n") == EXIT_FAILED && strstr(err, "empty"));
	assert(run(user_verbs, "add", me, "\xff\n") == EXIT_FAILED && strstr(err, "UTF-8"));
	assert(run(share_verbs, "list", NULL, NULL) == EXIT_OK && strstr(out, "not served"));
}

static void move(const char *from, const char *to)
{
	char *a = in_top(from), *b = in_top(to);

	assert(!rename(a, b));
	free(a);
	free(b);
}

/* The kernel's last connection ends a moment after its listener. */
static pid_t end_a_connection_later(void)
{
	pid_t pid;

	write_file("sysfs/objects/connections", "3 2\n");
	fflush(NULL);
	pid = fork();
	assert(pid >= 0);
	if (!pid) {
		usleep(300000);
		write_file("sysfs/objects/next", "3 3\n");
		move("sysfs/objects/next", "sysfs/objects/connections");
		_exit(0);
	}
	return pid;
}

static void stop_tells_what_is_so(void)
{
	char ended[16];
	pid_t pid;

	make_dir("sysfs");
	make_dir("sysfs/objects");
	make_dir("configfs/listeners/tcp-445");
	make_dir("configfs/shares/.hidden");
	make_dir("configfs/users/..x");
	write_file("run/managed", "shares/.hidden\n");
	pid = end_a_connection_later();
	assert(run(stop_verbs, "stop", NULL, NULL) == EXIT_OK && strstr(out, "have ended"));
	slurp("sysfs/objects/connections", ended, sizeof(ended));
	assert(!strcmp(ended, "3 3\n"));
	assert(waitpid(pid, NULL, 0) == pid);
	assert(!exists("configfs/listeners/tcp-445") && !exists("configfs/shares/.hidden"));
	assert(!exists("configfs/users/..x") && !exists("run/managed"));
	assert(run(stop_verbs, "stop", NULL, NULL) == EXIT_OK && strstr(out, "nothing is served"));

	/* Without its tree a module that is loaded is not known to serve nothing. */
	move("configfs", "elsewhere");
	assert(run(stop_verbs, "stop", NULL, NULL) == EXIT_FAILED && strstr(err, "mount"));
	move("sysfs", "gone");
	assert(run(stop_verbs, "stop", NULL, NULL) == EXIT_OK && strstr(out, "not loaded"));
	move("elsewhere", "configfs");
}

static void accounts_come_and_go(char *me)
{
	char item[300];

	snprintf(item, sizeof(item), "configfs/users/%s", me);
	assert(!exists(item));
	assert(run(user_verbs, "add", me, "secret word\n") == EXIT_OK && !*err);
	/* Nobody told the daemon: it saw the file change. */
	assert(appears(item));
	assert(run(user_verbs, "add", me, "x\n") == EXIT_FAILED && strstr(err, "already"));
	assert(run(user_verbs, "list", NULL, NULL) == EXIT_OK && strstr(out, "enabled"));
	assert(run(user_verbs, "disable", me, NULL) == EXIT_OK);
	assert(run(user_verbs, "list", NULL, NULL) == EXIT_OK && strstr(out, "disabled"));
	assert(run(user_verbs, "enable", me, NULL) == EXIT_OK);
	assert(run(user_verbs, "passwd", me, "another\n") == EXIT_OK);
	assert(run(user_verbs, "passwd", "nobody at all", "x\n") == EXIT_FAILED);
	assert(run(user_verbs, "del", me, NULL) == EXIT_OK);
	assert(run(user_verbs, "del", me, NULL) == EXIT_FAILED && strstr(err, "no account"));
}

/* Gone and there again before the daemon reads the file, or without a daemon: the sessions end. */
static void sessions_end(char *me)
{
	char item[300], enable[320], value[8];

	snprintf(item, sizeof(item), "configfs/users/%s", me);
	snprintf(enable, sizeof(enable), "%s/enable", item);
	if (!exists(item))
		make_dir(item);
	assert(run(user_verbs, "add", me, "secret word\n") == EXIT_OK);
	for (int del = 0; del < 2; del++) {
		/* The daemon, if there is one, has read the file: what stands there now stays. */
		run(conf_verbs, "reload", NULL, NULL);
		write_file(enable, "1\n");
		assert(run(user_verbs, del ? "del" : "disable", me, NULL) == EXIT_OK && !*err);
		slurp(enable, value, sizeof(value));
		assert(!strcmp(value, "0\n"));
		if (!del)
			assert(run(user_verbs, "enable", me, NULL) == EXIT_OK);
	}
	assert(run(user_verbs, "del", me, NULL) == EXIT_FAILED);
	remove_file(enable);
	remove_file(item);
}

static void status_is_shown(void)
{
	assert(run(status_verbs, "status", NULL, NULL) == EXIT_OK);
	assert(strstr(out, "Connections: 1\n") && strstr(out, "Sessions: 2\n"));
	assert(strstr(out, "3.1.1") && strstr(out, "AES-128-GCM") && strstr(out, "1d1h"));
	assert(strstr(out, "3.0.2") && strstr(out, "2.1 ") && strstr(out, "(anonymous)"));
	/* A name full of escape sequences is shown, and does nothing to the terminal. */
	assert(strstr(out, "a?[2J?.txt") && !strchr(out, 0x1b) && strstr(out, "rw--"));
	assert(run(status_verbs, "status", "--json", NULL) == EXIT_OK);
	assert(strstr(out, "\"opens\": [\n") && strstr(out, "\"locks\":7}\n  ]\n}\n"));
	assert(run(status_verbs, "status", "--yaml", NULL) == EXIT_USAGE);
}

static void bad_configuration_changes_nothing(void)
{
	char conf[400];

	assert(appears("configfs/shares/data"));
	write_file("smb.conf", "[global]\n[data]\npath = /\nread onlyy = no\n[new]\npath = /\n");
	assert(run(conf_verbs, "check", NULL, NULL) == EXIT_FAILED);
	assert(strstr(err, "smb.conf:4:") && strstr(err, "read only"));
	assert(run(conf_verbs, "reload", NULL, NULL) == EXIT_FAILED);
	assert(strstr(err, "smb.conf:4:") && strstr(err, "not reloaded"));
	assert(exists("configfs/shares/data") && !exists("configfs/shares/new"));
	/* What the daemon refuses is refused by the check. */
	write_file("map", "alice = a\nno equals sign\n");
	snprintf(conf, sizeof(conf), "[global]\nusername map = %s/map\n[data]\npath = /\n", top);
	write_file("smb.conf", conf);
	assert(run(conf_verbs, "check", NULL, NULL) == EXIT_FAILED && strstr(err, "map:2: error"));
	write_file("map", "alice = a\n");
	assert(run(conf_verbs, "check", NULL, NULL) == EXIT_OK && !*err);
	write_file("smb.conf", "[global]\n[data]\npath = /\n[new]\npath = /\n");
	assert(appears("configfs/shares/new"));
	assert(run(share_verbs, "list", NULL, NULL) == EXIT_OK && strstr(out, "new "));
	assert(run(status_verbs, "status", NULL, NULL) == EXIT_OK);
}

static void the_socket_is_not_for_junk(void)
{
	static const char *const junk[] = { "\n", "nothing\n", "status reload\n",
		"0123456789012345678901234567890123456789012345678901234567890123456789\n" };

	for (size_t i = 0; i < ARRAY_LEN(junk); i++) {
		struct admin a = { .ctx = talloc_new(NULL), .run_dir = in_top("run") };
		const char *error;
		char *word = strndup(junk[i], strlen(junk[i]) - 1);

		assert(daemon_ask(&a, word, NULL, NULL, &error) == EXIT_FAILED);
		assert(error && strstr(error, "unknown"));
		free(word);
		free((void *)a.run_dir);
		talloc_free(a.ctx);
	}
}

static void on_line(void *priv, const char *text)
{
	if (!strncmp(text, "lockout ", 8))
		snprintf(priv, 256, "%s", text + 8);
}

/* One command; its error, or "". */
static void command(const char *line, char lockout[256], char error[256])
{
	struct admin a = { .ctx = talloc_new(NULL), .run_dir = in_top("run") };
	const char *why = NULL;

	*lockout = 0;
	daemon_ask(&a, line, on_line, lockout, &why);
	snprintf(error, 256, "%s", why ? why : "");
	free((void *)a.run_dir);
	talloc_free(a.ctx);
}

static void lock_outs_are_shown_and_ended(void)
{
	static const char want[] = "{\"name\":\"al\\\"ice\",\"address\":\"2001:db8::/64\",\"failures\":10,";
	char lockout[256], error[256];

	command("status", lockout, error);
	assert(!*error && !strncmp(lockout, want, strlen(want)));
	command("unlock bob", lockout, error);
	assert(strstr(error, "nothing is locked"));
	command("unlock al\"ICE", lockout, error);
	assert(!*error);
	command("status", lockout, error);
	assert(!*error && !*lockout);
}

static void count_line(void *priv, const char *line)
{
	*(int *)priv += !strncmp(line, "problem ", 8) && strstr(line, "/no/such/place: no such directory");
}

/* @command on the socket: "" when all is well, or the error; how often it named that path. */
static const char *ask(const char *command, int *problems)
{
	static char text[300];
	struct admin a = { .ctx = talloc_new(NULL), .run_dir = in_top("run") };
	const char *error;
	int r;

	*problems = 0;
	r = daemon_ask(&a, command, count_line, problems, &error);
	assert((r == EXIT_OK) == !error);
	snprintf(text, sizeof(text), "%s", error ? error : "");
	free((void *)a.run_dir);
	talloc_free(a.ctx);
	return text;
}

static void commands_of_the_socket(void)
{
	static const char *const bad[] = { "session-close 11", "session-close 0x", "session-close 0xz",
		"open-close 0x1 ", "session-close 0x10000000000000000", "session-close ",
		"log-level 4", "log-level 22", "log-level ", "log-level -1" };
	static const char *const unknown[] = { "session-close", "log-level", "reload x", "statuses" };
	int n;

	assert(!*ask("session-close 0x0000000000000011", &n));
	assert(strstr(ask("session-close 0x12", &n), "there is none"));
	assert(strstr(ask("open-close 0x11", &n), "there is none"));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const char *error = ask(bad[i], &n);

		assert(strstr(error, "a number is 0x") || strstr(error, "a log level is"));
	}
	for (size_t i = 0; i < ARRAY_LEN(unknown); i++)
		assert(!strcmp(ask(unknown[i], &n), "unknown command"));
	assert(!*ask("log-level 0", &n));
	write_file("smb.conf", "[global]\n[data]\npath = /\n[gone]\npath = /no/such/place\n");
	assert(!strcmp(ask("reload", &n), "reloaded, but not everything could be applied"));
	assert(!*ask("status", &n) && n == 1);
	assert(!strstr(ask("reload-accounts", &n), "unknown"));
	write_file("smb.conf", "[global]\n[data]\npath = /\n");
	ask("reload", &n);
	assert(!*ask("status", &n) && !n);
}

/* Who says that there is no more to come still hears the answer. */
static void half_closed(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	static char text[65536];
	char *path = in_top("run/control");
	size_t len = 0;
	ssize_t n;

	assert(fd >= 0 && strlen(path) < sizeof(sun.sun_path));
	strcpy(sun.sun_path, path);
	free(path);
	assert(!connect(fd, (struct sockaddr *)&sun, sizeof(sun)));
	assert(write(fd, "status\n", 7) == 7 && !shutdown(fd, SHUT_WR));
	while ((n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	assert(n == 0 && len > 3 && !strcmp(text + len - 3, "ok\n"));
	close(fd);
}

/* It says so, and the first one's socket goes on. */
static void a_second_daemon_changes_nothing(void)
{
	const struct options opt = {
		.config = in_top("smb.conf"), .passdb = in_top("cifspwd.db"),
		.configfs = in_top("configfs"), .device = NULL, .run_dir = in_top("run"),
	};
	struct manager *m;
	int n;

	log_set_level(LOG_EMERG);
	assert(manager_new(NULL, &opt, &m) == -EBUSY);
	assert(!*ask("status", &n));
	free((void *)opt.config);
	free((void *)opt.passdb);
	free((void *)opt.configfs);
	free((void *)opt.run_dir);
}

static void start_both(pid_t *k, pid_t *d)
{
	int pair[2];

	assert(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
	fcntl(pair[0], F_SETFD, FD_CLOEXEC);
	*k = fork();
	assert(*k >= 0);
	if (!*k) {
		close(pair[1]);
		kernel(pair[0]);
	}
	close(pair[0]);
	*d = start(daemon_main, pair[1]);
}

static void ends(pid_t pid)
{
	int status;

	assert(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status));
}

/* What attributes mean may be another thing to that module: none is written. */
static void another_releases_module_is_left_alone(void)
{
	pid_t k, d;

	module_version--;
	start_both(&k, &d);
	ends(d);
	ends(k);
	assert(!exists("configfs/shares/data") && !exists("configfs/server/workgroup"));
	module_version = CSRV_UP_VERSION;
}

int main(int argc, char **argv)
{
	struct passwd *pw = getpwuid(geteuid());
	char *me = strdup(pw ? pw->pw_name : "root");
	pid_t k, d;
	char cmd[300];

	if (argc == 2 && !strcmp(argv[1], NAMES_WORKER_ARG))
		return names_worker(&names_nss);

	make_world();
	without_a_daemon(me);
	stop_tells_what_is_so();
	sessions_end(me);
	another_releases_module_is_left_alone();
	start_both(&k, &d);
	assert(appears("run/control"));
	accounts_come_and_go(me);
	sessions_end(me);
	status_is_shown();
	bad_configuration_changes_nothing();
	the_socket_is_not_for_junk();
	lock_outs_are_shown_and_ended();
	commands_of_the_socket();
	half_closed();
	a_second_daemon_changes_nothing();
	assert(!kill(d, SIGTERM));
	ends(d);
	assert(!exists("run/control") && exists("configfs/shares/data"));
	ends(k);
	free(me);
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", top);
	assert(!system(cmd));
	puts("daemon_admin: ok");
	return 0;
}
