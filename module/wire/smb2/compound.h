/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/compound.h - split a message into its commands, [MS-SMB2] 3.3.5.2.7 */
#ifndef CIFSSRV_WIRE_SMB2_COMPOUND_H
#define CIFSSRV_WIRE_SMB2_COMPOUND_H

#include "header.h"

#define SMB2_COMPOUND_MAX	64	/* commands taken in one message */

struct smb2_slice {
	u32 offset;		/* of the command's header, from the message's start */
	u32 len;		/* up to the next header, or to the end */
};

u32 csrv_smb2_compound_split(const void *msg, u32 len, struct smb2_slice *slices, u32 cap);

#endif /* CIFSSRV_WIRE_SMB2_COMPOUND_H */
