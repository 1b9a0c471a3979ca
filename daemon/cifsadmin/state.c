// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/state.c - the answer to the daemon's command "status" */
#include "state.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "../util/protocol.h"
#include "../util/utf.h"

static const char *const list_names[] = { "connections", "sessions", "trees", "opens" };

const char *state_list_name(size_t list)
{
	return list_names[list];
}

static int state_done(struct state *st)
{
	for (size_t i = 0; i < STATE_LISTS; i++)
		json_decref(st->list[i]);
	json_decref(st->problems);
	json_decref(st->lockouts);
	json_decref(st->by_id);
	return 0;
}

static struct state *state_new(TALLOC_CTX *ctx)
{
	struct state *st = talloc_zero(ctx, struct state);

	if (!st)
		return NULL;
	talloc_set_destructor(st, state_done);
	for (size_t i = 0; i < STATE_LISTS; i++)
		st->list[i] = json_array();
	st->problems = json_array();
	st->lockouts = json_array();
	st->by_id = json_object();
	return st;
}

/* --- members ------------------------------------------------------------------- */

const char *state_text(const json_t *o, const char *name, char buf[32])
{
	const json_t *v = json_object_get(o, name);

	if (json_is_string(v))
		return json_string_value(v);
	if (!json_is_integer(v))
		return json_is_true(v) ? "yes" : json_is_false(v) ? "no" : "";
	snprintf(buf, 32, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	return buf;
}

uint64_t state_number(const json_t *o, const char *name)
{
	const json_t *v = json_object_get(o, name);
	const char *text = json_string_value(v);

	if (text)
		return strncmp(text, "0x", 2) ? 0 : strtoull(text + 2, NULL, 16);
	return json_integer_value(v) < 0 ? 0 : (uint64_t)json_integer_value(v);
}

uint64_t state_age(const json_t *o)
{
	uint64_t created = state_number(o, "created");

	return created >= FILETIME_SECOND ? filetime_age(created) : state_number(o, "age");
}

const char *state_id(const json_t *o, const char *name, char buf[32])
{
	snprintf(buf, 32, "0x%" PRIx64, state_number(o, name));
	return buf;
}

const char *state_seconds(char buf[32], uint64_t s)
{
	if (s >= 86400)
		snprintf(buf, 32, "%" PRIu64 "d%" PRIu64 "h", s / 86400, s / 3600 % 24);
	else if (s >= 3600)
		snprintf(buf, 32, "%" PRIu64 "h%02" PRIu64 "m", s / 3600, s / 60 % 60);
	else if (s >= 60)
		snprintf(buf, 32, "%" PRIu64 "m%02" PRIu64 "s", s / 60, s % 60);
	else
		snprintf(buf, 32, "%" PRIu64 "s", s);
	return buf;
}

const char *state_user(const json_t *session)
{
	const char *user = json_string_value(json_object_get(session, "user"));

	if (json_is_true(json_object_get(session, "guest")))
		return "(guest)";
	return user && *user ? user : "(anonymous)";
}

const json_t *state_session(const struct state *st, const json_t *o)
{
	const char *id = json_string_value(json_object_get(o, "session"));
	const json_t *session = id ? json_object_get(st->by_id, id) : NULL;

	return session ? session : o;
}

bool state_matches(const struct state *st, const json_t *o, const char *user, const char *client,
		   const char *share)
{
	const json_t *session = state_session(st, o);
	char buf[32];

	if (user && utf8_casecmp(state_user(session), user))
		return false;
	if (client && strcasecmp(state_text(session, "client", buf), client))
		return false;
	return !share || !utf8_casecmp(state_text(o, "share", buf), share);
}

/* --- what numbers mean ------------------------------------------------------------ */

static void set_text(json_t *o, const char *name, const char *text)
{
	if (*text)
		json_object_set_new(o, name, json_string(text));
}

static void name_dialect(json_t *o)
{
	char buf[16];

	set_text(o, "dialect_name", dialect_text(state_number(o, "dialect"), buf));
}

/* [MS-SMB2] 2.2.3.1.2 and 2.2.3.1.7 */
static void name_algorithms(json_t *o)
{
	static const char *const ciphers[] = { "", "AES-128-CCM", "AES-128-GCM", "AES-256-CCM",
					       "AES-256-GCM" };
	static const char *const signings[] = { "HMAC-SHA256", "AES-CMAC", "AES-GMAC" };
	uint64_t cipher = state_number(o, "cipher"), signing = state_number(o, "signing");

	if (json_object_get(o, "cipher") && cipher < ARRAY_LEN(ciphers))
		set_text(o, "cipher_name", ciphers[cipher]);
	if (json_object_get(o, "signing") && signing < ARRAY_LEN(signings))
		set_text(o, "signing_name", signings[signing]);
}

/* FILETIME to RFC 3339 */
static void name_time(json_t *o)
{
	uint64_t created = state_number(o, "created") / FILETIME_SECOND;
	time_t t = (time_t)(created - FILETIME_EPOCH_DIFF);
	char buf[32];
	struct tm tm;

	if (created > FILETIME_EPOCH_DIFF && gmtime_r(&t, &tm) &&
	    strftime(buf, sizeof(buf), "%FT%TZ", &tm))
		set_text(o, "created_time", buf);
}

/* --- the answer ------------------------------------------------------------------- */

/* A file's name may have octets that are no UTF-8: they become "?". */
static json_t *parse(const char *line)
{
	_cleanup_(talloc_freep) char *clean = talloc_strdup(NULL, line);
	json_t *o;

	if (!clean)
		return NULL;
	utf8_repair(clean);
	o = json_loads(clean, 0, NULL);
	if (json_is_object(o))
		return o;
	json_decref(o);
	return NULL;
}

static void take_object(struct state *st, size_t list, const char *line)
{
	json_t *o = parse(line);
	const char *id;

	if (!o)
		return;
	name_dialect(o);
	name_algorithms(o);
	name_time(o);
	id = json_string_value(json_object_get(o, "session"));
	if (list == STATE_SESSIONS && id)
		json_object_set(st->by_id, id, o);
	json_array_append_new(st->list[list], o);
}

static void on_line(void *priv, const char *line)
{
	struct state *st = priv;
	const char *text;

	for (size_t i = 0; i < STATE_LISTS; i++) {
		text = after_word(line, list_names[i]);
		if (text)
			take_object(st, i, text);
	}
	text = after_word(line, "problem");
	if (text) {
		_cleanup_(talloc_freep) char *clean = talloc_strdup(NULL, text);

		if (clean)
			utf8_repair(clean);
		json_array_append_new(st->problems, json_string(clean ? clean : ""));
	}
	text = after_word(line, "lockout");
	if (text)
		json_array_append_new(st->lockouts, parse(text));
}

int state_ask(const struct admin *a, struct state **ret)
{
	struct state *st = state_new(a->ctx);
	const char *error;
	int r;

	if (!st)
		return complain("out of memory");
	r = daemon_ask(a, "status", on_line, st, &error);
	if (error)
		complain("%s", error);
	*ret = st;
	return r;
}

/* Prints ASCII alone: safe on a terminal, and exact for any name of a file. */
void state_print_json(const json_t *value)
{
	if (json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII) < 0)
		complain("out of memory");
	fputc('\n', stdout);
}
