/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cifsadmin/smbpasswd.h - a line of smbpasswd(5) ("pdbedit -Lw"), or of cifspwd.db(5) */
#ifndef CIFSADMIN_SMBPASSWD_H
#define CIFSADMIN_SMBPASSWD_H

#include "../passdb/file.h"

/**
 * struct smbpasswd - one account
 * @name: part of the line
 * @hash: NTOWFv1 of the password
 * @disabled: may not log on
 * @reason: why it is disabled, where Samba lets its user log on only after some action; or NULL
 * @changed: when the password was set, seconds since 1970; 0: not known
 */
struct smbpasswd {
	const char *name;
	uint8_t hash[PASSDB_HASH_LEN];
	bool disabled;
	const char *reason;
	int64_t changed;
};

enum smbpasswd_kind {
	SMBPASSWD_ACCOUNT,
	SMBPASSWD_NOTHING,	/* a comment, or empty */
	SMBPASSWD_SKIP,		/* an account that cannot log on here: @why */
	SMBPASSWD_BAD,		/* malformed: @why */
};

/**
 * smbpasswd_parse() - read a line
 * @line: without its newline; changed in place
 * @ret: filled for SMBPASSWD_ACCOUNT; @name is set for SMBPASSWD_SKIP too
 * @why: one phrase, constant
 */
enum smbpasswd_kind smbpasswd_parse(char *line, struct smbpasswd *ret, const char **why);

/* Room for a line of smbpasswd_print(), its NUL included. */
#define SMBPASSWD_LINE_MAX	(PASSDB_MAX_NAME + 128)

/* The line that Samba reads, without a newline. */
void smbpasswd_print(char buf[SMBPASSWD_LINE_MAX], const struct passdb_entry *e, uint32_t uid);

#endif /* CIFSADMIN_SMBPASSWD_H */
