// SPDX-License-Identifier: GPL-2.0-or-later
/* rpc/wkssvc.c - the Workstation Service, [MS-WKST]: the part that clients of a file server use */
#include "infotab.h"


enum wksta_col {
	WKS_PLATFORM, WKS_NAME, WKS_LANGROUP, WKS_MAJOR, WKS_MINOR, WKS_LANROOT, WKS_USERS,
};

/* [MS-WKST] 2.2.5.1 … 2.2.5.3; who may ask: 3.2.4.1 */
static const struct info_level wksta_levels[] = {
	{ 100, INFO_ANYONE, 5, { WKS_PLATFORM, WKS_NAME, WKS_LANGROUP, WKS_MAJOR, WKS_MINOR } },
	{ 101, INFO_KNOWN, 6, { WKS_PLATFORM, WKS_NAME, WKS_LANGROUP, WKS_MAJOR, WKS_MINOR,
				WKS_LANROOT } },
	{ 102, INFO_ADMIN, 7, { WKS_PLATFORM, WKS_NAME, WKS_LANGROUP, WKS_MAJOR, WKS_MINOR,
				WKS_LANROOT, WKS_USERS } },
};

/*
 * The other arms of WKSTA_INFO, [MS-WKST] 3.2.4.1.  502 and those above are about a redirector,
 * which this server does not have.
 */
static const uint32_t wksta_refused[] = {
	502, 1010, 1011, 1012, 1013, 1018, 1023, 1027, 1028, 1032, 1033, 1041, 1042, 1043, 1044,
	1045, 1046, 1047, 1048, 1049, 1050, 1051, 1052, 1053, 1054, 1055, 1056, 1057, 1058,
	1059, 1060, 1061, 1062, 0,
};

static const struct info_table wksta_table = {
	"dssddsd", wksta_levels, ARRAY_LEN(wksta_levels), wksta_refused,
};

/* NetrWkstaGetInfo, [MS-WKST] 3.2.4.1 */
static enum dcerpc_fault wkssvc_get_info(struct rpc_call *call)
{
	struct rpc_server_info info = {};
	const struct info_level *lv;
	struct info_row row = {};
	enum rpc_werror err;
	uint32_t level;

	ndr_opt_string(call->in);		/* ServerName: ignored */
	level = ndr_u32(call->in);
	if (!ndr_ok(call->in))
		return DCERPC_FAULT_NDR;
	err = info_level_check(call, &wksta_table, level, &lv);
	if (!err && call->env->server_info(call->env->priv, &info))
		err = WERR_NOT_ENOUGH_MEMORY;
	row.val[WKS_PLATFORM].num = RPC_PLATFORM_NT;
	row.val[WKS_NAME].str = rpc_text(info.netbios_name);
	row.val[WKS_LANGROUP].str = rpc_text(info.workgroup);
	row.val[WKS_MAJOR].num = info.version_major;
	row.val[WKS_MINOR].num = 0;
	row.val[WKS_LANROOT].str = "";
	row.val[WKS_USERS].num = info.logged_on_users;
	return info_reply(call, &wksta_table, level, &row, err);
}

/* [MS-WKST] 3.2.4 */
static const struct rpc_op wkssvc_ops[] = {
	{ 0, "NetrWkstaGetInfo", wkssvc_get_info },
};

/* 6bffd098-a112-3610-9833-46c3f87e345a 1.0, [MS-WKST] 1.9 */
const struct rpc_iface rpc_wkssvc = {
	.pipe = "wkssvc",
	.id = {
		.uuid = {
			0x98, 0xd0, 0xff, 0x6b, 0x12, 0xa1, 0x10, 0x36,
			0x98, 0x33, 0x46, 0xc3, 0xf8, 0x7e, 0x34, 0x5a,
		},
		.major = 1,
	},
	.ops = wkssvc_ops,
	.nops = ARRAY_LEN(wkssvc_ops),
};
