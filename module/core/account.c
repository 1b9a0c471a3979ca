// SPDX-License-Identifier: GPL-2.0-or-later
/* core/account.c - the accounts that objects are charged to */
#include <linux/hash.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "../base/objects.h"
#include "quota.h"
#include "server.h"

/* the key of a host or an identity */
enum key_kind {
	KEY_OTHER,
	KEY_IPV4,
	KEY_IPV6,
	KEY_LINK_LOCAL,
	KEY_GUEST,
	KEY_ANONYMOUS,
	KEY_NAMED,
};

struct account_key {
	enum key_kind	kind;
	u64		host;		/* hosts: the address; guests, anonymous: their host */
	const char	*name;		/* KEY_NAMED */
};

/*
 * An IPv6 client has at least a /64 to choose addresses from, so it is one host.  All
 * link-local addresses share one; there the other half tells one host from another.
 */
static struct account_key host_key(const struct sockaddr_storage *peer)
{
	const struct in6_addr *a = &((const struct sockaddr_in6 *)peer)->sin6_addr;
	struct account_key k = { .kind = KEY_OTHER };

	if (peer->ss_family == AF_INET) {
		k.kind = KEY_IPV4;
		k.host = be32_to_cpu(((const struct sockaddr_in *)peer)->sin_addr.s_addr);
	} else if (peer->ss_family == AF_INET6 && ipv6_addr_v4mapped(a)) {
		k.kind = KEY_IPV4;
		k.host = be32_to_cpu(a->s6_addr32[3]);
	} else if (peer->ss_family == AF_INET6) {
		bool local = ipv6_addr_type(a) & IPV6_ADDR_LINKLOCAL;

		k.kind = local ? KEY_LINK_LOCAL : KEY_IPV6;
		k.host = (u64)be32_to_cpu(a->s6_addr32[local ? 2 : 0]) << 32 |
			 be32_to_cpu(a->s6_addr32[local ? 3 : 1]);
	}
	return k;
}

static struct hlist_head *bucket(struct csrv_quota *q, const struct account_key *k)
{
	u64 h = k->host + k->kind;

	if (k->name)
		h += full_name_hash(q, k->name, strlen(k->name));
	return &q->hash[hash_64(h, CSRV_ACCOUNT_HASH_BITS)];
}

static bool is(const struct csrv_account *a, const struct account_key *k)
{
	return a->kind == k->kind && a->key == k->host &&
	       !a->name == !k->name && (!k->name || !strcmp(a->name, k->name));
}

static struct csrv_account *peek_get(struct hlist_head *head, const struct account_key *k)
{
	struct csrv_account *a;

	hlist_for_each_entry(a, head, hash)
		if (is(a, k))
			return csrv_account_get(a);
	return NULL;
}

static struct csrv_account *account_new(struct csrv_quota *q, enum csrv_quota_level level)
	__no_context_analysis
{
	struct csrv_account *a = csrv_object_zalloc(CSRV_OBJ_ACCOUNT);
	u32 i;

	if (!a)
		return NULL;
	csrv_account_init(a, q, level);
	for (i = 0; i < CSRV_END_KINDS; i++) {
		spin_lock_init(&a->ends[i].lock);
		INIT_LIST_HEAD(&a->ends[i].queue);
	}
	return a;
}

/* Each charge of a session's kinds holds its account: nothing may be charged any more. */
static void account_check(const struct csrv_account *a)
{
	u32 kind;

	for (kind = CSRV_QUOTA_SESSION; kind < CSRV_QUOTA_KINDS; kind++)
		WARN_ON_ONCE(csrv_quota_used(a, kind));
}

static void account_free(struct csrv_account *a)
{
	account_check(a);
	if (a->host_unproven) {
		account_check(a->host_unproven);
		csrv_object_free(CSRV_OBJ_ACCOUNT, a->host_unproven);
	}
	kfree(a->name);
	csrv_object_free(CSRV_OBJ_ACCOUNT, a);
}

struct csrv_account *csrv_account_get(struct csrv_account *a)
{
	refcount_inc(&a->ref);
	return a;
}

/* The account of a session or a connection: it is in no table. */
static void account_end(struct csrv_account *a)
{
	csrv_account_put(a->identity);
	csrv_account_put(a->conn);
	csrv_account_put(a->host);
	account_free(a);
}

void csrv_account_put(struct csrv_account *a)
{
	struct csrv_quota *q;
	bool last;

	if (!a)
		return;
	q = a->quota;
	if (a->level == CSRV_LEVEL_CONN || a->level == CSRV_LEVEL_SESSION) {
		if (refcount_dec_and_test(&a->ref))
			account_end(a);
		return;
	}
	if (refcount_dec_not_one(&a->ref))
		return;
	/* the last reference is put under the lock under which others are taken */
	spin_lock(&q->lock);
	last = refcount_dec_and_test(&a->ref);
	if (last)
		hlist_del(&a->hash);
	spin_unlock(&q->lock);
	if (last)
		account_free(a);
}

/* A new account, which is not in the table yet. */
static struct csrv_account *account_make(struct csrv_quota *q, enum csrv_quota_level level,
					 const struct account_key *k)
{
	struct csrv_account *a = account_new(q, level);

	if (!a)
		return NULL;
	a->kind = k->kind;
	a->key = k->host;
	a->proven = k->kind == KEY_NAMED;
	if (k->name)
		a->name = kstrdup(k->name, GFP_KERNEL);
	if (level == CSRV_LEVEL_HOST)
		a->host_unproven = account_new(q, CSRV_LEVEL_HOST_UNPROVEN);
	if ((!k->name || a->name) && (level != CSRV_LEVEL_HOST || a->host_unproven))
		return a;
	account_free(a);
	return NULL;
}

/* The account of a host or an identity, with a reference; it is made if there is none. */
static struct csrv_account *account_find(struct csrv_quota *q, enum csrv_quota_level level,
					 const struct account_key *k)
{
	struct hlist_head *head = bucket(q, k);
	struct csrv_account *new, *a;

	spin_lock(&q->lock);
	a = peek_get(head, k);
	spin_unlock(&q->lock);
	if (a)
		return a;
	new = account_make(q, level, k);
	if (!new)
		return NULL;
	spin_lock(&q->lock);
	a = peek_get(head, k);
	if (!a)
		hlist_add_head(&new->hash, head);
	spin_unlock(&q->lock);
	if (!a)
		return new;
	account_free(new);
	return a;
}

/**
 * csrv_account_conn() - the account of a new connection
 * @q: the server's
 * @peer: its address; all clients that use neither IPv4 nor IPv6 are one host
 *
 * Sleeps; takes csrv_quota.lock.
 * Return: an account with one reference and nothing charged, or NULL without memory.
 */
struct csrv_account *csrv_account_conn(struct csrv_quota *q, const struct sockaddr_storage *peer)
{
	struct csrv_account *a = account_new(q, CSRV_LEVEL_CONN);
	struct account_key k = host_key(peer);

	if (!a)
		return NULL;
	a->host = account_find(q, CSRV_LEVEL_HOST, &k);
	if (a->host)
		return a;
	csrv_account_put(a);
	return NULL;
}

/* Guests, and anonymous users, are one identity per host: @host. */
static struct account_key identity_key(const struct csrv_account *host, const char *name,
				       bool anonymous)
{
	struct account_key k = { .kind = KEY_NAMED, .name = name };

	if (name)
		return k;
	k.kind = anonymous ? KEY_ANONYMOUS : KEY_GUEST;
	/* Addresses of different kinds may be the same number. */
	k.host = hash_64(host->key, 64) ^ host->kind;
	return k;
}

/**
 * csrv_account_session() - the account of a session, and what its objects are charged to
 * @conn: the account of the connection that the logon came over
 * @name: of the account that has logged on; NULL for a guest and for the anonymous user
 * @anonymous: with @name NULL: the anonymous user, not a guest
 *
 * Sleeps; takes csrv_quota.lock.
 * Return: an account with one reference and nothing charged, or NULL without memory.
 */
struct csrv_account *csrv_account_session(struct csrv_account *conn, const char *name,
					  bool anonymous)
{
	struct csrv_account *a = account_new(conn->quota, CSRV_LEVEL_SESSION);
	struct account_key k = identity_key(conn->host, name, anonymous);

	if (!a)
		return NULL;
	a->conn = csrv_account_get(conn);
	a->host = csrv_account_get(conn->host);
	a->identity = account_find(conn->quota, CSRV_LEVEL_IDENTITY, &k);
	if (!a->identity) {
		csrv_account_put(a);
		return NULL;
	}
	a->proven = a->identity->proven;
	return a;
}

/**
 * csrv_account_network() - the network of a host, by a number of CSRV_PEERS_GROUP_BITS
 * @host: the host
 * @srv: has the key of the hash: no client can choose the number of its network
 *
 * The network is the /48 of an IPv6 host, because one customer may have a whole /48, and the /24 of
 * an IPv4 host.  Takes no lock: what it reads is constant.
 * Return: the number, below 1 << CSRV_PEERS_GROUP_BITS.
 */
u32 csrv_account_network(const struct csrv_account *host, const struct csrv_server *srv)
{
	u64 net = host->key;

	if (host->kind == KEY_IPV4)
		net >>= 8;
	else if (host->kind == KEY_IPV6)
		net >>= 16;
	return siphash_2u64(net, host->kind, &srv->hash_key) &
	       ((1 << CSRV_PEERS_GROUP_BITS) - 1);
}

/* The account that pays for a connection: the identity that owns it, or its host; a reference. */
struct csrv_account *csrv_account_payer(struct csrv_account *conn)
{
	struct csrv_account *a;

	spin_lock(&conn->lock);
	a = csrv_account_get(conn->identity ?: conn->host);
	spin_unlock(&conn->lock);
	return a;
}

/* @session is used over @conn: its identity owns @conn, unless @conn has an owner. */
void csrv_account_own(struct csrv_account *conn, const struct csrv_account *session)
{
	csrv_account_put(csrv_quota_own(conn, csrv_account_get(session->identity)));
}
