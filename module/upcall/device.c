// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/device.c - create and destroy the device */
#include <linux/err.h>
#include <linux/slab.h>

#include "internal.h"

struct csrv_upcall *csrv_upcall_create(const struct csrv_upcall_ops *ops, void *priv)
	__no_context_analysis
{
	struct csrv_upcall *up = kzalloc(sizeof(*up), GFP_KERNEL);
	int err;

	if (!up)
		return ERR_PTR(-ENOMEM);
	up->ops = ops;
	up->priv = priv;
	err = csrv_up_queue_init(up);
	if (err) {
		kfree(up);
		return ERR_PTR(err);
	}
	err = csrv_up_chardev_register(up);
	if (err) {
		csrv_up_queue_exit(up);
		csrv_up_put(up);
		return ERR_PTR(err);
	}
	return up;
}

void csrv_upcall_destroy(struct csrv_upcall *up)
{
	csrv_up_chardev_unregister(up);
	csrv_up_queue_exit(up);
	csrv_up_put(up);
}
