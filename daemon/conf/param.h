/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's view of a parameter. The rows are in table_gen.h, generated from configfs-schema/.
 */
#ifndef CSRV_DAEMON_CONF_PARAM_H
#define CSRV_DAEMON_CONF_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

enum conf_type {
	CONF_BOOL,		/* "0" or "1" */
	CONF_U32,
	CONF_SIZE,		/* bytes */
	CONF_ENUM,
	CONF_STRING,
	CONF_LIST,		/* words with one blank between them; see conf_format */
};

/* The program that obeys the parameter. */
enum conf_to {
	CONF_TO_KERNEL,
	CONF_TO_DAEMON,
};

/* The form of the characters of a string or the words of a list. */
enum conf_format {
	CONF_FORMAT_TEXT,	/* any text without control characters */
	CONF_FORMAT_PATH,	/* absolute path */
	CONF_FORMAT_ADDRESS,	/* IPv4 or IPv6 address, without port or brackets */
	CONF_FORMAT_IFNAME,	/* network interface, or nothing */
	CONF_FORMAT_NETBIOS,	/* 1 to 15 characters [MS-NBTE] 2.2.1 leaves usable */
	CONF_FORMAT_WORD,	/* no blanks */
	CONF_FORMAT_USERS,	/* user names, @<gid>; smb.conf: @group, +group */
	CONF_FORMAT_HOSTS,	/* addresses, networks, names, ALL, EXCEPT */
	CONF_FORMAT_NUMBERS,	/* u32 each, within lo..hi */
	CONF_FORMAT_NAMES,	/* file name patterns between slashes: "/a?/b c/" */
	CONF_FORMAT_CHOICE,	/* words out of @values */
	CONF_FORMAT_INTERFACES,	/* names with wildcards, addresses, networks */
	CONF_FORMAT_LEVEL,	/* number: what Samba calls a log level */
};

/* @to replaces @from, or says why @from is refused. */
struct conf_pair {
	const char *from;
	const char *to;
};

struct conf_param {
	const char *attr;		/* name in configfs */
	const char *name;		/* name in smb.conf; NULL: not in smb.conf */
	const char *const *aliases;	/* NULL-terminated, or NULL; likewise below */
	const char *const *inverted;	/* names that mean the opposite (bool) */
	const char *const *values;	/* enum, or CONF_FORMAT_CHOICE */
	const struct conf_pair *synonyms;
	const struct conf_pair *refused;
	const struct conf_pair *differs;	/* taken, but @to is not what was asked */
	const char *def;		/* default, canonical */
	const char *dropped;		/* why octal bits beyond @hi are ignored; NULL: illegal */
	uint64_t lo, hi;		/* numbers */
	uint16_t max;			/* string, list: longest text in bytes */
	uint8_t type;			/* enum conf_type */
	uint8_t format;			/* enum conf_format */
	uint8_t to;			/* enum conf_to */
	bool octal;
	bool clamp;			/* a number out of range counts as the nearest */
	bool dropped_differs;		/* ignored bits are a difference */
	bool when_disabled;		/* changes only while the item is disabled */
};

struct conf_table {
	const char *scope;
	const struct conf_param *params;
	size_t n;
};

extern const struct conf_table conf_server_table;
extern const struct conf_table conf_share_table;
extern const struct conf_table conf_user_table;
extern const struct conf_table conf_listener_table;

/** conf_table_attr() - index of an attribute in @table, -1 if there is none */
int conf_table_attr(const struct conf_table *table, const char *attr);

/**
 * conf_name_is() - is @name the parameter that is called @known?
 * Case and blanks do not count ("readonly", "Read  Only"). A star at the end of @known
 * stands for any rest, for none as well.
 */
bool conf_name_is(const char *name, const char *known);

/**
 * conf_table_name() - index of a parameter by its smb.conf name, -1 if none
 * @name: case and blanks do not count
 * @inverted: set when @name means the opposite of the parameter
 */
int conf_table_name(const struct conf_table *table, const char *name, bool *inverted);

/**
 * conf_value_is() - is @value the word @known?
 * Case does not count, and ' ', '-' and '_' are alike.
 */
bool conf_value_is(const char *value, const char *known);

/** conf_value_truth() - 1 for yes, true, on, 1; 0 for no, false, off, 0; -1 for all else */
int conf_value_truth(const char *value);

#endif
