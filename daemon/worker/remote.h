/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker/remote.h - the manager's end of the worker
 *
 *	                 the device opens: spawn
 *	  CLOSED ────────────────────────────────────► STARTING
 *	    ▲  ▲                                          │ the worker has answered INIT: failures
 *	    │  │     it ends, hangs, or breaks rules      ▼
 *	    │  └─────────────────────────────────────── READY
 *	    └──── the module goes away, or is another release's
 *
 * A worker lives as long as one open device: the kernel notices at once when
 * either is gone, and sends the next worker INIT.
 */
#ifndef CIFSSRVD_WORKER_REMOTE_H
#define CIFSSRVD_WORKER_REMOTE_H

#include <systemd/sd-event.h>
#include <talloc.h>

#include "../auth/auth.h"

struct remote;
struct names;

/* Callbacks of the owner, like struct upcall_events. */
struct remote_events {
	void (*ready)(void *priv);
	void (*lost)(void *priv, int error);	/* no device (errno), or -EPIPE: no worker */
};

/**
 * struct remote_args - what a remote is made of
 * @event: the loop; a reference is taken
 * @device: path of the module's device
 * @open_device: opens it (a descriptor or a negative errno); NULL: open(2) (tests)
 * @ping_usec: time for a worker's answer to a ping; 0: 30 seconds (tests)
 * @configfs: root of the module's tree, which the worker may read
 * @user: the account that the worker runs as when the manager is root
 * @names: look-ups for the worker; borrowed
 * @events: borrowed
 * @priv: handed to @events
 */
struct remote_args {
	sd_event *event;
	const char *device;
	int (*open_device)(const char *path);
	uint64_t ping_usec;
	const char *configfs;
	const char *user;
	struct names *names;
	const struct remote_events *events;
	void *priv;
};

/* remote_start() is called next.  0 or a negative errno. */
int remote_new(TALLOC_CTX *ctx, const struct remote_args *args, struct remote **ret);

/* Opens the device, at once and then twice a second; again when it or its worker was lost. */
void remote_start(struct remote *r);

/* True from @ready to @lost. */
bool remote_ready(const struct remote *r);

/**
 * remote_policy() - set the policy for logons
 * @env: copied; its accounts are serialised
 * @usermap: text of the username map, or no octets
 * @log_level: less important lines are not logged
 *
 * Return: 0; or a negative errno, and the policy is unchanged.
 */
int remote_policy(struct remote *r, const struct auth_env *env, struct blob usermap, int log_level);

/* In force until the next policy. */
void remote_log_level(struct remote *r, int log_level);

/* The end of a request: 0 or a negative errno, and the text of a list, valid during the call. */
typedef void (*remote_fn)(void *priv, int error, const char *text, size_t len);

/*
 * Requests.  @ctx is the talloc parent of the request: once it is freed, @fn is not called.  @fn is
 * never called from within.  NULL: there is no worker, the request is too long for a message, or
 * there is no memory.  remote_unlock() needs no worker: it changes the tables for the next one.
 */
struct remote_request *remote_list(struct remote *r, TALLOC_CTX *ctx, uint32_t what, remote_fn fn,
				   void *priv);
struct remote_request *remote_end(struct remote *r, TALLOC_CTX *ctx, uint32_t what, uint64_t id,
				  remote_fn fn, void *priv);
struct remote_request *remote_lockouts(struct remote *r, TALLOC_CTX *ctx, remote_fn fn, void *priv);
struct remote_request *remote_unlock(struct remote *r, TALLOC_CTX *ctx, const char *name,
				     remote_fn fn, void *priv);

#endif /* CIFSSRVD_WORKER_REMOTE_H */
