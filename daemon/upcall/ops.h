/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upcall/ops.h - the operations that answer the kernel's questions, by file */
#ifndef CIFSSRVD_UPCALL_OPS_H
#define CIFSSRVD_UPCALL_OPS_H

#include "question.h"

/* op_auth.c */
int op_auth_step(struct question *q, struct answer *a);
int op_auth_abort(struct question *q, struct answer *a);

/* op_pipe.c */
struct pipes *pipes_new(struct upcall *up);
bool pipe_end(struct pipes *p, uint64_t id);	/* false: there is none */
void pipes_clear(struct pipes *p);
int op_pipe_open(struct question *q, struct answer *a);
int op_pipe_transact(struct question *q, struct answer *a);
int op_pipe_write(struct question *q, struct answer *a);
int op_pipe_read(struct question *q, struct answer *a);
int op_pipe_close(struct question *q, struct answer *a);

#endif /* CIFSSRVD_UPCALL_OPS_H */
