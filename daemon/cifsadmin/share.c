// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/share.c - share list: what is served, and what smb.conf has besides */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "../conf/smbconf.h"
#include "../upcall/running.h"
#include "../util/dir.h"
#include "../util/utf.h"
#include "admin.h"

static const char *yes_no(bool yes, const char *if_yes, const char *if_no)
{
	return yes ? if_yes : if_no;
}

static char *share_dir(const struct admin *a, const char *name)
{
	return talloc_asprintf(a->ctx, "%s/shares/%s", a->configfs, name);
}

static void add_running(const struct admin *a, struct table *t, const char *name)
{
	const char *dir = share_dir(a, name);

	if (!dir)
		return;
	table_add(t, name);
	table_add(t, running_attr(a->ctx, dir, "path", "?"));
	table_add(t, yes_no(running_attr_bool(dir, "read_only", true), "read only", "read/write"));
	table_add(t, yes_no(running_attr_bool(dir, "guest_ok", false), "yes", "no"));
	table_add(t, yes_no(running_attr_bool(dir, "enable", false), "served", "not enabled"));
	table_add(t, running_attr(a->ctx, dir, "comment", ""));
}

static void add_configured(const struct admin *a, struct table *t, const struct conf *conf,
			   const char *name)
{
	(void)a;
	table_add(t, name);
	table_add(t, conf_get_str(conf, name, "path"));
	table_add(t, yes_no(conf_get_bool(conf, name, "read_only"), "read only", "read/write"));
	table_add(t, yes_no(conf_get_bool(conf, name, "guest_ok"), "yes", "no"));
	table_add(t, "not served");
	table_add(t, conf_get_str(conf, name, "comment"));
}

struct names {
	char **name;
	size_t n;
};

static void remember(const struct admin *a, struct names *names, const char *name)
{
	char **grown = talloc_realloc(a->ctx, names->name, char *, names->n + 1);

	if (!grown)
		return;
	names->name = grown;
	grown[names->n] = talloc_strdup(a->ctx, name);
	names->n += !!grown[names->n];
}

static int by_name(const void *x, const void *y)
{
	return utf8_casecmp(*(char *const *)x, *(char *const *)y);
}

static struct names running_names(const struct admin *a)
{
	_cleanup_(talloc_freep) char *path = talloc_asprintf(NULL, "%s/shares", a->configfs);
	DIR *dir = path ? opendir(path) : NULL;
	struct names names = {};
	struct dirent *de;

	while (dir && (de = readdir(dir)))
		if (!is_dots(de->d_name) && de->d_type != DT_REG)
			remember(a, &names, de->d_name);
	if (dir)
		closedir(dir);
	if (names.n)
		qsort(names.name, names.n, sizeof(*names.name), by_name);
	return names;
}

static bool has_name(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (!utf8_casecmp(names->name[i], name))
			return true;
	return false;
}

static int share_list(const struct admin *a, int argc, char **argv)
{
	static const char *const heading[] = { "SHARE", "PATH", "ACCESS", "GUESTS", "STATE",
					       "COMMENT" };
	struct table *t = table_new(a->ctx, ARRAY_LEN(heading));
	struct names names = running_names(a);
	struct conf *conf = NULL;

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < ARRAY_LEN(heading); i++)
		table_add(t, heading[i]);
	for (size_t i = 0; i < names.n; i++)
		add_running(a, t, names.name[i]);
	if (conf_load(a->ctx, a->config, &conf) < 0)
		conf = NULL;
	for (size_t i = 0; conf && i < conf->nshares; i++)
		if (!has_name(&names, conf->shares[i]->name))
			add_configured(a, t, conf, conf->shares[i]->name);
	table_print(t, stdout);
	if (conf && conf->nfatal)
		complain("%s has errors, see: cifsadmin check", a->config);
	return EXIT_OK;
}

const struct verb share_verbs[] = {
	{ "share", "list", "", "list the shares: those served, then those only configured", 0, 0,
	  share_list },
	{}
};
