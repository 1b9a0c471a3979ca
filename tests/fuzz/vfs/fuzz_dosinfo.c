// SPDX-License-Identifier: GPL-2.0-or-later
/* user.DOSATTRIB from a hostile disk: what is accepted encodes, and decodes to the same */
// world: shim
// link: module/vfs/dosinfo.c
#include <stdlib.h>
#include "vfs/dosinfo.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct csrv_vfs_dos dos, again;
	u8 buf[DOSINFO_LEN];
	size_t len;

	if (!csrv_dosinfo_decode(data, size, &dos))
		return 0;
	len = csrv_dosinfo_encode(&dos, buf);
	if (!csrv_dosinfo_decode(buf, len, &again) ||
	    again.has_change_time != dos.has_change_time ||
	    (dos.has_change_time && again.change_time != dos.change_time) ||
	    again.has_attributes != dos.has_attributes ||
	    again.has_create_time != dos.has_create_time ||
	    (dos.has_attributes && again.attributes != dos.attributes) ||
	    (dos.has_create_time && again.create_time != dos.create_time))
		abort();
	return 0;
}
