// SPDX-License-Identifier: GPL-2.0-or-later
/* Wanted against running: the plan. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sync/internal.h"

/* A plan in the making. */
struct planner {
	struct sync_plan *plan;
	struct sync_op *ops;
	const char **managed;
	const struct sync_tree *want, *run;
	char **was_managed;
	bool nomem;
};

static void add(struct planner *p, enum sync_op_kind kind, const char *path, const char *attr,
		const char *old_value, const char *new_value)
{
	struct sync_op *ops = talloc_realloc(p->plan, p->ops, struct sync_op, p->plan->nops + 1);
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

static void manage(struct planner *p, const char *path)
{
	size_t n = p->plan->nmanaged;
	const char **managed = talloc_realloc(p->plan, p->managed, const char *, n + 1);

	if (managed) {
		p->managed = managed;
		managed[n] = talloc_strdup(p->plan, path);
	}
	if (!managed || !managed[n])
		p->nomem = true;
	else
		p->plan->nmanaged++;
}

/*
 * A share in use changes one attribute at a time. What narrows access goes first
 * and what widens it last, so that no mixture of old and new lets in somebody
 * whom both keep out: of the server and the shares together, since some of what is
 * said of one may be said of the other. While "guest only" is in force its guest is
 * known: the ids come before it, and go after it.
 */
enum phase { GUEST_KNOWN, NARROWING, NEUTRAL, WIDENING, GUEST_UNKNOWN, NPHASES };

static bool guest_known(const struct sync_item *want)
{
	const struct conf_table *t = &conf_share_table;
	const char *uid = sync_item_value(want, "guest_uid");

	return uid && strcmp(uid, t->params[conf_table_attr(t, "guest_uid")].def);
}

static enum phase phase_of(const struct sync_item *want, const struct sync_attr *a)
{
	const char *attr = a->name, *new_value = a->value;
	static const struct {
		const char *attr;
		const char *open;	/* the value that lets most in; NULL: anything but "" */
	} rows[] = {
		{ "guest_ok", "1" }, { "read_only", "0" }, { "guest_only", "0" },
		{ "wide_links", "1" }, { "restrict_anonymous", "0" }, { "valid_users", "" },
		{ "invalid_users", "" }, { "read_list", "" }, { "hosts_allow", "" },
		{ "hosts_deny", "" }, { "veto_files", "" }, { "hide_unreadable", "0" },
		{ "write_list", NULL }, { "admin_users", NULL },
	};

	if (!strcmp(attr, "guest_uid") || !strcmp(attr, "guest_gid") || !strcmp(attr, "guest_user"))
		return guest_known(want) ? GUEST_KNOWN : GUEST_UNKNOWN;
	/* All but "required" may be less than what was there. */
	if (!strcmp(attr, "encryption"))
		return strcmp(new_value, "required") ? WIDENING : NARROWING;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].attr, attr))
			continue;
		if (rows[i].open)
			return strcmp(rows[i].open, new_value) ? NARROWING : WIDENING;
		return *new_value ? WIDENING : NARROWING;
	}
	return NEUTRAL;
}

static int protocol_rank(const char *value)
{
	const struct conf_param *p =
		&conf_server_table.params[conf_table_attr(&conf_server_table, "max_protocol")];

	for (int i = 0; value && p->values[i]; i++)
		if (!strcmp(p->values[i], value))
			return i;
	return -1;
}

/*
 * The server refuses a lowest dialect above the highest at any moment. When the
 * highest goes up it must go first, when it goes down, last.
 */
static enum phase protocol_phase(const char *attr, const struct sync_item *run,
				 const struct sync_item *want)
{
	bool up = protocol_rank(sync_item_value(want, "max_protocol")) >=
		protocol_rank(sync_item_value(run, "max_protocol"));

	return !strcmp(attr, "max_protocol") == up ? NARROWING : WIDENING;
}

static bool is_protocol(const char *attr)
{
	return !strcmp(attr, "min_protocol") || !strcmp(attr, "max_protocol");
}

/*
 * Writes what differs, of the phases @from up to but not @to. @run NULL: the item is new and has
 * default values.
 */
static void diff_attrs(struct planner *p, const struct sync_item *want, const struct sync_item *run,
		       enum phase from, enum phase to)
{
	for (enum phase phase = from; phase < to; phase++) {
		for (size_t i = 0; i < want->nattrs; i++) {
			const struct sync_attr *a = &want->attrs[i];
			const char *old = run ? sync_item_value(run, a->name) : a->param->def;
			enum phase when = phase_of(want, a);

			if (run && is_protocol(a->name))
				when = protocol_phase(a->name, run, want);
			if (when == phase && (!old || strcmp(old, a->value)))
				add(p, SYNC_WRITE, want->path, a->name, run ? old : NULL, a->value);
		}
	}
}

/* Is there a change that the item takes only while it is disabled? */
static bool must_pause(const struct sync_item *want, const struct sync_item *run)
{
	for (size_t i = 0; i < want->nattrs; i++) {
		const struct sync_attr *a = &want->attrs[i];
		const char *old = sync_item_value(run, a->name);

		if (a->param->when_disabled && (!old || strcmp(old, a->value)))
			return true;
	}
	return false;
}

static void diff_item(struct planner *p, const struct sync_item *want)
{
	const struct sync_item *run = sync_tree_find(p->run, want->path);
	bool enabled = run && run->enabled;

	manage(p, want->path);
	if (!run)
		add(p, SYNC_MKDIR, want->path, NULL, NULL, NULL);
	if (enabled && (!want->enabled || must_pause(want, run))) {
		add(p, SYNC_WRITE, want->path, "enable", "1", "0");
		enabled = false;
	}
	/* narrow() has written the first of what is in use. */
	diff_attrs(p, want, run, run && run->enabled ? NEUTRAL : GUEST_KNOWN, NPHASES);
	if (want->enabled && !enabled)
		add(p, SYNC_WRITE, want->path, "enable", run ? "0" : NULL, "1");
}

static bool in_dir(const struct sync_item *item, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(item->path, dir, len) && item->path[len] == '/';
}

/* Ours, running, and no longer wanted. Listeners go first: nobody comes in meanwhile. */
static void remove_items(struct planner *p, const char *dir)
{
	for (size_t i = 0; i < p->run->n; i++) {
		const struct sync_item *run = &p->run->items[i];

		if (in_dir(run, dir) && sync_managed_has(p->was_managed, run->path) &&
		    !sync_tree_find(p->want, run->path))
			add(p, SYNC_RMDIR, run->path, NULL, NULL, NULL);
	}
}

/* Before anything is removed, which may take its time, and before the server lets more in. */
static void narrow(struct planner *p, const char *dir)
{
	for (size_t i = 0; i < p->want->n; i++) {
		const struct sync_item *want = &p->want->items[i];
		const struct sync_item *run = in_dir(want, dir) ?
					      sync_tree_find(p->run, want->path) : NULL;

		if (run && run->enabled)
			diff_attrs(p, want, run, GUEST_KNOWN, NEUTRAL);
	}
}

static void diff_dir(struct planner *p, const char *dir)
{
	for (size_t i = 0; i < p->want->n; i++)
		if (in_dir(&p->want->items[i], dir))
			diff_item(p, &p->want->items[i]);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void make(struct planner *p)
{
	static const char *const going[] = { "listeners", "shares", "users" };
	static const char *const coming[] = { "users", "shares", "listeners" };

	const struct sync_item *server = &p->want->items[0], *was = &p->run->items[0];

	diff_attrs(p, server, was, GUEST_KNOWN, WIDENING);
	for (size_t i = 0; i < 3; i++)
		narrow(p, going[i]);
	for (size_t i = 0; i < 3; i++)
		remove_items(p, going[i]);
	for (size_t i = 0; i < 2; i++)
		diff_dir(p, coming[i]);
	diff_attrs(p, server, was, WIDENING, NPHASES);
	diff_dir(p, coming[2]);
	if (p->managed)
		qsort(p->managed, p->plan->nmanaged, sizeof(*p->managed), by_text);
	p->plan->ops = p->ops;
	p->plan->managed = p->managed;
}

int sync_plan(TALLOC_CTX *ctx, const char *root, const char *managed_file,
	      const struct conf *conf, const struct sync_user *users, size_t nusers,
	      struct sync_plan **ret)
{
	struct planner p = { .plan = talloc_zero(ctx, struct sync_plan) };
	struct sync_tree *want = NULL, *run = NULL;
	int err;

	*ret = NULL;
	if (conf->nfatal) {
		talloc_free(p.plan);
		return -EINVAL;
	}
	if (!p.plan)
		return -ENOMEM;
	p.plan->root = talloc_strdup(p.plan, root);
	p.plan->managed_file = talloc_strdup(p.plan, managed_file);
	p.was_managed = sync_managed_read(p.plan, managed_file);
	err = p.plan->root && p.plan->managed_file && p.was_managed ? 0 : -ENOMEM;
	if (!err)
		err = sync_tree_want(p.plan, conf, users, nusers, &want);
	if (!err)
		err = sync_tree_read(p.plan, root, &run);
	if (!err) {
		p.want = want;
		p.run = run;
		make(&p);
		err = p.nomem ? -ENOMEM : 0;
	}
	talloc_free(want);
	talloc_free(run);
	if (err)
		TALLOC_FREE(p.plan);
	*ret = p.plan;
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
}
