/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Generated from configfs-schema/server.cfg by "make gen"; do not edit. */
#ifndef CSRV_MODEL_SERVER_PARAMS_GEN_H
#define CSRV_MODEL_SERVER_PARAMS_GEN_H

#include <linux/types.h>

enum csrv_server_min_protocol {
	CSRV_SERVER_MIN_PROTOCOL_SMB2_02 = 0,
	CSRV_SERVER_MIN_PROTOCOL_SMB2_10 = 1,
	CSRV_SERVER_MIN_PROTOCOL_SMB3_00 = 2,
	CSRV_SERVER_MIN_PROTOCOL_SMB3_02 = 3,
	CSRV_SERVER_MIN_PROTOCOL_SMB3_11 = 4,
};

enum csrv_server_max_protocol {
	CSRV_SERVER_MAX_PROTOCOL_SMB2_02 = 0,
	CSRV_SERVER_MAX_PROTOCOL_SMB2_10 = 1,
	CSRV_SERVER_MAX_PROTOCOL_SMB3_00 = 2,
	CSRV_SERVER_MAX_PROTOCOL_SMB3_02 = 3,
	CSRV_SERVER_MAX_PROTOCOL_SMB3_11 = 4,
};

enum csrv_server_signing {
	CSRV_SERVER_SIGNING_DISABLED = 0,
	CSRV_SERVER_SIGNING_AUTO = 1,
	CSRV_SERVER_SIGNING_MANDATORY = 2,
};

enum csrv_server_encryption {
	CSRV_SERVER_ENCRYPTION_OFF = 0,
	CSRV_SERVER_ENCRYPTION_IF_REQUIRED = 1,
	CSRV_SERVER_ENCRYPTION_DESIRED = 2,
	CSRV_SERVER_ENCRYPTION_REQUIRED = 3,
};

enum csrv_server_directory_leases {
	CSRV_SERVER_DIRECTORY_LEASES_NO = 0,
	CSRV_SERVER_DIRECTORY_LEASES_YES = 1,
};

enum csrv_server_map_to_guest {
	CSRV_SERVER_MAP_TO_GUEST_NEVER = 0,
	CSRV_SERVER_MAP_TO_GUEST_BAD_USER = 1,
	CSRV_SERVER_MAP_TO_GUEST_BAD_PASSWORD = 2,
};

/*
 * What configfs says about a server, checked. Texts are the struct's own and never
 * NULL between _init or _copy and _free; lists have one blank between words.
 */
struct csrv_server_params {
	char *workgroup;
	char *server_string;
	char *netbios_name;
	char *encryption_algorithms;
	char *signing_algorithms;
	char *hosts_allow;
	char *hosts_deny;
	char *interfaces;
	u64 max_read;	/* bytes */
	u64 max_write;	/* bytes */
	u64 max_trans;	/* bytes */
	u64 max_inflight;	/* bytes */
	u64 max_inflight_total;	/* bytes */
	u32 max_credits;
	u32 max_connections;
	u32 max_connections_per_ip;
	u32 max_half_open;
	u32 logon_timeout;
	u32 message_timeout;
	u32 max_sessions;
	u32 max_trees;
	u32 max_trees_per_session;
	u32 max_open_files;
	u32 max_open_files_per_session;
	u32 max_locks;
	u32 max_locks_per_open;
	u32 max_waiting;
	u32 deadtime;
	u32 keepalive;
	u32 ipc_timeout;
	u32 restrict_anonymous;
	u8 min_protocol;	/* enum csrv_server_min_protocol */
	u8 max_protocol;	/* enum csrv_server_max_protocol */
	u8 signing;	/* enum csrv_server_signing */
	u8 encryption;	/* enum csrv_server_encryption */
	u8 directory_leases;	/* enum csrv_server_directory_leases */
	u8 map_to_guest;	/* enum csrv_server_map_to_guest */
	bool leases;
	bool change_notify;
	bool kernel_change_notify;
	bool multichannel;
};

/* Defaults. 0 or -ENOMEM, with nothing held then. Process context. */
int csrv_server_params_init(struct csrv_server_params *p);
/* @to is overwritten, not freed. 0 or -ENOMEM, with nothing held then. */
int csrv_server_params_copy(struct csrv_server_params *to,
			    const struct csrv_server_params *from);
/* Harmless on a struct of zeroes and on one that was freed. */
void csrv_server_params_free(struct csrv_server_params *p);

#endif
