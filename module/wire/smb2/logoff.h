/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/logoff.h - SMB2 LOGOFF, [MS-SMB2] 2.2.7 and 2.2.8 */
#ifndef CIFSSRV_WIRE_SMB2_LOGOFF_H
#define CIFSSRV_WIRE_SMB2_LOGOFF_H

#include "header.h"

struct smb2_logoff_args { u16 reserved; };
struct smb2_logoff_res { u16 reserved; };

bool csrv_smb2_decode_logoff(struct wire_in *in, struct smb2_logoff_args *args);
bool csrv_smb2_encode_logoff(struct wire_out *out, const struct smb2_logoff_res *res);

#endif /* CIFSSRV_WIRE_SMB2_LOGOFF_H */
