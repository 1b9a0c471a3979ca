// SPDX-License-Identifier: GPL-2.0-or-later
/* dispatch/admit.c - a request wants a worker: it gets one, stands for one, or needs none */
#include "../core/server.h"
#include "frontend.h"
#include "req.h"

/*
 * Is the message nothing but a command that touches no file, or one that was refused?  Whoever
 * logs on, or answers a break, must not stand behind those that wait for a file system.  One of
 * which the command is not known, because it is encrypted, may stand.
 */
static bool touches_no_file(struct csrv_req *req)
{
	if (req->drop)
		return true;
	if (req->opened)
		return !req->index && !req->next &&
		       ((req->gated && req->gate_status != NT_OK) ||
			(req->cmd && req->cmd->flags & CMD_NO_FILE));
	return req->no_file;
}

/*
 * It is about to stand for a worker, or has stood for room and may not run at once: CLOSE and the
 * like wait for it.
 */
void csrv_req_stands(struct csrv_req *req)
{
	csrv_standers_join(&req->job, req->session, req->identity, req->tree, req->open);
}

/*
 * There is no worker.  What it names is looked up now, also of a large message, so that what ends
 * it later knows.  That takes time of the one who reads on, for as many bytes as the connection may
 * have in flight.  False: it touches no file, and need not stand.
 */
static bool req_stand(struct csrv_req *req)
{
	if (!req->opened)
		csrv_gate_first(req);	/* it has just arrived, so this may sleep */
	if (touches_no_file(req))
		return false;
	csrv_req_stands(req);
	csrv_worker_stand(&req->job);
	return true;
}

/* True: the caller queues it on srv->wq.  Else it is queued, or stands, and may be gone. */
bool csrv_req_admit(struct csrv_req *req)
{
	req->job.free = false;
	if (!touches_no_file(req)) {
		if (csrv_worker_take(req->conn))
			return true;
		if (req_stand(req))
			return false;
	}
	req->job.free = true;
	queue_work(req->conn->srv->logon_wq, &req->msg.work);
	return false;
}

/* It goes on in a worker; not the caller's any more. */
void csrv_req_requeue(struct csrv_req *req)
{
	if (csrv_req_admit(req))
		queue_work(req->conn->srv->wq, &req->msg.work);
}
