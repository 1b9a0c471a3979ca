/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Generated from configfs-schema/share.cfg by "make gen"; do not edit. */
#ifndef CSRV_MODEL_SHARE_PARAMS_GEN_H
#define CSRV_MODEL_SHARE_PARAMS_GEN_H

#include <linux/types.h>

enum csrv_share_encryption {
	CSRV_SHARE_ENCRYPTION_DEFAULT = 0,
	CSRV_SHARE_ENCRYPTION_OFF = 1,
	CSRV_SHARE_ENCRYPTION_IF_REQUIRED = 2,
	CSRV_SHARE_ENCRYPTION_DESIRED = 3,
	CSRV_SHARE_ENCRYPTION_REQUIRED = 4,
};

enum csrv_share_map_readonly {
	CSRV_SHARE_MAP_READONLY_NO = 0,
	CSRV_SHARE_MAP_READONLY_YES = 1,
	CSRV_SHARE_MAP_READONLY_PERMISSIONS = 2,
};

enum csrv_share_csc_policy {
	CSRV_SHARE_CSC_POLICY_MANUAL = 0,
	CSRV_SHARE_CSC_POLICY_DOCUMENTS = 1,
	CSRV_SHARE_CSC_POLICY_PROGRAMS = 2,
	CSRV_SHARE_CSC_POLICY_DISABLE = 3,
};

/*
 * What configfs says about a share, checked. Texts are the struct's own and never
 * NULL between _init or _copy and _free; lists have one blank between words.
 */
struct csrv_share_params {
	char *path;
	char *comment;
	char *volume;
	char *fstype;
	char *guest_user;
	char *valid_users;
	char *invalid_users;
	char *read_list;
	char *write_list;
	char *admin_users;
	char *force_groups;
	char *guest_groups;
	char *hosts_allow;
	char *hosts_deny;
	char *hide_files;
	char *veto_files;
	u32 max_connections;
	u32 force_uid;
	u32 force_gid;
	u32 guest_uid;
	u32 guest_gid;
	u32 create_mask;	/* mode bits */
	u32 directory_mask;	/* mode bits */
	u32 force_create_mode;	/* mode bits */
	u32 force_directory_mode;	/* mode bits */
	u8 encryption;	/* enum csrv_share_encryption */
	u8 map_readonly;	/* enum csrv_share_map_readonly */
	u8 csc_policy;	/* enum csrv_share_csc_policy */
	bool homes;
	bool browseable;
	bool read_only;
	bool guest_ok;
	bool guest_only;
	bool force_members;
	bool inherit_owner;
	bool inherit_permissions;
	bool hide_dot_files;
	bool hide_unreadable;
	bool access_based_enum;
	bool case_sensitive;
	bool follow_symlinks;
	bool wide_links;
	bool store_dos_attributes;
	bool map_archive;
	bool map_hidden;
	bool map_system;
	bool delete_readonly;
	bool ea_support;
	bool strict_allocate;
	bool strict_sync;
	bool sync_always;
	bool oplocks;
	bool durable_handles;
};

/* Defaults. 0 or -ENOMEM, with nothing held then. Process context. */
int csrv_share_params_init(struct csrv_share_params *p);
/* @to is overwritten, not freed. 0 or -ENOMEM, with nothing held then. */
int csrv_share_params_copy(struct csrv_share_params *to,
			   const struct csrv_share_params *from);
/* Harmless on a struct of zeroes and on one that was freed. */
void csrv_share_params_free(struct csrv_share_params *p);

#endif
