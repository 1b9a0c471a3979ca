// SPDX-License-Identifier: GPL-2.0-or-later
/* worker/remote_lost.c - the end of a worker, and of requests to it */
#include "remote_internal.h"

#include <errno.h>

#include "../util/log.h"

#define RESTORES_MAX	2		/* workers in a row that do not take the tables */

void remote_finish(struct remote_request *q, int error, struct blob text)
{
	remote_fn fn = q->fn;
	void *priv = q->priv;

	talloc_free(q);
	fn(priv, error, error || !text.data ? "" : (const char *)text.data, error ? 0 : text.len);
}

void remote_end_unlocks(struct worker *w, uint64_t id)
{
	for (struct unlock **at = &w->unlocks; *at;) {
		struct unlock *u = *at;

		if (id && u->id != id) {
			at = &u->next;
			continue;
		}
		lockouts_unlock(w->r->lockouts, u->name, remote_now(w->r));
		*at = u->next;
		talloc_free(u);
	}
}

void remote_restore_failed(struct remote *r)
{
	struct lockouts *none;

	if (++r->unrestored < RESTORES_MAX)
		return;
	none = lockouts_new(r, &r->policy.env.lockout);
	if (!none)
		return;
	log_error("what was counted of failed logons is forgotten: no worker could take it over");
	talloc_free(r->lockouts);
	r->lockouts = none;
	r->unrestored = 0;
}

void remote_report_lost(struct remote *r, int error)
{
	r->state = CLOSED;
	/* An error of the device is reported once in a row, the end of each worker. */
	if (r->lost == error && error != -EPIPE)
		return;
	r->lost = error;
	r->events->lost(r->priv, error);
}

void remote_open_later(struct remote *r, uint64_t usec)
{
	if (sd_event_source_set_time_relative(r->open, usec) >= 0)
		sd_event_source_set_enabled(r->open, SD_EVENT_ONESHOT);
}

void remote_device_lost(struct worker *w, int error)
{
	struct remote *r = w->r;

	r->worker = NULL;
	r->state = CLOSED;
	remote_end_unlocks(w, 0);
	if (w->restore && !w->without && error == -EPIPE)
		remote_restore_failed(r);
	while (w->requests)
		remote_finish(w->requests, -ENOTCONN, (struct blob){});
	/* The caller may be a callback of an object that @w owns. */
	talloc_free(w);
	remote_report_lost(r, error);
	remote_open_later(r, AGAIN_USEC);
}

void remote_worker_lost(struct worker *w)
{
	remote_device_lost(w, -EPIPE);
}
