// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/may.c - may a user use a share, with which rights, and which line decides */
#include "may.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../util/utf.h"

/* --- lists ----------------------------------------------------------------------------- */

/* The next word of @list, its length in @len; NULL at the end. */
static const char *next_word(const char **list, size_t *len)
{
	const char *w = *list + strspn(*list, " ,\t");

	*len = strcspn(w, " ,\t");
	*list = w + *len;
	return *len ? w : NULL;
}

static bool in_group(uint32_t gid, const struct may_who *who)
{
	for (size_t i = 0; i < who->ngroups; i++)
		if (who->groups[i] == gid)
			return true;
	return who->gid == gid;
}

static bool is_user(const char *w, size_t len, const struct may_who *who)
{
	char word[300], *end;
	unsigned long gid;

	if (len >= sizeof(word))
		return false;
	memcpy(word, w, len);
	word[len] = 0;
	if (*word == '@' && word[1] >= '0' && word[1] <= '9') {
		gid = strtoul(word + 1, &end, 10);
		if (!*end && gid <= UINT32_MAX && in_group((uint32_t)gid, who))
			return true;
	}
	return !utf8_casecmp(word, who->user);
}

static bool list_has_user(const char *list, const struct may_who *who)
{
	const char *w;
	size_t len;

	while ((w = next_word(&list, &len)))
		if (is_user(w, len, who))
			return true;
	return false;
}

/* 16 octets, IPv4 mapped (RFC 4291 2.5.5.2); how many bits of prefix stand before it, or -1. */
static int parse_address(const char *text, uint8_t addr[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(addr, mapped, sizeof(mapped));
	if (inet_pton(AF_INET, text, addr + sizeof(mapped)) == 1)
		return 96;
	return inet_pton(AF_INET6, text, addr) == 1 ? 0 : -1;
}

/* An address or address/bits: conf/ writes no other form. */
static bool in_net(const char *word, const uint8_t peer[16])
{
	const char *slash = strchr(word, '/');
	char text[64];
	uint8_t net[16];
	int before;
	unsigned int bits;

	snprintf(text, sizeof(text), "%.*s", (int)(slash ? slash - word : (ptrdiff_t)strlen(word)),
		 word);
	before = parse_address(text, net);
	if (before < 0)
		return false;
	bits = slash ? (unsigned int)before + (unsigned int)atoi(slash + 1) : 128;
	if (bits > 128 || memcmp(net, peer, bits / 8))
		return false;
	return bits % 8 == 0 || !((net[bits / 8] ^ peer[bits / 8]) >> (8 - bits % 8));
}

static bool is_host(const char *word, const char *peer)
{
	uint8_t addr[16];

	if (!strcasecmp(word, "ALL"))
		return true;
	return parse_address(peer, addr) >= 0 && in_net(word, addr);
}

/* Hosts behind EXCEPT are excluded from those before it, as in csrv_host_allowed(). */
static bool list_has_host(const char *list, const char *peer)
{
	bool has = false, hit = false;
	char word[300];
	const char *w;
	size_t len;

	while ((w = next_word(&list, &len))) {
		snprintf(word, sizeof(word), "%.*s", (int)len, w);
		if (strcasecmp(word, "EXCEPT")) {
			hit = hit || is_host(word, peer);
			continue;
		}
		if (!hit)
			return has;
		has = !has;
		hit = false;
	}
	return has != hit;
}

static bool host_allowed(const char *allow, const char *deny, const char *peer)
{
	if (*allow && list_has_host(allow, peer))
		return true;
	if (*deny && list_has_host(deny, peer))
		return false;
	return !*allow || *deny || list_has_host("127.0.0.0/8 ::1", peer);
}

/* --- steps ------------------------------------------------------------------------------- */

static void say_at(struct may_answer *ans, const struct csrv_conf_scope *s,
		   const char *attr, const char *text)
{
	struct may_step *step = &ans->step[ans->nsteps];
	int i = attr ? conf_table_attr(s->table, attr) : -1;

	if (ans->nsteps == MAY_STEPS_MAX)
		return;
	ans->nsteps++;
	*step = (struct may_step){ .text = text ? text : "out of memory" };
	if (i < 0)
		return;
	step->param = s->table->params[i].name;
	if (s->values[i].text) {
		step->file = s->values[i].file;
		step->line = s->values[i].line;
	}
}

void may_say(TALLOC_CTX *ctx, const struct conf *conf, struct may_answer *ans, const char *param,
	     const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	text = talloc_vasprintf(ctx, fmt, ap);
	va_end(ap);
	say_at(ans, conf->global, param, text);
}

__attribute__((format(printf, 5, 6)))
static void note(TALLOC_CTX *ctx, struct may_answer *ans, const struct csrv_conf_scope *s,
		 const char *attr, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	text = talloc_vasprintf(ctx, fmt, ap);
	va_end(ap);
	say_at(ans, s, attr, text);
}

static bool flag(const struct csrv_conf_scope *s, const char *attr)
{
	return !strcmp(conf_scope_text(s, attr), "1");
}

/* @table: parameters of the server, or of a share; @whose: of them, for the text */
static bool hosts(TALLOC_CTX *ctx, const struct csrv_conf_scope *s, const char *whose,
		  const char *peer, struct may_answer *ans)
{
	const char *allow = conf_scope_text(s, "hosts_allow"),
		   *deny = conf_scope_text(s, "hosts_deny");

	if (!*allow && !*deny)
		return true;
	if (*allow && list_has_host(allow, peer)) {
		note(ctx, ans, s, "hosts_allow", "%s is among %s \"hosts allow\"", peer, whose);
		return true;
	}
	if (*deny && list_has_host(deny, peer)) {
		note(ctx, ans, s, "hosts_deny", "%s is among %s \"hosts deny\"", peer, whose);
		return false;
	}
	if (host_allowed(allow, deny, peer)) {
		note(ctx, ans, s, *deny ? "hosts_deny" : "hosts_allow",
		     *deny ? "%s is not among %s \"hosts deny\"" :
		     "%s is not among %s \"hosts allow\", but is this machine itself", peer, whose);
		return true;
	}
	note(ctx, ans, s, "hosts_allow", "%s is not among %s \"hosts allow\"", peer, whose);
	return false;
}

bool may_connect(TALLOC_CTX *ctx, const struct conf *conf, const char *peer, struct may_answer *ans)
{
	ans->rights = MAY_NOT;
	return hosts(ctx, conf->global, "the server's", peer, ans);
}

/* --- the share --------------------------------------------------------------------------- */

/* A question in progress. */
struct asking {
	TALLOC_CTX *ctx;
	const struct conf *conf;
	const struct csrv_conf_scope *s;
	const char *peer;
	const struct may_who *who;
	struct may_answer *ans;
};

static const char *list(const struct asking *q, const char *attr)
{
	return conf_scope_text(q->s, attr);
}

static bool is_served(const struct asking *q)
{
	if (q->s->off) {
		note(q->ctx, q->ans, q->s, NULL, "[%s] is not served: %s", q->s->name, q->s->off);
		return false;
	}
	if (flag(q->s, "available"))
		return true;
	note(q->ctx, q->ans, q->s, "available", "[%s] is not served", q->s->name);
	return false;
}

static bool by_guest_rules(const struct asking *q)
{
	bool guest = q->who->guest || q->who->anonymous;

	if (guest ? flag(q->s, "guest_ok") : !flag(q->s, "guest_only") || flag(q->s, "guest_ok"))
		return true;
	note(q->ctx, q->ans, q->s, guest ? "guest_ok" : "guest_only",
	     guest ? "a guest is not let in"
		   : "only guests are let in, and none are (\"guest ok\")");
	return false;
}

static bool by_users(const struct asking *q)
{
	const char *name = q->who->anonymous ? "the anonymous user" : q->who->user;

	if (list_has_user(list(q, "invalid_users"), q->who)) {
		note(q->ctx, q->ans, q->s, "invalid_users", "%s is among the invalid users", name);
		return false;
	}
	if (!*list(q, "valid_users"))
		return true;
	if (list_has_user(list(q, "valid_users"), q->who)) {
		note(q->ctx, q->ans, q->s, "valid_users", "%s is among the valid users", name);
		return true;
	}
	note(q->ctx, q->ans, q->s, "valid_users", "%s is not among the valid users", name);
	return false;
}

static enum may_rights rights(const struct asking *q)
{
	const char *name = q->who->anonymous ? "the anonymous user" : q->who->user;

	if (list_has_user(list(q, "write_list"), q->who)) {
		note(q->ctx, q->ans, q->s, "write_list", "%s is in the write list", name);
		return MAY_WRITE;
	}
	if (list_has_user(list(q, "read_list"), q->who)) {
		note(q->ctx, q->ans, q->s, "read_list", "%s is in the read list", name);
		return MAY_READ;
	}
	note(q->ctx, q->ans, q->s, "read_only", flag(q->s, "read_only") ? "the share is read only" :
	     "the share may be written");
	return flag(q->s, "read_only") ? MAY_READ : MAY_WRITE;
}

static uint32_t number(const struct asking *q, const char *attr, uint32_t otherwise)
{
	const char *text = list(q, attr);

	return strcmp(text, MAY_NOBODY) ? (uint32_t)strtoul(text, NULL, 10) : otherwise;
}

/* The user whose rights apply: rights_cred() in module/policy/rights.c. */
static void act_as(const struct asking *q)
{
	if (!q->who->guest && !q->who->anonymous &&
	    list_has_user(list(q, "admin_users"), q->who)) {
		q->ans->uid = 0;
		q->ans->gid = number(q, "force_gid", 0);
		note(q->ctx, q->ans, q->s, "admin_users", "files are accessed as root");
		return;
	}
	q->ans->uid = number(q, "force_uid", q->who->uid);
	q->ans->gid = number(q, "force_gid", q->who->gid);
	if (q->ans->uid != q->who->uid)
		note(q->ctx, q->ans, q->s, "force_user", "files are accessed as uid %u",
		     q->ans->uid);
	else if (q->ans->gid != q->who->gid)
		note(q->ctx, q->ans, q->s, "force_group", "files are accessed with the group %u",
		     q->ans->gid);
}

/* Sets the groups of @who, numbers with a blank between them; false without memory. */
static bool set_groups(TALLOC_CTX *ctx, struct may_who *who, const char *list)
{
	uint32_t *groups = talloc_array(ctx, uint32_t, strlen(list) / 2 + 1);
	const char *w;
	size_t len;

	who->groups = groups;
	while (groups && (w = next_word(&list, &len)))
		groups[who->ngroups++] = (uint32_t)strtoul(w, NULL, 10);
	return groups;
}

/* All users become the guest account: rights_decide() in module/policy/rights.c. */
static bool as_guest(struct asking *q, struct may_who *guest)
{
	if (!flag(q->s, "guest_only") || !flag(q->s, "guest_ok"))
		return true;
	if (!strcmp(list(q, "guest_uid"), MAY_NOBODY)) {
		note(q->ctx, q->ans, q->s, "guest_only",
		     "all are the guest account, which is not known");
		return false;
	}
	*guest = (struct may_who){.user = list(q, "guest_user"),
				  .guest = true,
				  .uid = number(q, "guest_uid", 0),
				  .gid = number(q, "guest_gid", 0)};
	if (!set_groups(q->ctx, guest, list(q, "guest_groups"))) {
		say_at(q->ans, q->s, "guest_only", NULL);
		return false;
	}
	note(q->ctx, q->ans, q->s, "guest_only", "all are the guest account (%s)", guest->user);
	q->who = guest;
	return true;
}

/*
 * Guests and the anonymous user can neither sign nor encrypt, for lack of a key: establish() in
 * module/smb2/session_setup.c.
 */
static bool keyless_on_server(const struct asking *q)
{
	const char *signing = conf_get_str(q->conf, NULL, "signing");
	const char *encryption = conf_get_str(q->conf, NULL, "encryption");

	if (!q->who->guest && !q->who->anonymous)
		return true;
	if (!strcmp(signing, "mandatory"))
		may_say(q->ctx, q->conf, q->ans, "signing",
			"all must sign, which guests and the anonymous user cannot");
	else if (!strcmp(encryption, "required"))
		may_say(q->ctx, q->conf, q->ans, "encryption",
			"all must encrypt, which guests and the anonymous user cannot");
	else
		return true;
	return false;
}

/* [MS-SMB2] 3.3.5.7: the same for a share. */
static bool keyless_on_share(const struct asking *q)
{
	if ((!q->who->guest && !q->who->anonymous) || strcmp(list(q, "encryption"), "required"))
		return true;
	note(q->ctx, q->ans, q->s, "encryption",
	     "the share must be encrypted, which guests and the anonymous user cannot");
	return false;
}

static void use_ipc(struct asking *q)
{
	bool refused = q->who->anonymous && conf_get_u32(q->conf, NULL, "restrict_anonymous") >= 2;

	say_at(q->ans, q->conf->global, refused ? "restrict_anonymous" : NULL,
	       refused ? "the anonymous user is refused"
		       : "IPC$ is for everybody who is logged on");
	q->ans->rights = refused ? MAY_NOT : MAY_WRITE;
	q->ans->uid = q->who->uid;
	q->ans->gid = q->who->gid;
}

/* [homes] is also reached by the name of the session's user. */
static const struct csrv_conf_scope *home_of(const struct conf *conf, const char *share,
					     const struct may_who *who)
{
	const struct csrv_conf_scope *s = conf_share_find(conf, "homes");

	return s && flag(s, "homes") && !who->guest && !who->anonymous &&
	       !utf8_casecmp(share, who->user) ? s : NULL;
}

void may_use(TALLOC_CTX *ctx, const struct conf *conf, const char *share, const char *peer,
	     const struct may_who *who, struct may_answer *ans)
{
	struct asking q = { ctx, conf, conf_share_find(conf, share), peer, who, ans };
	enum may_rights may;
	struct may_who guest;

	ans->rights = MAY_NOT;
	if (!keyless_on_server(&q))
		return;
	if (!strcasecmp(share, "IPC$")) {
		use_ipc(&q);
		return;
	}
	if (!q.s)
		q.s = home_of(conf, share, who);
	if (!q.s) {
		may_say(ctx, conf, ans, NULL, "there is no share \"%s\" in %s", share, conf->path);
		return;
	}
	if (!is_served(&q) || !hosts(ctx, q.s, "the share's", peer, ans) ||
	    !keyless_on_share(&q) || !as_guest(&q, &guest) || !by_guest_rules(&q) || !by_users(&q))
		return;
	act_as(&q);
	may = rights(&q);
	ans->rights = may;
}
