/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cifsadmin/commit.h - a change of smb.conf, whole or not at all */
#ifndef CIFSADMIN_COMMIT_H
#define CIFSADMIN_COMMIT_H

#include <sys/stat.h>

#include "../conf/smbconf.h"
#include "admin.h"
#include "edit.h"

/**
 * struct commit - a change on its way
 * @conf: the configuration before it
 * @edit: the file's lines
 * @change: changes @edit; an exit status, with the complaint made; may be called again
 * @verify: looks at the configuration that would be; likewise; NULL: nothing to look at
 * @priv: for both
 * @takes_share: the change takes a share out, so that there is none afterwards may be meant
 * @no_shares: there were some, and it has taken out the last one
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
 * Other cifsadmins wait meanwhile. The file that a symbolic link leads to is replaced, with owner,
 * group, mode, ACL and other attributes as before, after the new text has been read and has no error
 * that the old one had not. When another program has changed the file meanwhile, all begins again.
 * Then a daemon that runs reads it.
 *
 * Return: an exit status, with the complaint made.
 */
int commit_run(const struct admin *a, struct commit *c);

/**
 * commit_lock() - keep other changes of a file out, those of commit_run() among them
 * @path: the file itself, no link to it; it need not be there
 *
 * The lock is on a file beside it that only its owner can open. Waits a minute for another one.
 *
 * Return: a descriptor, which ends it when it is closed; or -errno, with the complaint made.
 */
int commit_lock(const char *path);

/* Writes @text into @path, which must not be there, with @mode, and syncs it. 0 or -errno. */
int commit_write(const char *path, const char *text, unsigned int mode);

/*
 * Writes @text into @tmp, with owner, group, ACL and other attributes of @target, and of its mode
 * what @mode has. An exit status, with the complaint made; @tmp may be there then.
 */
int commit_write_as(const char *tmp, const char *text, const char *target, unsigned int mode);

/* Writes @text into @tmp, which must not be there, for the caller alone: mode 0600 and no ACL. Likewise. */
int commit_write_private(const char *tmp, const char *text);

/*
 * Copies a file with its owner, group, mode, ACL and other attributes. An exit status, with the
 * complaint made; or -EEXIST, without one, when @to is there already.
 */
int commit_copy(const char *from, const char *to);

/* Is it another file than @was, or written since? */
bool commit_has_changed(const char *path, const struct stat *was);

/* Has the file an ACL, or may it have one? */
bool commit_has_acl(const char *path);

/* The text of a file without NUL octets; NULL with errno set. */
char *commit_read(TALLOC_CTX *ctx, const char *path);

#endif /* CIFSADMIN_COMMIT_H */
