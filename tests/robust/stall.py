#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 300
"""A client that stops in the middle of a message, at every place where the receiver looks: it is
waited for without work.  A receiver that asks again and again uses a whole CPU for each of them,
which cannot be taken for the few ticks of an idle guest on however slow a machine.
"""
import os
import struct
import subprocess
import time

import robust           # first: it knows where the others are
import smb2body as b

SILENCE = 3             # seconds
BUSY = 0.5              # of that: more than that is no waiting


def cpu_seconds():
    """What the guest's CPUs have done so far; without waiting for disks, which is idling."""
    r = subprocess.run([os.environ["VM"], "sh", "-n", "getconf CLK_TCK; head -1 /proc/stat"],
                       stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    hz, stat = r.stdout.splitlines()[:2]
    user, nice, system, _idle, _iowait, irq, softirq = [int(n) for n in stat.split()[1:8]]
    return (user + nice + system + irq + softirq) / int(hz)


def pieces(target):
    """Of each: what is sent, at which byte it stops."""
    body = b.header(b.NEGOTIATE) + bytes(60)
    whole = struct.pack(">I", len(body)) + body
    for at in (1, 2, 3, 4, 5, 67, 68, 115, 116, 117, len(whole) - 1):
        yield target.connect(negotiate=False), whole[:at]
    for length in (600, 40000):     # a linear one, and one that goes into pages
        write = struct.pack("<HHIQ16sIIHHI", 49, 112, length - 112, 0, bytes(16), 0, 0, 0, 0, 0)
        big = struct.pack(">I", length) + b.header(b.WRITE) + write + bytes(length - 112)
        for at in (200, length):
            tree = target.tree()
            yield tree.conn, big[:at]


def run(target, _args, tally):
    if not os.environ.get("VM"):
        raise robust.Failed("what the kernel does can be seen in a guest only")
    for conn, data in pieces(target):
        conn.send_bytes(data)
        time.sleep(0.2)
        before = cpu_seconds()
        time.sleep(SILENCE)
        used = cpu_seconds() - before
        good = used < BUSY * SILENCE
        tally.case(good, f"{used:.1f} s of work in {SILENCE} s of silence after {len(data)} bytes")
        tally.line(f"stall/{len(data)}", 1, [] if good else [f"{used:.1f} s of work"])
        conn.close()
    target.serves()
    tally.case(True)


if __name__ == "__main__":
    robust.main(__doc__, run)
