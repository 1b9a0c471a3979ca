// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/device.c - the open /dev/cifssrv as an event source */
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <time.h>

#include "../../module/upcall/uapi.h"

#define RETRY_USEC	500000
#define BATCH		64	/* messages per turn of the loop: other sources want theirs too */

struct device {
	sd_event *event;
	sd_event_source *io, *retry;
	const struct device_events *events;
	void *priv;
	char *path;
	int fd;
	int told_down;		/* the error told last, 0 since the last up */
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
	d->retry = sd_event_source_disable_unref(d->retry);
	return 0;
}

static void tell_down(struct device *d, int error)
{
	if (d->told_down == error)
		return;
	d->told_down = error;
	d->events->down(d->priv, error);
}

static void retry_later(struct device *d)
{
	if (!d->path)
		return;
	if (sd_event_source_set_time_relative(d->retry, RETRY_USEC) >= 0)
		sd_event_source_set_enabled(d->retry, SD_EVENT_ONESHOT);
}

static void device_lost(struct device *d, int error)
{
	device_close(d);
	tell_down(d, error);
	retry_later(d);
}

/* Reads until there is nothing more; false when the device is gone. */
static void drain(struct device *d)
{
	for (int i = 0; i < BATCH && d->fd >= 0; i++) {
		ssize_t n = read(d->fd, d->buf, sizeof(d->buf));

		if (n > 0) {
			d->events->message(d->priv, (struct blob){ d->buf, (size_t)n });
			/* What was in it is the question's by now, which wipes it. */
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
	int flags = fcntl(fd, F_GETFL), r;

	d->fd = fd;
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	r = sd_event_add_io(d->event, &d->io, fd, EPOLLIN, on_io, d);
	if (r < 0)
		return r;
	sd_event_source_set_description(d->io, "cifssrv-device");
	d->told_down = 0;
	d->events->up(d->priv);
	return 0;
}

static int try_open(struct device *d)
{
	int fd = open(d->path, O_RDWR | O_CLOEXEC | O_NONBLOCK), r;

	if (fd < 0) {
		tell_down(d, -errno);
		retry_later(d);
		return 0;
	}
	r = device_adopt(d, fd);
	if (r < 0)
		device_lost(d, r);
	return 0;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	return try_open(userdata);
}

struct device *device_new(TALLOC_CTX *ctx, sd_event *event, const char *path,
			  const struct device_events *events, void *priv)
{
	struct device *d = talloc_zero(ctx, struct device);

	if (!d)
		return NULL;
	d->fd = -1;
	d->event = event;
	d->events = events;
	d->priv = priv;
	talloc_set_destructor(d, device_done);
	d->path = path ? talloc_strdup(d, path) : NULL;
	if (!path || d->path)
		return d;
	talloc_free(d);
	return NULL;
}

int device_start(struct device *d)
{
	int r = sd_event_add_time_relative(d->event, &d->retry, CLOCK_MONOTONIC, 0, 0, on_retry, d);

	if (r >= 0)
		sd_event_source_set_description(d->retry, "cifssrv-device-open");
	return r < 0 ? r : 0;
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
