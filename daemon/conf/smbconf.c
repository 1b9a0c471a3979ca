// SPDX-License-Identifier: GPL-2.0-or-later
/* From assignments to scopes with checked values, and the questions about them. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "conf/internal.h"

void conf_complain(struct conf_builder *b, const struct conf_place *at, bool warning,
		   const char *hint, const char *fmt, ...)
{
	struct conf *conf = b->conf;
	struct conf_error *errors, *e;
	va_list ap;

	conf->nfatal += !warning;
	if (conf->nerrors >= CONF_ERRORS_MAX)
		return;
	errors = talloc_realloc(conf, conf->errors, struct conf_error, conf->nerrors + 1);
	if (!errors) {
		b->nomem = true;
		return;
	}
	conf->errors = errors;
	e = &errors[conf->nerrors];
	*e = (struct conf_error) { .file = at->file, .line = at->line, .warning = warning };
	va_start(ap, fmt);
	e->text = talloc_vasprintf(conf, fmt, ap);
	va_end(ap);
	e->hint = hint ? talloc_strdup(conf, hint) : NULL;
	if (!e->text)
		b->nomem = true;
	else
		conf->nerrors++;
}

char *conf_error_format(TALLOC_CTX *ctx, const struct conf_error *e)
{
	char *ret = talloc_asprintf(ctx, "%s:", e->file);

	if (ret && e->line)
		ret = talloc_asprintf_append(ret, "%u:", e->line);
	if (ret)
		ret = talloc_asprintf_append(ret, " %s: %s", e->warning ? "warning" : "error", e->text);
	if (ret && e->hint)
		ret = talloc_asprintf_append(ret, " (%s)", e->hint);
	return ret;
}

/* ---- sections ---- */

static bool section_init(struct conf_builder *b, struct conf_section *s, const char *name,
			 const struct conf_place *at, const struct conf_table *table)
{
	struct csrv_conf_scope *scope = talloc_zero(b->conf, struct csrv_conf_scope);

	s->raw = talloc_zero_array(b->conf, struct conf_raw, table->n);
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

static struct conf_section *share_add(struct conf_builder *b, const char *name,
				      const struct conf_place *at)
{
	size_t n = b->conf->nshares;
	struct conf_section *shares;

	if (n >= CONF_SHARES_MAX) {
		conf_complain(b, at, false, NULL, "there are too many shares");
		return NULL;
	}
	shares = talloc_realloc(b->conf, b->shares, struct conf_section, n + 1);
	if (!shares) {
		b->nomem = true;
		return NULL;
	}
	b->shares = shares;
	if (!section_init(b, &shares[n], name, at, &conf_share_table))
		return NULL;
	b->conf->nshares++;
	return &shares[n];
}

static bool share_name_ok(const char *name)
{
	return *name && strlen(name) <= CONF_SHARE_NAME_MAX && !conf_text_printable(name) &&
		!strpbrk(name, "\\/:*?\"<>|") && strcmp(name, ".") && strcmp(name, "..");
}

void conf_section_begin(struct conf_builder *b, const char *name, const struct conf_place *at)
{
	static const char *const later[] = { "homes", "printers", "print$" };

	b->share = NULL;
	b->in_ignored = true;		/* unless it turns out to be good */
	b->in_global = !strcasecmp(name, "global") || !strcasecmp(name, "globals");
	if (b->in_global) {
		b->in_ignored = false;
		return;
	}
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		if (!strcasecmp(name, later[i])) {
			conf_complain(b, at, true, NULL,
				      "[%s] is not supported yet: the section is ignored", name);
			return;
		}
	}
	if (!strcasecmp(name, "IPC$") || !strcasecmp(name, "ADMIN$")) {
		conf_complain(b, at, false, NULL, "[%s] is the server's own share", name);
		return;
	}
	if (!share_name_ok(name)) {
		conf_complain(b, at, false,
			      "at most 80 bytes of UTF-8 without control characters and \\ / : * ? \" < > |",
			      "this cannot be the name of a share");
		return;
	}
	for (size_t i = 0; i < b->conf->nshares; i++)
		if (!strcasecmp(b->shares[i].scope->name, name))
			b->share = &b->shares[i];
	if (!b->share)
		b->share = share_add(b, name, at);
	b->in_ignored = !b->share;
}

/* ---- assignments ---- */

static void unknown_name(struct conf_builder *b, const char *name, const struct conf_place *at)
{
	struct conf_nearest best = { NULL, 3 + strlen(name) / 5 };
	char *hint = NULL;
	bool inverted;

	if (b->share && conf_table_name(&conf_server_table, name, &inverted) >= 0) {
		conf_complain(b, at, false, "move it there", "\"%s\" belongs in [global]", name);
		return;
	}
	if (b->conf->nerrors < CONF_ERRORS_MAX)		/* else nobody will read it */
		conf_table_nearest(&conf_share_table, name, &best);
	if (!b->share && b->conf->nerrors < CONF_ERRORS_MAX)
		conf_table_nearest(&conf_server_table, name, &best);
	if (best.name)
		hint = talloc_asprintf(b->conf, "did you mean \"%s\"?", best.name);
	conf_complain(b, at, false, hint, "unknown parameter \"%s\"", name);
}

/* Samba's commands that change what is read. */
static bool refused_name(struct conf_builder *b, const char *name, const struct conf_place *at)
{
	static const struct conf_pair list[] = {
		{ "copy", "write the parameters out" },
		{ "config file", "use include" },
		{ "preload", "every share is loaded" },
		{ "registry shares", "shares are written in this file" },
		{ "config backend", "shares are written in this file" },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (!strcasecmp(name, list[i].from)) {
			conf_complain(b, at, false, list[i].to, "\"%s\" is not supported", name);
			return true;
		}
	}
	return false;
}

void conf_assign(struct conf_builder *b, const char *name, const char *value,
		 const struct conf_place *at)
{
	struct conf_section *s = b->share ? b->share : &b->global;
	struct conf_raw *r;
	bool inverted;
	int i;

	if (b->in_ignored)
		return;
	if (!b->share && !b->in_global) {
		conf_complain(b, at, false, "begin with [global]", "\"%s\" stands before any section", name);
		return;
	}
	if (refused_name(b, name, at))
		return;
	i = conf_table_name(s->scope->table, name, &inverted);
	if (i < 0 && !b->share) {
		s = &b->defaults;
		i = conf_table_name(s->scope->table, name, &inverted);
	}
	if (i < 0) {
		unknown_name(b, name, at);
		return;
	}
	r = &s->raw[i];
	if (r->raw && !strchr(s->scope->table->params[i].name, '*'))
		conf_complain(b, at, true, NULL, "\"%s\" is set again; line %u does not count", name,
			      r->at.line);
	*r = (struct conf_raw) { talloc_strdup(b->conf, value), talloc_strdup(b->conf, name), *at,
				 inverted, false };
	if (!r->raw || !r->name)
		b->nomem = true;
}

/* ---- evaluation ---- */

static void evaluate(struct conf_builder *b, struct conf_section *s, size_t i,
		     const struct conf_macros *macros)
{
	const struct conf_param *p = &s->scope->table->params[i];
	bool macros_count = p->to != CONF_TO_NOBODY && (p->type == CONF_STRING || p->type == CONF_LIST);
	struct conf_raw *r = &s->raw[i];
	struct conf_verdict v = {};
	char *text;
	const char *hint;
	int err;

	text = macros_count ? conf_expand(b->conf, r->raw, macros, &hint) :
		talloc_strdup(b->conf, r->raw);
	if (!text && macros_count && hint) {
		r->bad = true;
		conf_complain(b, &r->at, false, hint, "\"%s\": a macro that cannot be replaced", r->name);
		return;
	}
	err = -ENOMEM;
	if (text) {
		const struct conf_input in = { text, r->inverted, b->env };

		err = conf_param_check_input(b->conf, p, &in, &v);
	}
	talloc_free(text);
	if (err == -EINVAL) {
		r->bad = true;
		conf_complain(b, &r->at, false, v.why, "\"%.60s\" is no value for \"%s\"", r->raw, r->name);
		return;
	}
	for (size_t k = 0; k < v.nremarks; k++)
		conf_complain(b, &r->at, true, NULL, "\"%s\": %s", r->name, v.remarks[k]);
	if (err)
		b->nomem = true;
	else
		s->scope->values[i] = (struct conf_value) { v.text, r->at.file, r->at.line, v.keep };
}

static void evaluate_section(struct conf_builder *b, struct conf_section *s,
			     const struct conf_macros *macros)
{
	for (size_t i = 0; i < s->scope->table->n && !b->nomem; i++) {
		const struct conf_param *p = &s->scope->table->params[i];

		if (!s->raw[i].raw)
			continue;
		if (p->to == CONF_TO_NOBODY)
			conf_complain(b, &s->raw[i].at, true, p->reason, "\"%s\" has no effect",
				      s->raw[i].name);
		evaluate(b, s, i, macros);
	}
}

/* What the share leaves open comes from [global]. */
static void inherit(struct conf_builder *b, struct conf_section *share,
		    const struct conf_macros *macros)
{
	for (size_t i = 0; i < share->scope->table->n && !b->nomem; i++) {
		const struct conf_raw *r = &b->defaults.raw[i];

		if (share->raw[i].raw || !r->raw || r->bad)
			continue;
		if (strchr(r->raw, '%')) {
			share->raw[i] = *r;
			evaluate(b, share, i, macros);
		} else {
			share->scope->values[i] = b->defaults.scope->values[i];
		}
	}
}

/* The host's first label in upper case, as Samba names itself too. */
static void default_netbios_name(struct conf_builder *b)
{
	struct conf_value *v = conf_scope_value(b->global.scope, "netbios_name");
	char *name;

	if (v->text && *v->text)
		return;
	name = talloc_strndup(b->conf, b->env->hostname, strcspn(b->env->hostname, "."));
	if (name && strlen(name) > 15)
		name[15] = 0;
	for (char *c = name; c && *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c -= 'a' - 'A';
	if (!name)
		b->nomem = true;
	else if (!conf_text_printable(name) && *name)
		v->text = name;
}

static void evaluate_all(struct conf_builder *b)
{
	int netbios = conf_table_attr(&conf_server_table, "netbios_name");
	struct conf_macros macros = { .host = b->env->hostname };

	default_netbios_name(b);
	macros.netbios = b->global.raw[netbios].raw;
	if (!macros.netbios)
		macros.netbios = conf_scope_text(b->global.scope, "netbios_name");
	evaluate_section(b, &b->global, &macros);
	default_netbios_name(b);	/* if the file says it is empty */
	macros.netbios = conf_scope_text(b->global.scope, "netbios_name");
	macros.share = "share";
	evaluate_section(b, &b->defaults, &macros);
	for (size_t i = 0; i < b->conf->nshares && !b->nomem; i++) {
		macros.share = b->shares[i].scope->name;
		evaluate_section(b, &b->shares[i], &macros);
		inherit(b, &b->shares[i], &macros);
	}
}

static bool publish(struct conf_builder *b)
{
	struct conf *conf = b->conf;

	conf->global = b->global.scope;
	conf->share_defaults = b->defaults.scope;
	conf->shares = talloc_array(conf, struct csrv_conf_scope *, conf->nshares + 1);
	if (!conf->shares)
		return false;
	for (size_t i = 0; i < conf->nshares; i++)
		conf->shares[i] = b->shares[i].scope;
	conf->shares[conf->nshares] = NULL;
	return true;
}

/* ---- entry ---- */

static int nss_user(void *priv, const char *name, uid_t *uid, gid_t *gid)
{
	struct passwd *pw;

	(void)priv;
	errno = 0;
	pw = getpwnam(name);
	if (!pw)
		return errno && errno != ENOENT && errno != ESRCH ? -errno : -ENOENT;
	*uid = pw->pw_uid;
	*gid = pw->pw_gid;
	return 0;
}

static int nss_group(void *priv, const char *name, gid_t *gid)
{
	struct group *gr;

	(void)priv;
	errno = 0;
	gr = getgrnam(name);
	if (!gr)
		return errno && errno != ENOENT && errno != ESRCH ? -errno : -ENOENT;
	*gid = gr->gr_gid;
	return 0;
}

/* From the text or, if that is NULL, the file conf->path. */
static int build(struct conf_builder *b, const char *text, size_t len)
{
	const struct conf_place top = { b->conf->path, 0 };
	int err = 0;

	if (!section_init(b, &b->global, "global", &top, &conf_server_table) ||
	    !section_init(b, &b->defaults, "global", &top, &conf_share_table))
		return -ENOMEM;
	if (text)
		conf_read_text(b, b->conf->path, text, len);
	else
		err = conf_read_file(b, b->conf->path);
	if (err)
		return err;
	if (!b->nomem)
		evaluate_all(b);
	if (!b->nomem)
		conf_check_all(b);
	return !b->nomem && publish(b) && !b->nomem ? 0 : -ENOMEM;
}

static int load(TALLOC_CTX *ctx, const char *path, const char *text, size_t len,
		const struct conf_env *env, struct conf **ret)
{
	struct conf_env local = env ? *env : (struct conf_env) { .user = nss_user, .group = nss_group };
	struct conf_builder b = { .env = &local, .include_ok = !text };
	char host[256] = "";
	int err;

	*ret = NULL;
	b.conf = talloc_zero(ctx, struct conf);
	if (!b.conf)
		return -ENOMEM;
	if (!local.hostname) {
		gethostname(host, sizeof(host) - 1);
		local.hostname = host;
	}
	b.conf->path = talloc_strdup(b.conf, path);
	err = b.conf->path ? build(&b, text, len) : -ENOMEM;
	if (err)
		TALLOC_FREE(b.conf);
	*ret = b.conf;
	return err;
}

int conf_load(TALLOC_CTX *ctx, const char *path, struct conf **ret)
{
	return load(ctx, path, NULL, 0, NULL, ret);
}

int conf_load_env(TALLOC_CTX *ctx, const char *path, const struct conf_env *env, struct conf **ret)
{
	return load(ctx, path, NULL, 0, env, ret);
}

int conf_parse_text(TALLOC_CTX *ctx, const char *name, const char *text, size_t len,
		    const struct conf_env *env, struct conf **ret)
{
	return load(ctx, name, text, len, env, ret);
}

/* ---- questions ---- */

const struct csrv_conf_scope *conf_share_find(const struct conf *conf, const char *section)
{
	for (size_t i = 0; i < conf->nshares; i++)
		if (!strcasecmp(conf->shares[i]->name, section))
			return conf->shares[i];
	return NULL;
}

struct conf_value *conf_scope_value(const struct csrv_conf_scope *scope, const char *attr)
{
	int i = conf_table_attr(scope->table, attr);

	return i < 0 ? NULL : &scope->values[i];
}

const char *conf_scope_text(const struct csrv_conf_scope *scope, const char *attr)
{
	int i = conf_table_attr(scope->table, attr);

	if (i < 0)
		return NULL;
	return scope->values[i].text ? scope->values[i].text : scope->table->params[i].def;
}

const char *conf_get_str(const struct conf *conf, const char *section, const char *attr)
{
	const struct csrv_conf_scope *scope = section ? conf_share_find(conf, section) : conf->global;
	const char *text = scope ? conf_scope_text(scope, attr) : NULL;

	return text ? text : "";
}

bool conf_get_bool(const struct conf *conf, const char *section, const char *attr)
{
	return !strcmp(conf_get_str(conf, section, attr), "1");
}

uint64_t conf_get_u64(const struct conf *conf, const char *section, const char *attr)
{
	const struct csrv_conf_scope *scope = section ? conf_share_find(conf, section) : conf->global;
	int i = scope ? conf_table_attr(scope->table, attr) : -1;
	const char *text;

	if (i < 0)
		return 0;
	text = scope->values[i].text ? scope->values[i].text : scope->table->params[i].def;
	return strtoull(text, NULL, scope->table->params[i].octal ? 8 : 10);
}

uint32_t conf_get_u32(const struct conf *conf, const char *section, const char *attr)
{
	return conf_get_u64(conf, section, attr);
}

char **conf_get_list(TALLOC_CTX *ctx, const struct conf *conf, const char *section,
		     const char *attr)
{
	return conf_text_split(ctx, conf_get_str(conf, section, attr));
}
