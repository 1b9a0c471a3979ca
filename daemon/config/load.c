// SPDX-License-Identifier: GPL-2.0-or-later
/* config/load.c - reads smb.conf, cifspwd.db and the username map */
#include <sys/stat.h>
#include <unistd.h>

#include "config/internal.h"

static void load_conf(struct config *c, struct loaded *f)
{
	const struct conf_env env = {
		.hostname = c->dns_name, .priv = c->cache, .user = names_cache_user,
		.identity = names_cache_identity, .group = names_cache_group,
	};

	f->conf_error = conf_load_env(f, c->a.config, &env, &f->conf);
	if (f->conf_error < 0) {
		f->conf = NULL;
		f->doubt |= conf_may_pass(f->conf_error);
		return;
	}
	f->doubt |= f->conf->doubt != 0;
}

static void load_passdb(struct config *c, struct loaded *f)
{
	int r = passdb_load(f, c->a.passdb, &f->passdb, &f->passdb_error);

	if (r < 0) {
		f->passdb = NULL;
		f->accounts_doubt = conf_may_pass(r);
	}
}

static void load_usermap(struct loaded *f)
{
	const char *path = conf_get_str(f->conf, NULL, "username_map");
	int r = *path ? usermap_load(f, path, &f->usermap, &f->usermap_error) : 0;

	f->usermap_absent = access(path, F_OK);
	f->usermap_bad = r < 0;
	f->doubt |= conf_may_pass(r);
}

static void report_conf(struct config *c, const struct conf *conf, bool log)
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

/* A retry does not log the messages again. */
void config_report(struct config *c, const struct loaded *f)
{
	bool log = c->why != CONFIG_RETRY;
	struct log_about about = { .file = c->a.config };

	if (f->conf)
		report_conf(c, f->conf, log);
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

static bool add_file(struct loaded *f, const char *path)
{
	return config_add_path(f, &f->files, path);
}

/* The files that were read, and those in force while the former have errors. */
static bool list_files(struct config *c, struct loaded *f)
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

/* Notes the names of accounts for a look-up. */
static void note_accounts(struct config *c, const struct passdb *db)
{
	for (size_t i = 0; db && i < db->n; i++) {
		struct nss_identity id;

		names_cache_identity(c->cache, NULL, db->entries[i]->name, &id);
	}
}

struct loaded *config_load_accounts(struct config *c)
{
	struct loaded *f = talloc_zero(c->run, struct loaded);

	if (f)
		load_passdb(c, f);
	return f;
}

struct loaded *config_load(struct config *c)
{
	struct loaded *f = talloc_zero(c->run, struct loaded);

	if (!f)
		return NULL;
	/* All are read even when the first has errors: one run reports all of them. */
	load_conf(c, f);
	load_passdb(c, f);
	if (f->conf && !f->conf->nfatal)
		load_usermap(f);
	/* Accounts that were in force may stay, where the file has lost all. */
	note_accounts(c, f->passdb && f->passdb->n ? f->passdb : c->passdb);
	if (list_files(c, f))
		return f;
	talloc_free(f);
	return NULL;
}

/* ---- stamps ---- */

struct stamp {
	const char *path;
	dev_t dev;
	ino_t ino;		/* 0: the file is missing */
	off_t size;
	struct timespec time;
};

struct stamps {
	size_t n;
	struct stamp *of;
};

static struct stamp stamp_of(const char *path)
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
		s->of[i] = stamp_of(talloc_strdup(s->of, files[i]));
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
		const struct stamp *was = &s->of[i], is = stamp_of(was->path);

		if (is.dev != was->dev || is.ino != was->ino || is.size != was->size ||
		    is.time.tv_sec != was->time.tv_sec || is.time.tv_nsec != was->time.tv_nsec)
			return false;
	}
	return true;
}
