// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/pathname.c - from an object to its name: the current name in the share, the name that
 * clients see, and the directory that holds it
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../wire/name.h"
#include "../wire/shortname.h"
#include "internal.h"
#include "path.h"

int csrv_path_parent(const struct path *path, struct path *parent)
{
	struct path top = *path;

	path_get(&top);
	while (top.dentry == top.mnt->mnt_root)
		if (!follow_up(&top)) {
			path_put(&top);
			return -ENOENT;
		}
	parent->mnt = mntget(top.mnt);
	parent->dentry = dget_parent(top.dentry);
	path_put(&top);
	return 0;
}

/* @prefix is the root's path text, "" for "/". */
static char *strip_prefix(char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncmp(text, prefix, len))
		return ERR_PTR(-EXDEV);
	text += len;
	if (*text == '\0')
		return text;
	return *text == '/' ? text + 1 : ERR_PTR(-EXDEV);
}

char *csrv_vfs_path_name(const struct csrv_vfs_root *root, const struct path *path,
			 char *buf, size_t size)
{
	char *top, *prefix, *text;

	if (path_equal(&root->path, path)) {
		buf[0] = '\0';
		return buf;
	}
	/* For a deleted object d_path() would add a mark to the text. */
	if (d_unlinked(path->dentry) || d_unlinked(root->path.dentry))
		return ERR_PTR(-ENOENT);
	top = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!top)
		return ERR_PTR(-ENOMEM);
	text = d_path(path, buf, size);
	prefix = d_path(&root->path, top, PATH_MAX);
	if (IS_ERR(prefix))
		text = prefix;
	else if (!IS_ERR(text))
		text = strip_prefix(text, strcmp(prefix, "/") ? prefix : "");
	kfree(top);
	return text;
}

/* WIRE_SHOWN_MAX bytes suffice. */
static u32 component_show(const struct csrv_vfs_root *root, const char *name, size_t len, char *out)
{
	u32 n;

	if (len <= NAME_MAX) {
		n = csrv_name_show(name, len, out);
		return n ? n : csrv_short_name(name, len, root->short_seed, out);
	}
	return 0;		/* no file system has such a name */
}

u32 csrv_vfs_path_show(const struct csrv_vfs_root *root, const char *name, char *out)
{
	size_t len;
	u32 n = 0;

	for (; *name; name += len) {
		if (*name == '/') {
			out[n++] = '/';
			len = 1;
			continue;
		}
		len = strchrnul(name, '/') - name;
		n += component_show(root, name, len, out + n);
	}
	out[n] = '\0';
	return n;
}
