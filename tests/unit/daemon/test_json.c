// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/util/json.c daemon/util/utf.c
/* Flat objects are read; everything else is refused as a whole. RFC 8259 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/json.h"

static struct json_object *parse(const char *s)
{
	/* exactly as long as the text: reading further is a report */
	size_t len = strlen(s);
	char *copy = malloc(len ? len : 1);
	struct json_object *o;

	memcpy(copy, s, len);
	o = json_parse(NULL, copy, len);
	free(copy);
	return o;
}

int main(void)
{
	static const char good[] = "{ \"a\" : 18446744073709551615,\"b\":true , \"c\":false,"
				   "\"d\":\"x\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\u20ac\xc3\xa4\",\"e\":\"\"}";
	static const char *const bad[] = {
		"", "{", "}", "{}x", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":-1}", "{\"a\":1.5}",
		"{\"a\":null}", "{\"a\":[1]}", "{\"a\":{}}", "{\"a\":1,}", "{a:1}", "{\"a\":tru}",
		"{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\u0000\"}",
		"{\"a\":\"\n\"}", "{\"a\":\"", "{\"a\":\"\\", "{\"a\":111111111111111111111}",
		"{\"a\":\"\\u-123\"}", "{\"a\":1 \"b\":2}",
	};
	struct json_object *o;
	char many[1024] = "{\"m\":0";

	o = parse(good);
	assert(o && json_u64(o, "a") == UINT64_MAX && json_bool(o, "b") && !json_bool(o, "c"));
	assert(!strcmp(json_text(o, "d"), "x\"\\/\b\f\n\r\t\xc3\xa4\xe2\x82\xac\xc3\xa4"));
	assert(!*json_text(o, "e") && !*json_text(o, "none") && !json_u64(o, "d"));
	talloc_free(o);
	o = parse("{\"a\":\"x\xff\xc3\xa4\xe2\x82\"}");
	assert(o && !strcmp(json_text(o, "a"), "x?\xc3\xa4??"));
	talloc_free(o);
	o = parse("{}");
	assert(o && !o->n);
	talloc_free(o);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert(!parse(bad[i]));
	for (size_t n = 0; n < sizeof(good) - 1; n++) {
		char *cut = strndup(good, n);

		assert(!parse(cut));
		free(cut);
	}
	for (int i = 1; i < JSON_MAX_MEMBERS; i++)
		strcat(many, ",\"m\":0");
	strcat(many, "}");
	o = parse(many);
	assert(o);
	talloc_free(o);
	strcpy(many + strlen(many) - 1, ",\"m\":0}");
	assert(!parse(many));
	puts("daemon_json: ok");
	return 0;
}
