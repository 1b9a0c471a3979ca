/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire/sd.h - security descriptors, [MS-DTYP] 2.4
 *
 * A SECURITY_DESCRIPTOR from the network or from an xattr is checked once and
 * becomes a struct wire_sd, the only form that the rest of the server sees.
 */
#ifndef CIFSSRV_WIRE_SD_H
#define CIFSSRV_WIRE_SD_H

#include "cursor.h"
#include "status.h"

#define WIRE_SID_SUBS		15	/* [MS-DTYP] 2.4.2.2 SubAuthorityCount */
#define WIRE_SID_MAX_LEN	(8 + 4 * WIRE_SID_SUBS)	/* bytes on the wire */
#define WIRE_SD_MAX_LEN		(64 * 1024)	/* larger ones are refused unread */
#define WIRE_SD_HEADER_LEN	20

/* SECURITY_INFORMATION, [MS-DTYP] 2.4.7 */
#define OWNER_SECURITY_INFORMATION		0x00000001u
#define GROUP_SECURITY_INFORMATION		0x00000002u
#define DACL_SECURITY_INFORMATION		0x00000004u
#define SACL_SECURITY_INFORMATION		0x00000008u
#define LABEL_SECURITY_INFORMATION		0x00000010u
#define ATTRIBUTE_SECURITY_INFORMATION		0x00000020u
#define SCOPE_SECURITY_INFORMATION		0x00000040u
#define BACKUP_SECURITY_INFORMATION		0x00010000u
#define UNPROTECTED_SACL_SECURITY_INFORMATION	0x10000000u
#define UNPROTECTED_DACL_SECURITY_INFORMATION	0x20000000u
#define PROTECTED_SACL_SECURITY_INFORMATION	0x40000000u
#define PROTECTED_DACL_SECURITY_INFORMATION	0x80000000u

/* Control, [MS-DTYP] 2.4.6 */
#define SE_OWNER_DEFAULTED	0x0001
#define SE_GROUP_DEFAULTED	0x0002
#define SE_DACL_PRESENT		0x0004
#define SE_DACL_DEFAULTED	0x0008
#define SE_SACL_PRESENT		0x0010
#define SE_SACL_DEFAULTED	0x0020
#define SE_DACL_TRUSTED		0x0040
#define SE_SERVER_SECURITY	0x0080
#define SE_DACL_AUTO_INHERIT_REQ	0x0100
#define SE_SACL_AUTO_INHERIT_REQ	0x0200
#define SE_DACL_AUTO_INHERITED	0x0400
#define SE_SACL_AUTO_INHERITED	0x0800
#define SE_DACL_PROTECTED	0x1000
#define SE_SACL_PROTECTED	0x2000
#define SE_RM_CONTROL_VALID	0x4000
#define SE_SELF_RELATIVE	0x8000

/* AceType, [MS-DTYP] 2.4.4.1 */
enum wire_ace_type {
	ACCESS_ALLOWED_ACE_TYPE			= 0x00,
	ACCESS_DENIED_ACE_TYPE			= 0x01,
	SYSTEM_AUDIT_ACE_TYPE			= 0x02,
	SYSTEM_ALARM_ACE_TYPE			= 0x03,
	ACCESS_ALLOWED_OBJECT_ACE_TYPE		= 0x05,
	ACCESS_DENIED_OBJECT_ACE_TYPE		= 0x06,
	SYSTEM_AUDIT_OBJECT_ACE_TYPE		= 0x07,
	SYSTEM_ALARM_OBJECT_ACE_TYPE		= 0x08,
	ACCESS_ALLOWED_CALLBACK_ACE_TYPE	= 0x09,
	ACCESS_DENIED_CALLBACK_ACE_TYPE		= 0x0a,
	ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE	= 0x0b,
	ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE	= 0x0c,
	SYSTEM_AUDIT_CALLBACK_ACE_TYPE		= 0x0d,
	SYSTEM_ALARM_CALLBACK_ACE_TYPE		= 0x0e,
	SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE	= 0x0f,
	SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE	= 0x10,
	SYSTEM_MANDATORY_LABEL_ACE_TYPE		= 0x11,
	SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE	= 0x12,
	SYSTEM_SCOPED_POLICY_ID_ACE_TYPE	= 0x13,
};

/* AceFlags, [MS-DTYP] 2.4.4.1 */
#define OBJECT_INHERIT_ACE		0x01
#define CONTAINER_INHERIT_ACE		0x02
#define NO_PROPAGATE_INHERIT_ACE	0x04
#define INHERIT_ONLY_ACE		0x08
#define INHERITED_ACE			0x10
#define SUCCESSFUL_ACCESS_ACE_FLAG	0x40
#define FAILED_ACCESS_ACE_FLAG		0x80

/* Flags of object ACEs, [MS-DTYP] 2.4.4.3 */
#define ACE_OBJECT_TYPE_PRESENT			0x00000001u
#define ACE_INHERITED_OBJECT_TYPE_PRESENT	0x00000002u

#define ACL_REVISION		2	/* [MS-DTYP] 2.4.5 */
#define ACL_REVISION_DS		4

struct wire_sid {
	u8 num_subs;		/* 0..WIRE_SID_SUBS; the revision is always 1 */
	u64 authority;		/* 48 bits */
	u32 sub[WIRE_SID_SUBS];
};

struct wire_ace {
	u8 type;		/* enum wire_ace_type, one of those known */
	u8 flags;
	u32 mask;		/* access.h; as sent: generic rights not mapped */
	struct wire_sid sid;
	u32 object_flags;	/* object ACEs only, like the next two */
	u8 object_type[WIRE_GUID_LEN];
	u8 inherited_type[WIRE_GUID_LEN];
	struct wire_blob extra;	/* ApplicationData or attribute; points into the bytes decoded */
};

/**
 * struct wire_acl - an ACL in an array of the caller's
 * @aces: room for @cap entries, the caller's; may be NULL if @cap is 0
 * @cap: how many fit
 * @num: how many there are
 * @revision: ACL_REVISION or ACL_REVISION_DS
 * @present: there is an ACL; a present one without entries denies all
 *
 * SE_DACL_PRESENT without an ACL is the NULL DACL, which allows everything:
 * then @present is false, and the bit is set in &struct wire_sd.control.
 */
struct wire_acl {
	struct wire_ace *aces;
	u32 cap;
	u32 num;
	u8 revision;
	bool present;
};

struct wire_sd {
	u16 control;		/* SE_*, SE_SELF_RELATIVE always off */
	bool has_owner;
	bool has_group;
	struct wire_sid owner;
	struct wire_sid group;
	struct wire_acl dacl;
	struct wire_acl sacl;
};

nt_status_t csrv_sd_count(const struct wire_blob *blob, u32 *num_dacl, u32 *num_sacl);
nt_status_t csrv_wire_sd_decode(const struct wire_blob *blob, struct wire_sd *sd);
u32 csrv_sd_len(const struct wire_sd *sd, u32 secinfo);
bool csrv_sd_encode(struct wire_out *out, const struct wire_sd *sd, u32 secinfo);

bool csrv_sid_decode(struct wire_in *in, struct wire_sid *sid);
void csrv_sid_encode(struct wire_out *out, const struct wire_sid *sid);
bool csrv_sid_equal(const struct wire_sid *a, const struct wire_sid *b);
bool csrv_sid_in_domain(const struct wire_sid *sid, const struct wire_sid *domain, u32 *rid);
bool csrv_sid_append(struct wire_sid *sid, u32 rid);
int csrv_sid_print(const struct wire_sid *sid, char *buf, size_t cap);
bool csrv_sid_parse(const char *s, size_t len, struct wire_sid *sid);

static inline u32 wire_sid_len(const struct wire_sid *sid)
{
	return 8 + 4 * sid->num_subs;
}

/* SIDs of local accounts that no domain knows: S-1-22-1-uid, S-1-22-2-gid. */
struct wire_sid csrv_sid_unix_user(u32 uid);
struct wire_sid csrv_sid_unix_group(u32 gid);
bool csrv_sid_is_unix_user(const struct wire_sid *sid, u32 *uid);
bool csrv_sid_is_unix_group(const struct wire_sid *sid, u32 *gid);

/* S-1-5-88-1-uid, S-1-5-88-2-gid, S-1-5-88-3-mode: what NFS and Apple clients use */
struct wire_sid csrv_sid_nfs(u32 kind, u32 id);

/* Well-known SIDs, [MS-DTYP] 2.4.2.4 */
extern const struct wire_sid csrv_sid_everyone;			/* S-1-1-0 */
extern const struct wire_sid csrv_sid_creator_owner;		/* S-1-3-0 */
extern const struct wire_sid csrv_sid_creator_group;		/* S-1-3-1 */
extern const struct wire_sid csrv_sid_owner_rights;		/* S-1-3-4 */
extern const struct wire_sid csrv_sid_network;			/* S-1-5-2 */
extern const struct wire_sid csrv_sid_anonymous;		/* S-1-5-7 */
extern const struct wire_sid csrv_sid_self;			/* S-1-5-10 */
extern const struct wire_sid csrv_sid_authenticated;		/* S-1-5-11 */
extern const struct wire_sid csrv_sid_system;			/* S-1-5-18 */
extern const struct wire_sid csrv_sid_administrators;		/* S-1-5-32-544 */
extern const struct wire_sid csrv_sid_users;			/* S-1-5-32-545 */
extern const struct wire_sid csrv_sid_guests;			/* S-1-5-32-546 */

#endif /* CIFSSRV_WIRE_SD_H */
