// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/attr.c - attributes of an object */
#include <linux/blkdev.h>
#include <linux/fiemap.h>
#include <linux/kdev_t.h>
#include <linux/stat.h>
#include <linux/statfs.h>
#include <linux/xattr.h>

#include "../compat/vfs.h"
#include "attr.h"
#include "internal.h"

#define XATTR_DOSATTRIB	"user.DOSATTRIB"

static void attr_fill(struct csrv_vfs_attr *attr, const struct kstat *stat)
{
	*attr = (struct csrv_vfs_attr){
		.ino = stat->ino,
		.dev = new_encode_dev(stat->dev),
		.nlink = stat->nlink,
		.mode = stat->mode,
		.uid = from_kuid_munged(&init_user_ns, stat->uid),
		.gid = from_kgid_munged(&init_user_ns, stat->gid),
		.blksize = stat->blksize,
		.atime = stat->atime,
		.mtime = stat->mtime,
		.ctime = stat->ctime,
		.btime = stat->btime,
		.has_btime = stat->result_mask & STATX_BTIME,
		.has_uid = uid_valid(stat->uid),
		.is_dir = S_ISDIR(stat->mode),
		.is_reg = S_ISREG(stat->mode),
		.is_symlink = S_ISLNK(stat->mode),
		.is_compressed = stat->attributes & STATX_ATTR_COMPRESSED,
		.is_encrypted = stat->attributes & STATX_ATTR_ENCRYPTED,
		.is_immutable = stat->attributes & STATX_ATTR_IMMUTABLE,
	};
	if (!attr->is_reg)
		return;
	attr->size = stat->size;
	attr->alloc = stat->blocks << 9;
}

/* Has an empty file a data block?  False where the file system cannot tell. */
static bool reserves_data(struct inode *inode)
{
	struct fiemap_extent_info count = {};	/* no room: extents are counted only */

	if (!inode->i_op->fiemap)
		return false;
	return !inode->i_op->fiemap(inode, &count, 0, inode->i_sb->s_maxbytes) &&
	       count.fi_extents_mapped;
}

int csrv_vfs_getattr(const struct path *path, struct csrv_vfs_attr *attr)
{
	struct kstat stat;
	int err;

	err = vfs_getattr(path, &stat, STATX_BASIC_STATS | STATX_BTIME, AT_STATX_SYNC_AS_STAT);
	if (err)
		return err;
	attr_fill(attr, &stat);
	if (!attr->size && attr->alloc && attr->alloc <= stat.blksize &&
	    !reserves_data(d_inode(path->dentry)))
		attr->alloc = 0;
	attr->generation = d_inode(path->dentry)->i_generation;
	return 0;
}

/* A caller that may stat a file may read these, so no permission is checked (__vfs_getxattr). */
int csrv_vfs_dosattr_get(const struct path *path, struct csrv_vfs_dos *dos)
{
	u8 buf[DOSINFO_MAX];
	ssize_t len;

	len = __vfs_getxattr(path->dentry, d_inode(path->dentry), XATTR_DOSATTRIB, buf,
			     sizeof(buf));
	if (len == -ERANGE)
		return -EBADMSG;
	if (len < 0)
		return len;
	return csrv_dosinfo_decode(buf, len, dos) ? 0 : -EBADMSG;
}

int csrv_vfs_dosattr_set(const struct path *path, const struct csrv_vfs_dos *dos)
{
	u8 buf[DOSINFO_LEN];
	size_t len = csrv_dosinfo_encode(dos, buf);
	int err;

	err = csrv_change_begin(path);
	if (err)
		return err;
	err = compat_set_xattr(path, XATTR_DOSATTRIB, buf, len);
	csrv_change_end(path);
	return err;
}

struct timespec64 csrv_vfs_ctime(const struct path *path)
{
	return compat_inode_ctime(d_inode(path->dentry));
}

struct csrv_vfs_mark csrv_vfs_mark(const struct path *path)
{
	struct inode *inode = d_inode(path->dentry);

	return (struct csrv_vfs_mark){
		.size	= i_size_read(inode),
		/* Without i_lock, which every WRITE would take: a half-seen change differs, too. */
		.bytes	= ((u64)READ_ONCE(inode->i_blocks) << 9) + READ_ONCE(inode->i_bytes),
		.mtime	= compat_inode_mtime(inode),
		.ctime	= compat_inode_ctime(inode),
	};
}

bool csrv_vfs_mark_is_now(const struct path *path, const struct csrv_vfs_mark *mark)
{
	const struct timespec64 now = current_time(d_inode(path->dentry));

	return timespec64_compare(&now, &mark->ctime) <= 0;
}

static u64 fsid_of(const struct super_block *sb, const struct kstatfs *st)
{
	u64 fsid = (u32)st->f_fsid.val[0] | (u64)(u32)st->f_fsid.val[1] << 32;

	/* Some file systems have no fsid: the device number is valid while it is mounted. */
	return fsid ? fsid : new_encode_dev(sb->s_dev);
}

static void fs_sectors(const struct super_block *sb, struct csrv_vfs_fsinfo *info)
{
	info->logical_sector = 512;
	info->physical_sector = max_t(u32, 512, min_t(u32, info->block_size, 4096));
	if (sb->s_bdev) {
		info->logical_sector = bdev_logical_block_size(sb->s_bdev);
		info->physical_sector = bdev_physical_block_size(sb->s_bdev);
	}
}

/* A handler without a prefix accepts all names. */
static bool keeps_eas(const struct super_block *sb)
{
	const struct xattr_handler * const *h = sb->s_xattr;

	for (; h && *h; h++)
		if (!*xattr_prefix(*h) || !strcmp(xattr_prefix(*h), XATTR_USER_PREFIX))
			return true;
	return false;
}

int csrv_vfs_statfs(const struct path *path, struct csrv_vfs_fsinfo *info)
{
	struct super_block *sb = path->dentry->d_sb;
	struct path top = { .mnt = path->mnt, .dentry = path->mnt->mnt_root };
	struct csrv_vfs_attr attr;
	struct kstatfs st;
	int err;

	err = vfs_statfs(path, &st);
	if (err)
		return err;
	*info = (struct csrv_vfs_fsinfo){
		.block_size = st.f_frsize ? st.f_frsize : st.f_bsize,
		.total = st.f_blocks,
		.free = st.f_bfree,
		.avail = st.f_bavail,
		.files = st.f_files,
		.files_free = st.f_ffree,
		.fsid = fsid_of(sb, &st),
		.magic = st.f_type,
		.name_max = st.f_namelen,
		.read_only = __mnt_is_readonly(path->mnt),
		.links = d_inode(top.dentry)->i_op->link,
		.acls = csrv_keeps_acls(d_inode(top.dentry)),
		.eas = keeps_eas(sb),
	};
	if (!info->block_size)
		info->block_size = sb->s_blocksize;
	fs_sectors(sb, info);
	if (!csrv_vfs_getattr(&top, &attr))
		info->created = attr.has_btime ? attr.btime : attr.mtime;
	return 0;
}
