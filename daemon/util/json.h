/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * util/json.h - the flat JSON objects of CSRV_OP_STATUS, one per line
 *
 * Strings, unsigned integers and booleans; no nesting.  Hostile-safe: what is
 * not of this form is refused as a whole.
 */
#ifndef CIFSSRVD_UTIL_JSON_H
#define CIFSSRVD_UTIL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

#define JSON_MAX_MEMBERS	32

struct json_member {
	char *name;
	char *text;		/* of a string, a number or a boolean: its value as text */
	bool is_string;
};

struct json_object {
	size_t n;
	struct json_member member[JSON_MAX_MEMBERS];
};

/* NULL when @len octets at @line are not such an object, or out of memory. */
struct json_object *json_parse(TALLOC_CTX *ctx, const char *line, size_t len);

/* The value as text; "" when there is no such member. */
const char *json_text(const struct json_object *o, const char *name);

/* The value of a number; 0 when there is none. */
uint64_t json_u64(const struct json_object *o, const char *name);

/* True for true. */
bool json_bool(const struct json_object *o, const char *name);

#endif /* CIFSSRVD_UTIL_JSON_H */
