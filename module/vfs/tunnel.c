// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/tunnel.c - the 8.3 names of removed files, [MS-FSA] 2.1.1.2 */
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "../wire/shortname.h"
#include "../wire/utf16.h"
#include "internal.h"
#include "nametab.h"
#include "path.h"
#include "tunnel.h"

#define TUNNEL_SECS	15	/* [MS-FSA] 2.1.1.2, EntryTime */
#define TUNNEL_ENTRIES	32u	/* of a share; the oldest is replaced */

struct tunnel_entry {
	unsigned long since;		/* jiffies; @name is empty before the first use */
	dev_t dev;
	u32 generation;
	u64 ino;			/* these three identify the directory */
	u32 short_len;
	char short_name[WIRE_SHORT_NAME_MAX];
	char name[NAME_MAX + 1];
};

struct csrv_tunnel {
	spinlock_t lock;		/* guards the rest; nothing is taken inside */
	u32 next;
	struct tunnel_entry entries[TUNNEL_ENTRIES];
};

struct csrv_tunnel *csrv_tunnel_create(void)
{
	struct csrv_tunnel *t = kvzalloc(sizeof(*t), GFP_KERNEL);

	if (t)
		spin_lock_init(&t->lock);
	return t;
}

void csrv_tunnel_destroy(struct csrv_tunnel *t)
{
	kvfree(t);
}

void csrv_tunnel_gone(const struct csrv_vfs_root *root, const struct inode *dir, const char *name)
{
	struct csrv_tunnel *t = root->tunnel;
	char short_name[WIRE_SHORT_NAME_MAX];
	size_t len = strlen(name);
	struct tunnel_entry *e;
	u32 n;

	/* [MS-FSA] 2.1.1.2: not where names have case */
	if (!t || root->flags & CSRV_ROOT_CASE_SENSITIVE || len > NAME_MAX)
		return;
	n = csrv_short_name(name, len, root->short_seed, short_name);
	if (!csrv_name_may_be_short(short_name, n) || !csrv_name_casecmp(short_name, n, name, len))
		return;
	spin_lock(&t->lock);
	e = &t->entries[t->next++ % TUNNEL_ENTRIES];
	e->since = jiffies;
	e->dev = dir->i_sb->s_dev;
	e->ino = dir->i_ino;
	e->generation = dir->i_generation;
	e->short_len = n;
	memcpy(e->short_name, short_name, n);
	memcpy(e->name, name, len + 1);
	spin_unlock(&t->lock);
}

static bool entry_is(const struct tunnel_entry *e, const struct inode *dir, const char *name)
{
	return *e->name && time_before(jiffies, e->since + TUNNEL_SECS * HZ) &&
	       e->ino == dir->i_ino && e->dev == dir->i_sb->s_dev &&
	       e->generation == dir->i_generation &&
	       !csrv_name_casecmp(e->short_name, e->short_len, name, strlen(name));
}

char *csrv_tunnel_find(const struct csrv_vfs_root *root, const struct inode *dir,
		       const char *name)
{
	struct csrv_tunnel *t = root->tunnel;
	char *found = NULL;
	u32 i;

	if (!t || !csrv_name_may_be_short(name, strlen(name)))
		return NULL;
	found = kmalloc(NAME_MAX + 1, GFP_KERNEL);
	if (!found)
		return NULL;
	*found = '\0';
	spin_lock(&t->lock);
	for (i = 0; i < TUNNEL_ENTRIES; i++)
		if (entry_is(&t->entries[i], dir, name))
			strscpy(found, t->entries[i].name, NAME_MAX + 1);
	spin_unlock(&t->lock);
	if (*found && !csrv_vfs_vetoes(root, found, strlen(found)))
		return found;
	kfree(found);
	return NULL;
}
