// SPDX-License-Identifier: GPL-2.0-or-later
/* fsctl/table.c - one row per control code, [MS-FSCC] 2.3, [MS-FSA] 2.1.5.10 */
#include "../wire/fsctl.h"
#include "fsctl.h"

static const struct csrv_fsctl_row rows[] = {
	{ .code = FSCTL_CREATE_OR_GET_OBJECT_ID,	/* [MS-FSA] 2.1.5.10.1 */
	  .flags = CSRV_FSCTL_OPEN, .run = csrv_fsctl_object_id },
	{ .code = FSCTL_DFS_GET_REFERRALS,		/* [MS-SMB2] 3.3.5.15.2: no DFS here */
	  .refuse = NT_FS_DRIVER_REQUIRED },
	{ .code = FSCTL_DFS_GET_REFERRALS_EX,
	  .refuse = NT_FS_DRIVER_REQUIRED },
	{ .code = FSCTL_PIPE_WAIT,
	  .refuse = NT_NOT_SUPPORTED },
};

/**
 * csrv_fsctl_find() - the row of a control code
 * @code: FSCTL_*
 *
 * Return: the row, or NULL for a code that is unknown here.
 */
const struct csrv_fsctl_row *csrv_fsctl_find(u32 code)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].code == code)
			return &rows[i];
	return NULL;
}

/**
 * csrv_fsctl_check() - may a code run?
 * @row: the code's
 * @o: on what; NULL for a code without %CSRV_FSCTL_OPEN
 *
 * Return: NT_OK, or the answer.
 */
nt_status_t csrv_fsctl_check(const struct csrv_fsctl_row *row, const struct csrv_open *o)
{
	if ((row->flags & CSRV_FSCTL_OPEN) && o->pipe)
		return NT_INVALID_DEVICE_REQUEST;
	if (row->access && !(o->access & row->access))
		return NT_ACCESS_DENIED;
	return row->run ? NT_OK : row->refuse;
}
