// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * server/status.c - lists for "cifsadmin status": a record of upcall/uapi.h per object
 *
 * A page starts after @cursor and holds whole records.  Text that clients chose is copied as it
 * is: the daemon, which prints it, makes it fit to be shown.
 */
#include <linux/dcache.h>
#include <linux/jiffies.h>

#include "../client/conn.h"
#include "../client/session.h"
#include "../client/tree.h"
#include "../core/server.h"
#include "../policy/rights.h"
#include "../policy/share.h"
#include "../store/detached.h"
#include "../store/file.h"
#include "../store/lease.h"
#include "../store/open.h"
#include "../upcall/uapi.h"
#include "life.h"

/* A page that holds nothing has room for any record: a list ends. */
static_assert(sizeof(struct csrv_up_connection) + CSRV_UP_MAX_NAME <= CSRV_STATUS_MAX_RECORD);
static_assert(sizeof(struct csrv_up_session) + 3 * CSRV_UP_MAX_NAME <= CSRV_STATUS_MAX_RECORD);
static_assert(sizeof(struct csrv_up_tree) + CSRV_UP_MAX_NAME + CSRV_UP_MAX_PATH <=
	      CSRV_STATUS_MAX_RECORD);
static_assert(sizeof(struct csrv_up_open) + 2 * CSRV_UP_MAX_NAME + 2 * CSRV_UP_MAX_PATH <=
	      CSRV_STATUS_MAX_RECORD);
static_assert(sizeof(struct csrv_up_admitted) + CSRV_UP_MAX_NAME <= CSRV_STATUS_MAX_RECORD);
static_assert(CSRV_STATUS_MAX_RECORD <= CSRV_STATUS_MAX_PAGE);

/**
 * struct page_out - a page in the making
 * @buf: its bytes
 * @size: of @buf
 * @used: bytes written
 * @full: something did not fit
 */
struct page_out {
	u8	*buf;
	size_t	size;
	size_t	used;
	bool	full;
};

/* Room for a record's fixed part, @fixed bytes, which record_end() fills; returns its place. */
static size_t record_begin(struct page_out *p, size_t fixed)
{
	size_t at = p->used;

	p->full |= fixed > p->size - p->used;
	if (!p->full)
		p->used += fixed;
	return at;
}

/* A part of the record: @text, or its first @max bytes.  Returns the bytes. */
static u16 put_text(struct page_out *p, const char *text, size_t max)
{
	size_t len = strnlen(text, max);

	p->full |= len > p->size - p->used;
	if (!p->full) {
		memcpy(p->buf + p->used, text, len);
		p->used += len;
	}
	return len;
}

static u16 put_name(struct page_out *p, const char *name)
{
	return put_text(p, name, CSRV_UP_MAX_NAME);
}

/* The parts are written: put the fixed part, @rec, before them.  False: it does not fit. */
static bool record_end(struct page_out *p, size_t at, const void *rec, size_t fixed)
{
	u32 len = p->used - at;

	if (p->full) {
		p->used = at;
		return false;
	}
	memcpy(p->buf + at, rec, fixed);
	memcpy(p->buf + at, &len, sizeof(len));	/* the first member of each */
	return true;
}

/* Its path as seen from the machine's root; "" where that is not known. */
static u16 put_path(struct page_out *p, const struct path *path, char *buf)
{
	char *text = buf && path->dentry ? d_path(path, buf, PATH_MAX) : "";

	return put_text(p, IS_ERR(text) ? "" : text, CSRV_UP_MAX_PATH);
}

static bool put_conn(struct page_out *p, struct csrv_conn *conn)
{
	struct csrv_up_connection rec = {
		.id	= conn->id,
		.age	= jiffies_to_msecs(jiffies - conn->since) / 1000,
		.idle	= jiffies_to_msecs(jiffies - READ_ONCE(conn->active)) / 1000,
	};
	size_t at = record_begin(p, sizeof(rec));

	/* Before that a NEGOTIATE may be writing it, and afterwards the connection ends. */
	if (csrv_conn_state(conn) == CSRV_CONN_NEGOTIATED) {
		rec.dialect = conn->nego.dialect;
		rec.cipher = conn->nego.cipher;
		rec.signing = conn->nego.signing_alg;
	}
	rec.client_len = put_name(p, conn->peer);
	return record_end(p, at, &rec, sizeof(rec));
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

static u32 session_state(enum csrv_session_state state)
{
	switch (state) {
	case CSRV_SESSION_IN_PROGRESS:
		return CSRV_STATUS_IN_PROGRESS;
	case CSRV_SESSION_VALID:
		return CSRV_STATUS_VALID;
	case CSRV_SESSION_EXPIRED:
		return CSRV_STATUS_EXPIRED;
	case CSRV_SESSION_DEAD:
		break;
	}
	return CSRV_STATUS_DEAD;
}

/* What stands only once a user has logged on. */
static void fill_logged_on(struct csrv_up_session *rec, const struct csrv_session *s)
	__must_hold(&s->lock)
{
	lockdep_assert_held(&s->lock);
	rec->flags |= CSRV_STATUS_LOGGED_ON;
	rec->identity = s->identity->flags & (CSRV_ID_GUEST | CSRV_ID_ANONYMOUS);
	rec->cipher = s->seal_out ? s->cipher : 0;
	rec->signing = s->signing_alg;
}

static void fill_session(struct csrv_up_session *rec, struct csrv_session *s)
	__must_hold(&s->lock)
{
	lockdep_assert_held(&s->lock);
	rec->id = s->id;
	rec->created = s->created;
	rec->channels = s->nchannels;
	rec->opens = csrv_session_nopens(s);
	rec->state = session_state(s->state);
	rec->dialect = s->dialect;
	rec->flags = (s->encrypt ? CSRV_STATUS_ENCRYPTED : 0) |
		     (s->signing_required ? CSRV_STATUS_SIGNED : 0);
	if (s->identity)
		fill_logged_on(rec, s);
}

static bool put_session(struct page_out *p, struct csrv_session *s)
{
	struct csrv_up_session rec = {};
	size_t at = record_begin(p, sizeof(rec));
	const struct csrv_identity *id;
	struct csrv_channel *ch;

	mutex_lock(&s->lock);
	fill_session(&rec, s);
	id = s->identity;
	ch = list_first_entry_or_null(&s->channels, struct csrv_channel, node);
	rec.user_len = put_name(p, id ? id->user : "");
	rec.domain_len = put_name(p, id ? id->domain : "");
	rec.client_len = put_name(p, ch ? ch->conn->peer : "");
	mutex_unlock(&s->lock);
	return record_end(p, at, &rec, sizeof(rec));
}

static bool put_tree(struct page_out *p, const struct csrv_session *s, struct csrv_tree *tree,
		     char *buf)
{
	struct csrv_rights *r = csrv_tree_rights(tree);
	struct csrv_up_tree rec = {
		.flags	 = (r->read_only ? CSRV_STATUS_READ_ONLY : 0) |
			   (r->encrypt || s->encrypt ? CSRV_STATUS_ENCRYPTED : 0) |
			   (r->admin ? CSRV_STATUS_ADMIN : 0) |
			   (tree->share->ipc ? 0 : CSRV_STATUS_HAS_PATH),
		.session = s->id,
		.created = tree->created,
		.id	 = tree->id,
	};
	size_t at = record_begin(p, sizeof(rec));

	rec.share_len = put_name(p, csrv_rights_name(r));
	if (!tree->share->ipc)
		rec.path_len = put_path(p, &r->cfg->root.path, buf);
	csrv_rights_put(r);
	return record_end(p, at, &rec, sizeof(rec));
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

static u32 oplock_of(const struct csrv_open *o, u8 held)
{
	static const u8 oplocks[] = {
		[CSRV_CACHE_NONE]	= CSRV_STATUS_OPLOCK_NONE,
		[CSRV_CACHE_II]		= CSRV_STATUS_OPLOCK_II,
		[CSRV_CACHE_EXCLUSIVE]	= CSRV_STATUS_OPLOCK_EXCLUSIVE,
		[CSRV_CACHE_BATCH]	= CSRV_STATUS_OPLOCK_BATCH,
	};

	return o->lease ? CSRV_STATUS_OPLOCK_LEASE : oplocks[held];
}

/* Both have the bits of [MS-SMB2] 2.2.13.2.8. */
static_assert((int)CSRV_STATUS_LEASE_READ == CSRV_CACHE_R &&
	      (int)CSRV_STATUS_LEASE_HANDLE == CSRV_CACHE_H &&
	      (int)CSRV_STATUS_LEASE_WRITE == CSRV_CACHE_W);

/* What it keeps from others: oplock or lease, locks granted, and those that it waits for. */
static void fill_holds(struct csrv_up_open *rec, struct csrv_open *o)
{
	const struct csrv_holder *h = csrv_open_holder(o);

	rec->locks = atomic_read(&o->nlocks);
	if (!o->file)
		return;
	mutex_lock(&o->file->lock);
	rec->oplock = oplock_of(o, h->cache.held);
	rec->lease = o->lease ? h->cache.held : 0;
	if (h->cache.state == CSRV_CACHE_IS_BREAKING)
		rec->flags |= CSRV_STATUS_BREAKING;
	mutex_unlock(&o->file->lock);
}

/* An open that waits for its client has no session. */
static void fill_left(struct csrv_up_open *rec, const struct csrv_open *o)
{
	long left = csrv_detached_left(o);

	if (left < 0)
		return;
	rec->flags |= CSRV_STATUS_DISCONNECTED;
	rec->session = 0;
	rec->tree = 0;
	rec->left = left / 1000;
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
	struct csrv_up_open rec = {
		.flags	 = (o->is_dir ? CSRV_STATUS_DIRECTORY : 0) |
			   (o->path.dentry ? CSRV_STATUS_HAS_PATH : 0),
		.id	 = o->persistent_id,
		.session = o->session_id,
		.created = o->created,
		.tree	 = o->tree_id,
		.access	 = o->access,
		.share_mode = o->share,
	};
	size_t at = record_begin(p, sizeof(rec));

	fill_left(&rec, o);
	fill_holds(&rec, o);
	rec.user_len = put_name(p, o->identity->user);
	rec.share_len = put_name(p, csrv_rights_name(o->rights));
	rec.name_len = put_text(p, open_name(o, buf), CSRV_UP_MAX_PATH);
	if (o->path.dentry)
		rec.path_len = put_path(p, &o->path, buf);
	return record_end(p, at, &rec, sizeof(rec));
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

static bool put_admitted(struct page_out *p, const struct csrv_session *s,
			 const struct csrv_share *share)
{
	struct csrv_up_admitted rec = { .session = s->id };
	size_t at = record_begin(p, sizeof(rec));

	rec.share_len = put_name(p, share->name);
	return record_end(p, at, &rec, sizeof(rec));
}

/* smb.conf(5) "access based share enum" */
static bool is_listed_by_access(struct csrv_share *share)
{
	struct csrv_share_cfg *cfg = csrv_share_cfg_get(share);
	bool is = cfg->p.access_based_enum;

	csrv_share_cfg_put(cfg);
	return is;
}

/* The cursor: number of the last share that was looked at. */
static u64 list_admitted(struct csrv_server *srv, u64 session, u64 cursor, struct page_out *p)
{
	struct csrv_session *s = csrv_session_find(srv, session);
	struct csrv_share *share = NULL;
	u64 next = 0;

	while (s && (share = csrv_share_next(srv, share, cursor))) {
		if (is_listed_by_access(share) && csrv_tree_would_connect(s, share) &&
		    !put_admitted(p, s, share)) {
			next = cursor;
			csrv_share_put_later(share);
			break;
		}
		cursor = share->number;
	}
	csrv_session_put(s);
	return next;
}

/* Places of sessions and opens in their tables have 32 bits. */
static bool is_asked_well(const struct csrv_up_status *ask)
{
	if (ask->session && ask->what != CSRV_STATUS_ADMITTED)
		return false;
	return ask->cursor <= U32_MAX ||
	       (ask->what != CSRV_STATUS_SESSIONS && ask->what != CSRV_STATUS_OPENS);
}

/**
 * csrv_status_list() - a page of one list, for CSRV_OP_STATUS
 * @priv: the struct csrv_server
 * @ask: the list, and where the last page ended; 0 to begin
 * @buf: for the records
 * @size: of @buf
 * @next: set to the next page's cursor, 0 at the end
 *
 * Takes srv->conn_lock, srv->names_lock, session->lock or file->lock, by the list.
 * Return: bytes, or -EINVAL for a list that is none.
 */
int csrv_status_list(void *priv, const struct csrv_up_status *ask, void *buf, size_t size,
		     u64 *next)
{
	struct csrv_server *srv = priv;
	struct page_out p = { .buf = buf, .size = size };

	if (!is_asked_well(ask))
		return -EINVAL;
	switch (ask->what) {
	case CSRV_STATUS_CONNECTIONS:
		*next = list_conns(srv, ask->cursor, &p);
		break;
	case CSRV_STATUS_SESSIONS:
		*next = list_sessions(srv, ask->cursor, &p);
		break;
	case CSRV_STATUS_TREES:
		*next = list_trees(srv, ask->cursor, &p);
		break;
	case CSRV_STATUS_OPENS:
		*next = list_opens(srv, ask->cursor, &p);
		break;
	case CSRV_STATUS_ADMITTED:
		*next = list_admitted(srv, ask->session, ask->cursor, &p);
		break;
	default:
		return -EINVAL;
	}
	return p.used;
}
