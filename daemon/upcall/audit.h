/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upcall/audit.h - lines of the log about logons
 *
 * Programs read them (etc/fail2ban/cifssrv.conf, cifssrvd(8)): a fixed beginning with the address,
 * then what the daemon says, and last what the client said, each text through utf8_quote().
 *
 *	logon succeeded from ADDRESS: account "A", user "U", domain "D", workstation "W", target "T"
 *	logon succeeded from ADDRESS as guest: account ...		or "as anonymous"
 *	logon failed from ADDRESS: REASON (0xSTATUS), user "U", ...
 *	logon refused from ADDRESS: REASON (0xSTATUS), user "U", ...
 *	logons locked from ADDRESS for N s, user "U"
 *
 * "failed" is for names and passwords that are wrong, and for what is locked after such; "refused"
 * for every other reason, the server's own among them.
 */
#ifndef CIFSSRVD_UPCALL_AUDIT_H
#define CIFSSRVD_UPCALL_AUDIT_H

#include "../auth/logon.h"

/*
 * The line to the log, and the one about what is locked now, if anything, for @lock_time seconds.
 * @id: as whom; NULL: it is @status, @reason why.
 */
void audit_logon(const struct logon *lo, const struct auth_identity *id, ntstatus status,
		 const char *reason, uint32_t lock_time);

#endif /* CIFSSRVD_UPCALL_AUDIT_H */
