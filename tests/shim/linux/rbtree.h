/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A search tree with the kernel's interface, for programs that only want its answers: it
 * turns nodes at random where the kernel's balances.
 */
#ifndef SHIM_LINUX_RBTREE_H
#define SHIM_LINUX_RBTREE_H

#include <stdlib.h>

#include <linux/list.h>
#include <linux/types.h>

struct rb_node {
	struct rb_node *up;
	struct rb_node *rb_left;
	struct rb_node *rb_right;
};

struct rb_root {
	struct rb_node *rb_node;
};

struct rb_augment_callbacks {
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
	void (*copy)(struct rb_node *from, struct rb_node *to);
	void (*rotate)(struct rb_node *from, struct rb_node *to);
};

#define RB_ROOT ((struct rb_root){ NULL })
#define RB_EMPTY_ROOT(root) (!(root)->rb_node)
#define rb_entry(ptr, type, member) container_of(ptr, type, member)
#define rb_parent(n) ((n)->up)

static inline void rb_link_node(struct rb_node *n, struct rb_node *parent, struct rb_node **at)
{
	n->up = parent;
	n->rb_left = NULL;
	n->rb_right = NULL;
	*at = n;
}

static inline void shim_rb_replace(struct rb_root *root, struct rb_node *n, struct rb_node *by)
{
	if (!n->up)
		root->rb_node = by;
	else if (n->up->rb_left == n)
		n->up->rb_left = by;
	else
		n->up->rb_right = by;
	if (by)
		by->up = n->up;
}

/* @n comes up to where its parent is. */
static inline void shim_rb_turn(struct rb_root *root, struct rb_node *n,
				const struct rb_augment_callbacks *cb)
{
	struct rb_node *p = n->up, *inner;

	shim_rb_replace(root, p, n);
	if (p->rb_left == n) {
		inner = n->rb_right;
		p->rb_left = inner;
		n->rb_right = p;
	} else {
		inner = n->rb_left;
		p->rb_right = inner;
		n->rb_left = p;
	}
	if (inner)
		inner->up = p;
	p->up = n;
	if (cb)
		cb->rotate(p, n);
}

static inline void shim_rb_insert(struct rb_node *n, struct rb_root *root,
				  const struct rb_augment_callbacks *cb)
{
	while (n->up && random() % 2)
		shim_rb_turn(root, n, cb);
}

static inline void shim_rb_erase(struct rb_node *n, struct rb_root *root,
				 const struct rb_augment_callbacks *cb)
{
	struct rb_node *child;

	while (n->rb_left && n->rb_right)
		shim_rb_turn(root, random() % 2 ? n->rb_left : n->rb_right, cb);
	child = n->rb_left ? n->rb_left : n->rb_right;
	shim_rb_replace(root, n, child);
	if (cb && n->up)
		cb->propagate(n->up, NULL);
}

static inline void rb_insert_color(struct rb_node *n, struct rb_root *root)
{
	shim_rb_insert(n, root, NULL);
}

static inline void rb_erase(struct rb_node *n, struct rb_root *root)
{
	shim_rb_erase(n, root, NULL);
}

static inline struct rb_node *rb_first(const struct rb_root *root)
{
	struct rb_node *n = root->rb_node;

	while (n && n->rb_left)
		n = n->rb_left;
	return n;
}

#endif
