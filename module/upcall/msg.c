// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/msg.c - make, count and free messages; freed ones are wiped */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../base/trace.h"
#include "internal.h"

struct up_msg *csrv_up_msg_new(struct csrv_upcall *up, u16 op, u64 id, u32 body, gfp_t gfp)
{
	struct csrv_up_hdr *hdr;
	struct up_msg *msg;

	if (body > CSRV_UP_MAX_MSG - sizeof(*hdr))
		return NULL;
	if (gfpflags_allow_blocking(gfp))
		msg = kvzalloc(sizeof(*msg) + sizeof(*hdr) + body, gfp);
	else
		msg = kzalloc(sizeof(*msg) + sizeof(*hdr) + body, gfp | __GFP_NOWARN);
	if (!msg)
		return NULL;
	csrv_object_created(CSRV_OBJ_UPCALL);
	refcount_set(&msg->refs, 1);
	INIT_LIST_HEAD(&msg->link);
	INIT_HLIST_NODE(&msg->hash);
	msg->up = up;
	msg->kind = UP_OWN;
	msg->id = id;
	msg->len = sizeof(*hdr) + body;
	hdr = (struct csrv_up_hdr *)msg->data;
	hdr->len = msg->len;
	hdr->op = op;
	hdr->id = id;
	return msg;
}

void csrv_up_msg_put(struct up_msg *msg)
{
	if (!msg || !refcount_dec_and_test(&msg->refs))
		return;
	if (msg->kind == UP_NOTICE && msg->done.notified)
		msg->done.notified(msg->priv);
	if (msg->answer_buf)
		kvfree_sensitive(msg->answer_buf,
				 ((struct csrv_up_hdr *)msg->answer_buf)->len);
	csrv_object_destroyed(CSRV_OBJ_UPCALL);
	kvfree_sensitive(msg, sizeof(*msg) + msg->len);
}

u64 csrv_up_new_id(struct csrv_upcall *up)
{
	return atomic64_inc_return(&up->ids);
}

static void question_work(struct work_struct *work)
{
	struct up_msg *msg = container_of(work, struct up_msg, work);

	csrv_fault_delay(CSRV_FAULT_UPCALL_COMPLETE);
	trace_csrv_upcall_done(msg->row->op, msg->id, msg->err);
	msg->row->complete(msg);
	csrv_up_msg_put(msg);
}

struct up_msg *csrv_up_question_new(struct csrv_upcall *up, const struct up_op *row, u32 body)
{
	struct up_msg *msg = csrv_up_msg_new(up, row->op, csrv_up_new_id(up), body, GFP_KERNEL);

	if (!msg)
		return NULL;
	msg->kind = UP_QUESTION;
	msg->row = row;
	INIT_WORK(&msg->work, question_work);
	return msg;
}

struct up_msg *csrv_up_notice_new(struct csrv_upcall *up, u16 op, u64 object, gfp_t gfp)
{
	struct up_msg *msg;

	/* struct csrv_up_auth_abort and struct csrv_up_pipe_close consist of this only */
	msg = csrv_up_msg_new(up, op, csrv_up_new_id(up), sizeof(object), gfp);
	if (!msg)
		return NULL;
	msg->kind = UP_NOTICE;
	msg->object = object;
	memcpy(up_msg_body(msg), &object, sizeof(object));
	return msg;
}

struct up_msg *csrv_up_own_answer(struct csrv_upcall *up, u16 op, u64 id, int status)
{
	struct up_msg *msg = csrv_up_msg_new(up, op | CSRV_UP_ANSWER, id, 0, GFP_KERNEL);

	if (msg)
		((struct csrv_up_hdr *)msg->data)->status = status;
	return msg;
}
