// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/xattr.c - extended attributes, as SMB's EAs */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/fault.h"
#include "../compat/vfs.h"
#include "../wire/utf16.h"
#include "internal.h"
#include "xattr.h"

#define USER		XATTR_USER_PREFIX
#define USER_LEN	XATTR_USER_PREFIX_LEN
/* Bytes of names that are asked for first: most files have DOSATTRIB, and perhaps an ACL. */
#define LIST_SHORT	128u

/* Names that this server and Samba keep for themselves, without "user."; a '.' ends a prefix. */
static const char *const hidden[] = {
	"DOSATTRIB", "DosAttrib", "DosEAs", "DosStreams", "DosStream.", "SAMBA_PAI",
};

static bool ea_is_hidden(const char *name)
{
	size_t len = strlen(name);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hidden); i++) {
		size_t hlen = strlen(hidden[i]);
		bool prefix = hidden[i][hlen - 1] == '.';

		if (len < hlen || (!prefix && len != hlen))
			continue;
		if (!csrv_name_casecmp(name, hlen, hidden[i], hlen))
			return true;
	}
	return false;
}

static ssize_t list_into(const struct path *path, char **names, size_t size)
{
	ssize_t len;

	*names = kvmalloc(size, GFP_KERNEL);
	if (!*names)
		return -ENOMEM;
	len = vfs_listxattr(path->dentry, *names, size);
	if (len > 0)
		return len;
	kvfree(*names);
	*names = NULL;
	return len;
}

/* All xattr names, NUL after each; *names is NULL and the answer 0 if there are none. */
static ssize_t list_raw(const struct path *path, char **names)
{
	ssize_t len = list_into(path, names, LIST_SHORT);

	if (len == -ERANGE)
		len = list_into(path, names, XATTR_LIST_MAX);
	return len == -EOPNOTSUPP ? 0 : len;
}

/* The EA name in an xattr name, NULL if it is none. */
static const char *ea_name(const char *xattr)
{
	if (strncmp(xattr, USER, USER_LEN))
		return NULL;
	xattr += USER_LEN;
	return *xattr && strlen(xattr) <= CSRV_EA_NAME_MAX && !ea_is_hidden(xattr) ? xattr : NULL;
}

int csrv_vfs_ea_list(const struct path *path, struct csrv_vfs_ea_list *list)
{
	char *raw, *at, *end;
	ssize_t len;

	*list = (struct csrv_vfs_ea_list){};
	if (csrv_fault(CSRV_FAULT_VFS_XATTR))
		return -EIO;
	len = list_raw(path, &raw);
	if (len <= 0)
		return len;
	list->names = raw;
	end = raw + len;
	/* Compact in place: what is kept is never longer than what it came from. */
	for (at = raw; at < end; ) {
		size_t left = strnlen(at, end - at);
		const char *name;
		char *next = at + left + 1;

		if (left == (size_t)(end - at))
			break;
		name = ea_name(at);
		if (name) {
			size_t n = strlen(name) + 1;

			memmove(list->names + list->len, name, n);
			list->len += n;
		}
		at = next;
	}
	return 0;
}

void csrv_vfs_ea_list_done(struct csrv_vfs_ea_list *list)
{
	kvfree(list->names);
	*list = (struct csrv_vfs_ea_list){};
}

const char *csrv_vfs_ea_next(const struct csrv_vfs_ea_list *list, const char *name)
{
	const char *next = name ? name + strlen(name) + 1 : list->names;

	return next && next < list->names + list->len ? next : NULL;
}

const char *csrv_vfs_ea_find(const struct csrv_vfs_ea_list *list, const char *name)
{
	size_t len = strlen(name);
	const char *at = NULL;

	while ((at = csrv_vfs_ea_next(list, at)))
		if (!csrv_name_casecmp(at, strlen(at), name, len))
			break;
	return at;
}

static int check_name(const char *name)
{
	if (!*name || strlen(name) > CSRV_EA_NAME_MAX)
		return -EINVAL;
	return ea_is_hidden(name) ? -EACCES : 0;
}

static void xattr_name(const char *name, char xattr[XATTR_NAME_MAX + 1])
{
	snprintf(xattr, XATTR_NAME_MAX + 1, "%s%s", USER, name);
}

ssize_t csrv_vfs_ea_get(const struct path *path, const char *name, void *buf, size_t size)
{
	char xattr[XATTR_NAME_MAX + 1];
	int err = csrv_fault(CSRV_FAULT_VFS_XATTR) ? -EIO : check_name(name);

	if (err)
		return err;
	xattr_name(name, xattr);
	return vfs_getxattr(compat_mnt_idmap(path->mnt), path->dentry, xattr, buf,
			    buf ? min_t(size_t, size, XATTR_SIZE_MAX) : 0);
}

/* @xattr exists, unless @value is to create it. */
static int store(const struct path *path, const char *xattr, const void *value, size_t len)
{
	int err = csrv_change_begin(path);

	if (err)
		return err;
	err = compat_set_xattr(path, xattr, len ? value : NULL, len);
	csrv_change_end(path);
	return err == -ENODATA ? 0 : err;
}

int csrv_vfs_ea_set(const struct path *path, const char *name, const void *value, size_t len)
{
	char xattr[XATTR_NAME_MAX + 1];
	struct csrv_vfs_ea_list list;
	const char *on_disk;
	int err;

	if (len > CSRV_EA_VALUE_MAX)
		return -E2BIG;
	err = check_name(name);
	if (!err)
		err = csrv_vfs_ea_list(path, &list);
	if (err)
		return err;
	on_disk = csrv_vfs_ea_find(&list, name);
	xattr_name(on_disk ?: name, xattr);
	csrv_vfs_ea_list_done(&list);
	return on_disk || len ? store(path, xattr, value, len) : 0;
}

int csrv_vfs_ea_clear(const struct path *path)
{
	char xattr[XATTR_NAME_MAX + 1];
	struct csrv_vfs_ea_list list;
	const char *name = NULL;
	int err = csrv_vfs_ea_list(path, &list);

	while (!err && (name = csrv_vfs_ea_next(&list, name))) {
		xattr_name(name, xattr);
		err = store(path, xattr, NULL, 0);
		cond_resched();
	}
	csrv_vfs_ea_list_done(&list);
	return err;
}

/*
 * A FILE_FULL_EA_INFORMATION ([MS-FSCC] 2.4.16) is 8 bytes, the name with its NUL
 * and the value; each but the last is padded to 4.
 */
u32 csrv_vfs_ea_size(const struct path *path, u32 *num)
{
	struct csrv_vfs_ea_list list;
	char xattr[XATTR_NAME_MAX + 1];
	const char *name = NULL;
	u32 total = 0;

	if (csrv_vfs_ea_list(path, &list))
		return 0;
	while ((name = csrv_vfs_ea_next(&list, name))) {
		ssize_t len;

		++*num;
		xattr_name(name, xattr);
		len = vfs_getxattr(compat_mnt_idmap(path->mnt), path->dentry, xattr, NULL, 0);
		if (len < 0 || len > CSRV_EA_VALUE_MAX)
			continue;
		total = ALIGN(total, 4) + 8 + strlen(name) + 1 + len;
	}
	csrv_vfs_ea_list_done(&list);
	return total;
}
