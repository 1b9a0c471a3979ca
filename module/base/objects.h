/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base/objects.h - count created and destroyed objects of each kind
 *
 * Every refcounted kind calls csrv_object_created() when its first reference
 * exists and csrv_object_destroyed() right before its memory is freed (in an
 * RCU callback, if that is what frees it); for a kind with a cache of its own,
 * csrv_object_zalloc() and csrv_object_free() do it.  The test runner compares the two
 * after every test, and module exit waits until they are equal.
 *
 * The counters are static, because they have to outlive every object.  Only the exit depends on
 * them.  Other static data changes only while the module is loaded and unloaded, or is counted per
 * CPU and read by sysfs only.
 */
#ifndef CIFSSRV_BASE_OBJECTS_H
#define CIFSSRV_BASE_OBJECTS_H

#include <linux/types.h>

enum csrv_object_kind {
	CSRV_OBJ_LISTENER,
	CSRV_OBJ_XPRT,
	CSRV_OBJ_ACCOUNT,
	CSRV_OBJ_CONN,
	CSRV_OBJ_SESSION,
	CSRV_OBJ_CHANNEL,
	CSRV_OBJ_LOGON,
	CSRV_OBJ_IDENTITY,
	CSRV_OBJ_SHARE,
	CSRV_OBJ_USER,
	CSRV_OBJ_TREE,
	CSRV_OBJ_RIGHTS,
	CSRV_OBJ_DIR,
	CSRV_OBJ_FILE,
	CSRV_OBJ_STREAM,
	CSRV_OBJ_LEASE,
	CSRV_OBJ_DIRWATCH,
	CSRV_OBJ_DURABLE,
	CSRV_OBJ_OPEN,
	CSRV_OBJ_PIPE,
	CSRV_OBJ_WATCH,
	CSRV_OBJ_END,
	CSRV_OBJ_REQ,
	CSRV_OBJ_UPCALL,
	CSRV_OBJ_KINDS
};

void csrv_object_created(enum csrv_object_kind kind);
void csrv_object_destroyed(enum csrv_object_kind kind);

/**
 * csrv_object_cache() - give a kind a slab cache of its own
 * @kind: has none yet
 * @size: bytes of one object
 *
 * For the kinds that silent clients have: kmalloc() would round 550 bytes up to 1024.
 *
 * Return: 0 or -ENOMEM.
 */
int csrv_object_cache(enum csrv_object_kind kind, size_t size);

/* Of all kinds, whether they were created or not; no object is left. */
void csrv_object_caches_destroy(void);

/**
 * csrv_object_zalloc() - memory for an object of a kind that has a cache, and count it
 * @kind: which
 *
 * Return: zeroed memory, for csrv_object_free(), or NULL.
 */
void *csrv_object_zalloc(enum csrv_object_kind kind);

/* Free an object of csrv_object_zalloc(), and count its end. */
void csrv_object_free(enum csrv_object_kind kind, void *object);

/* "sessions", "opens" …: the file name under sysfs; NULL past the last kind. */
const char *csrv_object_name(enum csrv_object_kind kind);

/**
 * csrv_object_counts - read one kind's counters
 * @kind: which
 * @created: objects made since the module was loaded
 * @destroyed: objects ended since; never seen larger than @created
 */
void csrv_object_counts(enum csrv_object_kind kind, u64 *created, u64 *destroyed);

/* "created destroyed\n" for sysfs; @page is a whole page. Returns its length. */
ssize_t csrv_object_show(enum csrv_object_kind kind, char *page);

/**
 * csrv_objects_wait_zero - wait until no object is left
 *
 * For module exit, after the end of all objects was requested. Sleeps without a limit, and logs
 * what it waits for every ten seconds: code that runs after the module is freed is worse than an
 * rmmod that hangs. The caller still destroys its workqueues and calls rcu_barrier().
 */
void csrv_objects_wait_zero(void);

#endif /* CIFSSRV_BASE_OBJECTS_H */
