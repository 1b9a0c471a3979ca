// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * upcall/pipe.c - CSRV_OP_PIPE_*: named pipes, served by the daemon's RPC
 */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "internal.h"

/* ---- answers ---- */

/* PIPE_OPEN and PIPE_WRITE are answered with a header only. */
static bool empty_check(const struct up_msg *q, const u8 *body, u32 len)
{
	return !len;
}

static void empty_complete(struct up_msg *q)
{
	q->done.pipe(q->priv, q->err, NULL, 0, 0);
}

static bool data_check(const struct up_msg *q, const u8 *body, u32 len)
{
	struct csrv_up_pipe_answer a;

	if (len < sizeof(a))
		return false;
	memcpy(&a, body, sizeof(a));
	return a.data_len <= q->max_out && len == sizeof(a) + a.data_len;
}

static void data_complete(struct up_msg *q)
{
	struct csrv_up_pipe_answer a;

	if (q->err) {
		q->done.pipe(q->priv, q->err, NULL, 0, 0);
		return;
	}
	memcpy(&a, q->answer, sizeof(a));
	q->done.pipe(q->priv, 0, q->answer + sizeof(a), a.data_len, a.left);
}

static const struct up_op open_row = {
	.op		= CSRV_OP_PIPE_OPEN,
	.undo		= CSRV_OP_PIPE_CLOSE,
	.check		= empty_check,
	.complete	= empty_complete,
};

static const struct up_op transact_row = {
	.op		= CSRV_OP_PIPE_TRANSACT,
	.check		= data_check,
	.complete	= data_complete,
};

static const struct up_op write_row = {
	.op		= CSRV_OP_PIPE_WRITE,
	.check		= empty_check,
	.complete	= empty_complete,
};

static const struct up_op read_row = {
	.op		= CSRV_OP_PIPE_READ,
	.check		= data_check,
	.complete	= data_complete,
};

const struct up_op *csrv_up_pipe_row(u16 op)
{
	static const struct up_op * const rows[] = {
		&open_row, &transact_row, &write_row, &read_row,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i]->op == op)
			return rows[i];
	}
	return NULL;
}

/* ---- questions ---- */

static bool open_args_valid(const struct csrv_up_pipe_open_args *args)
{
	return args->pipe && csrv_up_text_len(args->name) > 0 &&
	       csrv_up_text_len(args->user) >= 0 && csrv_up_text_len(args->domain) >= 0 &&
	       csrv_up_text_len(args->host) >= 0;
}

static void open_fill(struct up_msg *msg, const struct csrv_up_pipe_open_args *args,
		      const struct csrv_up_pipe_open *fixed)
{
	void *at = csrv_up_append(up_msg_body(msg), fixed, sizeof(*fixed));

	at = csrv_up_append(at, args->name, fixed->name_len);
	at = csrv_up_append(at, args->user, fixed->user_len);
	at = csrv_up_append(at, args->domain, fixed->domain_len);
	csrv_up_append(at, args->host, fixed->host_len);
}

int csrv_up_pipe_open(struct csrv_upcall *up, const struct csrv_up_pipe_open_args *args,
		      csrv_up_pipe_done_t done, void *priv)
{
	struct csrv_up_pipe_open fixed;
	struct up_msg *msg;

	if (!open_args_valid(args))
		return -EINVAL;
	fixed = (struct csrv_up_pipe_open){
		.pipe = args->pipe,
		.session = args->session,
		.uid = args->uid,
		.gid = args->gid,
		.identity = args->identity,
		.name_len = csrv_up_text_len(args->name),
		.user_len = csrv_up_text_len(args->user),
		.domain_len = csrv_up_text_len(args->domain),
		.host_len = csrv_up_text_len(args->host),
		.key_len = args->key ? CSRV_UP_KEY_LEN : 0,
	};
	msg = csrv_up_question_new(up, &open_row, sizeof(fixed) + fixed.name_len + fixed.user_len +
				   fixed.domain_len + fixed.host_len);
	if (!msg)
		return -ENOMEM;
	if (args->key)
		memcpy(fixed.key, args->key, CSRV_UP_KEY_LEN);
	open_fill(msg, args, &fixed);
	memzero_explicit(fixed.key, sizeof(fixed.key));
	msg->object = args->pipe;
	msg->done.pipe = done;
	msg->priv = priv;
	return csrv_up_ask(msg);
}

static int ask_io(struct csrv_upcall *up, const struct up_op *row,
		  const struct csrv_up_pipe_io_args *args, csrv_up_pipe_done_t done, void *priv)
{
	struct csrv_up_pipe_io fixed = {
		.pipe = args->pipe,
		.data_len = args->len,
		.max_out = min_t(u32, args->max_out, CSRV_UP_MAX_BLOB),
	};
	struct up_msg *msg;
	void *at;

	if (!args->pipe || args->len > CSRV_UP_MAX_BLOB)
		return -EINVAL;
	msg = csrv_up_question_new(up, row, sizeof(fixed) + fixed.data_len);
	if (!msg)
		return -ENOMEM;
	at = csrv_up_append(up_msg_body(msg), &fixed, sizeof(fixed));
	csrv_up_append(at, args->data, fixed.data_len);
	msg->object = args->pipe;
	msg->max_out = fixed.max_out;
	msg->done.pipe = done;
	msg->priv = priv;
	return csrv_up_ask(msg);
}

int csrv_up_pipe_transact(struct csrv_upcall *up, const struct csrv_up_pipe_io_args *args,
			  csrv_up_pipe_done_t done, void *priv)
{
	return ask_io(up, &transact_row, args, done, priv);
}

int csrv_up_pipe_write(struct csrv_upcall *up, const struct csrv_up_pipe_io_args *args,
		       csrv_up_pipe_done_t done, void *priv)
{
	if (args->max_out)
		return -EINVAL;
	return ask_io(up, &write_row, args, done, priv);
}

int csrv_up_pipe_read(struct csrv_upcall *up, const struct csrv_up_pipe_io_args *args,
		      csrv_up_pipe_done_t done, void *priv)
{
	if (args->len)
		return -EINVAL;
	return ask_io(up, &read_row, args, done, priv);
}

void csrv_up_pipe_close(struct csrv_upcall *up, u64 pipe)
{
	if (pipe)
		csrv_up_abandon(up, CSRV_OP_PIPE_CLOSE, pipe);
}

struct up_msg *csrv_up_pipe_notice(struct csrv_upcall *up, u64 pipe, void (*notified)(void *priv),
				   void *priv)
{
	struct up_msg *msg = csrv_up_notice_new(up, CSRV_OP_PIPE_CLOSE, pipe, GFP_KERNEL);

	if (!msg)
		return NULL;
	msg->done.notified = notified;
	msg->priv = priv;
	return msg;
}

void csrv_up_pipe_end(struct csrv_upcall *up, struct up_msg *notice)
{
	csrv_up_abandon_with(up, notice);
}
