// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * smbload - load one SMB 3.1.1 server over one connection and print what it did, as JSON
 *
 *	smbload HOST PORT SHARE USER PASSWORD WORKLOAD [option=value]...
 *
 * WORKLOAD: seqread seqwrite randread randwrite openclose makedelete query lock dirlist echo logon
 * prepare, and rawread, rawwrite against rawserve.
 * Options: mode=plain|sign|seal signing=hmac|cmac|gmac secs=N depth=N size=BYTES ops=N.
 * `prepare` makes what the others use: the file `bench.dat` of `size` bytes with each 4 KiB block's
 * number at its start (reads verify it), and the directory `bench.dir` with 1000 files.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto.h"

#define BLOCK 4096U
#define LARGE (1U << 20)
#define FILES 1000U
#define MAX_DEPTH 64U
#define DIR_BUFFER 65536U
#define NETWORK_OPEN 56U	/* [MS-FSCC] 2.4.34 */

struct slot {			/* one chain of requests that wait for each other */
	uint64_t mid;
	uint64_t offset;
	uint8_t id[16];
	unsigned int step;
	bool busy;
};

struct load {
	struct smb s;
	const struct workload *w;
	struct slot slots[MAX_DEPTH];
	unsigned int depth;
	uint64_t size, n, ops, bytes, seed;
	uint64_t count;		/* operations to do, without regard to time; 0: as many as `secs` allow */
	char **argv;
	enum mode mode;
	enum signing signing;
	uint8_t id[16];		/* of bench.dat */
	double secs;
};

struct workload {
	const char *name;
	uint32_t io;		/* bytes of a request; 0: no data */
	bool write, random, needs_file;
	unsigned int depth;
	void (*next)(struct load *l, struct slot *sl);
	/* the reply is in l->s; true: the slot's chain is complete and counts as one operation */
	bool (*done)(struct load *l, struct slot *sl, uint32_t status);
};

static double now(void)
{
	return now_ns() / 1e9;
}

static uint16_t charge_of(uint32_t bytes)
{
	return bytes ? (bytes - 1) / 65536 + 1 : 1;
}

/* --- requests --------------------------------------------------------------- */

enum { OPEN = 1, MAKE = 2, OPEN_IF = 3 };
enum { DIRECTORY = 1, NON_DIRECTORY = 0x40, DELETE_ON_CLOSE = 0x1000 };

static uint32_t access_for(uint32_t options)
{
	if (options == DIRECTORY)
		return 0x120089;
	return options & DELETE_ON_CLOSE ? 0x13019f : 0x12019f;
}

static uint64_t send_create(struct smb *s, const char *name, uint32_t disposition, uint32_t options)
{
	uint64_t mid = smb_begin(s, CREATE, 1);
	uint8_t *b = s->req + HDR;
	size_t n;

	memset(b, 0, 56);
	put16(b, 57);
	put32(b + 4, 2);			/* impersonation */
	put32(b + 24, access_for(options));
	put32(b + 32, 7);			/* share everything */
	put32(b + 36, disposition);
	put32(b + 40, options);
	put16(b + 44, HDR + 56);
	n = utf16(b + 56, name);
	put16(b + 46, n);
	smb_send(s, 56 + n);
	return mid;
}

static uint64_t send_close(struct smb *s, const uint8_t id[16])
{
	uint64_t mid = smb_begin(s, CLOSE, 1);
	uint8_t *b = s->req + HDR;

	memset(b, 0, 24);
	put16(b, 24);
	memcpy(b + 8, id, 16);
	smb_send(s, 24);
	return mid;
}

static uint64_t send_read(struct smb *s, const uint8_t id[16], uint64_t offset, uint32_t len)
{
	uint64_t mid = smb_begin(s, READ, charge_of(len));
	uint8_t *b = s->req + HDR;

	memset(b, 0, 49);
	put16(b, 49);
	b[2] = HDR + 16;
	put32(b + 4, len);
	put64(b + 8, offset);
	memcpy(b + 16, id, 16);
	smb_send(s, 49);
	return mid;
}

/* The data stays in the buffer from the last time, but for the block numbers. */
static uint64_t send_write(struct smb *s, const uint8_t id[16], uint64_t offset, uint32_t len)
{
	uint64_t mid = smb_begin(s, WRITE, charge_of(len)), i;
	uint8_t *b = s->req + HDR;

	memset(b, 0, 48);
	put16(b, 49);
	put16(b + 2, HDR + 48);
	put32(b + 4, len);
	put64(b + 8, offset);
	memcpy(b + 16, id, 16);
	for (i = 0; i < len; i += BLOCK)
		put64(b + 48 + i, (offset + i) / BLOCK);
	smb_send(s, 48 + len);
	return mid;
}

static uint64_t send_query_directory(struct smb *s, const uint8_t id[16])
{
	uint64_t mid = smb_begin(s, QUERY_DIRECTORY, charge_of(DIR_BUFFER));
	uint8_t *b = s->req + HDR;

	memset(b, 0, 32);
	put16(b, 33);
	b[2] = 37;				/* FileIdBothDirectoryInformation */
	memcpy(b + 8, id, 16);
	put16(b + 24, HDR + 32);
	put16(b + 26, 2);
	put32(b + 28, DIR_BUFFER);
	put16(b + 32, '*');
	smb_send(s, 34);
	return mid;
}

static uint64_t send_query_info(struct smb *s, const uint8_t id[16])
{
	uint64_t mid = smb_begin(s, QUERY_INFO, 1);
	uint8_t *b = s->req + HDR;

	memset(b, 0, 40);
	put16(b, 41);
	b[2] = 1;				/* SMB2_0_INFO_FILE */
	b[3] = 34;				/* FileNetworkOpenInformation */
	put32(b + 4, NETWORK_OPEN);
	memcpy(b + 24, id, 16);
	smb_send(s, 40);
	return mid;
}

static uint64_t send_lock(struct smb *s, const uint8_t id[16], uint64_t offset, uint32_t flags)
{
	uint64_t mid = smb_begin(s, LOCK, 1);
	uint8_t *b = s->req + HDR;

	memset(b, 0, 48);
	put16(b, 48);
	put16(b + 2, 1);
	memcpy(b + 8, id, 16);
	put64(b + 24, offset);
	put64(b + 32, BLOCK);
	put32(b + 40, flags);
	smb_send(s, 48);
	return mid;
}

static uint64_t send_echo(struct smb *s)
{
	uint64_t mid = smb_begin(s, ECHO, 1);

	put32(s->req + HDR, 4);
	smb_send(s, 4);
	return mid;
}

static void created(const struct smb *s, uint8_t id[16], uint32_t status)
{
	if (status)
		die("create: status %#x", status);
	if (s->rep_len < HDR + 88)
		die("create: short reply");
	memcpy(id, rep_body(s) + 64, 16);
}

static void open_now(struct smb *s, const char *name, uint32_t disposition, uint32_t options,
		     uint8_t id[16])
{
	send_create(s, name, disposition, options);
	created(s, id, smb_recv(s));
}

static void close_now(struct smb *s, const uint8_t id[16])
{
	uint32_t status;

	send_close(s, id);
	status = smb_recv(s);
	if (status)
		die("close: status %#x", status);
}

/* --- workloads ---------------------------------------------------------------- */

static uint64_t place(struct load *l)
{
	uint64_t slots = l->size / l->w->io;

	if (!l->w->random)
		return l->n++ % slots * l->w->io;
	l->seed ^= l->seed << 13;
	l->seed ^= l->seed >> 7;
	l->seed ^= l->seed << 17;
	return l->seed % slots * l->w->io;
}

static void io_next(struct load *l, struct slot *sl)
{
	sl->offset = place(l);
	if (l->w->write)
		sl->mid = send_write(&l->s, l->id, sl->offset, l->w->io);
	else
		sl->mid = send_read(&l->s, l->id, sl->offset, l->w->io);
}

static bool io_done(struct load *l, struct slot *sl, uint32_t status)
{
	const uint8_t *b = rep_body(&l->s);
	uint32_t i, off = b[2];

	if (status)
		die("%s at %llu: status %#x", l->w->name, (unsigned long long)sl->offset, status);
	if (get32(b + 4) != l->w->io)
		die("%s at %llu: %u bytes", l->w->name, (unsigned long long)sl->offset, get32(b + 4));
	if (!l->w->write) {
		if (off + l->w->io > l->s.rep_len)
			die("read: the data is not in the message");
		for (i = 0; i < l->w->io; i += BLOCK)
			if (get64(l->s.rep + off + i) != (sl->offset + i) / BLOCK)
				die("wrong data at %llu", (unsigned long long)sl->offset + i);
	}
	l->bytes += l->w->io;
	return true;
}

static void close_next(struct load *l, struct slot *sl)
{
	sl->mid = send_close(&l->s, sl->id);
	sl->step = 0;
}

static void openclose_next(struct load *l, struct slot *sl)
{
	char name[64];

	if (sl->step++) {
		close_next(l, sl);
		return;
	}
	snprintf(name, sizeof(name), "bench.dir\\file-%04u", (unsigned int)(l->n++ % FILES));
	sl->mid = send_create(&l->s, name, OPEN, NON_DIRECTORY);
}

static void makedelete_next(struct load *l, struct slot *sl)
{
	char name[64];

	if (sl->step++) {
		close_next(l, sl);
		return;
	}
	snprintf(name, sizeof(name), "bench.dir\\new-%04u", (unsigned int)(l->n++ % FILES));
	sl->mid = send_create(&l->s, name, MAKE, NON_DIRECTORY | DELETE_ON_CLOSE);
}

static bool openclose_done(struct load *l, struct slot *sl, uint32_t status)
{
	if (sl->step) {
		created(&l->s, sl->id, status);
		return false;
	}
	if (status)
		die("close: status %#x", status);
	return true;
}

enum { EXCLUSIVE = 2, UNLOCK = 4, AT_ONCE = 0x10 };	/* [MS-SMB2] 2.2.26.1 */

static void lock_next(struct load *l, struct slot *sl)
{
	sl->step = !sl->step;
	if (sl->step)
		sl->offset = place(l);
	sl->mid = send_lock(&l->s, l->id, sl->offset, sl->step ? EXCLUSIVE | AT_ONCE : UNLOCK);
}

static bool lock_done(struct load *l, struct slot *sl, uint32_t status)
{
	(void)l;
	if (status)
		die("%slock at %llu: status %#x", sl->step ? "" : "un", (unsigned long long)sl->offset,
		    status);
	return !sl->step;
}

static void query_next(struct load *l, struct slot *sl)
{
	sl->mid = send_query_info(&l->s, l->id);
}

static bool query_done(struct load *l, struct slot *sl, uint32_t status)
{
	(void)sl;
	if (status)
		die("query: status %#x", status);
	if (get32(rep_body(&l->s) + 4) != NETWORK_OPEN)
		die("query: %u bytes", get32(rep_body(&l->s) + 4));
	return true;
}

static void echo_next(struct load *l, struct slot *sl)
{
	sl->mid = send_echo(&l->s);
}

static bool echo_done(struct load *l, struct slot *sl, uint32_t status)
{
	(void)l;
	(void)sl;
	if (status)
		die("echo: status %#x", status);
	return true;
}

enum { LIST_OPEN, LIST_READ, LIST_CLOSE };

static void dirlist_next(struct load *l, struct slot *sl)
{
	if (sl->step == LIST_OPEN)
		sl->mid = send_create(&l->s, "bench.dir", OPEN, DIRECTORY);
	else if (sl->step == LIST_READ)
		sl->mid = send_query_directory(&l->s, sl->id);
	else
		sl->mid = send_close(&l->s, sl->id);
}

/* Entries of a FileIdBothDirectoryInformation buffer, [MS-FSCC] 2.4.17 */
static unsigned int count_entries(const struct smb *s)
{
	uint32_t off = get16(rep_body(s) + 2), len = get32(rep_body(s) + 4), at = 0, next;
	unsigned int n = 0;

	if (off > s->rep_len || len > s->rep_len - off)
		die("directory: the data is not in the message");
	do {
		if (at + 104 > len)
			die("directory: cut entry");
		next = get32(s->rep + off + at);
		n++;
		at += next;
	} while (next);
	return n;
}

static bool dirlist_done(struct load *l, struct slot *sl, uint32_t status)
{
	if (sl->step == LIST_OPEN) {
		created(&l->s, sl->id, status);
		sl->offset = 0;			/* counts entries here */
		sl->step = LIST_READ;
	} else if (sl->step == LIST_READ && status == STATUS_NO_MORE_FILES) {
		if (sl->offset != FILES + 2)
			die("directory: %u entries", (unsigned int)sl->offset);
		sl->step = LIST_CLOSE;
	} else if (status) {
		die("directory: status %#x", status);
	} else if (sl->step == LIST_READ) {
		sl->offset += count_entries(&l->s);
	} else {
		sl->step = LIST_OPEN;
		return true;
	}
	return false;
}

static const struct workload workloads[] = {
	{ "seqread",   LARGE, false, false, true,  4, io_next, io_done },
	{ "seqwrite",  LARGE, true,  false, true,  4, io_next, io_done },
	{ "randread",  BLOCK, false, true,  true,  8, io_next, io_done },
	{ "randwrite", BLOCK, true,  true,  true,  8, io_next, io_done },
	{ "openclose", 0,     false, false, false, 4, openclose_next, openclose_done },
	{ "dirlist",   0,     false, false, false, 1, dirlist_next, dirlist_done },
	{ "makedelete", 0,    false, false, false, 1, makedelete_next, openclose_done },
	{ "query",     0,     false, false, true,  1, query_next, query_done },
	{ "lock",      BLOCK, false, true,  true,  1, lock_next, lock_done },
	{ "echo",      0,     false, false, false, 1, echo_next, echo_done },
	{ "logon",     0,     false, false, false, 1, NULL, NULL },	/* of a connection of its own */
};

/* --- the loop --------------------------------------------------------------------- */

static struct slot *slot_of(struct load *l, uint64_t mid)
{
	for (unsigned int i = 0; i < l->depth; i++)
		if (l->slots[i].busy && l->slots[i].mid == mid)
			return &l->slots[i];
	die("a reply to nothing: message id %llu", (unsigned long long)mid);
}

/* Send for every idle slot, as credits allow; the number of requests under way. */
static unsigned int fill(struct load *l, bool stop)
{
	unsigned int busy = 0;

	for (unsigned int i = 0; i < l->depth; i++) {
		struct slot *sl = &l->slots[i];

		/* a chain that has begun is finished, so that nothing stays open */
		if (!sl->busy && (!stop || sl->step) && l->s.credits > charge_of(LARGE)) {
			l->w->next(l, sl);
			sl->busy = true;
		}
		busy += sl->busy;
	}
	return busy;
}

static void run(struct load *l)
{
	double start = now(), end = start + l->secs, t = start;
	struct slot *sl;
	uint32_t status;

	while (fill(l, t >= end)) {
		status = smb_recv(&l->s);
		sl = slot_of(l, rep_mid(&l->s));
		sl->busy = false;
		if (l->w->done(l, sl, status))
			l->ops++;
		t = now();
	}
	l->secs = t - start;
}

static void enter(struct load *l)
{
	smb_connect(&l->s, l->argv[1], l->argv[2], l->mode, l->signing);
	smb_login(&l->s, l->argv[4], l->argv[5]);
	smb_tree(&l->s, l->argv[1], l->argv[3]);
}

static void repeat(struct load *l, uint64_t ops)
{
	struct slot *sl = &l->slots[0];

	while (ops) {
		if (!l->w->next) {
			enter(l);
			smb_hang_up(&l->s);
			ops--;
			continue;
		}
		l->w->next(l, sl);
		if (l->w->done(l, sl, smb_recv(&l->s)))
			ops--;
	}
}

/* Time in which CPU 0 ran a task: rq_cpu_time.  [Documentation/scheduler/sched-stats.rst] */
static uint64_t busy_ns(void)
{
	FILE *f = fopen("/proc/schedstat", "r");
	unsigned long long ns = 0;
	char line[512];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "cpu0 %*u %*u %*u %*u %*u %*u %llu", &ns) == 1)
			break;
	if (f)
		fclose(f);
	return ns;
}

/* One operation after the other, so that a machine's one CPU has always something to do; before them a
 * quarter as many that do not count.  The policy lets the server end what it does for an operation
 * before the next one is sent, and each thread of it run as soon as it can.
 */
static void run_counted(struct load *l)
{
	struct sched_param none = { 0 };
	uint64_t busy, start, inside;

	if (sched_setscheduler(0, SCHED_IDLE, &none))
		die("SCHED_IDLE: %s", strerror(errno));
	repeat(l, l->count / 4 + 1);
	busy = busy_ns();
	inside = inside_ns;
	start = now_ns();
	repeat(l, l->count);
	l->secs = (now_ns() - start) / 1e9;
	inside = inside_ns - inside;
	busy = busy_ns() - busy;
	printf("{\"workload\": \"%s\", \"ops\": %llu, \"secs\": %.9f, \"inside\": %.9f, \"busy\": %.9f}\n",
	       l->w->name, (unsigned long long)l->count, l->secs, inside / 1e9, busy / 1e9);
}

static void report(const struct load *l, const char *name)
{
	printf("{\"workload\": \"%s\", \"ops\": %llu, \"bytes\": %llu, \"secs\": %.3f, \"ops_s\": %.1f, \"mb_s\": %.1f}\n",
	       name, (unsigned long long)l->ops, (unsigned long long)l->bytes, l->secs,
	       l->ops / l->secs, l->bytes / l->secs / 1e6);
}

static void prepare(struct load *l)
{
	uint8_t id[16];
	char name[64];

	open_now(&l->s, "bench.dat", OPEN_IF, NON_DIRECTORY, id);
	for (uint64_t at = 0; at < l->size; at += LARGE) {
		send_write(&l->s, id, at, LARGE);
		if (smb_recv(&l->s))
			die("prepare: write: status %#x", get32(l->s.rep + 8));
	}
	close_now(&l->s, id);
	open_now(&l->s, "bench.dir", OPEN_IF, DIRECTORY, id);
	close_now(&l->s, id);
	for (unsigned int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "bench.dir\\file-%04u", i);
		open_now(&l->s, name, OPEN_IF, NON_DIRECTORY, id);
		close_now(&l->s, id);
	}
}

/* rawserve's protocol: one byte `r` or `w`, then data until the client hangs up */
static void raw(struct load *l, const char *host, const char *port, bool write)
{
	double start, t;
	char *buf = calloc(1, LARGE);
	int fd = tcp_connect(host, port);
	ssize_t n;

	if (!buf)
		die("no memory");
	send_all(fd, write ? "w" : "r", 1);
	for (start = t = now(); t < start + l->secs; t = now()) {
		n = write ? send(fd, buf, LARGE, MSG_NOSIGNAL) : recv(fd, buf, LARGE, 0);
		if (n <= 0)
			die("raw: %s", n ? strerror(errno) : "closed");
		l->bytes += n;
	}
	l->secs = t - start;
	l->ops = l->bytes / LARGE;
	free(buf);
	close(fd);
}

static unsigned int pick(const char *value, const char *const names[3])
{
	for (unsigned int i = 0; i < 3; i++)
		if (!strcmp(value, names[i]))
			return i;
	die("%s is none of %s %s %s", value, names[0], names[1], names[2]);
}

static const char *const mode_names[] = { "plain", "sign", "seal" };
static const char *const signing_names[] = { "hmac", "cmac", "gmac" };

static void parse(struct load *l, char *option)
{
	char *v = strchr(option, '=');

	if (!v)
		die("%s: write option=value", option);
	*v++ = 0;
	if (!strcmp(option, "mode"))
		l->mode = pick(v, mode_names);
	else if (!strcmp(option, "signing"))
		l->signing = pick(v, signing_names);
	else if (!strcmp(option, "secs"))
		l->secs = atof(v);
	else if (!strcmp(option, "ops"))
		l->count = strtoull(v, NULL, 0);
	else if (!strcmp(option, "depth"))
		l->depth = atoi(v);
	else if (!strcmp(option, "size"))
		l->size = strtoull(v, NULL, 0) / LARGE * LARGE;
	else
		die("unknown option %s", option);
}

static void run_workload(struct load *l)
{
	if (l->w->io > (l->w->write ? l->s.max_write : l->s.max_read))
		die("the server's largest %s is less than %u", l->w->write ? "write" : "read", l->w->io);
	if (!l->depth)
		l->depth = l->w->depth;
	if (l->w->needs_file)
		open_now(&l->s, "bench.dat", OPEN, NON_DIRECTORY, l->id);
	if (l->count)
		run_counted(l);
	else
		run(l);
	if (l->w->needs_file)
		close_now(&l->s, l->id);
	if (!l->count)
		report(l, l->w->name);
}

static void find_workload(struct load *l, const char *name)
{
	for (size_t i = 0; i < sizeof(workloads) / sizeof(*workloads); i++)
		if (!strcmp(workloads[i].name, name))
			l->w = &workloads[i];
	if (!l->w)
		die("unknown workload %s", name);
	if (!l->w->next && !l->count)
		die("%s needs ops=N", name);
}

int main(int argc, char **argv)
{
	static struct load l = { .size = 128 << 20, .secs = 3, .seed = 88172645463325252ULL,
				 .signing = AES_CMAC };

	if (argc < 7)
		die("usage: smbload HOST PORT SHARE USER PASSWORD WORKLOAD [option=value]...");
	l.argv = argv;
	for (int i = 7; i < argc; i++)
		parse(&l, argv[i]);
	if (l.secs <= 0 || l.depth > MAX_DEPTH || !l.size)
		die("an option is out of range");
	if (!gcry_check_version("1.8.0"))
		die("libgcrypt is too old");
	gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	if (!strncmp(argv[6], "raw", 3)) {
		raw(&l, argv[1], argv[2], !strcmp(argv[6], "rawwrite"));
		report(&l, argv[6]);
		return 0;
	}
	if (!strcmp(argv[6], "prepare")) {
		enter(&l);
		prepare(&l);
		return 0;
	}
	find_workload(&l, argv[6]);
	if (!l.w->next) {
		run_counted(&l);
		return 0;
	}
	enter(&l);
	run_workload(&l);
	return 0;
}
