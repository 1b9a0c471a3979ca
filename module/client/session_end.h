/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/session_end.h - how a session ends */
#ifndef CIFSSRV_CLIENT_SESSION_END_H
#define CIFSSRV_CLIENT_SESSION_END_H

struct csrv_end;
struct csrv_session;
struct work_struct;

void csrv_session_leave(struct work_struct *work);
void csrv_session_finish(struct csrv_end *end);
void csrv_session_let_go(struct csrv_session *s);

#endif /* CIFSSRV_CLIENT_SESSION_END_H */
