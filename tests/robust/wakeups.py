#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 300
"""Nobody says it twice: what a client waits for is done without another byte of anybody's.  A
receiver that stood for want of room reads on when there is some; what accept() had no memory for is
accepted later; and of a connection that was reset before the server came to it nothing is run.
"""
import contextlib
import os
import socket
import struct
import time

import robust           # first: it knows where the others are
import e2elib as e
import smb2
import smb2body as b

CONFIG = "max inflight = 1M\nsmb2 max read = 512K\nsmb2 max write = 512K\nsmb2 max trans = 512K\n"
OBJECTS = "/sys/fs/cifssrv/objects"
ROUNDS, READS, LENGTH = 20, 24, 1 << 17     # three times what a connection may have in flight
PATIENCE = 30           # seconds: an end for the test, no measure of the server


@contextlib.contextmanager
def struck(point, times=-1):
    knobs = f"{e.FAULTS}/{point}"
    e.guest(f"cd {knobs} && echo 0 > verbose && echo {times} > times && echo 100 > probability")
    try:
        yield lambda: int(e.guest(f"cat {knobs}/times"))
    finally:
        e.guest(f"echo 0 > {knobs}/probability")


def case_room_wakes_the_receiver(target):
    """READs take all the room, so that the last of them stands: the last bytes that the client
    sends.  Replies are taken while the receiver, which has found no room, is about to sleep."""
    tree = target.tree([0x0311], timeout=PATIENCE)
    conn, sess = tree.conn, tree.sess
    f = tree.create("wakeups", disposition=b.OVERWRITE_IF, options=b.OPT_DELETE_ON_CLOSE)
    f.write(bytes(65536), 0)
    f.write(bytes(65536), 65536)
    while conn.credits < 2 * READS + 8:
        conn.request(b.echo(), sess, credits=128)
    with struck("rx_release"):
        for i in range(ROUNDS):
            mids = [conn.send(b.read(f.fid, LENGTH, 0), sess, tree, charge=2) for _ in range(READS)]
            for n, mid in enumerate(mids):
                try:
                    conn.wait(mid, PATIENCE).check()
                except smb2.Timeout as x:
                    raise robust.Failed(f"round {i}: READ {n} of {READS} stands for good") from x
    f.close()
    conn.close()


def case_accept_again(target):
    """The callback comes for the next connection only, and there is none"""
    with struck("listener_accept", 1) as left:
        conn = target.connect(timeout=PATIENCE, negotiate=False)
        conn.negotiate()
        if left():
            raise robust.Failed("the fault did not strike")
        conn.close()


def created(what):
    """How many of those objects there have been: "created destroyed" """
    return int(e.guest(f"cat {OBJECTS}/{what}").split()[0])


def case_reset_before_accept(target):
    """It has no address by which it could be refused or counted"""
    settle()
    before = created("connections")
    with struck("listener_accept"):
        for _ in range(8):
            conn = target.connect(negotiate=False)
            conn.send_bytes(struct.pack(">I", 100) + b.header(b.NEGOTIATE) + bytes(36))
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            conn.close()
        time.sleep(0.5)
    target.connect(timeout=PATIENCE).close()        # in the queue behind them
    made = created("connections") - before
    if made != 1:
        raise robust.Failed(f"{made - 1} of 8 connections without an address were taken")


def settle():
    """Connections of earlier cases have come and gone"""
    e.until(lambda: len(set(e.guest(f"cat {OBJECTS}/connections").split()[:2])) == 1, PATIENCE,
            "no connection")


def run(target, _args, tally):
    points = e.fault_points() if os.environ.get("VM") else []
    if not points:
        print("skip wakeups # no fault injection in this kernel", flush=True)
        return
    robust.cases(globals(), target, tally)
    target.serves()


if __name__ == "__main__":
    robust.main(__doc__, run, config=CONFIG)
