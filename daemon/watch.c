// SPDX-License-Identifier: GPL-2.0-or-later
/* watch.c - watches files for changes */
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/log.h"

#define LINKS_MAX	40	/* as the kernel */

/* For a directory on the way to a file, and for the one that has the file. */
#define WAY_MASK	(IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_ONLYDIR)
#define FILE_MASK	(WAY_MASK | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB)

/* A watched name in a directory. */
struct entry {
	struct entry *next;
	char *name;
	bool file;		/* not a directory on the way */
	bool keep;		/* still wanted */
	uint64_t written;	/* time of the last write, 0: closed since */
};

struct dir {
	struct dir *next;
	struct watch *w;
	char *path;
	uint32_t mask;
	dev_t dev;
	ino_t ino;
	sd_event_source *source;	/* NULL: missing, or cannot be watched */
	struct entry *entries;
};

struct watch {
	sd_event *event;
	sd_event_source *timer;
	struct dir *dirs;
	bool armed;
	void (*changed)(void *priv);
	void *priv;
};

static uint64_t now(const struct watch *w)
{
	uint64_t usec = 0;

	sd_event_now(w->event, CLOCK_MONOTONIC, &usec);
	return usec;
}

/* ---- changes ---- */

static void arm_timer(struct watch *w)
{
	sd_event_source_set_time_relative(w->timer, WATCH_QUIET_USEC);
	sd_event_source_set_enabled(w->timer, SD_EVENT_ONESHOT);
	w->armed = true;
}

static bool is_written(const struct watch *w)
{
	for (const struct dir *d = w->dirs; d; d = d->next)
		for (const struct entry *e = d->entries; e; e = e->next)
			if (e->written && e->written + WATCH_OPEN_USEC > now(w))
				return true;
	return false;
}

static int on_quiet(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct watch *w = userdata;

	(void)source;
	(void)usec;
	if (is_written(w)) {
		arm_timer(w);
		return 0;
	}
	w->armed = false;
	w->changed(w->priv);
	return 0;
}

bool watch_busy(const struct watch *w)
{
	return w->armed || is_written(w);
}

static int on_event(sd_event_source *source, const struct inotify_event *ev, void *userdata)
{
	struct dir *d = userdata;
	bool ours = ev->mask & (IN_Q_OVERFLOW | IN_IGNORED);

	(void)source;
	/*
	 * Directory and watch are gone, or that may be among events that were lost.  A new
	 * directory may have the same inode number.
	 */
	if (ours)
		d->ino = 0;
	for (struct entry *e = d->entries; e && ev->len; e = e->next) {
		if (strcmp(ev->name, e->name))
			continue;
		ours = true;
		e->written = (ev->mask & IN_MODIFY) && e->file ? now(d->w) : 0;
	}
	if (ours)
		arm_timer(d->w);
	return 0;
}

/* ---- what is watched ---- */

static int dir_done(struct dir *d)
{
	d->source = sd_event_source_disable_unref(d->source);
	return 0;
}

static struct dir *find_dir(struct watch *w, const char *path)
{
	struct dir *d;

	for (d = w->dirs; d; d = d->next)
		if (!strcmp(d->path, path))
			return d;
	d = talloc_zero(w, struct dir);
	if (!d)
		return NULL;
	d->path = talloc_strdup(d, path);
	if (!d->path) {
		talloc_free(d);
		return NULL;
	}
	d->w = w;
	d->next = w->dirs;
	w->dirs = d;
	talloc_set_destructor(d, dir_done);
	return d;
}

/* True if the entry is new. */
static bool add_entry(struct watch *w, const char *dir, const char *name, bool file)
{
	struct dir *d = find_dir(w, dir);
	struct entry *e;

	for (e = d ? d->entries : NULL; e; e = e->next) {
		if (!strcmp(e->name, name)) {
			e->keep = true;
			e->file |= file;
			return false;
		}
	}
	e = d ? talloc_zero(d, struct entry) : NULL;
	if (!e)
		return false;
	e->name = talloc_strdup(e, name);
	if (!e->name) {
		talloc_free(e);
		return false;
	}
	e->keep = true;
	e->file = file;
	e->next = d->entries;
	d->entries = e;
	return true;
}

/* The target of a link in @dir, resolved against it; NULL: it is no link. */
static char *read_target(TALLOC_CTX *ctx, const char *dir, const char *name)
{
	char *path = talloc_asprintf(ctx, "%s/%s", dir, name);
	char target[PATH_MAX];
	ssize_t n = path ? readlink(path, target, sizeof(target) - 1) : -1;

	if (n <= 0)
		return NULL;
	target[n] = 0;
	return *target == '/' ? talloc_strdup(ctx, target) :
				talloc_asprintf(ctx, "%s/%s", dir, target);
}

/*
 * Adds all names on the way to @path: each is an entry of the directory it is looked up in.  The
 * way of a link's target follows, then the rest of @path.  True if any is new.
 */
static bool add_way(struct watch *w, TALLOC_CTX *ctx, const char *path, int links)
{
	char *dir = talloc_strdup(ctx, "");
	bool added = false;

	while (dir && *path) {
		size_t len = strcspn(path, "/");
		const char *rest = path + len;
		char *name, *target;

		rest += strspn(rest, "/");
		name = talloc_strndup(ctx, path, len);
		path = rest;
		if (!name || !*name || !strcmp(name, "."))
			continue;
		if (!strcmp(name, "..")) {
			char *slash = strrchr(dir, '/');

			if (slash)
				*slash = 0;
			continue;
		}
		target = read_target(ctx, dir, name);
		added |= add_entry(w, *dir ? dir : "/", name, !*rest && !target);
		if (target) {
			target = talloc_asprintf_append(target, "/%s", rest);
			return links < LINKS_MAX && target &&
			       add_way(w, ctx, target, links + 1) ? true : added;
		}
		dir = talloc_asprintf_append(dir, "/%s", name);
	}
	return added;
}

static bool add_file(struct watch *w, const char *path)
{
	_cleanup_(talloc_freep) TALLOC_CTX *ctx = talloc_new(NULL);
	char here[PATH_MAX];
	char *full;

	if (!ctx || !*path)
		return false;
	if (*path == '/')
		return add_way(w, ctx, path, 0);
	full = getcwd(here, sizeof(here)) ? talloc_asprintf(ctx, "%s/%s", here, path) : NULL;
	return full && add_way(w, ctx, full, 0);
}

static void drop_unwanted(struct watch *w)
{
	for (struct dir **d = &w->dirs; *d;) {
		struct dir *gone = *d;

		for (struct entry **e = &gone->entries; *e;) {
			struct entry *old = *e;

			if (old->keep) {
				e = &old->next;
				continue;
			}
			*e = old->next;
			talloc_free(old);
		}
		if (gone->entries) {
			d = &gone->next;
			continue;
		}
		*d = gone->next;
		talloc_free(gone);
	}
}

static uint32_t mask_of(const struct dir *d)
{
	uint32_t mask = WAY_MASK;

	for (const struct entry *e = d->entries; e; e = e->next)
		if (e->file)
			mask = FILE_MASK;
	return mask;
}

/* Has another directory taken this one's name?  The watch is on the old one. */
static bool is_replaced(const struct dir *d, const struct stat *is)
{
	return is->st_dev != d->dev || is->st_ino != d->ino;
}

static int add_source(struct dir *d, int fd, const struct stat *st)
{
	d->dev = st->st_dev;
	d->ino = st->st_ino;
	return sd_event_add_inotify_fd(d->w->event, &d->source, fd, d->mask, on_event, d);
}

/* True if changes may have been missed until now. */
static bool start_watching(struct dir *d)
{
	_cleanup_(closep) int fd = open(d->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	int r = fd < 0 || fstat(fd, &st) < 0 ? -errno : 0;
	uint32_t mask = mask_of(d);

	if (r == 0 && d->source && d->mask == mask && !is_replaced(d, &st))
		return false;
	d->source = sd_event_source_disable_unref(d->source);
	d->mask = mask;
	if (r == 0)
		r = add_source(d, fd, &st);
	/* The name of a missing directory is watched in its parent. */
	if (r < 0 && r != -ENOENT && r != -ENOTDIR)
		log_warning("changes in %s are not seen by themselves (%s): reload by hand", d->path,
			    strerror(-r));
	return r >= 0;
}

void watch_update(struct watch *w, const char *const *files)
{
	bool first = !w->dirs, late = false;

	for (struct dir *d = w->dirs; d; d = d->next)
		for (struct entry *e = d->entries; e; e = e->next)
			e->keep = false;
	for (; *files; files++)
		late |= add_file(w, *files);
	drop_unwanted(w);
	/* sd-event shares a watch by inode number: stale ones end before new ones begin. */
	for (struct dir *d = w->dirs; d; d = d->next)
		if (!d->ino)
			d->source = sd_event_source_disable_unref(d->source);
	for (struct dir *d = w->dirs; d; d = d->next)
		late |= start_watching(d);
	/* A new file was read before it was watched, and may have changed in between. */
	if (late && !first)
		arm_timer(w);
}

static int watch_done(struct watch *w)
{
	w->timer = sd_event_source_disable_unref(w->timer);
	w->event = sd_event_unref(w->event);
	return 0;
}

struct watch *watch_new(TALLOC_CTX *ctx, sd_event *event, void (*changed)(void *priv), void *priv)
{
	struct watch *w = talloc_zero(ctx, struct watch);

	if (!w)
		return NULL;
	w->event = sd_event_ref(event);
	w->changed = changed;
	w->priv = priv;
	talloc_set_destructor(w, watch_done);
	if (sd_event_add_time_relative(event, &w->timer, CLOCK_MONOTONIC, 0, 0, on_quiet, w) < 0) {
		talloc_free(w);
		return NULL;
	}
	sd_event_source_set_enabled(w->timer, SD_EVENT_OFF);
	sd_event_source_set_description(w->timer, "files-changed");
	return w;
}
