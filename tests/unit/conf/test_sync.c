// SPDX-License-Identifier: GPL-2.0-or-later
/* Plans and their execution, on a directory tree that behaves like configfs. */
#include <assert.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/internal.h"

static char root[256], managed[300];

/* ---- a directory as configfs would be ---- */

static void put(const char *path, const char *value)
{
	FILE *f = fopen(path, "w");

	assert(f && fprintf(f, "%s\n", value) > 0 && !fclose(f));
}

static const struct conf_table *table_of(const char *path)
{
	if (strstr(path, "/shares/"))
		return &conf_share_table;
	return strstr(path, "/users/") ? &conf_user_table : &conf_listener_table;
}

static void put_defaults(const char *dir, const struct conf_table *t)
{
	char path[512];

	for (size_t i = 0; i < t->n; i++) {
		if (t->params[i].to != CONF_TO_KERNEL)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, t->params[i].attr);
		put(path, t->params[i].def);
	}
}

static int fake_mkdir(const char *path)
{
	char enable[512];

	if (mkdir(path, 0755))
		return -errno;
	put_defaults(path, table_of(path));
	snprintf(enable, sizeof(enable), "%s/enable", path);
	put(enable, "0");
	return 0;
}

static const char *refuse;	/* a path whose write fails */
static char log_text[65536];

static int fake_write(const char *path, const char *value)
{
	if (refuse && strstr(path, refuse))
		return -EINVAL;
	if (access(path, F_OK))
		return -ENOENT;
	put(path, value);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int fake_rmdir(const char *path)
{
	if (refuse && strstr(path, refuse))
		return -EBUSY;
	return nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS) ? -errno : 0;
}

static const struct sync_fs fake = { fake_mkdir, fake_write, fake_rmdir };

static void make_root(void)
{
	static const char *const dirs[] = { "server", "users", "shares", "listeners" };
	char path[512];

	snprintf(root, sizeof(root), "%s/cifssrv", getenv("TMPDIR"));
	snprintf(managed, sizeof(managed), "%s/managed", getenv("TMPDIR"));
	nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	unlink(managed);
	assert(!mkdir(root, 0755));
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", root, dirs[i]);
		assert(!mkdir(path, 0755));
		if (!i)
			put_defaults(path, &conf_server_table);
	}
}

/* ---- helpers ---- */

static int some_user(const char *name, uid_t *uid, gid_t *gid)
{
	(void)name;
	*uid = 65534;
	*gid = 65533;
	return 0;
}

static const struct conf_env env = { "host", some_user, NULL };
static const uint32_t groups[] = { 27, 100 };
static const struct sync_user alice = { "alice", 1000, 1000, groups, 2, true };

static struct sync_plan *plan_for(const char *text, const struct sync_user *users, size_t n)
{
	struct sync_plan *plan;
	struct conf *conf;
	FILE *f;

	assert(!conf_parse_text(NULL, "f", text, strlen(text), &env, &conf) && !conf->nfatal);
	assert(!sync_plan(NULL, root, managed, conf, users, n, &plan));
	talloc_free(conf);
	memset(log_text, 0, sizeof(log_text));
	f = fmemopen(log_text, sizeof(log_text), "w");
	sync_print(f, plan);
	fclose(f);
	return plan;
}

static int apply(struct sync_plan *plan)
{
	struct sync_result res;
	int err = sync_apply_fs(plan, &fake, &res);

	assert(!err == !res.nfailed && res.ndone + res.nfailed + res.nskipped >= plan->nops);
	talloc_free(res.failures);
	talloc_free(plan);
	return err;
}

static bool exists(const char *rel)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", root, rel);
	return !access(path, F_OK);
}

static void assert_value(const char *rel, const char *value)
{
	char path[512], buf[512] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, rel);
	f = fopen(path, "r");
	assert(f && fgets(buf, sizeof(buf), f) && !fclose(f));
	buf[strcspn(buf, "\n")] = 0;
	if (strcmp(buf, value))
		fprintf(stderr, "%s: \"%s\", wanted \"%s\"\n", rel, buf, value);
	assert(!strcmp(buf, value));
}

/* @a stands before @b in the printed plan; both are there. */
static void assert_order(const char *a, const char *b)
{
	const char *pa = strstr(log_text, a), *pb = strstr(log_text, b);

	if (!pa || !pb || pa >= pb)
		fprintf(stderr, "\"%s\" before \"%s\"?\n%s", a, b, log_text);
	assert(pa && pb && pa < pb);
}

#define BASE "[global]\nworkgroup=W\nnetbios name=N\n"
#define DATA "[data]\npath=/srv/data\nread only=no\nvalid users=alice\n"

/* ---- what must hold ---- */

static void test_first_time_and_again(void)
{
	make_root();
	struct sync_plan *plan = plan_for(BASE DATA, &alice, 1);

	assert_order("~ server/workgroup: \"WORKGROUP\" -> \"W\"", "+ users/alice");
	assert_order("users/alice/uid = \"1000\"", "users/alice/enable = \"1\"");
	assert_order("+ users/alice", "+ shares/data");
	assert_order("shares/data/path", "shares/data/enable = \"1\"");
	assert_order("shares/data/enable", "+ listeners/tcp-445");
	assert(!strstr(log_text, "shares/data/create_mask"));	/* a default needs no write */
	assert(!apply(plan));
	assert_value("shares/data/enable", "1");
	assert_value("users/alice/groups", "27 100");
	assert_value("listeners/tcp-445/enable", "1");

	/* nothing has changed: nothing to do */
	plan = plan_for(BASE DATA, &alice, 1);
	assert(!plan->nops && !*log_text);
	assert(!apply(plan));
}

static void test_only_the_difference(void)
{
	struct sync_plan *plan = plan_for(BASE DATA "comment = x\n", &alice, 1);

	assert(plan->nops == 1 && !strcmp(plan->ops[0].path, "shares/data/comment"));
	assert(!apply(plan));
	/* a path can change only while the share is disabled */
	plan = plan_for(BASE "[data]\npath=/new\nread only=no\nvalid users=alice\ncomment=x\n", &alice, 1);
	assert(plan->nops == 3);
	assert_order("enable: \"1\" -> \"0\"", "path");
	assert_order("shares/data/path", "shares/data/enable: \"0\" -> \"1\"");
	assert(!apply(plan));
	/* available = no disables and keeps */
	plan = plan_for(BASE "[data]\npath=/new\nread only=no\nvalid users=alice\ncomment=x\navailable=no\n",
			&alice, 1);
	assert(plan->nops == 1 && !apply(plan));
	assert_value("shares/data/enable", "0");
}

static void test_removal_and_foreign_items(void)
{
	char path[512];
	struct sync_plan *plan;

	make_root();
	snprintf(path, sizeof(path), "%s/shares/adhoc", root);
	assert(!fake_mkdir(path));
	assert(!apply(plan_for(BASE DATA, &alice, 1)));
	plan = plan_for(BASE, NULL, 0);
	assert_order("- shares/data", "- users/alice");
	assert(!strstr(log_text, "adhoc"));
	assert(!apply(plan));
	assert(!exists("shares/data") && !exists("users/alice") && exists("shares/adhoc"));

	/* wanted by the file, it is adopted, and ours from then on */
	plan = plan_for(BASE "[adhoc]\npath=/x\n", NULL, 0);
	assert(!strstr(log_text, "+ shares/adhoc"));
	assert(!apply(plan));
	assert_value("shares/adhoc/enable", "1");
	assert(!apply(plan_for(BASE, NULL, 0)));
	assert(!exists("shares/adhoc"));
}

static void test_failures(void)
{
	struct sync_plan *plan;

	make_root();
	/* a share that did not get all its values is not enabled; the others are */
	refuse = "shares/data/valid_users";
	plan = plan_for(BASE DATA "[other]\npath=/y\n", NULL, 0);
	assert(apply(plan) == -EINVAL);
	assert_value("shares/data/enable", "0");
	assert_value("shares/other/enable", "1");
	/* the next time does what was left */
	refuse = NULL;
	plan = plan_for(BASE DATA "[other]\npath=/y\n", NULL, 0);
	assert_order("valid_users", "shares/data/enable");
	assert(plan->nops == 4 && !apply(plan));	/* path and read_only too */
	/* what could not be removed is still ours */
	refuse = "shares/other";
	assert(apply(plan_for(BASE DATA, NULL, 0)) == -EBUSY);
	refuse = NULL;
	assert(exists("shares/other"));
	assert(!apply(plan_for(BASE DATA, NULL, 0)));
	assert(!exists("shares/other"));
}

static void test_order_is_safe(void)
{
	make_root();
	assert(!apply(plan_for(BASE "[a]\npath=/x\nvalid users=bob\n", NULL, 0)));
	/* opened to guests, but to fewer addresses: the addresses go first */
	struct sync_plan *plan = plan_for(BASE "[a]\npath=/x\nguest ok=yes\nhosts allow=10.\n", NULL, 0);

	assert_order("hosts_allow", "guest_ok");
	assert_order("hosts_allow", "valid_users");
	assert(!apply(plan));
	plan = plan_for(BASE "[a]\npath=/x\nvalid users=bob\n", NULL, 0);
	assert_order("guest_ok", "hosts_allow");
	assert_order("valid_users", "hosts_allow");
	assert(!apply(plan));
	/* addresses that the server kept to and a share is to keep to: the share's come first */
	assert(!apply(plan_for("[global]\nworkgroup=W\nhosts allow=10.\n[a]\npath=/x\n[b]\npath=/y\n",
			       NULL, 0)));
	plan = plan_for(BASE "[a]\npath=/x\nhosts allow=10.\n", NULL, 0);
	assert_order("shares/a/hosts_allow", "- shares/b");
	assert_order("shares/a/hosts_allow", "server/hosts_allow");
	assert(!apply(plan));
	assert_value("server/hosts_allow", "");
	assert_value("shares/a/hosts_allow", "10.0.0.0/8");
	/* "guest only" is not in force while its guest is unknown */
	plan = plan_for("[global]\nworkgroup=W\nnetbios name=N\nguest account=ann\n"
			"[a]\npath=/x\nguest ok=yes\nguest only=yes\nhosts allow=10.\n", NULL, 0);
	assert_order("guest_uid", "guest_only");
	assert_order("guest_user", "guest_only");
	assert(!apply(plan));
	plan = plan_for(BASE "[a]\npath=/x\nguest ok=yes\nhosts allow=10.\n", NULL, 0);
	assert_order("guest_only", "guest_uid");
	assert_order("guest_only", "guest_user");
	assert(!apply(plan));
	/* the range of protocols is never empty on the way */
	plan = plan_for(BASE "max protocol=SMB2_10\n", NULL, 0);
	assert(!apply(plan));
	plan = plan_for(BASE "min protocol=SMB3_00\nmax protocol=SMB3_11\n", NULL, 0);
	assert_order("max_protocol", "min_protocol");
	assert(!apply(plan));
	plan = plan_for(BASE "min protocol=SMB2_02\nmax protocol=SMB2_10\n", NULL, 0);
	assert_order("min_protocol", "max_protocol");
	assert(!apply(plan));
}

static void test_listeners(void)
{
	struct sync_plan *plan;

	make_root();
	plan = plan_for(BASE "smb ports=445 4455\ninterfaces=lo 192.0.2.1 127.0.0.0/8\n"
			"bind interfaces only=yes\n", NULL, 0);
	assert(strstr(log_text, "+ listeners/tcp-445-lo\n"));
	assert(strstr(log_text, "+ listeners/tcp-4455-192.0.2.1\n"));
	assert(!strstr(log_text, "+ listeners/tcp-445\n"));
	assert(!apply(plan));
	assert_value("listeners/tcp-445-lo/interface", "lo");
	assert_value("listeners/tcp-4455-192.0.2.1/port", "4455");
	plan = plan_for(BASE, NULL, 0);
	assert_order("- listeners/tcp-445-lo", "+ listeners/tcp-445\n");
	assert(!apply(plan));
}

static void test_refusals(void)
{
	const struct sync_user twice[] = { alice, { "ALICE", 1, 1, NULL, 0, true } };
	const char *bad = "[a]\n";
	struct sync_plan *plan;
	struct conf *conf;

	assert(!conf_parse_text(NULL, "f", BASE, strlen(BASE), &env, &conf));
	assert(sync_plan(NULL, "/nonexistent", managed, conf, NULL, 0, &plan) == -ENOENT && !plan);
	assert(sync_plan(NULL, "/", managed, conf, NULL, 0, &plan) == -ENOENT && !plan);
	assert(sync_plan(NULL, root, managed, conf, twice, 2, &plan) == -EINVAL && !plan);
	talloc_free(conf);
	assert(!conf_parse_text(NULL, "f", bad, strlen(bad), &env, &conf));
	assert(sync_plan(NULL, root, managed, conf, NULL, 0, &plan) == -EINVAL && !plan);
	talloc_free(conf);
}

/* The functions that the daemon uses, on what a plain directory can show of them. */
static void test_real_files(void)
{
	struct sync_result res;
	struct sync_plan *plan;

	make_root();
	plan = plan_for("[global]\nworkgroup=REAL\nnetbios name=N\nsmb ports=445\n", NULL, 0);
	/* new items have no attributes in a plain directory: these steps fail, server's do not */
	assert(sync_apply(plan, &res) == -ENOENT);
	assert(res.nfailed == 1 && res.failures[0].op && strstr(res.failures[0].text, "listeners/tcp-445"));
	assert_value("server/workgroup", "REAL");
	talloc_free(res.failures);
	talloc_free(plan);
}

int main(void)
{
	test_first_time_and_again();
	test_only_the_difference();
	test_removal_and_foreign_items();
	test_failures();
	test_order_is_safe();
	test_listeners();
	test_refusals();
	test_real_files();
	return 0;
}
