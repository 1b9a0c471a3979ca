// SPDX-License-Identifier: GPL-2.0-or-later
/* store/modify.c - a request that changes a file through an open */
#include "break.h"
#include "modify.h"
#include "open.h"

/**
 * csrv_modify_begin() - a request may change a file from now on
 * @o: through it; of a file or directory
 * @m: for csrv_modify_end()
 * @data: see struct csrv_modify
 */
void csrv_modify_begin(struct csrv_open *o, struct csrv_modify *m, bool data)
{
	m->data = data;
	m->tried = false;
	m->breaks = false;
	csrv_times_hold(o, &m->times);
	m->unmarked = !data && csrv_vfs_mark_is_now(&o->path, &m->times.mark);
}

/*
 * What is done may have changed nothing (a name that a file has already), and what fails or has to
 * wait may have changed something (space that was reserved, the first EAs of a list).  Then the
 * file's mark says so, unless the clock has not ticked since the last change.
 */
static bool modified(const struct csrv_open *o, const struct csrv_modify *m, nt_status_t status)
{
	if (m->tried)
		return true;
	return csrv_times_moved(o, &m->times) || (m->unmarked && status == NT_OK);
}

/**
 * csrv_modify_end() - ... no more
 * @o: as for csrv_modify_begin()
 * @m: of csrv_modify_begin()
 * @status: what came of it
 */
void csrv_modify_end(struct csrv_open *o, const struct csrv_modify *m, nt_status_t status)
{
	bool changed = modified(o, m, status);

	if (changed)
		csrv_times_keep(o, &m->times);
	if (m->breaks || (m->data && changed))
		csrv_break_modified(o);
}
