/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store/create.h - opening a file, [MS-FSA] 2.1.5.1, without a dialect's words */
#ifndef CIFSSRV_STORE_CREATE_H
#define CIFSSRV_STORE_CREATE_H

#include "../vfs/vfs.h"
#include "../wire/sd.h"
#include "acting.h"
#include "dosattr.h"
#include "durable.h"
#include "lease.h"
#include "making.h"
#include "open.h"

/*
 * The state of one CREATE on its way from csrv_create_begin() to csrv_create_commit().
 *
 * The caller fills the first part and holds what it points to; the second part is the
 * result.  Runs under the credentials it sets itself.
 */
struct csrv_create {
	struct csrv_server	*srv;
	u64			session_id;
	u32			tree_id;
	u64			home;		/* csrv_open.home */
	u16			seq;		/* ChannelSequence of the request */
	struct csrv_rights	*rights;
	const char		*name;		/* UTF-8, '/' separated; "" is the root */
	u32			access;		/* DesiredAccess */
	u32			share;
	u32			disposition;	/* < FILE_DISPOSITIONS */
	u32			options;
	u32			attributes;
	u64			alloc_size;	/* bytes to reserve for a new file; 0: none */
	const struct wire_sd	*sd;		/* for a new file, or NULL */
	const struct wire_blob	*eas;		/* for one that is new or overwritten, or NULL */
	u8			oplock;		/* asked for: enum csrv_cache_mask */
	const struct csrv_lease_request *lease;	/* in place of @oplock, or NULL */
	const u8		*parent_key;	/* [MS-SMB2] 2.2.13.2.10 ParentLeaseKey, or NULL */
	const struct csrv_holder_ops *holder_ops;	/* of the open's oplock, or the lease */
	struct csrv_durable	*durable;	/* of the open, if it is a file; or NULL */

	struct csrv_open	*open;		/* a reference, LIVE */
	u32			action;		/* enum smb2_create_action */
	u8			granted_oplock;	/* likewise: what its oplock or lease holds */
	bool			grants;		/* csrv_break_granted() follows the reply */
	bool			lease_breaking;	/* a break of the lease is in progress */
	u16			lease_epoch;	/* [MS-SMB2] 2.2.14.2.11 */
	bool			is_durable;	/* the open has become durable */
	struct csrv_file_attr	attr;		/* as it is now */
	struct csrv_stream	*wait_for;	/* with NT_OPLOCK_BREAK_IN_PROGRESS, see there */

	/* while it walks */
	struct csrv_vfs_name	nm;
	struct csrv_changer	changer;
	struct csrv_open	*o;
	struct csrv_making	making;
	bool			is_making;	/* @making is on its list */
	bool			created;
	bool			given;		/* … to @owner */
	bool			truncate;
	u32			owner;		/* of its directory; U32_MAX: not shown */
	u32			granted;
};

nt_status_t csrv_create_begin(struct csrv_create *c);
nt_status_t csrv_create_commit(struct csrv_create *c);
void csrv_create_abort(struct csrv_create *c, nt_status_t status);
nt_status_t csrv_open_create(struct csrv_session *s, struct csrv_create *c);

#endif /* CIFSSRV_STORE_CREATE_H */
