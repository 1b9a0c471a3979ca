/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cifsadmin/account.h - cifspwd.db as the verbs change it */
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

/* The UNIX account of that name, or of that name in lower case; NULL when none is found. */
const struct passwd *account_unix(const char *name);

/*
 * End the sessions of accounts that may log on no longer, as cifspwd.db says already, whether a
 * daemon runs or not; @none_left: the last account was taken out of that.  An exit status, with the
 * complaint made.
 */
int account_end_sessions(const struct admin *a, char *const *names, size_t n, bool none_left);

/**
 * struct import - an import, and what became of it
 * @replace: accounts that exist get the hash and state that the file has
 * @force: accounts with the rights of root are taken, too
 * @source: name of the text, for messages
 * @added: how many accounts were new
 * @replaced: how many existed and were changed
 * @skipped: how many lines are no account that can be had
 */
struct import {
	bool replace, force;
	const char *source;
	size_t added, replaced, skipped;
};

/**
 * account_import() - take the accounts of a text into cifspwd.db, all or none
 * @text: lines of smbpasswd(5) or cifspwd.db(5), changed in place
 *
 * Says of each account what became of it.  A line that is neither form keeps all of it out.
 * Return: an exit status, with the complaint made.
 */
int account_import(const struct admin *a, char *text, struct import *imp);

/*
 * The text of a file, of a FIFO to its end or of stdin ("-"), wiped when it is freed; NULL with the
 * complaint made.
 */
char *account_read(const struct admin *a, const char *path);

/* All of @fd, less than @room octets, with a NUL behind it, likewise; NULL with errno set. */
char *account_slurp(TALLOC_CTX *ctx, int fd, size_t room);

#endif /* CIFSADMIN_ACCOUNT_H */
