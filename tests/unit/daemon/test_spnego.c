// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/auth/*.c daemon/passdb/*.c daemon/util/*.c
/* SPNEGO logons: every way in ends right; nothing cut or bent passes. RFC 4178, [MS-SPNG] */
#include <errno.h>
#include <stdio.h>

#include "auth/negotiate.h"
#include "auth/spnego.h"
#include "ntlm_client.h"

static struct auth_env make_env(TALLOC_CTX *ctx)
{
	struct passdb *db = passdb_new(ctx);
	uint8_t hash[16];

	assert(!passdb_hash_password("Password", hash));
	assert(!passdb_add(db, "user", hash, 1));
	return (struct auth_env){
		.netbios_name = "SERVER", .workgroup = "WORKGROUP", .dns_name = "server",
		.dns_domain = "", .passdb = db, .guest_account = "nobody",
	};
}

static const struct ntlm_client good_client = {
	.user = "user", .upper_user = "USER", .domain = "WORKGROUP", .password = "Password",
	.flags = CLIENT_FLAGS, .want_mic = true,
};

enum mic_kind { MIC_NONE, MIC_GOOD, MIC_BAD };

struct way {
	bool krb_first;		/* Kerberos is the client's first choice */
	bool optimistic;	/* the first token carries NEGOTIATE_MESSAGE */
	bool frame;		/* GSS-API frame around it */
	enum mic_kind mic;
	ntstatus status;
};

static void take_challenge(struct ntlm_client *c, struct blob out)
{
	struct blob token = resp_field(out, 0xa2);

	assert(token.data && resp_state(out) == SPNEGO_INCOMPLETE);
	c->challenge.len = 0;
	msg_add(&c->challenge, token.data, token.len);
}

static ntstatus last_leg(struct negotiate *n, struct ntlm_client *c, const struct msg *mechs,
			 enum mic_kind kind, struct blob *out)
{
	uint8_t mic[16];
	struct msg m;

	client_authenticate(c);
	client_mac(c, false, msg_blob(mechs), mic);
	mic[7] ^= kind == MIC_BAD;
	m = client_resp(&c->authenticate, kind == MIC_NONE ? NULL : mic);
	return negotiate_step(n, msg_blob(&m), out);
}

static void one_way(const struct auth_env *env, const struct way *w)
{
	struct ntlm_client c = good_client;
	struct negotiate *n = negotiate_new(NULL, env, NULL);
	struct msg mechs = client_mechs(w->krb_first), m;
	struct blob out, mic;
	uint8_t want[16];
	ntstatus status;

	client_negotiate(&c);
	m = client_init(&mechs, w->optimistic ? &c.negotiate : NULL, w->frame);
	assert(negotiate_step(n, msg_blob(&m), &out) == NT_MORE_PROCESSING_REQUIRED);
	assert(resp_field(out, 0xa1).data);		/* supportedMech in the first reply */
	if (w->krb_first || !w->optimistic) {
		assert(resp_state(out) == (w->krb_first ? SPNEGO_REQUEST_MIC : SPNEGO_INCOMPLETE));
		m = client_resp(&c.negotiate, NULL);
		assert(negotiate_step(n, msg_blob(&m), &out) == NT_MORE_PROCESSING_REQUIRED);
		assert(!resp_field(out, 0xa1).data);
	}
	take_challenge(&c, out);
	status = last_leg(n, &c, &mechs, w->mic, &out);
	assert(status == w->status);
	if (status == NT_OK) {
		assert(resp_state(out) == SPNEGO_COMPLETED);
		assert(!memcmp(negotiate_identity(n)->key, c.exported, 16));
		mic = resp_field(out, 0xa3);
		client_mac(&c, true, msg_blob(&mechs), want);
		assert(mic.len == (w->mic == MIC_GOOD ? 16 : 0));
		assert(!mic.len || !memcmp(mic.data, want, 16));
	} else {
		assert(!negotiate_identity(n) && *negotiate_reason(n));
	}
	talloc_free(n);
}

static void every_way_in(const struct auth_env *env)
{
	static const struct way ways[] = {
		{ false, true, true, MIC_GOOD, NT_OK },
		{ false, true, false, MIC_GOOD, NT_OK },
		{ false, true, true, MIC_NONE, NT_OK },
		{ false, true, true, MIC_BAD, NT_INVALID_PARAMETER },
		{ false, false, true, MIC_GOOD, NT_OK },
		{ true, true, true, MIC_GOOD, NT_OK },
		{ true, false, true, MIC_GOOD, NT_OK },
		{ true, true, true, MIC_NONE, NT_INVALID_PARAMETER },
		{ true, true, true, MIC_BAD, NT_INVALID_PARAMETER },
	};

	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		one_way(env, &ways[i]);
}

static void bare_ntlm_is_answered_bare(const struct auth_env *env)
{
	struct ntlm_client c = good_client;
	struct negotiate *n = negotiate_new(NULL, env, NULL);
	struct blob out;

	client_negotiate(&c);
	assert(negotiate_step(n, msg_blob(&c.negotiate), &out) == NT_MORE_PROCESSING_REQUIRED);
	assert(!memcmp(out.data, "NTLMSSP", 8));
	msg_add(&c.challenge, out.data, out.len);
	client_authenticate(&c);
	assert(negotiate_step(n, msg_blob(&c.authenticate), &out) == NT_OK && !out.len);
	talloc_free(n);
}

static void anonymous_and_guest_need_no_mic(struct auth_env env)
{
	for (int guest = 0; guest < 2; guest++) {
		for (int krb = 0; krb < 2; krb++) {
			struct ntlm_client c = good_client;
			struct negotiate *n = negotiate_new(NULL, &env, NULL);
			struct msg mechs = client_mechs(krb), m;
			struct blob out;

			env.map_to_guest = guest ? AUTH_GUEST_BAD_USER : AUTH_GUEST_NEVER;
			c.anonymous = !guest;
			c.want_mic = false;
			c.user = c.upper_user = "STRANGER";
			client_negotiate(&c);
			m = client_init(&mechs, NULL, true);
			assert(negotiate_step(n, msg_blob(&m), &out) ==
			       NT_MORE_PROCESSING_REQUIRED);
			m = client_resp(&c.negotiate, NULL);
			assert(negotiate_step(n, msg_blob(&m), &out) ==
			       NT_MORE_PROCESSING_REQUIRED);
			take_challenge(&c, out);
			/* A stranger signs with a key that we cannot know; the null session's is known. */
			assert(last_leg(n, &c, &mechs, guest ? MIC_BAD : MIC_GOOD, &out) == NT_OK);
			assert(resp_field(out, 0xa3).len == (guest ? 0 : 16));
			assert(negotiate_identity(n)->guest == guest);
			assert(negotiate_identity(n)->anonymous == !guest);
			assert(negotiate_identity(n)->key_len == (guest ? 0 : AUTH_KEY_LEN));
			talloc_free(n);
		}
	}
}

static void tokens_out_of_turn_are_refused(const struct auth_env *env)
{
	struct ntlm_client c = good_client;
	struct msg mechs = client_mechs(false), krb = der_raw(0x30, OID_KRB5, 11), init, resp, only, many,
		   oids = {};
	struct negotiate *n;
	struct blob out;

	client_negotiate(&c);
	init = client_init(&mechs, &c.negotiate, true);
	resp = client_resp(&c.negotiate, NULL);
	only = client_init(&krb, NULL, true);
	/* a list that would be kept until the logon ends */
	for (size_t i = 0; i < 100; i++)
		msg_add(&oids, OID_NTLM, 12);
	many = der(0x30, &oids);
	many = client_init(&many, NULL, true);
	const struct {
		const struct msg *first, *second;	/* the last of them is refused */
		ntstatus status;
	} turns[] = {
		{ &resp, NULL, NT_INVALID_PARAMETER },
		{ &init, &init, NT_INVALID_PARAMETER },
		{ &init, &c.negotiate, NT_INVALID_PARAMETER },
		{ &c.negotiate, &resp, NT_INVALID_PARAMETER },
		{ &only, NULL, NT_LOGON_FAILURE },
		{ &many, NULL, NT_INVALID_PARAMETER },
		{ &(struct msg){ .len = 0 }, NULL, NT_INVALID_PARAMETER },
		{ &(struct msg){ .data = "\x60", .len = 1 }, NULL, NT_INVALID_PARAMETER },
	};

	for (size_t i = 0; i < ARRAY_LEN(turns); i++) {
		n = negotiate_new(NULL, env, NULL);
		if (turns[i].second)
			assert(negotiate_step(n, msg_blob(turns[i].first), &out) ==
			       NT_MORE_PROCESSING_REQUIRED);
		assert(negotiate_step(n, msg_blob(turns[i].second ? turns[i].second :
						  turns[i].first), &out) == turns[i].status);
		/* Nothing revives a logon that has failed. */
		assert(negotiate_step(n, msg_blob(&init), &out) == NT_INVALID_PARAMETER);
		talloc_free(n);
	}
}

static void hint_is_what_the_specification_says(void)
{
	/* [MS-SPNG] 2.2.1 by hand */
	struct msg mechs = client_mechs(false), part, seq = {}, name, want;
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct blob hint;

	part = der(0xa0, &mechs);
	msg_add(&seq, part.data, part.len);
	name = der_raw(0x1b, "not_defined_in_RFC4178@please_ignore", 36);
	name = der(0xa0, &name);
	name = der(0x30, &name);
	name = der(0xa3, &name);
	msg_add(&seq, name.data, name.len);
	want = der(0x30, &seq);
	want = der(0xa0, &want);
	seq.len = 0;
	msg_add(&seq, OID_SPNEGO, 8);
	msg_add(&seq, want.data, want.len);
	want = der(0x60, &seq);
	assert(!spnego_encode_hint(ctx, &hint));
	assert(hint.len == want.len && !memcmp(hint.data, want.data, want.len));
	talloc_free(ctx);
}

static void check_mutations(struct msg m)
{
	for (size_t len = 0; len <= m.len; len++) {
		TALLOC_CTX *ctx = talloc_new(NULL);
		uint8_t *copy = malloc(len + 1);
		struct spnego_token tok;

		memcpy(copy, m.data, len);
		assert(spnego_decode(ctx, (struct blob){ copy, len }, &tok) ==
		       (len == m.len ? 0 : -EBADMSG));
		free(copy);
		talloc_free(ctx);
	}
	for (size_t at = 0; at < m.len; at++) {
		for (int v = 0; v < 256; v += 5) {
			TALLOC_CTX *ctx = talloc_new(NULL);
			uint8_t *copy = malloc(m.len);
			struct spnego_token tok;

			memcpy(copy, m.data, m.len);
			copy[at] = (uint8_t)v;
			(void)spnego_decode(ctx, (struct blob){ copy, m.len }, &tok);
			free(copy);
			talloc_free(ctx);
		}
	}
}

static void prefixes_and_mutations(void)
{
	struct ntlm_client c = good_client;
	struct msg mechs = client_mechs(true);
	uint8_t mic[16] = { 1 };

	client_negotiate(&c);
	check_mutations(client_init(&mechs, &c.negotiate, true));
	check_mutations(client_init(&mechs, &c.negotiate, false));
	check_mutations(client_resp(&c.negotiate, mic));
}

int main(void)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct auth_env env;

	assert(!crypto_init());
	env = make_env(ctx);
	every_way_in(&env);
	bare_ntlm_is_answered_bare(&env);
	anonymous_and_guest_need_no_mic(env);
	tokens_out_of_turn_are_refused(&env);
	hint_is_what_the_specification_says();
	prefixes_and_mutations();
	talloc_free(ctx);
	puts("daemon_spnego: ok");
	return 0;
}
