// SPDX-License-Identifier: GPL-2.0-or-later
/* worker/sandbox.c - the sandbox of a process that reads data of clients */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "../util/cleanup.h"

#define FILES_MAX	24	/* descriptors: the loop, its timers, the device, a list */

int sandbox_close(int last)
{
	return syscall(SYS_close_range, last + 1, ~0u, 0) < 0 ? -errno : 0;
}

/* The kernel drops capabilities with the last uid 0. */
static int drop_user(const struct sandbox *s)
{
	if (geteuid())
		return 0;
	if (setgroups(0, NULL) < 0 || setresgid(s->gid, s->gid, s->gid) < 0 ||
	    setresuid(s->uid, s->uid, s->uid) < 0)
		return -errno;
	return setuid(0) == 0 ? -EPERM : 0;
}

/* Makes the process the first victim of the OOM killer: another one can be started. */
static void be_expendable(void)
{
	_cleanup_(closep) int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "500", 3) != 3)
		return;
}

static int limit(const struct sandbox *s)
{
	const struct rlimit none = {}, memory = { s->memory, s->memory };
	const struct rlimit file = { s->file, s->file }, files = { FILES_MAX, FILES_MAX };

	/* Not dumpable: no process of that user, and no core dump, gets this one's memory. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
	    setrlimit(RLIMIT_CORE, &none) < 0 || setrlimit(RLIMIT_NPROC, &none) < 0)
		return -errno;
	/* Memory of a memfd is not in the address space. */
	if (setrlimit(RLIMIT_FSIZE, &file) < 0 || setrlimit(RLIMIT_NOFILE, &files) < 0)
		return -errno;
	return s->memory && setrlimit(RLIMIT_AS, &memory) < 0 ? -errno : 0;
}

/* Every right of the first version of the interface, Linux 5.13: later ones have all of them. */
#define FS_RIGHTS	((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

static int allow_reading(int rules, const char *folder)
{
	_cleanup_(closep) int fd = folder ? open(folder, O_PATH | O_CLOEXEC) : -1;
	const struct landlock_path_beneath_attr rule = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
		.parent_fd = fd,
	};

	/* A missing folder has nothing to read. */
	if (fd < 0)
		return 0;
	return syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0 ?
	       -errno : 0;
}

static int forbid_files(const struct sandbox *s)
{
	const struct landlock_ruleset_attr attr = { .handled_access_fs = FS_RIGHTS };
	_cleanup_(closep) int rules = (int)syscall(SYS_landlock_create_ruleset, &attr,
						   sizeof(attr), 0);
	int r;

	if (rules < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP ? 0 : -errno;	/* not supported */
	r = allow_reading(rules, s->readable);
	if (r == 0 && syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		r = -errno;
	return r;
}

/* System calls of the event loop, talloc, libgcrypt and sd-journal at run time. */
static const int calls[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(pread64), SCMP_SYS(readv), SCMP_SYS(writev),
	SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(sendto), SCMP_SYS(recvfrom),
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2), SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_create1), SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime),
	SCMP_SYS(signalfd4), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(openat), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx),
	SCMP_SYS(lseek), SCMP_SYS(getdents64), SCMP_SYS(fcntl), SCMP_SYS(readlink),
	SCMP_SYS(memfd_create), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap),
	SCMP_SYS(madvise), SCMP_SYS(mprotect), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(mlock),
	SCMP_SYS(munlock), SCMP_SYS(getrandom), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(time),
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid),
	SCMP_SYS(getegid), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(rseq), SCMP_SYS(sched_yield),
	SCMP_SYS(exit), SCMP_SYS(exit_group),
	/* Names of the same calls on newer architectures, and on those of 32 bits. */
	SCMP_SYS(readlinkat), SCMP_SYS(send), SCMP_SYS(recv), SCMP_SYS(_llseek),
	SCMP_SYS(fcntl64), SCMP_SYS(fstat64), SCMP_SYS(fstatat64), SCMP_SYS(mmap2),
	SCMP_SYS(clock_gettime64), SCMP_SYS(clock_nanosleep_time64), SCMP_SYS(futex_time64),
	SCMP_SYS(ppoll_time64), SCMP_SYS(timerfd_settime64), SCMP_SYS(nanosleep),
	SCMP_SYS(getuid32), SCMP_SYS(geteuid32), SCMP_SYS(getgid32), SCMP_SYS(getegid32),
	SCMP_SYS(sigreturn), SCMP_SYS(sigprocmask),
};

static int allow_calls(scmp_filter_ctx filter)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(calls); i++) {
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
		/* A call that this architecture does not have need not be allowed. */
		if (r == -EDOM)
			r = 0;
	}
	/* For abort(), by its signal alone. */
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
				     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
	return r;
}

static int forbid_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r;

	if (!filter)
		return -ENOMEM;
	r = allow_calls(filter);
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r;
}

int sandbox_enter(const struct sandbox *s)
{
	int r;

	be_expendable();
	r = drop_user(s);
	if (r == 0)
		r = limit(s);
	/* The change of the user has reset it. */
	if (r == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		r = -errno;
	if (r == 0 && getppid() != s->parent)
		r = -ESRCH;
	if (r == 0)
		r = forbid_files(s);
	if (r == 0)
		r = forbid_calls();
	return r;
}
