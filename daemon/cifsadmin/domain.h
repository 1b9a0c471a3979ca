/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cifsadmin/domain.h - lines of a smb.conf about a domain */
#ifndef CIFSADMIN_DOMAIN_H
#define CIFSADMIN_DOMAIN_H

#include <stdbool.h>

#include "edit.h"

/* Does the assignment of [global] make the server a member or controller of a domain? */
bool domain_joins(const struct edit_line *l);

/* May the assignment of [global] make the server a controller of an Active Directory? */
bool domain_is_directory(const struct edit_line *l);

/* Does the assignment list accounts, for access or for the access to files? */
bool domain_names_accounts(const struct edit_line *l);

/*
 * Does the list have a name with a domain: OFFICE\alice, alice@office.example? @sep: "winbind
 * separator"
 */
bool domain_is_named(const char *list, char sep);

#endif /* CIFSADMIN_DOMAIN_H */
