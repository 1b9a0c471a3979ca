/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/access.h - access masks, [MS-SMB2] 2.2.13.1, [MS-DTYP] 2.4.3 */
#ifndef CIFSSRV_WIRE_ACCESS_H
#define CIFSSRV_WIRE_ACCESS_H

#include <linux/types.h>

/* files and pipes, [MS-SMB2] 2.2.13.1.1 */
#define FILE_READ_DATA		0x00000001u
#define FILE_WRITE_DATA		0x00000002u
#define FILE_APPEND_DATA	0x00000004u
#define FILE_READ_EA		0x00000008u
#define FILE_WRITE_EA		0x00000010u
#define FILE_EXECUTE		0x00000020u
#define FILE_DELETE_CHILD	0x00000040u
#define FILE_READ_ATTRIBUTES	0x00000080u
#define FILE_WRITE_ATTRIBUTES	0x00000100u

/* directories, [MS-SMB2] 2.2.13.1.2 */
#define FILE_LIST_DIRECTORY	0x00000001u
#define FILE_ADD_FILE		0x00000002u
#define FILE_ADD_SUBDIRECTORY	0x00000004u
#define FILE_TRAVERSE		0x00000020u

/* standard rights; the spec's DELETE would be too short a name for a macro */
#define ACCESS_DELETE		0x00010000u
#define READ_CONTROL		0x00020000u
#define WRITE_DAC		0x00040000u
#define WRITE_OWNER		0x00080000u
#define SYNCHRONIZE		0x00100000u
#define ACCESS_SYSTEM_SECURITY	0x01000000u
#define MAXIMUM_ALLOWED		0x02000000u
#define GENERIC_ALL		0x10000000u
#define GENERIC_EXECUTE		0x20000000u
#define GENERIC_WRITE		0x40000000u
#define GENERIC_READ		0x80000000u

#define ACCESS_GENERIC_MASK	(GENERIC_ALL | GENERIC_EXECUTE | GENERIC_WRITE | GENERIC_READ)
#define ACCESS_STANDARD_ALL	(ACCESS_DELETE | READ_CONTROL | WRITE_DAC | WRITE_OWNER | \
				 SYNCHRONIZE)
/* all that an open can be granted */
#define FILE_ALL_ACCESS		(ACCESS_STANDARD_ALL | 0x000001ffu)

/* what the generic rights mean for a file, [MS-FSA] 2.1.4.14, [MS-DTYP] 2.4.3 */
#define FILE_GENERIC_READ	(FILE_READ_DATA | FILE_READ_EA | FILE_READ_ATTRIBUTES | \
				 READ_CONTROL | SYNCHRONIZE)
#define FILE_GENERIC_WRITE	(FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA | \
				 FILE_WRITE_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE)
#define FILE_GENERIC_EXECUTE	(FILE_EXECUTE | FILE_READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE)

/* Bits that no DesiredAccess may carry, [MS-SMB2] 2.2.13.1 */
#define ACCESS_RESERVED_MASK	(~(FILE_ALL_ACCESS | ACCESS_SYSTEM_SECURITY | MAXIMUM_ALLOWED | \
				   ACCESS_GENERIC_MASK))

/* Generic rights replaced by the file rights that they stand for. */
static inline u32 wire_access_map_generic(u32 access)
{
	u32 out = access & ~ACCESS_GENERIC_MASK;

	if (access & GENERIC_READ)
		out |= FILE_GENERIC_READ;
	if (access & GENERIC_WRITE)
		out |= FILE_GENERIC_WRITE;
	if (access & GENERIC_EXECUTE)
		out |= FILE_GENERIC_EXECUTE;
	if (access & GENERIC_ALL)
		out |= FILE_ALL_ACCESS;
	return out;
}

#endif /* CIFSSRV_WIRE_ACCESS_H */
