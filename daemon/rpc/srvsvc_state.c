// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rpc/srvsvc_state.c - clients and their opens: NetrSessionEnum, NetrConnectionEnum, NetrFileEnum
 *
 * Implementation: all of it is for administrators, as current versions of Windows have it by
 * default (the NetSessionEnum hardening).
 */
#include "srvsvc.h"

#include <string.h>


/* [MS-SRVS] 2.2.2.3: SESS_GUEST */
#define SESS_GUEST	0x00000001

enum sess_col {
	SESS_CNAME, SESS_USER, SESS_OPENS, SESS_TIME, SESS_IDLE, SESS_FLAGS, SESS_TYPE,
	SESS_TRANSPORT,
};

/* [MS-SRVS] 2.2.4.11 … 2.2.4.15 */
static const struct info_level sess_levels[] = {
	{ 0, INFO_ADMIN, 1, { SESS_CNAME } },
	{ 1, INFO_ADMIN, 6, { SESS_CNAME, SESS_USER, SESS_OPENS, SESS_TIME, SESS_IDLE,
			      SESS_FLAGS } },
	{ 2, INFO_ADMIN, 7, { SESS_CNAME, SESS_USER, SESS_OPENS, SESS_TIME, SESS_IDLE,
			      SESS_FLAGS, SESS_TYPE } },
	{ 10, INFO_ADMIN, 4, { SESS_CNAME, SESS_USER, SESS_TIME, SESS_IDLE } },
	{ 502, INFO_ADMIN, 8, { SESS_CNAME, SESS_USER, SESS_OPENS, SESS_TIME, SESS_IDLE,
				SESS_FLAGS, SESS_TYPE, SESS_TRANSPORT } },
};

static const struct info_table sess_table = {
	.kinds = "ssddddss", .levels = sess_levels, .nlevels = ARRAY_LEN(sess_levels),
};

/* State of an enumeration, and its filters. */
struct walk {
	struct rpc_call *call;
	struct info_enum en;
	const char *client;
	const char *user;
	const char *path;
	const char *qualifier;
	bool by_client;		/* qualifier is \\client, not a share */
	bool matched;
};

/* An empty filter matches all. */
static bool passes(const char *filter, const char *value)
{
	return !filter || !*filter || rpc_unc_equal(filter, rpc_text(value));
}

static int sess_one(const struct rpc_session *s, void *arg)
{
	struct info_row row = {};
	struct walk *w = arg;

	if (!passes(w->client, s->client) || !passes(w->user, s->user))
		return 0;
	w->matched = true;
	row.val[SESS_CNAME].str = talloc_asprintf(w->call->mem, "\\\\%s", rpc_text(s->client));
	if (!row.val[SESS_CNAME].str)
		return -1;
	row.val[SESS_USER].str = rpc_text(s->user);
	row.val[SESS_OPENS].num = s->opens;
	row.val[SESS_TIME].num = s->active_secs;
	row.val[SESS_IDLE].num = s->idle_secs;
	row.val[SESS_FLAGS].num = s->guest ? SESS_GUEST : 0;
	row.val[SESS_TYPE].str = rpc_text(s->client_type);
	row.val[SESS_TRANSPORT].str = "";
	return info_enum_add(w->call, &w->en, &row);
}

/* A filter without a match is an error, 3.1.4.5. */
static enum rpc_werror sess_unmatched(const struct walk *w)
{
	if (w->matched)
		return WERR_OK;
	if (w->client && *w->client)
		return WERR_CLIENT_NAME_NOT_FOUND;
	return w->user && *w->user ? WERR_USER_NOT_FOUND : WERR_OK;
}

enum dcerpc_fault srvsvc_session_enum(struct rpc_call *call)
{
	struct walk w = { .call = call, .en.tab = &sess_table };
	enum rpc_werror err;

	ndr_opt_string(call->in);
	w.client = ndr_opt_string(call->in);
	w.user = ndr_opt_string(call->in);
	info_enum_pull(call, &w.en);
	if (!ndr_ok(call->in))
		return DCERPC_FAULT_NDR;
	err = info_enum_check(call, &w.en);
	if (!err && call->env->sessions && call->env->sessions(call->env->priv, sess_one, &w))
		err = WERR_NOT_ENOUGH_MEMORY;
	if (!err)
		err = sess_unmatched(&w);
	return info_enum_reply(call, &w.en, err);
}

enum conn_col {
	CONN_ID, CONN_TYPE, CONN_OPENS, CONN_USERS, CONN_TIME, CONN_USER, CONN_NETNAME,
};

/* [MS-SRVS] 2.2.4.1, 2.2.4.2 */
static const struct info_level conn_levels[] = {
	{ 0, INFO_ADMIN, 1, { CONN_ID } },
	{ 1, INFO_ADMIN, 7, { CONN_ID, CONN_TYPE, CONN_OPENS, CONN_USERS, CONN_TIME, CONN_USER,
			      CONN_NETNAME } },
};

static const struct info_table conn_table = {
	.kinds = "dddddss", .levels = conn_levels, .nlevels = ARRAY_LEN(conn_levels),
};

static int conn_one(const struct rpc_conn *c, void *arg)
{
	struct info_row row = {};
	struct walk *w = arg;

	if (!passes(w->qualifier, w->by_client ? c->client : c->share))
		return 0;
	row.val[CONN_ID].num = c->id;
	row.val[CONN_TYPE].num = c->type & ~(uint32_t)RPC_STYPE_SPECIAL;
	row.val[CONN_OPENS].num = c->opens;
	row.val[CONN_USERS].num = c->users;
	row.val[CONN_TIME].num = c->active_secs;
	row.val[CONN_USER].str = rpc_text(c->user);
	/* the one of share and client that the qualifier does not name */
	row.val[CONN_NETNAME].str = rpc_text(w->by_client ? c->share : c->client);
	return info_enum_add(w->call, &w->en, &row);
}

static int share_named(const struct rpc_share *sh, void *arg)
{
	struct walk *w = arg;

	w->matched = rpc_name_equal(sh->name, w->qualifier);
	return w->matched;
}

/* [MS-SRVS] 3.1.4.1: a share of that name must exist, or the name be a client's. */
static enum rpc_werror conn_qualifier(struct walk *w)
{
	if (!w->qualifier || !*w->qualifier)
		return WERR_INVALID_PARAMETER;
	w->by_client = w->qualifier[0] == '\\';
	if (w->by_client)
		return WERR_OK;
	if (w->call->env->shares(w->call->env->priv, share_named, w) < 0)
		return WERR_NOT_ENOUGH_MEMORY;
	return w->matched ? WERR_OK : WERR_NET_NAME_NOT_FOUND;
}

enum dcerpc_fault srvsvc_connection_enum(struct rpc_call *call)
{
	struct walk w = { .call = call, .en.tab = &conn_table };
	enum rpc_werror err;

	ndr_opt_string(call->in);
	w.qualifier = ndr_opt_string(call->in);
	info_enum_pull(call, &w.en);
	if (!ndr_ok(call->in))
		return DCERPC_FAULT_NDR;
	err = info_enum_check(call, &w.en);
	if (!err)
		err = conn_qualifier(&w);
	if (!err && call->env->conns && call->env->conns(call->env->priv, conn_one, &w))
		err = WERR_NOT_ENOUGH_MEMORY;
	return info_enum_reply(call, &w.en, err);
}

enum file_col {
	FILE_ID, FILE_PERMISSIONS, FILE_LOCKS, FILE_PATH, FILE_USER,
};

/* [MS-SRVS] 2.2.4.6, 2.2.4.7 */
static const struct info_level file_levels[] = {
	{ 2, INFO_ADMIN, 1, { FILE_ID } },
	{ 3, INFO_ADMIN, 5, { FILE_ID, FILE_PERMISSIONS, FILE_LOCKS, FILE_PATH, FILE_USER } },
};

static const struct info_table file_table = {
	.kinds = "dddss", .levels = file_levels, .nlevels = ARRAY_LEN(file_levels),
};

/* Is @path @base, or does it begin with it?  Both as clients write them; any case. */
static bool path_begins(const struct walk *w, const char *path, const char *base)
{
	size_t n = strlen(base);
	char *head = talloc_strndup(w->call->mem, path, n);
	bool yes = head && rpc_name_equal(head, base);

	talloc_free(head);
	return yes;
}

/* UNIX path to the form NetrFileEnum speaks; see share_path(). */
static char *file_path(TALLOC_CTX *mem, const char *path)
{
	char *s = talloc_asprintf(mem, "%s%s", path[0] == '/' ? "C:" : "", path);

	for (char *p = s; p && *p; p++)
		if (*p == '/')
			*p = '\\';
	return s;
}

static int file_one(const struct rpc_file *f, void *arg)
{
	struct info_row row = {};
	struct walk *w = arg;
	char *path;
	int r;

	if (!passes(w->user, f->user))
		return 0;
	path = file_path(w->call->mem, rpc_text(f->path));
	if (!path)
		return -1;
	row.val[FILE_ID].num = f->id;
	row.val[FILE_PERMISSIONS].num = f->access;
	row.val[FILE_LOCKS].num = f->locks;
	row.val[FILE_PATH].str = path;
	row.val[FILE_USER].str = rpc_text(f->user);
	r = w->path && !path_begins(w, path, w->path) ? 0 : info_enum_add(w->call, &w->en, &row);
	talloc_free(path);
	return r;
}

enum dcerpc_fault srvsvc_file_enum(struct rpc_call *call)
{
	struct walk w = { .call = call, .en.tab = &file_table };
	enum rpc_werror err;

	ndr_opt_string(call->in);
	w.path = ndr_opt_string(call->in);
	w.user = ndr_opt_string(call->in);
	info_enum_pull(call, &w.en);
	if (!ndr_ok(call->in))
		return DCERPC_FAULT_NDR;
	err = info_enum_check(call, &w.en);
	if (!err && call->env->files && call->env->files(call->env->priv, file_one, &w))
		err = WERR_NOT_ENOUGH_MEMORY;
	return info_enum_reply(call, &w.en, err);
}
