// SPDX-License-Identifier: GPL-2.0-or-later
/* a whole message as it comes from the socket: slices cover it, headers survive a round trip */
#include <stdlib.h>
#include "wire/smb1/negotiate.h"
#include "wire/smb2/compound.h"
#include "wire/smb2/transform.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void check_header(const u8 *msg, u32 len)
{
	struct wire_in in = wire_in(msg, len);
	struct smb2_header hdr, again;
	u8 buf[SMB2_HEADER_LEN];
	struct wire_out out = wire_out(buf, sizeof(buf));

	if (!csrv_smb2_decode_header(&in, &hdr))
		return;
	hdr.channel_sequence = 0;
	if (!csrv_smb2_encode_header(&out, &hdr))
		abort();
	in = wire_in(buf, sizeof(buf));
	if (!csrv_smb2_decode_header(&in, &again) || memcmp(&hdr, &again, sizeof(hdr)))
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct smb2_slice slices[SMB2_COMPOUND_MAX];
	struct wire_in in = wire_in(data, size);
	struct smb1_negotiate_args smb1;
	struct smb2_transform tf;
	u32 n, i, at = 0;

	n = csrv_smb2_compound_split(data, size, slices, SMB2_COMPOUND_MAX);
	for (i = 0; i < n; i++) {
		if (slices[i].offset != at || slices[i].len < SMB2_HEADER_LEN)
			abort();
		check_header(data + at, slices[i].len);
		at += slices[i].len;
	}
	if (n && at != size)
		abort();
	csrv_smb2_decode_transform(&in, &tf);
	csrv_smb1_decode_negotiate(data, size, &smb1);
	return 0;
}
