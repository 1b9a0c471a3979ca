/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_UIO_H
#define SHIM_LINUX_UIO_H

#include <stddef.h>

struct kvec {
	void *iov_base;
	size_t iov_len;
};

#endif
