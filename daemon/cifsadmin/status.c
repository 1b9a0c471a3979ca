// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/status.c - who is connected, and what is open */
#include <string.h>

#include "../upcall/objects.h"
#include "../util/utf.h"
#include "admin.h"

enum show { SHOW_TEXT, SHOW_AGE, SHOW_IDLE, SHOW_USER, SHOW_CLIENT, SHOW_DIALECT, SHOW_CIPHER,
	SHOW_SIGNING, SHOW_YES, SHOW_ACCESS };

struct column {
	const char *heading;
	const char *member;
	enum show show;
};

#define COLUMNS_MAX	8

/* One list of CSRV_OP_STATUS; members are those of module/upcall/README.md. */
static const struct section {
	const char *name, *title;
	struct column column[COLUMNS_MAX];
} sections[] = {
	{ "connections", "Connections", {
		{ "CLIENT", "client", SHOW_TEXT }, { "DIALECT", "dialect", SHOW_DIALECT },
		{ "CIPHER", "cipher", SHOW_CIPHER }, { "SIGNING", "signing", SHOW_SIGNING },
		{ "IDLE", "idle", SHOW_IDLE }, { "CONNECTED", NULL, SHOW_AGE } } },
	{ "sessions", "Sessions", {
		{ "USER", "user", SHOW_USER }, { "CLIENT", "client", SHOW_TEXT },
		{ "DIALECT", "dialect", SHOW_DIALECT }, { "STATE", "state", SHOW_TEXT },
		{ "ENCRYPTED", "encrypted", SHOW_YES }, { "CHANNELS", "channels", SHOW_TEXT },
		{ "OPENS", "opens", SHOW_TEXT }, { "LOGGED ON", NULL, SHOW_AGE } } },
	{ "trees", "Shares in use", {
		{ "SHARE", "share", SHOW_TEXT }, { "USER", NULL, SHOW_USER },
		{ "CLIENT", NULL, SHOW_CLIENT }, { "READ ONLY", "read_only", SHOW_YES },
		{ "CONNECTED", NULL, SHOW_AGE } } },
	{ "opens", "Open files", {
		{ "SHARE", "share", SHOW_TEXT }, { "NAME", "name", SHOW_TEXT },
		{ "USER", "user", SHOW_USER }, { "CLIENT", NULL, SHOW_CLIENT },
		{ "ACCESS", "access", SHOW_ACCESS }, { "LOCKS", "locks", SHOW_TEXT } } },
};

#define SECTION_SESSIONS	1	/* its objects tell what trees and opens belong to */

static size_t columns_of(const struct section *s)
{
	size_t n = 0;

	while (n < COLUMNS_MAX && s->column[n].heading)
		n++;
	return n;
}

/* "3d4h", "2h05m", "7m12s", "9s" */
static void format_seconds(char *buf, size_t size, uint64_t s)
{
	if (s >= 86400)
		snprintf(buf, size, "%llud%lluh", (unsigned long long)s / 86400,
			 (unsigned long long)s / 3600 % 24);
	else if (s >= 3600)
		snprintf(buf, size, "%lluh%02llum", (unsigned long long)s / 3600,
			 (unsigned long long)s / 60 % 60);
	else if (s >= 60)
		snprintf(buf, size, "%llum%02llus", (unsigned long long)s / 60,
			 (unsigned long long)s % 60);
	else
		snprintf(buf, size, "%llus", (unsigned long long)s);
}

/* Letters for the granted access mask, [MS-SMB2] 2.2.13.1. */
static void format_access(char *buf, size_t size, uint32_t mask)
{
	snprintf(buf, size, "%s%s%s%s", mask & 0x1 ? "r" : "-", mask & 0x6 ? "w" : "-",
		 mask & 0x10000 ? "d" : "-", mask & 0x20 ? "x" : "-");
}

/* What came, by section. */
struct answer {
	const struct admin *a;
	bool json;
	struct table *table[ARRAY_LEN(sections)];
	char *text[ARRAY_LEN(sections)];	/* the objects with commas between */
	struct json_object **session;
	size_t nsessions;
};

/* The session that @o belongs to, or @o itself when that is not known. */
static const struct json_object *session_of(const struct answer *ans, const struct json_object *o)
{
	for (size_t i = 0; i < ans->nsessions; i++)
		if (!strcmp(json_text(ans->session[i], "session"), json_text(o, "session")))
			return ans->session[i];
	return o;
}

static const char *user_name(const struct json_object *session)
{
	if (json_bool(session, "guest"))
		return "(guest)";
	return *json_text(session, "user") ? json_text(session, "user") : "(anonymous)";
}

static void add_cell(struct answer *ans, struct table *t, const struct json_object *o,
		     const struct column *c)
{
	const char *text = NULL;
	char buf[64];

	switch (c->show) {
	case SHOW_TEXT:
		text = json_text(o, c->member);
		break;
	case SHOW_AGE:
		format_seconds(buf, sizeof(buf), object_age(o));
		break;
	case SHOW_IDLE:
		format_seconds(buf, sizeof(buf), json_u64(o, c->member));
		break;
	case SHOW_USER:
		text = user_name(session_of(ans, o));
		break;
	case SHOW_CLIENT:
		text = json_text(session_of(ans, o), "client");
		break;
	case SHOW_DIALECT:
		text = object_dialect(o, buf);
		break;
	case SHOW_CIPHER:
		text = object_cipher(o);
		break;
	case SHOW_SIGNING:
		text = object_signing(o);
		break;
	case SHOW_YES:
		text = json_bool(o, c->member) ? "yes" : "no";
		break;
	case SHOW_ACCESS:
		format_access(buf, sizeof(buf), (uint32_t)object_hex(o, c->member));
		break;
	}
	if (!text)
		text = buf;
	table_add(t, *text ? text : "-");
}

static void remember_session(struct answer *ans, struct json_object *o)
{
	struct json_object **grown = talloc_realloc(ans->a->ctx, ans->session,
						    struct json_object *, ans->nsessions + 1);

	if (!grown)
		return;
	ans->session = grown;
	grown[ans->nsessions++] = o;
}

static void take_object(struct answer *ans, size_t i, const char *line)
{
	struct json_object *o = json_parse(ans->a->ctx, line, strlen(line));
	size_t n = columns_of(&sections[i]);

	if (!o)
		return;
	if (ans->json) {
		char *clean = talloc_strdup(o, line);

		if (clean)
			utf8_scrub(clean);
		ans->text[i] = ans->text[i] ?
			talloc_asprintf_append_buffer(ans->text[i], ",\n    %s",
						      clean ? clean : "{}") :
			talloc_strdup(ans->a->ctx, clean ? clean : "{}");
		talloc_free(o);
		return;
	}
	if (i == SECTION_SESSIONS)
		remember_session(ans, o);
	for (size_t c = 0; c < n; c++)
		add_cell(ans, ans->table[i], o, &sections[i].column[c]);
	if (i != SECTION_SESSIONS)
		talloc_free(o);
}

static void on_line(void *priv, const char *line)
{
	struct answer *ans = priv;

	for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
		size_t len = strlen(sections[i].name);

		if (!strncmp(line, sections[i].name, len) && line[len] == ' ')
			take_object(ans, i, line + len + 1);
	}
}

static void print_json(const struct answer *ans)
{
	fputs("{\n", stdout);
	for (size_t i = 0; i < ARRAY_LEN(sections); i++)
		printf("  \"%s\": [%s%s%s]%s\n", sections[i].name, ans->text[i] ? "\n    " : "",
		       ans->text[i] ? ans->text[i] : "", ans->text[i] ? "\n  " : "",
		       i + 1 < ARRAY_LEN(sections) ? "," : "");
	fputs("}\n", stdout);
}

static void print_tables(const struct answer *ans)
{
	for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
		printf("%s%s: %zu\n", i ? "\n" : "", sections[i].title, table_rows(ans->table[i]));
		if (table_rows(ans->table[i]))
			table_print(ans->table[i], stdout);
	}
}

static int status(const struct admin *a, int argc, char **argv)
{
	struct answer ans = { .a = a, .json = argc };
	const char *error;
	int r;

	if (argc && strcmp(argv[0], "--json")) {
		complain("unknown argument \"%s\"", argv[0]);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
		ans.table[i] = table_new(a->ctx, columns_of(&sections[i]));
		for (size_t c = 0; c < columns_of(&sections[i]); c++)
			table_add(ans.table[i], sections[i].column[c].heading);
	}
	r = daemon_ask(a, "status", on_line, &ans, &error);
	if (error)
		complain("%s", error);
	if (r != EXIT_OK)
		return r;
	if (ans.json)
		print_json(&ans);
	else
		print_tables(&ans);
	return EXIT_OK;
}

const struct verb status_verbs[] = {
	{ NULL, "status", "[--json]", "show connections, sessions, shares in use and open files",
	  0, 1, status },
	{}
};
