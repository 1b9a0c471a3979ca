// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/negotiate.c - SMB2 NEGOTIATE, [MS-SMB2] 3.3.5.3 and 3.3.5.4 */
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "../core/config.h"
#include "../core/server.h"
#include "../upcall/upcall.h"
#include "../wire/time.h"
#include "smb2.h"

#define NO_ALG		U32_MAX		/* the number of no algorithm */
#define HINT_MAX	1024u	/* room for the daemon's NegTokenInit2 */
#define SMALL_SIZE	65536u	/* the sizes without SMB2_GLOBAL_CAP_LARGE_MTU */

u32 csrv_smb2_negotiate_reply_max(const struct csrv_req *req)
{
	return 64 + HINT_MAX + 256;	/* fixed part, blob, contexts */
}

void csrv_smb2_negotiate_release(struct csrv_req *req)
{
	kfree(smb2_res(req)->negotiate.security.data);
}

/* The highest dialect that client, server and configuration have; 0: none. */
static u16 choose_dialect(const struct smb2_negotiate_args *args, const struct csrv_config *cfg)
{
	static const u16 known[] = {
		SMB2_DIALECT_311, SMB2_DIALECT_302, SMB2_DIALECT_300, SMB2_DIALECT_210,
		SMB2_DIALECT_202,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i] >= cfg->min_dialect && known[i] <= cfg->max_dialect &&
		    csrv_smb2_negotiate_offers(args, known[i]))
			return known[i];
	return 0;
}

static bool algs_have(const struct smb2_neg_algs *algs, u16 id)
{
	u32 i;

	for (i = 0; i < algs->num; i++)
		if (algs->id[i] == id)
			return true;
	return false;
}

/**
 * choose() - choose an algorithm that both sides have
 * @theirs: the client's list, the most preferred first ([MS-SMB2] 2.2.3.1.2, 2.2.3.1.7)
 * @ours: the algorithms that the configuration allows
 * @n: their number
 * @avoid: only if there is no other; or NO_ALG
 * @ret: set to the choice
 *
 * The client's order counts: it knows which algorithm its processor is fast at.
 * Return: false if there is none.
 */
static bool choose(const struct smb2_neg_algs *theirs, const u16 *ours, u32 n, u32 avoid,
		   u16 *ret)
{
	bool found = false;
	u32 i, k;

	for (i = 0; i < theirs->num; i++)
		for (k = 0; k < n; k++) {
			if (theirs->id[i] != ours[k] || (found && *ret != avoid))
				continue;
			*ret = ours[k];
			found = true;
		}
	return found;
}

/* [MS-SMB2] 3.3.5.4: in 3.x, and only with clients that have the capability */
static bool both_multichannel(const struct csrv_nego *n, const struct csrv_config *cfg)
{
	return n->dialect >= SMB2_DIALECT_300 && cfg->p.multichannel &&
	       (n->client_caps & SMB2_GLOBAL_CAP_MULTI_CHANNEL);
}

/*
 * AES-GMAC uses the MessageId as nonce, and MessageIds count per connection; but the messages that
 * bind further connections to a session are signed with the session's key on each of them
 * ([MS-SMB2] 3.2.4.1.1, 3.3.4.1.1).  With two such connections a nonce is used twice, and an
 * eavesdropper can compute the key.  So clients of several channels get another algorithm, unless
 * the configuration prefers GMAC to CMAC.
 */
static u32 avoid_signing(const struct csrv_nego *n, const struct csrv_config *cfg)
{
	u32 i;

	if (!both_multichannel(n, cfg))
		return NO_ALG;
	for (i = 0; i < cfg->nsigning_algs; i++) {
		if (cfg->signing_algs[i] == CSRV_SIGN_AES_GMAC)
			return NO_ALG;
		if (cfg->signing_algs[i] == CSRV_SIGN_AES_CMAC)
			break;
	}
	return CSRV_SIGN_AES_GMAC;
}

/* [MS-SMB2] 3.3.5.4: the contexts of 3.1.1 */
static nt_status_t negotiate_contexts(const struct smb2_neg_ctxs *ctx,
				      const struct csrv_config *cfg, struct csrv_nego *n,
				      struct smb2_negotiate_res *res)
{
	const u32 once = SMB2_NEG_PREAUTH | SMB2_NEG_ENCRYPTION | SMB2_NEG_COMPRESSION |
			 SMB2_NEG_RDMA | SMB2_NEG_SIGNING;

	if (!(ctx->present & SMB2_NEG_PREAUTH) || (ctx->duplicate & once))
		return NT_INVALID_PARAMETER;
	if (!ctx->preauth.num)
		return NT_INVALID_PARAMETER;
	if (!algs_have(&ctx->preauth, SMB2_PREAUTH_SHA512))
		return NT_SMB_NO_PREAUTH_INTEGRITY_HASH_OVERLAP;
	res->present |= SMB2_NEG_PREAUTH;
	get_random_bytes(res->salt, sizeof(res->salt));
	if (ctx->present & SMB2_NEG_ENCRYPTION) {
		if (!ctx->ciphers.num)
			return NT_INVALID_PARAMETER;
		res->present |= SMB2_NEG_ENCRYPTION;
		if (cfg->p.encryption != CSRV_SERVER_ENCRYPTION_OFF)
			choose(&ctx->ciphers, cfg->ciphers, cfg->nciphers, NO_ALG, &n->cipher);
		res->cipher = n->cipher;
	}
	if (ctx->present & SMB2_NEG_SIGNING) {
		if (!ctx->signing.num)
			return NT_INVALID_PARAMETER;
		if (choose(&ctx->signing, cfg->signing_algs, cfg->nsigning_algs,
			   avoid_signing(n, cfg), &n->signing_alg)) {
			res->present |= SMB2_NEG_SIGNING;
			res->signing = n->signing_alg;
			n->has_signing_ctx = true;
		}
	}
	return NT_OK;
}

/* [MS-SMB2] 3.3.5.4: 3.x and 2.1 have leases; smb.conf(5) "smb2 leases" */
static bool has_leases(const struct csrv_nego *n, const struct csrv_config *cfg)
{
	return n->dialect >= SMB2_DIALECT_210 && cfg->p.leases;
}

/* [MS-SMB2] 3.3.5.4: 3.x has leases of directories; smb.conf(5) "smb3 directory leases" */
static bool has_dir_leases(const struct csrv_nego *n, const struct csrv_config *cfg)
{
	return n->leases && n->dialect >= SMB2_DIALECT_300 &&
	       (n->client_caps & SMB2_GLOBAL_CAP_DIRECTORY_LEASING) &&
	       cfg->p.directory_leases == CSRV_SERVER_DIRECTORY_LEASES_YES;
}

static u32 server_caps(const struct csrv_nego *n, const struct csrv_config *cfg)
{
	u32 caps = 0;

	if (n->dialect >= SMB2_DIALECT_210)
		caps |= SMB2_GLOBAL_CAP_LARGE_MTU;
	if (n->leases)
		caps |= SMB2_GLOBAL_CAP_LEASING;
	if (n->dir_leases)
		caps |= SMB2_GLOBAL_CAP_DIRECTORY_LEASING;
	if (both_multichannel(n, cfg))
		caps |= SMB2_GLOBAL_CAP_MULTI_CHANNEL;
	/* 3.1.1 uses a context instead: [MS-SMB2] 3.3.5.4 */
	if ((n->dialect == SMB2_DIALECT_300 || n->dialect == SMB2_DIALECT_302) && n->cipher)
		caps |= SMB2_GLOBAL_CAP_ENCRYPTION;
	return caps;
}

static bool has_ccm(const struct csrv_config *cfg)
{
	u32 i;

	for (i = 0; i < cfg->nciphers; i++)
		if (cfg->ciphers[i] == CSRV_CIPHER_AES_128_CCM)
			return true;
	return false;
}

/*
 * @size is the configuration's; a message over @xprt has room for as much beside its headers, and
 * beside what a reply leaves.
 */
static u32 size_over(const struct csrv_xprt *xprt, u32 size)
{
	const u32 beside = CSRV_REPLY_SPARE + CSRV_MSG_INLINE;

	BUILD_BUG_ON(CSRV_MESSAGE_LEAST < SMALL_SIZE + beside);
	return min(size, round_down(xprt->max_message - beside, SMALL_SIZE));
}

static void negotiate_common(struct csrv_nego *n, const struct csrv_config *cfg,
			     const struct csrv_xprt *xprt, const struct smb2_negotiate_args *args)
{
	bool large = n->dialect >= SMB2_DIALECT_210;

	n->client_secmode = args->security_mode;
	n->client_caps = args->capabilities;
	memcpy(n->client_guid, args->client_guid, sizeof(n->client_guid));
	n->client_dialects = csrv_smb2_dialects_known(args->dialects, args->num_dialects);
	n->large_mtu = large;
	n->leases = has_leases(n, cfg);
	n->dir_leases = has_dir_leases(n, cfg);
	n->max_trans = large ? size_over(xprt, cfg->p.max_trans) : SMALL_SIZE;
	n->max_read = large ? size_over(xprt, cfg->p.max_read) : SMALL_SIZE;
	n->max_write = large ? size_over(xprt, cfg->p.max_write) : SMALL_SIZE;
	n->server_secmode = SMB2_NEGOTIATE_SIGNING_ENABLED;
	if (cfg->p.signing == CSRV_SERVER_SIGNING_MANDATORY)
		n->server_secmode |= SMB2_NEGOTIATE_SIGNING_REQUIRED;
	n->signing_alg = n->dialect >= SMB2_DIALECT_300 ? CSRV_SIGN_AES_CMAC :
							  CSRV_SIGN_HMAC_SHA256;
	/* 3.0.x has one cipher, and the client has a capability for it: [MS-SMB2] 3.3.5.4 */
	if ((n->dialect == SMB2_DIALECT_300 || n->dialect == SMB2_DIALECT_302) &&
	    (args->capabilities & SMB2_GLOBAL_CAP_ENCRYPTION) && has_ccm(cfg) &&
	    cfg->p.encryption != CSRV_SERVER_ENCRYPTION_OFF)
		n->cipher = CSRV_CIPHER_AES_128_CCM;
}

static void fill_reply(struct csrv_req *req, const struct csrv_nego *n,
		       struct smb2_negotiate_res *res)
{
	struct csrv_server *srv = req->conn->srv;
	struct timespec64 now;
	u8 *hint = kmalloc(HINT_MAX, GFP_KERNEL);

	ktime_get_real_ts64(&now);
	res->security_mode = n->server_secmode;
	res->dialect = n->dialect;
	memcpy(res->server_guid, srv->guid, sizeof(res->server_guid));
	res->capabilities = n->server_caps;
	res->max_transact_size = n->max_trans;
	res->max_read_size = n->max_read;
	res->max_write_size = n->max_write;
	res->system_time = wire_filetime(now.tv_sec, now.tv_nsec);
	/* Without a blob the client begins by itself, which takes one token less. */
	if (hint) {
		res->security.data = hint;
		res->security.len = csrv_up_hint(srv->up, hint, HINT_MAX);
	}
}

static nt_status_t negotiate(struct csrv_req *req, const struct smb2_negotiate_args *args,
			     const struct csrv_config *cfg, struct csrv_nego *n)
{
	struct smb2_negotiate_res *res = &smb2_res(req)->negotiate;
	nt_status_t status;

	/* [MS-SMB2] 3.3.5.2.4: there is no key yet to sign it with */
	if (smb2_is_signed(req))
		return NT_INVALID_PARAMETER;
	if (!args->num_dialects)
		return NT_INVALID_PARAMETER;
	n->dialect = choose_dialect(args, cfg);
	if (!n->dialect)
		return NT_NOT_SUPPORTED;
	negotiate_common(n, cfg, req->conn->xprt, args);
	if (n->dialect == SMB2_DIALECT_311) {
		status = negotiate_contexts(&args->ctx, cfg, n, res);
		if (status != NT_OK)
			return status;
	}
	n->server_caps = server_caps(n, cfg);
	fill_reply(req, n, res);
	return NT_OK;
}

/* Connection.PreauthIntegrityHashValue covers request and reply as they are sent. */
static int preauth_reply(struct csrv_req *req, const struct csrv_bytes *reply)
{
	return csrv_preauth_update(req->conn->nego.preauth, reply);
}

static int preauth_request(struct csrv_req *req, struct csrv_nego *n)
{
	struct csrv_bytes msg;
	struct kvec kv;

	csrv_bytes_linear(&msg, &kv, req->in.buf + req->at, req->len);
	return csrv_preauth_update(n->preauth, &msg);
}

/* [MS-SMB2] 3.3.5.4 */
nt_status_t csrv_smb2_negotiate(struct csrv_req *req)
{
	struct csrv_conn *conn = req->conn;
	struct csrv_config *cfg;
	struct csrv_nego n = {};
	nt_status_t status;

	if (!csrv_conn_negotiate_begin(conn))
		return csrv_req_drop(req);
	cfg = csrv_config_get(conn->srv);
	status = negotiate(req, &smb2_args(req)->negotiate, cfg, &n);
	if (status == NT_OK)
		csrv_credits_limit(&conn->credits, cfg->p.max_credits);
	if (status == NT_OK && n.dialect == SMB2_DIALECT_311 && preauth_request(req, &n))
		status = NT_INSUFFICIENT_RESOURCES;
	csrv_config_put(cfg);
	if (status == NT_OK) {
		conn->nego = n;
		if (n.dialect == SMB2_DIALECT_311)
			smb2_front(req)->before_send = preauth_reply;
	}
	csrv_conn_negotiate_end(conn, status == NT_OK);
	return status;
}

/* The arguments that are equivalent to an SMB1 NEGOTIATE. */
static void smb1_args(struct smb2_negotiate_args *args)
{
	memset(args, 0, sizeof(*args));
	args->num_dialects = 1;
	args->dialects[0] = SMB2_DIALECT_202;
	args->security_mode = SMB2_NEGOTIATE_SIGNING_ENABLED;
}

/* Choose the dialect for it; false: the configuration allows none for such a client. */
static bool smb1_choose(struct csrv_req *req, bool multi, struct csrv_nego *n)
{
	struct csrv_config *cfg = csrv_config_get(req->conn->srv);
	bool ok;

	n->dialect = multi && cfg->max_dialect > SMB2_DIALECT_202 ? SMB2_DIALECT_2XX :
								    SMB2_DIALECT_202;
	ok = n->dialect == SMB2_DIALECT_2XX || cfg->min_dialect == SMB2_DIALECT_202;
	negotiate_common(n, cfg, req->conn->xprt, &smb2_args(req)->negotiate);
	if (n->dialect == SMB2_DIALECT_2XX) {
		n->max_trans = SMALL_SIZE;
		n->max_read = SMALL_SIZE;
		n->max_write = SMALL_SIZE;
	}
	csrv_config_put(cfg);
	return ok;
}

/*
 * [MS-SMB2] 3.3.5.3: an SMB1 NEGOTIATE that offers SMB2.  "SMB 2.???" is answered with
 * 0x02ff, and a real NEGOTIATE follows; "SMB 2.002" alone completes the negotiation.
 */
nt_status_t csrv_smb2_negotiate_smb1(struct csrv_req *req)
{
	bool multi = smb2_args(req)->smb1.index_smb_2xx != SMB1_DIALECT_NONE;
	struct csrv_conn *conn = req->conn;
	struct csrv_nego n = {};
	bool ok, done;

	if (!csrv_conn_negotiate_begin(conn))
		return csrv_req_drop(req);
	smb1_args(&smb2_args(req)->negotiate);
	ok = smb1_choose(req, multi, &n);
	done = ok && n.dialect == SMB2_DIALECT_202;
	if (ok)
		fill_reply(req, &n, &smb2_res(req)->negotiate);
	if (done)
		conn->nego = n;
	csrv_conn_negotiate_end(conn, done);
	return ok ? NT_OK : csrv_req_drop(req);
}
