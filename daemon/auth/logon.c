// SPDX-License-Identifier: GPL-2.0-or-later
/* auth/logon.c - the logons in progress, by the kernel's id */
#include "logon.h"

#include <errno.h>

#define BUCKETS	256

struct logons {
	const struct auth_env *env;
	struct lockouts *lockouts;
	size_t n;
	struct logon *bucket[BUCKETS];	/* ids are consecutive, so their low bits spread well */
};

struct logons *logons_new(TALLOC_CTX *ctx, const struct auth_env *env, struct lockouts *lockouts)
{
	struct logons *l = talloc_zero(ctx, struct logons);

	if (!l)
		return NULL;
	l->env = env;
	l->lockouts = lockouts;
	return l;
}

static struct logon **slot(struct logons *l, uint64_t id)
{
	struct logon **p = &l->bucket[id % BUCKETS];

	while (*p && (*p)->id != id)
		p = &(*p)->next;
	return p;
}

static int logon_unlink(struct logon *lo)
{
	struct logon **p = slot(lo->table, lo->id);

	if (*p == lo) {
		*p = lo->next;
		lo->table->n--;
	}
	return 0;
}

int logons_begin(struct logons *l, uint64_t id, const char *host, uint64_t now_usec,
		 struct logon **ret)
{
	struct logon **p = slot(l, id), *lo;

	if (*p)
		return -EEXIST;
	if (l->n >= LOGONS_MAX && logons_expire(l, now_usec) >= LOGONS_MAX)
		return -EBUSY;
	lo = talloc_zero(l, struct logon);
	if (!lo)
		return -ENOMEM;
	lo->peer = (struct auth_peer){
		.host = talloc_strdup(lo, host), .lockouts = l->lockouts, .now = now_usec,
	};
	lo->negotiate = negotiate_new(lo, l->env, &lo->peer);
	if (!lo->peer.host || !lo->negotiate) {
		talloc_free(lo);
		return -ENOMEM;
	}
	lo->id = id;
	lo->table = l;
	lo->last_usec = now_usec;
	p = slot(l, id);		/* expiry may have moved it */
	*p = lo;
	l->n++;
	talloc_set_destructor(lo, logon_unlink);
	*ret = lo;
	return 0;
}

struct logon *logons_find(struct logons *l, uint64_t id, uint64_t now_usec)
{
	struct logon *lo = *slot(l, id);

	if (lo)
		lo->last_usec = lo->peer.now = now_usec;
	return lo;
}

size_t logons_expire(struct logons *l, uint64_t now_usec)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		struct logon *lo, *next;

		for (lo = l->bucket[i]; lo; lo = next) {
			next = lo->next;
			if (now_usec - lo->last_usec >= LOGON_TIMEOUT_USEC)
				talloc_free(lo);
		}
	}
	return l->n;
}

void logons_clear(struct logons *l)
{
	for (size_t i = 0; i < BUCKETS; i++)
		while (l->bucket[i])
			talloc_free(l->bucket[i]);
}
