/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rpc/infotab.h - information levels as tables
 *
 * The Net* methods of [MS-SRVS] and [MS-WKST] answer with structures chosen by
 * a level.  All of them are rows of 32-bit numbers and unique pointers to
 * strings, so a level is a list of columns, a row is an array of values, and
 * the marshalling of GetInfo and Enum is written once, here.
 */
#ifndef CIFSSRVD_RPC_INFOTAB_H
#define CIFSSRVD_RPC_INFOTAB_H

#include "iface.h"

#define INFO_MAX_COLS	16

/* One value of a row: a number or a string, as the table's kinds say. */
union info_val {
	uint32_t num;
	const char *str;
};

struct info_row {
	union info_val val[INFO_MAX_COLS];
};

/* Callers that may ask for a level. */
enum info_access {
	INFO_ANYONE,
	INFO_KNOWN,		/* neither the anonymous user nor the guest */
	INFO_ADMIN,
};

/**
 * struct info_level - one structure, SHARE_INFO_2 for example
 * @level: its number
 * @access: callers that get it
 * @ncols: members
 * @cols: which column of the row each member is, in the order of the wire
 */
struct info_level {
	uint32_t level;
	enum info_access access;
	uint8_t ncols;
	uint8_t cols[INFO_MAX_COLS];
};

/**
 * struct info_table - the levels of one family of structures
 * @kinds: a letter for each column: 'd' number, 's' string, 'b' a pointer to
 *	bytes, which is always NULL in replies
 * @levels: the served ones
 * @nlevels: how many
 * @refused: other levels of the interface's union, ending in 0: their arm is a pointer on the wire,
 *	NULL in answers
 */
struct info_table {
	const char *kinds;
	const struct info_level *levels;
	size_t nlevels;
	const uint32_t *refused;
};

/* WERR_OK, WERR_INVALID_LEVEL or WERR_ACCESS_DENIED; *@ret only with the first. */
enum rpc_werror info_level_check(const struct rpc_call *call, const struct info_table *tab,
				 uint32_t level, const struct info_level **ret);

/*
 * The reply of a GetInfo method: union [switch_is(level)] with @row (NULL after
 * an error), then the return value @err.
 */
enum dcerpc_fault info_reply(struct rpc_call *call, const struct info_table *tab, uint32_t level,
			     const struct info_row *row, enum rpc_werror err);

/**
 * struct info_enum - parameters all Enum methods share
 * @tab: the family
 * @level: asked for
 * @has_ctr: the client passed a container
 * @pref_max: PreferedMaximumLength
 * @has_resume: ResumeHandle is not NULL
 * @resume: its value: the number of items already seen
 * @lv: the level, once info_enum_check() found it good
 * @rows: collected by info_enum_add()
 * @nrows: how many
 */
struct info_enum {
	const struct info_table *tab;
	uint32_t level;
	bool has_ctr;
	uint32_t pref_max;
	bool has_resume;
	uint32_t resume;
	const struct info_level *lv;
	struct info_row *rows;
	size_t nrows;
};

/* InfoStruct, PreferedMaximumLength and ResumeHandle from @call->in. */
void info_enum_pull(struct rpc_call *call, struct info_enum *en);
/* info_level_check() and the container. */
enum rpc_werror info_enum_check(struct rpc_call *call, struct info_enum *en);
/* Keeps a copy of @row, strings included; 0, -ENOMEM, or -E2BIG for too many. */
int info_enum_add(struct rpc_call *call, struct info_enum *en, const struct info_row *row);
/*
 * InfoStruct with as many rows as PreferedMaximumLength allows, TotalEntries,
 * ResumeHandle and the return value (@err, or what the packing made of it).
 */
enum dcerpc_fault info_enum_reply(struct rpc_call *call, struct info_enum *en,
				  enum rpc_werror err);

#endif /* CIFSSRVD_RPC_INFOTAB_H */
