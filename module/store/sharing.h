/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/sharing.h - what the opens of a stream do and let others do, counted
 *
 * [MS-FSA] 2.1.5.1.2.2 compares a new open with each that is there.  What it asks of them is
 * only whether there is one of a class, so the classes are counted: an open of a stream that has
 * many takes no longer than of one that has none.
 */
#ifndef CIFSSRV_STORE_SHARING_H
#define CIFSSRV_STORE_SHARING_H

#include <linux/types.h>

/* Classes of access that share modes distinguish: [MS-FSA] 2.1.5.1.2.2 */
enum csrv_sharing_class {
	CSRV_SHARING_READ,	/* FILE_READ_DATA, FILE_EXECUTE */
	CSRV_SHARING_WRITE,	/* FILE_WRITE_DATA, FILE_APPEND_DATA */
	CSRV_SHARING_DELETE,	/* DELETE */
	CSRV_SHARING_CLASSES,
};

/**
 * struct csrv_sharing - of one stream; zeroed: it is not open
 * @with: opens that have access of each class
 * @deny: opens that do not share that class with others.  An open without access of any class does
 *	not count: it shares all
 */
struct csrv_sharing {
	u32	with[CSRV_SHARING_CLASSES];
	u32	deny[CSRV_SHARING_CLASSES];
};

void csrv_sharing_join(struct csrv_sharing *set, u32 access, u32 share);
void csrv_sharing_leave(struct csrv_sharing *set, u32 access, u32 share);
bool csrv_sharing_allows(const struct csrv_sharing *set, u32 access, u32 share);

#endif /* CIFSSRV_STORE_SHARING_H */
