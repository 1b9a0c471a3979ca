// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * client/reconnect.c - a client comes back to a durable open: [MS-SMB2] 3.3.5.9.7, 3.3.5.9.12
 *
 * The open keeps what it was made with: rights (the identity is the same user's), share mode,
 * locks, oplock or lease, and the account that is charged with it and its locks.  It counts for
 * the new session's limit.
 */
#include <linux/err.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/fault.h"
#include "../policy/rights.h"
#include "../policy/share.h"
#include "../store/break.h"
#include "../store/create.h"
#include "../store/detached.h"
#include "../store/durable.h"
#include "../store/lease.h"
#include "../wire/smb2/create.h"
#include "reconnect.h"
#include "session.h"

/* The client is part of the key of a lease: 3.3.5.9.7, Open.ClientGuid */
static bool is_same_lease(const struct csrv_open *o, const struct csrv_reconnect *r)
{
	if (!o->lease || !r->lease)
		return !o->lease && !r->lease;
	return !memcmp(&o->lease->key, &r->lease->key, sizeof(o->lease->key)) &&
	       o->lease->v2 == r->lease->v2;
}

/* Is it what the client says it is? */
static bool is_meant(const struct csrv_open *o, const struct csrv_reconnect *r)
{
	const struct csrv_durable *d = o->durable;

	if (!d || !d->granted || o->rights->share != r->rights->share ||
	    csrv_identity_revoked(o->identity))
		return false;
	/* That of an open of the first version is zero, and can be shown so. */
	if (r->guid && memcmp(d->guid, r->guid, sizeof(d->guid)))
		return false;
	return is_same_lease(o, r);
}

/*
 * Has it lost its connection?  NT_RETRY: it is about to; or requests of the connection still run,
 * and must not change the file after what the client does next.
 */
static nt_status_t check_lost(const struct csrv_open *o)
{
	struct csrv_session *s;
	bool soon;

	switch (atomic_read(&o->state)) {
	case CSRV_OPEN_DISCONNECTED:
		return csrv_durable_in_use(o->durable) ? NT_RETRY : NT_OK;
	case CSRV_OPEN_LIVE:
		s = csrv_session_find(o->srv, READ_ONCE(o->session_id));
		soon = s && csrv_session_keeps(s);
		csrv_session_put(s);
		return soon ? NT_RETRY : NT_OBJECT_NAME_NOT_FOUND;
	default:
		return NT_OBJECT_NAME_NOT_FOUND;
	}
}

/* Has the file of the lease the name that the client gives?  It may have been renamed since. */
static bool is_named(const struct csrv_open *o, u32 name)
{
	char *buf, *now;
	bool is;

	if (o->lease->name == name)
		return true;
	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	now = buf ? csrv_vfs_path_name(&o->cfg->root, csrv_open_name_path(o), buf, PATH_MAX) : NULL;
	is = !IS_ERR_OR_NULL(now) && csrv_lease_name(now) == name;
	kfree(buf);
	return is;
}

/* As Windows, and unlike 3.3.5.9.7, the name is looked at last. */
static nt_status_t check(const struct csrv_open *o, const struct csrv_reconnect *r)
{
	nt_status_t status;

	if (!is_meant(o, r))
		return NT_OBJECT_NAME_NOT_FOUND;
	status = check_lost(o);
	if (status != NT_OK && status != NT_RETRY)
		return status;
	if (!csrv_identity_same(o->identity, r->rights->identity))
		return NT_ACCESS_DENIED;
	if (o->lease && !is_named(o, r->lease->name))
		return NT_INVALID_PARAMETER;
	return status;
}

/* The rest of what a reply says.  Enters the file system. */
static nt_status_t get_attr(struct csrv_open *o, struct csrv_file_attr *attr)
{
	const struct cred *old = csrv_open_enter(o);
	int err = csrv_open_attr(o, attr);

	csrv_open_leave(old);
	return err ? csrv_errno_status(err) : NT_OK;
}

/* What the client may cache, as the reply says it. */
static void get_state(struct csrv_open *o, struct csrv_create *c)
{
	struct csrv_holder *h = csrv_open_holder(o);

	mutex_lock(&o->file->lock);
	c->granted_oplock = h->cache.held;
	c->lease_breaking = h->cache.state == CSRV_CACHE_IS_BREAKING;
	c->lease_epoch = h->told;
	mutex_unlock(&o->file->lock);
}

/**
 * csrv_open_reconnect() - give a durable open to the session of the client that comes back
 * @s: the session
 * @o: the open that it names; the caller holds a reference
 * @r: what the client shows of it
 * @c: the result is set: @open, @action, @attr, what is cached; if @grants
 *	csrv_open_unuse() follows, and breaks are held back until csrv_break_granted()
 *
 * Enters the file system, so the caller holds no lock; takes file->lock and session->lock.
 * Return: NT_OK; NT_OBJECT_NAME_NOT_FOUND, NT_INVALID_PARAMETER, NT_ACCESS_DENIED as the
 * specification has them; NT_OPLOCK_BREAK_IN_PROGRESS: call again after a while;
 * NT_INSUFFICIENT_RESOURCES and what csrv_open_publish() returns: it waits for another attempt.
 */
nt_status_t csrv_open_reconnect(struct csrv_session *s, struct csrv_open *o,
				const struct csrv_reconnect *r, struct csrv_create *c)
{
	nt_status_t status = check(o, r);

	if (status == NT_RETRY)
		return NT_OPLOCK_BREAK_IN_PROGRESS;
	if (status != NT_OK)
		return status;
	if (!csrv_opens_have_room(s))
		return NT_INSUFFICIENT_RESOURCES;
	status = get_attr(o, &c->attr);
	if (status != NT_OK)
		return status;
	csrv_fault_delay(CSRV_FAULT_OPEN_NAMED);
	/* What is being broken closes it in a moment, or has been given to another reconnect. */
	if (!csrv_detached_claim(o))
		return atomic_read(&o->state) == CSRV_OPEN_DISCONNECTED ?
		       NT_OPLOCK_BREAK_IN_PROGRESS : NT_OBJECT_NAME_NOT_FOUND;
	csrv_fault_delay(CSRV_FAULT_OPEN_CLAIMED);
	get_state(o, c);
	csrv_durable_use(o->durable);	/* before another client can have it */
	status = csrv_open_publish_again(s, o, &r->at);
	if (status != NT_OK) {
		csrv_open_unuse(o);
		csrv_detached_unclaim(o);
		return status;
	}
	csrv_share_one_left(o->rights->share);
	c->open = csrv_open_get(o);
	c->action = FILE_OPENED;
	c->grants = true;
	return NT_OK;
}

/* Of the session itself: the client has not got the reply, and knows no FileId. */
static nt_status_t replay_live(struct csrv_open *o, const struct csrv_reconnect *r,
			       struct csrv_create *c)
{
	nt_status_t status;

	if (o->tree_id != r->at.tree_id)
		return NT_DUPLICATE_OBJECTID;
	status = get_attr(o, &c->attr);
	if (status != NT_OK)
		return status;
	get_state(o, c);
	c->open = csrv_open_get(o);
	c->grants = false;
	return NT_OK;
}

/**
 * csrv_open_replay() - answer a CREATE that repeats another one, [MS-SMB2] 3.3.5.9.10
 * @s: the session
 * @o: the open of the first one, of csrv_durable_begin(); the caller holds a reference
 * @r: as for csrv_open_reconnect(), without a CreateGuid
 * @c: likewise; breaks are held back only if @c->grants
 *
 * Where the first one's connection has been lost with its reply, the client gets the open here.
 * Return: NT_OK; NT_DUPLICATE_OBJECTID: it is another session's, or another tree connect's; as
 * csrv_open_reconnect().
 */
nt_status_t csrv_open_replay(struct csrv_session *s, struct csrv_open *o,
			     const struct csrv_reconnect *r, struct csrv_create *c)
{
	nt_status_t status;

	if (atomic_read(&o->state) == CSRV_OPEN_LIVE && READ_ONCE(o->session_id) == s->id)
		status = replay_live(o, r, c);
	else if (check_lost(o) == NT_OBJECT_NAME_NOT_FOUND)
		status = NT_DUPLICATE_OBJECTID;
	else
		status = csrv_open_reconnect(s, o, r, c);
	if (status == NT_OK)
		c->action = o->durable->action;
	return status;
}
