// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/tree_connect.c - SMB2 TREE_CONNECT, [MS-SMB2] 3.3.5.7 */
#include <linux/string.h>

#include "../wire/utf16.h"
#include "smb2.h"

#define TREE_PATH_MAX	768	/* \\server\share in UTF-8: 80 characters of share at most */

static u32 caching(const struct csrv_share_params *p)
{
	switch (p->csc_policy) {
	case CSRV_SHARE_CSC_POLICY_DOCUMENTS:
		return SMB2_SHAREFLAG_AUTO_CACHING;
	case CSRV_SHARE_CSC_POLICY_PROGRAMS:
		return SMB2_SHAREFLAG_VDO_CACHING;
	case CSRV_SHARE_CSC_POLICY_DISABLE:
		return SMB2_SHAREFLAG_NO_CACHING;
	default:
		return SMB2_SHAREFLAG_MANUAL_CACHING;
	}
}

/* The share name in \\server\share; NULL if the path is not of that form. */
static const char *share_of(char *path)
{
	char *share;

	if (path[0] != '\\' || path[1] != '\\')
		return NULL;
	share = strchr(path + 2, '\\');
	if (!share || !share[1] || strchr(share + 1, '\\'))
		return NULL;
	return share + 1;
}

nt_status_t csrv_smb2_tree_connect(struct csrv_req *req)
{
	const struct smb2_tree_connect_args *args = &smb2_args(req)->tree_connect;
	struct smb2_tree_connect_res *res = &smb2_res(req)->tree_connect;
	char path[TREE_PATH_MAX];
	struct csrv_share_cfg *cfg;
	struct csrv_tree *tree;
	const char *share;
	nt_status_t status;

	/* [MS-SMB2] 3.3.5.7: in 3.1.1 a signature protects the negotiation */
	if (req->conn->nego.dialect == SMB2_DIALECT_311 && !req->sealed &&
	    !smb2_is_signed(req) && req->session->proven)
		return NT_ACCESS_DENIED;
	if (csrv_utf16_to_utf8(&args->path, path, sizeof(path)) < 0)
		return NT_BAD_NETWORK_NAME;
	share = share_of(path);
	if (!share)
		return NT_BAD_NETWORK_NAME;
	status = csrv_tree_connect(req->session, req->conn, share, &tree);
	if (status != NT_OK)
		return status;
	cfg = csrv_share_cfg_get(tree->share);
	res->share_type = tree->share->ipc ? SMB2_SHARE_TYPE_PIPE : SMB2_SHARE_TYPE_DISK;
	res->share_flags = tree->share->ipc ? SMB2_SHAREFLAG_NO_CACHING : caching(&cfg->p);
	req->rights = csrv_tree_rights(tree);
	if (req->rights->encrypt)
		res->share_flags |= SMB2_SHAREFLAG_ENCRYPT_DATA;
	if (cfg->p.hide_unreadable)
		res->share_flags |= SMB2_SHAREFLAG_ACCESS_BASED_DIRECTORY_ENUM;
	res->maximal_access = req->rights->max_access;
	csrv_share_cfg_put(cfg);
	req->hdr.tid = tree->id;
	smb2_front(req)->chain.tid = tree->id;
	req->tree = tree;
	return NT_OK;
}
