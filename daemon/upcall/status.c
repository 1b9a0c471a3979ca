// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/status.c - CSRV_OP_STATUS: lists that the daemon asks the kernel for */
#include "status.h"

#include <errno.h>
#include <time.h>

struct status {
	sd_event *event;
	struct upcall *up;
	sd_event_source *timer;
	uint64_t last_id;		/* without bit 63 */
	uint64_t waiting_id;		/* of the page on its way; 0: none is */
	bool orphan;			/* the request for that page was freed */
	struct status_request *head;	/* its page is the one on its way, unless that is an orphan */
};

struct status_request {
	struct status *st;
	struct status_request *next;
	uint32_t what;
	uint64_t session;
	uint64_t cursor;
	const struct status_events *events;
	void *priv;
};

static void send_next(struct status *st);

static int status_done(struct status *st)
{
	st->timer = sd_event_source_disable_unref(st->timer);
	/* Callers own their requests, which may outlive @st. */
	for (struct status_request *req = st->head; req; req = req->next)
		req->st = NULL;
	return 0;
}

struct status *status_new(TALLOC_CTX *ctx, sd_event *event, struct upcall *up)
{
	struct status *st = talloc_zero(ctx, struct status);

	if (!st)
		return NULL;
	st->event = event;
	st->up = up;
	talloc_set_destructor(st, status_done);
	return st;
}

static int request_unlink(struct status_request *req)
{
	struct status *st = req->st;
	struct status_request **p;
	bool was_head;

	if (!st)
		return 0;
	was_head = st->head == req;
	for (p = &st->head; *p && *p != req; p = &(*p)->next)
		;
	if (*p)
		*p = req->next;
	/* The kernel takes no other question before its answer to this one is read. */
	if (was_head) {
		st->orphan = st->waiting_id;
		send_next(st);
	}
	return 0;
}

/* Ends the request at the head. */
static void finish(struct status *st, int error)
{
	struct status_request *req = st->head;
	const struct status_events *events = req->events;
	void *priv = req->priv;

	talloc_free(req);
	events->done(priv, error);
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct status *st = userdata;

	(void)source;
	(void)usec;
	if (st->head)
		finish(st, st->waiting_id ? -ETIMEDOUT : -ENOTCONN);
	return 0;
}

/* Runs on_timeout() after @usec. */
static int arm(struct status *st, uint64_t usec)
{
	int r;

	if (!st->timer) {
		r = sd_event_add_time_relative(st->event, &st->timer, CLOCK_MONOTONIC, usec, 0,
					       on_timeout, st);
		return r < 0 ? r : 0;
	}
	r = sd_event_source_set_time_relative(st->timer, usec);
	return r < 0 ? r : sd_event_source_set_enabled(st->timer, SD_EVENT_ONESHOT);
}

static void send_next(struct status *st)
{
	struct {
		struct csrv_up_hdr hdr;
		struct csrv_up_status body;
	} msg = {};

	if (st->orphan && st->head)
		arm(st, STATUS_PAGE_USEC);	/* for the orphan's page, too */
	if (!st->head || st->waiting_id)
		return;
	msg.hdr.len = sizeof(msg);
	msg.hdr.op = CSRV_OP_STATUS;
	msg.hdr.id = UPCALL_OWN_ID | ++st->last_id;
	msg.body.what = st->head->what;
	msg.body.cursor = st->head->cursor;
	msg.body.session = st->head->session;
	/* A failure is reported by the timer, so that no callback is called within status_ask(). */
	if (st->up->ready && !device_send(st->up->dev, &msg, sizeof(msg)))
		st->waiting_id = msg.hdr.id;
	arm(st, st->waiting_id ? STATUS_PAGE_USEC : 0);
}

struct status_request *status_ask(struct status *st, TALLOC_CTX *ctx, uint32_t what, uint64_t session,
				  const struct status_events *events, void *priv)
{
	struct status_request *req, **p;

	if (!st->up->ready)
		return NULL;
	req = talloc_zero(ctx, struct status_request);
	if (!req)
		return NULL;
	req->st = st;
	req->what = what;
	req->session = session;
	req->events = events;
	req->priv = priv;
	for (p = &st->head; *p; p = &(*p)->next)
		;
	*p = req;
	talloc_set_destructor(req, request_unlink);
	/* A request behind others sends nothing, and does not extend the time of the first. */
	if (st->head == req)
		send_next(st);
	return req;
}

static int take_records(struct status_request *req, struct blob data)
{
	struct bytes_in page = bytes_in(data);
	struct record rec;
	int r = 0;

	while (!r && bytes_left(&page)) {
		r = record_next(req->what, &page, &rec);
		if (!r)
			r = req->events->record(req->priv, &rec);
	}
	return r;
}

/* 1: another page follows; 0: the list is complete; else a negative errno. */
static int take_page(struct status_request *req, struct blob body)
{
	struct csrv_up_status_answer page;
	int r;

	if (body.len < sizeof(page))
		return -EBADMSG;
	memcpy(&page, body.data, sizeof(page));
	if (page.reserved || page.data_len != body.len - sizeof(page) ||
	    page.data_len > CSRV_STATUS_MAX_PAGE)
		return -EBADMSG;
	/* An empty page that announces another one would never end. */
	if (page.next && !page.data_len)
		return -EBADMSG;
	r = take_records(req, (struct blob){ body.data + sizeof(page), page.data_len });
	if (r < 0)
		return r;
	req->cursor = page.next;
	return page.next ? 1 : 0;
}

void status_answer(struct status *st, const struct csrv_up_hdr *hdr, struct blob body)
{
	int r = hdr->status;

	if (!st->waiting_id || hdr->id != st->waiting_id ||
	    hdr->op != (CSRV_OP_STATUS | CSRV_UP_ANSWER))
		return;
	st->waiting_id = 0;
	if (st->timer)
		sd_event_source_set_enabled(st->timer, SD_EVENT_OFF);
	if (st->orphan || !st->head) {
		st->orphan = false;
		send_next(st);
		return;
	}
	if (!r)
		r = take_page(st->head, body);
	if (r == 1)
		send_next(st);
	else
		finish(st, r);
}

void status_down(struct status *st)
{
	/* A callback may ask again: it is refused, since the upcall is not ready. */
	st->waiting_id = 0;
	st->orphan = false;
	while (st->head)
		finish(st, -ENOTCONN);
}
