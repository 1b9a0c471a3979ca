// SPDX-License-Identifier: GPL-2.0-or-later
/* auth/negotiate.c - the server's end of one logon: SPNEGO around NTLM, or NTLM bare */
#include "negotiate.h"

#include <errno.h>
#include "ntlmssp.h"
#include "spnego.h"

enum negotiate_mode {
	MODE_UNKNOWN,		/* before the first leg */
	MODE_RAW,
	MODE_SPNEGO,
};

struct negotiate {
	enum negotiate_mode mode;
	struct ntlmssp *ntlm;
	struct blob mech_types;	/* DER as the client sent it */
	bool mic_required;	/* NTLM is not the client's first choice, RFC 4178 5 */
	bool mech_named;	/* supportedMech was sent: only in the first reply */
	bool ended;		/* with NT_OK or an error: no more tokens are taken */
	bool logged_on;
	const char *reason;
};

struct negotiate *negotiate_new(TALLOC_CTX *ctx, const struct auth_env *env,
				const struct auth_peer *peer)
{
	struct negotiate *n = talloc_zero(ctx, struct negotiate);

	if (!n)
		return NULL;
	n->reason = "";
	n->ntlm = ntlmssp_new(n, env, peer);
	if (n->ntlm)
		return n;
	talloc_free(n);
	return NULL;
}

static ntstatus negotiate_fail(struct negotiate *n, ntstatus status, const char *reason)
{
	n->reason = reason;
	return status;
}

static ntstatus encode_reply(struct negotiate *n, enum spnego_state state, struct blob token,
			     struct blob mic, struct blob *out)
{
	const struct spnego_reply args = {
		.state = state, .name_mech = !n->mech_named, .token = token, .mic = mic,
	};

	if (spnego_encode_reply(n, &args, out) < 0)
		return negotiate_fail(n, NT_NO_MEMORY, "no SPNEGO reply could be made");
	n->mech_named = true;
	return state == SPNEGO_COMPLETED ? NT_OK : NT_MORE_PROCESSING_REQUIRED;
}

/*
 * RFC 4178 section 5: the mechListMIC of either end proves to the other that the list of mechanisms
 * was not edited.  A guest has no key to sign with.
 */
static ntstatus finish_logon(struct negotiate *n, const struct spnego_token *tok, struct blob *out)
{
	const struct auth_identity *id = ntlmssp_identity(n->ntlm);
	uint8_t mic[NTLMSSP_SIGNATURE_LEN];
	struct blob answer = { NULL, 0 };

	if (!id->guest && (tok->mic.data || (n->mic_required && !id->anonymous))) {
		if (!tok->mic.data)
			return negotiate_fail(n, NT_INVALID_PARAMETER,
					      "the mechListMIC is missing");
		if (!ntlmssp_verify(n->ntlm, n->mech_types, tok->mic))
			return negotiate_fail(n, NT_INVALID_PARAMETER, "wrong mechListMIC");
		if (!ntlmssp_sign(n->ntlm, n->mech_types, mic))
			return negotiate_fail(n, NT_NO_MEMORY, "no mechListMIC could be made");
		answer = (struct blob){ mic, sizeof(mic) };
	}
	return encode_reply(n, SPNEGO_COMPLETED, (struct blob){ NULL, 0 }, answer, out);
}

static ntstatus step_mech(struct negotiate *n, const struct spnego_token *tok, struct blob *out)
{
	struct blob token;
	ntstatus status = ntlmssp_step(n->ntlm, tok->token, &token);

	if (status == NT_MORE_PROCESSING_REQUIRED)
		return encode_reply(n, SPNEGO_INCOMPLETE, token, (struct blob){ NULL, 0 }, out);
	return status == NT_OK ? finish_logon(n, tok, out) : status;
}

/* RFC 4178 4.2.1 */
static ntstatus step_init(struct negotiate *n, const struct spnego_token *tok, struct blob *out)
{
	const struct blob none = { NULL, 0 };

	if (n->mode != MODE_UNKNOWN)
		return negotiate_fail(n, NT_INVALID_PARAMETER, "a second NegTokenInit");
	n->mode = MODE_SPNEGO;
	n->mech_types = (struct blob){ talloc_steal(n, tok->mech_types.data),
				       tok->mech_types.len };
	if (tok->ntlmssp < 0)
		return negotiate_fail(n, NT_LOGON_FAILURE, "the client does not offer NTLM");
	n->mic_required = tok->ntlmssp > 0;
	/*
	 * RFC 4178 3.2 (c): the optimistic token is for the client's first choice, which is not
	 * NTLM.
	 */
	if (n->mic_required)
		return encode_reply(n, SPNEGO_REQUEST_MIC, none, none, out);
	if (!tok->token.data)
		return encode_reply(n, SPNEGO_INCOMPLETE, none, none, out);
	return step_mech(n, tok, out);
}

static ntstatus step_resp(struct negotiate *n, const struct spnego_token *tok, struct blob *out)
{
	if (n->mode != MODE_SPNEGO)
		return negotiate_fail(n, NT_INVALID_PARAMETER,
				      "a NegTokenResp without a NegTokenInit");
	if (tok->state == SPNEGO_REJECT)
		return negotiate_fail(n, NT_LOGON_FAILURE, "the client gave up");
	if (!tok->token.data)
		return negotiate_fail(n, NT_INVALID_PARAMETER, "a NegTokenResp without a token");
	return step_mech(n, tok, out);
}

static ntstatus step_raw(struct negotiate *n, const struct spnego_token *tok, struct blob *out)
{
	if (n->mode == MODE_SPNEGO)
		return negotiate_fail(n, NT_INVALID_PARAMETER, "a bare NTLM message within SPNEGO");
	n->mode = MODE_RAW;
	return ntlmssp_step(n->ntlm, tok->token, out);
}

static ntstatus step_token(struct negotiate *n, struct blob in, struct blob *out)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(n);
	struct spnego_token tok;
	int r;

	r = tmp ? spnego_decode(tmp, in, &tok) : -ENOMEM;
	if (r == -ENOMEM)
		return negotiate_fail(n, NT_NO_MEMORY, "out of memory");
	if (r < 0)
		return negotiate_fail(n, NT_INVALID_PARAMETER, "not a SPNEGO or NTLM token");
	if (tok.kind == SPNEGO_INIT)
		return step_init(n, &tok, out);
	if (tok.kind == SPNEGO_RESP)
		return step_resp(n, &tok, out);
	return step_raw(n, &tok, out);
}

ntstatus negotiate_step(struct negotiate *n, struct blob in, struct blob *out)
{
	ntstatus status;

	*out = (struct blob){ NULL, 0 };
	if (n->ended)
		return negotiate_fail(n, NT_INVALID_PARAMETER, "a token after the last");
	status = step_token(n, in, out);
	n->ended = status != NT_MORE_PROCESSING_REQUIRED;
	/* NTLM's success is not enough: the mechListMIC may be wrong. */
	n->logged_on = status == NT_OK;
	return status;
}

const struct auth_identity *negotiate_identity(const struct negotiate *n)
{
	return n->logged_on ? ntlmssp_identity(n->ntlm) : NULL;
}

const char *negotiate_reason(const struct negotiate *n)
{
	return *n->reason ? n->reason : ntlmssp_reason(n->ntlm);
}

struct auth_claims negotiate_claims(const struct negotiate *n)
{
	return ntlmssp_claims(n->ntlm);
}

bool negotiate_guessed(const struct negotiate *n)
{
	return ntlmssp_guessed(n->ntlm);
}

enum lockout_verdict negotiate_locks(const struct negotiate *n)
{
	return ntlmssp_locks(n->ntlm);
}

uint64_t negotiate_delay(const struct negotiate *n)
{
	return ntlmssp_delay(n->ntlm);
}
