// SPDX-License-Identifier: GPL-2.0-or-later
/* server/admin.c - end a session or close an open, by the id that csrv_status_list() reports */
#include "../client/session.h"
#include "../core/server.h"
#include "../store/open.h"
#include "../upcall/uapi.h"
#include "life.h"

/* The session's opens are closed in workers, which may wait for file systems. */
static int session_end(struct csrv_server *srv, u64 id)
{
	struct csrv_session *s = csrv_session_find(srv, id);
	bool mine = s && csrv_session_end(s);

	csrv_session_put(s);
	return mine ? 0 : -ENOENT;
}

/**
 * csrv_admin_end() - CSRV_OP_END
 * @priv: the struct csrv_server
 * @what: enum csrv_up_end_what
 * @id: of the session, or the open's persistent id
 *
 * No later request can use it when this returns; it waits for no client and no file system.
 * Takes session->lock and, for an open, file->lock.
 * Return: 0; -ENOENT: there is no such object, or it has ended already; -EINVAL: unknown @what.
 */
int csrv_admin_end(void *priv, u32 what, u64 id)
{
	switch (what) {
	case CSRV_UP_END_SESSION:
		return session_end(priv, id);
	case CSRV_UP_END_OPEN:
		return csrv_open_end(priv, id);
	default:
		return -EINVAL;
	}
}
