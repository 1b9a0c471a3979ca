// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/ea.c - extended attribute lists, [MS-FSCC] 2.4 FileFullEaInformation */
#include <linux/kernel.h>
#include <linux/overflow.h>

#include "ea.h"

/**
 * csrv_ea_iter() - start walking a list of EAs
 * @list: FILE_FULL_EA_INFORMATION or FILE_GET_EA_INFORMATION entries; may be empty
 *
 * Return: the position of the walk, for csrv_ea_next() or csrv_get_ea_next().
 */
struct csrv_ea_iter csrv_ea_iter(const struct wire_blob *list)
{
	return (struct csrv_ea_iter){ .in = wire_sub(list), .more = list->len };
}

/* True if the walk came to the end of a well-formed list. */
bool csrv_ea_done(const struct csrv_ea_iter *it)
{
	return !it->more && wire_done(&it->in);
}

/* Go to the next entry; it must lie behind the one before, on a multiple of 4. */
static u32 entry_begin(struct csrv_ea_iter *it)
{
	struct wire_in *in = &it->in;
	size_t done = in->pos - in->base;
	u32 next;

	wire_expect(in, it->next >= done && ++it->count <= WIRE_EA_MAX);
	wire_skip(in, it->next - done);
	if (!wire_done(in))
		return 0;		/* @at stays: the previous entry led out of the list */
	it->at = it->next;
	next = wire_get_u32(in);
	wire_expect(in, next % 4 == 0 && !check_add_overflow(it->at, next, &it->next));
	return next;
}

static bool entry_end(struct csrv_ea_iter *it, u32 next)
{
	it->more = next && wire_done(&it->in);
	return wire_done(&it->in);
}

/* EaNameLength bytes and a NUL that it does not count */
static struct wire_blob get_name(struct wire_in *in, u8 len, struct wire_blob *value, u16 value_len)
{
	struct wire_blob name = wire_get_blob(in, len);

	wire_expect(in, len && !wire_get_u8(in));
	if (value)
		*value = wire_get_blob(in, value_len);
	return name;
}

/**
 * csrv_ea_next() - the next FILE_FULL_EA_INFORMATION
 * @it: from csrv_ea_iter()
 * @ea: filled in on success; points into the list
 *
 * Return: false at the end, and for a malformed entry: see csrv_ea_done().
 */
bool csrv_ea_next(struct csrv_ea_iter *it, struct wire_ea *ea)
{
	u32 next;
	u8 name_len;
	u16 value_len;

	if (!it->more)
		return false;
	next = entry_begin(it);
	ea->flags = wire_get_u8(&it->in);
	name_len = wire_get_u8(&it->in);
	value_len = wire_get_u16(&it->in);
	ea->name = get_name(&it->in, name_len, &ea->value, value_len);
	return entry_end(it, next);
}

/**
 * csrv_get_ea_next() - the next FILE_GET_EA_INFORMATION
 * @it: from csrv_ea_iter()
 * @name: name wanted; points into the list
 *
 * Return: as csrv_ea_next().
 */
bool csrv_get_ea_next(struct csrv_ea_iter *it, struct wire_blob *name)
{
	u32 next;
	u8 name_len;

	if (!it->more)
		return false;
	next = entry_begin(it);
	name_len = wire_get_u8(&it->in);
	*name = get_name(&it->in, name_len, NULL, 0);
	return entry_end(it, next);
}

/* [MS-FSCC] 2.4 FileFullEaInformation, EaName: ASCII without these */
static bool name_is_valid(const struct wire_blob *name)
{
	u32 i;

	for (i = 0; i < name->len; i++)
		if (name->data[i] < 0x20 || name->data[i] > 0x7e ||
		    strchr("\"*+,/:;<=>?[\\]|", name->data[i]))
			return false;
	return name->len;
}

/**
 * csrv_ea_check() - check a whole list before any of it has an effect
 * @list: FILE_FULL_EA_INFORMATION entries
 * @error_offset: if not NULL, set to the offset of the entry that is not valid
 *
 * Return: NT_OK; NT_EA_LIST_INCONSISTENT; NT_INVALID_EA_NAME; NT_INVALID_EA_FLAG.
 */
nt_status_t csrv_ea_check(const struct wire_blob *list, u32 *error_offset)
{
	struct csrv_ea_iter it = csrv_ea_iter(list);
	nt_status_t status = NT_OK;
	struct wire_ea ea;

	while (status == NT_OK && csrv_ea_next(&it, &ea)) {
		if (!name_is_valid(&ea.name))
			status = NT_INVALID_EA_NAME;
		else if (ea.flags & ~FILE_NEED_EA)
			status = NT_INVALID_EA_FLAG;
	}
	if (status == NT_OK && !csrv_ea_done(&it))
		status = NT_EA_LIST_INCONSISTENT;
	if (error_offset)
		*error_offset = it.at;
	return status;
}

/* Start a FILE_FULL_EA_INFORMATION list in a reply. */
struct wire_list csrv_ea_begin(struct wire_out *out)
{
	return wire_list(out, 4);
}

/**
 * csrv_ea_add() - append one FILE_FULL_EA_INFORMATION
 * @list: from csrv_ea_begin()
 * @ea: name 1..255 bytes, value at most 65535
 *
 * Return: false if it does not fit, or has no such form; nothing is
 * written then.
 */
bool csrv_ea_add(struct wire_list *list, const struct wire_ea *ea)
{
	struct wire_out *out = list->out;

	if (!ea->name.len || ea->name.len > 255 || ea->value.len > 65535)
		return false;
	if (!wire_list_next(list, 8 + ea->name.len + 1 + ea->value.len))
		return false;
	wire_put_u8(out, ea->flags);
	wire_put_u8(out, ea->name.len);
	wire_put_u16(out, ea->value.len);
	wire_put_blob(out, &ea->name);
	wire_put_u8(out, 0);
	wire_put_blob(out, &ea->value);
	return true;
}
