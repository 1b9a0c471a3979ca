// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/translate.c - a Samba installation's smb.conf as cifssrv takes it */
#include "migrate.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../conf/internal.h"
#include "../util/text.h"
#include "../util/utf.h"
#include "commit.h"
#include "domain.h"

#define DEPTH_MAX	8		/* of include */
#define ROUNDS_MAX	1000		/* an error ends at least one line */

/* A line that was lost, of a parameter that protects nothing itself. */
struct loss {
	const char *section, *name;
};

/* A translation on its way. */
struct work {
	struct migration *m;
	struct edit *e;
	const struct conf_env *env;
	const char *path;
	const char **why;
	bool nomem;
	/* sections that lost what protected them; "global": all */
	const char **bare;
	size_t nbare;
	/* obeyed parameters whose lines are comments now */
	struct loss *loss;
	size_t nloss;
};

__attribute__((format(printf, 3, 4)))
static void add(struct work *w, struct migrate_list *list, const char *fmt, ...)
{
	const char **grown =
		talloc_realloc(w->m, list->text, const char *, (unsigned int)list->n + 1);
	va_list ap;
	char *text;

	if (!grown) {
		w->nomem = true;
		return;
	}
	list->text = grown;
	va_start(ap, fmt);
	text = talloc_vasprintf(w->m, fmt, ap);
	va_end(ap);
	w->nomem |= !text;
	if (!text)
		return;
	/* a line of the report: a file's name may have a newline in it */
	utf8_scrub(text);
	grown[list->n++] = text;
}

static void check(struct work *w, bool ok)
{
	w->nomem |= !ok;
}

/* What stands before any header belongs to [global]. */
static const char *section_of(const struct edit_line *l)
{
	return l->section ? l->section : "global";
}

/* --- include --------------------------------------------------------------------------------- */

static void remember_bare(struct work *w, const char *section)
{
	const char **grown;

	for (size_t i = 0; i < w->nbare; i++)
		if (edit_same_section(w->bare[i], section))
			return;
	grown = talloc_realloc(w->m, w->bare, const char *, (unsigned int)w->nbare + 1);
	if (!grown) {
		w->nomem = true;
		return;
	}
	w->bare = grown;
	grown[w->nbare++] = section;
}

static void remember_loss(struct work *w, const struct edit_line *l)
{
	struct loss *grown = talloc_realloc(w->m, w->loss, struct loss, (unsigned int)w->nloss + 1);

	if (!grown) {
		w->nomem = true;
		return;
	}
	w->loss = grown;
	grown[w->nloss++] = (struct loss){ section_of(l), l->name };
}

static void lose(struct work *w, size_t i, const char *why)
{
	w->e->line[i].lost = why;
	check(w, edit_comment_out(w->e, i) && edit_remark(w->e, i, why));
}

static struct edit *read_edit(struct work *w, const char *path)
{
	char *text = commit_read(w->m, path);
	struct edit *e = text ? edit_parse(w->m, text) : NULL;

	w->nomem |= text && (!e || !edit_end(e));
	for (size_t i = 0; e && i < e->n; i++)
		e->line[i].file = path;
	return e;
}

/* The section that a text ends in; NULL when it has no header. */
static const char *last_section(const struct edit *e)
{
	for (size_t i = e->n; i-- > 0;)
		if (e->line[i].kind == EDIT_SECTION)
			return e->line[i].section;
	return NULL;
}

/* What follows an include belongs to the last section of the file, as in Samba. */
static void follow_section(struct edit *e, size_t i, const char *from, const char *to)
{
	for (; i < e->n && e->line[i].kind != EDIT_SECTION && e->line[i].section == from; i++)
		e->line[i].section = to;
}

/* The result is for nobody who could not read all of its sources. */
static void note_mode(struct migration *m, const char *path)
{
	struct stat st;

	if (stat(path, &st))
		st.st_mode = 0;
	m->secret |= !(st.st_mode & S_IROTH) || commit_has_acl(path);
	m->mode &= st.st_mode;
}

/* Puts the lines of a file where its include stands; 0 or -errno. */
static int take_in(struct work *w, size_t i, const char *path)
{
	const char *section = w->e->line[i].section, *last;
	struct edit *other;

	errno = ENOMEM;
	other = read_edit(w, path);
	if (!other)
		return -errno;
	note_mode(w->m, path);
	last = last_section(other);
	for (size_t k = 0; k < other->n; k++)
		if (!other->line[k].section)
			other->line[k].section = section;
	if (last)
		follow_section(w->e, i + 1, section, last);
	check(w, edit_splice(w->e, i + 1, other) && edit_comment_out(w->e, i) &&
	      edit_remark(w->e, i, last ?
			  "the file that is included follows, and what stands behind it belongs to "
			  "its last section, as Samba reads it" :
			  "the file that is included follows"));
	return 0;
}

/*
 * What protected its section may have stood in the file, and with sections of its own what
 * protected any: [global]'s protects all shares.
 */
static void lose_include(struct work *w, size_t i, bool sections, const char *why)
{
	remember_bare(w, sections ? "global" : section_of(&w->e->line[i]));
	lose(w, i, why);
}

/* Has the file sections, as far as can be seen? */
static bool has_sections(struct work *w, const char *path)
{
	const struct edit *e = read_edit(w, path);

	return !e || last_section(e);
}

/* The value of "netbios name" before line @i, or NULL. */
static const char *netbios_before(const struct edit *e, size_t i)
{
	const struct conf_param *netbios = edit_param(true, "netbios name");

	while (i-- > 0)
		if (e->line[i].kind == EDIT_ASSIGN && *e->line[i].value &&
		    edit_same_section(section_of(&e->line[i]), "global") &&
		    edit_param(true, e->line[i].name) == netbios)
			return e->line[i].value;
	return NULL;
}

/* As conf/include.c expands it; NULL with @why, or without memory. @m: its left may be set */
static char *expand_name(struct work *w, size_t i, struct conf_macros *m, const char **why)
{
	const char *netbios = netbios_before(w->e, i);
	char host[256] = "";

	if (!w->env || !w->env->hostname)
		gethostname(host, sizeof(host) - 1);
	*why = NULL;
	return conf_host_macros(w->m, w->env && w->env->hostname ? w->env->hostname : host, netbios, m) ?
		conf_expand(w->m, w->e->line[i].value, m, why) : NULL;
}

/* One file for each client, user or so: Samba reads those that are there. */
static void lose_pattern(struct work *w, size_t i, const char *pattern, const char *macro)
{
	bool sections = false;
	glob_t found;
	int r = conf_files_like(pattern, &found);
	char *why = !r ? talloc_asprintf(w->m, "%s differs between clients: %s is for some of them only",
					 macro, found.gl_pathv[0]) :
		r == -ENOENT ? talloc_asprintf(w->m, "%s differs between clients, and there is no "
					       "file %s", macro, pattern) :
		talloc_asprintf(w->m, "%s differs between clients, and %s cannot be looked for: %s",
				macro, pattern, strerror(-r));

	for (size_t k = 0; !r && k < found.gl_pathc; k++)
		sections |= has_sections(w, found.gl_pathv[k]);
	globfree(&found);
	if (!why)
		w->nomem = true;
	else if (r == -ENOENT)
		lose(w, i, why);
	else
		lose_include(w, i, sections || r, why);
}

/*
 * Samba passes over a file that is not there, if it is not there today: on a disk that is not
 * mounted, it may have what protects. conf/ serves no share whose section includes it either. In a
 * file that cannot be read, or that Samba knew by another name, sections may be, too.
 */
static void lose_file(struct work *w, size_t i, const char *path, int error)
{
	const char *value = w->e->line[i].value;
	bool other = strstr(value, "%v") || strstr(value, "%$");
	char *why = talloc_asprintf(w->m, "%s cannot be read: %s%s", path, strerror(-error),
				    other ? " (for smbd it may have another name)" : "");

	if (!why)
		w->nomem = true;
	else
		lose_include(w, i, error != -ENOENT || other, why);
}

static void expand_file(struct work *w, size_t i, unsigned int *budget)
{
	struct conf_macros m = { .env = true, .wild = true };
	const struct edit_line *l = &w->e->line[i];
	const char *why;
	char *name = expand_name(w, i, &m, &why);
	char *path = name ? conf_include_path(w->m, l->file ? l->file : w->path, name) : NULL;
	int r;

	if (!path && !why)
		w->nomem = true;
	else if (!path)
		lose_include(w, i, true, why);
	else if (m.left)
		lose_pattern(w, i, path, m.left);
	else if (!strcmp(path, "/dev/null"))
		check(w, edit_comment_out(w->e, i));
	else if (!*budget)
		lose_include(w, i, true, "too many files are included");
	else if ((r = take_in(w, i, path)))
		lose_file(w, i, path, r);
	else
		--*budget;
}

static void expand_one(struct work *w, size_t i, unsigned int *budget)
{
	const char *value = w->e->line[i].value;

	if (!strcasecmp(value, "registry"))
		lose_include(w, i, true,
			     "there is no registry: write what it holds into this file (net conf list)");
	else if (*value)
		expand_file(w, i, budget);
}

/* Takes all files in; one that includes itself ends with the budget. */
static void expand(struct work *w)
{
	unsigned int budget = DEPTH_MAX * DEPTH_MAX;

	for (size_t i = 0; i < w->e->n && !w->nomem; i++)
		if (w->e->line[i].kind == EDIT_ASSIGN && conf_name_is(w->e->line[i].name, "include"))
			expand_one(w, i, &budget);
}

/* --- what is lost ------------------------------------------------------------------ */

/* Does this parameter keep somebody out, or something secret?  Without it more is allowed. */
static bool protects(const struct conf_param *p)
{
	static const char *const attrs[] = {
		"valid_users", "invalid_users", "read_list", "read_only", "hosts_allow",
		"hosts_deny", "guest_ok", "guest_only", "encryption", "veto_files", "available",
		"follow_symlinks", "hide_unreadable", "access_based_enum", "restrict_anonymous",
		"interfaces", "bind_interfaces_only", "username_map",
		"create_mask", "directory_mask", "min_protocol", "signing", "ntlm_auth",
		"encryption_algorithms", "signing_algorithms",
		"smb_ports", "max_connections",	/* other ports, and more clients */
		"force_user", "force_group",	/* files are accessed as the client's user without */
		"path",				/* another one would be served */
	};

	return text_is_any(p->attr, attrs, ARRAY_LEN(attrs));
}

/* Did a module of "vfs objects" decide who may do what, as one that is not known here may? */
static bool has_guard_module(struct work *w, const char *value)
{
	static const char *const acls[] = { "acl_xattr", "acl_tdb", "nfs4acl_xattr" };
	char **words = conf_text_split(w->m, value);
	bool yes = false;

	w->nomem |= !words;
	for (size_t i = 0; words && words[i]; i++) {
		const struct conf_known *known = conf_module_find(words[i]);

		yes |= !known || known->kind == CONF_KNOWN_REFUSED ||
		       text_is_any(known->name, acls, ARRAY_LEN(acls));
	}
	talloc_free(words);
	return yes;
}

/*
 * Is more allowed without this line?  What is an error although it is not obeyed at all is one
 * because it may be so, but for those that say where accounts come from: there are fewer.
 */
static bool guards(struct work *w, const struct edit_line *l, bool error)
{
	static const char *const accounts[] = { "security", "server role", "domain logons" };
	const struct conf_param *p = edit_param(edit_same_section(section_of(l), "global"), l->name);

	if (p)
		return protects(p);
	if (conf_name_is(l->name, "vfs objects") || conf_name_is(l->name, "vfs object"))
		return error || has_guard_module(w, l->value);
	for (size_t i = 0; i < ARRAY_LEN(accounts); i++)
		if (conf_name_is(l->name, accounts[i]))
			return false;
	return error;
}

static char *reason_of(struct work *w, const struct conf_error *e)
{
	char *text = talloc_asprintf(w->m, "%s%s%s%s", e->text, e->hint ? " (" : "",
				     e->hint ? e->hint : "", e->hint ? ")" : "");

	w->nomem |= !text;
	return text;
}

/* What protects the list of shares and the accounts' names, which are asked for in IPC$. */
static const char *reason_of_ipc(struct work *w, const char *section, const char *why)
{
	char *text, *names = NULL;

	for (size_t i = 0; i < w->e->n; i++) {
		const struct edit_line *l = &w->e->line[i];

		if (l->kind != EDIT_ASSIGN || !l->section ||
		    !edit_same_section(l->section, section) || !guards(w, l, false))
			continue;
		names = talloc_asprintf(w->m, "%s%s%s", names ? names : "", names ? ", " : "",
					l->name);
		w->nomem |= !names;
	}
	if (!names)
		return why;
	text = talloc_asprintf(w->m, "%s; its lines (%s) kept clients from the list of shares: "
			       "\"hosts allow\" in [global] does so for the whole server, "
			       "\"restrict anonymous = 2\" for clients without an account",
			       why, names);
	w->nomem |= !text;
	add(w, &w->m->bare, "[%s]: %s", section, names);
	return text ? text : why;
}

/* All of a section that cannot be had becomes a comment. */
static void lose_section(struct work *w, size_t header, const char *why)
{
	const char *section = w->e->line[header].section;

	if (!strcasecmp(section, "IPC$"))
		why = reason_of_ipc(w, section, why);
	for (size_t i = w->e->n; i-- > 0;) {
		struct edit_line *l = &w->e->line[i];

		if (l->kind == EDIT_OTHER || !l->section || !edit_same_section(l->section, section))
			continue;
		if (l->kind == EDIT_SECTION)
			header = i;	/* in the end the first one */
		check(w, edit_comment_out(w->e, i));
	}
	w->e->line[header].lost = why;
	check(w, edit_remark(w->e, header, why));
}

/* A section that conf/ leaves out: without the line that says so it would be served. */
static bool is_left_out(const struct work *w, const char *section)
{
	return *section && !edit_same_section(section, "global") &&
	       !conf_share_find(w->m->conf, section);
}

static size_t header_of(const struct work *w, const char *section)
{
	size_t i = 0;

	while (i < w->e->n && (w->e->line[i].kind != EDIT_SECTION ||
			       !edit_same_section(w->e->line[i].section, section)))
		i++;
	return i;
}

static void lose_assignment(struct work *w, size_t i, const char *why, bool error)
{
	const struct edit_line *l = &w->e->line[i];

	if (is_left_out(w, section_of(l))) {
		lose_section(w, header_of(w, l->section), why);
		return;
	}
	/* Debian's smb.conf has it: of its shares none would be open, for what is the accounts' */
	if (conf_name_is(l->name, "obey pam restrictions") &&
	    edit_same_section(section_of(l), "global"))
		add(w, &w->m->bare, "[global]: %s: accounts that PAM keeps out log on until "
		    "cifsadmin user disable", l->name);
	if (guards(w, l, error))
		remember_bare(w, section_of(l));
	else if (edit_param(edit_same_section(section_of(l), "global"), l->name))
		remember_loss(w, l);
	lose(w, i, why);
}

/* Below a header without an end nothing is read: it is no part of the section above either. */
static void lose_below(struct work *w, size_t i)
{
	for (; i < w->e->n && w->e->line[i].kind != EDIT_SECTION; i++)
		if (w->e->line[i].kind == EDIT_ASSIGN && !*section_of(&w->e->line[i]))
			check(w, edit_comment_out(w->e, i));
}

static void lose_other(struct work *w, size_t i, const char *why)
{
	if (w->e->line[i].raw[strspn(w->e->line[i].raw, " \t")] == '[')
		lose_below(w, i);
	lose(w, i, why);
}

/* A complaint ends a line, or a section; false when it can end neither. */
static bool lose_line(struct work *w, size_t i, const char *why, bool error)
{
	const struct edit_line *l = &w->e->line[i];

	if (l->kind == EDIT_SECTION)
		lose_section(w, i, why);
	else if (l->kind == EDIT_ASSIGN)
		lose_assignment(w, i, why, error);
	else if (l->lost || l->raw[strspn(l->raw, " \t")] == '#')
		return false;
	else
		lose_other(w, i, why);
	return true;
}

/* --- what means another thing here ---------------------------------------------------- */

/* The line gets another value; its old text stands in the remark. */
static void change_value(struct work *w, size_t i, const char *value, const char *why)
{
	struct edit_line *l = &w->e->line[i];
	char *remark = talloc_asprintf(w->m, "%s = %s: %s is %s", l->name, l->value, why, value);
	char *raw = talloc_asprintf(w->e, "%.*s%s = %s", (int)strspn(l->raw, " \t"), l->raw,
				    l->name, value);

	if (!remark || !raw) {
		w->nomem = true;
		return;
	}
	l->raw = raw;
	l->value = talloc_strdup(w->e, value);
	l->changed = remark;
	check(w, l->value && edit_remark(w->e, i, remark));
}

/* Dialects of test versions of Windows: as the least one, the next newer one that there is. */
static void rename_dialects(struct work *w)
{
	static const struct { const char *name, *next; } dialects[] = {
		{ "SMB2_22", "SMB3_00" }, { "SMB2_24", "SMB3_00" }, { "SMB3_10", "SMB3_11" },
	};
	const struct conf_param *least = edit_param(true, "server min protocol");

	for (size_t i = 0; i < w->e->n && !w->nomem; i++) {
		const struct edit_line *l = &w->e->line[i];

		if (l->kind != EDIT_ASSIGN || edit_param(true, l->name) != least)
			continue;
		for (size_t k = 0; k < ARRAY_LEN(dialects); k++)
			if (!strcasecmp(l->value, dialects[k].name)) {
				change_value(w, i, dialects[k].next, "the next newer dialect");
				i++;	/* behind the remark */
				break;
			}
	}
}

static bool is_of(const struct edit_line *l, const char *section, const char *name)
{
	return l->kind == EDIT_ASSIGN && edit_same_section(section_of(l), section) &&
	       conf_name_is(l->name, name);
}

/*
 * What the last line of the section before line @end with such a name says, as conf_value_truth();
 * @def without one.
 */
static int truth_in(const struct work *w, const char *section, size_t end, const char *name, int def)
{
	while (end-- > 0)
		if (is_of(&w->e->line[end], section, name))
			return conf_value_truth(w->e->line[end].value);
	return def;
}

/* Does no line of any section say that there are SMB3's unix extensions, or may say so? */
static bool is_never_unix3(const struct work *w)
{
	for (size_t i = 0; i < w->e->n; i++) {
		const struct edit_line *l = &w->e->line[i];

		if (l->kind == EDIT_ASSIGN && conf_name_is(l->name, "smb3 unix extensions") &&
		    conf_value_truth(l->value) != 0)
			return false;
	}
	return true;
}

/* Is what a name says in [global] an explicit no, by the last of its lines? */
static bool is_off(const struct work *w, const char *name, const char *other)
{
	int one = truth_in(w, "global", w->e->n, name, -2);
	int two = truth_in(w, "global", w->e->n, other, -2);

	return (one == 0 || two == 0) && (one == 0 || one == -2) && (two == 0 || two == -2);
}

/*
 * Had the section neither kind of unix extensions, whatever the release has for a default?  Those of
 * SMB3 may be said of a share; what [global] says is for the shares below, and "copy" may say more.
 */
static bool is_without_unix(const struct work *w, const char *section)
{
	bool global = edit_same_section(section, "global");
	size_t end = global ? w->e->n : header_of(w, section);
	int own = global ? -2 : truth_in(w, section, w->e->n, "smb3 unix extensions", -2);

	if (!is_off(w, "unix extensions", "smb1 unix extensions"))
		return false;
	return own == 0 || (own == -2 && is_never_unix3(w) &&
			    truth_in(w, "global", end, "smb3 unix extensions", -2) == 0);
}

/*
 * Samba follows no link out of a share while it has unix extensions (smb.conf(5), "wide links"): a
 * link that was harmless there must not open the whole system here.
 */
static void narrow_links(struct work *w)
{
	const struct conf_param *wide = edit_param(false, "wide links");

	if (truth_in(w, "global", w->e->n, "allow insecure wide links", 0) == 1)
		return;
	for (size_t i = 0; i < w->e->n && !w->nomem; i++) {
		const struct edit_line *l = &w->e->line[i];

		if (l->kind == EDIT_ASSIGN && conf_value_truth(l->value) == 1 &&
		    edit_param(edit_same_section(section_of(l), "global"), l->name) == wide &&
		    !is_without_unix(w, section_of(l)))
			change_value(w, i++, "no", "with unix extensions, what Samba obeys");
	}
}

/*
 * The names of a domain become those of local accounts, which other persons may have: what a
 * share says of them protects it no longer.  @all: names without a domain are the domain's, too.
 */
static void doubt_domain_names(struct work *w, bool all, char sep)
{
	for (size_t i = 0; i < w->e->n && !w->nomem; i++) {
		const struct edit_line *l = &w->e->line[i];

		if (l->kind != EDIT_ASSIGN || !domain_names_accounts(l) || !*l->value ||
		    !(all || domain_is_named(l->value, sep)))
			continue;
		remember_bare(w, section_of(l));
		check(w, edit_remark(w->e, i++,
				     "these were accounts of a domain: here they would be local "
				     "accounts of the same names"));
	}
}

/*
 * A controller of an Active Directory has acl_xattr in all shares without a line that says so: the
 * ACLs that it stored kept clients out.  A line of [global] counts instead, and is looked at itself.
 */
static void leave_directory(struct work *w, size_t role)
{
	for (size_t i = 0; i < w->e->n; i++)
		if ((is_of(&w->e->line[i], "global", "vfs objects") ||
		     is_of(&w->e->line[i], "global", "vfs object")) && *w->e->line[i].value)
			return;
	remember_bare(w, "global");
	check(w, edit_remark(w->e, role,
			     "of a domain controller, the ACLs that Samba's acl_xattr stored kept "
			     "clients out of files: here they do not count"));
}

/* Of a member or controller of a domain, accounts come from there. */
static void leave_domain(struct work *w)
{
	size_t role = w->e->n;
	bool member = false, all = false;
	char sep = 0;

	for (size_t i = 0; i < w->e->n; i++) {
		const struct edit_line *l = &w->e->line[i];

		if (l->kind != EDIT_ASSIGN || !edit_same_section(section_of(l), "global"))
			continue;
		member |= domain_joins(l);
		if (domain_is_directory(l))
			role = i;
		all |= conf_name_is(l->name, "winbind use default domain") &&
		       conf_value_truth(l->value) != 0;
		if (conf_name_is(l->name, "winbind separator"))
			sep = *l->value;
	}
	/* which itself has the accounts: their names have no domain */
	all |= role < w->e->n;
	if (role < w->e->n)
		leave_directory(w, role);
	if (member)
		doubt_domain_names(w, all, sep);
}

/* --- rounds ------------------------------------------------------------------------ */

/* Reads the text as it is now. */
static int reread(struct work *w)
{
	char *text = edit_text(w->m, w->e);
	int r;

	TALLOC_FREE(w->m->conf);
	talloc_free(w->m->text);
	w->m->text = text;
	r = text ? conf_parse_text(w->m, w->path, text, strlen(text), w->env, &w->m->conf)
		 : -ENOMEM;
	return w->nomem ? -ENOMEM : r;
}

/* Does the line say what cifssrv does not do at all? */
static bool is_void(const struct work *w, const struct conf_error *e)
{
	size_t i = e->line ? edit_at(w->e, e->line) : w->e->n;
	const struct edit_line *l;

	if (e->grade == CONF_ERROR || e->grade != CONF_DIFFERS || i == w->e->n)
		return e->grade == CONF_ERROR;
	l = &w->e->line[i];
	if (l->kind == EDIT_SECTION || is_left_out(w, section_of(l)))
		return is_left_out(w, section_of(l));
	return l->kind == EDIT_ASSIGN &&
	       !edit_param(edit_same_section(section_of(l), "global"), l->name);
}

/* A line that shall end, and why; @order: which complaint it was. */
struct doomed {
	size_t line, order;
	char *why;
};

static int from_the_last(const void *x, const void *y)
{
	const struct doomed *a = x, *b = y;

	if (a->line != b->line)
		return a->line < b->line ? 1 : -1;
	return a->order > b->order ? 1 : -1;
}

/* All that is said of the line of @d[0], one after the other; how many complaints that were. */
static size_t join(struct work *w, struct doomed *d, size_t n)
{
	size_t same = 1;

	for (; same < n && d[same].line == d[0].line; same++)
		d[0].why = talloc_asprintf(w->m, "%s; %s", d[0].why, d[same].why);
	w->nomem |= !d[0].why;
	return same;
}

/* Ends the lines that are complained about; false when there is none.  @errors: or warnings */
static bool lose_some(struct work *w, bool errors)
{
	const struct conf *conf = w->m->conf;
	struct doomed *doomed = talloc_array(w->m, struct doomed, (unsigned int)conf->nerrors + 1);
	bool any = false;
	size_t n = 0;

	for (size_t i = 0; doomed && i < conf->nerrors; i++) {
		const struct conf_error *e = &conf->errors[i];

		if (errors == e->warning || !e->line || !is_void(w, e))
			continue;
		doomed[n] = (struct doomed){ edit_at(w->e, e->line), n, reason_of(w, e) };
		n += doomed[n].line < w->e->n;
	}
	w->nomem |= !doomed;
	/* A comment that is put in moves only what has been looked at. */
	if (n)
		qsort(doomed, n, sizeof(*doomed), from_the_last);
	for (size_t i = 0, same; i < n && !w->nomem; i += same) {
		same = join(w, &doomed[i], n - i);
		if (!w->nomem)
			any |= lose_line(w, doomed[i].line, doomed[i].why, errors);
	}
	return any;
}

/* Errors first: a warning may be about what an error ends. */
static int settle(struct work *w)
{
	int r = reread(w);

	for (int round = 0; !r && round < ROUNDS_MAX; round++) {
		if (!lose_some(w, true) && !lose_some(w, false))
			break;
		r = reread(w);
	}
	if (r || !w->m->conf->nfatal)
		return r;
	for (size_t i = 0; i < w->m->conf->nerrors && !*w->why; i++)
		if (!w->m->conf->errors[i].warning)
			*w->why = reason_of(w, &w->m->conf->errors[i]);
	return -EINVAL;
}

/* --- what must not be open --------------------------------------------------------- */

static void switch_off(struct work *w, const char *section)
{
	const struct conf_param *available = edit_param(false, "available");
	const char *why =
		"the share is off until you have decided what shall protect it instead of the "
		"lines that are comments now; then remove this line";
	size_t i;

	if (!conf_share_find(w->m->conf, section))
		return;
	add(w, &w->m->off, "[%s]", section);
	check(w, edit_set(w->e, section, available, "available", "no"));
	i = edit_find(w->e, w->e->n, section, available);
	if (i < w->e->n)
		check(w, edit_remark(w->e, i, why));
}

static bool is_bare(const struct work *w, const char *share)
{
	for (size_t i = 0; i < w->nbare; i++)
		if (edit_same_section(w->bare[i], "global") || edit_same_section(w->bare[i], share))
			return true;
	return false;
}

/* Texts that are shown or logged: another one does no harm. */
static bool is_harmless(const struct conf_param *p)
{
	static const char *const attrs[] = { "comment", "volume", "server_string", "log_level" };

	return text_is_any(p->attr, attrs, ARRAY_LEN(attrs));
}

/* Has the parameter a value all the same, and not its default? */
static bool has_value(const struct csrv_conf_scope *s, const char *name)
{
	bool inverted;
	int i = s ? conf_table_name(s->table, name, &inverted) : -1;
	const struct conf_param *p = i < 0 ? NULL : &s->table->params[i];

	return p && !is_harmless(p) && s->values[i].text && strcmp(s->values[i].text, p->def);
}

/*
 * The value of a line that was lost may have been the narrower one: an earlier line, [global] or
 * "copy" gives the section another now.
 */
static void doubt_losses(struct work *w)
{
	const struct conf *conf = w->m->conf;

	for (size_t i = 0; i < w->nloss; i++) {
		const struct loss *l = &w->loss[i];

		if (edit_same_section(l->section, "global") ?
		    has_value(conf->global, l->name) || has_value(conf->share_defaults, l->name) :
		    has_value(conf_share_find(conf, l->section), l->name))
			remember_bare(w, l->section);
	}
}

/* What a share copies from another one it lost as well. */
static void follow_copies(struct work *w)
{
	size_t before;

	do {
		before = w->nbare;
		for (size_t i = 0; i < w->e->n && !w->nomem; i++) {
			const struct edit_line *l = &w->e->line[i];

			if (l->kind == EDIT_ASSIGN && conf_name_is(l->name, "copy") &&
			    is_bare(w, l->value))
				remember_bare(w, section_of(l));
		}
	} while (w->nbare > before && !w->nomem);
}

static void protect(struct work *w)
{
	doubt_losses(w);
	follow_copies(w);
	for (size_t k = 0; k < w->m->conf->nshares; k++)
		if (is_bare(w, w->m->conf->shares[k]->name))
			switch_off(w, w->m->conf->shares[k]->name);
}

static void tell_lost(struct work *w, const struct edit_line *l)
{
	const char *name = l->name ? l->name : l->section ? l->section : "line";
	const char *file = l->file ? l->file : w->path;

	if (strcasestr(l->lost, name))
		add(w, &w->m->lost, "%s:%u: %s", file, l->number, l->lost);
	else
		add(w, &w->m->lost, "%s:%u: %s: %s", file, l->number, name, l->lost);
}

/* Lines with another value than they had, and their numbers in the new file. */
static void tell_changed(struct work *w)
{
	unsigned int number = 1;

	for (size_t i = 0; i < w->e->n; i++) {
		const struct edit_line *l = &w->e->line[i];

		if (l->changed && l->kind == EDIT_ASSIGN)
			add(w, &w->m->remarks, "%u: %s", number, l->changed);
		number++;
		for (const char *s = l->raw; (s = strchr(s, '\n')); s++)
			number++;
	}
}

static void tell(struct work *w)
{
	const struct conf *conf = w->m->conf;

	tell_changed(w);
	for (size_t i = 0; i < conf->nerrors; i++)
		add(w, &w->m->remarks, "%u: %s", conf->errors[i].line,
		    reason_of(w, &conf->errors[i]));
	for (size_t i = 0; i < w->e->n; i++) {
		w->m->kept += w->e->line[i].kind == EDIT_ASSIGN && w->e->line[i].number;
		if (w->e->line[i].lost)
			tell_lost(w, &w->e->line[i]);
	}
}

static int run(struct work *w)
{
	char *head = talloc_asprintf(w->m, "made from %s by cifsadmin(8)", w->path);
	int r;

	check(w, head && edit_remark(w->e, 0, head));
	expand(w);
	rename_dialects(w);
	narrow_links(w);
	leave_domain(w);
	r = settle(w);
	if (r)
		return r;
	protect(w);
	r = reread(w);
	if (!r)
		tell(w);
	return w->nomem ? -ENOMEM : r;
}

int migrate_conf(TALLOC_CTX *ctx, const char *path, const struct conf_env *env,
		 struct migration **ret, const char **why)
{
	struct work w = { .env = env, .path = path, .why = why };
	int r;

	*why = NULL;
	w.m = talloc_zero(ctx, struct migration);
	if (!w.m)
		return -ENOMEM;
	w.m->mode = 0777;
	note_mode(w.m, path);
	errno = ENOMEM;
	w.e = read_edit(&w, path);
	r = w.e ? run(&w) : -errno;
	if (r == -EINVAL && !*why)
		*why = "it is no text file";
	if (r && *why)
		*why = talloc_strdup(ctx, *why);
	if (r)
		TALLOC_FREE(w.m);
	*ret = w.m;
	return r;
}
