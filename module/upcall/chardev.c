// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * upcall/chardev.c - /dev/cifssrv: open, read, write, poll, and INIT
 *
 * The file operations' owner pins the module while a daemon has the device open:
 * rmmod then fails with EBUSY, and no code of the module runs after it is freed.
 * "systemctl stop cifssrv" first.
 */
#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "../base/log.h"
#include "internal.h"

#define MAX_ANSWERED_ERRNO 4095

/* No holes: all bytes that are copied to the daemon have been written. */
static_assert(sizeof(struct csrv_up_hdr) == 24);
static_assert(sizeof(struct csrv_up_init) == 48);
static_assert(sizeof(struct csrv_up_init_answer) == 32);
static_assert(sizeof(struct csrv_up_auth) == 24);
static_assert(sizeof(struct csrv_up_auth_answer) == 64);
static_assert(sizeof(struct csrv_up_auth_abort) == sizeof(u64));
static_assert(sizeof(struct csrv_up_pipe_open) == 64);
static_assert(sizeof(struct csrv_up_pipe_io) == 16);
static_assert(sizeof(struct csrv_up_pipe_answer) == 8);
static_assert(sizeof(struct csrv_up_pipe_close) == sizeof(u64));
static_assert(sizeof(struct csrv_up_status) == 24);
static_assert(sizeof(struct csrv_up_status_answer) == 16);
static_assert(sizeof(struct csrv_up_connection) == 32);
static_assert(sizeof(struct csrv_up_session) == 56);
static_assert(sizeof(struct csrv_up_tree) == 32);
static_assert(sizeof(struct csrv_up_open) == 72);
static_assert(sizeof(struct csrv_up_admitted) == 24);
static_assert(CSRV_UP_MAX_MSG >= CSRV_STATUS_MAX_PAGE + sizeof(struct csrv_up_status_answer) +
	      sizeof(struct csrv_up_hdr));
static_assert(sizeof(struct csrv_up_end) == 16);

/* ---- INIT ---- */

static struct up_msg *init_new(struct csrv_upcall *up)
{
	struct up_msg *msg;
	struct csrv_up_init init = {
		.version = CSRV_UP_VERSION,
		.max_msg = CSRV_UP_MAX_MSG,
		.features = CSRV_UP_FEATURES,
	};

	msg = csrv_up_msg_new(up, CSRV_OP_INIT, csrv_up_new_id(up), sizeof(init), GFP_KERNEL);
	if (!msg)
		return NULL;
	down_read(&up->ops_sem);
	if (up->ops)
		up->ops->server_guid(up->priv, init.server_guid);
	up_read(&up->ops_sem);
	memcpy(up_msg_body(msg), &init, sizeof(init));
	return msg;
}

static bool init_answer_valid(const struct csrv_up_init_answer *a)
{
	return a->version == CSRV_UP_VERSION &&
	       a->max_inflight >= 1 && a->max_inflight <= UP_MAX_INFLIGHT &&
	       !(a->features & ~CSRV_UP_FEATURES) &&
	       !memchr_inv(a->reserved, 0, sizeof(a->reserved));
}

static int init_answer(struct up_file *file, const struct csrv_up_hdr *hdr, const u8 *body)
{
	struct csrv_up_init_answer a;
	u32 len = hdr->len - sizeof(*hdr);
	u64 asked = READ_ONCE(file->init_id);

	if (!asked || hdr->id != asked)
		return -ENOENT;
	if (hdr->status) {
		if (len)
			return -EINVAL;
		csrv_err_ratelimited("the daemon refuses to work with this module: %pe\n",
				     ERR_PTR(hdr->status));
		csrv_up_init_done(file, 0);
		return 0;
	}
	if (len != sizeof(a))
		return -EINVAL;
	memcpy(&a, body, sizeof(a));
	if (!init_answer_valid(&a))
		return -EINVAL;
	csrv_up_init_done(file, a.max_inflight);
	csrv_up_ask_hint(file->up);
	return 0;
}

/* ---- file operations ---- */

static int up_open(struct inode *inode, struct file *filp)
{
	struct csrv_upcall *up = container_of(filp->private_data, struct csrv_upcall, misc);
	struct up_file *file;
	struct up_msg *init;
	int err;

	/* The daemon says which user a client is: it must be the machine's root, no container's. */
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if ((filp->f_mode & (FMODE_READ | FMODE_WRITE)) != (FMODE_READ | FMODE_WRITE))
		return -EINVAL;
	file = kzalloc(sizeof(*file), GFP_KERNEL);
	if (!file)
		return -ENOMEM;
	init = init_new(up);
	if (!init) {
		kfree(file);
		return -ENOMEM;
	}
	file->up = up;
	file->state = UP_FILE_NEW;
	INIT_LIST_HEAD(&file->own);
	file->init_deadline = jiffies + msecs_to_jiffies(csrv_up_timeout_ms(up));
	err = csrv_up_attach(up, file, init);
	if (err) {
		csrv_up_msg_put(init);
		kfree(file);
		return err;
	}
	filp->private_data = file;
	return stream_open(inode, filp);
}

static int up_release(struct inode *inode, struct file *filp)
{
	struct up_file *file = filp->private_data;

	csrv_up_detach(file);
	kfree(file);
	return 0;
}

static struct up_msg *read_next(struct up_file *file, size_t size, bool nonblock)
{
	struct up_msg *msg;
	int err;

	for (;;) {
		msg = csrv_up_read_begin(file, size);
		if (!IS_ERR(msg) || PTR_ERR(msg) != -EAGAIN || nonblock)
			return msg;
		err = wait_event_interruptible(file->up->readers, csrv_up_readable(file));
		if (err)
			return ERR_PTR(err);
	}
}

static ssize_t up_read_file(struct file *filp, char __user *buf, size_t size, loff_t *pos)
{
	struct up_file *file = filp->private_data;
	struct up_msg *msg = read_next(file, size, filp->f_flags & O_NONBLOCK);
	ssize_t len;
	bool copied;

	if (IS_ERR(msg))
		return PTR_ERR(msg);
	len = msg->len;
	copied = !copy_to_user(buf, msg->data, len);
	csrv_up_read_end(file, msg, copied);
	return copied ? len : -EFAULT;
}

/* Checks for every message, whatever its op; README.md rules 1 and 2. */
static bool header_valid(const struct csrv_up_hdr *hdr, size_t size)
{
	if (hdr->len != size || hdr->flags || hdr->reserved)
		return false;
	if (hdr->op & CSRV_UP_ANSWER)
		return hdr->status <= 0 && hdr->status >= -MAX_ANSWERED_ERRNO;
	return !hdr->status;
}

static const struct up_op *row_of(u16 op)
{
	return csrv_up_auth_row(op) ?: csrv_up_pipe_row(op);
}

static enum up_file_state file_state(struct up_file *file)
{
	enum up_file_state state;

	spin_lock_bh(&file->up->lock);
	state = file->state;
	spin_unlock_bh(&file->up->lock);
	return state;
}

/* @buf is taken over if *@taken is set. */
static int take_message(struct up_file *file, u8 *buf, size_t size, bool *taken)
{
	enum up_file_state state = file_state(file);
	struct csrv_up_hdr hdr;
	int err;

	memcpy(&hdr, buf, sizeof(hdr));
	if (READ_ONCE(file->up->dead))
		return -ENODEV;
	if (state == UP_FILE_BROKEN)
		return -EIO;
	if (!header_valid(&hdr, size))
		return -EINVAL;
	if (state == UP_FILE_NEW)
		return hdr.op == (CSRV_OP_INIT | CSRV_UP_ANSWER) ?
			init_answer(file, &hdr, buf + sizeof(hdr)) : -EPROTO;
	if (hdr.op == CSRV_OP_STATUS)
		return csrv_up_status_request(file, buf, size);
	if (hdr.op == CSRV_OP_END)
		return csrv_up_end_request(file, buf, size);
	if (hdr.op == (CSRV_OP_INIT | CSRV_UP_ANSWER))
		return -ENOENT;
	if (!(hdr.op & CSRV_UP_ANSWER) || !row_of(hdr.op & ~CSRV_UP_ANSWER))
		return -EINVAL;
	err = csrv_up_answer(file->up, &hdr, buf);
	*taken = !err;
	return err;
}

static ssize_t up_write_file(struct file *filp, const char __user *from, size_t size, loff_t *pos)
{
	bool taken = false;
	u8 *buf;
	int err;

	if (size < sizeof(struct csrv_up_hdr) || size > CSRV_UP_MAX_MSG)
		return -EINVAL;
	buf = kvmalloc(size, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	if (copy_from_user(buf, from, size))
		err = -EFAULT;
	else
		err = take_message(filp->private_data, buf, size, &taken);
	if (!taken)
		kvfree_sensitive(buf, size);	/* answers carry session keys */
	return err ? err : size;
}

static __poll_t up_poll(struct file *filp, poll_table *wait)
{
	struct up_file *file = filp->private_data;
	__poll_t mask = EPOLLOUT | EPOLLWRNORM;

	poll_wait(filp, &file->up->readers, wait);
	if (READ_ONCE(file->up->dead))
		return mask | EPOLLHUP;
	if (file_state(file) == UP_FILE_BROKEN)
		return mask | EPOLLERR;
	if (csrv_up_readable(file))
		mask |= EPOLLIN | EPOLLRDNORM;
	return mask;
}

static const struct file_operations up_fops = {
	.owner		= THIS_MODULE,
	.open		= up_open,
	.release	= up_release,
	.read		= up_read_file,
	.write		= up_write_file,
	.poll		= up_poll,
};

/* A second device of this name fails with -EEXIST. */
int csrv_up_chardev_register(struct csrv_upcall *up)
{
	up->misc.minor = MISC_DYNAMIC_MINOR;
	up->misc.name = "cifssrv";
	up->misc.fops = &up_fops;
	up->misc.mode = 0600;
	return misc_register(&up->misc);
}

/* misc_open() and this exclude each other: no open is in progress when it returns. */
void csrv_up_chardev_unregister(struct csrv_upcall *up)
{
	misc_deregister(&up->misc);
}
