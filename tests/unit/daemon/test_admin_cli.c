// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/**/*.c !daemon/main.c !daemon/cifsadmin/main.c | libs: talloc gcrypt systemd tasn1 jansson smartcols bsd seccomp
/* The command line of cifsadmin, whole: options, help, exit statuses, the password prompt. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pty.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>

#define CIFSSRV_VERSION "test"
#define main cifsadmin_main
#define setlocale set_locale_that_is_there
static char *set_locale_that_is_there(int category, const char *name);
#include "cifsadmin/main.c"
#undef main
#undef setlocale

#define RUN_SECS	60

static bool no_locales;

/* An initramfs and a small chroot have no locale but C. */
static char *set_locale_that_is_there(int category, const char *name)
{
	if (no_locales && *name)
		return NULL;
	return setlocale(category, no_locales ? "C" : name);
}

static char out[65536], err[65536];
static char dir[200], passdb[300], config[300];

static void slurp(const char *name, char *buf, size_t size)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	assert(f);
	buf[fread(buf, 1, size - 1, f)] = 0;
	fclose(f);
}

/* One run of the program; its exit status. */
static int run_argv(char *const *args)
{
	char *argv[16] = { (char *)"cifsadmin" };
	char path[300];
	int status, n = 1;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert(pid >= 0);
	if (!pid) {
		for (; args[n - 1]; n++)
			argv[n] = strdup(args[n - 1]);
		assert(freopen("/dev/null", "r", stdin));
		snprintf(path, sizeof(path), "%s/out", dir);
		assert(freopen(path, "w", stdout));
		snprintf(path, sizeof(path), "%s/err", dir);
		assert(freopen(path, "w", stderr));
		alarm(RUN_SECS);
		status = cifsadmin_main(n, argv);
		fflush(NULL);
		_exit(status);
	}
	assert(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	slurp("out", out, sizeof(out));
	slurp("err", err, sizeof(err));
	return WEXITSTATUS(status);
}

#define CLI(...) run_argv((char *[16]){ __VA_ARGS__ })

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && !close(fd));
}

static bool has_example(const char *text)
{
	return text && strstr(text, "Example") && strstr(strstr(text, "Example"), "cifsadmin ");
}

static void help_is_everywhere(void)
{
	assert(CLI("--help") == EXIT_OK && strstr(out, "session close") && strstr(out, "Exit status"));
	assert(CLI("help") == EXIT_OK && strstr(out, "share add"));
	assert(CLI("help", "user", "add") == EXIT_OK && strstr(out, "--nt-hash") && strstr(out, "Example"));
	assert(CLI("user", "add", "--help") == EXIT_OK && strstr(out, "Example"));
	assert(CLI("share", "--help") == EXIT_OK && strstr(out, "share add") && strstr(out, "share del"));
	assert(CLI("help", "share") == EXIT_OK && strstr(out, "share unset"));
	assert(CLI("help", "nonsense") == EXIT_USAGE);
	assert(CLI("--version") == EXIT_OK && !strncmp(out, "cifsadmin ", 10));
	/* no verb and no group is without its paragraph and an example, as the manual promises */
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (const struct verb *v = tables[t]; v->name; v++)
			assert(has_example(help_text(v->group, v->name)) &&
			       (!v->group || has_example(help_text(NULL, v->group))));
	assert(CLI("help", "user") == EXIT_OK && strstr(out, "user add NAME") && strstr(out, "Examples:"));
	assert(CLI("help", "check") == EXIT_OK && strstr(out, "--strict makes") &&
	       strstr(out, "--verbose adds") && strstr(out, "--effective prints"));
}

static void mistakes_are_told(void)
{
	assert(run_argv((char *[]){ NULL }) == EXIT_USAGE && strstr(err, "Usage"));
	assert(CLI("nonsense") == EXIT_USAGE && strstr(err, "unknown verb \"nonsense\""));
	assert(CLI("user") == EXIT_USAGE && strstr(err, "user what?") && strstr(err, "user passwd"));
	assert(CLI("user", "kill") == EXIT_USAGE && strstr(err, "user kill"));
	assert(CLI("--nonsense", "status") == EXIT_USAGE && strstr(err, "--nonsense"));
	assert(CLI("user", "list", "--config") == EXIT_USAGE && strstr(err, "wants an argument"));
	assert(CLI("status", "--json", "--brief") == EXIT_USAGE && strstr(err, "one of both"));
	assert(CLI("status", "--nonsense") == EXIT_USAGE && strstr(err, "unknown option"));
	assert(CLI("user", "show") == EXIT_USAGE && strstr(err, "user show NAME"));
	assert(CLI("share", "list", "--width", "x") == EXIT_USAGE);
	/* a terminal gets nothing of what was typed by another program */
	assert(CLI("non\x1b[2Jsense") == EXIT_USAGE && !strchr(err, 0x1b));
	assert(CLI("status", "--run-dir", dir) == EXIT_DOWN && strstr(err, "systemctl start"));
}

static void options_stand_anywhere(void)
{
	char equals[320];

	write_file(passdb, "nobody:-:8846F7EAEE8FB117AD06BDD830B7586C:17\n");
	assert(CLI("--passdb", passdb, "user", "list") == EXIT_OK && strstr(out, "nobody"));
	assert(CLI("user", "list", "--passdb", passdb) == EXIT_OK && strstr(out, "nobody"));
	assert(CLI("user", "--passdb", passdb, "show", "nobody") == EXIT_OK);
	snprintf(equals, sizeof(equals), "--passdb=%s", passdb);
	assert(CLI("user", "list", equals) == EXIT_OK && strstr(out, "nobody"));
	assert(CLI("user", "show", "--passdb", passdb, "--", "--nobody") == EXIT_FAILED);
	assert(strstr(err, "no account \"--nobody\""));
	/* a file that is not there is no empty one */
	assert(CLI("user", "list", "--passdb", "/no/such/file") == EXIT_FAILED);
	assert(strstr(err, "/no/such/file") && !*out);
	assert(CLI("user", "passwd", "x", "--passdb", "/no/such/file") == EXIT_FAILED);
}

/* libsmartcols does not end where a cell is UTF-8 and the C library is not. */
static void tables_end_without_a_utf8_locale(void)
{
	write_file(config, "[global]\n[B\xc3\xbc" "cher]\npath = /srv/b\xc3\xbc" "cher\n");
	no_locales = true;
	assert(CLI("--config", config, "share", "list") == EXIT_OK);
	assert(strstr(out, "B\\u00fccher") && strstr(out, "/srv/b\\u00fccher"));
	for (const char *c = out; *c; c++)
		assert(!(*c & 0x80));
	no_locales = false;
	assert(CLI("--config", config, "share", "list") == EXIT_OK);
	assert(strstr(out, "B\xc3\xbc" "cher") && strstr(out, "/srv/b\xc3\xbc" "cher"));
}

static void the_answer_of_may_is_the_exit_status(void)
{
	write_file(config, "[global]\nmap to guest = bad user\n[s]\npath = /\nread only = no\nvalid users = nobody\nguest ok = yes\n");
	assert(CLI("may", "192.0.2.1", "NOBODY", "s", "--passdb", passdb, "--config", config) == EXIT_OK);
	assert(strstr(out, "yes: NOBODY at 192.0.2.1 may read and write [s]"));
	assert(CLI("may", "192.0.2.1", "eve", "s", "--passdb", passdb, "--config", config) == EXIT_OK);
	assert(strstr(out, "\"map to guest\"") && strstr(out, ":2\n"));
	assert(CLI("may", "192.0.2.1", "", "s", "--passdb", passdb, "--config", config) == EXIT_FAILED);
	assert(strstr(out, "no: the anonymous user") && strstr(out, "\"valid users\", "));
	/* the path is that of this user */
	write_file(config, "[global]\n[homes]\nadmin users = nobody\n[s]\npath = /srv/%U/%S/%I/100%%\n");
	assert(CLI("may", "192.0.2.1", "nobody", "homes", "--passdb", passdb, "--config", config) == EXIT_OK);
	assert(strstr(out, getpwnam("nobody")->pw_dir) && !strchr(out, '%'));
	assert(CLI("may", "192.0.2.1", "nobody", "s", "--passdb", passdb, "--config", config) == EXIT_OK);
	assert(strstr(out, ": /srv/nobody/s/192.0.2.1/100%\n"));
	assert(CLI("may", "not an address", "x", "s", "--passdb", passdb, "--config", config) == EXIT_FAILED);
}

/* --- the terminal ------------------------------------------------------------------------- */

static void read_until(int fd, const char *text)
{
	char buf[4096];
	size_t n = 0;

	do {
		ssize_t k = read(fd, buf + n, sizeof(buf) - 1 - n);

		assert(k > 0);
		n += (size_t)k;
		buf[n] = 0;
	} while (!strstr(buf, text));
}

static bool echoes(int fd)
{
	struct termios t;

	assert(!tcgetattr(fd, &t));
	return t.c_lflag & ECHO;
}

static pid_t ask_on_terminal(int *fd)
{
	char *argv[] = { (char *)"cifsadmin", (char *)"user", (char *)"passwd", (char *)"nobody",
			 (char *)"--passdb", passdb, NULL };
	pid_t pid;

	fflush(NULL);
	pid = forkpty(fd, NULL, NULL, NULL);
	assert(pid >= 0);
	if (!pid) {
		signal(SIGINT, SIG_DFL);
		_exit(cifsadmin_main(6, argv));
	}
	return pid;
}

static void the_terminal_has_its_echo_again(void)
{
	int fd, status;
	pid_t pid = ask_on_terminal(&fd);

	read_until(fd, "New password for nobody: ");
	assert(!echoes(fd));
	assert(write(fd, "half a pass", 11) == 11);
	/* one that comes before the read() begins is seen by the next one only */
	do {
		assert(write(fd, "\x03", 1) == 1);
		usleep(50000);
	} while (!waitpid(pid, &status, WNOHANG));
	assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	assert(echoes(fd));
	close(fd);

	pid = ask_on_terminal(&fd);
	read_until(fd, "New password for nobody: ");
	assert(write(fd, "one\n", 4) == 4);
	read_until(fd, "Again, the password for nobody: ");
	assert(!echoes(fd) && write(fd, "two\n", 4) == 4);
	read_until(fd, "the passwords differ");
	assert(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == EXIT_FAILED && echoes(fd));
	close(fd);

	pid = ask_on_terminal(&fd);
	read_until(fd, "New password for nobody: ");
	assert(write(fd, "one\n", 4) == 4);
	read_until(fd, "Again, the password for nobody: ");
	assert(write(fd, "one\n", 4) == 4);
	read_until(fd, "password of nobody changed");
	assert(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == EXIT_OK && echoes(fd));
	close(fd);
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, sizeof(dir), "%s/cli.XXXXXX", tmp ? tmp : "/tmp");
	assert(mkdtemp(dir));
	snprintf(passdb, sizeof(passdb), "%s/db", dir);
	snprintf(config, sizeof(config), "%s/smb.conf", dir);
	help_is_everywhere();
	mistakes_are_told();
	options_stand_anywhere();
	tables_end_without_a_utf8_locale();
	the_answer_of_may_is_the_exit_status();
	the_terminal_has_its_echo_again();
	puts("daemon_admin_cli: ok");
	return 0;
}
