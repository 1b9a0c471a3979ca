// SPDX-License-Identifier: GPL-2.0-or-later
/* What people read: parameter lists of the manual pages, the example of smb.conf. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE		/* asprintf */
#endif
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "schema.h"

#define MAN_COLUMNS	76

/* Lines of prose being filled. */
struct filler {
	FILE *f;
	size_t column;
};

/* @word may be several with blanks escaped; @len counts what it is made of. */
static void fill(struct filler *l, const char *word, size_t len)
{
	if (l->column && l->column + 1 + len > MAN_COLUMNS) {
		fputc('\n', l->f);
		l->column = 0;
	} else if (l->column) {
		fputc(' ', l->f);
		l->column++;
	}
	if (!l->column && (*word == '.' || *word == '\''))
		fputs("\\&", l->f);
	fwrite(word, 1, len, l->f);
	l->column += len;
}

/* One word with what mdoc would misread replaced; returns its length in @buf. */
static size_t man_word(char *buf, const char *word, size_t len, bool *quoted)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		const char *as = NULL;

		if (word[i] == '`') {
			as = *quoted ? "\\(cq" : "\\(oq";
			*quoted = !*quoted;
		} else if (word[i] == '\\') {
			as = "\\e";
		} else if (word[i] == '\'') {
			as = "\\(aq";
		}
		if (as)
			n += sprintf(buf + n, "%s", as);
		else
			buf[n++] = word[i];
	}
	return n;
}

/* Prose as mdoc: a sentence begins a line, `x` stands between quotes. */
static void man_text(FILE *f, const char *text)
{
	struct filler l = { f, 0 };
	bool quoted = false;
	char buf[512];

	while (*text) {
		size_t len = strcspn(text, " ");

		if (len > 100)
			abort();
		fill(&l, buf, man_word(buf, text, len, &quoted));
		if (text[len - 1] == '.' && text[len] && !quoted) {
			fputc('\n', f);
			l.column = 0;
		}
		text += len + (text[len] == ' ');
	}
	if (l.column)
		fputc('\n', f);
}

static void man_value(FILE *f, const char *macro, const char *value)
{
	fprintf(f, "%s \"", macro);
	for (; *value; value++) {
		if (*value == '\\')
			fputs("\\e", f);
		else if (*value == '"')
			fputs("\\(dq", f);
		else if (*value == '\'')
			fputs("\\(aq", f);
		else
			fputc(*value, f);
	}
	fputs("\" .\n", f);
}

static void size_text(char *buf, size_t size, uint64_t v)
{
	static const char units[] = "KMGT";
	int unit = -1;

	while (v && !(v & 1023) && unit < 3) {
		v >>= 10;
		unit++;
	}
	snprintf(buf, size, "%" PRIu64 "%.*s", v, unit >= 0, unit >= 0 ? &units[unit] : "");
}

static void range_text(char *buf, size_t size, const struct param *p)
{
	char lo[32], hi[32];

	if (p->type == T_SIZE) {
		size_text(lo, sizeof(lo), p->lo);
		size_text(hi, sizeof(hi), p->hi);
		snprintf(buf, size, "size, %s to %s", lo, hi);
	} else if (p->octal) {
		snprintf(buf, size, "octal, 0 to %04" PRIo64, p->hi);
	} else {
		snprintf(buf, size, "number, %" PRIu64 " to %" PRIu64, p->lo, p->hi);
	}
}

/* What people call a format. */
static const char *format_name(const struct param *p, bool many)
{
	static const char *const names[][3] = {
		{ "text", "text", "texts" },
		{ "path", "absolute path", "absolute paths" },
		{ "address", "IPv4 or IPv6 address", "addresses" },
		{ "ifname", "network interface", "network interfaces" },
		{ "netbios", "NetBIOS name", "NetBIOS names" },
		{ "word", "text without blanks", "words" },
		{ "users", "user or group", "users and groups" },
		{ "hosts", "host", "hosts" },
		{ "numbers", "number", "numbers" },
		{ "names", "pattern", "names, each between slashes" },
		{ "interfaces", "interface", "interfaces, addresses and networks" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i][0], p->format))
			return names[i][1 + many];
	return "";
}

/* "one of a, b, c" and the like; never a full stop at the end */
static void legal_text(FILE *f, const struct param *p)
{
	char buf[96];

	switch (p->type) {
	case T_BOOL:
		fputs("yes or no", f);
		break;
	case T_U32:
	case T_SIZE:
		range_text(buf, sizeof(buf), p);
		fputs(buf, f);
		break;
	case T_STRING:
		fprintf(f, "%s, at most %u bytes", format_name(p, false), p->max);
		break;
	case T_LIST:
		fprintf(f, "list of %s", p->values ? "" : format_name(p, true));
		/* fall through */
	case T_ENUM:
		for (const char **v = p->values; v && *v; v++)
			fprintf(f, "%s%s", v == p->values ? (p->type == T_ENUM ? "one of " : "") : ", ", *v);
	}
}

/* "Other words: W, X for A; Y for B." */
static void man_pairs(FILE *f, const struct pair *list, const char *before, const char *between)
{
	char *text;

	if (!list || !list->from)
		return;
	fprintf(f, "%s\n", before);
	for (; list->from; list++) {
		bool goes_on = list[1].from && !strcmp(list->to, list[1].to);

		fprintf(f, ".Ql \"%s\"%s\n", list->from, goes_on ? " ," : "");
		if (goes_on)
			continue;
		if (asprintf(&text, "%s %s%s", between, list->to, list[1].from ? ";" : ".") < 0)
			abort();
		man_text(f, text);
		free(text);
	}
}

static void man_param(FILE *f, const struct param *p)
{
	fprintf(f, ".It Ic %s\n", p->smb);
	for (const char **a = p->aliases; a && *a; a++)
		fprintf(f, "Also written\n.Ic %s .\n", *a);
	if (p->inverted && *p->inverted)
		fputs("The opposite is\n", f);
	for (const char **a = p->inverted; a && *a; a++)
		fprintf(f, ".Ic %s%s\n%s", *a, a[1] ? a[2] ? " ," : "" : " .",
			a[1] && !a[2] ? "or\n" : "");
	man_text(f, p->doc);
	fputs("Legal: ", f);
	legal_text(f, p);
	fputs(p->clamp ? "; what is out of range counts as the nearest, with a warning.\n" : ".\n", f);
	man_pairs(f, p->synonyms, "Other words:", "for");
	man_pairs(f, p->refused, "An error:", "because");
	if (*p->def) {
		fputs("Default:\n", f);
		man_value(f, ".Ql", p->def);
	}
	if (p->example) {
		fputs("Example:\n", f);
		man_value(f, ".Ql", p->example);
	}
}

static int by_name(const void *a, const void *b)
{
	const struct param *const *pa = a, *const *pb = b;

	return strcasecmp((*pa)->smb, (*pb)->smb);
}

/* The scope's parameters that smb.conf has, sorted; the caller frees. */
static const struct param **sorted(const struct scope *s, size_t *n)
{
	const struct param **ret = calloc(s->n + 1, sizeof(*ret));

	if (!ret)
		abort();
	*n = 0;
	for (size_t i = 0; i < s->n; i++)
		if (s->params[i].smb)
			ret[(*n)++] = &s->params[i];
	qsort(ret, *n, sizeof(*ret), by_name);
	return ret;
}

static void man_list(FILE *f, const struct scope *s)
{
	const struct param **list;
	size_t n;

	list = sorted(s, &n);
	fputs(".Bl -tag -width Ds\n", f);
	for (size_t i = 0; i < n; i++)
		man_param(f, list[i]);
	fputs(".El\n", f);
	free(list);
}

void emit_man_server(FILE *f, const struct schema *s)
{
	man_list(f, &s->scopes[SERVER]);
}

void emit_man_share(FILE *f, const struct schema *s)
{
	man_list(f, &s->scopes[SHARE]);
}

/* ---- names.cfg ---- */

static void man_words(FILE *f, const char *const *words, const char *macro)
{
	for (; *words; words++) {
		fprintf(f, "%s \"", macro);
		for (const char *c = *words; *c; c++)
			fputs(*c == '"' ? "\\(dq" : *c == '\\' ? "\\e" : (char[]){ *c, 0 }, f);
		fprintf(f, "\"%s\n", words[1] ? " ," : "");
	}
}

/* One group of names, with the values that are what there is anyway, and the reason. */
static void man_known(FILE *f, const struct known *k)
{
	static const char *const kinds[] = { "No effect", "Warning", "Error" };
	char *text;

	fputs(".It Xo\n", f);
	man_words(f, k->names, ".Ic");
	fputs(".Xc\n", f);
	if (k->same) {
		man_words(f, k->same, ".Ql");
		fputs("is so anyway.\n", f);
	}
	if (asprintf(&text, "%s%s: %s.", kinds[k->kind], k->same ? " with another value" : "", k->why) < 0)
		abort();
	man_text(f, text);
	free(text);
}

static void man_knowns(FILE *f, const struct known *k, size_t n, const bool *share)
{
	fputs(".Bl -tag -width Ds\n", f);
	for (size_t i = 0; i < n; i++)
		if (!share || k[i].share == *share)
			man_known(f, &k[i]);
	fputs(".El\n", f);
}

void emit_man_known(FILE *f, const struct schema *s)
{
	static const bool no = false, yes = true;

	fputs(".Ss Of the server\n", f);
	man_knowns(f, s->known, s->nknown, &no);
	fputs(".Ss Of shares\n", f);
	man_knowns(f, s->known, s->nknown, &yes);
}

void emit_man_modules(FILE *f, const struct schema *s)
{
	man_knowns(f, s->modules, s->nmodules, NULL);
}

void emit_man_guards(FILE *f, const struct schema *s)
{
	man_words(f, s->guards, ".Ql");
	fputs(".\n", f);
}

void emit_man_attrs(FILE *f, const struct scope *s)
{
	fputs(".Bl -tag -width Ds\n", f);
	for (size_t i = 0; i < s->n; i++) {
		const struct param *p = &s->params[i];

		if (p->to != TO_KERNEL)
			continue;
		fprintf(f, ".It Pa %s\n", p->attr);
		man_text(f, p->doc);
		fputs("Legal: ", f);
		if (p->type == T_BOOL)
			fputs("0 or 1", f);
		else
			legal_text(f, p);
		fputs(p->when_disabled ? "; only while not enabled.\n" : ".\n", f);
		if (*p->canonical) {
			fputs("Default:\n", f);
			man_value(f, ".Ql", p->canonical);
		}
	}
	fputs(".El\n", f);
}

/* ---- smb.conf.example ---- */

static void comment(FILE *f, const char *text)
{
	size_t col = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (col && col + 1 + len > 76) {
			fputc('\n', f);
			col = 0;
		}
		fputs(col ? " " : "# ", f);
		for (size_t i = 0; i < len; i++)
			if (text[i] != '`')
				fputc(text[i], f);
		col += len + 1;
		text += len + (text[len] == ' ');
	}
	fputc('\n', f);
}

static void example_scope(FILE *f, const struct scope *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct param *p = &s->params[i];

		if (!p->smb)
			continue;
		fputc('\n', f);
		comment(f, p->doc);
		fprintf(f, "# Default: %s\n", *p->def ? p->def : "(empty)");
		fprintf(f, ";\t%s = %s\n", p->smb, p->example);
	}
}

void emit_example(FILE *f, const struct schema *s)
{
	fputs("# Generated from configfs-schema/ by \"make gen\"; do not edit this file, copy it.\n#\n"
	      "# Example of /etc/cifssrv/smb.conf; cifssrv-smb.conf(5) explains the syntax.\n"
	      "# Lines that begin with # or ; are comments. \"cifsadmin check\" says whether a file\n"
	      "# is right.\n\n"
	      "[global]\n\tworkgroup = WORKGROUP\n\tserver string = %h file server\n", f);
	example_scope(f, &s->scopes[SERVER]);
	fputs("\n# Every further section is a share. In [global], the parameters below are defaults\n"
	      "# of the shares that follow, but for those named above already: there they are the server's own.\n\n;[data]\n;\tpath = /srv/data\n;\tread only = no\n;\tvalid users = @staff\n", f);
	example_scope(f, &s->scopes[SHARE]);
}
