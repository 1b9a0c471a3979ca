// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/util.c - complaints, passwords and tables */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "../util/utf.h"
#include "admin.h"

int complain(const char *fmt, ...)
{
	va_list ap;

	fputs("cifsadmin: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return EXIT_FAILED;
}

/* One line without its newline. */
static int read_line(FILE *f, char *buf, size_t size)
{
	size_t len;

	if (!fgets(buf, (int)size, f))
		return complain("no password was given");
	len = strlen(buf);
	if (len && buf[len - 1] == '\n')
		buf[--len] = 0;
	else if (!feof(f))
		return complain("the password is too long");
	if (!len)
		return complain("an empty password is refused");
	if (!utf8_valid(buf, len))
		return complain("the password is not UTF-8");
	return 0;
}

static int prompt(const char *text, const char *user, char *buf, size_t size)
{
	struct termios old, quiet;
	int r;

	fprintf(stderr, "%s for %s: ", text, user);
	if (tcgetattr(STDIN_FILENO, &old) < 0)
		return complain("the terminal does not answer: %s", strerror(errno));
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ECHONL;
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) < 0)
		return complain("the terminal cannot be kept from echoing: %s", strerror(errno));
	r = read_line(stdin, buf, size);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
	return r;
}

int ask_password(const char *user, char *buf, size_t size)
{
	char again[1024];
	int r;

	if (!isatty(STDIN_FILENO))
		return read_line(stdin, buf, size);
	r = prompt("New password", user, buf, size);
	if (r)
		return r;
	r = prompt("Again, the password", user, again, sizeof(again));
	if (!r && strcmp(buf, again))
		r = complain("the passwords differ");
	explicit_bzero(again, sizeof(again));
	return r;
}

struct table {
	size_t columns, n;
	char **cell;
};

struct table *table_new(TALLOC_CTX *ctx, size_t columns)
{
	struct table *t = talloc_zero(ctx, struct table);

	if (t)
		t->columns = columns;
	return t;
}

void table_add(struct table *t, const char *text)
{
	char **grown = t ? talloc_realloc(t, t->cell, char *, t->n + 1) : NULL;

	if (!grown)
		return;
	t->cell = grown;
	grown[t->n] = talloc_strdup(t, text);
	if (!grown[t->n])
		return;
	/* File names come from clients: no escape sequence of theirs reaches a terminal. */
	for (char *p = grown[t->n]; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	t->n++;
}

size_t table_rows(const struct table *t)
{
	return t && t->n >= t->columns ? t->n / t->columns - 1 : 0;
}

/* Characters rather than octets: good enough for names in columns. */
static int width(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

static int column_width(const struct table *t, size_t column)
{
	int widest = 0;

	for (size_t i = column; i < t->n; i += t->columns)
		if (width(t->cell[i]) > widest)
			widest = width(t->cell[i]);
	return widest;
}

void table_print(const struct table *t, FILE *f)
{
	for (size_t i = 0; t && i < t->n; i++) {
		bool last = i % t->columns == t->columns - 1;

		fputs(t->cell[i], f);
		if (last)
			fputc('\n', f);
		else
			fprintf(f, "%*s", column_width(t, i % t->columns) - width(t->cell[i]) + 2,
				"");
	}
}
