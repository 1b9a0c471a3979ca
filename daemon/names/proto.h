/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names/proto.h - what the daemon and a helper say to each other
 *
 * A SOCK_SEQPACKET pair: one question, one answer.  The helper runs code of others on what servers
 * sent: the daemon checks all of an answer.
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

/* The name without its NUL is as long as the rest of the message. */
struct names_question {
	uint32_t kind;
	char name[NAMES_NAME_MAX];
};

/* Then @ngroups numbers, @home_len and @group_len octets, and no more. */
struct names_answer {
	int32_t error;			/* 0 or a negative errno, all else is 0 then */
	uint32_t uid, gid, ngroups;
	uint32_t home_len, group_len;
};

#define NAMES_ANSWER_MAX (sizeof(struct names_answer) + NSS_MAX_GROUPS * sizeof(uint32_t) + \
			  NAMES_HOME_MAX + NAMES_NAME_MAX)

/* spawn.c: a helper without capabilities; its pid, and our end of the pair in @fd.  Or -errno. */
int names_spawn(int *fd);

#endif
