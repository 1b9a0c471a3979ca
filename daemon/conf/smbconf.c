// SPDX-License-Identifier: GPL-2.0-or-later
/* Queries of a configuration. */
#include <stdlib.h>
#include <string.h>

#include "conf/internal.h"
#include "util/utf.h"

const struct csrv_conf_scope *conf_share_find(const struct conf *conf, const char *section)
{
	for (size_t i = 0; i < conf->nshares; i++)
		if (!utf8_casecmp(conf->shares[i]->name, section))
			return conf->shares[i];
	return NULL;
}

struct conf_value *conf_scope_value(const struct csrv_conf_scope *scope, const char *attr)
{
	int i = conf_table_attr(scope->table, attr);

	return i < 0 ? NULL : &scope->values[i];
}

const char *conf_scope_text(const struct csrv_conf_scope *scope, const char *attr)
{
	int i = conf_table_attr(scope->table, attr);

	if (i < 0)
		return NULL;
	return scope->values[i].text ? scope->values[i].text : scope->table->params[i].def;
}

const char *conf_get_str(const struct conf *conf, const char *section, const char *attr)
{
	const struct csrv_conf_scope *scope = section ? conf_share_find(conf, section) : conf->global;
	const char *text = scope ? conf_scope_text(scope, attr) : NULL;

	return text ? text : "";
}

bool conf_get_bool(const struct conf *conf, const char *section, const char *attr)
{
	return !strcmp(conf_get_str(conf, section, attr), "1");
}

uint32_t conf_get_u32(const struct conf *conf, const char *section, const char *attr)
{
	const struct csrv_conf_scope *scope = section ? conf_share_find(conf, section) : conf->global;
	int i = scope ? conf_table_attr(scope->table, attr) : -1;
	const char *text;

	if (i < 0)
		return 0;
	text = scope->values[i].text ? scope->values[i].text : scope->table->params[i].def;
	return strtoull(text, NULL, scope->table->params[i].octal ? 8 : 10);
}

char **conf_get_list(TALLOC_CTX *ctx, const struct conf *conf, const char *section,
		     const char *attr)
{
	return conf_text_split(ctx, conf_get_str(conf, section, attr));
}
