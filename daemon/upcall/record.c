// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/record.c - records of CSRV_OP_STATUS: from the kernel's bytes to what may be shown */
#include "record.h"

#include <errno.h>

#include "../util/utf.h"

#define CUT		"\xe2\x80\xa6"	/* U+2026 */
#define REPLACEMENT	"\xef\xbf\xbd"	/* U+FFFD */

/* A part: where its length and its text stand, in struct record; the limits of both. */
struct part {
	size_t len_at, text_at;
	size_t max, shown;
};

#define PARTS_MAX	4

#define NAME(list, part) \
	{ offsetof(struct record, list.part##_len), offsetof(struct record, part), \
	  CSRV_UP_MAX_NAME, RECORD_NAME }
#define PATH(list, part) \
	{ offsetof(struct record, list.part##_len), offsetof(struct record, part), \
	  CSRV_UP_MAX_PATH, RECORD_PATH }

/* By enum csrv_up_status_what; a size of 0: no such list. */
static const struct list {
	size_t size;
	uint32_t flags;
	struct part parts[PARTS_MAX];
} lists[] = {
	[CSRV_STATUS_CONNECTIONS] = { sizeof(struct csrv_up_connection), 0,
		{ NAME(connection, client) } },
	[CSRV_STATUS_SESSIONS] = { sizeof(struct csrv_up_session),
		CSRV_STATUS_ENCRYPTED | CSRV_STATUS_SIGNED | CSRV_STATUS_LOGGED_ON,
		{ NAME(session, user), NAME(session, domain), NAME(session, client) } },
	[CSRV_STATUS_TREES] = { sizeof(struct csrv_up_tree),
		CSRV_STATUS_READ_ONLY | CSRV_STATUS_ENCRYPTED | CSRV_STATUS_ADMIN |
		CSRV_STATUS_HAS_PATH,
		{ NAME(tree, share), PATH(tree, path) } },
	[CSRV_STATUS_OPENS] = { sizeof(struct csrv_up_open),
		CSRV_STATUS_HAS_PATH | CSRV_STATUS_BREAKING | CSRV_STATUS_DIRECTORY |
		CSRV_STATUS_DISCONNECTED,
		{ NAME(open, user), NAME(open, share), PATH(open, name), PATH(open, path) } },
	[CSRV_STATUS_ADMITTED] = { sizeof(struct csrv_up_admitted), 0,
		{ NAME(admitted, share) } },
};

/* Octets that a character of @len octets takes in a JSON string. */
static size_t escaped_len(int32_t c, size_t len)
{
	if (c == '"' || c == '\\')
		return 2;
	return c < 0x20 || c == 0x7f ? 6 : len;
}

/*
 * Foreign text, about @max octets of it when escaped, as UTF-8: names on disk may be any octets.
 * The limit is checked before a character, so that the last one is whole.
 */
static void show(char *to, struct blob text, size_t max)
{
	const uint8_t *p = text.data, *end = p + text.len;
	size_t n = 0;

	while (p < end && n < max) {
		const uint8_t *start = p;
		int32_t c = utf8_next(&p, end);
		size_t len = c < 0 ? strlen(REPLACEMENT) : (size_t)(p - start);

		memcpy(to, c < 0 ? (const uint8_t *)REPLACEMENT : start, len);
		p += c < 0;
		to += len;
		n += c < 0 ? len : escaped_len(c, len);
	}
	strcpy(to, p < end ? CUT : "");
}

/* Text has no NUL, and is no longer than its limit. */
static void take_part(struct bytes_in *in, struct record *rec, const struct part *part)
{
	struct blob text;
	uint16_t len;

	memcpy(&len, (const char *)rec + part->len_at, sizeof(len));
	bytes_expect(in, len <= part->max);
	text = bytes_blob(in, len);
	bytes_expect(in, !text.len || !memchr(text.data, 0, text.len));
	if (!in->bad && text.len)
		show((char *)rec + part->text_at, text, part->shown);
}

static bool reserved_is_zero(const struct record *rec)
{
	switch (rec->what) {
	case CSRV_STATUS_SESSIONS:
		return !rec->session.reserved[0] && !rec->session.reserved[1];
	case CSRV_STATUS_OPENS:
		return !rec->open.reserved;
	case CSRV_STATUS_ADMITTED:
		return !rec->admitted.reserved[0] && !rec->admitted.reserved[1] &&
		       !rec->admitted.reserved[2];
	default:
		return true;
	}
}

/* A path has octets only with the flag for it. */
static bool path_is_flagged(const struct record *rec)
{
	switch (rec->what) {
	case CSRV_STATUS_TREES:
		return rec->tree.flags & CSRV_STATUS_HAS_PATH || !rec->tree.path_len;
	case CSRV_STATUS_OPENS:
		return rec->open.flags & CSRV_STATUS_HAS_PATH || !rec->open.path_len;
	default:
		return true;
	}
}

static bool values_are_known(const struct record *rec)
{
	switch (rec->what) {
	case CSRV_STATUS_SESSIONS:
		return rec->session.state <= CSRV_STATUS_DEAD &&
		       !(rec->session.identity & ~(uint32_t)(CSRV_ID_GUEST | CSRV_ID_ANONYMOUS));
	case CSRV_STATUS_OPENS:
		return (rec->open.flags & CSRV_STATUS_DISCONNECTED || !rec->open.left) &&
		       rec->open.oplock <= CSRV_STATUS_OPLOCK_LEASE &&
		       rec->open.lease <= (rec->open.oplock == CSRV_STATUS_OPLOCK_LEASE ? 7 : 0);
	default:
		return true;
	}
}

/* The record alone, without what follows it on the page. */
static struct bytes_in whole_record(struct bytes_in *page)
{
	uint32_t len = 0;

	if (bytes_left(page) >= sizeof(len))
		memcpy(&len, page->pos, sizeof(len));
	return bytes_in(bytes_blob(page, len));
}

static void clear(struct record *rec, uint32_t what)
{
	rec->what = what;
	rec->user[0] = rec->domain[0] = rec->client[0] = 0;
	rec->share[0] = rec->name[0] = rec->path[0] = 0;
}

int record_next(uint32_t what, struct bytes_in *page, struct record *rec)
{
	const struct list *list = what < ARRAY_LEN(lists) ? &lists[what] : NULL;
	struct bytes_in in = whole_record(page);
	const uint8_t *fixed;

	if (!list || !list->size)
		return -EBADMSG;
	fixed = bytes_take(&in, list->size);
	if (!fixed)
		return -EBADMSG;
	clear(rec, what);
	memcpy((uint8_t *)rec + offsetof(struct record, connection), fixed, list->size);
	bytes_expect(&in, !(rec->connection.flags & ~list->flags));
	bytes_expect(&in, reserved_is_zero(rec) && values_are_known(rec) && path_is_flagged(rec));
	for (size_t i = 0; i < PARTS_MAX && list->parts[i].max; i++)
		take_part(&in, rec, &list->parts[i]);
	return in.bad || bytes_left(&in) ? -EBADMSG : 0;
}
