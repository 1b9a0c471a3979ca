/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/reconnect.h - a client comes back to a durable open: [MS-SMB2] 3.3.5.9.7, 3.3.5.9.12 */
#ifndef CIFSSRV_CLIENT_RECONNECT_H
#define CIFSSRV_CLIENT_RECONNECT_H

#include <linux/types.h>

#include "../store/open.h"
#include "../wire/status.h"

struct csrv_create;
struct csrv_lease_request;
struct csrv_rights;
struct csrv_session;

/**
 * struct csrv_reconnect - what a client shows of an open that it comes back to
 * @guid: CreateGuid; NULL: the request is of the first version, or a replay
 * @lease: of the CREATE, or NULL; its state does not count
 * @rights: of the tree connect that gets the open
 * @at: where it gets it
 */
struct csrv_reconnect {
	const u8			*guid;
	const struct csrv_lease_request	*lease;
	struct csrv_rights		*rights;
	struct csrv_open_place		at;
};

nt_status_t csrv_open_reconnect(struct csrv_session *s, struct csrv_open *o,
				const struct csrv_reconnect *r, struct csrv_create *c);

nt_status_t csrv_open_replay(struct csrv_session *s, struct csrv_open *o,
			     const struct csrv_reconnect *r, struct csrv_create *c);

#endif /* CIFSSRV_CLIENT_RECONNECT_H */
