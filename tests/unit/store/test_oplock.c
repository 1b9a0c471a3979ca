// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/store/oplock.c
//
// Runs the scripts tests/unit/model/oplock/case*.txt through the oplock engine; what
// comes out must be what stands in the .ref beside each.  With UPDATE_REF set in the
// environment the .ref files are written instead: read the difference before you keep it.
//
// A script, one event per line, # begins a comment; N is a number from 1 to 9:
//   open N LEVEL [overwrite|attr|conflict|conflict-overwrite]
//   ack N LEVEL | late N | close N | write N | lock N | unlock N | mute N | rename N
// open: another open of the file comes and asks for LEVEL.  attr: it wants attributes
// only; conflict: it is refused once no batch oplock stands in its way.  late: the clock
// strikes for who has not answered.  rename: somebody wants the name (N does not count).  mute: N can no longer be told anything.
// write, lock: of any open; unlock takes back one lock.
#include <assert.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "store/oplock.h"

#define OPENS 10
#define CASES "tests/unit/model/oplock/case*.txt"

struct sim_open {
	struct csrv_oplock l;
	bool live;
	bool waits;
	bool mute;
	enum csrv_oplock_level want;
	enum csrv_oplock_event event;
	bool attr;
};

struct sim {
	struct csrv_oplocks set;
	struct sim_open opens[OPENS];
	int order[OPENS];	/* who waits, first come first */
	int nwait;
	int locks;
	FILE *out;
};

static const char *const levels[] = { "none", "ii", "exclusive", "batch" };

static enum csrv_oplock_level level_of(const char *name)
{
	int i;

	for (i = 0; i < 4; i++)
		if (!strcmp(levels[i], name))
			return i;
	fprintf(stderr, "no level: %s\n", name);
	abort();
}

static int number_of(const struct sim *s, const struct csrv_oplock *l)
{
	return container_of(l, struct sim_open, l) - s->opens;
}

/* What must hold after every event, whatever it was. */
static void check_invariants(const struct sim *s)
{
	u32 shared = 0, breaking = 0, sole = 0, listed = 0;
	struct csrv_oplock *l;
	int i;

	for (i = 0; i < OPENS; i++) {
		const struct csrv_oplock *o = &s->opens[i].l;

		if (o->state == CSRV_OPLOCK_IS_NONE) {
			assert(list_empty(&o->node) && o->level == CSRV_OPLOCK_NONE);
			continue;
		}
		assert(s->opens[i].live && o->level != CSRV_OPLOCK_NONE);
		breaking += o->state == CSRV_OPLOCK_IS_BREAKING;
		sole += o->level != CSRV_OPLOCK_II;
		shared += o->level == CSRV_OPLOCK_II;
		assert(o->state != CSRV_OPLOCK_IS_BREAKING || o->to < o->level);
		listed++;
	}
	list_for_each_entry(l, &s->set.holders, node)
		listed--;
	assert(!listed && sole <= 1 && !(sole && shared));
	assert(s->set.nshared == shared && s->set.nbreaking == breaking && s->set.nsole == sole);
}

static bool tell(struct csrv_oplock *l, enum csrv_oplock_level to, void *ctx)
{
	struct sim *s = ctx;
	int n = number_of(s, l);

	if (s->opens[n].mute) {
		fprintf(s->out, "  %d cannot be told: %s\n", n, levels[to]);
		return false;
	}
	fprintf(s->out, "  %d is %s: %s\n", n,
		l->state == CSRV_OPLOCK_IS_BREAKING ? "asked" : "told", levels[to]);
	return true;
}

static bool alone(const struct sim *s, int n)
{
	int i;

	for (i = 0; i < OPENS; i++)
		if (i != n && s->opens[i].live)
			return false;
	return true;
}

/* What a CREATE does, from its start.  False: it has to wait. */
static bool try_open(struct sim *s, int n)
{
	struct sim_open *o = &s->opens[n];
	bool conflict = o->event == CSRV_OPLOCK_SHARING ||
			o->event == CSRV_OPLOCK_SHARING_OVERWRITE;

	if (conflict && alone(s, n))
		conflict = false;
	else if (!o->attr && csrv_oplock_check(&s->set, NULL, o->event, tell, s))
		return false;
	if (conflict) {
		fprintf(s->out, "  %d is refused\n", n);
		return true;
	}
	o->live = true;
	csrv_oplock_init(&o->l);
	fprintf(s->out, "  %d gets %s\n", n,
		levels[csrv_oplock_grant(&s->set, &o->l, o->want, alone(s, n), s->locks)]);
	return true;
}

/* As store/break.c: when nobody is asked any more, all who wait begin anew. */
static void wake(struct sim *s)
{
	int order[OPENS], n = s->nwait, i;

	if (s->set.nbreaking || !n)
		return;
	memcpy(order, s->order, sizeof(order));
	s->nwait = 0;
	for (i = 0; i < n; i++)
		if (!try_open(s, order[i])) {
			fprintf(s->out, "  %d waits\n", order[i]);
			s->order[s->nwait++] = order[i];
		}
}

static void do_open(struct sim *s, int n, const char *level, const char *how)
{
	struct sim_open *o = &s->opens[n];

	assert(!o->live);
	o->want = level_of(level);
	o->attr = !strcmp(how, "attr");
	o->event = CSRV_OPLOCK_OPEN;
	if (!strcmp(how, "overwrite"))
		o->event = CSRV_OPLOCK_OVERWRITE;
	else if (!strcmp(how, "conflict"))
		o->event = CSRV_OPLOCK_SHARING;
	else if (!strcmp(how, "conflict-overwrite"))
		o->event = CSRV_OPLOCK_SHARING_OVERWRITE;
	if (try_open(s, n))
		return;
	fprintf(s->out, "  %d waits\n", n);
	s->order[s->nwait++] = n;
}

static const char *status_name(nt_status_t status)
{
	if (status == NT_OK)
		return "ok";
	if (status == NT_INVALID_DEVICE_STATE)
		return "INVALID_DEVICE_STATE";
	assert(status == NT_INVALID_OPLOCK_PROTOCOL);
	return "INVALID_OPLOCK_PROTOCOL";
}

static void do_event(struct sim *s, const char *what, int n, const char *arg, const char *how)
{
	struct sim_open *o = &s->opens[n];

	if (!strcmp(what, "open")) {
		do_open(s, n, arg, how);
	} else if (!strcmp(what, "ack")) {
		fprintf(s->out, "  %s\n", status_name(csrv_oplock_ack(&s->set, &o->l,
								      level_of(arg))));
	} else if (!strcmp(what, "late")) {
		if (o->l.state == CSRV_OPLOCK_IS_BREAKING)
			csrv_oplock_drop(&s->set, &o->l);
	} else if (!strcmp(what, "close")) {
		csrv_oplock_drop(&s->set, &o->l);
		o->live = false;
	} else if (!strcmp(what, "write") || !strcmp(what, "lock")) {
		s->locks += !strcmp(what, "lock");
		csrv_oplock_check(&s->set, &o->l, CSRV_OPLOCK_MODIFY, tell, s);
	} else if (!strcmp(what, "rename")) {
		fprintf(s->out, "  rename %s\n",
			csrv_oplock_check(&s->set, NULL, CSRV_OPLOCK_NAME, tell, s) ?
			"waits" : "does not wait");
	} else if (!strcmp(what, "unlock")) {
		s->locks--;
	} else if (!strcmp(what, "mute")) {
		o->mute = true;
	} else {
		fprintf(stderr, "no event: %s\n", what);
		abort();
	}
	wake(s);
	check_invariants(s);
}

static void run(FILE *in, FILE *out)
{
	char line[256], what[16], arg[32], how[32];
	struct sim s = { .out = out };
	int n, i;

	csrv_oplocks_init(&s.set);
	for (i = 0; i < OPENS; i++)
		csrv_oplock_init(&s.opens[i].l);
	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "#\n")] = 0;
		arg[0] = 0;
		how[0] = 0;
		if (sscanf(line, "%15s %d %31s %31s", what, &n, arg, how) < 2)
			continue;
		assert(n > 0 && n < OPENS);
		fprintf(out, "%s %d%s%s%s%s\n", what, n, *arg ? " " : "", arg, *how ? " " : "", how);
		do_event(&s, what, n, arg, how);
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

static bool never(struct csrv_oplock *l, enum csrv_oplock_level to, void *ctx)
{
	fprintf(stderr, "%p is told %s%s\n", (void *)l, levels[to], ctx ? "?" : "");
	abort();
}

/*
 * Many hold LEVEL_II.  Who opens the file, takes its name or asks for an oplock looks at none
 * of them but the last, behind which a new one is listed: the others cannot be read.
 */
static void many_shared(void)
{
	static const enum csrv_oplock_event events[] = {
		CSRV_OPLOCK_OPEN, CSRV_OPLOCK_SHARING, CSRV_OPLOCK_SHARING_OVERWRITE,
		CSRV_OPLOCK_NAME,
	};
	size_t size = 1 << 20, n = size / sizeof(struct csrv_oplock);
	struct csrv_oplock *many = mmap(NULL, size, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct csrv_oplock first, last, l;
	struct csrv_oplocks set;

	assert(many != MAP_FAILED);
	csrv_oplocks_init(&set);
	csrv_oplock_init(&first);
	assert(csrv_oplock_grant(&set, &first, CSRV_OPLOCK_II, true, false) == CSRV_OPLOCK_II);
	for (size_t i = 0; i < n; i++) {
		csrv_oplock_init(&many[i]);
		csrv_oplock_grant(&set, &many[i], CSRV_OPLOCK_II, false, false);
	}
	csrv_oplock_init(&last);
	csrv_oplock_init(&l);
	csrv_oplock_grant(&set, &last, CSRV_OPLOCK_II, false, false);
	assert(set.nshared == n + 2);
	assert(!mprotect(many, size, PROT_NONE));
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		assert(!csrv_oplock_check(&set, NULL, events[i], never, NULL));
	assert(csrv_oplock_grant(&set, &l, CSRV_OPLOCK_BATCH, false, false) == CSRV_OPLOCK_II);
	csrv_oplock_drop(&set, &l);
	munmap(many, size);
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
	return ok ? 0 : 1;
}
