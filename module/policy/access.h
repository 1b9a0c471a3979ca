/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy/access.h - users and hosts that may use a share, by its lists */
#ifndef CIFSSRV_POLICY_ACCESS_H
#define CIFSSRV_POLICY_ACCESS_H

#include <linux/types.h>

struct csrv_identity;
struct csrv_server;
struct csrv_share_params;
struct in6_addr;

bool csrv_names_same(const char *a, const char *b);
bool csrv_identity_in_group(const struct csrv_identity *id, u32 gid);
bool csrv_list_has_user(const char *list, const struct csrv_identity *id);
bool csrv_interfaces_have(const char *list, const char *name, const struct in6_addr *addr);
bool csrv_host_allowed(const char *allow, const char *deny, const char *peer);
bool csrv_server_admits_host(struct csrv_server *srv, const char *peer);
bool csrv_server_admits_kind(struct csrv_server *srv, const struct csrv_identity *id);
bool csrv_share_is_guests(const struct csrv_share_params *p);
bool csrv_share_admits(const struct csrv_share_params *p, const struct csrv_identity *id);
bool csrv_share_writable(const struct csrv_share_params *p, const struct csrv_identity *id);

#endif /* CIFSSRV_POLICY_ACCESS_H */
