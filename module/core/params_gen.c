// SPDX-License-Identifier: GPL-2.0-or-later
/* Generated from configfs-schema/ by "make gen"; do not edit. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "listener_params_gen.h"
#include "server_params_gen.h"
#include "share_params_gen.h"
#include "user_params_gen.h"

struct text_field {
	u32 offset;
	const char *def;
};

static char **text_at(void *params, const struct text_field *t)
{
	return (char **)((char *)params + t->offset);
}

static void texts_free(void *params, const struct text_field *t, size_t n)
{
	for (; n; n--, t++) {
		kfree(*text_at(params, t));
		*text_at(params, t) = NULL;
	}
}

/* Put a copy of its own wherever @params has borrowed or no text; all or nothing. */
static int texts_copy(void *params, const void *from, const struct text_field *t, size_t n)
{
	bool failed = false;
	size_t i;

	for (i = 0; i < n; i++) {
		const char *text = from ? *text_at((void *)from, &t[i]) : t[i].def;
		char *copy = kstrdup(text, GFP_KERNEL);

		*text_at(params, &t[i]) = copy;
		failed |= !copy;
	}
	if (!failed)
		return 0;
	texts_free(params, t, n);
	return -ENOMEM;
}

static int texts_default(void *params, const struct text_field *t, size_t n)
{
	return texts_copy(params, NULL, t, n);
}

static const struct text_field server_texts[] = {
	{ offsetof(struct csrv_server_params, workgroup), "WORKGROUP" },
	{ offsetof(struct csrv_server_params, server_string), "cifssrv" },
	{ offsetof(struct csrv_server_params, netbios_name), "" },
	{ offsetof(struct csrv_server_params, encryption_algorithms),
	  "AES-128-GCM AES-128-CCM AES-256-GCM AES-256-CCM" },
	{ offsetof(struct csrv_server_params, signing_algorithms),
	  "AES-128-CMAC AES-128-GMAC HMAC-SHA256" },
	{ offsetof(struct csrv_server_params, hosts_allow), "" },
	{ offsetof(struct csrv_server_params, hosts_deny), "" },
	{ offsetof(struct csrv_server_params, interfaces), "" },
};

int csrv_server_params_init(struct csrv_server_params *p)
{
	*p = (struct csrv_server_params) {
		.min_protocol = CSRV_SERVER_MIN_PROTOCOL_SMB2_02,
		.max_protocol = CSRV_SERVER_MAX_PROTOCOL_SMB3_11,
		.signing = CSRV_SERVER_SIGNING_AUTO,
		.encryption = CSRV_SERVER_ENCRYPTION_IF_REQUIRED,
		.max_read = 8388608ULL,
		.max_write = 8388608ULL,
		.max_trans = 8388608ULL,
		.max_credits = 8192U,
		.leases = true,
		.directory_leases = CSRV_SERVER_DIRECTORY_LEASES_YES,
		.change_notify = true,
		.kernel_change_notify = true,
		.multichannel = true,
		.max_connections = 4096U,
		.max_connections_per_ip = 512U,
		.max_half_open = 256U,
		.logon_timeout = 30U,
		.message_timeout = 120U,
		.max_sessions = 8192U,
		.max_trees = 65536U,
		.max_trees_per_session = 1024U,
		.max_open_files = 65536U,
		.max_open_files_per_session = 16384U,
		.max_locks = 524288U,
		.max_locks_per_open = 65536U,
		.max_waiting = 32768U,
		.max_inflight = 33554432ULL,
		.max_inflight_total = 536870912ULL,
		.deadtime = 0U,
		.keepalive = 300U,
		.ipc_timeout = 20U,
		.restrict_anonymous = 0U,
		.map_to_guest = CSRV_SERVER_MAP_TO_GUEST_NEVER,
	};
	return texts_default(p, server_texts, ARRAY_SIZE(server_texts));
}

int csrv_server_params_copy(struct csrv_server_params *to,
			    const struct csrv_server_params *from)
{
	*to = *from;
	return texts_copy(to, from, server_texts, ARRAY_SIZE(server_texts));
}

void csrv_server_params_free(struct csrv_server_params *p)
{
	texts_free(p, server_texts, ARRAY_SIZE(server_texts));
}

static const struct text_field share_texts[] = {
	{ offsetof(struct csrv_share_params, path), "" },
	{ offsetof(struct csrv_share_params, comment), "" },
	{ offsetof(struct csrv_share_params, volume), "" },
	{ offsetof(struct csrv_share_params, fstype), "NTFS" },
	{ offsetof(struct csrv_share_params, valid_users), "" },
	{ offsetof(struct csrv_share_params, invalid_users), "" },
	{ offsetof(struct csrv_share_params, read_list), "" },
	{ offsetof(struct csrv_share_params, write_list), "" },
	{ offsetof(struct csrv_share_params, admin_users), "" },
	{ offsetof(struct csrv_share_params, force_groups), "" },
	{ offsetof(struct csrv_share_params, guest_groups), "" },
	{ offsetof(struct csrv_share_params, guest_user), "nobody" },
	{ offsetof(struct csrv_share_params, hosts_allow), "" },
	{ offsetof(struct csrv_share_params, hosts_deny), "" },
	{ offsetof(struct csrv_share_params, hide_files), "" },
	{ offsetof(struct csrv_share_params, veto_files), "" },
};

int csrv_share_params_init(struct csrv_share_params *p)
{
	*p = (struct csrv_share_params) {
		.homes = false,
		.browseable = true,
		.max_connections = 0U,
		.read_only = true,
		.guest_ok = false,
		.guest_only = false,
		.force_members = false,
		.force_uid = 4294967295U,
		.force_gid = 4294967295U,
		.guest_uid = 4294967295U,
		.guest_gid = 4294967295U,
		.encryption = CSRV_SHARE_ENCRYPTION_DEFAULT,
		.create_mask = 0744,
		.directory_mask = 0755,
		.force_create_mode = 0000,
		.force_directory_mode = 0000,
		.inherit_owner = false,
		.inherit_permissions = false,
		.hide_dot_files = true,
		.hide_unreadable = false,
		.access_based_enum = false,
		.case_sensitive = false,
		.follow_symlinks = true,
		.wide_links = false,
		.store_dos_attributes = true,
		.map_archive = true,
		.map_hidden = false,
		.map_system = false,
		.map_readonly = CSRV_SHARE_MAP_READONLY_NO,
		.delete_readonly = false,
		.ea_support = true,
		.strict_allocate = false,
		.strict_sync = true,
		.sync_always = false,
		.csc_policy = CSRV_SHARE_CSC_POLICY_MANUAL,
		.oplocks = true,
		.durable_handles = true,
	};
	return texts_default(p, share_texts, ARRAY_SIZE(share_texts));
}

int csrv_share_params_copy(struct csrv_share_params *to,
			   const struct csrv_share_params *from)
{
	*to = *from;
	return texts_copy(to, from, share_texts, ARRAY_SIZE(share_texts));
}

void csrv_share_params_free(struct csrv_share_params *p)
{
	texts_free(p, share_texts, ARRAY_SIZE(share_texts));
}

static const struct text_field user_texts[] = {
	{ offsetof(struct csrv_user_params, groups), "" },
};

int csrv_user_params_init(struct csrv_user_params *p)
{
	*p = (struct csrv_user_params) {
		.uid = 65534U,
		.gid = 65534U,
	};
	return texts_default(p, user_texts, ARRAY_SIZE(user_texts));
}

int csrv_user_params_copy(struct csrv_user_params *to,
			  const struct csrv_user_params *from)
{
	*to = *from;
	return texts_copy(to, from, user_texts, ARRAY_SIZE(user_texts));
}

void csrv_user_params_free(struct csrv_user_params *p)
{
	texts_free(p, user_texts, ARRAY_SIZE(user_texts));
}

static const struct text_field listener_texts[] = {
	{ offsetof(struct csrv_listener_params, address), "::" },
	{ offsetof(struct csrv_listener_params, interface), "" },
};

int csrv_listener_params_init(struct csrv_listener_params *p)
{
	*p = (struct csrv_listener_params) {
		.port = 445U,
		.transport = CSRV_LISTENER_TRANSPORT_TCP,
	};
	return texts_default(p, listener_texts, ARRAY_SIZE(listener_texts));
}

int csrv_listener_params_copy(struct csrv_listener_params *to,
			      const struct csrv_listener_params *from)
{
	*to = *from;
	return texts_copy(to, from, listener_texts, ARRAY_SIZE(listener_texts));
}

void csrv_listener_params_free(struct csrv_listener_params *p)
{
	texts_free(p, listener_texts, ARRAY_SIZE(listener_texts));
}
