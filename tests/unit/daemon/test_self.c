// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/util/self.c | libs: talloc systemd
/* Helpers: this program again, which has nothing of the daemon's, and leaves nothing behind. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "util/cleanup.h"
#include "util/self.h"

#define HELPER	"--helper"

static sd_event *event;
static int ended, reaped;

static void on_source_ended(void *userdata)
{
	(void)userdata;
	ended++;
}

static int on_child(sd_event_source *source, const siginfo_t *si, void *userdata)
{
	(void)si;
	reaped++;
	return userdata ? 0 : self_reaped(source);
}

static int refuse(void)
{
	return -EPERM;
}

static pid_t spawn(int (*before)(void), int *fd, sd_event_source **child)
{
	char *argv[] = { (char *)"test", (char *)HELPER, NULL };
	pid_t pid = self_spawn(argv, before, fd);

	assert(pid > 0);
	assert(sd_event_add_child(event, child, pid, WEXITED, on_child, &ended) >= 0);
	assert(!sd_event_source_set_destroy_callback(*child, on_source_ended));
	return pid;
}

/* Runs the loop until @count has reached @want: the deadline is for a test that hangs. */
static void until(const int *count, int want)
{
	for (int i = 0; *count < want; i++) {
		assert(i < 300);
		assert(sd_event_run(event, 100000) >= 0);
	}
}

/* What it says of itself, or NULL at its end. */
static const char *hear(int fd)
{
	static char text[64];
	ssize_t n;

	assert(!(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK)));
	n = recv(fd, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = 0;
	return n > 0 ? text : NULL;
}

static void it_has_its_connection_and_nothing_else(void)
{
	int fd, forgotten = open("/dev/null", O_RDONLY);	/* no O_CLOEXEC */
	sd_event_source *child;
	pid_t pid;

	assert(!setenv("NOTIFY_SOCKET", "/run/x", 1));
	pid = spawn(NULL, &fd, &child);
	assert(!strcmp(hear(fd), "0 more descriptors"));
	self_end(pid, child);
	close(fd);
	close(forgotten);
}

/* However it ends: nobody waits for it, it is reaped, and so is its source. */
static void it_is_reaped_by_the_loop(void)
{
	sd_event_source *child;
	pid_t pid;
	int fd;

	until(&ended, 1);
	assert(reaped == 1);
	for (int i = 2; i <= 6; i++) {
		pid = spawn(NULL, &fd, &child);
		self_end(pid, child);
		close(fd);
		until(&ended, i);
		assert(kill(pid, 0) < 0 && errno == ESRCH);
	}
	assert(ended == 6 && reaped == 6);
}

static void it_ends_where_it_cannot_begin(void)
{
	sd_event_source *child;
	int fd;
	pid_t pid = spawn(refuse, &fd, &child);

	assert(!hear(fd));
	close(fd);
	until(&reaped, 7);
	self_end(0, child);
	assert(ended == 7 && kill(pid, 0) < 0);
}

static void one_without_a_source_is_reaped_at_once(void)
{
	char *argv[] = { (char *)"test", (char *)HELPER, NULL };
	int fd;
	pid_t pid = self_spawn(argv, NULL, &fd);

	assert(pid > 0);
	self_end(pid, NULL);
	assert(kill(pid, 0) < 0 && errno == ESRCH);
	close(fd);
}

static int be_helper(void)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *de;
	char text[64];
	int n = 0;

	while ((de = readdir(d)))
		n += atoi(de->d_name) > SELF_FD && atoi(de->d_name) != dirfd(d);
	closedir(d);
	snprintf(text, sizeof(text), "%d more descriptors%s", n,
		 getenv("NOTIFY_SOCKET") ? ", systemd" : "");
	send(SELF_FD, text, strlen(text), 0);
	pause();
	return 0;
}

int main(int argc, char **argv)
{
	sigset_t child;

	if (argc == 2 && !strcmp(argv[1], HELPER))
		return be_helper();
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	assert(!sigprocmask(SIG_BLOCK, &child, NULL));
	assert(sd_event_default(&event) >= 0);
	it_has_its_connection_and_nothing_else();
	it_is_reaped_by_the_loop();
	it_ends_where_it_cannot_begin();
	one_without_a_source_is_reaped_at_once();
	sd_event_unref(event);
	return 0;
}
