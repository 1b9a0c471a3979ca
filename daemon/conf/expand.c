// SPDX-License-Identifier: GPL-2.0-or-later
/* %-macros: those with one value, and those that are left for a session. */
#include <stdlib.h>
#include <string.h>

#include "conf/internal.h"
#include "util/cleanup.h"

#ifndef CIFSSRV_VERSION
#define CIFSSRV_VERSION	"test"
#endif

/*
 * Samba's macros. The kernel replaces those of conf_macros.session in a path, and "%%": all percent
 * signs of a path are doubled.
 */
static const char per_session[] = "aAdDgGHiIjJmMnNpPRSTtuUVwY";

/* The value of %@c; NULL if there is none. */
static const char *macro_value(char c, const struct conf_macros *m)
{
	switch (c) {
	case 'S':
		return m->share;
	case 'h':
		return m->host;
	case 'L':
	case 'N':
		return m->netbios;
	case 'v':
		return CIFSSRV_VERSION;
	}
	return NULL;
}

static char *explain_macro(TALLOC_CTX *ctx, char c, const struct conf_macros *m)
{
	if (c == 'S')
		return talloc_strdup(ctx, m->homes ?
				     "%S in [homes] is the name of each user: only \"path\" may hold it" :
				     "%S has a meaning only in a share");
	if (c && strchr("UuGgHmI", c) && !m->session)
		return talloc_asprintf(ctx,
				       "%%%c differs between sessions: only \"path\" may hold it",
				       c);
	if (c && strchr(per_session, c))
		return talloc_asprintf(ctx, "%%%c is not known here", c);
	return talloc_asprintf(ctx, "there is no macro %%%.1s; a percent sign is %%%%", c ? &c :
			       "");
}

char *conf_percent(TALLOC_CTX *ctx, const char *text)
{
	char *ret = talloc_strdup(ctx, "");

	while (ret && *text) {
		size_t n = strcspn(text, "%");

		ret = talloc_asprintf_append(ret, "%.*s%s", (int)n, text, text[n] ? "%%" : "");
		text += n + !!text[n];
	}
	return ret;
}

/* "%$(NAME)"; its length in @len. An unset variable is empty, as in Samba. */
static char *variable_value(TALLOC_CTX *ctx, const char *text, size_t *len)
{
	size_t n = strcspn(text, ")");
	_cleanup_(talloc_freep) char *name = NULL;
	const char *value;

	if (strncmp(text, "%$(", 3) || !text[n])
		return NULL;
	name = talloc_strndup(ctx, text + 3, n - 3);
	value = name ? getenv(name) : NULL;
	*len = n + 1;
	return talloc_strdup(ctx, value ? value : "");
}

/*
 * Leaves a macro of a session as it is, or as a star; in a text that is only shown also a percent
 * sign that begins none ("100% wool").
 */
static char *leave_macro(TALLOC_CTX *ctx, const char *text, struct conf_macros *m, size_t *len)
{
	if (!text[1] || !strchr(per_session, text[1])) {
		*len = text[1] ? 2 : 1;
		return m->text ? talloc_strndup(ctx, text, *len) : NULL;
	}
	m->left = talloc_strndup(ctx, text, 2);
	return talloc_strdup(ctx, m->wild ? "*" : m->left);
}

/* Replaces the macro at @text; its length in @len. NULL: see @why. */
static char *replace_macro(TALLOC_CTX *ctx, const char *text, struct conf_macros *m, size_t *len,
			   const char **why)
{
	const char *known;
	char *ret = NULL;

	*len = 2;
	if (text[1] == '%')
		return talloc_strdup(ctx, m->session ? "%%" : "%");
	if (m->env && text[1] == '$') {
		char *value = variable_value(ctx, text, len);

		if (value)
			return value;
	}
	if (m->session && text[1] && strchr(m->session, text[1]))
		return talloc_strndup(ctx, text, 2);
	known = macro_value(text[1], m);
	if (known)
		return m->session ? conf_percent(ctx, known) : talloc_strdup(ctx, known);
	if (m->text || m->wild)
		ret = leave_macro(ctx, text, m, len);
	if (!ret)
		*why = explain_macro(ctx, text[1], m);
	return ret;
}

char *conf_with_macros(TALLOC_CTX *ctx, const char *path,
		       const char *(*value)(const void *priv, char macro), const void *priv)
{
	char *ret = talloc_strdup(ctx, "");

	while (ret && *path) {
		size_t n = strcspn(path, "%"), len = !path[n] ? 0 : path[n + 1] ? 2 : 1;
		const char *with = len == 2 ? value(priv, path[n + 1]) : NULL;

		ret = talloc_asprintf_append_buffer(ret, "%.*s%.*s%s", (int)n, path,
						    with ? 0 : (int)len, path + n, with ? with : "");
		path += n + len;
	}
	return ret;
}

char *conf_expand(TALLOC_CTX *ctx, const char *text, struct conf_macros *m, const char **why)
{
	char *ret = talloc_strdup(ctx, "");

	*why = NULL;
	m->left = NULL;
	while (ret) {
		size_t n = strcspn(text, "%");
		char *with;

		ret = talloc_strndup_append(ret, text, n);
		text += n;
		if (!ret || !*text)
			break;
		with = replace_macro(ctx, text, m, &n, why);
		if (!with) {
			talloc_free(ret);
			return NULL;
		}
		ret = talloc_strdup_append(ret, with);
		talloc_free(with);
		text += n;
		if (ret && talloc_get_size(ret) > CONF_LINE_MAX) {
			*why = "too long";
			talloc_free(ret);
			return NULL;
		}
	}
	return ret;
}
