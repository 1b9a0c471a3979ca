// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * config/config.c - runs: their order, their end, and the next one
 *
 * config_run() -> begin_run() -> read_files() -> names are looked up -> read_files() ... ->
 * finish_run()
 */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "config/internal.h"

#define ROUNDS_MAX	4	/* files may change while names are looked up */

/* A caller that waits for the end of a run.  A child of its context, in the list until the end. */
struct config_wait {
	struct config_wait *next, **at;
	bool running;		/* for the run in progress, not for the next */
	config_fn fn;
	void *priv;
};

static int wait_done(struct config_wait *w)
{
	if (!w->at)
		return 0;
	*w->at = w->next;
	if (w->next)
		w->next->at = w->at;
	w->at = NULL;
	return 0;
}

static void add_wait(struct config *c, struct config_wait *w)
{
	struct config_wait **at = &c->waits;

	while (*at)
		at = &(*at)->next;
	w->at = at;
	*at = w;
}

static void call_waits(struct config *c, int error, const struct report *rep)
{
	for (struct config_wait *w = c->waits; w;) {
		config_fn fn = w->fn;
		void *priv = w->priv;

		if (!w->running) {
			w = w->next;
			continue;
		}
		talloc_free(w);
		fn(priv, error, rep);
		/* The callback may have changed the list. */
		w = c->waits;
	}
}

/* ---- time ---- */

static void start_timer(sd_event_source *timer, uint64_t usec)
{
	sd_event_source_set_time_relative(timer, usec);
	sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

/* The delay doubles from retry to retry. */
static void schedule_retry(struct config *c)
{
	sd_event_source_set_enabled(c->retry, SD_EVENT_OFF);
	if (!c->problems->again) {
		c->backoff = 0;
		return;
	}
	c->backoff = c->backoff ? 2 * c->backoff : CONFIG_RETRY_MIN_USEC;
	if (c->backoff > CONFIG_RETRY_MAX_USEC)
		c->backoff = CONFIG_RETRY_MAX_USEC;
	start_timer(c->retry, c->backoff);
}

/* A time that has passed is not scheduled: the plan that was due could not be made. */
static void schedule_away(struct config *c)
{
	uint64_t now = 0;

	sd_event_source_set_enabled(c->away_timer, SD_EVENT_OFF);
	if (sd_event_now(c->a.event, CLOCK_MONOTONIC, &now) >= 0 && c->away.next > now)
		start_timer(c->away_timer, c->away.next - now);
}

unsigned int config_next_try(const struct config *c)
{
	int on = SD_EVENT_OFF;
	uint64_t at = 0, now = 0;

	if (sd_event_source_get_enabled(c->retry, &on) < 0 || on == SD_EVENT_OFF ||
	    sd_event_source_get_time(c->retry, &at) < 0 ||
	    sd_event_now(c->a.event, CLOCK_MONOTONIC, &now) < 0)
		return 0;
	return at > now ? (unsigned int)((at - now + 999999) / 1000000) : 1;
}

/* ---- a run ---- */

static void request_run(struct config *c, enum config_why why)
{
	if (why & CONFIG_ORDER)
		config_order(c);
	c->next_why |= why;
	c->wanted = true;
	if (!c->run)
		start_timer(c->start, 0);
	else if (why != CONFIG_RETRY)
		start_timer(c->look, 0);
}

static void end_run(struct config *c, int error)
{
	TALLOC_CTX *run = c->run;
	struct report *rep = c->rep;

	/* The next run goes on with these answers. */
	if (c->cache && names_cache_cut(c->cache)) {
		c->answers = talloc_steal(c, c->cache);
		c->backoff = 0;
	}
	c->run = NULL;
	c->rep = NULL;
	c->cache = NULL;
	c->loaded = NULL;
	c->stamps = NULL;
	c->settles = 0;
	if (!((c->kept | c->next_why) & CONFIG_ORDER))
		TALLOC_FREE(c->confirmed);
	schedule_retry(c);
	schedule_away(c);
	c->a.events->changed(c->a.priv);
	call_waits(c, error, rep);
	talloc_free(run);
	if (c->wanted)
		start_timer(c->start, 0);
}

static int apply_values(struct config *c, struct problems *p)
{
	int r = c->a.events->committed ? c->a.events->committed(c->a.priv) : 0;

	if (r < 0) {
		problem_add(p, "logons", "logons go by the configuration and accounts of before: %s",
			    strerror(-r));
		p->again = true;
	}
	return config_apply(c, p);
}

/* What was in force stays in force; the run is tried again. */
static void finish_without_memory(struct config *c)
{
	c->stale = true;
	c->problems->again = true;
	c->problems->shares_unread = c->problems->accounts_unread = true;
	c->kept = c->meant;
	report_add(c->rep, LOG_ERR, true, NULL, "out of memory: nothing is reloaded");
	end_run(c, -ENOMEM);
}

/* 0; -EBADMSG: the file of accounts has errors; -EIO: it cannot be read now. */
static int accounts_verdict(const struct loaded *f)
{
	return f->passdb ? 0 : f->accounts_doubt ? -EIO : -EBADMSG;
}

/* Likewise for the configuration; the first one also waits for the first accounts. */
static int conf_verdict(const struct config *c, const struct loaded *f)
{
	if (f->conf && !f->conf->nfatal && !f->usermap_bad)
		return c->passdb ? 0 : accounts_verdict(f);
	return f->doubt ? -EIO : -EBADMSG;
}

/* Names of the files that the verdicts are about. */
static char *bad_files(const struct config *c, const struct loaded *f)
{
	const char *map = f->usermap_bad ? conf_get_str(f->conf, NULL, "username_map") : NULL;
	const char *conf = !f->conf || f->conf->nfatal ? c->a.config : map;

	if (conf && !f->passdb)
		return talloc_asprintf(c->rep, "%s and %s", conf, c->a.passdb);
	return talloc_strdup(c->rep, conf ? conf : c->a.passdb);
}

/*
 * Puts in force what config_guard() lets pass, and remembers it; an order that cannot be carried
 * out now is kept.  @bad: see conf_verdict().
 */
static void put_in_force(struct config *c, struct loaded *f, struct problems *p, int bad)
{
	bool anew;

	config_guard(c, f, p);
	anew = f->conf;
	config_commit(c, f);
	if (anew)
		config_learn(c);
	config_save(c, p);
	c->rep->conf_in_force = anew;
	c->kept = bad == -EIO || (!bad && !anew) ? c->meant & CONFIG_ORDER : 0;
	c->waiting = !c->conf && (c->waiting || p->again);
}

static void finish_run(struct config *c)
{
	struct problems *p = talloc_zero(c->run, struct problems);
	struct loaded *f = p ? c->loaded : NULL;
	int r, bad, conf_bad;

	if (!f) {
		finish_without_memory(c);
		return;
	}
	conf_bad = conf_verdict(c, f);
	bad = conf_bad ? conf_bad : accounts_verdict(f);
	c->rep->bad = bad ? bad_files(c, f) : NULL;
	config_report(c, f);
	put_in_force(c, f, p, conf_bad);
	/* configfs needs both the configuration and the accounts. */
	r = c->conf && c->passdb ? apply_values(c, p) : 0;
	problems_replace(c, p);
	if (c->conf && !c->module && (c->why & CONFIG_ORDER))
		report_add(c->rep, LOG_WARNING, true, NULL,
			   "the kernel module is not there (not loaded, or not answering): shares follow when it is");
	end_run(c, bad ? bad : r);
}

static bool is_written(const struct config *c)
{
	return c->a.events->writing && c->a.events->writing(c->a.priv);
}

/* False after CONFIG_SETTLE_TRIES: a file that is never closed does not block runs for good. */
static bool wait_for_file(struct config *c)
{
	if (c->settles >= CONFIG_SETTLE_TRIES)
		return false;
	c->settles++;
	start_timer(c->start, CONFIG_SETTLE_USEC);
	return true;
}

/* Reads once more when a file has changed during the run; the answers for names are kept. */
static bool read_later(struct config *c)
{
	c->settling = wait_for_file(c);
	if (c->settling)
		c->rounds = 0;
	return c->settling;
}

static void read_files(struct config *c);

static void on_names(void *priv)
{
	struct config *c = priv;

	if (!is_written(c) || !read_later(c))
		read_files(c);
}

/*
 * Accounts are in force at once for logons, and the kernel ends the sessions of disabled and
 * removed ones: neither waits for look-ups of names.  Failures are tried again, and reported, at
 * the end of the run.
 */
static void early_accounts(struct config *c, struct loaded *f)
{
	if (!config_commit_accounts(c, f))
		return;
	if (c->a.events->committed)
		c->a.events->committed(c->a.priv);
	config_apply_shut(c);
}

static bool other_accounts(const struct config *c, const struct loaded *f)
{
	return f && f->passdb && c->passdb && !passdb_same(f->passdb, c->passdb);
}

/* A run is requested while another waits for names: changed accounts do not wait for either. */
static int on_look(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct config *c = userdata;
	struct loaded *f;

	(void)source;
	(void)usec;
	if (!c->run)
		return 0;
	if (is_written(c)) {
		start_timer(c->look, CONFIG_SETTLE_USEC);
		return 0;
	}
	f = config_load_accounts(c);
	if (other_accounts(c, f))
		early_accounts(c, f);
	talloc_free(f);
	return 0;
}

/* Compares with the reading before this one. */
static bool have_changed(struct config *c)
{
	bool changed = c->stamps && !config_stamps_hold(c->stamps);

	if (changed)
		TALLOC_FREE(c->stamps);
	if (!c->stamps)
		c->stamps = config_stamps(c->run, c->loaded->files);
	return changed;
}

/* Reads until all names have answers and no file changes between two readings. */
static void read_files(struct config *c)
{
	talloc_free(c->loaded);
	c->loaded = config_load(c);
	if (c->loaded && have_changed(c) && read_later(c))
		return;
	if (c->loaded && names_cache_open(c->cache) && c->rounds < ROUNDS_MAX) {
		if ((!c->rounds++ && c->why != CONFIG_RETRY) || other_accounts(c, c->loaded))
			early_accounts(c, c->loaded);
		if (names_cache_ask(c->cache, on_names, c))
			return;
	}
	finish_run(c);
}

/* A retry goes on with the answers of a run that had no time for all names. */
static struct names_cache *new_cache(struct config *c)
{
	struct names_cache *old = TAKE_PTR(c->answers);

	if (old && c->next_why == CONFIG_RETRY) {
		names_cache_again(old);
		return talloc_steal(c->run, old);
	}
	talloc_free(old);
	return names_cache_new(c->run, c->a.names);
}

static void begin_run(struct config *c)
{
	c->run = talloc_new(c);
	c->rep = c->run ? talloc_zero(c->run, struct report) : NULL;
	c->cache = c->rep ? new_cache(c) : NULL;
	if (!c->cache) {
		TALLOC_FREE(c->run);
		start_timer(c->start, CONFIG_RETRY_MIN_USEC);
		return;
	}
	c->why = c->next_why;
	c->meant = c->kept | c->why;
	c->next_why = CONFIG_RETRY;
	c->wanted = false;
	c->rounds = 0;
	if (c->why != CONFIG_RETRY)
		c->backoff = 0;
	for (struct config_wait *w = c->waits; w; w = w->next)
		w->running = true;
	read_files(c);
}

static int on_start(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct config *c = userdata;

	(void)source;
	(void)usec;
	if (c->run ? !c->settling : !c->wanted)
		return 0;
	/* A file that is being written is not read yet. */
	if (is_written(c) && wait_for_file(c))
		return 0;
	c->settling = false;
	if (c->run)
		read_files(c);
	else
		begin_run(c);
	return 0;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	request_run(userdata, CONFIG_RETRY);
	return 0;
}

/* ---- entry ---- */

struct config_wait *config_run(struct config *c, TALLOC_CTX *ctx, enum config_why why,
			       config_fn fn, void *priv)
{
	struct config_wait *w = NULL;

	if (fn) {
		w = talloc_zero(ctx, struct config_wait);
		if (!w)
			return NULL;
		w->fn = fn;
		w->priv = priv;
		add_wait(c, w);
		talloc_set_destructor(w, wait_done);
	}
	request_run(c, why);
	return w;
}

void config_try_now(struct config *c)
{
	c->backoff = 0;
	request_run(c, CONFIG_RETRY);
}

void config_set_module(struct config *c, bool there)
{
	c->module = there;
	/* A module that was just loaded has no configuration. */
	if (there && c->stale)
		request_run(c, CONFIG_CHANGE);
	if (!there)
		c->stale = true;
}

const struct conf *config_conf(const struct config *c)
{
	return c->conf;
}

const char *config_doubt_shares(const struct config *c)
{
	return c->problems->lost_shares;
}

const char *config_doubt_accounts(const struct config *c)
{
	return c->problems->lost_accounts;
}

bool config_unread_shares(const struct config *c)
{
	return c->problems->shares_unread;
}

bool config_unread_accounts(const struct config *c)
{
	return c->problems->accounts_unread;
}

const char *const *config_files(const struct config *c)
{
	static const char *const none[] = { NULL };

	return c->files ? (const char *const *)c->files : none;
}

size_t config_files_missing(const struct config *c)
{
	size_t n = 0;

	for (const char *const *f = config_files(c); *f; f++)
		n += access(*f, F_OK) != 0;
	return n;
}

/* [MS-NLMP] wants a NetBIOS and a DNS name: those of the host, unless smb.conf gives one. */
static int add_names(struct config *c)
{
	char host[256] = "localhost";

	gethostname(host, sizeof(host) - 1);
	c->dns_name = talloc_strdup(c, host);
	c->netbios_name = conf_host_netbios(c, host);
	return c->dns_name && c->netbios_name ? 0 : -ENOMEM;
}

/* Adds a disabled timer. */
static int add_timer(struct config *c, sd_event_time_handler_t handler, const char *what,
		     sd_event_source **ret)
{
	int r = sd_event_add_time_relative(c->a.event, ret, CLOCK_MONOTONIC, 0, 0, handler, c);

	if (r < 0)
		return r;
	sd_event_source_set_description(*ret, what);
	return sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
}

static int add_timers(struct config *c)
{
	int r = add_timer(c, on_start, "config-run", &c->start);

	if (r >= 0)
		r = add_timer(c, on_retry, "config-retry", &c->retry);
	if (r >= 0)
		r = add_timer(c, on_look, "config-look", &c->look);
	if (r >= 0)
		r = add_timer(c, on_retry, "config-away", &c->away_timer);
	return r < 0 ? r : 0;
}

static int config_done(struct config *c)
{
	c->start = sd_event_source_disable_unref(c->start);
	c->retry = sd_event_source_disable_unref(c->retry);
	c->look = sd_event_source_disable_unref(c->look);
	c->away_timer = sd_event_source_disable_unref(c->away_timer);
	while (c->waits) {
		struct config_wait *w = c->waits;

		wait_done(w);
	}
	return 0;
}

int config_new(TALLOC_CTX *ctx, const struct config_args *args, struct config **ret)
{
	_cleanup_(talloc_freep) struct config *c = talloc_zero(ctx, struct config);
	int r;

	if (!c)
		return -ENOMEM;
	c->a = *args;
	c->stale = true;
	config_remember(c);
	talloc_set_destructor(c, config_done);
	r = add_names(c);
	if (r == 0)
		r = add_timers(c);
	if (r < 0)
		return r;
	c->problems = talloc_zero(c, struct problems);
	if (!c->problems)
		return -ENOMEM;
	*ret = TAKE_PTR(c);
	return 0;
}
