// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gen - write everything that follows from the schema
 *
 *	gen TOPDIR		write what has changed
 *	gen --check TOPDIR	write nothing; exit 1 and name what is stale
 *
 * A manual page is written by hand but for what stands between the lines
 *	.\" GENERATED server
 *	.\" END GENERATED
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE		/* asprintf */
#endif
#include <stdlib.h>
#include <string.h>

#include "schema.h"

struct output {
	const char *path;
	void (*of_schema)(FILE *f, const struct schema *s);
	void (*of_scope)(FILE *f, const struct scope *s);
	int scope;
	const char *section;	/* of a manual page; NULL: the file is all ours */
};

static const struct output outputs[] = {
	{ "module/core/server_params_gen.h", NULL, emit_params_h, SERVER, NULL },
	{ "module/core/share_params_gen.h", NULL, emit_params_h, SHARE, NULL },
	{ "module/core/user_params_gen.h", NULL, emit_params_h, USER, NULL },
	{ "module/core/listener_params_gen.h", NULL, emit_params_h, LISTENER, NULL },
	{ "module/core/params_gen.c", emit_params_c, NULL, 0, NULL },
	{ "module/configfs/server_attrs_gen.h", NULL, emit_attrs_h, SERVER, NULL },
	{ "module/configfs/share_attrs_gen.h", NULL, emit_attrs_h, SHARE, NULL },
	{ "module/configfs/user_attrs_gen.h", NULL, emit_attrs_h, USER, NULL },
	{ "module/configfs/listener_attrs_gen.h", NULL, emit_attrs_h, LISTENER, NULL },
	{ "daemon/conf/table_gen.h", emit_table, NULL, 0, NULL },
	{ "daemon/conf/names_gen.h", emit_names, NULL, 0, NULL },
	{ "etc/smb.conf.example", emit_example, NULL, 0, NULL },
	{ "tests/unit/conf/vectors_gen.tsv", emit_vectors, NULL, 0, NULL },
	{ "man/cifssrv-smb.conf.5", emit_man_server, NULL, 0, "server" },
	{ "man/cifssrv-smb.conf.5", emit_man_share, NULL, 0, "share" },
	{ "man/cifssrv-smb.conf.5", emit_man_known, NULL, 0, "known" },
	{ "man/cifssrv-smb.conf.5", emit_man_modules, NULL, 0, "modules" },
	{ "man/cifssrv-smb.conf.5", emit_man_guards, NULL, 0, "guards" },
	{ "man/cifssrv-configfs.5", NULL, emit_man_attrs, SERVER, "server" },
	{ "man/cifssrv-configfs.5", NULL, emit_man_attrs, LISTENER, "listener" },
	{ "man/cifssrv-configfs.5", NULL, emit_man_attrs, SHARE, "share" },
	{ "man/cifssrv-configfs.5", NULL, emit_man_attrs, USER, "user" },
};

/* The file's text, "" if there is none; the caller frees it. */
static char *slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t len = 0, size = 0;

	do {
		if (size - len < 65536) {
			size += 65536 + 1;
			text = realloc(text, size);
			if (!text)
				abort();
		}
		if (f)
			len += fread(text + len, 1, size - len - 1, f);
	} while (f && !feof(f) && !ferror(f));
	text[len] = 0;
	if (f)
		fclose(f);
	return text;
}

static char *make(const struct output *o, const struct schema *s)
{
	size_t len;
	char *text;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		abort();
	if (o->of_schema)
		o->of_schema(f, s);
	else
		o->of_scope(f, &s->scopes[o->scope]);
	if (fclose(f))
		abort();
	return text;
}

/* @page with @text put between the marks of @section; NULL if there are none. */
static char *splice(const char *page, const char *section, const char *text)
{
	static const char end_mark[] = ".\\\" END GENERATED\n";
	const char *begin, *end;
	char mark[64], *ret;

	snprintf(mark, sizeof(mark), ".\\\" GENERATED %s\n", section);
	begin = strstr(page, mark);
	if (!begin)
		return NULL;
	begin += strlen(mark);
	end = strstr(begin, end_mark);
	if (!end)
		return NULL;
	if (asprintf(&ret, "%.*s%s%s", (int)(begin - page), page, text, end) < 0)
		abort();
	return ret;
}

static bool store(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f)) {
		perror(path);
		return false;
	}
	printf("gen: %s\n", path);
	return true;
}

static bool produce(const struct output *o, const struct schema *s, const char *top, bool check)
{
	char path[4096], *old, *text, *whole;
	bool ok = true;

	snprintf(path, sizeof(path), "%s/%s", top, o->path);
	old = slurp(path);
	text = make(o, s);
	whole = o->section ? splice(old, o->section, text) : strdup(text);
	if (!whole) {
		fprintf(stderr, "gen: %s: no place for section \"%s\"\n", o->path, o->section);
		ok = false;
	} else if (strcmp(old, whole)) {
		if (check)
			fprintf(stderr, "gen: %s is stale: run \"make gen\"\n", o->path);
		ok = !check && store(path, whole);
	}
	free(old);
	free(text);
	free(whole);
	return ok;
}

int main(int argc, char **argv)
{
	bool check = argc > 1 && !strcmp(argv[1], "--check");
	struct schema schema;
	bool ok = true;

	if (argc != 2 + check) {
		fprintf(stderr, "usage: gen [--check] TOPDIR\n");
		return 2;
	}
	schema_load(&schema, argv[1 + check]);
	for (size_t i = 0; i < ARRAY_SIZE(outputs); i++)
		ok &= produce(&outputs[i], &schema, argv[1 + check], check);
	return ok ? 0 : 1;
}
