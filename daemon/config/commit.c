// SPDX-License-Identifier: GPL-2.0-or-later
/* config/commit.c - what was read is put in force */
#include "config/internal.h"

static enum auth_map_to_guest guest_policy(const struct conf *conf)
{
	const char *text = conf_get_str(conf, NULL, "map_to_guest");

	if (!strcmp(text, "bad_user"))
		return AUTH_GUEST_BAD_USER;
	if (!strcmp(text, "bad_password"))
		return AUTH_GUEST_BAD_PASSWORD;
	return AUTH_GUEST_NEVER;
}

static const int log_prio[] = { LOG_ERR, LOG_NOTICE, LOG_INFO, LOG_DEBUG };

int config_log_priority(uint32_t level)
{
	return log_prio[level < ARRAY_LEN(log_prio) ? level : ARRAY_LEN(log_prio) - 1];
}

uint32_t config_log_level(int prio)
{
	uint32_t level = ARRAY_LEN(log_prio) - 1;

	while (level && log_prio[level] > prio)
		level--;
	return level;
}

static void commit_conf(struct config *c, struct loaded *f)
{
	struct auth_env *env = c->a.env;
	const char *dot = strchr(c->dns_name, '.');
	const char *name = conf_get_str(f->conf, NULL, "netbios_name");

	env->netbios_name = *name ? name : c->netbios_name;
	env->workgroup = conf_get_str(f->conf, NULL, "workgroup");
	env->dns_name = c->dns_name;
	env->dns_domain = dot ? dot + 1 : "";
	env->usermap = f->usermap;
	env->ntlm_disabled = !strcmp(conf_get_str(f->conf, NULL, "ntlm_auth"), "disabled");
	env->map_to_guest = guest_policy(f->conf);
	env->guest_account = conf_get_str(f->conf, NULL, "guest_account");
	env->restrict_anonymous = conf_get_u32(f->conf, NULL, "restrict_anonymous");
	env->lockout = (struct lockout_policy){
		.delay = conf_get_u32(f->conf, NULL, "logon_failure_delay"),
		.limit = conf_get_u32(f->conf, NULL, "logon_failure_limit"),
		.lock_time = conf_get_u32(f->conf, NULL, "logon_failure_lock_time"),
		.longest = (conf_get_u32(f->conf, NULL, "ipc_timeout") + 1) / 2,
	};
	if (c->why != CONFIG_RETRY || !c->conf)
		log_set_level(config_log_priority(conf_get_u32(f->conf, NULL, "log_level")));
	talloc_free(c->conf);
	talloc_free(c->usermap);
	c->conf = talloc_steal(c, f->conf);
	c->usermap = talloc_steal(c, f->usermap);
}

static void commit_passdb(struct config *c, struct loaded *f)
{
	c->a.env->passdb = f->passdb;
	talloc_free(c->passdb);
	c->passdb = talloc_steal(c, TAKE_PTR(f->passdb));
}

bool config_commit_accounts(struct config *c, struct loaded *f)
{
	if (!c->conf || !f->passdb || !f->passdb->n)
		return false;
	commit_passdb(c, f);
	return true;
}

void config_commit(struct config *c, struct loaded *f)
{
	if (f->conf)
		commit_conf(c, f);
	if (f->passdb)
		commit_passdb(c, f);
	talloc_free(c->files);
	c->files = talloc_steal(c, f->files);
}
