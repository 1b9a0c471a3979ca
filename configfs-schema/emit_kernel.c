// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's side: fields, defaults, configfs attributes. */
#include <inttypes.h>
#include <string.h>

#include "schema.h"

static void banner(FILE *f, const char *from)
{
	fprintf(f, "/* Generated from configfs-schema/%s by \"make gen\"; do not edit. */\n", from);
}

static bool in_kernel(const struct param *p)
{
	return p->to == TO_KERNEL;
}

static void enum_of(FILE *f, const char *scope, const struct param *p)
{
	fprintf(f, "enum csrv_%s_%s {\n", scope, p->attr);
	for (size_t i = 0; p->values[i]; i++)
		fprintf(f, "\tCSRV_%s_%s_%s = %zu,\n", upper(scope), upper(p->attr),
			upper(p->values[i]), i);
	fputs("};\n\n", f);
}

static const char *unit_note(const struct param *p)
{
	if (p->type == T_SIZE)
		return "\t/* bytes */";
	if (p->octal)
		return "\t/* mode bits */";
	return "";
}

/* Widest first, so that there are no holes. */
static void fields(FILE *f, const struct scope *s)
{
	static const struct {
		enum type type;
		const char *text;
	} order[] = {
		{ T_STRING, "char *" }, { T_LIST, "char *" }, { T_SIZE, "u64 " },
		{ T_U32, "u32 " }, { T_ENUM, "u8 " }, { T_BOOL, "bool " },
	};

	for (size_t k = 0; k < ARRAY_SIZE(order); k++) {
		for (size_t i = 0; i < s->n; i++) {
			const struct param *p = &s->params[i];

			if (!in_kernel(p) || p->type != order[k].type)
				continue;
			fprintf(f, "\t%s%s;%s", order[k].text, p->attr, unit_note(p));
			if (p->type == T_ENUM)
				fprintf(f, "\t/* enum csrv_%s_%s */", s->name, p->attr);
			fputc('\n', f);
		}
	}
}

static void copy_prototype(FILE *f, const char *scope)
{
	int column = fprintf(f, "int csrv_%s_params_copy(", scope);

	fprintf(f, "struct csrv_%s_params *to,\n%.*s%*s", scope, column / 8, "\t\t\t\t\t\t",
		column % 8, "");
	fprintf(f, "const struct csrv_%s_params *from)", scope);
}

void emit_params_h(FILE *f, const struct scope *s)
{
	const char *up = upper(s->name);

	fputs("/* SPDX-License-Identifier: GPL-2.0-or-later */\n", f);
	banner(f, s->file);
	fprintf(f, "#ifndef CSRV_MODEL_%s_PARAMS_GEN_H\n#define CSRV_MODEL_%s_PARAMS_GEN_H\n\n", up, up);
	fputs("#include <linux/types.h>\n\n", f);
	for (size_t i = 0; i < s->n; i++)
		if (in_kernel(&s->params[i]) && s->params[i].type == T_ENUM)
			enum_of(f, s->name, &s->params[i]);
	fprintf(f, "/*\n * What configfs says about a %s, checked. Texts are the struct's own and never\n"
		   " * NULL between _init or _copy and _free; lists have one blank between words.\n */\n",
		s->name);
	fprintf(f, "struct csrv_%s_params {\n", s->name);
	fields(f, s);
	fputs("};\n\n", f);
	fprintf(f, "/* Defaults. 0 or -ENOMEM, with nothing held then. Process context. */\n"
		   "int csrv_%s_params_init(struct csrv_%s_params *p);\n", s->name, s->name);
	fputs("/* @to is overwritten, not freed. 0 or -ENOMEM, with nothing held then. */\n", f);
	copy_prototype(f, s->name);
	fputs(";\n", f);
	fprintf(f, "/* Harmless on a struct of zeroes and on one that was freed. */\n"
		   "void csrv_%s_params_free(struct csrv_%s_params *p);\n\n#endif\n", s->name, s->name);
}

static void quoted(FILE *f, const char *text)
{
	fputc('"', f);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', f);
		fputc(*text, f);
	}
	fputc('"', f);
}

static size_t texts_table(FILE *f, const struct scope *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += in_kernel(&s->params[i]) && is_text(&s->params[i]);
	if (!n)
		return 0;
	fprintf(f, "static const struct text_field %s_texts[] = {\n", s->name);
	for (size_t i = 0; i < s->n; i++) {
		const struct param *p = &s->params[i];

		if (!in_kernel(p) || !is_text(p))
			continue;
		fprintf(f, "\t{ offsetof(struct csrv_%s_params, %s),%s", s->name, p->attr,
			strlen(p->canonical) > 30 ? "\n\t  " : " ");
		quoted(f, p->canonical);
		fputs(" },\n", f);
	}
	fputs("};\n\n", f);
	return n;
}

static void defaults(FILE *f, const struct scope *s)
{
	fprintf(f, "\t*p = (struct csrv_%s_params) {\n", s->name);
	for (size_t i = 0; i < s->n; i++) {
		const struct param *p = &s->params[i];

		if (!in_kernel(p) || is_text(p))
			continue;
		fprintf(f, "\t\t.%s = ", p->attr);
		if (p->type == T_ENUM)
			fprintf(f, "CSRV_%s_%s_%s,\n", upper(s->name), upper(p->attr),
				upper(p->canonical));
		else if (p->type == T_BOOL)
			fprintf(f, "%s,\n", p->canonical[0] == '1' ? "true" : "false");
		else if (p->type == T_SIZE)
			fprintf(f, "%sULL,\n", p->canonical);
		else
			fprintf(f, "%s%s,\n", p->canonical, p->octal ? "" : "U");
	}
	fputs("\t};\n", f);
}

static void functions(FILE *f, const struct scope *s)
{
	const char *n = s->name;

	texts_table(f, s);
	fprintf(f, "int csrv_%s_params_init(struct csrv_%s_params *p)\n{\n", n, n);
	defaults(f, s);
	fprintf(f, "\treturn texts_default(p, %s_texts, ARRAY_SIZE(%s_texts));\n}\n\n", n, n);
	copy_prototype(f, n);
	fprintf(f, "\n{\n\t*to = *from;\n"
		   "\treturn texts_copy(to, from, %s_texts, ARRAY_SIZE(%s_texts));\n}\n\n", n, n);
	fprintf(f, "void csrv_%s_params_free(struct csrv_%s_params *p)\n{\n"
		   "\ttexts_free(p, %s_texts, ARRAY_SIZE(%s_texts));\n}\n", n, n, n, n);
}

static const char helpers[] =
"struct text_field {\n"
"\tu32 offset;\n"
"\tconst char *def;\n"
"};\n\n"
"static char **text_at(void *params, const struct text_field *t)\n"
"{\n"
"\treturn (char **)((char *)params + t->offset);\n"
"}\n\n"
"static void texts_free(void *params, const struct text_field *t, size_t n)\n"
"{\n"
"\tfor (; n; n--, t++) {\n"
"\t\tkfree(*text_at(params, t));\n"
"\t\t*text_at(params, t) = NULL;\n"
"\t}\n"
"}\n\n"
"/* Put a copy of its own wherever @params has borrowed or no text; all or nothing. */\n"
"static int texts_copy(void *params, const void *from, const struct text_field *t, size_t n)\n"
"{\n"
"\tbool failed = false;\n"
"\tsize_t i;\n\n"
"\tfor (i = 0; i < n; i++) {\n"
"\t\tconst char *text = from ? *text_at((void *)from, &t[i]) : t[i].def;\n"
"\t\tchar *copy = kstrdup(text, GFP_KERNEL);\n\n"
"\t\t*text_at(params, &t[i]) = copy;\n"
"\t\tfailed |= !copy;\n"
"\t}\n"
"\tif (!failed)\n"
"\t\treturn 0;\n"
"\ttexts_free(params, t, n);\n"
"\treturn -ENOMEM;\n"
"}\n\n"
"static int texts_default(void *params, const struct text_field *t, size_t n)\n"
"{\n"
"\treturn texts_copy(params, NULL, t, n);\n"
"}\n";

void emit_params_c(FILE *f, const struct schema *s)
{
	fputs("// SPDX-License-Identifier: GPL-2.0-or-later\n", f);
	fputs("/* Generated from configfs-schema/ by \"make gen\"; do not edit. */\n", f);
	fputs("#include <linux/errno.h>\n#include <linux/kernel.h>\n#include <linux/slab.h>\n"
	      "#include <linux/stddef.h>\n#include <linux/string.h>\n\n", f);
	fputs("#include \"listener_params_gen.h\"\n#include \"server_params_gen.h\"\n"
	      "#include \"share_params_gen.h\"\n#include \"user_params_gen.h\"\n\n", f);
	fputs(helpers, f);
	for (int i = 0; i < NSCOPES; i++) {
		fputc('\n', f);
		functions(f, &s->scopes[i]);
	}
}

static void names_table(FILE *f, const char *scope, const struct param *p)
{
	fprintf(f, "static const char *const %s_%s_names[] = {\n", scope, p->attr);
	for (size_t i = 0; p->values[i]; i++)
		fprintf(f, "\t\"%s\",\n", p->values[i]);
	fputs("\tNULL\n};\n\n", f);
}

static void attribute(FILE *f, const char *scope, const struct param *p)
{
	static const char *const kinds[] = { "BOOL", "U32", "SIZE", "ENUM", "TEXT", "TEXT" };
	const char *when = p->when_disabled ? "CSRV_WHEN_DISABLED" : "CSRV_WHEN_ANY";

	if (p->values)
		names_table(f, scope, p);
	if (is_text(p)) {
		fprintf(f, "static const struct csrv_text_rule %s_%s_rule = {\n", scope, p->attr);
		/* smb.conf's forms of interfaces are the daemon's business. */
		fprintf(f, "\t.format = CSRV_TEXT_%s,\n",
			upper(strcmp(p->format, "interfaces") ? p->format : "word"));
		fprintf(f, "\t.max = %u,\n", p->max);
		if (p->type == T_LIST)
			fputs("\t.list = true,\n", f);
		if (!strcmp(p->format, "numbers"))
			fprintf(f, "\t.lo = %" PRIu64 "U,\n\t.hi = %" PRIu64 "U,\n", p->lo, p->hi);
		if (p->values)
			fprintf(f, "\t.words = %s_%s_names,\n", scope, p->attr);
		fputs("};\n\n", f);
	}
	fprintf(f, "CSRV_ATTR_%s(%s, %s", p->octal ? "OCTAL" : kinds[p->type], scope, p->attr);
	if (p->octal)
		fprintf(f, ", 0%" PRIo64 ", 0%" PRIo64, p->lo, p->hi);
	else if (p->type == T_U32)
		fprintf(f, ", %" PRIu64 "U, %" PRIu64 "U", p->lo, p->hi);
	else if (p->type == T_SIZE)
		fprintf(f, ", %" PRIu64 "ULL, %" PRIu64 "ULL", p->lo, p->hi);
	else if (p->type == T_ENUM)
		fprintf(f, ", %s_%s_names", scope, p->attr);
	else if (is_text(p))
		fprintf(f, ", &%s_%s_rule", scope, p->attr);
	fprintf(f, ", %s);\n\n", when);
}

void emit_attrs_h(FILE *f, const struct scope *s)
{
	fputs("/* SPDX-License-Identifier: GPL-2.0-or-later */\n", f);
	banner(f, s->file);
	fprintf(f, "#ifndef CSRV_CONFIGFS_%s_ATTRS_GEN_H\n#define CSRV_CONFIGFS_%s_ATTRS_GEN_H\n\n",
		upper(s->name), upper(s->name));
	fputs("#include \"attr.h\"\n\n", f);
	for (size_t i = 0; i < s->n; i++)
		if (in_kernel(&s->params[i]))
			attribute(f, s->name, &s->params[i]);
	if (strcmp(s->name, "server"))
		fprintf(f, "CSRV_ATTR_ENABLE(%s);\n\n", s->name);
	fprintf(f, "static struct configfs_attribute *%s_attrs[] = {\n", s->name);
	for (size_t i = 0; i < s->n; i++)
		if (in_kernel(&s->params[i]))
			fprintf(f, "\t&%s_attr_%s,\n", s->name, s->params[i].attr);
	if (strcmp(s->name, "server"))
		fprintf(f, "\t&%s_attr_enable,\n", s->name);
	fputs("\tNULL\n};\n\n#endif\n", f);
}
