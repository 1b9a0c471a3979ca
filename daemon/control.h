/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * control.h - the socket that cifsadmin talks to
 *
 * One command a connection, a line of text.  The answer is lines, the last of them "ok" or
 * "error TEXT".  Only root and the daemon's own user may send one.
 *
 *	status			"connections {...}", "sessions {...}", "trees {...}", "opens {...}":
 *				the kernel's objects; "problem TEXT": what of the
 *				configuration is not applied, why, and when it is tried again;
 *				"lockout {...}": locked accounts and addresses
 *	reload			reads all files by order: what is missing or empty is meant so.
 *				"message TEXT"
 *	reload-edited		as a change of smb.conf: cifsadmin after its own edits
 *	reload-no-shares	likewise, after an edit that removed the last share: that is meant
 *	reload-accounts		as a change of the account file: cifsadmin after its own changes
 *	reload-no-accounts	likewise, after a change that removed the last account
 *	doubt-shares		reads all files: "doubt TEXT" if smb.conf may have lost content; an
 *				error if it, or a file that it names, could not be read, as that is
 *				not known then
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
 * @run_dir: of which the caller is the owner (owner.h): an old socket is removed
 * @config: for reloads and problems
 * @remote: for lists, and to end sessions and opens
 *
 * Return: NULL on failure; the log says why.
 */
struct control *control_new(TALLOC_CTX *ctx, sd_event *event, const char *run_dir,
			    struct config *config, struct remote *remote);

#endif
