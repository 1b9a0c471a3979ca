// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/util/crypto.c daemon/passdb/file.c daemon/passdb/nss.c daemon/util/utf.c
/* cifspwd.db: what was written is read; nothing else is; a writer never leaves half a file. cifspwd.db(5) */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "util/crypto.h"
#include "passdb/file.h"
#include "passdb/nss.h"
#include "util/utf.h"

#define H "8846F7EAEE8FB117AD06BDD830B7586C"	/* NTOWFv1("password") */

static int parse(const char *text, struct passdb **db, struct passdb_error *err)
{
	/* exactly as long as the text: reading further is a report */
	size_t len = strlen(text);
	uint8_t *copy = malloc(len ? len : 1);
	int r;

	memcpy(copy, text, len);
	r = passdb_parse(NULL, (struct blob){ copy, len }, db, err);
	free(copy);
	return r;
}

static void good_files_are_read(void)
{
	struct passdb_error err;
	struct passdb *db;
	uint8_t hash[16];

	assert(!parse("", &db, &err) && !db->n);
	talloc_free(db);
	assert(!parse("# c\n\nbob:-:" H ":1\nAlice:D:8846f7eaee8fb117ad06bdd830b7586c:0", &db, &err));
	assert(db->n == 2 && !strcmp(db->entries[0]->name, "Alice"));
	assert(passdb_find(db, "ALICE")->disabled && !passdb_find(db, "Bob")->disabled);
	assert(!passdb_find(db, "carol") && passdb_find(db, "bob")->changed == 1);
	assert(!passdb_hash_password("password", hash));
	assert(!memcmp(passdb_find(db, "bob")->hash, hash, 16));
	assert(!memcmp(passdb_find(db, "alice")->hash, hash, 16));
	talloc_free(db);
	assert(passdb_hash_password("\xff", hash) == -EILSEQ);
}

static void bad_lines_are_named(void)
{
	static const struct {
		const char *text;
		unsigned int line;
	} bad[] = {
		{ "bob", 1 }, { "bob:-:" H, 1 }, { "bob:-:" H ":1:", 1 }, { ":-:" H ":1", 1 },
		{ "#\nbob:-:" H ":x", 2 }, { "bob:-:" H ":", 1 }, { "bob:-:" H ":-1", 1 },
		{ "bob:-:" H ":1234567890123456789", 1 }, { "bob::" H ":1", 1 },
		{ "bob:DD:" H ":1", 1 }, { "bob:X:" H ":1", 1 }, { "bob:-:" H "0:1", 1 },
		{ "bob:-:G846F7EAEE8FB117AD06BDD830B7586C:1", 1 }, { "bob:-::1", 1 },
		{ "bob:-:" H ":1\nBOB:-:" H ":1", 2 }, { "a/b:-:" H ":1", 1 },
		{ "a\x01:-:" H ":1", 1 }, { "\xc3:-:" H ":1", 1 }, { "..:-:" H ":1", 1 },
		{ "bob:-:" H ":1\r\n", 1 },
	};
	struct passdb_error err;
	struct passdb *db;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert(parse(bad[i].text, &db, &err) == -EINVAL);
		assert(err.line == bad[i].line && err.text[0] && !strstr(err.text, "8846"));
	}
	assert(passdb_parse(NULL, (struct blob){ (const uint8_t *)"#\0", 2 }, &db, &err) == -EINVAL);
}

static void every_prefix_of_a_line_is_refused(void)
{
	static const char line[] = "bob:-:" H ":17";
	struct passdb_error err;
	struct passdb *db;
	char cut[sizeof(line)];

	for (size_t n = 1; n < sizeof(line) - 2; n++) {
		memcpy(cut, line, n);
		cut[n] = 0;
		assert(parse(cut, &db, &err) == -EINVAL && err.line == 1);
	}
}

static void written_files_are_read_back(const char *path)
{
	struct passdb *db = passdb_new(NULL), *again;
	struct passdb_error err;
	struct stat st;
	uint8_t hash[16] = { 0xde, 0xad };
	char name[32], longest[257];
	int lock = passdb_lock(path);

	assert(lock >= 0);
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "user%03d", i * 7 % 300);
		assert(!passdb_add(db, name, hash, i));
	}
	assert(passdb_add(db, "USER007", hash, 1) == -EEXIST);
	assert(passdb_add(db, "a:b", hash, 1) == -EINVAL);
	/* configfs has no room for a longer one, and would be refused as a whole */
	memset(longest, 'x', 256);
	longest[256] = 0;
	assert(passdb_add(db, longest, hash, 1) == -EINVAL);
	longest[255] = 0;
	assert(!passdb_add(db, longest, hash, 1) && !passdb_remove(db, longest));
	assert(!passdb_remove(db, "User013") && passdb_remove(db, "user013") == -ENOENT);
	passdb_find(db, "user014")->disabled = true;
	assert(!passdb_save(db, path));
	close(lock);
	assert(!stat(path, &st) && (st.st_mode & 07777) == 0600);
	assert(!passdb_load(NULL, path, &again, &err) && again->n == 299);
	assert(passdb_find(again, "user014")->disabled && !passdb_find(again, "user013"));
	assert(!memcmp(passdb_find(again, "user299")->hash, hash, 16));
	for (size_t i = 0; i < again->n; i++)
		assert(!strcmp(again->entries[i]->name, db->entries[i]->name));
	talloc_free(again);
	talloc_free(db);
}

/* An administrator's remarks, and the order that the lines were put in, survive any change. */
static void comments_stay_where_they_are(const char *path)
{
	static const char before[] =
		"# head\n\n# the boss\nzoe:-:" H ":1\n\n#bob left in May\nbob:D:" H ":2\n# Anna & Co.\nanna:-:" H ":3\n# end";
	static const char after[] =
		"# head\n\n# the boss\nzoe:-:" H ":1\n\n#bob left in May\n# Anna & Co.\nanna:D:" H ":3\n# end\n"
		"carl:-:00000000000000000000000000000000:4\n";
	struct passdb_error err;
	uint8_t hash[16] = {};
	struct passdb *db;
	char got[1024];
	FILE *f;

	assert(!parse(before, &db, &err));
	assert(!passdb_remove(db, "BOB") && !passdb_add(db, "carl", hash, 4));
	passdb_find(db, "anna")->disabled = true;
	assert(!passdb_save(db, path));
	talloc_free(db);
	f = fopen(path, "r");
	assert(f);
	got[fread(got, 1, sizeof(got) - 1, f)] = 0;
	fclose(f);
	assert(!strcmp(got, after));
	/* hundreds of them, and all are removed again */
	assert(!passdb_load(NULL, path, &db, &err));
	for (int i = 0; i < 500; i++) {
		char name[16];

		snprintf(name, sizeof(name), "u%d", i);
		assert(!passdb_add(db, name, hash, 4));
	}
	while (db->n)
		assert(!passdb_remove(db, db->entries[db->n / 2]->name));
	assert(!passdb_save(db, path));
	talloc_free(db);
	f = fopen(path, "r");
	got[fread(got, 1, sizeof(got) - 1, f)] = 0;
	fclose(f);
	assert(!strcmp(got, "# head\n\n# the boss\n\n#bob left in May\n# Anna & Co.\n# end\n"));
	unlink(path);
}

static void open_files_are_refused(const char *path)
{
	struct passdb_error err;
	struct passdb *db;
	char link[300];

	assert(!chmod(path, 0640));
	assert(passdb_load(NULL, path, &db, &err) == -EPERM && strstr(err.text, "0640"));
	assert(!chmod(path, 0600));
	snprintf(link, sizeof(link), "%s.link", path);
	assert(!symlink(path, link));
	assert(passdb_load(NULL, link, &db, &err) == -ELOOP && err.text[0]);
	assert(!mkfifo(strcat(link, "2"), 0600));
	assert(passdb_load(NULL, link, &db, &err) == -EPERM);
	snprintf(link, sizeof(link), "%s.none", path);
	assert(!passdb_load(NULL, link, &db, &err) && !db->n);
	talloc_free(db);
}

/* Children that add at once: the lock lets none be lost. */
static void writers_wait_for_each_other(const char *path)
{
	struct passdb_error err;
	struct passdb *db;

	unlink(path);
	for (int i = 0; i < 8; i++) {
		if (fork())
			continue;
		for (int k = 0; k < 10; k++) {
			uint8_t hash[16] = {};
			char name[32];
			int lock = passdb_lock(path);

			snprintf(name, sizeof(name), "u%d-%d", i, k);
			assert(lock >= 0 && !passdb_load(NULL, path, &db, &err));
			assert(!passdb_add(db, name, hash, 0) && !passdb_save(db, path));
			talloc_free(db);
			close(lock);
		}
		_exit(0);
	}
	for (int i = 0; i < 8; i++) {
		int status;

		assert(wait(&status) > 0 && !status);
	}
	assert(!passdb_load(NULL, path, &db, &err) && db->n == 80);
	talloc_free(db);
}

static void unix_accounts_are_found(void)
{
	struct nss_identity id;

	assert(!nss_lookup(NULL, "root", &id) && !id.uid && !id.gid);
	talloc_free(id.groups);
	assert(!nss_lookup(NULL, "ROOT", &id) && !id.uid);
	talloc_free(id.groups);
	assert(nss_lookup(NULL, "no-such-account-here", &id) == -ENOENT);
}

static void texts_convert_strictly(void)
{
	static const char *const bad[] = { "\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
		"\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3", "\xe2\x82", "\xf0\x9f\x98" };
	static const uint8_t lone[] = { 0x41, 0, 0, 0xd8 }, swapped[] = { 0, 0xdc, 0, 0xd8 },
		nul[] = { 0x41, 0, 0, 0 };
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct blob b;
	char *s;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert(!utf8_valid(bad[i], strlen(bad[i])) && utf8_to_utf16(ctx, bad[i], &b) == -EILSEQ);
	assert(!utf8_to_utf16(ctx, "aä€😀", &b) && b.len == 10);
	s = utf16_to_utf8(ctx, b);
	assert(s && !strcmp(s, "aä€😀"));
	assert(!utf16_to_utf8(ctx, (struct blob){ b.data, 9 }));
	assert(!utf16_to_utf8(ctx, (struct blob){ lone, 4 }));
	assert(!utf16_to_utf8(ctx, (struct blob){ swapped, 4 }));
	assert(!utf16_to_utf8(ctx, (struct blob){ nul, 4 }));
	assert(!utf8_casecmp("ÄÖ", "äö") && utf8_casecmp("a", "b") < 0 && utf8_casecmp("ab", "a") > 0);
	assert(utf8_casecmp("\xff", "\xfe") > 0 && !utf8_casecmp("\xff", "\xff"));
	talloc_free(ctx);
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");
	char path[256];

	snprintf(path, sizeof(path), "%s/pw.XXXXXX", tmp ? tmp : "/tmp");
	assert(mkdtemp(path));
	strcat(path, "/db");
	assert(!crypto_init());
	comments_stay_where_they_are(path);
	good_files_are_read();
	bad_lines_are_named();
	every_prefix_of_a_line_is_refused();
	written_files_are_read_back(path);
	open_files_are_refused(path);
	writers_wait_for_each_other(path);
	unix_accounts_are_found();
	texts_convert_strictly();
	puts("daemon_passdb: ok");
	return 0;
}
