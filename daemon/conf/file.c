// SPDX-License-Identifier: GPL-2.0-or-later
/* The files of a configuration, and the notes about each. */
#include <errno.h>

#include "conf/internal.h"

/* Appends false to a list of flags. */
static bool add_flag(struct conf *conf, bool **list)
{
	bool *grown = talloc_realloc(conf, *list, bool, conf->nfiles + 1);

	if (!grown)
		return false;
	*list = grown;
	grown[conf->nfiles] = false;
	return true;
}

/* Likewise a copy of @text. */
static bool add_text(struct conf *conf, const char ***list, const char *text)
{
	const char **grown = talloc_realloc(conf, *list, const char *, conf->nfiles + 1);

	if (!grown)
		return false;
	*list = grown;
	grown[conf->nfiles] = talloc_strdup(conf, text);
	return grown[conf->nfiles];
}

int conf_file_add(struct conf *conf, const char *path, const char *words, unsigned int by)
{
	unsigned int *bys;
	size_t *lines;
	int *failed;

	if (conf->nfiles >= CONF_FILES_MAX)
		return -E2BIG;	/* not -EMFILE, which may pass */
	if (!add_flag(conf, &conf->absent) || !add_flag(conf, &conf->unread))
		return -ENOMEM;
	bys = talloc_realloc(conf, conf->by, unsigned int, conf->nfiles + 1);
	if (!bys)
		return -ENOMEM;
	conf->by = bys;
	bys[conf->nfiles] = by;
	failed = talloc_realloc(conf, conf->failed, int, conf->nfiles + 1);
	if (!failed)
		return -ENOMEM;
	conf->failed = failed;
	failed[conf->nfiles] = 0;
	lines = talloc_realloc(conf, conf->lines, size_t, conf->nfiles + 1);
	if (!lines)
		return -ENOMEM;
	conf->lines = lines;
	lines[conf->nfiles] = 0;
	if (!add_text(conf, &conf->files, path) || !add_text(conf, &conf->words, words))
		return -ENOMEM;
	conf->nfiles++;
	return 0;
}
