// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/lookup.c - the one way from a name to an object
 *
 * The kernel's walker takes every step (vfs/walk.c).  Matching without regard to case only
 * chooses which name to hand to it.
 */
#include <linux/dcache.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../compat/vfs.h"
#include "../wire/name.h"
#include "internal.h"
#include "nameidx.h"
#include "path.h"

/* True if no component is empty, "." or ".."; "" has no component at all. */
static bool name_is_plain(const char *name)
{
	while (*name) {
		size_t len = strchrnul(name, '/') - name;

		if (!len || (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'))))
			return false;
		name += len;
		if (*name == '/' && !*++name)
			return false;
	}
	return true;
}

static const char *name_last(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* Keep the name on disk of the last component. */
static int keep_last(struct csrv_vfs_name *res, const struct path *entry, const char *last)
{
	struct name_snapshot snap;

	/* A mount covers the name that it is reached by. */
	if (entry->dentry == entry->mnt->mnt_root || IS_ROOT(entry->dentry)) {
		if (strcmp(last, res->asked))
			res->spelled = kstrdup(last, GFP_KERNEL);
		else
			res->last = res->asked;
	} else {
		take_dentry_name_snapshot(&snap, entry->dentry);
		if (strcmp(snap.name.name, res->asked))
			res->spelled = kstrndup(snap.name.name, snap.name.len, GFP_KERNEL);
		else
			res->last = res->asked;
		release_dentry_name_snapshot(&snap);
	}
	if (res->spelled)
		res->last = res->spelled;
	return res->last ? 0 : -ENOMEM;
}

/* Reset the result, to resolve the same name again. */
static void name_reset(struct csrv_vfs_name *res)
{
	const struct csrv_vfs_root *root = res->root;
	const char *asked = res->asked;

	csrv_vfs_name_done(res);
	res->root = root;
	res->asked = asked;
}

/* A symlink to nothing, or to a target that policy does not allow, is an object of its own. */
static bool leads_nowhere(int err)
{
	return err == -ENOENT || err == -ENOTDIR || err == -EACCES;
}

/*
 * Walk the whole name at once, matching exactly.  0 if it exists; on an error @res holds only what
 * csrv_vfs_name_done() frees.
 */
static int resolve_exact(const struct csrv_vfs_root *root, const char *name, u32 flags,
			 struct csrv_vfs_name *res)
{
	struct path entry, target;
	int err;

	/* A symlink in the last place is not followed here, so NO_SYMLINKS is no obstacle. */
	err = csrv_walk(root, name, 0, &entry);
	if (err)
		return err;
	res->exists = true;
	res->path = entry;
	if (d_is_symlink(entry.dentry) && !(flags & CSRV_RESOLVE_NOFOLLOW)) {
		err = csrv_walk(root, name, LOOKUP_FOLLOW, &target);
		if (!err) {
			res->link = entry;
			res->path = target;
		} else if (!leads_nowhere(err)) {
			return err;
		}
	}
	err = 0;
	if (flags & CSRV_RESOLVE_NOFOLLOW)
		err = csrv_path_parent(&entry, &res->parent);
	return err ? err : keep_last(res, &entry, name_last(name));
}

/* A walk that looks for each component separately. */
struct walk {
	const struct csrv_vfs_root *root;
	struct path cur;	/* the directory that @fixed leads to */
	char *fixed;		/* PATH_MAX bytes: what was found, spelled as on disk */
	size_t len;
	bool any_case;
};

static int walk_put(struct walk *w, const char *comp, size_t len, size_t *start)
{
	size_t sep = w->len ? 1 : 0;

	if (w->len + sep + len >= PATH_MAX)
		return -ENAMETOOLONG;
	if (sep)
		w->fixed[w->len] = '/';
	*start = w->len + sep;
	memcpy(w->fixed + *start, comp, len);
	w->fixed[*start + len] = '\0';
	return 0;
}

/*
 * The name on disk of a component that does not exist as asked for: one that clients see under that
 * name, one of another case, or one with that 8.3 name.
 */
static int find_other(struct walk *w, const char *comp, size_t len, char *found)
{
	struct path path;
	int err = -ENOENT;

	if (csrv_name_unshow(comp, len, found)) {
		err = csrv_walk_one(&w->cur, found, &path);
		if (!err)
			path_put(&path);
	}
	if (err == -ENOENT)
		err = csrv_nameidx_find(w->root, &w->cur, comp, len, w->any_case, found);
	if (!err && csrv_vfs_vetoes(w->root, found, strlen(found)))
		err = -ENOENT;
	return err;
}

/* Append the component's name on disk to w->fixed; 1 if it exists, 0 if not (then as asked). */
static int walk_append(struct walk *w, const char *comp, size_t len)
{
	char found[NAME_MAX + 1];
	struct path path;
	int err, other;
	size_t start;

	err = walk_put(w, comp, len, &start);
	if (err)
		return err;
	err = csrv_walk_one(&w->cur, w->fixed + start, &path);
	if (!err)
		path_put(&path);
	/* The name that clients see may be longer than the name. */
	if (err == -ENOENT || err == -ENAMETOOLONG) {
		other = find_other(w, comp, len, found);
		if (other != -ENOENT)
			err = other;
		if (!err)
			err = walk_put(w, found, strlen(found), &start);
	}
	w->len = start + strlen(w->fixed + start);
	if (err)
		return err == -ENOENT ? 0 : err;
	return 1;
}

/* Enter w->fixed, which must be a directory. */
static int walk_enter(struct walk *w)
{
	struct path path;
	int err = csrv_walk(w->root, w->fixed, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);

	if (err)
		return err;
	path_put(&w->cur);
	w->cur = path;
	return 0;
}

/*
 * Enter the last component of w->fixed alone: for a long name, walks from the root would repeat
 * all steps before.  A symlink is followed by the share's policy, which only a walk from the root
 * obeys; such a walk follows no more than MAXSYMLINKS.
 */
static int walk_step(struct walk *w)
{
	struct path path;
	int err = csrv_walk_beneath(&w->cur, name_last(w->fixed), LOOKUP_DIRECTORY, &path);

	if (err == -ENOTDIR)
		return walk_enter(w);
	if (err)
		return err;
	path_put(&w->cur);
	w->cur = path;
	return 0;
}

/* Find all components but the last, each spelled as on disk. */
static int walk_parent(struct walk *w, const char *name, const char *last)
{
	while (name < last) {
		size_t len = strchrnul(name, '/') - name;
		int ret = walk_append(w, name, len);

		if (!ret)
			return -ENOENT;
		if (ret < 0)
			return ret;
		ret = walk_step(w);
		if (ret)
			return ret;
		name += len + 1;
	}
	/* The whole path must lead to where the steps have led, and have no vetoed name. */
	return w->len ? walk_enter(w) : 0;
}

/* The usual case: the directory exists exactly as asked for, only the name in it does not. */
static int walk_parent_exact(struct walk *w, const char *name, const char *last)
{
	size_t len = last > name ? last - name - 1 : 0;
	int err;

	if (len >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(w->fixed, name, len);
	w->fixed[len] = '\0';
	w->len = len;
	err = walk_enter(w);
	if (err)
		w->len = 0;
	return err;
}

static int walk_find_parent(struct walk *w, const char *name, const char *last)
{
	int err = walk_parent_exact(w, name, last);

	if (err == -ENOENT || err == -ENOTDIR || err == -ENAMETOOLONG) {
		w->fixed[0] = '\0';
		err = walk_parent(w, name, last);
	}
	return err;
}

static int resolve_last(struct walk *w, const char *last, u32 flags, struct csrv_vfs_name *res)
{
	int ret = walk_append(w, last, strlen(last));

	if (ret < 0)
		return ret;
	if (ret) {
		ret = resolve_exact(w->root, w->fixed, flags, res);
		if (ret != -ENOENT)
			return ret;
		/* removed meanwhile: as if it had not existed */
		name_reset(res);
	}
	if (csrv_vetoed_folded(w->root, w->cur.dentry, last))
		return -ENOENT;		/* once created it would be reached by a vetoed name */
	res->parent = w->cur;
	path_get(&res->parent);
	res->last = last;
	return 0;
}

/* For a name that does not exist exactly as asked. */
static int resolve_pieces(const struct csrv_vfs_root *root, const char *name, u32 flags,
			  struct csrv_vfs_name *res)
{
	struct walk w = {
		.root = root,
		.cur = root->path,
		.any_case = !(root->flags & CSRV_ROOT_CASE_SENSITIVE) &&
			    !(flags & CSRV_RESOLVE_CASE),
	};
	int err;

	w.fixed = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!w.fixed)
		return -ENOMEM;
	path_get(&w.cur);
	err = walk_find_parent(&w, name, name_last(name));
	if (!err)
		err = resolve_last(&w, name_last(name), flags, res);
	else if (err == -ENOENT || err == -ENOTDIR)
		res->parent_missing = true;
	path_put(&w.cur);
	kfree(w.fixed);
	return err;
}

static int resolve_root(const struct csrv_vfs_root *root, struct csrv_vfs_name *res)
{
	res->path = root->path;
	path_get(&res->path);
	res->exists = true;
	res->last = "";
	return 0;
}

int csrv_vfs_resolve(const struct csrv_vfs_root *root, const char *name, u32 flags,
		     struct csrv_vfs_name *res)
{
	const char *vetoed;
	int err;

	*res = (struct csrv_vfs_name){ .root = root, .asked = name_last(name) };
	if (!name_is_plain(name))
		return -EINVAL;
	if (strlen(name) >= PATH_MAX)
		return -ENAMETOOLONG;
	vetoed = csrv_vetoed_in(root, name);
	if (vetoed) {
		res->parent_missing = strchr(vetoed, '/');
		return -ENOENT;
	}
	if (!*name)
		err = resolve_root(root, res);
	else
		err = resolve_exact(root, name, flags, res);
	if (err == -ENOENT || err == -ENOTDIR || err == -ENAMETOOLONG) {
		name_reset(res);
		err = resolve_pieces(root, name, flags, res);
	}
	return err;
}

void csrv_vfs_name_done(struct csrv_vfs_name *res)
{
	path_put(&res->parent);
	path_put(&res->path);
	path_put(&res->link);
	kfree(res->spelled);
	*res = (struct csrv_vfs_name){};
}
