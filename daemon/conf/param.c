// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks values, and writes them canonically. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "conf/internal.h"

bool conf_value_is(const char *value, const char *known)
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
		if (conf_value_is(value, list->from))
			return list->to;
	return NULL;
}

static void refuse_values(struct conf_check *c)
{
	c->why = talloc_strdup(c->ctx, "legal:");
	for (const char *const *v = c->p->values; c->why && *v; v++)
		c->why = talloc_asprintf_append(c->why, "%s %s", v == c->p->values ? "" : ",", *v);
}

static void refuse_number(struct conf_check *c)
{
	c->why = talloc_asprintf(c->ctx, c->p->octal ?
				 "legal: %" PRIo64 " to %" PRIo64 ", octal" :
				 "legal: %" PRIu64 " to %" PRIu64, c->p->lo, c->p->hi);
}

int conf_value_truth(const char *value)
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

/* Takes a value that means less than was asked for, and reports the reason. */
static void remark_difference(struct conf_check *c, const char *value)
{
	const char *why = pair_find(c->p->differs, value);

	if (why)
		conf_remark(c, CONF_DIFFERS, "%.60s: %s", value, why);
}

static void check_bool(struct conf_check *c, const char *value, bool inverted)
{
	const char *same = pair_find(c->p->synonyms, value);
	int v = conf_value_truth(same ? same : value);

	if (v < 0) {
		conf_refuse(c, "legal: yes, no");
		return;
	}
	v ^= inverted;
	for (const struct conf_pair *r = c->p->refused; r && r->from; r++) {
		if (conf_value_truth(r->from) == v) {
			conf_refuse(c, r->to);
			return;
		}
	}
	remark_difference(c, value);
	c->ret = talloc_strdup(c->ctx, v ? "1" : "0");
}

/* Clears bits that a mode may have, but not of this parameter. */
static uint64_t drop_bits(struct conf_check *c, uint64_t v)
{
	if (!c->p->dropped || v > 07777 || v <= c->p->hi)
		return v;
	conf_remark(c, c->p->dropped_differs ? CONF_DIFFERS : CONF_NOTE,
		    "%04" PRIo64 " counts as %04" PRIo64 ": %s", v, v & c->p->hi, c->p->dropped);
	return v & c->p->hi;
}

/* A limit out of range is no reason to serve nothing. */
static uint64_t clamp(struct conf_check *c, const char *value, uint64_t v)
{
	uint64_t near = v < c->p->lo ? c->p->lo : c->p->hi;

	if (!c->p->clamp || (v >= c->p->lo && v <= c->p->hi))
		return v;
	conf_remark(c, CONF_DIFFERS, "%.60s counts as %" PRIu64 " (legal: %" PRIu64 " to %" PRIu64 ")", value,
		    near, c->p->lo, c->p->hi);
	return near;
}

static void check_number(struct conf_check *c, const char *value)
{
	uint64_t v;

	if (conf_text_u64(value, c->p->octal ? 8 : 10, &v)) {
		v = clamp(c, value, drop_bits(c, v));
		if (v >= c->p->lo && v <= c->p->hi) {
			c->ret = talloc_asprintf(c->ctx, c->p->octal ? "%04" PRIo64 :
						 "%" PRIu64, v);
			return;
		}
	}
	refuse_number(c);
}

/* One word of a log level, "3" or "class:5", perhaps with "@file"; @level if it is for all. */
static bool level_word(struct conf_check *c, const char *word, bool first, uint64_t *level)
{
	size_t len = strcspn(word, "@");
	const char *colon = memchr(word, ':', len), *number = colon ? colon + 1 : word;
	char *digits = talloc_strndup(c->ctx, number, len - (number - word));
	bool good = digits && *digits && strspn(digits, "0123456789") == strlen(digits) &&
		(colon ? colon > word : first);
	uint64_t v;

	if (good && word[len])
		conf_remark(c, CONF_DIFFERS,
			    "\"%.60s\": there are no log files, only the journal", word);
	if (good && colon && strncasecmp(word, "all:", 4))
		conf_remark(c, CONF_NOTE,
			    "\"%.60s\" has no effect: classes have no level of their own", word);
	else if (good)
		*level = conf_text_u64(digits, 10, &v) && v < c->p->hi ? v : c->p->hi;
	talloc_free(digits);
	return good;
}

static void check_level(struct conf_check *c, const char *value)
{
	char **words = conf_text_split(c->ctx, value);
	uint64_t level = 0;
	bool good = words && *words;

	conf_text_u64(c->p->def, 10, &level);
	for (size_t i = 0; good && words[i]; i++)
		good = level_word(c, words[i], !i, &level);
	if (good)
		c->ret = talloc_asprintf(c->ctx, "%" PRIu64, level);
	else if (words)
		refuse_number(c);
	talloc_free(words);
}

static void check_size(struct conf_check *c, const char *value)
{
	static const char units[] = "KMGT";
	size_t len = strlen(value);
	const char *unit = len ? strchr(units, toupper((unsigned char)value[len - 1])) : NULL;
	unsigned int shift = unit ? 10 * (unit - units + 1) : 0;
	char *digits = talloc_strndup(c->ctx, value, len - !!unit);
	uint64_t v;

	if (!digits)
		return;
	if (conf_text_u64(digits, 10, &v) && v <= UINT64_MAX >> shift) {
		v = clamp(c, value, v << shift);
		if (v >= c->p->lo && v <= c->p->hi)
			c->ret = talloc_asprintf(c->ctx, "%" PRIu64, v);
	}
	if (!c->ret)
		c->why = talloc_asprintf(c->ctx, "legal: %" PRIu64 "K to %" PRIu64 "K, with K, M or G",
					 c->p->lo >> 10, c->p->hi >> 10);
	talloc_free(digits);
}

static void check_enum(struct conf_check *c, const char *value)
{
	const char *why = pair_find(c->p->refused, value);
	const char *same = pair_find(c->p->synonyms, value);

	if (why) {
		refuse_values(c);
		if (c->why)
			c->why = talloc_asprintf(c->ctx, "%s; %s", why, c->why);
		return;
	}
	for (const char *const *v = c->p->values; *v; v++) {
		if (conf_value_is(same ? same : value, *v)) {
			remark_difference(c, value);
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

static void check_string(struct conf_check *c, const char *value)
{
	bool names = c->p->format == CONF_FORMAT_NAMES;
	char *text = names ? canon_names(c->ctx, value) : unquote(c->ctx, value);
	const char *legal = NULL;

	if (names && *value && !strchr(value, '/'))
		conf_remark(c, CONF_WARNING,
			    "patterns stand between slashes; without one this is a single pattern");
	if (text)
		legal = conf_text_shape(c->p, text);
	if (legal) {
		c->why = talloc_asprintf(c->ctx, "legal: %s", legal);
		talloc_free(text);
	} else {
		c->ret = text;
	}
}

static char *choice_word(struct conf_check *c, const char *word)
{
	for (const char *const *v = c->p->values; *v; v++)
		if (!strcasecmp(word, *v))
			return talloc_strdup(c->ctx, *v);
	refuse_values(c);
	return NULL;
}

static char *host_word(struct conf_check *c, const char *word)
{
	char *ret = conf_host_canon(c->ctx, word);

	if (!ret)
		conf_refuse(c,
		       "legal: addresses, networks (192.0.2.0/24, 192.0.2.), ALL, EXCEPT; names are not looked up");
	return ret;
}

static char *interface_word(struct conf_check *c, const char *word)
{
	char *ret = conf_interface_canon(c->ctx, word);

	if (!ret)
		conf_refuse(c,
		       "legal: names of interfaces with * and ?, addresses, networks (192.0.2.0/24); host names are not looked up");
	return ret;
}

static char *number_word(struct conf_check *c, const char *word)
{
	uint64_t v;

	if (!conf_text_shape(c->p, word) && conf_text_u64(word, 10, &v))
		return talloc_asprintf(c->ctx, "%" PRIu64, v);
	refuse_number(c);
	return NULL;
}

/* Canonical word; NULL with c->why set if it is not legal. */
static char *check_word(struct conf_check *c, const char *word)
{
	const char *why = pair_find(c->p->refused, word);

	if (why) {
		conf_refuse(c, why);
		return NULL;
	}
	switch (c->p->format) {
	case CONF_FORMAT_USERS:
		return conf_user_word(c, word);
	case CONF_FORMAT_CHOICE:
		return choice_word(c, word);
	case CONF_FORMAT_HOSTS:
		return host_word(c, word);
	case CONF_FORMAT_NUMBERS:
		return number_word(c, word);
	case CONF_FORMAT_INTERFACES:
		return interface_word(c, word);
	default:
		why = *word ? conf_text_shape(c->p, word) : "no empty words";
		if (!why && strchr(word, ' '))
			why = "words without blanks";
		if (why)
			c->why = talloc_asprintf(c->ctx, "legal: %s", why);
		return why ? NULL : talloc_strdup(c->ctx, word);
	}
}

/* Appends @word to @list, unless it is left out. */
static char *append_word(struct conf_check *c, char *list, const char *word)
{
	const char *why = pair_find(c->p->differs, word);

	if (why)
		conf_remark(c, CONF_DIFFERS, "%s is left out: %s", word, why);
	if (why || !*word)
		return list;
	return talloc_asprintf_append(list, "%s%s", *list ? " " : "", word);
}

static char *check_words(struct conf_check *c, char **words)
{
	char *ret = talloc_strdup(c->ctx, "");

	for (size_t i = 0; words[i] && ret; i++) {
		char *word = check_word(c, words[i]);

		if (word && c->p->format == CONF_FORMAT_CHOICE && conf_list_has(ret, ' ', word, strlen(word)))
			conf_refuse(c, "it stands there twice");
		if (!word || c->why) {
			c->verdict->word = talloc_strdup(c->ctx, words[i]);
			TALLOC_FREE(ret);
			break;
		}
		ret = append_word(c, ret, word);
		talloc_free(word);
		if (ret && strlen(ret) > c->p->max)
			break;		/* too long: the caller reports it */
	}
	return ret;
}

/* The words of "-NAME -NAME" without the dash; NULL with c->why set. */
static char *named_without(struct conf_check *c, char **words)
{
	char *ret = talloc_strdup(c->ctx, "");

	for (size_t i = 0; words[i] && ret; i++) {
		char *word = words[i][0] == '-' ? choice_word(c, words[i] + 1) : NULL;

		if (words[i][0] != '-')
			conf_refuse(c, "legal: words to use, or words to leave out of the default, each with a -");
		if (!word) {
			c->verdict->word = talloc_strdup(c->ctx, words[i]);
			return NULL;
		}
		ret = talloc_asprintf_append(ret, "%s ", word);
	}
	return ret;
}

/* smb.conf(5): words with a dash are left out of the default. */
static char *default_without(struct conf_check *c, char **words)
{
	const char *names = named_without(c, words), *list = c->p->def, *w;
	char *ret = names ? talloc_strdup(c->ctx, "") : NULL;
	size_t len;

	while (ret && (w = conf_next_word(&list, ' ', &len)))
		if (!conf_list_has(names, ' ', w, len))
			ret = talloc_asprintf_append(ret, "%s%.*s", *ret ? " " : "", (int)len, w);
	if (!ret || *ret)
		return ret;
	conf_refuse(c, "legal: to leave one at least");
	return NULL;
}

static void check_list(struct conf_check *c, const char *value)
{
	char **words = conf_text_split(c->ctx, value);
	bool without = c->p->format == CONF_FORMAT_CHOICE && words && *words && **words == '-';

	if (words)
		c->ret = without ? default_without(c, words) : check_words(c, words);
	if (c->ret && !*c->ret && words[0] && c->p->differs) {
		TALLOC_FREE(c->ret);
		conf_refuse(c, c->p->differs->to);
	}
	talloc_free(words);
}

static void check_type(struct conf_check *c, const char *value, bool inverted)
{
	switch (c->p->type) {
	case CONF_BOOL:
		check_bool(c, value, inverted);
		break;
	case CONF_U32:
		if (c->p->format == CONF_FORMAT_LEVEL)
			check_level(c, value);
		else
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

int conf_param_check(TALLOC_CTX *ctx, const struct conf_param *param,
			   const struct conf_input *in, struct conf_verdict *ret)
{
	struct conf_check c = { .ctx = ctx, .p = param, .in = in, .verdict = ret };
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
