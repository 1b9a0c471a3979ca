// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/**/*.c !daemon/main.c !daemon/cifsadmin/main.c | libs: talloc gcrypt systemd tasn1 jansson smartcols bsd seccomp
/*
 * A whole daemon, a made-up kernel and the verbs of cifsadmin: three processes
 * in a folder of their own.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include <jansson.h>

#include "cifsadmin/admin.h"
#include "cifsadmin/commit.h"
#include "manager.h"
#include "records.h"
#include "util/log.h"
#include "worker/worker.h"

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

static void rename_file(const char *from, const char *to)
{
	char *a = in_top(from), *b = in_top(to);

	assert(!rename(a, b) || errno == ENOENT);
	free(a);
	free(b);
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

static bool hollow;		/* lists have records of no length */

static void fill_sessions(struct page *p)
{
	page_session(p, (struct csrv_up_session){
			.flags = CSRV_STATUS_ENCRYPTED, .id = 0x11, .created = 134404884000000000,
			.channels = 2, .opens = 1, .state = CSRV_STATUS_VALID, .dialect = 0x302,
		     }, "alice", "D", "192.0.2.7");
	page_session(p, (struct csrv_up_session){ .id = 0x12, .dialect = 0x210 }, "", "",
		     "192.0.2.8");
}

static void fill(struct page *p, uint32_t what)
{
	switch (what) {
	case CSRV_STATUS_CONNECTIONS:
		page_connection(p, (struct csrv_up_connection){
				.id = 1, .age = 90061, .idle = 5, .dialect = 0x311, .cipher = 2,
				.signing = 2,
				}, "192.0.2.7");
		break;
	case CSRV_STATUS_SESSIONS:
		fill_sessions(p);
		break;
	case CSRV_STATUS_TREES:
		page_tree(p, (struct csrv_up_tree){
				.flags = CSRV_STATUS_READ_ONLY, .session = 0x11, .id = 1,
			  }, "data", "");
		break;
	default:
		page_open(p, (struct csrv_up_open){
				.id = 1, .session = 0x11, .access = 3, .locks = 7,
			  }, "alice", "data", "a\x1b[2J\xff.txt", "");
	}
}

static void answer_status(int fd, const struct csrv_up_hdr *q, const struct csrv_up_status *body)
{
	struct {
		struct csrv_up_hdr hdr;
		struct csrv_up_status_answer body;
		uint8_t data[1024];
	} a = { .hdr = { .op = CSRV_OP_STATUS | CSRV_UP_ANSWER, .id = q->id } };
	struct page p = {};

	assert(body->what >= 1 && body->what <= 4 && q->id >> 63);
	fill(&p, body->what);
	if (hollow)
		page_put(&p, "\0\0\0", 4);
	assert(p.len <= sizeof(a.data));
	memcpy(a.data, p.data, p.len);
	a.body.data_len = (uint32_t)p.len;
	a.hdr.len = (uint32_t)(sizeof(a.hdr) + sizeof(a.body) + p.len);
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

static int device_fd = -1;

/* The made-up kernel is there once. */
static int open_device(const char *path)
{
	(void)path;
	return device_fd < 0 ? -ENOENT : TAKE_FD(device_fd);
}

static void daemon_main(int fd)
{
	const struct options opt = {
		.config = in_top("smb.conf"), .passdb = in_top("cifspwd.db"),
		.configfs = in_top("configfs"), .device = "made up", .open_device = open_device,
		.user = "nobody", .run_dir = in_top("run"),
	};
	struct manager *m;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	device_fd = fd;
	assert(fcntl(fd, F_SETFD, FD_CLOEXEC) == 0);
	assert(!manager_new(NULL, &opt, &m));
	log_set_level(LOG_EMERG);
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

#define ARGS_MAX	16

/* Runs "VERB ARGUMENT..." of @table in a process of its own, with @input as its standard input. */
static int run_words(const struct verb *table, const char *name, char *const *args,
		     const char *input)
{
	int status, n = 0;
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
		char *argv[ARGS_MAX] = {};

		for (; args[n]; n++)
			argv[n] = talloc_strdup(a.ctx, args[n]);
		assert(freopen(in_top("stdin"), "r", stdin));
		assert(freopen(in_top("stdout"), "w", stdout));
		assert(freopen(in_top("stderr"), "w", stderr));
		status = find_verb(table, name)->run(&a, n, argv);
		talloc_free(a.ctx);
		fflush(NULL);
		_exit(status);
	}
	assert(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	slurp("stdout", out, sizeof(out));
	slurp("stderr", err, sizeof(err));
	return WEXITSTATUS(status);
}

#define RUN(table, name, input, ...) \
	run_words(table, name, (char *[ARGS_MAX]){ __VA_ARGS__ }, input)

static const struct verb *find_global(void)
{
	const struct verb *v = config_verbs;

	while (strcmp(v->group, "config"))
		v++;
	return v;
}

static int run(const struct verb *table, const char *name, char *arg, const char *input)
{
	return RUN(table, name, input, arg);
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
	assert(RUN(user_verbs, "add", "", me, "--force") == EXIT_FAILED && strstr(err, "password"));
	assert(RUN(user_verbs, "add", "\n", me, "--force") == EXIT_FAILED && strstr(err, "empty"));
	assert(RUN(user_verbs, "add", "\xff\n", me, "--force") == EXIT_FAILED && strstr(err, "UTF-8"));
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
	assert(RUN(user_verbs, "add", "secret word\n", me, "--force") == EXIT_OK && !*err);
	assert(strstr(out, "added"));
	/* Nobody told the daemon: it saw the file change. */
	assert(appears(item));
	assert(RUN(user_verbs, "add", "x\n", me, "--force") == EXIT_FAILED && strstr(err, "already"));
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
	assert(RUN(user_verbs, "add", "secret word\n", me, "--force") == EXIT_OK);
	for (int del = 0; del < 2; del++) {
		/* The daemon, if there is one, has read the file: what stands there now stays. */
		run(conf_verbs, "reload", NULL, NULL);
		write_file(enable, "1\n");
		assert(run(user_verbs, del ? "del" : "disable", me, NULL) == EXIT_OK);
		/* Of the last account, no daemon was told that it is meant. */
		assert(del && !exists("run/control") ?
		       !!strstr(err, "after its next start cifsadmin reload") : !*err);
		slurp(enable, value, sizeof(value));
		assert(!strcmp(value, "0\n"));
		if (!del)
			assert(run(user_verbs, "enable", me, NULL) == EXIT_OK);
	}
	assert(run(user_verbs, "del", me, NULL) == EXIT_FAILED);
	remove_file(enable);
	remove_file(item);
}

static json_t *status_json(const char *list, const char *member)
{
	static json_t *all;

	json_decref(all);
	all = json_loads(out, 0, NULL);
	return json_object_get(json_array_get(json_object_get(all, list), 0), member);
}

/* What is exact in it, and what is said beside it. */
static void status_is_json(void)
{
	assert(run(status_verbs, "status", "--json", NULL) == EXIT_OK);
	for (const char *p = out; *p; p++)
		assert((*p >= 0x20 && *p < 0x7f) || *p == '\n');
	assert(json_integer_value(status_json("opens", "locks")) == 7);
	assert(!strcmp(json_string_value(status_json("opens", "name")), "a\x1b[2J\xef\xbf\xbd.txt"));
	assert(json_integer_value(status_json("connections", "cipher")) == 2);
	assert(!strcmp(json_string_value(status_json("connections", "cipher_name")), "AES-128-GCM"));
	assert(!strcmp(json_string_value(status_json("connections", "dialect_name")), "3.1.1"));
	assert(!strcmp(json_string_value(status_json("sessions", "created_time")),
		       "2026-11-30T05:00:00Z"));
	assert(json_is_integer(status_json("sessions", "created")));
}

static void status_is_shown(void)
{
	assert(run(status_verbs, "status", NULL, NULL) == EXIT_OK);
	assert(strstr(out, "Connections: 1\n") && strstr(out, "Sessions: 2\n"));
	assert(strstr(out, "3.1.1") && strstr(out, "AES-128-GCM") && strstr(out, "1d1h"));
	assert(strstr(out, "3.0.2") && strstr(out, "2.1 ") && strstr(out, "(anonymous)"));
	/* of a connection what was agreed, of a session what is done */
	assert(strstr(out, "AGREED CIPHER  AGREED SIGNING") && strstr(out, "SIGNED  ENCRYPTED"));
	assert(strstr(out, " no      yes "));
	/* A name full of escape sequences is shown, and does nothing to the terminal. */
	assert(strstr(out, "a\\x1b[2J") && !strchr(out, 0x1b) && strstr(out, "rw--"));
	status_is_json();
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
	/* The configuration does not wait for the accounts, and neither is said of the other. */
	rename_file("cifspwd.db", "good.db");
	write_file("cifspwd.db", "no account\n");
	write_file("smb.conf", "[global]\n[data]\npath = /\n[new]\npath = /\n");
	assert(run(conf_verbs, "reload", NULL, NULL) == EXIT_FAILED);
	assert(strstr(err, "the accounts stay") && !strstr(err, "not reloaded"));
	assert(exists("configfs/shares/new"));
	remove_file("cifspwd.db");
	rename_file("good.db", "cifspwd.db");
	run(conf_verbs, "reload", NULL, NULL);
	assert(!strstr(err, "the accounts stay") && !strstr(err, "not reloaded"));
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

/* --- a daemon that only says what it is told to --------------------------------------- */

#define STATUS_LINES \
	"connections {\"connection\":1,\"client\":\"192.0.2.7\",\"dialect\":\"0x0311\"}\n" \
	"sessions {\"session\":\"0x0000000000000011\",\"user\":\"Alice\",\"client\":\"192.0.2.7\",\"opens\":2}\n" \
	"sessions {\"session\":\"0x0000000000000012\",\"user\":\"bob\",\"client\":\"192.0.2.8\",\"opens\":0}\n" \
	"sessions {\"session\":\"0x0000000000000013\",\"user\":\"alice\",\"client\":\"2001:db8::1\",\"opens\":0}\n" \
	"opens {\"open\":\"0x0000000100000002\",\"session\":\"0x0000000000000011\",\"user\":\"Alice\",\"share\":\"data\",\"name\":\"a\xe2\x80\xae" \
	"b\",\"access\":\"0x00000001\"}\n" \
	"opens {\"open\":\"0x0000000100000003\",\"session\":\"0x0000000000000011\",\"user\":\"Alice\",\"share\":\"other\",\"name\":\"c\"}\n" \
	"opens {\"open\":\"0x0000000100000004\",\"session\":\"0x0000000000000000\",\"user\":\"alice\",\"share\":\"other\",\"name\":\"d\"," \
	"\"disconnected\":true,\"left\":75}\n" \
	"problem [data] is not served: /srv\x1b[31m is not there; tried again in 20 s\n" \
	"lockout {\"name\":\"eve\",\"address\":\"203.0.113.9\",\"failures\":12,\"seconds\":75}\n" \
	"ok\n"

/* Answers one connection after the other, and writes the commands into run/commands. */
static void fake_daemon(int fd)
{
	char *log = in_top("run/commands");
	char command[200];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int conn = accept(fd, NULL, NULL);
		ssize_t n = conn < 0 ? -1 : read(conn, command, sizeof(command) - 1);
		FILE *f = fopen(log, "a");

		assert(f && conn >= 0);
		if (n <= 0) {		/* looks whether there is a daemon */
			fclose(f);
			close(conn);
			continue;
		}
		command[n] = 0;
		fputs(command, f);
		fclose(f);
		/* enabled a moment before the new database was read */
		if (!strcmp(command, "reload-accounts\n") && exists("configfs/users/Gone"))
			write_file("configfs/users/Gone/enable", "1\n");
		if (!strcmp(command, "show-log-level\n"))
			dprintf(conn, "log-level 3\nok\n");
		else if (!strcmp(command, "status\n"))
			dprintf(conn, "%s", STATUS_LINES);
		else if (!strcmp(command, "session-close 0x99\n"))
			dprintf(conn, "error there is no such session\n");
		else if (!strncmp(command, "reload-", 7) && exists("run/old"))
			dprintf(conn, "error unknown command\n");
		else
			dprintf(conn, "message done\nok\n");
		close(conn);
	}
}

static pid_t start_fake(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert(strlen(top) < 90);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%.90s/run/control", top);
	assert(!bind(fd, (struct sockaddr *)&sun, sizeof(sun)) && !listen(fd, 8));
	return start(fake_daemon, fd);
}

/* What has been asked of the daemon since the last time. */
static const char *commands(void)
{
	static char text[4096];

	slurp("run/commands", text, sizeof(text));
	write_file("run/commands", "");
	return text;
}

static void sessions_are_listed_and_closed(void)
{
	assert(RUN(status_verbs, "status", NULL) == EXIT_OK);
	assert(strstr(out, "Not applied: 1\n  [data] is not served"));
	assert(strstr(out, "Locked out: 1\n") && strstr(out, "1m15s") && !strchr(out, 0x1b));
	assert(RUN(status_verbs, "status", NULL, "--brief") == EXIT_OK);
	assert(!strcmp(out, "connections: 1, sessions: 3, shares in use: 0, open files: 3, "
		       "not applied: 1, locked out: 1\n"));
	assert(RUN(status_verbs, "list", NULL, "--user", "ALICE") == EXIT_OK);
	assert(strstr(out, "Sessions: 2\n") && strstr(out, "0x11 ") && strstr(out, "0x13 "));
	assert(RUN(status_verbs, "list", NULL, "--client=192.0.2.8", "--json") == EXIT_OK);
	assert(strstr(out, "\"bob\"") && !strstr(out, "lice"));
	assert(RUN(status_verbs, "lockouts", NULL) == EXIT_OK && strstr(out, "203.0.113.9"));
	commands();
	assert(RUN(session_verbs, "close", NULL, "--user", "alice") == EXIT_OK);
	assert(!strcmp(commands(), "status\nsession-close 0x11\nsession-close 0x13\n"));
	assert(RUN(session_verbs, "close", NULL, "--client", "192.0.2.8") == EXIT_OK);
	assert(!strcmp(commands(), "status\nsession-close 0x12\n"));
	assert(RUN(session_verbs, "close", NULL, "--user", "alice", "--client", "192.0.2.8") ==
	       EXIT_FAILED && strstr(err, "no such session"));
	assert(!strcmp(commands(), "status\n"));
	/* all that can be closed are */
	assert(RUN(session_verbs, "close", NULL, "0x99", "0x12") == EXIT_FAILED);
	assert(strstr(err, "0x99: there is no such session") && strstr(out, "0x12 closed"));
	assert(!strcmp(commands(), "session-close 0x99\nsession-close 0x12\n"));
	assert(RUN(session_verbs, "close", NULL, "12") == EXIT_USAGE && strstr(err, "no id"));
	assert(RUN(session_verbs, "close", NULL) == EXIT_USAGE);
	assert(RUN(session_verbs, "close", NULL, "0x1", "--user", "alice") == EXIT_USAGE);
	assert(!strcmp(commands(), ""));
}

static void opens_and_other_orders(void)
{
	static const struct verb *const opens = &status_verbs[2];
	static const struct verb *const close = &session_verbs[1];

	assert(!strcmp(opens->group, "open") && !strcmp(close->group, "open"));
	assert(RUN(opens, "list", NULL) == EXIT_OK && strstr(out, "Open files: 3\n"));
	assert(strstr(out, "(lost, for 1m15s)"));
	assert(!strstr(out, "\u202e") && strstr(out, "0x100000002"));
	assert(RUN(opens, "list", NULL, "--share", "DATA") == EXIT_OK && strstr(out, "files: 1\n"));
	assert(RUN(opens, "list", NULL, "--user", "bob") == EXIT_OK && strstr(out, "files: 0\n"));
	commands();
	assert(RUN(close, "close", NULL, "0x100000002") == EXIT_OK);
	assert(!strcmp(commands(), "open-close 0x100000002\n"));
	assert(RUN(session_verbs, "log-level", NULL, "2") == EXIT_OK);
	assert(RUN(session_verbs, "log-level", NULL, "4") == EXIT_USAGE);
	assert(RUN(session_verbs, "log-level", NULL, "1\nreload") == EXIT_USAGE);
	assert(!strcmp(commands(), "log-level 2\n"));
	assert(RUN(session_verbs, "log-level", NULL) == EXIT_OK && !strcmp(out, "log level 3\n"));
	assert(!strcmp(commands(), "show-log-level\n"));
	assert(RUN(session_verbs, "unlock", NULL, "eve\nreload") == EXIT_USAGE);
	assert(RUN(session_verbs, "unlock", NULL, "eve") == EXIT_OK);
	assert(!strcmp(commands(), "unlock eve\n"));
}

#define NT	"8846F7EAEE8FB117AD06BDD830B7586C"
#define LM	"XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"

/* Of an account that an import disables, as of one that "user disable" does. */
static void an_import_ends_sessions(void)
{
	char value[8];

	assert(RUN(account_verbs, "import", "gone:-:" NT ":17\n", "-") == EXIT_OK);
	make_dir("configfs/users/Gone");
	write_file("configfs/users/Gone/enable", "1\n");
	commands();
	assert(RUN(account_verbs, "import", "gone:D:" NT ":17\n", "-", "--replace") == EXIT_OK);
	assert(strstr(commands(), "reload-accounts"));
	slurp("configfs/users/Gone/enable", value, sizeof(value));
	assert(!strcmp(value, "0\n"));
	remove_file("configfs/users/Gone/enable");
	remove_file("configfs/users/Gone");
	remove_file("cifspwd.db");
	remove_file("cifspwd.db.lock");
}

/* An edit asks for what it changes; an order that what is missing ends is the administrator's own. */
static void an_edit_is_no_order(void)
{
	write_file("smb.conf", "[global]\n[a]\npath = /\n");
	commands();
	assert(RUN(config_verbs, "set", NULL, "a", "comment=c") == EXIT_OK);
	assert(!strcmp(commands(), "reload-edited\n"));
	assert(RUN(config_verbs, "unset", NULL, "a", "comment") == EXIT_OK);
	assert(!strcmp(commands(), "reload-edited\n"));
	assert(RUN(conf_verbs, "reload", NULL) == EXIT_OK && !strcmp(commands(), "reload\n"));
	/* a daemon of a release that had no edits */
	write_file("run/old", "");
	assert(RUN(config_verbs, "set", NULL, "a", "comment=d") == EXIT_OK);
	assert(strstr(err, "another release") && !strstr(err, "all the same"));
	assert(!strcmp(commands(), "reload-edited\n"));
	remove_file("run/old");
}

/* That there is no share or no account is meant by the verb that takes the last one out. */
static void the_last_one_is_told(void)
{
	write_file("smb.conf", "[global]\n[a]\npath = /\n[b]\npath = /\n");
	assert(RUN(account_verbs, "import", "x:-:" NT ":17\ny:-:" NT ":17\n", "-") == EXIT_OK);
	commands();
	for (int i = 0; i < 2; i++) {
		assert(RUN(config_verbs, "del", NULL, i ? "b" : "a") == EXIT_OK);
		assert(!strcmp(commands(), i ? "reload-no-shares\n" : "reload-edited\n"));
		assert(RUN(user_verbs, "del", NULL, i ? "y" : "x") == EXIT_OK);
		assert(!strcmp(commands(), i ? "reload-no-accounts\n" : "reload-accounts\n"));
	}
	/* a daemon of a release that was not told */
	write_file("run/old", "");
	write_file("smb.conf", "[global]\n[a]\npath = /\n");
	assert(RUN(account_verbs, "import", "x:-:" NT ":17\n", "-") == EXIT_OK);
	commands();
	assert(RUN(config_verbs, "del", NULL, "a") == EXIT_OK && strstr(err, "another release"));
	assert(!strcmp(commands(), "reload-no-shares\nreload-edited\n"));
	assert(RUN(user_verbs, "del", NULL, "x") == EXIT_OK);
	assert(!strcmp(commands(), "reload-no-accounts\nreload-accounts\nreload\n"));
	remove_file("run/old");
	remove_file("cifspwd.db");
	remove_file("cifspwd.db.lock");
}

/* Nor is a daemon that does not run. */
static void the_last_one_waits_for_a_reload(void)
{
	write_file("smb.conf", "[global]\n[a]\npath = /\n[b]\npath = /\n");
	assert(RUN(account_verbs, "import", "x:-:" NT ":17\ny:-:" NT ":17\n", "-") == EXIT_OK);
	for (int i = 0; i < 2; i++) {
		assert(RUN(config_verbs, "del", NULL, i ? "b" : "a") == EXIT_OK);
		assert(!strstr(err, "after its next start cifsadmin reload") == !i);
		assert(RUN(user_verbs, "del", NULL, i ? "y" : "x") == EXIT_OK);
		assert(!strstr(err, "after its next start cifsadmin reload") == !i);
	}
	remove_file("cifspwd.db");
	remove_file("cifspwd.db.lock");
}

static void with_a_fake_daemon(void)
{
	pid_t pid = start_fake();

	assert(appears("run/control"));
	sessions_are_listed_and_closed();
	opens_and_other_orders();
	an_import_ends_sessions();
	an_edit_is_no_order();
	the_last_one_is_told();
	assert(!kill(pid, SIGKILL) && waitpid(pid, NULL, 0) == pid);
	remove_file("run/control");
	remove_file("run/commands");
	the_last_one_waits_for_a_reload();
}

/* --- smb.conf ------------------------------------------------------------------------------ */

static const char *conf_text(void)
{
	static char text[8192];

	slurp("smb.conf", text, sizeof(text));
	return text;
}

static void shares_are_edited(void)
{
	struct stat st;
	char *path = in_top("smb.conf");

	write_file("smb.conf", "# head\n[global]\nworkgroup = TESTS\n\n# things\n[data]\n"
		   "\tpath = /\n\twriteable = yes ; no comment\n");
	/* a broken file may be mended, step by step */
	assert(RUN(config_verbs, "set", NULL, "data", "read only=yes") == EXIT_OK);
	assert(!strcmp(conf_text(), "# head\n[global]\nworkgroup = TESTS\n\n# things\n[data]\n"
		       "\tpath = /\n\tread only = yes\n"));
	assert(!chmod(path, 0640));
	assert(RUN(config_verbs, "add", NULL, "tmp", "/tmp", "guest ok = yes") == EXIT_OK && !*err);
	assert(strstr(conf_text(), "\n\n[tmp]\n    path = /tmp\n    guest ok = yes\n"));
	assert(!stat(path, &st) && (st.st_mode & 07777) == 0640);
	assert(RUN(share_verbs, "show", NULL, "TMP") == EXIT_OK && strstr(out, "smb.conf:11"));
	assert(RUN(config_verbs, "add", NULL, "DATA", "/tmp") == EXIT_FAILED && strstr(err, "already"));
	assert(RUN(config_verbs, "add", NULL, "a]\n[b", "/tmp") == EXIT_FAILED);
	assert(RUN(config_verbs, "add", NULL, "global", "/tmp") == EXIT_FAILED);
	assert(RUN(config_verbs, "add", NULL, "x", "tmp") == EXIT_FAILED && strstr(err, "absolute"));
	assert(RUN(config_verbs, "add", NULL, "x", "/no such") == EXIT_FAILED && strstr(err, "--force"));
	assert(RUN(config_verbs, "del", NULL, "data") == EXIT_OK && strstr(out, "read only = yes"));
	assert(!strstr(conf_text(), "data") && !strstr(conf_text(), "things"));
	assert(RUN(config_verbs, "del", NULL, "data") == EXIT_FAILED);
	free(path);
}

static void nothing_bad_is_written(void)
{
	char before[8192];

	strcpy(before, conf_text());
	assert(RUN(config_verbs, "set", NULL, "tmp", "guest okay=no") == EXIT_FAILED);
	assert(strstr(err, "did you mean \"guest ok\""));
	assert(RUN(config_verbs, "set", NULL, "tmp", "guest ok=perhaps") == EXIT_FAILED);
	assert(strstr(err, "smb.conf:") && strstr(err, "legal: yes, no") && strstr(err, "nothing was"));
	assert(RUN(config_verbs, "set", NULL, "tmp", "comment=a\n[evil]") == EXIT_FAILED);
	assert(RUN(config_verbs, "set", NULL, "tmp", "comment=a\\") == EXIT_FAILED);
	assert(RUN(config_verbs, "set", NULL, "tmp", "workgroup=X") == EXIT_FAILED);
	assert(RUN(config_verbs, "set", NULL, "tmp", "comment") == EXIT_USAGE);
	assert(RUN(config_verbs, "unset", NULL, "tmp", "comment") == EXIT_FAILED);
	assert(!strcmp(before, conf_text()) && !exists(".smb.conf.cifsadmin"));
	/* the number is no line's, but the value's: another error than that which was there */
	write_file("smb.conf", "[tmp]\npath = /\nhosts allow = a:1\n");
	assert(RUN(config_verbs, "set", NULL, "tmp", "hosts allow=a:2") == EXIT_FAILED);
	assert(strstr(conf_text(), "a:1"));
	write_file("smb.conf", before);
}

/* What stands in another file is not shadowed in vain, and a link stays a link. */
static void includes_and_links(void)
{
	char text[600], target[64];
	char *link = in_top("smb.conf");

	write_file("more.conf", "[inc]\npath = /\n[tmp]\ncomment = theirs\n");
	snprintf(text, sizeof(text), "[global]\n[tmp]\npath = /tmp\ncomment = mine\ninclude = %s/more.conf\n", top);
	write_file("smb.conf", text);
	assert(RUN(config_verbs, "set", NULL, "inc", "comment=x") == EXIT_FAILED);
	assert(strstr(err, "more.conf:1") && strstr(err, "edit it there"));
	assert(RUN(config_verbs, "set", NULL, "tmp", "comment=x") == EXIT_FAILED);
	assert(strstr(err, "more.conf:4") && !strcmp(text, conf_text()));
	assert(RUN(config_verbs, "del", NULL, "tmp") == EXIT_FAILED && !strcmp(text, conf_text()));
	/* relative includes are looked for beside the link, as the daemon does */
	make_dir("real");
	remove_file("smb.conf");
	write_file("real/target.conf", "[global]\ninclude = more.conf\n");
	assert(!symlink("real/target.conf", link));
	assert(RUN(&config_verbs[4], "set", NULL, "workgroup=LINKED") == EXIT_OK);
	assert(readlink(link, target, sizeof(target)) == (ssize_t)strlen("real/target.conf"));
	assert(strstr(conf_text(), "workgroup = LINKED") && exists("real/target.conf"));
	assert(!exists(".smb.conf.cifsadmin") && !exists("real/.target.conf.cifsadmin"));
	remove_file("smb.conf");
	write_file("smb.conf", good_conf);
	free(link);
}

/* What stands behind an include may be of a section that the file begins: that one is not changed. */
static void lines_behind_an_include(void)
{
	static const char text[] = "[global]\n[a]\npath = /\nvalid users = nobody\ninclude = b.conf\n"
		"comment = of b\nvalid users = root\n[c]\npath = /\ninclude = none.conf\ncomment = of c\n";

	write_file("b.conf", "[b]\npath = /tmp\n");
	write_file("none.conf", "# nothing\n");
	write_file("smb.conf", text);
	assert(RUN(config_verbs, "set", NULL, "a", "comment=x") == EXIT_FAILED);
	assert(strstr(err, "smb.conf:6: ") && strstr(err, "include in line 5") && !strcmp(conf_text(), text));
	assert(RUN(config_verbs, "unset", NULL, "a", "comment") == EXIT_FAILED);
	assert(strstr(err, "smb.conf:6: ") && !strcmp(conf_text(), text));
	/* one of the two is of [b] */
	assert(RUN(config_verbs, "unset", NULL, "a", "valid users") == EXIT_FAILED);
	assert(strstr(err, "smb.conf:7: ") && !strcmp(conf_text(), text));
	/* [b] has a line here, which would count whatever is written elsewhere */
	assert(RUN(config_verbs, "set", NULL, "b", "comment=x") == EXIT_FAILED);
	assert(!strcmp(conf_text(), text));
	/* a file that begins no section changes nothing about the lines behind it */
	assert(RUN(config_verbs, "set", NULL, "c", "comment=new", "hide files=/x/") == EXIT_OK);
	assert(strstr(conf_text(), "path = /\nhide files = /x/\ninclude = none.conf\ncomment = new\n"));
	assert(RUN(config_verbs, "unset", NULL, "c", "comment") == EXIT_OK);
	assert(strstr(conf_text(), "none.conf\n") && !strstr(conf_text(), "comment = new"));
	/* a parameter that the section's own part sets nowhere goes before the include */
	assert(RUN(config_verbs, "set", NULL, "a", "read only=no") == EXIT_OK);
	assert(strstr(conf_text(), "valid users = nobody\nread only = no\ninclude"));
	/* [b] in two texts, the later one here */
	write_file("smb.conf", "[b]\npath = /\n[a]\npath = /\ninclude = b.conf\ncomment = of b\n");
	assert(RUN(config_verbs, "set", NULL, "b", "comment=x") == EXIT_FAILED);
	assert(strstr(err, "smb.conf:6: ") && !strstr(conf_text(), "= x"));
	/* what counts then is told, unless it is what [global] says of all */
	write_file("smb.conf", "[global]\nvolume = all\n[b]\npath = /\ncomment = mine\nvolume = x\n[a]\n"
		   "path = /\ninclude = b.conf\nhide files = /of b/\n");
	assert(RUN(config_verbs, "unset", NULL, "b", "volume", "comment") == EXIT_OK && !*err);
	write_file("smb.conf", "[b]\npath = /\nhide files = /x/\n[a]\npath = /\ninclude = b.conf\n"
		   "comment = of b\n[b]\ncomment = mine\n");
	assert(RUN(config_verbs, "unset", NULL, "b", "comment") == EXIT_OK);
	assert(strstr(err, "[b] is what ") && strstr(err, "smb.conf:7 says now"));
	write_file("smb.conf", good_conf);
}

/*
 * Without the file that is included it is not known whose a line behind the include is: an edit would
 * be of another section's once the file is back.
 */
static void lines_behind_a_file_that_is_away(void)
{
	static const char text[] = "[a]\npath = /\ncomment = mine\ninclude = b.conf\nvalid users = nobody\n"
		"volume = V\n[c]\npath = /\ninclude = /dev/null\nvolume = W\n";
	static const char *const away[] = { NULL, "", "[b]\npath = /\ninclude = d.conf\n" };

	for (size_t i = 0; i < ARRAY_LEN(away); i++) {
		const char *file = i < 2 ? "/b.conf" : "/d.conf";

		remove_file("b.conf");
		remove_file("d.conf");
		if (away[i])
			write_file("b.conf", away[i]);
		write_file("smb.conf", text);
		assert(RUN(config_verbs, "set", NULL, "a", "valid users=root") == EXIT_FAILED);
		assert(strstr(err, "smb.conf:5: ") && (i == 2 || strstr(err, file)));
		assert(RUN(config_verbs, "unset", NULL, "a", "volume") == EXIT_FAILED);
		assert(strstr(err, "smb.conf:6: ") && strstr(err, file));
		assert(RUN(config_verbs, "del", NULL, "a") == EXIT_FAILED && !strcmp(conf_text(), text));
		/* what stands above the include is the section's, and so is a new line */
		assert(RUN(config_verbs, "set", NULL, "a", "comment=new", "read only=no") == EXIT_OK);
		assert(RUN(config_verbs, "unset", NULL, "c", "volume") == EXIT_OK);
	}
	remove_file("d.conf");
	write_file("b.conf", "# nothing\n");
	write_file("smb.conf", text);
	assert(RUN(config_verbs, "set", NULL, "a", "valid users=root") == EXIT_OK);
	/* a file that the reader looks for by the host's name so far, which a later line changes */
	write_file("smb.conf", "[global]\nnetbios name = one\n[a]\npath = /\ninclude = of-%L.conf\n"
		   "volume = V\n[global]\nnetbios name = two\n");
	write_file("of-ONE.conf", "# nothing\n");
	assert(RUN(config_verbs, "set", NULL, "a", "volume=W") == EXIT_OK);
	remove_file("of-ONE.conf");
	write_file("of-TWO.conf", "# nothing\n");
	assert(RUN(config_verbs, "set", NULL, "a", "volume=X") == EXIT_FAILED);
	assert(strstr(err, "/of-ONE.conf"));
	remove_file("of-TWO.conf");
	write_file("smb.conf", good_conf);
}

/* A default of all shares does not reach those that begin above its line: they are named. */
static void a_late_default_names_who_does_not_get_it(void)
{
	write_file("smb.conf", "[a]\npath = /\n[own]\npath = /\nvolume = O\n[global]\nvolume = G\n"
		   "[b]\npath = /\n");
	assert(RUN(&config_verbs[4], "set", NULL, "volume=H") == EXIT_OK);
	assert(strstr(err, "[a]") && !strstr(err, "[b]") && !strstr(err, "[own]"));
	/* those that have it from an earlier line of [global] keep that */
	write_file("smb.conf", "[global]\nvolume = F\n[a]\npath = /\n[global]\nvolume = G\n"
		   "[b]\npath = /\n");
	assert(RUN(&config_verbs[4], "set", NULL, "volume=H") == EXIT_OK);
	assert(strstr(err, "[a]") && !strstr(err, "[b]"));
	write_file("smb.conf", "[global]\nvolume = F\n[a]\npath = /\n");
	assert(RUN(&config_verbs[4], "set", NULL, "volume=H") == EXIT_OK && !*err);
	write_file("smb.conf", good_conf);
}

/* Runs of blanks in a name are one blank, wherever it is written. */
static void names_have_single_blanks(void)
{
	write_file("smb.conf", "[our  share]\npath = /\n");
	assert(RUN(share_verbs, "show", NULL, "Our   share") == EXIT_OK && strstr(out, "[our share]"));
	assert(RUN(conf_verbs, "check", NULL, "--effective", "our  share") == EXIT_OK);
	assert(strstr(out, "path = /"));
	assert(RUN(config_verbs, "set", NULL, "our  share", "comment=x") == EXIT_OK);
	write_file("smb.conf", good_conf);
}

/* What a share would have from [global] stands above it; a mistake that is made twice is told. */
static void global_stands_above_shares(void)
{
	const struct verb *verbs = &config_verbs[4];

	write_file("smb.conf", "# head\n\n# about a\n[a]\npath = /\n");
	assert(RUN(verbs, "set", NULL, "read only=no", "workgroup=TOP") == EXIT_OK && !*err);
	assert(!strcmp(conf_text(), "# head\n\n[global]\n    read only = no\n    workgroup = TOP\n\n"
		       "# about a\n[a]\npath = /\n"));
	write_file("smb.conf", "[a]\npath = /\n[global]\nworkgroup = LATE\n");
	assert(RUN(verbs, "set", NULL, "hide dot files=no", "server string=s") == EXIT_OK && !*err);
	assert(!strcmp(conf_text(), "[global]\n    hide dot files = no\n\n[a]\npath = /\n[global]\n"
		       "workgroup = LATE\nserver string = s\n"));
	write_file("smb.conf", "[a]\npath = /\n");
	assert(RUN(verbs, "unset", NULL, "workgroup") == EXIT_FAILED);
	assert(!strcmp(conf_text(), "[a]\npath = /\n"));
	/* a complaint that names another line than before is no new one */
	write_file("smb.conf", "[global]\nworkgroup = X\nhosts allow = 10.0.0.1\n[a]\npath = /\n"
		   "[global]\nhosts allow = 10.0.0.2\n");
	assert(RUN(conf_verbs, "check", NULL) == EXIT_FAILED && strstr(err, "what line 3 says"));
	assert(RUN(verbs, "unset", NULL, "workgroup") == EXIT_OK && !*err);
	write_file("smb.conf", "[a]\npath = /\n[a]\npath = /tmp\n");
	assert(RUN(verbs, "set", NULL, "hide dot files=no") == EXIT_OK && !*err);
	/* the same complaint, of another line */
	write_file("smb.conf", "[a]\npath = /\nread only = perhaps\n[b]\npath = /\n");
	assert(RUN(config_verbs, "set", NULL, "b", "read only=perhaps") == EXIT_FAILED);
	assert(strstr(err, "legal: yes, no") && !strstr(conf_text(), "[b]\npath = /\nread"));
	assert(RUN(config_verbs, "set", NULL, "b", "read only=yes") == EXIT_OK);
	write_file("smb.conf", good_conf);
}

/* A change means what it says, and nothing else: no line joins another one. */
static void no_line_joins_another(void)
{
	static const char text[] = "[priv]\npath = /\ncomment = x\nvalid users = alice\n";

	write_file("smb.conf", text);
	assert(RUN(config_verbs, "set", NULL, "priv", "comment=on D:\\ ") == EXIT_FAILED);
	assert(strstr(err, "backslash") && !strcmp(conf_text(), text));
	assert(RUN(config_verbs, "set", NULL, "priv", "comment=on D:\\\t") == EXIT_FAILED);
	assert(RUN(config_verbs, "add", NULL, "b", "/", "comment=D:\\ ") == EXIT_FAILED);
	assert(!strcmp(conf_text(), text));
	/* the backslash of a last line, which continued nothing */
	write_file("smb.conf", "[priv]\npath = /\nvalid users = alice\\");
	assert(RUN(config_verbs, "set", NULL, "priv", "comment=y") == EXIT_FAILED);
	assert(strstr(err, "nothing was changed") && !strstr(conf_text(), "comment"));
	write_file("smb.conf", good_conf);
}

/* The directory is reached by a link, or the name is a relative one. */
static void other_names_of_the_directory(void)
{
	char *real = in_top("etc-real"), *link = in_top("etc"), *config = in_top("etc/smb.conf");
	char argv[2][20] = { "workgroup=BYLINK", "workgroup=RELATIVE" };
	struct admin a = { .ctx = talloc_new(NULL), .config = config, .run_dir = in_top("run") };
	const struct verb *set = find_verb(&config_verbs[4], "set");
	char text[200], *cwd = getcwd(NULL, 0);

	make_dir("etc-real");
	write_file("etc-real/smb.conf", "[global]\ninclude = more.conf\n");
	write_file("etc-real/more.conf", "[data]\npath = /\n");
	assert(!symlink("etc-real", link));
	assert(set->run(&a, 1, (char *[]){ argv[0], NULL }) == EXIT_OK);
	slurp("etc-real/smb.conf", text, sizeof(text));
	assert(strstr(text, "workgroup = BYLINK"));
	assert(!chdir(real));
	a.config = "smb.conf";
	assert(set->run(&a, 1, (char *[]){ argv[1], NULL }) == EXIT_OK);
	assert(!chdir(cwd));
	slurp("etc-real/smb.conf", text, sizeof(text));
	assert(strstr(text, "workgroup = RELATIVE"));
	assert(!exists("etc-real/.smb.conf.cifsadmin"));
	talloc_free(a.ctx);
	free((void *)a.run_dir);
	free(config);
	free(link);
	free(real);
	free(cwd);
}

/* POSIX ACLs as the kernel has them: version 2, then tag, permissions and id of each entry. */
struct acl {
	uint32_t version;
	struct { uint16_t tag, perm; uint32_t id; } e[5];
};

static void acls_stay(void)
{
	const uint32_t none = UINT32_MAX;
	const struct acl acl = { 2, { { 1, 6, none }, { 2, 4, 1234 }, { 4, 0, none },
				      { 0x10, 4, none }, { 0x20, 0, none } } };
	const char *const name = "system.posix_acl_access";
	char *path = in_top("smb.conf"), value[64];
	struct acl got;
	struct stat st;

	write_file("smb.conf", good_conf);
	if (setxattr(path, name, &acl, sizeof(acl), 0) < 0) {
		assert(errno == EOPNOTSUPP);
		free(path);
		return;
	}
	assert(!setxattr(path, "user.note", "mine", 4, 0) || errno == EOPNOTSUPP);
	assert(RUN(&config_verbs[4], "set", NULL, "workgroup=ACL") == EXIT_OK);
	assert(strstr(conf_text(), "workgroup = ACL"));
	assert(getxattr(path, name, &got, sizeof(got)) == sizeof(acl) && !memcmp(&got, &acl, sizeof(acl)));
	assert(!stat(path, &st) && (st.st_mode & 07777) == 0640);
	assert(getxattr(path, "user.note", value, sizeof(value)) == 4 || errno == ENODATA ||
	       errno == EOPNOTSUPP);
	assert(!removexattr(path, name));
	write_file("smb.conf", good_conf);
	free(path);
}

static int set_workgroup(struct commit *c, void *priv)
{
	(void)priv;
	return edit_set(c->edit, "global", edit_param(true, "workgroup"), "workgroup", "OURS")
		? EXIT_OK : EXIT_FAILED;
}

/* An editor without our lock, @priv times. */
static int write_meanwhile(const struct commit *c, const struct conf *after, void *priv)
{
	int *times = priv;

	(void)c;
	(void)after;
	if (*times) {
		write_file("smb.conf", *times % 2 ? "[global]\n# theirs\n[data]\npath = /\n" :
			   "[global]\n# more of theirs\n[data]\npath = /\n");
		--*times;
	}
	return EXIT_OK;
}

static void another_editor_is_not_overwritten(void)
{
	struct admin a = { .ctx = talloc_new(NULL), .config = in_top("smb.conf"),
			   .run_dir = in_top("run") };
	int times = 1;
	struct commit c = { .change = set_workgroup, .verify = write_meanwhile, .priv = &times };

	write_file("smb.conf", "[global]\n[data]\npath = /\n");
	assert(commit_run(&a, &c) == EXIT_OK && !times);
	assert(strstr(conf_text(), "# theirs") && strstr(conf_text(), "workgroup = OURS"));
	/* one that never rests wins */
	write_file("smb.conf", "[global]\n[data]\npath = /\n");
	times = 1000;
	assert(commit_run(&a, &c) == EXIT_FAILED && times < 1000);
	assert(!strstr(conf_text(), "workgroup"));
	assert(!exists(".smb.conf.cifsadmin"));
	write_file("smb.conf", good_conf);
	talloc_free(a.ctx);
	free((void *)a.config);
	free((void *)a.run_dir);
}

/* Many at once: no change is lost. */
static void editors_wait_for_each_other(void)
{
	int status;

	for (int i = 0; i < 6; i++) {
		char name[16];

		snprintf(name, sizeof(name), "s%d", i);
		if (fork())
			continue;
		struct admin a = { .ctx = talloc_new(NULL), .config = in_top("smb.conf"),
				   .run_dir = in_top("run") };
		char *argv[] = { name, (char[]){ "/tmp" }, NULL };

		_exit(find_verb(config_verbs, "add")->run(&a, 2, argv));
	}
	for (int i = 0; i < 6; i++)
		assert(wait(&status) > 0 && !status);
	for (int i = 0; i < 6; i++) {
		char header[16];

		snprintf(header, sizeof(header), "[s%d]\n", i);
		assert(strstr(conf_text(), header));
	}
	write_file("smb.conf", good_conf);
}

/* --- accounts ------------------------------------------------------------------------------- */

static void accounts_are_imported(void)
{
	static const char text[] =
		"# from Samba\n"
		"nobody:65534:" LM ":" NT ":[U          ]:LCT-5F3A1234:\n"
		"Gone:1002:" LM ":" NT ":[DU         ]:LCT-00000000:\n"
		"pc$:1003:" LM ":" NT ":[W          ]:LCT-5F3A1234:\n"
		"empty:1004:" LM ":" LM ":[U          ]:LCT-5F3A1234:\n"
		"root:0:" LM ":" NT ":[U          ]:LCT-5F3A1234:\n"
		"own:D:" NT ":17\n";

	assert(RUN(account_verbs, "import", text, "-") == EXIT_OK);
	assert(strstr(out, "nobody: imported\n") && strstr(out, "Gone: imported, disabled; there is no"));
	assert(strstr(out, "pc$: skipped: the account of a machine"));
	assert(strstr(out, "empty: skipped: it has no NT hash"));
	assert(strstr(out, "root: skipped: its UNIX account has uid 0"));
	assert(strstr(out, "3 imported, 0 replaced, 3 skipped") && !strstr(out, "8846"));
	assert(RUN(account_verbs, "import", text, "-") == EXIT_OK);
	assert(strstr(out, "0 imported, 0 replaced, 6 skipped"));
	assert(RUN(account_verbs, "import", text, "-", "--replace", "--force") == EXIT_OK);
	assert(strstr(out, "1 imported, 3 replaced, 2 skipped"));
	/* all or nothing, and the hash is in no message */
	assert(RUN(account_verbs, "import", "new:1:" LM ":" NT ":[U          ]:LCT-0:\nbad:" NT "\n",
		   "-") == EXIT_FAILED);
	assert(strstr(err, "standard input:2:") && !strstr(err, "8846"));
	assert(RUN(user_verbs, "show", NULL, "new") == EXIT_FAILED);
}

/* The writer of a FIFO comes later than its reader, and writes in two parts. */
static void accounts_come_through_a_fifo(void)
{
	char *fifo = in_top("fifo");
	int status, fd;
	pid_t pid;

	assert(!mkfifo(fifo, 0600));
	pid = fork();
	assert(pid >= 0);
	if (!pid) {
		usleep(200000);
		fd = open(fifo, O_WRONLY);
		assert(fd >= 0 && dprintf(fd, "late:1:" LM ":") > 0);
		usleep(100000);
		assert(dprintf(fd, NT ":[U          ]:LCT-5F3A1234:\n") > 0);
		_exit(0);
	}
	assert(RUN(account_verbs, "import", NULL, fifo) == EXIT_OK && strstr(out, "late: imported"));
	assert(waitpid(pid, &status, 0) == pid && !status);
	assert(run(user_verbs, "del", (char[]){ "late" }, NULL) == EXIT_OK);
	remove_file("fifo");
	free(fifo);
}

/* What Samba kept out comes in disabled, and says why. */
static void locked_accounts_come_in_disabled(void)
{
	char before[4096];

	slurp("cifspwd.db", before, sizeof(before));
	assert(RUN(account_verbs, "import", "lock:1:" LM ":" NT ":[UL         ]:LCT-5F3A1234:\n"
		   "must:2:" LM ":" NT ":[U          ]:LCT-00000000:\n", "-") == EXIT_OK);
	assert(strstr(out, "lock: imported, disabled: Samba has locked it"));
	assert(strstr(out, "must: imported, disabled: its password must be changed"));
	assert(RUN(account_verbs, "export", NULL, "lock", "must") == EXIT_OK);
	assert(strstr(out, "lock:") && !strstr(out, "[U "));
	write_file("cifspwd.db", before);
}

/* Foreign text does nothing to a terminal. */
static void foreign_text_is_shown(void)
{
	write_file("smb.conf", "[global]\nno\033[2Jsuch = x\n[data]\npath = /\033[31m\n");
	RUN(conf_verbs, "check", NULL, "--verbose");
	assert(strstr(err, "\\x1b[2J") && !strchr(err, '\033') && !strchr(out, '\033'));
	write_file("smb.conf", good_conf);
	make_dir("configfs/shares/x\033[2J");
	assert(RUN(conf_verbs, "diff", NULL) == EXIT_OK);
	assert(!strchr(err, '\033') && !strchr(out, '\033'));
	remove_file("configfs/shares/x\033[2J");
}

/* A share without its directory is used by nobody. */
static void paths_that_are_not_there(void)
{
	char *conf;

	assert(asprintf(&conf, "[global]\n[data]\npath = %s\nguest ok = yes\n", top) > 0);
	write_file("smb.conf", conf);
	free(conf);
	assert(RUN(may_verbs, "may", NULL, "192.0.2.1", "", "data") == EXIT_OK);
	write_file("smb.conf", "[global]\n[data]\npath = /no/such\nguest ok = yes\n");
	assert(RUN(may_verbs, "may", NULL, "192.0.2.1", "", "data") == EXIT_FAILED);
	assert(strstr(out, "no directory /no/such"));
	write_file("smb.conf", good_conf);
}

static mode_t mode_of(const char *name)
{
	char *path = in_top(name);
	struct stat st;

	assert(!stat(path, &st));
	free(path);
	return st.st_mode & 07777;
}

static void set_mode(const char *name, mode_t mode)
{
	char *path = in_top(name);

	assert(!chmod(path, mode));
	free(path);
}

/* Both files, or neither. */
static void a_migration_is_whole(void)
{
	static const char acc[] = "nobody:1:" LM ":" NT ":[U          ]:LCT-5F3A1234:\n";
	char *samba = in_top("samba.conf"), *acc_path = in_top("acc"), *to = in_top("to");

	write_file("samba.conf", "[a]\npath = /\n");
	write_file("acc", acc);
	/* what cannot be written: the directory is there where the new file would be */
	make_dir("to");
	make_dir("to/smb.conf.migrate");
	assert(RUN(migrate_verbs, "migrate", NULL, samba, "--accounts", acc_path, "--to", to) ==
	       EXIT_FAILED);
	assert(!exists("to/cifspwd.db") && !exists("to/smb.conf"));
	remove_file("to/smb.conf.migrate");
	/* accounts that cannot be read */
	write_file("acc", "junk\n");
	assert(RUN(migrate_verbs, "migrate", NULL, samba, "--accounts", acc_path, "--to", to) ==
	       EXIT_FAILED);
	assert(!exists("to/cifspwd.db") && !exists("to/smb.conf") && !exists("to/smb.conf.migrate"));
	write_file("acc", acc);
	assert(RUN(migrate_verbs, "migrate", NULL, samba, "--accounts", acc_path, "--to", to) ==
	       EXIT_OK);
	assert(exists("to/cifspwd.db") && exists("to/smb.conf") && strstr(out, "pdbedit -Lv"));
	assert(mode_of("to/smb.conf") == 0644 && mode_of("to/cifspwd.db") == 0600);
	assert(strstr(err, "warning: others may read") && !strstr(out, " has mode "));
	/* nobody reads it who could not read Samba's, or ours: who could is not told by a warning */
	set_mode("samba.conf", 0600);
	assert(RUN(migrate_verbs, "migrate", NULL, samba, "--accounts", acc_path, "--to", to,
		   "--force") == EXIT_OK);
	assert(strstr(out, " has mode 0600") && mode_of("to/smb.conf") == 0600);
	set_mode("samba.conf", 0644);
	set_mode("to/smb.conf", 0640);
	assert(RUN(migrate_verbs, "migrate", NULL, samba, "--accounts", acc_path, "--to", to,
		   "--force") == EXIT_OK);
	assert(mode_of("to/smb.conf") == 0640 && mode_of("to/smb.conf.before-migrate.2") == 0640);
	free(samba);
	free(acc_path);
	free(to);
}

/* Without accounts the reason is told, and no file of them. */
static void a_migration_says_why_there_are_no_accounts(void)
{
	char *samba = in_top("samba.conf"), *to = in_top("to3"), *bin = in_top("bin");
	char *path = strdup(getenv("PATH")), *pdbedit = in_top("bin/pdbedit");

	write_file("samba.conf", "[a]\npath = /\n");
	make_dir("bin");
	setenv("PATH", bin, 1);
	assert(RUN(migrate_verbs, "migrate", NULL, samba, "--to", to) == EXIT_OK);
	assert(strstr(out, "No accounts were taken: ") && !strstr(out, "Accounts in "));
	assert(!exists("to3/cifspwd.db"));
	assert(strstr(out, geteuid() ? "only root" : "pdbedit is not installed."));
	write_file("bin/pdbedit", "#!/bin/sh\necho junk\nexit 3\n");
	assert(!chmod(pdbedit, 0755));
	assert(RUN(migrate_verbs, "migrate", NULL, samba, "--to", to, "--force") == EXIT_OK);
	assert(geteuid() || strstr(out, "pdbedit has failed, with exit status 3."));
	assert(!strstr(out, "Accounts in ") && !exists("to3/cifspwd.db"));
	setenv("PATH", path, 1);
	free(samba);
	free(to);
	free(bin);
	free(path);
	free(pdbedit);
}

/* Has the file entries beyond its mode? */
static bool has_acl(const char *path)
{
	return getxattr(path, "system.posix_acl_access", NULL, 0) >= 0;
}

/* A file that includes one which fewer may read is for root alone, whatever was there. */
static void a_migration_shows_nothing(void)
{
	const uint32_t none = UINT32_MAX;
	/* one user is kept out, and one let in */
	const struct acl out_acl = { 2, { { 1, 6, none }, { 2, 0, 1234 }, { 4, 4, none },
					  { 0x10, 4, none }, { 0x20, 4, none } } };
	const struct acl in_acl = { 2, { { 1, 7, none }, { 2, 4, 1234 }, { 4, 5, none },
					 { 0x10, 5, none }, { 0x20, 5, none } } };
	char *samba = in_top("samba.conf"), *acc = in_top("acc"), *to = in_top("to2");
	char *conf = in_top("to2/smb.conf"), *part = in_top("part.conf");
	struct stat st;

	write_file("samba.conf", "[a]\npath = /\ninclude = part.conf\n");
	write_file("part.conf", "comment = x\n");
	set_mode("part.conf", 0640);
	assert(RUN(migrate_verbs, "migrate", NULL, samba, "--accounts", acc, "--to", to) == EXIT_OK);
	assert(mode_of("to2/smb.conf") == 0600 && strstr(out, " has mode 0600"));
	/* an ACL of the file that was there, or of its directory, opens nothing */
	if (!setxattr(conf, "system.posix_acl_access", &in_acl, sizeof(in_acl), 0) &&
	    !setxattr(to, "system.posix_acl_default", &in_acl, sizeof(in_acl), 0)) {
		assert(RUN(migrate_verbs, "migrate", NULL, samba, "--accounts", acc, "--to", to,
			   "--force") == EXIT_OK);
		assert(mode_of("to2/smb.conf") == 0600 && !has_acl(conf));
		assert(!removexattr(to, "system.posix_acl_default"));
	}
	set_mode("part.conf", 0644);
	set_mode("to2/smb.conf", 0644);
	assert(RUN(migrate_verbs, "migrate", NULL, samba, "--accounts", acc, "--to", to,
		   "--force") == EXIT_OK);
	assert(mode_of("to2/smb.conf") == 0644);
	/* what all others may read one user may not */
	if (!setxattr(part, "system.posix_acl_access", &out_acl, sizeof(out_acl), 0)) {
		assert(RUN(migrate_verbs, "migrate", NULL, samba, "--accounts", acc, "--to", to,
			   "--force") == EXIT_OK);
		assert(mode_of("to2/smb.conf") == 0600);
		assert(!removexattr(part, "system.posix_acl_access"));
	}
	/* another one's file, which the daemon could not read */
	if (!geteuid()) {
		assert(!chown(conf, 4711, 4711) && !chmod(conf, 0600));
		assert(RUN(migrate_verbs, "migrate", NULL, samba, "--accounts", acc, "--to", to,
			   "--force") == EXIT_OK);
		assert(!stat(conf, &st) && !st.st_uid && (st.st_mode & 07777) == 0600);
	}
	free(samba);
	free(acc);
	free(to);
	free(conf);
	free(part);
}

/* Migrates, with accounts out of a FIFO that nobody writes yet. */
static pid_t migrate_slowly(void)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert(pid >= 0);
	if (pid)
		return pid;
	struct admin a = { .ctx = talloc_new(NULL), .config = in_top("smb.conf"),
			   .passdb = in_top("slow.db"), .run_dir = in_top("run") };
	char *argv[] = { in_top("samba.conf"), (char[]){ "--accounts" }, in_top("slow"),
			 (char[]){ "--force" }, NULL };

	assert(freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr));
	_exit(find_verb(migrate_verbs, "migrate")->run(&a, 4, argv));
}

/* Another verb waits until the migration is over, and its change is made to what that has written. */
static void waits_for_a_migration(void)
{
	char *fifo = in_top("slow");
	int status, fd;
	pid_t m, w;

	write_file("samba.conf", "[moved]\npath = /\n");
	assert(!mkfifo(fifo, 0600));
	m = migrate_slowly();
	assert(appears("smb.conf.before-migrate") || appears("real/target.conf.before-migrate"));
	fflush(NULL);
	w = fork();
	if (!w)
		_exit(RUN(config_verbs, "add", NULL, "later", "/tmp") || !strstr(err, "waiting for another"));
	usleep(500000);
	assert(!waitpid(w, &status, WNOHANG) && !strstr(conf_text(), "later"));
	fd = open(fifo, O_WRONLY);
	assert(fd >= 0 && dprintf(fd, "nobody:1:%s:%s:[U]:LCT-5F3A1234:\n", LM, NT) > 0 &&
	       !close(fd));
	assert(waitpid(m, &status, 0) == m && !status);
	assert(waitpid(w, &status, 0) == w && !status);
	assert(strstr(conf_text(), "[moved]") && strstr(conf_text(), "[later]"));
	remove_file("slow");
	remove_file("slow.db");
	free(fifo);
}

/* An editor without our lock saves while the accounts come in: its text is neither lost nor kept. */
static void a_migration_overwrites_no_edit(bool in_place)
{
	static const char theirs[] = "[theirs]\npath = /\n";
	char *fifo = in_top("slow"), kept[200];
	int status, fd;
	pid_t m;

	write_file("smb.conf", good_conf);
	write_file("samba.conf", "[moved]\npath = /\n");
	assert(!mkfifo(fifo, 0600));
	m = migrate_slowly();
	/* opens when the accounts are read: what was there is kept by then */
	fd = open(fifo, O_WRONLY);
	if (!in_place)
		move("smb.conf", "smb.conf.old");
	write_file("smb.conf", theirs);
	assert(fd >= 0 && dprintf(fd, "nobody:1:%s:%s:[U]:LCT-5F3A1234:\n", LM, NT) > 0 && !close(fd));
	assert(waitpid(m, &status, 0) == m && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FAILED);
	assert(!strcmp(conf_text(), theirs) && !exists("smb.conf.migrate"));
	slurp("smb.conf.before-migrate", kept, sizeof(kept));
	assert(!strncmp(kept, good_conf, sizeof(kept) - 1));
	remove_file("smb.conf.before-migrate");
	if (!in_place)
		remove_file("smb.conf.old");
	remove_file("slow");
	remove_file("slow.db");
	free(fifo);
}

static void a_migration_keeps_others_out(void)
{
	char *link = in_top("smb.conf"), target[64];

	write_file("smb.conf", good_conf);
	remove_file("smb.conf.before-migrate");
	a_migration_overwrites_no_edit(true);
	a_migration_overwrites_no_edit(false);
	write_file("smb.conf", good_conf);
	waits_for_a_migration();
	assert(mode_of(".smb.conf.lock") == 0600);
	remove_file("smb.conf.before-migrate");
	remove_file("smb.conf");
	/* the file that a link leads to is replaced, and kept */
	write_file("real/target.conf", good_conf);
	assert(!symlink("real/target.conf", link));
	waits_for_a_migration();
	assert(readlink(link, target, sizeof(target)) == (ssize_t)strlen("real/target.conf"));
	assert(exists("real/target.conf.before-migrate") && !exists("smb.conf.before-migrate"));
	remove_file("smb.conf");
	write_file("smb.conf", good_conf);
	free(link);
}

static void accounts_are_exported(void)
{
	char *file = in_top("export");
	char text[4096];
	struct stat st;

	assert(RUN(account_verbs, "export", NULL, "nobody", "gone") == EXIT_OK);
	assert(!strcmp(out, "nobody:65534:" LM ":" NT ":[U          ]:LCT-5F3A1234:\n"
		       "Gone:4294967295:" LM ":" NT ":[DU         ]:LCT-00000000:\n"));
	assert(strstr(err, "warning"));
	assert(RUN(account_verbs, "export", NULL, "nobody", "--output", file) == EXIT_OK && !*out);
	assert(!stat(file, &st) && (st.st_mode & 07777) == 0600);
	assert(RUN(account_verbs, "export", NULL, "--output", file) == EXIT_FAILED);
	slurp("export", text, sizeof(text));
	assert(!strncmp(text, "nobody:65534:", 13));
	assert(RUN(account_verbs, "export", NULL, "nobody", "none") == EXIT_FAILED && !*out);
	free(file);
}

static void accounts_say_what_they_are(void)
{
	assert(RUN(user_verbs, "add", "x\n", "root") == EXIT_FAILED && strstr(err, "--force"));
	assert(RUN(user_verbs, "del", NULL, "nobody") == EXIT_OK && strstr(out, "nobody removed"));
	assert(RUN(user_verbs, "add", NT "\n", "NoBody", "--nt-hash") == EXIT_OK);
	assert(strstr(out, "account NoBody added: it is the UNIX account nobody (uid 65534)"));
	assert(RUN(user_verbs, "show", NULL, "nobody") == EXIT_OK && strstr(out, "nobody (65534)"));
	assert(RUN(account_verbs, "export", NULL, "nobody") == EXIT_OK && strstr(out, NT));
	assert(RUN(user_verbs, "disable", NULL, "nobody") == EXIT_OK);
	assert(RUN(user_verbs, "passwd", "x\n", "nobody") == EXIT_OK && strstr(out, "stays disabled"));
	assert(RUN(user_verbs, "passwd", "8846\n", "nobody", "--nt-hash") == EXIT_FAILED);
	assert(RUN(user_verbs, "passwd", "x\n", "nobody", "--hash") == EXIT_USAGE);
	remove_file("cifspwd.db");
	remove_file("cifspwd.db.lock");
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
	assert(run(session_verbs, "log-level", "2", NULL) == EXIT_OK);
	assert(run(session_verbs, "log-level", NULL, NULL) == EXIT_OK && !strcmp(out, "log level 2\n"));
	assert(!*ask("log-level 0", &n));
	assert(run(session_verbs, "log-level", NULL, NULL) == EXIT_OK && !strcmp(out, "log level 0\n"));
	write_file("smb.conf", "[global]\n[data]\npath = /\n[gone]\npath = /no/such/place\n");
	assert(!strcmp(ask("reload", &n), "reloaded, but not everything could be applied"));
	assert(!*ask("status", &n) && n == 1);
	assert(!strstr(ask("reload-accounts", &n), "unknown"));
	assert(!strstr(ask("reload-edited", &n), "unknown"));
	assert(!strstr(ask("reload-no-shares", &n), "unknown"));
	assert(!strstr(ask("reload-no-accounts", &n), "unknown"));
	write_file("smb.conf", "[global]\n[data]\npath = /\n");
	ask("reload", &n);
	assert(!*ask("status", &n) && !n);
}

/* An edit of what an accident has left would have that take the place of all there was. */
static void what_is_left_of_a_file_is_not_edited(char *me)
{
	static const char *const left[] = { "", "[global]\nlog level = 1\n" };
	char was[20000], text[20000];
	int n;

	ask("reload", &n);
	assert(RUN(user_verbs, "add", "secret word\n", me, "--force") == EXIT_OK);
	ask("reload", &n);
	for (int i = 0; i < 2; i++) {
		write_file("smb.conf", left[i]);
		assert(RUN(config_verbs, "set", NULL, "data", "comment=c") == EXIT_FAILED);
		assert(RUN(find_global(), "set", NULL, "log level=2") == EXIT_FAILED);
		assert(strstr(err, i ? "has no share" : "is empty and had shares") && strstr(err, "put it back"));
		assert(RUN(config_verbs, "add", NULL, "new", "/") == EXIT_FAILED && !strcmp(conf_text(), left[i]));
	}
	/* put back, or meant so, it is edited as ever */
	write_file("smb.conf", "[global]\n[data]\npath = /\n");
	RUN(find_global(), "set", NULL, "log level=2");
	assert(strstr(conf_text(), "log level = 2"));
	write_file("smb.conf", "[global]\n");
	ask("reload", &n);
	RUN(find_global(), "set", NULL, "log level=2");
	RUN(config_verbs, "add", NULL, "data", "/");
	assert(strstr(conf_text(), "log level = 2") && strstr(conf_text(), "[data]"));
	slurp("cifspwd.db", was, sizeof(was));
	for (int i = 0; i < 2; i++) {
		if (i)
			move("cifspwd.db", "elsewhere");
		else
			write_file("cifspwd.db", "");
		assert(RUN(account_verbs, "import", "nobody:-:" NT ":17\n", "-") == EXIT_FAILED);
		assert(strstr(err, i ? "is not there" : "has no account") && strstr(err, "put it back"));
		assert(exists("cifspwd.db") == !i);
	}
	move("elsewhere", "cifspwd.db");
	write_file("cifspwd.db", was);
	assert(RUN(account_verbs, "import", "nobody:-:" NT ":17\n", "-") == EXIT_OK);
	slurp("cifspwd.db", text, sizeof(text));
	assert(strstr(text, "nobody:") && strstr(text, me));
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

/* The service manager: what it is told, without what only says that the daemon lives, is in "told". */
static pid_t listen_to_daemon(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char *path = in_top("notify"), text[4096];
	pid_t pid;
	ssize_t n;
	FILE *f;

	assert(fd >= 0 && strlen(path) < sizeof(sun.sun_path));
	strcpy(sun.sun_path, path);
	assert(!bind(fd, (struct sockaddr *)&sun, sizeof(sun)) && !setenv("NOTIFY_SOCKET", path, 1));
	free(path);
	write_file("told", "");
	pid = fork();
	assert(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		f = fopen(in_top("told"), "a");
		while (f && (n = recv(fd, text, sizeof(text), 0)) > 0)
			if (strncmp(text, "WATCHDOG", 8)) {
				fprintf(f, "%.*s\n", (int)n, text);
				fflush(f);
			}
		_exit(0);
	}
	close(fd);
	return pid;
}

static bool is_told(const char *what)
{
	static char text[20000];

	slurp("told", text, sizeof(text));
	return strstr(text, what);
}

/* The daemon waits for no module that is there; and it is no list that has empty records. */
static void a_start_is_told_as_it_is(void)
{
	pid_t k, d, listener = listen_to_daemon();
	const char *error;
	int n;

	hollow = true;
	start_both(&k, &d);
	unsetenv("NOTIFY_SOCKET");
	hollow = false;
	assert(appears("run/control"));
	while (strstr(error = ask("status", &n), "not answering"))
		usleep(50000);
	assert(!strcmp(error, strerror(EBADMSG)));
	while (!is_told("no port is open") && !is_told("STATUS=Serving"))
		usleep(50000);
	assert(!kill(d, SIGTERM));
	ends(d);
	ends(k);
	assert(is_told("STATUS=Starting") && !is_told("waiting for the kernel module"));
	kill(listener, SIGKILL);
	waitpid(listener, &n, 0);
	remove_file("notify");
}

int main(int argc, char **argv)
{
	struct passwd *pw = getpwuid(geteuid());
	char *me = strdup(pw ? pw->pw_name : "root");
	pid_t k, d;
	char cmd[300];

	if (argc == 2 && !strcmp(argv[1], NAMES_WORKER_ARG))
		_exit(names_worker(&names_nss));	/* see loop.h */
	if (argc > 1 && !strcmp(argv[1], WORKER_OPTION))
		_exit(worker_main(argc - 2, argv + 2));

	assert(setlocale(LC_CTYPE, "C.UTF-8"));	/* as cifsadmin has it: tables measure characters */
	make_world();
	without_a_daemon(me);
	with_a_fake_daemon();
	shares_are_edited();
	nothing_bad_is_written();
	includes_and_links();
	lines_behind_an_include();
	lines_behind_a_file_that_is_away();
	a_late_default_names_who_does_not_get_it();
	names_have_single_blanks();
	global_stands_above_shares();
	no_line_joins_another();
	other_names_of_the_directory();
	acls_stay();
	another_editor_is_not_overwritten();
	editors_wait_for_each_other();
	accounts_are_imported();
	accounts_come_through_a_fifo();
	accounts_are_exported();
	locked_accounts_come_in_disabled();
	foreign_text_is_shown();
	paths_that_are_not_there();
	a_migration_is_whole();
	a_migration_says_why_there_are_no_accounts();
	a_migration_shows_nothing();
	a_migration_keeps_others_out();
	accounts_say_what_they_are();
	stop_tells_what_is_so();
	sessions_end(me);
	another_releases_module_is_left_alone();
	a_start_is_told_as_it_is();
	start_both(&k, &d);
	assert(appears("run/control"));
	accounts_come_and_go(me);
	sessions_end(me);
	status_is_shown();
	bad_configuration_changes_nothing();
	the_socket_is_not_for_junk();
	commands_of_the_socket();
	half_closed();
	what_is_left_of_a_file_is_not_edited(me);
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
