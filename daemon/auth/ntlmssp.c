// SPDX-License-Identifier: GPL-2.0-or-later
/* auth/ntlmssp.c - the server's end of one NTLM exchange, [MS-NLMP] 3.2 */
#include "ntlmssp.h"

#include <errno.h>
#include <time.h>
#include "../util/protocol.h"
#include "../util/utf.h"
#include "ntlm_msg.h"

#define CHARACTER_SETS		(NTLMSSP_NEGOTIATE_UNICODE | NTLMSSP_NEGOTIATE_OEM)

enum ntlmssp_stage {
	STAGE_NEGOTIATE,
	STAGE_AUTHENTICATE,
	STAGE_DONE,
	STAGE_FAILED,
};

struct ntlmssp {
	const struct auth_env *env;
	const struct auth_peer *peer;	/* or NULL */
	enum ntlmssp_stage stage;
	uint32_t flags;			/* offered in CHALLENGE, then agreed on */
	uint8_t challenge[NTLM_CHALLENGE_LEN];
	struct blob negotiate;		/* both kept for the MIC, 3.2.5.1.2 */
	struct blob challenge_msg;
	uint8_t exported[NTLM_KEY_LEN];	/* ExportedSessionKey */
	bool has_key;			/* the client knows @exported, too */
	const char *reason;
	bool guessed;			/* wrong name or password, or a lock-out */
	uint64_t delay;			/* until the answer, usec */
	enum lockout_verdict locks;	/* what the failure has locked */
	struct ntlm_authenticate auth;	/* blobs in it are valid during its step only */
	char *target;			/* MsvAvTargetName, or NULL */
	struct auth_identity id;
};

static int ntlmssp_wipe(struct ntlmssp *n)
{
	explicit_bzero(n->exported, sizeof(n->exported));
	explicit_bzero(n->id.key, sizeof(n->id.key));
	return 0;
}

struct ntlmssp *ntlmssp_new(TALLOC_CTX *ctx, const struct auth_env *env,
			    const struct auth_peer *peer)
{
	struct ntlmssp *n = talloc_zero(ctx, struct ntlmssp);

	if (!n)
		return NULL;
	n->env = env;
	n->peer = peer;
	n->reason = "";
	talloc_set_destructor(n, ntlmssp_wipe);
	return n;
}

static ntstatus ntlm_fail(struct ntlmssp *n, ntstatus status, const char *reason)
{
	n->reason = reason;
	return status;
}

static uint64_t filetime_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ((uint64_t)ts.tv_sec + FILETIME_EPOCH_DIFF) * FILETIME_SECOND + (uint64_t)ts.tv_nsec / 100;
}

static bool keep_message(struct ntlmssp *n, struct blob in, struct blob *ret)
{
	*ret = (struct blob){ talloc_memdup(n, in.data, in.len), in.len };
	return ret->data;
}

/* [MS-NLMP] 3.2.5.1.1 */
static ntstatus step_negotiate(struct ntlmssp *n, struct blob in, struct blob *out)
{
	const uint32_t taken = NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL |
		NTLMSSP_NEGOTIATE_ALWAYS_SIGN | NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY |
		NTLMSSP_NEGOTIATE_128 | NTLMSSP_NEGOTIATE_56 | NTLMSSP_NEGOTIATE_KEY_EXCH |
		NTLMSSP_NEGOTIATE_VERSION;
	struct ntlm_challenge args = {
		.netbios_name = n->env->netbios_name, .netbios_domain = n->env->workgroup,
		.dns_name = n->env->dns_name, .dns_domain = n->env->dns_domain,
		.timestamp = filetime_now(),
	};
	uint32_t flags;

	if (!ntlm_decode_negotiate(in, &flags))
		return ntlm_fail(n, NT_INVALID_PARAMETER, "malformed NEGOTIATE_MESSAGE");
	if (!(flags & CHARACTER_SETS))
		return ntlm_fail(n, NT_INVALID_PARAMETER, "client offers no character set");
	n->flags = (flags & taken) | NTLMSSP_NEGOTIATE_NTLM | NTLMSSP_REQUEST_TARGET |
		   NTLMSSP_TARGET_TYPE_SERVER | NTLMSSP_NEGOTIATE_TARGET_INFO;
	n->flags |= flags & NTLMSSP_NEGOTIATE_UNICODE ? NTLMSSP_NEGOTIATE_UNICODE :
							NTLMSSP_NEGOTIATE_OEM;
	crypto_random(n->challenge, sizeof(n->challenge));
	args.flags = n->flags;
	memcpy(args.challenge, n->challenge, sizeof(args.challenge));
	if (ntlm_encode_challenge(n, &args, &n->challenge_msg) < 0 ||
	    !keep_message(n, in, &n->negotiate))
		return ntlm_fail(n, NT_NO_MEMORY, "no CHALLENGE_MESSAGE could be made");
	*out = n->challenge_msg;
	n->stage = STAGE_AUTHENTICATE;
	return NT_MORE_PROCESSING_REQUIRED;
}

/* [MS-NLMP] 3.2.5.1.2: no user name, no NT response, and an LM response of nothing or Z(1) */
static bool is_anonymous(const struct ntlm_authenticate *a)
{
	return !*a->user && !a->nt.len &&
	       (!a->lm.len || (a->lm.len == 1 && !a->lm.data[0]));
}

#define NO_CRYPTO "the algorithms of NTLM are not to be had (FIPS mode?)"

/* ExportedSessionKey from KeyExchangeKey, [MS-NLMP] 3.2.5.1.2. */
static ntstatus export_key(struct ntlmssp *n, const uint8_t kxk[NTLM_KEY_LEN])
{
	const struct blob enc = n->auth.enc_key;

	n->flags &= n->auth.flags | NTLMSSP_NEGOTIATE_NTLM;
	/* The client sends a random key only for signing or sealing, 3.1.5.1.2. */
	if ((n->flags & NTLMSSP_NEGOTIATE_KEY_EXCH) && enc.len) {
		if (enc.len != NTLM_KEY_LEN)
			return ntlm_fail(n, NT_INVALID_PARAMETER, "malformed session key");
		if (crypto_rc4((struct blob){ kxk, NTLM_KEY_LEN }, enc, n->exported))
			return ntlm_fail(n, NT_NOT_SUPPORTED, NO_CRYPTO);
		n->has_key = true;
		return NT_OK;
	}
	if ((n->flags & NTLMSSP_NEGOTIATE_KEY_EXCH) &&
	    (n->flags & (NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL)))
		return ntlm_fail(n, NT_INVALID_PARAMETER, "the session key is missing");
	n->flags &= ~(uint32_t)NTLMSSP_NEGOTIATE_KEY_EXCH;
	memcpy(n->exported, kxk, NTLM_KEY_LEN);
	n->has_key = true;
	return NT_OK;
}

static void session_key(struct ntlmssp *n)
{
	n->id.key_len = AUTH_KEY_LEN;
	memcpy(n->id.key, n->exported, AUTH_KEY_LEN);
}

/* A standalone server is the domain of its accounts, and of the guest. */
static ntstatus name_domain(struct ntlmssp *n)
{
	n->id.domain = talloc_strdup(n, n->env->netbios_name);
	return n->id.domain ? NT_OK : ntlm_fail(n, NT_NO_MEMORY, "out of memory");
}

/* Guest and anonymous user run as the "guest account" of smb.conf. */
static ntstatus identify_guest_account(struct ntlmssp *n)
{
	const char *name = n->env->guest_account;

	if (!name || !*name)
		return ntlm_fail(n, NT_LOGON_FAILURE, "there is no guest account");
	n->id.user = n->id.account = talloc_strdup(n, name);
	return n->id.user ? NT_OK : ntlm_fail(n, NT_NO_MEMORY, "out of memory");
}

static ntstatus finish_anonymous(struct ntlmssp *n)
{
	static const uint8_t zero[NTLM_KEY_LEN];
	ntstatus status;

	if (n->env->restrict_anonymous >= 2)
		return ntlm_fail(n, NT_ACCESS_DENIED, "anonymous logon is refused by policy");
	status = identify_guest_account(n);
	if (status != NT_OK)
		return status;
	/*
	 * [MS-NLMP] 3.3.1, 3.3.2: KeyExchangeKey is zero.  An eavesdropper can derive the session
	 * key, which protects nothing; clients sign and seal with it all the same.
	 */
	status = export_key(n, zero);
	if (status != NT_OK)
		return status;
	session_key(n);
	n->id.anonymous = true;
	n->id.user = "";
	n->id.domain = "";
	return NT_OK;
}

static ntstatus finish_guest(struct ntlmssp *n)
{
	ntstatus status = identify_guest_account(n);

	n->id.guest = true;
	return status == NT_OK ? name_domain(n) : status;
}

/*
 * [MS-NLMP] 3.2.5.1.2: the MIC covers all three messages, with itself as zero.  A client that
 * announced one (MsvAvFlags) must send it; one that was not announced is checked, too.
 *
 * Implementation: a client that announces no MIC need not send one.  3.1.5.1.2 says that a client
 * SHOULD send one since our CHALLENGE carries a time; Windows since 7, smbclient and macOS do, and
 * a relay cannot clear the announcement, for the proof covers MsvAvFlags.  The client of the Linux
 * kernel and Windows before 7 send none.  The name in MsvAvTargetName is logged and not compared:
 * clients reach a server by any alias, address or mDNS name, and a relay may choose the name that
 * the user types. Signing protects against relays: `server signing = mandatory`.
 */
static bool check_mic(const struct ntlmssp *n, struct blob in, uint32_t av_flags)
{
	static const uint8_t zero[NTLM_MIC_LEN];
	const size_t after = NTLM_MIC_OFFSET + NTLM_MIC_LEN;
	uint8_t mic[CRYPTO_MD_LEN];

	if (!n->auth.mic)
		return !(av_flags & MSV_AV_FLAG_MIC);
	if (!(av_flags & MSV_AV_FLAG_MIC) && crypto_equal(n->auth.mic, zero, NTLM_MIC_LEN))
		return true;
	const struct blob parts[] = {
		n->negotiate, n->challenge_msg, { in.data, NTLM_MIC_OFFSET },
		{ zero, NTLM_MIC_LEN }, { in.data + after, in.len - after },
	};

	if (crypto_hmac_md5((struct blob){ n->exported, NTLM_KEY_LEN }, parts, ARRAY_LEN(parts),
			    mic))
		return false;
	return crypto_equal(mic, n->auth.mic, NTLM_MIC_LEN);
}

/*
 * Finds the account of a client's name, through the username map, and user@domain as user.
 * Failures are counted by *@name: the account's own name, however the client spells it.
 */
static const struct passdb_entry *find_account(struct ntlmssp *n, const char **name)
{
	const char *mapped = usermap_apply(n->env->usermap, n->auth.user);
	const struct passdb_entry *e = passdb_find(n->env->passdb, mapped);
	const char *at = strchr(mapped, '@');

	*name = mapped;
	if (!e && at) {
		char *head = talloc_strndup(n, mapped, (size_t)(at - mapped));

		e = head ? passdb_find(n->env->passdb, head) : NULL;
		if (head)
			*name = head;
	}
	if (e)
		*name = e->name;
	return e;
}

/* A logon with a name, walked through the steps below. */
struct proof {
	struct ntlm_v2_response v2;
	const char *name;			/* by which failures are counted */
	const struct passdb_entry *account;	/* NULL: unknown */
	enum lockout_verdict verdict;		/* LOCKOUT_NONE: the password is checked */
	bool is_v2;				/* the client sent NTLMv2 */
	bool right;
	uint8_t base_key[NTLM_KEY_LEN];
};

/* An unknown name takes the same work, so that the time does not tell which accounts exist. */
static ntstatus proof_check(struct ntlmssp *n, struct proof *p)
{
	const uint8_t *hash = p->account ? p->account->hash : n->env->dummy_hash;
	uint8_t owf[CRYPTO_MD_LEN], want[CRYPTO_MD_LEN];
	bool equal;
	int r;

	r = ntlm_owf_v2(hash, n->auth.user, n->auth.domain16, owf);
	if (r == 0)
		r = ntlm_v2_proof(owf, n->challenge, p->v2.temp, want, p->base_key);
	if (r == -EIO)
		return ntlm_fail(n, NT_NOT_SUPPORTED, NO_CRYPTO);
	if (r < 0)
		return ntlm_fail(n, NT_NO_MEMORY, "out of memory");
	equal = crypto_equal(want, p->v2.proof, CRYPTO_MD_LEN);
	explicit_bzero(owf, sizeof(owf));
	explicit_bzero(want, sizeof(want));
	p->right = equal && p->account;
	return NT_OK;
}

static const char *refusal_text(const struct proof *p)
{
	if (p->verdict == LOCKOUT_ADDRESS)
		return "the address is locked after too many failures";
	if (p->verdict == LOCKOUT_ACCOUNT)
		return "the account is locked for this address after too many failures";
	return p->account ? "wrong password" : "unknown user";
}

/* A refused client becomes the guest where "map to guest" says so, locked out or not. */
static ntstatus proof_refuse(struct ntlmssp *n, const struct proof *p)
{
	const enum auth_map_to_guest map = n->env->map_to_guest;

	if (p->verdict == LOCKOUT_BUSY)
		return ntlm_fail(n, NT_INSUFF_SERVER_RESOURCES,
				 "it would wait, and too many wait after failures: try again");
	if (map == AUTH_GUEST_BAD_PASSWORD || (map == AUTH_GUEST_BAD_USER && !p->account))
		return finish_guest(n);
	/* [MS-NLMP] 2.2.2.6: an NTLMv1 response has 24 bytes; longer is a broken NTLMv2 one */
	if (!p->is_v2 && n->auth.nt.len > 24)
		return ntlm_fail(n, NT_INVALID_PARAMETER, "malformed NTLMv2 response");
	if (!p->is_v2)
		return ntlm_fail(n, NT_LOGON_FAILURE, "not an NTLMv2 response");
	n->guessed = true;
	return ntlm_fail(n, p->verdict == LOCKOUT_NONE ? NT_LOGON_FAILURE : NT_ACCOUNT_LOCKED_OUT,
			 refusal_text(p));
}

/* Asks whether the password may be checked, and when the answer may be sent. */
static void proof_admit(struct ntlmssp *n, struct proof *p)
{
	if (n->peer && n->peer->lockouts)
		p->verdict = lockouts_ask(n->peer->lockouts, p->name, n->peer->host, n->peer->now,
					  &n->delay);
}

/*
 * Counts a wrong password, or an unknown name unless "map to guest" makes it the guest. Forgives
 * the account's failures at this address after a right one.
 */
static void proof_count(struct ntlmssp *n, const struct proof *p)
{
	const struct auth_peer *peer = n->peer;

	if (!peer || !peer->lockouts)
		return;
	if (p->right)
		lockouts_passed(peer->lockouts, p->name, peer->host, peer->now);
	else if (p->account || n->env->map_to_guest == AUTH_GUEST_NEVER)
		n->locks = lockouts_failed(peer->lockouts, p->name, peer->host, peer->now);
}

static ntstatus proof_accept(struct ntlmssp *n, const struct proof *p, struct blob in)
{
	ntstatus status = export_key(n, p->base_key);

	if (status != NT_OK)
		return status;
	if (!check_mic(n, in, p->v2.av_flags))
		return ntlm_fail(n, NT_INVALID_PARAMETER, "wrong MIC: the exchange was altered");
	if (p->account->disabled)
		return ntlm_fail(n, NT_ACCOUNT_DISABLED, "the account is disabled");
	n->id.user = n->id.account = talloc_strdup(n, p->account->name);
	if (!n->id.user)
		return ntlm_fail(n, NT_NO_MEMORY, "out of memory");
	session_key(n);
	return name_domain(n);
}

static ntstatus try_proof(struct ntlmssp *n, struct proof *p, struct blob in)
{
	ntstatus status;

	proof_admit(n, p);
	if (p->verdict != LOCKOUT_NONE)
		return proof_refuse(n, p);
	status = proof_check(n, p);
	if (status != NT_OK)
		return status;
	proof_count(n, p);
	return p->right ? proof_accept(n, p, in) : proof_refuse(n, p);
}

/* [MS-NLMP] 3.2.5.1.2 */
static ntstatus step_authenticate(struct ntlmssp *n, struct blob in)
{
	struct proof p = {};
	ntstatus status;

	if (!ntlm_decode_authenticate(n, in, &n->auth) ||
	    ((n->auth.flags ^ n->flags) & NTLMSSP_NEGOTIATE_UNICODE))
		return ntlm_fail(n, NT_INVALID_PARAMETER, "malformed AUTHENTICATE_MESSAGE");
	if (is_anonymous(&n->auth))
		return finish_anonymous(n);
	if (n->env->ntlm_disabled)
		return ntlm_fail(n, NT_LOGON_FAILURE, "NTLM is disabled by policy");
	p.account = find_account(n, &p.name);
	p.is_v2 = ntlm_decode_v2_response(n->auth.nt, &p.v2);
	if (!p.is_v2)
		return proof_refuse(n, &p);
	if (p.v2.target.len && p.v2.target.len <= 2 * NTLM_MAX_NAME)
		n->target = utf16_to_utf8(n, p.v2.target);
	status = try_proof(n, &p, in);
	explicit_bzero(p.base_key, sizeof(p.base_key));
	return status;
}

ntstatus ntlmssp_step(struct ntlmssp *n, struct blob in, struct blob *out)
{
	ntstatus status;

	*out = (struct blob){ NULL, 0 };
	if (n->stage == STAGE_NEGOTIATE) {
		status = step_negotiate(n, in, out);
	} else if (n->stage == STAGE_AUTHENTICATE) {
		status = step_authenticate(n, in);
		if (status == NT_OK)
			n->stage = STAGE_DONE;
	} else {
		status = ntlm_fail(n, NT_INVALID_PARAMETER, "a message after the last");
	}
	if (status != NT_OK && status != NT_MORE_PROCESSING_REQUIRED)
		n->stage = STAGE_FAILED;
	return status;
}

const struct auth_identity *ntlmssp_identity(const struct ntlmssp *n)
{
	return n->stage == STAGE_DONE ? &n->id : NULL;
}

const char *ntlmssp_reason(const struct ntlmssp *n)
{
	return n->reason;
}

bool ntlmssp_guessed(const struct ntlmssp *n)
{
	return n->guessed;
}

enum lockout_verdict ntlmssp_locks(const struct ntlmssp *n)
{
	return n->locks;
}

uint64_t ntlmssp_delay(const struct ntlmssp *n)
{
	return n->delay;
}

static const char *text_of(const char *s)
{
	return s ? s : "";
}

struct auth_claims ntlmssp_claims(const struct ntlmssp *n)
{
	return (struct auth_claims){
		.user = text_of(n->auth.user), .domain = text_of(n->auth.domain),
		.workstation = text_of(n->auth.workstation), .target = text_of(n->target),
	};
}

static bool can_sign(const struct ntlmssp *n)
{
	return n->stage == STAGE_DONE && n->has_key &&
	       (n->flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY);
}

bool ntlmssp_sign(const struct ntlmssp *n, struct blob msg, uint8_t mic[NTLMSSP_SIGNATURE_LEN])
{
	return can_sign(n) && !ntlm_mac(n->flags, n->exported, NTLM_SERVER, msg, mic);
}

bool ntlmssp_verify(const struct ntlmssp *n, struct blob msg, struct blob mic)
{
	uint8_t want[NTLMSSP_SIGNATURE_LEN];

	if (!can_sign(n) || mic.len != sizeof(want))
		return false;
	return !ntlm_mac(n->flags, n->exported, NTLM_CLIENT, msg, want) &&
	       crypto_equal(want, mic.data, sizeof(want));
}
