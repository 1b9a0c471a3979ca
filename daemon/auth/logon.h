/* SPDX-License-Identifier: GPL-2.0-or-later */
/* auth/logon.h - the logons in progress, by the kernel's id */
#ifndef CIFSSRVD_AUTH_LOGON_H
#define CIFSSRVD_AUTH_LOGON_H

#include <talloc.h>
#include "negotiate.h"

#define LOGONS_MAX		1024
#define LOGON_TIMEOUT_USEC	(120 * 1000000ull)	/* since the last leg */

struct logons;

/**
 * struct logon - one exchange
 * @id: the kernel's
 * @negotiate: its state
 * @peer: where it comes from
 * @waiting: the answer to the last leg is due; another leg is refused
 *
 * Made by logons_begin(); talloc_free() ends it and wipes its keys.
 */
struct logon {
	uint64_t id;
	struct negotiate *negotiate;
	struct auth_peer peer;
	bool waiting;
	/* private to logon.c */
	struct logons *table;
	struct logon *next;
	uint64_t last_usec;
};

/* @env and @lockouts are borrowed by every logon. */
struct logons *logons_new(TALLOC_CTX *ctx, const struct auth_env *env, struct lockouts *lockouts);

/* For a client at @host.  -EEXIST, -EBUSY (LOGONS_MAX are in progress) or -ENOMEM. */
int logons_begin(struct logons *l, uint64_t id, const char *host, uint64_t now_usec,
		 struct logon **ret);

/* Restarts the time-out of the logon.  NULL when there is none. */
struct logon *logons_find(struct logons *l, uint64_t id, uint64_t now_usec);

/* Ends logons whose last leg is LOGON_TIMEOUT_USEC ago; returns how many are left. */
size_t logons_expire(struct logons *l, uint64_t now_usec);

/* Ends all: the kernel that gave the ids is gone. */
void logons_clear(struct logons *l);

#endif /* CIFSSRVD_AUTH_LOGON_H */
