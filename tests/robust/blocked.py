#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 1500
"""More requests than there are workers wait for a file system that stands still, which is one
client's doing: many on each of a few connections, a few on each of many, each alone and behind an
ECHO in a compound.  Others connect, log on, read, cancel and leave meanwhile; when the file system
goes on, every request is answered.  So when more connections are reset than ends are worked on at a
time; and connections that have closed with nothing under way are gone.  What a user has on another file
system is given up as ever, also what a revoked account has in other sessions, and a LOGOFF is answered
when the CLOSE that came before it has been.  So does the end of a share wait for it.

A connection whose requests hang in one file system has another share on one that is well.  What it
closes there is closed at once, unless requests that it has sent before stand on that; those are
done first, in whatever message and over whichever channel the CLOSE comes.  Its answer to a break
is heard.  What stands when its share, its session or its connection ends is answered or dropped at
once, and holds nothing.
"""
import os
import select
import socket
import struct
import threading
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
LOOP = "/srv/loop"              # one that can be frozen, unlike tmpfs
MOUNT = {f"/srv/{WELL}": f"mount -t tmpfs none /srv/{WELL}",
         LOOP: f"(truncate -s 16M {LOOP}.img && mkfs.ext4 -qF {LOOP}.img && "
               f"{e.loop_mount(f'{LOOP}.img', LOOP)})"}
# lines of smb.conf for the share WELL
SETTINGS = {"well": "max connections = 1\n"}
PATIENCE = 180
NAME = f"blocked-{os.getpid()}"


CONFIGFS = "/sys/kernel/config/cifssrv"
DELETED, NAME_DELETED, NOT_ACCEPTED = 0xc0000203, 0xc00000c9, 0xc00000d0
PROMPT = 15                     # seconds, in a guest that has one CPU; others wait 35 for a break


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
            other(target.as_user("tester2"), 0x0311)
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


def admitted(sess, share):
    """The tree connect, or False while there are as many as there may be"""
    try:
        return sess.tree(share)
    except smb2.SmbError as x:
        if x.reply.status != NOT_ACCEPTED:
            raise
        return False


def free(tree):
    """NAME, open with a lock of its own, or False while somebody else has it"""
    got = tree.request(b.create(NAME, access=b.READ_DATA, disposition=b.OPEN))
    if got.status:
        return False
    f = smb2.File(tree, got, NAME)
    f.lock([(0, 10, b.LOCK_EXCLUSIVE)])
    return f


def well(target, tally):
    """Ends of a user's sessions hang in one file system, more than are worked on at a time.  Those of
    the same user's other sessions give up what they have on another one, and their place there."""
    bad = []
    second = target.as_user("tester2", WELL)
    hung = [target.tree([0x0311], timeout=PATIENCE) for _ in range(HUNG)]
    for i, tree in enumerate(hung):
        tree.create(f"{NAME}-{i}", disposition=b.OVERWRITE_IF, options=b.OPT_DELETE_ON_CLOSE)
    e.guest("sync; fsfreeze -f /srv/test")
    try:
        for tree in hung:
            cut(tree.conn)
        time.sleep(2)       # their ends get as far as they can
        cut(held(target, WELL).conn)
        sess = second.session([0x0311], timeout=PATIENCE)
        tree = e.until(lambda: admitted(sess, WELL), PATIENCE, "there is room for a tree connect")
        e.until(lambda: free(tree), PATIENCE, "the file on the other file system is free").close()
        tally.case(True)
        sess.conn.close()
    except (e.Failed, smb2.SmbError, smb2.Closed, smb2.Timeout, OSError) as x:
        tally.case(False, f"{type(x).__name__}: {x}", bad)
    finally:
        e.guest("fsfreeze -u /srv/test")
    tally.line("blocked/well", 1, bad)


def dead(target, tally):
    """A share is revoked and unmounted, though a session that ended has files on it and hangs in
    another file system; what other sessions have open there is closed, too"""
    bad = []
    sess = target.session([0x0311], timeout=PATIENCE)
    sess.tree(target.share).create(f"{NAME}-hung", disposition=b.OVERWRITE_IF,
                                   options=b.OPT_DELETE_ON_CLOSE)
    sess.tree(WELL).create(f"{NAME}-1", disposition=b.OVERWRITE_IF)
    tree = target.session([0x0311], timeout=PATIENCE).tree(WELL)
    f = tree.create(f"{NAME}-2", disposition=b.OVERWRITE_IF)
    e.guest("sync; fsfreeze -f /srv/test")
    try:
        cut(sess.conn)
        time.sleep(2)       # its end gets as far as it can
        e.guest(f"echo 0 > {CONFIGFS}/shares/{WELL}/enable")
        e.until(lambda: "busy" not in e.guest(f"umount /srv/{WELL} 2>&1", rc=None), PATIENCE,
                "the file system of a revoked share is unmounted")
        same("READ", tree.request(b.read(f.fid, 10)).status, NAME_DELETED)
        tally.case(True)
    except (robust.Failed, e.Failed, smb2.SmbError, smb2.Closed, smb2.Timeout, OSError) as x:
        tally.case(False, f"{type(x).__name__}: {x}", bad)
    finally:
        e.guest("fsfreeze -u /srv/test")
    tree.conn.close()
    tally.line("blocked/dead", 1, bad)


def takes_none(tree):
    """READs of more than a socket holds, of which no reply is taken"""
    while tree.conn.credits < 200:
        tree.conn.request(b.echo(), tree.sess, credits=256)
    f = tree.create(f"{NAME}-big", disposition=b.OPEN, access=b.READ_DATA)
    for _ in range(12):
        tree.conn.send(b.read(f.fid, 1 << 20), tree.sess, tree, charge=16)
    time.sleep(0.5)     # they are queued


def closed(target, tally):
    """Ends of a user's connections hang, more than are worked on at a time.  The same user's other
    connections, on which nothing is under way, are gone when they have closed: also those of which
    half a message has come, and those that have not taken their replies."""
    bad = []
    big = target.tree([0x0311]).create(f"{NAME}-big", disposition=b.OVERWRITE_IF)
    big.write(b"b" * (1 << 20))
    big.tree.conn.close()
    hung = [target.tree([0x0311], timeout=PATIENCE) for _ in range(HUNG)]
    files = [tree.create(f"{NAME}-{i}", disposition=b.OVERWRITE_IF) for i, tree in enumerate(hung)]
    e.guest("sync; fsfreeze -f /srv/test")
    try:
        for tree, f in zip(hung, files):
            tree.conn.send(b.write(f.fid, b"x" * 100), tree.sess, tree)
        time.sleep(2)       # they get as far as they can
        was = robust.live("connections")
        for tree in hung:
            cut(tree.conn)
        for _ in range(10):
            conns = [target.tree([0x0311], timeout=PATIENCE) for _ in range(3)]
            conns[1].conn.send_bytes(struct.pack(">I", 1 << 16) + b"\xfeSMB" + bytes(100))
            takes_none(conns[2])
            for tree in conns:
                cut(tree.conn)
        e.until(lambda: robust.live("connections") <= was, 30, "connections that have closed are gone")
        tally.case(True)
    except (e.Failed, smb2.SmbError, smb2.Closed, smb2.Timeout, OSError) as x:
        tally.case(False, f"{type(x).__name__}: {x}", bad)
    finally:
        e.guest("fsfreeze -u /srv/test")
    target.tree([0x0311], timeout=PATIENCE).delete(f"{NAME}-big")
    tally.line("blocked/closed", 1, bad)


def account(target, tally):
    """An account is revoked, of which sessions that are another user's now have something open.  One of
    them hangs; what the others have on another file system is given up."""
    bad = []
    second = target.as_user("tester2", WELL)
    switch = f"{CONFIGFS}/users/{target.user}/enable"
    hung = target.tree([0x0311], timeout=PATIENCE)
    hung.create(f"{NAME}-0", disposition=b.OVERWRITE_IF, options=b.OPT_DELETE_ON_CLOSE)
    trees = [hung] + [held(target, WELL)]
    for tree in trees:
        tree.sess.user = "tester2"
        tree.sess.reauth(target.password)
    tree = second.tree([0x0311], timeout=PATIENCE)
    e.guest("sync; fsfreeze -f /srv/test")
    try:
        e.guest(f"echo 0 > {switch}")
        e.until(lambda: free(tree), PATIENCE, "the file on the other file system is free").close()
        tally.case(True)
    except (e.Failed, smb2.SmbError, smb2.Closed, smb2.Timeout, OSError) as x:
        tally.case(False, f"{type(x).__name__}: {x}", bad)
    finally:
        e.guest(f"fsfreeze -u /srv/test; echo 1 > {switch}")
    for t in (*trees, tree):
        t.conn.close()
    tally.line("blocked/account", 1, bad)


def unshared(target, tally):
    """A CLOSE that removes its file hangs: whoever takes the share away waits for it, for a while, and
    is told"""
    bad = []
    tree = target.session([0x0311], timeout=PATIENCE).tree(WELL)
    f = tree.create(f"{NAME}-last", disposition=b.OVERWRITE_IF, options=b.OPT_DELETE_ON_CLOSE)
    e.guest(f"sync; fsfreeze -f {LOOP}")
    try:
        tree.conn.send(b.close(f.fid), tree.sess, tree)
        time.sleep(2)       # for it to begin
        count = f"dmesg | grep -c 'shares/{WELL}: revoked; .* has not closed all'"
        before = int(e.guest(count, rc=None))
        e.guest(f"echo 0 > {CONFIGFS}/shares/{WELL}/enable")
        tally.case(int(e.guest(count, rc=None)) > before, "nothing is said", bad)
    finally:
        e.guest(f"fsfreeze -u {LOOP}")
    tree.conn.close()
    tally.line("blocked/unshared", 1, bad)


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
        for _ in range(50):     # work that comes after it
            other_tree.conn.request(b.echo(), other_tree.sess).check()
        ready = select.select([tree.conn.sock], [], [], 0)[0]
        tally.case(not ready, "something was answered while the file system stood still", bad)
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


class Stuck:
    """A session with a share on a file system that hangs, of which it has all the workers that one
    connection may have, and one on a file system that is well.  @receiver: a request hangs in the
    receiver too, so what is short stands like all else."""

    WRITES = 72                 # 64 get workers
    LONG = b"l" * (34 << 10)    # signed, so no receiver works on it itself

    def __init__(self, target, receiver=False, channels=1):
        guid = os.urandom(16)
        self.target, self.receiver = target, receiver
        self.conn = target.connect([0x0311], timeout=PATIENCE, guid=guid)
        self.sess = self.conn.logon(target.user, target.password)
        self.bad, self.well = self.sess.tree(target.share), self.sess.tree(WELL)
        self.others = []
        for _ in range(channels - 1):
            conn = target.connect([0x0311], timeout=PATIENCE, guid=guid)
            conn.bind(self.sess, target.password)
            self.others.append(conn)
        self.hung = self.bad.create(f"{NAME}-hung", disposition=b.OVERWRITE_IF)
        while self.conn.credits < 2 * self.WRITES:
            self.conn.request(b.echo(), self.sess, credits=256)
        self.mids = []

    def file(self, name, text=b"", **how):
        f = self.well.create(f"{NAME}-{name}", disposition=b.OVERWRITE_IF, **how)
        if text:
            f.write(text)
        return f

    def send(self, body, tree=None, conn=None):
        return (conn or self.conn).send(body, self.sess, tree or self.well)

    def hang(self):
        if self.receiver:
            self.mids.append(self.send(b.write(self.hung.fid, b"s"), self.bad))
            time.sleep(1)       # for it to hang
        for _ in range(self.WRITES):
            self.mids.append(self.send(b.write(self.hung.fid, self.LONG), self.bad))
        time.sleep(2)           # they get as far as they can

    def stand(self, fid):
        """A READ, which is looked up as it arrives, and a large WRITE"""
        return [self.send(b.read(fid, 64 << 10)), self.send(b.write(fid, self.LONG))]

    def silent(self, *mids, seconds=2, conn=None):
        for mid in mids:
            try:
                got = (conn or self.conn).wait(mid, seconds)
                raise robust.Failed(f"answered: {b.command_name(got.cmd)} {got.status:#x}")
            except smb2.Timeout:
                seconds = 0.1

    def statuses(self, mids, timeout, conn=None):
        return [(conn or self.conn).wait(mid, timeout).status for mid in mids]


def same(what, got, wanted):
    if got != wanted:
        raise robust.Failed(f"{what}: {[hex(n) for n in got]}, wanted {[hex(n) for n in wanted]}")


def exclusive(target, name, timeout=PROMPT):
    """Another client opens a file that nobody else may have open"""
    tree = target.as_user("tester2", WELL).tree([0x0311], timeout=timeout)
    got = tree.request(b.create(f"{NAME}-{name}", access=b.READ_DATA, disposition=b.OPEN,
                                share=0)).status
    tree.conn.close()
    robust.want(f"another client opens {name}", got, 0)


def beside_close(target):
    """What is closed on a share that is well is closed at once, and so is the share"""
    s = Stuck(target)
    f = s.file("f")
    s.file("g")

    def hangs():
        same("CLOSE", s.statuses([s.send(b.close(f.fid))], PROMPT), [0])
        exclusive(target, "f")
        same("TREE_DISCONNECT", s.statuses([s.send(b.tree_disconnect())], PROMPT), [0])
        exclusive(target, "g")
    return s, hangs, None


def beside_order(target):
    """What ends it is a later member of a compound"""
    s = Stuck(target)
    f = s.file("f", b"text")
    stood, ends = [], []

    def hangs():
        stood.extend(s.stand(f.fid))
        chain, mids = s.conn.compound_message([b.flush(f.fid), b.close(f.fid)], s.sess, s.well)
        s.conn.send_raw(chain)
        ends.extend(mids)
        s.silent(*stood, *ends)

    def goes_on():
        same("READ, WRITE, FLUSH, CLOSE", s.statuses(stood + ends, PATIENCE), [0] * 4)
        with s.well.create(f"{NAME}-f", disposition=b.OPEN) as f:
            if f.read(64 << 10) != s.LONG:
                raise robust.Failed("what was written is not there")
    return s, hangs, goes_on


def beside_channel(target):
    """What ends it comes over another channel"""
    s = Stuck(target, channels=2)
    f, g = s.file("f", b"text"), s.file("g", b"text")
    stood, ends = [], []

    def hangs():
        stood.extend(s.stand(f.fid) + s.stand(g.fid))
        ends.append(s.send(b.close(f.fid), conn=s.others[0]))
        s.silent(*ends, conn=s.others[0])
        ends.append(s.send(b.tree_disconnect(), conn=s.others[0]))
        s.silent(*ends, conn=s.others[0])
        s.silent(*stood, seconds=0.1)

    def goes_on():
        same("READs and WRITEs", s.statuses(stood, PATIENCE), [0] * 4)
        same("CLOSE, TREE_DISCONNECT", s.statuses(ends, PATIENCE, s.others[0]), [0] * 2)
    return s, hangs, goes_on


def beside_taken(target):
    """What ends it comes when they have workers, and have not looked yet"""
    s = Stuck(target)
    files = [s.file(f"f{i}", b"text") for i in range(8)]
    stood = []

    def hangs():
        for f in files:
            stood.append(s.send(b.read(f.fid, 64 << 10)))
        time.sleep(1)       # for them to stand
        with robust.delay("req_resume"):
            thaw = threading.Thread(target=e.guest, args=("fsfreeze -u /srv/test",))
            thaw.start()
            got = s.statuses([s.mids.pop(0) for _ in range(24)], PATIENCE)  # so many are given back
            ends = [s.send(b.close(f.fid)) for f in files]
            same("READs", s.statuses(stood, PATIENCE), [0] * len(stood))
            same("WRITEs and CLOSEs", got + s.statuses(ends, PATIENCE), [0] * (24 + len(ends)))
            thaw.join()
    return s, hangs, None


def beside_break(target):
    """Its answer to a break needs no worker, and another client does not wait for longer"""
    s = Stuck(target, receiver=True)
    f = s.file("f", oplock=b.OPLOCK_BATCH)
    robust.want("oplock", f.oplock, b.OPLOCK_BATCH)
    other = target.as_user("tester2", WELL).tree([0x0311], timeout=PATIENCE)

    def hangs():
        mid = other.conn.send(b.create(f"{NAME}-f", access=b.READ_DATA, disposition=b.OPEN),
                              other.sess, other)
        s.conn.wait_break(PROMPT)
        ack = s.send(b.oplock_break(f.fid, b.OPLOCK_II))
        same("OPLOCK_BREAK", s.statuses([ack], PROMPT), [0])
        robust.want("CREATE", other.conn.wait(mid, PROMPT).status, 0)
        other.conn.close()
    return s, hangs, None


def beside_logoff(target):
    """LOGOFF is answered when what stands has been done; so is one over another channel"""
    s = Stuck(target, receiver=True, channels=2)
    f = s.file("f", b"text")
    stood, ends = [], []

    def hangs():
        stood.extend(s.stand(f.fid))
        ends.append(s.send(b.logoff(), conn=s.others[0]))
        s.silent(*ends, conn=s.others[0])
        s.silent(*stood, seconds=0.1)

    def goes_on():
        same("READ, WRITE", s.statuses(stood, PATIENCE), [0] * 2)
        same("LOGOFF", s.statuses(ends, PATIENCE, s.others[0]), [0])
        s.mids.clear()      # those that had workers are answered or not, as it happened
    return s, hangs, goes_on


def beside_share(target):
    """What stands when its share is revoked is answered, and the file system can be unmounted"""
    s = Stuck(target, receiver=True)
    f = s.file("f", b"text")

    def hangs():
        stood = s.stand(f.fid) + [s.send(b.create(f"{NAME}-g")), s.send(b.close(f.fid))]
        s.silent(*stood)
        e.guest(f"echo 0 > {CONFIGFS}/shares/{WELL}/enable")
        same("READ, WRITE, CREATE, CLOSE", s.statuses(stood, PROMPT), [NAME_DELETED] * 4)
        e.until(lambda: "busy" not in e.guest(f"umount /srv/{WELL} 2>&1", rc=None), PROMPT,
                "the file system of a revoked share is unmounted")
    return s, hangs, None


def beside_session(target):
    """What stands when its session ends is answered, and its files are free"""
    s = Stuck(target, receiver=True)
    f = s.file("f", b"text", share=0)

    def hangs():
        stood = s.stand(f.fid) + [s.send(b.create(f"{NAME}-g"))]
        s.silent(*stood)
        conn = target.connect([0x0311], timeout=PATIENCE)
        conn.logon(target.user, target.password, previous=s.sess.sid)
        same("READ, WRITE, CREATE", s.statuses(stood, PROMPT), [DELETED] * 3)
        exclusive(target, "f")
        conn.close()
        s.mids.clear()
    return s, hangs, None


def beside_reset(target):
    """What stands for a connection that is reset opens nothing and locks nothing"""
    s = Stuck(target, receiver=True, channels=2)
    f = s.file("f", b"text")
    s.file("g").close()

    def hangs():
        s.send(b.lock(f.fid, [(0, 10, b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW)]))
        s.send(b.create(f"{NAME}-g", disposition=b.OPEN, share=0))
        time.sleep(1)
        cut(s.conn)
        time.sleep(1)

    def goes_on():
        time.sleep(3)       # for what was not dropped
        exclusive(target, "g")
        mid = s.send(b.lock(f.fid, [(0, 10, b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW)]),
                     conn=s.others[0])
        same("LOCK", s.statuses([mid], PROMPT, s.others[0]), [0])
        s.mids.clear()
    return s, hangs, goes_on


def beside(target, tally, name, case):
    """One case with @case's hangs() while the file system hangs, and goes_on() after that"""
    bad = []
    e.guest(f"mkdir -p /srv/{WELL}; mountpoint -q /srv/{WELL} || mount -t tmpfs none /srv/{WELL}; "
            f"chmod 777 /srv/{WELL}")
    with e.config(f"[{WELL}]\n\tpath = /srv/{WELL}\n\tread only = no\n"):
        try:
            s, hangs, goes_on = case(target)
            e.guest("sync; fsfreeze -f /srv/test")
            try:
                s.hang()
                hangs()
            finally:
                e.guest("fsfreeze -u /srv/test", rc=None)   # it may have been done
            if goes_on:
                goes_on()
            same("the WRITEs that hung", set(s.statuses(s.mids, PATIENCE)), set([0] * len(s.mids)))
            tally.case(True)
            for conn in [s.conn] + s.others:
                conn.close()
        except (robust.Failed, e.Failed, smb2.SmbError, smb2.Closed, smb2.Timeout, OSError) as x:
            tally.case(False, f"{name}: {type(x).__name__}: {x}", bad)
    tally.line(f"blocked/{name}", 1, bad)


def others(target, tally, bad):
    """three more clients, one after the other"""
    for i, dialect in enumerate((0x0311, 0x0210, 0x0302)):
        try:
            other(target.as_user("tester2"), dialect)
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
    if e.wanted("closed"):
        closed(target, tally)
    for case in (well, dead, account, unshared):
        if not e.wanted(case.__name__):
            continue
        path = LOOP if case is unshared else f"/srv/{WELL}"
        e.guest(f"mkdir -p {path}; mountpoint -q {path} || {MOUNT[path]}; chmod 777 {path}")
        with e.config(f"[{WELL}]\n\tpath = {path}\n\tread only = no\n"
                      f"{SETTINGS.get(case.__name__, '')}"):
            case(target, tally)
    for name, case in sorted(globals().items()):
        if name.startswith("beside_") and e.wanted(name):
            beside(target, tally, name.replace("_", "-"), case)
    for path in MOUNT:
        e.guest(f"! mountpoint -q {path} || umount {path}; rm -f {path}.img")
    target.tree(timeout=PATIENCE).delete(NAME)      # another session: one case has ended all of its
    target.serves()


if __name__ == "__main__":
    robust.main(__doc__, run)
