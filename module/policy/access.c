// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * policy/access.c - users and hosts that may use a share, by its lists
 *
 * Lists are words with one blank between them.  In lists of users a word is an
 * account name or @<gid>; in lists of hosts what core/hosts.h has: an address, a prefix
 * with '.' at its end, a network, ALL, or EXCEPT before the hosts that do not match.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "../core/config.h"
#include "../core/hosts.h"
#include "../core/server.h"
#include "../core/share_params_gen.h"
#include "../upcall/uapi.h"
#include "../wire/name.h"
#include "../wire/utf16.h"
#include "access.h"
#include "identity.h"

/* Are @a and @b one name of a share or user?  They are compared as clients' names are. */
bool csrv_names_same(const char *a, const char *b)
{
	return !csrv_name_casecmp(a, strlen(a), b, strlen(b));
}

/* The next word of @list, its length in @len; NULL at the end. */
static const char *word_next(const char **list, size_t *len)
{
	const char *w = *list + strspn(*list, " ,\t");

	*len = strcspn(w, " ,\t");
	*list = w + *len;
	return *len ? w : NULL;
}

/* Is it the user's primary group, or another one of the user's? */
bool csrv_identity_in_group(const struct csrv_identity *id, u32 gid)
{
	u32 i;

	if (id->gid == gid)
		return true;
	for (i = 0; i < id->ngroups; i++)
		if (id->groups[i] == gid)
			return true;
	return false;
}

static bool word_is_group(const char *w, size_t len, const struct csrv_identity *id)
{
	char num[12];
	u32 gid;

	if (len < 2 || len > sizeof(num) || *w != '@')
		return false;
	memcpy(num, w + 1, len - 1);
	num[len - 1] = 0;
	return !kstrtou32(num, 10, &gid) && csrv_identity_in_group(id, gid);
}

/**
 * csrv_list_has_user() - is a user in a list of users
 * @list: words
 * @id: the user; guests and the anonymous are in a list only through their groups or as
 *	the guest account's name
 *
 * Takes no lock.
 * Return: true if the list has the user's name, or a group of the user's.
 */
bool csrv_list_has_user(const char *list, const struct csrv_identity *id)
{
	const char *w;
	size_t len;

	while ((w = word_next(&list, &len)))
		if (word_is_group(w, len, id) ||
		    !csrv_name_casecmp(w, len, id->user, strlen(id->user)))
			return true;
	return false;
}

static bool word_is_net(const char *w, size_t len, const struct in6_addr *peer)
{
	struct csrv_host_net net;
	struct in6_addr addr;

	if (!csrv_host_net_parse(w, len, &net))
		return false;
	memcpy(&addr, net.addr, sizeof(addr));
	return ipv6_prefix_equal(&addr, peer, net.bits);
}

/* @addr: @peer as an address, or NULL */
static bool word_is_host(const char *w, size_t len, const char *peer, const struct in6_addr *addr)
{
	if (csrv_host_is_all(w, len))
		return true;
	if (csrv_host_is_prefix(w, len) && !strncmp(peer, w, len))
		return true;
	return addr && word_is_net(w, len, addr);
}

static bool addr_parse(const char *text, struct in6_addr *addr)
{
	struct csrv_host_net net;

	if (!csrv_host_net_parse(text, strlen(text), &net) || net.bits != 128)
		return false;
	memcpy(addr, net.addr, sizeof(*addr));
	return true;
}

/*
 * smb.conf(5): what follows EXCEPT is taken out of what came before.  So "a EXCEPT b EXCEPT c"
 * is "a EXCEPT (b EXCEPT c)".  Of the lists between the EXCEPTs, from the first on, as many have
 * the host as come before the first without it: the host matches if their number is odd.
 */
static bool list_has_host(const char *list, const char *peer)
{
	struct in6_addr addr;
	bool parsed = addr_parse(peer, &addr);
	bool has = false, hit = false;
	const char *w;
	size_t len;

	while ((w = word_next(&list, &len))) {
		if (!csrv_host_is_except(w, len)) {
			hit = hit || word_is_host(w, len, peer, parsed ? &addr : NULL);
			continue;
		}
		if (!hit)
			return has;
		has = !has;
		hit = false;
	}
	return has != hit;
}

/* smb.conf(5): this machine may connect unless "hosts deny" says otherwise. */
static bool is_local(const char *peer)
{
	return list_has_host("127.0.0.0/8 ::1", peer);
}

/**
 * csrv_interfaces_have() - is an address among smb.conf's "interfaces"
 * @list: names of interfaces, with wildcards; addresses; networks with a prefix length.
 *	What follows a ';' in a word is not looked at
 * @name: of the address's interface
 * @addr: the address, IPv4 mapped
 *
 * Takes no lock.
 * Return: true if a word of the list matches the name or the address.
 */
bool csrv_interfaces_have(const char *list, const char *name, const struct in6_addr *addr)
{
	const char *w, *end;
	size_t len;

	while ((w = word_next(&list, &len))) {
		end = memchr(w, ';', len);
		len = end ? end - w : len;
		if (csrv_name_match(w, len, name, strlen(name), false) ||
		    word_is_net(w, len, addr))
			return true;
	}
	return false;
}

/**
 * csrv_host_allowed() - may this host connect, smb.conf's "hosts allow" and "hosts deny"
 * @allow: list; wins where both match
 * @deny: list
 * @peer: address as text
 *
 * Takes no lock.
 * Return: true if it may.
 */
bool csrv_host_allowed(const char *allow, const char *deny, const char *peer)
{
	if (*allow && list_has_host(allow, peer))
		return true;
	if (*deny && list_has_host(deny, peer))
		return false;
	return !*allow || *deny || is_local(peer);
}

/* The same for the server as a whole, by its current parameters. */
bool csrv_server_admits_host(struct csrv_server *srv, const char *peer)
{
	struct csrv_config *cfg = csrv_config_get(srv);
	bool admits = csrv_host_allowed(cfg->p.hosts_allow, cfg->p.hosts_deny, peer);

	csrv_config_put(cfg);
	return admits;
}

/* smb.conf(5) "guest only": every user of the share acts as the guest account. */
bool csrv_share_is_guests(const struct csrv_share_params *p)
{
	return p->guest_only && p->guest_ok;
}

/* May this user connect to the share at all? */
bool csrv_share_admits(const struct csrv_share_params *p, const struct csrv_identity *id)
{
	bool guest = id->flags & (CSRV_ID_GUEST | CSRV_ID_ANONYMOUS);

	if (guest ? !p->guest_ok : p->guest_only && !p->guest_ok)
		return false;
	if (csrv_list_has_user(p->invalid_users, id))
		return false;
	return !*p->valid_users || csrv_list_has_user(p->valid_users, id);
}

/* Do the share's parameters let this user change files? */
bool csrv_share_writable(const struct csrv_share_params *p, const struct csrv_identity *id)
{
	if (csrv_list_has_user(p->write_list, id))
		return true;
	if (csrv_list_has_user(p->read_list, id))
		return false;
	return !p->read_only;
}

/* Does the server accept sessions of this kind of user?  Named users always. */
bool csrv_server_admits_kind(struct csrv_server *srv, const struct csrv_identity *id)
{
	struct csrv_config *cfg = csrv_config_get(srv);
	bool admitted = true;

	if (id->flags & CSRV_ID_ANONYMOUS)
		admitted = cfg->p.restrict_anonymous < 2;
	if (id->flags & CSRV_ID_GUEST)
		admitted &= cfg->p.map_to_guest != CSRV_SERVER_MAP_TO_GUEST_NEVER;
	csrv_config_put(cfg);
	return admitted;
}
