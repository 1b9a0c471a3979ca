// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Leaving Samba: six files as they are found, and every name of Samba 4.17.
 *
 * What cifsadmin check says of samba/NAME.conf is in samba/NAME.expected.  samba-names.tsv has a
 * line for each name of "testparm -sv": its scope and default, which are Samba's, and what is made
 * of the default and of another value.  CIFSSRV_GOLDEN=write writes both again, to be read.
 */
#include <assert.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/known.h"
#include "conf/smbconf.h"

static bool among(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(*list, name))
			return true;
	return false;
}

static int user(void *priv, const char *name, uid_t *uid, gid_t *gid)
{
	static const char *const users[] = { "nobody", "pi", "alice", "bob", NULL };

	(void)priv;
	*uid = *gid = 1000;
	return among(name, users) ? 0 : -ENOENT;
}

static int group(void *priv, const char *name, gid_t *gid)
{
	static const char *const groups[] = { "users", "timemachine", NULL };

	(void)priv;
	*gid = 100;
	return among(name, groups) ? 0 : -ENOENT;
}

static int dir(void *priv, const char *path)
{
	(void)priv;
	return *path == '/' ? 0 : -ENOENT;
}

static const struct conf_env env = {
	.hostname = "nas.example.org", .user = user, .group = group, .dir = dir
};

static char *slurp(TALLOC_CTX *ctx, const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = talloc_zero_size(ctx, 1 << 20);
	size_t n = f ? fread(text, 1, (1 << 20) - 1, f) : 0;

	if (f)
		fclose(f);
	text[n] = 0;
	return text;
}

/* True when @path has @text; it is made so where that is asked for. */
static bool golden(TALLOC_CTX *ctx, const char *path, const char *text)
{
	const char *write = getenv("CIFSSRV_GOLDEN");
	FILE *f;

	if (!strcmp(slurp(ctx, path), text))
		return true;
	if (write && !strcmp(write, "write")) {
		f = fopen(path, "w");
		assert(f && fputs(text, f) >= 0 && !fclose(f));
		return true;
	}
	fprintf(stderr, "%s is another:\n%s", path, text);
	return false;
}

static char *append_all(TALLOC_CTX *ctx, char *out, const struct conf_error *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out = talloc_asprintf_append(out, "%s\n", conf_error_format(ctx, &list[i]));
	return out;
}

/* All that is said, and what is served then. */
static bool file_holds(const char *path)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct conf *conf;
	char *out = talloc_strdup(ctx, ""), *expected;
	bool ok;

	assert(!conf_load_env(ctx, path, &env, &conf));
	out = append_all(ctx, out, conf->errors, conf->nerrors);
	out = append_all(ctx, out, conf->notes, conf->nnotes);
	out = talloc_asprintf_append(out, "%zu errors, %zu warnings, %zu notes\n", conf->nfatal,
				     conf->nwarnings, conf->nnotes);
	for (size_t i = 0; i < conf->nshares && !conf->nfatal; i++)
		out = talloc_asprintf_append(out, "[%s] %s%s\n", conf->shares[i]->name,
					     conf_scope_text(conf->shares[i], "path"),
					     conf->shares[i]->off ? " (off)" : "");
	expected = talloc_asprintf(ctx, "%.*s.expected", (int)strlen(path) - 5, path);
	ok = golden(ctx, expected, out);
	talloc_free(ctx);
	return ok;
}

/* ---- every name ---- */

/* In its own section, and nothing else. */
static const char *verdict(TALLOC_CTX *ctx, const char *scope, const char *name, const char *value)
{
	static const char *const grades[] = { "no effect", "warning", "differs", "refused" };
	bool share = !strcmp(scope, "S"), has_path = strcmp(name, "path");
	char *text = talloc_asprintf(ctx, share ? "[x]\n%s%s = %s\n" : "[global]\n%s%s = %s\n",
				     share && has_path ? "path = /srv\n" : "", name, value);
	const struct conf_error *e = NULL;
	struct conf *conf;

	assert(!conf_parse_text(ctx, "f", text, strlen(text), &env, &conf));
	if (conf->nnotes)
		e = &conf->notes[0];
	for (size_t i = 0; i < conf->nerrors; i++)
		if (!e || conf->errors[i].grade > e->grade)
			e = &conf->errors[i];
	if (!e)
		return "obeyed";
	if (!strncmp(e->text, "unknown parameter", 17))
		return "UNKNOWN";
	return strstr(e->text, "is so anyway") ? "same" : grades[e->grade];
}

/* A value that somebody might have in place of the default. */
static const char *another(const char *def)
{
	if (!strcasecmp(def, "yes") || !strcasecmp(def, "no"))
		return strcasecmp(def, "yes") ? "Yes" : "No";
	return *def && strspn(def, "0123456789") == strlen(def) ? "1" : "something";
}

static bool is_obeyed(const char *scope, const char *name)
{
	bool inverted;

	return conf_table_name(!strcmp(scope, "S") ? &conf_share_table : &conf_server_table, name,
			       &inverted) >= 0;
}

static char *name_line(TALLOC_CTX *ctx, const char *scope, const char *name, const char *def)
{
	const char *other = another(def), *with = is_obeyed(scope, name) ? "obeyed" : NULL;
	const char *now = verdict(ctx, scope, name, def);

	/* An empty value is no value of some that are obeyed. */
	if (with && !*def)
		now = "obeyed";
	return talloc_asprintf(ctx, "%s\t%s\t%s\t%s\t%s\n", scope, name, def, now,
			       with ? with : verdict(ctx, scope, name, other));
}

static bool names_hold(void)
{
	static const char path[] = "tests/unit/conf/samba-names.tsv";
	TALLOC_CTX *ctx = talloc_new(NULL);
	char *rows = slurp(ctx, path), *line, *out = talloc_strdup(ctx, "");
	size_t n = 0;
	bool ok;

	while ((line = strsep(&rows, "\n")) && *line) {
		char *scope, *name, *def;

		if (*line == '#') {
			out = talloc_asprintf_append(out, "%s\n", line);
			continue;
		}
		scope = strsep(&line, "\t");
		name = strsep(&line, "\t");
		def = strsep(&line, "\t");
		assert(scope && name && def);
		out = talloc_strdup_append(out, name_line(ctx, scope, name, def));
		n++;
	}
	assert(n == 477);
	if (strstr(out, "UNKNOWN"))
		fprintf(stderr, "%s", out);
	assert(!strstr(out, "UNKNOWN"));
	ok = golden(ctx, path, out);
	talloc_free(ctx);
	return ok;
}

int main(void)
{
	bool ok = names_hold();
	glob_t files;

	assert(!glob("tests/unit/conf/samba/*.conf", 0, NULL, &files) && files.gl_pathc == 6);
	for (size_t i = 0; i < files.gl_pathc; i++)
		ok &= file_holds(files.gl_pathv[i]);
	globfree(&files);
	return !ok;
}
