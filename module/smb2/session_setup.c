// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * smb2/session_setup.c - SMB2 SESSION_SETUP, [MS-SMB2] 3.3.5.5
 *
 * The daemon processes the security blob.  A leg parks here until the daemon has answered; the
 * answer's effect on session, channel and keys is applied when the request continues.
 *
 * There are three kinds of logon.  Each leg, the first and every later one, proves that it comes
 * from the session's client before it changes anything, the state of the logon included.  A leg
 * that does not is refused, and session, logon in progress and opens stay as they are.
 *
 *   logon              a leg is accepted if         the session meanwhile
 *   new                it names no session, or one  IN_PROGRESS: it has no key to prove
 *                      begun on this connection     anything with
 *   re-authentication  csrv_smb2_proof() succeeds   VALID or EXPIRED; served as before
 *   binding            it is signed with the        VALID; served on its other channels
 *                      session's key
 *
 *                    first leg, accepted            more legs, accepted
 *                 +----------------------+        +----------+
 *                 |                      v        |          |
 *            (no logon)                 BUSY --daemon: MORE--> IDLE --time-out--> (ends)
 *                                        |
 *          +-----------------------------+--------------------------------+
 *          | daemon: DENIED              | daemon: DONE                   | no answer
 *          v                             v                                v
 *   new: the session ends        new: keys are made, then VALID    the logon ends; a new
 *   re-auth.: it ends            re-auth.: may_become()? the       session ends with it,
 *   binding: stays               identity is replaced, keys stay   others stay
 *                                binding: the same user? a channel
 *                                else the logon ends, the session stays
 *
 * Only keys of a named account's logon prove something (session->proven).  Guests have none, and
 * the anonymous user's are public.
 */
#include <linux/slab.h>

#include "../core/config.h"
#include "../core/server.h"
#include "../policy/user.h"
#include "../upcall/upcall.h"
#include "smb2.h"

#define SETUP_BLOB_MAX	CSRV_UP_MAX_BLOB

u32 csrv_smb2_session_setup_reply_max(const struct csrv_req *req)
{
	return 16;	/* the room grows with the daemon's blob */
}

/* The daemon's answer, kept from its callback until the request is answered. */
struct smb2_setup_answer {
	u32			result;
	bool			settled;	/* the previous session has ended, if any */
	nt_status_t		status;
	struct csrv_identity	*identity;	/* a reference; DONE */
	u8			key[CSRV_KEY_LEN];
	u32			key_len;
	u32			blob_len;
	u8			blob[];
};

static struct csrv_logon *logon_of(const struct csrv_req *req)
{
	return smb2_state(req)->logon;
}

void csrv_smb2_session_setup_release(struct csrv_req *req)
{
	struct smb2_setup_answer *a = smb2_state(req)->answer;

	smb2_state(req)->answer = NULL;
	if (!a)
		return;
	csrv_identity_put(a->identity);
	kfree_sensitive(a);
}

static nt_status_t auth_errno(int err)
{
	switch (err) {
	case 0:
		return NT_OK;
	case -ENOENT:		/* the account was revoked during the logon */
	case -EACCES:		/* users/ has another uid than the daemon's answer */
		return NT_LOGON_FAILURE;
	case -ECANCELED:
		return NT_CANCELLED;
	case -ETIMEDOUT:
	case -ECONNRESET:
	case -EAGAIN:
		return NT_NO_LOGON_SERVERS;	/* the daemon does not answer */
	default:
		return NT_INSUFFICIENT_RESOURCES;
	}
}

/* Guests have no key, named accounts have one; the anonymous user may have one. */
static bool key_fits(const struct csrv_up_auth_result_k *res)
{
	if (res->result != CSRV_AUTH_DONE || res->identity & CSRV_ID_GUEST)
		return !res->key_len;
	return res->key_len == CSRV_KEY_LEN ||
	       (!res->key_len && res->identity & CSRV_ID_ANONYMOUS);
}

/* csrv_up_auth_done_t */
static void setup_done(void *priv, int err, const struct csrv_up_auth_result_k *res)
{
	struct csrv_req *req = priv;
	struct csrv_identity *id = NULL;
	struct smb2_setup_answer *a = NULL;
	nt_status_t status = NT_OK;

	if (!err && !key_fits(res))
		err = -EPROTO;
	if (!err && res->result == CSRV_AUTH_DONE) {
		id = csrv_identity_make(req->conn->srv, res);
		if (IS_ERR(id)) {
			err = PTR_ERR(id);
			id = NULL;
		}
	}
	if (!err) {
		a = kzalloc(struct_size(a, blob, res->blob_len), GFP_KERNEL);
		if (!a)
			err = -ENOMEM;
	}
	if (err) {
		csrv_identity_put(id);
		status = auth_errno(err);
	} else {
		a->result = res->result;
		a->status = NT_STATUS_(res->nt_status);
		a->identity = id;
		a->key_len = res->key_len;
		memcpy(a->key, res->key, a->key_len);
		a->blob_len = res->blob_len;
		memcpy(a->blob, res->blob, res->blob_len);
		smb2_state(req)->answer = a;
	}
	csrv_wait_complete(&req->wait, status);
}

/* The connection ends: abort the daemon's exchange, which calls done() at once. */
static void setup_cancel(struct csrv_req *req)
{
	csrv_up_auth_abort(req->conn->srv->up, logon_of(req)->id);
}

static int logon_hash(struct csrv_logon *l, struct csrv_bytes *msg)
{
	if (l->conn->nego.dialect != SMB2_DIALECT_311)
		return 0;
	return csrv_preauth_update(l->preauth, msg);
}

static int hash_request(struct csrv_req *req)
{
	struct csrv_bytes msg;
	struct kvec kv;

	csrv_bytes_linear(&msg, &kv, req->in.buf + req->at, req->len);
	return logon_hash(logon_of(req), &msg);
}

/* The response to a leg that is not the last is hashed; then the logon waits. */
static int leg_sent(struct csrv_req *req, const struct csrv_bytes *reply)
{
	struct csrv_logon *l = logon_of(req);
	int err = 0;

	smb2_state(req)->logon = NULL;
	if (l->conn->nego.dialect == SMB2_DIALECT_311)
		err = csrv_preauth_update(l->preauth, reply);
	csrv_logon_yield(l);
	return err;
}

/* [MS-SMB2] 3.3.5.5.2: both connections must have negotiated the same */
static nt_status_t check_binding_nego(const struct csrv_nego *n, const struct csrv_session *s)
{
	bool gmac = n->signing_alg == CSRV_SIGN_AES_GMAC;

	if (s->signing_alg == CSRV_SIGN_AES_GMAC && !gmac)
		return NT_REQUEST_OUT_OF_SEQUENCE;
	if (s->signing_alg != CSRV_SIGN_AES_GMAC && gmac)
		return NT_NOT_SUPPORTED;
	if (n->dialect < SMB2_DIALECT_300 || !(n->server_caps & SMB2_GLOBAL_CAP_MULTI_CHANNEL))
		return NT_REQUEST_NOT_ACCEPTED;
	if (s->dialect != n->dialect || s->cipher != n->cipher)
		return NT_INVALID_PARAMETER;
	if (memcmp(s->client_guid, n->client_guid, sizeof(s->client_guid)))
		return NT_USER_SESSION_DELETED;
	return NT_OK;
}

/* [MS-SMB2] 3.3.5.5.2: may this connection join that session? */
static nt_status_t check_binding(struct csrv_req *req, struct csrv_session *s)
{
	enum csrv_session_state state = csrv_session_state(s);
	struct csrv_channel *mine;
	nt_status_t status;
	bool known;

	if (state == CSRV_SESSION_DEAD)
		return NT_USER_SESSION_DELETED;
	if (state == CSRV_SESSION_IN_PROGRESS)
		return NT_REQUEST_NOT_ACCEPTED;
	if (!s->proven)
		return NT_NOT_SUPPORTED;	/* guest and anonymous */
	if (!smb2_is_signed(req))
		return NT_INVALID_PARAMETER;

	mine = csrv_channel_find(req->conn, s->id);
	known = mine;
	status = mine && !csrv_smb2_signed_by(req, mine->sign_key) ? NT_ACCESS_DENIED : NT_OK;
	csrv_channel_put(mine);
	if (known)
		return status == NT_OK ? NT_REQUEST_NOT_ACCEPTED : status;

	if (!csrv_smb2_signed_by(req, s->sign_key))
		return NT_ACCESS_DENIED;
	csrv_smb2_answer_with(req, s->sign_key);
	if (state == CSRV_SESSION_EXPIRED)
		return NT_NETWORK_SESSION_EXPIRED;
	return check_binding_nego(&req->conn->nego, s);
}

static nt_status_t logon_begin(struct csrv_req *req, struct csrv_session *s,
			       enum csrv_logon_kind kind)
{
	struct csrv_logon *l = csrv_logon_create(req->conn, s, kind);

	if (!IS_ERR(l)) {
		smb2_state(req)->logon = l;
		return NT_OK;
	}
	return PTR_ERR(l) == -EBUSY ? NT_REQUEST_NOT_ACCEPTED : NT_INSUFFICIENT_RESOURCES;
}

/* SessionId is 0: a new session */
static nt_status_t setup_new(struct csrv_req *req)
{
	struct csrv_session *s = csrv_session_create(req->conn->srv, &req->conn->nego);
	nt_status_t status;

	if (IS_ERR(s))
		return NT_INSUFFICIENT_RESOURCES;
	status = logon_begin(req, s, CSRV_LOGON_NEW);
	if (status != NT_OK)
		csrv_session_end(s);
	else
		req->hdr.sid = s->id;
	csrv_session_put(s);
	return status;
}

static nt_status_t setup_bind(struct csrv_req *req)
{
	struct csrv_session *s = csrv_session_find(req->conn->srv, req->hdr.sid);
	nt_status_t status;

	if (!s)
		return req->conn->nego.dialect < SMB2_DIALECT_300 ? NT_REQUEST_NOT_ACCEPTED :
								   NT_USER_SESSION_DELETED;
	status = check_binding(req, s);
	if (status == NT_OK)
		status = logon_begin(req, s, CSRV_LOGON_BINDING);
	csrv_session_put(s);
	return status;
}

/* Proved by a signature with the session's key: the connection has no key of its own yet. */
static nt_status_t prove_binding(struct csrv_req *req, struct csrv_session *s)
{
	if (req->sealed || !smb2_is_signed(req))
		return NT_INVALID_PARAMETER;
	if (!csrv_smb2_signed_by(req, s->sign_key))
		return NT_ACCESS_DENIED;
	csrv_smb2_answer_with(req, s->sign_key);
	return NT_OK;
}

/* [MS-SMB2] 3.3.5.5.3: re-authentication of an existing session */
static nt_status_t setup_reauth(struct csrv_req *req)
{
	nt_status_t status;

	if (!req->channel) {
		csrv_smb2_foreign_session(req);	/* nor is it a binding */
		return NT_USER_SESSION_DELETED;
	}
	status = csrv_smb2_proof(req);
	if (status != NT_OK)
		return status;
	if (csrv_session_state(req->session) == CSRV_SESSION_DEAD)
		return NT_USER_SESSION_DELETED;
	return logon_begin(req, req->session, CSRV_LOGON_REAUTH);
}

/* A later leg of @l: checked before it changes the logon. */
static nt_status_t setup_go_on(struct csrv_req *req, struct csrv_logon *l)
{
	nt_status_t status = NT_OK;

	if (l->kind == CSRV_LOGON_BINDING)
		status = prove_binding(req, l->session);
	else if (l->kind == CSRV_LOGON_REAUTH)
		status = req->channel ? csrv_smb2_proof(req) : NT_USER_SESSION_DELETED;
	else if (smb2_is_signed(req))
		status = NT_NOT_SUPPORTED;	/* 3.3.5.2.4: there is no key yet */
	if (status == NT_OK && !csrv_logon_claim(l))
		status = NT_REQUEST_NOT_ACCEPTED;
	if (status != NT_OK)
		csrv_logon_put(l);
	else
		smb2_state(req)->logon = l;
	return status;
}

/* Find or make the logon that the request is a leg of. */
static nt_status_t setup_logon(struct csrv_req *req)
{
	const struct smb2_session_setup_args *args = &smb2_args(req)->session_setup;
	struct csrv_logon *l;

	if (!req->hdr.sid) {
		if (args->flags & SMB2_SESSION_FLAG_BINDING || smb2_is_signed(req))
			return NT_USER_SESSION_DELETED;	/* 3.3.5.2.4, 3.3.5.5 */
		return setup_new(req);
	}
	l = csrv_logon_find(req->conn, req->hdr.sid);
	if (l)
		return setup_go_on(req, l);
	if (args->flags & SMB2_SESSION_FLAG_BINDING)
		return setup_bind(req);
	return setup_reauth(req);
}

static nt_status_t setup_ask(struct csrv_req *req)
{
	const struct smb2_session_setup_args *args = &smb2_args(req)->session_setup;
	struct csrv_up_auth_args ask = {
		.logon		= logon_of(req)->id,
		.flags		= logon_of(req)->first ? CSRV_AUTH_FIRST : 0,
		.dialect	= req->conn->nego.dialect,
		.host		= req->conn->peer,
		.blob		= args->security.data,
		.blob_len	= args->security.len,
	};
	nt_status_t status;
	int err;

	status = csrv_req_park(req, false, setup_cancel);
	if (status != NT_OK)
		return status;
	logon_of(req)->first = false;
	csrv_req_hold(req);
	err = csrv_up_auth_step(req->conn->srv->up, &ask, setup_done, req);
	csrv_logon_asked(logon_of(req));
	return csrv_req_asked(req, auth_errno(err));
}

static void end_logon(struct csrv_req *req, bool tell_daemon)
{
	struct csrv_logon *l = logon_of(req);

	smb2_state(req)->logon = NULL;
	if (l)
		csrv_logon_end(l, tell_daemon);
}

/* [MS-SMB2] 3.3.5.5 */
nt_status_t csrv_smb2_session_setup(struct csrv_req *req)
{
	const struct smb2_session_setup_args *args = &smb2_args(req)->session_setup;
	struct csrv_config *cfg;
	nt_status_t status = NT_OK;

	cfg = csrv_config_get(req->conn->srv);
	/* [MS-SMB2] 3.3.5.5, 1: encryption is required */
	if (cfg->p.encryption == CSRV_SERVER_ENCRYPTION_REQUIRED && !req->conn->nego.cipher)
		status = NT_ACCESS_DENIED;
	csrv_config_put(cfg);
	if (status == NT_OK && args->security.len > SETUP_BLOB_MAX)
		status = NT_INVALID_PARAMETER;
	if (status == NT_OK)
		status = setup_logon(req);
	if (status == NT_OK && hash_request(req))
		status = NT_INSUFFICIENT_RESOURCES;
	if (status == NT_OK)
		status = setup_ask(req);
	if (status != NT_OK && status != NT_PENDING)
		end_logon(req, true);
	return status;
}

/*
 * [MS-SMB2] 3.3.5.5.3: end the session that the client has lost, if it was the same user's, and
 * close its opens before the client gets the response; durable ones can be reconnected then.
 * NT_PENDING: that takes time.
 */
static nt_status_t end_previous(struct csrv_req *req, const struct csrv_identity *id)
{
	u64 prev = smb2_args(req)->session_setup.previous_session_id;
	nt_status_t status = NT_OK;
	struct csrv_session *s;
	struct csrv_identity *owner;

	if (!prev || prev == req->hdr.sid)
		return NT_OK;
	s = csrv_session_find(req->conn->srv, prev);
	if (!s)
		return NT_OK;
	owner = csrv_session_identity(s);
	if (owner && csrv_identity_same(owner, id)) {
		csrv_session_lose(s);
		status = csrv_smb2_end_wait(req, s);
	}
	csrv_identity_put(owner);
	csrv_session_put(s);
	return status == NT_PENDING ? status : NT_OK;
}

static bool wants_encryption(struct csrv_server *srv)
{
	struct csrv_config *cfg = csrv_config_get(srv);
	bool wants = cfg->p.encryption == CSRV_SERVER_ENCRYPTION_DESIRED ||
		     cfg->p.encryption == CSRV_SERVER_ENCRYPTION_REQUIRED;

	csrv_config_put(cfg);
	return wants;
}

static bool wants_signing(const struct csrv_req *req)
{
	return ((req->conn->nego.server_secmode | smb2_args(req)->session_setup.security_mode) &
		SMB2_NEGOTIATE_SIGNING_REQUIRED);
}

/* `server signing = mandatory`, now or when the connection was negotiated */
static bool must_sign(const struct csrv_req *req)
{
	struct csrv_config *cfg = csrv_config_get(req->conn->srv);
	bool must = cfg->p.signing == CSRV_SERVER_SIGNING_MANDATORY ||
		    (req->conn->nego.server_secmode & SMB2_NEGOTIATE_SIGNING_REQUIRED);

	csrv_config_put(cfg);
	return must;
}

static nt_status_t establish_errno(int err)
{
	switch (err) {
	case 0:
		return NT_OK;
	case -ESTALE:
		return NT_USER_SESSION_DELETED;
	case -EPERM:
		return NT_ACCESS_DENIED;
	case -EBUSY:
		return NT_REQUEST_NOT_ACCEPTED;
	default:
		return NT_INSUFFICIENT_RESOURCES;
	}
}

static nt_status_t finish_new(struct csrv_req *req, struct smb2_setup_answer *a,
			      const struct csrv_logon_keys *keys)
{
	struct csrv_session *s = logon_of(req)->session;
	struct csrv_server *srv = req->conn->srv;
	bool named = csrv_identity_named(a->identity);
	bool required;
	int err;

	if (must_sign(req) && !named)
		return NT_ACCESS_DENIED;	/* guests and anonymous users have no secret key */
	s->signing_required = named && (wants_signing(req) || must_sign(req));
	s->encrypt = wants_encryption(srv) && s->cipher && named;
	required = wants_encryption(srv) && !s->encrypt;
	if (required) {
		struct csrv_config *cfg = csrv_config_get(srv);

		required = cfg->p.encryption == CSRV_SERVER_ENCRYPTION_REQUIRED;
		csrv_config_put(cfg);
		if (required)
			return NT_ACCESS_DENIED;
	}
	err = csrv_session_establish(logon_of(req), a->identity, keys);
	if (err)
		return establish_errno(err);
	a->identity = NULL;
	return NT_OK;
}

static nt_status_t finish_bind(struct csrv_req *req, struct smb2_setup_answer *a,
			       const struct csrv_logon_keys *keys)
{
	struct csrv_session *s = logon_of(req)->session;
	struct csrv_identity *id = csrv_session_identity(s);
	nt_status_t status;

	if (!id)
		return NT_USER_SESSION_DELETED;
	status = csrv_identity_same(id, a->identity) && keys->key_len ? NT_OK : NT_ACCESS_DENIED;
	csrv_identity_put(id);
	if (status != NT_OK)
		return status;
	return establish_errno(csrv_session_bind(logon_of(req), keys));
}

static nt_status_t finish_reauth(struct csrv_req *req, struct smb2_setup_answer *a)
{
	struct csrv_session *s = logon_of(req)->session;
	int err;

	if (must_sign(req) && !s->proven)
		return NT_ACCESS_DENIED;
	err = csrv_session_reauth(logon_of(req), a->identity);
	if (err)
		return establish_errno(err);
	a->identity = NULL;
	return csrv_session_state(s) == CSRV_SESSION_DEAD ? NT_USER_SESSION_DELETED : NT_OK;
}

/* The last leg: [MS-SMB2] 3.3.5.5.3 */
static nt_status_t setup_finish(struct csrv_req *req, struct smb2_setup_answer *a)
{
	struct smb2_session_setup_res *res = &smb2_res(req)->session_setup;
	struct csrv_logon_keys keys = { .key = a->key, .key_len = a->key_len };
	struct csrv_session *s = logon_of(req)->session;
	u32 kind = a->identity->flags;
	struct csrv_channel *ch;
	nt_status_t status;

	if (logon_of(req)->kind == CSRV_LOGON_BINDING)
		status = finish_bind(req, a, &keys);
	else if (logon_of(req)->kind == CSRV_LOGON_REAUTH)
		status = finish_reauth(req, a);
	else
		status = finish_new(req, a, &keys);
	if (status != NT_OK)
		return status;
	if (kind & CSRV_ID_GUEST)
		res->session_flags |= SMB2_SESSION_FLAG_IS_GUEST;
	if (kind & CSRV_ID_ANONYMOUS)
		res->session_flags |= SMB2_SESSION_FLAG_IS_NULL;
	if (s->encrypt && logon_of(req)->kind != CSRV_LOGON_BINDING)
		res->session_flags |= SMB2_SESSION_FLAG_ENCRYPT_DATA;

	/* Proves that the server knows the key: always signed where there is one. */
	ch = csrv_channel_find(req->conn, s->id);
	if (ch && s->proven && !req->sealed)
		csrv_smb2_answer_with(req, ch->sign_key);
	csrv_channel_put(ch);
	return NT_OK;
}

/* Apply the daemon's answer. */
static nt_status_t setup_outcome(struct csrv_req *req, struct smb2_setup_answer *a)
{
	struct smb2_session_setup_res *res = &smb2_res(req)->session_setup;
	nt_status_t status;

	res->security.data = a->blob;
	res->security.len = a->blob_len;
	if (a->result == CSRV_AUTH_MORE) {
		smb2_front(req)->before_send = leg_sent;
		return NT_MORE_PROCESSING_REQUIRED;
	}
	if (a->result == CSRV_AUTH_DONE) {
		status = setup_finish(req, a);
	} else {
		status = a->status;
		/* 3.3.5.5.3: a failed re-authentication ends the session */
		if (logon_of(req)->kind == CSRV_LOGON_REAUTH)
			csrv_session_end(logon_of(req)->session);
	}
	end_logon(req, false);
	return status;
}

/* The daemon has answered, or did not in time; or the previous session's opens are closed. */
nt_status_t csrv_smb2_session_setup_resume(struct csrv_req *req)
{
	nt_status_t status = req->wait.status;
	struct smb2_setup_answer *a = smb2_state(req)->answer;

	if (a && a->settled)
		csrv_session_end_wait_done(&smb2_state(req)->end);
	if (status == NT_OK && !csrv_smb2_reply_begin(req, 16 + a->blob_len))
		status = NT_INSUFFICIENT_RESOURCES;
	/* [MS-SMB2] 3.3.5.5.3: signed with the session's key */
	if (logon_of(req)->kind == CSRV_LOGON_BINDING)
		csrv_smb2_answer_with(req, logon_of(req)->session->sign_key);
	if (status != NT_OK) {
		end_logon(req, status != NT_NO_LOGON_SERVERS);
		return status;
	}
	if (a->result == CSRV_AUTH_DONE && !a->settled) {
		a->settled = true;
		if (logon_of(req)->kind == CSRV_LOGON_NEW &&
		    end_previous(req, a->identity) == NT_PENDING)
			return NT_PENDING;
	}
	return setup_outcome(req, a);
}
