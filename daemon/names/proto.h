/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names/proto.h - messages between the daemon and a helper
 *
 * A SOCK_SEQPACKET pair: one question, one answer.  The helper runs foreign code on data of foreign
 * servers, so the daemon checks all of an answer.
 */
#ifndef CSRV_DAEMON_NAMES_PROTO_H
#define CSRV_DAEMON_NAMES_PROTO_H

#include <limits.h>
#include <stdint.h>

#include "passdb/nss.h"
#include "util/self.h"

#define NAMES_NAME_MAX	255		/* octets of a user's or a group's name */
#define NAMES_HOME_MAX	(PATH_MAX - 1)
#define NAMES_FD	SELF_FD		/* a helper's end of the pair */

enum names_kind { NAMES_USER = 1, NAMES_GROUP = 2 };

/* The rest of the message is the name, without a NUL. */
struct names_question {
	uint32_t kind;
	char name[NAMES_NAME_MAX];
};

/* Followed by @ngroups numbers, @home_len and @group_len octets, and nothing else. */
struct names_answer {
	int32_t error;			/* 0, or a negative errno with all else 0 */
	uint32_t uid, gid, ngroups;
	uint32_t home_len, group_len;
};

#define NAMES_ANSWER_MAX (sizeof(struct names_answer) + NSS_MAX_GROUPS * sizeof(uint32_t) + \
			  NAMES_HOME_MAX + NAMES_NAME_MAX)

/*
 * spawn.c: starts a helper without capabilities; returns its pid, and our end of the pair in @fd,
 * or -errno.
 */
int names_spawn(int *fd);

#endif
