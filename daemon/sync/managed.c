// SPDX-License-Identifier: GPL-2.0-or-later
/* Which items are ours: a text file, one path per line. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/internal.h"

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t count(char **list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

/*
 * What the file says; empty if there is none or it cannot be read (then nothing
 * is removed, which is the safe side). NULL when out of memory.
 */
char **sync_managed_read(TALLOC_CTX *ctx, const char *file)
{
	char **ret = talloc_zero_array(ctx, char *, 1), **more;
	FILE *f = fopen(file, "re");
	char *line = NULL;
	size_t size = 0, n = 0;
	ssize_t len;

	while (ret && f && (len = getline(&line, &size, f)) > 0) {
		if (line[len - 1] != '\n' || n > 4 * SYNC_ITEMS_MAX)
			break;
		line[len - 1] = 0;
		more = talloc_realloc(ctx, ret, char *, n + 2);
		if (!more) {
			TALLOC_FREE(ret);
			break;
		}
		ret = more;
		ret[n] = talloc_strdup(ret, line);
		if (!ret[n++])
			TALLOC_FREE(ret);
		else
			ret[n] = NULL;
	}
	free(line);
	if (f)
		fclose(f);
	if (ret)
		qsort(ret, n, sizeof(*ret), by_text);
	return ret;
}

bool sync_managed_has(char **managed, const char *path)
{
	return bsearch(&path, managed, count(managed), sizeof(*managed), by_text);
}

/* Does the file say exactly that already? */
static bool says(const char *file, const char *const *paths, size_t n)
{
	char **there = sync_managed_read(NULL, file);
	bool same = there && count(there) == n;

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

/* Replaces the file as a whole, if anything changes. It lives on a tmpfs: no fsync. */
int sync_managed_write(const char *file, const char *const *paths, size_t n)
{
	char *tmp;
	int fd, err;

	if (says(file, paths, n))
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
