// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of managed items: a text file, one path per line. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/internal.h"
#include "util/file.h"

#define MANAGED_MAX	(64 << 20)	/* bytes of the file */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Of an array of sync_managed_read(), which ends with NULL. */
static size_t list_length(char **list)
{
	return talloc_array_length(list) - 1;
}

/* A line without a newline at its end is not counted: it may be cut. */
static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')); text++)
		n++;
	return n;
}

static void cut_lines(char *text, char **lines)
{
	for (char *nl; (nl = strchr(text, '\n')); text = nl + 1) {
		*nl = 0;
		*lines++ = text;
	}
}

int sync_managed_read(TALLOC_CTX *ctx, const char *file, char ***ret)
{
	char *text = NULL;
	size_t len, n = 0;
	char **lines;
	int r = read_regular(ctx, file, MANAGED_MAX, &text, &len);

	if (r < 0 && r != -ENOENT)
		return r;
	n = text ? count_lines(text) : 0;
	lines = talloc_zero_array(ctx, char *, n + 1);
	if (!lines) {
		talloc_free(text);
		return -ENOMEM;
	}
	talloc_steal(lines, text);
	if (text)
		cut_lines(text, lines);
	qsort(lines, n, sizeof(*lines), by_text);
	*ret = lines;
	return 0;
}

bool sync_managed_has(char **managed, const char *path)
{
	return bsearch(&path, managed, list_length(managed), sizeof(*managed), by_text);
}

/* Has the file exactly these paths? */
static bool file_has(const char *file, const char *const *paths, size_t n)
{
	char **there = NULL;
	bool same = !sync_managed_read(NULL, file, &there) && list_length(there) == n;

	for (size_t i = 0; same && i < n; i++)
		same = sync_managed_has(there, paths[i]);
	talloc_free(there);
	return same;
}

static int put_lines(int fd, const char *const *paths, size_t n)
{
	FILE *f = fdopen(fd, "w");
	int err = 0;

	if (!f) {
		err = -errno;
		close(fd);
		return err;
	}
	for (size_t i = 0; i < n; i++)
		fprintf(f, "%s\n", paths[i]);
	if (fflush(f) || ferror(f))
		err = errno ? -errno : -EIO;
	if (fclose(f) && !err)
		err = -errno;
	return err;
}

/* Replaces the file as a whole, if anything changes. It is on a tmpfs: no fsync. */
int sync_managed_write(const char *file, const char *const *paths, size_t n)
{
	char *tmp;
	int fd, err;

	if (file_has(file, paths, n))
		return 0;
	if (asprintf(&tmp, "%s.XXXXXX", file) < 0)
		return -ENOMEM;
	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0) {
		err = -errno;
		free(tmp);
		return err;
	}
	err = put_lines(fd, paths, n);
	if (!err && (chmod(tmp, 0644) || rename(tmp, file)))
		err = -errno;
	if (err)
		unlink(tmp);
	free(tmp);
	return err;
}
