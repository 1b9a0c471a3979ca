/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/echo.h - SMB2 ECHO, [MS-SMB2] 2.2.28 and 2.2.29 */
#ifndef CIFSSRV_WIRE_SMB2_ECHO_H
#define CIFSSRV_WIRE_SMB2_ECHO_H

#include "header.h"

struct smb2_echo_args { u16 reserved; };
struct smb2_echo_res { u16 reserved; };

bool csrv_smb2_decode_echo(struct wire_in *in, struct smb2_echo_args *args);
bool csrv_smb2_encode_echo(struct wire_out *out, const struct smb2_echo_res *res);

#endif /* CIFSSRV_WIRE_SMB2_ECHO_H */
