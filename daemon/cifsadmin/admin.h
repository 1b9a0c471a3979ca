/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cifsadmin/admin.h - shared by the verbs of cifsadmin */
#ifndef CIFSADMIN_ADMIN_H
#define CIFSADMIN_ADMIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <talloc.h>
#include "../util/cleanup.h"

#define ADMIN_SYSFS	"/sys/fs/cifssrv"

/* Exit statuses of cifsadmin(8). */
enum { EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_DOWN };

/**
 * struct admin - one run
 * @ctx: freed at its end
 * @config: smb.conf
 * @passdb: cifspwd.db
 * @passdb_named: the command line names @passdb, which must exist
 * @configfs: root of the module's tree
 * @sysfs: the module's directory in sysfs, there while it is loaded
 * @run_dir: where the daemon's socket is
 * @width: columns that a table may have; 0: as many as it needs
 */
struct admin {
	TALLOC_CTX *ctx;
	const char *config;
	const char *passdb;
	bool passdb_named;
	const char *configfs;
	const char *sysfs;
	const char *run_dir;
	unsigned int width;
};

/**
 * struct verb - one command
 * @group: "user" of "user add", or NULL
 * @name: its name
 * @args: what follows it, for the usage
 * @help: one line of text
 * @min: fewest arguments
 * @max: most; ARGS_OWN: @run counts them, and parses its options with take_options()
 * @run: argv[0] is the first argument; returns an exit status
 */
struct verb {
	const char *group;
	const char *name;
	const char *args;
	const char *help;
	int min;
	int max;
	int (*run)(const struct admin *a, int argc, char **argv);
};

#define ARGS_OWN	(-1)

/* One table a file; ends with an empty row. */
extern const struct verb user_verbs[];
extern const struct verb account_verbs[];
extern const struct verb share_verbs[];
extern const struct verb config_verbs[];
extern const struct verb status_verbs[];
extern const struct verb session_verbs[];
extern const struct verb may_verbs[];
extern const struct verb migrate_verbs[];
extern const struct verb conf_verbs[];
extern const struct verb stop_verbs[];

/* help.c: a paragraph and examples for a verb; NULL for one without. */
const char *help_text(const char *group, const char *name);

/**
 * struct verb_option - an option of one verb, which may stand anywhere behind it
 * @name: with its dashes; NULL ends a table
 * @flag: set to true when the option is given; or
 * @text: set to the option's argument
 */
struct verb_option {
	const char *name;
	bool *flag;
	const char **text;
};

/**
 * take_options() - parse a verb's options and remove them from its arguments
 * @argc: how many arguments; on success how many are left
 * @argv: the arguments; those left move to the front
 * @options: of the verb
 * @min: fewest arguments besides options
 * @max: most
 *
 * "--" ends the options.
 *
 * Return: EXIT_OK; or EXIT_USAGE, with the complaint made where the usage does not say it.
 */
int take_options(int *argc, char **argv, const struct verb_option *options, int min, int max);

/* Prints "cifsadmin: ..." on stderr, through shown(); returns EXIT_FAILED. */
int complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints one line through shown(), whatever characters are in it. */
void print_line(FILE *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Prints a line on stdout, through shown(). */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * shown() - a text that cannot control a terminal
 * @ctx: talloc parent of the result
 * @to: where it is printed; NULL: on the terminal
 * @text: any octets
 *
 * Names of files, users and hosts come from clients.  ASCII control characters and octets that are
 * no UTF-8 become \x1b; other control characters (C1), marks that change the direction of text and
 * invisible characters become \u202e or, above U+FFFF, \U000e0041.  Where @to takes ASCII only, so
 * does every other character that is not ASCII.
 *
 * Return: UTF-8, or ASCII, as text_set_charset() has it; NULL without memory.
 */
char *shown(TALLOC_CTX *ctx, FILE *to, const char *text);

/**
 * enum text_charset - what the locale lets cifsadmin print
 * @TEXT_UTF8: UTF-8 everywhere, until text_set_charset() is called
 * @TEXT_UTF8_NOT_ON_TERMINALS: the terminal has another character set, in which an octet of UTF-8
 *	may be a control character
 * @TEXT_ASCII: ASCII everywhere: the C library has no UTF-8, and libsmartcols, which asks it for the
 *	width of characters, does not end
 */
enum text_charset { TEXT_UTF8, TEXT_UTF8_NOT_ON_TERMINALS, TEXT_ASCII };

/* To be called before the first text is printed. */
void text_set_charset(enum text_charset of_locale);

/**
 * ask_password() - from the terminal twice without echo, or one line of stdin
 * @buf: wiped by the caller
 *
 * Return: 0; or an exit status, with the complaint made.
 */
int ask_password(const char *user, char *buf, size_t size);

/* An NT hash in the same way, asked for once. */
int ask_hash(const char *user, char *buf, size_t size);

/**
 * daemon_ask() - send the daemon a command
 * @line: called for each line of the answer but the last; may be NULL
 * @error: on EXIT_FAILED the daemon's message, owned by @a->ctx, or NULL with the complaint made
 *
 * Return: EXIT_OK, EXIT_FAILED, or EXIT_DOWN when there is no daemon.
 */
int daemon_ask(const struct admin *a, const char *command,
	       void (*line)(void *priv, const char *text), void *priv, const char **error);

/* The rest of an answer's line behind @word and a blank; NULL when it begins otherwise. */
const char *after_word(const char *line, const char *word);

/* Is there a daemon that has not been killed? */
bool daemon_runs(const struct admin *a);

/*
 * Makes the daemon read all files, by order: what is missing or empty is meant so.  Prints its
 * messages.  An exit status.
 */
int daemon_reload(const struct admin *a);

/*
 * Likewise after an edit of the configuration: missing or empty files stay in doubt.  @no_shares:
 * the edit removed the last share, so no shares are meant.
 */
int daemon_reload_edited(const struct admin *a, bool no_shares);

/*
 * Likewise after a change of the accounts, which removed the last one if @no_accounts.  Prints
 * nothing.
 */
void daemon_reload_accounts(const struct admin *a, bool no_accounts);

/**
 * daemon_doubts() - does the running daemon doubt that @file is complete?
 * @accounts: @file is cifspwd.db and has no account; else it is smb.conf and has no share
 * @file: for the complaint
 *
 * An edit of such a file would replace all that it had before.
 *
 * Return: true with the complaint made.  False without a daemon, or with one of an earlier release.
 */
bool daemon_doubts(const struct admin *a, bool accounts, const char *file);

/* A table: cells are added row by row, the first row is the heading. */
struct table;

/**
 * table_new() - a table with its heading
 * @heading: @columns texts
 * @flex: a letter a column.  '.': always whole; '>': cut at its end where the table is wider than
 *	@a->width; '<': cut at its beginning.  A cut is seen: it leaves "..." there
 */
struct table *table_new(const struct admin *a, size_t columns, const char *const *heading,
			const char *flex);

/* Adds a copy of @text, through shown() for stdout. */
void table_add(struct table *t, const char *text);

void table_print(const struct table *t, FILE *f);

#endif /* CIFSADMIN_ADMIN_H */
