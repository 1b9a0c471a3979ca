// SPDX-License-Identifier: GPL-2.0-or-later
/* dispatch/admit.c - a request gets a worker, stands for one, or needs none */
#include "../core/server.h"
#include "frontend.h"
#include "req.h"

/*
 * Is the message a single command that touches no file, or that has been refused?  Logons and
 * acknowledgments of breaks must not wait behind requests that wait for a file system.  A large
 * encrypted message may have to, as its command is not known.
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

/**
 * csrv_req_stands() - a request is about to stand for a worker, or has stood for room
 * @req: has passed the gate
 *
 * Commands that end the session, tree connect or open that it names wait for it from now on.
 */
void csrv_req_stands(struct csrv_req *req)
{
	csrv_standers_join(&req->job, req->session, req->identity, req->tree, req->open);
}

/*
 * There is no worker.  The gate looks up the objects that the request names now, also for a large
 * message, so that a command that ends one of them finds the request.  That takes the receiver
 * time, but for no more bytes than the connection may have in flight.  False: the request touches
 * no file, and need not stand.
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

/**
 * csrv_req_admit() - get a worker for a request, or have it stand for one
 * @req: not the caller's any more if this returns false
 *
 * Return: true if the caller is to queue it on srv->wq; false if it is queued or stands.
 */
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

/**
 * csrv_req_requeue() - continue a request in a worker
 * @req: not the caller's any more
 */
void csrv_req_requeue(struct csrv_req *req)
{
	if (csrv_req_admit(req))
		queue_work(req->conn->srv->wq, &req->msg.work);
}
