/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upcall/device.h - the open /dev/cifssrv as an event source
 *
 * Whole messages in, whole messages out.  The manager opens it and hands the descriptor over.
 */
#ifndef CIFSSRVD_UPCALL_DEVICE_H
#define CIFSSRVD_UPCALL_DEVICE_H

#include <stdbool.h>
#include <systemd/sd-event.h>
#include <talloc.h>
#include "../util/cleanup.h"

struct device;

/**
 * struct device_events - callbacks of the owner
 * @message: one message was read; @msg is valid during the call only
 * @up: it is open
 * @down: it is gone (negative errno)
 */
struct device_events {
	void (*message)(void *priv, struct blob msg);
	void (*up)(void *priv);
	void (*down)(void *priv, int error);
};

/**
 * device_new() - a device that is not open
 * @event: the loop; borrowed
 * @events: borrowed
 * @priv: handed to @events
 *
 * Return: ended, and closed, by talloc_free(); NULL without memory.
 */
struct device *device_new(TALLOC_CTX *ctx, sd_event *event, const struct device_events *events,
			  void *priv);

/**
 * device_adopt() - use an open descriptor
 * @d: not open
 * @fd: belongs to the device from here on, also after an error
 *
 * Return: 0, and @up was called; -EBUSY when one is open; or another negative errno.
 */
int device_adopt(struct device *d, int fd);

/**
 * device_hold() - stop reading, or go on
 * @on: nothing is read, and the end of the device is not noticed, until it is called with false
 */
void device_hold(struct device *d, bool on);

/**
 * device_send() - write one message
 *
 * Return: 0; -ENOTCONN; -ENOENT when the kernel no longer wants this answer;
 * else the device's errno, after which the device is as open as before.
 */
int device_send(struct device *d, const void *msg, size_t len);

#endif /* CIFSSRVD_UPCALL_DEVICE_H */
