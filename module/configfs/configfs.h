/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The administrator's tree. */
#ifndef CSRV_CONFIGFS_CONFIGFS_H
#define CSRV_CONFIGFS_CONFIGFS_H

struct csrv_server;

/**
 * csrv_configfs_init() - make /sys/kernel/config/cifssrv
 * @srv: must live until csrv_configfs_exit() has returned
 *
 * Applies the server's default parameters to @srv.
 * Return: 0 or -errno, with nothing left behind.
 */
int csrv_configfs_init(struct csrv_server *srv);

/**
 * csrv_configfs_exit() - remove /sys/kernel/config/cifssrv
 *
 * For module exit: items pin the module, so there are none left by then.
 */
void csrv_configfs_exit(void);

#endif /* CSRV_CONFIGFS_CONFIGFS_H */
