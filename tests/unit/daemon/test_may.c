// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/cifsadmin/may.c daemon/conf/*.c daemon/passdb/nss.c daemon/util/utf.c | libs: talloc
/*
 * cifsadmin may: the answers of module/policy/access.c and tree.c, and the line that decides.
 * tests/e2e/admin compares them with what the kernel does.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cifsadmin/may.h"
#include "passdb/nss.h"
#include "util/cleanup.h"

static int find_user(void *priv, const char *name, uid_t *uid, gid_t *gid)
{
	(void)priv;
	*uid = !strcmp(name, "nobody") ? 65534 : 1000;
	*gid = !strcmp(name, "nobody") ? 65534 : 100;
	return strcmp(name, "nobody") && strcmp(name, "alice") ? -ENOENT : 0;
}

/* nobody is in a group, too */
static int find_identity(void *priv, TALLOC_CTX *ctx, const char *name, struct nss_identity *ret)
{
	static uint32_t groups[] = { 4000000000U, 500 };

	(void)ctx;
	*ret = (struct nss_identity){ .groups = groups, .ngroups = strcmp(name, "nobody") ? 0 : 2 };
	return find_user(priv, name, &ret->uid, &ret->gid);
}

static int find_group(void *priv, const char *name, gid_t *gid)
{
	(void)priv;
	*gid = 500;
	return strcmp(name, "staff") ? -ENOENT : 0;
}

static const uint32_t staff[] = { 20, 500 };

static const struct may_who alice = { .user = "alice", .uid = 1000, .gid = 100, .groups = staff, .ngroups = 2 };
static const struct may_who bob = { .user = "Bob", .uid = 1001, .gid = 100 };
static const struct may_who guest = { .user = "nobody", .guest = true, .uid = 65534, .gid = 65534 };
static const struct may_who anonymous = { .user = "", .anonymous = true, .uid = 65534, .gid = 65534 };

/* Line 1 is [global], 2 workgroup, 3 [s], 4 path; what a case has begins in line 5. */
#define HEAD	"[global]\nworkgroup = X\n[s]\npath = /\n"

static const struct {
	const char *conf;
	const char *peer;
	const struct may_who *who;
	enum may_rights rights;
	const char *param;	/* of the last step */
	unsigned int line;	/* 0: a default */
	uint32_t uid, gid;	/* where there are rights */
} cases[] = {
	{ "", "192.0.2.1", &alice, MAY_READ, "read only", 0, 1000, 100 },
	{ "read only = no\n", "192.0.2.1", &alice, MAY_WRITE, "read only", 5, 1000, 100 },
	{ "writeable = yes\n", "192.0.2.1", &alice, MAY_WRITE, "read only", 5, 1000, 100 },
	/* guests */
	{ "", "192.0.2.1", &guest, MAY_NOT, "guest ok", 0, 0, 0 },
	{ "", "192.0.2.1", &anonymous, MAY_NOT, "guest ok", 0, 0, 0 },
	{ "guest ok = yes\n", "192.0.2.1", &guest, MAY_READ, "read only", 0, 65534, 65534 },
	{ "public = yes\nread only = no\n", "192.0.2.1", &anonymous, MAY_WRITE, "read only", 6, 65534, 65534 },
	{ "guest ok = yes\nvalid users = bob\n", "192.0.2.1", &guest, MAY_NOT, "valid users", 6, 0, 0 },
	{ "guest ok = yes\nvalid users = nobody\n", "192.0.2.1", &guest, MAY_READ, "read only", 0, 65534, 65534 },
	{ "guest ok = yes\nvalid users = nobody\n", "192.0.2.1", &anonymous, MAY_NOT, "valid users", 6, 0, 0 },
	{ "guest ok = yes\nguest only = yes\nwritable = yes\n", "192.0.2.1", &alice, MAY_WRITE, "read only", 7,
	  65534, 65534 },
	{ "guest ok = yes\nguest only = yes\nwrite list = alice\n", "192.0.2.1", &alice, MAY_READ, "read only", 0,
	  65534, 65534 },
	{ "guest ok = yes\nguest only = yes\ninvalid users = nobody\n", "192.0.2.1", &alice, MAY_NOT, "invalid users",
	  7, 0, 0 },
	{ "guest ok = yes\nguest only = yes\nvalid users = @staff\n", "192.0.2.1", &bob, MAY_READ, "read only", 0,
	  65534, 65534 },
	{ "guest ok = yes\nguest only = yes\ninvalid users = @4000000000\n", "192.0.2.1", &bob, MAY_NOT,
	  "invalid users", 7, 0, 0 },
	{ "guest ok = yes\nguest only = yes\nvalid users = @20\n", "192.0.2.1", &alice, MAY_NOT, "valid users", 7,
	  0, 0 },
	/* lists of users */
	{ "valid users = alice\n", "192.0.2.1", &alice, MAY_READ, "read only", 0, 1000, 100 },
	{ "valid users = bob\n", "192.0.2.1", &bob, MAY_READ, "read only", 0, 1001, 100 },
	{ "valid users = alice\n", "192.0.2.1", &bob, MAY_NOT, "valid users", 5, 0, 0 },
	{ "valid users = @staff\n", "192.0.2.1", &alice, MAY_READ, "read only", 0, 1000, 100 },
	{ "valid users = @staff\n", "192.0.2.1", &bob, MAY_NOT, "valid users", 5, 0, 0 },
	{ "valid users = @100\n", "192.0.2.1", &bob, MAY_READ, "read only", 0, 1001, 100 },
	{ "invalid users = BOB\n", "192.0.2.1", &bob, MAY_NOT, "invalid users", 5, 0, 0 },
	{ "valid users = alice\ninvalid users = @staff\n", "192.0.2.1", &alice, MAY_NOT, "invalid users", 6, 0, 0 },
	/* rights */
	{ "write list = @staff\n", "192.0.2.1", &alice, MAY_WRITE, "write list", 5, 1000, 100 },
	{ "write list = @staff\n", "192.0.2.1", &bob, MAY_READ, "read only", 0, 1001, 100 },
	{ "read only = no\nread list = bob\n", "192.0.2.1", &bob, MAY_READ, "read list", 6, 1001, 100 },
	{ "read list = bob\nwrite list = bob\n", "192.0.2.1", &bob, MAY_WRITE, "write list", 6, 1001, 100 },
	{ "admin users = bob\n", "192.0.2.1", &bob, MAY_READ, "read only", 0, 0, 0 },
	{ "force user = alice\nread only = no\n", "192.0.2.1", &bob, MAY_WRITE, "read only", 6, 1000, 100 },
	{ "force group = staff\n", "192.0.2.1", &bob, MAY_READ, "read only", 0, 1001, 500 },
	/* hosts of the share */
	{ "hosts allow = 192.0.2.\n", "192.0.2.1", &alice, MAY_READ, "read only", 0, 1000, 100 },
	{ "hosts allow = 192.0.2.\n", "192.0.3.1", &alice, MAY_NOT, "hosts allow", 5, 0, 0 },
	{ "hosts allow = 192.0.2.\n", "127.0.0.1", &alice, MAY_READ, "read only", 0, 1000, 100 },
	{ "hosts allow = 192.0.2.\n", "::1", &alice, MAY_READ, "read only", 0, 1000, 100 },
	{ "hosts allow = 192.0.2.0/24 EXCEPT 192.0.2.7\n", "192.0.2.7", &alice, MAY_NOT, "hosts allow", 5, 0, 0 },
	{ "hosts allow = 192.0.2.0/255.255.255.128\n", "192.0.2.128", &alice, MAY_NOT, "hosts allow", 5, 0, 0 },
	{ "hosts deny = 192.0.2.7\n", "192.0.2.7", &alice, MAY_NOT, "hosts deny", 5, 0, 0 },
	{ "hosts deny = 192.0.2.7\n", "192.0.2.8", &alice, MAY_READ, "read only", 0, 1000, 100 },
	{ "hosts deny = ALL\n", "127.0.0.1", &alice, MAY_NOT, "hosts deny", 5, 0, 0 },
	{ "hosts allow = 2001:db8::/32\nhosts deny = ALL\n", "2001:db8::5", &alice, MAY_READ, "read only", 0, 1000,
	  100 },
	{ "hosts allow = 2001:db8::/33\n", "2001:db8:8000::", &alice, MAY_NOT, "hosts allow", 5, 0, 0 },
	{ "hosts allow = ALL EXCEPT 192.0.2.\n", "192.0.2.1", &alice, MAY_NOT, "hosts allow", 5, 0, 0 },
	{ "available = no\n", "192.0.2.1", &alice, MAY_NOT, "available", 5, 0, 0 },
};

static struct conf *parse(TALLOC_CTX *ctx, const char *text)
{
	const struct conf_env env = { .hostname = "host", .user = find_user, .identity = find_identity,
				      .group = find_group };
	struct conf *conf;

	assert(!conf_parse_text(ctx, "smb.conf", text, strlen(text), &env, &conf));
	for (size_t i = 0; i < conf->nerrors && conf->nfatal; i++)
		fprintf(stderr, "%s\n", conf_error_format(ctx, &conf->errors[i]));
	assert(!conf->nfatal);
	return conf;
}

static void check_last(const struct may_answer *ans, const char *param, unsigned int line)
{
	const struct may_step *last = &ans->step[ans->nsteps - 1];

	assert(ans->nsteps && last->text && last->param && !strcmp(last->param, param));
	assert(line ? last->line == line && !strcmp(last->file, "smb.conf") : !last->file);
}

static void shares(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		TALLOC_CTX *ctx = talloc_new(NULL);
		char *text = talloc_asprintf(ctx, HEAD "%s", cases[i].conf);
		struct may_answer ans = {};

		may_use(ctx, parse(ctx, text), "S", cases[i].peer, cases[i].who, &ans);
		if (ans.rights != cases[i].rights)
			fprintf(stderr, "%zu: %s", i, cases[i].conf);
		assert(ans.rights == cases[i].rights);
		check_last(&ans, cases[i].param, cases[i].line);
		if (ans.rights != MAY_NOT)
			assert(ans.uid == cases[i].uid && ans.gid == cases[i].gid);
		talloc_free(ctx);
	}
}

static void the_server(void)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct conf *conf = parse(ctx, "[global]\nhosts allow = 192.0.2.\n[s]\npath = /\nhosts allow = ALL\n");
	struct may_answer ans = {};

	/* a share's own list does not let in whom the server's keeps out */
	assert(!may_connect(ctx, conf, "192.0.3.1", &ans));
	check_last(&ans, "hosts allow", 2);
	ans = (struct may_answer){};
	assert(may_connect(ctx, conf, "192.0.2.1", &ans) && ans.nsteps == 1);
	ans = (struct may_answer){};
	may_use(ctx, conf, "none", "192.0.2.1", &alice, &ans);
	assert(ans.rights == MAY_NOT && strstr(ans.step[0].text, "no share"));
	ans = (struct may_answer){};
	may_use(ctx, conf, "ipc$", "192.0.2.1", &anonymous, &ans);
	assert(ans.rights == MAY_WRITE);
	ans = (struct may_answer){};
	conf = parse(ctx, "[homes]\nread only = no\n");
	may_use(ctx, conf, "ALICE", "192.0.2.1", &alice, &ans);
	assert(ans.rights == MAY_WRITE);
	may_use(ctx, conf, "bob", "192.0.2.1", &alice, &ans);
	assert(ans.rights == MAY_NOT);
	may_use(ctx, conf, "nobody", "192.0.2.1", &guest, &ans);
	assert(ans.rights == MAY_NOT);
	conf = parse(ctx, "[global]\nrestrict anonymous = 2\n");
	may_use(ctx, conf, "IPC$", "192.0.2.1", &anonymous, &ans);
	assert(ans.rights == MAY_NOT);
	check_last(&ans, "restrict anonymous", 2);
	talloc_free(ctx);
}

/* A session without a key cannot sign or encrypt. */
static void without_a_key(void)
{
	static const struct { const char *global, *share, *param; unsigned int line; } keys[] = {
		{ "server signing = mandatory\n", "", "server signing", 2 },
		{ "server smb encrypt = required\n", "", "server smb encrypt", 2 },
		{ "workgroup = X\n", "smb encrypt = required\n", "smb encrypt", 6 },
	};
	const struct may_who *const who[] = { &guest, &anonymous };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		TALLOC_CTX *ctx = talloc_new(NULL);
		struct conf *conf = parse(ctx, talloc_asprintf(ctx, "[global]\n%s[s]\npath = /\n"
							       "guest ok = yes\n%s", keys[i].global,
							       keys[i].share));
		struct may_answer ans = {};

		for (size_t k = 0; k < ARRAY_LEN(who); k++) {
			ans = (struct may_answer){};
			may_use(ctx, conf, "s", "192.0.2.1", who[k], &ans);
			assert(ans.rights == MAY_NOT);
			check_last(&ans, keys[i].param, keys[i].line);
			ans = (struct may_answer){};
			may_use(ctx, conf, "IPC$", "192.0.2.1", who[k], &ans);
			assert((ans.rights == MAY_NOT) == !*keys[i].share);
		}
		ans = (struct may_answer){};
		may_use(ctx, conf, "s", "192.0.2.1", &alice, &ans);
		assert(ans.rights == MAY_READ);
		talloc_free(ctx);
	}
}

int main(void)
{
	shares();
	the_server();
	without_a_key();
	puts("daemon_may: ok");
	return 0;
}
