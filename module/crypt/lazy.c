// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crypt/lazy.c - a key, and a transform for it when it is used
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/preempt.h>
#include <linux/processor.h>
#include <linux/string.h>

#include "internal.h"

/* csrv_lazy_set_key() follows before the first use. */
void csrv_lazy_init(struct csrv_lazy *lazy, const char *alg, bool aead)
{
	lazy->alg = alg;
	lazy->aead = aead;
	atomic_set(&lazy->users, 0);
	lazy->tfm = NULL;
}

void csrv_lazy_set_key(struct csrv_lazy *lazy, const u8 *key, u8 key_len)
{
	memcpy(lazy->key, key, key_len);
	lazy->key_len = key_len;
}

static void tfm_free(const struct csrv_lazy *lazy, void *tfm)
{
	if (!tfm)
		return;
	if (lazy->aead)
		crypto_free_aead(tfm);
	else
		crypto_free_shash(tfm);
}

/* No user is left. */
void csrv_lazy_exit(struct csrv_lazy *lazy)
{
	tfm_free(lazy, lazy->tfm);
	lazy->tfm = NULL;
}

static void *tfm_make(struct csrv_lazy *lazy)
{
	void *tfm, *first;

	if (lazy->aead)
		tfm = csrv_aead_alloc(lazy->alg, lazy->key, lazy->key_len);
	else
		tfm = csrv_hash_alloc(lazy->alg, lazy->key, lazy->key_len);
	if (IS_ERR(tfm))
		return tfm;
	first = cmpxchg(&lazy->tfm, NULL, tfm);
	if (!first)
		return tfm;
	tfm_free(lazy, tfm);	/* another user was faster */
	return first;
}

/* The transform, which stays until csrv_lazy_put(), or ERR_PTR. Sleeps when it has to be made. */
void *csrv_lazy_get(struct csrv_lazy *lazy)
{
	void *tfm;

	/* csrv_lazy_trim() takes it away within a few instructions, and is not preempted there */
	while (!atomic_inc_unless_negative(&lazy->users))
		cpu_relax();
	tfm = smp_load_acquire(&lazy->tfm);	/* pairs with cmpxchg() in tfm_make() */
	if (!tfm)
		tfm = tfm_make(lazy);
	if (IS_ERR(tfm))
		csrv_lazy_put(lazy);
	return tfm;
}

void csrv_lazy_put(struct csrv_lazy *lazy)
{
	atomic_dec_return_release(&lazy->users);
}

/* Free the transform if it has no user; the next csrv_lazy_get() allocates another. */
void csrv_lazy_trim(struct csrv_lazy *lazy)
{
	void *tfm = NULL;

	preempt_disable();
	if (atomic_cmpxchg_acquire(&lazy->users, 0, -1) == 0) {
		tfm = lazy->tfm;
		lazy->tfm = NULL;
		atomic_set_release(&lazy->users, 0);
	}
	preempt_enable();
	tfm_free(lazy, tfm);
}
