// SPDX-License-Identifier: GPL-2.0-or-later
/* configfs as it shall be, from smb.conf and the accounts. */
#include <arpa/inet.h>
#include <errno.h>
#include <fnmatch.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "sync/internal.h"

/* All attributes that the kernel has for the scope, with these values, where they are known. */
static bool set_scope(struct sync_tree *tree, struct sync_item *item,
		      const struct csrv_conf_scope *scope)
{
	for (size_t i = 0; i < scope->table->n; i++) {
		const struct conf_param *p = &scope->table->params[i];

		if (p->to == CONF_TO_KERNEL && !scope->values[i].keep &&
		    !sync_item_set(tree, item, p->attr, conf_scope_text(scope, p->attr), p))
			return false;
	}
	return true;
}

static bool set_attr(struct sync_tree *tree, struct sync_item *item, const struct conf_table *table,
		     const char *attr, const char *value)
{
	return sync_item_set(tree, item, attr, value, &table->params[conf_table_attr(table, attr)]);
}

static bool want_server(struct sync_tree *tree, const struct conf *conf)
{
	struct sync_item *item = sync_tree_add(tree, "server", NULL);

	if (!item)
		return false;
	item->enabled = true;
	return set_scope(tree, item, conf->global);
}

static bool want_shares(struct sync_tree *tree, const struct conf *conf)
{
	for (size_t i = 0; i < conf->nshares; i++) {
		struct sync_item *item = sync_tree_add(tree, "shares", conf->shares[i]->name);

		if (!item || !set_scope(tree, item, conf->shares[i]))
			return false;
		item->enabled = !conf->shares[i]->off &&
			conf_scope_text(conf->shares[i], "available")[0] == '1';
	}
	return true;
}

/* ---- users ---- */

/*
 * The groups that fit the attribute. It is the daemon's answer at logon that
 * carries the whole list; this one is for shares used without the daemon.
 */
static char *group_text(TALLOC_CTX *ctx, const struct sync_user *u, size_t max)
{
	char *ret = talloc_strdup(ctx, "");

	for (size_t i = 0; ret && i < u->ngroups; i++) {
		char number[16];

		snprintf(number, sizeof(number), "%s%u", *ret ? " " : "", u->groups[i]);
		if (strlen(ret) + strlen(number) > max)
			break;
		ret = talloc_strdup_append(ret, number);
	}
	return ret;
}

static bool want_user(struct sync_tree *tree, const struct sync_user *u)
{
	const struct conf_table *t = &conf_user_table;
	struct sync_item *item = sync_tree_add(tree, "users", u->name);
	char *groups = group_text(tree, u, t->params[conf_table_attr(t, "groups")].max);
	char uid[16], gid[16];

	if (!item || !groups)
		return false;
	snprintf(uid, sizeof(uid), "%u", u->uid);
	snprintf(gid, sizeof(gid), "%u", u->gid);
	item->enabled = u->enabled;
	return set_attr(tree, item, t, "uid", uid) && set_attr(tree, item, t, "gid", gid) &&
		set_attr(tree, item, t, "groups", groups);
}

static int want_users(struct sync_tree *tree, const struct sync_user *users, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!*users[i].name || strchr(users[i].name, '/') || strlen(users[i].name) > 255)
			return -EINVAL;
		for (size_t j = 0; j < i; j++)
			if (!strcasecmp(users[i].name, users[j].name))
				return -EINVAL;
		if (!want_user(tree, &users[i]))
			return -ENOMEM;
	}
	return 0;
}

/* ---- listeners ---- */

/* Where "every address" is; machines can be without IPv6. */
static const char *any_address(void)
{
	return access("/proc/net/if_inet6", F_OK) ? "0.0.0.0" : "::";
}

/* @suffix NULL: on all interfaces. Twice the same is once. */
static bool want_listener(struct sync_tree *tree, const char *port, const char *suffix,
			  const char *address, const char *interface)
{
	const struct conf_table *t = &conf_listener_table;
	char *name = talloc_asprintf(tree, "tcp-%s%s%s", port, suffix ? "-" : "", suffix ? suffix : "");
	char *path = name ? talloc_asprintf(tree, "listeners/%s", name) : NULL;
	struct sync_item *item;

	if (!path)
		return false;
	if (sync_tree_find(tree, path))
		return true;
	item = sync_tree_add(tree, "listeners", name);
	if (!item)
		return false;
	item->enabled = true;
	return set_attr(tree, item, t, "address", address) && set_attr(tree, item, t, "port", port) &&
		set_attr(tree, item, t, "transport", "tcp") &&
		set_attr(tree, item, t, "interface", interface);
}

static bool prefix_equal(const unsigned char *a, const unsigned char *b, unsigned int bits)
{
	unsigned int whole = bits / 8, rest = bits % 8;

	return !memcmp(a, b, whole) && (!rest || !((a[whole] ^ b[whole]) >> (8 - rest)));
}

/* The machine's addresses within @network/@bits. */
static bool want_network(struct sync_tree *tree, const struct ifaddrs *list, const char *port,
			 const char *network, unsigned int bits)
{
	unsigned char net[16];
	int family = strchr(network, ':') ? AF_INET6 : AF_INET;

	if (inet_pton(family, network, net) != 1 || bits > (family == AF_INET ? 32u : 128u))
		return true;
	for (; list; list = list->ifa_next) {
		const unsigned char *addr;
		char text[INET6_ADDRSTRLEN];

		if (!list->ifa_addr || list->ifa_addr->sa_family != family)
			continue;
		addr = family == AF_INET ?
			(const void *)&((const struct sockaddr_in *)(const void *)list->ifa_addr)->sin_addr :
			(const void *)&((const struct sockaddr_in6 *)(const void *)list->ifa_addr)->sin6_addr;
		if (!prefix_equal(addr, net, bits) || !inet_ntop(family, addr, text, sizeof(text)))
			continue;
		if (!want_listener(tree, port, text, text, ""))
			return false;
	}
	return true;
}

static bool want_interface(struct sync_tree *tree, const struct ifaddrs *list, const char *port,
			   const char *pattern)
{
	if (!strpbrk(pattern, "*?[") && strlen(pattern) < IF_NAMESIZE)
		return want_listener(tree, port, pattern, any_address(), pattern);
	for (; list; list = list->ifa_next)
		if (!fnmatch(pattern, list->ifa_name, 0) &&
		    !want_listener(tree, port, list->ifa_name, any_address(), list->ifa_name))
			return false;
	return true;
}

/* One word of "interfaces": a name, an address or a network; what follows ; is Samba's. */
static bool want_on(struct sync_tree *tree, const struct ifaddrs *list, const char *port,
		    const char *word)
{
	char *text = talloc_strndup(tree, word, strcspn(word, ";"));
	unsigned char buf[16];
	char *slash;

	if (!text)
		return false;
	slash = strchr(text, '/');
	if (slash) {
		*slash = 0;
		return want_network(tree, list, port, text, strtoul(slash + 1, NULL, 10));
	}
	if (inet_pton(AF_INET, text, buf) == 1 || inet_pton(AF_INET6, text, buf) == 1)
		return want_listener(tree, port, text, text, "");
	return want_interface(tree, list, port, text);
}

static bool want_listeners(struct sync_tree *tree, const struct conf *conf)
{
	char **ports = conf_get_list(tree, conf, NULL, "smb_ports");
	char **words = conf_get_list(tree, conf, NULL, "interfaces");
	bool some = conf_get_bool(conf, NULL, "bind_interfaces_only"), ok = ports && words;
	struct ifaddrs *list = NULL;

	if (some && getifaddrs(&list))
		list = NULL;
	for (size_t i = 0; ok && ports[i]; i++) {
		if (!some)
			ok = want_listener(tree, ports[i], NULL, any_address(), "");
		for (size_t k = 0; some && ok && words[k]; k++)
			ok = want_on(tree, list, ports[i], words[k]);
	}
	if (list)
		freeifaddrs(list);
	return ok;
}

int sync_tree_want(TALLOC_CTX *ctx, const struct conf *conf, const struct sync_user *users,
		   size_t nusers, struct sync_tree **ret)
{
	struct sync_tree *tree = talloc_zero(ctx, struct sync_tree);
	int err = -ENOMEM;

	if (tree && want_server(tree, conf))
		err = want_users(tree, users, nusers);
	if (!err && !(want_shares(tree, conf) && want_listeners(tree, conf)))
		err = -ENOMEM;
	if (err)
		TALLOC_FREE(tree);
	*ret = tree;
	return err;
}
