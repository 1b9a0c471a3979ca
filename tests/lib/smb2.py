# SPDX-License-Identifier: GPL-2.0-or-later
"""smb2 - a client of SMB 2.0.2 … 3.1.1 that works message by message, for tests

    conn = smb2.Conn("192.168.77.2")            # connects
    conn.negotiate()                            # all dialects, or: negotiate([0x0210])
    sess = conn.logon("user", "password")       # NTLMv2 in SPNEGO
    tree = sess.tree("share")
    with tree.create("a.txt") as f:
        f.write(b"hello")
        assert f.read(5) == b"hello"

Everything above is made of Conn.send() / Conn.wait() and the builders of smb2body, which tests
use themselves where the message matters: Conn.request(body, sess, tree) sends one and returns the
Reply whatever its status; Conn.send_raw(bytes) sends anything.  Every reply is checked, whatever the
test is about: smb2check.  Only Python's own library and
libgcrypt are needed.
"""
import hashlib
import os
import select
import socket
import struct
import time

import ntlm
import smb2body as b
import smb2check
from smb2body import (FLAG_ASYNC, FLAG_RELATED, FLAG_RESPONSE, FLAG_SIGNED, MORE_PROCESSING, OK,
                      PENDING, status_name)
from smbcrypt import CCM, GCM, Aes, CryptError, kdf

ALL_DIALECTS = (0x0202, 0x0210, 0x0300, 0x0302, 0x0311)
SESSION_GUEST, SESSION_NULL, SESSION_ENCRYPT = 1, 2, 4
BINDING = 1                             # SMB2_SESSION_FLAG_BINDING
CAP_ENCRYPTION = 0x40
CIPHERS = {                             # id: key length, mode, nonce length
    b.AES128_CCM: (16, CCM, 11), b.AES128_GCM: (16, GCM, 12),
    b.AES256_CCM: (32, CCM, 11), b.AES256_GCM: (32, GCM, 12),
}


def readable(sock, seconds):
    """Is there something to read within SECONDS?  poll(): select() ends at 1024 descriptors."""
    p = select.poll()
    p.register(sock, select.POLLIN)
    return bool(p.poll(seconds * 1000))


class SmbError(Exception):
    """A reply with a status that was not asked for."""

    def __init__(self, reply, what=""):
        self.status, self.reply = reply.status, reply
        super().__init__(f"{what or b.command_name(reply.cmd)}: {status_name(reply.status)}")


class Closed(Exception):
    """The server ended the connection."""


class Timeout(Exception):
    """Nothing came in time."""


class Broken(Exception):
    """The server sent what a server must not send."""


class Reply:
    """One response (or break notification): header fields, .body, .raw (with the header)."""

    def __init__(self, raw):
        if len(raw) < 64 or raw[:4] != b"\xfeSMB":
            raise Broken(f"not an SMB2 message: {raw[:16].hex()}")
        (_, self.size, self.charge, self.status, self.cmd, self.credits, self.flags, self.next,
         self.mid, ids, self.sid, self.signature) = struct.unpack("<4sHHIHHIIQ8sQ16s", raw[:64])
        self.async_id = struct.unpack("<Q", ids)[0] if self.flags & FLAG_ASYNC else None
        self.tid = struct.unpack("<II", ids)[1]
        self.raw, self.body = raw, raw[64:]
        if not self.flags & FLAG_RESPONSE or self.size != 64:
            raise Broken("not a response")

    def __repr__(self):
        return f"<{b.command_name(self.cmd)} mid={self.mid} {status_name(self.status)}>"

    def check(self, *allowed):
        if self.status not in (allowed or (OK,)):
            raise SmbError(self)
        return self

    def get(self, fmt, offset):
        """struct.unpack_from() of the body, one value unwrapped"""
        vals = struct.unpack_from("<" + fmt, self.body, offset)
        return vals[0] if len(vals) == 1 else vals

    def blob(self, offset, length):
        """(Offset, Length) as the protocol counts them: from the header"""
        if offset < 64 or offset + length > len(self.raw):
            raise Broken(f"{self!r}: buffer {offset}+{length} outside {len(self.raw)} bytes")
        return self.raw[offset:offset + length]


class Keys:
    """What one session's messages are signed and sealed with."""

    def __init__(self, conn, key, preauth):
        self.conn = conn
        if conn.dialect < 0x0300:
            self.signer = smb2check.Signer(b.SIGN_HMAC, key)
            return
        if conn.dialect == 0x0311:
            labels = ((b"SMBSigningKey\0", preauth), (b"SMBC2SCipherKey\0", preauth),
                      (b"SMBS2CCipherKey\0", preauth))
        else:
            labels = ((b"SMB2AESCMAC\0", b"SmbSign\0"), (b"SMB2AESCCM\0", b"ServerIn \0"),
                      (b"SMB2AESCCM\0", b"ServerOut\0"))
        self.signer = smb2check.Signer(conn.signer, kdf(key, *labels[0], 128))
        size, self.mode, self.nonce_len = CIPHERS[conn.cipher or b.AES128_CCM]
        self.seal_aes = Aes(kdf(key, *labels[1], size * 8), self.mode)
        self.open_key = kdf(key, *labels[2], size * 8)
        self.open_aes = Aes(self.open_key, self.mode)
        self.nonce = int.from_bytes(os.urandom(4), "little")

    def signature(self, msg):
        """of MSG, whose own signature field counts as zero; [MS-SMB2] 3.1.4.1"""
        return self.signer.signature(msg)

    def seal(self, sid, msg):
        """[MS-SMB2] 3.1.4.3"""
        self.nonce += 1
        nonce = self.nonce.to_bytes(self.nonce_len, "little")
        aad = nonce + bytes(16 - len(nonce)) + struct.pack("<IHHQ", len(msg), 0, 1, sid)
        text, tag = self.seal_aes.seal(nonce, aad, msg)
        smb2check.SEALED[tag] = msg
        return b"\xfdSMB" + tag + aad + text

    def open(self, frame):
        nonce = frame[20:20 + self.nonce_len]
        smb2check.NONCES.once(self.open_key, nonce, frame[4:20], "encryption")
        return self.open_aes.open(frame[20:20 + self.nonce_len], frame[20:52], frame[52:],
                                  frame[4:20])


class Conn:
    """One TCP connection."""

    def __init__(self, host, port=445, timeout=10, guid=None, connect=True):
        self.host, self.port, self.timeout = host, port, timeout
        self.guid = guid or os.urandom(16)
        self.dialect = self.cipher = self.signer = None
        self.mid, self.credits = 0, 1
        self.preauth = bytes(64)
        self.sessions = {}              # SessionId: Session
        self.replies = []               # read, not yet waited for
        self.interim = {}               # MessageId: the STATUS_PENDING reply
        self.breaks = []                # oplock and lease breaks
        self.contexts = {}              # of the server's NEGOTIATE
        self.sealed = False             # was the last frame read encrypted?
        self.verify = True              # are replies' signatures checked?
        self.ledger = smb2check.Ledger(self)
        self.buf = b""
        self.sock = None
        if connect:
            self.sock = socket.create_connection((host, port), timeout)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.sock:
            self.sock.close()
            self.sock = None

    # --- bytes and frames ---------------------------------------------------------

    def send_bytes(self, data, known=False):
        """KNOWN: the ledger has been told of all that they are part of"""
        self.ledger.odd |= not known
        try:
            self.sock.settimeout(self.timeout)
            self.sock.sendall(data)
        except socket.timeout as e:
            raise Timeout("send") from e
        except OSError as e:
            raise Closed(str(e)) from e

    def send_raw(self, message):
        """MESSAGE with the length in front that the direct TCP transport has"""
        if message[:4] == b"\xfdSMB":
            self.ledger.sends(smb2check.SEALED.pop(message[4:20], b""), sealed=True)
        else:
            self.ledger.sends(message)
        self.send_bytes(struct.pack(">I", len(message)) + message, known=True)

    def _fill(self, n, deadline):
        while len(self.buf) < n:
            left = deadline - time.monotonic()
            if left <= 0 or not readable(self.sock, left):
                raise Timeout(f"no answer from {self.host}:{self.port}")
            try:
                part = self.sock.recv(262144)
            except OSError as e:
                raise Closed(str(e)) from e
            if not part:
                raise Closed("end of stream")
            self.buf += part

    def recv_raw(self, timeout=None):
        """One frame's contents as they came"""
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        self._fill(4, deadline)
        size = int.from_bytes(self.buf[:4], "big")
        if size >> 24:
            raise Broken(f"frame header {self.buf[:4].hex()}")
        self._fill(4 + size, deadline)
        frame, self.buf = self.buf[4:4 + size], self.buf[4 + size:]
        return frame

    def recv(self, timeout=None):
        """The replies of one frame, opened and checked; also kept in .replies"""
        frame = self.recv_raw(timeout)
        self.sealed = frame[:4] == b"\xfdSMB"
        if self.sealed:
            sid = struct.unpack_from("<Q", frame, 44)[0]
            try:
                frame = self.sessions[sid].keys.open(frame)
            except KeyError:
                raise Broken(f"encrypted for session {sid:#x}, which is not ours") from None
        out, pos = [], 0
        while True:
            nxt = struct.unpack_from("<I", frame, pos + 20)[0] if len(frame) >= pos + 64 else 0
            if nxt and (nxt % 8 or nxt < 64 or pos + nxt > len(frame)):
                raise Broken(f"NextCommand {nxt} in {len(frame) - pos} bytes")
            reply = Reply(frame[pos:pos + nxt] if nxt else frame[pos:])
            self.ledger.gets(reply, not nxt, self.sealed)
            self._took(reply)
            out.append(reply)
            pos += nxt
            if not nxt:
                return out

    def _took(self, reply):
        self.credits += reply.credits
        if reply.status == PENDING and reply.async_id is not None:
            self.interim[reply.mid] = reply
        elif reply.mid == 0xffffffffffffffff:
            self.breaks.append(reply)
        else:
            self.replies.append(reply)

    def wait(self, mid, timeout=None, interim=False):
        """The final reply to MID; with INTERIM, or else the STATUS_PENDING one"""
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            for reply in self.replies:
                if reply.mid == mid:
                    self.replies.remove(reply)
                    return reply
            if interim and mid in self.interim:
                return self.interim[mid]
            self.recv(max(0, deadline - time.monotonic()))

    def wait_break(self, timeout=None):
        """The next oplock or lease break"""
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        while not self.breaks:
            self.recv(max(0, deadline - time.monotonic()))
        return self.breaks.pop(0)

    def is_open(self, timeout=0.0):
        """False once the server has closed (replies that come meanwhile are kept)"""
        try:
            while True:
                self.recv(timeout)
        except Timeout:
            return True
        except (Closed, Broken):
            return False

    # --- messages -----------------------------------------------------------------

    def message(self, body, sess=None, tree=None, *, sign=None, mid=None, charge=None, cmd=None,
                next_=0, flags=0, pad=False, **head):
        """BODY with a header: (bytes, MessageId).  Takes a MessageId unless MID is given."""
        charge = charge or 1
        if mid is None:
            mid = self.mid
            self.mid += charge
            self.credits -= charge
        head.setdefault("tid", tree.tid if tree else 0)
        head.setdefault("sid", sess.sid if sess else 0)
        head.setdefault("credits", 64)
        if sign is None:
            sign = sess is not None and sess.signing and not sess.sealing
        keys = sess.channel_keys(self) if sess else None
        if sign and keys:
            flags |= FLAG_SIGNED
        msg = b.header(body.cmd if cmd is None else cmd, mid, flags=flags, next_=next_,
                       charge=charge if self.dialect not in (None, 0x0202) else 0, **head) + body
        if pad:
            msg = b.pad8(msg)
        if sign and keys:
            msg = msg[:48] + keys.signature(msg) + msg[64:]
        return msg, mid

    def send(self, body, sess=None, tree=None, *, seal=None, **head):
        """Sends one request; returns its MessageId"""
        msg, mid = self.message(body, sess, tree, **head)
        if seal or (seal is None and sess and (sess.sealing or (tree and tree.sealing))):
            msg = sess.keys.seal(sess.sid, msg)
        self.send_raw(msg)
        return mid

    def request(self, body, sess=None, tree=None, *, timeout=None, **head):
        """Sends one request and returns the reply to it, whatever its status"""
        return self.wait(self.send(body, sess, tree, **head), timeout)

    def compound_message(self, parts, sess=None, tree=None, *, related=True, **head):
        """(bytes, [MessageId…]) of a chain.  parts: Bodies, or (Body, {what message() takes})"""
        msgs, mids = b"", []
        for i, part in enumerate(parts):
            body, extra = part if isinstance(part, tuple) else (part, {})
            extra = {**head, **extra}
            last = i == len(parts) - 1
            is_related = extra.pop("related", related and i > 0)
            extra["flags"] = extra.get("flags", 0) | (FLAG_RELATED if is_related else 0)
            extra.setdefault("next_", 0 if last else 64 + len(b.pad8(bytes(body))))
            msg, mid = self.message(body, extra.pop("sess", sess), extra.pop("tree", tree),
                                    pad=not last, **extra)
            msgs += msg
            mids.append(mid)
        return msgs, mids

    def compound(self, parts, sess=None, tree=None, *, related=True, seal=None, timeout=None,
                 **head):
        """Sends a chain; the replies in its order"""
        seal = seal or (seal is None and sess and (sess.sealing or (tree and tree.sealing)))
        if seal:
            head.setdefault("sign", False)
        msgs, mids = self.compound_message(parts, sess, tree, related=related, **head)
        self.send_raw(sess.keys.seal(sess.sid, msgs) if seal else msgs)
        return [self.wait(m, timeout) for m in mids]

    def cancel(self, mid, sess=None, **head):
        """CANCEL for the request MID: by its AsyncId if it got one; it takes no MessageId"""
        inter = self.interim.get(mid)
        if inter:
            head.update(async_id=inter.async_id, flags=head.get("flags", 0) | FLAG_ASYNC)
        self.send(b.cancel(), sess, mid=mid, charge=0, credits=0, **head)

    def echo(self, sess=None):
        return self.request(b.echo(), sess).check()

    # --- NEGOTIATE ----------------------------------------------------------------

    def negotiate(self, dialects=ALL_DIALECTS, *, ciphers=(2, 1, 4, 3), signers=(2, 1, 0),
                  contexts=None, mode=1, caps=0x7f, **head):
        """[MS-SMB2] 3.2.4.2.2.2, 3.2.5.2; contexts: more of them, as (type, data)"""
        ctx = None
        if 0x0311 in dialects:
            ctx = [b.preauth_context()]
            if ciphers:
                ctx.append(b.list_context(b.CTX_ENCRYPTION, ciphers))
            if signers:
                ctx.append(b.list_context(b.CTX_SIGNING, signers))
            ctx += contexts or []
        self.offer = (tuple(dialects), mode, caps)
        msg, mid = self.message(b.negotiate(list(dialects), self.guid, mode=mode, caps=caps,
                                            contexts=ctx), **head)
        self.send_raw(msg)
        reply = self.wait(mid).check()
        self.mode, self.dialect = reply.get("HH", 2)
        if self.dialect not in dialects:
            raise Broken(f"dialect {self.dialect:#x} was not offered")
        self.server_guid = reply.body[8:24]
        self.caps, self.max_trans, self.max_read, self.max_write = reply.get("IIII", 24)
        off, length, ctx_off = reply.get("HHI", 56)
        self.hint = reply.blob(off, length) if length else b""
        self.signer, self.cipher = b.SIGN_CMAC, None
        if self.dialect == 0x0311:
            self._read_contexts(reply, reply.get("H", 6), ctx_off)
            for part in (msg, reply.raw):
                self.preauth = hashlib.sha512(self.preauth + part).digest()
        elif self.dialect < 0x0300:
            self.signer = b.SIGN_HMAC
        elif self.caps & CAP_ENCRYPTION:
            self.cipher = b.AES128_CCM
        return reply

    def _read_contexts(self, reply, count, off):
        for _ in range(count):
            off += -off % 8
            type_, length = struct.unpack("<HH", reply.blob(off, 8)[:4])
            self.contexts[type_] = reply.blob(off + 8, length)
            off += 8 + length
        if b.CTX_PREAUTH not in self.contexts:
            raise Broken("3.1.1 without a preauth integrity context")
        if b.CTX_ENCRYPTION in self.contexts:
            self.cipher = struct.unpack_from("<H", self.contexts[b.CTX_ENCRYPTION], 2)[0] or None
        if b.CTX_SIGNING in self.contexts:
            self.signer = struct.unpack_from("<H", self.contexts[b.CTX_SIGNING], 2)[0]

    def logon(self, user="", password="", domain="", **how):
        """A Session; see Logon for HOW"""
        return Logon(self, user, password, domain, **how).run()

    def bind(self, sess, password, **how):
        """Makes this connection another channel of SESS"""
        return Logon(self, sess.user, password, sess.domain, session=sess, **how).run()


class Logon:
    """A SESSION_SETUP exchange, in steps, so that tests can stop half-way.

    raw: NTLMSSP without SPNEGO.  session: bind this connection to it, or authenticate again if the
    session is this connection's own.  list_mic: exchange SPNEGO's mechListMIC, which servers
    may insist on where NTLM's own MIC is used.  previous: a
    SessionId to take over.  mechs: what SPNEGO offers, the first one's token is sent.
    """

    def __init__(self, conn, user="", password="", domain="", *, raw=False, session=None,
                 list_mic=True, previous=0, mechs=(ntlm.OID_NTLMSSP,), mode=1, caps=1, **more):
        self.conn, self.raw, self.list_mic = conn, raw, list_mic
        self.ntlm = ntlm.Ntlm(user, password, domain, **more)
        self.mechs, self.previous, self.mode, self.caps = mechs, previous, mode, caps
        self.existing = session
        self.binding = session is not None and not session.has_channel(conn)
        self.sid = session.sid if session else 0
        self.preauth = conn.preauth
        self.replies = []

    def first_token(self):
        token = self.ntlm.negotiate()
        return token if self.raw else ntlm.neg_token_init(token, self.mechs)

    def last_token(self, blob):
        """BLOB: what the server sent"""
        if self.raw:
            return self.ntlm.authenticate(blob)
        resp = ntlm.parse_resp(blob)
        token = self.ntlm.authenticate(resp["token"])
        mic = None
        if self.list_mic or resp["state"] == ntlm.REQUEST_MIC:
            mic = self.ntlm.sign(ntlm.mech_list(self.mechs))
        return ntlm.neg_token_resp(token, mic)

    def leg(self, token, **head):
        """Sends TOKEN; the reply, which has been counted into the preauth hash"""
        body = b.session_setup(token, flags=BINDING if self.binding else 0, mode=self.mode,
                               caps=self.caps, previous=self.previous)
        sign = self.existing
        head.setdefault("sid", self.sid)
        msg, mid = self.conn.message(body, sign=False, **head)
        seal = sign and not self.binding and sign.sealing   # [MS-SMB2] 3.2.4.1.8
        if sign and sign.keys and not seal and not sign.flags & SESSION_GUEST:
            # a binding request is signed with the session's own key, [MS-SMB2] 3.2.4.2.3
            flags = struct.unpack_from("<I", msg, 16)[0] | FLAG_SIGNED
            msg = msg[:16] + struct.pack("<I", flags) + msg[20:]
            msg = msg[:48] + sign.keys_for_logon(self.conn).signature(msg) + msg[64:]
        self.conn.send_raw(sign.keys.seal(self.sid, msg) if seal else msg)
        reply = self.conn.wait(mid)
        self.preauth = hashlib.sha512(self.preauth + msg).digest()
        if reply.status == MORE_PROCESSING:
            self.preauth = hashlib.sha512(self.preauth + reply.raw).digest()
        self.sid = reply.sid or self.sid
        self.replies.append(reply)
        return reply

    @staticmethod
    def token_of(reply):
        off, length = reply.get("HH", 4)
        return reply.blob(off, length) if length else b""

    def run(self):
        reply = self.leg(self.first_token())
        if reply.status != MORE_PROCESSING:
            raise SmbError(reply)
        reply = self.leg(self.last_token(self.token_of(reply))).check()
        return self.finish(reply)

    def finish(self, reply):
        mic = None if self.raw else ntlm.parse_resp(self.token_of(reply))["mic"]
        if mic and mic != self.ntlm.server_signature(ntlm.mech_list(self.mechs)):
            raise CryptError("SESSION_SETUP: wrong mechListMIC")
        if self.existing and not self.binding:
            return self.existing        # authenticated again: the keys stay
        flags = reply.get("H", 2)
        keys = Keys(self.conn, self.ntlm.key, self.preauth)
        smb2check.NONCES.know(self.sid, keys.signer)
        if self.binding:
            self.existing.channels[self.conn] = keys
            sess = self.existing
        else:
            sess = Session(self.conn, self.sid, keys, flags)
            sess.user, sess.domain = self.ntlm.user, self.ntlm.domain
            sess.signing = sess.signing and not self.ntlm.anonymous
        if reply.flags & FLAG_SIGNED and keys.signature(reply.raw) != reply.signature:
            raise CryptError("SESSION_SETUP: wrong signature")
        if reply.flags & FLAG_SIGNED:
            smb2check.NONCES.signed(keys.signer, reply)
        if not reply.flags & FLAG_SIGNED and sess.signing and self.conn.dialect == 0x0311:
            raise Broken("the last SESSION_SETUP reply of 3.1.1 must be signed")
        self.conn.sessions[self.sid] = sess
        return sess


class Session:
    """A session, on one connection or several."""

    def __init__(self, conn, sid, keys, flags):
        self.conn, self.sid, self.keys, self.flags = conn, sid, keys, flags
        self.user = self.domain = ""
        self.channels = {conn: keys}
        self.signing = not flags & (SESSION_GUEST | SESSION_NULL)
        self.sealing = bool(flags & SESSION_ENCRYPT)

    def has_channel(self, conn):
        return conn in self.channels

    def channel_keys(self, conn):
        return self.channels.get(conn)

    def keys_for_logon(self, conn):
        """A re-authentication is signed with the channel's key, a binding with the session's"""
        if conn in self.channels:
            return self.channels[conn]
        alias = Keys.__new__(Keys)      # the same key, the new connection's algorithm
        alias.conn = conn
        alias.signer = smb2check.Signer(b.SIGN_HMAC if conn.dialect < 0x0300 else conn.signer,
                                        self.keys.signer.key)
        return alias

    def request(self, body, tree=None, conn=None, **head):
        return (conn or self.conn).request(body, self, tree, **head)

    def tree(self, share, **head):
        """Tree connect; SHARE is a name, or a whole UNC path"""
        unc = share if share.startswith("\\\\") else f"\\\\{self.conn.host}\\{share}"
        reply = self.request(b.tree_connect(unc), **head).check()
        return Tree(self, reply, share)

    def reauth(self, password, **how):
        return Logon(self.conn, self.user, password, self.domain, session=self, **how).run()

    def logoff(self, conn=None):
        return self.request(b.logoff(), conn=conn)


class Tree:
    def __init__(self, sess, reply, share):
        self.sess, self.conn, self.tid, self.share = sess, sess.conn, reply.tid, share
        self.type, self.flags, self.caps, self.access = reply.get("BxIII", 2)
        self.sealing = bool(self.flags & 0x8000)

    def request(self, body, conn=None, **head):
        return (conn or self.conn).request(body, self.sess, self, **head)

    def create(self, name, **how):
        """Opens NAME (see smb2body.create); a File"""
        return File(self, self.request(b.create(name, **how)).check(), name)

    def mkdir(self, name):
        return self.create(name, options=b.OPT_DIRECTORY, disposition=b.OPEN_IF)

    def delete(self, name):
        """Deletes a file or empty directory"""
        self.create(name, access=b.DELETE, disposition=b.OPEN,
                    options=b.OPT_DELETE_ON_CLOSE).close()

    def disconnect(self):
        return self.request(b.tree_disconnect())

    def compound(self, parts, **how):
        return self.conn.compound(parts, self.sess, self, **how)


class File:
    def __init__(self, tree, reply, name):
        self.tree, self.name, self.reply = tree, name, reply
        self.fid = reply.body[64:80]
        self.oplock, self.action = reply.body[2], reply.get("I", 4)
        self.allocation, self.size, self.attrs = reply.get("QQI", 40)
        self.contexts = self._contexts(reply)

    @staticmethod
    def _contexts(reply):
        """{name: data} of the create response's contexts, [MS-SMB2] 2.2.14"""
        off, length = reply.get("II", 80)
        out, pos = {}, 0
        blob = reply.blob(off, length) if length else b""
        while blob:
            nxt, noff, nlen, doff, dlen = struct.unpack_from("<IHHxxHI", blob, pos)
            out[blob[pos + noff:pos + noff + nlen]] = blob[pos + doff:pos + doff + dlen]
            pos += nxt
            if not nxt or pos + 16 > len(blob):
                break
        return out

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        return self.tree.request(b.close(self.fid)).check()

    def _charge(self, size):
        return 1 if self.tree.conn.dialect == 0x0202 else max(1, (size + 65535) // 65536)

    def read(self, length, offset=0, **how):
        reply = self.tree.request(b.read(self.fid, length, offset, **how),
                                  charge=self._charge(length)).check()
        off, size = reply.get("BxI", 2)
        return reply.blob(off, size) if size else b""

    def write(self, data, offset=0, **how):
        reply = self.tree.request(b.write(self.fid, data, offset, **how),
                                  charge=self._charge(len(data))).check()
        return reply.get("I", 4)

    def flush(self):
        return self.tree.request(b.flush(self.fid)).check()

    def query(self, class_=b.FILE_BASIC, type_=b.INFO_FILE, **how):
        reply = self.tree.request(b.query_info(self.fid, type_, class_, **how)).check()
        off, size = reply.get("HI", 2)
        return reply.blob(off, size) if size else b""

    def set(self, data, class_, type_=b.INFO_FILE, **how):
        return self.tree.request(b.set_info(self.fid, data, type_, class_, **how)).check()

    def rename(self, name, replace=False):
        return self.set(b.rename_info(name, replace), b.FILE_RENAME)

    def listdir(self, pattern="*"):
        """Names, "." and ".." included"""
        out, flags = [], 1              # RESTART_SCANS
        while True:
            reply = self.tree.request(b.query_directory(self.fid, pattern, info=b.DIR_NAMES,
                                                        flags=flags))
            if reply.status == 0x80000006:
                return out
            reply.check()
            off, size = reply.get("HI", 2)
            blob, pos, flags = reply.blob(off, size), 0, 0
            while True:
                nxt, _, nlen = struct.unpack_from("<III", blob, pos)
                out.append(blob[pos + 12:pos + 12 + nlen].decode("utf-16le"))
                pos += nxt
                if not nxt:
                    break

    def ioctl(self, code, data=b"", **how):
        reply = self.tree.request(b.ioctl(self.fid, code, data, **how)).check(OK, 0x80000005)
        off, size = reply.get("II", 32)
        return reply.blob(off, size) if size else b""

    def lock(self, ranges, **how):
        return self.tree.request(b.lock(self.fid, ranges, **how))


def fresh(host, port, user, password, share=None, dialects=ALL_DIALECTS, timeout=10, **how):
    """A new connection as far as a tree (or a session without SHARE): what tests start from"""
    conn = Conn(host, port, timeout)
    conn.negotiate(dialects, **how)
    sess = conn.logon(user, password)
    return sess.tree(share) if share else sess
