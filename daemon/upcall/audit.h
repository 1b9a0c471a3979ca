/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upcall/audit.h - lines of the log about logons
 *
 * Programs read them (etc/fail2ban/cifssrv.conf, cifssrvd(8)): a fixed beginning with the address,
 * then the daemon's own texts, and last the client's, each through utf8_quote().
 *
 *	logon succeeded from ADDRESS: account "A", user "U", domain "D", workstation "W", target "T"
 *	logon succeeded from ADDRESS as guest: account ...		or "as anonymous"
 *	logon failed from ADDRESS: REASON (0xSTATUS), user "U", ...
 *	logon refused from ADDRESS: REASON (0xSTATUS), user "U", ...
 *	logons locked from ADDRESS for N s, user "U"
 *
 * "failed" is for wrong names and passwords, and for lock-outs after such; "refused" for all other
 * reasons, the server's own among them.
 */
#ifndef CIFSSRVD_UPCALL_AUDIT_H
#define CIFSSRVD_UPCALL_AUDIT_H

#include "../auth/logon.h"

/*
 * Logs the result of a logon and, for @lock_time seconds, the lock-out after it, if any. @id: the
 * user; NULL: the logon has failed with @status, for @reason.
 */
void audit_logon(const struct logon *lo, const struct auth_identity *id, ntstatus status,
		 const char *reason, uint32_t lock_time);

#endif /* CIFSSRVD_UPCALL_AUDIT_H */
