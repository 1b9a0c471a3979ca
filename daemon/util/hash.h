/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util/hash.h - a hash of texts for tables */
#ifndef CIFSSRVD_UTIL_HASH_H
#define CIFSSRVD_UTIL_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_SEED	2166136261u	/* the first @hash */

/*
 * hash_octets() - FNV-1a over @len octets at @data, going on from @hash
 *
 * The hash has no key: a client can choose texts that share a bucket.  So a table of clients'
 * texts has a bound, and one bucket with all of them is still short enough to be searched.
 */
static inline uint32_t hash_octets(uint32_t hash, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (; len; len--)
		hash = (hash ^ *p++) * 16777619u;
	return hash;
}

#endif /* CIFSSRVD_UTIL_HASH_H */
