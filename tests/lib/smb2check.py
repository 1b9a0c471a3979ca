# SPDX-License-Identifier: GPL-2.0-or-later
"""smb2check - is a reply one that [MS-SMB2] lets a server send?

smb2.py hands every message that it sends and every reply that it gets to a Ledger, one for each
connection, whatever the test is about.  A reply that is wrong raises BadReply, and, because tests
that provoke a server catch a lot, also fails the process at its end.  What is looked at:

- the shape: which statuses take an ERROR response (3.3.4.4), StructureSize, offsets and lengths
  against the bytes that are there, nothing behind the last one, zeros where fields are reserved
  and between members of a compound or entries of a list;
- the header: flags, AsyncId, TreeId, SessionId and CreditCharge against the request's, credits;
- protection: a signed request is answered signed, an encrypted one encrypted; interim replies
  and notifications are not signed;
- nonces: no two messages under one (key, MessageId) of AES-GMAC, none under one (key, nonce) of
  an encryption key, over all connections of the process (NONCES).
"""
import atexit
import os
import struct
import sys
import typing

import smb2body as b
from smb2body import FLAG_ASYNC, FLAG_RELATED, FLAG_RESPONSE, FLAG_SIGNED, OK, PENDING
from smbcrypt import aes_cmac, aes_gmac, hmac_sha256

NO_ID = 0xffffffffffffffff
(BUFFER_OVERFLOW, NOTIFY_ENUM_DIR, INVALID_PARAMETER, BUFFER_TOO_SMALL, STOPPED_ON_SYMLINK,
 INFO_LENGTH_MISMATCH, SESSION_DELETED) = (0x80000005, 0x10c, 0xc000000d, 0xc0000023, 0x8000002d,
                                           0xc0000004, 0xc0000203)
GUEST_OR_NULL = 3                       # SessionFlags: no key
FSCTL_PIPE_PEEK, FSCTL_COPYCHUNK_WRITE = 0x0011400c, 0x001480f2
# CREATE, READ … may wait; what never does has no interim reply
NEVER_ASYNC = (b.NEGOTIATE, b.SESSION_SETUP, b.LOGOFF, b.TREE_CONNECT, b.TREE_DISCONNECT, b.ECHO,
               b.CANCEL)
# The class's entries: offset of FileName; of FileNameLength; reserved bytes
DIR_CLASSES = {1: (64, 60, ()), 2: (68, 60, ()), 3: (94, 60, (69,)), 12: (12, 8, ()),
               37: (104, 60, (69, 94, 95)), 38: (80, 60, (68, 69, 70, 71)), 60: (88, 60, ())}


class BadReply(Exception):
    """The server sent what a server must not send."""


SEALED = {}                             # tag: message, until it is sent
FAULTS = []                             # texts of all BadReply, caught or not
GRANTED = set()                         # FileIds of the CREATE replies that granted an oplock


def _at_exit():
    if FAULTS:
        print(f"not ok replies # {len(FAULTS)} bad replies; the first: {FAULTS[0]}", flush=True)
        sys.stdout.flush()
        os._exit(1)


atexit.register(_at_exit)


def bad(text):
    FAULTS.append(text)
    raise BadReply(text)


class Nonces:
    """What was protected under which (key, nonce)."""

    def __init__(self):
        self.seen, self.keys = {}, {}

    def once(self, key, nonce, text, what):
        """TEXT: equal for the same message only, e.g. its authentication tag"""
        was = self.seen.setdefault(key, {}).setdefault(nonce, text)
        if was != text:
            bad(f"{what}: one key protects two messages under the same nonce")

    def know(self, sid, signer):
        """SIGNER, a Signer, signs for the session SID, on this connection or another"""
        known = self.keys.setdefault(sid, [])
        if signer not in known:
            known.append(signer)

    def signed(self, signer, reply):
        """REPLY was signed by SIGNER"""
        if signer.alg == b.SIGN_GMAC:
            self.once(signer.key, (reply.mid, "server"), reply.signature, "signature")


NONCES = Nonces()


class Signer(typing.NamedTuple):
    """A signing key and its algorithm"""
    alg: int
    key: bytes

    def signature(self, msg):
        """of MSG, whose own signature field counts as zero; [MS-SMB2] 3.1.4.1"""
        data = msg[:48] + bytes(16) + msg[64:]
        if self.alg == b.SIGN_HMAC:
            return hmac_sha256(self.key, data)[:16]
        if self.alg == b.SIGN_CMAC:
            return aes_cmac(self.key, data)
        flags, mid = struct.unpack_from("<I4xQ", msg, 16)
        cmd = struct.unpack_from("<H", msg, 12)[0]
        role = flags & FLAG_RESPONSE | (2 if cmd == b.CANCEL else 0)
        return aes_gmac(self.key, struct.pack("<QI", mid, role), data)


class Request:
    """What a reply is compared with: a request's header, and its bytes."""

    def __init__(self, raw, sealed):
        (self.charge, self.cmd, self.credits, self.flags, self.mid) = struct.unpack_from(
            "<6xH4xHHI4xQ", raw)
        self.pid, self.tid, self.sid = struct.unpack_from("<IIQ", raw, 32)
        self.signature, self.body, self.sealed = raw[48:64], raw[64:], sealed
        self.whole = True               # as its builder made it, as far as can be seen
        self.async_id = None            # of the interim reply

    def get(self, fmt, offset):
        """struct.unpack_from() of the body; None where it is too short"""
        if offset + struct.calcsize("<" + fmt) > len(self.body):
            return None
        return struct.unpack_from("<" + fmt, self.body, offset)[0]


def members(frame):
    """[(bytes of one command, is it the last)] of a message; what NextCommand says ends it"""
    out, pos = [], 0
    while len(frame) - pos >= 64:
        nxt = struct.unpack_from("<I", frame, pos + 20)[0]
        if not nxt or nxt % 8 or nxt < 64 or pos + nxt > len(frame):
            return out + [(frame[pos:], True)], not nxt
        out.append((frame[pos:pos + nxt], False))
        pos += nxt
    return out, False


class Ledger:
    """What one connection has asked, and what has been answered."""

    def __init__(self, conn):
        self.conn = conn
        self.sent = {}                  # MessageId: Request without a final reply
        self.odd = False                # something was sent that is no request

    # --- what is sent -------------------------------------------------------------

    def sends(self, message, sealed=False):
        parts, whole = members(message) if message[:4] == b"\xfeSMB" else ([], False)
        self.odd |= not whole
        chain = None
        for raw, _ in parts:
            if raw[:4] != b"\xfeSMB":
                self.odd = True
                return
            req = Request(raw, sealed)
            if req.flags & FLAG_RELATED and chain:
                req.tid, req.sid = chain
            chain = (req.tid, req.sid)
            req.whole = whole
            if req.cmd != b.CANCEL:
                self.sent.setdefault(req.mid, req)

    # --- what is received ---------------------------------------------------------

    def gets(self, reply, last, sealed):
        """One reply of a frame; LAST: nothing follows it there"""
        try:
            if reply.mid == NO_ID:
                self._notification(reply)
                return
            req = self.sent.get(reply.mid)
            if req is None and not self.odd:
                bad("nothing with that MessageId waits for a reply")
            self._header(reply, req, last, sealed)
            Shape(self.conn, reply, req, last).check()
            self._settle(reply, req)
        except BadReply as e:
            FAULTS[-1] = f"{reply!r}, {len(reply.raw)} bytes: {e}"
            raise BadReply(FAULTS[-1]) from None
        except (struct.error, IndexError) as e:
            bad(f"{reply!r}, {len(reply.raw)} bytes: {e}")

    def _settle(self, reply, req):
        if req is None:
            return
        if reply.status == PENDING:
            req.async_id = reply.async_id
            return
        if reply.cmd == b.CREATE and reply.status == 0 and reply.body[2]:
            GRANTED.add(reply.body[64:80])
        del self.sent[reply.mid]

    def _notification(self, reply):
        """[MS-SMB2] 3.3.4.6, 3.3.4.7"""
        if reply.cmd != b.OPLOCK_BREAK:
            bad("MessageId -1 is for breaks")
        if reply.flags != FLAG_RESPONSE or reply.signature != bytes(16):
            bad(f"a break notification with flags {reply.flags:#x}")
        if reply.status or reply.credits or reply.charge or reply.sid or reply.tid or reply.next:
            bad("a field that a notification has no use for is not 0")
        Shape(self.conn, reply, None, True).check()
        # 3.2.5.19: a client ignores a FileId that it does not know, and caches on
        if len(reply.body) == 24 and reply.body[8:24] not in GRANTED:
            bad("it came before the reply that grants the oplock")

    def _header(self, reply, req, last, sealed):
        if reply.next % 8 or bool(reply.next) == last:
            bad(f"NextCommand {reply.next}")
        extra = reply.flags & ~(FLAG_RESPONSE | FLAG_ASYNC | FLAG_RELATED | FLAG_SIGNED)
        if extra & ~(req.flags if req else 0):
            bad(f"flags {reply.flags:#x}")
        if not reply.flags & FLAG_SIGNED and reply.signature != bytes(16):
            bad("a signature without the flag")
        if req is None:
            return
        if reply.cmd != req.cmd:
            bad(f"the request was {b.command_name(req.cmd)}")
        if reply.charge != req.charge:
            bad(f"CreditCharge {reply.charge}, the request's was {req.charge}")
        if (reply.flags ^ req.flags) & FLAG_RELATED:
            bad("RELATED_OPERATIONS differs from the request's")
        if sealed != req.sealed:
            bad("encrypted, the request was not" if sealed else "not encrypted, the request was")
        self._ids(reply, req)
        self._credits(reply, req)
        self._protection(reply, req, sealed)

    def _ids(self, reply, req):
        """[MS-SMB2] 3.3.4.1, 3.3.4.2"""
        is_async = bool(reply.flags & FLAG_ASYNC)
        if reply.status == PENDING:
            if not is_async or not reply.async_id or reply.cmd in NEVER_ASYNC:
                bad("no proper interim reply")
            if req.async_id is not None:
                bad("a second interim reply")
        elif is_async != (req.async_id is not None):
            bad("ASYNC_COMMAND without an interim reply, or the other way round")
        elif is_async and reply.async_id != req.async_id:
            bad("not the interim reply's AsyncId")
        if not is_async and struct.unpack_from("<I", reply.raw, 32)[0] != req.pid:
            bad("not the request's process id")
        if not is_async and reply.cmd != b.TREE_CONNECT and reply.tid != req.tid \
                and not req.flags & FLAG_RELATED:
            bad(f"TreeId {reply.tid}, the request's was {req.tid}")
        if reply.sid != req.sid and not (reply.cmd == b.SESSION_SETUP and not req.sid) \
                and not req.flags & FLAG_RELATED:
            bad(f"SessionId {reply.sid:#x}, the request's was {req.sid:#x}")

    def _credits(self, reply, req):
        """[MS-SMB2] 3.3.1.2, 3.3.4.2: granted once, and no more than asked for"""
        if reply.status != PENDING and req.async_id is not None and reply.credits:
            bad(f"{reply.credits} credits, though the interim reply gave them")
        if reply.credits > max(req.credits, 1):
            bad(f"{reply.credits} credits, {req.credits} were asked for")
        if self.conn.credits + reply.credits > 65535:
            bad("more credits than MessageIds are allowed for")
        others = len(self.sent) - (reply.status != PENDING)
        if not reply.credits and not others and req.async_id is None \
                and self.conn.credits <= 0 and not self.odd:
            bad("no credit left, and nothing under way that could bring one")

    def _protection(self, reply, req, sealed):
        """[MS-SMB2] 3.3.4.1.1"""
        is_signed = bool(reply.flags & FLAG_SIGNED)
        if reply.status == PENDING or reply.cmd == b.NEGOTIATE or sealed:
            if is_signed:
                bad("signed: NEGOTIATE, interim and encrypted replies are not")
            return
        if is_signed:
            self._signature(reply, req)
            return
        sess = self.conn.sessions.get(reply.sid)
        if req.flags & FLAG_SIGNED and sess and sess.channel_keys(self.conn) \
                and not sess.flags & GUEST_OR_NULL and reply.status != SESSION_DELETED \
                and req.whole:
            bad("not signed, though the request was")

    def _signature(self, reply, req):
        """Who signed it?  SESSION_SETUP that succeeds: Logon.finish() knows the key."""
        if reply.signature == req.signature and reply.status != OK:
            return                      # an error, and the request's own header
        for signer in NONCES.keys.get(reply.sid, ()):
            if signer.signature(reply.raw) == reply.signature:
                NONCES.signed(signer, reply)
                return
        if reply.cmd == b.SESSION_SETUP and reply.status == OK:
            return
        if self.conn.verify and NONCES.keys.get(reply.sid):
            bad("wrong signature")


class Shape:
    """The body of one reply against [MS-SMB2] 2.2."""

    def __init__(self, conn, reply, req, last):
        self.conn, self.reply, self.req, self.last = conn, reply, req, last
        self.body = reply.body

    def num(self, fmt, offset):
        if offset + struct.calcsize("<" + fmt) > len(self.body):
            bad(f"a body of {len(self.body)} bytes ends before its field at {offset}")
        return struct.unpack_from("<" + fmt, self.body, offset)[0]

    def zero(self, start, end, what="reserved"):
        if any(self.body[start:end]):
            bad(f"{what} bytes {start}-{end} of the body are not 0")

    def size(self, value):
        if self.num("H", 0) != value:
            bad(f"StructureSize {self.num('H', 0)}, not {value}")

    def ends(self, *lengths):
        """The body is so long (one of LENGTHS), but for zeros up to the next member"""
        if self.last:
            if len(self.body) not in lengths:
                bad(f"a body of {len(self.body)} bytes, not {lengths[0]}")
            return
        fit = [n for n in lengths if n + -n % 8 == len(self.body)]
        if not fit:
            bad(f"a body of {len(self.body)} bytes, not {lengths[0]} and padding")
        self.zero(min(fit), len(self.body), "padding")

    def has_body(self):
        """[MS-SMB2] 3.3.4.4"""
        cmd, status = self.reply.cmd, self.reply.status
        code = self.req.get("I", 4) if self.req and cmd == b.IOCTL else None
        return status == OK or (cmd, status) in (
            (b.SESSION_SETUP, b.MORE_PROCESSING), (b.QUERY_INFO, BUFFER_OVERFLOW),
            (b.READ, BUFFER_OVERFLOW), (b.CHANGE_NOTIFY, NOTIFY_ENUM_DIR)) or \
            status == BUFFER_OVERFLOW and code in (
                b.FSCTL_PIPE_TRANSCEIVE, FSCTL_PIPE_PEEK, b.FSCTL_DFS_GET_REFERRALS) or \
            status == INVALID_PARAMETER and self.num("H", 0) == 49 and code in (
                b.FSCTL_SRV_COPYCHUNK, FSCTL_COPYCHUNK_WRITE)

    def check(self):
        if not self.has_body():
            self.error()
            return
        cmd = self.reply.cmd
        if cmd >= len(b.NAMES):
            bad("a success of an unknown command")
        how = getattr(self, b.NAMES[cmd].lower(), None)
        if how is None:
            bad("a reply to CANCEL")
        how()

    def error(self):
        """[MS-SMB2] 2.2.2"""
        self.size(9)
        count, length = self.num("B", 2), self.num("I", 4)
        self.zero(3, 4)
        self.ends(8 + length if length else 9)
        if not length:
            self.zero(8, 9)
            if count:
                bad(f"ErrorContextCount {count} without ErrorData")
            return
        if self.conn.dialect != 0x0311:
            if count:
                bad("ErrorContextCount is for 3.1.1")
            self.error_data(self.body[8:8 + length])
            return
        if not count:
            bad("ErrorData of 3.1.1 without ErrorContextCount")
        self.contexts(count, 8, 8 + length)

    def contexts(self, count, pos, end):
        """[MS-SMB2] 2.2.2.1"""
        for i in range(count):
            size, ident = self.num("I", pos), self.num("I", pos + 4)
            if ident not in (0, 0x72645253) or pos + 8 + size > end:
                bad("an ErrorContext leaves ErrorData")
            if size or self.reply.status != INFO_LENGTH_MISMATCH:
                self.error_data(self.body[pos + 8:pos + 8 + size])
            pos += 8 + size
            if i < count - 1:
                self.zero(pos, pos + -pos % 8, "padding")
                pos += -pos % 8
        if pos != end:
            bad(f"ByteCount is {end - 8}, its contexts end at {pos - 8}")

    def error_data(self, data):
        """[MS-SMB2] 2.2.2.2"""
        status = self.reply.status
        if status == STOPPED_ON_SYMLINK:
            if len(data) < 28 or data[4:8] != b"SYML" or \
                    struct.unpack_from("<I", data)[0] != len(data) - 4:
                bad("STOPPED_ON_SYMLINK without its data")
        elif status == BUFFER_TOO_SMALL:
            if len(data) != 4:
                bad("BUFFER_TOO_SMALL says how much in 4 bytes")
        else:
            bad(f"{b.status_name(status)} has no ErrorData")

    def buffer(self, fixed, off_fmt, off_at, len_fmt, len_at):
        """The bytes behind FIXED, where (Offset, Length) say they are"""
        off, length = self.num(off_fmt, off_at), self.num(len_fmt, len_at)
        if off != 64 + fixed and (length or off):
            bad(f"a buffer at {off}, not {64 + fixed}")
        self.ends(*((fixed + length,) if length else (fixed, fixed + 1)))
        if not length:
            self.zero(fixed, fixed + 1)
        return self.body[fixed:fixed + length]

    def at_most(self, data, fmt, offset):
        """The request's field at OFFSET says how much it wanted"""
        limit = self.req.get(fmt, offset) if self.req else None
        if limit is not None and len(data) > limit:
            bad(f"{len(data)} bytes, the request wanted {limit}")

    def nothing(self, length=4):
        self.size(length)
        self.ends(length)
        self.zero(2, length)

    logoff = tree_disconnect = flush = lock = echo = nothing

    def set_info(self):
        self.size(2)
        self.ends(2)

    def negotiate(self):
        """[MS-SMB2] 2.2.4"""
        self.size(65)
        mode, dialect, count = self.num("H", 2), self.num("H", 4), self.num("H", 6)
        caps = self.num("I", 24)
        if not mode & 1 or mode & ~3 or caps & ~0x7f:
            bad(f"SecurityMode {mode:#x}, Capabilities {caps:#x}")
        if min(self.num("I", 28), self.num("I", 32), self.num("I", 36)) < 65536:
            bad("a Max…Size below 65536")
        self.zero(48, 56, "ServerStartTime")
        off, length, ctx = self.num("H", 56), self.num("H", 58), self.num("I", 60)
        if off != 128:
            bad(f"SecurityBufferOffset {off}")
        if dialect != 0x0311:
            self.zero(6, 8)
            self.zero(60, 64)
            self.ends(64 + length)
            self.offered(caps)
            return
        if ctx != 128 + length + -length % 8 or count < 1:
            bad(f"{count} negotiate contexts at {ctx}")
        self.zero(64 + length, ctx - 64, "padding")
        self.ends(self.negotiate_contexts(count, ctx - 64))
        self.offered(caps)

    def offered(self, caps):
        """[MS-SMB2] 3.3.5.4: of 3.x, what the client has too"""
        mine = self.req.get("I", 8) if self.req else None
        if mine is not None and self.req.whole and caps & 0x78 & ~mine:
            bad(f"Capabilities {caps:#x}, the client has {mine:#x}")

    def negotiate_contexts(self, count, pos):
        seen = []
        for i in range(count):
            kind, length = self.num("H", pos), self.num("H", pos + 2)
            self.zero(pos + 4, pos + 8)
            if kind in seen:
                bad(f"negotiate context {kind} twice")
            seen.append(kind)
            if kind in (b.CTX_PREAUTH, b.CTX_ENCRYPTION, b.CTX_SIGNING) \
                    and self.num("H", pos + 8) != 1:
                bad(f"negotiate context {kind} with another number than one")
            if kind in (b.CTX_ENCRYPTION, b.CTX_SIGNING) and length != 4:
                bad(f"negotiate context {kind} of {length} bytes")
            pos += 8 + length
            if i < count - 1:
                self.zero(pos, pos + -pos % 8, "padding")
                pos += -pos % 8
        return pos

    def session_setup(self):
        self.size(9)
        if self.num("H", 2) & ~7:
            bad(f"SessionFlags {self.num('H', 2):#x}")
        self.buffer(8, "H", 4, "H", 6)

    def tree_connect(self):
        self.size(16)
        self.ends(16)
        self.zero(3, 4)
        if self.num("B", 2) not in (1, 2, 3):
            bad(f"ShareType {self.num('B', 2)}")

    def create(self):
        """[MS-SMB2] 2.2.14"""
        self.size(89)
        if self.num("B", 2) not in (0, 1, 8, 9, 0xff) or self.num("B", 3) & ~1 or \
                self.num("I", 4) > 3:
            bad("OplockLevel, Flags or CreateAction")
        self.zero(60, 64)
        data = self.buffer(88, "I", 80, "I", 84)
        pos = 0
        while data:
            nxt, noff, nlen, res, doff, dlen = struct.unpack_from("<IHHHHI", data, pos)
            end = pos + nxt if nxt else len(data)
            used = pos + max(noff + nlen, doff + dlen)
            if nxt % 8 or res or noff != 16 or doff % 8 or doff < noff + nlen or used > end or \
                    end - used > 7 or any(data[pos + 16 + nlen:pos + doff]) or \
                    any(data[used:end]) or not nxt and used != end:
                bad(f"the create context at {pos}")
            if not nxt:
                break
            pos = end

    def close(self):
        self.size(60)
        self.ends(60)
        self.zero(4, 8)
        if self.num("H", 2) & ~1:
            bad(f"Flags {self.num('H', 2):#x}")
        if not self.num("H", 2):
            self.zero(8, 60)

    def read(self):
        self.size(17)
        self.zero(3, 4)
        self.zero(8, 16)
        data = self.buffer(16, "B", 2, "I", 4)
        self.at_most(data, "I", 4)
        least = self.req.get("I", 32) if self.req else None
        if least is not None and len(data) < least and self.reply.status == OK:
            bad(f"{len(data)} bytes, MinimumCount is {least}")

    def write(self):
        self.size(17)
        self.ends(16, 17)
        self.zero(2, 4)
        self.zero(8, len(self.body))
        wanted = self.req.get("I", 4) if self.req else None
        if wanted is not None and self.num("I", 4) > wanted:
            bad(f"{self.num('I', 4)} bytes written, {wanted} were sent")

    def ioctl(self):
        """[MS-SMB2] 2.2.32"""
        self.size(49)
        self.zero(2, 4)
        self.zero(40, 48)
        in_off, in_len = self.num("I", 24), self.num("I", 28)
        out_off, out_len = self.num("I", 32), self.num("I", 36)
        if in_len or in_off not in (0, 112) or out_off not in (0, 112) or out_len and not out_off:
            bad(f"input {in_off}+{in_len}, output {out_off}+{out_len}")
        data = self.buffer(48, "I", 32, "I", 36)
        self.at_most(data, "I", 44)
        if self.req and self.req.whole and self.req.get("I", 4) != self.num("I", 4):
            bad(f"CtlCode {self.num('I', 4):#x}")

    def query_directory(self):
        self.size(9)
        data = self.buffer(8, "H", 2, "I", 4)
        self.at_most(data, "I", 28)
        if not data:
            bad("a success without an entry")
        known = DIR_CLASSES.get(self.req.get("B", 2)) if self.req else None
        if known:
            self.entries(data, *known)

    @staticmethod
    def entries(data, name_at, len_at, reserved):
        """[MS-FSCC] 2.4"""
        pos = 0
        while True:
            if pos + name_at > len(data):
                bad(f"the entry at {pos} has no room")
            nxt = struct.unpack_from("<I", data, pos)[0]
            used = pos + name_at + struct.unpack_from("<I", data, pos + len_at)[0]
            end = pos + nxt if nxt else len(data)
            if nxt % 8 or used > end or end - used > 7 or any(data[used:end]) or \
                    not nxt and used != end or any(data[pos + r] for r in reserved):
                bad(f"the entry at {pos}, that ends at {used}, the next one is at {end}")
            if name_at in (94, 104) and any(data[pos + 70 + data[pos + 68]:pos + 94]):
                bad(f"the entry at {pos} has bytes behind its short name")
            if not nxt:
                return
            pos = end

    def query_info(self):
        self.size(9)
        data = self.buffer(8, "H", 2, "I", 4)
        self.at_most(data, "I", 4)

    def change_notify(self):
        self.size(9)
        data = self.buffer(8, "H", 2, "I", 4)
        self.at_most(data, "I", 4)

    def oplock_break(self):
        """[MS-SMB2] 2.2.23, 2.2.25"""
        if self.num("H", 0) in (36, 44):
            self.ends(self.num("H", 0))
            return
        self.size(24)
        self.ends(24)
        self.zero(3, 8)
        if self.num("B", 2) not in (0, 1, 8, 9):
            bad(f"OplockLevel {self.num('B', 2)}")
