/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base/log.h - the module's lines in the kernel log
 *
 * Messages that a client, a file or the daemon can cause use a _ratelimited form (SMB servers have
 * been made to fill disks with log lines); the plain forms are for events that happen once, such as
 * loading.  Never print key material, file
 * contents, or a client's bytes without %pE/%*pE.
 */
#ifndef CIFSSRV_BASE_LOG_H
#define CIFSSRV_BASE_LOG_H

#undef pr_fmt
#define pr_fmt(fmt) "cifssrv: " fmt

#include <linux/printk.h>
#include <linux/ratelimit.h>

#define csrv_info(fmt, ...)	pr_info(fmt, ##__VA_ARGS__)
#define csrv_warn(fmt, ...)	pr_warn(fmt, ##__VA_ARGS__)
#define csrv_err(fmt, ...)	pr_err(fmt, ##__VA_ARGS__)
#define csrv_dbg(fmt, ...)	pr_debug(fmt, ##__VA_ARGS__)

#define csrv_info_ratelimited(fmt, ...)		pr_info_ratelimited(fmt, ##__VA_ARGS__)
#define csrv_notice_ratelimited(fmt, ...)	pr_notice_ratelimited(fmt, ##__VA_ARGS__)
#define csrv_warn_ratelimited(fmt, ...)		pr_warn_ratelimited(fmt, ##__VA_ARGS__)
#define csrv_err_ratelimited(fmt, ...)		pr_err_ratelimited(fmt, ##__VA_ARGS__)

#endif /* CIFSSRV_BASE_LOG_H */
