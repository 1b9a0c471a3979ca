/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upcall/device.h - the open /dev/cifssrv as an event source
 *
 * Whole messages in, whole messages out; opens the device, and opens it again
 * whenever it went away (the module was reloaded), for as long as it lives.
 */
#ifndef CIFSSRVD_UPCALL_DEVICE_H
#define CIFSSRVD_UPCALL_DEVICE_H

#include <stdbool.h>
#include <systemd/sd-event.h>
#include <talloc.h>
#include "../util/cleanup.h"

struct device;

/**
 * struct device_events - what the owner hears
 * @message: one message was read; @msg is valid during the call only
 * @up: it is open
 * @down: it is gone (negative errno), or could not be opened a first time;
 *	called again only when another error takes its place
 */
struct device_events {
	void (*message)(void *priv, struct blob msg);
	void (*up)(void *priv);
	void (*down)(void *priv, int error);
};

/**
 * device_new() - a device that is not yet open
 * @path: NULL: never opened, only device_adopt() (tests)
 *
 * talloc_free() closes it.
 */
struct device *device_new(TALLOC_CTX *ctx, sd_event *event, const char *path,
			  const struct device_events *events, void *priv);

/* Starts opening, at once and then twice a second.  0 or a negative errno of sd-event. */
int device_start(struct device *d);

/* Uses @fd, which it then owns, instead of opening a path. */
int device_adopt(struct device *d, int fd);

/**
 * device_send() - write one message
 *
 * Return: 0; -ENOTCONN; -ENOENT when the kernel no longer wants this answer;
 * else the device's errno, after which the device is as open as before.
 */
int device_send(struct device *d, const void *msg, size_t len);

#endif /* CIFSSRVD_UPCALL_DEVICE_H */
