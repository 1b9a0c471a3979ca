// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/cred.c - the credentials a session works with */
#include <linux/err.h>
#include <linux/sched/task.h>
#include <linux/securebits.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "../compat/cred.h"
#include "cred.h"

/* @more: one more group, or U32_MAX */
static struct group_info *groups_make(const u32 *groups, u32 ngroups, u32 more)
{
	u32 i, n = ngroups + (more != U32_MAX);
	struct group_info *gi;

	if (ngroups >= NGROUPS_MAX)
		return ERR_PTR(-EINVAL);
	gi = groups_alloc(n);
	if (!gi)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < n; i++) {
		gi->gid[i] = make_kgid(&init_user_ns, i < ngroups ? groups[i] : more);
		if (!gid_valid(gi->gid[i])) {
			groups_free(gi);
			return ERR_PTR(-EINVAL);
		}
	}
	groups_sort(gi);
	return gi;
}

static void cred_set_ids(struct cred *cred, kuid_t uid, kgid_t gid)
{
	cred->uid = uid;
	cred->euid = uid;
	cred->suid = uid;
	cred->fsuid = uid;
	cred->gid = gid;
	cred->egid = gid;
	cred->sgid = gid;
	cred->fsgid = gid;
}

static void cred_drop_caps(struct cred *cred)
{
	cap_clear(cred->cap_effective);
	cap_clear(cred->cap_permitted);
	cap_clear(cred->cap_inheritable);
	cap_clear(cred->cap_ambient);
	cap_clear(cred->cap_bset);
}

const struct cred *csrv_cred_make(uid_t uid, gid_t gid, const u32 *groups, u32 ngroups, u32 more)
{
	kuid_t kuid = make_kuid(&init_user_ns, uid);
	kgid_t kgid = make_kgid(&init_user_ns, gid);
	struct group_info *gi;
	struct cred *cred;

	if (!uid_valid(kuid) || !gid_valid(kgid))
		return ERR_PTR(-EINVAL);
	gi = groups_make(groups, ngroups, more);
	if (IS_ERR(gi))
		return ERR_CAST(gi);
	/* init's credentials: no keyrings, nothing of the current task. */
	cred = prepare_kernel_cred(&init_task);
	if (!cred) {
		groups_free(gi);
		return ERR_PTR(-ENOMEM);
	}
	cred_set_ids(cred, kuid, kgid);
	set_groups(cred, gi);
	put_group_info(gi);
	cred->securebits = SECUREBITS_DEFAULT;
	if (!uid_eq(kuid, GLOBAL_ROOT_UID))
		cred_drop_caps(cred);
	return cred;
}

void csrv_cred_put(const struct cred *cred)
{
	if (cred)
		put_cred(cred);
}

const struct cred *csrv_cred_enter(const struct cred *cred)
{
	return compat_override_creds(cred);
}

const struct cred *csrv_cred_enter_root(void)
{
	const struct cred *root = csrv_cred_make(0, 0, NULL, 0, U32_MAX), *old;

	if (IS_ERR(root))
		return root;
	old = csrv_cred_enter(root);
	csrv_cred_put(root);	/* a task that acts with it holds a reference */
	return old;
}

void csrv_cred_leave(const struct cred *old)
{
	compat_revert_creds(old);
}
