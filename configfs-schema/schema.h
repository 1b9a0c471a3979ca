/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The schema in memory, and what each generated file is made by. */
#ifndef CSRV_SCHEMA_H
#define CSRV_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define TEXT_MAX	3900	/* longest text that fits one configfs page with room to spare */

enum type { T_BOOL, T_U32, T_SIZE, T_ENUM, T_STRING, T_LIST };
enum to { TO_KERNEL, TO_DAEMON };

struct pair {
	const char *from, *to;
};

struct param {
	const char *attr, *smb;
	const char **aliases, **inverted, **values;	/* NULL-terminated or NULL */
	struct pair *synonyms, *refused, *differs;	/* ended by { NULL } or NULL */
	enum type type;
	const char *format;
	enum to to;
	bool octal, when_disabled;
	bool clamp;			/* a number out of range counts as the nearest */
	bool read_by_daemon;		/* in configfs, but it is the daemon that reads it there */
	const char *dropped;		/* why bits beyond @hi do not count; NULL: they are an error */
	bool dropped_differs;		/* that is not what was asked for */
	uint64_t lo, hi;
	unsigned int max;
	const char *def;		/* as written in smb.conf */
	char *canonical;		/* as shown in configfs */
	const char *doc, *example;
};

struct scope {
	const char *name;		/* "share" */
	const char *file;		/* "share.cfg" */
	struct param *params;
	size_t n;
};

/* What is to be said of a parameter of Samba's that is not obeyed, or of a VFS module. */
enum kind { KIND_NONE, KIND_DIFFERS, KIND_REFUSED };

struct known {
	const char **names;		/* a '*' at the end stands for any rest */
	bool share;			/* may stand in shares */
	const char **same;		/* values that ask for what there is anyway; NULL: none */
	enum kind kind;			/* of all other values */
	const char *why;
};

enum { SERVER, SHARE, USER, LISTENER, NSCOPES };

struct schema {
	struct scope scopes[NSCOPES];
	struct known *known, *modules;
	size_t nknown, nmodules;
	const char **guards;
};

/* schema.c: ends the program with a message when the schema is wrong */
void schema_load(struct schema *s, const char *top);
bool size_parse(const char *text, uint64_t *ret);
extern const char *const formats[];	/* in the order of enum conf_format */
size_t format_index(const char *format);
bool is_text(const struct param *p);
const char *upper(const char *text);	/* as part of a C constant; static buffers */

/* what is written */
void emit_params_h(FILE *f, const struct scope *s);
void emit_params_c(FILE *f, const struct schema *s);
void emit_attrs_h(FILE *f, const struct scope *s);
void emit_table(FILE *f, const struct schema *s);
void emit_example(FILE *f, const struct schema *s);
void emit_vectors(FILE *f, const struct schema *s);
void emit_man_server(FILE *f, const struct schema *s);
void emit_man_share(FILE *f, const struct schema *s);
void emit_names(FILE *f, const struct schema *s);
void emit_man_known(FILE *f, const struct schema *s);
void emit_man_modules(FILE *f, const struct schema *s);
void emit_man_guards(FILE *f, const struct schema *s);
void emit_man_attrs(FILE *f, const struct scope *s);

#endif
