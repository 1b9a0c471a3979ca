#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: fast
# timeout: 300
"""A process on the server's machine holds a lease of a file (fcntl(2), F_SETLEASE) that clients
open: each of them is told that it has to wait, may cancel, and goes on when the lease is gone; no
worker waits with it, so everybody else is served meanwhile.
"""
import contextlib
import os
import time

import robust           # first: it knows where the others are
import e2elib as e
import smb2
import smb2body as b
from robust import want

CANCELLED = 0xc0000120
NAME = "leased"
MANY = 300              # more than the server has workers for what takes long
CONNS = 4

HOLDER = """
import fcntl, os, signal, sys, time
signal.signal(signal.SIGIO, signal.SIG_IGN)
fd = os.open(sys.argv[1], os.O_RDWR)
fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
open(sys.argv[2] + ".held", "w").close()
while not os.path.exists(sys.argv[2] + ".go"):
    time.sleep(0.02)
fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
open(sys.argv[2] + ".gone", "w").close()
"""


class Lease:
    def __init__(self, path):
        self.at = f"/tmp/lease-{os.getpid()}"
        e.guest(f"rm -f {self.at}.*; cat > {self.at}.py", stdin=HOLDER)
        e.guest(f"setsid python3 {self.at}.py {path} {self.at} > {self.at}.log 2>&1 < /dev/null &")
        e.until(lambda: self.has("held"), 20, "a lease")

    def has(self, what):
        return "yes" in e.guest(f"test -e {self.at}.{what} && echo yes; cat {self.at}.log", rc=None)

    def give_up(self):
        e.guest(f"touch {self.at}.go")
        e.until(lambda: self.has("gone"), 20, "the end of the lease")


@contextlib.contextmanager
def leased(target):
    tree = target.tree()
    with tree.create(NAME, disposition=b.OVERWRITE_IF) as f:
        f.write(b"content")
    lease = Lease(f"{e.DATA}/{NAME}")
    e.guest("echo 200 > /proc/sys/fs/lease-break-time")    # the test's patience, not the kernel's
    try:
        yield lease
    finally:
        e.guest("echo 45 > /proc/sys/fs/lease-break-time")
        lease.give_up()
        e.until(lambda: not tree.request(b.create(
            NAME, access=b.DELETE, disposition=b.OPEN, options=b.OPT_DELETE_ON_CLOSE)).status, 30,
            "the file to be deletable")
        tree.conn.close()


def ask(tree, **how):
    mid = tree.conn.send(b.create(NAME, disposition=b.OPEN, **how), tree.sess, tree)
    want("told to wait", tree.conn.wait(mid, 20, interim=True).status, b.PENDING)
    return mid


def case_waits_and_goes_on(target):
    with leased(target) as lease:
        tree = target.tree()
        mid = ask(tree)
        with target.tree().create(NAME, access=0x80, disposition=b.OPEN) as f:
            want("attributes need no data", f.size, 7)
        lease.give_up()
        f = smb2.File(tree, tree.conn.wait(mid, 30).check(), NAME)
        if f.read(20) != b"content":
            raise robust.Failed("other content")
        f.close()


def case_cancel(target):
    with leased(target):
        tree = target.tree()
        for _ in range(5):
            mid = ask(tree)
            tree.conn.cancel(mid, tree.sess)
            want("cancelled", tree.conn.wait(mid, 20).status, CANCELLED)


def case_hang_up(target):
    with leased(target):
        for _ in range(5):
            tree = target.tree()
            ask(tree)
            tree.conn.close()
        target.serves()


def case_others_are_served(target):
    with leased(target) as lease:
        trees = [target.tree(timeout=60) for _ in range(CONNS)]
        waiting = []
        for tree in trees:
            while tree.conn.credits < MANY // CONNS + 8:
                tree.conn.request(b.echo(), tree.sess, credits=128)
            for _ in range(MANY // CONNS):
                waiting.append((tree, tree.conn.send(b.create(NAME, disposition=b.OPEN), tree.sess,
                                                     tree)))
        target.serves()
        for tree, mid in waiting:
            want("told to wait", tree.conn.wait(mid, 30, interim=True).status, b.PENDING)
        target.serves()
        lease.give_up()
        for tree, mid in waiting:
            want("opened", tree.conn.wait(mid, 60).status, 0)
        for tree in trees:
            tree.disconnect()
            tree.conn.close()


def case_overwrite_waits_too(target):
    with leased(target) as lease:
        tree = target.tree()
        mid = tree.conn.send(b.create(NAME, disposition=b.OVERWRITE_IF), tree.sess, tree)
        want("told to wait", tree.conn.wait(mid, 20, interim=True).status, b.PENDING)
        time.sleep(0.2)
        want("size while it waits", int(e.guest(f"stat -c %s {e.DATA}/{NAME}")), 7)
        lease.give_up()
        smb2.File(tree, tree.conn.wait(mid, 30).check(), NAME).close()


def run(target, _args, tally):
    if not os.environ.get("VM"):
        print("skip local-leases # needs the guest")
        return
    robust.cases(globals(), target, tally)


if __name__ == "__main__":
    robust.main(__doc__, run)
