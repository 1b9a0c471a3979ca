/* SPDX-License-Identifier: GPL-2.0-or-later */
/* worker/sandbox.h - the sandbox of a process that reads data of clients */
#ifndef CIFSSRVD_WORKER_SANDBOX_H
#define CIFSSRVD_WORKER_SANDBOX_H

#include <sys/types.h>

/**
 * struct sandbox - the rights that remain
 * @uid: new user, and
 * @gid: its group; no supplementary groups.  A process that is not root keeps its own
 * @readable: the only folder below which files can be read; NULL: none
 * @memory: octets of address space, 0: no limit
 * @file: octets of one file or memfd that is written
 * @parent: pid; its end ends the process
 *
 * sandbox_close() closes descriptors above 3, before any message is read.
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
 * sandbox_enter() - give up all other rights for good
 *
 * Privileges (user, groups, capabilities, and new ones by execve(2)), processes, files, memory of
 * and signals to other processes, new sockets.  A kernel without Landlock (before 5.13, or switched
 * off) still lets it read files that are readable for all.
 *
 * Return: 0 or a negative errno: then the process must end.
 */
int sandbox_enter(const struct sandbox *s);

#endif /* CIFSSRVD_WORKER_SANDBOX_H */
