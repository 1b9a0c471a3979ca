/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/hosts.h - a word of "hosts allow" and "hosts deny"
 *
 * Pure.  configfs takes only words that are understood here: a word without a meaning in "hosts
 * deny" would deny nothing.
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

/* One to three octets, a '.' after each: how the text of an address begins. */
bool csrv_host_is_prefix(const char *w, size_t len);

/* Any of the forms above, ALL or EXCEPT; NUL-terminated. */
bool csrv_host_is_legal(const char *word);

/* Is @text an IPv4 or IPv6 address, and nothing else? */
bool csrv_host_is_address(const char *text);

#endif /* CIFSSRV_CORE_HOSTS_H */
