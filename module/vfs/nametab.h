/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs/nametab.h - the names of one directory, found without regard to case
 *
 * Pure: no locks, nothing of the VFS; the unit tests build the same file.
 *
 * Of names that differ only in case the table has the first one only.  They have one hash whatever
 * the seed, and a client that may create names, or makes a program of the machine create them, has
 * as many as there are ways to write a name.
 */
#ifndef CIFSSRV_VFS_NAMETAB_H
#define CIFSSRV_VFS_NAMETAB_H

#include <linux/string.h>
#include <linux/types.h>

#include "../wire/shortname.h"

/* Open addressing; each key once. */
struct csrv_name_table {
	u32 *slots;			/* see nametab.c */
	u32 *hashes;			/* of the key in that slot */
	u32 n, filled;			/* a power of two; SLOT_GONE counts as filled */
};

/* The content of a directory.  All zero but for the next three members, it is empty. */
struct csrv_names {
	u32 seed;			/* random: no client can choose names that collide */
	u32 short_seed;			/* csrv_vfs_root.short_seed */
	bool has_shorts;		/* @shorts is kept: an 8.3 name was asked for */
	bool twins;			/* some share an 8.3 name: only one of them is in @shorts */
	char *names;			/* length byte, name, NUL; from offset 1 on */
	u32 used, size;
	struct csrv_name_table full;	/* by the name that clients are shown */
	struct csrv_name_table shorts;	/* by the 8.3 name made for it, where it has one */
};

/* Names made by csrv_short_name() have a '~', and only those are looked for. */
static inline bool csrv_name_may_be_short(const char *name, size_t len)
{
	return len <= WIRE_SHORT_NAME_MAX && memchr(name, '~', len);
}

/* False: no memory, or more names than are kept for one directory. */
bool csrv_names_add(struct csrv_names *n, const char *name, size_t len);
void csrv_names_clear(struct csrv_names *n);

/* Bytes of memory that @n takes. */
size_t csrv_names_bytes(const struct csrv_names *n);

/* A name that clients see as @name, without regard to case; NUL-terminated.  NULL: none. */
const char *csrv_names_find(const struct csrv_names *n, const char *name, size_t len);

/* A name with that 8.3 name; only with @n->has_shorts. */
const char *csrv_names_find_short(const struct csrv_names *n, const char *name, size_t len);

/**
 * csrv_names_change() - follow a change of the directory
 * @n: what was in it
 * @gone: a name that was removed, or NULL
 * @made: a name that was added, or NULL
 *
 * Return: false if the result is not complete: the directory has to be read again.
 */
bool csrv_names_change(struct csrv_names *n, const char *gone, const char *made);

#endif /* CIFSSRV_VFS_NAMETAB_H */
