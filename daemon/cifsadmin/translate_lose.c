// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/translate_lose.c - lines that cifssrv refuses become comments; what they protected */
#include "translate.h"

#include <string.h>
#include <strings.h>

#include "../conf/internal.h"
#include "../util/text.h"

static void remember_loss(struct translation *w, const struct edit_line *l)
{
	struct loss *grown = talloc_realloc(w->m, w->loss, struct loss, (unsigned int)w->nloss + 1);

	if (!grown) {
		w->nomem = true;
		return;
	}
	w->loss = grown;
	grown[w->nloss++] = (struct loss){ section_of(l), l->name };
}

/* Does this parameter restrict access or hide something, so that more is allowed without it? */
static bool param_protects(const struct conf_param *p)
{
	static const char *const attrs[] = {
		"valid_users", "invalid_users", "read_list", "read_only", "hosts_allow",
		"hosts_deny", "guest_ok", "guest_only", "encryption", "veto_files", "available",
		"follow_symlinks", "hide_unreadable", "access_based_enum", "restrict_anonymous",
		"interfaces", "bind_interfaces_only", "username_map",
		"create_mask", "directory_mask", "min_protocol", "signing", "ntlm_auth",
		"encryption_algorithms", "signing_algorithms",
		"smb_ports", "max_connections",	/* other ports, and more clients */
		"force_user", "force_group",	/* else the client's user accesses files */
		"path",				/* else another directory is served */
	};

	return text_is_any(p->attr, attrs, ARRAY_LEN(attrs));
}

/* Did a module of "vfs objects" decide about access, as an unknown one may? */
static bool has_guard_module(struct translation *w, const char *value)
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
 * Is more allowed without this line?  A parameter that is not obeyed and yet an error is one
 * because it may protect; not so those that say where accounts come from: without them there are
 * fewer.
 */
static bool line_protects(struct translation *w, const struct edit_line *l, bool error)
{
	static const char *const accounts[] = { "security", "server role", "domain logons" };
	const struct conf_param *p = edit_param(edit_same_section(section_of(l), "global"), l->name);

	if (p)
		return param_protects(p);
	if (conf_name_is(l->name, "vfs objects") || conf_name_is(l->name, "vfs object"))
		return error || has_guard_module(w, l->value);
	for (size_t i = 0; i < ARRAY_LEN(accounts); i++)
		if (conf_name_is(l->name, accounts[i]))
			return false;
	return error;
}

/* Lines of IPC$ protect the list of shares and the names of accounts. */
static const char *reason_of_ipc(struct translation *w, const char *section, const char *why)
{
	char *text, *names = NULL;

	for (size_t i = 0; i < w->e->n; i++) {
		const struct edit_line *l = &w->e->line[i];

		if (l->kind != EDIT_ASSIGN || !l->section ||
		    !edit_same_section(l->section, section) || !line_protects(w, l, false))
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
	translate_note(w, &w->m->bare, "[%s]: %s", section, names);
	return text ? text : why;
}

/* Makes a comment of a whole section that cannot be served. */
static void lose_section(struct translation *w, size_t header, const char *why)
{
	const char *section = w->e->line[header].section;

	if (!strcasecmp(section, "IPC$"))
		why = reason_of_ipc(w, section, why);
	for (size_t i = w->e->n; i-- > 0;) {
		struct edit_line *l = &w->e->line[i];

		if (l->kind == EDIT_OTHER || !l->section || !edit_same_section(l->section, section))
			continue;
		if (l->kind == EDIT_SECTION)
			header = i;	/* the first header in the end */
		translate_check(w, edit_comment_out(w->e, i));
	}
	w->e->line[header].lost = why;
	translate_check(w, edit_remark(w->e, header, why));
}

bool translate_is_left_out(const struct translation *w, const char *section)
{
	return *section && !edit_same_section(section, "global") &&
	       !conf_share_find(w->m->conf, section);
}

static void lose_assignment(struct translation *w, size_t i, const char *why, bool error)
{
	const struct edit_line *l = &w->e->line[i];

	if (translate_is_left_out(w, section_of(l))) {
		lose_section(w, translate_header(w, l->section), why);
		return;
	}
	/* Debian's smb.conf has it: it would switch off all shares, though it is about accounts */
	if (conf_name_is(l->name, "obey pam restrictions") &&
	    edit_same_section(section_of(l), "global"))
		translate_note(w, &w->m->bare, "[global]: %s: accounts that PAM keeps out log on until "
			       "cifsadmin user disable", l->name);
	if (line_protects(w, l, error))
		translate_bare(w, section_of(l));
	else if (edit_param(edit_same_section(section_of(l), "global"), l->name))
		remember_loss(w, l);
	translate_lose(w, i, why);
}

/* Lines below an unclosed header belong to no section, nor to the one above. */
static void lose_below(struct translation *w, size_t i)
{
	for (; i < w->e->n && w->e->line[i].kind != EDIT_SECTION; i++)
		if (w->e->line[i].kind == EDIT_ASSIGN && !*section_of(&w->e->line[i]))
			translate_check(w, edit_comment_out(w->e, i));
}

static void lose_other(struct translation *w, size_t i, const char *why)
{
	if (w->e->line[i].raw[strspn(w->e->line[i].raw, " \t")] == '[')
		lose_below(w, i);
	translate_lose(w, i, why);
}

bool translate_lose_line(struct translation *w, size_t i, const char *why, bool error)
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
