/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_LIST_SORT_H
#define SHIM_LINUX_LIST_SORT_H

#include <linux/list.h>

static inline void list_sort(void *priv, struct list_head *head,
			     int (*cmp)(void *priv, const struct list_head *a,
					const struct list_head *b))
{
	struct list_head sorted, *item, *at;

	INIT_LIST_HEAD(&sorted);
	while (!list_empty(head)) {
		item = head->next;
		list_del_init(item);
		at = sorted.prev;
		while (at != &sorted && cmp(priv, at, item) > 0)
			at = at->prev;
		list_add_tail(item, at->next);
	}
	while (!list_empty(&sorted)) {
		item = sorted.next;
		list_del_init(item);
		list_add_tail(item, head);
	}
}

#endif
