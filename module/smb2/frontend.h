/* SPDX-License-Identifier: GPL-2.0-or-later */
/* smb2/frontend.h - what other rooms use: the front end */
#ifndef CIFSSRV_SMB2_FRONTEND_H
#define CIFSSRV_SMB2_FRONTEND_H

struct csrv_frontend;

extern const struct csrv_frontend csrv_smb2_frontend;

#endif /* CIFSSRV_SMB2_FRONTEND_H */
