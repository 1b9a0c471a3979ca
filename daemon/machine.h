/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine.h - links, addresses and mounts: with them a share or a port may become servable */
#ifndef CSRV_DAEMON_MACHINE_H
#define CSRV_DAEMON_MACHINE_H

#include <stdbool.h>
#include <systemd/sd-event.h>
#include <talloc.h>

#define MACHINE_QUIET_USEC	1000000		/* after the first of several changes */

struct machine;

/* Nothing is listened to yet.  NULL without memory. */
struct machine *machine_new(TALLOC_CTX *ctx, sd_event *event, void (*changed)(void *priv),
			    void *priv);

/**
 * machine_listen() - what is of interest now
 * @links: interfaces and addresses
 * @mounts: what is mounted
 *
 * What nobody waits for wakes nobody up.  What cannot be listened to is logged once.
 */
void machine_listen(struct machine *m, bool links, bool mounts);

#endif
