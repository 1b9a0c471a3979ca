// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The steps of an attribute in use from one value to another.
 *
 * A share in use changes one attribute at a time.  What narrows access is written first and what
 * widens it last, for the server and all shares together, since a parameter of one may depend on
 * one of the other.  A list that does neither, or both, is first reduced to what both values have
 * in common.  So at no moment may a user do what both configurations forbid, with two exceptions:
 * lists of hosts, of the server and of a share, that change to other addresses, which are written
 * with what narrows; and lists that together are longer than one value.
 */
#include <stdlib.h>
#include <string.h>

#include "sync/internal.h"

/* For a list of users: configfs can have no account of that name. */
#define NO_USER	"."
/* For a list of hosts: no client has this address. */
#define NO_HOST	"255.255.255.255"

/* ---- lists ---- */

/* Is each word of @few in @many? */
static bool is_within(const char *few, const char *many, char sep)
{
	const char *w;
	size_t len;

	while ((w = conf_next_word(&few, sep, &len)))
		if (!conf_list_has(many, sep, w, len))
			return false;
	return true;
}

static const char *common_words(TALLOC_CTX *ctx, const char *a, const char *b)
{
	char *ret = talloc_strdup(ctx, "");
	const char *w;
	size_t len;

	if (is_within(a, b, ' '))
		return a;
	if (is_within(b, a, ' '))
		return b;
	while (ret && (w = conf_next_word(&a, ' ', &len)))
		if (conf_list_has(b, ' ', w, len))
			ret = talloc_asprintf_append(ret, "%s%.*s", *ret ? " " : "", (int)len, w);
	return ret;
}

/* Words of both lists; @b alone where they do not fit into one value. */
static const char *all_words(TALLOC_CTX *ctx, const char *a, const char *b, char sep, size_t max)
{
	if (is_within(a, b, sep))
		return b;
	if (is_within(b, a, sep))
		return a;
	return strlen(a) + strlen(b) < max ? talloc_asprintf(ctx, "%s%c%s", a, sep, b) : b;
}

static char *add_word(char *list, const char *word, size_t len)
{
	if (!list || conf_list_has(list, ' ', word, len))
		return list;
	return talloc_asprintf_append(list, "%s%.*s", *list ? " " : "", (int)len, word);
}

static bool has_mark(const char *word, const char *mark)
{
	return !strncmp(word, mark, strlen(mark));
}

size_t sync_waiting_mark(const char *word)
{
	return has_mark(word, CONF_WAITING) ? strlen(CONF_WAITING) :
	       has_mark(word, CONF_WAITING_GROUP) ? strlen(CONF_WAITING_GROUP) : 0;
}

const char *sync_kept_list(TALLOC_CTX *ctx, const struct conf_param *p, const char *old,
			   const char *new)
{
	bool may_not = !strcmp(p->attr, "invalid_users") || !strcmp(p->attr, "read_list");
	char *ret = talloc_strdup(ctx, may_not ? old : "");
	const char *list = new, *w;
	bool group = false;
	size_t len;

	while ((w = conf_next_word(&list, ' ', &len))) {
		group |= has_mark(w, CONF_WAITING_GROUP);
		if (!sync_waiting_mark(w))
			ret = add_word(ret, w, len);
	}
	/* The running list has numbers: each may be that of the unknown group. */
	for (list = group ? old : ""; (w = conf_next_word(&list, ' ', &len));)
		if (*w == '@')
			ret = add_word(ret, w, len);
	if (!ret)
		return NULL;
	if (strlen(ret) > p->max)
		return old;
	if (*ret || strcmp(p->attr, "valid_users"))
		return ret;
	/* An empty list would permit all users. */
	return group || !*old ? old : NO_USER;
}

/* ---- one attribute ---- */

static size_t one_step(struct sync_step *s, enum sync_phase phase, const char *value)
{
	*s = (struct sync_step) { phase, value };
	return 1;
}

/* Through @middle, which is narrower than both. */
static size_t two_steps(struct sync_step *s, const char *middle, const char *old, const char *new)
{
	size_t n = 0;

	if (!middle || strcmp(middle, old))
		n += one_step(&s[n], SYNC_NARROWING, middle);
	if (!middle || strcmp(middle, new))
		n += one_step(&s[n], SYNC_WIDENING, new);
	return n;
}

/* A running item without the attribute has its default. */
const char *sync_running_value(const struct sync_item *run, const struct sync_attr *a)
{
	const char *old = run ? sync_item_value(run, a->name) : NULL;

	return old ? old : a->param->def;
}

static bool attr_changes(const struct sync_item *want, const struct sync_item *run,
			 const char *attr)
{
	for (size_t i = 0; i < want->nattrs; i++)
		if (!strcmp(want->attrs[i].name, attr))
			return strcmp(want->attrs[i].value, sync_running_value(run, &want->attrs[i]));
	return false;
}

/*
 * Two numbers and a list of more groups say which user acts in a share, and another value for which
 * users the second number is.  Between their changes one user would have a group of the other:
 * meanwhile no user is let in.  Clients keep their tree connects and opens.
 */
bool sync_actor_changes(const struct sync_item *want, const struct sync_item *run)
{
	return !want->narrow &&
	       attr_changes(want, run, "force_uid") + attr_changes(want, run, "force_gid") +
	       attr_changes(want, run, "force_groups") +
	       attr_changes(want, run, "force_members") > 1;
}

/* "valid users": an empty list permits all. */
static size_t only_steps(TALLOC_CTX *ctx, const struct sync_item *want,
			 const struct sync_item *run, const char *new, struct sync_step *s)
{
	const char *old = sync_item_value(run, "valid_users"), *both;

	if (sync_actor_changes(want, run))
		return two_steps(s, NO_USER, old, new);
	if (!strcmp(old, new))
		return 0;
	if (!*old || !*new)
		return one_step(s, *new ? SYNC_NARROWING : SYNC_WIDENING, new);
	both = common_words(ctx, old, new);
	return two_steps(s, both && !*both ? NO_USER : both, old, new);
}

static const char *value_of(const struct sync_item *item, const char *attr)
{
	const char *value = sync_item_value(item, attr);

	return value ? value : "";
}

/* Where all users may write, "write list" has no effect. */
static bool all_may_write(const struct sync_item *share)
{
	return !strcmp(value_of(share, "read_only"), "0") && !*value_of(share, "read_list");
}

static size_t writer_steps(TALLOC_CTX *ctx, const struct sync_item *want,
			   const struct sync_item *run, const char *old, const char *new,
			   struct sync_step *s)
{
	/* Users that both lists let write can write all the time. */
	if (all_may_write(run))
		return one_step(s, SYNC_FIRST, new);
	if (all_may_write(want))
		return one_step(s, SYNC_LAST, new);
	return two_steps(s, common_words(ctx, old, new), old, new);
}

/* ---- lists of hosts ---- */

/* Addresses that are allowed and not denied, as the kernel takes the two lists. */
struct hosts {
	const char *allow, *deny;
};

static struct hosts hosts_of(const struct sync_item *item)
{
	return (struct hosts) { value_of(item, "hosts_allow"), value_of(item, "hosts_deny") };
}

static bool is_everybody(struct hosts h)
{
	return !*h.allow && !*h.deny;
}

/* Are the hosts of @few among those of @many?  May be false for lists with EXCEPT that are. */
static bool hosts_within(const char *few, const char *many)
{
	if (conf_list_has(few, ' ', "EXCEPT", 6) || conf_list_has(many, ' ', "EXCEPT", 6))
		return !strcmp(few, many);
	return is_within(few, many, ' ');
}

/* Does @to allow all hosts of @from, and more? */
static bool hosts_widen(struct hosts from, struct hosts to)
{
	if (is_everybody(from) || is_everybody(to))
		return is_everybody(to);
	/* Beside a list of denied hosts, the list of allowed ones keeps no other host out. */
	if (*from.deny && !*to.deny)
		return false;
	return hosts_within(from.allow, to.allow) &&
	       (!*from.deny || hosts_within(to.deny, from.deny));
}

static const char *hosts_of_both(TALLOC_CTX *ctx, const char *a, const char *b, size_t max)
{
	if (!*a || !*b)
		return *b ? b : a;
	if (conf_list_has(a, ' ', "EXCEPT", 6) || conf_list_has(b, ' ', "EXCEPT", 6))
		return b;
	return all_words(ctx, a, b, ' ', max);
}

/*
 * Both lists together have a meaning that neither has alone, and a change of the server's lists
 * ends connections: so a host that both configurations allow is let in all the time.  Within a
 * phase "hosts allow" is written first.
 */
static size_t hosts_steps(TALLOC_CTX *ctx, struct hosts from, struct hosts to,
			  const struct sync_attr *a, struct sync_step *s)
{
	enum sync_phase early = hosts_widen(from, to) ? SYNC_WIDENING : SYNC_NARROWING;
	enum sync_phase late = early + 1;
	bool allow = !strcmp(a->name, "hosts_allow");
	const char *both;
	size_t n = 0;

	if (!strcmp(from.allow, to.allow) || !strcmp(from.deny, to.deny))
		return one_step(s, early, a->value);
	if (is_everybody(from) || is_everybody(to)) {
		if (!allow)
			n += one_step(&s[n], early, NO_HOST);
		return n + one_step(&s[n], late, a->value);
	}
	if (!allow)
		return one_step(s, early, to.deny);
	both = hosts_of_both(ctx, from.allow, to.allow, a->param->max);
	if (!both || strcmp(both, from.allow))
		n += one_step(&s[n], early, both);
	if (!both || strcmp(both, to.allow))
		n += one_step(&s[n], late, to.allow);
	return n;
}

/* ---- the server's dialects ---- */

static int protocol_rank(const char *value)
{
	const struct conf_param *p =
		&conf_server_table.params[conf_table_attr(&conf_server_table, "max_protocol")];

	for (int i = 0; value && p->values[i]; i++)
		if (!strcmp(p->values[i], value))
			return i;
	return -1;
}

/*
 * The server refuses a lowest dialect above the highest at any moment: a higher max_protocol is
 * written before min_protocol, a lower one after it.
 */
static enum sync_phase protocol_phase(const char *attr, const struct sync_item *run,
				      const struct sync_item *want)
{
	bool up = protocol_rank(sync_item_value(want, "max_protocol")) >=
		protocol_rank(sync_item_value(run, "max_protocol"));

	return !strcmp(attr, "max_protocol") == up ? SYNC_NARROWING : SYNC_WIDENING;
}

/* ---- all of them ---- */

static const char *no_guest(void)
{
	return conf_share_table.params[conf_table_attr(&conf_share_table, "guest_uid")].def;
}

static bool only_guests(const struct sync_item *share)
{
	return !strcmp(value_of(share, "guest_only"), "1");
}

/* Will users of the share act as another account: the guest, their own, or another guest? */
static bool guest_changes(const struct sync_item *want, const struct sync_item *run)
{
	static const char *const attrs[] = { "guest_only", "guest_uid", "guest_gid", "guest_groups",
					     "guest_user" };

	for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
		const char *new = sync_item_value(want, attrs[i]);

		if (new && strcmp(new, value_of(run, attrs[i])))
			return only_guests(run) || only_guests(want);
	}
	return false;
}

/*
 * The parameters of users and of guests change one by one.  Where a change makes users act as
 * another account, "guest only" without a guest lets no user in until all else has changed.
 */
static size_t guest_uid_steps(const struct sync_item *want, const struct sync_item *run,
			      const char *old, const char *new, struct sync_step *s)
{
	size_t n = 0;

	if (!guest_changes(want, run))
		return strcmp(old, new) ? one_step(s, SYNC_FIRST, new) : 0;
	if (strcmp(old, no_guest()))
		n += one_step(&s[n], only_guests(run) ? SYNC_NARROWING : SYNC_FIRST, no_guest());
	if (strcmp(new, no_guest()))
		n += one_step(&s[n], only_guests(want) ? SYNC_WIDENING : SYNC_LAST, new);
	return n;
}

enum meaning {
	UNKNOWN,
	OPEN,		/* the word permits most */
	CLOSED,		/* the word permits least; all others may permit less than before */
	LEVEL,		/* a greater number permits less */
	ONLY,		/* a list of users who are permitted */
	NEVER,		/* a list of users who are not */
	WRITERS, MORE,	/* lists of users who may do more */
	HOSTS, PROTOCOL, GUEST_UID, GUEST,
};

static const struct row {
	const char *attr;
	enum meaning meaning;
	const char *word;	/* OPEN, CLOSED; NEVER: the separator of names */
} rows[] = {
	{ "guest_ok", OPEN, "1" }, { "read_only", OPEN, "0" }, { "guest_only", OPEN, "0" },
	{ "follow_symlinks", OPEN, "1" }, { "wide_links", OPEN, "1" },
	{ "hide_unreadable", OPEN, "0" }, { "access_based_enum", OPEN, "0" },
	{ "delete_readonly", OPEN, "1" },
	{ "encryption", CLOSED, "required" }, { "signing", CLOSED, "mandatory" },
	{ "map_to_guest", CLOSED, "never" }, { "restrict_anonymous", LEVEL, NULL },
	{ "valid_users", ONLY, NULL },
	{ "invalid_users", NEVER, " " }, { "read_list", NEVER, " " }, { "veto_files", NEVER, "/" },
	{ "write_list", WRITERS, NULL }, { "admin_users", MORE, NULL },
	{ "hosts_allow", HOSTS, NULL }, { "hosts_deny", HOSTS, NULL },
	{ "min_protocol", PROTOCOL, NULL }, { "max_protocol", PROTOCOL, NULL },
	{ "guest_uid", GUEST_UID, NULL }, { "guest_gid", GUEST, NULL },
	{ "guest_groups", GUEST, NULL }, { "guest_user", GUEST, NULL },
};

static const struct row *row_of(const char *attr)
{
	static const struct row none = { NULL, UNKNOWN, NULL };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(rows[i].attr, attr))
			return &rows[i];
	return &none;
}

/* The phase of a change in one step. */
static enum sync_phase phase_of(const struct row *row, const struct sync_item *want,
				const struct sync_item *run, const char *old, const char *new)
{
	switch (row->meaning) {
	case OPEN:
		return strcmp(new, row->word) ? SYNC_NARROWING : SYNC_WIDENING;
	case CLOSED:
		return strcmp(new, row->word) ? SYNC_WIDENING : SYNC_NARROWING;
	case LEVEL:
		return strtoul(new, NULL, 10) < strtoul(old, NULL, 10) ? SYNC_WIDENING :
									 SYNC_NARROWING;
	case PROTOCOL:
		return protocol_phase(row->attr, run, want);
	default:
		return SYNC_NEUTRAL;
	}
}

static size_t all_steps(TALLOC_CTX *ctx, const struct sync_item *want, const struct sync_item *run,
			const struct sync_attr *a, struct sync_step *s)
{
	const char *old = sync_item_value(run, a->name);
	const struct row *row = row_of(a->name);

	if (!old)
		return strcmp(a->value, a->param->def) ? one_step(s, SYNC_NEUTRAL, a->value) : 0;
	if (row->meaning == GUEST_UID)
		return guest_uid_steps(want, run, old, a->value, s);
	if (row->meaning == ONLY)
		return only_steps(ctx, want, run, a->value, s);
	if (!strcmp(old, a->value))
		return 0;
	switch (row->meaning) {
	case NEVER:
		return two_steps(s, all_words(ctx, old, a->value, *row->word, a->param->max), old,
				 a->value);
	case WRITERS:
		return writer_steps(ctx, want, run, old, a->value, s);
	case MORE:
		return two_steps(s, common_words(ctx, old, a->value), old, a->value);
	case GUEST:
		return one_step(s, only_guests(run) ? SYNC_NEUTRAL : SYNC_FIRST, a->value);
	case HOSTS:
		return hosts_steps(ctx, hosts_of(run), hosts_of(want), a, s);
	default:
		return one_step(s, phase_of(row, want, run, old, a->value), a->value);
	}
}

/* Does the first step permit no more than @old?  Its phase alone does not say so. */
static bool may_narrow(const struct row *row, const struct sync_item *want,
		       const struct sync_item *run, const char *old, const char *first)
{
	switch (row->meaning) {
	case UNKNOWN:
	case GUEST_UID:
	case GUEST:
		return false;
	case OPEN:	/* a user that becomes the guest may do other things */
		return strcmp(row->attr, "guest_only");
	case NEVER:	/* both lists together may be too long */
		return !first || is_within(old, first, *row->word);
	case HOSTS:
		return hosts_widen(hosts_of(want), hosts_of(run));
	default:
		return true;
	}
}

size_t sync_steps(TALLOC_CTX *ctx, const struct sync_item *want, const struct sync_item *run,
		  const struct sync_attr *a, struct sync_step *s)
{
	size_t n = all_steps(ctx, want, run, a, s), narrowing = 0;
	const char *old = sync_item_value(run, a->name);

	if (!want->narrow || !n)
		return n;
	if (!old || !may_narrow(row_of(a->name), want, run, old, s[0].value))
		return 0;
	while (narrowing < n && s[narrowing].phase <= SYNC_NARROWED)
		narrowing++;
	return narrowing;
}
