/* SPDX-License-Identifier: GPL-2.0-or-later */
/* auth/usermap.h - the file of smb.conf's "username map" */
#ifndef CIFSSRVD_AUTH_USERMAP_H
#define CIFSSRVD_AUTH_USERMAP_H

#include <talloc.h>
#include "../util/cleanup.h"

struct usermap;

/* What is wrong with a file; @line 0: the file as a whole. */
struct usermap_error {
	unsigned int line;
	char text[160];
};

/**
 * usermap_parse() - lines of the form "[!]account = name name ..."
 * @ctx: talloc parent of the map
 * @text: the file's octets
 * @ret: the map
 * @err: on -EINVAL what is wrong
 *
 * Names may be in double quotes, and "*" stands for every name.  A line that
 * matches renames, and later lines see the new name, except after a "!".
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int usermap_parse(TALLOC_CTX *ctx, struct blob text, struct usermap **ret,
		  struct usermap_error *err);

/*
 * Reads @path and parses it; a missing file has no lines.  Return: as usermap_parse(), or another
 * negative errno with @err.
 */
int usermap_load(TALLOC_CTX *ctx, const char *path, struct usermap **ret,
		 struct usermap_error *err);

/* The text that @map was parsed from, which lives as long; of NULL none. */
struct blob usermap_text(const struct usermap *map);

/* The account for a client's @name: @name itself when no line is about it, or @map is NULL. */
const char *usermap_apply(const struct usermap *map, const char *name);

#endif /* CIFSSRVD_AUTH_USERMAP_H */
