// SPDX-License-Identifier: GPL-2.0-or-later
/* config/guard.c - what was read, judged: what of it must not take the place of what runs */
#include <unistd.h>

#include "config/internal.h"
#include "util/plural.h"

#define STAYS	"the configuration that was read before stays, and no change of it is applied meanwhile"

/*
 * A file that said something, is still to be read, and says nothing: its place in @is->files, or
 * -1.  A disk that is full leaves such, and a program that writes a file anew.
 */
static ssize_t lost_file(const struct conf *was, const struct conf *is)
{
	for (size_t i = 0; was && i < is->nfiles; i++)
		for (size_t k = 0; !is->lines[i] && k < was->nfiles; k++)
			if (was->lines[k] && !strcmp(was->files[k], is->files[i]))
				return (ssize_t)i;
	return -1;
}

/* At the start it is remembered that a file said something, but not what. */
ssize_t config_silent_file(const struct config *c, const struct conf *is)
{
	for (size_t i = 0; i < is->nfiles; i++)
		if (!is->lines[i] && config_knows(c, is->files[i]))
			return (ssize_t)i;
	return -1;
}

static bool had_shares(const struct conf *was, const char *file)
{
	for (size_t i = 0; i < was->nshares; i++)
		if (!strcmp(was->shares[i]->file, file))
			return true;
	return false;
}

const char *config_file_is(bool absent)
{
	return absent ? "not there" : "empty";
}

/*
 * How many of @dir run, or did: what an earlier daemon made counts, too.  Where that cannot be read,
 * one at least.
 */
static size_t running(const struct config *c, const char *dir, size_t in_force)
{
	size_t n;

	if (sync_count_ours(c->a.configfs, c->a.managed, dir, &n) && !n)
		n = 1;
	return n > in_force ? n : in_force;
}

static size_t running_shares(const struct config *c)
{
	return running(c, "shares", c->conf ? c->conf->nshares : 0);
}

static size_t running_users(const struct config *c)
{
	return running(c, "users", c->passdb ? c->passdb->n : 0);
}

static void guard_file(struct config *c, struct fresh *f, size_t lost, struct problems *p)
{
	const char *file = f->conf->files[lost];
	bool shares = had_shares(c->conf, file);

	problem_add(p, file, "%s is %s and had %s: " STAYS "; \"cifsadmin reload\" ends %s",
		    file, config_file_is(f->conf->absent[lost]), shares ? "shares" : "parameters",
		    shares ? "the shares" : "it");
	c->keep_shares = true;
	f->conf = NULL;
}

/*
 * That there is none is meant until the files have some again, or none runs any more: what is tried
 * again, or waits for the module, is still that edit.
 */
static void note_meant(bool *meant, bool says_so, size_t nfiles, size_t nrun)
{
	*meant = !nfiles && nrun && (*meant || says_so);
}

/* A file that said something, and that the configuration does not name any more; NULL: none. */
static const char *unnamed_file(const struct config *c, const struct conf *is)
{
	const char *map = conf_get_str(is, NULL, "username_map");

	for (size_t k = 0; c->known && c->known[k]; k++) {
		bool named = !strcmp(map, c->known[k]);

		for (size_t i = 0; !named && i < is->nfiles; i++)
			named = !strcmp(is->files[i], c->known[k]);
		if (!named)
			return c->known[k];
	}
	return NULL;
}

/* After the machine's start no share runs, but what smb.conf named is remembered. */
static void guard_first(struct config *c, struct fresh *f, struct problems *p)
{
	const char *file = c->conf || c->why & CONFIG_EDIT ? NULL : unnamed_file(c, f->conf);

	if (!file)
		return;
	problem_add(p, c->a.config, "%s has no share, and does not name %s, which said something before: nothing is served anew before it does; \"cifsadmin reload\" goes on without it",
		    c->a.config, file);
	p->again = true;
	f->conf = NULL;
}

static void guard_shares(struct config *c, struct fresh *f, struct problems *p)
{
	ssize_t lost = lost_file(c->conf, f->conf);
	size_t n;

	if (lost >= 0) {
		guard_file(c, f, (size_t)lost, p);
		return;
	}
	if (f->conf->nshares || c->no_shares_meant)
		return;
	n = running_shares(c);
	if (!n) {
		guard_first(c, f, p);
		return;
	}
	problem_add(p, c->a.config, "%s has no share: the %zu share%s that run%s stay%s%s; \"cifsadmin reload\" ends %s",
		    c->a.config, n, plural(n), verb(n), verb(n),
		    c->conf ? "" : ", and nothing is served anew before it has one",
		    n == 1 ? "it" : "them");
	c->keep_shares = true;
	/* A daemon that starts has no configuration to go on with, and waits for it. */
	p->again |= !c->conf;
	if (!c->conf || c->conf->nshares)
		f->conf = NULL;
}

/* What [global] includes, lacks, and had; -1: nothing. */
static ssize_t newly_lacking(const struct config *c, const struct conf *is)
{
	for (size_t i = 0; i < is->nfiles; i++)
		if (is->lacks[i] && config_knows(c, is->files[i]))
			return (ssize_t)i;
	return -1;
}

/* A username map that has no bytes, and had some; NULL: it has, or there is none. */
static const char *lost_map(const struct config *c, const struct fresh *f)
{
	const char *path = conf_get_str(f->conf, NULL, "username_map");

	return *path && !usermap_text(f->usermap).len && config_knows(c, path) ? path : NULL;
}

/*
 * Who may do what in all shares, and who may connect at all, may stand in a file that [global]
 * includes, and who somebody is in a username map: without it the server would be open to more than
 * it was meant for.
 */
static void guard_global(struct config *c, struct fresh *f, struct problems *p)
{
	ssize_t lacks = newly_lacking(c, f->conf);
	const char *file = lacks < 0 ? lost_map(c, f) : f->conf->files[lacks];

	if (!file)
		return;
	problem_add(p, file, "%s, which [global] names, is %s, and said something before: %s; \"cifsadmin reload\" goes on without it",
		    file, config_file_is(lacks < 0 ? f->usermap_absent : f->conf->absent[lacks]),
		    c->conf ? STAYS :
		    "nothing is served anew before it says something, or has a comment at least");
	/* A daemon that starts waits for it. */
	p->again |= !c->conf;
	f->conf = NULL;
}

static void guard_accounts(struct config *c, struct fresh *f, struct problems *p)
{
	bool missing = access(c->a.passdb, F_OK);
	size_t n = f->passdb->n ? 0 : running_users(c);

	note_meant(&c->no_users_meant, c->why & (CONFIG_ACCOUNTS | CONFIG_ORDER) && !missing,
		   f->passdb->n, n);
	if (!n || (c->no_users_meant && !missing))
		return;
	problem_add(p, c->a.passdb, "%s %s: the %zu account%s stay%s%s", c->a.passdb,
		    missing ? "is not there" : "has no account", n, plural(n), verb(n),
		    missing ? "" : n == 1 ? "; \"cifsadmin reload\" ends it" :
		    "; \"cifsadmin reload\" ends them");
	c->keep_users = true;
	if (c->passdb && c->passdb->n)
		f->passdb = NULL;
}

/* The first thing that is wrong, for who has not seen the messages. */
static void say_errors(const struct config *c, const struct fresh *f, struct problems *p)
{
	const char *then = c->conf ? "the configuration that was read before stays" :
				     "nothing is served anew before that is mended";

	for (size_t i = 0; f->conf && i < f->conf->nerrors; i++) {
		const struct conf_error *e = &f->conf->errors[i];

		if (e->warning)
			continue;
		problem_add(p, c->a.config, "%s:%u: %s; %s", e->file, e->line, e->text,
			    then);
		return;
	}
	if (!f->conf)
		problem_add(p, c->a.config, "%s cannot be read; %s", c->a.config, then);
	else if (f->usermap_bad)
		problem_add(p, c->a.config, "the username map has errors; %s", then);
}

/* An earlier daemon may have had shares of a file that says nothing now; until it does, or an order. */
static void guard_start(struct config *c, const struct conf *conf)
{
	bool silent = !(c->why & CONFIG_ORDER) && config_silent_file(c, conf) >= 0;

	if (!c->conf || !silent)
		c->silent = silent;
}

static void guard_conf(struct config *c, struct fresh *f, struct problems *p)
{
	if (!f->conf || f->conf->nfatal || f->usermap_bad) {
		if (c->conf || c->waiting)
			say_errors(c, f, p);
		f->conf = NULL;
		p->told = p->n;
		return;
	}
	guard_start(c, f->conf);
	note_meant(&c->no_shares_meant, c->why & (CONFIG_EDIT | CONFIG_ORDER), f->conf->nshares,
		   f->conf->nshares ? 0 : running_shares(c));
	if (c->why & CONFIG_ORDER)
		return;
	guard_shares(c, f, p);
	if (f->conf)
		guard_global(c, f, p);
}

/* The messages about the file do not say this. */
static void say_bad_accounts(const struct config *c, struct problems *p)
{
	if (c->passdb || c->waiting)
		problem_add(p, c->a.passdb, "%s has errors; %s", c->a.passdb, c->passdb ?
			    "the accounts that were read before stay" :
			    "nothing is served anew before that is mended");
}

void config_guard(struct config *c, struct fresh *f, struct problems *p)
{
	c->keep_shares = false;
	c->keep_users = false;
	p->again |= f->doubt;
	config_remember_again(c, p);
	guard_conf(c, f, p);
	/*
	 * Neither waits for the other: a password that is no longer to count, and a right that is
	 * taken away.  Without any accounts so far there is nothing to go by.
	 */
	if (f->passdb)
		guard_accounts(c, f, p);
	else
		say_bad_accounts(c, p);
	if (!f->passdb && !c->passdb)
		f->conf = NULL;
}
