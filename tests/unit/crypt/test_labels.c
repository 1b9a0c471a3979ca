// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/crypt/labels.c | libs: gcrypt
/*
 * Labels and contexts of the key derivation give Microsoft's published keys.
 *
 * The vectors are those of the Open Specifications blog, "SMB 2 and SMB 3 security in
 * Windows 10: the anatomy of signing and cryptographic keys"; the derivation itself
 * is spelled out here with libgcrypt's HMAC, so that a label and not our KDF is tested.
 */
#include <assert.h>
#include <gcrypt.h>
#include <stdio.h>
#include <string.h>

#include "crypt/labels.h"

static const char preauth_hex[] =
	"0dd13628cc3ed218ef9df9772d436d0887ab9814bfae63a80aa845f36909db79"
	"28622dddad522d9751640a459762c5a9d6bb084cbb3ce6bdadef5d5bce3c6c01";

static void unhex(const char *hex, u8 *out, size_t len)
{
	unsigned int byte;
	size_t i;

	assert(strlen(hex) == 2 * len);
	for (i = 0; i < len; i++) {
		assert(sscanf(hex + 2 * i, "%2x", &byte) == 1);
		out[i] = (u8)byte;
	}
}

/* [MS-SMB2] 3.1.4.2, SP 800-108 in counter mode, 128 bits */
static void derive(const struct csrv_key_label *row, const u8 *key, const u8 *preauth, u8 *out)
{
	static const u8 counter[4] = { 0, 0, 0, 1 }, bits[4] = { 0, 0, 0, 128 };
	gcry_mac_hd_t mac;
	size_t len = 32;
	u8 full[32];

	assert(!gcry_mac_open(&mac, GCRY_MAC_HMAC_SHA256, 0, NULL));
	assert(!gcry_mac_setkey(mac, key, 16));
	assert(!gcry_mac_write(mac, counter, 4));
	assert(!gcry_mac_write(mac, row->label, row->label_len));
	assert(!gcry_mac_write(mac, "", 1));
	if (row->ctx)
		assert(!gcry_mac_write(mac, row->ctx, row->ctx_len));
	else
		assert(!gcry_mac_write(mac, preauth, 64));
	assert(!gcry_mac_write(mac, bits, 4));
	assert(!gcry_mac_read(mac, full, &len));
	gcry_mac_close(mac);
	memcpy(out, full, 16);
}

static void expect(u16 dialect, const char *sk_hex, const char *const want_hex[CSRV_KEY_USES])
{
	u8 sk[16], preauth[64], got[16], want[16];
	unsigned int use;

	unhex(sk_hex, sk, sizeof(sk));
	unhex(preauth_hex, preauth, sizeof(preauth));
	for (use = 0; use < CSRV_KEY_USES; use++) {
		const struct csrv_key_label *row = csrv_key_label(dialect, use);

		assert(row);
		derive(row, sk, preauth, got);
		unhex(want_hex[use], want, sizeof(want));
		assert(!memcmp(got, want, sizeof(want)));
	}
}

static void published_keys_come_out(void)
{
	static const char *const keys_30[CSRV_KEY_USES] = {
		[CSRV_KEY_SIGNING] = "0b7e9c5cac36c0f6ea9ab275298cedce",
		[CSRV_KEY_SEAL_C2S] = "fad27796665b313ebb578f388632b4f7",
		[CSRV_KEY_SEAL_S2C] = "b0f0427f7ceb416d1d9dcc0cd4f99447",
		[CSRV_KEY_APPLICATION] = "bb23a4575aa26c721af525af15a87b4f",
	};
	static const char *const keys_311[CSRV_KEY_USES] = {
		[CSRV_KEY_SIGNING] = "73fe7a9a77bef0bde49c650d8ccb5f76",
		[CSRV_KEY_SEAL_C2S] = "629bcbc54422a0f572b97f45989b6073",
		[CSRV_KEY_SEAL_S2C] = "e2af0dcefac68da71a0dfbd0d1350d74",
		[CSRV_KEY_APPLICATION] = "6d7ad7954e9ec61e907b4d473dc178ff",
	};

	expect(0x0300, "7cd451825d0450d235424e44ba6e78cc", keys_30);
	expect(0x0302, "7cd451825d0450d235424e44ba6e78cc", keys_30);
	expect(0x0311, "270e1ba896585eeb7af3472d3b4c75a7", keys_311);
}

static void nothing_is_derived_before_3_0(void)
{
	static const u16 dialects[] = { 0, 0x0202, 0x0210, 0x02ff, 0x0301, 0x0310, 0x0312, 0xffff };
	size_t i;

	for (i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++)
		assert(!csrv_key_label(dialects[i], CSRV_KEY_SIGNING));
	assert(!csrv_key_label(0x0311, CSRV_KEY_USES));
	assert(!csrv_key_label(0x0311, (enum csrv_key_use)-1));
}

int main(void)
{
	assert(gcry_check_version(NULL));
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	published_keys_come_out();
	nothing_is_derived_before_3_0();
	return 0;
}
