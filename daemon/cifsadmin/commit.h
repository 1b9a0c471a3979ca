/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cifsadmin/commit.h - changes smb.conf, whole or not at all */
#ifndef CIFSADMIN_COMMIT_H
#define CIFSADMIN_COMMIT_H

#include <sys/stat.h>

#include "../conf/smbconf.h"
#include "admin.h"
#include "edit.h"

/**
 * struct commit - a change of smb.conf
 * @conf: the configuration before it
 * @edit: the file's lines
 * @change: changes @edit; an exit status, with the complaint made; may be called again
 * @verify: checks the configuration after it; likewise; may be NULL
 * @priv: for both
 * @takes_share: the change removes a share, so no shares afterwards may be meant
 * @no_shares: out: the change has removed the last share
 */
struct commit {
	const struct conf *conf;
	struct edit *edit;
	int (*change)(struct commit *c, void *priv);
	int (*verify)(const struct commit *c, const struct conf *after, void *priv);
	void *priv;
	bool takes_share, no_shares;
};

/**
 * commit_run() - change smb.conf
 *
 * Other cifsadmins wait for the lock. The new text is read, and must have no error that the old one
 * had not. It replaces the file that a symbolic link leads to, with owner, group, mode, ACL and
 * other attributes as before. All is tried again when another program has changed the file
 * meanwhile. Then a running daemon reads it.
 *
 * Return: an exit status, with the complaint made.
 */
int commit_run(const struct admin *a, struct commit *c);

/**
 * commit_lock() - lock a file against other changes, those of commit_run() among them
 * @path: the file itself, no link to it; it need not exist
 *
 * The lock is on a file beside it that only its owner can open. Waits a minute for it.
 *
 * Return: a descriptor, which holds the lock until closed; or -errno, with the complaint made.
 */
int commit_lock(const char *path);

/* Writes @text into @path, which must not be there, with @mode, and syncs it. 0 or -errno. */
int commit_write(const char *path, const char *text, unsigned int mode);

/*
 * Writes @text into @tmp, with owner, group, ACL and other attributes of @target, and its mode
 * masked by @mode. An exit status, with the complaint made; @tmp may exist then.
 */
int commit_write_as(const char *tmp, const char *text, const char *target, unsigned int mode);

/* Writes @text into @tmp, which must not exist, with mode 0600 and no ACL. Likewise. */
int commit_write_private(const char *tmp, const char *text);

/*
 * Copies a file with its owner, group, mode, ACL and other attributes. An exit status, with the
 * complaint made; or -EEXIST, without one, when @to exists.
 */
int commit_copy(const char *from, const char *to);

/* Is the file another one than @was, or written since? */
bool commit_has_changed(const char *path, const struct stat *was);

/* Has the file an ACL, or may it have one? */
bool commit_has_acl(const char *path);

/* The text of a file without NUL octets; NULL with errno set. */
char *commit_read(TALLOC_CTX *ctx, const char *path);

#endif /* CIFSADMIN_COMMIT_H */
