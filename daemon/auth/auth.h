/* SPDX-License-Identifier: GPL-2.0-or-later */
/* auth/auth.h - the policy for logons, and their result */
#ifndef CIFSSRVD_AUTH_AUTH_H
#define CIFSSRVD_AUTH_AUTH_H

#include <stdbool.h>
#include <stdint.h>
#include "../passdb/file.h"
#include "lockout.h"
#include "usermap.h"

#define AUTH_KEY_LEN	16

/* smb.conf "map to guest" */
enum auth_map_to_guest {
	AUTH_GUEST_NEVER,
	AUTH_GUEST_BAD_USER,		/* an unknown name becomes the guest */
	AUTH_GUEST_BAD_PASSWORD,	/* a wrong password too */
};

/**
 * struct auth_env - policy and data for logons
 * @netbios_name: of this server
 * @workgroup: its workgroup
 * @dns_name: its host name, fully qualified when that is known
 * @dns_domain: @dns_name behind its first dot, or ""
 * @passdb: the accounts
 * @usermap: may be NULL
 * @ntlm_disabled: only the anonymous user may log on
 * @map_to_guest: enum auth_map_to_guest
 * @guest_account: name of the account that guests and the anonymous user run as
 * @restrict_anonymous: 2 refuses the anonymous user
 * @dummy_hash: random, checked instead of the hash of an unknown account, so that an unknown name
 *	takes as long as a known one
 * @lockout: delays and lock-outs after failed logons
 *
 * Owned by the manager, outlives every logon.  A reload replaces members
 * between two legs; no pointer into it is kept across legs.
 */
struct auth_env {
	const char *netbios_name;
	const char *workgroup;
	const char *dns_name;
	const char *dns_domain;
	const struct passdb *passdb;
	const struct usermap *usermap;
	bool ntlm_disabled;
	enum auth_map_to_guest map_to_guest;
	const char *guest_account;
	uint32_t restrict_anonymous;
	uint8_t dummy_hash[PASSDB_HASH_LEN];
	struct lockout_policy lockout;
};

/**
 * struct auth_peer - where a logon comes from
 * @host: the client's address as text
 * @lockouts: where failures are counted; NULL: nowhere
 * @now: monotonic microseconds, of the leg at hand
 */
struct auth_peer {
	const char *host;
	struct lockouts *lockouts;
	uint64_t now;
};

/**
 * struct auth_claims - a client's own words about itself, for the log; "" where it sent none
 * @user: UserName
 * @domain: DomainName
 * @workstation: Workstation
 * @target: MsvAvTargetName: the server that the client meant, "cifs/NAME"
 *
 * UTF-8, of any characters.
 */
struct auth_claims {
	const char *user;
	const char *domain;
	const char *workstation;
	const char *target;
};

/**
 * struct auth_identity - the user that logged on
 * @guest: the user is the guest
 * @anonymous: the session is a null session
 * @user: account as spelled in the database; "" for the anonymous user
 * @domain: NetBIOS name of this server, which has the accounts; "" for the anonymous user
 * @account: name for names_user(), which gives uid and groups
 * @key_len: AUTH_KEY_LEN, or 0 for the guest
 * @key: session key for SMB, wiped with the logon; the anonymous user's is no secret
 *
 * The logon that made it owns its strings.
 */
struct auth_identity {
	bool guest;
	bool anonymous;
	const char *user;
	const char *domain;
	const char *account;
	size_t key_len;
	uint8_t key[AUTH_KEY_LEN];
};

#endif /* CIFSSRVD_AUTH_AUTH_H */
