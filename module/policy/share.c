// SPDX-License-Identifier: GPL-2.0-or-later
/* policy/share.c - shares: published, found, replaced, revoked */
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/log.h"
#include "../base/objects.h"
#include "../core/server.h"
#include "../wire/utf16.h"
#include "access.h"
#include "names.h"
#include "share.h"
#include "sharepath.h"

#define CSRV_IPC_NAME	"IPC$"

/* Harmless where they were not set, or only in part. */
static void cfg_params_free(struct csrv_share_cfg *cfg)
{
	csrv_groups_free(&cfg->force_groups);
	csrv_groups_free(&cfg->guest_groups);
	csrv_share_params_free(&cfg->p);
}

static int cfg_params_set(struct csrv_share_cfg *cfg, const struct csrv_share_params *p)
{
	int err = csrv_share_params_copy(&cfg->p, p);

	if (!err)
		err = csrv_groups_make(&cfg->force_groups, p->force_groups);
	if (!err)
		err = csrv_groups_make(&cfg->guest_groups, p->guest_groups);
	return err;
}

static void cfg_free(struct csrv_share_cfg *cfg)
{
	csrv_vfs_root_close(&cfg->root);
	cfg_params_free(cfg);
	kfree_rcu(cfg, rcu);
}

/**
 * csrv_share_cfg_put() - a reference is dropped
 * @cfg: or NULL
 *
 * A tree's own directory is put by a worker.  The share's is put here with the last reference: so
 * a caller that does not hold the share as well, like a pending delete, does not call this where
 * no file system may be waited for.  Takes share->left_lock where a tree's own is freed.
 */
void csrv_share_cfg_put(struct csrv_share_cfg *cfg)
{
	if (!cfg || !refcount_dec_and_test(&cfg->ref))
		return;
	if (cfg->free)
		cfg->free(cfg);
	else
		cfg_free(cfg);
}

/* Must messages be encrypted?  @can_seal: they can be, with keys that only the user has. */
bool csrv_share_encrypts(const struct csrv_share_params *p, bool can_seal)
{
	return p->encryption == CSRV_SHARE_ENCRYPTION_REQUIRED ||
	       (p->encryption == CSRV_SHARE_ENCRYPTION_DESIRED && can_seal);
}

struct csrv_share_cfg *csrv_share_cfg_ref(struct csrv_share_cfg *cfg)
{
	refcount_inc(&cfg->ref);
	return cfg;
}

/* The current parameters; never NULL. */
struct csrv_share_cfg *csrv_share_cfg_get(struct csrv_share *share)
{
	struct csrv_share_cfg *cfg;

	rcu_read_lock();
	do {
		cfg = rcu_dereference(share->cfg);
	} while (!refcount_inc_not_zero(&cfg->ref));
	rcu_read_unlock();
	return cfg;
}

static void share_free(struct kref *ref)
{
	struct csrv_share *share = container_of(ref, struct csrv_share, ref);

	csrv_share_cfg_put(rcu_dereference_raw(share->cfg));
	kfree(share->name);
	csrv_object_destroyed(CSRV_OBJ_SHARE);
	kfree(share);
}

struct csrv_share *csrv_share_get(struct csrv_share *share)
{
	kref_get(&share->ref);
	return share;
}

/* May wait for a file system: the directory may be put with it. */
void csrv_share_put(struct csrv_share *share)
{
	if (share)
		kref_put(&share->ref, share_free);
}

static void share_free_work(struct work_struct *work)
{
	share_free(&container_of(work, struct csrv_share, freeing)->ref);
}

static void share_free_later(struct kref *ref)
{
	struct csrv_share *share = container_of(ref, struct csrv_share, ref);

	queue_work(share->srv->end_wq, &share->freeing);
}

/* Waits for no file system.  It is the last one only if no revocation has waited for the caller. */
void csrv_share_put_later(struct csrv_share *share)
{
	kref_put(&share->ref, share_free_later);
}

static u32 root_flags(const struct csrv_share_params *p)
{
	u32 flags = 0;

	if (!p->follow_symlinks)
		flags |= CSRV_ROOT_NO_SYMLINKS;
	else if (p->wide_links)
		flags |= CSRV_ROOT_WIDE_LINKS;
	if (p->case_sensitive)
		flags |= CSRV_ROOT_CASE_SENSITIVE;
	return flags;
}

/* "veto files" is decided here only: walks and listings ask through csrv_vfs_vetoes(). */
static bool vetoes(const char *list, const char *name, size_t len, bool ignore_case)
{
	if (!len)
		return false;	/* some file systems ignore some characters: nothing is left */
	if (csrv_names_match(list, name, len, ignore_case))
		return true;
	/* Some file systems ignore dots and spaces at the end of a name. */
	if (name[len - 1] != '.' && name[len - 1] != ' ')
		return false;
	while (len && (name[len - 1] == '.' || name[len - 1] == ' '))
		len--;
	return len && csrv_names_match(list, name, len, ignore_case);
}

static bool root_vetoes(const char *list, const char *name, size_t len)
{
	return vetoes(list, name, len, true);
}

/* "case sensitive" */
static bool root_vetoes_exactly(const char *list, const char *name, size_t len)
{
	return vetoes(list, name, len, false);
}

/* Look up the directory, or what the directories of all sessions have in common. */
static int root_look_up(struct csrv_share_cfg *cfg, u32 flags)
{
	char *path = kmalloc(PATH_MAX, GFP_KERNEL), macro;
	size_t own;
	int err;

	if (!path)
		return -ENOMEM;
	if (cfg->each)
		err = csrv_path_fixed(cfg->p.path, path, PATH_MAX);
	else
		err = csrv_path_expand(cfg->p.path, NULL, path, PATH_MAX, &own, &macro);
	if (!err)
		err = cfg->each ? csrv_vfs_root_base(&cfg->root, path, flags) :
				  csrv_vfs_root_open(&cfg->root, path, flags);
	kfree(path);
	return err;
}

/*
 * The path is looked up only when a share is enabled; it cannot change while the share is on.  A
 * change of other parameters keeps the directory that is served: it takes effect also when the path
 * leads nowhere or elsewhere by now, or to a file system that hangs.
 */
static int cfg_root(struct csrv_share_cfg *cfg, const struct csrv_share_cfg *old)
{
	int each = csrv_path_check(cfg->p.path);
	u32 flags = root_flags(&cfg->p);
	int err;

	if (each < 0)
		return each;
	cfg->each = each;
	err = old ? csrv_vfs_root_again(&cfg->root, &old->root, flags) : root_look_up(cfg, flags);
	if (err)
		memset(&cfg->root, 0, sizeof(cfg->root));
	if (!err && *cfg->p.veto_files) {
		cfg->root.vetoes = root_vetoes;
		if (cfg->p.case_sensitive)
			cfg->root.vetoes = root_vetoes_exactly;
		cfg->root.veto_list = cfg->p.veto_files;
	}
	return err;
}

/* @old: of the running share, or NULL */
static struct csrv_share_cfg *cfg_make(const struct csrv_share_params *p, const char *name,
				       const struct csrv_share_cfg *old, bool ipc)
{
	struct csrv_share_cfg *cfg = kzalloc(sizeof(*cfg), GFP_KERNEL);
	int err;

	if (!cfg)
		return ERR_PTR(-ENOMEM);
	refcount_set(&cfg->ref, 1);
	cfg->volume = csrv_name_fold_hash(name, strlen(name), 0) ?: 1;
	err = cfg_params_set(cfg, p);
	if (!err && !ipc)
		err = cfg_root(cfg, old);
	if (!err)
		return cfg;
	cfg_params_free(cfg);
	kfree(cfg);
	return ERR_PTR(err);
}

/* One of the objects that share->nleft counts is closed. */
void csrv_share_one_left(struct csrv_share *share)
{
	/* a full barrier; pairs with prepare_to_wait_event() in trees_end_share() */
	if (atomic_dec_and_test(&share->nleft))
		wake_up_var(&share->nleft);
}

static struct csrv_share *share_make(struct csrv_server *srv, const char *name,
				     struct csrv_share_cfg *cfg, bool ipc)
{
	struct csrv_share *share = kzalloc(sizeof(*share), GFP_KERNEL);

	if (!share)
		return NULL;
	share->name = kstrdup(name, GFP_KERNEL);
	if (!share->name) {
		kfree(share);
		return NULL;
	}
	kref_init(&share->ref);
	share->srv = srv;
	share->ipc = ipc;
	INIT_LIST_HEAD(&share->node);
	spin_lock_init(&share->left_lock);
	INIT_LIST_HEAD(&share->left);
	INIT_WORK(&share->freeing, share_free_work);
	RCU_INIT_POINTER(share->cfg, cfg);
	csrv_object_created(CSRV_OBJ_SHARE);
	return share;
}

static struct csrv_share *share_peek_locked(struct csrv_server *srv, const char *name)
	__must_hold(&srv->names_lock)
{
	struct csrv_share *share;

	lockdep_assert_held(&srv->names_lock);
	list_for_each_entry(share, &srv->shares, node)
		if (csrv_names_same(share->name, name))
			return share;
	return NULL;
}

/* A running share of that name, with a reference, or NULL. */
struct csrv_share *csrv_share_find(struct csrv_server *srv, const char *name)
{
	struct csrv_share *share;

	mutex_lock(&srv->names_lock);
	share = share_peek_locked(srv, name);
	if (share)
		kref_get(&share->ref);
	mutex_unlock(&srv->names_lock);
	return share;
}

/**
 * csrv_share_next() - the running shares, in the order in which they were published
 * @srv: the server
 * @after: the share of that number, to begin there, or NULL; the reference is taken over
 * @number: of the share before; 0: the first is wanted
 *
 * Takes srv->names_lock.
 * Return: with a reference; NULL at the end.
 */
struct csrv_share *csrv_share_next(struct csrv_server *srv, struct csrv_share *after, u64 number)
{
	struct csrv_share *next = NULL, *share;
	struct list_head *at;

	mutex_lock(&srv->names_lock);
	at = after && !after->revoked ? &after->node : &srv->shares;
	list_for_each_continue(at, &srv->shares) {
		share = list_entry(at, struct csrv_share, node);
		if (share->number <= number)
			continue;
		next = csrv_share_get(share);
		break;
	}
	mutex_unlock(&srv->names_lock);
	if (after)
		csrv_share_put_later(after);
	return next;
}

/* Has each user a directory of the share, which is reached by the user's name? */
bool csrv_share_is_homes(struct csrv_share *share)
{
	bool homes;

	rcu_read_lock();
	homes = rcu_dereference(share->cfg)->p.homes;
	rcu_read_unlock();
	return homes;
}

/* The oldest running share of that kind, with a reference, or NULL. */
struct csrv_share *csrv_share_find_homes(struct csrv_server *srv)
{
	struct csrv_share *share, *found = NULL;

	mutex_lock(&srv->names_lock);
	list_for_each_entry(share, &srv->shares, node)
		if (csrv_share_is_homes(share)) {
			found = csrv_share_get(share);
			break;
		}
	mutex_unlock(&srv->names_lock);
	return found;
}

/* The parameters of a running share of that name, with a reference, or NULL. */
static struct csrv_share_cfg *cfg_running(struct csrv_server *srv, const char *name)
{
	struct csrv_share *share = csrv_share_find(srv, name);
	struct csrv_share_cfg *cfg = share ? csrv_share_cfg_get(share) : NULL;

	csrv_share_put(share);
	return cfg;
}

static int share_publish(struct csrv_server *srv, const char *name,
			 const struct csrv_share_params *p, bool ipc)
{
	struct csrv_share_cfg *was = cfg_running(srv, name), *cfg, *old;
	struct csrv_share *share;
	int err = 0;

	cfg = cfg_make(p, name, was, ipc);
	csrv_share_cfg_put(was);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);
	cfg->srv = srv;
	mutex_lock(&srv->names_lock);
	share = share_peek_locked(srv, name);
	if (share) {
		old = rcu_dereference_protected(share->cfg, lockdep_is_held(&srv->names_lock));
		rcu_assign_pointer(share->cfg, cfg);
	} else {
		old = NULL;
		share = share_make(srv, name, cfg, ipc);
		if (share) {
			share->number = ++srv->last_share;
			list_add_tail(&share->node, &srv->shares);
		} else {
			old = cfg;
			err = -ENOMEM;
		}
	}
	mutex_unlock(&srv->names_lock);
	csrv_share_cfg_put(old);
	return err;
}

/**
 * csrv_share_publish() - make a share reachable, or change a running one
 * @srv: the server
 * @name: the name that clients use, UTF-8
 * @p: copied
 *
 * A change of a running share takes effect with the next request on every tree, rights of users
 * included (csrv_tree_use()); opens keep the rights that they were granted.  Hosts are checked
 * when they connect.  The directory is the one that @p's path led to when the share was enabled;
 * where the path has macros, when the tree was connected.
 * Takes srv->names_lock, but not while a file system is entered.
 * Return: 0; -ENOENT, -ENOTDIR … for a path that will not do, -EINVAL for its macros; as
 * csrv_groups_make() for groups; -ENOMEM.
 */
int csrv_share_publish(struct csrv_server *srv, const char *name,
		       const struct csrv_share_params *p)
{
	return share_publish(srv, name, p, false);
}

/* IPC$ always exists: it has no path and cannot be configured. */
int csrv_share_publish_ipc(struct csrv_server *srv)
{
	struct csrv_share_params p;
	int err = csrv_share_params_init(&p);

	if (err)
		return err;
	p.guest_ok = true;
	err = share_publish(srv, CSRV_IPC_NAME, &p, true);
	csrv_share_params_free(&p);
	return err;
}

/**
 * csrv_share_unlist() - take a share off the list, to revoke it
 * @srv: the server
 * @name: of the share; NULL: any
 *
 * Takes srv->names_lock.
 * Return: with the list's reference, and marked as revoked; NULL: there is none.
 */
struct csrv_share *csrv_share_unlist(struct csrv_server *srv, const char *name)
{
	struct csrv_share *share;

	mutex_lock(&srv->names_lock);
	share = name ? share_peek_locked(srv, name) :
		       list_first_entry_or_null(&srv->shares, struct csrv_share, node);
	if (share) {
		WRITE_ONCE(share->revoked, true);
		list_del_init(&share->node);
	}
	mutex_unlock(&srv->names_lock);
	return share;
}
