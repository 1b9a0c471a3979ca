// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/util.c - options behind a verb, and passwords */
#include <bsd/readpassphrase.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../util/utf.h"
#include "admin.h"

static const struct verb_option *find_option(const struct verb_option *o, const char *arg)
{
	for (; o->name; o++) {
		size_t len = strlen(o->name);

		if (!strncmp(o->name, arg, len) && (!arg[len] || (arg[len] == '=' && o->text)))
			return o;
	}
	return NULL;
}

/*
 * Parses the option at argv[i] and its argument; returns how many words that were, 0 with the
 * complaint made.
 */
static int take_one(const struct verb_option *o, int argc, char **argv, int i)
{
	const char *eq = strchr(argv[i], '=');

	if (o->flag) {
		*o->flag = true;
		return 1;
	}
	if (eq) {
		*o->text = eq + 1;
		return 1;
	}
	if (i + 1 < argc) {
		*o->text = argv[i + 1];
		return 2;
	}
	complain("%s wants an argument", o->name);
	return 0;
}

int take_options(int *argc, char **argv, const struct verb_option *options, int min, int max)
{
	int left = 0, n;

	for (int i = 0; i < *argc; i += n) {
		const struct verb_option *o;

		n = 1;
		if (!strcmp(argv[i], "--")) {
			while (++i < *argc)
				argv[left++] = argv[i];
			break;
		}
		if (argv[i][0] != '-' || !argv[i][1]) {
			argv[left++] = argv[i];
			continue;
		}
		o = find_option(options, argv[i]);
		n = o ? take_one(o, *argc, argv, i) : 0;
		if (!o)
			complain("unknown option \"%s\"", argv[i]);
		if (!n)
			return EXIT_USAGE;
	}
	*argc = left;
	return left < min || left > max ? EXIT_USAGE : EXIT_OK;
}

static int check_secret(const char *what, const char *buf, size_t len)
{
	if (!len)
		return complain("an empty %s is refused", what);
	if (!utf8_valid(buf, len))
		return complain("the %s is not UTF-8", what);
	return 0;
}

/* stdio would keep the secret in its buffer. */
static int read_secret_line(const char *what, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	for (;;) {
		n = read(STDIN_FILENO, buf + len, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || buf[len] == '\n')
			break;
		if (++len == size)
			return complain("the %s is too long", what);
	}
	buf[len] = 0;
	if (n <= 0 && !len)
		return complain("no %s was given", what);
	return check_secret(what, buf, len);
}

/* Signals restore the terminal's echo. */
static int prompt(const char *text, const char *user, char *buf, size_t size)
{
	_cleanup_(talloc_freep) char *safe = shown(NULL, NULL, user);
	_cleanup_(talloc_freep) char *line = talloc_asprintf(NULL, "%s for %s: ", text, safe);

	if (!safe || !line)
		return complain("out of memory");
	if (!readpassphrase(line, buf, size, RPP_ECHO_OFF))
		return complain("no password was read: %s", strerror(errno));
	/* A full buffer: the input was cut. */
	if (strlen(buf) == size - 1)
		return complain("it is too long");
	return check_secret("password", buf, strlen(buf));
}

int ask_hash(const char *user, char *buf, size_t size)
{
	if (!isatty(STDIN_FILENO))
		return read_secret_line("hash", buf, size);
	return prompt("NT hash", user, buf, size);
}

int ask_password(const char *user, char *buf, size_t size)
{
	char again[1024];
	int r;

	if (!isatty(STDIN_FILENO))
		return read_secret_line("password", buf, size);
	r = prompt("New password", user, buf, size);
	if (r)
		return r;
	r = prompt("Again, the password", user, again, sizeof(again));
	if (!r && strcmp(buf, again))
		r = complain("the passwords differ: nothing was changed");
	explicit_bzero(again, sizeof(again));
	return r;
}
