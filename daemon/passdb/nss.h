/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passdb/nss.h - who an account is to Linux */
#ifndef CIFSSRVD_PASSDB_NSS_H
#define CIFSSRVD_PASSDB_NSS_H

#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

#define NSS_MAX_GROUPS	1024	/* as CSRV_UP_MAX_GROUPS */

/**
 * struct nss_identity - uid and groups of an account
 * @uid: user id
 * @gid: primary group
 * @groups: supplementary groups, owned by the context given to the look-up
 * @ngroups: how many, at most NSS_MAX_GROUPS
 */
struct nss_identity {
	uint32_t uid;
	uint32_t gid;
	uint32_t *groups;
	size_t ngroups;
};

/**
 * nss_lookup() - ask the name service switch
 * @ctx: talloc parent of the groups
 * @name: exactly as spelled; tried once more in lower case
 * @ret: filled on success
 *
 * Return: 0, -ENOENT (no such account), -E2BIG (too many groups), -ENOMEM, or
 * the errno of the name service.
 */
int nss_lookup(TALLOC_CTX *ctx, const char *name, struct nss_identity *ret);

#endif /* CIFSSRVD_PASSDB_NSS_H */
