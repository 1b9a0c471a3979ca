#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 300
"""Clients that always have requests under way, and others that want to be served meanwhile.

ECHO runs in the receiver, which must not stay with one connection for as long as it has something
to read: the receivers of all connections share a few CPUs (one, in the 6.1 guest).
"""
import struct
import threading
import time

import robust           # first: it knows where the others are
import smb2
import smb2body as b

BATCH = 256             # requests sent at once, of as many credits
SERVED = 5              # strangers that must be served while the flood lasts
PATIENCE = 60           # seconds for each of them: an end for the test, no measure of the server


class Flood(threading.Thread):
    """ECHO after ECHO on one connection, with two batches under way, until stopped."""

    def __init__(self, target):
        super().__init__(daemon=True)
        self.conn = target.session().conn
        self.stop = False
        self.answered = 0
        self.error = None
        while self.conn.credits < 2 * BATCH:
            self.conn.request(b.echo(), credits=2 * BATCH).check()

    def send(self):
        frames = b""
        for _ in range(BATCH):
            msg, _ = self.conn.message(b.echo(), credits=1)
            frames += struct.pack(">I", len(msg)) + msg
        self.conn.send_bytes(frames)

    def receive(self):
        for _ in range(BATCH):
            smb2.Reply(self.conn.recv_raw(PATIENCE)).check()
        self.answered += BATCH

    def run(self):
        try:
            self.send()
            while not self.stop:
                self.send()
                self.receive()
            self.receive()
        except (smb2.SmbError, smb2.Closed, smb2.Timeout, smb2.Broken, OSError) as e:
            self.error = f"{type(e).__name__}: {e}"


def run(target, args, tally):
    floods = [Flood(target) for _ in range(args.floods)]
    for f in floods:
        f.start()
    bad = []
    for i in range(SERVED):
        start = time.monotonic()
        try:
            target.serves(PATIENCE)
            tally.case(True)
        except robust.Failed as e:
            tally.case(False, f"client {i}, {time.monotonic() - start:.1f} s: {e}", bad)
            break
    tally.line("flood/strangers", SERVED, bad)
    for f in floods:
        f.stop = True
    bad = []
    for f in floods:
        f.join(2 * PATIENCE)
        error = f.error or (f.is_alive() and "hangs") or (not f.answered and "got no answer")
        tally.case(not error, f"a flooding client: {error}", bad)
    tally.line("flood/floods", len(floods), bad)
    print(f"# {sum(f.answered for f in floods)} ECHO")
    target.serves()


if __name__ == "__main__":
    robust.main(__doc__, run, [("floods", 3, "connections that send without end")])
