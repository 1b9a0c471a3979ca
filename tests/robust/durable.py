#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 900
"""Durable opens, [MS-SMB2] 3.3.5.9.6, 3.3.5.9.7, 3.3.5.9.10, 3.3.5.9.12, 3.3.7.1: asked for, kept when the
connection is lost, reconnected, refused; closed when they have waited long enough, when others want the
file, when their share or account is taken away, when they are too many; CREATEs that are sent again.
Then the same at once: two reconnects, a reconnect and the time-out, a reconnect and a break, and a storm
of all of it in random order.  Afterwards there are as many opens as before.
"""
import contextlib
import os
import random
import struct
import threading
import time
import traceback

import robust           # first: it knows where the others are
import e2elib as e
import smb2
import smb2body as b
from leases import H, R, RH, RWH, Lease, Note, ack, key, want
from robust import Failed, delay, leave, live

INVALID_PARAMETER, NOT_FOUND, DENIED = 0xc000000d, 0xc0000034, 0xc0000022
DUPLICATE, NOT_AVAILABLE, SHARING = 0xc000022a, 0xc0000467, 0xc0000043
PENDING, CLOSED, NOT_LOCKED, NO_SESSION = 0x103, 0xc0000128, 0xc000007e, 0xc0000203
NAME, OTHER = "durable.tmp", "durable-2.tmp"
CONFIGFS = "/sys/kernel/config/cifssrv"
PROMPT, PATIENCE = 10, 60       # seconds
CREATED, OPENED = 2, 1
LOCKED = [(7, 3, b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW)]
UNLOCK = [(7, 3, b.LOCK_UNLOCK)]


def guid():
    return os.urandom(16)


class Durable:
    """An open that asks for durability, its connection, and how to come back to it"""

    def __init__(self, target, *, v2=True, lease=None, n=1, version=2, timeout=PATIENCE * 1000, tree=None,
                 name=NAME, **more):
        self.target, self.v2, self.lease, self.n, self.version, self.name = target, v2, lease, n, version, name
        self.guid = guid()
        self.client = tree.conn.guid if tree else guid()
        self.tree = tree or target.tree(guid=self.client)
        self.ask = self.request(timeout=timeout, **more)
        self.file = smb2.File(self.tree, self.tree.request(self.ask).check(), name)
        self.granted = {n for n in self.file.contexts if n in (b"DHnQ", b"DH2Q")}
        self.fid = self.file.fid

    def lease_contexts(self, state):
        return [b.lease_context(key(self.n), state, version=self.version)] if self.lease is not None else []

    def request(self, timeout, **more):
        ctx = [b.durable_v2_context(self.guid, timeout=timeout)] if self.v2 else [b.durable_context()]
        more.setdefault("oplock", b.OPLOCK_LEASE if self.lease is not None else b.OPLOCK_BATCH)
        return b.create(self.name, contexts=ctx + self.lease_contexts(self.lease), **more)

    def back(self, *, v2=None, fid=None, which=None, name=None, leases=None, more=()):
        """The CREATE that comes back.  All but the contexts, and the name of a lease, is ignored"""
        v2 = self.v2 if v2 is None else v2
        fid = fid or self.fid
        ctx = b.durable_v2_reconnect(fid, which or self.guid) if v2 else b.durable_reconnect(fid)
        leases = self.lease_contexts(0) if leases is None else leases
        return b.create(self.name if name is None else name, contexts=[ctx, *leases, *more], oplock=0x78,
                        access=0x12345678, disposition=0x12345678, options=0x12345678, share=0x12345678,
                        impersonation=0x12345678)

    def lose(self):
        self.tree.conn.close()

    def again(self, **how):
        """A tree of the same client; the connection has been lost"""
        self.tree = self.target.tree(guid=self.client, **how)
        return self.tree

    def reconnect(self, tree=None, timeout=None, **how):
        """The open as it is then"""
        tree = tree or self.again()
        reply = tree.request(self.back(**how), timeout=timeout or PROMPT).check()
        f = smb2.File(tree, reply, self.name)
        want("the persistent part stays", f.fid[:8], self.fid[:8])
        want("no context of durability", {n for n in f.contexts if n in (b"DHnQ", b"DH2Q")}, set())
        want("CreateAction", f.action, OPENED)
        self.tree, self.file, self.fid = tree, f, f.fid
        return f

    def refused(self, status, tree=None, **how):
        got = (tree or self.again()).request(self.back(**how), timeout=PROMPT).status
        want("a reconnect", f"{got:#x}", f"{status:#x}")

    def gone(self):
        self.refused(NOT_FOUND)
        self.tree.conn.close()

    def end(self):
        self.file.close()
        leave(self.tree)


def listed():
    """What has lost its connection waits for its client"""
    e.until(lambda: '"disconnected": true' in e.admin("open", "list", "--json"), PATIENCE, "listed")


def opens_are(n):
    e.until(lambda: live("opens") == n, PATIENCE, f"{n} opens, there are {live('opens')}")


@contextlib.contextmanager
def none_left():
    """As many opens afterwards as before"""
    before = live("opens")
    yield
    opens_are(before)


# --- what is granted ----------------------------------------------------------------------------

def case_with_oplocks(target):
    """With a batch oplock, and with no other"""
    for v2 in False, True:
        for level in b.OPLOCK_NONE, b.OPLOCK_II, b.OPLOCK_EXCLUSIVE, b.OPLOCK_BATCH:
            d = Durable(target, v2=v2, oplock=level)
            wanted = {b"DH2Q" if v2 else b"DHnQ"} if level == b.OPLOCK_BATCH else set()
            want(f"version {1 + v2}, level {level}", (d.file.oplock, d.granted), (level, wanted))
            d.end()


def case_with_leases(target):
    """With a lease that caches the handle"""
    for v2 in False, True:
        for state in range(8):
            d = Durable(target, v2=v2, lease=state)
            got = Lease(d.file).state
            wanted = {b"DH2Q" if v2 else b"DHnQ"} if got & H else set()
            want(f"version {1 + v2}, state {state}", d.granted, wanted)
            d.end()


def case_not_of_directories(target):
    for v2 in False, True:
        d = Durable(target, v2=v2, name="durable-dir.tmp", options=b.OPT_DIRECTORY)
        want("a directory", d.granted, set())
        d.end()
    tree = target.tree()
    tree.delete("durable-dir.tmp")
    leave(tree)


def case_not_beside_another(target):
    """An oplock that is asked for and not granted makes nothing durable"""
    tree = target.tree()
    f = tree.create(NAME)
    d = Durable(target)
    want("beside another", (d.file.oplock, d.granted), (b.OPLOCK_II, set()))
    d.end()
    f.close()
    leave(tree)


def case_times(target):
    """The second version says how long it is kept, and is told what it gets"""
    for asked, got in (0, 60000), (1, 1), (299999, 299999), (300000, 300000), (0xffffffff, 300000):
        d = Durable(target, timeout=asked)
        want(f"asked for {asked}", struct.unpack("<II", d.file.contexts[b"DH2Q"]), (got, 0))
        d.end()
    d = Durable(target, v2=False)
    want("the first version", d.file.contexts[b"DHnQ"], bytes(8))
    d.end()


def case_persistent(target):
    """No share here has continuous availability"""
    tree = target.tree()
    ctx = b.durable_v2_context(guid(), flags=2)
    reply = tree.request(b.create(NAME, oplock=b.OPLOCK_BATCH, contexts=[ctx])).check()
    f = smb2.File(tree, reply, NAME)
    want("durable, not persistent", struct.unpack("<II", f.contexts[b"DH2Q"]), (60000, 0))
    f.close()
    leave(tree)


def case_combinations(target):
    tree = target.tree()
    v1, v2, fid = b.durable_context(), b.durable_v2_context(guid()), bytes(range(16))
    c1, c2 = b.durable_reconnect(fid), b.durable_v2_reconnect(fid, guid())
    for some in (v1, v2), (v1, c2), (c1, v2), (c1, c2), (v2, c2), (v1, c1, v2), (v1, c1, c2):
        reply = tree.request(b.create(NAME, oplock=b.OPLOCK_BATCH, contexts=some))
        want("contexts that exclude each other", reply.status, INVALID_PARAMETER)
    want("a request with a reconnect counts as the latter",
         tree.request(b.create(NAME, contexts=[v1, c1])).status, NOT_FOUND)
    leave(tree)
    tree = target.tree([0x0210])
    reply = tree.request(b.create(NAME, oplock=b.OPLOCK_BATCH, contexts=[v2, c2])).check()
    f = smb2.File(tree, reply, NAME)
    want("the second version is of SMB 3", (f.oplock, f.contexts), (b.OPLOCK_BATCH, {}))
    f.close()
    leave(tree)


# --- lost and reconnected -------------------------------------------------------------------------

def case_comes_back(target):
    """Data, locks, the oplock or lease, access, the mark of deletion: all is there"""
    for v2 in False, True:
        for lease in None, RH, RWH:
            with none_left():
                d = Durable(target, v2=v2, lease=lease)
                d.file.write(b"durable")
                locks = lease != RH
                if locks:
                    want("lock", d.file.lock(LOCKED).status, 0)
                for _ in range(2):
                    was = d.fid
                    d.lose()
                    f = d.reconnect()
                    want("the volatile part changes", f.fid[8:] != was[8:], True)
                    want("what was written", f.read(7), b"durable")
                    want("size", f.size, 7)
                    if lease is None:
                        want("the oplock", f.oplock, b.OPLOCK_BATCH)
                    else:
                        want("the lease", (f.oplock, Lease(f).state, Lease(f).flags),
                             (b.OPLOCK_LEASE, lease, 0))
                if locks:
                    want("unlock", f.lock(UNLOCK).status, 0)
                want("unlock again", f.lock(UNLOCK).status, NOT_LOCKED)
                f.set(b"\1", b.FILE_DISPOSITION)
                d.lose()
                d.reconnect().close()
                want("it was to be deleted",
                     d.tree.request(b.create(NAME, disposition=b.OPEN)).status, NOT_FOUND)
                leave(d.tree)


def case_old_id(target):
    """The former volatile id names nothing; related commands of the CREATE find the open"""
    d = Durable(target)
    d.file.write(b"abc")
    was = d.fid
    d.lose()
    d.reconnect()
    want("the former id", d.tree.request(b.read(was, 3)).status, CLOSED)
    d.lose()
    tree = d.again()
    replies = tree.compound([d.back(), b.read(b"\xff" * 16, 3), b.close(b"\xff" * 16)])
    want("reconnect, read, close", [r.status for r in replies], [0, 0, 0])
    leave(tree)


def case_first_version_of_the_second(target):
    """What was made by the second version can be reconnected by the first; the other way round the
    CreateGuid is zero"""
    d = Durable(target)
    d.lose()
    d.reconnect(v2=False)
    d.end()
    d = Durable(target, v2=False)
    d.lose()
    tree = d.again()
    d.refused(NOT_FOUND, tree, v2=True)
    d.reconnect(tree)
    d.lose()
    d.reconnect(v2=True, which=bytes(16))
    d.end()


def case_breaks_reach_the_new_connection(target):
    other = target.tree()
    for lease in None, RWH:
        d = Durable(target, lease=lease)
        d.lose()
        d.reconnect()
        mid = other.conn.send(b.create(NAME), other.sess, other)
        if lease is None:
            note = d.tree.conn.wait_break(PROMPT)
            want("FileId, level", (note.body[8:24], note.body[2]), (d.fid, b.OPLOCK_II))
            want("ack", d.tree.request(b.oplock_break(d.fid, b.OPLOCK_II)).status, 0)
        else:
            note = Note(d.tree.conn.wait_break(PROMPT))
            want("key, from, to", (note.key, note.old, note.new), (key(1), RWH, RH))
            want("ack", ack(d.tree, 1, RH), 0)
        smb2.File(other, other.conn.wait(mid, PROMPT).check(), NAME).close()
        d.end()
    leave(other)


def case_channel_sequence(target):
    """That of the new session counts from its own beginning; in a request it stands in Status's place"""
    d = Durable(target)
    d.tree.request(b.write(d.fid, b"x"), status=7).check()
    d.lose()
    d.reconnect()
    d.tree.request(b.write(d.fid, b"y"), status=0).check()
    d.end()


def case_locks_that_are_sent_again(target):
    """A LOCK whose reply was lost with the connection is done once ([MS-SMB2] 3.3.5.14), also where a
    session has one channel only; and the ChannelSequence of the lost session counts no more"""
    for global_ in "", "server multi channel support = no":
        with e.config(global_=global_), none_left():
            d = Durable(target)
            for ranges in LOCKED, UNLOCK:
                sequence = 0x12 if ranges is LOCKED else 0x13      # place 1, another number
                for again in range(3):
                    reply = d.tree.request(b.lock(d.fid, ranges, sequence=sequence),
                                           status=0 if again else 9)
                    want(f"{global_}: {ranges}, sent {again + 1} times", f"{reply.status:#x}", "0x0")
                    d.lose()
                    d.reconnect()
            d.end()


def case_lock_sequence(target):
    """Likewise: a LOCK of the new session is not older than one of the lost session"""
    d = Durable(target)
    place = 1 << 4
    d.tree.request(b.lock(d.fid, LOCKED, sequence=place), status=7).check()
    d.lose()
    d.reconnect()
    want("unlock", d.tree.request(b.lock(d.fid, UNLOCK, sequence=place | 1)).status, 0)
    d.end()


def case_previous_session(target):
    """The session that the client has lost is ended by its logon, and leaves the open to it"""
    for lease in None, RWH:
        d = Durable(target, lease=lease)
        old = d.tree
        conn = target.connect(guid=d.client)
        tree = conn.logon(target.user, target.password, previous=old.sess.sid).tree(target.share)
        want("the old session", old.request(d.back()).status, NO_SESSION)
        d.reconnect(tree)
        old.conn.close()
        d.end()


def case_logoff(target):
    """Windows keeps durable opens over a LOGOFF; a TREE_DISCONNECT closes them"""
    with none_left():
        d = Durable(target, v2=False)
        d.tree.sess.logoff().check()
        tree = d.tree.conn.logon(target.user, target.password).tree(target.share)
        d.reconnect(tree)
        d.tree.disconnect().check()
        d.refused(NOT_FOUND, tree.sess.tree(target.share))
        tree.conn.close()
        d.tree.conn.close()


def case_several_channels(target):
    """The open is lost with the last one"""
    d = Durable(target)
    second = target.connect(guid=d.client)
    second.bind(d.tree.sess, target.password)
    d.lose()
    want("over the other channel", d.tree.request(b.write(d.fid, b"x"), conn=second).status, 0)
    d.refused(NOT_FOUND)
    second.close()
    d.tree.conn.close()
    d.reconnect()
    d.end()


def case_renamed(target):
    """The name of a lease's file is what it is now, or was when the lease was made"""
    with none_left():
        for name in OTHER, NAME:
            d = Durable(target, lease=RWH)
            d.file.rename(OTHER, replace=True)
            d.lose()
            tree = d.again()
            d.refused(INVALID_PARAMETER, tree, name="durable-3.tmp")
            d.reconnect(tree, name=name).rename(NAME)
            d.end()


def case_request_of_the_lost_connection(target):
    """A WRITE of it is under way: the client does not get the open before that is done"""
    for lease in None, RWH:
        d = Durable(target, lease=lease)
        d.file.write(b"durable")
        e.guest("sync; fsfreeze -f /srv/test")
        try:
            d.tree.conn.send(b.write(d.fid, b"DURABLE"), d.tree.sess, d.tree)
            time.sleep(1)       # it gets as far as it can
            d.lose()
            tree = d.again()
            mid = tree.conn.send(d.back(), tree.sess, tree)
            want("it waits", tree.conn.wait(mid, PROMPT, interim=True).status, PENDING)
            time.sleep(1)
            want("still", [r.mid for r in tree.conn.replies], [])
        finally:
            e.guest("fsfreeze -u /srv/test")
        f = smb2.File(tree, tree.conn.wait(mid, PATIENCE).check(), NAME)
        want("what was under way", f.read(7), b"DURABLE")
        f.close()
        leave(tree)


# --- refused ----------------------------------------------------------------------------------------

def case_refusals(target):
    """Each check of 3.3.5.9.7 and 3.3.5.9.12; the open waits on for the one that is right"""
    for v2 in False, True:
        for lease in None, RWH:
            d = Durable(target, v2=v2, lease=lease)
            d.refused(NOT_FOUND, d.tree)
            d.lose()
            tree = d.again()
            d.refused(NOT_FOUND, tree, fid=bytes(16))
            d.refused(NOT_FOUND, tree, fid=d.fid[:4] + bytes(4) + d.fid[8:])
            d.refused(NOT_FOUND, tree, fid=b"\xff" * 16)
            if v2:
                d.refused(NOT_FOUND, tree, which=bytes(16))
                d.refused(NOT_FOUND, tree, which=guid())
            if lease is None:
                d.refused(NOT_FOUND, tree, leases=[b.lease_context(key(1), RWH, version=2)])
            else:
                refused_leases(d, tree)
            user2(target, d)
            d.reconnect(tree, fid=d.fid[:8] + os.urandom(8))
            d.end()


def refused_leases(d, tree):
    d.refused(NOT_FOUND, tree, leases=[])
    d.refused(NOT_FOUND, tree, leases=[b.lease_context(key(2), RWH, version=2)])
    d.refused(NOT_FOUND, tree, leases=[b.lease_context(key(1), RWH)])
    d.refused(INVALID_PARAMETER, tree, name=OTHER)
    d.refused(INVALID_PARAMETER, tree, name="")
    other = d.target.tree()
    d.refused(NOT_FOUND, other)
    leave(other)


def user2(target, d):
    other = target.as_user("tester2").tree(guid=d.client)
    d.refused(DENIED, other)
    leave(other)


def case_other_share(target):
    with e.config(f"[durable2]\npath = {e.DATA}\nread only = no\n"):
        d = Durable(target)
        d.lose()
        tree = d.again()
        d.refused(NOT_FOUND, tree.sess.tree("durable2"))
        d.refused(NOT_FOUND, tree.sess.tree("IPC$"))
        d.reconnect(tree)
        d.end()


def case_switched_off(target):
    """The share does not grant them: what is durable stays so"""
    with e.config("[durable3]\npath = /srv/test\nread only = no\ndurable handles = no\n"):
        third = target.as_user(target.user, "durable3")
        d = Durable(third)
        want("granted", (d.file.oplock, d.granted), (b.OPLOCK_BATCH, set()))
        before = live("opens")
        d.lose()
        opens_are(before - 1)
        d.gone()


# --- nobody comes back, others come -------------------------------------------------------------------

def case_time_is_over(target):
    for lease in None, RWH:
        with none_left():
            d = Durable(target, lease=lease, timeout=300)
            d.lose()
        d.gone()


def case_time_begins_anew(target):
    """One that comes back in time, and goes again, has all its time"""
    d = Durable(target, timeout=PATIENCE * 1000)
    d.lose()
    for _ in range(5):
        d.reconnect()
        d.lose()
    d.reconnect()
    d.end()


def lost(target, **how):
    d = Durable(target, **how)
    d.file.write(b"durable")
    d.lose()
    return d


def conflicts(other):
    """What closes an open with RWH or a batch oplock that waits"""
    yield "open", lambda: other.request(b.create(NAME, disposition=b.OPEN), timeout=PROMPT)
    yield "overwrite", lambda: other.request(b.create(NAME, disposition=b.OVERWRITE), timeout=PROMPT)
    yield "supersede", lambda: other.request(b.create(NAME, disposition=b.SUPERSEDE), timeout=PROMPT)
    yield "delete", lambda: other.request(b.create(NAME, disposition=b.OPEN, access=b.DELETE,
                                                   options=b.OPT_DELETE_ON_CLOSE), timeout=PROMPT)


def case_conflicts(target):
    """Whoever opens the file does not wait: it is closed at once, and with it its share mode"""
    other = target.tree()
    for how in ({}, {"lease": RWH}, {"v2": False}, {"share": 0}, {"lease": RWH, "share": 0}):
        for what, go in conflicts(other):
            with none_left():
                d = lost(target, **how)
                reply = go()
                want(f"{what} beside {how}", reply.status, 0)
                smb2.File(other, reply, NAME).close()
                d.gone()
    leave(other)


def case_delete_on_close(target):
    """The one who opens the name afterwards makes it anew"""
    other = target.tree()
    for lease in None, RWH:
        with none_left():
            d = lost(target, lease=lease, options=b.OPT_DELETE_ON_CLOSE)
            listed()
            reply = other.request(b.create(NAME, share=0), timeout=PROMPT).check()
            f = smb2.File(other, reply, NAME)
            want("made, empty", (f.action, f.size), (CREATED, 0))
            f.close()
            d.gone()
    leave(other)


def case_looks_only(target):
    """Who looks at attributes closes nothing"""
    other = target.tree()
    for lease in None, RH, RWH:
        d = lost(target, lease=lease)
        other.create(NAME, access=0x80, disposition=b.OPEN).close()
        d.reconnect()
        d.end()
    leave(other)


def case_shares_reading(target):
    """RH beside RH: nothing is broken until one writes, or wants the file alone"""
    for go in ("write", "alone", "rename"):
        with none_left():
            d = lost(target, lease=RH)
            other = target.tree()
            f = other.create(NAME, disposition=b.OPEN, oplock=b.OPLOCK_LEASE,
                             contexts=[b.lease_context(key(7), RH)])
            want("the other one's lease", Lease(f).state, RH)
            d.reconnect()
            d.lose()
            if go == "write":
                f.write(b"x")
            elif go == "rename":
                f.rename(OTHER)
                f.rename(NAME)
            else:
                f.close()
                reply = other.request(b.create(NAME, disposition=b.OPEN, share=0), timeout=PROMPT).check()
                f = smb2.File(other, reply, NAME)
            f.close()
            d.gone()
            leave(other)


def case_lease_with_a_live_open(target):
    """It is notified; what has lost its connection goes with the right to cache the handle"""
    with none_left():
        d = lost(target, lease=RWH)
        tree = target.tree(guid=d.client)
        reply = tree.request(b.create(NAME, disposition=b.OPEN, oplock=b.OPLOCK_LEASE,
                                      contexts=[b.lease_context(key(1), RWH, version=2)])).check()
        mine = smb2.File(tree, reply, NAME)
        want("the same lease", Lease(mine).state, RWH)
        other = target.tree()
        mid = other.conn.send(b.create(NAME, disposition=b.OPEN), other.sess, other)
        note = Note(tree.conn.wait_break(PROMPT))
        want("from, to", (note.old, note.new), (RWH, RH))
        want("ack", ack(tree, 1, RH), 0)
        f = smb2.File(other, other.conn.wait(mid, PROMPT).check(), NAME)
        d.reconnect()
        want("it was kept", Lease(d.file).state, RH)
        d.lose()
        f.write(b"x")
        note = Note(tree.conn.wait_break(PROMPT))
        want("from, to", (note.old, note.new), (RH, 0))
        d.gone()
        for o in f, mine:
            o.close()
        leave(tree, other)


def case_last_live_open_goes(target):
    """Nobody is left to acknowledge: what has lost its connection is closed, and the others go on"""
    with none_left():
        d = lost(target, lease=RWH)
        tree = target.tree(guid=d.client)
        tree.request(b.create(NAME, disposition=b.OPEN, oplock=b.OPLOCK_LEASE,
                              contexts=[b.lease_context(key(1), RWH, version=2)])).check()
        other = target.tree()
        mid = other.conn.send(b.create(NAME, disposition=b.OPEN), other.sess, other)
        tree.conn.wait_break(PROMPT)
        tree.conn.close()
        smb2.File(other, other.conn.wait(mid, PROMPT).check(), NAME).close()
        d.gone()
        leave(other)


def case_locks_without_write_caching(target):
    """They are not kept, and so the open is not"""
    with none_left():
        d = Durable(target, lease=RH)
        want("lock", d.file.lock(LOCKED).status, 0)
        d.lose()
    d.gone()


def case_break_before_the_loss(target):
    """What is being broken is not kept"""
    with none_left():
        d = Durable(target)
        other = target.tree()
        mid = other.conn.send(b.create(NAME), other.sess, other)
        d.tree.conn.wait_break(PROMPT)
        d.lose()
        smb2.File(other, other.conn.wait(mid, PROMPT).check(), NAME).close()
        d.gone()
        leave(other)


def case_administrator(target):
    with none_left():
        d = lost(target)
        listed()
        text = e.admin("open", "list")
        if "(lost, for " not in text:
            raise Failed(f"the list says nothing of it: {text}")
        number = int.from_bytes(d.fid[:8], "little")
        e.admin("open", "close", f"0x{number:016x}")
        d.gone()


def case_share_is_revoked(target):
    with e.tmpfs("/srv/durable4"), \
            e.config("[durable4]\npath = /srv/durable4\nread only = no\n"):
        fourth = target.as_user(target.user, "durable4")
        before = live("opens")
        for how in {}, {"lease": RWH}, {"options": b.OPT_DELETE_ON_CLOSE}:
            lost(fourth, name=f"{guid().hex()}", **how)
        e.guest(f"echo 0 > {CONFIGFS}/shares/durable4/enable")
        opens_are(before)
        e.guest("umount /srv/durable4")


def case_account_is_revoked(target):
    second = target.as_user("tester2")
    with none_left():
        d = lost(second, lease=RWH, name="durable-tester2.tmp", options=b.OPT_DELETE_ON_CLOSE)
        mine = lost(target, name=OTHER)
        e.guest(f"echo 0 > {CONFIGFS}/users/tester2/enable; echo 1 > {CONFIGFS}/users/tester2/enable")
        d.gone()
        mine.reconnect()
        mine.end()


# --- too many ---------------------------------------------------------------------------------------

def case_too_many(target):
    """One in four opens may wait; the oldest of the identity makes room"""
    with e.config(global_="max open files = 2048"), none_left():
        tree = target.tree(timeout=60)
        d = Durable(target, tree=tree, lease=RWH)
        reply = [d.file]
        guids = [d.guid]
        for _ in range(400):
            guids.append(guid())
            body = b.create(NAME, oplock=b.OPLOCK_LEASE,
                            contexts=[b.durable_v2_context(guids[-1], timeout=PATIENCE * 1000),
                                      *d.lease_contexts(RWH)])
            reply.append(smb2.File(tree, tree.request(body).check(), NAME))
        before = live("opens")
        tree.conn.close()
        e.until(lambda: live("opens") < before, PATIENCE, "the oldest are closed")
        d.fid, d.guid = reply[0].fid, guids[0]
        d.refused(NOT_FOUND)
        d.fid, d.guid = reply[-1].fid, guids[-1]
        d.reconnect()
        d.end()
        other = target.tree()
        other.create(NAME, disposition=b.OPEN).close()
        leave(other)


# --- sent again ---------------------------------------------------------------------------------------

def replayed(d, tree=None, ask=None):
    tree = tree or d.tree
    return tree.request(ask or d.ask, flags=b.FLAG_REPLAY, timeout=PROMPT)


def case_replay(target):
    """The reply comes once more, as long as no request has named the open"""
    for how in {}, {"lease": RH}, {"lease": RWH, "version": 1}, {"oplock": 0}:
        d = Durable(target, **how)
        want("without the flag", d.tree.request(d.ask).status, DUPLICATE)
        for _ in range(2):
            reply = replayed(d)
            f = smb2.File(d.tree, reply.check(), NAME)
            want("the same", (f.fid, f.action, f.oplock, f.contexts),
                 (d.fid, d.file.action, d.file.oplock, d.file.contexts))
        other = target.tree(guid=d.client)
        want("of another session", replayed(d, other).status, DUPLICATE)
        leave(other)
        d.end()
    d = Durable(target, lease=RH)
    d.file.query()
    f = smb2.File(d.tree, replayed(d).check(), NAME)
    want("another open: the client knew the first", f.fid != d.fid, True)
    want("without the flag", d.tree.request(d.ask).status, DUPLICATE)
    f.close()
    d.end()


def case_replay_differs(target):
    d = Durable(target)
    ask = b.create(NAME, oplock=b.OPLOCK_NONE, contexts=[b.durable_v2_context(d.guid)])
    f = smb2.File(d.tree, replayed(d, ask=ask).check(), NAME)
    want("of another level", (f.fid, f.oplock, f.contexts), (d.fid, b.OPLOCK_NONE, {}))
    ask = b.create(NAME, oplock=b.OPLOCK_LEASE, contexts=[b.durable_v2_context(d.guid),
                                                          b.lease_context(key(1), RH)])
    want("with a lease", replayed(d, ask=ask).status, DENIED)
    d.end()
    d = Durable(target, lease=RH)
    ask = b.create(NAME, oplock=b.OPLOCK_LEASE, contexts=[b.durable_v2_context(d.guid),
                                                          b.lease_context(key(2), RH, version=2)])
    want("with another key", replayed(d, ask=ask).status, DENIED)
    ask = b.create(NAME, oplock=b.OPLOCK_LEASE, contexts=[b.durable_v2_context(d.guid),
                                                          b.lease_context(key(1), R, version=2)])
    f = smb2.File(d.tree, replayed(d, ask=ask).check(), NAME)
    want("with less", (f.fid, Lease(f).state, b"DH2Q" in f.contexts), (d.fid, RH, True))
    d.end()


def case_replay_of_what_waits(target):
    """The first one is in progress"""
    holder = target.tree()
    held = smb2.File(holder, holder.request(b.create(NAME, oplock=b.OPLOCK_BATCH)).check(), NAME)
    tree = target.tree()
    ask = b.create(NAME, oplock=b.OPLOCK_BATCH, contexts=[b.durable_v2_context(guid())])
    mid = tree.conn.send(ask, tree.sess, tree)
    want("it waits", tree.conn.wait(mid, PROMPT, interim=True).status, PENDING)
    want("a replay", tree.request(ask, flags=b.FLAG_REPLAY).status, NOT_AVAILABLE)
    want("without the flag", tree.request(ask).status, DUPLICATE)
    held.close()
    f = smb2.File(tree, tree.conn.wait(mid, PROMPT).check(), NAME)
    g = smb2.File(tree, tree.request(ask, flags=b.FLAG_REPLAY).check(), NAME)
    want("the same", g.fid, f.fid)
    f.close()
    leave(tree, holder)


def case_replay_of_a_failure(target):
    """It is tried anew"""
    holder = target.tree()
    held = holder.create(NAME, share=0)
    tree = target.tree()
    ask = b.create(NAME, oplock=b.OPLOCK_BATCH, contexts=[b.durable_v2_context(guid())])
    for _ in range(2):
        want("in the way", tree.request(ask, flags=b.FLAG_REPLAY).status, SHARING)
    held.close()
    f = smb2.File(tree, tree.request(ask, flags=b.FLAG_REPLAY).check(), NAME)
    want("durable", b"DH2Q" in f.contexts, True)
    f.close()
    leave(tree, holder)


def case_replay_after_the_loss(target):
    """The reply was lost with the connection: the client has no FileId"""
    for lease in None, RWH:
        with none_left():
            d = Durable(target, lease=lease)
            d.lose()
            want("without the flag", d.again().request(d.ask).status, DUPLICATE)
            f = smb2.File(d.tree, replayed(d).check(), NAME)
            want("the same open", (f.fid[:8], f.action, f.oplock, f.contexts.keys()),
                 (d.fid[:8], d.file.action, d.file.oplock, d.file.contexts.keys()))
            f.write(b"x")
            f.close()
            leave(d.tree)


def case_replay_over_another_channel(target):
    d = Durable(target)
    second = target.connect(guid=d.client)
    second.bind(d.tree.sess, target.password)
    reply = d.tree.request(d.ask, conn=second, flags=b.FLAG_REPLAY)
    want("the same", smb2.File(d.tree, reply.check(), NAME).fid, d.fid)
    d.end()
    second.close()


# --- at once ----------------------------------------------------------------------------------------

def case_two_reconnects(target):
    """One gets it"""
    with delay("open_claimed", "open_detached"):
        for lease in None, RWH:
            for _ in range(4):
                d = lost(target, lease=lease)
                trees = [d.again() for _ in range(3)]
                mids = [t.conn.send(d.back(), t.sess, t) for t in trees]
                got = [t.conn.wait(m, PATIENCE) for t, m in zip(trees, mids)]
                want("statuses", sorted(r.status for r in got), [0, NOT_FOUND, NOT_FOUND])
                for t, r in zip(trees, got):
                    if not r.status:
                        smb2.File(t, r, NAME).close()
                leave(*trees)


def case_reconnect_or_expiry(target):
    with delay("open_named", "open_claimed", "open_detached", percent=50), none_left():
        for i in range(30):
            d = lost(target, lease=RWH if i % 2 else None, timeout=1 + i * 4)
            tree = d.again()
            reply = tree.request(d.back(), timeout=PATIENCE)
            want("a reconnect", reply.status, 0, NOT_FOUND)
            if not reply.status:
                f = smb2.File(tree, reply, NAME)
                want("it is usable", f.read(7), b"durable")
                f.close()
            leave(tree)


def case_reconnect_or_break(target):
    """The other one always gets the file; the client has the open, and answers, or has it not"""
    other = target.tree(timeout=PATIENCE)
    with delay("open_named", "open_claimed", "notify_break", percent=50), none_left():
        for i in range(30):
            d = lost(target, lease=RWH if i % 2 else None)
            tree = d.again()
            mids = [t.conn.send(body, t.sess, t) for t, body in
                    random.sample([(tree, d.back()), (other, b.create(NAME))], 2)]
            reply, theirs = None, None
            end = time.monotonic() + PATIENCE
            while (reply is None or theirs is None) and time.monotonic() < end:
                reply = took(tree, mids) or reply
                answer(tree)
                theirs = took(other, mids) or theirs
            if reply is None or theirs is None:
                raise Failed(f"no reply: {reply}, {theirs}")
            want("the other one", theirs.status, 0)
            want("a reconnect", reply.status, 0, NOT_FOUND)
            for t, r in (tree, reply), (other, theirs):
                if not r.status:
                    smb2.File(t, r, NAME).close()
            leave(tree)
    leave(other)


def took(tree, mids):
    """The final reply to the one request of TREE among MIDS that is outstanding, if it has come"""
    with contextlib.suppress(smb2.Timeout):
        tree.conn.recv(0.02)
    for reply in tree.conn.replies:
        if reply.cmd == b.CREATE and reply.mid in mids:
            tree.conn.replies.remove(reply)
            return reply
    return None


def answer(tree):
    while tree.conn.breaks:
        note = tree.conn.breaks.pop(0)
        if len(note.body) == 24:
            tree.request(b.oplock_break(note.body[8:24], note.body[2]))
        else:
            note = Note(note)
            if note.flags:
                tree.request(b.lease_break(note.key, note.new))


class Racer(threading.Thread):
    """A client that opens, loses its connection, comes back, or does not; of few files, with others"""

    def __init__(self, target, seed, until):
        super().__init__()
        self.target, self.until, self.error = target, until, None
        self.rnd = random.Random(seed)
        self.client, self.tree, self.held, self.waiting = guid(), None, [], []
        self.back()

    def back(self):
        self.tree = self.target.tree(guid=self.client, timeout=PATIENCE)

    def ask(self, body, **how):
        mid = self.tree.conn.send(body, self.tree.sess, self.tree, **how)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            answer(self.tree)
            with contextlib.suppress(smb2.Timeout):
                return self.tree.conn.wait(mid, 0.05)
        raise Failed("no reply")

    def make(self):
        rnd = self.rnd
        name, n = f"durable-storm-{rnd.randrange(2)}.tmp", rnd.randrange(3)
        lease, g = rnd.choice((None, RH, RWH)), guid()
        ctx = [b.durable_v2_context(g, timeout=rnd.choice((1, 20, 200, 5000)))]
        leases = [] if lease is None else [b.lease_context(key(n), lease, version=2)]
        body = b.create(name, oplock=b.OPLOCK_BATCH if lease is None else b.OPLOCK_LEASE,
                        share=rnd.choice((0, b.SHARE_ALL)), contexts=ctx + leases)
        reply = self.ask(body)
        want("an open", reply.status, 0, SHARING, INVALID_PARAMETER)
        if not reply.status:
            self.held.append((smb2.File(self.tree, reply, name), g, leases, body))

    def lose(self):
        self.tree.conn.close()
        self.waiting += self.held
        self.held = []
        self.back()

    def come_back(self):
        f, g, leases, body = self.waiting.pop(self.rnd.randrange(len(self.waiting)))
        if self.rnd.random() < 0.3:
            reply = self.ask(body, flags=b.FLAG_REPLAY)
            want("a replay", reply.status, 0, SHARING, INVALID_PARAMETER, DUPLICATE, NOT_FOUND)
        else:
            reply = self.ask(b.create(f.name, contexts=[b.durable_v2_reconnect(f.fid, g), *leases]))
            want("a reconnect", reply.status, 0, NOT_FOUND)
        if not reply.status:
            self.held.append((smb2.File(self.tree, reply, f.name), g, leases, body))

    def step(self):
        what = self.rnd.random()
        if what < 0.15:
            self.lose()
        elif what < 0.45 and self.waiting:
            self.come_back()
        elif what < 0.65 and self.held:
            f = self.held.pop(self.rnd.randrange(len(self.held)))[0]
            want("close", self.ask(b.close(f.fid)).status, 0)
        elif what < 0.75 and self.held:
            self.ask(b.write(self.rnd.choice(self.held)[0].fid, b"y"))
        elif len(self.held) < 6:
            self.make()
        answer(self.tree)

    def run(self):
        try:
            while time.monotonic() < self.until:
                self.step()
            leave(self.tree)
        except Exception:       # pylint: disable=broad-except
            self.error = traceback.format_exc()
            self.tree.conn.close()


def storm(target, args):
    with delay("open_named", "open_claimed", "open_detached", percent=20), none_left():
        until = time.monotonic() + args.secs
        racers = [Racer(target, args.seed + i, until) for i in range(args.clients)]
        for r in racers:
            r.start()
        for r in racers:
            r.join()
        want("no errors", "".join(r.error or "" for r in racers), "")


def run(target, args, tally):
    robust.cases(globals(), target, tally)
    if "ONLY" in os.environ and os.environ["ONLY"] not in "storm":
        return
    bad = []
    try:
        storm(target, args)
        tally.case(True)
    except Exception as ex:         # pylint: disable=broad-except
        tally.case(False, f"{type(ex).__name__}: {ex}", bad)
    tally.line(f"durable/storm-seed-{args.seed}", 1, bad)
    target.serves()
    tree = target.tree()
    for name in NAME, OTHER, "durable-storm-0.tmp", "durable-storm-1.tmp":
        tree.create(name, disposition=b.OPEN_IF, options=b.OPT_DELETE_ON_CLOSE).close()
    leave(tree)


if __name__ == "__main__":
    robust.main(__doc__, run, [("clients", 4, "of the storm"), ("secs", 20, "that it takes"),
                               ("seed", 1, "of the random order")])
