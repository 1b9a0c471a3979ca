// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/auth/lockout*.c daemon/util/host.c daemon/util/utf.c | libs: talloc
/* Failed logons delay and lock where they come from, and nowhere else; a clock of the test's own. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "auth/lockout.h"
#include "util/bytes.h"
#include "util/cleanup.h"

#define SEC	1000000ull

static struct lockout_policy policy = { .delay = 1, .limit = 10, .lock_time = 300 };

static uint64_t delay(const struct lockouts *l, const char *name, const char *host, uint64_t now)
{
	uint64_t usec;

	assert(lockouts_ask(l, name, host, now, &usec) == LOCKOUT_NONE);
	return usec / 1000;
}

static enum lockout_verdict ask(const struct lockouts *l, const char *name, const char *host,
				uint64_t now)
{
	uint64_t usec;

	return lockouts_ask(l, name, host, now, &usec);
}

static void answers_take_longer_and_longer(void)
{
	static const uint64_t want[] = { 0, 0, 0, 1000, 2000, 4000, 8000, 8000, 8000, 8000 };
	struct lockouts *l = lockouts_new(NULL, &policy);
	uint64_t now = 1000 * SEC;

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert(delay(l, "alice", "10.0.0.1", now) == want[i]);
		assert(lockouts_failed(l, i % 2 ? "Alice" : "alice", "10.0.0.1", now) ==
		       (i == 9 ? LOCKOUT_ACCOUNT : LOCKOUT_NONE));
	}
	assert(ask(l, "ALICE", "10.0.0.1", now) == LOCKOUT_ACCOUNT);
	assert(ask(l, "alice", "::ffff:10.0.0.1", now + 299 * SEC) == LOCKOUT_ACCOUNT);
	/* another account there, and alice elsewhere, come in */
	assert(delay(l, "bob", "10.0.0.1", now) == 0);
	assert(delay(l, "alice", "10.0.0.2", now) == 0);
	/* it ends, and all has worn off */
	assert(delay(l, "alice", "10.0.0.1", now + 300 * SEC) == 0);
	talloc_free(l);
}

static void failures_wear_off_one_by_one(void)
{
	struct lockouts *l = lockouts_new(NULL, &policy);
	uint64_t now = 1000 * SEC;

	for (int i = 0; i < 5; i++)
		lockouts_failed(l, "alice", "10.0.0.1", now);
	assert(delay(l, "alice", "10.0.0.1", now) == 4000);
	assert(delay(l, "alice", "10.0.0.1", now + 29 * SEC) == 4000);
	assert(delay(l, "alice", "10.0.0.1", now + 30 * SEC) == 2000);
	assert(delay(l, "alice", "10.0.0.1", now + 90 * SEC) == 0);
	/* one more does not make those young again that were half worn off */
	lockouts_failed(l, "alice", "10.0.0.1", now + 45 * SEC);
	assert(delay(l, "alice", "10.0.0.1", now + 59 * SEC) == 4000);
	assert(delay(l, "alice", "10.0.0.1", now + 60 * SEC) == 2000);
	/* whoever tries as slowly as they wear off is not locked, whoever tries faster is */
	for (int i = 0; i < 100; i++)
		assert(lockouts_failed(l, "bob", "10.0.0.1", now + i * 31 * SEC) == LOCKOUT_NONE);
	for (int i = 0; ask(l, "bob", "10.0.0.1", now + (4000 + i * 15) * SEC) == LOCKOUT_NONE; i++) {
		assert(i < 25);
		lockouts_failed(l, "bob", "10.0.0.1", now + (4000 + i * 15) * SEC);
	}
	talloc_free(l);
}

static void a_right_password_forgives_its_own_failures_only(void)
{
	struct lockouts *l = lockouts_new(NULL, &policy);
	uint64_t now = 1000 * SEC;
	int n = 0;

	for (int i = 0; i < 5; i++)
		lockouts_failed(l, "alice", "10.0.0.1", now);
	lockouts_passed(l, "bob", "10.0.0.1", now);
	assert(delay(l, "alice", "10.0.0.1", now) == 4000);
	lockouts_passed(l, "alice", "10.0.0.2", now);
	assert(delay(l, "alice", "10.0.0.1", now) == 4000);
	lockouts_passed(l, "ALICE", "10.0.0.1", now);
	assert(delay(l, "alice", "10.0.0.1", now) == 0);
	/* mallory has an account and logs on to it between guesses at all others */
	for (char name[32]; ask(l, "mallory", "10.0.0.9", now) == LOCKOUT_NONE; n++) {
		assert(n < 60);
		snprintf(name, sizeof(name), "user%d", n);
		lockouts_failed(l, name, "10.0.0.9", now);
		lockouts_passed(l, "mallory", "10.0.0.9", now);
	}
	assert(n == 50 && ask(l, "anybody", "10.0.0.9", now) == LOCKOUT_ADDRESS);
	assert(ask(l, "mallory", "10.0.0.1", now) == LOCKOUT_NONE);
	talloc_free(l);
}

/* From as many addresses as one likes: an account is delayed, a little, and never locked. */
static void no_stranger_locks_an_account_for_others(void)
{
	struct lockouts *l = lockouts_new(NULL, &policy);
	uint64_t now = 1000 * SEC;
	char host[64];

	for (int i = 0; i < 4000; i++) {
		snprintf(host, sizeof(host), "2001:db8:%x:%x::%x", i / 7, i % 7, i);
		if (ask(l, "alice", host, now) == LOCKOUT_NONE)
			lockouts_failed(l, "alice", host, now);
	}
	assert(delay(l, "alice", "10.0.0.1", now) == 2000);
	assert(delay(l, "bob", "10.0.0.1", now) == 0);
	assert(delay(l, "alice", "10.0.0.1", now + 30 * 4000 / 5 * SEC) == 0);
	talloc_free(l);
}

static void tables_are_bounded_and_keep_what_counts(void)
{
	struct lockouts *l = lockouts_new(NULL, &policy);
	uint64_t now = 1000 * SEC;
	char text[64];

	for (int i = 0; i < 10; i++)
		lockouts_failed(l, "victim", "10.0.0.1", now);
	assert(ask(l, "victim", "10.0.0.1", now) == LOCKOUT_ACCOUNT);
	/* other names there, and other addresses, one failure each: the lock-out stays */
	for (int i = 0; i < 30; i++) {
		snprintf(text, sizeof(text), "name%d", i);
		lockouts_failed(l, text, "10.0.0.1", now + 1);
	}
	for (int i = 0; i < 4000; i++) {
		snprintf(text, sizeof(text), "10.%d.%d.7", 1 + i / 250, i % 250);
		lockouts_failed(l, text, text, now + 2);
	}
	assert(ask(l, "victim", "10.0.0.1", now + 3) == LOCKOUT_ACCOUNT);
	assert(talloc_total_size(l) < 4 * 1024 * 1024);
	/* all of an IPv6 network is one */
	for (int i = 0; i < 10; i++) {
		snprintf(text, sizeof(text), "2001:db8::%x", i + 1);
		lockouts_failed(l, "victim", text, now);
	}
	assert(ask(l, "victim", "2001:db8::ffff", now) == LOCKOUT_ACCOUNT);
	assert(ask(l, "victim", "2001:db8:0:1::1", now) == LOCKOUT_NONE);
	talloc_free(l);
}

static void delayed_answers_are_bounded(void)
{
	struct lockouts *l = lockouts_new(NULL, &policy);
	struct lockout_wait *w[LOCKOUT_WAITS];
	uint64_t now = 1000 * SEC;
	TALLOC_CTX *ctx = talloc_new(NULL);
	char host[64];

	for (int i = 0; i < 4; i++)
		lockouts_failed(l, "alice", "10.0.0.1", now);
	for (int i = 0; i < LOCKOUT_HOST_WAITS; i++) {
		assert(delay(l, "alice", "10.0.0.1", now) == 2000);
		w[i] = lockouts_wait(ctx, l, "10.0.0.1");
	}
	assert(ask(l, "alice", "10.0.0.1", now) == LOCKOUT_BUSY);
	assert(ask(l, "bob", "10.0.0.1", now) == LOCKOUT_NONE);	/* who is not delayed */
	talloc_free(w[3]);
	assert(delay(l, "alice", "10.0.0.1", now) == 2000);
	w[3] = lockouts_wait(ctx, l, "10.0.0.1");
	for (int i = LOCKOUT_HOST_WAITS; i < LOCKOUT_WAITS; i++) {
		snprintf(host, sizeof(host), "10.1.0.%d", i / 2);
		w[i] = lockouts_wait(ctx, l, host);
	}
	for (int i = 0; i < 4; i++)
		lockouts_failed(l, "carol", "10.0.0.3", now);
	assert(ask(l, "carol", "10.0.0.3", now) == LOCKOUT_BUSY);
	/* Strangers who hold all places keep nobody out who has failed nothing. */
	for (int i = 0; i < 40; i++) {
		snprintf(host, sizeof(host), "10.2.0.%d", i / 2);
		lockouts_failed(l, "victim", host, now);
	}
	assert(ask(l, "victim", "10.3.0.1", now) == LOCKOUT_NONE);
	talloc_free(ctx);
	assert(delay(l, "carol", "10.0.0.3", now) == 2000);
	assert(delay(l, "alice", "10.0.0.1", now) == 2000);
	talloc_free(l);
}

struct seen {
	int n;
	char text[4][128];
};

static void on_entry(void *priv, const struct lockout_entry *e)
{
	struct seen *s = priv;

	assert(s->n < 4);
	snprintf(s->text[s->n++], 128, "%s|%s|%u|%u", e->name, e->address, e->failures, e->seconds);
}

static void the_administrator_sees_and_ends_them(void)
{
	struct lockouts *l = lockouts_new(NULL, &policy);
	uint64_t now = 1000 * SEC;
	struct seen s = {};
	char name[32];

	for (int i = 0; i < 10; i++)
		lockouts_failed(l, "Jörg", "10.0.0.1", now);
	lockouts_list(l, now + 100 * SEC, on_entry, &s);
	assert(s.n == 1 && !strcmp(s.text[0], "Jörg|10.0.0.1|10|200"));
	assert(lockouts_unlock(l, "nobody", now) == 0);
	assert(lockouts_unlock(l, "JÖRG", now) == 1);
	assert(delay(l, "Jörg", "10.0.0.1", now) == 0);
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "n%d", i % 20);
		lockouts_failed(l, name, "2001:db8::5", now);
	}
	s.n = 0;
	lockouts_list(l, now, on_entry, &s);
	assert(s.n == 1 && !strcmp(s.text[0], "|2001:db8::/64|50|300"));
	assert(lockouts_unlock(l, "2001:db8::77", now) == 1);
	assert(ask(l, "n0", "2001:db8::5", now) == LOCKOUT_NONE);
	for (int i = 0; i < 50; i++)
		lockouts_failed(l, "x", "2001:db8::5", now);
	assert(lockouts_unlock(l, "2001:db8::/64", now) == 2);	/* as it is shown */
	s.n = 0;
	lockouts_list(l, now, on_entry, &s);
	assert(!s.n);
	talloc_free(l);
}

static void on_told(void *priv, bool failed, const char *name, const char *host)
{
	struct lockouts *other = priv;

	if (failed)
		lockouts_failed(other, name, host, 1000 * SEC);
	else
		lockouts_passed(other, name, host, 1000 * SEC);
}

/* Who counts may end: another one has counted with it, and a third goes on from there. */
static void counts_outlive_who_counts(void)
{
	struct lockouts *l = lockouts_new(NULL, &policy), *with = lockouts_new(NULL, &policy);
	struct lockouts *next = lockouts_new(NULL, &policy), *none = lockouts_new(NULL, &policy);
	uint64_t now = 1000 * SEC;
	struct seen s = {};
	struct blob saved;

	lockouts_listen(l, on_told, with);
	for (int i = 0; i < 10; i++)
		lockouts_failed(l, "Jörg", "2001:db8::5", now);
	for (int i = 0; i < 5; i++)
		lockouts_failed(l, "bob", "10.0.0.2", now);
	for (int i = 0; i < 20; i++)
		lockouts_failed(l, "carol", "10.0.0.3", now);
	for (int i = 0; i < 4; i++)
		lockouts_failed(l, "dave", "10.0.0.4", now);
	lockouts_passed(l, "dave", "10.0.0.4", now);
	assert(!lockouts_save(with, l, &saved) && lockouts_restore(next, saved, now + SEC));
	assert(ask(next, "JÖRG", "2001:db8::77", now + 299 * SEC) == LOCKOUT_ACCOUNT);
	assert(ask(next, "Jörg", "2001:db8::5", now + 300 * SEC) == LOCKOUT_NONE);
	assert(delay(next, "bob", "10.0.0.2", now) == 4000 && delay(next, "dave", "10.0.0.4", now) == 0);
	assert(delay(next, "carol", "10.0.0.9", now) == delay(l, "carol", "10.0.0.9", now));
	lockouts_list(next, now, on_entry, &s);
	assert(s.n == 2);
	assert(lockouts_unlock(next, "carol", now) == 1);

	/* what is cut is refused, but where one of the nine counters ends */
	s.n = 0;
	for (size_t n = 1; n < saved.len; n++)
		s.n += lockouts_restore(none, (struct blob){ saved.data, n }, now);
	assert(s.n == 9 - 1);
	assert(!lockouts_save(lockouts_new(l, &policy), l, &saved) && !saved.len);
	assert(lockouts_restore(none, saved, now));
	talloc_free(none);
	talloc_free(next);
	talloc_free(l);
	talloc_free(with);
}

static int compare_blobs(const void *a, const void *b)
{
	const struct blob *x = a, *y = b;

	return x->len != y->len ? (x->len < y->len ? -1 : 1) : memcmp(x->data, y->data, x->len);
}

/* The counters of @saved, each as its octets, sorted: tables are saved in any order. */
static struct blob *counters_of(TALLOC_CTX *ctx, struct blob saved, size_t *n)
{
	struct bytes_in in = bytes_in(saved);
	struct blob *list = talloc_array(ctx, struct blob, saved.len / 20);

	for (*n = 0; bytes_left(&in); (*n)++) {
		struct blob *c = &list[*n];

		c->data = saved.data + saved.len - bytes_left(&in);
		for (int text = 0; text < 2; text++) {
			uint32_t len = bytes_get_u32(&in);

			bytes_take(&in, len == UINT32_MAX ? 0 : len);
		}
		bytes_take(&in, 4 + 8 + 8);
		assert(!in.bad);
		c->len = (size_t)(saved.data + saved.len - bytes_left(&in) - c->data);
	}
	qsort(list, *n, sizeof(*list), compare_blobs);
	return list;
}

/* Full tables are not too long to be handed over, and come out as they went in. */
static void full_tables_are_saved(void)
{
	struct lockouts *l = lockouts_new(NULL, &policy), *next = lockouts_new(NULL, &policy);
	struct blob saved, again, *a, *b;
	char name[257] = "", host[32];
	size_t n, m;

	memset(name, 'x', sizeof(name) - 1);
	for (unsigned int i = 0; i < LOCKOUT_ADDRESSES; i++)
		for (unsigned int k = 0; k < LOCKOUT_NAMES; k++) {
			snprintf(host, sizeof(host), "10.0.%u.%u", i / 256, i % 256);
			name[snprintf(name, 200, "n%u", (i + k) % LOCKOUT_ACCOUNTS)] = 'x';
			lockouts_failed(l, name, host, 1000 * SEC);
		}
	assert(!lockouts_save(l, l, &saved) && saved.len < LOCKOUT_MAX_SAVED / 2);
	assert(lockouts_restore(next, saved, 1000 * SEC));
	assert(!lockouts_save(next, l, &again));
	a = counters_of(l, saved, &n);
	b = counters_of(l, again, &m);
	assert(n == m && n == LOCKOUT_ADDRESSES * (1 + LOCKOUT_NAMES) + LOCKOUT_ACCOUNTS);
	for (size_t i = 0; i < n; i++)
		assert(!compare_blobs(&a[i], &b[i]));
	talloc_free(l);
	talloc_free(next);
}

static void policy_may_be_none(void)
{
	struct lockout_policy none = { .lock_time = 1 };
	struct lockouts *l = lockouts_new(NULL, &none);

	for (int i = 0; i < 1000; i++) {
		assert(delay(l, "alice", "", 5) == 0);
		assert(lockouts_failed(l, "alice", "", 5) == LOCKOUT_NONE);
	}
	/* never longer than the kernel waits */
	none.delay = 1;
	none.longest = 3;
	none.lock_time = 1000;
	for (int i = 0; i < 20; i++)
		lockouts_failed(l, "bob", "::1", 1000 * SEC);
	assert(delay(l, "bob", "::1", 1000 * SEC) == 3000);
	none.delay = 0;
	none.limit = 10000;
	none.lock_time = 86400;
	assert(delay(l, "alice", "", 6) == 0);
	talloc_free(l);
}

int main(void)
{
	answers_take_longer_and_longer();
	failures_wear_off_one_by_one();
	a_right_password_forgives_its_own_failures_only();
	no_stranger_locks_an_account_for_others();
	tables_are_bounded_and_keep_what_counts();
	delayed_answers_are_bounded();
	the_administrator_sees_and_ends_them();
	counts_outlive_who_counts();
	full_tables_are_saved();
	policy_may_be_none();
	puts("daemon_lockout: ok");
	return 0;
}
