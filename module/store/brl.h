/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store/brl.h - byte-range locks, [MS-FSA] 2.1.5.8, 2.1.5.9 and 2.1.4.10 */
#ifndef CIFSSRV_STORE_BRL_H
#define CIFSSRV_STORE_BRL_H

#include <linux/types.h>

#include "../wire/status.h"
#include "brl_set.h"
#include "lockseq.h"
#include "open.h"

struct csrv_wait;

/**
 * struct csrv_lock_run - a LOCK in progress
 * @open: its open
 * @seq: its place and number: [MS-SMB2] 3.3.5.14
 * @entry: of its place; NULL: it has no place
 * @age: of the same LOCK, sent before, which has waited until now; 0: there is none
 */
struct csrv_lock_run {
	struct csrv_open		*open;
	struct csrv_lockseq_id		seq;
	struct csrv_lockseq_entry	*entry;
	u64				age;
};

/* A lock that is waited for.  Embedded in a request; file->lock guards it. */
struct csrv_lock_waiter {
	struct csrv_lock_wait	place;
	struct csrv_open	*open;
	struct csrv_wait	*wait;
	bool			cancelled;	/* asked to end, perhaps before it was queued */
	struct csrv_lockseq_id	seq;		/* of the LOCK */
	struct csrv_lockseq_entry *entry;	/* of its place, or NULL */
};

nt_status_t csrv_brl_lock(struct csrv_open *o, const struct csrv_range *r);
nt_status_t csrv_brl_wait_init(struct csrv_lock_waiter *w, const struct csrv_lock_run *run,
			       const struct csrv_range *r);
void csrv_brl_wait_undo(struct csrv_lock_waiter *w);
nt_status_t csrv_brl_wait(struct csrv_lock_waiter *w, struct csrv_wait *wait);
void csrv_brl_cancel(struct csrv_lock_waiter *w, nt_status_t status);
nt_status_t csrv_brl_unlock(struct csrv_open *o, const struct csrv_range *r);
bool csrv_brl_begin(struct csrv_lock_run *run, nt_status_t *status)
	__must_hold(&run->open->lock_turn);
void csrv_brl_done(struct csrv_lock_run *run) __must_hold(&run->open->lock_turn);
nt_status_t csrv_brl_check(struct csrv_open *o, u64 start, u64 len, bool write);
void csrv_brl_close(struct csrv_open *o);

#endif /* CIFSSRV_STORE_BRL_H */
