# SPDX-License-Identifier: GPL-2.0-or-later
"""What smb2check must let pass, and what it must catch; run by selftest.py and unit/testlib"""
import struct
from contextlib import contextmanager

import smb2
import smb2body as b
import smb2check as c

FID, SID, TID, MID = bytes(range(16)), 0x1234, 5, 7
KEY = bytes(range(100, 116))


class FakeSession:
    sid, flags, signing, sealing = SID, 0, True, False

    def channel_keys(self, _conn):
        return True


def connection(dialect=0x0311):
    conn = smb2.Conn("", connect=False)
    conn.dialect, conn.credits = dialect, 10
    conn.sessions[SID] = FakeSession()
    return conn


def raw(cmd, body, *, status=0, flags=b.FLAG_RESPONSE, credits=1, charge=1, mid=MID, tid=TID,
        sid=SID, next_=0, pid=0xfeff, async_id=None, signature=bytes(16)):
    ids = struct.pack("<Q", async_id) if async_id is not None else struct.pack("<II", pid, tid)
    return struct.pack("<4sHHIHHIIQ8sQ16s", b"\xfeSMB", 64, charge, status, cmd, credits, flags,
                       next_, mid, ids, sid, signature) + body


def asks(conn, body, **head):
    head = {"flags": 0, "tid": TID, "sid": SID, "credits": 3, "charge": 1, **head}
    msg = b.header(body.cmd, MID, **head) + body
    conn.ledger.sends(msg)
    return c.Request(msg, False)


def gets(conn, message, last=True, sealed=False):
    conn.ledger.gets(smb2.Reply(message), last, sealed)


def error(data=b"", contexts=0):
    return struct.pack("<HBBI", 9, contexts, 0, len(data)) + (data or b"\0")


def entry(name, nxt):
    path = name.encode("utf-16le")
    item = struct.pack("<II", nxt, 0) + bytes(52) + struct.pack("<IIBB", len(path), 0, 0, 0) + \
        bytes(24) + struct.pack("<HQ", 0, 9) + path
    return item + bytes(nxt - len(item) if nxt else 0)


LISTING = entry("abc", 112) + entry("d", 0)
CTX = struct.pack("<IHHHHI", 32, 16, 4, 0, 24, 8) + b"MxAc" + bytes(4) + bytes(8) + \
    struct.pack("<IHHHHI", 0, 16, 4, 0, 24, 32) + b"QFid" + bytes(4) + bytes(32)
# Requests, and replies that are right
GOOD = {
    "echo": (b.echo(), struct.pack("<HH", 4, 0)),
    "set_info": (b.set_info(FID, b"x"), struct.pack("<H", 2)),
    "create": (b.create("x"), struct.pack("<HBBI", 89, 0, 0, 1) + bytes(56) + FID +
               struct.pack("<II", 152, len(CTX)) + CTX),
    "close": (b.close(FID), struct.pack("<H", 60) + bytes(58)),
    "read": (b.read(FID, 5), struct.pack("<HBBIII", 17, 80, 0, 5, 0, 0) + b"hello"),
    "write": (b.write(FID, b"hello"), struct.pack("<HHIII", 17, 0, 5, 0, 0)),
    "ioctl": (b.ioctl(FID, 77), struct.pack("<HHI16sIIIIII", 49, 0, 77, FID, 112, 0, 112, 3, 0, 0) +
              b"out"),
    "query_directory": (b.query_directory(FID), struct.pack("<HHI", 9, 72, len(LISTING)) + LISTING),
    "query_info": (b.query_info(FID), struct.pack("<HHI", 9, 72, 4) + b"info"),
    "tree_connect": (b.tree_connect("\\\\x\\y"), struct.pack("<HBBIII", 16, 1, 0, 0, 0, 0)),
    "oplock_break": (b.oplock_break(FID, 0), struct.pack("<HBBI", 24, 0, 0, 0) + FID),
}
# Offsets in the body of what a byte more or less makes wrong (sizes, offsets, lengths, reserved)
FIELDS = {
    "echo": (0, 2), "set_info": (0,), "create": (0, 2, 60, 80, 84, 92, 94, 108, 140),
    "close": (0, 4, 30), "read": (0, 2, 3, 4, 8, 12), "write": (0, 2, 8, 12),
    "ioctl": (0, 2, 4, 24, 28, 32, 36, 40, 44), "query_info": (0, 2, 4), "tree_connect": (0, 2, 3),
    "query_directory": (0, 2, 4, 8, 68, 77, 90, 102, 118), "oplock_break": (0, 2, 3, 4),
}


@contextmanager
def caught(what):
    """The block must raise BadReply"""
    try:
        yield
    except c.BadReply:
        c.FAULTS.clear()
    else:
        raise AssertionError(f"not caught: {what}")


def right_replies_pass():
    for name, (request, body) in GOOD.items():
        conn = connection()
        asks(conn, request)
        gets(conn, raw(request.cmd, body))
        conn = connection()
        asks(conn, request)
        gets(conn, raw(request.cmd, error(), status=0xc0000022))
        conn = connection()
        asks(conn, request)
        assert not conn.ledger.odd, name
        gets(conn, raw(request.cmd, b.pad8(body), next_=64 + len(b.pad8(body))), last=False)


def wrong_bodies_are_caught():
    for name, (request, body) in GOOD.items():
        wrong = {"one byte less": body[:-1], "a zero more": body + b"\0", "a page more": body + bytes(4096)}
        for at in FIELDS[name]:
            wrong[f"byte {at}"] = body[:at] + bytes([body[at] ^ 0x85]) + body[at + 1:]
        if name == "write":             # Buffer may have its one byte
            del wrong["a zero more"]
        for what, text in wrong.items():
            conn = connection()
            asks(conn, request)
            with caught(f"{name}, {what}"):
                gets(conn, raw(request.cmd, text))
        padded = b.pad8(body) if len(body) % 8 else body + bytes(8)
        conn = connection()
        asks(conn, request)
        with caught(f"{name}, padding"):
            gets(conn, raw(request.cmd, padded[:-1] + b"\1", next_=64 + len(padded)), last=False)


def wrong_errors_are_caught():
    request = b.read(FID, 5)
    for what, body, status in (
            ("pages behind an error", error() + bytes(16384), 0xc0000011),
            ("the file's bytes behind an error", error() + b"x", 0xc0000011),
            ("a success's body", GOOD["read"][1], 0xc0000011),
            ("ErrorData without context", error(b"1234"), 0xc0000023),
            ("ErrorData nobody wants", error(struct.pack("<II", 4, 0) + b"1234", 1), 0xc0000022),
            ("a context too long", error(struct.pack("<II", 5, 0) + b"1234", 1), 0xc0000023),
            ("two contexts in one", error(struct.pack("<II", 4, 0) + b"1234", 2), 0xc0000023),
            ("a byte of ErrorData that is not 0", error()[:-1] + b"\1", 0xc0000022),
            ("a success's body for a warning", struct.pack("<HHI", 9, 72, 0), 0x80000006)):
        conn = connection()
        asks(conn, request)
        with caught(what):
            gets(conn, raw(b.READ, body, status=status))
    conn = connection()
    asks(conn, b.query_directory(FID))
    with caught("case 79"):
        gets(conn, raw(b.QUERY_DIRECTORY, struct.pack("<HHI", 9, 72, 0), status=0x80000006))
    conn = connection(0x0302)
    asks(conn, request)
    with caught("a context below 3.1.1"):
        gets(conn, raw(b.READ, error(struct.pack("<II", 4, 0) + b"1234", 1), status=0xc0000023))
    conn = connection()
    asks(conn, b.query_info(FID))
    gets(conn, raw(b.QUERY_INFO, error(struct.pack("<II", 4, 0) + b"1234", 1), status=0xc0000023))


def wrong_headers_are_caught():
    good = GOOD["echo"][1]
    for what, head in (
            ("command", {"cmd": b.LOGOFF}), ("MessageId", {"mid": 8}), ("TreeId", {"tid": 6}),
            ("SessionId", {"sid": 9}), ("process id", {"pid": 1}), ("CreditCharge", {"charge": 2}),
            ("credits", {"credits": 4}), ("RELATED", {"flags": 5}),
            ("SIGNED without a signature that is right", {"flags": 9}),
            ("ASYNC", {"flags": 3, "async_id": 1}), ("an unknown flag", {"flags": 0x81}),
            ("a signature without the flag", {"signature": KEY}), ("NextCommand", {"next_": 72})):
        conn = connection()
        asks(conn, b.echo())
        c.NONCES.know(SID, c.Signer(b.SIGN_CMAC, KEY))
        with caught(what):
            gets(conn, raw(head.pop("cmd", b.ECHO), good, **head))
        c.NONCES.keys.clear()
    conn = connection()
    asks(conn, b.echo())
    gets(conn, raw(b.ECHO, good))
    with caught("a second reply"):
        gets(conn, raw(b.ECHO, good))
    conn = connection()
    asks(conn, b.echo())
    with caught("encrypted, the request was not"):
        gets(conn, raw(b.ECHO, good), sealed=True)


def interim(conn, **head):
    head = {"flags": 3, "async_id": 99, "status": b.PENDING, **head}
    gets(conn, raw(b.LOCK, error(), **head))


def wrong_interim_replies_are_caught():
    request, done = b.lock(FID, [(0, 1, 1)]), struct.pack("<HH", 4, 0)
    for what, head in (("signed", {"flags": 11, "signature": KEY}), ("not ASYNC", {"flags": 1}),
                       ("AsyncId 0", {"async_id": 0})):
        conn = connection()
        asks(conn, request)
        with caught(f"interim, {what}"):
            interim(conn, **head)
    for what, head in (("two", None), ("sync", {"flags": 1, "async_id": None}),
                       ("another AsyncId", {"async_id": 98}), ("credits twice", {"credits": 1})):
        conn = connection()
        asks(conn, request)
        interim(conn)
        with caught(f"after an interim reply, {what}"):
            if head is None:
                interim(conn)
            gets(conn, raw(b.LOCK, done, **{"flags": 3, "async_id": 99, "credits": 0, **head}))
    conn = connection()
    asks(conn, request)
    interim(conn)
    gets(conn, raw(b.LOCK, done, flags=3, async_id=99, credits=0))


def signed(message, alg):
    message = message[:16] + struct.pack("<I", 9) + message[20:]
    return message[:48] + c.Signer(alg, KEY).signature(message) + message[64:]


def nonces_are_remembered():
    ok, no = raw(b.ECHO, GOOD["echo"][1]), raw(b.ECHO, error(), status=0xc0000022)
    for alg in (b.SIGN_CMAC, b.SIGN_GMAC):
        c.NONCES.know(SID, c.Signer(alg, KEY))
        for message in (ok, ok):        # the same again is no second text
            conn = connection()
            asks(conn, b.echo(), flags=b.FLAG_SIGNED)
            gets(conn, signed(message, alg))
        conn = connection()
        asks(conn, b.echo(), flags=b.FLAG_SIGNED)
        if alg == b.SIGN_CMAC:
            gets(conn, signed(no, alg))
        else:
            with caught("a MessageId twice"):
                gets(conn, signed(no, alg))
        c.NONCES.keys.clear()
    conn = connection()
    asks(conn, b.echo(), flags=b.FLAG_SIGNED)
    with caught("not signed"):
        gets(conn, ok)
    c.NONCES.once(KEY, b"n", b"a", "")
    c.NONCES.once(KEY, b"m", b"b", "")
    c.NONCES.once(KEY, b"n", b"a", "")
    with caught("a seal nonce twice"):
        c.NONCES.once(KEY, b"n", b"b", "")
    c.NONCES.seen.clear()


def notifications():
    note = struct.pack("<HBBI", 24, 1, 0, 0) + FID
    head = {"mid": c.NO_ID, "tid": 0, "sid": 0, "credits": 0, "charge": 0}
    with caught("a FileId that no reply has granted"):
        gets(connection(), raw(b.OPLOCK_BREAK, note, **head))
    c.GRANTED.add(FID)
    gets(connection(), raw(b.OPLOCK_BREAK, note, **head))
    for what, change in (("signed", {"flags": 9}), ("credits", {"credits": 1}), ("sid", {"sid": 1})):
        with caught(f"a notification with {what}"):
            gets(connection(), raw(b.OPLOCK_BREAK, note, **{**head, **change}))


TESTS = (right_replies_pass, wrong_bodies_are_caught, wrong_errors_are_caught,
         wrong_headers_are_caught, wrong_interim_replies_are_caught, nonces_are_remembered,
         notifications)
