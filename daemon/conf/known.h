/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parameters of Samba's that are not obeyed, and modules of "vfs objects": the rows are in
 * names_gen.h, generated from configfs-schema/names.cfg.
 */
#ifndef CSRV_DAEMON_CONF_KNOWN_H
#define CSRV_DAEMON_CONF_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a value that is not among those of @same is judged. */
enum conf_known_kind {
	CONF_KNOWN_NONE,	/* without effect, and not needed */
	CONF_KNOWN_DIFFERS,	/* reported as a difference */
	CONF_KNOWN_REFUSED,	/* an error: it decides about access */
};

struct conf_known {
	const char *name;		/* a star at the end stands for any rest */
	const char *const *same;	/* the behaviour anyway, NULL-terminated; or NULL */
	const char *why;
	uint8_t kind;			/* enum conf_known_kind */
	bool share;			/* may stand in a share */
};

/** conf_known_find() - the row of a parameter, case and blanks apart; NULL if there is none */
const struct conf_known *conf_known_find(const char *name);

/** conf_module_find() - the row of a module of "vfs objects", its ":instance" apart */
const struct conf_known *conf_module_find(const char *name);

/** conf_known_is_same() - is a value, or an empty one, the behaviour anyway? */
bool conf_known_is_same(const struct conf_known *known, const char *value);

/** conf_name_is_guarded() - may an unknown name be about access? */
bool conf_name_is_guarded(const char *name);

struct conf_nearest;

/** conf_known_nearest() - conf_table_nearest() among the names that are not obeyed */
void conf_known_nearest(const char *name, struct conf_nearest *best);

#endif
