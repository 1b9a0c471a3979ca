// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/tree_connect.c - SMB2 TREE_CONNECT, [MS-SMB2] 2.2.9 and 2.2.10 */
#include "tree_connect.h"

/*
 * SMB2_TREE_CONNECT_CONTEXT list, [MS-SMB2] 2.2.9.2; each starts on a multiple
 * of 8.  Returns the data of the first of @type, or nothing.
 */
static struct wire_blob find_context(struct wire_in ctx, u32 off, u16 num, u16 type)
{
	ctx.pos = ctx.base;
	wire_skip(&ctx, off);
	if (num > SMB2_TREE_CONNECT_CONTEXTS)
		num = SMB2_TREE_CONNECT_CONTEXTS;
	while (num-- && wire_done(&ctx)) {
		struct wire_blob data;
		u16 id, len;

		wire_skip(&ctx, -(ctx.pos - ctx.base) & 7);
		id = wire_get_u16(&ctx);
		len = wire_get_u16(&ctx);
		wire_skip(&ctx, 4);			/* Reserved */
		data = wire_get_blob(&ctx, len);
		if (id == type && wire_done(&ctx))
			return data;
	}
	return (struct wire_blob){};
}

/*
 * [MS-SMB2] 2.2.9, 2.2.9.1.  Before 3.1.1 Flags is reserved and has to be ignored, and the
 * dialect is not known here: so an extension that is none must not fail the request, and only
 * gives no context.
 */
bool csrv_smb2_decode_tree_connect(struct wire_in *in, struct smb2_tree_connect_args *args)
{
	u16 off, len;

	args->remoted_identity = (struct wire_blob){};
	args->flags = wire_get_u16(in);
	off = wire_get_u16(in);
	len = wire_get_u16(in);
	if (args->flags & SMB2_TREE_CONNECT_FLAG_EXTENSION_PRESENT) {
		struct wire_in ext = *in;
		u32 ctx_off = wire_get_u32(&ext);
		u16 num = wire_get_u16(&ext);

		args->remoted_identity = find_context(ext, ctx_off, num,
						      SMB2_REMOTED_IDENTITY_TREE_CONNECT_CONTEXT);
	}
	args->path = wire_blob_at(in, off, len);
	wire_expect(in, len && len % 2 == 0);
	return wire_done(in);
}

/* [MS-SMB2] 2.2.10 */
bool csrv_smb2_encode_tree_connect(struct wire_out *out, const struct smb2_tree_connect_res *res)
{
	wire_put_u16(out, 16);				/* StructureSize */
	wire_put_u8(out, res->share_type);
	wire_put_u8(out, 0);				/* Reserved */
	wire_put_u32(out, res->share_flags);
	wire_put_u32(out, res->capabilities);
	wire_put_u32(out, res->maximal_access);
	return !out->bad;
}
