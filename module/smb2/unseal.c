// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/unseal.c - decrypt received messages, [MS-SMB2] 3.3.5.2.1.1 */
#include <linux/slab.h>

#include "../core/server.h"
#include "../wire/smb2/transform.h"
#include "smb2.h"

/* In a message in pages all but a WRITE's payload has to be linear. */
static int unseal_linear(struct csrv_req *req, struct csrv_bytes *data)
{
	struct smb2_front *f = smb2_front(req);
	struct smb2_write_peek peek;
	u32 have = req->in.len;

	if (!req->in.nbv)
		return 0;
	if (csrv_smb2_write_peek(req->in.buf, have, data->len, &peek) && peek.header_len == have)
		return 0;
	f->unsealed = kvmalloc(data->len, GFP_KERNEL);
	if (!f->unsealed)
		return -ENOMEM;
	csrv_bytes_copy_out(data, 0, f->unsealed, data->len);
	req->in.buf = f->unsealed;
	req->in.len = data->len;
	req->in.bv = NULL;
	req->in.nbv = 0;
	csrv_msg_release(&req->msg);	/* it is charged once */
	return 0;
}

/**
 * csrv_smb2_unseal() - decrypt a message in place
 * @req: its buffer begins with an encryption header
 *
 * Return: NT_OK, and @req's buffer is the decrypted message; anything else: the
 * connection ends.
 */
nt_status_t csrv_smb2_unseal(struct csrv_req *req)
{
	struct wire_in in = wire_in(req->in.buf, req->in.len);
	struct csrv_session *s;
	struct smb2_transform tf;
	struct csrv_channel *ch;
	struct csrv_bytes data;
	struct kvec kv;
	u8 *aad = req->in.buf + SMB2_TRANSFORM_AAD_OFFSET;
	int err;

	if (!csrv_smb2_decode_transform(&in, &tf) || tf.flags != SMB2_TRANSFORM_FLAG_ENCRYPTED ||
	    tf.original_size != req->msg.len - SMB2_TRANSFORM_LEN)
		return NT_INVALID_PARAMETER;
	ch = csrv_channel_find(req->conn, tf.session_id);
	if (!ch)
		return NT_USER_SESSION_DELETED;
	s = csrv_session_get(ch->session);
	smb2_front(req)->seal_session = s;
	csrv_channel_put(ch);
	/*
	 * [MS-SMB2] 3.3.1.7, ConstrainedConnection: the anonymous user's key is public, and is
	 * accepted only where a named account has logged on over the same connection.
	 */
	if (!s->seal_in || !(s->proven || READ_ONCE(req->conn->proven)))
		return NT_ACCESS_DENIED;

	kv.iov_base = req->in.buf + SMB2_TRANSFORM_LEN;
	kv.iov_len = req->in.len - SMB2_TRANSFORM_LEN;
	csrv_bytes_init(&data, &kv, 1, req->in.bv, req->in.nbv);
	err = csrv_unseal(s->seal_in, aad, &data, tf.signature);
	if (err)
		return NT_ACCESS_DENIED;
	req->in.buf += SMB2_TRANSFORM_LEN;
	req->in.len -= SMB2_TRANSFORM_LEN;
	req->sealed = true;
	if (!READ_ONCE(s->sealed_once))
		WRITE_ONCE(s->sealed_once, true);
	return unseal_linear(req, &data) ? NT_NO_MEMORY : NT_OK;
}
