// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb1/negotiate.c - SMB_COM_NEGOTIATE as far as SMB2 needs it, [MS-CIFS] 2.2.4.52 */
#include <linux/kernel.h>

#include "negotiate.h"

#define SMB1_PROTOCOL	0x424d53ffu	/* 0xff 'S' 'M' 'B' */
#define FLAGS_REPLY	0x80		/* [MS-CIFS] 2.2.3.1 SMB_FLAGS_REPLY */
#define BUFFER_DIALECT	0x02		/* BufferFormat of a dialect string */

/* The string up to its NUL, which is consumed and not counted. */
static struct wire_blob get_string(struct wire_in *in)
{
	size_t left = wire_left(in);
	const u8 *nul = left ? memchr(in->pos, 0, left) : NULL;
	struct wire_blob s = {};

	wire_expect(in, nul);
	if (nul) {
		s = wire_get_blob(in, nul - in->pos);
		wire_skip(in, 1);
	}
	return s;
}

static void note_dialect(u16 *index, u16 i, const struct wire_blob *s, const char *name)
{
	if (*index == SMB1_DIALECT_NONE && s->len == strlen(name) && !memcmp(s->data, name, s->len))
		*index = i;
}

static void get_dialects(struct wire_in *in, struct smb1_negotiate_args *args)
{
	struct wire_blob s;
	u16 i;

	for (i = 0; wire_left(in); i++) {
		wire_expect(in, i < SMB1_NEG_DIALECTS && wire_get_u8(in) == BUFFER_DIALECT);
		s = get_string(in);
		note_dialect(&args->index_nt_lm_012, i, &s, "NT LM 0.12");
		note_dialect(&args->index_smb_2002, i, &s, "SMB 2.002");
		note_dialect(&args->index_smb_2xx, i, &s, "SMB 2.\?\?\?");
	}
	args->num_dialects = i;
}

/**
 * csrv_smb1_decode_negotiate() - which of the dialects that are used here are offered?
 * @msg: the whole message
 * @len: of @msg
 * @args: filled in on success
 *
 * Return: false if this is no SMB_COM_NEGOTIATE request, or not a well-formed one.
 */
bool csrv_smb1_decode_negotiate(const void *msg, u32 len, struct smb1_negotiate_args *args)
{
	struct wire_in in = wire_in(msg, len);
	struct wire_blob bytes;
	struct wire_in sub;

	memset(args, 0, sizeof(*args));
	args->index_nt_lm_012 = SMB1_DIALECT_NONE;
	args->index_smb_2002 = SMB1_DIALECT_NONE;
	args->index_smb_2xx = SMB1_DIALECT_NONE;

	wire_expect(&in, wire_get_u32(&in) == SMB1_PROTOCOL);
	wire_expect(&in, wire_get_u8(&in) == SMB1_COM_NEGOTIATE);
	wire_skip(&in, 4);				/* Status */
	wire_expect(&in, !(wire_get_u8(&in) & FLAGS_REPLY));
	args->flags2 = wire_get_u16(&in);
	wire_skip(&in, 18);	/* PIDHigh, SecurityFeatures, Reserved, TID, PIDLow, UID */
	args->mid = wire_get_u16(&in);
	wire_expect(&in, wire_get_u8(&in) == 0);	/* WordCount */
	bytes = wire_get_blob(&in, wire_get_u16(&in));
	sub = wire_sub(&bytes);
	if (wire_done(&in))
		get_dialects(&sub, args);
	return wire_done(&in) && wire_done(&sub) && args->num_dialects;
}
