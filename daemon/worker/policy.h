/* SPDX-License-Identifier: GPL-2.0-or-later */
/* worker/policy.h - what logons are decided by, and who an account is, as fields of messages */
#ifndef CIFSSRVD_WORKER_POLICY_H
#define CIFSSRVD_WORKER_POLICY_H

#include "../auth/auth.h"
#include "../passdb/nss.h"
#include "ipc.h"

#define POLICY_MAX_STRING	1024

/* What a worker needs besides the accounts and the username map. */
struct policy {
	struct auth_env env;		/* without ->passdb, ->usermap, ->identity */
	int log_level;
};

void policy_put(struct ipc_msg *m, const struct policy *p);

/* Strings belong to @m.  False when that is not a policy. */
bool policy_get(struct ipc_msg *m, struct policy *p);

/* @acc is not looked at where there is an error. */
void account_put(struct ipc_msg *m, int error, const struct nss_account *acc);

/* The groups and the strings belong to @m.  False when that is not an account. */
bool account_get(struct ipc_msg *m, int *error, struct nss_account *acc);

/* @env without its accounts and its username map; its strings become children of @ctx. */
bool policy_copy(TALLOC_CTX *ctx, struct policy *p, const struct auth_env *env, int log_level);

/* A memfd with the text of the accounts' file; a descriptor or a negative errno. */
int policy_accounts(const struct passdb *db);

#endif /* CIFSSRVD_WORKER_POLICY_H */
