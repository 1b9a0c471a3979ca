// SPDX-License-Identifier: GPL-2.0-or-later
/* Plans and their execution, on a directory tree that behaves like configfs. */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fakefs.h"
#include "passdb/nss.h"
#include "sync/internal.h"

/* ---- helpers ---- */

static int no_answer;		/* of the name service: -errno */
static bool groups_answer;	/* of groups it has one */

static int some_user(void *priv, const char *name, uid_t *uid, gid_t *gid)
{
	(void)priv;
	if (no_answer)
		return no_answer;
	*uid = strcmp(name, "bea") ? 65534 : 65533;
	*gid = 65533;
	return 0;
}

/* Groups that a user is in whose name begins with one of these. */
static int some_identity(void *priv, TALLOC_CTX *ctx, const char *name, struct nss_identity *ret)
{
	static uint32_t groups[] = { 27, 28, 29 };

	(void)ctx;
	*ret = (struct nss_identity) { 0 };
	if (!strncmp(name, "in-27", 5))
		*ret = (struct nss_identity) { .groups = groups, .ngroups = 2 };
	if (!strncmp(name, "in-29", 5))
		*ret = (struct nss_identity) { .groups = groups + 1, .ngroups = 2 };
	return some_user(priv, name, &ret->uid, &ret->gid);
}

static int some_group(void *priv, const char *name, gid_t *gid)
{
	(void)priv;
	(void)name;
	*gid = 50;
	return groups_answer ? 0 : no_answer;
}

static char log_text[65536];

static const struct conf_env env = {
	.hostname = "host", .user = some_user, .identity = some_identity, .group = some_group,
};
static const uint32_t groups[] = { 27, 100 };
static const struct sync_user alice = { "alice", false, 1000, 1000, groups, 2, true };

static struct sync_away away;
static uint64_t clock_now;

/* Directories are there, but those that are called so. */
static int fake_directory(const char *path)
{
	return strstr(path, "gone") ? -ENOENT : 0;
}

/*
 * The machine's addresses, in words: "lo=127.0.0.1 eth0=192.0.2.7 tun0", the last without one.
 * NULL: they cannot be listed.
 */
static const char *addresses = "lo=127.0.0.1";

static struct sockaddr *fake_address(TALLOC_CTX *ctx, const char *text)
{
	struct sockaddr_in6 *v6 = talloc_zero(ctx, struct sockaddr_in6);
	struct sockaddr_in *v4 = talloc_zero(ctx, struct sockaddr_in);

	v6->sin6_family = AF_INET6;
	v4->sin_family = AF_INET;
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
		return (struct sockaddr *)v6;
	assert(inet_pton(AF_INET, text, &v4->sin_addr) == 1);
	return (struct sockaddr *)v4;
}

static int fake_addresses(struct ifaddrs **ret)
{
	char *text, *state = NULL;
	struct ifaddrs *list = NULL;

	if (!addresses)
		return -EAFNOSUPPORT;
	text = talloc_strdup(NULL, addresses);
	for (char *w = strtok_r(text, " ", &state); w; w = strtok_r(NULL, " ", &state)) {
		struct ifaddrs *a = talloc_zero(text, struct ifaddrs);
		char *address = strchr(w, '=');

		if (address) {
			*address++ = 0;
			a->ifa_addr = fake_address(text, address);
		}
		a->ifa_name = w;
		a->ifa_next = list;
		list = a;
	}
	*ret = list;
	return 0;
}

static void free_addresses(struct ifaddrs *list)
{
	talloc_free(talloc_parent(list));
}

static const struct sync_env fake_env = { fake_directory, fake_addresses, free_addresses };

static struct sync_plan *plan_for(const char *text, const struct sync_user *users, size_t n)
{
	struct sync_input in = {
		.root = root, .managed_file = managed, .away = &away, .now = clock_now,
		.env = &fake_env,
	};
	struct sync_plan *plan;
	struct conf *conf;
	FILE *f;

	assert(!conf_parse_text(NULL, "f", text, strlen(text), &env, &conf));
	for (size_t i = 0; conf->nfatal && i < conf->nerrors; i++)
		fprintf(stderr, "%s\n", conf_error_format(conf, &conf->errors[i]));
	assert(!conf->nfatal);
	in.conf = conf;
	in.users = users;
	in.nusers = n;
	assert(!sync_plan_for(NULL, &in, &plan));
	talloc_free(conf);
	memset(log_text, 0, sizeof(log_text));
	f = fmemopen(log_text, sizeof(log_text), "w");
	sync_print(f, plan);
	fclose(f);
	return plan;
}

static size_t alive;

static void count(void)
{
	alive++;
}

static int apply(struct sync_plan *plan)
{
	struct sync_result res;
	int err = sync_apply_fs(plan, &fake, count, &res);

	assert(alive == plan->nops - res.nskipped);
	alive = 0;
	assert(!err == !res.nfailed && res.ndone + res.nfailed + res.nskipped >= plan->nops);
	sync_result_done(&res);
	talloc_free(plan);
	return err;
}

static bool exists(const char *rel)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", root, rel);
	return !access(path, F_OK);
}

static void assert_value(const char *rel, const char *value)
{
	char path[512], buf[512] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, rel);
	f = fopen(path, "r");
	assert(f && fgets(buf, sizeof(buf), f) && !fclose(f));
	buf[strcspn(buf, "\n")] = 0;
	if (strcmp(buf, value))
		fprintf(stderr, "%s: \"%s\", wanted \"%s\"\n", rel, buf, value);
	assert(!strcmp(buf, value));
}

static void set_value(const char *rel, const char *value)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, rel);
	f = fopen(path, "w");
	assert(f && fputs(value, f) >= 0 && !fclose(f));
}

/* @a stands before @b in the printed plan; both are there. */
static void assert_order(const char *a, const char *b)
{
	const char *pa = strstr(log_text, a), *pb = strstr(log_text, b);

	if (!pa || !pb || pa >= pb)
		fprintf(stderr, "\"%s\" before \"%s\"?\n%s", a, b, log_text);
	assert(pa && pb && pa < pb);
}

#define BASE "[global]\nworkgroup=W\nnetbios name=N\n"
#define DATA "[data]\npath=/srv/data\nread only=no\nvalid users=alice\n"

/* ---- what must hold ---- */

static void test_first_time_and_again(void)
{
	make_root();
	struct sync_plan *plan = plan_for(BASE DATA, &alice, 1);

	assert_order("~ server/workgroup: \"WORKGROUP\" -> \"W\"", "+ users/alice");
	assert_order("users/alice/uid = \"1000\"", "users/alice/enable = \"1\"");
	assert_order("+ users/alice", "+ shares/data");
	assert_order("shares/data/path", "shares/data/enable = \"1\"");
	assert_order("shares/data/enable", "+ listeners/tcp-445");
	assert(!strstr(log_text, "shares/data/create_mask"));	/* a default needs no write */
	assert(!apply(plan));
	assert_value("shares/data/enable", "1");
	assert_value("users/alice/groups", "27 100");
	assert_value("listeners/tcp-445/enable", "1");

	/* nothing has changed: nothing to do */
	plan = plan_for(BASE DATA, &alice, 1);
	assert(!plan->nops && !*log_text);
	assert(!apply(plan));
}

static void test_only_the_difference(void)
{
	struct sync_plan *plan = plan_for(BASE DATA "comment = x\n", &alice, 1);

	assert(plan->nops == 1 && !strcmp(plan->ops[0].path, "shares/data/comment"));
	assert(!apply(plan));
	/* a path can change only while the share is disabled */
	plan = plan_for(BASE "[data]\npath=/new\nread only=no\nvalid users=alice\ncomment=x\n", &alice, 1);
	assert(plan->nops == 3);
	assert_order("enable: \"1\" -> \"0\"", "path");
	assert_order("shares/data/path", "shares/data/enable: \"0\" -> \"1\"");
	assert(!apply(plan));
	/* nothing is narrower than off, and what fails while it is on would keep all else from it */
	plan = plan_for(BASE "[data]\npath=/newer\nread only=yes\nvalid users=bob\n"
			"invalid users=eve\n", &alice, 1);
	assert(plan->nops == 7 && !strcmp(plan->ops[0].path, "shares/data/enable"));
	assert(!strcmp(plan->ops[6].path, "shares/data/enable"));
	talloc_free(plan);
	plan = plan_for(BASE "[data]\npath=/new\nread only=yes\nvalid users=alice\navailable=no\n",
			&alice, 1);
	assert(!strcmp(plan->ops[0].path, "shares/data/enable") &&
	       !strcmp(plan->ops[0].new_value, "0"));
	talloc_free(plan);
	/* available = no disables and keeps */
	plan = plan_for(BASE "[data]\npath=/new\nread only=no\nvalid users=alice\ncomment=x\navailable=no\n",
			&alice, 1);
	assert(plan->nops == 1 && !apply(plan));
	assert_value("shares/data/enable", "0");
}

static void test_removal_and_foreign_items(void)
{
	char path[512];
	struct sync_plan *plan;

	make_root();
	snprintf(path, sizeof(path), "%s/shares/adhoc", root);
	assert(!fake_mkdir(path));
	assert(!apply(plan_for(BASE DATA, &alice, 1)));
	plan = plan_for(BASE, NULL, 0);
	assert_order("- shares/data", "- users/alice");
	assert(!strstr(log_text, "adhoc"));
	assert(!apply(plan));
	assert(!exists("shares/data") && !exists("users/alice") && exists("shares/adhoc"));

	/* wanted by the file, it is adopted, and ours from then on */
	plan = plan_for(BASE "[adhoc]\npath=/x\n", NULL, 0);
	assert(!strstr(log_text, "+ shares/adhoc"));
	assert(!apply(plan));
	assert_value("shares/adhoc/enable", "1");
	assert(!apply(plan_for(BASE, NULL, 0)));
	assert(!exists("shares/adhoc"));
}

static void test_failures(void)
{
	struct sync_plan *plan;

	make_root();
	/* a share that did not get all its values is not enabled; the others are */
	refuse = "shares/data/valid_users";
	plan = plan_for(BASE DATA "[other]\npath=/y\n", NULL, 0);
	assert(apply(plan) == -EINVAL);
	assert_value("shares/data/enable", "0");
	assert_value("shares/other/enable", "1");
	/* the next time does what was left */
	refuse = NULL;
	plan = plan_for(BASE DATA "[other]\npath=/y\n", NULL, 0);
	assert_order("valid_users", "shares/data/enable");
	assert(plan->nops == 2 && !apply(plan));
	/* what could not be removed is still ours */
	refuse = "shares/other";
	assert(apply(plan_for(BASE DATA, NULL, 0)) == -EBUSY);
	refuse = NULL;
	assert(exists("shares/other"));
	assert(!apply(plan_for(BASE DATA, NULL, 0)));
	assert(!exists("shares/other"));
}

/* What the server was to keep out is not let in by what comes after. */
static void test_server_not_narrowed(void)
{
	const char *open = "[global]\nworkgroup=W\nnetbios name=N\nhosts allow=10.\n"
			   "[a]\npath=/x\nvalid users=bob\n";
	const char *shut = "[global]\nworkgroup=X\nnetbios name=N\nserver smb encrypt=required\n"
			   "[a]\npath=/x\ncomment=c\n[b]\npath=/y\n";

	make_root();
	assert(!apply(plan_for(open, NULL, 0)));
	refuse = "server/encryption";
	assert(apply(plan_for(shut, NULL, 0)) == -EINVAL);
	assert_value("server/hosts_allow", "10.0.0.0/8");
	assert_value("shares/a/valid_users", "bob");
	assert_value("shares/b/enable", "0");
	assert_value("shares/a/comment", "c");
	assert_value("server/workgroup", "X");
	refuse = NULL;
	assert(!apply(plan_for(shut, NULL, 0)));
	assert_value("server/hosts_allow", "");
	assert_value("shares/a/valid_users", "");
	assert_value("shares/b/enable", "1");
}

/* Two lists of hosts mean something only together: where one is refused the other stays. */
static void test_hosts_not_narrowed(void)
{
	const char *allow = "[global]\nworkgroup=W\nnetbios name=N\nhosts allow=10.0.0.0/8\n" DATA;
	const char *deny = "[global]\nworkgroup=W\nnetbios name=N\n"
			   "hosts deny=ALL EXCEPT 10.0.0.0/8\n" DATA;

	make_root();
	assert(!apply(plan_for(allow, NULL, 0)));
	refuse = "server/hosts_deny";
	assert(apply(plan_for(deny, NULL, 0)) == -EINVAL);
	assert_value("server/hosts_allow", "10.0.0.0/8");
	refuse = NULL;
	assert(!apply(plan_for(deny, NULL, 0)));
	assert_value("server/hosts_allow", "");
	refuse = "server/hosts_allow";
	assert(apply(plan_for(allow, NULL, 0)) == -EINVAL);
	assert_value("server/hosts_deny", "ALL EXCEPT 10.0.0.0/8");
	refuse = NULL;
	assert(!apply(plan_for(allow, NULL, 0)));
}

/* What a share was to keep out is not let in by the server, either. */
static void test_share_not_narrowed(void)
{
	const char *server = "[global]\nworkgroup=W\nnetbios name=N\nhosts allow=10.0.0.0/8\n"
			     "[a]\npath=/x\n";
	const char *share = "[global]\nworkgroup=W\nnetbios name=N\n"
			    "[a]\npath=/x\nhosts allow=10.0.0.0/8\n";

	make_root();
	assert(!apply(plan_for(server, NULL, 0)));
	refuse = "shares/a/hosts_allow";
	assert(apply(plan_for(share, NULL, 0)) == -EINVAL);
	assert_value("server/hosts_allow", "10.0.0.0/8");
	refuse = NULL;
	assert(!apply(plan_for(share, NULL, 0)));
	assert_value("server/hosts_allow", "");
}

/* A value that keeps nobody out, and that this kernel does not take, holds up no other. */
static void test_neutral_refused(void)
{
	make_root();
	assert(!apply(plan_for(BASE "[a]\npath=/x\nvalid users=alice\n", NULL, 0)));
	refuse = "shares/a/comment";
	assert(apply(plan_for(BASE "[a]\npath=/x\nvalid users=bob\ncomment=c\n", NULL, 0)) ==
	       -EINVAL);
	assert_value("shares/a/valid_users", "bob");
	refuse = NULL;
}

/* Nobody is let in to act as the user of before. */
static void test_actor_refused(void)
{
	make_root();
	assert(!apply(plan_for(BASE "[a]\npath=/x\nvalid users=alice\nforce user=ann\n", NULL, 0)));
	refuse = "shares/a/force_uid";
	assert(apply(plan_for(BASE "[a]\npath=/x\nforce user=bea\n", NULL, 0)) == -EINVAL);
	assert_value("shares/a/valid_users", "alice");
	/* what keeps users out does not wait */
	assert(apply(plan_for(BASE "[a]\npath=/x\nvalid users=alice\ninvalid users=bob\nforce user=bea\n",
			      NULL, 0)) == -EINVAL);
	assert_value("shares/a/invalid_users", "bob");
	refuse = NULL;
	assert(!apply(plan_for(BASE "[a]\npath=/x\nforce user=bea\n", NULL, 0)));
	assert_value("shares/a/valid_users", "");
}

/* Nor with groups of another user. */
static void test_groups_refused(void)
{
	make_root();
	assert(!apply(plan_for(BASE "[a]\npath=/x\nvalid users=alice\nforce user=bea\n", NULL, 0)));
	refuse = "shares/a/force_groups";
	assert(apply(plan_for(BASE "[a]\npath=/x\nforce user=in-27\n", NULL, 0)) == -EINVAL);
	assert_value("shares/a/valid_users", ".");
	/* one change alone: the share is not widened either */
	refuse = NULL;
	assert(!apply(plan_for(BASE "[a]\npath=/x\nvalid users=alice\nforce user=in-27\n", NULL, 0)));
	refuse = "shares/a/force_groups";
	assert(apply(plan_for(BASE "[a]\npath=/x\nforce user=in-29\n", NULL, 0)) == -EINVAL);
	assert_value("shares/a/valid_users", "alice");
	/* nor enabled, if it is a new one */
	refuse = "shares/b/force_groups";
	assert(apply(plan_for(BASE "[b]\npath=/x\nforce user=in-29\n", NULL, 0)) == -EINVAL);
	assert_value("shares/b/enable", "0");
	refuse = NULL;
	assert(!apply(plan_for(BASE "[b]\npath=/x\nforce user=in-29\n", NULL, 0)));
	assert_value("shares/b/force_groups", "28 29");
	assert_value("shares/b/enable", "1");
	/* a user that stays keeps its groups */
	refuse = "shares/b/force_uid";
	assert(apply(plan_for(BASE "[b]\npath=/x\nforce user=bea\n", NULL, 0)) == -EINVAL);
	assert_value("shares/b/force_groups", "28 29");
	assert_value("shares/b/valid_users", ".");
	refuse = NULL;
	assert(!apply(plan_for(BASE "[b]\npath=/x\nforce user=bea\n", NULL, 0)));
	assert_value("shares/b/force_groups", "");
	assert_value("shares/b/valid_users", "");
}

/* A guest whose name or group is refused is not the guest. */
static void test_guest_refused(void)
{
	const char *ann = "[global]\nworkgroup=W\nnetbios name=N\nguest account=ann\n"
			  "[a]\npath=/x\nguest ok=yes\nguest only=yes\n";
	const char *bea = "[global]\nworkgroup=W\nnetbios name=N\nguest account=bea\n"
			  "[a]\npath=/x\nguest ok=yes\nguest only=yes\n";

	make_root();
	assert(!apply(plan_for(ann, NULL, 0)));
	refuse = "shares/a/guest_user";
	assert(apply(plan_for(bea, NULL, 0)) == -EINVAL);
	assert_value("shares/a/guest_uid", "4294967295");
	refuse = "shares/a/guest_groups";
	assert(apply(plan_for("[global]\nworkgroup=W\nnetbios name=N\nguest account=in-27\n"
			      "[a]\npath=/x\nguest ok=yes\nguest only=yes\n", NULL, 0)) == -EINVAL);
	assert_value("shares/a/guest_uid", "4294967295");
	refuse = NULL;
	assert(!apply(plan_for(bea, NULL, 0)));
	assert_value("shares/a/guest_uid", "65533");
}

/* ---- what somebody may do between two configurations ---- */

enum { CONNECT = 1, WRITE = 2, ROOT = 4 };

static const char *const hosts[] = { "192.0.2.1", "192.0.2.2", "192.0.2.3" };

static bool in_list(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += len)
		if ((at == list || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
	return false;
}

static bool has_host(const char *list, const char *host)
{
	const char *except = strstr(list, " EXCEPT ");

	if (except && in_list(except, host))
		return false;
	return in_list(list, "ALL") || in_list(list, host);
}

/* As module/policy/access.c decides. */
static bool host_allowed(const struct sync_item *i, const char *host)
{
	const char *allow = sync_item_value(i, "hosts_allow"), *deny = sync_item_value(i, "hosts_deny");

	if (*allow && has_host(allow, host))
		return true;
	if (*deny && has_host(deny, host))
		return false;
	return !*allow || *deny;
}

static int user_rights(const struct sync_item *i, const char *user)
{
	const char *valid = sync_item_value(i, "valid_users");
	bool writes = in_list(sync_item_value(i, "write_list"), user) ||
		      (!in_list(sync_item_value(i, "read_list"), user) &&
		       !strcmp(sync_item_value(i, "read_only"), "0"));

	if (in_list(sync_item_value(i, "invalid_users"), user) || (*valid && !in_list(valid, user)))
		return 0;
	return CONNECT | (writes ? WRITE : 0) |
	       (in_list(sync_item_value(i, "admin_users"), user) ? ROOT : 0);
}

static bool is_on(const struct sync_item *i, const char *attr)
{
	return !strcmp(sync_item_value(i, attr), "1");
}

/* As module/client/tree.c decides: what, and as whom. */
struct may {
	int what;
	const char *uid, *gid, *groups, *name;
};

/* As module/policy/rights.c decides: whose rights on files count. */
static void as_forced(const struct sync_item *i, struct may *m)
{
	const char *uid = sync_item_value(i, "force_uid"), *gid = sync_item_value(i, "force_gid");

	if (strcmp(uid, "4294967295")) {
		m->uid = uid;
		m->groups = sync_item_value(i, "force_groups");
	}
	if (strcmp(gid, "4294967295"))
		m->gid = gid;
}

static struct may rights(const struct sync_item *i, const char *user, const char *host)
{
	struct may m = { .uid = "", .gid = "", .groups = "", .name = user };

	if (!host_allowed(i, host) || (is_on(i, "guest_only") && !is_on(i, "guest_ok")))
		return m;
	if (is_on(i, "guest_only")) {
		m.uid = sync_item_value(i, "guest_uid");
		m.gid = sync_item_value(i, "guest_gid");
		m.groups = sync_item_value(i, "guest_groups");
		m.name = sync_item_value(i, "guest_user");
		if (!strcmp(m.uid, "4294967295"))
			return m;
	}
	m.what = user_rights(i, m.name);
	as_forced(i, &m);
	return m;
}

/* What @of may do, if it does so as the same one as @m. */
static int as_the_same(struct may m, struct may of)
{
	return !strcmp(m.uid, of.uid) && !strcmp(m.gid, of.gid) && !strcmp(m.groups, of.groups) &&
	       !strcmp(m.name, of.name) ? of.what : 0;
}

static const char *pick(const char *const *values)
{
	size_t n = 0;

	while (values[n])
		n++;
	return values[rand() % n];
}

/* @forced: some user acts in it, and all hosts may connect: their lists may open it before that. */
static struct sync_item *some_share(struct sync_tree *tree, bool forced)
{
	static const char *const users[] = { "", "", "", "a", "b", "c", "a b", "b c", "c a", NULL };
	static const char *const addrs[] = {
		"", "", "192.0.2.1", "192.0.2.2", "192.0.2.3 192.0.2.1", "192.0.2.2 192.0.2.3", "ALL",
		"ALL EXCEPT 192.0.2.1", NULL };
	static const char *const flags[] = { "0", "1", NULL };
	static const char *const guests[][4] = {
		{ "4294967295", "4294967295", "nobody", "" }, { "4294967295", "4294967295", "a", "" },
		{ "1", "1", "a", "" }, { "1", "2", "a", "7" }, { "1", "1", "b", "7" },
		{ "1", "1", "a", "7 8" }, { "2", "2", "b", "8" } };
	static const char *const actors[][3] = {
		{ "4294967295", "4294967295", "" }, { "3", "3", "" }, { "3", "3", "9" },
		{ "3", "4", "9" }, { "4", "4", "9 10" }, { "4", "3", "10" } };
	struct sync_item *item = sync_tree_add(tree, "shares", "x");
	const char *const *guest = guests[rand() % 7];
	const char *const *actor = actors[forced ? rand() % 6 : 0];
	bool only = rand() % 2;

	for (size_t i = 0; i < conf_share_table.n; i++) {
		const struct conf_param *p = &conf_share_table.params[i];
		const char *value = p->format == CONF_FORMAT_USERS ? pick(users) :
				    p->format == CONF_FORMAT_HOSTS ? (forced ? "" : pick(addrs)) :
				    !strcmp(p->attr, "read_only") ? pick(flags) :
				    !strcmp(p->attr, "guest_uid") ? guest[0] :
				    !strcmp(p->attr, "guest_gid") ? guest[1] :
				    !strcmp(p->attr, "guest_user") ? guest[2] :
				    !strcmp(p->attr, "guest_groups") ? guest[3] :
				    !strcmp(p->attr, "force_uid") ? actor[0] :
				    !strcmp(p->attr, "force_gid") ? actor[1] :
				    !strcmp(p->attr, "force_groups") ? actor[2] :
				    !strcmp(p->attr, "guest_only") ? flags[only] :
				    !strcmp(p->attr, "guest_ok") ? (only ? "1" : pick(flags)) : NULL;

		if (value)
			assert(sync_item_set(tree, item, p->attr, value, p));
	}
	return item;
}

static void assert_between(const struct sync_item *now, const struct sync_item *from,
			   const struct sync_item *to)
{
	static const char *const users[] = { "a", "b", "c" };
	/* where no list of readers is, nobody loses what he has before and after */
	bool kept = !*sync_item_value(from, "read_list") && !*sync_item_value(to, "read_list") &&
		    !is_on(from, "guest_only") && !is_on(to, "guest_only");

	for (size_t h = 0; h < 3; h++) {
		bool before = host_allowed(from, hosts[h]), after = host_allowed(to, hosts[h]);
		bool except = strstr(sync_item_value(from, "hosts_allow"), "EXCEPT") ||
			      strstr(sync_item_value(to, "hosts_allow"), "EXCEPT");

		if (!except)
			assert(host_allowed(now, hosts[h]) || !(before && after));
		for (size_t u = 0; u < 3; u++) {
			struct may m = rights(now, users[u], hosts[h]);
			int is = m.what;
			int was = as_the_same(m, rights(from, users[u], hosts[h]));
			int will = as_the_same(m, rights(to, users[u], hosts[h]));

			if (is & ~(was | will))
				fprintf(stderr, "%s at %s: %d as %s, before %d, after %d\n",
					users[u], hosts[h], is, m.name, was, will);
			assert(!(is & ~(was | will)));
			if (kept && !except && strcmp(sync_item_value(from, "read_only"),
						      sync_item_value(to, "read_only")))
				assert(!(was & will & WRITE & ~is));
		}
	}
}

/* Whatever changes at once, nobody may do in between what he may neither before nor after. */
static void test_between(void)
{
	for (int round = 0; round < 24000; round++) {
		struct sync_tree *tree = talloc_zero(NULL, struct sync_tree);
		bool forced = !(round % 6);
		struct sync_item from = *some_share(tree, forced), to = *some_share(tree, forced);
		struct sync_item now = from;
		struct sync_step s[SYNC_STEPS_MAX];

		now.attrs = talloc_memdup(tree, from.attrs, from.nattrs * sizeof(*from.attrs));
		for (enum sync_phase phase = 0; phase < SYNC_PHASES; phase++) {
			for (size_t i = 0; i < to.nattrs; i++) {
				size_t n = sync_steps(tree, &to, &from, &to.attrs[i], s);

				assert(n <= SYNC_STEPS_MAX);
				for (size_t k = 0; k < n; k++) {
					if (s[k].phase != phase)
						continue;
					now.attrs[i].value = s[k].value;
					assert_between(&now, &from, &to);
				}
			}
		}
		for (size_t i = 0; i < to.nattrs; i++)
			assert(!strcmp(now.attrs[i].value, to.attrs[i].value));
		talloc_free(tree);
	}
}

static void test_order_is_safe(void)
{
	make_root();
	assert(!apply(plan_for(BASE "[a]\npath=/x\nvalid users=bob\n", NULL, 0)));
	/* opened to guests, but to fewer addresses: the addresses go first */
	struct sync_plan *plan = plan_for(BASE "[a]\npath=/x\nguest ok=yes\nhosts allow=10.\n", NULL, 0);

	assert_order("hosts_allow", "guest_ok");
	assert_order("hosts_allow", "valid_users");
	assert(!apply(plan));
	plan = plan_for(BASE "[a]\npath=/x\nvalid users=bob\n", NULL, 0);
	assert_order("guest_ok", "hosts_allow");
	assert_order("valid_users", "hosts_allow");
	assert(!apply(plan));
	/* addresses that the server kept to and a share is to keep to: the share's come first */
	assert(!apply(plan_for("[global]\nworkgroup=W\nhosts allow=10.\n[a]\npath=/x\n[b]\npath=/y\n",
			       NULL, 0)));
	plan = plan_for(BASE "[a]\npath=/x\nhosts allow=10.\n", NULL, 0);
	assert_order("shares/a/hosts_allow", "- shares/b");
	assert_order("shares/a/hosts_allow", "server/hosts_allow");
	assert(!apply(plan));
	assert_value("server/hosts_allow", "");
	assert_value("shares/a/hosts_allow", "10.0.0.0/8");
	/* whoever becomes a guest is nobody before */
	plan = plan_for("[global]\nworkgroup=W\nnetbios name=N\nguest account=ann\n"
			"[a]\npath=/x\nguest ok=yes\nguest only=yes\nhosts allow=10.\n", NULL, 0);
	assert_order("guest_user", "guest_only");
	assert_order("guest_only", "guest_uid");
	assert(!apply(plan));
	/* another guest: first there is none, so that nobody has what is said of both */
	plan = plan_for("[global]\nworkgroup=W\nnetbios name=N\nguest account=bea\n"
			"[a]\npath=/x\nguest ok=yes\nguest only=yes\nhosts allow=10.\n", NULL, 0);
	assert_order("guest_uid: \"65534\" -> \"4294967295\"", "guest_user");
	assert_order("guest_user", "guest_uid: \"4294967295\" -> \"65533\"");
	talloc_free(plan);
	/* a name service that does not answer takes away nothing, and an answer does */
	no_answer = -EIO;
	plan = plan_for("[global]\nworkgroup=W\nnetbios name=N\nguest account=ann\n"
			"[a]\npath=/x\nguest ok=yes\nguest only=yes\nhosts allow=10.\n", NULL, 0);
	assert(!plan->nops);
	talloc_free(plan);
	/* but the last guest does not get what is said of the next */
	plan = plan_for("[global]\nworkgroup=W\nnetbios name=N\nguest account=bea\n"
			"[a]\npath=/x\nread only=no\nguest ok=yes\nguest only=yes\nhosts allow=10.\n",
			NULL, 0);
	assert(!plan->nops && plan->nproblems == 1);
	talloc_free(plan);
	no_answer = -ENOENT;
	plan = plan_for("[global]\nworkgroup=W\nnetbios name=N\nguest account=ann\n"
			"[a]\npath=/x\nguest ok=yes\nguest only=yes\nhosts allow=10.\n", NULL, 0);
	assert(strstr(log_text, "guest_uid: \"65534\" -> \"4294967295\""));
	talloc_free(plan);
	no_answer = 0;
	plan = plan_for(BASE "[a]\npath=/x\nguest ok=yes\nhosts allow=10.\n", NULL, 0);
	assert_order("guest_uid", "guest_user");
	assert_order("guest_uid", "guest_only");
	assert(!apply(plan));
	/* root's rights go before everybody comes in */
	assert(!apply(plan_for(BASE "[a]\npath=/x\nvalid users=ann\nadmin users=eve\n", NULL, 0)));
	plan = plan_for(BASE "[a]\npath=/x\nadmin users=ann\n", NULL, 0);
	assert_order("admin_users: \"eve\" -> \"\"", "valid_users: \"ann\" -> \"\"");
	assert_order("valid_users: \"ann\" -> \"\"", "admin_users: \"\" -> \"ann\"");
	assert(!apply(plan));
	/* who comes in as a reader does not come in as a writer */
	assert(!apply(plan_for(BASE "[a]\npath=/x\nread only=no\nvalid users=ann\n", NULL, 0)));
	plan = plan_for(BASE "[a]\npath=/x\nread only=no\nvalid users=ann bob\nread list=bob\n", NULL, 0);
	assert_order("read_list", "valid_users");
	assert(!apply(plan));
	/* other users: those that both have first, and nobody where there are none */
	plan = plan_for(BASE "[a]\npath=/x\nread only=no\nvalid users=eve bob\nread list=bob\n", NULL, 0);
	assert_order("\"ann bob\" -> \"bob\"", "\"bob\" -> \"eve bob\"");
	assert(!apply(plan));
	plan = plan_for(BASE "[a]\npath=/x\nread only=no\nvalid users=ann\nread list=bob\n", NULL, 0);
	assert_order("\"eve bob\" -> \".\"", "\".\" -> \"ann\"");
	assert(!apply(plan));
	/* an address that both let in keeps its connections */
	assert(!apply(plan_for(BASE "hosts allow=10. 11.\n", NULL, 0)));
	plan = plan_for(BASE "hosts allow=10.\nhosts deny=12.\n", NULL, 0);
	assert_order("server/hosts_deny", "server/hosts_allow");
	assert(!apply(plan));
	assert(!apply(plan_for(BASE, NULL, 0)));
	plan = plan_for(BASE "hosts allow=10.\nhosts deny=ALL\n", NULL, 0);
	assert_order("hosts_deny: \"\" -> \"255.255.255.255\"", "server/hosts_allow");
	assert_order("server/hosts_allow", "hosts_deny: \"255.255.255.255\" -> \"ALL\"");
	assert(!apply(plan));
	assert(!apply(plan_for(BASE, NULL, 0)));
	/* the range of protocols is never empty on the way */
	plan = plan_for(BASE "max protocol=SMB2_10\n", NULL, 0);
	assert(!apply(plan));
	plan = plan_for(BASE "min protocol=SMB3_00\nmax protocol=SMB3_11\n", NULL, 0);
	assert_order("max_protocol", "min_protocol");
	assert(!apply(plan));
	plan = plan_for(BASE "min protocol=SMB2_02\nmax protocol=SMB2_10\n", NULL, 0);
	assert_order("min_protocol", "max_protocol");
	assert(!apply(plan));
}

static void test_listeners(void)
{
	struct sync_plan *plan;

	make_root();
	plan = plan_for(BASE "smb ports=445 4455\ninterfaces=lo 192.0.2.1 127.0.0.0/8\n"
			"bind interfaces only=yes\n", NULL, 0);
	assert(strstr(log_text, "+ listeners/tcp-445-127.0.0.1\n"));
	assert(strstr(log_text, "+ listeners/tcp-4455-192.0.2.1\n"));
	assert(!strstr(log_text, "+ listeners/tcp-445\n"));
	assert(!apply(plan));
	/* a device's "every address" could not be bound beside one address */
	assert_value("listeners/tcp-445-127.0.0.1/address", "127.0.0.1");
	assert_value("listeners/tcp-445-127.0.0.1/interface", "");
	assert_value("listeners/tcp-4455-192.0.2.1/port", "4455");
	plan = plan_for(BASE, NULL, 0);
	assert_order("- listeners/tcp-445-127.0.0.1", "+ listeners/tcp-445\n");
	assert(!apply(plan));
}

/* What fits the words of "interfaces", in all of their forms. */
static void test_interfaces(void)
{
	struct sync_plan *plan;

	make_root();
	addresses = "lo=127.0.0.1 eth0=192.0.2.7 eth1=198.51.100.9 eth1=fe80::5 eth1=2001:db8::9 tun0";
	plan = plan_for(BASE "interfaces=192.0.2.0/255.255.255.0 \"eth1;speed=10,capability=RSS\"\n"
			"bind interfaces only=yes\n", NULL, 0);
	assert(strstr(log_text, "+ listeners/tcp-445-192.0.2.7\n"));
	assert(strstr(log_text, "+ listeners/tcp-445-198.51.100.9\n"));
	assert(strstr(log_text, "+ listeners/tcp-445-2001:db8::9\n"));
	assert(strstr(log_text, "+ listeners/tcp-445-fe80::5-eth1\n"));
	assert(!strstr(log_text, "tcp-445-capability") && !plan->nproblems);
	assert(!apply(plan));
	assert_value("listeners/tcp-445-2001:db8::9/interface", "");
	assert_value("listeners/tcp-445-fe80::5-eth1/interface", "eth1");
	plan = plan_for(BASE "interfaces=tun0\nbind interfaces only=yes\n", NULL, 0);
	assert(!strcmp(plan->problems[0].text, "interfaces: the interface tun0 has no address now"));
	talloc_free(plan);
	/* what is no word of it is an error of the file; what is not there may come */
	plan = plan_for(BASE "interfaces=10.0.0.0/8 wlan*\nbind interfaces only=yes\n"
			"smb ports=445 4455\n", NULL, 0);
	assert(!strstr(log_text, "+ listeners/") && plan->nproblems == 2);
	assert(!strcmp(plan->problems[0].text,
		       "interfaces: the machine has no address in 10.0.0.0/8 now"));
	assert(!strcmp(plan->problems[1].text, "interfaces: the machine has no interface wlan* now"));
	assert(strstr(log_text, "! interfaces: the machine has no interface wlan* now\n"));
	talloc_free(plan);
}

/* An address that is away for a moment, or that nobody can list now, stops no listener. */
static void test_listeners_stay(void)
{
	const char *text = BASE "interfaces=192.0.2.0/24 eth*\nbind interfaces only=yes\n";
	struct sync_plan *plan;

	make_root();
	addresses = "lo=127.0.0.1 eth0=192.0.2.7 eth0=fe80::5 eth1=198.51.100.9";
	assert(!apply(plan_for(text, NULL, 0)));
	addresses = NULL;
	plan = plan_for(text, NULL, 0);
	assert(!plan->nops && plan->nproblems == 1);
	assert(strstr(plan->problems[0].text, "cannot be listed"));
	assert(!apply(plan));
	/* the same words are not there: what does not fit the new ones goes */
	plan = plan_for(BASE "interfaces=192.0.2.0/24\nbind interfaces only=yes\n", NULL, 0);
	assert(plan->nops == 3 && strstr(log_text, "- listeners/tcp-445-fe80::5-eth0\n"));
	talloc_free(plan);
	/* whatever the reason for the plan */
	addresses = "lo=127.0.0.1";
	plan = plan_for(text, NULL, 0);
	assert(!plan->nops && !plan->nproblems && away.n == 3 && away.next == SYNC_AWAY_USEC);
	talloc_free(plan);
	/* an address that is another interface's by now is not this one's */
	addresses = "lo=127.0.0.1 wlan0=198.51.100.9";
	plan = plan_for(text, NULL, 0);
	assert(plan->nops == 1 && strstr(log_text, "- listeners/tcp-445-198.51.100.9\n"));
	talloc_free(plan);
	/* what does not fit goes at once */
	addresses = "lo=127.0.0.1";
	plan = plan_for(BASE "interfaces=192.0.2.0/24\nbind interfaces only=yes\nsmb ports=4455\n", NULL, 0);
	assert(plan->nops == 4 && strstr(log_text, "- listeners/tcp-445-192.0.2.7\n") && !away.n);
	talloc_free(plan);
	plan = plan_for(BASE, NULL, 0);
	assert(strstr(log_text, "- listeners/tcp-445-192.0.2.7\n") && !away.n && !away.next);
	talloc_free(plan);
	away = (struct sync_away) {};
}

/* Nobody waits for an address for good, and its time does not begin again. */
static void test_listeners_go(void)
{
	const char *text = BASE "interfaces=192.0.2.0/24 eth*\nbind interfaces only=yes\nsmb ports=445 4455\n";
	struct sync_plan *plan;

	make_root();
	addresses = "lo=127.0.0.1 eth0=192.0.2.7";
	assert(!apply(plan_for(text, NULL, 0)));
	addresses = "lo=127.0.0.1";
	for (clock_now = 100; clock_now < 100 + SYNC_AWAY_USEC; clock_now += SYNC_AWAY_USEC / 4) {
		plan = plan_for(text, NULL, 0);
		assert(!plan->nops && away.n == 2 && away.next == 100 + SYNC_AWAY_USEC);
		talloc_free(plan);
		/* where the addresses are not known, nothing is */
		addresses = NULL;
		plan = plan_for(text, NULL, 0);
		assert(!plan->nops && away.n == 2);
		talloc_free(plan);
		addresses = "lo=127.0.0.1";
	}
	plan = plan_for(text, NULL, 0);
	assert(plan->nops == 2 && !away.next && plan->nproblems == 2);
	assert(strstr(log_text, "- listeners/tcp-4455-192.0.2.7\n"));
	/* it is not there to be waited for again */
	assert(!apply(plan));
	plan = plan_for(text, NULL, 0);
	assert(!plan->nops && !away.n);
	talloc_free(plan);
	/* one that was back has its whole time again */
	addresses = "lo=127.0.0.1 eth0=192.0.2.7";
	assert(!apply(plan_for(text, NULL, 0)));
	addresses = "lo=127.0.0.1";
	talloc_free(plan_for(text, NULL, 0));
	addresses = "lo=127.0.0.1 eth0=192.0.2.7";
	talloc_free(plan_for(text, NULL, 0));
	assert(!away.n);
	clock_now += SYNC_AWAY_USEC;
	addresses = "lo=127.0.0.1";
	plan = plan_for(text, NULL, 0);
	assert(!plan->nops && away.n == 2);
	talloc_free(plan);
	away = (struct sync_away) {};
}

/* An address that has a new number each day: of those of before so many stay. */
static void test_addresses_that_rotate(void)
{
	size_t n = 0;

	make_root();
	for (int i = 0; i < 400; i++) {
		char now[100];

		snprintf(now, sizeof(now), "lo=127.0.0.1 eth0=2001:db8::%x", i + 1);
		addresses = now;
		clock_now += 1000;
		assert(!apply(plan_for(BASE "interfaces=eth0\nbind interfaces only=yes\n", NULL, 0)));
	}
	for (int i = 0; i < 400; i++) {
		char path[100];

		snprintf(path, sizeof(path), "listeners/tcp-445-2001:db8::%x", i + 1);
		n += exists(path);
	}
	assert(n == SYNC_AWAY_MAX + 1 && exists("listeners/tcp-445-2001:db8::190"));
	clock_now += SYNC_AWAY_USEC;
	addresses = "lo=127.0.0.1 eth0=2001:db8::190";
	assert(!apply(plan_for(BASE "interfaces=eth0\nbind interfaces only=yes\n", NULL, 0)));
	assert(!exists("listeners/tcp-445-2001:db8::1") && exists("listeners/tcp-445-2001:db8::190"));
	away = (struct sync_away) {};
}

/* A module that has not all attributes: what it lacks and nobody wants is no step. */
static void test_an_attribute_that_is_not_there(void)
{
	char path[512];
	struct sync_plan *plan;

	make_root();
	assert(!apply(plan_for(BASE "[data]\npath=/srv/data\n" "valid users=alice\n", &alice, 1)));
	snprintf(path, sizeof(path), "%s/shares/data/force_members", root);
	assert(!remove(path));
	plan = plan_for(BASE "[data]\npath=/srv/data\n" "valid users=alice\n", &alice, 1);
	assert(!plan->nops);
	talloc_free(plan);
	assert(!apply(plan_for(BASE "[data]\npath=/srv/data\n" "valid users=bob\nforce user=bea\n", &alice, 1)));
	assert_value("shares/data/valid_users", "bob");
	assert_value("shares/data/force_uid", "65533");
	/* one that is wanted keeps the share closed: the group would be everybody's */
	assert(apply(plan_for(BASE "[data]\npath=/srv/data\n" "valid users=bob\nforce group=+g\n", &alice, 1)));
	assert_value("shares/data/valid_users", ".");
}

/* A second address may have a label, which is no interface. */
static void test_labels(void)
{
	struct sync_plan *plan;

	make_root();
	addresses = "lo=127.0.0.1 eth0=192.0.2.7 eth0:0=198.51.100.9 eth01:0=203.0.113.1";
	plan = plan_for(BASE "interfaces=eth0\nbind interfaces only=yes\n", NULL, 0);
	assert(strstr(log_text, "+ listeners/tcp-445-192.0.2.7\n"));
	assert(strstr(log_text, "+ listeners/tcp-445-198.51.100.9\n") && !strstr(log_text, "203.0.113.1"));
	talloc_free(plan);
}

/* A path that is not there takes no share away that runs, and keeps a new one off. */
static void test_path_not_there(void)
{
	struct sync_plan *plan;

	make_root();
	assert(!apply(plan_for(BASE DATA, &alice, 1)));
	plan = plan_for(BASE "[data]\npath=/srv/gone\nread only=yes\nvalid users=alice\n"
			"[new]\npath=/gone\n[off]\npath=/gone\navailable=no\n", &alice, 1);
	assert(plan->nops == 1 && !strcmp(plan->ops[0].path, "shares/data/read_only"));
	assert(plan->nproblems == 2);
	assert(!strcmp(plan->problems[0].text,
		       "share [data]: /srv/gone: no such directory; it goes on with /srv/data, with the rights it had, less those taken away"));
	assert(!strcmp(plan->problems[1].item, "shares/new"));
	assert(!strcmp(plan->problems[1].text, "share [new]: /gone: no such directory"));
	assert(!apply(plan));
	assert_value("shares/data/path", "/srv/data");
	assert_value("shares/data/enable", "1");
	assert(!exists("shares/new") && !exists("shares/off"));
	/* it waits for as long as it takes */
	plan = plan_for(BASE DATA "[new]\npath=/gone\n", &alice, 1);
	assert(plan->nproblems == 1);
	talloc_free(plan);
}

/*
 * A share that keeps its path, or a value that is in doubt, is not given the rights that were meant
 * to come with the other: of each attribute, and of a share that has all that can be taken away.
 */
static void test_kept_is_not_widened(void)
{
	static const struct row {
		const char *attr, *closed, *open;	/* lines of smb.conf */
		const char *narrow;			/* what is written when it is closed; NULL: nothing */
	} rows[] = {
		{ "read_only", "read only=yes", "read only=no", "1" },
		{ "guest_ok", "guest ok=no", "guest ok=yes", "0" },
		{ "follow_symlinks", "follow symlinks=no", "follow symlinks=yes", "0" },
		{ "wide_links", "wide links=no", "wide links=yes", "0" },
		{ "hide_unreadable", "hide unreadable=yes", "hide unreadable=no", "1" },
		{ "encryption", "smb encrypt=required", "smb encrypt=auto", "required" },
		{ "valid_users", "valid users=ann", "", "ann" },
		{ "valid_users", "valid users=ann", "valid users=ann bob", "ann" },
		{ "invalid_users", "invalid users=ann", "", "ann" },
		{ "read_list", "read list=ann", "", "ann" },
		{ "write_list", "write list=ann", "write list=ann bob", "ann" },
		{ "admin_users", "", "admin users=ann", "" },
		{ "veto_files", "veto files=/a/", "", "/a/" },
		{ "hosts_allow", "hosts allow=10.0.0.1", "", "10.0.0.1" },
		{ "hosts_allow", "hosts allow=10.0.0.1", "hosts allow=10.0.0.1 10.0.0.2", "10.0.0.1" },
		{ "hosts_allow", "hosts allow=10.0.0.1", "hosts allow=10.0.0.2", NULL },
		{ "hosts_deny", "hosts deny=10.0.0.1", "", "10.0.0.1" },
		{ "guest_only", "guest ok=yes\nguest only=yes", "guest ok=yes", NULL },
		{ "force_uid", "force user=bea", "force user=ann", NULL },
		{ "force_uid", "force user=bea", "", NULL },
		{ "force_groups", "force user=in-27", "force user=in-29", NULL },
		{ "force_groups", "force user=in-27", "", NULL },
		{ "create_mask", "create mask=0700", "create mask=0777", NULL },
		{ "force_create_mode", "", "force create mode=0777", NULL },
		{ "inherit_owner", "", "inherit owner=yes", NULL },
		{ "map_archive", "map archive=no", "", NULL },
		{ "access_based_enum", "access based share enum=yes", "", "1" },
		{ "delete_readonly", "", "delete readonly=yes", "0" },
		{ "browseable", "browseable=no", "", NULL },
		{ "max_connections", "max connections=1", "", NULL },
		{ "comment", "comment=a", "comment=b", NULL },
	};
	static const char *const kept[] = { "path=/gone\n", "path=/x\nforce group=staff\n",
					    "path=/y\nforce group=staff\n" };
	char was[200], will[200], path[64];
	struct sync_plan *plan;

	for (size_t i = 0; i < 3 * sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i / 3];

		for (int close = 0; close < 2; close++) {
			make_root();
			snprintf(was, sizeof(was), BASE "[a]\npath=/x\n%s\n", close ? r->open : r->closed);
			snprintf(will, sizeof(will), BASE "[a]\n%s%s\n", kept[i % 3],
				 close ? r->closed : r->open);
			snprintf(path, sizeof(path), "shares/a/%s", r->attr);
			no_answer = 0;
			assert(!apply(plan_for(was, NULL, 0)));
			no_answer = i % 3 ? -EIO : 0;
			plan = plan_for(will, NULL, 0);
			if (plan->nops != (close && r->narrow))
				fprintf(stderr, "%s -> %s: %s", was, will, log_text);
			assert(plan->nops == (close && r->narrow) && plan->nproblems == 1);
			assert(!plan->nops || !strcmp(plan->ops[0].path, path));
			assert(!plan->nops || !strcmp(plan->ops[0].new_value, r->narrow));
			assert(!apply(plan));
			assert_value("shares/a/enable", "1");
			assert_value("shares/a/path", "/x");
		}
	}
	no_answer = 0;
}

static void assert_kept_lists(const char *was, const char *will, const char *attr, const char *value)
{
	char path[64];

	make_root();
	no_answer = 0;
	assert(!apply(plan_for(was, NULL, 0)));
	no_answer = -EIO;
	snprintf(path, sizeof(path), "shares/a/%s", attr);
	assert(!apply(plan_for(will, NULL, 0)));
	assert_value(path, value);
	no_answer = 0;
}

/* A word in doubt keeps no other word of the list from being taken out, or shut out. */
static void test_doubt_about_one_word(void)
{
#define A BASE "[a]\npath=/x\n"
	struct sync_plan *plan;

	assert_kept_lists(A "valid users=ann eve @staff\n", A "valid users=ann @staff\n",
			  "valid_users", "ann @50");
	assert_kept_lists(A "valid users=ann eve @staff\n", A "valid users=bob ann @staff\n",
			  "valid_users", "ann @50");
	assert_kept_lists(A "write list=ann eve @staff\n", A "write list=ann @staff\n",
			  "write_list", "ann @50");
	assert_kept_lists(A "admin users=ann eve\n", A "admin users=ann @staff\n",
			  "admin_users", "ann");
	assert_kept_lists(A "invalid users=@staff bob\n", A "invalid users=eve @staff\n",
			  "invalid_users", "@50 bob eve");
	assert_kept_lists(A "read list=bob\n", A "read list=eve @staff\n", "read_list", "bob eve");
	/* never everybody, and nobody is shut out whose group may be the one that is not known */
	assert_kept_lists(A "valid users=ann\n", A "valid users=@staff\n", "valid_users", "ann");
	assert_kept_lists(A, A "valid users=@staff\nread only=no\n", "read_only", "1");
	assert_kept_lists(A, A "valid users=@staff\n", "valid_users", "");
	/* a list that had nobody had everybody: who is known is all that are left */
	assert_kept_lists(A, A "valid users=bob @staff\n", "valid_users", "bob");
	assert_kept_lists(A, A "write list=bob @staff\n", "write_list", "");
	assert_kept_lists(A, A "invalid users=bob @staff\n", "invalid_users", "bob");
	/* a group that was taken out does not stay for a user who is not known */
	groups_answer = true;
	assert_kept_lists(A "valid users=ann @staff\n", A "valid users=ann \"al bert\"\n",
			  "valid_users", "ann");
	assert_kept_lists(A "valid users=@staff\n", A "valid users=\"al bert\"\n", "valid_users", ".");
	assert_kept_lists(A, A "valid users=\"al bert\"\n", "valid_users", "");
	groups_answer = false;
	assert_kept_lists(A "valid users=ann eve\n", A "valid users=bob @staff\n", "valid_users", ".");
	no_answer = -EIO;
	plan = plan_for(A "valid users=ann @staff @it\nforce user=ann\n", NULL, 0);
	assert(plan->nproblems == 1);
	assert(strstr(plan->problems[0].text, "cannot be looked up now: staff, it, \"force user\""));
	talloc_free(plan);
	no_answer = 0;
#undef A
}

/* What shuts something is written before all that opens anything, and the other way round. */
static void test_shut_before_open(void)
{
	static const char *const rows[][3] = {	/* shut, open, attribute */
		{ "access based share enum=yes", "access based share enum=no", "access_based_enum" },
		{ "hide unreadable=yes", "hide unreadable=no", "hide_unreadable" },
		{ "delete readonly=no", "delete readonly=yes", "delete_readonly" },
	};
	char was[200], will[200];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(was, sizeof(was), BASE "[a]\npath=/x\nvalid users=ann\n%s\n", rows[i][1]);
		snprintf(will, sizeof(will), BASE "[a]\npath=/x\nread only=no\n%s\nvalid users=ann bob\n",
			 rows[i][0]);
		make_root();
		assert(!apply(plan_for(was, NULL, 0)));
		assert(!apply(plan_for(will, NULL, 0)));
		assert_order(rows[i][2], "valid_users");
		assert_order(rows[i][2], "read_only");
		assert(!apply(plan_for(was, NULL, 0)));
		assert_order("valid_users", rows[i][2]);
		assert_order("read_only", rows[i][2]);
	}
}

/* Who acts in a share never is one user with another's group; tree connects stay. */
static void test_who_acts(void)
{
	struct sync_plan *plan;

	make_root();
	assert(!apply(plan_for(BASE "[a]\npath=/x\nforce user=ann\nforce group=g\n", NULL, 0)));
	plan = plan_for(BASE "[a]\npath=/x\nforce user=bea\n", NULL, 0);
	assert(plan->nops == 5 && !strstr(log_text, "enable"));
	assert_order("valid_users: \"\" -> \".\"", "force_uid");
	assert_order("force_uid", "force_gid");
	assert_order("force_gid", "valid_users: \".\" -> \"\"");
	refuse = "shares/a/force_uid";
	assert(apply(plan) == -EINVAL);
	assert_value("shares/a/enable", "1");
	assert_value("shares/a/valid_users", ".");
	assert_value("shares/a/force_gid", "50");
	refuse = NULL;
	assert(!apply(plan_for(BASE "[a]\npath=/x\nforce user=bea\n", NULL, 0)));
	assert_value("shares/a/valid_users", "");
	/* another list at the same time */
	plan = plan_for(BASE "[a]\npath=/x\nvalid users=ann bob\nforce user=ann\nforce group=g\n", NULL, 0);
	assert_order("valid_users: \"\" -> \".\"", "force_gid");
	assert_order("force_gid", "valid_users: \".\" -> \"ann bob\"");
	assert(!apply(plan));
	/* nor is another group everybody's for a moment that is to be its members' only */
	assert(!apply(plan_for(BASE "[a]\npath=/x\n", NULL, 0)));
	plan = plan_for(BASE "[a]\npath=/x\nforce group=+g\n", NULL, 0);
	assert_order("valid_users: \"\" -> \".\"", "force_members");
	assert_order("force_gid", "valid_users: \".\" -> \"\"");
	assert_order("force_members", "valid_users: \".\" -> \"\"");
	talloc_free(plan);
	assert(!apply(plan_for(BASE "[a]\npath=/x\nvalid users=ann bob\nforce user=ann\nforce group=g\n", NULL, 0)));
	/* nor has it the groups of another */
	plan = plan_for(BASE "[a]\npath=/x\nvalid users=ann bob\nforce user=in-27\n", NULL, 0);
	assert_order("valid_users: \"ann bob\" -> \".\"", "force_gid");
	assert_order("force_gid", "force_groups: \"65533\" -> \"27 28\"");
	assert_order("force_groups", "valid_users: \".\" -> \"ann bob\"");
	assert(plan->nops == 4 && !apply(plan));
	/* its own groups can change alone */
	plan = plan_for(BASE "[a]\npath=/x\nvalid users=ann bob\nforce user=in-29\n", NULL, 0);
	assert(plan->nops == 1 && strstr(log_text, "force_groups: \"27 28\" -> \"28 29\""));
	talloc_free(plan);
	assert(!apply(plan_for(BASE "[a]\npath=/x\nvalid users=ann bob\nforce user=ann\nforce group=g\n", NULL, 0)));
	/* one number alone needs nothing of it */
	plan = plan_for(BASE "[a]\npath=/x\nvalid users=ann bob\nforce user=bea\nforce group=g\n", NULL, 0);
	assert(plan->nops == 1);
	talloc_free(plan);
}

/* Another spelling of its name takes away nothing that is in doubt. */
static void test_spelling(void)
{
	const struct sync_user doubt = { "Alice", true, 0, 0, NULL, 0, true };
	struct sync_plan *plan;

	make_root();
	assert(!apply(plan_for(BASE "[Data]\npath=/x\nvalid users=@staff\n", &alice, 1)));
	no_answer = -EIO;
	plan = plan_for(BASE "[data]\npath=/x\nvalid users=@staff\n", &doubt, 1);
	assert(!plan->nops && plan->nmanaged == 3 && plan->nproblems == 2);
	assert(!apply(plan));
	no_answer = 0;
	assert(!apply(plan_for(BASE "[data]\npath=/gone\nvalid users=@staff\n", &doubt, 1)));
	assert_value("shares/Data/enable", "1");
	assert(exists("users/alice") && !exists("shares/data"));
}

/* What the hostile reader did: other users with another path, and with other rights. */
static void test_kept_with_others(void)
{
	struct sync_plan *plan;

	make_root();
	assert(!apply(plan_for(BASE "[a]\npath=/x\nvalid users=ann\nforce user=ann\n", NULL, 0)));
	plan = plan_for(BASE "[a]\npath=/gone\nguest ok=yes\nread only=no\n", NULL, 0);
	assert(!plan->nops && plan->nproblems == 1);
	talloc_free(plan);
	no_answer = -EIO;
	plan = plan_for(BASE "[a]\npath=/y\nread only=no\nvalid users=bob\nforce user=bea\n", NULL, 0);
	assert(plan->nops == 1 && strstr(log_text, "valid_users: \"ann\" -> \".\"\n"));
	assert(!apply(plan));
	assert_value("shares/a/force_uid", "65534");
	/* and the answer brings all of it */
	no_answer = 0;
	assert(!apply(plan_for(BASE "[a]\npath=/y\nread only=no\nvalid users=bob\nforce user=bea\n",
			       NULL, 0)));
	assert_value("shares/a/force_uid", "65533");
	assert_value("shares/a/valid_users", "bob");
	assert_value("shares/a/path", "/y");
	assert_value("shares/a/enable", "1");
}

/* What cannot be looked up now keeps what it has, and is not made anew. */
static void test_doubt(void)
{
	const struct sync_user doubt[] = {
		{ "alice", true, 0, 0, NULL, 0, true }, { "bob", true, 0, 0, NULL, 0, true },
	};
	const struct sync_user disabled = { "alice", true, 0, 0, NULL, 0, false };
	const char *staff = BASE "[data]\npath=/x\nread only=no\nvalid users=@staff\nforce user=ann\n"
			    "[new]\npath=/y\nvalid users=@staff\n";
	struct sync_plan *plan;

	make_root();
	assert(!apply(plan_for(BASE "[data]\npath=/x\nvalid users=alice\n", &alice, 1)));
	no_answer = -EIO;
	plan = plan_for(staff, doubt, 2);
	assert(!plan->nops && plan->nproblems == 4);
	assert(!strcmp(plan->problems[0].text,
		       "account alice: keeps its uid and groups: it cannot be looked up now"));
	assert(!strcmp(plan->problems[1].text, "account bob: waits: it cannot be looked up now"));
	assert(strstr(plan->problems[2].text, "share [data]: keeps what names"));
	assert(strstr(plan->problems[3].text, "share [new]: waits for names"));
	assert(!apply(plan));
	assert_value("shares/data/valid_users", "alice");
	assert_value("users/alice/uid", "1000");
	assert(!exists("users/bob") && !exists("shares/new"));
	/* but whom the administrator shuts out is out, whoever it is */
	plan = plan_for(staff, &disabled, 1);
	assert(plan->nops == 1 && !apply(plan));
	assert_value("users/alice/enable", "0");
	plan = plan_for(staff, doubt, 1);
	assert(!plan->nops && strstr(plan->problems[0].text, "account alice: waits"));
	assert(!apply(plan));
	/* what is there and does not run waits, too, and is not removed */
	assert(!apply(plan_for(BASE "[new]\npath=/y\navailable=no\n[data]\npath=/x\n", NULL, 0)));
	plan = plan_for(staff, NULL, 0);
	assert(!strstr(log_text, "shares/new/") && !strstr(log_text, "- shares/new"));
	assert(!apply(plan));
	assert_value("shares/new/enable", "0");
	/* certainly nobody: off, and the others are served */
	no_answer = -ENOENT;
	plan = plan_for(BASE "[data]\npath=/x\nforce user=ann\n[new]\npath=/y\n", NULL, 0);
	assert(plan->nproblems == 1 && strstr(plan->problems[0].text, "share [data]: \"force user\""));
	assert(!apply(plan));
	assert_value("shares/data/enable", "0");
	assert_value("shares/new/enable", "1");
	no_answer = 0;
}

/* What failed, in the words of the configuration. */
static void test_words(void)
{
	static const struct {
		struct sync_op op;
		int err;
		const char *text;
	} rows[] = {
		{ { SYNC_WRITE, "shares/a b/path", NULL, "/x", false, false, false }, -ENOENT,
		  "share [a b]: /x: no such directory" },
		{ { SYNC_WRITE, "listeners/tcp-445/enable", NULL, "1", false, false, false }, -EADDRINUSE,
		  "port 445: in use by another program" },
		{ { SYNC_WRITE, "listeners/tcp-445-eth-0/enable", NULL, "1", false, false, false }, -ENODEV,
		  "port 445 on eth-0: there is no such interface now" },
		{ { SYNC_WRITE, "listeners/tcp-445-::1/enable", NULL, "1", false, false, false },
		  -EADDRNOTAVAIL, "port 445 on ::1: the machine does not have this address now" },
		{ { SYNC_WRITE, "shares/x/valid_users", NULL, "bob", false, false, false }, -EINVAL,
		  "share [x]: \"valid users = bob\" is refused by the kernel module: Invalid argument" },
		{ { SYNC_WRITE, "server/max_inflight", NULL, "7", false, false, false }, -ENOENT,
		  "[global]: \"max inflight\": this kernel module does not have it" },
		{ { SYNC_RMDIR, "users/bob", NULL, NULL, false, false, false }, -EBUSY,
		  "account bob: cannot be removed: Device or resource busy" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		TALLOC_CTX *ctx = talloc_new(NULL);
		struct sync_problem p = sync_failed_words(ctx, &rows[i].op, rows[i].err);

		if (strcmp(p.text, rows[i].text))
			fprintf(stderr, "%s\n", p.text);
		assert(!strcmp(p.text, rows[i].text));
		talloc_free(ctx);
	}
}

/* Many accounts, one change: one write, and not a file more. */
static void test_one_change(void)
{
	enum { N = 2000 };
	struct sync_user *users = talloc_zero_array(NULL, struct sync_user, N);
	struct stat before, after;
	struct sync_plan *plan;
	size_t n;

	make_root();
	for (size_t i = 0; i < N; i++)
		users[i] = (struct sync_user) {
			.name = talloc_asprintf(users, "user%zu", i), .uid = 1000 + i, .gid = 100,
			.enabled = true };
	assert(!apply(plan_for(BASE DATA, users, N)));
	assert(!stat(managed, &before));
	assert(!apply(plan_for(BASE DATA, users, N)));
	users[N / 2].gid = 101;
	plan = plan_for(BASE DATA, users, N);
	assert(plan->nops == 1 && !strcmp(plan->ops[0].path, "users/user1000/gid"));
	assert(!apply(plan));
	assert(!stat(managed, &after) && before.st_ino == after.st_ino);
	assert(!sync_count_ours(root, managed, "users", &n) && n == N);
	assert(!sync_count_ours(root, managed, "shares", &n) && n == 1);
	plan = plan_for(BASE, users, N - 3);
	assert(sync_plan_ends(plan, "users") == 3 && sync_plan_ends(plan, "shares") == 1);
	talloc_free(plan);
	talloc_free(users);
}

static bool full;			/* the file system that the list of what is ours is on */

int mkostemp(char *template, int flags)
{
	errno = ENOSPC;
	return full ? -1 : mkostemps(template, 0, flags);
}

/* What could not be noted as ours would stay when it is wanted no more: it is not made. */
static void test_nothing_is_made_that_cannot_be_noted(void)
{
	static const struct sync_user both[] = { alice, { "bob", false, 1001, 100, NULL, 0, true } };
	struct sync_result res;
	struct sync_plan *plan;
	char path[512];

	make_root();
	assert(!apply(plan_for(BASE DATA "[gone]\npath=/srv/data\n", both, 1)));
	full = true;
	plan = plan_for(BASE DATA "hosts allow=192.0.2.1\ncomment=c\n[x]\npath=/srv/data\nguest ok=yes\n",
			both, 2);
	assert(sync_apply_fs(plan, &fake, NULL, &res) == -ENOSPC);
	assert(res.nfailed == 1 && strstr(res.failures[0].text, "managed") && res.nwaiting == 2);
	assert(!strcmp(res.waiting[0].item, "users/bob") && !strcmp(res.waiting[1].item, "shares/x"));
	assert(!exists("shares/x") && !exists("users/bob") && !exists("shares/gone"));
	assert_value("shares/data/hosts_allow", "192.0.2.1");
	assert_value("shares/data/comment", "c");
	sync_result_done(&res);
	talloc_free(plan);
	/* nor does one that somebody else has made become ours */
	snprintf(path, sizeof(path), "%s/shares/x", root);
	assert(!fake_mkdir(path));
	plan = plan_for(BASE DATA "[x]\npath=/srv/data\nguest ok=yes\n", both, 1);
	assert(sync_apply_fs(plan, &fake, NULL, &res) == -ENOSPC);
	assert_value("shares/x/guest_ok", "0");
	assert_value("shares/x/enable", "0");
	sync_result_done(&res);
	talloc_free(plan);
	/* nor is it narrowed: half of a change may widen, as of 192.0.2.1 to 192.0.2.2 */
	set_value("shares/x/path", "/srv/data");
	set_value("shares/x/hosts_allow", "192.0.2.1");
	set_value("shares/x/guest_ok", "1");
	set_value("shares/x/enable", "1");
	plan = plan_for(BASE DATA "[x]\npath=/srv/data\nhosts allow=192.0.2.2\n", both, 1);
	assert(sync_apply_fs(plan, &fake, NULL, &res) == -ENOSPC);
	assert_value("shares/x/hosts_allow", "192.0.2.1");
	assert_value("shares/x/guest_ok", "1");
	assert_value("shares/x/enable", "1");
	sync_result_done(&res);
	talloc_free(plan);
	/* then the server is not widened either: what narrowed the share was to come first */
	set_value("server/hosts_allow", "192.0.2.");
	set_value("shares/x/hosts_allow", "\n");
	plan = plan_for(BASE DATA "[x]\npath=/srv/data\nguest ok=yes\nhosts allow=192.0.2.\n", both, 1);
	assert(sync_apply_fs(plan, &fake, NULL, &res) == -ENOSPC);
	assert_value("shares/x/hosts_allow", "");
	assert_value("server/hosts_allow", "192.0.2.");
	sync_result_done(&res);
	talloc_free(plan);
	full = false;
	assert(!apply(plan_for(BASE DATA "[x]\npath=/srv/data\nguest ok=yes\n", both, 2)));
	assert_value("shares/x/enable", "1");
	assert(!apply(plan_for(BASE DATA, both, 1)) && !exists("shares/x") && !exists("users/bob"));
}

/* One that cannot be read is not the same as one that is not there: nothing is known of what is ours. */
static void test_a_list_that_cannot_be_read(void)
{
	struct sync_input in = { .root = root, .managed_file = managed, .env = &fake_env };
	struct rlimit all, none;
	struct sync_plan *plan;
	size_t n;

	make_root();
	assert(!apply(plan_for(BASE DATA, &alice, 1)));
	assert(!conf_parse_text(NULL, "f", BASE, strlen(BASE), &env, (struct conf **)&in.conf));
	assert(!getrlimit(RLIMIT_NOFILE, &all));
	none = (struct rlimit){ 0, all.rlim_max };
	assert(!setrlimit(RLIMIT_NOFILE, &none));
	assert(sync_plan_for(NULL, &in, &plan) == -EMFILE && !plan);
	assert(sync_count_ours(root, managed, "shares", &n) == -EMFILE);
	assert(!setrlimit(RLIMIT_NOFILE, &all));
	assert(!sync_count_ours(root, managed, "shares", &n) && n == 1);
	talloc_free((void *)in.conf);
	assert(!apply(plan_for(BASE, &alice, 1)) && !exists("shares/data"));
}

static int refuse_path(const char *path)
{
	(void)path;
	return -EPERM;
}

static int take_value(const char *path, const char *value)
{
	(void)path;
	(void)value;
	return 0;
}

/* The CPU's clocks that a plan of @n accounts takes where the kernel refuses all of them. */
static clock_t refused(size_t n)
{
	static const struct sync_fs none = { refuse_path, take_value, refuse_path };
	struct sync_user *users = talloc_zero_array(NULL, struct sync_user, n);
	struct sync_result res;
	struct sync_plan *plan;
	clock_t start;

	make_root();
	for (size_t i = 0; i < n; i++)
		users[i] = (struct sync_user) {
			.name = talloc_asprintf(users, "user%zu", i), .uid = 1000 + i, .gid = 100,
			.enabled = true };
	plan = plan_for(BASE, users, n);
	start = clock();
	assert(sync_apply_fs(plan, &none, NULL, &res) == -EPERM);
	start = clock() - start;
	assert(res.nfailed == n + 1 && res.nskipped == plan->nops - res.nfailed - res.ndone);
	sync_result_done(&res);
	talloc_free(plan);
	talloc_free(users);
	return start;
}

/*
 * Five thousand refusals cost as much as ten times five hundred; a search through all of them for
 * each would cost ten times as much.  Both take as long, so that noise meets both.
 */
static void test_thousands_refused(void)
{
	enum { N = 500, RUNS = 3 };
	double least = 1000;

	for (int i = 0; i < RUNS; i++) {
		clock_t few = 1, many;

		for (int j = 0; j < 10; j++)
			few += refused(N);
		many = refused(10 * N);
		least = (double)many / few < least ? (double)many / few : least;
	}
	printf("# ten times the accounts refused at once: %.1f times the CPU\n", least);
	assert(least < 4);
}

static void test_refusals(void)
{
	const struct sync_user twice[] = { alice, { "ALICE", false, 1, 1, NULL, 0, true } };
	struct sync_input in = { .root = "/nonexistent", .managed_file = managed };
	const char *bad = "[a]\n";
	struct sync_plan *plan;
	struct conf *conf;

	assert(!conf_parse_text(NULL, "f", BASE, strlen(BASE), &env, &conf));
	in.conf = conf;
	assert(sync_plan_for(NULL, &in, &plan) == -ENOENT && !plan);
	in.root = "/";
	assert(sync_plan_for(NULL, &in, &plan) == -ENOENT && !plan);
	in.root = root;
	in.users = twice;
	in.nusers = 2;
	assert(sync_plan_for(NULL, &in, &plan) == -EINVAL && !plan);
	talloc_free(conf);
	assert(!conf_parse_text(NULL, "f", bad, strlen(bad), &env, &conf));
	in.conf = conf;
	in.nusers = 0;
	assert(sync_plan_for(NULL, &in, &plan) == -EINVAL && !plan);
	talloc_free(conf);
}

/* The functions that the daemon uses, on what a plain directory can show of them. */
static void test_real_files(void)
{
	struct sync_result res;
	struct sync_plan *plan;

	make_root();
	plan = plan_for("[global]\nworkgroup=REAL\nnetbios name=N\nsmb ports=445\n", NULL, 0);
	/* new items have no attributes in a plain directory: these steps fail, server's do not */
	assert(sync_apply(plan, NULL, &res) == -ENOENT);
	assert(res.nfailed == 1 && res.failures[0].op && strstr(res.failures[0].text, "listeners/tcp-445"));
	assert_value("server/workgroup", "REAL");
	sync_result_done(&res);
	talloc_free(plan);
}

int main(void)
{
	test_first_time_and_again();
	test_only_the_difference();
	test_removal_and_foreign_items();
	test_failures();
	test_server_not_narrowed();
	test_hosts_not_narrowed();
	test_share_not_narrowed();
	test_neutral_refused();
	test_actor_refused();
	test_groups_refused();
	test_guest_refused();
	test_order_is_safe();
	test_between();
	test_listeners();
	test_interfaces();
	test_listeners_stay();
	test_listeners_go();
	test_addresses_that_rotate();
	test_labels();
	test_an_attribute_that_is_not_there();
	test_path_not_there();
	test_shut_before_open();
	test_kept_is_not_widened();
	test_kept_with_others();
	test_doubt_about_one_word();
	test_who_acts();
	test_spelling();
	test_doubt();
	test_words();
	test_one_change();
	test_thousands_refused();
	test_nothing_is_made_that_cannot_be_noted();
	test_a_list_that_cannot_be_read();
	test_refusals();
	test_real_files();
	return 0;
}
