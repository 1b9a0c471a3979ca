/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of conf/ share among themselves. */
#ifndef CSRV_DAEMON_CONF_INTERNAL_H
#define CSRV_DAEMON_CONF_INTERNAL_H

#include "conf/smbconf.h"

#define CONF_FILE_MAX		(4 << 20)	/* bytes of one file */
#define CONF_LINE_MAX		(64 << 10)	/* bytes of one line, continuations included */
#define CONF_INCLUDE_DEPTH	8
#define CONF_FILES_MAX		256		/* files read for one configuration */
#define CONF_SHARES_MAX		4096
#define CONF_ERRORS_MAX		500		/* beyond it only the count goes on */
#define CONF_SHARE_NAME_MAX	80

/* table.c: the known name with the fewest edits, if fewer than @distance at the start */
struct conf_nearest {
	const char *name;
	unsigned int distance;
};

void conf_table_nearest(const struct conf_table *table, const char *name,
			struct conf_nearest *best);

/* Where in the file something stands. */
struct conf_place {
	const char *file;
	unsigned int line;
};

/* A value as written, before it is expanded and checked; raw NULL: not there. */
struct conf_raw {
	const char *raw;
	const char *name;		/* as written: may be an alias */
	struct conf_place at;
	bool inverted;
	bool bad;			/* complained about already */
};

struct conf_section {
	struct csrv_conf_scope *scope;
	struct conf_raw *raw;		/* by index of the table */
};

/* While a configuration is being read. */
struct conf_builder {
	struct conf *conf;		/* all memory hangs off it */
	const struct conf_env *env;
	struct conf_section global, defaults;
	struct conf_section *shares;	/* conf->nshares of them */
	bool nomem;
	bool include_ok;
	unsigned int depth;		/* of include */
	/* the section being read */
	struct conf_section *share;	/* NULL: see below */
	bool in_global, in_ignored;
};

/* smbconf.c */
__attribute__((format(printf, 5, 6)))
void conf_complain(struct conf_builder *b, const struct conf_place *at, bool warning,
		   const char *hint, const char *fmt, ...);
void conf_section_begin(struct conf_builder *b, const char *name, const struct conf_place *at);
void conf_assign(struct conf_builder *b, const char *name, const char *value,
		 const struct conf_place *at);
struct conf_value *conf_scope_value(const struct csrv_conf_scope *scope, const char *attr);

/* lex.c: call the two above for each line. 0, or -errno if the file cannot be read. */
int conf_read_file(struct conf_builder *b, const char *path);
void conf_read_text(struct conf_builder *b, const char *file, const char *text, size_t len);

/* A value as conf_param_check_input() takes it. */
struct conf_input {
	const char *text;
	bool inverted;
	const struct conf_env *env;	/* to look groups up; NULL: leave their names */
};

/* What conf_param_check_input() found. All of it is memory of its @ctx. */
struct conf_verdict {
	char *text;			/* canonical; NULL: not legal */
	char *why;			/* what is legal, when it is not */
	char **remarks;			/* @nremarks sentences that do not keep it from use */
	size_t nremarks;
	bool keep;			/* as of struct conf_value */
};

/* param.c: conf_param_check() for those who have more to say. 0, -EINVAL or -ENOMEM. */
int conf_param_check_input(TALLOC_CTX *ctx, const struct conf_param *param,
			   const struct conf_input *in, struct conf_verdict *ret);

/* text.c: the words of a list and their shapes; NULL or what is legal */
const char *conf_text_printable(const char *text);
const char *conf_text_shape(const struct conf_param *param, const char *word);
bool conf_text_u64(const char *text, unsigned int base, uint64_t *ret);
char **conf_text_split(TALLOC_CTX *ctx, const char *text);

/* hosts.c: canonical form of one word, NULL if it is none */
char *conf_host_canon(TALLOC_CTX *ctx, const char *word);

/* expand.c */
struct conf_macros {
	const char *share;		/* %S; NULL: not in a share */
	const char *host;		/* %h */
	const char *netbios;		/* %L */
};

/* Replaced text under @ctx; NULL: not possible, @why says it (or NULL: no memory). */
char *conf_expand(TALLOC_CTX *ctx, const char *text, const struct conf_macros *m,
		  const char **why);

/* check.c: what only the whole shows */
void conf_check_all(struct conf_builder *b);

#endif
