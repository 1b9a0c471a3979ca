/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upcall/objects.h - what the members of CSRV_OP_STATUS' objects mean, module/upcall/README.md */
#ifndef CIFSSRVD_UPCALL_OBJECTS_H
#define CIFSSRVD_UPCALL_OBJECTS_H

#include <stddef.h>
#include <stdint.h>
#include "../util/json.h"

/* A member of the form "0x1f"; 0 when it is not there or another thing. */
uint64_t object_hex(const struct json_object *o, const char *name);

/* Seconds since the object was made: its "age", or since "created". */
uint64_t object_age(const struct json_object *o);

/* "3.1.1" of a member "dialect"; "" before one is negotiated.  Writes at most 16 octets. */
const char *object_dialect(const struct json_object *o, char buf[16]);

#endif /* CIFSSRVD_UPCALL_OBJECTS_H */
