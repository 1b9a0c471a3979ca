/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rpc/ndr.h - NDR 2.0, little-endian: bounded reading and writing of one stub
 *
 * The same contract as the kernel's wire cursor: a read past the end, or of
 * something illegal, yields zero (or NULL) and sets a sticky flag, so an
 * unmarshaller is a plain list of reads with one check (ndr_ok()) at its end.
 * Writes grow a talloc buffer up to a cap and are sticky in the same way.
 *
 * [C706] chapter 14 (transfer syntax NDR), [MS-RPCE] 2.2.4.
 */
#ifndef CIFSSRVD_RPC_NDR_H
#define CIFSSRVD_RPC_NDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

/* Longest string taken from a client, UTF-16 code units with the terminator. */
#define NDR_MAX_STRING	8192

/**
 * struct ndr_in - stub data being read
 * @mem: parent of the strings that are read
 * @data: the stub; alignment counts from here
 * @len: its length
 * @pos: next byte, <= @len
 * @bad: sticky: something was out of bounds or illegal
 */
struct ndr_in {
	TALLOC_CTX *mem;
	const uint8_t *data;
	size_t len;
	size_t pos;
	bool bad;
};

struct ndr_in ndr_in(TALLOC_CTX *mem, const void *data, size_t len);

/* The next @len bytes, or NULL (and @in turns bad). */
const uint8_t *ndr_take(struct ndr_in *in, size_t len);
/* Skip to a multiple of @to (a power of two) from the start of the stub. */
void ndr_align(struct ndr_in *in, size_t to);
uint8_t ndr_u8(struct ndr_in *in);
uint16_t ndr_u16(struct ndr_in *in);	/* aligned to 2 */
uint32_t ndr_u32(struct ndr_in *in);	/* aligned to 4 */

/* Referent id of a unique or full pointer: true unless it is NULL. */
bool ndr_ref(struct ndr_in *in);

/**
 * ndr_string() - conformant varying, terminated UTF-16 string
 * @in: the stub
 *
 * Refused (@in turns bad): a string longer than %NDR_MAX_STRING, without a
 * terminator, with a NUL before it, with half a surrogate pair, with an
 * offset, or longer than its own maximum count.
 *
 * Return: UTF-8, owned by @in->mem; NULL when @in is bad.
 */
const char *ndr_string(struct ndr_in *in);

/* [unique, string] as a top-level parameter: NULL pointer or string. */
const char *ndr_opt_string(struct ndr_in *in);

/* [in, unique] DWORD *: stores the value (0 for a NULL pointer); false for a NULL pointer. */
bool ndr_opt_u32(struct ndr_in *in, uint32_t *val);

/* Conformant array's maximum count; bad if it is not exactly @expect. */
void ndr_count(struct ndr_in *in, uint32_t expect);

static inline size_t ndr_left(const struct ndr_in *in)
{
	return in->len - in->pos;
}

static inline void ndr_expect(struct ndr_in *in, bool ok)
{
	in->bad |= !ok;
}

static inline bool ndr_ok(const struct ndr_in *in)
{
	return !in->bad;
}

/**
 * struct ndr_out - stub data being written
 * @data: talloc buffer, child of the context given to ndr_out_new()
 * @len: bytes written
 * @room: bytes allocated
 * @cap: never grows beyond this
 * @refs: referent ids handed out
 * @bad: sticky: over the cap, or out of memory
 */
struct ndr_out {
	uint8_t *data;
	size_t len;
	size_t room;
	size_t cap;
	uint32_t refs;
	bool bad;
};

/* An empty buffer under @mem that holds at most @cap bytes; NULL without memory. */
struct ndr_out *ndr_out_new(TALLOC_CTX *mem, size_t cap);

void ndr_put_bytes(struct ndr_out *out, const void *data, size_t len);
void ndr_put_align(struct ndr_out *out, size_t to);
void ndr_put_u8(struct ndr_out *out, uint8_t val);
void ndr_put_u16(struct ndr_out *out, uint16_t val);
void ndr_put_u32(struct ndr_out *out, uint32_t val);
/* A pointer: a fresh referent id, or NULL if not @set. */
void ndr_put_ref(struct ndr_out *out, bool set);
/* Conformant varying string with its terminator; each byte that is not UTF-8 becomes U+FFFD. */
void ndr_put_string(struct ndr_out *out, const char *utf8);
/* Varying string (offset, count, characters) as in [string] WCHAR x[N]. */
void ndr_put_vstring(struct ndr_out *out, const char *utf8);

/* UTF-16 code units in @utf8, without a terminator. */
size_t ndr_utf16_len(const char *utf8);

#endif /* CIFSSRVD_RPC_NDR_H */
