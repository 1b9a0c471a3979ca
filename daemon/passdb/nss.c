// SPDX-License-Identifier: GPL-2.0-or-later
/* passdb/nss.c - UNIX identities of accounts */
#include "passdb/nss.h"

#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "util/cleanup.h"

#define BUF_MIN	4096u
#define BUF_MAX	(1024u * 1024)

/* -ENOENT only when the last service said so without an error: nss.h. */
static int verdict(const void *found, int r)
{
	return found ? 0 : r ? -r : -ENOENT;
}

static int find_user(TALLOC_CTX *ctx, const char *name, struct passwd *pw)
{
	struct passwd *found = NULL;
	int r = ERANGE;

	for (size_t len = BUF_MIN; r == ERANGE && len <= BUF_MAX; len *= 2) {
		char *buf = talloc_array(ctx, char, len);

		if (!buf)
			return -ENOMEM;
		errno = 0;	/* glibc leaves it unchanged when no module could be asked */
		r = getpwnam_r(name, pw, buf, len, &found);
	}
	return verdict(found, r);
}

/* Finds a group by @name, or if that is NULL by @gid. */
static int find_group(TALLOC_CTX *ctx, const char *name, gid_t gid, struct group *gr)
{
	struct group *found = NULL;
	int r = ERANGE;

	for (size_t len = BUF_MIN; r == ERANGE && len <= BUF_MAX; len *= 2) {
		char *buf = talloc_array(ctx, char, len);

		if (!buf)
			return -ENOMEM;
		errno = 0;
		r = name ? getgrnam_r(name, gr, buf, len, &found) :
			   getgrgid_r(gid, gr, buf, len, &found);
	}
	return verdict(found, r);
}

/* A primary group without a name is legal, and so is one with a huge list of members. */
static int find_group_name(TALLOC_CTX *ctx, gid_t gid, const char **ret)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	struct group gr;
	int r = tmp ? find_group(tmp, NULL, gid, &gr) : -ENOMEM;

	if (r < 0 && r != -ENOENT && r != -ERANGE)
		return r;
	*ret = talloc_strdup(ctx, r < 0 ? "" : gr.gr_name);
	return *ret ? 0 : -ENOMEM;
}

/*
 * Does the last service for groups answer?  Then it says that there is no group of this name, which
 * is a new one each time, so that it is in no cache.  glibc does not report errors of the services
 * before it.
 */
static int probe_groups(void)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	static unsigned int count;
	struct timespec now;
	struct group gr;
	char name[32];
	int r;

	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(name, sizeof(name), "no-group-%llx-%x", (unsigned long long)now.tv_sec ^
		 (unsigned long long)now.tv_nsec << 32, count++);
	r = tmp ? find_group(tmp, name, 0, &gr) : -ENOMEM;
	return r == -ENOENT ? 0 : r;
}

/*
 * getgrouplist(3) silently leaves out groups of a service that does not answer.  A missing group
 * may mean more access, so the list counts only between two successful probes of the last service.
 */
static int list_groups(const struct passwd *pw, gid_t *all, int *n)
{
	int r = probe_groups();

	if (r < 0)
		return r;
	if (getgrouplist(pw->pw_name, pw->pw_gid, all, n) < 0)
		return -E2BIG;
	return probe_groups();
}

static int find_groups(TALLOC_CTX *ctx, const struct passwd *pw, struct nss_identity *ret)
{
	int n = NSS_MAX_GROUPS + 1;		/* the list includes the primary group */
	_cleanup_(talloc_freep) gid_t *all = talloc_array(NULL, gid_t, n);
	int r = all ? list_groups(pw, all, &n) : -ENOMEM;

	if (r < 0)
		return r;
	ret->groups = talloc_array(ctx, uint32_t, (unsigned int)n);
	if (!ret->groups)
		return -ENOMEM;
	for (int i = 0; i < n; i++)
		if (all[i] != pw->pw_gid)
			ret->groups[ret->ngroups++] = all[i];
	return ret->ngroups > NSS_MAX_GROUPS ? -E2BIG : 0;
}

static int lookup_exact(TALLOC_CTX *ctx, const char *name, struct nss_account *ret)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	struct passwd pw;
	int r;

	r = tmp ? find_user(tmp, name, &pw) : -ENOMEM;
	if (r < 0)
		return r;
	*ret = (struct nss_account){ .id = { .uid = pw.pw_uid, .gid = pw.pw_gid } };
	ret->home = talloc_strdup(ctx, pw.pw_dir ? pw.pw_dir : "");
	if (!ret->home)
		return -ENOMEM;
	r = find_groups(ctx, &pw, &ret->id);
	return r < 0 ? r : find_group_name(ctx, pw.pw_gid, &ret->group);
}

/* @name in lower case; "" where that is equal; NULL without memory. */
static char *lower(TALLOC_CTX *ctx, const char *name)
{
	char *low = talloc_strdup(ctx, name);

	for (char *p = low; p && *p; p++)
		*p = (char)tolower((unsigned char)*p);
	if (low && !strcmp(low, name))
		*low = 0;
	return low;
}

int nss_account(TALLOC_CTX *ctx, const char *name, struct nss_account *ret)
{
	_cleanup_(talloc_freep) char *low = NULL;
	int r;

	r = lookup_exact(ctx, name, ret);
	if (r != -ENOENT)
		return r;
	low = lower(NULL, name);
	if (!low)
		return -ENOMEM;
	return *low ? lookup_exact(ctx, low, ret) : -ENOENT;
}

int nss_lookup(TALLOC_CTX *ctx, const char *name, struct nss_identity *ret)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	struct nss_account acc;
	int r = tmp ? nss_account(tmp, name, &acc) : -ENOMEM;

	if (r < 0)
		return r;
	*ret = acc.id;
	talloc_steal(ctx, ret->groups);
	return 0;
}

int nss_user(const char *name, uid_t *uid, gid_t *gid)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	struct passwd pw;
	int r = tmp ? find_user(tmp, name, &pw) : -ENOMEM;

	if (r == -ENOENT) {
		const char *low = lower(tmp, name);

		r = !low ? -ENOMEM : *low ? find_user(tmp, low, &pw) : r;
	}
	if (r == 0) {
		*uid = pw.pw_uid;
		*gid = pw.pw_gid;
	}
	return r;
}

int nss_group(const char *name, gid_t *gid)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	struct group gr;
	int r = tmp ? find_group(tmp, name, 0, &gr) : -ENOMEM;

	if (r == 0)
		*gid = gr.gr_gid;
	return r;
}
