/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/flush.h - SMB2 FLUSH, [MS-SMB2] 2.2.17 and 2.2.18 */
#ifndef CIFSSRV_WIRE_SMB2_FLUSH_H
#define CIFSSRV_WIRE_SMB2_FLUSH_H

#include "header.h"

struct smb2_flush_args {
	struct smb2_file_id id;
	u16 reserved1;		/* Apple: 0xffff asks for a full sync to the medium */
};

struct smb2_flush_res { u16 reserved; };

bool csrv_smb2_decode_flush(struct wire_in *in, struct smb2_flush_args *args);
bool csrv_smb2_encode_flush(struct wire_out *out, const struct smb2_flush_res *res);

#endif /* CIFSSRV_WIRE_SMB2_FLUSH_H */
