#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 1200
"""What clients cache of a file, and processes of the server's machine (smb.conf "kernel oplocks").

A process that opens, changes, renames or deletes a file waits until clients have given up what they
cache of it, and finds what they have written; clients are given nothing to cache that such a process
would not be seen to change.  Each operation against each caching state; what is open already;
holders that go, or do not answer; file systems with and without leases of the kernel; and then
clients and processes in random order.
"""
import contextlib
import os
import threading
import time

import robust           # first: it knows where the others are
import e2elib as e
import smb2
import smb2body as b
from leases import (R, W, RH, RW, RWH, UNSUCCESSFUL, Note, ack, broken, clients, silent, take, waits,
                    want)
from oplock_breaks import DEVICE_STATE
from robust import Failed, delay, leave

NAME = "coherence.tmp"
PROMPT = 10         # seconds in which a process goes on that waits for no client
READS = 0x81        # FILE_READ_DATA, FILE_READ_ATTRIBUTES
END_OF_FILE = 20    # FileEndOfFileInformation
LATE = 60           # ... that waits for one that does not answer
NONE = 0

# What a process does to the file `p`; its last value is what it says.
LOCAL = {
    "read": "open(p, 'rb').read()",
    "write": "os.write(os.open(p, os.O_WRONLY), b'local')",
    "append": "os.write(os.open(p, os.O_WRONLY | os.O_APPEND), b'local')",
    "overwrite": "os.write(os.open(p, os.O_WRONLY | os.O_TRUNC), b'local')",
    "truncate": "os.truncate(p, 3)",
    "unlink": "os.unlink(p)",
    "rename": "os.rename(p, p + '.2')",
    "replace": "os.rename(p + '.1', p)",
    "chmod": "os.chmod(p, 0o640)",
    "chown": "os.chown(p, 0, -1)",
    "utime": "os.utime(p, (7, 7))",
    "link": "os.link(p, p + '.2')",
    "xattr": "os.setxattr(p, 'user.x', b'1')",
    "execute": "os.execv(p, [p])",
}
TABLE = (R, RH, RW, RWH, "ii", "exclusive", "batch")
LEVELS = {"ii": b.OPLOCK_II, "exclusive": b.OPLOCK_EXCLUSIVE, "batch": b.OPLOCK_BATCH}

# Says `begun` when it is about to do it, and `done` with what came of it.
PROCESS = """
import os, sys, time
at, p = sys.argv[1:3]
def say(what, text=""):
    with open(at + ".new", "w") as f:
        f.write(text)
    os.rename(at + ".new", at + "." + what)
say("begun")
try:
    said = repr({code})
except OSError as error:
    said = "errno %d" % error.errno
say("done", said)
"""
# Has the file open in a way until it is told to go.
KEEPER = """
import ctypes, os, sys, time
at, p = sys.argv[1:3]
fd = os.open(p, {flags})
if {prot}:
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int,
                          ctypes.c_int, ctypes.c_long]
    libc.mmap(None, 4096, {prot}, 1, fd, 0)
    os.close(fd)
open(at + ".begun", "w").close()
while not os.path.exists(at + ".go"):
    time.sleep(0.02)
"""
PROT_READ, PROT_WRITE = 1, 2
_count = 0


class Process:
    """A process of the guest's that has begun"""

    def __init__(self, script, path):
        global _count
        _count += 1
        self.at = f"/tmp/coherence-{os.getpid()}-{_count}"
        e.guest(f"cat > {self.at}.py; setsid python3 {self.at}.py {self.at} {path} "
                f"> {self.at}.log 2>&1 < /dev/null & echo $! > {self.at}.pid", stdin=script)
        e.until(lambda: self.has("begun"), 30, "a local process")

    def has(self, what):
        return "yes" in e.guest(f"test -e {self.at}.{what} && echo yes; cat {self.at}.log", rc=None)

    def runs(self):
        return "yes" in e.guest(f"kill -0 $(cat {self.at}.pid) 2>/dev/null && echo yes", rc=None)

    def clean(self):
        e.guest(f"rm -f {self.at}.*")


class Local(Process):
    """... of LOCAL, which may have to wait"""

    def __init__(self, op, path):
        super().__init__(PROCESS.replace("{code}", LOCAL[op]), path)
        self.op = op

    def waits(self):
        """It can be checked as long as a client has not answered: then it must not be done"""
        if self.has("done"):
            raise Failed(f"{self.op} did not wait: " + e.guest(f"cat {self.at}.done"))

    def done(self, seconds=PROMPT):
        e.until(lambda: self.has("done"), seconds, f"the end of a local {self.op}")
        said = e.guest(f"cat {self.at}.done")
        self.clean()
        if "errno" in said:
            raise Failed(f"local {self.op}: {said}")
        return said

    def exits(self):
        """Of a script that is executed: it says nothing more"""
        e.until(lambda: not self.runs(), PROMPT, f"the end of a local {self.op}")
        self.clean()


@contextlib.contextmanager
def kept(path, flags, prot=0):
    """A local process has the file open; PROT: no more than a shared mapping of it"""
    keeper = Process(KEEPER.replace("{flags}", flags).replace("{prot}", str(prot)), path)
    try:
        yield keeper
    finally:
        e.guest(f"touch {keeper.at}.go")
        e.until(lambda: not keeper.runs(), 20, "the end of a local process")
        keeper.clean()


class Scene:
    """A file on a share, which a client caches in a way; and the path of the file"""

    def __init__(self, target, state=None, where=e.DATA, name=NAME):
        self.holder, = clients(target, 1)
        self.state, self.name, self.path = state, name, f"{where}/{name}"
        self.restore()
        self.held = self.hold(state) if state is not None else None

    def restore(self):
        """The file as it was, with no process or client that has it open"""
        e.guest(f"cd {os.path.dirname(self.path)} && rm -f {self.name} {self.name}.? && "
                f"printf '#!/bin/true\\n' > {self.name} && printf other > {self.name}.1 && "
                f"chmod 777 {self.name} {self.name}.1 && chown {e.USER} {self.name} {self.name}.1")

    def ask(self, state, tree=None):
        """(the open, what it was granted)"""
        tree = tree or self.holder
        if state in LEVELS:
            f = tree.create(self.name, disposition=b.OPEN, oplock=LEVELS[state])
            return f, f.oplock
        f, lease = take(tree, 1, state, name=self.name, disposition=b.OPEN)
        return f, lease.state

    def hold(self, state):
        f, got = self.ask(state)
        want(f"granted {state}", got, LEVELS.get(state, state))
        return f

    def told(self, op):
        """The holder is notified, and does not answer yet: what it has to answer with, or None"""
        old, new, answer = effect(self.state, op)
        if old == new:
            silent(self.holder)
        elif self.state in LEVELS:
            note = self.holder.conn.wait_break(PROMPT)
            want("the break's FileId is the holder's", note.body[8:24] == self.held.fid, True)
            want("broken to", note.body[2], new)
        else:
            broken(self.holder, 1, old, new, ack=answer)
        return new if answer else None

    def answer(self, new):
        if self.state in LEVELS:
            want("ack", self.holder.request(b.oplock_break(self.held.fid, new)).status, 0)
        else:
            want("ack", ack(self.holder, 1, new), 0)

    def end(self):
        leave(self.holder)
        e.guest(f"rm -f {self.path} {self.path}.?")


def effect(state, op):
    """(what is held, what is left after OP, is it to be acknowledged)"""
    reads = op in ("read", "execute")
    if state in LEVELS:
        level = LEVELS[state]
        if level == b.OPLOCK_II:
            return level, level if reads else b.OPLOCK_NONE, False
        return level, b.OPLOCK_II if reads else b.OPLOCK_NONE, True
    if reads:
        return state, state & ~W, bool(state & W)
    return state, NONE, state != R


# --- every operation against every state ----------------------------------------------------------

def breaks(target, op):
    for state in TABLE:
        s = Scene(target, state)
        local = Local(op, s.path)
        new = s.told(op)
        if new is not None:
            local.waits()
            s.answer(new)
        if op == "execute":
            local.exits()
        else:
            local.done()
        silent(s.holder, 0.1)
        s.end()


def case_read(target):
    breaks(target, "read")


def case_execute(target):
    """A client that has a file open for writing does not let it be executed: not tried"""
    s = Scene(target)
    f, lease = take(s.holder, 1, RWH, name=NAME, disposition=b.OPEN, access=READS)
    want("granted", lease.state, RWH)
    s.state = RWH
    local = Local("execute", s.path)
    s.answer(s.told("execute"))
    local.exits()
    f.close()
    return s


def case_writes(target):
    for op in "write", "append", "overwrite", "truncate":
        breaks(target, op)


def case_names(target):
    for op in "unlink", "rename", "replace", "link":
        breaks(target, op)


def case_attributes(target):
    for op in "chmod", "chown", "utime", "xattr":
        breaks(target, op)


# --- what is read is what was written -------------------------------------------------------------

def case_data_is_current(target):
    """What the client has not written yet is there when the process goes on; and the other way round"""
    s = Scene(target, RWH)
    local = Local("read", s.path)
    new = s.told("read")
    s.held.write(b"what was cached")
    local.waits()
    s.answer(new)
    want("the process reads", local.done(), repr(b"what was cached"))
    local = Local("write", s.path)
    s.state = RH
    s.answer(s.told("write"))
    local.done()
    want("the client reads", s.held.read(100), b"localwas cached")
    s.held.close()
    s.held = s.hold(RWH)
    s.state = RWH
    local = Local("append", s.path)
    new = s.told("append")
    s.held.write(b", and more", 15)
    s.held.set((20).to_bytes(8, "little"), END_OF_FILE)
    s.answer(new)
    local.done()
    want("the client reads on", s.held.read(100), b"localwas cached, andlocal")
    return s


def case_close_answers(target):
    """A holder that closes, leaves or hangs up has given up what it had"""
    for go in (lambda s: s.held.close(), lambda s: s.holder.disconnect().check(),
               lambda s: s.holder.sess.logoff().check(), lambda s: s.holder.conn.close()):
        for state in RWH, "batch":
            s = Scene(target, state)
            local = Local("write", s.path)
            s.told("write")
            local.waits()
            go(s)
            local.done()
            s.end()


def case_reader_then_writer(target):
    """A writer comes while W is being given up for a reader: the client is asked for the rest"""
    s = Scene(target, RWH)
    reader = Local("read", s.path)
    broken(s.holder, 1, RWH, RH)
    writer = Local("write", s.path)
    reader.waits()
    writer.waits()
    want("ack", ack(s.holder, 1, RH), 0)
    # H before R: the rest is two steps
    note = Note(s.holder.conn.wait_break(PROMPT))
    while note.flags & 1:
        want("ack", ack(s.holder, 1, note.new), 0)
        if not note.new:
            break
        note = Note(s.holder.conn.wait_break(PROMPT))
    want("nothing is left", note.new, 0)
    reader.done()
    writer.done()
    return s


# --- what is granted ------------------------------------------------------------------------------

def granted(s, wanted):
    """Each state is asked for in turn"""
    for state, most in wanted.items():
        f, got = s.ask(state)
        want(f"granted of {state}", got, most)
        f.close()


NOTHING = {state: 0 for state in TABLE}
NO_WRITING = {R: R, RH: RH, RW: R, RWH: RH, "ii": b.OPLOCK_II, "exclusive": b.OPLOCK_II,
              "batch": b.OPLOCK_II}
ALL = {state: LEVELS.get(state, state) for state in TABLE}


def case_beside_writers(target):
    """Nothing beside a local writer, and all when it has gone"""
    s = Scene(target)
    for flags, prot in (("os.O_RDWR", 0), ("os.O_WRONLY | os.O_APPEND", 0),
                        ("os.O_RDWR", PROT_READ | PROT_WRITE)):
        with kept(s.path, flags, prot):
            granted(s, NOTHING)
        granted(s, ALL)
    return s


def case_beside_readers(target):
    """No W beside a local reader"""
    s = Scene(target)
    for prot in 0, PROT_READ:
        with kept(s.path, "os.O_RDONLY", prot):
            granted(s, NO_WRITING)
        granted(s, ALL)
    return s


def case_upgrades(target):
    """A lease gets W when the reader has gone, and nothing new beside a writer"""
    s = Scene(target)
    with kept(s.path, "os.O_RDONLY"):
        f, lease = take(s.holder, 1, RWH, name=NAME, disposition=b.OPEN)
        want("beside a reader", lease.state, RH)
    g, lease = take(s.holder, 1, RWH, name=NAME, disposition=b.OPEN)
    want("alone", lease.state, RWH)
    local = Local("write", s.path)
    broken(s.holder, 1, RWH, NONE)
    want("ack", ack(s.holder, 1, NONE), 0)
    local.done()
    with kept(s.path, "os.O_RDWR"):
        h, lease = take(s.holder, 1, RWH, name=NAME, disposition=b.OPEN)
        want("beside a writer", lease.state, NONE)
    i, lease = take(s.holder, 1, RWH, name=NAME, disposition=b.OPEN)
    want("alone again", lease.state, RWH)
    for o in f, g, h, i:
        o.close()
    return s


def case_looks_at_attributes(target):
    """An open that can read nothing has its lease as well"""
    s = Scene(target)
    f, lease = take(s.holder, 1, RH, name=NAME, disposition=b.OPEN, access=0x80)
    want("granted", lease.state, RH)
    s.state = RH
    local = Local("unlink", s.path)
    s.answer(s.told("unlink"))
    local.done()
    f.close()
    return s


# --- clients among themselves ---------------------------------------------------------------------

def case_clients_break_once(target):
    """Of what clients do to each other the kernel's leases know nothing"""
    s = Scene(target, RWH)
    other, = clients(target, 1)
    mid = waits(other, b.create(NAME, disposition=b.OPEN))
    broken(s.holder, 1, RWH, RH)
    want("ack", ack(s.holder, 1, RH), 0)
    g = smb2.File(other, other.conn.wait(mid, PROMPT).check(), NAME)
    silent(s.holder)
    g.write(b"x")
    broken(s.holder, 1, RH, NONE)
    want("ack", ack(s.holder, 1, NONE), 0)
    g.close()
    s.held.close()
    # each its own: data, size, attributes, name, and the delete
    s.held = s.hold(RWH)
    s.held.write(b"mine")
    s.held.set((9).to_bytes(8, "little"), END_OF_FILE)
    s.held.rename(NAME + ".2")
    s.held.rename(NAME)
    silent(s.holder)
    s.held.close()
    leave(other)
    return s


def case_closed_meanwhile(target):
    """What a client that has closed leaves behind for a moment is nobody else's"""
    s, (other,) = Scene(target), clients(target, 1)
    with delay("file_put", "stream_put", "open_put"):
        for _ in range(5):
            s.held = s.hold("batch")
            mid = waits(other, b.create(NAME, disposition=b.OPEN, oplock=b.OPLOCK_BATCH))
            s.holder.conn.wait_break(PROMPT)
            s.held.close()
            f = smb2.File(other, other.conn.wait(mid, PROMPT).check(), NAME)
            want("granted to who waited", f.oplock, b.OPLOCK_BATCH)
            f.close()
            for _ in range(3):
                s.hold(RWH).close()
    leave(other)
    return s


def case_off(target):
    """`kernel oplocks = no`: clients are given what other clients leave them"""
    with e.config(f"[loose]\npath = {e.DATA}\nread only = no\nkernel oplocks = no\n"):
        s = Scene(target.as_user(target.user, "loose"))
        with kept(s.path, "os.O_RDWR"):
            granted(s, ALL)
        s.held = s.hold(RWH)
        Local("write", s.path).done()
        silent(s.holder)
        s.end()


# --- who does not answer --------------------------------------------------------------------------

@contextlib.contextmanager
def patience(seconds):
    """The kernel's"""
    e.guest(f"echo {seconds} > /proc/sys/fs/lease-break-time")
    try:
        yield
    finally:
        e.guest("echo 45 > /proc/sys/fs/lease-break-time")


def case_no_answer(target):
    """The process goes on when the kernel's patience ends, and the client has lost its cache then"""
    for state, op in (RWH, "write"), ("batch", "read"), (RH, "unlink"):
        with patience(4):
            s = Scene(target, state)
            local = Local(op, s.path)
            s.told(op)
            local.waits()
            local.done(LATE)
            if state in LEVELS:
                want("too late", s.holder.request(b.oplock_break(s.held.fid, 0)).status, DEVICE_STATE)
            else:
                want("too late", ack(s.holder, 1, NONE), UNSUCCESSFUL)
            s.end()


def case_no_answer_at_all(target):
    """... or when the server's does"""
    s = Scene(target, RWH)
    local = Local("write", s.path)
    s.told("write")
    local.done(LATE)
    want("too late", ack(s.holder, 1, NONE), UNSUCCESSFUL)
    f, lease = take(s.holder, 1, RWH, name=NAME, disposition=b.OPEN)
    want("granted anew", lease.state, RWH)
    f.close()
    return s


def case_killed(target):
    """A process that is killed while it waits leaves nothing behind"""
    s = Scene(target, RWH)
    local = Local("write", s.path)
    new = s.told("write")
    e.guest(f"kill -KILL $(cat {local.at}.pid)")
    e.until(lambda: not local.runs(), PROMPT, "its end")
    s.answer(new)
    f, lease = take(s.holder, 1, RWH, name=NAME, disposition=b.OPEN)
    want("granted anew", lease.state, RWH)
    f.close()
    local.clean()
    return s


# --- other file systems ---------------------------------------------------------------------------

@contextlib.contextmanager
def share_on(target, fs):
    where = f"/srv/coherence-{fs}"
    e.guest(f"mkdir -p {where} && mount -t {fs} none {where} && chmod 777 {where}")
    try:
        with e.config(f"[other]\npath = {where}\nread only = no\n"):
            yield target.as_user(target.user, "other"), where
    finally:
        e.guest(f"umount {where}; rmdir {where}")


def case_tmpfs(target):
    with share_on(target, "tmpfs") as (there, where):
        s = Scene(there, where=where)
        granted(s, ALL)
        s.held, s.state = s.hold(RWH), RWH
        local = Local("unlink", s.path)
        s.answer(s.told("unlink"))
        local.done()
        s.end()


def case_without_leases(target):
    """Linux 7 has leases only where a file system says so; ramfs does not"""
    newest = int(e.guest("uname -r").split(".")[0]) >= 7
    with share_on(target, "ramfs") as (there, where):
        s = Scene(there, where=where)
        granted(s, NOTHING if newest else ALL)
        s.end()


def case_leases_switched_off(target):
    """fs.leases-enable"""
    s = Scene(target)
    e.guest("echo 0 > /proc/sys/fs/leases-enable")
    try:
        granted(s, NOTHING)
    finally:
        e.guest("echo 1 > /proc/sys/fs/leases-enable")
    granted(s, ALL)
    return s


def case_share_goes(target):
    """The share is taken away while a process waits for its client"""
    with share_on(target, "tmpfs") as (there, where):
        s = Scene(there, RWH, where=where)
        local = Local("write", s.path)
        s.told("write")
        before = e.guest(f"cat {e.CONF}")
        e.set_config(before.replace("[other]", "[elsewhere]"))
        local.done()
        e.set_config(before)
        s.end()


def case_unload(target):
    """The module goes while a process waits for a client of it"""
    s = Scene(target, RWH)
    local = Local("write", s.path)
    s.told("write")
    local.waits()
    e.guest(f"{e.TOP}/tests/vm/guest/server-stop 2>&1", timeout=120)
    local.done()
    e.guest(f"{e.TOP}/tests/vm/guest/server-start 2>&1", timeout=120)
    s.holder.conn.close()
    target.serves()
    e.guest(f"rm -f {s.path} {s.path}.?")


# --- random order ---------------------------------------------------------------------------------

STORM = """
import os, random, sys
at, p = sys.argv[1:3]
rnd = random.Random(int({seed}))
open(at + ".begun", "w").close()
for n in range({rounds}):
    try:
        op = rnd.choice("rrwwtucml")
        if op == "r":
            open(p, "rb").read()
        elif op == "w":
            with open(p, "r+b") as f:
                f.write(b"%08d" % n)
        elif op == "t":
            os.truncate(p, rnd.randrange(20))
        elif op == "u":
            os.unlink(p)
        elif op == "c":
            os.chmod(p, 0o777)
        elif op == "m":
            os.rename(p, p + ".2")
        elif op == "l":
            with open(p, "wb"):
                os.chmod(p, 0o777)
    except FileNotFoundError:
        pass
open(at + ".done", "w").close()
"""


CLOSES = 3          # the client that closes instead of an answer


class Stormy(threading.Thread):
    """A client that opens, caches, answers breaks or closes instead, until it is told to end"""

    def __init__(self, target, n):
        super().__init__()
        self.tree, self.n, self.over, self.error = target.tree(timeout=60), n, False, None
        self.opens = []

    def run(self):
        try:
            rounds = 0
            while not self.over:
                rounds += 1
                self.round(rounds)
            for f in self.opens:
                self.settle()
                f.close()
            leave(self.tree)
        except Exception as why:        # pylint: disable=broad-exception-caught
            self.error = why

    def settle(self):
        """Answer what has come"""
        while True:
            try:
                reply = self.tree.conn.wait_break(0.002)
            except smb2.Timeout:
                return
            note = Note(reply)
            if note.flags & 1 and self.n == CLOSES:
                while self.opens:
                    self.opens.pop().close()
            elif note.flags & 1:
                self.tree.request(b.lease_break(note.key, note.new))    # it may have ended

    def round(self, rounds):
        self.settle()
        state = (R, RH, RW, RWH)[(rounds + self.n) % 4]
        body = b.create(NAME, disposition=b.OPEN_IF, oplock=b.OPLOCK_LEASE,
                        contexts=[b.lease_context(bytes([self.n]) * 16, state)])
        mid = self.tree.conn.send(body, self.tree.sess, self.tree)
        end = time.monotonic() + 60
        while True:
            try:
                reply = self.tree.conn.wait(mid, 0.02)
                break
            except smb2.Timeout:
                self.settle()
                if time.monotonic() > end:
                    raise
        if not reply.status:
            self.opens.append(smb2.File(self.tree, reply, NAME))
        while len(self.opens) > 2 or (reply.status and self.opens):
            self.opens.pop(0).close()


def storm(target, points, rounds):
    s = Scene(target)
    leave(s.holder)
    with delay(*points, percent=30):
        many = [Stormy(target, n) for n in range(1, 4)]
        for t in many:
            t.start()
        locals_ = [Process(STORM.replace("{seed}", str(n)).replace("{rounds}", str(rounds)), s.path)
                   for n in range(2)]
        for p in locals_:
            e.until(lambda p=p: p.has("done"), 300, "the end of a local process")
            p.clean()
        for t in many:
            t.over = True
        for t in many:
            t.join(120)
    for t in many:
        if t.is_alive() or t.error:
            raise Failed(f"client {t.n}: {t.error!r}")
    e.guest(f"rm -f {s.path} {s.path}.?")


def case_storm(target):
    storm(target, (), 300)


def case_storm_breaks(target):
    """The break comes late, or between the kernel's lease and the grant that it was taken for"""
    storm(target, ("local_break", "local_take", "req_complete"), 100)


def case_storm_ends(target):
    storm(target, ("local_break", "open_put", "lease_put", "stream_put", "file_put"), 100)


def run(target, _args, tally):
    if not os.environ.get("VM"):
        print("skip coherence # needs the guest")
        return
    with e.config(global_="kernel oplocks = yes"):
        robust.cases(globals(), target, tally)


if __name__ == "__main__":
    robust.main(__doc__, run)
