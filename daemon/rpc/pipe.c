// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rpc/pipe.c - one RPC connection over one named pipe
 *
 *	        bind, acceptable              request / alter_context
 *	FRESH ───────────────────► BOUND ◄──────────────────────┐
 *	  │  ▲                       │ └────────────────────────┘
 *	  │  └── bind, refused (nak) │
 *	  └────────────┬─────────────┘
 *	               ▼ anything out of order, out of bounds, or too much
 *	            BROKEN: one last fault or nak can be read, writes get -EPIPE
 *
 * [MS-RPCE] 3.3.3 (server over connection-oriented transports), [C706] 12.6.
 */
#include "iface.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "../util/cleanup.h"
#include "budget.h"
#include "replies.h"

#define MAX_STUB	(1024 * 1024)	/* one request or response, all fragments */
/* Overhead of a block: the headers of talloc and malloc. */
#define BLOCK_COST	112
#define MAX_CONTEXTS	16		/* presentation contexts in use at once */
/* Elements of one bind: their results must fit into %DCERPC_MIN_FRAG. */
#define MAX_OFFERED	48
/* Group given to clients that ask for a new one; no service has state to share in it. */
#define ASSOC_GROUP	0x000053f0
/* KeepConnectionOnOrphanSupported, [MS-RPCE] 2.2.2.14 */
#define BTFN_SUPPORTED	0x0002

enum pipe_state {
	PIPE_FRESH,
	PIPE_BOUND,
	PIPE_BROKEN,
};

/* A request with fragments still to come. */
struct assembly {
	bool active;
	uint32_t call_id;
	uint16_t ctx_id;
	uint16_t opnum;
	uint8_t *stub;		/* talloc array, its length is the room */
	size_t len;
};

/*
 * struct rpc_pipe - made by rpc_pipe_open(), kept and ended by its talloc
 * parent.  Everything else here is its child.
 */
struct rpc_pipe {
	const struct rpc_iface *iface;
	const struct rpc_env *env;
	struct rpc_caller caller;
	struct rpc_claim *claim;	/* the pipe's part of the budget */
	enum pipe_state state;
	uint16_t max_xmit;		/* largest fragment we send */
	uint16_t ctx_ids[MAX_CONTEXTS];
	unsigned int nctx;
	struct assembly req;
	struct rpc_replies replies;	/* unread by the client */
	size_t in_len;			/* bytes in in_buf */
	uint8_t *in_buf;		/* an incomplete PDU; NULL: there is none */
};

static const struct rpc_iface *const ifaces[] = { &rpc_srvsvc, &rpc_wkssvc };

static const struct rpc_iface *iface_find(const char *name)
{
	if (*name == '\\')
		name++;
	if (!strncasecmp(name, "pipe\\", 5))
		name += 5;
	for (size_t i = 0; i < ARRAY_LEN(ifaces); i++)
		if (!strcasecmp(name, ifaces[i]->pipe))
			return ifaces[i];
	return NULL;
}

int rpc_pipe_open(TALLOC_CTX *ctx, const char *name, const struct rpc_env *env,
		  const struct rpc_caller *caller, struct rpc_pipe **ret)
{
	const struct rpc_iface *iface = iface_find(name);
	_cleanup_(talloc_freep) struct rpc_pipe *pipe = NULL;
	int r;

	if (!iface)
		return -ENOENT;
	pipe = talloc_zero(ctx, struct rpc_pipe);
	if (!pipe)
		return -ENOMEM;
	pipe->iface = iface;
	pipe->env = env;
	pipe->state = PIPE_FRESH;
	pipe->max_xmit = DCERPC_MIN_FRAG;
	rpc_replies_init(&pipe->replies);
	pipe->caller = *caller;
	pipe->caller.host = NULL;	/* the claim has its own copy */
	pipe->caller.user = talloc_strdup(pipe, rpc_text(caller->user));
	if (!pipe->caller.user)
		return -ENOMEM;
	r = rpc_claim_new(pipe, env->budget, caller, &pipe->claim);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(pipe);
	return 0;
}

/* All memory of the pipe, with the overhead of its blocks, and room for a PDU in any case. */
static size_t footprint(const struct rpc_pipe *pipe)
{
	size_t room = pipe->in_buf ? 0 : DCERPC_MAX_FRAG + BLOCK_COST;

	return talloc_total_size(pipe) + BLOCK_COST * talloc_total_blocks(pipe) + room;
}

static struct ndr_out *pdu_new(struct rpc_pipe *pipe)
{
	return ndr_out_new(pipe, DCERPC_MAX_FRAG);
}

static int send_nak(struct rpc_pipe *pipe, const struct dcerpc_hdr *hdr, uint16_t reason)
{
	struct ndr_out *out = pdu_new(pipe);

	if (out)
		dcerpc_bind_nak_encode(out, hdr->call_id, reason);
	return rpc_replies_add(pipe, &pipe->replies, out, true);
}

static int send_fault(struct rpc_pipe *pipe, const struct dcerpc_hdr *hdr, uint16_t ctx_id,
		      uint32_t status)
{
	struct ndr_out *out = pdu_new(pipe);

	if (out)
		dcerpc_fault_encode(out, hdr, ctx_id, status);
	return rpc_replies_add(pipe, &pipe->replies, out, true);
}

/*
 * The client broke the protocol, or needs too much memory: no more is read from it, and nothing is
 * kept but the last reply of the caller.
 */
static int pipe_break(struct rpc_pipe *pipe)
{
	pipe->state = PIPE_BROKEN;
	rpc_replies_drop(&pipe->replies);
	pipe->in_len = 0;
	TALLOC_FREE(pipe->in_buf);
	TALLOC_FREE(pipe->req.stub);
	pipe->req = (struct assembly){};
	return -EPIPE;
}

/* The same, with a fault for the client. */
static int pipe_fault_break(struct rpc_pipe *pipe, const struct dcerpc_hdr *hdr, uint32_t status)
{
	int r = pipe_break(pipe);

	send_fault(pipe, hdr, 0, status);
	return r;
}

static int pipe_nak_break(struct rpc_pipe *pipe, const struct dcerpc_hdr *hdr, uint16_t reason)
{
	int r = pipe_break(pipe);

	send_nak(pipe, hdr, reason);
	return r;
}

static bool ctx_known(const struct rpc_pipe *pipe, uint16_t id)
{
	for (unsigned int i = 0; i < pipe->nctx; i++)
		if (pipe->ctx_ids[i] == id)
			return true;
	return false;
}

/* One element of the context list, [C706] 12.6.3.1, [MS-RPCE] 3.3.1.5.3 and 3.3.1.5.6. */
static struct dcerpc_ctx_answer ctx_offer(struct rpc_pipe *pipe,
					  const struct dcerpc_ctx_item *item)
{
	const struct dcerpc_syntax *id = &pipe->iface->id;

	if (item->is_btfn && !item->has_ndr20)
		return (struct dcerpc_ctx_answer){
			.result = DCERPC_CTX_NEGOTIATE_ACK,
			.reason = item->btfn_bits & BTFN_SUPPORTED,
		};
	if (!dcerpc_uuid_equal(&item->abstract, id) || item->abstract.major != id->major ||
	    item->abstract.minor > id->minor)
		return (struct dcerpc_ctx_answer){
			DCERPC_CTX_PROVIDER_REJECT, DCERPC_REASON_ABSTRACT };
	if (!item->has_ndr20)
		return (struct dcerpc_ctx_answer){
			DCERPC_CTX_PROVIDER_REJECT, DCERPC_REASON_TRANSFER };
	if (!ctx_known(pipe, item->id)) {
		if (pipe->nctx == MAX_CONTEXTS)
			return (struct dcerpc_ctx_answer){
				DCERPC_CTX_PROVIDER_REJECT, DCERPC_REASON_LOCAL_LIMIT };
		pipe->ctx_ids[pipe->nctx++] = item->id;
	}
	return (struct dcerpc_ctx_answer){ DCERPC_CTX_ACCEPT, DCERPC_REASON_NONE };
}

static uint16_t clamp_frag(uint16_t frag)
{
	if (frag < DCERPC_MIN_FRAG)
		return DCERPC_MIN_FRAG;
	return frag > DCERPC_MAX_FRAG ? DCERPC_MAX_FRAG : frag;
}

static int send_bind_ack(struct rpc_pipe *pipe, const struct dcerpc_hdr *hdr,
			 const struct dcerpc_bind *bind, const struct dcerpc_ctx_answer *answers)
{
	struct ndr_out *out = pdu_new(pipe);
	struct dcerpc_bind_ack ack = {
		.max_xmit = pipe->max_xmit,
		.max_recv = clamp_frag(bind->max_xmit),
		.assoc_group = bind->assoc_group ? bind->assoc_group : ASSOC_GROUP,
		.sec_addr = "",
		.answers = answers,
		.nanswers = bind->nctx,
	};

	if (!out)
		return -ENOMEM;
	if (hdr->ptype == DCERPC_BIND) {
		ack.sec_addr = talloc_asprintf(out, "\\PIPE\\%s", pipe->iface->pipe);
		if (!ack.sec_addr) {
			talloc_free(out);
			return -ENOMEM;
		}
	}
	dcerpc_bind_ack_encode(out, hdr, &ack);
	return rpc_replies_add(pipe, &pipe->replies, out, true);
}

/* Reads the whole context list before any of it counts. */
static bool read_items(struct ndr_in *in, unsigned int n, struct dcerpc_ctx_item *items)
{
	for (unsigned int i = 0; i < n; i++)
		if (!dcerpc_bind_next(in, &items[i]))
			return false;
	return true;
}

/* bind and alter_context; @body stands after the header. */
static int handle_bind(struct rpc_pipe *pipe, const struct dcerpc_hdr *hdr, struct ndr_in *body)
{
	struct dcerpc_ctx_item items[MAX_OFFERED];
	struct dcerpc_ctx_answer answers[MAX_OFFERED];
	struct dcerpc_bind bind;

	/*
	 * Implementation: the SMB session has authenticated (and protects) the
	 * caller already; no security provider is offered on top of that.
	 */
	if (hdr->auth_len)
		return send_nak(pipe, hdr, DCERPC_NAK_AUTH_TYPE);
	if (!dcerpc_bind_decode(body, &bind) || !bind.nctx || bind.nctx > MAX_OFFERED ||
	    !read_items(body, bind.nctx, items))
		return send_nak(pipe, hdr, DCERPC_NAK_UNSPECIFIED);
	if (hdr->ptype == DCERPC_BIND)
		pipe->max_xmit = clamp_frag(bind.max_recv);
	for (unsigned int i = 0; i < bind.nctx; i++)
		answers[i] = ctx_offer(pipe, &items[i]);
	pipe->state = PIPE_BOUND;
	return send_bind_ack(pipe, hdr, &bind, answers);
}

/* @out's stub as a response, cut to what the client takes. */
static int send_response(struct rpc_pipe *pipe, const struct assembly *req,
			 const struct ndr_out *stub)
{
	size_t room = (pipe->max_xmit - DCERPC_REQ_LEN) & ~(size_t)7;
	size_t off = 0;

	do {
		size_t left = stub->len - off;
		struct dcerpc_response resp = {
			.call_id = req->call_id,
			.ctx_id = req->ctx_id,
			.stub = stub->len ? stub->data + off : (const uint8_t *)"",
			.len = left < room ? left : room,
		};
		struct ndr_out *out = pdu_new(pipe);
		int r;

		resp.more = left - resp.len;
		resp.flags = (off ? 0 : PFC_FIRST_FRAG) | (resp.more ? 0 : PFC_LAST_FRAG);
		if (out)
			dcerpc_response_encode(out, &resp);
		r = rpc_replies_add(pipe, &pipe->replies, out, !resp.more);
		if (r)
			return r;
		off += resp.len;
	} while (off < stub->len);
	return 0;
}

static const struct rpc_op *op_find(const struct rpc_iface *iface, uint16_t opnum)
{
	for (size_t i = 0; i < iface->nops; i++)
		if (iface->ops[i].opnum == opnum)
			return &iface->ops[i];
	return NULL;
}

/* Runs @op on @in; the response's stub is in @out with DCERPC_FAULT_NONE. */
static enum dcerpc_fault run_op(struct rpc_pipe *pipe, const struct rpc_op *op,
				struct ndr_in *in, struct ndr_out *out)
{
	struct rpc_call call = {
		.env = pipe->env,
		.caller = &pipe->caller,
		.in = in,
		.out = out,
		.mem = in->mem,
	};
	enum dcerpc_fault fault = op->handle(&call);

	if (!fault && out->bad)
		fault = DCERPC_FAULT_NO_MEMORY;
	return fault;
}

/* Runs a complete request. */
static int dispatch(struct rpc_pipe *pipe, const struct dcerpc_hdr *hdr)
{
	const struct rpc_op *op = op_find(pipe->iface, pipe->req.opnum);
	struct assembly *req = &pipe->req;
	enum dcerpc_fault fault;
	struct ndr_out *out;
	struct ndr_in in;
	TALLOC_CTX *mem;
	int r;

	if (!ctx_known(pipe, req->ctx_id))
		return send_fault(pipe, hdr, req->ctx_id, DCERPC_FAULT_UNK_IF);
	if (!op)
		return send_fault(pipe, hdr, req->ctx_id, DCERPC_FAULT_OP_RNG);
	mem = talloc_new(pipe);
	out = mem ? ndr_out_new(mem, MAX_STUB) : NULL;
	if (!out) {
		talloc_free(mem);
		return -ENOMEM;
	}
	in = ndr_in(mem, req->stub, req->len);
	fault = run_op(pipe, op, &in, out);
	r = fault ? send_fault(pipe, hdr, req->ctx_id, fault) : send_response(pipe, req, out);
	talloc_free(mem);
	return r;
}

/* @len more bytes of the stub; -E2BIG beyond its cap. */
static int assembly_add(struct rpc_pipe *pipe, const uint8_t *data, size_t len)
{
	struct assembly *req = &pipe->req;
	size_t room = talloc_array_length(req->stub);

	if (len > MAX_STUB - req->len)
		return -E2BIG;
	if (!len)
		return 0;
	if (room < req->len + len) {
		uint8_t *p;

		room = (req->len + len) * 2;
		if (room > MAX_STUB)
			room = MAX_STUB;
		p = talloc_realloc(pipe, req->stub, uint8_t, room);
		if (!p)
			return -ENOMEM;
		req->stub = p;
	}
	memcpy(req->stub + req->len, data, len);
	req->len += len;
	return 0;
}

static void assembly_done(struct rpc_pipe *pipe)
{
	TALLOC_FREE(pipe->req.stub);
	pipe->req = (struct assembly){};
}

/* One fragment of a request, [C706] 12.6.4.9; @body stands after the header. */
static int handle_request(struct rpc_pipe *pipe, const struct dcerpc_hdr *hdr,
			  struct ndr_in *body)
{
	bool first = hdr->flags & PFC_FIRST_FRAG;
	struct assembly *req = &pipe->req;
	struct dcerpc_request args;
	int r;

	if (pipe->state != PIPE_BOUND || first == req->active ||
	    (req->active && req->call_id != hdr->call_id))
		return pipe_fault_break(pipe, hdr, DCERPC_FAULT_PROTO);
	if (hdr->auth_len)	/* no security context is ever agreed on */
		return pipe_fault_break(pipe, hdr, DCERPC_FAULT_ACCESS_DENIED);
	if (!dcerpc_request_decode(body, hdr->flags, &args))
		return pipe_fault_break(pipe, hdr, DCERPC_FAULT_PROTO);
	if (first)
		*req = (struct assembly){
			.active = true,
			.call_id = hdr->call_id,
			.ctx_id = args.ctx_id,
			.opnum = args.opnum,
		};
	r = assembly_add(pipe, body->data + body->pos, ndr_left(body));
	if (r == -E2BIG)
		return pipe_fault_break(pipe, hdr, DCERPC_FAULT_NO_MEMORY);
	if (!r && (hdr->flags & PFC_LAST_FRAG)) {
		r = dispatch(pipe, hdr);
		assembly_done(pipe);
	}
	return r;
}

/* @pdu: hdr->frag_len bytes. */
static int handle_pdu(struct rpc_pipe *pipe, const struct dcerpc_hdr *hdr, const uint8_t *pdu)
{
	struct ndr_in body = ndr_in(NULL, pdu, hdr->frag_len);

	ndr_take(&body, DCERPC_HDR_LEN);
	switch (hdr->ptype) {
	case DCERPC_REQUEST:
		return handle_request(pipe, hdr, &body);
	case DCERPC_BIND:
		if (pipe->state == PIPE_FRESH)
			return handle_bind(pipe, hdr, &body);
		return pipe_nak_break(pipe, hdr, DCERPC_NAK_UNSPECIFIED);
	case DCERPC_ALTER_CONTEXT:
		if (pipe->state == PIPE_BOUND && !pipe->req.active)
			return handle_bind(pipe, hdr, &body);
		return pipe_fault_break(pipe, hdr, DCERPC_FAULT_PROTO);
	case DCERPC_CO_CANCEL:
		/* calls are over before their cancel can arrive, [C706] 12.6.4.6 */
		return 0;
	case DCERPC_ORPHANED:
		if (pipe->req.active && pipe->req.call_id == hdr->call_id)
			assembly_done(pipe);
		return 0;
	default:
		return pipe_fault_break(pipe, hdr, DCERPC_FAULT_PROTO);
	}
}

/*
 * Handles the PDU in in_buf, if it is complete.  Returns how many bytes the PDU still lacks (0
 * after it was handled), or a negative errno.
 */
static ssize_t try_pdu(struct rpc_pipe *pipe)
{
	_cleanup_(talloc_freep) uint8_t *pdu = NULL;
	struct dcerpc_hdr hdr;
	int r;

	if (pipe->in_len < DCERPC_HDR_LEN)
		return (ssize_t)(DCERPC_HDR_LEN - pipe->in_len);
	switch (dcerpc_hdr_decode(pipe->in_buf, &hdr)) {
	case DCERPC_HDR_OK:
		break;
	case DCERPC_HDR_VERSION:
		return pipe_nak_break(pipe, &hdr, DCERPC_NAK_VERSION);
	default:
		return pipe_break(pipe);
	}
	if (pipe->in_len < hdr.frag_len)
		return (ssize_t)(hdr.frag_len - pipe->in_len);
	pdu = TAKE_PTR(pipe->in_buf);
	pipe->in_len = 0;
	r = handle_pdu(pipe, &hdr, pdu);
	if (r < 0)
		return r;
	TALLOC_FREE(pdu);
	/* An answer, or a part of a request, must fit into the pipe's claim. */
	if (!rpc_claim_set(pipe->claim, footprint(pipe)))
		return pipe_fault_break(pipe, &hdr, DCERPC_FAULT_NO_MEMORY);
	return 0;
}

/*
 * Takes as much of @data as the current PDU needs; returns how much that was, or a negative errno.
 */
static ssize_t take_some(struct rpc_pipe *pipe, const uint8_t *data, size_t len)
{
	ssize_t want = try_pdu(pipe);

	if (want < 0)
		return want;
	if (!pipe->in_buf)
		pipe->in_buf = talloc_array(pipe, uint8_t, DCERPC_MAX_FRAG);
	if (!pipe->in_buf)
		return -ENOMEM;
	if (len > (size_t)want)
		len = (size_t)want;
	memcpy(pipe->in_buf + pipe->in_len, data, len);
	pipe->in_len += len;
	want = try_pdu(pipe);
	return want < 0 ? want : (ssize_t)len;
}

static int take_all(struct rpc_pipe *pipe, const uint8_t *data, size_t len)
{
	while (len) {
		ssize_t n;

		/* many calls in one write must not pile up replies without bound */
		if (rpc_replies_full(&pipe->replies))
			return pipe_break(pipe);
		n = take_some(pipe, data, len);
		if (n < 0)
			return (int)n;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int rpc_pipe_write(struct rpc_pipe *pipe, const uint8_t *data, size_t len)
{
	int r;

	if (pipe->state == PIPE_BROKEN)
		return -EPIPE;
	if (rpc_replies_full(&pipe->replies))
		return -ENOBUFS;
	r = take_all(pipe, data, len);
	/* in_buf may hold half a PDU. */
	if (r < 0 && pipe->state != PIPE_BROKEN)
		pipe_break(pipe);
	if (r < 0)
		rpc_claim_set(pipe->claim, footprint(pipe));
	return r;
}

int rpc_pipe_read(struct rpc_pipe *pipe, uint8_t *buf, size_t max, size_t *len, size_t *left)
{
	*len = 0;
	*left = 0;
	if (!rpc_replies_read(&pipe->replies, buf, max, len, left))
		return pipe->state == PIPE_BROKEN ? -EPIPE : -EAGAIN;
	if (!*left)
		rpc_claim_set(pipe->claim, footprint(pipe));
	return 0;
}
