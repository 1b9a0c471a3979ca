// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crypt/preauth.c - preauthentication integrity, [MS-SMB2] 3.3.5.4, 3.3.5.5
 */
#include <linux/err.h>
#include <linux/string.h>

#include "internal.h"

int csrv_preauth_update(u8 hash[CSRV_PREAUTH_LEN], const struct csrv_bytes *msg)
{
	struct crypto_shash *tfm;
	u8 next[CSRV_PREAUTH_LEN];
	int err;

	/* Used a few times per connection: not worth keeping a transform for. */
	tfm = csrv_hash_alloc("sha512", NULL, 0);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	err = csrv_hash_message(tfm, hash, CSRV_PREAUTH_LEN, msg, next);
	if (!err)
		memcpy(hash, next, CSRV_PREAUTH_LEN);
	crypto_free_shash(tfm);
	return err;
}
