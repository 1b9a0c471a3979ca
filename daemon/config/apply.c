// SPDX-License-Identifier: GPL-2.0-or-later
/* config/apply.c - what is in force, to configfs */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "config/internal.h"
#include "sync/accounts.h"
#include "util/plural.h"

#define ACCOUNTS_MAX	5	/* accounts that are named for one reason */

/* An account without a UNIX account is no error of a file; it is logged once for each change. */
static void report_missing(struct config *c, const struct accounts *acc)
{
	for (size_t i = 0; i < acc->nmissing; i++)
		report_add(c->rep, LOG_WARNING, c->why != CONFIG_RETRY,
			   &(struct log_about){ .user = acc->missing[i] },
			   "account %s has no UNIX account and cannot log on", acc->missing[i]);
}

static void note_result(struct problems *p, const struct sync_result *res)
{
	for (size_t i = 0; i < res->nfailed; i++) {
		const struct sync_failure *f = &res->failures[i];

		if (f->op && f->problem.item && f->problem.text)
			problem_add(p, f->problem.item, "%s", f->problem.text);
		else
			problem_add(p, "managed", "%s", f->text ? f->text : strerror(f->error));
		log_info("%s", f->text ? f->text : "");
	}
	for (size_t i = 0; i < res->nwaiting; i++)
		problem_add(p, res->waiting[i].item, "%s", res->waiting[i].text);
	p->again |= res->nfailed || res->nwaiting;
}

static void report_ends(struct config *c, const struct sync_plan *plan)
{
	size_t shares = sync_plan_ends(plan, "shares"), users = sync_plan_ends(plan, "users");

	if (shares)
		report_add(c->rep, LOG_NOTICE, true, NULL, "%zu share%s no longer served", shares,
			   shares == 1 ? " is" : "s are");
	if (users)
		report_add(c->rep, LOG_NOTICE, true, NULL, "%zu account%s removed", users,
			   users == 1 ? " is" : "s are");
}

static bool of_account(const struct sync_problem *problem)
{
	return !strncmp(problem->item, "users/", 6);
}

/* Problems of the plan itself; many accounts with the same one share a line. */
static void note_plan(struct problems *p, const struct sync_plan *plan)
{
	const char *first = NULL;
	size_t naccounts = 0;

	for (size_t i = 0; i < plan->nproblems; i++) {
		if (!of_account(&plan->problems[i]))
			continue;
		if (!first)
			first = plan->problems[i].item + 6;
		naccounts++;
	}
	if (naccounts > ACCOUNTS_MAX)
		problem_add(p, "users", "accounts: %s and %zu more cannot be looked up now: they keep what they have, or wait",
			    first, naccounts - 1);
	for (size_t i = 0; i < plan->nproblems; i++)
		if (naccounts <= ACCOUNTS_MAX || !of_account(&plan->problems[i]))
			problem_add(p, plan->problems[i].item, "%s", plan->problems[i].text);
	p->again |= plan->nproblems;
}

/* @p NULL: failures are not noted; the run tries them again before it ends. */
static int take_steps(struct config *c, const struct sync_plan *plan, struct problems *p)
{
	struct sync_result res = {};
	int r;

	report_ends(c, plan);
	r = c->a.fs ? sync_apply_fs(plan, c->a.fs, c->a.alive, &res) :
		      sync_apply(plan, c->a.alive, &res);
	if (p)
		note_result(p, &res);
	if (res.ndone || res.nfailed)
		log_info("configuration synchronised: %zu changes made, %zu failed, %zu skipped",
			 res.ndone, res.nfailed, res.nskipped);
	sync_result_done(&res);
	return r;
}

/*
 * Remembers the shares that configurations of this daemon had, while a file is missing: such a
 * share stood in another file, and ends when it is no longer wanted.  Other running shares may
 * stand in the missing one.
 */
static void note_shares(struct config *c)
{
	struct missing m;
	bool ok = config_missing(c, c->conf, false, &m);

	if (!ok)
		TALLOC_FREE(c->had_shares);
	for (size_t i = 0; ok && i < c->conf->nshares; i++)
		ok = config_add_path(c, &c->had_shares, c->conf->shares[i]->name);
}

/* Keeps running shares that may stand in a file that is missing. */
static int keep_shares(struct config *c, struct sync_input *in, struct sync_plan **plan,
		       struct problems *p)
{
	size_t ends = sync_plan_ends(*plan, "shares"), n;
	TALLOC_CTX *ctx = talloc_parent(*plan);
	struct missing m;
	const char *file;
	int r;

	if (!ends || !config_missing(c, c->conf, false, &m))
		return 0;
	in->keep_shares = true;
	r = sync_plan_for(ctx, in, plan);
	n = r < 0 ? 0 : ends - sync_plan_ends(*plan, "shares");
	if (!n)
		return r;
	file = c->conf->files[m.file];
	problem_add(p, file, "%s is %s, and %zu share%s that run%s %s in no file: %s; \"cifsadmin reload\" ends %s",
		    file, config_file_is(c->conf->absent[m.file]), n, plural(n), verb(n), n == 1 ? "is" : "are", n == 1 ? "it stays" : "they stay",
		    n == 1 ? "it" : "them");
	return 0;
}

static int make_plan(struct config *c, TALLOC_CTX *ctx, struct problems *p, struct sync_plan **plan)
{
	struct accounts *acc = accounts_resolve_with(ctx, c->passdb, names_cache_identity,
						     c->cache);
	struct sync_input in = {
		.root = c->a.configfs, .managed_file = c->a.managed, .conf = c->conf,
		.away = &c->away, .keep_users = c->keep_users,
		.had_shares = (const char *const *)c->had_shares,
	};
	int r = sd_event_now(c->a.event, CLOCK_MONOTONIC, &in.now);

	if (r < 0)
		return r;
	if (!acc)
		return -ENOMEM;
	report_missing(c, acc);
	in.users = acc->users;
	in.nusers = acc->nusers;
	r = sync_plan_for(ctx, &in, plan);
	return r < 0 ? r : keep_shares(c, &in, plan, p);
}

static enum sync_account account_is(void *priv, const char *name)
{
	const struct passdb_entry *e = passdb_find(priv, name);

	if (!e)
		return SYNC_GONE;
	return e->disabled ? SYNC_DISABLED : SYNC_ENABLED;
}

void config_apply_shut(struct config *c)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	struct sync_plan *plan;

	if (c->module && tmp && !sync_plan_shut(tmp, c->a.configfs, c->a.managed, account_is,
						c->passdb, &plan))
		take_steps(c, plan, NULL);
}

int config_apply(struct config *c, struct problems *p)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	struct sync_plan *plan;
	int r;

	c->stale = true;
	note_shares(c);
	/* What an absent module, or that of another release, serves is left as it is. */
	if (!c->module)
		return 0;
	r = tmp ? make_plan(c, tmp, p, &plan) : -ENOMEM;
	c->stale = r < 0;
	if (r == 0) {
		note_plan(p, plan);
		return take_steps(c, plan, p);
	}
	p->again = true;
	if (r == -ENOENT)
		problem_add(p, "configfs",
			    "%s is not there: is the module cifssrv loaded, and configfs mounted?",
			    c->a.configfs);
	else
		problem_add(p, "configfs", "%s, or the list %s of what is made there, cannot be read: %s",
			    c->a.configfs, c->a.managed, strerror(-r));
	return r;
}
