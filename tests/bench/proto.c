// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * proto.c - connection, session, signing and sealing of the load generator
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "proto.h"

#define FLAG_SIGNED 8U

void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("smbload: ", stderr);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

uint64_t inside_ns;

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

int tcp_connect(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *ai;
	uint64_t start;
	int fd, one = 1;

	if (getaddrinfo(host, port, &hints, &ai))
		die("no such host or port: %s %s", host, port);
	start = now_ns();
	fd = socket(ai->ai_family, ai->ai_socktype, 0);
	if (fd < 0 || connect(fd, ai->ai_addr, ai->ai_addrlen))
		die("connect to %s port %s: %s", host, port, strerror(errno));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	inside_ns += now_ns() - start;
	freeaddrinfo(ai);
	return fd;
}

void recv_all(int fd, void *buf, size_t len)
{
	uint64_t start;
	size_t have = 0;
	ssize_t n;

	while (have < len) {
		start = now_ns();
		n = recv(fd, (char *)buf + have, len - have, MSG_WAITALL);
		inside_ns += now_ns() - start;
		if (n <= 0)
			die("connection lost: %s", n ? strerror(errno) : "closed by the server");
		have += n;
	}
}

void send_all(int fd, const void *buf, size_t len)
{
	uint64_t start;
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		start = now_ns();
		n = send(fd, (const char *)buf + done, len - done, MSG_NOSIGNAL);
		inside_ns += now_ns() - start;
		if (n <= 0)
			die("connection lost: %s", strerror(errno));
		done += n;
	}
}

/* --- keys ----------------------------------------------------------------- */

/* [MS-SMB2] 3.1.4.2 with L = 128; @label_len counts the label's own NUL */
static void kdf(const uint8_t key[16], const char *label, size_t label_len, const uint8_t context[64],
		uint8_t out[16])
{
	static const uint8_t one[4] = { 0, 0, 0, 1 }, bits[4] = { 0, 0, 0, 128 };
	gcry_md_hd_t h;

	if (gcry_md_open(&h, GCRY_MD_SHA256, GCRY_MD_FLAG_HMAC) || gcry_md_setkey(h, key, 16))
		die("libgcrypt has no HMAC-SHA256");
	gcry_md_write(h, one, 4);
	gcry_md_write(h, label, label_len);
	gcry_md_putc(h, 0);
	gcry_md_write(h, context, 64);
	gcry_md_write(h, bits, 4);
	memcpy(out, gcry_md_read(h, 0), 16);
	gcry_md_close(h);
}

static gcry_cipher_hd_t open_gcm(const uint8_t key[16])
{
	gcry_cipher_hd_t h;

	if (gcry_cipher_open(&h, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_GCM, 0) ||
	    gcry_cipher_setkey(h, key, 16))
		die("libgcrypt has no AES-GCM");
	return h;
}

static void derive_keys(struct smb *s, const uint8_t session_key[16])
{
	static const int algos[] = { GCRY_MAC_HMAC_SHA256, GCRY_MAC_CMAC_AES, GCRY_MAC_GMAC_AES };
	uint8_t key[16];

	kdf(session_key, "SMBSigningKey", 14, s->preauth, key);
	if (gcry_mac_open(&s->mac, algos[s->signing], 0, NULL) || gcry_mac_setkey(s->mac, key, 16))
		die("libgcrypt lacks a MAC");
	kdf(session_key, "SMBC2SCipherKey", 16, s->preauth, key);
	s->enc = open_gcm(key);
	kdf(session_key, "SMBS2CCipherKey", 16, s->preauth, key);
	s->dec = open_gcm(key);
	s->keyed = true;
}

/* The Signature field counts as zero.  [MS-SMB2] 3.1.4.1 */
static void sign(struct smb *s, uint8_t *msg, size_t len, bool by_server, uint8_t out[16])
{
	uint8_t iv[12] = { 0 }, full[32];
	size_t n = s->signing == HMAC_SHA256 ? 32 : 16;

	memset(msg + 48, 0, 16);
	gcry_mac_reset(s->mac);
	if (s->signing == AES_GMAC) {
		memcpy(iv, msg + 24, 8);
		iv[8] = by_server;
		if (gcry_mac_setiv(s->mac, iv, sizeof(iv)))
			die("GMAC nonce");
	}
	if (gcry_mac_write(s->mac, msg, len) || gcry_mac_read(s->mac, full, &n))
		die("signing failed");
	memcpy(out, full, 16);
}

static void seal(struct smb *s, uint32_t len)
{
	uint8_t *t = s->req - TRANSFORM;

	memset(t, 0, TRANSFORM);
	memcpy(t, "\xfdSMB", 4);
	put64(t + 20, ++s->nonce);
	put32(t + 36, len);
	put16(t + 42, 1);
	put64(t + 44, s->session);
	gcry_cipher_reset(s->enc);
	if (gcry_cipher_setiv(s->enc, t + 20, 12) || gcry_cipher_authenticate(s->enc, t + 20, 32) ||
	    gcry_cipher_encrypt(s->enc, s->req, len, NULL, 0) ||
	    gcry_cipher_gettag(s->enc, t + 4, 16))
		die("sealing failed");
}

static void unseal(struct smb *s)
{
	uint8_t *t = s->rx + 4;
	uint32_t len = s->rep_len - TRANSFORM;

	if (s->rep_len < TRANSFORM + HDR || !s->keyed || get32(t + 36) != len)
		die("bad transform header");
	gcry_cipher_reset(s->dec);
	if (gcry_cipher_setiv(s->dec, t + 20, 12) || gcry_cipher_authenticate(s->dec, t + 20, 32) ||
	    gcry_cipher_decrypt(s->dec, t + TRANSFORM, len, NULL, 0) ||
	    gcry_cipher_checktag(s->dec, t + 4, 16))
		die("a sealed reply does not verify");
	s->rep = t + TRANSFORM;
	s->rep_len = len;
}

/* --- messages ------------------------------------------------------------- */

static void preauth(struct smb *s, const uint8_t *msg, size_t len)
{
	gcry_md_hd_t h;

	if (gcry_md_open(&h, GCRY_MD_SHA512, 0))
		die("libgcrypt has no SHA-512");
	gcry_md_write(h, s->preauth, 64);
	gcry_md_write(h, msg, len);
	memcpy(s->preauth, gcry_md_read(h, 0), 64);
	gcry_md_close(h);
}

uint64_t smb_begin(struct smb *s, uint16_t command, uint16_t charge)
{
	uint8_t *h = s->req;
	uint64_t mid = s->mid;

	memset(h, 0, HDR);
	memcpy(h, "\xfeSMB", 4);
	put16(h + 4, HDR);
	put16(h + 6, charge);
	put16(h + 12, command);
	put16(h + 14, command == NEGOTIATE ? 1 : 512);
	put64(h + 24, mid);
	put32(h + 36, s->tree);
	put64(h + 40, s->session);
	s->mid += charge ? charge : 1;
	s->credits -= charge ? charge : 1;
	return mid;
}

void smb_send(struct smb *s, uint32_t body_len)
{
	uint32_t len = HDR + body_len;
	uint8_t *start = s->req, sig[16];
	/* [MS-SMB2] 3.3.5.7: in 3.1.1 a TREE_CONNECT has to be signed or sealed even when nothing else is */
	bool tree = get16(s->req + 12) == TREE_CONNECT;

	if (s->secure && s->mode == SEAL) {
		seal(s, len);
		start -= TRANSFORM;
		len += TRANSFORM;
	} else if (s->keyed && (tree || (s->secure && s->mode == SIGN))) {
		put32(s->req + 16, FLAG_SIGNED);
		sign(s, s->req, len, false, sig);
		memcpy(s->req + 48, sig, 16);
	}
	start[-4] = 0;
	start[-3] = len >> 16;
	start[-2] = len >> 8;
	start[-1] = len;
	send_all(s->fd, start - 4, len + 4);
}

static void check_signature(struct smb *s)
{
	uint8_t sig[16], want[16];

	memcpy(sig, s->rep + 48, 16);
	sign(s, s->rep, s->rep_len, true, want);
	if (memcmp(sig, want, 16))
		die("a signed reply does not verify (command %u)", rep_command(s));
}

static void recv_message(struct smb *s)
{
	recv_all(s->fd, s->rx, 4);
	s->rep_len = (uint32_t)s->rx[1] << 16 | s->rx[2] << 8 | s->rx[3];
	if (s->rx[0] || s->rep_len < HDR || s->rep_len > MAX_MSG)
		die("bad frame: %u bytes", s->rep_len);
	recv_all(s->fd, s->rx + 4, s->rep_len);
	s->rep = s->rx + 4;
	if (s->rep[0] == 0xfd)
		unseal(s);
	else if (s->secure && s->mode == SEAL)
		die("a reply came in the clear");
	if (memcmp(s->rep, "\xfeSMB", 4) || s->rep_len < HDR + 2)
		die("not an SMB2 reply");
}

uint32_t smb_recv(struct smb *s)
{
	uint32_t status;

	for (;;) {
		recv_message(s);
		s->credits += get16(s->rep + 14);
		status = get32(s->rep + 8);
		if (status == STATUS_PENDING && get32(s->rep + 16) & 2)
			continue;
		if (s->secure && s->mode == SIGN)
			check_signature(s);
		return status;
	}
}

/* --- from nothing to a tree ------------------------------------------------ */

static size_t context(uint8_t *p, uint16_t type, const uint8_t *data, size_t len)
{
	memset(p, 0, 8);
	put16(p, type);
	put16(p + 2, len);
	memcpy(p + 8, data, len);
	memset(p + 8 + len, 0, 8);
	return 8 + ((len + 7) & ~(size_t)7);
}

static size_t negotiate_contexts(uint8_t *p, enum signing signing)
{
	uint8_t hash[38] = { 1, 0, 32, 0, 1, 0 }, cipher[4] = { 1, 0, 2, 0 };
	uint8_t algs[4] = { 1, 0, signing, 0 };
	size_t n;

	gcry_create_nonce(hash + 6, 32);
	n = context(p, 1, hash, sizeof(hash));
	n += context(p + n, 2, cipher, sizeof(cipher));
	/* the last one is not padded */
	return n + context(p + n, 8, algs, sizeof(algs)) - 4;
}

/* What the server chose; without a SIGNING context it is AES-CMAC ([MS-SMB2] 3.2.5.2). */
static enum signing chosen_signing(const struct smb *s)
{
	uint32_t at = get32(rep_body(s) + 60), n = get16(rep_body(s) + 6), len;

	while (n-- && at + 12 <= s->rep_len) {
		len = get16(s->rep + at + 2);
		if (get16(s->rep + at) == 8 && len >= 4)
			return get16(s->rep + at + 10);
		at = (at + 8 + len + 7) & ~7U;
	}
	return AES_CMAC;
}

void smb_connect(struct smb *s, const char *host, const char *port, enum mode mode,
		 enum signing signing)
{
	uint8_t *b;
	uint32_t n;

	memset(s, 0, sizeof(*s));
	s->fd = tcp_connect(host, port);
	s->mode = mode;
	s->credits = 1;
	s->tx = malloc(MAX_MSG + 256);
	s->rx = malloc(MAX_MSG + 256);
	if (!s->tx || !s->rx)
		die("no memory");
	s->req = s->tx + 4 + TRANSFORM;
	smb_begin(s, NEGOTIATE, 0);
	b = s->req + HDR;
	memset(b, 0, 40);
	put16(b, 36);
	put16(b + 2, 1);
	b[4] = mode == SIGN ? 3 : 1;
	put32(b + 8, 0x44);		/* LARGE_MTU, ENCRYPTION */
	gcry_create_nonce(b + 12, 16);
	put32(b + 28, HDR + 40);
	put16(b + 32, 3);
	put16(b + 36, 0x0311);
	n = 40 + negotiate_contexts(b + 40, signing);
	preauth(s, s->req, HDR + n);
	smb_send(s, n);
	if (smb_recv(s) || s->rep_len < HDR + 64)
		die("negotiate: status %#x", get32(s->rep + 8));
	preauth(s, s->rep, s->rep_len);
	if (get16(rep_body(s) + 4) != 0x0311)
		die("the server chose dialect %#x, not 3.1.1", get16(rep_body(s) + 4));
	s->max_read = get32(rep_body(s) + 32);
	s->max_write = get32(rep_body(s) + 36);
	s->signing = chosen_signing(s);
	if (s->signing > AES_GMAC)
		die("the server chose an unknown signing algorithm");
}

static uint32_t setup(struct smb *s, size_t blob_len)
{
	uint8_t *b = s->req + HDR;

	memset(b, 0, 24);
	put16(b, 25);
	b[3] = s->mode == SIGN ? 3 : 1;
	put16(b + 12, HDR + 24);
	put16(b + 14, blob_len);
	preauth(s, s->req, HDR + 24 + blob_len);
	smb_send(s, 24 + blob_len);
	return smb_recv(s);
}

void smb_login(struct smb *s, const char *user, const char *password)
{
	uint8_t key[16];
	uint32_t status, off, len;

	smb_begin(s, SESSION_SETUP, 1);
	status = setup(s, ntlm_negotiate(s->req + HDR + 24));
	if (status != STATUS_MORE_PROCESSING)
		die("session setup: status %#x to the first message", status);
	preauth(s, s->rep, s->rep_len);
	s->session = get64(s->rep + 40);
	off = get16(rep_body(s) + 4);
	len = get16(rep_body(s) + 6);
	if (off > s->rep_len || len > s->rep_len - off)
		die("session setup: bad security buffer");
	smb_begin(s, SESSION_SETUP, 1);
	status = setup(s, ntlm_authenticate(s->req + HDR + 24, s->rep + off, len, user, password, key));
	if (status)
		die("session setup: status %#x (wrong password?)", status);
	derive_keys(s, key);
	check_signature(s);
	s->secure = s->mode != PLAIN;
}

void smb_tree(struct smb *s, const char *host, const char *share)
{
	char path[256];
	uint8_t *b = s->req + HDR;
	uint32_t status;
	size_t n;

	snprintf(path, sizeof(path), "\\\\%s\\%s", host, share);
	smb_begin(s, TREE_CONNECT, 1);
	memset(b, 0, 8);
	put16(b, 9);
	put16(b + 4, HDR + 8);
	n = utf16(b + 8, path);
	put16(b + 6, n);
	smb_send(s, 8 + n);
	status = smb_recv(s);
	if (status)
		die("tree connect to %s: status %#x", path, status);
	s->tree = get32(s->rep + 36);
}

void smb_hang_up(struct smb *s)
{
	uint64_t start = now_ns();

	close(s->fd);
	inside_ns += now_ns() - start;
	gcry_mac_close(s->mac);
	gcry_cipher_close(s->enc);
	gcry_cipher_close(s->dec);
	free(s->tx);
	free(s->rx);
}
