/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rpc/srvsvc.h - the handlers of [MS-SRVS], by the section that describes them
 */
#ifndef CIFSSRVD_RPC_SRVSVC_H
#define CIFSSRVD_RPC_SRVSVC_H

#include "infotab.h"

/* srvsvc_share.c */
enum dcerpc_fault srvsvc_share_enum(struct rpc_call *call);		/* 3.1.4.8 */
enum dcerpc_fault srvsvc_share_enum_sticky(struct rpc_call *call);	/* 3.1.4.9 */
enum dcerpc_fault srvsvc_share_get_info(struct rpc_call *call);		/* 3.1.4.10 */
enum dcerpc_fault srvsvc_share_check(struct rpc_call *call);		/* 3.1.4.16 */

/* srvsvc_state.c */
enum dcerpc_fault srvsvc_connection_enum(struct rpc_call *call);	/* 3.1.4.1 */
enum dcerpc_fault srvsvc_file_enum(struct rpc_call *call);		/* 3.1.4.2 */
enum dcerpc_fault srvsvc_session_enum(struct rpc_call *call);		/* 3.1.4.5 */

/* srvsvc_server.c */
enum dcerpc_fault srvsvc_server_get_info(struct rpc_call *call);	/* 3.1.4.17 */
enum dcerpc_fault srvsvc_server_disk_enum(struct rpc_call *call);	/* 3.1.4.19 */
enum dcerpc_fault srvsvc_remote_tod(struct rpc_call *call);		/* 3.1.4.21 */
enum dcerpc_fault srvsvc_name_validate(struct rpc_call *call);		/* 3.1.4.32 */

#endif /* CIFSSRVD_RPC_SRVSVC_H */
