// SPDX-License-Identifier: GPL-2.0-or-later
/* rpc/srvsvc_server.c - NetrServerGetInfo, NetrServerDiskEnum, NetrRemoteTOD, NetprNameValidate */
#include "srvsvc.h"

#include <string.h>
#include <time.h>


/* [MS-SRVS] 2.2.2.7: SV_TYPE_WORKSTATION | SV_TYPE_SERVER | SV_TYPE_NT | SV_TYPE_SERVER_NT */
#define SERVER_TYPE	(0x00000001u | 0x00000002u | 0x00001000u | 0x00008000u)
/* [MS-SRVS] 2.2.4.42 sv102_disc: no automatic disconnection */
#define SV_NODISC	UINT32_MAX

enum server_col {
	SV_PLATFORM, SV_NAME, SV_MAJOR, SV_MINOR, SV_TYPE, SV_COMMENT, SV_USERS, SV_DISC,
	SV_HIDDEN, SV_ANNOUNCE, SV_ANNDELTA, SV_LICENSES, SV_USERPATH,
};

/* [MS-SRVS] 2.2.4.40 … 2.2.4.42 */
static const struct info_level server_levels[] = {
	{ 100, INFO_ANYONE, 2, { SV_PLATFORM, SV_NAME } },
	{ 101, INFO_ANYONE, 6, { SV_PLATFORM, SV_NAME, SV_MAJOR, SV_MINOR, SV_TYPE,
				 SV_COMMENT } },
	{ 102, INFO_ADMIN, 13, { SV_PLATFORM, SV_NAME, SV_MAJOR, SV_MINOR, SV_TYPE, SV_COMMENT,
				 SV_USERS, SV_DISC, SV_HIDDEN, SV_ANNOUNCE, SV_ANNDELTA,
				 SV_LICENSES, SV_USERPATH } },
};

/* The other arms of SERVER_INFO, [MS-SRVS] 3.1.4.17 */
static const uint32_t server_refused[] = {
	103, 402, 403, 502, 503, 599, 1005, 1010, 1016, 1017, 1018, 1107, 1501, 1502, 1503,
	1506, 1510, 1511, 1512, 1513, 1514, 1515, 1516, 1518, 1520, 1521, 1522, 1523, 1524,
	1525, 1528, 1529, 1530, 1533, 1534, 1535, 1536, 1537, 1538, 1539, 1540, 1541, 1542,
	1543, 1544, 1545, 1546, 1547, 1548, 1549, 1550, 1552, 1553, 1554, 1555, 1556, 0,
};

static const struct info_table server_table = {
	"dsdddsdddddds", server_levels, ARRAY_LEN(server_levels), server_refused,
};

static void server_row(const struct rpc_server_info *info, struct info_row *row)
{
	*row = (struct info_row){};
	row->val[SV_PLATFORM].num = RPC_PLATFORM_NT;
	row->val[SV_NAME].str = rpc_text(info->netbios_name);
	row->val[SV_MAJOR].num = info->version_major;
	row->val[SV_MINOR].num = 0;
	row->val[SV_TYPE].num = SERVER_TYPE;
	row->val[SV_COMMENT].str = rpc_text(info->comment);
	row->val[SV_USERS].num = info->max_users;
	row->val[SV_DISC].num = info->deadtime_minutes ? info->deadtime_minutes : SV_NODISC;
	row->val[SV_ANNOUNCE].num = 240;	/* seconds; the customary default */
	row->val[SV_ANNDELTA].num = 3000;	/* milliseconds; likewise */
	row->val[SV_USERPATH].str = "c:\\";
}

enum dcerpc_fault srvsvc_server_get_info(struct rpc_call *call)
{
	struct rpc_server_info info = {};
	const struct info_level *lv;
	struct info_row row;
	enum rpc_werror err;
	uint32_t level;

	ndr_opt_string(call->in);
	level = ndr_u32(call->in);
	if (!ndr_ok(call->in))
		return DCERPC_FAULT_NDR;
	err = info_level_check(call, &server_table, level, &lv);
	if (!err && call->env->server_info(call->env->priv, &info))
		err = WERR_NOT_ENOUGH_MEMORY;
	server_row(&info, &row);
	return info_reply(call, &server_table, level, &row, err);
}

/* DISK_ENUM_CONTAINER as a client may have filled it, [MS-SRVS] 2.2.4.92: ignored. */
static void skip_disks(struct ndr_in *in)
{
	uint32_t count = ndr_u32(in);

	if (!ndr_ref(in))
		return;
	ndr_expect(in, ndr_u32(in) >= count);	/* maximum count */
	ndr_count(in, 0);			/* offset */
	ndr_count(in, count);
	for (uint32_t i = 0; i < count && ndr_ok(in); i++) {
		uint32_t len;

		ndr_count(in, 0);
		len = ndr_u32(in);
		ndr_expect(in, len <= 3);
		ndr_take(in, 2 * (size_t)(len <= 3 ? len : 0));
	}
}

/* The drive of all paths, see share_path(); @there false: no drive. */
static void put_disks(struct ndr_out *out, bool there)
{
	ndr_put_u32(out, there);
	ndr_put_ref(out, there);
	if (!there)
		return;
	ndr_put_u32(out, 1);
	ndr_put_u32(out, 0);
	ndr_put_u32(out, 1);
	ndr_put_vstring(out, "C:");
}

enum dcerpc_fault srvsvc_server_disk_enum(struct rpc_call *call)
{
	enum rpc_werror err = WERR_OK;
	uint32_t level, resume;
	bool has_resume;

	ndr_opt_string(call->in);
	level = ndr_u32(call->in);
	skip_disks(call->in);
	ndr_u32(call->in);			/* PreferedMaximumLength: ignored */
	has_resume = ndr_opt_u32(call->in, &resume);
	if (!ndr_ok(call->in))
		return DCERPC_FAULT_NDR;
	if (level != 0)
		err = WERR_INVALID_LEVEL;
	else if (call->caller->is_guest || call->caller->is_anonymous)
		err = WERR_ACCESS_DENIED;
	put_disks(call->out, !err);
	ndr_put_u32(call->out, !err);
	ndr_put_ref(call->out, has_resume);
	if (has_resume)
		ndr_put_u32(call->out, resume);
	ndr_put_u32(call->out, err);
	return DCERPC_FAULT_NONE;
}

/* Seconds since 1970, and minutes west of Greenwich. */
static int64_t clock_now(struct rpc_call *call, int32_t *tz)
{
	time_t t = time(NULL);
	struct tm tm;

	*tz = 0;
	if (call->env->now)
		return call->env->now(call->env->priv, tz);
	if (localtime_r(&t, &tm))
		*tz = (int32_t)(-tm.tm_gmtoff / 60);
	return t;
}

/* TIME_OF_DAY_INFO, [MS-SRVS] 2.2.4.105 */
enum dcerpc_fault srvsvc_remote_tod(struct rpc_call *call)
{
	struct ndr_out *out = call->out;
	struct tm tm = {};
	int32_t tz;
	time_t t;

	ndr_opt_string(call->in);
	if (!ndr_ok(call->in))
		return DCERPC_FAULT_NDR;
	t = (time_t)clock_now(call, &tz);
	if (!gmtime_r(&t, &tm))
		t = 0;
	ndr_put_ref(out, true);
	ndr_put_u32(out, (uint32_t)t);			/* elapsedt */
	ndr_put_u32(out, (uint32_t)((uint64_t)t * 1000));	/* msecs, of an arbitrary start */
	ndr_put_u32(out, (uint32_t)tm.tm_hour);
	ndr_put_u32(out, (uint32_t)tm.tm_min);
	ndr_put_u32(out, (uint32_t)tm.tm_sec);
	ndr_put_u32(out, 0);				/* hunds */
	ndr_put_u32(out, (uint32_t)tz);
	ndr_put_u32(out, 310);				/* tinterval, in 0.1 ms */
	ndr_put_u32(out, (uint32_t)tm.tm_mday);
	ndr_put_u32(out, (uint32_t)tm.tm_mon + 1);
	ndr_put_u32(out, (uint32_t)tm.tm_year + 1900);
	ndr_put_u32(out, (uint32_t)tm.tm_wday);
	ndr_put_u32(out, WERR_OK);
	return DCERPC_FAULT_NONE;
}

/* Characters that are illegal in a name, [MS-SRVS] 2.2.2.8; control characters besides. */
#define NAME_DEFAULT	"\"/\\[]:|<>+=;,?"

/**
 * struct name_rule - a row of [MS-SRVS] 2.2.2.8
 * @min: shortest name, UTF-16 units
 * @max: longest
 * @illegal: characters that must not occur; NULL: all are legal
 * @dots: a name may be of dots and spaces alone
 */
struct name_rule {
	uint16_t min;
	uint16_t max;
	const char *illegal;
	bool dots;
};

enum name_type {
	NAMETYPE_COMPUTER	= 4,
	NAMETYPE_MESSAGEDEST	= 11,
};

/* By NameType, from 1 */
static const struct name_rule name_rules[] = {
	{ 1, 256, NAME_DEFAULT,	false },	/* user */
	{ 0, 256, NULL,		true },		/* password */
	{ 1, 256, NAME_DEFAULT,	false },	/* group */
	{ 1, 260, NAME_DEFAULT "*", false },	/* computer */
	{ 1, 16, NAME_DEFAULT,	false },	/* event */
	{ 1, 15, NAME_DEFAULT "* ", false },	/* domain */
	{ 1, 80, NAME_DEFAULT,	false },	/* service */
	{ 1, 260, NAME_DEFAULT,	false },	/* net */
	{ 1, 80, NAME_DEFAULT,	false },	/* share */
	{ 1, 15, NAME_DEFAULT,	false },	/* message */
	{ 1, 260, NAME_DEFAULT,	false },	/* message destination */
	{ 0, 8, NULL,		true },		/* share password */
	{ 1, 15, NAME_DEFAULT,	false },	/* workgroup */
};

static bool chars_legal(const struct name_rule *rule, const char *name)
{
	if (!rule->illegal)
		return true;
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p < 0x20 || strchr(rule->illegal, *p))
			return false;
	return true;
}

/* The column "other requirements". */
static bool extras_legal(uint32_t type, const char *name, size_t units)
{
	size_t n = strlen(name);
	const char *star;

	switch (type) {
	case NAMETYPE_COMPUTER:
		return name[0] != ' ' && name[n - 1] != ' ';
	case NAMETYPE_MESSAGEDEST:
		star = strchr(name, '*');
		if (star)
			return star[1] == '\0';
		return units < name_rules[type - 1].max;
	default:
		return true;
	}
}

static bool name_legal(uint32_t type, const char *name)
{
	const struct name_rule *rule = &name_rules[type - 1];
	size_t units = ndr_utf16_len(name);

	if (units < rule->min || units > rule->max || !chars_legal(rule, name))
		return false;
	if (!rule->dots && name[strspn(name, ". ")] == '\0')
		return false;
	return extras_legal(type, name, units);
}

enum dcerpc_fault srvsvc_name_validate(struct rpc_call *call)
{
	enum rpc_werror err = WERR_OK;
	const char *name;
	uint32_t type, flags;

	ndr_opt_string(call->in);
	name = ndr_string(call->in);
	type = ndr_u32(call->in);
	flags = ndr_u32(call->in);
	if (!ndr_ok(call->in))
		return DCERPC_FAULT_NDR;
	/* 0x80000000 asks for the shorter lengths of LAN Manager 2; they are not checked here */
	if ((flags & ~0x80000000u) || type < 1 || type > ARRAY_LEN(name_rules))
		err = WERR_INVALID_PARAMETER;
	else if (!name_legal(type, name))
		err = WERR_INVALID_NAME;
	ndr_put_u32(call->out, err);
	return DCERPC_FAULT_NONE;
}
