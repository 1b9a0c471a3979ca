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
		req->kv[0].iov_base = req->buf + req->at + data_offset;
		req->kv[0].iov_len = len;
		iov_iter_kvec(iter, ITER_SOURCE, req->kv, 1, len);
		return 0;
	}
	/* Pages follow the linear part, and only a message of one command has them. */
	if (!req->nbv || req->at || data_offset < linear)
		return -EINVAL;
	for (i = 0; i < req->nbv; i++)
		pages += req->bv[i].bv_len;
	skip = data_offset - linear;
	if (skip > pages || len > pages - skip)
		return -EINVAL;
	iov_iter_bvec(iter, ITER_SOURCE, req->bv, req->nbv, skip + len);
	iov_iter_advance(iter, skip);
	return 0;
}

/* Nothing comes behind the current command's reply. */
bool csrv_reply_is_last(const struct csrv_req *req)
{
	return !req->next;
}

/*
 * May the reply carry pages that others write to?  A signature or a cipher over
 * bytes that change under it would be wrong.
 */
bool csrv_reply_may_splice(const struct csrv_req *req)
{
	return !req->sealed && !(req->hdr.flags & CSRV_HDR_SIGNED) &&
	       !(req->session && req->session->signing_required);
}
