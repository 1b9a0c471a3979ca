// SPDX-License-Identifier: GPL-2.0-or-later
/* store/changer.c - through what a client makes a change */
#include <linux/string.h>

#include "../core/quota.h"
#include "changer.h"

/**
 * csrv_changer_init() - a client is about to open something, and may change it
 * @by: filled in
 * @account: of its rights; @by is of use as long as these are held
 * @parent: as in struct csrv_changer, copied; or NULL
 */
void csrv_changer_init(struct csrv_changer *by, const struct csrv_account *account,
		       const u8 parent[16])
{
	*by = (struct csrv_changer){ .keyed = parent, .user = account->identity };
	if (parent)
		memcpy(by->parent, parent, sizeof(by->parent));
}

/**
 * csrv_changer_join() - two opens make one change
 * @by: the first; has no key afterwards unless the other has the same
 * @also: the other
 *
 * The link that one open has marked for deletion is removed with another: what [MS-FSA] 2.1.5.5
 * leaves open, smbtorture's smb2.dirlease.unlink_different_set_and_close says.
 */
void csrv_changer_join(struct csrv_changer *by, const struct csrv_changer *also)
{
	by->keyed = by->keyed && also->keyed && by->user == also->user &&
		    !memcmp(by->parent, also->parent, sizeof(by->parent));
}

/**
 * csrv_changer_has() - does the client make the change as the holder of a directory's lease
 * @by: whose change it is; NULL: a local process's
 * @lease: the key of the lease
 * @account: that it is charged to
 *
 * [MS-FSA] 2.1.4.12.2 compares keys alone, as smbtorture's smb2.dirlease.setdos and its like
 * expect: with another ClientGuid it is the holder all the same.  Implementation: but not as
 * another user, who may have seen the key, and could keep the holder from learning of a change.
 * Return: true if it does: the holder knows of the change.
 */
bool csrv_changer_has(const struct csrv_changer *by, const struct csrv_cache_key *lease,
		      const struct csrv_account *account)
{
	return by && by->keyed && by->user == account->identity &&
	       !memcmp(by->parent, lease->lease, sizeof(by->parent));
}
