// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/config.c - share add, set, unset, del, and config set, unset: changes of smb.conf */
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../conf/internal.h"
#include "../util/text.h"
#include "commit.h"

/* One PARAM=VALUE; @value is NULL to unset the parameter. */
struct setting {
	const struct conf_param *param;
	const char *name;
	const char *value;
};

/**
 * struct change - the change of a verb
 * @section: of the parameters; "global" for the server's
 * @add: the section is new
 * @del: the section is deleted
 * @settings: parameters, @n of them
 * @removed: the lines of a deleted section
 */
struct change {
	const char *section;
	bool add, del;
	char *removed;
	struct setting *settings;
	size_t n;
};

static bool is_global(const char *section)
{
	return edit_same_section(section, "global");
}

/* --- the command line --------------------------------------------------------------- */

static int unknown_name(const char *section, const char *name)
{
	struct conf_nearest best = { NULL, 3 + (unsigned int)strlen(name) / 5 };
	const struct conf_known *known = conf_known_find(name);

	if (known)
		return complain("\"%s\" is not obeyed%s%s: cifssrv-smb.conf(5) lists what is", name,
				known->why ? ": " : "", known->why ? known->why : "");
	if (!is_global(section) && edit_param(true, name))
		return complain("\"%s\" is a parameter of the server: cifsadmin config set", name);
	conf_table_nearest(&conf_share_table, name, &best);
	if (is_global(section))
		conf_table_nearest(&conf_server_table, name, &best);
	if (best.name)
		return complain("there is no parameter \"%s\": did you mean \"%s\"?", name,
				best.name);
	return complain("there is no parameter \"%s\": cifssrv-smb.conf(5) lists them", name);
}

/* Is the text one line of smb.conf? */
static int check_line(const char *text)
{
	size_t len = strlen(text);

	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return complain("\"%s\": control characters are refused", text);
	if (len && text[len - 1] == '\\')
		return complain("\"%s\": a backslash at the end would continue the line", text);
	return EXIT_OK;
}

static int take_setting(struct change *c, char *arg, bool with_value)
{
	struct setting *s = &c->settings[c->n];
	char *equals = with_value ? strchr(arg, '=') : NULL;

	if (check_line(arg))
		return EXIT_FAILED;
	if (with_value && !equals) {
		complain("\"%s\" is not of the form PARAMETER=VALUE", arg);
		return EXIT_USAGE;
	}
	if (equals)
		*equals = 0;
	s->name = text_trim(arg);
	s->value = equals ? text_trim(equals + 1) : NULL;
	/* a backslash at the end, without a blank behind it, would continue the line */
	if (check_line(s->name) || (s->value && check_line(s->value)))
		return EXIT_FAILED;
	s->param = edit_param(is_global(c->section), s->name);
	if (!s->param)
		return unknown_name(c->section, s->name);
	if (!strcmp(s->param->attr, "path") && c->add)
		return complain("the path stands behind the name of the share already");
	c->n++;
	return EXIT_OK;
}

static int take_settings(const struct admin *a, struct change *c, int argc, char **argv,
			 bool with_value)
{
	int r = EXIT_OK;

	c->settings = talloc_zero_array(a->ctx, struct setting, (unsigned int)argc + 2);
	if (!c->settings)
		return complain("out of memory");
	for (int i = 0; i < argc && !r; i++)
		r = take_setting(c, argv[i], with_value);
	return r;
}

/* --- the change --------------------------------------------------------------------- */

static int no_share(const struct commit *c, const char *name)
{
	const struct csrv_conf_scope *s = conf_share_find(c->conf, name);

	if (s)
		return complain("[%s] stands in %s:%u, which %s includes: edit it there", s->name,
				s->file, s->line, c->conf->path);
	return complain("there is no share \"%s\": cifsadmin share list shows those there are",
			name);
}

/* A section with an include is not deleted: the file may have more than that share. */
static int delete_section(const struct commit *c, struct change *ch)
{
	ch->removed = talloc_strdup(c->edit, "");
	edit_del_section(c->edit, ch->section);
	for (size_t i = 0; i < c->edit->n; i++) {
		const struct edit_line *l = &c->edit->line[i];

		if (!l->gone)
			continue;
		if (l->kind == EDIT_ASSIGN && conf_name_is(l->name, "include"))
			return complain(
				"%s:%u: [%s] includes %s, which may have more than that share: "
				"move that line first",
				c->conf->path, l->number, ch->section, l->value);
		if (ch->removed)
			ch->removed = talloc_asprintf_append(ch->removed, "  %s\n", l->raw);
	}
	return EXIT_OK;
}

static const struct conf_value *value_of(const struct conf *conf, const char *section,
					 const struct conf_param *param)
{
	const struct csrv_conf_scope *scopes[] = {
		is_global(section) ? conf->global : conf_share_find(conf, section),
		is_global(section) ? conf->share_defaults : NULL,
	};

	for (size_t i = 0; i < ARRAY_LEN(scopes); i++)
		if (scopes[i] && param >= scopes[i]->table->params &&
		    param < scopes[i]->table->params + scopes[i]->table->n)
			return &scopes[i]->values[param - scopes[i]->table->params];
	return NULL;
}

/* The line may belong to a section of the file that is included above it. */
static int behind_include(const struct commit *c, const struct change *ch,
			  const struct edit_line *l)
{
	return complain("%s:%u: this line stands behind the include in line %u, which may have begun "
			"another section than [%s]: write [%s] above the line if it is meant",
			c->conf->path, l->number, l->behind, ch->section, ch->section);
}

/*
 * The first missing, unreadable or empty file of the includes in lines @from to @to of smb.conf, or
 * of files that these read; NULL: there is none.
 */
static const char *unread_file(const struct conf *conf, unsigned int from, unsigned int to)
{
	for (size_t i = 0; i < conf->nfiles; i++)
		if (conf->unread[i] && conf->by[i] >= from && conf->by[i] < to)
			return conf->files[i];
	return NULL;
}

/* The section of a line behind an include is not known while an included file is missing. */
static int check_behind(const struct commit *c, const struct change *ch, size_t i)
{
	const struct edit_line *l = &c->edit->line[i];
	const char *away;
	size_t header = i;

	if (!l->behind)
		return EXIT_OK;
	while (header && c->edit->line[header - 1].kind != EDIT_SECTION)
		header--;
	away = unread_file(c->conf, c->edit->line[header].number, l->number);
	if (!away)
		return EXIT_OK;
	return complain("%s:%u: this line stands behind the include in line %u, and %s, which is read "
			"there, is not there or empty: it may begin another section than [%s], which "
			"the line would be of: write [%s] above the line if it is meant",
			c->conf->path, l->number, l->behind, away, ch->section, ch->section);
}

/* A line behind an include is removed where the reader says that it is of the section. */
static int unset_param(struct commit *c, const struct change *ch, const struct setting *s)
{
	const struct conf_value *v = value_of(c->conf, ch->section, s->param);
	const struct edit *e = c->edit;

	for (size_t i = edit_find(e, e->n, ch->section, s->param); i < e->n;
	     i = edit_find(e, i, ch->section, s->param)) {
		const struct edit_line *l = &e->line[i];

		if (check_behind(c, ch, i))
			return EXIT_FAILED;
		if (l->behind && (!v || !v->file || strcmp(v->file, c->conf->path) ||
				  v->line != l->number))
			return behind_include(c, ch, l);
	}
	if (!edit_unset(c->edit, ch->section, s->param))
		return complain("[%s] does not set \"%s\" in %s", ch->section, s->name,
				c->conf->path);
	return EXIT_OK;
}

static int apply_settings(struct commit *c, const struct change *ch)
{
	for (size_t i = 0; i < ch->n; i++) {
		const struct setting *s = &ch->settings[i];
		size_t there = edit_find(c->edit, c->edit->n, ch->section, s->param);
		int r = EXIT_OK;

		if (!s->value)
			r = unset_param(c, ch, s);
		else if (there < c->edit->n && check_behind(c, ch, there))
			r = EXIT_FAILED;
		else if (!edit_set(c->edit, ch->section, s->param, s->name, s->value))
			r = complain("out of memory");
		if (r)
			return r;
	}
	return EXIT_OK;
}

static int change(struct commit *c, void *priv)
{
	struct change *ch = priv;
	bool there = edit_has_section(c->edit, ch->section);

	if (ch->add && (there || conf_share_find(c->conf, ch->section)))
		return complain("there is a share \"%s\" already: cifsadmin share set changes it",
				ch->section);
	if (!there && !ch->add && !is_global(ch->section))
		return no_share(c, ch->section);
	if (ch->add && !edit_add_section(c->edit, ch->section))
		return complain("out of memory");
	return ch->del ? delete_section(c, ch) : apply_settings(c, ch);
}

/* --- the result --------------------------------------------------------------------- */

/* The written line must take effect in this section, and in no other. */
static int check_set(const struct commit *c, const struct conf *after, const struct change *ch,
		     const struct setting *s)
{
	const struct conf_value *v = value_of(after, ch->section, s->param);
	const struct edit *e = c->edit;
	size_t ours = edit_find(e, e->n, ch->section, s->param), at;

	if (!v || ours == e->n)
		return complain("\"%s\" of [%s] would have no effect", s->name, ch->section);
	if (v->file && strcmp(v->file, after->path))
		return complain("\"%s\" is set in %s:%u too, which %s includes, and that counts: "
				"edit it there", s->name, v->file, v->line, c->conf->path);
	at = v->file ? edit_at(e, v->line) : e->n;
	if (at == ours)
		return EXIT_OK;
	if (e->line[ours].behind)
		return behind_include(c, ch, &e->line[ours]);
	if (at == e->n)
		return complain("\"%s\" of [%s] would have no effect", s->name, ch->section);
	return complain("%s:%u: \"%s\" of [%s] is set there too, behind an include, and that counts: "
			"edit it there", c->conf->path, e->line[at].number, s->name, ch->section);
}

/*
 * Reports a value that remains after unset: from an included file, behind an include, or by "copy".
 */
static void report_rest(const struct commit *c, const struct conf *after, const struct change *ch,
			const struct setting *s)
{
	const struct conf_value *v = value_of(after, ch->section, s->param);
	const struct conf_value *all = value_of(after, "global", s->param);

	if (!v || !v->file || (!is_global(ch->section) && all && all->file &&
			       !strcmp(v->file, all->file) && v->line == all->line))
		return;
	complain("warning: \"%s\" of [%s] is what %s:%u says now", s->name, ch->section,
		 strcmp(v->file, after->path) ? v->file : c->conf->path, v->line);
}

/* Has the share a value of its own, or of a share that it copies? */
static bool has_own(const struct commit *c, const struct conf *after, const struct conf_value *v)
{
	size_t i = v->file && !strcmp(v->file, after->path) ? edit_at(c->edit, v->line) : c->edit->n;
	const char *section = i < c->edit->n ? c->edit->line[i].section : NULL;

	return v->file && v->line && (i == c->edit->n || (section && !is_global(section)));
}

/* Reports shares above the line: a default of [global] is for those below it, as in Samba. */
static void report_unreached(const struct commit *c, const struct conf *after,
			     const struct setting *s)
{
	bool inverted;
	int i = conf_table_name(&conf_share_table, s->name, &inverted);
	const char *text, *attr;
	char *names = NULL;

	if (i < 0)
		return;
	attr = conf_share_table.params[i].attr;
	text = conf_scope_text(after->share_defaults, attr);
	for (size_t k = 0; k < after->nshares; k++) {
		const struct csrv_conf_scope *share = after->shares[k];

		if (strcmp(conf_scope_text(share, attr), text) && !has_own(c, after, &share->values[i]))
			names = talloc_asprintf(c->edit, "%s%s[%s]", names ? names : "",
						names ? ", " : "", share->name);
	}
	if (names)
		complain("warning: %s: not changed by \"%s\" of [global], which stands below: move "
			 "[global] above all shares, or set it in each", names, s->name);
}

static int verify(const struct commit *c, const struct conf *after, void *priv)
{
	const struct change *ch = priv;
	const struct csrv_conf_scope *s = conf_share_find(after, ch->section);

	if (ch->del && s)
		return complain("[%s] stands in %s:%u too, which %s includes: edit it there",
				s->name, s->file, s->line, c->conf->path);
	if (!ch->del && !is_global(ch->section) && !s)
		return complain("[%s] would be no share", ch->section);
	for (size_t i = 0; i < ch->n; i++)
		if (!ch->settings[i].value)
			report_rest(c, after, ch, &ch->settings[i]);
		else if (check_set(c, after, ch, &ch->settings[i]))
			return EXIT_FAILED;
		else if (is_global(ch->section))
			report_unreached(c, after, &ch->settings[i]);
	return EXIT_OK;
}

static int run(const struct admin *a, struct change *ch)
{
	struct commit c = {
		.change = change, .verify = verify, .priv = ch, .takes_share = ch->del,
	};

	return commit_run(a, &c);
}

/* --- the verbs ---------------------------------------------------------------------- */

/* Brings @name into the form of the reader of smb.conf. */
static int check_share_name(char *name)
{
	text_collapse(name);
	if (!*name || name[0] == ' ' || name[strlen(name) - 1] == ' ' || strpbrk(name, "[]"))
		return complain("\"%s\" is not a legal name of a share", name);
	if (is_global(name))
		return complain("[global] is no share: cifsadmin config set changes it");
	return check_line(name);
}

static int check_path(const char *path, bool force)
{
	struct stat st;

	if (check_line(path))
		return EXIT_FAILED;
	if (path[0] != '/' && path[0] != '%')
		return complain("\"%s\" is not an absolute path", path);
	if (force || strchr(path, '%') || (stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return EXIT_OK;
	return complain(
		"there is no directory %s: make it first (mkdir), or say --force if it comes later",
		path);
}

static int share_add(const struct admin *a, int argc, char **argv)
{
	bool force = false;
	const struct verb_option options[] = { { "--force", &force, NULL }, {} };
	struct change ch = { .add = true };
	int r;

	if (take_options(&argc, argv, options, 2, INT32_MAX))
		return EXIT_USAGE;
	ch.section = argv[0];
	if (check_share_name(argv[0]) || check_path(argv[1], force))
		return EXIT_FAILED;
	r = take_settings(a, &ch, argc - 2, argv + 2, true);
	if (r)
		return r;
	/* The path stands first. */
	memmove(&ch.settings[1], &ch.settings[0], ch.n++ * sizeof(ch.settings[0]));
	ch.settings[0] = (struct setting){ edit_param(false, "path"), "path", argv[1] };
	r = run(a, &ch);
	if (!r)
		say("share %s added", argv[0]);
	return r;
}

static int with_settings(const struct admin *a, struct change *ch, int argc, char **argv,
			 bool with_value)
{
	int r = take_settings(a, ch, argc, argv, with_value);

	if (!r)
		r = run(a, ch);
	if (!r)
		say("[%s] changed", ch->section);
	return r;
}

static const struct verb_option no_options[] = { {} };

static int change_share(const struct admin *a, int argc, char **argv, bool with_value)
{
	struct change ch = {};

	if (take_options(&argc, argv, no_options, 2, INT32_MAX))
		return EXIT_USAGE;
	ch.section = argv[0];
	return check_share_name(argv[0]) ? EXIT_FAILED
					 : with_settings(a, &ch, argc - 1, argv + 1, with_value);
}

static int share_set(const struct admin *a, int argc, char **argv)
{
	return change_share(a, argc, argv, true);
}

static int share_unset(const struct admin *a, int argc, char **argv)
{
	return change_share(a, argc, argv, false);
}

static int share_del(const struct admin *a, int argc, char **argv)
{
	struct change ch = { .section = argv[0], .del = true };
	int r;

	(void)argc;
	if (check_share_name(argv[0]))
		return EXIT_FAILED;
	r = run(a, &ch);
	if (r)
		return r;
	say("share %s is gone; its files are where they were.  %s had:\n%s", argv[0], a->config,
	    ch.removed ? ch.removed : "");
	return r;
}

static int change_global(const struct admin *a, int argc, char **argv, bool with_value)
{
	struct change ch = { .section = "global" };

	if (take_options(&argc, argv, no_options, 1, INT32_MAX))
		return EXIT_USAGE;
	return with_settings(a, &ch, argc, argv, with_value);
}

static int config_set(const struct admin *a, int argc, char **argv)
{
	return change_global(a, argc, argv, true);
}

static int config_unset(const struct admin *a, int argc, char **argv)
{
	return change_global(a, argc, argv, false);
}

const struct verb config_verbs[] = {
	{ "share", "add", "NAME PATH [PARAM=VALUE]... [--force]", "add a share to smb.conf", 0,
	  ARGS_OWN, share_add },
	{ "share", "set", "NAME PARAM=VALUE...", "change parameters of a share", 0, ARGS_OWN,
	  share_set },
	{ "share", "unset", "NAME PARAM...", "have parameters of a share at their defaults", 0,
	  ARGS_OWN, share_unset },
	{ "share", "del", "NAME", "take a share out of smb.conf", 1, 1, share_del },
	{ "config", "set", "PARAM=VALUE...", "change parameters in [global]", 0, ARGS_OWN,
	  config_set },
	{ "config", "unset", "PARAM...", "have parameters in [global] at their defaults", 0,
	  ARGS_OWN, config_unset },
	{}
};
