// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/op_pipe.c - named pipes: PIPE_OPEN, TRANSACT, WRITE, READ, CLOSE */
#include "ops.h"

#include <errno.h>

#include "../util/log.h"
#include "lists.h"

#define BUCKETS	256

struct pipe_handle {
	struct pipes *table;
	struct pipe_handle *next;
	uint64_t id;
	uint64_t session;
	bool admin;			/* its caller may list opens */
	struct rpc_pipe *rpc;
};

/*
 * The pipes of one kernel, and the questions that wait for fresh lists.  A
 * question waits when one before it does: operations of a pipe keep their order.
 */
struct pipes {
	struct upcall *up;
	size_t n, nadmin;
	struct pipe_handle *bucket[BUCKETS];
	struct question *waiting, **tail;
	bool running_waiters;		/* the current question has waited already */
};

struct pipes *pipes_new(struct upcall *up)
{
	struct pipes *p = talloc_zero(up, struct pipes);

	if (!p)
		return NULL;
	p->up = up;
	p->tail = &p->waiting;
	return p;
}

static struct pipe_handle **slot(struct pipes *p, uint64_t id)
{
	struct pipe_handle **at = &p->bucket[id % BUCKETS];

	while (*at && (*at)->id != id)
		at = &(*at)->next;
	return at;
}

static int pipe_unlink(struct pipe_handle *h)
{
	struct pipe_handle **at = slot(h->table, h->id);

	if (*at == h) {
		*at = h->next;
		h->table->n--;
		h->table->nadmin -= h->admin;
	}
	return 0;
}

bool pipe_end(struct pipes *p, uint64_t id)
{
	struct pipe_handle *h = *slot(p, id);

	talloc_free(h);
	return h;
}

void pipes_clear(struct pipes *p)
{
	struct question *q;

	while ((q = p->waiting)) {
		p->waiting = q->next;
		talloc_free(q);
	}
	p->tail = &p->waiting;
	for (size_t i = 0; i < BUCKETS; i++)
		while (p->bucket[i])
			talloc_free(p->bucket[i]);
}

static void run_waiters(void *priv);

/* The pipe whose services the question makes run; NULL: none do. */
static const struct pipe_handle *runs(struct pipes *p, const struct question *q)
{
	const struct csrv_up_pipe_io *in = q->fixed;

	if (q->hdr.op != CSRV_OP_PIPE_TRANSACT && q->hdr.op != CSRV_OP_PIPE_WRITE)
		return NULL;
	return in->data_len ? *slot(p, in->pipe) : NULL;
}

/* Begins to fetch what services of the pipe look at; false: it is there. */
static bool fetch(struct pipes *p, const struct pipe_handle *h)
{
	struct lists *l = p->up->lists;
	bool opens = p->nadmin;		/* one snapshot serves all waiting questions */

	if (lists_busy(l))
		return true;		/* run_waiters() follows */
	if (!lists_fresh(l, opens))
		return lists_refresh(l, opens, run_waiters, p);
	return lists_admit(l, h->session, run_waiters, p);
}

/*
 * A snapshot that is taken while questions wait is fresh when they go on, so each of them makes
 * progress, however many come meanwhile.
 */
static void run_waiters(void *priv)
{
	struct pipes *p = priv;
	struct question *q;

	p->running_waiters = true;
	while ((q = p->waiting)) {
		const struct pipe_handle *h = runs(p, q);
		struct answer a = {};
		int r;

		if (h && fetch(p, h))
			break;
		p->waiting = q->next;
		if (!p->waiting)
			p->tail = &p->waiting;
		r = q->row->run(q, &a);
		question_answer(q, r, &a);
	}
	p->running_waiters = false;
}

/* Queues the question until there are fresh lists; true when it did. */
static bool wait_for_lists(struct question *q)
{
	struct pipes *p = q->up->pipes;
	const struct pipe_handle *h;

	if (p->running_waiters)
		return false;
	h = runs(p, q);
	if (!p->waiting && (!h || !fetch(p, h)))
		return false;
	*p->tail = q;
	p->tail = &q->next;
	return true;
}

static int rpc_open(struct question *q, const char *name, const struct rpc_caller *caller,
		    struct pipe_handle **ret)
{
	struct pipes *p = q->up->pipes;
	struct pipe_handle *h = talloc_zero(p, struct pipe_handle);
	int r;

	if (!h)
		return -ENOMEM;
	r = rpc_pipe_open(h, name, lists_rpc_env(q->up->lists), caller, &h->rpc);
	if (r < 0) {
		talloc_free(h);
		return r;
	}
	h->table = p;
	h->admin = caller->is_admin;
	h->session = caller->session;
	*ret = h;
	return 0;
}

static bool reserved_is_zero(const struct csrv_up_pipe_open *in)
{
	for (size_t i = 0; i < sizeof(in->reserved); i++)
		if (in->reserved[i])
			return false;
	return true;
}

int op_pipe_open(struct question *q, struct answer *a)
{
	const struct csrv_up_pipe_open *in = q->fixed;
	struct pipes *p = q->up->pipes;
	struct rpc_caller caller = {
		.session = in->session,
		.is_guest = in->identity & CSRV_ID_GUEST,
		.is_anonymous = in->identity & CSRV_ID_ANONYMOUS,
	};
	struct pipe_handle *h;
	char *name, *domain;
	int r;

	(void)a;
	name = question_name(q, in->name_len);
	caller.user = name ? question_name(q, in->user_len) : NULL;
	domain = caller.user ? question_name(q, in->domain_len) : NULL;
	caller.host = domain ? question_name(q, in->host_len) : NULL;
	if (!caller.host || bytes_left(&q->parts) || !reserved_is_zero(in) ||
	    (in->key_len && in->key_len != CSRV_UP_KEY_LEN) ||
	    (in->identity & ~(CSRV_ID_GUEST | CSRV_ID_ANONYMOUS)))
		return -EINVAL;
	caller.is_admin = !in->uid && !caller.is_guest && !caller.is_anonymous;
	if (*slot(p, in->pipe))
		return -EEXIST;
	if (p->n >= UPCALL_MAX_PIPES)
		return -EBUSY;
	r = rpc_open(q, name, &caller, &h);
	if (r < 0)
		return r;
	h->id = in->pipe;
	lists_forget(q->up->lists, in->session);
	*slot(p, h->id) = h;
	p->n++;
	p->nadmin += h->admin;
	talloc_set_destructor(h, pipe_unlink);
	return 0;
}

/* Takes the data of a question, which has no other parts. */
static int io_data(struct question *q, struct blob *data)
{
	const struct csrv_up_pipe_io *in = q->fixed;

	*data = (struct blob){ (const uint8_t *)q->fixed + sizeof(*in), in->data_len };
	if (in->data_len > CSRV_UP_MAX_BLOB)
		return -EINVAL;
	return q->hdr.len == sizeof(q->hdr) + sizeof(*in) + in->data_len ? 0 : -EINVAL;
}

static int do_read(struct question *q, struct pipe_handle *h, struct answer *a)
{
	const struct csrv_up_pipe_io *in = q->fixed;
	struct csrv_up_pipe_answer *out = talloc_zero(q, struct csrv_up_pipe_answer);
	size_t max = in->max_out < CSRV_UP_MAX_BLOB ? in->max_out : CSRV_UP_MAX_BLOB;
	uint8_t *buf = talloc_array(q, uint8_t, max + 1);
	size_t len = 0, left = 0;
	int r;

	if (!out || !buf)
		return -ENOMEM;
	r = rpc_pipe_read(h->rpc, buf, max, &len, &left);
	if (r < 0)
		return r;
	out->data_len = (uint32_t)len;
	out->left = (uint32_t)left;
	a->fixed = out;
	a->fixed_len = sizeof(*out);
	a->part[0] = (struct blob){ buf, len };
	return 0;
}

static struct pipe_handle *io_handle(struct question *q)
{
	const struct csrv_up_pipe_io *in = q->fixed;

	return *slot(q->up->pipes, in->pipe);
}

int op_pipe_transact(struct question *q, struct answer *a)
{
	struct pipe_handle *h = io_handle(q);
	struct blob data;
	int r = io_data(q, &data);

	if (r < 0)
		return r;
	if (wait_for_lists(q))
		return OP_LATER;
	h = io_handle(q);
	if (!h)
		return -EBADF;
	r = data.len ? rpc_pipe_write(h->rpc, data.data, data.len) : 0;
	/* The client may still read the last reply of a broken pipe. */
	if (r < 0 && r != -EPIPE)
		return r;
	return do_read(q, h, a);
}

int op_pipe_write(struct question *q, struct answer *a)
{
	struct pipe_handle *h = io_handle(q);
	struct blob data;
	int r = io_data(q, &data);

	(void)a;
	if (r < 0)
		return r;
	if (wait_for_lists(q))
		return OP_LATER;
	h = io_handle(q);
	if (!h)
		return -EBADF;
	return data.len ? rpc_pipe_write(h->rpc, data.data, data.len) : 0;
}

int op_pipe_read(struct question *q, struct answer *a)
{
	const struct csrv_up_pipe_io *in = q->fixed;
	struct pipe_handle *h;

	if (in->data_len || q->hdr.len != sizeof(q->hdr) + sizeof(*in))
		return -EINVAL;
	if (wait_for_lists(q))
		return OP_LATER;
	h = io_handle(q);
	return h ? do_read(q, h, a) : -EBADF;
}

int op_pipe_close(struct question *q, struct answer *a)
{
	const struct csrv_up_pipe_close *in = q->fixed;

	(void)a;
	if (bytes_left(&q->parts))
		return -EINVAL;
	if (wait_for_lists(q))
		return OP_LATER;
	return pipe_end(q->up->pipes, in->pipe) ? 0 : -ENOENT;
}
