/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * auth/ntlmssp.h - the server's end of one NTLM exchange, [MS-NLMP] 3.2
 *
 *	NEGOTIATE ──► (CHALLENGE sent) ──► AUTHENTICATE ──► DONE
 *	    └───────────────┴── anything wrong ──────────► FAILED
 *
 * Only NTLMv2.  NTLMv1, LM and LMv2 proofs are refused as wrong passwords.
 */
#ifndef CIFSSRVD_AUTH_NTLMSSP_H
#define CIFSSRVD_AUTH_NTLMSSP_H

#include <talloc.h>
#include "auth.h"
#include "../util/crypto.h"
#include "ntstatus.h"

#define NTLMSSP_SIGNATURE_LEN	16	/* [MS-NLMP] 2.2.2.9 */

struct ntlmssp;

/* One exchange; talloc_free() wipes it.  @env and @peer, which may be NULL, are borrowed. */
struct ntlmssp *ntlmssp_new(TALLOC_CTX *ctx, const struct auth_env *env,
			    const struct auth_peer *peer);

/**
 * ntlmssp_step() - one message of the client
 * @n: the exchange
 * @in: NEGOTIATE_MESSAGE, then AUTHENTICATE_MESSAGE
 * @out: the reply: CHALLENGE_MESSAGE, or nothing; owned by @n
 *
 * Return: NT_MORE_PROCESSING_REQUIRED, then NT_OK; or an error.
 */
ntstatus ntlmssp_step(struct ntlmssp *n, struct blob in, struct blob *out);

/* The user, after NT_OK. */
const struct auth_identity *ntlmssp_identity(const struct ntlmssp *n);

/* For the log: why a logon failed ("" until then), and what the client sent about itself. */
const char *ntlmssp_reason(const struct ntlmssp *n);
struct auth_claims ntlmssp_claims(const struct ntlmssp *n);

/* True when it failed because of a wrong name or password, or of a lock-out. */
bool ntlmssp_guessed(const struct ntlmssp *n);

/* What its failure has locked. */
enum lockout_verdict ntlmssp_locks(const struct ntlmssp *n);

/* Microseconds by which the answer to the last message, good or bad, is delayed. */
uint64_t ntlmssp_delay(const struct ntlmssp *n);

/*
 * GSS_GetMIC() and GSS_VerifyMIC() of the first message either way, [MS-NLMP] 3.4.4.2.  False
 * before NT_OK, and where one end has no key to sign the mechanism list with.
 */
bool ntlmssp_sign(const struct ntlmssp *n, struct blob msg, uint8_t mic[NTLMSSP_SIGNATURE_LEN]);
bool ntlmssp_verify(const struct ntlmssp *n, struct blob msg, struct blob mic);

/* The keys of [MS-NLMP] 3.3.2 and 3.4.5, apart so that the specification's examples test them. */

/* NTOWFv2() from NTOWFv1(): @user as UTF-8, @domain16 as UTF-16LE. */
int ntlm_owf_v2(const uint8_t nt_hash[16], const char *user, struct blob domain16,
		uint8_t out[16]);

/* NTProofStr and SessionBaseKey over ServerChallenge and temp. */
int ntlm_v2_proof(const uint8_t owf[16], const uint8_t challenge[8], struct blob temp,
		  uint8_t proof[16], uint8_t base_key[16]);

/* The end that signs, [MS-NLMP] 3.4.5.2 */
enum ntlm_end { NTLM_CLIENT, NTLM_SERVER };

/* The signature of message 0 with extended session security. */
int ntlm_mac(uint32_t flags, const uint8_t exported[16], enum ntlm_end who, struct blob msg,
	     uint8_t mac[NTLMSSP_SIGNATURE_LEN]);

#endif /* CIFSSRVD_AUTH_NTLMSSP_H */
