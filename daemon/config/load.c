// SPDX-License-Identifier: GPL-2.0-or-later
/* config/load.c - smb.conf, cifspwd.db and the username map: read, judged, put in force */
#include <errno.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "config/internal.h"
#include "util/plural.h"

void report_add(struct report *rep, int prio, bool log, const struct log_about *about,
		const char *fmt, ...)
{
	char **grown;
	char *line;
	va_list ap;

	if (!rep)
		return;
	va_start(ap, fmt);
	line = talloc_vasprintf(rep, fmt, ap);
	va_end(ap);
	rep->failed |= prio <= LOG_ERR;
	grown = line ? talloc_realloc(rep, rep->line, char *, rep->n + 1) : NULL;
	if (line && log)
		log_about(prio, about, "%s", line);
	if (!grown) {
		rep->failed = true;
		return;
	}
	rep->line = grown;
	grown[rep->n++] = line;
}

/* ---- reading ---- */

static void load_conf(struct config *c, struct fresh *f)
{
	const struct conf_env env = {
		.hostname = c->dns_name, .priv = c->cache, .user = names_cache_user,
		.group = names_cache_group,
	};

	f->conf_error = conf_load_env(f, c->a.config, &env, &f->conf);
	if (f->conf_error < 0) {
		f->conf = NULL;
		f->doubt |= conf_may_pass(f->conf_error);
		return;
	}
	f->doubt |= f->conf->doubt != 0;
}

static void load_passdb(struct config *c, struct fresh *f)
{
	int r = passdb_load(f, c->a.passdb, &f->passdb, &f->passdb_error);

	if (r < 0) {
		f->passdb = NULL;
		f->doubt |= conf_may_pass(r);
	}
}

static void load_usermap(struct fresh *f)
{
	const char *path = conf_get_str(f->conf, NULL, "username_map");
	int r = *path ? usermap_load(f, path, &f->usermap, &f->usermap_error) : 0;

	f->usermap_absent = access(path, F_OK);
	f->usermap_bad = r < 0;
	f->doubt |= conf_may_pass(r);
}

static void tell_conf(struct config *c, const struct conf *conf, bool log)
{
	for (size_t i = 0; i < conf->nerrors; i++) {
		const struct conf_error *e = &conf->errors[i];
		const struct log_about about = { .file = e->file, .line = e->line };
		char *text = conf_error_format(c->rep, e);

		if (text)
			report_add(c->rep, e->warning ? LOG_WARNING : LOG_ERR, log, &about, "%s",
				   text);
	}
}

/* To the log, too, unless it has had all that already. */
void config_tell(struct config *c, const struct fresh *f)
{
	bool log = c->why != CONFIG_RETRY;
	struct log_about about = { .file = c->a.config };

	if (f->conf)
		tell_conf(c, f->conf, log);
	else
		report_add(c->rep, LOG_ERR, log, &about, "%s: cannot be read: %s", about.file,
			   strerror(-f->conf_error));
	if (f->usermap_bad) {
		about.file = conf_get_str(f->conf, NULL, "username_map");
		about.line = f->usermap_error.line;
		report_add(c->rep, LOG_ERR, log, &about, "%s:%u: error: %s", about.file, about.line,
			   f->usermap_error.text);
	}
	if (f->passdb)
		return;
	about.file = c->a.passdb;
	about.line = f->passdb_error.line;
	if (about.line)
		report_add(c->rep, LOG_ERR, log, &about, "%s:%u: error: %s", about.file, about.line,
			   f->passdb_error.text);
	else
		report_add(c->rep, LOG_ERR, log, &about, "%s: error: %s", about.file,
			   f->passdb_error.text);
}

bool config_add_path(TALLOC_CTX *ctx, char ***list, const char *path)
{
	size_t n = 0;
	char **grown;

	while (*list && (*list)[n])
		if (!strcmp((*list)[n++], path))
			return true;
	grown = talloc_realloc(ctx, *list, char *, (unsigned int)n + 2);
	if (!grown)
		return false;
	*list = grown;
	grown[n] = talloc_strdup(grown, path);
	grown[n + 1] = NULL;
	return grown[n];
}

static bool add_file(struct fresh *f, const char *path)
{
	return config_add_path(f, &f->files, path);
}

/* Of what was read, and of what is in force while that has errors. */
static bool list_files(struct config *c, struct fresh *f)
{
	const struct conf *both[] = { f->conf, f->conf && !f->conf->nfatal ? NULL : c->conf };
	bool ok = add_file(f, c->a.config) && add_file(f, c->a.passdb);

	for (size_t k = 0; k < 2; k++) {
		const char *map = both[k] ? conf_get_str(both[k], NULL, "username_map") : "";

		for (size_t i = 0; ok && both[k] && i < both[k]->nfiles; i++)
			ok = add_file(f, both[k]->files[i]);
		ok = ok && (!*map || add_file(f, map));
	}
	return ok;
}

/* The names of accounts, noted like those in smb.conf. */
static void note_accounts(struct config *c, const struct passdb *db)
{
	for (size_t i = 0; db && i < db->n; i++) {
		struct nss_identity id;

		names_cache_identity(c->cache, NULL, db->entries[i]->name, &id);
	}
}

struct fresh *config_load_accounts(struct config *c)
{
	struct fresh *f = talloc_zero(c->run, struct fresh);

	if (f)
		load_passdb(c, f);
	return f;
}

struct fresh *config_load(struct config *c)
{
	struct fresh *f = talloc_zero(c->run, struct fresh);

	if (!f)
		return NULL;
	/* All are read even when the first is bad: one run tells all that is wrong. */
	load_conf(c, f);
	load_passdb(c, f);
	if (f->conf && !f->conf->nfatal)
		load_usermap(f);
	/* Of a file that has lost all of them those before stay, unless that is meant so. */
	note_accounts(c, f->passdb && f->passdb->n ? f->passdb : c->passdb);
	if (list_files(c, f))
		return f;
	talloc_free(f);
	return NULL;
}

/* ---- did they change meanwhile? ---- */

struct stamp {
	const char *path;
	dev_t dev;
	ino_t ino;		/* 0: it is not there */
	off_t size;
	struct timespec time;
};

struct stamps {
	size_t n;
	struct stamp *of;
};

static struct stamp stamp(const char *path)
{
	struct stat st;

	if (!path || stat(path, &st))
		return (struct stamp){ .path = path };
	return (struct stamp){ path, st.st_dev, st.st_ino, st.st_size, st.st_mtim };
}

struct stamps *config_stamps(TALLOC_CTX *ctx, char *const *files)
{
	struct stamps *s = talloc_zero(ctx, struct stamps);

	while (s && files[s->n])
		s->n++;
	if (s)
		s->of = talloc_zero_array(s, struct stamp, (unsigned int)s->n);
	for (size_t i = 0; s && s->of && i < s->n; i++) {
		s->of[i] = stamp(talloc_strdup(s->of, files[i]));
		if (!s->of[i].path)
			TALLOC_FREE(s->of);
	}
	if (s && !s->of)
		TALLOC_FREE(s);
	return s;
}

bool config_stamps_hold(const struct stamps *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct stamp *was = &s->of[i], is = stamp(was->path);

		if (is.dev != was->dev || is.ino != was->ino || is.size != was->size ||
		    is.time.tv_sec != was->time.tv_sec || is.time.tv_nsec != was->time.tv_nsec)
			return false;
	}
	return true;
}

/* ---- judging ---- */

#define STAYS	"the configuration that was read before stays, and no change of it is applied meanwhile"

/*
 * A file that said something, is still to be read, and says nothing: its place in @is->files, or
 * -1.  A disk that is full leaves such, and a program that writes a file anew.
 */
static ssize_t lost_file(const struct conf *was, const struct conf *is)
{
	for (size_t i = 0; was && i < is->nfiles; i++)
		for (size_t k = 0; !is->lines[i] && k < was->nfiles; k++)
			if (was->lines[k] && !strcmp(was->files[k], is->files[i]))
				return (ssize_t)i;
	return -1;
}

/* At the start it is remembered that a file said something, but not what. */
ssize_t config_silent_file(const struct config *c, const struct conf *is)
{
	for (size_t i = 0; i < is->nfiles; i++)
		if (!is->lines[i] && config_knows(c, is->files[i]))
			return (ssize_t)i;
	return -1;
}

static bool had_shares(const struct conf *was, const char *file)
{
	for (size_t i = 0; i < was->nshares; i++)
		if (!strcmp(was->shares[i]->file, file))
			return true;
	return false;
}

const char *config_file_is(bool absent)
{
	return absent ? "not there" : "empty";
}

/* How many of @dir run, or did: what an earlier daemon made counts, too. */
static size_t running(const struct config *c, const char *dir, size_t in_force)
{
	size_t n = sync_count_ours(c->a.configfs, c->a.managed, dir);

	return n > in_force ? n : in_force;
}

static size_t running_shares(const struct config *c)
{
	return running(c, "shares", c->conf ? c->conf->nshares : 0);
}

static size_t running_users(const struct config *c)
{
	return running(c, "users", c->passdb ? c->passdb->n : 0);
}

static void guard_file(struct config *c, struct fresh *f, size_t lost, struct problems *p)
{
	const char *file = f->conf->files[lost];
	bool shares = had_shares(c->conf, file);

	problem_add(p, file, "%s is %s and had %s: " STAYS "; \"cifsadmin reload\" ends %s",
		    file, config_file_is(f->conf->absent[lost]), shares ? "shares" : "parameters",
		    shares ? "the shares" : "it");
	c->keep_shares = true;
	f->conf = NULL;
}

/*
 * That there is none is meant until the files have some again, or none runs any more: what is tried
 * again, or waits for the module, is still that edit.
 */
static void note_meant(bool *meant, bool says_so, size_t nfiles, size_t nrun)
{
	*meant = !nfiles && nrun && (*meant || says_so);
}

/* A file that said something, and that the configuration does not name any more; NULL: none. */
static const char *unnamed_file(const struct config *c, const struct conf *is)
{
	const char *map = conf_get_str(is, NULL, "username_map");

	for (size_t k = 0; c->known && c->known[k]; k++) {
		bool named = !strcmp(map, c->known[k]);

		for (size_t i = 0; !named && i < is->nfiles; i++)
			named = !strcmp(is->files[i], c->known[k]);
		if (!named)
			return c->known[k];
	}
	return NULL;
}

/* After the machine's start no share runs, but what smb.conf named is remembered. */
static void guard_first(struct config *c, struct fresh *f, struct problems *p)
{
	const char *file = c->conf || c->why & CONFIG_EDIT ? NULL : unnamed_file(c, f->conf);

	if (!file)
		return;
	problem_add(p, c->a.config, "%s has no share, and does not name %s, which said something before: nothing is served anew before it does; \"cifsadmin reload\" goes on without it",
		    c->a.config, file);
	p->again = true;
	f->conf = NULL;
}

static void guard_shares(struct config *c, struct fresh *f, struct problems *p)
{
	ssize_t lost = lost_file(c->conf, f->conf);
	size_t n;

	if (lost >= 0) {
		guard_file(c, f, (size_t)lost, p);
		return;
	}
	if (f->conf->nshares || c->no_shares_meant)
		return;
	n = running_shares(c);
	if (!n) {
		guard_first(c, f, p);
		return;
	}
	problem_add(p, c->a.config, "%s has no share: the %zu share%s that run%s stay%s%s; \"cifsadmin reload\" ends %s",
		    c->a.config, n, plural(n), verb(n), verb(n),
		    c->conf ? "" : ", and nothing is served anew before it has one",
		    n == 1 ? "it" : "them");
	c->keep_shares = true;
	/* A daemon that starts has no configuration to go on with, and waits for it. */
	p->again |= !c->conf;
	if (!c->conf || c->conf->nshares)
		f->conf = NULL;
}

/* What [global] includes, lacks, and had; -1: nothing. */
static ssize_t newly_lacking(const struct config *c, const struct conf *is)
{
	for (size_t i = 0; i < is->nfiles; i++)
		if (is->lacks[i] && config_knows(c, is->files[i]))
			return (ssize_t)i;
	return -1;
}

/* A username map that has no bytes, and had some; NULL: it has, or there is none. */
static const char *lost_map(const struct config *c, const struct fresh *f)
{
	const char *path = conf_get_str(f->conf, NULL, "username_map");

	return *path && !usermap_text(f->usermap).len && config_knows(c, path) ? path : NULL;
}

/*
 * Who may do what in all shares, and who may connect at all, may stand in a file that [global]
 * includes, and who somebody is in a username map: without it the server would be open to more than
 * it was meant for.
 */
static void guard_global(struct config *c, struct fresh *f, struct problems *p)
{
	ssize_t lacks = newly_lacking(c, f->conf);
	const char *file = lacks < 0 ? lost_map(c, f) : f->conf->files[lacks];

	if (!file)
		return;
	problem_add(p, file, "%s, which [global] names, is %s, and said something before: %s; \"cifsadmin reload\" goes on without it",
		    file, config_file_is(lacks < 0 ? f->usermap_absent : f->conf->absent[lacks]),
		    c->conf ? STAYS :
		    "nothing is served anew before it says something, or has a comment at least");
	/* A daemon that starts waits for it. */
	p->again |= !c->conf;
	f->conf = NULL;
}

static void guard_accounts(struct config *c, struct fresh *f, struct problems *p)
{
	bool missing = access(c->a.passdb, F_OK);
	size_t n = f->passdb->n ? 0 : running_users(c);

	note_meant(&c->no_users_meant, c->why & (CONFIG_ACCOUNTS | CONFIG_ORDER) && !missing,
		   f->passdb->n, n);
	if (!n || (c->no_users_meant && !missing))
		return;
	problem_add(p, c->a.passdb, "%s %s: the %zu account%s stay%s%s", c->a.passdb,
		    missing ? "is not there" : "has no account", n, plural(n), verb(n),
		    missing ? "" : n == 1 ? "; \"cifsadmin reload\" ends it" :
		    "; \"cifsadmin reload\" ends them");
	c->keep_users = true;
	if (c->passdb && c->passdb->n)
		f->passdb = NULL;
}

/* The first thing that is wrong, for who has not seen the messages. */
static void say_errors(const struct config *c, const struct fresh *f, struct problems *p)
{
	const char *then = c->conf ? "the configuration that was read before stays" :
				     "nothing is served anew before that is mended";

	for (size_t i = 0; f->conf && i < f->conf->nerrors; i++) {
		const struct conf_error *e = &f->conf->errors[i];

		if (e->warning)
			continue;
		problem_add(p, c->a.config, "%s:%u: %s; %s", e->file, e->line, e->text,
			    then);
		return;
	}
	if (!f->conf)
		problem_add(p, c->a.config, "%s cannot be read; %s", c->a.config, then);
	else if (f->usermap_bad)
		problem_add(p, c->a.config, "the username map has errors; %s", then);
}

/* An earlier daemon may have had shares of a file that says nothing now; until it does, or an order. */
static void guard_start(struct config *c, const struct conf *conf)
{
	bool silent = !(c->why & CONFIG_ORDER) && config_silent_file(c, conf) >= 0;

	if (!c->conf || !silent)
		c->silent = silent;
}

static void guard_conf(struct config *c, struct fresh *f, struct problems *p)
{
	if (!f->conf || f->conf->nfatal || f->usermap_bad) {
		if (c->conf || c->waiting)
			say_errors(c, f, p);
		f->conf = NULL;
		p->told = p->n;
		return;
	}
	guard_start(c, f->conf);
	note_meant(&c->no_shares_meant, c->why & (CONFIG_EDIT | CONFIG_ORDER), f->conf->nshares,
		   f->conf->nshares ? 0 : running_shares(c));
	if (c->why & CONFIG_ORDER)
		return;
	guard_shares(c, f, p);
	if (f->conf)
		guard_global(c, f, p);
}

/* The messages about the file do not say this. */
static void say_bad_accounts(const struct config *c, struct problems *p)
{
	if (c->passdb || c->waiting)
		problem_add(p, c->a.passdb, "%s has errors; %s", c->a.passdb, c->passdb ?
			    "the accounts that were read before stay" :
			    "nothing is served anew before that is mended");
}

void config_guard(struct config *c, struct fresh *f, struct problems *p)
{
	c->keep_shares = false;
	c->keep_users = false;
	p->again |= f->doubt;
	config_remember_again(c, p);
	guard_conf(c, f, p);
	/*
	 * Neither waits for the other: a password that is no longer to count, and a right that is
	 * taken away.  Without any accounts so far there is nothing to go by.
	 */
	if (f->passdb)
		guard_accounts(c, f, p);
	else
		say_bad_accounts(c, p);
	if (!f->passdb && !c->passdb)
		f->conf = NULL;
}

/* ---- putting in force ---- */

static enum auth_map_to_guest guest_policy(const struct conf *conf)
{
	const char *text = conf_get_str(conf, NULL, "map_to_guest");

	if (!strcmp(text, "bad_user"))
		return AUTH_GUEST_BAD_USER;
	if (!strcmp(text, "bad_password"))
		return AUTH_GUEST_BAD_PASSWORD;
	return AUTH_GUEST_NEVER;
}

static const int log_prio[] = { LOG_ERR, LOG_NOTICE, LOG_INFO, LOG_DEBUG };

int config_log_priority(uint32_t level)
{
	return log_prio[level < ARRAY_LEN(log_prio) ? level : ARRAY_LEN(log_prio) - 1];
}

uint32_t config_log_level(int prio)
{
	uint32_t level = ARRAY_LEN(log_prio) - 1;

	while (level && log_prio[level] > prio)
		level--;
	return level;
}

static void commit_conf(struct config *c, struct fresh *f)
{
	struct auth_env *env = c->a.env;
	const char *dot = strchr(c->dns_name, '.');
	const char *name = conf_get_str(f->conf, NULL, "netbios_name");

	env->netbios_name = *name ? name : c->netbios_name;
	env->workgroup = conf_get_str(f->conf, NULL, "workgroup");
	env->dns_name = c->dns_name;
	env->dns_domain = dot ? dot + 1 : "";
	env->usermap = f->usermap;
	env->ntlm_disabled = !strcmp(conf_get_str(f->conf, NULL, "ntlm_auth"), "disabled");
	env->map_to_guest = guest_policy(f->conf);
	env->guest_account = conf_get_str(f->conf, NULL, "guest_account");
	env->restrict_anonymous = conf_get_u32(f->conf, NULL, "restrict_anonymous");
	env->lockout = (struct lockout_policy){
		.delay = conf_get_u32(f->conf, NULL, "logon_failure_delay"),
		.limit = conf_get_u32(f->conf, NULL, "logon_failure_limit"),
		.lock_time = conf_get_u32(f->conf, NULL, "logon_failure_lock_time"),
		.longest = (conf_get_u32(f->conf, NULL, "ipc_timeout") + 1) / 2,
	};
	if (c->why != CONFIG_RETRY || !c->conf)
		log_set_level(config_log_priority(conf_get_u32(f->conf, NULL, "log_level")));
	talloc_free(c->conf);
	talloc_free(c->usermap);
	c->conf = talloc_steal(c, f->conf);
	c->usermap = talloc_steal(c, f->usermap);
}

static void commit_passdb(struct config *c, struct fresh *f)
{
	c->a.env->passdb = f->passdb;
	talloc_free(c->passdb);
	c->passdb = talloc_steal(c, TAKE_PTR(f->passdb));
}

bool config_commit_accounts(struct config *c, struct fresh *f)
{
	if (!c->conf || !f->passdb || !f->passdb->n)
		return false;
	commit_passdb(c, f);
	return true;
}

void config_commit(struct config *c, struct fresh *f)
{
	if (f->conf)
		commit_conf(c, f);
	if (f->passdb)
		commit_passdb(c, f);
	talloc_free(c->files);
	c->files = talloc_steal(c, f->files);
}
