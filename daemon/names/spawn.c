// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * names/spawn.c - starts a helper process without privileges
 *
 * It keeps the daemon's user id, usually root's: configuration of name service modules may be
 * readable by root only.  All capabilities are given up before the program is executed, and
 * PR_SET_NO_NEW_PRIVS keeps execve(2) from giving root new ones; the bounding set is emptied too
 * where that is allowed, which it is not under the unit.
 */
#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "names/names.h"
#include "names/proto.h"

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

int names_spawn(int *fd)
{
	char *argv[] = { (char *)"cifssrvd", (char *)NAMES_WORKER_ARG, NULL };

	return self_spawn(argv, drop_privileges, fd);
}
