/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_COMPLETION_H
#define SHIM_LINUX_COMPLETION_H

/* A member of objects; nothing waits in user space. */
struct completion {
	unsigned int done;
};

#endif
