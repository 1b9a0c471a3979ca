// SPDX-License-Identifier: GPL-2.0-or-later
/* READ and WRITE, and the peek that decides where a payload is received */
#include "wiretest.h"
#include "wire/smb2/read.h"
#include "wire/smb2/write.h"

static struct msg m;

static void test_read(void)
{
	struct smb2_read_args args;
	struct smb2_read_res res = { .data_length = 4096, .data_remaining = 1 };
	struct wire_out *out = msg_begin(&m, 49);
	u8 b[128];

	wire_put_u8(out, 0x50);
	wire_put_u8(out, SMB2_READFLAG_READ_UNBUFFERED);
	wire_put_u32(out, 4096);
	wire_put_u64(out, 0x123456789a);
	put_id(out);
	wire_put_u32(out, 1);
	wire_put_u32(out, SMB2_CHANNEL_NONE);
	wire_put_u32(out, 2);
	wire_put_u16(out, 0xffff);		/* channel info without a channel: nothing */
	wire_put_u16(out, 0xffff);
	EACH_PREFIX(&m, csrv_smb2_decode_read, &args);
	assert(args.padding == 0x50 && args.flags == 1 && args.length == 4096 && args.offset == 0x123456789a);
	assert(id_is_good(args.id) && args.min_count == 1 && args.remaining == 2 && !args.channel_info.len);

	put_unaligned_le32(SMB2_CHANNEL_RDMA_V1, m.buf + 64 + 36);
	struct wire_in in = body(m.buf, msg_len(&m));

	assert(!csrv_smb2_decode_read(&in, &args));
	put_unaligned_le16(112, m.buf + 64 + 44);
	put_unaligned_le16(16, m.buf + 64 + 46);
	wire_put_zero(out, 16);
	EACH_PREFIX(&m, csrv_smb2_decode_read, &args);
	assert(args.channel == 1 && args.channel_info.len == 16);

	EACH_ROOM(csrv_smb2_encode_read, &res, b, 16);
	assert(le16(b + 64) == 17 && b[66] == SMB2_READ_DATA_OFFSET && le32(b + 68) == 4096);
	assert(le32(b + 72) == 1 && le32(b + 76) == 0);
}

static struct wire_out *build_write(u16 data_offset, u32 len)
{
	struct smb2_header hdr = { .command = SMB2_WRITE, .message_id = 5 };
	struct wire_out *out = msg_begin(&m, 49);
	struct wire_out head = wire_out(m.buf, 64);

	assert(csrv_smb2_encode_header(&head, &hdr));
	wire_put_u16(out, data_offset);
	wire_put_u32(out, len);
	wire_put_u64(out, 0x55);
	put_id(out);
	wire_put_u32(out, SMB2_CHANNEL_NONE);
	wire_put_u32(out, 0);
	wire_put_u16(out, 0);
	wire_put_u16(out, 0);
	wire_put_u32(out, SMB2_WRITEFLAG_WRITE_THROUGH);
	return out;
}

static void test_write(void)
{
	struct smb2_write_args args;
	struct smb2_write_res res = { .count = 77 };
	struct wire_blob data;
	struct wire_in in;
	u8 b[128];

	build_write(112, 10);
	EACH_PREFIX(&m, csrv_smb2_decode_write, &args);
	assert(args.data_offset == 112 && args.length == 10 && args.offset == 0x55 && id_is_good(args.id));
	assert(args.flags == SMB2_WRITEFLAG_WRITE_THROUGH && !args.channel && !args.channel_info.len);

	for (u32 n = 112; n <= 122; n++) {
		in = body(m.buf, n);
		assert(csrv_smb2_decode_write(&in, &args));
		data = csrv_smb2_write_data(&in, &args);
		assert(wire_done(&in) == (n == 122) && (data.len == 10) == (n == 122));
	}
	assert(data.data == m.buf + 112);
	build_write(111, 10);			/* data inside the header */
	in = body(m.buf, 200);
	assert(csrv_smb2_decode_write(&in, &args) && !csrv_smb2_write_data(&in, &args).len && !wire_done(&in));
	build_write(0x101, 10);
	in = body(m.buf, sizeof(m.buf));
	assert(!csrv_smb2_decode_write(&in, &args));
	build_write(0, 0);
	in = body(m.buf, 112);
	assert(csrv_smb2_decode_write(&in, &args) && !csrv_smb2_write_data(&in, &args).len && wire_done(&in));

	EACH_ROOM(csrv_smb2_encode_write, &res, b, 16);
	assert(le16(b + 64) == 17 && le32(b + 68) == 77 && le32(b + 72) == 0 && le32(b + 76) == 0);
}

static bool peek(u32 msg_len, struct smb2_write_peek *p)
{
	u8 *first = exact(m.buf, SMB2_WRITE_PEEK_LEN);
	bool ok = csrv_smb2_write_peek(first, SMB2_WRITE_PEEK_LEN, msg_len, p);

	free(first);
	return ok;
}

static void test_peek(void)
{
	struct smb2_write_peek p;

	build_write(112, 0x10000);
	assert(peek(112 + 0x10000, &p) && p.header_len == 112 && p.data_len == 0x10000);
	for (u32 n = 0; n < SMB2_WRITE_PEEK_LEN; n++) {
		u8 *first = exact(m.buf, n);

		assert(!csrv_smb2_write_peek(first, n, 112 + 0x10000, &p));
		free(first);
	}
	assert(!peek(112 + 0xffff, &p) && !peek(112 + 0x10001, &p) && !peek(0, &p) && !peek(112, &p));
	build_write(120, 8);
	assert(peek(128, &p) && p.header_len == 120 && p.data_len == 8);
	build_write(104, 8);
	assert(!peek(112, &p));
	build_write(112, 0);
	assert(!peek(112, &p));
	build_write(112, 0xffffffff);
	assert(!peek(111, &p));

	/* what is no simple write */
	build_write(112, 8);
	assert(peek(120, &p));
	m.buf[12] = SMB2_READ;
	assert(!peek(120, &p));
	m.buf[12] = SMB2_WRITE;
	m.buf[20] = 120;			/* NextCommand */
	assert(!peek(120, &p));
	m.buf[20] = 0;
	m.buf[16] = SMB2_FLAGS_ASYNC_COMMAND;
	assert(!peek(120, &p));
	m.buf[16] = SMB2_FLAGS_SIGNED | SMB2_FLAGS_RELATED_OPERATIONS;
	assert(peek(120, &p));
	m.buf[64] = 48;				/* StructureSize */
	assert(!peek(120, &p));
	m.buf[64] = 49;
	m.buf[64 + 32] = SMB2_CHANNEL_RDMA_V1;
	assert(!peek(120, &p));
	m.buf[64 + 32] = 0;
	m.buf[0] = 0xfd;
	assert(!peek(120, &p));
}

int main(void)
{
	test_read();
	test_write();
	test_peek();
	puts("wire smb2 read, write: ok");
	return 0;
}
