/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/ioctl.h - SMB2 IOCTL, [MS-SMB2] 2.2.31 and 2.2.32 */
#ifndef CIFSSRV_WIRE_SMB2_IOCTL_H
#define CIFSSRV_WIRE_SMB2_IOCTL_H

#include "header.h"
#include "../fsctl.h"

#define SMB2_0_IOCTL_IS_FSCTL	0x00000001u

#define SMB2_IOCTL_BUFFER_OFFSET	(SMB2_HEADER_LEN + 48)	/* of the reply's first buffer */

struct smb2_ioctl_args {
	struct smb2_file_id id;
	u32 ctl_code;		/* FSCTL_*, wire/fsctl.h */
	u32 flags;
	u32 max_input;		/* MaxInputResponse */
	u32 max_output;		/* MaxOutputResponse */
	struct wire_blob input;
	struct wire_blob output;	/* requests have none that means anything */
};

/* @output must not be larger than MaxOutputResponse. */
struct smb2_ioctl_res {
	struct smb2_file_id id;	/* as in the request */
	u32 ctl_code;
	struct wire_blob output;
};

bool csrv_smb2_decode_ioctl(struct wire_in *in, struct smb2_ioctl_args *args);
bool csrv_smb2_encode_ioctl(struct wire_out *out, const struct smb2_ioctl_res *res);

#endif /* CIFSSRV_WIRE_SMB2_IOCTL_H */
