#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 600
"""Clients that cache as their leases and oplocks allow, and a process of the server's machine, open, read,
write, lock, rename and delete the same few files.  What each of them sees must have an order that
explains it (tests/lib/history.py), and no right to cache may be held against what happens.

Who does what in which order, and what overlaps, comes from a seed.  When one fails, steps are
dropped while it still fails; what is left is printed with its history.

    tests/run robust/history                        as many schedules as there is time for
    tests/run robust/history:clients-17             that seed of that cast
    HISTORY_SEED=500 HISTORY_COUNT=100 HISTORY_SECS=600 tests/run robust/history
"""
import os
import time
import traceback

import robust           # first: it knows where the others are
import e2elib as e
import history
import smb2
from history_actors import Client, Process, Stage, Stuck
from smb2check import BadReply

FOLDER = "history"
AGENT_PORT = 4450
# The kinds of A, B, C; "process": one of the server's machine.  A process sees what is on the
# server, so the clients beside it cache nothing until their caches are coherent with it.
CACHES_BESIDE_PROCESSES = False
CASTS = {
    "clients": ("lease-2", "lease-1", "oplock"),
    "processes": ("lease-2", "oplock", "process") if CACHES_BESIDE_PROCESSES else
                 ("plain", "plain", "process"),
}
FAILURES = (history.Unexplained, Stuck, BadReply, smb2.SmbError, smb2.Timeout, smb2.Closed,
            smb2.Broken)
SHRINK_SECS, MOST_SHRINKS = 60, 120
ENOUGH = 3              # seeds that fail


def number(name, default):
    return int(os.environ.get(name) or default)


class Theatre:
    """A cast on its stage, again and again"""

    def __init__(self, target, cast):
        self.target, self.cast, self.stage = target, cast, None

    def build(self):
        self.stage = Stage()
        for name, kind in zip("ABC", CASTS[self.cast]):
            if kind == "process":
                self.stage.add(Process(self.stage, name, (self.target.host, AGENT_PORT)))
            else:
                self.stage.add(Client(self.stage, name, self.target.tree(), kind, FOLDER + "\\"))

    def leave(self):
        """All connections end, whatever is open"""
        if self.stage:
            for actor in self.stage.actors.values():
                actor.sock.close()
        self.target.hang_up()
        self.stage = None

    def steps(self, seed):
        cast = list(zip("ABC", CASTS[self.cast]))
        return history.schedule(seed, [n for n, kind in cast if kind != "process"],
                                [n for n, kind in cast if kind == "process"])

    def play(self, steps):
        """Plays STEPS; '' or what is wrong"""
        if not self.stage:
            self.build()
        stage = self.stage
        stage.reset()
        try:
            stage.play(steps)
            stage.look(history.NAMES)
            history.explain(stage.ops)
            stage.actors["A"].clean(history.NAMES)
            return ""
        except FAILURES as x:
            self.failed = stage.ops
            self.leave()
            self.clean()
            return f"{type(x).__name__}: {x}"

    def clean(self):
        """After a failure: what its actors had open ends with their connections"""
        end = time.monotonic() + 30
        while True:
            tree = self.target.tree()
            try:
                Client(Stage(), "Z", tree, "plain", FOLDER + "\\").clean(history.NAMES)
                return
            except smb2.SmbError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
            finally:
                tree.conn.close()

    def explain_failure(self, seed, steps, why):
        """Fewer steps, and all that is known of them"""
        until = time.monotonic() + SHRINK_SECS
        found = [(steps, why, self.failed)]

        def fails(some):
            for _ in range(2):          # what overlaps does not meet in the same way each time
                if time.monotonic() < until and (text := self.play(some)):
                    found.append((some, text, self.failed))
                    return True
            return False

        history.shrink(steps, fails, MOST_SHRINKS)
        steps, why, ops = found[-1]
        text = [f"{self.cast}, seed {seed}: {why}", f"{len(steps)} steps:"]
        text += [f"    {step}" for step in steps]
        text += [f"{len(found) - 1} times with fewer steps; the history of the latest:"]
        return "\n".join(text + [history.table(ops)])


def seeds(cast):
    """Those that are asked for, one after the other"""
    only = os.environ.get("ONLY", "")
    if only and not only.startswith(cast):
        return
    if only != cast and only:
        yield int(only[len(cast) + 1:])
        return
    first, count = number("HISTORY_SEED", 1), number("HISTORY_COUNT", 1 << 30)
    until = time.monotonic() + number("HISTORY_SECS", 45)
    for seed in range(first, first + count):
        if time.monotonic() > until:
            return
        yield seed


def run_cast(target, cast, tally):
    theatre, bad, count, begun, ops = Theatre(target, cast), [], 0, time.monotonic(), 0
    try:
        for seed in seeds(cast):
            count += 1
            steps = theatre.steps(seed)
            why = theatre.play(steps)
            if why:
                for line in theatre.explain_failure(seed, steps, why).splitlines():
                    print("#", line, flush=True)
                bad.append(f"seed {seed}: {why.splitlines()[0]}")
            else:
                ops += len(theatre.stage.ops)
            tally.case(not why)
            if len(bad) == ENOUGH:
                break
    except Exception as x:      # pylint: disable=broad-exception-caught
        for line in traceback.format_exc().splitlines()[-12:]:
            print("#", line)
        tally.case(False, f"{type(x).__name__}: {x}", bad)
    theatre.leave()
    if count:
        print(f"# {cast}: {count} schedules, {ops} operations, {time.monotonic() - begun:.0f} s")
        tally.line(f"history/{cast}", count, bad)


def start_agent():
    path = os.path.join(e.TOP, "tests/lib/history_agent.py")
    log = "/tmp/history-agent.log"
    e.guest(f"setsid python3 {path} {AGENT_PORT} {e.DATA}/{FOLDER} > {log} 2>&1 < /dev/null & "
            "echo $! > /tmp/history-agent.pid")
    e.until(lambda: "yes" in e.guest(f"ss -ltn | grep -q :{AGENT_PORT} && echo yes; cat {log}",
                                     rc=None), 60, "the agent in the guest")


def run(target, _args, tally):
    tree = target.tree()
    tree.mkdir(FOLDER).close()
    casts = [c for c in CASTS if "process" not in CASTS[c] or os.environ.get("VM")]
    if "processes" in casts:
        start_agent()
    try:
        for cast in casts:
            run_cast(target, cast, tally)
    finally:
        if "processes" in casts:
            e.guest("kill $(cat /tmp/history-agent.pid)", rc=None)
    target.serves()
    tree = target.tree()
    tree.create(FOLDER, access=0x10000, options=0x1001).close()
    tree.conn.close()


if __name__ == "__main__":
    robust.main(__doc__, run)
