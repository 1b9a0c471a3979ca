// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/lists.c - snapshots of the running server for the RPC services */
#include "lists.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "../rpc/budget.h"
#include "../util/protocol.h"
#include "../util/utf.h"
#include "running.h"
#include "status.h"

/* Granted access bits, [MS-SMB2] 2.2.13.1.1, that make up PERM_FILE_* of [MS-SRVS] 2.2.2.6. */
#define ACCESS_READS	0x80000021u	/* read data, execute; GENERIC_READ */
#define ACCESS_WRITES	0x40000006u	/* write or append data; GENERIC_WRITE */
#define PERM_FILE_READ	1
#define PERM_FILE_WRITE	2

/* The session with that id, by its index in a snapshot's list. */
struct session_id {
	uint64_t id;
	size_t at;
};

/* A list of a snapshot.  With an error it is not available. */
struct list {
	TALLOC_CTX *mem;		/* parent of its entries and texts */
	size_t octets;			/* of those; talloc's own are not counted */
	size_t n;			/* entries */
	int error;
};

/* One snapshot */
struct snapshot {
	struct running *running;
	struct list sessions, conns, files;
	struct rpc_session *session;
	struct session_id *id;		/* one each; sorted once all are there */
	struct rpc_conn *conn;		/* with texts of the sessions */
	struct rpc_file *file;
	bool has_opens;
	uint64_t usec;
};

/* The shares with `access based share enum` that admit one session. */
struct admitted {
	uint64_t session;
	struct list list;
	const char **share;		/* sorted once all are there */
	uint64_t usec;			/* 0: not all are there */
};

struct lists {
	struct upcall *up;
	char *root;
	size_t max;
	struct rpc_env env;
	struct snapshot *now;		/* for services; NULL before the first */
	struct snapshot *next;		/* being taken */
	struct admitted *admitted[LISTS_ADMITTED];	/* the latest first; NULL: none */
	struct status_request *request;
	lists_fn fn;
	void *fn_priv;
};

static struct snapshot *snapshot_new(TALLOC_CTX *ctx)
{
	struct snapshot *s = talloc_zero(ctx, struct snapshot);

	if (!s)
		return NULL;
	/* -EAGAIN: not asked for yet. */
	s->sessions = (struct list){ .mem = talloc_new(s), .error = -EAGAIN };
	s->conns = (struct list){ .mem = talloc_new(s), .error = -EAGAIN };
	s->files = (struct list){ .mem = talloc_new(s), .error = -EAGAIN };
	if (!s->sessions.mem || !s->conns.mem || !s->files.mem)
		TALLOC_FREE(s);
	return s;
}

/* The list is complete, or not available: the part that came is of no use then. */
static void list_end(struct list *list, int error)
{
	list->error = error;
	if (!error)
		return;
	TALLOC_FREE(list->mem);
	list->n = 0;
}

/* The last of an array of @list->n entries, which is grown by one; NULL without memory. */
static void *grow(struct list *list, void **array, size_t size)
{
	size_t last = list->n - 1;
	void *grown = *array;

	if (last % 64 == 0)
		grown = talloc_realloc_size(list->mem, *array, (last + 64) * size);
	if (!grown)
		return NULL;
	*array = grown;
	list->octets += size;
	return memset((char *)grown + last * size, 0, size);
}

/* 0; -ENOMEM for a text that could not be made; -EFBIG beyond the list's limit. */
static int count_text(const struct lists *l, struct list *list, const char *text)
{
	if (!text)
		return -ENOMEM;
	list->octets += strlen(text) + 1;
	return list->octets > l->max ? -EFBIG : 0;
}

static uint32_t clamp_u32(uint64_t v)
{
	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

/* Seconds since an object was made; 0 where that is unknown. */
static uint32_t age(uint64_t created)
{
	return created >= FILETIME_SECOND ? clamp_u32(filetime_age(created)) : 0;
}

static int add_session(void *priv, const struct record *rec)
{
	struct lists *l = priv;
	struct snapshot *s = l->next;
	struct list *list = &s->sessions;
	struct session_id *id;
	struct rpc_session *se;
	char dialect[16];
	int r;

	list->n++;
	se = grow(list, (void **)&s->session, sizeof(*se));
	id = se ? grow(list, (void **)&s->id, sizeof(*id)) : NULL;
	if (!id)
		return -ENOMEM;
	*id = (struct session_id){ rec->session.id, list->n - 1 };
	se->client = talloc_strdup(list->mem, rec->client);
	se->user = talloc_strdup(list->mem, rec->user);
	se->client_type = talloc_asprintf(list->mem, "SMB %s",
					  dialect_text(rec->session.dialect, dialect));
	se->opens = rec->session.opens;
	se->active_secs = age(rec->session.created);
	se->guest = rec->session.identity & CSRV_ID_GUEST;
	r = count_text(l, list, se->client);
	if (!r)
		r = count_text(l, list, se->user);
	return r ? r : count_text(l, list, se->client_type);
}

static int by_id(const void *a, const void *b)
{
	uint64_t x = ((const struct session_id *)a)->id, y = ((const struct session_id *)b)->id;

	return x < y ? -1 : x > y;
}

/* The session that a tree belongs to; it may have ended between the two lists. */
static const struct rpc_session *session_of(const struct snapshot *s, uint64_t session)
{
	static const struct rpc_session gone = { .client = "", .user = "" };
	const struct session_id key = { .id = session }, *id = NULL;

	if (s->sessions.n)
		id = bsearch(&key, s->id, s->sessions.n, sizeof(key), by_id);
	return id ? &s->session[id->at] : &gone;
}

static int add_conn(void *priv, const struct record *rec)
{
	struct lists *l = priv;
	struct snapshot *s = l->next;
	struct list *list = &s->conns;
	const struct rpc_session *session;
	struct rpc_conn *c;

	list->n++;
	c = grow(list, (void **)&s->conn, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->id = rec->tree.id;
	c->users = 1;
	c->active_secs = age(rec->tree.created);
	session = session_of(s, rec->tree.session);
	c->user = session->user;
	c->client = session->client;
	c->share = talloc_strdup(list->mem, rec->share);
	c->type = strcasecmp(rec->share, "IPC$") ? RPC_STYPE_DISKTREE : RPC_STYPE_IPC;
	return count_text(l, list, c->share);
}

static int add_file(void *priv, const struct record *rec)
{
	struct lists *l = priv;
	struct list *list = &l->next->files;
	struct rpc_file *f;
	int r;

	list->n++;
	f = grow(list, (void **)&l->next->file, sizeof(*f));
	if (!f)
		return -ENOMEM;
	f->id = (uint32_t)rec->open.id;
	f->access = (rec->open.access & ACCESS_READS ? PERM_FILE_READ : 0) |
		    (rec->open.access & ACCESS_WRITES ? PERM_FILE_WRITE : 0);
	f->locks = rec->open.locks;
	f->path = talloc_asprintf(list->mem, "%s/%s", rec->share, rec->name);
	f->user = talloc_strdup(list->mem, rec->user);
	r = count_text(l, list, f->path);
	return r ? r : count_text(l, list, f->user);
}

static void publish(struct lists *l)
{
	struct snapshot *s = TAKE_PTR(l->next);

	for (size_t i = 0; s->running && i < s->conns.n; i++) {
		struct rpc_share *sh = running_find(s->running, s->conn[i].share);

		if (sh)
			sh->current_users++;
	}
	s->usec = upcall_now(l->up);
	talloc_free(l->now);
	l->now = s;
	l->fn(l->fn_priv);
}

static void on_opens(void *priv, int error)
{
	struct lists *l = priv;

	l->request = NULL;
	list_end(&l->next->files, error);
	publish(l);
}

static const struct status_events opens_events = { add_file, on_opens };

static void on_trees(void *priv, int error)
{
	struct lists *l = priv;
	struct snapshot *s = l->next;

	l->request = NULL;
	list_end(&s->conns, error);
	if (!error && s->has_opens)
		l->request = status_ask(l->up->status, l, CSRV_STATUS_OPENS, 0, &opens_events, l);
	if (!l->request)
		publish(l);
}

static const struct status_events trees_events = { add_conn, on_trees };

static void on_sessions(void *priv, int error)
{
	struct lists *l = priv;
	struct snapshot *s = l->next;

	l->request = NULL;
	list_end(&s->sessions, error);
	if (s->sessions.n)
		qsort(s->id, s->sessions.n, sizeof(*s->id), by_id);
	if (!error)
		l->request = status_ask(l->up->status, l, CSRV_STATUS_TREES, 0, &trees_events, l);
	if (!l->request)
		publish(l);
}

static const struct status_events sessions_events = { add_session, on_sessions };

bool lists_fresh(const struct lists *l, bool opens)
{
	return l->now && upcall_now(l->up) - l->now->usec < LISTS_FRESH_USEC &&
	       (!opens || l->now->has_opens);
}

bool lists_busy(const struct lists *l)
{
	return l->next || l->request;
}

bool lists_refresh(struct lists *l, bool opens, lists_fn fn, void *priv)
{
	if (lists_busy(l))
		return false;
	l->next = snapshot_new(l);
	if (!l->next)
		return false;
	l->next->running = running_read(l->next, l->root);
	l->next->has_opens = opens;
	l->fn = fn;
	l->fn_priv = priv;
	l->request = status_ask(l->up->status, l, CSRV_STATUS_SESSIONS, 0, &sessions_events, l);
	if (l->request)
		return true;
	talloc_free(TAKE_PTR(l->next));
	return false;
}

static int add_admitted(void *priv, const struct record *rec)
{
	struct lists *l = priv;
	struct admitted *a = l->admitted[0];
	const char **share;

	if (rec->admitted.session != a->session)
		return -EBADMSG;
	a->list.n++;
	share = grow(&a->list, (void **)&a->share, sizeof(*share));
	if (!share)
		return -ENOMEM;
	*share = talloc_strdup(a->list.mem, rec->share);
	return count_text(l, &a->list, *share);
}

static int by_share(const void *a, const void *b)
{
	return utf8_casecmp(*(const char *const *)a, *(const char *const *)b);
}

static void on_admitted(void *priv, int error)
{
	struct lists *l = priv;
	struct admitted *a = l->admitted[0];

	l->request = NULL;
	list_end(&a->list, error);
	if (a->list.n)
		qsort(a->share, a->list.n, sizeof(*a->share), by_share);
	a->usec = upcall_now(l->up);
	l->fn(l->fn_priv);
}

static const struct status_events admitted_events = { add_admitted, on_admitted };

/* What is known of the session, and recent; NULL: nothing. */
static const struct admitted *admitted_find(const struct lists *l, uint64_t session)
{
	const struct admitted *a;

	for (size_t i = 0; i < LISTS_ADMITTED; i++) {
		a = l->admitted[i];
		if (a && a->session == session && a->usec)
			return upcall_now(l->up) - a->usec < LISTS_FRESH_USEC ? a : NULL;
	}
	return NULL;
}

void lists_forget(struct lists *l, uint64_t session)
{
	for (size_t i = 0; i < LISTS_ADMITTED; i++)
		if (l->admitted[i] && l->admitted[i]->session == session && l->admitted[i]->usec)
			TALLOC_FREE(l->admitted[i]);
}

/* Takes the first place; the last one's is given up. */
static struct admitted *admitted_new(struct lists *l, uint64_t session)
{
	struct admitted *a = talloc_zero(l, struct admitted);

	if (!a)
		return NULL;
	a->session = session;
	a->list = (struct list){ .mem = talloc_new(a), .error = -EAGAIN };
	if (!a->list.mem)
		TALLOC_FREE(a);
	if (!a)
		return NULL;
	lists_forget(l, session);
	talloc_free(l->admitted[LISTS_ADMITTED - 1]);
	memmove(l->admitted + 1, l->admitted, sizeof(l->admitted) - sizeof(l->admitted[0]));
	l->admitted[0] = a;
	return a;
}

bool lists_admit(struct lists *l, uint64_t session, lists_fn fn, void *priv)
{
	if (lists_busy(l) || !l->now || !l->now->running || !l->now->running->has_abe)
		return false;
	if (admitted_find(l, session) || !admitted_new(l, session))
		return false;
	l->fn = fn;
	l->fn_priv = priv;
	l->request = status_ask(l->up->status, l, CSRV_STATUS_ADMITTED, session,
				&admitted_events, l);
	return l->request;
}

static bool env_admits(void *priv, uint64_t session, const char *share)
{
	const struct admitted *a = admitted_find(priv, session);

	return a && a->list.n && bsearch(&share, a->share, a->list.n, sizeof(share), by_share);
}

static int env_server_info(void *priv, struct rpc_server_info *info)
{
	const struct lists *l = priv;

	if (!l->now || !l->now->running)
		return -EAGAIN;
	*info = l->now->running->info;
	info->logged_on_users = clamp_u32(l->now->sessions.n);
	return 0;
}

static int env_shares(void *priv, rpc_share_fn fn, void *arg)
{
	const struct lists *l = priv;
	int r = 0;

	if (!l->now || !l->now->running)
		return -EAGAIN;
	for (size_t i = 0; !r && i < l->now->running->nshares; i++)
		r = fn(&l->now->running->shares[i], arg);
	return r;
}

static int env_sessions(void *priv, rpc_session_fn fn, void *arg)
{
	const struct lists *l = priv;
	int r = l->now ? l->now->sessions.error : -EAGAIN;

	for (size_t i = 0; !r && i < l->now->sessions.n; i++)
		r = fn(&l->now->session[i], arg);
	return r;
}

static int env_files(void *priv, rpc_file_fn fn, void *arg)
{
	const struct lists *l = priv;
	int r = l->now ? l->now->files.error : -EAGAIN;

	for (size_t i = 0; !r && i < l->now->files.n; i++)
		r = fn(&l->now->file[i], arg);
	return r;
}

static int env_conns(void *priv, rpc_conn_fn fn, void *arg)
{
	const struct lists *l = priv;
	int r = l->now ? l->now->conns.error : -EAGAIN;

	for (size_t i = 0; !r && i < l->now->conns.n; i++)
		r = fn(&l->now->conn[i], arg);
	return r;
}

struct lists *lists_new(TALLOC_CTX *ctx, struct upcall *up, const char *root, size_t max)
{
	struct lists *l = talloc_zero(ctx, struct lists);

	if (!l)
		return NULL;
	l->up = up;
	l->root = talloc_strdup(l, root);
	l->max = max;
	l->env = (struct rpc_env){
		.priv = l, .server_info = env_server_info, .shares = env_shares,
		.admits = env_admits,
		.sessions = env_sessions, .files = env_files, .conns = env_conns,
	};
	l->env.budget = rpc_budget_new(l, UPCALL_MAX_PIPES * RPC_CLAIM_LEAST);
	if (l->root && l->env.budget)
		return l;
	talloc_free(l);
	return NULL;
}

const struct rpc_env *lists_rpc_env(const struct lists *l)
{
	return &l->env;
}
