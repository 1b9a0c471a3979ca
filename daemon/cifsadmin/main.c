// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/main.c - the command line of cifsadmin */
#include <getopt.h>
#include <string.h>

#include "../manager.h"
#include "../sync/sync.h"
#include "admin.h"

static const struct verb *const tables[] = { user_verbs, share_verbs, status_verbs, conf_verbs,
					    stop_verbs };

static void print_usage(FILE *f, const struct verb *v)
{
	fprintf(f, "  cifsadmin %s%s%s%s%s\n      %s\n", v->group ? v->group : "",
		v->group ? " " : "", v->name, *v->args ? " " : "", v->args, v->help);
}

/* Of all verbs, or of those of a group or name. */
static bool usage_of(FILE *f, const char *word)
{
	bool any = false;

	for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
		for (const struct verb *v = tables[t]; v->name; v++) {
			if (word && strcmp(word, v->group ? v->group : v->name))
				continue;
			print_usage(f, v);
			any = true;
		}
	}
	return any;
}

static void help(FILE *f)
{
	fputs("Usage: cifsadmin [OPTION]... VERB [ARGUMENT]...\n\n", f);
	usage_of(f, NULL);
	fputs("\nOptions, before the verb:\n"
	      "  --config FILE    configuration (" MANAGER_CONFIG ")\n"
	      "  --passdb FILE    accounts (" PASSDB_DEFAULT_PATH ")\n"
	      "  --configfs DIR   the module's tree (" SYNC_ROOT ")\n"
	      "  --sysfs DIR      the module's directory in sysfs (" ADMIN_SYSFS ")\n"
	      "  --run-dir DIR    where the daemon's socket is (" MANAGER_RUN_DIR ")\n"
	      "  --version, --help\n\nSee cifsadmin(8).\n", f);
}

static const struct verb *find_verb(const char *group, const char *name)
{
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (const struct verb *v = tables[t]; v->name; v++)
			if (!strcmp(v->name, name) && !!v->group == !!group &&
			    (!group || !strcmp(v->group, group)))
				return v;
	return NULL;
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	return false;
}

static int run_verb(const struct admin *a, int argc, char **argv)
{
	const struct verb *v = find_verb(NULL, argv[0]);
	int skip = 1;

	if (!v && argc > 1) {
		v = find_verb(argv[0], argv[1]);
		skip = 2;
	}
	if (wants_help(argc, argv)) {
		fputs("Usage:\n", stdout);
		if (v)
			print_usage(stdout, v);
		else if (!usage_of(stdout, argv[0]))
			help(stdout);
		return EXIT_OK;
	}
	if (!v) {
		complain("unknown verb \"%s%s%s\"", argv[0], argc > 1 ? " " : "",
			 argc > 1 ? argv[1] : "");
		if (!usage_of(stderr, argv[0]))
			fputs("See cifsadmin --help\n", stderr);
		return EXIT_USAGE;
	}
	if (argc - skip < v->min || argc - skip > v->max) {
		fputs("Usage:\n", stderr);
		print_usage(stderr, v);
		return EXIT_USAGE;
	}
	return v->run(a, argc - skip, argv + skip);
}

enum { OPT_CONFIG = 256, OPT_PASSDB, OPT_CONFIGFS, OPT_SYSFS, OPT_RUN_DIR, OPT_VERSION, OPT_HELP };

static const struct option long_options[] = {
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "passdb", required_argument, NULL, OPT_PASSDB },
	{ "configfs", required_argument, NULL, OPT_CONFIGFS },
	{ "sysfs", required_argument, NULL, OPT_SYSFS },
	{ "run-dir", required_argument, NULL, OPT_RUN_DIR },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{}
};

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct admin *a)
{
	int c;

	while ((c = getopt_long(argc, argv, "+", long_options, NULL)) >= 0) {
		switch (c) {
		case OPT_CONFIG:
			a->config = optarg;
			break;
		case OPT_PASSDB:
			a->passdb = optarg;
			break;
		case OPT_CONFIGFS:
			a->configfs = optarg;
			break;
		case OPT_SYSFS:
			a->sysfs = optarg;
			break;
		case OPT_RUN_DIR:
			a->run_dir = optarg;
			break;
		case OPT_VERSION:
			puts("cifsadmin " CIFSSRV_VERSION);
			return EXIT_OK;
		case OPT_HELP:
			help(stdout);
			return EXIT_OK;
		default:
			return EXIT_USAGE;
		}
	}
	if (optind < argc)
		return -1;
	help(stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	struct admin a = {
		.ctx = talloc_new(NULL), .config = MANAGER_CONFIG, .passdb = PASSDB_DEFAULT_PATH,
		.configfs = SYNC_ROOT, .sysfs = ADMIN_SYSFS, .run_dir = MANAGER_RUN_DIR,
	};
	int r = parse_options(argc, argv, &a);

	if (r < 0)
		r = run_verb(&a, argc - optind, argv + optind);
	talloc_free(a.ctx);
	if (fflush(stdout) && r == EXIT_OK)
		r = complain("the output could not be written");
	return r;
}
