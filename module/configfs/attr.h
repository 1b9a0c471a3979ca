/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attributes, all stored and shown by the same code.
 *
 * A row describes an attribute; one show and one store function serve all. A store works on a copy
 * of the item's parameters, which replaces the old ones only after the server has accepted it, so
 * that a refused value changes nothing.
 */
#ifndef CSRV_CONFIGFS_ATTR_H
#define CSRV_CONFIGFS_ATTR_H

#include <linux/build_bug.h>
#include <linux/configfs.h>
#include <linux/mutex.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include "text.h"

struct csrv_attr_item;
struct csrv_server;

enum csrv_attr_when { CSRV_WHEN_ANY, CSRV_WHEN_DISABLED };

enum csrv_attr_kind {
	CSRV_KIND_BOOL,
	CSRV_KIND_U32,
	CSRV_KIND_OCTAL,	/* u32 too */
	CSRV_KIND_SIZE,		/* u64 */
	CSRV_KIND_ENUM,		/* u8 */
	CSRV_KIND_TEXT,		/* char *, owned by the parameters */
};

/* One attribute. Constant. */
struct csrv_attr_row {
	const char			*name;
	u8				kind;	/* enum csrv_attr_kind */
	u8				when;	/* enum csrv_attr_when */
	u16				offset;	/* in the scope's parameters */
	u64				lo, hi;
	const char *const		*names;	/* CSRV_KIND_ENUM; ended by NULL */
	const struct csrv_text_rule	*rule;	/* CSRV_KIND_TEXT */
};

/**
 * struct csrv_attr_scope - what differs between server, shares, users, listeners
 * @dir: for messages: "shares/", "" for the server
 * @type: has the attributes
 * @params_size: of struct csrv_<scope>_params
 * @init: default values; 0 or -ENOMEM, and then there is nothing to free
 * @copy: 0 or -ENOMEM; the target holds nothing before, and nothing after an error
 * @free: ends the texts of parameters, not the struct
 * @publish: put @params into effect, which are copied; 0 or -errno
 * @revoke: take the item out of service; NULL: it cannot be disabled
 */
struct csrv_attr_scope {
	const char			*dir;
	const struct config_item_type	*type;
	size_t				params_size;
	int (*init)(void *params);
	int (*copy)(void *to, const void *from);
	void (*free)(void *params);
	int (*publish)(struct csrv_attr_item *it, const void *params);
	void (*revoke)(struct csrv_attr_item *it);
};

/*
 * struct csrv_attr_item - a directory with attributes
 *
 * Embedded in the object of its scope. configfs creates it (mkdir) and holds it; it is freed with
 * the last reference, after rmdir has revoked it.
 */
struct csrv_attr_item {
	struct config_group		group;
	const struct csrv_attr_scope	*scope;
	struct csrv_server		*srv;	/* outlives configfs */
	struct mutex			lock;	/* guards enabled and params */
	bool				enabled;
	void				*params;	/* of scope->params_size; allocated */
};

static inline struct csrv_attr_item *to_csrv_attr_item(struct config_item *item)
{
	return container_of(to_config_group(item), struct csrv_attr_item, group);
}

ssize_t csrv_attr_show(struct config_item *item, const struct csrv_attr_row *row, char *page);
ssize_t csrv_attr_store(struct config_item *item, const struct csrv_attr_row *row,
			const char *page, size_t len);
ssize_t csrv_attr_enable_show(struct config_item *item, char *page);
ssize_t csrv_attr_enable_store(struct config_item *item, const char *page, size_t len);

int csrv_attr_item_init(struct csrv_attr_item *it, const char *name,
			const struct csrv_attr_scope *scope, struct csrv_server *srv);
void csrv_attr_item_done(struct csrv_attr_item *it);
void csrv_attr_item_revoke(struct csrv_attr_item *it);

/* @init, @copy and @free of a scope, in the types of its parameters. */
#define CSRV_ATTR_PARAMS(scope)									\
static int scope##_params_init(void *params)							\
{												\
	return csrv_##scope##_params_init(params);						\
}												\
static int scope##_params_copy(void *to, const void *from)					\
{												\
	return csrv_##scope##_params_copy(to, from);						\
}												\
static void scope##_params_free(void *params)							\
{												\
	csrv_##scope##_params_free(params);							\
}

#define CSRV_ATTR_ROW(scope, field, ctype, ...)						\
static_assert(__same_type(((struct csrv_##scope##_params *)NULL)->field, ctype));		\
static const struct csrv_attr_row scope##_##field##_row = {					\
	.name = #field, .offset = offsetof(struct csrv_##scope##_params, field), __VA_ARGS__	\
};												\
static ssize_t scope##_##field##_show(struct config_item *item, char *page)			\
{												\
	return csrv_attr_show(item, &scope##_##field##_row, page);				\
}												\
static ssize_t scope##_##field##_store(struct config_item *item, const char *page, size_t len)	\
{												\
	return csrv_attr_store(item, &scope##_##field##_row, page, len);			\
}												\
CONFIGFS_ATTR(scope##_, field)

#define CSRV_ATTR_BOOL(scope, field, at)							\
	CSRV_ATTR_ROW(scope, field, bool, .kind = CSRV_KIND_BOOL, .when = (at))
#define CSRV_ATTR_U32(scope, field, min, max, at)						\
	CSRV_ATTR_ROW(scope, field, u32, .kind = CSRV_KIND_U32,					\
		      .lo = (min), .hi = (max), .when = (at))
#define CSRV_ATTR_OCTAL(scope, field, min, max, at)						\
	CSRV_ATTR_ROW(scope, field, u32, .kind = CSRV_KIND_OCTAL,				\
		      .lo = (min), .hi = (max), .when = (at))
#define CSRV_ATTR_SIZE(scope, field, min, max, at)						\
	CSRV_ATTR_ROW(scope, field, u64, .kind = CSRV_KIND_SIZE,				\
		      .lo = (min), .hi = (max), .when = (at))
#define CSRV_ATTR_ENUM(scope, field, list, at)							\
	CSRV_ATTR_ROW(scope, field, u8, .kind = CSRV_KIND_ENUM, .names = (list), .when = (at))
#define CSRV_ATTR_TEXT(scope, field, how, at)							\
	CSRV_ATTR_ROW(scope, field, char *, .kind = CSRV_KIND_TEXT, .rule = (how), .when = (at))

/* The attribute "enable" of shares, users and listeners. */
#define CSRV_ATTR_ENABLE(scope)									\
static ssize_t scope##_enable_show(struct config_item *item, char *page)			\
{												\
	return csrv_attr_enable_show(item, page);						\
}												\
static ssize_t scope##_enable_store(struct config_item *item, const char *page, size_t len)	\
{												\
	return csrv_attr_enable_store(item, page, len);						\
}												\
CONFIGFS_ATTR(scope##_, enable)

#endif /* CSRV_CONFIGFS_ATTR_H */
