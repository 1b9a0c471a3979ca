/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb1/negotiate.h - SMB_COM_NEGOTIATE as far as SMB2 needs it, [MS-SMB2] 3.3.5.3 */
#ifndef CIFSSRV_WIRE_SMB1_NEGOTIATE_H
#define CIFSSRV_WIRE_SMB1_NEGOTIATE_H

#include "../cursor.h"

#define SMB1_HEADER_LEN		32
#define SMB1_COM_NEGOTIATE	0x72
#define SMB1_NEG_DIALECTS	64	/* dialect strings taken; more are refused */
#define SMB1_DIALECT_NONE	0xffff

struct smb1_negotiate_args {
	u16 flags2;
	u16 mid;
	u16 num_dialects;
	u16 index_nt_lm_012;	/* of "NT LM 0.12" among the dialects, or SMB1_DIALECT_NONE */
	u16 index_smb_2002;	/* of "SMB 2.002" */
	u16 index_smb_2xx;	/* of "SMB 2.???" */
};

bool csrv_smb1_decode_negotiate(const void *msg, u32 len, struct smb1_negotiate_args *args);

#endif /* CIFSSRV_WIRE_SMB1_NEGOTIATE_H */
