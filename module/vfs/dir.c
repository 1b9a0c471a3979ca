// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/dir.c - listing a directory */
#include <linux/file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../compat/vfs.h"
#include "../wire/name.h"
#include "../wire/shortname.h"
#include "../wire/utf16.h"
#include "dir.h"
#include "internal.h"
#include "nametab.h"
#include "open.h"

#define BATCH_SIZE	8192u	/* bytes of entries read ahead */
#define EACH_CHUNK	256u	/* entries before the directory is unlocked for others */

/* One entry in the batch, 8-byte aligned. */
struct batch_entry {
	u64 ino;
	u16 size;		/* of this entry, padding included */
	u8 len;
	u8 type;
	char name[];		/* NUL-terminated */
};

struct csrv_vfs_dir {
	const struct csrv_vfs_root *root;	/* the share's, outlives us */
	struct file *file;			/* a reference */
	u8 *batch;				/* BATCH_SIZE bytes, NULL until needed */
	u32 used;				/* bytes of @batch that are filled */
	u32 pos;				/* next entry in @batch */
	u8 dots;				/* how many of "." and ".." are done */
	bool again;				/* @last was pushed back */
	struct csrv_vfs_dirent last;
	char shown[WIRE_SHOWN_MAX];		/* of @last, where it is not its name */
};

/* Corrupt file systems hand out names that no lookup must ever see. */
static bool entry_is_sane(const char *name, int len)
{
	return len > 0 && len <= NAME_MAX && !memchr(name, '/', len) && !memchr(name, '\0', len);
}

static bool entry_is_dot(const char *name, int len)
{
	return name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'));
}

struct fill_ctx {
	struct dir_context ctx;
	struct csrv_vfs_dir *dir;
	u32 seen;
};

static bool fill_actor(struct dir_context *ctx, const char *name, int len, loff_t off, u64 ino,
		       unsigned int type)
{
	struct fill_ctx *fill = container_of(ctx, struct fill_ctx, ctx);
	struct csrv_vfs_dir *dir = fill->dir;
	struct batch_entry *e;
	u32 size;

	if (!entry_is_sane(name, len) || entry_is_dot(name, len)) {
		fill->seen++;
		return true;
	}
	size = ALIGN(sizeof(*e) + len + 1, 8);
	if (size > BATCH_SIZE - dir->used)
		return false;
	fill->seen++;
	e = (struct batch_entry *)(dir->batch + dir->used);
	e->ino = ino;
	e->size = size;
	e->len = len;
	e->type = type;
	memcpy(e->name, name, len);
	e->name[len] = '\0';
	dir->used += size;
	return true;
}

/* Read entries until the batch is full; it stays empty only at the end. */
static int dir_fill(struct csrv_vfs_dir *dir)
{
	struct fill_ctx fill = { .ctx.actor = fill_actor, .dir = dir };
	int err;

	if (!dir->batch)
		dir->batch = kmalloc(BATCH_SIZE, GFP_KERNEL);
	if (!dir->batch)
		return -ENOMEM;
	dir->used = 0;
	dir->pos = 0;
	do {
		fill.seen = 0;
		err = iterate_dir(dir->file, &fill.ctx);
	} while (!err && fill.seen && !dir->used);
	return err;
}

struct csrv_vfs_dir *csrv_vfs_dir_open(const struct csrv_vfs_root *root, struct file *file)
{
	struct csrv_vfs_dir *dir;

	if (!d_is_dir(file->f_path.dentry))
		return ERR_PTR(-ENOTDIR);
	dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	if (!dir)
		return ERR_PTR(-ENOMEM);
	dir->root = root;
	dir->file = get_file(file);
	return dir;
}

void csrv_vfs_dir_close(struct csrv_vfs_dir *dir)
{
	if (!dir)
		return;
	fput(dir->file);
	kfree(dir->batch);
	kfree(dir);
}

static void next_dot(struct csrv_vfs_dir *dir)
{
	const char *name = dir->dots ? ".." : ".";
	u64 ino = file_inode(dir->file)->i_ino;
	struct path path;

	dir->last = (struct csrv_vfs_dirent){ .name = name, .len = strlen(name), .type = DT_DIR,
					      .ino = ino };
	dir->last.shown = name;
	dir->last.shown_len = dir->last.len;
	if (dir->dots && !csrv_vfs_dirent_path(dir, &dir->last, &path)) {
		dir->last.ino = d_inode(path.dentry)->i_ino;
		path_put(&path);
	}
	dir->dots++;
}

static bool name_exists(struct csrv_vfs_dir *dir, const char *name)
{
	struct path path;

	if (csrv_walk_one(&dir->file->f_path, name, &path))
		return false;
	path_put(&path);
	return true;
}

/*
 * What clients are told that opens it: its name; or that in characters which they can use;
 * or, if that is another's name, its 8.3 name.
 */
static void show(struct csrv_vfs_dir *dir, struct csrv_vfs_dirent *ent)
{
	ent->shown = ent->name;
	ent->shown_len = ent->len;
	if (csrv_name_is_usable(ent->name, ent->len))
		return;
	ent->shown = dir->shown;
	ent->shown_len = csrv_name_show(ent->name, ent->len, dir->shown);
	if (ent->shown_len && !name_exists(dir, dir->shown))
		return;
	ent->shown_len = csrv_short_name(ent->name, ent->len, dir->root->short_seed, dir->shown);
	dir->shown[ent->shown_len] = '\0';
}

int csrv_vfs_dir_next(struct csrv_vfs_dir *dir, struct csrv_vfs_dirent *ent)
{
	struct batch_entry *e;
	int err;

	if (dir->again) {
		dir->again = false;
	} else if (dir->dots < 2) {
		next_dot(dir);
	} else {
		if (dir->pos >= dir->used) {
			err = dir_fill(dir);
			if (err || !dir->used)
				return err;
		}
		e = (struct batch_entry *)(dir->batch + dir->pos);
		dir->pos += e->size;
		dir->last = (struct csrv_vfs_dirent){ .name = e->name, .len = e->len,
						      .type = e->type, .ino = e->ino };
		show(dir, &dir->last);
	}
	*ent = dir->last;
	return 1;
}

void csrv_vfs_dir_push_back(struct csrv_vfs_dir *dir)
{
	dir->again = dir->last.name;
}

int csrv_vfs_dir_rewind(struct csrv_vfs_dir *dir)
{
	loff_t pos = vfs_llseek(dir->file, 0, SEEK_SET);

	dir->used = 0;
	dir->pos = 0;
	dir->dots = 0;
	dir->again = false;
	dir->last = (struct csrv_vfs_dirent){};
	return pos < 0 ? pos : 0;
}

/* By the policy of the share, which is told from its root. */
static int follow_entry(struct csrv_vfs_dir *dir, const char *name, struct path *path)
{
	char *buf, *at;
	int err;

	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	at = csrv_vfs_path_name(dir->root, &dir->file->f_path, buf, PATH_MAX);
	err = PTR_ERR_OR_ZERO(at);
	if (!err) {
		char *full = kasprintf(GFP_KERNEL, "%s%s%s", at, *at ? "/" : "", name);

		err = full ? csrv_walk(dir->root, full, LOOKUP_FOLLOW, path) : -ENOMEM;
		kfree(full);
	}
	kfree(buf);
	return err == -ENOMEM ? err : err ? -ENOENT : 0;
}

int csrv_vfs_dirent_path(struct csrv_vfs_dir *dir, const struct csrv_vfs_dirent *ent,
			 struct path *path)
{
	const struct path *self = &dir->file->f_path;
	struct path target;
	int err;

	if (entry_is_dot(ent->name, ent->len)) {
		if (ent->len == 2 && !path_equal(self, &dir->root->path) &&
		    path_is_under(self, &dir->root->path))
			return csrv_walk_parent(self, path);
		*path = *self;
		path_get(path);
		return 0;
	}
	err = csrv_walk_one(self, ent->name, path);
	if (err || !d_is_symlink(path->dentry))
		return err;
	err = follow_entry(dir, ent->name, &target);
	if (!err) {
		path_put(path);
		*path = target;
	} else if (err == -ENOMEM) {
		path_put(path);
		return err;
	}
	return 0;
}

int csrv_vfs_dirent_attr(struct csrv_vfs_dir *dir, const struct csrv_vfs_dirent *ent,
			 struct csrv_vfs_attr *attr)
{
	struct path path;
	int err = csrv_vfs_dirent_path(dir, ent, &path);

	if (err)
		return err;
	err = csrv_vfs_getattr(&path, attr);
	path_put(&path);
	return err;
}

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

	/* The directory is locked for as long as we take more: this one comes again. */
	if (each->seen == EACH_CHUNK)
		return false;
	each->seen++;
	if (entry_is_sane(name, len) && !entry_is_dot(name, len))
		each->stop = !each->fn(each->priv, name, len, ino);
	return !each->stop;
}

int csrv_dir_each(const struct path *path, csrv_dir_fn fn, void *priv)
{
	struct each_ctx each = { .ctx.actor = each_actor, .fn = fn, .priv = priv };
	struct file *file;
	int err;

	if (!d_is_dir(path->dentry))
		return -ENOTDIR;
	err = csrv_vfs_open(path, O_RDONLY, &file);
	if (err)
		return err;
	do {
		each.seen = 0;
		err = iterate_dir(file, &each.ctx);
		cond_resched();
	} while (!err && each.seen && !each.stop);
	csrv_vfs_close(file);
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

/* @final: nothing can be better. */
static bool match_set(struct match *m, const char *name, size_t len, bool final)
{
	if (!m->hit || final) {
		memcpy(m->found, name, len);
		m->found[len] = '\0';
	}
	m->hit = true;
	return !final;
}

/* An 8.3 name is made from the name alone; a name of its own is better. */
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

static bool match_any(void *priv, const char *name, size_t len, u64 ino)
{
	*(bool *)priv = true;
	return false;
}

int csrv_vfs_dir_empty(const struct path *path)
{
	bool any = false;
	int err = csrv_dir_each(path, match_any, &any);

	if (err)
		return err;
	return any ? -ENOTEMPTY : 0;
}
