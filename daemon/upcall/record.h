/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upcall/record.h - records of CSRV_OP_STATUS, module/upcall/README.md
 *
 * Nothing of a record is believed before it is checked: neither its length, nor those of its
 * parts, nor its text, which is what clients chose.
 */
#ifndef CIFSSRVD_UPCALL_RECORD_H
#define CIFSSRVD_UPCALL_RECORD_H

#include "../../module/upcall/uapi.h"
#include "../util/bytes.h"

/* Octets of a text as it stands in a JSON string; what is longer is cut. */
#define RECORD_NAME		384
#define RECORD_PATH		2800
/* What the last character, a mark of the cut and the terminator may add. */
#define RECORD_TEXT_MORE	16

#define RECORD_LINE		8192	/* room for any record as a line, terminator included */

/**
 * struct record - a record that was checked
 * @what: enum csrv_up_status_what: says which of the structs it is
 * @user: text of a part: legal UTF-8, terminated, with "…" at its end where it was cut; ""
 *	where the list has no such part
 * @domain: likewise, as the following
 * @client: address
 * @share: by the name that the client asked for; of an ADMITTED share its own
 * @name: of a file in its share, or of a pipe
 * @path: from the machine's root
 */
struct record {
	uint32_t what;
	union {
		struct csrv_up_connection connection;
		struct csrv_up_session session;
		struct csrv_up_tree tree;
		struct csrv_up_open open;
		struct csrv_up_admitted admitted;
	};
	char user[RECORD_NAME + RECORD_TEXT_MORE];
	char domain[RECORD_NAME + RECORD_TEXT_MORE];
	char client[RECORD_NAME + RECORD_TEXT_MORE];
	char share[RECORD_NAME + RECORD_TEXT_MORE];
	char name[RECORD_PATH + RECORD_TEXT_MORE];
	char path[RECORD_PATH + RECORD_TEXT_MORE];
};

/**
 * record_next() - take the next record of a page
 * @what: enum csrv_up_status_what
 * @page: where to read; moves behind the record
 * @rec: the record
 *
 * Return: 0, or -EBADMSG for what is no record of that list.
 */
int record_next(uint32_t what, struct bytes_in *page, struct record *rec);

/**
 * record_print() - a record as a line of JSON
 * @rec: from record_next()
 * @line: gets one object and a newline, terminated
 *
 * `"`, `\`, and controls, DEL among them, are escaped; all other characters stand as they are.
 *
 * Return: its octets; 0 if it does not fit, which no record from record_next() does.
 */
size_t record_print(const struct record *rec, char line[RECORD_LINE]);

#endif /* CIFSSRVD_UPCALL_RECORD_H */
