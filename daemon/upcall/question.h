/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upcall/question.h - one question of the kernel, and the row of the table that answers it */
#ifndef CIFSSRVD_UPCALL_QUESTION_H
#define CIFSSRVD_UPCALL_QUESTION_H

#include "../util/bytes.h"
#include "upcall.h"

/**
 * struct question - one message of the kernel, and the context of its answer
 * @up: that it came from
 * @row: its op
 * @hdr: its header
 * @message: NULL once it was released
 * @fixed: its fixed struct, as many octets as its row says
 * @parts: cursor over what follows that; an op takes all of it
 *
 * Owns a copy of the message; freed when the answer is written, or the kernel is gone.
 */
struct question {
	struct upcall *up;
	uint8_t *message;		/* the whole of it, wiped when it is freed */
	const struct upcall_op *row;
	struct csrv_up_hdr hdr;
	const void *fixed;
	struct bytes_in parts;
	struct question *next;		/* op_pipe.c: waiting for lists */
};

#define ANSWER_PARTS	6

/* What an op answers: fixed struct, then parts; memory belongs to the question or lives longer. */
struct answer {
	const void *fixed;
	size_t fixed_len;
	struct blob part[ANSWER_PARTS];
};

#define OP_LATER	1	/* the op has the question, and calls question_answer() later */

/**
 * struct upcall_op - one row of the table
 * @run: 0 and a filled answer; a negative errno; OP_LATER.  The errno of a
 *	notice is dropped.
 */
struct upcall_op {
	uint16_t op;
	const char *name;
	size_t fixed_len;
	bool notice;
	int (*run)(struct question *q, struct answer *a);
};

/* Copies the message; @row: its op, NULL: unknown.  NULL without memory. */
struct question *question_new(struct upcall *up, const struct upcall_op *row,
			      const struct csrv_up_hdr *hdr, struct blob msg);

/* Frees the message: a waiting question has copied what it needs. */
void question_release(struct question *q);

/* Writes the answer, wipes its fixed struct, and frees the question. */
void question_answer(struct question *q, int error, const struct answer *a);

/* A name of @len octets from the parts; NULL when it is not UTF-8, too long or not there. */
char *question_name(struct question *q, size_t len);

#endif /* CIFSSRVD_UPCALL_QUESTION_H */
