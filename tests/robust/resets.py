#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 1200
"""Connections that are reset at every stage of their life, by many clients at a time: while the
server accepts, before anybody has negotiated, in the middle of small and of large messages, while
it reads one message and works on another, while requests wait, while replies queue up.  Whatever
is handed from one worker to another meanwhile must be over when the connection is freed: KASAN and
the kernel's object debugging see what is not, and the scan sees what was left behind.

Where the kernel has fault injection the storm comes once more for each hand-over, which is delayed.
"""
import os
import random
import socket
import struct
import threading
import traceback

import robust           # first: it knows where the others are
import e2elib as e
import smb2
import smb2body as b

KEEPALIVE = b"\x85\0\0\0"
LARGE = 200000
FAR = 1 << 40
FULL = 0xc000009a           # STATUS_INSUFFICIENT_RESOURCES
DELAYED = ("rx_pass", "rx_release", "tx_stop", "conn_start", "conn_closed", "conn_gone",
           "session_end", "req_resume", "req_park", "conn_put")


def frame(msg):
    return struct.pack(">I", len(msg)) + msg


def padded_echos(conn, count, size=9000):
    """ECHOs so long that they pass the gate where they run, not in the receiver"""
    out = b""
    for _ in range(count):
        msg, _ = conn.message(b.echo(), credits=1)
        out += frame(msg + bytes(size - len(msg)))
    return out


def credits(conn, count, sess=None):
    while conn.credits < count:
        conn.request(b.echo(), sess, credits=2 * count).check()


# --- stages: each leaves the connection where it is to be reset -------------------------------

def accepted(_conn, _target, _rnd):
    """at once: the server may not even have accepted it"""


def unfinished_prefix(conn, _target, rnd):
    conn.send_bytes(b"\0\0\0"[:rnd.randrange(1, 4)])


def half_negotiate(conn, _target, rnd):
    body = b.header(b.NEGOTIATE) + bytes(60)
    conn.send_bytes(frame(body)[:rnd.randrange(4, len(body))])


def keepalives(conn, _target, rnd):
    conn.send_bytes(KEEPALIVE * rnd.randrange(1, 4000))


def echos(conn, _target, rnd):
    """short ones, which the receiver answers itself"""
    conn.negotiate([0x0311])
    credits(conn, 40)
    conn.send_bytes(b"".join(frame(conn.message(b.echo(), credits=1)[0])
                             for _ in range(rnd.randrange(1, 32))))


def long_echos(conn, _target, rnd):
    """which are handed over: nobody has logged on"""
    conn.negotiate([0x0311])
    credits(conn, 20)
    conn.send_bytes(padded_echos(conn, rnd.randrange(2, 16)))


def long_echos_cut(conn, _target, rnd):
    conn.negotiate([0x0311])
    credits(conn, 20)
    data = padded_echos(conn, 8, rnd.choice((8192, 9000, 40000)))
    conn.send_bytes(data[:rnd.randrange(len(data))])


def garbage_behind(conn, _target, _rnd):
    """the end is found by one worker while another works"""
    conn.negotiate([0x0311])
    credits(conn, 20)
    conn.send_bytes(padded_echos(conn, 8) + b"\x01\0\0\0" + padded_echos(conn, 4))


def logging_on(conn, target, _rnd):
    conn.negotiate()
    token = smb2.Logon(conn, target.user, target.password).first_token()
    conn.send(b.session_setup(token))


def with_file(conn, target, dialects=(0x0311,)):
    conn.negotiate(list(dialects))
    sess = conn.logon(target.user, target.password)
    tree = sess.tree(target.share)
    credits(conn, 64, sess)
    f = tree.create(f"resets-{os.getpid()}-{id(conn)}", disposition=b.OVERWRITE_IF,
                    options=b.OPT_DELETE_ON_CLOSE)
    return sess, tree, f


def writing(conn, target, rnd):
    """whole writes, and one that is cut: signed ones go into pages of the server's own"""
    sess, tree, f = with_file(conn, target)
    sess.signing = rnd.random() < 0.5
    whole = b"".join(frame(conn.message(b.write(f.fid, bytes(LARGE), i * LARGE), sess, tree,
                                        charge=4)[0]) for i in range(3))
    conn.send_bytes(whole[:rnd.randrange(LARGE, len(whole))])


def sealed(conn, target, rnd):
    sess, tree, f = with_file(conn, target)
    msg, _ = conn.message(b.write(f.fid, bytes(LARGE)), sess, tree, charge=4, sign=False)
    data = frame(sess.keys.seal(sess.sid, msg))
    conn.send_bytes(data + data[:rnd.randrange(len(data))])


def waiting(conn, target, rnd):
    """locks that wait, some of them told to go on just before the end"""
    sess, tree, f = with_file(conn, target)
    other = tree.create(f.name, options=b.OPT_DELETE_ON_CLOSE, disposition=b.OPEN)
    f.lock([(FAR, 10, b.LOCK_EXCLUSIVE)])
    mids = [conn.send(b.lock(other.fid, [(FAR, 10, b.LOCK_SHARED)]), sess, tree)
            for _ in range(8)]
    for mid in mids:
        if conn.wait(mid, interim=True).status not in (b.PENDING, FULL):
            raise robust.Failed("a lock did not wait")
    for mid in mids[:rnd.randrange(8)]:
        conn.cancel(mid, sess)
    if rnd.random() < 0.5:
        conn.send(b.lock(f.fid, [(FAR, 10, b.LOCK_UNLOCK)]), sess, tree)


def unread(conn, target, rnd):
    """replies that nobody reads: the socket is full, and the server does not read on"""
    sess, tree, f = with_file(conn, target)
    sess.signing = rnd.random() < 0.5
    f.write(bytes(LARGE))
    credits(conn, 400, sess)
    for _ in range(40):
        conn.send(b.read(f.fid, LARGE, 0), sess, tree, charge=4)


def logging_off(conn, target, rnd):
    sess, tree, _f = with_file(conn, target)
    if rnd.random() < 0.5:
        conn.send(b.tree_disconnect(), sess, tree)
    conn.send(b.logoff(), sess)


STAGES = (accepted, unfinished_prefix, half_negotiate, keepalives, echos, long_echos,
          long_echos_cut, garbage_behind, logging_on, writing, sealed, waiting, unread, logging_off)


def reset(conn):
    if conn.sock:
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    conn.close()


class Storm(threading.Thread):
    """ROUNDS connections, one after the other, each reset at one of STAGES."""

    def __init__(self, target, stages, rounds, seed):
        super().__init__(daemon=True)
        self.target, self.stages, self.rounds = target, stages, rounds
        self.rnd = random.Random(seed)
        self.done, self.bad = 0, []

    def run(self):
        for i in range(self.rounds):
            stage = self.stages[i % len(self.stages)]
            try:
                self.one(stage)
                self.done += 1
            except (smb2.SmbError, smb2.Closed, smb2.Timeout, OSError):
                pass        # the storm's own: too many connections, a server that is slow
            except Exception as x:      # pylint: disable=broad-exception-caught
                self.bad.append(f"{stage.__name__}: {x!r} "
                                f"{traceback.format_exc().splitlines()[-3:]}")

    def one(self, stage):
        conn = self.target.connect(negotiate=False, timeout=60)
        try:
            stage(conn, self.target, self.rnd)
        finally:
            reset(conn)


def storm(target, args, tally, name, rounds):
    """Every thread begins at another stage, so that different ones meet."""
    threads = []
    for i in range(args.threads):
        at = i % len(STAGES)
        threads.append(Storm(target, STAGES[at:] + STAGES[:at], rounds, f"{args.seed} {name} {i}"))
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    bad = [x for t in threads for x in t.bad]
    done = sum(t.done for t in threads)
    if done < len(threads) * rounds // 4:
        bad.append(f"only {done} of {len(threads) * rounds} connections came to their stage")
    try:
        target.serves(60)
    except robust.Failed as x:
        bad.append(f"afterwards: {x}")
    for what in bad:
        tally.case(False, f"{name}: {what}")
    tally.case(True)
    tally.line(f"resets/{name}", len(threads) * rounds, bad)


def run(target, args, tally):
    if e.wanted("storm"):
        storm(target, args, tally, "storm", args.rounds)
    points = [p for p in DELAYED if p in e.fault_points()] if os.environ.get("VM") else []
    for point in points:
        if e.wanted(point):
            with robust.delay(point, percent=30):
                storm(target, args, tally, point, len(STAGES))


if __name__ == "__main__":
    robust.main(__doc__, run, [("threads", 12, "clients at a time"),
                               ("rounds", 70, "connections of each"),
                               ("seed", 1, "of what is random")])
