/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/ea.h - extended attribute lists, [MS-FSCC] 2.4 FileFullEaInformation */
#ifndef CIFSSRV_WIRE_EA_H
#define CIFSSRV_WIRE_EA_H

#include "cursor.h"
#include "status.h"

#define FILE_NEED_EA	0x80	/* Flags */
#define WIRE_EA_MAX	512	/* entries taken in one list */

struct wire_ea {
	u8 flags;		/* FILE_NEED_EA */
	struct wire_blob name;	/* ASCII, 1..255 bytes, no NUL */
	struct wire_blob value;	/* at most 65535 bytes; empty: delete this EA */
};

/**
 * struct csrv_ea_iter - walks a FILE_FULL_EA_INFORMATION or FILE_GET_EA list
 * @in: what is left of the list
 * @next: offset of the next entry, from @in.base
 * @at: offset of the entry returned last; EaErrorOffset if it is not valid
 * @more: there is another entry
 * @count: entries returned
 */
struct csrv_ea_iter {
	struct wire_in in;
	u32 next;
	u32 at;
	u32 count;
	bool more;
};

struct csrv_ea_iter csrv_ea_iter(const struct wire_blob *list);
bool csrv_ea_next(struct csrv_ea_iter *it, struct wire_ea *ea);
bool csrv_get_ea_next(struct csrv_ea_iter *it, struct wire_blob *name);
bool csrv_ea_done(const struct csrv_ea_iter *it);
nt_status_t csrv_ea_check(const struct wire_blob *list, u32 *error_offset);

struct wire_list csrv_ea_begin(struct wire_out *out);
bool csrv_ea_add(struct wire_list *list, const struct wire_ea *ea);

#endif /* CIFSSRV_WIRE_EA_H */
