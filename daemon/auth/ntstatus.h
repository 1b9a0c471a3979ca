/* SPDX-License-Identifier: GPL-2.0-or-later */
/* auth/ntstatus.h - the statuses a logon ends with, [MS-ERREF] 2.3.1 */
#ifndef CIFSSRVD_AUTH_NTSTATUS_H
#define CIFSSRVD_AUTH_NTSTATUS_H

#include <stdint.h>

typedef uint32_t ntstatus;

enum {
	NT_OK				= 0x00000000u,
	NT_INVALID_PARAMETER		= 0xC000000Du,
	NT_MORE_PROCESSING_REQUIRED	= 0xC0000016u,
	NT_NO_MEMORY			= 0xC0000017u,
	NT_ACCESS_DENIED		= 0xC0000022u,
	NT_LOGON_FAILURE		= 0xC000006Du,
	NT_ACCOUNT_DISABLED		= 0xC0000072u,
};

#endif /* CIFSSRVD_AUTH_NTSTATUS_H */
