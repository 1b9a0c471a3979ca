// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/crypt/*.c module/base/bytes.c | libs: gcrypt | flags: -Wno-unused-parameter
/*
 * The known answers of module/crypt, which guests hear from the kernel's algorithms, from libgcrypt's:
 * key derivation, nonces, and each byte of the scatterlists, under ASan.
 */
#include "../../kunit/crypt_test.c"
