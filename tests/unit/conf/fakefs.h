/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A directory that behaves like configfs, with steps that can be refused and are counted. */
#include <assert.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/sync.h"

static char root[256], managed[300];
static const char *refuse;	/* a path whose write fails */
static size_t fake_ops;		/* that were tried */

/* ---- a directory as configfs would be ---- */

static void put(const char *path, const char *value)
{
	FILE *f = fopen(path, "w");

	assert(f && fprintf(f, "%s\n", value) > 0 && !fclose(f));
}

static const struct conf_table *table_of(const char *path)
{
	if (strstr(path, "/shares/"))
		return &conf_share_table;
	return strstr(path, "/users/") ? &conf_user_table : &conf_listener_table;
}

static void put_defaults(const char *dir, const struct conf_table *t)
{
	char path[512];

	for (size_t i = 0; i < t->n; i++) {
		if (t->params[i].to != CONF_TO_KERNEL)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, t->params[i].attr);
		put(path, t->params[i].def);
	}
}

static int fake_mkdir(const char *path)
{
	char enable[512];

	fake_ops++;
	if (mkdir(path, 0755))
		return -errno;
	put_defaults(path, table_of(path));
	snprintf(enable, sizeof(enable), "%s/enable", path);
	put(enable, "0");
	return 0;
}

static int fake_write(const char *path, const char *value)
{
	fake_ops++;
	if (refuse && strstr(path, refuse))
		return -EINVAL;
	if (access(path, F_OK))
		return -ENOENT;
	put(path, value);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int fake_rmdir(const char *path)
{
	fake_ops++;
	if (refuse && strstr(path, refuse))
		return -EBUSY;
	return nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS) ? -errno : 0;
}

static const struct sync_fs fake = { fake_mkdir, fake_write, fake_rmdir };

static void make_root(void)
{
	static const char *const dirs[] = { "server", "users", "shares", "listeners" };
	char path[512];

	snprintf(root, sizeof(root), "%s/cifssrv", getenv("TMPDIR"));
	snprintf(managed, sizeof(managed), "%s/managed", getenv("TMPDIR"));
	nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	unlink(managed);
	assert(!mkdir(root, 0755));
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", root, dirs[i]);
		assert(!mkdir(path, 0755));
		if (!i)
			put_defaults(path, &conf_server_table);
	}
}
