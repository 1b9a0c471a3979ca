/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compat/cred.h - override credentials */
#ifndef CIFSSRV_COMPAT_CRED_H
#define CIFSSRV_COMPAT_CRED_H

#include <linux/cred.h>
#include <linux/version.h>

/* Since 6.14 override_creds() takes no reference of its own; here this holds for every kernel. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
static inline const struct cred *compat_override_creds(const struct cred *cred)
{
	return override_creds(get_cred(cred));
}

static inline void compat_revert_creds(const struct cred *old)
{
	put_cred(revert_creds(old));
}
#else
static inline const struct cred *compat_override_creds(const struct cred *cred)
{
	return override_creds(cred);
}

static inline void compat_revert_creds(const struct cred *old)
{
	revert_creds(old);
}
#endif

#endif /* CIFSSRV_COMPAT_CRED_H */
