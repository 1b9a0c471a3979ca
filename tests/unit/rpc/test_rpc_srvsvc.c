// SPDX-License-Identifier: GPL-2.0-or-later
/* [MS-SRVS]: levels, access, errors, resuming, and the bytes of the answers */
#include "rpctest.h"

#define ALL	UINT32_MAX

/* NetrShareEnum or its like: the method's return value */
static uint32_t do_enum(struct client *c, uint16_t opnum, uint32_t level)
{
	struct ndr_out *stub = stub_new();

	if (opnum == 9 || opnum == 12) {	/* files, sessions: two filters */
		put_opt_string(stub, NULL);
		put_opt_string(stub, NULL);
	} else if (opnum == 8) {
		put_opt_string(stub, "data");
	}
	put_enum(stub, level, ALL, true, 0);
	assert(client_call(c, opnum, stub) == 0);
	return client_werr(c);
}

static uint32_t share_info(struct client *c, const char *share, uint32_t level)
{
	struct ndr_out *stub = stub_new();

	ndr_put_string(stub, share);
	ndr_put_u32(stub, level);
	assert(client_call(c, 16, stub) == 0);
	return client_werr(c);
}

static uint32_t server_info(struct client *c, uint32_t level)
{
	struct ndr_out *stub = stub_new();

	ndr_put_u32(stub, level);
	assert(client_call(c, 21, stub) == 0);
	return client_werr(c);
}

/* The request of [MS-SRVS] 3.1.4.8 written out, and the answer to the byte. */
static void share_enum_0_to_the_byte(void)
{
	static const uint8_t req[] = {
		0, 0, 0, 0,				/* ServerName: NULL */
		0, 0, 0, 0, 0, 0, 0, 0,			/* level 0, and again for the union */
		1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,	/* container: no entries, no buffer */
		0xff, 0xff, 0xff, 0xff,			/* PreferedMaximumLength */
		1, 0, 0, 0, 0, 0, 0, 0,			/* ResumeHandle: 0 */
	};
	static const uint8_t want[] = {
		0, 0, 0, 0, 0, 0, 0, 0,
		0x00, 0, 2, 0, 3, 0, 0, 0, 0x04, 0, 2, 0,
		3, 0, 0, 0, 0x08, 0, 2, 0, 0x0c, 0, 2, 0, 0x10, 0, 2, 0,
		5, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0,
		'd', 0, 'a', 0, 't', 0, 'a', 0, 0, 0, 0, 0,
		6, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0,
		'g', 0, 'r', 0, 0xf6, 0, 0xdf, 0, 'e', 0, 0, 0,
		5, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0,
		'I', 0, 'P', 0, 'C', 0, '$', 0, 0, 0, 0, 0,
		3, 0, 0, 0,				/* TotalEntries */
		0x14, 0, 2, 0, 0, 0, 0, 0,		/* ResumeHandle */
		0, 0, 0, 0,				/* NERR_Success */
	};
	struct client *c = client_bound("srvsvc", &plain);
	struct ndr_out *stub = pdu_new_test();

	ndr_put_bytes(stub, req, sizeof(req));
	assert(client_call(c, 15, stub) == 0);
	assert(c->stub_len == sizeof(want) && !memcmp(c->stub, want, sizeof(want)));
	client_free(c);
}

struct expect {
	uint32_t level;
	uint32_t anyone;
	uint32_t admin;
};

/* As Windows answers; smbtorture's rpc.srvsvc looks for the same. */
static void levels_and_who_may_have_them(void)
{
	static const struct expect share_enum[] = {
		{ 0, 0, 0 }, { 1, 0, 0 }, { 2, 5, 0 }, { 501, 5, 0 }, { 502, 5, 0 },
		{ 3, 124, 124 }, { 503, 124, 124 }, { 1005, 124, 124 }, { ALL, 124, 124 },
	};
	static const struct expect sticky[] = {
		{ 0, 0, 0 }, { 1, 0, 0 }, { 2, 5, 0 }, { 501, 124, 124 }, { 502, 5, 0 },
	};
	static const struct expect get[] = {
		{ 0, 0, 0 }, { 1, 0, 0 }, { 2, 5, 0 }, { 501, 0, 0 }, { 502, 5, 0 },
		{ 1005, 0, 0 }, { 1004, 124, 124 }, { 4711, 124, 124 },
	};
	static const struct expect server[] = {
		{ 100, 0, 0 }, { 101, 0, 0 }, { 102, 5, 0 }, { 502, 124, 124 },
		{ 503, 124, 124 }, { 599, 124, 124 }, { 1, 124, 124 },
	};
	const struct rpc_caller *who[] = { &plain, &guest, &anon, &admin };

	for (unsigned int i = 0; i < 4; i++) {
		struct client *c = client_bound("srvsvc", who[i]);

#define CHECK(table, call) \
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) { \
		uint32_t level = table[k].level; \
		uint32_t got = (call); \
		assert(got == (who[i]->is_admin ? table[k].admin : table[k].anyone)); \
	}
		CHECK(share_enum, do_enum(c, 15, level));
		CHECK(sticky, do_enum(c, 36, level));
		CHECK(get, share_info(c, "data", level));
		CHECK(server, server_info(c, level));
		client_free(c);
	}
}

static void state_is_for_administrators(void)
{
	static const struct { uint16_t opnum; uint32_t level; } t[] = {
		{ 12, 0 }, { 12, 1 }, { 12, 2 }, { 12, 10 }, { 12, 502 }, { 8, 0 }, { 8, 1 },
		{ 9, 2 }, { 9, 3 },
	};
	struct client *a = client_bound("srvsvc", &admin);
	struct client *p = client_bound("srvsvc", &plain);

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert(do_enum(a, t[i].opnum, t[i].level) == 0);
		assert(do_enum(p, t[i].opnum, t[i].level) == 5);
		assert(do_enum(a, t[i].opnum, t[i].level + 77) == 124);
	}
	client_free(a);
	client_free(p);
}

static void restrict_anonymous_hides_lists(void)
{
	struct client *c = client_bound("srvsvc", &anon);
	struct client *p = client_bound("srvsvc", &plain);

	c->fake.restrict_anonymous = 1;
	p->fake.restrict_anonymous = 1;
	assert(do_enum(c, 15, 1) == 5);
	assert(share_info(c, "data", 1) == 5);
	assert(do_enum(p, 15, 1) == 0);
	client_free(c);
	client_free(p);
}

/* Is @name, with its terminator, among the strings of the last answer? */
static bool answer_has(const struct client *c, const char *name)
{
	uint8_t wide[64] = {};
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++)
		wide[2 * i] = (uint8_t)name[i];
	return memmem(c->stub, c->stub_len, wide, 2 * n + 2);
}

/* smb.conf(5), [homes]: everybody's own home is a share of that name, and nobody else's. */
static void homes_are_shown_to_whoever_they_belong_to(void)
{
	static const struct rpc_caller data = { .user = "DATA", .host = "::1" };
	const struct { const struct rpc_caller *who; bool has; } t[] = {
		{ &plain, true }, { &admin, true }, { &guest, false }, { &anon, false }, { &data, false },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		const char *name = t[i].who->user ? t[i].who->user : "alice";
		struct client *c = client_bound("srvsvc", t[i].who);

		assert(do_enum(c, 15, 1) == 0 && !answer_has(c, name));
		assert(share_info(c, "bob", 1) == 2310);
		c->fake.homes = true;
		assert(do_enum(c, 15, 1) == 0 && answer_has(c, name) == t[i].has);
		assert(answer_has(c, "homes"));
		assert(share_info(c, "homes", 1) == 0);
		assert(share_info(c, "bob", 1) == 2310);
		if (t[i].has)
			assert(share_info(c, name, 1) == 0 && answer_has(c, "home"));
		c->fake.homes_hidden = true;
		assert(do_enum(c, 36, 0) == 0 && answer_has(c, name) == t[i].has);
		assert(!answer_has(c, "homes"));
		c->fake.broken = true;
		assert(do_enum(c, 15, 1) == (t[i].who->is_anonymous ? 5 : 8));
		client_free(c);
	}
}

/* smb.conf(5), "access based share enum": lists have the share for those only that it admits. */
static void shares_are_listed_by_access(void)
{
	static const char *const shares[] = { "data", "homes" };
	struct client *c = client_bound("srvsvc", &plain);

	c->fake.homes = true;
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		c->fake.abe = shares[i];
		for (c->fake.admitted = 6; c->fake.admitted < 9; c->fake.admitted++) {
			bool has = c->fake.admitted == 7;

			assert(do_enum(c, 15, 1) == 0 && answer_has(c, shares[i]) == has);
			assert(answer_has(c, "alice") == (has || !i));
			assert(do_enum(c, 36, 0) == 0 && answer_has(c, shares[i]) == has);
			assert(share_info(c, shares[i], 1) == 0 && share_info(c, "alice", 1) == 0);
		}
	}
	c->env.admits = NULL;
	assert(do_enum(c, 15, 1) == 0 && !answer_has(c, "homes") && answer_has(c, "data"));
	client_free(c);
}

static void share_info_tells_everything(void)
{
	struct client *c = client_bound("srvsvc", &admin);
	TALLOC_CTX *mem = talloc_new(NULL);
	struct ndr_in in;

	/* SHARE_INFO_502 */
	assert(share_info(c, "DATA", 502) == 0);
	in = client_stub(c, mem);
	assert(ndr_u32(&in) == 502 && ndr_ref(&in));
	assert(ndr_ref(&in) && ndr_u32(&in) == 0 && ndr_ref(&in));	/* name type remark */
	assert(ndr_u32(&in) == 0 && ndr_u32(&in) == ALL && ndr_u32(&in) == 3);
	assert(ndr_ref(&in) && !ndr_ref(&in));				/* path passwd */
	assert(ndr_u32(&in) == 0 && !ndr_ref(&in));			/* descriptor */
	assert(!strcmp(ndr_string(&in), "data"));
	assert(!strcmp(ndr_string(&in), "all the data"));
	assert(!strcmp(ndr_string(&in), "C:\\srv\\data"));
	assert(ndr_u32(&in) == 0 && ndr_ok(&in) && !ndr_left(&in));
	/* 501: caching; 1005: and what listings of directories leave out */
	assert(share_info(c, "data", 501) == 0);
	in = client_stub(c, mem);
	assert(ndr_u32(&in) == 501 && ndr_ref(&in) && ndr_ref(&in) && !ndr_u32(&in));
	assert(ndr_ref(&in) && ndr_u32(&in) == 0x0810);
	assert(share_info(c, "data", 1005) == 0);
	in = client_stub(c, mem);
	assert(ndr_u32(&in) == 1005 && ndr_ref(&in) && ndr_u32(&in) == 0x0810);
	assert(ndr_u32(&in) == 0 && !ndr_left(&in));
	/* IPC$ */
	assert(share_info(c, "ipc$", 1) == 0);
	in = client_stub(c, mem);
	assert(ndr_u32(&in) == 1 && ndr_ref(&in) && ndr_ref(&in) && ndr_u32(&in) == 0x80000003);
	/* case beyond ASCII; a hidden share; none at all */
	assert(share_info(c, "GRÖßE", 1) == 0);
	assert(share_info(c, "secret", 1) == 0);
	assert(share_info(c, "nothing", 1) == 2310);
	in = client_stub(c, mem);
	assert(ndr_u32(&in) == 1 && !ndr_ref(&in) && ndr_u32(&in) == 2310 && !ndr_left(&in));
	talloc_free(mem);
	client_free(c);
}

/* One page of NetrShareEnum level 1; the names are appended to @names. */
static uint32_t page(struct client *c, uint32_t pref, uint32_t *resume, unsigned int *n)
{
	struct ndr_out *stub = stub_new();
	TALLOC_CTX *mem = talloc_new(NULL);
	uint32_t count, total, err;
	struct ndr_in in;

	put_enum(stub, 1, pref, true, *resume);
	assert(client_call(c, 15, stub) == 0);
	in = client_stub(c, mem);
	assert(ndr_u32(&in) == 1 && ndr_u32(&in) == 1 && ndr_ref(&in));
	count = ndr_u32(&in);
	if (ndr_ref(&in)) {
		ndr_count(&in, count);
		ndr_take(&in, 12 * count);
		for (uint32_t i = 0; i < 2 * count; i++)
			assert(ndr_string(&in));
	}
	total = ndr_u32(&in);
	assert(ndr_ref(&in));
	*resume = ndr_u32(&in);
	err = ndr_u32(&in);
	assert(ndr_ok(&in) && !ndr_left(&in) && total >= count);
	*n += count;
	talloc_free(mem);
	return err;
}

static void pages_add_up(void)
{
	static const uint32_t prefs[] = { 200, 333, 1000, 4096, 65536 };

	for (size_t i = 0; i < sizeof(prefs) / sizeof(prefs[0]); i++) {
		struct client *c = client_bound("srvsvc", &plain);
		uint32_t resume = 0, err;
		unsigned int n = 0, pages = 0;

		c->fake.extra_shares = 500;
		do {
			err = page(c, prefs[i], &resume, &n);
			assert(err == 0 || err == 234);
			assert(++pages < 600);
		} while (err);
		assert(n == 503 && resume == 0);
		/* beyond the end there is nothing, and no error */
		n = 0;
		resume = 100000;
		assert(page(c, ALL, &resume, &n) == 0 && n == 0);
		/* too small for one entry: NERR_BufTooSmall, and no progress */
		resume = 0;
		assert(page(c, 10, &resume, &n) == 2123 && n == 0 && resume == 0);
		client_free(c);
	}
}

static void a_very_long_list_comes_in_pages_of_its_own(void)
{
	struct client *c = client_bound("srvsvc", &plain);
	uint32_t resume = 0, err;
	unsigned int n = 0, pages = 0;

	c->fake.extra_shares = 20000;
	do {
		err = page(c, ALL, &resume, &n);
		assert(++pages < 10);
	} while (err == 234);
	assert(err == 0 && n == 20003 && pages > 1);
	client_free(c);
}

static void an_array_sent_along_is_read_over(void)
{
	struct client *c = client_bound("srvsvc", &admin);
	struct ndr_out *stub = stub_new();

	/* two SHARE_INFO_502, the second with a descriptor */
	ndr_put_u32(stub, 502);
	ndr_put_u32(stub, 502);
	ndr_put_ref(stub, true);
	ndr_put_u32(stub, 2);
	ndr_put_ref(stub, true);
	ndr_put_u32(stub, 2);
	for (unsigned int i = 0; i < 2; i++) {
		ndr_put_ref(stub, true);
		ndr_put_u32(stub, 1);
		ndr_put_ref(stub, false);
		for (unsigned int k = 0; k < 3; k++)
			ndr_put_u32(stub, 7);
		ndr_put_ref(stub, i);
		ndr_put_ref(stub, false);
		ndr_put_u32(stub, i ? 5 : 0);
		ndr_put_ref(stub, i);
	}
	ndr_put_string(stub, "odd");
	ndr_put_string(stub, "odd too");
	ndr_put_string(stub, "C:\\x");
	ndr_put_u32(stub, 5);
	ndr_put_bytes(stub, "12345", 5);
	ndr_put_u32(stub, ALL);
	ndr_put_ref(stub, false);
	assert(client_call(c, 15, stub) == 0 && client_werr(c) == 0);
	/* a count that cannot be true */
	stub = stub_new();
	ndr_put_u32(stub, 1);
	ndr_put_u32(stub, 1);
	ndr_put_ref(stub, true);
	ndr_put_u32(stub, 0x40000000);
	ndr_put_ref(stub, true);
	ndr_put_u32(stub, 0x40000000);
	ndr_put_u32(stub, ALL);
	assert(client_call(c, 15, stub) == DCERPC_FAULT_NDR);
	/* no container at all */
	stub = stub_new();
	ndr_put_u32(stub, 1);
	ndr_put_u32(stub, 1);
	ndr_put_ref(stub, false);
	ndr_put_u32(stub, ALL);
	ndr_put_ref(stub, false);
	assert(client_call(c, 15, stub) == 0 && client_werr(c) == 87);
	/* level and discriminant that differ */
	stub = stub_new();
	ndr_put_u32(stub, 1);
	ndr_put_u32(stub, 2);
	ndr_put_ref(stub, true);
	assert(client_call(c, 15, stub) == DCERPC_FAULT_NDR);
	client_free(c);
}

/* Filters of NetrSessionEnum */
static uint32_t sessions(struct client *c, const char *client, const char *user, uint32_t *count)
{
	struct ndr_out *stub = stub_new();
	struct ndr_in in;

	put_opt_string(stub, client);
	put_opt_string(stub, user);
	put_enum(stub, 10, ALL, false, 0);
	assert(client_call(c, 12, stub) == 0);
	in = client_stub(c, NULL);
	ndr_take(&in, 12);
	*count = ndr_u32(&in);
	return client_werr(c);
}

static void sessions_are_filtered(void)
{
	struct client *c = client_bound("srvsvc", &admin);
	uint32_t n;

	assert(sessions(c, NULL, NULL, &n) == 0 && n == 3);
	assert(sessions(c, "", "", &n) == 0 && n == 3);
	assert(sessions(c, NULL, "ALICE", &n) == 0 && n == 2);
	assert(sessions(c, "\\\\10.0.0.2", NULL, &n) == 0 && n == 1);
	assert(sessions(c, "\\\\10.0.0.7", NULL, &n) == 2312 && n == 0);
	assert(sessions(c, NULL, "eve", &n) == 2221 && n == 0);
	c->fake.nsessions = 0;
	assert(sessions(c, NULL, NULL, &n) == 0 && n == 0);
	client_free(c);
}

static void session_502_has_all_its_members(void)
{
	struct client *c = client_bound("srvsvc", &admin);
	TALLOC_CTX *mem = talloc_new(NULL);
	struct ndr_in in;

	c->fake.nsessions = 1;
	assert(do_enum(c, 12, 502) == 0);
	in = client_stub(c, mem);
	ndr_take(&in, 12);
	assert(ndr_u32(&in) == 1 && ndr_ref(&in) && ndr_u32(&in) == 1);
	assert(ndr_ref(&in) && ndr_ref(&in) && ndr_u32(&in) == 0 && ndr_u32(&in) == 100 &&
	       ndr_u32(&in) == 5 && ndr_u32(&in) == 0 && ndr_ref(&in) && ndr_ref(&in));
	assert(!strcmp(ndr_string(&in), "\\\\10.0.0.1"));
	assert(!strcmp(ndr_string(&in), "alice"));
	assert(!strcmp(ndr_string(&in), "SMB 3.1.1"));
	assert(!strcmp(ndr_string(&in), ""));
	talloc_free(mem);
	client_free(c);
}

static uint32_t connections(struct client *c, const char *qualifier, TALLOC_CTX *mem,
			    const char **netname)
{
	struct ndr_out *stub = stub_new();
	struct ndr_in in;

	put_opt_string(stub, qualifier);
	put_enum(stub, 1, ALL, false, 0);
	assert(client_call(c, 8, stub) == 0);
	in = client_stub(c, mem);
	ndr_take(&in, 12);
	if (ndr_u32(&in) == 1) {
		ndr_take(&in, 4 + 4 + 7 * 4);
		ndr_string(&in);
		*netname = ndr_string(&in);
		assert(*netname);
	}
	return client_werr(c);
}

static void connections_are_qualified(void)
{
	struct client *c = client_bound("srvsvc", &admin);
	TALLOC_CTX *mem = talloc_new(NULL);
	const char *name = NULL;

	assert(connections(c, "Data", mem, &name) == 0 && !strcmp(name, "10.0.0.1"));
	assert(connections(c, "\\\\10.0.0.2", mem, &name) == 0 && !strcmp(name, "IPC$"));
	assert(connections(c, "\\\\10.0.0.9", mem, &name) == 0);
	assert(connections(c, "nothing", mem, &name) == 2310);
	assert(connections(c, NULL, mem, &name) == 87);
	assert(connections(c, "", mem, &name) == 87);
	talloc_free(mem);
	client_free(c);
}

static uint32_t files(struct client *c, const char *base, const char *user)
{
	struct ndr_out *stub = stub_new();
	struct ndr_in in;

	put_opt_string(stub, base);
	put_opt_string(stub, user);
	put_enum(stub, 3, ALL, true, 0);
	assert(client_call(c, 9, stub) == 0 && client_werr(c) == 0);
	in = client_stub(c, NULL);
	ndr_take(&in, 12);
	return ndr_u32(&in);
}

static void files_are_filtered(void)
{
	struct client *c = client_bound("srvsvc", &admin);

	assert(files(c, NULL, NULL) == 2);
	assert(files(c, "c:\\SRV\\", NULL) == 2);
	assert(files(c, "C:\\srv\\secret", NULL) == 1);
	assert(files(c, "C:\\srv\\data\\a b.txt", NULL) == 1);
	assert(files(c, "C:\\srv\\data\\a b.txt.and.more", NULL) == 0);
	assert(files(c, NULL, "bob") == 1);
	client_free(c);
}

static void server_info_102(void)
{
	struct client *c = client_bound("srvsvc", &admin);
	TALLOC_CTX *mem = talloc_new(NULL);
	struct ndr_in in;

	assert(server_info(c, 102) == 0);
	in = client_stub(c, mem);
	assert(ndr_u32(&in) == 102 && ndr_ref(&in));
	assert(ndr_u32(&in) == 500 && ndr_ref(&in) && ndr_u32(&in) == 10 && ndr_u32(&in) == 0);
	assert(ndr_u32(&in) == 0x9003 && ndr_ref(&in) && ndr_u32(&in) == ALL);
	assert(ndr_u32(&in) == 15 && ndr_u32(&in) == 0);
	ndr_take(&in, 12);
	assert(ndr_ref(&in));
	assert(!strcmp(ndr_string(&in), "TESTSRV"));
	assert(!strcmp(ndr_string(&in), "a server for tests"));
	assert(!strcmp(ndr_string(&in), "c:\\"));
	assert(ndr_u32(&in) == 0 && ndr_ok(&in) && !ndr_left(&in));
	/* an arm that is empty on the wire: level and return value only */
	assert(server_info(c, 7) == 124 && c->stub_len == 8);
	/* an arm that is a pointer */
	assert(server_info(c, 503) == 124 && c->stub_len == 12);
	talloc_free(mem);
	client_free(c);
}

static uint32_t disks(struct client *c, uint32_t level)
{
	struct ndr_out *stub = stub_new();

	ndr_put_u32(stub, level);
	ndr_put_u32(stub, 1);
	ndr_put_ref(stub, true);		/* an array: it is ignored */
	ndr_put_u32(stub, 1);
	ndr_put_u32(stub, 0);
	ndr_put_u32(stub, 1);
	ndr_put_vstring(stub, "Z:");
	ndr_put_u32(stub, ALL);
	ndr_put_ref(stub, true);
	ndr_put_u32(stub, 42);
	assert(client_call(c, 23, stub) == 0);
	return client_werr(c);
}

static void disk_enum(void)
{
	static const uint8_t want[] = {
		1, 0, 0, 0, 0, 0, 2, 0,			/* one entry, at */
		1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,	/* conformant and varying */
		0, 0, 0, 0, 3, 0, 0, 0, 'C', 0, ':', 0, 0, 0, 0, 0,
		1, 0, 0, 0,				/* TotalEntries */
		4, 0, 2, 0, 42, 0, 0, 0, 0, 0, 0, 0,
	};
	struct client *a = client_bound("srvsvc", &admin);
	struct client *p = client_bound("srvsvc", &plain);
	struct client *g = client_bound("srvsvc", &guest);

	assert(disks(a, 0) == 0);
	assert(a->stub_len == sizeof(want) && !memcmp(a->stub, want, sizeof(want)));
	assert(disks(a, 1) == 124);
	assert(disks(p, 0) == 0);
	assert(disks(g, 0) == 5);
	client_free(a);
	client_free(p);
	client_free(g);
}

static void time_of_day(void)
{
	static const uint32_t want[] = {
		0x20000, 1700000000, (uint32_t)1700000000000ull, 22, 13, 20, 0, (uint32_t)-60,
		310, 14, 11, 2023, 2, 0,
	};
	struct client *c = client_bound("srvsvc", &plain);
	struct ndr_in in;

	assert(client_call(c, 28, stub_new()) == 0);
	in = client_stub(c, NULL);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert(ndr_u32(&in) == want[i]);
	assert(ndr_ok(&in) && !ndr_left(&in));
	c->env.now = NULL;
	assert(client_call(c, 28, stub_new()) == 0 && client_werr(c) == 0);
	client_free(c);
}

static uint32_t validate(struct client *c, const char *name, uint32_t type, uint32_t flags)
{
	struct ndr_out *stub = stub_new();

	ndr_put_string(stub, name);
	ndr_put_u32(stub, type);
	ndr_put_u32(stub, flags);
	assert(client_call(c, 33, stub) == 0 && c->stub_len == 4);
	return client_werr(c);
}

static const char *longname(size_t n)
{
	static char buf[600];

	memset(buf, 'A', n);
	buf[n] = '\0';
	return buf;
}

static void names_are_validated(void)
{
	static const uint16_t max[] = {
		0, 256, 256, 256, 260, 16, 15, 80, 260, 80, 15, 260, 8, 15,
	};
	struct client *c = client_bound("srvsvc", &plain);

	for (uint32_t t = 1; t <= 13; t++) {
		bool password = t == 2 || t == 12;
		/* a message destination as long as can be ends in an asterisk */
		size_t n = max[t] - (t == 11);

		assert(validate(c, longname(n), t, 0) == 0);
		assert(validate(c, longname(max[t] + 1), t, 0) == 123);
		assert(validate(c, "", t, 0) == (password ? 0 : 123));
		assert(validate(c, "a:b", t, 0) == (password ? 0 : 123));
		assert(validate(c, "a\x1f", t, 0) == (password ? 0 : 123));
		assert(validate(c, ". .", t, 0) == (password ? 0 : 123));
		assert(validate(c, "ok", t, 0x80000000) == 0);
		assert(validate(c, "ok", t, 1) == 87);
	}
	assert(validate(c, "ok", 0, 0) == 87 && validate(c, "ok", 14, 0) == 87);
	assert(validate(c, " x", 4, 0) == 123 && validate(c, "x ", 4, 0) == 123);
	assert(validate(c, "a b", 6, 0) == 123 && validate(c, "a b", 13, 0) == 0);
	assert(validate(c, "a*", 6, 0) == 123);
	assert(validate(c, "a*", 11, 0) == 0 && validate(c, "a*b", 11, 0) == 123);
	client_free(c);
}

static uint32_t share_check(struct client *c, const char *device)
{
	struct ndr_out *stub = stub_new();

	ndr_put_string(stub, device);
	assert(client_call(c, 20, stub) == 0 && c->stub_len == 8);
	return client_werr(c);
}

static void share_check_looks_at_paths(void)
{
	struct client *a = client_bound("srvsvc", &admin);
	struct client *p = client_bound("srvsvc", &plain);

	assert(share_check(a, "c:\\SRV\\data") == 0);
	assert(share_check(a, "C:\\srv\\dat") == 2311);
	assert(share_check(a, "") == 0 && a->stub[0] == RPC_STYPE_IPC);
	assert(share_check(p, "C:\\srv\\data") == 5);
	client_free(a);
	client_free(p);
}

static void a_server_that_fails_says_so(void)
{
	struct client *c = client_bound("srvsvc", &admin);

	c->fake.broken = true;
	assert(do_enum(c, 15, 1) == 8 && do_enum(c, 12, 1) == 8 && do_enum(c, 9, 3) == 8);
	assert(do_enum(c, 8, 1) == 8);
	assert(share_info(c, "data", 1) == 8 && server_info(c, 101) == 8);
	c->fake.broken = false;
	c->env.sessions = NULL;
	c->env.files = NULL;
	c->env.conns = NULL;
	assert(do_enum(c, 12, 1) == 0 && do_enum(c, 9, 3) == 0 && do_enum(c, 8, 1) == 0);
	client_free(c);
}

int main(void)
{
	share_enum_0_to_the_byte();
	levels_and_who_may_have_them();
	state_is_for_administrators();
	restrict_anonymous_hides_lists();
	homes_are_shown_to_whoever_they_belong_to();
	shares_are_listed_by_access();
	share_info_tells_everything();
	pages_add_up();
	a_very_long_list_comes_in_pages_of_its_own();
	an_array_sent_along_is_read_over();
	sessions_are_filtered();
	session_502_has_all_its_members();
	connections_are_qualified();
	files_are_filtered();
	server_info_102();
	disk_enum();
	time_of_day();
	names_are_validated();
	share_check_looks_at_paths();
	a_server_that_fails_says_so();
	puts("rpc_srvsvc: ok");
	return 0;
}
