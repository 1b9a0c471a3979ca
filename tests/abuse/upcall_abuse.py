#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Be the worst daemon there can be, on /dev/cifssrv.

Run as root in a test guest, with cifssrvd stopped. What needs nothing but the device (INIT and
the hint question that follows it) works with cifssrv.ko; what needs more questions needs
csrv_abuse.ko (see build) and is skipped without it. tests/abuse/upcall does both. The guest's
scan looks afterwards at the kernel log, at kmemleak and at the object counters.

    upcall_abuse.py [--seed N] [--rounds N] [--storm SECONDS] [TEST ...]
"""
import argparse
import contextlib
import ctypes
import errno
import fcntl
import mmap
import os
import random
import select
import signal
import socket
import struct
import sys
import threading
import time
import traceback

DEVICE = "/dev/cifssrv"
BENCH = "/sys/kernel/debug/csrv_abuse/"

ANSWER = 0x8000
INIT, AUTH_STEP, AUTH_ABORT, PIPE_OPEN, PIPE_TRANSACT, PIPE_WRITE, PIPE_READ, PIPE_CLOSE = range(1, 9)
SHARE_LOOKUP, DFS_REFERRAL, STATUS, END = 9, 10, 11, 12
MORE, DONE, DENIED = 0, 1, 2
GUEST, ANONYMOUS = 1, 2
MAX_MSG, MAX_BLOB, MAX_NAME, MAX_GROUPS = 128 * 1024, 64 * 1024, 256, 1024
MAX_PATH = 4095
END_SESSION, END_OPEN = 1, 2
OWN = 1 << 63

HDR = struct.Struct("=IHHQiI")
INIT_Q = struct.Struct("=IIQ16s16s")
INIT_A = struct.Struct("=IIQ16s")
AUTH_Q = struct.Struct("=QIHHII")
AUTH_A = struct.Struct("=6IQHHIB3sHH16s")
OPEN_Q = struct.Struct("=QQ3I4HB11s16s")
IO_Q = struct.Struct("=QII")
IO_A = struct.Struct("=II")
STATUS_Q = struct.Struct("=IIQQ")
STATUS_A = struct.Struct("=QII")
END_Q = struct.Struct("=IIQ")
CONNECTIONS, SESSIONS, TREES, OPENS, ADMITTED = range(1, 6)
MAX_PAGE, MAX_RECORD = 64 * 1024, 12 * 1024
# A list: fixed struct; members, of which the last are its parts' lengths; flags; how many parts.
RECORDS = {
    CONNECTIONS: (struct.Struct("=IIQII4H"), "len flags connection age idle dialect cipher signing client",
                  0, 1),
    SESSIONS: (struct.Struct("=IIQQ4I6HI"), "len flags session created channels opens identity state "
               "dialect cipher signing user domain client reserved", 0x07, 3),
    TREES: (struct.Struct("=IIQQIHH"), "len flags session created tree share path", 0x39, 2),
    OPENS: (struct.Struct("=IIQQQ8I4H"), "len flags open session created tree access share_mode locks "
            "oplock lease left reserved user share name path", 0x1e0, 4),
    ADMITTED: (struct.Struct("=IIQHHI"), "len flags session share reserved reserved2", 0, 1),
}


class Skip(Exception):
    """What the test needs is not here."""


class Msg:
    """A message as read() returned it."""

    def __init__(self, data):
        self.raw = data
        self.len, self.op, self.flags, self.id, self.status, self.reserved = HDR.unpack_from(data)
        self.body = data[HDR.size:]
        assert self.len == len(data), "len does not match"
        assert not self.flags and not self.reserved, "reserved fields are not zero"


def message(op, ident, body=b"", status=0, length=None, flags=0, reserved=0):
    length = HDR.size + len(body) if length is None else length
    return HDR.pack(length, op, flags, ident, status, reserved) + body


VERSION = 6


def init_answer(version=VERSION, inflight=64, features=0, reserved=bytes(16)):
    return INIT_A.pack(version, inflight, features, reserved)


def auth_answer(result=MORE, nt_status=0, identity=0, uid=0, gid=0, user=b"", domain=b"", blob=b"",
                groups=(), key=b"", expiry=0, reserved=bytes(3), home=b"", group=b"", **lengths):
    return AUTH_A.pack(result, nt_status, identity, uid, gid, lengths.get("ngroups", len(groups)),
                       expiry, lengths.get("user_len", len(user)),
                       lengths.get("domain_len", len(domain)), lengths.get("blob_len", len(blob)),
                       lengths.get("key_len", len(key)), reserved,
                       lengths.get("home_len", len(home)), lengths.get("group_len", len(group)),
                       key.ljust(16, b"\0")) + \
        user + domain + blob + b"".join(struct.pack("=I", g) for g in groups) + home + group


def logged_on(**more):
    return auth_answer(**{**dict(result=DONE, uid=1000, gid=1000, user="jörg".encode(),
                                 domain=b"DOM", blob=b"ok", groups=(4, 24, 1000), key=b"k" * 16,
                                 home="/home/jörg".encode(), group=b"users"),
                          **more})


def take_record(what, data):
    """The first record in DATA, whose parts are bytes, and what follows it"""
    fixed, names, flags, nparts = RECORDS[what]
    r = dict(zip(names.split(), fixed.unpack_from(data)))
    reserved = any([r.pop(name) for name in list(r) if name.startswith("reserved")])
    assert fixed.size <= r["len"] <= min(len(data), MAX_RECORD), r
    assert not r["flags"] & ~flags and not reserved, r
    at = fixed.size
    for part in list(r)[-nparts:]:
        text = data[at:at + r[part]]
        assert b"\0" not in text and r[part] <= (MAX_PATH if part in ("name", "path") else MAX_NAME), r
        at, r[part] = at + r[part], text
    assert at == r["len"], r
    return r, data[at:]


def records(what, data):
    """The records of a page"""
    out = []
    assert len(data) <= MAX_PAGE
    while data:
        r, data = take_record(what, data)
        out.append(r)
    return out


class Daemon:
    """The device, opened as a daemon would."""

    def __init__(self, init=True, flags=os.O_RDWR | os.O_NONBLOCK, inflight=64, hint=True):
        self.fd = os.open(DEVICE, flags)
        self.question = None
        try:
            if init:
                self.do_init(inflight)
                if hint:
                    self.answer_hint()
        except BaseException:
            self.close()
            raise

    def do_init(self, inflight=64):
        self.question = self.read()
        assert self.question.op == INIT
        self.write(message(INIT | ANSWER, self.question.id, init_answer(inflight=inflight)))

    def answer_hint(self):
        hint = self.read(5)
        assert hint.op == AUTH_STEP and AUTH_Q.unpack(hint.body) == (0, 2, 0, 0, 0, 0)
        self.write(message(AUTH_STEP | ANSWER, hint.id, auth_answer(blob=b"hint")))

    def read(self, timeout=0, size=MAX_MSG):
        if timeout:
            select.select([self.fd], [], [], timeout)
        return Msg(os.read(self.fd, size))

    def write(self, data):
        n = os.write(self.fd, data)
        assert n == len(data), "a short write"

    def answer(self, question, body=b"", status=0):
        self.write(message(question.op | ANSWER, question.id, body, status))

    def drain(self):
        """All that is queued now."""
        out = []
        with contextlib.suppress(BlockingIOError):
            while True:
                out.append(self.read())
        return out

    def close(self):
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = -1

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()


@contextlib.contextmanager
def fails(*codes):
    try:
        yield
    except OSError as e:
        assert e.errno in codes, f"failed with {errno.errorcode[e.errno]}"
        return
    raise AssertionError("did not fail with " + "/".join(errno.errorcode[c] for c in codes))


# ---- the bench ----

class Bench:
    """csrv_abuse.ko: asks on command and says how it ended."""

    def __init__(self):
        if not os.path.exists(BENCH + "ctl"):
            raise Skip("csrv_abuse.ko is not loaded")
        # a new device: nothing of the test before is left in it
        self.do("destroy")
        self.do("create")
        self.timeout(120000)
        self.log()

    def do(self, command):
        fd = os.open(BENCH + "ctl", os.O_WRONLY)
        try:
            os.write(fd, command.encode())
        finally:
            os.close(fd)

    def log(self):
        fd = os.open(BENCH + "log", os.O_RDONLY)
        try:
            text = b""
            while chunk := os.read(fd, 1 << 20):
                text += chunk
        finally:
            os.close(fd)
        assert b"TWICE" not in text, "a question ended twice"
        return [line.split(" ") for line in text.decode().splitlines()]

    def timeout(self, ms):
        self.do(f"timeout {ms}")

    def ask(self, command):
        """Ids of what was asked; nothing may end while this looks."""
        self.do(command)
        asked = [line for line in self.log() if line[0] == "asked"]
        assert all(line[3] == "0" for line in asked), asked
        return [int(line[2]) for line in asked]

    def ended(self, count, timeout=60):
        """The outcomes of @count questions: {id: [fields after it]}."""
        out, end = {}, time.monotonic() + timeout
        while len(out) < count and time.monotonic() < end:
            for line in self.log():
                if line[0] == "done":
                    assert int(line[2]) not in out, "a question ended twice"
                    out[int(line[2])] = line[3:]
            time.sleep(0.02)
        assert len(out) == count, f"{len(out)} of {count} questions ended"
        return out

    def hint(self, size=0):
        self.do(f"hint {size}")
        line = self.log()[-1]
        return int(line[1]), int(line[2])

    def objects(self):
        with open(BENCH + "objects", encoding="ascii") as f:
            return tuple(map(int, f.read().split()))

    def settle(self, alive=0, timeout=30):
        """Wait until all but @alive messages are gone; a hint nobody answers may be one."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            created, destroyed = self.objects()
            if created - destroyed <= alive:
                return
            time.sleep(0.05)


# ---- tests: the device alone ----

def test_open_is_guarded(_):
    with Daemon(init=False):
        with fails(errno.EBUSY):
            os.open(DEVICE, os.O_RDWR)
    for flags in (os.O_RDONLY, os.O_WRONLY):
        with fails(errno.EINVAL):
            os.open(DEVICE, flags)
    pid = os.fork()
    if not pid:
        # root, owner of the file, but without CAP_SYS_ADMIN
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(24, 21, 0, 0, 0)			# PR_CAPBSET_DROP CAP_SYS_ADMIN
        os.execv(sys.executable, [sys.executable, "-c",
                                  "import os,errno,sys\n"
                                  f"try: os.open({DEVICE!r}, os.O_RDWR)\n"
                                  "except PermissionError: sys.exit(0)\n"
                                  "sys.exit(1)"])
    assert os.waitpid(pid, 0)[1] == 0, "opened without CAP_SYS_ADMIN"


def test_init_comes_first_and_is_whole(_):
    with Daemon(init=False) as d:
        for size in (0, 1, HDR.size, HDR.size + INIT_Q.size - 1):
            if size:
                with fails(errno.EMSGSIZE):
                    d.read(size=size)
        q = d.read(size=HDR.size + INIT_Q.size)
        version, max_msg, features, _, reserved = INIT_Q.unpack(q.body)
        assert (q.op, version, max_msg, features, reserved) == (INIT, VERSION, MAX_MSG, 0, bytes(16))
        assert q.id and not q.id & OWN
        with fails(errno.EAGAIN):
            d.read()


def test_nothing_but_init_is_taken_before_init(_):
    with Daemon(init=False) as d:
        q = d.read()
        for op in (*range(0, 20), AUTH_STEP | ANSWER, STATUS | ANSWER, 0x7fff, 0xffff):
            with fails(errno.EPROTO):
                d.write(message(op, q.id))
        with fails(errno.EPROTO):
            d.write(message(STATUS, OWN | 1, STATUS_Q.pack(1, 0, 0, 0)))


def test_init_answer_must_be_right(_):
    good = init_answer()
    bad = [init_answer(version=0), init_answer(version=VERSION - 1), init_answer(version=VERSION + 1),
           init_answer(version=0xffffffff),
           init_answer(inflight=0), init_answer(inflight=4097), init_answer(inflight=0xffffffff),
           init_answer(features=1), init_answer(features=1 << 63), good + b"\0", good[:-1], b"",
           *(init_answer(reserved=bytes(i) + b"\1" + bytes(15 - i)) for i in range(16)),
           *(good[:n] for n in range(len(good)))]
    with Daemon(init=False) as d:
        with fails(errno.ENOENT):		# not even asked
            d.write(message(INIT | ANSWER, 1, good))
        q = d.read()
        for body in bad:
            with fails(errno.EINVAL):
                d.write(message(INIT | ANSWER, q.id, body))
        for ident in (0, q.id + 1, q.id - 1, q.id | OWN):
            with fails(errno.ENOENT):
                d.write(message(INIT | ANSWER, ident, good))
        d.write(message(INIT | ANSWER, q.id, good))
        with fails(errno.ENOENT):		# twice
            d.write(message(INIT | ANSWER, q.id, good))


def test_refused_init_breaks_the_device(_):
    with Daemon(init=False) as d:
        q = d.read()
        d.write(message(INIT | ANSWER, q.id, status=-errno.EPROTONOSUPPORT))
        with fails(errno.EIO):
            d.read()
        with fails(errno.EIO):
            d.write(message(INIT | ANSWER, q.id, init_answer()))
        poll = select.poll()
        poll.register(d.fd)
        assert poll.poll(0)[0][1] & select.POLLERR


def test_framing_is_checked(_):
    with Daemon() as d:
        answer = AUTH_STEP | ANSWER
        for size in range(1, HDR.size):
            with fails(errno.EINVAL):
                os.write(d.fd, bytes(size))
        with fails(errno.EINVAL):
            d.write(message(answer, 1, bytes(MAX_MSG - HDR.size + 1)))
        for length in (0, 1, HDR.size - 1, HDR.size + 1, MAX_MSG, 0x7fffffff, 0xffffffff):
            with fails(errno.EINVAL):
                d.write(message(answer, 1, length=length))
        for field in ("flags", "reserved"):
            with fails(errno.EINVAL):
                d.write(message(answer, 1, **{field: 1}))
        for status in (1, 0x7fffffff, -4096, -0x80000000):
            with fails(errno.EINVAL):
                d.write(message(answer, 1, status=status))
        for op in (*range(20), *range(ANSWER, ANSWER + 20), *range(0, 0x10000, 501), 0xffff):
            with fails(errno.EINVAL, errno.ENOENT):
                d.write(message(op, 12345678))


def hint_question(d):
    d.do_init()
    return d.read(5)


def hint_mutations():
    yield from (auth_answer(blob=b"x" * 40)[:n] for n in range(64 + 40))
    yield auth_answer(blob=b"x") + b"\0"
    for name in ("user_len", "domain_len"):
        yield from (auth_answer(**{name: n}) for n in (1, MAX_NAME, MAX_NAME + 1, 0xffff))
    yield from (auth_answer(blob_len=n) for n in (1, MAX_BLOB, MAX_BLOB + 1, 0xffffffff))
    yield from (auth_answer(ngroups=n) for n in (1, 1024, 1025, 0x40000000, 0x80000000, 0xffffffff))
    yield from (auth_answer(key_len=n) for n in (1, 15, 16, 17, 255))
    yield from (auth_answer(reserved=bytes(i) + b"\1" + bytes(2 - i)) for i in range(3))
    for name in ("home_len", "group_len"):
        yield from (auth_answer(**{name: n}) for n in (1, MAX_NAME + 1, MAX_PATH + 1, 0xffff))
    yield auth_answer(home=b"/home/x")
    yield auth_answer(group=b"x")
    yield auth_answer(result=DENIED, nt_status=0xc000006d, home=b"x")
    yield auth_answer(result=DONE, identity=ANONYMOUS, home=b"/")
    yield auth_answer(result=DONE, identity=ANONYMOUS, group=b"x")
    yield logged_on(home=b"/" * (MAX_PATH + 1))
    yield logged_on(group=b"x" * (MAX_NAME + 1))
    yield from (auth_answer(result=n) for n in (3, 0xffffffff))
    for field in ("nt_status", "identity", "uid", "gid", "expiry"):
        yield auth_answer(**{field: 1})
    yield auth_answer(result=DENIED)
    yield auth_answer(result=DENIED, nt_status=0x8000001a)
    yield auth_answer(result=DENIED, nt_status=0xc000006d, blob=b"x")
    yield auth_answer(result=DENIED, nt_status=0xc000006d, user=b"x")
    yield logged_on(nt_status=0xc000006d)
    yield from (logged_on(identity=n) for n in (3, 4, GUEST, 0x80000000))
    yield logged_on(identity=GUEST, key=b"", user=b"")
    yield logged_on(identity=ANONYMOUS)
    yield logged_on(key=b"")
    yield from (logged_on(key=b"k" * n) for n in (1, 8, 15))
    yield from (logged_on(key_len=n) for n in (1, 15, 17, 32, 255))
    yield logged_on(user=b"")
    yield from (logged_on(**{f: 0xffffffff}) for f in ("uid", "gid"))
    yield logged_on(groups=(1, 0xffffffff, 2))
    yield logged_on(groups=range(1025))
    yield logged_on(user=b"x" * 257)
    yield logged_on(blob=b"x" * (MAX_BLOB + 1))
    for text in (b"\0", b"a\0b", b"\x80", b"\xc0\x80", b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xed\xa0\x80",
                 b"\xf0\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xff", b"ab\xc3",
                 b"\xe2\x82", b"\xf0\x9f\x98", b"\xc3("):
        yield logged_on(user=text)
        yield logged_on(domain=text)
        yield logged_on(home=text)
        yield logged_on(group=text)


def test_malformed_answers_complete_nothing(_):
    with Daemon(init=False) as d:
        q = hint_question(d)
        for body in hint_mutations():
            with fails(errno.EINVAL):
                d.answer(q, body)
        with fails(errno.EINVAL):		# an error with something behind it
            d.answer(q, b"x", status=-errno.EBUSY)
        d.answer(q, auth_answer(blob=b"still there"))


def test_id_and_op_must_match(_):
    with Daemon(init=False) as d:
        q = hint_question(d)
        body = auth_answer(blob=b"x")
        for ident in (0, q.id + 1, q.id - 1, q.id | OWN, q.id + (1 << 32), 2**64 - 1):
            with fails(errno.ENOENT):
                d.write(message(AUTH_STEP | ANSWER, ident, body))
        for op in (PIPE_OPEN, PIPE_TRANSACT, PIPE_WRITE, PIPE_READ):
            with fails(errno.ENOENT):
                d.write(message(op | ANSWER, q.id, body))
        for op in (0, AUTH_ABORT, PIPE_CLOSE, SHARE_LOOKUP, DFS_REFERRAL, STATUS, END, 13, 0x7fff):
            with fails(errno.EINVAL):
                d.write(message(op | ANSWER, q.id, body))
        for op in (AUTH_STEP, PIPE_OPEN, 13):	# not answers at all
            with fails(errno.EINVAL):
                d.write(message(op, q.id, body))
        d.answer(q, body)
        with fails(errno.ENOENT):		# twice
            d.answer(q, body)


def test_question_of_a_former_daemon_is_gone(_):
    with Daemon(init=False) as d:
        old = hint_question(d)
    with Daemon(init=False) as d:
        new = hint_question(d)
        assert new.id > old.id, "an id was used again"
        with fails(errno.ENOENT):
            d.answer(old, auth_answer(blob=b"late"))
        d.answer(new, auth_answer(blob=b"hint"))


def test_unread_question_cannot_be_answered(_):
    with Daemon(init=False) as d:
        d.do_init()
        for ident in range(d.question.id, d.question.id + 50):
            with fails(errno.ENOENT):
                d.write(message(AUTH_STEP | ANSWER, ident, auth_answer(blob=b"guess")))
        d.answer_hint()


def test_bad_memory_loses_nothing(_):
    libc = ctypes.CDLL(None, use_errno=True)
    with Daemon(init=False) as d:
        for _ in range(3):
            assert libc.read(d.fd, ctypes.c_void_p(16), MAX_MSG) < 0
            assert ctypes.get_errno() == errno.EFAULT
        q = hint_question(d)
        assert libc.write(d.fd, ctypes.c_void_p(16), ctypes.c_size_t(100)) < 0
        assert ctypes.get_errno() == errno.EFAULT
        d.answer(q, auth_answer(blob=b"x"))
    with Daemon(init=False) as d:
        d.do_init()
        select.select([d.fd], [], [], 5)
        for _ in range(3):
            assert libc.read(d.fd, ctypes.c_void_p(16), MAX_MSG) < 0
            assert ctypes.get_errno() == errno.EFAULT
        d.answer_hint()


def test_other_calls_are_refused(_):
    with Daemon() as d:
        with fails(errno.ESPIPE):
            os.lseek(d.fd, 0, os.SEEK_SET)
        with fails(errno.ESPIPE):
            os.pread(d.fd, 10, 0)
        with fails(errno.ENODEV):
            mmap.mmap(d.fd, 4096)
        for cmd in (0, 1, 0x5401, 0xc0105500):
            with fails(errno.ENOTTY):
                fcntl.ioctl(d.fd, cmd, bytes(64))
        r, w = os.pipe()
        with fails(errno.EINVAL, errno.EAGAIN):
            os.splice(d.fd, w, 100)
        os.write(w, b"x" * 100)
        with fails(errno.EINVAL):
            os.splice(r, d.fd, 100)
        os.close(r)
        os.close(w)


def test_status_is_answered_once_at_a_time(_):
    with Daemon() as d:
        for body in (b"", STATUS_Q.pack(1, 0, 0, 0)[:-1], STATUS_Q.pack(1, 0, 0, 0) + b"\0",
                     STATUS_Q.pack(1, 1, 0, 0)):
            with fails(errno.EINVAL):
                d.write(message(STATUS, OWN | 1, body))
        with fails(errno.EINVAL):		# an id of the kernel's
            d.write(message(STATUS, 1, STATUS_Q.pack(1, 0, 0, 0)))
        with fails(errno.EINVAL):
            d.write(message(STATUS, OWN | 1, STATUS_Q.pack(1, 0, 0, 0), status=-5))
        for what, session in (0, 0), (6, 0), (0xffffffff, 0), (CONNECTIONS, 1), (OPENS, 2**64 - 1):
            d.write(message(STATUS, OWN | 2, STATUS_Q.pack(what, 0, 0, session)))
            a = d.read()
            assert (a.op, a.id, a.len) == (STATUS | ANSWER, OWN | 2, HDR.size) and a.status < 0
        d.write(message(STATUS, OWN | 3, STATUS_Q.pack(1, 0, 0, 0)))
        with fails(errno.EBUSY):
            d.write(message(STATUS, OWN | 4, STATUS_Q.pack(1, 0, 0, 0)))
        with fails(errno.EMSGSIZE):
            d.read(size=HDR.size)
        a = d.read()
        assert a.id == OWN | 3
        if not a.status:
            _, data_len, reserved = STATUS_A.unpack_from(a.body)
            assert not reserved and len(a.body) == STATUS_A.size + data_len
            records(1, a.body[STATUS_A.size:])


def test_end_is_answered_once_at_a_time(_):
    with Daemon() as d:
        good = END_Q.pack(END_SESSION, 0, 0xfeedfeed)
        for body in (b"", good[:-1], good + b"\0", END_Q.pack(END_SESSION, 1, 1)):
            with fails(errno.EINVAL):
                d.write(message(END, OWN | 1, body))
        with fails(errno.EINVAL):		# an id of the kernel's
            d.write(message(END, 1, good))
        with fails(errno.EINVAL):
            d.write(message(END, OWN | 1, good, status=-5))
        for what, ident, status in ((0, 1, errno.EINVAL), (3, 1, errno.EINVAL), (2**32 - 1, 1, errno.EINVAL),
                                    (END_SESSION, 2**64 - 1, errno.ENOENT), (END_OPEN, 0, errno.ENOENT),
                                    (END_OPEN, 2**64 - 1, errno.ENOENT), (END_OPEN, 2**32, errno.ENOENT)):
            d.write(message(END, OWN | 2, END_Q.pack(what, 0, ident)))
            a = d.read()
            assert (a.op, a.id, a.len) == (END | ANSWER, OWN | 2, HDR.size), (what, ident)
            assert a.status == -status, (what, ident, a.status)
        d.write(message(END, OWN | 3, END_Q.pack(END_OPEN, 0, 1)))
        with fails(errno.EBUSY):
            d.write(message(END, OWN | 4, END_Q.pack(END_OPEN, 0, 1)))
        d.write(message(STATUS, OWN | 5, STATUS_Q.pack(1, 0, 0, 0)))	# one of each
        assert [(a.op, a.id) for a in d.drain()] == [(END | ANSWER, OWN | 3), (STATUS | ANSWER, OWN | 5)]
        d.write(message(END, OWN | 6, END_Q.pack(END_OPEN, 0, 1)))
        assert d.read().id == OWN | 6


def ask_end(d, what, ident):
    """The status of an END"""
    d.write(message(END, OWN | 9, END_Q.pack(what, 0, ident)))
    a = d.read()
    assert (a.op, a.id, a.body) == (END | ANSWER, OWN | 9, b""), (what, ident)
    return a.status


def ask_list(d, what):
    """All records of a list"""
    out, cursor = [], 0
    while True:
        d.write(message(STATUS, OWN | 10, STATUS_Q.pack(what, 0, cursor, 0)))
        a = d.read()
        assert (a.op, a.id, a.status) == (STATUS | ANSWER, OWN | 10, 0), a.status
        cursor, data_len, _ = STATUS_A.unpack_from(a.body)
        assert data_len == len(a.body) - STATUS_A.size and (data_len or not cursor)
        out += records(what, a.body[STATUS_A.size:])
        if not cursor:
            return out


def test_status_left_unread_is_dropped(_):
    for _ in range(20):
        with Daemon() as d:
            d.write(message(STATUS, OWN | 3, STATUS_Q.pack(2, 0, 0, 0)))
            d.write(message(END, OWN | 4, END_Q.pack(END_OPEN, 0, 1)))


def test_blocking_read_can_be_killed(_):
    for init in (False, True):
        pid = os.fork()
        if not pid:
            d = Daemon(init=init, flags=os.O_RDWR)
            if not init:
                d.read()
            os.read(d.fd, MAX_MSG)
            os._exit(0)
        time.sleep(0.3)
        os.kill(pid, signal.SIGKILL)
        assert os.waitpid(pid, 0)[1] == signal.SIGKILL
        Daemon().close()


def test_daemon_killed_at_each_step(opts):
    for step in range(7):
        for _ in range(max(1, opts.rounds // 1000)):
            pid = os.fork()
            if not pid:
                kill_self_at(step)
            os.waitpid(pid, 0)
        Daemon().close()


def kill_self_at(step):
    """Opened, INIT read, INIT answered, hint read, hint answered, STATUS asked, END asked: dead."""
    d = Daemon(init=False)
    if step >= 1:
        q = d.read()
    if step >= 2:
        d.write(message(INIT | ANSWER, q.id, init_answer()))
    if step >= 3:
        h = d.read(5)
    if step >= 4:
        d.answer(h, auth_answer(blob=b"hint"))
    if step >= 5:
        d.write(message(STATUS, OWN | 1, STATUS_Q.pack(1, 0, 0, 0)))
    if step >= 6:
        d.write(message(END, OWN | 1, END_Q.pack(END_OPEN, 0, 1)))
    os.kill(os.getpid(), signal.SIGKILL)


def random_message(rnd, ids):
    op = rnd.choice([*range(14), rnd.randrange(0x8000)]) | rnd.choice([0, ANSWER, ANSWER])
    body = rnd.choice([b"", rnd.randbytes(rnd.randrange(200)), auth_answer(blob=b"x"), logged_on(),
                       IO_A.pack(rnd.randrange(100), 0) + rnd.randbytes(rnd.randrange(100)),
                       STATUS_Q.pack(rnd.randrange(7), 0, rnd.randrange(4), rnd.randrange(2)),
                       init_answer(),
                       END_Q.pack(rnd.randrange(4), 0, rnd.randrange(4))])
    if rnd.random() < 0.3 and body:
        at = rnd.randrange(len(body))
        body = body[:at] + bytes([rnd.randrange(256)]) + body[at + 1:]
    ident = rnd.choice([rnd.getrandbits(64), *ids, *ids, OWN | rnd.getrandbits(8)])
    kw = {}
    if rnd.random() < 0.1:
        kw = {rnd.choice(["length", "flags", "reserved"]): rnd.getrandbits(16)}
    if rnd.random() < 0.2:
        kw["status"] = -rnd.randrange(5000)
    return message(op, ident, body, **kw)


ALLOWED = {errno.EINVAL, errno.ENOENT, errno.EPROTO, errno.EIO, errno.EBUSY, errno.EAGAIN}


def fuzz_once(rnd, d, ids):
    try:
        if rnd.random() < 0.3:
            m = d.read(size=rnd.choice([MAX_MSG, MAX_MSG, 24, 60]))
            ids.append(m.id)
            del ids[:-8]
        else:
            d.write(random_message(rnd, ids))
    except OSError as e:
        assert e.errno in ALLOWED | {errno.EMSGSIZE}, errno.errorcode[e.errno]


def test_random_messages(opts):
    rnd = random.Random(opts.seed)
    for _ in range(opts.rounds // 100):
        with Daemon(init=rnd.random() < 0.7, hint=False) as d:
            ids = [1]
            for _ in range(100):
                fuzz_once(rnd, d, ids)


def test_many_threads_on_one_device(opts):
    for turn in range(max(1, opts.rounds // 1000)):
        with Daemon(hint=False) as d:
            def work(seed):
                rnd, ids = random.Random(seed), [1]
                for _ in range(200):
                    fuzz_once(rnd, d, ids)
                    select.select([d.fd], [d.fd], [], 0)
            run_threads([lambda s=s: work(opts.seed + turn * 8 + s) for s in range(6)])


def run_threads(jobs):
    errors = []

    def guarded(job):
        try:
            job()
        except Exception as e:		# pylint: disable=broad-except
            errors.append(e)
    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if errors:
        raise errors[0]


# ---- tests: with the bench ----

def test_good_answer_arrives_whole(_):
    b = Bench()
    with Daemon() as d:
        logon, = b.ask("auth 1 1000")
        q = d.read(5)
        assert AUTH_Q.unpack_from(q.body) == (logon, 1, 0x311, 9, 1000, 0)
        assert q.body[AUTH_Q.size:] == b"192.0.2.1" + b"\x5a" * 1000
        d.answer(q, logged_on(expiry=2**40))
        assert b.ended(1)[logon] == ["0", "1", "0x00000000", "0", "1000", "1000", "'jörg'", "'DOM'",
                                     "3", "2", "16", str(2**40), "'/home/jörg'", "'users'"]
        logon, = b.ask("auth 1 65536")
        q = d.read(5)
        d.answer(q, logged_on(user=b"u" * 256, domain=b"d" * 256, blob=b"b" * MAX_BLOB,
                              groups=range(1024), uid=0xfffffffe, home=b"/" * MAX_PATH,
                              group=b"g" * 256))
        assert b.ended(1)[logon][4:10] == ["4294967294", "1000", f"'{'u' * 256}'", f"'{'d' * 256}'",
                                           "1024", "65536"]
        logon, = b.ask("auth 1 1")
        d.answer(d.read(5), logged_on(home=b"", group=b""))
        assert b.ended(1)[logon][12:] == ["''", "''"]
        for body in (logged_on(identity=GUEST, key=b""),
                     auth_answer(result=DENIED, nt_status=0xc000006d),
                     auth_answer(result=DONE, identity=ANONYMOUS, uid=65534, gid=65534)):
            b.ask("auth 1 1")
            d.answer(d.read(5), body)
            assert list(b.ended(1).values())[0][0] == "0"
        b.ask("auth 1 1")
        d.answer(d.read(5), status=-errno.EBUSY)
        assert list(b.ended(1).values())[0] == [str(-errno.EBUSY)]


def test_end_is_done_once(_):
    """What is ended is what was asked for, and is told only if it has been; what is refused ends nothing"""
    b = Bench()
    with Daemon() as d:
        for what, ident, status in ((END_SESSION, 2, 0), (END_SESSION, 3, -errno.ENOENT), (END_SESSION, 0, 0),
                                    (END_SESSION, 2**64 - 2, 0), (END_OPEN, 2**32 + 1, -errno.ENOENT),
                                    (7, 2, -errno.EINVAL)):
            assert ask_end(d, what, ident) == status, (what, ident)
            assert b.log() == [["end", str(what), str(ident)]], (what, ident)
        for bad in (message(END, 1, END_Q.pack(END_SESSION, 0, 2)),
                    message(END, OWN | 1, END_Q.pack(END_SESSION, 1, 2)),
                    message(END, OWN | 1, END_Q.pack(END_SESSION, 0, 2) + b"\0"),
                    message(END, OWN | 1, END_Q.pack(END_SESSION, 0, 2), status=-1)):
            with fails(errno.EINVAL):
                d.write(bad)
        assert not b.log(), "a message that is refused has ended something"
        d.write(message(END, OWN | 1, END_Q.pack(END_SESSION, 0, 2)))
        with fails(errno.EBUSY):
            d.write(message(END, OWN | 2, END_Q.pack(END_SESSION, 0, 4)))
        assert b.log() == [["end", "1", "2"]]
        assert d.read().id == OWN | 1


def test_arguments_are_bounded(_):
    b = Bench()
    with Daemon() as d:
        for command in ("auth 1 0", "auth 1 65537", "leg 0 1", "transact 0 1 1",
                        "transact 5 65537 1", "read 5 1 1", "write 5 1 1"):
            b.do(command)
            assert b.log()[0][3] == str(-errno.EINVAL), command
        with fails(errno.EAGAIN):
            d.read()


def test_pipes(_):
    b = Bench()
    with Daemon() as d:
        pipe, = b.ask("open srvsvc")
        q = d.read(5)
        assert q.op == PIPE_OPEN and OPEN_Q.unpack_from(q.body) == \
            (pipe, 77, 1000, 1000, 0, 6, 4, 0, 3, 16, bytes(11), b"0123456789abcdef")
        assert q.body[OPEN_Q.size:] == b"srvsvcuser::1"
        with fails(errno.EINVAL):
            d.answer(q, b"x")
        d.answer(q)
        assert b.ended(1)[pipe] == ["0", "0", "0"]

        b.ask(f"transact {pipe} 100 50")
        q = d.read(5)
        assert IO_Q.unpack_from(q.body) == (pipe, 100, 50) and q.body[16:] == b"\x5a" * 100
        for body in (b"", IO_A.pack(51, 0) + bytes(51), IO_A.pack(1, 0), IO_A.pack(0, 0) + b"x",
                     IO_A.pack(0xffffffff, 0), IO_A.pack(0xfffffff8, 0)):
            with fails(errno.EINVAL):
                d.answer(q, body)
        d.answer(q, IO_A.pack(50, 7) + bytes(50))
        assert b.ended(1)[pipe] == ["0", "50", "7"]

        b.ask(f"write {pipe} 65536 0")
        d.answer(d.read(5))
        assert b.ended(1)[pipe] == ["0", "0", "0"]
        b.ask(f"read {pipe} 0 4294967295")
        q = d.read(5)
        assert IO_Q.unpack_from(q.body) == (pipe, 0, MAX_BLOB)
        d.answer(q, status=-errno.EAGAIN)
        assert b.ended(1)[pipe] == [str(-errno.EAGAIN), "0", "0"]

        b.ask(f"read {pipe} 0 10")
        q = d.read(5)
        b.do(f"close {pipe}")
        assert b.ended(1)[pipe][0] == str(-errno.ECANCELED)
        n = d.read(5)
        assert n.op == PIPE_CLOSE and n.body == struct.pack("=Q", pipe)
        with fails(errno.ENOENT):
            d.answer(q, IO_A.pack(0, 0))
        with fails(errno.EINVAL):		# a notice has no answer
            d.answer(n)


def test_timeout_ends_read_and_unread_alike(_):
    b = Bench()
    with Daemon(inflight=2) as d:
        b.timeout(300)
        ids = b.ask("auth 4 10")
        q = [d.read(5), d.read(5)]
        with fails(errno.EAGAIN):		# max_inflight
            d.read()
        out = b.ended(4)
        assert all(out[i] == [str(-errno.ETIMEDOUT)] for i in ids)
        for late in q:
            with fails(errno.ENOENT):
                d.answer(late, logged_on())
        # it is told about those that it had read, and only about those
        notices = d.drain()
        assert sorted(struct.unpack("=Q", n.body)[0] for n in notices) == ids[:2]
        assert all(n.op == AUTH_ABORT for n in notices)


def test_timeout_without_a_daemon(_):
    b = Bench()
    b.timeout(200)
    ids = b.ask("auth 3 10")
    out = b.ended(3)
    assert all(out[i] == [str(-errno.ETIMEDOUT)] for i in ids)


def test_init_must_be_answered_in_time(_):
    b = Bench()
    b.timeout(200)
    with Daemon(init=False) as d:
        q = d.read()
        time.sleep(0.6)
        with fails(errno.EIO):
            d.write(message(INIT | ANSWER, q.id, init_answer()))
        with fails(errno.EIO):
            d.read()


def test_a_dying_daemon_loses_what_it_read(_):
    b = Bench()
    with Daemon(inflight=3) as d:
        ids = b.ask("auth 5 10")
        read = [d.read(5) for _ in range(3)]
        lost = sorted(AUTH_Q.unpack_from(m.body)[0] for m in read)
    out = b.ended(3)
    assert sorted(out) == lost == ids[:3]
    assert all(v == [str(-errno.ECONNRESET)] for v in out.values())
    with Daemon(hint=False) as d:
        rest = [m for m in (d.read(5) for _ in range(3)) if len(m.body) > AUTH_Q.size]
        assert [AUTH_Q.unpack_from(m.body)[0] for m in rest] == ids[3:]
        for m in rest:
            d.answer(m, logged_on())
        assert all(v[0] == "0" for v in b.ended(2).values())


def test_queue_is_bounded(_):
    b = Bench()
    b.do("auth 1100 10")
    lines = b.log()
    full = [line for line in lines if line[0] == "asked" and line[3] == str(-errno.EAGAIN)]
    assert len(full) == 1100 - 1024, len(full)
    with Daemon(inflight=4096, hint=False) as d:
        got = 0
        while got < 1024:
            d.answer(d.read(5), auth_answer(result=DENIED, nt_status=0xc000006d))
            got += 1
        b.ended(1024)


def test_abort_ends_and_tells(_):
    b = Bench()
    b.do("abort 99")				# no daemon: nothing, quietly
    with Daemon() as d:
        unread, = b.ask("auth 1 10")
        b.do(f"abort {unread}")
        assert b.ended(1)[unread] == [str(-errno.ECANCELED)]
        n = d.read(5)
        assert n.op == AUTH_ABORT and n.body == struct.pack("=Q", unread)
        sent, = b.ask("auth 1 10")
        q = d.read(5)
        b.do(f"abort {sent}")
        assert b.ended(1)[sent] == [str(-errno.ECANCELED)]
        assert d.read(5).op == AUTH_ABORT
        with fails(errno.ENOENT):
            d.answer(q, logged_on())
        for i in range(5000):			# never read: bounded
            b.do(f"abort {100000 + i}")
        assert len(d.drain()) == 4096


def test_hint_outlives_the_daemon(_):
    b = Bench()
    with Daemon(init=False) as d:
        q = hint_question(d)
        d.answer(q, auth_answer(blob=b"h" * 77))
        time.sleep(0.1)
        assert b.hint() == (77, 1) and b.hint(76) == (0, 1) and b.hint(77) == (77, 1)
    assert b.hint() == (77, 0)
    for body in (auth_answer(blob=b"x" * 4097), auth_answer(result=DENIED, nt_status=0xc0000022),
                 logged_on()):
        with Daemon(init=False) as d:
            d.answer(hint_question(d), body)
        time.sleep(0.1)
        assert b.hint() == (77, 0), "a bad hint replaced a good one"


def test_destroy_under_a_daemon(_):
    b = Bench()
    d = Daemon()
    ids = b.ask("auth 3 10")
    d.read(5)
    b.do("destroy")
    out = b.ended(3)
    assert all(out[i] == [str(-errno.ESHUTDOWN)] for i in ids)
    with fails(errno.ENODEV):
        d.read()
    with fails(errno.ENODEV):
        d.write(message(AUTH_STEP | ANSWER, 1, auth_answer()))
    poll = select.poll()
    poll.register(d.fd)
    assert poll.poll(0)[0][1] & select.POLLHUP
    with fails(errno.ENOENT):
        os.open(DEVICE, os.O_RDWR)
    b.do("create")			# a new one beside the old one, still open
    with Daemon() as second:
        assert b.hint()[1] == 1
        with fails(errno.ENODEV):
            d.read()
        d.close()
        assert b.hint()[1] == 1
        second.write(message(STATUS, OWN | 1, STATUS_Q.pack(1, 0, 0, 0)))


def test_destroy_wakes_a_blocked_reader(_):
    b = Bench()
    d = Daemon(init=False, flags=os.O_RDWR)
    d.do_init()
    d.read()
    seen = []

    def reader():
        try:
            d.read()
        except OSError as e:
            seen.append(e.errno)
    t = threading.Thread(target=reader)
    t.start()
    time.sleep(0.3)
    b.do("destroy")
    t.join(5)
    assert seen == [errno.ENODEV], seen
    d.close()
    b.do("create")


def storm_daemon(stop, seed):
    """Daemons that live shortly and answer right, wrong or not at all."""
    rnd = random.Random(seed)
    while not stop.is_set():
        try:
            with Daemon(init=False) as d:
                d.do_init(rnd.choice([1, 8, 4096]))
                for _ in range(rnd.randrange(60)):
                    storm_step(rnd, d)
        except OSError as e:
            assert e.errno in ALLOWED | {errno.ENODEV, errno.ENOENT, errno.ENXIO}, e


def storm_step(rnd, d):
    try:
        m = d.read(0.01)
    except BlockingIOError:
        return
    try:
        roll = rnd.random()
        if m.op == AUTH_STEP and roll < 0.7:
            d.answer(m, rnd.choice([auth_answer(blob=b"more"), logged_on()]))
        elif m.op in (PIPE_TRANSACT, PIPE_READ) and roll < 0.7:
            d.answer(m, IO_A.pack(0, 0))
        elif roll < 0.9:
            d.answer(m, status=-rnd.randrange(1, 100))
    except OSError as e:
        assert e.errno in ALLOWED | {errno.ENODEV}, e


def storm_asker(b, stop, seed):
    rnd = random.Random(seed)
    while not stop.is_set():
        n = rnd.randrange(1, 4000)
        with contextlib.suppress(OSError):
            b.do(rnd.choice([f"auth {rnd.randrange(5)} 10", f"leg {n} 3", f"abort {n}", "open x",
                             f"transact {n} 5 5", f"read {n} 0 5", f"close {n}", "hint",
                             f"timeout {rnd.choice([10, 30, 200])}"]))


def test_storm(opts):
    b = Bench()
    stop = threading.Event()
    end = time.monotonic() + opts.storm

    def clock():
        rnd = random.Random(opts.seed)
        while time.monotonic() < end:
            time.sleep(0.05)
            b.log()
            if rnd.random() < 0.1:
                b.do("destroy")
                b.do("create")
        stop.set()
    run_threads([clock, lambda: storm_daemon(stop, 1), lambda: storm_daemon(stop, 2)] +
                [lambda s=s: storm_asker(b, stop, s) for s in range(3)])
    b.timeout(200)
    b.do("destroy")
    b.settle()
    created, destroyed = b.objects()
    assert created == destroyed, f"{created - destroyed} messages leaked"
    b.do("create")


def test_everything_was_freed(_):
    b = Bench()
    b.do("destroy")
    b.settle()
    created, destroyed = b.objects()
    assert created == destroyed, f"{created - destroyed} messages leaked"
    b.do("create")


# ---- tests: with cifssrv.ko and a client ----

SMB_HDR = struct.Struct("<4sHHIHHIIQIIQ16s")
MORE_PROCESSING, LOGON_FAILURE = 0xc0000016, 0xc000006d


def need_server():
    if not os.path.isdir("/sys/module/cifssrv"):
        raise Skip("cifssrv.ko is not loaded")


class Client:
    """As much of an SMB 2.1 client as a logon needs, [MS-SMB2] 2.2.3, 2.2.5."""

    def __init__(self, opts):
        need_server()
        self.sock = socket.create_connection((opts.server, 445), timeout=60)
        self.mid = self.session = 0
        self.send(0, struct.pack("<HHHHI16s8sH", 36, 1, 1, 0, 0, b"guid" * 4, bytes(8), 0x210))
        assert self.reply()[0] == 0, "NEGOTIATE failed"

    def send(self, command, body):
        hdr = SMB_HDR.pack(b"\xfeSMB", 64, 0 if not self.mid else 1, 0, command, 1, 0, 0, self.mid,
                           0, 0, self.session, bytes(16))
        self.mid += 1
        self.sock.sendall(struct.pack(">I", len(hdr + body)) + hdr + body)

    def setup(self, blob=b"blob"):
        self.send(1, struct.pack("<HBBIIHHQ", 25, 0, 1, 0, 0, 88, len(blob), 0) + blob)

    def reply(self):
        """Status and security blob of the next reply, interim ones left out."""
        while True:
            size, = struct.unpack(">I", self.sock.recv(4, socket.MSG_WAITALL))
            data = self.sock.recv(size, socket.MSG_WAITALL)
            hdr = SMB_HDR.unpack_from(data)
            if hdr[3] == 0x103:
                continue
            self.session = hdr[11]
            if hdr[4] != 1 or hdr[3] not in (0, MORE_PROCESSING):
                return hdr[3], b""
            off, length = struct.unpack_from("<HH", data, 68)
            return hdr[3], data[off:off + length]

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.sock.close()


def next_auth(d):
    """The next AUTH_STEP; notices of logons that ended are read over."""
    while True:
        q = d.read(10)
        if q.op == AUTH_STEP:
            return q, AUTH_Q.unpack_from(q.body)[0], q.body[-AUTH_Q.unpack_from(q.body)[4]:]


def uid_of(user):
    """The one with which the kernel lets a daemon log the account on"""
    need_server()
    with open(f"/sys/kernel/config/cifssrv/users/{user}/uid", encoding="ascii") as f:
        return int(f.read())


def test_client_logs_on(opts):
    with Daemon() as d, Client(opts) as c:
        c.setup(b"first")
        q, logon, blob = next_auth(d)
        assert blob == b"first"
        d.answer(q, auth_answer(blob=b"challenge"))
        assert c.reply() == (MORE_PROCESSING, b"challenge")
        c.setup(b"second")
        q, same, blob = next_auth(d)
        assert (same, blob) == (logon, b"second")
        d.answer(q, logged_on(blob=b"welcome", user=opts.user.encode(), uid=uid_of(opts.user)))
        got = c.reply()
        assert got == (0, b"welcome"), f"0x{got[0]:08x} {got[1]}"
        listed, = [r for r in ask_list(d, SESSIONS) if r["session"] == c.session]
        assert (listed["user"], listed["domain"]) == (opts.user.encode(), b"DOM"), listed
        assert listed["flags"] & 4 and (listed["state"], listed["dialect"]) == (1, 0x210), listed
        assert listed["client"] in [r["client"] for r in ask_list(d, CONNECTIONS) if r["dialect"] == 0x210]
        assert ask_end(d, END_SESSION, c.session) == 0
        assert ask_end(d, END_SESSION, c.session) == -errno.ENOENT, "it has ended already"


def test_client_is_refused(opts):
    answers = [(auth_answer(result=DENIED, nt_status=LOGON_FAILURE), 0),
               (auth_answer(result=DENIED, nt_status=0xc0000072), 0),
               (logged_on(user=b"nobody of users/"), 0),
               (logged_on(user=opts.user.encode(), uid=uid_of(opts.user) + 1), 0),
               (logged_on(user=opts.user.encode(), uid=0), 0),
               (logged_on(identity=GUEST, key=b"", uid=0), 0),
               *((b"", -e) for e in (errno.ENOENT, errno.EBUSY, errno.ENOMEM, errno.EINVAL, 4095))]
    with Daemon() as d:
        for body, status in answers:
            with Client(opts) as c:
                c.setup()
                q, *_ = next_auth(d)
                d.answer(q, body, status)
                got = c.reply()[0]
                assert got >> 30 == 3 and got != MORE_PROCESSING, f"0x{got:08x}"


def test_client_hears_of_a_dead_daemon(opts):
    with Client(opts) as c:
        with Daemon() as d:
            c.setup()
            next_auth(d)
        assert c.reply()[0] >> 30 == 3
    with Daemon() as d, Client(opts) as c:		# and a new one is as good
        c.setup()
        d.answer(next_auth(d)[0], auth_answer(blob=b"x"))
        assert c.reply() == (MORE_PROCESSING, b"x")


def test_client_leaves_during_logon(opts):
    with Daemon() as d:
        for _ in range(20):
            with Client(opts) as c:
                c.setup()
                q, logon, _ = next_auth(d)
            end = time.monotonic() + 10
            while time.monotonic() < end:
                m = d.read(1)
                if m.op == AUTH_ABORT and struct.unpack("=Q", m.body)[0] == logon:
                    break
            else:
                raise AssertionError("the daemon was not told")
            with fails(errno.ENOENT):
                d.answer(q, logged_on())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5000, help="random messages (5000)")
    parser.add_argument("--storm", type=float, default=15, help="seconds of races (15)")
    parser.add_argument("--server", default="192.168.77.2", help="where cifssrv.ko listens")
    parser.add_argument("--user", default="tester", help="somebody in its users/")
    parser.add_argument("tests", nargs="*")
    opts = parser.parse_args()
    tests = {n[5:]: f for n, f in globals().items() if n.startswith("test_")}
    bad = 0
    for name in opts.tests or tests:
        try:
            tests[name](opts)
            print(f"ok {name}", flush=True)
        except Skip as why:
            print(f"skip {name} # {why}", flush=True)
        except (AssertionError, OSError, struct.error) as e:
            frames = traceback.extract_tb(e.__traceback__)
            at = next(f.lineno for f in frames if f.name == tests[name].__name__)
            print(f"not ok {name} # line {at}: {e!r}", flush=True)
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
