/* SPDX-License-Identifier: GPL-2.0-or-later */
/* worker/sandbox.h - what a process that reads what clients sent is left with */
#ifndef CIFSSRVD_WORKER_SANDBOX_H
#define CIFSSRVD_WORKER_SANDBOX_H

#include <sys/types.h>

/**
 * struct sandbox - what remains
 * @uid: user to become, and
 * @gid: its group; no supplementary groups.  Kept as they are by a process that is not root
 * @readable: the only folder below which files can be read; NULL: none
 * @memory: octets of address space, 0: no limit
 * @file: octets of one file or memfd that it writes
 * @parent: whose end ends the process
 *
 * Descriptors above 3 are closed by sandbox_close(), before anything is read from anybody.
 */
struct sandbox {
	uid_t uid;
	gid_t gid;
	const char *readable;
	size_t memory;
	size_t file;
	pid_t parent;
};

/* Closes all descriptors above @last. */
int sandbox_close(int last);

/**
 * sandbox_enter() - give up everything else, for ever
 *
 * Privileges (user, groups, capabilities, and that of getting new ones), processes, files, other
 * processes' memory and signals, all sockets but the one that it has.  A kernel
 * without Landlock (before 5.13, or switched off) leaves the reading of what everybody can read.
 *
 * Return: 0 or a negative errno: then the process must end.
 */
int sandbox_enter(const struct sandbox *s);

#endif /* CIFSSRVD_WORKER_SANDBOX_H */
