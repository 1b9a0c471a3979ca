// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/create_ctx.c - create contexts, [MS-SMB2] 2.2.13.2 and 2.2.14.2 */
#include <linux/kernel.h>

#include "create_ctx.h"

#define CTX_HEADER_LEN	16
#define TAG_LEN		4
#define LEASE_V1_LEN	32
#define LEASE_V2_LEN	52

struct ctx_get {
	struct smb2_create_ctxs *ctxs;
	struct wire_blob data;		/* of this context */
	struct wire_in in;		/* over @data */
};

/* Each returns the bits to set in @present, or 0 if the data are not valid. */

static u32 get_exta(struct ctx_get *g)
{
	g->ctxs->ea = g->data;
	return SMB2_CTX_EXTA;
}

static u32 get_secd(struct ctx_get *g)
{
	g->ctxs->sd = g->data;
	return g->data.len ? SMB2_CTX_SECD : 0;
}

static u32 get_aapl(struct ctx_get *g)
{
	g->ctxs->aapl = g->data;
	return SMB2_CTX_AAPL;
}

/* [MS-SMB2] 2.2.13.2.3 */
static u32 get_dhnq(struct ctx_get *g)
{
	wire_skip(&g->in, 16);				/* DurableRequest: reserved */
	return SMB2_CTX_DHNQ;
}

/* [MS-SMB2] 2.2.13.2.4 */
static u32 get_dhnc(struct ctx_get *g)
{
	g->ctxs->dhnc = smb2_get_file_id(&g->in);
	return SMB2_CTX_DHNC;
}

/* [MS-SMB2] 2.2.13.2.6 */
static u32 get_alsi(struct ctx_get *g)
{
	g->ctxs->alloc_size = wire_get_u64(&g->in);
	return SMB2_CTX_ALSI;
}

/* [MS-SMB2] 2.2.13.2.5: empty, or a timestamp */
static u32 get_mxac(struct ctx_get *g)
{
	if (!g->data.len)
		return SMB2_CTX_MXAC;
	g->ctxs->mxac_time = wire_get_u64(&g->in);
	return SMB2_CTX_MXAC | SMB2_CTX_MXAC_TIME;
}

/* [MS-SMB2] 2.2.13.2.7 */
static u32 get_twrp(struct ctx_get *g)
{
	g->ctxs->twrp = wire_get_u64(&g->in);
	return SMB2_CTX_TWRP;
}

/* [MS-SMB2] 2.2.13.2.9 */
static u32 get_qfid(struct ctx_get *g)
{
	(void)g;
	return SMB2_CTX_QFID;
}

/* [MS-SMB2] 2.2.13.2.8 and 2.2.13.2.10: distinguished by their length */
static u32 get_rqls(struct ctx_get *g)
{
	struct smb2_lease_ctx *lease = &g->ctxs->lease;

	wire_get_bytes(&g->in, lease->key, sizeof(lease->key));
	lease->state = wire_get_u32(&g->in);
	lease->flags = wire_get_u32(&g->in);
	lease->duration = wire_get_u64(&g->in);
	if (g->data.len == LEASE_V1_LEN)
		return SMB2_CTX_RQLS;
	if (g->data.len != LEASE_V2_LEN)
		return 0;
	wire_get_bytes(&g->in, lease->parent_key, sizeof(lease->parent_key));
	lease->epoch = wire_get_u16(&g->in);
	return SMB2_CTX_RQLS | SMB2_CTX_RQLS_V2;
}

/* [MS-SMB2] 2.2.13.2.11 */
static u32 get_dh2q(struct ctx_get *g)
{
	g->ctxs->dh2q.timeout = wire_get_u32(&g->in);
	g->ctxs->dh2q.flags = wire_get_u32(&g->in);
	wire_skip(&g->in, 8);				/* Reserved */
	wire_get_bytes(&g->in, g->ctxs->dh2q.create_guid, WIRE_GUID_LEN);
	return SMB2_CTX_DH2Q;
}

/* [MS-SMB2] 2.2.13.2.12 */
static u32 get_dh2c(struct ctx_get *g)
{
	g->ctxs->dh2c.id = smb2_get_file_id(&g->in);
	wire_get_bytes(&g->in, g->ctxs->dh2c.create_guid, WIRE_GUID_LEN);
	g->ctxs->dh2c.flags = wire_get_u32(&g->in);
	return SMB2_CTX_DH2C;
}

/* [MS-SMB2] 2.2.13.2.13 */
static u32 get_app_id(struct ctx_get *g)
{
	wire_expect(&g->in, wire_get_u16(&g->in) == 20);	/* StructureSize */
	wire_skip(&g->in, 2);					/* Reserved */
	wire_get_bytes(&g->in, g->ctxs->app_instance_id, WIRE_GUID_LEN);
	return SMB2_CTX_APP_ID;
}

/* [MS-SMB2] 2.2.13.2.15 */
static u32 get_app_version(struct ctx_get *g)
{
	wire_expect(&g->in, wire_get_u16(&g->in) == 24);	/* StructureSize */
	wire_skip(&g->in, 6);					/* Reserved, Padding */
	g->ctxs->app_version_high = wire_get_u64(&g->in);
	g->ctxs->app_version_low = wire_get_u64(&g->in);
	return SMB2_CTX_APP_VERSION;
}

static u32 get_posix(struct ctx_get *g)
{
	g->ctxs->posix_mode = wire_get_u32(&g->in);
	return SMB2_CTX_POSIX;
}

#define GUID_APP_ID	 "\x45\xbc\xa6\x6a\xef\xa7\xf7\x4a\x90\x08\xfa\x46\x2e\x14\x4d\x74"
#define GUID_APP_VERSION "\xb9\x82\xd0\xb7\x3b\x56\x07\x4f\xa0\x7b\x52\x4a\x81\x16\xa0\x10"
#define GUID_POSIX	 "\x93\xad\x25\x50\x9c\xb4\x11\xe7\xb4\x23\x83\xde\x96\x8b\xcd\x7c"

struct ctx_row {
	const char *tag;		/* Name: four characters, or a GUID */
	u32 tag_len;
	u32 (*get)(struct ctx_get *g);
};

/* [MS-SMB2] 2.2.13.2.  Others are ignored, [MS-SMB2] 3.3.5.9. */
static const struct ctx_row rows[] = {
	{ "ExtA", TAG_LEN, get_exta },
	{ "SecD", TAG_LEN, get_secd },
	{ "DHnQ", TAG_LEN, get_dhnq },
	{ "DHnC", TAG_LEN, get_dhnc },
	{ "AlSi", TAG_LEN, get_alsi },
	{ "MxAc", TAG_LEN, get_mxac },
	{ "TWrp", TAG_LEN, get_twrp },
	{ "QFid", TAG_LEN, get_qfid },
	{ "RqLs", TAG_LEN, get_rqls },
	{ "DH2Q", TAG_LEN, get_dh2q },
	{ "DH2C", TAG_LEN, get_dh2c },
	{ "AAPL", TAG_LEN, get_aapl },
	{ GUID_APP_ID, WIRE_GUID_LEN, get_app_id },
	{ GUID_APP_VERSION, WIRE_GUID_LEN, get_app_version },
	{ GUID_POSIX, WIRE_GUID_LEN, get_posix },
};

/* One context: its name picks the row.  A second one of the same name is an error. */
static bool get_ctx(struct smb2_create_ctxs *ctxs, const struct wire_blob *name,
		    const struct wire_blob *data)
{
	struct ctx_get g = { .ctxs = ctxs, .data = *data, .in = wire_sub(data) };
	size_t i;
	u32 bits;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].tag_len != name->len || memcmp(rows[i].tag, name->data, name->len))
			continue;
		bits = rows[i].get(&g);
		if (!bits || !wire_done(&g.in) || (ctxs->present & bits))
			return false;
		ctxs->present |= bits;
		break;
	}
	return true;
}

/**
 * csrv_smb2_decode_create_ctxs() - all contexts of a CREATE, before any has an effect
 * @contexts: the chain; may be empty
 * @ctxs: filled in, cleared first; blobs in it point into @contexts
 *
 * Return: false if the chain leaves the buffer or does not go forward in steps
 * of 8, a name is shorter than four bytes, a known context has data that it
 * cannot have or comes twice, or there are more than SMB2_CREATE_CTX_MAX.
 */
bool csrv_smb2_decode_create_ctxs(const struct wire_blob *contexts, struct smb2_create_ctxs *ctxs)
{
	struct wire_in rest = wire_sub(contexts);
	u32 n;

	memset(ctxs, 0, sizeof(*ctxs));
	for (n = 0; wire_left(&rest); n++) {
		struct wire_in peek = rest;
		u32 next = wire_get_u32(&peek);
		struct wire_blob ctx = wire_get_blob(&rest, next ? next : wire_left(&rest));
		struct wire_in in = wire_sub(&ctx);	/* offsets count from the context */
		struct wire_blob name, data;
		u16 name_off, name_len, data_off;

		wire_skip(&in, 4);			/* Next */
		name_off = wire_get_u16(&in);
		name_len = wire_get_u16(&in);
		wire_skip(&in, 2);			/* Reserved */
		data_off = wire_get_u16(&in);
		data = wire_blob_at(&in, data_off, wire_get_u32(&in));
		name = wire_blob_at(&in, name_off, name_len);
		wire_expect(&in, next % 8 == 0 && name_len >= TAG_LEN);
		if (n == SMB2_CREATE_CTX_MAX || !wire_done(&rest) || !wire_done(&in) ||
		    !get_ctx(ctxs, &name, &data))
			return false;
		if (!next)
			break;
		wire_expect(&rest, wire_left(&rest) >= CTX_HEADER_LEN);
	}
	return wire_done(&rest);
}

/* Header and name of one context with @len bytes of data, which follow. */
static bool put_ctx(struct wire_list *list, const char *tag, u32 tag_len, u32 len)
{
	u32 data_off = ALIGN(CTX_HEADER_LEN + tag_len, 8u);
	struct wire_out *out = list->out;

	if (!wire_list_next(list, data_off + len)) {
		out->bad = true;
		return false;
	}
	wire_put_u16(out, CTX_HEADER_LEN);		/* NameOffset */
	wire_put_u16(out, tag_len);
	wire_put_u16(out, 0);				/* Reserved */
	wire_put_u16(out, data_off);
	wire_put_u32(out, len);
	wire_put_bytes(out, tag, tag_len);
	wire_put_zero(out, data_off - CTX_HEADER_LEN - tag_len);
	return true;
}

/* [MS-SMB2] 2.2.14.2.10, 2.2.14.2.11 */
static void put_rqls(struct wire_list *list, const struct smb2_create_ctxs_res *res)
{
	bool v2 = res->present & SMB2_CTX_RQLS_V2;
	struct wire_out *out = list->out;

	if (!put_ctx(list, "RqLs", TAG_LEN, v2 ? LEASE_V2_LEN : LEASE_V1_LEN))
		return;
	wire_put_bytes(out, res->lease.key, sizeof(res->lease.key));
	wire_put_u32(out, res->lease.state);
	wire_put_u32(out, res->lease.flags);
	wire_put_u64(out, res->lease.duration);
	if (!v2)
		return;
	wire_put_bytes(out, res->lease.parent_key, sizeof(res->lease.parent_key));
	wire_put_u16(out, res->lease.epoch);
	wire_put_u16(out, 0);				/* Reserved */
}

/* [MS-SMB2] 2.2.14.2.3, 2.2.14.2.12 */
static void put_durable(struct wire_list *list, const struct smb2_create_ctxs_res *res)
{
	if ((res->present & SMB2_CTX_DHNQ) && put_ctx(list, "DHnQ", TAG_LEN, 8))
		wire_put_u64(list->out, 0);		/* Reserved */
	if ((res->present & SMB2_CTX_DH2Q) && put_ctx(list, "DH2Q", TAG_LEN, 8)) {
		wire_put_u32(list->out, res->dh2q_timeout);
		wire_put_u32(list->out, res->dh2q_flags);
	}
}

static void put_posix(struct wire_list *list, const struct smb2_create_ctxs_res *res)
{
	if (!put_ctx(list, GUID_POSIX, WIRE_GUID_LEN, 12 + res->posix_sids.len))
		return;
	wire_put_u32(list->out, res->posix_nlink);
	wire_put_u32(list->out, res->posix_reparse_tag);
	wire_put_u32(list->out, res->posix_mode);
	wire_put_blob(list->out, &res->posix_sids);
}

/**
 * csrv_smb2_encode_create_ctxs() - the contexts of a CREATE reply, [MS-SMB2] 2.2.14.2
 * @out: at a multiple of 8 from its base
 * @res: the contexts
 *
 * Return: false if they do not fit.
 */
bool csrv_smb2_encode_create_ctxs(struct wire_out *out, const struct smb2_create_ctxs_res *res)
{
	struct wire_list list = wire_list(out, 8);

	/* 2.2.14.2.5 */
	if ((res->present & SMB2_CTX_MXAC) && put_ctx(&list, "MxAc", TAG_LEN, 8)) {
		wire_put_u32(out, csrv_status_code(res->mxac_status));
		wire_put_u32(out, res->mxac_access);
	}
	/* 2.2.14.2.9 */
	if ((res->present & SMB2_CTX_QFID) && put_ctx(&list, "QFid", TAG_LEN, 32)) {
		wire_put_u64(out, res->disk_file_id);
		wire_put_u64(out, res->disk_volume_id);
		wire_put_zero(out, 16);			/* Reserved */
	}
	if (res->present & SMB2_CTX_RQLS)
		put_rqls(&list, res);
	put_durable(&list, res);
	if ((res->present & SMB2_CTX_AAPL) && put_ctx(&list, "AAPL", TAG_LEN, res->aapl.len))
		wire_put_blob(out, &res->aapl);
	if (res->present & SMB2_CTX_POSIX)
		put_posix(&list, res);
	return !out->bad;
}
