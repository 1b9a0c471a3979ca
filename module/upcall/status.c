// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * upcall/status.c - CSRV_OP_STATUS: the daemon asks, the kernel answers
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "internal.h"

/* Bytes of records in @page, or a negative errno for the answer. */
static int status_page(struct csrv_upcall *up, const struct csrv_up_status *req, u8 *page,
		       u64 *next)
{
	int len = -EOPNOTSUPP;

	*next = 0;
	down_read(&up->ops_sem);
	if (!up->ops)
		len = -ENODEV;
	else if (up->ops->status)
		len = up->ops->status(up->priv, req, page, CSRV_STATUS_MAX_PAGE, next);
	up_read(&up->ops_sem);
	return min_t(int, len, CSRV_STATUS_MAX_PAGE);
}

/* @len is what status_page() returned. */
static struct up_msg *status_answer(struct csrv_upcall *up, u64 id, const u8 *page, int len,
				    u64 next)
{
	struct csrv_up_status_answer a = { .next = next, .data_len = len };
	struct up_msg *msg;
	void *at;

	if (len < 0)
		return csrv_up_own_answer(up, CSRV_OP_STATUS, id, len);
	msg = csrv_up_msg_new(up, CSRV_OP_STATUS | CSRV_UP_ANSWER, id, sizeof(a) + len, GFP_KERNEL);
	if (msg) {
		at = csrv_up_append(up_msg_body(msg), &a, sizeof(a));
		csrv_up_append(at, page, len);
	}
	return msg;
}

int csrv_up_status_request(struct up_file *file, const u8 *msg, u32 len)
{
	struct csrv_up_status req;
	struct up_msg *answer;
	u64 id, next;
	u8 *page;
	int err;

	err = csrv_up_own_parse(msg, len, &req, sizeof(req), &id);
	if (err)
		return err;
	if (req.reserved)
		return -EINVAL;
	/* one at a time: what the kernel holds for the daemon stays bounded */
	err = csrv_up_own_begin(file, CSRV_OP_STATUS);
	if (err)
		return err;
	page = kvzalloc(CSRV_STATUS_MAX_PAGE, GFP_KERNEL);
	if (!page) {
		csrv_up_own_end(file, CSRV_OP_STATUS, NULL);
		return -ENOMEM;
	}
	err = status_page(file->up, &req, page, &next);
	answer = status_answer(file->up, id, page, err, next);
	kvfree(page);
	csrv_up_own_end(file, CSRV_OP_STATUS, answer);
	return answer ? 0 : -ENOMEM;
}
