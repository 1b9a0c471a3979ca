// SPDX-License-Identifier: GPL-2.0-or-later
/* store/oplock.c - who may cache what of a file: the rules, [MS-FSA] 2.1.4.12 */
#include "oplock.h"

void csrv_oplocks_init(struct csrv_oplocks *set)
{
	INIT_LIST_HEAD(&set->holders);
	set->nshared = 0;
	set->nsole = 0;
	set->nbreaking = 0;
}

void csrv_oplock_init(struct csrv_oplock *l)
{
	INIT_LIST_HEAD(&l->node);
	l->state = CSRV_OPLOCK_IS_NONE;
	l->level = CSRV_OPLOCK_NONE;
	l->to = CSRV_OPLOCK_NONE;
	l->told_none = false;
}

/* The one place that changes a state; keeps list and counts in step with it. */
static void oplock_move(struct csrv_oplocks *set, struct csrv_oplock *l,
			enum csrv_oplock_state state, enum csrv_oplock_level level)
{
	if (l->state == CSRV_OPLOCK_IS_HELD && l->level == CSRV_OPLOCK_II)
		set->nshared--;
	if (l->level > CSRV_OPLOCK_II)
		set->nsole--;
	if (l->state == CSRV_OPLOCK_IS_BREAKING)
		set->nbreaking--;
	if (state == CSRV_OPLOCK_IS_NONE)
		list_del_init(&l->node);
	else if (l->state == CSRV_OPLOCK_IS_NONE)
		list_add_tail(&l->node, &set->holders);
	l->state = state;
	l->level = level;
	if (state == CSRV_OPLOCK_IS_HELD && level == CSRV_OPLOCK_II)
		set->nshared++;
	if (level > CSRV_OPLOCK_II)
		set->nsole++;
	if (state == CSRV_OPLOCK_IS_BREAKING)
		set->nbreaking++;
}

/**
 * csrv_oplock_grant() - an open asks for an oplock, [MS-FSA] 2.1.5.18
 * @set: of its file
 * @l: NONE, and never was anything else
 * @want: what it asks for
 * @alone: no other open of the file exists
 * @locked: byte ranges of the file are locked
 *
 * Who asks for more than can be had gets LEVEL_II, like on Windows.
 * Return: what it holds from now on.
 */
enum csrv_oplock_level csrv_oplock_grant(struct csrv_oplocks *set, struct csrv_oplock *l,
					 enum csrv_oplock_level want, bool alone, bool locked)
{
	if (l->state != CSRV_OPLOCK_IS_NONE || want == CSRV_OPLOCK_NONE)
		return CSRV_OPLOCK_NONE;
	if (want >= CSRV_OPLOCK_EXCLUSIVE && !alone)
		want = CSRV_OPLOCK_II;
	if (want == CSRV_OPLOCK_II && (locked || set->nsole))
		return CSRV_OPLOCK_NONE;
	oplock_move(set, l, CSRV_OPLOCK_IS_HELD, want);
	return want;
}

/* LEVEL_II goes; nobody waits for its holder. */
static void break_shared(struct csrv_oplocks *set, struct csrv_oplock *l, csrv_oplock_tell_t tell,
			 void *ctx)
{
	oplock_move(set, l, CSRV_OPLOCK_IS_NONE, CSRV_OPLOCK_NONE);
	l->told_none = true;
	tell(l, CSRV_OPLOCK_NONE, ctx);
}

/* EXCLUSIVE or BATCH goes.  True: its holder must be waited for. */
static bool break_sole(struct csrv_oplocks *set, struct csrv_oplock *l, enum csrv_oplock_level to,
		       csrv_oplock_tell_t tell, void *ctx)
{
	if (l->state == CSRV_OPLOCK_IS_BREAKING)
		return true;
	l->to = to;
	oplock_move(set, l, CSRV_OPLOCK_IS_BREAKING, l->level);
	if (tell(l, to, ctx))
		return true;
	oplock_move(set, l, CSRV_OPLOCK_IS_NONE, CSRV_OPLOCK_NONE);
	return false;
}

/* Does what many may hold stand against @event, or EXCLUSIVE and BATCH alone? */
static bool breaks_shared(enum csrv_oplock_event event)
{
	return event == CSRV_OPLOCK_OVERWRITE || event == CSRV_OPLOCK_MODIFY;
}

/**
 * csrv_oplock_check() - break what stands against @event, [MS-FSA] 2.1.4.12
 * @set: of the file
 * @self: of the open through which it happens; NULL: it is none yet
 * @event: what is going to happen, or for MODIFY has happened
 * @tell: called once for each that loses something
 * @ctx: for @tell
 *
 * Who asks again after the wait may meet what a first break has left: an exclusive
 * oplock that kept LEVEL_II goes in a second step when data is overwritten.
 * Return: true if the caller must wait until nobody is BREAKING, and then ask again.
 */
bool csrv_oplock_check(struct csrv_oplocks *set, const struct csrv_oplock *self,
		       enum csrv_oplock_event event, csrv_oplock_tell_t tell, void *ctx)
{
	bool only_batch = event == CSRV_OPLOCK_SHARING || event == CSRV_OPLOCK_SHARING_OVERWRITE ||
			  event == CSRV_OPLOCK_NAME;
	bool keeps_data = event == CSRV_OPLOCK_OPEN || event == CSRV_OPLOCK_SHARING ||
			  event == CSRV_OPLOCK_NAME;
	struct csrv_oplock *l, *next;
	bool wait = false;

	/* However many hold LEVEL_II: they are looked at only when they lose it. */
	if (!set->nsole && !breaks_shared(event))
		return false;
	list_for_each_entry_safe(l, next, &set->holders, node) {
		if (l->level == CSRV_OPLOCK_II) {
			/* A reader's own write spoils its cache too: it cannot tell. */
			if (breaks_shared(event))
				break_shared(set, l, tell, ctx);
			continue;
		}
		if (l == self || (only_batch && l->level != CSRV_OPLOCK_BATCH))
			continue;
		wait |= break_sole(set, l, keeps_data ? CSRV_OPLOCK_II : CSRV_OPLOCK_NONE, tell,
				   ctx);
	}
	return wait;
}

/**
 * csrv_oplock_ack() - a holder answers, [MS-FSA] 2.1.5.19, [MS-SMB2] 3.3.5.22.1
 * @set: of the file
 * @l: whose
 * @level: to which it goes down
 *
 * Return: NT_OK; NT_INVALID_DEVICE_STATE if it was not asked; NT_INVALID_OPLOCK_PROTOCOL
 * if it answers what needs no answer, or says a level that it was not offered: then it
 * has lost everything.
 */
nt_status_t csrv_oplock_ack(struct csrv_oplocks *set, struct csrv_oplock *l,
			    enum csrv_oplock_level level)
{
	if (l->state != CSRV_OPLOCK_IS_BREAKING) {
		bool answers = l->told_none;

		l->told_none = false;
		return answers ? NT_INVALID_OPLOCK_PROTOCOL : NT_INVALID_DEVICE_STATE;
	}
	if (level > l->to) {
		csrv_oplock_drop(set, l);
		return NT_INVALID_OPLOCK_PROTOCOL;
	}
	if (level == CSRV_OPLOCK_NONE)
		csrv_oplock_drop(set, l);
	else
		oplock_move(set, l, CSRV_OPLOCK_IS_HELD, level);
	return NT_OK;
}

/**
 * csrv_oplock_drop() - closed, or too late with its answer
 *
 * Return: true if somebody may be waiting for just that.
 */
bool csrv_oplock_drop(struct csrv_oplocks *set, struct csrv_oplock *l)
{
	bool breaking = l->state == CSRV_OPLOCK_IS_BREAKING;

	if (l->state != CSRV_OPLOCK_IS_NONE)
		oplock_move(set, l, CSRV_OPLOCK_IS_NONE, CSRV_OPLOCK_NONE);
	return breaking;
}
