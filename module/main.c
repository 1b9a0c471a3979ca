// SPDX-License-Identifier: GPL-2.0-or-later
/* main.c - the init ladder, and its mirror */
#include <linux/module.h>

#include "base/fault.h"
#include "base/log.h"
#include "configfs/configfs.h"
#include "core/server.h"
#include "dispatch/frontend.h"
#include "server/life.h"
#include "smb2/frontend.h"
#include "version_gen.h"
#include "vfs/watch.h"

static struct csrv_server *server;

static int __init cifssrv_init(void)
{
	int err;

	csrv_fault_init();
	err = csrv_vfs_watch_init();
	if (err)
		goto err_watch;
	err = csrv_dispatch_init(&csrv_smb2_frontend);
	if (err)
		goto err_dispatch;
	server = csrv_server_create(&csrv_dispatch_events, &csrv_smb2_frontend);
	if (IS_ERR(server)) {
		err = PTR_ERR(server);
		goto err_server;
	}
	err = csrv_configfs_init(server);
	if (err)
		goto err_configfs;
	return 0;

err_configfs:
	csrv_server_destroy(server);
err_server:
	csrv_dispatch_exit();
err_dispatch:
	csrv_vfs_watch_exit();
err_watch:
	csrv_fault_exit();
	return err;
}

static void __exit cifssrv_exit(void)
{
	csrv_configfs_exit();
	csrv_server_destroy(server);
	csrv_dispatch_exit();
	csrv_vfs_watch_exit();
	csrv_fault_exit();
}

module_init(cifssrv_init);
module_exit(cifssrv_exit);

MODULE_DESCRIPTION("In-kernel CIFS/SMB server");
MODULE_AUTHOR("the cifssrv authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(CSRV_VERSION);
