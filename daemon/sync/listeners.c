// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Listeners: "smb ports", and with "bind interfaces only" each word of "interfaces".
 *
 * A word, as conf/interfaces.c leaves it, is a name of an interface or a pattern of names, an
 * address, or a network with its number of bits.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fnmatch.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sync/internal.h"

static uint64_t away_usec = SYNC_AWAY_USEC;

void sync_set_away(uint64_t usec)
{
	away_usec = usec;
}

/* What the functions below work on. */
struct where {
	struct sync_tree *tree;
	const struct sync_tree *run;
	char **ours;
	const struct ifaddrs *list;	/* the machine's; NULL: not known, or not needed */
	const struct sync_input *in;
	bool first;			/* the first port: report problems */
	const char *port;
};

/* A parsed word. */
struct word {
	const char *text;
	int family;			/* AF_UNSPEC: a name or a pattern */
	unsigned char net[16];
	unsigned int bits;
	bool network;			/* with a slash */
};

/* The wildcard address; a machine may be without IPv6. */
static const char *any_address(void)
{
	return access("/proc/net/if_inet6", F_OK) ? "0.0.0.0" : "::";
}

/* @suffix NULL: on all interfaces. A listener that is wanted already is not added again. */
static bool want_listener(const struct where *w, const char *suffix, const char *address,
			  const char *interface)
{
	const struct conf_table *t = &conf_listener_table;
	struct sync_tree *tree = w->tree;
	char *name = talloc_asprintf(tree, "tcp-%s%s%s", w->port, suffix ? "-" : "",
				     suffix ? suffix : "");
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
	return sync_item_set_attr(tree, item, t, "address", address) &&
		sync_item_set_attr(tree, item, t, "port", w->port) &&
		sync_item_set_attr(tree, item, t, "transport", "tcp") &&
		sync_item_set_attr(tree, item, t, "interface", interface);
}

/* ---- words ---- */

static bool parse_bits(const char *text, int family, unsigned int *bits)
{
	char *end;

	if (*text < '0' || *text > '9' || strlen(text) > 3)
		return false;
	*bits = (unsigned int)strtoul(text, &end, 10);
	return !*end && *bits <= (family == AF_INET ? 32u : 128u);
}

/* False for a text that is no word of "interfaces". */
static bool parse_word(TALLOC_CTX *ctx, const char *text, struct word *ret)
{
	char *slash = strchr(text, '/');
	char *addr = talloc_strndup(ctx, text, slash ? (size_t)(slash - text) : strlen(text));

	*ret = (struct word) { .text = text, .network = slash };
	if (!addr)
		return false;
	if (inet_pton(AF_INET, addr, ret->net) == 1)
		ret->family = AF_INET;
	else if (inet_pton(AF_INET6, addr, ret->net) == 1)
		ret->family = AF_INET6;
	if (slash)
		return ret->family && parse_bits(slash + 1, ret->family, &ret->bits);
	ret->bits = ret->family == AF_INET ? 32 : 128;
	return ret->family || (*text && strlen(text) < IF_NAMESIZE);
}

/* ---- what matches a word ---- */

static bool in_network(const struct word *word, int family, const void *addr)
{
	unsigned int whole = word->bits / 8, rest = word->bits % 8;
	const unsigned char *a = addr;

	return family == word->family && !memcmp(a, word->net, whole) &&
	       (!rest || !((a[whole] ^ word->net[whole]) >> (8 - rest)));
}

static const void *bytes_of(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET)
		return &((const struct sockaddr_in *)(const void *)sa)->sin_addr;
	if (sa->sa_family == AF_INET6)
		return &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;
	return NULL;
}

/* Link-local addresses are unique on their interface only: bind(2) needs its name. */
static bool want_address(const struct where *w, const struct ifaddrs *i)
{
	const void *addr = bytes_of(i->ifa_addr);
	char text[INET6_ADDRSTRLEN];
	char *suffix;

	if (!inet_ntop(i->ifa_addr->sa_family, addr, text, sizeof(text)))
		return true;
	if (i->ifa_addr->sa_family == AF_INET || !IN6_IS_ADDR_LINKLOCAL((const struct in6_addr *)addr))
		return want_listener(w, text, text, "");
	suffix = talloc_asprintf(w->tree, "%s-%s", text, i->ifa_name);
	return suffix && want_listener(w, suffix, text, i->ifa_name);
}

/* getifaddrs(3) gives the label of an address as the name of its interface: "eth0:1". */
static bool is_name_of(const char *pattern, const char *name)
{
	size_t len = strcspn(name, ":");
	char interface[IF_NAMESIZE];

	if (!fnmatch(pattern, name, 0))
		return true;
	if (!name[len] || len >= sizeof(interface))
		return false;
	memcpy(interface, name, len);
	interface[len] = 0;
	return !fnmatch(pattern, interface, 0);
}

static bool word_matches(const struct word *word, const struct ifaddrs *i)
{
	const void *addr = i->ifa_addr ? bytes_of(i->ifa_addr) : NULL;

	if (!addr)
		return false;
	return word->family ? in_network(word, i->ifa_addr->sa_family, addr) :
			      is_name_of(word->text, i->ifa_name);
}

static bool want_matching(const struct where *w, const struct word *word, size_t *found)
{
	for (const struct ifaddrs *i = w->list; i; i = i->ifa_next) {
		if (!word_matches(word, i))
			continue;
		if (!want_address(w, i))
			return false;
		++*found;
	}
	return true;
}

/* Has the machine this address?  False when its addresses are not known. */
static bool is_somewhere(const struct where *w, const char *address)
{
	for (const struct ifaddrs *i = w->list; i; i = i->ifa_next) {
		const void *addr = i->ifa_addr ? bytes_of(i->ifa_addr) : NULL;
		char text[INET6_ADDRSTRLEN];

		if (addr && inet_ntop(i->ifa_addr->sa_family, addr, text, sizeof(text)) &&
		    !strcmp(text, address))
			return true;
	}
	return false;
}

/*
 * Is it a managed listener that matches, whose address may be away for a moment?  An address that
 * is away may have been that of any interface.
 */
static bool is_away_match(const struct where *w, const struct word *word,
			  const struct sync_item *run)
{
	const char *addr = sync_item_value(run, "address"), *port = sync_item_value(run, "port");
	const char *interface = sync_item_value(run, "interface");
	unsigned char bytes[16];

	if (strncmp(run->path, "listeners/tcp-", 14) || !run->enabled || !addr || !interface ||
	    !port || strcmp(port, w->port) || !sync_managed_has(w->ours, run->path))
		return false;
	if (word->family)
		return inet_pton(word->family, addr, bytes) == 1 &&
		       in_network(word, word->family, bytes);
	return *interface ? is_name_of(word->text, interface) : !is_somewhere(w, addr);
}

/*
 * Is the address still waited for?  For a while after it was first seen to be away, and without end
 * while the machine's addresses are not known.
 */
static bool is_waited_for(const struct where *w, const char *path)
{
	struct sync_away *away = w->in->away;
	struct sync_away_one *one;

	if (!w->list || !away)
		return !w->list;
	for (size_t i = 0; i < away->n; i++) {
		one = &away->of[i];
		if (strcmp(one->path, path))
			continue;
		one->still = true;
		return w->in->now - one->since < away_usec;
	}
	if (away->n == SYNC_AWAY_MAX || strlen(path) >= sizeof(one->path))
		return false;
	one = &away->of[away->n++];
	*one = (struct sync_away_one) { .since = w->in->now, .still = true };
	strcpy(one->path, path);
	return true;
}

static void begin_away(struct sync_away *away)
{
	for (size_t i = 0; i < away->n; i++)
		away->of[i].still = false;
}

/* Forgets addresses that have come back, are no longer wanted, or whose listener was removed. */
static void end_away(struct sync_away *away, uint64_t now)
{
	size_t kept = 0;

	away->next = 0;
	for (size_t i = 0; i < away->n; i++) {
		uint64_t until = away->of[i].since + away_usec;

		if (!away->of[i].still)
			continue;
		if (until > now && (!away->next || until < away->next))
			away->next = until;
		away->of[kept++] = away->of[i];
	}
	away->n = kept;
}

/*
 * Addresses of the machine that match are wanted already: here are matching listeners whose address
 * is away.
 */
static bool want_running(const struct where *w, const struct word *word, size_t *found)
{
	size_t prefix = strlen("listeners/tcp--") + strlen(w->port);

	for (size_t i = 0; i < w->run->n; i++) {
		const struct sync_item *run = &w->run->items[i];

		if (!is_away_match(w, word, run) || strlen(run->path) <= prefix)
			continue;
		if (!sync_tree_find(w->tree, run->path) && !is_waited_for(w, run->path))
			continue;
		++*found;
		if (!want_listener(w, run->path + prefix, sync_item_value(run, "address"),
				   sync_item_value(run, "interface")))
			return false;
	}
	return true;
}

/* Reports that nothing matches a word. */
static bool complain_of_word(const struct where *w, const struct word *word)
{
	bool there = false;

	if (word->family)
		return sync_complain(w->tree, "listeners", "the machine has no address in %s now",
				     word->text);
	for (const struct ifaddrs *i = w->list; i && !there; i = i->ifa_next)
		there = is_name_of(word->text, i->ifa_name);
	return sync_complain(w->tree, "listeners", there ?
			     "the interface %s has no address now" :
			     "the machine has no interface %s now", word->text);
}

/*
 * Listens on addresses, as Samba does, not on devices: a connection of the machine to its own
 * address arrives on lo, and the wildcard address of a device cannot be bound beside one address.
 */
static bool want_word(const struct where *w, const struct word *word)
{
	size_t found = 0;

	/* The kernel fails to bind to a missing address, and the plan is tried again. */
	if (word->family && !word->network)
		return want_listener(w, word->text, word->text, "");
	if (!want_matching(w, word, &found))
		return false;
	if (!want_running(w, word, &found))
		return false;
	return found || !w->list || !w->first || complain_of_word(w, word);
}

static bool want_words(const struct where *w, char **words)
{
	for (size_t i = 0; words[i]; i++) {
		struct word word;
		bool ok = true;

		if (parse_word(w->tree, words[i], &word))
			ok = want_word(w, &word);
		else if (w->first)
			ok = sync_complain(w->tree, "listeners",
					   "%s is no interface, address or network", words[i]);
		if (!ok)
			return false;
	}
	return true;
}

static bool want_ports(struct where *w, char **ports, char **words)
{
	bool ok = true;

	for (size_t i = 0; ok && ports[i]; i++) {
		w->port = ports[i];
		w->first = i == 0;
		ok = words ? want_words(w, words) : want_listener(w, NULL, any_address(), "");
	}
	return ok;
}

bool sync_want_listeners(struct sync_tree *tree, const struct sync_input *in,
			 const struct sync_tree *run, char **ours)
{
	char **ports = conf_get_list(tree, in->conf, NULL, "smb_ports");
	char **words = conf_get_list(tree, in->conf, NULL, "interfaces");
	bool some = conf_get_bool(in->conf, NULL, "bind_interfaces_only"), ok = ports && words;
	struct where w = { .tree = tree, .run = run, .ours = ours, .in = in };
	struct ifaddrs *list = NULL;
	int err = some ? in->env->addresses(&list) : 0;

	if (err)
		ok = ok && sync_complain(tree, "listeners",
					 "the machine's addresses cannot be listed: %s",
					 strerror(-err));
	w.list = list;
	if (in->away && !err)
		begin_away(in->away);
	ok = ok && want_ports(&w, ports, some ? words : NULL);
	if (in->away && !err)
		end_away(in->away, in->now);
	if (list)
		in->env->free_addresses(list);
	return ok;
}
