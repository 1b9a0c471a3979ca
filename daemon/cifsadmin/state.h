/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cifsadmin/state.h - the answer to the daemon's command "status" */
#ifndef CIFSADMIN_STATE_H
#define CIFSADMIN_STATE_H

#include <jansson.h>

#include "admin.h"

/* The lists, in the order of the answer. */
enum { STATE_CONNECTIONS, STATE_SESSIONS, STATE_TREES, STATE_OPENS, STATE_LISTS };

/**
 * struct state - the answer
 * @list: arrays of objects; members are those of module/upcall/README.md, and those of state_name()
 * @problems: array of texts: problems of the configuration
 * @lockouts: array of objects: names and addresses that are locked
 * @by_id: sessions by their "session"
 */
struct state {
	json_t *list[STATE_LISTS];
	json_t *problems;
	json_t *lockouts;
	json_t *by_id;
};

/* Ask the daemon.  An exit status, with the complaint made; *@ret is owned by @a->ctx. */
int state_ask(const struct admin *a, struct state **ret);

/* The name of a list, as in JSON. */
const char *state_list_name(size_t list);

/* The session of a tree or an open; @o itself when it is not known. */
const json_t *state_session(const struct state *st, const json_t *o);

/* A member as text: "" when there is none; @buf holds the digits of a number. */
const char *state_text(const json_t *o, const char *name, char buf[32]);

/* A number, or the value of "0x1f"; 0 when there is none. */
uint64_t state_number(const json_t *o, const char *name);

/* Seconds since the object was made. */
uint64_t state_age(const json_t *o);

/* "alice", "(guest)", "(anonymous)" of a session or open. */
const char *state_user(const json_t *session);

/* The filters of session list, close and open list: NULL matches all. */
bool state_matches(const struct state *st, const json_t *o, const char *user, const char *client,
		   const char *share);

/* An id without its leading zeros: "0x11". */
const char *state_id(const json_t *o, const char *name, char buf[32]);

/* "3d4h", "2h05m", "7m12s", "9s" */
const char *state_seconds(char buf[32], uint64_t s);

/* An array on stdout as JSON, or an object. */
void state_print_json(const json_t *value);

#endif /* CIFSADMIN_STATE_H */
