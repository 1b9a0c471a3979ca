/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of module/wire share: requests are built with wire_out, cut with malloc. */
#ifndef WIRETEST_H
#define WIRETEST_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "wire/smb2/header.h"
#include "wire/utf16.h"

#define BODY 66		/* header and StructureSize: where a decoder starts */

struct msg {
	u8 buf[4096];
	struct wire_out out;
};

/* A message whose cursor stands where the decoder will: fields follow. */
static inline struct wire_out *msg_begin(struct msg *m, u16 structure_size)
{
	memset(m->buf, 0xee, sizeof(m->buf));
	m->out = wire_out(m->buf, sizeof(m->buf));
	wire_put_zero(&m->out, SMB2_HEADER_LEN);
	wire_put_u16(&m->out, structure_size);
	return &m->out;
}

static inline u32 msg_len(const struct msg *m)
{
	assert(!m->out.bad);
	return wire_out_len(&m->out);
}

static inline void put_id(struct wire_out *out)
{
	wire_put_u64(out, 0x1111222233334444);
	wire_put_u64(out, 0x5555666677778888);
}

static inline bool id_is_good(struct smb2_file_id id)
{
	return id.persistent_id == 0x1111222233334444 && id.volatile_id == 0x5555666677778888;
}

static inline struct wire_in body(const void *msg, size_t len)
{
	struct wire_in in = wire_in(msg, len);

	wire_skip(&in, BODY);
	return in;
}

/* Memory that ends where the message does, so that ASan sees a read behind it. */
static inline u8 *exact(const void *src, size_t len)
{
	u8 *p = malloc(len ? len : 1);

	assert(p);
	memcpy(p, src, len);
	return p;
}

/* Every prefix of @m is refused by @decode, and the whole is not; then @ok looks at it. */
#define EACH_PREFIX(m, decode, args)						\
	do {									\
		u32 len_ = msg_len(m);						\
		for (u32 n_ = BODY; n_ <= len_; n_++) {				\
			u8 *p_ = exact((m)->buf, n_);				\
			struct wire_in in_ = body(p_, n_);			\
			bool ok_ = decode(&in_, args);				\
			if (ok_ != (n_ == len_)) {				\
				fprintf(stderr, "%s: %u of %u bytes: %d\n", #decode, n_, len_, ok_); \
				abort();					\
			}							\
			free(p_);						\
		}								\
		struct wire_in in_ = body((m)->buf, len_);			\
		assert(decode(&in_, args));					\
	} while (0)

/*
 * Room of every size below @size is refused, @size itself is filled exactly.  The
 * cursor stands behind a header, as encoders expect.  The bytes are left in @dst.
 */
#define EACH_ROOM(encode, res, dst, size)					\
	do {									\
		for (u32 n_ = 0; n_ <= (size); n_++) {				\
			u8 *p_ = calloc(1, SMB2_HEADER_LEN + n_);		\
			struct wire_out out_ = wire_out(p_, SMB2_HEADER_LEN + n_); \
			wire_put_zero(&out_, SMB2_HEADER_LEN);			\
			bool ok_ = encode(&out_, res);				\
			if (ok_ != (n_ == (size))) {				\
				fprintf(stderr, "%s: room for %u: %d\n", #encode, n_, ok_); \
				abort();					\
			}							\
			if (ok_) {						\
				assert(out_.pos == out_.end);			\
				memcpy(dst, p_, SMB2_HEADER_LEN + n_);		\
			}							\
			free(p_);						\
		}								\
	} while (0)

static inline u16 le16(const u8 *p)
{
	return get_unaligned_le16(p);
}

static inline u32 le32(const u8 *p)
{
	return get_unaligned_le32(p);
}

static inline u64 le64(const u8 *p)
{
	return get_unaligned_le64(p);
}

static inline struct wire_blob str_blob(const char *s)
{
	return (struct wire_blob){ .data = (const u8 *)s, .len = strlen(s) };
}

/* UTF-16LE of an ASCII or UTF-8 literal; valid until the next but seven calls. */
static inline struct wire_blob utf16(const char *s)
{
	static u8 ring[8][4096];
	static int next;
	u8 *buf = ring[next++ % 8];

	return (struct wire_blob){
		.data = buf, .len = csrv_utf8_to_utf16(s, strlen(s), buf, sizeof(ring[0])),
	};
}

#endif
