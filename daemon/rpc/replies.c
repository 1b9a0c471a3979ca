// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rpc/replies.c - see replies.h
 */
#include "replies.h"

#include <errno.h>
#include <string.h>

#include "ndr.h"

#define MAX_QUEUED	(1024 * 1024)	/* octets of unread replies beyond which writes wait */
#define MAX_REPLIES	16		/* unread replies, however short, likewise */

/* A PDU that waits for the client; made by rpc_replies_add(), freed once read. */
struct rpc_pdu {
	struct rpc_pdu *next;
	bool last;		/* of its reply */
	size_t len;
	uint8_t data[];
};

void rpc_replies_init(struct rpc_replies *q)
{
	*q = (struct rpc_replies){ .last = &q->first };
}

int rpc_replies_add(TALLOC_CTX *ctx, struct rpc_replies *q, struct ndr_out *out, bool last)
{
	struct rpc_pdu *pdu = NULL;

	if (out && !out->bad)
		pdu = talloc_size(ctx, sizeof(*pdu) + out->len);
	if (!pdu) {
		talloc_free(out);
		return -ENOMEM;
	}
	talloc_set_name_const(pdu, "struct rpc_pdu");
	*pdu = (struct rpc_pdu){ .last = last, .len = out->len };
	memcpy(pdu->data, out->data, out->len);
	*q->last = pdu;
	q->last = &pdu->next;
	q->queued += pdu->len;
	q->n += last;
	talloc_free(out);
	return 0;
}

/* The oldest PDU has been read, or will not be. */
static void drop_first(struct rpc_replies *q)
{
	struct rpc_pdu *pdu = q->first;

	q->first = pdu->next;
	if (!q->first)
		q->last = &q->first;
	q->queued -= pdu->len;
	q->n -= pdu->last;
	q->read = 0;
	talloc_free(pdu);
}

void rpc_replies_drop(struct rpc_replies *q)
{
	while (q->first)
		drop_first(q);
}

bool rpc_replies_full(const struct rpc_replies *q)
{
	return q->queued > MAX_QUEUED || q->n >= MAX_REPLIES;
}

bool rpc_replies_read(struct rpc_replies *q, uint8_t *buf, size_t max, size_t *len, size_t *left)
{
	const struct rpc_pdu *pdu = q->first;
	size_t n;

	if (!pdu)
		return false;
	n = pdu->len - q->read;
	if (n > max)
		n = max;
	if (n)
		memcpy(buf, pdu->data + q->read, n);
	q->read += n;
	*len = n;
	*left = pdu->len - q->read;
	if (!*left)
		drop_first(q);
	return true;
}
