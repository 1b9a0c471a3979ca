/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/name.h - SMB path names, stream names and wildcards */
#ifndef CIFSSRV_WIRE_NAME_H
#define CIFSSRV_WIRE_NAME_H

#include "cursor.h"
#include "status.h"

#define WIRE_NAME_MAX	255	/* UTF-16 units in one component, [MS-FSCC] 2.1.5.2 */
#define WIRE_PATH_MAX	4096	/* a good size for the buffer of csrv_path_parse() */

/* Bytes that suffice for this name, for callers that do not want to use WIRE_PATH_MAX. */
static inline size_t wire_path_room(const struct wire_blob *utf16)
{
	return utf16->len >= WIRE_PATH_MAX / 3 * 2 ? WIRE_PATH_MAX : utf16->len / 2 * 3 + 2;
}

/* [MS-FSCC] 2.1.5.4; what stood after the second colon, or nothing */
enum wire_stream_type {
	WIRE_STREAM_UNTYPED,	/* no type given: same as $DATA */
	WIRE_STREAM_DATA,	/* ":$DATA" */
	WIRE_STREAM_INDEX,	/* ":$INDEX_ALLOCATION", the default stream of a directory */
};

/**
 * struct wire_path - a client's path name, validated, in UTF-8
 * @path: components separated by '/', no leading and no trailing '/', NUL
 *	terminated; "" is the root of the share.  Points into the caller's buffer.
 * @len: of @path, in bytes
 * @stream: name of the named stream, NUL terminated; NULL for the default
 *	stream ("file", "file::$DATA").  Points into the caller's buffer.
 * @stream_len: of @stream, in bytes
 * @stream_type: as given
 * @stream_given: the name had a colon ("file::$DATA" has no @stream, but this)
 * @trailing_slash: the name ended in a backslash: it can only be a directory
 */
struct wire_path {
	const char *path;
	u32 len;
	const char *stream;
	u32 stream_len;
	enum wire_stream_type stream_type;
	bool stream_given;
	bool trailing_slash;
};

nt_status_t csrv_path_parse(const struct wire_blob *utf16, char *buf, size_t cap,
			    struct wire_path *path);

/* Longest search pattern taken, in characters; see csrv_name_match(). */
#define WIRE_PATTERN_MAX	WIRE_NAME_MAX

nt_status_t csrv_pattern_parse(const struct wire_blob *utf16, char *buf, size_t cap, u32 *len);
bool csrv_name_is_wild(const char *name, size_t len);
bool csrv_name_match(const char *pattern, size_t plen, const char *name, size_t nlen,
		     bool ignore_case);
bool csrv_name_is_valid(const char *name, size_t len);

#define WIRE_SHOWN_MAX	(3 * WIRE_NAME_MAX + 1)	/* bytes of csrv_name_show(), NUL included */

bool csrv_name_is_usable(const char *name, size_t len);
u32 csrv_name_show(const char *name, size_t len, char out[WIRE_SHOWN_MAX]);
u32 csrv_name_unshow(const char *shown, size_t len, char out[WIRE_NAME_MAX + 1]);

#endif /* CIFSSRV_WIRE_NAME_H */
