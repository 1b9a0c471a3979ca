// SPDX-License-Identifier: GPL-2.0-or-later
/* Values: legal or not, and their canonical text. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "conf/internal.h"

/* One check on its way: what is checked, and both possible results. */
struct check {
	TALLOC_CTX *ctx;
	const struct conf_param *p;
	const struct conf_env *env;
	char *ret, *why;
	struct conf_verdict *verdict;	/* for remarks and doubts */
};

/* Without regard to case, and with ' ', '-', '_' alike. */
static bool value_is(const char *value, const char *known)
{
	for (;; value++, known++) {
		char a = tolower((unsigned char)*value), b = tolower((unsigned char)*known);

		if (a == ' ' || a == '-')
			a = '_';
		if (b == ' ' || b == '-')
			b = '_';
		if (a != b)
			return false;
		if (!a)
			return true;
	}
}

static const char *pair_find(const struct conf_pair *list, const char *value)
{
	for (; list && list->from; list++)
		if (value_is(value, list->from))
			return list->to;
	return NULL;
}

static void refuse(struct check *c, const char *why)
{
	c->why = talloc_strdup(c->ctx, why);
}

__attribute__((format(printf, 2, 3)))
static void remark(struct check *c, const char *fmt, ...)
{
	struct conf_verdict *v = c->verdict;
	char **grown = talloc_realloc(c->ctx, v->remarks, char *, v->nremarks + 1);
	va_list ap;

	if (!grown)
		return;
	v->remarks = grown;
	va_start(ap, fmt);
	grown[v->nremarks] = talloc_vasprintf(c->ctx, fmt, ap);
	va_end(ap);
	v->nremarks += !!grown[v->nremarks];
}

/*
 * A word for lists of users that is no name of an account: those do not begin with a dot.
 * An empty list would mean everybody, so what matches nobody must stand there.
 */
static char *nobody_word(TALLOC_CTX *ctx, const char *name)
{
	char *ret = talloc_asprintf(ctx, ".unknown.%s", name);

	for (char *c = ret; c && *c; c++)
		if (strchr("\\/:&+@\" \t,", *c))
			*c = '_';
	return ret;
}

static void refuse_values(struct check *c)
{
	c->why = talloc_strdup(c->ctx, "legal:");
	for (const char *const *v = c->p->values; c->why && *v; v++)
		c->why = talloc_asprintf_append(c->why, "%s %s", v == c->p->values ? "" : ",", *v);
}

static void refuse_number(struct check *c)
{
	c->why = talloc_asprintf(c->ctx, c->p->octal ?
				 "legal: %" PRIo64 " to %" PRIo64 ", octal" :
				 "legal: %" PRIu64 " to %" PRIu64, c->p->lo, c->p->hi);
}

static int truth(const char *value)
{
	static const char *const no[] = { "no", "false", "off", "0" };
	static const char *const yes[] = { "yes", "true", "on", "1" };

	for (size_t i = 0; i < 4; i++) {
		if (!strcasecmp(value, yes[i]))
			return 1;
		if (!strcasecmp(value, no[i]))
			return 0;
	}
	return -1;
}

static void check_bool(struct check *c, const char *value, bool inverted)
{
	const char *same = pair_find(c->p->synonyms, value);
	int v = truth(same ? same : value);

	if (v < 0) {
		refuse(c, "legal: yes, no");
		return;
	}
	v ^= inverted;
	for (const struct conf_pair *r = c->p->refused; r && r->from; r++) {
		if (truth(r->from) == v) {
			refuse(c, r->to);
			return;
		}
	}
	c->ret = talloc_strdup(c->ctx, v ? "1" : "0");
}

static void check_number(struct check *c, const char *value)
{
	uint64_t v;

	if (!conf_text_u64(value, c->p->octal ? 8 : 10, &v) || v < c->p->lo || v > c->p->hi)
		refuse_number(c);
	else
		c->ret = talloc_asprintf(c->ctx, c->p->octal ? "%04" PRIo64 : "%" PRIu64, v);
}

static void check_size(struct check *c, const char *value)
{
	static const char units[] = "KMGT";
	size_t len = strlen(value);
	const char *unit = len ? strchr(units, toupper((unsigned char)value[len - 1])) : NULL;
	unsigned int shift = unit ? 10 * (unit - units + 1) : 0;
	char *digits = talloc_strndup(c->ctx, value, len - !!unit);
	uint64_t v;

	if (!digits)
		return;
	if (!conf_text_u64(digits, 10, &v) || v > UINT64_MAX >> shift ||
	    v << shift < c->p->lo || v << shift > c->p->hi)
		c->why = talloc_asprintf(c->ctx, "legal: %" PRIu64 "K to %" PRIu64 "K, with K, M or G",
					 c->p->lo >> 10, c->p->hi >> 10);
	else
		c->ret = talloc_asprintf(c->ctx, "%" PRIu64, v << shift);
	talloc_free(digits);
}

static void check_enum(struct check *c, const char *value)
{
	const char *why = pair_find(c->p->refused, value);
	const char *same = pair_find(c->p->synonyms, value);

	if (why) {
		refuse(c, why);
		return;
	}
	for (const char *const *v = c->p->values; *v; v++) {
		if (value_is(same ? same : value, *v)) {
			c->ret = talloc_strdup(c->ctx, *v);
			return;
		}
	}
	refuse_values(c);
}

/* "/a/b c/": one slash before, between and after, no empty names */
static char *canon_names(TALLOC_CTX *ctx, const char *value)
{
	char *ret = talloc_strdup(ctx, "");
	size_t n;

	while (ret) {
		value += strspn(value, "/");
		n = strcspn(value, "/");
		if (!n)
			break;
		ret = talloc_asprintf_append(ret, "/%.*s", (int)n, value);
		value += n;
	}
	return ret && *ret ? talloc_strdup_append(ret, "/") : ret;
}

/* Without one pair of quotes around it. */
static char *unquote(TALLOC_CTX *ctx, const char *value)
{
	size_t len = strlen(value);

	if (len >= 2 && value[0] == '"' && value[len - 1] == '"')
		return talloc_strndup(ctx, value + 1, len - 2);
	return talloc_strdup(ctx, value);
}

static void check_string(struct check *c, const char *value)
{
	bool names = c->p->format == CONF_FORMAT_NAMES;
	char *text = names ? canon_names(c->ctx, value) : unquote(c->ctx, value);
	const char *legal = NULL;

	if (text)
		legal = conf_text_shape(c->p, text);
	if (legal) {
		c->why = talloc_asprintf(c->ctx, "legal: %s", legal);
		talloc_free(text);
	} else {
		c->ret = text;
	}
}

/* @name and +name become @gid if names may be looked up. */
static char *group_word(struct check *c, const char *word)
{
	uint64_t number;
	gid_t gid;
	int err;

	if (conf_text_u64(word + 1, 10, &number)) {
		if (number < UINT32_MAX)
			return talloc_asprintf(c->ctx, "@%" PRIu64, number);
		refuse(c, "a group's number is below 4294967295");
		return NULL;
	}
	if (!c->env) {
		if (strchr(word, ' '))
			refuse(c, "a group is @name or @number");
		return c->why ? NULL : talloc_asprintf(c->ctx, "@%s", word + 1);
	}
	err = c->env->group(c->env->priv, word + 1, &gid);
	if (!err)
		return talloc_asprintf(c->ctx, "@%u", (unsigned int)gid);
	if (err == -ENOENT) {
		remark(c, "there is no group \"%s\": the word matches nobody", word + 1);
	} else {
		c->verdict->keep = true;
		remark(c, "the group \"%s\" cannot be looked up now: %s", word + 1, strerror(-err));
	}
	return nobody_word(c->ctx, word + 1);
}

static char *user_word(struct check *c, const char *word)
{
	const char *legal;
	char *at = NULL, *ret = NULL;

	if (*word == '+' && word[1] != '&') {
		at = talloc_asprintf(c->ctx, "@%s", word + 1);
		if (!at)
			return NULL;
		word = at;
	}
	legal = conf_text_shape(c->p, word);
	if (legal)
		c->why = talloc_asprintf(c->ctx, "legal: %s", legal);
	else
		ret = *word == '@' ? group_word(c, word) : talloc_strdup(c->ctx, word);
	talloc_free(at);
	return ret;
}

static char *choice_word(struct check *c, const char *word)
{
	for (const char *const *v = c->p->values; *v; v++)
		if (!strcasecmp(word, *v))
			return talloc_strdup(c->ctx, *v);
	refuse_values(c);
	return NULL;
}

static char *host_word(struct check *c, const char *word)
{
	char *ret = conf_host_canon(c->ctx, word);

	if (!ret)
		refuse(c, "legal: addresses, networks (192.0.2.0/24, 192.0.2.), ALL, EXCEPT; names are not looked up");
	return ret;
}

static char *number_word(struct check *c, const char *word)
{
	uint64_t v;

	if (!conf_text_shape(c->p, word) && conf_text_u64(word, 10, &v))
		return talloc_asprintf(c->ctx, "%" PRIu64, v);
	refuse_number(c);
	return NULL;
}

/* Canonical word; NULL with c->why set if it is not legal. */
static char *check_word(struct check *c, const char *word)
{
	const char *why = pair_find(c->p->refused, word);

	if (why) {
		refuse(c, why);
		return NULL;
	}
	switch (c->p->format) {
	case CONF_FORMAT_USERS:
		return user_word(c, word);
	case CONF_FORMAT_CHOICE:
		return choice_word(c, word);
	case CONF_FORMAT_HOSTS:
		return host_word(c, word);
	case CONF_FORMAT_NUMBERS:
		return number_word(c, word);
	default:
		why = *word ? conf_text_shape(c->p, word) : "no empty words";
		if (!why && strchr(word, ' '))
			why = "words without blanks";
		if (why)
			c->why = talloc_asprintf(c->ctx, "legal: %s", why);
		return why ? NULL : talloc_strdup(c->ctx, word);
	}
}

static bool list_has(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *s = list; *s; s += strspn(s, " ")) {
		size_t n = strcspn(s, " ");

		if (n == len && !memcmp(s, word, n))
			return true;
		s += n;
	}
	return false;
}

static void check_list(struct check *c, const char *value)
{
	char **words = conf_text_split(c->ctx, value);
	char *ret = talloc_strdup(c->ctx, "");

	for (size_t i = 0; words && words[i] && ret; i++) {
		char *word = check_word(c, words[i]);
		bool choice = c->p->format == CONF_FORMAT_CHOICE;

		if (word && choice && list_has(ret, word))
			c->why = talloc_asprintf(c->ctx, "%s stands there twice", word);
		if (!word || c->why) {
			TALLOC_FREE(ret);
			break;
		}
		ret = talloc_asprintf_append(ret, "%s%s", *ret ? " " : "", word);
		talloc_free(word);
		if (ret && strlen(ret) > c->p->max)
			break;		/* too long already: the caller says so */
	}
	if (words)
		c->ret = ret;
	talloc_free(words);
}

static void check_type(struct check *c, const char *value, bool inverted)
{
	switch (c->p->type) {
	case CONF_BOOL:
		check_bool(c, value, inverted);
		break;
	case CONF_U32:
		check_number(c, value);
		break;
	case CONF_SIZE:
		check_size(c, value);
		break;
	case CONF_ENUM:
		check_enum(c, value);
		break;
	case CONF_LIST:
		if (c->p->format != CONF_FORMAT_NAMES) {
			check_list(c, value);
			break;
		}
		/* fall through */
	default:
		check_string(c, value);
	}
}

int conf_param_check_input(TALLOC_CTX *ctx, const struct conf_param *param,
			   const struct conf_input *in, struct conf_verdict *ret)
{
	struct check c = { .ctx = ctx, .p = param, .env = in->env, .verdict = ret };
	const char *legal = conf_text_printable(in->text);

	if (legal)
		c.why = talloc_asprintf(ctx, "legal: %s", legal);
	else
		check_type(&c, in->text, in->inverted);
	if (c.ret && param->max && strlen(c.ret) > param->max) {
		TALLOC_FREE(c.ret);
		c.why = talloc_asprintf(ctx, "legal: at most %u bytes", param->max);
	}
	ret->text = c.ret;
	ret->why = c.why;
	if (c.ret)
		return 0;
	return c.why ? -EINVAL : -ENOMEM;
}

int conf_param_check(TALLOC_CTX *ctx, const struct conf_param *param, const char *value,
		     bool inverted, char **ret, char **why)
{
	const struct conf_input in = { .text = value, .inverted = inverted };
	struct conf_verdict v = {};
	int err = conf_param_check_input(ctx, param, &in, &v);

	*ret = v.text;
	*why = v.why;
	return err;
}
