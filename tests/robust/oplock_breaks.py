#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 900
"""Breaks of oplocks that go wrong: answers that nobody asked for, twice, too late, of the wrong
level or to somebody else's open; holders that close, log off, disconnect or hang up instead of
answering, or whose network loses what is sent to them; waiters that cancel, log off or hang up.  Whoever waits must go on at once in each case,
and nobody else may notice.  Then a storm of all that in random order (--seed repeats the order of
every client, not how they interleave).
"""
import ctypes
import os
import random
import socket
import struct
import threading
import time
import traceback

import robust           # first: it knows where the others are
import smb2
import smb2body as b
from robust import delay, leave, want
from smbcrypt import CryptError

INVALID_PARAMETER, CANCELLED, FILE_CLOSED = 0xc000000d, 0xc0000120, 0xc0000128
NOT_FOUND = 0xc0000034
OPLOCK_PROTOCOL, DEVICE_STATE, PENDING = 0xc00000e3, 0xc0000184, 0x103
NAME = "breaks.tmp"
PROMPT = 5      # seconds in which a waiter goes on; the server's patience is 34


class Scene:
    """One holds a batch oplock, another one waits for it to go."""

    def __init__(self, target, level=b.OPLOCK_BATCH, disposition=b.OPEN, waits=True, holder=None):
        self.holder = holder.tree(target.share) if holder else target.tree()
        self.other = target.tree()
        self.held = self.holder.create(NAME, disposition=b.OPEN_IF, oplock=level)
        want("granted", self.held.oplock, level)
        self.mid = None
        if waits:
            self.mid = self.open_more(disposition)
            note = self.holder.conn.wait_break(PROMPT)
            want("the break's FileId is the holder's", note.body[8:24] == self.held.fid, True)
            want("break to", note.body[2],
                 b.OPLOCK_II if disposition == b.OPEN else b.OPLOCK_NONE)

    def open_more(self, disposition=b.OPEN, oplock=b.OPLOCK_BATCH):
        conn = self.other.conn
        mid = conn.send(b.create(NAME, disposition=disposition, oplock=oplock), self.other.sess,
                        self.other)
        want("interim", conn.wait(mid, PROMPT, interim=True).status, PENDING)
        return mid

    def ack(self, level, tree=None):
        return (tree or self.holder).request(b.oplock_break(self.held.fid, level)).status

    def goes_on(self, *levels, mid=None):
        """The waiter has its file, with one of those levels"""
        reply = self.other.conn.wait(mid or self.mid, PROMPT).check()
        f = smb2.File(self.other, reply, NAME)
        if levels:
            want("the waiter's level", f.oplock, *levels)
        return f

    def end(self):
        leave(*{self.holder, self.other})


def case_unasked(target):
    s = Scene(target, waits=False)
    want("nothing was asked", s.ack(b.OPLOCK_II), DEVICE_STATE)
    plain = s.other.create("breaks-2.tmp")
    want("nothing was held", s.other.request(b.oplock_break(plain.fid, 0)).status, DEVICE_STATE)
    plain.close()
    return s


def case_twice(target):
    s = Scene(target)
    want("first", s.ack(b.OPLOCK_II), 0)
    s.goes_on(b.OPLOCK_II)
    want("second", s.ack(b.OPLOCK_II), DEVICE_STATE)
    want("third", s.ack(b.OPLOCK_NONE), DEVICE_STATE)
    return s


def case_wrong_levels(target):
    for level, status in ((b.OPLOCK_BATCH, OPLOCK_PROTOCOL), (b.OPLOCK_EXCLUSIVE, OPLOCK_PROTOCOL),
                          (b.OPLOCK_LEASE, INVALID_PARAMETER), (0x77, INVALID_PARAMETER)):
        s = Scene(target)
        want(f"answer {level:#x}", s.ack(level), status)
        s.goes_on(b.OPLOCK_II).close()
        s.end()
    s = Scene(target, disposition=b.OVERWRITE)
    want("more than offered", s.ack(b.OPLOCK_II), OPLOCK_PROTOCOL)
    s.goes_on(b.OPLOCK_II)
    return s


def case_lease_answer(target):
    s = Scene(target)
    want("a lease's", s.holder.request(b.lease_break(bytes(16), 0)).status, NOT_FOUND)
    want("the real one", s.ack(b.OPLOCK_NONE), 0)
    s.goes_on(b.OPLOCK_II)
    return s


def case_somebody_elses(target):
    s = Scene(target)
    want("another session", s.ack(b.OPLOCK_II, target.tree()), FILE_CLOSED)
    again = s.holder.sess.tree(target.share)
    want("another tree", s.ack(b.OPLOCK_II, again), FILE_CLOSED)
    want("its own", s.ack(b.OPLOCK_II), 0)
    s.goes_on(b.OPLOCK_II)
    return s


def case_closed(target):
    s = Scene(target)
    s.held.close()
    s.goes_on(b.OPLOCK_BATCH)
    want("after the close", s.ack(b.OPLOCK_II), FILE_CLOSED)
    return s


def case_holder_goes(target):
    for go in (lambda s: s.holder.disconnect().check(), lambda s: s.holder.sess.logoff().check(),
               lambda s: s.holder.conn.close()):
        s = Scene(target)
        go(s)
        s.goes_on(b.OPLOCK_BATCH).close()
        s.end()


def case_granted_first(target):
    """A break that happens before the CREATE's reply is sent is told after it, at each level"""
    with robust.delay("req_complete") as there:
        for chain in (False, True) if there else ():
            granted_first(target, b.OPLOCK_BATCH, chain)
            granted_first(target, b.OPLOCK_II, chain)


def granted_first(target, level, chain):
    """LEVEL is granted, and every reply is delayed: another client breaks it meanwhile"""
    tree, other = target.tree(), target.tree()
    conn = tree.conn
    batch = level == b.OPLOCK_BATCH
    file = None if batch else other.create(NAME, disposition=b.OPEN_IF)
    asked = b.create(NAME, disposition=b.OPEN_IF, oplock=level)
    if chain:
        message, mids = conn.compound_message([asked, b.read(b.RELATED_FID, 100)], tree.sess, tree)
        conn.send_raw(message)
    else:
        mids = [conn.send(asked, tree.sess, tree)]
    sent = []
    # some come after the grant, and before its reply
    while not conn.buf and not smb2.readable(conn.sock, 0):
        sent.append(other.conn.send(b.create(NAME, disposition=b.OPEN) if batch else
                                    b.write(file.fid, b"x" * 100), other.sess, other))
        time.sleep(0.005)
        if batch:
            break
    reply = conn.wait(mids[0], PROMPT).check()
    want("granted", reply.body[2], level)
    note = conn.wait_break(PROMPT)  # the client's ledger has seen which was first
    want("break to", note.body[2], b.OPLOCK_II if batch else b.OPLOCK_NONE)
    held = smb2.File(tree, reply, NAME)
    held.close()
    for mid in sent:
        other.conn.wait(mid, PROMPT).check()
    for t in (tree, other):
        t.conn.close()


def case_channel_goes(target):
    """One of the holder's two channels is reset: it is told over the other one"""
    with delay("notify_break") as there:
        for n in range(10 if there else 0):
            channel_goes(target, n)


def case_lock_passes_on(target):
    """Between a lock that goes and the one that waited for it nobody may cache reads"""
    trees = [target.tree() for _ in range(3)]
    with trees[0].create(NAME, disposition=b.OPEN_IF) as owner, trees[1].create(NAME) as waiter:
        with delay("brl_retry"):
            for _ in range(10):
                lock_passes_on(owner, waiter, trees[2])
    trees[0].delete(NAME)
    for tree in trees:
        tree.conn.close()


def lock_passes_on(owner, waiter, third):
    def ask(f, flags):
        tree = f.tree
        return tree.conn.send(b.lock(f.fid, [(0, 10, flags)]), tree.sess, tree)

    owner.lock([(0, 10, b.LOCK_EXCLUSIVE)]).check()
    waits = ask(waiter, b.LOCK_EXCLUSIVE)
    waiter.tree.conn.wait(waits, PROMPT, interim=True)
    goes = ask(owner, b.LOCK_UNLOCK)
    with third.create(NAME, disposition=b.OPEN, oplock=b.OPLOCK_II) as f:
        want("what is or will be locked is cached by nobody", f.oplock, b.OPLOCK_NONE)
        owner.tree.conn.wait(goes, PROMPT).check()
        waiter.tree.conn.wait(waits, PROMPT).check()
    waiter.lock([(0, 10, b.LOCK_UNLOCK)]).check()


def channel_goes(target, n):
    guid = os.urandom(16)
    first, second = (target.connect((0x0311,), guid=guid) for _ in range(2))
    sess = first.logon(target.user, target.password)
    second.bind(sess, target.password)
    name, other = f"breaks-{n}.tmp", target.tree()
    held = sess.tree(target.share).create(name, disposition=b.OPEN_IF, oplock=b.OPLOCK_BATCH)
    want("granted", held.oplock, b.OPLOCK_BATCH)
    first.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    first.close()
    mid = other.conn.send(b.create(name, disposition=b.OPEN), other.sess, other)
    try:
        other.conn.wait(mid, 3)
    except smb2.Timeout:
        pass            # it waits for the answer; or was told over the first, and the reset came later
    else:
        raise robust.Failed(f"round {n}: the holder lives, was not told, and nobody waits for it")
    second.close()
    other.conn.wait(mid, PROMPT).check()
    other.delete(name)
    other.conn.close()


SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27


class Deaf:
    """No packet reaches the TCP of a connection's client: nothing is acknowledged either"""

    def __init__(self, conn):
        time.sleep(0.5)             # what it has received is acknowledged by then
        self.sock = conn.sock
        drop = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))   # BPF: return 0
        self.sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                             struct.pack("HL", 1, ctypes.addressof(drop)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)


def gone(conn):
    """The connection has ended, and what was on its way there does not come"""
    try:
        conn.echo()
    except smb2.Closed:
        if not conn.breaks:
            return
    raise robust.Failed("a connection on which a break was lost still delivers something")


def case_deaf_channels(target):
    """The holder is told over the first of its channels on which it hears, whatever it is asked"""
    guid = os.urandom(16)
    conns = [target.connect((0x0311,), guid=guid) for _ in range(4)]
    sess = conns[0].logon(target.user, target.password)
    for conn in conns[1:]:
        conn.bind(sess, target.password)
    tree, other = sess.tree(target.share), target.tree()
    held = tree.create(NAME, disposition=b.OPEN_IF, oplock=b.OPLOCK_BATCH)
    want("granted", held.oplock, b.OPLOCK_BATCH)
    with Deaf(conns[0]), Deaf(conns[1]):
        mid = other.conn.send(b.create(NAME, disposition=b.OPEN), other.sess, other)
        note = conns[2].wait_break(20)
        want("break to", note.body[2], b.OPLOCK_II)
        want("its FileId", note.body[8:24] == held.fid, True)
        ack = tree.request(b.oplock_break(held.fid, b.OPLOCK_II), conn=conns[2])
        want("answer", ack.status, 0)
        f = smb2.File(other, other.conn.wait(mid, PROMPT).check(), NAME)
    for conn in conns[:2]:
        gone(conn)
    with Deaf(conns[2]):            # now a break that needs no answer
        f.write(b"x")
        want("level 2 goes", conns[3].wait_break(20).body[2], b.OPLOCK_NONE)
    if conns[3].breaks or not conns[3].is_open(1):
        raise robust.Failed("a channel that works is told once, and stays")
    tree.request(b.tree_disconnect(), conn=conns[3]).check()
    conns[3].close()
    other.disconnect().check()
    other.conn.close()


def case_deaf_holder(target):
    """A holder that nothing can be told any more is gone, and does not go on caching"""
    s = Scene(target, waits=False)
    with Deaf(s.holder.conn):
        s.mid = s.open_more()
        reply = s.other.conn.wait(s.mid, 60).check()
        want("the waiter is the only one", smb2.File(s.other, reply, NAME).oplock, b.OPLOCK_BATCH)
    gone(s.holder.conn)
    return s


def replies_pile_up(target, channels=1):
    """(scene, reads, the holder's other channel): a break on its way behind 4 MiB that the holder's
    window does not hold, on so many of its two channels"""
    guid = os.urandom(16)
    conn, spare = (target.connect((0x0311,), guid=guid) for _ in range(2))
    s = Scene(target, waits=False, holder=conn.logon(target.user, target.password))
    spare.bind(s.holder.sess, target.password)
    want("something to read", s.held.write(bytes(1 << 20)), 1 << 20)
    mids = []
    for c in (conn, spare)[:channels]:
        c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        mids += [c.send(b.read(s.held.fid, 1 << 20), s.holder.sess, s.holder, charge=16)
                 for _ in range(4)]
    time.sleep(0.5)
    s.mid = s.open_more()
    return s, mids, spare


def case_slow_holder(target):
    """A client that takes a little from time to time lives, however long the break is on its way,
    and one whose window is closed for longer than a dead one may be silent"""
    s, mids, spare = replies_pile_up(target)
    for mid, secs in zip(mids, (6, 2, 2, 2)):
        time.sleep(secs)
        want("read", s.holder.conn.wait(mid, 60).status, 0)
    want("break to", s.holder.conn.wait_break(PROMPT).body[2], b.OPLOCK_II)
    want("answer", s.ack(b.OPLOCK_II), 0)
    s.goes_on(b.OPLOCK_II)
    if not spare.is_open(0.1) or spare.breaks:
        raise robust.Failed("the other channel was told as well")
    spare.close()
    return s


def case_stuck_channel(target):
    """A client whose network lives, and which takes nothing, is told over its other channel"""
    s, _, spare = replies_pile_up(target)
    want("break to", spare.wait_break(30).body[2], b.OPLOCK_II)
    ack = s.holder.request(b.oplock_break(s.held.fid, b.OPLOCK_II), conn=spare)
    want("answer", ack.status, 0)
    s.goes_on(b.OPLOCK_II)
    s.holder.request(b.tree_disconnect(), conn=spare).check()
    spare.close()
    return s


def case_stuck_channels(target):
    """Likewise, on both channels: before the waiter goes on nothing comes from the holder any more"""
    s, _, spare = replies_pile_up(target, channels=2)
    reply = s.other.conn.wait(s.mid, 60).check()
    for conn in (s.holder.conn, spare):
        try:
            while conn.sock.recv(1 << 20):
                pass
        except ConnectionResetError:
            continue
        raise robust.Failed("a connection of a holder that was given up ends without a reset")
    want("the waiter is the only one", smb2.File(s.other, reply, NAME).oplock, b.OPLOCK_BATCH)
    return s


def case_waiter_cancels(target):
    s = Scene(target)
    s.other.conn.cancel(s.mid, s.other.sess)
    want("cancelled", s.other.conn.wait(s.mid, PROMPT).status, CANCELLED)
    want("the answer comes all the same", s.ack(b.OPLOCK_II), 0)
    return s


def case_waiter_goes(target):
    """Any answer will do, or the connection's end; the holder is not disturbed"""
    for go in (lambda s: s.other.disconnect(), lambda s: s.other.sess.logoff(),
               lambda s: s.other.conn.close()):
        s = Scene(target)
        go(s)
        want("answer", s.ack(b.OPLOCK_II), 0)
        if s.other.conn.sock:
            s.other.conn.wait(s.mid, PROMPT)
        s.held.write(b"x")
        s.end()


def case_many_wait(target):
    s = Scene(target)
    mids = [s.mid] + [s.open_more() for _ in range(30)]
    s.other.conn.cancel(mids.pop(7), s.other.sess)
    want("answer", s.ack(b.OPLOCK_II), 0)
    for mid in mids:
        s.goes_on(b.OPLOCK_II, mid=mid)
    s.held.write(b"x")
    for _ in mids:
        want("told", s.other.conn.wait_break(PROMPT).body[2], b.OPLOCK_NONE)
    want("the writer too", s.holder.conn.wait_break(PROMPT).body[2], b.OPLOCK_NONE)
    want("that needs no answer", s.ack(b.OPLOCK_NONE), OPLOCK_PROTOCOL)
    return s


def case_own_open(target):
    """The holder itself opens again, and answers on the same connection"""
    s = Scene(target, waits=False)
    s.other = s.holder
    s.mid = s.open_more()
    want("break to", s.holder.conn.wait_break(PROMPT).body[2], b.OPLOCK_II)
    want("answer", s.ack(b.OPLOCK_II), 0)
    s.goes_on(b.OPLOCK_II)
    return s


class Client(threading.Thread):
    """Opens, answers or does not, closes, cancels and hangs up."""

    def __init__(self, target, seed, count, bad):
        super().__init__(daemon=True)
        self.target, self.rnd, self.count, self.bad = target, random.Random(seed), count, bad
        self.tree, self.files, self.done = None, [], 0

    def hang_up(self):
        if self.tree:
            self.tree.conn.close()
        self.tree, self.files = None, []

    def answer(self):
        conn = self.tree.conn
        conn.is_open(0.01)
        while conn.breaks:
            note, what = conn.breaks.pop(0), self.rnd.random()
            if what < 0.7:
                self.tree.request(b.oplock_break(note.body[8:24], note.body[2]))
            elif what < 0.8:
                self.tree.request(b.oplock_break(note.body[8:24], b.OPLOCK_BATCH))
            elif what < 0.9:
                self.tree.request(b.close(note.body[8:24]))
            else:
                self.hang_up()
                return

    def open_file(self):
        conn, rnd = self.tree.conn, self.rnd
        share = rnd.choice((b.SHARE_ALL, b.SHARE_ALL, 0))
        mid = conn.send(b.create(NAME, share=share, oplock=rnd.choice((0, 1, 8, 9, 9, 0xff)),
                                 disposition=rnd.choice((b.OPEN_IF, b.OPEN_IF, b.OVERWRITE_IF))),
                        self.tree.sess, self.tree)
        end = time.monotonic() + 45
        while time.monotonic() < end:
            try:
                reply = conn.wait(mid, 0.1)
            except smb2.Timeout:
                self.answer()       # perhaps it is itself that it waits for
                if not self.tree:
                    return
                if rnd.random() < 0.1:
                    conn.cancel(mid, self.tree.sess)
                continue
            if not reply.status:
                self.files.append(smb2.File(self.tree, reply, NAME))
            return
        raise robust.Failed("a CREATE is never answered")

    def step(self):
        if not self.tree:
            self.tree = self.target.tree(timeout=30)
        self.answer()
        if not self.tree:
            return
        what = self.rnd.random()
        if what < 0.6 or not self.files:
            self.open_file()
        elif what < 0.75:
            self.tree.request(b.write(self.rnd.choice(self.files).fid, b"x", 0))
        elif what < 0.95:
            self.tree.request(b.close(self.files.pop(0).fid))
        else:
            self.hang_up()

    def run(self):
        for _ in range(self.count):
            try:
                self.step()
                self.done += 1
            except (smb2.Closed, OSError):
                self.hang_up()
            except (smb2.SmbError, smb2.Timeout, smb2.Broken, CryptError, robust.Failed) as x:
                self.bad.append(f"{type(x).__name__}: {x}")
                self.hang_up()
            except Exception:           # pylint: disable=broad-exception-caught
                self.bad.append(traceback.format_exc())
                self.hang_up()
        self.hang_up()


def storm(target, args, tally):
    bad = []
    clients = [Client(target, f"{args.seed}/{i}", args.count, bad) for i in range(args.clients)]
    for c in clients:
        c.start()
    end = time.monotonic() + 60 + args.count * 5
    for c in clients:
        c.join(max(1, end - time.monotonic()))
        if c.is_alive():
            bad.append("a client hangs")
    done = sum(c.done for c in clients)
    for _ in range(done):
        tally.case(True)
    for text in bad[:]:
        tally.case(False, text)
    tally.line(f"oplock_breaks/storm-seed-{args.seed}", done + len(bad), bad)


def run(target, args, tally):
    robust.cases(globals(), target, tally)
    storm(target, args, tally)
    target.serves()
    time.sleep(0.2)
    target.tree().delete(NAME)


if __name__ == "__main__":
    robust.main(__doc__, run, [("clients", 6, "of the storm"),
                               ("count", 60, "steps of each"),
                               ("seed", 1, "of the random order")])
