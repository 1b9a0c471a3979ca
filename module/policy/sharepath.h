/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy/sharepath.h - macros in the path of a share, smb.conf(5) VARIABLE SUBSTITUTIONS
 *
 *	%U %G	the session's user, and its primary group
 *	%u %g	the user that files are used as there, and its primary group
 * %H	home directory of %u
 *	%m %I	the client's address
 *	%S	name of the share; of one with `homes` %U, by whichever name it was reached
 *	%%	%
 *
 * Pure text: no locks, no memory.
 */
#ifndef CIFSSRV_POLICY_SHAREPATH_H
#define CIFSSRV_POLICY_SHAREPATH_H

#include <linux/types.h>

/* What the macros stand for; NULL or "": not known. */
struct csrv_path_values {
	const char	*session_user;		/* %U */
	const char	*session_group;		/* %G */
	const char	*user;			/* %u */
	const char	*group;			/* %g */
	const char	*home;			/* %H */
	const char	*client;		/* %m, %I */
	const char	*share;			/* %S */
};

int csrv_path_check(const char *path);
int csrv_path_fixed(const char *path, char *buf, size_t size);
int csrv_path_expand(const char *path, const struct csrv_path_values *v, char *buf, size_t size,
		     size_t *own, char *macro);

#endif /* CIFSSRV_POLICY_SHAREPATH_H */
