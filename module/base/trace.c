// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * base/trace.c - instantiates the tracepoints
 */
#define CREATE_TRACE_POINTS
#include "trace.h"
