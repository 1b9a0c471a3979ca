/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rpc/replies.h - the PDUs of one pipe that its client has not read yet
 */
#ifndef CIFSSRVD_RPC_REPLIES_H
#define CIFSSRVD_RPC_REPLIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

struct ndr_out;
struct rpc_pdu;

/**
 * struct rpc_replies - replies, the oldest first
 * @first: the first PDU
 * @last: where the next one is linked
 * @n: replies, each of one PDU or more
 * @queued: octets in their PDUs
 * @read: octets of @first that were read
 *
 * A member of its owner, by which rpc_replies_add() has the PDUs freed.
 */
struct rpc_replies {
	struct rpc_pdu *first, **last;
	unsigned int n;
	size_t queued;
	size_t read;
};

void rpc_replies_init(struct rpc_replies *q);

/**
 * rpc_replies_add() - one more PDU
 * @ctx: talloc parent of it
 * @q: the replies
 * @out: the PDU, which is taken over; NULL: without memory
 * @last: it is the last one of its reply
 *
 * Return: 0 or -ENOMEM, also for a PDU that failed to encode.
 */
int rpc_replies_add(TALLOC_CTX *ctx, struct rpc_replies *q, struct ndr_out *out, bool last);

/* Drops all of them. */
void rpc_replies_drop(struct rpc_replies *q);

/* Has the client left so many unread that no more is taken from it? */
bool rpc_replies_full(const struct rpc_replies *q);

/**
 * rpc_replies_read() - octets of the first PDU, which is freed once all are read
 * @q: the replies
 * @buf: filled
 * @max: room in @buf
 * @len: out: octets put there
 * @left: out: octets of the same PDU that did not fit
 *
 * Return: false when there is none; @len and @left are as they were.
 */
bool rpc_replies_read(struct rpc_replies *q, uint8_t *buf, size_t max, size_t *len, size_t *left);

#endif /* CIFSSRVD_RPC_REPLIES_H */
