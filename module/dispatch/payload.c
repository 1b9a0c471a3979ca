// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dispatch/payload.c - the data of READ and WRITE, wherever it lies
 *
 * A WRITE pulls its payload, a READ pushes what it has read, here and nowhere else.  Both are begun
 * so, and gone on with when the status is NT_OK, by a function of the request alone: where the
 * transport moves payloads itself the status is NT_PENDING, and they go on when they are resumed.
 * That of a pipe is never NT_PENDING: its READ or WRITE is parked for the daemon already, and its
 * row's resume is the daemon's answer.  So a READ or WRITE of a pipe with a channel is refused.
 */
#include <linux/string.h>
#include <linux/uio.h>

#include "frontend.h"
#include "req.h"

/**
 * csrv_payload_pull() - the payload of the current command is wanted
 * @req: a WRITE
 * @data_offset: from its header
 * @len: bytes, not 0
 *
 * Return: NT_OK and @req->in.payload has them, while the command is worked on; or
 * NT_INVALID_PARAMETER if they are not all within the command.
 */
nt_status_t csrv_payload_pull(struct csrv_req *req, u32 data_offset, u32 len)
{
	u32 linear = req->len;	/* of this command */
	struct csrv_in *in = &req->in;
	u32 pages = 0, i, skip;

	if (data_offset <= linear && len <= linear - data_offset) {
		in->linear.iov_base = in->buf + req->at + data_offset;
		in->linear.iov_len = len;
		iov_iter_kvec(&in->payload, ITER_SOURCE, &in->linear, 1, len);
		return NT_OK;
	}
	/* Pages follow the linear part, and only a message of one command has them. */
	if (!in->nbv || req->at || data_offset < linear)
		return NT_INVALID_PARAMETER;
	for (i = 0; i < in->nbv; i++)
		pages += in->bv[i].bv_len;
	skip = data_offset - linear;
	if (skip > pages || len > pages - skip)
		return NT_INVALID_PARAMETER;
	iov_iter_bvec(&in->payload, ITER_SOURCE, in->bv, in->nbv, skip + len);
	iov_iter_advance(&in->payload, skip);
	return NT_OK;
}

/**
 * csrv_payload_linear() - the payload that was pulled, in one piece
 * @req: a WRITE, for which csrv_payload_pull() has said NT_OK
 *
 * Return: the bytes, or NULL if they lie in pages.
 */
const void *csrv_payload_linear(const struct csrv_req *req)
{
	return iov_iter_is_kvec(&req->in.payload) ? req->in.linear.iov_base : NULL;
}

/**
 * csrv_reply_is_last() - is the current command's reply the last one of the message?
 * @req: at the command
 *
 * Return: true if no other command follows.
 */
bool csrv_reply_is_last(const struct csrv_req *req)
{
	return !req->next;
}

/**
 * csrv_rpages_alloc() - pages of our own for the payload of the current command
 * @p: none; set to them
 * @len: bytes, not 0; charged already
 * @iter: set to write to them
 *
 * Return: 0 or -ENOMEM.
 */
int csrv_rpages_alloc(struct csrv_rpages *p, u32 len, struct iov_iter *iter)
{
	if (csrv_pages_alloc(len, &p->bv, &p->nbv))
		return -ENOMEM;
	p->put = csrv_pages_put;
	iov_iter_bvec(iter, ITER_DEST, p->bv, p->nbv, len);
	return 0;
}

/* Bytes of the pages beyond @len are not sent.  Return: false if there are fewer. */
static bool rpages_cut(struct csrv_rpages *p, u32 len)
{
	u32 i;

	for (i = 0; i < p->nbv; i++) {
		p->bv[i].bv_len = min(p->bv[i].bv_len, len);
		len -= p->bv[i].bv_len;
	}
	return !len;
}

/**
 * csrv_payload_room() - the room for a payload in the reply's buffer
 * @req: stands at the command; csrv_frontend.reply_begin() has made the room
 * @offset: where the payload begins, from the reply's header
 * @len: bytes
 *
 * Return: the place, where csrv_payload_push() looks for it; NULL if there is not so much room.
 */
void *csrv_payload_room(struct csrv_req *req, u32 offset, u32 len)
{
	struct wire_out out = csrv_reply_window(req, offset);

	return wire_out_left(&out) >= len ? out.pos : NULL;
}

/**
 * csrv_payload_push() - the current command succeeds with a payload
 * @req: stands at it; at the last of its message if @p has pages: they end it
 * @p: the pages with the payload, @req's from here on; or none: it lies in csrv_payload_room()
 * @len: bytes of it
 *
 * An error of the command frees the pages: csrv_reply_error().
 * Return: NT_OK; or NT_INSUFFICIENT_RESOURCES, and @p is still the caller's, if there are fewer
 * than @len bytes, or the message would have more than csrv_reply_max().
 */
nt_status_t csrv_payload_push(struct csrv_req *req, struct csrv_rpages *p, u32 len)
{
	u32 max = csrv_reply_max(req);

	if (!p->bv) {
		req->reply.extra = len;
		return NT_OK;
	}
	if (len > max - min(req->reply.len, max) || !csrv_reply_is_last(req) || !rpages_cut(p, len))
		return NT_INSUFFICIENT_RESOURCES;
	req->reply.pages = *p;
	*p = (struct csrv_rpages){};
	return NT_OK;
}

/**
 * csrv_payload_push_copy() - likewise, with a copy
 * @req: stands at the command
 * @offset: where the payload begins, from the reply's header
 * @data: the payload
 * @len: bytes of it
 *
 * Return: NT_OK, or NT_INSUFFICIENT_RESOURCES if there is not so much room.
 */
nt_status_t csrv_payload_push_copy(struct csrv_req *req, u32 offset, const void *data, u32 len)
{
	void *to = csrv_payload_room(req, offset, len);

	if (!to)
		return NT_INSUFFICIENT_RESOURCES;
	memcpy(to, data, len);
	req->reply.extra = len;
	return NT_OK;
}
