// SPDX-License-Identifier: GPL-2.0-or-later
/* the small commands: each prefix of a good request is refused, each reply has its size */
#include "wiretest.h"
#include "wire/smb2/cancel.h"
#include "wire/smb2/change_notify.h"
#include "wire/smb2/close.h"
#include "wire/smb2/echo.h"
#include "wire/smb2/error.h"
#include "wire/smb2/flush.h"
#include "wire/smb2/ioctl.h"
#include "wire/smb2/lock.h"
#include "wire/smb2/logoff.h"
#include "wire/smb2/oplock_break.h"
#include "wire/smb2/query_directory.h"
#include "wire/smb2/query_info.h"
#include "wire/smb2/session_setup.h"
#include "wire/smb2/set_info.h"
#include "wire/smb2/tree_connect.h"
#include "wire/smb2/tree_disconnect.h"

static struct msg m;
static u8 b[512];

static void test_empty(void)
{
	struct smb2_logoff_args logoff;
	struct smb2_tree_disconnect_args td;
	struct smb2_echo_args echo;
	struct smb2_cancel_args cancel;

	wire_put_u16(msg_begin(&m, 4), 0);
	EACH_PREFIX(&m, csrv_smb2_decode_logoff, &logoff);
	EACH_PREFIX(&m, csrv_smb2_decode_tree_disconnect, &td);
	EACH_PREFIX(&m, csrv_smb2_decode_echo, &echo);
	EACH_PREFIX(&m, csrv_smb2_decode_cancel, &cancel);
	EACH_ROOM(csrv_smb2_encode_logoff, &(struct smb2_logoff_res){}, b, 4);
	EACH_ROOM(csrv_smb2_encode_tree_disconnect, &(struct smb2_tree_disconnect_res){}, b, 4);
	EACH_ROOM(csrv_smb2_encode_echo, &(struct smb2_echo_res){}, b, 4);
	assert(le32(b + 64) == 4);
}

static void test_session_setup(void)
{
	struct smb2_session_setup_args args;
	struct smb2_session_setup_res res = { .session_flags = 4, .security = str_blob("blob") };
	struct wire_out *out = msg_begin(&m, 25);

	wire_put_u8(out, SMB2_SESSION_FLAG_BINDING);
	wire_put_u8(out, 2);
	wire_put_u32(out, 1);
	wire_put_u32(out, 0);
	wire_put_u16(out, 64 + 24);
	wire_put_u16(out, 5);
	wire_put_u64(out, 0x1234);
	wire_put_bytes(out, "token", 5);
	EACH_PREFIX(&m, csrv_smb2_decode_session_setup, &args);
	assert(args.flags == 1 && args.security_mode == 2 && args.capabilities == 1);
	assert(args.previous_session_id == 0x1234 && args.security.len == 5);
	assert(!memcmp(args.security.data, "token", 5));

	EACH_ROOM(csrv_smb2_encode_session_setup, &res, b, 12);
	assert(le16(b + 64) == 9 && le16(b + 66) == 4 && le16(b + 68) == 72 && le16(b + 70) == 4);
	assert(!memcmp(b + 72, "blob", 4));
	static u8 big[65536 + 200];
	struct wire_out o = wire_out(big, sizeof(big));

	res.security = (struct wire_blob){ .data = big, .len = 65536 };
	assert(!csrv_smb2_encode_session_setup(&o, &res));
}

static void test_tree_connect(void)
{
	struct smb2_tree_connect_args args;
	struct smb2_tree_connect_res res = { SMB2_SHARE_TYPE_DISK, 0x30, 8, 0x1f01ff };
	struct wire_out *out = msg_begin(&m, 9);

	wire_put_u16(out, 0);
	wire_put_u16(out, 72);
	wire_put_u16(out, 10);
	wire_put_bytes(out, "\\\0\\\0h\0\\\0s\0", 10);
	EACH_PREFIX(&m, csrv_smb2_decode_tree_connect, &args);
	assert(args.path.len == 10 && !args.flags && !args.remoted_identity.len);
	put_unaligned_le16(9, m.buf + 70);
	struct wire_in in = body(m.buf, 82);

	assert(!csrv_smb2_decode_tree_connect(&in, &args));
	put_unaligned_le16(0, m.buf + 70);
	in = body(m.buf, 82);
	assert(!csrv_smb2_decode_tree_connect(&in, &args));

	/* with an extension: 16 bytes, path at 88, contexts at 104 and 120 */
	out = msg_begin(&m, 9);
	wire_put_u16(out, SMB2_TREE_CONNECT_FLAG_EXTENSION_PRESENT);
	wire_put_u16(out, 88);
	wire_put_u16(out, 10);
	wire_put_u32(out, 104);
	wire_put_u16(out, 2);
	wire_put_zero(out, 10);
	wire_put_bytes(out, "\\\0\\\0h\0\\\0s\0", 10);
	wire_pad(out, 8);
	wire_put_u64(out, 0x10000 | 9);			/* type 9, one byte */
	wire_put_u8(out, 0xaa);
	wire_pad(out, 8);
	wire_put_u64(out, 0x20000 | 1);			/* remoted identity, two bytes */
	wire_put_u16(out, 0xbbcc);
	in = body(m.buf, msg_len(&m));
	assert(csrv_smb2_decode_tree_connect(&in, &args) && args.flags == 4 && args.path.data == m.buf + 88);
	assert(args.remoted_identity.data == m.buf + 128 && args.remoted_identity.len == 2);
	/* a bad extension costs the context, not the request: see there */
	for (u32 n = 98; n < msg_len(&m); n++) {
		u8 *p = exact(m.buf, n);

		in = body(p, n);
		assert(csrv_smb2_decode_tree_connect(&in, &args) && !args.remoted_identity.len);
		free(p);
	}

	EACH_ROOM(csrv_smb2_encode_tree_connect, &res, b, 16);
	assert(le16(b + 64) == 16 && b[66] == 1 && le32(b + 68) == 0x30 && le32(b + 72) == 8);
	assert(le32(b + 76) == 0x1f01ff);
}

static void test_close_flush(void)
{
	struct smb2_close_args close;
	struct smb2_close_res res = { .flags = 1, .creation_time = 1, .end_of_file = 0x1234, .attributes = 0x20 };
	struct smb2_flush_args flush;
	struct wire_out *out = msg_begin(&m, 24);

	wire_put_u16(out, SMB2_CLOSE_FLAG_POSTQUERY_ATTRIB);
	wire_put_u32(out, 0);
	put_id(out);
	EACH_PREFIX(&m, csrv_smb2_decode_close, &close);
	assert(close.flags == 1 && id_is_good(close.id));
	EACH_PREFIX(&m, csrv_smb2_decode_flush, &flush);
	assert(id_is_good(flush.id) && flush.reserved1 == 1);

	EACH_ROOM(csrv_smb2_encode_close, &res, b, 60);
	assert(le16(b + 64) == 60 && le64(b + 72) == 1 && le64(b + 112) == 0x1234 && le32(b + 120) == 0x20);
	EACH_ROOM(csrv_smb2_encode_flush, &(struct smb2_flush_res){}, b, 4);
}

static void test_lock(void)
{
	struct smb2_lock_args args;
	struct wire_out *out;
	struct wire_in in;

	for (u32 num = 1; num <= 127; num += 63) {
		out = msg_begin(&m, 48);
		wire_put_u16(out, num);
		wire_put_u32(out, 0x12345 << 4 | 7);
		put_id(out);
		for (u32 i = 0; i < num; i++) {
			wire_put_u64(out, i);
			wire_put_u64(out, -1ull);
			wire_put_u32(out, SMB2_LOCKFLAG_SHARED_LOCK);
			wire_put_u32(out, 0);
		}
		EACH_PREFIX(&m, csrv_smb2_decode_lock, &args);
		assert(args.num == num && args.sequence_number == 7 && args.sequence_index == 0x12345);
		assert(id_is_good(args.id) && csrv_smb2_lock_element(&args, num - 1).offset == num - 1);
		assert(csrv_smb2_lock_element(&args, 0).length == -1ull && csrv_smb2_lock_element(&args, 0).flags == 1);
		assert(!csrv_smb2_lock_element(&args, num).offset && !csrv_smb2_lock_element(&args, num).flags);
	}
	put_unaligned_le16(sizeof(m.buf) / 24, m.buf + BODY);	/* more than there are */
	in = body(m.buf, sizeof(m.buf));
	assert(!csrv_smb2_decode_lock(&in, &args));
	put_unaligned_le16(0, m.buf + BODY);
	in = body(m.buf, sizeof(m.buf));
	assert(!csrv_smb2_decode_lock(&in, &args));
	EACH_ROOM(csrv_smb2_encode_lock, &(struct smb2_lock_res){}, b, 4);
}

static void test_ioctl(void)
{
	struct smb2_ioctl_args args;
	struct smb2_ioctl_res res = { .id = { 1, 2 }, .ctl_code = FSCTL_PIPE_TRANSCEIVE, .output = str_blob("reply") };
	struct wire_out *out = msg_begin(&m, 57);

	wire_put_u16(out, 0);
	wire_put_u32(out, FSCTL_PIPE_TRANSCEIVE);
	put_id(out);
	wire_put_u32(out, 120);
	wire_put_u32(out, 5);
	wire_put_u32(out, 0);
	wire_put_u32(out, 0xfffffff0);		/* OutputOffset means nothing without a count */
	wire_put_u32(out, 0);
	wire_put_u32(out, 4096);
	wire_put_u32(out, SMB2_0_IOCTL_IS_FSCTL);
	wire_put_u32(out, 0);
	wire_put_bytes(out, "input", 5);
	EACH_PREFIX(&m, csrv_smb2_decode_ioctl, &args);
	assert(args.ctl_code == 0x11c017 && id_is_good(args.id) && args.max_output == 4096);
	assert(args.flags == 1 && args.input.len == 5 && !memcmp(args.input.data, "input", 5));
	assert(!args.output.len);
	put_unaligned_le32(1, m.buf + 64 + 40);	/* OutputCount */
	struct wire_in in = body(m.buf, msg_len(&m));

	assert(!csrv_smb2_decode_ioctl(&in, &args));

	EACH_ROOM(csrv_smb2_encode_ioctl, &res, b, 48 + 5);
	assert(le16(b + 64) == 49 && le32(b + 68) == 0x11c017 && le64(b + 72) == 1);
	assert(le32(b + 88) == 112 && le32(b + 92) == 0 && le32(b + 96) == 112 && le32(b + 100) == 5);
	assert(!memcmp(b + 112, "reply", 5));
}

static void test_query_directory(void)
{
	struct smb2_query_directory_args args;
	struct smb2_query_directory_res res = { .output = str_blob("entries") };
	struct wire_out *out = msg_begin(&m, 33);

	wire_put_u8(out, 37);
	wire_put_u8(out, SMB2_RESTART_SCANS);
	wire_put_u32(out, 3);
	put_id(out);
	wire_put_u16(out, 96);
	wire_put_u16(out, 2);
	wire_put_u32(out, 65536);
	wire_put_bytes(out, "*", 2);
	EACH_PREFIX(&m, csrv_smb2_decode_query_directory, &args);
	assert(args.class == 37 && args.flags == 1 && args.file_index == 3 && id_is_good(args.id));
	assert(args.output_len == 65536 && args.pattern.len == 2 && args.pattern.data[0] == '*');
	put_unaligned_le16(1, m.buf + 64 + 26);
	struct wire_in in = body(m.buf, msg_len(&m));

	assert(!csrv_smb2_decode_query_directory(&in, &args));
	EACH_ROOM(csrv_smb2_encode_query_directory, &res, b, 8 + 7);
	assert(le16(b + 64) == 9 && le16(b + 66) == 72 && le32(b + 68) == 7 && b[72] == 'e');
}

static void test_change_notify(void)
{
	struct smb2_change_notify_args args;
	struct smb2_change_notify_res res = {};
	struct wire_out *out = msg_begin(&m, 32);

	wire_put_u16(out, SMB2_WATCH_TREE);
	wire_put_u32(out, 4096);
	put_id(out);
	wire_put_u32(out, FILE_NOTIFY_CHANGE_ALL);
	wire_put_u32(out, 0);
	EACH_PREFIX(&m, csrv_smb2_decode_change_notify, &args);
	assert(args.flags == 1 && args.output_len == 4096 && args.filter == 0xfff && id_is_good(args.id));
	EACH_ROOM(csrv_smb2_encode_change_notify, &res, b, 8);
	assert(le16(b + 66) == 0 && le32(b + 68) == 0);
	res.output = str_blob("x");
	EACH_ROOM(csrv_smb2_encode_change_notify, &res, b, 9);
	assert(le16(b + 66) == 72 && le32(b + 68) == 1);
}

static void test_info(void)
{
	struct smb2_query_info_args query;
	struct smb2_query_info_res res = { .output = str_blob("info") };
	struct smb2_set_info_args set;
	struct wire_out *out = msg_begin(&m, 41);

	wire_put_u8(out, SMB2_0_INFO_SECURITY);
	wire_put_u8(out, 18);
	wire_put_u32(out, 1000);
	wire_put_u16(out, 104);
	wire_put_u16(out, 0);
	wire_put_u32(out, 3);
	wire_put_u32(out, 7);
	wire_put_u32(out, SL_RESTART_SCAN);
	put_id(out);
	wire_put_bytes(out, "abc", 3);
	EACH_PREFIX(&m, csrv_smb2_decode_query_info, &query);
	assert(query.info_type == 3 && query.class == 18 && query.output_len == 1000);
	assert(query.additional == 7 && query.flags == 1 && id_is_good(query.id) && query.input.len == 3);
	EACH_ROOM(csrv_smb2_encode_query_info, &res, b, 8 + 4);
	assert(le16(b + 64) == 9 && le16(b + 66) == 72 && le32(b + 68) == 4 && b[72] == 'i');

	out = msg_begin(&m, 33);
	wire_put_u8(out, SMB2_0_INFO_FILE);
	wire_put_u8(out, 20);
	wire_put_u32(out, 8);
	wire_put_u16(out, 96);
	wire_put_u16(out, 0);
	wire_put_u32(out, 9);
	put_id(out);
	wire_put_bytes(out, "12345678", 8);
	EACH_PREFIX(&m, csrv_smb2_decode_set_info, &set);
	assert(set.info_type == 1 && set.class == 20 && set.additional == 9 && id_is_good(set.id));
	assert(set.input.len == 8 && !memcmp(set.input.data, "12345678", 8));
	EACH_ROOM(csrv_smb2_encode_set_info, &(struct smb2_set_info_res){}, b, 2);
	assert(le16(b + 64) == 2);
}

static void test_error(void)
{
	struct smb2_error_res res = {};

	EACH_ROOM(csrv_smb2_encode_error, &res, b, 9);
	assert(le16(b + 64) == 9 && b[66] == 0 && le32(b + 68) == 0 && b[72] == 0);
	res.context = true;		/* of nothing: 3.3.5.20.2 */
	EACH_ROOM(csrv_smb2_encode_error, &res, b, 8 + 8);
	assert(b[66] == 1 && le32(b + 68) == 8 && le32(b + 72) == 0 && le32(b + 76) == 0);
	res.data = str_blob("\x10\x20\x30\x40");
	EACH_ROOM(csrv_smb2_encode_error, &res, b, 8 + 12);
	assert(b[66] == 1 && le32(b + 68) == 12 && le32(b + 72) == 4 && le32(b + 76) == 0);
	assert(le32(b + 80) == 0x40302010);
	res.context = false;
	EACH_ROOM(csrv_smb2_encode_error, &res, b, 8 + 4);
	assert(b[66] == 0 && le32(b + 68) == 4 && le32(b + 72) == 0x40302010);
}

static void test_oplock_break(void)
{
	struct smb2_oplock_break_args args;
	struct smb2_oplock_break_res res = { .id = { 1, 2 }, .oplock_level = 1, .lease_key = { 5 }, .lease_state = 3 };
	struct smb2_oplock_break_note note = { .id = { 3, 4 }, .oplock_level = 8 };
	struct smb2_lease_break_note lease = { .lease_key = { 6 }, .new_epoch = 2, .flags = 1, .current_state = 7, .new_state = 3 };
	struct wire_out *out = msg_begin(&m, 24);
	struct wire_in in;

	wire_put_u8(out, SMB2_OPLOCK_LEVEL_II);
	wire_put_zero(out, 5);
	put_id(out);
	EACH_PREFIX(&m, csrv_smb2_decode_oplock_break, &args);
	assert(!args.lease && args.oplock_level == 1 && id_is_good(args.id));

	out = msg_begin(&m, 36);
	wire_put_zero(out, 6);
	wire_put_bytes(out, "0123456789abcdef", 16);
	wire_put_u32(out, 3);
	wire_put_u64(out, 0);
	EACH_PREFIX(&m, csrv_smb2_decode_oplock_break, &args);
	assert(args.lease && args.lease_state == 3 && !memcmp(args.lease_key, "0123456789abcdef", 16));
	m.buf[64] = 44;
	in = body(m.buf, msg_len(&m));
	assert(!csrv_smb2_decode_oplock_break(&in, &args));
	in = wire_in(m.buf, 64);
	assert(!csrv_smb2_decode_oplock_break(&in, &args));

	EACH_ROOM(csrv_smb2_encode_oplock_break, &res, b, 24);
	assert(le16(b + 64) == 24 && b[66] == 1 && le64(b + 72) == 1 && le64(b + 80) == 2);
	res.lease = true;
	EACH_ROOM(csrv_smb2_encode_oplock_break, &res, b, 36);
	assert(le16(b + 64) == 36 && b[72] == 5 && le32(b + 88) == 3);
	EACH_ROOM(csrv_smb2_encode_oplock_break_note, &note, b, 24);
	assert(b[66] == 8 && le64(b + 80) == 4);
	EACH_ROOM(csrv_smb2_encode_lease_break_note, &lease, b, 44);
	assert(le16(b + 64) == 44 && le16(b + 66) == 2 && le32(b + 68) == 1 && b[72] == 6);
	assert(le32(b + 88) == 7 && le32(b + 92) == 3);
}

int main(void)
{
	test_empty();
	test_session_setup();
	test_tree_connect();
	test_close_flush();
	test_lock();
	test_ioctl();
	test_query_directory();
	test_change_notify();
	test_info();
	test_error();
	test_oplock_break();
	puts("wire smb2 commands: ok");
	return 0;
}
