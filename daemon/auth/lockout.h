/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * auth/lockout.h - failed logons: delayed answers, and accounts that are locked for an address
 *
 * Failures are counted for each account at each address, for each address, and for each account at
 * all addresses; an address is what host_key() makes of it.  Only the first two are ever locked: a
 * client locks an account for its own address and for no other.  The last one only delays answers,
 * by LOCKOUT_ACCOUNT_DELAY at most.  Counts wear off, as many as the limit in the time of a
 * lock-out, so no address can guess faster than that for long.
 *
 * Names are counted as clients send them, known or not, so that no answer tells which accounts
 * exist. All tables are bounded; the counter with the fewest failures is dropped first, then the
 * oldest. The tables outlive the worker: the manager counts each failure that a worker reports into
 * tables of its own, and gives their content to the next worker (lockouts_save()).
 */
#ifndef CIFSSRVD_AUTH_LOCKOUT_H
#define CIFSSRVD_AUTH_LOCKOUT_H

#include <stdbool.h>
#include <stdint.h>
#include <talloc.h>
#include "../util/cleanup.h"
#include "../util/host.h"

#define LOCKOUT_ADDRESSES	2048
#define LOCKOUT_NAMES		16	/* of one address */
#define LOCKOUT_ACCOUNTS	2048	/* at all addresses */
#define LOCKOUT_FREE		3	/* failures without a delay */
#define LOCKOUT_WIDE		5	/* times @limit, for an address or for all addresses */
#define LOCKOUT_WAITS		128	/* delayed answers at once, */
#define LOCKOUT_HOST_WAITS	8	/* and of those of one address */
#define LOCKOUT_DELAY_MAX	(8 * 1000000ull)
#define LOCKOUT_ACCOUNT_DELAY	(2 * 1000000ull)	/* most for failures at other addresses */

/**
 * struct lockout_policy - smb.conf
 * @delay: "logon failure delay": seconds after LOCKOUT_FREE failures, doubled by each further
 *	one, never more than LOCKOUT_DELAY_MAX; 0: none
 * @limit: "logon failure limit": failures that lock an account for an address; LOCKOUT_WIDE times
 *	as many lock the address; 0: nothing is locked
 * @lock_time: "logon failure lock time": seconds
 * @longest: most seconds of a delay, since the kernel waits no longer; 0: LOCKOUT_DELAY_MAX alone
 *	bounds it
 */
struct lockout_policy {
	uint32_t delay;
	uint32_t limit;
	uint32_t lock_time;
	uint32_t longest;
};

enum lockout_verdict {
	LOCKOUT_NONE,
	LOCKOUT_BUSY,		/* the answer would be delayed, and too many are already */
	LOCKOUT_ACCOUNT,	/* the account is locked for this address */
	LOCKOUT_ADDRESS,	/* the address is locked */
};

struct lockouts;
struct lockout_wait;

/* @policy is borrowed and may change between two calls.  NULL without memory. */
struct lockouts *lockouts_new(TALLOC_CTX *ctx, const struct lockout_policy *policy);

/* The account @name failed at @host, or logged on, which forgives its failures there. */
typedef void (*lockout_event_fn)(void *priv, bool failed, const char *name, const char *host);

/* @fn is called before a failed logon is counted, and before a logon forgives failures. */
void lockouts_listen(struct lockouts *l, lockout_event_fn fn, void *priv);

/**
 * lockouts_ask() - may this logon be tried, and how long is its answer delayed?
 * @l: the tables
 * @name: the account, as the client gave it
 * @host: the client's address
 * @now: monotonic microseconds, here and below
 * @delay: out: microseconds until the answer, good or bad; 0 unless LOCKOUT_NONE
 */
enum lockout_verdict lockouts_ask(const struct lockouts *l, const char *name, const char *host,
				  uint64_t now, uint64_t *delay);

/* Counts a wrong name or password.  Returns what that has locked. */
enum lockout_verdict lockouts_failed(struct lockouts *l, const char *name, const char *host,
				     uint64_t now);

/* A right password: forgives the failures of this account at this address, in all tables. */
void lockouts_passed(struct lockouts *l, const char *name, const char *host, uint64_t now);

/* A delayed answer, counted until this is freed.  NULL without memory. */
struct lockout_wait *lockouts_wait(TALLOC_CTX *ctx, struct lockouts *l, const char *host);

/**
 * struct lockout_entry - a locked account or address
 * @name: the account; "": the whole address
 * @address: host_key() of it
 * @failures: that led to the lock-out
 * @seconds: until it ends
 */
struct lockout_entry {
	const char *name;
	const char *address;
	uint32_t failures;
	uint32_t seconds;
};

typedef void (*lockout_fn)(void *priv, const struct lockout_entry *entry);

/* Calls @fn for everything that is locked; @fn does not change the tables. */
void lockouts_list(const struct lockouts *l, uint64_t now, lockout_fn fn, void *priv);

/**
 * lockouts_unlock() - forget failures
 * @which: name of an account, at all addresses; or an address, with all its failures
 *
 * Return: how many lock-outs that ended.
 */
size_t lockouts_unlock(struct lockouts *l, const char *which, uint64_t now);

/* "N lock-outs ended".  NULL without memory. */
char *lockouts_ended(TALLOC_CTX *ctx, size_t n);

#define LOCKOUT_MAX_SAVED	(64u * 1024 * 1024)	/* octets, more than full tables need */

/**
 * lockouts_save() - the content of the tables, for another process of this machine
 * @ctx: talloc parent of the octets
 *
 * Return: 0 or -ENOMEM.
 */
int lockouts_save(const struct lockouts *l, TALLOC_CTX *ctx, struct blob *ret);

/* Adds what lockouts_save() wrote.  False: @saved is malformed, or no memory. */
bool lockouts_restore(struct lockouts *l, struct blob saved, uint64_t now);

#endif /* CIFSSRVD_AUTH_LOCKOUT_H */
