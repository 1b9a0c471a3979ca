/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/fsctl.h - control codes and their buffers, [MS-FSCC] 2.3, [MS-SMB2] 2.2.31, 2.2.32 */
#ifndef CIFSSRV_WIRE_FSCTL_H
#define CIFSSRV_WIRE_FSCTL_H

#include "cursor.h"
#include "status.h"

/* [MS-FSCC] 2.3 (its subsections are numbered anew with each version), [MS-SMB2] 2.2.31 */
#define FSCTL_DFS_GET_REFERRALS			0x00060194u
#define FSCTL_DFS_GET_REFERRALS_EX		0x000601b0u
#define FSCTL_REQUEST_OPLOCK_LEVEL_1		0x00090000u
#define FSCTL_LOCK_VOLUME			0x00090018u
#define FSCTL_UNLOCK_VOLUME			0x0009001cu
#define FSCTL_IS_PATHNAME_VALID			0x0009002cu
#define FSCTL_GET_COMPRESSION			0x0009003cu
#define FSCTL_SET_COMPRESSION			0x0009c040u
#define FSCTL_FILESYSTEM_GET_STATISTICS		0x00090060u
#define FSCTL_GET_NTFS_VOLUME_DATA		0x00090064u
#define FSCTL_FIND_FILES_BY_SID			0x0009008fu
#define FSCTL_SET_OBJECT_ID			0x00090098u
#define FSCTL_GET_OBJECT_ID			0x0009009cu
#define FSCTL_DELETE_OBJECT_ID			0x000900a0u
#define FSCTL_SET_REPARSE_POINT			0x000900a4u
#define FSCTL_GET_REPARSE_POINT			0x000900a8u
#define FSCTL_DELETE_REPARSE_POINT		0x000900acu
#define FSCTL_SET_OBJECT_ID_EXTENDED		0x000900bcu
#define FSCTL_CREATE_OR_GET_OBJECT_ID		0x000900c0u
#define FSCTL_SET_SPARSE			0x000900c4u
#define FSCTL_READ_FILE_USN_DATA		0x000900ebu
#define FSCTL_QUERY_FILE_REGIONS		0x00090284u
#define FSCTL_QUERY_ALLOCATED_RANGES		0x000940cfu
#define FSCTL_OFFLOAD_READ			0x00094264u
#define FSCTL_OFFLOAD_WRITE			0x00098268u
#define FSCTL_SET_ZERO_DATA			0x000980c8u
#define FSCTL_FILE_LEVEL_TRIM			0x00098208u
#define FSCTL_SET_ZERO_ON_DEALLOCATION		0x00090194u
#define FSCTL_GET_INTEGRITY_INFORMATION		0x0009027cu
#define FSCTL_SET_INTEGRITY_INFORMATION		0x0009c280u
#define FSCTL_DUPLICATE_EXTENTS_TO_FILE		0x00098344u
#define FSCTL_DUPLICATE_EXTENTS_TO_FILE_EX	0x000983e8u
#define FSCTL_PIPE_PEEK				0x0011400cu
#define FSCTL_PIPE_WAIT				0x00110018u
#define FSCTL_PIPE_TRANSCEIVE			0x0011c017u
#define FSCTL_SRV_REQUEST_RESUME_KEY		0x00140078u
#define FSCTL_LMR_REQUEST_RESILIENCY		0x001401d4u
#define FSCTL_QUERY_NETWORK_INTERFACE_INFO	0x001401fcu
#define FSCTL_VALIDATE_NEGOTIATE_INFO		0x00140204u
#define FSCTL_SRV_ENUMERATE_SNAPSHOTS		0x00144064u
#define FSCTL_SRV_READ_HASH			0x001441bbu
#define FSCTL_SRV_COPYCHUNK			0x001440f2u
#define FSCTL_SRV_COPYCHUNK_WRITE		0x001480f2u

/* [MS-SMB2] 2.2.31.4 and 2.2.32.6 */
#define SMB2_VALIDATE_DIALECTS	64	/* dialects kept; more are refused */

struct smb2_validate_negotiate {
	u32 capabilities;
	u8 guid[WIRE_GUID_LEN];
	u16 security_mode;
	u16 num_dialects;
	u16 dialects[SMB2_VALIDATE_DIALECTS];
};

struct smb2_validate_negotiate_res {
	u32 capabilities;
	u8 guid[WIRE_GUID_LEN];
	u16 security_mode;
	u16 dialect;
};

/* [MS-SMB2] 2.2.32.5 */
#define NETWORK_INTERFACE_RSS_CAPABLE	0x00000001u
#define NETWORK_INTERFACE_RDMA_CAPABLE	0x00000002u

struct smb2_network_interface {
	u32 index;		/* of the interface, as the kernel counts */
	u32 capability;		/* NETWORK_INTERFACE_* */
	u64 link_speed;		/* bits per second */
	bool ipv6;
	u8 address[16];		/* network order; IPv4 takes the first four */
};

/* [MS-SMB2] 2.2.31.1, 2.2.32.1 */
#define SRV_RESUME_KEY_LEN	24
#define SRV_COPYCHUNK_MAX	256	/* chunks taken; the policy limit is the server's */

struct srv_copychunk {
	u64 source_offset;
	u64 target_offset;
	u32 length;
};

struct srv_copychunk_copy {
	u8 source_key[SRV_RESUME_KEY_LEN];
	u32 num;			/* ChunkCount as sent, even if above SRV_COPYCHUNK_MAX */
	struct wire_blob chunks;	/* read with csrv_copychunk_at() */
};

struct srv_copychunk_res {
	u32 chunks_written;
	u32 chunk_bytes_written;
	u32 total_bytes_written;
};

/* FSCTL_PIPE_WAIT, [MS-FSCC] 2.3 */
struct fsctl_pipe_wait {
	u64 timeout;		/* 100 ns; counts only if @timeout_given */
	bool timeout_given;
	struct wire_blob name;	/* UTF-16LE, without "\PIPE\" */
};

/* FSCTL_PIPE_PEEK reply, fixed part */
struct fsctl_pipe_peek_res {
	u32 state;
	u32 read_available;
	u32 num_messages;
	u32 message_length;
};

/* a range of bytes: allocated ranges, zero data, trim */
struct fsctl_range {
	u64 offset;
	u64 length;
};

/* [MS-FSCC] 2.1.3.1, .2 */
struct fsctl_object_id {
	u8 id[WIRE_GUID_LEN];
	u8 extra[48];
};

/* DUPLICATE_EXTENTS_DATA, DUPLICATE_EXTENTS_DATA_EX */
struct fsctl_duplicate_extents {
	u64 source_persistent_id;
	u64 source_volatile_id;
	u64 source_offset;
	u64 target_offset;
	u64 length;
	u32 flags;		/* _EX only: 1 is atomic */
};

#define FSCTL_TRIM_MAX	1024	/* ranges taken */

struct fsctl_trim {
	u32 num;
	struct wire_blob ranges;	/* read with csrv_fsctl_range_at() */
};

/* [MS-SMB2] 2.2.31.3 */
struct fsctl_resiliency {
	u32 timeout;		/* ms */
};

/* [MS-FSCC] 2.1.2.2, 2.1.2.3: tag, and the data behind the fixed header */
struct fsctl_reparse {
	u32 tag;
	bool has_guid;
	u8 guid[WIRE_GUID_LEN];	/* tags without the Microsoft bit */
	struct wire_blob data;
};

/* [MS-FSCC] 2.1.2.4 */
#define SYMLINK_FLAG_RELATIVE	0x00000001u

struct fsctl_symlink {
	u32 flags;			/* SYMLINK_FLAG_RELATIVE */
	struct wire_blob substitute;	/* UTF-16LE */
	struct wire_blob print;		/* UTF-16LE */
};

bool csrv_smb2_decode_validate_negotiate(const struct wire_blob *in,
					 struct smb2_validate_negotiate *v);
bool csrv_smb2_encode_validate_negotiate(struct wire_out *out,
					 const struct smb2_validate_negotiate_res *res);
#define SMB2_NETWORK_INTERFACE_LEN	152u	/* [MS-SMB2] 2.2.32.5, of one entry */

struct wire_list csrv_smb2_network_interface_begin(struct wire_out *out);
bool csrv_smb2_network_interface_add(struct wire_list *list,
				     const struct smb2_network_interface *ni);

bool csrv_decode_copychunk(const struct wire_blob *in, struct srv_copychunk_copy *copy);
bool csrv_copychunk_at(const struct srv_copychunk_copy *copy, u32 index,
		       struct srv_copychunk *chunk);
bool csrv_encode_copychunk(struct wire_out *out, const struct srv_copychunk_res *res);
bool csrv_encode_resume_key(struct wire_out *out, const u8 key[SRV_RESUME_KEY_LEN]);
bool csrv_encode_snapshots(struct wire_out *out, u32 total, u32 returned, u32 array_size);

bool csrv_fsctl_decode_pipe_wait(const struct wire_blob *in, struct fsctl_pipe_wait *wait);
bool csrv_fsctl_encode_pipe_peek(struct wire_out *out, const struct fsctl_pipe_peek_res *res);
bool csrv_fsctl_decode_set_sparse(const struct wire_blob *in, bool *sparse);
bool csrv_fsctl_decode_zero_data(const struct wire_blob *in, struct fsctl_range *range);
bool csrv_fsctl_decode_allocated_ranges(const struct wire_blob *in, struct fsctl_range *range);
bool csrv_fsctl_put_range(struct wire_out *out, const struct fsctl_range *range);
bool csrv_fsctl_decode_object_id(const struct wire_blob *in, struct fsctl_object_id *id);
bool csrv_fsctl_encode_object_id(struct wire_out *out, const struct fsctl_object_id *id);
bool csrv_fsctl_decode_duplicate_extents(const struct wire_blob *in, bool ex,
					 struct fsctl_duplicate_extents *dup);
bool csrv_fsctl_decode_trim(const struct wire_blob *in, struct fsctl_trim *trim);
bool csrv_fsctl_range_at(const struct fsctl_trim *trim, u32 index, struct fsctl_range *range);
bool csrv_fsctl_decode_resiliency(const struct wire_blob *in, struct fsctl_resiliency *res);
bool csrv_fsctl_decode_compression(const struct wire_blob *in, u16 *format);
bool csrv_fsctl_decode_reparse(const struct wire_blob *in, struct fsctl_reparse *rp);
bool csrv_fsctl_decode_symlink(const struct fsctl_reparse *rp, struct fsctl_symlink *link);
bool csrv_fsctl_encode_symlink(struct wire_out *out, const char *target, u32 len, bool relative);

#endif /* CIFSSRV_WIRE_FSCTL_H */
