/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/lock.h - SMB2 LOCK, [MS-SMB2] 2.2.26 and 2.2.27 */
#ifndef CIFSSRV_WIRE_SMB2_LOCK_H
#define CIFSSRV_WIRE_SMB2_LOCK_H

#include "header.h"

/* Flags of one element, [MS-SMB2] 2.2.26.1 */
#define SMB2_LOCKFLAG_SHARED_LOCK	0x00000001u
#define SMB2_LOCKFLAG_EXCLUSIVE_LOCK	0x00000002u
#define SMB2_LOCKFLAG_UNLOCK		0x00000004u
#define SMB2_LOCKFLAG_FAIL_IMMEDIATELY	0x00000010u

struct smb2_lock_element {
	u64 offset;
	u64 length;
	u32 flags;		/* SMB2_LOCKFLAG_*, unchecked */
};

struct smb2_lock_args {
	struct smb2_file_id id;
	u8 sequence_number;	/* LockSequenceNumber, 0..15 */
	u32 sequence_index;	/* LockSequenceIndex, 28 bits */
	u16 num;		/* from 1 on; all are in @locks */
	struct wire_blob locks;	/* as they came: csrv_smb2_lock_element() */
};

struct smb2_lock_res { u16 reserved; };

bool csrv_smb2_decode_lock(struct wire_in *in, struct smb2_lock_args *args);
struct smb2_lock_element csrv_smb2_lock_element(const struct smb2_lock_args *args, u16 i);
bool csrv_smb2_encode_lock(struct wire_out *out, const struct smb2_lock_res *res);

#endif /* CIFSSRV_WIRE_SMB2_LOCK_H */
