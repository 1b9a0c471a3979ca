/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy/groups.h - lists of groups' numbers, in the parameters of shares */
#ifndef CIFSSRV_POLICY_GROUPS_H
#define CIFSSRV_POLICY_GROUPS_H

#include <linux/types.h>

#include "../upcall/uapi.h"

/* A share's forced user and its guest have no more groups than a session's user. */
#define CSRV_GROUPS_MAX	CSRV_UP_MAX_GROUPS

/* Supplementary groups.  Made by csrv_groups_make(), freed by csrv_groups_free(). */
struct csrv_groups {
	u32	*gids;		/* NULL: none */
	u32	n;
};

int csrv_groups_read(const char *list, u32 *gids);
int csrv_groups_make(struct csrv_groups *groups, const char *list);
void csrv_groups_free(struct csrv_groups *groups);

#endif /* CIFSSRV_POLICY_GROUPS_H */
