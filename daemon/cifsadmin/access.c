// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/access.c - may: the logon before the checks of may.c, and the answer in words */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/stat.h>

#include "../auth/usermap.h"
#include "../conf/internal.h"
#include "../passdb/nss.h"
#include "account.h"
#include "may.h"

/* One question of the command line. */
struct question {
	const struct admin *a;
	const struct conf *conf;
	const char *host, *user, *share;
	char peer[INET6_ADDRSTRLEN];
	struct may_who who;
	const char *home, *group;	/* of ->who: home directory, name of the primary group */
	struct may_answer ans;
};

/* Resolves a name to its first address; an address becomes the kernel's form. */
static int find_peer(struct question *q)
{
	struct addrinfo *ai = NULL;
	const void *addr;
	int r;

	r = getaddrinfo(q->host, NULL, &(struct addrinfo){ .ai_socktype = SOCK_STREAM }, &ai);
	if (r)
		return complain("\"%s\" is neither an address nor the name of a host: %s", q->host,
				gai_strerror(r));
	addr = ai->ai_family == AF_INET ?
		(const void *)&((struct sockaddr_in *)(void *)ai->ai_addr)->sin_addr :
		(const void *)&((struct sockaddr_in6 *)(void *)ai->ai_addr)->sin6_addr;
	if (!inet_ntop(ai->ai_family, addr, q->peer, sizeof(q->peer)))
		q->peer[0] = 0;
	freeaddrinfo(ai);
	if (strcmp(q->peer, q->host))
		may_say(q->a->ctx, q->conf, &q->ans, NULL, "%s is %s", q->host, q->peer);
	return EXIT_OK;
}

static void add_refusal(struct question *q, const char *param, const char *why)
{
	may_say(q->a->ctx, q->conf, &q->ans, param, "%s", why);
}

/* Takes the UNIX identity of @name for the question; false with the step added. */
static bool take_identity(struct question *q, const char *name, const char *param)
{
	struct nss_account acc;
	int r = nss_account(q->a->ctx, name, &acc);

	if (r < 0) {
		may_say(q->a->ctx, q->conf, &q->ans, param, "the UNIX account \"%s\" %s", name,
			r == -ENOENT ? "does not exist" : strerror(-r));
		return false;
	}
	q->who.uid = acc.id.uid;
	q->who.gid = acc.id.gid;
	q->who.groups = acc.id.groups;
	q->who.ngroups = acc.id.ngroups;
	/* The anonymous user has no home: op_auth.c. */
	q->home = q->who.anonymous ? "" : acc.home;
	q->group = q->who.anonymous ? "" : acc.group;
	return true;
}

/* auth/ntlmssp.c, finish_guest() and finish_anonymous() */
static bool as_guest_account(struct question *q, bool anonymous)
{
	const char *name = conf_get_str(q->conf, NULL, "guest_account");

	q->who.guest = !anonymous;
	q->who.anonymous = anonymous;
	q->who.user = anonymous ? "" : name;
	return take_identity(q, name, "guest_account");
}

static bool log_on_anonymous(struct question *q)
{
	if (conf_get_u32(q->conf, NULL, "restrict_anonymous") >= 2) {
		add_refusal(q, "restrict_anonymous", "the anonymous user is not let in");
		return false;
	}
	return as_guest_account(q, true);
}

static bool log_on_unknown(struct question *q)
{
	if (!strcmp(conf_get_str(q->conf, NULL, "map_to_guest"), "never")) {
		may_say(q->a->ctx, q->conf, &q->ans, "map_to_guest",
			"there is no account \"%s\", and unknown users are no guests",
			q->user);
		return false;
	}
	may_say(q->a->ctx, q->conf, &q->ans, "map_to_guest",
		"there is no account \"%s\": it is a guest", q->user);
	return as_guest_account(q, false);
}

/* auth/ntlmssp.c, find_account() */
static const struct passdb_entry *find_account(const struct question *q, const struct passdb *db,
					       const struct usermap *map)
{
	const char *name = usermap_apply(map, q->user), *at = strchr(name, '@');
	const struct passdb_entry *e = passdb_find(db, name);
	char *head = !e && at ? talloc_strndup(q->a->ctx, name, (size_t)(at - name)) : NULL;

	return head ? passdb_find(db, head) : e;
}

static bool log_on_account(struct question *q, const struct passdb_entry *e)
{
	if (strcmp(e->name, q->user))
		may_say(q->a->ctx, q->conf, &q->ans, NULL, "%s is the account %s", q->user,
			e->name);
	if (e->disabled) {
		may_say(q->a->ctx, q->conf, &q->ans, NULL, "the account %s is disabled", e->name);
		return false;
	}
	q->who.user = e->name;
	return take_identity(q, e->name, NULL);
}

/* 0: logged on; 1: refused; else an exit status, with the complaint made. */
static int log_on(struct question *q, bool *on)
{
	const char *path = conf_get_str(q->conf, NULL, "username_map");
	const struct passdb_entry *e;
	struct usermap *map = NULL;
	struct usermap_error err;
	struct passdb *db;

	*on = false;
	if (!*q->user) {
		*on = log_on_anonymous(q);
		return EXIT_OK;
	}
	db = account_load(q->a);
	if (!db)
		return EXIT_FAILED;
	if (*path && usermap_load(q->a->ctx, path, &map, &err) < 0)
		return complain("%s:%u: %s", path, err.line, err.text);
	if (!strcmp(conf_get_str(q->conf, NULL, "ntlm_auth"), "disabled")) {
		add_refusal(q, "ntlm_auth", "no password is taken");
		return EXIT_OK;
	}
	e = find_account(q, db, map);
	*on = e ? log_on_account(q, e) : log_on_unknown(q);
	return EXIT_OK;
}

static bool says(const struct csrv_conf_scope *s, const char *attr, const char *value)
{
	return !strcmp(conf_scope_text(s, attr), value);
}

struct users_share {
	const struct question *q;
	const struct csrv_conf_scope *s;
};

/*
 * The value of a macro in a path, as values_of() in module/client/treeroot.c; NULL where it is not
 * known.
 */
static const char *macro_value(const void *priv, char macro)
{
	const struct question *q = ((const struct users_share *)priv)->q;
	const struct csrv_conf_scope *s = ((const struct users_share *)priv)->s;
	bool guests = says(s, "guest_ok", "1") && says(s, "guest_only", "1");
	bool own = !guests && says(s, "force_uid", MAY_NOBODY);
	const char *user = guests ? conf_scope_text(s, "guest_user") : own ? q->who.user : NULL;
	const struct { char macro; const char *value; } values[] = {
		{ 'U', q->who.user }, { 'G', q->group }, { 'u', user },
		{ 'g', own && says(s, "force_gid", MAY_NOBODY) ? q->group : NULL },
		{ 'H', own ? q->home : NULL }, { 'm', q->peer }, { 'I', q->peer },
		{ 'S', says(s, "homes", "1") ? q->who.user : s->name }, { '%', "%" },
	};

	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		if (values[i].macro == macro)
			return values[i].value && *values[i].value ? values[i].value : NULL;
	return NULL;
}

/* The share's path for this user; unknown macros stay.  NULL without memory. */
static char *users_path(const struct question *q, const struct csrv_conf_scope *s)
{
	return conf_with_macros(q->a->ctx, conf_scope_text(s, "path"), macro_value,
				&(const struct users_share){ q, s });
}

/* A share without its directory is not served until the directory exists. */
static void look_at_path(struct question *q)
{
	const struct csrv_conf_scope *s = conf_share_find(q->conf, q->share);
	const char *path = s ? conf_scope_text(s, "path") : "";
	struct stat st;

	if (*path != '/' || strchr(path, '%'))
		return;
	if (stat(path, &st) == 0 ? S_ISDIR(st.st_mode) : errno != ENOENT && errno != ENOTDIR)
		return;
	q->ans.rights = MAY_NOT;
	may_say(q->a->ctx, q->conf, &q->ans, NULL,
		"there is no directory %s: [%s] is not served until it comes", path, s->name);
}

static void print_step(const struct may_step *s)
{
	if (s->param && s->file)
		say("  %s: \"%s\", %s:%u", s->text, s->param, s->file, s->line);
	else if (s->param)
		say("  %s: \"%s\" has its default", s->text, s->param);
	else
		say("  %s", s->text);
}

static int answer(const struct question *q)
{
	static const char *const words[] = { "may not use", "may read", "may read and write" };
	const char *user = *q->user ? q->user : "the anonymous user";
	const struct csrv_conf_scope *s = conf_share_find(q->conf, q->share);
	char *path = s ? users_path(q, s) : NULL;

	say("%s: %s at %s %s [%s]", q->ans.rights == MAY_NOT ? "no" : "yes", user, q->peer,
	    words[q->ans.rights], s ? s->name : q->share);
	for (size_t i = 0; i < q->ans.nsteps; i++)
		print_step(&q->ans.step[i]);
	if (q->ans.rights == MAY_NOT)
		return EXIT_FAILED;
	if (path)
		say("The permissions of the files decide the rest, for uid %u and gid %u: %s",
		    q->ans.uid, q->ans.gid, path);
	return EXIT_OK;
}

static int may(const struct admin *a, int argc, char **argv)
{
	struct question q = { .a = a, .host = argv[0], .user = argv[1], .share = argv[2] };
	bool on = false;
	struct conf *conf;
	int r;

	(void)argc;
	r = conf_load(a->ctx, a->config, &conf);
	if (r < 0)
		return complain("%s cannot be read: %s", a->config, strerror(-r));
	if (conf->nfatal)
		return complain("%s has errors, see: cifsadmin check", a->config);
	q.conf = conf;
	r = find_peer(&q);
	if (r)
		return r;
	if (may_connect(a->ctx, conf, q.peer, &q.ans)) {
		r = log_on(&q, &on);
		if (r)
			return r;
	}
	if (on)
		may_use(a->ctx, conf, q.share, q.peer, &q.who, &q.ans);
	if (q.ans.rights != MAY_NOT)
		look_at_path(&q);
	return answer(&q);
}

const struct verb may_verbs[] = {
	{ NULL, "may", "HOST USER SHARE",
	  "would this user get into the share from there, and which line decides", 3, 3, may },
	{}
};
