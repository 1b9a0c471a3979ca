// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/audit.c - lines of the log about logons */
#include "audit.h"

#include "../util/log.h"
#include "../util/utf.h"

#define TEXT_MAX	200	/* octets of each text of a client */

static const char *address(const struct logon *lo)
{
	return *lo->peer.host ? lo->peer.host : "unknown";
}

static char *quoted(TALLOC_CTX *ctx, const char *text)
{
	return utf8_quote(ctx, text, TEXT_MAX);
}

static char *claims_text(TALLOC_CTX *ctx, const struct auth_claims *c)
{
	char *user = quoted(ctx, c->user), *domain = quoted(ctx, c->domain);
	char *workstation = quoted(ctx, c->workstation), *target = quoted(ctx, c->target);

	if (!user || !domain || !workstation || !target)
		return NULL;
	return talloc_asprintf(ctx, "user %s, domain %s, workstation %s, target %s", user, domain,
			       workstation, target);
}

static char *line_of(TALLOC_CTX *ctx, const struct logon *lo, const struct auth_identity *id,
		     ntstatus status, const char *reason)
{
	const struct auth_claims claims = negotiate_claims(lo->negotiate);
	char *said = claims_text(ctx, &claims);

	if (!said)
		return NULL;
	if (id)
		return talloc_asprintf(ctx, "logon succeeded from %s%s: account %s, %s", address(lo),
				       id->guest ? " as guest" : id->anonymous ? " as anonymous" : "",
				       quoted(ctx, id->account), said);
	return talloc_asprintf(ctx, "logon %s from %s: %s (0x%08X), %s",
			       negotiate_guessed(lo->negotiate) ? "failed" : "refused", address(lo),
			       reason, status, said);
}

void audit_logon(const struct logon *lo, const struct auth_identity *id, ntstatus status,
		 const char *reason, uint32_t lock_time)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	const struct auth_claims claims = negotiate_claims(lo->negotiate);
	const struct log_about about = {
		.op = "AUTH_STEP", .client = lo->peer.host, .user = id ? id->user : claims.user,
	};
	const char *line = tmp ? line_of(tmp, lo, id, status, reason) : NULL;

	log_about(LOG_NOTICE, &about, "%s", line ? line : "out of memory for a line about a logon");
	if (negotiate_locks(lo->negotiate) == LOCKOUT_ADDRESS)
		log_about(LOG_WARNING, &about, "logons locked from %s for %u s", address(lo), lock_time);
	else if (negotiate_locks(lo->negotiate) == LOCKOUT_ACCOUNT)
		log_about(LOG_WARNING, &about, "logons locked from %s for %u s, user %s", address(lo),
			  lock_time, tmp ? quoted(tmp, claims.user) : "");
}
