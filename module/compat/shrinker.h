/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compat/shrinker.h - registering a shrinker, which changed in 6.7 */
#ifndef CIFSSRV_COMPAT_SHRINKER_H
#define CIFSSRV_COMPAT_SHRINKER_H

#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/version.h>

/* 6.7: shrinkers are allocated and registered in two steps. */
typedef unsigned long (*compat_shrink_fn)(struct shrinker *s, struct shrink_control *sc);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
static inline struct shrinker *compat_shrinker_alloc(const char *name, void *priv,
						     compat_shrink_fn count,
						     compat_shrink_fn scan)
{
	struct shrinker *s = shrinker_alloc(0, "%s", name);

	if (!s)
		return NULL;
	s->count_objects = count;
	s->scan_objects = scan;
	s->private_data = priv;
	shrinker_register(s);
	return s;
}

static inline void *compat_shrinker_priv(struct shrinker *shrinker)
{
	return shrinker->private_data;
}

static inline void compat_shrinker_free(struct shrinker *shrinker)
{
	shrinker_free(shrinker);
}
#else
struct compat_shrinker {
	struct shrinker s;
	void *priv;
};

static inline struct shrinker *compat_shrinker_alloc(const char *name, void *priv,
						     compat_shrink_fn count,
						     compat_shrink_fn scan)
{
	struct compat_shrinker *cs = kzalloc(sizeof(*cs), GFP_KERNEL);

	if (!cs)
		return NULL;
	cs->s.count_objects = count;
	cs->s.scan_objects = scan;
	cs->s.seeks = DEFAULT_SEEKS;
	cs->priv = priv;
	if (register_shrinker(&cs->s, "%s", name)) {
		kfree(cs);
		return NULL;
	}
	return &cs->s;
}

static inline void *compat_shrinker_priv(struct shrinker *shrinker)
{
	return container_of(shrinker, struct compat_shrinker, s)->priv;
}

static inline void compat_shrinker_free(struct shrinker *shrinker)
{
	unregister_shrinker(shrinker);
	kfree(container_of(shrinker, struct compat_shrinker, s));
}
#endif

#endif /* CIFSSRV_COMPAT_SHRINKER_H */
