// SPDX-License-Identifier: GPL-2.0-or-later
/* manager.c - one daemon: its loop, its descriptors, its state */
#include "manager.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "util/crypto.h"
#include "control.h"
#include "machine.h"
#include "owner.h"
#include "upcall/running.h"
#include "util/dir.h"
#include "util/file.h"
#include "util/log.h"
#include "util/plural.h"
#include "watch.h"

#define STARTING	"Starting"
#define WORKERS_TRIED	5		/* before the daemon gives up, if none was ready */

/* ---- status ---- */

/* Counts the enabled items of one directory of configfs, of other programs, too. */
static size_t count_enabled(const struct manager *m, const char *dir)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	const char *path = tmp ? talloc_asprintf(tmp, "%s/%s", m->opt->configfs, dir) : NULL;
	DIR *d = path ? opendir(path) : NULL;
	struct dirent *de;
	size_t n = 0;

	while (d && (de = readdir(d))) {
		char *item = is_dots(de->d_name) ? NULL :
			     talloc_asprintf(tmp, "%s/%s", path, de->d_name);

		if (item && running_attr_bool(item, "enable", false))
			n++;
		talloc_free(item);
	}
	if (d)
		closedir(d);
	return n;
}

/* Counts the shares that the configuration enables. */
static size_t count_wanted(const struct manager *m)
{
	const struct conf *conf = config_conf(m->config);
	size_t n = 0;

	for (size_t i = 0; conf && i < conf->nshares; i++)
		n += conf_scope_text(conf->shares[i], "available")[0] == '1';
	return n;
}

static size_t count_problems(const struct manager *m)
{
	const char *const *p = config_problems(m->config);
	size_t n = 0;

	while (p[n])
		n++;
	return n;
}

/* The first problem, and how many there are besides. */
static char *first_problem(const struct manager *m, TALLOC_CTX *ctx)
{
	size_t n = count_problems(m);

	if (n > 1)
		return talloc_asprintf(ctx, "%s; and %zu more, see cifsadmin status",
				       config_problems(m->config)[0], n - 1);
	return talloc_strdup(ctx, n ? config_problems(m->config)[0] : "");
}

/* What is served, not what smb.conf wants, and why there is less. */
static char *serving_text(const struct manager *m, TALLOC_CTX *ctx)
{
	size_t ports = count_enabled(m, "listeners"), shares = count_enabled(m, "shares");
	size_t users = count_enabled(m, "users"), wanted = count_wanted(m);
	char *problem = first_problem(m, ctx), *of;

	of = wanted > shares ? talloc_asprintf(ctx, " of %zu", wanted) : talloc_strdup(ctx, "");
	if (!problem || !of)
		return NULL;
	if (!ports)
		return talloc_asprintf(ctx, "NOT SERVING: no port is open%s%s",
				       *problem ? ": " : "", problem);
	return talloc_asprintf(ctx, "Serving %zu%s share%s to %zu account%s on %zu port%s%s%s",
			       shares, of, plural(*of ? wanted : shares), users, plural(users),
			       ports, plural(ports), *problem ? "; NOT ALL of smb.conf: " : "",
			       problem);
}

static void report_waiting(const struct manager *m)
{
	if (m->waiting)
		sd_notifyf(0, "STATUS=NOT SERVING: %s", count_problems(m) ? config_problems(m->config)[0] :
			   "a file of the configuration cannot be read now");
	else if (!m->lost)
		sd_notify(0, "STATUS=" STARTING);
	else if (m->lost == -EPIPE)
		sd_notify(0, "STATUS=Nobody can log on: waiting for another worker");
	else if (m->lost == -EBUSY)
		sd_notifyf(0, "STATUS=NOT SERVING: %s is in use: another cifssrvd is running",
			   m->opt->device);
	else
		sd_notifyf(0, "STATUS=NOT SERVING: waiting for the kernel module (%s)",
			   m->opt->device);
}

/* Tells systemd the status; logs it when it has changed. */
static void report_status(struct manager *m)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	unsigned int next = config_next_try(m->config);
	char *text;

	if (m->waiting || !remote_ready(m->remote)) {
		report_waiting(m);
		return;
	}
	text = tmp ? serving_text(m, tmp) : NULL;
	if (!text)
		return;
	if (next)
		sd_notifyf(0, "STATUS=%s; next try in %u s", text, next);
	else
		sd_notifyf(0, "STATUS=%s", text);
	if (m->logged && !strcmp(m->logged, text))
		return;
	log_notice("%s", text);
	talloc_free(m->logged);
	m->logged = talloc_steal(m, text);
}

/* A plan may take longer than the watchdog's time: files are closed. */
static void still_alive(void)
{
	sd_notify(0, "WATCHDOG=1");
}

/* ---- the configuration ---- */

/* Sends the worker the policy for logons. */
static int on_committed(void *priv)
{
	struct manager *m = priv;

	return remote_policy(m->remote, &m->env, usermap_text(m->env.usermap), log_get_level());
}

/*
 * Ends the wait for a first configuration.  While it lasts, errors in files do not end the daemon,
 * which would not be started again.
 */
static void end_waiting(struct manager *m)
{
	if (!m->waiting || !config_conf(m->config))
		return;
	m->waiting = false;
	/* The kernel's questions can be answered from now on. */
	remote_start(m->remote);
}

static void on_changed(void *priv)
{
	struct manager *m = priv;
	const struct conf *conf = config_conf(m->config);
	bool problems = count_problems(m);

	end_waiting(m);

	watch_update(m->watch, config_files(m->config));
	m->missing = config_files_missing(m->config);
	machine_listen(m->machine, problems ||
		       (conf && conf_get_bool(conf, NULL, "bind_interfaces_only")),
		       problems || m->missing);
	report_status(m);
}

static bool on_writing(void *priv)
{
	const struct manager *m = priv;

	return watch_busy(m->watch);
}

static const struct config_events config_events = {
	.changed = on_changed, .committed = on_committed, .writing = on_writing,
};

static void on_files(void *priv)
{
	struct manager *m = priv;

	config_run(m->config, m, CONFIG_CHANGE, NULL, NULL);
}

static void on_machine(void *priv)
{
	struct manager *m = priv;

	/* inotify reports nothing when a file system is mounted over a directory. */
	if (config_files_missing(m->config) < m->missing)
		config_run(m->config, m, CONFIG_CHANGE, NULL, NULL);
	else
		config_try_now(m->config);
}

/* Ends the wait of systemctl, for the start or the reload. */
static void on_applied(void *priv, int error, const struct report *rep)
{
	(void)priv;
	(void)error;
	(void)rep;
	sd_notify(0, "READY=1");
}

static int on_hangup(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
	struct manager *m = userdata;
	struct timespec ts;

	(void)source;
	(void)si;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu\nSTATUS=Reloading",
		   (unsigned long long)ts.tv_sec * 1000000 + (unsigned long long)ts.tv_nsec / 1000);
	if (!config_run(m->config, m, CONFIG_ORDER, on_applied, m))
		sd_notify(0, "READY=1");
	return 0;
}

static void on_first(void *priv, int error, const struct report *rep)
{
	struct manager *m = priv;

	if (config_conf(m->config)) {
		remote_start(m->remote);
		return;
	}
	m->waiting = config_next_try(m->config);
	if (!m->waiting) {
		if (rep->bad)
			log_error("not started: errors in %s, which are told above", rep->bad);
		sd_event_exit(m->event, error < 0 ? error : -ENOMEM);
		return;
	}
	/* systemctl need not wait any longer. */
	report_status(m);
	sd_notify(0, "READY=1");
}

/* ---- the kernel ---- */

static void on_ready(void *priv)
{
	struct manager *m = priv;

	m->seen = true;
	m->lost = 0;
	log_notice("the kernel module is there");
	config_set_module(m->config, true);
	/* A run may take long.  A module that was served before is serving all the time. */
	if (count_enabled(m, "listeners"))
		report_status(m);
	else
		sd_notify(0, "STATUS=" STARTING);
	if (!config_run(m->config, m, CONFIG_CHANGE, on_applied, m))
		sd_notify(0, "READY=1");
}

static bool is_absent(int error)
{
	return error == -ENOENT || error == -ENODEV || error == -ENXIO;
}

static void on_lost(void *priv, int error)
{
	struct manager *m = priv;

	m->lost = error;
	if (error == -EPERM || error == -EACCES) {
		/*
		 * The device rules of the unit, made before the device was, or for a device with
		 * another number, do not change: only a new start makes them anew.
		 */
		log_error("%s may not be opened: %s", m->opt->device, strerror(-error));
		sd_event_exit(m->event, error);
		return;
	}
	if (error == -EPROTONOSUPPORT) {
		/* Logged already.  The module goes on with what it serves. */
		sd_event_exit(m->event, error);
		return;
	}
	if (m->opt->need_module && !m->seen && is_absent(error)) {
		log_error("the kernel module cifssrv is not loaded: there is no %s",
			  m->opt->device);
		sd_event_exit(m->event, error);
		return;
	}
	if (error == -EPIPE) {
		/*
		 * Another worker is started, which is logged.  The daemon ends when no worker has
		 * ever been ready.
		 */
		if (!m->seen && ++m->failed_workers == WORKERS_TRIED)
			sd_event_exit(m->event, -ECHILD);
		report_status(m);
		return;
	}
	if (error == -EBUSY)
		log_error("%s is in use: another cifssrvd is running", m->opt->device);
	else
		log_notice("waiting for the kernel module: %s: %s", m->opt->device,
			   strerror(-error));
	config_set_module(m->config, false);
	/* The daemon waits for the module; systemctl need not. */
	report_status(m);
	sd_notify(0, "READY=1");
}

static const struct remote_events remote_events = { .ready = on_ready, .lost = on_lost };

/* ---- life and death ---- */

static int on_exit_signal(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
	(void)userdata;
	log_notice("ending on signal %u", si->ssi_signo);
	sd_notify(0, "STOPPING=1");
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static int add_signals(struct manager *m)
{
	static const struct {
		int signo;
		sd_event_signal_handler_t handler;
	} signals[] = {
		{ SIGTERM, on_exit_signal }, { SIGINT, on_exit_signal }, { SIGHUP, on_hangup },
	};
	sigset_t mask;

	sigemptyset(&mask);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		sigaddset(&mask, signals[i].signo);
	if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		int r = sd_event_add_signal(m->event, NULL, signals[i].signo, signals[i].handler, m);

		if (r < 0)
			return r;
	}
	return 0;
}

static int manager_done(struct manager *m)
{
	/* Each is freed before the objects that it uses. */
	talloc_free(TAKE_PTR(m->control));
	talloc_free(TAKE_PTR(m->watch));
	talloc_free(TAKE_PTR(m->machine));
	talloc_free(TAKE_PTR(m->remote));
	talloc_free(TAKE_PTR(m->config));
	talloc_free(TAKE_PTR(m->names));
	m->event = sd_event_unref(m->event);
	explicit_bzero(m->env.dummy_hash, sizeof(m->env.dummy_hash));
	if (m->owner >= 0)
		close(TAKE_FD(m->owner));
	return 0;
}

/* Makes the parts without a name in the file system: loop, look-ups, configuration. */
static int make_inside(struct manager *m)
{
	int r = sd_event_default(&m->event);

	if (r >= 0)
		r = add_signals(m);
	if (r >= 0)
		r = sd_event_set_watchdog(m->event, true);
	if (r >= 0)
		r = names_new(m, m->event, &m->names);
	if (r < 0)
		return r;
	crypto_random(m->env.dummy_hash, sizeof(m->env.dummy_hash));
	m->managed = talloc_asprintf(m, "%s/managed", m->opt->run_dir);
	m->memory = path_beside(m, m->opt->passdb, "files-in-force");
	if (!m->managed || !m->memory)
		return -ENOMEM;
	r = config_new(m, &(struct config_args){
		.event = m->event, .names = m->names, .config = m->opt->config,
		.passdb = m->opt->passdb, .configfs = m->opt->configfs, .managed = m->managed,
		.memory = m->memory,
		.env = &m->env, .alive = still_alive, .events = &config_events, .priv = m,
	}, &m->config);
	if (r < 0)
		return r;
	return remote_new(m, &(struct remote_args){
		.event = m->event, .device = m->opt->device,
		.open_device = m->opt->open_device, .configfs = m->opt->configfs,
		.user = m->opt->user, .names = m->names, .events = &remote_events, .priv = m,
	}, &m->remote);
}

static int make_outside(struct manager *m)
{
	const char *const files[] = { m->opt->config, m->opt->passdb, NULL };

	m->watch = watch_new(m, m->event, on_files, m);
	m->machine = machine_new(m, m->event, on_machine, m);
	if (!m->watch || !m->machine)
		return -ENOMEM;
	/* Before the first reading, so that no change after it is missed. */
	watch_update(m->watch, files);
	m->control = control_new(m, m->event, m->opt->run_dir, m->config, m->remote);
	return config_run(m->config, m, CONFIG_CHANGE, on_first, m) ? 0 : -ENOMEM;
}

int manager_new(TALLOC_CTX *ctx, const struct options *opt, struct manager **ret)
{
	_cleanup_(talloc_freep) struct manager *m = talloc_zero(ctx, struct manager);
	int r;

	if (!m)
		return -ENOMEM;
	m->opt = opt;
	m->owner = -1;
	talloc_set_destructor(m, manager_done);
	r = crypto_init();
	if (r < 0)
		return r;
	r = owner_take(opt->run_dir);
	if (r < 0) {
		if (r == -EBUSY)
			log_error("another cifssrvd is running with %s: this one ends, and has changed nothing",
				  opt->run_dir);
		else
			log_error("%s cannot be used: %s", opt->run_dir, strerror(-r));
		return r;
	}
	m->owner = r;
	r = make_inside(m);
	if (r >= 0)
		r = make_outside(m);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(m);
	return 0;
}

int manager_run(struct manager *m)
{
	return sd_event_loop(m->event);
}
