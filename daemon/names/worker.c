// SPDX-License-Identifier: GPL-2.0-or-later
/* names/worker.c - the helper's side: a question, a look-up, an answer */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "names/names.h"
#include "names/proto.h"
#include "util/cleanup.h"

const struct names_source names_nss = { nss_account, nss_group };

static char *put(char *at, const void *data, size_t len)
{
	if (len)
		memcpy(at, data, len);
	return at + len;
}

/* Encodes the answer, and returns its length; one that is too long is doubt, not a missing name. */
static size_t encode(char *buf, const struct nss_account *acc)
{
	struct names_answer a = {
		.uid = acc->id.uid, .gid = acc->id.gid, .ngroups = (uint32_t)acc->id.ngroups,
		.home_len = (uint32_t)strlen(acc->home), .group_len = (uint32_t)strlen(acc->group),
	};
	char *at = buf + sizeof(a);

	if (a.ngroups > NSS_MAX_GROUPS)
		a = (struct names_answer){ .error = -E2BIG };
	else if (a.home_len > NAMES_HOME_MAX || a.group_len > NAMES_NAME_MAX)
		a = (struct names_answer){ .error = -ENAMETOOLONG };
	memcpy(buf, &a, sizeof(a));
	if (a.error)
		return sizeof(a);
	at = put(at, acc->id.groups, a.ngroups * sizeof(uint32_t));
	at = put(at, acc->home, a.home_len);
	at = put(at, acc->group, a.group_len);
	return (size_t)(at - buf);
}

static int look_up(TALLOC_CTX *ctx, const struct names_source *source, uint32_t kind,
		   const char *name, struct nss_account *acc)
{
	gid_t gid;
	int r;

	*acc = (struct nss_account){ .home = "", .group = "" };
	if (kind == NAMES_USER)
		return source->user(ctx, name, acc);
	if (kind != NAMES_GROUP)
		return -EINVAL;
	r = source->group(name, &gid);
	acc->id.gid = gid;
	acc->group = name;
	return r;
}

static bool answer(const struct names_source *source, const struct names_question *q, size_t len)
{
	_cleanup_(talloc_freep) TALLOC_CTX *ctx = talloc_new(NULL);
	char *name = ctx ? talloc_strndup(ctx, q->name, len) : NULL;
	static char buf[NAMES_ANSWER_MAX];
	struct nss_account acc;
	size_t n;
	int r;

	r = name ? look_up(ctx, source, q->kind, name, &acc) : -ENOMEM;
	if (r < 0) {
		struct names_answer failed = { .error = r };

		memcpy(buf, &failed, sizeof(failed));
		n = sizeof(failed);
	} else {
		n = encode(buf, &acc);
	}
	return send(NAMES_FD, buf, n, MSG_NOSIGNAL) == (ssize_t)n;
}

int names_worker(const struct names_source *source)
{
	struct names_question q;

	prctl(PR_SET_NAME, "cifssrvd-names", 0, 0, 0);
	for (;;) {
		ssize_t n = recv(NAMES_FD, &q, sizeof(q), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			return EXIT_SUCCESS;
		if (n < (ssize_t)offsetof(struct names_question, name) ||
		    !answer(source, &q, (size_t)n - offsetof(struct names_question, name)))
			return EXIT_FAILURE;
	}
}
