/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upcall/upcall.h - the daemon's end of the upcall protocol
 *
 * device.c moves messages; upcall.c checks them and finds their row in the
 * table of ops; op_auth.c and op_pipe.c answer; status.c and end.c ask the
 * questions of our own.  The protocol is specified in module/upcall/README.md.
 */
#ifndef CIFSSRVD_UPCALL_UPCALL_H
#define CIFSSRVD_UPCALL_UPCALL_H

#include <stdbool.h>
#include <systemd/sd-event.h>
#include <talloc.h>

#include "../../module/upcall/uapi.h"
#include "../auth/auth.h"
#include "../rpc/rpc.h"
#include "../util/bytes.h"
#include "device.h"

/*
 * Questions that the kernel may have here at once.  Of them logons that wait, for the name service
 * or because their answers are delayed, leave the rest to pipes.
 */
#define UPCALL_MAX_INFLIGHT	512
#define UPCALL_MAX_WAITING	256
#define UPCALL_MAX_PIPES	4096

struct upcall;
struct question;
struct status;
struct ends;
struct lists;
struct logons;
struct names;
struct pipes;

/* What the owner hears. */
struct upcall_events {
	void (*ready)(void *priv);		/* INIT is answered */
	void (*lost)(void *priv, int error);	/* no device; negative errno */
};

/**
 * struct upcall - one daemon's end
 * @event: the loop
 * @dev: the device
 * @ready: INIT is answered
 * @env: what logons are decided by; owned by the manager
 * @names: where their accounts are looked up; likewise
 * @lockouts: failed logons, which a kernel that comes anew does not change
 * @logons: in progress
 * @nwaiting: logons whose answer waits
 * @pipes: open ones
 * @status: our questions for lists
 * @ends: our questions to end something
 * @lists: what the RPC services tell about sessions and shares
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
	sd_event_source *sweep;		/* ends logons that nobody continues */
	bool sweeping;			/* it is armed */
};

/**
 * struct upcall_args - what an upcall is made of
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
uint64_t upcall_now(const struct upcall *up);

#define UPCALL_OWN_ID	(1ull << 63)	/* of our own questions */

/* What follows is between the files of this room. */

/**
 * struct question - one message of the kernel, and the context of its answer
 * @up: where it came from
 * @row: its op
 * @hdr: its header
 * @message: NULL once it was released
 * @fixed: its fixed struct, as many octets as its row says
 * @parts: cursor over what follows that; an op takes all of it
 *
 * Owns a copy of the message; freed when the answer is written, or the kernel is gone.
 */
struct question {
	struct upcall *up;
	uint8_t *message;		/* the whole of it, wiped when it is freed */
	const struct upcall_op *row;
	struct csrv_up_hdr hdr;
	const void *fixed;
	struct bytes_in parts;
	struct question *next;		/* op_pipe.c: waiting for lists */
};

#define ANSWER_PARTS	6

/* What an op answers: fixed struct, then parts; memory belongs to the question or lives longer. */
struct answer {
	const void *fixed;
	size_t fixed_len;
	struct blob part[ANSWER_PARTS];
};

#define OP_LATER	1	/* the op took the question over, and will upcall_answer() */

/**
 * struct upcall_op - one row of the table
 * @run: 0 and a filled answer; a negative errno; OP_LATER.  The errno of a
 *	notice is dropped.
 */
struct upcall_op {
	uint16_t op;
	const char *name;
	size_t fixed_len;
	bool notice;
	int (*run)(struct question *q, struct answer *a);
};

/* The message is not needed any more: a question that waits holds what it must. */
void question_release(struct question *q);

/* Writes the answer, wipes its fixed struct, and frees the question. */
void upcall_answer(struct question *q, int error, const struct answer *a);

/* A name of @len octets from the parts; NULL when it is not UTF-8, too long or not there. */
char *question_name(struct question *q, size_t len);

/* op_auth.c */
int op_auth_step(struct question *q, struct answer *a);
int op_auth_abort(struct question *q, struct answer *a);

/* op_pipe.c */
struct pipes *pipes_new(struct upcall *up);
bool pipe_end(struct pipes *p, uint64_t id);	/* false: there is none */
void pipes_clear(struct pipes *p);
int op_pipe_open(struct question *q, struct answer *a);
int op_pipe_transact(struct question *q, struct answer *a);
int op_pipe_write(struct question *q, struct answer *a);
int op_pipe_read(struct question *q, struct answer *a);
int op_pipe_close(struct question *q, struct answer *a);

#endif /* CIFSSRVD_UPCALL_UPCALL_H */
