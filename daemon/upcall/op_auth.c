// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/op_auth.c - AUTH_STEP and AUTH_ABORT */
#include "upcall.h"

#include <errno.h>

#include "../auth/logon.h"
#include "../auth/spnego.h"
#include "../util/log.h"

_Static_assert(AUTH_KEY_LEN == CSRV_UP_KEY_LEN, "session keys");
_Static_assert(NSS_MAX_GROUPS == CSRV_UP_MAX_GROUPS, "groups");

static void put_blob(struct answer *a, struct blob blob)
{
	struct csrv_up_auth_answer *out = (void *)a->fixed;

	out->blob_len = (uint32_t)blob.len;
	a->part[2] = blob;
}

static void put_identity(struct answer *a, const struct auth_identity *id)
{
	struct csrv_up_auth_answer *out = (void *)a->fixed;

	out->result = CSRV_AUTH_DONE;
	out->identity = (id->guest ? CSRV_ID_GUEST : 0) | (id->anonymous ? CSRV_ID_ANONYMOUS : 0);
	out->uid = id->unix_id.uid;
	out->gid = id->unix_id.gid;
	out->ngroups = (uint32_t)id->unix_id.ngroups;
	out->user_len = (uint16_t)strlen(id->user);
	out->domain_len = (uint16_t)strlen(id->domain);
	out->key_len = (uint8_t)id->key_len;
	memcpy(out->key, id->key, id->key_len);
	a->part[0] = (struct blob){ (const uint8_t *)id->user, out->user_len };
	a->part[1] = (struct blob){ (const uint8_t *)id->domain, out->domain_len };
	a->part[3] = (struct blob){ (const uint8_t *)id->unix_id.groups,
				    id->unix_id.ngroups * sizeof(uint32_t) };
}

/* Strings that the kernel puts into the paths of shares; either may be "". */
static void put_home(struct answer *a, const char *home, const char *group)
{
	struct csrv_up_auth_answer *out = (void *)a->fixed;

	out->home_len = (uint16_t)strlen(home);
	out->group_len = (uint16_t)strlen(group);
	a->part[4] = (struct blob){ (const uint8_t *)home, out->home_len };
	a->part[5] = (struct blob){ (const uint8_t *)group, out->group_len };
}

static void log_logon(const struct logon *lo, ntstatus status)
{
	const struct auth_identity *id = negotiate_identity(lo->negotiate);
	struct log_about about = { .op = "AUTH_STEP", .client = lo->host };

	about.user = id ? id->user : negotiate_claimed_user(lo->negotiate);
	if (id)
		log_about(LOG_INFO, &about, "%s logged on from %s",
			  id->anonymous ? "the anonymous user" : id->guest ? "the guest" : id->user,
			  lo->host);
	else
		log_about(LOG_NOTICE, &about, "logon of \"%s\" from %s refused: %s (0x%08X)",
			  about.user, lo->host, negotiate_reason(lo->negotiate), status);
}

static int step(struct question *q, struct logon *lo, struct blob in, struct answer *a)
{
	struct csrv_up_auth_answer *out = (void *)a->fixed;
	struct blob reply;
	ntstatus status = negotiate_step(lo->negotiate, in, &reply);

	if (status != NT_MORE_PROCESSING_REQUIRED) {
		/* The answer borrows from the logon; it ends with the question. */
		talloc_steal(q, lo);
		log_logon(lo, status);
	}
	if (status == NT_NO_MEMORY)
		return -ENOMEM;
	if (status == NT_OK) {
		put_identity(a, negotiate_identity(lo->negotiate));
		put_home(a, "", "");
	} else if (status != NT_MORE_PROCESSING_REQUIRED) {
		out->result = CSRV_AUTH_DENIED;
		out->nt_status = status;
		return 0;
	}
	if (reply.len > CSRV_UP_MAX_BLOB)
		return -EMSGSIZE;
	put_blob(a, reply);
	return 0;
}

static int first_leg(struct question *q, const char *host, struct logon **ret)
{
	const struct csrv_up_auth *in = q->fixed;
	int r = logons_begin(q->up->logons, in->logon, upcall_now(q->up), ret);

	if (r < 0)
		return r;
	(*ret)->host = talloc_strdup(*ret, *host ? host : "an unknown address");
	if ((*ret)->host)
		return 0;
	talloc_free(*ret);
	return -ENOMEM;
}

static int hint(struct question *q, struct answer *a)
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
		return hint(q, a);
	if (!in->blob_len)
		return -EINVAL;
	if (in->flags & CSRV_AUTH_FIRST) {
		r = first_leg(q, host, &lo);
		if (r < 0)
			return r;
	} else {
		lo = logons_find(q->up->logons, in->logon, upcall_now(q->up));
		if (!lo)
			return -ENOENT;
	}
	r = step(q, lo, blob, a);
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
