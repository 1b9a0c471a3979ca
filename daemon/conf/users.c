// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Words of "valid users" and of the other lists of users. The kernel compares names of accounts and
 * numbers of groups, with one blank between words.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "conf/internal.h"

#define NOBODY	".unknown."	/* no name of an account begins with a dot */

/*
 * A word that is no name of an account. An empty list would permit all users, so a word that
 * matches none takes its place.
 */
static char *no_account(TALLOC_CTX *ctx, const char *prefix, const char *name)
{
	char *ret = talloc_asprintf(ctx, "%s%s", prefix, name);

	for (char *c = ret; c && *c; c++)
		if (strchr("\\/:&+@\" \t,", *c))
			*c = '_';
	return ret;
}

static char *nobody_word(TALLOC_CTX *ctx, const char *name)
{
	return no_account(ctx, NOBODY, name);
}

const char *conf_without_domain(const struct conf_domain *ours, const char *name)
{
	const char *backslash = strchr(name, '\\');
	const char *const domains[] = { ours->workgroup, ours->netbios };

	if (!backslash)
		return name;
	for (size_t i = 0; i < 2; i++) {
		size_t len = domains[i] ? strlen(domains[i]) : 0;

		if (len && len == (size_t)(backslash - name) && !strncasecmp(name, domains[i], len))
			return backslash + 1;
	}
	return NULL;
}

/* The effect of a word that is no account. */
static const char *without_account(const struct conf_check *c)
{
	if (!strcmp(c->p->attr, "invalid_users"))
		return "the word keeps nobody out";
	if (!strcmp(c->p->attr, "read_list"))
		return "the word keeps nobody from writing";
	return "the word matches nobody";
}

/* Marks a word that cannot be looked up now, so that running values stay. */
static char *doubtful_word(struct conf_check *c, bool group, const char *name, int err)
{
	c->verdict->keep = true;
	conf_remark(c, CONF_WARNING, "the %s \"%s\" cannot be looked up now: %s",
		    group ? "group" : "user", name, strerror(-err));
	return no_account(c->ctx, group ? CONF_WAITING_GROUP : CONF_WAITING, name);
}

/* ---- groups ---- */

static int ask_group(const struct conf_env *env, const char *name, gid_t *gid)
{
	return env && env->group ? env->group(env->priv, name, gid) : -ENOENT;
}

static char *group_number(struct conf_check *c, uint64_t number)
{
	if (number < UINT32_MAX)
		return talloc_asprintf(c->ctx, "@%" PRIu64, number);
	conf_refuse(c, "legal: a group's number is below 4294967295");
	return NULL;
}

/* The name service may know a group of another domain with that domain (winbind). */
static char *group_named(struct conf_check *c, const char *name)
{
	const char *ours = conf_without_domain(&c->in->domain, name);
	gid_t gid;
	int err = ask_group(c->in->env, ours ? ours : name, &gid);

	if (!err)
		return group_number(c, gid);
	if (err != -ENOENT)
		return doubtful_word(c, true, name, err);
	conf_remark(c, CONF_WARNING, ours ? "there is no group \"%s\": %s" :
		    "\"%s\" is of another domain, and Unix knows no such group: %s",
		    name, without_account(c));
	return nobody_word(c->ctx, name);
}

static char *group_word(struct conf_check *c, const char *name)
{
	uint64_t number;

	if (!*name || strpbrk(name, "/:&+@\"")) {
		conf_refuse(c, "legal: a group is @name, +name or @number");
		return NULL;
	}
	if (conf_text_u64(name, 10, &number))
		return group_number(c, number);
	if (c->in->env)
		return group_named(c, name);
	if (strpbrk(name, "\\ ,")) {
		conf_refuse(c, "legal: a group is @name or @number");
		return NULL;
	}
	return talloc_asprintf(c->ctx, "@%s", name);
}

/* ---- users ---- */

int conf_ask_user(TALLOC_CTX *ctx, const struct conf_env *env, const char *name)
{
	char *lower;
	uid_t uid;
	gid_t gid;
	int err;

	if (!env || !env->user)
		return -EINPROGRESS;
	err = env->user(env->priv, name, &uid, &gid);
	if (err != -ENOENT)
		return err;
	lower = talloc_strdup(ctx, name);
	for (char *s = lower; s && *s; s++)
		*s = tolower((unsigned char)*s);
	if (lower && strcmp(lower, name))
		err = env->user(env->priv, lower, &uid, &gid);
	talloc_free(lower);
	return err;
}

/* The kernel would take a name with blanks or commas for several words. */
static char *user_with_blanks(struct conf_check *c, const char *name, int err)
{
	if (!err || !c->in->env) {
		conf_refuse(c,
		       "legal: names of users without blanks and commas; for others make a group and name that");
		return NULL;
	}
	return err == -ENOENT ? nobody_word(c->ctx, name) : doubtful_word(c, false, name, err);
}

static char *user_named(struct conf_check *c, const char *word)
{
	const char *name = conf_without_domain(&c->in->domain, word);
	int err;

	if (!name) {
		conf_remark(c, CONF_WARNING,
			    "\"%s\" is of another domain: %s", word, without_account(c));
		return nobody_word(c->ctx, word);
	}
	err = conf_ask_user(c->ctx, c->in->env, name);
	if (err == -ENOENT && strncmp(name, NOBODY, strlen(NOBODY)))
		conf_remark(c, CONF_WARNING, "there is no user \"%s\": %s", name, without_account(c));
	if (strpbrk(name, " ,"))
		return user_with_blanks(c, name, err);
	return talloc_strdup(c->ctx, name);
}

char *conf_user_word(struct conf_check *c, const char *word)
{
	if (*word == '&' || (*word && strchr("+@", *word) && word[1] == '&')) {
		conf_refuse(c, "legal: groups of Unix; netgroups of NIS are not asked");
		return NULL;
	}
	if (*word == '@' || *word == '+')
		return group_word(c, word + 1);
	if (!*word || strpbrk(word, "/:&+\"") || word[strlen(word) - 1] == '\\') {
		conf_refuse(c, "legal: names of users without / : & +, and groups as @name");
		return NULL;
	}
	return user_named(c, word);
}
