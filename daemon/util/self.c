// SPDX-License-Identifier: GPL-2.0-or-later
/* util/self.c - this program again, as a helper process */
#include "self.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "cleanup.h"

/* Variables that systemd sets for the daemon. */
static void forget_systemd(void)
{
	static const char *const names[] = {
		"NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS",
		"LISTEN_FDNAMES", "JOURNAL_STREAM",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unsetenv(names[i]);
}

/* Keeps standard input, output and error, too: libraries may write there. */
static int keep_only(int fd)
{
	/* dup2() to itself would keep FD_CLOEXEC. */
	if (fd == SELF_FD ? fcntl(fd, F_SETFD, 0) < 0 : dup2(fd, SELF_FD) < 0)
		return -errno;
	return syscall(SYS_close_range, SELF_FD + 1, ~0u, 0) < 0 ? -errno : 0;
}

static void reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
}

__attribute__((noreturn))
static void be_helper(int fd, pid_t daemon, char *const argv[], int (*before)(void))
{
	/* A helper may hang: the kernel ends it with the daemon. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != daemon)
		_exit(EXIT_FAILURE);
	forget_systemd();
	reset_signals();
	if (keep_only(fd) == 0 && (!before || before() == 0))
		execv("/proc/self/exe", argv);
	_exit(EXIT_FAILURE);
}

pid_t self_spawn(char *const argv[], int (*before)(void), int *fd)
{
	_cleanup_(closep) int ours = -1, theirs = -1;
	pid_t daemon = getpid(), pid;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	ours = pair[0];
	theirs = pair[1];
	if (fcntl(ours, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		be_helper(theirs, daemon, argv, before);
	*fd = TAKE_FD(ours);
	return pid;
}

int self_reaped(sd_event_source *child)
{
	/* Drops the last reference, which the loop has. */
	sd_event_source_set_floating(child, false);
	return 0;
}

void self_end(pid_t pid, sd_event_source *child)
{
	if (pid)
		kill(pid, SIGKILL);
	if (pid && child) {
		/* The loop keeps the source until the process is reaped. */
		sd_event_source_set_userdata(child, NULL);
		if (sd_event_source_set_floating(child, true) >= 0)
			sd_event_source_unref(child);
		return;
	}
	sd_event_source_disable_unref(child);
	while (pid && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
