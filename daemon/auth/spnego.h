/* SPDX-License-Identifier: GPL-2.0-or-later */
/* auth/spnego.h - bytes of the SPNEGO tokens, RFC 4178 and [MS-SPNG], on libtasn1 */
#ifndef CIFSSRVD_AUTH_SPNEGO_H
#define CIFSSRVD_AUTH_SPNEGO_H

#include <stdbool.h>
#include <talloc.h>
#include "../util/cleanup.h"

#define SPNEGO_OID		"1.3.6.1.5.5.2"
#define SPNEGO_OID_NTLMSSP	"1.3.6.1.4.1.311.2.2.10"	/* [MS-SPNG] 1.9 */
#define SPNEGO_MAX_MECHS	32
#define SPNEGO_MAX_MECH_LIST	1024	/* octets of DER, which are kept until the logon ends */

enum spnego_kind {
	SPNEGO_INIT,		/* NegTokenInit, with or without its GSS-API frame */
	SPNEGO_RESP,		/* NegTokenResp */
	SPNEGO_RAW,		/* no SPNEGO: a bare NTLMSSP message */
};

/* RFC 4178 4.2.2 negState */
enum spnego_state {
	SPNEGO_NO_STATE		= -1,
	SPNEGO_COMPLETED	= 0,
	SPNEGO_INCOMPLETE	= 1,
	SPNEGO_REJECT		= 2,
	SPNEGO_REQUEST_MIC	= 3,
};

/**
 * struct spnego_token - a client's token
 * @kind: enum spnego_kind
 * @mech_types: of INIT: the DER of MechTypeList as it was sent, which the mechListMIC covers
 * @ntlmssp: of INIT: where NTLMSSP stands in that list, or -1
 * @state: of RESP: enum spnego_state
 * @token: mechToken, responseToken or the bare message; no data when absent
 * @mic: mechListMIC; no data when absent
 *
 * Blobs belong to the context given to spnego_decode().
 */
struct spnego_token {
	enum spnego_kind kind;
	struct blob mech_types;
	int ntlmssp;
	int state;
	struct blob token;
	struct blob mic;
};

/* 0, -EBADMSG (not one of these tokens) or -ENOMEM. */
int spnego_decode(TALLOC_CTX *ctx, struct blob in, struct spnego_token *tok);

/* NegTokenInit2 of [MS-SPNG] 2.2.1, for NEGOTIATE.  0, -EIO or -ENOMEM. */
int spnego_encode_hint(TALLOC_CTX *ctx, struct blob *ret);

/**
 * struct spnego_reply - NegTokenResp to a client
 * @state: enum spnego_state
 * @name_mech: say that the mechanism is NTLMSSP (the first reply does)
 * @token: responseToken, left out when it has no data
 * @mic: mechListMIC, likewise
 */
struct spnego_reply {
	enum spnego_state state;
	bool name_mech;
	struct blob token;
	struct blob mic;
};

int spnego_encode_reply(TALLOC_CTX *ctx, const struct spnego_reply *reply, struct blob *ret);

#endif /* CIFSSRVD_AUTH_SPNEGO_H */
