// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/cifsadmin/text.c daemon/cifsadmin/table.c daemon/cifsadmin/edit.c daemon/cifsadmin/smbpasswd.c daemon/conf/*.c daemon/passdb/nss.c daemon/passdb/file.c daemon/util/crypto.c daemon/util/utf.c | libs: talloc gcrypt smartcols
/* Texts for terminals, tables, smb.conf changed in places, lines of smbpasswd(5). */
#include <assert.h>
#include <locale.h>
#include <pty.h>
#include <unistd.h>

#include "cifsadmin/admin.h"
#include "cifsadmin/edit.h"
#include "cifsadmin/smbpasswd.h"
#include "util/utf.h"

static TALLOC_CTX *ctx;

/* --- texts --------------------------------------------------------------------------------- */

static void nothing_reaches_the_terminal(void)
{
	static const struct { const char *text, *want; } cases[] = {
		{ "plain", "plain" }, { "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "a\x1b[2J", "a\\x1b[2J" }, { "\t\n\x7f", "\\x09\\x0a\\x7f" },
		{ "\xc2\x9b" "2J", "\\u009b2J" }, { "\xc2\x85", "\\u0085" },	/* C1: CSI, NEL */
		{ "a\xe2\x80\xae" "b", "a\\u202eb" }, { "\xe2\x81\xa6", "\\u2066" },	/* RLO, LRI */
		{ "\xe2\x80\x8b\xef\xbb\xbf", "\\u200b\\ufeff" }, { "\xe2\x80\xa8", "\\u2028" },
		{ "\xf3\xa0\x81\x81", "\\U000e0041" },				/* a tag character */
		{ "\xff\xc3", "\\xff\\xc3" }, { "\x9b", "\\x9b" }, { "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert(!strcmp(shown(ctx, stdout, cases[i].text), cases[i].want));
}

/* What a terminal cannot take is no reason to change what goes to a file. */
static void each_stream_has_its_characters(void)
{
	static const char *const utf8 = "\xc5\x9b\xc3\xbc\xfc";
	static const char *const mixed = "\xc5\x9b\xc3\xbc\\xfc", *const ascii = "\\u015b\\u00fc\\xfc";
	int main_side, terminal_side;
	FILE *terminal, *file = fopen("/dev/null", "w");

	assert(file && !openpty(&main_side, &terminal_side, NULL, NULL, NULL));
	terminal = fdopen(terminal_side, "w");
	assert(terminal && !strcmp(shown(ctx, terminal, utf8), mixed));
	/* in an 8-bit character set the second octet of the first letter is CSI */
	text_set_charset(TEXT_UTF8_NOT_ON_TERMINALS);
	assert(!strcmp(shown(ctx, terminal, utf8), ascii) && !strcmp(shown(ctx, NULL, utf8), ascii));
	assert(!strcmp(shown(ctx, file, utf8), mixed));
	text_set_charset(TEXT_ASCII);
	assert(!strcmp(shown(ctx, terminal, utf8), ascii) && !strcmp(shown(ctx, file, utf8), ascii));
	text_set_charset(TEXT_UTF8);
	fclose(file);
	fclose(terminal);
	close(main_side);
}

/* Whatever octets, in whatever order: what comes out is UTF-8 without a control character. */
static void any_octets_are_shown(void)
{
	unsigned int seed = 1;

	for (int round = 0; round < 20000; round++) {
		char text[16] = {}, *safe;

		for (size_t i = 0; i < sizeof(text) - 1; i++) {
			seed = seed * 1103515245 + 12345;
			text[i] = (char)(seed >> 16);
		}
		safe = shown(ctx, stdout, text);
		assert(utf8_valid(safe, strlen(safe)));
		for (const unsigned char *p = (unsigned char *)safe; *p; p++)
			assert(*p >= 0x20 && *p != 0x7f && !(*p == 0xc2 && p[1] < 0xa0));
		talloc_free(safe);
	}
}

static const char *print(const struct table *t)
{
	static char text[4096];
	FILE *f = fmemopen(text, sizeof(text), "w");

	assert(f);
	table_print(t, f);
	fclose(f);
	return text;
}

static void tables_fit(void)
{
	static const char *const heading[] = { "NAME", "PATH", "N" };
	struct admin a = { .ctx = ctx };
	struct table *t;

	t = table_new(&a, 3, heading, "><.");
	table_add(t, "b\xe4\xb8\xad\x1b");	/* a wide character, and one that is none */
	table_add(t, "/srv/a/very/long/path/to/file.txt");
	table_add(t, "");
	assert(!strcmp(print(t), "NAME     PATH                               N\n"
		       "b\xe4\xb8\xad\\x1b  /srv/a/very/long/path/to/file.txt  -\n"));
	a.width = 32;
	t = table_new(&a, 3, heading, "><.");
	table_add(t, "short");
	table_add(t, "/srv/a/very/long/path/to/file.txt");
	table_add(t, "12");
	for (const char *line = print(t); *line; line = strchr(line, '\n') + 1)
		assert(strcspn(line, "\n") <= 32);
	assert(strstr(print(t), "...") && strstr(print(t), "file.txt"));
	/* what cannot be cut is whole, however narrow */
	a.width = 5;
	t = table_new(&a, 3, heading, "...");
	table_add(t, "one");
	table_add(t, "two");
	table_add(t, "three");
	assert(strstr(print(t), "one   two   three\n"));
}

/* --- smb.conf -------------------------------------------------------------------------------- */

static const struct conf_param *share_param(const char *name)
{
	const struct conf_param *p = edit_param(false, name);

	assert(p);
	return p;
}

static const char *after_set(const char *text, const char *section, const char *name, const char *value)
{
	struct edit *e = edit_parse(ctx, text);

	assert(e && edit_has_section(e, section));
	assert(edit_set(e, section, edit_param(edit_same_section(section, "global"), name), name, value));
	return edit_text(ctx, e);
}

static void values_change_in_their_place(void)
{
	/* conf/ tells no case in any alphabet, and runs of blanks are one */
	assert(!strcmp(after_set("[B\303\274 cher]\ncomment=x\n", "B\303\234 CHER", "comment", "y"),
		       "[B\303\274 cher]\ncomment = y\n"));
	assert(!strcmp(after_set("[a   b]\ncomment=x\n", "a b", "comment", "y"),
		       "[a   b]\ncomment = y\n"));
	/* the last one counts, and other names of the parameter are it, too */
	assert(!strcmp(after_set("[a]\nwriteable = no\n[b]\nreadonly=no\n[A]\n\twrite ok = no\n# c\n", "a",
				 "read only", "no"),
		       "[a]\nwriteable = no\n[b]\nreadonly=no\n[A]\n\tread only = no\n# c\n"));
	/* a new one goes behind the last of the section, with its indentation */
	assert(!strcmp(after_set("[a]\n  path = /x\n  # end of a\n\n# about b\n[b]\npath=/y\n", "a", "comment",
				 "z"),
		       "[a]\n  path = /x\n  comment = z\n  # end of a\n\n# about b\n[b]\npath=/y\n"));
	assert(!strcmp(after_set("[a]", "A", "path", "/x"), "[a]\n    path = /x\n"));
	/* a continued line is one line; its comment look-alikes are not comments */
	assert(!strcmp(after_set("[a]\ncomment = x \\\n; y \\\n# z\npath = /p\n", "a", "comment", "c"),
		       "[a]\ncomment = c\npath = /p\n"));
	/* but a comment is not continued */
	assert(!strcmp(after_set("[a]\n# comment = x \\\ncomment = y\n", "a", "comment", "c"),
		       "[a]\n# comment = x \\\ncomment = c\n"));
	assert(!strcmp(after_set("\xef\xbb\xbf[a]\r\npath = /x\r\n", "a", "path", "/y"),
		       "\xef\xbb\xbf[a]\r\npath = /y\r\n"));
	/* what stands before any header is [global]'s */
	assert(!strcmp(after_set("workgroup = X\n[global]\n", "global", "workgroup", "Y"),
		       "workgroup = Y\n[global]\n"));
	assert(!strcmp(after_set("[Globals]\n\tworkgroup = X\n", "global", "workgroup", "Y"),
		       "[Globals]\n\tworkgroup = Y\n"));
}

static const char *after_del(const char *text, const char *section, size_t lines)
{
	struct edit *e = edit_parse(ctx, text);

	assert(e && edit_del_section(e, section) == lines);
	return edit_text(ctx, e);
}

static void sections_go_with_their_comments(void)
{
	static const char text[] =
		"# file\n\n[global]\nworkgroup = X\n\n# about a\n[a]\npath = /a\n# of a\n\n# about b\n[b]\n"
		"path = /b\n# about c\n[c]\npath = /c\n[a]\ncomment = more\n";

	assert(!strcmp(after_del(text, "A", 7),
		       "# file\n\n[global]\nworkgroup = X\n\n# about b\n[b]\npath = /b\n# about c\n[c]\n"
		       "path = /c\n"));
	assert(!strcmp(after_del(text, "b", 3),
		       "# file\n\n[global]\nworkgroup = X\n\n# about a\n[a]\npath = /a\n# of a\n\n"
		       "# about c\n[c]\npath = /c\n[a]\ncomment = more\n"));
	assert(!strcmp(after_del(text, "none", 0), text));
	assert(!strcmp(after_del("[a]\npath = /\n\n\n", "a", 4), ""));
}

static void other_changes(void)
{
	struct edit *e = edit_parse(ctx, "[a]\npath = /x\nwritable = yes\nread only = no\n");

	assert(edit_unset(e, "a", share_param("read only")) == 2);
	assert(edit_unset(e, "a", share_param("comment")) == 0);
	assert(edit_add_section(e, "b c"));
	assert(edit_set(e, "B C", share_param("path"), "path", "/y"));
	/* of a section that is not there nothing is written, in another one neither */
	assert(!edit_set(e, "B  C", share_param("comment"), "comment", "z"));
	assert(!strcmp(edit_text(ctx, e), "[a]\npath = /x\n\n[b c]\n    path = /y\n"));
	e = edit_parse(ctx, "[a]\nvalid users = x \\\r\n y\r\n");
	assert(edit_comment_out(e, 1) && edit_remark(e, 1, "why"));
	assert(!strcmp(edit_text(ctx, e), "[a]\n# migrate: why\n# valid users = x \\\n#  y\n"));
	assert(!edit_param(false, "workgroup") && edit_param(true, "workgroup") &&
	       edit_param(true, "Read  Only") == edit_param(false, "writeable"));
}

/* --- smbpasswd(5) ------------------------------------------------------------------------------ */

#define NT	"8846F7EAEE8FB117AD06BDD830B7586C"
#define XX	"XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"

static void lines_of_smbpasswd(void)
{
	static const struct {
		const char *line;
		enum smbpasswd_kind kind;
		bool disabled;
		int64_t changed;
	} cases[] = {
		{ "a:1000:" XX ":" NT ":[U          ]:LCT-5F3A1234:", SMBPASSWD_ACCOUNT, false, 0x5f3a1234 },
		{ "a:1000:" XX ":8846f7eaee8fb117ad06bdd830b7586c:[UD]:LCT-0:", SMBPASSWD_ACCOUNT, true, 0 },
		{ "a:4294967295:" XX ":" NT ":[UX         ]:LCT-00000001:x:/:/bin/sh\r", SMBPASSWD_ACCOUNT, false, 1 },
		{ "a:1:" XX ":" NT ":[U]", SMBPASSWD_ACCOUNT, false, 0 },
		{ "a:-:" NT ":17", SMBPASSWD_ACCOUNT, false, 17 },
		{ "a:D:" NT ":17", SMBPASSWD_ACCOUNT, true, 17 },
		{ "", SMBPASSWD_NOTHING, false, 0 }, { "# a", SMBPASSWD_NOTHING, false, 0 },
		{ "pc$:1:" XX ":" NT ":[W          ]:LCT-5F3A1234:", SMBPASSWD_SKIP, false, 0 },
		{ "pc$:1:" XX ":" NT ":[U          ]:LCT-5F3A1234:", SMBPASSWD_SKIP, false, 0 },
		{ "dom:1:" XX ":" NT ":[I          ]:LCT-5F3A1234:", SMBPASSWD_SKIP, false, 0 },
		{ "a:1:" XX ":" XX ":[U          ]:LCT-5F3A1234:", SMBPASSWD_SKIP, false, 0 },
		{ "a:1:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:[NU         ]:LCT-0:",
		  SMBPASSWD_SKIP, false, 0 },
		{ ".a:1:" XX ":" NT ":[U          ]:LCT-5F3A1234:", SMBPASSWD_SKIP, false, 0 },
		{ "a:1:" XX ":" NT "0:[U          ]:LCT-5F3A1234:", SMBPASSWD_BAD, false, 0 },
		{ "a:1:" XX ":" NT ":U:LCT-5F3A1234:", SMBPASSWD_BAD, false, 0 },
		{ "a:1:" XX ":" NT ":[u]:LCT-5F3A1234:", SMBPASSWD_BAD, false, 0 },
		{ "a:x:" XX ":" NT ":[U]:LCT-5F3A1234:", SMBPASSWD_BAD, false, 0 },
		{ "a:1:" XX ":" NT ":[U]:LCT-x:", SMBPASSWD_BAD, false, 0 },
		{ "a:1:" XX ":" NT ":[U]:5F3A1234:", SMBPASSWD_BAD, false, 0 },
		{ ":1:" XX ":" NT ":[U]:LCT-0:", SMBPASSWD_BAD, false, 0 },
		{ "a:X:" NT ":17", SMBPASSWD_BAD, false, 0 }, { "a:-:" NT ":", SMBPASSWD_BAD, false, 0 },
		{ "a", SMBPASSWD_BAD, false, 0 }, { "a:1:" XX, SMBPASSWD_BAD, false, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *line = strdup(cases[i].line);
		enum smbpasswd_kind kind;
		struct smbpasswd s;
		const char *why;

		kind = smbpasswd_parse(line, &s, &why);
		assert(kind == cases[i].kind && !!why == (kind >= SMBPASSWD_SKIP));
		if (kind == SMBPASSWD_ACCOUNT)
			assert(s.hash[0] == 0x88 && s.hash[15] == 0x6c && !strcmp(s.name, "a") &&
			       s.disabled == cases[i].disabled && s.changed == cases[i].changed);
		free(line);
	}
}

static void what_is_printed_is_read(void)
{
	struct passdb_entry e = { .name = (char *)"alice", .disabled = true, .changed = 0x5f3a1234,
				  .hash = { 1, 2, 3 } };
	char line[SMBPASSWD_LINE_MAX];
	struct smbpasswd s;
	const char *why;

	smbpasswd_print(line, &e, 1000);
	assert(!strcmp(line, "alice:1000:" XX ":01020300000000000000000000000000:[DU         ]:"
		       "LCT-5F3A1234:"));
	assert(smbpasswd_parse(line, &s, &why) == SMBPASSWD_ACCOUNT && s.disabled && s.hash[2] == 3 &&
	       s.changed == 0x5f3a1234);
	/* a time that is not known is no password that must be changed */
	e.disabled = false;
	e.changed = 0;
	smbpasswd_print(line, &e, 1000);
	assert(smbpasswd_parse(line, &s, &why) == SMBPASSWD_ACCOUNT && !s.disabled && !s.reason);
}

/* Samba does not let these log on as they are: neither do we. */
static void who_was_kept_out_stays_out(void)
{
	static const struct { const char *end, *reason; bool disabled; } cases[] = {
		{ ":[UL         ]:LCT-5F3A1234:", "locked", true },
		{ ":[U          ]:LCT-00000000:", "changed at the first logon", true },
		{ ":[U          ]:LCT-0", "changed at the first logon", true },
		{ ":[ULX        ]:LCT-00000000:", "locked", true },
		{ ":[UX         ]:LCT-00000000:", NULL, false },
		{ ":[UX         ]:LCT-5F3A1234:", NULL, false },
		{ ":[DU         ]:LCT-00000000:", NULL, true },
		{ ":[U          ]:", NULL, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *line = talloc_asprintf(ctx, "a:1:" XX ":" NT "%s", cases[i].end);
		struct smbpasswd s;
		const char *why;

		assert(smbpasswd_parse(line, &s, &why) == SMBPASSWD_ACCOUNT);
		assert(s.disabled == cases[i].disabled && !s.reason == !cases[i].reason);
		assert(!s.reason || strstr(s.reason, cases[i].reason));
	}
}

int main(void)
{
	assert(setlocale(LC_CTYPE, "C.UTF-8"));
	ctx = talloc_new(NULL);
	nothing_reaches_the_terminal();
	each_stream_has_its_characters();
	any_octets_are_shown();
	tables_fit();
	values_change_in_their_place();
	sections_go_with_their_comments();
	other_changes();
	lines_of_smbpasswd();
	who_was_kept_out_stays_out();
	what_is_printed_is_read();
	talloc_free(ctx);
	puts("daemon_cifsadmin: ok");
	return 0;
}
