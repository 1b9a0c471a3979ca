/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/query_info.h - SMB2 QUERY_INFO, [MS-SMB2] 2.2.37 and 2.2.38 */
#ifndef CIFSSRV_WIRE_SMB2_QUERY_INFO_H
#define CIFSSRV_WIRE_SMB2_QUERY_INFO_H

#include "header.h"

/* InfoType, QUERY_INFO and SET_INFO */
enum smb2_info_type {
	SMB2_0_INFO_FILE	= 1,
	SMB2_0_INFO_FILESYSTEM	= 2,
	SMB2_0_INFO_SECURITY	= 3,
	SMB2_0_INFO_QUOTA	= 4,
};

/* Flags: for FileFullEaInformation */
#define SL_RESTART_SCAN		0x00000001u
#define SL_RETURN_SINGLE_ENTRY	0x00000002u
#define SL_INDEX_SPECIFIED	0x00000004u

#define SMB2_QUERY_INFO_OFFSET	(SMB2_HEADER_LEN + 8)	/* of the reply's buffer */

struct smb2_query_info_args {
	struct smb2_file_id id;
	u8 info_type;		/* enum smb2_info_type, unchecked */
	u8 class;		/* enum fscc_file_class or fscc_fs_class, unchecked */
	u32 output_len;		/* OutputBufferLength */
	u32 additional;		/* security: SECURITY_INFORMATION, wire/sd.h; EAs: index */
	u32 flags;		/* SL_* */
	struct wire_blob input;	/* EAs: FILE_GET_EA list; quota: [MS-SMB2] 2.2.37.1 */
};

struct smb2_query_info_res {
	struct wire_blob output;
};

bool csrv_smb2_decode_query_info(struct wire_in *in, struct smb2_query_info_args *args);
bool csrv_smb2_encode_query_info(struct wire_out *out, const struct smb2_query_info_res *res);

#endif /* CIFSSRV_WIRE_SMB2_QUERY_INFO_H */
