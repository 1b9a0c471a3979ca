// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/commit.c - a change of smb.conf, whole or not at all */
#include "commit.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG_MAX	(4 << 20)	/* as the reader of smb.conf takes */

/**
 * struct place - where the file is
 * @target: the file that is replaced
 * @tmp: beside it
 * @probe: beside what smb.conf is called, where relative includes are looked for; may be @tmp
 * @lock: on @target's directory, while it is open
 */
struct place {
	char *target, *tmp, *probe;
	int lock;
};

static int write_all(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/* The umask counts for nothing: @mode is what a file had, or shall have. */
int commit_write(const char *path, const char *text, unsigned int mode)
{
	_cleanup_(closep) int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return -errno;
	r = write_all(fd, text);
	if (!r && (fchmod(fd, mode) < 0 || fsync(fd) < 0))
		r = -errno;
	if (r)
		unlink(path);
	return r;
}

static int open_dir(const char *path)
{
	_cleanup_(talloc_freep) char *copy = talloc_strdup(NULL, path);
	int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	return fd < 0 ? (copy ? -errno : -ENOMEM) : fd;
}

int commit_sync_dir(const char *path)
{
	_cleanup_(closep) int fd = open_dir(path);

	return fd < 0 ? fd : fsync(fd) < 0 ? -errno : 0;
}

char *commit_read(TALLOC_CTX *ctx, const char *path)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t len = 0;
	struct stat st;
	ssize_t n = 1;
	char *text;

	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	if (!S_ISREG(st.st_mode) || st.st_size > CONFIG_MAX) {
		errno = S_ISREG(st.st_mode) ? EFBIG : EINVAL;
		return NULL;
	}
	text = talloc_array(ctx, char, (unsigned int)st.st_size + 1);
	while (text && len < (size_t)st.st_size && n) {
		n = read(fd, text + len, (size_t)st.st_size - len);
		if (n < 0 && errno != EINTR)
			return NULL;
		len += n > 0 ? (size_t)n : 0;
	}
	if (!text)
		return NULL;
	text[len] = 0;
	errno = EINVAL;
	return memchr(text, 0, len) ? NULL : text;
}

/* --- where ------------------------------------------------------------------------- */

/* ".smb.conf.cifsadmin" beside @path */
static char *beside(TALLOC_CTX *ctx, const char *path)
{
	const char *slash = strrchr(path, '/');

	return talloc_asprintf(ctx, "%.*s.%s.cifsadmin", (int)(slash ? slash - path + 1 : 0), path,
			       slash ? slash + 1 : path);
}

static int find_place(const struct admin *a, struct place *p)
{
	char real[PATH_MAX];
	int fd;

	if (!realpath(a->config, real))
		return complain("%s cannot be found: %s", a->config, strerror(errno));
	p->target = talloc_strdup(a->ctx, real);
	p->tmp = beside(a->ctx, real);
	p->probe = beside(a->ctx, a->config);
	fd = p->target && p->tmp && p->probe ? open_dir(real) : -ENOMEM;
	if (fd >= 0 && flock(fd, LOCK_EX) < 0) {
		close(fd);
		fd = -errno;
	}
	if (fd < 0)
		return complain("the directory of %s cannot be locked: %s", real, strerror(-fd));
	p->lock = fd;
	return EXIT_OK;
}

/* --- checking ---------------------------------------------------------------------- */

static bool same_text(const char *x, const char *y)
{
	return !strcmp(x ? x : "", y ? y : "");
}

static bool was_there(const struct conf *before, const struct conf_error *e)
{
	for (size_t i = 0; before && i < before->nerrors; i++)
		if (before->errors[i].warning == e->warning &&
		    same_text(before->errors[i].text, e->text) &&
		    same_text(before->errors[i].hint, e->hint))
			return true;
	return false;
}

/* Shows what is new in @after, under the name that the file will have; how many are errors. */
static size_t show_new(const struct admin *a, const struct place *p, const struct commit *c,
		       const struct conf *after)
{
	size_t n = 0;

	for (size_t i = 0; i < after->nerrors; i++) {
		struct conf_error e = after->errors[i];
		const char *text;

		if (was_there(c->conf, &e))
			continue;
		n += !e.warning;
		if (!strcmp(e.file, p->probe))
			e.file = a->config;
		text = conf_error_format(a->ctx, &e);
		complain("%s", text ? text : "out of memory");
	}
	return n;
}

static int check(const struct admin *a, const struct place *p, struct commit *c)
{
	struct conf *after;
	int r = conf_load(a->ctx, p->probe, &after);

	if (r < 0)
		return complain("the new configuration cannot be read: %s", strerror(-r));
	r = show_new(a, p, c, after) ? EXIT_FAILED : EXIT_OK;
	if (!r && c->verify)
		r = c->verify(c, after, c->priv);
	if (r)
		complain("nothing was changed");
	return r;
}

/* What to do about it. */
static const char *advice(int error)
{
	return error == -EACCES || error == -EPERM ? ": only root may change it" : "";
}

/* The new text beside smb.conf, looked at, and taken away again where the name is a link. */
static int probe(const struct admin *a, const struct place *p, struct commit *c, const char *text)
{
	bool own = strcmp(p->probe, p->tmp);
	int r;

	if (own) {
		unlink(p->probe);
		r = commit_write(p->probe, text, 0600);
		if (r < 0)
			return complain("%s cannot be written: %s%s", p->probe, strerror(-r),
					advice(r));
	}
	r = check(a, p, c);
	if (own)
		unlink(p->probe);
	return r;
}

/* --- writing ----------------------------------------------------------------------- */

static int replace(const struct place *p)
{
	int r;

	if (rename(p->tmp, p->target) < 0)
		return complain("%s cannot be replaced: %s", p->target, strerror(errno));
	r = commit_sync_dir(p->target);
	return r < 0 ? complain("%s is changed, but may not survive a power cut: %s", p->target,
				strerror(-r)) : EXIT_OK;
}

static int write_new(const struct admin *a, const struct place *p, struct commit *c,
		     const char *text)
{
	struct stat st;
	int r;

	if (stat(p->target, &st) < 0)
		return complain("%s: %s", p->target, strerror(errno));
	unlink(p->tmp);
	r = commit_write(p->tmp, text, st.st_mode & 07777);
	if (!r && chown(p->tmp, st.st_uid, st.st_gid) < 0)
		r = -errno;
	/* chown() takes the set-id bits away */
	if (!r && chmod(p->tmp, st.st_mode & 07777) < 0)
		r = -errno;
	if (r)
		r = complain("%s cannot be written: %s%s", p->tmp, strerror(-r), advice(r));
	else
		r = probe(a, p, c, text);
	if (!r)
		r = replace(p);
	if (r)
		unlink(p->tmp);
	return r;
}

static int run(const struct admin *a, const struct place *p, struct commit *c)
{
	char *before = commit_read(a->ctx, p->target), *after;
	struct conf *conf;
	int r;

	if (!before)
		return complain("%s cannot be read: %s", p->target, strerror(errno));
	r = conf_load(a->ctx, a->config, &conf);
	if (r < 0)
		return complain("%s cannot be read: %s", a->config, strerror(-r));
	c->conf = conf;
	c->edit = edit_parse(a->ctx, before);
	if (!c->edit)
		return complain("out of memory");
	r = c->change(c, c->priv);
	if (r)
		return r;
	after = edit_text(a->ctx, c->edit);
	if (!after)
		return complain("out of memory");
	if (!strcmp(before, after))
		return EXIT_OK;
	return write_new(a, p, c, after);
}

int commit_run(const struct admin *a, struct commit *c)
{
	struct place p = { .lock = -1 };
	int r = find_place(a, &p);

	if (!r)
		r = run(a, &p, c);
	if (p.lock >= 0)
		close(p.lock);
	if (r)
		return r;
	r = daemon_reload(a);
	if (r)
		complain("%s is changed all the same", a->config);
	return r;
}
