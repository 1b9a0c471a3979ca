/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cifsadmin/admin.h - what the verbs of cifsadmin share */
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
 * @configfs: root of the module's tree
 * @sysfs: the module's directory in sysfs, there while it is loaded
 * @run_dir: where the daemon's socket is
 */
struct admin {
	TALLOC_CTX *ctx;
	const char *config;
	const char *passdb;
	const char *configfs;
	const char *sysfs;
	const char *run_dir;
};

/**
 * struct verb - one command
 * @group: "user" of "user add", or NULL
 * @name: its name
 * @args: what follows it, for the usage
 * @help: one line
 * @min: fewest arguments
 * @max: most
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

/* One table a file; ends with an empty row. */
extern const struct verb user_verbs[];
extern const struct verb share_verbs[];
extern const struct verb status_verbs[];
extern const struct verb conf_verbs[];
extern const struct verb stop_verbs[];

/* "cifsadmin: ..." on stderr; returns EXIT_FAILED. */
int complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * ask_password() - from the terminal twice without echo, or one line of stdin
 * @buf: wiped by the caller
 *
 * Return: 0; or an exit status, with the complaint made.
 */
int ask_password(const char *user, char *buf, size_t size);

/**
 * daemon_ask() - send the daemon a command
 * @line: called for each line of the answer but the last
 * @error: on EXIT_FAILED what the daemon said, owned by @a->ctx, or NULL with the complaint made
 *
 * Return: EXIT_OK, EXIT_FAILED, or EXIT_DOWN when there is no daemon.
 */
int daemon_ask(const struct admin *a, const char *command,
	       void (*line)(void *priv, const char *text), void *priv, const char **error);

/* Is there a daemon, other than one that has been killed and is about to end? */
bool daemon_runs(const struct admin *a);

/* A table: cells are added row by row, the first row is the heading. */
struct table;
struct table *table_new(TALLOC_CTX *ctx, size_t columns);

/* Copies @text; controls are shown as '?'. */
void table_add(struct table *t, const char *text);

/* Prints it aligned. */
void table_print(const struct table *t, FILE *f);

/* Rows below the heading. */
size_t table_rows(const struct table *t);

#endif /* CIFSADMIN_ADMIN_H */
