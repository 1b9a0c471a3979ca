// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * upcall/record_print.c - a record as a line of JSON, RFC 8259
 *
 * Not by jansson, which builds a tree of each object, and writes some controls in another form
 * than the lines have always had.  What does not apply to an object is left out.
 */
#include "record.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define FIELD_MAX	96	/* octets of what put() writes at a time, terminator included */

__attribute__((format(printf, 2, 3)))
static void put(struct bytes_out *out, const char *format, ...)
{
	char text[FIELD_MAX];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0 || n >= FIELD_MAX)
		out->bad = true;
	else
		bytes_put(out, text, (size_t)n);
}

static void put_char(struct bytes_out *out, uint8_t c)
{
	if (c == '"' || c == '\\')
		put(out, "\\%c", c);
	else if (c < 0x20 || c == 0x7f)
		put(out, "\\u%04x", c);
	else
		bytes_put(out, &c, 1);
}

/* Never first in an object.  @text is legal UTF-8: what must be escaped of it is ASCII. */
static void put_text(struct bytes_out *out, const char *name, const char *text)
{
	put(out, ",\"%s\":\"", name);
	for (; *text; text++)
		put_char(out, (uint8_t)*text);
	put(out, "\"");
}

static void put_bool(struct bytes_out *out, const char *name, bool value)
{
	put(out, ",\"%s\":%s", name, value ? "true" : "false");
}

static void put_connection(struct bytes_out *out, const struct record *rec)
{
	const struct csrv_up_connection *c = &rec->connection;

	put(out, "\"connection\":%" PRIu64, (uint64_t)c->id);
	put_text(out, "client", rec->client);
	if (c->dialect)
		put(out, ",\"dialect\":\"0x%04x\",\"cipher\":%u,\"signing\":%u", c->dialect,
		    c->cipher, c->signing);
	put(out, ",\"age\":%u,\"idle\":%u", c->age, c->idle);
}

/* How the client has authenticated, "" before it has. */
static const char *auth_name(const struct csrv_up_session *s)
{
	if (!(s->flags & CSRV_STATUS_LOGGED_ON))
		return "";
	if (s->identity & CSRV_ID_ANONYMOUS)
		return "anonymous";
	return s->identity & CSRV_ID_GUEST ? "guest" : "user";
}

static void put_session(struct bytes_out *out, const struct record *rec)
{
	static const char *const states[] = {
		[CSRV_STATUS_IN_PROGRESS] = "in progress", [CSRV_STATUS_VALID] = "valid",
		[CSRV_STATUS_EXPIRED] = "expired", [CSRV_STATUS_DEAD] = "dead",
	};
	const struct csrv_up_session *s = &rec->session;

	put(out, "\"session\":\"0x%016" PRIx64 "\"", (uint64_t)s->id);
	put_text(out, "user", rec->user);
	put_text(out, "domain", rec->domain);
	put_text(out, "client", rec->client);
	put(out, ",\"state\":\"%s\",\"auth\":\"%s\"", states[s->state], auth_name(s));
	put(out, ",\"dialect\":\"0x%04x\"", s->dialect);
	put_bool(out, "guest", s->identity & CSRV_ID_GUEST);
	put_bool(out, "encrypted", s->flags & CSRV_STATUS_ENCRYPTED);
	put_bool(out, "signed", s->flags & CSRV_STATUS_SIGNED);
	if (s->flags & CSRV_STATUS_LOGGED_ON)
		put(out, ",\"cipher\":%u,\"signing\":%u", s->cipher, s->signing);
	put(out, ",\"channels\":%u,\"opens\":%u", s->channels, s->opens);
	put(out, ",\"created\":%" PRIu64, (uint64_t)s->created);
}

static void put_path(struct bytes_out *out, uint32_t flags, const char *path)
{
	if (flags & CSRV_STATUS_HAS_PATH)
		put_text(out, "path", path);
}

static void put_tree(struct bytes_out *out, const struct record *rec)
{
	const struct csrv_up_tree *t = &rec->tree;

	put(out, "\"session\":\"0x%016" PRIx64 "\",\"tree\":%u", (uint64_t)t->session, t->id);
	put_text(out, "share", rec->share);
	put_bool(out, "read_only", t->flags & CSRV_STATUS_READ_ONLY);
	put_bool(out, "encrypted", t->flags & CSRV_STATUS_ENCRYPTED);
	put_bool(out, "admin", t->flags & CSRV_STATUS_ADMIN);
	put_path(out, t->flags, rec->path);
	put(out, ",\"created\":%" PRIu64, (uint64_t)t->created);
}

/* "lease", and a letter for each of what it caches, as others write it. */
static void put_lease(struct bytes_out *out, uint32_t lease)
{
	put(out, ",\"oplock\":\"lease%s%s%s%s\"", lease ? " " : "",
	    lease & CSRV_STATUS_LEASE_READ ? "R" : "", lease & CSRV_STATUS_LEASE_WRITE ? "W" : "",
	    lease & CSRV_STATUS_LEASE_HANDLE ? "H" : "");
}

static void put_open(struct bytes_out *out, const struct record *rec)
{
	static const char *const oplocks[] = {
		[CSRV_STATUS_OPLOCK_NONE] = "none", [CSRV_STATUS_OPLOCK_II] = "level II",
		[CSRV_STATUS_OPLOCK_EXCLUSIVE] = "exclusive", [CSRV_STATUS_OPLOCK_BATCH] = "batch",
	};
	const struct csrv_up_open *o = &rec->open;

	put(out, "\"open\":\"0x%016" PRIx64 "\",", (uint64_t)o->id);
	put(out, "\"session\":\"0x%016" PRIx64 "\"", (uint64_t)o->session);
	put_text(out, "user", rec->user);
	put_text(out, "share", rec->share);
	put_text(out, "name", rec->name);
	put_path(out, o->flags, rec->path);
	put(out, ",\"access\":\"0x%08x\",\"share_mode\":%u", o->access, o->share_mode);
	if (o->oplock == CSRV_STATUS_OPLOCK_LEASE)
		put_lease(out, o->lease);
	else
		put(out, ",\"oplock\":\"%s\"", oplocks[o->oplock]);
	put_bool(out, "breaking", o->flags & CSRV_STATUS_BREAKING);
	put(out, ",\"locks\":%u", o->locks);
	put_bool(out, "directory", o->flags & CSRV_STATUS_DIRECTORY);
	put_bool(out, "disconnected", o->flags & CSRV_STATUS_DISCONNECTED);
	if (o->flags & CSRV_STATUS_DISCONNECTED)
		put(out, ",\"left\":%u", o->left);
	put(out, ",\"tree\":%u,\"created\":%" PRIu64, o->tree, (uint64_t)o->created);
}

static void put_admitted(struct bytes_out *out, const struct record *rec)
{
	put(out, "\"session\":\"0x%016" PRIx64 "\"", (uint64_t)rec->admitted.session);
	put_text(out, "share", rec->share);
}

size_t record_print(const struct record *rec, char line[RECORD_LINE])
{
	static void (*const put_list[])(struct bytes_out *out, const struct record *rec) = {
		[CSRV_STATUS_CONNECTIONS] = put_connection, [CSRV_STATUS_SESSIONS] = put_session,
		[CSRV_STATUS_TREES] = put_tree, [CSRV_STATUS_OPENS] = put_open,
		[CSRV_STATUS_ADMITTED] = put_admitted,
	};
	struct bytes_out out = bytes_out((uint8_t *)line, RECORD_LINE);

	put(&out, "{");
	put_list[rec->what](&out, rec);
	put(&out, "}\n");
	bytes_put_zero(&out, 1);
	return out.bad ? 0 : bytes_written(&out) - 1;
}
