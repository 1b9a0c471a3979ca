/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upcall/end.h - CSRV_OP_END: the kernel is asked to end a session or to close an open */
#ifndef CIFSSRVD_UPCALL_END_H
#define CIFSSRVD_UPCALL_END_H

#include "upcall.h"

#define END_USEC	(5 * 1000000ull)	/* wait for one answer */
#define ENDS_MAX	256			/* questions that wait for each other */

/*
 * The answer: 0 when it has ended (an open) or is ending (a session: its opens may
 * still be closing), -ENOENT when there is none, or another negative errno.
 */
typedef void (*end_fn)(void *priv, int error);

/**
 * upcall_end() - end a session, or close an open, by the id that the lists of STATUS tell
 * @up: connected, or not
 * @ctx: talloc parent of the question; freeing that forgets it, and the kernel may carry it out
 *	all the same
 * @what: enum csrv_up_end_what
 * @id: of it
 * @fn: called once, unless @ctx is freed before; never from within upcall_end()
 * @priv: for @fn
 *
 * Return: false without a kernel to ask, or memory, or when too many wait; @fn is not called.
 */
bool upcall_end(struct upcall *up, TALLOC_CTX *ctx, uint32_t what, uint64_t id, end_fn fn,
		void *priv);

/* The functions below are for upcall.c. */

struct ends *ends_new(TALLOC_CTX *ctx, struct upcall *up);

/* Handles an answer of the kernel; one without a request is dropped. */
void ends_answer(struct ends *e, const struct csrv_up_hdr *hdr, struct blob body);

/* The kernel is gone: every question ends with -ENOTCONN. */
void ends_down(struct ends *e);

#endif /* CIFSSRVD_UPCALL_END_H */
