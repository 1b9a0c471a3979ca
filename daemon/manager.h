/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manager.h - one daemon: its loop, its descriptors, its state
 *
 * main.c makes one manager and runs its loop; manager.c owns it; reload.c
 * brings configuration and accounts to it and to configfs; watch.c sees files
 * change; control.c talks to cifsadmin.
 */
#ifndef CIFSSRVD_MANAGER_H
#define CIFSSRVD_MANAGER_H

#include <stdbool.h>
#include <systemd/sd-event.h>
#include <talloc.h>

#include "auth/auth.h"
#include "conf/smbconf.h"
#include "upcall/upcall.h"

#define MANAGER_CONFIG		"/etc/cifssrv/smb.conf"
#define MANAGER_RUN_DIR		"/run/cifssrv"

/* Exit status for a configuration that cannot be used, sysexits(3) EX_CONFIG. */
#define EXIT_CONFIG		78
/* Exit status for a module that is not there, or is another release's, sysexits(3) EX_UNAVAILABLE. */
#define EXIT_NO_MODULE		69

/**
 * struct options - the command line
 * @config: smb.conf
 * @passdb: cifspwd.db
 * @configfs: root of the module's tree
 * @device: of the module
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
	const char *run_dir;
	bool need_module;
};

struct watch;
struct control;

/**
 * struct manager - everything a running daemon has
 * @event: the loop
 * @opt: the command line
 * @conf: the configuration in force
 * @passdb: the accounts in force
 * @usermap: the username map in force, or NULL
 * @env: what logons are decided by; points into the three above
 * @dns_name: host name; ->env points at it
 * @netbios_name: from the host name, for a configuration that gives none
 * @names: looks up users and groups
 * @upcall: the kernel's questions
 * @watch: of files; NULL where inotify is not to be had
 * @control: the socket; NULL when it could not be made
 * @stale: the kernel may not have what ->conf says
 * @behind: the files have errors, or the kernel refused some of what they say: the log has which
 * @seen: the module was there
 * @told: the status that was logged last
 *
 * Made by manager_new(), ended by talloc_free().
 */
struct manager {
	sd_event *event;
	const struct options *opt;
	struct conf *conf;
	struct passdb *passdb;
	struct usermap *usermap;
	struct auth_env env;
	char *dns_name;
	char *netbios_name;
	struct names *names;
	struct upcall *upcall;
	struct watch *watch;
	struct control *control;
	bool stale;
	bool behind;
	bool seen;
	char *told;
};

/* 0, -EBADMSG when the configuration cannot be used (told in the log), or another errno. */
int manager_new(TALLOC_CTX *ctx, const struct options *opt, struct manager **ret);

/* Say what is served, to systemd, and to the log when it has changed. */
void manager_tell(struct manager *m);

/* Runs until SIGTERM or SIGINT.  0 or a negative errno. */
int manager_run(struct manager *m);

/**
 * struct report - what a reload has to say
 * @line: one message each, without newline
 * @n: how many
 * @failed: it was not carried out, or not wholly
 */
struct report {
	char **line;
	size_t n;
	bool failed;
};

/**
 * manager_reload() - read configuration and accounts again, and sync
 * @rep: talloc object that the messages are added to; they go to the log too
 *
 * A configuration or an account file with errors changes nothing at all.
 * Return: 0; -EBADMSG for errors in a file; what sync met otherwise.
 */
int manager_reload(struct manager *m, struct report *rep);

/* Watches the directories of smb.conf, cifspwd.db and the username map; calls back debounced. */
struct watch *watch_new(TALLOC_CTX *ctx, struct manager *m);
void watch_update(struct watch *w);

/* The socket in run_dir. */
struct control *control_new(TALLOC_CTX *ctx, struct manager *m);

#endif /* CIFSSRVD_MANAGER_H */
