// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/conf.c - check, diff and reload of the configuration */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../auth/usermap.h"
#include "../conf/smbconf.h"
#include "../sync/accounts.h"
#include "../sync/sync.h"
#include "../util/plural.h"
#include "../util/text.h"
#include "admin.h"

/* Options of "check", and its findings. */
struct checking {
	const struct admin *a;
	bool strict, verbose, effective;
	const char *share;		/* of --effective; NULL: all */
	const char *path;
	size_t errors, warnings;
};

/* Faults of the other files have no line where they are about the whole file. */
static void print_fault(const char *path, unsigned int line, const char *text, const char *hint)
{
	if (line)
		print_line(stderr, "%s:%u: error: %s%s", path, line, text, hint);
	else
		print_line(stderr, "%s: error: %s%s", path, text, hint);
}

static void print_complaint(const struct admin *a, const struct conf_error *e)
{
	const char *text = conf_error_format(a->ctx, e);

	if (text)
		print_line(stderr, "%s", text);
}

static bool is_before(const struct conf *conf, const struct conf_error *x,
		      const struct conf_error *y)
{
	for (size_t i = 0; i < conf->nfiles && strcmp(x->file, y->file); i++) {
		if (!strcmp(conf->files[i], x->file))
			return true;
		if (!strcmp(conf->files[i], y->file))
			return false;
	}
	return x->line != y->line ? x->line < y->line : x->seq < y->seq;
}

/* Both lists are in the order of the lines; --verbose asks for notes. */
static void print_complaints(const struct admin *a, const struct conf *conf, bool notes)
{
	size_t n = 0, last = notes ? conf->nnotes : 0;

	for (size_t i = 0; i < conf->nerrors; i++) {
		for (; n < last && is_before(conf, &conf->notes[n], &conf->errors[i]); n++)
			print_complaint(a, &conf->notes[n]);
		print_complaint(a, &conf->errors[i]);
	}
	for (; n < last; n++)
		print_complaint(a, &conf->notes[n]);
}

/* The configuration with its errors; NULL when it cannot be read. */
static struct conf *read_conf(const struct admin *a, const char *path)
{
	struct conf *conf;
	int r = conf_load(a->ctx, path, &conf);

	if (r < 0)
		complain("%s cannot be read: %s", path, strerror(-r));
	return conf;
}

/* Differences from what was asked for become errors. */
static void be_strict(struct conf *conf)
{
	for (size_t i = 0; i < conf->nerrors; i++) {
		struct conf_error *e = &conf->errors[i];

		if (e->grade != CONF_DIFFERS)
			continue;
		e->grade = CONF_ERROR;
		e->warning = false;
	}
	conf->nfatal += conf->ndiffers;
	conf->nwarnings -= conf->ndiffers;
	conf->ndiffers = 0;
}

/* The daemon refuses a configuration whose username map has errors. */
static void check_usermap(struct checking *c, const struct conf *conf)
{
	const char *path = conf_get_str(conf, NULL, "username_map");
	const struct conf_value *v =
		&conf->global->values[conf_table_attr(&conf_server_table, "username_map")];
	struct usermap_error err;
	struct usermap *map;
	char *by;

	if (!*path || usermap_load(c->a->ctx, path, &map, &err) == 0)
		return;
	by = talloc_asprintf(c->a->ctx, " (named in %s:%u)", v->file, v->line);
	print_fault(path, err.line, err.text, by ? by : "");
	c->errors++;
}

/* A new server has no database, and no accounts. */
static void check_passdb(struct checking *c)
{
	struct passdb_error err;
	struct passdb *db;

	if (access(c->a->passdb, F_OK) && errno == ENOENT)
		return;
	if (passdb_load(c->a->ctx, c->a->passdb, &db, &err) == 0)
		return;
	print_fault(c->a->passdb, err.line, err.text, "");
	c->errors++;
}

/* Prints a text to a terminal through shown(), to a file or a program unchanged. */
static void print_text(const char *text)
{
	size_t len;

	if (!isatty(STDOUT_FILENO)) {
		fputs(text, stdout);
		return;
	}
	for (; *text; text += len + !!text[len]) {
		len = strcspn(text, "\n");
		print_line(stdout, "%.*s", (int)len, text);
	}
}

static int print_effective(const struct checking *c, const struct conf *conf)
{
	const char *text = conf_effective(c->a->ctx, conf, c->share);

	if (!text)
		return complain("out of memory");
	if (!*text)
		return complain("%s has no share \"%s\" (a file has a slash in it: ./%s)", c->path, c->share,
				c->share);
	print_text(text);
	return EXIT_OK;
}

static int check_file(struct checking *c)
{
	struct conf *conf = read_conf(c->a, c->path);

	if (!conf)
		return EXIT_FAILED;
	if (c->strict)
		be_strict(conf);
	print_complaints(c->a, conf, c->verbose);
	c->errors = conf->nfatal;
	c->warnings = conf->nwarnings;
	if (!conf->nfatal)
		check_usermap(c, conf);
	check_passdb(c);
	/* stdout has smb.conf alone. */
	print_line(c->effective ? stderr : stdout,
		   "%s: %zu error%s, %zu warning%s, %zu share%s", c->path,
		   c->errors, plural(c->errors), c->warnings, plural(c->warnings), conf->nshares,
		   plural(conf->nshares));
	if (c->errors)
		return EXIT_FAILED;
	return c->effective ? print_effective(c, conf) : EXIT_OK;
}

/* The name in the form of the reader of smb.conf. */
static const char *share_name(const struct admin *a, const char *word)
{
	char *name = talloc_strdup(a->ctx, word);

	if (name)
		text_collapse(name);
	return name ? name : word;
}

static int check(const struct admin *a, int argc, char **argv)
{
	struct checking c = { .a = a, .path = a->config };
	int files = 0;

	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--strict")) {
			c.strict = true;
		} else if (!strcmp(argv[i], "--verbose")) {
			c.verbose = true;
		} else if (!strcmp(argv[i], "--effective")) {
			c.effective = true;
			if (i + 1 < argc && *argv[i + 1] != '-' && !strchr(argv[i + 1], '/'))
				c.share = share_name(a, argv[++i]);
		} else if (*argv[i] == '-' || files++) {
			complain("check: \"%s\" is not understood: see cifsadmin check --help", argv[i]);
			return EXIT_USAGE;
		} else {
			c.path = argv[i];
		}
	}
	return check_file(&c);
}

/* Names in the plan come from configfs, where other programs may have made items. */
static int print_plan(const struct sync_plan *plan)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return complain("out of memory");
	sync_print(f, plan);
	if (fclose(f) == 0 && len) {
		if (text[len - 1] == '\n')
			text[len - 1] = 0;
		say("%s", text);
	}
	free(text);
	return EXIT_OK;
}

static int diff(const struct admin *a, int argc, char **argv)
{
	struct conf *conf = read_conf(a, a->config);
	char *managed = talloc_asprintf(a->ctx, "%s/managed", a->run_dir);
	struct passdb_error err;
	struct sync_away away = {};	/* a listener that is waited for is no difference */
	struct accounts *acc;
	struct sync_plan *plan;
	struct passdb *db;
	int r;

	(void)argc;
	(void)argv;
	if (!conf)
		return EXIT_FAILED;
	print_complaints(a, conf, false);
	if (conf->nfatal)
		return EXIT_FAILED;
	if (passdb_load(a->ctx, a->passdb, &db, &err) < 0) {
		print_fault(a->passdb, err.line, err.text, "");
		return EXIT_FAILED;
	}
	acc = accounts_resolve(a->ctx, db, nss_lookup);
	if (!acc || !managed)
		return complain("out of memory");
	r = sync_plan_for(a->ctx, &(struct sync_input) {
		.root = a->configfs, .managed_file = managed, .conf = conf, .users = acc->users,
		.nusers = acc->nusers, .away = &away,
	}, &plan);
	if (r == -ENOENT)
		return complain("%s is not there: is the module cifssrv loaded, and configfs mounted?",
				a->configfs);
	if (r < 0)
		return complain("%s cannot be read: %s", a->configfs, strerror(-r));
	return print_plan(plan);
}

static int reload(const struct admin *a, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return daemon_reload(a);
}

const struct verb conf_verbs[] = {
	{ NULL, "check", "[--strict] [--verbose] [--effective [SHARE]] [FILE]",
	  "say what is wrong with the configuration, or what counts", 0, 6, check },
	{ NULL, "diff", "", "show what a reload would change", 0, 0, diff },
	{ NULL, "reload", "", "have the daemon read configuration and accounts again", 0, 0,
	  reload },
	{}
};
