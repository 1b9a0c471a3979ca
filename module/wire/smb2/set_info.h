/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/set_info.h - SMB2 SET_INFO, [MS-SMB2] 2.2.39 and 2.2.40 */
#ifndef CIFSSRV_WIRE_SMB2_SET_INFO_H
#define CIFSSRV_WIRE_SMB2_SET_INFO_H

#include "query_info.h"

struct smb2_set_info_args {
	struct smb2_file_id id;
	u8 info_type;		/* enum smb2_info_type, unchecked */
	u8 class;		/* enum fscc_file_class or fscc_fs_class, unchecked */
	u32 additional;		/* security: SECURITY_INFORMATION, wire/sd.h */
	struct wire_blob input;
};

struct smb2_set_info_res { u16 reserved; };

bool csrv_smb2_decode_set_info(struct wire_in *in, struct smb2_set_info_args *args);
bool csrv_smb2_encode_set_info(struct wire_out *out, const struct smb2_set_info_res *res);

#endif /* CIFSSRV_WIRE_SMB2_SET_INFO_H */
