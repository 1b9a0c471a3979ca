// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/nametab.c - the names of one directory, found without regard to case */
#include <linux/bits.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../wire/name.h"
#include "../wire/utf16.h"
#include "nametab.h"

#define NAMES_BYTES	(8u << 20)	/* most names of one directory; more are not kept */
#define SLOTS_MIN	64u
#define RESCHED_NAMES	1024u		/* names looked at before others may run */

/* A slot: the name's offset in csrv_names.names, with SLOT_TWINS; SLOT_EMPTY; or SLOT_GONE. */
#define SLOT_EMPTY	0u
#define SLOT_GONE	BIT(31)
#define SLOT_TWINS	BIT(30)		/* there are more names with this key, in no slot */

static void table_clear(struct csrv_name_table *t)
{
	kvfree(t->slots);
	kvfree(t->hashes);
	*t = (struct csrv_name_table){};
}

void csrv_names_clear(struct csrv_names *n)
{
	kvfree(n->names);
	table_clear(&n->full);
	table_clear(&n->shorts);
	*n = (struct csrv_names){};
}

size_t csrv_names_bytes(const struct csrv_names *n)
{
	return n->size + ((size_t)n->full.n + n->shorts.n) * 2 * sizeof(u32);
}

static void slot_put(struct csrv_name_table *t, u32 hash, u32 value)
{
	u32 i = hash & (t->n - 1);

	while (t->slots[i] != SLOT_EMPTY)
		i = (i + 1) & (t->n - 1);
	t->slots[i] = value;
	t->hashes[i] = hash;
	t->filled++;
}

/* Make room for one more; drops SLOT_GONE. */
static bool table_grow(struct csrv_name_table *t)
{
	struct csrv_name_table old = *t;
	u32 want = old.n ? old.n * 2 : SLOTS_MIN, i;

	if (old.filled < old.n / 4 * 3)
		return true;
	t->slots = kvcalloc(want, sizeof(u32), GFP_KERNEL);
	t->hashes = kvcalloc(want, sizeof(u32), GFP_KERNEL);
	t->n = want;
	t->filled = 0;
	for (i = 0; i < old.n && t->slots && t->hashes; i++) {
		if (old.slots[i] != SLOT_EMPTY && old.slots[i] != SLOT_GONE)
			slot_put(t, old.hashes[i], old.slots[i]);
		if (i % RESCHED_NAMES == 0)
			cond_resched();
	}
	table_clear(&old);
	if (t->slots && t->hashes)
		return true;
	table_clear(t);
	return false;
}

static bool names_grow(struct csrv_names *n, u32 need)
{
	u32 size = n->size ? n->size * 2 : 1024;
	char *names;

	if (need <= n->size - n->used)
		return true;
	if (size > NAMES_BYTES)
		return false;
	names = kvmalloc(size, GFP_KERNEL);
	if (!names)
		return false;
	if (n->names)
		memcpy(names, n->names, n->used);
	kvfree(n->names);
	n->names = names;
	n->size = size;
	if (!n->used)
		n->used = 1;		/* no name has offset SLOT_EMPTY */
	return true;
}

static const char *slot_name(const struct csrv_names *n, u32 slot, size_t *len)
{
	const char *at = n->names + (slot & ~SLOT_TWINS);

	*len = (u8)*at;
	return at + 1;
}

/* The name that clients see.  @buf is used where that is not @name. */
static const char *name_shown(const char *name, size_t *len, char buf[WIRE_SHOWN_MAX])
{
	u32 n;

	if (csrv_name_is_usable(name, *len))
		return name;
	n = csrv_name_show(name, *len, buf);
	if (!n)
		return name;		/* clients cannot use it: they see its 8.3 name only */
	*len = n;
	return buf;
}

/* The generated 8.3 name of a name; 0: it needs none. */
static u32 short_of(const struct csrv_names *n, const char *name, size_t len, char *buf)
{
	u32 got = csrv_short_name(name, len, n->short_seed, buf);

	return csrv_name_may_be_short(buf, got) ? got : 0;
}

/* Has the name in @slot the key @key in table @t? */
static bool slot_has(const struct csrv_names *n, const struct csrv_name_table *t, u32 slot,
		     const char *key, size_t len)
{
	char buf[WIRE_SHOWN_MAX];
	size_t have_len;
	const char *have = slot_name(n, slot, &have_len);

	if (t == &n->shorts) {
		have_len = short_of(n, have, have_len, buf);
		have = buf;
	} else {
		have = name_shown(have, &have_len, buf);
	}
	return have_len && !csrv_name_casecmp(have, have_len, key, len);
}

static u32 *slot_find(const struct csrv_names *n, const struct csrv_name_table *t, u32 hash,
		      const char *key, size_t len)
{
	u32 i;

	if (!t->n)
		return NULL;
	for (i = hash & (t->n - 1); t->slots[i] != SLOT_EMPTY; i = (i + 1) & (t->n - 1)) {
		if (t->slots[i] != SLOT_GONE && t->hashes[i] == hash &&
		    slot_has(n, t, t->slots[i], key, len))
			return &t->slots[i];
	}
	return NULL;
}

static const char *find(const struct csrv_names *n, const struct csrv_name_table *t,
			const char *key, size_t len)
{
	u32 *slot = slot_find(n, t, csrv_name_fold_hash(key, len, n->seed), key, len);

	return slot ? slot_name(n, *slot, &len) : NULL;
}

const char *csrv_names_find(const struct csrv_names *n, const char *name, size_t len)
{
	return find(n, &n->full, name, len);
}

const char *csrv_names_find_short(const struct csrv_names *n, const char *name, size_t len)
{
	return find(n, &n->shorts, name, len);
}

/* The slot of a name on disk, or of the name that has the slot of its key. */
static u32 *full_slot(const struct csrv_names *n, const char *name, size_t len)
{
	char buf[WIRE_SHOWN_MAX];
	const char *key = name_shown(name, &len, buf);

	return slot_find(n, &n->full, csrv_name_fold_hash(key, len, n->seed), key, len);
}

static bool slot_is(const struct csrv_names *n, u32 slot, const char *name, size_t len)
{
	size_t have_len;
	const char *have = slot_name(n, slot, &have_len);

	return have_len == len && !memcmp(have, name, len);
}

static bool full_add(struct csrv_names *n, u32 off)
{
	char buf[WIRE_SHOWN_MAX];
	size_t len;
	const char *name = slot_name(n, off, &len), *key = name_shown(name, &len, buf);
	u32 hash = csrv_name_fold_hash(key, len, n->seed);
	u32 *slot = slot_find(n, &n->full, hash, key, len);

	if (slot) {
		*slot |= SLOT_TWINS;
		return true;
	}
	if (!table_grow(&n->full))
		return false;
	slot_put(&n->full, hash, off);
	return true;
}

static bool short_add(struct csrv_names *n, u32 off)
{
	char buf[WIRE_SHORT_NAME_MAX + 1];
	const char *name;
	size_t len;
	u32 hash;

	name = slot_name(n, off, &len);
	len = short_of(n, name, len, buf);
	if (!len)
		return true;
	hash = csrv_name_fold_hash(buf, len, n->seed);
	if (slot_find(n, &n->shorts, hash, buf, len)) {
		n->twins = true;
		return true;
	}
	if (!table_grow(&n->shorts))
		return false;
	slot_put(&n->shorts, hash, off);
	return true;
}

bool csrv_names_add(struct csrv_names *n, const char *name, size_t len)
{
	u32 off;

	/* Fresh memory of 1024 bytes and any doubling hold a name of 255 bytes. */
	if (!names_grow(n, len + 3))
		return false;
	off = n->used;
	n->names[off] = len;
	memcpy(n->names + off + 1, name, len);
	n->names[off + 1 + len] = '\0';
	n->used += len + 2;
	return full_add(n, off) && (!n->has_shorts || short_add(n, off));
}

static void short_forget(struct csrv_names *n, const char *name, size_t len)
{
	char buf[WIRE_SHORT_NAME_MAX + 1];
	u32 *slot, got = short_of(n, name, len, buf);

	slot = got ? slot_find(n, &n->shorts, csrv_name_fold_hash(buf, got, n->seed), buf, got) :
		     NULL;
	if (!slot || !slot_is(n, *slot, name, len))
		return;
	*slot = SLOT_GONE;
	if (n->twins) {			/* another name may get that 8.3 name: build anew */
		table_clear(&n->shorts);
		n->has_shorts = false;
		n->twins = false;
	}
}

/* False: another name with that key may exist, or @name is not in the table. */
static bool names_forget(struct csrv_names *n, const char *name, size_t len)
{
	u32 *slot = full_slot(n, name, len);

	if (!slot || *slot & SLOT_TWINS || !slot_is(n, *slot, name, len))
		return false;
	*slot = SLOT_GONE;
	if (n->has_shorts)
		short_forget(n, name, len);
	return true;
}

bool csrv_names_change(struct csrv_names *n, const char *gone, const char *made)
{
	u32 *slot;

	if (gone && !names_forget(n, gone, strlen(gone)))
		return false;
	if (!made)
		return true;
	slot = full_slot(n, made, strlen(made));
	if (slot && slot_is(n, *slot, made, strlen(made)))
		return true;
	return csrv_names_add(n, made, strlen(made));
}
