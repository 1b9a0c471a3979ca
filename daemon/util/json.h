/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * util/json.h - the flat JSON objects of CSRV_OP_STATUS, one per line, on jansson
 *
 * Strings, integers up to 2^63 - 1 and booleans.  A line that is no JSON object is refused as a
 * whole; a member of another kind than the one that is asked for reads as one that is not there.
 */
#ifndef CIFSSRVD_UTIL_JSON_H
#define CIFSSRVD_UTIL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

struct json_object;

/*
 * NULL when @len octets at @line are no object, one with a member twice, or out of memory.
 * Octets that are not UTF-8 become '?', since names of files on disk may be anything and are
 * shown all the same.
 */
struct json_object *json_parse(TALLOC_CTX *ctx, const char *line, size_t len);

/* A string, or a number's digits; lives as long as @o.  "" when there is no such member. */
const char *json_text(const struct json_object *o, const char *name);

/* The value of a number; 0 when there is none, or one below 0. */
uint64_t json_u64(const struct json_object *o, const char *name);

/* True for true. */
bool json_bool(const struct json_object *o, const char *name);

#endif /* CIFSSRVD_UTIL_JSON_H */
