/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * util/self.h - starts this program again, as a helper process
 *
 * The helper is executed anew: it has neither the daemon's memory (hashes, keys) nor its
 * descriptors, but standard input, output and error and one end of a connection.
 */
#ifndef CIFSSRVD_UTIL_SELF_H
#define CIFSSRVD_UTIL_SELF_H

#include <sys/types.h>
#include <systemd/sd-event.h>

#define SELF_FD		3		/* a helper's end of the connection */

/**
 * self_spawn() - start a helper
 * @argv: of it, NULL-terminated; the program is the one that runs
 * @before: called in the helper before the program is executed, with nothing but SELF_FD open; a
 *	negative errno ends the helper.  May be NULL
 * @fd: out: the daemon's end of a SOCK_SEQPACKET pair, which does not block
 *
 * The kernel ends the helper with the daemon, unless it changes its user: then it must ask for that
 * again.
 *
 * Return: its pid, which is the caller's to reap; or a negative errno.
 */
pid_t self_spawn(char *const argv[], int (*before)(void), int *fd);

/**
 * self_end() - end a helper, and wait for nothing
 * @pid: of it; 0: it has been reaped
 * @child: its event source, which the loop owns from here on: when the process is reaped, however
 *	long that takes, its callback is called with NULL for its userdata, and calls self_reaped();
 *	NULL: there is none, and the process is reaped here
 */
void self_end(pid_t pid, sd_event_source *child);

/* Frees the source of a process that was reaped.  Return: 0. */
int self_reaped(sd_event_source *child);

#endif /* CIFSSRVD_UTIL_SELF_H */
