// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/error.c - the body of a reply that failed, [MS-SMB2] 2.2.2 */
#include "error.h"

/* [MS-SMB2] 2.2.2, 2.2.2.1; ErrorData is one byte even if there is none */
bool csrv_smb2_encode_error(struct wire_out *out, const struct smb2_error_res *res)
{
	wire_put_u16(out, 9);				/* StructureSize */
	wire_put_u8(out, res->context);			/* ErrorContextCount */
	wire_put_u8(out, 0);				/* Reserved */
	wire_put_u32(out, res->data.len + (res->context ? 8 : 0));
	if (res->context) {
		wire_put_u32(out, res->data.len);
		wire_put_u32(out, 0);			/* SMB2_ERROR_ID_DEFAULT */
	}
	wire_put_blob(out, &res->data);
	if (!res->data.len && !res->context)
		wire_put_u8(out, 0);
	return !out->bad;
}
