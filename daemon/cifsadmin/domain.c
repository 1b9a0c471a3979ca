// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/domain.c - lines of a smb.conf about a domain */
#include "domain.h"

#include <string.h>
#include <strings.h>

#include "../conf/internal.h"
#include "../util/cleanup.h"
#include "../util/text.h"

/* Does the assignment set a role of the server that is none of the @n @roles? */
static bool is_role_but(const struct edit_line *l, const char *const *roles, size_t n)
{
	if (!conf_name_is(l->name, "server role"))
		return false;
	for (size_t i = 0; i < n; i++)
		if (conf_value_is(l->value, roles[i]))
			return false;
	return true;
}

bool domain_joins(const struct edit_line *l)
{
	static const char *const roles[] = { "auto", "standalone", "standalone server" };

	if (conf_name_is(l->name, "security"))
		return !strcasecmp(l->value, "ads") || !strcasecmp(l->value, "domain");
	if (conf_name_is(l->name, "domain logons"))
		return conf_value_truth(l->value) != 0;
	return is_role_but(l, roles, ARRAY_LEN(roles));
}

bool domain_names_accounts(const struct edit_line *l)
{
	static const char *const attrs[] = {
		"valid_users", "invalid_users", "read_list", "write_list", "admin_users",
		"force_user", "force_group",
	};
	const struct conf_param *p = edit_param(false, l->name);

	return p && text_is_any(p->attr, attrs, ARRAY_LEN(attrs));
}

/* Has a word of the list the character inside, neither first nor in the mark of a group? */
static bool is_inside(const char *list, char c)
{
	for (const char *s = strchr(list, c); c && s; s = strchr(s + 1, c))
		if (s > list && !strchr(" \t,;\"@+&", s[-1]))
			return true;
	return false;
}

bool domain_is_named(const char *list, char sep)
{
	return strchr(list, '\\') || is_inside(list, '@') || is_inside(list, sep);
}

bool domain_is_directory(const struct edit_line *l)
{
	static const char *const others[] = {
		"auto", "standalone", "standalone server", "member", "member server",
		"classic primary domain controller", "classic backup domain controller",
	};

	return is_role_but(l, others, ARRAY_LEN(others));
}
