/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cifsadmin/domain.h - what lines of a smb.conf say of a domain */
#ifndef CIFSADMIN_DOMAIN_H
#define CIFSADMIN_DOMAIN_H

#include <stdbool.h>

#include "edit.h"

/* Is the assignment of [global] one of a member or controller of a domain? */
bool domain_joins(const struct edit_line *l);

/* May the assignment of [global] make a controller of an Active Directory? */
bool domain_is_directory(const struct edit_line *l);

/* Does the assignment say which accounts may do what, or as which account files are accessed? */
bool domain_names_accounts(const struct edit_line *l);

/* Is there a name with its domain: OFFICE\alice, alice@office.example? @sep: "winbind separator" */
bool domain_is_named(const char *list, char sep);

#endif /* CIFSADMIN_DOMAIN_H */
