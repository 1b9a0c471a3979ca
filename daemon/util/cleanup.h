/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util/cleanup.h - scope-based release of what a function acquired */
#ifndef CIFSSRVD_UTIL_CLEANUP_H
#define CIFSSRVD_UTIL_CLEANUP_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <talloc.h>

#define _cleanup_(fn) __attribute__((cleanup(fn)))

/* Moves a value out of a variable, which becomes empty. */
#define TAKE_PTR(p) ({ __typeof__(p) take_ = (p); (p) = NULL; take_; })
#define TAKE_FD(fd) ({ int take_ = (fd); (fd) = -1; take_; })

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static inline void freep(void *p)
{
	free(*(void **)p);
}

static inline void closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void fclosep(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void talloc_freep(void *p)
{
	if (*(void **)p)
		talloc_free(*(void **)p);
}

/* A block of octets.  Functions that hand one over say who owns it. */
struct blob {
	const uint8_t *data;
	size_t len;
};

#endif /* CIFSSRVD_UTIL_CLEANUP_H */
