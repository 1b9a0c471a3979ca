// SPDX-License-Identifier: GPL-2.0-or-later
/* info/ea.c - extended attributes: [MS-FSCC] 2.4.16, [MS-FSA] 2.1.5.12.14, 2.1.5.15.6 */
#include <linux/slab.h>

#include "../model/share.h"
#include "../wire/access.h"
#include "../wire/ea.h"
#include "../wire/smb2/query_info.h"
#include "info.h"

/* One EA into the list; NT_OK, NT_BUFFER_OVERFLOW. */
static nt_status_t add_ea(struct csrv_open *o, struct wire_list *list, const char *name, void *buf)
{
	ssize_t n = csrv_vfs_ea_get(&o->path, name, buf, CSRV_EA_VALUE_MAX);
	struct wire_ea ea = {
		.name = { .data = (const u8 *)name, .len = strlen(name) },
	};

	if (n == -ENODATA)
		n = 0;
	if (n < 0)
		return csrv_errno_status(n);
	ea.value.data = buf;
	ea.value.len = n;
	return wire_ea_add(list, &ea) ? NT_OK : NT_BUFFER_OVERFLOW;
}

static nt_status_t get_listed(const struct csrv_info_get *q, struct wire_list *list, void *buf)
{
	struct wire_ea_iter it = wire_ea_iter(&q->input);
	nt_status_t status = NT_OK;
	struct wire_blob name;
	char text[256];

	while (status == NT_OK && wire_get_ea_next(&it, &name)) {
		memcpy(text, name.data, name.len);
		text[name.len] = 0;
		status = add_ea(q->open, list, text, buf);
	}
	if (status == NT_OK && !wire_ea_done(&it))
		return NT_INVALID_PARAMETER;
	return status;
}

static nt_status_t get_all(const struct csrv_info_get *q, struct wire_list *list, void *buf)
{
	struct csrv_vfs_ea_list names;
	nt_status_t status = NT_OK;
	const char *name = NULL;
	int err = csrv_vfs_ea_list(&q->open->path, &names);

	if (err)
		return csrv_errno_status(err);
	while (status == NT_OK && (name = csrv_vfs_ea_next(&names, name))) {
		status = add_ea(q->open, list, name, buf);
		if (q->flags & SL_RETURN_SINGLE_ENTRY)
			break;
	}
	csrv_vfs_ea_list_done(&names);
	return status;
}

/* FileFullEaInformation */
nt_status_t csrv_info_get_eas(const struct csrv_info_get *q)
{
	struct wire_list list;
	nt_status_t status;
	void *buf;

	if (!q->open->cfg->p.ea_support)
		return NT_EAS_NOT_SUPPORTED;
	buf = kvmalloc(CSRV_EA_VALUE_MAX, GFP_KERNEL);
	if (!buf)
		return NT_INSUFFICIENT_RESOURCES;
	list = wire_ea_begin(q->out);
	status = q->input.len ? get_listed(q, &list, buf) : get_all(q, &list, buf);
	kvfree(buf);
	if (status == NT_BUFFER_OVERFLOW && !list.count)
		return NT_BUFFER_TOO_SMALL;
	if (status == NT_OK && !list.count)
		return NT_NO_EAS_ON_FILE;
	return status;
}

/* Set, replace or, with an empty value, remove each EA of a list. */
nt_status_t csrv_info_set_eas(struct csrv_open *o, const struct wire_blob *in)
{
	struct wire_ea_iter it;
	struct wire_ea ea;
	nt_status_t status;
	char name[256];
	u32 at;
	int err;

	if (!o->cfg->p.ea_support)
		return NT_EAS_NOT_SUPPORTED;
	status = wire_ea_check(in, &at);
	if (status != NT_OK)
		return status;
	it = wire_ea_iter(in);
	while (wire_ea_next(&it, &ea)) {
		memcpy(name, ea.name.data, ea.name.len);
		name[ea.name.len] = 0;
		err = csrv_vfs_ea_set(&o->path, name, ea.value.data, ea.value.len);
		if (err)
			return csrv_errno_status(err);
	}
	return wire_ea_done(&it) ? NT_OK : NT_INVALID_PARAMETER;
}
