// SPDX-License-Identifier: GPL-2.0-or-later
/* worker/policy.c - the policy for logons, and identities of accounts, as fields of messages */
#include "policy.h"

#include <errno.h>

/* A new member is added to the functions below, too.  The size is checked for 64-bit pointers. */
_Static_assert(sizeof(void *) != 8 || sizeof(struct auth_env) == 104,
	       "policy_put(), policy_get(), test_worker.c");

void policy_put(struct ipc_msg *m, const struct policy *p)
{
	const struct auth_env *env = &p->env;

	ipc_put_string(m, env->netbios_name);
	ipc_put_string(m, env->workgroup);
	ipc_put_string(m, env->dns_name);
	ipc_put_string(m, env->dns_domain);
	ipc_put_string(m, env->guest_account);
	bytes_put_u32(&m->out, env->ntlm_disabled);
	bytes_put_u32(&m->out, env->map_to_guest);
	bytes_put_u32(&m->out, env->restrict_anonymous);
	bytes_put(&m->out, env->dummy_hash, sizeof(env->dummy_hash));
	bytes_put_u32(&m->out, env->lockout.delay);
	bytes_put_u32(&m->out, env->lockout.limit);
	bytes_put_u32(&m->out, env->lockout.lock_time);
	bytes_put_u32(&m->out, env->lockout.longest);
	ipc_put_s32(m, p->log_level);
}

bool policy_get(struct ipc_msg *m, struct policy *p)
{
	struct auth_env *env = &p->env;
	const uint8_t *hash;
	uint32_t disabled, map;

	env->netbios_name = ipc_get_string(m, POLICY_MAX_STRING);
	env->workgroup = ipc_get_string(m, POLICY_MAX_STRING);
	env->dns_name = ipc_get_string(m, POLICY_MAX_STRING);
	env->dns_domain = ipc_get_string(m, POLICY_MAX_STRING);
	env->guest_account = ipc_get_string(m, POLICY_MAX_STRING);
	disabled = bytes_get_u32(&m->in);
	map = bytes_get_u32(&m->in);
	env->restrict_anonymous = bytes_get_u32(&m->in);
	hash = bytes_take(&m->in, sizeof(env->dummy_hash));
	env->lockout.delay = bytes_get_u32(&m->in);
	env->lockout.limit = bytes_get_u32(&m->in);
	env->lockout.lock_time = bytes_get_u32(&m->in);
	env->lockout.longest = bytes_get_u32(&m->in);
	p->log_level = ipc_get_s32(m);
	bytes_expect(&m->in, disabled <= 1 && map <= AUTH_GUEST_BAD_PASSWORD);
	if (m->in.bad)
		return false;
	env->ntlm_disabled = disabled;
	env->map_to_guest = (enum auth_map_to_guest)map;
	memcpy(env->dummy_hash, hash, sizeof(env->dummy_hash));
	return true;
}

void account_put(struct ipc_msg *m, int error, const struct nss_account *acc)
{
	ipc_put_s32(m, error);
	if (error)
		return;
	bytes_put_u32(&m->out, acc->id.uid);
	bytes_put_u32(&m->out, acc->id.gid);
	bytes_put_u32(&m->out, (uint32_t)acc->id.ngroups);
	for (size_t i = 0; i < acc->id.ngroups; i++)
		bytes_put_u32(&m->out, acc->id.groups[i]);
	/* Texts of a name service need not be UTF-8. */
	ipc_put_bytes(m, acc->home, strlen(acc->home));
	ipc_put_bytes(m, acc->group, strlen(acc->group));
}

static bool groups_get(struct ipc_msg *m, struct nss_identity *id)
{
	size_t n = bytes_get_u32(&m->in);

	if (n > NSS_MAX_GROUPS || bytes_left(&m->in) < n * sizeof(uint32_t))
		return false;
	id->groups = talloc_array(m, uint32_t, (unsigned int)n + 1);
	if (!id->groups)
		return false;
	for (id->ngroups = 0; id->ngroups < n; id->ngroups++)
		id->groups[id->ngroups] = bytes_get_u32(&m->in);
	return true;
}

bool account_get(struct ipc_msg *m, int *error, struct nss_account *acc)
{
	*acc = (struct nss_account){ .home = "", .group = "" };
	*error = ipc_get_s32(m);
	bytes_expect(&m->in, *error <= 0 && *error >= -4095);
	if (m->in.bad || *error)
		return ipc_complete(m);
	acc->id.uid = bytes_get_u32(&m->in);
	acc->id.gid = bytes_get_u32(&m->in);
	if (!groups_get(m, &acc->id))
		return false;
	acc->home = ipc_get_bytes(m, POLICY_MAX_STRING * 4);
	acc->group = ipc_get_bytes(m, POLICY_MAX_STRING);
	return ipc_complete(m);
}

static const char *copy(TALLOC_CTX *ctx, const char *s, bool *ok)
{
	const char *ret = talloc_strdup(ctx, s);

	*ok &= !!ret;
	return ret;
}

bool policy_copy(TALLOC_CTX *ctx, struct policy *p, const struct auth_env *env, int log_level)
{
	bool ok = true;

	p->env = *env;
	p->env.netbios_name = copy(ctx, env->netbios_name, &ok);
	p->env.workgroup = copy(ctx, env->workgroup, &ok);
	p->env.dns_name = copy(ctx, env->dns_name, &ok);
	p->env.dns_domain = copy(ctx, env->dns_domain, &ok);
	p->env.guest_account = copy(ctx, env->guest_account, &ok);
	p->env.passdb = NULL;
	p->env.usermap = NULL;
	p->log_level = log_level;
	return ok;
}

int policy_accounts(const struct passdb *db)
{
	size_t len = 0;
	char *text = passdb_print(db, &len);
	int fd;

	if (!text)
		return -ENOMEM;
	fd = ipc_memfd("accounts", (struct blob){ (const uint8_t *)text, len });
	talloc_free(text);
	return fd;
}
