// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/negotiate.c - SMB2 NEGOTIATE, [MS-SMB2] 2.2.3 and 2.2.4 */
#include <linux/kernel.h>

#include "negotiate.h"

#define SALT_LEN	SMB2_PREAUTH_SALT_LEN

/* The POSIX context of a reply has the name of the create context. */
static const u8 posix_guid[WIRE_GUID_LEN] = {
	0x93, 0xad, 0x25, 0x50, 0x9c, 0xb4, 0x11, 0xe7,
	0xb4, 0x23, 0x83, 0xde, 0x96, 0x8b, 0xcd, 0x7c,
};

/* @num ids; those beyond SMB2_NEG_ALGS are read and dropped.  None at all is illegal. */
static void get_algs(struct wire_in *in, u16 num, struct smb2_neg_algs *algs)
{
	struct wire_blob ids = wire_get_blob(in, num * sizeof(u16));
	struct wire_in sub = wire_sub(&ids);

	algs->num = 0;
	wire_expect(in, num);
	while (wire_left(&sub) && algs->num < SMB2_NEG_ALGS)
		algs->id[algs->num++] = wire_get_u16(&sub);
}

/* [MS-SMB2] 2.2.3.1.1 */
static void get_preauth(struct wire_in *in, struct smb2_neg_ctxs *ctx)
{
	u16 num = wire_get_u16(in);
	u16 salt_len = wire_get_u16(in);

	get_algs(in, num, &ctx->preauth);
	ctx->salt = wire_get_blob(in, salt_len);
}

/* [MS-SMB2] 2.2.3.1.2 */
static void get_encryption(struct wire_in *in, struct smb2_neg_ctxs *ctx)
{
	get_algs(in, wire_get_u16(in), &ctx->ciphers);
}

/* [MS-SMB2] 2.2.3.1.3 */
static void get_compression(struct wire_in *in, struct smb2_neg_ctxs *ctx)
{
	u16 num = wire_get_u16(in);

	wire_skip(in, 2);				/* Padding */
	ctx->compression_flags = wire_get_u32(in);
	get_algs(in, num, &ctx->compression);
}

/* [MS-SMB2] 2.2.3.1.4 */
static void get_netname(struct wire_in *in, struct smb2_neg_ctxs *ctx)
{
	ctx->netname = wire_get_blob(in, wire_left(in));
}

/* [MS-SMB2] 2.2.3.1.5 */
static void get_transport(struct wire_in *in, struct smb2_neg_ctxs *ctx)
{
	ctx->transport_flags = wire_get_u32(in);
}

/* [MS-SMB2] 2.2.3.1.7 */
static void get_signing(struct wire_in *in, struct smb2_neg_ctxs *ctx)
{
	get_algs(in, wire_get_u16(in), &ctx->signing);
}

static void get_nothing(struct wire_in *in, struct smb2_neg_ctxs *ctx)
{
	(void)in;
	(void)ctx;
}

struct neg_row {
	u16 type;
	u16 bit;
	void (*get)(struct wire_in *in, struct smb2_neg_ctxs *ctx);
};

static const struct neg_row rows[] = {
	{ SMB2_PREAUTH_INTEGRITY_CAPABILITIES,	SMB2_NEG_PREAUTH,	get_preauth },
	{ SMB2_ENCRYPTION_CAPABILITIES,		SMB2_NEG_ENCRYPTION,	get_encryption },
	{ SMB2_COMPRESSION_CAPABILITIES,	SMB2_NEG_COMPRESSION,	get_compression },
	{ SMB2_NETNAME_NEGOTIATE_CONTEXT_ID,	SMB2_NEG_NETNAME,	get_netname },
	{ SMB2_TRANSPORT_CAPABILITIES,		SMB2_NEG_TRANSPORT,	get_transport },
	{ SMB2_RDMA_TRANSFORM_CAPABILITIES,	SMB2_NEG_RDMA,		get_nothing },
	{ SMB2_SIGNING_CAPABILITIES,		SMB2_NEG_SIGNING,	get_signing },
	{ SMB2_POSIX_EXTENSIONS_AVAILABLE,	SMB2_NEG_POSIX,		get_nothing },
};

/* One context; unknown ones are ignored ([MS-SMB2] 3.3.5.4). */
static bool get_ctx(struct smb2_neg_ctxs *ctx, u16 type, const struct wire_blob *data)
{
	struct wire_in in = wire_sub(data);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].type != type)
			continue;
		if (ctx->present & rows[i].bit) {
			ctx->duplicate |= rows[i].bit;
			return true;
		}
		ctx->present |= rows[i].bit;
		rows[i].get(&in, ctx);
	}
	return wire_done(&in);
}

/* [MS-SMB2] 2.2.3.1: the first at @off, each on a multiple of 8 from the header */
static void get_ctxs(struct wire_in *in, u32 off, u16 num, struct smb2_neg_ctxs *ctx)
{
	struct wire_in list = *in;
	struct wire_blob data;
	u16 type, len;

	wire_expect(in, num <= SMB2_NEG_CONTEXTS && off % 8 == 0);
	list.pos = list.base;
	wire_skip(&list, off);
	while (num-- && wire_done(in)) {
		wire_skip(&list, -(list.pos - list.base) & 7);
		type = wire_get_u16(&list);
		len = wire_get_u16(&list);
		wire_skip(&list, 4);			/* Reserved */
		data = wire_get_blob(&list, len);
		wire_expect(in, wire_done(&list) && get_ctx(ctx, type, &data));
	}
}

/**
 * csrv_smb2_dialects_known() - the part of a list of dialects that counts
 * @list: as the client sent it
 * @n: its length
 *
 * Return: a bit for each dialect that can be chosen; the same for two lists that lead to the
 * same choice, whatever else they contain.
 */
u32 csrv_smb2_dialects_known(const u16 *list, u32 n)
{
	static const u16 known[] = {
		SMB2_DIALECT_202, SMB2_DIALECT_210, SMB2_DIALECT_300, SMB2_DIALECT_302,
		SMB2_DIALECT_311, SMB2_DIALECT_2XX,
	};
	u32 mask = 0, i, k;

	for (i = 0; i < n; i++)
		for (k = 0; k < ARRAY_SIZE(known); k++)
			if (list[i] == known[k])
				mask |= 1u << k;
	return mask;
}

/* True if the client offers @dialect. */
bool csrv_smb2_negotiate_offers(const struct smb2_negotiate_args *args, u16 dialect)
{
	u16 i;

	for (i = 0; i < args->num_dialects; i++)
		if (args->dialects[i] == dialect)
			return true;
	return false;
}

/* [MS-SMB2] 2.2.3; no dialect at all is refused by 3.3.5.4 */
bool csrv_smb2_decode_negotiate(struct wire_in *in, struct smb2_negotiate_args *args)
{
	u32 ctx_off;
	u16 ctx_num;
	u16 i;

	memset(&args->ctx, 0, sizeof(args->ctx));
	args->num_dialects = wire_get_u16(in);
	args->security_mode = wire_get_u16(in);
	wire_skip(in, 2);				/* Reserved */
	args->capabilities = wire_get_u32(in);
	wire_get_bytes(in, args->client_guid, sizeof(args->client_guid));
	ctx_off = wire_get_u32(in);			/* with 3.1.1; else ClientStartTime */
	ctx_num = wire_get_u16(in);
	wire_skip(in, 2);				/* Reserved2 */
	wire_expect(in, args->num_dialects && args->num_dialects <= SMB2_NEG_DIALECTS);
	if (!wire_done(in))
		return false;
	for (i = 0; i < args->num_dialects; i++)
		args->dialects[i] = wire_get_u16(in);
	if (csrv_smb2_negotiate_offers(args, SMB2_DIALECT_311))
		get_ctxs(in, ctx_off, ctx_num, &args->ctx);
	return wire_done(in);
}

/* The header of one context in a reply; its @len bytes of data follow. */
static void put_ctx(struct wire_out *out, u16 type, u16 len, u16 *num)
{
	wire_pad(out, 8);
	wire_put_u16(out, type);
	wire_put_u16(out, len);
	wire_put_u32(out, 0);				/* Reserved */
	++*num;
}

static void put_compression(struct wire_out *out, const struct smb2_negotiate_res *res, u16 *num)
{
	u16 algs = min_t(u16, res->compression.num, SMB2_NEG_ALGS);
	u16 i;

	put_ctx(out, SMB2_COMPRESSION_CAPABILITIES, 8 + 2 * (algs ? algs : 1), num);
	wire_put_u16(out, algs ? algs : 1);
	wire_put_u16(out, 0);				/* Padding */
	wire_put_u32(out, res->compression_flags);
	for (i = 0; i < algs; i++)
		wire_put_u16(out, res->compression.id[i]);
	if (!algs)
		wire_put_u16(out, SMB2_COMPRESSION_NONE);
}

/* [MS-SMB2] 2.2.4.1 */
static u16 put_ctxs(struct wire_out *out, const struct smb2_negotiate_res *res)
{
	u16 num = 0;

	if (res->present & SMB2_NEG_PREAUTH) {
		put_ctx(out, SMB2_PREAUTH_INTEGRITY_CAPABILITIES, 6 + SALT_LEN, &num);
		wire_put_u16(out, 1);			/* HashAlgorithmCount */
		wire_put_u16(out, SALT_LEN);
		wire_put_u16(out, SMB2_PREAUTH_SHA512);
		wire_put_bytes(out, res->salt, SALT_LEN);
	}
	if (res->present & SMB2_NEG_ENCRYPTION) {
		put_ctx(out, SMB2_ENCRYPTION_CAPABILITIES, 4, &num);
		wire_put_u16(out, 1);			/* CipherCount */
		wire_put_u16(out, res->cipher);
	}
	if (res->present & SMB2_NEG_COMPRESSION)
		put_compression(out, res, &num);
	if (res->present & SMB2_NEG_SIGNING) {
		put_ctx(out, SMB2_SIGNING_CAPABILITIES, 4, &num);
		wire_put_u16(out, 1);			/* SigningAlgorithmCount */
		wire_put_u16(out, res->signing);
	}
	if (res->present & SMB2_NEG_POSIX) {
		put_ctx(out, SMB2_POSIX_EXTENSIONS_AVAILABLE, WIRE_GUID_LEN, &num);
		wire_put_bytes(out, posix_guid, WIRE_GUID_LEN);
	}
	return num;
}

/* [MS-SMB2] 2.2.4 */
bool csrv_smb2_encode_negotiate(struct wire_out *out, const struct smb2_negotiate_res *res)
{
	u32 num_at, off_at;

	wire_put_u16(out, 65);				/* StructureSize */
	wire_put_u16(out, res->security_mode);
	wire_put_u16(out, res->dialect);
	num_at = wire_reserve(out, 2);			/* NegotiateContextCount */
	wire_put_bytes(out, res->server_guid, sizeof(res->server_guid));
	wire_put_u32(out, res->capabilities);
	wire_put_u32(out, res->max_transact_size);
	wire_put_u32(out, res->max_read_size);
	wire_put_u32(out, res->max_write_size);
	wire_put_u64(out, res->system_time);
	wire_put_u64(out, res->start_time);
	wire_put_u16(out, SMB2_HEADER_LEN + 64);	/* SecurityBufferOffset */
	wire_expect_out(out, res->security.len <= U16_MAX);
	wire_put_u16(out, res->security.len);
	off_at = wire_reserve(out, 4);			/* NegotiateContextOffset */
	wire_put_blob(out, &res->security);
	if (res->dialect == SMB2_DIALECT_311 && res->present) {
		wire_pad(out, 8);
		wire_patch_u32(out, off_at, wire_out_len(out));
		wire_patch_u16(out, num_at, put_ctxs(out, res));
	}
	return !out->bad;
}
