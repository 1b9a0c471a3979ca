// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/running.c - the shares and the server's names, as configfs has them */
#include "running.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>

#include "../util/cleanup.h"
#include "../util/dir.h"
#include "../util/utf.h"
#include "util/grow.h"

#define ATTR_MAX	4096	/* a configfs attribute is at most a page */
#define SHARES_MAX	16384

char *running_attr(TALLOC_CTX *ctx, const char *dir, const char *name, const char *fallback)
{
	_cleanup_(talloc_freep) char *path = talloc_asprintf(NULL, "%s/%s", dir, name);
	_cleanup_(closep) int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	char buf[ATTR_MAX];
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

	if (n < 0)
		return talloc_strdup(ctx, fallback);
	while (n && buf[n - 1] == '\n')
		n--;
	buf[n] = 0;
	return talloc_strdup(ctx, utf8_valid(buf, strlen(buf)) ? buf : fallback);
}

static uint32_t attr_u32(const char *dir, const char *name, uint32_t fallback)
{
	_cleanup_(talloc_freep) char *s = running_attr(NULL, dir, name, "");
	char *end;
	unsigned long v;

	if (!s || !*s)
		return fallback;
	v = strtoul(s, &end, 10);
	return *end || v > UINT32_MAX ? fallback : (uint32_t)v;
}

bool running_attr_bool(const char *dir, const char *name, bool fallback)
{
	_cleanup_(talloc_freep) char *s = running_attr(NULL, dir, name, "");

	if (!s || !*s)
		return fallback;
	return !strcasecmp(s, "yes") || !strcmp(s, "1") || !strcasecmp(s, "true") ||
	       !strcasecmp(s, "on");
}

static uint8_t attr_csc(const char *dir)
{
	static const struct {
		const char *name;
		uint8_t csc;
	} names[] = {
		{ "documents", RPC_CSC_DOCUMENTS }, { "programs", RPC_CSC_PROGRAMS },
		{ "disable", RPC_CSC_DISABLE },
	};
	_cleanup_(talloc_freep) char *s = running_attr(NULL, dir, "csc_policy", "manual");

	for (size_t i = 0; s && i < ARRAY_LEN(names); i++)
		if (!strcmp(s, names[i].name))
			return names[i].csc;
	return RPC_CSC_MANUAL;
}

static struct rpc_share *add_share(struct running *run)
{
	struct rpc_share *grown = array_grow(run, run->shares, struct rpc_share, run->nshares);

	if (!grown)
		return NULL;
	run->shares = grown;
	grown[run->nshares] = (struct rpc_share){ .max_users = RPC_UNLIMITED };
	return &grown[run->nshares];
}

/* False without memory. */
static bool read_share(struct running *run, const char *dir, const char *name)
{
	struct rpc_share *sh;
	uint32_t max;

	if (!running_attr_bool(dir, "enable", false))
		return true;
	sh = add_share(run);
	if (!sh)
		return false;
	max = attr_u32(dir, "max_connections", 0);
	sh->name = talloc_strdup(run, name);
	sh->comment = running_attr(run, dir, "comment", "");
	sh->path = running_attr(run, dir, "path", "");
	sh->type = RPC_STYPE_DISKTREE;
	sh->hidden = !running_attr_bool(dir, "browseable", true);
	sh->max_users = max ? max : RPC_UNLIMITED;
	sh->csc = attr_csc(dir);
	sh->abe = running_attr_bool(dir, "access_based_enum", false);
	sh->hides_files = running_attr_bool(dir, "hide_unreadable", false);
	run->has_abe |= sh->abe;
	sh->homes = running_attr_bool(dir, "homes", false);
	run->nshares++;
	return sh->name && sh->comment && sh->path;
}

static int by_name(const void *a, const void *b)
{
	return utf8_casecmp(((const struct rpc_share *)a)->name,
			    ((const struct rpc_share *)b)->name);
}

/* False without memory. */
static bool read_shares(struct running *run, const char *root)
{
	_cleanup_(talloc_freep) char *shares = talloc_asprintf(NULL, "%s/shares", root);
	DIR *dir = shares ? opendir(shares) : NULL;
	bool good = shares;
	struct dirent *de;

	while (good && dir && run->nshares < SHARES_MAX && (de = readdir(dir))) {
		_cleanup_(talloc_freep) char *path = NULL;

		if (is_dots(de->d_name) || !utf8_valid(de->d_name, strlen(de->d_name)))
			continue;
		path = talloc_asprintf(NULL, "%s/%s", shares, de->d_name);
		good = path && read_share(run, path, de->d_name);
	}
	if (dir)
		closedir(dir);
	if (good && run->nshares)
		qsort(run->shares, run->nshares, sizeof(*run->shares), by_name);
	return good;
}

static bool add_ipc(struct running *run)
{
	struct rpc_share *sh = add_share(run);

	if (!sh)
		return false;
	sh->name = "IPC$";
	sh->comment = "IPC Service";
	sh->type = RPC_STYPE_IPC | RPC_STYPE_SPECIAL;
	run->nshares++;
	return true;
}

struct running *running_read(TALLOC_CTX *ctx, const char *root)
{
	struct running *run = talloc_zero(ctx, struct running);
	char *server = run ? talloc_asprintf(run, "%s/server", root) : NULL;
	struct rpc_server_info *info;

	if (!server) {
		talloc_free(run);
		return NULL;
	}
	info = &run->info;
	info->netbios_name = running_attr(run, server, "netbios_name", "CIFSSRV");
	info->workgroup = running_attr(run, server, "workgroup", "WORKGROUP");
	info->comment = running_attr(run, server, "server_string", "");
	info->version_major = 10;
	info->max_users = attr_u32(server, "max_sessions", 0);
	if (!info->max_users)
		info->max_users = RPC_UNLIMITED;
	info->deadtime_minutes = attr_u32(server, "deadtime", 0);
	info->restrict_anonymous = attr_u32(server, "restrict_anonymous", 0);
	if (info->netbios_name && info->workgroup && info->comment && read_shares(run, root) &&
	    add_ipc(run))
		return run;
	talloc_free(run);
	return NULL;
}

struct rpc_share *running_find(struct running *run, const char *name)
{
	const struct rpc_share key = { .name = name };
	struct rpc_share *ipc;

	if (!run->nshares)
		return NULL;
	ipc = &run->shares[run->nshares - 1];
	if (!utf8_casecmp(ipc->name, name))
		return ipc;
	return bsearch(&key, run->shares, run->nshares - 1, sizeof(key), by_name);
}
