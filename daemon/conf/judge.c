// SPDX-License-Identifier: GPL-2.0-or-later
/* Judges parameters that are not obeyed: harmless, different from what was asked, or an error. */
#include <string.h>

#include "conf/internal.h"

const struct conf_known conf_vfs_objects = { "vfs objects", NULL, NULL, CONF_KNOWN_DIFFERS, true };
const struct conf_known conf_printable = {
	"printable", NULL, "printers are not served", CONF_KNOWN_DIFFERS, true
};

static enum conf_grade grade_of(enum conf_known_kind kind)
{
	static const enum conf_grade grades[] = { CONF_NOTE, CONF_DIFFERS, CONF_ERROR };

	return grades[kind];
}

static void judge_raw(struct conf_builder *b, const struct conf_known *known,
		      const struct conf_raw *r)
{
	if (conf_known_is_same(known, r->raw))
		conf_complain(b, &r->at, CONF_NOTE, NULL,
			      "\"%s = %.60s\" is so anyway", r->name, r->raw);
	else if (known->kind == CONF_KNOWN_NONE)
		conf_complain(b, &r->at, CONF_NOTE, known->why, "\"%s\" has no effect", r->name);
	else
		conf_complain(b, &r->at, grade_of(known->kind), known->why,
			      "\"%s = %.60s\" is not obeyed", r->name,
			      r->raw);
}

/* An unknown module may restrict access. */
static void judge_module(struct conf_builder *b, const struct conf_raw *r, const char *name)
{
	const struct conf_known *known = conf_module_find(name);
	enum conf_grade grade = conf_name_is_guarded(name) ? CONF_ERROR : CONF_DIFFERS;

	if (known)
		conf_complain(b, &r->at, grade_of(known->kind), known->why,
			      "there is no module \"%s\"", name);
	else
		conf_complain(b, &r->at, grade, NULL,
			      "there is no module \"%.60s\", and what it does is not known", name);
}

static void judge_modules(struct conf_builder *b, const struct conf_raw *r)
{
	char **words = conf_text_split(b->conf, r->raw);

	if (!words)
		b->nomem = true;
	for (size_t i = 0; words && words[i]; i++)
		judge_module(b, r, words[i]);
	talloc_free(words);
}

static void judge_printable(struct conf_builder *b, const struct conf_section *s,
			    const struct conf_raw *r)
{
	if (conf_value_truth(r->raw) == 0)
		conf_complain(b, &r->at, CONF_NOTE, NULL,
			      "\"%s = %.60s\" is so anyway", r->name, r->raw);
	else if (conf_value_truth(r->raw) < 0)
		conf_complain(b, &r->at, CONF_ERROR, "legal: yes, no",
			      "\"%.60s\" is no value for \"%s\"",
			      r->raw, r->name);
	else if (s->printer)
		conf_complain(b, &r->at, CONF_DIFFERS, NULL,
			      "[%s] is left out: printers are not served",
			      s->scope->name);
	else
		conf_complain(b, &r->at, CONF_ERROR, "set it in the sections of the printers",
			      "\"%s\" in [global] would make printers of all shares", r->name);
}

static void judge_known(struct conf_builder *b, const struct conf_section *s,
			const struct conf_known_raw *k)
{
	if (k->r.copied)
		return;			/* reported at its own line */
	if (k->known == &conf_vfs_objects)
		judge_modules(b, &k->r);
	else if (k->known == &conf_printable)
		judge_printable(b, s, &k->r);
	else
		judge_raw(b, k->known, &k->r);
}

void conf_known_all(struct conf_builder *b, const struct conf_section *s)
{
	for (size_t i = 0; i < s->nknown && !b->nomem; i++)
		judge_known(b, s, &s->known[i]);
}

static struct conf_known_raw *find_raw(const struct conf_section *s, const struct conf_known *known)
{
	for (size_t i = 0; i < s->nknown; i++)
		if (s->known[i].known == known)
			return &s->known[i];
	return NULL;
}

static struct conf_known_raw *add_raw(struct conf_builder *b, struct conf_section *s)
{
	struct conf_known_raw *grown = talloc_realloc(b->conf, s->known, struct conf_known_raw,
						      s->nknown + 1);

	if (!grown) {
		b->nomem = true;
		return NULL;
	}
	s->known = grown;
	grown[s->nknown] = (struct conf_known_raw) {};
	return &grown[s->nknown++];
}

/* Judges a value that [global] has replaced: shares that had begun have it. */
static void set_again(struct conf_builder *b, const struct conf_section *s,
		      const struct conf_known_raw *old, const struct conf_raw *r)
{
	if (s == &b->defaults && old->known->share && b->conf->nshares > old->r.nshares)
		judge_known(b, s, old);
	else if (!old->r.copied)
		conf_complain(b, &r->at, CONF_NOTE, NULL,
			      "\"%s\" is set again; line %u does not count",
			      r->name, old->r.at.line);
}

/*
 * The last value of a name counts, as for parameters that are obeyed. A row for many names cannot
 * tell them apart: each line is judged at once.
 */
void conf_known_assign(struct conf_builder *b, struct conf_section *s,
		       const struct conf_known *known, const struct conf_raw *r)
{
	struct conf_known_raw *k;

	if (b->share && !known->share) {
		/* Samba ignores it there, too. */
		conf_complain(b, &r->at, known->kind == CONF_KNOWN_NONE ? CONF_NOTE : CONF_DIFFERS, known->why,
			      "\"%s\" has no effect in a share", r->name);
		return;
	}
	if (strchr(known->name, '*')) {
		if (!r->copied)
			judge_raw(b, known, r);
		return;
	}
	k = find_raw(s, known);
	if (k && r->copied && !k->r.copied)
		return;
	if (k)
		set_again(b, s, k, r);
	if (!k)
		k = add_raw(b, s);
	if (!k)
		return;
	*k = (struct conf_known_raw) { known, *r };
	if (known == &conf_printable)
		s->printer = s != &b->defaults && conf_value_truth(r->raw) == 1;
}

/* The value as written, "" where it is not set. */
const char *conf_known_value(const struct conf_section *s, const char *name)
{
	const struct conf_known_raw *k = find_raw(s, conf_known_find(name));

	return k ? k->r.raw : "";
}

/* ---- unknown names ---- */

static const char *nearest_name(const char *name)
{
	struct conf_nearest best = { NULL, 3 + strlen(name) / 5 };

	conf_table_nearest(&conf_share_table, name, &best);
	conf_table_nearest(&conf_server_table, name, &best);
	conf_known_nearest(name, &best);
	return best.name;
}

/*
 * Samba goes on with a warning. Here an unknown name that may be about access is an error: by its
 * own words, or by those of the known name that is nearest.
 */
void conf_unknown_assign(struct conf_builder *b, const struct conf_raw *r)
{
	const char *meant;
	char *hint = NULL;
	bool inverted, guarded = conf_name_is_guarded(r->name);

	if (b->share && conf_table_name(&conf_server_table, r->name, &inverted) >= 0) {
		conf_complain(b, &r->at, guarded ? CONF_ERROR : CONF_DIFFERS, "move it there",
			      "\"%s\" belongs in [global]", r->name);
		return;
	}
	/*
	 * Each search takes time. Beyond the limit the meant name is not known, so the name is an
	 * error.
	 */
	if (b->suggested++ >= CONF_SUGGEST_MAX) {
		conf_complain(b, &r->at, CONF_ERROR, NULL, "unknown parameter \"%.60s\", after too many others",
			      r->name);
		return;
	}
	meant = nearest_name(r->name);
	if (meant)
		hint = talloc_asprintf(b->conf, "did you mean \"%s\"?", meant);
	guarded = guarded || (meant && conf_name_is_guarded(meant));
	conf_complain(b, &r->at, guarded ? CONF_ERROR : CONF_DIFFERS, hint,
		      "unknown parameter \"%.60s\"%s", r->name,
		      guarded ? ", which may be about who may do what" : ": it is left out");
}
