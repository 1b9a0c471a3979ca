/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/read.h - SMB2 READ, [MS-SMB2] 2.2.19 and 2.2.20 */
#ifndef CIFSSRV_WIRE_SMB2_READ_H
#define CIFSSRV_WIRE_SMB2_READ_H

#include "header.h"

#define SMB2_READFLAG_READ_UNBUFFERED		0x01
#define SMB2_READFLAG_REQUEST_COMPRESSED	0x02

/* Channel, READ and WRITE */
#define SMB2_CHANNEL_NONE		0x00000000u
#define SMB2_CHANNEL_RDMA_V1		0x00000001u
#define SMB2_CHANNEL_RDMA_V1_INVALIDATE	0x00000002u
#define SMB2_CHANNEL_RDMA_TRANSFORM	0x00000003u

#define SMB2_READ_DATA_OFFSET	80	/* header and fixed part of a reply: where data starts */

struct smb2_read_args {
	struct smb2_file_id id;
	u8 padding;		/* DataOffset that the client prefers; it need not be obeyed */
	u8 flags;
	u32 length;
	u64 offset;
	u32 min_count;
	u32 channel;		/* SMB2_CHANNEL_* */
	u32 remaining;
	struct wire_blob channel_info;	/* [MS-SMBD] descriptors; empty unless RDMA */
};

/* The data itself is not encoded here: the dispatcher appends it. */
struct smb2_read_res {
	u32 data_length;
	u32 data_remaining;	/* bytes moved by RDMA */
	u32 flags;		/* 3.1.1: 1 is SMB2_READFLAG_RESPONSE_RDMA_TRANSFORM */
};

bool csrv_smb2_decode_read(struct wire_in *in, struct smb2_read_args *args);
bool csrv_smb2_encode_read(struct wire_out *out, const struct smb2_read_res *res);

#endif /* CIFSSRV_WIRE_SMB2_READ_H */
