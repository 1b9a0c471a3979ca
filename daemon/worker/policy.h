/* SPDX-License-Identifier: GPL-2.0-or-later */
/* worker/policy.h - the policy for logons, and identities of accounts, as fields of messages */
#ifndef CIFSSRVD_WORKER_POLICY_H
#define CIFSSRVD_WORKER_POLICY_H

#include "../auth/auth.h"
#include "../passdb/nss.h"
#include "ipc.h"

#define POLICY_MAX_STRING	1024

/* The worker's parameters, besides the accounts and the username map. */
struct policy {
	struct auth_env env;		/* without ->passdb, ->usermap, ->identity */
	int log_level;
};

void policy_put(struct ipc_msg *m, const struct policy *p);

/* @m owns the strings.  False: the fields are no policy. */
bool policy_get(struct ipc_msg *m, struct policy *p);

/* @acc is ignored with an error. */
void account_put(struct ipc_msg *m, int error, const struct nss_account *acc);

/* @m owns the groups and the strings.  False: the fields are no account. */
bool account_get(struct ipc_msg *m, int *error, struct nss_account *acc);

/* @env without its accounts and its username map; its strings become children of @ctx. */
bool policy_copy(TALLOC_CTX *ctx, struct policy *p, const struct auth_env *env, int log_level);

/* A memfd with the accounts as text; a descriptor or a negative errno. */
int policy_accounts(const struct passdb *db);

#endif /* CIFSSRVD_WORKER_POLICY_H */
