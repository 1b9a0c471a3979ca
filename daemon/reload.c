// SPDX-License-Identifier: GPL-2.0-or-later
/* reload.c - files to state: smb.conf, cifspwd.db and the username map, then configfs */
#include "manager.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>
#include <systemd/sd-daemon.h>

#include "passdb/accounts.h"
#include "sync/sync.h"
#include "util/log.h"

/* What was read, before it takes the place of what is in force. */
struct fresh {
	struct conf *conf;
	struct passdb *passdb;
	struct usermap *usermap;
};

static void report(struct report *rep, int prio, const struct log_about *about, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void report(struct report *rep, int prio, const struct log_about *about, const char *fmt, ...)
{
	char **grown = talloc_realloc(rep, rep->line, char *, rep->n + 1);
	char *line;
	va_list ap;

	va_start(ap, fmt);
	line = talloc_vasprintf(rep, fmt, ap);
	va_end(ap);
	if (!line)
		return;
	log_about(prio, about, "%s", line);
	if (!grown)
		return;
	rep->line = grown;
	grown[rep->n++] = line;
	rep->failed |= prio <= LOG_ERR;
}

static int load_conf(struct manager *m, struct fresh *f, struct report *rep)
{
	int r = conf_load(f, m->opt->config, &f->conf);

	if (r < 0) {
		report(rep, LOG_ERR, &(struct log_about){ .file = m->opt->config },
		       "%s: cannot be read: %s", m->opt->config, strerror(-r));
		return -EBADMSG;
	}
	for (size_t i = 0; i < f->conf->nerrors; i++) {
		const struct conf_error *e = &f->conf->errors[i];
		const struct log_about about = { .file = e->file, .line = e->line };
		char *text = conf_error_format(rep, e);

		if (text)
			report(rep, e->warning ? LOG_WARNING : LOG_ERR, &about, "%s", text);
	}
	return f->conf->nfatal ? -EBADMSG : 0;
}

static int load_passdb(struct manager *m, struct fresh *f, struct report *rep)
{
	const char *path = m->opt->passdb;
	struct passdb_error err;
	struct log_about about = { .file = path };

	if (passdb_load(f, path, &f->passdb, &err) == 0)
		return 0;
	about.line = err.line;
	if (err.line)
		report(rep, LOG_ERR, &about, "%s:%u: error: %s", path, err.line, err.text);
	else
		report(rep, LOG_ERR, &about, "%s: error: %s", path, err.text);
	return -EBADMSG;
}

static int load_usermap(struct fresh *f, struct report *rep)
{
	const char *path = conf_get_str(f->conf, NULL, "username_map");
	struct usermap_error err;
	struct log_about about = { .file = path };

	if (!*path || usermap_load(f, path, &f->usermap, &err) == 0)
		return 0;
	about.line = err.line;
	report(rep, LOG_ERR, &about, "%s:%u: error: %s", path, err.line, err.text);
	return -EBADMSG;
}

static enum auth_map_to_guest guest_policy(const struct conf *conf)
{
	const char *text = conf_get_str(conf, NULL, "map_to_guest");

	if (!strcmp(text, "bad_user"))
		return AUTH_GUEST_BAD_USER;
	if (!strcmp(text, "bad_password"))
		return AUTH_GUEST_BAD_PASSWORD;
	return AUTH_GUEST_NEVER;
}

static int log_level(const struct conf *conf)
{
	static const int prio[] = { LOG_ERR, LOG_NOTICE, LOG_INFO, LOG_DEBUG };
	uint32_t level = conf_get_u32(conf, NULL, "log_level");

	return prio[level < ARRAY_LEN(prio) ? level : ARRAY_LEN(prio) - 1];
}

/* Nothing can fail from here on: what was read is in force. */
static void commit(struct manager *m, struct fresh *f)
{
	struct auth_env *env = &m->env;
	const char *dot = strchr(m->dns_name, '.');
	const char *name = conf_get_str(f->conf, NULL, "netbios_name");

	env->netbios_name = *name ? name : m->netbios_name;
	env->workgroup = conf_get_str(f->conf, NULL, "workgroup");
	env->dns_name = m->dns_name;
	env->dns_domain = dot ? dot + 1 : "";
	env->passdb = f->passdb;
	env->usermap = f->usermap;
	env->ntlm_disabled = !strcmp(conf_get_str(f->conf, NULL, "ntlm_auth"), "disabled");
	env->map_to_guest = guest_policy(f->conf);
	env->guest_account = conf_get_str(f->conf, NULL, "guest_account");
	env->restrict_anonymous = conf_get_u32(f->conf, NULL, "restrict_anonymous");
	env->lockout = (struct lockout_policy){
		.delay = conf_get_u32(f->conf, NULL, "logon_failure_delay"),
		.limit = conf_get_u32(f->conf, NULL, "logon_failure_limit"),
		.lock_time = conf_get_u32(f->conf, NULL, "logon_failure_lock_time"),
	};
	log_set_level(log_level(f->conf));

	talloc_free(m->conf);
	talloc_free(m->passdb);
	talloc_free(m->usermap);
	m->conf = talloc_steal(m, f->conf);
	m->passdb = talloc_steal(m, f->passdb);
	m->usermap = talloc_steal(m, f->usermap);
}

/* All of a plan may take longer than the watchdog waits: files are closed. */
static void still_alive(void)
{
	sd_notify(0, "WATCHDOG=1");
}

static int apply(struct manager *m, const struct sync_plan *plan, struct report *rep)
{
	struct sync_result res = {};
	int r = sync_apply(plan, still_alive, &res);

	for (size_t i = 0; i < res.nfailed; i++) {
		report(rep, LOG_ERR, NULL, "%s", res.failures[i].text);
		m->behind |= res.failures[i].op != NULL;
	}
	if (res.ndone || res.nfailed)
		log_info("configuration synchronised: %zu changes made, %zu failed, %zu skipped",
			 res.ndone, res.nfailed, res.nskipped);
	talloc_free(res.failures);
	return r;
}

static int sync_all(struct manager *m, struct report *rep)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	struct accounts *acc;
	struct sync_plan *plan;
	char *managed;
	int r;

	/* Until the module has said that it is this release's, what it serves is left as it is. */
	if (!m->upcall || !m->upcall->ready) {
		m->stale = true;
		if (m->upcall)
			report(rep, LOG_WARNING, NULL,
			       "the kernel module is not there (not loaded, or not answering): shares follow when it is");
		return 0;
	}
	managed = tmp ? talloc_asprintf(tmp, "%s/managed", m->opt->run_dir) : NULL;
	acc = managed ? accounts_resolve(tmp, m->passdb, m->env.identity) : NULL;
	if (!acc)
		return -ENOMEM;
	for (size_t i = 0; i < acc->nmissing; i++)
		report(rep, LOG_WARNING, &(struct log_about){ .user = acc->missing[i] },
		       "account %s has no UNIX account and cannot log on", acc->missing[i]);
	r = sync_plan(tmp, m->opt->configfs, managed, m->conf, acc->users,
		      acc->nusers, &plan);
	m->stale = r < 0;
	if (r == -ENOENT) {
		report(rep, LOG_WARNING, NULL,
		       "%s is not there: is the module cifssrv loaded, and configfs mounted? Shares follow when it is",
		       m->opt->configfs);
		return 0;
	}
	if (r < 0) {
		report(rep, LOG_ERR, NULL, "%s cannot be compared with the configuration: %s",
		       m->opt->configfs, strerror(-r));
		return r;
	}
	return apply(m, plan, rep);
}

/*
 * Accounts do not depend on smb.conf: a password that is no longer to count must not wait for it.  But
 * where one file is refused and the other is away, somebody is at work on both.
 */
static void reload_accounts(struct manager *m, struct fresh *f, struct report *rep)
{
	if (access(m->opt->passdb, F_OK))
		return;
	talloc_free(m->passdb);
	m->passdb = talloc_steal(m, f->passdb);
	m->env.passdb = m->passdb;
	sync_all(m, rep);
}

static int reload(struct manager *m, struct report *rep)
{
	_cleanup_(talloc_freep) struct fresh *f = talloc_zero(m, struct fresh);
	int conf, passdb;

	if (!f)
		return -ENOMEM;
	/* Both are read even when the first is bad: one run tells all that is wrong. */
	conf = load_conf(m, f, rep);
	passdb = load_passdb(m, f, rep);
	if (conf == 0)
		conf = load_usermap(f, rep);
	if (conf < 0 || passdb < 0) {
		m->behind = true;
		if (m->conf)
			log_error("not reloaded: the running configuration stays as it is");
		if (m->conf && passdb == 0)
			reload_accounts(m, f, rep);
		return -EBADMSG;
	}
	commit(m, f);
	if (m->watch)
		watch_update(m->watch);
	m->behind = false;
	return sync_all(m, rep);
}

int manager_reload(struct manager *m, struct report *rep)
{
	int r = reload(m, rep);

	if (m->upcall)
		manager_tell(m);
	return r;
}
