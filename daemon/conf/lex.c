// SPDX-License-Identifier: GPL-2.0-or-later
/* smb.conf as text: lines, continuations, comments, sections, assignments, include. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/internal.h"
#include "util/text.h"

/* A text on its way through. */
struct lexer {
	struct conf_builder *b;
	struct conf_place at;		/* of the logical line being read */
	unsigned int line;		/* of the next physical one */
	const char *s, *end;
};

static bool is_comment(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	return s < end && (*s == '#' || *s == ';');
}

/*
 * Append one physical line to @line. Sets @more if it ends in a backslash, which
 * a comment cannot.
 */
static char *take_physical(struct lexer *l, char *line, bool *more)
{
	const char *nl = memchr(l->s, '\n', l->end - l->s);
	const char *start = l->s, *stop = nl ? nl : l->end;

	l->s = nl ? nl + 1 : l->end;
	l->line++;
	*more = false;
	if (!*line && is_comment(start, stop))
		return line;
	if (stop > start && stop[-1] == '\r')
		stop--;
	if (stop > start && stop[-1] == '\\') {
		*more = l->s < l->end;
		stop--;
	}
	if ((size_t)(stop - start) + strlen(line) > CONF_LINE_MAX) {
		conf_complain(l->b, &l->at, CONF_ERROR,
			      "legal: 64 KiB, with the lines that continue it", "the line is too long");
		*line = 0;
		return line;
	}
	return talloc_strndup_append(line, start, stop - start);
}

/* The next logical line, NULL when out of memory. There must be one. */
static char *take_line(struct lexer *l)
{
	char *line = talloc_strdup(l->b->conf, "");
	bool more = true;

	l->at.line = l->line + 1;
	while (line && more)
		line = take_physical(l, line, &more);
	if (!line)
		return NULL;
	for (char *c = line; *c; c++)
		if (*c == '\t')
			*c = ' ';
	return line;
}

static void section_line(struct lexer *l, char *text)
{
	char *close = strchr(text, ']');

	if (!close || *text_trim(close + 1)) {
		conf_complain(l->b, &l->at, CONF_ERROR, "a section is [name]",
			      "the section has no proper end");
		l->b->in_ignored = true;
		l->b->after.line = 0;
		return;
	}
	*close = 0;
	text = text_trim(text + 1);
	text_collapse(text);
	conf_section_begin(l->b, text, &l->at);
}

static ptrdiff_t share_index(const struct conf_builder *b)
{
	return b->share ? b->share - b->shares : -1;
}

/*
 * A file that is included may have sections of its own. What follows the include belongs to
 * the last of them, as in Samba, which it does not look like.
 */
static void include(struct lexer *l, const char *name)
{
	struct conf_builder *b = l->b;
	ptrdiff_t share = share_index(b);
	bool in_ignored = b->in_ignored;

	conf_include(b, name, &l->at);
	if (share != share_index(b) || in_ignored != b->in_ignored)
		b->after = l->at;
}

static void assignment_line(struct lexer *l, char *text)
{
	char *equals = strchr(text, '='), *name, *value;

	if (!equals) {
		conf_complain(l->b, &l->at, CONF_ERROR,
			      "a line is [section], name = value or a comment",
			      "there is no = in this line");
		return;
	}
	*equals = 0;
	name = text_trim(text);
	value = text_trim(equals + 1);
	text_collapse(name);
	if (conf_name_is(name, "include"))
		include(l, value);
	else
		conf_assign(l->b, name, value, &l->at);
}

size_t conf_read_text(struct conf_builder *b, const char *file, const char *text, size_t len)
{
	struct lexer l = { .b = b, .at = { file, 0 }, .s = text, .end = text + len };
	size_t n = 0;

	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		l.s += 3;	/* byte order mark */
	if (memchr(text, 0, len)) {
		conf_complain(b, &l.at, CONF_ERROR, "a text in UTF-8",
			      "the file contains NUL bytes");
		return 0;
	}
	while (l.s < l.end && !b->nomem) {
		char *line = take_line(&l), *s;

		if (!line) {
			b->nomem = true;
			return n;
		}
		s = text_trim(line);
		n += *s && *s != '#' && *s != ';';
		if (*s == '[')
			section_line(&l, s);
		else if (*s && *s != '#' && *s != ';')
			assignment_line(&l, s);
		talloc_free(line);
	}
	return n;
}

/* All of the file, @len bytes; -EFBIG beyond the limit. */
static int slurp(TALLOC_CTX *ctx, int fd, char **text, size_t *len)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size > CONF_FILE_MAX)
		return -EFBIG;
	*text = talloc_size(ctx, st.st_size + 1);
	if (!*text)
		return -ENOMEM;
	*len = 0;
	do {
		n = read(fd, *text + *len, st.st_size - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			n = -errno;
			talloc_free(*text);
			return n;
		}
		*len += n;
	} while (n && *len < (size_t)st.st_size);
	return 0;
}

/* One more place in a list of flags, which is false. */
static bool add_flag(struct conf *conf, bool **list)
{
	bool *grown = talloc_realloc(conf, *list, bool, conf->nfiles + 1);

	if (!grown)
		return false;
	*list = grown;
	grown[conf->nfiles] = false;
	return true;
}

static int remember(struct conf *conf, const char *path, unsigned int by)
{
	unsigned int *bys;
	const char **files;
	size_t *lines;

	if (conf->nfiles >= CONF_FILES_MAX)
		return -E2BIG;	/* not -EMFILE, which may pass */
	if (!add_flag(conf, &conf->lacks) || !add_flag(conf, &conf->absent) ||
	    !add_flag(conf, &conf->unread))
		return -ENOMEM;
	bys = talloc_realloc(conf, conf->by, unsigned int, conf->nfiles + 1);
	if (!bys)
		return -ENOMEM;
	conf->by = bys;
	bys[conf->nfiles] = by;
	lines = talloc_realloc(conf, conf->lines, size_t, conf->nfiles + 1);
	if (!lines)
		return -ENOMEM;
	conf->lines = lines;
	lines[conf->nfiles] = 0;
	files = talloc_realloc(conf, conf->files, const char *, conf->nfiles + 1);
	if (!files)
		return -ENOMEM;
	conf->files = files;
	files[conf->nfiles] = talloc_strdup(conf, path);
	if (!files[conf->nfiles])
		return -ENOMEM;
	conf->nfiles++;
	return 0;
}

int conf_read_file(struct conf_builder *b, const char *path, size_t *ret)
{
	char *text = NULL;
	size_t len = 0, at, lines;
	int fd, err;

	err = remember(b->conf, path, b->depth ? b->top : 0);
	if (err)
		return err;
	at = b->conf->nfiles - 1;
	path = b->conf->files[at];
	b->conf->unread[at] = true;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	b->conf->absent[at] = fd < 0 && errno == ENOENT;
	if (fd < 0)
		return -errno;
	err = slurp(b->conf, fd, &text, &len);
	close(fd);
	if (err)
		return err;
	lines = conf_read_text(b, path, text, len);
	b->conf->lines[at] = lines;
	b->conf->unread[at] = !len;
	if (ret)
		*ret = len;
	talloc_free(text);
	return b->nomem ? -ENOMEM : 0;
}
