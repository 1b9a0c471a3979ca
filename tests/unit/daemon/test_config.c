// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/config/*.c daemon/names/*.c daemon/conf/*.c daemon/sync/*.c daemon/passdb/*.c daemon/auth/usermap.c daemon/util/crypto.c daemon/util/*.c
// libs: talloc gcrypt systemd jansson
/*
 * The configuration object: a configfs that refuses, a name service that stumbles or hangs, files
 * that are empty, missing, wrong or half written.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <time.h>

#include "../conf/fakefs.h"
#include "config/config.h"
#include "loop.h"
#include "names/cache.h"
#include "util/log.h"

#define BASE	"[global]\nworkgroup = W\nnetbios name = N\n"
#define DATA	"[data]\npath = /\n"
#define HASH	"0123456789ABCDEF0123456789ABCDEF"
#define ALICE	"alice:-:" HASH ":1\n"
#define BOB	"bob:-:" HASH ":1\n"

static char conf_path[300], passdb_path[300], nss_path[300], asked_path[300], more_path[300];
static char memory_path[300];

/* ---- a disk that stumbles ---- */

static ino_t unreadable;

int fstat(int fd, struct stat *st)
{
	int r = fstatat(fd, "", st, AT_EMPTY_PATH);

	if (r || !unreadable || st->st_ino != unreadable)
		return r;
	errno = ESTALE;
	return -1;
}

static const char *shown_empty;		/* by stat(), though it has bytes when it is read */

int stat(const char *path, struct stat *st)
{
	int r = fstatat(AT_FDCWD, path, st, 0);

	if (!r && shown_empty && !strcmp(path, shown_empty))
		st->st_size = 0;
	return r;
}

/* ---- a machine with one address ---- */

static bool address_away;

int getifaddrs(struct ifaddrs **ret)
{
	static struct sockaddr_in sin = { .sin_family = AF_INET };
	static struct ifaddrs lo = { .ifa_name = (char *)"lo" }, eth = { .ifa_name = (char *)"eth0" };

	sin.sin_addr.s_addr = htonl(0xc0000207);	/* 192.0.2.7 */
	lo.ifa_next = address_away ? NULL : &eth;
	eth.ifa_addr = (struct sockaddr *)&sin;
	*ret = &lo;
	return 0;
}

void freeifaddrs(struct ifaddrs *list)
{
	(void)list;
}

/* ---- in the helper: a name service that does what a file says ---- */

static int mode(void)
{
	char word[16] = "";
	FILE *f = fopen(nss_path, "r");
	int fd = open(asked_path, O_WRONLY | O_APPEND | O_CREAT, 0600);

	assert(write(fd, ".", 1) == 1 && !close(fd));
	if (f) {
		assert(fscanf(f, "%15s", word) == 1);
		fclose(f);
	}
	if (!strcmp(word, "hangs"))
		pause();
	if (!strcmp(word, "slow"))
		usleep(20000);
	return !strcmp(word, "stumbles") ? -EIO : 0;
}

static int fake_user(TALLOC_CTX *ctx, const char *name, struct nss_account *ret)
{
	static uint32_t groups[] = { 27, 28 };
	int r = mode();

	(void)ctx;
	if (r)
		return r;
	*ret = (struct nss_account){ .id = { .uid = 1000 + (uint32_t)strlen(name), .gid = 100,
					     .groups = groups, .ngroups = 2 },
				     .home = "/", .group = "users" };
	return strcmp(name, "ghost") ? 0 : -ENOENT;
}

static int fake_group(const char *name, gid_t *gid)
{
	(void)name;
	*gid = 50;
	return mode();
}

static const struct names_source source = { fake_user, fake_group };

/* ---- the world ---- */

static sd_event *event;
static struct names *names;
static struct config *config;
static struct auth_env env;
static size_t changes;
static bool writing;

static void on_changed(void *priv)
{
	(void)priv;
	changes++;
}

static bool on_writing(void *priv)
{
	(void)priv;
	return writing;
}

static size_t commits;

static int commit_error;

static int on_committed(void *priv)
{
	(void)priv;
	commits++;
	return commit_error;
}

static const struct config_events events = {
	.changed = on_changed, .committed = on_committed, .writing = on_writing,
};

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && !close(fd));
}

static void begin_again(void)
{
	assert(!names_new(NULL, event, &names));
	assert(!config_new(NULL, &(struct config_args){
		.event = event, .names = names, .config = conf_path, .passdb = passdb_path,
		.configfs = root, .managed = managed, .memory = memory_path, .env = &env, .fs = &fake,
		.events = &events,
	}, &config));
	config_set_module(config, true);
}

static void begin(const char *conf, const char *passdb)
{
	make_root();
	unlink(nss_path);
	unlink(asked_path);
	unlink(passdb_path);
	unlink(memory_path);
	refuse = NULL;
	writing = false;
	write_file(conf_path, conf);
	if (passdb)
		write_file(passdb_path, passdb);
	begin_again();
}

static void end(void)
{
	talloc_free(config);
	talloc_free(names);
	loop_reap(event);
}

struct said {
	int calls, error;
	bool failed, conf_in_force;
	char bad[300];
	char text[4096];
};

static void hear(void *priv, int error, const struct report *rep)
{
	struct said *s = priv;

	s->calls++;
	s->error = error;
	s->failed = rep->failed;
	s->conf_in_force = rep->conf_in_force;
	snprintf(s->bad, sizeof(s->bad), "%s", rep->bad ? rep->bad : "");
	s->text[0] = 0;
	for (size_t i = 0; i < rep->n; i++)
		snprintf(s->text + strlen(s->text), sizeof(s->text) - strlen(s->text), "%s\n",
			 rep->line[i]);
}

static struct said run(enum config_why why)
{
	static struct said s;
	uint64_t stop = now() + 60000000;

	s = (struct said){};
	fake_ops = 0;
	assert(config_run(config, NULL, why, hear, &s) && !s.calls);
	while (!s.calls && now() < stop)
		assert(sd_event_run(event, 1000000) >= 0);
	assert(s.calls == 1);
	return s;
}

/* Lets the loop turn until what is not applied is tried again by itself and is, or for @sec. */
static bool heals(unsigned int sec)
{
	uint64_t stop = now() + sec * 1000000ull;

	while (*config_problems(config) && now() < stop)
		assert(sd_event_run(event, 100000) >= 0);
	return !*config_problems(config);
}

static bool exists(const char *rel)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/%s", root, rel);
	return !access(path, F_OK);
}

static bool has_value(const char *rel, const char *value)
{
	char path[600], buf[512] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, rel);
	f = fopen(path, "r");
	if (!f)
		return false;
	assert(fgets(buf, sizeof(buf), f) && !fclose(f));
	buf[strcspn(buf, "\n")] = 0;
	return !strcmp(buf, value);
}

static size_t asked(void)
{
	struct stat st;
	size_t n = stat(asked_path, &st) ? 0 : (size_t)st.st_size;

	unlink(asked_path);
	return n;
}

static bool has_problem(const char *part)
{
	for (const char *const *p = config_problems(config); *p; p++)
		if (strstr(*p, part))
			return true;
	return false;
}

/* ---- what must hold ---- */

static void test_one_change_is_one_operation(void)
{
	struct said s;

	begin(BASE DATA "valid users = @staff\n", ALICE BOB);
	s = run(CONFIG_CHANGE);
	assert(!s.error && !s.failed && !*s.text && fake_ops);
	assert(has_value("shares/data/valid_users", "@50") && has_value("users/alice/uid", "1005"));
	assert(has_value("users/bob/enable", "1") && has_value("listeners/tcp-445/enable", "1"));
	assert(env.passdb->n == 2 && !strcmp(env.workgroup, "W"));
	assert(asked() == 3 && !config_next_try(config));
	assert(!run(CONFIG_CHANGE).error && !fake_ops && asked() == 3);
	write_file(conf_path, BASE DATA "valid users = @staff\ncomment = c\n");
	assert(!run(CONFIG_CHANGE).error && fake_ops == 1 && has_value("shares/data/comment", "c"));
	write_file(passdb_path, ALICE "bob:D:" HASH ":1\n");
	assert(!run(CONFIG_CHANGE).error && fake_ops == 1 && has_value("users/bob/enable", "0"));
	end();
}

/* One trouble is told once, to those who wait too. */
static void test_logons_go_by_the_old(void)
{
	const char *first;
	struct said s;

	begin(BASE DATA, ALICE);
	commit_error = -EPIPE;
	s = run(CONFIG_CHANGE);
	first = strstr(s.text, "logons go by the configuration");
	assert(s.failed && first && !strstr(first + 1, "logons go by the configuration"));
	assert(has_problem("logons go by") && has_value("shares/data/enable", "1"));
	commit_error = 0;
	assert(heals(60));
	end();
}

/* No wake-up where nothing is to be done. */
static void test_quiet(void)
{
	begin(BASE DATA, ALICE);
	assert(!run(CONFIG_CHANGE).error);
	talloc_free(names);		/* its helpers end after half a minute; that is not meant */
	names = NULL;
	loop_reap(event);
	assert(sd_event_run(event, 1500000) == 0);
	end();
}

static void test_name_service_stumbles(void)
{
	struct said s;

	begin(BASE DATA "valid users = @staff\n", ALICE);
	assert(!run(CONFIG_CHANGE).error);
	write_file(nss_path, "stumbles");
	write_file(passdb_path, ALICE BOB);
	write_file(conf_path, BASE DATA "valid users = @staff\nforce user = ann\n"
			      "[new]\npath = /\nvalid users = @staff\n");
	s = run(CONFIG_ORDER);
	assert(!s.error && s.failed && strstr(s.text, "share [new]: waits for names"));
	assert(has_value("shares/data/enable", "1") && has_value("shares/data/valid_users", "@50"));
	assert(has_value("users/alice/uid", "1005") && has_value("users/alice/enable", "1"));
	assert(!exists("shares/new") && !exists("users/bob"));
	assert(has_problem("account bob: waits") && config_next_try(config) == 1);
	unlink(nss_path);
	assert(heals(60) && !config_next_try(config));
	assert(has_value("shares/new/enable", "1") && has_value("users/bob/enable", "1"));
	assert(has_value("shares/data/force_uid", "1003"));
	assert(has_value("shares/data/force_groups", "27 28"));
	/* what runs keeps its groups as well */
	write_file(nss_path, "stumbles");
	assert(run(CONFIG_ORDER).failed && has_problem("\"force user\""));
	assert(has_value("shares/data/force_uid", "1003"));
	assert(has_value("shares/data/force_groups", "27 28"));
	unlink(nss_path);
	assert(heals(10));
	end();
}

/* What a share keeps is not opened with rights that are meant for something else. */
static void test_kept_is_not_opened(void)
{
	begin(BASE DATA "valid users = alice mallory @staff\n", ALICE BOB);
	assert(!run(CONFIG_CHANGE).error);
	write_file(conf_path, BASE "[data]\npath = /nonexistent/public\nguest ok = yes\nread only = no\n");
	assert(run(CONFIG_ORDER).failed && !fake_ops && has_problem("with the rights it had"));
	assert(has_value("shares/data/path", "/") && has_value("shares/data/guest_ok", "0"));
	write_file(nss_path, "stumbles");
	write_file(conf_path, BASE DATA "valid users = alice @staff\nread only = no\n");
	assert(run(CONFIG_ORDER).failed && has_problem("cannot be looked up now: staff"));
	assert(has_value("shares/data/valid_users", "alice @50"));
	assert(has_value("shares/data/read_only", "1"));
	unlink(nss_path);
	assert(heals(60) && has_value("shares/data/read_only", "0"));
	end();
}

/* At the first start, too: what can be served is. */
static void test_name_service_stumbles_at_the_start(void)
{
	struct said s;

	begin(BASE DATA "[new]\npath = /\nforce user = ann\n", ALICE);
	write_file(nss_path, "stumbles");
	s = run(CONFIG_CHANGE);
	assert(!s.error && config_conf(config) && has_value("shares/data/enable", "1"));
	assert(!exists("shares/new") && !exists("users/alice"));
	unlink(nss_path);
	assert(heals(60) && has_value("shares/new/enable", "1"));
	end();
}

static int ticks;

static int on_tick(sd_event_source *timer, uint64_t usec, void *userdata)
{
	(void)usec;
	(void)userdata;
	ticks++;
	sd_event_source_set_time_relative(timer, 50000);
	return sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

/* One that hangs stops neither the loop nor the run. */
static void test_name_service_hangs(void)
{
	char *db = talloc_strdup(NULL, ALICE);
	sd_event_source *timer = NULL;
	uint64_t start;

	begin(BASE DATA, ALICE);
	assert(!run(CONFIG_CHANGE).error);
	for (int i = 0; i < 100; i++)
		db = talloc_asprintf_append(db, "user%d:-:%s:1\n", i, HASH);
	write_file(passdb_path, db);
	write_file(nss_path, "hangs");
	names_set_limit(names, 500000);
	ticks = 0;
	assert(sd_event_add_time_relative(event, &timer, CLOCK_MONOTONIC, 0, 0, on_tick, NULL) >= 0);
	start = now();
	assert(!run(CONFIG_CHANGE).error);
	assert(now() - start < 20000000 && ticks >= 4);
	assert(has_problem("accounts: alice and 100 more"));
	sd_event_source_disable_unref(timer);
	assert(has_value("users/alice/enable", "1") && !exists("users/user1"));
	unlink(nss_path);
	assert(heals(60) && has_value("users/user99/enable", "1"));
	talloc_free(db);
	end();
}

/* One that answers, but too slowly for all: what is left is asked next, and nothing twice. */
static void test_names_have_a_total_time(void)
{
	enum { N = 90 };
	char *db = talloc_strdup(NULL, "");

	for (int i = 0; i < N; i++)
		db = talloc_asprintf_append(db, "user%02d:-:%s:1\n", i, HASH);
	begin(BASE DATA, db);
	write_file(nss_path, "slow");
	names_cache_set_total(200000);
	assert(!run(CONFIG_CHANGE).error);
	assert(exists("users/user00") && !exists("users/user89") && has_problem("cannot be looked up now"));
	assert(config_next_try(config) == 1);
	assert(heals(60) && has_value("users/user89/enable", "1") && asked() == N);
	/* who asks for a run gets fresh answers */
	assert(!run(CONFIG_CHANGE).error && has_problem("cannot be looked up now"));
	assert(asked() < N);
	unlink(nss_path);
	names_cache_set_total(NAMES_CACHE_TOTAL_USEC);
	assert(!run(CONFIG_CHANGE).error && asked() == N && !*config_problems(config));
	talloc_free(db);
	end();
}

static void test_configfs_refuses_and_recovers(void)
{
	struct said s;

	begin(BASE DATA, ALICE);
	refuse = "listeners/tcp-445/enable";
	s = run(CONFIG_CHANGE);
	assert(s.error == -EINVAL && s.failed && strstr(s.text, "port 445: "));
	assert(has_value("shares/data/enable", "1") && has_problem("port 445"));
	assert(config_next_try(config) == 1);
	changes = 0;
	assert(!heals(4));
	assert(changes >= 2 && changes <= 3 && config_next_try(config) >= 2);	/* after 1 s, 3 s */
	/* whatever it is that changes: now */
	refuse = NULL;
	config_try_now(config);
	assert(heals(1) && has_value("listeners/tcp-445/enable", "1") && !config_next_try(config));
	end();
}

static void test_path_comes_later(void)
{
	char dir[300], conf[600];

	/* not below /tmp, of which the daemon has its own; the tree may be there */
	snprintf(dir, sizeof(dir), "/dev/shm/test_config.%d", getpid());
	snprintf(conf, sizeof(conf), BASE DATA "[disk]\npath = %s\n", dir);
	rmdir(dir);
	begin(conf, ALICE);
	assert(!run(CONFIG_CHANGE).error && !exists("shares/disk"));
	assert(has_problem("no such directory") && has_problem("share [disk]: /"));
	assert(!mkdir(dir, 0700) && heals(60) && has_value("shares/disk/enable", "1"));
	rmdir(dir);
	end();
}

static void test_nothing_ends_by_accident(void)
{
	struct said s;

	begin(BASE DATA "[b]\npath = /\n", ALICE);
	assert(!run(CONFIG_CHANGE).error);
	write_file(conf_path, "");
	assert(!run(CONFIG_CHANGE).error && !fake_ops && exists("shares/data"));
	assert(has_problem("smb.conf is empty and had shares") && !config_next_try(config));
	write_file(conf_path, "# nothing\n[global]\n");
	assert(!run(CONFIG_CHANGE).error && !fake_ops && has_problem("has no share: the 2 shares"));
	/* who changes accounts means accounts */
	assert(!run(CONFIG_NO_ACCOUNTS).error && !fake_ops);
	unlink(conf_path);
	assert(run(CONFIG_ORDER).error == -EBADMSG && !fake_ops && exists("shares/b"));
	write_file(conf_path, "[global]\n");
	s = run(CONFIG_ORDER);
	assert(!s.error && strstr(s.text, "2 shares are no longer served"));
	assert(!exists("shares/data") && !exists("shares/b") && !*config_problems(config));
	/* one of several is a change like any other */
	write_file(conf_path, BASE DATA "[b]\npath = /\n");
	assert(!run(CONFIG_CHANGE).error && exists("shares/b"));
	write_file(conf_path, BASE DATA);
	assert(!run(CONFIG_CHANGE).error && !exists("shares/b"));
	end();
}

/* A file that includes another one. */
static const char *conf_with_more(void)
{
	static char conf[600];

	snprintf(conf, sizeof(conf), BASE "include = %s\n" DATA, more_path);
	return conf;
}

/* Which has a share, and that is served. */
static void begin_with_more(void)
{
	write_file(more_path, "[more]\npath = /\n");
	begin(conf_with_more(), ALICE);
	assert(!run(CONFIG_CHANGE).error && exists("shares/more"));
}

static void test_an_emptied_include(void)
{
	begin_with_more();
	write_file(more_path, "");
	assert(!run(CONFIG_CHANGE).error && exists("shares/more") && has_problem("more.conf is empty"));
	assert(!run(CONFIG_ORDER).error && !exists("shares/more") && exists("shares/data"));
	end();
}

/* What an included file says about a share does not end with the file. */
static void test_an_include_that_says_who_may(void)
{
	static const char *const acl = "valid users = @staff\nhosts allow = 192.0.2.1\n";
	char more[300], conf[700];

	snprintf(more, sizeof(more), "%s/acl.conf", getenv("TMPDIR"));
	snprintf(conf, sizeof(conf), BASE DATA "include = %s\n[copy]\ncopy = data\npath = /\n",
		 more);
	write_file(more, acl);
	begin(conf, ALICE);
	for (int i = 0; i < 3; i++) {
		write_file(more, acl);
		assert(!run(CONFIG_CHANGE).error && has_value("shares/data/valid_users", "@50"));
		assert(has_value("shares/copy/valid_users", "@50") && !*config_problems(config));
		if (i < 2)
			write_file(more, i ? "# nothing\n" : "");
		else
			unlink(more);
		assert(!run(CONFIG_CHANGE).error && !fake_ops);
		assert(has_problem(i < 2 ? "acl.conf is empty and had parameters" :
				   "acl.conf is not there and had parameters"));
		assert(!run(CONFIG_RETRY).error && !fake_ops && *config_problems(config));
		assert(has_value("shares/data/valid_users", "@50"));
	}
	/* Even by order, and at a start, a share does not go without the file. */
	assert(!run(CONFIG_ORDER).error && has_value("shares/data/enable", "0"));
	assert(has_value("shares/copy/enable", "0") && has_problem("acl.conf, which it includes, is not"));
	end();
	begin(conf, ALICE);
	assert(!run(CONFIG_CHANGE).error && has_problem("acl.conf, which it includes, is not there"));
	write_file(more, "");
	assert(!run(CONFIG_CHANGE).error && has_problem("acl.conf, which it includes, is empty"));
	assert(!has_value("shares/data/enable", "1") && !has_value("shares/copy/enable", "1"));
	write_file(more, "# meant so\n");
	assert(!run(CONFIG_CHANGE).error && has_value("shares/data/enable", "1"));
	end();
	/* It is what was read that counts, not what the file is a moment later. */
	write_file(more, acl);
	shown_empty = more;
	begin(conf, ALICE);
	assert(!run(CONFIG_CHANGE).error && has_value("shares/data/valid_users", "@50"));
	assert(has_value("shares/data/enable", "1"));
	shown_empty = NULL;
	end();
}

static void test_a_missing_include(void)
{
	begin_with_more();
	unlink(more_path);
	assert(!run(CONFIG_CHANGE).error && exists("shares/more"));
	assert(has_problem("more.conf is not there and had shares"));
	/* The line that names it is taken out: that is no accident. */
	write_file(conf_path, BASE DATA);
	assert(!run(CONFIG_CHANGE).error && !exists("shares/more") && !*config_problems(config));
	end();
}

/* The next daemon does not know what the file said, but what runs. */
static void test_a_start_without_an_include(void)
{
	for (int i = 0; i < 2; i++) {
		begin_with_more();
		end();
		if (i)
			unlink(more_path);
		else
			write_file(more_path, "");
		begin_again();
		assert(!run(CONFIG_CHANGE).error && has_value("shares/more/enable", "1"));
		assert(has_problem(i ? "more.conf, which the configuration names, is not there" :
				   "more.conf, which the configuration names, is empty"));
		assert(!config_conf(config) && !fake_ops);
		assert(!run(CONFIG_RETRY).error && exists("shares/more") && *config_problems(config));
		assert(!run(CONFIG_CHANGE).error && exists("shares/more"));
		assert(!run(CONFIG_ORDER).error && !exists("shares/more") && !*config_problems(config));
		assert(!run(CONFIG_CHANGE).error && exists("shares/data"));
		end();
	}
	/* One of comments alone is meant so, but what runs and stood in it before stays. */
	begin_with_more();
	end();
	write_file(more_path, "# nothing\n");
	begin_again();
	assert(!run(CONFIG_CHANGE).error && has_value("shares/more/enable", "1"));
	assert(has_problem("more.conf is empty, and 1 share"));
	assert(!run(CONFIG_RETRY).error && exists("shares/more") && *config_problems(config));
	assert(!run(CONFIG_ORDER).error && !exists("shares/more") && !*config_problems(config));
	end();
}

/* What [global] includes may say who may connect. */
static const char *conf_with_rules(const char *rules)
{
	static char conf[600];

	snprintf(conf, sizeof(conf), BASE "include = %s\n" DATA, rules);
	return conf;
}

#define RULES	"hosts allow = 192.0.2.1\nvalid users = @staff\n"

/* A daemon that has ended, and had a file of global rules in force; @rules gets its path. */
static void end_with_rules(char *rules, size_t size)
{
	snprintf(rules, size, "%s/rules.conf", getenv("TMPDIR"));
	write_file(rules, RULES);
	begin(conf_with_rules(rules), ALICE);
	assert(!run(CONFIG_CHANGE).error && has_value("server/hosts_allow", "192.0.2.1"));
	end();
}

/* A server that had it does not start open without it. */
static void test_a_start_without_what_global_includes(void)
{
	char rules[300];

	for (int i = 0; i < 2; i++) {
		end_with_rules(rules, sizeof(rules));
		make_root();			/* the machine starts anew */
		if (i)
			unlink(rules);
		else
			write_file(rules, "");
		begin_again();
		assert(!run(CONFIG_CHANGE).error && !config_conf(config) && !fake_ops);
		assert(has_problem(i ? "is not there, and said something before: nothing is served anew" :
				   "is empty, and said something before: nothing is served anew"));
		/* it waits, whatever is edited meanwhile */
		assert(config_next_try(config) == 1 && !run(CONFIG_RETRY).error && !config_conf(config));
		assert(!run(CONFIG_NO_SHARES).error && !config_conf(config) && !fake_ops);
		write_file(rules, RULES);
		assert(heals(60) && has_value("server/hosts_allow", "192.0.2.1"));
		assert(has_value("shares/data/valid_users", "@50"));
		end();
	}
}

/* Such a file may begin sections of its own, so it does not matter which one its line stands in. */
static void test_a_start_without_what_other_sections_include(void)
{
	static const char *const last[] = { "[printers]\nprintable = yes\npath = /\n", "[last]\npath = /\n" };
	char local[300], conf[900];

	snprintf(local, sizeof(local), "%s/local.conf", getenv("TMPDIR"));
	for (int i = 0; i < 8; i++) {
		write_file(local, "[global]\nhosts allow = 192.0.2.1\n[data]\nvalid users = @staff\n");
		snprintf(conf, sizeof(conf), BASE DATA "guest ok = yes\n%sinclude = %s\n", last[i & 1], local);
		begin(conf, ALICE);
		assert(!run(CONFIG_CHANGE).error && has_value("server/hosts_allow", "192.0.2.1"));
		assert(has_value("shares/data/valid_users", "@50"));
		end();
		if (i & 2)
			make_root();
		if (i & 4)
			unlink(local);
		else
			write_file(local, "");
		begin_again();
		assert(!run(CONFIG_CHANGE).error && !config_conf(config) && !fake_ops);
		assert(has_problem("local.conf, which the configuration names, is") && config_next_try(config));
		/* by order it goes without; and one that never said anything is passed over */
		assert(!run(CONFIG_ORDER).error && has_value("shares/data/enable", "1"));
		end();
		begin_again();
		assert(!run(CONFIG_CHANGE).error && config_conf(config));
		end();
	}
}

/* A name with a macro is missed by its words: they may lead to another file, which is not there. */
static void test_an_include_whose_name_has_a_macro(void)
{
	char file[300], conf[700];

	snprintf(file, sizeof(file), "%s/ALPHA.conf", getenv("TMPDIR"));
	snprintf(conf, sizeof(conf), "[global]\nworkgroup = W\nnetbios name = alpha\n"
		 "include = %s/%%L.conf\ninclude = %s/%%$(SITE).conf\n" DATA, getenv("TMPDIR"),
		 getenv("TMPDIR"));
	for (int i = 0; i < 4; i++) {
		bool site = i & 1;

		snprintf(file, sizeof(file), "%s/%s.conf", getenv("TMPDIR"), site ? "a\\b\nc\td" : "ALPHA");
		write_file(file, RULES);
		setenv("SITE", "a\\b\nc\td", 1);
		begin(conf, ALICE);
		assert(!run(CONFIG_CHANGE).error && has_value("server/hosts_allow", "192.0.2.1"));
		if (i & 2)
			end();
		if (site)
			setenv("SITE", "elsewhere", 1);
		else
			*strstr(conf, "alpha") = 'b';
		write_file(conf_path, conf);
		if (i & 2)
			begin_again();
		assert(!run(CONFIG_CHANGE).error && !fake_ops && has_value("server/hosts_allow", "192.0.2.1"));
		assert(!config_conf(config) == !!(i & 2));
		assert(has_problem(site ? "elsewhere.conf" : "BLPHA.conf") && has_problem("in whose place it is"));
		/* The file that is meant now speaks, or it is meant that there is none. */
		snprintf(file, sizeof(file), "%s/%s.conf", getenv("TMPDIR"), site ? "elsewhere" : "BLPHA");
		write_file(file, "hosts allow = 192.0.2.2\n");
		assert(!run(CONFIG_CHANGE).error && has_value("server/hosts_allow", "192.0.2.2"));
		assert(!*config_problems(config) && has_value("shares/data/valid_users", ""));
		unlink(file);
		if (!site)
			*strstr(conf, "blpha") = 'a';
		end();
		snprintf(file, sizeof(file), "%s/%s.conf", getenv("TMPDIR"), site ? "a\\b\nc\td" : "ALPHA");
		unlink(file);
	}
	unsetenv("SITE");
	/* two lines of the same words are two files, of which one need not be there */
	snprintf(conf, sizeof(conf), "[global]\nworkgroup = W\nnetbios name = alpha\ninclude = %s/%%L.conf\n"
		 "netbios name = beta\ninclude = %s/%%L.conf\n" DATA, getenv("TMPDIR"), getenv("TMPDIR"));
	snprintf(file, sizeof(file), "%s/ALPHA.conf", getenv("TMPDIR"));
	write_file(file, RULES);
	begin(conf, ALICE);
	for (int i = 0; i < 2; i++) {
		assert(!run(CONFIG_CHANGE).error && !*config_problems(config));
		assert(!run(CONFIG_CHANGE).error && !*config_problems(config));
		end();
		begin_again();
	}
	end();
	unlink(file);
}

/* While a file is in doubt nothing is forgotten, since what it named may be missing next. */
static void test_a_start_without_what_an_include_includes(void)
{
	char a[300], b[300], conf[700], line[320];

	snprintf(a, sizeof(a), "%s/a.conf", getenv("TMPDIR"));
	snprintf(b, sizeof(b), "%s/b.conf", getenv("TMPDIR"));
	snprintf(line, sizeof(line), "include = %s\n", b);
	snprintf(conf, sizeof(conf), BASE DATA "include = %s\n", a);
	for (int i = 0; i < 2; i++) {
		write_file(a, line);
		write_file(b, "[x]\npath = /\n");
		begin(conf, ALICE);
		assert(!run(CONFIG_CHANGE).error && has_value("shares/x/enable", "1"));
		end();
		if (i)
			write_file(a, "# nothing now\n");
		else
			unlink(a);
		begin_again();
		assert(!run(CONFIG_CHANGE).error && !config_conf(config) == !i && exists("shares/x"));
		end();
		write_file(a, line);
		unlink(b);
		begin_again();
		assert(!run(CONFIG_CHANGE).error && !config_conf(config) && exists("shares/x"));
		assert(has_problem("b.conf, which the configuration names, is not there"));
		end();
	}
	unlink(a);
}

/* What stays for a file that says nothing is what may have stood in it, and nothing else. */
static void test_a_share_can_be_removed_beside_a_silent_include(void)
{
	char more[300], conf[700];

	snprintf(more, sizeof(more), "%s/a.conf", getenv("TMPDIR"));
	write_file(more, "comment = c\n[hidden]\npath = /\n");
	snprintf(conf, sizeof(conf), BASE DATA "[Secret]\npath = /\n[a]\npath = /\ninclude = %s\n", more);
	begin(conf, ALICE);
	assert(!run(CONFIG_CHANGE).error && exists("shares/hidden") && exists("shares/Secret"));
	end();
	write_file(more, "# nothing now\n");
	begin_again();
	assert(!run(CONFIG_CHANGE).error && exists("shares/hidden") && has_problem("1 share that runs is in no file"));
	snprintf(conf, sizeof(conf), BASE DATA "[a]\npath = /\ninclude = %s\n", more);
	write_file(conf_path, conf);
	assert(!run(CONFIG_CHANGE).error && !exists("shares/Secret") && exists("shares/hidden"));
	assert(has_problem("1 share that runs is in no file"));
	write_file(conf_path, BASE "[a]\npath = /\n");
	assert(!run(CONFIG_CHANGE).error && !exists("shares/data") && !exists("shares/hidden"));
	assert(!*config_problems(config));
	end();
	unlink(more);
}

/* By order it goes without, and so do the daemons after it. */
static void test_an_order_counts_for_the_next_start(void)
{
	char rules[300];

	snprintf(rules, sizeof(rules), "%s/rules.conf", getenv("TMPDIR"));
	write_file(rules, RULES);
	begin(conf_with_rules(rules), ALICE);
	assert(!run(CONFIG_CHANGE).error);
	end();
	unlink(rules);
	begin_again();
	assert(!run(CONFIG_CHANGE).error && !config_conf(config));
	assert(!run(CONFIG_ORDER).error && has_value("shares/data/valid_users", ""));
	assert(!run(CONFIG_CHANGE).error && !*config_problems(config) && !config_next_try(config));
	end();
	make_root();
	begin_again();
	assert(!run(CONFIG_CHANGE).error && has_value("shares/data/enable", "1"));
	assert(!*config_problems(config));
	/* when it comes it counts, and is missed from then on */
	write_file(rules, RULES);
	assert(!run(CONFIG_CHANGE).error && has_value("server/hosts_allow", "192.0.2.1"));
	unlink(rules);
	assert(!run(CONFIG_CHANGE).error && !fake_ops && has_problem("read before stays, and no change"));
	end();
}

/* As in Samba: one that was never there is optional, and what is removed from smb.conf ends. */
static void test_an_optional_include(void)
{
	char rules[300], conf[700];

	snprintf(rules, sizeof(rules), "%s/rules.conf", getenv("TMPDIR"));
	for (int i = 0; i < 2; i++) {
		unlink(rules);
		if (i)
			write_file(rules, "");
		snprintf(conf, sizeof(conf), "%s[b]\npath = /\n", conf_with_rules(rules));
		begin(conf, ALICE);
		assert(!run(CONFIG_CHANGE).error && has_value("shares/b/enable", "1"));
		assert(!*config_problems(config));
		write_file(conf_path, conf_with_rules(rules));
		assert(!run(CONFIG_CHANGE).error && !exists("shares/b") && !*config_problems(config));
		end();
		/* a memory that cannot be read is none */
		write_file(memory_path, "no newline");
		begin_again();
		assert(!run(CONFIG_CHANGE).error && !*config_problems(config));
		end();
	}
	/* A comment says nothing that could be missed. */
	write_file(rules, "# nothing\n");
	begin(conf_with_rules(rules), ALICE);
	assert(!run(CONFIG_CHANGE).error);
	unlink(rules);
	assert(!run(CONFIG_CHANGE).error && !*config_problems(config));
	end();
}

/* An edit is about what it says: what is missing or empty is in doubt all the same. */
static void test_an_edit_is_no_order(void)
{
	char rules[300], conf[700];
	struct said s;

	snprintf(rules, sizeof(rules), "%s/rules.conf", getenv("TMPDIR"));
	snprintf(conf, sizeof(conf), "%scomment = c\n", conf_with_rules(rules));
	write_file(rules, RULES "[more]\npath = /\n[global]\n");
	begin(conf_with_rules(rules), ALICE);
	assert(!run(CONFIG_CHANGE).error && exists("shares/more"));
	for (int i = 0; i < 2; i++) {
		if (i)
			unlink(rules);
		else
			write_file(rules, "");
		write_file(conf_path, conf);
		s = run(CONFIG_NO_SHARES);
		assert(s.failed && strstr(s.text, "cifsadmin reload") && !fake_ops);
		assert(exists("shares/more") && has_value("server/hosts_allow", "192.0.2.1"));
	}
	write_file(passdb_path, "");
	assert(run(CONFIG_NO_SHARES).failed && exists("users/alice") && env.passdb->n == 1);
	write_file(passdb_path, ALICE);
	/* the last share that cifsadmin removes is meant */
	write_file(conf_path, "[global]\nworkgroup = W\n");
	assert(!run(CONFIG_NO_SHARES).error && !exists("shares/data") && !*config_problems(config));
	end();
}

/* A daemon that waits for a file is not ended by an error that is made meanwhile. */
static void test_errors_while_waiting(void)
{
	begin_with_more();
	end();
	unlink(more_path);
	begin_again();
	assert(!run(CONFIG_CHANGE).error && !config_conf(config) && config_next_try(config));
	write_file(conf_path, "nonsense\n");
	write_file(passdb_path, "nonsense\n");
	assert(run(CONFIG_CHANGE).error == -EBADMSG && has_problem("smb.conf:1: "));
	assert(has_problem("nothing is served anew before that is mended"));
	assert(has_problem("cifspwd.db has errors") && exists("shares/more"));
	write_file(conf_path, conf_with_more());
	write_file(passdb_path, ALICE);
	assert(!run(CONFIG_CHANGE).error && !config_conf(config) && has_problem("is not there"));
	write_file(more_path, "[more]\npath = /\n");
	assert(!run(CONFIG_CHANGE).error && config_conf(config) && !*config_problems(config));
	end();
}

/* Without a place for it: told, and tried again. */
static void test_a_memory_that_cannot_be_written(void)
{
	char tmp[310];
	struct stat st;

	snprintf(tmp, sizeof(tmp), "%s.tmp", memory_path);
	write_file(more_path, "[more]\npath = /\n");
	begin(conf_with_more(), ALICE);
	assert(!mkdir(tmp, 0700));
	assert(!run(CONFIG_CHANGE).error && has_problem("which files of the configuration are missing"));
	assert(exists("shares/more") && config_next_try(config) == 1);
	assert(!rmdir(tmp) && heals(60));
	assert(!stat(memory_path, &st) && (st.st_mode & 07777) == 0600 && access(tmp, F_OK));
	end();
}

/* Each file that is missing may have said something, until it can be read or goes without by order. */
static void test_a_memory_that_cannot_be_read(void)
{
	char rules[300];

	for (int i = 0; i < 3; i++) {
		end_with_rules(rules, sizeof(rules));
		make_root();
		if (i < 2)
			unlink(rules);
		assert(!unlink(memory_path) && !mkdir(memory_path, 0700));
		begin_again();
		assert(!run(CONFIG_CHANGE).error && has_problem("Is a directory"));
		assert(config_next_try(config) && !config_conf(config) == (i < 2));
		if (i != 1)
			assert(!rmdir(memory_path));
		if (i)		/* what was read in part is not written over: but by order */
			assert(!run(i == 1 ? CONFIG_ORDER : CONFIG_RETRY).error);
		else
			write_file(memory_path, "");
		if (i == 1)
			assert(has_problem("which files of the configuration") && !rmdir(memory_path));
		assert(heals(60) && has_value("server/hosts_allow", i == 2 ? "192.0.2.1" : ""));
		end();
	}
}

/* Likewise a username map, which says who somebody is. */
static void test_an_emptied_username_map(void)
{
	char map[300], conf[600];
	struct said s;

	snprintf(map, sizeof(map), "%s/map", getenv("TMPDIR"));
	snprintf(conf, sizeof(conf), BASE "username map = %s\n" DATA, map);
	write_file(map, "bob = alice\n");
	begin(conf, ALICE);
	assert(!run(CONFIG_CHANGE).error && !strcmp(usermap_apply(env.usermap, "alice"), "bob"));
	for (int i = 0; i < 2; i++) {
		if (i)
			unlink(map);
		else
			write_file(map, "");
		assert(!run(CONFIG_CHANGE).error && has_problem(i ? "map, which the configuration names, is not there" :
								"map, which the configuration names, is empty"));
		assert(!strcmp(usermap_apply(env.usermap, "alice"), "bob"));
		end();
		begin_again();
		assert(!run(CONFIG_CHANGE).error && !config_conf(config) && !fake_ops);
		write_file(map, i ? "bob = alice\n" : "# nobody\n");
		assert(!run(CONFIG_CHANGE).error && config_conf(config) && !*config_problems(config));
		write_file(map, "bob = alice\n");
		assert(!run(CONFIG_CHANGE).error && !strcmp(usermap_apply(env.usermap, "alice"), "bob"));
	}
	unlink(map);
	assert(!run(CONFIG_ORDER).error && !strcmp(usermap_apply(env.usermap, "alice"), "alice"));
	assert(!run(CONFIG_CHANGE).error && !*config_problems(config));
	end();
	/* one that was never there is passed over */
	begin(conf, ALICE);
	s = run(CONFIG_CHANGE);
	assert(!s.error && !s.failed && strstr(s.text, "warning: there is no file") && config_conf(config));
	end();
}

/* One that has no end, or waits for a writer, is no file: the daemon waits for neither. */
static void test_a_username_map_that_is_no_file(void)
{
	char map[300], conf[600];

	snprintf(map, sizeof(map), "%s/map", getenv("TMPDIR"));
	snprintf(conf, sizeof(conf), BASE "username map = %s\n" DATA, map);
	for (int i = 0; i < 2; i++) {
		unlink(map);
		assert(!(i ? mkdir(map, 0700) : mkfifo(map, 0600)));
		begin(conf, ALICE);
		alarm(30);
		assert(run(CONFIG_CHANGE).error == -EBADMSG && !config_conf(config));
		alarm(0);
		end();
	}
	rmdir(map);
	begin(BASE "username map = /dev/null\n" DATA, ALICE);
	assert(!run(CONFIG_CHANGE).error && !*config_problems(config));
	end();
}

/* A file that cannot be read now is tried again, at a first start, too. */
static void test_an_include_that_cannot_be_read_now(void)
{
	struct stat st;
	struct said s;

	begin_with_more();
	assert(!stat(more_path, &st));
	unreadable = st.st_ino;
	s = run(CONFIG_ORDER);
	assert(s.error == -EIO && strstr(s.text, "Stale file handle") && exists("shares/more"));
	assert(config_next_try(config) == 1);
	unreadable = 0;
	assert(heals(60) && !config_next_try(config));
	end();
	unreadable = st.st_ino;
	begin(conf_with_more(), ALICE);
	assert(run(CONFIG_CHANGE).error == -EIO && !config_conf(config));
	assert(config_next_try(config) == 1);
	unreadable = 0;
	while (!config_conf(config))
		assert(sd_event_run(event, 1000000) >= 0);
	assert(exists("shares/more") && !config_next_try(config));
	end();
}

static bool unread(bool shares, bool accounts)
{
	return config_unread_shares(config) == shares && config_unread_accounts(config) == accounts;
}

/* A file that was not read is in doubt itself, and no other is; nor is any by errors of configfs. */
static void test_what_was_not_read_is_not_judged(void)
{
	struct stat st;

	begin(BASE DATA, ALICE);
	assert(!run(CONFIG_CHANGE).error && unread(false, false));
	assert(!stat(passdb_path, &st));
	unreadable = st.st_ino;
	assert(run(CONFIG_CHANGE).error == -EIO && unread(false, true));
	assert(!config_doubt_accounts(config));
	assert(!stat(conf_path, &st));
	unreadable = st.st_ino;
	assert(run(CONFIG_CHANGE).error == -EIO && unread(true, false));
	unreadable = 0;
	/* An error of the file itself is reported with it. */
	write_file(conf_path, BASE DATA "read only = perhaps\n");
	assert(run(CONFIG_CHANGE).error == -EBADMSG && unread(false, false));
	write_file(conf_path, BASE DATA "comment = c\n");
	refuse = "shares/data/comment";
	assert(run(CONFIG_CHANGE).error && unread(false, false));
	refuse = NULL;
	assert(!run(CONFIG_CHANGE).error && unread(false, false));
	end();
}

static void test_accounts_do_not_vanish(void)
{
	struct said s;

	begin(BASE DATA, ALICE BOB);
	assert(!run(CONFIG_CHANGE).error);
	unlink(passdb_path);
	assert(!run(CONFIG_CHANGE).error && !fake_ops && has_problem("is not there: the 2 accounts"));
	/* their names are known: there is nothing to be tried again */
	assert(!has_problem("cannot be looked up") && !config_next_try(config));
	s = run(CONFIG_ORDER);
	assert(s.failed && !fake_ops && exists("users/alice") && env.passdb->n == 2);
	write_file(passdb_path, "# nothing\n");
	assert(!run(CONFIG_CHANGE).error && !fake_ops && env.passdb->n == 2);
	s = run(CONFIG_NO_ACCOUNTS);
	assert(!s.error && strstr(s.text, "2 accounts are removed") && !exists("users/alice"));
	assert(!env.passdb->n && exists("shares/data") && !*config_problems(config));
	end();
}

/* What an earlier daemon made stays likewise, when the next one finds nothing. */
static void test_a_start_with_nothing(void)
{
	begin(BASE DATA, ALICE);
	assert(!run(CONFIG_CHANGE).error);
	end();
	unlink(passdb_path);
	write_file(conf_path, BASE);
	begin_again();
	assert(!run(CONFIG_CHANGE).error && exists("shares/data") && exists("users/alice"));
	assert(has_problem("has no share") && has_problem("is not there"));
	assert(!run(CONFIG_CHANGE).error && exists("shares/data") && exists("users/alice"));
	write_file(passdb_path, "");
	assert(!run(CONFIG_ORDER).error && !exists("shares/data") && !exists("users/alice"));
	end();
}

/* Nor is the server opened, or forgotten which files are missed, by an smb.conf that lost all it had. */
static void test_a_start_with_an_emptied_smb_conf(void)
{
	char rules[300];

	for (int i = 0; i < 2; i++) {
		end_with_rules(rules, sizeof(rules));
		if (i)
			make_root();		/* the machine starts anew */
		write_file(conf_path, "");
		begin_again();
		assert(!run(CONFIG_CHANGE).error && !config_conf(config) && !fake_ops);
		assert(has_problem(i ? "has no share, and nothing says" : "the 1 share that runs stays, and nothing"));
		assert(config_next_try(config) && !run(CONFIG_RETRY).error && !fake_ops);
		unlink(rules);
		write_file(conf_path, conf_with_rules(rules));
		assert(!run(CONFIG_CHANGE).error && !config_conf(config) && !fake_ops);
		assert(has_problem("is not there, and said something before"));
		write_file(rules, RULES);
		assert(!run(CONFIG_CHANGE).error && has_value("server/hosts_allow", "192.0.2.1"));
		assert(!*config_problems(config));
		/* the last share that cifsadmin removes is meant, at a start as well */
		end();
		write_file(conf_path, BASE);
		begin_again();
		assert(!run(CONFIG_NO_SHARES).error && !exists("shares/data") && !*config_problems(config));
		end();
	}
}

/* What was meant is meant still when it is tried again, when the module comes, or beside other reasons. */
static void test_what_is_meant_stays_so(void)
{
	struct said edit = {}, accounts = {};

	begin(BASE DATA, ALICE);
	assert(!run(CONFIG_CHANGE).error);
	write_file(conf_path, BASE);
	refuse = "shares/data";
	assert(run(CONFIG_NO_SHARES).error == -EBUSY && exists("shares/data"));
	refuse = NULL;
	assert(!run(CONFIG_RETRY).error && !exists("shares/data") && !*config_problems(config));
	/* but not for ever */
	write_file(conf_path, BASE DATA);
	assert(!run(CONFIG_CHANGE).error && exists("shares/data"));
	write_file(conf_path, BASE);
	assert(!run(CONFIG_CHANGE).error && has_problem("has no share") && exists("shares/data"));
	write_file(passdb_path, "");
	assert(config_run(config, NULL, CONFIG_NO_SHARES, hear, &edit));
	assert(config_run(config, NULL, CONFIG_NO_ACCOUNTS, hear, &accounts));
	while (!edit.calls || !accounts.calls)
		assert(sd_event_run(event, 1000000) >= 0);
	assert(!edit.failed && !exists("shares/data") && !exists("users/alice"));
	/* the accounts likewise */
	write_file(conf_path, BASE DATA);
	write_file(passdb_path, ALICE);
	assert(!run(CONFIG_CHANGE).error && exists("shares/data") && exists("users/alice"));
	write_file(passdb_path, "");
	refuse = "users/alice";
	assert(run(CONFIG_NO_ACCOUNTS).error == -EBUSY && exists("users/alice"));
	refuse = NULL;
	assert(!run(CONFIG_RETRY).error && !exists("users/alice") && !*config_problems(config));
	end();
	begin_again();
	config_set_module(config, false);
	assert(!run(CONFIG_CHANGE).error);
	write_file(conf_path, BASE);
	assert(!run(CONFIG_NO_SHARES).error && exists("shares/data"));
	config_set_module(config, true);
	assert(!run(CONFIG_CHANGE).error && !exists("shares/data") && !*config_problems(config));
	end();
}

/* Runs until the helpers have a question that hangs. */
static void begin_hanging_for(enum config_why why, struct said *s)
{
	write_file(nss_path, "hangs");
	names_set_limit(names, 500000);
	*s = (struct said){};
	asked();
	assert(config_run(config, NULL, why, hear, s));
	while (access(asked_path, F_OK))
		assert(sd_event_run(event, 20000) >= 0);
	assert(!s->calls);
}

static void begin_hanging(struct said *s)
{
	begin_hanging_for(CONFIG_CHANGE, s);
}

static void wait_calls(struct said *s)
{
	while (!s->calls)
		assert(sd_event_run(event, 100000) >= 0);
}

/* An edit of something else does not make an accident of before what is meant. */
static void test_an_edit_after_an_accident(void)
{
	char rules[300];

	begin(BASE "hosts allow = 192.0.2.1\n" DATA "[b]\npath = /\n", ALICE);
	assert(!run(CONFIG_CHANGE).error && has_value("server/hosts_allow", "192.0.2.1"));
	write_file(conf_path, "");
	assert(!run(CONFIG_CHANGE).error && !fake_ops && *config_problems(config));
	write_file(conf_path, "[global]\n    log level = 2\n");
	assert(run(CONFIG_CHANGE).failed && !fake_ops && has_problem("has no share: the 2 shares"));
	assert(has_value("server/hosts_allow", "192.0.2.1"));
	end();
	/* Nor at a machine's start, when nothing runs: not even where no file is included. */
	for (int i = 0; i < 4; i++) {
		if (i & 1) {
			end_with_rules(rules, sizeof(rules));
		} else {
			begin(BASE "hosts allow = 192.0.2.1\n" DATA, ALICE);
			assert(!run(CONFIG_CHANGE).error);
			end();
		}
		make_root();
		write_file(conf_path, "");
		begin_again();
		assert(!run(CONFIG_CHANGE).error && !config_conf(config) && config_next_try(config));
		write_file(conf_path, "[global]\n    log level = 2\n");
		assert(!run(CONFIG_CHANGE).error && !config_conf(config) && !fake_ops);
		assert(has_problem("has no share, and nothing says") && config_next_try(config));
		/* by order, or by the edit that takes the last one out, and so for the daemons after it */
		assert(!run(i & 2 ? CONFIG_ORDER : CONFIG_NO_SHARES).error && config_conf(config));
		end();
		begin_again();
		assert(!run(CONFIG_CHANGE).error && config_conf(config) && !*config_problems(config));
		end();
	}
	/* A server that never had one is no accident. */
	begin(BASE, ALICE);
	for (int i = 0; i < 2; i++) {
		assert(!run(CONFIG_CHANGE).error && config_conf(config) && !*config_problems(config));
		end();
		begin_again();
	}
	end();
}

/* What cifsadmin has said is kept while a file stumbles, and for the next daemon. */
static void test_what_is_meant_waits_for_a_file(void)
{
	struct stat st;
	char conf[700];

	write_file(more_path, "workgroup = W\n");
	for (int i = 0; i < 2; i++) {
		begin(conf_with_more(), ALICE);
		assert(!run(CONFIG_CHANGE).error && exists("shares/data"));
		snprintf(conf, sizeof(conf), BASE "include = %s\n", more_path);
		write_file(conf_path, conf);
		assert(!stat(more_path, &st));
		unreadable = st.st_ino;
		assert(run(CONFIG_NO_SHARES).error == -EIO && exists("shares/data"));
		if (i) {
			end();
			begin_again();
		}
		unreadable = 0;
		assert(!run(i ? CONFIG_CHANGE : CONFIG_RETRY).error && !exists("shares/data"));
		assert(!*config_problems(config));
		write_file(conf_path, conf_with_more());
		assert(!run(CONFIG_CHANGE).error && exists("shares/data"));
		write_file(passdb_path, "");
		assert(!stat(passdb_path, &st));
		unreadable = st.st_ino;
		assert(run(CONFIG_NO_ACCOUNTS).error == -EIO && exists("users/alice"));
		if (i) {
			end();
			begin_again();
		}
		unreadable = 0;
		assert(!run(i ? CONFIG_CHANGE : CONFIG_RETRY).error && !exists("users/alice"));
		assert(!*config_problems(config));
		/* it is no longer meant once there are some */
		write_file(passdb_path, ALICE);
		assert(!run(CONFIG_CHANGE).error && exists("users/alice"));
		write_file(passdb_path, "");
		write_file(conf_path, conf);
		assert(!run(CONFIG_CHANGE).error && exists("users/alice") && exists("shares/data"));
		end();
	}
}

/* One that could not be removed does not keep the next daemon from its work. */
static void test_what_is_meant_is_written_down(void)
{
	begin(BASE DATA, ALICE);
	assert(!run(CONFIG_CHANGE).error);
	write_file(conf_path, BASE);
	write_file(passdb_path, "");
	refuse = "shares/data";
	assert(run(CONFIG_NO_SHARES).error == -EBUSY && exists("shares/data"));
	refuse = "users/alice";
	assert(run(CONFIG_NO_ACCOUNTS).error == -EBUSY && exists("users/alice"));
	end();
	begin_again();
	assert(run(CONFIG_CHANGE).error == -EBUSY && config_conf(config) && has_problem("cannot be removed"));
	refuse = NULL;
	assert(!run(CONFIG_RETRY).error && !exists("users/alice") && !*config_problems(config));
	end();
}

/* An order that could not be carried out, as a file stumbles, is carried out when it can be. */
static void test_an_order_waits_for_a_file(void)
{
	char rules[300], conf[700];
	struct stat st;

	for (int i = 0; i < 3; i++) {
		write_file(more_path, "comment = c\n");
		snprintf(rules, sizeof(rules), "%s/rules.conf", getenv("TMPDIR"));
		write_file(rules, RULES);
		snprintf(conf, sizeof(conf), "%sinclude = %s\n", conf_with_rules(rules), more_path);
		begin(conf, ALICE);
		assert(!run(CONFIG_CHANGE).error && has_value("server/hosts_allow", "192.0.2.1"));
		/* an emptied file as well as one that is removed */
		if (i == 2)
			write_file(rules, "");
		else
			unlink(rules);
		assert(!stat(more_path, &st));
		unreadable = st.st_ino;
		assert(run(CONFIG_ORDER).error == -EIO && has_value("server/hosts_allow", "192.0.2.1"));
		assert(run(CONFIG_CHANGE).error == -EIO);
		/* it is about what said nothing when it was given */
		if (i == 1)
			write_file(more_path, "");
		unreadable = 0;
		assert(!run(CONFIG_RETRY).error);
		assert(has_value("server/hosts_allow", i == 1 ? "192.0.2.1" : ""));
		assert(has_problem("more.conf is empty and had parameters") == (i == 1));
		if (i == 1) {
			write_file(more_path, "comment = c\n");
			assert(!run(CONFIG_CHANGE).error && has_value("server/hosts_allow", ""));
		}
		end();
	}
	/* and no longer about a file that has said something since */
	write_file(rules, RULES);
	write_file(more_path, "comment = c\n");
	begin(conf, ALICE);
	assert(!run(CONFIG_CHANGE).error);
	unlink(rules);
	assert(!stat(more_path, &st));
	unreadable = st.st_ino;
	assert(run(CONFIG_ORDER).error == -EIO);
	write_file(rules, RULES);
	assert(run(CONFIG_RETRY).error == -EIO);
	unlink(rules);
	unreadable = 0;
	assert(!run(CONFIG_RETRY).error && has_value("server/hosts_allow", "192.0.2.1"));
	end();
}

/* An order confirms what says nothing when it is given, not what is emptied before it is carried out. */
static void test_an_order_confirms_what_is_so(void)
{
	char rules[300];
	struct said s;

	for (int i = 0; i < 2; i++) {
		end_with_rules(rules, sizeof(rules));
		begin_again();
		assert(!run(CONFIG_CHANGE).error && has_value("server/hosts_allow", "192.0.2.1"));
		begin_hanging_for(i ? CONFIG_CHANGE : CONFIG_ORDER, &s);
		write_file(rules, "");
		if (i)
			assert(config_run(config, NULL, CONFIG_ORDER, hear, &s));
		unlink(nss_path);
		names_set_limit(names, NAMES_LIMIT_USEC);
		wait_calls(&s);
		while (i && s.calls < 2)
			assert(sd_event_run(event, 100000) >= 0);
		assert(has_value("server/hosts_allow", i ? "" : "192.0.2.1"));
		assert(has_problem("rules.conf is empty and had parameters") == !i);
		end();
	}
	/* likewise of shares and accounts */
	begin(BASE DATA "valid users = @staff\n", ALICE);
	assert(!run(CONFIG_CHANGE).error);
	begin_hanging_for(CONFIG_ORDER, &s);
	write_file(conf_path, BASE);
	write_file(passdb_path, "");
	unlink(nss_path);
	names_set_limit(names, NAMES_LIMIT_USEC);
	wait_calls(&s);
	assert(exists("shares/data") && exists("users/alice"));
	assert(has_problem("has no share") && has_problem("has no account"));
	end();
}

/* One that is refused makes the daemon forget nothing. */
static void test_an_order_that_is_refused(void)
{
	char rules[300], conf[700];

	end_with_rules(rules, sizeof(rules));
	make_root();
	unlink(rules);
	assert(!unlink(memory_path) && !mkdir(memory_path, 0700));
	begin_again();
	assert(!run(CONFIG_CHANGE).error && !config_conf(config));
	snprintf(conf, sizeof(conf), "%snonsense\n", conf_with_rules(rules));
	write_file(conf_path, conf);
	assert(run(CONFIG_ORDER).error == -EBADMSG && !config_conf(config));
	write_file(conf_path, conf_with_rules(rules));
	assert(!run(CONFIG_CHANGE).error && !config_conf(config) && !fake_ops);
	assert(has_problem("Is a directory") && has_problem("is not there, and said something before"));
	assert(!rmdir(memory_path));
	end();
}

/* What becomes of an order is decided by the configuration's half alone. */
static void test_an_order_and_the_accounts(void)
{
	char rules[300], conf[700];
	struct stat st;
	struct said s;

	for (int i = 0; i < 2; i++) {
		end_with_rules(rules, sizeof(rules));
		begin_again();
		assert(!run(CONFIG_CHANGE).error);
		unlink(rules);
		assert(!stat(passdb_path, &st));
		unreadable = st.st_ino;
		/* refused for errors, or carried out, while the accounts cannot be read */
		snprintf(conf, sizeof(conf), "%snonsense\n", conf_with_rules(rules));
		if (!i)
			write_file(conf_path, conf);
		s = run(CONFIG_ORDER);
		assert(s.error == (i ? -EIO : -EBADMSG) && s.conf_in_force == !!i);
		assert(has_value("server/hosts_allow", i ? "" : "192.0.2.1"));
		unreadable = 0;
		write_file(conf_path, conf_with_rules(rules));
		if (i) {
			/* so what it confirmed is in doubt as at any time */
			write_file(rules, RULES);
			assert(!run(CONFIG_RETRY).error);
			unlink(rules);
		}
		assert(!run(CONFIG_RETRY).error && has_value("server/hosts_allow", "192.0.2.1"));
		end();
		/* errors in the accounts do not end one that the configuration keeps waiting */
		write_file(more_path, "comment = c\n");
		snprintf(conf, sizeof(conf), "%sinclude = %s\n", conf_with_rules(rules), more_path);
		write_file(rules, RULES);
		begin(conf, ALICE);
		assert(!run(CONFIG_CHANGE).error);
		unlink(rules);
		assert(!stat(more_path, &st));
		unreadable = st.st_ino;
		write_file(passdb_path, "no account\n");
		assert(run(CONFIG_ORDER).error == -EIO);
		unreadable = 0;
		s = run(CONFIG_RETRY);
		assert(s.error == -EBADMSG && s.conf_in_force && has_value("server/hosts_allow", ""));
		end();
	}
}

/* What an old list calls meant was of another configuration than the one in force. */
static void test_a_memory_that_comes_late(void)
{
	struct stat st;

	begin(BASE DATA, ALICE);
	write_file(memory_path, "\tno shares\n\tno accounts\n");
	assert(!stat(memory_path, &st));
	end();
	unreadable = st.st_ino;
	begin_again();
	assert(!run(CONFIG_CHANGE).error && exists("shares/data") && exists("users/alice"));
	write_file(conf_path, BASE);
	write_file(passdb_path, "");
	unreadable = 0;
	run(CONFIG_CHANGE);
	assert(exists("shares/data") && has_problem("has no share"));
	assert(exists("users/alice") && has_problem("has no account"));
	end();
	/* but where nothing is in force it counts */
	begin(BASE, "");
	write_file(memory_path, "/x\n\tno shares\n\tno accounts\n");
	assert(!stat(memory_path, &st));
	end();
	unreadable = st.st_ino;
	begin_again();
	assert(!run(CONFIG_CHANGE).error && !config_conf(config));
	unreadable = 0;
	assert(!run(CONFIG_CHANGE).error && config_conf(config) && !*config_problems(config));
	end();
}

static void test_errors_keep_what_was_read(void)
{
	struct said s;

	begin(BASE DATA, ALICE BOB);
	assert(!run(CONFIG_CHANGE).error);
	/* the accounts do not wait for a better smb.conf */
	write_file(conf_path, BASE DATA "[new]\npath = /\nread onlyy = no\n");
	write_file(passdb_path, "alice:D:" HASH ":1\n");
	s = run(CONFIG_CHANGE);
	assert(s.error == -EBADMSG && strstr(s.text, "read only") && has_problem("smb.conf:8: "));
	assert(!exists("shares/new") && has_value("users/alice/enable", "0") && !exists("users/bob"));
	/* a file that has errors is not tried again before it changes */
	assert(!config_next_try(config));
	write_file(conf_path, BASE DATA "[new]\npath = /\n");
	write_file(passdb_path, "no account\n");
	/* nor does smb.conf wait for better accounts */
	s = run(CONFIG_CHANGE);
	assert(s.error == -EBADMSG && exists("shares/new") && has_value("users/alice/enable", "0"));
	assert(strstr(s.text, "the accounts that were read before stay") && env.passdb->n == 1);
	write_file(passdb_path, ALICE);
	assert(!run(CONFIG_CHANGE).error && has_value("users/alice/enable", "1"));
	assert(exists("shares/new") && !*config_problems(config));
	end();
}

/* A first run fails for the errors of the file @name. */
static bool is_bad(const char *name)
{
	struct said s = run(CONFIG_CHANGE);

	return s.error == -EBADMSG && strstr(s.bad, name);
}

static void test_errors_at_the_start(void)
{
	begin(BASE "nonsense\n", ALICE);
	assert(is_bad("smb.conf") && !config_conf(config) && !fake_ops);
	end();
	begin(BASE DATA, "nonsense\n");
	assert(is_bad("cifspwd.db") && !config_conf(config));
	end();
	begin(BASE "nonsense\n", "nonsense\n");
	assert(is_bad("smb.conf") && is_bad("cifspwd.db"));
	end();
	/* a name that is certainly unknown keeps its share off, and no other */
	begin(BASE DATA "[x]\npath = /\nforce user = ghost\n", ALICE "ghost:-:" HASH ":1\n");
	assert(!run(CONFIG_CHANGE).error && has_value("shares/x/enable", "0"));
	assert(has_value("shares/data/enable", "1") && !exists("users/ghost"));
	assert(has_problem("share [x]: \"force user\""));
	end();
}

static void test_half_a_file(void)
{
	struct said s = {};
	uint64_t start = now();

	begin(BASE DATA, ALICE);
	assert(!run(CONFIG_CHANGE).error);
	write_file(conf_path, BASE);
	writing = true;
	assert(config_run(config, NULL, CONFIG_ORDER, hear, &s));
	while (now() - start < 1000000)
		assert(sd_event_run(event, 100000) >= 0);
	assert(!s.calls && exists("shares/data"));
	write_file(conf_path, BASE DATA "comment = whole\n");
	writing = false;
	while (!s.calls)
		assert(sd_event_run(event, 1000000) >= 0);
	assert(!s.error && has_value("shares/data/comment", "whole"));
	/* one that stays open holds nobody up for good */
	writing = true;
	assert(!run(CONFIG_CHANGE).error);
	end();
}

/* A file that is written while names are asked is waited for, and so is one that has changed. */
static void test_half_a_file_while_names_are_asked(void)
{
	struct said s;
	uint64_t start;

	begin(BASE DATA "valid users = @staff\n[b]\npath = /\n", ALICE BOB);
	assert(!run(CONFIG_CHANGE).error);
	begin_hanging(&s);
	writing = true;
	write_file(conf_path, BASE DATA);
	start = now();
	while (now() - start < 2500000)
		assert(sd_event_run(event, 100000) >= 0 && !s.calls);
	assert(has_value("shares/data/valid_users", "@50") && exists("shares/b"));
	unlink(nss_path);
	names_set_limit(names, NAMES_LIMIT_USEC);
	write_file(conf_path, BASE DATA "valid users = @staff\n[b]\npath = /\ncomment = whole\n");
	writing = false;
	wait_calls(&s);
	assert(!s.error && has_value("shares/b/comment", "whole"));
	assert(has_value("shares/data/valid_users", "@50"));
	assert(heals(60));
	/* The loop has not seen yet that it is written. */
	begin_hanging(&s);
	write_file(passdb_path, ALICE);
	unlink(nss_path);
	names_set_limit(names, NAMES_LIMIT_USEC);
	start = now();
	while (now() - start < 1500000) {
		write_file(passdb_path, ALICE);
		assert(sd_event_run(event, 10000) >= 0 && !s.calls);
	}
	write_file(passdb_path, ALICE BOB);
	wait_calls(&s);
	assert(exists("users/bob"));
	end();
}

/* Whoever is disabled cannot log on from then on, however slowly names are answered. */
static void test_a_disabled_account_waits_for_no_name(void)
{
	struct said s;

	begin(BASE DATA, ALICE BOB);
	assert(!run(CONFIG_CHANGE).error && !env.passdb->entries[1]->disabled);
	write_file(passdb_path, ALICE "bob:D:" HASH ":1\n");
	commits = 0;
	begin_hanging(&s);
	assert(env.passdb->n == 2 && env.passdb->entries[1]->disabled && commits == 1);
	assert(has_value("users/bob/enable", "0") && has_value("users/alice/enable", "1"));
	wait_calls(&s);
	assert(!s.error && has_value("users/bob/enable", "0") && env.passdb->n == 2);
	unlink(nss_path);
	commits = 0;
	assert(!run(CONFIG_RETRY).error && commits == 1);
	assert(!run(CONFIG_CHANGE).error && commits == 3);
	/* nor does one that is removed; what is not ours stays */
	write_file(passdb_path, ALICE);
	begin_hanging(&s);
	assert(!exists("users/bob") && exists("users/alice") && exists("shares/data"));
	wait_calls(&s);
	assert(!s.error && strstr(s.text, "1 account is removed"));
	unlink(nss_path);
	assert(!run(CONFIG_CHANGE).error && !*config_problems(config));
	end();
}

/* Nor does one that is disabled while a run waits for names already, or that a retry finds so. */
static void test_a_disabled_account_waits_for_no_run(void)
{
	struct said s, next = {};
	uint64_t start;

	for (int i = 0; i < 2; i++) {
		begin(BASE DATA, ALICE BOB);
		assert(!run(CONFIG_CHANGE).error);
		if (i)
			write_file(passdb_path, ALICE "bob:D:" HASH ":1\n");
		begin_hanging_for(CONFIG_RETRY, &s);
		names_set_limit(names, 5000000);
		if (!i) {
			write_file(passdb_path, ALICE "bob:D:" HASH ":1\n");
			assert(config_run(config, NULL, CONFIG_NO_ACCOUNTS, hear, &next));
		}
		start = now();
		while (has_value("users/bob/enable", "1") && now() - start < 5000000)
			assert(sd_event_run(event, 10000) >= 0);
		assert(!s.calls && now() - start < 300000 && env.passdb->entries[1]->disabled);
		unlink(nss_path);
		wait_calls(&s);
		if (!i)
			wait_calls(&next);
		assert(has_value("users/bob/enable", "0") && has_value("users/alice/enable", "1"));
		end();
	}
}

/* An address that is away keeps its listener for a while, whoever asks for a run. */
static void test_an_address_that_is_away(void)
{
	uint64_t start;

	begin(BASE "interfaces = eth0\nbind interfaces only = yes\n" DATA, ALICE);
	assert(!run(CONFIG_CHANGE).error && has_value("listeners/tcp-445-192.0.2.7/enable", "1"));
	sync_set_away(1500000);
	start = now();
	address_away = true;
	assert(!run(CONFIG_NO_ACCOUNTS).error && !fake_ops && !*config_problems(config));
	assert(!run(CONFIG_ORDER).error && exists("listeners/tcp-445-192.0.2.7"));
	while (exists("listeners/tcp-445-192.0.2.7") && now() - start < 5000000)
		assert(sd_event_run(event, 100000) >= 0);
	assert(!exists("listeners/tcp-445-192.0.2.7") && now() - start >= 1500000);
	assert(has_problem("the interface eth0") || has_problem("no interface eth0"));
	address_away = false;
	config_try_now(config);
	assert(heals(60) && has_value("listeners/tcp-445-192.0.2.7/enable", "1"));
	sync_set_away(SYNC_AWAY_USEC);
	end();
}

static void test_many_requests_are_two_runs(void)
{
	struct said s[10] = {}, gone = {};
	struct config_wait *w;

	begin(BASE DATA, ALICE);
	for (int i = 0; i < 5; i++)
		assert(config_run(config, NULL, CONFIG_CHANGE, hear, &s[i]));
	changes = 0;
	assert(sd_event_run(event, 1000000) > 0);	/* it has begun */
	for (int i = 5; i < 10; i++)
		assert(config_run(config, NULL, CONFIG_ORDER, hear, &s[i]));
	w = config_run(config, NULL, CONFIG_ORDER, hear, &gone);
	talloc_free(w);
	while (!s[9].calls)
		assert(sd_event_run(event, 1000000) >= 0);
	assert(changes == 2 && !gone.calls);
	for (int i = 0; i < 10; i++)
		assert(s[i].calls == 1 && !s[i].error);
	end();
}

static void test_module_comes_later(void)
{
	begin(BASE DATA, ALICE);
	config_set_module(config, false);
	assert(!run(CONFIG_CHANGE).error && !fake_ops && config_conf(config));
	config_set_module(config, true);
	changes = 0;
	while (!changes)
		assert(sd_event_run(event, 1000000) >= 0);
	assert(has_value("shares/data/enable", "1"));
	end();
}

static void test_all_files_are_named(void)
{
	char conf[700], map[300], later[300];
	bool found = false, missing = false;

	snprintf(map, sizeof(map), "%s/map", getenv("TMPDIR"));
	snprintf(later, sizeof(later), "%s/later", getenv("TMPDIR"));
	unlink(later);
	snprintf(conf, sizeof(conf), BASE "username map = %s\ninclude = %s\n" DATA, map, later);
	write_file(map, "alice = a\n");
	begin(conf, ALICE);
	run(CONFIG_CHANGE);
	for (const char *const *f = config_files(config); *f; f++) {
		found |= !strcmp(*f, map);
		missing |= !strcmp(*f, later);
	}
	assert(found && missing && config_files_missing(config) == 1);
	write_file(later, "# nothing\n");
	assert(!config_files_missing(config));
	end();
}

/* Thousands of accounts: each is asked for once, one change is one step, and the loop goes on. */
static void test_thousands(void)
{
	enum { N = 2000 };
	char *db = talloc_strdup(NULL, "");
	uint64_t start;
	size_t n;

	for (int i = 0; i < N; i++)
		db = talloc_asprintf_append_buffer(db, "user%04d:-:%s:1\n", i, HASH);
	begin(BASE DATA, db);
	assert(!run(CONFIG_CHANGE).error && asked() == N && has_value("users/user1999/enable", "1"));
	write_file(conf_path, BASE DATA "comment = c\n");
	start = now();
	assert(!run(CONFIG_CHANGE).error && fake_ops == 1 && asked() == N);
	printf("# a reload with %d accounts: %llu ms\n", N, (unsigned long long)(now() - start) / 1000);
	/* each of them a problem, and all of them settled */
	for (char *s = db; (s = strstr(s, ":-:")); s++)
		s[1] = 'D';
	write_file(passdb_path, db);
	refuse = "/enable";
	assert(run(CONFIG_CHANGE).failed && has_problem("user0000") && has_problem("user1999"));
	for (n = 0; config_problems(config)[n]; n++)
		;
	assert(n == N);
	refuse = NULL;
	assert(!run(CONFIG_CHANGE).error && !*config_problems(config));
	talloc_free(db);
	end();
}

int main(int argc, char **argv)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(conf_path, sizeof(conf_path), "%s/smb.conf", tmp);
	snprintf(passdb_path, sizeof(passdb_path), "%s/cifspwd.db", tmp);
	snprintf(nss_path, sizeof(nss_path), "%s/nss", tmp);
	snprintf(asked_path, sizeof(asked_path), "%s/asked", tmp);
	snprintf(more_path, sizeof(more_path), "%s/more.conf", tmp);
	snprintf(memory_path, sizeof(memory_path), "%s/memory", tmp);
	if (argc == 2 && !strcmp(argv[1], NAMES_WORKER_ARG))
		_exit(names_worker(&source));	/* see loop.h */
	log_set_level(LOG_EMERG);
	assert(sd_event_default(&event) >= 0);
	test_one_change_is_one_operation();
	test_logons_go_by_the_old();
	test_quiet();
	test_name_service_stumbles();
	test_kept_is_not_opened();
	test_name_service_stumbles_at_the_start();
	test_name_service_hangs();
	test_names_have_a_total_time();
	test_configfs_refuses_and_recovers();
	test_path_comes_later();
	test_nothing_ends_by_accident();
	test_an_emptied_include();
	test_an_include_that_says_who_may();
	test_a_missing_include();
	test_an_emptied_username_map();
	test_a_username_map_that_is_no_file();
	test_an_include_that_cannot_be_read_now();
	test_what_was_not_read_is_not_judged();
	test_a_start_without_an_include();
	test_a_start_without_what_global_includes();
	test_a_start_without_what_other_sections_include();
	test_an_include_whose_name_has_a_macro();
	test_a_start_without_what_an_include_includes();
	test_a_share_can_be_removed_beside_a_silent_include();
	test_an_order_counts_for_the_next_start();
	test_an_optional_include();
	test_an_edit_is_no_order();
	test_errors_while_waiting();
	test_a_memory_that_cannot_be_written();
	test_accounts_do_not_vanish();
	test_a_start_with_nothing();
	test_a_start_with_an_emptied_smb_conf();
	test_what_is_meant_stays_so();
	test_an_edit_after_an_accident();
	test_what_is_meant_waits_for_a_file();
	test_what_is_meant_is_written_down();
	test_an_order_waits_for_a_file();
	test_an_order_confirms_what_is_so();
	test_an_order_that_is_refused();
	test_a_memory_that_cannot_be_read();
	test_an_order_and_the_accounts();
	test_a_memory_that_comes_late();
	test_errors_keep_what_was_read();
	test_errors_at_the_start();
	test_half_a_file();
	test_half_a_file_while_names_are_asked();
	test_a_disabled_account_waits_for_no_name();
	test_a_disabled_account_waits_for_no_run();
	test_an_address_that_is_away();
	test_many_requests_are_two_runs();
	test_module_comes_later();
	test_all_files_are_named();
	test_thousands();
	sd_event_unref(event);
	return 0;
}
