// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/translate_note.c - files, losses and report of a translation */
#include "translate.h"

#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "../util/utf.h"
#include "commit.h"

__attribute__((format(printf, 3, 4)))
void translate_note(struct translation *w, struct migrate_list *list, const char *fmt, ...)
{
	const char **grown =
		talloc_realloc(w->m, list->text, const char *, (unsigned int)list->n + 1);
	va_list ap;
	char *text;

	if (!grown) {
		w->nomem = true;
		return;
	}
	list->text = grown;
	va_start(ap, fmt);
	text = talloc_vasprintf(w->m, fmt, ap);
	va_end(ap);
	w->nomem |= !text;
	if (!text)
		return;
	/* one line of the report: a file's name may have newlines */
	utf8_scrub(text);
	grown[list->n++] = text;
}

void translate_bare(struct translation *w, const char *section)
{
	const char **grown;

	for (size_t i = 0; i < w->nbare; i++)
		if (edit_same_section(w->bare[i], section))
			return;
	grown = talloc_realloc(w->m, w->bare, const char *, (unsigned int)w->nbare + 1);
	if (!grown) {
		w->nomem = true;
		return;
	}
	w->bare = grown;
	grown[w->nbare++] = section;
}

void translate_lose(struct translation *w, size_t i, const char *why)
{
	w->e->line[i].lost = why;
	translate_check(w, edit_comment_out(w->e, i) && edit_remark(w->e, i, why));
}

struct edit *translate_read(struct translation *w, const char *path)
{
	char *text = commit_read(w->m, path);
	struct edit *e = text ? edit_parse(w->m, text) : NULL;

	w->nomem |= text && (!e || !edit_end(e));
	for (size_t i = 0; e && i < e->n; i++)
		e->line[i].file = path;
	return e;
}

void translate_note_mode(struct migration *m, const char *path)
{
	struct stat st;

	if (stat(path, &st))
		st.st_mode = 0;
	m->secret |= !(st.st_mode & S_IROTH) || commit_has_acl(path);
	m->mode &= st.st_mode;
}

size_t translate_header(const struct translation *w, const char *section)
{
	size_t i = 0;

	while (i < w->e->n && (w->e->line[i].kind != EDIT_SECTION ||
			       !edit_same_section(w->e->line[i].section, section)))
		i++;
	return i;
}
