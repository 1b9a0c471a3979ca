// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * upcall/queue.c - questions from being asked to done()
 *
 * Every change of a question's state but those of read() (read.c) is made here, under up->lock. An
 * answer, a time-out, an abort, the daemon's end and shutdown all end it through
 * msg_end_locked(), of which exactly one call succeeds.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "../base/fault.h"
#include "../base/log.h"
#include "../base/trace.h"
#include "internal.h"

#define TIMEOUT_MIN_MS	10
#define TIMEOUT_MAX_MS	(10 * 60 * 1000)

/* ---- changes of state, under up->lock ---- */

/* The claim. The table's reference is the worker's from here on. */
static bool msg_end_locked(struct up_msg *msg, int err) __must_hold(&msg->up->lock)
{
	struct csrv_upcall *up = msg->up;

	lockdep_assert_held(&up->lock);
	if (msg->state == UP_ENDED)
		return false;
	if (msg->state != UP_QUEUED)
		up->nr_inflight--;
	msg->state = UP_ENDED;
	msg->err = err;
	list_del_init(&msg->link);
	hash_del(&msg->hash);
	up->nr_questions--;
	queue_work(up->wq, &msg->work);
	return true;
}

/* Is there a daemon to notify?  A later one knows no logon and no pipe. */
static bool hears_locked(const struct csrv_upcall *up) __must_hold(&up->lock)
{
	lockdep_assert_held(&up->lock);
	return !up->dead && up->file && up->file->state == UP_FILE_READY;
}

static void notice_queue_locked(struct csrv_upcall *up, struct up_msg *msg) __must_hold(&up->lock)
{
	lockdep_assert_held(&up->lock);
	list_add_tail(&msg->link, &up->queue);
	up->nr_notices++;
	wake_up_interruptible(&up->readers);
}

/*
 * Notify the daemon that @object has ended, if there is room. Best effort: the daemon has a
 * time-out for logons, and csrv_up_pipe_end() notifies it of the end of a pipe.
 */
static void notice_locked(struct csrv_upcall *up, u16 op, u64 object) __must_hold(&up->lock)
{
	struct up_msg *msg;

	lockdep_assert_held(&up->lock);
	if (!op || !object || !hears_locked(up) || up->nr_notices >= UP_MAX_NOTICES)
		return;
	msg = csrv_up_notice_new(up, op, object, GFP_ATOMIC);
	if (msg)
		notice_queue_locked(up, msg);
}

static struct up_msg *find_locked(struct csrv_upcall *up, u64 id) __must_hold(&up->lock)
{
	struct up_msg *msg;

	lockdep_assert_held(&up->lock);
	hash_for_each_possible(up->questions, msg, hash, id) {
		if (msg->id == id)
			return msg;
	}
	return NULL;
}

/* ---- asking ---- */

/* Make the reaper run at @deadline, unless it runs earlier anyhow. */
static void reap_soon_locked(struct csrv_upcall *up, unsigned long deadline) __must_hold(&up->lock)
{
	unsigned long now = jiffies;

	lockdep_assert_held(&up->lock);
	if (up->dead)
		return;		/* csrv_up_queue_exit() cancels it */
	if (up->reap_armed && time_before_eq(up->reap_at, deadline))
		return;
	up->reap_armed = true;
	up->reap_at = deadline;
	mod_delayed_work(up->wq, &up->reaper, time_after(deadline, now) ? deadline - now : 0);
}

u32 csrv_up_timeout_ms(struct csrv_upcall *up)
{
	u32 ms = TIMEOUT_MIN_MS;

	down_read(&up->ops_sem);
	if (up->ops)
		ms = up->ops->timeout_ms(up->priv);
	up_read(&up->ops_sem);
	return clamp_t(u32, ms, TIMEOUT_MIN_MS, TIMEOUT_MAX_MS);
}

int csrv_up_ask(struct up_msg *msg)
{
	struct csrv_upcall *up = msg->up;
	unsigned long deadline = jiffies + msecs_to_jiffies(csrv_up_timeout_ms(up));
	int err = 0;

	/* before the lock: afterwards the message may have been answered and freed */
	trace_csrv_upcall(msg->row->op, msg->id);
	msg->deadline = deadline;
	spin_lock_bh(&up->lock);
	if (up->dead)
		err = -ESHUTDOWN;
	else if (up->nr_questions >= UP_MAX_QUESTIONS || csrv_fault(CSRV_FAULT_UPCALL_ASK))
		err = -EAGAIN;
	if (!err) {
		hash_add(up->questions, &msg->hash, msg->id);
		list_add_tail(&msg->link, &up->queue);
		up->nr_questions++;
		wake_up_interruptible(&up->readers);
		reap_soon_locked(up, deadline);
	}
	spin_unlock_bh(&up->lock);
	if (err)
		csrv_up_msg_put(msg);
	return err;
}

static void end_of_object_locked(struct csrv_upcall *up, u64 object) __must_hold(&up->lock)
{
	struct hlist_node *next;
	struct up_msg *msg;
	int i;

	lockdep_assert_held(&up->lock);
	if (!up->nr_questions)
		return;
	hash_for_each_safe(up->questions, i, next, msg, hash) {
		if (msg->object == object)
			msg_end_locked(msg, -ECANCELED);
	}
}

void csrv_up_abandon(struct csrv_upcall *up, u16 op, u64 object)
{
	spin_lock_bh(&up->lock);
	end_of_object_locked(up, object);
	notice_locked(up, op, object);
	spin_unlock_bh(&up->lock);
}

void csrv_up_abandon_with(struct csrv_upcall *up, struct up_msg *notice)
{
	bool heard;

	spin_lock_bh(&up->lock);
	end_of_object_locked(up, notice->object);
	heard = hears_locked(up);
	if (heard)
		notice_queue_locked(up, notice);
	spin_unlock_bh(&up->lock);
	if (!heard)
		csrv_up_msg_put(notice);
}

/* ---- time-outs ---- */

static void reap_init_locked(struct csrv_upcall *up) __must_hold(&up->lock)
{
	struct up_file *file = up->file;

	lockdep_assert_held(&up->lock);
	if (!file || file->state != UP_FILE_NEW)
		return;
	if (time_before(jiffies, file->init_deadline)) {
		reap_soon_locked(up, file->init_deadline);
		return;
	}
	file->state = UP_FILE_BROKEN;
	wake_up_interruptible(&up->readers);
	csrv_warn_ratelimited("the daemon did not answer INIT in time\n");
}

static void reap(struct work_struct *work)
{
	struct csrv_upcall *up = container_of(to_delayed_work(work), struct csrv_upcall, reaper);
	unsigned long next_deadline = 0;
	struct hlist_node *next;
	struct up_msg *msg;
	bool more = false;
	int i;

	spin_lock_bh(&up->lock);
	up->reap_armed = false;
	hash_for_each_safe(up->questions, i, next, msg, hash) {
		if (time_after_eq(jiffies, msg->deadline)) {
			if (msg->state != UP_QUEUED)
				notice_locked(up, msg->row->undo, msg->object);
			msg_end_locked(msg, -ETIMEDOUT);
		} else if (!more || time_before(msg->deadline, next_deadline)) {
			next_deadline = msg->deadline;
			more = true;
		}
	}
	/* a question that ended may have made room below max_inflight */
	wake_up_interruptible(&up->readers);
	if (more)
		reap_soon_locked(up, next_deadline);
	if (!up->dead)
		reap_init_locked(up);
	spin_unlock_bh(&up->lock);
}

/* ---- answers ---- */

/* The question that @hdr answers, with a reference, or NULL. */
static struct up_msg *question_get(struct csrv_upcall *up, const struct csrv_up_hdr *hdr)
{
	struct up_msg *msg;

	spin_lock_bh(&up->lock);
	msg = find_locked(up, hdr->id);
	if (msg && (msg->state != UP_SENT || msg->row->op != (hdr->op & ~CSRV_UP_ANSWER)))
		msg = NULL;
	if (msg)
		refcount_inc(&msg->refs);
	spin_unlock_bh(&up->lock);
	return msg;
}

int csrv_up_answer(struct csrv_upcall *up, const struct csrv_up_hdr *hdr, u8 *buf)
{
	struct up_msg *msg = question_get(up, hdr);
	const u8 *body = buf + sizeof(*hdr);
	u32 len = hdr->len - sizeof(*hdr);
	int err = -ENOENT;

	if (!msg)
		return -ENOENT;
	if (hdr->status ? len != 0 : !msg->row->check(msg, body, len)) {
		csrv_up_msg_put(msg);
		return -EINVAL;
	}
	spin_lock_bh(&up->lock);
	if (msg->state == UP_SENT) {
		msg->answer_buf = buf;
		msg->answer = body;
		msg->answer_len = len;
		msg_end_locked(msg, hdr->status);
		wake_up_interruptible(&up->readers);
		err = 0;
	}
	spin_unlock_bh(&up->lock);
	csrv_up_msg_put(msg);
	return err;
}

/* ---- the daemon opens and closes the device ---- */

int csrv_up_attach(struct csrv_upcall *up, struct up_file *file, struct up_msg *init)
{
	int err = 0;

	spin_lock_bh(&up->lock);
	if (up->dead)
		err = -ENODEV;
	else if (up->file)
		err = -EBUSY;
	if (!err) {
		list_add_tail(&init->link, &file->own);
		up->file = file;
		refcount_inc(&up->refs);
		reap_soon_locked(up, file->init_deadline);
	}
	spin_unlock_bh(&up->lock);
	return err;
}

void csrv_up_init_done(struct up_file *file, u32 max_inflight)
{
	struct csrv_upcall *up = file->up;

	spin_lock_bh(&up->lock);
	/* the time-out may have come first */
	if (file->state == UP_FILE_NEW) {
		file->state = max_inflight ? UP_FILE_READY : UP_FILE_BROKEN;
		file->max_inflight = max_inflight;
	}
	wake_up_interruptible(&up->readers);
	spin_unlock_bh(&up->lock);
}

/* Move unread notices to @gone: they are put without the lock (notices_put()). */
static void drop_notices_locked(struct csrv_upcall *up, struct list_head *gone)
	__must_hold(&up->lock)
{
	struct up_msg *msg, *next;

	lockdep_assert_held(&up->lock);
	list_for_each_entry_safe(msg, next, &up->queue, link) {
		if (msg->kind != UP_NOTICE)
			continue;
		list_move_tail(&msg->link, gone);
		up->nr_notices--;
	}
}

static void notices_put(struct list_head *gone)
{
	struct up_msg *msg, *next;

	list_for_each_entry_safe(msg, next, gone, link)
		csrv_up_msg_put(msg);
}

/* Questions that the daemon has read end; unread ones are for the next daemon. */
void csrv_up_detach(struct up_file *file)
{
	struct csrv_upcall *up = file->up;
	struct up_msg *msg, *own_next;
	struct hlist_node *next;
	LIST_HEAD(gone);
	int i;

	spin_lock_bh(&up->lock);
	up->file = NULL;
	drop_notices_locked(up, &gone);
	hash_for_each_safe(up->questions, i, next, msg, hash) {
		/* no object: the hint, which every daemon is asked for anew */
		if (msg->state != UP_QUEUED || !msg->object)
			msg_end_locked(msg, -ECONNRESET);
	}
	spin_unlock_bh(&up->lock);
	notices_put(&gone);
	list_for_each_entry_safe(msg, own_next, &file->own, link)
		csrv_up_msg_put(msg);
	csrv_up_put(up);
}

bool csrv_up_connected(struct csrv_upcall *up)
{
	bool yes;

	spin_lock_bh(&up->lock);
	yes = up->file && up->file->state == UP_FILE_READY;
	spin_unlock_bh(&up->lock);
	return yes;
}

/* ---- create and destroy the queue ---- */

int csrv_up_queue_init(struct csrv_upcall *up)
{
	refcount_set(&up->refs, 1);
	init_rwsem(&up->ops_sem);
	spin_lock_init(&up->lock);
	INIT_LIST_HEAD(&up->queue);
	hash_init(up->questions);
	init_waitqueue_head(&up->readers);
	atomic64_set(&up->ids, 0);
	INIT_DELAYED_WORK(&up->reaper, reap);
	up->wq = alloc_workqueue("cifssrv_upcall", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return up->wq ? 0 : -ENOMEM;
}

void csrv_up_queue_exit(struct csrv_upcall *up)
{
	struct hlist_node *next;
	struct up_msg *msg;
	LIST_HEAD(gone);
	int i;

	spin_lock_bh(&up->lock);
	up->dead = true;
	hash_for_each_safe(up->questions, i, next, msg, hash)
		msg_end_locked(msg, -ESHUTDOWN);
	drop_notices_locked(up, &gone);
	wake_up_interruptible_all(&up->readers);
	spin_unlock_bh(&up->lock);
	notices_put(&gone);

	/* In this order: the reaper queues itself and completions, completions queue nothing. */
	cancel_delayed_work_sync(&up->reaper);
	destroy_workqueue(up->wq);

	down_write(&up->ops_sem);
	up->ops = NULL;
	up_write(&up->ops_sem);
}

void csrv_up_put(struct csrv_upcall *up)
{
	if (refcount_dec_and_test(&up->refs))
		kfree(up);
}
