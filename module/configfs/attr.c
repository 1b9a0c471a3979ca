// SPDX-License-Identifier: GPL-2.0-or-later
#include "../base/log.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../core/hosts.h"
#include "../policy/access.h"
#include "attr.h"

#define CSRV_ATTR_PATH_MAX	384	/* dir, name (at most 255 bytes), attribute */

/* One value that is being stored. A configfs page holds at most PAGE_SIZE - 1 bytes. */
struct input {
	char		*text;		/* a copy, without the newline */
	const char	*legal;		/* which text would be legal, if it was refused */
};

static void complain_words(const char *where, const char *what, const char *const *words)
{
	char text[160] = "";
	size_t n = 0;

	for (; *words; words++)
		n += scnprintf(text + n, sizeof(text) - n, " %s", *words);
	csrv_err_ratelimited("%s: legal: %s%s\n", where, what, text);
}

static void complain_text(const char *where, const struct csrv_text_rule *rule, const char *legal)
{
	if (rule->words)
		complain_words(where, "any of, each once:", rule->words);
	else if (rule->format == CSRV_TEXT_NUMBERS)
		csrv_err_ratelimited("%s: legal: numbers, %u to %u (at most %u bytes)\n", where,
				     rule->lo, rule->hi, rule->max);
	else
		csrv_err_ratelimited("%s: legal: %s (at most %u bytes)\n", where, legal, rule->max);
}

/* @legal: for texts, unless the rule says it */
static void complain(struct csrv_attr_item *it, const struct csrv_attr_row *row, const char *legal)
{
	char where[CSRV_ATTR_PATH_MAX];

	snprintf(where, sizeof(where), "%s%s/%s", it->scope->dir,
		 config_item_name(&it->group.cg_item), row->name);
	switch (row->kind) {
	case CSRV_KIND_BOOL:
		csrv_err_ratelimited("%s: legal: 0 and 1\n", where);
		break;
	case CSRV_KIND_OCTAL:
		csrv_err_ratelimited("%s: legal: octal, %#llo to %#llo\n", where, row->lo,
				     row->hi);
		break;
	case CSRV_KIND_ENUM:
		complain_words(where, "one of", row->names);
		break;
	case CSRV_KIND_TEXT:
		complain_text(where, row->rule, legal);
		break;
	default:
		csrv_err_ratelimited("%s: legal: %llu to %llu\n", where, row->lo, row->hi);
	}
}

static int set_text(char **field, const struct csrv_attr_row *row, struct input *in)
{
	in->legal = csrv_text_canon(in->text, row->rule);
	if (!in->legal && row->rule->format == CSRV_TEXT_ADDRESS && !csrv_host_is_address(in->text))
		in->legal = "an IPv4 or IPv6 address";
	if (in->legal)
		return -EINVAL;
	kfree(*field);
	*field = in->text;
	in->text = NULL;
	return 0;
}

static int set_enum(u8 *field, const struct csrv_attr_row *row, const char *text)
{
	size_t i;

	for (i = 0; row->names[i]; i++) {
		if (!strcmp(row->names[i], text)) {
			*field = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int set_number(void *field, const struct csrv_attr_row *row, const char *text)
{
	u64 v;

	if (!csrv_text_u64(text, row->kind == CSRV_KIND_OCTAL ? 8 : 10, &v) ||
	    v < row->lo || v > row->hi)
		return -EINVAL;
	if (row->kind == CSRV_KIND_SIZE)
		*(u64 *)field = v;
	else
		*(u32 *)field = v;
	return 0;
}

/* Takes over in->text if it becomes the value. */
static int set_field(void *params, const struct csrv_attr_row *row, struct input *in)
{
	void *field = params + row->offset;

	switch (row->kind) {
	case CSRV_KIND_BOOL:
		return kstrtobool(in->text, field);
	case CSRV_KIND_ENUM:
		return set_enum(field, row, in->text);
	case CSRV_KIND_TEXT:
		return set_text(field, row, in);
	default:
		return set_number(field, row, in->text);
	}
}

static int input_take(struct input *in, const char *page, size_t len)
{
	if (memchr(page, 0, len)) {
		in->legal = "text without NUL";
		return -EINVAL;
	}
	if (len && page[len - 1] == '\n')
		len--;
	in->text = kmemdup_nul(page, len, GFP_KERNEL);
	return in->text ? 0 : -ENOMEM;
}

static void params_free(struct csrv_attr_item *it, void *params)
{
	if (params)
		it->scope->free(params);
	kfree(params);
}

static void *params_copy(struct csrv_attr_item *it)
{
	void *copy = kzalloc(it->scope->params_size, GFP_KERNEL);

	if (copy && it->scope->copy(copy, it->params)) {
		kfree(copy);
		return NULL;
	}
	return copy;
}

static int store_locked(struct csrv_attr_item *it, const struct csrv_attr_row *row,
			struct input *in) __must_hold(&it->lock)
{
	void *next;
	int err;

	lockdep_assert_held(&it->lock);
	if (it->enabled && row->when == CSRV_WHEN_DISABLED) {
		csrv_err_ratelimited("%s%s/%s: can be changed only while enable is 0\n",
				     it->scope->dir, config_item_name(&it->group.cg_item),
				     row->name);
		return -EBUSY;
	}
	next = params_copy(it);
	if (!next)
		return -ENOMEM;
	err = set_field(next, row, in);
	if (err)
		complain(it, row, in->legal);
	else if (it->enabled)
		err = it->scope->publish(it, next);
	if (!err)
		swap(next, it->params);
	params_free(it, next);
	return err;
}

ssize_t csrv_attr_store(struct config_item *item, const struct csrv_attr_row *row,
			const char *page, size_t len)
{
	struct csrv_attr_item *it = to_csrv_attr_item(item);
	struct input in = {};
	int err;

	err = input_take(&in, page, len);
	if (err == -EINVAL)
		complain(it, row, in.legal);
	if (err)
		return err;
	mutex_lock(&it->lock);
	err = store_locked(it, row, &in);
	mutex_unlock(&it->lock);
	kfree(in.text);
	return err ? err : len;
}

ssize_t csrv_attr_show(struct config_item *item, const struct csrv_attr_row *row, char *page)
{
	struct csrv_attr_item *it = to_csrv_attr_item(item);
	const void *field;
	ssize_t len;

	mutex_lock(&it->lock);
	field = it->params + row->offset;
	switch (row->kind) {
	case CSRV_KIND_BOOL:
		len = sysfs_emit(page, "%d\n", *(const bool *)field);
		break;
	case CSRV_KIND_U32:
		len = sysfs_emit(page, "%u\n", *(const u32 *)field);
		break;
	case CSRV_KIND_OCTAL:
		len = sysfs_emit(page, "%04o\n", *(const u32 *)field);
		break;
	case CSRV_KIND_SIZE:
		len = sysfs_emit(page, "%llu\n", *(const u64 *)field);
		break;
	case CSRV_KIND_ENUM:
		len = sysfs_emit(page, "%s\n", row->names[*(const u8 *)field]);
		break;
	default:
		len = sysfs_emit(page, "%s\n", *(char * const *)field);
	}
	mutex_unlock(&it->lock);
	return len;
}

ssize_t csrv_attr_enable_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", READ_ONCE(to_csrv_attr_item(item)->enabled));
}

static int enable_locked(struct csrv_attr_item *it, bool enable) __must_hold(&it->lock)
{
	int err;

	lockdep_assert_held(&it->lock);
	if (enable == it->enabled)
		return 0;
	if (enable) {
		err = it->scope->publish(it, it->params);
		if (err)
			return err;
	} else {
		it->scope->revoke(it);
	}
	WRITE_ONCE(it->enabled, enable);
	return 0;
}

ssize_t csrv_attr_enable_store(struct config_item *item, const char *page, size_t len)
{
	struct csrv_attr_item *it = to_csrv_attr_item(item);
	bool enable;
	int err;

	if (kstrtobool(page, &enable)) {
		csrv_err_ratelimited("%s%s/enable: legal: 0 and 1\n", it->scope->dir,
				     config_item_name(item));
		return -EINVAL;
	}
	mutex_lock(&it->lock);
	err = enable_locked(it, enable);
	mutex_unlock(&it->lock);
	if (err)
		csrv_err_ratelimited("%s%s/enable: refused: %pe\n", it->scope->dir,
				     config_item_name(item), ERR_PTR(err));
	return err ? err : len;
}

/**
 * csrv_attr_item_init() - initialize an item before configfs gets it
 * @it: zeroed
 * @name: of the item's directory
 * @scope: constant
 * @srv: outlives the item
 *
 * Its parameters have their default values.
 * Return: 0 or -ENOMEM, with nothing held then.
 */
int csrv_attr_item_init(struct csrv_attr_item *it, const char *name,
			const struct csrv_attr_scope *scope, struct csrv_server *srv)
{
	void *params = kzalloc(scope->params_size, GFP_KERNEL);
	int err = params ? scope->init(params) : -ENOMEM;

	if (err) {
		kfree(params);
		return err;
	}
	it->scope = scope;
	it->srv = srv;
	it->params = params;
	it->enabled = false;
	mutex_init(&it->lock);
	config_group_init_type_name(&it->group, name, scope->type);
	return 0;
}

/* csrv_attr_item_done() - from release: the item cannot be reached any more */
void csrv_attr_item_done(struct csrv_attr_item *it)
{
	params_free(it, it->params);
	it->params = NULL;
	mutex_destroy(&it->lock);
}

/* csrv_attr_item_revoke() - from drop_item: no attribute can be stored any more */
void csrv_attr_item_revoke(struct csrv_attr_item *it)
{
	mutex_lock(&it->lock);
	enable_locked(it, false);
	mutex_unlock(&it->lock);
}
