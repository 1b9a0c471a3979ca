/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/create_ctx.h - create contexts, [MS-SMB2] 2.2.13.2 and 2.2.14.2 */
#ifndef CIFSSRV_WIRE_SMB2_CREATE_CTX_H
#define CIFSSRV_WIRE_SMB2_CREATE_CTX_H

#include "header.h"

#define SMB2_LEASE_KEY_LEN	16
#define SMB2_CREATE_CTX_MAX	32	/* contexts taken in one request */

/* [MS-SMB2] 2.2.13.2.8 LeaseState */
#define SMB2_LEASE_NONE			0x00000000u
#define SMB2_LEASE_READ_CACHING		0x00000001u
#define SMB2_LEASE_HANDLE_CACHING	0x00000002u
#define SMB2_LEASE_WRITE_CACHING	0x00000004u
#define SMB2_LEASE_STATES		0x00000007u

/* [MS-SMB2] 2.2.13.2.10, 2.2.14.2.10 Flags */
#define SMB2_LEASE_FLAG_BREAK_IN_PROGRESS	0x00000002u
#define SMB2_LEASE_FLAG_PARENT_LEASE_KEY_SET	0x00000004u

/* [MS-SMB2] 2.2.13.2.11 Flags */
#define SMB2_DHANDLE_FLAG_PERSISTENT	0x00000002u

/* which contexts a request or reply has */
enum smb2_create_ctx {
	SMB2_CTX_EXTA		= 1 << 0,	/* SMB2_CREATE_EA_BUFFER */
	SMB2_CTX_SECD		= 1 << 1,	/* SMB2_CREATE_SD_BUFFER */
	SMB2_CTX_DHNQ		= 1 << 2,	/* SMB2_CREATE_DURABLE_HANDLE_REQUEST */
	SMB2_CTX_DHNC		= 1 << 3,	/* SMB2_CREATE_DURABLE_HANDLE_RECONNECT */
	SMB2_CTX_ALSI		= 1 << 4,	/* SMB2_CREATE_ALLOCATION_SIZE */
	SMB2_CTX_MXAC		= 1 << 5,	/* SMB2_CREATE_QUERY_MAXIMAL_ACCESS_REQUEST */
	SMB2_CTX_MXAC_TIME	= 1 << 6,	/* ... with its optional Timestamp */
	SMB2_CTX_TWRP		= 1 << 7,	/* SMB2_CREATE_TIMEWARP_TOKEN */
	SMB2_CTX_QFID		= 1 << 8,	/* SMB2_CREATE_QUERY_ON_DISK_ID */
	SMB2_CTX_RQLS		= 1 << 9,	/* SMB2_CREATE_REQUEST_LEASE, either version */
	SMB2_CTX_RQLS_V2	= 1 << 10,	/* ... SMB2_CREATE_REQUEST_LEASE_V2 */
	SMB2_CTX_DH2Q		= 1 << 11,	/* SMB2_CREATE_DURABLE_HANDLE_REQUEST_V2 */
	SMB2_CTX_DH2C		= 1 << 12,	/* SMB2_CREATE_DURABLE_HANDLE_RECONNECT_V2 */
	SMB2_CTX_AAPL		= 1 << 13,	/* Apple's; outside [MS-SMB2] */
	SMB2_CTX_POSIX		= 1 << 14,	/* SMB 3.1.1 POSIX extensions; outside [MS-SMB2] */
	SMB2_CTX_APP_ID		= 1 << 15,	/* SMB2_CREATE_APP_INSTANCE_ID */
	SMB2_CTX_APP_VERSION	= 1 << 16,	/* SMB2_CREATE_APP_INSTANCE_VERSION */
};

/* [MS-SMB2] 2.2.13.2.8, 2.2.13.2.10, 2.2.14.2.10, 2.2.14.2.11 */
struct smb2_lease_ctx {
	u8 key[SMB2_LEASE_KEY_LEN];
	u32 state;			/* SMB2_LEASE_* */
	u32 flags;			/* SMB2_LEASE_FLAG_* */
	u64 duration;			/* reserved: zero in replies */
	u8 parent_key[SMB2_LEASE_KEY_LEN];	/* V2 and PARENT_LEASE_KEY_SET only */
	u16 epoch;			/* V2 only */
};

/*
 * struct smb2_create_ctxs - the contexts of one CREATE request
 * @present: enum smb2_create_ctx; a member below counts only if its bit is set
 */
struct smb2_create_ctxs {
	u32 present;
	u32 posix_mode;			/* POSIX: mode bits */
	struct wire_blob ea;		/* EXTA: see wire/ea.h */
	struct wire_blob sd;		/* SECD: see wire/sd.h */
	struct wire_blob aapl;		/* AAPL: as it came */
	struct smb2_file_id dhnc;	/* DHNC */
	u64 alloc_size;			/* ALSI: bytes */
	u64 mxac_time;			/* MXAC_TIME: FILETIME */
	u64 twrp;			/* TWRP: FILETIME of the snapshot */
	struct smb2_lease_ctx lease;	/* RQLS */
	struct {
		u32 timeout;		/* ms, 0: the server's choice */
		u32 flags;		/* SMB2_DHANDLE_FLAG_PERSISTENT */
		u8 create_guid[WIRE_GUID_LEN];
	} dh2q;
	struct {
		struct smb2_file_id id;
		u8 create_guid[WIRE_GUID_LEN];
		u32 flags;
	} dh2c;
	u8 app_instance_id[WIRE_GUID_LEN];
	u64 app_version_high;
	u64 app_version_low;
};

/*
 * struct smb2_create_ctxs_res - the contexts of one CREATE reply
 * @present: DHNQ MXAC QFID RQLS (and RQLS_V2) DH2Q AAPL POSIX; others are not sent
 */
struct smb2_create_ctxs_res {
	u32 present;
	nt_status_t mxac_status;	/* MXAC: why @mxac_access is not known, or NT_OK */
	u32 mxac_access;
	u64 disk_file_id;		/* QFID */
	u64 disk_volume_id;
	struct smb2_lease_ctx lease;	/* RQLS */
	u32 dh2q_timeout;		/* DH2Q: ms */
	u32 dh2q_flags;
	struct wire_blob aapl;		/* AAPL: data of the context */
	u32 posix_nlink;		/* POSIX */
	u32 posix_reparse_tag;
	u32 posix_mode;
	struct wire_blob posix_sids;	/* POSIX: owner and group SID, wire form */
};

bool csrv_smb2_decode_create_ctxs(const struct wire_blob *contexts, struct smb2_create_ctxs *ctxs);
bool csrv_smb2_encode_create_ctxs(struct wire_out *out, const struct smb2_create_ctxs_res *res);

#endif /* CIFSSRV_WIRE_SMB2_CREATE_CTX_H */
