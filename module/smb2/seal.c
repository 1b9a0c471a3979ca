// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/seal.c - encrypt messages to be sent, [MS-SMB2] 3.1.4.3 */
#include "../core/server.h"
#include "../wire/smb2/transform.h"
#include "smb2.h"

/**
 * csrv_smb2_seal() - encrypt a message in place, and put an SMB2 TRANSFORM_HEADER before it
 * @s: the session that has the keys
 * @head: room for CSRV_HEAD_MAX bytes, which exists as long as @out
 * @out: csrv_out_init() has been called
 *
 * Return: 0 or an errno.
 */
int csrv_smb2_seal(struct csrv_session *s, u8 *head, struct csrv_out *out)
{
	struct smb2_transform tf = {
		.original_size	= out->bytes.len,
		.flags		= SMB2_TRANSFORM_FLAG_ENCRYPTED,
		.session_id	= s->id,
	};
	struct wire_out to = wire_out(head, SMB2_TRANSFORM_LEN);
	int err = csrv_seal_nonce(s->seal_out, tf.nonce);

	if (err)
		return err;
	csrv_smb2_encode_transform(&to, &tf);
	err = csrv_seal(s->seal_out, head + SMB2_TRANSFORM_AAD_OFFSET, &out->bytes, tf.signature);
	if (err)
		return err;
	to = wire_out(head, SMB2_TRANSFORM_LEN);
	csrv_smb2_encode_transform(&to, &tf);
	csrv_out_prepend(out, head, SMB2_TRANSFORM_LEN);
	return 0;
}

/**
 * csrv_smb2_notification_close() - make a small message ready to be sent
 * @n: its buffer has been written
 * @len: bytes in the buffer
 * @seal: encrypt with the keys of this session; NULL: do not
 *
 * Return: 0 or an errno.
 */
int csrv_smb2_notification_close(struct csrv_notification *n, u32 len, struct csrv_session *seal)
{
	csrv_out_init(&n->out, n->buf, len, NULL, 0);
	return seal ? csrv_smb2_seal(seal, n->head, &n->out) : 0;
}
