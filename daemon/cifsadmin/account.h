/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cifsadmin/account.h - changes of cifspwd.db */
#ifndef CIFSADMIN_ACCOUNT_H
#define CIFSADMIN_ACCOUNT_H

#include <pwd.h>

#include "../passdb/file.h"
#include "admin.h"

/* The accounts, owned by @a->ctx; NULL with the complaint made. */
struct passdb *account_load(const struct admin *a);

/**
 * account_change() - lock, read, change, write
 * @fn: changes @db; an exit status, with the complaint made; nothing is written on a failure
 *
 * Return: an exit status, with the complaint made.
 */
int account_change(const struct admin *a, int (*fn)(struct passdb *db, void *priv), void *priv);

/* The UNIX account of that name, or of that name in lower case; NULL when there is none. */
const struct passwd *account_unix(const char *name);

/*
 * Ends the sessions of accounts that cifspwd.db already bars from logon, with or without a daemon;
 * @none_left: the last account was removed.  An exit status, with the complaint made.
 */
int account_end_sessions(const struct admin *a, char *const *names, size_t n, bool none_left);

/**
 * struct import - an import, and its result
 * @replace: accounts that exist get the hash and state of the file
 * @force: accounts with the rights of root are imported, too
 * @source: name of the text, for messages
 * @added: how many accounts were new
 * @replaced: how many existed and were changed
 * @skipped: how many lines are no account that can be imported
 */
struct import {
	bool replace, force;
	const char *source;
	size_t added, replaced, skipped;
};

/**
 * account_import() - add the accounts of a text to cifspwd.db, all or none
 * @text: lines of smbpasswd(5) or cifspwd.db(5), changed in place
 *
 * Prints the result for each account.  A line of neither form ends the import without a change.
 * Return: an exit status, with the complaint made.
 */
int account_import(const struct admin *a, char *text, struct import *imp);

/*
 * The text of a file, a FIFO or stdin ("-"), wiped when it is freed; NULL with the complaint made.
 */
char *account_read(const struct admin *a, const char *path);

/* All octets of @fd, less than @room, NUL-terminated; wiped likewise.  NULL with errno set. */
char *account_slurp(TALLOC_CTX *ctx, int fd, size_t room);

#endif /* CIFSADMIN_ACCOUNT_H */
