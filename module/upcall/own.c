// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/own.c - the daemon's questions: at most one of a kind is in progress */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "internal.h"

int csrv_up_own_parse(const u8 *msg, u32 len, void *body, u32 size, u64 *id)
{
	struct csrv_up_hdr hdr;

	memcpy(&hdr, msg, sizeof(hdr));
	if (len != sizeof(hdr) + size || !(hdr.id >> 63))
		return -EINVAL;
	memcpy(body, msg + sizeof(hdr), size);
	*id = hdr.id;
	return 0;
}

int csrv_up_own_begin(struct up_file *file, u16 op)
{
	int err = 0;

	spin_lock_bh(&file->up->lock);
	if (file->asking & BIT(op))
		err = -EBUSY;
	else
		file->asking |= BIT(op);
	spin_unlock_bh(&file->up->lock);
	return err;
}

void csrv_up_own_end(struct up_file *file, u16 op, struct up_msg *answer)
{
	spin_lock_bh(&file->up->lock);
	if (answer)
		list_add_tail(&answer->link, &file->own);
	else
		file->asking &= ~BIT(op);
	wake_up_interruptible(&file->up->readers);
	spin_unlock_bh(&file->up->lock);
}
