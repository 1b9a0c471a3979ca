// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon's validators obey every vector that the schema implies. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/internal.h"

static const struct conf_table *table_of(const char *scope)
{
	static const struct conf_table *const all[] = {
		&conf_server_table, &conf_share_table, &conf_user_table, &conf_listener_table
	};

	for (size_t i = 0; i < 4; i++)
		if (!strcmp(all[i]->scope, scope))
			return all[i];
	abort();
}

/* "\xNN" and "@repeat N c prefix" in an input stand for what cannot be written there. */
static char *decode(TALLOC_CTX *ctx, const char *in)
{
	char *out = talloc_zero_size(ctx, strlen(in) + 1), *o = out;
	unsigned int n, len;
	char c, prefix[8];

	if (sscanf(in, "@repeat %u %c %7s", &n, &c, prefix) == 3) {
		out = talloc_zero_size(ctx, n + 1);
		len = strlen(prefix);
		memcpy(out, prefix, len);
		memset(out + len, c, n - len);
		return out;
	}
	while (*in) {
		if (in[0] == '\\' && in[1] == 'x' && sscanf(in + 2, "%2x", &n) == 1) {
			*o++ = n;
			in += 4;
		} else {
			*o++ = *in++;
		}
	}
	return out;
}

static bool vector_holds(const char *f[6])
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	const struct conf_table *t = table_of(f[0]);
	struct conf_input in = { .text = decode(ctx, f[4]) };
	bool ok = !strcmp(f[3], "ok"), good;
	struct conf_verdict v = {};
	int i = conf_table_attr(t, f[1]), err;

	assert(i >= 0);
	if (strcmp(f[2], "-"))
		assert(conf_table_name(t, f[2], &in.inverted) == i);
	err = conf_param_check(ctx, &t->params[i], &in, &v);
	if (!ok)
		good = err == -EINVAL && !v.text && v.why && *v.why;
	else if (!strcmp(f[5], "@any"))
		good = !err;
	else
		good = !err && !strcmp(v.text, strcmp(f[5], "@same") ? f[5] : in.text);
	if (!good)
		fprintf(stderr, "%s/%s \"%.60s\": wanted %s \"%s\", got %d \"%.60s\" %s\n", f[0], f[1],
			f[4], f[3], f[5], err, v.text ? v.text : "", v.why ? v.why : "");
	talloc_free(ctx);
	return good;
}

/* A default is canonical: checking it again does not change it. */
static bool defaults_hold(const struct conf_table *t)
{
	bool good = true;

	for (size_t i = 0; i < t->n; i++) {
		TALLOC_CTX *ctx = talloc_new(NULL);
		const struct conf_input in = { .text = t->params[i].def };
		struct conf_verdict v = {};

		if (conf_param_check(ctx, &t->params[i], &in, &v) ||
		    strcmp(v.text, t->params[i].def)) {
			fprintf(stderr, "%s/%s: default \"%s\"\n", t->scope, t->params[i].attr,
				t->params[i].def);
			good = false;
		}
		talloc_free(ctx);
	}
	return good;
}

int main(void)
{
	FILE *f = fopen("tests/unit/conf/vectors_gen.tsv", "r");
	char *line = NULL;
	size_t size = 0, n = 0, bad = 0;
	ssize_t len;

	assert(f);
	while ((len = getline(&line, &size, f)) > 0) {
		const char *field[6];
		char *s = line;

		if (line[len - 1] == '\n')
			line[len - 1] = 0;
		if (*line == '#')
			continue;
		for (int i = 0; i < 6; i++) {
			field[i] = strsep(&s, "\t");
			assert(field[i]);
		}
		n++;
		bad += !vector_holds(field);
	}
	free(line);
	fclose(f);
	assert(n > 1000 && !bad);
	assert(defaults_hold(&conf_server_table) && defaults_hold(&conf_share_table));
	assert(defaults_hold(&conf_user_table) && defaults_hold(&conf_listener_table));
	printf("%zu vectors\n", n);
	return 0;
}
