// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rpc/infotab.c - see infotab.h
 */
#include "infotab.h"

#include <errno.h>

/* MAX_PREFERRED_LENGTH, [MS-SRVS] 2.2.2.2 */
#define PREF_ALL	UINT32_MAX
/* Most bytes of rows in one reply, whatever the client prefers; half of a stub's cap. */
#define ROWS_MAX_BYTES	(512 * 1024)
/* Most items of one enumeration. */
#define ROWS_MAX	65536

/* The level, or NULL if it is not served. */
static const struct info_level *level_find(const struct info_table *tab, uint32_t level)
{
	for (size_t i = 0; i < tab->nlevels; i++)
		if (tab->levels[i].level == level)
			return &tab->levels[i];
	return NULL;
}

enum rpc_werror info_level_check(const struct rpc_call *call, const struct info_table *tab,
				 uint32_t level, const struct info_level **ret)
{
	const struct info_level *lv = level_find(tab, level);

	if (!lv)
		return WERR_INVALID_LEVEL;
	if (lv->access == INFO_ADMIN && !call->caller->is_admin)
		return WERR_ACCESS_DENIED;
	if (lv->access == INFO_KNOWN && rpc_is_nobody(call) && !call->caller->is_admin)
		return WERR_ACCESS_DENIED;
	*ret = lv;
	return WERR_OK;
}

/* Is the arm of the union for @level a pointer?  Else it is empty. */
static bool arm_is_pointer(const struct info_table *tab, uint32_t level)
{
	if (level_find(tab, level))
		return true;
	for (const uint32_t *r = tab->refused; r && *r; r++)
		if (*r == level)
			return true;
	return false;
}

static char kind_of(const struct info_table *tab, const struct info_level *lv, unsigned int i)
{
	return tab->kinds[lv->cols[i]];
}

/* The structure itself: numbers, and referents for what put_pointees() writes. */
static void put_members(struct ndr_out *out, const struct info_table *tab,
			const struct info_level *lv, const struct info_row *row)
{
	for (unsigned int i = 0; i < lv->ncols; i++) {
		const union info_val *v = &row->val[lv->cols[i]];

		switch (kind_of(tab, lv, i)) {
		case 'd':
			ndr_put_u32(out, v->num);
			break;
		case 's':
			ndr_put_ref(out, v->str);
			break;
		case 'b':
			ndr_put_ref(out, false);
			break;
		}
	}
}

static void put_pointees(struct ndr_out *out, const struct info_table *tab,
			 const struct info_level *lv, const struct info_row *row)
{
	for (unsigned int i = 0; i < lv->ncols; i++) {
		const union info_val *v = &row->val[lv->cols[i]];

		if (kind_of(tab, lv, i) == 's' && v->str)
			ndr_put_string(out, v->str);
	}
}

enum dcerpc_fault info_reply(struct rpc_call *call, const struct info_table *tab, uint32_t level,
			     const struct info_row *row, enum rpc_werror err)
{
	const struct info_level *lv = level_find(tab, level);
	bool full = !err && lv && row;

	ndr_put_u32(call->out, level);
	if (arm_is_pointer(tab, level))
		ndr_put_ref(call->out, full);
	if (full) {
		put_members(call->out, tab, lv, row);
		put_pointees(call->out, tab, lv, row);
	}
	ndr_put_u32(call->out, err);
	return DCERPC_FAULT_NONE;
}

/* Skips an array that a client may have put into an [in, out] container. */
static void skip_rows(struct rpc_call *call, const struct info_table *tab,
		      const struct info_level *lv, uint32_t count)
{
	struct ndr_in *in = call->in;
	bool *set;

	ndr_count(in, count);
	/* each member takes 4 bytes, which bounds a false count */
	ndr_expect(in, count <= ndr_left(in) / (4u * lv->ncols));
	if (in->bad)
		return;
	set = talloc_array(call->mem, bool, (size_t)count * lv->ncols);
	ndr_expect(in, set);
	for (size_t i = 0; i < (size_t)count * lv->ncols && ndr_ok(in); i++) {
		uint32_t val = ndr_u32(in);

		set[i] = val && kind_of(tab, lv, i % lv->ncols) != 'd';
	}
	for (size_t i = 0; i < (size_t)count * lv->ncols && ndr_ok(in); i++) {
		if (!set[i])
			continue;
		if (kind_of(tab, lv, i % lv->ncols) == 's')
			ndr_string(in);
		else
			ndr_take(in, ndr_u32(in));
	}
	talloc_free(set);
}

/* *_ENUM_STRUCT, [MS-SRVS] 2.2.4.38: level, union, pointer, container, array. */
static void pull_enum_struct(struct rpc_call *call, struct info_enum *en)
{
	const struct info_level *lv;
	struct ndr_in *in = call->in;
	uint32_t count;

	en->level = ndr_u32(in);
	ndr_count(in, en->level);		/* the union repeats the level */
	if (!arm_is_pointer(en->tab, en->level))
		return;
	en->has_ctr = ndr_ref(in);
	if (!en->has_ctr)
		return;
	lv = level_find(en->tab, en->level);
	count = ndr_u32(in);
	if (!ndr_ref(in))
		return;
	/* an array of an unknown level cannot be skipped */
	ndr_expect(in, lv);
	if (ndr_ok(in))
		skip_rows(call, en->tab, lv, count);
}

void info_enum_pull(struct rpc_call *call, struct info_enum *en)
{
	pull_enum_struct(call, en);
	en->pref_max = ndr_u32(call->in);
	en->has_resume = ndr_opt_u32(call->in, &en->resume);
}

enum rpc_werror info_enum_check(struct rpc_call *call, struct info_enum *en)
{
	enum rpc_werror err = info_level_check(call, en->tab, en->level, &en->lv);

	if (!err && !en->has_ctr)
		err = WERR_INVALID_PARAMETER;
	return err;
}

int info_enum_add(struct rpc_call *call, struct info_enum *en, const struct info_row *row)
{
	struct info_row *dst;

	if (en->nrows >= ROWS_MAX)
		return -E2BIG;
	/* grows by halves, so that an iteration does not take quadratic time */
	if (en->nrows == talloc_array_length(en->rows)) {
		struct info_row *rows = talloc_realloc(call->mem, en->rows, struct info_row,
						       en->nrows + en->nrows / 2 + 16);

		if (!rows)
			return -ENOMEM;
		en->rows = rows;
	}
	dst = &en->rows[en->nrows];
	*dst = *row;
	for (unsigned int i = 0; i < en->lv->ncols; i++) {
		unsigned int col = en->lv->cols[i];

		if (en->tab->kinds[col] != 's' || !row->val[col].str)
			continue;
		dst->val[col].str = talloc_strdup(en->rows, row->val[col].str);
		if (!dst->val[col].str)
			return -ENOMEM;
	}
	en->nrows++;
	return 0;
}

/* Bytes of @row in the client's buffer: members and strings, [MS-SRVS] 3.1.4.8. */
static size_t row_bytes(const struct info_enum *en, const struct info_row *row)
{
	size_t n = 4u * en->lv->ncols;

	for (unsigned int i = 0; i < en->lv->ncols; i++) {
		const char *s = row->val[en->lv->cols[i]].str;

		if (kind_of(en->tab, en->lv, i) == 's' && s)
			n += 2 * (ndr_utf16_len(s) + 1);
	}
	return n;
}

/* Number of rows from @first on that fit into this reply. */
static size_t rows_that_fit(const struct info_enum *en, size_t first)
{
	size_t max = en->pref_max == PREF_ALL || en->pref_max > ROWS_MAX_BYTES ?
		     ROWS_MAX_BYTES : en->pref_max;
	size_t used = 0;
	size_t n;

	for (n = 0; first + n < en->nrows; n++) {
		used += row_bytes(en, &en->rows[first + n]);
		if (used > max)
			break;
	}
	return n;
}

static void put_enum_struct(struct ndr_out *out, const struct info_enum *en, size_t first,
			    size_t count)
{
	ndr_put_u32(out, en->level);
	ndr_put_u32(out, en->level);
	if (!arm_is_pointer(en->tab, en->level))
		return;
	ndr_put_ref(out, en->has_ctr);
	if (!en->has_ctr)
		return;
	ndr_put_u32(out, (uint32_t)count);
	ndr_put_ref(out, count);
	if (!count)
		return;
	ndr_put_u32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		put_members(out, en->tab, en->lv, &en->rows[first + i]);
	for (size_t i = 0; i < count; i++)
		put_pointees(out, en->tab, en->lv, &en->rows[first + i]);
}

enum dcerpc_fault info_enum_reply(struct rpc_call *call, struct info_enum *en,
				  enum rpc_werror err)
{
	size_t first = 0, count = 0, total = 0;
	uint32_t resume = 0;

	if (!err) {
		first = en->resume < en->nrows ? en->resume : en->nrows;
		total = en->nrows - first;
		count = rows_that_fit(en, first);
		if (count < total) {
			err = count ? WERR_MORE_DATA : WERR_BUF_TOO_SMALL;
			resume = (uint32_t)(first + count);
		}
	}
	put_enum_struct(call->out, en, first, count);
	ndr_put_u32(call->out, (uint32_t)total);
	ndr_put_ref(call->out, en->has_resume);
	if (en->has_resume)
		ndr_put_u32(call->out, resume);
	ndr_put_u32(call->out, err);
	return DCERPC_FAULT_NONE;
}
