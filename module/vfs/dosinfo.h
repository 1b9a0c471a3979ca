/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs/dosinfo.h - the bytes of xattr user.DOSATTRIB
 *
 * The format is Samba's: a structure marshalled as little-endian NDR.
 *
 *	hex		string up to and with its NUL; text form of the attributes,
 *			only meaningful to versions before 1; then padding to 2
 *	version		u16, then the same number again as the union's switch, then
 *			padding to 4
 *	1:		attrib u32, ea_size u32, size u64, alloc_size u64,
 *			create_time u64, change_time u64
 *	3:		valid u32, then as 1
 *	4:		valid u32, attrib u32, itime u64, create_time u64
 *	5:		valid u32, attrib u32, create_time u64
 *
 * Integers of 8 bytes are aligned to 4.  Version 4 is written, which all of Samba 4 reads; and
 * version 3, which Samba reads as well, where there is a change_time to keep.  alloc_size, which
 * is not valid then, holds the st_ctime to which the change_time belongs.
 *
 * Pure: no allocation, no locks.
 */
#ifndef CIFSSRV_VFS_DOSINFO_H
#define CIFSSRV_VFS_DOSINFO_H

#include <linux/types.h>

#define DOSINFO_MAX	256	/* bytes; more than any version needs */
#define DOSINFO_LEN	52	/* the longest that is written */

/* The members that are used here. */
struct csrv_vfs_dos {
	u32 attributes;		/* FILE_ATTRIBUTE_*, [MS-FSCC] 2.6 */
	u64 create_time;	/* FILETIME */
	u64 change_time;	/* FILETIME that a client set … */
	u64 change_stamp;	/* … valid while this is the file's st_ctime, as a FILETIME */
	bool has_attributes;
	bool has_create_time;
	bool has_change_time;
};

bool csrv_dosinfo_decode(const void *buf, size_t len, struct csrv_vfs_dos *dos);
size_t csrv_dosinfo_encode(const struct csrv_vfs_dos *dos, u8 buf[DOSINFO_LEN]);

#endif /* CIFSSRV_VFS_DOSINFO_H */
