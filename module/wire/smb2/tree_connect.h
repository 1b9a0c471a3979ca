/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/tree_connect.h - SMB2 TREE_CONNECT, [MS-SMB2] 2.2.9 and 2.2.10 */
#ifndef CIFSSRV_WIRE_SMB2_TREE_CONNECT_H
#define CIFSSRV_WIRE_SMB2_TREE_CONNECT_H

#include "header.h"

/* request Flags, 3.1.1 only */
#define SMB2_TREE_CONNECT_FLAG_CLUSTER_RECONNECT	0x0001
#define SMB2_TREE_CONNECT_FLAG_REDIRECT_TO_OWNER	0x0002
#define SMB2_TREE_CONNECT_FLAG_EXTENSION_PRESENT	0x0004

#define SMB2_REMOTED_IDENTITY_TREE_CONNECT_CONTEXT	0x0001
#define SMB2_TREE_CONNECT_CONTEXTS	8	/* taken in one request */

enum smb2_share_type {
	SMB2_SHARE_TYPE_DISK	= 0x01,
	SMB2_SHARE_TYPE_PIPE	= 0x02,
	SMB2_SHARE_TYPE_PRINT	= 0x03,
};

/* ShareFlags */
#define SMB2_SHAREFLAG_MANUAL_CACHING			0x00000000u
#define SMB2_SHAREFLAG_AUTO_CACHING			0x00000010u
#define SMB2_SHAREFLAG_VDO_CACHING			0x00000020u
#define SMB2_SHAREFLAG_NO_CACHING			0x00000030u
#define SMB2_SHAREFLAG_DFS				0x00000001u
#define SMB2_SHAREFLAG_DFS_ROOT				0x00000002u
#define SMB2_SHAREFLAG_RESTRICT_EXCLUSIVE_OPENS		0x00000100u
#define SMB2_SHAREFLAG_FORCE_SHARED_DELETE		0x00000200u
#define SMB2_SHAREFLAG_ALLOW_NAMESPACE_CACHING		0x00000400u
#define SMB2_SHAREFLAG_ACCESS_BASED_DIRECTORY_ENUM	0x00000800u
#define SMB2_SHAREFLAG_FORCE_LEVELII_OPLOCK		0x00001000u
#define SMB2_SHAREFLAG_ENABLE_HASH_V1			0x00002000u
#define SMB2_SHAREFLAG_ENABLE_HASH_V2			0x00004000u
#define SMB2_SHAREFLAG_ENCRYPT_DATA			0x00008000u
#define SMB2_SHAREFLAG_IDENTITY_REMOTING		0x00040000u
#define SMB2_SHAREFLAG_COMPRESS_DATA			0x00100000u
#define SMB2_SHAREFLAG_ISOLATED_TRANSPORT		0x00200000u

/* Capabilities */
#define SMB2_SHARE_CAP_DFS			0x00000008u
#define SMB2_SHARE_CAP_CONTINUOUS_AVAILABILITY	0x00000010u
#define SMB2_SHARE_CAP_SCALEOUT			0x00000020u
#define SMB2_SHARE_CAP_CLUSTER			0x00000040u
#define SMB2_SHARE_CAP_ASYMMETRIC		0x00000080u
#define SMB2_SHARE_CAP_REDIRECT_TO_OWNER	0x00000100u

struct smb2_tree_connect_args {
	u16 flags;		/* before 3.1.1 to be ignored */
	struct wire_blob path;	/* UTF-16LE, \\server\share */
	struct wire_blob remoted_identity;	/* context data, [MS-SMB2] 2.2.9.2.1; or empty */
};

struct smb2_tree_connect_res {
	u8 share_type;		/* enum smb2_share_type */
	u32 share_flags;
	u32 capabilities;
	u32 maximal_access;	/* wire/access.h */
};

bool csrv_smb2_decode_tree_connect(struct wire_in *in, struct smb2_tree_connect_args *args);
bool csrv_smb2_encode_tree_connect(struct wire_out *out, const struct smb2_tree_connect_res *res);

#endif /* CIFSSRV_WIRE_SMB2_TREE_CONNECT_H */
