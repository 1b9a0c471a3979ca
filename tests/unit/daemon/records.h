/* SPDX-License-Identifier: GPL-2.0-or-later */
/* records.h - pages of records, as the kernel answers CSRV_OP_STATUS */
#ifndef TESTS_RECORDS_H
#define TESTS_RECORDS_H

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "../../../module/upcall/uapi.h"

struct page {
	uint8_t data[CSRV_STATUS_MAX_RECORD * 2];
	size_t len;
};

static inline void page_put(struct page *p, const void *data, size_t len)
{
	assert(len <= sizeof(p->data) - p->len);
	memcpy(p->data + p->len, data, len);
	p->len += len;
}

/* @fixed, whose lengths are set, and its @n parts. */
static inline void page_add(struct page *p, void *fixed, size_t size, const char *const *parts,
			    size_t n)
{
	uint32_t len = (uint32_t)size;

	for (size_t i = 0; i < n; i++)
		len += (uint32_t)strlen(parts[i]);
	memcpy(fixed, &len, sizeof(len));
	page_put(p, fixed, size);
	for (size_t i = 0; i < n; i++)
		page_put(p, parts[i], strlen(parts[i]));
}

static inline void page_connection(struct page *p, struct csrv_up_connection c, const char *client)
{
	c.client_len = (uint16_t)strlen(client);
	page_add(p, &c, sizeof(c), (const char *const[]){ client }, 1);
}

static inline void page_session(struct page *p, struct csrv_up_session s, const char *user,
				const char *domain, const char *client)
{
	s.user_len = (uint16_t)strlen(user);
	s.domain_len = (uint16_t)strlen(domain);
	s.client_len = (uint16_t)strlen(client);
	page_add(p, &s, sizeof(s), (const char *const[]){ user, domain, client }, 3);
}

static inline void page_tree(struct page *p, struct csrv_up_tree t, const char *share,
			     const char *path)
{
	t.share_len = (uint16_t)strlen(share);
	t.path_len = (uint16_t)strlen(path);
	page_add(p, &t, sizeof(t), (const char *const[]){ share, path }, 2);
}

static inline void page_open(struct page *p, struct csrv_up_open o, const char *user,
			     const char *share, const char *name, const char *path)
{
	o.user_len = (uint16_t)strlen(user);
	o.share_len = (uint16_t)strlen(share);
	o.name_len = (uint16_t)strlen(name);
	o.path_len = (uint16_t)strlen(path);
	page_add(p, &o, sizeof(o), (const char *const[]){ user, share, name, path }, 4);
}

static inline void page_admitted(struct page *p, struct csrv_up_admitted a, const char *share)
{
	a.share_len = (uint16_t)strlen(share);
	page_add(p, &a, sizeof(a), (const char *const[]){ share }, 1);
}

#endif /* TESTS_RECORDS_H */
