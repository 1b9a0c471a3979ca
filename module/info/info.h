/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * info/info.h - information classes: attributes of files as wire/ structs, and back
 *
 * One table per kind says what each class needs and which function serves it; both dialect families
 * use it.  All functions run under the open's credentials.
 */
#ifndef CIFSSRV_INFO_INFO_H
#define CIFSSRV_INFO_INFO_H

#include "../store/open.h"
#include "../wire/cursor.h"
#include "../wire/status.h"

struct csrv_notify_events;
struct wire_file_info;
struct wire_sd;
struct csrv_file_attr;

/**
 * struct csrv_info_get - a query
 * @open: the open
 * @class: of [MS-FSCC] 2.4 or 2.5
 * @flags: SL_* of the request: EAs
 * @input: list of wanted EAs
 * @out: the room for the reply
 */
struct csrv_info_get {
	struct csrv_open	*open;
	u8			class;
	u32			flags;
	struct wire_blob	input;
	struct wire_out		*out;
};

/* file.c, ea.c */
nt_status_t csrv_info_get_file(const struct csrv_info_get *q);
nt_status_t csrv_info_get_eas(const struct csrv_info_get *q);
void csrv_info_fill(struct wire_file_info *fi, const struct csrv_file_attr *f);

/**
 * struct csrv_info_set - a change
 * @open: the open
 * @rights: the request's: the current rights of the user on the share.  They count for new names,
 *	for which @open has no rights
 * @class: of [MS-FSCC] 2.4
 * @input: as the client sent it
 * @wait_for: where to put a stream whose oplocks are being broken, a reference; NULL for a lease
 *	of a process of this machine
 */
struct csrv_info_set {
	struct csrv_open	*open;
	const struct csrv_rights	*rights;
	u8			class;
	const struct wire_blob	*input;
	struct csrv_stream	**wait_for;
};

/* file_set.c */
nt_status_t csrv_info_set_file(const struct csrv_info_set *q);
nt_status_t csrv_info_set_eas(struct csrv_open *o, const struct wire_blob *in);

/* fs.c */
nt_status_t csrv_info_get_fs(const struct csrv_info_get *q);

/* sec.c */
nt_status_t csrv_sd_decode(const struct wire_blob *blob, struct wire_sd **ret);
void csrv_sd_free(struct wire_sd *sd);
nt_status_t csrv_info_get_sec(struct csrv_open *o, u32 secinfo, struct wire_out *out,
			      u32 *needed);
nt_status_t csrv_info_set_sec(struct csrv_open *o, u32 secinfo, const struct wire_blob *in);

/* dir.c */
struct csrv_dir_query {
	struct csrv_open	*open;
	u8			class;
	bool			restart;
	bool			single;
	const char		*pattern;	/* UTF-8; NULL: the one the scan began with */
	struct wire_out		*out;
};

nt_status_t csrv_info_dir(const struct csrv_dir_query *q);	/* NT_RETRY: see there */

/* notify.c */
nt_status_t csrv_info_notify(struct csrv_open *o, const struct csrv_notify_events *events,
			     struct wire_out *out);	/* NT_RETRY: see there */

#endif /* CIFSSRV_INFO_INFO_H */
