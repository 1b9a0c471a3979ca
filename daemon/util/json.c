// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * util/json.c - the flat JSON objects of CSRV_OP_STATUS, RFC 8259 without nesting
 *
 * Implementation: octets of a string that are not UTF-8 become '?', since names
 * of files on disk may be anything and are shown all the same.
 */
#include "json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "utf.h"

struct parser {
	const char *pos, *end;
	bool bad;
};

static void skip_space(struct parser *p)
{
	while (p->pos < p->end && strchr(" \t\r\n", *p->pos) && *p->pos)
		p->pos++;
}

static bool take(struct parser *p, char c)
{
	skip_space(p);
	if (p->pos < p->end && *p->pos == c) {
		p->pos++;
		return true;
	}
	return false;
}

static void expect(struct parser *p, char c)
{
	p->bad |= !take(p, c);
}

/* \uXXXX of the basic plane; surrogates and NUL are refused. */
static size_t take_unicode(struct parser *p, char *out)
{
	char hex[5] = "", *end;
	unsigned long c;

	if (p->end - p->pos < 4) {
		p->bad = true;
		return 0;
	}
	memcpy(hex, p->pos, 4);
	p->pos += 4;
	c = strtoul(hex, &end, 16);
	if (*end || hex[0] == '-' || hex[0] == '+' || hex[0] == ' ' || !c ||
	    (c >= 0xd800 && c < 0xe000)) {
		p->bad = true;
		return 0;
	}
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	out[0] = (char)(0xe0 | c >> 12);
	out[1] = (char)(0x80 | (c >> 6 & 0x3f));
	out[2] = (char)(0x80 | (c & 0x3f));
	return 3;
}

static size_t take_escape(struct parser *p, char *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at;

	if (p->pos == p->end) {
		p->bad = true;
		return 0;
	}
	if (*p->pos == 'u') {
		p->pos++;
		return take_unicode(p, out);
	}
	at = *p->pos ? strchr(from, *p->pos) : NULL;
	if (!at) {
		p->bad = true;
		return 0;
	}
	p->pos++;
	*out = to[at - from];
	return 1;
}

static char *take_string(struct parser *p, TALLOC_CTX *ctx)
{
	/* What an escape means is never longer than the escape. */
	char *s, *o;

	expect(p, '"');
	o = s = p->bad ? NULL : talloc_array(ctx, char, (size_t)(p->end - p->pos) + 1);
	while (s && !p->bad && p->pos < p->end && *p->pos != '"') {
		if ((unsigned char)*p->pos < 0x20)
			p->bad = true;
		else if (*p->pos != '\\')
			*o++ = *p->pos++;
		else {
			p->pos++;
			o += take_escape(p, o);
		}
	}
	p->bad |= !s || p->pos == p->end;
	if (p->bad)
		return NULL;
	p->pos++;
	*o = 0;
	p->bad |= strlen(s) != (size_t)(o - s);
	utf8_repair(s);
	return s;
}

static bool is_number(const char *s)
{
	return *s && strlen(s) <= 20 && strspn(s, "0123456789") == strlen(s);
}

static char *take_word(struct parser *p, TALLOC_CTX *ctx)
{
	const char *start;
	char *s;

	skip_space(p);
	start = p->pos;
	while (p->pos < p->end && *p->pos && strchr("0123456789truefalsn", *p->pos))
		p->pos++;
	s = talloc_strndup(ctx, start, (size_t)(p->pos - start));
	if (!s || (!is_number(s) && strcmp(s, "true") && strcmp(s, "false")))
		p->bad = true;
	return s;
}

static void take_member(struct parser *p, struct json_object *o)
{
	struct json_member *m = &o->member[o->n];

	m->name = take_string(p, o);
	expect(p, ':');
	skip_space(p);
	m->is_string = p->pos < p->end && *p->pos == '"';
	m->text = p->bad ? NULL : m->is_string ? take_string(p, o) : take_word(p, o);
	if (!p->bad)
		o->n++;
}

struct json_object *json_parse(TALLOC_CTX *ctx, const char *line, size_t len)
{
	struct parser p = { .pos = line, .end = line + len };
	struct json_object *o = talloc_zero(ctx, struct json_object);

	if (!o)
		return NULL;
	expect(&p, '{');
	if (!p.bad && !take(&p, '}')) {
		do {
			p.bad |= o->n == JSON_MAX_MEMBERS;
			if (!p.bad)
				take_member(&p, o);
		} while (!p.bad && take(&p, ','));
		expect(&p, '}');
	}
	skip_space(&p);
	if (!p.bad && p.pos == p.end)
		return o;
	talloc_free(o);
	return NULL;
}

static const struct json_member *find(const struct json_object *o, const char *name)
{
	for (size_t i = 0; i < o->n; i++)
		if (!strcmp(o->member[i].name, name))
			return &o->member[i];
	return NULL;
}

const char *json_text(const struct json_object *o, const char *name)
{
	const struct json_member *m = find(o, name);

	return m ? m->text : "";
}

uint64_t json_u64(const struct json_object *o, const char *name)
{
	const struct json_member *m = find(o, name);

	return m && !m->is_string && is_number(m->text) ? strtoull(m->text, NULL, 10) : 0;
}

bool json_bool(const struct json_object *o, const char *name)
{
	const struct json_member *m = find(o, name);

	return m && !m->is_string && !strcmp(m->text, "true");
}
