// SPDX-License-Identifier: GPL-2.0-or-later
/* dispatch/frame.c - what stands before a message: the transport's prefix, the encryption header */
#include "../model/server.h"
#include "../wire/smb2/transform.h"
#include "frontend.h"
#include "req.h"

#define TCP_PREFIX_LEN	4u

/* [MS-SMB2] 3.1.4.3: encrypt what @req->kv and its pages hold */
static int seal_message(struct csrv_session *s, u8 *prefix, struct csrv_bytes *data)
{
	struct smb2_transform tf = {
		.original_size	= data->len,
		.flags		= SMB2_TRANSFORM_FLAG_ENCRYPTED,
		.session_id	= s->id,
	};
	struct wire_out out;
	int err = csrv_seal_nonce(s->seal_out, tf.nonce);

	if (err)
		return err;
	out = wire_out(prefix, SMB2_TRANSFORM_LEN);
	csrv_smb2_encode_transform(&out, &tf);
	err = csrv_seal(s->seal_out, prefix + SMB2_TRANSFORM_AAD_OFFSET, data, tf.signature);
	if (err)
		return err;
	out = wire_out(prefix, SMB2_TRANSFORM_LEN);
	csrv_smb2_encode_transform(&out, &tf);
	return 0;
}

static void put_prefix(u8 *prefix, u32 len)
{
	prefix[0] = 0;
	prefix[1] = len >> 16;
	prefix[2] = len >> 8;
	prefix[3] = len;
}

/**
 * csrv_wrap() - put the transport's prefix, and the encryption header, before a message
 * @seal: encrypt with its keys; NULL: do not
 * @prefix: room for CSRV_PREFIX_MAX bytes
 * @kv: [1] and the pages hold the message; [0] is set
 * @bv: pages, may be NULL
 * @nbv: how many
 * @bytes: what to send
 *
 * Return: 0 or an errno.
 */
int csrv_wrap(struct csrv_session *seal, u8 *prefix, struct kvec *kv, struct bio_vec *bv,
	      u32 nbv, struct csrv_bytes *bytes)
{
	u32 head = TCP_PREFIX_LEN + (seal ? SMB2_TRANSFORM_LEN : 0);
	int err = 0;

	csrv_bytes_init(bytes, kv + 1, 1, bv, nbv);
	if (seal)
		err = seal_message(seal, prefix + TCP_PREFIX_LEN, bytes);
	if (err)
		return err;
	put_prefix(prefix, bytes->len + head - TCP_PREFIX_LEN);
	kv[0].iov_base = prefix;
	kv[0].iov_len = head;
	csrv_bytes_init(bytes, kv, 2, bv, nbv);
	return 0;
}
