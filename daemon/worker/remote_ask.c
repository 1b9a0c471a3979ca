// SPDX-License-Identifier: GPL-2.0-or-later
/* worker/remote_ask.c - requests to the worker */
#include "remote_internal.h"

#include <errno.h>

static int request_done(struct remote_request *q)
{
	struct remote_request **at;

	for (at = q->w ? &q->w->requests : NULL; at && *at; at = &(*at)->next)
		if (*at == q) {
			*at = q->next;
			break;
		}
	q->later = sd_event_source_disable_unref(q->later);
	return 0;
}

/* Takes @m over, whose id becomes the request's. */
static struct remote_request *send_request(struct remote *r, TALLOC_CTX *ctx, struct ipc_msg *m,
					   remote_fn fn, void *priv)
{
	struct remote_request *q = m ? talloc_zero(ctx, struct remote_request) : NULL;
	uint64_t id = m ? m->id : 0;

	/* A request that is too long is refused; the worker stays. */
	if (q && m->out.bad)
		TALLOC_FREE(q);
	if (!q) {
		talloc_free(m);
		return NULL;
	}
	if (!remote_send(r->worker, m)) {
		talloc_free(q);
		return NULL;
	}
	*q = (struct remote_request){
		.w = r->worker, .next = r->worker->requests, .id = id, .fn = fn, .priv = priv,
	};
	r->worker->requests = q;
	talloc_set_destructor(q, request_done);
	return q;
}

static struct ipc_msg *new_request(struct remote *r, enum ipc_type type)
{
	return r->state == READY ? ipc_new(r->worker, type, ++r->last_id) : NULL;
}

struct remote_request *remote_list(struct remote *r, TALLOC_CTX *ctx, uint32_t what, remote_fn fn,
				   void *priv)
{
	struct ipc_msg *m = new_request(r, IPC_LIST);

	if (m)
		bytes_put_u32(&m->out, what);
	return send_request(r, ctx, m, fn, priv);
}

struct remote_request *remote_end(struct remote *r, TALLOC_CTX *ctx, uint32_t what, uint64_t id,
				  remote_fn fn, void *priv)
{
	struct ipc_msg *m = new_request(r, IPC_END);

	if (m) {
		bytes_put_u32(&m->out, what);
		bytes_put_u64(&m->out, id);
	}
	return send_request(r, ctx, m, fn, priv);
}

struct remote_request *remote_lockouts(struct remote *r, TALLOC_CTX *ctx, remote_fn fn, void *priv)
{
	return send_request(r, ctx, new_request(r, IPC_LOCKOUTS), fn, priv);
}

static int on_later(sd_event_source *source, void *userdata)
{
	struct remote_request *q = userdata;
	char *text = talloc_steal(NULL, q->text);
	const struct blob b = { (const uint8_t *)text, text ? strlen(text) : 0 };

	(void)source;
	remote_finish(q, text ? 0 : -ENOENT, b);
	talloc_free(text);
	return 0;
}

/*
 * Between two workers only the manager has the tables, which the next worker gets once it is ready.
 */
static struct remote_request *unlock_here(struct remote *r, TALLOC_CTX *ctx, const char *name,
					  remote_fn fn, void *priv)
{
	_cleanup_(talloc_freep) struct remote_request *q = talloc_zero(ctx, struct remote_request);
	size_t n = lockouts_unlock(r->lockouts, name, remote_now(r));

	if (!q)
		return NULL;
	q->fn = fn;
	q->priv = priv;
	talloc_set_destructor(q, request_done);
	q->text = n ? lockouts_ended(q, n) : NULL;
	if ((n && !q->text) || sd_event_add_defer(r->event, &q->later, on_later, q) < 0)
		return NULL;
	return TAKE_PTR(q);
}

static struct remote_request *ask_unlock(struct remote *r, TALLOC_CTX *ctx, const char *name,
					 remote_fn fn, void *priv)
{
	_cleanup_(talloc_freep) struct unlock *u = talloc_zero(NULL, struct unlock);
	struct ipc_msg *m = new_request(r, IPC_UNLOCK);
	struct remote_request *q;
	struct unlock **at;

	if (u)
		u->name = talloc_strdup(u, name);
	if (!u || !u->name)
		TALLOC_FREE(m);
	if (m)
		ipc_put_string(m, name);
	q = send_request(r, ctx, m, fn, priv);
	if (!q)
		return NULL;
	u->id = q->id;
	for (at = &q->w->unlocks; *at; at = &(*at)->next)
		;
	*at = talloc_steal(q->w, TAKE_PTR(u));
	return q;
}

struct remote_request *remote_unlock(struct remote *r, TALLOC_CTX *ctx, const char *name,
				     remote_fn fn, void *priv)
{
	struct remote_request *q = r->state == READY ? ask_unlock(r, ctx, name, fn, priv) : NULL;

	/* The attempt may have found that the worker is lost. */
	return q || r->state == READY ? q : unlock_here(r, ctx, name, fn, priv);
}
