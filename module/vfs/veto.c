// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/veto.c - names that are not there, whoever asks ("veto files")
 *
 * What counts is the name that an object has, not the one that was asked for: a file system may
 * take several for one.  Where it does not exist yet, what counts is all that it will be found by.
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

/* @text from the component on in which it differs from @other; both are paths as d_path() has. */
static const char *past_common(const char *text, const char *other)
{
	size_t i, from = 0;

	for (i = 0; text[i] && text[i] == other[i]; i++)
		if (text[i] == '/')
			from = i;
	return text + (!text[i] && other[i] == '/' ? i : from);
}

/*
 * Behind a wide link.  That the share lies in a directory with such a name is the administrator's
 * will, so what both have in common does not count.
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
/* A byte of UTF-8 becomes no more than so many when it is decomposed and folded. */
#define FOLD_GROWS	12

/* @text as the file system compares it; -EINVAL: it is no UTF-8. */
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
 * Is @name one spelling of a vetoed name to a directory that folds case by tables of its own?
 * To those long s is s, the Kelvin sign is k, sharp s is ss.  What is no UTF-8 equals nothing else.
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

/* What a directory calls an inode. */
struct disk_name {
	const struct csrv_vfs_root *root;
	const struct qstr *name;	/* of the dentry, which has been asked about */
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

/* Who asks need not be able to list the directory, and root need not on another machine. */
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

/* One that nobody can look for is vetoed: nobody knows what it is. */
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

/* Do these find a name in a directory under that name only, unless the dentry cache is told? */
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
 * Where a file system says itself which names are one (FAT and its 8.3 names, a casefolded ext4),
 * or another machine does (NFS, cifs, FUSE), a dentry bears the name that it was asked for, which
 * need not be the one on disk.  Behind a wide link the names count up to a directory that the share
 * lies in, too.
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
	/* Moved out of the share, and gone: there is no name to ask about. */
	if (name == ERR_PTR(-EXDEV) && (root->flags & CSRV_ROOT_WIDE_LINKS))
		vetoed = outside_vetoed(root, path, buf) || disk_names_vetoed(root, path);
	else if (IS_ERR(name))
		vetoed = PTR_ERR(name) != -EXDEV && PTR_ERR(name) != -ENOENT;
	else
		vetoed = csrv_vetoed_in(root, name) || disk_names_vetoed(root, path);
	kfree(buf);
	return vetoed;
}
