// SPDX-License-Identifier: GPL-2.0-or-later
/* NDR: alignment, strings, pointers, and that no prefix of good data is taken for good */
#include "rpctest.h"

static void aligned_reads_skip_padding(void)
{
	static const uint8_t d[] = { 1, 0xaa, 2, 3, 4, 0xaa, 0xaa, 0xaa, 5, 6, 7, 8 };
	struct ndr_in in = ndr_in(NULL, d, sizeof(d));

	assert(ndr_u8(&in) == 1);
	assert(ndr_u16(&in) == 0x0302);
	assert(ndr_u8(&in) == 4);
	assert(ndr_u32(&in) == 0x08070605);
	assert(ndr_ok(&in) && !ndr_left(&in));
	assert(ndr_u32(&in) == 0 && !ndr_ok(&in));
	assert(ndr_u8(&in) == 0);
}

static void empty_input_is_fine_until_it_is_read(void)
{
	struct ndr_in in = ndr_in(NULL, NULL, 0);

	ndr_align(&in, 8);
	assert(ndr_ok(&in) && ndr_take(&in, 0) && ndr_ok(&in));
	assert(!ndr_take(&in, 1) && !ndr_ok(&in));
}

static void strings_survive_a_round_trip(void)
{
	static const char *const text[] = {
		"", "a", "\\\\SERVER", "größe", "\xe2\x82\xac", "\xf0\x9f\x98\x80 x",
	};
	TALLOC_CTX *mem = talloc_new(NULL);

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		struct ndr_out *o = ndr_out_new(mem, 4096);
		struct ndr_in in;
		const char *s;

		ndr_put_string(o, text[i]);
		assert(!o->bad);
		in = ndr_in(mem, o->data, o->len);
		s = ndr_string(&in);
		assert(s && !strcmp(s, text[i]) && !ndr_left(&in));
		for (size_t n = 0; n < o->len; n++) {
			uint8_t *part = malloc(n ? n : 1);

			assert(part);
			memcpy(part, o->data, n);
			in = ndr_in(mem, part, n);
			assert(!ndr_string(&in) && !ndr_ok(&in));
			free(part);
		}
	}
	talloc_free(mem);
}

/* max, offset, count, then @units */
static bool string_taken(uint32_t max, uint32_t off, uint32_t count, const uint16_t *units,
			 size_t n)
{
	TALLOC_CTX *mem = talloc_new(NULL);
	struct ndr_out *o = ndr_out_new(mem, 1 << 20);
	struct ndr_in in;
	bool ok;

	ndr_put_u32(o, max);
	ndr_put_u32(o, off);
	ndr_put_u32(o, count);
	for (size_t i = 0; i < n; i++)
		ndr_put_u16(o, units[i]);
	in = ndr_in(mem, o->data, o->len);
	ok = ndr_string(&in);
	assert(ok == ndr_ok(&in));
	talloc_free(mem);
	return ok;
}

static void bad_strings_are_refused(void)
{
	static const uint16_t ab[] = { 'a', 'b', 0 };
	static const uint16_t raw[] = { 'a', 'b', 'c' };
	static const uint16_t nul[] = { 'a', 0, 0 };
	static const uint16_t lone_hi[] = { 0xd83d, 'x', 0 };
	static const uint16_t lone_lo[] = { 0xde00, 'x', 0 };
	static const uint16_t end_hi[] = { 'x', 0xd83d, 0 };
	static uint16_t lots[NDR_MAX_STRING + 1];

	assert(string_taken(3, 0, 3, ab, 3));
	assert(string_taken(100, 0, 3, ab, 3));
	assert(!string_taken(2, 0, 3, ab, 3));		/* more than its maximum */
	assert(!string_taken(3, 1, 3, ab, 3));		/* offset */
	assert(!string_taken(3, 0, 0, ab, 3));		/* not even a terminator */
	assert(!string_taken(3, 0, 4, ab, 3));
	assert(!string_taken(UINT32_MAX, 0, UINT32_MAX, ab, 3));
	assert(!string_taken(UINT32_MAX, 0, 0x80000001, ab, 3));
	assert(!string_taken(3, 0, 3, raw, 3));
	assert(!string_taken(3, 0, 3, nul, 3));
	assert(!string_taken(3, 0, 3, lone_hi, 3));
	assert(!string_taken(3, 0, 3, lone_lo, 3));
	assert(!string_taken(3, 0, 3, end_hi, 3));
	for (size_t i = 0; i < NDR_MAX_STRING; i++)
		lots[i] = i == NDR_MAX_STRING - 1 ? 0 : 0xffff;
	assert(string_taken(NDR_MAX_STRING, 0, NDR_MAX_STRING, lots, NDR_MAX_STRING));
	lots[NDR_MAX_STRING - 1] = 'x';
	assert(!string_taken(NDR_MAX_STRING + 1, 0, NDR_MAX_STRING + 1, lots, NDR_MAX_STRING + 1));
}

static void malformed_utf8_becomes_replacement_characters(void)
{
	static const struct { const char *in; size_t units; } t[] = {
		{ "a\xff" "b", 3 }, { "\xc3", 1 }, { "\xe2\x82", 2 }, { "\xe2\x82" "a", 3 },
		{ "\xc0\x80", 2 }, { "\xed\xa0\x80", 3 }, { "\xf4\x90\x80\x80", 4 },
		{ "\xf0\x9f\x98\x80", 2 }, { "\xf8\x88\x80\x80\x80", 5 }, { "\x80", 1 },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		/* exactly as long as it is, so that ASan sees a step too far */
		char *s = strdup(t[i].in);

		assert(s && ndr_utf16_len(s) == t[i].units);
		free(s);
	}
}

static void output_stops_at_its_cap(void)
{
	struct ndr_out *o = ndr_out_new(NULL, 10);

	ndr_put_u32(o, 1);
	ndr_put_u8(o, 2);
	assert(!o->bad && o->len == 5);
	ndr_put_u32(o, 3);	/* 3 of padding, then 4: too much */
	assert(o->bad);
	ndr_put_u8(o, 4);
	assert(o->len <= 10);
	talloc_free(o);
	o = ndr_out_new(NULL, 10);
	ndr_put_bytes(o, "0123456789", 10);
	assert(!o->bad && o->len == 10 && !memcmp(o->data, "0123456789", 10));
	talloc_free(o);
}

static void padding_is_zero_and_referents_differ(void)
{
	static const uint8_t want[] = {
		7, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 4, 0, 2, 0, 9, 0,
	};
	struct ndr_out *o = ndr_out_new(NULL, 64);

	ndr_put_u8(o, 7);
	ndr_put_ref(o, true);
	ndr_put_ref(o, false);
	ndr_put_ref(o, true);
	ndr_put_u16(o, 9);
	assert(o->len == sizeof(want) && !memcmp(o->data, want, sizeof(want)));
	talloc_free(o);
}

static void optional_parameters(void)
{
	static const uint8_t d[] = { 0, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0 };
	struct ndr_in in = ndr_in(NULL, d, sizeof(d));
	uint32_t v = 99;

	assert(!ndr_opt_u32(&in, &v) && v == 0 && ndr_ok(&in));
	assert(ndr_opt_u32(&in, &v) && v == 5);
	assert(!ndr_opt_u32(&in, &v) && !ndr_ok(&in));
}

int main(void)
{
	aligned_reads_skip_padding();
	empty_input_is_fine_until_it_is_read();
	strings_survive_a_round_trip();
	bad_strings_are_refused();
	malformed_utf8_becomes_replacement_characters();
	output_stops_at_its_cap();
	padding_is_zero_and_referents_differ();
	optional_parameters();
	puts("rpc_ndr: ok");
	return 0;
}
