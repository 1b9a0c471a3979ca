// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/lock.c - SMB2 LOCK, [MS-SMB2] 3.3.5.14 */
#include <linux/sched.h>

#include "../store/brl.h"
#include "../store/durable.h"
#include "smb2.h"

static struct csrv_range range_of(const struct smb2_lock_args *args, u32 i)
{
	const struct smb2_lock_element e = csrv_smb2_lock_element(args, i);

	return (struct csrv_range) {
		.start		= e.offset,
		.len		= e.length,
		.exclusive	= e.flags & SMB2_LOCKFLAG_EXCLUSIVE_LOCK,
	};
}

static u32 flags_of(const struct smb2_lock_args *args, u32 i)
{
	return csrv_smb2_lock_element(args, i).flags;
}

/* [MS-SMB2] 3.3.5.14.1: every element is an unlock */
static nt_status_t unlock_all(struct csrv_req *req, const struct smb2_lock_args *args)
{
	struct csrv_range r;
	nt_status_t status;
	u32 i;

	for (i = 0; i < args->num; i++) {
		if (flags_of(args, i) != SMB2_LOCKFLAG_UNLOCK)
			return NT_INVALID_PARAMETER;
		r = range_of(args, i);
		r.exclusive = true;
		status = csrv_brl_unlock(req->open, &r);
		if (status != NT_OK)
			return status;
		cond_resched();
	}
	return NT_OK;
}

static bool lock_flags_ok(u32 flags)
{
	switch (flags & ~SMB2_LOCKFLAG_FAIL_IMMEDIATELY) {
	case SMB2_LOCKFLAG_SHARED_LOCK:
	case SMB2_LOCKFLAG_EXCLUSIVE_LOCK:
		return true;
	default:
		return false;
	}
}

/* [MS-SMB2] 3.3.5.14.2: all or none; on failure those that were taken are released */
static nt_status_t lock_all(struct csrv_req *req, const struct smb2_lock_args *args)
{
	struct csrv_range r;
	nt_status_t status = NT_OK;
	u32 i;

	for (i = 0; i < args->num && status == NT_OK; i++) {
		r = range_of(args, i);
		status = csrv_brl_lock(req->open, &r);
		cond_resched();
	}
	if (status == NT_OK)
		return NT_OK;
	for (i--; i > 0; i--) {
		r = range_of(args, i - 1);
		csrv_brl_unlock(req->open, &r);
		cond_resched();
	}
	return status;
}

/* CANCEL; or an object of the request has ended: then answered as when its open closes. */
static void lock_cancel(struct csrv_req *req)
{
	csrv_brl_cancel(&smb2_state(req)->lock, csrv_gate_again(req) == NT_OK ? NT_CANCELLED :
									   NT_RANGE_NOT_LOCKED);
}

/* Before the wait begins an object's end has the same status as during the wait. */
static nt_status_t not_waited(nt_status_t status)
{
	bool ended = status == NT_USER_SESSION_DELETED || status == NT_NETWORK_NAME_DELETED ||
		     status == NT_FILE_CLOSED;

	return ended ? NT_RANGE_NOT_LOCKED : status;
}

/* Take one lock; if it has to wait for another client, the request parks. */
static nt_status_t lock_wait(struct csrv_req *req, const struct smb2_lock_args *args,
			     const struct csrv_lock_run *run)
{
	struct csrv_range r = range_of(args, 0);
	nt_status_t status = csrv_brl_lock(req->open, &r);

	if (status != NT_LOCK_NOT_GRANTED)
		return status;
	status = csrv_brl_wait_init(&smb2_state(req)->lock, run, &r);
	if (status != NT_OK)
		return status;
	status = csrv_req_park(req, true, lock_cancel);
	if (status != NT_OK) {
		csrv_brl_wait_undo(&smb2_state(req)->lock);
		return not_waited(status);
	}
	status = csrv_brl_wait(&smb2_state(req)->lock, &req->wait);
	return status == NT_PENDING ? NT_PENDING : csrv_req_unpark(req, status);
}

/*
 * [MS-SMB2] 3.3.5.14: LOCKs that may be repeated are remembered: over another channel, or by a
 * client that comes back.  There are no resilient or persistent opens.
 */
static bool is_remembered(const struct csrv_req *req)
{
	const struct csrv_durable *d = req->open->durable;

	return (req->conn->nego.server_caps & SMB2_GLOBAL_CAP_MULTI_CHANNEL) ||
	       (d && READ_ONCE(d->granted) && req->conn->nego.dialect > SMB2_DIALECT_202);
}

static struct csrv_lockseq_id sequence_of(const struct csrv_req *req,
					  const struct smb2_lock_args *args)
{
	if (!is_remembered(req))
		return (struct csrv_lockseq_id){};
	return (struct csrv_lockseq_id){
		.index	= args->sequence_index,
		.number	= args->sequence_number,
		/* of 2.1 the field is another one */
		.channel = req->conn->nego.dialect < SMB2_DIALECT_300 ? 0 :
			   smb2_front(req)->hdr.channel_sequence,
		.arrival = req->start,
	};
}

static nt_status_t lock_or_unlock(struct csrv_req *req, const struct smb2_lock_args *args,
				  const struct csrv_lock_run *run)
{
	u32 i, flags = flags_of(args, 0);

	if (flags & SMB2_LOCKFLAG_UNLOCK)
		return unlock_all(req, args);
	for (i = 0; i < args->num; i++) {
		flags = flags_of(args, i);
		if (!lock_flags_ok(flags))
			return NT_INVALID_PARAMETER;
		/* [MS-SMB2] 3.3.5.14.2: several locks never wait */
		if (args->num > 1 && !(flags & SMB2_LOCKFLAG_FAIL_IMMEDIATELY))
			return NT_INVALID_PARAMETER;
	}
	if (flags & SMB2_LOCKFLAG_FAIL_IMMEDIATELY)	/* on all of them, or on the only one */
		return lock_all(req, args);
	return lock_wait(req, args, run);
}

/*
 * The same LOCK may be in progress over another channel.  One of them is worked on at a time, up to
 * its outcome or until it waits for another client; the next one gets the outcome of the first.
 */
static nt_status_t lock_in_turn(struct csrv_req *req, const struct smb2_lock_args *args,
				struct csrv_lock_run *run)
{
	struct csrv_open *o = csrv_open_get(run->open);	/* @req may be freed while it waits */
	nt_status_t status;

	mutex_lock(&o->lock_turn);
	if (csrv_brl_begin(run, &status)) {
		status = lock_or_unlock(req, args, run);
		if (status == NT_OK)
			csrv_brl_done(run);
	}
	mutex_unlock(&o->lock_turn);
	csrv_open_put(o);
	return status;
}

nt_status_t csrv_smb2_lock(struct csrv_req *req)
{
	const struct smb2_lock_args *args = &smb2_args(req)->lock;
	struct csrv_lock_run run = {
		.open	= req->open,
		.seq	= sequence_of(req, args),
	};

	if (run.open->pipe || run.open->is_dir)
		return NT_INVALID_DEVICE_REQUEST;
	if (csrv_lockseq_counts(&run.seq))
		return lock_in_turn(req, args, &run);
	return lock_or_unlock(req, args, &run);
}
