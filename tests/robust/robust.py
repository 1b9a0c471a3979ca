# SPDX-License-Identifier: GPL-2.0-or-later
"""What the robustness tests share.

Each is `NAME.py HOST PORT SHARE USER PASSWORD [options]` and connects nowhere else.  Started
without arguments by tests/run it runs itself at the client's end of the guest's network.  It
prints `ok`/`not ok` lines and, last, `N passed, N failed`.
"""
import argparse
import contextlib
import os
import sys
import time
import traceback
import weakref

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "../lib"))
sys.path.insert(0, os.path.join(HERE, "../e2e"))

import smb2                 # noqa: E402  the path comes first
import smb2body as b        # noqa: E402


class Failed(Exception):
    """The text says what was wanted and what came."""


def want(what, got, *wanted):
    """A number, mostly a status, is one of WANTED."""
    if got not in wanted:
        raise Failed(f"{what}: {got:#x}, wanted {' or '.join(f'{w:#x}' for w in wanted)}")


def live(kind):
    """Objects of that kind that the module has now"""
    import e2elib as e      # pylint: disable=import-outside-toplevel
    made, ended = e.guest(f"cat /sys/fs/cifssrv/objects/{kind}").split()
    return int(made) - int(ended)


@contextlib.contextmanager
def delay(*points, percent=100):
    """The module sleeps for a while at POINTS of base/fault.h, so often.  Gives those that there
    are: none where the kernel injects no faults."""
    import e2elib as e      # pylint: disable=import-outside-toplevel
    there = set(points) & set(e.fault_points()) if os.environ.get("VM") else set()

    def knob(value):
        for point in there:
            e.guest(f"cd {e.FAULTS}/{point} && echo 0 > verbose && echo -1 > times && "
                    f"echo {value} > probability")
    knob(percent)
    try:
        yield there
    finally:
        knob(0)


class Target:
    """The server and what to log on with."""

    def __init__(self, host, port, share, user, password):
        self.host, self.port, self.share = host, port, share
        self.user, self.password = user, password
        self.made = weakref.WeakSet()       # connections

    def as_user(self, user, share=None):
        """The same server for a user with the same password, and for SHARE; hung up with this one"""
        other = Target(self.host, self.port, share or self.share, user, self.password)
        other.made = self.made
        return other

    def hang_up(self):
        """What a case that failed left open would be in the way of all that follow"""
        for conn in list(self.made):
            conn.close()

    def connect(self, dialects=smb2.ALL_DIALECTS, timeout=10, negotiate=True, **how):
        conn = smb2.Conn(self.host, self.port, timeout, guid=how.pop("guid", None))
        self.made.add(conn)
        if negotiate:
            conn.negotiate(dialects, **how)
        return conn

    def session(self, *args, **how):
        return self.connect(*args, **how).logon(self.user, self.password)

    def tree(self, *args, **how):
        return self.session(*args, **how).tree(self.share)

    def serves(self, timeout=30):
        """A fresh client is served from beginning to end; raises if it is not.  An answer that the
        server is full is waited out: what the test held may still be on its way out."""
        end = time.monotonic() + timeout
        while True:
            try:
                return self._serves()
            except (smb2.Closed, smb2.Timeout, OSError) as e:
                if time.monotonic() > end:
                    why = f"{type(e).__name__}: {e}"
                    raise Failed(f"a fresh connection is not served: {why}") from e
                time.sleep(0.5)

    def _serves(self):
        tree = self.tree()
        data = os.urandom(4000)
        name = f"robust-{os.getpid()}"
        with tree.create(name, disposition=b.OVERWRITE_IF) as f:
            f.write(data)
            if f.read(4000) != data:
                raise Failed("what was written does not come back")
        tree.delete(name)
        tree.disconnect().check()
        tree.sess.logoff().check()
        tree.conn.close()


def leave(*trees):
    """TREE_DISCONNECT is answered when all is closed: the next scene finds no open"""
    for tree in trees:
        try:
            if tree.conn.sock:
                tree.disconnect()
        except (smb2.Closed, OSError):
            pass
        tree.conn.close()


class Tally:
    """Cases are counted; groups of them get a line each."""

    def __init__(self):
        self.passed = self.failed = 0
        self.shown = 0

    def case(self, good, what="", group=None):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            if group is not None:
                group.append(what)
            if self.shown < 40:
                self.shown += 1
                print("#", what, flush=True)
        return good

    def line(self, name, cases, bad):
        if bad:
            print(f"not ok {name} # {len(bad)} of {cases} cases; the first: {bad[0]}", flush=True)
        else:
            print(f"ok {name} # {cases} cases", flush=True)


def cases(found, target, tally, after=lambda: None):
    """Runs every case_*(target) of the globals FOUND, in alphabetical order, then end() of what it
    returns, if anything; after() follows each.  ONLY in the environment: of the name or a part."""
    group = os.path.basename(found["__file__"])[:-3]
    only = os.environ.get("ONLY", "")
    every = {name[5:].replace("_", "-"): case for name, case in sorted(found.items())
             if name.startswith("case_")}
    chosen = [title for title in every if only in title]
    if not chosen:
        raise Failed(f"{group} has no case with {only} in its name")
    for title in chosen:
        bad = []
        try:
            scene = every[title](target)
            if scene:
                scene.end()
            tally.case(True)
        except Exception as e:          # pylint: disable=broad-exception-caught
            line = traceback.extract_tb(e.__traceback__)
            where = [f.lineno for f in line if f.filename == found["__file__"]]
            tally.case(False, f"{title}, line {where}: {type(e).__name__}: {e}", bad)
            target.hang_up()
        tally.line(f"{group}/{title}", 1, bad)
        after()


def main(doc, run, options=(), config=None):
    """Runs run(target, args, tally).  options: (name, default, help); config: lines for [global] of
    the guest's smb.conf while it runs."""
    if len(sys.argv) == 1 and os.environ.get("VM"):
        sys.exit(in_guest(config))
    ap = argparse.ArgumentParser(description=doc,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("host", "port", "share", "user", "password"):
        ap.add_argument(name, type=int if name == "port" else str)
    for name, default, text in options:
        ap.add_argument("--" + name, type=type(default), default=default,
                        help=f"{text} (default {default})")
    args = ap.parse_args()
    target = Target(args.host, args.port, args.share, args.user, args.password)
    tally = Tally()
    try:
        run(target, args, tally)
    except Exception as e:          # pylint: disable=broad-exception-caught
        for line in traceback.format_exc().splitlines()[-10:]:
            print("#", line)
        tally.case(False, f"{type(e).__name__}: {e}")
        print(f"not ok {os.path.basename(sys.argv[0])[:-3]} # {type(e).__name__}: {e}")
    print(f"{tally.passed} passed, {tally.failed} failed", flush=True)
    sys.exit(tally.failed > 0)


def in_guest(config):
    import e2elib           # pylint: disable=import-outside-toplevel
    with e2elib.config(global_=config) if config else contextlib.nullcontext():
        return 1 if e2elib.at_client(e2elib.HOST, "445", "test", e2elib.USER, e2elib.PASS) else 0
