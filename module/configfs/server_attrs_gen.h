/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Generated from configfs-schema/server.cfg by "make gen"; do not edit. */
#ifndef CSRV_CONFIGFS_SERVER_ATTRS_GEN_H
#define CSRV_CONFIGFS_SERVER_ATTRS_GEN_H

#include "attr.h"

static const struct csrv_text_rule server_workgroup_rule = {
	.format = CSRV_TEXT_NETBIOS,
	.max = 15,
};

CSRV_ATTR_TEXT(server, workgroup, &server_workgroup_rule, CSRV_WHEN_ANY);

static const struct csrv_text_rule server_server_string_rule = {
	.format = CSRV_TEXT_TEXT,
	.max = 255,
};

CSRV_ATTR_TEXT(server, server_string, &server_server_string_rule, CSRV_WHEN_ANY);

static const struct csrv_text_rule server_netbios_name_rule = {
	.format = CSRV_TEXT_NETBIOS,
	.max = 15,
};

CSRV_ATTR_TEXT(server, netbios_name, &server_netbios_name_rule, CSRV_WHEN_ANY);

static const char *const server_min_protocol_names[] = {
	"SMB2_02",
	"SMB2_10",
	"SMB3_00",
	"SMB3_02",
	"SMB3_11",
	NULL
};

CSRV_ATTR_ENUM(server, min_protocol, server_min_protocol_names, CSRV_WHEN_ANY);

static const char *const server_max_protocol_names[] = {
	"SMB2_02",
	"SMB2_10",
	"SMB3_00",
	"SMB3_02",
	"SMB3_11",
	NULL
};

CSRV_ATTR_ENUM(server, max_protocol, server_max_protocol_names, CSRV_WHEN_ANY);

static const char *const server_signing_names[] = {
	"disabled",
	"auto",
	"mandatory",
	NULL
};

CSRV_ATTR_ENUM(server, signing, server_signing_names, CSRV_WHEN_ANY);

static const char *const server_encryption_names[] = {
	"off",
	"if_required",
	"desired",
	"required",
	NULL
};

CSRV_ATTR_ENUM(server, encryption, server_encryption_names, CSRV_WHEN_ANY);

static const char *const server_encryption_algorithms_names[] = {
	"AES-128-GCM",
	"AES-128-CCM",
	"AES-256-GCM",
	"AES-256-CCM",
	NULL
};

static const struct csrv_text_rule server_encryption_algorithms_rule = {
	.format = CSRV_TEXT_CHOICE,
	.max = 128,
	.list = true,
	.words = server_encryption_algorithms_names,
};

CSRV_ATTR_TEXT(server, encryption_algorithms, &server_encryption_algorithms_rule, CSRV_WHEN_ANY);

static const char *const server_signing_algorithms_names[] = {
	"AES-128-GMAC",
	"AES-128-CMAC",
	"HMAC-SHA256",
	NULL
};

static const struct csrv_text_rule server_signing_algorithms_rule = {
	.format = CSRV_TEXT_CHOICE,
	.max = 128,
	.list = true,
	.words = server_signing_algorithms_names,
};

CSRV_ATTR_TEXT(server, signing_algorithms, &server_signing_algorithms_rule, CSRV_WHEN_ANY);

CSRV_ATTR_SIZE(server, max_read, 65536ULL, 8388608ULL, CSRV_WHEN_ANY);

CSRV_ATTR_SIZE(server, max_write, 65536ULL, 8388608ULL, CSRV_WHEN_ANY);

CSRV_ATTR_SIZE(server, max_trans, 65536ULL, 8388608ULL, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, max_credits, 128U, 65535U, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(server, leases, CSRV_WHEN_ANY);

static const char *const server_directory_leases_names[] = {
	"no",
	"yes",
	NULL
};

CSRV_ATTR_ENUM(server, directory_leases, server_directory_leases_names, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(server, change_notify, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(server, kernel_change_notify, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(server, multichannel, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, max_connections, 1U, 65536U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, max_connections_per_ip, 0U, 65536U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, max_half_open, 1U, 65536U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, logon_timeout, 1U, 3600U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, message_timeout, 5U, 3600U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, max_sessions, 1U, 65536U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, max_trees, 16U, 16777216U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, max_trees_per_session, 1U, 65536U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, max_open_files, 16U, 16777216U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, max_open_files_per_session, 16U, 16777216U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, max_locks, 16U, 16777216U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, max_locks_per_open, 1U, 1048576U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, max_waiting, 64U, 1048576U, CSRV_WHEN_ANY);

CSRV_ATTR_SIZE(server, max_inflight, 1048576ULL, 1073741824ULL, CSRV_WHEN_ANY);

CSRV_ATTR_SIZE(server, max_inflight_total, 16777216ULL, 1099511627776ULL, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, deadtime, 0U, 525600U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, keepalive, 0U, 32767U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, ipc_timeout, 1U, 600U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(server, restrict_anonymous, 0U, 2U, CSRV_WHEN_ANY);

static const char *const server_map_to_guest_names[] = {
	"never",
	"bad_user",
	"bad_password",
	NULL
};

CSRV_ATTR_ENUM(server, map_to_guest, server_map_to_guest_names, CSRV_WHEN_ANY);

static const struct csrv_text_rule server_hosts_allow_rule = {
	.format = CSRV_TEXT_HOSTS,
	.max = 3900,
	.list = true,
};

CSRV_ATTR_TEXT(server, hosts_allow, &server_hosts_allow_rule, CSRV_WHEN_ANY);

static const struct csrv_text_rule server_hosts_deny_rule = {
	.format = CSRV_TEXT_HOSTS,
	.max = 3900,
	.list = true,
};

CSRV_ATTR_TEXT(server, hosts_deny, &server_hosts_deny_rule, CSRV_WHEN_ANY);

static const struct csrv_text_rule server_interfaces_rule = {
	.format = CSRV_TEXT_WORD,
	.max = 1024,
	.list = true,
};

CSRV_ATTR_TEXT(server, interfaces, &server_interfaces_rule, CSRV_WHEN_ANY);

static struct configfs_attribute *server_attrs[] = {
	&server_attr_workgroup,
	&server_attr_server_string,
	&server_attr_netbios_name,
	&server_attr_min_protocol,
	&server_attr_max_protocol,
	&server_attr_signing,
	&server_attr_encryption,
	&server_attr_encryption_algorithms,
	&server_attr_signing_algorithms,
	&server_attr_max_read,
	&server_attr_max_write,
	&server_attr_max_trans,
	&server_attr_max_credits,
	&server_attr_leases,
	&server_attr_directory_leases,
	&server_attr_change_notify,
	&server_attr_kernel_change_notify,
	&server_attr_multichannel,
	&server_attr_max_connections,
	&server_attr_max_connections_per_ip,
	&server_attr_max_half_open,
	&server_attr_logon_timeout,
	&server_attr_message_timeout,
	&server_attr_max_sessions,
	&server_attr_max_trees,
	&server_attr_max_trees_per_session,
	&server_attr_max_open_files,
	&server_attr_max_open_files_per_session,
	&server_attr_max_locks,
	&server_attr_max_locks_per_open,
	&server_attr_max_waiting,
	&server_attr_max_inflight,
	&server_attr_max_inflight_total,
	&server_attr_deadtime,
	&server_attr_keepalive,
	&server_attr_ipc_timeout,
	&server_attr_restrict_anonymous,
	&server_attr_map_to_guest,
	&server_attr_hosts_allow,
	&server_attr_hosts_deny,
	&server_attr_interfaces,
	NULL
};

#endif
