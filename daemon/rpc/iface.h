/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rpc/iface.h - a service: a table of operations */
#ifndef CIFSSRVD_RPC_IFACE_H
#define CIFSSRVD_RPC_IFACE_H

#include "dcerpc.h"
#include "ndr.h"
#include "rpc.h"
#include "../util/cleanup.h"

/* Win32 and NERR codes that services answer with, [MS-ERREF] 2.2, [MS-SRVS] 2.2.2.10. */
enum rpc_werror {
	WERR_OK				= 0,
	WERR_ACCESS_DENIED		= 5,
	WERR_NOT_ENOUGH_MEMORY		= 8,
	WERR_INVALID_PARAMETER		= 87,
	WERR_INVALID_NAME		= 123,
	WERR_INVALID_LEVEL		= 124,
	WERR_MORE_DATA			= 234,
	WERR_BUF_TOO_SMALL		= 2123,	/* NERR_BufTooSmall */
	WERR_USER_NOT_FOUND		= 2221,	/* NERR_UserNotFound */
	WERR_NET_NAME_NOT_FOUND		= 2310,	/* NERR_NetNameNotFound */
	WERR_DEVICE_NOT_SHARED		= 2311,	/* NERR_DeviceNotShared */
	WERR_CLIENT_NAME_NOT_FOUND	= 2312,	/* NERR_ClientNameNotFound */
};

/* PLATFORM_ID_NT, [MS-SRVS] 2.2.2.6 */
#define RPC_PLATFORM_NT		500

/**
 * struct rpc_call - one request being executed
 * @env: queries about the server
 * @caller: the client
 * @in: the request's stub
 * @out: the response's stub
 * @mem: freed after the call
 */
struct rpc_call {
	const struct rpc_env *env;
	const struct rpc_caller *caller;
	struct ndr_in *in;
	struct ndr_out *out;
	TALLOC_CTX *mem;
};

/*
 * An operation: reads call->in, writes call->out, return value of the method
 * included.  Returns %DCERPC_FAULT_NONE, or the fault that the client gets
 * instead of a response.
 */
typedef enum dcerpc_fault (*rpc_handler)(struct rpc_call *call);

struct rpc_op {
	uint16_t opnum;
	const char *name;		/* as the specification calls it */
	rpc_handler handle;
};

struct rpc_iface {
	const char *pipe;		/* lower case */
	struct dcerpc_syntax id;
	const struct rpc_op *ops;
	size_t nops;
};

extern const struct rpc_iface rpc_srvsvc;
extern const struct rpc_iface rpc_wkssvc;

/* Names compared as SMB does, regardless of case. */
bool rpc_name_equal(const char *a, const char *b);
/* The same, without the leading backslashes of @unc: "\\client" is "client". */
bool rpc_unc_equal(const char *unc, const char *name);

/* Text, or "" for NULL. */
static inline const char *rpc_text(const char *s)
{
	return s ? s : "";
}

/* Is it the null session or the guest, neither of which has proven an identity? */
static inline bool rpc_is_nobody(const struct rpc_call *call)
{
	return call->caller->is_anonymous || call->caller->is_guest;
}

#endif /* CIFSSRVD_RPC_IFACE_H */
