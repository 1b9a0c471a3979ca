// SPDX-License-Identifier: GPL-2.0-or-later
/* machine.c - links, addresses and mounts of this machine */
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#include "util/cleanup.h"
#include "util/log.h"

/* A source of changes, open while it is needed. */
struct change_source {
	const char *name;
	int fd;
	sd_event_source *source;
	bool logged;		/* an error was logged */
};

struct machine {
	sd_event *event;
	sd_event_source *timer;
	struct change_source links, mounts;
	void (*changed)(void *priv);
	void *priv;
};

static int on_quiet(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct machine *m = userdata;

	(void)source;
	(void)usec;
	m->changed(m->priv);
	return 0;
}

/* Starts the timer, if it is off; later changes do not move it. */
static void changed(struct machine *m)
{
	int on = SD_EVENT_OFF;

	if (sd_event_source_get_enabled(m->timer, &on) >= 0 && on != SD_EVENT_OFF)
		return;
	sd_event_source_set_time_relative(m->timer, MACHINE_QUIET_USEC);
	sd_event_source_set_enabled(m->timer, SD_EVENT_ONESHOT);
}

/* The messages do not matter, only that there were some; ENOBUFS: some were lost. */
static int on_links(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	char buf[8192];
	bool some = false;

	(void)source;
	(void)events;
	while (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) > 0 || errno == ENOBUFS) {
		some = true;
		errno = 0;
	}
	if (some)
		changed(userdata);
	return 0;
}

/* proc(5): EPOLLPRI when something was mounted or unmounted; poll(2) resets it. */
static int on_mounts(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	(void)source;
	(void)fd;
	if (events & (EPOLLPRI | EPOLLERR))
		changed(userdata);
	return 0;
}

static int open_links(void)
{
	struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
	};
	_cleanup_(closep) int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
					  NETLINK_ROUTE);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	return TAKE_FD(fd);
}

static int open_mounts(void)
{
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static void source_close(struct change_source *e)
{
	e->source = sd_event_source_disable_unref(e->source);
	if (e->fd >= 0)
		close(TAKE_FD(e->fd));
}

/* @fd: a descriptor, or a negative errno.  True if the source is open now. */
static bool source_open(struct machine *m, struct change_source *e, int fd, uint32_t events,
			sd_event_io_handler_t fn)
{
	int r = fd;

	e->fd = fd < 0 ? -1 : fd;
	if (r >= 0)
		r = sd_event_add_io(m->event, &e->source, fd, events, fn, m);
	if (r >= 0) {
		sd_event_source_set_description(e->source, e->name);
		return true;
	}
	source_close(e);
	if (!e->logged)
		log_warning("changes of %s are not seen by themselves: %s", e->name, strerror(-r));
	e->logged = true;
	return false;
}

void machine_listen(struct machine *m, bool links, bool mounts)
{
	bool late = false;

	if (links && !m->links.source)
		late |= source_open(m, &m->links, open_links(), EPOLLIN, on_links);
	else if (!links)
		source_close(&m->links);
	if (mounts && !m->mounts.source)
		late |= source_open(m, &m->mounts, open_mounts(), EPOLLPRI, on_mounts);
	else if (!mounts)
		source_close(&m->mounts);
	/* The machine may have changed between the look at it and this. */
	if (late)
		changed(m);
}

static int machine_done(struct machine *m)
{
	source_close(&m->links);
	source_close(&m->mounts);
	m->timer = sd_event_source_disable_unref(m->timer);
	m->event = sd_event_unref(m->event);
	return 0;
}

struct machine *machine_new(TALLOC_CTX *ctx, sd_event *event, void (*changed)(void *priv),
			    void *priv)
{
	struct machine *m = talloc_zero(ctx, struct machine);

	if (!m)
		return NULL;
	m->event = sd_event_ref(event);
	m->links = (struct change_source){ .name = "interfaces and addresses", .fd = -1 };
	m->mounts = (struct change_source){ .name = "mounts", .fd = -1 };
	m->changed = changed;
	m->priv = priv;
	talloc_set_destructor(m, machine_done);
	if (sd_event_add_time_relative(event, &m->timer, CLOCK_MONOTONIC, 0, 0, on_quiet, m) < 0) {
		talloc_free(m);
		return NULL;
	}
	sd_event_source_set_enabled(m->timer, SD_EVENT_OFF);
	sd_event_source_set_description(m->timer, "machine-changed");
	return m;
}
