/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of conf/. */
#ifndef CSRV_DAEMON_CONF_INTERNAL_H
#define CSRV_DAEMON_CONF_INTERNAL_H

#include <glob.h>

#include "conf/known.h"
#include "conf/smbconf.h"

#define CONF_FILE_MAX		(4 << 20)	/* bytes of one file */
#define CONF_LINE_MAX		(64 << 10)	/* bytes of one line, continuations included */
#define CONF_INCLUDE_DEPTH	8
#define CONF_FILES_MAX		256		/* files read for one configuration */
#define CONF_SHARES_MAX		4096
#define CONF_ERRORS_MAX		500		/* of each grade; more are only counted */
#define CONF_SHARE_NAME_MAX	80
#define CONF_SUGGEST_MAX	1000	/* unknown names for which a known one is looked for */

/* table.c: the known name with the fewest edits, if there are fewer than @distance */
struct conf_nearest {
	const char *name;
	unsigned int distance;
};

void conf_name_nearer(const char *name, const char *known, struct conf_nearest *best);
void conf_table_nearest(const struct conf_table *table, const char *name,
			struct conf_nearest *best);

/* A place in a file. */
struct conf_place {
	const char *file;
	unsigned int line;
};

/* A value as written, before it is expanded and checked; raw NULL: not set. */
struct conf_raw {
	const char *raw;
	const char *name;		/* as written: may be an alias */
	struct conf_place at;
	bool inverted;
	bool bad;			/* complained about already */
	bool copied;			/* by "copy": a value of the section itself replaces it */
	bool inherited;			/* from [global], as it was when the section began */
	size_t nshares;			/* that had begun when it was read */
};

/* A value of a parameter that is not obeyed. */
struct conf_known_raw {
	const struct conf_known *known;
	struct conf_raw r;
};

struct conf_section {
	struct csrv_conf_scope *scope;
	struct conf_raw *raw;		/* by index of the table */
	struct conf_known_raw *known;	/* each name once; talloc array of @nknown */
	size_t nknown;
	bool homes;			/* the section is [homes] */
	bool printer;			/* printable = yes: not a share of files */
};

/* The state of reading a configuration. */
struct conf_asked;

struct conf_builder {
	struct conf *conf;		/* parent of all memory */
	const struct conf_env *env;
	struct conf_section global, defaults;
	struct conf_section *shares;	/* conf->nshares of them */
	struct conf_asked *asked;	/* check.c: users; nasked of them */
	size_t nasked;
	bool nomem;
	bool include_ok;
	unsigned int depth;		/* of include */
	unsigned int top;		/* line of the outermost include */
	size_t kept[CONF_ERROR + 1];	/* complaints, by grade */
	unsigned int seq;
	unsigned int suggested;
	/* the section being read */
	struct conf_section *share;	/* NULL: see below */
	bool in_global, in_ignored;
	bool late_said;			/* of this [global]: reported that it is below shares */
	struct conf_place after;	/* an include that ended in another section; line 0: none */
};

/* complain.c */
__attribute__((format(printf, 5, 6)))
void conf_complain(struct conf_builder *b, const struct conf_place *at, enum conf_grade grade,
		   const char *hint, const char *fmt, ...);
bool conf_complaints_sort(struct conf *conf);
bool conf_has_error_at(const struct conf_builder *b, const struct conf_place *at);
bool conf_has_said_at(const struct conf_builder *b, const struct conf_place *at, const char *part);

/* section.c: what the lines say */
bool conf_section_init(struct conf_builder *b, struct conf_section *s, const char *name,
		       const struct conf_place *at, const struct conf_table *table);
void conf_section_begin(struct conf_builder *b, const char *name, const struct conf_place *at);
void conf_assign(struct conf_builder *b, const char *name, const char *value,
		 const struct conf_place *at);
/*
 * Reports, for the first line behind an include that ended in another section, which section it is
 * of.
 */
void conf_say_after_include(struct conf_builder *b, const struct conf_place *at);

/* judge.c: parameters that are not obeyed, as they are read and once the section is complete */
extern const struct conf_known conf_vfs_objects, conf_printable;
void conf_known_assign(struct conf_builder *b, struct conf_section *s,
		       const struct conf_known *known, const struct conf_raw *r);
void conf_unknown_assign(struct conf_builder *b, const struct conf_raw *r);
void conf_known_all(struct conf_builder *b, const struct conf_section *s);
const char *conf_known_value(const struct conf_section *s, const char *name);

/* smbconf.c: NULL for an unknown attribute */
struct conf_value *conf_scope_value(const struct csrv_conf_scope *scope, const char *attr);

/* evaluate.c */
void conf_evaluate_all(struct conf_builder *b);

/* A text in lex.c. */
struct conf_lexer {
	struct conf_builder *b;
	struct conf_place at;		/* of the logical line being read */
	unsigned int line;		/* of the next physical one */
	const char *s, *end;
};

/* lex.c: the next logical line, NULL when out of memory. There must be one. */
char *conf_lex_line(struct conf_lexer *l);

/*
 * file.c: adds a file to the configuration, with the @words that name it; @by: line of the first
 * file whose include reads it (0: itself). 0, -E2BIG: there are too many, or -ENOMEM
 */
int conf_file_add(struct conf *conf, const char *path, const char *words, unsigned int by);

/*
 * read.c: calls conf_section_begin() and conf_assign() for each line, those of included files too.
 * A file: 0 with its length in @len (may be NULL), or -errno if it cannot be read. A text: the
 * number of lines that are no comments.
 */
int conf_read_file(struct conf_builder *b, const char *path, const char *words, size_t *len);
size_t conf_read_text(struct conf_builder *b, const char *file, const char *text, size_t len);

/*
 * include.c: the file to read in place of the line, with the words that name it; NULL: none, after
 * a complaint where that matters
 */
char *conf_include_file(struct conf_builder *b, const char *name, const struct conf_place *at,
			char **words);
/* The complaint about a file that conf_is_hidden(), and its hint. */
#define CONF_HIDDEN		"the daemon has a /tmp and a /var/tmp of its own, where %s is not"
#define CONF_HIDDEN_HINT	"anybody can write there: put the file elsewhere, as into /etc/cifssrv"
/* include.c: the path for "include = @name" in the file @from; NULL without memory */
char *conf_include_path(TALLOC_CTX *ctx, const char *from, const char *name);
/*
 * include.c: the files that a name with stars matches. 0; -ENOENT: there is certainly none; or
 * another -errno: there may be one. With @passed, files that other users than root may have made
 * are ignored, and it says whether there were any. @found is for globfree() in any case
 */
int conf_files_like(const char *name, bool *passed, glob_t *found);

/*
 * Names of the own domain, which users and groups may have: "OFFICE\alice" is alice where OFFICE is
 * ours.
 */
struct conf_domain {
	const char *workgroup;
	const char *netbios;
};

/* A value as conf_param_check() takes it. */
struct conf_input {
	const char *text;
	bool inverted;
	const struct conf_env *env;	/* to look groups up; NULL: leave their names */
	struct conf_domain domain;
};

/* A remark about a legal value. */
struct conf_remark {
	enum conf_grade grade;
	char *text;
};

/* Results of conf_param_check(), in memory of its @ctx. */
struct conf_verdict {
	char *text;			/* canonical; NULL: not legal */
	char *why;			/* why @text is NULL: what is legal */
	char *word;			/* of a list: the illegal word */
	struct conf_remark *remarks;	/* @nremarks of them */
	size_t nremarks;
	bool keep;			/* as of struct conf_value */
};

/* A check in progress: its input and its results. */
struct conf_check {
	TALLOC_CTX *ctx;
	const struct conf_param *p;
	const struct conf_input *in;
	char *ret, *why;
	struct conf_verdict *verdict;	/* for remarks and doubts */
};

/* verdict.c: why the value is not legal */
void conf_refuse(struct conf_check *c, const char *why);
/* verdict.c: adds a remark about a legal value; without memory it is dropped */
__attribute__((format(printf, 3, 4)))
void conf_remark(struct conf_check *c, enum conf_grade grade, const char *fmt, ...);

/*
 * param.c: checks a value and writes it canonically. 0, -EINVAL or -ENOMEM; @ret is all zero
 * before, and has the canonical text with 0, what is legal with -EINVAL
 */
int conf_param_check(TALLOC_CTX *ctx, const struct conf_param *param, const struct conf_input *in,
		     struct conf_verdict *ret);

/* users.c: is there such a user? As at logon: tried in lower case, too */
int conf_ask_user(TALLOC_CTX *ctx, const struct conf_env *env, const char *name);
/* users.c: @name without the own domain before it; NULL if it has another one */
const char *conf_without_domain(const struct conf_domain *ours, const char *name);
/* users.c: canonical form of one word; NULL with c->why set, or without memory */
char *conf_user_word(struct conf_check *c, const char *word);

/* text.c: the words of a list and their shapes; NULL for a legal one, or what is legal */
const char *conf_text_printable(const char *text);
const char *conf_text_shape(const struct conf_param *p, const char *word);
bool conf_text_u64(const char *text, unsigned int base, uint64_t *ret);
char **conf_text_split(TALLOC_CTX *ctx, const char *text);

/* hosts.c: canonical form of one word, NULL if it is none */
char *conf_host_canon(TALLOC_CTX *ctx, const char *word);
/* interfaces.c: likewise; "" for a text that adds no word */
char *conf_interface_canon(TALLOC_CTX *ctx, const char *word);
/* hosts.c: the length of a mask, as a number or in dots; -1 if it is none */
int conf_mask_length(const char *text, int bits);

/* expand.c */
struct conf_macros {
	const char *share;		/* %S; NULL: not in a share, or */
	bool homes;			/* in [homes], where %S is each user's name */
	const char *host;		/* %h */
	const char *netbios;		/* %L, %N */
	const char *session;		/* letters left for the kernel; NULL: none */
	bool text;			/* leave all others: the value is only shown */
	bool env;			/* %$(NAME) is a variable of the environment */
	bool wild;			/* replace all others by a star */
	const char *left;		/* out: the last one left, as "%U"; NULL: none */
};

/*
 * text.c: %h, the host's name up to the first dot, and %L, @netbios (NULL, "": none is given) in
 * upper case, of @m. False without memory
 */
bool conf_host_macros(TALLOC_CTX *ctx, const char *hostname, const char *netbios,
		      struct conf_macros *m);
/*
 * expand.c: @path with each macro replaced by the value that @value returns for its letter; where
 * that is NULL the macro stays. NULL without memory
 */
char *conf_with_macros(TALLOC_CTX *ctx, const char *path,
		       const char *(*value)(const void *priv, char macro), const void *priv);
/* @text with doubled percent signs, as in smb.conf and in paths for the kernel */
char *conf_percent(TALLOC_CTX *ctx, const char *text);
/* The replaced text under @ctx; NULL: not possible, for the reason @why (NULL: no memory). */
char *conf_expand(TALLOC_CTX *ctx, const char *text, struct conf_macros *m, const char **why);

/* check.c */
void conf_check_all(struct conf_builder *b);

#endif
