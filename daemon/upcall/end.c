// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/end.c - CSRV_OP_END: the kernel is asked to end a session or to close an open */
#include "end.h"

#include <errno.h>
#include <time.h>

struct end_request;

struct ends {
	struct upcall *up;
	sd_event_source *timer;
	uint64_t last_id;		/* without bit 63 */
	uint64_t waiting_id;		/* of the question on its way; 0: none is */
	size_t n;
	struct end_request *head;	/* oldest first */
};

struct end_request {
	struct ends *e;
	struct end_request *next;
	uint32_t what;
	uint64_t id;
	uint64_t sent_id;		/* 0: not on its way */
	end_fn fn;
	void *priv;
};

static void send_head(struct ends *e);

static int ends_done(struct ends *e)
{
	e->timer = sd_event_source_disable_unref(e->timer);
	/* Callers own their requests, which may outlive @e. */
	for (struct end_request *req = e->head; req; req = req->next)
		req->e = NULL;
	return 0;
}

struct ends *ends_new(TALLOC_CTX *ctx, struct upcall *up)
{
	struct ends *e = talloc_zero(ctx, struct ends);

	if (!e)
		return NULL;
	e->up = up;
	talloc_set_destructor(e, ends_done);
	return e;
}

static int request_unlink(struct end_request *req)
{
	struct ends *e = req->e;
	struct end_request **p;

	if (!e)
		return 0;
	for (p = &e->head; *p && *p != req; p = &(*p)->next)
		;
	if (!*p)
		return 0;
	/* The kernel takes no other question before its answer is read: waiting_id stays. */
	*p = req->next;
	e->n--;
	return 0;
}

/* Ends the request at the head. */
static void finish(struct ends *e, int error)
{
	struct end_request *req = e->head;
	end_fn fn = req->fn;
	void *priv = req->priv;

	talloc_free(req);
	fn(priv, error);
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct ends *e = userdata;
	uint64_t id = e->waiting_id;

	(void)source;
	(void)usec;
	e->waiting_id = 0;
	/* The question was sent, or sending has failed. */
	if (e->head && e->head->sent_id == id)
		finish(e, id ? -ETIMEDOUT : -ENOTCONN);
	send_head(e);
	return 0;
}

/* Runs on_timeout() after @usec. */
static void arm(struct ends *e, uint64_t usec)
{
	if (!e->timer) {
		sd_event_add_time_relative(e->up->event, &e->timer, CLOCK_MONOTONIC, usec, 0,
					   on_timeout, e);
		return;
	}
	sd_event_source_set_time_relative(e->timer, usec);
	sd_event_source_set_enabled(e->timer, SD_EVENT_ONESHOT);
}

static void send_head(struct ends *e)
{
	struct {
		struct csrv_up_hdr hdr;
		struct csrv_up_end body;
	} msg = {};

	if (!e->head || e->waiting_id)
		return;
	msg.hdr.len = sizeof(msg);
	msg.hdr.op = CSRV_OP_END;
	msg.hdr.id = UPCALL_OWN_ID | ++e->last_id;
	msg.body.what = e->head->what;
	msg.body.id = e->head->id;
	/* A failure is reported by the timer, so that no callback is called within upcall_end(). */
	if (e->up->ready && !device_send(e->up->dev, &msg, sizeof(msg)))
		e->head->sent_id = e->waiting_id = msg.hdr.id;
	arm(e, e->waiting_id ? END_USEC : 0);
}

bool upcall_end(struct upcall *up, TALLOC_CTX *ctx, uint32_t what, uint64_t id, end_fn fn,
		void *priv)
{
	struct ends *e = up->ends;
	struct end_request *req, **p;

	if (!up->ready || e->n >= ENDS_MAX)
		return false;
	req = talloc_zero(ctx, struct end_request);
	if (!req)
		return false;
	req->e = e;
	req->what = what;
	req->id = id;
	req->fn = fn;
	req->priv = priv;
	for (p = &e->head; *p; p = &(*p)->next)
		;
	*p = req;
	e->n++;
	talloc_set_destructor(req, request_unlink);
	send_head(e);
	return true;
}

void ends_answer(struct ends *e, const struct csrv_up_hdr *hdr, struct blob body)
{
	if (!e->waiting_id || hdr->id != e->waiting_id)
		return;
	e->waiting_id = 0;
	if (e->timer)
		sd_event_source_set_enabled(e->timer, SD_EVENT_OFF);
	if (e->head && e->head->sent_id == hdr->id)
		finish(e, body.len ? -EBADMSG : hdr->status);
	send_head(e);
}

void ends_down(struct ends *e)
{
	e->waiting_id = 0;
	if (e->timer)
		sd_event_source_set_enabled(e->timer, SD_EVENT_OFF);
	/* A callback may ask again: it is refused, since the upcall is not ready. */
	while (e->head)
		finish(e, -ENOTCONN);
}
