// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * model/status.c - lists for "cifsadmin status": one JSON object a line
 *
 * A page starts after @cursor and holds whole lines.  Text that clients chose is
 * escaped here; what it means is not looked at.
 */
#include <linux/jiffies.h>
#include <linux/seq_buf.h>
#include <linux/string_helpers.h>

#include "../upcall/uapi.h"
#include "conn.h"
#include "open.h"
#include "server.h"
#include "session.h"
#include "share.h"

struct page_out {
	struct seq_buf	buf;
	size_t		kept;	/* bytes of whole lines */
};

/* A JSON string of UTF-8 that may hold anything. */
static void put_text(struct seq_buf *b, const char *s)
{
	seq_buf_printf(b, "%c", '"');
	for (; *s; s++) {
		unsigned char ch = *s;

		if (ch == '"' || ch == '\\')
			seq_buf_printf(b, "\\%c", ch);
		else if (ch < 0x20 || ch == 0x7f)
			seq_buf_printf(b, "\\u%04x", ch);
		else
			seq_buf_printf(b, "%c", ch);
	}
	seq_buf_printf(b, "%c", '"');
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
	seq_buf_printf(b, ",\"state\":\"%s\",\"guest\":%s,\"dialect\":\"0x%04x\",\"encrypted\":%s",
		       session_state_name(s->state),
		       id && (id->flags & CSRV_ID_GUEST) ? "true" : "false", s->dialect,
		       s->encrypt ? "true" : "false");
	seq_buf_printf(b, ",\"channels\":%u,\"opens\":%d,\"created\":%llu", s->nchannels,
		       csrv_session_nopens(s), s->created);
	mutex_unlock(&s->lock);
	return line_end(p);
}

/* The session's trees from id @from on; @from is past those that fitted. */
static bool put_trees(struct page_out *p, struct csrv_session *s, unsigned long *from)
{
	unsigned long index = *from;
	struct csrv_tree *tree;
	bool ok = true;

	while (ok && (tree = csrv_tree_next(s, &index))) {
		seq_buf_printf(&p->buf, "{\"session\":\"0x%016llx\",\"tree\":%u,\"share\":", s->id,
			       tree->id);
		put_text(&p->buf, tree->share->name);
		seq_buf_printf(&p->buf, ",\"read_only\":%s,\"created\":%llu",
			       tree->read_only ? "true" : "false", tree->created);
		ok = line_end(p);
		csrv_tree_put(tree);
		if (ok)
			*from = index;
	}
	return ok;
}

/* The session in the table at @index or the next one, with a reference, or NULL. */
static struct csrv_session *session_at(struct csrv_server *srv, unsigned long *index)
{
	struct csrv_session *s;

	xa_lock(&srv->sessions);
	s = xa_find(&srv->sessions, index, ULONG_MAX, XA_PRESENT);
	if (s)
		csrv_session_get(s);
	xa_unlock(&srv->sessions);
	return s;
}

/*
 * The cursor: place of a session in the high half, id of its tree to go on with in the low
 * one.  The trees of one session may fill pages.
 */
static u64 list_trees(struct csrv_server *srv, u64 cursor, struct page_out *p)
{
	unsigned long first = cursor >> 32, index, from;
	struct csrv_session *s;
	bool ok;

	for (index = first; (s = session_at(srv, &index)); index++) {
		from = index == first ? (u32)cursor : 0;
		ok = put_trees(p, s, &from);
		csrv_session_put(s);
		if (!ok && from > U32_MAX)
			return (u64)(index + 1) << 32;
		if (!ok)
			return (u64)index << 32 | from;
	}
	return 0;
}

static u64 list_sessions(struct csrv_server *srv, u64 cursor, struct page_out *p)
{
	unsigned long index = cursor + 1;
	struct csrv_session *s;
	bool ok;

	for (; (s = session_at(srv, &index)); index++) {
		ok = put_session(p, s);
		csrv_session_put(s);
		if (!ok)
			return index - 1;
	}
	return 0;
}

static bool put_open(struct page_out *p, struct csrv_open *o)
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL);
	const char *name = o->pipe_name;

	if (!name && buf && o->path.dentry) {
		name = csrv_vfs_path_name(&o->cfg->root, &o->path, buf, PATH_MAX);
		if (IS_ERR(name))
			name = "?";
	}
	seq_buf_printf(&p->buf, "{\"open\":\"0x%016llx\",\"session\":\"0x%016llx\",\"user\":",
		       o->persistent_id, o->session_id);
	put_text(&p->buf, o->identity->user);
	seq_buf_printf(&p->buf, ",\"share\":");
	put_text(&p->buf, o->tree->share->name);
	seq_buf_printf(&p->buf, ",\"name\":");
	put_text(&p->buf, name ?: "?");
	seq_buf_printf(&p->buf, ",\"access\":\"0x%08x\",\"share_mode\":%u", o->access, o->share);
	seq_buf_printf(&p->buf, ",\"locks\":%d,\"directory\":%s", atomic_read(&o->nlocks),
		       o->is_dir ? "true" : "false");
	kfree(buf);
	return line_end(p);
}

static u64 list_opens(struct csrv_server *srv, u64 cursor, struct page_out *p)
{
	unsigned long index = cursor;
	struct csrv_open *o;
	bool ok = true;

	while (ok) {
		index++;
		xa_lock(&srv->opens);
		o = xa_find(&srv->opens, &index, ULONG_MAX, XA_PRESENT);
		if (o && !kref_get_unless_zero(&o->ref))
			o = NULL;
		xa_unlock(&srv->opens);
		if (!o)
			return 0;
		ok = put_open(p, o);
		csrv_open_put_later(o);
	}
	return index - 1;
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
