// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/store/caching.c
//
// Runs the scripts tests/unit/store/caching/case*.txt through the caching engine; what
// comes out must be what stands in the .ref beside each.  With UPDATE_REF set in the
// environment the .ref files are written instead: read the difference before you keep it.
//
// A script, one event per line, # begins a comment; N is the number of an open, from 1 to 9, KEY
// a lease key, a letter from a to f; MASK is made of R, W and H, or none:
//   open N LEVEL [HOW]           another open comes and asks for an oplock
//   lease N KEY MASK [HOW]       another open comes, with a lease key, and asks for a lease
//   ack N LEVEL | late N | mute N             of N's oplock
//   lack KEY MASK | llate KEY | lmute KEY     of KEY's lease
//   llist KEY                    what the directory lists changes, for KEY's lease
//   write N | lock N | unlock N | close N | rename N | delete N
// HOW: overwrite: the data is replaced; attr: only attributes are wanted; conflict: it is refused
// unless holders that cache the open close it; conflict-overwrite: both.
// late: the acknowledgment timer expires.  mute: the holder can no longer be notified.
// rename, delete: through open N, or if there is none through another file's.  unlock takes back
// one lock.
#include <assert.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "store/caching.h"

#define OPENS 10
#define LEASES 6
#define CASES "tests/unit/store/caching/case*.txt"

struct sim_lease {
	struct csrv_cache_key key;
	struct csrv_cache c;
	int opens;
	bool mute;
};

struct sim_open {
	struct csrv_cache c;
	struct sim_lease *lease;
	bool live;
	bool mute;
	u8 want;
	enum csrv_cache_event event;
	bool attr;
};

struct sim {
	struct csrv_caches set;
	struct sim_open opens[OPENS];
	struct sim_lease leases[LEASES];
	int order[OPENS];	/* opens that wait, the oldest first */
	int nwait;
	int locks;
	FILE *out;
};

static const char *const levels[] = {
	[CSRV_CACHE_NONE] = "none", [CSRV_CACHE_II] = "ii", [CSRV_CACHE_EXCLUSIVE] = "exclusive",
	[CSRV_CACHE_BATCH] = "batch", [CSRV_CACHE_R | CSRV_CACHE_H] = "?",
};

static const char *const masks[] = { "none", "R", "H", "RH", "W", "RW", "WH", "RWH" };

static u8 index_of(const char *const *names, const char *name)
{
	int i;

	for (i = 0; i < 8; i++)
		if (names[i] && !strcmp(names[i], name))
			return i;
	fprintf(stderr, "no level or mask: %s\n", name);
	abort();
}

static u8 level_of(const char *name)
{
	return index_of((const char *const[8]){ levels[0], levels[1], NULL, NULL, NULL, levels[5],
						NULL, levels[7] }, name);
}

static struct sim_lease *lease_of(struct sim *s, char key)
{
	assert(key >= 'a' && key < 'a' + LEASES);
	return &s->leases[key - 'a'];
}

static struct csrv_cache *holder_of(struct sim_open *o)
{
	return o->lease ? &o->lease->c : &o->c;
}

static void check_counts(const struct sim *s)
{
	u32 n[CSRV_CACHE_CLASSES] = {}, i;
	struct csrv_cache *c;

	for (i = 0; i < CSRV_CACHE_CLASSES; i++)
		list_for_each_entry(c, &s->set.holders[i], node)
			n[i]++;
	assert(n[CSRV_CACHE_SOLE] <= 1);
	assert(s->set.nshared == n[CSRV_CACHE_HANDLE] + n[CSRV_CACHE_READ] + n[CSRV_CACHE_LEVEL_II]);
	assert(!n[CSRV_CACHE_SOLE] || !s->set.nshared);
	assert(!n[CSRV_CACHE_HANDLE] || !n[CSRV_CACHE_LEVEL_II]);
}

static void check_holder(const struct csrv_cache *c, bool live)
{
	bool breaking = c->state == CSRV_CACHE_IS_BREAKING;

	if (c->state == CSRV_CACHE_IS_NONE)
		assert(list_empty(&c->node) && list_empty(&c->awaited) && !c->held);
	else
		assert(live && (c->held & CSRV_CACHE_R) && !list_empty(&c->node));
	assert(breaking || list_empty(&c->awaited));
	/* less than was held, and no more than what the client knows */
	assert(!breaking || (!(c->to & ~c->held) && c->to != c->held && !(c->need & ~c->to)));
	assert(!breaking || c->held != CSRV_CACHE_R);
}

/* What must hold after every event, whatever it was. */
static void check_invariants(const struct sim *s)
{
	int i;

	check_counts(s);
	for (i = 0; i < OPENS; i++)
		check_holder(&s->opens[i].c, s->opens[i].live);
	for (i = 0; i < LEASES; i++)
		check_holder(&s->leases[i].c, s->leases[i].opens);
}

static bool notify_lease(struct sim *s, struct sim_lease *l, u8 from, u8 to)
{
	if (l->mute) {
		fprintf(s->out, "  %c cannot be told: %s\n", (char)('a' + (l - s->leases)),
			masks[to]);
		return false;
	}
	fprintf(s->out, "  %c is %s: %s from %s\n", (char)('a' + (l - s->leases)),
		l->c.state == CSRV_CACHE_IS_BREAKING ? "asked" : "told", masks[to], masks[from]);
	return true;
}

static bool notify(struct csrv_cache *c, u8 from, u8 to, void *ctx)
{
	struct sim *s = ctx;
	struct sim_open *o;

	assert(c->state == CSRV_CACHE_IS_BREAKING ? c->held == from && c->to == to : !to);
	if (c->key)
		return notify_lease(s, container_of(c, struct sim_lease, c), from, to);
	o = container_of(c, struct sim_open, c);
	if (o->mute) {
		fprintf(s->out, "  %d cannot be told: %s\n", (int)(o - s->opens), levels[to]);
		return false;
	}
	fprintf(s->out, "  %d is %s: %s\n", (int)(o - s->opens),
		c->state == CSRV_CACHE_IS_BREAKING ? "asked" : "told", levels[to]);
	return true;
}

/* No other open, or for a lease none of another key. */
static bool alone(const struct sim *s, int n)
{
	int i;

	for (i = 0; i < OPENS; i++)
		if (i != n && s->opens[i].live &&
		    (!s->opens[n].lease || s->opens[i].lease != s->opens[n].lease))
			return false;
	return true;
}

static bool conflicts(const struct sim *s, int n)
{
	enum csrv_cache_event e = s->opens[n].event;
	int i;

	if (e != CSRV_CACHE_ON_SHARING && e != CSRV_CACHE_ON_SHARING_OVERWRITE)
		return false;
	for (i = 0; i < OPENS; i++)
		if (i != n && s->opens[i].live)
			return true;
	return false;
}

static void grant(struct sim *s, int n)
{
	struct sim_open *o = &s->opens[n];
	u8 got;

	o->live = true;
	if (o->lease)
		o->lease->opens++;
	else
		csrv_cache_init(&o->c, NULL);
	got = csrv_cache_grant(&s->set, holder_of(o), o->want, alone(s, n), s->locks);
	assert(got == holder_of(o)->held);
	if (!o->lease)
		fprintf(s->out, "  %d gets %s\n", n, levels[got]);
	else
		fprintf(s->out, "  %d gets %s%s\n", n, masks[got],
			o->lease->c.state == CSRV_CACHE_IS_BREAKING ? ", breaking" : "");
}

/* What a CREATE does, from its start.  False: it has to wait. */
static bool try_open(struct sim *s, int n)
{
	struct sim_open *o = &s->opens[n];
	bool conflict = conflicts(s, n);
	enum csrv_cache_event event = o->event;

	if (!conflict && event == CSRV_CACHE_ON_SHARING)
		event = CSRV_CACHE_ON_OPEN;
	if (!conflict && event == CSRV_CACHE_ON_SHARING_OVERWRITE)
		event = CSRV_CACHE_ON_OVERWRITE;
	if (!o->attr && csrv_cache_check(&s->set, holder_of(o), event, notify, s))
		return false;
	if (conflict)
		fprintf(s->out, "  %d is refused\n", n);
	else
		grant(s, n);
	return true;
}

/* As store/break.c: what no longer has to wait begins anew. */
static void wake(struct sim *s)
{
	int order[OPENS], n = s->nwait, i;

	memcpy(order, s->order, sizeof(order));
	s->nwait = 0;
	for (i = 0; i < n; i++) {
		if (csrv_cache_waits(&s->set, holder_of(&s->opens[order[i]]))) {
			s->order[s->nwait++] = order[i];
		} else if (!try_open(s, order[i])) {
			fprintf(s->out, "  %d waits\n", order[i]);
			s->order[s->nwait++] = order[i];
		}
	}
}

static void do_open(struct sim *s, int n, u8 want, const char *how)
{
	struct sim_open *o = &s->opens[n];

	assert(!o->live);
	o->want = want;
	o->attr = !strcmp(how, "attr");
	o->event = CSRV_CACHE_ON_OPEN;
	if (!strcmp(how, "overwrite"))
		o->event = CSRV_CACHE_ON_OVERWRITE;
	else if (!strcmp(how, "conflict"))
		o->event = CSRV_CACHE_ON_SHARING;
	else if (!strcmp(how, "conflict-overwrite"))
		o->event = CSRV_CACHE_ON_SHARING_OVERWRITE;
	else
		assert(!*how || o->attr);
	if (try_open(s, n))
		return;
	fprintf(s->out, "  %d waits\n", n);
	s->order[s->nwait++] = n;
}

static void do_close(struct sim *s, int n)
{
	struct sim_open *o = &s->opens[n];
	struct sim_lease *l = o->lease;

	if (!l || !--l->opens)
		csrv_cache_drop(&s->set, holder_of(o));
	o->live = false;
	o->lease = NULL;
}

static const char *status_name(nt_status_t status)
{
	if (status == NT_OK)
		return "ok";
	if (status == NT_INVALID_DEVICE_STATE)
		return "INVALID_DEVICE_STATE";
	if (status == NT_UNSUCCESSFUL)
		return "UNSUCCESSFUL";
	if (status == NT_REQUEST_NOT_ACCEPTED)
		return "REQUEST_NOT_ACCEPTED";
	assert(status == NT_INVALID_OPLOCK_PROTOCOL);
	return "INVALID_OPLOCK_PROTOCOL";
}

/* A break that the acknowledgment leads to has its line after "ok". */
static void do_ack(struct sim *s, struct csrv_cache *c, u8 mask)
{
	FILE *out = s->out;
	char *more = NULL;
	nt_status_t status;
	size_t len;

	s->out = open_memstream(&more, &len);
	status = csrv_cache_ack(&s->set, c, mask, notify, s);
	fclose(s->out);
	s->out = out;
	fprintf(out, "  %s\n%s", status_name(status), more);
	free(more);
}

static void do_late(struct sim *s, struct csrv_cache *c)
{
	if (c->state == CSRV_CACHE_IS_BREAKING)
		csrv_cache_drop(&s->set, c);
}

static void do_name(struct sim *s, const char *what, int n)
{
	struct csrv_cache *by = s->opens[n].live ? holder_of(&s->opens[n]) : NULL;
	enum csrv_cache_event e = *what == 'r' ? CSRV_CACHE_ON_NAME : CSRV_CACHE_ON_DELETE;

	fprintf(s->out, "  %s %s\n", what,
		csrv_cache_check(&s->set, by, e, notify, s) ? "waits" : "does not wait");
}

static bool do_lease_event(struct sim *s, const char *what, char key, const char *arg)
{
	if (!strcmp(what, "lack"))
		do_ack(s, &lease_of(s, key)->c, index_of(masks, arg));
	else if (!strcmp(what, "llate"))
		do_late(s, &lease_of(s, key)->c);
	else if (!strcmp(what, "llist"))
		csrv_cache_break(&s->set, &lease_of(s, key)->c, CSRV_CACHE_LISTING, notify, s);
	else if (!strcmp(what, "lmute"))
		lease_of(s, key)->mute = true;
	else
		return false;
	return true;
}

static void do_open_event(struct sim *s, const char *what, int n, const char *arg)
{
	struct sim_open *o = &s->opens[n];

	if (!strcmp(what, "ack")) {
		do_ack(s, &o->c, level_of(arg));
	} else if (!strcmp(what, "late")) {
		do_late(s, &o->c);
	} else if (!strcmp(what, "close")) {
		do_close(s, n);
	} else if (!strcmp(what, "write") || !strcmp(what, "lock")) {
		s->locks += !strcmp(what, "lock");
		csrv_cache_check(&s->set, holder_of(o), CSRV_CACHE_ON_MODIFY, notify, s);
	} else if (!strcmp(what, "rename") || !strcmp(what, "delete")) {
		do_name(s, what, n);
	} else if (!strcmp(what, "unlock")) {
		s->locks--;
	} else if (!strcmp(what, "mute")) {
		o->mute = true;
	} else {
		fprintf(stderr, "no event: %s\n", what);
		abort();
	}
}

static void do_event(struct sim *s, const char *what, const char *arg[3])
{
	int n = atoi(arg[0]);

	if (do_lease_event(s, what, *arg[0], arg[1]))
		return;
	assert(n > 0 && n < OPENS);
	if (!strcmp(what, "open")) {
		s->opens[n].lease = NULL;
		do_open(s, n, level_of(arg[1]), arg[2]);
	} else {
		do_open_event(s, what, n, arg[1]);
	}
}

static void do_line(struct sim *s, char *line)
{
	char what[16], arg[4][32] = {};
	int n = sscanf(line, "%15s %31s %31s %31s %31s", what, arg[0], arg[1], arg[2], arg[3]);
	int i;

	if (n < 2)
		return;
	fputs(what, s->out);
	for (i = 0; i < n - 1; i++)
		fprintf(s->out, " %s", arg[i]);
	fputc('\n', s->out);
	if (!strcmp(what, "lease")) {
		s->opens[atoi(arg[0])].lease = lease_of(s, *arg[1]);
		do_open(s, atoi(arg[0]), index_of(masks, arg[2]), arg[3]);
	} else {
		do_event(s, what, (const char *[]){ arg[0], arg[1], arg[2] });
	}
	wake(s);
	check_invariants(s);
}

static void run(FILE *in, FILE *out)
{
	struct sim s = { .out = out };
	char line[256];
	int i;

	csrv_caches_init(&s.set);
	for (i = 0; i < OPENS; i++)
		csrv_cache_init(&s.opens[i].c, NULL);
	for (i = 0; i < LEASES; i++) {
		memset(&s.leases[i].key, 'a' + i, sizeof(s.leases[i].key));
		csrv_cache_init(&s.leases[i].c, &s.leases[i].key);
	}
	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "#\n")] = 0;
		do_line(&s, line);
	}
}

static char *whole(const char *path)
{
	FILE *f = fopen(path, "r");
	char *buf = calloc(1, 65536);

	if (f) {
		assert(buf && fread(buf, 1, 65535, f) < 65535);
		fclose(f);
	}
	return buf;
}

static bool case_holds(const char *path)
{
	FILE *in = fopen(path, "r"), *out;
	char ref[512], *got = NULL, *want;
	size_t len;
	bool same;

	assert(in);
	out = open_memstream(&got, &len);
	run(in, out);
	fclose(in);
	fclose(out);
	snprintf(ref, sizeof(ref), "%.*s.ref", (int)strlen(path) - 4, path);
	if (getenv("UPDATE_REF")) {
		out = fopen(ref, "w");
		assert(out && fwrite(got, 1, len, out) == len);
		fclose(out);
	}
	want = whole(ref);
	same = !strcmp(got, want);
	if (!same)
		fprintf(stderr, "%s: expected\n%sbut got\n%s", path, want, got);
	free(want);
	free(got);
	return same;
}

static bool never(struct csrv_cache *c, u8 from, u8 to, void *ctx)
{
	fprintf(stderr, "%p goes from %s to %s%s\n", (void *)c, masks[from], masks[to],
		ctx ? "?" : "");
	abort();
}

/* Holders of one class; @many cannot be read once they hold. */
struct crowd {
	struct csrv_cache first;
	struct csrv_cache *many;
	struct csrv_cache last;
	size_t size;
};

static void crowd_hold(struct csrv_caches *set, struct crowd *crowd, bool lease, u8 mask)
{
	static const struct csrv_cache_key key;
	const struct csrv_cache_key *k = lease ? &key : NULL;
	size_t n;

	crowd->size = 1 << 20;
	n = crowd->size / sizeof(struct csrv_cache);
	crowd->many = mmap(NULL, crowd->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	assert(crowd->many != MAP_FAILED);
	csrv_cache_init(&crowd->first, k);
	assert(csrv_cache_grant(set, &crowd->first, mask, false, false) == mask);
	for (size_t i = 0; i < n; i++) {
		csrv_cache_init(&crowd->many[i], k);
		csrv_cache_grant(set, &crowd->many[i], mask, false, false);
	}
	csrv_cache_init(&crowd->last, k);
	csrv_cache_grant(set, &crowd->last, mask, false, false);
	assert(set->nshared == n + 2);
	assert(!mprotect(crowd->many, crowd->size, PROT_NONE));
}

/*
 * Many hold level II.  An event that does not break it, and a grant, look at none of them but the
 * last, behind which a new one is listed: the others cannot be read.
 */
static void many_shared(void)
{
	static const enum csrv_cache_event events[] = {
		CSRV_CACHE_ON_OPEN, CSRV_CACHE_ON_SHARING, CSRV_CACHE_ON_SHARING_OVERWRITE,
		CSRV_CACHE_ON_NAME, CSRV_CACHE_ON_DELETE,
	};
	struct csrv_caches set;
	struct crowd crowd;
	struct csrv_cache c;

	csrv_caches_init(&set);
	crowd_hold(&set, &crowd, false, CSRV_CACHE_II);
	csrv_cache_init(&c, NULL);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		assert(!csrv_cache_check(&set, NULL, events[i], never, NULL));
	assert(csrv_cache_grant(&set, &c, CSRV_CACHE_BATCH, false, false) == CSRV_CACHE_II);
	csrv_cache_drop(&set, &c);
	munmap(crowd.many, crowd.size);
}

/* Likewise many hold RH: an open, and another lease, look at none of them. */
static void many_leases(void)
{
	const struct csrv_cache_key key = { .lease = { 1 } };
	struct csrv_caches set;
	struct crowd crowd;
	struct csrv_cache c;

	csrv_caches_init(&set);
	crowd_hold(&set, &crowd, true, CSRV_CACHE_R | CSRV_CACHE_H);
	csrv_cache_init(&c, &key);
	assert(!csrv_cache_check(&set, &c, CSRV_CACHE_ON_OPEN, never, NULL));
	assert(csrv_cache_grant(&set, &c, CSRV_CACHE_BATCH, false, false) ==
	       (CSRV_CACHE_R | CSRV_CACHE_H));
	csrv_cache_drop(&set, &c);
	munmap(crowd.many, crowd.size);
}

int main(void)
{
	bool ok = true;
	size_t i;
	glob_t g;

	assert(!glob(CASES, 0, NULL, &g));
	for (i = 0; i < g.gl_pathc; i++)
		ok &= case_holds(g.gl_pathv[i]);
	globfree(&g);
	many_shared();
	many_leases();
	return ok ? 0 : 1;
}
