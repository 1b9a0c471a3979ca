/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compat/net.h - socket calls that changed between 6.1 and today */
#ifndef CIFSSRV_COMPAT_NET_H
#define CIFSSRV_COMPAT_NET_H

#include <linux/net.h>
#include <linux/skbuff.h>
#include <linux/socket.h>
#include <linux/version.h>
#include <net/sock.h>

/* 6.19 gave the address of bind() a type of its own. */
static inline int compat_kernel_bind(struct socket *sock, const struct sockaddr *addr, int len)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	return kernel_bind(sock, (struct sockaddr_unsized *)addr, len);
#else
	return kernel_bind(sock, (struct sockaddr *)addr, len);
#endif
}

/*
 * Send one page fragment by reference.  6.5 replaced sendpage by
 * MSG_SPLICE_PAGES on an ordinary sendmsg.
 */
static inline int compat_sock_send_page(struct socket *sock, struct page *page, u32 off,
					u32 len, int flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	struct bio_vec bv = { .bv_page = page, .bv_offset = off, .bv_len = len };
	struct msghdr msg = { .msg_flags = flags | MSG_SPLICE_PAGES };

	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, &bv, 1, len);
	return sock_sendmsg(sock, &msg);
#else
	page += off >> PAGE_SHIFT;
	off &= PAGE_SIZE - 1;
	len = min_t(u32, len, PAGE_SIZE - off);
	return kernel_sendpage(sock, page, off, len, flags);
#endif
}

/*
 * Send many page fragments by reference, starting @skip bytes into @bv.
 * Returns what the socket took (maybe less than all), or a negative errno.
 */
static inline int compat_sock_send_bvec(struct socket *sock, struct bio_vec *bv, u32 nbv,
					size_t skip, size_t len, int flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	struct msghdr msg = { .msg_flags = flags | MSG_SPLICE_PAGES };

	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, bv, nbv, skip + len);
	iov_iter_advance(&msg.msg_iter, skip);
	return sock_sendmsg(sock, &msg);
#else
	int sent = 0, n;
	u32 i = 0;

	while (i < nbv && skip >= bv[i].bv_len)
		skip -= bv[i++].bv_len;
	while (i < nbv) {
		u32 left = bv[i].bv_len - skip;
		int more = left < len - sent ? MSG_MORE : 0;

		n = compat_sock_send_page(sock, bv[i].bv_page, bv[i].bv_offset + skip, left,
					  flags | more);
		if (n < 0)
			return sent ? sent : n;
		sent += n;
		skip += n;
		if (skip == bv[i].bv_len) {
			skip = 0;
			i++;
		}
	}
	return sent;
#endif
}

/* 6.12: fragments may lie in a device's memory. */
static inline bool compat_skb_has_pages(const struct sk_buff *skb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	return skb_frags_readable(skb);
#else
	return true;
#endif
}

#endif /* CIFSSRV_COMPAT_NET_H */
