/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * passdb/nss.h - UNIX identities of accounts
 *
 * These functions block for as long as the name service needs.  The daemon runs them in helpers
 * (names/names.h); only cifsadmin and "cifssrvd --check" call them themselves.
 *
 * -ENOENT is returned only when the last service of nsswitch.conf's line has said "no such name":
 * glibc returns 0 without an entry then, whatever errors the services before it had.  So a service
 * that may fall silent should be the last one, or be followed by [UNAVAIL=return TRYAGAIN=return].
 * The other numbers that getpwnam(3) lists as "not found" are doubt here: ENOENT and ESRCH come
 * from modules whose server does not run (nslcd's says ENOENT when the answer breaks off, and any
 * of them passes on the errno of connect(2) to the server's socket, ENOENT before sssd has
 * started), EBADF and EPERM from a server that refused the connection. A module in nsswitch.conf
 * that is not installed is no doubt: glibc skips it.
 *
 * The groups of a user are certain only when a group that does not exist is certainly unknown,
 * before and after they are listed: getgrouplist(3) itself leaves out groups of a service that does
 * not answer.  Two cases go unnoticed, since glibc does not report them: a line "initgroups" of
 * nsswitch.conf with services that "group" does not have, and a service that does not answer and is
 * not the last one of its line.
 */
#ifndef CSRV_DAEMON_PASSDB_NSS_H
#define CSRV_DAEMON_PASSDB_NSS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
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
 * struct nss_account - an account, as the name service knows it
 * @id: its numbers
 * @home: home directory, "" without one
 * @group: name of the primary group, "" when that has none
 *
 * Texts are owned by the context given to the look-up.
 */
struct nss_account {
	struct nss_identity id;
	const char *home;
	const char *group;
};

/**
 * nss_account() - ask the name service switch for a user
 * @ctx: talloc parent of what @ret points to
 * @name: exactly as spelled; tried once more in lower case
 * @ret: filled on success
 *
 * Return: 0, -ENOENT (certainly no such account), -E2BIG (too many groups), -ENOMEM, or
 * the errno of the name service, which is doubt.
 */
int nss_account(TALLOC_CTX *ctx, const char *name, struct nss_account *ret);

/* nss_lookup() - nss_account() for its numbers alone */
int nss_lookup(TALLOC_CTX *ctx, const char *name, struct nss_identity *ret);

/* nss_user() - the user and its primary group.  0 or as nss_account(). */
int nss_user(const char *name, uid_t *uid, gid_t *gid);

/* nss_group() - the number of a group, its name exactly as spelled.  0 or as nss_account(). */
int nss_group(const char *name, gid_t *gid);

#endif
