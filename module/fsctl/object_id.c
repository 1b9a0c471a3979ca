// SPDX-License-Identifier: GPL-2.0-or-later
/* fsctl/object_id.c - ids of files, [MS-FSCC] 2.3.1 */
#include "../policy/share.h"
#include "../vfs/vfs.h"
#include "../wire/fsctl.h"
#include "fsctl.h"

/**
 * csrv_fsctl_object_id() - FSCTL_CREATE_OR_GET_OBJECT_ID: an id that the file keeps
 * @c: the code in progress
 *
 * [MS-FSCC] 2.3.1.  Ours needs no storage: it is made of what names the file on this volume, so
 * it is the same whenever and however it is asked.
 *
 * Return: NT_OK; NT_BUFFER_TOO_SMALL with @c->needed set; or a status for the file system's error.
 */
nt_status_t csrv_fsctl_object_id(struct csrv_fsctl *c)
{
	struct fsctl_object_id id = {};
	struct csrv_vfs_attr a;
	int err = csrv_vfs_getattr(&c->open->path, &a);

	if (err)
		return csrv_errno_status(err);
	wire_guid_of(id.id, a.ino, a.generation, c->open->cfg->volume);
	if (csrv_fsctl_encode_object_id(c->out, &id))
		return NT_OK;
	c->needed = sizeof(id.id) + sizeof(id.extra);
	return NT_BUFFER_TOO_SMALL;
}
