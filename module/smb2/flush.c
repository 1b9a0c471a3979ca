// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/flush.c - SMB2 FLUSH, [MS-SMB2] 3.3.5.11 */
#include "smb2.h"

nt_status_t csrv_smb2_flush(struct csrv_req *req)
{
	struct csrv_open *o = req->open;
	int err;

	if (o->pipe || !csrv_vfs_is_open(&o->vf) || !req->rights->cfg->p.strict_sync)
		return NT_OK;
	err = csrv_vfs_fsync(&o->vf, false);
	return err ? csrv_errno_status(err) : NT_OK;
}
