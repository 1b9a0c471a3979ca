/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cifsadmin/may.h - may a user use a share, with which rights, and which line decides
 *
 * Pure: from the configuration, in the order in which the kernel checks it (module/policy/access.c,
 * module/client/tree.c). Not checked: the client's dialect and whether it can encrypt, "max
 * connections", and the permissions of the files.
 */
#ifndef CIFSADMIN_MAY_H
#define CIFSADMIN_MAY_H

#include "../conf/smbconf.h"

#define MAY_NOBODY	"4294967295"	/* number of a user or group that is not set */

/* A session's user, as in the kernel. */
struct may_who {
	const char *user;	/* account; of a guest the guest account; "" of the anonymous */
	bool guest;
	bool anonymous;
	uint32_t uid, gid;
	const uint32_t *groups;
	size_t ngroups;
};

enum may_rights { MAY_NOT, MAY_READ, MAY_WRITE };

/* One check. */
struct may_step {
	const char *text;	/* one sentence */
	const char *param;	/* the parameter that decides; NULL: none does */
	const char *file;	/* where it is set; NULL: it has its default */
	unsigned int line;
};

#define MAY_STEPS_MAX	12

/**
 * struct may_answer - the answer
 * @rights: granted by the share's parameters
 * @uid: that the user acts as, unless MAY_NOT
 * @gid: likewise
 * @step: checks, in order; the last one decides
 * @nsteps: how many
 */
struct may_answer {
	enum may_rights rights;
	uint32_t uid, gid;
	struct may_step step[MAY_STEPS_MAX];
	size_t nsteps;
};

/**
 * may_connect() - may a client at this address connect to the server?
 * @ctx: of the texts in @ans, to which it adds
 * @peer: IPv4 or IPv6 address, as text
 */
bool may_connect(TALLOC_CTX *ctx, const struct conf *conf, const char *peer,
		 struct may_answer *ans);

/* may_use() - may this user use the share, from there; adds to @ans, and fills it. */
void may_use(TALLOC_CTX *ctx, const struct conf *conf, const char *share, const char *peer,
	     const struct may_who *who, struct may_answer *ans);

/* Adds a step that no parameter decides; @param may name one, of [global]. */
void may_say(TALLOC_CTX *ctx, const struct conf *conf, struct may_answer *ans, const char *param,
	     const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif /* CIFSADMIN_MAY_H */
