/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by tests with an event loop.  Deadlines only end tests that hang: machines are slow. */
#ifndef UNIT_DAEMON_LOOP_H
#define UNIT_DAEMON_LOOP_H

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <sys/wait.h>
#include <systemd/sd-event.h>
#include <time.h>

#define LOOP_DEADLINE	(100 * 1000000ull)

/* Monotonic microseconds. */
static inline uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* One turn, which waits for at most so long. */
static inline int loop_turn(sd_event *event, uint64_t usec)
{
	int r = sd_event_run(event, usec);

	assert(r >= 0);
	return r;
}

/*
 * Helpers of a test end by _exit().  LeakSanitizer traces a process that returns from main(); a process
 * that is killed meanwhile cannot be reaped when its pidfd polls readable, and sd-event tries once.
 *
 * Turns until the loop has reaped all children, which are ending, and has nothing left to do.
 */
static inline void loop_reap(sd_event *event)
{
	uint64_t stop = now() + LOOP_DEADLINE;
	siginfo_t si;

	while (!waitid(P_ALL, 0, &si, WEXITED | WNOWAIT | WNOHANG)) {
		loop_turn(event, 10000);
		assert(now() < stop);
	}
	assert(errno == ECHILD);
	while (loop_turn(event, 0) > 0)
		assert(now() < stop);
}

#endif /* UNIT_DAEMON_LOOP_H */
