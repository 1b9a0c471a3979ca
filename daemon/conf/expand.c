// SPDX-License-Identifier: GPL-2.0-or-later
/* %-macros that mean the same for everybody. */
#include <string.h>

#include "conf/internal.h"

/* What stands for %@c; NULL if nothing does, and then why. */
static const char *macro(char c, const struct conf_macros *m, const char **why)
{
	static const char per_session[] = "aAdDgGHiIjJmMNpPRtTuUVwY";

	switch (c) {
	case '%':
		return "%";
	case 'S':
		*why = "%S has a meaning only in a share";
		return m->share;
	case 'h':
		return m->host;
	case 'L':
		return m->netbios;
	}
	*why = c && strchr(per_session, c) ?
		"macros that differ between clients or users are not supported yet" :
		"macros are %S (share), %h (host), %L (NetBIOS name); a percent sign is %%";
	return NULL;
}

char *conf_expand(TALLOC_CTX *ctx, const char *text, const struct conf_macros *m, const char **why)
{
	char *ret = talloc_strdup(ctx, "");
	const char *with;
	size_t n;

	*why = NULL;
	while (ret) {
		n = strcspn(text, "%");
		ret = talloc_strndup_append(ret, text, n);
		text += n;
		if (!ret || !*text)
			return ret;
		with = macro(text[1], m, why);
		if (!with) {
			talloc_free(ret);
			return NULL;
		}
		ret = talloc_strdup_append(ret, with);
		text += 2;
		if (ret && talloc_get_size(ret) > CONF_LINE_MAX) {
			*why = "too long";
			talloc_free(ret);
			return NULL;
		}
	}
	return NULL;
}
