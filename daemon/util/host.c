// SPDX-License-Identifier: GPL-2.0-or-later
/* util/host.c - which client an address stands for */
#include "host.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define PREFIX_OCTETS	8

const char *host_key(const char *host, char key[HOST_KEY_LEN])
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr a;

	if (inet_pton(AF_INET6, host, &a) != 1) {
		snprintf(key, HOST_KEY_LEN, "%s", host);
		return key;
	}
	if (IN6_IS_ADDR_V4MAPPED(&a)) {
		inet_ntop(AF_INET, &a.s6_addr[12], key, HOST_KEY_LEN);
		return key;
	}
	memset(&a.s6_addr[PREFIX_OCTETS], 0, sizeof(a.s6_addr) - PREFIX_OCTETS);
	inet_ntop(AF_INET6, &a, text, sizeof(text));
	snprintf(key, HOST_KEY_LEN, "%s/64", text);
	return key;
}
