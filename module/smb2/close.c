// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/close.c - SMB2 CLOSE, [MS-SMB2] 3.3.5.10 */
#include "../store/dosattr.h"
#include "smb2.h"

static void fill_reply(struct csrv_open *o, struct smb2_close_res *res)
{
	struct csrv_file_attr f;

	if (csrv_open_attr(o, &f))
		return;
	res->flags = SMB2_CLOSE_FLAG_POSTQUERY_ATTRIB;
	res->creation_time = f.create_time;
	res->access_time = f.access_time;
	res->write_time = f.write_time;
	res->change_time = f.change_time;
	res->alloc_size = f.vfs.alloc;
	res->end_of_file = f.vfs.size;
	res->attributes = f.attributes;
}

nt_status_t csrv_smb2_close(struct csrv_req *req)
{
	const struct smb2_close_args *args = &smb2_args(req)->close;
	struct csrv_open *o = req->open;

	if ((args->flags & SMB2_CLOSE_FLAG_POSTQUERY_ATTRIB) && !o->pipe)
		fill_reply(o, &smb2_res(req)->close);
	return csrv_open_close(req->session, o) ? NT_OK : NT_FILE_CLOSED;
}
