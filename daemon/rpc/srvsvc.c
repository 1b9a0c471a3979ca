// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rpc/srvsvc.c - the Server Service, [MS-SRVS]: its operations
 *
 * Opnums that are not here are answered with nca_s_op_rng_error.  Methods that
 * change something (NetrShareAdd, NetrSessionDel …) are not offered: shares are
 * made in smb.conf.
 */
#include "srvsvc.h"

/* [MS-SRVS] 3.1.4 */
static const struct rpc_op srvsvc_ops[] = {
	{  8, "NetrConnectionEnum",	srvsvc_connection_enum },
	{  9, "NetrFileEnum",		srvsvc_file_enum },
	{ 12, "NetrSessionEnum",	srvsvc_session_enum },
	{ 15, "NetrShareEnum",		srvsvc_share_enum },
	{ 16, "NetrShareGetInfo",	srvsvc_share_get_info },
	{ 20, "NetrShareCheck",		srvsvc_share_check },
	{ 21, "NetrServerGetInfo",	srvsvc_server_get_info },
	{ 23, "NetrServerDiskEnum",	srvsvc_server_disk_enum },
	{ 28, "NetrRemoteTOD",		srvsvc_remote_tod },
	{ 33, "NetprNameValidate",	srvsvc_name_validate },
	{ 36, "NetrShareEnumSticky",	srvsvc_share_enum_sticky },
};

/* 4b324fc8-1670-01d3-1278-5a47bf6ee188 3.0, [MS-SRVS] 1.9 */
const struct rpc_iface rpc_srvsvc = {
	.pipe = "srvsvc",
	.id = {
		.uuid = {
			0xc8, 0x4f, 0x32, 0x4b, 0x70, 0x16, 0xd3, 0x01,
			0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88,
		},
		.major = 3,
	},
	.ops = srvsvc_ops,
	.nops = sizeof(srvsvc_ops) / sizeof(srvsvc_ops[0]),
};
