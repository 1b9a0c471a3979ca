// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/range.c - checks of READ and WRITE: the open and the range */
#include "smb2.h"

/* [MS-FSA] 2.1.5.3, 2.1.5.4; a pipe has no offsets */
nt_status_t csrv_smb2_check_range(const struct csrv_open *o, u64 offset, u32 len)
{
	if (o->pipe)
		return NT_OK;
	if (o->is_dir)
		return NT_INVALID_DEVICE_REQUEST;
	/* A WRITE at -1, which [MS-FSA] 2.1.5.4 puts at the end of the file, is refused, too. */
	if (offset > S64_MAX || len > S64_MAX - offset)
		return NT_INVALID_PARAMETER;
	return csrv_vfs_is_open(&o->vf) ? NT_OK : NT_ACCESS_DENIED;
}
