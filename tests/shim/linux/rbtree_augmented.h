/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_RBTREE_AUGMENTED_H
#define SHIM_LINUX_RBTREE_AUGMENTED_H

#include <linux/rbtree.h>

static inline void rb_insert_augmented(struct rb_node *n, struct rb_root *root,
				       const struct rb_augment_callbacks *cb)
{
	shim_rb_insert(n, root, cb);
}

static inline void rb_erase_augmented(struct rb_node *n, struct rb_root *root,
				      const struct rb_augment_callbacks *cb)
{
	shim_rb_erase(n, root, cb);
}

#define RB_DECLARE_CALLBACKS(how, name, type, field, sub, compute)			\
how void name ## _propagate(struct rb_node *rb, struct rb_node *stop)			\
{											\
	for (; rb != stop; rb = rb->up)							\
		if (compute(rb_entry(rb, type, field), true))				\
			break;								\
}											\
how void name ## _copy(struct rb_node *from, struct rb_node *to)			\
{											\
	rb_entry(to, type, field)->sub = rb_entry(from, type, field)->sub;		\
}											\
how void name ## _rotate(struct rb_node *from, struct rb_node *to)			\
{											\
	rb_entry(to, type, field)->sub = rb_entry(from, type, field)->sub;		\
	compute(rb_entry(from, type, field), false);					\
}											\
how const struct rb_augment_callbacks name = {						\
	.propagate = name ## _propagate, .copy = name ## _copy,				\
	.rotate = name ## _rotate							\
};

#endif
