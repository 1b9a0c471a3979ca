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
#include "rw.h"

#define BATCH_SIZE	8192u	/* bytes of entries read ahead */

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

	if (!csrv_entry_is_sane(name, len) || csrv_entry_is_dot(name, len)) {
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

struct csrv_vfs_dir *csrv_vfs_dir_open(const struct csrv_vfs_root *root,
				       const struct csrv_vfs_file *vf)
{
	struct csrv_vfs_dir *dir;

	if (!d_is_dir(vf->filp->f_path.dentry))
		return ERR_PTR(-ENOTDIR);
	dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	if (!dir)
		return ERR_PTR(-ENOMEM);
	dir->root = root;
	dir->file = get_file(vf->filp);
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
 * The name that clients see and can open the entry by: its name; or the name in characters that
 * they can use; or, if that is another entry's name, its 8.3 name.
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

/* Follow a symlink by the share's policy, which needs a path from the root. */
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

	if (csrv_entry_is_dot(ent->name, ent->len)) {
		if (ent->len == 2 && !path_equal(self, &dir->root->path) &&
		    path_is_under(self, &dir->root->path))
			return csrv_path_parent(self, path);
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
