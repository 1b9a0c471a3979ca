// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/translate_change.c - lines with another meaning than in Samba */
#include "translate.h"

#include <string.h>
#include <strings.h>

#include "domain.h"

/* Gives the line another value; the remark has its old text. */
static void change_value(struct translation *w, size_t i, const char *value, const char *why)
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
	translate_check(w, l->value && edit_remark(w->e, i, remark));
}

/* Dialects of test versions of Windows, as the lowest one, become the next newer one. */
static void rename_dialects(struct translation *w)
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
 * Truth, as conf_value_truth(), of the last line of the section before line @end with such a name;
 * @def without one.
 */
static int truth_in(const struct translation *w, const char *section, size_t end, const char *name,
		    int def)
{
	while (end-- > 0)
		if (is_of(&w->e->line[end], section, name))
			return conf_value_truth(w->e->line[end].value);
	return def;
}

/* Does no line of any section enable, or may enable, SMB3's unix extensions? */
static bool is_never_unix3(const struct translation *w)
{
	for (size_t i = 0; i < w->e->n; i++) {
		const struct edit_line *l = &w->e->line[i];

		if (l->kind == EDIT_ASSIGN && conf_name_is(l->name, "smb3 unix extensions") &&
		    conf_value_truth(l->value) != 0)
			return false;
	}
	return true;
}

/* Is the last assignment of a name in [global] an explicit no? */
static bool is_off(const struct translation *w, const char *name, const char *other)
{
	int one = truth_in(w, "global", w->e->n, name, -2);
	int two = truth_in(w, "global", w->e->n, other, -2);

	return (one == 0 || two == 0) && (one == 0 || one == -2) && (two == 0 || two == -2);
}

/*
 * Had the section neither kind of unix extensions, by explicit lines?  SMB3's can be set for a
 * share; those of [global] are for the shares below, and "copy" may add some.
 */
static bool is_without_unix(const struct translation *w, const char *section)
{
	bool global = edit_same_section(section, "global");
	size_t end = global ? w->e->n : translate_header(w, section);
	int own = global ? -2 : truth_in(w, section, w->e->n, "smb3 unix extensions", -2);

	if (!is_off(w, "unix extensions", "smb1 unix extensions"))
		return false;
	return own == 0 || (own == -2 && is_never_unix3(w) &&
			    truth_in(w, "global", end, "smb3 unix extensions", -2) == 0);
}

/*
 * Samba follows no link out of a share while it has unix extensions (smb.conf(5), "wide links"): a
 * link that was harmless there must not lead out of the share here.
 */
static void narrow_links(struct translation *w)
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
 * Names of a domain become names of local accounts, which may be other persons': lines of a share
 * with such names no longer protect it.  @all: names without a domain are the domain's, too.
 */
static void doubt_domain_names(struct translation *w, bool all, char sep)
{
	for (size_t i = 0; i < w->e->n && !w->nomem; i++) {
		const struct edit_line *l = &w->e->line[i];

		if (l->kind != EDIT_ASSIGN || !domain_names_accounts(l) || !*l->value ||
		    !(all || domain_is_named(l->value, sep)))
			continue;
		translate_bare(w, section_of(l));
		translate_check(w, edit_remark(w->e, i++,
					       "these were accounts of a domain: here they would be "
					       "local accounts of the same names"));
	}
}

/*
 * A controller of an Active Directory has acl_xattr in all shares without a line that says so: the
 * ACLs that it stored restricted access.  A line in [global] replaces that, and is handled itself.
 */
static void leave_directory(struct translation *w, size_t role)
{
	for (size_t i = 0; i < w->e->n; i++)
		if ((is_of(&w->e->line[i], "global", "vfs objects") ||
		     is_of(&w->e->line[i], "global", "vfs object")) && *w->e->line[i].value)
			return;
	translate_bare(w, "global");
	translate_check(w, edit_remark(w->e, role,
				       "of a domain controller, the ACLs that Samba's acl_xattr "
				       "stored kept clients out of files: here they do not count"));
}

/* A member or controller of a domain has the domain's accounts. */
static void leave_domain(struct translation *w)
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
	/* a controller has the accounts itself: their names have no domain */
	all |= role < w->e->n;
	if (role < w->e->n)
		leave_directory(w, role);
	if (member)
		doubt_domain_names(w, all, sep);
}

void translate_changes(struct translation *w)
{
	rename_dialects(w);
	narrow_links(w);
	leave_domain(w);
}
