/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upcall/internal.h - shared by the files of this room
 *
 *	device.c	create and destroy the device
 *	chardev.c	open, read, write, poll, INIT
 *	auth.c, pipe.c	build questions, check and decode answers
 *	status.c, end.c	the daemon's questions
 *	own.c		for both of these
 *	read.c		read() of messages
 *	queue.c		questions from being asked to done()
 *	msg.c		messages
 *
 * Each file calls only those below it.
 */
#ifndef CIFSSRV_UPCALL_INTERNAL_H
#define CIFSSRV_UPCALL_INTERNAL_H

#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "../compat/context.h"
#include "upcall.h"

#define UP_MAX_QUESTIONS	1024	/* not ended, read or not */
#define UP_MAX_NOTICES		4096	/* unread; beyond, only ends of pipes are queued */
#define UP_MAX_INFLIGHT		4096	/* most that INIT may ask for */
#define UP_MAX_HINT		4096

struct up_msg;

/**
 * struct up_op - one kind of question and its answer
 * @op: enum csrv_up_op
 * @undo: notice for a daemon that has read a question that is no longer waited for; 0 = none
 * @check: is @body (@len bytes after the header, status 0) an answer to @q?
 * @complete: call done(); @q->err and @q->answer are set
 */
struct up_op {
	u16 op;
	u16 undo;
	bool (*check)(const struct up_msg *q, const u8 *body, u32 len);
	void (*complete)(struct up_msg *q);
};

/*
 *	     ask()	       read()		  read() done
 *	------------> QUEUED ----------> READING ----------> SENT
 *			 ^		    |		       |
 *			 +---- -EFAULT -----+		       | answer
 *			 |		    |		       v
 *			 +------------------+------------> ENDED --> complete()
 *		  time-out, abort, close, daemon gone, shutdown
 *
 * ENDED is entered once, under the lock, by msg_end_locked(): that is the claim.
 * Notices, INIT and the kernel's own answers only go QUEUED - READING and are freed.
 */
enum up_state {
	UP_QUEUED,
	UP_READING,
	UP_SENT,
	UP_ENDED,
};

enum up_kind {
	UP_QUESTION,
	UP_NOTICE,
	UP_OWN,		/* INIT, or the answer to a question of the daemon's: to one open file */
};

/**
 * struct up_msg - a message to the daemon, and the answer to a question
 * @refs: the table (until ENDED, then the worker), a read() or write() in progress
 * @up: the device
 * @kind: which fields below are in use
 * @state: under the device's lock
 * @link: in up->queue or file->own while QUEUED; under the device's lock
 * @hash: in up->questions until ENDED; under the device's lock
 * @row: questions: the kind
 * @id: as in the header
 * @object: questions and notices: the logon or pipe; 0 = none
 * @deadline: questions: jiffies
 * @max_out: PIPE_TRANSACT, PIPE_READ: most bytes of answer
 * @work: questions: runs row->complete
 * @err: set when ENDED
 * @answer: body of the answer, or NULL; within @answer_buf
 * @answer_len: its bytes
 * @answer_buf: the whole message as the daemon wrote it
 * @done: questions: the asker's function; notices: called when the daemon has read it, or will
 *	not; or NULL
 * @priv: its argument
 * @len: bytes at @data
 * @data: the message, header first
 */
struct up_msg {
	refcount_t refs;
	struct csrv_upcall *up;
	enum up_kind kind;
	enum up_state state;
	struct list_head link;
	struct hlist_node hash;
	const struct up_op *row;
	u64 id;
	u64 object;
	unsigned long deadline;
	u32 max_out;
	struct work_struct work;
	int err;
	const u8 *answer;
	u32 answer_len;
	u8 *answer_buf;
	union {
		csrv_up_auth_done_t auth;
		csrv_up_pipe_done_t pipe;
		void (*notified)(void *priv);
	} done;
	void *priv;
	u32 len;
	u8 data[];
};

enum up_file_state {
	UP_FILE_NEW,		/* INIT not answered yet */
	UP_FILE_READY,
	UP_FILE_BROKEN,		/* INIT answered with an error, or not in time: -EIO */
};

/**
 * struct up_file - the daemon's open device
 * @up: the device; holds a reference
 * @state: under the device's lock
 * @max_inflight: from INIT
 * @init_id: id of the INIT question, 0 until it was read
 * @init_deadline: jiffies
 * @own: UP_OWN messages; read before any question; under the device's lock
 * @asking: BIT(op) of each of the daemon's questions whose answer it has not read
 */
struct up_file {
	struct csrv_upcall *up;
	enum up_file_state state;
	u32 max_inflight;
	u64 init_id;
	unsigned long init_deadline;
	struct list_head own;
	u32 asking;
};

/**
 * struct csrv_upcall - the device
 * @refs: the creator's, and an open file's
 * @misc: the character device
 * @ops_sem: held for reading around calls of @ops from the daemon's system
 *	calls, for writing to clear it
 * @ops: the owner's functions; NULL once destroyed
 * @priv: for them
 * @lock: guards all below it but @readers, @ids and @wq, and the states of the
 *	file and of messages; innermost.
 *	Taken with bottom halves off, so that a last put anywhere may send a notice
 * @queue: unread questions and notices, oldest first
 * @questions: questions that have not ended, by id
 * @nr_questions: how many
 * @nr_inflight: of these, READING or SENT
 * @nr_notices: notices in @queue
 * @file: the daemon, or NULL
 * @dead: csrv_upcall_destroy() was called
 * @hint_len: bytes in @hint
 * @hint: for csrv_up_hint()
 * @readers: waiting in read() or poll()
 * @ids: the latest id
 * @wq: runs complete() of questions, and @reaper
 * @reaper: ends questions (and INIT) that have timed out
 * @reap_armed: the reaper is queued
 * @reap_at: when, in jiffies
 */
struct csrv_upcall {
	refcount_t refs;
	struct miscdevice misc;
	struct rw_semaphore ops_sem;
	const struct csrv_upcall_ops *ops __guarded_by(&ops_sem);
	void *priv;
	spinlock_t lock;	/* guards the members below */
	struct list_head queue __guarded_by(&lock);
	DECLARE_HASHTABLE(questions, 8);
	u32 nr_questions __guarded_by(&lock);
	u32 nr_inflight __guarded_by(&lock);
	u32 nr_notices __guarded_by(&lock);
	struct up_file *file __guarded_by(&lock);
	bool dead __guarded_by(&lock);
	u32 hint_len __guarded_by(&lock);
	u8 hint[UP_MAX_HINT];
	wait_queue_head_t readers;
	atomic64_t ids;
	struct workqueue_struct *wq;
	struct delayed_work reaper;
	bool reap_armed __guarded_by(&lock);
	unsigned long reap_at __guarded_by(&lock);
};

/* ---- msg.c ---- */

/* A message with a header and room for @body bytes; NULL without memory. */
struct up_msg *csrv_up_msg_new(struct csrv_upcall *up, u16 op, u64 id, u32 body, gfp_t gfp);
void csrv_up_msg_put(struct up_msg *msg);

/* Where the body starts. */
static inline void *up_msg_body(struct up_msg *msg)
{
	return msg->data + sizeof(struct csrv_up_hdr);
}

struct up_msg *csrv_up_question_new(struct csrv_upcall *up, const struct up_op *row, u32 body);

/* A notice of @op about @object. */
struct up_msg *csrv_up_notice_new(struct csrv_upcall *up, u16 op, u64 object, gfp_t gfp);

/* An answer that is a header only; NULL without memory. */
struct up_msg *csrv_up_own_answer(struct csrv_upcall *up, u16 op, u64 id, int status);

/* ---- queue.c ---- */

int csrv_up_queue_init(struct csrv_upcall *up);
void csrv_up_queue_exit(struct csrv_upcall *up);
void csrv_up_put(struct csrv_upcall *up);

/* The time-out of a question that is asked now. */
u32 csrv_up_timeout_ms(struct csrv_upcall *up);

/* Queue a question; takes over the caller's reference, also when it fails. */
int csrv_up_ask(struct up_msg *msg);

/* End what waits for @object, notify the daemon by @op. Any context but hard interrupts. */
void csrv_up_abandon(struct csrv_upcall *up, u16 op, u64 object);

/* The same with a notice that exists already; it is taken over and always reaches the daemon. */
void csrv_up_abandon_with(struct csrv_upcall *up, struct up_msg *notice);

/* Take the answer to question @hdr->id. @buf is taken over if this returns 0. */
int csrv_up_answer(struct csrv_upcall *up, const struct csrv_up_hdr *hdr, u8 *buf);

/* A daemon opens the device (-EBUSY if there is one). @init is taken over if this returns 0. */
int csrv_up_attach(struct csrv_upcall *up, struct up_file *file, struct up_msg *init);
void csrv_up_detach(struct up_file *file);

/* The daemon's answer to INIT was valid, or was not (@max_inflight 0). */
void csrv_up_init_done(struct up_file *file, u32 max_inflight);

/* ---- read.c ---- */

/* The next message for read(), no larger than @size, now READING; or ERR_PTR. */
struct up_msg *csrv_up_read_begin(struct up_file *file, size_t size);
void csrv_up_read_end(struct up_file *file, struct up_msg *msg, bool copied);
bool csrv_up_readable(struct up_file *file);

/* ---- own.c ---- */

/* The body of a daemon's question, of exactly @size bytes, and its id; or -EINVAL. */
int csrv_up_own_parse(const u8 *msg, u32 len, void *body, u32 size, u64 *id);
/* Begin a daemon's question: -EBUSY while the answer to one of its kind is not read. */
int csrv_up_own_begin(struct up_file *file, u16 op);
/* Queue the answer to it, which is taken over; NULL without memory. */
void csrv_up_own_end(struct up_file *file, u16 op, struct up_msg *answer);

/* ---- text.c ---- */

/* The length of a string for the protocol; NULL is empty; -EINVAL if it is too long. */
int csrv_up_text_len(const char *text);

/* Append @len bytes, return the position after them. */
void *csrv_up_append(void *pos, const void *from, size_t len);

/* Valid UTF-8 without NUL? */
bool csrv_up_text_valid(const u8 *text, u32 len);

/* ---- auth.c, pipe.c ---- */

/* NULL for an op that the daemon cannot answer. */
const struct up_op *csrv_up_auth_row(u16 op);
const struct up_op *csrv_up_pipe_row(u16 op);

void csrv_up_ask_hint(struct csrv_upcall *up);

/* ---- status.c, end.c ---- */

/* CSRV_OP_STATUS; @msg is the whole request, its header already checked. */
int csrv_up_status_request(struct up_file *file, const u8 *msg, u32 len);

/* CSRV_OP_END, likewise. */
int csrv_up_end_request(struct up_file *file, const u8 *msg, u32 len);

/* ---- chardev.c ---- */

int csrv_up_chardev_register(struct csrv_upcall *up);
void csrv_up_chardev_unregister(struct csrv_upcall *up);

#endif /* CIFSSRV_UPCALL_INTERNAL_H */
