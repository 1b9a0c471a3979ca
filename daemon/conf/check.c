// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks that need more than one line: contradictions, and parameters of one another. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "conf/internal.h"
#include "passdb/nss.h"

/* The place of @attr, or else of the section's header. */
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
		conf_complain(b, &at, CONF_ERROR, "leave it out for the default",
			      "\"%s\" must not be empty", name);
}

static void check_protocols(struct conf_builder *b)
{
	const struct csrv_conf_scope *g = b->global.scope;
	struct conf_place at = place_of(g, "min_protocol");

	if (rank(g, "min_protocol") > rank(g, "max_protocol"))
		conf_complain(b, &at, CONF_ERROR, NULL,
			      "\"server min protocol\" (%s) is newer than \"server max protocol\" (%s)",
			      conf_scope_text(g, "min_protocol"), conf_scope_text(g, "max_protocol"));
	at = place_of(g, "encryption");
	if (!strcmp(conf_scope_text(g, "encryption"), "required") &&
	    strcmp(conf_scope_text(g, "max_protocol"), "SMB3_00") < 0)
		conf_complain(b, &at, CONF_ERROR, "encryption begins with SMB3_00",
			      "encryption is required, but \"server max protocol\" is %s",
			      conf_scope_text(g, "max_protocol"));
}

static void check_sizes(struct conf_builder *b)
{
	static const char *const parts[] = { "max_read", "max_write", "max_trans" };
	const struct csrv_conf_scope *g = b->global.scope;
	struct conf_place at = place_of(g, "max_inflight");

	if (number(g, "max_inflight") > number(g, "max_inflight_total"))
		conf_complain(b, &at, CONF_ERROR, "lower it, or raise max inflight total",
			      "\"max inflight\" is more than \"max inflight total\"");
	for (size_t i = 0; i < 3; i++)
		if (number(g, parts[i]) > number(g, "max_inflight"))
			conf_complain(b, &at, CONF_ERROR,
				      "raise it, or lower smb2 max read, write, trans",
				      "\"max inflight\" does not hold one request of the largest size");
}

/* Guests, who give no password, must not have the rights of root. */
static bool guest_is_root(struct conf_builder *b, const char *name, uid_t uid)
{
	struct conf_place at = place_of(b->global.scope, "guest_account");

	if (uid)
		return false;
	if (!conf_has_error_at(b, &at))
		conf_complain(b, &at, CONF_ERROR, "an account of its own, for instance nobody",
			      "guests would be root: \"%s\" has uid 0", name);
	return true;
}

static void check_guest_account(struct conf_builder *b)
{
	const struct csrv_conf_scope *g = b->global.scope;
	const char *name = conf_scope_text(g, "guest_account");
	struct conf_place at = place_of(g, "guest_account");
	uid_t uid = !strcmp(name, "root") ? 0 : (uid_t)-1;
	gid_t gid;
	int err;

	/* An account that no logon uses is not looked up. */
	if (guest_is_root(b, name, uid) || !strcmp(conf_scope_text(g, "map_to_guest"), "never"))
		return;
	err = b->env->user(b->env->priv, name, &uid, &gid);
	if (!err)
		guest_is_root(b, name, uid);
	else if (err == -ENOENT)
		conf_complain(b, &at, CONF_WARNING, NULL,
			      "no guest gets in: there is no user \"%s\"", name);
	else
		conf_complain(b, &at, CONF_WARNING, NULL,
			      "no guest gets in as long as \"%s\" cannot be looked up: %s", name,
			      strerror(-err));
}

static void check_hosts(struct conf_builder *b, const struct csrv_conf_scope *s, const char *attr,
			const char *name)
{
	static const char except[] = "EXCEPT";
	const char *text = conf_scope_text(s, attr);
	size_t len = strlen(text), n = strlen(except);
	struct conf_place at = place_of(s, attr);

	if (len >= n && (!strncmp(text, except, n) || !strcmp(text + len - n, except) ||
			 strstr(text, "EXCEPT EXCEPT")))
		conf_complain(b, &at, CONF_ERROR, "a list, EXCEPT, a list",
			      "\"%s\": EXCEPT stands between words", name);
}

/* With both lists "hosts allow" excludes no client, as readers may expect. */
static void check_both_hosts(struct conf_builder *b, const struct csrv_conf_scope *s)
{
	const char *allow = conf_scope_text(s, "hosts_allow"), *deny = conf_scope_text(s, "hosts_deny");
	struct conf_place at = place_of(s, "hosts_deny");

	if (*allow && *deny && !conf_list_has(deny, ' ', "ALL", 3))
		conf_complain(b, &at, CONF_WARNING,
			      "hosts allow = ... EXCEPT ..., or hosts deny = ALL",
			      "with \"hosts allow\" and \"hosts deny\" a client that is in neither may connect");
}

/* The server goes on without the file, as without an "include" of [global]. */
static void check_username_map(struct conf_builder *b)
{
	const char *path = conf_scope_text(b->global.scope, "username_map");
	struct conf_place at = place_of(b->global.scope, "username_map");
	struct stat st;

	if (!*path || !b->include_ok)
		return;
	if (conf_is_hidden(b->conf, path))
		conf_complain(b, &at, CONF_ERROR, CONF_HIDDEN_HINT, CONF_HIDDEN, path);
	else if (stat(path, &st) && errno == ENOENT)
		conf_complain(b, &at, CONF_WARNING, NULL, "there is no file %s", path);
	else if (!stat(path, &st) && S_ISREG(st.st_mode) && !st.st_size)
		conf_complain(b, &at, CONF_WARNING, NULL, "%s is empty", path);
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
	check_username_map(b);
	if (flag(g, "bind_interfaces_only") && !*conf_scope_text(g, "interfaces"))
		conf_complain(b, &at, CONF_ERROR, "set interfaces",
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

/* A share is not served. */
static void off(struct conf_builder *b, struct csrv_conf_scope *s, const struct conf_place *at,
		char *why)
{
	if (!why) {
		b->nomem = true;
		return;
	}
	s->off = why;
	conf_complain(b, at, CONF_WARNING, NULL, "%s: [%s] is not served", why, s->name);
}

/*
 * The supplementary groups of a user as the attribute's text.  None is left out: a missing group
 * may mean more access.
 */
static void set_groups(struct conf_builder *b, struct csrv_conf_scope *s, const char *attr,
		       const char *user, const struct nss_identity *id, const struct conf_place *at)
{
	size_t max = s->table->params[conf_table_attr(s->table, attr)].max, count;
	struct conf_value *v = conf_scope_value(s, attr);

	v->text = conf_groups_text(b->conf, id->groups, id->ngroups, max, &count);
	v->file = at->file;
	v->line = at->line;
	if (!v->text)
		b->nomem = true;
	else if (count < id->ngroups)
		off(b, s, at, talloc_asprintf(b->conf, "\"%s\" is in %zu groups, of which %zu fit",
					      user, id->ngroups, count));
}

/* "force group" takes the place of the primary group, of which the user stays a member. */
static void add_primary(struct conf_builder *b, struct nss_identity *id)
{
	uint32_t *all = talloc_array(b->conf, uint32_t, (unsigned int)id->ngroups + 1);

	if (!all) {
		b->nomem = true;
		return;
	}
	all[0] = id->gid;
	if (id->ngroups)
		memcpy(all + 1, id->groups, id->ngroups * sizeof(*all));
	id->groups = all;
	id->ngroups++;
}

/* A user that was looked up with its groups; @error: 0 or a negative errno */
struct conf_asked {
	char *name;
	int error;
	struct nss_identity id;
};

static int look_up(const struct conf_builder *b, const char *name, struct nss_identity *id)
{
	uid_t uid = 0;
	gid_t gid = 0;
	int err;

	if (b->env->identity)
		return b->env->identity(b->env->priv, b->conf, name, id);
	err = b->env->user(b->env->priv, name, &uid, &gid);
	*id = (struct nss_identity) { .uid = uid, .gid = gid };
	return err;
}

/*
 * A user that files are accessed as: with its groups.  Asked for once, errors included: many shares
 * may have the same one, and a name service that hangs would hang for each.
 */
static int ask_identity(struct conf_builder *b, const char *name, struct nss_identity *id)
{
	struct conf_asked *grown, *a;

	for (size_t i = 0; i < b->nasked; i++)
		if (!strcmp(b->asked[i].name, name)) {
			*id = b->asked[i].id;
			return b->asked[i].error;
		}
	grown = talloc_realloc(b->conf, b->asked, struct conf_asked, (unsigned int)b->nasked + 1);
	if (!grown)
		return -ENOMEM;
	b->asked = grown;
	a = &grown[b->nasked];
	*a = (struct conf_asked){ .name = talloc_strdup(grown, name) };
	if (!a->name)
		return -ENOMEM;
	b->nasked++;
	a->error = look_up(b, name, &a->id);
	*id = a->id;
	return a->error;
}

/* The user or group that files are accessed as does not exist: the share is not served. */
static void share_off(struct conf_builder *b, struct csrv_conf_scope *s,
		      const struct conf_place *at, const char *what, const char *name)
{
	off(b, s, at, talloc_asprintf(b->conf, "\"force %s\": there is no %s \"%s\"", what, what,
				      name));
}

static void too_many_groups(struct conf_builder *b, struct csrv_conf_scope *s,
			    const struct conf_place *at, const char *name)
{
	off(b, s, at, talloc_asprintf(b->conf, "\"%s\" is in more than %d groups", name,
				      NSS_MAX_GROUPS));
}

/* Likewise while the look-up fails: a running share keeps its numbers. */
static void in_doubt(struct conf_builder *b, struct csrv_conf_scope *s,
		     const struct conf_place *at, const char *what, const char *name, int err)
{
	conf_complain(b, at, CONF_WARNING, NULL,
		      "\"force %s\": \"%s\" cannot be looked up now: %s", what,
		      name, strerror(-err));
	if (!strcmp(what, "user")) {
		conf_scope_value(s, "force_uid")->keep = true;
		conf_scope_value(s, "force_groups")->keep = true;
	}
	conf_scope_value(s, "force_gid")->keep = true;
}

/* The name service may know a name of another domain with that domain (winbind). */
static const char *unix_name(const struct conf_builder *b, const char *name)
{
	const struct csrv_conf_scope *g = b->global.scope;
	const struct conf_domain ours = { conf_scope_text(g, "workgroup"),
					  conf_scope_text(g, "netbios_name") };
	const char *ret = conf_without_domain(&ours, name);

	return ret ? ret : name;
}

/* The kernel takes numbers in place of names. */
static void check_force_user(struct conf_builder *b, struct csrv_conf_scope *s, const char *user)
{
	struct conf_place at = place_of(s, "force_user");
	struct nss_identity id;
	int err = ask_identity(b, unix_name(b, user), &id);

	if (err == -ENOENT) {
		share_off(b, s, &at, "user", user);
	} else if (err == -E2BIG) {
		too_many_groups(b, s, &at, user);
	} else if (err) {
		in_doubt(b, s, &at, "user", user, err);
	} else {
		if (!id.uid)
			conf_complain(b, &at, CONF_WARNING, NULL,
				      "whoever may use [%s] does it with the rights of root",
				      s->name);
		set_number(b, s, "force_uid", id.uid, &at);
		set_number(b, s, "force_gid", id.gid, &at);
		if (*conf_scope_text(s, "force_group"))
			add_primary(b, &id);
		set_groups(b, s, "force_groups", user, &id, &at);
	}
}

static void check_force_group(struct conf_builder *b, struct csrv_conf_scope *s, const char *group)
{
	struct conf_place at = place_of(s, "force_group");
	gid_t gid;
	int err;

	if (*group == '+') {
		if (*conf_scope_text(s, "force_user")) {
			conf_complain(b, &at, CONF_ERROR, "leave the + out to force it for everybody",
				      "\"force group\" for members only is not supported beside \"force user\"");
			return;
		}
		set_number(b, s, "force_members", 1, &at);
		group++;
	}
	err = b->env->group(b->env->priv, unix_name(b, group), &gid);
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

/* The guest's numbers are not known now: a running share of the same guest keeps them. */
static void keep_guest(const struct csrv_conf_scope *s)
{
	conf_scope_value(s, "guest_uid")->keep = true;
	conf_scope_value(s, "guest_gid")->keep = true;
	conf_scope_value(s, "guest_groups")->keep = true;
}

/* The account that all users become by "guest only". */
static void check_guest_only(struct conf_builder *b, struct csrv_conf_scope *s)
{
	const char *name = conf_scope_text(b->global.scope, "guest_account");
	struct conf_place at = place_of(s, "guest_only");
	struct nss_identity id;
	struct conf_value *v;
	int err;

	if (!flag(s, "guest_only"))
		return;
	if (!flag(s, "guest_ok"))
		conf_complain(b, &at, CONF_ERROR, "set guest ok",
			      "[%s]: \"guest only\" without \"guest ok\" lets nobody in", s->name);
	err = ask_identity(b, name, &id);
	if (err == -ENOENT) {
		/* A share that no client can use is no error of the file. */
		conf_complain(b, &at, CONF_WARNING, NULL,
			      "[%s] is for guests only, but there is no user \"%s\"",
			      s->name, name);
		return;
	}
	if (err == -E2BIG) {
		too_many_groups(b, s, &at, name);
	} else if (err) {
		conf_complain(b, &at, CONF_WARNING, NULL,
			      "[%s] is for guests only, but who \"%s\" is cannot be looked up now: %s",
			      s->name, name, strerror(-err));
		keep_guest(s);
	} else if (!guest_is_root(b, name, id.uid)) {
		set_number(b, s, "guest_uid", id.uid, &at);
		set_number(b, s, "guest_gid", id.gid, &at);
		set_groups(b, s, "guest_groups", name, &id, &at);
	}
	v = conf_scope_value(s, "guest_user");
	*v = (struct conf_value) { talloc_strdup(b->conf, name), at.file, at.line, false };
	if (!v->text)
		b->nomem = true;
}

/* Counts the words of a list of users, and in @hits those for which @fn is true. */
static size_t count_words(const struct conf_builder *b, const char *list, size_t *hits,
			  bool (*fn)(const struct conf_builder *b, const char *word, size_t len))
{
	const char *word;
	size_t n, len;

	*hits = 0;
	for (n = 0; (word = conf_next_word(&list, ' ', &len)); n++)
		*hits += fn(b, word, len);
	return n;
}

/* True in doubt. */
static bool may_exist(const struct conf_builder *b, const char *word, size_t len)
{
	char *name;
	bool ret;

	if (*word == '@')
		return true;
	if (*word == '.')
		return false;
	name = talloc_strndup(b->conf, word, len);
	ret = !name || conf_ask_user(b->conf, b->env, name) != -ENOENT;
	talloc_free(name);
	return ret;
}

static bool is_guest(const struct conf_builder *b, const char *word, size_t len)
{
	const char *guest = conf_scope_text(b->global.scope, "guest_account");

	return *word == '@' || (strlen(guest) == len && !strncasecmp(word, guest, len));
}

/* Reports lists that exclude all users, which is hardly meant. */
static void check_valid_users(struct conf_builder *b, const struct csrv_conf_scope *s)
{
	const char *valid = conf_scope_text(s, "valid_users");
	struct conf_place at = place_of(s, "valid_users");
	size_t hits;

	if (!*valid || conf_scope_value(s, "valid_users")->keep)
		return;
	if (count_words(b, valid, &hits, may_exist) && !hits) {
		conf_complain(b, &at, CONF_WARNING, NULL,
			      "[%s]: nobody may connect, for there is none of \"valid users\"",
			      s->name);
		return;
	}
	if (flag(s, "guest_only") && flag(s, "guest_ok") &&
	    count_words(b, valid, &hits, is_guest) && !hits)
		conf_complain(b, &at, CONF_WARNING,
			      "name the guest account, or leave out guest only",
			      "[%s]: nobody may connect, for with \"guest only\" everybody is \"%s\", who is not among \"valid users\"",
			      s->name, conf_scope_text(b->global.scope, "guest_account"));
}

static void check_users(struct conf_builder *b, const struct csrv_conf_scope *s)
{
	const char *valid = conf_scope_text(s, "valid_users"), *word;
	const char *invalid = conf_scope_text(s, "invalid_users");
	struct conf_place at = place_of(s, "invalid_users");
	size_t len;

	while ((word = conf_next_word(&valid, ' ', &len)))
		if (conf_list_has(invalid, ' ', word, len))
			conf_complain(b, &at, CONF_WARNING, NULL,
				      "%.*s is among the valid users and the invalid users, and may not connect",
				      (int)len, word);
	check_valid_users(b, s);
}

/* The first of @macros in a path for the kernel, where "%%" is a percent sign; 0: none */
static char path_macro(const char *path, const char *macros)
{
	for (const char *s = strchr(path, '%'); s && s[1]; s = strchr(s + 2, '%'))
		if (strchr(macros, s[1]))
			return s[1];
	return 0;
}

/* A path without macros, with single percent signs. */
static char *plain_path(const struct conf_builder *b, const char *path)
{
	char *ret = talloc_strdup(b->conf, path), *out = ret;

	for (const char *in = ret; in && *in; in++) {
		if (in[0] == '%' && in[1] == '%')
			in++;
		*out++ = *in;
	}
	if (out)
		*out = 0;
	return ret;
}

struct one_macro {
	char macro;
	const char *with;
};

static const char *value_of_one(const void *priv, char macro)
{
	const struct one_macro *one = priv;

	return macro == one->macro ? one->with : NULL;
}

/* @path with @name in place of the macro %@macro; NULL without memory */
static char *replace_macro(const struct conf_builder *b, const char *path, char macro,
			   const char *name)
{
	const struct one_macro one = { macro, conf_percent(b->conf, name) };

	return one.with ? conf_with_macros(b->conf, path, value_of_one, &one) : NULL;
}

static void set_path(struct conf_builder *b, const struct csrv_conf_scope *s, char macro,
		     const char *name)
{
	struct conf_value *v = conf_scope_value(s, "path");

	if (!*name || !v->text || !path_macro(v->text, (const char[]){ macro, 0 }))
		return;
	v->text = replace_macro(b, v->text, macro, name);
	if (!v->text)
		b->nomem = true;
}

/*
 * %u, %g and %H depend on the user that accesses the files. Where the share forces one, the kernel
 * has its numbers only: names are put into the path here, and a share with any other of these
 * macros is not served.
 */
static void check_path_macros(struct conf_builder *b, struct csrv_conf_scope *s)
{
	const char *user = conf_scope_text(s, "force_user"), *group = conf_scope_text(s, "force_group");
	bool guest = flag(s, "guest_only") && flag(s, "guest_ok");
	struct conf_place at = place_of(s, "path");
	char macro;

	if (!*user && !*group && !guest)
		return;
	if (*group != '+')
		set_path(b, s, 'g', group);
	set_path(b, s, 'u', guest ? conf_scope_text(s, "guest_user") : unix_name(b, user));
	macro = b->nomem ? 0 : path_macro(conf_scope_text(s, "path"),
					       *user || guest ? "gH" : *group == '+' ? "g" : "");
	if (!macro)
		return;
	s->off = talloc_asprintf(b->conf,
				 "\"path\": %%%c is not known for a guest, or where user or group is forced",
				 macro);
	if (!s->off)
		b->nomem = true;
	else
		conf_complain(b, &at, CONF_WARNING, NULL,
			      "%s: [%s] is not served", s->off, s->name);
}

/* A missing directory is no error: the kernel tries again. */
static void check_path(struct conf_builder *b, const struct csrv_conf_scope *s)
{
	const char *path = conf_scope_text(s, "path");
	struct conf_place at = place_of(s, "path");
	int err;

	if (!b->env->dir || !*path || path_macro(path, "UuGgHmIS") || !flag(s, "available"))
		return;
	path = plain_path(b, path);
	if (!path)
		return;
	err = b->env->dir(b->env->priv, path);
	if (err == -ENOENT)
		conf_complain(b, &at, CONF_WARNING, NULL,
			      "[%s]: there is no directory %s", s->name, path);
	else if (err == -ENOTDIR)
		conf_complain(b, &at, CONF_WARNING, NULL,
			      "[%s]: %s is no directory", s->name, path);
	else if (err)
		conf_complain(b, &at, CONF_WARNING, NULL,
			      "[%s]: %s: %s", s->name, path, strerror(-err));
}

static bool known_is(const struct conf_builder *b, const char *name, int truth)
{
	return conf_value_truth(conf_known_value(&b->defaults, name)) == truth;
}

/*
 * Samba does not follow such links while it has unix extensions, which is its default: a link that
 * was harmless there would lead out of the share here, so this is reported.
 */
static void check_wide_links(struct conf_builder *b, const struct csrv_conf_scope *s)
{
	static const char hint[] =
		"unix extensions = no, or allow insecure wide links = yes, says that it is meant";
	static const char text[] = "links may lead out of the share, which Samba would not allow here";
	struct conf_place at = place_of(s, "wide_links");

	if (!flag(s, "wide_links") || !flag(s, "follow_symlinks") ||
	    known_is(b, "unix extensions", 0) || known_is(b, "smb1 unix extensions", 0) ||
	    known_is(b, "allow insecure wide links", 1))
		return;
	/* A line of [global] is reported once. */
	if (!conf_has_said_at(b, &at, text))
		conf_complain(b, &at, CONF_WARNING, hint, "%s", text);
}

static void check_share(struct conf_builder *b, const struct conf_section *section)
{
	int path = conf_table_attr(&conf_share_table, "path");
	struct csrv_conf_scope *s = section->scope;
	struct conf_place at = { s->file, s->line };

	if (!*conf_scope_text(s, "path") && !section->raw[path].bad && !b->defaults.raw[path].bad)
		conf_complain(b, &at, CONF_ERROR, "every share has one: path = /directory",
			      "[%s] has no path", s->name);
	at = place_of(s, "encryption");
	if (!strcmp(conf_scope_text(s, "encryption"), "required") &&
	    strcmp(conf_scope_text(b->global.scope, "max_protocol"), "SMB3_00") < 0)
		conf_complain(b, &at, CONF_ERROR, "encryption begins with SMB3_00",
			      "[%s] requires encryption, but \"server max protocol\" is %s",
			      s->name,
			      conf_scope_text(b->global.scope, "max_protocol"));
	check_force(b, s);
	check_guest_only(b, s);
	check_path_macros(b, s);
	check_users(b, s);
	check_path(b, s);
	check_wide_links(b, s);
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
