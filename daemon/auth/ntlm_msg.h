/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * auth/ntlm_msg.h - bytes of the NTLM messages, [MS-NLMP] 2.2
 *
 * Decoders make host-order structs of hostile bytes; blobs in them point into the message and live
 * as long as it does.
 */
#ifndef CIFSSRVD_AUTH_NTLM_MSG_H
#define CIFSSRVD_AUTH_NTLM_MSG_H

#include <stdbool.h>
#include <stdint.h>
#include <talloc.h>
#include "../util/cleanup.h"

#define NTLM_CHALLENGE_LEN	8
#define NTLM_KEY_LEN		16
#define NTLM_MIC_LEN		16
#define NTLM_MIC_OFFSET		72	/* of the MIC in AUTHENTICATE_MESSAGE, 2.2.1.3 */
#define NTLM_MAX_NAME		256	/* octets of UTF-8 in a user or domain name */
/* Octets of a NEGOTIATE_MESSAGE, which is kept until the logon ends: some 40 and two names. */
#define NTLM_MAX_NEGOTIATE	1024

/* [MS-NLMP] 2.2.2.5 */
enum ntlm_flags {
	NTLMSSP_NEGOTIATE_UNICODE		= 0x00000001,
	NTLMSSP_NEGOTIATE_OEM			= 0x00000002,
	NTLMSSP_REQUEST_TARGET			= 0x00000004,
	NTLMSSP_NEGOTIATE_SIGN			= 0x00000010,
	NTLMSSP_NEGOTIATE_SEAL			= 0x00000020,
	NTLMSSP_NEGOTIATE_NTLM			= 0x00000200,
	NTLMSSP_NEGOTIATE_ANONYMOUS		= 0x00000800,
	NTLMSSP_NEGOTIATE_ALWAYS_SIGN		= 0x00008000,
	NTLMSSP_TARGET_TYPE_SERVER		= 0x00020000,
	NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY = 0x00080000,
	NTLMSSP_NEGOTIATE_TARGET_INFO		= 0x00800000,
	NTLMSSP_NEGOTIATE_VERSION		= 0x02000000,
	NTLMSSP_NEGOTIATE_128			= 0x20000000,
	NTLMSSP_NEGOTIATE_KEY_EXCH		= 0x40000000,
};
#define NTLMSSP_NEGOTIATE_56	0x80000000u

/* [MS-NLMP] 2.2.2.1 */
enum ntlm_av_id {
	MsvAvEOL		= 0,
	MsvAvNbComputerName	= 1,
	MsvAvNbDomainName	= 2,
	MsvAvDnsComputerName	= 3,
	MsvAvDnsDomainName	= 4,
	MsvAvFlags		= 6,
	MsvAvTimestamp		= 7,
	MsvAvTargetName		= 9,
};
#define MSV_AV_FLAG_MIC		0x00000002u

/* [MS-NLMP] 2.2.1.1: the server needs its flags alone.  Refused: longer than NTLM_MAX_NEGOTIATE. */
bool ntlm_decode_negotiate(struct blob msg, uint32_t *flags);

/**
 * struct ntlm_challenge - [MS-NLMP] 2.2.1.2
 * @flags: enum ntlm_flags; TargetName is in the character set that they name
 * @challenge: fresh random octets
 * @netbios_name: TargetName and MsvAvNbComputerName
 * @netbios_domain: MsvAvNbDomainName
 * @dns_name: MsvAvDnsComputerName
 * @dns_domain: MsvAvDnsDomainName, may be empty
 * @timestamp: MsvAvTimestamp, 100 ns since 1601
 */
struct ntlm_challenge {
	uint32_t flags;
	uint8_t challenge[NTLM_CHALLENGE_LEN];
	const char *netbios_name;
	const char *netbios_domain;
	const char *dns_name;
	const char *dns_domain;
	uint64_t timestamp;
};

/* 0, -EILSEQ (a name is not UTF-8), -EMSGSIZE or -ENOMEM; *@ret belongs to @ctx. */
int ntlm_encode_challenge(TALLOC_CTX *ctx, const struct ntlm_challenge *args, struct blob *ret);

/**
 * struct ntlm_authenticate - [MS-NLMP] 2.2.1.3
 * @flags: enum ntlm_flags; names are in the character set that they name
 * @lm: LmChallengeResponse
 * @nt: NtChallengeResponse
 * @enc_key: EncryptedRandomSessionKey
 * @user: UserName as UTF-8, owned by the context given to the decoder
 * @domain: DomainName likewise
 * @domain16: DomainName in UTF-16, for NTOWFv2
 * @workstation: Workstation as UTF-8
 * @mic: the MIC, or NULL when the message has no room for one
 */
struct ntlm_authenticate {
	uint32_t flags;
	struct blob lm;
	struct blob nt;
	struct blob enc_key;
	char *user;
	char *domain;
	struct blob domain16;
	char *workstation;
	const uint8_t *mic;
};

bool ntlm_decode_authenticate(TALLOC_CTX *ctx, struct blob msg, struct ntlm_authenticate *args);

/**
 * struct ntlm_v2_response - [MS-NLMP] 2.2.2.8
 * @proof: NTProofStr, CRYPTO_MD_LEN octets
 * @temp: NTLMv2_CLIENT_CHALLENGE, which @proof covers
 * @av_flags: MsvAvFlags, 0 when absent; of several the bits are or'ed, so that a second one cannot
 *	clear the bit of the MIC
 * @target: the first MsvAvTargetName, in UTF-16; no data when absent
 */
struct ntlm_v2_response {
	const uint8_t *proof;
	struct blob temp;
	uint32_t av_flags;
	struct blob target;
};

/* False for anything but NTLMv2: NTLMv1's responses are 24 octets, 2.2.2.6. */
bool ntlm_decode_v2_response(struct blob nt, struct ntlm_v2_response *args);

#endif /* CIFSSRVD_AUTH_NTLM_MSG_H */
