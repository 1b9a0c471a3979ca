// SPDX-License-Identifier: GPL-2.0-or-later
/* first byte: command; the rest: its message.  Whatever a decoder returns lies inside it. */
#include <stdlib.h>
#include "wire/smb2/cancel.h"
#include "wire/smb2/change_notify.h"
#include "wire/smb2/close.h"
#include "wire/smb2/create.h"
#include "wire/smb2/echo.h"
#include "wire/smb2/flush.h"
#include "wire/smb2/ioctl.h"
#include "wire/smb2/lock.h"
#include "wire/smb2/logoff.h"
#include "wire/smb2/negotiate.h"
#include "wire/smb2/oplock_break.h"
#include "wire/smb2/query_directory.h"
#include "wire/smb2/query_info.h"
#include "wire/smb2/read.h"
#include "wire/smb2/session_setup.h"
#include "wire/smb2/set_info.h"
#include "wire/smb2/tree_connect.h"
#include "wire/smb2/tree_disconnect.h"
#include "wire/smb2/write.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void inside(const struct wire_in *in, const struct wire_blob *blob)
{
	if (blob->len && (blob->data < in->base || blob->len > (size_t)(in->end - blob->data)))
		abort();
}

#define SIMPLE(name)								\
static void run_##name(struct wire_in *in)					\
{										\
	struct smb2_##name##_args args;						\
	csrv_smb2_decode_##name(in, &args);						\
}
#define BLOBS(name, blob1, blob2)						\
static void run_##name(struct wire_in *in)					\
{										\
	struct smb2_##name##_args args;						\
	if (!csrv_smb2_decode_##name(in, &args))					\
		return;								\
	inside(in, &args.blob1);						\
	inside(in, &args.blob2);						\
}
SIMPLE(logoff)
SIMPLE(tree_disconnect)
SIMPLE(close)
SIMPLE(flush)
SIMPLE(lock)
SIMPLE(cancel)
SIMPLE(echo)
SIMPLE(change_notify)
SIMPLE(oplock_break)
BLOBS(negotiate, ctx.salt, ctx.netname)
BLOBS(session_setup, security, security)
BLOBS(tree_connect, path, remoted_identity)
BLOBS(read, channel_info, channel_info)
BLOBS(ioctl, input, output)
BLOBS(query_directory, pattern, pattern)
BLOBS(query_info, input, input)
BLOBS(set_info, input, input)

static void run_create(struct wire_in *in)
{
	struct smb2_create_args args;

	if (!csrv_smb2_decode_create(in, &args))
		return;
	inside(in, &args.name);
	inside(in, &args.ctx.ea);
	inside(in, &args.ctx.sd);
	inside(in, &args.ctx.aapl);
}

static void run_write(struct wire_in *in)
{
	struct smb2_write_args args;
	struct smb2_write_peek peek;
	struct wire_blob data;
	size_t len = in->end - in->base;

	csrv_smb2_write_peek(in->base, len, len, &peek);
	if (!csrv_smb2_decode_write(in, &args))
		return;
	inside(in, &args.channel_info);
	data = csrv_smb2_write_data(in, &args);
	inside(in, &data);
}

static void (*const run[SMB2_COMMANDS])(struct wire_in *in) = {
	[SMB2_NEGOTIATE] = run_negotiate, [SMB2_SESSION_SETUP] = run_session_setup,
	[SMB2_LOGOFF] = run_logoff, [SMB2_TREE_CONNECT] = run_tree_connect,
	[SMB2_TREE_DISCONNECT] = run_tree_disconnect, [SMB2_CREATE] = run_create,
	[SMB2_CLOSE] = run_close, [SMB2_FLUSH] = run_flush, [SMB2_READ] = run_read,
	[SMB2_WRITE] = run_write, [SMB2_LOCK] = run_lock, [SMB2_IOCTL] = run_ioctl,
	[SMB2_CANCEL] = run_cancel, [SMB2_ECHO] = run_echo,
	[SMB2_QUERY_DIRECTORY] = run_query_directory, [SMB2_CHANGE_NOTIFY] = run_change_notify,
	[SMB2_QUERY_INFO] = run_query_info, [SMB2_SET_INFO] = run_set_info,
	[SMB2_OPLOCK_BREAK] = run_oplock_break,
};

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct wire_in in;

	if (!size)
		return 0;
	in = wire_in(data + 1, size - 1);
	wire_skip(&in, SMB2_HEADER_LEN + 2);
	run[*data % SMB2_COMMANDS](&in);
	return 0;
}
