// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/question.c - one question of the kernel: its message, its end, its answer */
#include "question.h"

#include <errno.h>

#include "../util/log.h"
#include "../util/utf.h"

void question_release(struct question *q)
{
	if (q->message)
		explicit_bzero(q->message, talloc_get_size(q->message));
	TALLOC_FREE(q->message);
	q->fixed = NULL;
	q->parts = bytes_in((struct blob){ NULL, 0 });
}

/* Messages carry hashes made of passwords, and keys. */
static int question_wipe(struct question *q)
{
	question_release(q);
	return 0;
}

struct question *question_new(struct upcall *up, const struct upcall_op *row,
			      const struct csrv_up_hdr *hdr, struct blob msg)
{
	_cleanup_(talloc_freep) struct question *q = talloc_zero(up, struct question);

	if (!q)
		return NULL;
	q->up = up;
	q->hdr = *hdr;
	q->row = row;
	q->message = talloc_memdup(q, msg.data, msg.len);
	if (!q->message)
		return NULL;
	talloc_set_destructor(q, question_wipe);
	q->parts = bytes_in((struct blob){ q->message, msg.len });
	bytes_take(&q->parts, sizeof(*hdr));
	return TAKE_PTR(q);
}

char *question_name(struct question *q, size_t len)
{
	struct blob b;
	char *s;

	if (len > CSRV_UP_MAX_NAME)
		return NULL;
	b = bytes_blob(&q->parts, len);
	if (q->parts.bad || (len && !utf8_valid((const char *)b.data, b.len)))
		return NULL;
	s = talloc_strndup(q, len ? (const char *)b.data : "", len);
	return s;
}

static void send_answer(struct question *q, int error, const struct answer *a)
{
	struct bytes_out out;
	struct csrv_up_hdr hdr = {
		.op = q->hdr.op | CSRV_UP_ANSWER, .id = q->hdr.id, .status = error,
		.len = sizeof(hdr),
	};
	uint8_t *buf;
	int r;

	if (!error) {
		hdr.len += a->fixed_len;
		for (int i = 0; i < ANSWER_PARTS; i++)
			hdr.len += a->part[i].len;
	}
	buf = talloc_array(q, uint8_t, hdr.len);
	if (!buf || hdr.len > CSRV_UP_MAX_MSG) {
		log_error("no memory for an answer");
		return;
	}
	out = bytes_out(buf, hdr.len);
	bytes_put(&out, &hdr, sizeof(hdr));
	if (!error) {
		bytes_put(&out, a->fixed, a->fixed_len);
		for (int i = 0; i < ANSWER_PARTS; i++)
			bytes_put(&out, a->part[i].data, a->part[i].len);
	}
	r = device_send(q->up->dev, buf, hdr.len);
	/* An answer to a logon holds the session key: here, and in what it was made of. */
	explicit_bzero(buf, hdr.len);
	if (!error && a->fixed_len)
		explicit_bzero((void *)a->fixed, a->fixed_len);
	/* -ENOENT: the kernel no longer wants this answer, which is no error. */
	if (r < 0 && r != -ENOENT)
		log_warning("the kernel refused an answer: %s", strerror(-r));
}

void question_answer(struct question *q, int error, const struct answer *a)
{
	if (!q->row || !q->row->notice)
		send_answer(q, error, a);
	else if (error < 0 && error != -ENOENT)
		log_debug("%s: %s", q->row->name, strerror(-error));
	talloc_free(q);
}
