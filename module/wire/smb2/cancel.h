/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/cancel.h - SMB2 CANCEL, [MS-SMB2] 2.2.30; there is no reply */
#ifndef CIFSSRV_WIRE_SMB2_CANCEL_H
#define CIFSSRV_WIRE_SMB2_CANCEL_H

#include "header.h"

struct smb2_cancel_args { u16 reserved; };

bool csrv_smb2_decode_cancel(struct wire_in *in, struct smb2_cancel_args *args);

#endif /* CIFSSRV_WIRE_SMB2_CANCEL_H */
