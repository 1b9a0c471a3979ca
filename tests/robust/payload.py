#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 900
"""The payload of a large WRITE stays in the pages in which it comes, or is copied, piece by piece:
however the network cut it, and whatever urgent data is between, what is in the file is what was
sent, and the messages behind it are still understood.
"""
import os
import random
import socket
import struct
import time

import robust           # first: it knows where the others are
import smb2
import smb2body as b

LARGE = 1 << 20
SIZES = (8192, 8193, 65536, 300001, LARGE)
NAME = "payload.tmp"
PREFIX = 4 + 112        # before the payload


def cuts(rng, length, sizes):
    """Where LENGTH bytes are cut into pieces of SIZES, in random order."""
    at, found = 0, []
    while at < length:
        at += rng.choice(sizes)
        found.append(min(at, length))
    return found


WAYS = {
    "whole": lambda rng, n: [n],
    "packets": lambda rng, n: cuts(rng, n, (1460,)),
    "pages": lambda rng, n: cuts(rng, n, (4096,)),
    "halves-of-pages": lambda rng, n: cuts(rng, n, (2047, 2048, 2049)),
    "any": lambda rng, n: cuts(rng, n, (700, 5000, 70000)),
    "head-alone": lambda rng, n: [PREFIX, n],
    "last-byte-alone": lambda rng, n: [n - 1, n],
    "few-bytes-first": lambda rng, n: [PREFIX + 1, PREFIX + 17, PREFIX + 99, n],
}


def feed(conn, data, ends, urgent=None):
    """Sends DATA in pieces that end at ENDS; an urgent byte, which is none of it, behind the
    piece of index URGENT."""
    start = 0
    for i, end in enumerate(ends):
        conn.send_bytes(data[start:end])
        start = end
        if i == urgent:
            conn.sock.send(b"!", socket.MSG_OOB)
        if len(ends) < 5:
            time.sleep(0.02)


class Writer:
    def __init__(self, target):
        self.tree = target.tree()
        self.conn = self.tree.conn
        self.tree.sess.signing = False      # what is signed is not taken over
        self.file = self.tree.create(NAME, disposition=b.OVERWRITE_IF)

    def message(self, data, offset):
        msg, mid = self.conn.message(b.write(self.file.fid, data, offset), self.tree.sess, self.tree,
                                     charge=(len(data) + 65535) // 65536)
        return struct.pack(">I", len(msg)) + msg, mid

    def credits(self, wanted):
        while self.conn.credits < wanted:
            before = self.conn.credits
            self.conn.request(b.echo(), self.tree.sess, credits=wanted)
            if self.conn.credits <= before:
                raise robust.Failed(f"{before} credits, not {wanted}")

    def written(self, data, ends, urgent=None):
        """Writes DATA as one message that is cut at ENDS; raises if not just that is in the file."""
        self.credits(64)
        msg, mid = self.message(data, 0)
        feed(self.conn, msg, ends(len(msg)), urgent)
        self.conn.wait(mid, 60).check()
        self.holds(data)

    def holds(self, data, offset=0):
        got = b""
        while len(got) < len(data):
            self.credits(4)
            got += self.file.read(min(65536, len(data) - len(got)), offset + len(got))
        if got != data:
            at = next(i for i, (x, y) in enumerate(zip(got, data)) if x != y)
            raise robust.Failed(f"byte {offset + at} of {len(data)} is another one")

    def end(self):
        self.file.close()
        self.tree.delete(NAME)
        self.conn.close()


def case_cut(target):
    """every way to cut, every size"""
    w, rng = Writer(target), random.Random(1)
    for size in SIZES:
        for name, way in WAYS.items():
            try:
                w.written(rng.randbytes(size), lambda n, way=way: way(rng, n))
            except (robust.Failed, smb2.SmbError, smb2.Timeout, smb2.Closed) as e:
                raise robust.Failed(f"{size} bytes, {name}: {e}") from e
    return w


def case_urgent(target):
    """an urgent byte between, or behind: it is none of the stream"""
    w, rng = Writer(target), random.Random(2)
    for urgent in range(4):     # TCP knows of one at a time: an earlier one becomes data
        w.written(rng.randbytes(300000), lambda n: [PREFIX, 100000, 200000, n], urgent)
    return w


def case_signed(target):
    """with a signature: received as before, by the same socket and in turns"""
    w, rng = Writer(target), random.Random(3)
    for i in range(8):
        w.credits(64)
        data = rng.randbytes(200000)
        msg, mid = w.conn.message(b.write(w.file.fid, data), w.tree.sess, w.tree, charge=4,
                                  sign=bool(i % 2))
        feed(w.conn, struct.pack(">I", len(msg)) + msg, [PREFIX, 60000, len(msg) + 4])
        w.conn.wait(mid, 60).check()
        w.holds(data)
    return w


def case_pipelined(target):
    """many at once, their ends and beginnings in one packet, small messages between"""
    w, rng = Writer(target), random.Random(4)
    w.credits(200)
    parts, stream, mids = [], b"", []
    for i in range(12):
        data = rng.randbytes(rng.choice((9000, 70000, 130001)))
        parts.append((sum(len(p) for _, p in parts), data))
        msg, mid = w.message(*reversed(parts[-1]))
        echo, echo_mid = w.conn.message(b.echo(), w.tree.sess)
        stream += msg + struct.pack(">I", len(echo)) + echo
        mids += [mid, echo_mid]
    feed(w.conn, stream, cuts(rng, len(stream), (10, 5000, 64000)))
    for mid in mids:
        w.conn.wait(mid, 60).check()
    for offset, data in parts:
        w.holds(data, offset)
    return w


def case_pipe(target):
    """a payload that is not for a file: it has to be read as well"""
    tree = target.session().tree("IPC$")
    tree.sess.signing = False           # as in Writer
    with tree.create("srvsvc") as pipe:
        body = b.write(pipe.fid, os.urandom(20000))
        reply = tree.request(body)
        if reply.status == 0x103:
            raise robust.Failed("a WRITE to a pipe waits for ever")
    tree.conn.close()
    target.serves()


def case_cut_off(target):
    """a client that goes in the middle"""
    for at in (PREFIX, PREFIX + 1, 70000, 299999):
        w = Writer(target)
        w.credits(16)
        msg, _mid = w.message(os.urandom(300000), 0)
        w.conn.send_bytes(msg[:at])
        time.sleep(0.1)
        w.conn.close()
    target.serves()


def run(target, _args, tally):
    robust.cases(globals(), target, tally, after=target.serves)


if __name__ == "__main__":
    robust.main(__doc__, run)
