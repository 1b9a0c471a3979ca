/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formats of the text of an attribute.
 *
 * Pure: no allocation, no locks, no log; the unit tests build the same file.
 */
#ifndef CSRV_CONFIGFS_TEXT_H
#define CSRV_CONFIGFS_TEXT_H

#include <linux/types.h>

/* The schema's formats, in the same order. */
enum csrv_text_format {
	CSRV_TEXT_TEXT,
	CSRV_TEXT_PATH,
	CSRV_TEXT_ADDRESS,	/* only the alphabet is checked here */
	CSRV_TEXT_IFNAME,
	CSRV_TEXT_NETBIOS,
	CSRV_TEXT_WORD,
	CSRV_TEXT_USERS,
	CSRV_TEXT_HOSTS,	/* what core/hosts.h understands */
	CSRV_TEXT_NUMBERS,
	CSRV_TEXT_NAMES,
	CSRV_TEXT_CHOICE,
};

struct csrv_text_rule {
	enum csrv_text_format	format;
	u32			max;		/* bytes, without the terminator */
	u32			lo, hi;		/* CSRV_TEXT_NUMBERS */
	bool			list;		/* words, separated by blanks or commas */
	const char *const	*words;		/* CSRV_TEXT_CHOICE; ended by NULL */
};

/**
 * csrv_text_canon() - check an attribute's text and write it canonically
 * @text: NUL-terminated; changed in place, never longer than before
 * @rule: its format
 *
 * Lists get one blank between words, and none before and after.
 *
 * Return: NULL if the text is legal, else what would be legal, for the log.
 */
const char *csrv_text_canon(char *text, const struct csrv_text_rule *rule);

/** csrv_text_name_ok() - may an item be called this? UTF-8, no control characters. */
bool csrv_text_name_ok(const char *name, size_t max, const char *forbidden);

/**
 * csrv_text_u64() - parse a number, and nothing else
 * @text: terminated
 * @base: 8 or 10
 * @ret: the number
 *
 * Return: false for text other than digits, and for a number that does not fit.
 */
bool csrv_text_u64(const char *text, unsigned int base, u64 *ret);

#endif /* CSRV_CONFIGFS_TEXT_H */
