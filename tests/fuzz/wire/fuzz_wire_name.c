// SPDX-License-Identifier: GPL-2.0-or-later
// flags: -D_GNU_SOURCE
/* UTF-16 as a path, a pattern, a string; what is accepted comes back unchanged */
#include <stdlib.h>
#include "wire/name.h"
#include "wire/utf16.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void check_path(const struct wire_blob *in)
{
	char buf[WIRE_PATH_MAX];
	struct wire_path p;
	const char *c, *end;

	if (csrv_path_parse(in, buf, sizeof(buf), &p) != NT_OK)
		return;
	if (strlen(p.path) != p.len || (p.stream && strlen(p.stream) != p.stream_len))
		abort();
	for (c = p.path; *c; c = *end ? end + 1 : end) {
		end = strchrnul(c, '/');
		if (!csrv_name_is_valid(c, end - c))
			abort();
	}
	if (p.len && p.path[p.len - 1] == '/')
		abort();
}

static void check_utf16(const struct wire_blob *in)
{
	char text[4096];
	u8 back[4096];
	int len = csrv_utf16_to_utf8(in, text, sizeof(text));
	u32 n;

	if (len < 0)
		return;
	n = csrv_utf8_to_utf16(text, len, back, sizeof(back));
	if (n != in->len || (n && memcmp(back, in->data, n)) || !csrv_utf8_is_valid(text, len))
		abort();
}

/* What is shown can be used, and leads back; no two names are shown alike. */
static void check_shown(const char *a, u32 alen, const char *b, u32 blen)
{
	char as[WIRE_SHOWN_MAX], bs[WIRE_SHOWN_MAX], back[WIRE_NAME_MAX + 1];
	bool use_a, use_b;
	u32 an, bn;

	if (!alen || !blen || alen > 255 || blen > 255 || memchr(a, 0, alen) || memchr(a, '/', alen) ||
	    memchr(b, 0, blen) || memchr(b, '/', blen))
		return;
	use_a = csrv_name_is_usable(a, alen);
	use_b = csrv_name_is_usable(b, blen);
	an = csrv_name_show(a, alen, as);
	bn = csrv_name_show(b, blen, bs);
	if (use_a && (an != alen || memcmp(as, a, an)))
		abort();
	if (an && (strlen(as) != an || !csrv_name_is_usable(as, an) || !csrv_utf8_is_valid(as, an)))
		abort();
	if (an && !use_a && !(alen <= 2 && a[0] == '.' && a[alen - 1] == '.') &&
	    (csrv_name_unshow(as, an, back) != alen || memcmp(back, a, alen)))
		abort();
	/* only one that may stay as it is can look like another */
	if (an && an == bn && !memcmp(as, bs, an) && use_a == use_b &&
	    (alen != blen || memcmp(a, b, alen)))
		abort();
	bn = csrv_name_unshow(b, blen, back);
	if (bn && (csrv_name_is_usable(back, bn) || memchr(back, '/', bn) || strlen(back) != bn ||
		   csrv_name_show(back, bn, bs) != blen || memcmp(bs, b, blen)))
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char pattern[3 * WIRE_PATTERN_MAX + 1];
	struct wire_blob in, rest;
	u32 len, split;

	if (!size || size > 2048)
		return 0;
	split = *data < size ? *data : size - 1;
	in = (struct wire_blob){ .data = data + 1, .len = split };
	rest = (struct wire_blob){ .data = data + 1 + split, .len = size - 1 - split };
	check_path(&in);
	check_utf16(&in);
	if (csrv_pattern_parse(&in, pattern, sizeof(pattern), &len) == NT_OK)
		csrv_name_match(pattern, len, (const char *)rest.data, rest.len, true);
	/* both may be any bytes */
	csrv_name_match((const char *)in.data, in.len, (const char *)rest.data, rest.len, false);
	check_shown((const char *)in.data, in.len, (const char *)rest.data, rest.len);
	check_shown((const char *)rest.data, rest.len, (const char *)in.data, in.len);
	csrv_utf8_to_utf16_len((const char *)rest.data, rest.len);
	if (!csrv_name_casecmp((const char *)in.data, in.len, (const char *)rest.data, rest.len) &&
	    csrv_name_fold_hash((const char *)in.data, in.len, 1) !=
	    csrv_name_fold_hash((const char *)rest.data, rest.len, 1))
		abort();
	return 0;
}
