// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/scan.c - read all entries of a directory for the server's own use */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "../compat/vfs.h"
#include "../wire/name.h"
#include "../wire/shortname.h"
#include "../wire/utf16.h"
#include "internal.h"
#include "nametab.h"
#include "open.h"

#define EACH_CHUNK	256u	/* entries before the directory is unlocked */

struct each_ctx {
	struct dir_context ctx;
	csrv_dir_fn fn;
	void *priv;
	u32 seen;
	bool stop;
};

static bool each_actor(struct dir_context *ctx, const char *name, int len, loff_t off, u64 ino,
		       unsigned int type)
{
	struct each_ctx *each = container_of(ctx, struct each_ctx, ctx);

	/* The directory stays locked while entries are taken: this one is returned again. */
	if (each->seen == EACH_CHUNK)
		return false;
	each->seen++;
	if (csrv_entry_is_sane(name, len) && !csrv_entry_is_dot(name, len))
		each->stop = !each->fn(each->priv, name, len, ino);
	return !each->stop;
}

int csrv_dir_each(const struct path *path, csrv_dir_fn fn, void *priv)
{
	struct each_ctx each = { .ctx.actor = each_actor, .fn = fn, .priv = priv };
	struct csrv_vfs_file vf;
	int err;

	if (!d_is_dir(path->dentry))
		return -ENOTDIR;
	err = csrv_vfs_open(path, O_RDONLY, &vf);
	if (err)
		return err;
	do {
		each.seen = 0;
		err = iterate_dir(vf.filp, &each.ctx);
		cond_resched();
	} while (!err && each.seen && !each.stop);
	csrv_vfs_close(&vf);
	return err;
}

struct match {
	const char *name;
	size_t len;
	u32 short_seed;
	bool any_case;
	bool may_be_short;
	char *found;		/* NAME_MAX + 1 bytes */
	bool hit;		/* @found is set */
};

/* @final: no better match is possible. */
static bool match_set(struct match *m, const char *name, size_t len, bool final)
{
	if (!m->hit || final) {
		memcpy(m->found, name, len);
		m->found[len] = '\0';
	}
	m->hit = true;
	return !final;
}

/* An 8.3 name is made from the name alone; an entry with the name itself is a better match. */
static bool match_name(void *priv, const char *name, size_t len, u64 ino)
{
	char buf[WIRE_SHOWN_MAX];
	struct match *m = priv;
	u32 n;

	if (m->any_case && csrv_name_is_usable(name, len)) {
		if (!csrv_name_casecmp(m->name, m->len, name, len))
			return match_set(m, name, len, true);
	} else if (m->any_case) {
		n = csrv_name_show(name, len, buf);
		if (n && !csrv_name_casecmp(m->name, m->len, buf, n))
			return match_set(m, name, len, true);
	}
	if (!m->may_be_short || m->hit)
		return true;
	n = csrv_short_name(name, len, m->short_seed, buf);
	if (!n || csrv_name_casecmp(buf, n, m->name, m->len))
		return true;
	return match_set(m, name, len, !m->any_case);
}

int csrv_dir_find(const struct csrv_vfs_root *root, const struct path *dir, const char *name,
		  bool any_case, char *found)
{
	struct match m = {
		.name = name,
		.len = strlen(name),
		.short_seed = root->short_seed,
		.any_case = any_case,
		.may_be_short = csrv_name_may_be_short(name, strlen(name)),
		.found = found,
	};
	int err = csrv_dir_each(dir, match_name, &m);

	if (err)
		return err == -EACCES ? -ENOENT : err;
	return m.hit ? 0 : -ENOENT;
}
