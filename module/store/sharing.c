// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store/sharing.c - share modes: [MS-FSA] 2.1.5.1.2.2
 *
 * No objects, no locks: it runs in user space too (tests/unit/model).
 */
#include "../wire/access.h"
#include "../wire/smb2/create.h"
#include "sharing.h"

static const struct {
	u32	access;
	u32	share;
} classes[CSRV_SHARING_CLASSES] = {
	[CSRV_SHARING_READ]	= { FILE_READ_DATA | FILE_EXECUTE, FILE_SHARE_READ },
	[CSRV_SHARING_WRITE]	= { FILE_WRITE_DATA | FILE_APPEND_DATA, FILE_SHARE_WRITE },
	[CSRV_SHARING_DELETE]	= { ACCESS_DELETE, FILE_SHARE_DELETE },
};

#define SHARE_ACCESS	(FILE_READ_DATA | FILE_EXECUTE | FILE_WRITE_DATA | FILE_APPEND_DATA | \
			 ACCESS_DELETE)

/* Only opens that access data, or the name, conflict. */
static bool counts(u32 access)
{
	return access & SHARE_ACCESS;
}

static void count(struct csrv_sharing *set, u32 access, u32 share, u32 by)
{
	u32 i;

	if (!counts(access))
		return;
	for (i = 0; i < CSRV_SHARING_CLASSES; i++) {
		if (access & classes[i].access)
			set->with[i] += by;
		if (!(share & classes[i].share))
			set->deny[i] += by;
	}
}

/* An open joins; @access and @share do not change until it leaves. */
void csrv_sharing_join(struct csrv_sharing *set, u32 access, u32 share)
{
	count(set, access, share, 1);
}

void csrv_sharing_leave(struct csrv_sharing *set, u32 access, u32 share)
{
	count(set, access, share, -1);
}

/**
 * csrv_sharing_allows() - do share modes allow one more open?
 * @set: of the existing opens
 * @access: that the new open requests
 * @share: what the new open lets others do (FILE_SHARE_*)
 *
 * file->lock is held.
 * Return: true if each existing open shares what the new one requests, and the new one shares what
 * each of them has.
 */
bool csrv_sharing_allows(const struct csrv_sharing *set, u32 access, u32 share)
{
	u32 i;

	if (!counts(access))
		return true;
	for (i = 0; i < CSRV_SHARING_CLASSES; i++) {
		if ((access & classes[i].access) && set->deny[i])
			return false;
		if (!(share & classes[i].share) && set->with[i])
			return false;
	}
	return true;
}
