/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Generated from configfs-schema/listener.cfg by "make gen"; do not edit. */
#ifndef CSRV_MODEL_LISTENER_PARAMS_GEN_H
#define CSRV_MODEL_LISTENER_PARAMS_GEN_H

#include <linux/types.h>

enum csrv_listener_transport {
	CSRV_LISTENER_TRANSPORT_TCP = 0,
	CSRV_LISTENER_TRANSPORT_RDMA = 1,
};

/*
 * What configfs says about a listener, checked. Texts are the struct's own and never
 * NULL between _init or _copy and _free; lists have one blank between words.
 */
struct csrv_listener_params {
	char *address;
	char *interface;
	u32 port;
	u8 transport;	/* enum csrv_listener_transport */
};

/* Defaults. 0 or -ENOMEM, with nothing held then. Process context. */
int csrv_listener_params_init(struct csrv_listener_params *p);
/* @to is overwritten, not freed. 0 or -ENOMEM, with nothing held then. */
int csrv_listener_params_copy(struct csrv_listener_params *to,
			      const struct csrv_listener_params *from);
/* Harmless on a struct of zeroes and on one that was freed. */
void csrv_listener_params_free(struct csrv_listener_params *p);

#endif
