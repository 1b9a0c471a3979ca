// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * names/spawn.c - a helper process that has nothing
 *
 * This program is executed again, so the helper has neither the daemon's memory (hashes, keys) nor
 * its descriptors.  It keeps the daemon's user id, root's as a rule: configuration of name service
 * modules may be readable by root only.  All capabilities are given up before, and
 * PR_SET_NO_NEW_PRIVS keeps execve(2) from giving root new ones; the bounding set is emptied too
 * where that is allowed, which it is not under the unit.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "names/names.h"
#include "names/proto.h"
#include "util/cleanup.h"

#define SELF	"/proc/self/exe"

/* What systemd says to the daemon is nothing for a helper. */
static void forget_systemd(void)
{
	static const char *const names[] = {
		"NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS",
		"LISTEN_FDNAMES", "JOURNAL_STREAM",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unsetenv(names[i]);
}

static int drop_privileges(void)
{
	struct __user_cap_header_struct hdr = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = {};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	/* -EINVAL: beyond the last one; -EPERM: CAP_SETPCAP is missing. */
	for (int cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
		;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return syscall(SYS_capset, &hdr, none) < 0 ? -errno : 0;
}

/* Standard input, output and error stay: modules may complain there. */
static int keep_only(int fd)
{
	if (fd == NAMES_FD) {
		if (fcntl(fd, F_SETFD, 0) < 0)
			return -errno;
	} else if (dup2(fd, NAMES_FD) < 0) {
		return -errno;
	}
	return syscall(SYS_close_range, NAMES_FD + 1, ~0u, 0) < 0 ? -errno : 0;
}

static void reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
}

__attribute__((noreturn))
static void be_helper(int fd, pid_t daemon)
{
	char *argv[] = { (char *)"cifssrvd", (char *)NAMES_WORKER_ARG, NULL };

	/* It may wait for a server for ever: it does not outlive the daemon. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != daemon)
		_exit(EXIT_FAILURE);
	forget_systemd();
	reset_signals();
	if (keep_only(fd) == 0 && drop_privileges() == 0)
		execv(SELF, argv);
	_exit(EXIT_FAILURE);
}

int names_spawn(int *fd)
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
		be_helper(theirs, daemon);
	*fd = TAKE_FD(ours);
	return pid;
}
