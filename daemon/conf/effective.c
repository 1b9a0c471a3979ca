// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration in force, written as smb.conf. */
#include <string.h>

#include "conf/internal.h"
#include "util/cleanup.h"
#include "util/utf.h"

/* The reader takes one pair of quotes off: it protects blanks and a backslash at the end. */
static bool wants_quotes(const char *text)
{
	size_t len = strlen(text);

	return len && (strchr(" \t\"", text[0]) || strchr(" \t\\\"", text[len - 1]));
}

static char *value_text(TALLOC_CTX *ctx, const struct conf_param *p, const char *text)
{
	char *ret;

	if (p->type == CONF_BOOL)
		return talloc_strdup(ctx, *text == '1' ? "yes" : "no");
	if (p->type != CONF_STRING && p->type != CONF_LIST)
		return talloc_strdup(ctx, text);
	/* A path has its percent signs twice already. */
	ret = p->format == CONF_FORMAT_PATH && p->to == CONF_TO_KERNEL ? talloc_strdup(ctx, text) :
		conf_percent(ctx, text);
	if (ret && p->type == CONF_STRING && wants_quotes(text))
		ret = talloc_asprintf(ctx, "\"%s\"", ret);
	return ret;
}

static char *append_scope(TALLOC_CTX *ctx, char *out, const struct csrv_conf_scope *s)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(ctx);

	if (!tmp || !out)
		return NULL;
	out = talloc_asprintf_append(out, "%s[%s]\n", *out ? "\n" : "", s->name);
	if (out && s->off)
		out = talloc_asprintf_append(out, "\t# not served: %s\n", s->off);
	for (size_t i = 0; out && i < s->table->n; i++) {
		const struct conf_param *p = &s->table->params[i];
		char *value;

		if (!p->name)
			continue;
		value = value_text(tmp, p, conf_scope_text(s, p->attr));
		if (!value)
			return NULL;
		out = talloc_asprintf_append(out, "\t%s =%s%s\n", p->name, *value ? " " : "", value);
	}
	return out;
}

char *conf_effective(TALLOC_CTX *ctx, const struct conf *conf, const char *share)
{
	char *out = talloc_strdup(ctx, "");

	if (!share)
		out = append_scope(ctx, out, conf->global);
	for (size_t i = 0; out && i < conf->nshares; i++)
		if (!share || !utf8_casecmp(conf->shares[i]->name, share))
			out = append_scope(ctx, out, conf->shares[i]);
	return out;
}
