// SPDX-License-Identifier: GPL-2.0-or-later
/* names/names.c - the daemon's end: a queue of questions, and the helpers */
#include "names/names.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#include "names/proto.h"
#include "util/cleanup.h"

#define NAMES_ERRNO_MAX	4095

/*
 * A question.  Made by names_user() or names_group(), a child of their caller's context; in the
 * queue until it has an answer.  Ends with its answer, its time, or talloc_free().
 */
struct names_query {
	struct names *n;		/* NULL: freed */
	struct names_query *prev, *next;
	struct helper *helper;		/* that has the question */
	uint64_t id;			/* of a question with the relay, or 0 */
	sd_event_source *limit;
	uint32_t kind;
	char *name;
	int failed;			/* errno of the answer at the next turn of the loop */
	names_fn fn;
	void *priv;
};

/* A process.  Ended by helper_end(), which leaves it to the loop to reap it. */
struct helper {
	struct names *n;
	struct names_query *query;	/* NULL: idle */
	int fd;
	pid_t pid;			/* 0: reaped */
	sd_event_source *io, *child;
};

struct names {
	sd_event *event;
	struct names_query *first, *last;	/* all questions, the oldest first */
	size_t nqueries;
	struct helper *helper[NAMES_HELPERS_MAX];
	sd_event_source *idle;
	uint64_t limit;
	names_relay_fn relay;		/* NULL: helpers look up */
	void *relay_priv;
	uint64_t last_id;
	size_t nrelayed;		/* questions with the relay */
};

static void dispatch_queries(struct names *n);
static void helper_end(struct helper *h);

/* ---- questions ---- */

static void unlink_query(struct names_query *q)
{
	struct names *n = q->n;

	if (!n)
		return;
	*(q->prev ? &q->prev->next : &n->first) = q->next;
	*(q->next ? &q->next->prev : &n->last) = q->prev;
	q->prev = q->next = NULL;
	q->n = NULL;
	n->nqueries--;
}

static void append_query(struct names *n, struct names_query *q)
{
	q->n = n;
	q->prev = n->last;
	*(n->last ? &n->last->next : &n->first) = q;
	n->last = q;
	n->nqueries++;
}

/* Removes the query from queue and helper; a helper that is looking it up is ended. */
static void query_detach(struct names_query *q)
{
	q->limit = sd_event_source_disable_unref(q->limit);
	if (q->helper)
		helper_end(q->helper);
	q->id = 0;
	unlink_query(q);
}

static int query_done(struct names_query *q)
{
	struct names *n = q->n;

	query_detach(q);
	if (n)
		dispatch_queries(n);
	return 0;
}

static void query_finish(struct names_query *q, int error, const struct nss_account *acc)
{
	static const struct nss_account none = { .home = "", .group = "" };
	names_fn fn = q->fn;
	void *priv = q->priv;

	if (error || !acc)
		acc = &none;
	/* The callback may free the parent of the query, so the query is freed first. */
	talloc_free(q);
	fn(priv, error, acc);
}

/* ---- helpers ---- */

/*
 * The process has ended, though another may have inherited its socket; its pid is no longer valid.
 */
static int on_reaped(sd_event_source *source, const siginfo_t *si, void *userdata)
{
	struct helper *h = userdata;
	struct names_query *q = h ? h->query : NULL;
	struct names *n = h ? h->n : NULL;

	(void)si;
	if (!h)
		return self_reaped(source);
	h->pid = 0;
	helper_end(h);
	if (q)
		query_detach(q);
	dispatch_queries(n);
	if (q)
		query_finish(q, -EPIPE, NULL);
	return 0;
}

/* Ends a helper without waiting.  The caller finishes its query, if any. */
static void helper_end(struct helper *h)
{
	h->io = sd_event_source_disable_unref(h->io);
	close(h->fd);
	self_end(h->pid, h->child);
	if (h->query)
		h->query->helper = NULL;
	for (size_t i = 0; i < NAMES_HELPERS_MAX; i++)
		if (h->n->helper[i] == h)
			h->n->helper[i] = NULL;
	talloc_free(h);
}

static bool text_ok(const char *text, size_t len, size_t max)
{
	return len <= max && !memchr(text, 0, len);
}

static bool is_errno(int32_t error)
{
	return error < 0 && error >= -NAMES_ERRNO_MAX;
}

/* Checks and decodes a helper's answer; all memory is under @ctx. */
static int decode_answer(TALLOC_CTX *ctx, const char *buf, size_t len, struct nss_account *acc)
{
	const char *at = buf + sizeof(struct names_answer);
	struct names_answer a;
	size_t groups_len;

	*acc = (struct nss_account){ .home = "", .group = "" };
	if (len < sizeof(a))
		return -EBADMSG;
	memcpy(&a, buf, sizeof(a));
	if (a.error)
		return is_errno(a.error) && len == sizeof(a) ? a.error : -EBADMSG;
	if (a.ngroups > NSS_MAX_GROUPS || a.home_len > NAMES_HOME_MAX ||
	    a.group_len > NAMES_NAME_MAX)
		return -EBADMSG;
	groups_len = a.ngroups * sizeof(uint32_t);
	if (len != sizeof(a) + groups_len + a.home_len + a.group_len ||
	    !text_ok(at + groups_len, a.home_len, NAMES_HOME_MAX) ||
	    !text_ok(at + groups_len + a.home_len, a.group_len, NAMES_NAME_MAX))
		return -EBADMSG;
	acc->id = (struct nss_identity){ .uid = a.uid, .gid = a.gid, .ngroups = a.ngroups };
	acc->id.groups = talloc_memdup(ctx, at, groups_len);
	acc->home = talloc_strndup(ctx, at + groups_len, a.home_len);
	acc->group = talloc_strndup(ctx, at + groups_len + a.home_len, a.group_len);
	return (acc->id.groups || !groups_len) && acc->home && acc->group ? 0 : -ENOMEM;
}

static int on_answer(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	_cleanup_(talloc_freep) TALLOC_CTX *ctx = talloc_new(NULL);
	struct helper *h = userdata;
	struct names *n = h->n;
	struct names_query *q = h->query;
	static char buf[NAMES_ANSWER_MAX + 1];
	struct nss_account acc = { .home = "", .group = "" };
	ssize_t len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
	int r;

	(void)source;
	(void)events;
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	r = len <= 0 ? -EPIPE : ctx ? decode_answer(ctx, buf, (size_t)len, &acc) : -ENOMEM;
	h->query = NULL;
	if (q)
		q->helper = NULL;
	if (len <= 0 || r == -EBADMSG)
		helper_end(h);
	if (q)
		query_detach(q);
	/* Before the callback, which may free @n. */
	dispatch_queries(n);
	if (q)
		query_finish(q, r, &acc);
	return 0;
}

static int helper_new(struct names *n, struct helper **ret)
{
	struct helper *h = talloc_zero(n, struct helper);
	int r;

	if (!h)
		return -ENOMEM;
	h->n = n;
	r = names_spawn(&h->fd);
	if (r < 0) {
		talloc_free(h);
		return r;
	}
	h->pid = r;
	r = sd_event_add_child(n->event, &h->child, h->pid, WEXITED, on_reaped, h);
	/* An answer of the helper is read before its end. */
	if (r >= 0)
		r = sd_event_source_set_priority(h->child, SD_EVENT_PRIORITY_NORMAL + 1);
	if (r >= 0)
		r = sd_event_add_io(n->event, &h->io, h->fd, EPOLLIN, on_answer, h);
	if (r < 0) {
		helper_end(h);
		return r;
	}
	sd_event_source_set_description(h->child, "names-helper");
	sd_event_source_set_description(h->io, "names-answer");
	*ret = h;
	return 0;
}

/*
 * An idle helper, or a new one; NULL with @error 0 while all are busy, else with the errno of a new
 * one.
 */
static struct helper *free_helper(struct names *n, int *error)
{
	struct helper **slot = NULL;
	bool busy = false;

	for (size_t i = 0; i < NAMES_HELPERS_MAX; i++) {
		struct helper *h = n->helper[i];

		if (h && !h->query)
			return h;
		busy |= h != NULL;
		if (!h && !slot)
			slot = &n->helper[i];
	}
	*error = slot ? helper_new(n, slot) : 0;
	if (slot && !*error)
		return *slot;
	if (busy)
		*error = 0;
	return NULL;
}

static int send_question(struct helper *h, const struct names_query *q)
{
	struct names_question msg = { .kind = q->kind };
	size_t len = strlen(q->name);

	memcpy(msg.name, q->name, len);
	len += offsetof(struct names_question, name);
	return send(h->fd, &msg, len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len ? 0 : -EPIPE;
}

/* ---- time ---- */

/* The helper hangs: the next question gets another one. */
static int on_limit(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct names_query *q = userdata;
	struct names *n = q->n;
	int error = q->failed ? q->failed : -ETIMEDOUT;

	(void)source;
	(void)usec;
	query_detach(q);
	dispatch_queries(n);
	query_finish(q, error, NULL);
	return 0;
}

/* Answers without a look-up, at the next turn of the loop. */
static void fail_soon(struct names_query *q, int error)
{
	q->failed = error;
	sd_event_source_set_time_relative(q->limit, 0);
}

static void arm_idle(struct names *n)
{
	bool some = false;

	for (size_t i = 0; i < NAMES_HELPERS_MAX; i++)
		some |= n->helper[i] != NULL;
	if (n->first || !some)
		return;
	sd_event_source_set_time_relative(n->idle, NAMES_IDLE_USEC);
	sd_event_source_set_enabled(n->idle, SD_EVENT_ONESHOT);
}

static int on_idle(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct names *n = userdata;

	(void)source;
	(void)usec;
	for (size_t i = 0; i < NAMES_HELPERS_MAX && !n->first; i++)
		if (n->helper[i])
			helper_end(n->helper[i]);
	return 0;
}

/* 1: a helper has the question; 0: all are busy; -errno: there can be no helper. */
static int assign_helper(struct names *n, struct names_query *q)
{
	int r = -EPIPE;

	for (int tries = 0; tries <= NAMES_HELPERS_MAX; tries++) {
		struct helper *h = free_helper(n, &r);

		if (!h)
			return r;
		r = send_question(h, q);
		if (r == 0) {
			h->query = q;
			q->helper = h;
			return 1;
		}
		/* The helper has ended while it was idle. */
		helper_end(h);
	}
	return r;
}

/* Likewise, through the relay. */
static int ask_relay(struct names *n, struct names_query *q)
{
	int r;

	if (n->nrelayed >= NAMES_RELAY_MAX)
		return 0;
	r = q->kind == NAMES_USER ? n->relay(n->relay_priv, ++n->last_id, q->name) : -EOPNOTSUPP;
	if (r < 0)
		return r;
	q->id = n->last_id;
	n->nrelayed++;
	return 1;
}

void names_relay_answer(struct names *n, uint64_t id, int error, const struct nss_account *acc)
{
	struct names_query *q;

	/* An answer to a question that was given up also frees a place at the relay. */
	if (n->nrelayed)
		n->nrelayed--;
	for (q = id ? n->first : NULL; q && q->id != id; q = q->next)
		;
	if (q)
		query_detach(q);
	/* Before the callback, which may free @n. */
	dispatch_queries(n);
	if (q)
		query_finish(q, error, acc);
}

/* Hands out questions, the oldest first, until all helpers are busy. */
static void dispatch_queries(struct names *n)
{
	for (struct names_query *q = n->first; q; q = q->next) {
		int r;

		if (q->helper || q->id || q->failed)
			continue;
		r = n->relay ? ask_relay(n, q) : assign_helper(n, q);
		if (r == 0)
			return;
		if (r < 0)
			fail_soon(q, r);
	}
	arm_idle(n);
}

/* ---- entry ---- */

static struct names_query *new_query(TALLOC_CTX *ctx, struct names *n, uint32_t kind,
				     const char *name)
{
	struct names_query *q = talloc_zero(ctx, struct names_query);
	size_t len = strlen(name);

	if (!q)
		return NULL;
	q->kind = kind;
	q->name = talloc_strdup(q, name);
	if (!q->name || sd_event_add_time_relative(n->event, &q->limit, CLOCK_MONOTONIC, n->limit,
						   0, on_limit, q) < 0) {
		talloc_free(q);
		return NULL;
	}
	sd_event_source_set_description(q->limit, "names-limit");
	append_query(n, q);
	talloc_set_destructor(q, query_done);
	if (!len || len > NAMES_NAME_MAX)	/* no system has such a name */
		fail_soon(q, -ENOENT);
	else if (n->nqueries > NAMES_QUEUE_MAX)
		fail_soon(q, -EBUSY);
	return q;
}

static struct names_query *ask_for(TALLOC_CTX *ctx, struct names *n, uint32_t kind,
				   const char *name, names_fn fn, void *priv)
{
	struct names_query *q = new_query(ctx, n, kind, name);

	if (!q)
		return NULL;
	q->fn = fn;
	q->priv = priv;
	sd_event_source_set_enabled(n->idle, SD_EVENT_OFF);
	dispatch_queries(n);
	return q;
}

struct names_query *names_user(TALLOC_CTX *ctx, struct names *n, const char *name, names_fn fn,
			       void *priv)
{
	return ask_for(ctx, n, NAMES_USER, name, fn, priv);
}

struct names_query *names_group(TALLOC_CTX *ctx, struct names *n, const char *name, names_fn fn,
				void *priv)
{
	return ask_for(ctx, n, NAMES_GROUP, name, fn, priv);
}

void names_set_limit(struct names *n, uint64_t usec)
{
	n->limit = usec;
}

static int names_done(struct names *n)
{
	while (n->first) {
		struct names_query *q = n->first;

		q->limit = sd_event_source_disable_unref(q->limit);
		unlink_query(q);
	}
	for (size_t i = 0; i < NAMES_HELPERS_MAX; i++)
		if (n->helper[i])
			helper_end(n->helper[i]);
	n->idle = sd_event_source_disable_unref(n->idle);
	n->event = sd_event_unref(n->event);
	return 0;
}

int names_new_relay(TALLOC_CTX *ctx, sd_event *event, names_relay_fn ask, void *priv,
		    struct names **ret)
{
	_cleanup_(talloc_freep) struct names *n = talloc_zero(ctx, struct names);
	int r;

	if (!n)
		return -ENOMEM;
	n->event = sd_event_ref(event);
	n->limit = NAMES_LIMIT_USEC;
	n->relay = ask;
	n->relay_priv = priv;
	talloc_set_destructor(n, names_done);
	r = sd_event_add_time_relative(event, &n->idle, CLOCK_MONOTONIC, 0, 0, on_idle, n);
	if (r < 0)
		return r;
	sd_event_source_set_enabled(n->idle, SD_EVENT_OFF);
	sd_event_source_set_description(n->idle, "names-idle");
	*ret = TAKE_PTR(n);
	return 0;
}

int names_new(TALLOC_CTX *ctx, sd_event *event, struct names **ret)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &child, NULL) < 0)
		return -errno;
	return names_new_relay(ctx, event, NULL, NULL, ret);
}
