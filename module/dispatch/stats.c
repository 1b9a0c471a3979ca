// SPDX-License-Identifier: GPL-2.0-or-later
/* dispatch/stats.c - count how often each command ran, and how often it failed */
#include <linux/percpu.h>
#include <linux/sysfs.h>

#include "../core/server.h"
#include "frontend.h"
#include "req.h"

#define CSRV_STAT_CMDS	32

/* Per command and CPU; read as sums, never reset. */
static DEFINE_PER_CPU(struct csrv_cmd_stats [CSRV_STAT_CMDS], cmd_stats);

/**
 * csrv_stats_count() - count a command
 * @req: at the command
 * @status: its outcome
 */
void csrv_stats_count(const struct csrv_req *req, nt_status_t status)
{
	u32 cmd = req->hdr.command;

	if (cmd >= CSRV_STAT_CMDS)
		return;
	this_cpu_inc(cmd_stats[cmd].calls);
	if (csrv_status_is_error(status) && !csrv_reply_has_body(req, status))
		this_cpu_inc(cmd_stats[cmd].errors);
}

/**
 * csrv_stats_show() - csrv_server_events.show_commands
 * @fe: has the names of the commands
 * @page: written to
 *
 * Return: bytes written.
 */
ssize_t csrv_stats_show(const struct csrv_frontend *fe, char *page)
{
	u64 calls, errors;
	ssize_t n = 0;
	u32 i;
	int cpu;

	for (i = 0; i < fe->ncmds; i++) {
		calls = 0;
		errors = 0;
		for_each_possible_cpu(cpu) {
			calls += per_cpu(cmd_stats[i].calls, cpu);
			errors += per_cpu(cmd_stats[i].errors, cpu);
		}
		n += sysfs_emit_at(page, n, "%s %llu %llu\n", fe->cmds[i].name, calls, errors);
	}
	return n;
}
