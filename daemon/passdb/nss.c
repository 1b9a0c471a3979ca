// SPDX-License-Identifier: GPL-2.0-or-later
/* passdb/nss.c - who an account is to Linux */
#include "nss.h"

#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "../util/cleanup.h"

#define PW_BUF_MAX	(1024 * 1024)

static int find_user(TALLOC_CTX *ctx, const char *name, struct passwd *pw)
{
	struct passwd *found = NULL;
	int r = ERANGE;

	for (size_t len = 4096; r == ERANGE && len <= PW_BUF_MAX; len *= 2) {
		char *buf = talloc_array(ctx, char, len);

		if (!buf)
			return -ENOMEM;
		r = getpwnam_r(name, pw, buf, len, &found);
	}
	/* getpwnam(3): several errnos mean no more than "not found". */
	if (!found)
		return r == 0 || r == ENOENT || r == ESRCH || r == EBADF || r == EPERM ?
		       -ENOENT : -r;
	return 0;
}

static int find_groups(TALLOC_CTX *ctx, const struct passwd *pw, struct nss_identity *ret)
{
	int n = NSS_MAX_GROUPS + 1;		/* the list names the primary group too */
	_cleanup_(talloc_freep) gid_t *all = talloc_array(NULL, gid_t, n);

	if (!all)
		return -ENOMEM;
	if (getgrouplist(pw->pw_name, pw->pw_gid, all, &n) < 0)
		return -E2BIG;
	ret->groups = talloc_array(ctx, uint32_t, (unsigned int)n);
	if (!ret->groups)
		return -ENOMEM;
	for (int i = 0; i < n; i++)
		if (all[i] != pw->pw_gid)
			ret->groups[ret->ngroups++] = all[i];
	return ret->ngroups > NSS_MAX_GROUPS ? -E2BIG : 0;
}

static int lookup_exact(TALLOC_CTX *ctx, const char *name, struct nss_identity *ret)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	struct passwd pw;
	int r;

	r = tmp ? find_user(tmp, name, &pw) : -ENOMEM;
	if (r < 0)
		return r;
	*ret = (struct nss_identity){ .uid = pw.pw_uid, .gid = pw.pw_gid };
	return find_groups(ctx, &pw, ret);
}

int nss_lookup(TALLOC_CTX *ctx, const char *name, struct nss_identity *ret)
{
	_cleanup_(talloc_freep) char *low = NULL;
	int r;

	r = lookup_exact(ctx, name, ret);
	if (r != -ENOENT)
		return r;
	low = talloc_strdup(NULL, name);
	if (!low)
		return -ENOMEM;
	for (char *p = low; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return strcmp(low, name) ? lookup_exact(ctx, low, ret) : -ENOENT;
}
