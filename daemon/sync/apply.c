// SPDX-License-Identifier: GPL-2.0-or-later
/* Carries out a plan. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/internal.h"
#include "util/cleanup.h"
#include "util/grow.h"
#include "util/hash.h"

/* The kernel also returns EEXIST for an account whose name it has in another spelling. */
static int fs_mkdir(const char *path)
{
	int err = mkdir(path, 0755) ? -errno : 0;

	return err == -EEXIST && !access(path, F_OK) ? 0 : err;
}

static int fs_rmdir(const char *path)
{
	return rmdir(path) && errno != ENOENT ? -errno : 0;
}

/* configfs takes a value in one write(2), which for "" needs the newline. */
static int fs_write(const char *path, const char *value)
{
	char buf[SYNC_VALUE_MAX];
	int len = snprintf(buf, sizeof(buf), "%s\n", value);
	ssize_t n;
	int fd;

	if (len >= (int)sizeof(buf))
		return -E2BIG;
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	do {
		n = write(fd, buf, len);
	} while (n < 0 && errno == EINTR);
	n = n < 0 ? -errno : n == len ? 0 : -EIO;
	close(fd);
	return n;
}

static const struct sync_fs real_fs = { fs_mkdir, fs_write, fs_rmdir };

static bool of_server(const struct sync_op *op)
{
	return sync_path_in(op->path, "server");
}

static bool same_item(const struct sync_op *a, const struct sync_op *b)
{
	size_t len = sync_item_length(a->path);

	return !of_server(a) && len == sync_item_length(b->path) && !memcmp(a->path, b->path, len);
}

/* To find the failures of an op's item among thousands; 0 for the server. */
static uint32_t item_hash(const struct sync_op *op)
{
	size_t len = of_server(op) ? 0 : sync_item_length(op->path);

	return len ? hash_octets(HASH_SEED, op->path, len) | 1 : 0;
}

/* The bucket of items that have the hash; no other item is in the server's. */
static size_t bucket_of(uint32_t item)
{
	return item ? 1 + item % (SYNC_BUCKETS - 1) : 0;
}

static void note_failed(struct sync_result *res, size_t i)
{
	uint32_t *bucket = &res->buckets[bucket_of(res->failures[i].item)];

	res->failures[i].earlier = *bucket;
	*bucket = i + 1;
}

static void add_failure(struct sync_result *res, const struct sync_op *op, int err,
			const char *text)
{
	struct sync_failure *more = array_grow(NULL, res->failures, struct sync_failure, res->nfailed);

	if (!more)
		return;		/* sync_apply() returns the error all the same */
	res->failures = more;
	more += res->nfailed++;
	*more = (struct sync_failure) {
		.op = op,
		.error = -err,
		.text = talloc_strdup(res->failures, text),
	};
	if (!op)
		return;
	more->item = item_hash(op);
	note_failed(res, res->nfailed - 1);
	more->problem = sync_failed_words(res->failures, op, err);
}

/* Notes once that the item waits, unless it has a failure of its own. */
static void add_waiting(struct sync_result *res, const struct sync_op *op)
{
	struct sync_problem *more, p;
	uint32_t item = item_hash(op);

	for (uint32_t i = res->buckets[bucket_of(item)]; i; i = res->failures[i - 1].earlier)
		if (same_item(res->failures[i - 1].op, op))
			return;
	more = array_grow(NULL, res->waiting, struct sync_problem, res->nwaiting);
	if (!more)
		return;
	res->waiting = more;
	p = sync_waiting_words(more, op);
	if (p.item && p.text && !(res->nwaiting && !strcmp(more[res->nwaiting - 1].item, p.item)))
		more[res->nwaiting++] = p;
}

void sync_result_done(struct sync_result *res)
{
	talloc_free(res->failures);
	talloc_free(res->waiting);
	*res = (struct sync_result) { 0 };
}

static void fail_op(struct sync_result *res, const struct sync_op *op, int err)
{
	static const char *const verbs[] = { "mkdir", "write", "rmdir" };
	char *text;

	text = talloc_asprintf(NULL, op->kind == SYNC_WRITE ? "%s %s: \"%s\": %s" : "%s %s%.0s: %s",
			       verbs[op->kind], op->path, op->new_value ? op->new_value : "",
			       strerror(-err));
	add_failure(res, op, err, text ? text : "out of memory");
	talloc_free(text);
}

static int run_op(const struct sync_plan *plan, const struct sync_fs *fs, const struct sync_op *op)
{
	char *path = talloc_asprintf(NULL, "%s/%s", plan->root, op->path);
	int err = -ENOMEM;

	if (!path)
		return err;
	if (op->kind == SYNC_MKDIR)
		err = fs->mkdir(path);
	else if (op->kind == SYNC_RMDIR)
		err = fs->rmdir(path);
	else
		err = fs->write(path, op->new_value);
	talloc_free(path);
	return err;
}

/*
 * Writes the list of managed items.  Before the work (@res NULL): all that are wanted or still to
 * be removed, so that a daemon that dies half-way forgets none.  Afterwards: those that are wanted,
 * and those that could not be removed.
 */
static int write_managed(const struct sync_plan *plan, const struct sync_result *res)
{
	const char **paths = talloc_array(NULL, const char *, plan->nmanaged + plan->nops + 1);
	size_t n = plan->nmanaged;
	int err;

	if (!paths)
		return -ENOMEM;
	if (n)
		memcpy(paths, plan->managed, n * sizeof(*paths));
	for (size_t i = 0; !res && i < plan->nops; i++)
		if (plan->ops[i].kind == SYNC_RMDIR)
			paths[n++] = plan->ops[i].path;
	for (size_t i = 0; res && i < res->nfailed; i++)
		if (res->failures[i].op && res->failures[i].op->kind == SYNC_RMDIR)
			paths[n++] = res->failures[i].op->path;
	err = sync_managed_write(plan->managed_file, paths, n);
	talloc_free(paths);
	return err;
}

static int save_managed(const struct sync_plan *plan, struct sync_result *res, bool before)
{
	int err = write_managed(plan, before ? NULL : res);
	char *text;

	if (!err)
		return 0;
	text = talloc_asprintf(NULL, "write %s: %s", plan->managed_file, strerror(-err));
	add_failure(res, NULL, err, text ? text : "out of memory");
	talloc_free(text);
	return err;
}

/* "path" of "shares/x/path" */
static const char *attr_of(const struct sync_op *op)
{
	const char *slash = strrchr(op->path, '/');

	return slash ? slash + 1 : op->path;
}

static bool is_attr(const struct sync_op *op, const char *name)
{
	return op->kind == SYNC_WRITE && !strcmp(attr_of(op), name);
}

/*
 * Have the two a meaning only together: the lists of hosts of one scope, the numbers of a share's
 * guest, and those of the user that acts in a share, with the list that lets no user in meanwhile?
 */
static bool belong_together(const struct sync_op *a, const struct sync_op *b)
{
	static const char *const groups[][5] = {
		{ "hosts_allow", "hosts_deny", "", "", "" },
		{ "guest_uid", "guest_gid", "guest_groups", "guest_user", "" },
		{ "force_uid", "force_gid", "force_groups", "force_members", "valid_users" },
	};
	/* The last group counts only where no user was let in meanwhile. */
	size_t n = sizeof(groups) / sizeof(groups[0]) - !(a->actor && b->actor);

	for (size_t g = 0; g < n; g++) {
		bool has_a = false, has_b = false;

		for (size_t i = 0; i < 5; i++) {
			has_a |= is_attr(a, groups[g][i]);
			has_b |= is_attr(b, groups[g][i]);
		}
		if (has_a && has_b)
			return true;
	}
	return false;
}

/* Does the op say which user acts in a share?  For guests belong_together() is enough. */
static bool says_who_acts(const struct sync_op *op)
{
	return is_attr(op, "force_uid") || is_attr(op, "force_gid") ||
	       is_attr(op, "force_groups") || is_attr(op, "force_members");
}

/*
 * An item with half its values is not enabled, and one that could not be made or paused is left
 * alone.  A value that the kernel refuses holds no other value back, unless both have a meaning
 * only together, or the value was to narrow access: then nothing widens access, neither of the
 * share nor of the server (for a share) or any share (for the server).  A share whose acting user
 * could not be changed is not widened either.
 */
static bool holds_back(const struct sync_op *failed, const struct sync_op *op)
{
	bool server = of_server(failed) || of_server(op);

	if (same_item(failed, op))
		return failed->kind != SYNC_WRITE || is_attr(failed, "enable") ||
		       failed->narrows || is_attr(op, "enable") || belong_together(failed, op) ||
		       (says_who_acts(failed) && op->widens);
	if (of_server(failed) && of_server(op) && belong_together(failed, op))
		return true;
	return server && failed->narrows && op->widens;
}

static bool item_holds_back(const struct sync_result *res, uint32_t item, const struct sync_op *op)
{
	for (uint32_t i = res->buckets[bucket_of(item)]; i; i = res->failures[i - 1].earlier)
		if (res->failures[i - 1].item == item && holds_back(res->failures[i - 1].op, op))
			return true;
	return false;
}

/* Items other than the server do not depend on each other. */
static bool must_skip(const struct sync_result *res, const struct sync_op *op)
{
	uint32_t item = item_hash(op);

	if (item)
		return item_holds_back(res, item, op) || item_holds_back(res, 0, op);
	for (size_t i = 0; i < res->nfailed; i++)
		if (res->failures[i].op && holds_back(res->failures[i].op, op))
			return true;
	return false;
}

/*
 * Is the op's item missing in the list of managed items?  It is neither made nor changed, and not
 * narrowed either: later steps that belong to the change wait, so that half of it would stay, on an
 * item that a later run would not find.
 */
static bool is_unnoted(const struct sync_op *op, char **noted)
{
	_cleanup_(talloc_freep) char *item =
		talloc_strndup(NULL, op->path, sync_item_length(op->path));

	return !of_server(op) && op->kind != SYNC_RMDIR &&
	       !(noted && item && sync_managed_has(noted, item));
}

/* May the op keep clients out: does it narrow, or pause or disable its item? */
static bool may_narrow(const struct sync_op *op)
{
	return op->narrows || (is_attr(op, "enable") && !strcmp(op->new_value, "0"));
}

/* The old list, which could not be replaced; empty when it cannot be read either. */
static char **read_noted(TALLOC_CTX *ctx, const char *file)
{
	char **noted;

	return sync_managed_read(ctx, file, &noted) ? talloc_zero_array(ctx, char *, 1) : noted;
}

int sync_apply_fs(const struct sync_plan *plan, const struct sync_fs *fs, void (*alive)(void),
		  struct sync_result *res)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	char **noted;
	/* Narrowing that waits: the server is not widened, as what a share says may rely on that. */
	bool held = false;
	bool saved;
	int first;

	*res = (struct sync_result) { 0 };
	first = save_managed(plan, res, true);
	saved = !first;
	noted = saved ? NULL : read_noted(tmp, plan->managed_file);
	for (size_t i = 0; i < plan->nops; i++) {
		const struct sync_op *op = &plan->ops[i];
		bool unnoted;
		int err;

		unnoted = !saved && is_unnoted(op, noted);
		held |= unnoted && may_narrow(op);
		if (must_skip(res, op) || unnoted || (held && of_server(op) && op->widens)) {
			res->nskipped++;
			add_waiting(res, op);
			continue;
		}
		if (alive)
			alive();
		err = run_op(plan, fs, op);
		if (!err) {
			res->ndone++;
			continue;
		}
		fail_op(res, op, err);
		if (!first)
			first = err;
	}
	if (saved)		/* else the failure is noted already */
		save_managed(plan, res, false);
	return first;
}

int sync_apply(const struct sync_plan *plan, void (*alive)(void), struct sync_result *res)
{
	return sync_apply_fs(plan, &real_fs, alive, res);
}
