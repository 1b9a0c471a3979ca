// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * server/status.c - lists for "cifsadmin status": one JSON object a line
 *
 * A page starts after @cursor and holds whole lines.  Text that clients chose is
 * escaped here; what it means is not looked at.  A line is no longer than the protocol says
 * (upcall/README.md): text that would be is cut.
 */
#include <linux/dcache.h>
#include <linux/jiffies.h>
#include <linux/seq_buf.h>
#include <linux/string_helpers.h>

#include "../client/conn.h"
#include "../client/session.h"
#include "../client/tree.h"
#include "../core/server.h"
#include "../policy/rights.h"
#include "../policy/share.h"
#include "../store/file.h"
#include "../store/open.h"
#include "../upcall/uapi.h"
#include "../wire/utf16.h"
#include "life.h"

/* Of what one object may have as text, escaped: four names and two paths fill less than 8 KiB. */
#define NAME_BYTES	384
#define PATH_BYTES	2800

struct page_out {
	struct seq_buf	buf;
	size_t		kept;	/* bytes of whole lines */
};

/* One character of a JSON string, @len bytes at @at; returns the bytes that it has become. */
static size_t put_char(struct seq_buf *b, s32 ch, const char *at, int len)
{
	if (ch == WIRE_UTF_BAD) {	/* names on disk need not be UTF-8: U+FFFD */
		seq_buf_printf(b, "\xef\xbf\xbd");
		return 3;
	}
	if (ch == '"' || ch == '\\') {
		seq_buf_printf(b, "\\%c", (char)ch);
		return 2;
	}
	if (ch < 0x20 || ch == 0x7f) {
		seq_buf_printf(b, "\\u%04x", ch);
		return 6;
	}
	seq_buf_printf(b, "%.*s", len, at);
	return len;
}

/* @s, which may hold anything, as a JSON string of about @max bytes; with … if it is cut. */
static void put_string(struct seq_buf *b, const char *s, size_t max)
{
	const char *end = s + strlen(s), *at;
	size_t n = 0;
	s32 ch;

	seq_buf_printf(b, "%c", '"');
	while (s < end && n < max) {
		at = s;
		ch = csrv_utf8_next(&s, end);
		n += put_char(b, ch, at, s - at);
	}
	if (s < end)
		seq_buf_printf(b, "\xe2\x80\xa6");
	seq_buf_printf(b, "%c", '"');
}

static void put_text(struct seq_buf *b, const char *s)
{
	put_string(b, s, NAME_BYTES);
}

static void put_bool(struct seq_buf *b, const char *name, bool value)
{
	seq_buf_printf(b, ",\"%s\":%s", name, value ? "true" : "false");
}

/* Its path as seen from the machine's root; "" where that is not known. */
static void put_path(struct seq_buf *b, const struct path *path, char *buf)
{
	char *text = buf && path->dentry ? d_path(path, buf, PATH_MAX) : "";

	seq_buf_printf(b, ",\"path\":");
	put_string(b, IS_ERR(text) ? "" : text, PATH_BYTES);
}

/* The line is complete: keep it if it fitted. */
static bool line_end(struct page_out *p)
{
	seq_buf_printf(&p->buf, "}\n");
	if (seq_buf_has_overflowed(&p->buf))
		return false;
	p->kept = seq_buf_used(&p->buf);
	return true;
}

static bool put_conn(struct page_out *p, struct csrv_conn *conn)
{
	struct seq_buf *b = &p->buf;

	seq_buf_printf(b, "{\"connection\":%llu,\"client\":", conn->id);
	put_text(b, conn->peer);
	/* Before that a NEGOTIATE may be writing it, and afterwards the connection ends. */
	if (csrv_conn_state(conn) == CSRV_CONN_NEGOTIATED)
		seq_buf_printf(b, ",\"dialect\":\"0x%04x\",\"cipher\":%u,\"signing\":%u",
			       conn->nego.dialect, conn->nego.cipher, conn->nego.signing_alg);
	seq_buf_printf(b, ",\"age\":%u,\"idle\":%u",
		       jiffies_to_msecs(jiffies - conn->since) / 1000,
		       jiffies_to_msecs(jiffies - READ_ONCE(conn->active)) / 1000);
	return line_end(p);
}

static u64 list_conns(struct csrv_server *srv, u64 cursor, struct page_out *p)
{
	struct csrv_conn *conn;
	u64 next = 0, last = cursor;

	spin_lock(&srv->conn_lock);
	list_for_each_entry(conn, &srv->conns, node) {
		if (conn->id <= cursor)
			continue;
		if (!put_conn(p, conn)) {
			next = last;
			break;
		}
		last = conn->id;
	}
	spin_unlock(&srv->conn_lock);
	return next;
}

static const char *session_state_name(enum csrv_session_state state)
{
	switch (state) {
	case CSRV_SESSION_IN_PROGRESS:
		return "in progress";
	case CSRV_SESSION_VALID:
		return "valid";
	case CSRV_SESSION_EXPIRED:
		return "expired";
	case CSRV_SESSION_DEAD:
		break;
	}
	return "dead";
}

/* How the client has authenticated, "" before it has. */
static const char *auth_name(const struct csrv_identity *id)
{
	if (!id)
		return "";
	if (id->flags & CSRV_ID_ANONYMOUS)
		return "anonymous";
	return id->flags & CSRV_ID_GUEST ? "guest" : "user";
}

static void put_session_keys(struct seq_buf *b, const struct csrv_session *s)
	__must_hold(&s->lock)
{
	lockdep_assert_held(&s->lock);
	put_bool(b, "encrypted", s->encrypt);
	put_bool(b, "signed", s->signing_required);
	/* What stands only once a user has logged on. */
	if (s->identity)
		seq_buf_printf(b, ",\"cipher\":%u,\"signing\":%u", s->seal_out ? s->cipher : 0,
			       s->signing_alg);
}

static bool put_session(struct page_out *p, struct csrv_session *s)
{
	struct csrv_channel *ch;
	struct seq_buf *b = &p->buf;
	const struct csrv_identity *id;

	mutex_lock(&s->lock);
	id = s->identity;
	ch = list_first_entry_or_null(&s->channels, struct csrv_channel, node);
	seq_buf_printf(b, "{\"session\":\"0x%016llx\",\"user\":", s->id);
	put_text(b, id ? id->user : "");
	seq_buf_printf(b, ",\"domain\":");
	put_text(b, id ? id->domain : "");
	seq_buf_printf(b, ",\"client\":");
	put_text(b, ch ? ch->conn->peer : "");
	seq_buf_printf(b, ",\"state\":\"%s\",\"auth\":\"%s\",\"dialect\":\"0x%04x\"",
		       session_state_name(s->state), auth_name(id), s->dialect);
	put_bool(b, "guest", id && (id->flags & CSRV_ID_GUEST));
	put_session_keys(b, s);
	seq_buf_printf(b, ",\"channels\":%u,\"opens\":%d,\"created\":%llu", s->nchannels,
		       csrv_session_nopens(s), s->created);
	mutex_unlock(&s->lock);
	return line_end(p);
}

static bool put_tree(struct page_out *p, const struct csrv_session *s, struct csrv_tree *tree,
		     char *buf)
{
	struct csrv_rights *r = csrv_tree_rights(tree);
	struct seq_buf *b = &p->buf;

	seq_buf_printf(b, "{\"session\":\"0x%016llx\",\"tree\":%u,\"share\":", s->id, tree->id);
	put_text(b, csrv_rights_name(r));
	put_bool(b, "read_only", r->read_only);
	put_bool(b, "encrypted", r->encrypt || s->encrypt);
	put_bool(b, "admin", r->admin);
	if (!tree->share->ipc)
		put_path(b, &r->cfg->root.path, buf);
	seq_buf_printf(b, ",\"created\":%llu", tree->created);
	csrv_rights_put(r);
	return line_end(p);
}

/* The session's trees from id @from on; @from is past those that fitted. */
static bool put_trees(struct page_out *p, struct csrv_session *s, unsigned long *from, char *buf)
{
	unsigned long index = *from;
	struct csrv_tree *tree;
	bool ok = true;

	while (ok && (tree = csrv_tree_next(s, &index))) {
		ok = put_tree(p, s, tree, buf);
		csrv_tree_put(tree);
		if (ok)
			*from = index;
	}
	return ok;
}

/*
 * The cursor: place of a session in the high half, id of its tree to continue with in the low
 * one.  The trees of one session may fill pages.
 */
static u64 list_trees(struct csrv_server *srv, u64 cursor, struct page_out *p)
{
	unsigned long first = cursor >> 32, index = first, from;
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL);
	struct csrv_session *s;
	u64 next = 0;
	bool ok = true;

	while (ok && (s = csrv_session_next(srv, &index))) {
		from = index - 1 == first ? (u32)cursor : 0;
		ok = put_trees(p, s, &from, buf);
		csrv_session_put(s);
		if (!ok)
			next = from > U32_MAX ? (u64)index << 32 : (u64)(index - 1) << 32 | from;
	}
	kfree(buf);
	return next;
}

static u64 list_sessions(struct csrv_server *srv, u64 cursor, struct page_out *p)
{
	unsigned long index = cursor + 1;
	struct csrv_session *s;
	bool ok;

	while ((s = csrv_session_next(srv, &index))) {
		ok = put_session(p, s);
		csrv_session_put(s);
		if (!ok)
			return index - 2;	/* the one before it was the last that fitted */
	}
	return 0;
}

static const char *const oplock_names[] = {
	[CSRV_CACHE_NONE]	= "none",
	[CSRV_CACHE_II]		= "level II",
	[CSRV_CACHE_EXCLUSIVE]	= "exclusive",
	[CSRV_CACHE_BATCH]	= "batch",
};

/* What it keeps from others: oplock, locks that are granted, and those that it waits for. */
static void put_holds(struct seq_buf *b, struct csrv_open *o)
{
	bool breaking = false;
	u8 level = CSRV_CACHE_NONE;

	if (o->file) {
		mutex_lock(&o->file->lock);
		level = o->oplock.cache.held;
		breaking = o->oplock.cache.state == CSRV_CACHE_IS_BREAKING;
		mutex_unlock(&o->file->lock);
	}
	seq_buf_printf(b, ",\"oplock\":\"%s\"", oplock_names[level]);
	put_bool(b, "breaking", breaking);
	seq_buf_printf(b, ",\"locks\":%d", atomic_read(&o->nlocks));
}

/* Its name in the share, or that of a pipe; @buf: PATH_MAX bytes, or NULL */
static const char *open_name(const struct csrv_open *o, char *buf)
{
	const char *name = o->pipe_name;

	if (!name && buf && o->path.dentry)
		name = csrv_vfs_path_name(&o->cfg->root, &o->path, buf, PATH_MAX);
	return IS_ERR_OR_NULL(name) ? "?" : name;
}

static bool put_open(struct page_out *p, struct csrv_open *o, char *buf)
{
	struct seq_buf *b = &p->buf;

	seq_buf_printf(b, "{\"open\":\"0x%016llx\",\"session\":\"0x%016llx\",\"user\":",
		       o->persistent_id, o->session_id);
	put_text(b, o->identity->user);
	seq_buf_printf(b, ",\"share\":");
	put_text(b, csrv_rights_name(o->rights));
	seq_buf_printf(b, ",\"name\":");
	put_string(b, open_name(o, buf), PATH_BYTES);
	if (o->path.dentry)
		put_path(b, &o->path, buf);
	seq_buf_printf(b, ",\"access\":\"0x%08x\",\"share_mode\":%u", o->access, o->share);
	put_holds(b, o);
	put_bool(b, "directory", o->is_dir);
	seq_buf_printf(b, ",\"tree\":%u,\"created\":%llu", o->tree_id, o->created);
	return line_end(p);
}

static u64 list_opens(struct csrv_server *srv, u64 cursor, struct page_out *p)
{
	unsigned long index = cursor;
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL);
	struct csrv_open *o = NULL;
	bool ok = true;

	while (ok) {
		index++;
		xa_lock(&srv->opens);
		o = xa_find(&srv->opens, &index, ULONG_MAX, XA_PRESENT);
		if (o)
			kref_get(&o->ref);
		xa_unlock(&srv->opens);
		if (!o)
			break;
		ok = put_open(p, o, buf);
		csrv_open_put_later(o);
	}
	kfree(buf);
	return o ? index - 1 : 0;
}

/**
 * csrv_status_list() - a page of one list, for CSRV_OP_STATUS
 * @priv: the struct csrv_server
 * @what: enum csrv_up_status_what
 * @cursor: where the last page ended; 0 to begin
 * @buf: for the lines
 * @size: of @buf
 * @next: set to the next page's cursor, 0 at the end
 *
 * Takes srv->conn_lock, session->lock or file->lock, by the list.
 * Return: bytes, or -EINVAL for a list that is none.
 */
int csrv_status_list(void *priv, u32 what, u64 cursor, char *buf, size_t size, u64 *next)
{
	struct csrv_server *srv = priv;
	struct page_out p = {};

	/* Places of sessions and opens in their tables have 32 bits. */
	if (cursor > U32_MAX && (what == CSRV_STATUS_SESSIONS || what == CSRV_STATUS_OPENS))
		return -EINVAL;
	seq_buf_init(&p.buf, buf, size);
	switch (what) {
	case CSRV_STATUS_CONNECTIONS:
		*next = list_conns(srv, cursor, &p);
		break;
	case CSRV_STATUS_SESSIONS:
		*next = list_sessions(srv, cursor, &p);
		break;
	case CSRV_STATUS_TREES:
		*next = list_trees(srv, cursor, &p);
		break;
	case CSRV_STATUS_OPENS:
		*next = list_opens(srv, cursor, &p);
		break;
	default:
		return -EINVAL;
	}
	return p.kept;
}
