// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/stop.c - removes all that the kernel serves, and waits for the end */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../util/dir.h"
#include "admin.h"

#define WAIT_SECS	60	/* for objects that end once their connection is shut down */

/*
 * Removes all items of one directory of configfs; returns how many, or -errno of the first that
 * stays.
 */
static int remove_items(const struct admin *a, const char *dir)
{
	_cleanup_(talloc_freep) char *path = talloc_asprintf(NULL, "%s/%s", a->configfs, dir);
	DIR *d = path ? opendir(path) : NULL;
	struct dirent *de;
	int n = 0, err = 0;

	if (!d)
		return path ? -errno : -ENOMEM;
	while ((de = readdir(d))) {
		if (is_dots(de->d_name) || de->d_type == DT_REG)
			continue;
		if (unlinkat(dirfd(d), de->d_name, AT_REMOVEDIR) == 0) {
			n++;
		} else if (errno != ENOENT) {
			err = err ? err : -errno;
			complain("%s/%s is not removed: %s", path, de->d_name, strerror(errno));
		}
	}
	closedir(d);
	return err ? err : n;
}

/* Number of living objects of the kind; 0 where the module is not loaded. */
static unsigned long long alive(const struct admin *a, const char *kind)
{
	_cleanup_(talloc_freep) char *path = talloc_asprintf(NULL, "%s/objects/%s", a->sysfs, kind);
	_cleanup_(fclosep) FILE *f = path ? fopen(path, "re") : NULL;
	unsigned long long made, ended;

	if (!f)
		return 0;
	return fscanf(f, "%llu %llu", &made, &ended) == 2 && made > ended ? made - ended : 0;
}

/* Connections end some time after their listener, with their sessions and opens. */
static int wait_for_the_end(const struct admin *a)
{
	static const char *const kinds[] = { "connections", "sessions", "trees", "opens" };
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	unsigned long long n = 0;
	size_t kind = 0;

	for (int i = 0; i < WAIT_SECS * 50 && kind < ARRAY_LEN(kinds); i++) {
		n = alive(a, kinds[kind]);
		if (n)
			nanosleep(&pause, NULL);
		else
			kind++;
	}
	if (kind == ARRAY_LEN(kinds))
		return EXIT_OK;
	return complain("no port is open, but %llu %s have not ended after %d s: what was under way there "
			"may wait for a file system", n, kinds[kind], WAIT_SECS);
}

static int no_tree(const struct admin *a)
{
	if (access(a->sysfs, F_OK) == 0)
		return complain("%s is not there, but the module cifssrv is loaded and may serve: "
				"mount -t configfs none /sys/kernel/config", a->configfs);
	printf("nothing is served: the module cifssrv is not loaded\n");
	return EXIT_OK;
}

/* Removes the list of managed items: later items of these names may be another program's. */
static int forget_managed(const struct admin *a)
{
	_cleanup_(talloc_freep) char *path = talloc_asprintf(NULL, "%s/managed", a->run_dir);

	if (path && (unlink(path) == 0 || errno == ENOENT))
		return EXIT_OK;
	return complain("%s is not removed: %s", path ? path : "managed", strerror(errno));
}

/* Listeners end first: no client connects while the sessions end. */
static int stop(const struct admin *a, int argc, char **argv)
{
	static const char *const dirs[] = { "listeners", "shares", "users" };
	int removed = 0;

	(void)argc;
	(void)argv;
	if (daemon_runs(a))
		return complain("cifssrvd is running, and would serve again: systemctl stop cifssrv "
				"ends it and what it serves");
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		int n = remove_items(a, dirs[i]);

		if (n == -ENOENT)
			return no_tree(a);
		if (n < 0)
			return complain("%s/%s: %s", a->configfs, dirs[i], strerror(-n));
		removed += n;
	}
	if (forget_managed(a) || wait_for_the_end(a))
		return EXIT_FAILED;
	printf(removed ? "stopped: no port is open, all connections and sessions have ended\n" :
			 "nothing is served\n");
	return EXIT_OK;
}

const struct verb stop_verbs[] = {
	{ NULL, "stop", "", "end all sessions and close the ports, when the daemon is not running",
	  0, 0, stop },
	{}
};
