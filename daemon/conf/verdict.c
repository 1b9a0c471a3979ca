// SPDX-License-Identifier: GPL-2.0-or-later
/* Results of the check of a value: why it is illegal, and remarks about a legal one. */
#include <stdarg.h>

#include "conf/internal.h"

void conf_refuse(struct conf_check *c, const char *why)
{
	c->why = talloc_strdup(c->ctx, why);
}

void conf_remark(struct conf_check *c, enum conf_grade grade, const char *fmt, ...)
{
	struct conf_verdict *v = c->verdict;
	struct conf_remark *grown = talloc_realloc(c->ctx, v->remarks, struct conf_remark,
						   v->nremarks + 1);
	va_list ap;

	if (!grown)
		return;
	v->remarks = grown;
	va_start(ap, fmt);
	grown[v->nremarks] = (struct conf_remark) { grade, talloc_vasprintf(c->ctx, fmt, ap) };
	va_end(ap);
	v->nremarks += !!grown[v->nremarks].text;
}
