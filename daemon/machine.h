/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine.h - changes of links, addresses and mounts, after which a share or a listener may work */
#ifndef CSRV_DAEMON_MACHINE_H
#define CSRV_DAEMON_MACHINE_H

#include <stdbool.h>
#include <systemd/sd-event.h>
#include <talloc.h>

#define MACHINE_QUIET_USEC	1000000		/* after the first of several changes */

struct machine;

/* No source is open yet.  NULL without memory. */
struct machine *machine_new(TALLOC_CTX *ctx, sd_event *event, void (*changed)(void *priv),
			    void *priv);

/**
 * machine_listen() - open the sources that are needed
 * @links: interfaces and addresses
 * @mounts: what is mounted
 *
 * A source that is not needed is closed, and does not wake the daemon.  One that cannot be opened
 * is logged once.
 */
void machine_listen(struct machine *m, bool links, bool mounts);

#endif
