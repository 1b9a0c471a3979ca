// SPDX-License-Identifier: GPL-2.0-or-later
/* store/chanseq.c - which requests of an open are stale, [MS-SMB2] 3.3.5.2.10, 3.3.4.1 */
#include "chanseq.h"

/* Sequence numbers wrap at 16 bits: later by at most half of them. */
static bool is_later(u16 seq, u16 than)
{
	return (u16)(seq - than) <= 0x7fff;
}

/**
 * csrv_chanseq_begin() - a request that names an open has arrived, [MS-SMB2] 3.3.5.2.10
 * @c: of the open
 * @seq: ChannelSequence of the request
 * @replay: SMB2_FLAGS_REPLAY_OPERATION
 *
 * A replay does not wait: while requests of an earlier sequence run, it is refused, because it may
 * repeat one of them.  The open's seq_lock is held.
 * Return: CSRV_CHANSEQ_COUNTED, and csrv_chanseq_end() follows; or CSRV_CHANSEQ_STALE.
 */
enum csrv_chanseq_age csrv_chanseq_begin(struct csrv_chanseq *c, u16 seq, bool replay)
{
	if (!is_later(seq, c->seq))
		return CSRV_CHANSEQ_STALE;
	if (seq != c->seq) {
		c->before += c->now;
		c->now = 0;
		c->seq = seq;
	}
	if (replay && c->before)
		return CSRV_CHANSEQ_STALE;
	c->now++;
	return CSRV_CHANSEQ_COUNTED;
}

/* A counted request is answered, [MS-SMB2] 3.3.4.1; @seq: its own, which may be an earlier one. */
void csrv_chanseq_end(struct csrv_chanseq *c, u16 seq)
{
	if (seq == c->seq)
		c->now--;
	else
		c->before--;
}
