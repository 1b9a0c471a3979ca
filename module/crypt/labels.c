// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crypt/labels.c - labels and contexts of the key derivation, [MS-SMB2] 3.1.4.2, 3.3.5.5.3
 *
 * The terminating zeros are part of what is hashed, and so is the blank in
 * "ServerIn ".
 */
#include "labels.h"

#define LABEL(label, ctx)	{ label, sizeof(label), ctx, sizeof(ctx) }
#define LABEL_PREAUTH(label)	{ label, sizeof(label), NULL, 0 }

static const struct csrv_key_label labels_30[CSRV_KEY_USES] = {
	[CSRV_KEY_SIGNING]	= LABEL("SMB2AESCMAC", "SmbSign"),
	[CSRV_KEY_SEAL_C2S]	= LABEL("SMB2AESCCM", "ServerIn "),
	[CSRV_KEY_SEAL_S2C]	= LABEL("SMB2AESCCM", "ServerOut"),
	[CSRV_KEY_APPLICATION]	= LABEL("SMB2APP", "SmbRpc"),
};

static const struct csrv_key_label labels_311[CSRV_KEY_USES] = {
	[CSRV_KEY_SIGNING]	= LABEL_PREAUTH("SMBSigningKey"),
	[CSRV_KEY_SEAL_C2S]	= LABEL_PREAUTH("SMBC2SCipherKey"),
	[CSRV_KEY_SEAL_S2C]	= LABEL_PREAUTH("SMBS2CCipherKey"),
	[CSRV_KEY_APPLICATION]	= LABEL_PREAUTH("SMBAppKey"),
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
