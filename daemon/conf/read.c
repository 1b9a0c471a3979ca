// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the lines of smb.conf, and of included files, into sections and assignments. */
#include <errno.h>
#include <string.h>

#include "conf/internal.h"
#include "util/file.h"
#include "util/text.h"

/* ---- included files ---- */

/*
 * A file that a share includes may restrict access: the share is not served without it.  A full
 * disk or a crash leaves a file of no bytes.
 */
static void share_lacks_file(struct conf_builder *b, struct csrv_conf_scope *s, const char *path,
			     const char *what, const struct conf_place *at)
{
	if (!s->off)
		s->off = talloc_asprintf(b->conf, "%s, which it includes, %s", path, what);
	if (!s->off)
		b->nomem = true;
	else
		conf_complain(b, at, CONF_WARNING, "a file that is meant to be empty has a comment",
			      "%s %s: [%s], which includes it, is not served", path, what,
			      s->name);
}

/*
 * Reports a missing or empty file of [global], of a share, or of neither (@ignored).  As in Samba,
 * the server goes on without a file of [global], unless it had content before, which the daemon
 * knows.
 */
static void no_file(struct conf_builder *b, struct csrv_conf_scope *scope, bool ignored,
		    size_t file, bool empty, const struct conf_place *at)
{
	/* A reader may take the include for one of the section above. */
	if (!ignored && b->after.line)
		conf_say_after_include(b, at);
	if (scope)
		share_lacks_file(b, scope, b->conf->files[file],
				 empty ? "is empty" : "is not there", at);
	else
		conf_complain(b, at, CONF_WARNING, NULL, empty ? "%s is empty" :
			      "there is no file %s to include", b->conf->files[file]);
}

static void read_included(struct conf_builder *b, const char *path, const char *words,
			  const struct conf_place *at)
{
	/* The including section: sections in the file go on behind the include. */
	struct csrv_conf_scope *scope = b->share ? b->share->scope : NULL;
	size_t len = 0, file = b->conf->nfiles;
	bool ignored = b->in_ignored;
	int err;

	b->depth++;
	err = conf_read_file(b, path, words, &len);
	b->depth--;
	if (err == -ENOENT || (!err && !len))
		no_file(b, scope, ignored, file, !err, at);
	else if (err == -E2BIG)
		conf_complain(b, at, CONF_ERROR, "legal: 256 files", "there are too many files");
	else if (err)
		conf_complain(b, at, CONF_ERROR, NULL, "cannot read %s: %s", path, strerror(-err));
	if (conf_may_pass(err))
		b->conf->doubt = -err;
}

/* ---- a line ---- */

static void section_line(struct conf_lexer *l, char *text)
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
 * An included file may have sections of its own. Lines behind the include belong to the last of
 * them, as in Samba, unlike what a reader may expect.
 */
static void include_file(struct conf_lexer *l, const char *name)
{
	struct conf_builder *b = l->b;
	ptrdiff_t share = share_index(b);
	bool in_ignored = b->in_ignored;
	char *words, *path = conf_include_file(b, name, &l->at, &words);

	if (!path)
		return;
	read_included(b, path, words, &l->at);
	if (share != share_index(b) || in_ignored != b->in_ignored)
		b->after = l->at;
}

static void assignment_line(struct conf_lexer *l, char *text)
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
		include_file(l, value);
	else
		conf_assign(l->b, name, value, &l->at);
}

/* ---- a text ---- */

size_t conf_read_text(struct conf_builder *b, const char *file, const char *text, size_t len)
{
	struct conf_lexer l = { .b = b, .at = { file, 0 }, .s = text, .end = text + len };
	size_t n = 0;

	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		l.s += 3;	/* byte order mark */
	if (memchr(text, 0, len)) {
		conf_complain(b, &l.at, CONF_ERROR, "a text in UTF-8",
			      "the file contains NUL bytes");
		return 0;
	}
	while (l.s < l.end && !b->nomem) {
		char *line = conf_lex_line(&l), *s;

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

int conf_read_file(struct conf_builder *b, const char *path, const char *words, size_t *ret)
{
	char *text = NULL;
	size_t len = 0, at, lines;
	int err;

	err = conf_file_add(b->conf, path, words, b->depth ? b->top : 0);
	if (err)
		return err;
	at = b->conf->nfiles - 1;
	path = b->conf->files[at];
	b->conf->unread[at] = true;
	err = read_regular(b->conf, path, CONF_FILE_MAX, &text, &len);
	b->conf->failed[at] = err;
	b->conf->absent[at] = err == -ENOENT;
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
