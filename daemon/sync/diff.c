// SPDX-License-Identifier: GPL-2.0-or-later
/* Compares what is wanted with what runs: the plan. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/internal.h"
#include "util/dir.h"
#include "util/grow.h"
#include "util/utf.h"

/* A plan in the making. */
struct planner {
	struct sync_plan *plan;
	struct sync_op *ops;
	const char **managed;
	const struct sync_tree *want, *run;
	char **was_managed;
	bool keep_shares, keep_users;
	const char *const *had_shares;
	bool nomem;
};

static void add_op(struct planner *p, enum sync_op_kind kind, const char *path, const char *attr,
		   const char *old_value, const char *new_value)
{
	struct sync_op *ops = array_grow(p->plan, p->ops, struct sync_op, p->plan->nops);
	struct sync_op *op;

	if (!ops) {
		p->nomem = true;
		return;
	}
	p->ops = ops;
	op = &ops[p->plan->nops++];
	*op = (struct sync_op) {
		.kind = kind,
		.path = attr ? talloc_asprintf(p->plan, "%s/%s", path, attr) :
			talloc_strdup(p->plan, path),
		.old_value = old_value ? talloc_strdup(p->plan, old_value) : NULL,
		.new_value = new_value ? talloc_strdup(p->plan, new_value) : NULL,
	};
	if (!op->path || !!op->old_value != !!old_value || !!op->new_value != !!new_value)
		p->nomem = true;
}

static void add_managed(struct planner *p, const char *path)
{
	size_t n = p->plan->nmanaged;
	const char **managed = array_grow(p->plan, p->managed, const char *, n);

	if (managed) {
		p->managed = managed;
		managed[n] = talloc_strdup(p->plan, path);
	}
	if (!managed || !managed[n])
		p->nomem = true;
	else
		p->plan->nmanaged++;
}

static void add_write(struct planner *p, const struct sync_item *want, const char *attr,
		      const char *old_value, struct sync_step step)
{
	size_t n = p->plan->nops;

	if (!step.value) {
		p->nomem = true;
		return;
	}
	add_op(p, SYNC_WRITE, want->path, attr, old_value, step.value);
	if (p->plan->nops == n)
		return;
	p->ops[n].narrows = step.phase == SYNC_NARROWING || step.phase == SYNC_NARROWED;
	p->ops[n].widens = step.phase == SYNC_WIDENING || step.phase == SYNC_WIDENED;
}

/* For an item in use: the phases @from up to but not @to. */
static void change_attrs(struct planner *p, const struct sync_item *want,
			 const struct sync_item *run, enum sync_phase from, enum sync_phase to)
{
	bool actor = sync_actor_changes(want, run);
	size_t first = p->plan->nops;

	for (enum sync_phase phase = from; phase < to; phase++) {
		for (size_t i = 0; i < want->nattrs; i++) {
			const struct sync_attr *a = &want->attrs[i];
			const char *old = sync_item_value(run, a->name);
			struct sync_step s[SYNC_STEPS_MAX];
			size_t n = sync_steps(p->plan, want, run, a, s);

			for (size_t k = 0; k < n; old = s[k++].value)
				if (s[k].phase == phase)
					add_write(p, want, a->name, old, s[k]);
		}
	}
	for (size_t i = first; i < p->plan->nops; i++)
		p->ops[i].actor = actor;
}

/* For an item that is not in use.  @run NULL: it is new and has default values. */
static void set_attrs(struct planner *p, const struct sync_item *want, const struct sync_item *run)
{
	for (size_t i = 0; i < want->nattrs; i++) {
		const struct sync_attr *a = &want->attrs[i];
		const char *old = sync_running_value(run, a);

		if (strcmp(old, a->value))
			add_op(p, SYNC_WRITE, want->path, a->name, run ? old : NULL, a->value);
	}
}

/* Does a change need the item disabled? */
static bool must_pause(const struct sync_item *want, const struct sync_item *run)
{
	for (size_t i = 0; i < want->nattrs; i++) {
		const struct sync_attr *a = &want->attrs[i];
		if (a->param->when_disabled && strcmp(sync_running_value(run, a), a->value))
			return true;
	}
	return false;
}

/* Does the item stay in use while its values change? */
static bool stays_in_use(const struct sync_item *want, const struct sync_item *run)
{
	return run && run->enabled && want->enabled && (want->narrow || !must_pause(want, run));
}

static void diff_item(struct planner *p, const struct sync_item *want)
{
	const struct sync_item *run = sync_tree_find(p->run, want->path);

	if (!want->hold || (run && sync_managed_has(p->was_managed, want->path)))
		add_managed(p, want->path);
	if (want->hold)
		return;
	if (stays_in_use(want, run)) {
		change_attrs(p, want, run, SYNC_NEUTRAL, SYNC_PHASES);
		return;
	}
	if (!run)
		add_op(p, SYNC_MKDIR, want->path, NULL, NULL, NULL);
	set_attrs(p, want, run);
	if (want->enabled)
		add_write(p, want, "enable", run ? "0" : NULL,
			  (struct sync_step) { SYNC_WIDENING, "1" });
}

/* Is an item kept that is not wanted? */
static bool is_kept(const struct planner *p, const char *path)
{
	if (sync_path_in(path, "users"))
		return p->keep_users;
	if (!p->keep_shares || !sync_path_in(path, "shares"))
		return false;
	for (const char *const *name = p->had_shares; name && *name; name++)
		if (!utf8_casecmp(*name, path + strlen("shares/")))
			return false;
	return true;
}

/* Removes managed items that are no longer wanted. */
static void remove_items(struct planner *p, const char *dir)
{
	for (size_t i = 0; i < p->run->n; i++) {
		const struct sync_item *run = &p->run->items[i];

		if (!sync_path_in(run->path, dir) || !sync_managed_has(p->was_managed, run->path) ||
		    sync_tree_find(p->want, run->path))
			continue;
		if (is_kept(p, run->path))
			add_managed(p, run->path);
		else
			add_op(p, SYNC_RMDIR, run->path, NULL, NULL, NULL);
	}
}

/*
 * Narrows access before items are removed, which may take long, and before the server widens
 * access. @turn_off: items that are disabled for a change, or for good; no value is written to such
 * an item before, which the kernel could refuse while it is enabled.
 */
static void narrow_items(struct planner *p, const char *dir, bool turn_off)
{
	for (size_t i = 0; i < p->want->n; i++) {
		const struct sync_item *want = &p->want->items[i];
		const struct sync_item *run = sync_path_in(want->path, dir) ?
					      sync_tree_find(p->run, want->path) : NULL;

		if (want->hold || !run || !run->enabled || stays_in_use(want, run) == turn_off)
			continue;
		if (turn_off)
			add_op(p, SYNC_WRITE, want->path, "enable", "1", "0");
		else
			change_attrs(p, want, run, SYNC_FIRST, SYNC_NEUTRAL);
	}
}

static void diff_dir(struct planner *p, const char *dir)
{
	for (size_t i = 0; i < p->want->n; i++)
		if (sync_path_in(p->want->items[i].path, dir))
			diff_item(p, &p->want->items[i]);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void make_plan(struct planner *p)
{
	static const char *const going[] = { "listeners", "shares", "users" };
	static const char *const coming[] = { "users", "shares", "listeners" };

	const struct sync_item *server = &p->want->items[0], *was = &p->run->items[0];

	change_attrs(p, server, was, SYNC_FIRST, SYNC_WIDENING);
	for (size_t i = 0; i < 3; i++)
		narrow_items(p, going[i], false);
	/* Disabling takes long, too: open files are closed. */
	for (size_t i = 0; i < 3; i++)
		narrow_items(p, going[i], true);
	for (size_t i = 0; i < 3; i++)
		remove_items(p, going[i]);
	for (size_t i = 0; i < 2; i++)
		diff_dir(p, coming[i]);
	change_attrs(p, server, was, SYNC_WIDENING, SYNC_PHASES);
	diff_dir(p, coming[2]);
	if (p->managed)
		qsort(p->managed, p->plan->nmanaged, sizeof(*p->managed), by_text);
	p->plan->ops = p->ops;
	p->plan->managed = p->managed;
}

/*
 * A path that the daemon cannot see is left to the kernel: the unit gives the daemon a /tmp of its
 * own, and no right to look into folders that are not root's.
 */
static int real_directory(const char *path)
{
	struct stat st;

	if (is_in_tmp(path))
		return 0;
	if (stat(path, &st))
		return errno == EACCES ? 0 : -errno;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

static int real_addresses(struct ifaddrs **ret)
{
	return getifaddrs(ret) ? -errno : 0;
}

static const struct sync_env machine = { real_directory, real_addresses, freeifaddrs };

static int plan_trees(struct planner *p, const struct sync_input *in)
{
	struct sync_tree *want = NULL, *run = NULL;
	int err;

	err = sync_tree_read(p->plan, in->root, &run);
	if (!err)
		err = sync_tree_want(p->plan, in, run, p->was_managed, &want);
	if (!err) {
		p->want = want;
		p->run = run;
		make_plan(p);
	}
	talloc_free(run);
	if (!err) {		/* the plan takes over the problems; it owns their texts */
		p->plan->problems = want->problems;
		p->plan->nproblems = want->nproblems;
	}
	return err;
}

static int begin_plan(TALLOC_CTX *ctx, struct planner *p, const char *root, const char *managed_file)
{
	p->plan = talloc_zero(ctx, struct sync_plan);
	if (!p->plan)
		return -ENOMEM;
	p->plan->root = talloc_strdup(p->plan, root);
	p->plan->managed_file = talloc_strdup(p->plan, managed_file);
	if (!p->plan->root || !p->plan->managed_file)
		return -ENOMEM;
	return sync_managed_read(p->plan, managed_file, &p->was_managed);
}

static int end_plan(struct planner *p, int err, struct sync_plan **ret)
{
	if (!err && p->nomem)
		err = -ENOMEM;
	if (err)
		TALLOC_FREE(p->plan);
	*ret = p->plan;
	return err;
}

int sync_plan_for(TALLOC_CTX *ctx, const struct sync_input *input, struct sync_plan **ret)
{
	struct sync_input in = *input;
	struct planner p = {
		.keep_shares = in.keep_shares, .keep_users = in.keep_users, .had_shares = in.had_shares,
	};
	int err;

	*ret = NULL;
	if (in.conf->nfatal)
		return -EINVAL;
	if (!in.env)
		in.env = &machine;
	err = begin_plan(ctx, &p, in.root, in.managed_file);
	if (!err)
		err = plan_trees(&p, &in);
	return end_plan(&p, err, ret);
}

/* ---- accounts alone ---- */

/* An item that is removed is marked with ->hold: it is no longer managed. */
static void shut_account(struct planner *p, struct sync_item *run, enum sync_account is)
{
	run->hold = is == SYNC_GONE && sync_managed_has(p->was_managed, run->path);
	if (run->hold)
		add_op(p, SYNC_RMDIR, run->path, NULL, NULL, NULL);
	else if (is == SYNC_DISABLED && run->enabled)
		add_op(p, SYNC_WRITE, run->path, "enable", "1", "0");
}

static void shut_accounts(struct planner *p, struct sync_tree *run,
			  enum sync_account (*is)(void *priv, const char *name), void *priv)
{
	for (size_t i = 0; i < run->n; i++)
		if (sync_path_in(run->items[i].path, "users"))
			shut_account(p, &run->items[i], is(priv, run->items[i].path + strlen("users/")));
	for (size_t i = 0; p->was_managed[i]; i++) {
		const struct sync_item *item = sync_tree_find(run, p->was_managed[i]);

		if (!item || !item->hold)
			add_managed(p, p->was_managed[i]);
	}
	p->plan->ops = p->ops;
	p->plan->managed = p->managed;
}

int sync_plan_shut(TALLOC_CTX *ctx, const char *root, const char *managed_file,
		   enum sync_account (*is)(void *priv, const char *name), void *priv,
		   struct sync_plan **ret)
{
	struct sync_tree *run = NULL;
	struct planner p = {};
	int err = begin_plan(ctx, &p, root, managed_file);

	if (!err)
		err = sync_tree_read(p.plan, root, &run);
	if (!err)
		shut_accounts(&p, run, is, priv);
	talloc_free(run);
	return end_plan(&p, err, ret);
}

size_t sync_plan_ends(const struct sync_plan *plan, const char *dir)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->nops; i++)
		n += plan->ops[i].kind == SYNC_RMDIR && sync_path_in(plan->ops[i].path, dir);
	return n;
}

int sync_count_ours(const char *root, const char *managed_file, const char *dir, size_t *n)
{
	char **ours = NULL;
	int err = sync_managed_read(NULL, managed_file, &ours);

	*n = 0;
	for (size_t i = 0; !err && ours[i]; i++) {
		char *path;

		if (!sync_path_in(ours[i], dir))
			continue;
		path = talloc_asprintf(ours, "%s/%s", root, ours[i]);
		if (!path)
			err = -ENOMEM;
		*n += path && !access(path, F_OK);
	}
	talloc_free(ours);
	return err;
}

void sync_print(FILE *f, const struct sync_plan *plan)
{
	for (size_t i = 0; i < plan->nops; i++) {
		const struct sync_op *op = &plan->ops[i];

		if (op->kind == SYNC_MKDIR)
			fprintf(f, "+ %s\n", op->path);
		else if (op->kind == SYNC_RMDIR)
			fprintf(f, "- %s\n", op->path);
		else if (op->old_value)
			fprintf(f, "~ %s: \"%s\" -> \"%s\"\n", op->path, op->old_value, op->new_value);
		else
			fprintf(f, "  %s = \"%s\"\n", op->path, op->new_value);
	}
	for (size_t i = 0; i < plan->nproblems; i++)
		fprintf(f, "! %s\n", plan->problems[i].text);
}
