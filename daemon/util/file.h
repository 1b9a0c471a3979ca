/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util/file.h - whole files, their paths, and names that survive a power cut */
#ifndef CIFSSRVD_UTIL_FILE_H
#define CIFSSRVD_UTIL_FILE_H

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include "cleanup.h"

/* Writes all @len octets at @data, by several calls of write(2) if needed.  0 or -errno. */
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

/*
 * Opens a regular file for reading, with its status in @st.  Other files could block the reader, as
 * a FIFO, or have no end.  A descriptor, or -errno; -EISDIR or -EINVAL: not a regular file.
 */
static inline int open_regular(const char *path, int flags, struct stat *st)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);

	if (fd < 0 || fstat(fd, st) < 0)
		return -errno;
	if (S_ISDIR(st->st_mode))
		return -EISDIR;
	return S_ISREG(st->st_mode) ? TAKE_FD(fd) : -EINVAL;
}

/* Reads up to @len octets, to the end of the file; returns how many, or -errno. */
static inline ssize_t read_all(int fd, char *buf, size_t len)
{
	size_t got = 0;
	ssize_t n = 1;

	while (got < len && n) {
		n = read(fd, buf + got, len - got);
		if (n < 0 && errno != EINTR)
			return -errno;
		got += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)got;
}

/*
 * Reads the regular file @path, of at most @max octets, NUL-terminated, into memory of @ctx. 0 or
 * -errno: those of open_regular(), and -EFBIG.
 */
static inline int read_regular(TALLOC_CTX *ctx, const char *path, size_t max, char **text, size_t *len)
{
	struct stat st;
	_cleanup_(closep) int fd = open_regular(path, 0, &st);
	_cleanup_(talloc_freep) char *buf = NULL;
	ssize_t n;

	if (fd < 0)
		return fd;
	if ((uintmax_t)st.st_size > max)
		return -EFBIG;
	buf = talloc_array(ctx, char, (unsigned int)st.st_size + 1);
	n = buf ? read_all(fd, buf, (size_t)st.st_size) : -ENOMEM;
	if (n < 0)
		return (int)n;
	buf[n] = 0;
	*len = (size_t)n;
	*text = TAKE_PTR(buf);
	return 0;
}

/* Is it /dev/null, which is read as a file that is empty on purpose? */
static inline bool is_null_device(const char *path)
{
	struct stat st, null;

	return !stat(path, &st) && S_ISCHR(st.st_mode) && !stat("/dev/null", &null) &&
	       st.st_rdev == null.st_rdev;
}

/* The path of @name in the directory of @path; NULL without memory. */
static inline char *path_beside(TALLOC_CTX *ctx, const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return slash ? talloc_asprintf(ctx, "%.*s/%s", (int)(slash - path), path, name) :
		       talloc_strdup(ctx, name);
}

/* Opens the directory of @path: a descriptor, or -errno. */
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

/* Writes a new file at @tmp that only its owner may read.  0 or -errno. */
static inline int write_private(const char *tmp, const void *text, size_t len)
{
	_cleanup_(closep) int fd = -1;
	int r;

	unlink(tmp);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	r = write_all(fd, text, len);
	return !r && fsync(fd) < 0 ? -errno : r;
}

/* Replaces @path by such a file, through "<path>.tmp": atomically.  0 or -errno. */
static inline int replace_private(const char *path, const void *text, size_t len)
{
	_cleanup_(talloc_freep) char *tmp = talloc_asprintf(NULL, "%s.tmp", path);
	int r;

	if (!tmp)
		return -ENOMEM;
	r = write_private(tmp, text, len);
	if (r == 0 && rename(tmp, path) < 0)
		r = -errno;
	if (r < 0) {
		unlink(tmp);
		return r;
	}
	/* for the rename */
	return sync_dir_of(path);
}

#endif /* CIFSSRVD_UTIL_FILE_H */
