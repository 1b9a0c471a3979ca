// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * upcall/end.c - CSRV_OP_END: the daemon ends a session, or closes an open
 */
#include <linux/errno.h>

#include "internal.h"

/* The status of the answer. */
static int end_status(struct csrv_upcall *up, const struct csrv_up_end *req)
{
	int err = -EOPNOTSUPP;

	down_read(&up->ops_sem);
	if (!up->ops)
		err = -ENODEV;
	else if (up->ops->end)
		err = up->ops->end(up->priv, req->what, req->id);
	up_read(&up->ops_sem);
	return err;
}

int csrv_up_end_request(struct up_file *file, const u8 *msg, u32 len)
{
	struct csrv_up_end req;
	struct up_msg *answer;
	u64 id;
	int err;

	err = csrv_up_own_parse(msg, len, &req, sizeof(req), &id);
	if (err)
		return err;
	if (req.reserved)
		return -EINVAL;
	err = csrv_up_own_begin(file, CSRV_OP_END);
	if (err)
		return err;
	/* Allocated first: a request that is refused without memory has changed nothing. */
	answer = csrv_up_own_answer(file->up, CSRV_OP_END, id, 0);
	if (answer)
		((struct csrv_up_hdr *)answer->data)->status = end_status(file->up, &req);
	csrv_up_own_end(file, CSRV_OP_END, answer);
	return answer ? 0 : -ENOMEM;
}
