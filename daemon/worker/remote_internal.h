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
	int lost;			/* error that was reported last, 0 since READY */
	sd_event_source *open;		/* timer */
	struct policy policy;		/* strings are children of ->strings */
	TALLOC_CTX *strings;
	int accounts, usermap;		/* memfds, -1 before the first policy */
	struct lockouts *lockouts;	/* counted by reports of workers, for the next one */
	unsigned int unrestored;	/* consecutive workers that could not take them */
	struct worker *worker;
	sd_event_source *ended;		/* end of the previous worker, which holds the device */
	bool late;			/* the device is not opened before that end */
	uint64_t last_id;
};

/* One process, and the requests to it and from it. */
struct worker {
	struct remote *r;
	pid_t pid;
	int fd;
	sd_event_source *io, *child, *ping;
	bool pinged;			/* the last ping is unanswered */
	struct remote_request *requests;
	struct unlock *unlocks;		/* the oldest first */
	bool without;			/* the tables, which could not be sent */
	uint64_t restore;		/* id of IPC_FAILURES; 0: answered, or not sent */
	size_t nnames;			/* look-ups whose answers are not sent yet */
	struct ipc_msg *first, **last;	/* queue of messages, the oldest first */
	size_t nqueued;			/* length of that list */
};

struct remote_request {
	struct worker *w;		/* NULL: it has ended */
	struct remote_request *next;
	uint64_t id;
	remote_fn fn;
	void *priv;
	sd_event_source *later;		/* for a request without a worker */
	char *text;			/* its answer; NULL: -ENOENT */
};

/*
 * An unlock that the worker was asked for.  The worker's reports of earlier failures are read
 * before its answer, so the tables here are changed with the answer.  Outlives the request; carried
 * out, too, when the worker ends.
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

/* Calls the callback, and frees the request: with an error and no octets, or with a text. */
void remote_finish(struct remote_request *q, int error, struct blob text);

/*
 * Carries out the unlock with this id, or all with 0: also those asked of a worker that has ended.
 */
void remote_end_unlocks(struct worker *w, uint64_t id);

/*
 * Counts a failure to restore.  Tables that end workers, or that none can read, are dropped: they
 * would keep all users from logging on.
 */
void remote_restore_failed(struct remote *r);

/* Reports to the owner that there is no device, or no worker. */
void remote_report_lost(struct remote *r, int error);

/* Opens the device in @usec, for another worker. */
void remote_open_later(struct remote *r, uint64_t usec);

/* Ends @w: its requests, its device, the process. */
void remote_device_lost(struct worker *w, int error);

/* The same with -EPIPE. */
void remote_worker_lost(struct worker *w);

/* ---- remote_send.c ---- */

/* Sends queued messages; -EAGAIN while some are left. */
int remote_flush(struct worker *w);

/* Reports a failure to send, and ends @w. */
void remote_send_failed(struct worker *w, int error);

/* Takes @m over, and sends or queues it.  False: the worker is lost. */
bool remote_send(struct worker *w, struct ipc_msg *m);

/* A message with the policy in force; NULL without memory. */
struct ipc_msg *remote_policy_msg(struct worker *w);

/* ---- remote_receive.c ---- */

/*
 * Reads one message.  0; -EAGAIN: there is none; else the connection has ended, and @w may be
 * freed.
 */
int remote_receive(struct worker *w);

#endif /* CIFSSRVD_WORKER_REMOTE_INTERNAL_H */
