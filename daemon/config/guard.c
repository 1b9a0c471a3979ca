// SPDX-License-Identifier: GPL-2.0-or-later
/* config/guard.c - keeps out of force what would take away what runs, by accident */
#include <unistd.h>

#include "config/internal.h"
#include "util/file.h"
#include "util/plural.h"

#define NO_SHARES	"no shares"	/* items of problems */
#define NO_ACCOUNTS	"no accounts"
#define STAYS	"the configuration that was read before stays, and no change of it is applied meanwhile"

/*
 * Finds a file that had content in the configuration in force, is still to be read, and has none
 * now: a full disk leaves such a file, and a program that is rewriting it.
 */
static bool lost_file(const struct config *c, const struct conf *is, struct missing *ret)
{
	const struct conf *was = c->conf;

	for (size_t k = 0; was && k < was->nfiles; k++) {
		ssize_t at = was->lines[k] ?
			     config_in_place_of(c, is, was->files[k], was->words[k], false) : -1;

		if (at < 0)
			continue;
		*ret = (struct missing){ (size_t)at, was->files[k] };
		return true;
	}
	return false;
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
 * Items of @dir that are in force or run; those that an earlier daemon made count.  At least one
 * where their number cannot be read.
 */
static size_t count_running(const struct config *c, const char *dir, size_t in_force)
{
	size_t n;

	if (sync_count_ours(c->a.configfs, c->a.managed, dir, &n) && !n)
		n = 1;
	return n > in_force ? n : in_force;
}

static size_t running_shares(const struct config *c)
{
	return count_running(c, "shares", c->conf ? c->conf->nshares : 0);
}

static size_t running_users(const struct config *c)
{
	return count_running(c, "users", c->passdb ? c->passdb->n : 0);
}

/* @and, or ", and FILE, in whose place it is," where another file had the content. */
static const char *in_place(struct problems *p, const char *file, const char *was, const char *and)
{
	const char *text = strcmp(file, was) ?
			   talloc_asprintf(p, ", and %s, in whose place it is,", was) : NULL;

	return text ? text : and;
}

/* Notes the last problem as the doubt about smb.conf. */
static void note_lost(const struct config *c, struct problems *p, const char *file)
{
	if (p->n && !strcmp(file, c->a.config))
		p->lost_shares = p->text[p->n - 1];
}

static void guard_lost(struct config *c, struct loaded *f, struct problems *p)
{
	struct missing m;
	const char *file;
	bool shares;

	if (!lost_file(c, f->conf, &m))
		return;
	file = f->conf->files[m.file];
	shares = had_shares(c->conf, m.was);
	problem_add(p, file, "%s is %s%s had %s: " STAYS "; \"cifsadmin reload\" ends %s",
		    file, config_file_is(f->conf->absent[m.file]), in_place(p, file, m.was, " and"),
		    shares ? "shares" : "parameters", shares ? "the shares" : "it");
	note_lost(c, p, file);
	f->conf = NULL;
}

/*
 * No shares, or no accounts, are meant when cifsadmin removed the last one, until the files have
 * some again: a retry, or a wait for the module, does not end that.
 */
static void note_meant(struct config *c, const struct loaded *f)
{
	if (c->meant & CONFIG_NO_SHARES)
		config_note_meant(c, &c->no_shares, true);
	if (f->conf && !f->conf->nfatal && f->conf->nshares)
		config_note_meant(c, &c->no_shares, false);
	if (c->meant & CONFIG_NO_ACCOUNTS || config_confirms_no_accounts(c))
		config_note_meant(c, &c->no_users, true);
	if (f->passdb && f->passdb->n)
		config_note_meant(c, &c->no_users, false);
}

/*
 * Keeps a configuration without shares out while shares run, are in force, or were last in force.
 */
static void guard_shares(struct config *c, struct loaded *f, struct problems *p)
{
	size_t n;

	if (f->conf->nshares || c->no_shares || config_confirms_no_shares(c))
		return;
	n = running_shares(c);
	if (n)
		problem_add(p, NO_SHARES, "%s has no share: the %zu share%s that run%s stay%s%s; \"cifsadmin reload\" ends %s",
			    c->a.config, n, plural(n), verb(n), verb(n),
			    c->conf ? "" : ", and nothing is served anew before it has one",
			    n == 1 ? "it" : "them");
	else if (!c->conf && config_knows_shares(c))
		problem_add(p, NO_SHARES, "%s has no share, and nothing says that this is meant: nothing is served anew before it has one; \"cifsadmin reload\" goes on without any",
			    c->a.config);
	else
		return;
	note_lost(c, p, c->a.config);
	/* A daemon that starts has no configuration to keep, and waits for this one. */
	p->again |= !c->conf;
	f->conf = NULL;
}

/*
 * A missing file may have begun any section, wherever its include stands, and a username map
 * decides which account a user gets: without it the server could allow more than was meant.
 */
static void guard_missing(struct config *c, struct loaded *f, struct problems *p)
{
	const char *map = conf_get_str(f->conf, NULL, "username_map"), *was, *file;
	struct missing m = {};
	bool absent;

	if (config_missing(c, f->conf, true, &m)) {
		file = f->conf->files[m.file];
		was = m.was;
		absent = f->conf->absent[m.file];
	} else {
		file = map;
		was = *map && !usermap_text(f->usermap).len && !is_null_device(map) ?
		      config_known_map(c, map) : NULL;
		absent = f->usermap_absent;
	}
	if (!was)
		return;
	problem_add(p, file, "%s%s is %s%s said something before: %s; \"cifsadmin reload\" goes on without it",
		    file, strcmp(file, c->a.config) ? ", which the configuration names," : "",
		    config_file_is(absent), in_place(p, file, was, ", and"), c->conf ? STAYS :
		    "nothing is served anew before it says something, or has a comment at least");
	note_lost(c, p, file);
	/* A daemon that starts waits for the file. */
	p->again |= !c->conf;
	f->conf = NULL;
}

static void guard_accounts(struct config *c, struct loaded *f, struct problems *p)
{
	bool missing = access(c->a.passdb, F_OK);
	size_t n = f->passdb->n ? 0 : running_users(c);

	if (!n || (c->no_users && !missing))
		return;
	problem_add(p, NO_ACCOUNTS, "%s %s: the %zu account%s stay%s%s", c->a.passdb,
		    missing ? "is not there" : "has no account", n, plural(n), verb(n),
		    missing ? "" : n == 1 ? "; \"cifsadmin reload\" ends it" :
		    "; \"cifsadmin reload\" ends them");
	p->lost_accounts = p->n ? p->text[p->n - 1] : NULL;
	c->keep_users = true;
	if (c->passdb && c->passdb->n)
		f->passdb = NULL;
}

/* Shows the first error in "status", for readers who have not seen the messages. */
static void say_errors(const struct config *c, const struct loaded *f, struct problems *p)
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

static void guard_conf(struct config *c, struct loaded *f, struct problems *p)
{
	if (!f->conf || f->conf->nfatal || f->usermap_bad) {
		if (c->conf || c->waiting)
			say_errors(c, f, p);
		p->shares_unread = f->doubt;
		f->conf = NULL;
		p->nreported = p->n;
		return;
	}
	guard_lost(c, f, p);
	if (f->conf)
		guard_shares(c, f, p);
	if (f->conf)
		guard_missing(c, f, p);
}

/* The messages about the file do not say what stays. */
static void say_bad_accounts(const struct config *c, struct problems *p)
{
	if (c->passdb || c->waiting)
		problem_add(p, c->a.passdb, "%s has errors; %s", c->a.passdb, c->passdb ?
			    "the accounts that were read before stay" :
			    "nothing is served anew before that is mended");
}

void config_guard(struct config *c, struct loaded *f, struct problems *p)
{
	c->keep_users = false;
	p->again |= f->doubt || f->accounts_doubt;
	config_remember_again(c);
	config_end_confirmed(c, f);
	note_meant(c, f);
	guard_conf(c, f, p);
	/*
	 * Accounts and configuration do not wait for each other: one may take away a password, the
	 * other a right.  Without any accounts nothing is put in force.
	 */
	p->accounts_unread = !f->passdb && f->accounts_doubt;
	if (f->passdb)
		guard_accounts(c, f, p);
	else
		say_bad_accounts(c, p);
	if (!f->passdb && !c->passdb)
		f->conf = NULL;
}
