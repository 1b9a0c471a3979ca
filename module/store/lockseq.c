// SPDX-License-Identifier: GPL-2.0-or-later
/* store/lockseq.c - which LOCK requests have been done already, [MS-SMB2] 3.3.5.14 */
#include "lockseq.h"

/* Has it a place?  2.2.26: from 1 to 64; 0 is reserved. */
bool csrv_lockseq_counts(const struct csrv_lockseq_id *id)
{
	return id->index && id->index <= CSRV_LOCKSEQ_PLACES;
}

/* Where its place is, or the caller puts memory for it.  @id: csrv_lockseq_counts() */
struct csrv_lockseq_part **csrv_lockseq_part(struct csrv_lockseq *q,
					     const struct csrv_lockseq_id *id)
{
	return &q->part[(id->index - 1) / CSRV_LOCKSEQ_PART];
}

struct csrv_lockseq_entry *csrv_lockseq_entry(struct csrv_lockseq_part *part,
					      const struct csrv_lockseq_id *id)
{
	return &part->entry[(id->index - 1) % CSRV_LOCKSEQ_PART];
}

/*
 * Did the client send it before the youngest LOCK of this place?  By ChannelSequence, as in
 * 3.3.5.2.10, whichever arrived first; for one ChannelSequence by arrival.
 */
static bool is_older(const struct csrv_lockseq_entry *e, const struct csrv_lockseq_id *id)
{
	if (!e->arrival)
		return false;
	if (id->channel != e->channel)
		return (u16)(id->channel - e->channel) > 0x7fff;
	return id->arrival < e->arrival;
}

/**
 * csrv_lockseq_begin() - a LOCK is about to lock or unlock
 * @e: of its place
 * @id: its place and number
 *
 * Another number than the remembered one means that the client has the reply to that one, unless
 * the LOCK was sent before.  The open's seq_lock is held.
 * Return: whether it has to be done.
 */
enum csrv_lockseq_kind csrv_lockseq_begin(struct csrv_lockseq_entry *e,
					  const struct csrv_lockseq_id *id)
{
	bool older = is_older(e, id);

	if (!older) {
		e->channel = id->channel;
		e->arrival = id->arrival;
	}
	if (e->done == id->number + 1)
		return CSRV_LOCKSEQ_DONE;
	if (older)
		return CSRV_LOCKSEQ_OLD;
	e->done = 0;
	return CSRV_LOCKSEQ_NEW;
}

/* The LOCK has locked or unlocked, and waits no longer. */
void csrv_lockseq_done(struct csrv_lockseq_entry *e, const struct csrv_lockseq_id *id)
{
	e->done = id->number + 1;
	e->waiter = NULL;
}

/* ChannelSequences count anew: the open has another session.  The open's seq_lock is held. */
void csrv_lockseq_restart(struct csrv_lockseq *q)
{
	u32 i, k;

	for (i = 0; i < CSRV_LOCKSEQ_PLACES / CSRV_LOCKSEQ_PART; i++)
		for (k = 0; q->part[i] && k < CSRV_LOCKSEQ_PART; k++)
			q->part[i]->entry[k].arrival = 0;
}
