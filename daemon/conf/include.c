// SPDX-License-Identifier: GPL-2.0-or-later
/* "include": which file is read in place of a line. */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "conf/internal.h"
#include "util/cleanup.h"
#include "util/dir.h"
#include "util/file.h"

/* "netbios name" as read so far: the section may not be complete. */
static const char *netbios_so_far(const struct conf_builder *b)
{
	return b->global.raw[conf_table_attr(&conf_server_table, "netbios_name")].raw;
}

char *conf_include_path(TALLOC_CTX *ctx, const char *from, const char *name)
{
	return name[0] == '/' ? talloc_strdup(ctx, name) : path_beside(ctx, from, name);
}

/* --- names that differ between clients -------------------------------------------------- */

/*
 * For the callbacks of glob(), which ignores errors and passes no pointer; used during one call
 * only.
 */
static __thread int glob_error;
static __thread bool glob_ours, glob_passed;

static bool is_absence(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

/* Keeps the first error other than a missing file; returns @failed. */
static bool note_failure(bool failed)
{
	if (failed && !glob_error && !is_absence(errno))
		glob_error = errno;
	return failed;
}

/* True for root and for the process's own user, which is another one in a test. */
static bool is_root(uid_t uid)
{
	return !uid || uid == geteuid();
}

/* May a group other than root's write?  @st is of no symbolic link. */
static bool group_writes(const struct stat *st)
{
	return (st->st_mode & 020) && st->st_gid;
}

/*
 * In a directory of root's that a group may write: is the file another user's, or writable for one?
 */
static bool is_anothers(const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		return !is_absence(errno);
	return !is_root(st.st_uid) ||
	       (!S_ISLNK(st.st_mode) && ((st.st_mode & 002) || group_writes(&st)));
}

/*
 * May another user than root have made @next in @dir, a directory on the way to @path?  In an inner
 * directory with the sticky bit, entries of root's stay root's.
 */
static bool others_write(const char *dir, const char *next, const char *path)
{
	bool inner = strchr(next, '/');
	struct stat st;

	/* A directory that cannot be read is in one that was checked. */
	if (lstat(dir, &st) || (S_ISLNK(st.st_mode) && is_root(st.st_uid) && stat(dir, &st)))
		return false;
	if (!is_root(st.st_uid) || ((st.st_mode & 002) && !(inner && (st.st_mode & S_ISVTX))))
		return true;
	/* An inner directory is checked itself, next. */
	return group_writes(&st) && *next && !inner && is_anothers(path);
}

/* May another user than root have made @path, or a directory on the way to it? */
static bool is_others(const char *path)
{
	const char *slash = path, *next;

	for (; (slash = strchr(slash, '/')); slash = next) {
		_cleanup_(talloc_freep) char *dir =
			talloc_strndup(NULL, path, slash == path ? 1 : (size_t)(slash - path));

		next = slash + strspn(slash, "/");
		if (!dir || others_write(dir, next, path))
			return true;
	}
	return false;
}

/* Ignores files that other users may have made: else they could have smb.conf refused. */
static bool pass_over(const char *path)
{
	if (!glob_ours || !is_others(path))
		return false;
	glob_passed = true;
	errno = ENOENT;
	return true;
}

static void *glob_opendir(const char *path)
{
	_cleanup_(talloc_freep) char *inside = talloc_asprintf(NULL, "%s/", path);
	DIR *dir = inside && !pass_over(inside) ? opendir(path) : NULL;

	note_failure(!dir);
	return dir;
}

/* Skips "." and "..", which GLOB_PERIOD includes. */
static struct dirent *glob_readdir(void *dir)
{
	struct dirent *d;

	do {
		errno = 0;
		d = readdir(dir);
	} while (d && is_dots(d->d_name));
	note_failure(!d && errno);
	return d;
}

static void glob_closedir(void *dir)
{
	closedir(dir);
}

static int glob_stat(const char *path, struct stat *st)
{
	return note_failure(pass_over(path) || stat(path, st) < 0) ? -1 : 0;
}

static int glob_lstat(const char *path, struct stat *st)
{
	return note_failure(pass_over(path) || lstat(path, st) < 0) ? -1 : 0;
}

/* Escapes characters that are special in a pattern, except stars and question marks. */
static char *escape_pattern(TALLOC_CTX *ctx, const char *name)
{
	char *ret = talloc_array(ctx, char, 2 * strlen(name) + 1), *to = ret;

	for (; ret && *name; *to++ = *name++)
		if (strchr("[\\", *name))
			*to++ = '\\';
	if (ret)
		*to = 0;
	return ret;
}

/* Moves the first file of root's to the front.  False: there is none. */
static bool put_ours_first(glob_t *found)
{
	for (size_t i = 0; i < found->gl_pathc; i++) {
		char *path = found->gl_pathv[i];

		if (is_others(path))
			continue;
		found->gl_pathv[i] = found->gl_pathv[0];
		found->gl_pathv[0] = path;
		return true;
	}
	return false;
}

int conf_files_like(const char *name, bool *passed, glob_t *found)
{
	_cleanup_(talloc_freep) char *pattern = escape_pattern(NULL, name);
	int r;

	*found = (glob_t){
		.gl_opendir = glob_opendir, .gl_readdir = glob_readdir,
		.gl_closedir = glob_closedir, .gl_stat = glob_stat, .gl_lstat = glob_lstat,
	};
	if (!pattern)
		return -ENOMEM;
	glob_error = 0;
	glob_ours = passed;
	glob_passed = false;
	r = glob(pattern, GLOB_ALTDIRFUNC | GLOB_PERIOD, NULL, found);
	/* For a pattern of the last name, glob() has checked the directory only. */
	if (passed && !r && !put_ours_first(found)) {
		glob_passed = true;
		r = GLOB_NOMATCH;
	}
	if (passed)
		*passed = glob_passed;
	if (glob_error)
		return -glob_error;
	return !r ? 0 : r == GLOB_NOMATCH ? -ENOENT : -ENOMEM;
}

/*
 * A name that differs between clients. Samba reads a file for each client; here no file is read,
 * which is an error where one exists, or may exist. A file that other users may have made is no
 * error, and is not even searched for: a user may make a file system hang.
 */
static void per_session(struct conf_builder *b, const char *pattern, const char *macro,
			const struct conf_place *at)
{
	bool passed = false;
	glob_t found;
	int r = conf_files_like(pattern, &passed, &found);

	if (!r)
		conf_complain(b, at, CONF_ERROR, "one file for all clients can be included",
			      "%s differs between clients: %s would be for some of them", macro,
			      found.gl_pathv[0]);
	else if (r == -ENOENT)
		conf_complain(b, at, passed ? CONF_DIFFERS : CONF_WARNING, NULL, passed ?
			      "%s differs between clients: nothing is read of %s, which others than root may have made" :
			      "%s differs between clients: nothing is read, and there is no file %s",
			      macro, pattern);
	else
		conf_complain(b, at, CONF_ERROR, NULL, "%s cannot be looked for: %s", pattern,
			      strerror(-r));
	if (conf_may_pass(r))
		b->conf->doubt = -r;
	globfree(&found);
}

/* --- one file ------------------------------------------------------------------------------ */

bool conf_may_pass(int error)
{
	switch (-error) {
	case EIO:
	case ESTALE:
	case ETIMEDOUT:
	case EAGAIN:
	case EINTR:
	case ENOMEM:
	case EMFILE:
	case ENFILE:
	case EHOSTDOWN:
	case ENOTCONN:
		return true;
	default:
		return false;
	}
}

bool conf_is_hidden(const struct conf *conf, const char *path)
{
	return is_in_tmp(path) && !is_in_tmp(conf->path);
}

/* The words for "include = @name": beside the words for the including file. */
static char *include_words(const struct conf_builder *b, const char *name, const struct conf_place *at)
{
	const struct conf *conf = b->conf;
	const char *from = at->file;

	for (size_t i = 0; i < conf->nfiles; i++)
		if (conf->files[i] == at->file)
			from = conf->words[i];
	return conf_include_path(b->conf, from, name);
}

/* Returns @path if it is to be read. */
static char *readable_path(struct conf_builder *b, char *path, const struct conf_place *at)
{
	if (is_null_device(path))
		return NULL;
	if (!conf_is_hidden(b->conf, path))
		return path;
	conf_complain(b, at, CONF_ERROR, CONF_HIDDEN_HINT, CONF_HIDDEN, path);
	return NULL;
}

static char *expand_name(struct conf_builder *b, const char *name, const struct conf_place *at)
{
	struct conf_macros m = { .env = true, .wild = true };
	const char *why = NULL;
	char *expanded, *path;

	if (!conf_host_macros(b->conf, b->env->hostname, netbios_so_far(b), &m)) {
		b->nomem = true;
		return NULL;
	}
	expanded = conf_expand(b->conf, name, &m, &why);
	if (!expanded) {
		if (why)
			conf_complain(b, at, CONF_ERROR, why,
				      "include = %.60s: a macro that cannot be replaced", name);
		else
			b->nomem = true;
		return NULL;
	}
	path = conf_include_path(b->conf, at->file, expanded);
	if (!path) {
		b->nomem = true;
		return NULL;
	}
	if (!m.left)
		return readable_path(b, path, at);
	per_session(b, path, m.left, at);
	return NULL;
}

char *conf_include_file(struct conf_builder *b, const char *name, const struct conf_place *at,
			char **words)
{
	if (!*name)
		return NULL;
	if (!strcasecmp(name, "registry")) {
		conf_complain(b, at, CONF_ERROR, "shares are written in this file",
			      "include = registry is not supported");
		return NULL;
	}
	if (!b->include_ok) {
		conf_complain(b, at, CONF_ERROR, NULL,
			      "include = %.60s: a text includes no files", name);
		return NULL;
	}
	if (!b->depth)
		b->top = at->line;
	if (b->depth >= CONF_INCLUDE_DEPTH) {
		conf_complain(b, at, CONF_ERROR, "legal: 8 files in each other",
			      "include is nested too deep");
		return NULL;
	}
	*words = include_words(b, name, at);
	if (!*words)
		b->nomem = true;
	return *words ? expand_name(b, name, at) : NULL;
}
