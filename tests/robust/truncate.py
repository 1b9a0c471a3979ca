#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 1800
"""Every SMB2 request cut short at every length, and with every offset, length and size field at 0,
at its maximum and unaligned.  Messages are signed after they were damaged, so that they reach the
decoder.  The server must answer with an error or end the connection (a damaged field that still
makes sense may also succeed), and go on serving others.
"""
import struct

import robust
import smb2
import smb2body as b

ANSWER = 10                 # seconds a damaged request's answer may take
# With these at their maximum nothing in the message can be meant: success would be a mistake.
MUST_FAIL_AT_MAX = {
    "StructureSize", "DialectCount", "NegotiateContextOffset", "NegotiateContextCount",
    "DataLength", "SecurityBufferOffset", "SecurityBufferLength", "PathOffset", "PathLength", "NameOffset",
    "NameLength", "CreateContextsOffset", "CreateContextsLength", "ctx.Next", "ctx.NameOffset",
    "ctx.NameLength", "ctx.DataOffset", "ctx.DataLength", "DataOffset", "LockCount", "InputOffset",
    "InputCount", "FileNameOffset", "FileNameLength", "BufferLength", "BufferOffset",
}
# After these the connection may no longer have what the next request needs.
USED_UP = (b.OK, b.PENDING, 0xc0000203, 0xc00000c9, 0xc0000128)
MUST_FAIL_AT_ZERO = {"StructureSize", "DialectCount", "LockCount"}


class Bench:
    """A connection with everything a request may need, made anew when it has suffered."""

    def __init__(self, target):
        self.target, self.tree, self.made = target, None, 0

    def get(self):
        if not self.tree:
            self.tree = self.target.tree([0x0300, 0x0302, 0x0311], timeout=ANSWER)
            self.file = self.tree.create("truncate.tmp")
            # how the answer to a message like no client's is signed is not the point here
            self.tree.conn.verify = False
            self.file.write(b"x" * 1000)
            self.dir = self.tree.create("", options=b.OPT_DIRECTORY, disposition=b.OPEN,
                                        access=b.READ_DATA | 0x80)
            self.made += 1
        return self.tree

    def drop(self):
        if self.tree:
            self.tree.conn.close()
        self.tree = None


def requests(bench):
    """[(name, builder of a good Body on the present connection)]"""
    def f():
        return bench.file.fid

    def d():
        return bench.dir.fid

    lease = b.lease_context(b"truncate.py key.", 3)
    return [
        ("LOGOFF", b.logoff), ("TREE_DISCONNECT", b.tree_disconnect), ("ECHO", b.echo),
        ("TREE_CONNECT", lambda: b.tree_connect("\\\\server\\" + bench.target.share)),
        ("CREATE", lambda: b.create("truncate.new")),
        ("CREATE-contexts", lambda: b.create("truncate.ctx", contexts=[
            (b"MxAc", b""), (b"AlSi", struct.pack("<Q", 4096)), (b"QFid", b""), lease])),
        ("CLOSE", lambda: b.close(f())), ("FLUSH", lambda: b.flush(f())),
        ("READ", lambda: b.read(f(), 100)), ("WRITE", lambda: b.write(f(), b"some data to write")),
        ("LOCK", lambda: b.lock(f(), [(0, 1, b.LOCK_SHARED | b.LOCK_FAIL_NOW),
                                      (5, 1, b.LOCK_SHARED | b.LOCK_FAIL_NOW)])),
        ("IOCTL", lambda: b.ioctl(f(), b.FSCTL_CREATE_OR_GET_OBJECT_ID)),
        ("IOCTL-sparse", lambda: b.ioctl(f(), b.FSCTL_SET_SPARSE, b"\1")),
        ("IOCTL-ranges", lambda: b.ioctl(f(), b.FSCTL_QUERY_ALLOCATED_RANGES, bytes(16))),
        ("IOCTL-interfaces", lambda: b.ioctl(b.NO_FID, b.FSCTL_QUERY_INTERFACES)),
        ("CANCEL", b.cancel),
        ("QUERY_DIRECTORY", lambda: b.query_directory(d(), "*.tmp")),
        ("CHANGE_NOTIFY", lambda: b.change_notify(d())),
        ("QUERY_INFO", lambda: b.query_info(f(), class_=b.FILE_ALL_INFO)),
        ("QUERY_INFO-ea", lambda: b.query_info(f(), class_=b.FILE_FULL_EA, data=bytes(12))),
        ("SET_INFO", lambda: b.set_info(f(), bytes(40))),
        ("SET_INFO-rename", lambda: b.set_info(f(), b.rename_info("truncate.to"),
                                               class_=b.FILE_RENAME)),
        ("SET_INFO-eof", lambda: b.set_info(f(), struct.pack("<Q", 1000), class_=b.FILE_EOF)),
        ("OPLOCK_BREAK", lambda: b.oplock_break(f(), 0)),
        ("LEASE_BREAK", lambda: b.lease_break(b"truncate.py key.", 0)),
    ]


def signed(keys, msg):
    """MSG with a good signature, if it has room for one"""
    if len(msg) < 64 or not keys:
        return msg
    flags = struct.unpack_from("<I", msg, 16)[0] | b.FLAG_SIGNED
    msg = msg[:16] + struct.pack("<I", flags) + msg[20:]
    return msg[:48] + keys.signature(msg) + msg[64:]


def outcome(conn, sess, msg, mid):
    """Sends MSG and an ECHO after it.  'closed', 'silent', 'nothing' or the status of the answer"""
    try:
        conn.send_raw(msg)
        probe = conn.send(b.echo(), sess)
        try:
            conn.wait(probe)
        except smb2.Timeout:
            return "silent"
        if len(msg) < 64 or msg[12:14] == struct.pack("<H", b.CANCEL):
            return "nothing"
        try:
            return conn.wait(mid, timeout=2, interim=True).status
        except smb2.Timeout:
            return "nothing"
    except smb2.Closed:
        return "closed"
    except smb2.Broken as e:
        return f"broken: {e}"


def damaged(body, msg):
    """[(what, bytes, success is a mistake)]"""
    for n in range(len(msg)):
        yield f"cut to {n} of {len(msg)} bytes", msg[:n], n < body.need
    for name, off, size in b.HEADER_FIELDS + body.fields:
        old = int.from_bytes(msg[off:off + size], "little")
        top = (1 << 8 * size) - 1
        vals = {0, top, old + 1 & top, old + 3 & top, old - 1 & top, top >> 1, top - 7} - {old}
        for val in sorted(vals):
            # an offset that was 0 belongs to something of length 0: it means nothing
            must = (val in (top, top - 7) and old and name in MUST_FAIL_AT_MAX or
                    val == 0 and name in MUST_FAIL_AT_ZERO)
            if name == "StructureSize":
                must = True
            yield (f"{name} (byte {off}) {old:#x} -> {val:#x}",
                   msg[:off] + val.to_bytes(size, "little") + msg[off + size:], must)


def good_answer(got, must_fail, msg):
    if got in ("closed", "nothing"):
        # a whole header must not go unanswered on a connection that lives on
        return got == "closed" or len(msg) < 64 or msg[12:14] == struct.pack("<H", b.CANCEL) or \
            not must_fail
    if isinstance(got, str):
        return False
    return not must_fail or got not in (b.OK, b.PENDING)


def one_request(bench, name, build, tally):
    bench.get()
    body = build()
    bad, n = [], 0
    shape = damaged(body, b.header(body.cmd) + body)
    for what, damage, must in shape:
        tree = bench.get()
        conn, sess = tree.conn, tree.sess
        body = build()
        msg, mid = conn.message(body, sess, tree, sign=False)
        # the damage was worked out on a header without ids: put this one's in
        if what.startswith("cut"):
            msg = msg[:len(damage)]
        else:
            off = int(what.split("(byte ")[1].split(")")[0])
            size = next(s for _, o, s in b.HEADER_FIELDS + body.fields if o == off)
            if what.split()[0] in ("MessageId", "TreeId", "SessionId", "CreditCharge", "Credits"):
                delta = int(what.rsplit(" ", 1)[1], 16)
                msg = msg[:off] + delta.to_bytes(size, "little") + msg[off + size:]
            else:
                msg = msg[:off] + damage[off:off + size] + msg[off + size:]
        got = outcome(conn, sess, signed(sess.channel_keys(conn), msg), mid)
        n += 1
        text = got if isinstance(got, str) else smb2.status_name(got)
        tally.case(good_answer(got, must, msg), f"{name}, {what}: {text}", bad)
        if isinstance(got, str) and got != "nothing" or mid in conn.interim or got in USED_UP:
            bench.drop()
    tally.line(f"truncate/{name}", n, bad)


def one_handshake(target, name, build, prepare, tally):
    """The requests before there is a session: each damage on a connection of its own"""
    bad, n = [], 0
    body = build(prepare())
    for what, msg, must in damaged(body, b.header(body.cmd, mid=1 if name != "NEGOTIATE" else 0,
                                                  credits=10) + body):
        conn = prepare()
        got = "closed"
        try:
            conn.send_raw(msg)
            got = conn.recv(ANSWER)[0].status
        except smb2.Closed:
            pass
        except smb2.Timeout:
            got = "nothing" if len(msg) < 64 else "silent"
        conn.close()
        n += 1
        text = got if isinstance(got, str) else smb2.status_name(got)
        fine = got == "closed" or not isinstance(got, str) and \
            not (must and got in (b.OK, b.MORE_PROCESSING))
        if what.startswith(("MessageId", "Command", "Flags", "NextCommand")):
            fine = got != "silent"
        tally.case(fine, f"{name}, {what}: {text}", bad)
    tally.line(f"truncate/{name}", n, bad)


def cut_streams(target, tally):
    """The length in front promises more than comes before the connection ends"""
    bad, n = [], 0
    msg = b.header(b.NEGOTIATE) + b.negotiate([0x0202, 0x0311], bytes(16),
                                              contexts=[b.preauth_context(bytes(32))])
    whole = struct.pack(">I", len(msg)) + msg
    for i in range(len(whole)):
        conn = target.connect(negotiate=False)
        try:
            conn.send_bytes(whole[:i])
        except smb2.Closed as e:
            tally.case(False, f"stream cut at {i}: {e}", bad)
        conn.close()
        n += 1
    for head in (0x00ffffff, 0x01000000, 0x81000044, 0xffffffff, 0x00800000, 0x00020000):
        conn = target.connect(negotiate=False)
        try:
            conn.send_bytes(struct.pack(">I", head) + bytes(100))
            conn.recv_raw(1)
            tally.case(False, f"frame header {head:#010x}: an answer", bad)
        except (smb2.Closed, smb2.Timeout, smb2.Broken):    # or a NetBIOS refusal
            tally.case(True)
        conn.close()
        n += 1
    tally.line("truncate/streams", n, bad)


def run(target, args, tally):
    def negotiated():
        return target.connect(timeout=ANSWER)

    def bare():
        return target.connect(negotiate=False, timeout=ANSWER)

    def negotiate(_):
        return b.negotiate(list(smb2.ALL_DIALECTS), bytes(range(16)), contexts=[
            b.preauth_context(bytes(32)), b.list_context(b.CTX_ENCRYPTION, (2, 1)),
            b.list_context(b.CTX_SIGNING, (1,)), b.netname_context("server")])

    target.serves()
    if args.only in ("", "handshake"):
        one_handshake(target, "NEGOTIATE", negotiate, bare, tally)
        one_handshake(target, "SESSION_SETUP", lambda c: b.session_setup(
            smb2.Logon(c, "user").first_token()), negotiated, tally)
        cut_streams(target, tally)
        target.serves()
    bench = Bench(target)
    for name, build in requests(bench):
        if args.only in ("", name):
            one_request(bench, name, build, tally)
            target.serves()
    bench.drop()
    tree = target.tree()
    for name in ("truncate.tmp", "truncate.new", "truncate.ctx", "truncate.to"):
        try:
            tree.delete(name)
        except smb2.SmbError:
            pass
    target.serves()
    tally.case(True)


if __name__ == "__main__":
    robust.main(__doc__, run, [("only", "", "one request's name")])
