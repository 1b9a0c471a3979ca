/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * smb.conf as the daemon sees it: sections whose values are checked, and written in the canonical
 * text that configfs also shows and takes.
 *
 * The library does not log. Errors of the file are values in struct conf: where, what, and what
 * would be right.
 */
#ifndef CSRV_DAEMON_CONF_SMBCONF_H
#define CSRV_DAEMON_CONF_SMBCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <talloc.h>

#include "conf/param.h"

/* Severity of a complaint. */
enum conf_grade {
	CONF_NOTE,	/* the value is the behaviour anyway, or has no effect */
	CONF_WARNING,	/* the value may not be what was meant */
	CONF_DIFFERS,	/* a warning as well: the behaviour differs from what was asked */
	CONF_ERROR,	/* the file is refused */
};

/* One complaint about the file. Only errors keep the file out of force. */
struct conf_error {
	const char *file;
	unsigned int line;		/* from 1; 0: the file as a whole */
	const char *text;		/* one sentence, no newline, no file name */
	const char *hint;		/* what would be right; may be NULL */
	bool warning;			/* not an error */
	enum conf_grade grade;
	unsigned int seq;		/* order of complaints about one line */
};

/* Prefix of a word in a kept list, for a user or a group that cannot be looked up now. */
#define CONF_WAITING		".waiting."
#define CONF_WAITING_GROUP	".waiting-group."

/* A value, and where it is written (line 0: it is a default). */
struct conf_value {
	const char *text;		/* canonical; NULL: not set in the file */
	const char *file;
	unsigned int line;
	bool keep;			/* not known now, @text is a guess: a running value stays */
};

/*
 * One section. Made by conf_load(), a talloc child of struct conf, constant
 * afterwards. @values is indexed as table->params is.
 */
struct csrv_conf_scope {
	const char *name;		/* "global", or the share's name as written */
	const char *file;
	unsigned int line;		/* where the section begins first */
	const struct conf_table *table;
	struct conf_value *values;
	const char *off;		/* why the share is not served; NULL: it is served */
};

/* The whole configuration; talloc_free() ends it and all that hangs off it. */
struct conf {
	const char *path;
	struct csrv_conf_scope *global;		/* parameters of the server */
	struct csrv_conf_scope *share_defaults;	/* share parameters of [global] */
	struct csrv_conf_scope **shares;	/* in the order of the file */
	size_t nshares;
	struct conf_error *errors;		/* by file in the order of @files, and line */
	size_t nerrors;				/* entries of @errors, warnings included */
	size_t nfatal;				/* errors, also those beyond the kept ones */
	size_t nwarnings;			/* likewise: warnings, CONF_DIFFERS included */
	size_t ndiffers;			/* likewise: those that are CONF_DIFFERS */
	struct conf_error *notes;		/* in the same order; see CONF_NOTE */
	size_t nnotes;
	const char **files;			/* all that were read, or should be, @path first */
	const char **words;			/* likewise: words naming it, beside those for the
						 * including file: another path with other macros */
	int doubt;				/* errno that may pass, of one of @files; 0: none */
	size_t *lines;				/* of each of @files: lines with content */
	bool *absent;				/* likewise: the file is missing */
	bool *unread;				/* likewise: missing, unreadable or empty */
	int *failed;				/* likewise: -errno of reading it; 0: it was read */
	unsigned int *by;			/* likewise: line of @path whose include reads it,
						 * directly or not; 0: @path */
	size_t nfiles;
};

struct nss_identity;

/*
 * Questions of the reader to the machine. Tests give their own. Look-ups return 0, -ENOENT for a
 * name that is certainly unknown, or another -errno for doubt: the name service does not answer, or
 * (-EINPROGRESS) has not been asked yet. Doubt is never an error of the file: the value that needs
 * the name has @keep set.
 */
struct conf_env {
	const char *hostname;			/* as gethostname(); NULL: ask */
	void *priv;				/* passed to the look-ups */
	int (*user)(void *priv, const char *name, uid_t *uid, gid_t *gid);
	/* A user with its groups, valid as long as @ctx and @priv; NULL: @user, without groups */
	int (*identity)(void *priv, TALLOC_CTX *ctx, const char *name, struct nss_identity *ret);
	int (*group)(void *priv, const char *name, gid_t *gid);
	int (*dir)(void *priv, const char *path);	/* is it a directory? NULL: do not ask */
};

/**
 * conf_load() - read and check smb.conf
 * @ctx: talloc parent of the result
 * @path: the file
 * @ret: the configuration; set whenever 0 is returned
 *
 * Return: 0 when the file could be read, even if it has errors: then
 * @ret->nfatal is not 0 and the configuration must not be used for anything
 * but showing @ret->errors. -errno when @path itself cannot be read; *@ret is
 * NULL then.
 */
int conf_load(TALLOC_CTX *ctx, const char *path, struct conf **ret);

/** conf_load_env() - conf_load() in an environment of the caller's making */
int conf_load_env(TALLOC_CTX *ctx, const char *path, const struct conf_env *env,
		  struct conf **ret);

/**
 * conf_parse_text() - conf_load_env() on text in memory (tests, fuzzers)
 * @name: file name for messages; "include" is refused
 */
int conf_parse_text(TALLOC_CTX *ctx, const char *name, const char *text, size_t len,
		    const struct conf_env *env, struct conf **ret);

/**
 * conf_host_netbios() - the NetBIOS name of a host: its first label in upper case, at most 15 bytes
 * Return: talloc string under @ctx, NULL when out of memory.
 */
char *conf_host_netbios(TALLOC_CTX *ctx, const char *hostname);

/**
 * conf_next_word() - the next word of a canonical list
 * @list: where to go on; moved behind the word
 * @sep: what stands between words
 * @len: the word's length
 *
 * Return: where the word begins, NULL at the end.
 */
const char *conf_next_word(const char **list, char sep, size_t *len);

/**
 * conf_groups_text() - numbers of groups as the canonical text of an attribute
 * @max: longest text; as many numbers as fit count, from the first on
 * @count: receives how many these are; may be NULL
 *
 * Return: talloc string under @ctx, NULL when out of memory.
 */
char *conf_groups_text(TALLOC_CTX *ctx, const uint32_t *groups, size_t n, size_t max,
		       size_t *count);

/** conf_list_has() - is the word one of a canonical list? */
bool conf_list_has(const char *list, char sep, const char *word, size_t len);

/* Is it an -errno of the machine, not of the path, so that reading may succeed later? */
bool conf_may_pass(int error);

/*
 * Can no file of the configuration @conf be at @path?  Only the daemon's own processes see its
 * /tmp, and any user could write to the system's.  A test's configuration is there itself.
 */
bool conf_is_hidden(const struct conf *conf, const char *path);

/**
 * conf_error_format() - "file:line: error: text (hint)", the form all tools print
 * Return: talloc string under @ctx, NULL when out of memory.
 */
char *conf_error_format(TALLOC_CTX *ctx, const struct conf_error *error);

/**
 * conf_effective() - the parameters that are obeyed, with their values, as smb.conf has them
 * @ctx: talloc parent of the text
 * @share: of one share; NULL: of the server and of all shares
 *
 * conf_parse_text() of it gives the same values.
 *
 * Return: text, "" for a share that is not there, NULL when out of memory.
 */
char *conf_effective(TALLOC_CTX *ctx, const struct conf *conf, const char *share);

/** conf_share_find() - section by name, as clients find it; NULL if there is none */
const struct csrv_conf_scope *conf_share_find(const struct conf *conf, const char *section);

/**
 * conf_scope_text() - canonical text of an attribute; its default if not set
 * Return: never NULL for an attribute of the scope, NULL for an unknown one.
 * Belongs to the configuration.
 */
const char *conf_scope_text(const struct csrv_conf_scope *scope, const char *attr);

/*
 * Typed getters by attribute name (the configfs name, for instance
 * "map_to_guest"), for all values with defaults applied.
 * @section: share name, or NULL for the server's parameters.
 * An unknown section or attribute gives "", 0 or false.
 * The text of an enum is one of its value names, for instance "bad_user".
 */
const char *conf_get_str(const struct conf *conf, const char *section, const char *attr);
bool conf_get_bool(const struct conf *conf, const char *section, const char *attr);
uint32_t conf_get_u32(const struct conf *conf, const char *section, const char *attr);

/**
 * conf_get_list() - the words of a list
 * Return: NULL-terminated talloc array under @ctx (empty list: first is NULL),
 * NULL when out of memory.
 */
char **conf_get_list(TALLOC_CTX *ctx, const struct conf *conf, const char *section,
		     const char *attr);

#endif
