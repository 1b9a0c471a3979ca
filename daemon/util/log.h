/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * util/log.h - messages for the administrator
 *
 * To the journal with fields when systemd connected stderr to it, else to stderr as text.  Only the
 * daemon's own files log; library rooms (auth/, passdb/, conf/, sync/, rpc/) return errors as
 * values.
 */
#ifndef CIFSSRVD_UTIL_LOG_H
#define CIFSSRVD_UTIL_LOG_H

#include <stddef.h>
#include <syslog.h>

/**
 * struct log_about - subject of a line; every field may be NULL or 0
 * @user: account name, field CIFSSRV_USER
 * @client: address, field CIFSSRV_CLIENT
 * @op: name of an upcall, field CIFSSRV_OP
 * @file: path, field CIFSSRV_FILE
 * @line: line in @file, field CIFSSRV_LINE
 */
struct log_about {
	const char *user;
	const char *client;
	const char *op;
	const char *file;
	unsigned int line;
};

/* Chooses the journal or stderr.  Call once, before the first line. */
void log_open(void);

/* Lines less important than @prio (LOG_ERR … LOG_DEBUG) are dropped. */
void log_set_level(int prio);
int log_get_level(void);

/* Lines go to @sink, scrubbed, and neither to the journal nor to stderr; NULL: as before. */
void log_set_sink(void (*sink)(int prio, const struct log_about *about, const char *line));

/* The text goes through utf8_scrub(): no text of a client can look like another line. */
void log_about(int prio, const struct log_about *about, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#define log_at(prio, ...)	log_about(prio, NULL, __VA_ARGS__)
#define log_error(...)		log_at(LOG_ERR, __VA_ARGS__)
#define log_warning(...)	log_at(LOG_WARNING, __VA_ARGS__)
#define log_notice(...)		log_at(LOG_NOTICE, __VA_ARGS__)
#define log_info(...)		log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...)		log_at(LOG_DEBUG, __VA_ARGS__)

#endif /* CIFSSRVD_UTIL_LOG_H */
