// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench.c - asks the daemon questions on command, so that a test can be the daemon
 *
 * /sys/kernel/debug/csrv_abuse/
 *	ctl	write one command a line: see commands[]
 *	log	read and forget: "asked KIND ID RET", then "done KIND ID ERR …" once each;
 *		"end WHAT ID" for each END that the daemon asks
 *	objects	questions made and ended
 *
 * For test guests only.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/objects.h"
#include "upcall/upcall.h"

#define LOG_SIZE (1024 * 1024)

/*
 * Static, because this module is one bench: @lock guards @up against create and
 * destroy, @log_lock the text.
 */
static struct {
	struct rw_semaphore lock;
	struct csrv_upcall *up;
	u32 timeout_ms;
	struct dentry *dir;
	struct mutex log_lock;	/* guards log, log_len */
	char *log;
	size_t log_len;
} bench;

struct asked {
	u64 id;
	const char *kind;
	bool done;
};

static __printf(1, 2) void say(const char *fmt, ...)
{
	va_list args;

	mutex_lock(&bench.log_lock);
	va_start(args, fmt);
	bench.log_len += vscnprintf(bench.log + bench.log_len, LOG_SIZE - bench.log_len, fmt, args);
	va_end(args);
	mutex_unlock(&bench.log_lock);
}

/* ---- the device's owner ---- */

static void server_guid(void *priv, u8 guid[CSRV_UP_GUID_LEN])
{
	memset(guid, 0xab, CSRV_UP_GUID_LEN);
}

static u32 timeout_ms(void *priv)
{
	return READ_ONCE(bench.timeout_ms);
}

static int status_connection(void *buf, size_t size, u64 id)
{
	static const char client[] = "192.0.2.1";
	const struct csrv_up_connection rec = {
		.len		= sizeof(rec) + strlen(client),
		.id		= id,
		.client_len	= strlen(client),
	};

	if (size < rec.len)
		return -EINVAL;
	memcpy(buf, &rec, sizeof(rec));
	memcpy(buf + sizeof(rec), client, rec.client_len);
	return rec.len;
}

/* Three pages of one record each for list 1; everything that could be wrong for 2 and 3. */
static int status(void *priv, const struct csrv_up_status *ask, void *buf, size_t size, u64 *next)
{
	u64 cursor = ask->cursor;

	if (ask->session)
		return -EINVAL;
	switch (ask->what) {
	case CSRV_STATUS_CONNECTIONS:
		if (cursor > 2)
			return -EINVAL;
		*next = cursor < 2 ? cursor + 1 : 0;
		return status_connection(buf, size, cursor);
	case CSRV_STATUS_SESSIONS:
		memset(buf, 'x', size);
		return size;
	case CSRV_STATUS_TREES:
		return 0;
	default:
		return -EINVAL;
	}
}

/* Sessions with an even number are there. */
static int end(void *priv, u32 what, u64 id)
{
	say("end %u %llu\n", what, id);
	switch (what) {
	case CSRV_UP_END_SESSION:
		return id & 1 ? -ENOENT : 0;
	case CSRV_UP_END_OPEN:
		return -ENOENT;
	default:
		return -EINVAL;
	}
}

static const struct csrv_upcall_ops ops = {
	.server_guid = server_guid,
	.timeout_ms = timeout_ms,
	.status = status,
	.end = end,
};

/* ---- asking ---- */

static void finish(struct asked *asked)
{
	if (asked->done)
		say("TWICE %s %llu\n", asked->kind, asked->id);
	asked->done = true;
	kfree(asked);
}

static void auth_done(void *priv, int err, const struct csrv_up_auth_result_k *res)
{
	struct asked *asked = priv;

	if (err)
		say("done auth %llu %d\n", asked->id, err);
	else
		say("done auth %llu 0 %u 0x%08x %u %u %u '%s' '%s' %u %u %u %llu '%s' '%s'\n", asked->id,
		    res->result, res->nt_status, res->identity, res->uid, res->gid, res->user,
		    res->domain, res->ngroups, res->blob_len, res->key_len, res->expiry,
		    res->home, res->group);
	finish(asked);
}

static void pipe_done(void *priv, int err, const void *data, u32 len, u32 left)
{
	struct asked *asked = priv;

	say("done %s %llu %d %u %u\n", asked->kind, asked->id, err, len, left);
	finish(asked);
}

static void *blob_new(u32 len)
{
	void *blob = kvmalloc(len + 1, GFP_KERNEL);

	if (blob)
		memset(blob, 0x5a, len);
	return blob;
}

static void report(struct asked *asked, const char *kind, u64 id, int ret)
{
	say("asked %s %llu %d\n", kind, id, ret);
	if (ret)
		kfree(asked);
}

static void ask_auth(u64 logon, u32 flags, u32 len)
{
	struct asked *asked = kzalloc(sizeof(*asked), GFP_KERNEL);
	struct csrv_up_auth_args args = {
		.logon = logon, .flags = flags, .dialect = 0x0311, .host = "192.0.2.1",
		.blob = blob_new(len), .blob_len = len,
	};

	if (asked && args.blob) {
		asked->id = logon;
		asked->kind = "auth";
		/* after this asked may be freed already, but only if it returns 0 */
		report(asked, "auth", logon, csrv_up_auth_step(bench.up, &args, auth_done, asked));
	} else {
		kfree(asked);
	}
	kvfree(args.blob);
}

static void cmd_auth(const u64 *n, const char *word)
{
	u64 i;

	for (i = 0; i < n[0]; i++)
		ask_auth(csrv_up_new_id(bench.up), CSRV_AUTH_FIRST, n[1]);
}

static void cmd_leg(const u64 *n, const char *word)
{
	ask_auth(n[0], 0, n[1]);
}

static void cmd_abort(const u64 *n, const char *word)
{
	csrv_up_auth_abort(bench.up, n[0]);
}

static void cmd_open(const u64 *n, const char *word)
{
	struct asked *asked = kzalloc(sizeof(*asked), GFP_KERNEL);
	struct csrv_up_pipe_open_args args = {
		.pipe = csrv_up_new_id(bench.up), .session = 77, .uid = 1000, .gid = 1000, .name = word,
		.user = "user", .domain = NULL, .host = "::1", .key = "0123456789abcdef",
	};

	if (!asked)
		return;
	asked->id = args.pipe;
	asked->kind = "open";
	report(asked, "open", args.pipe, csrv_up_pipe_open(bench.up, &args, pipe_done, asked));
}

static void ask_io(const u64 *n, const char *kind,
		   int (*ask)(struct csrv_upcall *, const struct csrv_up_pipe_io_args *,
			      csrv_up_pipe_done_t, void *))
{
	struct asked *asked = kzalloc(sizeof(*asked), GFP_KERNEL);
	struct csrv_up_pipe_io_args args = {
		.pipe = n[0], .data = blob_new(n[1]), .len = n[1], .max_out = n[2],
	};

	if (asked && args.data) {
		asked->id = n[0];
		asked->kind = kind;
		report(asked, kind, n[0], ask(bench.up, &args, pipe_done, asked));
	} else {
		kfree(asked);
	}
	kvfree(args.data);
}

static void cmd_transact(const u64 *n, const char *word)
{
	ask_io(n, "transact", csrv_up_pipe_transact);
}

static void cmd_write(const u64 *n, const char *word)
{
	ask_io(n, "write", csrv_up_pipe_write);
}

static void cmd_read(const u64 *n, const char *word)
{
	ask_io(n, "read", csrv_up_pipe_read);
}

static void cmd_close(const u64 *n, const char *word)
{
	csrv_up_pipe_close(bench.up, n[0]);
}

static void cmd_timeout(const u64 *n, const char *word)
{
	WRITE_ONCE(bench.timeout_ms, n[0]);
}

static void cmd_hint(const u64 *n, const char *word)
{
	u8 *buf = kmalloc(8192, GFP_KERNEL);

	if (buf)
		say("hint %zu %d\n", csrv_up_hint(bench.up, buf, n[0] ? n[0] : 8192),
		    csrv_up_connected(bench.up));
	kfree(buf);
}

static const struct {
	const char *name;
	void (*run)(const u64 *n, const char *word);
} commands[] = {
	{ "auth", cmd_auth },		/* COUNT BLOBLEN: first legs */
	{ "leg", cmd_leg },		/* LOGON BLOBLEN: a further leg */
	{ "abort", cmd_abort },		/* LOGON */
	{ "open", cmd_open },		/* NAME */
	{ "transact", cmd_transact },	/* PIPE LEN MAXOUT, likewise the next two */
	{ "write", cmd_write },
	{ "read", cmd_read },
	{ "close", cmd_close },		/* PIPE */
	{ "timeout", cmd_timeout },	/* MILLISECONDS */
	{ "hint", cmd_hint },		/* BUFSIZE (0 = enough) -> "hint LEN CONNECTED" */
};

static int device_cycle(bool destroy)
{
	int err = 0;

	down_write(&bench.lock);
	if (destroy && bench.up) {
		csrv_upcall_destroy(bench.up);
		bench.up = NULL;
	} else if (!destroy && !bench.up) {
		bench.up = csrv_upcall_create(&ops, NULL);
		if (IS_ERR(bench.up)) {
			err = PTR_ERR(bench.up);
			bench.up = NULL;
		}
	}
	up_write(&bench.lock);
	return err;
}

static int run_command(char *line)
{
	u64 n[3] = { };
	char name[16] = "", word[32] = "";
	int i, err = -ENODEV;

	if (sscanf(line, "%15s %llu %llu %llu", name, &n[0], &n[1], &n[2]) < 1)
		return -EINVAL;
	/* the first argument as a word, for the command that wants one */
	if (sscanf(line, "%*15s %31s", word) < 1)
		word[0] = '\0';
	if (!strcmp(name, "destroy") || !strcmp(name, "create"))
		return device_cycle(name[0] == 'd');
	down_read(&bench.lock);
	for (i = 0; bench.up && i < ARRAY_SIZE(commands); i++) {
		err = -EINVAL;
		if (strcmp(commands[i].name, name))
			continue;
		commands[i].run(n, word);
		err = 0;
		break;
	}
	up_read(&bench.lock);
	return err;
}

static ssize_t ctl_write(struct file *filp, const char __user *from, size_t size, loff_t *pos)
{
	char line[80];
	int err;

	if (size >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, size))
		return -EFAULT;
	line[size] = '\0';
	err = run_command(line);
	return err ? err : size;
}

static ssize_t log_read(struct file *filp, char __user *buf, size_t size, loff_t *pos)
{
	ssize_t len;

	mutex_lock(&bench.log_lock);
	len = min(size, bench.log_len);
	if (copy_to_user(buf, bench.log, len)) {
		len = -EFAULT;
	} else {
		memmove(bench.log, bench.log + len, bench.log_len - len);
		bench.log_len -= len;
	}
	mutex_unlock(&bench.log_lock);
	return len;
}

static ssize_t objects_read(struct file *filp, char __user *buf, size_t size, loff_t *pos)
{
	u64 created, destroyed;
	char text[48];

	csrv_object_counts(CSRV_OBJ_UPCALL, &created, &destroyed);
	return simple_read_from_buffer(buf, size, pos, text,
				       scnprintf(text, sizeof(text), "%llu %llu\n", created,
						 destroyed));
}

static const struct file_operations ctl_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = ctl_write,
};

static const struct file_operations log_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = log_read,
};

static const struct file_operations objects_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = objects_read,
};

static int __init bench_init(void)
{
	int err;

	init_rwsem(&bench.lock);
	mutex_init(&bench.log_lock);
	bench.timeout_ms = 20000;
	bench.log = vmalloc(LOG_SIZE);
	if (!bench.log)
		return -ENOMEM;
	err = device_cycle(false);
	if (err) {
		vfree(bench.log);
		return err;
	}
	csrv_fault_init();
	bench.dir = debugfs_create_dir("csrv_abuse", NULL);
	debugfs_create_file("ctl", 0200, bench.dir, NULL, &ctl_fops);
	debugfs_create_file("log", 0400, bench.dir, NULL, &log_fops);
	debugfs_create_file("objects", 0400, bench.dir, NULL, &objects_fops);
	return 0;
}

static void __exit bench_exit(void)
{
	debugfs_remove_recursive(bench.dir);
	device_cycle(true);
	csrv_objects_wait_zero();
	csrv_fault_exit();
	vfree(bench.log);
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_DESCRIPTION("Test bench for the upcall device");
MODULE_LICENSE("GPL");
