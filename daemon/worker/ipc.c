// SPDX-License-Identifier: GPL-2.0-or-later
/* worker/ipc.c - messages between the manager and its worker */
#include "ipc.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "../util/file.h"
#include "../util/utf.h"

static int msg_done(struct ipc_msg *m)
{
	while (m->nfds)
		close(m->fds[--m->nfds]);
	/* Messages hold hashes and names.  One of the two cursors is empty. */
	explicit_bzero(m->buf, bytes_written(&m->out) + (size_t)(m->in.end - m->in.base));
	return 0;
}

static struct ipc_msg *msg_alloc(TALLOC_CTX *ctx)
{
	struct ipc_msg *m = talloc_zero(ctx, struct ipc_msg);

	if (!m)
		return NULL;
	m->buf = talloc_array(m, uint8_t, IPC_MAX);
	if (!m->buf) {
		talloc_free(m);
		return NULL;
	}
	talloc_set_destructor(m, msg_done);
	return m;
}

struct ipc_msg *ipc_new(TALLOC_CTX *ctx, enum ipc_type type, uint64_t id)
{
	struct ipc_msg *m = msg_alloc(ctx);

	if (!m)
		return NULL;
	m->type = type;
	m->id = id;
	m->out = bytes_out(m->buf, IPC_MAX);
	bytes_put(&m->out, &(struct ipc_hdr){ .type = type, .id = id }, sizeof(struct ipc_hdr));
	return m;
}

void ipc_put_s32(struct ipc_msg *m, int32_t v)
{
	bytes_put_u32(&m->out, (uint32_t)v);
}

void ipc_put_bytes(struct ipc_msg *m, const void *data, size_t len)
{
	m->out.bad |= len > IPC_MAX;
	bytes_put_u32(&m->out, (uint32_t)len);
	bytes_put(&m->out, data, len);
}

void ipc_put_string(struct ipc_msg *m, const char *s)
{
	ipc_put_bytes(m, s, strlen(s));
}

void ipc_put_fd(struct ipc_msg *m, int fd)
{
	int copy = m->nfds < IPC_MAX_FDS && fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;

	if (copy < 0)
		m->out.bad = true;
	else
		m->fds[m->nfds++] = copy;
}

int32_t ipc_get_s32(struct ipc_msg *m)
{
	return (int32_t)bytes_get_u32(&m->in);
}

char *ipc_get_bytes(struct ipc_msg *m, size_t max)
{
	size_t len = bytes_get_u32(&m->in);
	struct blob b = bytes_blob(&m->in, len);
	char *s = NULL;

	if (!m->in.bad && len <= max && !(len && memchr(b.data, 0, len)))
		s = talloc_strndup(m, len ? (const char *)b.data : "", len);
	m->in.bad |= !s;
	return s;
}

char *ipc_get_string(struct ipc_msg *m, size_t max)
{
	char *s = ipc_get_bytes(m, max);

	if (s && utf8_valid(s, strlen(s)))
		return s;
	m->in.bad = true;
	return NULL;
}

int ipc_take_fd(struct ipc_msg *m)
{
	int fd;

	if (!m->nfds)
		return -1;
	fd = m->fds[0];
	memmove(m->fds, m->fds + 1, --m->nfds * sizeof(*m->fds));
	return fd;
}

bool ipc_complete(const struct ipc_msg *m)
{
	return !m->in.bad && !bytes_left(&m->in) && !m->nfds;
}

int ipc_send(int fd, struct ipc_msg *m, int flags)
{
	union {
		struct cmsghdr hdr;
		uint8_t room[CMSG_SPACE(IPC_MAX_FDS * sizeof(int))];
	} control = {};
	struct iovec iov = { m->buf, bytes_written(&m->out) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (m->out.bad)
		return -EMSGSIZE;
	if (m->nfds) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(m->nfds * sizeof(int));
		control.hdr = (struct cmsghdr){
			.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
			.cmsg_len = CMSG_LEN(m->nfds * sizeof(int)),
		};
		memcpy(CMSG_DATA(&control.hdr), m->fds, m->nfds * sizeof(int));
	}
	do {
		n = sendmsg(fd, &msg, flags | MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* Gives all received descriptors to the message; false when there are too many. */
static bool take_control(struct ipc_msg *m, struct msghdr *msg)
{
	bool ok = !(msg->msg_flags & (MSG_CTRUNC | MSG_TRUNC));

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		const uint8_t *data = CMSG_DATA(c);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, data + i * sizeof(int), sizeof(int));
			if (m->nfds < IPC_MAX_FDS) {
				m->fds[m->nfds++] = fd;
			} else {
				close(fd);
				ok = false;
			}
		}
	}
	return ok;
}

static int parse(struct ipc_msg *m, size_t len)
{
	struct ipc_hdr hdr;
	const uint8_t *p;

	m->in = bytes_in((struct blob){ m->buf, len });
	p = bytes_take(&m->in, sizeof(hdr));
	if (!p)
		return -EBADMSG;
	memcpy(&hdr, p, sizeof(hdr));
	m->type = hdr.type;
	m->id = hdr.id;
	return hdr.reserved ? -EBADMSG : 0;
}

int ipc_receive(TALLOC_CTX *ctx, int fd, struct ipc_msg **ret)
{
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(IPC_MAX_FDS * sizeof(int))];
	struct ipc_msg *m = msg_alloc(ctx);
	struct iovec iov = { m ? m->buf : NULL, IPC_MAX };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;
	bool ok;
	int r;

	if (!m)
		return -ENOMEM;
	/*
	 * ECONNRESET is reported once, when the other side has ended with messages unread; its own
	 * messages can still be received.
	 */
	do {
		n = recvmsg(fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n < 0) {
		r = -errno;
		talloc_free(m);
		return r;
	}
	/* From here on the message closes its descriptors, also when it has no octets. */
	m->in = bytes_in((struct blob){ m->buf, (size_t)n });
	ok = take_control(m, &msg);
	if (!n && ok && !m->nfds) {
		talloc_free(m);
		return -EPIPE;
	}
	r = parse(m, (size_t)n);
	if (!ok || r < 0) {
		talloc_free(m);
		return -EBADMSG;
	}
	*ret = m;
	return 0;
}

int ipc_memfd(const char *name, struct blob text)
{
	_cleanup_(closep) int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int r;

	if (fd < 0)
		return -errno;
	r = write_all(fd, text.data, text.len);
	if (r < 0)
		return r;
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return -errno;
	return TAKE_FD(fd);
}

int ipc_read_memfd(TALLOC_CTX *ctx, int fd, size_t max, struct blob *ret)
{
	int want = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat st;
	uint8_t *buf;
	size_t done = 0;

	/* Only a memfd has seals: other files, pipes and devices can make the reader wait. */
	if (seals < 0 || (seals & want) != want)
		return -EBADMSG;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size < 0 || (uint64_t)st.st_size > max)
		return -EFBIG;
	buf = talloc_array(ctx, uint8_t, (size_t)st.st_size + 1);
	if (!buf)
		return -ENOMEM;
	while (done < (size_t)st.st_size) {
		ssize_t n = pread(fd, buf + done, (size_t)st.st_size - done, (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			talloc_free(buf);
			return n < 0 ? -errno : -EBADMSG;
		}
		done += (size_t)n;
	}
	buf[done] = 0;
	*ret = (struct blob){ buf, done };
	return 0;
}
