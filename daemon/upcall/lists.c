// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/lists.c - snapshots of the running server for the RPC services */
#include "lists.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "../rpc/budget.h"
#include "../util/protocol.h"
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

/* One snapshot; arrays are talloc children of it.  A list with an error is not available. */
struct snapshot {
	struct running *running;
	struct rpc_session *sessions;
	size_t nsessions;
	struct session_id *ids;		/* sorted once all are there */
	size_t nids;
	struct rpc_conn *conns;
	size_t nconns;
	struct rpc_file *files;
	size_t nfiles;
	bool has_opens;
	int sessions_error, conns_error, files_error;
	uint64_t usec;
};

struct lists {
	struct upcall *up;
	char *root;
	struct rpc_env env;
	struct snapshot *now;		/* for services; NULL before the first */
	struct snapshot *next;		/* being taken */
	struct status_request *request;
	lists_fn fn;
	void *fn_priv;
};

/* Grows an array of a snapshot by one; NULL without memory. */
static void *grow(struct snapshot *s, void **array, size_t *n, size_t size)
{
	void *grown = *array;

	if (*n % 64 == 0)
		grown = talloc_realloc_size(s, *array, (*n + 64) * size);
	if (!grown)
		return NULL;
	*array = grown;
	memset((char *)grown + *n * size, 0, size);
	return (char *)grown + (*n)++ * size;
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
	struct snapshot *s = ((struct lists *)priv)->next;
	struct rpc_session *se = grow(s, (void **)&s->sessions, &s->nsessions, sizeof(*se));
	struct session_id *id = se ? grow(s, (void **)&s->ids, &s->nids, sizeof(*id)) : NULL;
	char dialect[16];

	if (!id)
		return -ENOMEM;
	*id = (struct session_id){ rec->session.id, s->nsessions - 1 };
	se->client = talloc_strdup(s, rec->client);
	se->user = talloc_strdup(s, rec->user);
	se->client_type = talloc_asprintf(s, "SMB %s", dialect_text(rec->session.dialect, dialect));
	se->opens = rec->session.opens;
	se->active_secs = age(rec->session.created);
	se->guest = rec->session.identity & CSRV_ID_GUEST;
	return se->client && se->user && se->client_type ? 0 : -ENOMEM;
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

	if (s->nids)
		id = bsearch(&key, s->ids, s->nids, sizeof(key), by_id);
	return id ? &s->sessions[id->at] : &gone;
}

static int add_conn(void *priv, const struct record *rec)
{
	struct snapshot *s = ((struct lists *)priv)->next;
	struct rpc_conn *c = grow(s, (void **)&s->conns, &s->nconns, sizeof(*c));
	const struct rpc_session *session;

	if (!c)
		return -ENOMEM;
	c->id = rec->tree.id;
	c->users = 1;
	c->active_secs = age(rec->tree.created);
	session = session_of(s, rec->tree.session);
	c->user = session->user;
	c->client = session->client;
	c->share = talloc_strdup(s, rec->share);
	c->type = strcasecmp(rec->share, "IPC$") ? RPC_STYPE_DISKTREE : RPC_STYPE_IPC;
	return c->share ? 0 : -ENOMEM;
}

static int add_file(void *priv, const struct record *rec)
{
	struct snapshot *s = ((struct lists *)priv)->next;
	struct rpc_file *f = grow(s, (void **)&s->files, &s->nfiles, sizeof(*f));

	if (!f)
		return -ENOMEM;
	f->id = (uint32_t)rec->open.id;
	f->access = (rec->open.access & ACCESS_READS ? PERM_FILE_READ : 0) |
		    (rec->open.access & ACCESS_WRITES ? PERM_FILE_WRITE : 0);
	f->locks = rec->open.locks;
	f->path = talloc_asprintf(s, "%s/%s", rec->share, rec->name);
	f->user = talloc_strdup(s, rec->user);
	return f->path && f->user ? 0 : -ENOMEM;
}

static void publish(struct lists *l)
{
	struct snapshot *s = TAKE_PTR(l->next);

	for (size_t i = 0; s->running && i < s->nconns; i++) {
		struct rpc_share *sh = running_find(s->running, s->conns[i].share);

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
	struct snapshot *s = l->next;

	l->request = NULL;
	s->files_error = error;
	publish(l);
}

static const struct status_events opens_events = { add_file, on_opens };

static void on_trees(void *priv, int error)
{
	struct lists *l = priv;
	struct snapshot *s = l->next;

	l->request = NULL;
	s->conns_error = error;
	if (error)
		s->nconns = 0;
	if (!error && s->has_opens)
		l->request = status_ask(l->up->status, l, CSRV_STATUS_OPENS, &opens_events, l);
	if (!l->request)
		publish(l);
}

static const struct status_events trees_events = { add_conn, on_trees };

static void on_sessions(void *priv, int error)
{
	struct lists *l = priv;
	struct snapshot *s = l->next;

	l->request = NULL;
	s->sessions_error = error;
	if (error)
		s->nsessions = s->nids = 0;
	if (s->nids)
		qsort(s->ids, s->nids, sizeof(*s->ids), by_id);
	if (!error)
		l->request = status_ask(l->up->status, l, CSRV_STATUS_TREES, &trees_events, l);
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
	return l->next;
}

bool lists_refresh(struct lists *l, bool opens, lists_fn fn, void *priv)
{
	if (l->next)
		return false;
	l->next = talloc_zero(l, struct snapshot);
	if (!l->next)
		return false;
	l->next->running = running_read(l->next, l->root);
	l->next->has_opens = opens;
	/* -EAGAIN: not asked for yet. */
	l->next->sessions_error = l->next->conns_error = l->next->files_error = -EAGAIN;
	l->fn = fn;
	l->fn_priv = priv;
	l->request = status_ask(l->up->status, l, CSRV_STATUS_SESSIONS, &sessions_events, l);
	if (l->request)
		return true;
	talloc_free(TAKE_PTR(l->next));
	return false;
}

static int env_server_info(void *priv, struct rpc_server_info *info)
{
	const struct lists *l = priv;

	if (!l->now || !l->now->running)
		return -EAGAIN;
	*info = l->now->running->info;
	info->logged_on_users = clamp_u32(l->now->nsessions);
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
	int r = l->now ? l->now->sessions_error : -EAGAIN;

	for (size_t i = 0; !r && i < l->now->nsessions; i++)
		r = fn(&l->now->sessions[i], arg);
	return r;
}

static int env_files(void *priv, rpc_file_fn fn, void *arg)
{
	const struct lists *l = priv;
	int r = l->now ? l->now->files_error : -EAGAIN;

	for (size_t i = 0; !r && i < l->now->nfiles; i++)
		r = fn(&l->now->files[i], arg);
	return r;
}

static int env_conns(void *priv, rpc_conn_fn fn, void *arg)
{
	const struct lists *l = priv;
	int r = l->now ? l->now->conns_error : -EAGAIN;

	for (size_t i = 0; !r && i < l->now->nconns; i++)
		r = fn(&l->now->conns[i], arg);
	return r;
}

struct lists *lists_new(TALLOC_CTX *ctx, struct upcall *up, const char *root)
{
	struct lists *l = talloc_zero(ctx, struct lists);

	if (!l)
		return NULL;
	l->up = up;
	l->root = talloc_strdup(l, root);
	l->env = (struct rpc_env){
		.priv = l, .server_info = env_server_info, .shares = env_shares,
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
