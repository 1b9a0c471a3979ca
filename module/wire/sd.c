// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/sd.c - security descriptors, [MS-DTYP] 2.4 */
#include <linux/kernel.h>

#include "sd.h"

#define ACL_HEADER_LEN	8
#define ACE_HEADER_LEN	4
#define ACL_REVISION_MAX	4

#define SE_DACL_BITS	(SE_DACL_PRESENT | SE_DACL_DEFAULTED | SE_DACL_TRUSTED | \
			 SE_DACL_AUTO_INHERIT_REQ | SE_DACL_AUTO_INHERITED | SE_DACL_PROTECTED)
#define SE_SACL_BITS	(SE_SACL_PRESENT | SE_SACL_DEFAULTED | SE_SACL_AUTO_INHERIT_REQ | \
			 SE_SACL_AUTO_INHERITED | SE_SACL_PROTECTED)
#define SACL_INFORMATION (SACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION | \
			  ATTRIBUTE_SECURITY_INFORMATION | SCOPE_SECURITY_INFORMATION)

/* The body of an ACE after its mask, [MS-DTYP] 2.4.4.2 and following */
enum ace_shape {
	ACE_UNKNOWN,
	ACE_PLAIN,			/* SID */
	ACE_OBJECT,			/* object flags, GUIDs, SID */
	ACE_EXTRA,			/* SID, data */
	ACE_OBJECT_EXTRA,		/* object flags, GUIDs, SID, data */
};

static const u8 ace_shapes[] = {
	[ACCESS_ALLOWED_ACE_TYPE] = ACE_PLAIN,
	[ACCESS_DENIED_ACE_TYPE] = ACE_PLAIN,
	[SYSTEM_AUDIT_ACE_TYPE] = ACE_PLAIN,
	[SYSTEM_ALARM_ACE_TYPE] = ACE_PLAIN,
	[ACCESS_ALLOWED_OBJECT_ACE_TYPE] = ACE_OBJECT,
	[ACCESS_DENIED_OBJECT_ACE_TYPE] = ACE_OBJECT,
	[SYSTEM_AUDIT_OBJECT_ACE_TYPE] = ACE_OBJECT,
	[SYSTEM_ALARM_OBJECT_ACE_TYPE] = ACE_OBJECT,
	[ACCESS_ALLOWED_CALLBACK_ACE_TYPE] = ACE_EXTRA,
	[ACCESS_DENIED_CALLBACK_ACE_TYPE] = ACE_EXTRA,
	[ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE] = ACE_OBJECT_EXTRA,
	[ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE] = ACE_OBJECT_EXTRA,
	[SYSTEM_AUDIT_CALLBACK_ACE_TYPE] = ACE_EXTRA,
	[SYSTEM_ALARM_CALLBACK_ACE_TYPE] = ACE_EXTRA,
	[SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE] = ACE_OBJECT_EXTRA,
	[SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE] = ACE_OBJECT_EXTRA,
	[SYSTEM_MANDATORY_LABEL_ACE_TYPE] = ACE_PLAIN,
	[SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE] = ACE_EXTRA,
	[SYSTEM_SCOPED_POLICY_ID_ACE_TYPE] = ACE_PLAIN,
};

static enum ace_shape ace_shape(u8 type)
{
	return type < ARRAY_SIZE(ace_shapes) ? ace_shapes[type] : ACE_UNKNOWN;
}

static bool has_object(enum ace_shape shape)
{
	return shape == ACE_OBJECT || shape == ACE_OBJECT_EXTRA;
}

static bool has_extra(enum ace_shape shape)
{
	return shape == ACE_EXTRA || shape == ACE_OBJECT_EXTRA;
}

/* [MS-DTYP] 2.4.4.1: AceSize is a multiple of 4 and covers the whole ACE. */
static bool decode_ace(struct wire_in *in, struct wire_ace *ace)
{
	enum ace_shape shape;
	struct wire_blob body;
	struct wire_in sub;
	u16 size;

	memset(ace, 0, sizeof(*ace));
	ace->type = wire_get_u8(in);
	ace->flags = wire_get_u8(in);
	size = wire_get_u16(in);
	shape = ace_shape(ace->type);
	wire_expect(in, size > ACE_HEADER_LEN && size % 4 == 0 && shape != ACE_UNKNOWN);
	if (!wire_done(in))
		return false;
	body = wire_get_blob(in, size - ACE_HEADER_LEN);
	sub = wire_sub(&body);

	ace->mask = wire_get_u32(&sub);
	if (has_object(shape)) {
		ace->object_flags = wire_get_u32(&sub);
		if (ace->object_flags & ACE_OBJECT_TYPE_PRESENT)
			wire_get_bytes(&sub, ace->object_type, WIRE_GUID_LEN);
		if (ace->object_flags & ACE_INHERITED_OBJECT_TYPE_PRESENT)
			wire_get_bytes(&sub, ace->inherited_type, WIRE_GUID_LEN);
	}
	csrv_sid_decode(&sub, &ace->sid);
	if (has_extra(shape))
		ace->extra = wire_get_blob(&sub, wire_left(&sub));
	wire_expect(in, wire_done(&sub));
	return wire_done(in);
}

/* [MS-DTYP] 2.4.5; leaves the ACEs in @in, and nothing after AclSize */
static bool decode_acl_header(struct wire_in *in, u8 *revision, u16 *num)
{
	u16 size;

	*revision = wire_get_u8(in);
	wire_skip(in, 1);				/* Sbz1 */
	size = wire_get_u16(in);
	*num = wire_get_u16(in);
	wire_skip(in, 2);				/* Sbz2 */
	wire_expect(in, *revision >= ACL_REVISION && *revision <= ACL_REVISION_MAX);
	wire_expect(in, size >= ACL_HEADER_LEN);
	if (!wire_done(in) || wire_left(in) < (size_t)size - ACL_HEADER_LEN)
		return false;
	in->end = in->pos + size - ACL_HEADER_LEN;
	return true;
}

static nt_status_t decode_acl(struct wire_in *in, struct wire_acl *acl)
{
	u8 revision;
	u16 num, i;

	if (!decode_acl_header(in, &revision, &num) || num > acl->cap)
		return NT_INVALID_ACL;
	for (i = 0; i < num; i++)
		if (!decode_ace(in, &acl->aces[i]))
			return NT_INVALID_ACL;
	acl->revision = revision;
	acl->num = num;
	acl->present = true;
	return NT_OK;
}

/* The fixed part, [MS-DTYP] 2.4.6 */
struct sd_header {
	u16 control;
	u32 owner;
	u32 group;
	u32 sacl;
	u32 dacl;
};

static bool decode_header(const struct wire_blob *blob, struct sd_header *hdr)
{
	struct wire_in in = wire_sub(blob);

	wire_expect(&in, blob->len <= WIRE_SD_MAX_LEN);
	wire_expect(&in, wire_get_u8(&in) == 1);	/* Revision */
	wire_skip(&in, 1);				/* Sbz1 */
	hdr->control = wire_get_u16(&in) & ~SE_SELF_RELATIVE;
	hdr->owner = wire_get_u32(&in);
	hdr->group = wire_get_u32(&in);
	hdr->sacl = wire_get_u32(&in);
	hdr->dacl = wire_get_u32(&in);
	return wire_done(&in);
}

/* A cursor at @off, which must be after the header. */
static struct wire_in part_at(const struct wire_blob *blob, u32 off)
{
	struct wire_in in = wire_sub(blob);

	wire_expect(&in, off >= WIRE_SD_HEADER_LEN);
	wire_skip(&in, off);
	return in;
}

static bool count_aces(const struct wire_blob *blob, u32 off, u32 *num)
{
	struct wire_in in = part_at(blob, off);
	u8 revision;
	u16 n = 0;

	*num = 0;
	if (!off)
		return true;
	if (!decode_acl_header(&in, &revision, &n))
		return false;
	*num = n;
	/* no ACE is shorter than its header: the count alone must not cause an allocation */
	return n <= wire_left(&in) / ACE_HEADER_LEN;
}

/**
 * csrv_sd_count() - how many ACEs will csrv_wire_sd_decode() need room for?
 * @blob: a self-relative SECURITY_DESCRIPTOR
 * @num_dacl: entries of the DACL, at most 16383
 * @num_sacl: entries of the SACL, likewise
 *
 * Return: NT_OK, NT_INVALID_SECURITY_DESCR or NT_INVALID_ACL.
 */
nt_status_t csrv_sd_count(const struct wire_blob *blob, u32 *num_dacl, u32 *num_sacl)
{
	struct sd_header hdr;

	*num_dacl = 0;
	*num_sacl = 0;
	if (!decode_header(blob, &hdr))
		return NT_INVALID_SECURITY_DESCR;
	if ((hdr.control & SE_DACL_PRESENT) && !count_aces(blob, hdr.dacl, num_dacl))
		return NT_INVALID_ACL;
	if ((hdr.control & SE_SACL_PRESENT) && !count_aces(blob, hdr.sacl, num_sacl))
		return NT_INVALID_ACL;
	return NT_OK;
}

static nt_status_t decode_sid_at(const struct wire_blob *blob, u32 off, struct wire_sid *sid,
				 bool *has)
{
	struct wire_in in = part_at(blob, off);

	if (!off)
		return NT_OK;
	if (!csrv_sid_decode(&in, sid))
		return NT_INVALID_SID;
	*has = true;
	return NT_OK;
}

static nt_status_t decode_acl_at(const struct wire_blob *blob, bool flag, u32 off,
				 struct wire_acl *acl)
{
	struct wire_in in = part_at(blob, off);

	if (!flag || !off)
		return NT_OK;
	return wire_done(&in) ? decode_acl(&in, acl) : NT_INVALID_ACL;
}

/**
 * csrv_wire_sd_decode() - check a security descriptor and make it a struct wire_sd
 * @blob: a self-relative SECURITY_DESCRIPTOR, from the network or from disk
 * @sd: @sd->dacl and @sd->sacl have @aces and @cap set by the caller, see
 *	csrv_sd_count(); all else is filled in.  @extra of callback and resource
 *	ACEs points into @blob, the rest is copied.
 *
 * Parts may overlap in @blob; they do not in @sd.
 *
 * Return: NT_OK, NT_INVALID_SECURITY_DESCR, NT_INVALID_SID or NT_INVALID_ACL
 * (also for more ACEs than there is room for, and for ACE types not known).
 */
nt_status_t csrv_wire_sd_decode(const struct wire_blob *blob, struct wire_sd *sd)
{
	struct sd_header hdr;
	nt_status_t status;

	sd->has_owner = false;
	sd->has_group = false;
	sd->dacl.present = false;
	sd->dacl.num = 0;
	sd->sacl.present = false;
	sd->sacl.num = 0;
	if (!decode_header(blob, &hdr))
		return NT_INVALID_SECURITY_DESCR;
	sd->control = hdr.control;
	status = decode_sid_at(blob, hdr.owner, &sd->owner, &sd->has_owner);
	if (status == NT_OK)
		status = decode_sid_at(blob, hdr.group, &sd->group, &sd->has_group);
	if (status == NT_OK)
		status = decode_acl_at(blob, hdr.control & SE_SACL_PRESENT, hdr.sacl, &sd->sacl);
	if (status == NT_OK)
		status = decode_acl_at(blob, hdr.control & SE_DACL_PRESENT, hdr.dacl, &sd->dacl);
	return status;
}

static u32 ace_len(const struct wire_ace *ace)
{
	enum ace_shape shape = ace_shape(ace->type);
	u32 len = ACE_HEADER_LEN + 4 + wire_sid_len(&ace->sid);

	if (has_object(shape)) {
		len += 4;
		if (ace->object_flags & ACE_OBJECT_TYPE_PRESENT)
			len += WIRE_GUID_LEN;
		if (ace->object_flags & ACE_INHERITED_OBJECT_TYPE_PRESENT)
			len += WIRE_GUID_LEN;
	}
	if (has_extra(shape))
		len += ALIGN(ace->extra.len, 4u);
	return len;
}

static u32 acl_len(const struct wire_acl *acl)
{
	u32 len = ACL_HEADER_LEN;
	u32 i;

	if (!acl->present)
		return 0;
	for (i = 0; i < acl->num; i++)
		len += ace_len(&acl->aces[i]);
	return len;
}

/**
 * csrv_sd_len() - bytes that csrv_sd_encode() will write
 * @sd: the descriptor
 * @secinfo: which parts, *_SECURITY_INFORMATION
 *
 * Return: bytes.
 */
u32 csrv_sd_len(const struct wire_sd *sd, u32 secinfo)
{
	u32 len = WIRE_SD_HEADER_LEN;

	if ((secinfo & OWNER_SECURITY_INFORMATION) && sd->has_owner)
		len += wire_sid_len(&sd->owner);
	if ((secinfo & GROUP_SECURITY_INFORMATION) && sd->has_group)
		len += wire_sid_len(&sd->group);
	if (secinfo & DACL_SECURITY_INFORMATION)
		len += acl_len(&sd->dacl);
	if (secinfo & SACL_INFORMATION)
		len += acl_len(&sd->sacl);
	return len;
}

static void encode_ace(struct wire_out *out, const struct wire_ace *ace)
{
	enum ace_shape shape = ace_shape(ace->type);

	wire_put_u8(out, ace->type);
	wire_put_u8(out, ace->flags);
	wire_put_u16(out, ace_len(ace));
	wire_put_u32(out, ace->mask);
	if (has_object(shape)) {
		wire_put_u32(out, ace->object_flags);
		if (ace->object_flags & ACE_OBJECT_TYPE_PRESENT)
			wire_put_bytes(out, ace->object_type, WIRE_GUID_LEN);
		if (ace->object_flags & ACE_INHERITED_OBJECT_TYPE_PRESENT)
			wire_put_bytes(out, ace->inherited_type, WIRE_GUID_LEN);
	}
	csrv_sid_encode(out, &ace->sid);
	if (has_extra(shape)) {
		wire_put_blob(out, &ace->extra);
		wire_put_zero(out, -ace->extra.len & 3);
	}
}

/* Writes @acl and its offset from @start into the header at @patch. */
static void encode_acl(struct wire_out *out, const struct wire_acl *acl, u32 start, u32 patch)
{
	u32 len = acl_len(acl);
	u32 i;

	if (!len)
		return;
	if (len > U16_MAX) {		/* AclSize has 16 bits */
		out->bad = true;
		return;
	}
	wire_patch_u32(out, start + patch, wire_out_len(out) - start);
	wire_put_u8(out, acl->revision ? acl->revision : ACL_REVISION);
	wire_put_u8(out, 0);
	wire_put_u16(out, len);
	wire_put_u16(out, acl->num);
	wire_put_u16(out, 0);
	for (i = 0; i < acl->num; i++)
		encode_ace(out, &acl->aces[i]);
}

static void encode_sid_part(struct wire_out *out, const struct wire_sid *sid, u32 start, u32 patch)
{
	wire_patch_u32(out, start + patch, wire_out_len(out) - start);
	csrv_sid_encode(out, sid);
}

/**
 * csrv_sd_encode() - a self-relative SECURITY_DESCRIPTOR
 * @out: where to write; offsets count from its position
 * @sd: the descriptor
 * @secinfo: which parts, *_SECURITY_INFORMATION; others are left out, with
 *	their control bits.  LABEL, ATTRIBUTE and SCOPE select the whole SACL.
 *
 * Return: false if it does not fit (see csrv_sd_len()) or an ACL is above 64 KiB.
 */
bool csrv_sd_encode(struct wire_out *out, const struct wire_sd *sd, u32 secinfo)
{
	u32 start = wire_out_len(out);
	u16 control = SE_SELF_RELATIVE;

	if (secinfo & OWNER_SECURITY_INFORMATION)
		control |= sd->control & SE_OWNER_DEFAULTED;
	if (secinfo & GROUP_SECURITY_INFORMATION)
		control |= sd->control & SE_GROUP_DEFAULTED;
	if (secinfo & DACL_SECURITY_INFORMATION)
		control |= (sd->control & SE_DACL_BITS) | (sd->dacl.present ? SE_DACL_PRESENT : 0);
	if (secinfo & SACL_INFORMATION)
		control |= (sd->control & SE_SACL_BITS) | (sd->sacl.present ? SE_SACL_PRESENT : 0);

	wire_put_u8(out, 1);				/* Revision */
	wire_put_u8(out, 0);				/* Sbz1 */
	wire_put_u16(out, control);
	wire_put_zero(out, 16);				/* offsets: owner, group, SACL, DACL */
	/* In the order of the offsets: some clients rely on it. */
	if ((secinfo & OWNER_SECURITY_INFORMATION) && sd->has_owner)
		encode_sid_part(out, &sd->owner, start, 4);
	if ((secinfo & GROUP_SECURITY_INFORMATION) && sd->has_group)
		encode_sid_part(out, &sd->group, start, 8);
	if (secinfo & SACL_INFORMATION)
		encode_acl(out, &sd->sacl, start, 12);
	if (secinfo & DACL_SECURITY_INFORMATION)
		encode_acl(out, &sd->dacl, start, 16);
	return !out->bad;
}
