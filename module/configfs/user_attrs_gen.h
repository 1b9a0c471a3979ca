/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Generated from configfs-schema/user.cfg by "make gen"; do not edit. */
#ifndef CSRV_CONFIGFS_USER_ATTRS_GEN_H
#define CSRV_CONFIGFS_USER_ATTRS_GEN_H

#include "attr.h"

CSRV_ATTR_U32(user, uid, 0U, 4294967294U, CSRV_WHEN_ANY);

CSRV_ATTR_U32(user, gid, 0U, 4294967294U, CSRV_WHEN_ANY);

static const struct csrv_text_rule user_groups_rule = {
	.format = CSRV_TEXT_NUMBERS,
	.max = 3900,
	.list = true,
	.lo = 0U,
	.hi = 4294967294U,
};

CSRV_ATTR_TEXT(user, groups, &user_groups_rule, CSRV_WHEN_ANY);

CSRV_ATTR_ENABLE(user);

static struct configfs_attribute *user_attrs[] = {
	&user_attr_uid,
	&user_attr_gid,
	&user_attr_groups,
	&user_attr_enable,
	NULL
};

#endif
