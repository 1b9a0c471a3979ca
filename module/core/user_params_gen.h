/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Generated from configfs-schema/user.cfg by "make gen"; do not edit. */
#ifndef CSRV_MODEL_USER_PARAMS_GEN_H
#define CSRV_MODEL_USER_PARAMS_GEN_H

#include <linux/types.h>

/*
 * What configfs says about a user, checked. Texts are the struct's own and never
 * NULL between _init or _copy and _free; lists have one blank between words.
 */
struct csrv_user_params {
	char *groups;
	u32 uid;
	u32 gid;
};

/* Defaults. 0 or -ENOMEM, with nothing held then. Process context. */
int csrv_user_params_init(struct csrv_user_params *p);
/* @to is overwritten, not freed. 0 or -ENOMEM, with nothing held then. */
int csrv_user_params_copy(struct csrv_user_params *to,
			  const struct csrv_user_params *from);
/* Harmless on a struct of zeroes and on one that was freed. */
void csrv_user_params_free(struct csrv_user_params *p);

#endif
