// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/cifsadmin/conf.c daemon/cifsadmin/text.c daemon/cifsadmin/client.c daemon/auth/usermap.c daemon/util/crypto.c daemon/passdb/*.c daemon/sync/*.c daemon/conf/*.c daemon/util/*.c | libs: talloc gcrypt systemd jansson
/* cifsadmin check: what it prints, in which order, and what makes it fail. */
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cifsadmin/admin.h"

static char out[65536], err[65536];	/* what the last run wrote */
static const char *dir;

static char *in_dir(const char *name)
{
	static char path[16][600];
	static unsigned int turn;
	char *ret = path[turn++ % 16];

	snprintf(ret, sizeof(path[0]), "%s/%s", dir, name);
	return ret;
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(in_dir(name), "w");

	assert(f && fputs(text, f) >= 0 && !fclose(f));
	assert(!chmod(in_dir(name), 0600));
}

static void read_back(const char *name, char *buf, size_t size)
{
	FILE *f = fopen(in_dir(name), "r");
	size_t n = fread(buf, 1, size - 1, f);

	buf[n] = 0;
	fclose(f);
}

static int saved[3];

static void redirect(int fd, const char *name)
{
	int file = open(in_dir(name), O_CREAT | O_TRUNC | O_WRONLY, 0600);

	fflush(NULL);
	saved[fd] = dup(fd);
	assert(file >= 0 && saved[fd] >= 0 && dup2(file, fd) == fd && !close(file));
}

static void restore(int fd)
{
	fflush(NULL);
	assert(dup2(saved[fd], fd) == fd && !close(saved[fd]));
}

static int check(const char *a1, const char *a2, const char *a3)
{
	struct admin a = { .ctx = talloc_new(NULL), .config = in_dir("smb.conf"),
			   .passdb = in_dir("passdb") };
	const char *args[] = { a1, a2, a3, NULL };
	const struct verb *v = conf_verbs;
	int argc = 0, r;

	while (args[argc])
		argc++;
	while (strcmp(v->name, "check"))
		v++;
	assert(argc <= v->max);
	redirect(1, "out");
	redirect(2, "err");
	r = v->run(&a, argc, (char **)args);
	restore(2);
	restore(1);
	read_back("out", out, sizeof(out));
	read_back("err", err, sizeof(err));
	talloc_free(a.ctx);
	return r;
}

/* Do they stand in @text, one after the other? */
static bool in_order(const char *text, const char *const *words)
{
	for (; text && *words; words++)
		text = strstr(text, *words);
	return text;
}

static void test_order_and_total(void)
{
	static const char *const lines[] = { "smb.conf:3: warning:", "smb.conf:5: error:", "smb.conf:7: warning:",
					     "smb.conf:8: error:", NULL };
	static const char *const all[] = { "smb.conf:2: note:", "smb.conf:3: warning:", "smb.conf:5: error:",
					   "smb.conf:9: note:", NULL };

	write_file("smb.conf", "[global]\nsecurity = user\nwins support = yes\n[a]\nvalid users = a:b\npath = /\n"
		   "vfs objects = recycle\nread onyl = yes\nprintable = no\n");
	assert(check(NULL, NULL, NULL) == EXIT_FAILED);
	assert(in_order(err, lines) && !strstr(err, "note:"));
	assert(strstr(out, "smb.conf: 2 errors, 2 warnings, 1 share\n"));
	assert(check("--verbose", NULL, NULL) == EXIT_FAILED && in_order(err, all));
}

static void test_strict(void)
{
	write_file("smb.conf", "[global]\nwins support = yes\n[a]\npath = /\nzzzzzzzzzzzzzz = 1\npath = /\n");
	assert(check(NULL, NULL, NULL) == EXIT_OK && strstr(out, ": 0 errors, 3 warnings, 1 share\n"));
	/* what differs and what is unknown; that a value is set again is no such thing */
	assert(check("--strict", NULL, NULL) == EXIT_FAILED);
	assert(strstr(out, ": 2 errors, 1 warning, 1 share\n") && strstr(err, ":5: error: unknown"));
}

static void test_other_files(void)
{
	write_file("smb.conf", "[global]\nusername map = /etc\n");
	assert(check(NULL, NULL, NULL) == EXIT_FAILED);
	assert(strstr(err, "/etc: error:") && strstr(err, "smb.conf:2)") && !strstr(err, ":0:"));
	/* one that may come is no error */
	write_file("smb.conf", "[global]\nusername map = /nowhere/map\n");
	assert(check(NULL, NULL, NULL) == EXIT_OK && strstr(err, "smb.conf:2: warning: there is no file /nowhere/map"));
	write_file("smb.conf", "[global]\n");
	write_file("passdb", "nonsense\n");
	assert(check(NULL, NULL, NULL) == EXIT_FAILED && strstr(err, "passdb:1: error:"));
	assert(!remove(in_dir("passdb")));
	assert(check(NULL, NULL, NULL) == EXIT_OK && !*err && strstr(out, ": 0 errors, 0 warnings, 0 shares\n"));
}

static void test_effective(void)
{
	write_file("smb.conf", "[global]\nworkgroup = W\n[a]\npath = /\n[B]\npath = /\nread only = no\n");
	assert(check("--effective", NULL, NULL) == EXIT_OK);
	assert(strstr(out, "\tworkgroup = W\n") && strstr(out, "[a]\n") && strstr(out, "[B]\n"));
	assert(!strstr(out, "errors") && strstr(err, ": 0 errors"));
	write_file("again.conf", out);
	assert(check(in_dir("again.conf"), NULL, NULL) == EXIT_OK && !*err);
	assert(check("--effective", "b", in_dir("smb.conf")) == EXIT_OK);
	assert(strstr(out, "[B]\n") == out && strstr(out, "read only = no\n") && !strstr(out, "[a]"));
	assert(check("--effective", "nowhere", NULL) == EXIT_FAILED && strstr(err, "has no share \"nowhere\""));
	assert(check("--effective", in_dir("again.conf"), NULL) == EXIT_OK && strstr(out, "[a]\n"));
	assert(check("--nonsense", NULL, NULL) == EXIT_USAGE && check("/a", "/b", NULL) == EXIT_USAGE);
}

int main(void)
{
	dir = getenv("TMPDIR");
	test_order_and_total();
	test_strict();
	test_other_files();
	test_effective();
	return 0;
}
