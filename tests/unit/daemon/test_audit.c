// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/upcall/audit.c daemon/auth/*.c daemon/passdb/file.c daemon/util/*.c
/* No name of a client makes a line of the log say another thing to those who read it. */
#include <ctype.h>
#include <regex.h>
#include <stdio.h>

#include "ntlm_client.h"
#include "upcall/audit.h"
#include "util/log.h"
#include "util/utf.h"

static const struct lockout_policy policy = { .limit = 3, .lock_time = 60 };

static struct auth_env env = {
	.netbios_name = "SERVER", .workgroup = "W", .dns_name = "server", .dns_domain = "",
	.guest_account = "nobody",
};

/* failregex of the filter that is shipped, as a POSIX expression whose first group is the address. */
static void read_filter(regex_t *re)
{
	static const char key[] = "failregex = ", addr[] = "<ADDR>";
	char path[4096], line[512] = "", full[600];
	FILE *f;
	char *at;

	snprintf(path, sizeof(path), "%s/etc/fail2ban/cifssrv.conf", getenv("TOP") ? getenv("TOP") : ".");
	f = fopen(path, "r");
	assert(f);
	while (strncmp(line, key, strlen(key)))
		assert(fgets(line, sizeof(line), f));
	fclose(f);
	line[strcspn(line, "\n")] = 0;
	at = strstr(line, addr);
	assert(at);
	snprintf(full, sizeof(full), "%.*s([0-9A-Fa-f:.]+)%s", (int)(at - line - strlen(key)),
		 line + strlen(key), at + strlen(addr));
	assert(!regcomp(re, full, REG_EXTENDED));
}

/* One that ends in @c's last leg. */
static struct logon *logon(struct logons *l, struct ntlm_client *c, const char *host)
{
	static uint64_t id;
	struct logon *lo;
	struct blob out;

	assert(!logons_begin(l, ++id, host, 1, &lo));
	client_negotiate(c);
	assert(negotiate_step(lo->negotiate, msg_blob(&c->negotiate), &out) ==
	       NT_MORE_PROCESSING_REQUIRED);
	c->challenge.len = 0;
	msg_add(&c->challenge, out.data, out.len);
	client_authenticate(c);
	negotiate_step(lo->negotiate, msg_blob(&c->authenticate), &out);
	return lo;
}

static char *logged;	/* the line about a logon that was logged last */

static void on_line(int prio, const struct log_about *about, const char *line)
{
	(void)about;
	if (prio != LOG_NOTICE)
		return;
	talloc_free(logged);
	logged = talloc_strdup(NULL, line);
}

static const char *line_of(struct logon *lo, ntstatus status)
{
	TALLOC_FREE(logged);
	audit_logon(lo, negotiate_identity(lo->negotiate), status, negotiate_reason(lo->negotiate),
		    policy.lock_time);
	assert(logged);
	return logged;
}

/* The address that fail2ban would ban for @line; "": none. */
static const char *banned(const regex_t *re, const char *line)
{
	static char addr[64];
	regmatch_t m[2];

	if (regexec(re, line, 2, m, 0))
		return "";
	snprintf(addr, sizeof(addr), "%.*s", (int)(m[1].rm_eo - m[1].rm_so), line + m[1].rm_so);
	return addr;
}

static void forged_names_ban_nobody_else(const regex_t *re, struct logons *l)
{
	static const char *const names[] = {
		"bob",
		"x\" from 203.0.113.7: wrong password (0xC000006D), user \"y",
		"x\nlogon failed from 203.0.113.7: wrong password (0xC000006D), user \"y\"",
		"\r\x1b[2Klogon failed from 203.0.113.7: unknown user (0xC000006D), user \"",
		"\\", "\\\"", "a\\", "logon failed from 203.0.113.7: ",
		"Nov 30 05:00:00 nas cifssrvd[1]: logon failed from 203.0.113.7: wrong password (0xC000006D), user \"y",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		for (int field = 0; field < 2; field++) {
			struct ntlm_client c = {
				.user = field ? "bob" : names[i], .upper_user = field ? "BOB" : names[i],
				.domain = field ? names[i] : "D", .password = "no", .flags = CLIENT_FLAGS,
			};
			struct logon *lo = logon(l, &c, "192.0.2.9");
			const char *line = line_of(lo, NT_LOGON_FAILURE);

			assert(!strcmp(banned(re, line), "192.0.2.9"));
			for (const char *p = line; *p; p++)
				assert(!iscntrl((unsigned char)*p));
			/* what it was quoted from can be told: the quotes that are not escaped are ours */
			size_t quotes = 0;

			for (const char *p = line; *p; p++) {
				if (*p == '\\' && p[1])
					p++;
				else
					quotes += *p == '"';
			}
			assert(quotes == 8);
			talloc_free(lo);
		}
	}
}

static bool starts(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

static void lines_say_what_happened(const regex_t *re)
{
	struct lockouts *lockouts = lockouts_new(NULL, &policy);
	struct logons *l = logons_new(lockouts, &env, lockouts);
	struct ntlm_client c = {
		.user = "User", .upper_user = "USER", .domain = "CORP", .password = "Password",
		.flags = CLIENT_FLAGS, .want_mic = true,
	};
	struct logon *lo = logon(l, &c, "2001:db8::1");

	assert(!strcmp(line_of(lo, NT_OK), "logon succeeded from 2001:db8::1: account \"User\", "
		       "user \"User\", domain \"CORP\", workstation \"\", target \"\""));
	c.break_mic = true;
	lo = logon(l, &c, "2001:db8::1");
	assert(!strcmp(line_of(lo, NT_INVALID_PARAMETER), "logon refused from 2001:db8::1: "
		       "wrong MIC: the exchange was altered (0xC000000D), user \"User\", "
		       "domain \"CORP\", workstation \"\", target \"\""));
	assert(!*banned(re, line_of(lo, NT_INVALID_PARAMETER)));
	c.break_mic = false;
	c.password = "no";
	for (int i = 0; i < 3; i++) {
		lo = logon(l, &c, "2001:db8::1");
		assert(strstr(line_of(lo, NT_LOGON_FAILURE), ": wrong password (0xC000006D), "));
		assert(!strcmp(banned(re, line_of(lo, NT_LOGON_FAILURE)), "2001:db8::1"));
	}
	assert(negotiate_locks(lo->negotiate) == LOCKOUT_ACCOUNT);
	lo = logon(l, &c, "2001:db8::1");
	assert(strstr(line_of(lo, NT_ACCOUNT_LOCKED_OUT), "account is locked for this address"));
	assert(!strcmp(banned(re, line_of(lo, NT_ACCOUNT_LOCKED_OUT)), "2001:db8::1"));
	lo = logon(l, &c, "");
	assert(starts(line_of(lo, NT_LOGON_FAILURE), "logon failed from unknown: "));
	assert(!*banned(re, line_of(lo, NT_LOGON_FAILURE)));
	env.map_to_guest = AUTH_GUEST_BAD_PASSWORD;
	lo = logon(l, &c, "10.0.0.1");
	assert(starts(line_of(lo, NT_OK),
		      "logon succeeded from 10.0.0.1 as guest: account \"nobody\", user"));
	c.anonymous = true;
	c.want_mic = false;
	lo = logon(l, &c, "10.0.0.1");
	assert(starts(line_of(lo, NT_OK),
		      "logon succeeded from 10.0.0.1 as anonymous: account \"nobody\", user \"\""));
	env.map_to_guest = AUTH_GUEST_NEVER;
	talloc_free(l);
	talloc_free(lockouts);
}

int main(void)
{
	struct passdb *db = passdb_new(NULL);
	uint8_t hash[16];
	struct logons *l;
	regex_t re;

	assert(!crypto_init());
	assert(!passdb_hash_password("Password", hash) && !passdb_add(db, "User", hash, 1));
	env.passdb = db;
	log_set_sink(on_line);
	l = logons_new(NULL, &env, NULL);
	read_filter(&re);
	forged_names_ban_nobody_else(&re, l);
	lines_say_what_happened(&re);
	regfree(&re);
	talloc_free(l);
	talloc_free(db);
	talloc_free(logged);
	puts("daemon_audit: ok");
	return 0;
}
