// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/translate.c - a Samba installation's smb.conf as cifssrv takes it */
#include "migrate.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "commit.h"

#define DEPTH_MAX	8		/* of include */
#define ROUNDS_MAX	1000		/* an error ends at least one line */

/* A translation on its way. */
struct work {
	struct migration *m;
	struct edit *e;
	const struct conf_env *env;
	const char *path;
	const char **why;
	bool nomem;
	/* sections that lost what protected them; "global": all */
	const char **bare;
	size_t nbare;
};

__attribute__((format(printf, 3, 4)))
static void add(struct work *w, struct migrate_list *list, const char *fmt, ...)
{
	const char **grown =
		talloc_realloc(w->m, list->text, const char *, (unsigned int)list->n + 1);
	va_list ap;

	if (!grown) {
		w->nomem = true;
		return;
	}
	list->text = grown;
	va_start(ap, fmt);
	grown[list->n] = talloc_vasprintf(w->m, fmt, ap);
	va_end(ap);
	if (grown[list->n])
		list->n++;
	else
		w->nomem = true;
}

static void check(struct work *w, bool ok)
{
	w->nomem |= !ok;
}

/* What stands before any header belongs to [global]. */
static const char *section_of(const struct edit_line *l)
{
	return l->section ? l->section : "global";
}

/* --- include --------------------------------------------------------------------------------- */

static void lose(struct work *w, size_t i, const char *why)
{
	w->e->line[i].lost = why;
	check(w, edit_comment_out(w->e, i) && edit_remark(w->e, i, why));
}

/* As the reader resolves names: against the directory of the file that includes. */
static char *resolve(TALLOC_CTX *ctx, const char *from, const char *name)
{
	const char *slash = strrchr(from, '/');

	if (name[0] == '/' || !slash)
		return talloc_strdup(ctx, name);
	return talloc_asprintf(ctx, "%.*s/%s", (int)(slash - from), from, name);
}

static struct edit *read_edit(struct work *w, const char *path)
{
	char *text = commit_read(w->m, path);
	struct edit *e = text ? edit_parse(w->m, text) : NULL;

	for (size_t i = 0; e && i < e->n; i++)
		e->line[i].file = path;
	return e;
}

static bool has_header(const struct edit *e)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->line[i].kind == EDIT_SECTION)
			return true;
	return false;
}

/* Does an assignment follow line @i in its section? */
static bool goes_on(const struct edit *e, size_t i)
{
	for (i++; i < e->n && e->line[i].kind == EDIT_OTHER; i++)
		;
	return i < e->n && e->line[i].kind == EDIT_ASSIGN;
}

/* The section again that stood before the file came in. */
static void reopen(struct work *w, size_t at, const char *section)
{
	char *header = talloc_asprintf(w->m, "[%s]\n", section);
	struct edit *e = header ? edit_parse(w->m, header) : NULL;

	if (e && e->n)
		e->line[0].number = 0;
	check(w, e && edit_splice(w->e, at, e));
}

/* Puts the lines of a file where its include stands, and the section again that it stood in. */
static bool take_in(struct work *w, size_t i, const char *path)
{
	const char *section = w->e->line[i].section;
	struct edit *other = read_edit(w, path);

	if (!other)
		return false;
	if (has_header(other) && section && goes_on(w->e, i))
		reopen(w, i + 1, section);
	for (size_t k = 0; k < other->n; k++)
		if (!other->line[k].section)
			other->line[k].section = section;
	check(w, edit_splice(w->e, i + 1, other) && edit_comment_out(w->e, i) &&
	      edit_remark(w->e, i, "the file that is included follows"));
	return true;
}

static void expand_one(struct work *w, size_t i, unsigned int *budget)
{
	const struct edit_line *l = &w->e->line[i];
	char *path = resolve(w->m, l->file ? l->file : w->path, l->value);

	if (!path)
		w->nomem = true;
	else if (strchr(l->value, '%'))
		lose(w, i, "a file whose name has macros in it is not taken over");
	else if (!strcmp(path, "/dev/null"))
		check(w, edit_comment_out(w->e, i));
	else if (!strcasecmp(l->value, "registry"))
		lose(w, i,
		     "there is no registry: write what it holds into this file (net conf list)");
	else if (!*budget)
		lose(w, i, "too many files are included");
	else if (!take_in(w, i, path))
		lose(w, i, "the file cannot be read");
	else
		--*budget;
}

/* Takes all files in; one that includes itself ends with the budget. */
static void expand(struct work *w)
{
	unsigned int budget = DEPTH_MAX * DEPTH_MAX;

	for (size_t i = 0; i < w->e->n && !w->nomem; i++)
		if (w->e->line[i].kind == EDIT_ASSIGN && !strcasecmp(w->e->line[i].name, "include"))
			expand_one(w, i, &budget);
}

/* --- what is lost ------------------------------------------------------------------ */

/* Does this parameter keep somebody out, or something secret?  Without it more is allowed. */
static bool protects(const struct conf_param *p)
{
	static const char *const attrs[] = {
		"valid_users", "invalid_users", "read_list", "read_only", "hosts_allow",
		"hosts_deny", "guest_ok", "guest_only", "encryption", "veto_files", "available",
		"follow_symlinks", "hide_unreadable", "access_based_enum", "restrict_anonymous",
		"interfaces", "bind_interfaces_only", "username_map",
		"create_mask", "directory_mask",
	};

	for (size_t i = 0; i < ARRAY_LEN(attrs); i++)
		if (!strcmp(p->attr, attrs[i]))
			return true;
	return false;
}

/*
 * Is more allowed without this line?  What is an error although it is not obeyed at all is one
 * because it may be so, but for those that say where accounts come from: there are fewer.
 */
static bool guards(const struct edit_line *l, bool error)
{
	static const char *const accounts[] = { "security", "server role", "domain logons" };
	const struct conf_param *p = edit_param(edit_same_section(section_of(l), "global"), l->name);

	if (p)
		return protects(p);
	for (size_t i = 0; i < ARRAY_LEN(accounts); i++)
		if (conf_name_is(l->name, accounts[i]))
			return false;
	return error;
}

static void remember_bare(struct work *w, const char *section)
{
	const char **grown;

	for (size_t i = 0; i < w->nbare; i++)
		if (edit_same_section(w->bare[i], section))
			return;
	grown = talloc_realloc(w->m, w->bare, const char *, (unsigned int)w->nbare + 1);
	if (!grown) {
		w->nomem = true;
		return;
	}
	w->bare = grown;
	grown[w->nbare++] = section;
}

/* The line that has the physical line @number of the text as it is now. */
static size_t line_at(const struct edit *e, unsigned int number)
{
	unsigned int n = 0;

	for (size_t i = 0; i < e->n; i++) {
		if (e->line[i].gone)
			continue;
		n++;
		for (const char *s = e->line[i].raw; (s = strchr(s, '\n')); s++)
			n++;
		if (n >= number)
			return i;
	}
	return e->n;
}

static char *reason_of(struct work *w, const struct conf_error *e)
{
	char *text = talloc_asprintf(w->m, "%s%s%s%s", e->text, e->hint ? " (" : "",
				     e->hint ? e->hint : "", e->hint ? ")" : "");

	w->nomem |= !text;
	return text;
}

/* All of a section that cannot be had becomes a comment. */
static void lose_section(struct work *w, size_t header, const char *why)
{
	const char *section = w->e->line[header].section;

	for (size_t i = w->e->n; i-- > 0;) {
		struct edit_line *l = &w->e->line[i];

		if (l->kind == EDIT_OTHER || !l->section || !edit_same_section(l->section, section))
			continue;
		if (l->kind == EDIT_SECTION)
			header = i;	/* in the end the first one */
		check(w, edit_comment_out(w->e, i));
	}
	w->e->line[header].lost = why;
	check(w, edit_remark(w->e, header, why));
}

/* A section that conf/ leaves out: without the line that says so it would be served. */
static bool is_left_out(const struct work *w, const char *section)
{
	return !edit_same_section(section, "global") && !conf_share_find(w->m->conf, section);
}

static size_t header_of(const struct work *w, const char *section)
{
	size_t i = 0;

	while (i < w->e->n && (w->e->line[i].kind != EDIT_SECTION ||
			       !edit_same_section(w->e->line[i].section, section)))
		i++;
	return i;
}

static void lose_assignment(struct work *w, size_t i, const char *why, bool error)
{
	const struct edit_line *l = &w->e->line[i];

	if (is_left_out(w, section_of(l))) {
		lose_section(w, header_of(w, l->section), why);
		return;
	}
	if (guards(l, error))
		remember_bare(w, section_of(l));
	lose(w, i, why);
}

/* A complaint ends a line, or a section; false when it can end neither. */
static bool lose_line(struct work *w, size_t i, const char *why, bool error)
{
	const struct edit_line *l = &w->e->line[i];

	if (l->kind == EDIT_SECTION)
		lose_section(w, i, why);
	else if (l->kind == EDIT_ASSIGN)
		lose_assignment(w, i, why, error);
	else if (!l->lost && l->raw[strspn(l->raw, " \t")] != '#')
		lose(w, i, why);
	else
		return false;
	return true;
}

/* --- rounds ------------------------------------------------------------------------ */

/* Reads the text as it is now. */
static int reread(struct work *w)
{
	char *text = edit_text(w->m, w->e);
	int r;

	TALLOC_FREE(w->m->conf);
	talloc_free(w->m->text);
	w->m->text = text;
	r = text ? conf_parse_text(w->m, w->path, text, strlen(text), w->env, &w->m->conf)
		 : -ENOMEM;
	return w->nomem ? -ENOMEM : r;
}

/* Does the line say what cifssrv does not do at all? */
static bool is_void(const struct work *w, const struct conf_error *e)
{
	size_t i = e->line ? line_at(w->e, e->line) : w->e->n;
	const struct edit_line *l;

	if (e->grade == CONF_ERROR || e->grade != CONF_DIFFERS || i == w->e->n)
		return e->grade == CONF_ERROR;
	l = &w->e->line[i];
	if (l->kind == EDIT_SECTION || is_left_out(w, section_of(l)))
		return is_left_out(w, section_of(l));
	return l->kind == EDIT_ASSIGN &&
	       !edit_param(edit_same_section(section_of(l), "global"), l->name);
}

/* A line that shall end, and why; @order: which complaint it was. */
struct doomed {
	size_t line, order;
	char *why;
};

static int from_the_last(const void *x, const void *y)
{
	const struct doomed *a = x, *b = y;

	if (a->line != b->line)
		return a->line < b->line ? 1 : -1;
	return a->order > b->order ? 1 : -1;
}

/* All that is said of the line of @d[0], one after the other; how many complaints that were. */
static size_t join(struct work *w, struct doomed *d, size_t n)
{
	size_t same = 1;

	for (; same < n && d[same].line == d[0].line; same++)
		d[0].why = talloc_asprintf(w->m, "%s; %s", d[0].why, d[same].why);
	w->nomem |= !d[0].why;
	return same;
}

/* Ends the lines that are complained about; false when there is none.  @errors: or warnings */
static bool lose_some(struct work *w, bool errors)
{
	const struct conf *conf = w->m->conf;
	struct doomed *doomed = talloc_array(w->m, struct doomed, (unsigned int)conf->nerrors + 1);
	bool any = false;
	size_t n = 0;

	for (size_t i = 0; doomed && i < conf->nerrors; i++) {
		const struct conf_error *e = &conf->errors[i];

		if (errors == e->warning || !e->line || !is_void(w, e))
			continue;
		doomed[n] = (struct doomed){ line_at(w->e, e->line), n, reason_of(w, e) };
		n += doomed[n].line < w->e->n;
	}
	w->nomem |= !doomed;
	/* A comment that is put in moves only what has been looked at. */
	if (n)
		qsort(doomed, n, sizeof(*doomed), from_the_last);
	for (size_t i = 0, same; i < n && !w->nomem; i += same) {
		same = join(w, &doomed[i], n - i);
		if (!w->nomem)
			any |= lose_line(w, doomed[i].line, doomed[i].why, errors);
	}
	return any;
}

/* Errors first: a warning may be about what an error ends. */
static int settle(struct work *w)
{
	int r = reread(w);

	for (int round = 0; !r && round < ROUNDS_MAX; round++) {
		if (!lose_some(w, true) && !lose_some(w, false))
			break;
		r = reread(w);
	}
	if (r || !w->m->conf->nfatal)
		return r;
	for (size_t i = 0; i < w->m->conf->nerrors && !*w->why; i++)
		if (!w->m->conf->errors[i].warning)
			*w->why = reason_of(w, &w->m->conf->errors[i]);
	return -EINVAL;
}

/* --- what must not be open --------------------------------------------------------- */

static void switch_off(struct work *w, const char *section)
{
	const struct conf_param *available = edit_param(false, "available");
	const char *why =
		"the share is off until you have decided what shall protect it instead of the "
		"lines that are comments now; then remove this line";

	if (!conf_share_find(w->m->conf, section))
		return;
	add(w, &w->m->off, "[%s]", section);
	check(w, edit_set(w->e, section, available, "available", "no"));
	for (size_t i = w->e->n; i-- > 0;) {
		const struct edit_line *l = &w->e->line[i];

		if (l->kind != EDIT_ASSIGN || !l->section ||
		    !edit_same_section(l->section, section) ||
		    edit_param(false, l->name) != available)
			continue;
		check(w, edit_remark(w->e, i, why));
		return;
	}
}

static bool is_bare(const struct work *w, const char *share)
{
	for (size_t i = 0; i < w->nbare; i++)
		if (edit_same_section(w->bare[i], "global") || edit_same_section(w->bare[i], share))
			return true;
	return false;
}

static void protect(struct work *w)
{
	for (size_t k = 0; k < w->m->conf->nshares; k++)
		if (is_bare(w, w->m->conf->shares[k]->name))
			switch_off(w, w->m->conf->shares[k]->name);
}

static void tell_lost(struct work *w, const struct edit_line *l)
{
	const char *name = l->name ? l->name : l->section ? l->section : "line";
	const char *file = l->file ? l->file : w->path;

	if (strcasestr(l->lost, name))
		add(w, &w->m->lost, "%s:%u: %s", file, l->number, l->lost);
	else
		add(w, &w->m->lost, "%s:%u: %s: %s", file, l->number, name, l->lost);
}

static void tell(struct work *w)
{
	const struct conf *conf = w->m->conf;

	for (size_t i = 0; i < conf->nerrors; i++)
		add(w, &w->m->remarks, "%u: %s", conf->errors[i].line,
		    reason_of(w, &conf->errors[i]));
	for (size_t i = 0; i < w->e->n; i++) {
		w->m->kept += w->e->line[i].kind == EDIT_ASSIGN && w->e->line[i].number;
		if (w->e->line[i].lost)
			tell_lost(w, &w->e->line[i]);
	}
}

static int run(struct work *w)
{
	char *head = talloc_asprintf(w->m, "made from %s by cifsadmin(8)", w->path);
	int r;

	check(w, head && edit_remark(w->e, 0, head));
	expand(w);
	r = settle(w);
	if (r)
		return r;
	protect(w);
	r = reread(w);
	if (!r)
		tell(w);
	return w->nomem ? -ENOMEM : r;
}

int migrate_conf(TALLOC_CTX *ctx, const char *path, const struct conf_env *env,
		 struct migration **ret, const char **why)
{
	struct work w = { .env = env, .path = path, .why = why };
	int r;

	*why = NULL;
	w.m = talloc_zero(ctx, struct migration);
	if (!w.m)
		return -ENOMEM;
	errno = ENOMEM;
	w.e = read_edit(&w, path);
	r = w.e ? run(&w) : -errno;
	if (r == -EINVAL && !*why)
		*why = "it is no text file";
	if (r && *why)
		*why = talloc_strdup(ctx, *why);
	if (r)
		TALLOC_FREE(w.m);
	*ret = w.m;
	return r;
}
