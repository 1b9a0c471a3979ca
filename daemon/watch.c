// SPDX-License-Identifier: GPL-2.0-or-later
/* watch.c - files that change are read again, a moment after the last change */
#include "manager.h"

#include <errno.h>
#include <libgen.h>
#include <sys/inotify.h>
#include <time.h>

#include "util/log.h"

#define DEBOUNCE_USEC	300000
#define WATCH_MAX	16

/* Editors write a new file and rename it: directories are watched, not files. */
#define WATCH_MASK	(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | \
			 IN_ATTRIB | IN_ONLYDIR)

struct watched {
	char *path;		/* the file */
	const char *name;	/* its last component */
	char *dir;
	sd_event_source *source;
};

struct watch {
	struct manager *m;
	sd_event_source *timer;
	struct watched file[WATCH_MAX];
	size_t n;
};

static void forget(struct watched *f)
{
	sd_event_source_disable_unref(f->source);
	talloc_free(f->path);
	talloc_free(f->dir);
}

static int watch_done(struct watch *w)
{
	w->timer = sd_event_source_disable_unref(w->timer);
	for (size_t i = 0; i < w->n; i++)
		forget(&w->file[i]);
	return 0;
}

static int on_quiet(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct watch *w = userdata;
	struct report *rep = talloc_zero(NULL, struct report);

	(void)source;
	(void)usec;
	if (rep)
		manager_reload(w->m, rep);
	talloc_free(rep);
	return 0;
}

/* Reads the files again once nothing has changed for a moment. */
static void changed(struct watch *w)
{
	sd_event_source_set_time_relative(w->timer, DEBOUNCE_USEC);
	sd_event_source_set_enabled(w->timer, SD_EVENT_ONESHOT);
}

static int on_change(sd_event_source *source, const struct inotify_event *ev, void *userdata)
{
	struct watch *w = userdata;
	bool ours = ev->mask & IN_Q_OVERFLOW;

	(void)source;
	for (size_t i = 0; i < w->n && ev->len; i++)
		ours |= !strcmp(ev->name, w->file[i].name);
	if (ours)
		changed(w);
	return 0;
}

static struct watched *find_file(struct watch *w, const char *path)
{
	for (size_t i = 0; i < w->n; i++)
		if (!strcmp(w->file[i].path, path))
			return &w->file[i];
	return NULL;
}

/* One directory may be watched for several files: each has its own source. */
static bool add_file(struct watch *w, const char *path)
{
	_cleanup_(talloc_freep) char *copy = talloc_strdup(NULL, path);
	struct watched f = { .path = talloc_strdup(w, path) };
	const char *slash = strrchr(path, '/');
	int r;

	f.dir = copy ? talloc_strdup(w, dirname(copy)) : NULL;
	if (!f.path || !f.dir || w->n == WATCH_MAX) {
		forget(&f);
		return false;
	}
	f.name = f.path + (slash ? slash - path + 1 : 0);
	r = sd_event_add_inotify(w->m->event, &f.source, f.dir, WATCH_MASK, on_change, w);
	if (r < 0)
		log_warning("changes of %s are not seen by themselves (%s): reload by hand", path,
			    strerror(-r));
	w->file[w->n++] = f;
	return r >= 0;
}

static bool is_wanted(const struct watched *f, const char *const *wanted, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(f->path, wanted[i]))
			return true;
	return false;
}

static void drop_unwanted(struct watch *w, const char *const *wanted, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->n; i++) {
		/* What could not be watched is tried again. */
		if (w->file[i].source && is_wanted(&w->file[i], wanted, n))
			w->file[kept++] = w->file[i];
		else
			forget(&w->file[i]);
	}
	w->n = kept;
}

struct wanted {
	const char *path[WATCH_MAX];
	size_t n;
};

static void want(struct wanted *wanted, const char *path)
{
	if (!path || !*path || wanted->n == WATCH_MAX)
		return;
	for (size_t i = 0; i < wanted->n; i++)
		if (!strcmp(wanted->path[i], path))
			return;
	wanted->path[wanted->n++] = path;
}

static void want_files_of(struct wanted *wanted, const struct csrv_conf_scope *scope)
{
	want(wanted, scope->file);
	for (size_t i = 0; i < scope->table->n; i++)
		want(wanted, scope->values[i].file);
}

/* The files in use: they change with "include" and "username map". */
static void want_all(struct wanted *wanted, const struct manager *m)
{
	want(wanted, m->opt->config);
	want(wanted, m->opt->passdb);
	if (!m->conf)
		return;
	want(wanted, conf_get_str(m->conf, NULL, "username_map"));
	want_files_of(wanted, m->conf->global);
	for (size_t i = 0; i < m->conf->nshares; i++)
		want_files_of(wanted, m->conf->shares[i]);
}

/* What is watched already stays so: no change between two reloads goes unseen. */
void watch_update(struct watch *w)
{
	struct wanted wanted = {};
	bool late = false;

	want_all(&wanted, w->m);
	drop_unwanted(w, wanted.path, wanted.n);
	for (size_t i = 0; i < wanted.n; i++)
		if (!find_file(w, wanted.path[i]))
			late |= add_file(w, wanted.path[i]);
	/* A new file was read before it was watched, and may have changed in between. */
	if (late && w->m->conf)
		changed(w);
}

struct watch *watch_new(TALLOC_CTX *ctx, struct manager *m)
{
	struct watch *w = talloc_zero(ctx, struct watch);

	if (!w)
		return NULL;
	w->m = m;
	talloc_set_destructor(w, watch_done);
	if (sd_event_add_time_relative(m->event, &w->timer, CLOCK_MONOTONIC, 0, 0, on_quiet,
				       w) < 0) {
		talloc_free(w);
		return NULL;
	}
	sd_event_source_set_enabled(w->timer, SD_EVENT_OFF);
	sd_event_source_set_description(w->timer, "files-changed");
	return w;
}
