/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upcall/upcall.h - the daemon's end of the upcall protocol
 *
 * device.c moves messages; upcall.c checks them and finds their row in the
 * table of ops; op_auth.c and op_pipe.c answer, by means of question.c;
 * status.c and end.c ask our own questions.  The protocol is specified in
 * module/upcall/README.md.
 */
#ifndef CIFSSRVD_UPCALL_UPCALL_H
#define CIFSSRVD_UPCALL_UPCALL_H

#include <stdbool.h>
#include <systemd/sd-event.h>
#include <talloc.h>
#include <time.h>

#include "../../module/upcall/uapi.h"
#include "../auth/auth.h"
#include "../rpc/rpc.h"
#include "device.h"

/*
 * Questions of the kernel that may be here at once.  Logons that wait, for the name service or for
 * a delay, have fewer places, and leave the rest to pipes.
 */
#define UPCALL_MAX_INFLIGHT	512
#define UPCALL_MAX_WAITING	256
#define UPCALL_MAX_PIPES	4096

struct upcall;
struct status;
struct ends;
struct lists;
struct logons;
struct names;
struct pipes;

/* Callbacks of the owner. */
struct upcall_events {
	void (*ready)(void *priv);		/* INIT is answered */
	void (*lost)(void *priv, int error);	/* no device; negative errno */
};

/**
 * struct upcall - one daemon's end
 * @event: the loop
 * @dev: the device
 * @ready: INIT is answered
 * @env: policy and data for logons; borrowed
 * @names: look-ups of their accounts; likewise
 * @lockouts: failed logons
 * @logons: in progress
 * @nwaiting: logons whose answer waits
 * @pipes: open ones
 * @status: our questions for lists
 * @ends: our questions to end something
 * @lists: snapshots for the RPC services
 *
 * Made by upcall_new(), ended by talloc_free().
 */
struct upcall {
	sd_event *event;
	struct device *dev;
	bool ready;
	const struct auth_env *env;
	struct names *names;
	struct lockouts *lockouts;
	struct logons *logons;
	size_t nwaiting;
	struct pipes *pipes;
	struct status *status;
	struct ends *ends;
	struct lists *lists;
	const struct upcall_events *events;
	void *priv;
	sd_event_source *sweep;		/* ends logons without a further leg */
	bool sweeping;			/* it is armed */
};

/**
 * struct upcall_args - arguments of upcall_new()
 * @event: the loop; a reference is taken
 * @configfs: root of the module's tree, for the lists of shares
 * @env: borrowed
 * @names: borrowed
 * @events: borrowed
 * @priv: handed to @events
 */
struct upcall_args {
	sd_event *event;
	const char *configfs;
	const struct auth_env *env;
	struct names *names;
	const struct upcall_events *events;
	void *priv;
};

/* Not yet connected: device_adopt() of ->dev comes next.  0 or a negative errno. */
int upcall_new(TALLOC_CTX *ctx, const struct upcall_args *args, struct upcall **ret);

/* Monotonic time of the loop's current turn, in microseconds. */
static inline uint64_t upcall_now(const struct upcall *up)
{
	uint64_t usec = 0;

	sd_event_now(up->event, CLOCK_MONOTONIC, &usec);
	return usec;
}

#define UPCALL_OWN_ID	(1ull << 63)	/* of our own questions */

#endif /* CIFSSRVD_UPCALL_UPCALL_H */
