/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upcall/status.h - CSRV_OP_STATUS: lists that the daemon asks the kernel for */
#ifndef CIFSSRVD_UPCALL_STATUS_H
#define CIFSSRVD_UPCALL_STATUS_H

#include "upcall.h"

#define STATUS_MAX_TEXT		(64 * 1024 * 1024)	/* octets of one list */
#define STATUS_PAGE_USEC	(5 * 1000000ull)	/* wait for one page */

struct status_request;

/*
 * The end of a request: all lines of the list, terminated (error 0), or a
 * negative errno and "".  The text is valid during the call; the request is
 * freed after it.
 */
typedef void (*status_fn)(void *priv, int error, const char *text, size_t len);

struct status *status_new(TALLOC_CTX *ctx, sd_event *event, struct upcall *up);

/**
 * status_ask() - fetch a whole list, page after page
 * @ctx: talloc parent of the request; freeing the request forgets the question
 * @what: enum csrv_up_status_what
 * @fn: called once, unless the request is freed before; never from within status_ask()
 *
 * Requests wait for each other: one page is on its way at a time.
 *
 * Return: the request, or NULL without a kernel to ask (or memory).
 */
struct status_request *status_ask(struct status *st, TALLOC_CTX *ctx, uint32_t what,
				  status_fn fn, void *priv);

/* Handles an answer of the kernel; one without a request is dropped. */
void status_answer(struct status *st, const struct csrv_up_hdr *hdr, struct blob body);

/* The kernel is gone: every request ends with -ENOTCONN. */
void status_down(struct status *st);

#endif /* CIFSSRVD_UPCALL_STATUS_H */
