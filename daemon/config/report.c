// SPDX-License-Identifier: GPL-2.0-or-later
/* config/report.c - messages of a run, for its callers and the log */
#include <stdarg.h>

#include "config/internal.h"
#include "util/grow.h"

void report_add(struct report *rep, int prio, bool log, const struct log_about *about,
		const char *fmt, ...)
{
	char **grown;
	char *line;
	va_list ap;

	if (!rep)
		return;
	va_start(ap, fmt);
	line = talloc_vasprintf(rep, fmt, ap);
	va_end(ap);
	rep->failed |= prio <= LOG_ERR;
	grown = line ? array_grow(rep, rep->line, char *, rep->n) : NULL;
	if (line && log)
		log_about(prio, about, "%s", line);
	if (!grown) {
		rep->failed = true;
		return;
	}
	rep->line = grown;
	grown[rep->n++] = line;
}
