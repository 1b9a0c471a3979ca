/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch.h - files that are changed by others
 *
 * A file is found through directories and symbolic links, and each of them can be replaced: all
 * directories on the way are watched for the one name in them that leads on.  A file that is not
 * there is waited for likewise.
 */
#ifndef CSRV_DAEMON_WATCH_H
#define CSRV_DAEMON_WATCH_H

#include <stdbool.h>
#include <systemd/sd-event.h>
#include <talloc.h>

#define WATCH_QUIET_USEC	300000		/* after the last change */
#define WATCH_OPEN_USEC		(5 * 1000000ull)	/* a file that is written, and not closed */

struct watch;

/**
 * watch_new() - nothing is watched yet
 * @changed: called when all is quiet after a change: no file is being written, or the one that
 *	is has not been written to for WATCH_OPEN_USEC
 *
 * NULL without memory.
 */
struct watch *watch_new(TALLOC_CTX *ctx, sd_event *event, void (*changed)(void *priv), void *priv);

/* Watches these and no others, NULL-terminated.  What is watched already goes on without a gap. */
void watch_update(struct watch *w, const char *const *files);

/* Has something changed that @changed will be called for? */
bool watch_busy(const struct watch *w);

#endif
