/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store/dosattr.h - DOS attributes and creation time of a UNIX file */
#ifndef CIFSSRV_STORE_DOSATTR_H
#define CIFSSRV_STORE_DOSATTR_H

#include "../vfs/vfs.h"

struct csrv_open;
struct csrv_share_cfg;
struct csrv_share_params;

/* All attributes of a file that clients see: those of the VFS and the stored DOS attributes. */
struct csrv_file_attr {
	struct csrv_vfs_attr	vfs;
	int			dos_err;	/* of reading a DOSATTRIB that may exist; or 0 */
	u64			id;		/* FileId, for every class that has one */
	u32			attributes;	/* FILE_ATTRIBUTE_* */
	u32			kept;	/* settable ones that are stored: not the name's */
	u64			create_time;	/* FILETIME, like the next three */
	u64			access_time;
	u64			write_time;
	u64			change_time;
};

int csrv_file_attr_get(const struct csrv_share_cfg *cfg, const struct path *path, const char *name,
		       struct csrv_file_attr *f);
bool csrv_dos_is_none(int err);
int csrv_open_attr(const struct csrv_open *o, struct csrv_file_attr *f);
u32 csrv_dos_to_keep(const struct csrv_file_attr *f, u32 attributes);
int csrv_dos_set(const struct csrv_share_cfg *cfg, const struct path *path, u32 attributes,
		 u64 create_time);
u32 csrv_dos_to_mode(const struct csrv_share_params *p, u32 attributes, u32 mode);
int csrv_dos_set_mode(struct csrv_open *o, const struct csrv_file_attr *f, u32 attributes);

#endif /* CIFSSRV_STORE_DOSATTR_H */
