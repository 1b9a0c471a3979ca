// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/session.c - session close, open close, log-level, unlock */
#include <inttypes.h>
#include <string.h>

#include "state.h"

#define LEVEL_MAX	16	/* octets of a log level */

/* @about for the complaint; @line and @priv as of daemon_ask(). */
static int order_heard(const struct admin *a, const char *command, const char *about,
		       void (*line)(void *priv, const char *text), void *priv)
{
	const char *error;
	int r = daemon_ask(a, command, line, priv, &error);

	if (error)
		complain("%s: %s", about, error);
	return r;
}

/* Sends a command whose answer has no lines. */
static int order(const struct admin *a, const char *command, const char *about)
{
	return order_heard(a, command, about, NULL, NULL);
}

static bool parse_id(const char *text, uint64_t *id)
{
	char *end;

	if (strncmp(text, "0x", 2) || !text[2] || strlen(text) > 18)
		return false;
	*id = strtoull(text + 2, &end, 16);
	return !*end;
}

/* @what is "session" or "open". */
static int close_one(const struct admin *a, const char *what, uint64_t id)
{
	_cleanup_(talloc_freep) char *command =
		talloc_asprintf(NULL, "%s-close 0x%" PRIx64, what, id);
	_cleanup_(talloc_freep) char *about = talloc_asprintf(NULL, "%s 0x%" PRIx64, what, id);
	int r;

	if (!command || !about)
		return complain("out of memory");
	r = order(a, command, about);
	if (!r)
		say("%s 0x%" PRIx64 " closed", what, id);
	return r;
}

/* Tries all of them, even when one cannot be closed. */
static int close_ids(const struct admin *a, const char *what, int argc, char **argv)
{
	int r = EXIT_OK, one;
	uint64_t id;

	for (int i = 0; i < argc; i++) {
		if (parse_id(argv[i], &id))
			continue;
		complain("\"%s\" is no id: cifsadmin %s list shows them, 0x and hexadecimal digits",
			 argv[i], what);
		return EXIT_USAGE;
	}
	for (int i = 0; i < argc; i++) {
		parse_id(argv[i], &id);
		one = close_one(a, what, id);
		if (one == EXIT_DOWN)
			return one;
		r = one ? one : r;
	}
	return r;
}

static int close_matching(const struct admin *a, const char *user, const char *client)
{
	struct state *st;
	size_t i, n = 0;
	int r, one;
	json_t *o;

	r = state_ask(a, &st);
	if (r)
		return r;
	json_array_foreach(st->list[STATE_SESSIONS], i, o) {
		if (!state_matches(st, o, user, client, NULL))
			continue;
		one = close_one(a, "session", state_number(o, "session"));
		r = one ? one : r;
		n++;
	}
	return n ? r : complain("no such session: cifsadmin session list shows those there are");
}

static int session_close(const struct admin *a, int argc, char **argv)
{
	const char *user = NULL, *client = NULL;
	const struct verb_option options[] = {
		{ "--user", NULL, &user }, { "--client", NULL, &client }, {}
	};

	if (take_options(&argc, argv, options, 0, INT32_MAX))
		return EXIT_USAGE;
	if (!argc == !(user || client)) {
		complain("ids of sessions, or --user and --client, one of both");
		return EXIT_USAGE;
	}
	return argc ? close_ids(a, "session", argc, argv) : close_matching(a, user, client);
}

static int open_close(const struct admin *a, int argc, char **argv)
{
	static const struct verb_option none[] = { {} };

	if (take_options(&argc, argv, none, 1, INT32_MAX))
		return EXIT_USAGE;
	return close_ids(a, "open", argc, argv);
}

static void on_level(void *priv, const char *line)
{
	const char *level = after_word(line, "log-level");

	if (level)
		snprintf(priv, LEVEL_MAX, "%s", level);
}

static int show_log_level(const struct admin *a)
{
	char level[LEVEL_MAX] = "";
	int r = order_heard(a, "show-log-level", "log level", on_level, level);

	if (r)
		return r;
	if (!*level)
		return complain("log level: the daemon did not say it");
	say("log level %s", level);
	return EXIT_OK;
}

static int log_level(const struct admin *a, int argc, char **argv)
{
	char command[] = "log-level N";
	int r;

	if (!argc)
		return show_log_level(a);
	if (strlen(argv[0]) != 1 || argv[0][0] < '0' || argv[0][0] > '3') {
		complain("a log level is 0, 1, 2 or 3, not \"%s\"", argv[0]);
		return EXIT_USAGE;
	}
	command[strlen(command) - 1] = argv[0][0];
	r = order(a, command, "log level");
	if (!r)
		say("log level %s, until the next reload", argv[0]);
	return r;
}

static int unlock(const struct admin *a, int argc, char **argv)
{
	_cleanup_(talloc_freep) char *command = talloc_asprintf(NULL, "unlock %s", argv[0]);
	int r;

	(void)argc;
	if (!command)
		return complain("out of memory");
	if (!*argv[0] || strpbrk(argv[0], "\r\n")) {
		complain("that is neither a name nor an address");
		return EXIT_USAGE;
	}
	r = order(a, command, argv[0]);
	if (!r)
		say("%s may try again", argv[0]);
	return r;
}

const struct verb session_verbs[] = {
	{ "session", "close", "ID...|--user NAME|--client ADDRESS",
	  "end sessions, with what they have open", 0, ARGS_OWN, session_close },
	{ "open", "close", "ID...", "close open files", 0, ARGS_OWN, open_close },
	{ NULL, "log-level", "[0|1|2|3]",
	  "show the log level in force, or set it until the next reload", 0, 1, log_level },
	{ NULL, "unlock", "NAME|ADDRESS",
	  "let a name or an address that is locked out try again", 1, 1, unlock },
	{}
};
