/* SPDX-License-Identifier: GPL-2.0-or-later */
/* transport/frame.h - private to the room: where the bytes of a received message go */
#ifndef CIFSSRV_TRANSPORT_FRAME_H
#define CIFSSRV_TRANSPORT_FRAME_H

#include "transport.h"

int csrv_msg_head(struct csrv_msg *msg, u32 have, u32 want);
int csrv_msg_pages(struct csrv_msg *msg, u32 want);
int csrv_msg_entries(struct csrv_msg *msg, u32 n);

#endif /* CIFSSRV_TRANSPORT_FRAME_H */
