// SPDX-License-Identifier: GPL-2.0-or-later
/* Texts of problems, in the terms of smb.conf. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "sync/internal.h"
#include "util/grow.h"

/* Of "listeners/tcp-445-eth0" and paths below it. */
static char *port_title(TALLOC_CTX *ctx, const char *name, size_t len)
{
	const char *end = name + len;
	size_t digits;

	if (len <= 4 || strncmp(name, "tcp-", 4))
		return talloc_asprintf(ctx, "listener %.*s", (int)len, name);
	name += 4;
	digits = strcspn(name, "-/");
	if (name + digits >= end)
		return talloc_asprintf(ctx, "port %.*s", (int)digits, name);
	return talloc_asprintf(ctx, "port %.*s on %.*s", (int)digits, name,
			       (int)(end - name - digits - 1), name + digits + 1);
}

static char *item_title(TALLOC_CTX *ctx, const char *path)
{
	const char *name = strchr(path, '/');
	size_t len;

	if (!name)
		return talloc_strdup(ctx, strcmp(path, "listeners") ? "[global]" : "interfaces");
	len = strcspn(++name, "/");
	if (sync_path_in(path, "shares"))
		return talloc_asprintf(ctx, "share [%.*s]", (int)len, name);
	if (sync_path_in(path, "users"))
		return talloc_asprintf(ctx, "account %.*s", (int)len, name);
	if (sync_path_in(path, "listeners"))
		return port_title(ctx, name, len);
	return talloc_strdup(ctx, "[global]");
}

bool sync_complain(struct sync_tree *tree, const char *item, const char *fmt, ...)
{
	struct sync_problem *more = array_grow(tree, tree->problems, struct sync_problem,
					       tree->nproblems);
	char *who = item_title(tree, item), *text;
	va_list ap;

	if (!more || !who)
		return false;
	tree->problems = more;
	va_start(ap, fmt);
	text = talloc_vasprintf(tree, fmt, ap);
	va_end(ap);
	more += tree->nproblems;
	*more = (struct sync_problem) { talloc_strdup(tree, item),
					text ? talloc_asprintf(tree, "%s: %s", who, text) : NULL };
	if (!more->item || !more->text)
		return false;
	tree->nproblems++;
	return true;
}

const char *sync_path_words(int err)
{
	if (err == -ENOENT || err == -ENOTDIR)
		return "no such directory";
	return strerror(-err);
}

static const char *enable_words(const char *path, int err)
{
	if (!sync_path_in(path, "listeners"))
		return strerror(-err);
	switch (-err) {
	case EADDRINUSE:
		return "in use by another program";
	case EADDRNOTAVAIL:
		return "the machine does not have this address now";
	case ENODEV:
		return "there is no such interface now";
	default:
		return strerror(-err);
	}
}

/* The parameter's name in smb.conf, if it has one. */
static const char *param_name(const char *path, const char *attr)
{
	const struct conf_table *t = sync_path_in(path, "shares") ? &conf_share_table :
				     sync_path_in(path, "server") ? &conf_server_table : NULL;
	int i = t ? conf_table_attr(t, attr) : -1;

	return i >= 0 && t->params[i].name ? t->params[i].name : attr;
}

static char *write_words(TALLOC_CTX *ctx, const struct sync_op *op, int err)
{
	const char *attr = strrchr(op->path, '/') + 1;

	if (!strcmp(attr, "enable"))
		return talloc_strdup(ctx, enable_words(op->path, err));
	if (!strcmp(attr, "path"))
		return talloc_asprintf(ctx, "%s: %s", op->new_value, sync_path_words(err));
	if (err == -ENOENT)
		return talloc_asprintf(ctx, "\"%s\": this kernel module does not have it",
				       param_name(op->path, attr));
	return talloc_asprintf(ctx, "\"%s = %s\" is refused by the kernel module: %s",
			       param_name(op->path, attr), op->new_value, strerror(-err));
}

static struct sync_problem problem(TALLOC_CTX *ctx, const struct sync_op *op, const char *text)
{
	char *who = item_title(ctx, op->path);

	return (struct sync_problem) {
		talloc_strndup(ctx, op->path, sync_item_length(op->path)),
		who && text ? talloc_asprintf(ctx, "%s: %s", who, text) : NULL,
	};
}

struct sync_problem sync_failed_words(TALLOC_CTX *ctx, const struct sync_op *op, int err)
{
	char *text;

	if (op->kind == SYNC_WRITE)
		text = write_words(ctx, op, err);
	else
		text = talloc_asprintf(ctx, "cannot be %s: %s",
				       op->kind == SYNC_MKDIR ? "made" : "removed", strerror(-err));
	return problem(ctx, op, text);
}

struct sync_problem sync_waiting_words(TALLOC_CTX *ctx, const struct sync_op *op)
{
	return problem(ctx, op, "waits for what could not be applied before it");
}
