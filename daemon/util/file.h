/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util/file.h - whole files, and names that survive a power cut */
#ifndef CIFSSRVD_UTIL_FILE_H
#define CIFSSRVD_UTIL_FILE_H

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include "cleanup.h"

/* All @len octets at @data, however many write(2) takes at once.  0 or -errno. */
static inline int write_all(int fd, const void *data, size_t len)
{
	for (const char *p = data; len;) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/* The directory that @path is in: a descriptor, or -errno. */
static inline int open_dir_of(const char *path)
{
	_cleanup_(talloc_freep) char *copy = talloc_strdup(NULL, path);
	int fd;

	if (!copy)
		return -ENOMEM;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Makes names in the directory of @path survive a power cut.  0 or -errno. */
static inline int sync_dir_of(const char *path)
{
	_cleanup_(closep) int fd = open_dir_of(path);

	return fd < 0 ? fd : fsync(fd) < 0 ? -errno : 0;
}

#endif /* CIFSSRVD_UTIL_FILE_H */
