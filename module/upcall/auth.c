// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * upcall/auth.c - CSRV_OP_AUTH_STEP, CSRV_OP_AUTH_ABORT and the hint for NEGOTIATE
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "../base/log.h"
#include "internal.h"

/* [MS-ERREF] 2.3: both severity bits set */
#define NT_ERROR_SEVERITY 0xc0000000u

/**
 * struct auth_copy - copies of an answer's parts, for the time of done()
 * @user: NUL-terminated
 * @domain: likewise
 * @home: likewise
 * @group: likewise
 * @groups: aligned, as they need not be in the message
 */
struct auth_copy {
	char user[CSRV_UP_MAX_NAME + 1];
	char domain[CSRV_UP_MAX_NAME + 1];
	char home[CSRV_UP_MAX_PATH + 1];
	char group[CSRV_UP_MAX_NAME + 1];
	u32 groups[];
};

/* ---- answers ---- */

static bool empty_identity(const struct csrv_up_auth_answer *a)
{
	return !a->identity && !a->uid && !a->gid && !a->ngroups && !a->expiry &&
	       !a->user_len && !a->domain_len && !a->key_len && !a->home_len && !a->group_len;
}

static bool identity_valid(const struct csrv_up_auth_answer *a)
{
	const u32 known = CSRV_ID_GUEST | CSRV_ID_ANONYMOUS;

	if ((a->identity & ~known) || (a->identity & known) == known)
		return false;
	if (!uid_valid(make_kuid(&init_user_ns, a->uid)) ||
	    !gid_valid(make_kgid(&init_user_ns, a->gid)))
		return false;
	if (a->identity & CSRV_ID_GUEST)
		return a->user_len && !a->key_len;
	if (a->identity & CSRV_ID_ANONYMOUS)
		return !a->user_len && !a->domain_len && !a->home_len && !a->group_len;
	return a->user_len && a->key_len;
}

static bool result_valid(const struct csrv_up_auth_answer *a)
{
	switch (a->result) {
	case CSRV_AUTH_MORE:
		return !a->nt_status && empty_identity(a);
	case CSRV_AUTH_DONE:
		return !a->nt_status && identity_valid(a);
	case CSRV_AUTH_DENIED:
		return (a->nt_status & NT_ERROR_SEVERITY) == NT_ERROR_SEVERITY &&
		       empty_identity(a) && !a->blob_len;
	default:
		return false;
	}
}

static bool fixed_valid(const struct csrv_up_auth_answer *a, u32 len)
{
	if (a->user_len > CSRV_UP_MAX_NAME || a->domain_len > CSRV_UP_MAX_NAME ||
	    a->blob_len > CSRV_UP_MAX_BLOB || a->ngroups > CSRV_UP_MAX_GROUPS ||
	    a->home_len > CSRV_UP_MAX_PATH || a->group_len > CSRV_UP_MAX_NAME)
		return false;
	/* each term is bounded above, so the sum cannot wrap */
	if (len != sizeof(*a) + a->user_len + a->domain_len + a->blob_len +
		   a->ngroups * sizeof(u32) + a->home_len + a->group_len)
		return false;
	if (memchr_inv(a->reserved, 0, sizeof(a->reserved)))
		return false;
	if (a->key_len && a->key_len != CSRV_UP_KEY_LEN)
		return false;
	return a->key_len || !memchr_inv(a->key, 0, sizeof(a->key));
}

static bool groups_valid(const u8 *at, u32 n)
{
	u32 gid;

	for (; n; n--, at += sizeof(gid)) {
		memcpy(&gid, at, sizeof(gid));
		if (!gid_valid(make_kgid(&init_user_ns, gid)))
			return false;
	}
	return true;
}

/* @a has passed fixed_valid(): does @at have all of the parts? */
static bool parts_valid(const struct csrv_up_auth_answer *a, const u8 *at)
{
	if (!csrv_up_text_valid(at, a->user_len))
		return false;
	at += a->user_len;
	if (!csrv_up_text_valid(at, a->domain_len))
		return false;
	at += a->domain_len + a->blob_len;
	if (!groups_valid(at, a->ngroups))
		return false;
	at += a->ngroups * sizeof(u32);
	return csrv_up_text_valid(at, a->home_len) && csrv_up_text_valid(at + a->home_len,
									 a->group_len);
}

static bool auth_check(const struct up_msg *q, const u8 *body, u32 len)
{
	struct csrv_up_auth_answer a;
	bool ok;

	if (len < sizeof(a))
		return false;
	memcpy(&a, body, sizeof(a));
	ok = fixed_valid(&a, len) && result_valid(&a);
	memzero_explicit(a.key, sizeof(a.key));
	if (!ok)
		return false;
	return parts_valid(&a, body + sizeof(a));
}

/* @body was checked; returns the memory that @res points into, to free after done(), or NULL. */
static struct auth_copy *auth_decode(const u8 *body, struct csrv_up_auth_result_k *res)
{
	const struct csrv_up_auth_answer *a = (const void *)body;
	struct auth_copy *copy;
	const u8 *rest;

	copy = kvzalloc(struct_size(copy, groups, a->ngroups), GFP_KERNEL);
	if (!copy)
		return NULL;
	body += sizeof(*a);
	memcpy(copy->user, body, a->user_len);
	body += a->user_len;
	memcpy(copy->domain, body, a->domain_len);
	body += a->domain_len;
	rest = body + a->blob_len;
	memcpy(copy->groups, rest, a->ngroups * sizeof(u32));
	rest += a->ngroups * sizeof(u32);
	memcpy(copy->home, rest, a->home_len);
	memcpy(copy->group, rest + a->home_len, a->group_len);
	*res = (struct csrv_up_auth_result_k){
		.result = a->result,
		.nt_status = a->nt_status,
		.identity = a->identity,
		.uid = a->uid,
		.gid = a->gid,
		.groups = copy->groups,
		.ngroups = a->ngroups,
		.user = copy->user,
		.domain = copy->domain,
		.home = copy->home,
		.group = copy->group,
		.blob = body,
		.blob_len = a->blob_len,
		.key = a->key_len ? a->key : NULL,
		.key_len = a->key_len,
		.expiry = a->expiry,
	};
	return copy;
}

static void auth_complete(struct up_msg *q)
{
	struct csrv_up_auth_result_k res;
	struct auth_copy *copy;

	if (q->err) {
		q->done.auth(q->priv, q->err, NULL);
		return;
	}
	copy = auth_decode(q->answer, &res);
	if (!copy) {
		q->done.auth(q->priv, -ENOMEM, NULL);
		return;
	}
	q->done.auth(q->priv, 0, &res);
	kvfree(copy);	/* the key stays in the message, which is wiped when freed */
}

static const struct up_op auth_row = {
	.op		= CSRV_OP_AUTH_STEP,
	.undo		= CSRV_OP_AUTH_ABORT,
	.check		= auth_check,
	.complete	= auth_complete,
};

const struct up_op *csrv_up_auth_row(u16 op)
{
	return op == auth_row.op ? &auth_row : NULL;
}

/* ---- questions ---- */

static struct up_msg *auth_question(struct csrv_upcall *up, const struct csrv_up_auth_args *args)
{
	int host_len = csrv_up_text_len(args->host);
	struct csrv_up_auth fixed;
	struct up_msg *msg;
	void *at;

	if (host_len < 0)
		return NULL;
	msg = csrv_up_question_new(up, &auth_row, sizeof(fixed) + host_len + args->blob_len);
	if (!msg)
		return NULL;
	fixed = (struct csrv_up_auth){
		.logon = args->logon,
		.flags = args->flags,
		.dialect = args->dialect,
		.host_len = host_len,
		.blob_len = args->blob_len,
	};
	at = csrv_up_append(up_msg_body(msg), &fixed, sizeof(fixed));
	at = csrv_up_append(at, args->host, host_len);
	csrv_up_append(at, args->blob, args->blob_len);
	msg->object = args->logon;
	return msg;
}

int csrv_up_auth_step(struct csrv_upcall *up, const struct csrv_up_auth_args *args,
		      csrv_up_auth_done_t done, void *priv)
{
	struct up_msg *msg;

	if (!args->logon || (args->flags & ~CSRV_AUTH_FIRST) || !args->blob_len ||
	    args->blob_len > CSRV_UP_MAX_BLOB || csrv_up_text_len(args->host) < 0)
		return -EINVAL;
	msg = auth_question(up, args);
	if (!msg)
		return -ENOMEM;
	msg->done.auth = done;
	msg->priv = priv;
	return csrv_up_ask(msg);
}

void csrv_up_auth_abort(struct csrv_upcall *up, u64 logon)
{
	if (logon)
		csrv_up_abandon(up, CSRV_OP_AUTH_ABORT, logon);
}

/* ---- the hint ---- */

static void hint_done(void *priv, int err, const struct csrv_up_auth_result_k *res)
{
	struct csrv_upcall *up = priv;

	if (!err && (res->result != CSRV_AUTH_MORE || res->blob_len > UP_MAX_HINT))
		err = -EPROTO;
	if (err) {
		if (err != -ECONNRESET && err != -ESHUTDOWN)
			csrv_warn_ratelimited("no security blob for NEGOTIATE: %pe\n",
					      ERR_PTR(err));
		return;
	}
	spin_lock_bh(&up->lock);
	memcpy(up->hint, res->blob, res->blob_len);
	up->hint_len = res->blob_len;
	spin_unlock_bh(&up->lock);
}

void csrv_up_ask_hint(struct csrv_upcall *up)
{
	const struct csrv_up_auth_args args = { .flags = CSRV_AUTH_HINT };
	struct up_msg *msg = auth_question(up, &args);
	int err;

	if (msg) {
		msg->done.auth = hint_done;
		msg->priv = up;
	}
	err = msg ? csrv_up_ask(msg) : -ENOMEM;
	if (err)
		csrv_warn_ratelimited("cannot ask for a security blob: %pe\n", ERR_PTR(err));
}

size_t csrv_up_hint(struct csrv_upcall *up, u8 *buf, size_t size)
{
	size_t len = 0;

	spin_lock_bh(&up->lock);
	if (up->hint_len <= size) {
		len = up->hint_len;
		memcpy(buf, up->hint, len);
	}
	spin_unlock_bh(&up->lock);
	return len;
}
