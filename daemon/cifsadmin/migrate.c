// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/migrate.c - migrate: imports configuration and accounts of a Samba installation */
#include "migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../util/file.h"
#include "account.h"
#include "commit.h"

#define SAMBA_CONFIG	"/etc/samba/smb.conf"

#define NEW_MODE	0644		/* and no more than the files that were read */

/* A migration in progress. */
struct moving {
	const struct admin *a;		/* with the paths of the new files */
	const char *target;		/* a->config, with links followed */
	bool there;			/* the target exists, */
	struct stat was;		/* and had this status when it was locked */
	const char *from;
	const char *accounts;		/* file, "-", or NULL: ask pdbedit */
	bool force;
	struct migration *m;
	struct import imp;
};

/* --- accounts ------------------------------------------------------------------------ */

/* As of env(1). */
enum { NOT_RUN = 126, NOT_FOUND = 127 };

static const char *why_no_pdbedit(TALLOC_CTX *ctx, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
		return "pdbedit is not installed";
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_RUN)
		return "pdbedit cannot be run";
	if (WIFEXITED(status))
		return talloc_asprintf(ctx, "pdbedit has failed, with exit status %d",
				       WEXITSTATUS(status));
	return "pdbedit has been killed";
}

/* What pdbedit prints; NULL with the reason in @why when it cannot be run, or fails. */
static char *ask_pdbedit(const struct moving *mv, const char **why)
{
	char *text = NULL;
	int pipe_fd[2], status;
	pid_t pid;

	*why = "pdbedit cannot be run";
	if (pipe2(pipe_fd, O_CLOEXEC) < 0)
		return NULL;
	pid = fork();
	if (!pid) {
		dup2(pipe_fd[1], STDOUT_FILENO);
		execlp("pdbedit", "pdbedit", "-L", "-w", "-s", mv->from, (char *)NULL);
		_exit(errno == ENOENT ? NOT_FOUND : NOT_RUN);
	}
	close(pipe_fd[1]);
	if (pid > 0)
		text = account_slurp(mv->a->ctx, pipe_fd[0], 16 << 20);
	/* pdbedit ends by SIGPIPE when it has more to say */
	close(pipe_fd[0]);
	if (pid > 0 && waitpid(pid, &status, 0) == pid && status) {
		*why = why_no_pdbedit(mv->a->ctx, status);
		TALLOC_FREE(text);
	} else if (!text) {
		*why = "what pdbedit says cannot be read";
	}
	return text;
}

static int import(struct moving *mv, char *text)
{
	int r;

	say("Accounts in %s:", mv->a->passdb);
	r = account_import(mv->a, text, &mv->imp);
	if (r)
		return r;
	say("%zu imported, %zu skipped", mv->imp.added, mv->imp.skipped);
	say("When an account ends, its logon hours and its workstations are not in this list, and\n"
	    "are not obeyed here: pdbedit -Lv shows them.  cifsadmin user disable keeps an account out.");
	return EXIT_OK;
}

static int move_accounts(struct moving *mv)
{
	const char *why = "only root may read Samba's";
	char *text;

	mv->imp.source = mv->accounts ? mv->accounts : "pdbedit -Lw";
	if (mv->accounts) {
		text = account_read(mv->a, mv->accounts);
		return text ? import(mv, text) : EXIT_FAILED;
	}
	text = geteuid() == 0 ? ask_pdbedit(mv, &why) : NULL;
	if (text)
		return import(mv, text);
	say("No accounts were taken: %s.  cifsadmin user import takes them from a file, or\n"
	    "cifsadmin user add makes them.", why ? why : "out of memory");
	return EXIT_OK;
}

/* --- files ----------------------------------------------------------------------------- */

/*
 * Copies a file to a name beside it that does not exist: a program may still write to the original.
 */
static int keep_copy(const struct admin *a, const char *called)
{
	char path[PATH_MAX], *name;

	if (!realpath(called, path))
		return errno == ENOENT ? EXIT_OK :
			complain("%s cannot be kept: %s", called, strerror(errno));
	name = talloc_asprintf(a->ctx, "%s.before-migrate", path);
	for (int i = 2; name && i < 1000; i++) {
		int r = commit_copy(path, name);

		if (!r)
			say("%s is kept as %s", path, name);
		if (r != -EEXIST)
			return r;
		name = talloc_asprintf(a->ctx, "%s.before-migrate.%d", path, i);
	}
	return complain("%s cannot be kept", path);
}

/* Would the migration replace a smb.conf with shares?  An exit status. */
static int check_target(const struct moving *mv)
{
	struct conf *conf;
	int r = conf_load(mv->a->ctx, mv->a->config, &conf);

	if (r == -ENOENT || mv->force)
		return EXIT_OK;
	if (r < 0)
		return complain("%s cannot be read: %s", mv->a->config, strerror(-r));
	if (!conf->nshares)
		return EXIT_OK;
	return complain("%s has shares already: --force replaces it (it is kept as "
			"%s.before-migrate), --to DIR "
			"writes elsewhere",
			mv->a->config, mv->a->config);
}

/*
 * Must the new file be for root alone?  A user that may not read all of the files that were read
 * must not read it, and one mode and group cannot express the modes and groups of several files.
 * The daemon, which may lack CAP_DAC_OVERRIDE, may not be able to read another user's file.
 */
static bool is_private(const struct moving *mv)
{
	return mv->m->secret ||
	       (mv->there && (mv->was.st_uid != geteuid() || !(mv->was.st_mode & S_IRUSR)));
}

/* 0 or an exit status with the complaint made. */
static int write_new(const struct moving *mv, const char *tmp)
{
	unsigned int mode = (NEW_MODE & mv->m->mode) | 0600;
	int r;

	if (is_private(mv))
		return commit_write_private(tmp, mv->m->text);
	if (mv->there)
		return commit_write_as(tmp, mv->m->text, mv->target, mode);
	r = commit_write(tmp, mv->m->text, mode);
	return r ? complain("%s cannot be written: %s", tmp, strerror(-r)) : EXIT_OK;
}

/* Writes the new file beside the one that it replaces; NULL with the complaint made. */
static char *write_tmp(const struct moving *mv)
{
	char *tmp = talloc_asprintf(mv->a->ctx, "%s.migrate", mv->target);
	struct stat st;

	if (!tmp) {
		complain("out of memory");
		return NULL;
	}
	unlink(tmp);
	if (write_new(mv, tmp) || stat(tmp, &st) < 0) {
		unlink(tmp);
		return NULL;
	}
	if (is_private(mv))
		say("%s has mode 0600 and no ACL: not all may read the files that were read, or the one "
		    "that was there is another one's", mv->a->config);
	else if ((st.st_mode & 07777) != NEW_MODE)
		say("%s has mode %04o: no more than the files that were read, and the one that was "
		    "there", mv->a->config, st.st_mode & 07777);
	return tmp;
}

/* A change by an editor, which has no lock, must not be lost. */
static bool is_as_it_was(const struct moving *mv)
{
	struct stat st;

	return mv->there ? !commit_has_changed(mv->target, &mv->was) :
			   lstat(mv->target, &st) < 0 && errno == ENOENT;
}

/* The last step: until then only accounts have changed. */
static int put_config(const struct moving *mv, const char *tmp)
{
	if (!is_as_it_was(mv))
		return complain("%s was changed meanwhile; the accounts are in %s already",
				mv->target, mv->a->passdb);
	if (rename(tmp, mv->target) < 0)
		return complain("%s cannot be written: %s; the accounts are in %s already",
				mv->target, strerror(errno), mv->a->passdb);
	sync_dir_of(mv->target);
	return EXIT_OK;
}

/* --- the report -------------------------------------------------------------------------- */

static void print_list(const char *title, const struct migrate_list *list)
{
	say("%s: %zu", title, list->n);
	for (size_t i = 0; i < list->n; i++)
		say("  %s", list->text[i]);
}

static void print_report(const struct moving *mv)
{
	const struct migration *m = mv->m;

	say("%s -> %s", mv->from, mv->a->config);
	say("Carried over: lines: %zu, shares: %zu", m->kept, m->conf->nshares);
	for (size_t i = 0; i < m->conf->nshares; i++)
		say("  [%s] %s", m->conf->shares[i]->name,
		    conf_scope_text(m->conf->shares[i], "path"));
	print_list("Carried over with a remark (lines of the new file)", &m->remarks);
	print_list("Lost (comments in the new file, with the reason)", &m->lost);
	if (m->off.n)
		print_list(
			"Switched off until you have decided, because a lost line protected them",
			&m->off);
	if (m->bare.n)
		print_list("No longer protected (comments in the new file say what does it instead)",
			   &m->bare);
}

static void what_next(const struct moving *mv)
{
	bool elsewhere = strcmp(mv->a->config, "/etc/cifssrv/smb.conf");

	say("Next:");
	say("  read %s, and: cifsadmin check%s%s", mv->a->config, elsewhere ? " " : "",
	    elsewhere ? mv->a->config : "");
	if (elsewhere)
		return;
	say("  systemctl disable --now smbd nmbd    # Samba has the port until then");
	say("  systemctl enable cifssrv && systemctl start cifssrv cifssrvd");
	say("  cifsadmin status; cifsadmin diff");
}

/* --- the verb ---------------------------------------------------------------------------- */

static int move_all(struct moving *mv)
{
	const char *why;
	char *tmp;
	int r;

	r = check_target(mv);
	if (r)
		return r;
	r = migrate_conf(mv->a->ctx, mv->from, NULL, &mv->m, &why);
	if (r == -EINVAL)
		return complain("%s cannot be taken over: %s", mv->from, why);
	if (r < 0)
		return complain("%s cannot be read: %s", mv->from, strerror(-r));
	print_report(mv);
	tmp = write_tmp(mv);
	if (!tmp)
		return complain("nothing was changed");
	r = keep_copy(mv->a, mv->a->config);
	if (!r)
		r = keep_copy(mv->a, mv->a->passdb);
	if (!r)
		r = move_accounts(mv);
	if (!r)
		r = put_config(mv, tmp);
	if (r) {
		unlink(tmp);
		return complain("%s was not written", mv->a->config);
	}
	what_next(mv);
	return EXIT_OK;
}

/* Makes @dir the place of both new files. */
static int set_target_dir(struct admin *to, const char *dir)
{
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return complain("%s cannot be made: %s", dir, strerror(errno));
	to->config = talloc_asprintf(to->ctx, "%s/smb.conf", dir);
	to->passdb = talloc_asprintf(to->ctx, "%s/cifspwd.db", dir);
	return to->config && to->passdb ? EXIT_OK : complain("out of memory");
}

/* Locks the file to be replaced, with links followed; -1 with the complaint made, or the lock. */
static int lock_target(struct moving *mv)
{
	const char *config = mv->a->config;
	char real[PATH_MAX];
	struct stat st;
	int lock;

	if (realpath(config, real))
		mv->target = talloc_strdup(mv->a->ctx, real);
	else if (errno == ENOENT && lstat(config, &st) < 0)
		mv->target = config;
	else
		complain("%s cannot be found: %s", config, strerror(errno));
	lock = mv->target ? commit_lock(mv->target) : -1;
	mv->there = lock >= 0 && !stat(mv->target, &mv->was);
	return lock;
}

static int migrate(const struct admin *a, int argc, char **argv)
{
	struct admin to = *a;
	struct moving mv = { .a = &to };
	_cleanup_(closep) int lock = -1;
	const char *dir = NULL;
	const struct verb_option options[] = {
		{ "--accounts", NULL, &mv.accounts }, { "--to", NULL, &dir },
		{ "--force", &mv.force, NULL }, {}
	};

	if (take_options(&argc, argv, options, 0, 1))
		return EXIT_USAGE;
	mv.from = argc ? argv[0] : SAMBA_CONFIG;
	if (dir && set_target_dir(&to, dir))
		return EXIT_FAILED;
	lock = lock_target(&mv);
	return lock < 0 ? EXIT_FAILED : move_all(&mv);
}

const struct verb migrate_verbs[] = {
	{ NULL, "migrate", "[SMB.CONF] [--accounts FILE|-] [--to DIR] [--force]",
	  "take over configuration and accounts of a Samba installation", 0, ARGS_OWN, migrate },
	{}
};
