/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store/changer.h - through what a client makes a change */
#ifndef CIFSSRV_STORE_CHANGER_H
#define CIFSSRV_STORE_CHANGER_H

#include <linux/types.h>

#include "caching.h"

struct csrv_account;

/**
 * struct csrv_changer - through what a client makes a change, [MS-FSA] 2.1.1.6
 * @parent: Open.ParentOplockKey: the ParentLeaseKey of its CREATE
 * @keyed: it had one
 * @user: the account of the user, for comparison only: the open's rights hold a reference
 */
struct csrv_changer {
	u8				parent[16];
	bool				keyed;
	const struct csrv_account	*user;
};

void csrv_changer_init(struct csrv_changer *by, const struct csrv_account *account,
		       const u8 parent[16]);
bool csrv_changer_has(const struct csrv_changer *by, const struct csrv_cache_key *lease,
		      const struct csrv_account *account);
void csrv_changer_join(struct csrv_changer *by, const struct csrv_changer *also);

#endif /* CIFSSRV_STORE_CHANGER_H */
