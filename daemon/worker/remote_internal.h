/* SPDX-License-Identifier: GPL-2.0-or-later */
/* worker/remote_internal.h - what the files of the manager's end share */
#ifndef CIFSSRVD_WORKER_REMOTE_INTERNAL_H
#define CIFSSRVD_WORKER_REMOTE_INTERNAL_H

#include <stdint.h>
#include <time.h>

#include "ipc.h"
#include "policy.h"
#include "remote.h"

#define AGAIN_USEC	1000000		/* from the end of one worker to the next */

enum state { CLOSED, STARTING, READY };

struct remote {
	sd_event *event;
	char *device, *configfs;
	int (*open_device)(const char *path);
	uint64_t ping_usec;
	uid_t uid;
	gid_t gid;
	struct names *names;
	const struct remote_events *events;
	void *priv;
	enum state state;
	bool started;
	int lost;			/* told last, 0 since the last READY */
	sd_event_source *open;		/* timer */
	struct policy policy;		/* strings are children of ->strings */
	TALLOC_CTX *strings;
	int accounts, usermap;		/* memfds, -1 before the first policy */
	struct lockouts *lockouts;	/* counted from what workers tell, given to the next worker */
	unsigned int unrestored;	/* workers in a row that could not take them */
	struct worker *worker;
	sd_event_source *ended;		/* of the worker before, which has the device until it is reaped */
	bool late;			/* the device is not opened before that one has ended */
	uint64_t last_id;
};

/* One process, and all that was asked of it or by it. */
struct worker {
	struct remote *r;
	pid_t pid;
	int fd;
	sd_event_source *io, *child, *ping;
	bool pinged;			/* the last ping has no answer yet */
	struct remote_request *requests;
	struct unlock *unlocks;		/* the oldest first */
	bool without;			/* the tables: they could not be told, which is counted */
	uint64_t restore;		/* id of IPC_FAILURES; 0: it is answered, or not sent yet */
	size_t nnames;			/* questions for names whose answers are not sent yet */
	struct ipc_msg *first, **last;	/* that wait for room, the oldest first */
	size_t nqueued;			/* length of that list */
};

struct remote_request {
	struct worker *w;		/* NULL: it has ended */
	struct remote_request *next;
	uint64_t id;
	remote_fn fn;
	void *priv;
	sd_event_source *later;		/* of a request that needs no worker */
	char *text;			/* its answer; NULL: -ENOENT */
};

/*
 * What the worker was told to unlock.  Failures that it told of before that are read before its
 * answer is, so the tables here wait for that.  Outlives the request, and is done when the worker ends.
 */
struct unlock {
	struct unlock *next;
	uint64_t id;
	char *name;
};

static inline uint64_t remote_now(const struct remote *r)
{
	uint64_t usec = 0;

	sd_event_now(r->event, CLOCK_MONOTONIC, &usec);
	return usec;
}

/* ---- remote_lost.c ---- */

/* Calls back, and ends the request.  No octets and an error, or a text. */
void remote_finish(struct remote_request *q, int error, struct blob text);

/* The one of this id, or all: what was told to a worker that has ended is done as well. */
void remote_end_unlocks(struct worker *w, uint64_t id);

/* Tables that end workers, or that none can read, would leave nobody to log on. */
void remote_restore_failed(struct remote *r);

/* There is no device, or no worker: the owner hears it. */
void remote_tell_lost(struct remote *r, int error);

/* The device is opened, for another worker, in @usec. */
void remote_open_later(struct remote *r, uint64_t usec);

/* Ends @w: its requests, its device, itself. */
void remote_device_lost(struct worker *w, int error);

/* The same of a worker that has ended, or has to. */
void remote_worker_lost(struct worker *w);

/* ---- remote_send.c ---- */

/* Sends what waits for room; -EAGAIN while something still does. */
int remote_flush(struct worker *w);

/* Nothing more can be sent: @w is lost. */
void remote_send_failed(struct worker *w, int error);

/* Takes @m over, which waits while the worker takes nothing.  False: the worker is lost. */
bool remote_send(struct worker *w, struct ipc_msg *m);

/* The policy in force; NULL without memory. */
struct ipc_msg *remote_policy_msg(struct worker *w);

/* ---- remote_hear.c ---- */

/* Takes one message.  0; -EAGAIN: there is none; anything else: no more come, and @w may be no more. */
int remote_hear(struct worker *w);

#endif /* CIFSSRVD_WORKER_REMOTE_INTERNAL_H */
