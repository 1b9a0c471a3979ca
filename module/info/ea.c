// SPDX-License-Identifier: GPL-2.0-or-later
/* info/ea.c - extended attributes: [MS-FSCC] 2.4.16, [MS-FSA] 2.1.5.12.14, 2.1.5.15.6 */
#include <linux/sched.h>
#include <linux/slab.h>

#include "../policy/share.h"
#include "../store/ea.h"
#include "../wire/access.h"
#include "../wire/ea.h"
#include "../wire/smb2/query_info.h"
#include "info.h"

/* Append an EA; NT_OK, NT_BUFFER_OVERFLOW.  @on_disk: its spelling on disk. */
static nt_status_t add_ea(struct csrv_open *o, struct wire_list *list, const char *name,
			  const char *on_disk, void *buf)
{
	ssize_t n = csrv_vfs_ea_get(&o->path, on_disk, buf, CSRV_EA_VALUE_MAX);
	struct wire_ea ea = {
		.name = { .data = (const u8 *)name, .len = strlen(name) },
	};

	cond_resched();
	if (n == -ERANGE)
		return NT_OK;	/* too long for this form; EaSize omits it, too */
	if (n == -ENODATA)
		n = 0;
	if (n < 0)
		return n == -EOPNOTSUPP ? NT_EAS_NOT_SUPPORTED : csrv_errno_status(n);
	ea.value.data = buf;
	ea.value.len = n;
	return csrv_ea_add(list, &ea) ? NT_OK : NT_BUFFER_OVERFLOW;
}

static nt_status_t get_listed(const struct csrv_info_get *q, struct wire_list *list, void *buf,
			      const struct csrv_vfs_ea_list *names)
{
	struct csrv_ea_iter it = csrv_ea_iter(&q->input);
	nt_status_t status = NT_OK;
	struct wire_blob name;
	char text[256];

	while (status == NT_OK && csrv_get_ea_next(&it, &name)) {
		memcpy(text, name.data, name.len);
		text[name.len] = 0;
		status = add_ea(q->open, list, text, csrv_vfs_ea_find(names, text) ?: text, buf);
	}
	if (status == NT_OK && !csrv_ea_done(&it))
		return NT_INVALID_PARAMETER;
	return status;
}

/* EAs from the @at-th on; *at is set to where the next query continues. */
static nt_status_t get_from(const struct csrv_info_get *q, struct wire_list *list, void *buf,
			    const struct csrv_vfs_ea_list *names, u32 *at)
{
	nt_status_t status = NT_OK;
	const char *name = NULL;
	u32 i = 0;

	while (status == NT_OK && (name = csrv_vfs_ea_next(names, name))) {
		if (i++ < *at)
			continue;
		status = add_ea(q->open, list, name, name, buf);
		if (status == NT_OK)
			*at = i;
		if (list->count && (q->flags & SL_RETURN_SINGLE_ENTRY))
			break;
	}
	return status;
}

/* [MS-FSA] 2.1.5.12.14: a scan continues where the open's last one ended, unless restarted. */
static nt_status_t get_all(const struct csrv_info_get *q, struct wire_list *list, void *buf,
			   const struct csrv_vfs_ea_list *names)
{
	struct csrv_open *o = q->open;
	nt_status_t status;
	u32 at = 0;

	if (!(q->flags & SL_RESTART_SCAN))
		at = READ_ONCE(o->ea_next);
	status = get_from(q, list, buf, names, &at);
	if (status == NT_OK && !list->count && at)
		status = NT_NO_MORE_EAS;
	WRITE_ONCE(o->ea_next, at);
	return status;
}

/* FileFullEaInformation */
nt_status_t csrv_info_get_eas(const struct csrv_info_get *q)
{
	struct csrv_vfs_ea_list names;
	struct wire_list list;
	nt_status_t status;
	void *buf;
	int err;

	if (!q->open->cfg->p.ea_support)
		return NT_EAS_NOT_SUPPORTED;
	err = csrv_vfs_ea_list(&q->open->path, &names);
	if (err)
		return csrv_errno_status(err);
	buf = kvmalloc(CSRV_EA_VALUE_MAX, GFP_KERNEL);
	list = csrv_ea_begin(q->out);
	if (!buf)
		status = NT_INSUFFICIENT_RESOURCES;
	else
		status = q->input.len ? get_listed(q, &list, buf, &names) :
					get_all(q, &list, buf, &names);
	kvfree(buf);
	csrv_vfs_ea_list_done(&names);
	if (status == NT_BUFFER_OVERFLOW && !list.count)
		return NT_BUFFER_TOO_SMALL;
	if (status == NT_OK && !list.count)
		return NT_NO_EAS_ON_FILE;
	return status;
}

/* FileFullEaInformation: set, replace or remove each EA of a list. */
nt_status_t csrv_info_set_eas(struct csrv_open *o, const struct wire_blob *in)
{
	nt_status_t status = csrv_eas_check(o->cfg, in);

	return status == NT_OK ? csrv_eas_set(&o->path, in) : status;
}
