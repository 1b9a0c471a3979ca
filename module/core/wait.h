/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/wait.h - something a request waits for, and its single completion
 *
 * A request that cannot be answered now arms its csrv_wait and leaves its worker.
 * The code that learns the outcome completes it; of all attempts (the event itself, CANCEL,
 * CLOSE, the end of the session, the end of the connection) exactly one wins.
 *
 *	IDLE --arm()--> ARMED --complete(), one winner--> DONE --reset()--> IDLE
 */
#ifndef CIFSSRV_CORE_WAIT_H
#define CIFSSRV_CORE_WAIT_H

#include <linux/atomic.h>

#include "../wire/status.h"

enum csrv_wait_state {
	CSRV_WAIT_IDLE,
	CSRV_WAIT_ARMED,
	CSRV_WAIT_DONE,
};

/**
 * struct csrv_wait - embedded in a request
 * @state: enum csrv_wait_state
 * @status: the winner's; valid once @wake runs
 * @wake: continues the request in a worker; called once per arm, from any
 *	context that holds no lock the request takes.  Must not sleep
 */
struct csrv_wait {
	atomic_t	state;
	nt_status_t	status;
	void		(*wake)(struct csrv_wait *wait);
};

static inline void csrv_wait_arm(struct csrv_wait *wait)
{
	atomic_set_release(&wait->state, CSRV_WAIT_ARMED);
}

/* True: the caller won, and @wait belongs to the woken request from here on. */
static inline bool csrv_wait_complete(struct csrv_wait *wait, nt_status_t status)
{
	if (atomic_cmpxchg(&wait->state, CSRV_WAIT_ARMED, CSRV_WAIT_DONE) != CSRV_WAIT_ARMED)
		return false;
	wait->status = status;
	wait->wake(wait);
	return true;
}

/* Take an arm back: what it was to wait for could not be started. */
static inline bool csrv_wait_disarm(struct csrv_wait *wait)
{
	return atomic_cmpxchg(&wait->state, CSRV_WAIT_ARMED, CSRV_WAIT_IDLE) == CSRV_WAIT_ARMED;
}

#endif /* CIFSSRV_CORE_WAIT_H */
