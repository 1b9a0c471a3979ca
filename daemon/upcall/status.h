/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upcall/status.h - CSRV_OP_STATUS: lists that the daemon asks the kernel for */
#ifndef CIFSSRVD_UPCALL_STATUS_H
#define CIFSSRVD_UPCALL_STATUS_H

#include "record.h"
#include "upcall.h"

#define STATUS_MAX_TEXT		(64 * 1024 * 1024)	/* octets of one list as text */
#define STATUS_PAGE_USEC	(5 * 1000000ull)	/* wait for one page */

struct status_request;

/**
 * struct status_events - what is done with a list
 * @record: called with each record, in order; 0, or a negative errno, which ends the request. It
 *	must not free the request
 * @done: the end of a request: the list was complete (error 0), or a negative errno; the request
 *	is freed before it
 */
struct status_events {
	int (*record)(void *priv, const struct record *rec);
	void (*done)(void *priv, int error);
};

struct status *status_new(TALLOC_CTX *ctx, sd_event *event, struct upcall *up);

/**
 * status_ask() - fetch a whole list, page after page
 * @st: the questions
 * @ctx: talloc parent of the request; freeing the request forgets the question
 * @what: enum csrv_up_status_what
 * @session: for CSRV_STATUS_ADMITTED: the id of a session; else 0
 * @events: @done is called once, unless the request is freed before; never from within
 *	status_ask()
 * @priv: for them
 *
 * Requests wait for each other: one page is on its way at a time.
 *
 * Return: the request, or NULL without a kernel to ask (or memory).
 */
struct status_request *status_ask(struct status *st, TALLOC_CTX *ctx, uint32_t what, uint64_t session,
				  const struct status_events *events, void *priv);

/* Handles an answer of the kernel; one without a request is dropped. */
void status_answer(struct status *st, const struct csrv_up_hdr *hdr, struct blob body);

/* The kernel is gone: every request ends with -ENOTCONN. */
void status_down(struct status *st);

#endif /* CIFSSRVD_UPCALL_STATUS_H */
