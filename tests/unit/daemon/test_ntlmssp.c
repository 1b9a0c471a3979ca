// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/auth/*.c daemon/passdb/*.c daemon/util/*.c
/* The examples of [MS-NLMP] 4.2 come out; whole logons end as policy says; nothing cut or bent passes. */
#include <errno.h>
#include <stdio.h>

#include "auth/ntlm_msg.h"
#include "auth/ntlmssp.h"
#include "ntlm_client.h"

static struct passdb *accounts(TALLOC_CTX *ctx)
{
	struct passdb *db = passdb_new(ctx);
	uint8_t hash[16];

	assert(!passdb_hash_password("Password", hash));
	assert(!passdb_add(db, "User", hash, 1));
	assert(!passdb_add(db, "sleeper", hash, 1));
	assert(!passdb_add(db, "Jörg", hash, 1));
	passdb_find(db, "sleeper")->disabled = true;
	return db;
}

static struct auth_env make_env(TALLOC_CTX *ctx)
{
	return (struct auth_env){
		.netbios_name = "SERVER", .workgroup = "WORKGROUP", .dns_name = "server.example",
		.dns_domain = "example", .passdb = accounts(ctx), .guest_account = "nobody",
	};
}

/* [MS-NLMP] 4.2.1 and 4.2.4 */
static const uint8_t spec_challenge[8] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
static const uint8_t spec_proof[16] = {
	0x68, 0xcd, 0x0a, 0xb8, 0x51, 0xe5, 0x1c, 0x96, 0xaa, 0xbc, 0x92, 0x7b, 0xeb, 0xef, 0x6a, 0x1c,
};
static const uint8_t spec_authenticate[] = {
	0x4e, 0x54, 0x4c, 0x4d, 0x53, 0x53, 0x50, 0x00, 0x03, 0x00, 0x00, 0x00, 0x18, 0x00, 0x18, 0x00,
	0x6c, 0x00, 0x00, 0x00, 0x54, 0x00, 0x54, 0x00, 0x84, 0x00, 0x00, 0x00, 0x0c, 0x00, 0x0c, 0x00,
	0x48, 0x00, 0x00, 0x00, 0x08, 0x00, 0x08, 0x00, 0x54, 0x00, 0x00, 0x00, 0x10, 0x00, 0x10, 0x00,
	0x5c, 0x00, 0x00, 0x00, 0x10, 0x00, 0x10, 0x00, 0xd8, 0x00, 0x00, 0x00, 0x35, 0x82, 0x88, 0xe2,
	0x05, 0x01, 0x28, 0x0a, 0x00, 0x00, 0x00, 0x0f, 0x44, 0x00, 0x6f, 0x00, 0x6d, 0x00, 0x61, 0x00,
	0x69, 0x00, 0x6e, 0x00, 0x55, 0x00, 0x73, 0x00, 0x65, 0x00, 0x72, 0x00, 0x43, 0x00, 0x4f, 0x00,
	0x4d, 0x00, 0x50, 0x00, 0x55, 0x00, 0x54, 0x00, 0x45, 0x00, 0x52, 0x00, 0x86, 0xc3, 0x50, 0x97,
	0xac, 0x9c, 0xec, 0x10, 0x25, 0x54, 0x76, 0x4a, 0x57, 0xcc, 0xcc, 0x19, 0xaa, 0xaa, 0xaa, 0xaa,
	0xaa, 0xaa, 0xaa, 0xaa, 0x68, 0xcd, 0x0a, 0xb8, 0x51, 0xe5, 0x1c, 0x96, 0xaa, 0xbc, 0x92, 0x7b,
	0xeb, 0xef, 0x6a, 0x1c, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0x00, 0x00, 0x00, 0x00,
	0x02, 0x00, 0x0c, 0x00, 0x44, 0x00, 0x6f, 0x00, 0x6d, 0x00, 0x61, 0x00, 0x69, 0x00, 0x6e, 0x00,
	0x01, 0x00, 0x0c, 0x00, 0x53, 0x00, 0x65, 0x00, 0x72, 0x00, 0x76, 0x00, 0x65, 0x00, 0x72, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xc5, 0xda, 0xd2, 0x54, 0x4f, 0xc9, 0x79, 0x90,
	0x94, 0xce, 0x1c, 0xe9, 0x0b, 0xc9, 0xd0, 0x3e,
};

static void spec_examples(void)
{
	static const uint8_t owf_v1[16] = { 0xa4, 0xf4, 0x9c, 0x40, 0x65, 0x10, 0xbd, 0xca,
					    0xb6, 0x82, 0x4e, 0xe7, 0xc3, 0x0f, 0xd8, 0x52 };
	static const uint8_t owf_v2[16] = { 0x0c, 0x86, 0x8a, 0x40, 0x3b, 0xfd, 0x7a, 0x93,
					    0xa3, 0x00, 0x1e, 0xf2, 0x2e, 0xf0, 0x2e, 0x3f };
	static const uint8_t base_key[16] = { 0x8d, 0xe4, 0x0c, 0xca, 0xdb, 0xc1, 0x4a, 0x82,
					      0xf1, 0x5c, 0xb0, 0xad, 0x0d, 0xe9, 0x5c, 0xa3 };
	static const uint8_t mac[16] = { 1, 0, 0, 0, 0x7f, 0xb3, 0x8e, 0xc5, 0xc5, 0x5d, 0x49, 0x76 };
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct ntlm_authenticate a;
	struct ntlm_v2_response v2;
	uint8_t got[16], proof[16], key[16], sealed[18];

	assert(!passdb_hash_password("Password", got) && !memcmp(got, owf_v1, 16));
	assert(ntlm_decode_authenticate(ctx, (struct blob){ spec_authenticate,
					sizeof(spec_authenticate) }, &a));
	assert(!strcmp(a.user, "User") && !strcmp(a.domain, "Domain"));
	assert(!strcmp(a.workstation, "COMPUTER") && !a.mic && a.flags == 0xe2888235);
	assert(ntlm_decode_v2_response(a.nt, &v2) && !v2.av_flags);
	assert(!memcmp(v2.proof, spec_proof, 16));
	assert(!ntlm_owf_v2(owf_v1, a.user, a.domain16, got) && !memcmp(got, owf_v2, 16));
	assert(!ntlm_v2_proof(got, spec_challenge, v2.temp, proof, key));
	assert(!memcmp(proof, spec_proof, 16) && !memcmp(key, base_key, 16));
	assert(a.enc_key.len == 16 && !crypto_rc4((struct blob){ key, 16 }, a.enc_key, got));
	for (int i = 0; i < 16; i++)
		assert(got[i] == 0x55);

	/*
	 * 4.2.4.4 signs "Plaintext" after sealing it with the same RC4 stream: its checksum
	 * is encrypted with octets 18-25 of the stream and ours with 0-7.
	 */
	static const char text[] = "P\0l\0a\0i\0n\0t\0e\0x\0t";
	static const uint8_t seal_key[16] = { 0x59, 0xf6, 0x00, 0x97, 0x3c, 0xc4, 0x96, 0x0a,
					      0x25, 0x48, 0x0a, 0x7c, 0x19, 0x6e, 0x4c, 0x58 };
	uint8_t zero[26] = {}, stream[26];

	assert(sizeof(text) == sizeof(sealed));
	assert(!crypto_rc4((struct blob){ seal_key, 16 }, (struct blob){ zero, 26 }, stream));
	assert(!ntlm_mac(a.flags, got, NTLM_CLIENT, (struct blob){ (uint8_t *)text, 18 }, proof));
	for (int i = 0; i < 8; i++)
		proof[4 + i] ^= stream[i] ^ stream[18 + i];
	assert(!memcmp(proof, mac, 16));
	talloc_free(ctx);
}

/* Runs a logon; the client's state and the last status come out. */
static ntstatus logon(struct ntlmssp *n, struct ntlm_client *c)
{
	struct blob out;

	client_negotiate(c);
	assert(ntlmssp_step(n, msg_blob(&c->negotiate), &out) == NT_MORE_PROCESSING_REQUIRED);
	c->challenge.len = 0;
	msg_add(&c->challenge, out.data, out.len);
	client_authenticate(c);
	return ntlmssp_step(n, msg_blob(&c->authenticate), &out);
}

static const struct ntlm_client good_client = {
	.user = "user", .upper_user = "USER", .domain = "anything", .password = "Password",
	.flags = CLIENT_FLAGS, .want_mic = true,
};

static ntstatus logon_once(const struct auth_env *env, struct ntlm_client c)
{
	struct ntlmssp *n = ntlmssp_new(NULL, env, NULL);
	ntstatus status = logon(n, &c);

	assert(!!ntlmssp_identity(n) == (status == NT_OK));
	assert(status == NT_OK || *ntlmssp_reason(n));
	talloc_free(n);
	return status;
}

static void right_password_logs_on(const struct auth_env *env)
{
	static const uint32_t flags[] = {
		CLIENT_FLAGS, CLIENT_FLAGS & ~0x40000000u, 0x00088201u, 0x201u, CLIENT_FLAGS & ~0x30u,
	};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		struct ntlm_client c = good_client;
		struct ntlmssp *n = ntlmssp_new(NULL, env, NULL);
		const struct auth_identity *id;

		c.flags = flags[i];
		assert(logon(n, &c) == NT_OK);
		id = ntlmssp_identity(n);
		/* the domain is this server's, whatever the client said */
		assert(!strcmp(id->user, "User") && !strcmp(id->domain, "SERVER"));
		assert(!strcmp(id->account, "User") && !id->guest);
		assert(id->key_len == 16 && !memcmp(id->key, c.exported, 16));
		talloc_free(n);
	}
}

/* Clients without Unicode, [MS-NLMP] 2.2.2.5: the challenge and the names are in OEM then. */
static void oem_names_are_taken(const struct auth_env *env)
{
	struct ntlm_client c = good_client;
	struct ntlmssp *n = ntlmssp_new(NULL, env, NULL);
	const uint8_t *ch = c.challenge.data;
	struct blob out;

	c.flags = (CLIENT_FLAGS & ~1u) | 2;
	assert(logon(n, &c) == NT_OK && !strcmp(ntlmssp_identity(n)->user, "User"));
	assert((le32(ch + 20) & 3) == 2);
	assert(ch[12] == strlen("SERVER") && !memcmp(ch + le32(ch + 16), "SERVER", 6));
	talloc_free(n);

	c.flags |= 1;			/* both: Unicode goes first */
	assert(logon_once(env, c) == NT_OK);
	n = ntlmssp_new(NULL, env, NULL);
	assert(logon(n, &c) == NT_OK && (le32(ch + 20) & 3) == 1);
	talloc_free(n);

	c.flags &= ~3u;			/* none */
	client_negotiate(&c);
	n = ntlmssp_new(NULL, env, NULL);
	assert(ntlmssp_step(n, msg_blob(&c.negotiate), &out) == NT_INVALID_PARAMETER);
	talloc_free(n);

	c = good_client;
	c.flags = (CLIENT_FLAGS & ~1u) | 2;
	c.utf16_anyway = true;		/* NULs are in no OEM name */
	assert(logon_once(env, c) == NT_INVALID_PARAMETER);
	c.utf16_anyway = false;
	c.user = "J\x94rg";		/* nobody said which code page */
	assert(logon_once(env, c) == NT_INVALID_PARAMETER);
}

/* What was agreed on counts, not what AUTHENTICATE says of itself. */
static void character_set_is_not_changed(const struct auth_env *env)
{
	struct ntlm_client c = good_client;
	struct ntlmssp *n = ntlmssp_new(NULL, env, NULL);
	struct blob out;

	c.want_mic = false;
	client_negotiate(&c);
	assert(ntlmssp_step(n, msg_blob(&c.negotiate), &out) == NT_MORE_PROCESSING_REQUIRED);
	c.challenge.len = 0;
	msg_add(&c.challenge, out.data, out.len);
	client_authenticate(&c);
	c.authenticate.data[60] = (uint8_t)((c.authenticate.data[60] & ~1u) | 2);
	assert(ntlmssp_step(n, msg_blob(&c.authenticate), &out) == NT_INVALID_PARAMETER);
	talloc_free(n);
}

static void names_fold_beyond_ascii(const struct auth_env *env)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	uint8_t a[16], b[16];

	/* The hash is over the upper case of what the client calls itself. */
	assert(!ntlm_owf_v2(env->dummy_hash, "jörg", (struct blob){}, a));
	assert(!ntlm_owf_v2(env->dummy_hash, "JÖRG", (struct blob){}, b));
	assert(!memcmp(a, b, 16));
	assert(passdb_find(env->passdb, "JÖRG"));
	talloc_free(ctx);
}

static void wrong_proofs_are_refused(const struct auth_env *env)
{
	struct ntlm_client c = good_client;

	c.password = "password";
	assert(logon_once(env, c) == NT_LOGON_FAILURE);
	c = good_client;
	c.user = "nobody here";
	assert(logon_once(env, c) == NT_LOGON_FAILURE);
	c = good_client;
	c.ntlmv1 = true;
	assert(logon_once(env, c) == NT_LOGON_FAILURE);
	c = good_client;
	c.break_mic = true;
	assert(logon_once(env, c) == NT_INVALID_PARAMETER);
	c.want_mic = false;		/* a MIC that nobody announced, and wrong */
	assert(logon_once(env, c) == NT_INVALID_PARAMETER);
	c.break_mic = false;
	assert(logon_once(env, c) == NT_OK);
	c = good_client;
	c.user = "sleeper";
	c.upper_user = "SLEEPER";
	assert(logon_once(env, c) == NT_ACCOUNT_DISABLED);
	c.password = "guess";
	assert(logon_once(env, c) == NT_LOGON_FAILURE);
}

/* [MS-NLMP] 2.2.2.1: what a client announces once it cannot take back, cf. CVE-2019-1166 */
static void an_announced_mic_stays_announced(const struct auth_env *env)
{
	struct ntlm_client c = good_client;

	c.take_back = true;
	assert(logon_once(env, c) == NT_INVALID_PARAMETER);
	c.want_mic = false;		/* none was announced: old clients come in */
	assert(logon_once(env, c) == NT_OK);
}

static void what_a_client_says_is_told(const struct auth_env *env)
{
	struct ntlm_client c = good_client;
	struct ntlmssp *n = ntlmssp_new(NULL, env, NULL);
	struct auth_claims said;

	said = ntlmssp_claims(n);
	assert(!*said.user && !*said.domain && !*said.workstation && !*said.target);
	c.target = "cifs/other.example";
	assert(logon(n, &c) == NT_OK);	/* logged, not compared */
	said = ntlmssp_claims(n);
	assert(!strcmp(said.user, "user") && !strcmp(said.domain, "anything"));
	assert(!strcmp(said.target, "cifs/other.example"));
	talloc_free(n);
}

/* What is kept until a logon ends is not for the client to choose. */
static void unfinished_logons_hold_little(const struct auth_env *env)
{
	struct ntlm_client c = good_client;
	struct ntlmssp *n = ntlmssp_new(NULL, env, NULL);
	struct blob out;
	size_t before = talloc_total_size(n);

	client_negotiate(&c);
	c.negotiate.len = NTLM_MAX_NEGOTIATE + 1;
	assert(ntlmssp_step(n, msg_blob(&c.negotiate), &out) == NT_INVALID_PARAMETER);
	talloc_free(n);
	n = ntlmssp_new(NULL, env, NULL);
	c.negotiate.len--;
	assert(ntlmssp_step(n, msg_blob(&c.negotiate), &out) == NT_MORE_PROCESSING_REQUIRED);
	assert(talloc_total_size(n) - before < 2048);
	talloc_free(n);
}

static void guests_are_made_by_policy(struct auth_env env)
{
	struct ntlm_client stranger = good_client, typo = good_client;
	struct ntlmssp *n;

	stranger.user = stranger.upper_user = "STRANGER";
	typo.password = "Passwort";
	env.map_to_guest = AUTH_GUEST_BAD_USER;
	assert(logon_once(&env, stranger) == NT_OK);
	assert(logon_once(&env, typo) == NT_LOGON_FAILURE);
	stranger.ntlmv1 = typo.ntlmv1 = true;
	assert(logon_once(&env, stranger) == NT_OK);
	assert(logon_once(&env, typo) == NT_LOGON_FAILURE);
	stranger.ntlmv1 = typo.ntlmv1 = false;
	env.map_to_guest = AUTH_GUEST_BAD_PASSWORD;
	assert(logon_once(&env, stranger) == NT_OK);
	n = ntlmssp_new(NULL, &env, NULL);
	assert(logon(n, &typo) == NT_OK);
	assert(ntlmssp_identity(n)->guest && !ntlmssp_identity(n)->key_len);
	assert(!strcmp(ntlmssp_identity(n)->user, "nobody"));
	assert(!ntlmssp_sign(n, (struct blob){}, (uint8_t[NTLMSSP_SIGNATURE_LEN]){}));
	talloc_free(n);
	env.guest_account = "";
	assert(logon_once(&env, stranger) == NT_LOGON_FAILURE);
}

static void anonymous_is_let_in_by_policy(struct auth_env env)
{
	struct ntlm_client c = good_client;
	struct ntlmssp *n = ntlmssp_new(NULL, &env, NULL);

	c.anonymous = true;
	c.want_mic = false;
	assert(logon(n, &c) == NT_OK);
	assert(ntlmssp_identity(n)->anonymous && ntlmssp_identity(n)->key_len == AUTH_KEY_LEN);
	assert(!memcmp(ntlmssp_identity(n)->key, c.exported, AUTH_KEY_LEN));
	assert(!*ntlmssp_identity(n)->user && !strcmp(ntlmssp_identity(n)->account, "nobody"));
	talloc_free(n);
	/* without a key exchange: [MS-NLMP] 3.3.2, the KeyExchangeKey, which is zero */
	c.flags &= ~0x40000000u;
	n = ntlmssp_new(NULL, &env, NULL);
	assert(logon(n, &c) == NT_OK && ntlmssp_identity(n)->key_len == AUTH_KEY_LEN);
	assert(!memcmp(ntlmssp_identity(n)->key, (uint8_t[AUTH_KEY_LEN]){}, AUTH_KEY_LEN));
	talloc_free(n);
	env.restrict_anonymous = 2;
	assert(logon_once(&env, c) == NT_ACCESS_DENIED);
}

static void username_map_is_obeyed(struct auth_env env)
{
	static const char text[] = "# c\n!User = \"Big Boss\" chief\n\nnobody=*\n";
	struct usermap_error err;
	struct usermap *map;
	struct ntlm_client c = good_client;

	assert(!usermap_parse(NULL, (struct blob){ (uint8_t *)text, sizeof(text) - 1 }, &map, &err));
	env.usermap = map;
	c.user = "Big Boss";
	c.upper_user = "BIG BOSS";
	assert(logon_once(&env, c) == NT_OK);
	c.user = c.upper_user = "OTHER";
	assert(logon_once(&env, c) == NT_LOGON_FAILURE);
	talloc_free(map);
	assert(usermap_parse(NULL, (struct blob){ (uint8_t *)"\nx y\n", 5 }, &map, &err) == -EINVAL);
	assert(err.line == 2);
	assert(usermap_parse(NULL, (struct blob){ (uint8_t *)"a=\"b\n", 5 }, &map, &err) == -EINVAL);
	assert(usermap_parse(NULL, (struct blob){ (uint8_t *)"a=@b\n", 5 }, &map, &err) == -EINVAL);
}

/* A copy on the heap of exactly its size: a read past its end is a report. */
static struct blob exact(TALLOC_CTX *ctx, const void *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	(void)ctx;
	memcpy(copy, data, len);
	return (struct blob){ copy, len };
}

static void every_prefix_is_refused(const struct auth_env *env)
{
	struct ntlm_client c = good_client;
	struct ntlmssp *n = ntlmssp_new(NULL, env, NULL);
	uint32_t flags;

	assert(logon(n, &c) == NT_OK);
	for (size_t len = 0; len < 16; len++) {
		struct blob cut = exact(n, c.negotiate.data, len);

		assert(!ntlm_decode_negotiate(cut, &flags));
		free((void *)cut.data);
	}
	for (size_t len = 0; len < c.authenticate.len; len++) {
		struct ntlmssp *m = ntlmssp_new(NULL, env, NULL);
		struct blob cut = exact(m, c.authenticate.data, len), out;

		assert(ntlmssp_step(m, msg_blob(&c.negotiate), &out) ==
		       NT_MORE_PROCESSING_REQUIRED);
		assert(ntlmssp_step(m, cut, &out) == NT_INVALID_PARAMETER);
		assert(ntlmssp_step(m, msg_blob(&c.authenticate), &out) == NT_INVALID_PARAMETER);
		free((void *)cut.data);
		talloc_free(m);
	}
	talloc_free(n);
}

/* Every length and offset field at 0, all ones and odd values: an answer, and no report. */
static void bent_fields_are_survived(const struct auth_env *env)
{
	static const uint32_t values[] = { 0, 1, 63, 71, 87, 0xffff, 0x7fffffff, 0xfffffff0, 0xffffffff };
	struct ntlm_client c = good_client;
	struct ntlmssp *n = ntlmssp_new(NULL, env, NULL);

	assert(logon(n, &c) == NT_OK);
	talloc_free(n);
	for (size_t at = 12; at < 64; at += 2) {
		for (size_t v = 0; v < ARRAY_LEN(values); v++) {
			struct blob bent = exact(NULL, c.authenticate.data, c.authenticate.len), out;
			uint8_t *p = (uint8_t *)bent.data + at;

			n = ntlmssp_new(NULL, env, NULL);
			memcpy(p, &values[v], at % 8 == 0 ? 4 : 2);
			assert(ntlmssp_step(n, msg_blob(&c.negotiate), &out) ==
			       NT_MORE_PROCESSING_REQUIRED);
			assert(ntlmssp_step(n, bent, &out) != NT_OK);
			free((void *)bent.data);
			talloc_free(n);
		}
	}
}

int main(void)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct auth_env env = make_env(ctx);

	assert(!crypto_init());
	spec_examples();
	env = make_env(ctx);
	right_password_logs_on(&env);
	oem_names_are_taken(&env);
	character_set_is_not_changed(&env);
	names_fold_beyond_ascii(&env);
	an_announced_mic_stays_announced(&env);
	what_a_client_says_is_told(&env);
	unfinished_logons_hold_little(&env);
	wrong_proofs_are_refused(&env);
	guests_are_made_by_policy(env);
	anonymous_is_let_in_by_policy(env);
	username_map_is_obeyed(env);
	every_prefix_is_refused(&env);
	bent_fields_are_survived(&env);
	talloc_free(ctx);
	puts("daemon_ntlmssp: ok");
	return 0;
}
