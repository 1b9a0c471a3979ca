#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 900
"""Connections opened and dropped half-way through logging on, at every stage, by FIN and by RST,
many at a time.  Whatever each of them held must be gone: a fresh client is served at the end, and
the guest's object counters are looked at by tests/run.
"""
import os
import random
import socket
import struct

import robust           # first: it knows where the others are
import ntlm
import smb2
import smb2body as b

WAVE = 40                   # held half-way at one time: below any server's budget for them


def nothing(_conn, _target):
    """TCP only"""


def half_header(conn, _target):
    conn.send_bytes(b"\0\0")


def half_frame(conn, _target):
    conn.send_bytes(struct.pack(">I", 200) + b.header(b.NEGOTIATE)[:50])


def negotiate_unread(conn, _target):
    msg, _ = conn.message(b.negotiate([0x0210], conn.guid))
    conn.send_raw(msg)


def negotiated(conn, _target):
    conn.negotiate()


def first_leg_cut(conn, target):
    conn.negotiate()
    token = smb2.Logon(conn, target.user, target.password).first_token()
    msg, _ = conn.message(b.session_setup(token))
    conn.send_bytes(struct.pack(">I", len(msg)) + msg[:-5])


def first_leg_unread(conn, target):
    conn.negotiate()
    conn.send(b.session_setup(smb2.Logon(conn, target.user, target.password).first_token()))


def first_leg(conn, target):
    conn.negotiate()
    logon = smb2.Logon(conn, target.user, target.password)
    return logon, logon.leg(logon.first_token())


def several_first_legs(conn, target):
    """Three logons begun on one connection"""
    conn.negotiate()
    for _ in range(3):
        logon = smb2.Logon(conn, target.user, target.password)
        logon.leg(logon.first_token())


def garbage_token(conn, _target):
    conn.negotiate()
    reply = conn.request(b.session_setup(os.urandom(300)))
    if reply.status in (b.OK, b.MORE_PROCESSING):
        raise robust.Failed(f"a random security blob is answered with {reply!r}")


def garbage_second_leg(conn, target):
    logon, reply = first_leg(conn, target)
    reply = logon.leg(ntlm.neg_token_resp(os.urandom(200)))
    if reply.status in (b.OK, b.MORE_PROCESSING):
        raise robust.Failed(f"a random NTLM message is answered with {reply!r}")


def wrong_password(conn, target):
    conn.negotiate()
    try:
        conn.logon(target.user, target.password + "?")
    except smb2.SmbError as e:
        if e.status != 0xc000006d:
            raise
    else:
        raise robust.Failed("logged on with a wrong password")


def last_leg_unread(conn, target):
    logon, reply = first_leg(conn, target)
    body = b.session_setup(logon.last_token(logon.token_of(reply)))
    msg, _ = conn.message(body, sid=logon.sid)
    conn.send_raw(msg)


def logged_on(conn, target):
    conn.negotiate()
    conn.logon(target.user, target.password)


def tree_unread(conn, target):
    conn.negotiate()
    sess = conn.logon(target.user, target.password)
    conn.send(b.tree_connect(f"\\\\x\\{target.share}"), sess)


def half_bound(conn, target):
    """A channel begun for a session of another connection, which goes first"""
    conn.negotiate([0x0300, 0x0302, 0x0311])
    sess = conn.logon(target.user, target.password)
    other = target.connect([conn.dialect], guid=conn.guid)
    logon = smb2.Logon(other, target.user, target.password, session=sess)
    logon.leg(logon.first_token())
    return other


# many wrong passwords of one account are the point here
CONFIG = "logon failure delay = 0\nlogon failure limit = 0"

STAGES = [nothing, half_header, half_frame, negotiate_unread, negotiated, first_leg_cut,
          first_leg_unread, first_leg, several_first_legs, garbage_token, garbage_second_leg,
          wrong_password, last_leg_unread, logged_on, tree_unread, half_bound]


def drop(conn, how):
    if how:                 # RST
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    conn.close()


def run(target, args, tally):
    rnd = random.Random(args.seed)
    each = -(-args.count // len(STAGES))
    todo = [s for s in STAGES for _ in range(each)]
    rnd.shuffle(todo)
    bad = {s: [] for s in STAGES}
    target.serves()
    for at in range(0, len(todo), WAVE):
        held = []
        for stage in todo[at:at + WAVE]:
            try:
                conn = target.connect(negotiate=False)
                held.append(conn)
                more = stage(conn, target)
                if isinstance(more, smb2.Conn):
                    held.append(more)
                tally.case(True)
            except (smb2.SmbError, smb2.Closed, smb2.Timeout, smb2.Broken, robust.Failed,
                    OSError) as e:
                tally.case(False, f"{stage.__name__}: {type(e).__name__}: {e}", bad[stage])
        rnd.shuffle(held)
        for conn in held:
            drop(conn, rnd.random() < 0.5)
    for stage in STAGES:
        tally.line(f"halflogon/{stage.__name__}", each, bad[stage])
    target.serves()
    tally.case(True)
    print("ok halflogon/serves-afterwards")


if __name__ == "__main__":
    robust.main(__doc__, run, [("count", 1000, "connections in all"), ("seed", 1, "of the order")],
                config=CONFIG)
