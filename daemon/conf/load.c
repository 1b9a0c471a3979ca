// SPDX-License-Identifier: GPL-2.0-or-later
/* Loads a configuration: from a file to scopes with checked values. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/internal.h"
#include "passdb/nss.h"

static bool publish(struct conf_builder *b)
{
	struct conf *conf = b->conf;

	conf->global = b->global.scope;
	conf->share_defaults = b->defaults.scope;
	conf->shares = talloc_array(conf, struct csrv_conf_scope *, conf->nshares + 1);
	if (!conf->shares)
		return false;
	for (size_t i = 0; i < conf->nshares; i++)
		conf->shares[i] = b->shares[i].scope;
	conf->shares[conf->nshares] = NULL;
	return true;
}

static int ask_user(void *priv, const char *name, uid_t *uid, gid_t *gid)
{
	(void)priv;
	return nss_user(name, uid, gid);
}

static int ask_identity(void *priv, TALLOC_CTX *ctx, const char *name, struct nss_identity *ret)
{
	(void)priv;
	return nss_lookup(ctx, name, ret);
}

static int ask_group(void *priv, const char *name, gid_t *gid)
{
	(void)priv;
	return nss_group(name, gid);
}

static int stat_dir(void *priv, const char *path)
{
	struct stat st;

	(void)priv;
	if (stat(path, &st))
		return -errno;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

/* From the text or, if that is NULL, the file conf->path. */
static int build(struct conf_builder *b, const char *text, size_t len)
{
	const struct conf_place top = { b->conf->path, 0 };
	int err = 0;

	if (!conf_section_init(b, &b->global, "global", &top, &conf_server_table) ||
	    !conf_section_init(b, &b->defaults, "global", &top, &conf_share_table))
		return -ENOMEM;
	if (text)
		conf_read_text(b, b->conf->path, text, len);
	else
		err = conf_read_file(b, b->conf->path, b->conf->path, NULL);
	if (err)
		return err;
	if (!b->nomem)
		conf_evaluate_all(b);
	if (!b->nomem)
		conf_check_all(b);
	return !b->nomem && publish(b) && conf_complaints_sort(b->conf) ? 0 : -ENOMEM;
}

static int load(TALLOC_CTX *ctx, const char *path, const char *text, size_t len,
		const struct conf_env *env, struct conf **ret)
{
	static const struct conf_env machine = {
		.user = ask_user, .identity = ask_identity, .group = ask_group, .dir = stat_dir
	};
	struct conf_env local = env ? *env : machine;
	struct conf_builder b = { .env = &local, .include_ok = !text };
	char host[256] = "";
	int err;

	*ret = NULL;
	b.conf = talloc_zero(ctx, struct conf);
	if (!b.conf)
		return -ENOMEM;
	if (!local.hostname) {
		gethostname(host, sizeof(host) - 1);
		local.hostname = host;
	}
	b.conf->path = talloc_strdup(b.conf, path);
	err = b.conf->path ? build(&b, text, len) : -ENOMEM;
	if (err)
		TALLOC_FREE(b.conf);
	*ret = b.conf;
	return err;
}

int conf_load(TALLOC_CTX *ctx, const char *path, struct conf **ret)
{
	return load(ctx, path, NULL, 0, NULL, ret);
}

int conf_load_env(TALLOC_CTX *ctx, const char *path, const struct conf_env *env, struct conf **ret)
{
	return load(ctx, path, NULL, 0, env, ret);
}

int conf_parse_text(TALLOC_CTX *ctx, const char *name, const char *text, size_t len,
		    const struct conf_env *env, struct conf **ret)
{
	return load(ctx, name, text, len, env, ret);
}
