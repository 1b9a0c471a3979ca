// SPDX-License-Identifier: GPL-2.0-or-later
/* first byte: which; the rest: the buffer of a SET_INFO, of a control code, or an EA list */
#include <stdlib.h>
#include "wire/ea.h"
#include "wire/fscc_file.h"
#include "wire/fscc_fs.h"
#include "wire/fsctl.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void inside(const struct wire_blob *buf, const struct wire_blob *part)
{
	if (part->len && (part->data < buf->data ||
			  part->len > (size_t)(buf->data + buf->len - part->data)))
		abort();
}

static void run_set(u8 class, const struct wire_blob *buf)
{
	struct wire_file_set file;
	struct wire_fs_set fs;

	if (csrv_fscc_decode_file_set(class, buf, &file) == NT_OK) {
		if (class == FILE_RENAME_INFORMATION || class == FILE_LINK_INFORMATION_EX)
			inside(buf, &file.rename.name);
		if (class == FILE_FULL_EA_INFORMATION)
			inside(buf, &file.eas);
	}
	if (csrv_fscc_decode_fs_set(class, buf, &fs) == NT_OK && class == FILE_FS_LABEL_INFORMATION)
		inside(buf, &fs.label);
}

static void run_ea(const struct wire_blob *buf)
{
	struct csrv_ea_iter it = csrv_ea_iter(buf);
	struct wire_blob name;
	struct wire_ea ea;
	u32 off;

	while (csrv_ea_next(&it, &ea)) {
		inside(buf, &ea.name);
		inside(buf, &ea.value);
	}
	it = csrv_ea_iter(buf);
	while (csrv_get_ea_next(&it, &name))
		inside(buf, &name);
	if (csrv_ea_check(buf, &off) != NT_OK && off > buf->len)
		abort();
}

static void run_lists(const struct wire_blob *buf)
{
	struct smb2_validate_negotiate neg;
	struct srv_copychunk_copy copy;
	struct srv_copychunk chunk;
	struct fsctl_range range;
	struct fsctl_trim trim;
	u32 i;

	csrv_smb2_decode_validate_negotiate(buf, &neg);
	if (csrv_decode_copychunk(buf, &copy)) {
		inside(buf, &copy.chunks);
		for (i = 0; csrv_copychunk_at(&copy, i, &chunk); i++)
			;
		if (i != (copy.num <= SRV_COPYCHUNK_MAX ? copy.num : 0))
			abort();
	}
	if (csrv_fsctl_decode_trim(buf, &trim))
		for (i = 0; csrv_fsctl_range_at(&trim, i, &range); i++)
			if ((s64)(range.offset + range.length) < 0)
				abort();
}

static void run_fsctl(const struct wire_blob *buf)
{
	struct fsctl_duplicate_extents dup;
	struct fsctl_pipe_wait wait;
	struct fsctl_reparse rp;
	struct fsctl_symlink link;
	struct fsctl_range range;
	bool sparse;

	if (csrv_fsctl_decode_pipe_wait(buf, &wait))
		inside(buf, &wait.name);
	if (csrv_fsctl_decode_zero_data(buf, &range) && (s64)(range.offset + range.length) < 0)
		abort();
	csrv_fsctl_decode_allocated_ranges(buf, &range);
	csrv_fsctl_decode_set_sparse(buf, &sparse);
	csrv_fsctl_decode_duplicate_extents(buf, false, &dup);
	csrv_fsctl_decode_duplicate_extents(buf, true, &dup);
	if (csrv_fsctl_decode_reparse(buf, &rp)) {
		inside(buf, &rp.data);
		if (csrv_fsctl_decode_symlink(&rp, &link)) {
			inside(&rp.data, &link.substitute);
			inside(&rp.data, &link.print);
		}
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct wire_blob buf;

	if (!size)
		return 0;
	buf = (struct wire_blob){ .data = data + 1, .len = size - 1 };
	switch (*data) {
	case 0xfd:
		run_ea(&buf);
		break;
	case 0xfe:
		run_lists(&buf);
		break;
	case 0xff:
		run_fsctl(&buf);
		break;
	default:
		run_set(*data, &buf);
	}
	return 0;
}
