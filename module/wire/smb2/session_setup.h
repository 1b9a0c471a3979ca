/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/session_setup.h - SMB2 SESSION_SETUP, [MS-SMB2] 2.2.5 and 2.2.6 */
#ifndef CIFSSRV_WIRE_SMB2_SESSION_SETUP_H
#define CIFSSRV_WIRE_SMB2_SESSION_SETUP_H

#include "header.h"

#define SMB2_SESSION_FLAG_BINDING	0x01	/* request Flags */

/* reply SessionFlags */
#define SMB2_SESSION_FLAG_IS_GUEST	0x0001
#define SMB2_SESSION_FLAG_IS_NULL	0x0002
#define SMB2_SESSION_FLAG_ENCRYPT_DATA	0x0004

struct smb2_session_setup_args {
	u8 flags;
	u8 security_mode;		/* SMB2_NEGOTIATE_SIGNING_* */
	u32 capabilities;
	u64 previous_session_id;
	struct wire_blob security;	/* opaque to the kernel */
};

struct smb2_session_setup_res {
	u16 session_flags;
	struct wire_blob security;
};

bool csrv_smb2_decode_session_setup(struct wire_in *in, struct smb2_session_setup_args *args);
bool csrv_smb2_encode_session_setup(struct wire_out *out, const struct smb2_session_setup_res *res);

#endif /* CIFSSRV_WIRE_SMB2_SESSION_SETUP_H */
