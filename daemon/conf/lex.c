// SPDX-License-Identifier: GPL-2.0-or-later
/* Splits the text of smb.conf into logical lines. */
#include <string.h>

#include "conf/internal.h"

static bool is_comment(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	return s < end && (*s == '#' || *s == ';');
}

/*
 * Appends one physical line to @line. Sets @more if it ends in a backslash, which does not continue
 * a comment.
 */
static char *take_physical(struct conf_lexer *l, char *line, bool *more)
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

char *conf_lex_line(struct conf_lexer *l)
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
