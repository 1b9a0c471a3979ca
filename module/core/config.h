/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/config.h - the server's parameters, as snapshots */
#ifndef CIFSSRV_CORE_CONFIG_H
#define CIFSSRV_CORE_CONFIG_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include "server_params_gen.h"

struct csrv_server;

/*
 * The server's parameters: one immutable snapshot.
 *
 * Made by csrv_server_apply(), replaced as a whole, freed with the last reference.
 */
struct csrv_config {
	refcount_t			ref;
	struct rcu_head			rcu;
	struct csrv_server_params	p;
	u16				min_dialect;
	u16				max_dialect;
	u16				ciphers[4];	/* in order of preference */
	u32				nciphers;
	u16				signing_algs[3];
	u32				nsigning_algs;
	long				max_inflight;	/* bytes of one connection: its quota */
};

struct csrv_config *csrv_config_make(const struct csrv_server_params *p);
struct csrv_config *csrv_config_get(struct csrv_server *srv);
void csrv_config_put(struct csrv_config *cfg);

#endif /* CIFSSRV_CORE_CONFIG_H */
