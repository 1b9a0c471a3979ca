// SPDX-License-Identifier: GPL-2.0-or-later
/* Builds sections from lines, with values as they are written. */
#include <string.h>
#include <strings.h>

#include "conf/internal.h"
#include "util/cleanup.h"
#include "util/grow.h"
#include "util/utf.h"

/* ---- sections ---- */

bool conf_section_init(struct conf_builder *b, struct conf_section *s, const char *name,
		       const struct conf_place *at, const struct conf_table *table)
{
	struct csrv_conf_scope *scope = talloc_zero(b->conf, struct csrv_conf_scope);

	*s = (struct conf_section) { .raw = talloc_zero_array(b->conf, struct conf_raw, table->n) };
	if (scope) {
		scope->values = talloc_zero_array(scope, struct conf_value, table->n);
		scope->name = talloc_strdup(scope, name);
		scope->file = at->file;
		scope->line = at->line;
		scope->table = table;
	}
	s->scope = scope;
	if (scope && s->raw && scope->values && scope->name)
		return true;
	b->nomem = true;
	return false;
}

/* Lines of [global] further down are not for this section, as in Samba. */
static void take_defaults(const struct conf_builder *b, struct conf_section *s)
{
	for (size_t i = 0; i < conf_share_table.n; i++) {
		s->raw[i] = b->defaults.raw[i];
		s->raw[i].inherited = true;
	}
}

static struct conf_section *share_add(struct conf_builder *b, const char *name,
				      const struct conf_place *at)
{
	size_t n = b->conf->nshares;
	struct conf_section *shares;

	if (n >= CONF_SHARES_MAX) {
		conf_complain(b, at, CONF_ERROR, "legal: 4096", "there are too many shares");
		return NULL;
	}
	shares = array_grow(b->conf, b->shares, struct conf_section, n);
	if (!shares) {
		b->nomem = true;
		return NULL;
	}
	b->shares = shares;
	if (!conf_section_init(b, &shares[n], name, at, &conf_share_table))
		return NULL;
	shares[n].homes = !strcasecmp(name, "homes");
	take_defaults(b, &shares[n]);
	b->conf->nshares++;
	return &shares[n];
}

/* Sections whose names the kernel cannot tell apart, as [Ä] and [ä], are one share. */
static struct conf_section *share_by_name(const struct conf_builder *b, const char *name)
{
	for (size_t i = 0; i < b->conf->nshares; i++)
		if (!utf8_casecmp(b->shares[i].scope->name, name))
			return &b->shares[i];
	return NULL;
}

static bool share_name_ok(const char *name)
{
	return *name && strlen(name) <= CONF_SHARE_NAME_MAX && !conf_text_printable(name) &&
		!strpbrk(name, "\\/:*?\"<>|") && strcmp(name, ".") && strcmp(name, "..");
}

/* Is it a section that is no share here?  Complains. */
static bool not_a_share(struct conf_builder *b, const char *name, const struct conf_place *at)
{
	if (!strcasecmp(name, "printers") || !strcasecmp(name, "print$")) {
		conf_complain(b, at, CONF_DIFFERS, NULL,
			      "[%s] is left out: printers are not served", name);
		return true;
	}
	if (!strcasecmp(name, "IPC$") || !strcasecmp(name, "ADMIN$")) {
		conf_complain(b, at, CONF_ERROR, "give it another name",
			      "[%s] is the server's own share", name);
		return true;
	}
	if (!share_name_ok(name)) {
		conf_complain(b, at, CONF_ERROR,
			      "at most 80 bytes of UTF-8 without control characters and \\ / : * ? \" < > |",
			      "this cannot be the name of a share");
		return true;
	}
	return false;
}

void conf_section_begin(struct conf_builder *b, const char *name, const struct conf_place *at)
{
	b->share = NULL;
	b->after.line = 0;
	b->late_said = false;
	b->in_ignored = true;		/* unless its name is legal */
	b->in_global = !strcasecmp(name, "global") || !strcasecmp(name, "globals");
	if (b->in_global) {
		b->in_ignored = false;
		return;
	}
	if (not_a_share(b, name, at))
		return;
	b->share = share_by_name(b, name);
	if (!b->share)
		b->share = share_add(b, name, at);
	b->in_ignored = !b->share;
}

/* ---- assignments ---- */

/* Reports a share parameter of [global] that sections above do not get. */
static void say_late(struct conf_builder *b, const struct conf_raw *r)
{
	if (b->conf->nshares && !b->late_said)
		conf_complain(b, &r->at, CONF_WARNING, "[global] stands best above all shares",
			      "\"%s\" in [global] is for sections that begin below: [%s] and those above it keep what they have",
			      r->name, b->shares[b->conf->nshares - 1].scope->name);
	b->late_said = b->conf->nshares;
}

/*
 * Samba gives shares above the earlier value. A parameter of the server has only one value, which
 * may be less strict.
 */
static bool is_lost(const struct conf_builder *b, const struct conf_section *s,
		    const struct conf_raw *old, const struct conf_raw *r)
{
	bool inverted;

	return s == &b->global && b->conf->nshares > old->nshares && strcmp(old->raw, r->raw) &&
		conf_table_name(&conf_share_table, r->name, &inverted) >= 0;
}

/* A default of [global] that earlier shares have taken */
static bool counts_above(const struct conf_builder *b, const struct conf_section *s,
			 const struct conf_raw *old)
{
	return s == &b->defaults && b->conf->nshares > old->nshares;
}

/* Values by "copy" or from [global] make room for the section's own. */
static void take_raw(struct conf_builder *b, const struct conf_section *s, struct conf_raw *to,
		     const struct conf_raw *r)
{
	bool own = to->raw && !to->copied && !to->inherited;

	if (own && is_lost(b, s, to, r))
		conf_complain(b, &r->at, CONF_ERROR, "set it once, above all shares",
			      "\"%s\" is set again below shares, which would keep what line %u says",
			      r->name, to->at.line);
	else if (own && !counts_above(b, s, to))
		conf_complain(b, &r->at, CONF_WARNING, NULL,
			      "\"%s\" is set again; line %u does not count", r->name, to->at.line);
	*to = *r;
}

static void copy_section(struct conf_builder *b, struct conf_section *to,
			 const struct conf_section *from)
{
	for (size_t i = 0; i < conf_share_table.n; i++) {
		if (to->raw[i].raw && !to->raw[i].copied && !to->raw[i].inherited)
			continue;
		to->raw[i] = from->raw[i];	/* or nothing, which is the default */
		to->raw[i].copied = true;
	}
	/* The copy, too, lacks the lines of a missing file. */
	if (!to->scope->off)
		to->scope->off = from->scope->off;
	for (size_t i = 0; i < from->nknown; i++) {
		struct conf_raw r = from->known[i].r;

		r.copied = true;
		conf_known_assign(b, to, from->known[i].known, &r);
	}
}

/*
 * Samba's "copy": takes all values of another section, inherited ones too, that this one does not
 * set.
 */
static void copy(struct conf_builder *b, const struct conf_raw *r)
{
	const struct conf_section *from = share_by_name(b, r->raw);

	if (!*r->raw)
		return;
	if (!b->share)
		conf_complain(b, &r->at, CONF_ERROR, "in [global], write the parameters out",
			      "\"copy\" stands in a share");
	else if (!from)
		conf_complain(b, &r->at, CONF_ERROR,
			      "what is copied stands before what it is copied to",
			      "there is no section [%s] above", r->raw);
	else if (from == b->share)
		conf_complain(b, &r->at, CONF_ERROR, NULL,
			      "[%s] cannot be copied to itself", r->raw);
	else
		copy_section(b, b->share, from);
}

/* The section that the parameter belongs to, with its index; NULL: the name is in no table */
static struct conf_section *section_of(struct conf_builder *b, const char *name, int *index,
				       bool *inverted)
{
	struct conf_section *const places[] = { b->share ? b->share : &b->global, &b->defaults };

	for (size_t i = 0; i < (b->share ? 1 : ARRAY_LEN(places)); i++) {
		*index = conf_table_name(places[i]->scope->table, name, inverted);
		if (*index >= 0)
			return places[i];
	}
	return NULL;
}

static void assign(struct conf_builder *b, struct conf_raw *r)
{
	struct conf_section *s;
	const struct conf_known *known;
	int i;

	if (conf_name_is(r->name, "copy")) {
		copy(b, r);
		return;
	}
	s = section_of(b, r->name, &i, &r->inverted);
	if (s) {
		if (s == &b->defaults)
			say_late(b, r);
		take_raw(b, s, &s->raw[i], r);
		return;
	}
	known = conf_known_find(r->name);
	if (conf_name_is(r->name, "vfs objects") || conf_name_is(r->name, "vfs object"))
		known = &conf_vfs_objects;
	else if (conf_name_is(r->name, "printable") || conf_name_is(r->name, "print ok"))
		known = &conf_printable;
	if (known)
		conf_known_assign(b, b->share ? b->share : &b->defaults, known, r);
	else
		conf_unknown_assign(b, r);
}

/* Once after an include: a reader may take the line for one of the section above the include. */
void conf_say_after_include(struct conf_builder *b, const struct conf_place *at)
{
	const char *name = b->share ? b->share->scope->name : "global";

	conf_complain(b, at, CONF_WARNING, "write the name of the section that is meant above the line",
		      b->in_ignored ?
		      "what follows the include in %s:%u belongs to its last section, which is left out" :
		      "what follows the include in %s:%u belongs to its last section, [%s], as in Samba",
		      b->after.file, b->after.line, name);
	b->after.line = 0;
}

void conf_assign(struct conf_builder *b, const char *name, const char *value,
		 const struct conf_place *at)
{
	struct conf_raw r = { .at = *at, .nshares = b->conf->nshares };

	if (b->after.line)
		conf_say_after_include(b, at);
	if (b->in_ignored)
		return;
	if (!b->share && !b->in_global) {
		conf_complain(b, at, CONF_WARNING, NULL,
			      "what stands before any section belongs to [global]");
		b->in_global = true;
	}
	r.raw = talloc_strdup(b->conf, value);
	r.name = talloc_strdup(b->conf, name);
	if (r.raw && r.name)
		assign(b, &r);
	else
		b->nomem = true;
}
