/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owner.h - one daemon for one directory of run-time state */
#ifndef CSRV_DAEMON_OWNER_H
#define CSRV_DAEMON_OWNER_H

/**
 * owner_take() - make the directory, and lock it for this daemon
 * @run_dir: is made, mode 0700, if it does not exist
 *
 * The lock is on "<run_dir>/lock", which stays; it ends with the descriptor.
 *
 * Return: a descriptor; -EBUSY: another daemon holds the lock, or answers on the control socket,
 * and nothing was changed; or another negative errno.
 */
int owner_take(const char *run_dir);

#endif
