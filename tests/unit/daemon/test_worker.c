// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/worker/*.c daemon/names/*.c daemon/upcall/*.c daemon/auth/*.c daemon/passdb/file.c daemon/passdb/nss.c daemon/util/*.c daemon/rpc/*.c
// libs: talloc systemd gcrypt tasn1 jansson seccomp
/*
 * The process that reads what clients sent: its messages, what it is left with, and what becomes
 * of all that was asked when it ends.  This program again is the worker, a socket pair the device.
 */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "names/names.h"
#include "records.h"
#include "util/log.h"
#include "worker/ipc.h"
#include "worker/policy.h"
#include "worker/remote.h"
#include "worker/worker.h"

/* ---- messages ---- */

static size_t open_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void pair_up(int fd[2])
{
	assert(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd));
}

static void fields_and_descriptors_arrive(void)
{
	size_t before = open_fds();
	struct ipc_msg *m = ipc_new(NULL, IPC_DONE, 77), *got;
	int fd[2], memfd = ipc_memfd("x", (struct blob){ (const uint8_t *)"text", 4 });
	struct blob text;

	pair_up(fd);
	ipc_put_s32(m, -5);
	bytes_put_u64(&m->out, 1ull << 40);
	ipc_put_string(m, "süß");
	ipc_put_fd(m, memfd);
	assert(!ipc_send(fd[0], m, MSG_DONTWAIT));
	talloc_free(m);
	close(memfd);
	assert(!ipc_receive(NULL, fd[1], &got));
	assert(got->type == IPC_DONE && got->id == 77 && got->nfds == 1);
	assert(ipc_get_s32(got) == -5 && bytes_get_u64(&got->in) == 1ull << 40);
	assert(!strcmp(ipc_get_string(got, 10), "süß"));
	assert(!ipc_complete(got));		/* the descriptor is not taken */
	memfd = ipc_take_fd(got);
	assert(ipc_complete(got));
	assert(!ipc_read_memfd(got, memfd, 4, &text) && text.len == 4 && !memcmp(text.data, "text", 5));
	assert(ipc_read_memfd(got, memfd, 3, &text) == -EFBIG);
	assert(write(memfd, "y", 1) < 0 && errno == EPERM);
	close(memfd);
	talloc_free(got);
	assert(ipc_receive(NULL, fd[1], &got) == -EAGAIN);
	close(fd[0]);
	assert(ipc_receive(NULL, fd[1], &got) == -EPIPE);
	close(fd[1]);
	assert(open_fds() == before);
}

/* Sends octets and @n descriptors. */
static void send_raw(int fd, const void *data, size_t len, unsigned int n)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(8 * sizeof(int))] = {};
	struct iovec iov = { (void *)data, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c = (void *)control;

	if (n) {
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n * sizeof(int));
		for (unsigned int i = 0; i < n; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(int), &fd, sizeof(int));
	}
	assert(sendmsg(fd, &msg, 0) == (ssize_t)len);
}

static void what_is_no_message_is_dropped(void)
{
	size_t before = open_fds();
	struct ipc_hdr hdr = { .type = IPC_READY };
	static uint8_t big[IPC_MAX + 8];
	struct ipc_msg *m;
	int fd[2];

	pair_up(fd);
	send_raw(fd[0], "x", 1, 2);
	assert(ipc_receive(NULL, fd[1], &m) == -EBADMSG);
	send_raw(fd[0], &hdr, sizeof(hdr), 3);		/* more descriptors than one can have */
	assert(ipc_receive(NULL, fd[1], &m) == -EBADMSG);
	send_raw(fd[0], big, sizeof(big), 1);
	assert(ipc_receive(NULL, fd[1], &m) == -EBADMSG);
	send_raw(fd[0], big, 0, 1);			/* nothing, and a descriptor */
	assert(ipc_receive(NULL, fd[1], &m) == -EBADMSG);
	hdr.reserved = 1;
	send_raw(fd[0], &hdr, sizeof(hdr), 0);
	assert(ipc_receive(NULL, fd[1], &m) == -EBADMSG);
	hdr.reserved = 0;
	send_raw(fd[0], &hdr, sizeof(hdr), 2);
	assert(!ipc_receive(NULL, fd[1], &m) && !ipc_complete(m));
	assert(!ipc_get_string(m, 10) && m->in.bad);
	talloc_free(m);
	close(fd[0]);
	close(fd[1]);
	assert(open_fds() == before);
}

/* Also when it ended with messages unread. */
static void what_was_said_before_the_end_is_heard(void)
{
	struct ipc_msg *m = ipc_new(NULL, IPC_READY, 0), *got;
	int fd[2];

	pair_up(fd);
	assert(!ipc_send(fd[0], m, MSG_DONTWAIT));
	assert(!ipc_send(fd[1], m, MSG_DONTWAIT));
	close(fd[1]);
	assert(!ipc_receive(NULL, fd[0], &got) && got->type == IPC_READY);
	talloc_free(got);
	assert(ipc_receive(NULL, fd[0], &got) == -EPIPE);
	close(fd[0]);
	talloc_free(m);
}

static void only_sealed_memory_is_read(void)
{
	struct blob text;
	int fd[2], memfd = memfd_create("x", 0);

	assert(!pipe(fd));
	assert(ipc_read_memfd(NULL, fd[0], 10, &text) == -EBADMSG);
	assert(ipc_read_memfd(NULL, memfd, 10, &text) == -EBADMSG);
	close(fd[0]);
	close(fd[1]);
	close(memfd);
}

/* Through a connection, as the other side has it. */
static struct ipc_msg *carry(struct ipc_msg *m)
{
	struct ipc_msg *got;
	int fd[2];

	pair_up(fd);
	assert(!ipc_send(fd[0], m, MSG_DONTWAIT));
	assert(!ipc_receive(NULL, fd[1], &got));
	close(fd[0]);
	close(fd[1]);
	talloc_free(m);
	return got;
}

static void policies_and_identities_are_whole(void)
{
	struct policy p = { .env = {
		.netbios_name = "N", .workgroup = "W", .dns_name = "d.e", .dns_domain = "e",
		.guest_account = "nobody", .ntlm_disabled = true,
		.map_to_guest = AUTH_GUEST_BAD_PASSWORD, .restrict_anonymous = 2,
		.dummy_hash = "0123456789abcde", .lockout = { 1, 20, 600, 10 } }, .log_level = 6 }, q = {};
	uint32_t groups[] = { 7, 8 };
	struct nss_account acc = {
		.id = { .uid = 5, .gid = 6, .groups = groups, .ngroups = 2 },
		.home = "/home/u", .group = "users",
	}, got;
	struct ipc_msg *m = ipc_new(NULL, IPC_POLICY, 0);
	int error;

	policy_put(m, &p);
	m = carry(m);
	assert(policy_get(m, &q) && ipc_complete(m));
	assert(!strcmp(q.env.dns_name, "d.e") && !strcmp(q.env.guest_account, "nobody"));
	assert(q.env.ntlm_disabled && q.env.map_to_guest == AUTH_GUEST_BAD_PASSWORD);
	assert(q.env.lockout.delay == 1 && q.env.lockout.limit == 20 && q.env.lockout.lock_time == 600);
	assert(q.env.lockout.longest == 10);
	assert(q.env.restrict_anonymous == 2 && q.log_level == 6);
	assert(!memcmp(q.env.dummy_hash, p.env.dummy_hash, sizeof(p.env.dummy_hash)));
	talloc_free(m);

	m = ipc_new(NULL, IPC_NAME_DONE, 1);
	account_put(m, 0, &acc);
	m = carry(m);
	assert(account_get(m, &error, &got) && !error);
	assert(got.id.uid == 5 && got.id.gid == 6 && got.id.ngroups == 2 && got.id.groups[1] == 8);
	assert(!strcmp(got.home, "/home/u") && !strcmp(got.group, "users"));
	talloc_free(m);

	/* What a name service has need not be UTF-8. */
	m = ipc_new(NULL, IPC_NAME_DONE, 1);
	acc.home = "/home/J\xfcrgen";
	acc.group = "gr\xfcn";
	account_put(m, 0, &acc);
	m = carry(m);
	assert(account_get(m, &error, &got) && !strcmp(got.home, "/home/J\xfcrgen"));
	talloc_free(m);

	m = ipc_new(NULL, IPC_NAME_DONE, 1);
	account_put(m, -ENOENT, NULL);
	m = carry(m);
	assert(account_get(m, &error, &got) && error == -ENOENT);
	talloc_free(m);

	m = ipc_new(NULL, IPC_NAME_DONE, 1);	/* more groups than there are octets */
	ipc_put_s32(m, 0);
	for (int i = 0; i < 3; i++)
		bytes_put_u32(&m->out, 1000);
	m = carry(m);
	assert(!account_get(m, &error, &got));
	talloc_free(m);
}

/* ---- a worker ---- */

struct bench {
	sd_event *event;
	struct names *names;
	struct remote *remote;
	int ready, lost, lost_error;
	int done, done_error;
	char *text;
};

/* Instead of the C library's: a process that does not die yet, and a socket that cannot be read. */
static bool immortal;
static int recv_error;
static int no_tables;			/* so often there is no room for what was counted */

int memfd_create(const char *name, unsigned int flags)
{
	if (strcmp(name, "failures") || !no_tables)
		return (int)syscall(SYS_memfd_create, name, flags);
	no_tables--;
	errno = ENOMEM;
	return -1;
}

int kill(pid_t pid, int sig)
{
	return immortal && sig == SIGKILL ? 0 : (int)syscall(SYS_kill, pid, sig);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	if (!recv_error)
		return syscall(SYS_recvmsg, fd, msg, flags);
	errno = recv_error;
	recv_error = 0;
	return -1;
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static bool absent;		/* the device */
static char logged[4000];	/* the last lines */

static void on_line(int prio, const struct log_about *about, const char *line)
{
	size_t len = strlen(logged);

	(void)about;
	assert(prio == LOG_ERR);
	snprintf(logged + len, sizeof(logged) - len, "%s\n", line);
}

static int kernel_fd;		/* our end of the device that was opened last */
static int opened;

static int open_pair(const char *path)
{
	int fd[2], size = 4 * CSRV_UP_MAX_MSG;

	assert(!strcmp(path, "/dev/made-up"));
	if (absent)
		return -ENOENT;
	pair_up(fd);
	assert(!setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)));
	if (opened++)
		close(kernel_fd);
	kernel_fd = fd[0];
	return fd[1];
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

static const struct remote_events events = { .ready = on_ready, .lost = on_lost };

static void on_done(void *priv, int error, const char *text, size_t len)
{
	struct bench *b = priv;

	b->done++;
	b->done_error = error;
	talloc_free(b->text);
	b->text = talloc_strndup(b, text, len);
	assert(strlen(text) == len);
}

/* Runs the loop until @count has reached @want: the deadline is for a test that hangs. */
static void until(struct bench *b, const int *count, int want)
{
	uint64_t stop = now() + 60000000;

	while (*count < want) {
		assert(now() < stop);
		assert(sd_event_run(b->event, 100000) >= 0);
	}
}

/* The next message of the worker's upcall. */
static size_t hear(struct bench *b, void *buf, size_t size)
{
	struct pollfd p = { kernel_fd, POLLIN, 0 };

	for (int i = 0; !poll(&p, 1, 50); i++) {
		assert(i < 1200);
		assert(!b || sd_event_run(b->event, 0) >= 0);
	}
	return (size_t)recv(kernel_fd, buf, size, 0);
}

static void say_init(struct bench *b)
{
	struct {
		struct csrv_up_hdr hdr;
		struct csrv_up_init init;
	} q = { { .len = sizeof(q), .op = CSRV_OP_INIT, .id = 1 },
		{ .version = CSRV_UP_VERSION, .max_msg = CSRV_UP_MAX_MSG } };
	struct csrv_up_hdr hdr;
	uint8_t buf[4096];

	assert(send(kernel_fd, &q, sizeof(q), 0) == sizeof(q));
	assert(hear(b, buf, sizeof(buf)) >= sizeof(hdr));
	memcpy(&hdr, buf, sizeof(hdr));
	assert(hdr.op == (CSRV_OP_INIT | CSRV_UP_ANSWER) && !hdr.status);
}

static struct passdb *accounts(TALLOC_CTX *ctx)
{
	struct passdb *db = passdb_new(ctx);
	uint8_t hash[16] = { 1 };

	assert(!passdb_add(db, "User", hash, 1));
	return db;
}

static uint64_t ping_usec;	/* 0: as it is outside of tests */
static const char *configfs;

/* A remote that has been started. */
static struct bench *bench_start(void)
{
	struct bench *b = talloc_zero(NULL, struct bench);
	struct auth_env env = {
		.netbios_name = "BENCH", .workgroup = "BENCHES", .dns_name = "bench",
		.dns_domain = "", .guest_account = "nobody", .passdb = accounts(b),
		.lockout = { .limit = 3, .lock_time = 600 },
	};

	assert(sd_event_new(&b->event) >= 0);
	assert(!names_new(b, b->event, &b->names));
	assert(!remote_new(b, &(struct remote_args){
		.event = b->event, .device = "/dev/made-up", .open_device = open_pair,
		.configfs = configfs, .user = "nobody", .ping_usec = ping_usec,
		.names = b->names, .events = &events, .priv = b,
	}, &b->remote));
	assert(!remote_policy(b->remote, &env, (struct blob){ (const uint8_t *)"a = b\n", 6 },
			      LOG_ERR));
	remote_start(b->remote);
	return b;
}

static struct bench *bench_new(void)
{
	int before = opened;
	struct bench *b = bench_start();

	until(b, &opened, before + 1);
	say_init(b);
	until(b, &b->ready, 1);
	assert(remote_ready(b->remote));
	return b;
}

static void bench_free(struct bench *b)
{
	sd_event *event = b->event;

	talloc_free(b);
	sd_event_unref(event);
	/* What the loop has not reaped yet is no worker of the next bench. */
	while (wait(NULL) > 0)
		;
}

/* The pid of the only child that is a worker. */
static pid_t worker_pid(void)
{
	FILE *f = popen("pgrep -x cifssrvd-worker -P $PPID", "r");
	int pid = 0;

	assert(f && fscanf(f, "%d", &pid) == 1);
	pclose(f);
	return pid;
}

static char *status_line(pid_t pid, const char *name)
{
	static char line[256];
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	assert(f);
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)))
			break;
	fclose(f);
	return line;
}

static void a_worker_has_nothing(void)
{
	struct bench *b = bench_new();
	pid_t pid = worker_pid();
	unsigned int uid;

	assert(strstr(status_line(pid, "CapPrm"), "0000000000000000"));
	assert(strstr(status_line(pid, "CapEff"), "0000000000000000"));
	assert(strstr(status_line(pid, "NoNewPrivs"), "\t1"));
	assert(strstr(status_line(pid, "Seccomp:"), "\t2"));
	assert(sscanf(status_line(pid, "Uid:"), "Uid:\t%u", &uid) == 1 && (geteuid() || uid));
	assert(geteuid() || strstr(status_line(pid, "Groups:"), "Groups:\t \n"));
	bench_free(b);
}

#define LINE(tree, share) \
	"{\"session\":\"0x0000000000000001\",\"tree\":" tree ",\"share\":\"" share "\"," \
	"\"read_only\":false,\"encrypted\":false,\"admin\":false,\"created\":0}\n"

static void lists_come_through(void)
{
	struct bench *b = bench_new();
	struct {
		struct csrv_up_hdr hdr;
		struct csrv_up_status body;
	} q;
	struct {
		struct csrv_up_hdr hdr;
		struct csrv_up_status_answer body;
		uint8_t data[100];
	} a = { .hdr.op = CSRV_OP_STATUS | CSRV_UP_ANSWER };
	struct page p = {};

	page_tree(&p, (struct csrv_up_tree){ .session = 1, .id = 2 }, "\"\xff\n", "");
	page_tree(&p, (struct csrv_up_tree){ .session = 1, .id = 3 }, "", "");
	memcpy(a.data, p.data, p.len);
	a.body.data_len = (uint32_t)p.len;
	a.hdr.len = (uint32_t)(sizeof(a.hdr) + sizeof(a.body) + p.len);
	assert(remote_list(b->remote, b, CSRV_STATUS_TREES, on_done, b));
	assert(hear(b, &q, sizeof(q)) == sizeof(q) && q.body.what == CSRV_STATUS_TREES);
	a.hdr.id = q.hdr.id;
	assert(send(kernel_fd, &a, a.hdr.len, 0) == (ssize_t)a.hdr.len);
	until(b, &b->done, 1);
	assert(!b->done_error && !strcmp(b->text, LINE("2", "\\\"\xef\xbf\xbd\\u000a") LINE("3", "")));

	/* A request that is given up has no answer, but the kernel is not asked again before that. */
	talloc_free(remote_list(b->remote, b, CSRV_STATUS_TREES, on_done, b));
	assert(hear(b, &q, sizeof(q)) == sizeof(q));
	a.hdr.id = q.hdr.id;
	assert(send(kernel_fd, &a, a.hdr.len, 0) == (ssize_t)a.hdr.len);
	assert(remote_list(b->remote, b, CSRV_STATUS_OPENS, on_done, b));
	assert(hear(b, &q, sizeof(q)) == sizeof(q) && q.body.what == CSRV_STATUS_OPENS);
	a.hdr.id = q.hdr.id;
	a.hdr.status = -EINVAL;
	a.hdr.len = sizeof(a.hdr);
	assert(send(kernel_fd, &a, a.hdr.len, 0) == (ssize_t)a.hdr.len);
	until(b, &b->done, 2);
	assert(b->done_error == -EINVAL && !*b->text);
	bench_free(b);
}

static void ends_come_through(void)
{
	struct bench *b = bench_new();
	struct {
		struct csrv_up_hdr hdr;
		struct csrv_up_end body;
	} q;
	struct csrv_up_hdr a = { .len = sizeof(a), .op = CSRV_OP_END | CSRV_UP_ANSWER,
				 .status = -ENOENT };

	assert(remote_end(b->remote, b, CSRV_UP_END_OPEN, 1ull << 33, on_done, b));
	assert(hear(b, &q, sizeof(q)) == sizeof(q) && q.hdr.op == CSRV_OP_END);
	assert(q.body.what == CSRV_UP_END_OPEN && q.body.id == 1ull << 33);
	a.id = q.hdr.id;
	assert(send(kernel_fd, &a, sizeof(a), 0) == sizeof(a));
	until(b, &b->done, 1);
	assert(b->done_error == -ENOENT);
	bench_free(b);
}

static void lockouts_come_through(void)
{
	struct bench *b = bench_new();

	assert(remote_lockouts(b->remote, b, on_done, b));
	until(b, &b->done, 1);
	assert(!b->done_error && !*b->text);
	assert(remote_unlock(b->remote, b, "User", on_done, b));
	until(b, &b->done, 2);
	assert(b->done_error == -ENOENT);
	bench_free(b);
}

/* What clients call themselves has any length, and any octets. */
static void any_name_can_be_unlocked(void)
{
	struct bench *b = bench_new();
	char name[5001] = "", *longest = talloc_array(b, char, IPC_MAX + 1);

	memset(name, 'x', sizeof(name) - 1);
	memset(longest, 'x', IPC_MAX);
	longest[IPC_MAX] = 0;
	assert(remote_unlock(b->remote, b, name, on_done, b));
	assert(remote_unlock(b->remote, b, "J\xfcrgen", on_done, b));
	until(b, &b->done, 2);
	assert(b->done_error == -ENOENT && !b->lost && remote_ready(b->remote));
	/* But for one that is longer than a message, which is refused. */
	assert(!remote_unlock(b->remote, b, longest, on_done, b));
	assert(!b->lost && remote_ready(b->remote));
	bench_free(b);
}

static void a_worker_that_ends_is_replaced(void)
{
	struct bench *b = bench_new();
	int before = opened;
	char c;

	assert(remote_list(b->remote, b, CSRV_STATUS_SESSIONS, on_done, b));
	kill(worker_pid(), SIGKILL);
	until(b, &b->lost, 1);
	assert(b->lost_error == -EPIPE && b->done == 1 && b->done_error == -ENOTCONN);
	assert(!remote_ready(b->remote));
	assert(!remote_list(b->remote, b, CSRV_STATUS_SESSIONS, on_done, b));
	until(b, &opened, before + 1);
	say_init(b);
	until(b, &b->ready, 2);
	assert(b->lost == 1);

	/* The kernel goes away. */
	assert(!shutdown(kernel_fd, SHUT_RDWR));
	until(b, &b->lost, 2);
	assert(b->lost_error == -ENODEV);
	(void)c;
	bench_free(b);
}

/* Another release's module: the worker says so once, and nothing is ready. */
static void another_release_is_lost(void)
{
	struct bench *b = bench_new();
	struct {
		struct csrv_up_hdr hdr;
		struct csrv_up_init init;
	} q = { { .len = sizeof(q), .op = CSRV_OP_INIT, .id = 1 },
		{ .version = CSRV_UP_VERSION + 1, .max_msg = CSRV_UP_MAX_MSG } };
	int before = opened;

	kill(worker_pid(), SIGKILL);
	until(b, &opened, before + 1);
	assert(send(kernel_fd, &q, sizeof(q), 0) == sizeof(q));
	until(b, &b->lost, 2);
	assert(b->lost_error == -EPROTONOSUPPORT && !remote_ready(b->remote) && b->ready == 1);
	bench_free(b);
}

static void list_lockouts(struct bench *b)
{
	int before = b->done;

	assert(remote_lockouts(b->remote, b, on_done, b));
	until(b, &b->done, before + 1);
	assert(!b->done_error);
}

/* Ends the worker, and waits for the next one. */
static void next_worker(struct bench *b)
{
	int before = opened, ready = b->ready;

	kill(worker_pid(), SIGKILL);
	until(b, &opened, before + 1);
	say_init(b);
	until(b, &b->ready, ready + 1);
}

/* Whoever can end a worker does not end what was counted by it. */
static void lockouts_outlive_a_worker(void)
{
	struct bench *b;

	setenv("HOSTILE", "fails", 1);
	b = bench_start();
	until(b, &b->ready, 1);
	unsetenv("HOSTILE");
	next_worker(b);
	list_lockouts(b);
	assert(strstr(b->text, "{\"name\":\"User\",\"address\":\"10.0.0.1\",\"failures\":3,"));
	next_worker(b);
	list_lockouts(b);
	assert(strstr(b->text, "\"address\":\"10.0.0.1\""));
	/* What the administrator has ended does not come back. */
	assert(remote_unlock(b->remote, b, "10.0.0.1", on_done, b));
	until(b, &b->done, 3);
	assert(!b->done_error && strstr(b->text, "1 lock-out"));
	list_lockouts(b);
	assert(!*b->text);
	next_worker(b);
	list_lockouts(b);
	assert(!*b->text);
	bench_free(b);
}

static void turn(struct bench *b, uint64_t usec)
{
	uint64_t stop = now() + usec;

	while (now() < stop)
		assert(sd_event_run(b->event, 20000) >= 0);
}

static struct bench *bench_hostile(const char *how)
{
	struct bench *b;

	setenv("HOSTILE", how, 1);
	b = bench_start();
	until(b, &b->ready, 1);
	unsetenv("HOSTILE");
	return b;
}

/* Failures that the manager has not read yet when it asks. */
static void unlocking_outdoes_what_lies_unread(void)
{
	struct bench *b = bench_hostile("unlocks");

	assert(remote_unlock(b->remote, b, "User", on_done, b));
	until(b, &b->done, 1);
	next_worker(b);
	list_lockouts(b);
	assert(!*b->text);
	bench_free(b);

	/* Whoever asked has gone. */
	b = bench_hostile("unlocks");
	talloc_free(remote_unlock(b->remote, b, "User", on_done, b));
	list_lockouts(b);
	next_worker(b);
	list_lockouts(b);
	assert(!*b->text && b->done == 2);
	bench_free(b);

	/* The worker ends and has not answered. */
	b = bench_hostile("fails");
	assert(remote_unlock(b->remote, b, "User", on_done, b));
	list_lockouts(b);
	next_worker(b);
	assert(b->done == 2 && b->done_error == -ENOTCONN);
	list_lockouts(b);
	assert(!*b->text);
	bench_free(b);
}

static void unlocking_needs_no_worker(void)
{
	struct bench *b = bench_hostile("fails");

	list_lockouts(b);
	absent = true;
	kill(worker_pid(), SIGKILL);
	until(b, &b->lost, 2);
	assert(b->lost_error == -ENOENT && !remote_lockouts(b->remote, b, on_done, b));
	assert(remote_unlock(b->remote, b, "10.0.0.1", on_done, b) && b->done == 1);
	until(b, &b->done, 2);
	assert(!b->done_error && !strcmp(b->text, "1 lock-out ended"));
	talloc_free(remote_unlock(b->remote, b, "10.0.0.1", on_done, b));
	assert(remote_unlock(b->remote, b, "10.0.0.1", on_done, b));
	until(b, &b->done, 3);
	assert(b->done_error == -ENOENT);
	absent = false;
	until(b, &opened, opened + 1);
	say_init(b);
	until(b, &b->ready, 2);
	list_lockouts(b);
	assert(!*b->text);
	bench_free(b);
}

/* The lock-outs that a worker has behind @n workers in a row that are @how. */
static void after_bad_workers(const char *how, int n, bool kept)
{
	struct bench *b = bench_hostile("fails");
	int before = opened;

	list_lockouts(b);
	setenv("HOSTILE", how, 1);
	kill(worker_pid(), SIGKILL);
	for (int i = 0; i < n; i++) {
		until(b, &b->ready, 2 + i);
		if (i == n - 1)
			unsetenv("HOSTILE");
		if (strcmp(how, "refuses"))
			continue;
		list_lockouts(b);
		kill(worker_pid(), SIGKILL);
	}
	until(b, &opened, before + n + 1);
	say_init(b);
	until(b, &b->ready, 2 + n);
	list_lockouts(b);
	assert(kept ? !!strstr(b->text, "\"failures\":3,") : !*b->text);
	bench_free(b);
}

/* Else they would end every worker. */
static void tables_that_no_worker_can_take_are_dropped(void)
{
	after_bad_workers("dies", 1, true);
	after_bad_workers("dies", 2, false);
	after_bad_workers("refuses", 1, true);
	after_bad_workers("refuses", 2, false);
}

/* The worker goes on without; the next one is told, unless that happens again and again. */
static void tables_that_cannot_be_told_end_no_worker(void)
{
	for (int n = 1; n <= 2; n++) {
		struct bench *b = bench_hostile("fails");
		int lost;

		list_lockouts(b);
		lost = b->lost;
		for (int i = 0; i < n; i++) {
			no_tables = 1;
			next_worker(b);
			list_lockouts(b);
			assert(!no_tables && !*b->text && b->lost == lost + 1 + i);
		}
		next_worker(b);
		list_lockouts(b);
		assert(n == 1 ? !!strstr(b->text, "\"failures\":3,") : !*b->text);
		bench_free(b);
	}
}

/* One that is slow to die has the device, which no other process makes busy. */
static void a_worker_is_dead_before_the_next(void)
{
	int before = opened;
	struct bench *b;

	ping_usec = 1000000;
	b = bench_hostile("deaf");
	immortal = true;
	setenv("HOSTILE", "talks", 1);
	until(b, &b->lost, 1);
	turn(b, 2500000);
	assert(opened == before + 1 && b->lost == 1);
	immortal = false;
	kill(worker_pid(), SIGKILL);
	until(b, &b->ready, 2);
	unsetenv("HOSTILE");
	assert(opened == before + 2 && b->lost == 1);
	bench_free(b);
	ping_usec = 0;
}

static void errors_of_our_own_are_not_the_workers(void)
{
	struct bench *b = bench_hostile("talks");

	*logged = 0;
	recv_error = ENOMEM;
	assert(remote_lockouts(b->remote, b, on_done, b));
	until(b, &b->lost, 1);
	assert(strstr(logged, "Cannot allocate memory") && !strstr(logged, "breaks"));
	bench_free(b);
}

static int on_block(sd_event_source *source, uint64_t usec, void *userdata)
{
	int *n = userdata;

	(void)usec;
	usleep(1500000);
	if (++*n == 6)
		return 0;
	sd_event_source_set_time_relative(source, 0);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* It has answered, and the manager, which was at something else, has not read that yet. */
static void a_worker_does_not_hang_when_the_manager_does(void)
{
	sd_event_source *source;
	struct bench *b;
	int n = 0;

	ping_usec = 1000000;
	b = bench_hostile("talks");
	assert(sd_event_add_time_relative(b->event, &source, CLOCK_MONOTONIC, 100000, 0, on_block,
					  &n) >= 0);
	until(b, &n, 6);
	turn(b, 4000000);
	assert(!b->lost && remote_ready(b->remote));
	sd_event_source_unref(source);
	bench_free(b);
	for (int i = 0; i < 2; i++) {
		*logged = 0;
		b = bench_hostile(i ? "floods" : "deaf");
		until(b, &b->lost, 1);
		assert(b->lost_error == -EPIPE && strstr(logged, "hangs"));
		bench_free(b);
	}
	ping_usec = 0;
}

/* ---- the worker's end alone ---- */

static void tell_worker(int fd, struct ipc_msg *m, int memfd)
{
	if (memfd >= 0)
		ipc_put_fd(m, memfd);
	assert(!ipc_send(fd, m, 0));
	talloc_free(m);
}

/* Its next message, which is of this type. */
static struct ipc_msg *from_worker(int fd, uint32_t type)
{
	struct pollfd p = { fd, POLLIN, 0 };
	struct ipc_msg *m;

	assert(poll(&p, 1, 60000) == 1 && !ipc_receive(NULL, fd, &m));
	assert(m->type == type);
	return m;
}

static void start_worker(pid_t parent, int *fd, pid_t *pid)
{
	char uid[16], me[16];
	char *const argv[] = { (char *)"cifssrvd", (char *)WORKER_OPTION, (char *)configfs, uid, uid,
			       me, NULL };

	snprintf(uid, sizeof(uid), "%u", geteuid() ? geteuid() : 65534);
	snprintf(me, sizeof(me), "%d", (int)parent);
	*pid = self_spawn(argv, NULL, fd);
	assert(*pid > 0);
}

/* What clients sent is read last, and a worker that cannot read it goes on. */
static void a_worker_goes_on_without_tables(void)
{
	struct policy p = { .env = {
		.netbios_name = "N", .workgroup = "W", .dns_name = "d", .dns_domain = "",
		.guest_account = "nobody" }, .log_level = LOG_EMERG };
	struct csrv_up_hdr unknown = { .len = sizeof(unknown), .op = 999, .id = 2 };
	int fd, none = ipc_memfd("none", (struct blob){}), device = open_pair("/dev/made-up");
	int junk = ipc_memfd("junk", (struct blob){ (const uint8_t *)"junk", 4 });
	struct ipc_msg *m = ipc_new(NULL, IPC_POLICY, 0);
	struct pollfd kernel = { .events = POLLIN };
	uint8_t buf[4096];
	pid_t pid;

	start_worker(getpid(), &fd, &pid);
	policy_put(m, &p);
	ipc_put_fd(m, none);
	tell_worker(fd, m, none);
	tell_worker(fd, ipc_new(NULL, IPC_DEVICE, 0), device);
	close(device);
	say_init(NULL);
	talloc_free(from_worker(fd, IPC_READY));
	kernel.fd = kernel_fd;
	assert(send(kernel_fd, &unknown, sizeof(unknown), 0) == sizeof(unknown));
	tell_worker(fd, ipc_new(NULL, IPC_PING, 0), -1);
	m = from_worker(fd, IPC_DONE);
	assert(!m->id);
	talloc_free(m);
	assert(!poll(&kernel, 1, 300));
	tell_worker(fd, ipc_new(NULL, IPC_FAILURES, 7), junk);
	m = from_worker(fd, IPC_DONE);
	assert(m->id == 7 && ipc_get_s32(m) == -EBADMSG);
	talloc_free(m);
	assert(poll(&kernel, 1, 60000) == 1 && recv(kernel_fd, buf, sizeof(buf), 0) > 0);
	close(fd);
	close(none);
	close(junk);
	assert(waitpid(pid, NULL, 0) == pid);
}

/* With its priority, which standard error has not. */
static void what_a_worker_says_first_is_heard(void)
{
	struct ipc_msg *m;
	pid_t pid;
	int fd;

	start_worker(1, &fd, &pid);
	m = from_worker(fd, IPC_LOG);
	assert(ipc_get_s32(m) == LOG_ERR && !bytes_get_u32(&m->in));
	assert(strstr(ipc_get_string(m, IPC_MAX), "cannot be confined"));
	talloc_free(m);
	assert(waitpid(pid, NULL, 0) == pid);
	close(fd);
}

/* ---- a worker that somebody else has taken over ---- */

static void say(enum ipc_type type, uint64_t id, const char *text, int32_t number)
{
	struct ipc_msg *m = ipc_new(NULL, type, id);

	if (text)
		ipc_put_string(m, text);
	else if (type == IPC_DONE)
		ipc_put_s32(m, number);
	ipc_send(WORKER_FD, m, 0);
	talloc_free(m);
}

static void tell_failed(const char *name, const char *host)
{
	struct ipc_msg *m = ipc_new(NULL, IPC_FAILED, 0);

	ipc_put_string(m, name);
	ipc_put_string(m, host);
	ipc_send(WORKER_FD, m, 0);
	talloc_free(m);
}

static void say_line(void)
{
	struct ipc_msg *m = ipc_new(NULL, IPC_LOG, 0);

	ipc_put_s32(m, LOG_DEBUG);
	bytes_put_u32(&m->out, 0);
	for (int i = 0; i < 5; i++)
		ipc_put_string(m, "x");
	ipc_send(WORKER_FD, m, 0);
	talloc_free(m);
}

static void obey(const char *how, const struct ipc_msg *m)
{
	if (m->type == IPC_FAILURES && !strcmp(how, "dies"))
		_exit(0);
	if (m->type == IPC_UNLOCK && strcmp(how, "unlocks"))
		return;
	for (int i = 0; i < 50 && m->type == IPC_PING; i++)
		say_line();
	if (m->id || m->type == IPC_PING)
		say(IPC_DONE, m->id, NULL,
		    m->type == IPC_FAILURES && !strcmp(how, "refuses") ? -EBADMSG : 0);
}

/* Answers all, but that only one "unlocks"; some have had three failures. */
__attribute__((noreturn))
static void lawful(const char *how)
{
	struct pollfd p = { WORKER_FD, POLLIN, 0 };
	struct ipc_msg *m;

	for (int i = 0; i < 3 && (!strcmp(how, "fails") || !strcmp(how, "unlocks")); i++)
		tell_failed("User", "10.0.0.1");
	for (;;) {
		poll(&p, 1, -1);
		if (ipc_receive(NULL, WORKER_FD, &m) < 0)
			_exit(0);
		obey(how, m);
		talloc_free(m);
	}
}

/* Says that it is ready, and then what it must not, or nothing; listens to nobody, and stays. */
__attribute__((noreturn))
static void hostile(const char *how)
{
	static const char *const lawfuls[] = { "fails", "dies", "refuses", "unlocks", "talks" };
	static uint8_t big[IPC_MAX + 8] = { IPC_LOG };

	prctl(PR_SET_NAME, "cifssrvd-worker", 0, 0, 0);
	say(IPC_READY, 0, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(lawfuls); i++)
		if (!strcmp(how, lawfuls[i]))
			lawful(how);
	while (!strcmp(how, "floods"))
		say_line();
	if (!strcmp(how, "longname"))
		tell_failed((const char *)memset(big, 'x', 300), "10.0.0.1");
	if (!strcmp(how, "asks"))
		for (uint64_t id = 1; id < 100000; id++)
			say(IPC_NAME, id, "root", 0);
	if (!strcmp(how, "pong"))
		say(IPC_DONE, 0, NULL, 0);
	if (!strcmp(how, "id"))
		say(IPC_DONE, 1ull << 40, NULL, 0);
	if (!strcmp(how, "half"))
		send(WORKER_FD, big, sizeof(struct ipc_hdr) - 1, 0);
	if (!strcmp(how, "large"))
		send(WORKER_FD, big, sizeof(big), 0);
	if (!strcmp(how, "field"))
		say(IPC_LOG, 0, "not all", 0);
	if (!strcmp(how, "name"))
		say(IPC_NAME, 1, "\xff", 0);
	if (!strcmp(how, "manager"))
		say(IPC_PING, 0, NULL, 0);
	if (!strcmp(how, "twice"))
		say(IPC_READY, 0, NULL, 0);
	for (;;)
		pause();
}

static void a_worker_that_breaks_rules_is_ended(void)
{
	static const char *const ways[] = {
		"asks", "pong", "id", "half", "large", "field", "name", "manager", "twice",
		"longname",
	};

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct bench *b;

		setenv("HOSTILE", ways[i], 1);
		b = bench_start();
		until(b, &b->lost, 1);
		assert(b->lost_error == -EPIPE && !remote_ready(b->remote));
		bench_free(b);
	}
	unsetenv("HOSTILE");
}

/* One that does not listen is not told without end, and is found out. */
static void a_deaf_worker_is_ended(void)
{
	struct bench *b;
	int n = 0;

	setenv("HOSTILE", "deaf", 1);
	b = bench_start();
	until(b, &b->ready, 1);
	unsetenv("HOSTILE");
	while (remote_lockouts(b->remote, b, on_done, b))
		assert(++n < 2000);
	assert(n > 256 && b->lost == 1 && b->lost_error == -EPIPE);
	assert(b->done == n && b->done_error == -ENOTCONN);
	bench_free(b);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], NAMES_WORKER_ARG))
		_exit(names_worker(&names_nss));	/* see loop.h */
	if (argc > 1 && !strcmp(argv[1], WORKER_OPTION) && getenv("HOSTILE"))
		hostile(getenv("HOSTILE"));
	if (argc > 1 && !strcmp(argv[1], WORKER_OPTION))
		_exit(worker_main(argc - 2, argv + 2));
	log_set_level(LOG_ERR);
	log_set_sink(on_line);
	configfs = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	fields_and_descriptors_arrive();
	what_is_no_message_is_dropped();
	what_was_said_before_the_end_is_heard();
	only_sealed_memory_is_read();
	policies_and_identities_are_whole();
	a_worker_has_nothing();
	lists_come_through();
	ends_come_through();
	lockouts_come_through();
	any_name_can_be_unlocked();
	a_worker_that_ends_is_replaced();
	another_release_is_lost();
	lockouts_outlive_a_worker();
	a_worker_that_breaks_rules_is_ended();
	a_deaf_worker_is_ended();
	unlocking_outdoes_what_lies_unread();
	unlocking_needs_no_worker();
	tables_that_no_worker_can_take_are_dropped();
	tables_that_cannot_be_told_end_no_worker();
	a_worker_is_dead_before_the_next();
	errors_of_our_own_are_not_the_workers();
	what_a_worker_says_first_is_heard();
	a_worker_does_not_hang_when_the_manager_does();
	a_worker_goes_on_without_tables();
	return 0;
}
