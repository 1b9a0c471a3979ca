#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""selftest.py HOST PORT SHARE USER PASSWORD - does the test client speak SMB with this server?

Every dialect, signing algorithm and cipher, both ways of logging on, channels, compounds,
CANCEL and the rest of what tests/lib/smb2.py does.  Features that the server does not offer are
skipped.  One `ok`/`not ok`/`skip` line each; exit 1 on a failure.
"""
import os
import struct
import sys
import traceback

import ntlm
import smb2
import smb2body as b
import smb2check_test
import smbcrypt

HOST, PORT, SHARE, USER, PASSWORD = "", 0, "", "", ""


class Skip(Exception):
    pass


def fresh(dialects=smb2.ALL_DIALECTS, **how):
    return smb2.fresh(HOST, PORT, USER, PASSWORD, SHARE, dialects, **how)


def connect(dialects=smb2.ALL_DIALECTS, **how):
    conn = smb2.Conn(HOST, PORT)
    try:
        conn.negotiate(dialects, **how)
    except smb2.SmbError as e:
        if e.status == 0xc00000bb:
            raise Skip("dialect not served") from None
        raise
    return conn


def roundtrip(tree, size=100000):
    data = os.urandom(size)
    name = f"selftest-{os.getpid()}"
    with tree.create(name, disposition=b.OVERWRITE_IF) as f:
        piece = min(65536, tree.conn.max_write)
        for off in range(0, size, piece):
            assert f.write(data[off:off + piece], off) == len(data[off:off + piece])
        got = b"".join(f.read(min(piece, size - o), o) for o in range(0, size, piece))
        assert got == data
        assert f.query(b.FILE_STANDARD)[8:16] == struct.pack("<Q", size)
    tree.delete(name)


def dialect(value):
    def test():
        conn = connect([value])
        assert conn.dialect == value
        sess = conn.logon(USER, PASSWORD)
        tree = sess.tree(SHARE)
        roundtrip(tree)
        tree.disconnect().check()
        sess.logoff().check()
    return test


def signer(value):
    def test():
        conn = connect([0x0311], signers=[value], ciphers=())
        if b.CTX_SIGNING not in conn.contexts and value != b.SIGN_CMAC:
            raise Skip("no signing capabilities")
        assert conn.signer == value
        sess = conn.logon(USER, PASSWORD)
        assert sess.signing
        roundtrip(sess.tree(SHARE))
        # and a message signed wrongly is noticed
        msg, mid = conn.message(b.echo(), sess)
        conn.send_raw(msg[:50] + bytes([msg[50] ^ 1]) + msg[51:])
        try:
            assert conn.wait(mid).status == 0xc0000022
        except smb2.Closed:
            pass
    return test


def cipher(value, dialects=(0x0311,)):
    def test():
        conn = connect(dialects, ciphers=[value])
        if conn.cipher != value:
            raise Skip("cipher not offered")
        sess = conn.logon(USER, PASSWORD)
        sess.sealing = True             # the client may seal whatever it likes
        roundtrip(sess.tree(SHARE))
        assert conn.sealed
    return test


def raw_ntlmssp():
    sess = connect().logon(USER, PASSWORD, raw=True)
    roundtrip(sess.tree(SHARE), 100)


def no_mic_at_all():
    """NTLM without its MIC and SPNEGO without mechListMIC, as older clients have it"""
    sess = connect().logon(USER, PASSWORD, list_mic=False, mic=False)
    roundtrip(sess.tree(SHARE), 100)


def ntlm_without_unicode():
    """Old clients have OEM characters only, [MS-NLMP] 2.2.2.5"""
    logon = smb2.Logon(connect([0x0202, 0x0210]), USER, PASSWORD, raw=True, mic=False)
    logon.ntlm.flags = logon.ntlm.flags & ~ntlm.UNICODE | ntlm.OEM
    sess = logon.run()
    assert logon.ntlm.server_flags & (ntlm.UNICODE | ntlm.OEM) == ntlm.OEM
    roundtrip(sess.tree(SHARE), 100)


def other_mechanism_first():
    conn = connect()
    logon = smb2.Logon(conn, USER, PASSWORD, mechs=(ntlm.OID_KRB5, ntlm.OID_NTLMSSP))
    # the optimistic token would be Kerberos'; send none, as a client without a ticket does
    reply = logon.leg(ntlm.neg_token_init(None, logon.mechs))
    assert reply.status == b.MORE_PROCESSING, reply
    assert ntlm.parse_resp(logon.token_of(reply))["mech"] == ntlm.OID_NTLMSSP
    reply = logon.leg(ntlm.neg_token_resp(logon.ntlm.negotiate()))
    assert reply.status == b.MORE_PROCESSING, reply
    logon.list_mic = True
    reply = logon.leg(logon.last_token(logon.token_of(reply))).check()
    roundtrip(logon.finish(reply).tree(SHARE), 100)


def wrong_password():
    try:
        connect().logon(USER, PASSWORD + "x")
    except smb2.SmbError as e:
        assert e.status == 0xc000006d, e
    else:
        raise AssertionError("logged on")


def reauthentication():
    tree = fresh()
    tree.sess.reauth(PASSWORD)
    roundtrip(tree, 100)


def second_channel():
    conn = connect([0x0300, 0x0302, 0x0311])
    if not conn.caps & 8:
        raise Skip("no multi-channel")
    sess = conn.logon(USER, PASSWORD)
    tree = sess.tree(SHARE)
    other = smb2.Conn(HOST, PORT, guid=conn.guid)
    other.negotiate([conn.dialect])
    other.bind(sess, PASSWORD)
    with tree.create("channel", disposition=b.OVERWRITE_IF) as f:
        tree.request(b.write(f.fid, b"by the other"), conn=other).check()
        assert f.read(12) == b"by the other"
    conn.close()
    tree.conn = sess.conn = other
    tree.delete("channel")


def compound():
    tree = fresh()
    replies = tree.compound([b.create("compound"), b.write(b.RELATED_FID, b"x" * 10),
                             b.query_info(b.RELATED_FID, b.INFO_FILE, b.FILE_STANDARD),
                             b.close(b.RELATED_FID)])
    assert [r.status for r in replies] == [0, 0, 0, 0], replies
    replies = tree.compound([b.echo(), b.create("compound", disposition=b.OPEN)], related=False)
    assert [r.status for r in replies] == [0, 0], replies
    tree.request(b.close(replies[1].body[64:80])).check()
    tree.delete("compound")


def compound_sealed():
    conn = connect([0x0311])
    if not conn.cipher:
        raise Skip("no encryption")
    sess = conn.logon(USER, PASSWORD)
    sess.sealing = True
    tree = sess.tree(SHARE)
    replies = tree.compound([b.create("compound"), b.close(b.RELATED_FID)])
    assert [r.status for r in replies] == [0, 0], replies
    tree.delete("compound")


def notify_and_cancel():
    tree = fresh()
    with tree.create("", options=b.OPT_DIRECTORY, disposition=b.OPEN) as d:
        mid = tree.conn.send(b.change_notify(d.fid), tree.sess, tree)
        first = tree.conn.wait(mid, interim=True).status
        if first != 0xc00000bb:             # a server without CHANGE_NOTIFY says so at once
            assert first == b.PENDING
            tree.conn.cancel(mid, tree.sess)
            assert tree.conn.wait(mid).status == 0xc0000120


def lock_and_cancel():
    one, two = fresh(), fresh()
    with one.create("locks") as f, two.create("locks") as g:
        assert f.lock([(0, 10, b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW)]).status == 0
        mid = two.conn.send(b.lock(g.fid, [(0, 10, b.LOCK_EXCLUSIVE)]), two.sess, two)
        assert two.conn.wait(mid, interim=True).status == b.PENDING
        two.conn.cancel(mid, two.sess)
        assert two.conn.wait(mid).status == 0xc0000120
    one.delete("locks")


def locks():
    one, two = fresh(), fresh()
    with one.create("locks") as f, two.create("locks") as g:
        assert f.lock([(0, 10, b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW)]).status == 0
        assert g.lock([(5, 1, b.LOCK_SHARED | b.LOCK_FAIL_NOW)]).status == 0xc0000055
        mid = two.conn.send(b.lock(g.fid, [(5, 1, b.LOCK_SHARED)]), two.sess, two)
        assert two.conn.wait(mid, interim=True).status == b.PENDING
        assert f.lock([(0, 10, b.LOCK_UNLOCK)]).status == 0
        assert two.conn.wait(mid).status == 0
    one.delete("locks")


def oplock_break():
    one, two = fresh(), fresh()
    f = one.create("oplock", oplock=b.OPLOCK_BATCH)
    try:
        if f.oplock != b.OPLOCK_BATCH:
            raise Skip("no batch oplock granted")
        mid = two.conn.send(b.create("oplock", disposition=b.OPEN), two.sess, two)
        brk = one.conn.wait_break()
        assert brk.cmd == b.OPLOCK_BREAK and brk.body[8:24] == f.fid
        one.request(b.oplock_break(f.fid, b.OPLOCK_II)).check()
        two.request(b.close(two.conn.wait(mid).check().body[64:80])).check()
    finally:
        f.close()
        one.delete("oplock")


def directory():
    tree = fresh()
    tree.mkdir("selfdir").close()
    for name in ("a", "größe", "c"):
        tree.create("selfdir\\" + name).close()
    with tree.create("selfdir", options=b.OPT_DIRECTORY, disposition=b.OPEN) as d:
        assert sorted(d.listdir()) == sorted([".", "..", "a", "größe", "c"])
    with tree.create("selfdir\\a") as f:
        f.rename("selfdir\\b")
    for name in ("b", "größe", "c"):
        tree.delete("selfdir\\" + name)
    tree.delete("selfdir")


def validate_negotiate():
    conn = connect([0x0300])
    tree = conn.logon(USER, PASSWORD).tree(SHARE)
    dialects, mode, caps = conn.offer
    data = struct.pack("<I16sHH", caps, conn.guid, mode, len(dialects)) + \
        struct.pack(f"<{len(dialects)}H", *dialects)
    reply = tree.request(b.ioctl(b.NO_FID, b.FSCTL_VALIDATE_NEGOTIATE, data)).check()
    off, size = reply.get("II", 32)
    want = struct.pack("<I16sHH", conn.caps, conn.server_guid, conn.mode, conn.dialect)
    assert reply.blob(off, size) == want


def pipe_rpc():
    """srvsvc: bind and NetrShareEnum level 0; is SHARE in the list?"""
    tree = fresh().sess.tree("IPC$")
    uuid = bytes.fromhex("c84f324b7016d30112785a47bf6ee188") + struct.pack("<I", 3)
    ndr = bytes.fromhex("045d888aeb1cc9119fe808002b104860") + struct.pack("<I", 2)
    bind = struct.pack("<HHIBxxxHBx", 4280, 4280, 0, 1, 0, 1) + uuid + ndr
    stub = struct.pack("<IIIIIIII", 0, 0, 0, 1, 0, 0, 0xffffffff, 0)
    call = struct.pack("<IHH", len(stub), 0, 15) + stub

    def pdu(ptype, body):
        return struct.pack("<BBBBIHHI", 5, 0, ptype, 3, 0x10, 16 + len(body), 0, 1) + body

    with tree.create("srvsvc", disposition=b.OPEN) as p:
        assert p.ioctl(b.FSCTL_PIPE_TRANSCEIVE, pdu(11, bind))[2] == 12
        reply = p.ioctl(b.FSCTL_PIPE_TRANSCEIVE, pdu(0, call))
        assert reply[2] == 2 and SHARE.lower().encode("utf-16le") in reply.lower(), reply
        # and by write and read
        assert p.write(pdu(0, call)) == len(call) + 16
        assert p.read(4280)[2] == 2


def truncated_request_is_answered_with_an_error():
    tree = fresh()
    msg, mid = tree.conn.message(b.create("x"), tree.sess, tree, sign=False)
    tree.conn.send_raw(msg[:100])
    try:
        assert tree.conn.wait(mid).status in (0xc000000d, 0xc0000022), "accepted"
    except smb2.Closed:
        pass
    roundtrip(fresh(), 10)


TESTS = [(f"dialect {d:#06x}", dialect(d)) for d in smb2.ALL_DIALECTS] + \
    [(f"sign {n}", signer(v)) for n, v in (("HMAC-SHA256", 0), ("AES-CMAC", 1),
                                           ("AES-GMAC", 2))] + \
    [(f"seal {n}", cipher(v)) for n, v in (("AES-128-CCM", 1), ("AES-128-GCM", 2),
                                           ("AES-256-CCM", 3), ("AES-256-GCM", 4))] + \
    [("seal 3.0", cipher(1, (0x0300,)))] + \
    [(t.__name__, t) for t in (
        raw_ntlmssp, no_mic_at_all, ntlm_without_unicode, other_mechanism_first, wrong_password, reauthentication,
        second_channel, compound, compound_sealed, notify_and_cancel,
        lock_and_cancel, locks, oplock_break,
        directory, validate_negotiate, pipe_rpc, truncated_request_is_answered_with_an_error)]


def main():
    global HOST, PORT, SHARE, USER, PASSWORD
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    HOST, PORT, SHARE, USER, PASSWORD = sys.argv[1], int(sys.argv[2]), *sys.argv[3:6]
    smbcrypt.selftest()
    ntlm.selftest()
    bad = 0
    for name, test in [(t.__name__, t) for t in smb2check_test.TESTS] + TESTS:
        try:
            test()
        except Skip as e:
            print(f"skip {name} # {e}", flush=True)
        except Exception as e:          # pylint: disable=broad-exception-caught
            bad += 1
            for line in traceback.format_exc().splitlines()[-8:]:
                print("#", line)
            print(f"not ok {name} # {type(e).__name__}: {e}", flush=True)
        else:
            print(f"ok {name}", flush=True)
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
