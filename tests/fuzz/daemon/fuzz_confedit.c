// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/cifsadmin/edit.c daemon/cifsadmin/smbpasswd.c daemon/conf/*.c daemon/passdb/nss.c daemon/passdb/file.c daemon/util/crypto.c daemon/util/utf.c | libs: talloc gcrypt
/*
 * smb.conf changed in places: what is not changed stays, and the reader of smb.conf sees the
 * change.  And lines of smbpasswd(5), which are as foreign.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cifsadmin/edit.h"
#include "cifsadmin/smbpasswd.h"
#include "conf/smbconf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int no_user(void *priv, const char *name, uid_t *uid, gid_t *gid)
{
	(void)priv;
	(void)name;
	(void)uid;
	(void)gid;
	return -ENOENT;
}

static int no_group(void *priv, const char *name, gid_t *gid)
{
	(void)priv;
	(void)name;
	(void)gid;
	return -ENOENT;
}

static const struct conf_env env = { .hostname = "host", .user = no_user, .group = no_group };

static struct conf *parse(TALLOC_CTX *ctx, const char *text)
{
	struct conf *conf;

	return conf_parse_text(ctx, "smb.conf", text, strlen(text), &env, &conf) ? NULL : conf;
}

static void unchanged(TALLOC_CTX *ctx, const char *text)
{
	struct edit *e = edit_parse(ctx, text);
	char *again = e ? edit_text(ctx, e) : NULL;
	size_t len = strlen(text);

	if (!again)
		return;
	if (strncmp(again, text, len))
		abort();
	/* a last line without its newline gets it */
	if (strcmp(again + len, "") && strcmp(again + len, "\n"))
		abort();
}

/* Every share that the reader sees can be changed, and is. */
static void changed(TALLOC_CTX *ctx, const char *text, const char *share)
{
	struct edit *e = edit_parse(ctx, text);
	struct conf *after;

	if (!e || !edit_has_section(e, share))
		abort();
	if (!edit_set(e, share, edit_param(false, "comment"), "comment", "fuzz"))
		return;
	after = parse(ctx, edit_text(ctx, e));
	if (after && strcmp(conf_get_str(after, share, "comment"), "fuzz"))
		abort();
	edit_del_section(e, share);
	after = parse(ctx, edit_text(ctx, e));
	if (after && conf_share_find(after, share))
		abort();
}

static void lines(char *text)
{
	char *line, *next;

	for (line = text; line; line = next) {
		struct smbpasswd s;
		const char *why;

		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		if (smbpasswd_parse(line, &s, &why) == SMBPASSWD_ACCOUNT && !passdb_name_ok(s.name))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	char *text = talloc_strndup(ctx, (const char *)data, size);
	struct conf *conf = strlen(text) == size ? parse(ctx, text) : NULL;

	unchanged(ctx, text);
	for (size_t i = 0; conf && i < conf->nshares && i < 4; i++)
		if (conf->shares[i]->file && !strcmp(conf->shares[i]->file, "smb.conf"))
			changed(ctx, text, conf->shares[i]->name);
	lines(text);
	talloc_free(ctx);
	return 0;
}
