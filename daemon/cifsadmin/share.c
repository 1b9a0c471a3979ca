// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/share.c - share list, share show: the served shares, and those of smb.conf besides */
#include <dirent.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>

#include "../conf/smbconf.h"
#include "../upcall/running.h"
#include "../util/dir.h"
#include "../util/grow.h"
#include "../util/text.h"
#include "../util/utf.h"
#include "admin.h"

static char *share_dir(const struct admin *a, const char *name)
{
	return talloc_asprintf(a->ctx, "%s/shares/%s", a->configfs, name);
}

static void add_row(struct table *t, const char *name, const char *path, bool read_only,
		    bool guests, const char *state)
{
	table_add(t, name);
	table_add(t, path);
	table_add(t, read_only ? "read only" : "read/write");
	table_add(t, guests ? "yes" : "no");
	table_add(t, state);
}

static void add_running(const struct admin *a, struct table *t, const char *name)
{
	const char *dir = share_dir(a, name);

	if (!dir)
		return;
	add_row(t, name, running_attr(a->ctx, dir, "path", "?"),
		running_attr_bool(dir, "read_only", true),
		running_attr_bool(dir, "guest_ok", false),
		running_attr_bool(dir, "enable", false) ? "served" : "not enabled");
	table_add(t, running_attr(a->ctx, dir, "comment", ""));
}

static void add_configured(struct table *t, const struct conf *conf, const char *name)
{
	add_row(t, name, conf_get_str(conf, name, "path"), conf_get_bool(conf, name, "read_only"),
		conf_get_bool(conf, name, "guest_ok"), "not served");
	table_add(t, conf_get_str(conf, name, "comment"));
}

struct names {
	char **name;
	size_t n;
};

static void remember(const struct admin *a, struct names *names, const char *name)
{
	char **grown = array_grow(a->ctx, names->name, char *, names->n);

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
	struct table *t = table_new(a, ARRAY_LEN(heading), heading, "><...>");
	struct names names = running_names(a);
	struct conf *conf = NULL;

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < names.n; i++)
		add_running(a, t, names.name[i]);
	if (conf_load(a->ctx, a->config, &conf) < 0)
		conf = NULL;
	for (size_t i = 0; conf && i < conf->nshares; i++)
		if (!has_name(&names, conf->shares[i]->name))
			add_configured(t, conf, conf->shares[i]->name);
	table_print(t, stdout);
	if (conf && conf->nfatal)
		complain("%s has errors, see: cifsadmin check", a->config);
	return EXIT_OK;
}

/* --- show ------------------------------------------------------------------------ */

/* Adds a word of a list: for "@100" the group's name. */
static char *add_word(char *text, const struct conf_param *p, const char *word)
{
	const struct group *gr = NULL;
	char *end;
	unsigned long gid;

	if (p->format == CONF_FORMAT_USERS && word[0] == '@') {
		gid = strtoul(word + 1, &end, 10);
		gr = *end || end == word + 1 ? NULL : getgrgid((gid_t)gid);
	}
	return talloc_asprintf_append_buffer(text, "%s%s%s", *text ? " " : "", gr ? "@" : "",
					     gr ? gr->gr_name : word);
}

/* The value in the form of smb.conf. */
static const char *written(const struct admin *a, const struct conf *conf, const char *section,
			   const struct conf_param *p)
{
	const char *text = conf_get_str(conf, section, p->attr);
	char **words, *list;

	if (p->type == CONF_BOOL)
		return *text == '1' ? "yes" : "no";
	if (p->type != CONF_LIST || p->format != CONF_FORMAT_USERS)
		return text;
	words = conf_get_list(a->ctx, conf, section, p->attr);
	list = talloc_strdup(a->ctx, "");
	for (size_t i = 0; words && words[i] && list; i++)
		list = add_word(list, p, words[i]);
	return list ? list : text;
}

static void add_param(const struct admin *a, struct table *t, const struct conf *conf,
		      const struct csrv_conf_scope *s, size_t i)
{
	const struct conf_param *p = &s->table->params[i];
	const struct conf_value *v = &s->values[i];
	_cleanup_(talloc_freep) char *where = NULL;

	table_add(t, p->name);
	table_add(t, written(a, conf, s->name, p));
	if (v->file && v->line)
		where = talloc_asprintf(NULL, "%s:%u", v->file, v->line);
	table_add(t, where ? where : "default");
}

static bool is_shown(const struct csrv_conf_scope *s, size_t i, bool all)
{
	const struct conf_param *p = &s->table->params[i];

	return p->name && (all || s->values[i].text);
}

static const char *share_state(const struct admin *a, const char *name)
{
	struct names names = running_names(a);

	for (size_t i = 0; i < names.n; i++)
		if (!utf8_casecmp(names.name[i], name))
			return running_attr_bool(share_dir(a, names.name[i]), "enable", false) ?
				"served" : "in the kernel, but not enabled";
	return "not served";
}

static int share_show(const struct admin *a, int argc, char **argv)
{
	static const char *const heading[] = { "PARAMETER", "VALUE", "FROM" };
	bool all = false;
	const struct verb_option options[] = { { "--all", &all, NULL }, {} };
	const struct csrv_conf_scope *s;
	struct table *t;
	struct conf *conf;
	int r;

	if (take_options(&argc, argv, options, 1, 1))
		return EXIT_USAGE;
	r = conf_load(a->ctx, a->config, &conf);
	if (r < 0)
		return complain("%s cannot be read: %s", a->config, strerror(-r));
	text_collapse(argv[0]);
	s = conf_share_find(conf, argv[0]);
	if (!s)
		return complain("there is no share \"%s\" in %s: cifsadmin share list shows those "
				"there are",
				argv[0], a->config);
	t = table_new(a, ARRAY_LEN(heading), heading, ".><");
	for (size_t i = 0; i < s->table->n; i++)
		if (is_shown(s, i, all))
			add_param(a, t, conf, s, i);
	say("[%s] %s:%u, %s", s->name, s->file, s->line, share_state(a, s->name));
	table_print(t, stdout);
	if (conf->nfatal)
		complain("%s has errors, see: cifsadmin check", a->config);
	return EXIT_OK;
}

const struct verb share_verbs[] = {
	{ "share", "list", "", "list the shares: those served, then those only configured", 0, 0,
	  share_list },
	{ "share", "show", "NAME [--all]", "show a share's parameters, and which line sets them", 0,
	  ARGS_OWN, share_show },
	{}
};
