/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/header.h - the 64 bytes before every SMB2 command, [MS-SMB2] 2.2.1 */
#ifndef CIFSSRV_WIRE_SMB2_HEADER_H
#define CIFSSRV_WIRE_SMB2_HEADER_H

#include "../cursor.h"
#include "../status.h"

#define SMB2_HEADER_LEN		64
#define SMB2_SIGNATURE_LEN	16
/* Offsets of fields that change after a header is encoded: Flags, NextCommand, Signature */
#define SMB2_FLAGS_OFFSET	16
#define SMB2_NEXT_OFFSET	20
#define SMB2_SIGNATURE_OFFSET	48

/* ProtocolId as the first four bytes of a message, little endian */
#define SMB1_PROTOCOL_ID		0x424d53ffu
#define SMB2_PROTOCOL_ID		0x424d53feu
#define SMB2_TRANSFORM_PROTOCOL_ID	0x424d53fdu	/* [MS-SMB2] 2.2.41 */
#define SMB2_COMPRESSION_PROTOCOL_ID	0x424d53fcu	/* [MS-SMB2] 2.2.42 */

/* [MS-SMB2] 2.2.1.2 Command */
enum smb2_command {
	SMB2_NEGOTIATE		= 0x00,
	SMB2_SESSION_SETUP	= 0x01,
	SMB2_LOGOFF		= 0x02,
	SMB2_TREE_CONNECT	= 0x03,
	SMB2_TREE_DISCONNECT	= 0x04,
	SMB2_CREATE		= 0x05,
	SMB2_CLOSE		= 0x06,
	SMB2_FLUSH		= 0x07,
	SMB2_READ		= 0x08,
	SMB2_WRITE		= 0x09,
	SMB2_LOCK		= 0x0a,
	SMB2_IOCTL		= 0x0b,
	SMB2_CANCEL		= 0x0c,
	SMB2_ECHO		= 0x0d,
	SMB2_QUERY_DIRECTORY	= 0x0e,
	SMB2_CHANGE_NOTIFY	= 0x0f,
	SMB2_QUERY_INFO		= 0x10,
	SMB2_SET_INFO		= 0x11,
	SMB2_OPLOCK_BREAK	= 0x12,
	SMB2_COMMANDS		= 0x13,	/* how many there are */
};

/* [MS-SMB2] 2.2.1.2 Flags */
#define SMB2_FLAGS_SERVER_TO_REDIR	0x00000001u
#define SMB2_FLAGS_ASYNC_COMMAND	0x00000002u
#define SMB2_FLAGS_RELATED_OPERATIONS	0x00000004u
#define SMB2_FLAGS_SIGNED		0x00000008u
#define SMB2_FLAGS_PRIORITY_MASK	0x00000070u
#define SMB2_FLAGS_DFS_OPERATIONS	0x10000000u
#define SMB2_FLAGS_REPLAY_OPERATION	0x20000000u

/* [MS-SMB2] 3.2.4.1.4: the id of the previous request, in a related compound */
#define SMB2_ID_RELATED		(~0ull)
#define SMB2_MESSAGE_ID_BREAK	(~0ull)	/* [MS-SMB2] 2.2.23: answers no request */

struct smb2_header {
	u16 credit_charge;
	u16 channel_sequence;	/* requests of SMB 3.x; zero in a reply */
	nt_status_t status;	/* replies; zero in a request */
	u16 command;		/* enum smb2_command, unchecked */
	u16 credits;		/* CreditRequest or CreditResponse */
	u32 flags;
	u32 next;		/* NextCommand, unchecked: see csrv_smb2_compound_split() */
	u64 message_id;
	u64 async_id;		/* SMB2_FLAGS_ASYNC_COMMAND only, else zero */
	u32 process_id;		/* the sync form only; [MS-SMB2] Reserved */
	u32 tree_id;		/* the sync form only */
	u64 session_id;
	u8 signature[SMB2_SIGNATURE_LEN];
};

/* [MS-SMB2] 2.2.14.1.  First member of the args of every command that has one. */
struct smb2_file_id {
	u64 persistent_id;
	u64 volatile_id;
};

#define SMB2_FILE_ID_RELATED	((struct smb2_file_id){ SMB2_ID_RELATED, SMB2_ID_RELATED })

static inline struct smb2_file_id smb2_get_file_id(struct wire_in *in)
{
	struct smb2_file_id id;

	id.persistent_id = wire_get_u64(in);
	id.volatile_id = wire_get_u64(in);
	return id;
}

static inline void smb2_put_file_id(struct wire_out *out, struct smb2_file_id id)
{
	wire_put_u64(out, id.persistent_id);
	wire_put_u64(out, id.volatile_id);
}

/*
 * The end of every reply that has an (offset, length) pair for one buffer, which
 * follows its fixed part of @fixed bytes (header included).
 */
static inline u32 smb2_buffer_offset(u32 fixed, u32 len)
{
	return len ? fixed : 0;
}

bool csrv_smb2_decode_header(struct wire_in *in, struct smb2_header *hdr);
bool csrv_smb2_encode_header(struct wire_out *out, const struct smb2_header *hdr);
void csrv_smb2_header_set_next(void *hdr, u32 next);
void csrv_smb2_header_set_signed(void *hdr);
void csrv_smb2_header_set_signature(void *hdr, const u8 *signature);
u32 csrv_smb2_message_protocol(const void *msg, size_t len);

#endif /* CIFSSRV_WIRE_SMB2_HEADER_H */
