// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/dosinfo.c - the bytes of xattr user.DOSATTRIB */
#include <linux/limits.h>

#include "../wire/cursor.h"
#include "dosinfo.h"

/* which members are set */
#define VALID_ATTRIB		0x01u
#define VALID_CREATE_TIME	0x10u
#define VALID_CHANGE_TIME	0x20u

static void align(struct wire_in *in, size_t to)
{
	size_t off = in->pos - in->base;

	wire_skip(in, (to - off % to) % to);
}

/* Skip the text of the attributes; a number after it has the same. */
static void skip_hex(struct wire_in *in)
{
	while (wire_done(in) && wire_get_u8(in))
		;
	align(in, 2);
}

static void decode_body(struct wire_in *in, u16 version, u32 valid, struct csrv_vfs_dos *dos)
{
	dos->change_time = 0;
	dos->change_stamp = 0;
	dos->attributes = wire_get_u32(in);
	if (version <= 3) {
		wire_skip(in, 4 + 8);		/* ea_size, size */
		dos->change_stamp = wire_get_u64(in);
	} else if (version == 4) {
		wire_skip(in, 8);		/* itime */
	}
	dos->create_time = wire_get_u64(in);
	if (version <= 3)
		dos->change_time = wire_get_u64(in);
	dos->has_change_time = version == 3 && valid & VALID_CHANGE_TIME &&
			       dos->change_time <= S64_MAX;
	dos->has_attributes = valid & VALID_ATTRIB;
	dos->has_create_time = valid & VALID_CREATE_TIME && dos->create_time &&
			       dos->create_time <= S64_MAX;
}

/**
 * csrv_dosinfo_decode() - parse what is stored
 * @buf: from disk, as hostile as the network
 * @len: of @buf
 * @dos: the result; unspecified on failure
 *
 * Return: false if the version is unknown or the content is damaged.
 */
bool csrv_dosinfo_decode(const void *buf, size_t len, struct csrv_vfs_dos *dos)
{
	struct wire_in in = wire_in(buf, len);
	u32 valid = VALID_ATTRIB | VALID_CREATE_TIME;
	u16 version;

	skip_hex(&in);
	version = wire_get_u16(&in);
	wire_expect(&in, version == 1 || (version >= 3 && version <= 5));
	wire_expect(&in, wire_get_u16(&in) == version);
	align(&in, 4);
	if (version != 1)
		valid = wire_get_u32(&in);
	decode_body(&in, version, valid, dos);
	return wire_done(&in);
}

static u32 valid_of(const struct csrv_vfs_dos *dos)
{
	return (dos->has_attributes ? VALID_ATTRIB : 0) |
	       (dos->has_create_time ? VALID_CREATE_TIME : 0) |
	       (dos->has_change_time ? VALID_CHANGE_TIME : 0);
}

/**
 * csrv_dosinfo_encode() - the bytes to store
 * @dos: what to store
 * @buf: filled from the beginning
 *
 * Return: how many.
 */
size_t csrv_dosinfo_encode(const struct csrv_vfs_dos *dos, u8 buf[DOSINFO_LEN])
{
	struct wire_out out = wire_out(buf, DOSINFO_LEN);
	u16 version = dos->has_change_time ? 3 : 4;

	wire_put_u16(&out, 0);			/* empty text, padding */
	wire_put_u16(&out, version);
	wire_put_u16(&out, version);		/* switch of the union */
	wire_put_u16(&out, 0);			/* padding */
	wire_put_u32(&out, valid_of(dos));
	wire_put_u32(&out, dos->has_attributes ? dos->attributes : 0);
	if (version == 3) {
		wire_put_u32(&out, 0);		/* ea_size, size: not set */
		wire_put_u64(&out, 0);
		wire_put_u64(&out, dos->change_stamp);
	} else {
		wire_put_u64(&out, 0);		/* itime: not set */
	}
	wire_put_u64(&out, dos->has_create_time ? dos->create_time : 0);
	if (version == 3)
		wire_put_u64(&out, dos->change_time);
	return out.pos - buf;
}
