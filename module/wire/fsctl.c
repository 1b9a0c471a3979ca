// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/fsctl.c - buffers of control codes, [MS-FSCC] 2.3, [MS-SMB2] 2.2.31, 2.2.32 */
#include <linux/kernel.h>

#include "fsctl.h"
#include "utf16.h"

#define RANGE_LEN	16		/* two u64 */
#define CHUNK_LEN	24		/* [MS-SMB2] 2.2.31.1.1 */
#define SOCKADDR_LEN	128

/* [MS-SMB2] 2.2.31.4 */
bool csrv_smb2_decode_validate_negotiate(const struct wire_blob *buf,
					 struct smb2_validate_negotiate *v)
{
	struct wire_in in = wire_sub(buf);
	u16 i;

	v->capabilities = wire_get_u32(&in);
	wire_get_bytes(&in, v->guid, sizeof(v->guid));
	v->security_mode = wire_get_u16(&in);
	v->num_dialects = wire_get_u16(&in);
	wire_expect(&in, v->num_dialects <= SMB2_VALIDATE_DIALECTS);
	for (i = 0; wire_done(&in) && i < v->num_dialects; i++)
		v->dialects[i] = wire_get_u16(&in);
	return wire_done(&in);
}

/* [MS-SMB2] 2.2.32.6 */
bool csrv_smb2_encode_validate_negotiate(struct wire_out *out,
					 const struct smb2_validate_negotiate_res *res)
{
	wire_put_u32(out, res->capabilities);
	wire_put_bytes(out, res->guid, sizeof(res->guid));
	wire_put_u16(out, res->security_mode);
	wire_put_u16(out, res->dialect);
	return !out->bad;
}

/* [MS-SMB2] 2.2.32.5: a list, chained by Next */
struct wire_list csrv_smb2_network_interface_begin(struct wire_out *out)
{
	return wire_list(out, 8);
}

/**
 * csrv_smb2_network_interface_add() - append one address of one interface
 * @list: from csrv_smb2_network_interface_begin()
 * @ni: the interface; one entry per address
 *
 * Return: false if it does not fit; nothing is written then.
 */
bool csrv_smb2_network_interface_add(struct wire_list *list,
				     const struct smb2_network_interface *ni)
{
	struct wire_out *out = list->out;
	u32 start;

	if (!wire_list_next(list, SMB2_NETWORK_INTERFACE_LEN))
		return false;
	wire_put_u32(out, ni->index);
	wire_put_u32(out, ni->capability);
	wire_put_u32(out, 0);				/* Reserved */
	wire_put_u64(out, ni->link_speed);
	start = wire_out_len(out);
	wire_put_u16(out, ni->ipv6 ? 0x17 : 0x02);	/* Family, 2.2.32.5.1 */
	wire_put_u16(out, 0);				/* Port: zero */
	if (ni->ipv6) {
		wire_put_u32(out, 0);			/* FlowInfo: zero */
		wire_put_bytes(out, ni->address, 16);
	} else {
		wire_put_bytes(out, ni->address, 4);
	}
	wire_put_zero(out, SOCKADDR_LEN - (wire_out_len(out) - start));
	return !out->bad;
}

/* [MS-SMB2] 2.2.31.1 */
bool csrv_decode_copychunk(const struct wire_blob *buf, struct srv_copychunk_copy *copy)
{
	struct wire_in in = wire_sub(buf);

	wire_get_bytes(&in, copy->source_key, sizeof(copy->source_key));
	copy->num = wire_get_u32(&in);
	wire_skip(&in, 4);				/* Reserved */
	copy->chunks = (struct wire_blob){};
	/* above the limit the reply has the limits: the chunks are not read, nor refused here */
	if (copy->num <= SRV_COPYCHUNK_MAX)
		copy->chunks = wire_get_blob(&in, copy->num * CHUNK_LEN);
	return wire_done(&in);
}

/* Chunk number @index; false after the last one. */
bool csrv_copychunk_at(const struct srv_copychunk_copy *copy, u32 index,
		       struct srv_copychunk *chunk)
{
	struct wire_in in = wire_sub(&copy->chunks);

	wire_expect(&in, index < SRV_COPYCHUNK_MAX);
	wire_skip(&in, (size_t)index * CHUNK_LEN);
	chunk->source_offset = wire_get_u64(&in);
	chunk->target_offset = wire_get_u64(&in);
	chunk->length = wire_get_u32(&in);
	wire_skip(&in, 4);				/* Reserved */
	return wire_done(&in);
}

/* [MS-SMB2] 2.2.32.1 */
bool csrv_encode_copychunk(struct wire_out *out, const struct srv_copychunk_res *res)
{
	wire_put_u32(out, res->chunks_written);
	wire_put_u32(out, res->chunk_bytes_written);
	wire_put_u32(out, res->total_bytes_written);
	return !out->bad;
}

/* [MS-SMB2] 2.2.32.3; 32 bytes, because clients expect the last four as well */
bool csrv_encode_resume_key(struct wire_out *out, const u8 key[SRV_RESUME_KEY_LEN])
{
	wire_put_bytes(out, key, SRV_RESUME_KEY_LEN);
	wire_put_u32(out, 0);				/* ContextLength */
	wire_put_u32(out, 0);
	return !out->bad;
}

/**
 * csrv_encode_snapshots() - SRV_SNAPSHOT_ARRAY, [MS-SMB2] 2.2.32.2, without its names
 * @out: where to; the names (@GMT-YYYY.MM.DD-HH.MM.SS, UTF-16, each with a NUL) and
 *	one more NUL follow
 * @total: NumberOfSnapShots
 * @returned: NumberOfSnapShotsReturned
 * @array_size: bytes of all names, terminators included
 *
 * Return: false if there is no room.
 */
bool csrv_encode_snapshots(struct wire_out *out, u32 total, u32 returned, u32 array_size)
{
	wire_put_u32(out, total);
	wire_put_u32(out, returned);
	wire_put_u32(out, array_size);
	return !out->bad;
}

/* FSCTL_PIPE_WAIT */
bool csrv_fsctl_decode_pipe_wait(const struct wire_blob *buf, struct fsctl_pipe_wait *wait)
{
	struct wire_in in = wire_sub(buf);
	u32 len;

	wait->timeout = wire_get_u64(&in);
	len = wire_get_u32(&in);
	wait->timeout_given = wire_get_u8(&in);
	wire_skip(&in, 1);				/* Padding */
	wait->name = wire_get_blob(&in, len);
	wire_expect(&in, len % 2 == 0);
	return wire_done(&in);
}

/* FSCTL_PIPE_PEEK reply, fixed part; the data that is peeked at follows */
bool csrv_fsctl_encode_pipe_peek(struct wire_out *out, const struct fsctl_pipe_peek_res *res)
{
	wire_put_u32(out, res->state);
	wire_put_u32(out, res->read_available);
	wire_put_u32(out, res->num_messages);
	wire_put_u32(out, res->message_length);
	return !out->bad;
}

/* FILE_SET_SPARSE_BUFFER; no buffer means TRUE */
bool csrv_fsctl_decode_set_sparse(const struct wire_blob *buf, bool *sparse)
{
	struct wire_in in = wire_sub(buf);

	*sparse = !buf->len || wire_get_u8(&in);
	return wire_done(&in);
}

/* Offsets and lengths are signed in the specification: negative ones are refused here. */
static bool decode_range(struct wire_in *in, struct fsctl_range *range)
{
	range->offset = wire_get_u64(in);
	range->length = wire_get_u64(in);
	wire_expect(in, (s64)range->offset >= 0 && (s64)range->length >= 0);
	wire_expect(in, range->length <= (u64)S64_MAX - range->offset);
	return wire_done(in);
}

/* FILE_ZERO_DATA_INFORMATION: FileOffset, BeyondFinalZero */
bool csrv_fsctl_decode_zero_data(const struct wire_blob *buf, struct fsctl_range *range)
{
	struct wire_in in = wire_sub(buf);
	u64 beyond;

	range->offset = wire_get_u64(&in);
	beyond = wire_get_u64(&in);
	wire_expect(&in, (s64)range->offset >= 0 && (s64)beyond >= 0 && range->offset <= beyond);
	range->length = beyond - range->offset;
	return wire_done(&in);
}

/* FILE_ALLOCATED_RANGE_BUFFER, the only one of a request */
bool csrv_fsctl_decode_allocated_ranges(const struct wire_blob *buf, struct fsctl_range *range)
{
	struct wire_in in = wire_sub(buf);

	return decode_range(&in, range);
}

/* FILE_ALLOCATED_RANGE_BUFFER, one of a reply; false if it does not fit */
bool csrv_fsctl_put_range(struct wire_out *out, const struct fsctl_range *range)
{
	if (wire_out_left(out) < RANGE_LEN)
		return false;
	wire_put_u64(out, range->offset);
	wire_put_u64(out, range->length);
	return true;
}

/* [MS-FSCC] 2.1.3.1 */
bool csrv_fsctl_decode_object_id(const struct wire_blob *buf, struct fsctl_object_id *id)
{
	struct wire_in in = wire_sub(buf);

	wire_get_bytes(&in, id->id, sizeof(id->id));
	wire_get_bytes(&in, id->extra, sizeof(id->extra));
	return wire_done(&in);
}

bool csrv_fsctl_encode_object_id(struct wire_out *out, const struct fsctl_object_id *id)
{
	wire_put_bytes(out, id->id, sizeof(id->id));
	wire_put_bytes(out, id->extra, sizeof(id->extra));
	return !out->bad;
}

/**
 * csrv_fsctl_decode_duplicate_extents() - DUPLICATE_EXTENTS_DATA and _EX
 * @buf: the request
 * @ex: the _EX form, which has a size in front and flags behind
 * @dup: filled in; offsets and lengths are checked to fit a loff_t
 *
 * Return: false if it is malformed.
 */
bool csrv_fsctl_decode_duplicate_extents(const struct wire_blob *buf, bool ex,
					 struct fsctl_duplicate_extents *dup)
{
	struct wire_in in = wire_sub(buf);
	struct fsctl_range range;

	if (ex)
		wire_expect(&in, wire_get_u64(&in) == 48);	/* StructureSize */
	dup->source_persistent_id = wire_get_u64(&in);
	dup->source_volatile_id = wire_get_u64(&in);
	dup->source_offset = wire_get_u64(&in);
	decode_range(&in, &range);				/* target */
	dup->target_offset = range.offset;
	dup->length = range.length;
	dup->flags = ex ? wire_get_u32(&in) : 0;
	if (ex)
		wire_skip(&in, 4);				/* Reserved */
	wire_expect(&in, (s64)dup->source_offset >= 0);
	wire_expect(&in, dup->length <= (u64)S64_MAX - dup->source_offset);
	return wire_done(&in);
}

/* FILE_LEVEL_TRIM: Key, NumRanges, ranges */
bool csrv_fsctl_decode_trim(const struct wire_blob *buf, struct fsctl_trim *trim)
{
	struct wire_in in = wire_sub(buf);

	wire_skip(&in, 4);				/* Key: zero */
	trim->num = wire_get_u32(&in);
	wire_expect(&in, trim->num <= FSCTL_TRIM_MAX);
	trim->ranges = (struct wire_blob){};
	if (wire_done(&in))
		trim->ranges = wire_get_blob(&in, trim->num * RANGE_LEN);
	return wire_done(&in);
}

/* Range number @index; false after the last one, and for one that is no loff_t. */
bool csrv_fsctl_range_at(const struct fsctl_trim *trim, u32 index, struct fsctl_range *range)
{
	struct wire_in in = wire_sub(&trim->ranges);

	wire_expect(&in, index < trim->num);
	wire_skip(&in, (size_t)index * RANGE_LEN);
	return decode_range(&in, range);
}

/* [MS-SMB2] 2.2.31.3 */
bool csrv_fsctl_decode_resiliency(const struct wire_blob *buf, struct fsctl_resiliency *res)
{
	struct wire_in in = wire_sub(buf);

	res->timeout = wire_get_u32(&in);
	wire_skip(&in, 4);				/* Reserved */
	return wire_done(&in);
}

/* FSCTL_SET_COMPRESSION: CompressionState */
bool csrv_fsctl_decode_compression(const struct wire_blob *buf, u16 *format)
{
	struct wire_in in = wire_sub(buf);

	*format = wire_get_u16(&in);
	return wire_done(&in);
}

/* [MS-FSCC] 2.1.2.2, 2.1.2.3.  ReparseDataLength must be all that there is. */
bool csrv_fsctl_decode_reparse(const struct wire_blob *buf, struct fsctl_reparse *rp)
{
	struct wire_in in = wire_sub(buf);
	u16 len;

	rp->tag = wire_get_u32(&in);
	len = wire_get_u16(&in);
	wire_skip(&in, 2);				/* Reserved */
	rp->has_guid = !(rp->tag & 0x80000000u);
	memset(rp->guid, 0, sizeof(rp->guid));
	if (rp->has_guid)
		wire_get_bytes(&in, rp->guid, sizeof(rp->guid));
	wire_expect(&in, wire_left(&in) == len);
	rp->data = wire_get_blob(&in, len);
	return wire_done(&in);
}

/* [MS-FSCC] 2.1.2.4; offsets count from PathBuffer */
bool csrv_fsctl_decode_symlink(const struct fsctl_reparse *rp, struct fsctl_symlink *link)
{
	struct wire_in in = wire_sub(&rp->data);
	u16 sub_off = wire_get_u16(&in);
	u16 sub_len = wire_get_u16(&in);
	u16 print_off = wire_get_u16(&in);
	u16 print_len = wire_get_u16(&in);
	struct wire_blob paths;
	struct wire_in sub;

	link->flags = wire_get_u32(&in);
	paths = wire_get_blob(&in, wire_left(&in));
	sub = wire_sub(&paths);
	link->substitute = wire_blob_at(&sub, sub_off, sub_len);
	link->print = wire_blob_at(&sub, print_off, print_len);
	wire_expect(&in, sub_len % 2 == 0 && print_len % 2 == 0 && wire_done(&sub));
	return wire_done(&in);
}

/**
 * csrv_fsctl_encode_symlink() - SYMBOLIC_LINK_REPARSE_DATA_BUFFER, [MS-FSCC] 2.1.2.4
 * @out: where to
 * @target: UTF-8, '/' between components
 * @len: of @target, in bytes
 * @relative: the target starts at the link, not at a root
 *
 * Return: false if it does not fit, or no such buffer can hold the target.
 */
bool csrv_fsctl_encode_symlink(struct wire_out *out, const char *target, u32 len, bool relative)
{
	u32 path_len = csrv_utf8_to_utf16_len(target, len);

	if (path_len > (U16_MAX - 12) / 2) {
		out->bad = true;
		return false;
	}
	wire_put_u32(out, 0xa000000cu);			/* IO_REPARSE_TAG_SYMLINK */
	wire_put_u16(out, 12 + 2 * path_len);
	wire_put_u16(out, 0);				/* Reserved */
	wire_put_u16(out, 0);				/* SubstituteNameOffset */
	wire_put_u16(out, path_len);
	wire_put_u16(out, path_len);			/* PrintNameOffset */
	wire_put_u16(out, path_len);
	wire_put_u32(out, relative ? SYMLINK_FLAG_RELATIVE : 0);
	csrv_put_utf16_path(out, target, len);
	csrv_put_utf16_path(out, target, len);
	return !out->bad;
}
