/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * auth/lockout.h - failed logons: answers that take longer, and accounts that are locked for an address
 *
 * Failures are counted for each account at each address, for each address, and for each account at
 * all addresses; an address is what host_key() makes of it.  Only the first two are ever locked: a
 * stranger locks an account for the address that the stranger has, and for no other.  The last one
 * only delays answers, by LOCKOUT_ACCOUNT_DELAY at most.  Counts wear off: as many as the limit in the
 * time of a lock-out.  So no address can try more often than that for long.
 *
 * Names are counted as clients give them, whether there is such an account or not, so that nothing
 * here tells which there are.  All tables are bounded; what goes first is the least, then the oldest.
 * The tables end with the daemon, not with the worker: the manager counts every failure that a worker
 * tells of into tables of its own, and hands their content to the next worker (lockouts_save()).
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
#define LOCKOUT_FREE		3	/* failures that delay nothing yet */
#define LOCKOUT_WIDE		5	/* limits of an address and of all addresses are so many times one's */
#define LOCKOUT_WAITS		128	/* answers that are delayed at once, */
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
 * @longest: no answer is delayed by more seconds, since the kernel would not wait for it; 0: only
 *	LOCKOUT_DELAY_MAX counts
 */
struct lockout_policy {
	uint32_t delay;
	uint32_t limit;
	uint32_t lock_time;
	uint32_t longest;
};

enum lockout_verdict {
	LOCKOUT_NONE,
	LOCKOUT_BUSY,		/* it would wait, and too many wait already */
	LOCKOUT_ACCOUNT,	/* the account is locked for this address */
	LOCKOUT_ADDRESS,	/* the address is locked */
};

struct lockouts;
struct lockout_wait;

/* @policy is borrowed and may change between two calls.  NULL without memory. */
struct lockouts *lockouts_new(TALLOC_CTX *ctx, const struct lockout_policy *policy);

/* The account @name failed at @host; or it passed, and its failures there are forgiven. */
typedef void (*lockout_told_fn)(void *priv, bool failed, const char *name, const char *host);

/*
 * @fn is called for every logon that failed, before it is counted, and for every one that passed and
 * forgives something, before that.
 */
void lockouts_listen(struct lockouts *l, lockout_told_fn fn, void *priv);

/**
 * lockouts_ask() - may this logon be tried, and how long does its answer take?
 * @l: the tables
 * @name: the account, as the client gave it
 * @host: the client's address
 * @now: monotonic microseconds, here and below
 * @delay: out: microseconds until the answer, whatever it says; 0 unless LOCKOUT_NONE
 */
enum lockout_verdict lockouts_ask(const struct lockouts *l, const char *name, const char *host,
				  uint64_t now, uint64_t *delay);

/* A wrong name or password.  What that has locked, if anything. */
enum lockout_verdict lockouts_failed(struct lockouts *l, const char *name, const char *host,
				     uint64_t now);

/* The right password: what this account has failed at this address is forgotten everywhere. */
void lockouts_passed(struct lockouts *l, const char *name, const char *host, uint64_t now);

/* An answer is delayed from now until this is freed.  NULL without memory. */
struct lockout_wait *lockouts_wait(TALLOC_CTX *ctx, struct lockouts *l, const char *host);

/**
 * struct lockout_entry - something that is locked
 * @name: the account; "": all of the address
 * @address: host_key() of it
 * @failures: that have led to it
 * @seconds: until it is not
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
 * @which: name of an account, at all addresses; or an address, with all that failed there
 *
 * Return: how many lock-outs that ended.
 */
size_t lockouts_unlock(struct lockouts *l, const char *which, uint64_t now);

/* That in words.  NULL without memory. */
char *lockouts_ended(TALLOC_CTX *ctx, size_t n);

#define LOCKOUT_MAX_SAVED	(64u * 1024 * 1024)	/* octets, more than full tables have */

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
