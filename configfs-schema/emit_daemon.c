// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon's side: the parameter table, and the vectors that its validators must obey. */
#include <inttypes.h>
#include <string.h>

#include "schema.h"

static void quoted(FILE *f, const char *text)
{
	if (!text) {
		fputs("NULL", f);
		return;
	}
	fputc('"', f);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', f);
		fputc(*text, f);
	}
	fputc('"', f);
}

static void list_table(FILE *f, const char *scope, const struct param *p, const char *what,
		       const char *const *list)
{
	if (!list)
		return;
	fprintf(f, "static const char *const %s_%s_%s[] = {\n\t", scope, p->attr, what);
	for (; *list; list++) {
		quoted(f, *list);
		fputs(", ", f);
	}
	fputs("NULL\n};\n", f);
}

static void pair_table(FILE *f, const char *scope, const struct param *p, const char *what,
		       const struct pair *list)
{
	if (!list)
		return;
	fprintf(f, "static const struct conf_pair %s_%s_%s[] = {\n", scope, p->attr, what);
	for (; list->from; list++) {
		fputs("\t{ ", f);
		quoted(f, list->from);
		fputs(", ", f);
		quoted(f, list->to);
		fputs(" },\n", f);
	}
	fputs("\t{ NULL, NULL }\n};\n", f);
}

static void row_ref(FILE *f, const char *scope, const struct param *p, const char *what,
		    const void *there)
{
	if (there)
		fprintf(f, "\t\t.%s = %s_%s_%s,\n", what, scope, p->attr, what);
}

static void row(FILE *f, const char *scope, const struct param *p)
{
	static const char *const types[] = { "BOOL", "U32", "SIZE", "ENUM", "STRING", "LIST" };
	static const char *const tos[] = { "KERNEL", "DAEMON" };

	fprintf(f, "\t{\n\t\t.attr = \"%s\",\n\t\t.name = ", p->attr);
	quoted(f, p->smb);
	fputs(",\n", f);
	row_ref(f, scope, p, "aliases", p->aliases);
	row_ref(f, scope, p, "inverted", p->inverted);
	row_ref(f, scope, p, "values", p->values);
	row_ref(f, scope, p, "synonyms", p->synonyms);
	row_ref(f, scope, p, "refused", p->refused);
	row_ref(f, scope, p, "differs", p->differs);
	fputs("\t\t.def = ", f);
	quoted(f, p->canonical);
	fprintf(f, ",\n\t\t.lo = %" PRIu64 "ULL,\n\t\t.hi = %" PRIu64 "ULL,\n", p->lo, p->hi);
	fprintf(f, "\t\t.max = %u,\n\t\t.type = CONF_%s,\n", is_text(p) ? p->max : 0, types[p->type]);
	fprintf(f, "\t\t.format = CONF_FORMAT_%s,\n", upper(p->format));
	fprintf(f, "\t\t.to = CONF_TO_%s,\n", tos[p->to]);
	if (p->octal)
		fputs("\t\t.octal = true,\n", f);
	if (p->clamp)
		fputs("\t\t.clamp = true,\n", f);
	if (p->dropped) {
		fputs("\t\t.dropped = ", f);
		quoted(f, p->dropped);
		fprintf(f, ",\n\t\t.dropped_differs = %s,\n", p->dropped_differs ? "true" : "false");
	}
	if (p->when_disabled)
		fputs("\t\t.when_disabled = true,\n", f);
	fputs("\t},\n", f);
}

void emit_table(FILE *f, const struct schema *s)
{
	fputs("/* SPDX-License-Identifier: GPL-2.0-or-later */\n"
	      "/* Generated from configfs-schema/ by \"make gen\"; do not edit. */\n"
	      "#ifndef CSRV_DAEMON_CONF_TABLE_GEN_H\n#define CSRV_DAEMON_CONF_TABLE_GEN_H\n\n"
	      "#include \"conf/param.h\"\n", f);
	for (int k = 0; k < NSCOPES; k++) {
		const struct scope *sc = &s->scopes[k];

		fputc('\n', f);
		for (size_t i = 0; i < sc->n; i++) {
			const struct param *p = &sc->params[i];

			list_table(f, sc->name, p, "aliases", p->aliases);
			list_table(f, sc->name, p, "inverted", p->inverted);
			list_table(f, sc->name, p, "values", p->values);
			pair_table(f, sc->name, p, "synonyms", p->synonyms);
			pair_table(f, sc->name, p, "refused", p->refused);
			pair_table(f, sc->name, p, "differs", p->differs);
		}
		fprintf(f, "\nstatic const struct conf_param %s_params[] = {\n", sc->name);
		for (size_t i = 0; i < sc->n; i++)
			row(f, sc->name, &sc->params[i]);
		fputs("};\n", f);
	}
	fputs("\n#endif\n", f);
}

/* ---- names that are not obeyed ---- */

static void names_of(FILE *f, const struct known *k, size_t i, const char *what)
{
	static const char *const kinds[] = { "NONE", "DIFFERS", "REFUSED" };

	for (const char **n = k->names; *n; n++) {
		fputs("\t{ ", f);
		quoted(f, *n);
		if (k->same)
			fprintf(f, ", %s_same_%zu, ", what, i);
		else
			fputs(", NULL, ", f);
		fprintf(f, "%s_why_%zu, CONF_KNOWN_%s, %s },\n", what, i, kinds[k->kind],
			k->share ? "true" : "false");
	}
}

static void known_table(FILE *f, const struct known *k, size_t n, const char *what)
{
	for (size_t i = 0; i < n; i++) {
		if (k[i].same) {
			fprintf(f, "static const char *const %s_same_%zu[] = { ", what, i);
			for (const char **s = k[i].same; *s; s++) {
				quoted(f, *s);
				fputs(", ", f);
			}
			fputs("NULL };\n", f);
		}
		fprintf(f, "static const char %s_why_%zu[] =\n\t", what, i);
		quoted(f, k[i].why);
		fputs(";\n", f);
	}
	fprintf(f, "\nstatic const struct conf_known %s[] = {\n", what);
	for (size_t i = 0; i < n; i++)
		names_of(f, &k[i], i, what);
	fputs("};\n\n", f);
}

void emit_names(FILE *f, const struct schema *s)
{
	fputs("/* SPDX-License-Identifier: GPL-2.0-or-later */\n"
	      "/* Generated from configfs-schema/names.cfg by \"make gen\"; do not edit. */\n"
	      "#ifndef CSRV_DAEMON_CONF_NAMES_GEN_H\n#define CSRV_DAEMON_CONF_NAMES_GEN_H\n\n"
	      "#include \"conf/known.h\"\n\n", f);
	known_table(f, s->known, s->nknown, "known_params");
	known_table(f, s->modules, s->nmodules, "known_modules");
	fputs("static const char *const guards[] = {\n", f);
	for (const char **g = s->guards; *g; g++) {
		fputc('\t', f);
		quoted(f, *g);
		fputs(",\n", f);
	}
	fputs("\tNULL\n};\n\n#endif\n", f);
}

/* ---- vectors ---- */

/* One line; @canonical NULL: must be refused. */
static void vector(FILE *f, const struct scope *s, const struct param *p, const char *name,
		   const char *input, const char *canonical)
{
	fprintf(f, "%s\t%s\t%s\t%s\t%s\t%s\n", s->name, p->attr, name ? name : "-",
		canonical ? "ok" : "bad", input, canonical ? canonical : "");
}

static void number_text(char *buf, size_t size, const struct param *p, uint64_t v)
{
	snprintf(buf, size, p->octal ? "%04" PRIo64 : "%" PRIu64, v);
}

static void number_vectors(FILE *f, const struct scope *s, const struct param *p)
{
	static const char *const bad[] = { "", "-1", "12x", "x", "1 2", "0x10", "99999999999999999999" };
	char buf[32], near[32];

	number_text(buf, sizeof(buf), p, p->lo);
	vector(f, s, p, p->smb, buf, buf);
	number_text(buf, sizeof(buf), p, p->hi);
	vector(f, s, p, p->smb, buf, buf);
	if (p->lo > 0) {
		number_text(near, sizeof(near), p, p->lo);
		number_text(buf, sizeof(buf), p, p->lo - 1);
		vector(f, s, p, p->smb, buf, p->clamp ? near : NULL);
	}
	number_text(buf, sizeof(buf), p, p->hi + 1);
	if (p->dropped) {		/* the next bit does not count */
		vector(f, s, p, p->smb, buf, "0000");
		vector(f, s, p, p->smb, "02775", "0775");
		vector(f, s, p, p->smb, "10000", NULL);
	} else if (!strcmp(p->format, "level")) {
		vector(f, s, p, p->smb, buf, "10");
		vector(f, s, p, p->smb, "3 passdb:5", "3");
		vector(f, s, p, p->smb, "auth:3", p->canonical);
		vector(f, s, p, p->smb, "auth:3 all:2", "2");
	} else {
		number_text(near, sizeof(near), p, p->hi);
		vector(f, s, p, p->smb, buf, p->clamp ? near : NULL);
	}
	if (p->octal)
		vector(f, s, p, p->smb, "08", NULL);
	/* More than fits is the most, and several words are classes, for a level. */
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (strcmp(p->format, "level") || !strchr(bad[i], '9'))
			vector(f, s, p, p->smb, bad[i], NULL);
}

static void size_vectors(FILE *f, const struct scope *s, const struct param *p)
{
	char in[32], out[32];

	snprintf(in, sizeof(in), "%" PRIu64 "K", p->lo >> 10);
	snprintf(out, sizeof(out), "%" PRIu64, p->lo >> 10 << 10);
	vector(f, s, p, p->smb, in, out);
	snprintf(in, sizeof(in), "%" PRIu64 "m", p->hi >> 20);
	snprintf(out, sizeof(out), "%" PRIu64, p->hi >> 20 << 20);
	vector(f, s, p, p->smb, in, out);
	snprintf(in, sizeof(in), "%" PRIu64 "K", (p->hi >> 10) + 1);
	snprintf(out, sizeof(out), "%" PRIu64, p->hi);
	vector(f, s, p, p->smb, in, p->clamp ? out : NULL);
	vector(f, s, p, p->smb, "17179869185G", NULL);	/* 2^64 + 2^30: must not wrap */
	vector(f, s, p, p->smb, "1KK", NULL);
	vector(f, s, p, p->smb, "K", NULL);
}

static void bool_vectors(FILE *f, const struct scope *s, const struct param *p)
{
	static const char *const yes[] = { "yes", "Yes", "TRUE", "on", "1" };
	static const char *const no[] = { "no", "False", "off", "0" };
	const char *name = p->smb;
	bool refused[2] = { false, false };

	for (const struct pair *r = p->refused; r && r->from; r++)
		refused[!strcmp(r->from, "yes")] = true;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		vector(f, s, p, name, yes[i], refused[1] ? NULL : "1");
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		vector(f, s, p, name, no[i], refused[0] ? NULL : "0");
	for (const char **inv = p->inverted; inv && *inv; inv++) {
		vector(f, s, p, *inv, "yes", "0");
		vector(f, s, p, *inv, "no", "1");
	}
	for (const char **alias = p->aliases; alias && *alias; alias++)
		vector(f, s, p, *alias, "yes", refused[1] ? NULL : "1");
	vector(f, s, p, name, "", NULL);
	vector(f, s, p, name, "maybe", NULL);
	vector(f, s, p, name, "2", NULL);
}

static void enum_vectors(FILE *f, const struct scope *s, const struct param *p)
{
	for (size_t i = 0; p->values[i]; i++) {
		vector(f, s, p, p->smb, p->values[i], p->values[i]);
		vector(f, s, p, p->smb, upper(p->values[i]), p->values[i]);
	}
	vector(f, s, p, p->smb, "", NULL);
	vector(f, s, p, p->smb, "nonsense", NULL);
}

/* "@repeat N c prefix" stands for prefix and then c up to N bytes in all. */
static void text_vectors(FILE *f, const struct scope *s, const struct param *p)
{
	static const struct {
		const char *format, *good, *bad[7];
	} samples[] = {
		{ "text", "two words", { "\\x01", "a\\x7f", "\\xff\\xfe" } },
		{ "path", "/srv/x", { "srv/x", "./x", "/srv/\\x01", "/srv/../etc", "/a/.." } },
		{ "address", "192.0.2.1", { "192.0.2", "192.0.2.256", "[::1]", "localhost", "1.2.3.4 5" } },
		{ "ifname", "eth0", { "eth 0", "a/b", "..", "sixteenletterss1" } },
		{ "netbios", "FILES", { "a b\\x01", "a/b", "a*b", "sixteen-letters1" } },
		{ "word", "nobody", { "a\\x01b" } },
		{ "users", "alice @4711", { "@", "a:b", "&nis", "@&nis", "+&nis", "DOM\\x5c", "a\\x01" } },
		{ "interfaces", "lo eth* 192.0.2.1 192.0.2.0/24 2001:db8::/64",
		  { "192.0.2.1/255.0.255.0", "192.0.2.1/33", "300.0.0.1", "files.example.org", "\"eth 0\"", "capability=RSS" } },
		{ "hosts", "192.0.2.0/24 2001:db8::/32 EXCEPT 192.0.2.7", { "192.0.2.0/33", "::/129", "1.2.3.4/255.0.255.0", "a\\x01" } },
		{ "names", "/*.tmp/a b/", { "/a\\x01b/" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		if (strcmp(samples[i].format, p->format))
			continue;
		vector(f, s, p, p->smb, samples[i].good, samples[i].good);
		for (size_t k = 0; k < ARRAY_SIZE(samples[i].bad) && samples[i].bad[k]; k++)
			vector(f, s, p, p->smb, samples[i].bad[k], NULL);
	}
	if (!strcmp(p->format, "text") || !strcmp(p->format, "path") || !strcmp(p->format, "names")) {
		const char *prefix = strcmp(p->format, "text") ? "/" : "x";
		char line[64];

		snprintf(line, sizeof(line), "@repeat %u x %s", p->max, prefix);
		if (strcmp(p->format, "names"))
			vector(f, s, p, p->smb, line, "@same");
		snprintf(line, sizeof(line), "@repeat %u x %s", p->max + 1, prefix);
		vector(f, s, p, p->smb, line, NULL);
	}
}

static void words_vectors(FILE *f, const struct scope *s, const struct param *p)
{
	char in[128], out[64], n[32];

	if (!strcmp(p->format, "numbers")) {
		snprintf(in, sizeof(in), "%" PRIu64 ",  %" PRIu64, p->lo, p->hi);
		snprintf(out, sizeof(out), "%" PRIu64 " %" PRIu64, p->lo, p->hi);
		vector(f, s, p, p->smb, in, out);
		snprintf(n, sizeof(n), "%" PRIu64, p->hi + 1);
		vector(f, s, p, p->smb, n, NULL);
		vector(f, s, p, p->smb, "1 x", NULL);
	} else if (!strcmp(p->format, "choice")) {
		vector(f, s, p, p->smb, p->values[0], p->values[0]);
		snprintf(in, sizeof(in), "%s %s", p->values[1], p->values[0]);
		vector(f, s, p, p->smb, in, in);
		vector(f, s, p, p->smb, "nonsense", NULL);
		snprintf(in, sizeof(in), "%s %s", p->values[0], p->values[0]);
		vector(f, s, p, p->smb, in, NULL);
	}
	if (!strcmp(p->format, "hosts")) {
		vector(f, s, p, p->smb, "192.0.2., all", "192.0.2.0/24 ALL");
		vector(f, s, p, p->smb, "10.0.0.0/255.0.0.0 except 10.", "10.0.0.0/8 EXCEPT 10.0.0.0/8");
		vector(f, s, p, p->smb, "host.example.org", NULL);
	}
	if (!strcmp(p->format, "interfaces")) {
		vector(f, s, p, p->smb, "192.168.1.2/255.255.255.0", "192.168.1.2");
		vector(f, s, p, p->smb, "192.168.1.0/255.255.255.0, 10.0.0.255/24", "192.168.1.0/24 10.0.0.0/24");
		vector(f, s, p, p->smb, "2001:db8::1/64 192.0.2.7/32", "2001:db8::1 192.0.2.7");
		vector(f, s, p, p->smb, "\"eth0;if_index=65,speed=1000000000,capability=RSS\"", "eth0");
		vector(f, s, p, p->smb, "\"eth0;capability=RSS\" , \"eth1;capability=RDMA\" ; eth2", "eth0 eth1 eth2");
		vector(f, s, p, p->smb, "eth0, 192.168.2.0/24; eth1", "eth0 192.168.2.0/24 eth1");
	}
	if (p->type == T_LIST && !strcmp(p->format, "users")) {
		vector(f, s, p, p->smb, "+7", "@7");
		vector(f, s, p, p->smb, "alice, bob ,@7", "alice bob @7");
		vector(f, s, p, p->smb, "", "");
	}
}

static void pair_vectors(FILE *f, const struct scope *s, const struct param *p)
{
	for (const struct pair *y = p->synonyms; y && y->from; y++) {
		const char *to = y->to;

		if (p->type == T_BOOL)
			to = strcmp(to, "yes") ? "0" : "1";
		vector(f, s, p, p->smb, y->from, to);
	}
	for (const struct pair *r = p->refused; r && r->from; r++)
		vector(f, s, p, p->smb, r->from, NULL);
	for (const struct pair *d = p->differs; p->type == T_LIST && d && d->from; d++) {
		char in[128];

		vector(f, s, p, p->smb, d->from, NULL);		/* alone */
		snprintf(in, sizeof(in), "%s %s", p->example, d->from);
		vector(f, s, p, p->smb, in, p->example);
	}
}

void emit_vectors(FILE *f, const struct schema *s)
{
	fputs("# Generated from configfs-schema/ by \"make gen\"; do not edit.\n"
	      "# scope, attribute, name in smb.conf, verdict, input, canonical text\n", f);
	for (int k = 0; k < NSCOPES; k++) {
		const struct scope *sc = &s->scopes[k];

		for (size_t i = 0; i < sc->n; i++) {
			const struct param *p = &sc->params[i];

			if (p->example)
				vector(f, sc, p, p->smb, p->example, "@any");
			pair_vectors(f, sc, p);
			if (p->type == T_BOOL)
				bool_vectors(f, sc, p);
			else if (p->type == T_ENUM)
				enum_vectors(f, sc, p);
			else if (!is_text(p))
				number_vectors(f, sc, p);
			if (p->type == T_SIZE)
				size_vectors(f, sc, p);
			if (is_text(p)) {
				text_vectors(f, sc, p);
				words_vectors(f, sc, p);
			}
		}
	}
}
