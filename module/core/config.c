// SPDX-License-Identifier: GPL-2.0-or-later
/* core/config.c - snapshots of the server's parameters */
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/log.h"
#include "../crypt/crypt.h"
#include "config.h"
#include "server.h"

/* Dialects as configuration names them, CSRV_SERVER_MIN_PROTOCOL_… in order. */
static const u16 dialects[] = { 0x0202, 0x0210, 0x0300, 0x0302, 0x0311 };

/* Preference where the configuration names nothing. */
static const u16 default_ciphers[] = {
	CSRV_CIPHER_AES_128_GCM, CSRV_CIPHER_AES_128_CCM,
	CSRV_CIPHER_AES_256_GCM, CSRV_CIPHER_AES_256_CCM,
};

static const u16 default_signing[] = {
	CSRV_SIGN_AES_CMAC, CSRV_SIGN_AES_GMAC, CSRV_SIGN_HMAC_SHA256,
};

struct alg_name {
	const char	*name;
	u16		id;
};

static const struct alg_name cipher_names[] = {
	{ "AES-128-GCM", CSRV_CIPHER_AES_128_GCM },
	{ "AES-128-CCM", CSRV_CIPHER_AES_128_CCM },
	{ "AES-256-GCM", CSRV_CIPHER_AES_256_GCM },
	{ "AES-256-CCM", CSRV_CIPHER_AES_256_CCM },
};

static const struct alg_name signing_names[] = {
	{ "AES-128-GMAC", CSRV_SIGN_AES_GMAC },
	{ "AES-128-CMAC", CSRV_SIGN_AES_CMAC },
	{ "HMAC-SHA256", CSRV_SIGN_HMAC_SHA256 },
};

/* The ids of the names in @list, by the table @names; -EINVAL for a name that is not there. */
static int algs_parse(const char *list, const struct alg_name *names, size_t nnames, u16 *out,
		      u32 cap)
{
	u32 n = 0, i;
	size_t len;

	for (; list && *list; list += len) {
		list += strspn(list, " ,\t");
		len = strcspn(list, " ,\t");
		if (!len)
			break;
		for (i = 0; i < nnames; i++)
			if (strlen(names[i].name) == len && !strncasecmp(names[i].name, list, len))
				break;
		if (i == nnames || n == cap)
			return -EINVAL;
		out[n++] = names[i].id;
	}
	return n;
}

static u32 algs_supported(u16 *algs, u32 n, bool (*supported)(u16))
{
	u32 i, kept = 0;

	for (i = 0; i < n; i++)
		if (supported(algs[i]))
			algs[kept++] = algs[i];
	return kept;
}

static int config_algs(struct csrv_config *cfg)
{
	int n;

	n = algs_parse(cfg->p.encryption_algorithms, cipher_names, ARRAY_SIZE(cipher_names),
		       cfg->ciphers, ARRAY_SIZE(cfg->ciphers));
	if (n < 0) {
		csrv_err_ratelimited("server/encryption_algorithms: unknown name; legal: AES-128-GCM AES-128-CCM AES-256-GCM AES-256-CCM\n");
		return n;
	}
	if (!n) {
		memcpy(cfg->ciphers, default_ciphers, sizeof(default_ciphers));
		n = ARRAY_SIZE(default_ciphers);
	}
	cfg->nciphers = algs_supported(cfg->ciphers, n, csrv_cipher_supported);

	n = algs_parse(cfg->p.signing_algorithms, signing_names, ARRAY_SIZE(signing_names),
		       cfg->signing_algs, ARRAY_SIZE(cfg->signing_algs));
	if (n < 0) {
		csrv_err_ratelimited("server/signing_algorithms: unknown name; legal: AES-128-GMAC AES-128-CMAC HMAC-SHA256\n");
		return n;
	}
	if (!n) {
		memcpy(cfg->signing_algs, default_signing, sizeof(default_signing));
		n = ARRAY_SIZE(default_signing);
	}
	cfg->nsigning_algs = algs_supported(cfg->signing_algs, n, csrv_signing_supported);
	return 0;
}

static void config_free(struct rcu_head *rcu)
{
	struct csrv_config *cfg = container_of(rcu, struct csrv_config, rcu);

	csrv_server_params_free(&cfg->p);
	kfree(cfg);
}

/* The parameters as they are now; csrv_config_put() when done.  Never NULL. */
struct csrv_config *csrv_config_get(struct csrv_server *srv)
{
	struct csrv_config *cfg;

	rcu_read_lock();
	do {
		cfg = rcu_dereference(srv->config);
	} while (!refcount_inc_not_zero(&cfg->ref));
	rcu_read_unlock();
	return cfg;
}

void csrv_config_put(struct csrv_config *cfg)
{
	if (refcount_dec_and_test(&cfg->ref))
		call_rcu(&cfg->rcu, config_free);
}

/**
 * csrv_config_make() - a snapshot of parameters that have been written
 * @p: copied
 *
 * Sleeps, takes no lock.
 * Return: the snapshot with one reference; -EINVAL (the log says why), -ENOMEM.
 */
struct csrv_config *csrv_config_make(const struct csrv_server_params *p)
{
	struct csrv_config *cfg = kzalloc(sizeof(*cfg), GFP_KERNEL);
	int err;

	if (!cfg)
		return ERR_PTR(-ENOMEM);
	refcount_set(&cfg->ref, 1);
	err = csrv_server_params_copy(&cfg->p, p);
	if (err)
		goto free;
	cfg->min_dialect = dialects[min_t(u32, p->min_protocol, ARRAY_SIZE(dialects) - 1)];
	cfg->max_dialect = dialects[min_t(u32, p->max_protocol, ARRAY_SIZE(dialects) - 1)];
	err = -EINVAL;
	if (cfg->min_dialect > cfg->max_dialect) {
		csrv_err_ratelimited("server/min_protocol must not be above server/max_protocol\n");
		goto free_params;
	}
	err = config_algs(cfg);
	if (err)
		goto free_params;
	return cfg;
free_params:
	csrv_server_params_free(&cfg->p);
free:
	kfree(cfg);
	return ERR_PTR(err);
}
