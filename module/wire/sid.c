// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/sid.c - security identifiers, [MS-DTYP] 2.4.2 */
#include <linux/kernel.h>
#include <linux/math64.h>

#include "sd.h"

#define AUTHORITY_NT	5
#define AUTHORITY_UNIX	22
#define SUB_NFS		88

#define SID1(auth, a)		{ .num_subs = 1, .authority = (auth), .sub = { (a) } }
#define SID2(auth, a, b)	{ .num_subs = 2, .authority = (auth), .sub = { (a), (b) } }

const struct wire_sid csrv_sid_everyone = SID1(1, 0);
const struct wire_sid csrv_sid_creator_owner = SID1(3, 0);
const struct wire_sid csrv_sid_creator_group = SID1(3, 1);
const struct wire_sid csrv_sid_owner_rights = SID1(3, 4);
const struct wire_sid csrv_sid_network = SID1(AUTHORITY_NT, 2);
const struct wire_sid csrv_sid_anonymous = SID1(AUTHORITY_NT, 7);
const struct wire_sid csrv_sid_self = SID1(AUTHORITY_NT, 10);
const struct wire_sid csrv_sid_authenticated = SID1(AUTHORITY_NT, 11);
const struct wire_sid csrv_sid_system = SID1(AUTHORITY_NT, 18);
const struct wire_sid csrv_sid_administrators = SID2(AUTHORITY_NT, 32, 544);
const struct wire_sid csrv_sid_users = SID2(AUTHORITY_NT, 32, 545);
const struct wire_sid csrv_sid_guests = SID2(AUTHORITY_NT, 32, 546);

/**
 * csrv_sid_decode() - one SID, [MS-DTYP] 2.4.2.2
 * @in: at the SID; moves to the byte after it
 * @sid: filled in; all zero after the last sub-authority
 *
 * Return: false if it is malformed, has more sub-authorities than a SID may, or bytes are missing.
 */
bool csrv_sid_decode(struct wire_in *in, struct wire_sid *sid)
{
	u8 authority[6];
	u8 i;

	memset(sid, 0, sizeof(*sid));
	wire_expect(in, wire_get_u8(in) == 1);		/* Revision */
	sid->num_subs = wire_get_u8(in);
	wire_expect(in, sid->num_subs <= WIRE_SID_SUBS);
	wire_get_bytes(in, authority, sizeof(authority));
	for (i = 0; i < sizeof(authority); i++)		/* the one big-endian number here */
		sid->authority = sid->authority << 8 | authority[i];
	if (!wire_done(in)) {
		sid->num_subs = 0;
		return false;
	}
	for (i = 0; i < sid->num_subs; i++)
		sid->sub[i] = wire_get_u32(in);
	return wire_done(in);
}

/* wire_sid_len() bytes */
void csrv_sid_encode(struct wire_out *out, const struct wire_sid *sid)
{
	int i;

	wire_put_u8(out, 1);
	wire_put_u8(out, sid->num_subs);
	for (i = 40; i >= 0; i -= 8)
		wire_put_u8(out, sid->authority >> i);
	for (i = 0; i < sid->num_subs; i++)
		wire_put_u32(out, sid->sub[i]);
}

bool csrv_sid_equal(const struct wire_sid *a, const struct wire_sid *b)
{
	return a->num_subs == b->num_subs && a->authority == b->authority &&
	       !memcmp(a->sub, b->sub, a->num_subs * sizeof(a->sub[0]));
}

/**
 * csrv_sid_in_domain() - is this the SID of the domain, with one more number?
 * @sid: S-1-5-21-x-y-z-rid
 * @domain: S-1-5-21-x-y-z
 * @rid: if not NULL, receives the number
 *
 * Return: true if it is.
 */
bool csrv_sid_in_domain(const struct wire_sid *sid, const struct wire_sid *domain, u32 *rid)
{
	struct wire_sid parent = *sid;

	if (!parent.num_subs)
		return false;
	parent.num_subs--;
	if (!csrv_sid_equal(&parent, domain))
		return false;
	if (rid)
		*rid = sid->sub[parent.num_subs];
	return true;
}

/* Make a domain's SID that of an account; false if it is full. */
bool csrv_sid_append(struct wire_sid *sid, u32 rid)
{
	if (sid->num_subs >= WIRE_SID_SUBS)
		return false;
	sid->sub[sid->num_subs++] = rid;
	return true;
}

static struct wire_sid sid_unix(u32 kind, u32 id)
{
	return (struct wire_sid)SID2(AUTHORITY_UNIX, kind, id);
}

struct wire_sid csrv_sid_unix_user(u32 uid)
{
	return sid_unix(1, uid);
}

struct wire_sid csrv_sid_unix_group(u32 gid)
{
	return sid_unix(2, gid);
}

static bool is_unix(const struct wire_sid *sid, u32 kind, u32 *id)
{
	if (sid->authority != AUTHORITY_UNIX || sid->num_subs != 2 || sid->sub[0] != kind)
		return false;
	*id = sid->sub[1];
	return true;
}

bool csrv_sid_is_unix_user(const struct wire_sid *sid, u32 *uid)
{
	return is_unix(sid, 1, uid);
}

bool csrv_sid_is_unix_group(const struct wire_sid *sid, u32 *gid)
{
	return is_unix(sid, 2, gid);
}

/* @kind: 1 user, 2 group, 3 mode bits */
struct wire_sid csrv_sid_nfs(u32 kind, u32 id)
{
	return (struct wire_sid){
		.num_subs = 3, .authority = AUTHORITY_NT, .sub = { SUB_NFS, kind, id },
	};
}

struct text {
	char *pos;
	char *end;		/* room for the NUL is beyond */
	bool full;
};

static void put_char(struct text *t, char c)
{
	if (t->pos < t->end)
		*t->pos++ = c;
	else
		t->full = true;
}

static void put_number(struct text *t, u64 v, u32 base)
{
	char digits[20];
	u32 n = 0;
	u32 d;

	do {
		v = div_u64_rem(v, base, &d);
		digits[n++] = "0123456789abcdef"[d];
	} while (v);
	while (n)
		put_char(t, digits[--n]);
}

/**
 * csrv_sid_print() - S-1-5-32-544, [MS-DTYP] 2.4.2.1
 * @sid: the SID
 * @buf: receives the text and a NUL
 * @cap: size of @buf; 184 always suffices
 *
 * Return: length without the NUL, or -1 if @buf is too small.
 */
int csrv_sid_print(const struct wire_sid *sid, char *buf, size_t cap)
{
	struct text t = { .pos = buf, .end = buf + cap - 1 };
	u32 i;

	if (!cap)
		return -1;
	put_char(&t, 'S');
	put_char(&t, '-');
	put_char(&t, '1');
	put_char(&t, '-');
	if (sid->authority >> 32) {
		put_char(&t, '0');
		put_char(&t, 'x');
		for (i = 44; i && !(sid->authority >> i); i -= 4)
			put_char(&t, '0');	/* always twelve digits */
		put_number(&t, sid->authority, 16);
	} else {
		put_number(&t, sid->authority, 10);
	}
	for (i = 0; i < sid->num_subs && i < WIRE_SID_SUBS; i++) {
		put_char(&t, '-');
		put_number(&t, sid->sub[i], 10);
	}
	*t.pos = '\0';
	return t.full ? -1 : t.pos - buf;
}

static int digit(char c, u32 base)
{
	int v = c >= '0' && c <= '9' ? c - '0' :
		c >= 'a' && c <= 'f' ? c - 'a' + 10 :
		c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;

	return v < (int)base ? v : -1;
}

static bool parse_number(const char **pos, const char *end, u32 base, u64 max, u64 *v)
{
	const char *start = *pos;

	*v = 0;
	while (*pos < end && digit(**pos, base) >= 0) {
		*v = *v * base + digit(**pos, base);
		if (*v > max)
			return false;
		++*pos;
	}
	return *pos > start;
}

/**
 * csrv_sid_parse() - the inverse of csrv_sid_print()
 * @s: text, need not be terminated
 * @len: of @s, in bytes
 * @sid: filled in on success
 *
 * Return: false if it is no SID.
 */
bool csrv_sid_parse(const char *s, size_t len, struct wire_sid *sid)
{
	const char *end = s + len;
	u32 base = 10;
	u64 v;

	memset(sid, 0, sizeof(*sid));
	if (len < 5 || (*s != 'S' && *s != 's') || memcmp(s + 1, "-1-", 3))
		return false;
	s += 4;
	if (end - s > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		s += 2;
	}
	if (!parse_number(&s, end, base, (1ull << 48) - 1, &sid->authority))
		return false;
	while (s < end) {
		if (*s++ != '-' || !parse_number(&s, end, 10, U32_MAX, &v) ||
		    !csrv_sid_append(sid, v))
			return false;
	}
	return true;
}
