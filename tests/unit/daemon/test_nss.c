// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/passdb/nss.c
// libs: talloc
/* Who an account is, where one of two services does not answer: glibc's functions are this test's. */
#include <assert.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "passdb/nss.h"

/* ---- glibc's name service switch, with "group: files ldap" ---- */

enum ldap { LDAP_THERE, LDAP_AWAY, LDAP_GOES, LDAP_COMES };

static enum ldap ldap;
static unsigned int probes;
static char probed[64];

int getpwnam_r(const char *name, struct passwd *pw, char *buf, size_t len, struct passwd **ret)
{
	(void)buf;
	(void)len;
	*pw = (struct passwd){ .pw_name = (char *)"alice", .pw_uid = 1000, .pw_gid = 100,
			       .pw_dir = (char *)"/home/alice" };
	*ret = strcmp(name, "alice") ? NULL : pw;
	return 0;
}

int getgrgid_r(gid_t gid, struct group *gr, char *buf, size_t len, struct group **ret)
{
	(void)buf;
	(void)len;
	*gr = (struct group){ .gr_name = (char *)"users", .gr_gid = gid };
	*ret = gr;
	return 0;
}

int getgrnam_r(const char *name, struct group *gr, char *buf, size_t len, struct group **ret)
{
	bool away = ldap == LDAP_AWAY || (ldap == LDAP_GOES && probes) ||
		    (ldap == LDAP_COMES && !probes);

	(void)gr;
	(void)buf;
	(void)len;
	assert(strcmp(name, probed));
	snprintf(probed, sizeof(probed), "%s", name);
	probes++;
	*ret = NULL;
	return away ? ECONNREFUSED : 0;
}

int getgrouplist(const char *user, gid_t gid, gid_t *groups, int *n)
{
	(void)user;
	groups[0] = gid;
	groups[1] = 4711;
	*n = ldap == LDAP_THERE ? 2 : 1;
	return *n;
}

/* Groups that a service does not answer are doubt, whenever it fell silent. */
static void test_groups_in_doubt(void)
{
	TALLOC_CTX *ctx = talloc_new(NULL);

	for (int i = LDAP_THERE; i <= LDAP_COMES; i++) {
		struct nss_account acc = {};
		int r;

		ldap = (enum ldap)i;
		probes = 0;
		r = nss_account(ctx, "alice", &acc);
		if (ldap == LDAP_THERE)
			assert(!r && acc.id.ngroups == 1 && acc.id.groups[0] == 4711);
		else
			assert(r == -ECONNREFUSED);
		assert(nss_account(ctx, "bob", &acc) == -ENOENT);
	}
	talloc_free(ctx);
}

/* One name without its groups, as a list of users has it. */
static void test_plain_names(void)
{
	uid_t uid = 0;
	gid_t gid = 0;

	assert(!nss_user("alice", &uid, &gid) && uid == 1000 && gid == 100);
	assert(nss_user("bob", &uid, &gid) == -ENOENT && uid == 1000);
	assert(!nss_user("Alice", &uid, &gid) && nss_user("Bob", &uid, &gid) == -ENOENT);
	ldap = LDAP_AWAY;
	assert(nss_group("x", &gid) == -ECONNREFUSED && gid == 100);
	ldap = LDAP_THERE;
	assert(nss_group("staff", &gid) == -ENOENT);
}

int main(void)
{
	test_plain_names();
	test_groups_in_doubt();
	return 0;
}
