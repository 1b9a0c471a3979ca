#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 900
"""Every named fault of the module (base/fault.h), one after the other, under clients that do a little
of everything, plain, signed and sealed, over one channel and two.  Any status is an answer, and so
is the end of a connection; no answer, a damaged one, other bytes than were written, or a server
that does not serve when the fault is over is a failure.  What is left behind, the scan sees.
"""
import os
import random
import struct
import threading
import traceback

import robust           # first: it knows where the others are
import e2elib as e
import smb2
import smb2body as b
from smbcrypt import CryptError

TIMES = 1000000
# per cent of the times that the point is passed; what is passed with each message ends what it
# fails, so more would let nobody get far
PROBABILITY = {
    "transport_rx": 2, "transport_tx": 3, "crypt_sign": 3, "crypt_seal": 3, "req_alloc": 3,
    "transport_accept": 30, "listener_accept": 30, "upcall_ask": 20, "reply_room": 10, "vfs_io": 20, "vfs_xattr": 50,
}
DELAY = 40              # the points that only delay
CLIENTS, ROUNDS = 6, 7
LARGE = 200000
HIDDEN = 2
LEASE_READ = 1          # SMB2_LEASE_READ_CACHING
PAST = struct.pack("<QQQQII", 0, 0, 0, 133000000001234567, 0, 0)     # a ChangeTime
CLASS_EA, CLASS_FULL_EA = 7, 15


def mine(d):
    return [name for name in d.listdir() if name.startswith("faults-")]


class Client(threading.Thread):
    """Rounds of everything, each on a fresh connection."""

    def __init__(self, target, point, number):
        super().__init__(daemon=True)
        self.target, self.point, self.number = target, point, number
        self.rnd = random.Random(f"{point} {number}")
        self.kind = ("plain", "signed", "sealed")[number % 3]
        self.done, self.bad, self.conns = 0, [], []

    def run(self):
        for i in range(ROUNDS):
            try:
                self.round(f"faults-{self.number}-{i}")
                self.done += 1
            except (smb2.SmbError, smb2.Closed, ConnectionError):
                pass
            except (smb2.Timeout, smb2.Broken, CryptError, robust.Failed, OSError) as x:
                self.bad.append(f"{self.point}, {self.kind}: {type(x).__name__}: {x}")
            except Exception as x:      # pylint: disable=broad-exception-caught
                self.bad.append(f"{self.point}: {x!r} {traceback.format_exc().splitlines()[-3:]}")
            for conn in self.conns:
                conn.close()
            self.conns = []

    def connect(self, guid):
        dialects = (0x0210,) if self.kind == "signed" and self.number > 2 else (0x0311,)
        conn = self.target.connect(dialects, timeout=60, guid=guid)
        self.conns.append(conn)
        return conn

    def session(self):
        guid = os.urandom(16)
        conn = self.connect(guid)
        sess = conn.logon(self.target.user, self.target.password)
        if conn.dialect == 0x0311 and self.rnd.random() < 0.3:
            self.connect(guid).bind(sess, self.target.password)
        return sess

    def round(self, name):
        sess = self.session()
        tree, ipc = sess.tree(self.target.share), sess.tree("IPC$")     # which 3.1.1 has signed
        conn = tree.conn
        sess.signing = self.kind == "signed"
        sess.sealing = self.kind == "sealed"
        while conn.credits < 64:
            conn.request(b.echo(), sess, credits=64)
        f = tree.create(name, disposition=b.OVERWRITE_IF, attrs=HIDDEN)
        for size in (100, 20000, LARGE):
            self.data(f, self.rnd.randbytes(size))
        self.broken(tree, f, name)
        self.leased(tree, f, name)
        for class_ in (CLASS_EA, CLASS_FULL_EA, b.FILE_BASIC):
            self.may_fail(f.query, class_)
        f.lock([(0, 10, b.LOCK_EXCLUSIVE)])
        self.waiting(sess, tree, name)
        self.may_fail(f.flush)
        self.may_fail(f.set, PAST, b.FILE_BASIC)
        self.may_fail(f.rename, name + "-renamed", True)
        f.close()
        with tree.create("", access=b.FILE_ALL, options=b.OPT_DIRECTORY, disposition=b.OPEN) as d:
            mine(d)
        self.watched(sess, tree, name)
        if conn.dialect == 0x0311:
            self.lost(name)
        ipc.create("srvsvc", disposition=b.OPEN).close()
        if self.rnd.random() < 0.5:
            sess.logoff()

    def data(self, f, data):
        """A write and a read; a refusal of either is no failure, other bytes are"""
        try:
            if f.write(data) != len(data):
                raise robust.Failed(f"a write of {len(data)} bytes took fewer")
            got = f.read(len(data))
        except smb2.SmbError:
            return
        if got != data:
            raise robust.Failed(f"{len(data)} bytes came back as {len(got)} others")

    def broken(self, tree, f, name):
        """A level II oplock, of which a write through another open leaves nothing"""
        with tree.create(name, disposition=b.OPEN, oplock=b.OPLOCK_II):
            self.data(f, self.rnd.randbytes(100))

    def leased(self, tree, f, name):
        """A lease to read and two opens of it, both gone before a write asks for it"""
        lease = b.lease_context(self.rnd.randbytes(16), LEASE_READ)
        for _ in range(2):
            with tree.create(name, disposition=b.OPEN, oplock=b.OPLOCK_LEASE, contexts=[lease]), \
                    tree.create(name, disposition=b.OPEN, oplock=b.OPLOCK_LEASE, contexts=[lease]):
                pass
            self.data(f, self.rnd.randbytes(100))

    def watched(self, sess, tree, name):
        """A directory that is watched, and of which a listing may be cached, while it changes"""
        lease = b.lease_context(self.rnd.randbytes(16), LEASE_READ, version=2)
        with tree.create("", options=b.OPT_DIRECTORY, disposition=b.OPEN, oplock=b.OPLOCK_LEASE,
                         contexts=[lease]) as d:
            mid = tree.conn.send(b.change_notify(d.fid), sess, tree)
            tree.create(name + "-new", disposition=b.OVERWRITE_IF,
                        options=b.OPT_DELETE_ON_CLOSE).close()
            tree.conn.wait(mid, 60)

    def lost(self, name):
        """A durable open whose connection is lost, and its client comes back"""
        client, guid = os.urandom(16), os.urandom(16)
        ask = b.create(name + "-lost", disposition=b.OVERWRITE_IF, oplock=b.OPLOCK_BATCH,
                       options=b.OPT_DELETE_ON_CLOSE,
                       contexts=[b.durable_v2_context(guid, timeout=10000)])
        trees = []
        for _ in range(2):
            conn = self.connect(client)
            trees.append(conn.logon(self.target.user, self.target.password).tree(self.target.share))
            if len(trees) == 1:
                f = smb2.File(trees[0], trees[0].request(ask).check(), name + "-lost")
                conn.close()
        trees[1].request(b.create(name + "-lost", disposition=b.OPEN,
                                  contexts=[b.durable_v2_reconnect(f.fid, guid)]), timeout=60)

    @staticmethod
    def waiting(sess, tree, name):
        """A lock that waits, and is cancelled; a CANCEL that is not believed has no answer"""
        with tree.create(name, disposition=b.OPEN) as other:
            mid = tree.conn.send(b.lock(other.fid, [(0, 10, b.LOCK_EXCLUSIVE)]), sess, tree)
            reply = tree.conn.wait(mid, interim=True)
            if reply.status != b.PENDING:
                if reply.flags & b.FLAG_ASYNC or not reply.credits:
                    raise robust.Failed(f"refused as if there had been an interim reply: {reply}")
                return
            for seconds in (5, 5, 60):
                tree.conn.cancel(mid, sess)
                try:
                    tree.conn.wait(mid, seconds)
                    return
                except smb2.Timeout:
                    if seconds == 60:
                        raise

    @staticmethod
    def may_fail(call, *args):
        try:
            call(*args)
        except smb2.SmbError:
            pass


def sweep(target, point):
    """(rounds that were completed, times that the fault struck, what went wrong)"""
    knobs = f"{e.FAULTS}/{point}"
    e.guest(f"cd {knobs} && echo 0 > verbose && echo {TIMES} > times && "
            f"echo {PROBABILITY.get(point, DELAY)} > probability")
    try:
        clients = [Client(target, point, i) for i in range(CLIENTS)]
        for c in clients:
            c.start()
        for c in clients:
            c.join()
    finally:
        left = int(e.guest(f"cd {knobs} && echo 0 > probability && cat times"))
    return sum(c.done for c in clients), TIMES - left, [x for c in clients for x in c.bad]


def tidy(target):
    """A file of a connection that ended may still be on its way out: until all can be deleted."""
    def gone():
        with target.tree(timeout=60).create("", options=b.OPT_DIRECTORY, disposition=b.OPEN) as d:
            for name in mine(d):
                Client.may_fail(d.tree.delete, name)
            left = mine(d)
        d.tree.conn.close()
        return not left
    e.until(gone, 30, "what the clients left to be deletable")


def run(target, _args, tally):
    points = e.fault_points()
    if not points:
        print("skip faults # no fault injection in this kernel", flush=True)
        return
    for point in points:
        if not e.wanted(point):
            continue
        done, struck, bad = sweep(target, point)
        if not struck:
            bad.append(f"{point}: nobody came past it")
        try:
            tidy(target)
            target.serves()
        except (robust.Failed, e.Failed, smb2.SmbError, smb2.Closed, smb2.Timeout, OSError) as x:
            bad.append(f"{point}: afterwards: {type(x).__name__}: {x}")
        for what in bad:
            tally.case(False, what)
        tally.case(True)
        print(f"# {point}: struck {struck} times; {done} of {CLIENTS * ROUNDS} rounds to the end")
        tally.line(f"faults/{point}", CLIENTS * ROUNDS, bad)


if __name__ == "__main__":
    robust.main(__doc__, run)
