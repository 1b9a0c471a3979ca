// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rpc/srvsvc_share.c - NetrShareEnum, NetrShareGetInfo and their kin
 */
#include "srvsvc.h"

#include <errno.h>
#include <string.h>

enum share_col {
	SHARE_NAME, SHARE_TYPE, SHARE_REMARK, SHARE_PERMISSIONS, SHARE_MAX_USES,
	SHARE_CURRENT_USES, SHARE_PATH, SHARE_PASSWD, SHARE_SD_LEN, SHARE_SD,
	SHARE_FLAGS,
};

/* SHI1005_FLAGS_ACCESS_BASED_DIRECTORY_ENUM, [MS-SRVS] 2.2.4.29 */
#define SHI1005_ABDE	0x0800

/* [MS-SRVS] 2.2.4.22 … 2.2.4.29; paths and descriptors are for administrators */
#define LEVEL_0		{ 0, INFO_ANYONE, 1, { SHARE_NAME } }
#define LEVEL_1		{ 1, INFO_ANYONE, 3, { SHARE_NAME, SHARE_TYPE, SHARE_REMARK } }
#define LEVEL_2		{ 2, INFO_ADMIN, 8, { SHARE_NAME, SHARE_TYPE, SHARE_REMARK, \
			  SHARE_PERMISSIONS, SHARE_MAX_USES, SHARE_CURRENT_USES, \
			  SHARE_PATH, SHARE_PASSWD } }
#define LEVEL_501(acc)	{ 501, acc, 4, { SHARE_NAME, SHARE_TYPE, SHARE_REMARK, SHARE_FLAGS } }
#define LEVEL_502	{ 502, INFO_ADMIN, 10, { SHARE_NAME, SHARE_TYPE, SHARE_REMARK, \
			  SHARE_PERMISSIONS, SHARE_MAX_USES, SHARE_CURRENT_USES, \
			  SHARE_PATH, SHARE_PASSWD, SHARE_SD_LEN, SHARE_SD } }
#define LEVEL_1005	{ 1005, INFO_ANYONE, 1, { SHARE_FLAGS } }

#define SHARE_KINDS	"sdsdddssdbd"

/* 501 has the members of 1 and 1005, yet its enumeration is for administrators, 3.1.4.8 */
static const struct info_level enum_levels[] = {
	LEVEL_0, LEVEL_1, LEVEL_2, LEVEL_501(INFO_ADMIN), LEVEL_502,
};

static const struct info_level sticky_levels[] = { LEVEL_0, LEVEL_1, LEVEL_2, LEVEL_502 };

static const struct info_level get_levels[] = {
	LEVEL_0, LEVEL_1, LEVEL_2, LEVEL_501(INFO_ANYONE), LEVEL_502, LEVEL_1005,
};

static const uint32_t share_refused[] = {
	501, 503, 1004, 1005, 1006, 1007, 1501, 0,
};

static const struct info_table enum_table = {
	SHARE_KINDS, enum_levels, ARRAY_LEN(enum_levels), share_refused,
};

static const struct info_table sticky_table = {
	SHARE_KINDS, sticky_levels, ARRAY_LEN(sticky_levels), share_refused,
};

static const struct info_table get_table = {
	SHARE_KINDS, get_levels, ARRAY_LEN(get_levels), share_refused,
};

/*
 * "/srv/data" as "C:\srv\data": clients reject a path that does not begin with a drive.  NULL
 * without memory.
 */
static const char *share_path(TALLOC_CTX *mem, const char *path)
{
	char *s = talloc_asprintf(mem, "C:%s%s", path[0] == '/' ? "" : "/", path);

	for (char *p = s; p && *p; p++)
		if (*p == '/')
			*p = '\\';
	return s;
}

static int share_row(TALLOC_CTX *mem, const struct rpc_share *sh, struct info_row *row)
{
	*row = (struct info_row){};
	row->val[SHARE_NAME].str = sh->name;
	row->val[SHARE_TYPE].num = sh->type;
	row->val[SHARE_REMARK].str = rpc_text(sh->comment);
	row->val[SHARE_MAX_USES].num = sh->max_users;
	row->val[SHARE_CURRENT_USES].num = sh->current_users;
	row->val[SHARE_PATH].str = sh->path ? share_path(mem, sh->path) : "";
	row->val[SHARE_FLAGS].num = sh->csc | (sh->hides_files ? SHI1005_ABDE : 0);
	return row->val[SHARE_PATH].str ? 0 : -ENOMEM;
}

/* The anonymous user gets no lists where "restrict anonymous" says so. */
static enum rpc_werror check_lists(struct rpc_call *call)
{
	struct rpc_server_info info = {};

	if (!call->caller->is_anonymous)
		return WERR_OK;
	if (call->env->server_info(call->env->priv, &info) || info.restrict_anonymous)
		return WERR_ACCESS_DENIED;
	return WERR_OK;
}

/* Do enumerations show the share to the caller? */
static bool is_listed(const struct rpc_call *call, const struct rpc_share *sh)
{
	const struct rpc_env *env = call->env;

	return !sh->abe || (env->admits && env->admits(env->priv, call->caller->session, sh->name));
}

struct home_walk {
	struct rpc_call *call;
	struct rpc_share *home;
	bool found;
	bool listed;		/* enumerations show it */
};

/* The kernel connects to a share of the user's name, which hides the home. */
static int home_one(const struct rpc_share *sh, void *arg)
{
	struct home_walk *w = arg;
	TALLOC_CTX *mem = w->call->mem;

	if (rpc_name_equal(sh->name, w->call->caller->user)) {
		w->found = false;
		return 1;
	}
	if (!sh->homes || w->found)
		return 0;
	*w->home = *sh;
	w->home->abe = false;	/* @listed says it: the share has another name */
	w->listed = is_listed(w->call, sh);
	w->home->name = w->call->caller->user;
	w->home->comment = talloc_strdup(mem, rpc_text(sh->comment));
	w->home->path = talloc_strdup(mem, rpc_text(sh->path));
	/* smb.conf(5), [homes]: whether that section is browseable says nothing about homes. */
	w->home->hidden = false;
	w->found = true;
	return w->home->comment && w->home->path ? 0 : -ENOMEM;
}

/*
 * The caller's home, if there is a share of homes; users without a proven identity have none.
 * @listed: as an enumeration shows it.  1, and @home, whose strings live as long as the call; 0
 * when there is none; a negative errno.
 */
static int find_home(struct rpc_call *call, bool listed, struct rpc_share *home)
{
	struct home_walk w = { .call = call, .home = home };
	int r;

	if (rpc_is_nobody(call) || !*rpc_text(call->caller->user))
		return 0;
	r = call->env->shares(call->env->priv, home_one, &w);
	return r < 0 ? r : w.found && (!listed || w.listed);
}

struct enum_walk {
	struct rpc_call *call;
	struct info_enum *en;
};

static int enum_one(const struct rpc_share *sh, void *arg)
{
	struct enum_walk *w = arg;
	struct info_row row;
	int r;

	if (sh->hidden || !is_listed(w->call, sh))
		return 0;
	r = share_row(w->call->mem, sh, &row);
	return r ? r : info_enum_add(w->call, w->en, &row);
}

/* Shows all shares, the caller's home last. */
static int enum_all(struct rpc_call *call, struct enum_walk *walk)
{
	struct rpc_share home;
	int r = call->env->shares(call->env->priv, enum_one, walk);

	if (r)
		return r;
	r = find_home(call, true, &home);
	return r > 0 ? enum_one(&home, walk) : r;
}

static enum dcerpc_fault share_enum(struct rpc_call *call, const struct info_table *tab)
{
	struct info_enum en = { .tab = tab };
	struct enum_walk walk = { call, &en };
	enum rpc_werror err;

	ndr_opt_string(call->in);		/* ServerName: ignored, 3.1.4.8 */
	info_enum_pull(call, &en);
	if (!ndr_ok(call->in))
		return DCERPC_FAULT_NDR;
	err = info_enum_check(call, &en);
	if (!err)
		err = check_lists(call);
	if (!err && enum_all(call, &walk))
		err = WERR_NOT_ENOUGH_MEMORY;
	return info_enum_reply(call, &en, err);
}

enum dcerpc_fault srvsvc_share_enum(struct rpc_call *call)
{
	return share_enum(call, &enum_table);
}

/* All shares are in smb.conf, and so survive a restart, as "sticky" means. */
enum dcerpc_fault srvsvc_share_enum_sticky(struct rpc_call *call)
{
	return share_enum(call, &sticky_table);
}

struct find_walk {
	struct rpc_call *call;
	const char *name;		/* of the share, or */
	const char *device;		/* its path as clients write it */
	struct info_row row;
	uint32_t type;
	bool found;
};

static int find_one(const struct rpc_share *sh, void *arg)
{
	struct find_walk *w = arg;
	struct info_row row;
	int r = share_row(w->call->mem, sh, &row);

	if (r)
		return r;
	if (w->name)
		w->found = rpc_name_equal(sh->name, w->name);
	else
		/* IPC$ has no path, which @device "" does not match */
		w->found = rpc_name_equal(row.val[SHARE_PATH].str, w->device);
	if (!w->found)
		return 0;
	/* the row's strings are freed after this callback */
	row.val[SHARE_NAME].str = talloc_strdup(w->call->mem, sh->name);
	row.val[SHARE_REMARK].str = talloc_strdup(w->call->mem, rpc_text(sh->comment));
	if (!row.val[SHARE_NAME].str || !row.val[SHARE_REMARK].str)
		return -ENOMEM;
	w->row = row;
	w->type = sh->type;
	return 1;
}

/* Finds the share of that name, or else the caller's home. */
static int find_named(struct rpc_call *call, struct find_walk *walk)
{
	struct rpc_share home;
	int r = call->env->shares(call->env->priv, find_one, walk);

	if (r)
		return r;
	r = find_home(call, false, &home);
	return r > 0 ? find_one(&home, walk) : r;
}

enum dcerpc_fault srvsvc_share_get_info(struct rpc_call *call)
{
	struct find_walk walk = { .call = call };
	const struct info_level *lv;
	enum rpc_werror err;
	uint32_t level;

	ndr_opt_string(call->in);
	walk.name = ndr_string(call->in);
	level = ndr_u32(call->in);
	if (!ndr_ok(call->in))
		return DCERPC_FAULT_NDR;
	err = info_level_check(call, &get_table, level, &lv);
	if (!err)
		err = check_lists(call);
	if (!err && find_named(call, &walk) < 0)
		err = WERR_NOT_ENOUGH_MEMORY;
	if (!err && !walk.found)
		err = WERR_NET_NAME_NOT_FOUND;
	return info_reply(call, &get_table, level, &walk.row, err);
}

/* Is a device shared?  Answered from the paths, which are for administrators. */
enum dcerpc_fault srvsvc_share_check(struct rpc_call *call)
{
	struct find_walk walk = { .call = call };
	enum rpc_werror err = WERR_OK;

	ndr_opt_string(call->in);
	walk.device = ndr_string(call->in);
	if (!ndr_ok(call->in))
		return DCERPC_FAULT_NDR;
	if (!call->caller->is_admin)
		err = WERR_ACCESS_DENIED;
	if (!err && call->env->shares(call->env->priv, find_one, &walk) < 0)
		err = WERR_NOT_ENOUGH_MEMORY;
	if (!err && !walk.found)
		err = WERR_DEVICE_NOT_SHARED;
	ndr_put_u32(call->out, walk.type & ~(uint32_t)RPC_STYPE_SPECIAL);
	ndr_put_u32(call->out, err);
	return DCERPC_FAULT_NONE;
}
