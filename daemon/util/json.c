// SPDX-License-Identifier: GPL-2.0-or-later
/* util/json.c - the flat JSON objects of CSRV_OP_STATUS, on jansson */
#include "json.h"

#include <jansson.h>
#include <string.h>

#include "cleanup.h"
#include "utf.h"

struct json_object {
	json_t *root;
};

static int object_done(struct json_object *o)
{
	json_decref(o->root);
	return 0;
}

struct json_object *json_parse(TALLOC_CTX *ctx, const char *line, size_t len)
{
	_cleanup_(talloc_freep) struct json_object *o = talloc_zero(ctx, struct json_object);
	char *text = o ? talloc_strndup(o, line, len) : NULL;

	if (!text || strlen(text) != len)
		return NULL;
	utf8_repair(text);
	talloc_set_destructor(o, object_done);
	o->root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	talloc_free(text);
	return json_is_object(o->root) ? TAKE_PTR(o) : NULL;
}

const char *json_text(const struct json_object *o, const char *name)
{
	const json_t *v = json_object_get(o->root, name);
	const char *text = json_string_value(v);

	if (json_is_integer(v))
		text = talloc_asprintf(o, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	return text ? text : "";
}

uint64_t json_u64(const struct json_object *o, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(o->root, name));

	return n > 0 ? (uint64_t)n : 0;
}

bool json_bool(const struct json_object *o, const char *name)
{
	return json_is_true(json_object_get(o->root, name));
}
