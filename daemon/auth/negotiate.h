/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * auth/negotiate.h - the server's end of one logon: SPNEGO around NTLM, or NTLM bare
 *
 * RFC 4178 section 3.2, [MS-SPNG] 3.2.
 */
#ifndef CIFSSRVD_AUTH_NEGOTIATE_H
#define CIFSSRVD_AUTH_NEGOTIATE_H

#include <talloc.h>
#include "auth.h"
#include "ntstatus.h"

struct negotiate;

/* One logon; talloc_free() wipes it.  @env and @peer, which may be NULL, are borrowed. */
struct negotiate *negotiate_new(TALLOC_CTX *ctx, const struct auth_env *env,
				const struct auth_peer *peer);

/**
 * negotiate_step() - one leg
 * @n: the logon
 * @in: security blob of the client
 * @out: security blob for it, may be empty; owned by @n
 *
 * Return: NT_MORE_PROCESSING_REQUIRED, NT_OK, or an error.  NT_OK says that the client knows the
 * password; the caller finds out whether there is a UNIX account.
 */
ntstatus negotiate_step(struct negotiate *n, struct blob in, struct blob *out);

/* The user, after NT_OK. */
const struct auth_identity *negotiate_identity(const struct negotiate *n);

/* See ntlmssp.h. */
const char *negotiate_reason(const struct negotiate *n);
struct auth_claims negotiate_claims(const struct negotiate *n);
bool negotiate_guessed(const struct negotiate *n);
enum lockout_verdict negotiate_locks(const struct negotiate *n);
uint64_t negotiate_delay(const struct negotiate *n);

#endif /* CIFSSRVD_AUTH_NEGOTIATE_H */
