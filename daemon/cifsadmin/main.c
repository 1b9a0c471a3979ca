// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/main.c - the command line of cifsadmin */
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <sys/ioctl.h>

#include "../manager.h"
#include "../sync/sync.h"
#include "admin.h"

static const struct verb *const tables[] = { user_verbs, account_verbs, share_verbs, config_verbs,
					    status_verbs, session_verbs, may_verbs, conf_verbs,
					    migrate_verbs, stop_verbs };

static void print_usage(FILE *f, const struct verb *v)
{
	fprintf(f, "  cifsadmin %s%s%s%s%s\n      %s\n", v->group ? v->group : "",
		v->group ? " " : "", v->name, *v->args ? " " : "", v->args, v->help);
}

static bool is_about(const struct verb *v, const char *word)
{
	return !word || !strcmp(word, v->group ? v->group : v->name);
}

/* Is it a group or a name? */
static bool is_verb(const char *word)
{
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (const struct verb *v = tables[t]; v->name; v++)
			if (is_about(v, word))
				return true;
	return false;
}

/* Usage of all verbs, or of those of a group or name. */
static void usage_of(FILE *f, const char *word)
{
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (const struct verb *v = tables[t]; v->name; v++)
			if (is_about(v, word))
				print_usage(f, v);
}

static void help(FILE *f)
{
	fputs("Usage: cifsadmin [OPTION]... VERB [ARGUMENT]...\n\n", f);
	usage_of(f, NULL);
	fputs("  cifsadmin help [VERB]\n      say more about a verb\n", f);
	fputs("\nOptions, before the verb or behind it:\n"
	      "  --config FILE    configuration (" MANAGER_CONFIG ")\n"
	      "  --passdb FILE    accounts (" PASSDB_DEFAULT_PATH ")\n"
	      "  --configfs DIR   the module's tree (" SYNC_ROOT ")\n"
	      "  --sysfs DIR      the module's directory in sysfs (" ADMIN_SYSFS ")\n"
	      "  --run-dir DIR    where the daemon's socket is (" MANAGER_RUN_DIR ")\n"
	      "  --width N        cut tables to N columns (on a terminal: its width); 0: never\n"
	      "  --version, --help\n\n"
	      "Exit status: 0 done, 1 failed, 2 wrong command line, 3 the daemon is not running.\n"
	      "See cifsadmin(8).\n", f);
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

/* The verb at the beginning of @argv, its words in @skip; NULL when there is none. */
static const struct verb *take_verb(int argc, char **argv, int *skip)
{
	const struct verb *v = argc ? find_verb(NULL, argv[0]) : NULL;

	*skip = v ? 1 : 2;
	return v || argc < 2 ? v : find_verb(argv[0], argv[1]);
}

static int help_about(int argc, char **argv)
{
	int skip;
	const struct verb *v = take_verb(argc, argv, &skip);
	const char *text;

	if (!argc) {
		help(stdout);
		return EXIT_OK;
	}
	if (!v && !is_verb(argv[0])) {
		complain("there is no verb \"%s\": cifsadmin help lists them", argv[0]);
		return EXIT_USAGE;
	}
	fputs("Usage:\n", stdout);
	if (v)
		print_usage(stdout, v);
	else
		usage_of(stdout, argv[0]);
	text = v ? help_text(v->group, v->name) : help_text(NULL, argv[0]);
	if (text)
		printf("\n%s", text);
	return EXIT_OK;
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	return false;
}

static int unknown_verb(int argc, char **argv)
{
	bool group = false;

	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (const struct verb *v = tables[t]; v->name; v++)
			group |= v->group && !strcmp(v->group, argv[0]);
	if (group && argc < 2)
		complain("%s what?", argv[0]);
	else
		complain("unknown verb \"%s%s%s\"", argv[0], group ? " " : "",
			 group ? argv[1] : "");
	if (group)
		usage_of(stderr, argv[0]);
	else
		fputs("cifsadmin help lists the verbs.\n", stderr);
	return EXIT_USAGE;
}

/* Removes a "--"; verbs that count their own arguments find it themselves. */
static int drop_dashes(int argc, char **argv)
{
	int i = 0;

	while (i < argc && strcmp(argv[i], "--"))
		i++;
	if (i == argc)
		return argc;
	memmove(&argv[i], &argv[i + 1], (size_t)(argc - i - 1) * sizeof(*argv));
	return argc - 1;
}

static int run_verb(const struct admin *a, int argc, char **argv)
{
	const struct verb *v;
	int skip, r = EXIT_USAGE;

	if (!strcmp(argv[0], "help"))
		return help_about(argc - 1, argv + 1);
	v = take_verb(argc, argv, &skip);
	if (wants_help(argc, argv))
		return help_about(argc, argv);
	if (!v)
		return unknown_verb(argc, argv);
	if (v->max != ARGS_OWN)
		argc = skip + drop_dashes(argc - skip, argv + skip);
	if (v->max == ARGS_OWN || (argc - skip >= v->min && argc - skip <= v->max))
		r = v->run(a, argc - skip, argv + skip);
	if (r == EXIT_USAGE) {
		fputs("Usage:\n", stderr);
		print_usage(stderr, v);
	}
	return r;
}

/* --- options ------------------------------------------------------------------- */

/* Words of the command line: the first @left are no global options. */
struct words {
	int argc, i, left;
	char **argv;
	bool bad;		/* the complaint is made */
};

/* The argument of the option @name, in the current word or the next one; or NULL. */
static const char *argument(const char *name, struct words *w)
{
	const char *word = w->argv[w->i];
	size_t len = strlen(name);

	if (strncmp(word, name, len) || (word[len] && word[len] != '='))
		return NULL;
	if (word[len] == '=')
		return word + len + 1;
	if (w->i + 1 < w->argc)
		return w->argv[++w->i];
	complain("%s wants an argument", name);
	w->bad = true;
	return "";
}

static void take_width(struct admin *a, struct words *w, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	a->width = (unsigned int)n;
	if (!w->bad && (*end || end == text || n > 10000)) {
		complain("--width wants a number, 0 to 10000");
		w->bad = true;
	}
}

/* Is the word a global option? */
static bool take_global(struct admin *a, struct words *w)
{
	const struct { const char *name; const char **to;
	} paths[] = {
		{"--config", &a->config}, {"--passdb", &a->passdb},   {"--configfs", &a->configfs},
		{"--sysfs", &a->sysfs},	  {"--run-dir", &a->run_dir},
	};
	const char *text;

	for (size_t p = 0; p < ARRAY_LEN(paths); p++) {
		text = argument(paths[p].name, w);
		if (!text)
			continue;
		*paths[p].to = text;
		a->passdb_named |= paths[p].to == &a->passdb;
		return true;
	}
	text = argument("--width", w);
	if (text)
		take_width(a, w, text);
	return text;
}

/* Takes the global options out, wherever they stand before a "--"; how many words are left, or -1.
 */
static int parse_options(struct admin *a, int argc, char **argv)
{
	struct words w = { .argc = argc, .argv = argv };

	for (; w.i < argc && !w.bad; w.i++) {
		if (!strcmp(argv[w.i], "--")) {
			for (; w.i < argc; w.i++)
				argv[w.left++] = argv[w.i];
		} else if (!take_global(a, &w)) {
			argv[w.left++] = argv[w.i];
		}
	}
	return w.bad ? -1 : w.left;
}

static bool locale_is_utf8(const char *name)
{
	return setlocale(LC_CTYPE, name) && !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/*
 * Names are UTF-8.  A terminal may have another character set; a pipe is left to its reader.  An
 * initramfs and a small chroot have no UTF-8 locale at all.
 */
static void set_locale(void)
{
	if (!locale_is_utf8(""))
		text_set_charset(locale_is_utf8("C.UTF-8") ? TEXT_UTF8_NOT_ON_TERMINALS :
				 TEXT_ASCII);
}

static unsigned int terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize ws;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (columns && atoi(columns) > 0)
		return (unsigned int)atoi(columns);
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col ? ws.ws_col : 80;
}

static int run(const struct admin *a, int argc, char **argv)
{
	if (!argc) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[0], "--version")) {
		puts("cifsadmin " CIFSSRV_VERSION);
		return EXIT_OK;
	}
	if (!strcmp(argv[0], "--help") || !strcmp(argv[0], "-h")) {
		help(stdout);
		return EXIT_OK;
	}
	if (argv[0][0] == '-') {
		complain("unknown option \"%s\": cifsadmin --help lists them", argv[0]);
		return EXIT_USAGE;
	}
	return run_verb(a, argc, argv);
}

int main(int argc, char **argv)
{
	struct admin a = {
		.ctx = talloc_new(NULL), .config = MANAGER_CONFIG, .passdb = PASSDB_DEFAULT_PATH,
		.configfs = SYNC_ROOT, .sysfs = ADMIN_SYSFS, .run_dir = MANAGER_RUN_DIR,
		.width = terminal_width(),
	};
	int r;

	set_locale();
	argc = parse_options(&a, argc - 1, argv + 1);
	r = argc < 0 ? EXIT_USAGE : run(&a, argc, argv + 1);
	talloc_free(a.ctx);
	if (fflush(stdout) && r == EXIT_OK)
		r = complain("the output could not be written");
	return r;
}
