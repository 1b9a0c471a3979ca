// SPDX-License-Identifier: GPL-2.0-or-later
/* Read the schema, and refuse one that contradicts itself. */
#include <ctype.h>
#include <inttypes.h>
#include <libconfig.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "schema.h"

const char *const formats[] = {
	"text", "path", "address", "ifname", "netbios", "word", "users", "hosts",
	"numbers", "names", "choice", "interfaces", "level", NULL
};

static const char *const types[] = { "bool", "u32", "size", "enum", "string", "list", NULL };
static const char *const tos[] = { "kernel", "daemon", NULL };
static const char *const readers[] = { "kernel", "daemon", NULL };
static const char *const whens[] = { "any", "disabled", NULL };
static const char *const keys[] = {
	"attr", "smb", "aliases", "inverted", "type", "format", "range", "values", "synonyms",
	"refused", "differs", "dropped", "clamp", "max", "octal", "default", "when", "to", "reader", "doc",
	"example", NULL
};

__attribute__((noreturn, format(printf, 3, 4)))
static void die(const struct scope *s, const char *attr, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "gen: %s: %s: ", s->file, attr ? attr : "file");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(2);
}

static void *zalloc(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		abort();
	return p;
}

static int index_of(const char *const *names, const char *name)
{
	for (int i = 0; names[i]; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

size_t format_index(const char *format)
{
	int i = index_of(formats, format);

	return i < 0 ? 0 : i;
}

bool is_text(const struct param *p)
{
	return p->type == T_STRING || p->type == T_LIST;
}

const char *upper(const char *text)
{
	static char bufs[4][64];
	static unsigned int turn;
	char *buf = bufs[turn++ % ARRAY_SIZE(bufs)];
	size_t i;

	for (i = 0; text[i] && i < sizeof(bufs[0]) - 1; i++)
		buf[i] = isalnum((unsigned char)text[i]) ? toupper((unsigned char)text[i]) : '_';
	buf[i] = 0;
	return buf;
}

bool size_parse(const char *text, uint64_t *ret)
{
	static const char units[] = "KMGT";
	const char *unit;
	char *end;

	*ret = strtoull(text, &end, 10);
	if (end == text)
		return false;
	if (!*end)
		return true;
	unit = strchr(units, *end);
	if (!unit || end[1])
		return false;
	*ret <<= 10 * (unit - units + 1);
	return true;
}

static const char **strings(const struct scope *s, const char *attr, config_setting_t *group,
			    const char *key)
{
	config_setting_t *list = config_setting_get_member(group, key);
	const char **ret;
	int n;

	if (!list)
		return NULL;
	n = config_setting_length(list);
	ret = zalloc(n + 1, sizeof(*ret));
	for (int i = 0; i < n; i++) {
		ret[i] = config_setting_get_string_elem(list, i);
		if (!ret[i])
			die(s, attr, "%s: not a list of strings", key);
	}
	return ret;
}

static struct pair *pairs(const struct scope *s, const char *attr, config_setting_t *group,
			  const char *key)
{
	config_setting_t *list = config_setting_get_member(group, key);
	struct pair *ret;
	int n;

	if (!list)
		return NULL;
	n = config_setting_length(list);
	ret = zalloc(n + 1, sizeof(*ret));
	for (int i = 0; i < n; i++) {
		config_setting_t *pair = config_setting_get_elem(list, i);

		if (!pair || !config_setting_is_list(pair) || config_setting_length(pair) != 2)
			die(s, attr, "%s: not a list of pairs", key);
		ret[i].from = config_setting_get_string_elem(pair, 0);
		ret[i].to = config_setting_get_string_elem(pair, 1);
		if (!ret[i].from || !ret[i].to)
			die(s, attr, "%s: not a pair of strings", key);
	}
	return ret;
}

static uint64_t bound(const struct scope *s, const char *attr, config_setting_t *range, int i)
{
	config_setting_t *e = config_setting_get_elem(range, i);
	uint64_t v;

	if (!e)
		die(s, attr, "range wants two numbers");
	if (config_setting_type(e) == CONFIG_TYPE_STRING) {
		if (!size_parse(config_setting_get_string(e), &v))
			die(s, attr, "range: bad size");
		return v;
	}
	return config_setting_get_int64(e);
}

static int choice(const struct scope *s, const char *attr, config_setting_t *g, const char *key,
		  const char *const *names, const char *def)
{
	const char *text = def;
	int i;

	config_setting_lookup_string(g, key, &text);
	i = text ? index_of(names, text) : -1;
	if (i < 0)
		die(s, attr, "%s: missing or unknown", key);
	return i;
}

static char *canonical_number(const struct scope *s, const struct param *p)
{
	char buf[32];
	uint64_t v;

	if (p->octal)
		v = strtoull(p->def, NULL, 8);
	else if (!size_parse(p->def, &v))
		die(s, p->attr, "default: not a number");
	if (v < p->lo || v > p->hi)
		die(s, p->attr, "default out of range");
	snprintf(buf, sizeof(buf), p->octal ? "%04" PRIo64 : "%" PRIu64, v);
	return strdup(buf);
}

static void canonical(const struct scope *s, struct param *p)
{
	switch (p->type) {
	case T_BOOL:
		if (strcmp(p->def, "yes") && strcmp(p->def, "no"))
			die(s, p->attr, "default: yes or no");
		p->canonical = strdup(p->def[0] == 'y' ? "1" : "0");
		break;
	case T_U32:
	case T_SIZE:
		p->canonical = canonical_number(s, p);
		break;
	case T_ENUM:
		if (index_of(p->values, p->def) < 0)
			die(s, p->attr, "default is not one of the values");
		p->canonical = strdup(p->def);
		break;
	default:
		if (strlen(p->def) > p->max)
			die(s, p->attr, "default too long");
		p->canonical = strdup(p->def);
	}
	if (!p->canonical)
		abort();
}

static void check_limits(const struct scope *s, const struct param *p)
{
	bool numbers = p->type == T_U32 || p->type == T_SIZE || !strcmp(p->format, "numbers");

	if (numbers && p->lo >= p->hi)
		die(s, p->attr, "range missing or empty");
	if (p->type != T_SIZE && p->hi > UINT32_MAX)
		die(s, p->attr, "range beyond u32");
	if (is_text(p) && (!p->max || p->max > TEXT_MAX))
		die(s, p->attr, "max: 1 to %d", TEXT_MAX);
}

static void check_shape(const struct scope *s, const struct param *p)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

	if (p->attr[strspn(p->attr, letters)])
		die(s, p->attr, "attr: not a lower-case identifier");
	if ((p->type == T_ENUM || !strcmp(p->format, "choice")) != !!p->values)
		die(s, p->attr, "values belong to enum and choice, and must be there");
	if (p->inverted && p->type != T_BOOL)
		die(s, p->attr, "inverted: only for bool");
	if (p->read_by_daemon && p->to != TO_KERNEL)
		die(s, p->attr, "reader belongs to what is in configfs");
	if (p->clamp && ((p->type != T_U32 && p->type != T_SIZE) || p->octal || !p->smb))
		die(s, p->attr, "clamp: only for numbers of smb.conf");
	if (p->dropped && !p->octal)
		die(s, p->attr, "dropped: only for octal");
	if (!p->example)
		die(s, p->attr, "example is missing");
}

/* dropped = ("same" or "differs", why) */
static void load_dropped(const struct scope *s, struct param *p, config_setting_t *g)
{
	const char **list = strings(s, p->attr, g, "dropped");

	if (!list)
		return;
	if (!list[0] || !list[1] || (strcmp(list[0], "same") && strcmp(list[0], "differs")))
		die(s, p->attr, "dropped: (\"same\" or \"differs\", why)");
	p->dropped_differs = !strcmp(list[0], "differs");
	p->dropped = list[1];
}

static void load_param(const struct scope *s, struct param *p, config_setting_t *g)
{
	config_setting_t *range;
	int num = 0;

	if (!config_setting_lookup_string(g, "attr", &p->attr))
		die(s, NULL, "a parameter without attr, line %u", config_setting_source_line(g));
	for (int i = 0; i < config_setting_length(g); i++) {
		const char *key = config_setting_name(config_setting_get_elem(g, i));

		if (index_of(keys, key) < 0)
			die(s, p->attr, "unknown key \"%s\"", key);
	}
	config_setting_lookup_string(g, "smb", &p->smb);
	p->aliases = strings(s, p->attr, g, "aliases");
	p->inverted = strings(s, p->attr, g, "inverted");
	p->values = strings(s, p->attr, g, "values");
	p->synonyms = pairs(s, p->attr, g, "synonyms");
	p->refused = pairs(s, p->attr, g, "refused");
	p->differs = pairs(s, p->attr, g, "differs");
	p->type = choice(s, p->attr, g, "type", types, NULL);
	p->format = formats[choice(s, p->attr, g, "format", formats, "text")];
	p->to = choice(s, p->attr, g, "to", tos, "kernel");
	p->when_disabled = choice(s, p->attr, g, "when", whens, "any");
	p->read_by_daemon = choice(s, p->attr, g, "reader", readers, "kernel");
	load_dropped(s, p, g);
	config_setting_lookup_bool(g, "octal", &num);
	p->octal = num;
	num = 0;
	config_setting_lookup_bool(g, "clamp", &num);
	p->clamp = num;
	num = !strcmp(p->format, "netbios") && p->type == T_STRING ? 15 : 255;
	config_setting_lookup_int(g, "max", &num);
	p->max = num > 0 ? num : 0;
	range = config_setting_get_member(g, "range");
	if (range) {
		p->lo = bound(s, p->attr, range, 0);
		p->hi = bound(s, p->attr, range, 1);
	}
	config_setting_lookup_string(g, "example", &p->example);
	if (!config_setting_lookup_string(g, "doc", &p->doc) ||
	    !config_setting_lookup_string(g, "default", &p->def))
		die(s, p->attr, "doc or default is missing");
	check_shape(s, p);
	check_limits(s, p);
	canonical(s, p);
}

static void check_unique(const struct scope *s)
{
	for (size_t i = 0; i < s->n; i++) {
		for (size_t j = i + 1; j < s->n; j++) {
			const struct param *a = &s->params[i], *b = &s->params[j];

			if (!strcmp(a->attr, b->attr))
				die(s, a->attr, "occurs twice");
			if (a->smb && b->smb && !strcasecmp(a->smb, b->smb))
				die(s, a->attr, "smb name occurs twice");
		}
	}
}

/* It lives as long as the program. */
static config_t *read_file(const char *top, const char *file)
{
	config_t *cfg = zalloc(1, sizeof(*cfg));
	char path[4096];

	snprintf(path, sizeof(path), "%s/configfs-schema/%s", top, file);
	config_init(cfg);
	if (config_read_file(cfg, path))
		return cfg;
	fprintf(stderr, "gen: %s:%d: %s\n", path, config_error_line(cfg), config_error_text(cfg));
	exit(2);
}

static void load_scope(struct scope *s, const char *top)
{
	config_t *cfg = read_file(top, s->file);
	config_setting_t *list;

	list = config_lookup(cfg, "parameters");
	if (!list || !config_lookup_string(cfg, "scope", &s->name))
		die(s, NULL, "no scope or no parameters");
	s->n = config_setting_length(list);
	s->params = zalloc(s->n + 1, sizeof(*s->params));
	for (size_t i = 0; i < s->n; i++)
		load_param(s, &s->params[i], config_setting_get_elem(list, i));
	check_unique(s);
}

/* ---- names.cfg ---- */

static void load_known(const struct scope *file, struct known *k, config_setting_t *g, bool module)
{
	static const char *const kinds[] = { "none", "differs", "refused" };
	char place[32];
	int n = 0;

	snprintf(place, sizeof(place), "line %u", config_setting_source_line(g));
	k->names = strings(file, place, g, module ? "names" : "server");
	if (!k->names && !module) {
		k->names = strings(file, place, g, "share");
		k->share = true;
	}
	if (!k->names)
		die(file, place, "no names");
	k->same = strings(file, place, g, "same");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!config_setting_lookup_string(g, kinds[i], &k->why))
			continue;
		k->kind = i;
		n++;
	}
	if (n != 1 || config_setting_length(g) != 2 + !!k->same)
		die(file, place, "names, perhaps same, and one of none, differs, refused");
}

static struct known *load_knowns(const struct scope *file, config_t *cfg, const char *key, size_t *n)
{
	config_setting_t *list = config_lookup(cfg, key);
	struct known *ret;

	if (!list)
		die(file, NULL, "no %s", key);
	*n = config_setting_length(list);
	ret = zalloc(*n + 1, sizeof(*ret));
	for (size_t i = 0; i < *n; i++)
		load_known(file, &ret[i], config_setting_get_elem(list, i), !strcmp(key, "modules"));
	return ret;
}

/* A name has one meaning: here, and not a second one in the schema. */
static void check_names(const struct scope *file, const struct schema *s, const char *name,
			const struct known *self)
{
	for (size_t i = 0; i < s->nknown; i++)
		for (const char **n = s->known[i].names; &s->known[i] != self && *n; n++)
			if (!strcasecmp(*n, name))
				die(file, name, "occurs twice");
	for (int k = 0; k < NSCOPES; k++)
		for (size_t i = 0; i < s->scopes[k].n; i++)
			if (s->scopes[k].params[i].smb && !strcasecmp(s->scopes[k].params[i].smb, name))
				die(file, name, "is obeyed, see %s", s->scopes[k].file);
}

static void load_names(struct schema *s, const char *top)
{
	const struct scope file = { .file = "names.cfg" };
	config_t *cfg = read_file(top, file.file);

	s->known = load_knowns(&file, cfg, "known", &s->nknown);
	s->modules = load_knowns(&file, cfg, "modules", &s->nmodules);
	s->guards = strings(&file, NULL, config_root_setting(cfg), "guards");
	if (!s->guards)
		die(&file, NULL, "no guards");
	for (size_t i = 0; i < s->nknown; i++)
		for (const char **n = s->known[i].names; *n; n++)
			check_names(&file, s, *n, &s->known[i]);
}

void schema_load(struct schema *s, const char *top)
{
	static const char *const files[NSCOPES] = {
		"server.cfg", "share.cfg", "user.cfg", "listener.cfg"
	};

	memset(s, 0, sizeof(*s));
	for (int i = 0; i < NSCOPES; i++) {
		s->scopes[i].file = files[i];
		load_scope(&s->scopes[i], top);
	}
	load_names(s, top);
}
