/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cifsadmin/migrate.h - a Samba installation's smb.conf as cifssrv takes it
 *
 * What the two have in common is known by conf/ alone: the text is read as cifssrv would read it,
 * and lines that it refuses, or that would have no effect, become comments, until it refuses none.
 */
#ifndef CIFSADMIN_MIGRATE_H
#define CIFSADMIN_MIGRATE_H

#include "../conf/smbconf.h"
#include "edit.h"

/* Texts, one a line of the report, which are one line each. */
struct migrate_list {
	const char **text;
	size_t n;
};

/**
 * struct migration - the result
 * @text: the new smb.conf
 * @conf: what cifssrv reads in it, without an error
 * @kept: how many assignments are as they were
 * @remarks: about lines that are obeyed, but not quite as before; "LINE: text" of the new file
 * @lost: what became a comment, and why; "file:line: ..."
 * @mode: what all files that were read have of their modes
 * @secret: one of them not all may read, or it has an ACL, which may keep some out
 * @off: shares that are switched off because a line was lost that protected them
 * @bare: what lost its protection and cannot be switched off, with the lines that protected it
 */
struct migration {
	char *text;
	struct conf *conf;
	unsigned int mode;
	bool secret;
	size_t kept;
	struct migrate_list remarks, lost, off, bare;
};

/**
 * migrate_conf() - translate smb.conf
 * @ctx: talloc parent of the result
 * @path: of Samba's; files that it includes are taken in
 * @env: as of conf_load_env(); NULL: the machine's
 * @ret: the result
 * @why: on -EINVAL why it cannot be done, under @ctx
 *
 * Return: 0, -EINVAL, -ENOMEM, or the errno of reading @path.
 */
int migrate_conf(TALLOC_CTX *ctx, const char *path, const struct conf_env *env,
		 struct migration **ret, const char **why);

#endif /* CIFSADMIN_MIGRATE_H */
