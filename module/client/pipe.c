// SPDX-License-Identifier: GPL-2.0-or-later
/* client/pipe.c - opens of pipes, which exist in the daemon */
#include "../base/objects.h"
#include "../core/quota.h"
#include "../core/server.h"
#include "../policy/rights.h"
#include "../store/open.h"
#include "../upcall/upcall.h"
#include "pipe.h"

/* csrv_up_pipe_notice(): the daemon has the pipe no longer. */
static void pipe_gone(void *priv)
{
	struct csrv_account *account = priv;

	csrv_quota_give(account, CSRV_QUOTA_PIPE, 1);
	csrv_account_put(account);
}

static void pipe_closed(struct csrv_open *o)
{
	csrv_up_pipe_end(o->srv->up, o->pipe_end);
}

/**
 * csrv_open_make_pipe() - make an open one of a pipe; the daemon is asked for the pipe next
 * @o: OPENING
 *
 * The pipe is charged until the daemon has read that it is closed: so the daemon never has to keep
 * more pipes than the limit.  Allocates, so the caller holds no spinlock.
 * Return: NT_OK or NT_INSUFFICIENT_RESOURCES.
 */
nt_status_t csrv_open_make_pipe(struct csrv_open *o)
{
	struct csrv_account *account = o->rights->account;
	u64 pipe = csrv_up_new_id(o->srv->up);

	if (csrv_quota_take(account, CSRV_QUOTA_PIPE, 1))
		return NT_INSUFFICIENT_RESOURCES;
	o->pipe_end = csrv_up_pipe_notice(o->srv->up, pipe, pipe_gone, csrv_account_get(account));
	if (!o->pipe_end) {
		pipe_gone(account);
		return NT_INSUFFICIENT_RESOURCES;
	}
	o->pipe = pipe;
	o->closed = pipe_closed;
	csrv_object_created(CSRV_OBJ_PIPE);
	return NT_OK;
}
