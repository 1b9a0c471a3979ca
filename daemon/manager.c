// SPDX-License-Identifier: GPL-2.0-or-later
/* manager.c - one daemon: its loop, its descriptors, its state */
#include "manager.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "auth/crypto.h"
#include "names/names.h"
#include "upcall/running.h"
#include "util/dir.h"
#include "util/log.h"

#define NETBIOS_MAX	15

/* How many items of that directory of configfs are enabled, whoever made them. */
static size_t count_enabled(const struct manager *m, const char *dir)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	const char *path = tmp ? talloc_asprintf(tmp, "%s/%s", m->opt->configfs, dir) : NULL;
	DIR *d = path ? opendir(path) : NULL;
	struct dirent *de;
	size_t n = 0;

	while (d && (de = readdir(d))) {
		const char *item = is_dots(de->d_name) ? NULL :
				   talloc_asprintf(tmp, "%s/%s", path, de->d_name);

		if (item && running_attr_bool(item, "enable", false))
			n++;
	}
	if (d)
		closedir(d);
	return n;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* What is served, not what smb.conf wishes; the log says why there is less. */
static char *serving(const struct manager *m)
{
	size_t ports = count_enabled(m, "listeners"), shares = count_enabled(m, "shares");
	size_t users = count_enabled(m, "users");

	if (!ports)
		return talloc_strdup(NULL, "NOT SERVING: no port is open, see the log");
	return talloc_asprintf(NULL, "Serving %zu share%s to %zu account%s on %zu port%s%s", shares,
			       plural(shares), users, plural(users), ports, plural(ports),
			       m->behind ? "; NOT ALL of smb.conf, see the log" : "");
}

/* What "systemctl status" shows. */
void manager_tell(struct manager *m)
{
	_cleanup_(talloc_freep) char *text = NULL;

	if (!m->upcall || !m->upcall->ready) {
		sd_notifyf(0, "STATUS=Waiting for the kernel module (%s)", m->opt->device);
		return;
	}
	text = serving(m);
	if (!text)
		return;
	sd_notifyf(0, "STATUS=%s", text);
	if (m->told && !strcmp(m->told, text))
		return;
	log_notice("%s", text);
	talloc_free(m->told);
	m->told = talloc_strdup(m, text);
}

static void reload(struct manager *m)
{
	struct report *rep = talloc_zero(NULL, struct report);
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu\nSTATUS=Reloading",
		   (unsigned long long)ts.tv_sec * 1000000 + (unsigned long long)ts.tv_nsec / 1000);
	if (rep)
		manager_reload(m, rep);
	talloc_free(rep);
	sd_notify(0, "READY=1");
}

static void on_ready(void *priv)
{
	struct manager *m = priv;
	struct report *rep = talloc_zero(NULL, struct report);

	m->seen = true;
	log_notice("the kernel module is there");
	/* A module that was just loaded has an empty configuration. */
	if (rep && m->stale)
		manager_reload(m, rep);
	else
		manager_tell(m);
	talloc_free(rep);
	sd_notify(0, "READY=1");
}

static void on_lost(void *priv, int error)
{
	struct manager *m = priv;

	if (error == -EPERM || error == -EACCES) {
		/*
		 * A sandbox that was made before the device was, or that allows one which has since
		 * been made anew with another number, stays wrong: a new start makes it anew.
		 */
		log_error("%s may not be opened: %s", m->opt->device, strerror(-error));
		sd_event_exit(m->event, error);
		return;
	}
	if (error == -EPROTONOSUPPORT) {
		/* Told already.  What the module serves is left as it is. */
		sd_event_exit(m->event, error);
		return;
	}
	if (m->opt->need_module && !m->seen &&
	    (error == -ENOENT || error == -ENODEV || error == -ENXIO)) {
		log_error("the kernel module cifssrv is not loaded: there is no %s",
			  m->opt->device);
		sd_event_exit(m->event, error);
		return;
	}
	if (error == -EBUSY)
		log_error("%s is in use: another cifssrvd is running", m->opt->device);
	else
		log_notice("waiting for the kernel module: %s: %s", m->opt->device,
			   strerror(-error));
	m->stale = true;
	/* Ready to wait: whoever started us shall not wait with us. */
	manager_tell(m);
	sd_notify(0, "READY=1");
}

static const struct upcall_events upcall_events = { .ready = on_ready, .lost = on_lost };

static int on_exit_signal(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
	(void)userdata;
	log_notice("ending on signal %u", si->ssi_signo);
	sd_notify(0, "STOPPING=1");
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static int on_hangup(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
	(void)source;
	(void)si;
	reload(userdata);
	return 0;
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

/* [MS-NLMP] wants a NetBIOS and a DNS name: the host's, until smb.conf says otherwise. */
static int add_names(struct manager *m)
{
	char host[256] = "localhost";

	gethostname(host, sizeof(host) - 1);
	m->dns_name = talloc_strdup(m, host);
	m->netbios_name = talloc_strndup(m, host, strcspn(host, "."));
	if (!m->dns_name || !m->netbios_name)
		return -ENOMEM;
	if (strlen(m->netbios_name) > NETBIOS_MAX)
		m->netbios_name[NETBIOS_MAX] = 0;
	for (char *p = m->netbios_name; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return 0;
}

static int manager_done(struct manager *m)
{
	/* Clients of the socket may be waiting for answers of the upcall: they go first. */
	talloc_free(TAKE_PTR(m->control));
	talloc_free(TAKE_PTR(m->watch));
	talloc_free(TAKE_PTR(m->upcall));
	talloc_free(TAKE_PTR(m->names));
	m->event = sd_event_unref(m->event);
	explicit_bzero(m->env.dummy_hash, sizeof(m->env.dummy_hash));
	return 0;
}

static int first_load(struct manager *m)
{
	struct report *rep = talloc_zero(NULL, struct report);
	int r = rep ? manager_reload(m, rep) : -ENOMEM;

	talloc_free(rep);
	/* What configfs refused is in the log; everything else is in force. */
	return r == -EBADMSG || r == -ENOMEM ? r : 0;
}

int manager_new(TALLOC_CTX *ctx, const struct options *opt, struct manager **ret)
{
	_cleanup_(talloc_freep) struct manager *m = talloc_zero(ctx, struct manager);
	int r;

	if (!m)
		return -ENOMEM;
	m->opt = opt;
	m->env.identity = nss_lookup;
	talloc_set_destructor(m, manager_done);
	r = crypto_init();
	if (r == 0)
		r = sd_event_default(&m->event);
	if (r >= 0)
		r = add_names(m);
	if (r < 0)
		return r;
	crypto_random(m->env.dummy_hash, sizeof(m->env.dummy_hash));
	r = add_signals(m);
	if (r >= 0)
		r = sd_event_set_watchdog(m->event, true);
	if (r < 0)
		return r;
	/* Before the first reading, so that no change after it goes unseen. */
	m->watch = watch_new(m, m);
	if (m->watch)
		watch_update(m->watch);
	m->control = control_new(m, m);
	r = first_load(m);
	if (r < 0)
		return r;
	r = names_new(m, m->event, &m->names);
	if (r < 0)
		return r;
	r = upcall_new(m, &(struct upcall_args){
		.event = m->event, .device = opt->device, .configfs = opt->configfs,
		.env = &m->env, .names = m->names, .events = &upcall_events, .priv = m,
	}, &m->upcall);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(m);
	return 0;
}

int manager_run(struct manager *m)
{
	int r = device_start(m->upcall->dev);

	return r < 0 ? r : sd_event_loop(m->event);
}
