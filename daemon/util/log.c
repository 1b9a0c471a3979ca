// SPDX-License-Identifier: GPL-2.0-or-later
/* util/log.c - the journal, or stderr */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include "log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>

#include "cleanup.h"
#include "utf.h"

#define LINE_MAX_BYTES	2048
#define FIELDS_MAX	8

/* Set before the event loop starts and by reload; one thread. */
static struct {
	bool journal;
	int level;
	void (*sink)(int prio, const struct log_about *about, const char *line);
} log_state = { .level = LOG_INFO };

/* $JOURNAL_STREAM names the device and inode of our stderr, sd-journal(3). */
static bool stderr_is_journal(void)
{
	const char *env = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	if (!env || sscanf(env, "%llu:%llu", &dev, &ino) != 2)
		return false;
	return !fstat(STDERR_FILENO, &st) && st.st_dev == dev && st.st_ino == ino;
}

void log_open(void)
{
	log_state.journal = stderr_is_journal();
}

void log_set_level(int prio)
{
	log_state.level = prio;
}

int log_get_level(void)
{
	return log_state.level;
}

void log_set_sink(void (*sink)(int prio, const struct log_about *about, const char *line))
{
	log_state.sink = sink;
}

struct field {
	char text[LINE_MAX_BYTES + 32];
};

static void add_field(struct iovec *iov, size_t *n, struct field *store, const char *name,
		      const char *value)
{
	int len;

	if (!value || *n == FIELDS_MAX)
		return;
	len = snprintf(store[*n].text, sizeof(store[*n].text), "%s=%s", name, value);
	if (len < 0)
		return;
	/* Also cuts off half a character at the end of a text that was too long. */
	utf8_scrub(store[*n].text);
	iov[*n] = (struct iovec){ store[*n].text, strlen(store[*n].text) };
	(*n)++;
}

static void to_journal(int prio, const struct log_about *about, const char *line)
{
	struct field store[FIELDS_MAX];
	struct iovec iov[FIELDS_MAX];
	char number[16];
	size_t n = 0;

	snprintf(number, sizeof(number), "%d", prio);
	add_field(iov, &n, store, "MESSAGE", line);
	add_field(iov, &n, store, "PRIORITY", number);
	add_field(iov, &n, store, "SYSLOG_IDENTIFIER", "cifssrvd");
	if (about) {
		add_field(iov, &n, store, "CIFSSRV_USER", about->user);
		add_field(iov, &n, store, "CIFSSRV_CLIENT", about->client);
		add_field(iov, &n, store, "CIFSSRV_OP", about->op);
		add_field(iov, &n, store, "CIFSSRV_FILE", about->file);
	}
	if (about && about->line) {
		snprintf(number, sizeof(number), "%u", about->line);
		add_field(iov, &n, store, "CIFSSRV_LINE", number);
	}
	sd_journal_sendv(iov, (int)n);
}

void log_about(int prio, const struct log_about *about, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	va_list ap;

	if (prio > log_state.level)
		return;
	va_start(ap, fmt);
	if (vsnprintf(line, sizeof(line), fmt, ap) < 0)
		line[0] = 0;
	va_end(ap);

	/* A client's name must not make a line look like another one. */
	utf8_scrub(line);
	if (log_state.sink)
		log_state.sink(prio, about, line);
	else if (log_state.journal)
		to_journal(prio, about, line);
	else
		fprintf(stderr, "cifssrvd: %s\n", line);
}
