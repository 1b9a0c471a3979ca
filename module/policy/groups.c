// SPDX-License-Identifier: GPL-2.0-or-later
/* policy/groups.c - lists of groups' numbers, in the parameters of shares */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/slab.h>

#include "groups.h"

/* The number at @list, which is moved behind it and its blank; U32_MAX, which is no group: none. */
static u32 number_next(const char **list)
{
	const char *s = *list;
	u64 gid = 0;

	for (; *s >= '0' && *s <= '9' && gid < U32_MAX; s++)
		gid = gid * 10 + (*s - '0');
	if (s == *list || (*s && *s != ' ') || gid >= U32_MAX)
		return U32_MAX;
	*list = *s ? s + 1 : s;
	return gid;
}

/**
 * csrv_groups_read() - the numbers of a list of groups
 * @list: numbers with one blank between them, as configfs has them
 * @gids: receives the numbers; NULL: they are counted only
 *
 * Takes no lock.
 * Return: how many there are; -EINVAL for a word that is no group's number, -E2BIG for more than
 * CSRV_GROUPS_MAX.
 */
int csrv_groups_read(const char *list, u32 *gids)
{
	int n;

	for (n = 0; *list; n++) {
		u32 gid = number_next(&list);

		if (gid == U32_MAX)
			return -EINVAL;
		if (n == CSRV_GROUPS_MAX)
			return -E2BIG;
		if (gids)
			gids[n] = gid;
	}
	return n;
}

/**
 * csrv_groups_make() - groups from a list
 * @groups: is overwritten
 * @list: as for csrv_groups_read()
 *
 * Sleeps, takes no lock.
 * Return: 0; as csrv_groups_read(), or -ENOMEM, with no groups then.
 */
int csrv_groups_make(struct csrv_groups *groups, const char *list)
{
	int n = csrv_groups_read(list, NULL);

	*groups = (struct csrv_groups){};
	if (n <= 0)
		return n;
	groups->gids = kmalloc_array(n, sizeof(u32), GFP_KERNEL);
	if (!groups->gids)
		return -ENOMEM;
	groups->n = n;
	csrv_groups_read(list, groups->gids);
	return 0;
}

/* Harmless on groups of zeroes. */
void csrv_groups_free(struct csrv_groups *groups)
{
	kfree(groups->gids);
	*groups = (struct csrv_groups){};
}
