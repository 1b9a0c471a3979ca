/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cifsadmin/migrate.h - translates a Samba installation's smb.conf
 *
 * Only conf/ knows what the two have in common: the text is read as cifssrv would read it, and
 * lines that conf/ refuses, or that would have no effect, become comments, until no error is left.
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
 * @kept: how many assignments are unchanged
 * @remarks: about lines that are obeyed with a difference; "LINE: text" of the new file
 * @lost: lines that became comments, and why; "file:line: ..."
 * @mode: bits that all files that were read have
 * @secret: one of them is not readable for all, or has an ACL, which may restrict access
 * @off: shares that are switched off because a protecting line was lost
 * @bare: sections that lost their protection and cannot be switched off, with the lost lines
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
 * @why: on -EINVAL the reason, under @ctx
 *
 * Return: 0, -EINVAL, -ENOMEM, or the errno of reading @path.
 */
int migrate_conf(TALLOC_CTX *ctx, const char *path, const struct conf_env *env,
		 struct migration **ret, const char **why);

#endif /* CIFSADMIN_MIGRATE_H */
