// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/fscc_file.c - file information classes, [MS-FSCC] 2.4, see there by name */
#include <linux/kernel.h>

#include "ea.h"
#include "fscc_file.h"
#include "time.h"
#include "utf16.h"

static void put_times(struct wire_out *out, const struct wire_file_info *fi)
{
	wire_put_u64(out, fi->creation_time);
	wire_put_u64(out, fi->access_time);
	wire_put_u64(out, fi->write_time);
	wire_put_u64(out, fi->change_time);
}

/* FileNameLength is the length of the whole name even if the name is cut. */
static bool put_name(struct wire_out *out, const struct wire_blob *name, bool backslash)
{
	const char *s = (const char *)name->data;

	wire_put_u32(out, csrv_utf8_to_utf16_len(s, name->len) + 2 * backslash);
	if (backslash)
		wire_put_u16(out, '\\');
	return csrv_put_utf16_part(out, s, name->len);
}

static bool put_basic(struct wire_out *out, const struct wire_file_info *fi)
{
	put_times(out, fi);
	wire_put_u32(out, fi->attributes);
	wire_put_u32(out, 0);				/* Reserved */
	return true;
}

static bool put_standard(struct wire_out *out, const struct wire_file_info *fi)
{
	wire_put_u64(out, fi->alloc_size);
	wire_put_u64(out, fi->end_of_file);
	wire_put_u32(out, fi->nlink);
	wire_put_u8(out, fi->delete_pending);
	wire_put_u8(out, fi->directory);
	wire_put_u16(out, 0);				/* Reserved */
	return true;
}

static bool put_internal(struct wire_out *out, const struct wire_file_info *fi)
{
	wire_put_u64(out, fi->index_number);
	return true;
}

static bool put_ea(struct wire_out *out, const struct wire_file_info *fi)
{
	wire_put_u32(out, fi->ea_size);
	return true;
}

static bool put_access(struct wire_out *out, const struct wire_file_info *fi)
{
	wire_put_u32(out, fi->access);
	return true;
}

static bool put_position(struct wire_out *out, const struct wire_file_info *fi)
{
	wire_put_u64(out, fi->position);
	return true;
}

static bool put_mode(struct wire_out *out, const struct wire_file_info *fi)
{
	wire_put_u32(out, fi->mode);
	return true;
}

static bool put_alignment(struct wire_out *out, const struct wire_file_info *fi)
{
	wire_put_u32(out, fi->alignment);
	return true;
}

/* FileNameInformation starts at the share's root, with a backslash */
static bool put_full_name(struct wire_out *out, const struct wire_file_info *fi)
{
	return put_name(out, &fi->name, true);
}

/* FileNormalizedNameInformation is the same without */
static bool put_normalized_name(struct wire_out *out, const struct wire_file_info *fi)
{
	return put_name(out, &fi->name, false);
}

static bool put_alternate_name(struct wire_out *out, const struct wire_file_info *fi)
{
	return put_name(out, &fi->short_name, false);
}

static bool put_all(struct wire_out *out, const struct wire_file_info *fi)
{
	put_basic(out, fi);
	put_standard(out, fi);
	put_internal(out, fi);
	put_ea(out, fi);
	put_access(out, fi);
	put_position(out, fi);
	put_mode(out, fi);
	put_alignment(out, fi);
	return put_full_name(out, fi);
}

static bool put_compression(struct wire_out *out, const struct wire_file_info *fi)
{
	wire_put_u64(out, fi->end_of_file);		/* CompressedFileSize */
	wire_put_zero(out, 8);				/* COMPRESSION_FORMAT_NONE, no units */
	return true;
}

static bool put_network_open(struct wire_out *out, const struct wire_file_info *fi)
{
	put_times(out, fi);
	wire_put_u64(out, fi->alloc_size);
	wire_put_u64(out, fi->end_of_file);
	wire_put_u32(out, fi->attributes);
	wire_put_u32(out, 0);				/* Reserved */
	return true;
}

static bool put_attribute_tag(struct wire_out *out, const struct wire_file_info *fi)
{
	wire_put_u32(out, fi->attributes);
	wire_put_u32(out, fi->reparse_tag);
	return true;
}

static bool put_id(struct wire_out *out, const struct wire_file_info *fi)
{
	wire_put_u64(out, fi->volume_serial);
	wire_put_u64(out, fi->index_number);
	wire_put_u64(out, fi->index_high);
	return true;
}

static bool put_stat(struct wire_out *out, const struct wire_file_info *fi)
{
	wire_put_u64(out, fi->index_number);
	put_times(out, fi);
	wire_put_u64(out, fi->alloc_size);
	wire_put_u64(out, fi->end_of_file);
	wire_put_u32(out, fi->attributes);
	wire_put_u32(out, fi->reparse_tag);
	wire_put_u32(out, fi->nlink);
	wire_put_u32(out, fi->effective_access);
	return true;
}

static bool put_case_sensitive(struct wire_out *out, const struct wire_file_info *fi)
{
	wire_put_u32(out, fi->cs_flags);
	return true;
}

/*
 * min_len is the size of the structure with its padding and one character of
 * the name, as the object store compares it: [MS-FSA] 2.1.5, Server Requests a
 * Query of File Information.  put() returns false if it had to cut the name.
 */
struct file_class {
	u8 class;
	u8 min_len;
	bool (*put)(struct wire_out *out, const struct wire_file_info *fi);
};

static const struct file_class classes[] = {
	{ FILE_BASIC_INFORMATION,		40,	put_basic },
	{ FILE_STANDARD_INFORMATION,		24,	put_standard },
	{ FILE_INTERNAL_INFORMATION,		8,	put_internal },
	{ FILE_EA_INFORMATION,			4,	put_ea },
	{ FILE_ACCESS_INFORMATION,		4,	put_access },
	{ FILE_NAME_INFORMATION,		8,	put_full_name },
	{ FILE_POSITION_INFORMATION,		8,	put_position },
	{ FILE_MODE_INFORMATION,		4,	put_mode },
	{ FILE_ALIGNMENT_INFORMATION,		4,	put_alignment },
	{ FILE_ALL_INFORMATION,			104,	put_all },
	{ FILE_ALTERNATE_NAME_INFORMATION,	8,	put_alternate_name },
	{ FILE_COMPRESSION_INFORMATION,		16,	put_compression },
	{ FILE_NETWORK_OPEN_INFORMATION,	56,	put_network_open },
	{ FILE_ATTRIBUTE_TAG_INFORMATION,	8,	put_attribute_tag },
	{ FILE_NORMALIZED_NAME_INFORMATION,	8,	put_normalized_name },
	{ FILE_ID_INFORMATION,			24,	put_id },
	{ FILE_STAT_INFORMATION,		72,	put_stat },
	{ FILE_CASE_SENSITIVE_INFORMATION,	4,	put_case_sensitive },
	/* built elsewhere: only the size is looked up here */
	{ FILE_STREAM_INFORMATION,		32,	NULL },
	{ FILE_PIPE_INFORMATION,		8,	NULL },
	{ FILE_PIPE_LOCAL_INFORMATION,		40,	NULL },
	{ FILE_FULL_EA_INFORMATION,		1,	NULL },
};

static const struct file_class *find_class(u8 class)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (classes[i].class == class)
			return &classes[i];
	return NULL;
}

/**
 * csrv_fscc_file_min_len() - least OutputBufferLength for which a class can be queried
 * @class: enum fscc_file_class
 *
 * Return: bytes, below which the answer is STATUS_INFO_LENGTH_MISMATCH; 0 for a
 * class that cannot be queried.
 */
u32 csrv_fscc_file_min_len(u8 class)
{
	const struct file_class *row = find_class(class);

	return row ? row->min_len : 0;
}

/**
 * csrv_fscc_encode_file() - one file information class
 * @class: enum fscc_file_class
 * @out: ends where OutputBufferLength ends
 * @fi: the file
 *
 * Return: NT_OK; NT_BUFFER_OVERFLOW if only part of the name fitted (that part
 * is written, and to be sent); NT_INFO_LENGTH_MISMATCH if less than
 * csrv_fscc_file_min_len() is left; NT_INVALID_INFO_CLASS.
 */
nt_status_t csrv_fscc_encode_file(u8 class, struct wire_out *out, const struct wire_file_info *fi)
{
	const struct file_class *row = find_class(class);

	if (!row || !row->put)
		return NT_INVALID_INFO_CLASS;
	if (wire_out_left(out) < row->min_len)
		return NT_INFO_LENGTH_MISMATCH;
	return row->put(out, fi) ? NT_OK : NT_BUFFER_OVERFLOW;
}

/**
 * csrv_fscc_encode_file_pipe() - the two classes of named pipes
 * @class: FILE_PIPE_INFORMATION or FILE_PIPE_LOCAL_INFORMATION
 * @out: ends where OutputBufferLength ends
 * @pi: the pipe
 *
 * Return: as csrv_fscc_encode_file().
 */
nt_status_t csrv_fscc_encode_file_pipe(u8 class, struct wire_out *out,
				       const struct wire_pipe_info *pi)
{
	if (class != FILE_PIPE_INFORMATION && class != FILE_PIPE_LOCAL_INFORMATION)
		return NT_INVALID_INFO_CLASS;
	if (wire_out_left(out) < csrv_fscc_file_min_len(class))
		return NT_INFO_LENGTH_MISMATCH;
	if (class == FILE_PIPE_INFORMATION) {
		wire_put_u32(out, pi->read_mode);
		wire_put_u32(out, pi->completion_mode);
		return NT_OK;
	}
	wire_put_u32(out, pi->type);
	wire_put_u32(out, pi->configuration);
	wire_put_u32(out, pi->max_instances);
	wire_put_u32(out, pi->instances);
	wire_put_u32(out, pi->inbound_quota);
	wire_put_u32(out, pi->read_available);
	wire_put_u32(out, pi->outbound_quota);
	wire_put_u32(out, pi->write_available);
	wire_put_u32(out, pi->state);
	wire_put_u32(out, pi->end);
	return NT_OK;
}

/* FileStreamInformation is a list; check csrv_fscc_file_min_len() before. */
struct wire_list csrv_fscc_stream_begin(struct wire_out *out)
{
	return wire_list(out, 8);
}

/**
 * csrv_fscc_stream_add() - append one stream, ":name:$DATA"
 * @list: from csrv_fscc_stream_begin()
 * @stream: the stream
 *
 * Return: false if it does not fit (STATUS_BUFFER_OVERFLOW); nothing is written then.
 */
bool csrv_fscc_stream_add(struct wire_list *list, const struct wire_stream_info *stream)
{
	static const char type[] = ":$DATA";
	const char *name = (const char *)stream->name.data;
	u32 name_len = csrv_utf8_to_utf16_len(name, stream->name.len) + 2 + 2 * strlen(type);
	struct wire_out *out = list->out;

	if (!wire_list_next(list, 24 + name_len))
		return false;
	wire_put_u32(out, name_len);
	wire_put_u64(out, stream->size);
	wire_put_u64(out, stream->alloc_size);
	wire_put_u16(out, ':');
	csrv_put_utf16(out, name, stream->name.len);
	csrv_put_utf16(out, type, strlen(type));
	return true;
}

static nt_status_t get_basic(struct wire_in *in, struct wire_file_set *set)
{
	set->basic.creation_time = wire_get_u64(in);
	set->basic.access_time = wire_get_u64(in);
	set->basic.write_time = wire_get_u64(in);
	set->basic.change_time = wire_get_u64(in);
	set->basic.attributes = wire_get_u32(in);
	/* [MS-FSA] 2.1.5, Setting of File Information, FileBasicInformation */
	if (wire_filetime_is_bad(set->basic.creation_time) ||
	    wire_filetime_is_bad(set->basic.access_time) ||
	    wire_filetime_is_bad(set->basic.write_time) ||
	    wire_filetime_is_bad(set->basic.change_time))
		return NT_INVALID_PARAMETER;
	return NT_OK;
}

/* FileRenameInformation and FileLinkInformation for SMB2, and their _EX */
static nt_status_t get_rename(struct wire_in *in, struct wire_file_set *set)
{
	bool ex = set->class == FILE_RENAME_INFORMATION_EX ||
		  set->class == FILE_LINK_INFORMATION_EX;
	u64 root;
	u32 len;

	if (ex) {
		set->rename.flags = wire_get_u32(in);
		wire_skip(in, 4);
	} else {
		set->rename.flags = wire_get_u8(in) ? FILE_RENAME_REPLACE_IF_EXISTS : 0;
		wire_skip(in, 7);
	}
	root = wire_get_u64(in);			/* RootDirectory: zero over the network */
	len = wire_get_u32(in);
	set->rename.name = wire_get_blob(in, len);
	if (root || !len || len % 2 || !wire_done(in))
		return NT_INVALID_PARAMETER;
	return NT_OK;
}

static nt_status_t get_disposition(struct wire_in *in, struct wire_file_set *set)
{
	if (set->class == FILE_DISPOSITION_INFORMATION_EX)
		set->disposition = wire_get_u32(in);
	else
		set->disposition = wire_get_u8(in) ? FILE_DISPOSITION_DELETE : 0;
	return NT_OK;
}

/* sizes and offsets are signed on disk: negative ones are refused here */
static nt_status_t get_size(struct wire_in *in, struct wire_file_set *set)
{
	set->size = wire_get_u64(in);
	return (s64)set->size < 0 ? NT_INVALID_PARAMETER : NT_OK;
}

static nt_status_t get_mode(struct wire_in *in, struct wire_file_set *set)
{
	set->mode = wire_get_u32(in);
	return set->mode & ~FILE_MODE_SETTABLE ? NT_INVALID_PARAMETER : NT_OK;
}

static nt_status_t get_pipe(struct wire_in *in, struct wire_file_set *set)
{
	set->pipe.read_mode = wire_get_u32(in);
	set->pipe.completion_mode = wire_get_u32(in);
	return set->pipe.read_mode > 1 || set->pipe.completion_mode > 1 ?
	       NT_INVALID_PARAMETER : NT_OK;
}

static nt_status_t get_case_sensitive(struct wire_in *in, struct wire_file_set *set)
{
	set->cs_flags = wire_get_u32(in);
	return set->cs_flags & ~FILE_CS_FLAG_CASE_SENSITIVE_DIR ? NT_INVALID_PARAMETER : NT_OK;
}

static nt_status_t get_short_name(struct wire_in *in, struct wire_file_set *set)
{
	u32 len = wire_get_u32(in);

	set->short_name = wire_get_blob(in, len);
	return len % 2 || !wire_done(in) ? NT_INVALID_PARAMETER : NT_OK;
}

static nt_status_t get_full_ea(struct wire_in *in, struct wire_file_set *set)
{
	set->eas = wire_get_blob(in, wire_left(in));
	return csrv_ea_check(&set->eas, NULL);
}

struct file_set_class {
	u8 class;
	u8 min_len;		/* up to a variable part */
	nt_status_t (*get)(struct wire_in *in, struct wire_file_set *set);
};

static const struct file_set_class set_classes[] = {
	{ FILE_BASIC_INFORMATION,		40,	get_basic },
	{ FILE_RENAME_INFORMATION,		20,	get_rename },
	{ FILE_RENAME_INFORMATION_EX,		20,	get_rename },
	{ FILE_LINK_INFORMATION,		20,	get_rename },
	{ FILE_LINK_INFORMATION_EX,		20,	get_rename },
	{ FILE_DISPOSITION_INFORMATION,		1,	get_disposition },
	{ FILE_DISPOSITION_INFORMATION_EX,	4,	get_disposition },
	{ FILE_POSITION_INFORMATION,		8,	get_size },
	{ FILE_FULL_EA_INFORMATION,		8,	get_full_ea },
	{ FILE_MODE_INFORMATION,		4,	get_mode },
	{ FILE_ALLOCATION_INFORMATION,		8,	get_size },
	{ FILE_END_OF_FILE_INFORMATION,		8,	get_size },
	{ FILE_PIPE_INFORMATION,		8,	get_pipe },
	{ FILE_VALID_DATA_LENGTH_INFORMATION,	8,	get_size },
	{ FILE_SHORT_NAME_INFORMATION,		4,	get_short_name },
	{ FILE_CASE_SENSITIVE_INFORMATION,	4,	get_case_sensitive },
};

/**
 * csrv_fscc_decode_file_set() - the buffer of a SET_INFO of a file class
 * @class: enum fscc_file_class
 * @buf: the buffer; blobs in @set point into it
 * @set: filled in on success
 *
 * Return: NT_OK; NT_INVALID_INFO_CLASS for a class that cannot be set;
 * NT_INFO_LENGTH_MISMATCH if @buf is too short; NT_INVALID_PARAMETER for values
 * that no client may send; for EAs what csrv_ea_check() says.
 */
nt_status_t csrv_fscc_decode_file_set(u8 class, const struct wire_blob *buf,
				      struct wire_file_set *set)
{
	struct wire_in in = wire_sub(buf);
	size_t i;

	memset(set, 0, sizeof(*set));
	set->class = class;
	for (i = 0; i < ARRAY_SIZE(set_classes); i++)
		if (set_classes[i].class == class)
			break;
	if (i == ARRAY_SIZE(set_classes))
		return NT_INVALID_INFO_CLASS;
	if (buf->len < set_classes[i].min_len)
		return NT_INFO_LENGTH_MISMATCH;
	return set_classes[i].get(&in, set);
}
