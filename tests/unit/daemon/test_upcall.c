// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/upcall/*.c daemon/auth/*.c daemon/passdb/file.c daemon/util/*.c daemon/rpc/*.c
/*
 * The daemon's end of the upcall protocol against a made-up kernel: a
 * SOCK_SEQPACKET pair stands for /dev/cifssrv.
 */
/* talloc_set_memlimit(): nothing takes its place */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "auth/logon.h"
#include "names/names.h"
#include "ntlm_client.h"
#include "records.h"
#include "upcall/end.h"
#include "upcall/lists.h"
#include "upcall/status.h"
#include "util/log.h"
#include "upcall/upcall.h"

/* The kernel's end and everything of the daemon's. */
struct bench {
	sd_event *event;
	struct auth_env env;
	struct upcall *up;
	int fd;
	uint64_t id;
	int ready, lost, lost_error;
	char root[64];
};

/* --- names/names.h, made up -------------------------------------------------------- */

static struct {
	bool hold;			/* answer only when the test says so */
	int error;
	const char *home;
	struct names_query *held;	/* all that are not answered */
	int n;
} fake;

struct names_query {
	struct names_query *next;
	sd_event_source *soon;
	char *name;
	names_fn fn;
	void *priv;
};

static int query_done(struct names_query *q)
{
	struct names_query **at;

	for (at = &fake.held; *at != q; at = &(*at)->next)
		;
	*at = q->next;
	fake.n--;
	q->soon = sd_event_source_disable_unref(q->soon);
	return 0;
}

static void names_answer_one(struct names_query *q)
{
	uint32_t groups[] = { 4, 24 };
	char home[64], group[] = "users";
	struct nss_account acc = {
		.id = { .uid = 1000, .gid = 100, .groups = groups, .ngroups = 2 },
		.home = home, .group = group,
	};
	names_fn fn = q->fn;
	void *priv = q->priv;
	int error = fake.error;

	if (strcmp(q->name, "nobody") && strcmp(q->name, "User"))
		error = -ENOENT;
	if (*q->name == 'n')
		acc.id = (struct nss_identity){ .uid = 65534, .gid = 100 };
	snprintf(home, sizeof(home), "%s", fake.home ? fake.home : "/home/user");
	talloc_free(q);
	fn(priv, error, &acc);
	/* valid during the call only */
	memset(groups, 0xff, sizeof(groups));
	memset(home, 0xff, sizeof(home) - 1);
	memset(group, 0xff, sizeof(group) - 1);
}

static int on_soon(sd_event_source *source, void *userdata)
{
	(void)source;
	names_answer_one(userdata);
	return 0;
}

struct names_query *names_user(TALLOC_CTX *ctx, struct names *n, const char *name, names_fn fn,
			       void *priv)
{
	struct names_query *q = talloc_zero(ctx, struct names_query);
	struct bench *b = (void *)n;

	q->fn = fn;
	q->priv = priv;
	q->name = talloc_strdup(q, name);
	q->next = fake.held;
	fake.held = q;
	fake.n++;
	talloc_set_destructor(q, query_done);
	if (!fake.hold)
		assert(sd_event_add_defer(b->event, &q->soon, on_soon, q) >= 0);
	return q;
}

static void on_ready(void *priv)
{
	((struct bench *)priv)->ready++;
}

static void on_lost(void *priv, int error)
{
	struct bench *b = priv;

	b->lost++;
	b->lost_error = error;
}

static const struct upcall_events events = { .ready = on_ready, .lost = on_lost };

/* Lets the daemon do all that there is to do. */
static void turn(struct bench *b)
{
	int r;

	do {
		r = sd_event_run(b->event, 0);
	} while (r > 0);
	assert(r == 0);
}

static void send_raw(struct bench *b, const void *data, size_t len)
{
	assert(send(b->fd, data, len, 0) == (ssize_t)len);
	turn(b);
}

/* A question: op, fixed struct, and whatever else; returns its id. */
static uint64_t ask(struct bench *b, uint16_t op, const void *fixed, size_t fixed_len,
		    const struct msg *parts)
{
	static uint8_t buf[CSRV_UP_MAX_MSG];
	struct csrv_up_hdr hdr = { .op = op, .id = ++b->id };

	hdr.len = (uint32_t)(sizeof(hdr) + fixed_len + (parts ? parts->len : 0));
	memcpy(buf, &hdr, sizeof(hdr));
	if (fixed_len)
		memcpy(buf + sizeof(hdr), fixed, fixed_len);
	if (parts)
		memcpy(buf + sizeof(hdr) + fixed_len, parts->data, parts->len);
	send_raw(b, buf, hdr.len);
	return hdr.id;
}

struct reply {
	struct csrv_up_hdr hdr;
	size_t len;
	uint8_t body[CSRV_UP_MAX_MSG];
};

/* The next message of the daemon; false when there is none. */
static bool hear(struct bench *b, struct reply *r)
{
	static uint8_t buf[CSRV_UP_MAX_MSG];
	ssize_t n = recv(b->fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n < 0)
		return false;
	assert((size_t)n >= sizeof(r->hdr));
	memcpy(&r->hdr, buf, sizeof(r->hdr));
	assert(r->hdr.len == (size_t)n && !r->hdr.flags && !r->hdr.reserved);
	r->len = (size_t)n - sizeof(r->hdr);
	memcpy(r->body, buf + sizeof(r->hdr), r->len);
	assert(r->hdr.status <= 0 && (!r->hdr.status || !r->len));
	return true;
}

/* The answer to @id, which must be the next message. */
static int answer(struct bench *b, uint16_t op, uint64_t id, struct reply *r)
{
	assert(hear(b, r));
	assert(r->hdr.op == (op | CSRV_UP_ANSWER) && r->hdr.id == id);
	return r->hdr.status;
}

static void quiet(struct bench *b)
{
	struct reply r;

	assert(!hear(b, &r));
}

static void attr(const struct bench *b, const char *path, const char *text)
{
	char name[256];
	FILE *f;

	snprintf(name, sizeof(name), "%s/%s", b->root, path);
	if (!text) {
		assert(!mkdir(name, 0700) || errno == EEXIST);
		return;
	}
	f = fopen(name, "w");
	assert(f && fputs(text, f) >= 0 && !fclose(f));
}

static void make_root(struct bench *b)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(b->root, sizeof(b->root), "/tmp/upcall.XXXXXX");
	if (tmp && strlen(tmp) < 40)
		snprintf(b->root, sizeof(b->root), "%s/root.XXXXXX", tmp);
	assert(mkdtemp(b->root));
	attr(b, "server", NULL);
	attr(b, "shares", NULL);
	attr(b, "shares/data", NULL);
	attr(b, "shares/off", NULL);
	attr(b, "server/netbios_name", "BENCH\n");
	attr(b, "server/workgroup", "BENCHES\n");
	attr(b, "shares/data/enable", "1\n");
	attr(b, "shares/data/comment", "things\n");
	attr(b, "shares/data/path", "/srv/data\n");
	attr(b, "shares/off/enable", "0\n");
}

static void connect_kernel(struct bench *b)
{
	int pair[2], size = 4 * CSRV_UP_MAX_MSG;

	assert(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
	assert(!setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)));
	b->fd = pair[0];
	assert(!device_adopt(b->up->dev, pair[1]));
}

static struct bench *bench_new(void)
{
	struct bench *b = talloc_zero(NULL, struct bench);
	struct passdb *db = passdb_new(b);
	uint8_t hash[16];

	assert(!passdb_hash_password("Password", hash));
	assert(!passdb_add(db, "User", hash, 1));
	make_root(b);
	b->env = (struct auth_env){
		.netbios_name = "BENCH", .workgroup = "BENCHES", .dns_name = "bench",
		.dns_domain = "", .passdb = db, .guest_account = "nobody",
		.lockout = { .delay = 1, .limit = 5, .lock_time = 300 },
	};
	memset(&fake, 0, sizeof(fake));
	assert(sd_event_new(&b->event) >= 0);
	assert(!upcall_new(b, &(struct upcall_args){
		.event = b->event, .configfs = b->root, .env = &b->env, .names = (void *)b,
		.events = &events,
		.priv = b,
	}, &b->up));
	connect_kernel(b);
	return b;
}

static void bench_free(struct bench *b)
{
	char cmd[128];

	talloc_free(b->up);
	sd_event_unref(b->event);
	close(b->fd);
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", b->root);
	assert(!system(cmd));
	talloc_free(b);
}

static void say_init(struct bench *b)
{
	struct csrv_up_init init = {
		.version = CSRV_UP_VERSION, .max_msg = CSRV_UP_MAX_MSG, .features = ~0ull,
		.server_guid = "0123456789abcde",
	};
	struct csrv_up_init_answer out;
	struct reply r;
	uint64_t id = ask(b, CSRV_OP_INIT, &init, sizeof(init), NULL);

	assert(!answer(b, CSRV_OP_INIT, id, &r) && r.len == sizeof(out));
	memcpy(&out, r.body, sizeof(out));
	assert(out.version == CSRV_UP_VERSION && out.max_inflight >= 1);
	assert(out.max_inflight <= 4096 && !(out.features & ~CSRV_UP_FEATURES));
	assert(b->ready == 1);
	b->ready = 0;
}

static void init_comes_first_and_once(void)
{
	struct bench *b = bench_new();
	struct csrv_up_auth hint = { .flags = CSRV_AUTH_HINT };
	struct csrv_up_init init = { .version = CSRV_UP_VERSION, .max_msg = CSRV_UP_MAX_MSG };
	struct reply r;
	uint64_t id;

	id = ask(b, CSRV_OP_AUTH_STEP, &hint, sizeof(hint), NULL);
	assert(answer(b, CSRV_OP_AUTH_STEP, id, &r) == -EPROTO);
	init.max_msg++;
	id = ask(b, CSRV_OP_INIT, &init, sizeof(init), NULL);
	assert(answer(b, CSRV_OP_INIT, id, &r) == -EPROTONOSUPPORT && !b->ready);
	init.max_msg--;
	init.version--;
	b->lost = 0;
	id = ask(b, CSRV_OP_INIT, &init, sizeof(init), NULL);
	assert(answer(b, CSRV_OP_INIT, id, &r) == -EPROTONOSUPPORT && !b->ready);
	assert(b->lost == 1 && b->lost_error == -EPROTONOSUPPORT);
	init.version++;
	b->lost = 0;
	say_init(b);
	id = ask(b, CSRV_OP_INIT, &init, sizeof(init), NULL);
	assert(answer(b, CSRV_OP_INIT, id, &r) == -EPROTO);
	bench_free(b);
}

static int open_pipe(struct bench *b, uint64_t pipe, const char *name, uint32_t uid);

/* One leg; returns the question's id. */
static uint64_t ask_leg(struct bench *b, uint64_t logon, uint32_t flags, const struct msg *blob)
{
	struct csrv_up_auth auth = { .logon = logon, .flags = flags, .dialect = 0x311 };
	struct msg parts = {};

	auth.host_len = 9;
	auth.blob_len = (uint32_t)blob->len;
	msg_add(&parts, "10.0.0.17", 9);
	msg_add(&parts, blob->data, blob->len);
	return ask(b, CSRV_OP_AUTH_STEP, &auth, sizeof(auth), &parts);
}

static int leg_answer(struct bench *b, uint64_t id, struct csrv_up_auth_answer *out,
		      struct reply *r)
{
	int status = answer(b, CSRV_OP_AUTH_STEP, id, r);

	if (status)
		return status;
	assert(r->len >= sizeof(*out));
	memcpy(out, r->body, sizeof(*out));
	assert(r->len == sizeof(*out) + out->user_len + out->domain_len + out->blob_len +
	       out->ngroups * 4 + out->home_len + out->group_len);
	return 0;
}

static int leg(struct bench *b, uint64_t logon, uint32_t flags, const struct msg *blob,
	       struct csrv_up_auth_answer *out, struct reply *r)
{
	return leg_answer(b, ask_leg(b, logon, flags, blob), out, r);
}

static const struct ntlm_client good_client = {
	.user = "uSER", .upper_user = "USER", .domain = "CORP", .password = "Password",
	.flags = CLIENT_FLAGS, .want_mic = true,
};

static void first_leg(struct bench *b, uint64_t logon, struct ntlm_client *c)
{
	struct csrv_up_auth_answer out;
	struct msg mechs = client_mechs(false), m;
	struct blob token;
	struct reply r;

	client_negotiate(c);
	m = client_init(&mechs, &c->negotiate, true);
	assert(!leg(b, logon, CSRV_AUTH_FIRST, &m, &out, &r));
	assert(out.result == CSRV_AUTH_MORE && !out.nt_status && !out.key_len);
	assert(!out.user_len && !out.domain_len && !out.ngroups && out.blob_len);
	token = resp_field((struct blob){ r.body + sizeof(out), out.blob_len }, 0xa2);
	c->challenge.len = 0;
	msg_add(&c->challenge, token.data, token.len);
}

static struct msg second_blob(struct ntlm_client *c)
{
	struct msg mechs = client_mechs(false);
	uint8_t mic[16];

	client_authenticate(c);
	client_mac(c, false, msg_blob(&mechs), mic);
	return client_resp(&c->authenticate, mic);
}

static void hint_and_whole_logon(void)
{
	struct bench *b = bench_new();
	struct csrv_up_auth hint = { .flags = CSRV_AUTH_HINT };
	struct csrv_up_auth_answer out;
	struct ntlm_client c = good_client;
	struct msg m;
	struct reply r;
	uint64_t id;
	uint32_t groups[2];

	say_init(b);
	id = ask(b, CSRV_OP_AUTH_STEP, &hint, sizeof(hint), NULL);
	assert(!answer(b, CSRV_OP_AUTH_STEP, id, &r));
	memcpy(&out, r.body, sizeof(out));
	assert(out.result == CSRV_AUTH_MORE && out.blob_len && r.body[sizeof(out)] == 0x60);

	first_leg(b, 7, &c);
	m = second_blob(&c);
	assert(!leg(b, 7, 0, &m, &out, &r));
	assert(out.result == CSRV_AUTH_DONE && !out.identity && out.uid == 1000 && out.gid == 100);
	assert(out.user_len == 4 && !memcmp(r.body + sizeof(out), "User", 4));
	assert(out.domain_len == 5 && !memcmp(r.body + sizeof(out) + 4, "BENCH", 5));
	assert(out.key_len == 16 && !memcmp(out.key, c.exported, 16) && !out.expiry);
	assert(out.ngroups == 2);
	memcpy(groups, r.body + r.len - 8 - out.home_len - out.group_len, 8);
	assert(groups[0] == 4 && groups[1] == 24);
	/* It is over: nobody continues it, and its id may not be known. */
	assert(leg(b, 7, 0, &m, &out, &r) == -ENOENT);

	c.password = "no";
	first_leg(b, 8, &c);
	m = second_blob(&c);
	assert(!leg(b, 8, 0, &m, &out, &r));
	assert(out.result == CSRV_AUTH_DENIED && out.nt_status == 0xC000006D && !out.blob_len);
	bench_free(b);
}

/* The last leg of a good logon, which is not answered yet. */
static uint64_t begin_held(struct bench *b, uint64_t logon, struct ntlm_client c)
{
	struct msg m;
	uint64_t id;

	fake.hold = true;
	first_leg(b, logon, &c);
	m = second_blob(&c);
	id = ask_leg(b, logon, 0, &m);
	quiet(b);
	return id;
}

static void release(struct bench *b)
{
	assert(fake.n == 1 && b->up->nwaiting == 1);
	names_answer_one(fake.held);
	turn(b);
	assert(!fake.n && !b->up->nwaiting);
}

static void accounts_are_looked_up_while_the_loop_runs(void)
{
	static const struct { int error; uint32_t status; } doubt[] = {
		{ -ENOENT, 0xC000006D }, { -ETIMEDOUT, 0xC000005E }, { -EIO, 0xC000005E },
		{ -EBUSY, 0xC000005E }, { -EPIPE, 0xC000005E },
	};
	struct bench *b = bench_new();
	struct csrv_up_auth_answer out;
	struct reply r;
	uint64_t id, logon = 1;

	say_init(b);
	for (size_t i = 0; i < ARRAY_LEN(doubt); i++) {
		id = begin_held(b, logon++, good_client);
		fake.error = doubt[i].error;
		release(b);
		assert(!leg_answer(b, id, &out, &r) && out.result == CSRV_AUTH_DENIED);
		assert(out.nt_status == doubt[i].status && r.len == sizeof(out));
	}
	fake.error = 0;
	/* no failures of the client's: nothing is delayed or locked after all that */
	id = begin_held(b, logon, good_client);
	/* another question is answered meanwhile, and another leg of this one is refused */
	assert(!open_pipe(b, 1, "srvsvc", 1000));
	assert(leg(b, logon, 0, &(struct msg){ .data = "x", .len = 1 }, &out, &r) == -EPROTO);
	release(b);
	assert(!leg_answer(b, id, &out, &r) && out.result == CSRV_AUTH_DONE && out.ngroups == 2);
	assert(out.home_len == 10 && out.group_len == 5);
	assert(!memcmp(r.body + r.len - 15, "/home/userusers", 15));
	/* what the kernel would refuse is left out */
	fake.home = "/home/\xff";
	id = begin_held(b, ++logon, good_client);
	release(b);
	assert(!leg_answer(b, id, &out, &r) && out.result == CSRV_AUTH_DONE && !out.home_len);
	bench_free(b);
}

static void strangers_are_looked_up_likewise(void)
{
	struct bench *b = bench_new();
	struct csrv_up_auth_answer out;
	struct ntlm_client c = good_client;
	struct reply r;
	uint64_t id;

	say_init(b);
	b->env.map_to_guest = AUTH_GUEST_BAD_USER;
	c.user = c.upper_user = "STRANGER";
	id = begin_held(b, 1, c);
	release(b);
	assert(!leg_answer(b, id, &out, &r) && out.identity == CSRV_ID_GUEST && out.uid == 65534);
	id = begin_held(b, 2, c);
	fake.error = -ETIMEDOUT;
	release(b);
	assert(!leg_answer(b, id, &out, &r) && out.nt_status == 0xC000005E);
	fake.error = 0;
	c = good_client;
	c.anonymous = true;
	c.want_mic = false;
	id = begin_held(b, 3, c);
	release(b);
	assert(!leg_answer(b, id, &out, &r) && out.identity == CSRV_ID_ANONYMOUS);
	assert(!out.user_len && !out.home_len && !out.group_len && out.uid == 65534);
	bench_free(b);
}

static char logged[1000];

static void on_line(int prio, const struct log_about *about, const char *line)
{
	(void)prio;
	(void)about;
	snprintf(logged, sizeof(logged), "%s", line);
}

/* A guest has named another account than the one that is missing, and the anonymous user none. */
static void the_account_that_is_missing_is_named(void)
{
	struct ntlm_client anonymous = good_client, stranger = good_client;
	struct bench *b = bench_new();
	struct csrv_up_auth_answer out;
	struct reply r;
	uint64_t id;

	say_init(b);
	log_set_sink(on_line);
	log_set_level(LOG_NOTICE);
	b->env.map_to_guest = AUTH_GUEST_BAD_USER;
	stranger.user = stranger.upper_user = "STRANGER";
	anonymous.anonymous = true;
	anonymous.want_mic = false;
	fake.error = -ENOENT;
	id = begin_held(b, 1, stranger);
	release(b);
	assert(!leg_answer(b, id, &out, &r) && out.result == CSRV_AUTH_DENIED);
	assert(strstr(logged, ": guest account \"nobody\" does not exist (0x"));
	id = begin_held(b, 2, anonymous);
	release(b);
	assert(!leg_answer(b, id, &out, &r) && out.result == CSRV_AUTH_DENIED);
	assert(strstr(logged, ": guest account \"nobody\" does not exist (0x"));
	id = begin_held(b, 3, good_client);
	release(b);
	assert(!leg_answer(b, id, &out, &r) && out.result == CSRV_AUTH_DENIED);
	assert(strstr(logged, ": there is no UNIX account of this name (0x"));
	fake.error = 0;
	log_set_sink(NULL);
	log_set_level(LOG_CRIT);
	bench_free(b);
}

/* Whatever ends a logon that waits ends its look-up, and nobody is answered. */
static void what_waits_is_given_up(void)
{
	struct bench *b = bench_new();
	struct csrv_up_auth_abort gone = { .logon = 1 };
	struct csrv_up_auth_answer out;
	struct reply r;
	uint64_t id;

	say_init(b);
	begin_held(b, 1, good_client);
	ask(b, CSRV_OP_AUTH_ABORT, &gone, sizeof(gone), NULL);
	assert(!fake.n && !b->up->nwaiting);
	quiet(b);
	assert(leg(b, 1, 0, &(struct msg){ .data = "x", .len = 1 }, &out, &r) == -ENOENT);

	begin_held(b, 2, good_client);
	logons_expire(b->up->logons, upcall_now(b->up) + LOGON_TIMEOUT_USEC);
	assert(!fake.n && !b->up->nwaiting);
	quiet(b);

	begin_held(b, 3, good_client);
	close(b->fd);
	turn(b);
	assert(b->lost == 1 && !fake.n && !b->up->nwaiting);
	connect_kernel(b);
	b->id = 0;
	say_init(b);
	id = begin_held(b, 3, good_client);
	release(b);
	assert(!leg_answer(b, id, &out, &r) && out.result == CSRV_AUTH_DONE);
	/* and with everything */
	begin_held(b, 4, good_client);
	bench_free(b);
	assert(!fake.n);
}

/* Logons that wait leave room for other questions; beyond, there is doubt at once. */
static void only_so_many_wait(void)
{
	struct bench *b = bench_new();
	struct csrv_up_auth_answer out;
	struct ntlm_client c = good_client;
	struct msg m;
	struct reply r;
	uint64_t i;

	say_init(b);
	c.anonymous = true;
	c.want_mic = false;
	for (i = 1; i <= UPCALL_MAX_WAITING / 2; i++)
		begin_held(b, i, c);
	first_leg(b, i + 1000, &c);
	m = second_blob(&c);
	assert(!leg(b, i + 1000, 0, &m, &out, &r) && out.nt_status == 0xC000005E);
	c = good_client;
	for (; i <= UPCALL_MAX_WAITING; i++)
		begin_held(b, i, good_client);
	assert(fake.n == UPCALL_MAX_WAITING && UPCALL_MAX_WAITING + LOCKOUT_WAITS < UPCALL_MAX_INFLIGHT);
	first_leg(b, i, &c);
	m = second_blob(&c);
	assert(!leg(b, i, 0, &m, &out, &r) && out.nt_status == 0xC000005E);
	bench_free(b);
}

/* One wrong logon, answered at once or not. */
static uint64_t begin_guess(struct bench *b, uint64_t logon, const char *password)
{
	struct ntlm_client c = good_client;
	struct msg m;

	c.password = password;
	first_leg(b, logon, &c);
	m = second_blob(&c);
	return ask_leg(b, logon, 0, &m);
}

static bool wait_for_answer(struct bench *b)
{
	struct pollfd p = { .fd = b->fd, .events = POLLIN };

	for (int i = 0; i < 100 && !poll(&p, 1, 0); i++)
		assert(sd_event_run(b->event, 100000) >= 0);
	return p.revents;
}

static void failures_delay_and_lock(void)
{
	struct bench *b = bench_new();
	struct csrv_up_auth_abort gone = { .logon = 40 };
	TALLOC_CTX *waits = talloc_new(NULL);
	struct csrv_up_auth_answer out;
	struct reply r;
	uint64_t id, logon = 1;

	say_init(b);
	for (; logon <= 3; logon++) {
		id = begin_guess(b, logon, "no");
		assert(!leg_answer(b, id, &out, &r) && out.nt_status == 0xC000006D);
	}
	/* the right one waits as a wrong one would; others are served meanwhile */
	id = begin_guess(b, logon++, "Password");
	quiet(b);
	assert(b->up->nwaiting == 1 && !open_pipe(b, 1, "srvsvc", 1000));
	assert(wait_for_answer(b));
	assert(!leg_answer(b, id, &out, &r) && out.result == CSRV_AUTH_DONE && !b->up->nwaiting);
	/* which has reset it */
	for (int i = 0; i < 3; i++) {
		id = begin_guess(b, logon++, "no");
		assert(!leg_answer(b, id, &out, &r) && out.nt_status == 0xC000006D);
	}
	/* where too many wait already the password is not looked at, and nothing is counted */
	for (int i = 0; i < LOCKOUT_HOST_WAITS; i++)
		assert(lockouts_wait(waits, b->up->lockouts, "10.0.0.17"));
	for (int i = 0; i < 10; i++) {
		id = begin_guess(b, logon++, i % 2 ? "no" : "Password");
		assert(!leg_answer(b, id, &out, &r) && out.nt_status == 0xC0000205);
	}
	talloc_free(waits);
	/* a wrong one waits too, and may be given up */
	begin_guess(b, 40, "no");
	quiet(b);
	ask(b, CSRV_OP_AUTH_ABORT, &gone, sizeof(gone), NULL);
	assert(!b->up->nwaiting);
	begin_guess(b, 41, "no");
	quiet(b);
	gone.logon = 41;
	ask(b, CSRV_OP_AUTH_ABORT, &gone, sizeof(gone), NULL);
	/* the fifth has locked it: the right password is not looked at */
	id = begin_guess(b, 42, "Password");
	assert(!leg_answer(b, id, &out, &r) && out.nt_status == 0xC0000234);
	assert(lockouts_unlock(b->up->lockouts, "user", upcall_now(b->up)) == 1);
	id = begin_guess(b, 43, "Password");
	assert(!leg_answer(b, id, &out, &r) && out.result == CSRV_AUTH_DONE);
	/* where whoever fails is the guest, so is whoever is locked out, without another look */
	b->env.map_to_guest = AUTH_GUEST_BAD_PASSWORD;
	b->env.lockout.delay = 0;
	for (int i = 0; i < 5; i++) {
		id = begin_guess(b, 50 + i, "no");
		assert(!leg_answer(b, id, &out, &r) && out.identity == CSRV_ID_GUEST);
	}
	id = begin_guess(b, 60, "Password");
	assert(!leg_answer(b, id, &out, &r) && out.identity == CSRV_ID_GUEST);
	bench_free(b);
}

static void logons_are_kept_apart_and_bounded(void)
{
	struct bench *b = bench_new();
	struct ntlm_client one = good_client, two = good_client;
	struct csrv_up_auth_abort abort_one = { .logon = 1 };
	struct csrv_up_auth_answer out;
	struct msg m, mechs = client_mechs(false);
	struct logon *lo;
	struct reply r;

	say_init(b);
	first_leg(b, 1, &one);
	first_leg(b, 2, &two);
	assert(memcmp(one.challenge.data + 24, two.challenge.data + 24, 8));
	m = client_init(&mechs, NULL, true);
	assert(leg(b, 1, CSRV_AUTH_FIRST, &m, &out, &r) == -EEXIST);
	m = second_blob(&one);
	assert(!leg(b, 2, 0, &m, &out, &r) && out.result == CSRV_AUTH_DENIED);
	ask(b, CSRV_OP_AUTH_ABORT, &abort_one, sizeof(abort_one), NULL);
	ask(b, CSRV_OP_AUTH_ABORT, &abort_one, sizeof(abort_one), NULL);
	quiet(b);
	assert(leg(b, 1, 0, &m, &out, &r) == -ENOENT);

	m = client_init(&mechs, NULL, true);
	for (uint64_t i = 0; i < LOGONS_MAX; i++)
		assert(!leg(b, 100 + i, CSRV_AUTH_FIRST, &m, &out, &r));
	assert(leg(b, 99, CSRV_AUTH_FIRST, &m, &out, &r) == -EBUSY);
	assert(logons_expire(b->up->logons, upcall_now(b->up) + LOGON_TIMEOUT_USEC - 100000000) ==
	       LOGONS_MAX);
	assert(!logons_expire(b->up->logons, upcall_now(b->up) + LOGON_TIMEOUT_USEC));
	assert(!logons_begin(b->up->logons, 5, "::1", 0, &lo));
	bench_free(b);
}

static void bad_questions_are_answered(void)
{
	struct bench *b = bench_new();
	struct csrv_up_auth auth = { .logon = 1, .flags = CSRV_AUTH_FIRST };
	struct csrv_up_auth_answer out;
	struct msg parts = {}, m = {};
	struct reply r;
	uint64_t id;

	say_init(b);
	/* no op, a reserved op, an op of the daemon's own */
	for (uint16_t op = 8; op < 40; op++) {
		if (op == CSRV_OP_PIPE_CLOSE)
			continue;
		id = ask(b, op, NULL, 0, NULL);
		assert(answer(b, op, id, &r) == -EOPNOTSUPP);
	}
	/* fixed struct cut, flags unknown, lengths beyond and short of the message, host not UTF-8 */
	id = ask(b, CSRV_OP_AUTH_STEP, &auth, sizeof(auth) - 1, NULL);
	assert(answer(b, CSRV_OP_AUTH_STEP, id, &r) == -EINVAL);
	assert(leg(b, 1, 4, &m, &out, &r) == -EINVAL);
	assert(leg(b, 1, CSRV_AUTH_FIRST, &m, &out, &r) == -EINVAL);
	assert(leg(b, 1, CSRV_AUTH_FIRST | CSRV_AUTH_HINT, &m, &out, &r) == -EINVAL);
	auth.blob_len = 5;
	msg_add(&parts, "\xff" "abc", 4);
	id = ask(b, CSRV_OP_AUTH_STEP, &auth, sizeof(auth), &parts);
	assert(answer(b, CSRV_OP_AUTH_STEP, id, &r) == -EINVAL);
	auth.blob_len = 3;
	id = ask(b, CSRV_OP_AUTH_STEP, &auth, sizeof(auth), &parts);
	assert(answer(b, CSRV_OP_AUTH_STEP, id, &r) == -EINVAL);
	auth.host_len = 1;
	id = ask(b, CSRV_OP_AUTH_STEP, &auth, sizeof(auth), &parts);
	assert(answer(b, CSRV_OP_AUTH_STEP, id, &r) == -EINVAL);
	auth.blob_len = 0xffffffff;
	id = ask(b, CSRV_OP_AUTH_STEP, &auth, sizeof(auth), &parts);
	assert(answer(b, CSRV_OP_AUTH_STEP, id, &r) == -EINVAL);
	/* a token that is none */
	msg_add(&m, "hello", 5);
	assert(!leg(b, 3, CSRV_AUTH_FIRST, &m, &out, &r));
	assert(out.result == CSRV_AUTH_DENIED && out.nt_status == 0xC000000D);
	/* the daemon is in its senses still */
	{
		struct ntlm_client c = good_client;

		first_leg(b, 4, &c);
	}
	bench_free(b);
}

static void broken_frames_are_dropped(void)
{
	struct bench *b = bench_new();
	struct csrv_up_hdr good = { .len = sizeof(good), .op = 77, .id = 500 }, h;
	uint8_t junk[64];

	say_init(b);
	for (int i = 0; i < 8; i++) {
		h = good;
		h.len += i == 0;
		h.flags = i == 1;
		h.reserved = i == 2;
		h.status = i == 3 ? -5 : 0;
		h.id = i == 4 ? 0 : i == 5 ? 1ull << 63 : 500;
		h.op |= i >= 6 ? CSRV_UP_ANSWER : 0;
		h.status = i == 7 ? 5 : h.status;
		send_raw(b, &h, sizeof(h));
	}
	for (size_t n = 1; n < sizeof(h); n++)
		send_raw(b, &good, n);
	srandom(1);
	for (int i = 0; i < 2000; i++) {
		for (size_t k = 0; k < sizeof(junk); k++)
			junk[k] = (uint8_t)random();
		send_raw(b, junk, 1 + (size_t)random() % sizeof(junk));
	}
	quiet(b);
	bench_free(b);
}

/* --- pipes ---------------------------------------------------------------------- */

/* Of @user; "": of the anonymous user. */
static int open_pipe_of(struct bench *b, uint64_t pipe, const char *name, uint32_t uid,
			const char *user, const char *host)
{
	struct csrv_up_pipe_open open = { .pipe = pipe, .session = 0x100 + pipe, .uid = uid,
					  .gid = uid };
	struct msg parts = {};
	struct reply r;
	uint64_t id;

	open.identity = *user ? 0 : CSRV_ID_ANONYMOUS;
	open.name_len = (uint16_t)strlen(name);
	open.user_len = (uint16_t)strlen(user);
	open.domain_len = 0;
	open.host_len = (uint16_t)strlen(host);
	msg_add(&parts, name, strlen(name));
	msg_add(&parts, user, strlen(user));
	msg_add(&parts, host, strlen(host));
	id = ask(b, CSRV_OP_PIPE_OPEN, &open, sizeof(open), &parts);
	return answer(b, CSRV_OP_PIPE_OPEN, id, &r);
}

static int open_pipe(struct bench *b, uint64_t pipe, const char *name, uint32_t uid)
{
	return open_pipe_of(b, pipe, name, uid, "User", "::");
}

/* [C706] 12.6.4.3: bind to srvsvc 3.0 with NDR */
static const uint8_t bind_srvsvc[72] = {
	5, 0, 11, 3, 0x10, 0, 0, 0, 72, 0, 0, 0, 1, 0, 0, 0, 0xb8, 0x10, 0xb8, 0x10, 0, 0, 0, 0,
	1, 0, 0, 0, 0, 0, 1, 0,
	0xc8, 0x4f, 0x32, 0x4b, 0x70, 0x16, 0xd3, 0x01, 0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88,
	3, 0, 0, 0,
	0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60,
	2, 0, 0, 0,
};

/* [MS-SRVS] 3.1.4.8 NetrShareEnum, level 1 */
static struct msg share_enum(void)
{
	struct msg m = {};

	msg_add(&m, "\5\0\0\3\x10\0\0\0", 8);
	msg_le(&m, 0, 2);			/* frag_length, below */
	msg_le(&m, 0, 2);
	msg_le(&m, 2, 4);			/* call_id */
	msg_le(&m, 0, 4);
	msg_le(&m, 0, 2);
	msg_le(&m, 15, 2);			/* opnum */
	msg_le(&m, 0, 4);			/* ServerName */
	msg_le(&m, 1, 4);			/* Level */
	msg_le(&m, 1, 4);			/* union discriminant */
	msg_le(&m, 0x20000, 4);			/* Container */
	msg_le(&m, 0, 4);
	msg_le(&m, 0, 4);
	msg_le(&m, 0xffffffff, 4);		/* PreferedMaximumLength */
	msg_le(&m, 0, 4);			/* ResumeHandle */
	m.data[8] = (uint8_t)m.len;
	return m;
}

static uint64_t io(struct bench *b, uint16_t op, uint64_t pipe, const void *data, size_t len,
		   uint32_t max)
{
	struct csrv_up_pipe_io in = { .pipe = pipe, .data_len = (uint32_t)len, .max_out = max };
	struct msg parts = {};

	msg_add(&parts, data, len);
	return ask(b, op, &in, sizeof(in), &parts);
}

/*
 * The daemon's next message is a STATUS question for @what, of that session; answers it with @page
 * and @next.
 */
static void tell_status_of(struct bench *b, uint32_t what, uint64_t session,
			   const struct page *page, uint64_t next, int error)
{
	struct csrv_up_hdr hdr = { .op = CSRV_OP_STATUS | CSRV_UP_ANSWER, .status = error };
	struct csrv_up_status_answer ans = { .next = next, .data_len = (uint32_t)page->len };
	struct csrv_up_status q;
	struct msg m = {};
	struct reply r;

	assert(hear(b, &r) && r.hdr.op == CSRV_OP_STATUS && r.hdr.id >> 63 && !r.hdr.status);
	assert(r.len == sizeof(q));
	memcpy(&q, r.body, sizeof(q));
	assert(q.what == what && q.session == session && !q.reserved);
	hdr.id = r.hdr.id;
	hdr.len = (uint32_t)(sizeof(hdr) + (error ? 0 : sizeof(ans) + page->len));
	msg_add(&m, &hdr, sizeof(hdr));
	if (!error) {
		msg_add(&m, &ans, sizeof(ans));
		msg_add(&m, page->data, page->len);
	}
	send_raw(b, m.data, m.len);
}

static void tell_status(struct bench *b, uint32_t what, const struct page *page, uint64_t next,
			int error)
{
	tell_status_of(b, what, 0, page, next, error);
}

static const struct page nothing;

/* A page of one tree. */
static const struct page *tree(uint64_t session, const char *share)
{
	static struct page p;

	p.len = 0;
	page_tree(&p, (struct csrv_up_tree){ .session = session, .id = 1 }, share, "");
	return &p;
}

/* A page of one connection. */
static const struct page *connection(const char *client)
{
	static struct page p;

	p.len = 0;
	page_connection(&p, (struct csrv_up_connection){}, client);
	return &p;
}

/* On a slow machine lists grow old between two lines of a test: they are fetched again. */
static void settle(struct bench *b)
{
	static const uint32_t order[] = { CSRV_STATUS_SESSIONS, CSRV_STATUS_TREES,
					  CSRV_STATUS_OPENS };
	struct {
		struct csrv_up_hdr hdr;
		struct csrv_up_status body;
	} peek;

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		if (recv(b->fd, &peek, sizeof(peek), MSG_DONTWAIT | MSG_PEEK) != sizeof(peek))
			return;
		if (peek.hdr.op != CSRV_OP_STATUS || peek.body.what != order[i])
			return;
		tell_status(b, order[i], &nothing, 0, 0);
	}
}

static bool contains_utf16(const struct reply *r, const char *s)
{
	struct msg m = {};

	msg_utf16(&m, s);
	return memmem(r->body, r->len, m.data, m.len);
}

static void pipes_speak_rpc(void)
{
	struct bench *b = bench_new();
	struct csrv_up_pipe_close gone = { .pipe = 9 };
	struct csrv_up_pipe_answer out;
	struct msg e = share_enum();
	struct reply r;
	struct page sessions = {};
	uint64_t bind, list, rest;

	page_session(&sessions, (struct csrv_up_session){ .id = 0x1f }, "User", "", "");
	say_init(b);
	assert(open_pipe(b, 9, "nosuch", 0) == -ENOENT);
	assert(open_pipe(b, 9, "srvsvc", 0) == 0);
	assert(open_pipe(b, 9, "srvsvc", 0) == -EEXIST);
	assert(open_pipe(b, 10, "SrvSvc", 1000) == 0);

	/* The lists are fetched first; what came meanwhile is answered in order. */
	bind = io(b, CSRV_OP_PIPE_TRANSACT, 9, bind_srvsvc, sizeof(bind_srvsvc), 4280);
	list = io(b, CSRV_OP_PIPE_TRANSACT, 9, e.data, e.len, 64);
	rest = io(b, CSRV_OP_PIPE_READ, 9, NULL, 0, 4280);
	tell_status(b, CSRV_STATUS_SESSIONS, &sessions, 0, 0);
	tell_status(b, CSRV_STATUS_TREES, tree(0x1f, "DATA"), 5, 0);
	tell_status(b, CSRV_STATUS_TREES, tree(0x20, "data"), 0, 0);
	tell_status(b, CSRV_STATUS_OPENS, &nothing, 0, -EOPNOTSUPP);

	assert(!answer(b, CSRV_OP_PIPE_TRANSACT, bind, &r));
	memcpy(&out, r.body, sizeof(out));
	assert(r.len == sizeof(out) + out.data_len && !out.left && r.body[sizeof(out) + 2] == 12);
	assert(!answer(b, CSRV_OP_PIPE_TRANSACT, list, &r));
	memcpy(&out, r.body, sizeof(out));
	assert(out.data_len == 64 && out.left && r.body[sizeof(out) + 2] == 2);
	assert(!answer(b, CSRV_OP_PIPE_READ, rest, &r));
	assert(r.len == sizeof(out) + out.left);
	assert(contains_utf16(&r, "data") && contains_utf16(&r, "things"));
	assert(!contains_utf16(&r, "off"));
	quiet(b);

	/* Fresh now: no more questions to the kernel. */
	rest = io(b, CSRV_OP_PIPE_READ, 9, NULL, 0, 100);
	assert(answer(b, CSRV_OP_PIPE_READ, rest, &r) == -EAGAIN);
	rest = io(b, CSRV_OP_PIPE_WRITE, 10, bind_srvsvc, sizeof(bind_srvsvc), 0);
	settle(b);
	assert(!answer(b, CSRV_OP_PIPE_WRITE, rest, &r) && !r.len);
	rest = io(b, CSRV_OP_PIPE_READ, 10, NULL, 0, 0xffffffff);
	assert(!answer(b, CSRV_OP_PIPE_READ, rest, &r) && r.len > 60);

	ask(b, CSRV_OP_PIPE_CLOSE, &gone, sizeof(gone), NULL);
	ask(b, CSRV_OP_PIPE_CLOSE, &gone, sizeof(gone), NULL);
	quiet(b);
	rest = io(b, CSRV_OP_PIPE_READ, 9, NULL, 0, 100);
	assert(answer(b, CSRV_OP_PIPE_READ, rest, &r) == -EBADF);
	rest = io(b, CSRV_OP_PIPE_WRITE, 77, "x", 1, 0);
	assert(answer(b, CSRV_OP_PIPE_WRITE, rest, &r) == -EBADF);
	rest = io(b, CSRV_OP_PIPE_READ, 10, "x", 1, 100);
	assert(answer(b, CSRV_OP_PIPE_READ, rest, &r) == -EINVAL);
	bench_free(b);
}

static void tell_lists(struct bench *b)
{
	tell_status(b, CSRV_STATUS_SESSIONS, &nothing, 0, 0);
	tell_status(b, CSRV_STATUS_TREES, &nothing, 0, 0);
}

/* Asks for the list of shares; the question's id. */
static uint64_t ask_shares(struct bench *b, uint64_t pipe)
{
	struct msg e = share_enum();

	return io(b, CSRV_OP_PIPE_TRANSACT, pipe, e.data, e.len, 4280);
}

static bool shows_data(struct bench *b, uint64_t id)
{
	struct reply r;

	assert(!answer(b, CSRV_OP_PIPE_TRANSACT, id, &r));
	assert(contains_utf16(&r, "IPC$"));
	return contains_utf16(&r, "data");
}

/* What is not known admits none: an error, a record of another session, or none at all. */
static void shares_of_unknown_access_are_not_listed(void)
{
	static const struct { int error; uint64_t session; size_t more; bool shows; } t[] = {
		{ -EIO, 0x101, 0, false }, { 0, 0x102, 0, false }, { 0, 0x101, 4, false },
		{ 0, 0x101, 0, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		struct bench *b = bench_new();
		struct page p = {};
		uint64_t id[2];
		struct reply r;

		attr(b, "shares/data/access_based_enum", "1\n");
		page_admitted(&p, (struct csrv_up_admitted){ .session = t[i].session }, "data");
		page_put(&p, "\xff\xff\xff\xff", t[i].more);
		say_init(b);
		assert(!open_pipe(b, 1, "srvsvc", 1000));
		id[0] = io(b, CSRV_OP_PIPE_TRANSACT, 1, bind_srvsvc, sizeof(bind_srvsvc), 4280);
		id[1] = ask_shares(b, 1);
		tell_lists(b);
		tell_status_of(b, CSRV_STATUS_ADMITTED, 0x101, &p, 0, t[i].error);
		assert(!answer(b, CSRV_OP_PIPE_TRANSACT, id[0], &r));
		assert(shows_data(b, id[1]) == t[i].shows);
		bench_free(b);
	}
}

/* smb.conf(5), "access based share enum": for each session the kernel is asked what admits it. */
static void shares_are_listed_by_access(void)
{
	struct bench *b = bench_new();
	struct page other = {}, both = {};
	struct reply r;
	uint64_t id[4];

	attr(b, "shares/data/access_based_enum", "1\n");
	page_admitted(&other, (struct csrv_up_admitted){ .session = 0x101 }, "other");
	both = other;
	page_admitted(&both, (struct csrv_up_admitted){ .session = 0x101 }, "DATA");
	say_init(b);
	for (uint64_t pipe = 1; pipe <= 2; pipe++)
		assert(!open_pipe(b, pipe, "srvsvc", 1000));

	/* Two sessions, whose questions wait: the lists serve both, the kernel is asked for each. */
	id[0] = io(b, CSRV_OP_PIPE_TRANSACT, 1, bind_srvsvc, sizeof(bind_srvsvc), 4280);
	id[1] = io(b, CSRV_OP_PIPE_TRANSACT, 2, bind_srvsvc, sizeof(bind_srvsvc), 4280);
	id[2] = ask_shares(b, 1);
	id[3] = ask_shares(b, 2);
	tell_lists(b);
	tell_status_of(b, CSRV_STATUS_ADMITTED, 0x101, &other, 9, 0);
	tell_status_of(b, CSRV_STATUS_ADMITTED, 0x101, &both, 0, 0);
	assert(!answer(b, CSRV_OP_PIPE_TRANSACT, id[0], &r));
	tell_status_of(b, CSRV_STATUS_ADMITTED, 0x102, &nothing, 0, 0);
	assert(!answer(b, CSRV_OP_PIPE_TRANSACT, id[1], &r));
	assert(shows_data(b, id[2]));
	assert(!shows_data(b, id[3]));
	bench_free(b);
}

/* Where the session has become another user's, the user opens pipes of its own. */
static void a_new_pipe_is_asked_for_anew(void)
{
	struct bench *b = bench_new();
	struct page p = {};
	struct reply r;
	uint64_t id[2];

	attr(b, "shares/data/access_based_enum", "1\n");
	page_admitted(&p, (struct csrv_up_admitted){ .session = 0x101 }, "data");
	say_init(b);
	assert(!open_pipe(b, 1, "srvsvc", 1000));
	id[0] = io(b, CSRV_OP_PIPE_TRANSACT, 1, bind_srvsvc, sizeof(bind_srvsvc), 4280);
	tell_lists(b);
	tell_status_of(b, CSRV_STATUS_ADMITTED, 0x101, &p, 0, 0);
	assert(!answer(b, CSRV_OP_PIPE_TRANSACT, id[0], &r));
	lists_forget(b->up->lists, 0x102);
	assert(lists_rpc_env(b->up->lists)->admits(b->up->lists, 0x101, "Data"));
	lists_forget(b->up->lists, 0x101);
	assert(!lists_rpc_env(b->up->lists)->admits(b->up->lists, 0x101, "data"));
	id[1] = ask_shares(b, 1);
	settle(b);
	tell_status_of(b, CSRV_STATUS_ADMITTED, 0x101, &nothing, 0, 0);
	assert(!shows_data(b, id[1]));
	bench_free(b);
}

/* Nothing is asked for a question that makes no service run. */
static void what_runs_nothing_asks_nothing(void)
{
	struct bench *b = bench_new();
	struct reply r;
	uint64_t id;

	attr(b, "shares/data/access_based_enum", "1\n");
	say_init(b);
	assert(!open_pipe(b, 1, "srvsvc", 1000));
	id = io(b, CSRV_OP_PIPE_TRANSACT, 1, NULL, 0, 4280);
	assert(answer(b, CSRV_OP_PIPE_TRANSACT, id, &r) == -EAGAIN);
	id = io(b, CSRV_OP_PIPE_WRITE, 1, NULL, 0, 0);
	assert(!answer(b, CSRV_OP_PIPE_WRITE, id, &r));
	quiet(b);
	bench_free(b);
}

struct counted {
	int n;
	char last[64];
};

static int count_session(const struct rpc_session *s, void *arg)
{
	struct counted *c = arg;

	c->n++;
	snprintf(c->last, sizeof(c->last), "%s@%s", s->user, s->client);
	return 0;
}

static int count_conn(const struct rpc_conn *conn, void *arg)
{
	struct counted *c = arg;

	c->n++;
	snprintf(c->last, sizeof(c->last), "%s@%s:%s", conn->user, conn->client, conn->share);
	return 0;
}

static int count_file(const struct rpc_file *f, void *arg)
{
	struct counted *c = arg;

	c->n++;
	snprintf(c->last, sizeof(c->last), "%s:%s:%u:%u", f->user, f->path, f->access, f->locks);
	return 0;
}

static void on_lists(void *priv)
{
	(*(int *)priv)++;
}

/* Trees find their sessions; a list that is not to be had is an error, and no shorter list. */
static void lists_are_whole_or_not_to_be_had(void)
{
	static const struct { uint64_t id; const char *user, *client; } list[] = {
		{ 0x30, "carol", "c" }, { 0x10, "alice", "a" }, { 0x20, "bob", "b" },
	};
	struct page sessions = {};
	struct bench *b = bench_new();
	const struct rpc_env *env = lists_rpc_env(b->up->lists);
	struct counted c = {};
	int done = 0;

	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		page_session(&sessions, (struct csrv_up_session){ .id = list[i].id }, list[i].user,
			     "", list[i].client);
	say_init(b);
	assert(env->sessions(env->priv, count_session, &c) == -EAGAIN);
	assert(lists_refresh(b->up->lists, true, on_lists, &done));
	tell_status(b, CSRV_STATUS_SESSIONS, &sessions, 0, 0);
	tell_status(b, CSRV_STATUS_TREES, tree(0x20, "data"), 0, 0);
	tell_status(b, CSRV_STATUS_OPENS, &nothing, 0, -EIO);
	assert(done == 1 && !env->sessions(env->priv, count_session, &c) && c.n == 3);
	c.n = 0;
	assert(!env->conns(env->priv, count_conn, &c) && c.n == 1 && !strcmp(c.last, "bob@b:data"));
	assert(env->files(env->priv, count_file, &c) == -EIO && c.n == 1);

	assert(lists_refresh(b->up->lists, true, on_lists, &done));
	assert(!talloc_set_memlimit(b->up->lists, 1));
	tell_status(b, CSRV_STATUS_SESSIONS, &sessions, 0, 0);
	assert(!talloc_set_memlimit(b->up->lists, 0));
	assert(done == 2 && env->sessions(env->priv, count_session, &c) == -ENOMEM);
	assert(env->conns(env->priv, count_conn, &c) < 0 && c.n == 1);
	bench_free(b);
}

static void open_files_are_listed(void)
{
	static const struct csrv_up_open file = { .id = 1, .flags = CSRV_STATUS_HAS_PATH,
						  .access = 0x3, .locks = 7 };
	struct bench *b = bench_new();
	const struct rpc_env *env = lists_rpc_env(b->up->lists);
	struct counted c = {};
	struct page opens = {};
	int done = 0;

	page_open(&opens, file, "alice", "data", "a\xff.txt", "/srv/a\xff.txt");
	say_init(b);
	assert(lists_refresh(b->up->lists, true, on_lists, &done));
	tell_status(b, CSRV_STATUS_SESSIONS, &nothing, 0, 0);
	tell_status(b, CSRV_STATUS_TREES, &nothing, 0, 0);
	tell_status(b, CSRV_STATUS_OPENS, &opens, 0, 0);
	assert(done == 1 && !env->files(env->priv, count_file, &c) && c.n == 1);
	assert(!strcmp(c.last, "alice:data/a\xef\xbf\xbd.txt:3:7"));

	/* One record that is none: the list is not to be had, and nor is what was good of it. */
	page_put(&opens, "\xff\xff\xff\xff", 4);
	assert(lists_refresh(b->up->lists, true, on_lists, &done));
	tell_status(b, CSRV_STATUS_SESSIONS, &nothing, 0, 0);
	tell_status(b, CSRV_STATUS_TREES, &nothing, 0, 0);
	tell_status(b, CSRV_STATUS_OPENS, &opens, 0, 0);
	assert(done == 2 && env->files(env->priv, count_file, &c) == -EBADMSG && c.n == 1);
	bench_free(b);
}

static void take_opens(struct bench *b, struct lists *l, const struct page *opens, uint64_t next)
{
	static int done;

	done = 0;
	assert(lists_refresh(l, true, on_lists, &done));
	tell_status(b, CSRV_STATUS_SESSIONS, &nothing, 0, 0);
	tell_status(b, CSRV_STATUS_TREES, tree(1, "data"), 0, 0);
	tell_status(b, CSRV_STATUS_OPENS, opens, next, 0);
	if (next)
		tell_status(b, CSRV_STATUS_OPENS, opens, 0, 0);
	assert(done == 1);
}

/* A list beyond its limit is not available, and nothing of it stays; the others are. */
static void lists_have_a_limit(void)
{
	struct bench *b = bench_new();
	struct lists *l = lists_new(b, b->up, b->root, 4000);
	const struct rpc_env *env = lists_rpc_env(l);
	struct counted c = {};
	struct page opens = {};
	char name[1500];
	size_t empty;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	say_init(b);
	take_opens(b, l, &nothing, 0);
	assert(!env->files(env->priv, count_file, &c) && !c.n);
	empty = talloc_total_size(l);
	for (int i = 0; i < 2; i++)
		page_open(&opens, (struct csrv_up_open){}, "alice", "data", name, "");
	take_opens(b, l, &opens, 0);
	assert(!env->files(env->priv, count_file, &c) && c.n == 2);
	assert(talloc_total_size(l) > empty + 2 * sizeof(name));
	take_opens(b, l, &opens, 7);
	assert(env->files(env->priv, count_file, &c) == -EFBIG && c.n == 2);
	assert(!env->conns(env->priv, count_conn, &c) && c.n == 3);
	assert(talloc_total_size(l) == empty);
	talloc_free(l);
	bench_free(b);
}

static void broken_rpc_is_torn_down(void)
{
	struct bench *b = bench_new();
	struct reply r;
	uint64_t id;

	say_init(b);
	assert(!open_pipe(b, 1, "wkssvc", 1000));
	id = io(b, CSRV_OP_PIPE_WRITE, 1, "GARBAGE GARBAGE GARBAGE", 23, 0);
	tell_status(b, CSRV_STATUS_SESSIONS, &nothing, 0, -EINVAL);
	assert(answer(b, CSRV_OP_PIPE_WRITE, id, &r) == -EPIPE);
	id = io(b, CSRV_OP_PIPE_WRITE, 1, bind_srvsvc, sizeof(bind_srvsvc), 0);
	settle(b);
	assert(answer(b, CSRV_OP_PIPE_WRITE, id, &r) == -EPIPE);
	bench_free(b);
}

static void pipes_are_bounded(void)
{
	struct bench *b = bench_new();
	uint64_t n = 0;

	say_init(b);
	/* The anonymous user of one host has an eighth, an account half, and all together what there is. */
	while (!open_pipe_of(b, ++n, "srvsvc", 65534, "", "10.0.0.1"))
		;
	assert(n == UPCALL_MAX_PIPES / 8 + 1);
	assert(open_pipe_of(b, 1 << 20, "srvsvc", 65534, "", "10.0.0.1") == -EBUSY);
	assert(!open_pipe_of(b, 1 << 20, "srvsvc", 65534, "", "10.0.0.2"));
	while (!open_pipe(b, ++n, "srvsvc", 1000))
		;
	assert(n == UPCALL_MAX_PIPES / 8 + UPCALL_MAX_PIPES / 2 + 2);
	for (uint64_t i = 1; i <= n; i++) {
		struct csrv_up_pipe_close gone = { .pipe = i };

		ask(b, CSRV_OP_PIPE_CLOSE, &gone, sizeof(gone), NULL);
	}
	assert(!open_pipe_of(b, 1, "srvsvc", 65534, "", "10.0.0.1"));
	bench_free(b);
}

/* The kernel tells of a pipe's end once: want of memory must not keep the pipe. */
static void the_end_of_a_pipe_needs_no_memory(void)
{
	struct bench *b = bench_new();
	struct csrv_up_pipe_close gone = { .pipe = 1 };
	struct reply r;
	uint64_t id;

	say_init(b);
	assert(!open_pipe(b, 1, "srvsvc", 1000) && !open_pipe(b, 2, "srvsvc", 1000));
	assert(!talloc_set_memlimit(b->up, 1));
	ask(b, CSRV_OP_PIPE_CLOSE, &gone, sizeof(gone), NULL);
	ask(b, CSRV_OP_PIPE_CLOSE, &gone, sizeof(gone) - 1, NULL);
	io(b, CSRV_OP_PIPE_READ, 2, NULL, 0, 100);
	quiet(b);
	assert(!talloc_set_memlimit(b->up, 0));
	id = io(b, CSRV_OP_PIPE_READ, 1, NULL, 0, 100);
	assert(answer(b, CSRV_OP_PIPE_READ, id, &r) == -EBADF);
	id = io(b, CSRV_OP_PIPE_READ, 2, NULL, 0, 100);
	assert(answer(b, CSRV_OP_PIPE_READ, id, &r) == -EAGAIN);
	bench_free(b);
}

/* --- the daemon's own questions ------------------------------------------------- */

struct heard {
	int calls, error;
	char text[256];
};

static int on_record(void *priv, const struct record *rec)
{
	struct heard *h = priv;

	assert(rec->what == CSRV_STATUS_CONNECTIONS);
	if (!strcmp(rec->client, "refused"))
		return -EXDEV;
	strcat(strcat(h->text, rec->client), ".");
	return 0;
}

static void on_status(void *priv, int error)
{
	struct heard *h = priv;

	h->calls++;
	h->error = error;
}

static const struct status_events status_events = { on_record, on_status };

static struct status_request *ask_status(struct bench *b, uint32_t what, struct heard *h)
{
	return status_ask(b->up->status, b, what, 0, &status_events, h);
}

static void status_is_asked_page_by_page(void)
{
	struct bench *b = bench_new();
	struct heard one = {}, two = {}, three = {};
	struct status_request *req;

	assert(!ask_status(b, CSRV_STATUS_OPENS, &one));
	say_init(b);
	assert(ask_status(b, CSRV_STATUS_CONNECTIONS, &one));
	req = ask_status(b, CSRV_STATUS_TREES, &two);
	assert(req && ask_status(b, CSRV_STATUS_OPENS, &three));
	tell_status(b, CSRV_STATUS_CONNECTIONS, connection("a"), 17, 0);
	tell_status(b, CSRV_STATUS_CONNECTIONS, connection("b"), 0, 0);
	assert(one.calls == 1 && !one.error && !strcmp(one.text, "a.b."));
	/* The second is given up while its page is on the way: that answer is nobody's. */
	talloc_free(req);
	tell_status(b, CSRV_STATUS_TREES, tree(1, "lost"), 0, 0);
	assert(!two.calls && !three.calls);
	/* A page of nothing that promises another is refused. */
	tell_status(b, CSRV_STATUS_OPENS, &nothing, 3, 0);
	assert(three.calls == 1 && three.error == -EBADMSG && !*three.text);
	assert(ask_status(b, CSRV_STATUS_OPENS, &two));
	assert(ask_status(b, CSRV_STATUS_OPENS, &three));
	close(b->fd);
	turn(b);
	assert(two.error == -ENOTCONN && three.error == -ENOTCONN && three.calls == 2);
	b->fd = -1;
	connect_kernel(b);
	bench_free(b);
}

/* The first record that is none, or that is refused, ends the request; the next one is asked. */
static void status_ends_at_a_bad_record(void)
{
	struct bench *b = bench_new();
	struct heard one = {}, two = {}, three = {};
	struct page bad = *connection("good");

	say_init(b);
	page_put(&bad, connection("short")->data, connection("short")->len - 1);
	assert(ask_status(b, CSRV_STATUS_CONNECTIONS, &one));
	assert(ask_status(b, CSRV_STATUS_CONNECTIONS, &two));
	assert(ask_status(b, CSRV_STATUS_CONNECTIONS, &three));
	tell_status(b, CSRV_STATUS_CONNECTIONS, &bad, 5, 0);
	assert(one.calls == 1 && one.error == -EBADMSG && !strcmp(one.text, "good."));
	tell_status(b, CSRV_STATUS_CONNECTIONS, connection("refused"), 5, 0);
	assert(two.calls == 1 && two.error == -EXDEV && !three.calls);
	tell_status(b, CSRV_STATUS_CONNECTIONS, connection("c"), 0, 0);
	assert(three.calls == 1 && !three.error && !strcmp(three.text, "c."));
	bench_free(b);
}

static int count_record(void *priv, const struct record *rec)
{
	(void)rec;
	((struct heard *)priv)->calls++;
	return 0;
}

/* A page longer than the protocol allows is refused, however good its records are. */
static void status_refuses_a_long_page(void)
{
	static const struct status_events count = { count_record, on_status };
	static struct {
		struct csrv_up_hdr hdr;
		struct csrv_up_status_answer ans;
		uint8_t data[CSRV_STATUS_MAX_PAGE + sizeof(struct csrv_up_connection)];
	} msg = { .hdr = { .op = CSRV_OP_STATUS | CSRV_UP_ANSWER } };
	const struct page *p = connection("");
	const int most = (int)(CSRV_STATUS_MAX_PAGE / p->len);
	struct bench *b = bench_new();
	struct reply r;

	say_init(b);
	for (int n = 0; n <= most; n++)
		memcpy(msg.data + (size_t)n * p->len, p->data, p->len);
	for (int n = most; n <= most + 1; n++) {
		struct heard h = {};

		assert(status_ask(b->up->status, b, CSRV_STATUS_CONNECTIONS, 0, &count, &h));
		assert(hear(b, &r));
		msg.hdr.id = r.hdr.id;
		msg.ans.data_len = (uint32_t)((size_t)n * p->len);
		msg.hdr.len = (uint32_t)(sizeof(msg.hdr) + sizeof(msg.ans)) + msg.ans.data_len;
		send_raw(b, &msg, msg.hdr.len);
		/* on_status() counts, too */
		assert(h.calls == (n > most ? 1 : most + 1));
		assert(h.error == (n > most ? -EBADMSG : 0));
	}
	bench_free(b);
}

/* A kernel that says nothing holds up nobody for ever: each waits its time, one behind the other. */
static void silence_ends_all(void)
{
	struct bench *b = bench_new();
	struct heard one = {}, two = {}, three = {}, late = {};
	struct status_request *req;
	uint64_t start;

	say_init(b);
	start = upcall_now(b->up);
	assert(ask_status(b, CSRV_STATUS_TREES, &one));
	req = ask_status(b, CSRV_STATUS_TREES, &two);
	assert(req && ask_status(b, CSRV_STATUS_OPENS, &three));
	while (!one.calls)
		assert(sd_event_run(b->event, 1000000) >= 0);
	talloc_free(req);
	/* Whoever comes later does not make them wait longer. */
	while (!three.calls) {
		assert(ask_status(b, CSRV_STATUS_OPENS, &late));
		assert(sd_event_run(b->event, 1000000) >= 0);
		assert(upcall_now(b->up) - start < 12 * STATUS_PAGE_USEC);
	}
	assert(one.error == -ETIMEDOUT && !two.calls && three.error == -ETIMEDOUT);
	bench_free(b);
}

static void on_end(void *priv, int error)
{
	struct heard *h = priv;

	h->calls++;
	h->error = error;
}

/* The daemon's next message asks to end @what @id; the answer, with @extra octets too many. */
static void tell_end(struct bench *b, uint32_t what, uint64_t id, int error, size_t extra)
{
	struct csrv_up_hdr hdr = { .op = CSRV_OP_END | CSRV_UP_ANSWER, .status = error };
	struct csrv_up_end q;
	struct msg m = {};
	struct reply r;

	assert(hear(b, &r) && r.hdr.op == CSRV_OP_END && r.hdr.id >> 63 && !r.hdr.status);
	assert(r.len == sizeof(q));
	memcpy(&q, r.body, sizeof(q));
	assert(q.what == what && q.id == id && !q.reserved);
	quiet(b);		/* one at a time */
	hdr.id = r.hdr.id;
	hdr.len = (uint32_t)(sizeof(hdr) + extra);
	msg_add(&m, &hdr, sizeof(hdr));
	msg_add(&m, "surplus", extra);
	send_raw(b, m.data, m.len);
}

static void sessions_and_opens_are_ended_one_by_one(void)
{
	struct bench *b = bench_new();
	struct heard h[4] = {};
	TALLOC_CTX *asker;

	assert(!upcall_end(b->up, b, CSRV_UP_END_OPEN, 1, on_end, &h[0]));
	say_init(b);
	asker = talloc_new(b);
	assert(upcall_end(b->up, b, CSRV_UP_END_SESSION, 0x1f, on_end, &h[0]));
	assert(upcall_end(b->up, asker, CSRV_UP_END_OPEN, UINT64_MAX, on_end, &h[1]));
	assert(upcall_end(b->up, b, CSRV_UP_END_OPEN, 2, on_end, &h[2]));
	assert(!h[0].calls);
	tell_end(b, CSRV_UP_END_SESSION, 0x1f, 0, 0);
	assert(h[0].calls == 1 && !h[0].error && !h[1].calls);
	/* Who asked for this one is gone while it is on its way: the next waits for its answer. */
	talloc_free(asker);
	tell_end(b, CSRV_UP_END_OPEN, UINT64_MAX, 0, 0);
	assert(!h[1].calls && !h[2].calls);
	tell_end(b, CSRV_UP_END_OPEN, 2, -ENOENT, 0);
	assert(h[2].calls == 1 && h[2].error == -ENOENT);

	assert(upcall_end(b->up, b, CSRV_UP_END_OPEN, 3, on_end, &h[3]));
	tell_end(b, CSRV_UP_END_OPEN, 3, 0, 4);
	assert(h[3].calls == 1 && h[3].error == -EBADMSG);
	bench_free(b);
}

static void ends_are_bounded_and_end_with_the_kernel(void)
{
	struct bench *b = bench_new();
	struct heard h = {};

	say_init(b);
	for (uint64_t i = 0; i < ENDS_MAX; i++)
		assert(upcall_end(b->up, b, CSRV_UP_END_SESSION, i, on_end, &h));
	assert(!upcall_end(b->up, b, CSRV_UP_END_SESSION, 1, on_end, &h) && !h.calls);
	close(b->fd);
	turn(b);
	assert(h.calls == ENDS_MAX && h.error == -ENOTCONN);
	b->fd = -1;
	connect_kernel(b);
	bench_free(b);
}

static void a_new_kernel_starts_afresh(void)
{
	struct bench *b = bench_new();
	struct ntlm_client c = good_client;
	struct csrv_up_auth_answer out;
	struct msg m;
	struct reply r;

	say_init(b);
	first_leg(b, 1, &c);
	assert(!open_pipe(b, 1, "srvsvc", 0));
	close(b->fd);
	turn(b);
	assert(b->lost == 1 && b->lost_error < 0 && !b->up->ready);
	connect_kernel(b);
	b->id = 0;
	say_init(b);
	m = second_blob(&c);
	assert(leg(b, 1, 0, &m, &out, &r) == -ENOENT);
	assert(!open_pipe(b, 1, "srvsvc", 0));
	first_leg(b, 1, &c);
	bench_free(b);
}

int main(void)
{
	assert(!crypto_init());
	log_set_level(LOG_CRIT);
	init_comes_first_and_once();
	hint_and_whole_logon();
	accounts_are_looked_up_while_the_loop_runs();
	strangers_are_looked_up_likewise();
	the_account_that_is_missing_is_named();
	what_waits_is_given_up();
	only_so_many_wait();
	failures_delay_and_lock();
	logons_are_kept_apart_and_bounded();
	bad_questions_are_answered();
	broken_frames_are_dropped();
	pipes_speak_rpc();
	shares_are_listed_by_access();
	a_new_pipe_is_asked_for_anew();
	what_runs_nothing_asks_nothing();
	shares_of_unknown_access_are_not_listed();
	lists_are_whole_or_not_to_be_had();
	open_files_are_listed();
	lists_have_a_limit();
	broken_rpc_is_torn_down();
	pipes_are_bounded();
	the_end_of_a_pipe_needs_no_memory();
	status_is_asked_page_by_page();
	status_ends_at_a_bad_record();
	status_refuses_a_long_page();
	silence_ends_all();
	sessions_and_opens_are_ended_one_by_one();
	ends_are_bounded_and_end_with_the_kernel();
	a_new_kernel_starts_afresh();
	puts("daemon_upcall: ok");
	return 0;
}
