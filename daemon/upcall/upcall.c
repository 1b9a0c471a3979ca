// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/upcall.c - the table of ops; checks a message, and runs its row */
#include "upcall.h"

#include <errno.h>
#include <time.h>

#include "../auth/logon.h"
#include "../util/log.h"
#include "end.h"
#include "lists.h"
#include "ops.h"
#include "question.h"
#include "status.h"

#define SWEEP_USEC	(10 * 1000000ull)

/* The layout is the contract; a compiler that pads it would break it silently. */
_Static_assert(sizeof(struct csrv_up_hdr) == 24, "csrv_up_hdr");
_Static_assert(sizeof(struct csrv_up_init) == 48, "csrv_up_init");
_Static_assert(sizeof(struct csrv_up_init_answer) == 32, "csrv_up_init_answer");
_Static_assert(sizeof(struct csrv_up_auth) == 24, "csrv_up_auth");
_Static_assert(sizeof(struct csrv_up_auth_answer) == 64, "csrv_up_auth_answer");
_Static_assert(sizeof(struct csrv_up_pipe_open) == 64, "csrv_up_pipe_open");
_Static_assert(sizeof(struct csrv_up_pipe_io) == 16, "csrv_up_pipe_io");
_Static_assert(sizeof(struct csrv_up_status_answer) == 16, "csrv_up_status_answer");
_Static_assert(sizeof(struct csrv_up_end) == 16, "csrv_up_end");

static int op_init(struct question *q, struct answer *a)
{
	const struct csrv_up_init *in = q->fixed;
	struct csrv_up_init_answer *out = talloc_zero(q, struct csrv_up_init_answer);

	if (!out)
		return -ENOMEM;
	if (bytes_left(&q->parts))
		return -EINVAL;
	if (in->version != CSRV_UP_VERSION || in->max_msg > CSRV_UP_MAX_MSG) {
		log_error("the kernel module that is loaded is another release's (version %u of the protocol, this daemon speaks %u): systemctl stop cifssrv && rmmod cifssrv && systemctl start cifssrv",
			  in->version, CSRV_UP_VERSION);
		return -EPROTONOSUPPORT;
	}
	out->version = CSRV_UP_VERSION;
	out->max_inflight = UPCALL_MAX_INFLIGHT;
	out->features = in->features & CSRV_UP_FEATURES;
	a->fixed = out;
	a->fixed_len = sizeof(*out);
	return 0;
}

static const struct upcall_op ops[] = {
	{ CSRV_OP_INIT, "INIT", sizeof(struct csrv_up_init), false, op_init },
	{ CSRV_OP_AUTH_STEP, "AUTH_STEP", sizeof(struct csrv_up_auth), false, op_auth_step },
	{ CSRV_OP_AUTH_ABORT, "AUTH_ABORT", sizeof(struct csrv_up_auth_abort), true, op_auth_abort },
	{ CSRV_OP_PIPE_OPEN, "PIPE_OPEN", sizeof(struct csrv_up_pipe_open), false, op_pipe_open },
	{ CSRV_OP_PIPE_TRANSACT, "PIPE_TRANSACT", sizeof(struct csrv_up_pipe_io), false,
	  op_pipe_transact },
	{ CSRV_OP_PIPE_WRITE, "PIPE_WRITE", sizeof(struct csrv_up_pipe_io), false, op_pipe_write },
	{ CSRV_OP_PIPE_READ, "PIPE_READ", sizeof(struct csrv_up_pipe_io), false, op_pipe_read },
	{ CSRV_OP_PIPE_CLOSE, "PIPE_CLOSE", sizeof(struct csrv_up_pipe_close), true, op_pipe_close },
};

static const struct upcall_op *find_op(uint16_t op)
{
	for (size_t i = 0; i < ARRAY_LEN(ops); i++)
		if (ops[i].op == op)
			return &ops[i];
	return NULL;
}

static void init_answered(struct upcall *up, int error)
{
	if (error == -EPROTONOSUPPORT)
		up->events->lost(up->priv, error);
	if (error < 0)
		return;
	up->ready = true;
	up->events->ready(up->priv);
}

static void run_question(struct question *q)
{
	struct upcall *up = q->up;
	struct answer a = {};
	bool init;
	int r;

	if (!q->row)
		return question_answer(q, -EOPNOTSUPP, NULL);
	init = q->row->op == CSRV_OP_INIT;
	/* INIT first, and once. */
	if (init == up->ready)
		return question_answer(q, -EPROTO, NULL);
	if (q->hdr.len < sizeof(q->hdr) + q->row->fixed_len)
		return question_answer(q, -EINVAL, NULL);
	q->fixed = bytes_take(&q->parts, q->row->fixed_len);
	r = q->row->run(q, &a);
	if (r == OP_LATER)
		return;
	question_answer(q, r, &a);
	if (init)
		init_answered(up, r);
}

/* module/upcall/README.md, What is refused: rules 1 and 2 */
static bool framed_well(const struct csrv_up_hdr *hdr, size_t len)
{
	if (hdr->len != len || hdr->flags || hdr->reserved)
		return false;
	if (hdr->op & CSRV_UP_ANSWER)
		return hdr->status <= 0 && hdr->status >= -4095;
	return !hdr->status && hdr->id && !(hdr->id >> 63);
}

/* Ends a pipe, which needs no memory, since the kernel sends PIPE_CLOSE only once. */
static void without_memory(struct upcall *up, struct blob msg)
{
	struct csrv_up_hdr hdr;
	struct csrv_up_pipe_close in;

	log_error("out of memory: a question of the kernel is dropped");
	memcpy(&hdr, msg.data, sizeof(hdr));
	if (hdr.op != CSRV_OP_PIPE_CLOSE || msg.len != sizeof(hdr) + sizeof(in))
		return;
	memcpy(&in, msg.data + sizeof(hdr), sizeof(in));
	pipe_end(up->pipes, in.pipe);
}

/* Answers to our own questions; one without a request is dropped. */
static void own_answered(struct upcall *up, const struct csrv_up_hdr *hdr, struct blob body)
{
	if (hdr->op == (CSRV_OP_END | CSRV_UP_ANSWER))
		ends_answer(up->ends, hdr, body);
	else
		status_answer(up->status, hdr, body);
}

/* Armed while there are logons: an idle daemon does not wake up. */
static void arm_sweep(struct upcall *up)
{
	if (up->sweeping)
		return;
	sd_event_source_set_time_relative(up->sweep, SWEEP_USEC);
	sd_event_source_set_enabled(up->sweep, SD_EVENT_ONESHOT);
	up->sweeping = true;
}

static void on_message(void *priv, struct blob msg)
{
	struct upcall *up = priv;
	struct csrv_up_hdr hdr = {};
	struct question *q;

	if (msg.len >= sizeof(hdr))
		memcpy(&hdr, msg.data, sizeof(hdr));
	if (msg.len < sizeof(hdr) || !framed_well(&hdr, msg.len)) {
		log_warning("a malformed message of %zu bytes from the kernel (op %u) was dropped",
			    msg.len, hdr.op);
		return;
	}
	if (hdr.op & CSRV_UP_ANSWER) {
		own_answered(up, &hdr, (struct blob){ msg.data + sizeof(hdr),
						      msg.len - sizeof(hdr) });
		return;
	}
	q = question_new(up, find_op(hdr.op), &hdr, msg);
	arm_sweep(up);
	if (q)
		run_question(q);
	else
		without_memory(up, msg);
}

static void forget_kernel(struct upcall *up)
{
	up->ready = false;
	logons_clear(up->logons);
	pipes_clear(up->pipes);
	status_down(up->status);
	ends_down(up->ends);
}

static void on_up(void *priv)
{
	forget_kernel(priv);
}

static void on_down(void *priv, int error)
{
	struct upcall *up = priv;

	forget_kernel(up);
	up->events->lost(up->priv, error);
}

static const struct device_events device_events = {
	.message = on_message, .up = on_up, .down = on_down,
};

static int on_sweep(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct upcall *up = userdata;

	(void)source;
	(void)usec;
	up->sweeping = false;
	if (logons_expire(up->logons, upcall_now(up)))
		arm_sweep(up);
	return 0;
}

static int upcall_done(struct upcall *up)
{
	/*
	 * Freed first: pipes give memory back to the budget of the lists, and waiting logons are in
	 * lockouts.
	 */
	talloc_free(TAKE_PTR(up->pipes));
	talloc_free(TAKE_PTR(up->logons));
	up->sweep = sd_event_source_disable_unref(up->sweep);
	up->event = sd_event_unref(up->event);
	return 0;
}

int upcall_new(TALLOC_CTX *ctx, const struct upcall_args *args, struct upcall **ret)
{
	_cleanup_(talloc_freep) struct upcall *up = talloc_zero(ctx, struct upcall);
	int r;

	if (!up)
		return -ENOMEM;
	up->event = sd_event_ref(args->event);
	up->events = args->events;
	up->priv = args->priv;
	talloc_set_destructor(up, upcall_done);
	up->dev = device_new(up, up->event, &device_events, up);
	up->env = args->env;
	up->names = args->names;
	up->lockouts = lockouts_new(up, &args->env->lockout);
	up->logons = up->lockouts ? logons_new(up, args->env, up->lockouts) : NULL;
	up->pipes = pipes_new(up);
	up->status = status_new(up, up->event, up);
	up->ends = ends_new(up, up);
	up->lists = lists_new(up, up, args->configfs, STATUS_MAX_TEXT);
	if (!up->dev || !up->logons || !up->pipes || !up->status || !up->ends || !up->lists)
		return -ENOMEM;
	r = sd_event_add_time_relative(up->event, &up->sweep, CLOCK_MONOTONIC, SWEEP_USEC, 0,
				       on_sweep, up);
	if (r < 0)
		return r;
	sd_event_source_set_enabled(up->sweep, SD_EVENT_OFF);
	sd_event_source_set_description(up->sweep, "logon-sweep");
	*ret = TAKE_PTR(up);
	return 0;
}
