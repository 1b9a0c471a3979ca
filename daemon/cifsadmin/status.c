// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/status.c - status, session list, open list, lockouts */
#include <string.h>

#include "state.h"

enum show { SHOW_TEXT, SHOW_ID, SHOW_AGE, SHOW_SECONDS, SHOW_USER, SHOW_CLIENT, SHOW_ACCESS };

struct column {
	const char *heading;
	const char *member;
	enum show show;
	char flex;		/* as of table_new(); 0: '.' */
};

#define COLUMNS_MAX	9

/* A table of one list; members are those of state.h. */
struct section {
	size_t list;
	const char *title;
	struct column column[COLUMNS_MAX];
};

static const struct section status_sections[] = {
	{ STATE_CONNECTIONS, "Connections", {
		{ "CLIENT", "client", SHOW_TEXT, '>' }, { "DIALECT", "dialect_name", SHOW_TEXT, 0 },
		{ "AGREED CIPHER", "cipher_name", SHOW_TEXT, 0 },
		{ "AGREED SIGNING", "signing_name", SHOW_TEXT, 0 },
		{ "IDLE", "idle", SHOW_SECONDS, 0 },
		{ "CONNECTED", NULL, SHOW_AGE, 0 } } },
	{ STATE_SESSIONS, "Sessions", {
		{ "USER", NULL, SHOW_USER, '>' }, { "CLIENT", "client", SHOW_TEXT, '>' },
		{ "DIALECT", "dialect_name", SHOW_TEXT, 0 }, { "STATE", "state", SHOW_TEXT, 0 },
		{ "SIGNED", "signed", SHOW_TEXT, 0 }, { "ENCRYPTED", "encrypted", SHOW_TEXT, 0 },
		{ "CHANNELS", "channels", SHOW_TEXT, 0 },
		{ "OPENS", "opens", SHOW_TEXT, 0 }, { "LOGGED ON", NULL, SHOW_AGE, 0 } } },
	{ STATE_TREES, "Shares in use", {
		{ "SHARE", "share", SHOW_TEXT, '>' }, { "USER", NULL, SHOW_USER, '>' },
		{ "CLIENT", NULL, SHOW_CLIENT, '>' }, { "READ ONLY", "read_only", SHOW_TEXT, 0 },
		{ "CONNECTED", NULL, SHOW_AGE, 0 } } },
	{ STATE_OPENS, "Open files", {
		{ "SHARE", "share", SHOW_TEXT, '>' }, { "NAME", "name", SHOW_TEXT, '<' },
		{ "USER", NULL, SHOW_USER, '>' }, { "CLIENT", NULL, SHOW_CLIENT, '>' },
		{ "ACCESS", "access", SHOW_ACCESS, 0 }, { "LOCKS", "locks", SHOW_TEXT, 0 } } },
};

/* The same with the ids that "close" needs. */
static const struct section session_section = { STATE_SESSIONS, "Sessions", {
	{ "SESSION", "session", SHOW_ID, 0 }, { "USER", NULL, SHOW_USER, '>' },
	{ "CLIENT", "client", SHOW_TEXT, '>' }, { "STATE", "state", SHOW_TEXT, 0 },
	{ "OPENS", "opens", SHOW_TEXT, 0 }, { "LOGGED ON", NULL, SHOW_AGE, 0 } } };

static const struct section open_section = { STATE_OPENS, "Open files", {
	{ "OPEN", "open", SHOW_ID, 0 }, { "SHARE", "share", SHOW_TEXT, '>' },
	{ "NAME", "name", SHOW_TEXT, '<' }, { "USER", NULL, SHOW_USER, '>' },
	{ "CLIENT", NULL, SHOW_CLIENT, '>' }, { "ACCESS", "access", SHOW_ACCESS, 0 },
	{ "LOCKS", "locks", SHOW_TEXT, 0 } } };

/* Letters for the granted access mask, [MS-SMB2] 2.2.13.1. */
static const char *format_access(char buf[32], uint64_t mask)
{
	snprintf(buf, 32, "%s%s%s%s", mask & 0x1 ? "r" : "-", mask & 0x6 ? "w" : "-",
		 mask & 0x10000 ? "d" : "-", mask & 0x20 ? "x" : "-");
	return buf;
}

/* What the client of an open, or of a tree, is: one that has lost its connection may come back. */
static const char *client_text(const struct state *st, const json_t *o, char buf[32])
{
	char left[32];

	if (!json_is_true(json_object_get(o, "disconnected")))
		return state_text(state_session(st, o), "client", buf);
	snprintf(buf, 32, "(lost, for %.16s)", state_seconds(left, state_number(o, "left")));
	return buf;
}

static const char *cell(const struct state *st, const json_t *o, const struct column *c,
			char buf[32])
{
	switch (c->show) {
	case SHOW_ID:
		return state_id(o, c->member, buf);
	case SHOW_AGE:
		return state_seconds(buf, state_age(o));
	case SHOW_SECONDS:
		return state_seconds(buf, state_number(o, c->member));
	case SHOW_USER:
		return state_user(state_session(st, o));
	case SHOW_CLIENT:
		return client_text(st, o, buf);
	case SHOW_ACCESS:
		return format_access(buf, state_number(o, c->member));
	default:
		return state_text(o, c->member, buf);
	}
}

static struct table *section_table(const struct admin *a, const struct section *s)
{
	const char *heading[COLUMNS_MAX];
	char *flex = talloc_zero_array(a->ctx, char, COLUMNS_MAX + 1);
	size_t n;

	if (!flex)
		return NULL;
	for (n = 0; n < COLUMNS_MAX && s->column[n].heading; n++) {
		heading[n] = s->column[n].heading;
		flex[n] = s->column[n].flex ? s->column[n].flex : '.';
	}
	return table_new(a, n, heading, flex);
}

/* The objects of a list that pass the filters. */
static json_t *filter(const struct state *st, size_t list, const char *user, const char *client,
		      const char *share)
{
	json_t *some = json_array(), *o;
	size_t i;

	json_array_foreach(st->list[list], i, o)
		if (state_matches(st, o, user, client, share))
			json_array_append(some, o);
	return some;
}

static void print_section(const struct admin *a, const struct state *st, const struct section *s,
			  const json_t *objects)
{
	struct table *t = section_table(a, s);
	const json_t *o;
	char buf[32];
	size_t i;

	printf("%s: %zu\n", s->title, json_array_size(objects));
	if (!json_array_size(objects))
		return;
	json_array_foreach(objects, i, o)
		for (size_t c = 0; c < COLUMNS_MAX && s->column[c].heading; c++)
			table_add(t, cell(st, o, &s->column[c], buf));
	table_print(t, stdout);
}

static void print_lockouts(const struct admin *a, const struct state *st)
{
	static const char *const heading[] = { "NAME", "ADDRESS", "FAILURES", "ENDS IN" };
	struct table *t = table_new(a, ARRAY_LEN(heading), heading, ">>..");
	const json_t *o;
	char buf[32];
	size_t i;

	printf("Locked out: %zu\n", json_array_size(st->lockouts));
	if (!json_array_size(st->lockouts))
		return;
	json_array_foreach(st->lockouts, i, o) {
		table_add(t, state_text(o, "name", buf));
		table_add(t, state_text(o, "address", buf));
		table_add(t, state_text(o, "failures", buf));
		table_add(t, state_seconds(buf, state_number(o, "seconds")));
	}
	table_print(t, stdout);
}

static void print_problems(const struct state *st)
{
	const json_t *text;
	size_t i;

	if (!json_array_size(st->problems))
		return;
	printf("Not applied: %zu\n", json_array_size(st->problems));
	json_array_foreach(st->problems, i, text)
		say("  %s", json_string_value(text));
	putchar('\n');
}

static void print_all_json(const struct state *st)
{
	json_t *all = json_object();

	for (size_t i = 0; i < STATE_LISTS; i++)
		json_object_set(all, state_list_name(i), st->list[i]);
	json_object_set(all, "problems", st->problems);
	json_object_set(all, "lockouts", st->lockouts);
	state_print_json(all);
	json_decref(all);
}

/* One line, for a prompt or a monitor. */
static void print_brief(const struct state *st)
{
	printf("connections: %zu, sessions: %zu, shares in use: %zu, open files: %zu, "
	       "not applied: %zu, locked out: %zu\n", json_array_size(st->list[STATE_CONNECTIONS]),
	       json_array_size(st->list[STATE_SESSIONS]), json_array_size(st->list[STATE_TREES]),
	       json_array_size(st->list[STATE_OPENS]), json_array_size(st->problems),
	       json_array_size(st->lockouts));
}

/* Problems come first: they need action. */
static void print_all(const struct admin *a, const struct state *st)
{
	print_problems(st);
	for (size_t i = 0; i < ARRAY_LEN(status_sections); i++) {
		const struct section *s = &status_sections[i];

		if (i)
			putchar('\n');
		print_section(a, st, s, st->list[s->list]);
	}
	if (!json_array_size(st->lockouts))
		return;
	putchar('\n');
	print_lockouts(a, st);
}

static int status(const struct admin *a, int argc, char **argv)
{
	bool json = false, brief = false;
	const struct verb_option options[] = {
		{ "--json", &json, NULL }, { "--brief", &brief, NULL }, {}
	};
	struct state *st;
	int r;

	if (take_options(&argc, argv, options, 0, 0))
		return EXIT_USAGE;
	if (json && brief) {
		complain("--json or --brief, one of both");
		return EXIT_USAGE;
	}
	r = state_ask(a, &st);
	if (r)
		return r;
	if (json)
		print_all_json(st);
	else if (brief)
		print_brief(st);
	else
		print_all(a, st);
	return EXIT_OK;
}

struct list_options {
	bool json;
	const char *user, *client, *share;
};

static int list(const struct admin *a, const struct section *s, const struct list_options *o)
{
	struct state *st;
	json_t *some;
	int r;

	r = state_ask(a, &st);
	if (r)
		return r;
	some = filter(st, s->list, o->user, o->client, o->share);
	if (o->json)
		state_print_json(some);
	else
		print_section(a, st, s, some);
	json_decref(some);
	return EXIT_OK;
}

static int session_list(const struct admin *a, int argc, char **argv)
{
	struct list_options o = {};
	const struct verb_option options[] = {
		{ "--json", &o.json, NULL }, { "--user", NULL, &o.user },
		{ "--client", NULL, &o.client }, {}
	};

	if (take_options(&argc, argv, options, 0, 0))
		return EXIT_USAGE;
	return list(a, &session_section, &o);
}

static int open_list(const struct admin *a, int argc, char **argv)
{
	struct list_options o = {};
	const struct verb_option options[] = {
		{ "--json", &o.json, NULL }, { "--user", NULL, &o.user },
		{ "--share", NULL, &o.share }, {}
	};

	if (take_options(&argc, argv, options, 0, 0))
		return EXIT_USAGE;
	return list(a, &open_section, &o);
}

static int lockouts(const struct admin *a, int argc, char **argv)
{
	bool json = false;
	const struct verb_option options[] = { { "--json", &json, NULL }, {} };
	struct state *st;
	int r;

	if (take_options(&argc, argv, options, 0, 0))
		return EXIT_USAGE;
	r = state_ask(a, &st);
	if (r)
		return r;
	if (json)
		state_print_json(st->lockouts);
	else
		print_lockouts(a, st);
	return EXIT_OK;
}

const struct verb status_verbs[] = {
	{ NULL, "status", "[--json|--brief]",
	  "show connections, sessions, shares in use and open files", 0, ARGS_OWN, status },
	{ "session", "list", "[--user NAME] [--client ADDRESS] [--json]", "list the sessions", 0,
	  ARGS_OWN, session_list },
	{ "open", "list", "[--share NAME] [--user NAME] [--json]", "list the open files", 0,
	  ARGS_OWN, open_list },
	{ NULL, "lockouts", "[--json]", "list names and addresses that are locked out", 0, ARGS_OWN,
	  lockouts },
	{}
};
