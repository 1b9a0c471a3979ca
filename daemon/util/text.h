/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util/text.h - words, and texts that are changed in place */
#ifndef CIFSSRVD_UTIL_TEXT_H
#define CIFSSRVD_UTIL_TEXT_H

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <talloc.h>

/* Trims blanks at both ends; those at the end are cut off in place. */
static inline char *text_trim(char *text)
{
	size_t len;

	while (isspace((unsigned char)*text))
		text++;
	len = strlen(text);
	while (len && isspace((unsigned char)text[len - 1]))
		text[--len] = 0;
	return text;
}

/* Runs of blanks become one, as in names of the reader of smb.conf. */
static inline void text_collapse(char *text)
{
	char *out = text;

	for (; *text; text++)
		if (*text != ' ' || text[1] != ' ')
			*out++ = *text;
	*out = 0;
}

/* Is @text one of the @n words? */
static inline bool text_is_any(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(text, words[i]))
			return true;
	return false;
}

static inline int text_wipe(char *text)
{
	explicit_bzero(text, talloc_get_size(text));
	return 0;
}

/* Makes talloc_free() of @text, or of its parent, wipe its chunk. */
static inline void text_is_secret(char *text)
{
	talloc_set_destructor(text, text_wipe);
}

#endif /* CIFSSRVD_UTIL_TEXT_H */
