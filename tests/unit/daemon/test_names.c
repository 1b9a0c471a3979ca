// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/names/*.c daemon/passdb/nss.c daemon/util/self.c
// libs: talloc systemd
/*
 * Helpers that look names up: this program again, with a name service that answers, says no,
 * hangs, crashes and lies.
 */
/* talloc_set_memlimit(): nothing takes its place */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop.h"
#include "names/cache.h"
#include "names/names.h"
#include "names/proto.h"

/* ---- in the helper ---- */

/* Capabilities, privileges and descriptors of this process, as a home directory. */
static const char *what_i_have(TALLOC_CTX *ctx)
{
	char line[256], *ret = talloc_strdup(ctx, "");
	FILE *f = fopen("/proc/self/status", "r");
	struct dirent *de;
	DIR *d;

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "CapEff", 6) || !strncmp(line, "CapPrm", 6) ||
		    !strncmp(line, "CapInh", 6) || !strncmp(line, "NoNewPrivs", 10) ||
		    !strncmp(line, "SigBlk", 6))
			ret = talloc_asprintf_append(ret, "%s", line);
	fclose(f);
	d = opendir("/proc/self/fd");
	while ((de = readdir(d)))
		if (atoi(de->d_name) > NAMES_FD && atoi(de->d_name) != dirfd(d))
			ret = talloc_asprintf_append(ret, "descriptor %s\n", de->d_name);
	closedir(d);
	return ret;
}

static void lie(uint32_t ngroups)
{
	struct names_answer a = { .ngroups = ngroups, .home_len = 3 };
	char buf[sizeof(a) + 3] = "";

	memcpy(buf, &a, sizeof(a));
	send(NAMES_FD, buf, sizeof(buf), 0);
}

static int fake_user(TALLOC_CTX *ctx, const char *name, struct nss_account *ret)
{
	if (!strcmp(name, "nobody-here"))
		return -ENOENT;
	if (!strcmp(name, "stumbles"))
		return -EIO;
	if (!strncmp(name, "hangs", 5))
		pause();
	if (!strcmp(name, "crashes"))
		kill(getpid(), SIGKILL);
	if (!strcmp(name, "lies"))
		lie(0x40000001);
	if (!strcmp(name, "nul"))
		lie(0);
	*ret = (struct nss_account){ .id = { .uid = 1000, .gid = 100, .ngroups = 2 },
				     .home = "/home/x", .group = "users" };
	ret->id.groups = talloc_array(ctx, uint32_t, 2);
	ret->id.groups[0] = 27;
	ret->id.groups[1] = (uint32_t)getpid();
	if (!strcmp(name, "have"))
		ret->home = what_i_have(ctx);
	if (!strcmp(name, "endless"))
		ret->home = talloc_asprintf(ctx, "/%*s", PATH_MAX, "x");
	return 0;
}

static int fake_group(const char *name, gid_t *gid)
{
	*gid = 55;
	return strcmp(name, "staff") ? -ENOENT : 0;
}

static const struct names_source fake = { fake_user, fake_group };

/* ---- in the daemon ---- */

struct said {
	int calls, error;
	uint32_t uid, gid, pid;
	size_t ngroups;
	char home[4096], group[64];
	TALLOC_CTX *free_then;
};

static sd_event *event;
static struct names *names;
static unsigned int total;

static void hear(void *priv, int error, const struct nss_account *acc)
{
	const struct nss_identity *id = &acc->id;
	struct said *s = priv;

	s->calls++;
	total++;
	s->error = error;
	s->uid = id->uid;
	s->gid = id->gid;
	s->ngroups = id->ngroups;
	s->pid = id->ngroups == 2 ? id->groups[1] : 0;
	snprintf(s->home, sizeof(s->home), "%s", acc->home);
	snprintf(s->group, sizeof(s->group), "%s", acc->group);
	talloc_free(s->free_then);
}

static void wait_for(unsigned int calls)
{
	uint64_t end = now() + LOOP_DEADLINE;

	while (total < calls && now() < end)
		loop_turn(event, 1000000);
	assert(total == calls);
	total = 0;
}

static struct said ask(const char *name)
{
	struct said s = {};

	assert(names_user(NULL, names, name, hear, &s));
	assert(!s.calls);
	wait_for(1);
	assert(s.calls == 1);
	return s;
}

static void begin(void)
{
	assert(names_new(NULL, event, &names) == 0);
	/* Nobody is given up because the machine is busy. */
	names_set_limit(names, LOOP_DEADLINE);
}

static void end(void)
{
	talloc_free(names);
	loop_reap(event);
}

static void test_answers(void)
{
	struct said s;

	begin();
	s = ask("alice");
	assert(!s.error && s.uid == 1000 && s.gid == 100 && s.ngroups == 2);
	assert(!strcmp(s.home, "/home/x") && !strcmp(s.group, "users"));
	assert(ask("nobody-here").error == -ENOENT);
	assert(ask("stumbles").error == -EIO);
	assert(ask("").error == -ENOENT);
	s = (struct said){};
	assert(names_group(NULL, names, "staff", hear, &s));
	wait_for(1);
	assert(!s.error && s.gid == 55 && !s.ngroups && !strcmp(s.group, "staff") && !*s.home);
	assert(names_group(NULL, names, "others", hear, &s));
	wait_for(1);
	assert(s.error == -ENOENT);
	end();
}

/* The same process answers again and again; none is there in the end. */
static void test_one_process(void)
{
	uint32_t pid;

	begin();
	pid = ask("alice").pid;
	assert(pid != (uint32_t)getpid());
	for (int i = 0; i < 20; i++)
		assert(ask("alice").pid == pid);
	end();
	assert(kill((pid_t)pid, 0) < 0 && errno == ESRCH);
}

static void test_it_has_nothing(void)
{
	int fd = open("/dev/null", O_RDONLY);	/* no O_CLOEXEC: somebody forgot it */
	struct said s;

	assert(fd >= 0);
	begin();
	s = ask("have");
	assert(!s.error);
	if (strstr(s.home, "descriptor") || !strstr(s.home, "CapEff:\t0000000000000000") ||
	    !strstr(s.home, "CapPrm:\t0000000000000000") || !strstr(s.home, "NoNewPrivs:\t1") ||
	    !strstr(s.home, "SigBlk:\t0000000000000000"))
		fprintf(stderr, "the helper has:\n%s", s.home);
	assert(!strstr(s.home, "descriptor") && strstr(s.home, "NoNewPrivs:\t1"));
	assert(strstr(s.home, "CapEff:\t0000000000000000"));
	assert(strstr(s.home, "CapPrm:\t0000000000000000"));
	assert(strstr(s.home, "SigBlk:\t0000000000000000"));
	end();
	close(fd);
}

/* One that hangs costs itself its time, and nobody else any. */
static void test_hanging(void)
{
	enum { LIMIT = 4000000 };
	struct said hung = {}, s[8] = {};
	struct names_query *q;
	uint64_t start;

	begin();
	q = names_user(NULL, names, "hangs", hear, &hung);
	assert(q);
	for (int i = 0; i < 8; i++)
		assert(names_user(NULL, names, "alice", hear, &s[i]));
	wait_for(8);
	assert(!hung.calls);
	for (int i = 0; i < 8; i++)
		assert(s[i].calls == 1 && !s[i].error);
	talloc_free(q);
	names_set_limit(names, LIMIT);
	start = now();
	assert(names_user(NULL, names, "hangs", hear, &hung));
	wait_for(1);
	assert(hung.error == -ETIMEDOUT && now() - start >= LIMIT);
	/* all of them hang: who waits behind them waits no longer than its own time */
	start = now();
	for (int i = 0; i < NAMES_HELPERS_MAX; i++)
		assert(names_user(NULL, names, "hangs", hear, &hung));
	assert(names_user(NULL, names, "alice", hear, &s[0]));
	wait_for(NAMES_HELPERS_MAX + 1);
	assert(now() - start < 2 * LIMIT);
	names_set_limit(names, LOOP_DEADLINE);
	assert(!ask("alice").error);
	end();
}

static void test_crashing_and_lying(void)
{
	siginfo_t si;
	uint32_t pid;

	begin();
	assert(ask("crashes").error == -EPIPE);
	assert(!ask("alice").error);
	assert(ask("lies").error == -EBADMSG);
	assert(!ask("alice").error);
	assert(ask("nul").error == -EBADMSG);
	assert(ask("endless").error == -ENAMETOOLONG);
	assert(!ask("alice").error);
	/* killed while it has nothing to do */
	pid = ask("alice").pid;
	assert(!kill((pid_t)pid, SIGKILL) && !waitid(P_PID, pid, &si, WEXITED | WNOWAIT));
	assert(!ask("alice").error);
	end();
}

static void test_forgotten(void)
{
	struct said s[3] = {}, late = {};
	struct names_query *q[3];
	TALLOC_CTX *ctx;

	begin();
	for (int i = 0; i < 3; i++) {
		q[i] = names_user(NULL, names, i ? "alice" : "hangs", hear, &s[i]);
		assert(q[i]);
	}
	talloc_free(q[0]);
	talloc_free(q[2]);
	wait_for(1);
	assert(!s[0].calls && s[1].calls == 1 && !s[2].calls);
	/* many that are forgotten do not use the helpers up, nor are their answers another's */
	for (int i = 0; i < 3 * NAMES_HELPERS_MAX; i++)
		talloc_free(names_user(NULL, names, "hangs", hear, &s[0]));
	assert(ask("nobody-here").error == -ENOENT);
	/* the callback may free all there is, and a query may outlive the helpers */
	ctx = talloc_new(NULL);
	s[1].free_then = talloc_steal(ctx, names);
	assert(names_user(ctx, names, "alice", hear, &s[1]));
	q[0] = names_user(NULL, names, "hangs", hear, &late);
	wait_for(1);
	talloc_free(ctx);
	talloc_free(q[0]);
	assert(!late.calls);
	loop_reap(event);
}

static void test_many(void)
{
	static struct said s[NAMES_QUEUE_MAX + 10];
	size_t busy = 0;

	begin();
	for (size_t i = 0; i < NAMES_QUEUE_MAX + 10; i++)
		assert(names_user(NULL, names, "alice", hear, &s[i]));
	wait_for(NAMES_QUEUE_MAX + 10);
	for (size_t i = 0; i < NAMES_QUEUE_MAX + 10; i++)
		busy += s[i].error == -EBUSY;
	assert(busy == 10);
	end();
}

/* Nothing to do: no wake-up. */
static void test_quiet(void)
{
	begin();
	assert(!ask("alice").error);
	assert(sd_event_run(event, 500000) == 0);
	end();
}

/* What this machine says of its own. */
static void test_nss(void)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct nss_account acc;
	gid_t gid;

	assert(!nss_account(ctx, "root", &acc) && !acc.id.uid && !strcmp(acc.home, "/root") &&
	       !strcmp(acc.group, "root"));
	assert(!nss_account(ctx, "ROOT", &acc) && !acc.id.uid);
	assert(nss_account(ctx, "no-such-account-here", &acc) == -ENOENT);
	assert(!nss_group("root", &gid) && !gid);
	assert(nss_group("no-such-group-here", &gid) == -ENOENT);
	talloc_free(ctx);
}

static void on_never(void *priv)
{
	(void)priv;
	assert(false);
}

/* Whoever waited for an answer to no question would wait for ever. */
static void test_cache_without_memory(void)
{
	struct names_cache *c;
	uid_t uid;
	gid_t gid;

	begin();
	c = names_cache_new(NULL, names);
	assert(c && names_cache_user(c, "good", &uid, &gid) == -EINPROGRESS);
	assert(!talloc_set_memlimit(c, 1));
	assert(!names_cache_ask(c, on_never, NULL));
	assert(names_cache_user(c, "good", &uid, &gid) == -ENOMEM && !names_cache_open(c));
	assert(!talloc_set_memlimit(c, 0));
	talloc_free(c);
	end();
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], NAMES_WORKER_ARG))
		_exit(names_worker(&fake));	/* see loop.h */
	assert(sd_event_default(&event) >= 0);
	test_answers();
	test_one_process();
	test_it_has_nothing();
	test_hanging();
	test_crashing_and_lying();
	test_forgotten();
	test_many();
	test_quiet();
	test_nss();
	test_cache_without_memory();
	sd_event_unref(event);
	return 0;
}
