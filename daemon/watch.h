/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch.h - watches files for changes
 *
 * A file is found through directories and symbolic links, and each of them can be replaced: all
 * directories on the way are watched for the next name.  A missing file is watched likewise.
 */
#ifndef CSRV_DAEMON_WATCH_H
#define CSRV_DAEMON_WATCH_H

#include <stdbool.h>
#include <systemd/sd-event.h>
#include <talloc.h>

#define WATCH_QUIET_USEC	300000		/* after the last change */
#define WATCH_OPEN_USEC		(5 * 1000000ull)	/* a file that is being written */

struct watch;

/**
 * watch_new() - nothing is watched yet
 * @changed: called after a change once no file is being written, or the one that is has not changed
 *	for WATCH_OPEN_USEC
 *
 * NULL without memory.
 */
struct watch *watch_new(TALLOC_CTX *ctx, sd_event *event, void (*changed)(void *priv), void *priv);

/* Watches these files and no others, NULL-terminated.  Existing watches go on without a gap. */
void watch_update(struct watch *w, const char *const *files);

/* Is a call of @changed due? */
bool watch_busy(const struct watch *w);

#endif
