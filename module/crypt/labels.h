/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crypt/labels.h - labels and contexts of the key derivation
 *
 * Pure: compiles in the kernel and in user space.
 */
#ifndef CIFSSRV_CRYPT_LABELS_H
#define CIFSSRV_CRYPT_LABELS_H

#include <linux/types.h>

/* What a key derived from a session key is for. Directions as on the wire. */
enum csrv_key_use {
	CSRV_KEY_SIGNING,
	CSRV_KEY_SEAL_C2S,	/* the server's DecryptionKey */
	CSRV_KEY_SEAL_S2C,	/* the server's EncryptionKey */
	CSRV_KEY_APPLICATION,
	CSRV_KEY_USES
};

/**
 * struct csrv_key_label - one row
 * @label: with its terminating zero, which belongs to it
 * @label_len: bytes
 * @ctx: likewise; NULL when the context is PreauthIntegrityHashValue (3.1.1)
 * @ctx_len: bytes; 0 when @ctx is NULL
 */
struct csrv_key_label {
	const char *label;
	u8 label_len;
	const char *ctx;
	u8 ctx_len;
};

/* NULL for dialects that derive nothing (2.x and older) and unknown uses. */
const struct csrv_key_label *csrv_key_label(u16 dialect, enum csrv_key_use use);

#endif /* CIFSSRV_CRYPT_LABELS_H */
