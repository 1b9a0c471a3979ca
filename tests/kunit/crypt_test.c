// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crypt_test.c - known answers of module/crypt, as KUnit suites
 *
 * "blog": published by Microsoft's protocol documentation team, from captures of
 * Windows (Open Specifications blog: "SMB 2 and SMB 3 security in Windows 10: the
 * anatomy of signing and cryptographic keys"; "SMB 3.1.1 Encryption in Windows 10";
 * "Encryption in SMB 3.0: A protocol perspective"). "OpenSSL": computed with
 * another implementation, where nothing published fits the shape of the protocol.
 *
 * Messages lie in allocated memory: that of a struct csrv_bytes may not be on the stack.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "crypt/internal.h"

/* Debian's kernels have no KUnit. */
#if IS_ENABLED(CONFIG_KUNIT)
#include <kunit/test.h>
#else
#include "shim.h"
#endif

#define TEXT_MAX	160
#define BIG_LEN		(3 * PAGE_SIZE + 77)

#define PREAUTH_311								\
	"0dd13628cc3ed218ef9df9772d436d0887ab9814bfae63a80aa845f36909db79"	\
	"28622dddad522d9751640a459762c5a9d6bb084cbb3ce6bdadef5d5bce3c6c01"

/* Lower-case hex to bytes. The header of hex2bin() moves about between kernels. */
static size_t unhex(const char *hex, u8 *out, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	size_t i, len = min(strlen(hex) / 2, size);

	memset(out, 0, size);
	for (i = 0; i < len; i++) {
		const char *hi = strchr(digits, hex[2 * i]);
		const char *lo = strchr(digits, hex[2 * i + 1]);

		if (!hi || !lo)
			return 0;
		out[i] = (hi - digits) << 4 | (lo - digits);
	}
	return len;
}

static void expect_hex(struct kunit *test, const char *what, const u8 *got, const char *want_hex)
{
	u8 want[TEXT_MAX];
	size_t len = unhex(want_hex, want, sizeof(want));

	KUNIT_EXPECT_TRUE_MSG(test, len && !memcmp(got, want, len), "the %s is not %s", what,
			      want_hex);
}

static void describe(char *desc, const char *name)
{
	strscpy(desc, name, KUNIT_PARAM_DESC_SIZE);
}

/* ---- keys ---- */

struct key_vector {
	const char *name;
	u16 dialect;
	u16 cipher;
	const char *sk;
	const char *preauth;
	const char *signing;
	const char *app;
	const char *c2s;
	const char *s2c;
};

static const struct key_vector key_vectors[] = {
	{ "keys of 3.0 (blog)", 0x0300, CSRV_CIPHER_AES_128_CCM,
	  "7cd451825d0450d235424e44ba6e78cc", "00",
	  "0b7e9c5cac36c0f6ea9ab275298cedce", "bb23a4575aa26c721af525af15a87b4f",
	  "fad27796665b313ebb578f388632b4f7", "b0f0427f7ceb416d1d9dcc0cd4f99447" },
	{ "keys of 3.1.1 (blog)", 0x0311, CSRV_CIPHER_AES_128_GCM,
	  "270e1ba896585eeb7af3472d3b4c75a7", PREAUTH_311,
	  "73fe7a9a77bef0bde49c650d8ccb5f76", "6d7ad7954e9ec61e907b4d473dc178ff",
	  "629bcbc54422a0f572b97f45989b6073", "e2af0dcefac68da71a0dfbd0d1350d74" },
	{ "256-bit keys of 3.1.1 (OpenSSL)", 0x0311, CSRV_CIPHER_AES_256_GCM,
	  "270e1ba896585eeb7af3472d3b4c75a7", PREAUTH_311,
	  "73fe7a9a77bef0bde49c650d8ccb5f76", "6d7ad7954e9ec61e907b4d473dc178ff",
	  "049c27fd8a340262e32c643dea2ba507af7a4c085fd2505aeffcbdeae6d6d8ab",
	  "35952fed051bf2471af5f7acc63674b887a54b47af46959f7caff1ce537d7419" },
	{ "256-bit keys of 3.1.1 from 256 bits (OpenSSL)", 0x0311, CSRV_CIPHER_AES_256_CCM,
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", PREAUTH_311,
	  NULL, NULL,
	  "f1a5c66c7c07116904393a1d1c4cb46eeceb7fd384038c510561fbfdba9ae683", NULL },
};

static void key_desc(const struct key_vector *v, char *desc)
{
	describe(desc, v->name);
}

KUNIT_ARRAY_PARAM(key, key_vectors, key_desc);

static void test_keys(struct kunit *test)
{
	const struct key_vector *v = test->param_value;
	u8 preauth[CSRV_PREAUTH_LEN], out[CSRV_KEY_LEN] = { };
	struct csrv_seal_keys seal = { };
	struct csrv_full_key full;

	full.len = unhex(v->sk, full.key, sizeof(full.key));
	unhex(v->preauth, preauth, sizeof(preauth));
	if (v->signing) {
		KUNIT_EXPECT_EQ(test, 0, csrv_keys_signing(v->dialect, full.key, preauth, out));
		expect_hex(test, "signing key", out, v->signing);
	}
	if (v->app) {
		KUNIT_EXPECT_EQ(test, 0, csrv_keys_application(v->dialect, full.key, preauth, out));
		expect_hex(test, "application key", out, v->app);
	}
	KUNIT_EXPECT_EQ(test, 0, csrv_keys_sealing(v->dialect, v->cipher, &full, preauth, &seal));
	KUNIT_EXPECT_TRUE(test, seal.len == csrv_cipher_key_len(v->cipher));
	expect_hex(test, "decryption key", seal.c2s, v->c2s);
	if (v->s2c)
		expect_hex(test, "encryption key", seal.s2c, v->s2c);
}

/* ---- signing ---- */

struct sign_vector {
	const char *name;
	u16 alg;
	const char *key;
	const char *msg;
	u64 message_id;
	unsigned int flags;
	const char *sig;
};

/* The multiples of 7, from 0 on. */
#define SEVENS									\
	"00070e151c232a31383f464d545b626970777e858c939aa1a8afb6bdc4cbd2d9"	\
	"e0e7eef5fc030a11181f262d343b424950575e656c737a81888f969da4abb2b9"	\
	"c0c7ced5dce3eaf1f8ff060d141b222930373e454c535a61686f767d848b9299"	\
	"a0a7aeb5"

static const struct sign_vector sign_vectors[] = {
	/* a shorter HMAC key is padded with zeros */
	{ "HMAC-SHA256 (RFC 4231 case 2)", CSRV_SIGN_HMAC_SHA256,
	  "4a656665000000000000000000000000",
	  "7768617420646f2079612077616e7420666f72206e6f7468696e673f", 0, 0,
	  "5bdcc146bf60754e6a042426089575c7" },
	{ "AES-CMAC (RFC 4493 example 4)", CSRV_SIGN_AES_CMAC,
	  "2b7e151628aed2a6abf7158809cf4f3c",
	  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
	  "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710", 0, 0,
	  "51f0bebf7e3b9d92fc49741779363cfe" },
	{ "AES-CMAC of a SESSION_SETUP response (blog)", CSRV_SIGN_AES_CMAC,
	  "73fe7a9a77bef0bde49c650d8ccb5f76",
	  "fe534d4240000100000000000100800009000000000000000300000000000000"
	  "fffe000000000000190000000010000000000000000000000000000000000000"
	  "0900000048001d00a11b3019a0030a0100a3120410010000003b453cdc352416"
	  "4200000000", 3, CSRV_SIGN_SERVER,
	  "ebe146da120ba25fc3376a49dfe31bc1" },
	{ "AES-GMAC from a client (OpenSSL)", CSRV_SIGN_AES_GMAC,
	  "000102030405060708090a0b0c0d0e0f", SEVENS, 0x1122334455667788ull, 0,
	  "4f80d20036728f57fa967ea69c61a81a" },
	{ "AES-GMAC from a server (OpenSSL)", CSRV_SIGN_AES_GMAC,
	  "000102030405060708090a0b0c0d0e0f", SEVENS, 0x1122334455667788ull, CSRV_SIGN_SERVER,
	  "e79ab3d9077c824b6fec41efc2562430" },
	{ "AES-GMAC with both bits (OpenSSL)", CSRV_SIGN_AES_GMAC,
	  "000102030405060708090a0b0c0d0e0f", SEVENS, 0x1122334455667788ull,
	  CSRV_SIGN_SERVER | CSRV_SIGN_CANCEL, "ff76d6f2804b6a78245d03913ca48f24" },
};

static void sign_desc(const struct sign_vector *v, char *desc)
{
	describe(desc, v->name);
}

KUNIT_ARRAY_PARAM(sign, sign_vectors, sign_desc);

static void expect_sign(struct kunit *test, struct csrv_sign_key *key, const struct sign_vector *v,
			const struct csrv_bytes *msg)
{
	u8 sig[CSRV_SIGNATURE_LEN] = { };

	KUNIT_EXPECT_EQ(test, 0, csrv_sign(key, msg, v->message_id, v->flags, sig));
	expect_hex(test, "signature", sig, v->sig);
	KUNIT_EXPECT_EQ(test, 0, csrv_sign_check(key, msg, v->message_id, v->flags, sig));
	sig[15] ^= 1;
	KUNIT_EXPECT_EQ(test, -EBADMSG,
			csrv_sign_check(key, msg, v->message_id, v->flags, sig));
}

static void test_sign(struct kunit *test)
{
	const struct sign_vector *v = test->param_value;
	u8 *text = kunit_kzalloc(test, TEXT_MAX, GFP_KERNEL);
	u8 bytes[CSRV_KEY_LEN];
	struct csrv_sign_key *key;
	struct csrv_bytes msg;
	struct kvec kv[2];

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, text);
	if (!csrv_signing_supported(v->alg))
		kunit_skip(test, "not in this kernel");
	unhex(v->key, bytes, sizeof(bytes));
	key = csrv_sign_key_alloc(v->alg, bytes, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, key);
	csrv_bytes_linear(&msg, kv, text, unhex(v->msg, text, TEXT_MAX));
	expect_sign(test, key, v, &msg);
	/* the same in two pieces, cut off any block boundary */
	kv[1].iov_base = text + 21;
	kv[1].iov_len = kv[0].iov_len - 21;
	kv[0].iov_len = 21;
	csrv_bytes_init(&msg, kv, 2, NULL, 0);
	expect_sign(test, key, v, &msg);
	csrv_sign_key_put(key);
}

/* ---- sealing ---- */

struct seal_vector {
	const char *name;
	u16 cipher;
	const char *key;
	const char *aad;
	const char *plain;
	const char *sealed;
	const char *tag;
};

static const struct seal_vector seal_vectors[] = {
	{ "AES-128-CCM of a WRITE request (blog)", CSRV_CIPHER_AES_128_CCM,
	  "261b72350558f2e9dcf613070383edbf",
	  "66e69a111892584fb5ed524a744da3ee87000000000001001100001400e40800",
	  "fe534d4240000100000000000900400008000000000000000400000000000000"
	  "fffe0000010000001100001400e4080000000000000000000000000000000000"
	  "3100700017000000000000000000000015010000390000020100000039020000"
	  "00000000000000007000000000000000536d623320656e6372797074696f6e20"
	  "74657374696e67",
	  "25c8fee16605a437832d1cd52da9f4645333482a175fe5384563f45fcdafaef3"
	  "8bc62ba4d5c62897996625a44c29be5658de2e6117585779e7b59ffd971278d0"
	  "8580d7fa899e410e910eabf5aa1db43050b33b49182637759ac15d84bfcdf5b6"
	  "b238993c0f4cf4d6012023f6c627297075d84b7803912d0a9639634453595ef3"
	  "e33ffe4e7ac2ab",
	  "81a286535415445dae393921e44fa42e" },
	{ "AES-128-CCM of a WRITE response (blog)", CSRV_CIPHER_AES_128_CCM,
	  "8fe2b57ec34d2db5b1a9727f526bbdb5",
	  "860000000000000011000014""00e4080050000000000001001100001400e40800",
	  "fe534d4240000100000000000900210009000000000000000400000000000000"
	  "fffe0000010000001100001400e4080000000000000000000000000000000000"
	  "11000000170000000000000000000000",
	  "dbf46435c5f14169293ce079e344479bf670227e49873f458672c3098dac467d"
	  "d5809f369d674091665157871483e01f7becd02064eac3e235f913668bbc2f09"
	  "7980d4b378f1993eff6e60d177309e5b",
	  "a6015530a18f6d9affe22afae8e66484" },
	{ "AES-128-GCM of a WRITE request (blog)", CSRV_CIPHER_AES_128_GCM,
	  "a2f5e80e5d59103034f32e52f698e5ec",
	  "c7d6822d269caf48904c664c0000000087000000000001002500000000100000",
	  "fe534d4240000100000000000900010008000000000000000500000000000000"
	  "fffe000001000000250000000010000000000000000000000000000000000000"
	  "3100700017000000000000000000000006000000040000000100000004000000"
	  "00000000000000007000000000000000536d623320656e6372797074696f6e20"
	  "74657374696e67",
	  "6ecdd2a7afc7b47763057a041b8fd4daffe990b70c9e09d36c084e02d14ef247"
	  "f8bde38acf6256f8b1d3b56f77fbdeb312fea5e92cbcc1ed8fb2ebbfaa75e49a"
	  "4a394bb44576545567c24d4c014d47c9fbdfdafd2c4f9b72f8d256452620a299"
	  "f48e29e53d6b61d1c13a19e91af013f00d17e3abc2fc3d36c8c1b6b939732538"
	  "52dbd442e46ee8",
	  "bd73d97d2bc9001bcafac0fdff5feebc" },
	{ "AES-128-GCM of a WRITE response (blog)", CSRV_CIPHER_AES_128_GCM,
	  "748c50868c90f302962a5c35f5f9a8bf",
	  "e06831dd2e8eb7b4000000000000000050000000000001002500000000100000",
	  "fe534d4240000100000000000900010001000000000000000500000000000000"
	  "fffe000001000000250000000010000000000000000000000000000000000000"
	  "11000000170000000000000000000000",
	  "26bbbf949983a6c1c796559d0f2c510cb651d1f7b6ac8ded32a2a0b8f2d793a8"
	  "15c6f6b848d69767a215841a42d400ae6ddb5f0b44173a014973321fdd7950da"
	  "6179159b82e03c9e18a050ff0ea1c967",
	  "acbe1cb7ed343adf1725ef144d90d4b0" },
	{ "AES-256-CCM (OpenSSL)", CSRV_CIPHER_AES_256_CCM,
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
	  "536d623320656e6372797074696f6e2074657374696e67",
	  "cc29009c3d7b157bdfc2ce17a8e9630b65d0b2ef8c3885",
	  "07ad50c42f24f2de27dcc653f24da481" },
	{ "AES-256-GCM (OpenSSL)", CSRV_CIPHER_AES_256_GCM,
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
	  "536d623320656e6372797074696f6e2074657374696e67",
	  "8157c4434cfd746d680532baa8779ad9a42c9fe8eeee04",
	  "acb244c48bdde10e1d5a022c5f481ba0" },
};

static void seal_desc(const struct seal_vector *v, char *desc)
{
	describe(desc, v->name);
}

KUNIT_ARRAY_PARAM(seal, seal_vectors, seal_desc);

static void expect_seal(struct kunit *test, struct csrv_seal_key *key, const struct seal_vector *v,
			u8 *text)
{
	u8 aad[CSRV_SEAL_AAD_LEN], tag[CSRV_SIGNATURE_LEN] = { };
	struct csrv_bytes data;
	struct kvec kv;

	unhex(v->aad, aad, sizeof(aad));
	csrv_bytes_linear(&data, &kv, text, unhex(v->plain, text, TEXT_MAX));
	KUNIT_EXPECT_EQ(test, 0, csrv_seal(key, aad, &data, tag));
	expect_hex(test, "ciphertext", text, v->sealed);
	expect_hex(test, "tag", tag, v->tag);
	KUNIT_EXPECT_EQ(test, 0, csrv_unseal(key, aad, &data, tag));
	expect_hex(test, "plaintext", text, v->plain);
	unhex(v->sealed, text, TEXT_MAX);
	aad[31] ^= 0x80;
	KUNIT_EXPECT_EQ(test, -EBADMSG, csrv_unseal(key, aad, &data, tag));
}

static void test_seal(struct kunit *test)
{
	const struct seal_vector *v = test->param_value;
	u8 *text = kunit_kzalloc(test, TEXT_MAX, GFP_KERNEL);
	struct csrv_seal_key *key;
	u8 bytes[CSRV_KEY_MAX];

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, text);
	if (!csrv_cipher_supported(v->cipher))
		kunit_skip(test, "not in this kernel");
	key = csrv_seal_key_alloc(v->cipher, bytes, unhex(v->key, bytes, sizeof(bytes)));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, key);
	expect_seal(test, key, v, text);
	csrv_seal_key_put(key);
}

/* ---- preauthentication integrity ---- */

static void test_preauth(struct kunit *test)
{
	u8 *text = kunit_kzalloc(test, TEXT_MAX, GFP_KERNEL);
	u8 hash[CSRV_PREAUTH_LEN] = { };
	struct csrv_bytes msg;
	struct kvec kv;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, text);
	csrv_bytes_linear(&msg, &kv, text, unhex("616263", text, TEXT_MAX));
	KUNIT_EXPECT_EQ(test, 0, csrv_preauth_update(hash, &msg));
	csrv_bytes_linear(&msg, &kv, text, unhex(SEVENS, text, TEXT_MAX));
	KUNIT_EXPECT_EQ(test, 0, csrv_preauth_update(hash, &msg));
	expect_hex(test, "chain of SHA-512 (OpenSSL)", hash,
		   "aca9c229d4f420dd63478f4f707948bb27121bb903cc41d792242bd709ac7671"
		   "c27869aad532f2c1da0033851f2e7850610e18090d0bbcbb3b59bd8e6dff14f9");
}

/* ---- shapes: messages in pieces of every kind of memory ---- */

/*
 * One text three times: in kmalloc'ed memory; in vmalloc'ed, starting off a page
 * boundary; and in one folio of four pages, as fragments that cross page ends.
 */
struct shapes {
	u8 *linear;
	u8 *virt;
	struct page *pages;
	struct kvec linear_kv;
	struct kvec virt_kv[2];
	struct bio_vec bv[3];
	struct csrv_bytes in_linear;
	struct csrv_bytes in_virt;
	struct csrv_bytes in_pages;
};

#define PAGES_ORDER 2
#define PAGES_OFF 13

static int shapes_init(struct kunit *test)
{
	struct shapes *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	u8 *at;

	test->priv = s;
	if (!s)
		return -ENOMEM;
	s->linear = kmalloc(BIG_LEN, GFP_KERNEL);
	s->virt = vmalloc(BIG_LEN + 5);
	s->pages = alloc_pages(GFP_KERNEL | __GFP_COMP, PAGES_ORDER);
	if (!s->linear || !s->virt || !s->pages)
		return -ENOMEM;
	csrv_bytes_linear(&s->in_linear, &s->linear_kv, s->linear, BIG_LEN);

	at = s->virt + 5;
	s->virt_kv[0] = (struct kvec){ at, PAGE_SIZE + 1 };
	s->virt_kv[1] = (struct kvec){ at + PAGE_SIZE + 1, BIG_LEN - PAGE_SIZE - 1 };
	csrv_bytes_init(&s->in_virt, s->virt_kv, 2, NULL, 0);

	s->bv[0] = (struct bio_vec){ s->pages, 100, PAGES_OFF };
	s->bv[1] = (struct bio_vec){ s->pages, 2 * PAGE_SIZE, PAGES_OFF + 100 };
	s->bv[2] = (struct bio_vec){ s->pages, BIG_LEN - 100 - 2 * PAGE_SIZE,
				     PAGES_OFF + 100 + 2 * PAGE_SIZE };
	csrv_bytes_init(&s->in_pages, NULL, 0, s->bv, 3);
	return 0;
}

static void shapes_exit(struct kunit *test)
{
	struct shapes *s = test->priv;

	if (!s)
		return;
	kfree(s->linear);
	vfree(s->virt);
	if (s->pages)
		__free_pages(s->pages, PAGES_ORDER);
}

static void shapes_fill(struct shapes *s)
{
	size_t i;

	for (i = 0; i < BIG_LEN; i++)
		s->linear[i] = i * 31 + (i >> 8);
	csrv_bytes_copy_in(&s->in_virt, 0, s->linear, BIG_LEN);
	csrv_bytes_copy_in(&s->in_pages, 0, s->linear, BIG_LEN);
}

static bool shapes_equal(const struct shapes *s)
{
	u8 *buf = kvmalloc(BIG_LEN, GFP_KERNEL);
	bool ok;

	ok = buf && csrv_bytes_copy_out(&s->in_virt, 0, buf, BIG_LEN) &&
	     !memcmp(buf, s->linear, BIG_LEN) &&
	     csrv_bytes_copy_out(&s->in_pages, 0, buf, BIG_LEN) &&
	     !memcmp(buf, s->linear, BIG_LEN);
	kvfree(buf);
	return ok;
}

struct algorithm {
	u16 number;
	const char *name;
};

static const struct algorithm signing_algorithms[] = {
	{ CSRV_SIGN_HMAC_SHA256, "HMAC-SHA256" },
	{ CSRV_SIGN_AES_CMAC, "AES-CMAC" },
	{ CSRV_SIGN_AES_GMAC, "AES-GMAC" },
};

static_assert(ARRAY_SIZE(signing_algorithms) == CSRV_SIGN_ALGS);

static const struct algorithm ciphers[] = {
	{ CSRV_CIPHER_AES_128_CCM, "AES-128-CCM" },
	{ CSRV_CIPHER_AES_128_GCM, "AES-128-GCM" },
	{ CSRV_CIPHER_AES_256_CCM, "AES-256-CCM" },
	{ CSRV_CIPHER_AES_256_GCM, "AES-256-GCM" },
};

static_assert(ARRAY_SIZE(ciphers) == CSRV_CIPHERS - CSRV_CIPHER_AES_128_CCM);

static void algorithm_desc(const struct algorithm *alg, char *desc)
{
	describe(desc, alg->name);
}

KUNIT_ARRAY_PARAM(signing_algorithm, signing_algorithms, algorithm_desc);
KUNIT_ARRAY_PARAM(cipher, ciphers, algorithm_desc);

/* All shapes give one signature, over the whole and over a part. */
static void test_sign_shapes(struct kunit *test)
{
	static const u8 bytes[CSRV_KEY_LEN] = "sixteen byte key";
	const struct algorithm *alg = test->param_value;
	struct shapes *s = test->priv;
	const struct csrv_bytes *all[] = { &s->in_linear, &s->in_virt, &s->in_pages };
	u8 sig[3][CSRV_SIGNATURE_LEN], part_sig[3][CSRV_SIGNATURE_LEN];
	struct csrv_sign_key *key;
	struct csrv_bytes part;
	int i;

	if (!csrv_signing_supported(alg->number))
		kunit_skip(test, "not in this kernel");
	key = csrv_sign_key_alloc(alg->number, bytes, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, key);
	shapes_fill(s);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_TRUE(test, csrv_bytes_view(all[i], 101, PAGE_SIZE + 50, &part));
		KUNIT_EXPECT_EQ(test, 0, csrv_sign(key, all[i], 7, 0, sig[i]));
		KUNIT_EXPECT_EQ(test, 0, csrv_sign(key, &part, 7, 0, part_sig[i]));
		KUNIT_EXPECT_TRUE(test, !memcmp(sig[i], sig[0], CSRV_SIGNATURE_LEN));
		KUNIT_EXPECT_TRUE(test, !memcmp(part_sig[i], part_sig[0], CSRV_SIGNATURE_LEN));
		KUNIT_EXPECT_TRUE(test, memcmp(part_sig[i], sig[i], CSRV_SIGNATURE_LEN));
	}
	csrv_sign_key_put(key);
}

/* One shape into another, then both in place: three equal texts and tags; then the text again. */
static void expect_seal_shapes(struct kunit *test, struct csrv_seal_key *key, struct shapes *s)
{
	u8 aad[CSRV_SEAL_AAD_LEN] = "nonce nonce", tag[3][CSRV_SIGNATURE_LEN] = { };

	shapes_fill(s);
	KUNIT_EXPECT_EQ(test, 0, csrv_seal_copy(key, aad, &s->in_virt, &s->in_linear, tag[0]));
	KUNIT_EXPECT_EQ(test, 0, csrv_seal(key, aad, &s->in_virt, tag[1]));
	KUNIT_EXPECT_EQ(test, 0, csrv_seal(key, aad, &s->in_pages, tag[2]));
	KUNIT_EXPECT_TRUE(test, shapes_equal(s));
	KUNIT_EXPECT_TRUE(test, !memcmp(tag[0], tag[1], CSRV_SIGNATURE_LEN));
	KUNIT_EXPECT_TRUE(test, !memcmp(tag[0], tag[2], CSRV_SIGNATURE_LEN));
	KUNIT_EXPECT_EQ(test, 0, csrv_unseal(key, aad, &s->in_linear, tag[0]));
	KUNIT_EXPECT_EQ(test, 0, csrv_unseal(key, aad, &s->in_virt, tag[0]));
	KUNIT_EXPECT_EQ(test, 0, csrv_unseal(key, aad, &s->in_pages, tag[0]));
	KUNIT_EXPECT_TRUE(test, shapes_equal(s));
	KUNIT_EXPECT_TRUE(test, s->linear[1000] == ((1000 * 31 + (1000 >> 8)) & 0xff));
}

/* No nonce comes twice, and when all have been given out the key is of no use any more. */
static void expect_nonces(struct kunit *test, struct csrv_seal_key *key)
{
	u8 nonce[CSRV_NONCE_LEN], second[CSRV_NONCE_LEN];

	KUNIT_EXPECT_EQ(test, 0, csrv_seal_nonce(key, nonce));
	KUNIT_EXPECT_EQ(test, 0, csrv_seal_nonce(key, second));
	KUNIT_EXPECT_TRUE(test, memcmp(nonce, second, sizeof(nonce)));
	atomic64_set(&key->nonces, (1ull << 62) - 1);
	KUNIT_EXPECT_EQ(test, 0, csrv_seal_nonce(key, nonce));
	KUNIT_EXPECT_EQ(test, -EKEYEXPIRED, csrv_seal_nonce(key, nonce));
	KUNIT_EXPECT_EQ(test, -EKEYEXPIRED, csrv_seal_nonce(key, nonce));
}

static void test_seal_shapes(struct kunit *test)
{
	static const u8 bytes[CSRV_KEY_MAX] = "a key of thirty-two bytes: 12345";
	const struct algorithm *cipher = test->param_value;
	struct csrv_seal_key *key;

	if (!csrv_cipher_supported(cipher->number))
		kunit_skip(test, "not in this kernel");
	key = csrv_seal_key_alloc(cipher->number, bytes, csrv_cipher_key_len(cipher->number));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, key);
	expect_seal_shapes(test, key, test->priv);
	expect_nonces(test, key);
	csrv_seal_key_put(key);
}

/* ---- the suites ---- */

static struct kunit_case vector_cases[] = {
	KUNIT_CASE_PARAM(test_keys, key_gen_params),
	KUNIT_CASE_PARAM(test_sign, sign_gen_params),
	KUNIT_CASE_PARAM(test_seal, seal_gen_params),
	KUNIT_CASE(test_preauth),
	{ }
};

static struct kunit_suite vectors = {
	.name = "cifssrv_crypt_vectors",
	.test_cases = vector_cases,
};

static struct kunit_case shape_cases[] = {
	KUNIT_CASE_PARAM(test_sign_shapes, signing_algorithm_gen_params),
	KUNIT_CASE_PARAM(test_seal_shapes, cipher_gen_params),
	{ }
};

static struct kunit_suite in_shapes = {
	.name = "cifssrv_crypt_shapes",
	.init = shapes_init,
	.exit = shapes_exit,
	.test_cases = shape_cases,
};

kunit_test_suites(&vectors, &in_shapes);

MODULE_DESCRIPTION("KUnit suites of cifssrv's cryptography");
MODULE_LICENSE("GPL");
