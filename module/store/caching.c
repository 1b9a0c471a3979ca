// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store/caching.c - what clients may cache of a stream: the rules, [MS-FSA] 2.1.4.12
 *
 * Implementation: [MS-FSA] keeps one state for all holders of a stream; here each holder has its
 * own, and the state of the stream follows from the classes of its holders.
 */
#include <linux/compiler.h>
#include <linux/string.h>

#include "caching.h"

/**
 * struct cache_rule - the effect of an event
 * @takes: what a lease of another key loses: BreakCacheState in [MS-FSA] 2.1.4.12
 * @oplock: an oplock that holds any of this is broken
 * @leaves: what it is broken to: BreakToTwo, BreakToNone
 *
 * Implementation: [MS-FSA] breaks a batch oplock to none for a name.  Here it keeps level II, as
 * the data does not change.
 */
struct cache_rule {
	u8	takes;
	u8	oplock;
	u8	leaves;
};

static const struct cache_rule cache_rules[CSRV_CACHE_EVENTS] = {
	/* smbtorture's smb2.oplock.statopen1 and smb2.lease.statopen4, which Windows passes */
	[CSRV_CACHE_ON_CONTROL] = {
		.takes	= CSRV_CACHE_NONE,
		.oplock	= CSRV_CACHE_W,
		.leaves	= CSRV_CACHE_II,
	},
	[CSRV_CACHE_ON_OPEN] = {
		.takes	= CSRV_CACHE_W,
		.oplock	= CSRV_CACHE_W,
		.leaves	= CSRV_CACHE_II,
	},
	[CSRV_CACHE_ON_OVERWRITE] = {
		.takes	= CSRV_CACHE_R | CSRV_CACHE_W,
		.oplock	= CSRV_CACHE_R,
		.leaves	= CSRV_CACHE_NONE,
	},
	[CSRV_CACHE_ON_SHARING] = {
		.takes	= CSRV_CACHE_H,
		.oplock	= CSRV_CACHE_H,
		.leaves	= CSRV_CACHE_II,
	},
	[CSRV_CACHE_ON_SHARING_OVERWRITE] = {
		.takes	= CSRV_CACHE_H,
		.oplock	= CSRV_CACHE_H,
		.leaves	= CSRV_CACHE_NONE,
	},
	[CSRV_CACHE_ON_NAME] = {
		.takes	= CSRV_CACHE_H,
		.oplock	= CSRV_CACHE_H,
		.leaves	= CSRV_CACHE_II,
	},
	[CSRV_CACHE_ON_DELETE] = {
		.takes	= CSRV_CACHE_H,
		.oplock	= CSRV_CACHE_NONE,
	},
	[CSRV_CACHE_ON_MODIFY] = {
		.takes	= CSRV_CACHE_R | CSRV_CACHE_W,
		.oplock	= CSRV_CACHE_R,
		.leaves	= CSRV_CACHE_NONE,
	},
};

void csrv_caches_init(struct csrv_caches *set)
{
	u32 i;

	for (i = 0; i < CSRV_CACHE_CLASSES; i++)
		INIT_LIST_HEAD(&set->holders[i]);
	INIT_LIST_HEAD(&set->awaited);
	set->nshared = 0;
}

/**
 * csrv_cache_init() - a holder that caches nothing
 * @c: the holder
 * @key: the key of a lease, which lives as long as @c; NULL: @c is an oplock
 *
 * Takes no lock: no other code knows @c yet.
 */
void csrv_cache_init(struct csrv_cache *c, const struct csrv_cache_key *key)
{
	INIT_LIST_HEAD(&c->node);
	INIT_LIST_HEAD(&c->awaited);
	c->key = key;
	c->state = CSRV_CACHE_IS_NONE;
	c->held = CSRV_CACHE_NONE;
	c->to = CSRV_CACHE_NONE;
	c->need = CSRV_CACHE_NONE;
	c->lost_unasked = false;
}

static enum csrv_cache_class class_of(const struct csrv_cache_key *key, u8 held)
{
	if (held & CSRV_CACHE_W)
		return CSRV_CACHE_SOLE;
	if (held & CSRV_CACHE_H)
		return CSRV_CACHE_HANDLE;
	return key ? CSRV_CACHE_READ : CSRV_CACHE_LEVEL_II;
}

/* csrv_break_modified() reads the count without a lock. */
static void shared_add(struct csrv_caches *set, int n)
{
	WRITE_ONCE(set->nshared, set->nshared + n);
}

static void cache_unlist(struct csrv_caches *set, struct csrv_cache *c)
{
	list_del_init(&c->node);
	if (class_of(c->key, c->held) != CSRV_CACHE_SOLE)
		shared_add(set, -1);
}

static void cache_list(struct csrv_caches *set, struct csrv_cache *c, u8 held)
{
	enum csrv_cache_class class = class_of(c->key, held);

	list_add_tail(&c->node, &set->holders[class]);
	if (class != CSRV_CACHE_SOLE)
		shared_add(set, 1);
}

/* The only function that changes a state; moves the holder to the list of its class. */
static void cache_move(struct csrv_caches *set, struct csrv_cache *c, enum csrv_cache_state state,
		       u8 held)
{
	bool was = c->state != CSRV_CACHE_IS_NONE, is = state != CSRV_CACHE_IS_NONE;
	bool stays = was && is && class_of(c->key, c->held) == class_of(c->key, held);

	if (was && !stays)
		cache_unlist(set, c);
	if (is && !stays)
		cache_list(set, c, held);
	if (state != CSRV_CACHE_IS_BREAKING)
		list_del_init(&c->awaited);
	c->state = state;
	c->held = held;
}

/* [MS-FSA] 2.1.4.12.2 */
static bool same_owner(const struct csrv_cache *c, const struct csrv_cache *by)
{
	if (!by)
		return false;
	return c == by || (c->key && by->key && !memcmp(c->key, by->key, sizeof(*c->key)));
}

static bool others_in(const struct csrv_caches *set, const struct csrv_cache *c,
		      enum csrv_cache_class class)
{
	const struct csrv_cache *other;

	list_for_each_entry(other, &set->holders[class], node)
		if (other != c)
			return true;
	return false;
}

static bool others_hold(const struct csrv_caches *set, const struct csrv_cache *c)
{
	u32 i;

	for (i = 0; i < CSRV_CACHE_CLASSES; i++)
		if (others_in(set, c, i))
			return true;
	return false;
}

/* The level that can be held together with the other holders. */
static u8 oplock_fit(const struct csrv_caches *set, const struct csrv_cache *c, u8 want, bool alone,
		     bool locked)
{
	if (c->state != CSRV_CACHE_IS_NONE || !want)
		return CSRV_CACHE_NONE;
	if (want != CSRV_CACHE_II && alone && !others_hold(set, c))
		return want;
	if (locked || others_in(set, c, CSRV_CACHE_SOLE) || others_in(set, c, CSRV_CACHE_HANDLE))
		return CSRV_CACHE_NONE;
	return CSRV_CACHE_II;
}

/* The part of @want that can be held together with the other holders. */
static u8 lease_fit(const struct csrv_caches *set, const struct csrv_cache *c, u8 want, bool alone,
		    bool locked)
{
	if (!(want & CSRV_CACHE_R))
		return CSRV_CACHE_NONE;
	if ((want & CSRV_CACHE_W) && alone && !others_hold(set, c))
		return want;
	if (locked || others_in(set, c, CSRV_CACHE_SOLE))
		return CSRV_CACHE_NONE;
	/* An event that waits for the loss of H would break it at once. */
	if (others_in(set, c, CSRV_CACHE_LEVEL_II) || csrv_cache_waits(set, c))
		return CSRV_CACHE_R;
	return want & ~CSRV_CACHE_W;
}

/* [MS-SMB2] 3.3.5.9.8: all of @want, which includes what is held, or no change */
static u8 lease_upgrade(const struct csrv_cache *c, u8 want, u8 fit)
{
	return fit == want && (want & c->held) == c->held ? want : c->held;
}

static u8 lease_grant(const struct csrv_caches *set, const struct csrv_cache *c, u8 want,
		      bool alone, bool locked)
{
	u8 fit;

	if (c->state == CSRV_CACHE_IS_BREAKING)
		return c->held;
	fit = lease_fit(set, c, want, alone, locked);
	return c->state == CSRV_CACHE_IS_HELD ? lease_upgrade(c, want, fit) : fit;
}

/**
 * csrv_cache_grant() - a caching state is requested, [MS-FSA] 2.1.5.18
 * @set: of the stream
 * @c: an oplock that never held anything, or a lease
 * @want: mask that is asked for: of a lease any, of an oplock a level
 * @alone: no other open of the stream exists; for a lease: none of another key
 * @locked: byte ranges of the stream are locked
 *
 * A request for more than is possible gets what can be shared with the other holders, as on
 * Windows; a lease that holds something already is upgraded to all of @want or not at all.
 * file->lock is held.
 * Return: mask: what @c holds afterwards.
 */
u8 csrv_cache_grant(struct csrv_caches *set, struct csrv_cache *c, u8 want, bool alone, bool locked)
{
	u8 got = c->key ? lease_grant(set, c, want, alone, locked) :
			  oplock_fit(set, c, want, alone, locked);

	if (got != c->held)
		cache_move(set, c, CSRV_CACHE_IS_HELD, got);
	return got;
}

/* R and level II are broken without an acknowledgment, so no event waits for them. */
static void break_unasked(struct csrv_caches *set, struct csrv_cache *c, csrv_cache_notify_t notify,
			  void *ctx)
{
	u8 from = c->held;

	cache_move(set, c, CSRV_CACHE_IS_NONE, CSRV_CACHE_NONE);
	c->lost_unasked = !c->key;
	notify(c, from, CSRV_CACHE_NONE, ctx);
}

static void awaited_add(struct csrv_caches *set, struct csrv_cache *c)
{
	if (list_empty(&c->awaited))
		list_add_tail(&c->awaited, &set->awaited);
}

/* The holder has to acknowledge @to.  False: it cannot be notified. */
static bool break_begin(struct csrv_caches *set, struct csrv_cache *c, u8 to,
			csrv_cache_notify_t notify, void *ctx)
{
	c->to = to;
	cache_move(set, c, CSRV_CACHE_IS_BREAKING, c->held);
	if (notify(c, c->held, to, ctx))
		return true;
	csrv_cache_drop(set, c);
	return false;
}

/* True: the event must wait. */
static bool oplock_break(struct csrv_caches *set, struct csrv_cache *c, const struct csrv_cache *by,
			 const struct cache_rule *rule, csrv_cache_notify_t notify, void *ctx)
{
	if (!(c->held & rule->oplock))
		return false;
	if (c->held == CSRV_CACHE_II) {
		/* By a WRITE of its own open as well, [MS-FSA] 2.1.4.12 */
		break_unasked(set, c, notify, ctx);
		return false;
	}
	if (same_owner(c, by))
		return false;
	if (c->state == CSRV_CACHE_IS_BREAKING)
		return true;
	c->need = rule->leaves;
	awaited_add(set, c);
	return break_begin(set, c, rule->leaves, notify, ctx);
}

/* Without R no other right is legal. */
static u8 without(u8 mask, u8 takes)
{
	mask &= ~takes;
	return mask & CSRV_CACHE_R ? mask : CSRV_CACHE_NONE;
}

/* Likewise: the event waits for a loss of W and H, not of R. */
static bool lease_break(struct csrv_caches *set, struct csrv_cache *c, const struct csrv_cache *by,
			u8 takes, csrv_cache_notify_t notify, void *ctx)
{
	bool wait = c->held & takes & (CSRV_CACHE_H | CSRV_CACHE_W);
	bool breaking = c->state == CSRV_CACHE_IS_BREAKING;

	if (!(c->held & takes) || same_owner(c, by))
		return false;
	if (c->held == CSRV_CACHE_R) {
		break_unasked(set, c, notify, ctx);
		return false;
	}
	c->need = without(breaking ? c->need : c->held, takes);
	if (wait)
		awaited_add(set, c);
	if (breaking)
		return wait;
	return break_begin(set, c, c->need, notify, ctx) && wait;
}

/* Holders of a class are visited only if the event can break them, as there may be many. */
static bool rule_concerns(const struct cache_rule *rule, enum csrv_cache_class class)
{
	switch (class) {
	case CSRV_CACHE_HANDLE:
		return rule->takes & (CSRV_CACHE_R | CSRV_CACHE_H);
	case CSRV_CACHE_READ:
		return rule->takes & CSRV_CACHE_R;
	case CSRV_CACHE_LEVEL_II:
		return rule->oplock & CSRV_CACHE_R;
	default:
		return true;
	}
}

/**
 * csrv_cache_check() - break what stands in the way of an event, [MS-FSA] 2.1.4.12
 * @set: of the stream
 * @by: the holder of the open through which it happens, or one with its key: breaks nothing of its
 *	own but level II.  NULL: none
 * @event: what is going to happen, or for CSRV_CACHE_ON_MODIFY has happened
 * @notify: called once for each holder that loses something
 * @ctx: for @notify
 *
 * A caller that checks again after the wait may find what a first break has left: an exclusive
 * oplock that kept level II is broken in a second step when data is overwritten.
 * file->lock is held, also while @notify runs.
 * Return: true if the caller must wait until csrv_cache_waits() returns false, and then check
 * again.
 */
bool csrv_cache_check(struct csrv_caches *set, const struct csrv_cache *by,
		      enum csrv_cache_event event, csrv_cache_notify_t notify, void *ctx)
{
	const struct cache_rule *rule = &cache_rules[event];
	struct csrv_cache *c, *next;
	bool wait = false;
	u32 i;

	for (i = 0; i < CSRV_CACHE_CLASSES; i++) {
		if (!rule_concerns(rule, i))
			continue;
		list_for_each_entry_safe(c, next, &set->holders[i], node)
			wait |= c->key ? lease_break(set, c, by, rule->takes, notify, ctx) :
					 oplock_break(set, c, by, rule, notify, ctx);
	}
	return wait;
}

/**
 * csrv_cache_break() - break what a lease has, whatever others have
 * @set: of the stream
 * @c: the lease
 * @takes: mask: what it loses
 * @notify: as for csrv_cache_check()
 * @ctx: for @notify
 *
 * file->lock is held, also while @notify runs.
 */
void csrv_cache_break(struct csrv_caches *set, struct csrv_cache *c, u8 takes,
		      csrv_cache_notify_t notify, void *ctx)
{
	lease_break(set, c, NULL, takes, notify, ctx);
}

/**
 * csrv_cache_waits() - must an event go on waiting, [MS-FSA] 2.1.5.19
 * @set: of the stream
 * @by: the event's, as in csrv_cache_check(): it waits for no break of its own
 *
 * file->lock is held.
 * Return: true if it must.
 */
bool csrv_cache_waits(const struct csrv_caches *set, const struct csrv_cache *by)
{
	const struct csrv_cache *c;

	list_for_each_entry(c, &set->awaited, awaited)
		if (!same_owner(c, by))
			return true;
	return false;
}

/* [MS-SMB2] 3.3.5.22.1 */
static nt_status_t oplock_ack(struct csrv_caches *set, struct csrv_cache *c, u8 level)
{
	if (c->state != CSRV_CACHE_IS_BREAKING) {
		bool lost_unasked = c->lost_unasked;

		c->lost_unasked = false;
		return lost_unasked ? NT_INVALID_OPLOCK_PROTOCOL : NT_INVALID_DEVICE_STATE;
	}
	if (level & ~c->to) {
		csrv_cache_drop(set, c);
		return NT_INVALID_OPLOCK_PROTOCOL;
	}
	if (level == CSRV_CACHE_NONE)
		csrv_cache_drop(set, c);
	else
		cache_move(set, c, CSRV_CACHE_IS_HELD, level);
	return NT_OK;
}

/*
 * The client keeps @mask, part of which events have taken since it was notified.  It is notified
 * of H before R, as smbtorture's smb2.lease.breaking3 expects.  The events continue to wait, unless
 * only R is left: the holder is still BREAKING, and awaited.
 */
static void lease_continue(struct csrv_caches *set, struct csrv_cache *c, u8 mask,
			   csrv_cache_notify_t notify, void *ctx)
{
	u8 excess = mask & ~c->need;

	cache_move(set, c, CSRV_CACHE_IS_BREAKING, mask);
	if (mask == CSRV_CACHE_R)
		break_unasked(set, c, notify, ctx);
	else
		break_begin(set, c, excess & CSRV_CACHE_H ? mask & ~CSRV_CACHE_H : c->need, notify,
			    ctx);
}

/* [MS-SMB2] 3.3.5.22.2 */
static nt_status_t lease_ack(struct csrv_caches *set, struct csrv_cache *c, u8 mask,
			     csrv_cache_notify_t notify, void *ctx)
{
	if (c->state != CSRV_CACHE_IS_BREAKING)
		return NT_UNSUCCESSFUL;
	if (mask & ~c->to)
		return NT_REQUEST_NOT_ACCEPTED;
	mask = without(mask, CSRV_CACHE_NONE);
	if (mask & ~c->need)
		lease_continue(set, c, mask, notify, ctx);
	else if (mask == CSRV_CACHE_NONE)
		csrv_cache_drop(set, c);
	else
		cache_move(set, c, CSRV_CACHE_IS_HELD, mask);
	return NT_OK;
}

/**
 * csrv_cache_ack() - a holder acknowledges a break, [MS-FSA] 2.1.5.19
 * @set: of the stream
 * @c: the holder
 * @mask: what it keeps
 * @notify: called if events have taken some of that since it was notified
 * @ctx: for @notify
 *
 * file->lock is held, also while @notify runs.
 * Return: NT_OK, and of a lease csrv_cache.held is what it holds now.
 * Of an oplock: NT_INVALID_DEVICE_STATE if none is to be acknowledged; NT_INVALID_OPLOCK_PROTOCOL
 * if the break needed no acknowledgment, or @mask is a level that was not offered: then it has lost
 * everything.
 * Of a lease: NT_UNSUCCESSFUL if none is to be acknowledged; NT_REQUEST_NOT_ACCEPTED if @mask is
 * not part of what was offered: the break is still to be acknowledged.
 */
nt_status_t csrv_cache_ack(struct csrv_caches *set, struct csrv_cache *c, u8 mask,
			   csrv_cache_notify_t notify, void *ctx)
{
	return c->key ? lease_ack(set, c, mask, notify, ctx) : oplock_ack(set, c, mask);
}

/**
 * csrv_cache_drop() - closed, or not acknowledged in time
 * @set: of the stream
 * @c: the holder, which holds nothing from now on
 *
 * file->lock is held.
 */
void csrv_cache_drop(struct csrv_caches *set, struct csrv_cache *c)
{
	if (c->state != CSRV_CACHE_IS_NONE)
		cache_move(set, c, CSRV_CACHE_IS_NONE, CSRV_CACHE_NONE);
}
