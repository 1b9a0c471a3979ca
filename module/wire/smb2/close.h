/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/close.h - SMB2 CLOSE, [MS-SMB2] 2.2.15 and 2.2.16 */
#ifndef CIFSSRV_WIRE_SMB2_CLOSE_H
#define CIFSSRV_WIRE_SMB2_CLOSE_H

#include "header.h"

#define SMB2_CLOSE_FLAG_POSTQUERY_ATTRIB	0x0001

struct smb2_close_args {
	struct smb2_file_id id;
	u16 flags;
};

/* All but @flags is zero unless SMB2_CLOSE_FLAG_POSTQUERY_ATTRIB is set. */
struct smb2_close_res {
	u16 flags;
	u64 creation_time;	/* FILETIME, like the three below */
	u64 access_time;
	u64 write_time;
	u64 change_time;
	u64 alloc_size;
	u64 end_of_file;
	u32 attributes;
};

bool csrv_smb2_decode_close(struct wire_in *in, struct smb2_close_args *args);
bool csrv_smb2_encode_close(struct wire_out *out, const struct smb2_close_res *res);

#endif /* CIFSSRV_WIRE_SMB2_CLOSE_H */
