/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy/names.h - lists of name patterns: veto files, hide files */
#ifndef CIFSSRV_POLICY_NAMES_H
#define CIFSSRV_POLICY_NAMES_H

#include <linux/types.h>

bool csrv_names_match(const char *list, const char *name, size_t len, bool ignore_case);

#endif /* CIFSSRV_POLICY_NAMES_H */
