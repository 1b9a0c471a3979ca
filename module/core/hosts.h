/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/hosts.h - a word of "hosts allow" and "hosts deny"
 *
 * Pure.  configfs takes the words that are understood here, and no others: a word that means
 * nothing would be a host that is not denied.
 */
#ifndef CIFSSRV_CORE_HOSTS_H
#define CIFSSRV_CORE_HOSTS_H

#include <linux/types.h>

/* IPv4 is mapped, and its prefix length 96 more. */
struct csrv_host_net {
	u8 addr[16];
	u32 bits;
};

/* An address, address/bits, or for IPv4 address/netmask; @w need not end after @len bytes. */
bool csrv_host_net_parse(const char *w, size_t len, struct csrv_host_net *net);

bool csrv_host_is_all(const char *w, size_t len);
bool csrv_host_is_except(const char *w, size_t len);

/* One to three octets, each with '.' behind it: how the text of an address begins. */
bool csrv_host_is_prefix(const char *w, size_t len);

/* Any of these; NUL-terminated. */
bool csrv_host_is_legal(const char *word);

/* An IPv4 or IPv6 address, and nothing else? */
bool csrv_host_is_address(const char *text);

#endif /* CIFSSRV_CORE_HOSTS_H */
