/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/oplock_break.h - SMB2 OPLOCK_BREAK, [MS-SMB2] 2.2.23 to 2.2.25 */
#ifndef CIFSSRV_WIRE_SMB2_OPLOCK_BREAK_H
#define CIFSSRV_WIRE_SMB2_OPLOCK_BREAK_H

#include "create.h"

#define SMB2_OPLOCK_BREAK_SIZE		24	/* StructureSize of an oplock acknowledgment */
#define SMB2_LEASE_BREAK_ACK_SIZE	36	/* ... of a lease acknowledgment */

#define SMB2_NOTIFY_BREAK_LEASE_FLAG_ACK_REQUIRED	0x00000001u

/* An acknowledgment of either kind: [MS-SMB2] 2.2.24.1, 2.2.24.2 */
struct smb2_oplock_break_args {
	struct smb2_file_id id;			/* oplock only */
	bool lease;				/* which of the two */
	u8 oplock_level;			/* oplock only: enum smb2_oplock_level */
	u8 lease_key[SMB2_LEASE_KEY_LEN];	/* lease only, like the next one */
	u32 lease_state;			/* SMB2_LEASE_* */
};

/* The response to it: [MS-SMB2] 2.2.25.1, 2.2.25.2; members as above */
struct smb2_oplock_break_res {
	struct smb2_file_id id;
	bool lease;
	u8 oplock_level;
	u8 lease_key[SMB2_LEASE_KEY_LEN];
	u32 lease_state;
};

/* A notification: [MS-SMB2] 2.2.23.1 */
struct smb2_oplock_break_note {
	struct smb2_file_id id;
	u8 oplock_level;
};

/* [MS-SMB2] 2.2.23.2 */
struct smb2_lease_break_note {
	u8 lease_key[SMB2_LEASE_KEY_LEN];
	u16 new_epoch;			/* V2 leases, else zero */
	u32 flags;			/* SMB2_NOTIFY_BREAK_LEASE_FLAG_ACK_REQUIRED */
	u32 current_state;		/* SMB2_LEASE_* */
	u32 new_state;
};

bool csrv_smb2_decode_oplock_break(struct wire_in *in, struct smb2_oplock_break_args *args);
bool csrv_smb2_encode_oplock_break(struct wire_out *out, const struct smb2_oplock_break_res *res);
bool csrv_smb2_encode_oplock_break_note(struct wire_out *out,
					const struct smb2_oplock_break_note *note);
bool csrv_smb2_encode_lease_break_note(struct wire_out *out,
				       const struct smb2_lease_break_note *note);

#endif /* CIFSSRV_WIRE_SMB2_OPLOCK_BREAK_H */
