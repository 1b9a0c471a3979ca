// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/device.c - the open /dev/cifssrv as an event source */
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>

#include "../../module/upcall/uapi.h"

#define BATCH		64	/* messages per turn of the loop, to let other sources run */

struct device {
	sd_event *event;
	sd_event_source *io;
	const struct device_events *events;
	void *priv;
	int fd;
	bool held;
	_Alignas(8) uint8_t buf[CSRV_UP_MAX_MSG];
};

static void device_close(struct device *d)
{
	d->io = sd_event_source_disable_unref(d->io);
	if (d->fd >= 0)
		close(TAKE_FD(d->fd));
}

static int device_done(struct device *d)
{
	device_close(d);
	return 0;
}

static void device_lost(struct device *d, int error)
{
	device_close(d);
	d->events->down(d->priv, error);
}

/* Reads until there is no message, or device_hold(). */
static void drain(struct device *d)
{
	for (int i = 0; i < BATCH && d->fd >= 0 && !d->held; i++) {
		ssize_t n = read(d->fd, d->buf, sizeof(d->buf));

		if (n > 0) {
			d->events->message(d->priv, (struct blob){ d->buf, (size_t)n });
			/* The question has a copy of the message, and wipes it. */
			explicit_bzero(d->buf, (size_t)n);
		} else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
			device_lost(d, n < 0 ? -errno : -ENODEV);
		} else if (errno == EAGAIN) {
			return;
		}
	}
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct device *d = userdata;

	(void)source;
	(void)fd;
	if (events & EPOLLIN)
		drain(d);
	else if (events & (EPOLLHUP | EPOLLERR))
		device_lost(d, -ENODEV);
	return 0;
}

int device_adopt(struct device *d, int fd)
{
	_cleanup_(closep) int ours = fd;
	int flags = fcntl(fd, F_GETFL), r;

	if (d->fd >= 0)
		return -EBUSY;
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	r = sd_event_add_io(d->event, &d->io, fd, EPOLLIN, on_io, d);
	if (r < 0)
		return r;
	sd_event_source_set_description(d->io, "cifssrv-device");
	d->fd = TAKE_FD(ours);
	d->held = false;
	d->events->up(d->priv);
	return 0;
}

struct device *device_new(TALLOC_CTX *ctx, sd_event *event, const struct device_events *events,
			  void *priv)
{
	struct device *d = talloc_zero(ctx, struct device);

	if (!d)
		return NULL;
	d->fd = -1;
	d->event = event;
	d->events = events;
	d->priv = priv;
	talloc_set_destructor(d, device_done);
	return d;
}

void device_hold(struct device *d, bool on)
{
	d->held = on;
	if (d->io)
		sd_event_source_set_enabled(d->io, on ? SD_EVENT_OFF : SD_EVENT_ON);
}

int device_send(struct device *d, const void *msg, size_t len)
{
	ssize_t n;

	if (d->fd < 0)
		return -ENOTCONN;
	do {
		n = write(d->fd, msg, len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}
