// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/oplock_break.c - SMB2 OPLOCK_BREAK, [MS-SMB2] 3.3.4.6, 3.3.5.22.1 */
#include "../store/break.h"
#include "../store/lease.h"
#include "smb2.h"

/* A mask of enum csrv_cache_mask; none for SMB2_OPLOCK_LEVEL_LEASE, whose context says more. */
u8 csrv_smb2_oplock_from_wire(u8 level)
{
	switch (level) {
	case SMB2_OPLOCK_LEVEL_II:
		return CSRV_CACHE_II;
	case SMB2_OPLOCK_LEVEL_EXCLUSIVE:
		return CSRV_CACHE_EXCLUSIVE;
	case SMB2_OPLOCK_LEVEL_BATCH:
		return CSRV_CACHE_BATCH;
	default:
		return CSRV_CACHE_NONE;
	}
}

u8 csrv_smb2_oplock_to_wire(u8 mask)
{
	static const u8 levels[] = {
		[CSRV_CACHE_NONE]	= SMB2_OPLOCK_LEVEL_NONE,
		[CSRV_CACHE_II]		= SMB2_OPLOCK_LEVEL_II,
		[CSRV_CACHE_EXCLUSIVE]	= SMB2_OPLOCK_LEVEL_EXCLUSIVE,
		[CSRV_CACHE_BATCH]	= SMB2_OPLOCK_LEVEL_BATCH,
	};

	return levels[mask];
}

/* SMB2_LEASE_* and enum csrv_cache_mask have the same bits, [MS-SMB2] 2.2.13.2.8. */
static_assert(SMB2_LEASE_READ_CACHING == CSRV_CACHE_R &&
	      SMB2_LEASE_HANDLE_CACHING == CSRV_CACHE_H &&
	      SMB2_LEASE_WRITE_CACHING == CSRV_CACHE_W);

u8 csrv_smb2_lease_from_wire(u32 state)
{
	return state & SMB2_LEASE_STATES;
}

u32 csrv_smb2_lease_to_wire(u8 mask)
{
	return mask;
}

/* The key of a lease of the request's client: [MS-SMB2] 3.3.1.4 */
struct csrv_cache_key csrv_smb2_lease_key(const struct csrv_req *req,
					  const u8 lease[SMB2_LEASE_KEY_LEN])
{
	struct csrv_cache_key key;

	memcpy(key.client, req->conn->nego.client_guid, sizeof(key.client));
	memcpy(key.lease, lease, sizeof(key.lease));
	return key;
}

static const struct csrv_open *oplock_open(const struct csrv_holder *h)
{
	return container_of(h, struct csrv_open, oplock);
}

/* [MS-SMB2] 2.2.23.1, 3.3.4.6 */
static void encode_oplock_note(struct wire_out *out, const struct csrv_open *o, u8 to)
{
	const struct smb2_oplock_break_note note = {
		.id		= { o->persistent_id, o->volatile_id },
		.oplock_level	= csrv_smb2_oplock_to_wire(to),
	};

	csrv_smb2_encode_oplock_break_note(out, &note);
}

/* [MS-SMB2] 2.2.23.2, 3.3.4.7 */
static void encode_lease_note(struct wire_out *out, const struct csrv_lease *lease,
			      const struct csrv_break *b)
{
	struct smb2_lease_break_note note = {
		.new_epoch	= lease->v2 ? b->epoch : 0,
		.flags		= b->ack ? SMB2_NOTIFY_BREAK_LEASE_FLAG_ACK_REQUIRED : 0,
		.current_state	= csrv_smb2_lease_to_wire(b->from),
		.new_state	= csrv_smb2_lease_to_wire(b->to),
	};

	memcpy(note.lease_key, lease->key.lease, sizeof(note.lease_key));
	csrv_smb2_encode_lease_break_note(out, &note);
}

/* [MS-SMB2] 3.3.4.1.4; of a lease if one of its trees demands it */
static bool must_seal(const struct csrv_session *s, const struct csrv_holder *h)
{
	bool tree = h->cache.key ? READ_ONCE(csrv_lease_of(h)->encrypt) :
				   oplock_open(h)->rights->encrypt;

	return s->seal_out && (s->encrypt || tree);
}

/* csrv_frontend.notify_break: [MS-SMB2] 3.3.4.6, 3.3.4.7; never signed */
int csrv_smb2_notify_break(struct csrv_channel *ch, const struct csrv_holder *h,
			   const struct csrv_break *b, struct csrv_notification *n)
{
	struct wire_out out = wire_out(n->buf, sizeof(n->buf));
	bool seal = must_seal(ch->session, h);
	struct smb2_header hdr = {
		.command	= SMB2_OPLOCK_BREAK,
		.flags		= SMB2_FLAGS_SERVER_TO_REDIR,
		.message_id	= SMB2_MESSAGE_ID_BREAK,
	};

	csrv_smb2_encode_header(&out, &hdr);
	if (!h->cache.key)
		encode_oplock_note(&out, oplock_open(h), b->to);
	else
		encode_lease_note(&out, csrv_lease_of(h), b);
	return csrv_smb2_notification_close(n, wire_out_len(&out), seal ? ch->session : NULL);
}

static bool level_known(u8 level)
{
	return level == SMB2_OPLOCK_LEVEL_NONE ||
	       csrv_smb2_oplock_from_wire(level) != CSRV_CACHE_NONE;
}

/* [MS-SMB2] 3.3.5.22.1 */
static nt_status_t ack_oplock(struct csrv_req *req, const struct smb2_oplock_break_args *args,
			      struct smb2_oplock_break_res *res)
{
	nt_status_t status;

	/* What a lease caches is given up by its key. */
	if (req->open->pipe || req->open->lease)
		return NT_INVALID_DEVICE_STATE;
	status = csrv_break_ack(&req->open->oplock,
				csrv_smb2_oplock_from_wire(args->oplock_level));
	if (status == NT_OK && !level_known(args->oplock_level))
		return NT_INVALID_PARAMETER;	/* the oplock is given up all the same */
	res->id.persistent_id = req->open->persistent_id;
	res->id.volatile_id = req->open->volatile_id;
	res->oplock_level = args->oplock_level;
	return status;
}

/* [MS-SMB2] 3.3.5.22.2 */
static nt_status_t ack_lease(struct csrv_req *req, const struct smb2_oplock_break_args *args,
			     struct smb2_oplock_break_res *res)
{
	struct csrv_cache_key key = csrv_smb2_lease_key(req, args->lease_key);
	struct csrv_lease *lease;
	nt_status_t status;

	if (args->lease_state & ~SMB2_LEASE_STATES)
		return NT_INVALID_PARAMETER;
	lease = csrv_lease_find(req->conn->srv, &key);
	/* Stricter than 3.3.5.22.2: another user may have seen the ClientGuid and the key. */
	if (lease && csrv_lease_is_of(lease, req->session->id, req->rights->identity))
		status = csrv_break_ack(&lease->holder,
					csrv_smb2_lease_from_wire(args->lease_state));
	else
		status = NT_OBJECT_NAME_NOT_FOUND;
	csrv_lease_put(lease);
	res->lease = true;
	memcpy(res->lease_key, args->lease_key, sizeof(res->lease_key));
	res->lease_state = args->lease_state;
	return status == NT_FILE_CLOSED ? NT_OBJECT_NAME_NOT_FOUND : status;
}

nt_status_t csrv_smb2_oplock_break(struct csrv_req *req)
{
	const struct smb2_oplock_break_args *args = &smb2_args(req)->oplock_break;
	struct smb2_oplock_break_res *res = &smb2_res(req)->oplock_break;

	return args->lease ? ack_lease(req, args, res) : ack_oplock(req, args, res);
}

static void wait_cancel(struct csrv_req *req)
{
	csrv_break_wait_cancel(&smb2_state(req)->brk, NT_CANCELLED);
}

/* Wait for the lease of a process on the server's machine. */
static nt_status_t lease_wait(struct csrv_req *req)
{
	csrv_req_hold(req);
	return csrv_req_asked(req, csrv_break_wait_lease(&smb2_state(req)->brk, req->conn->srv));
}

static nt_status_t break_wait(struct csrv_req *req)
{
	nt_status_t status = csrv_break_wait(&smb2_state(req)->brk);

	return status == NT_PENDING ? status : csrv_req_unpark(req, status);
}

/*
 * The current command cannot go on before other clients have given up what they cache of @stream,
 * a reference that is taken over.  NULL: before a process of this machine has.  @key: of the lease
 * through which it acts, or NULL.  @interim: the client is told that it waits, [MS-SMB2] 3.3.4.2.
 * NT_OK: they have by now; NT_PENDING: @req is not the caller's any more, its row's resume() calls
 * csrv_break_wait_done(); else the command's outcome.
 */
nt_status_t csrv_smb2_break_wait(struct csrv_req *req, struct csrv_stream *stream,
				 const struct csrv_cache_key *key, bool interim)
{
	nt_status_t status;

	status = csrv_break_wait_init(&smb2_state(req)->brk, &req->wait, stream,
				      req->rights->account, key);
	if (status != NT_OK)
		return status;
	status = csrv_req_park(req, interim && !req->async_id, wait_cancel);
	if (status == NT_OK)
		status = stream ? break_wait(req) : lease_wait(req);
	if (status != NT_PENDING)
		csrv_break_wait_done(&smb2_state(req)->brk);
	return status;
}
