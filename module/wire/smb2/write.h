/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/write.h - SMB2 WRITE, [MS-SMB2] 2.2.21 and 2.2.22 */
#ifndef CIFSSRV_WIRE_SMB2_WRITE_H
#define CIFSSRV_WIRE_SMB2_WRITE_H

#include "header.h"

#define SMB2_WRITEFLAG_WRITE_THROUGH	0x00000001u
#define SMB2_WRITEFLAG_WRITE_UNBUFFERED	0x00000002u

#define SMB2_WRITE_PEEK_LEN	(SMB2_HEADER_LEN + 48)

struct smb2_write_args {
	struct smb2_file_id id;
	u16 data_offset;	/* from the header; unchecked, see csrv_smb2_write_data() */
	u32 length;
	u64 offset;
	u32 channel;		/* SMB2_CHANNEL_*, read.h */
	u32 remaining;
	u32 flags;
	struct wire_blob channel_info;	/* [MS-SMBD] descriptors; empty unless RDMA */
};

struct smb2_write_res {
	u32 count;
	u32 remaining;
};

/* What the first bytes of a message tell about a WRITE's payload. */
struct smb2_write_peek {
	u32 header_len;		/* bytes before the data; the data starts here */
	u32 data_len;
	bool is_signed;		/* SMB2_FLAGS_SIGNED */
};

bool csrv_smb2_decode_write(struct wire_in *in, struct smb2_write_args *args);
bool csrv_smb2_encode_write(struct wire_out *out, const struct smb2_write_res *res);
struct wire_blob csrv_smb2_write_data(struct wire_in *in, const struct smb2_write_args *args);
bool csrv_smb2_write_peek(const void *msg, size_t have, u32 msg_len,
			  struct smb2_write_peek *peek);

#endif /* CIFSSRV_WIRE_SMB2_WRITE_H */
