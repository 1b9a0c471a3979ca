// SPDX-License-Identifier: GPL-2.0-or-later
/* Contradictions, and what only the whole file shows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/internal.h"

/* Where @attr was set, or else where the section begins. */
static struct conf_place place_of(const struct csrv_conf_scope *s, const char *attr)
{
	const struct conf_value *v = conf_scope_value(s, attr);

	return v->file ? (struct conf_place) { v->file, v->line } :
		(struct conf_place) { s->file, s->line };
}

static bool flag(const struct csrv_conf_scope *s, const char *attr)
{
	return conf_scope_text(s, attr)[0] == '1';
}

static uint64_t number(const struct csrv_conf_scope *s, const char *attr)
{
	return strtoull(conf_scope_text(s, attr), NULL, 10);
}

/* The number of an enum's value. */
static int rank(const struct csrv_conf_scope *s, const char *attr)
{
	const struct conf_param *p = &s->table->params[conf_table_attr(s->table, attr)];
	const char *text = conf_scope_text(s, attr);
	int i;

	for (i = 0; p->values[i] && strcmp(p->values[i], text); i++)
		;
	return i;
}

static void check_required(struct conf_builder *b, const char *attr, const char *name)
{
	const struct csrv_conf_scope *g = b->global.scope;
	struct conf_place at = place_of(g, attr);

	if (!*conf_scope_text(g, attr))
		conf_complain(b, &at, false, "leave it out for the default",
			      "\"%s\" must not be empty", name);
}

static void check_protocols(struct conf_builder *b)
{
	const struct csrv_conf_scope *g = b->global.scope;
	struct conf_place at = place_of(g, "min_protocol");

	if (rank(g, "min_protocol") > rank(g, "max_protocol"))
		conf_complain(b, &at, false, NULL,
			      "\"server min protocol\" (%s) is newer than \"server max protocol\" (%s)",
			      conf_scope_text(g, "min_protocol"), conf_scope_text(g, "max_protocol"));
	at = place_of(g, "encryption");
	if (!strcmp(conf_scope_text(g, "encryption"), "required") &&
	    strcmp(conf_scope_text(g, "max_protocol"), "SMB3_00") < 0)
		conf_complain(b, &at, false, "encryption begins with SMB3_00",
			      "encryption is required, but \"server max protocol\" is %s",
			      conf_scope_text(g, "max_protocol"));
}

static void check_sizes(struct conf_builder *b)
{
	static const char *const parts[] = { "max_read", "max_write", "max_trans" };
	const struct csrv_conf_scope *g = b->global.scope;
	struct conf_place at = place_of(g, "max_inflight");

	if (number(g, "max_inflight") > number(g, "max_inflight_total"))
		conf_complain(b, &at, false, NULL,
			      "\"max inflight\" is more than \"max inflight total\"");
	for (size_t i = 0; i < 3; i++)
		if (number(g, parts[i]) > number(g, "max_inflight"))
			conf_complain(b, &at, false, "raise it, or lower smb2 max read, write, trans",
				      "\"max inflight\" does not hold one request of the largest size");
}

static void check_guest_account(struct conf_builder *b)
{
	const struct csrv_conf_scope *g = b->global.scope;
	const char *name = conf_scope_text(g, "guest_account");
	struct conf_place at = place_of(g, "guest_account");
	uid_t uid;
	gid_t gid;
	int err;

	if (!strcmp(conf_scope_text(g, "map_to_guest"), "never"))
		return;
	err = b->env->user(b->env->priv, name, &uid, &gid);
	if (err == -ENOENT)
		conf_complain(b, &at, true, NULL,
			      "no guest gets in: there is no user \"%s\"", name);
	else if (err)
		conf_complain(b, &at, true, NULL,
			      "no guest gets in as long as \"%s\" cannot be looked up: %s", name,
			      strerror(-err));
}

static void check_hosts(struct conf_builder *b, const struct csrv_conf_scope *s, const char *attr,
			const char *name)
{
	const char *text = conf_scope_text(s, attr), *except = strstr(text, "EXCEPT");
	struct conf_place at = place_of(s, attr);

	if (!except)
		return;
	if (except == text || !strcmp(except, "EXCEPT") || strstr(except + 6, "EXCEPT"))
		conf_complain(b, &at, false, "a list, EXCEPT, a list",
			      "\"%s\": EXCEPT stands once, between words", name);
}

static bool list_has(const char *list, const char *word, size_t len)
{
	while (*list) {
		size_t n = strcspn(list, " ");

		if (n == len && !memcmp(list, word, n))
			return true;
		list += n;
		list += strspn(list, " ");
	}
	return false;
}

/* With both lists the one of "hosts allow" keeps nobody out, which is easily taken otherwise. */
static void check_both_hosts(struct conf_builder *b, const struct csrv_conf_scope *s)
{
	const char *allow = conf_scope_text(s, "hosts_allow"), *deny = conf_scope_text(s, "hosts_deny");
	struct conf_place at = place_of(s, "hosts_deny");

	if (*allow && *deny && !list_has(deny, "ALL", 3))
		conf_complain(b, &at, true, "hosts allow = ... EXCEPT ..., or hosts deny = ALL",
			      "with \"hosts allow\" and \"hosts deny\" a client that is in neither may connect");
}

static void check_server(struct conf_builder *b)
{
	const struct csrv_conf_scope *g = b->global.scope;
	struct conf_place at = place_of(g, "bind_interfaces_only");

	check_protocols(b);
	check_sizes(b);
	check_guest_account(b);
	check_required(b, "encryption_algorithms", "server smb3 encryption algorithms");
	check_required(b, "signing_algorithms", "server smb3 signing algorithms");
	check_required(b, "smb_ports", "smb ports");
	check_required(b, "workgroup", "workgroup");
	check_hosts(b, g, "hosts_allow", "hosts allow");
	check_hosts(b, g, "hosts_deny", "hosts deny");
	check_both_hosts(b, g);
	if (flag(g, "bind_interfaces_only") && !*conf_scope_text(g, "interfaces"))
		conf_complain(b, &at, false, "set interfaces",
			      "\"bind interfaces only\" without \"interfaces\" would listen nowhere");
}

/* ---- shares ---- */

static void set_number(struct conf_builder *b, const struct csrv_conf_scope *s, const char *attr,
		       unsigned int n, const struct conf_place *at)
{
	struct conf_value *v = conf_scope_value(s, attr);

	v->text = talloc_asprintf(b->conf, "%u", n);
	v->file = at->file;
	v->line = at->line;
	if (!v->text)
		b->nomem = true;
}

/* As whom its files would be used is unknown for good: the share cannot be served. */
static void share_off(struct conf_builder *b, struct csrv_conf_scope *s,
		      const struct conf_place *at, const char *what, const char *name)
{
	char *why = talloc_asprintf(b->conf, "\"force %s\": there is no %s \"%s\"", what, what, name);

	if (!why) {
		b->nomem = true;
		return;
	}
	s->off = why;
	conf_complain(b, at, true, NULL, "%s: [%s] is not served", why, s->name);
}

/* The same for now: what runs keeps its numbers. */
static void in_doubt(struct conf_builder *b, struct csrv_conf_scope *s,
		     const struct conf_place *at, const char *what, const char *name, int err)
{
	conf_complain(b, at, true, NULL, "\"force %s\": \"%s\" cannot be looked up now: %s", what,
		      name, strerror(-err));
	if (!strcmp(what, "user"))
		conf_scope_value(s, "force_uid")->keep = true;
	conf_scope_value(s, "force_gid")->keep = true;
}

/* Names become the numbers that the kernel wants. */
static void check_force_user(struct conf_builder *b, struct csrv_conf_scope *s, const char *user)
{
	struct conf_place at = place_of(s, "force_user");
	uid_t uid;
	gid_t gid;
	int err = b->env->user(b->env->priv, user, &uid, &gid);

	if (err == -ENOENT) {
		share_off(b, s, &at, "user", user);
	} else if (err) {
		in_doubt(b, s, &at, "user", user, err);
	} else {
		set_number(b, s, "force_uid", uid, &at);
		set_number(b, s, "force_gid", gid, &at);
	}
}

static void check_force_group(struct conf_builder *b, struct csrv_conf_scope *s, const char *group)
{
	struct conf_place at = place_of(s, "force_group");
	gid_t gid;
	int err;

	if (*group == '+') {
		conf_complain(b, &at, false, "leave the + out to force it for everybody",
			      "\"force group\" for members only is not supported");
		return;
	}
	err = b->env->group(b->env->priv, group, &gid);
	if (err == -ENOENT) {
		share_off(b, s, &at, "group", group);
	} else if (err) {
		in_doubt(b, s, &at, "group", group, err);
	} else {
		conf_scope_value(s, "force_gid")->keep = false;
		set_number(b, s, "force_gid", gid, &at);
	}
}

static void check_force(struct conf_builder *b, struct csrv_conf_scope *s)
{
	const char *user = conf_scope_text(s, "force_user"), *group = conf_scope_text(s, "force_group");

	if (*user)
		check_force_user(b, s, user);
	if (*group)
		check_force_group(b, s, group);
}

/* The guest's numbers are not known now: a share that has them, of the same guest, keeps them. */
static void keep_guest(const struct csrv_conf_scope *s)
{
	conf_scope_value(s, "guest_uid")->keep = true;
	conf_scope_value(s, "guest_gid")->keep = true;
}

/* Whom "guest only" makes of everybody. */
static void check_guest_only(struct conf_builder *b, const struct csrv_conf_scope *s)
{
	const char *name = conf_scope_text(b->global.scope, "guest_account");
	struct conf_place at = place_of(s, "guest_only");
	struct conf_value *v;
	uid_t uid;
	gid_t gid;
	int err;

	if (!flag(s, "guest_only"))
		return;
	if (!flag(s, "guest_ok"))
		conf_complain(b, &at, false, "set guest ok",
			      "[%s]: \"guest only\" without \"guest ok\" lets nobody in", s->name);
	err = b->env->user(b->env->priv, name, &uid, &gid);
	if (err == -ENOENT) {
		/* Nobody gets in, and nothing else is refused. */
		conf_complain(b, &at, true, NULL,
			      "[%s] is for guests only, but there is no user \"%s\"", s->name, name);
		return;
	}
	if (err) {
		conf_complain(b, &at, true, NULL,
			      "[%s] is for guests only, but who \"%s\" is cannot be looked up now: %s",
			      s->name, name, strerror(-err));
		keep_guest(s);
	} else {
		set_number(b, s, "guest_uid", uid, &at);
		set_number(b, s, "guest_gid", gid, &at);
	}
	v = conf_scope_value(s, "guest_user");
	*v = (struct conf_value) { talloc_strdup(b->conf, name), at.file, at.line, false };
	if (!v->text)
		b->nomem = true;
}

static void check_users(struct conf_builder *b, const struct csrv_conf_scope *s)
{
	const char *valid = conf_scope_text(s, "valid_users"), *word = valid;
	const char *invalid = conf_scope_text(s, "invalid_users");
	struct conf_place at = place_of(s, "invalid_users");

	while (*word) {
		size_t n = strcspn(word, " ");

		if (list_has(invalid, word, n))
			conf_complain(b, &at, false, NULL,
				      "%.*s is among the valid users and the invalid users",
				      (int)n, word);
		word += n;
		word += strspn(word, " ");
	}
}

static void check_share(struct conf_builder *b, const struct conf_section *section)
{
	int path = conf_table_attr(&conf_share_table, "path");
	struct csrv_conf_scope *s = section->scope;
	struct conf_place at = { s->file, s->line };

	if (!*conf_scope_text(s, "path") && !section->raw[path].bad && !b->defaults.raw[path].bad)
		conf_complain(b, &at, false, NULL, "[%s] has no path", s->name);
	at = place_of(s, "encryption");
	if (!strcmp(conf_scope_text(s, "encryption"), "required") &&
	    strcmp(conf_scope_text(b->global.scope, "max_protocol"), "SMB3_00") < 0)
		conf_complain(b, &at, false, "encryption begins with SMB3_00",
			      "[%s] requires encryption, but \"server max protocol\" is %s", s->name,
			      conf_scope_text(b->global.scope, "max_protocol"));
	check_force(b, s);
	check_guest_only(b, s);
	check_users(b, s);
	check_hosts(b, s, "hosts_allow", "hosts allow");
	check_hosts(b, s, "hosts_deny", "hosts deny");
	check_both_hosts(b, s);
}

void conf_check_all(struct conf_builder *b)
{
	check_server(b);
	for (size_t i = 0; i < b->conf->nshares; i++)
		check_share(b, &b->shares[i]);
}
