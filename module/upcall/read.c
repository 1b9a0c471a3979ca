// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/read.c - read() of messages: QUEUED, READING, and SENT or QUEUED again */
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/errno.h>

#include "internal.h"

/* The message that read() would return next, or NULL. */
static struct up_msg *next_locked(struct up_file *file) __must_hold(&file->up->lock)
{
	struct csrv_upcall *up = file->up;
	struct up_msg *msg;

	lockdep_assert_held(&up->lock);
	if (!list_empty(&file->own))
		return list_first_entry(&file->own, struct up_msg, link);
	if (file->state != UP_FILE_READY || list_empty(&up->queue))
		return NULL;
	msg = list_first_entry(&up->queue, struct up_msg, link);
	if (msg->kind == UP_QUESTION && up->nr_inflight >= file->max_inflight)
		return NULL;
	return msg;
}

bool csrv_up_readable(struct up_file *file)
{
	struct csrv_upcall *up = file->up;
	bool yes;

	spin_lock_bh(&up->lock);
	yes = up->dead || file->state == UP_FILE_BROKEN || next_locked(file);
	spin_unlock_bh(&up->lock);
	return yes;
}

static struct up_msg *read_begin_locked(struct up_file *file, size_t size)
	__must_hold(&file->up->lock)
{
	struct csrv_upcall *up = file->up;
	struct up_msg *msg;

	lockdep_assert_held(&up->lock);
	if (up->dead)
		return ERR_PTR(-ENODEV);
	if (file->state == UP_FILE_BROKEN)
		return ERR_PTR(-EIO);
	msg = next_locked(file);
	if (!msg)
		return ERR_PTR(-EAGAIN);
	if (msg->len > size)
		return ERR_PTR(-EMSGSIZE);
	list_del_init(&msg->link);
	msg->state = UP_READING;
	if (msg->kind == UP_QUESTION) {
		up->nr_inflight++;
		refcount_inc(&msg->refs);
	} else if (msg->kind == UP_NOTICE) {
		up->nr_notices--;
	}
	return msg;
}

struct up_msg *csrv_up_read_begin(struct up_file *file, size_t size)
{
	struct up_msg *msg;

	spin_lock_bh(&file->up->lock);
	msg = read_begin_locked(file, size);
	spin_unlock_bh(&file->up->lock);
	return msg;
}

/* The op of the daemon's question that an answer is for. */
static u16 own_op(const struct up_msg *msg)
{
	return ((const struct csrv_up_hdr *)msg->data)->op & ~CSRV_UP_ANSWER;
}

static void read_done_locked(struct up_file *file, struct up_msg *msg)
	__must_hold(&file->up->lock)
{
	lockdep_assert_held(&file->up->lock);
	if (msg->kind == UP_QUESTION && msg->state == UP_READING) {
		msg->state = UP_SENT;
	} else if (msg->kind == UP_OWN) {
		if (msg->id >> 63)
			file->asking &= ~BIT(own_op(msg));
		else
			file->init_id = msg->id;
	}
}

/* Nothing is lost when the caller's buffer was bad: back to the head of the queue. */
static bool read_undo_locked(struct up_file *file, struct up_msg *msg)
	__must_hold(&file->up->lock)
{
	struct csrv_upcall *up = file->up;

	lockdep_assert_held(&up->lock);
	if (msg->state != UP_READING || (up->dead && msg->kind == UP_NOTICE))
		return false;
	msg->state = UP_QUEUED;
	list_add(&msg->link, msg->kind == UP_OWN ? &file->own : &up->queue);
	if (msg->kind == UP_QUESTION)
		up->nr_inflight--;
	else if (msg->kind == UP_NOTICE)
		up->nr_notices++;
	return msg->kind != UP_QUESTION;
}

void csrv_up_read_end(struct up_file *file, struct up_msg *msg, bool copied)
{
	bool keep = false;

	spin_lock_bh(&file->up->lock);
	if (copied)
		read_done_locked(file, msg);
	else
		keep = read_undo_locked(file, msg);
	spin_unlock_bh(&file->up->lock);
	/* for a question this is read()'s reference, for others the only one */
	if (!keep)
		csrv_up_msg_put(msg);
}
