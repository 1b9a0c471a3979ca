/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/query_directory.h - SMB2 QUERY_DIRECTORY, [MS-SMB2] 2.2.33 and 2.2.34 */
#ifndef CIFSSRV_WIRE_SMB2_QUERY_DIRECTORY_H
#define CIFSSRV_WIRE_SMB2_QUERY_DIRECTORY_H

#include "header.h"

#define SMB2_RESTART_SCANS		0x01
#define SMB2_RETURN_SINGLE_ENTRY	0x02
#define SMB2_INDEX_SPECIFIED		0x04
#define SMB2_REOPEN			0x10

#define SMB2_QUERY_DIRECTORY_OFFSET	(SMB2_HEADER_LEN + 8)	/* of the reply's buffer */

struct smb2_query_directory_args {
	struct smb2_file_id id;
	u8 class;		/* enum fscc_file_class, unchecked */
	u8 flags;
	u32 file_index;
	u32 output_len;		/* OutputBufferLength */
	struct wire_blob pattern;	/* UTF-16LE, even length */
};

struct smb2_query_directory_res {
	struct wire_blob output;
};

bool csrv_smb2_decode_query_directory(struct wire_in *in, struct smb2_query_directory_args *args);
bool csrv_smb2_encode_query_directory(struct wire_out *out,
				      const struct smb2_query_directory_res *res);

#endif /* CIFSSRV_WIRE_SMB2_QUERY_DIRECTORY_H */
