// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/util/json.c daemon/util/utf.c | libs: talloc jansson
/* Flat objects are read; what is no object is refused as a whole. RFC 8259 */
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
	static const char good[] = "{ \"a\" : 9223372036854775807,\"b\":true , \"c\":false,"
				   "\"d\":\"x\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\u20ac\xc3\xa4\",\"e\":\"\","
				   "\"f\":-1,\"g\":1.5,\"h\":null,\"i\":[1],\"j\":{\"a\":2}}";
	static const char *const bad[] = {
		"", "{", "}", "{}x", "[]", "1", "\"a\"", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
		"{\"a\":tru}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\\ud800\"}",
		"{\"a\":\"\\u0000\"}", "{\"a\":\"\n\"}", "{\"a\":\"", "{\"a\":\"\\",
		"{\"a\":111111111111111111111}", "{\"a\":\"\\u-123\"}", "{\"a\":1 \"b\":2}",
		"{\"a\":1,\"a\":2}",
	};
	struct json_object *o;

	o = parse(good);
	assert(o && json_u64(o, "a") == INT64_MAX && json_bool(o, "b") && !json_bool(o, "c"));
	assert(!strcmp(json_text(o, "d"), "x\"\\/\b\f\n\r\t\xc3\xa4\xe2\x82\xac\xc3\xa4"));
	assert(!*json_text(o, "e") && !*json_text(o, "none") && !json_u64(o, "d"));
	/* of another kind: as if they were not there */
	for (const char *name = "ghij"; *name; name++) {
		char member[2] = { *name };

		assert(!*json_text(o, member) && !json_u64(o, member) && !json_bool(o, member));
	}
	assert(!strcmp(json_text(o, "a"), "9223372036854775807") && !json_bool(o, "a"));
	assert(!*json_text(o, "b") && !json_u64(o, "b"));
	assert(!json_u64(o, "f"));
	talloc_free(o);
	o = parse("{\"a\":\"x\xff\xc3\xa4\xe2\x82\"}");
	assert(o && !strcmp(json_text(o, "a"), "x?\xc3\xa4??"));
	talloc_free(o);
	o = parse("{}");
	assert(o && !*json_text(o, "a"));
	talloc_free(o);
	assert(!json_parse(NULL, "{}\0", 3) && !json_parse(NULL, "{\0}", 3));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert(!parse(bad[i]));
	for (size_t n = 0; n < sizeof(good) - 1; n++) {
		char *cut = strndup(good, n);

		assert(!parse(cut));
		free(cut);
	}
	puts("daemon_json: ok");
	return 0;
}
