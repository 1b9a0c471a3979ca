// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/commit.c - changes smb.conf, whole or not at all */
#include "commit.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "../conf/internal.h"
#include "../util/file.h"

#define ACL		"system.posix_acl_access"
#define DIGITS		"0123456789"
#define TRIES_MAX	5		/* while another program changes the file, too */
#define PATIENCE_MAX	60		/* seconds for another cifsadmin */

/**
 * struct place - where the file is
 * @target: the file that is replaced
 * @tmp: beside it
 * @probe: beside what smb.conf is called, where relative includes are looked for
 * @own: @probe is another file than @tmp
 * @lock: keeps other cifsadmins out, while it is open
 * @was: @target as it was read
 */
struct place {
	char *target, *tmp, *probe;
	bool own;
	int lock;
	struct stat was;
};

static const char *advice_for(int error)
{
	return error == -EACCES || error == -EPERM ? ": only root may change it" : "";
}

/* @mode is not subject to the umask: it is that of another file, or chosen. */
int commit_write(const char *path, const char *text, unsigned int mode)
{
	_cleanup_(closep) int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return -errno;
	r = write_all(fd, text, strlen(text));
	if (!r && (fchmod(fd, mode) < 0 || fsync(fd) < 0))
		r = -errno;
	if (r)
		unlink(path);
	return r;
}

char *commit_read(TALLOC_CTX *ctx, const char *path)
{
	char *text = NULL;
	size_t len = 0;
	int r = read_regular(ctx, path, CONF_FILE_MAX, &text, &len);

	errno = r < 0 && r != -EISDIR ? -r : EINVAL;
	return r < 0 || memchr(text, 0, len) ? NULL : text;
}

/* --- files ------------------------------------------------------------------------- */

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* ".smb.conf.@what" beside @path */
static char *hidden_path(TALLOC_CTX *ctx, const char *path, const char *what)
{
	return talloc_asprintf(ctx, "%.*s.%s.%s", (int)(base_of(path) - path), path, base_of(path),
			       what);
}

/* Do both paths name one file, links to directories followed, existing or not? */
static bool is_one_file(const char *x, const char *y)
{
	_cleanup_(closep) int xfd = open_dir_of(x);
	_cleanup_(closep) int yfd = open_dir_of(y);
	struct stat xst, yst;

	return xfd >= 0 && yfd >= 0 && !fstat(xfd, &xst) && !fstat(yfd, &yst) &&
	       xst.st_dev == yst.st_dev && xst.st_ino == yst.st_ino &&
	       !strcmp(base_of(x), base_of(y));
}

/*
 * A process can lock a file that it can open, so the lock file is for its owner alone.  It is never
 * removed: else two cifsadmins could lock two files of that name.
 */
static int open_lock(const char *path)
{
	_cleanup_(talloc_freep) char *name = hidden_path(NULL, path, "lock");
	_cleanup_(closep) int fd = -1;
	struct stat st;

	if (!name)
		return -ENOMEM;
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((st.st_mode & 0077) && fchmod(fd, 0600) < 0)
		return -errno;
	return TAKE_FD(fd);
}

/* Waits for PATIENCE_MAX at most, and says so. 0 or -errno. */
static int wait_for_lock(int fd)
{
	static const struct timespec tick = { .tv_nsec = 100000000 };

	for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (!i)
			complain("waiting for another cifsadmin");
		if (i >= PATIENCE_MAX * 10)
			return -ETIMEDOUT;
		nanosleep(&tick, NULL);
	}
	return 0;
}

int commit_lock(const char *path)
{
	_cleanup_(closep) int fd = open_lock(path);
	int r = fd < 0 ? fd : wait_for_lock(fd);

	if (r == -ETIMEDOUT)
		complain("another cifsadmin has been changing %s for %d seconds: nothing was changed "
			 "(it has .%s.lock beside it open)", path, PATIENCE_MAX, base_of(path));
	else if (r)
		complain("%s cannot be locked: %s%s", path, strerror(-r), advice_for(r));
	return r ? r : TAKE_FD(fd);
}

static int find_place(const struct admin *a, struct place *p)
{
	char real[PATH_MAX];

	if (!realpath(a->config, real))
		return complain("%s cannot be found: %s", a->config, strerror(errno));
	p->target = talloc_strdup(a->ctx, real);
	p->tmp = hidden_path(a->ctx, real, "cifsadmin");
	p->probe = hidden_path(a->ctx, a->config, "cifsadmin");
	if (!p->target || !p->tmp || !p->probe)
		return complain("out of memory");
	p->lock = commit_lock(real);
	if (p->lock < 0)
		return EXIT_FAILED;
	p->own = !is_one_file(p->probe, p->tmp);
	return EXIT_OK;
}

/* --- checking ---------------------------------------------------------------------- */

/* Does the number of a line begin at @s in @text: "line 3", "smb.conf:3"? */
static bool at_number(const char *text, const char *s)
{
	if (!isdigit((unsigned char)*s) || s == text)
		return false;
	return s[-1] == ':' || (s - text >= 5 && !strncmp(s - 5, "line ", 5));
}

/*
 * Are the texts equal but for line numbers, which a change moves? Quoted text is the file's own, as
 * "a:1" of a list: numbers in it are no line numbers.
 */
static bool same_text(const char *x, const char *y)
{
	const char *a = x ? x : "", *b = y ? y : "";
	bool quoted = false;

	x = a;
	y = b;
	while (*a && *b) {
		quoted ^= *a == '"';
		if (!quoted && at_number(x, a) && at_number(y, b)) {
			a += strspn(a, DIGITS);
			b += strspn(b, DIGITS);
		} else if (*a++ != *b++) {
			return false;
		}
	}
	return *a == *b;
}

/* @text with @to where it has @from, in memory of @ctx. */
static const char *replace_all(TALLOC_CTX *ctx, const char *text, const char *from, const char *to)
{
	const char *at = text ? strstr(text, from) : NULL, *rest = text;
	char *ret = at ? talloc_strdup(ctx, "") : NULL;

	for (; ret && at; at = strstr(rest, from)) {
		ret = talloc_asprintf_append(ret, "%.*s%s", (int)(at - rest), rest, to);
		rest = at + strlen(from);
	}
	ret = ret ? talloc_asprintf_append(ret, "%s", rest) : NULL;
	return ret ? ret : text;
}

/* Complaints name smb.conf, not the file that was read. */
static void rename_file(const struct admin *a, const struct place *p, struct conf *after)
{
	for (size_t i = 0; i < after->nerrors; i++) {
		struct conf_error *e = &after->errors[i];

		if (!strcmp(e->file, p->probe))
			e->file = a->config;
		e->text = replace_all(after, e->text, p->probe, a->config);
		e->hint = replace_all(after, e->hint, p->probe, a->config);
	}
}

/* How many of the first @n complaints have the text of @e, at any line. */
static size_t count_same(const struct conf_error *errors, size_t n, const struct conf_error *e)
{
	size_t same = 0;

	for (size_t i = 0; i < n; i++)
		same += errors[i].warning == e->warning && same_text(errors[i].text, e->text) &&
			same_text(errors[i].hint, e->hint);
	return same;
}

/* Was complaint @i made before the change?  One more of the same is new. */
static bool was_there(const struct conf *before, const struct conf *after, size_t i)
{
	const struct conf_error *e = &after->errors[i];

	return before && count_same(after->errors, i + 1, e) <=
			 count_same(before->errors, before->nerrors, e);
}

/* Shows the complaints that are new in @after; returns how many of them are errors. */
static size_t show_new(const struct admin *a, const struct commit *c, const struct conf *after)
{
	size_t n = 0;

	for (size_t i = 0; i < after->nerrors; i++) {
		const struct conf_error *e = &after->errors[i];
		const char *text;

		if (was_there(c->conf, after, i))
			continue;
		n += !e->warning;
		text = conf_error_format(a->ctx, e);
		complain("%s", text ? text : "out of memory");
	}
	return n;
}

static int check_text(const struct admin *a, const struct place *p, struct commit *c)
{
	struct conf *after;
	int r = conf_load(a->ctx, p->probe, &after);

	if (r < 0)
		return complain("the new configuration cannot be read: %s", strerror(-r));
	rename_file(a, p, after);
	c->no_shares = c->takes_share && c->conf->nshares && !after->nshares;
	r = show_new(a, c, after) ? EXIT_FAILED : EXIT_OK;
	if (!r && c->verify)
		r = c->verify(c, after, c->priv);
	if (r)
		complain("nothing was changed");
	return r;
}

/* Checks the new text, in a file beside smb.conf, which is removed where smb.conf is a link. */
static int try_text(const struct admin *a, const struct place *p, struct commit *c,
		    const char *text)
{
	int r;

	if (p->own) {
		unlink(p->probe);
		r = commit_write(p->probe, text, 0600);
		if (r < 0)
			return complain("%s cannot be written: %s%s", p->probe, strerror(-r),
					advice_for(r));
	}
	r = check_text(a, p, c);
	if (p->own)
		unlink(p->probe);
	return r;
}

/* --- writing ----------------------------------------------------------------------- */

/* A program without our lock, as an editor, may have changed the file. */
bool commit_has_changed(const char *path, const struct stat *was)
{
	struct stat st;

	return stat(path, &st) < 0 || st.st_dev != was->st_dev || st.st_ino != was->st_ino ||
	       st.st_size != was->st_size ||
	       memcmp(&st.st_mtim, &was->st_mtim, sizeof(st.st_mtim)) ||
	       memcmp(&st.st_ctim, &was->st_ctim, sizeof(st.st_ctim));
}

/* An exit status, or -EAGAIN. */
static int replace_target(const struct place *p)
{
	int r;

	if (commit_has_changed(p->target, &p->was))
		return -EAGAIN;
	if (rename(p->tmp, p->target) < 0)
		return complain("%s cannot be replaced: %s", p->target, strerror(errno));
	r = sync_dir_of(p->target);
	return r < 0 ? complain("%s is changed, but may not survive a power cut: %s", p->target,
				strerror(-r)) : EXIT_OK;
}

/* The attribute's value, its length in @len (-1: it has none); NULL without memory. */
static char *read_attribute(TALLOC_CTX *ctx, const char *path, const char *name, ssize_t *len)
{
	char *value = talloc_size(ctx, XATTR_SIZE_MAX);

	if (value)
		*len = getxattr(path, name, value, XATTR_SIZE_MAX);
	return value;
}

/* One attribute; 0 or -errno. */
static int copy_attribute(const char *from, const char *to, const char *name)
{
	_cleanup_(talloc_freep) char *value = NULL;
	_cleanup_(talloc_freep) char *there = NULL;
	ssize_t len, there_len;

	/* the kernel makes them, from the text */
	if (!strcmp(name, "security.ima") || !strcmp(name, "security.evm"))
		return 0;
	value = read_attribute(NULL, from, name, &len);
	if (!value || len < 0)
		return value ? -errno : -ENOMEM;
	there = read_attribute(NULL, to, name, &there_len);
	if (!there)
		return -ENOMEM;
	if (len == there_len && !memcmp(value, there, (size_t)len))
		return 0;
	return setxattr(to, name, value, (size_t)len, 0) < 0 ? -errno : 0;
}

/* 0 or -errno. */
static int drop_acl(const char *path)
{
	return removexattr(path, ACL) < 0 && errno != ENODATA && errno != EOPNOTSUPP ? -errno : 0;
}

bool commit_has_acl(const char *path)
{
	return getxattr(path, ACL, NULL, 0) >= 0 || (errno != ENODATA && errno != EOPNOTSUPP);
}

/*
 * Copies the ACL and the other attributes of @from. An ACL that @to inherited is removed first. 0
 * or -errno, and the attribute in @name.
 */
static int copy_attributes(const char *from, const char *to, char name[XATTR_NAME_MAX + 1])
{
	_cleanup_(talloc_freep) char *list = talloc_size(NULL, XATTR_LIST_MAX);
	ssize_t len;
	int r;

	if (!list)
		return -ENOMEM;
	strcpy(name, ACL);
	r = drop_acl(to);
	if (r)
		return r;
	strcpy(name, "its attributes");
	len = listxattr(from, list, XATTR_LIST_MAX);
	if (len < 0)
		return errno == EOPNOTSUPP ? 0 : -errno;
	for (const char *p = list; !r && p < list + len; p += strlen(p) + 1) {
		snprintf(name, XATTR_NAME_MAX + 1, "%s", p);
		r = copy_attribute(from, to, p);
	}
	return r;
}

/*
 * Gives @path owner, group, attributes and mode of @target; the ACL first: the mode has its mask.
 */
static int copy_owner(const char *path, const char *target, const struct stat *was,
		      unsigned int mode)
{
	char name[XATTR_NAME_MAX + 1];
	int r;

	if (chown(path, was->st_uid, was->st_gid) < 0)
		return complain("%s cannot be written: %s%s", path, strerror(errno),
				advice_for(-errno));
	r = copy_attributes(target, path, name);
	if (r)
		return complain("%s of %s cannot be kept: %s%s: nothing was changed", name,
				target, strerror(-r), advice_for(r));
	/* chown() clears the set-id bits */
	if (chmod(path, was->st_mode & mode) < 0)
		return complain("%s cannot be written: %s", path, strerror(errno));
	return EXIT_OK;
}

int commit_write_as(const char *tmp, const char *text, const char *target, unsigned int mode)
{
	struct stat was;
	int r = stat(target, &was) < 0 ? -errno : 0;

	if (r)
		return complain("%s cannot be read: %s", target, strerror(-r));
	unlink(tmp);
	r = commit_write(tmp, text, 0600);
	if (r)
		return complain("%s cannot be written: %s%s", tmp, strerror(-r), advice_for(r));
	return copy_owner(tmp, target, &was, mode);
}

int commit_write_private(const char *tmp, const char *text)
{
	int r = commit_write(tmp, text, 0600);

	if (!r)
		r = drop_acl(tmp);
	if (!r && chmod(tmp, 0600) < 0)
		r = -errno;
	return r ? complain("%s cannot be written: %s%s", tmp, strerror(-r), advice_for(r)) :
		   EXIT_OK;
}

/* Appends the octets of one file to another; 0 or -errno. */
static int copy_octets(int from, int to)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf)))) {
		int r = n > 0 ? write_all(to, buf, (size_t)n) : errno == EINTR ? 0 : -errno;

		if (r)
			return r;
	}
	return fsync(to) < 0 ? -errno : 0;
}

int commit_copy(const char *from, const char *to)
{
	struct stat was;
	_cleanup_(closep) int in = open_regular(from, 0, &was);
	_cleanup_(closep) int out = -1;
	int r;

	if (in == -EINVAL || in == -EISDIR)
		return complain("%s is no file", from);
	if (in < 0)
		return complain("%s cannot be read: %s", from, strerror(-in));
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (out < 0 && errno == EEXIST)
		return -EEXIST;
	r = out < 0 ? -errno : copy_octets(in, out);
	if (r)
		complain("%s cannot be kept as %s: %s%s", from, to, strerror(-r), advice_for(r));
	else if (!copy_owner(to, from, &was, 07777))
		return EXIT_OK;
	if (out >= 0)
		unlink(to);
	return EXIT_FAILED;
}

static int write_new(const struct admin *a, const struct place *p, struct commit *c,
		     const char *text)
{
	int r = commit_write_as(p->tmp, text, p->target, 07777);

	if (!r)
		r = try_text(a, p, c, text);
	if (!r)
		r = replace_target(p);
	if (r)
		unlink(p->tmp);
	return r;
}

/* The changed text, checked to have the meaning of the change; NULL with the complaint made. */
static char *new_text(const struct admin *a, const struct place *p, const struct commit *c)
{
	char *text = edit_text(a->ctx, c->edit);
	struct edit *again = text ? edit_parse(a->ctx, text) : NULL;

	if (!again) {
		complain("out of memory");
		return NULL;
	}
	if (edit_agrees(c->edit, again))
		return text;
	complain("%s: with the change other lines would mean something else (does a line end in a "
		 "backslash?): nothing was changed", p->target);
	return NULL;
}

/* An exit status, or -EAGAIN when the file was changed meanwhile. */
static int commit_once(const struct admin *a, struct place *p, struct commit *c)
{
	char *before, *after;
	struct conf *conf;
	int r;

	before = stat(p->target, &p->was) < 0 ? NULL : commit_read(a->ctx, p->target);
	if (!before)
		return complain("%s cannot be read: %s", p->target, strerror(errno));
	r = conf_load(a->ctx, a->config, &conf);
	if (r < 0)
		return complain("%s cannot be read: %s", a->config, strerror(-r));
	if (!conf->nshares && daemon_doubts(a, false, a->config))
		return EXIT_FAILED;
	c->conf = conf;
	c->edit = edit_parse(a->ctx, before);
	if (!c->edit)
		return complain("out of memory");
	r = c->change(c, c->priv);
	if (r)
		return r;
	after = new_text(a, p, c);
	if (!after)
		return EXIT_FAILED;
	if (!strcmp(before, after))
		return EXIT_OK;
	return write_new(a, p, c, after);
}

/* Tries again while another program writes the file. */
static int commit_retry(const struct admin *a, struct place *p, struct commit *c)
{
	for (int i = 0; i < TRIES_MAX; i++) {
		int r = commit_once(a, p, c);

		if (r != -EAGAIN)
			return r;
		complain("%s was changed by another program meanwhile: once more", p->target);
	}
	return complain("%s is changed all the time: nothing was changed", p->target);
}

int commit_run(const struct admin *a, struct commit *c)
{
	struct place p = { .lock = -1 };
	int r = find_place(a, &p);

	if (!r)
		r = commit_retry(a, &p, c);
	if (p.lock >= 0)
		close(p.lock);
	if (r)
		return r;
	if (!daemon_runs(a)) {
		if (c->no_shares)
			complain("cifssrvd is not running: after its next start cifsadmin reload has to "
				 "say that no share is meant; before, nothing is served anew");
		return EXIT_OK;
	}
	r = daemon_reload_edited(a, c->no_shares);
	if (r)
		complain("%s is changed all the same", a->config);
	return r;
}
