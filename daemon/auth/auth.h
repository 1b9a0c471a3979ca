/* SPDX-License-Identifier: GPL-2.0-or-later */
/* auth/auth.h - what a logon is decided by, and what comes of it */
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
 * struct auth_env - the policy and the data that logons are decided by
 * @netbios_name: of this server
 * @workgroup: its workgroup
 * @dns_name: its host name, fully qualified when that is known
 * @dns_domain: what follows the first dot of that, or ""
 * @passdb: the accounts
 * @usermap: may be NULL
 * @ntlm_disabled: only the anonymous user may come in
 * @map_to_guest: enum auth_map_to_guest
 * @guest_account: name of the account that guests and the anonymous user run as
 * @restrict_anonymous: 2 refuses the anonymous user
 * @dummy_hash: random, stands for the hash of an unknown account so that
 *	finding none takes as long as finding one
 * @lockout: what failed logons lead to
 *
 * Owned by the manager, outlives every logon.  A reload replaces members
 * between two legs; nothing keeps pointers into it across legs.
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
 * struct auth_claims - what a client said about itself, for the log; "" what it did not say
 * @user: UserName
 * @domain: DomainName
 * @workstation: Workstation
 * @target: MsvAvTargetName: the server that the client meant, "cifs/NAME"
 *
 * UTF-8, and otherwise any characters.
 */
struct auth_claims {
	const char *user;
	const char *domain;
	const char *workstation;
	const char *target;
};

/**
 * struct auth_identity - who logged on
 * @guest: as the guest
 * @anonymous: with the null session
 * @user: account as spelled in the database; "" for the anonymous user
 * @domain: NetBIOS name of this server, whose accounts they are; "" for the anonymous user
 * @account: whose uid and groups it has: a name for names_user()
 * @key_len: AUTH_KEY_LEN, or 0 for the guest
 * @key: session key for SMB, wiped with the logon; the anonymous user's is no secret
 *
 * Pointers belong to the logon that made it.
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
