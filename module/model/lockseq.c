// SPDX-License-Identifier: GPL-2.0-or-later
/* model/lockseq.c - which LOCK requests have been done before, [MS-SMB2] 3.3.5.14 */
#include "lockseq.h"

/* Does it name a place?  2.2.26: from 1 to 64; 0 is reserved. */
bool csrv_lockseq_counts(const struct csrv_lockseq_id *id)
{
	return id->index && id->index <= CSRV_LOCKSEQ_PLACES;
}

/**
 * csrv_lockseq_replayed() - a LOCK has arrived
 * @q: of its open
 * @id: csrv_lockseq_counts()
 *
 * Another number than the one that is remembered says that the client has the answer to that.
 * Return: true if it has been done: it succeeds, and nothing happens.
 */
bool csrv_lockseq_replayed(struct csrv_lockseq *q, const struct csrv_lockseq_id *id)
{
	u8 *entry = &q->entry[id->index - 1];

	if (*entry == id->number + 1)
		return true;
	*entry = 0;
	return false;
}

/* ... and has been done with success.  @id: csrv_lockseq_counts() */
void csrv_lockseq_done(struct csrv_lockseq *q, const struct csrv_lockseq_id *id)
{
	q->entry[id->index - 1] = id->number + 1;
}
