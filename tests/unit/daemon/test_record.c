// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/upcall/record.c daemon/upcall/record_print.c daemon/util/utf.c | libs: talloc
/* Records of CSRV_OP_STATUS are checked before they are believed, and print as one line of JSON. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "records.h"
#include "upcall/record.h"

#define GARBAGE 0xa5	/* what stands in memory before */

/* Reads one record that is all of @len octets, from memory that ends there. */
static int read_one(uint32_t what, const uint8_t *data, size_t len, struct record *rec)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct bytes_in in = bytes_in((struct blob){ copy, len });
	int r;

	memcpy(copy, data, len);
	memset(rec, GARBAGE, sizeof(*rec));
	r = record_next(what, &in, rec);
	assert(r == -EBADMSG || (!r && !bytes_left(&in)));
	free(copy);
	return r;
}

static const char *printed(uint32_t what, const struct page *p)
{
	static char line[RECORD_LINE];
	struct record rec;
	size_t n;

	assert(!read_one(what, p->data, p->len, &rec));
	n = record_print(&rec, line);
	assert(n && n < sizeof(line) && strlen(line) == n && line[n - 1] == '\n');
	line[n - 1] = 0;
	assert(!strchr(line, '\n'));
	return line;
}

static void prints(uint32_t what, const struct page *p, const char *line)
{
	const char *is = printed(what, p);

	if (strcmp(is, line))
		fprintf(stderr, "is:   %s\nmust: %s\n", is, line);
	assert(!strcmp(is, line));
}

static const struct csrv_up_session session = {
	.flags = CSRV_STATUS_ENCRYPTED | CSRV_STATUS_LOGGED_ON, .id = 0x11,
	.created = 134404884000000000, .channels = 2, .opens = 1, .state = CSRV_STATUS_VALID,
	.dialect = 0x311, .cipher = 2, .signing = 1,
};

static const struct csrv_up_open open_file = {
	.flags = CSRV_STATUS_HAS_PATH | CSRV_STATUS_BREAKING, .id = 0x100000001, .session = 0x11,
	.created = 7, .tree = 3, .access = 0x120089, .share_mode = 7, .locks = 4,
	.oplock = CSRV_STATUS_OPLOCK_BATCH,
};

static void connections_print(void)
{
	struct csrv_up_connection c = { .id = 1, .age = 90061, .idle = 5, .dialect = 0x311,
					.cipher = 2, .signing = 1 };
	struct page p = {};

	page_connection(&p, c, "192.0.2.7");
	prints(CSRV_STATUS_CONNECTIONS, &p,
	       "{\"connection\":1,\"client\":\"192.0.2.7\",\"dialect\":\"0x0311\",\"cipher\":2,"
	       "\"signing\":1,\"age\":90061,\"idle\":5}");
	p.len = 0;
	page_connection(&p, (struct csrv_up_connection){ .id = UINT64_MAX }, "");
	prints(CSRV_STATUS_CONNECTIONS, &p,
	       "{\"connection\":18446744073709551615,\"client\":\"\",\"age\":0,\"idle\":0}");
}

static void sessions_print(void)
{
	struct page p = {};

	page_session(&p, session, "alice", "D", "192.0.2.7");
	prints(CSRV_STATUS_SESSIONS, &p,
	       "{\"session\":\"0x0000000000000011\",\"user\":\"alice\",\"domain\":\"D\","
	       "\"client\":\"192.0.2.7\",\"state\":\"valid\",\"auth\":\"user\",\"dialect\":\"0x0311\","
	       "\"guest\":false,\"encrypted\":true,\"signed\":false,\"cipher\":2,\"signing\":1,"
	       "\"channels\":2,\"opens\":1,\"created\":134404884000000000}");
	p.len = 0;
	page_session(&p, (struct csrv_up_session){ .id = 0x12, .flags = CSRV_STATUS_SIGNED }, "", "",
		     "");
	prints(CSRV_STATUS_SESSIONS, &p,
	       "{\"session\":\"0x0000000000000012\",\"user\":\"\",\"domain\":\"\",\"client\":\"\","
	       "\"state\":\"in progress\",\"auth\":\"\",\"dialect\":\"0x0000\",\"guest\":false,"
	       "\"encrypted\":false,\"signed\":true,\"channels\":0,\"opens\":0,\"created\":0}");
}

static void sessions_say_how_they_logged_on(void)
{
	static const struct { uint32_t identity, state; const char *part; } how[] = {
		{ CSRV_ID_GUEST, CSRV_STATUS_EXPIRED,
		  "\"state\":\"expired\",\"auth\":\"guest\",\"dialect\":\"0x0311\",\"guest\":true" },
		{ CSRV_ID_ANONYMOUS, CSRV_STATUS_DEAD,
		  "\"state\":\"dead\",\"auth\":\"anonymous\",\"dialect\":\"0x0311\",\"guest\":false" },
		{ CSRV_ID_ANONYMOUS | CSRV_ID_GUEST, CSRV_STATUS_DEAD,
		  "\"auth\":\"anonymous\",\"dialect\":\"0x0311\",\"guest\":true" },
	};

	for (size_t i = 0; i < ARRAY_LEN(how); i++) {
		struct csrv_up_session s = session;
		struct page p = {};

		s.identity = how[i].identity;
		s.state = how[i].state;
		page_session(&p, s, "", "", "");
		assert(strstr(printed(CSRV_STATUS_SESSIONS, &p), how[i].part));
	}
}

static void trees_print(void)
{
	struct csrv_up_tree t = { .flags = CSRV_STATUS_READ_ONLY | CSRV_STATUS_HAS_PATH,
				  .session = 0x11, .created = 9, .id = 1 };
	struct page p = {};

	page_tree(&p, t, "data", "/srv/data");
	prints(CSRV_STATUS_TREES, &p,
	       "{\"session\":\"0x0000000000000011\",\"tree\":1,\"share\":\"data\",\"read_only\":true,"
	       "\"encrypted\":false,\"admin\":false,\"path\":\"/srv/data\",\"created\":9}");
	p.len = 0;
	t.flags = CSRV_STATUS_ENCRYPTED | CSRV_STATUS_ADMIN;
	page_tree(&p, t, "IPC$", "");
	prints(CSRV_STATUS_TREES, &p,
	       "{\"session\":\"0x0000000000000011\",\"tree\":1,\"share\":\"IPC$\",\"read_only\":false,"
	       "\"encrypted\":true,\"admin\":true,\"created\":9}");
}

static void leases_print(void)
{
	static const char *const states[] = {
		"lease", "lease R", "lease H", "lease RH", "lease W", "lease RW", "lease WH",
		"lease RWH",
	};
	struct csrv_up_open o = open_file;
	char part[40];

	o.oplock = CSRV_STATUS_OPLOCK_LEASE;
	for (o.lease = 0; o.lease < ARRAY_LEN(states); o.lease++) {
		struct page p = {};

		page_open(&p, o, "", "", "", "");
		snprintf(part, sizeof(part), ",\"oplock\":\"%s\",", states[o.lease]);
		assert(strstr(printed(CSRV_STATUS_OPENS, &p), part));
	}
}

static void opens_without_a_client_print(void)
{
	struct csrv_up_open o = open_file;
	struct page p = {};

	o.flags |= CSRV_STATUS_DISCONNECTED;
	o.left = 58;
	page_open(&p, o, "", "", "", "");
	assert(strstr(printed(CSRV_STATUS_OPENS, &p), ",\"disconnected\":true,\"left\":58,"));
}

static void admitted_shares_print(void)
{
	struct page p = {};

	page_admitted(&p, (struct csrv_up_admitted){ .session = 0x11 }, "data");
	prints(CSRV_STATUS_ADMITTED, &p, "{\"session\":\"0x0000000000000011\",\"share\":\"data\"}");
}

static void opens_print(void)
{
	static const char *const oplocks[] = { "none", "level II", "exclusive", "batch" };
	struct csrv_up_open o = open_file;
	struct page p = {};

	page_open(&p, o, "alice", "data", "a/b.txt", "/srv/data/a/b.txt");
	prints(CSRV_STATUS_OPENS, &p,
	       "{\"open\":\"0x0000000100000001\",\"session\":\"0x0000000000000011\","
	       "\"user\":\"alice\",\"share\":\"data\",\"name\":\"a/b.txt\","
	       "\"path\":\"/srv/data/a/b.txt\",\"access\":\"0x00120089\",\"share_mode\":7,"
	       "\"oplock\":\"batch\",\"breaking\":true,\"locks\":4,\"directory\":false,"
	       "\"disconnected\":false,\"tree\":3,\"created\":7}");
	for (o.oplock = 0; o.oplock < ARRAY_LEN(oplocks); o.oplock++) {
		char part[120];

		p.len = 0;
		o.flags = CSRV_STATUS_DIRECTORY;
		page_open(&p, o, "", "IPC$", "srvsvc", "");
		snprintf(part, sizeof(part), "\"name\":\"srvsvc\",\"access\":\"0x00120089\","
			 "\"share_mode\":7,\"oplock\":\"%s\",\"breaking\":false,\"locks\":4,"
			 "\"directory\":true,", oplocks[o.oplock]);
		assert(strstr(printed(CSRV_STATUS_OPENS, &p), part));
	}
}

/* Any octets become a JSON string of legal UTF-8. */
static void text_is_escaped_and_made_legal(void)
{
	static const struct { const char *raw, *json; } texts[] = {
		{ "plain", "plain" }, { "a\"b\\c/d", "a\\\"b\\\\c/d" },
		{ "\x01\b\t\n\f\r\x1b\x1f\x7f", "\\u0001\\u0008\\u0009\\u000a\\u000c\\u000d\\u001b\\u001f\\u007f" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "x\xffy\xc3", "x\xef\xbf\xbdy\xef\xbf\xbd" },
		{ "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd" },		/* cut */
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },		/* overlong */
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },	/* surrogate */
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct page p = {};
		char part[200];

		page_tree(&p, (struct csrv_up_tree){}, texts[i].raw, "");
		snprintf(part, sizeof(part), "\"share\":\"%s\",", texts[i].json);
		assert(strstr(printed(CSRV_STATUS_TREES, &p), part));
	}
}

/* @n times @text, terminated. */
static char *times(const char *text, size_t n)
{
	char *all = malloc(n * strlen(text) + 1), *at = all;

	*at = 0;
	while (n--)
		at = stpcpy(at, text);
	return all;
}

static void path_is(const char *raw, const char *json)
{
	struct csrv_up_tree t = { .flags = CSRV_STATUS_HAS_PATH };
	char *part = malloc(strlen(json) + 40);
	struct page p = {};

	page_tree(&p, t, "", raw);
	sprintf(part, "\"path\":\"%s\",\"created\"", json);
	assert(strstr(printed(CSRV_STATUS_TREES, &p), part));
	free(part);
}

/* The cut is after a whole character, by octets of JSON; what just fits has no mark of it. */
static void long_text_is_cut(void)
{
	char *fits = times("x", RECORD_PATH), *most = times("x", CSRV_UP_MAX_PATH);
	char *wide = times("\xe2\x82\xac", CSRV_UP_MAX_PATH / 3);
	char *controls = times("\x01", CSRV_UP_MAX_PATH);
	char *json;

	path_is(fits, fits);
	assert(asprintf(&json, "%s\xe2\x80\xa6", fits) > 0);
	path_is(most, json);
	free(json);
	wide[RECORD_PATH / 3 * 3 + 3] = 0;
	path_is(wide, wide);	/* 2802 octets: the last character begins below 2800 */
	json = times("\\u0001", RECORD_PATH / 6 + 1);
	json = realloc(json, strlen(json) + 4);
	path_is(controls, strcat(json, "\xe2\x80\xa6"));
	free(json);
	free(fits);
	free(most);
	free(wide);
	free(controls);
}

/* Whatever a client chose, the line is no longer than is promised. */
static void the_longest_record_fits(void)
{
	static const char *const fillers[] = { "x", "\x01", "\"", "\xff", "\xf0\x9f\x98\x80", "\xc3\xa4" };

	for (size_t i = 0; i < ARRAY_LEN(fillers); i++) {
		char *name = times(fillers[i], CSRV_UP_MAX_NAME / strlen(fillers[i]));
		char *path = times(fillers[i], CSRV_UP_MAX_PATH / strlen(fillers[i]));
		struct csrv_up_open o = open_file;
		struct csrv_up_session s = session;
		struct page p = {};

		o.id = o.session = o.created = UINT64_MAX;
		o.tree = o.access = o.share_mode = o.locks = UINT32_MAX;
		o.oplock = CSRV_STATUS_OPLOCK_EXCLUSIVE;
		page_open(&p, o, name, name, path, path);
		assert(p.len <= CSRV_STATUS_MAX_RECORD);
		printed(CSRV_STATUS_OPENS, &p);
		p.len = 0;
		page_session(&p, s, name, name, name);
		printed(CSRV_STATUS_SESSIONS, &p);
		free(name);
		free(path);
	}
}

/* One good record of each list. */
static void example(uint32_t what, struct page *p)
{
	p->len = 0;
	switch (what) {
	case CSRV_STATUS_CONNECTIONS:
		page_connection(p, (struct csrv_up_connection){ .dialect = 0x210 }, "192.0.2.7");
		break;
	case CSRV_STATUS_SESSIONS:
		page_session(p, session, "alice", "D", "192.0.2.7");
		break;
	case CSRV_STATUS_TREES:
		page_tree(p, (struct csrv_up_tree){ .flags = CSRV_STATUS_HAS_PATH }, "data", "/srv");
		break;
	case CSRV_STATUS_ADMITTED:
		page_admitted(p, (struct csrv_up_admitted){ .session = 0x1f }, "data");
		break;
	default:
		page_open(p, open_file, "alice", "data", "a\xff\x1b", "/srv/a");
	}
}

static bool is_good(uint32_t what, const struct page *p)
{
	static char line[RECORD_LINE];
	struct record rec;

	if (read_one(what, p->data, p->len, &rec))
		return false;
	assert(record_print(&rec, line));
	return true;
}

/* A record that ends early, or says that it does, or goes on, is none. */
static void lengths_are_not_believed(void)
{
	for (uint32_t what = CSRV_STATUS_CONNECTIONS; what <= CSRV_STATUS_ADMITTED; what++) {
		struct page whole, p;

		example(what, &whole);
		assert(is_good(what, &whole));
		for (uint32_t n = 0; n < whole.len; n++) {
			p = whole;
			p.len = n;
			assert(!is_good(what, &p));
			if (n >= sizeof(n))
				memcpy(p.data, &n, sizeof(n));
			assert(!is_good(what, &p));
			/* of the whole, a part is a record */
			p.len = whole.len;
			memcpy(p.data, &n, sizeof(n));
			assert(!is_good(what, &p));
		}
		for (size_t i = 0; i < 4; i++) {
			static const uint32_t wrong[] = { 0, 1, UINT32_MAX, 0x80000000u };

			p = whole;
			memcpy(p.data, &wrong[i], sizeof(wrong[i]));
			assert(!is_good(what, &p));
		}
		p = whole;
		page_put(&p, "", 1);
		p.data[0]++;
		assert(!is_good(what, &p));
	}
}

/* Every octet is any other: refused, or a line. */
static void mutations_do_no_harm(void)
{
	size_t good = 0, bad = 0;

	for (uint32_t what = 0; what <= CSRV_STATUS_ADMITTED + 1; what++) {
		struct page whole;

		example(what, &whole);
		for (size_t i = 0; i < whole.len; i++)
			for (unsigned int v = 0; v < 256; v++) {
				struct page p = whole;

				p.data[i] = (uint8_t)v;
				if (is_good(what, &p))
					good++;
				else
					bad++;
			}
	}
	assert(good > 1000 && bad > 1000);
}

static void refused(uint32_t what, const struct page *p)
{
	assert(!is_good(what, p));
}

static void sessions_refuse(struct csrv_up_session s)
{
	struct page p = {};

	page_session(&p, s, "", "", "");
	refused(CSRV_STATUS_SESSIONS, &p);
}

static void what_is_unknown_is_refused(void)
{
	struct csrv_up_session s = session;
	struct csrv_up_open o = open_file;
	struct page p = {};

	page_connection(&p, (struct csrv_up_connection){ .flags = 1 }, "");
	refused(CSRV_STATUS_CONNECTIONS, &p);
	s.flags |= CSRV_STATUS_ADMIN;
	sessions_refuse(s);
	s = session;
	s.state = CSRV_STATUS_DEAD + 1;
	sessions_refuse(s);
	s = session;
	s.identity = 4;
	sessions_refuse(s);
	s = session;
	s.reserved[1] = 1;
	sessions_refuse(s);
	o.oplock = CSRV_STATUS_OPLOCK_LEASE + 1;
	p.len = 0;
	page_open(&p, o, "", "", "", "");
	refused(CSRV_STATUS_OPENS, &p);
	o = open_file;
	o.left = 1;	/* of what has its client */
	p.len = 0;
	page_open(&p, o, "", "", "", "");
	refused(CSRV_STATUS_OPENS, &p);
	o = open_file;
	o.reserved = 1;
	p.len = 0;
	page_open(&p, o, "", "", "", "");
	refused(CSRV_STATUS_OPENS, &p);
	o = open_file;
	o.lease = 1;	/* of what is none */
	p.len = 0;
	page_open(&p, o, "", "", "", "");
	refused(CSRV_STATUS_OPENS, &p);
}

/* Without HAS_PATH there is no path; with it, the path may be empty. */
static void a_path_has_its_flag(void)
{
	struct csrv_up_tree t = { .flags = CSRV_STATUS_HAS_PATH };
	struct csrv_up_open o = open_file;
	struct page p = {};

	page_tree(&p, t, "data", "");
	assert(is_good(CSRV_STATUS_TREES, &p));
	p.len = 0;
	t.flags = 0;
	page_tree(&p, t, "data", "/");
	refused(CSRV_STATUS_TREES, &p);
	p.len = 0;
	page_open(&p, o, "alice", "data", "a", "");
	assert(is_good(CSRV_STATUS_OPENS, &p));
	p.len = 0;
	o.flags &= ~(uint32_t)CSRV_STATUS_HAS_PATH;
	page_open(&p, o, "alice", "data", "a", "/");
	refused(CSRV_STATUS_OPENS, &p);
}

/* Text has its limit, and no NUL. */
static void bad_text_is_refused(void)
{
	char *name = times("x", CSRV_UP_MAX_NAME + 1), *path = times("x", CSRV_UP_MAX_PATH + 1);
	struct csrv_up_tree t = { .share_len = 3, .path_len = 0, .len = sizeof(t) + 3 };
	struct page p = {};

	page_tree(&p, (struct csrv_up_tree){}, name, "");
	refused(CSRV_STATUS_TREES, &p);
	p.len = 0;
	page_tree(&p, (struct csrv_up_tree){ .flags = CSRV_STATUS_HAS_PATH }, "", path);
	refused(CSRV_STATUS_TREES, &p);
	p.len = 0;
	page_put(&p, &t, sizeof(t));
	page_put(&p, "a\0b", 3);
	refused(CSRV_STATUS_TREES, &p);
	free(name);
	free(path);
}

static void records_follow_each_other(void)
{
	struct page p = {};
	struct record rec;
	struct bytes_in in;

	page_tree(&p, (struct csrv_up_tree){ .id = 1 }, "one", "");
	page_tree(&p, (struct csrv_up_tree){ .id = 2 }, "", "");
	in = bytes_in((struct blob){ p.data, p.len });
	assert(!record_next(CSRV_STATUS_TREES, &in, &rec) && rec.tree.id == 1);
	assert(!strcmp(rec.share, "one") && !*rec.path);
	assert(!record_next(CSRV_STATUS_TREES, &in, &rec) && rec.tree.id == 2 && !*rec.share);
	assert(!bytes_left(&in) && record_next(CSRV_STATUS_TREES, &in, &rec) == -EBADMSG);
}

int main(void)
{
	connections_print();
	sessions_print();
	sessions_say_how_they_logged_on();
	trees_print();
	opens_print();
	admitted_shares_print();
	leases_print();
	opens_without_a_client_print();
	text_is_escaped_and_made_legal();
	long_text_is_cut();
	the_longest_record_fits();
	lengths_are_not_believed();
	mutations_do_no_harm();
	what_is_unknown_is_refused();
	a_path_has_its_flag();
	bad_text_is_refused();
	records_follow_each_other();
	puts("daemon_record: ok");
	return 0;
}
