#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 900
"""More requests than there are workers wait for a file system that stands still, which is one
client's doing: many on each of a few connections, a few on each of many, each alone and behind an
ECHO in a compound.  Others connect, log on, read, cancel and leave meanwhile; when the file system
goes on, every request is answered.  So when more connections are reset than ends are worked on at a
time.  What a user has on another file system is given up as ever, and a LOGOFF is answered when the
CLOSE that came before it has been.
"""
import os
import socket
import struct
import time

import robust           # first: it knows where the others are
import e2elib as e
import smb2
import smb2body as b

# but for the first: 480 and more, nearly twice as many as there are workers
ROWS = {"one": (1, 1, True), "deep": (4, 120, False), "wide": (300, 2, False),
        "compounds": (300, 2, True)}
RESETS = 300                    # more than a workqueue of Linux 6.1 runs items, if it is not told
HUNG = 6                        # more sessions of one user than end at a time
WELL = "well"                   # a share on another file system
PATIENCE = 180
NAME = f"blocked-{os.getpid()}"


class Writer:
    """A connection with @writes writes under way to a file system that is frozen."""

    def __init__(self, target, number, writes, compounds):
        self.tree = target.tree([0x0311], timeout=PATIENCE)
        self.conn, self.sess = self.tree.conn, self.tree.sess
        self.file = self.tree.create(f"{NAME}-{number}", disposition=b.OVERWRITE_IF,
                                     options=b.OPT_DELETE_ON_CLOSE)
        self.writes, self.compounds = writes, compounds
        while self.conn.credits < 2 * writes + 20:
            self.conn.request(b.echo(), self.sess, credits=256)
        self.mids = []

    def write(self):
        for i in range(self.writes):
            body = b.write(self.file.fid, b"x" * 100, i * 100)
            if not self.compounds:
                self.mids.append(self.conn.send(body, self.sess, self.tree))
                continue
            chain, mids = self.conn.compound_message([b.echo(), body], self.sess, self.tree,
                                                     related=False)
            self.conn.send_raw(chain)
            self.mids += mids
        if self.writes > 100:       # most stand, and their open is there until they have run
            self.mids.append(self.conn.send(b.close(self.file.fid), self.sess, self.tree))

    def finish(self):
        return [self.conn.wait(mid, PATIENCE).status for mid in self.mids]


def other(target, how):
    """What a second user does on a file system that lets nobody write"""
    tree = target.tree([how], timeout=PATIENCE)
    with tree.create(NAME, access=b.READ_DATA, disposition=b.OPEN) as f:
        if f.read(5) != b"hello":
            raise robust.Failed("other bytes than were written")
        f.lock([(0, 10, b.LOCK_EXCLUSIVE)])
        second = tree.create(NAME, access=b.READ_DATA, disposition=b.OPEN)
        mid = tree.conn.send(b.lock(second.fid, [(0, 10, b.LOCK_EXCLUSIVE)]), tree.sess, tree)
        if tree.conn.wait(mid, interim=True).status != b.PENDING:
            raise robust.Failed("a second lock does not wait")
        tree.conn.cancel(mid, tree.sess)
        if tree.conn.wait(mid).status != 0xc0000120:
            raise robust.Failed("a CANCEL has no effect")
        second.close()
    tree.sess.logoff().check()
    tree.conn.close()


def reset_by(target):
    """RESETS connections, each with a WRITE under way and a file that goes with its session"""
    sent = []
    for i in range(RESETS):
        tree = target.tree([0x0311], timeout=PATIENCE)
        f = tree.create(f"{NAME}-reset-{i}", disposition=b.OVERWRITE_IF,
                        options=b.OPT_DELETE_ON_CLOSE)
        sent.append((tree, f))
    return sent


def resets(target, tally):
    """Whose connections are reset, and whose requests do not end, keeps nobody else from leaving"""
    bad = []
    conns = reset_by(target)
    e.guest("sync; fsfreeze -f /srv/test")
    try:
        for tree, f in conns:
            tree.conn.send(b.write(f.fid, b"x" * 100), tree.sess, tree)
        time.sleep(2)       # they get as far as they can
        for tree, _ in conns:
            cut(tree.conn)
        time.sleep(2)       # likewise
        try:
            other(robust.Target(target.host, target.port, target.share, "tester2",
                                target.password), 0x0311)
            tally.case(True)
        except (robust.Failed, smb2.SmbError, smb2.Closed, smb2.Timeout, OSError) as x:
            tally.case(False, f"another client: {type(x).__name__}: {x}", bad)
    finally:
        e.guest("fsfreeze -u /srv/test")
    tally.line("blocked/resets", 1, bad)


def cut(conn):
    conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    conn.close()


def held(target, share):
    """A session that keeps everybody else from a file"""
    tree = target.session([0x0311], timeout=PATIENCE).tree(share)
    f = tree.create(NAME, disposition=b.OVERWRITE_IF, share=0)
    f.lock([(0, 10, b.LOCK_EXCLUSIVE)])
    return tree


def well(target, tally):
    """Ends of a user's sessions hang in one file system, more than are worked on at a time.  Those of
    the same user's other sessions give up what they have on another one."""
    bad = []
    second = robust.Target(target.host, target.port, WELL, "tester2", target.password)
    hung = [target.tree([0x0311], timeout=PATIENCE) for _ in range(HUNG)]
    for i, tree in enumerate(hung):
        tree.create(f"{NAME}-{i}", disposition=b.OVERWRITE_IF, options=b.OPT_DELETE_ON_CLOSE)
    e.guest("sync; fsfreeze -f /srv/test")
    try:
        for tree in hung:
            cut(tree.conn)
        time.sleep(2)       # their ends get as far as they can
        cut(held(target, WELL).conn)
        tree = second.tree([0x0311], timeout=PATIENCE)

        def free():
            got = tree.request(b.create(NAME, disposition=b.OPEN))
            return got.status == 0 and smb2.File(tree, got, NAME)
        f = e.until(free, PATIENCE, "the file on the other file system is free")
        f.lock([(0, 10, b.LOCK_EXCLUSIVE)])
        f.close()
        tally.case(True)
        tree.conn.close()
    except (e.Failed, smb2.SmbError, smb2.Closed, smb2.Timeout, OSError) as x:
        tally.case(False, f"{type(x).__name__}: {x}", bad)
    finally:
        e.guest("fsfreeze -u /srv/test")
    tally.line("blocked/well", 1, bad)


def logoff(target, tally):
    """A CLOSE that removes its file hangs: LOGOFF waits for it, and is answered when the file is
    gone"""
    bad = []
    other_tree = target.tree([0x0311], timeout=PATIENCE)
    tree = target.tree([0x0311], timeout=PATIENCE)
    f = tree.create(f"{NAME}-last", disposition=b.OVERWRITE_IF, options=b.OPT_DELETE_ON_CLOSE)
    e.guest("sync; fsfreeze -f /srv/test")
    try:
        closed = tree.conn.send(b.close(f.fid), tree.sess, tree)
        time.sleep(1)       # for it to begin; if it has not, LOGOFF closes the file
        mid = tree.conn.send(b.logoff(), tree.sess)
        got = tree.conn.wait(mid, interim=True).status
        tally.case(got == b.PENDING, f"LOGOFF does not wait: {got:#x}", bad)
    finally:
        e.guest("fsfreeze -u /srv/test")
    if not bad:
        got = tree.conn.wait(mid, PATIENCE).status
        tally.case(got == 0, f"LOGOFF: {got:#x}", bad)
        got = other_tree.request(b.create(f"{NAME}-last", disposition=b.OPEN)).status
        tally.case(got == 0xc0000034, f"the file after LOGOFF: {got:#x}", bad)
        tree.conn.wait(closed, PATIENCE)
    tree.conn.close()
    other_tree.conn.close()
    tally.line("blocked/logoff", 3, bad)


def others(target, tally, bad):
    """three more clients, one after the other"""
    for i, dialect in enumerate((0x0311, 0x0210, 0x0302)):
        try:
            other(robust.Target(target.host, target.port, target.share, "tester2",
                                target.password), dialect)
            tally.case(True)
        except (robust.Failed, smb2.SmbError, smb2.Closed, smb2.Timeout, OSError) as x:
            tally.case(False, f"another client, {i}: {type(x).__name__}: {x}", bad)
            return


def alive(writers, tally, bad):
    """their own receivers still read"""
    mids = [w.conn.send(b.echo(), w.sess) for w in writers]
    for i, w in enumerate(writers):
        try:
            w.conn.wait(mids[i]).check()
            tally.case(True)
        except (smb2.Closed, smb2.Timeout, smb2.SmbError) as x:
            tally.case(False, f"the client itself, {i}: {type(x).__name__}: {x}", bad)
            return


def row(target, tally, name, how):
    conns, writes, compounds = how
    writers = [Writer(target, i, writes, compounds) for i in range(conns)]
    e.guest("sync; fsfreeze -f /srv/test")
    bad, late = [], []
    try:
        for w in writers:
            w.write()
        time.sleep(2)       # they get as far as they can
        others(target, tally, bad)
        if not bad:
            alive(writers, tally, bad)
    finally:
        e.guest("fsfreeze -u /srv/test")
    tally.line(f"blocked/{name}/others", 3 + conns, bad)
    for w in writers:
        try:
            got = w.finish()
            tally.case(set(got) == {0}, f"writes: {set(got)}", late)
        except (smb2.Closed, smb2.Timeout) as x:
            tally.case(False, f"writes: {type(x).__name__}: {x}", late)
        w.conn.close()
    tally.line(f"blocked/{name}/goes-on", conns, late)


def run(target, _args, tally):
    if not os.environ.get("VM"):
        raise robust.Failed("a file system can be frozen in a guest only")
    tree = target.tree(timeout=PATIENCE)
    with tree.create(NAME, disposition=b.OVERWRITE_IF) as f:
        f.write(b"hello")
    for name, how in ROWS.items():
        if e.wanted(name):
            row(target, tally, name, how)
    if e.wanted("resets"):
        resets(target, tally)
    if e.wanted("logoff"):
        logoff(target, tally)
    if e.wanted("well"):
        e.guest(f"mkdir -p /srv/{WELL}; mount -t tmpfs none /srv/{WELL}; chmod 777 /srv/{WELL}")
        with e.config(f"[{WELL}]\n\tpath = /srv/{WELL}\n\tread only = no\n"):
            well(target, tally)
        e.guest(f"umount /srv/{WELL}")
    tree.delete(NAME)
    target.serves()


if __name__ == "__main__":
    robust.main(__doc__, run)
