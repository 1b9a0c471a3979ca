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

/* One logon; talloc_free() wipes it.  @env is borrowed. */
struct negotiate *negotiate_new(TALLOC_CTX *ctx, const struct auth_env *env);

/**
 * negotiate_step() - one leg
 * @n: the logon
 * @in: security blob of the client
 * @out: security blob for it, may be empty; owned by @n
 *
 * Return: NT_MORE_PROCESSING_REQUIRED, NT_OK, or why not.
 */
ntstatus negotiate_step(struct negotiate *n, struct blob in, struct blob *out);

/* Who it was, after NT_OK. */
const struct auth_identity *negotiate_identity(const struct negotiate *n);

/* For the log: why it failed, and the name that the client gave. */
const char *negotiate_reason(const struct negotiate *n);
const char *negotiate_claimed_user(const struct negotiate *n);

#endif /* CIFSSRVD_AUTH_NEGOTIATE_H */
