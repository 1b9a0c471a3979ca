/* SPDX-License-Identifier: GPL-2.0-or-later */
/* worker/worker.h - the process that reads data of clients */
#ifndef CIFSSRVD_WORKER_WORKER_H
#define CIFSSRVD_WORKER_WORKER_H

#include "../util/self.h"

#define WORKER_OPTION	"--worker"	/* first argument; then: configfs, uid, gid, pid of the daemon */
#define WORKER_FD	SELF_FD		/* the connection to the manager */

/**
 * worker_main() - run as a worker until the manager or the device is gone
 * @argc: of the arguments behind the option
 *
 * Return: exit status; 0 when the manager has ended the connection.
 */
int worker_main(int argc, char **argv);

#endif /* CIFSSRVD_WORKER_WORKER_H */
