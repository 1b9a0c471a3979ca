// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crypt/labels.c - labels and contexts of the key derivation, [MS-SMB2] 3.1.4.2, 3.3.5.5.3
 *
 * The terminating zeros are part of what is hashed, and so is the blank in
 * "ServerIn ".
 */
#include "labels.h"

#define STR(s) s, sizeof(s)

static const struct csrv_key_label labels_30[CSRV_KEY_USES] = {
	[CSRV_KEY_SIGNING]	= { STR("SMB2AESCMAC"), STR("SmbSign") },
	[CSRV_KEY_SEAL_C2S]	= { STR("SMB2AESCCM"), STR("ServerIn ") },
	[CSRV_KEY_SEAL_S2C]	= { STR("SMB2AESCCM"), STR("ServerOut") },
	[CSRV_KEY_APPLICATION]	= { STR("SMB2APP"), STR("SmbRpc") },
};

static const struct csrv_key_label labels_311[CSRV_KEY_USES] = {
	[CSRV_KEY_SIGNING]	= { STR("SMBSigningKey"), NULL, 0 },
	[CSRV_KEY_SEAL_C2S]	= { STR("SMBC2SCipherKey"), NULL, 0 },
	[CSRV_KEY_SEAL_S2C]	= { STR("SMBS2CCipherKey"), NULL, 0 },
	[CSRV_KEY_APPLICATION]	= { STR("SMBAppKey"), NULL, 0 },
};

const struct csrv_key_label *csrv_key_label(u16 dialect, enum csrv_key_use use)
{
	if ((unsigned int)use >= CSRV_KEY_USES)
		return NULL;
	switch (dialect) {
	case 0x0300:
	case 0x0302:
		return &labels_30[use];
	case 0x0311:
		return &labels_311[use];
	default:
		return NULL;
	}
}
