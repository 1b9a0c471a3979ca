/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/tree_disconnect.h - SMB2 TREE_DISCONNECT, [MS-SMB2] 2.2.11 and 2.2.12 */
#ifndef CIFSSRV_WIRE_SMB2_TREE_DISCONNECT_H
#define CIFSSRV_WIRE_SMB2_TREE_DISCONNECT_H

#include "header.h"

struct smb2_tree_disconnect_args { u16 reserved; };
struct smb2_tree_disconnect_res { u16 reserved; };

bool csrv_smb2_decode_tree_disconnect(struct wire_in *in, struct smb2_tree_disconnect_args *args);
bool csrv_smb2_encode_tree_disconnect(struct wire_out *out,
				      const struct smb2_tree_disconnect_res *res);

#endif /* CIFSSRV_WIRE_SMB2_TREE_DISCONNECT_H */
