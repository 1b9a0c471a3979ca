// SPDX-License-Identifier: GPL-2.0-or-later
/* dispatch/req.c - make and free requests */
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../core/server.h"
#include "frontend.h"
#include "req.h"

static struct kmem_cache *req_cache;

/**
 * csrv_req_cache_init() - at load, before anything can arrive
 * @fe: the front end of new connections
 *
 * Return: 0 or -ENOMEM.
 */
int csrv_req_cache_init(const struct csrv_frontend *fe)
{
	u32 size = sizeof(struct csrv_req) + fe->args_size + fe->res_size + fe->state_size +
		   fe->front_size;

	req_cache = kmem_cache_create("cifssrv_req", size, 0, SLAB_HWCACHE_ALIGN, NULL);
	return req_cache ? 0 : -ENOMEM;
}

/**
 * csrv_req_cache_exit() - at unload, when no request is left
 */
void csrv_req_cache_exit(void)
{
	kmem_cache_destroy(req_cache);
}

/**
 * csrv_req_object_size() - bytes of memory of a request, without its message
 *
 * Return: bytes.
 */
u32 csrv_req_object_size(void)
{
	return kmem_cache_size(req_cache);
}

/* Clear all but the buffers and the arguments, which are written before they are read. */
static void req_clear(struct csrv_req *req, const struct csrv_frontend *fe)
{
	memset(req, 0, offsetof(struct csrv_req, msg.inl));
	memset_startat(req, 0, reply.buf);
	req->args = req + 1;
	req->res = (u8 *)req->args + fe->args_size;
	req->state = (u8 *)req->res + fe->res_size;
	req->front = (u8 *)req->state + fe->state_size;
	memset(req->res, 0, fe->res_size + fe->state_size + fe->front_size);
}

/**
 * csrv_req_alloc() - a request of which nothing has arrived yet
 * @conn: its connection; a reference is taken, and counted in its nreqs
 *
 * The caller sets wait.wake and msg.work.
 * Return: NULL without memory.
 */
struct csrv_req *csrv_req_alloc(struct csrv_conn *conn)
{
	struct csrv_req *req;

	if (csrv_fault(CSRV_FAULT_REQ_ALLOC))
		return NULL;
	req = kmem_cache_alloc(req_cache, GFP_KERNEL);
	if (!req)
		return NULL;
	req_clear(req, conn->fe);
	refcount_set(&req->ref, 1);
	req->conn = csrv_conn_get(conn);
	INIT_LIST_HEAD(&req->park.node);
	INIT_LIST_HEAD(&req->reply.granted);
	INIT_LIST_HEAD(&req->job.node);
	INIT_LIST_HEAD(&req->job.in_session);
	req->job.work = &req->msg.work;
	req->job.conn = conn;
	req->reply.buf = req->reply.inl;
	req->reply.cap = sizeof(req->reply.inl);
	atomic_inc(&conn->nreqs);
	csrv_object_created(CSRV_OBJ_REQ);
	return req;
}

/**
 * csrv_rpages_put() - free pages that are not going to be sent
 * @p: the pages, or none
 */
void csrv_rpages_put(struct csrv_rpages *p)
{
	if (p->bv)
		p->put(p->bv, p->nbv);
	*p = (struct csrv_rpages){};
}

static void req_free(struct csrv_req *req)
{
	struct csrv_conn *conn = req->conn;
	u32 charged = req->charged;

	conn->fe->free(req);
	csrv_gate_release(req);
	csrv_rpages_put(&req->reply.pages);
	if (req->reply.buf != req->reply.inl)
		kvfree(req->reply.buf);
	csrv_msg_release(&req->msg);
	csrv_object_destroyed(CSRV_OBJ_REQ);
	kmem_cache_free(req_cache, req);
	csrv_conn_req_done(conn, charged);
	csrv_conn_put(conn);
}

/**
 * csrv_req_put() - drop a reference
 * @req: the worker's reference, or a canceller's
 */
void csrv_req_put(struct csrv_req *req)
{
	if (refcount_dec_and_test(&req->ref)) {
		req_free(req);
		return;
	}
	/*
	 * Drop the reference, then look for a waiter.  Pairs with prepare_to_wait_event() in
	 * csrv_req_unlist(), which comes before the look at the references.
	 */
	smp_mb__after_atomic();
	wake_up_var(&req->ref);
}
