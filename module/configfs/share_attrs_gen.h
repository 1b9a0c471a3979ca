/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Generated from configfs-schema/share.cfg by "make gen"; do not edit. */
#ifndef CSRV_CONFIGFS_SHARE_ATTRS_GEN_H
#define CSRV_CONFIGFS_SHARE_ATTRS_GEN_H

#include "attr.h"

static const struct csrv_text_rule share_path_rule = {
	.format = CSRV_TEXT_PATH,
	.max = 3900,
};

CSRV_ATTR_TEXT(share, path, &share_path_rule, CSRV_WHEN_DISABLED);

CSRV_ATTR_BOOL(share, homes, CSRV_WHEN_DISABLED);

static const struct csrv_text_rule share_comment_rule = {
	.format = CSRV_TEXT_TEXT,
	.max = 255,
};

CSRV_ATTR_TEXT(share, comment, &share_comment_rule, CSRV_WHEN_ANY);

static const struct csrv_text_rule share_volume_rule = {
	.format = CSRV_TEXT_TEXT,
	.max = 32,
};

CSRV_ATTR_TEXT(share, volume, &share_volume_rule, CSRV_WHEN_ANY);

static const struct csrv_text_rule share_fstype_rule = {
	.format = CSRV_TEXT_TEXT,
	.max = 32,
};

CSRV_ATTR_TEXT(share, fstype, &share_fstype_rule, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, browseable, CSRV_WHEN_ANY);

CSRV_ATTR_U32(share, max_connections, 0U, 65536U, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, read_only, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, guest_ok, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, guest_only, CSRV_WHEN_ANY);

static const struct csrv_text_rule share_valid_users_rule = {
	.format = CSRV_TEXT_USERS,
	.max = 3900,
	.list = true,
};

CSRV_ATTR_TEXT(share, valid_users, &share_valid_users_rule, CSRV_WHEN_ANY);

static const struct csrv_text_rule share_invalid_users_rule = {
	.format = CSRV_TEXT_USERS,
	.max = 3900,
	.list = true,
};

CSRV_ATTR_TEXT(share, invalid_users, &share_invalid_users_rule, CSRV_WHEN_ANY);

static const struct csrv_text_rule share_read_list_rule = {
	.format = CSRV_TEXT_USERS,
	.max = 3900,
	.list = true,
};

CSRV_ATTR_TEXT(share, read_list, &share_read_list_rule, CSRV_WHEN_ANY);

static const struct csrv_text_rule share_write_list_rule = {
	.format = CSRV_TEXT_USERS,
	.max = 3900,
	.list = true,
};

CSRV_ATTR_TEXT(share, write_list, &share_write_list_rule, CSRV_WHEN_ANY);

static const struct csrv_text_rule share_admin_users_rule = {
	.format = CSRV_TEXT_USERS,
	.max = 3900,
	.list = true,
};

CSRV_ATTR_TEXT(share, admin_users, &share_admin_users_rule, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, force_members, CSRV_WHEN_ANY);

CSRV_ATTR_U32(share, force_uid, 0U, 4294967295U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(share, force_gid, 0U, 4294967295U, CSRV_WHEN_ANY);

static const struct csrv_text_rule share_force_groups_rule = {
	.format = CSRV_TEXT_NUMBERS,
	.max = 3900,
	.list = true,
	.lo = 0U,
	.hi = 4294967294U,
};

CSRV_ATTR_TEXT(share, force_groups, &share_force_groups_rule, CSRV_WHEN_ANY);

CSRV_ATTR_U32(share, guest_uid, 0U, 4294967295U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(share, guest_gid, 0U, 4294967295U, CSRV_WHEN_ANY);

static const struct csrv_text_rule share_guest_groups_rule = {
	.format = CSRV_TEXT_NUMBERS,
	.max = 3900,
	.list = true,
	.lo = 0U,
	.hi = 4294967294U,
};

CSRV_ATTR_TEXT(share, guest_groups, &share_guest_groups_rule, CSRV_WHEN_ANY);

static const struct csrv_text_rule share_guest_user_rule = {
	.format = CSRV_TEXT_WORD,
	.max = 256,
};

CSRV_ATTR_TEXT(share, guest_user, &share_guest_user_rule, CSRV_WHEN_ANY);

static const struct csrv_text_rule share_hosts_allow_rule = {
	.format = CSRV_TEXT_HOSTS,
	.max = 3900,
	.list = true,
};

CSRV_ATTR_TEXT(share, hosts_allow, &share_hosts_allow_rule, CSRV_WHEN_ANY);

static const struct csrv_text_rule share_hosts_deny_rule = {
	.format = CSRV_TEXT_HOSTS,
	.max = 3900,
	.list = true,
};

CSRV_ATTR_TEXT(share, hosts_deny, &share_hosts_deny_rule, CSRV_WHEN_ANY);

static const char *const share_encryption_names[] = {
	"default",
	"off",
	"if_required",
	"desired",
	"required",
	NULL
};

CSRV_ATTR_ENUM(share, encryption, share_encryption_names, CSRV_WHEN_ANY);

CSRV_ATTR_OCTAL(share, create_mask, 00, 0777, CSRV_WHEN_ANY);

CSRV_ATTR_OCTAL(share, directory_mask, 00, 07777, CSRV_WHEN_ANY);

CSRV_ATTR_OCTAL(share, force_create_mode, 00, 0777, CSRV_WHEN_ANY);

CSRV_ATTR_OCTAL(share, force_directory_mode, 00, 07777, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, inherit_owner, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, inherit_permissions, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, hide_dot_files, CSRV_WHEN_ANY);

static const struct csrv_text_rule share_hide_files_rule = {
	.format = CSRV_TEXT_NAMES,
	.max = 3900,
	.list = true,
};

CSRV_ATTR_TEXT(share, hide_files, &share_hide_files_rule, CSRV_WHEN_ANY);

static const struct csrv_text_rule share_veto_files_rule = {
	.format = CSRV_TEXT_NAMES,
	.max = 3900,
	.list = true,
};

CSRV_ATTR_TEXT(share, veto_files, &share_veto_files_rule, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, hide_unreadable, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, access_based_enum, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, case_sensitive, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, follow_symlinks, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, wide_links, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, store_dos_attributes, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, map_archive, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, map_hidden, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, map_system, CSRV_WHEN_ANY);

static const char *const share_map_readonly_names[] = {
	"no",
	"yes",
	"permissions",
	NULL
};

CSRV_ATTR_ENUM(share, map_readonly, share_map_readonly_names, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, delete_readonly, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, ea_support, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, strict_allocate, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, strict_sync, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, sync_always, CSRV_WHEN_ANY);

static const char *const share_csc_policy_names[] = {
	"manual",
	"documents",
	"programs",
	"disable",
	NULL
};

CSRV_ATTR_ENUM(share, csc_policy, share_csc_policy_names, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, oplocks, CSRV_WHEN_ANY);

CSRV_ATTR_BOOL(share, durable_handles, CSRV_WHEN_ANY);

CSRV_ATTR_ENABLE(share);

static struct configfs_attribute *share_attrs[] = {
	&share_attr_path,
	&share_attr_homes,
	&share_attr_comment,
	&share_attr_volume,
	&share_attr_fstype,
	&share_attr_browseable,
	&share_attr_max_connections,
	&share_attr_read_only,
	&share_attr_guest_ok,
	&share_attr_guest_only,
	&share_attr_valid_users,
	&share_attr_invalid_users,
	&share_attr_read_list,
	&share_attr_write_list,
	&share_attr_admin_users,
	&share_attr_force_members,
	&share_attr_force_uid,
	&share_attr_force_gid,
	&share_attr_force_groups,
	&share_attr_guest_uid,
	&share_attr_guest_gid,
	&share_attr_guest_groups,
	&share_attr_guest_user,
	&share_attr_hosts_allow,
	&share_attr_hosts_deny,
	&share_attr_encryption,
	&share_attr_create_mask,
	&share_attr_directory_mask,
	&share_attr_force_create_mode,
	&share_attr_force_directory_mode,
	&share_attr_inherit_owner,
	&share_attr_inherit_permissions,
	&share_attr_hide_dot_files,
	&share_attr_hide_files,
	&share_attr_veto_files,
	&share_attr_hide_unreadable,
	&share_attr_access_based_enum,
	&share_attr_case_sensitive,
	&share_attr_follow_symlinks,
	&share_attr_wide_links,
	&share_attr_store_dos_attributes,
	&share_attr_map_archive,
	&share_attr_map_hidden,
	&share_attr_map_system,
	&share_attr_map_readonly,
	&share_attr_delete_readonly,
	&share_attr_ea_support,
	&share_attr_strict_allocate,
	&share_attr_strict_sync,
	&share_attr_sync_always,
	&share_attr_csc_policy,
	&share_attr_oplocks,
	&share_attr_durable_handles,
	&share_attr_enable,
	NULL
};

#endif
