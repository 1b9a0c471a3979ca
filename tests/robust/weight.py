#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: fast
# timeout: 600
"""What a silent connection costs the kernel: its socket, its session and a tree, weighed after some
seconds of silence, when it has given back what only traffic needs.  Clients that sign and clients
that encrypt.  A debug kernel adds several times as much around every object (KASAN keeps freed
ones for long, kmemleak describes each): nothing is weighed there.
"""
import os
import resource
import subprocess
import sys
import time

import idle
import robust

LIMIT = 7       # KiB
CONFIG = idle.CONFIG


def has_debug():
    r = subprocess.run([os.environ["VM"], "sh", "-n", "test -e /proc/lockdep"], check=False,
                       stdin=subprocess.DEVNULL)
    return r.returncode == 0


def weigh(target, args, tally, seal):
    name = f"weight/{'sealed' if seal else 'signed'}"
    before = idle.kernel_memory()
    held = []
    for _ in range(args.count):
        tree = target.tree(timeout=60)
        if seal:
            tree.sess.sealing = True
        tree.conn.echo(tree.sess)
        held.append(tree)
    busy = idle.kernel_memory() - before
    time.sleep(args.hold)
    kib = (idle.kernel_memory() - before) / len(held) / 1024
    print(f"# {name}: {busy / len(held) / 1024:.2f} KiB after use, {kib:.2f} KiB in silence")
    bad = [f"{kib:.2f} KiB, more than {LIMIT}"] if kib > LIMIT else []
    tally.case(not bad, "; ".join(bad))
    tally.line(name, 1, bad)
    for tree in held:       # what was given back is made again
        tree.conn.echo(tree.sess)
        tree.conn.close()
        tally.case(True)
    time.sleep(2)


def run(target, args, tally):
    if not os.environ.get("VM"):
        raise robust.Failed("what the kernel holds can be seen in a guest only")
    resource.setrlimit(resource.RLIMIT_NOFILE,
                       (args.count + 100, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    for _ in range(50):     # what is made once, and what grows in steps
        target.tree().conn.close()
    for seal in (False, True):
        weigh(target, args, tally, seal)
    target.serves()
    tally.case(True)


if __name__ == "__main__":
    if os.environ.get("VM") and has_debug():
        print("a debug kernel weighs what it writes down about each object")
        sys.exit(77)
    robust.main(__doc__, run, [("count", 1000, "connections"), ("hold", 10, "seconds of silence")],
                CONFIG)
