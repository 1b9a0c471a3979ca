/* SPDX-License-Identifier: GPL-2.0-or-later */
/* user-space stand-in, just enough for module/model/ */
#ifndef SHIM_LINUX_LIST_H
#define SHIM_LINUX_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list_head {
	struct list_head *next;
	struct list_head *prev;
};

struct hlist_node {
	struct hlist_node *next;
	struct hlist_node **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

static inline void INIT_HLIST_NODE(struct hlist_node *node)
{
	node->next = NULL;
	node->pprev = NULL;
}

#ifndef container_of
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
#endif

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline bool list_empty(const struct list_head *list)
{
	return list->next == list;
}

static inline void list_add_tail(struct list_head *item, struct list_head *list)
{
	item->prev = list->prev;
	item->next = list;
	list->prev->next = item;
	list->prev = item;
}

static inline void list_del(struct list_head *e)
{
	e->prev->next = e->next;
	e->next->prev = e->prev;
}

static inline bool list_is_singular(const struct list_head *h)
{
	return h->next != h && h->next == h->prev;
}

static inline void list_del_init(struct list_head *item)
{
	item->prev->next = item->next;
	item->next->prev = item->prev;
	INIT_LIST_HEAD(item);
}

static inline void list_move_tail(struct list_head *item, struct list_head *list)
{
	list_del_init(item);
	list_add_tail(item, list);
}

static inline void list_splice_tail_init(struct list_head *from, struct list_head *to)
{
	while (!list_empty(from))
		list_move_tail(from->next, to);
}

#define list_entry(ptr, type, member) container_of(ptr, type, member)
#define list_first_entry(list, type, member) list_entry((list)->next, type, member)

#define list_entry_of(ptr, pos, member) container_of(ptr, __typeof__(*(pos)), member)

#define list_for_each_entry(pos, list, member)					\
	for (pos = list_entry_of((list)->next, pos, member);			\
	     &pos->member != (list);						\
	     pos = list_entry_of(pos->member.next, pos, member))

#define list_for_each_entry_safe(pos, tmp, list, member)			\
	for (pos = list_entry_of((list)->next, pos, member),			\
	     tmp = list_entry_of(pos->member.next, pos, member);		\
	     &pos->member != (list);						\
	     pos = tmp, tmp = list_entry_of(tmp->member.next, tmp, member))

#endif
