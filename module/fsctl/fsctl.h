/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fsctl/fsctl.h - control codes about a file, a volume or a name space, [MS-FSCC] 2.3
 *
 * One row per code says what it needs and which function answers it; both dialects use it.
 * Codes about the connection that they came over, and those of pipes, are the dialect's.
 */
#ifndef CIFSSRV_FSCTL_FSCTL_H
#define CIFSSRV_FSCTL_FSCTL_H

#include "../store/open.h"
#include "../wire/cursor.h"
#include "../wire/status.h"

/**
 * struct csrv_fsctl - a control code in progress
 * @open: on what; NULL for a code without %CSRV_FSCTL_OPEN
 * @in: the input as the client sent it
 * @out: the room that the client gave; what is written there is the output
 * @needed: set along with NT_BUFFER_TOO_SMALL: bytes that the output takes; 0: unknown
 */
struct csrv_fsctl {
	struct csrv_open	*open;
	const struct wire_blob	*in;
	struct wire_out		*out;
	u32			needed;
};

/**
 * enum csrv_fsctl_flags - what a code needs
 * @CSRV_FSCTL_OPEN: an open, of a file or directory; else it comes without one
 */
enum csrv_fsctl_flags {
	CSRV_FSCTL_OPEN	= 1 << 0,
};

/**
 * struct csrv_fsctl_row - one control code
 * @code: FSCTL_*
 * @flags: enum csrv_fsctl_flags
 * @access: granted access of which one bit is needed; 0: none
 * @run: decodes the input, acts, and encodes the output, under the open's credentials; NULL:
 *	@refuse is the answer
 * @refuse: the status of a code that is known and not served
 * @partial: the status but NT_OK that comes with output; NT_OK: none
 */
struct csrv_fsctl_row {
	u32		code;
	u32		flags;
	u32		access;
	nt_status_t	(*run)(struct csrv_fsctl *c);
	nt_status_t	refuse;
	nt_status_t	partial;
};

/* table.c */
const struct csrv_fsctl_row *csrv_fsctl_find(u32 code);
nt_status_t csrv_fsctl_check(const struct csrv_fsctl_row *row, const struct csrv_open *o);

/* object_id.c */
nt_status_t csrv_fsctl_object_id(struct csrv_fsctl *c);

#endif /* CIFSSRV_FSCTL_FSCTL_H */
