// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/conf/*.c daemon/passdb/nss.c daemon/util/utf.c | libs: talloc
/*
 * Any bytes as smb.conf: an answer, in the order of the lines, every value in it canonical, and
 * what counts reads as the same again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/internal.h"

static int user(void *priv, const char *name, uid_t *uid, gid_t *gid)
{
	(void)priv;
	*uid = *gid = strlen(name);
	return name[0] == 'x' ? -ENOENT : 0;
}

static int group(void *priv, const char *name, gid_t *gid)
{
	(void)priv;
	*gid = strlen(name);
	return name[0] == 'x' ? -ENOENT : 0;
}

/* What was accepted is accepted again and stays the same. */
static void check_scope(TALLOC_CTX *ctx, const struct csrv_conf_scope *s)
{
	for (size_t i = 0; i < s->table->n; i++) {
		const struct conf_param *p = &s->table->params[i];
		const char *text = s->values[i].text;
		const struct conf_input in = { .text = text };
		struct conf_verdict v = {};

		if (!text)
			continue;
		if (conf_param_check(ctx, p, &in, &v) || strcmp(v.text, text))
			abort();
		talloc_free(v.text);
	}
}

static void check_order(const struct conf_error *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (i && list[i - 1].line > list[i].line)
			abort();
}

static void check_effective(const struct conf *conf, const struct conf_env *env)
{
	char *text = conf_effective((void *)conf, conf, NULL), *other;
	struct conf *again;

	if (conf_parse_text((void *)conf, "effective.conf", text, strlen(text), env, &again) ||
	    again->nfatal)
		abort();
	other = conf_effective(again, again, NULL);
	if (strcmp(text, other))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct conf_env env = { .hostname = "files.example.org", .user = user, .group = group };
	struct conf *conf;

	if (conf_parse_text(NULL, "fuzz.conf", (const char *)data, size, &env, &conf))
		abort();
	for (size_t i = 0; i < conf->nerrors; i++)
		if (!conf_error_format(conf, &conf->errors[i]))
			abort();
	check_order(conf->errors, conf->nerrors);
	check_order(conf->notes, conf->nnotes);
	if (!conf->nfatal) {
		check_effective(conf, &env);
		check_scope(conf, conf->global);
		for (size_t i = 0; i < conf->nshares; i++)
			check_scope(conf, conf->shares[i]);
	}
	talloc_free(conf);
	return 0;
}
