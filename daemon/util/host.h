/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util/host.h - which client an address stands for */
#ifndef CIFSSRVD_UTIL_HOST_H
#define CIFSSRVD_UTIL_HOST_H

#include <stddef.h>

#define HOST_KEY_LEN	64	/* with the terminator */

/**
 * host_key() - what all addresses of one client have in common
 * @host: an address as text, as the kernel gives it
 * @key: IPv4: the address; IPv6: its /64, which one machine may have all addresses of (RFC 4862,
 *	RFC 8981), written "2001:db8::/64"; IPv4 within IPv6 (::ffff:0:0/96): the former.  Another
 *	text is its own key, cut to the room.
 *
 * Return: @key.
 */
const char *host_key(const char *host, char key[HOST_KEY_LEN]);

#endif /* CIFSSRVD_UTIL_HOST_H */
