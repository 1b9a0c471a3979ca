// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/attr.c - facts about an object */
#include <linux/blkdev.h>
#include <linux/cred.h>
#include <linux/fiemap.h>
#include <linux/kdev_t.h>
#include <linux/stat.h>
#include <linux/statfs.h>
#include <linux/xattr.h>

#include "../compat/vfs.h"
#include "../wire/access.h"
#include "acl.h"
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

/* Has an empty file any data block?  A file system that cannot tell says no. */
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

int csrv_change_begin(const struct path *path)
{
	const struct inode *inode = d_inode(path->dentry);
	int err = mnt_want_write(path->mnt);

	if (err)
		return err;
	if (!IS_IMMUTABLE(inode) && !IS_APPEND(inode))
		return 0;
	mnt_drop_write(path->mnt);
	return -EPERM;
}

void csrv_change_end(const struct path *path)
{
	mnt_drop_write(path->mnt);
}

static int change_locked(const struct path *path, struct iattr *attr, compat_deleg *deleg)
{
	struct inode *inode = d_inode(path->dentry);
	int err = 0;

	lockdep_assert_held_write(&inode->i_rwsem);
	if (attr->ia_valid & ATTR_MODE)
		err = csrv_acl_mode(inode, ACL_TYPE_ACCESS, &attr->ia_mode);
	if (err < 0)
		return err;
	return notify_change(compat_mnt_idmap(path->mnt), path->dentry, attr, deleg);
}

/* Between csrv_change_begin() and csrv_change_end(). */
static int change_begun(const struct path *path, struct iattr *attr)
{
	struct inode *inode = d_inode(path->dentry);
	compat_deleg deleg = COMPAT_DELEG_INIT;
	int err;

	inode_lock(inode);
	err = change_locked(path, attr, &deleg);
	inode_unlock(inode);
	return compat_deleg_err(&deleg, err);
}

static int change_attr(const struct path *path, struct iattr *attr)
{
	int err = csrv_change_begin(path);

	if (err)
		return err;
	err = change_begun(path, attr);
	csrv_change_end(path);
	return err;
}

static void attr_times(struct iattr *attr, const struct timespec64 *atime,
		       const struct timespec64 *mtime)
{
	if (atime) {
		attr->ia_atime = *atime;
		attr->ia_valid |= ATTR_ATIME | ATTR_ATIME_SET;
	}
	if (mtime) {
		attr->ia_mtime = *mtime;
		attr->ia_valid |= ATTR_MTIME | ATTR_MTIME_SET;
	}
}

int csrv_vfs_settimes(const struct path *path, const struct timespec64 *atime,
		      const struct timespec64 *mtime)
{
	struct iattr attr = { .ia_valid = ATTR_CTIME | ATTR_TIMES_SET };
	compat_idmap *idmap = compat_mnt_idmap(path->mnt);
	struct inode *inode = d_inode(path->dentry);
	int err;

	if (!atime && !mtime)
		return 0;
	attr_times(&attr, atime, mtime);
	/* Linux asks for the owner; a client's right to do it is FILE_WRITE_ATTRIBUTES. */
	if (!inode_owner_or_capable(idmap, inode)) {
		err = inode_permission(idmap, inode, MAY_WRITE);
		if (err)
			return err;
		attr.ia_valid |= ATTR_FORCE;
	}
	return change_attr(path, &attr);
}

int csrv_vfs_put_mtime(const struct path *path,
		       bool (*what)(void *arg, struct timespec64 *mtime), void *arg)
{
	struct iattr attr = { .ia_valid = ATTR_CTIME | ATTR_FORCE | ATTR_MTIME | ATTR_MTIME_SET };
	struct inode *inode = d_inode(path->dentry);
	compat_deleg deleg = COMPAT_DELEG_INIT;
	int err = csrv_change_begin(path);

	if (err)
		return err;
	inode_lock(inode);
	if (what(arg, &attr.ia_mtime))
		err = change_locked(path, &attr, &deleg);
	inode_unlock(inode);
	csrv_change_end(path);
	return compat_deleg_err(&deleg, err);
}

static struct iattr mode_attr(const struct inode *inode, umode_t mode)
{
	return (struct iattr){
		.ia_valid = ATTR_MODE | ATTR_CTIME,
		.ia_mode = (mode & S_IALLUGO) | (inode->i_mode & S_IFMT),
	};
}

int csrv_change_mode(const struct path *path, umode_t mode)
{
	struct iattr attr = mode_attr(d_inode(path->dentry), mode);

	return change_begun(path, &attr);
}

int csrv_vfs_chmod_bits(const struct path *path, umode_t clear, umode_t set)
{
	umode_t now, mode;
	int err = csrv_change_begin(path);

	if (err)
		return err;
	now = d_inode(path->dentry)->i_mode & S_IALLUGO;
	mode = (now & ~clear) | set;
	if (mode != now)
		err = csrv_change_mode(path, mode);
	csrv_change_end(path);
	return err;
}

/* U32_MAX leaves an id as it is, as for chown(2). */
static int owner_attr(u32 uid, u32 gid, struct iattr *attr)
{
	kuid_t kuid = make_kuid(&init_user_ns, uid);
	kgid_t kgid = make_kgid(&init_user_ns, gid);

	*attr = (struct iattr){ .ia_valid = ATTR_CTIME };
	if (uid != (u32)-1) {
		if (!uid_valid(kuid))
			return -EINVAL;
		attr->ia_vfsuid = VFSUIDT_INIT(kuid);
		attr->ia_valid |= ATTR_UID;
	}
	if (gid != (u32)-1) {
		if (!gid_valid(kgid))
			return -EINVAL;
		attr->ia_vfsgid = VFSGIDT_INIT(kgid);
		attr->ia_valid |= ATTR_GID;
	}
	return 0;
}

int csrv_may_chown(const struct path *path, u32 uid, u32 gid)
{
	struct inode *inode = d_inode(path->dentry);
	struct iattr attr;
	int err = owner_attr(uid, gid, &attr);

	if (err)
		return err;
	inode_lock(inode);
	err = setattr_prepare(compat_mnt_idmap(path->mnt), path->dentry, &attr);
	inode_unlock(inode);
	return err;
}

int csrv_change_owner(const struct path *path, u32 uid, u32 gid)
{
	struct inode *inode = d_inode(path->dentry);
	struct iattr attr;
	int err = owner_attr(uid, gid, &attr);

	if (err)
		return err;
	if (!S_ISDIR(inode->i_mode)) {
		attr.ia_valid |= ATTR_KILL_SUID | ATTR_KILL_PRIV;
		if ((inode->i_mode & (S_ISGID | 0010)) == (S_ISGID | 0010))
			attr.ia_valid |= ATTR_KILL_SGID;
	}
	return change_begun(path, &attr);
}

int csrv_vfs_chown(const struct path *path, u32 uid, u32 gid)
{
	int err = csrv_change_begin(path);

	if (err)
		return err;
	err = csrv_change_owner(path, uid, gid);
	csrv_change_end(path);
	return err;
}

/* Who may stat a file may know these, so there is no check of rights (__vfs_getxattr). */
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
		/* Without i_lock, which every WRITE would take: half a change is one, too. */
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

bool csrv_vfs_is_read_only(const struct path *path)
{
	return __mnt_is_readonly(path->mnt);
}

int csrv_vfs_permission(const struct path *path, int mask)
{
	struct inode *inode = d_inode(path->dentry);

	if (mask & MAY_WRITE && csrv_vfs_is_read_only(path))
		return -EROFS;
	return inode_permission(compat_mnt_idmap(path->mnt), inode, mask);
}

/* A sticky directory lets only the owners of file and directory remove ([S_ISVTX] in inode(7)). */
int csrv_vfs_may_delete(const struct path *path)
{
	struct inode *inode = d_inode(path->dentry);
	compat_idmap *idmap = compat_mnt_idmap(path->mnt);
	struct path dir;
	int err;

	if (path->dentry == path->mnt->mnt_root || d_unlinked(path->dentry))
		return -EACCES;
	if (IS_APPEND(inode) || IS_IMMUTABLE(inode))
		return -EPERM;
	err = csrv_walk_parent(path, &dir);
	if (err)
		return err;
	err = csrv_vfs_permission(&dir, MAY_WRITE | MAY_EXEC);
	if (!err && d_inode(dir.dentry)->i_mode & S_ISVTX)
		err = __check_sticky(idmap, d_inode(dir.dentry), inode) ? -EPERM : 0;
	if (!err && IS_APPEND(d_inode(dir.dentry)))
		err = -EPERM;
	path_put(&dir);
	return err;
}

#define READ_BITS	(FILE_READ_DATA | FILE_READ_EA)
#define WRITE_BITS	(FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA | FILE_WRITE_ATTRIBUTES)

static u32 access_from_mode(const struct path *path, u32 asked, bool dir)
{
	bool append = !dir && IS_APPEND(d_inode(path->dentry));
	u32 access = 0;

	if ((asked & READ_BITS) && !csrv_vfs_permission(path, MAY_READ))
		access |= READ_BITS;
	/* An owner's DELETE goes by his right to write. */
	if ((asked & (WRITE_BITS | FILE_DELETE_CHILD | ACCESS_DELETE)) &&
	    !csrv_vfs_permission(path, MAY_WRITE)) {
		access |= append ? FILE_APPEND_DATA : WRITE_BITS;	/* chattr(1), "a" */
		/* Means nothing for a file; who asks for all rights to one shall have it. */
		if (!dir || !csrv_vfs_permission(path, MAY_WRITE | MAY_EXEC))
			access |= FILE_DELETE_CHILD;
	}
	/* A file is read to be executed. */
	if ((asked & FILE_EXECUTE) &&
	    !csrv_vfs_permission(path, dir ? MAY_EXEC : MAY_EXEC | MAY_READ))
		access |= FILE_EXECUTE;
	return access;
}

/*
 * Sockets, FIFOs, devices and symlinks that lead nowhere are seen, renamed and removed like
 * other names.  Their data are for local programs.
 */
static u32 access_of_kind(const struct inode *inode)
{
	if (S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode))
		return ~0u;
	if (S_ISLNK(inode->i_mode))
		return FILE_READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE | ACCESS_DELETE;
	return FILE_READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE | ACCESS_DELETE |
	       FILE_WRITE_ATTRIBUTES | WRITE_DAC | WRITE_OWNER;
}

/* Would csrv_change_begin() let somebody through? */
static bool is_changeable(const struct path *path)
{
	const struct inode *inode = d_inode(path->dentry);

	return !csrv_vfs_is_read_only(path) && !IS_IMMUTABLE(inode) && !IS_APPEND(inode);
}

u32 csrv_vfs_max_access(const struct path *path, u32 asked)
{
	struct inode *inode = d_inode(path->dentry);
	u32 access = FILE_READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE;

	access |= access_from_mode(path, asked, S_ISDIR(inode->i_mode));
	if (inode_owner_or_capable(compat_mnt_idmap(path->mnt), inode)) {
		if (is_changeable(path))
			access |= WRITE_DAC | WRITE_OWNER | FILE_WRITE_ATTRIBUTES;
		/* Full control, as clients know it; that it can go is checked when it goes. */
		if (access & FILE_WRITE_DATA)
			access |= ACCESS_DELETE;
	}
	if ((asked & ACCESS_DELETE & ~access) && !csrv_vfs_may_delete(path))
		access |= ACCESS_DELETE;
	return access & access_of_kind(inode);
}

static u64 fsid_of(const struct super_block *sb, const struct kstatfs *st)
{
	u64 fsid = (u32)st->f_fsid.val[0] | (u64)(u32)st->f_fsid.val[1] << 32;

	/* Some have none: the device number at least lasts as long as the mount. */
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

/* A handler without a prefix takes all names. */
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
