// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/op_auth.c - AUTH_STEP and AUTH_ABORT */
#include "ops.h"

#include <errno.h>

#include "../auth/logon.h"
#include "../auth/spnego.h"
#include "../names/names.h"
#include "../util/log.h"
#include "../util/utf.h"
#include "audit.h"

_Static_assert(AUTH_KEY_LEN == CSRV_UP_KEY_LEN, "session keys");
_Static_assert(NSS_MAX_GROUPS == CSRV_UP_MAX_GROUPS, "groups");

static void put_blob(struct answer *a, struct blob blob)
{
	struct csrv_up_auth_answer *out = (void *)a->fixed;

	out->blob_len = (uint32_t)blob.len;
	a->part[2] = blob;
}

static void put_text(struct answer *a, int part, const char *text, uint16_t *len)
{
	*len = (uint16_t)strlen(text);
	a->part[part] = (struct blob){ (const uint8_t *)text, *len };
}

/* @id: the client's; @unix_id: its account's, from the name service. */
static void put_identity(struct answer *a, const struct auth_identity *id,
			 const struct nss_identity *unix_id)
{
	struct csrv_up_auth_answer *out = (void *)a->fixed;

	out->result = CSRV_AUTH_DONE;
	out->identity = (id->guest ? CSRV_ID_GUEST : 0) | (id->anonymous ? CSRV_ID_ANONYMOUS : 0);
	out->uid = unix_id->uid;
	out->gid = unix_id->gid;
	out->ngroups = (uint32_t)unix_id->ngroups;
	put_text(a, 0, id->user, &out->user_len);
	put_text(a, 1, id->domain, &out->domain_len);
	out->key_len = (uint8_t)id->key_len;
	memcpy(out->key, id->key, id->key_len);
	a->part[3] = (struct blob){ (const uint8_t *)unix_id->groups,
				    unix_id->ngroups * sizeof(uint32_t) };
}

/* Strings that the kernel puts into the paths of shares; either may be "". */
static void put_home(struct answer *a, const char *home, const char *group)
{
	struct csrv_up_auth_answer *out = (void *)a->fixed;

	if (strlen(home) > CSRV_UP_MAX_PATH || !utf8_valid(home, strlen(home))) {
		log_warning("a home directory is not UTF-8, or too long: it cannot be in a path of a share");
		home = "";
	}
	if (strlen(group) > CSRV_UP_MAX_NAME || !utf8_valid(group, strlen(group)))
		group = "";
	put_text(a, 4, home, &out->home_len);
	put_text(a, 5, group, &out->group_len);
}

/*
 * The last leg of a logon whose answer waits for a look-up, for a delay, or for both.  Made by
 * end_logon(), a child of the logon; ends with the answer, or with the logon, which AUTH_ABORT, the
 * end of the kernel's connection or the time-out ends.
 */
struct waiting {
	struct logon *lo;
	struct question *q;
	struct answer a;
	int error;
	sd_event_source *timer;		/* NULL: no delay is left */
	struct names_query *query;	/* NULL: no look-up is left */
};

static int waiting_done(struct waiting *w)
{
	w->timer = sd_event_source_disable_unref(w->timer);
	w->q->up->nwaiting--;
	/* An answer that was not sent may hold the session key. */
	if (w->a.fixed)
		explicit_bzero((void *)w->a.fixed, w->a.fixed_len);
	return 0;
}

/* Sends the answer once neither timer nor look-up is left. */
static void answer_when_done(struct waiting *w)
{
	struct question *q = w->q;
	const struct answer a = w->a;

	if (w->timer || w->query)
		return;
	/* The answer borrows from the logon; both end with the question. */
	w->a = (struct answer){};
	talloc_steal(q->up, q);
	talloc_steal(q, w->lo);
	question_answer(q, w->error, &a);
}

static int on_delayed(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct waiting *w = userdata;

	(void)source;
	(void)usec;
	w->timer = sd_event_source_disable_unref(w->timer);
	answer_when_done(w);
	return 0;
}

static void log_logon(struct question *q, const struct logon *lo, const struct auth_identity *id,
		      ntstatus status, const char *reason)
{
	audit_logon(lo, id, status, reason, q->up->env->lockout.lock_time);
}

static void deny_logon(struct answer *a, ntstatus status)
{
	struct csrv_up_auth_answer *out = (void *)a->fixed;

	out->result = CSRV_AUTH_DENIED;
	out->nt_status = status;
	out->blob_len = 0;
	a->part[2] = (struct blob){ NULL, 0 };
}

/* Copies the identity from the name service into the answer. */
static int grant_logon(struct waiting *w, const struct nss_account *acc)
{
	const struct auth_identity *id = negotiate_identity(w->lo->negotiate);
	/* The anonymous user has no home. */
	const char *home = talloc_strdup(w->q, id->anonymous ? "" : acc->home);
	const char *group = talloc_strdup(w->q, id->anonymous ? "" : acc->group);
	struct nss_identity copy = acc->id;

	copy.groups = talloc_memdup(w->q, copy.groups, copy.ngroups * sizeof(uint32_t));
	if (!home || !group || (copy.ngroups && !copy.groups))
		return -ENOMEM;
	put_identity(&w->a, id, &copy);
	put_home(&w->a, home, group);
	log_logon(w->q, w->lo, id, NT_OK, "");
	return 0;
}

/*
 * Why the account of @id has no UNIX identity; a guest's account is another one than the client
 * names.
 */
static const char *why_unknown(TALLOC_CTX *ctx, const struct auth_identity *id, int error)
{
	if (error != -ENOENT)
		return talloc_asprintf(ctx, "the name service does not answer (%s): try again",
				       strerror(-error));
	if (id->guest || id->anonymous)
		return talloc_asprintf(ctx, "guest account \"%s\" does not exist", id->account);
	return "there is no UNIX account of this name";
}

/* The password was right, but the account has no UNIX identity, or its look-up failed. */
static void deny_unknown(struct waiting *w, int error)
{
	const char *why = why_unknown(w, negotiate_identity(w->lo->negotiate), error);
	ntstatus status = error == -ENOENT ? NT_LOGON_FAILURE : NT_NO_LOGON_SERVERS;

	deny_logon(&w->a, status);
	log_logon(w->q, w->lo, NULL, status, why ? why : "the name service does not answer");
}

/* names_fn: the UNIX identity of the client's account */
static void on_identity(void *priv, int error, const struct nss_account *acc)
{
	struct waiting *w = priv;

	w->query = NULL;
	if (error)
		deny_unknown(w, error);
	else
		w->error = grant_logon(w, acc);
	answer_when_done(w);
}

static int start_delay(struct waiting *w, uint64_t usec)
{
	int r;

	if (!lockouts_wait(w, w->q->up->lockouts, w->lo->peer.host))
		return -ENOMEM;
	r = sd_event_add_time_relative(w->q->up->event, &w->timer, CLOCK_MONOTONIC, usec, 0,
				       on_delayed, w);
	if (r >= 0)
		sd_event_source_set_description(w->timer, "logon-delay");
	return r < 0 ? r : 0;
}

/* The question waits as a child of the logon, without its message. */
static int wait_for(struct question *q, struct logon *lo, const struct answer *a,
		    struct waiting **ret)
{
	struct waiting *w = talloc_zero(lo, struct waiting);

	if (!w)
		return -ENOMEM;
	w->lo = lo;
	w->q = q;
	w->a = *a;
	q->up->nwaiting++;
	talloc_set_destructor(w, waiting_done);
	*ret = w;
	return 0;
}

/* Guests and anonymous users leave half of the places to others. */
static bool may_wait(const struct upcall *up, const struct auth_identity *id)
{
	bool stranger = id->guest || id->anonymous;

	return up->nwaiting < (stranger ? UPCALL_MAX_WAITING / 2 : UPCALL_MAX_WAITING);
}

/*
 * @status is the result of the logon.  A refusal is delayed like a success: else its time would
 * give the result away.
 */
static int end_logon(struct question *q, struct logon *lo, ntstatus status, struct answer *a)
{
	const struct auth_identity *id = negotiate_identity(lo->negotiate);
	uint64_t delay = negotiate_delay(lo->negotiate);
	struct waiting *w;
	int r;

	if (id && !may_wait(q->up, id)) {
		status = NT_NO_LOGON_SERVERS;
		log_logon(q, lo, NULL, status, "too many logons wait for the name service");
		id = NULL;
	} else if (!id) {
		log_logon(q, lo, NULL, status, negotiate_reason(lo->negotiate));
	}
	if (!id)
		deny_logon(a, status);
	if (!id && !delay) {
		talloc_steal(q, lo);
		return 0;
	}
	r = wait_for(q, lo, a, &w);
	if (r == 0 && delay)
		r = start_delay(w, delay);
	if (r == 0 && id) {
		w->query = names_user(w, q->up->names, id->account, on_identity, w);
		r = w->query ? 0 : -ENOMEM;
	}
	if (r < 0)
		return r;
	lo->waiting = true;
	question_release(q);
	talloc_steal(w, q);
	return OP_LATER;
}

static int take_step(struct question *q, struct logon *lo, struct blob in, struct answer *a)
{
	struct blob reply;
	ntstatus status = negotiate_step(lo->negotiate, in, &reply);

	if (status == NT_NO_MEMORY)
		return -ENOMEM;
	if (reply.len > CSRV_UP_MAX_BLOB)
		return -EMSGSIZE;
	put_blob(a, reply);
	return status == NT_MORE_PROCESSING_REQUIRED ? 0 : end_logon(q, lo, status, a);
}

static int answer_hint(struct question *q, struct answer *a)
{
	const struct csrv_up_auth *in = q->fixed;
	struct blob token;
	int r;

	if (in->flags != CSRV_AUTH_HINT || in->host_len || in->blob_len)
		return -EINVAL;
	r = spnego_encode_hint(q, &token);
	if (r == 0)
		put_blob(a, token);
	return r;
}

int op_auth_step(struct question *q, struct answer *a)
{
	const struct csrv_up_auth *in = q->fixed;
	struct csrv_up_auth_answer *out = talloc_zero(q, struct csrv_up_auth_answer);
	struct logon *lo;
	struct blob blob;
	char *host;
	int r;

	if (!out)
		return -ENOMEM;
	host = question_name(q, in->host_len);
	blob = bytes_blob(&q->parts, in->blob_len);
	if (!host || q->parts.bad || bytes_left(&q->parts) || in->reserved ||
	    in->blob_len > CSRV_UP_MAX_BLOB || (in->flags & ~(CSRV_AUTH_FIRST | CSRV_AUTH_HINT)))
		return -EINVAL;
	a->fixed = out;
	a->fixed_len = sizeof(*out);
	if (in->flags & CSRV_AUTH_HINT)
		return answer_hint(q, a);
	if (!in->blob_len)
		return -EINVAL;
	if (in->flags & CSRV_AUTH_FIRST) {
		r = logons_begin(q->up->logons, in->logon, host, upcall_now(q->up), &lo);
		if (r < 0)
			return r;
	} else {
		lo = logons_find(q->up->logons, in->logon, upcall_now(q->up));
		if (!lo)
			return -ENOENT;
		/* The kernel has one leg of a logon under way at a time. */
		if (lo->waiting)
			return -EPROTO;
	}
	r = take_step(q, lo, blob, a);
	if (r < 0)
		talloc_free(lo);
	return r;
}

int op_auth_abort(struct question *q, struct answer *a)
{
	const struct csrv_up_auth_abort *in = q->fixed;
	struct logon *lo;

	(void)a;
	if (bytes_left(&q->parts))
		return -EINVAL;
	lo = logons_find(q->up->logons, in->logon, upcall_now(q->up));
	if (!lo)
		return -ENOENT;
	talloc_free(lo);
	return 0;
}
