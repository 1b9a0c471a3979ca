// SPDX-License-Identifier: GPL-2.0-or-later
/* store/ea.c - extended attributes that a client sets: [MS-FSA] 2.1.5.1, 2.1.5.15.5 */
#include <linux/string.h>

#include "../policy/share.h"
#include "../wire/ea.h"
#include "ea.h"

/* -EWOULDBLOCK: there is a delegation of this machine. */
static nt_status_t ea_status(int err)
{
	if (err == -EWOULDBLOCK)
		return NT_OPLOCK_BREAK_IN_PROGRESS;
	return err == -EOPNOTSUPP ? NT_EAS_NOT_SUPPORTED : csrv_errno_status(err);
}

/* Check of a list before any of it has an effect. */
nt_status_t csrv_eas_check(const struct csrv_share_cfg *cfg, const struct wire_blob *list)
{
	u32 at;

	return cfg->p.ea_support ? csrv_ea_check(list, &at) : NT_EAS_NOT_SUPPORTED;
}

/**
 * csrv_eas_set() - set, replace or, with an empty value, remove each EA of a list
 * @path: the object; runs under the credentials of its open
 * @list: FILE_FULL_EA_INFORMATION entries that csrv_eas_check() has accepted
 *
 * Enters the file system, so it is called without spinlocks and file->lock.
 * Return: NT_OK; NT_OPLOCK_BREAK_IN_PROGRESS: some may be set, call again after a while; or
 * the status of the first that could not be set.
 */
nt_status_t csrv_eas_set(const struct path *path, const struct wire_blob *list)
{
	struct csrv_ea_iter it = csrv_ea_iter(list);
	struct wire_ea ea;
	char name[256];
	int err;

	while (csrv_ea_next(&it, &ea)) {
		memcpy(name, ea.name.data, ea.name.len);
		name[ea.name.len] = 0;
		err = csrv_vfs_ea_set(path, name, ea.value.data, ea.value.len);
		if (err)
			return ea_status(err);
	}
	return csrv_ea_done(&it) ? NT_OK : NT_INVALID_PARAMETER;
}
