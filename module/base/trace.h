/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base/trace.h - tracepoints, /sys/kernel/tracing/events/cifssrv/
 *
 * Use trace_csrv_<name>(…). Arguments are numbers and names from the module's own tables: no file
 * names, no user names, no bytes of a client.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM cifssrv

#if !defined(CIFSSRV_BASE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define CIFSSRV_BASE_TRACE_H

#include <linux/tracepoint.h>
#include "../compat/trace.h"

/* A complete message was received; @len without the length prefix. */
TRACE_EVENT(csrv_msg_rx,
	TP_PROTO(u64 conn, u32 len),
	TP_ARGS(conn, len),
	TP_STRUCT__entry(
		__field(u64, conn)
		__field(u32, len)
	),
	TP_fast_assign(
		__entry->conn = conn;
		__entry->len = len;
	),
	TP_printk("conn=%llu len=%u", __entry->conn, __entry->len)
);

/* A message or one of its commands was malformed. */
TRACE_EVENT(csrv_decode_fail,
	TP_PROTO(u64 conn, const char *cmd),
	TP_ARGS(conn, cmd),
	TP_STRUCT__entry(
		__field(u64, conn)
		__string(cmd, cmd)
	),
	TP_fast_assign(
		__entry->conn = conn;
		csrv_assign_str(cmd, cmd);
	),
	TP_printk("conn=%llu cmd=%s", __entry->conn, __get_str(cmd))
);

TRACE_EVENT(csrv_req_start,
	TP_PROTO(u64 conn, const char *cmd, u64 mid),
	TP_ARGS(conn, cmd, mid),
	TP_STRUCT__entry(
		__field(u64, conn)
		__field(u64, mid)
		__string(cmd, cmd)
	),
	TP_fast_assign(
		__entry->conn = conn;
		__entry->mid = mid;
		csrv_assign_str(cmd, cmd);
	),
	TP_printk("conn=%llu cmd=%s mid=%llu", __entry->conn, __get_str(cmd), __entry->mid)
);

/* @status is the NTSTATUS of the reply, @usecs from arrival until the reply is queued. */
TRACE_EVENT(csrv_req_done,
	TP_PROTO(const char *cmd, u64 mid, u32 status, u64 usecs),
	TP_ARGS(cmd, mid, status, usecs),
	TP_STRUCT__entry(
		__field(u64, mid)
		__field(u64, usecs)
		__field(u32, status)
		__string(cmd, cmd)
	),
	TP_fast_assign(
		__entry->mid = mid;
		__entry->usecs = usecs;
		__entry->status = status;
		csrv_assign_str(cmd, cmd);
	),
	TP_printk("cmd=%s mid=%llu status=0x%08x usecs=%llu", __get_str(cmd),
		  __entry->mid, __entry->status, __entry->usecs)
);

/* A question was queued for the daemon; @op is enum csrv_up_op. */
TRACE_EVENT(csrv_upcall,
	TP_PROTO(u16 op, u64 id),
	TP_ARGS(op, id),
	TP_STRUCT__entry(
		__field(u64, id)
		__field(u16, op)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->op = op;
	),
	TP_printk("op=%u id=%llu", __entry->op, __entry->id)
);

/* A question ended: answered (@err 0 or the daemon's), timed out, or abandoned. */
TRACE_EVENT(csrv_upcall_done,
	TP_PROTO(u16 op, u64 id, int err),
	TP_ARGS(op, id, err),
	TP_STRUCT__entry(
		__field(u64, id)
		__field(int, err)
		__field(u16, op)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->err = err;
		__entry->op = op;
	),
	TP_printk("op=%u id=%llu err=%d", __entry->op, __entry->id, __entry->err)
);

/* One event per object kind with a state word; numbers are that kind's enum. */
DECLARE_EVENT_CLASS(csrv_state,
	TP_PROTO(u64 id, u32 from, u32 to),
	TP_ARGS(id, from, to),
	TP_STRUCT__entry(
		__field(u64, id)
		__field(u32, from)
		__field(u32, to)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->from = from;
		__entry->to = to;
	),
	TP_printk("id=0x%llx from=%u to=%u", __entry->id, __entry->from, __entry->to)
);

DEFINE_EVENT(csrv_state, csrv_conn_state, TP_PROTO(u64 id, u32 from, u32 to), TP_ARGS(id, from, to));
DEFINE_EVENT(csrv_state, csrv_session_state, TP_PROTO(u64 id, u32 from, u32 to),
	     TP_ARGS(id, from, to));
DEFINE_EVENT(csrv_state, csrv_open_state, TP_PROTO(u64 id, u32 from, u32 to), TP_ARGS(id, from, to));
/* @from, @to: enum csrv_cache_mask, granted, requested, or broken to. */
DEFINE_EVENT(csrv_state, csrv_oplock, TP_PROTO(u64 id, u32 from, u32 to), TP_ARGS(id, from, to));

#endif /* CIFSSRV_BASE_TRACE_H */

/* Found through CFLAGS_base/trace.o = -I$(src)/base (Kbuild). */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
