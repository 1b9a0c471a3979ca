/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * control.h - the socket that cifsadmin talks to
 *
 * One command a connection, a line of text.  The answer is lines, the last of them "ok" or
 * "error TEXT".  Only root, and the user that the daemon runs as, is heard.
 *
 *	status			"connections {...}", "sessions {...}", "trees {...}", "opens {...}":
 *				the kernel's objects as they came; "problem TEXT": what of the
 *				configuration is not applied, why, and when it is tried again;
 *				"lockout {...}": what failed logons have locked
 *	reload			reads everything, and means it: what is empty ends.  "message TEXT"
 *	reload-edited		as a change of smb.conf: cifsadmin after its own edits
 *	reload-no-shares	likewise, after one that took out the last share: that is meant
 *	reload-accounts		as a change of the account file: cifsadmin after its own changes
 *	reload-no-accounts	likewise, after one that took out the last account
 *	doubt-shares		reads everything: "doubt TEXT" if smb.conf may have lost what it had; an
 *				error if a file could not be read, as nothing is known then
 *	doubt-accounts		likewise of the account file
 *	session-close 0xID	ends a session; open-close 0xID closes an open
 *	log-level N		0 to 3, until the next reload
 *	show-log-level		"log-level N": the one in force
 *	unlock NAME		ends the lock-outs of an account or an address
 */
#ifndef CSRV_DAEMON_CONTROL_H
#define CSRV_DAEMON_CONTROL_H

#include <systemd/sd-event.h>
#include <talloc.h>

#include "config/config.h"
#include "worker/remote.h"

struct control;

/**
 * control_new() - make the socket "<run_dir>/control"
 * @run_dir: of which the caller is the owner (owner.h): what has that name is removed
 * @config: for reloads and problems
 * @remote: for lists, and to end things
 *
 * Return: NULL when there can be none; the log says why.
 */
struct control *control_new(TALLOC_CTX *ctx, sd_event *event, const char *run_dir,
			    struct config *config, struct remote *remote);

#endif
