// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * base/fault.c - named points where a test can make an operation fail, or delay it
 *
 * The attributes are static because fault injection is the kernel's own global
 * facility: one knob per point for the whole machine, in kernels for tests only.
 */
#ifdef CONFIG_FAULT_INJECTION_DEBUG_FS

#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fault-inject.h>

#include "fault.h"

/* Milliseconds; long enough that another CPU gets through a whole teardown. */
#define FAULT_DELAY_MS 20

static struct fault_attr attrs[CSRV_FAULT_COUNT] = {
	[0 ... CSRV_FAULT_COUNT - 1] = FAULT_ATTR_INITIALIZER,
};

static const char * const names[CSRV_FAULT_COUNT] = {
	[CSRV_FAULT_UPCALL_ASK]		= "upcall_ask",
	[CSRV_FAULT_UPCALL_COMPLETE]	= "upcall_complete",
	[CSRV_FAULT_CRYPT_SIGN]		= "crypt_sign",
	[CSRV_FAULT_CRYPT_SEAL]		= "crypt_seal",
	[CSRV_FAULT_TRANSPORT_ACCEPT]	= "transport_accept",
	[CSRV_FAULT_TRANSPORT_RX]	= "transport_rx",
	[CSRV_FAULT_TRANSPORT_TX]	= "transport_tx",
	[CSRV_FAULT_LISTENER_ACCEPT]	= "listener_accept",
	[CSRV_FAULT_RX_PASS]		= "rx_pass",
	[CSRV_FAULT_RX_RELEASE]	= "rx_release",
	[CSRV_FAULT_TX_STOP]		= "tx_stop",
	[CSRV_FAULT_CONN_START]		= "conn_start",
	[CSRV_FAULT_CONN_CLOSED]	= "conn_closed",
	[CSRV_FAULT_CONN_GONE]		= "conn_gone",
	[CSRV_FAULT_SESSION_END]	= "session_end",
	[CSRV_FAULT_TREE_FOUND]		= "tree_found",
	[CSRV_FAULT_DIR_CHANGED]	= "dir_changed",
	[CSRV_FAULT_OPEN_DETACHED]	= "open_detached",
	[CSRV_FAULT_OPEN_NAMED]		= "open_named",
	[CSRV_FAULT_OPEN_CLAIMED]	= "open_claimed",
	[CSRV_FAULT_NOTIFY_BREAK]	= "notify_break",
	[CSRV_FAULT_REQ_RESUME]		= "req_resume",
	[CSRV_FAULT_WORKER_GIVE]	= "worker_give",
	[CSRV_FAULT_REQ_CANCEL]		= "req_cancel",
	[CSRV_FAULT_BRL_LOCKED]		= "brl_locked",
	[CSRV_FAULT_BRL_RETRY]		= "brl_retry",
	[CSRV_FAULT_CONN_PUT]		= "conn_put",
	[CSRV_FAULT_LOGON_PUT]		= "logon_put",
	[CSRV_FAULT_SESSION_PUT]	= "session_put",
	[CSRV_FAULT_TREE_PUT]		= "tree_put",
	[CSRV_FAULT_OPEN_PUT]		= "open_put",
	[CSRV_FAULT_LEASE_PUT]		= "lease_put",
	[CSRV_FAULT_STREAM_PUT]		= "stream_put",
	[CSRV_FAULT_FILE_PUT]		= "file_put",
	[CSRV_FAULT_REQ_ALLOC]		= "req_alloc",
	[CSRV_FAULT_REQ_NOTIFIED]	= "req_notified",
	[CSRV_FAULT_REQ_PARK]		= "req_park",
	[CSRV_FAULT_REQ_COMPLETE]	= "req_complete",
	[CSRV_FAULT_VFS_IO]		= "vfs_io",
	[CSRV_FAULT_VFS_XATTR]		= "vfs_xattr",
	[CSRV_FAULT_CREATE_MADE]	= "create_made",
	[CSRV_FAULT_CREATE_JOIN]	= "create_join",
	[CSRV_FAULT_TIMES_HELD]		= "times_held",
	[CSRV_FAULT_REPLY_ROOM]		= "reply_room",
	[CSRV_FAULT_VFS_UNLOCKED]	= "vfs_unlocked",
	[CSRV_FAULT_VFS_NO_DENTRY]	= "vfs_no_dentry",
	[CSRV_FAULT_NOTIFY_ALLOC]	= "notify_alloc",
	[CSRV_FAULT_NOTIFY_EVENT]	= "notify_event",
	[CSRV_FAULT_NOTIFY_START]	= "notify_start",
	[CSRV_FAULT_NOTIFY_STOP]	= "notify_stop",
};

static struct dentry *root;

void csrv_fault_init(void)
{
	struct dentry *dir;
	int i;

	root = debugfs_create_dir("cifssrv", NULL);
	dir = debugfs_create_dir("fault", root);
	for (i = 0; i < CSRV_FAULT_COUNT; i++)
		fault_create_debugfs_attr(names[i], dir, &attrs[i]);
}

void csrv_fault_exit(void)
{
	debugfs_remove_recursive(root);
	root = NULL;
}

bool csrv_fault(enum csrv_fault point)
{
	return should_fail(&attrs[point], 1);
}

void csrv_fault_delay(enum csrv_fault point)
{
	if (should_fail(&attrs[point], 1))
		msleep(FAULT_DELAY_MS);
}

#endif /* CONFIG_FAULT_INJECTION_DEBUG_FS */
