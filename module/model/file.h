/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/file.h - private to the room: the pending delete of a file object */
#ifndef CIFSSRV_MODEL_FILE_H
#define CIFSSRV_MODEL_FILE_H

struct csrv_file;
struct csrv_open;

void csrv_file_doom(struct csrv_file *file, const struct csrv_open *o);
void csrv_file_spare(struct csrv_file *file);
void csrv_file_reap(struct csrv_file *file);

#endif /* CIFSSRV_MODEL_FILE_H */
