// SPDX-License-Identifier: GPL-2.0-or-later
/* info/sec.c - security descriptors of opens: [MS-FSA] 2.1.5.14, 2.1.5.17 */
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "../policy/rights.h"
#include "../policy/share.h"
#include "../wire/access.h"
#include "../wire/sd.h"
#include "info.h"

#define SD_MAX_ACES	1024u	/* of one list: 64 KiB hold no more useful ones */

static struct wire_sd *sd_alloc(u32 dacl, u32 sacl)
{
	struct wire_sd *sd;
	size_t size = size_add(sizeof(*sd), array_size(dacl + sacl, sizeof(struct wire_ace)));

	sd = kvzalloc(size, GFP_KERNEL);
	if (!sd)
		return NULL;
	sd->dacl.aces = (struct wire_ace *)(sd + 1);
	sd->dacl.cap = dacl;
	sd->sacl.aces = sd->dacl.aces + dacl;
	sd->sacl.cap = sacl;
	return sd;
}

void csrv_sd_free(struct wire_sd *sd)
{
	kvfree(sd);
}

/**
 * csrv_sd_decode() - a security descriptor from the network
 * @blob: its bytes
 * @ret: set to it; csrv_sd_free()
 *
 * Return: NT_OK; NT_INSUFFICIENT_RESOURCES; the status of csrv_sd_count() for a malformed one.
 */
nt_status_t csrv_sd_decode(const struct wire_blob *blob, struct wire_sd **ret)
{
	u32 dacl, sacl;
	nt_status_t status = csrv_sd_count(blob, &dacl, &sacl);
	struct wire_sd *sd;

	if (status != NT_OK)
		return status;
	if (dacl > SD_MAX_ACES || sacl > SD_MAX_ACES)
		return NT_INVALID_SECURITY_DESCR;
	sd = sd_alloc(dacl, sacl);
	if (!sd)
		return NT_INSUFFICIENT_RESOURCES;
	status = csrv_wire_sd_decode(blob, sd);
	if (status == NT_OK)
		*ret = sd;
	else
		csrv_sd_free(sd);
	return status;
}

/**
 * csrv_info_get_sec() - the security descriptor of an open
 * @o: the open
 * @secinfo: *_SECURITY_INFORMATION: the parts wanted
 * @out: the client's room
 * @needed: with NT_BUFFER_TOO_SMALL: the size that suffices
 *
 * Return: NT_OK; NT_BUFFER_TOO_SMALL; NT_ACCESS_DENIED; NT_NOT_SUPPORTED for a pipe ….
 */
nt_status_t csrv_info_get_sec(struct csrv_open *o, u32 secinfo, struct wire_out *out, u32 *needed)
{
	const u32 known = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |
			  DACL_SECURITY_INFORMATION;
	nt_status_t status = NT_OK;
	struct wire_sd *sd;
	int err;

	if (o->pipe)
		return NT_NOT_SUPPORTED;
	if ((secinfo & SACL_SECURITY_INFORMATION) && !(o->access & ACCESS_SYSTEM_SECURITY))
		return NT_ACCESS_DENIED;
	if ((secinfo & known) && !(o->access & READ_CONTROL))
		return NT_ACCESS_DENIED;
	sd = sd_alloc(SD_MAX_ACES, 0);
	if (!sd)
		return NT_INSUFFICIENT_RESOURCES;
	err = csrv_vfs_sd_get(&o->path, sd);
	if (err) {
		status = csrv_errno_status(err);
		goto out;
	}
	*needed = csrv_sd_len(sd, secinfo & known);
	if (wire_out_left(out) < *needed)
		status = NT_BUFFER_TOO_SMALL;
	else if (!csrv_sd_encode(out, sd, secinfo & known))
		status = NT_INSUFFICIENT_RESOURCES;
out:
	csrv_sd_free(sd);
	return status;
}

/* Parts of a security descriptor that are not stored: refused, so that they do not seem stored. */
#define NOT_KEPT	(LABEL_SECURITY_INFORMATION | ATTRIBUTE_SECURITY_INFORMATION | \
			 SCOPE_SECURITY_INFORMATION | BACKUP_SECURITY_INFORMATION)

/**
 * csrv_info_set_sec() - replace parts of an open's security descriptor, [MS-SMB2] 3.3.5.21.3
 * @o: the open
 * @secinfo: *_SECURITY_INFORMATION: the parts to replace
 * @in: the descriptor, as received
 *
 * Return: NT_OPLOCK_BREAK_IN_PROGRESS: a delegation of this machine has been asked for; nothing
 * has happened yet: call again after a while.
 */
nt_status_t csrv_info_set_sec(struct csrv_open *o, u32 secinfo, const struct wire_blob *in)
{
	struct wire_sd *sd;
	nt_status_t status;

	if (o->pipe)
		return NT_NOT_SUPPORTED;
	if (o->rights->read_only)
		return NT_ACCESS_DENIED;
	if ((secinfo & (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |
			LABEL_SECURITY_INFORMATION)) && !(o->access & WRITE_OWNER))
		return NT_ACCESS_DENIED;
	if ((secinfo & DACL_SECURITY_INFORMATION) && !(o->access & WRITE_DAC))
		return NT_ACCESS_DENIED;
	if ((secinfo & SACL_SECURITY_INFORMATION) && !(o->access & ACCESS_SYSTEM_SECURITY))
		return NT_ACCESS_DENIED;
	if (secinfo & NOT_KEPT)
		return NT_NOT_SUPPORTED;
	status = csrv_sd_decode(in, &sd);
	if (status != NT_OK)
		return status;
	mutex_lock(&o->file->sd_lock);
	status = csrv_vfs_sd_set(&o->path, sd, secinfo);
	mutex_unlock(&o->file->sd_lock);
	csrv_sd_free(sd);
	return status;
}
