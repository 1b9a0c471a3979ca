#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 300
"""A connection over which nobody logs on ends at `logon timeout` whatever it says meanwhile, and one
whose message has begun and does not come to its end, or which takes nothing of what it asked for, at
`message timeout`, whoever has logged on.
Who has logged on, and owes nothing, stays.
"""
import struct
import time

import robust           # first: it knows where the others are
import smb2
import smb2body as b

CONFIG = "logon timeout = 5\nmessage timeout = 8\n"
PATIENCE = 60           # seconds: an end for the test, no measure of the server
LARGE = 300000


def half_prefix(conn, _target):
    conn.send_bytes(b"\0\0")


def prefix_only(conn, _target):
    """which the server counts as a request that it has"""
    conn.send_bytes(struct.pack(">I", 200))


def half_negotiate(conn, _target):
    conn.send_bytes(struct.pack(">I", 200) + b.header(b.NEGOTIATE)[:50])


def negotiated(conn, _target):
    conn.negotiate()


def half_large(conn, _target):
    conn.negotiate()
    conn.send_bytes(struct.pack(">I", 60000) + b.header(b.ECHO, 1) + bytes(30000))


def logon_begun(conn, target):
    conn.negotiate()
    logon = smb2.Logon(conn, target.user, target.password)
    logon.leg(logon.first_token())


def echo(conn, _target):
    """and every second one more"""
    conn.negotiate([0x0311])
    return lambda: conn.send(b.echo())


def keepalive(conn, _target):
    return lambda: conn.send_bytes(b"\x85\0\0\0")


def trickle(conn, _target):
    conn.send_bytes(struct.pack(">I", 60000) + b.header(b.NEGOTIATE)[:50])
    return lambda: conn.send_bytes(b"\0")


def write_half(conn, target, **how):
    conn.negotiate([0x0311])
    sess = conn.logon(target.user, target.password)
    tree = sess.tree(target.share)
    while conn.credits < 32:
        conn.request(b.echo(), sess, credits=32)
    f = tree.create("deadlines", disposition=b.OVERWRITE_IF, options=b.OPT_DELETE_ON_CLOSE)
    sess.signing = how.get("signing", False)
    msg, _ = conn.message(b.write(f.fid, bytes(LARGE)), sess, tree, charge=5,
                          sign=None if not how.get("seal") else False)
    if how.get("seal"):
        msg = sess.keys.seal(sess.sid, msg)
    conn.send_bytes((struct.pack(">I", len(msg)) + msg)[:how.get("at", LARGE // 2)])
    return conn, msg


def write_cut(conn, target):
    write_half(conn, target)


def write_announced(conn, target):
    write_half(conn, target, at=116)


def write_signed(conn, target):
    write_half(conn, target, signing=True)


def write_sealed(conn, target):
    write_half(conn, target, seal=True)


def write_trickle(conn, target):
    write_half(conn, target)
    return lambda: conn.send_bytes(b"\0")


END = (half_prefix, prefix_only, half_negotiate, negotiated, half_large, logon_begun, echo, keepalive,
       trickle, write_cut, write_announced, write_signed, write_sealed, write_trickle)


REPLIES, REPLY = 300, 60000


def unread(target):
    """A client that has asked for much, and takes nothing of it"""
    tree = target.tree([0x0311])
    conn, sess = tree.conn, tree.sess
    with tree.create("deadlines-unread", disposition=b.OVERWRITE_IF) as f:
        f.write(bytes(REPLY))
    f = tree.create("deadlines-unread", options=b.OPT_DELETE_ON_CLOSE)
    while conn.credits < REPLIES + 1:
        conn.request(b.echo(), sess, credits=REPLIES + 1)
    for _ in range(REPLIES):
        conn.send(b.read(f.fid, REPLY, 0), sess, tree)
    return conn


def taken(conn):
    """What comes until the end: TCP still delivers what it had"""
    got = len(conn.buf)
    try:
        while smb2.readable(conn.sock, PATIENCE):
            part = conn.sock.recv(262144)
            got += len(part)
            if not part:
                return got
    except OSError:
        return got
    return None


def over(conn):
    """Has the server ended it?  What it sends meanwhile is read."""
    try:
        while smb2.readable(conn.sock, 0):
            if not conn.sock.recv(65536):
                return True
    except OSError:
        return True
    return False


def run(target, _args, tally):
    stays = target.tree()
    mute = unread(target)
    left = {}
    for stage in END:
        conn = target.connect(negotiate=False)
        left[conn] = (stage, stage(conn, target))
    end = time.monotonic() + PATIENCE
    bad = {stage: [] for stage in END}
    while left and time.monotonic() < end:
        for conn, (stage, more) in list(left.items()):
            try:
                if more:
                    more()
            except (smb2.Closed, smb2.Timeout):
                pass
            if over(conn):
                del left[conn]
        time.sleep(1)
    for stage in END:
        alive = any(s is stage for s, _ in left.values())
        tally.case(not alive, f"{stage.__name__}: open after {PATIENCE} s", bad[stage])
        tally.line(f"deadlines/{stage.__name__.replace('_', '-')}", 1, bad[stage])
    bad = []
    time.sleep(max(0, end - PATIENCE + 20 - time.monotonic()))
    got = taken(mute)
    tally.case(got is not None and got < REPLIES * REPLY, f"{got} bytes of replies came", bad)
    tally.line("deadlines/unread", 1, bad)
    bad = []
    try:
        stays.conn.echo(stays.sess)
        tally.case(True)
    except (smb2.Closed, smb2.Timeout, smb2.SmbError) as x:
        tally.case(False, f"who has logged on is gone too: {x!r}", bad)
    tally.line("deadlines/logged-on-stays", 1, bad)
    target.serves()


if __name__ == "__main__":
    robust.main(__doc__, run, config=CONFIG)
