/* SPDX-License-Identifier: GPL-2.0-or-later */
/* smb2/create.h - what the files of CREATE share */
#ifndef CIFSSRV_SMB2_CREATE_H
#define CIFSSRV_SMB2_CREATE_H

#include <linux/types.h>

#include "../wire/status.h"

struct csrv_create;
struct csrv_lease_request;
struct csrv_req;

/* create_reply.c */
void csrv_smb2_create_fill(struct csrv_req *req, const struct csrv_create *c);

/* create_lease.c */
bool csrv_smb2_lease_wanted(const struct csrv_req *req, const char *name,
			    struct csrv_lease_request *ret);
bool csrv_smb2_lease_shown(const struct csrv_req *req, const char *name,
			   struct csrv_lease_request *ret);
const u8 *csrv_smb2_parent_key(const struct csrv_req *req);

/* durable.c */
nt_status_t csrv_smb2_durable_check(const struct csrv_req *req);
bool csrv_smb2_reconnects(const struct csrv_req *req);
nt_status_t csrv_smb2_reconnect(struct csrv_req *req);
nt_status_t csrv_smb2_durable_begin(struct csrv_req *req, bool *answered);
void csrv_smb2_durable_release(struct csrv_req *req);

#endif /* CIFSSRV_SMB2_CREATE_H */
