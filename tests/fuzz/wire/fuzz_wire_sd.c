// SPDX-License-Identifier: GPL-2.0-or-later
/* a descriptor that is accepted is one that encodes, and decodes again to the same */
#include <stdlib.h>
#include "wire/sd.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define ACES 64

static struct wire_ace dacl[2][ACES], sacl[2][ACES];

static nt_status_t decode(const struct wire_blob *blob, struct wire_sd *sd, int i)
{
	*sd = (struct wire_sd){
		.dacl = { .aces = dacl[i], .cap = ACES }, .sacl = { .aces = sacl[i], .cap = ACES },
	};
	return csrv_wire_sd_decode(blob, sd);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static u8 buf[2][200000];
	struct wire_blob blob = { .data = data, .len = size };
	struct wire_blob again = { .data = buf[0] };
	struct wire_out out = wire_out(buf[0], sizeof(buf[0]));
	struct wire_sd sd, sd2;
	u32 nd, ns, len;
	char text[184];

	if (csrv_sd_count(&blob, &nd, &ns) == NT_OK && (nd > 16384 || ns > 16384))
		abort();
	if (decode(&blob, &sd, 0) != NT_OK)
		return 0;
	if (sd.dacl.num > nd || sd.sacl.num > ns)
		abort();
	if (sd.has_owner && csrv_sid_print(&sd.owner, text, sizeof(text)) < 0)
		abort();
	/* the parts of a hostile one may overlap, so that it grows beyond what is taken */
	if (csrv_sd_len(&sd, 0xf) > WIRE_SD_MAX_LEN)
		return 0;
	if (!csrv_sd_encode(&out, &sd, 0xf) || wire_out_len(&out) != csrv_sd_len(&sd, 0xf))
		abort();
	again.len = wire_out_len(&out);
	if (decode(&again, &sd2, 1) != NT_OK || sd2.dacl.num != sd.dacl.num)
		abort();
	out = wire_out(buf[1], sizeof(buf[1]));
	len = again.len;
	if (!csrv_sd_encode(&out, &sd2, 0xf) || wire_out_len(&out) != len || memcmp(buf[0], buf[1], len))
		abort();
	return 0;
}
