// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/create.c - SMB2 CREATE, [MS-SMB2] 2.2.13 and 2.2.14 */
#include "create.h"

/* [MS-SMB2] 2.2.13; the contexts are decoded along with it */
bool csrv_smb2_decode_create(struct wire_in *in, struct smb2_create_args *args)
{
	struct wire_blob contexts;
	u16 name_off, name_len;
	u32 ctx_off, ctx_len;

	wire_skip(in, 1);				/* SecurityFlags */
	args->oplock_level = wire_get_u8(in);
	args->impersonation = wire_get_u32(in);
	wire_skip(in, 16);				/* SmbCreateFlags, Reserved */
	args->desired_access = wire_get_u32(in);
	args->file_attributes = wire_get_u32(in);
	args->share_access = wire_get_u32(in);
	args->disposition = wire_get_u32(in);
	args->options = wire_get_u32(in);
	name_off = wire_get_u16(in);
	name_len = wire_get_u16(in);
	ctx_off = wire_get_u32(in);
	ctx_len = wire_get_u32(in);
	args->name = wire_blob_at(in, name_off, name_len);
	wire_expect(in, name_len % 2 == 0);
	contexts = wire_blob_at(in, ctx_off, ctx_len);
	wire_expect(in, csrv_smb2_decode_create_ctxs(&contexts, &args->ctx));
	return wire_done(in);
}

/* [MS-SMB2] 2.2.14 */
bool csrv_smb2_encode_create(struct wire_out *out, const struct smb2_create_res *res)
{
	u32 at, start, len;

	wire_put_u16(out, 89);				/* StructureSize */
	wire_put_u8(out, res->oplock_level);
	wire_put_u8(out, res->flags);
	wire_put_u32(out, res->action);
	wire_put_u64(out, res->creation_time);
	wire_put_u64(out, res->access_time);
	wire_put_u64(out, res->write_time);
	wire_put_u64(out, res->change_time);
	wire_put_u64(out, res->alloc_size);
	wire_put_u64(out, res->end_of_file);
	wire_put_u32(out, res->attributes);
	wire_put_u32(out, 0);				/* Reserved2 */
	smb2_put_file_id(out, res->id);
	at = wire_reserve(out, 8);			/* CreateContextsOffset, Length */
	start = wire_out_len(out);			/* 152, a multiple of 8 */
	if (!csrv_smb2_encode_create_ctxs(out, &res->ctx))
		return false;
	len = wire_out_len(out) - start;
	wire_patch_u32(out, at, smb2_buffer_offset(start, len));
	wire_patch_u32(out, at + 4, len);
	return !out->bad;
}
