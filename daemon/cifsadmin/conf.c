// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/conf.c - check, diff and reload of the configuration */
#include <errno.h>
#include <string.h>

#include "../auth/usermap.h"
#include "../conf/smbconf.h"
#include "../passdb/accounts.h"
#include "../sync/sync.h"
#include "admin.h"

/* The configuration, its complaints on @f; NULL when it cannot be used. */
static struct conf *load(const struct admin *a, const char *path, FILE *f)
{
	struct conf *conf;
	int r = conf_load(a->ctx, path, &conf);

	if (r < 0) {
		complain("%s cannot be read: %s", path, strerror(-r));
		return NULL;
	}
	for (size_t i = 0; i < conf->nerrors; i++) {
		const char *text = conf_error_format(a->ctx, &conf->errors[i]);

		if (text)
			fprintf(f, "%s\n", text);
	}
	return conf->nfatal ? NULL : conf;
}

/* What the daemon refuses with the configuration that names it. */
static int check_usermap(const struct admin *a, const struct conf *conf)
{
	const char *path = conf_get_str(conf, NULL, "username_map");
	struct usermap_error err;
	struct usermap *map;

	if (!*path || usermap_load(a->ctx, path, &map, &err) == 0)
		return EXIT_OK;
	fprintf(stderr, "%s:%u: error: %s\n", path, err.line, err.text);
	return EXIT_FAILED;
}

static int check(const struct admin *a, int argc, char **argv)
{
	const char *path = argc ? argv[0] : a->config;
	struct conf *conf = load(a, path, stderr);

	if (!conf || check_usermap(a, conf))
		return EXIT_FAILED;
	printf("%s: ok, %zu share%s\n", path, conf->nshares, conf->nshares == 1 ? "" : "s");
	return EXIT_OK;
}

static int diff(const struct admin *a, int argc, char **argv)
{
	struct conf *conf = load(a, a->config, stderr);
	char *managed = talloc_asprintf(a->ctx, "%s/managed", a->run_dir);
	struct passdb_error err;
	struct accounts *acc;
	struct sync_plan *plan;
	struct passdb *db;
	int r;

	(void)argc;
	(void)argv;
	if (!conf)
		return EXIT_FAILED;
	if (passdb_load(a->ctx, a->passdb, &db, &err) < 0)
		return complain("%s:%u: %s", a->passdb, err.line, err.text);
	acc = accounts_resolve(a->ctx, db, nss_lookup);
	if (!acc || !managed)
		return complain("out of memory");
	r = sync_plan(a->ctx, a->configfs, managed, conf, acc->users, acc->nusers, &plan);
	if (r == -ENOENT)
		return complain("%s is not there: is the module cifssrv loaded, and configfs mounted?",
				a->configfs);
	if (r < 0)
		return complain("%s cannot be read: %s", a->configfs, strerror(-r));
	sync_print(stdout, plan);
	return EXIT_OK;
}

static void on_line(void *priv, const char *line)
{
	(void)priv;
	if (!strncmp(line, "message ", 8))
		fprintf(stderr, "%s\n", line + 8);
}

static int reload(const struct admin *a, int argc, char **argv)
{
	const char *error;
	int r = daemon_ask(a, "reload", on_line, NULL, &error);

	(void)argc;
	(void)argv;
	if (error)
		complain("%s", error);
	return r;
}

const struct verb conf_verbs[] = {
	{ NULL, "check", "[FILE]", "say what is wrong with the configuration", 0, 1, check },
	{ NULL, "diff", "", "show what a reload would change", 0, 0, diff },
	{ NULL, "reload", "", "have the daemon read configuration and accounts again", 0, 0,
	  reload },
	{}
};
