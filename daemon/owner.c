// SPDX-License-Identifier: GPL-2.0-or-later
/* owner.c - one daemon for one directory of run-time state */
#include "owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "util/cleanup.h"

/* A daemon of a release without the lock answers on its socket. */
static bool answers(const char *run_dir)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int n = snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/control", run_dir);
	_cleanup_(closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (n < 0 || (size_t)n >= sizeof(sun.sun_path) || fd < 0)
		return false;
	/* EAGAIN: the backlog is full, so there is a daemon. */
	return connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0 || errno == EAGAIN;
}

int owner_take(const char *run_dir)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	_cleanup_(talloc_freep) char *path = talloc_asprintf(NULL, "%s/lock", run_dir);
	_cleanup_(closep) int fd = -1;

	if (!path)
		return -ENOMEM;
	if (mkdir(run_dir, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (fcntl(fd, F_OFD_SETLK, &lock) < 0)
		return errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
	if (answers(run_dir))
		return -EBUSY;
	return TAKE_FD(fd);
}
