// SPDX-License-Identifier: GPL-2.0-or-later
/* what is a path, what is a stream, and what a pattern matches */
#include "wiretest.h"
#include "wire/name.h"

static void good(const char *name, const char *path, const char *stream)
{
	struct wire_blob in = utf16(name);
	char buf[WIRE_PATH_MAX];
	struct wire_path p;
	nt_status_t status = csrv_path_parse(&in, buf, sizeof(buf), &p);

	if (status != NT_OK) {
		fprintf(stderr, "\"%s\": %s\n", name, csrv_status_name(status));
		abort();
	}
	assert(!strcmp(p.path, path) && p.len == strlen(path));
	assert(!stream == !p.stream);
	if (stream)
		assert(!strcmp(p.stream, stream) && p.stream_len == strlen(stream));
	assert(p.stream_given == !!strchr(name, ':'));
}

static void bad_blob(struct wire_blob in, nt_status_t want)
{
	char buf[WIRE_PATH_MAX];
	struct wire_path p;

	assert(csrv_path_parse(&in, buf, sizeof(buf), &p) == want);
}

static void bad(const char *name, nt_status_t want)
{
	bad_blob(utf16(name), want);
}

static void test_paths(void)
{
	char name[600];
	char small[4];
	struct wire_path p;
	struct wire_blob in;

	good("", "", NULL);
	good("a", "a", NULL);
	good("dir\\sub\\file.txt", "dir/sub/file.txt", NULL);
	good("...", "...", NULL);
	good(".hidden\\..x\\x..", ".hidden/..x/x..", NULL);
	good(" a . ", " a . ", NULL);
	good("\xc3\xa4\\\xf0\x9f\x98\x80", "\xc3\xa4/\xf0\x9f\x98\x80", NULL);

	/* what Windows clients' libraries send */
	good("dir/sub/file.txt", "dir/sub/file.txt", NULL);
	good("dir/sub\\file:s", "dir/sub/file", "s");
	bad("/a", NT_INVALID_PARAMETER);
	bad("a//b", NT_OBJECT_NAME_INVALID);
	bad("a/../../b", NT_OBJECT_PATH_SYNTAX_BAD);

	bad("\\a", NT_INVALID_PARAMETER);
	bad("\\", NT_INVALID_PARAMETER);
	bad("..", NT_OBJECT_PATH_SYNTAX_BAD);
	bad("a\\..\\..\\b", NT_OBJECT_PATH_SYNTAX_BAD);
	bad("..\\etc", NT_OBJECT_PATH_SYNTAX_BAD);
	bad("a\\..\\b", NT_OBJECT_NAME_INVALID);
	bad("a\\..", NT_OBJECT_NAME_INVALID);
	bad(".", NT_OBJECT_NAME_INVALID);
	bad("a\\.\\b", NT_OBJECT_NAME_INVALID);
	bad("a\\\\b", NT_OBJECT_NAME_INVALID);
	bad("a\\\\", NT_OBJECT_NAME_INVALID);
	for (const char *c = "\"*<>?|\x01\x1f"; *c; c++) {
		char s[] = { 'a', *c, 'b', 0 };

		bad(s, NT_OBJECT_NAME_INVALID);
	}
	bad_blob((struct wire_blob){ .data = (const u8 *)"a\0b", .len = 3 }, NT_INVALID_PARAMETER);
	bad_blob((struct wire_blob){ .data = (const u8 *)"a\0\0\0", .len = 4 }, NT_OBJECT_NAME_INVALID);
	bad_blob((struct wire_blob){ .data = (const u8 *)"\0\xd8", .len = 2 }, NT_OBJECT_NAME_INVALID);

	/* 255 UTF-16 units fit, 256 do not; also where each is three bytes of UTF-8 */
	memset(name, 'x', 256);
	name[256] = 0;
	bad(name, NT_OBJECT_NAME_INVALID);
	name[255] = 0;
	good(name, name, NULL);
	in = utf16("abc");
	assert(csrv_path_parse(&in, small, 4, &p) == NT_OK);
	in = utf16("abcd");
	assert(csrv_path_parse(&in, small, 4, &p) == NT_OBJECT_NAME_INVALID);

	in = utf16("dir\\");
	assert(csrv_path_parse(&in, name, sizeof(name), &p) == NT_OK);
	assert(p.trailing_slash && !strcmp(p.path, "dir") && p.len == 3);
	in = utf16("dir");
	assert(csrv_path_parse(&in, name, sizeof(name), &p) == NT_OK && !p.trailing_slash);
	assert(p.stream_type == WIRE_STREAM_UNTYPED && !p.stream_given);
}

static void test_streams(void)
{
	char buf[256], name[400];
	struct wire_path p;
	struct wire_blob in;

	good("file:stream", "file", "stream");
	good("d\\file:stream:$DATA", "d/file", "stream");
	good("file:Stream*?<>|\"\x01:$DaTa", "file", "Stream*?<>|\"\x01");
	good("file::$DATA", "file", NULL);
	good("dir::$INDEX_ALLOCATION", "dir", NULL);
	good("dir:$I30:$INDEX_ALLOCATION", "dir", NULL);
	good(":stream:$DATA", "", "stream");

	bad("file:", NT_OBJECT_NAME_INVALID);
	bad("file::", NT_OBJECT_NAME_INVALID);
	bad("file:a:", NT_OBJECT_NAME_INVALID);
	bad("file:a:$DATAx", NT_OBJECT_NAME_INVALID);
	bad("file:a:$DATA:b", NT_OBJECT_NAME_INVALID);
	bad("file:a:$INDEX_ALLOCATION", NT_OBJECT_NAME_INVALID);
	bad("file:a\\b", NT_OBJECT_NAME_INVALID);
	bad("file:a/b", NT_OBJECT_NAME_INVALID);
	bad("dir:x\\file", NT_OBJECT_NAME_INVALID);
	bad("dir\\:x", NT_OBJECT_NAME_INVALID);
	bad("..:x", NT_OBJECT_PATH_SYNTAX_BAD);
	bad(".:x", NT_OBJECT_NAME_INVALID);
	bad("\\:x", NT_INVALID_PARAMETER);
	memset(name, 'x', 258);
	memcpy(name, "f:", 2);
	name[258] = 0;
	bad(name, NT_OBJECT_NAME_INVALID);
	name[257] = 0;
	good(name, "f", name + 2);

	in = utf16("f::$DATA");
	assert(csrv_path_parse(&in, buf, sizeof(buf), &p) == NT_OK);
	assert(p.stream_type == WIRE_STREAM_DATA && p.stream_given && !p.stream);
	in = utf16("f:s");
	assert(csrv_path_parse(&in, buf, sizeof(buf), &p) == NT_OK);
	assert(p.stream_type == WIRE_STREAM_UNTYPED);
	in = utf16("d:$i30:$index_allocation");
	assert(csrv_path_parse(&in, buf, sizeof(buf), &p) == NT_OK);
	assert(p.stream_type == WIRE_STREAM_INDEX && !p.stream && !p.stream_len);
}

static void test_disk_names(void)
{
	assert(csrv_name_is_valid("a", 1) && csrv_name_is_valid("..a", 3));
	assert(!csrv_name_is_valid("", 0) && !csrv_name_is_valid(".", 1) && !csrv_name_is_valid("..", 2));
	assert(!csrv_name_is_valid("a:b", 3) && !csrv_name_is_valid("a\\b", 3));
	assert(!csrv_name_is_valid("a\xff", 2) && !csrv_name_is_valid("\n", 1));
	assert(csrv_name_is_wild("a*", 2) && csrv_name_is_wild("<", 1) && csrv_name_is_wild("a\"", 2));
	assert(!csrv_name_is_wild("abc", 3) && !csrv_name_is_wild("", 0));
}

static void shown(const char *name, const char *want)
{
	char out[WIRE_SHOWN_MAX], back[WIRE_NAME_MAX + 1];
	u32 n = csrv_name_show(name, strlen(name), out);

	if (n != strlen(want) || memcmp(out, want, n))
		fprintf(stderr, "\"%s\" is shown as \"%s\"\n", name, n ? out : "");
	assert(n == strlen(want) && !memcmp(out, want, n));
	assert(!n || csrv_name_is_usable(out, n));
	if (!n || !strcmp(name, want))
		return;
	assert(!csrv_name_is_usable(name, strlen(name)));
	assert(csrv_name_unshow(out, n, back) == strlen(name) && !strcmp(back, name));
}

static void not_shown(const char *shown)
{
	char back[WIRE_NAME_MAX + 1];

	assert(!csrv_name_unshow(shown, strlen(shown), back));
}

static void test_shown(void)
{
	char name[WIRE_NAME_MAX + 2], out[WIRE_SHOWN_MAX], back[WIRE_NAME_MAX + 1];
	u32 i;

	shown("plain .name", "plain .name");
	shown("\xc3\xa4\xf0\x9f\x98\x80", "\xc3\xa4\xf0\x9f\x98\x80");
	/* Microsoft KB 117258 */
	shown("a:b", "a\xef\x80\xa2" "b");
	shown("\"*:<>?\\|", "\xef\x80\xa0\xef\x80\xa1\xef\x80\xa2\xef\x80\xa3\xef\x80\xa4\xef\x80\xa5"
			    "\xef\x80\xa6\xef\x80\xa7");
	shown("\x01\x1f\x7f", "\xef\x80\x81\xef\x80\x9f\x7f");
	shown("a b. ", "a b.\xef\x80\xa8");
	shown("a..", "a.\xef\x80\xa9");
	shown(". .", ". \xef\x80\xa9");
	/* no UTF-8 */
	shown("latin-\xe9.txt", "latin-\xef\x83\xa9.txt");
	shown("\xc0\xaf", "\xef\x83\x80\xef\x82\xaf");
	shown("\xed\xa0\x80", "\xef\x83\xad\xef\x82\xa0\xef\x82\x80");
	/* a name of private characters is its own; with others beside them it has no form */
	shown("a\xef\x80\xa2" "b", "a\xef\x80\xa2" "b");
	shown("a\xef\x80\xa2:", "");
	shown("\xef\x83\xa9\xe9", "");

	not_shown("a");
	not_shown("\xef\x80\xa9");				/* "." */
	not_shown(".\xef\x80\xa9");				/* ".." */
	not_shown("a\xef\x80\xa8" "b");			/* space, but not at the end */
	not_shown("a\xef\x80\xa9" "b");
	not_shown("\xef\x83\x83\xef\x82\xa4");		/* together they would be UTF-8 */
	not_shown("\xef\x80\xa2.");				/* a dot that is not shown as such */
	not_shown("\xef\x80\x80");				/* U+F000 would be a NUL */
	not_shown("a\xef\x80\xaf" "b");			/* U+F02F would be a slash */

	/* the longest, and one too long */
	memset(name, 0xff, 255);
	assert(csrv_name_show(name, 255, out) == WIRE_SHOWN_MAX - 1);
	assert(csrv_name_unshow(out, WIRE_SHOWN_MAX - 1, back) == 255);
	for (i = 0; i < 255; i++)
		assert((u8)back[i] == 0xff);
	name[255] = ':';
	assert(!csrv_name_show(name, 256, out));
}

static void test_patterns(void)
{
	char buf[3 * WIRE_PATTERN_MAX + 1];
	struct wire_blob in = utf16("a*?<>\".txt");
	u8 big[2 * WIRE_PATTERN_MAX + 2];
	u32 len;

	assert(csrv_pattern_parse(&in, buf, sizeof(buf), &len) == NT_OK && len == 10);
	in = (struct wire_blob){};
	assert(csrv_pattern_parse(&in, buf, sizeof(buf), &len) == NT_OK && len == 0);
	for (const char *c = "\\/:|\x01"; *c; c++) {
		char s[] = { 'a', *c, 0 };

		in = utf16(s);
		assert(csrv_pattern_parse(&in, buf, sizeof(buf), &len) == NT_OBJECT_NAME_INVALID);
	}
	in = (struct wire_blob){ .data = (const u8 *)"a", .len = 1 };
	assert(csrv_pattern_parse(&in, buf, sizeof(buf), &len) == NT_INVALID_PARAMETER);
	for (u32 i = 0; i < sizeof(big); i += 2)
		put_unaligned_le16(0x20ac, big + i);
	in = (struct wire_blob){ .data = big, .len = sizeof(big) };
	assert(csrv_pattern_parse(&in, buf, sizeof(buf), &len) == NT_OBJECT_NAME_INVALID);
	in.len -= 2;
	assert(csrv_pattern_parse(&in, buf, sizeof(buf), &len) == NT_OK && len == sizeof(buf) - 1);
}

/* [MS-FSA] 2.1.4.4 */
static const struct {
	const char *pattern;
	const char *name;
	bool match;
} table[] = {
	{ "*", "anything", true },	{ "*.*", "noext", true },	{ "*.*", "a.b", true },
	{ "abc", "abc", true },		{ "ABC", "abc", true },		{ "abc", "abcd", false },
	{ "abcd", "abc", false },	{ "", "a", false },		{ "", "", true },
	{ "a*", "a", true },		{ "a*", "abc", true },		{ "*c", "abc", true },
	{ "*b*", "abc", true },		{ "*b", "abc", false },		{ "a*c*e", "abcde", true },
	{ "**", "x", true },		{ "*.txt", "a.b.txt", true },	{ "*.txt", "txt", false },
	/* ? is exactly one character */
	{ "?", "a", true },		{ "?", "", false },		{ "?", ".", true },
	{ "??", "a", false },		{ "a?c", "abc", true },		{ "a?c", "ac", false },
	{ "?", "\xc3\xa4", true },	{ "\xc3\x84?", "\xc3\xa4x", true },
	{ "?", "\xff", true },		{ "\xff", "\xff", true },	{ "\xff", "\xfe", false },
	/* DOS_QM: one character, or none at a period or at the end */
	{ ">", "a", true },		{ ">", "", true },		{ ">>>", "ab", true },
	{ ">>>", "abcd", false },	{ ">>>.txt", "a.txt", true },	{ ">>>.txt", "abcd.txt", false },
	{ "a>b", "ab", false },		{ "a>.b", "a.b", true },	{ ">", ".", false },
	/* DOS_DOT: a period, or nothing at the end */
	{ "a\"", "a", true },		{ "a\"", "a.", true },		{ "a\"", "ab", false },
	{ "a\"b", "a.b", true },	{ "a\"b", "ab", false },	{ ">>>>>>>>\">>>", "ab.c", true },
	{ ">>>>>>>>\">>>", "ab", true },	{ "*\"", "ab", true },	{ "a\"\"", "a.", true },
	/* DOS_STAR: up to, and with, the last period */
	{ "<", "abc", true },		{ "<", "a.b", false },		{ "<b", "a.b", true },
	{ "<.b", "a.b", true },		{ "<.c", "a.b.c", true },	{ "<c", "a.b.c", true },
	{ "<.b", "a.b.c", false },	{ "<\"*", "a.b", true },	{ "<\"*", "a", true },
	{ "<", "", true },		{ "a<", "abc", true },		{ "x<y", "x.y", true },
	{ "<x<", "ax.b", false },	{ "<<", "a.b", true },		{ "*<b", "a.xb", true },
	{ "a.b.c.<", "a.b.c.def", true },
};

static void test_match(void)
{
	char pattern[256], name[256];

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *p = table[i].pattern, *n = table[i].name;

		if (csrv_name_match(p, strlen(p), n, strlen(n), true) != table[i].match) {
			fprintf(stderr, "\"%s\" ~ \"%s\"\n", p, n);
			abort();
		}
	}
	assert(!csrv_name_match("ABC", 3, "abc", 3, false));
	assert(csrv_name_match("a?C", 3, "axC", 3, false));

	/* what would take a backtracking matcher longer than the universe has */
	memset(name, 'a', sizeof(name));
	for (size_t i = 0; i < sizeof(pattern); i += 2) {
		pattern[i] = i % 4 ? '*' : '<';
		pattern[i + 1] = 'a';
	}
	pattern[sizeof(pattern) - 1] = 'b';
	assert(!csrv_name_match(pattern, sizeof(pattern), name, sizeof(name), true));
	memset(pattern, '*', sizeof(pattern));
	assert(csrv_name_match(pattern, sizeof(pattern), name, sizeof(name), true));

	static char huge[2000];

	memset(huge, 'a', sizeof(huge));
	assert(!csrv_name_match("a*", 2, huge, 1024, true));
	assert(csrv_name_match("a*", 2, huge, 1023, true));
	assert(!csrv_name_match(huge, 2000, huge, 100, true));
}

int main(void)
{
	test_paths();
	test_streams();
	test_disk_names();
	test_shown();
	test_patterns();
	test_match();
	puts("wire name: ok");
	return 0;
}
