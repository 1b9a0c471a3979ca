// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/util/utf.c | libs: talloc
/* Foreign text is made fit for a terminal, and quoted so that nothing of it looks like ours. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "util/utf.h"

static void scrubs(const char *from, const char *to)
{
	char *s = strdup(from);

	utf8_scrub(s);
	assert(!strcmp(s, to));
	free(s);
}

static void what_moves_a_cursor_is_replaced(void)
{
	scrubs("plain \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "plain \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
	scrubs("a\tb\nc\rd\x1b[31m\x7f", "a?b?c?d?[31m?");
	scrubs("x\xc2\x9b" "31m\xc2\x85", "x?31m?");			/* CSI and NEL of C1 */
	scrubs("a\xe2\x80\xae" "b\xe2\x81\xa6" "c\xe2\x80\x8f\xd8\x9c", "a?b?c??");
	scrubs("one\xe2\x80\xa8two\xe2\x80\xa9", "one?two?");
	scrubs("\xf3\xa0\x81\x81", "?");				/* a tag */
	scrubs("\xff\xc3(\xe2\x82", "?" "?(?" "?");
	scrubs("", "");
}

/* Is @c, of which the text has nothing else, left as it is? */
static bool is_shown(uint32_t c)
{
	char s[5] = {};

	if (c < 0x80)
		s[0] = (char)c;
	else if (c < 0x800)
		memcpy(s, (char[]){ (char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)) }, 2);
	else if (c < 0x10000)
		memcpy(s, (char[]){ (char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)),
				    (char)(0x80 | (c & 0x3f)) }, 3);
	else
		memcpy(s, (char[]){ (char)(0xf0 | c >> 18), (char)(0x80 | (c >> 12 & 0x3f)),
				    (char)(0x80 | (c >> 6 & 0x3f)), (char)(0x80 | (c & 0x3f)) }, 4);
	utf8_scrub(s);
	return c == '?' || !strchr(s, '?');
}

/* Every character, alone: what comes out is legal and has none of what is replaced. */
static void every_character_is_judged(void)
{
	for (uint32_t c = 1; c < 0x110000; c++) {
		bool c1 = c >= 0x7f && c < 0xa0;

		if (c < 0x20 || c1 || (c >= 0x202a && c <= 0x202e) || c == 0x2028 || c == 0x2029)
			assert(!is_shown(c));
		if ((c >= 0x20 && c < 0x7f) || (c >= 0xa0 && c < 0x600) || (c >= 0x3000 && c < 0xd800))
			assert(is_shown(c));
	}
	assert(!is_shown(0x110000));
	/* shown it hides something: joiners do not, scripts need them */
	assert(is_shown(0x200b) && !utf8_visible(0x200b) && !utf8_visible(0x202e));
	assert(utf8_visible(0x200d) && utf8_visible('a') && !utf8_visible(0x110000));
}

static void repair_leaves_controls_alone(void)
{
	char s[] = "a\x1b\n\xff\xc2\x9b";

	utf8_repair(s);
	assert(!strcmp(s, "a\x1b\n?\xc2\x9b"));
}

static void quotes(const char *from, const char *to)
{
	char *s = utf8_quote(NULL, from, 100);

	assert(!strcmp(s, to));
	talloc_free(s);
}

static void quoted_text_ends_where_it_ends(void)
{
	char *s, many[300];

	quotes("", "\"\"");
	quotes("Jörg", "\"Jörg\"");
	quotes("a\"b\\", "\"a\\\"b\\\\\"");
	quotes("a\nb\x1b\x7f", "\"a\\u{a}b\\u{1b}\\u{7f}\"");
	quotes("\xc2\x9b\xe2\x80\xae\xe2\x80\xa8", "\"\\u{9b}\\u{202e}\\u{2028}\"");
	quotes("\xff\xc3", "\"\\xff\\xc3\"");
	memset(many, 'x', sizeof(many));
	many[299] = 0;
	s = utf8_quote(NULL, many, 100);
	assert(strlen(s) < 110 && !strcmp(s + strlen(s) - 5, "x\"..."));
	talloc_free(s);
	/* the widest, at the very end of the room */
	for (size_t i = 0; i + 4 < sizeof(many); i += 4)
		memcpy(many + i, "\xf3\xa0\x81\x81", 4);
	many[296] = 0;
	for (size_t max = 1; max < 40; max++) {
		s = utf8_quote(NULL, many, max);
		assert(s[0] == '"' && !strcmp(s + strlen(s) - 5, "}\"..."));
		talloc_free(s);
	}
}

int main(void)
{
	what_moves_a_cursor_is_replaced();
	every_character_is_judged();
	repair_leaves_controls_alone();
	quoted_text_ends_where_it_ends();
	puts("daemon_utf: ok");
	return 0;
}
