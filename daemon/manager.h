/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manager.h - one daemon: its loop, its descriptors, its state
 *
 * main.c makes one manager and runs its loop; manager.c owns the parts, and connects them:
 *
 *	watch, machine, signals	->  manager  ->  config  ->  names, conf, passdb, sync
 *	control			->  config, remote
 */
#ifndef CSRV_DAEMON_MANAGER_H
#define CSRV_DAEMON_MANAGER_H

#include <stdbool.h>
#include <systemd/sd-event.h>
#include <talloc.h>

#include "auth/auth.h"
#include "config/config.h"
#include "worker/remote.h"

#define MANAGER_CONFIG		"/etc/cifssrv/smb.conf"
#define MANAGER_RUN_DIR		"/run/cifssrv"
#define MANAGER_USER		"cifssrv"

/* Exit status for a configuration that cannot be used, sysexits(3) EX_CONFIG. */
#define EXIT_CONFIG		78
/* Exit status for a module that is not there, or is another release's, sysexits(3) EX_UNAVAILABLE. */
#define EXIT_NO_MODULE		69
/* Exit status where another daemon is running, sysexits(3) EX_TEMPFAIL. */
#define EXIT_BUSY		75

/**
 * struct options - the command line
 * @config: smb.conf
 * @passdb: cifspwd.db
 * @configfs: root of the module's tree
 * @device: of the module
 * @open_device: see struct remote_args; NULL but in tests
 * @user: the account that the worker runs as
 * @run_dir: control socket and the list of what sync made
 * @need_module: do not wait for a module that is not there at the start
 *
 * Strings live as long as the process.
 */
struct options {
	const char *config;
	const char *passdb;
	const char *configfs;
	const char *device;
	int (*open_device)(const char *path);
	const char *user;
	const char *run_dir;
	bool need_module;
};

struct watch;
struct machine;
struct control;

/**
 * struct manager - everything a running daemon has
 * @event: the loop
 * @opt: the command line
 * @owner: descriptor of the lock on ->opt->run_dir, or -1
 * @managed: file with the list of what sync made
 * @memory: file that lists which files said something in the configuration in force
 * @env: policy and data for logons; filled by ->config
 * @names: look-ups of users and groups
 * @config: the configuration
 * @remote: the worker, which answers the kernel's questions
 * @watch: changes of files
 * @machine: changes of links, addresses and mounts
 * @control: the socket; NULL when it could not be made
 * @seen: a worker has been ready
 * @lost: reason for which no worker is ready, a negative errno as of struct remote_events; 0: a
 *	worker is ready, or none was started yet
 * @waiting: for a first configuration, since a file cannot be read now
 * @missing: files of the configuration that were missing at the end of the last run
 * @failed_workers: workers that ended before any was ready
 * @logged: the last status that was logged
 *
 * Made by manager_new(), ended by talloc_free().
 */
struct manager {
	sd_event *event;
	const struct options *opt;
	int owner;
	char *managed;
	char *memory;
	struct auth_env env;
	struct names *names;
	struct config *config;
	struct remote *remote;
	struct watch *watch;
	struct machine *machine;
	struct control *control;
	bool seen;
	int lost;
	bool waiting;
	size_t missing;
	unsigned int failed_workers;
	char *logged;
};

/* 0, -EBUSY: another daemon is running, and nothing was changed; or another errno. */
int manager_new(TALLOC_CTX *ctx, const struct options *opt, struct manager **ret);

/*
 * Runs until SIGTERM or SIGINT.  0; -EBADMSG when the configuration cannot be used at the start
 * (logged); or another negative errno.
 */
int manager_run(struct manager *m);

#endif
