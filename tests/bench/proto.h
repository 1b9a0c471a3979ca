/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proto.h - just enough SMB 3.1.1 client to load a server: one connection, one session
 *
 * Not a client to follow: it believes the server about everything that cannot write past its own
 * buffers, and ends the process on the first surprise.
 */
#ifndef BENCH_PROTO_H
#define BENCH_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <gcrypt.h>

#define HDR 64U			/* [MS-SMB2] 2.2.1 */
#define TRANSFORM 52U		/* [MS-SMB2] 2.2.41 */
#define MAX_MSG (9U << 20)

enum { NEGOTIATE, SESSION_SETUP, LOGOFF, TREE_CONNECT, TREE_DISCONNECT, CREATE, CLOSE, FLUSH, READ,
       WRITE, LOCK, ECHO = 13, QUERY_DIRECTORY, QUERY_INFO = 16 };
enum mode { PLAIN, SIGN, SEAL };
enum signing { HMAC_SHA256, AES_CMAC, AES_GMAC };	/* [MS-SMB2] 2.2.3.1.7 */

#define STATUS_PENDING 0x103U
#define STATUS_MORE_PROCESSING 0xc0000016U
#define STATUS_NO_MORE_FILES 0x80000006U

struct smb {
	int fd;
	enum mode mode;
	enum signing signing;
	uint64_t mid, session;
	uint32_t tree, credits, max_read, max_write;
	uint8_t preauth[64];
	bool keyed, secure;	/* keys are there; what follows is signed or sealed */
	gcry_mac_hd_t mac;
	gcry_cipher_hd_t enc, dec;
	uint64_t nonce;
	uint8_t *tx, *rx;	/* 4 bytes of length, TRANSFORM bytes of room, then the message */
	uint8_t *req, *rep;	/* where headers of request and reply begin, within tx and rx */
	uint32_t rep_len;
};

uint64_t now_ns(void);
extern uint64_t inside_ns;	/* time that passed within the system calls of connections */

void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
int tcp_connect(const char *host, const char *port);
void recv_all(int fd, void *buf, size_t len);
void send_all(int fd, const void *buf, size_t len);

static inline void put16(uint8_t *p, uint16_t v) { __builtin_memcpy(p, &v, 2); }
static inline void put32(uint8_t *p, uint32_t v) { __builtin_memcpy(p, &v, 4); }
static inline void put64(uint8_t *p, uint64_t v) { __builtin_memcpy(p, &v, 8); }
static inline uint16_t get16(const uint8_t *p) { uint16_t v; __builtin_memcpy(&v, p, 2); return v; }
static inline uint32_t get32(const uint8_t *p) { uint32_t v; __builtin_memcpy(&v, p, 4); return v; }
static inline uint64_t get64(const uint8_t *p) { uint64_t v; __builtin_memcpy(&v, p, 8); return v; }

size_t utf16(uint8_t *out, const char *ascii);

/* Start a request in s->req: header, then the caller's body.  The id it will have is returned. */
uint64_t smb_begin(struct smb *s, uint16_t command, uint16_t charge);
void smb_send(struct smb *s, uint32_t body_len);
/* The next reply that is no interim one: s->rep, s->rep_len.  Its status. */
uint32_t smb_recv(struct smb *s);
static inline uint16_t rep_command(const struct smb *s) { return get16(s->rep + 12); }
static inline uint64_t rep_mid(const struct smb *s) { return get64(s->rep + 24); }
static inline const uint8_t *rep_body(const struct smb *s) { return s->rep + HDR; }

void smb_connect(struct smb *s, const char *host, const char *port, enum mode mode,
		 enum signing signing);
void smb_login(struct smb *s, const char *user, const char *password);
void smb_tree(struct smb *s, const char *host, const char *share);
void smb_hang_up(struct smb *s);

/* ntlm.c */
size_t ntlm_negotiate(uint8_t *out);
size_t ntlm_authenticate(uint8_t *out, const uint8_t *challenge, size_t len, const char *user,
			 const char *password, uint8_t session_key[16]);

#endif
