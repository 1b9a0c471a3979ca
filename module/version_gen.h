/* SPDX-License-Identifier: GPL-2.0-or-later */
/* version_gen.h - made of VERSION, so that module/ is complete where DKMS has it; do not edit */
#ifndef CIFSSRV_VERSION_GEN_H
#define CIFSSRV_BASE_VERSION_GEN_H

#define CSRV_VERSION "0.1.0"

#endif /* CIFSSRV_VERSION_GEN_H */
