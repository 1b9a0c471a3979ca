// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/cifsadmin/translate.c daemon/cifsadmin/edit.c daemon/cifsadmin/commit.c daemon/cifsadmin/client.c daemon/cifsadmin/text.c daemon/conf/*.c daemon/util/utf.c | libs: talloc
/*
 * cifsadmin migrate: three installations as they are found, and what becomes of them.  The texts
 * wanted are in migrate/NAME.want; MIGRATE_UPDATE=1 writes them anew, for a reader of the diff.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cifsadmin/commit.h"
#include "cifsadmin/migrate.h"
#include "util/cleanup.h"

#define DIR	"tests/unit/daemon/migrate/"

static int find_user(void *priv, const char *name, uid_t *uid, gid_t *gid)
{
	(void)priv;
	*uid = *gid = 1000;
	return strcmp(name, "nobody") && strcmp(name, "alice") ? -ENOENT : 0;
}

static int find_group(void *priv, const char *name, gid_t *gid)
{
	(void)priv;
	*gid = 500;
	return strcmp(name, "staff") ? -ENOENT : 0;
}

static const struct conf_env env = { .hostname = "desk", .user = find_user, .group = find_group };

static char *add_list(char *text, const char *title, const struct migrate_list *list)
{
	text = talloc_asprintf_append(text, "==== %s: %zu\n", title, list->n);
	for (size_t i = 0; i < list->n; i++)
		text = talloc_asprintf_append(text, "%s\n", list->text[i]);
	return text;
}

/* The new file and the report, as one text. */
static char *result(TALLOC_CTX *ctx, const struct migration *m)
{
	char *text = talloc_asprintf(ctx, "%s==== kept: %zu lines, %zu shares\n", m->text, m->kept,
				     m->conf->nshares);

	text = add_list(text, "remarks", &m->remarks);
	text = add_list(text, "lost", &m->lost);
	return add_list(text, "off", &m->off);
}

static void golden(const char *name)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	char *from = talloc_asprintf(ctx, DIR "%s.conf", name);
	char *path = talloc_asprintf(ctx, DIR "%s.want", name), *got, *want;
	struct migration *m;
	const char *why;

	assert(!migrate_conf(ctx, from, &env, &m, &why));
	assert(!m->conf->nfatal);
	got = result(ctx, m);
	if (getenv("MIGRATE_UPDATE")) {
		unlink(path);
		assert(!commit_write(path, got, 0644));
	}
	want = commit_read(ctx, path);
	if (!want || strcmp(got, want))
		fprintf(stderr, "%s: got this, which is not what is wanted:\n%s", path, got);
	assert(want && !strcmp(got, want));
	talloc_free(ctx);
}

/* What is taken over is what was read: a second migration changes nothing but the heading. */
static void once_is_enough(const char *name)
{
	const char *tmp = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	TALLOC_CTX *ctx = talloc_new(NULL);
	char *from = talloc_asprintf(ctx, DIR "%s.conf", name);
	char *path = talloc_asprintf(ctx, "%s/%s.again", tmp, name);
	struct migration *first, *second;
	const char *why;

	assert(!migrate_conf(ctx, from, &env, &first, &why));
	unlink(path);
	assert(!commit_write(path, first->text, 0600));
	assert(!migrate_conf(ctx, path, &env, &second, &why));
	assert(!second->lost.n && !second->off.n && second->conf->nshares == first->conf->nshares);
	assert(!strcmp(strchr(second->text, '\n') + 1, first->text));
	talloc_free(ctx);
}

static void what_cannot_be_read_is_said(void)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct migration *m;
	const char *why;

	assert(migrate_conf(ctx, DIR "none.conf", &env, &m, &why) == -ENOENT && !m);
	assert(migrate_conf(ctx, DIR, &env, &m, &why) == -EINVAL && why);
	talloc_free(ctx);
}

int main(void)
{
	static const char *const names[] = { "desk", "nas", "broken" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		golden(names[i]);
		once_is_enough(names[i]);
	}
	what_cannot_be_read_is_said();
	puts("daemon_migrate: ok");
	return 0;
}
