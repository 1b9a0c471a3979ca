/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/negotiate.h - SMB2 NEGOTIATE, [MS-SMB2] 2.2.3 and 2.2.4 */
#ifndef CIFSSRV_WIRE_SMB2_NEGOTIATE_H
#define CIFSSRV_WIRE_SMB2_NEGOTIATE_H

#include "header.h"

/* DialectRevision */
#define SMB2_DIALECT_202	0x0202
#define SMB2_DIALECT_210	0x0210
#define SMB2_DIALECT_300	0x0300
#define SMB2_DIALECT_302	0x0302
#define SMB2_DIALECT_311	0x0311
#define SMB2_DIALECT_2XX	0x02ff	/* [MS-SMB2] 3.3.5.3.2: answer to "SMB 2.???" */

/* SecurityMode */
#define SMB2_NEGOTIATE_SIGNING_ENABLED	0x0001
#define SMB2_NEGOTIATE_SIGNING_REQUIRED	0x0002

/* Capabilities */
#define SMB2_GLOBAL_CAP_DFS			0x00000001u
#define SMB2_GLOBAL_CAP_LEASING			0x00000002u
#define SMB2_GLOBAL_CAP_LARGE_MTU		0x00000004u
#define SMB2_GLOBAL_CAP_MULTI_CHANNEL		0x00000008u
#define SMB2_GLOBAL_CAP_PERSISTENT_HANDLES	0x00000010u
#define SMB2_GLOBAL_CAP_DIRECTORY_LEASING	0x00000020u
#define SMB2_GLOBAL_CAP_ENCRYPTION		0x00000040u
#define SMB2_GLOBAL_CAP_NOTIFICATIONS		0x00000080u

/* ContextType, [MS-SMB2] 2.2.3.1 */
#define SMB2_PREAUTH_INTEGRITY_CAPABILITIES	0x0001
#define SMB2_ENCRYPTION_CAPABILITIES		0x0002
#define SMB2_COMPRESSION_CAPABILITIES		0x0003
#define SMB2_NETNAME_NEGOTIATE_CONTEXT_ID	0x0005
#define SMB2_TRANSPORT_CAPABILITIES		0x0006
#define SMB2_RDMA_TRANSFORM_CAPABILITIES	0x0007
#define SMB2_SIGNING_CAPABILITIES		0x0008
#define SMB2_POSIX_EXTENSIONS_AVAILABLE		0x0100

/* HashAlgorithms, [MS-SMB2] 2.2.3.1.1 */
#define SMB2_PREAUTH_SHA512	0x0001
/* Ciphers, [MS-SMB2] 2.2.3.1.2 */
#define SMB2_ENCRYPTION_AES128_CCM	0x0001
#define SMB2_ENCRYPTION_AES128_GCM	0x0002
#define SMB2_ENCRYPTION_AES256_CCM	0x0003
#define SMB2_ENCRYPTION_AES256_GCM	0x0004
/* SigningAlgorithms, [MS-SMB2] 2.2.3.1.7 */
#define SMB2_SIGNING_HMAC_SHA256	0x0000
#define SMB2_SIGNING_AES_CMAC		0x0001
#define SMB2_SIGNING_AES_GMAC		0x0002
/* CompressionAlgorithms and Flags, [MS-SMB2] 2.2.3.1.3 */
#define SMB2_COMPRESSION_NONE		0x0000
#define SMB2_COMPRESSION_LZNT1		0x0001
#define SMB2_COMPRESSION_LZ77		0x0002
#define SMB2_COMPRESSION_LZ77_HUFFMAN	0x0003
#define SMB2_COMPRESSION_PATTERN_V1	0x0004
#define SMB2_COMPRESSION_LZ4		0x0005
#define SMB2_COMPRESSION_FLAG_CHAINED	0x00000001u

#define SMB2_NEG_DIALECTS	64	/* kept of one request; more are refused */
#define SMB2_NEG_CONTEXTS	16	/* taken in one request; more are refused */
#define SMB2_NEG_ALGS		8	/* kept of one context, in the client's order; the rest is
					 * dropped: there are not as many
					 */
#define SMB2_PREAUTH_SALT_LEN	32	/* what this server sends */

/* which contexts a request or reply has */
enum smb2_neg_ctx {
	SMB2_NEG_PREAUTH	= 1 << 0,
	SMB2_NEG_ENCRYPTION	= 1 << 1,
	SMB2_NEG_COMPRESSION	= 1 << 2,
	SMB2_NEG_NETNAME	= 1 << 3,
	SMB2_NEG_SIGNING	= 1 << 4,
	SMB2_NEG_POSIX		= 1 << 5,
	SMB2_NEG_RDMA		= 1 << 6,
	SMB2_NEG_TRANSPORT	= 1 << 7,
};

struct smb2_neg_algs {
	u16 num;
	u16 id[SMB2_NEG_ALGS];
};

/*
 * struct smb2_neg_ctxs - the contexts of a 3.1.1 NEGOTIATE request
 * @present: enum smb2_neg_ctx
 * @duplicate: enum smb2_neg_ctx that came more than once (the first counts);
 *	[MS-SMB2] 3.3.5.4 wants STATUS_INVALID_PARAMETER for most of them
 */
struct smb2_neg_ctxs {
	u32 present;
	u32 duplicate;
	struct smb2_neg_algs preauth;
	struct wire_blob salt;
	struct smb2_neg_algs ciphers;
	struct smb2_neg_algs signing;
	struct smb2_neg_algs compression;
	u32 compression_flags;
	struct wire_blob netname;	/* UTF-16LE */
	u32 transport_flags;		/* 1: SMB2_ACCEPT_TRANSPORT_LEVEL_SECURITY */
};

struct smb2_negotiate_args {
	u16 security_mode;
	u32 capabilities;
	u8 client_guid[WIRE_GUID_LEN];
	u16 num_dialects;
	u16 dialects[SMB2_NEG_DIALECTS];
	struct smb2_neg_ctxs ctx;	/* only if 3.1.1 is among @dialects */
};

/* With SMB2_DIALECT_311 the contexts follow: an algorithm is sent if its bit is in @present. */
struct smb2_negotiate_res {
	u16 security_mode;
	u16 dialect;
	u8 server_guid[WIRE_GUID_LEN];
	u32 capabilities;
	u32 max_transact_size;
	u32 max_read_size;
	u32 max_write_size;
	u64 system_time;		/* FILETIME */
	u64 start_time;			/* FILETIME; zero is right */
	struct wire_blob security;	/* NegTokenInit2, opaque */
	u32 present;			/* enum smb2_neg_ctx */
	u8 salt[SMB2_PREAUTH_SALT_LEN];	/* PREAUTH, with SHA-512 */
	u16 cipher;			/* ENCRYPTION; 0: none in common */
	u16 signing;			/* SIGNING */
	struct smb2_neg_algs compression;	/* COMPRESSION; none: NONE is sent */
	u32 compression_flags;
};

bool csrv_smb2_decode_negotiate(struct wire_in *in, struct smb2_negotiate_args *args);
bool csrv_smb2_encode_negotiate(struct wire_out *out, const struct smb2_negotiate_res *res);
u32 csrv_smb2_dialects_known(const u16 *list, u32 n);
bool csrv_smb2_negotiate_offers(const struct smb2_negotiate_args *args, u16 dialect);

#endif /* CIFSSRV_WIRE_SMB2_NEGOTIATE_H */
