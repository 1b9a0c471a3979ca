// SPDX-License-Identifier: GPL-2.0-or-later
/* auth/usermap.c - the file of smb.conf's "username map" */
#include "usermap.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>

#include "../util/file.h"
#include "../util/grow.h"
#include "../util/text.h"
#include "../util/utf.h"

#define MAP_MAX_FILE	(1024 * 1024)

struct usermap_line {
	char *account;
	bool last;		/* "!": lines below do not rename what matched here */
	char **names;
	size_t nnames;
};

struct usermap {
	struct usermap_line *lines;
	size_t n;
	struct blob text;	/* the file's own */
};

static int map_error(struct usermap_error *err, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int map_error(struct usermap_error *err, unsigned int line, const char *fmt, ...)
{
	va_list ap;

	err->line = line;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* The next name of a list, unquoted in place; NULL at the end.  *@bad: a quote stays open. */
static char *next_name(char **list, bool *bad)
{
	char *p = *list, *name;

	while (*p == ',' || isspace((unsigned char)*p))
		p++;
	if (!*p)
		return NULL;
	if (*p == '"') {
		name = ++p;
		p = strchr(p, '"');
		if (!p) {
			*bad = true;
			return NULL;
		}
	} else {
		name = p;
		while (*p && *p != ',' && !isspace((unsigned char)*p))
			p++;
	}
	if (*p)
		*p++ = 0;
	*list = p;
	return name;
}

static int add_name(struct usermap *map, struct usermap_line *l, const char *name)
{
	char **grown = array_grow(map, l->names, char *, l->nnames);

	if (!grown)
		return -ENOMEM;
	l->names = grown;
	grown[l->nnames] = talloc_strdup(grown, name);
	return grown[l->nnames++] ? 0 : -ENOMEM;
}

static int parse_names(struct usermap *map, struct usermap_line *l, char *list,
		       unsigned int number, struct usermap_error *err)
{
	bool bad = false;
	char *name;
	int r;

	while ((name = next_name(&list, &bad))) {
		if (strchr("@+&", *name) && *name)
			return map_error(err, number, "groups (%s) are not supported here yet",
					 name);
		r = add_name(map, l, name);
		if (r < 0)
			return r;
	}
	return bad ? map_error(err, number, "a quotation mark is not closed") : 0;
}

static int parse_line(struct usermap *map, char *line, unsigned int number,
		      struct usermap_error *err)
{
	struct usermap_line *grown, *l;
	char *eq = strchr(line, '=');

	if (!eq)
		return map_error(err, number, "not of the form account = name ...");
	*eq++ = 0;
	grown = array_grow(map, map->lines, struct usermap_line, map->n);
	if (!grown)
		return -ENOMEM;
	map->lines = grown;
	l = &grown[map->n++];
	*l = (struct usermap_line){ .last = *line == '!' };
	line = text_trim(l->last ? line + 1 : line);
	if (!*line)
		return map_error(err, number, "no account before the \"=\"");
	l->account = talloc_strdup(map, line);
	if (!l->account)
		return -ENOMEM;
	return parse_names(map, l, eq, number, err);
}

int usermap_parse(TALLOC_CTX *ctx, struct blob text, struct usermap **ret,
		  struct usermap_error *err)
{
	_cleanup_(talloc_freep) struct usermap *map = talloc_zero(ctx, struct usermap);
	unsigned int number = 0;
	char *copy, *line, *next;
	int r;

	*err = (struct usermap_error){};
	copy = map ? talloc_strndup(map, text.len ? (const char *)text.data : "", text.len) : NULL;
	if (!copy)
		return -ENOMEM;
	if (strlen(copy) != text.len)
		return map_error(err, 0, "contains a NUL octet: not a text file");
	map->text = (struct blob){ talloc_memdup(map, copy, text.len), text.len };
	if (text.len && !map->text.data)
		return -ENOMEM;
	for (line = copy; line && *line; line = next) {
		number++;
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		line = text_trim(line);
		if (!*line || *line == '#' || *line == ';')
			continue;
		r = parse_line(map, line, number, err);
		if (r < 0)
			return r;
	}
	*ret = TAKE_PTR(map);
	return 0;
}

/* Returns @error unchanged: a caller may try again after some. */
static int map_errno(struct usermap_error *err, int error)
{
	if (error == -EFBIG)
		map_error(err, 0, "is too large");
	else
		map_error(err, 0, "%s",
			  error == -EINVAL ? "is not a regular file" : strerror(-error));
	return error;
}

int usermap_load(TALLOC_CTX *ctx, const char *path, struct usermap **ret,
		 struct usermap_error *err)
{
	_cleanup_(talloc_freep) char *text = NULL;
	size_t len = 0;
	int r = read_regular(NULL, path, MAP_MAX_FILE, &text, &len);

	*err = (struct usermap_error){};
	if (r == -ENOENT || (r == -EINVAL && is_null_device(path)))
		return usermap_parse(ctx, (struct blob){}, ret, err);
	if (r < 0)
		return map_errno(err, r);
	return usermap_parse(ctx, (struct blob){ (const uint8_t *)text, len }, ret, err);
}

static bool line_matches(const struct usermap_line *l, const char *name)
{
	for (size_t i = 0; i < l->nnames; i++)
		if (!strcmp(l->names[i], "*") || !utf8_casecmp(l->names[i], name))
			return true;
	return false;
}

struct blob usermap_text(const struct usermap *map)
{
	return map ? map->text : (struct blob){};
}

const char *usermap_apply(const struct usermap *map, const char *name)
{
	for (size_t i = 0; map && i < map->n; i++) {
		if (!line_matches(&map->lines[i], name))
			continue;
		name = map->lines[i].account;
		if (map->lines[i].last)
			break;
	}
	return name;
}
