// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * smb2/read.c - SMB2 READ, [MS-SMB2] 3.3.5.12
 *
 * Three ways for the data: by reference to the page cache, when nothing will be
 * computed over it and it ends the message; into pages of our own, when something
 * will; into the reply's own buffer, when it is small or more replies follow.
 */
#include <linux/slab.h>
#include <linux/uio.h>

#include "../store/brl.h"
#include "smb2.h"

#define READ_FIXED	16u		/* reply body before the data */
#define READ_PAGES_MIN	(16u * 1024)	/* smaller ones are copied */

/* A reply in pages takes no room in the buffer. */
static bool read_in_pages(const struct csrv_req *req)
{
	const struct smb2_read_args *args = &smb2_args(req)->read;

	return csrv_reply_is_last(req) && args->length >= READ_PAGES_MIN &&
	       req->open && !req->open->pipe;
}

u32 csrv_smb2_read_reply_max(const struct csrv_req *req)
{
	const struct smb2_read_args *args = &smb2_args(req)->read;

	if (args->length > req->conn->nego.max_read || read_in_pages(req))
		return READ_FIXED;
	return READ_FIXED + args->length;
}

void csrv_smb2_read_payload(const void *args, u64 *sent, u64 *requested)
{
	const struct smb2_read_args *a = args;

	*requested = a->length;
}

static void splice_put(struct bio_vec *bv, u32 nbv)
{
	csrv_vfs_bvec_put(bv, nbv);
	kvfree(bv);
}

/* The page cache's own pages: bytes, -EOPNOTSUPP, or another errno. */
static ssize_t read_splice(struct csrv_req *req, const struct smb2_read_args *args,
			   struct csrv_rpages *pages)
{
	u32 max = args->length / PAGE_SIZE + 2, nbv = 0;
	struct bio_vec *bv = kvmalloc_array(max, sizeof(*bv), GFP_KERNEL);
	ssize_t n;

	if (!bv)
		return -ENOMEM;
	n = csrv_vfs_splice(req->open->filp, args->offset, args->length, bv, &nbv, max);
	if (n <= 0) {
		kvfree(bv);
		return n;
	}
	*pages = (struct csrv_rpages){ .bv = bv, .nbv = nbv, .put = splice_put };
	return n;
}

static ssize_t read_pages(struct csrv_req *req, const struct smb2_read_args *args,
			  struct csrv_rpages *pages)
{
	struct iov_iter iter;

	if (csrv_pages_alloc(args->length, &pages->bv, &pages->nbv))
		return -ENOMEM;
	pages->put = csrv_pages_put;
	iov_iter_bvec(&iter, ITER_DEST, pages->bv, pages->nbv, args->length);
	return csrv_vfs_read(req->open->filp, args->offset, &iter, 0);
}

static ssize_t read_linear(struct csrv_req *req, const struct smb2_read_args *args)
{
	struct wire_out out = csrv_reply_window(req, SMB2_READ_DATA_OFFSET);
	struct kvec kv = { .iov_base = out.pos, .iov_len = args->length };
	struct iov_iter iter;

	if (!args->length)
		return 0;
	if (wire_out_left(&out) < args->length)
		return -ENOMEM;
	iov_iter_kvec(&iter, ITER_DEST, &kv, 1, args->length);
	return csrv_vfs_read(req->open->filp, args->offset, &iter, 0);
}

/* Bytes or an errno; those that are not in the reply's buffer are in @pages. */
static ssize_t read_data(struct csrv_req *req, const struct smb2_read_args *args,
			 struct csrv_rpages *pages)
{
	ssize_t n = -EOPNOTSUPP;

	if (!read_in_pages(req))
		return read_linear(req, args);
	/* The page cache's pages count too: they are pinned meanwhile. */
	if (!csrv_budget_take(req, args->length, false))
		return -ENOMEM;
	if (csrv_smb2_reply_is_plain(req))
		n = read_splice(req, args, pages);
	if (n == -EOPNOTSUPP)
		n = read_pages(req, args, pages);
	return n;
}

/*
 * What was read is given to the reply with success and in no other case: @pages beyond @n
 * hold whatever memory held before.
 */
static nt_status_t read_done(struct csrv_req *req, ssize_t n, struct csrv_rpages *pages)
{
	const struct smb2_read_args *args = &smb2_args(req)->read;

	if (n < 0)
		return csrv_errno_status(n);
	if (n < args->min_count || (!n && args->length))
		return NT_END_OF_FILE;
	if (!pages->bv)
		req->reply.extra = n;
	else if (!csrv_rpages_give(req, pages, n))
		return NT_INSUFFICIENT_RESOURCES;	/* behind others it would be too long */
	req->open->position = args->offset + n;
	smb2_res(req)->read.data_length = n;
	return NT_OK;
}

nt_status_t csrv_smb2_read(struct csrv_req *req)
{
	const struct smb2_read_args *args = &smb2_args(req)->read;
	struct csrv_rpages pages = {};
	nt_status_t status;

	if (args->length > req->conn->nego.max_read || args->channel != SMB2_CHANNEL_NONE)
		return NT_INVALID_PARAMETER;
	status = csrv_smb2_check_range(req->open, args->offset, args->length);
	if (status != NT_OK)
		return status;
	if (req->open->pipe)
		return csrv_smb2_pipe_read(req, SMB2_READ_DATA_OFFSET, args->length);
	status = csrv_brl_check(req->open, args->offset, args->length, false);
	if (status != NT_OK)
		return status;
	status = read_done(req, read_data(req, args, &pages), &pages);
	csrv_rpages_put(&pages);
	return status;
}

/* The daemon has answered a READ of a pipe. */
nt_status_t csrv_smb2_read_resume(struct csrv_req *req)
{
	nt_status_t status = req->wait.status;

	smb2_res(req)->read.data_length = req->reply.extra;
	return status;
}
