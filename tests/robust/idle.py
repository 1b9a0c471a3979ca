#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 1500
"""Idle connections, logged on and with a tree, are held by the thousand: the server must take them
all, go on answering a busy client while they are there, still know every one of them afterwards,
and be rid of them when they go.  A server with a limit per address must be told to take so many.
"""
import os
import resource
import subprocess
import time

import robust
import smb2
import smb2body as b

CONFIG = "server max connections per ip = 0\nserver max connections = 8192\n"


def latency(tree, rounds=200):
    """(median, largest) of an open-read-close, in milliseconds"""
    times = []
    for _ in range(rounds):
        start = time.monotonic()
        with tree.create("idle.tmp", disposition=b.OPEN) as f:
            f.read(100)
        times.append((time.monotonic() - start) * 1000)
    times.sort()
    return times[len(times) // 2], times[-1]


def kernel_memory():
    """Bytes of slab, stacks and vmalloc in the guest's kernel, page cache aside; None without VM."""
    if not os.environ.get("VM"):
        return None
    r = subprocess.run([os.environ["VM"], "sh", "-n", "cat /proc/meminfo"], check=True,
                       stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
    kib = {k: int(v.split()[0]) for k, v in (s.split(":") for s in r.stdout.splitlines())}
    return 1024 * sum(kib[k] for k in ("Slab", "KernelStack", "VmallocUsed"))


def run(target, args, tally):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    want = args.count + 100
    if hard not in (resource.RLIM_INFINITY,) and hard < want:
        raise robust.Failed(f"{args.count} connections need {want} descriptors, allowed: {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (want, hard))
    busy = target.tree()
    with busy.create("idle.tmp", disposition=b.OVERWRITE_IF) as f:
        f.write(b"x" * 100)
    alone = latency(busy)
    held, bad = [], []
    before = kernel_memory()
    start = time.monotonic()
    for i in range(args.count):
        try:
            held.append(target.tree(timeout=30))
        except (smb2.SmbError, smb2.Closed, smb2.Timeout, OSError) as e:
            tally.case(False, f"connection {i}: {type(e).__name__}: {e}", bad)
            if len(bad) >= 10:
                break
        else:
            tally.case(True)
    took = time.monotonic() - start
    tally.line("idle/accepted", args.count, bad)
    print(f"# {len(held)} connections in {took:.1f} s")
    time.sleep(args.hold)
    if before is not None and held:
        print(f"# kernel memory: {(kernel_memory() - before) / len(held) / 1024:.1f} KiB per idle "
              "connection, its socket, session and tree included")
    crowd = latency(busy)
    print(f"# open-read-close: alone {alone[0]:.2f} ms (largest {alone[1]:.1f}), "
          f"beside {len(held)} idle ones {crowd[0]:.2f} ms (largest {crowd[1]:.1f})")
    target.serves()
    tally.case(True)
    slow = [] if crowd[0] < 5 * alone[0] + 5 else [f"median {alone[0]:.2f} -> {crowd[0]:.2f} ms"]
    tally.case(not slow, "; ".join(slow))
    tally.line("idle/answers-beside-them", 2, slow)
    bad = []
    for i, tree in enumerate(held):
        try:
            tree.conn.echo(tree.sess)
            tally.case(True)
        except (smb2.SmbError, smb2.Closed, smb2.Timeout, smb2.Broken) as e:
            tally.case(False, f"connection {i} afterwards: {type(e).__name__}: {e}", bad)
    tally.line("idle/still-known", len(held), bad)
    for tree in held:
        tree.conn.close()
    target.serves()
    tally.case(True)
    busy.delete("idle.tmp")
    tally.line("idle/serves-afterwards", 1, [])


if __name__ == "__main__":
    robust.main(__doc__, run, [("count", 2000, "connections"), ("hold", 3, "seconds of silence")],
                CONFIG)
