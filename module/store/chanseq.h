/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/chanseq.h - which requests of an open are stale: [MS-SMB2] 3.3.1.10, 3.3.5.2.10
 *
 * A client that loses a channel increments its ChannelSequence and sends again the requests that
 * were not answered.  A request that it sent before may still arrive, or still run: it must not
 * change the file after the client's later requests.
 */
#ifndef CIFSSRV_STORE_CHANSEQ_H
#define CIFSSRV_STORE_CHANSEQ_H

#include <linux/types.h>

/**
 * struct csrv_chanseq - the channel sequence of an open
 * @seq: Open.ChannelSequence, the latest one
 * @now: Open.OutstandingRequestCount: requests of @seq that are not answered
 * @before: Open.OutstandingPreRequestCount: the same of earlier sequences
 */
struct csrv_chanseq {
	u16	seq;
	u32	now;
	u32	before;
};

/**
 * enum csrv_chanseq_age - the age of a request
 * @CSRV_CHANSEQ_COUNTED: of the latest sequence; csrv_chanseq_end() when it is answered
 * @CSRV_CHANSEQ_STALE: must not change anything
 */
enum csrv_chanseq_age {
	CSRV_CHANSEQ_COUNTED,
	CSRV_CHANSEQ_STALE,
};

enum csrv_chanseq_age csrv_chanseq_begin(struct csrv_chanseq *c, u16 seq, bool replay);
void csrv_chanseq_end(struct csrv_chanseq *c, u16 seq);

#endif /* CIFSSRV_STORE_CHANSEQ_H */
