#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 600
"""Clients that cache as their leases and oplocks allow, and a process of the server's machine,
open, read, write, lock, rename and delete the same few files.  What each of them sees must have an
order that explains it (tests/lib/history.py), and no right to cache may be held against what happens.

Who does what in which order, and what overlaps, comes from a seed.  When one fails, steps are
dropped while it still fails; what is left is printed with its history.

    tests/run robust/history                        as many schedules as there is time for
    tests/run robust/history:clients-17             that seed of that cast
    HISTORY_SEED=500 HISTORY_COUNT=100 HISTORY_SECS=600 tests/run robust/history
"""
import contextlib
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
# The kinds of A, B and C.  "process": one of the server's machine, which sees what is on the
# server: the clients beside it cache nothing, unless the server ends what they cache for it.
# (An NFS client is a process with an agent in the directory that it has mounted: agent().)
CACHES_BESIDE_PROCESSES = False
CASTS = {
    "clients": ("lease-2", "lease-1", "oplock"),
    "delayed": ("lease-2", "lease-1", "oplock"),
    "processes": ("lease-2", "oplock", "process") if CACHES_BESIDE_PROCESSES else
                 ("plain", "plain", "process"),
}
# The "delayed" ones: where the module sleeps now and then, base/fault.h
DELAYS = ("create_made", "create_join", "req_complete", "req_park", "req_resume", "req_notified",
          "notify_break", "brl_locked", "brl_retry", "worker_give", "open_put", "lease_put",
          "stream_put", "file_put", "vfs_unlocked")
DELAY_PERCENT = 10
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
            if left := stage.actors["A"].clean(history.NAMES):
                raise Stuck(f"when all has been closed, these cannot be removed: {left}")
            return ""
        except FAILURES as x:
            self.failed = stage.ops
            self.leave()
            self.clean()
            return f"{type(x).__name__}: {x}"

    def clean(self):
        """After a failure: what its actors had open ends with their connections, sooner or later"""
        end = time.monotonic() + 60
        tree = self.target.tree()
        client = Client(Stage(), "Z", tree, "plain", FOLDER + "\\")
        while left := client.clean(history.NAMES):
            if time.monotonic() > end:
                raise Stuck(f"a minute after the end of their connections, these are open: {left}")
            time.sleep(0.1)
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


def seeds():
    """Those that are asked for, one after the other"""
    only = os.environ.get("ONLY", "").partition("-")[2]
    if only:
        yield int(only)
        return
    first, count = number("HISTORY_SEED", 1), number("HISTORY_COUNT", 1 << 30)
    until = time.monotonic() + number("HISTORY_SECS", 15)
    for seed in range(first, first + count):
        if time.monotonic() > until:
            return
        yield seed


def counts(ops):
    return (len(ops), sum(1 for op in ops if op.got.get("cached")),
            sum(1 for op in ops if op.kind == "reopen"), sum(1 for op in ops if op.args.get("kept")))


def run_cast(target, cast, tally):
    theatre, bad, count, begun = Theatre(target, cast), [], 0, time.monotonic()
    done = dict.fromkeys(("operations", "cached reads", "cached opens", "writes kept back"), 0)
    try:
        for seed in seeds():
            count += 1
            steps = theatre.steps(seed)
            why = theatre.play(steps)
            if why:
                for line in theatre.explain_failure(seed, steps, why).splitlines():
                    print("#", line, flush=True)
                bad.append(f"seed {seed}: {why.splitlines()[0]}")
            else:
                for what, n in zip(done, counts(theatre.stage.ops)):
                    done[what] += n
            tally.case(not why)
            if len(bad) == ENOUGH:
                break
    except Exception as x:      # pylint: disable=broad-exception-caught
        for line in traceback.format_exc().splitlines()[-12:]:
            print("#", line)
        tally.case(False, f"{type(x).__name__}: {x}", bad)
    theatre.leave()
    if count:
        print(f"# {cast}: {count} schedules in {time.monotonic() - begun:.0f} s, of those that pass",
              ", ".join(f"{n} {what}" for what, n in done.items()))
        tally.line(f"history/{cast}", count, bad)


@contextlib.contextmanager
def agent(port, folder):
    """What does for a Process what it is asked for, in FOLDER of the guest"""
    path, at = os.path.join(e.TOP, "tests/lib/history_agent.py"), f"/tmp/history-agent-{port}"
    e.guest(f"setsid python3 {path} {port} {folder} > {at}.log 2>&1 < /dev/null & "
            f"echo $! > {at}.pid")
    try:
        e.until(lambda: listens(port), 60, "the agent in the guest listens")
        yield
    finally:
        e.guest(f"cat {at}.log; kill $(cat {at}.pid)", rc=None)


def listens(port):
    return "yes" in e.guest(f"grep -q ':{port:04X} 0*:0000 0A' /proc/net/tcp && echo yes", rc=None)


def performance(target, cast, tally):
    with contextlib.ExitStack() as stack:
        if cast == "delayed":
            stack.enter_context(robust.delay(*DELAYS, percent=DELAY_PERCENT))
        if "process" in CASTS[cast]:
            if not os.environ.get("VM"):
                print(f"skip history/{cast} # needs the guest")
                return
            stack.enter_context(agent(AGENT_PORT, f"{e.DATA}/{FOLDER}"))
        run_cast(target, cast, tally)


def run(target, _args, tally):
    tree = target.tree()
    tree.mkdir(FOLDER).close()
    only = os.environ.get("ONLY", "").partition("-")[0]
    casts = [cast for cast in CASTS if only in ("", cast)]
    if not casts:
        raise robust.Failed(f"there is no cast {only}")
    for cast in casts:
        performance(target, cast, tally)
    target.serves()
    tree = target.tree()
    tree.create(FOLDER, access=0x10000, options=0x1001).close()
    tree.conn.close()


if __name__ == "__main__":
    robust.main(__doc__, run)
