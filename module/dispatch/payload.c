// SPDX-License-Identifier: GPL-2.0-or-later
/* dispatch/payload.c - the data of READ and WRITE, wherever it lies */
#include <linux/uio.h>

#include "frontend.h"
#include "req.h"

/**
 * csrv_payload_iter() - the payload of the current command
 * @req: a WRITE
 * @data_offset: from its header
 * @len: bytes
 * @iter: set to them; valid while the command is worked on
 *
 * Return: 0, or -EINVAL if they are not all within the command.
 */
int csrv_payload_iter(struct csrv_req *req, u32 data_offset, u32 len, struct iov_iter *iter)
{
	u32 linear = req->len;	/* of this command */
	u32 pages = 0, i, skip;

	if (data_offset <= linear && len <= linear - data_offset) {
		req->in.payload.iov_base = req->in.buf + req->at + data_offset;
		req->in.payload.iov_len = len;
		iov_iter_kvec(iter, ITER_SOURCE, &req->in.payload, 1, len);
		return 0;
	}
	/* Pages follow the linear part, and only a message of one command has them. */
	if (!req->in.nbv || req->at || data_offset < linear)
		return -EINVAL;
	for (i = 0; i < req->in.nbv; i++)
		pages += req->in.bv[i].bv_len;
	skip = data_offset - linear;
	if (skip > pages || len > pages - skip)
		return -EINVAL;
	iov_iter_bvec(iter, ITER_SOURCE, req->in.bv, req->in.nbv, skip + len);
	iov_iter_advance(iter, skip);
	return 0;
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
 * csrv_rpages_put() - free pages that are not going to be sent
 * @p: the pages, or none
 */
void csrv_rpages_put(struct csrv_rpages *p)
{
	if (p->bv)
		p->put(p->bv, p->nbv);
	*p = (struct csrv_rpages){};
}

/**
 * csrv_rpages_give() - the current command succeeds, and its payload is in pages
 * @req: stands at its last command: pages end the message
 * @p: the pages; @req's from here on
 * @len: bytes of payload that were put into them
 *
 * Bytes of the pages beyond @len are not sent.  An error of the command frees them:
 * csrv_reply_error().
 * Return: false, and @p is still the caller's, if there are fewer than @len bytes, or the message
 * would have more than CSRV_REPLY_MAX.
 */
bool csrv_rpages_give(struct csrv_req *req, struct csrv_rpages *p, u32 len)
{
	u32 i;

	if (len > CSRV_REPLY_MAX - min(req->reply.len, CSRV_REPLY_MAX))
		return false;
	for (i = 0; i < p->nbv; i++) {
		p->bv[i].bv_len = min(p->bv[i].bv_len, len);
		len -= p->bv[i].bv_len;
	}
	if (len || !csrv_reply_is_last(req))
		return false;
	req->reply.pages = *p;
	*p = (struct csrv_rpages){};
	return true;
}
