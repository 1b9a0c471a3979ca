/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * passdb/file.h - cifspwd.db: accounts, and hashes of their passwords
 *
 * A text file, one account per line, see cifspwd.db(5).  Reading takes a whole file or nothing;
 * writing replaces it atomically under a lock, and keeps comments, empty lines and the order of all
 * lines.
 */
#ifndef CIFSSRVD_PASSDB_FILE_H
#define CIFSSRVD_PASSDB_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include "../util/cleanup.h"

#define PASSDB_DEFAULT_PATH	"/var/lib/cifssrv/cifspwd.db"
#define PASSDB_HASH_LEN		16
#define PASSDB_MAX_NAME		255 /* octets: the limit of users/<name> in configfs */
#define PASSDB_MAX_FILE		(64 * 1024 * 1024)

/**
 * struct passdb_entry - one account
 * @name: UTF-8, as the administrator spelled it
 * @disabled: may not log on
 * @hash: NTOWFv1 of the password, [MS-NLMP] 3.3.1
 * @changed: when the password was set, seconds since 1970
 */
struct passdb_entry {
	char *name;
	bool disabled;
	uint8_t hash[PASSDB_HASH_LEN];
	int64_t changed;
};

/* A line of the file: an account, or a comment or empty line. */
struct passdb_line {
	struct passdb_entry *entry;
	char *text;
};

/**
 * struct passdb - the accounts
 * @entries: sorted by utf8_casecmp() of their names
 * @n: how many
 * @lines: all lines in the order of the file; new accounts are at the end
 * @nlines: how many
 *
 * Freed with talloc_free(), which wipes the hashes.
 */
struct passdb {
	struct passdb_entry **entries;
	size_t n;
	struct passdb_line *lines;
	size_t nlines;
};

/* What is wrong with a file; @line 0: the file as a whole. */
struct passdb_error {
	unsigned int line;
	char text[160];
};

struct passdb *passdb_new(TALLOC_CTX *ctx);

/**
 * passdb_parse() - the accounts in a text
 * @ctx: talloc parent of the result
 * @text: need not end with NUL or newline
 * @ret: on success the accounts
 * @err: on -EINVAL what is wrong, and where
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int passdb_parse(TALLOC_CTX *ctx, struct blob text, struct passdb **ret, struct passdb_error *err);

/**
 * passdb_load() - read a file
 * @ctx: talloc parent of the result
 * @path: a regular file that only its owner may read or write
 * @ret: on success the accounts; none when there is no such file
 * @err: on any error what is wrong
 *
 * Return: 0, -EINVAL (contents), -EPERM (owner or mode), or another errno.
 */
int passdb_load(TALLOC_CTX *ctx, const char *path, struct passdb **ret, struct passdb_error *err);

/* Have both the same accounts and hashes? */
bool passdb_same(const struct passdb *a, const struct passdb *b);

/* Finds an account without regard to case; NULL when there is none. */
struct passdb_entry *passdb_find(const struct passdb *db, const char *name);

/* -EEXIST, -EINVAL (not a name), -ENOMEM. */
int passdb_add(struct passdb *db, const char *name, const uint8_t hash[PASSDB_HASH_LEN],
	       int64_t now);

/* -ENOENT when there is none. */
int passdb_remove(struct passdb *db, const char *name);

/* True when @name can stand in the file. */
bool passdb_name_ok(const char *name);

/* NTOWFv1, [MS-NLMP] 3.3.1: MD4 of the password's UTF-16.  0, -EILSEQ, -EIO or -ENOMEM. */
int passdb_hash_password(const char *password, uint8_t hash[PASSDB_HASH_LEN]);

/* 32 hexadecimal digits; false for any other text. */
bool passdb_hash_parse(const char *text, uint8_t hash[PASSDB_HASH_LEN]);

/**
 * passdb_lock() - lock the database against other writers
 * @path: of the database; the lock is on "<path>.lock"
 *
 * Return: a descriptor, held until it is closed, or a negative errno.
 */
int passdb_lock(const char *path);

/* Prints the file, *@len octets; talloc_free() wipes the text.  NULL without memory. */
char *passdb_print(const struct passdb *db, size_t *len);

/* Replaces @path atomically, mode 0600.  The caller holds the lock.  0 or a negative errno. */
int passdb_save(const struct passdb *db, const char *path);

#endif /* CIFSSRVD_PASSDB_FILE_H */
