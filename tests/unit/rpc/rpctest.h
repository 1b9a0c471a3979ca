/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rpctest.h - a server that is made up, and a client's end of an RPC pipe, for
 * the tests and fuzzers of daemon/rpc
 */
#ifndef CIFSSRV_TESTS_RPCTEST_H
#define CIFSSRV_TESTS_RPCTEST_H

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/rpc/dcerpc.h"
#include "daemon/rpc/ndr.h"
#include "daemon/rpc/rpc.h"

#pragma GCC diagnostic ignored "-Wunused-function"

/* --- the server --------------------------------------------------------------- */

struct fake {
	uint32_t restrict_anonymous;
	unsigned int extra_shares;	/* besides the four */
	unsigned int nsessions;
	bool broken;			/* every callback fails */
	bool homes;			/* a share of homes is there, */
	bool homes_hidden;		/* not browseable */
	const char *abe;		/* the share of that name is listed by access; */
	uint64_t admitted;		/* it admits this session */
};

static int fake_server_info(void *priv, struct rpc_server_info *info)
{
	struct fake *f = priv;

	if (f->broken)
		return -EIO;
	*info = (struct rpc_server_info){
		.netbios_name = "TESTSRV",
		.workgroup = "TESTGROUP",
		.comment = "a server for tests",
		.version_major = 10,
		.max_users = RPC_UNLIMITED,
		.deadtime_minutes = 15,
		.restrict_anonymous = f->restrict_anonymous,
		.logged_on_users = 2,
	};
	return 0;
}

static int fake_shares(void *priv, rpc_share_fn fn, void *arg)
{
	static const struct rpc_share fixed[] = {
		{ "data", "all the data", "/srv/data", RPC_STYPE_DISKTREE, false, RPC_UNLIMITED,
		  3, RPC_CSC_DOCUMENTS, false, true, false },
		{ "größe", NULL, "/srv/gr\xc3\xb6\xc3\x9f" "e", RPC_STYPE_DISKTREE, false, 7, 0, 0,
		  false, false, false },
		{ "secret", "not listed", "/srv/secret", RPC_STYPE_DISKTREE, true, RPC_UNLIMITED,
		  0, 0, false, false, false },
		{ "IPC$", "IPC", NULL, RPC_STYPE_IPC | RPC_STYPE_SPECIAL, false, RPC_UNLIMITED, 1,
		  0, false, false, false },
	};
	struct fake *f = priv;

	if (f->broken)
		return -EIO;
	for (unsigned int i = 0; i < 4; i++) {
		struct rpc_share sh = fixed[i];
		int r;

		sh.abe = f->abe && !strcmp(f->abe, sh.name);
		r = fn(&sh, arg);
		if (r)
			return r;
	}
	if (f->homes) {
		struct rpc_share sh = { .name = "homes", .path = "/home/%U", .comment = "home",
					.homes = true, .hidden = f->homes_hidden,
					.abe = f->abe && !strcmp(f->abe, "homes") };
		int r = fn(&sh, arg);

		if (r)
			return r;
	}
	for (unsigned int i = 0; i < f->extra_shares; i++) {
		char name[32], path[64];
		struct rpc_share sh = { .name = name, .path = path, .comment = "one of many" };
		int r;

		snprintf(name, sizeof(name), "extra%05u", i);
		snprintf(path, sizeof(path), "/srv/extra/%05u", i);
		r = fn(&sh, arg);
		if (r)
			return r;
	}
	return 0;
}

static bool fake_admits(void *priv, uint64_t session, const char *share)
{
	struct fake *f = priv;

	assert(f->abe && !strcmp(share, f->abe));
	return session == f->admitted;
}

static int fake_sessions(void *priv, rpc_session_fn fn, void *arg)
{
	struct fake *f = priv;

	if (f->broken)
		return -EIO;
	for (unsigned int i = 0; i < f->nsessions; i++) {
		char client[32];
		struct rpc_session s = {
			.client = client, .user = i % 2 ? "bob" : "alice",
			.client_type = "SMB 3.1.1", .opens = i, .active_secs = 100 + i,
			.idle_secs = 5, .guest = i % 2,
		};
		int r;

		snprintf(client, sizeof(client), "10.0.0.%u", i + 1);
		r = fn(&s, arg);
		if (r)
			return r;
	}
	return 0;
}

static int fake_files(void *priv, rpc_file_fn fn, void *arg)
{
	struct rpc_file a = { 17, 3, 1, "/srv/data/a b.txt", "alice" };
	struct rpc_file b = { 18, 1, 0, "/srv/secret/\xff\xfe", "bob" };
	struct fake *f = priv;
	int r;

	if (f->broken)
		return -EIO;
	r = fn(&a, arg);
	return r ? r : fn(&b, arg);
}

static int fake_conns(void *priv, rpc_conn_fn fn, void *arg)
{
	struct rpc_conn a = { 5, RPC_STYPE_DISKTREE, 2, 1, 60, "alice", "10.0.0.1", "data" };
	struct rpc_conn b = { 6, RPC_STYPE_IPC | RPC_STYPE_SPECIAL, 1, 1, 61, "bob", "10.0.0.2",
			      "IPC$" };
	struct fake *f = priv;
	int r;

	if (f->broken)
		return -EIO;
	r = fn(&a, arg);
	return r ? r : fn(&b, arg);
}

static int64_t fake_now(void *priv, int32_t *tz)
{
	(void)priv;
	*tz = -60;
	return 1700000000;	/* Tue 2023-11-14 22:13:20 UTC */
}

static struct rpc_env fake_env(struct fake *f)
{
	return (struct rpc_env){
		.priv = f,
		.server_info = fake_server_info,
		.shares = fake_shares,
		.admits = fake_admits,
		.sessions = fake_sessions,
		.files = fake_files,
		.conns = fake_conns,
		.now = fake_now,
	};
}

static const struct rpc_caller admin = { .user = "root", .host = "10.0.0.9", .is_admin = true };
static const struct rpc_caller plain = { .user = "alice", .host = "10.0.0.9", .session = 7 };
static const struct rpc_caller guest = { .user = "nobody", .is_guest = true };
static const struct rpc_caller anon = { .is_anonymous = true };

/* --- the client ---------------------------------------------------------------- */

#define SRVSVC_UUID "\xc8\x4f\x32\x4b\x70\x16\xd3\x01\x12\x78\x5a\x47\xbf\x6e\xe1\x88"
#define WKSSVC_UUID "\x98\xd0\xff\x6b\x12\xa1\x10\x36\x98\x33\x46\xc3\xf8\x7e\x34\x5a"
#define NDR20_UUID  "\x04\x5d\x88\x8a\xeb\x1c\xc9\x11\x9f\xe8\x08\x00\x2b\x10\x48\x60"
#define NDR64_UUID  "\x33\x05\x71\x71\xba\xbe\x37\x49\x83\x19\xb5\xdb\xef\x9c\xcc\x36"
#define BTFN_UUID   "\x2c\x1c\xb7\x6c\x12\x98\x40\x45\x03\x00\x00\x00\x00\x00\x00\x00"

struct client {
	struct fake fake;
	struct rpc_env env;
	struct rpc_pipe *pipe;
	uint32_t call_id;
	uint16_t frag;		/* largest fragment to send and to take */
	uint8_t stub[1200 * 1024];	/* of the last response */
	size_t stub_len;
	unsigned int fragments;	/* it came in so many */
};

/* Everything a PDU begins with; frag_length is put in by pdu_end(). */
static void pdu_begin(struct ndr_out *o, uint8_t ptype, uint8_t flags, uint32_t call_id)
{
	ndr_put_bytes(o, (uint8_t[]){ 5, 0, ptype, flags, 0x10, 0, 0, 0, 0, 0, 0, 0 }, 12);
	ndr_put_u32(o, call_id);
}

static void pdu_end(struct ndr_out *o)
{
	assert(!o->bad && o->len <= UINT16_MAX);
	o->data[8] = (uint8_t)o->len;
	o->data[9] = (uint8_t)(o->len >> 8);
}

static struct ndr_out *pdu_new_test(void)
{
	struct ndr_out *o = ndr_out_new(NULL, 1 << 20);

	assert(o);
	return o;
}

static void put_ctx(struct ndr_out *o, uint16_t id, const char *abstract, uint16_t major,
		    const char *transfer, uint16_t tmajor)
{
	ndr_put_u16(o, id);
	ndr_put_u8(o, 1);
	ndr_put_u8(o, 0);
	ndr_put_bytes(o, abstract, 16);
	ndr_put_u16(o, major);
	ndr_put_u16(o, 0);
	ndr_put_bytes(o, transfer, 16);
	ndr_put_u16(o, tmajor);
	ndr_put_u16(o, 0);
}

/* bind (11) or alter_context (14) up to the contexts */
static void put_bind(struct ndr_out *o, uint8_t ptype, uint16_t frag, uint8_t nctx)
{
	pdu_begin(o, ptype, 3, 1);
	ndr_put_u16(o, frag);
	ndr_put_u16(o, frag);
	ndr_put_u32(o, 0);
	ndr_put_u8(o, nctx);
	ndr_put_align(o, 4);
}

static int client_send(struct client *c, struct ndr_out *o)
{
	int r;

	pdu_end(o);
	r = rpc_pipe_write(c->pipe, o->data, o->len);
	talloc_free(o);
	return r;
}

/* One PDU into @buf, or -EAGAIN, -EPIPE */
static ssize_t client_recv(struct client *c, uint8_t *buf, size_t max)
{
	size_t len, left;
	int r = rpc_pipe_read(c->pipe, buf, max, &len, &left);

	if (r)
		return r;
	assert(!left && len >= DCERPC_HDR_LEN && buf[0] == 5);
	assert((size_t)(buf[8] | buf[9] << 8) == len);
	return (ssize_t)len;
}

static struct client *client_new(const char *name, const struct rpc_caller *caller)
{
	struct client *c = calloc(1, sizeof(*c));

	assert(c);
	c->env = fake_env(&c->fake);
	c->fake.nsessions = 3;
	c->frag = 4280;
	assert(rpc_pipe_open(NULL, name, &c->env, caller, &c->pipe) == 0);
	return c;
}

static void client_free(struct client *c)
{
	talloc_free(c->pipe);
	free(c);
}

static void client_bind(struct client *c, const char *uuid, uint16_t major)
{
	struct ndr_out *o = pdu_new_test();
	uint8_t buf[4096];

	put_bind(o, DCERPC_BIND, c->frag, 1);
	put_ctx(o, 0, uuid, major, NDR20_UUID, 2);
	assert(client_send(c, o) == 0);
	assert(client_recv(c, buf, sizeof(buf)) > 0 && buf[2] == DCERPC_BIND_ACK);
}

static struct client *client_bound(const char *name, const struct rpc_caller *caller)
{
	struct client *c = client_new(name, caller);
	bool srv = !strcasecmp(name, "srvsvc");

	client_bind(c, srv ? SRVSVC_UUID : WKSSVC_UUID, srv ? 3 : 1);
	return c;
}

/* Sends @stub as one fragment; collects the response.  0 or the fault's status. */
static uint32_t client_call(struct client *c, uint16_t opnum, struct ndr_out *stub)
{
	struct ndr_out *o = pdu_new_test();
	uint8_t buf[DCERPC_MAX_FRAG];
	ssize_t n;

	pdu_begin(o, DCERPC_REQUEST, 3, ++c->call_id);
	ndr_put_u32(o, (uint32_t)stub->len);
	ndr_put_u16(o, 0);
	ndr_put_u16(o, opnum);
	ndr_put_bytes(o, stub->data, stub->len);
	talloc_free(stub);
	assert(client_send(c, o) == 0);
	c->stub_len = 0;
	c->fragments = 0;
	for (;;) {
		n = client_recv(c, buf, sizeof(buf));
		assert(n >= 24 && n <= (c->frag < 1432 ? 1432 : c->frag));
		assert(buf[12] == (uint8_t)c->call_id);
		if (buf[2] == DCERPC_FAULT) {
			assert(n == 32);
			return buf[24] | buf[25] << 8 | buf[26] << 16 | (uint32_t)buf[27] << 24;
		}
		assert(buf[2] == DCERPC_RESPONSE);
		assert(!(buf[3] & PFC_FIRST_FRAG) == (c->fragments > 0));
		memcpy(c->stub + c->stub_len, buf + 24, (size_t)n - 24);
		c->stub_len += (size_t)n - 24;
		c->fragments++;
		if (buf[3] & PFC_LAST_FRAG)
			break;
		assert((n - 24) % 8 == 0);
	}
	assert(client_recv(c, buf, sizeof(buf)) == -EAGAIN);
	return 0;
}

static struct ndr_in client_stub(struct client *c, TALLOC_CTX *mem)
{
	return ndr_in(mem, c->stub, c->stub_len);
}

/* The last four bytes: what the method returned. */
static uint32_t client_werr(const struct client *c)
{
	const uint8_t *p = c->stub + c->stub_len - 4;

	assert(c->stub_len >= 4);
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/* --- stubs ---------------------------------------------------------------------- */

static struct ndr_out *stub_new(void)
{
	struct ndr_out *o = pdu_new_test();

	ndr_put_ref(o, true);
	ndr_put_string(o, "\\\\TESTSRV");
	return o;
}

static void put_opt_string(struct ndr_out *o, const char *s)
{
	ndr_put_ref(o, s);
	if (s)
		ndr_put_string(o, s);
}

/* InfoStruct with an empty container, PreferedMaximumLength, ResumeHandle */
static void put_enum(struct ndr_out *o, uint32_t level, uint32_t pref, bool has_resume,
		     uint32_t resume)
{
	ndr_put_u32(o, level);
	ndr_put_u32(o, level);
	ndr_put_ref(o, true);
	ndr_put_u32(o, 0);
	ndr_put_ref(o, false);
	ndr_put_u32(o, pref);
	ndr_put_ref(o, has_resume);
	if (has_resume)
		ndr_put_u32(o, resume);
}

#endif /* CIFSSRV_TESTS_RPCTEST_H */
