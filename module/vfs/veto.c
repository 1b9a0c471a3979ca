// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/veto.c - vetoed names, which exist for no user ("veto files")
 *
 * The name that an object has counts, not the one that was asked for: a file system may regard
 * several names as one.  For a new object all names count by which it will be found.
 */
#include <linux/dcache.h>
#include <linux/magic.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unicode.h>

#include "cred.h"
#include "internal.h"
#include "path.h"

const char *csrv_vetoed_in(const struct csrv_vfs_root *root, const char *name)
{
	size_t n;

	if (!root->vetoes)
		return NULL;
	for (; *name; name += n) {
		name += strspn(name, "/");
		n = strchrnul(name, '/') - name;
		if (n && csrv_vfs_vetoes(root, name, n))
			return name;
	}
	return NULL;
}

/* @text from the first component that differs from @other; both are paths as from d_path(). */
static const char *past_common(const char *text, const char *other)
{
	size_t i, from = 0;

	for (i = 0; text[i] && text[i] == other[i]; i++)
		if (text[i] == '/')
			from = i;
	return text + (!text[i] && other[i] == '/' ? i : from);
}

/*
 * For an object behind a wide link.  The administrator may share a directory below a vetoed name,
 * so the directories that both paths have in common do not count.
 */
static bool outside_vetoed(const struct csrv_vfs_root *root, const struct path *path, char *buf)
{
	char *top = kmalloc(PATH_MAX, GFP_KERNEL), *text, *prefix;
	bool vetoed = true;

	if (!top)
		return true;
	text = d_path(path, buf, PATH_MAX);
	prefix = d_path(&root->path, top, PATH_MAX);
	if (!IS_ERR(text) && !IS_ERR(prefix))
		vetoed = csrv_vetoed_in(root, past_common(text, prefix));
	kfree(top);
	return vetoed;
}

/* ---- file systems that fold case themselves ---- */

#if IS_ENABLED(CONFIG_UNICODE)
/* Decomposed and folded, a byte of UTF-8 becomes at most so many. */
#define FOLD_GROWS	12

/* @text folded as the file system compares it; -EINVAL: it is no UTF-8. */
static char *fold(const struct super_block *sb, const char *text)
{
	const struct qstr name = QSTR_INIT(text, strlen(text));
	size_t size = FOLD_GROWS * name.len + 1;
	char *folded = kvmalloc(size, GFP_KERNEL);
	int len = folded ? utf8_casefold(sb->s_encoding, &name, folded, size - 1) : -ENOMEM;

	if (len < 0) {
		kvfree(folded);
		return ERR_PTR(len);
	}
	folded[len] = '\0';
	return folded;
}

/*
 * Is @name a spelling of a vetoed name to a directory that folds case by its own tables?  To those
 * long s is s, the Kelvin sign is k, sharp s is ss.  A text that is no UTF-8 equals only itself.
 */
bool csrv_vetoed_folded(const struct csrv_vfs_root *root, const struct dentry *dir,
			const char *name)
{
	char *folded, *list;
	bool vetoed;

	if (!root->vetoes || !IS_CASEFOLDED(d_inode(dir)))
		return false;
	folded = fold(dir->d_sb, name);
	if (IS_ERR(folded))
		return PTR_ERR(folded) == -ENOMEM;
	list = fold(dir->d_sb, root->veto_list);
	if (IS_ERR(list))
		vetoed = PTR_ERR(list) == -ENOMEM;
	else
		vetoed = root->vetoes(list, folded, strlen(folded));
	if (!IS_ERR(list))
		kvfree(list);
	kvfree(folded);
	return vetoed;
}
#else
bool csrv_vetoed_folded(const struct csrv_vfs_root *root, const struct dentry *dir,
			const char *name)
{
	return false;
}
#endif

/* The search for the name of an inode in its directory. */
struct disk_name {
	const struct csrv_vfs_root *root;
	const struct qstr *name;	/* of the dentry, which was checked already */
	u64 ino;
	bool found;
	bool vetoed;
};

static bool look_at_name(void *priv, const char *name, size_t len, u64 ino)
{
	struct disk_name *q = priv;

	if (len == q->name->len && !memcmp(name, q->name->name, len)) {
		q->found = true;
		q->vetoed = false;
		return false;
	}
	if (ino != q->ino)
		return true;
	q->found = true;
	q->vetoed |= csrv_vfs_vetoes(q->root, name, len);
	return true;
}

/* The user need not be able to list the directory; nor may root on another machine. */
static int look_in_dir(const struct path *dir, struct disk_name *q)
{
	int err = csrv_dir_each(dir, look_at_name, q);
	const struct cred *old;

	if (err != -EACCES && err != -EPERM)
		return err;
	old = csrv_cred_enter_root();
	if (IS_ERR(old))
		return PTR_ERR(old);
	err = csrv_dir_each(dir, look_at_name, q);
	csrv_cred_leave(old);
	return err;
}

/* An object whose name cannot be found is vetoed: its name is not known. */
static bool disk_name_vetoed(const struct csrv_vfs_root *root, const struct path *path)
{
	struct disk_name q = { .root = root, .ino = d_inode(path->dentry)->i_ino };
	struct name_snapshot name;
	struct path dir;
	int err;

	take_dentry_name_snapshot(&name, path->dentry);
	q.name = &name.name;
	dir = (struct path){ .mnt = path->mnt, .dentry = dget_parent(path->dentry) };
	err = look_in_dir(&dir, &q);
	if (!err && q.found && !q.vetoed)
		q.vetoed = csrv_vetoed_folded(root, dir.dentry, (const char *)name.name.name);
	dput(dir.dentry);
	release_dentry_name_snapshot(&name);
	return err || !q.found || q.vetoed;
}

/* Does the file system find a name only under this spelling, but for the dentry cache? */
static bool finds_exactly(const struct dentry *dentry)
{
	if (dentry->d_flags & (DCACHE_OP_COMPARE | DCACHE_OP_HASH))
		return false;
	switch (dentry->d_sb->s_magic) {
	case BTRFS_SUPER_MAGIC:
	case EXT4_SUPER_MAGIC:
	case F2FS_SUPER_MAGIC:
	case RAMFS_MAGIC:
	case TMPFS_MAGIC:
	case XFS_SUPER_MAGIC:
		return true;
	default:
		return false;
	}
}

/*
 * Some file systems decide themselves which names are one (FAT and its 8.3 names, a casefolded
 * ext4), or another machine does (NFS, cifs, FUSE).  Their dentries have the name that was asked
 * for, which need not be the one on disk.  Behind a wide link the names count up to a directory
 * that the share lies in, too.
 */
static bool disk_names_vetoed(const struct csrv_vfs_root *root, const struct path *path)
{
	struct path at = *path, up;
	bool vetoed = false;

	path_get(&at);
	while (!vetoed && !path_is_under(&root->path, &at)) {
		if (at.dentry == at.mnt->mnt_root) {
			if (!follow_up(&at))
				break;
			continue;
		}
		if (IS_ROOT(at.dentry))
			break;
		if (!finds_exactly(at.dentry))
			vetoed = disk_name_vetoed(root, &at);
		up = (struct path){ .mnt = mntget(at.mnt), .dentry = dget_parent(at.dentry) };
		path_put(&at);
		at = up;
	}
	path_put(&at);
	return vetoed;
}

bool csrv_vfs_path_vetoed(const struct csrv_vfs_root *root, const struct path *path)
{
	bool vetoed;
	char *buf, *name;

	if (!root->vetoes)
		return false;
	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!buf)
		return true;
	name = csrv_vfs_path_name(root, path, buf, PATH_MAX);
	/* Moved out of the share and removed: there is no name to check. */
	if (name == ERR_PTR(-EXDEV) && (root->flags & CSRV_ROOT_WIDE_LINKS))
		vetoed = outside_vetoed(root, path, buf) || disk_names_vetoed(root, path);
	else if (IS_ERR(name))
		vetoed = PTR_ERR(name) != -EXDEV && PTR_ERR(name) != -ENOENT;
	else
		vetoed = csrv_vetoed_in(root, name) || disk_names_vetoed(root, path);
	kfree(buf);
	return vetoed;
}
