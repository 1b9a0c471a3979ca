/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/error.h - the body of a reply that failed, [MS-SMB2] 2.2.2 */
#ifndef CIFSSRV_WIRE_SMB2_ERROR_H
#define CIFSSRV_WIRE_SMB2_ERROR_H

#include "header.h"

/**
 * struct smb2_error_res - the body of an ERROR response
 * @data: ErrorData as before 3.1.1 ([MS-SMB2] 2.2.2.2: e.g. the four bytes of
 *	the length that STATUS_BUFFER_TOO_SMALL wanted); mostly empty
 * @context: 3.1.1: wrap @data, which may be empty, in an ErrorContext ([MS-SMB2] 2.2.2.1)
 */
struct smb2_error_res {
	struct wire_blob data;
	bool context;
};

bool csrv_smb2_encode_error(struct wire_out *out, const struct smb2_error_res *res);

#endif /* CIFSSRV_WIRE_SMB2_ERROR_H */
