// SPDX-License-Identifier: GPL-2.0-or-later
/* main.c - cifssrvd: the command line */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>

#include "../module/upcall/uapi.h"
#include "manager.h"
#include "names/names.h"
#include "sync/sync.h"
#include "util/log.h"
#include "worker/worker.h"

static const char help[] =
	"Usage: cifssrvd [OPTION]...\n"
	"Decides who may log on to the kernel's SMB server, and configures it.\n\n"
	"  --config FILE    configuration (" MANAGER_CONFIG ")\n"
	"  --passdb FILE    accounts (" PASSDB_DEFAULT_PATH ")\n"
	"  --configfs DIR   the module's tree (" SYNC_ROOT ")\n"
	"  --device PATH    the module's device (" CSRV_UP_DEVICE ")\n"
	"  --run-dir DIR    control socket and state (" MANAGER_RUN_DIR ")\n"
	"  --user NAME      account of the process that reads what clients send (" MANAGER_USER ")\n"
	"  --foreground     stay in the foreground; it always does\n"
	"  --need-module    end when the module is not there, instead of waiting for it\n"
	"  --check          read configuration, accounts and username map, say what is wrong,\n"
	"                   and end\n"
	"  --version        print the version\n"
	"  --help           print this\n\n"
	"See cifssrvd(8).\n";

enum { OPT_CONFIG = 256, OPT_PASSDB, OPT_CONFIGFS, OPT_DEVICE, OPT_RUN_DIR, OPT_USER, OPT_FOREGROUND,
	OPT_NEED_MODULE, OPT_CHECK, OPT_VERSION, OPT_HELP };

static const struct option long_options[] = {
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "passdb", required_argument, NULL, OPT_PASSDB },
	{ "configfs", required_argument, NULL, OPT_CONFIGFS },
	{ "device", required_argument, NULL, OPT_DEVICE },
	{ "run-dir", required_argument, NULL, OPT_RUN_DIR },
	{ "user", required_argument, NULL, OPT_USER },
	{ "foreground", no_argument, NULL, OPT_FOREGROUND },
	{ "need-module", no_argument, NULL, OPT_NEED_MODULE },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{}
};

/* 1: go on; else the negative exit status. */
static int parse_argv(int argc, char **argv, struct options *opt, bool *check)
{
	int c;

	while ((c = getopt_long(argc, argv, "", long_options, NULL)) >= 0) {
		switch (c) {
		case OPT_CONFIG:
			opt->config = optarg;
			break;
		case OPT_PASSDB:
			opt->passdb = optarg;
			break;
		case OPT_CONFIGFS:
			opt->configfs = optarg;
			break;
		case OPT_DEVICE:
			opt->device = optarg;
			break;
		case OPT_RUN_DIR:
			opt->run_dir = optarg;
			break;
		case OPT_USER:
			opt->user = optarg;
			break;
		case OPT_FOREGROUND:
			break;
		case OPT_NEED_MODULE:
			opt->need_module = true;
			break;
		case OPT_CHECK:
			*check = true;
			break;
		case OPT_VERSION:
			puts("cifssrvd " CIFSSRV_VERSION);
			return -EXIT_SUCCESS;
		case OPT_HELP:
			fputs(help, stdout);
			return -EXIT_SUCCESS;
		default:
			return -EXIT_FAILURE;
		}
	}
	if (optind == argc)
		return 1;
	fprintf(stderr, "cifssrvd: unexpected argument \"%s\"\n", argv[optind]);
	return -EXIT_FAILURE;
}

/* Prints the errors of the files; EXIT_CONFIG if there are any. */
static int check_files(const struct options *opt)
{
	_cleanup_(talloc_freep) TALLOC_CTX *ctx = talloc_new(NULL);
	struct usermap_error map_err;
	struct passdb_error err;
	struct usermap *map;
	struct passdb *db;
	struct conf *conf;
	const char *path;
	bool bad;
	int r;

	r = conf_load(ctx, opt->config, &conf);
	if (r < 0) {
		fprintf(stderr, "%s: cannot be read: %s\n", opt->config, strerror(-r));
		return EXIT_CONFIG;
	}
	for (size_t i = 0; i < conf->nerrors; i++)
		fprintf(stderr, "%s\n", conf_error_format(ctx, &conf->errors[i]));
	bad = conf->nfatal;
	path = bad ? "" : conf_get_str(conf, NULL, "username_map");
	if (*path && usermap_load(ctx, path, &map, &map_err) < 0) {
		fprintf(stderr, "%s:%u: error: %s\n", path, map_err.line, map_err.text);
		bad = true;
	}
	if (passdb_load(ctx, opt->passdb, &db, &err) < 0) {
		fprintf(stderr, "%s:%u: error: %s\n", opt->passdb, err.line, err.text);
		bad = true;
	}
	return bad ? EXIT_CONFIG : EXIT_SUCCESS;
}

static int exit_status(const struct options *opt, int r)
{
	switch (r) {
	case 0:
		return EXIT_SUCCESS;
	case -EBUSY:
		return EXIT_BUSY;
	case -EBADMSG:		/* manager.c has logged the file */
		return EXIT_CONFIG;
	case -EPROTONOSUPPORT:
		return EXIT_NO_MODULE;
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
		if (opt->need_module)
			return EXIT_NO_MODULE;
		break;
	}
	log_error("%s", strerror(-r));
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct options opt = {
		.config = MANAGER_CONFIG, .passdb = PASSDB_DEFAULT_PATH, .configfs = SYNC_ROOT,
		.device = CSRV_UP_DEVICE, .user = MANAGER_USER, .run_dir = MANAGER_RUN_DIR,
	};
	struct manager *m = NULL;
	bool check = false;
	int r;

	if (argc == 2 && !strcmp(argv[1], NAMES_WORKER_ARG))
		return names_worker(&names_nss);
	if (argc > 1 && !strcmp(argv[1], WORKER_OPTION))
		return worker_main(argc - 2, argv + 2);
	r = parse_argv(argc, argv, &opt, &check);
	if (r <= 0)
		return -r;
	if (check)
		return check_files(&opt);
	log_open();
	umask(0077);
	r = manager_new(NULL, &opt, &m);
	if (r == 0)
		r = manager_run(m);
	talloc_free(m);
	return exit_status(&opt, r);
}
