/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_RWSEM_H
#define SHIM_LINUX_RWSEM_H

/* For structs that have one: what is tested here takes none. */
struct rw_semaphore {
	int unused;
};

#endif
