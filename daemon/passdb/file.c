// SPDX-License-Identifier: GPL-2.0-or-later
/* passdb/file.c - cifspwd.db: accounts, and hashes of their passwords */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include "../util/crypto.h"
#include "../util/file.h"
#include "../util/grow.h"
#include "../util/text.h"
#include "../util/utf.h"

#define PASSDB_HEADING	"# cifssrv accounts, see cifspwd.db(5).  Change with cifsadmin(8)."
#define FIELDS	4		/* name:flags:hash:changed */

static int wipe_entry(struct passdb_entry *e)
{
	explicit_bzero(e->hash, sizeof(e->hash));
	return 0;
}

struct passdb *passdb_new(TALLOC_CTX *ctx)
{
	return talloc_zero(ctx, struct passdb);
}

static int file_error(struct passdb_error *err, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int file_error(struct passdb_error *err, unsigned int line, const char *fmt, ...)
{
	va_list ap;

	err->line = line;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

bool passdb_name_ok(const char *name)
{
	size_t len = strlen(name);

	if (!len || len > PASSDB_MAX_NAME || !utf8_valid(name, len))
		return false;
	if (name[0] == '#' || name[0] == '.' || name[0] == ' ' || name[len - 1] == ' ')
		return false;
	for (const char *p = name; *p; p++)
		if ((uint8_t)*p < 0x20 || *p == 0x7f || strchr(":/\\@", *p))
			return false;
	return true;
}

/* Index of @name, or of the first entry behind it. */
static size_t entry_position(const struct passdb *db, const char *name, bool *found)
{
	size_t lo = 0, hi = db->n;

	*found = false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int cmp = utf8_casecmp(db->entries[mid]->name, name);

		if (!cmp) {
			*found = true;
			return mid;
		}
		if (cmp < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct passdb_entry *passdb_find(const struct passdb *db, const char *name)
{
	bool found;
	size_t at = entry_position(db, name, &found);

	return found ? db->entries[at] : NULL;
}

static int add_line(struct passdb *db, struct passdb_entry *e, char *text)
{
	struct passdb_line *grown = array_grow(db, db->lines, struct passdb_line, db->nlines);

	if (!grown)
		return -ENOMEM;
	db->lines = grown;
	grown[db->nlines++] = (struct passdb_line){ .entry = e, .text = text };
	return 0;
}

/* Takes @e over, also on failure. */
static int insert_entry(struct passdb *db, struct passdb_entry *e)
{
	struct passdb_entry **grown;
	bool found;
	size_t at = entry_position(db, e->name, &found);

	if (found) {
		talloc_free(e);
		return -EEXIST;
	}
	grown = array_grow(db, db->entries, struct passdb_entry *, db->n);
	if (grown)
		db->entries = grown;
	if (!grown || add_line(db, e, NULL) < 0) {
		talloc_free(e);
		return -ENOMEM;
	}
	memmove(&grown[at + 1], &grown[at], (db->n - at) * sizeof(*grown));
	grown[at] = talloc_steal(db, e);
	db->n++;
	return 0;
}

static struct passdb_entry *entry_new(struct passdb *db, const char *name)
{
	struct passdb_entry *e = talloc_zero(db, struct passdb_entry);

	if (!e)
		return NULL;
	talloc_set_destructor(e, wipe_entry);
	e->name = talloc_strdup(e, name);
	if (e->name)
		return e;
	talloc_free(e);
	return NULL;
}

int passdb_add(struct passdb *db, const char *name, const uint8_t hash[PASSDB_HASH_LEN],
	       int64_t now)
{
	struct passdb_entry *e;

	if (!passdb_name_ok(name))
		return -EINVAL;
	e = entry_new(db, name);
	if (!e)
		return -ENOMEM;
	memcpy(e->hash, hash, PASSDB_HASH_LEN);
	e->changed = now;
	return insert_entry(db, e);
}

static void remove_line(struct passdb *db, const struct passdb_entry *e)
{
	size_t at = 0;

	while (at < db->nlines && db->lines[at].entry != e)
		at++;
	if (at == db->nlines)
		return;
	memmove(&db->lines[at], &db->lines[at + 1], (db->nlines - at - 1) * sizeof(*db->lines));
	db->nlines--;
}

int passdb_remove(struct passdb *db, const char *name)
{
	bool found;
	size_t at = entry_position(db, name, &found);

	if (!found)
		return -ENOENT;
	remove_line(db, db->entries[at]);
	talloc_free(db->entries[at]);
	db->n--;
	memmove(&db->entries[at], &db->entries[at + 1], (db->n - at) * sizeof(*db->entries));
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool passdb_hash_parse(const char *s, uint8_t hash[PASSDB_HASH_LEN])
{
	if (strlen(s) != 2 * PASSDB_HASH_LEN)
		return false;
	for (size_t i = 0; i < PASSDB_HASH_LEN; i++) {
		int hi = hex_digit(s[2 * i]), lo = hex_digit(s[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		hash[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

static bool parse_flags(const char *s, struct passdb_entry *e)
{
	if (!strcmp(s, "-"))
		return true;
	e->disabled = !strcmp(s, "D");
	return e->disabled;
}

static bool parse_time(const char *s, int64_t *ret)
{
	*ret = 0;
	if (!*s || strlen(s) > 18)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		*ret = *ret * 10 + (*s - '0');
	}
	return true;
}

/* Splits @line in place; false unless there are exactly FIELDS fields. */
static bool split_fields(char *line, char *fields[FIELDS])
{
	for (int i = 0; i < FIELDS; i++) {
		fields[i] = line;
		line = strchr(line, ':');
		if (!line)
			return i == FIELDS - 1;
		*line++ = 0;
	}
	return false;
}

static int parse_line(struct passdb *db, char *line, unsigned int number, struct passdb_error *err)
{
	struct passdb_entry *e;
	char *field[FIELDS];
	int r;

	if (!split_fields(line, field))
		return file_error(err, number, "not of the form name:flags:hash:time");
	if (!passdb_name_ok(field[0]))
		return file_error(err, number, "not a legal account name");
	e = entry_new(db, field[0]);
	if (!e)
		return -ENOMEM;
	/* The hash never goes into a message. */
	if (!parse_flags(field[1], e))
		r = file_error(err, number, "unknown flags: legal are \"-\" and \"D\"");
	else if (!passdb_hash_parse(field[2], e->hash))
		r = file_error(err, number, "the hash is not %d hexadecimal digits",
			       2 * PASSDB_HASH_LEN);
	else if (!parse_time(field[3], &e->changed))
		r = file_error(err, number, "the time is not a number of seconds");
	else
		r = 0;
	if (r) {
		talloc_free(e);
		return r;
	}
	r = insert_entry(db, e);
	return r == -EEXIST ? file_error(err, number, "an account of this name stands above") : r;
}

static int keep_text(struct passdb *db, const char *line)
{
	char *text = talloc_strdup(db, line);

	return text ? add_line(db, NULL, text) : -ENOMEM;
}

static int parse_text(struct passdb *db, char *text, size_t len, struct passdb_error *err)
{
	unsigned int number = 0;
	char *line, *next;
	int r;

	if (memchr(text, 0, len))
		return file_error(err, 0, "contains a NUL octet: not a text file");
	for (line = text; line && *line; line = next) {
		number++;
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		if (!*line || *line == '#')
			r = keep_text(db, line);
		else
			r = parse_line(db, line, number, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int passdb_parse(TALLOC_CTX *ctx, struct blob text, struct passdb **ret, struct passdb_error *err)
{
	_cleanup_(talloc_freep) struct passdb *db = passdb_new(ctx);
	char *copy;
	int r;

	*err = (struct passdb_error){};
	if (!db)
		return -ENOMEM;
	copy = talloc_array(db, char, text.len + 1);
	if (!copy)
		return -ENOMEM;
	if (text.len)
		memcpy(copy, text.data, text.len);
	copy[text.len] = 0;
	r = parse_text(db, copy, text.len, err);
	explicit_bzero(copy, text.len);
	talloc_free(copy);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(db);
	return 0;
}

static int check_file(const struct stat *st, struct passdb_error *err)
{
	int r = 0;

	if (!S_ISREG(st->st_mode))
		r = file_error(err, 0, "is not a regular file");
	else if (st->st_uid != 0 && st->st_uid != geteuid())
		r = file_error(err, 0, "belongs to uid %u, not to root", st->st_uid);
	else if (st->st_mode & 077)
		r = file_error(err, 0, "is open to others (mode %04o): chmod 0600 it",
			       st->st_mode & 07777);
	else if (st->st_size > PASSDB_MAX_FILE)
		return file_error(err, 0, "is larger than %d bytes", PASSDB_MAX_FILE);
	return r ? -EPERM : 0;
}

static int read_whole(int fd, uint8_t *buf, size_t len, size_t *got)
{
	for (*got = 0; *got < len;) {
		ssize_t n = read(fd, buf + *got, len - *got);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			break;
		if (n > 0)
			*got += (size_t)n;
	}
	return 0;
}

static int load_fd(TALLOC_CTX *ctx, int fd, struct passdb **ret, struct passdb_error *err)
{
	uint8_t *buf;
	struct stat st;
	size_t got;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	r = check_file(&st, err);
	if (r < 0)
		return r;
	buf = talloc_array(ctx, uint8_t, (size_t)st.st_size + 1);
	if (!buf)
		return -ENOMEM;
	r = read_whole(fd, buf, (size_t)st.st_size, &got);
	if (r == 0)
		r = passdb_parse(ctx, (struct blob){ buf, got }, ret, err);
	explicit_bzero(buf, (size_t)st.st_size);
	talloc_free(buf);
	return r;
}

int passdb_load(TALLOC_CTX *ctx, const char *path, struct passdb **ret, struct passdb_error *err)
{
	_cleanup_(closep) int fd = -1;
	int r;

	*err = (struct passdb_error){};
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT) {
		*ret = passdb_new(ctx);
		return *ret ? 0 : -ENOMEM;
	}
	r = fd < 0 ? -errno : load_fd(ctx, fd, ret, err);
	if (r < 0 && !err->text[0])
		file_error(err, 0, r == -EACCES ? "%s: only root may read it" : "%s", strerror(-r));
	return r;
}

static bool same_entry(const struct passdb_entry *a, const struct passdb_entry *b)
{
	return !strcmp(a->name, b->name) && a->disabled == b->disabled &&
	       !memcmp(a->hash, b->hash, sizeof(a->hash));
}

bool passdb_same(const struct passdb *a, const struct passdb *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!same_entry(a->entries[i], b->entries[i]))
			return false;
	return true;
}

int passdb_hash_password(const char *password, uint8_t hash[PASSDB_HASH_LEN])
{
	struct blob utf16;
	int r;

	r = utf8_to_utf16(NULL, password, &utf16);
	if (r < 0)
		return r;
	r = crypto_md4(utf16, hash);
	explicit_bzero((void *)utf16.data, utf16.len);
	talloc_free((void *)utf16.data);
	return r;
}

int passdb_lock(const char *path)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	_cleanup_(talloc_freep) char *name = talloc_asprintf(NULL, "%s.lock", path);
	_cleanup_(closep) int fd = -1;

	if (!name)
		return -ENOMEM;
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	while (fcntl(fd, F_OFD_SETLKW, &lock) < 0)
		if (errno != EINTR)
			return -errno;
	return TAKE_FD(fd);
}

/* Most octets of an account's line. */
#define ENTRY_MAX	(PASSDB_MAX_NAME + 2 * PASSDB_HASH_LEN + 32)

static size_t print_entry(char *out, const struct passdb_entry *e)
{
	int n = sprintf(out, "%s:%s:", e->name, e->disabled ? "D" : "-");

	for (size_t i = 0; i < PASSDB_HASH_LEN; i++)
		n += sprintf(out + n, "%02X", e->hash[i]);
	n += sprintf(out + n, ":%" PRId64 "\n", e->changed);
	return (size_t)n;
}

/*
 * Prints the whole file; the text is wiped when it is freed.  The buffer has its final size from
 * the start: one that grows, as one of stdio, would leave hashes in freed memory.
 */
char *passdb_print(const struct passdb *db, size_t *len)
{
	size_t size = sizeof(PASSDB_HEADING);
	char *text;

	for (size_t i = 0; i < db->nlines; i++)
		size += db->lines[i].entry ? ENTRY_MAX : strlen(db->lines[i].text) + 1;
	text = talloc_array(NULL, char, size + 1);
	if (!text)
		return NULL;
	text_is_secret(text);
	*len = 0;
	if (!db->nlines || db->lines[0].entry)
		*len = (size_t)sprintf(text, "%s\n", PASSDB_HEADING);
	for (size_t i = 0; i < db->nlines; i++)
		*len += db->lines[i].entry ? print_entry(text + *len, db->lines[i].entry) :
			(size_t)sprintf(text + *len, "%s\n", db->lines[i].text);
	return text;
}

int passdb_save(const struct passdb *db, const char *path)
{
	size_t len;
	_cleanup_(talloc_freep) char *text = passdb_print(db, &len);

	return text ? replace_private(path, text, len) : -ENOMEM;
}
