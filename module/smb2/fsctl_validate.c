// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/fsctl_validate.c - FSCTL_VALIDATE_NEGOTIATE_INFO, [MS-SMB2] 3.3.5.15.12 */
#include "../core/server.h"
#include "smb2.h"

/*
 * The NEGOTIATE was changed between client and server, or the client does not follow the protocol:
 * no answer, the connection ends.
 */
nt_status_t csrv_smb2_fsctl_validate(struct csrv_req *req, struct wire_out *out)
{
	const struct smb2_ioctl_args *args = &smb2_args(req)->ioctl;
	const struct csrv_nego *n = &req->conn->nego;
	struct smb2_validate_negotiate_res res = {
		.capabilities	= n->server_caps,
		.security_mode	= n->server_secmode,
		.dialect	= n->dialect,
	};
	struct smb2_validate_negotiate v;

	memcpy(res.guid, req->conn->srv->guid, sizeof(res.guid));
	if (n->dialect == SMB2_DIALECT_311 ||	/* protected by the preauthentication hash */
	    !csrv_smb2_decode_validate_negotiate(&args->input, &v) ||
	    memcmp(v.guid, n->client_guid, sizeof(v.guid)) ||
	    v.security_mode != n->client_secmode || v.capabilities != n->client_caps ||
	    csrv_smb2_dialects_known(v.dialects, v.num_dialects) != n->client_dialects ||
	    !csrv_smb2_encode_validate_negotiate(out, &res)) {
		req->drop = true;
		return NT_ACCESS_DENIED;
	}
	return NT_OK;
}
