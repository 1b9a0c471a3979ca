// SPDX-License-Identifier: GPL-2.0-or-later
/* Turns values as written into checked values, and lets shares inherit. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "conf/internal.h"

/* Macros in a path that the kernel replaces for each session; in [homes] %S, too. */
#define SESSION_MACROS	"UuGgHmI"
#define HOMES_MACROS	"UuGgHmIS"

/* The context in which values of a section are evaluated. */
struct context {
	struct conf_macros macros;
	struct conf_domain domain;
	bool homes;
	bool again;			/* a value of [global] that was judged already */
};

/*
 * A value by "copy", or inherited, is judged where it is written. Its macros may expand to another
 * value, so it is judged again, without another complaint. A value that [global] has replaced later
 * is judged only where it is inherited.
 */
static bool is_mute(const struct conf_builder *b, const struct context *c, const struct conf_raw *r)
{
	return c->again || r->copied || (r->inherited && conf_has_said_at(b, &r->at, ""));
}

/* ---- macros ---- */

/* Macros for this parameter's value. A text that is only shown may keep unknown ones. */
static struct conf_macros macros_of(const struct context *c, const struct conf_param *p)
{
	struct conf_macros m = c->macros;

	if (p->format == CONF_FORMAT_PATH && c->macros.share)
		m.session = c->homes ? HOMES_MACROS : SESSION_MACROS;
	m.homes = c->homes;
	if (c->homes)
		m.share = NULL;
	m.text = p->type == CONF_STRING && p->format == CONF_FORMAT_TEXT;
	return m;
}

/*
 * "valid users = %S" in [homes] is the owner of the home. No other user reaches a home here, so the
 * list becomes empty: a wrong word in it would exclude owners.
 */
static bool is_owner(const struct context *c, const struct conf_param *p, const char *word)
{
	const char *backslash = strrchr(word, '\\');

	if (!c->homes || strcmp(p->attr, "valid_users"))
		return false;
	if (!strncmp(word, "%D%w", 4))
		word += 4;
	else if (backslash)
		word = backslash + 1;
	return !strcmp(word, "%S") || !strcmp(word, "%U") || !strcmp(word, "%u");
}

static bool names_owner(struct conf_builder *b, const struct context *c, const struct conf_param *p,
			const struct conf_raw *r)
{
	bool owner = false;
	char **words;
	size_t n;

	if (!c->homes || p->format != CONF_FORMAT_USERS)
		return false;
	words = conf_text_split(b->conf, r->raw);
	for (n = 0; words && words[n]; n++)
		owner |= is_owner(c, p, words[n]);
	if (owner && n > 1 && !is_mute(b, c, r))
		conf_complain(b, &r->at, CONF_DIFFERS, NULL,
			      "\"%s\": nobody but its owner reaches a home directory", r->name);
	talloc_free(words);
	return owner;
}

/* The text with its macros replaced; NULL after a complaint, or without memory. */
static char *expand_raw(struct conf_builder *b, const struct context *c, const struct conf_param *p,
			struct conf_raw *r)
{
	struct conf_macros m = macros_of(c, p);
	const char *why = NULL;
	char *text;

	if (p->type != CONF_STRING && p->type != CONF_LIST)
		return talloc_strdup(b->conf, r->raw);
	if (names_owner(b, c, p, r))
		return talloc_strdup(b->conf, "");
	text = conf_expand(b->conf, r->raw, &m, &why);
	if (!text && why) {
		r->bad = true;
		if (!is_mute(b, c, r) || !conf_has_error_at(b, &r->at))
			conf_complain(b, &r->at, CONF_ERROR, why,
				      "\"%s\": a macro that cannot be replaced",
				      r->name);
	} else if (!text) {
		b->nomem = true;
	} else if (m.text && m.left && !is_mute(b, c, r)) {
		conf_complain(b, &r->at, CONF_DIFFERS, NULL,
			      "\"%s\": %s is shown as it is", r->name, m.left);
	}
	return text;
}

/* ---- values ---- */

static void complain_value(struct conf_builder *b, const struct conf_raw *r,
			   const struct conf_verdict *v)
{
	if (v->word)
		conf_complain(b, &r->at, CONF_ERROR, v->why,
			      "\"%.60s\" is no word for \"%s\"", v->word,
			      r->name);
	else
		conf_complain(b, &r->at, CONF_ERROR, v->why,
			      "\"%.60s\" is no value for \"%s\"", r->raw,
			      r->name);
}

static void evaluate_value(struct conf_builder *b, struct conf_section *s, size_t i,
			   const struct context *c)
{
	const struct conf_param *p = &s->scope->table->params[i];
	struct conf_raw *r = &s->raw[i];
	struct conf_verdict v = {};
	struct conf_input in = { .inverted = r->inverted, .env = b->env, .domain = c->domain };
	char *text = expand_raw(b, c, p, r);
	int err;

	if (!text)
		return;
	in.text = text;
	err = conf_param_check(b->conf, p, &in, &v);
	talloc_free(text);
	if (err == -EINVAL) {
		r->bad = true;
		if (!is_mute(b, c, r) || !conf_has_error_at(b, &r->at))
			complain_value(b, r, &v);
		return;
	}
	if (v.nremarks && is_mute(b, c, r))
		v.nremarks = 0;
	for (size_t k = 0; k < v.nremarks; k++)
		conf_complain(b, &r->at, v.remarks[k].grade, NULL,
			      "\"%s\": %s", r->name, v.remarks[k].text);
	if (err)
		b->nomem = true;
	else
		s->scope->values[i] = (struct conf_value) { v.text, r->at.file, r->at.line, v.keep };
}

/* Takes a value from [global]; but a home directory is set in [homes] alone. */
static void inherit_value(struct conf_builder *b, struct conf_section *share, size_t i,
			  const struct context *c)
{
	const struct conf_raw *now = &b->defaults.raw[i], *r = &share->raw[i];
	struct context again = *c;

	again.again = r->raw == now->raw;	/* [global] has not set it again */
	if ((again.again && now->bad) ||
	    (share->homes && share->scope->table->params[i].format == CONF_FORMAT_PATH))
		return;
	if (again.again && !strchr(r->raw, '%'))
		share->scope->values[i] = b->defaults.scope->values[i];
	else
		evaluate_value(b, share, i, &again);
}

static void evaluate_section(struct conf_builder *b, struct conf_section *s,
			     const struct context *c)
{
	for (size_t i = 0; i < s->scope->table->n && !b->nomem; i++) {
		if (!s->raw[i].raw)
			continue;
		if (s->raw[i].inherited)
			inherit_value(b, s, i, c);
		else
			evaluate_value(b, s, i, c);
	}
	conf_known_all(b, s);
}

/* ---- [homes] ---- */

static void set_value(struct conf_builder *b, const struct csrv_conf_scope *s, const char *attr,
		      const char *text)
{
	struct conf_value *v = conf_scope_value(s, attr);

	v->text = talloc_strdup(b->conf, text);
	if (!v->text)
		b->nomem = true;
}

/* In Samba guests may see all home directories; here a guest has none. */
static void homes_guests(struct conf_builder *b, const struct csrv_conf_scope *s)
{
	static const char *const attrs[] = { "guest_ok", "guest_only" };

	for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
		const struct conf_value *v = conf_scope_value(s, attrs[i]);
		const struct conf_place at = { v->file ? v->file : s->file,
					       v->file ? v->line : s->line };

		if (strcmp(conf_scope_text(s, attrs[i]), "1"))
			continue;
		conf_complain(b, &at, CONF_DIFFERS, NULL,
			      "guests have no home directory: [homes] is not for them");
		set_value(b, s, attrs[i], "0");
	}
}

static void evaluate_homes(struct conf_builder *b, struct conf_section *s)
{
	set_value(b, s->scope, "homes", "1");
	if (!*conf_scope_text(s->scope, "path") &&
	    !s->raw[conf_table_attr(&conf_share_table, "path")].bad)
		set_value(b, s->scope, "path", "%H");
	homes_guests(b, s->scope);
}

/* ---- all of it ---- */

/* The host's first label in upper case, as in Samba. */
static void default_netbios_name(struct conf_builder *b)
{
	struct conf_value *v = conf_scope_value(b->global.scope, "netbios_name");
	char *name;

	if (v->text && *v->text)
		return;
	name = conf_host_netbios(b->conf, b->env->hostname);
	if (!name)
		b->nomem = true;
	else if (!conf_text_printable(name) && *name)
		v->text = name;
}

static void evaluate_shares(struct conf_builder *b, struct context *c)
{
	for (size_t i = 0; i < b->conf->nshares && !b->nomem; i++) {
		struct conf_section *s = &b->shares[i];

		c->macros.share = s->scope->name;
		c->homes = s->homes;
		if (s->printer) {
			conf_known_all(b, s);
			continue;
		}
		evaluate_section(b, s, c);
		if (s->homes && !b->nomem)
			evaluate_homes(b, s);
	}
}

static void drop_printers(struct conf_builder *b)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->conf->nshares; i++)
		if (!b->shares[i].printer)
			b->shares[kept++] = b->shares[i];
	b->conf->nshares = kept;
}

void conf_evaluate_all(struct conf_builder *b)
{
	int netbios = conf_table_attr(&conf_server_table, "netbios_name");
	struct context c = { .macros.host = b->env->hostname };

	default_netbios_name(b);
	c.macros.netbios = b->global.raw[netbios].raw;
	if (!c.macros.netbios)
		c.macros.netbios = conf_scope_text(b->global.scope, "netbios_name");
	evaluate_section(b, &b->global, &c);
	default_netbios_name(b);	/* if the file says it is empty */
	c.macros.netbios = conf_scope_text(b->global.scope, "netbios_name");
	c.domain = (struct conf_domain) { conf_scope_text(b->global.scope, "workgroup"),
					  c.macros.netbios };
	c.macros.share = "share";
	evaluate_section(b, &b->defaults, &c);
	evaluate_shares(b, &c);
	drop_printers(b);
}
