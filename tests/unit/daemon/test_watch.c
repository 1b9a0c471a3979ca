// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/watch.c daemon/machine.c daemon/owner.c daemon/util/log.c daemon/util/utf.c
// libs: talloc systemd
/* What the daemon sees of changes: files however they are replaced, and the machine. */
#include <assert.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "machine.h"
#include "owner.h"
#include "util/cleanup.h"
#include "util/log.h"
#include "watch.h"

/* Instead of sd-event's, which it calls: what watch.c has watched last. */
static sd_event_inotify_handler_t last_handler;
static void *last_dir;
static size_t nadded;

int sd_event_add_inotify_fd(sd_event *e, sd_event_source **ret, int fd, uint32_t mask,
			    sd_event_inotify_handler_t handler, void *userdata)
{
	int (*real)(sd_event *e, sd_event_source **ret, int fd, uint32_t mask,
		    sd_event_inotify_handler_t handler, void *userdata) =
		dlsym(RTLD_NEXT, "sd_event_add_inotify_fd");

	last_handler = handler;
	last_dir = userdata;
	nadded++;
	return real(e, ret, fd, mask, handler, userdata);
}

static sd_event *event;
static struct watch *watch;
static int seen;
static char top[200];

static void on_changed(void *priv)
{
	(void)priv;
	seen++;
}

static const char *in(const char *name)
{
	static char paths[8][300];
	static size_t n;

	n = (n + 1) % 8;
	snprintf(paths[n], sizeof(paths[n]), "%s/%s", top, name);
	return paths[n];
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static void turn(unsigned int msec)
{
	uint64_t stop = now() + msec * 1000ull;

	while (now() < stop)
		assert(sd_event_run(event, 20000) >= 0);
}

/* Is a change seen, once, in its time? */
static bool changed(void)
{
	uint64_t stop = now() + 5000000;

	seen = 0;
	while (!seen && now() < stop)
		assert(sd_event_run(event, 20000) >= 0);
	return seen == 1;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && !close(fd));
}

static void begin(const char *a, const char *b)
{
	const char *const files[] = { a, b, NULL };

	watch = watch_new(NULL, event, on_changed, NULL);
	assert(watch);
	watch_update(watch, files);
	turn(50);
	assert(!watch_busy(watch));
}

static void end(void)
{
	talloc_free(watch);
}

static void test_ways_to_change_a_file(void)
{
	assert(!mkdir(in("etc"), 0700));
	write_file(in("etc/smb.conf"), "1");
	begin(in("etc/smb.conf"), in("passdb"));
	write_file(in("etc/smb.conf"), "2");
	assert(watch_busy(watch) || (turn(50), watch_busy(watch)));
	assert(changed() && !watch_busy(watch));
	write_file(in("etc/new"), "3");			/* not ours */
	turn(500);
	assert(seen == 1 && !watch_busy(watch));
	assert(!rename(in("etc/new"), in("etc/smb.conf")) && changed());
	assert(!chmod(in("etc/smb.conf"), 0644) && changed());
	write_file(in("passdb"), "1");
	assert(changed());
	assert(!unlink(in("passdb")) && changed());
	/* many at once are one */
	for (int i = 0; i < 20; i++)
		write_file(in("etc/smb.conf"), "4");
	assert(changed());
	turn(500);
	assert(seen == 1);
	end();
}

/* One that is written, in any of the files, is waited for; but not for ever. */
static void test_half_a_file(void)
{
	uint64_t start;
	int fd;

	begin(in("etc/smb.conf"), in("passdb"));
	fd = open(in("etc/smb.conf"), O_WRONLY | O_TRUNC);
	assert(fd >= 0 && write(fd, "half", 4) == 4);
	write_file(in("passdb"), "another one");
	turn(1000);
	assert(watch_busy(watch) && write(fd, "whole", 5) == 5);
	seen = 0;
	turn(1000);
	assert(!seen && !close(fd) && changed());
	fd = open(in("etc/smb.conf"), O_WRONLY | O_TRUNC);
	assert(fd >= 0 && write(fd, "open", 4) == 4);
	start = now();
	seen = 0;
	while (!seen && now() - start < 10000000)
		turn(100);
	assert(seen == 1 && now() - start >= WATCH_OPEN_USEC);
	close(fd);
	end();
}

static void test_links(void)
{
	assert(!mkdir(in("samba"), 0700));
	write_file(in("samba/smb.conf"), "1");
	assert(!unlink(in("etc/smb.conf")) && !symlink("../samba/smb.conf", in("etc/smb.conf")));
	assert(!symlink("etc", in("way")));
	begin(in("way/smb.conf"), in("way/smb.conf"));
	write_file(in("samba/smb.conf"), "2");
	assert(changed());
	write_file(in("samba/new"), "3");
	assert(!rename(in("samba/new"), in("samba/smb.conf")) && changed());
	/* the link itself, and a link to a directory on the way */
	assert(!unlink(in("etc/smb.conf")) && changed());
	assert(!symlink(in("samba/smb.conf"), in("etc/smb.conf")) && changed());
	assert(!unlink(in("way")) && changed());
	end();
	/* in a circle */
	assert(!symlink("b", in("a")) && !symlink("a", in("b")));
	begin(in("a"), in("b/x"));
	assert(!unlink(in("a")) && changed());
	end();
}

static void test_directories(void)
{
	const char *const files[] = { in("later/there/smb.conf"), NULL };

	begin(files[0], files[0]);
	assert(!mkdir(in("later"), 0700) && changed());
	watch_update(watch, files);
	assert(changed());		/* what came before it was watched */
	assert(!mkdir(in("later/there"), 0700) && changed());
	watch_update(watch, files);
	assert(changed());
	write_file(files[0], "1");
	assert(changed());
	watch_update(watch, files);
	turn(500);
	assert(seen == 1);
	/* replaced as a whole: what is in the new one counts */
	assert(!mkdir(in("next"), 0700));
	write_file(in("next/smb.conf"), "2");
	assert(!rename(in("later/there"), in("old")) && !rename(in("next"), in("later/there")));
	assert(changed());
	watch_update(watch, files);
	assert(changed());
	write_file(files[0], "3");
	assert(changed());
	end();
}

/* A directory that is removed and made anew may have the number of the old one. */
static void test_recreated_directory(void)
{
	const char *const dir = in("again"), *const files[] = { in("again/smb.conf"), NULL };
	struct stat old, new;

	assert(!mkdir(dir, 0700) && !stat(dir, &old));
	begin(files[0], files[0]);
	for (int i = 0; i < 20; i++) {
		assert(!rmdir(dir) && !mkdir(dir, 0700) && !stat(dir, &new));
		if (new.st_ino == old.st_ino)
			break;
	}
	printf("# the number of the new directory is %s\n",
	       new.st_ino == old.st_ino ? "the old one's" : "new");
	assert(changed());
	watch_update(watch, files);
	assert(changed());
	write_file(files[0], "1");
	assert(changed());
	end();
}

/* More than a few, and those that are no longer wanted. */
static void test_many(void)
{
	const char *files[101] = {};
	TALLOC_CTX *ctx = talloc_new(NULL);

	for (int i = 0; i < 100; i++)
		files[i] = talloc_asprintf(ctx, "%s/dir%d/file", top, i);
	for (int i = 0; i < 100; i++)
		assert(!mkdir(talloc_asprintf(ctx, "%s/dir%d", top, i), 0700));
	begin(files[0], files[1]);
	watch_update(watch, files);
	assert(changed());
	write_file(files[99], "1");
	assert(changed());
	watch_update(watch, files + 50);
	turn(400);
	seen = 0;
	write_file(files[0], "1");
	turn(500);
	assert(!seen);
	write_file(files[50], "1");
	assert(changed());
	end();
	talloc_free(ctx);
}

/* What the kernel could not tell may be that a directory is another one, of the same number. */
static void test_overflow(void)
{
	const struct inotify_event ev = { .wd = -1, .mask = IN_Q_OVERFLOW };
	const char *const files[] = { in("passdb"), NULL };
	size_t before;

	begin(files[0], files[0]);
	before = nadded;
	watch_update(watch, files);
	assert(nadded == before);
	seen = 0;
	assert(!last_handler(NULL, &ev, last_dir) && watch_busy(watch) && changed());
	watch_update(watch, files);
	assert(nadded == before + 1);
	end();
}

static void test_machine(void)
{
	struct machine *m = machine_new(NULL, event, on_changed, NULL);

	assert(m);
	machine_listen(m, true, true);
	assert(changed());		/* what came before it was listened to */
	machine_listen(m, true, true);
	machine_listen(m, false, true);
	machine_listen(m, false, false);
	seen = 0;
	turn(300);
	assert(!seen);
	talloc_free(m);
}

static void test_one_owner(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = owner_take(in("run")), status, s;
	pid_t pid;

	assert(fd >= 0);
	pid = fork();
	if (!pid)
		_exit(owner_take(in("run")) == -EBUSY ? 0 : 1);
	assert(waitpid(pid, &status, 0) == pid && !status);
	assert(owner_take(in("run")) == -EBUSY);
	assert(!close(fd));
	fd = owner_take(in("run"));
	assert(fd >= 0 && !close(fd));
	/* one that took no lock, and answers */
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	assert(snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", in("run/control")) < 108);
	assert(!bind(s, (struct sockaddr *)&sun, sizeof(sun)) && !listen(s, 1));
	assert(owner_take(in("run")) == -EBUSY && !access(sun.sun_path, F_OK));
	assert(!close(s));
	fd = owner_take(in("run"));	/* its socket is left over */
	assert(fd >= 0 && !close(fd));
	assert(owner_take(in("no/such/place")) == -ENOENT);
}

int main(void)
{
	snprintf(top, sizeof(top), "%s", getenv("TMPDIR"));
	log_set_level(LOG_EMERG);
	assert(sd_event_default(&event) >= 0);
	test_ways_to_change_a_file();
	test_half_a_file();
	test_links();
	test_directories();
	test_recreated_directory();
	test_many();
	test_overflow();
	test_machine();
	test_one_owner();
	sd_event_unref(event);
	return 0;
}
