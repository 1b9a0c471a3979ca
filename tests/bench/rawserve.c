// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rawserve PORT FILE SCRATCH - what one TCP connection can carry without a protocol
 *
 * The first byte of a connection says what: `r`, FILE again and again by sendfile(); `w`, what
 * comes is written over SCRATCH, which is made as long as FILE.  One connection at a time, until the client hangs up.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK (1 << 20)

static void serve_reads(int s, int f, off_t size)
{
	off_t at = 0;

	for (;;) {
		ssize_t n = sendfile(s, f, &at, CHUNK);

		if (n <= 0)
			return;
		if (at >= size)
			at = 0;
	}
}

static void serve_writes(int s, int f, off_t size, char *buf)
{
	off_t at = 0;

	for (;;) {
		ssize_t n = recv(s, buf, CHUNK, MSG_WAITALL);

		if (n <= 0 || pwrite(f, buf, n, at) != n)
			return;
		at += n;
		if (at + CHUNK > size)
			at = 0;
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY) };
	int l = socket(AF_INET, SOCK_STREAM, 0), one = 1, f, w, s;
	char *buf = malloc(CHUNK), what;
	struct stat st;

	if (argc != 4 || !buf)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	a.sin_port = htons(atoi(argv[1]));
	setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	f = open(argv[2], O_RDONLY);
	w = open(argv[3], O_RDWR | O_CREAT, 0600);
	if (f < 0 || w < 0 || fstat(f, &st) || bind(l, (struct sockaddr *)&a, sizeof(a)) || listen(l, 1)) {
		perror("rawserve");
		return 1;
	}
	while ((s = accept(l, NULL, NULL)) >= 0) {
		if (recv(s, &what, 1, 0) == 1 && what == 'r')
			serve_reads(s, f, st.st_size);
		else
			serve_writes(s, w, st.st_size, buf);
		close(s);
	}
	return 1;
}
