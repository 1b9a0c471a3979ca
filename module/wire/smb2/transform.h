/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/transform.h - encrypted and compressed messages, [MS-SMB2] 2.2.41, 2.2.42 */
#ifndef CIFSSRV_WIRE_SMB2_TRANSFORM_H
#define CIFSSRV_WIRE_SMB2_TRANSFORM_H

#include "header.h"

#define SMB2_TRANSFORM_LEN		52
#define SMB2_TRANSFORM_AAD_OFFSET	20	/* AAD: from Nonce to the end of the header */
#define SMB2_TRANSFORM_AAD_LEN		32
#define SMB2_TRANSFORM_NONCE_LEN	16	/* CCM uses the first 11, GCM the first 12 */

#define SMB2_TRANSFORM_FLAG_ENCRYPTED	0x0001

struct smb2_transform {
	u8 signature[SMB2_SIGNATURE_LEN];
	u8 nonce[SMB2_TRANSFORM_NONCE_LEN];
	u32 original_size;	/* bytes of the message inside */
	u16 flags;		/* 3.1.1 Flags, 3.0.x EncryptionAlgorithm: both must be 1 */
	u64 session_id;
};

bool csrv_smb2_decode_transform(struct wire_in *in, struct smb2_transform *tf);
bool csrv_smb2_encode_transform(struct wire_out *out, const struct smb2_transform *tf);

static inline bool smb2_is_transform(const void *msg, size_t len)
{
	return csrv_smb2_message_protocol(msg, len) == SMB2_TRANSFORM_PROTOCOL_ID;
}

static inline bool smb2_is_compressed(const void *msg, size_t len)
{
	return csrv_smb2_message_protocol(msg, len) == SMB2_COMPRESSION_PROTOCOL_ID;
}

#endif /* CIFSSRV_WIRE_SMB2_TRANSFORM_H */
