// SPDX-License-Identifier: GPL-2.0-or-later
/* policy/sharepath.c - macros in the path of a share */
#include <linux/errno.h>
#include <linux/string.h>

#include "sharepath.h"

/* All macros but %%, which is a character and not a value of a session. */
static const char macros[] = "UuGgHmIS";

static bool is_macro(char c)
{
	return c && strchr(macros, c);
}

/* Is the component at @name "." or "..", or does %H, which begins with '/', make it one? */
static bool begins_with_dots(const char *name)
{
	size_t len = strspn(name, ".");

	return (len == 1 || len == 2) &&
	       (!name[len] || name[len] == '/' || !strncmp(name + len, "%H", 2));
}

/* Can a path with macros become absolute, with a name for each component? */
static bool may_be_plain(const char *path)
{
	if (*path != '/' && strncmp(path, "%H", 2))
		return false;
	for (; path; path = strchr(path, '/')) {
		path += *path == '/';
		if (begins_with_dots(path))
			return false;
	}
	return true;
}

/**
 * csrv_path_check() - does the path of a share have macros?
 * @path: as configured
 *
 * A path that csrv_path_expand() would refuse for every session is refused here, once, and not at
 * each tree connect: one with macros that is not absolute and does not begin with %H, or that has a
 * component "." or "..".
 * Return: 0: the path is the same for all users; 1: it depends on the session; -EINVAL: another
 * character follows a '%', or the path is good for no session.
 */
int csrv_path_check(const char *path)
{
	const char *at;
	int each = 0;

	for (at = path; *at; at++) {
		if (*at != '%')
			continue;
		at++;
		if (*at != '%' && !is_macro(*at))
			return -EINVAL;
		each |= *at != '%';
	}
	return each && !may_be_plain(path) ? -EINVAL : each;
}

/**
 * csrv_path_fixed() - the directory that all of a share's paths have in common
 * @path: csrv_path_check() has passed it
 * @buf: for the text
 * @size: of it
 *
 * Return: 0; -ENAMETOOLONG.
 */
int csrv_path_fixed(const char *path, char *buf, size_t size)
{
	size_t n = 0, own = 0;

	for (; *path; path++) {
		if (*path == '%' && *++path != '%')
			break;
		if (n + 1 >= size)
			return -ENAMETOOLONG;
		buf[n++] = *path;
		if (*path == '/')
			own = n;
	}
	if (!*path)
		own = n;
	if (!own)
		buf[own++] = '/';	/* it begins with %H */
	buf[own] = '\0';
	return 0;
}

static const char *value_of(const struct csrv_path_values *v, char macro)
{
	switch (macro) {
	case 'U':
		return v->session_user;
	case 'G':
		return v->session_group;
	case 'u':
		return v->user;
	case 'g':
		return v->group;
	case 'H':
		return v->home;
	case 'S':
		return v->share;
	default:
		return v->client;
	}
}

static bool is_dots(const char *name, size_t len)
{
	return (len == 1 && name[0] == '.') || (len == 2 && name[0] == '.' && name[1] == '.');
}

/* Is the path absolute, not the root, and each component a name? */
static bool is_plain(const char *path)
{
	bool any = false;
	size_t len;

	if (*path != '/')
		return false;
	while (*path) {
		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (is_dots(path, len))
			return false;
		any |= len > 0;
		path += len;
	}
	return any;
}

/* No value that a client or an account can choose leads out of its component. */
static bool value_ok(char macro, const char *value)
{
	if (!value || !*value)
		return false;
	if (macro == 'H')
		return is_plain(value);
	return !strchr(value, '/') && !is_dots(value, strlen(value));
}

static int put_value(const char *value, char *buf, size_t size, size_t *n)
{
	size_t len = strlen(value);

	while (len && value[len - 1] == '/')
		len--;
	if (len >= size - *n)
		return -ENAMETOOLONG;
	memcpy(buf + *n, value, len);
	*n += len;
	return 0;
}

/**
 * csrv_path_expand() - the path of a share, for one session
 * @path: csrv_path_check() has passed it
 * @v: values of the macros; NULL: there are none
 * @buf: for the result
 * @size: of @buf
 * @own: set to the number of bytes at the beginning, up to a '/', that come from no macro
 * @macro: with -EINVAL set to the macro to blame; otherwise meaningless
 *
 * Refused are: a value that is empty, "." or "..", or holds a '/'; a home directory that is not
 * absolute, is the root itself, or has a component "." or ".."; a result with a component "." or
 * "..".
 * Return: 0; -EINVAL for a value that is refused; -ENAMETOOLONG: all values together are too long.
 */
int csrv_path_expand(const char *path, const struct csrv_path_values *v, char *buf, size_t size,
		     size_t *own, char *macro)
{
	const char *value;
	bool fixed = true;
	size_t n = 0;

	*own = 0;
	*macro = 0;
	for (; *path; path++) {
		if (*path == '%' && *++path != '%') {
			fixed = false;
			*macro = *path;
			value = v ? value_of(v, *path) : NULL;
			if (!value_ok(*path, value))
				return -EINVAL;
			if (put_value(value, buf, size, &n))
				return -ENAMETOOLONG;
			continue;
		}
		if (n + 1 >= size)
			return -ENAMETOOLONG;
		buf[n++] = *path;
		if (fixed && *path == '/')
			*own = n;
	}
	buf[n] = '\0';
	if (fixed)
		*own = n;
	else if (!*own)
		*own = 1;	/* the '/' that %H began with */
	/* "..%H" would give two components. */
	return fixed || is_plain(buf) ? 0 : -EINVAL;
}
