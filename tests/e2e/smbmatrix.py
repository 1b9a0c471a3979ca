# SPDX-License-Identifier: GPL-2.0-or-later
"""The cases of the smbclient test; runs at the client's end of the guest's network."""
import hashlib
import os
import re
import socket
import struct
import threading

import e2elib as e

SIZES = (0, 1, 4095, 65537, 8 * 1024 * 1024 + 3)
BIG = 1 << 30
# name: (options, dialect number that must be on the wire)
DIALECTS = {
    "NT1-upgrade": (["-m", "SMB3", "--option=client min protocol=NT1"], 0x0311),
    "SMB2_02": (["-m", "SMB2_02", "--option=client min protocol=SMB2_02"], 0x0202),
    "SMB2_10": (["-m", "SMB2_10", "--option=client min protocol=SMB2_10"], 0x0210),
    "SMB3_00": (["-m", "SMB3_00", "--option=client min protocol=SMB3_00"], 0x0300),
    "SMB3_02": (["-m", "SMB3_02", "--option=client min protocol=SMB3_02"], 0x0302),
    "SMB3_11": (["-m", "SMB3_11", "--option=client min protocol=SMB3_11"], 0x0311),
}
MODES = {
    "plain": ["--client-protection=off"],
    "sign": ["--client-protection=sign"],
    "seal": ["--client-protection=encrypt"],
}
CIPHERS = ("AES-128-CCM", "AES-128-GCM", "AES-256-CCM", "AES-256-GCM")
SIGNINGS = ("HMAC-SHA256", "AES-128-CMAC", "AES-128-GMAC")
CREATE, READ, WRITE = 5, 8, 9
PENDING = 0x103
TMP = os.environ["TMPDIR"]


class Wire(threading.Thread):
    """Looks at each segment that begins with a message: what was really signed and sealed."""

    def __init__(self):
        super().__init__(daemon=True)
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        self.sock.settimeout(0.2)
        self.stop = False
        self.sealed = self.signed = self.bare = 0
        self.dialect = None

    def segment(self, ip):
        tcp = ip[(ip[0] & 15) * 4:]
        if ip[9] != 6 or len(tcp) < 20 or struct.unpack("!H", tcp[:2])[0] != 445:
            return
        m = tcp[(tcp[12] >> 4) * 4:]
        if len(m) < 12 or m[0] != 0:
            return
        if m[4:8] == b"\xfdSMB":
            self.sealed += 1
        elif m[4:8] == b"\xfeSMB" and len(m) >= 68:
            status, command = struct.unpack("<IH", m[12:18])
            flags = struct.unpack("<I", m[20:24])[0]
            if command in (CREATE, READ, WRITE) and status != PENDING:  # interim replies may be bare
                self.signed += flags >> 3 & 1
                self.bare += not flags & 8
            if command == 0 and len(m) >= 74:
                dialect = struct.unpack("<H", m[72:74])[0]
                if dialect != 0x02ff:
                    self.dialect = dialect

    def run(self):
        while not self.stop:
            try:
                data = self.sock.recv(262144)
            except TimeoutError:
                continue
            try:
                self.segment(data)
            except (IndexError, struct.error):
                pass

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop = True
        self.join()
        self.sock.close()

    def verify(self, mode, dialect):
        seen = f"replies seen: {self.bare} plain, {self.signed} signed, {self.sealed} sealed"
        e.same(f"{self.dialect or 0:#06x}", f"{dialect:#06x}", "dialect on the wire")
        if mode == "seal":
            e.want(self.sealed and not self.bare and not self.signed, f"not all sealed: {seen}")
        elif mode == "sign":
            e.want(self.signed and not self.bare and not self.sealed, f"not all signed: {seen}")
        else:
            e.want(self.bare and not self.sealed, f"not plain: {seen}")


def local(size):
    path = os.path.join(TMP, f"src-{size}")
    if not os.path.exists(path):
        with open(path, "wb") as f:
            f.write(e.pattern(size, size))
    return path


def session(work, opts):
    """Every operation in one smbclient session; data comes back equal."""
    back = os.path.join(TMP, "back")
    os.makedirs(back, exist_ok=True)
    cmds = [f"mkdir {work}", f"cd {work}"]
    for n in SIZES:
        cmds += [f"put {local(n)} f{n}", f"get f{n} {back}/f{n}"]
    cmds += ["mkdir sub", "rename f1 sub\\moved", "ls", "ls sub\\*", "allinfo f4095",
             "rename f4095 f65537"]
    out = e.smbclient_out(cmds, opts)
    for n in SIZES:
        path = f"{back}/f{n}"
        e.want(os.path.exists(path), f"no f{n} came back: {out}")
        e.same(e.digest_file(path), e.digest_file(local(n)), f"checksum of {n} bytes")
        os.unlink(path)
    for n in SIZES[2:] + (0,):
        e.want(re.search(rf"^  f{n} +\w* +{n} ", out, re.M), f"ls shows no f{n} of {n}: {out}")
    e.want(re.search(r"^  moved +\w* +1 ", out, re.M), f"ls shows no sub\\moved: {out}")
    e.want(re.search(r"^create_time:", out, re.M) and "stream: [::$DATA], 4095 bytes" in out,
           f"allinfo says too little: {out}")
    e.want("NT_STATUS_OBJECT_NAME_COLLISION" in out,
           f"rename onto an existing file was not refused: {out}")
    out = e.smbclient_out([f"cd {work}", *[f"del f{n}" for n in SIZES if n != 1],
                           "rmdir sub", "del sub\\moved", "rmdir sub", "ls", "cd \\",
                           f"rmdir {work}", f"cd {work}"], opts)
    e.want("NT_STATUS_DIRECTORY_NOT_EMPTY" in out, f"rmdir of a full directory went well: {out}")
    e.want("NT_STATUS_OBJECT_NAME_NOT_FOUND" in out, f"{work} is still there: {out}")
    e.want(not re.search(r"^  (f\d+|sub) ", out, re.M), f"something was not deleted: {out}")


def matrix():
    for dialect, (opts, number) in DIALECTS.items():
        for mode, mopts in MODES.items():
            if mode == "seal" and number < 0x0300:
                continue
            name = f"{dialect}-{mode}"
            if e.wanted(name):
                with e.check(name), Wire() as wire:
                    session(f"e2e-{name}", opts + mopts)
                    wire.verify(mode, number)


def algorithms():
    for cipher in CIPHERS:
        if e.wanted(cipher):
            with e.check(f"SMB3_11-{cipher}"), Wire() as wire:
                session(f"e2e-{cipher}", [*DIALECTS["SMB3_11"][0], *MODES["seal"],
                        f"--option=client smb3 encryption algorithms={cipher}"])
                wire.verify("seal", 0x0311)
    for alg in SIGNINGS:
        if e.wanted(alg):
            with e.check(f"SMB3_11-{alg}"), Wire() as wire:
                session(f"e2e-{alg}", [*DIALECTS["SMB3_11"][0], *MODES["sign"],
                        f"--option=client smb3 signing algorithms={alg}"])
                wire.verify("sign", 0x0311)


def refusals():
    for dialect, (opts, number) in DIALECTS.items():
        modes = {"plain": MODES["plain"]} if number < 0x0311 else MODES
        for mode, mopts in modes.items():
            if not e.wanted(f"{dialect}-{mode}-refusals"):
                continue
            with e.check(f"{dialect}-{mode}-refusals"):
                refused(opts + mopts)


def refused(o):
    e.smbclient("test", "ls", password="wrong", options=o, fails="NT_STATUS_LOGON_FAILURE")
    e.smbclient("test", "ls", user="nobody-" + e.USER, password="", options=o,
                fails=("NT_STATUS_ACCESS_DENIED", "NT_STATUS_LOGON_FAILURE"))
    e.smbclient("nosuchshare", "ls", options=o, fails="NT_STATUS_BAD_NETWORK_NAME")
    e.smbclient("private", "ls", options=o, fails="NT_STATUS_ACCESS_DENIED")
    e.smbclient("test", "cd e2e-secret", "ls", user=e.USER2, password=e.PASS2, options=o,
                fails="NT_STATUS_ACCESS_DENIED")
    e.smbclient("test", f"get e2e-secret\\file {TMP}/stolen", user=e.USER2, password=e.PASS2,
                options=o, fails="NT_STATUS_ACCESS_DENIED")
    e.want(not os.path.exists(f"{TMP}/stolen") or not os.path.getsize(f"{TMP}/stolen"),
           "another user's file was read")
    for cmd in (f"put {local(1)} new", "mkdir new", "del file", "rename file new"):
        e.smbclient("readonly", cmd, options=o,
                    fails=("NT_STATUS_ACCESS_DENIED", "NT_STATUS_MEDIA_WRITE_PROTECTED"))
    e.smbclient("test", "get nosuchfile", options=o, fails="NT_STATUS_OBJECT_NAME_NOT_FOUND")
    e.smbclient("test", f"get nosuchdir\\file {TMP}/none", options=o,
                fails="NT_STATUS_OBJECT_PATH_NOT_FOUND")


def allowed():
    for dialect in ("SMB2_10", "SMB3_11"):
        o = DIALECTS[dialect][0]
        if e.wanted(f"{dialect}-shares"):
            with e.check(f"{dialect}-shares"):
                out = f"{TMP}/ro"
                e.smbclient("readonly", f"get file {out}", options=o)
                e.same(open(out).read(), "read me\n", "file of the read-only share")
                os.unlink(out)
                e.smbclient("private", "ls", user=e.USER2, password=e.PASS2, options=o)
                e.smbclient("TEST", "ls", user=e.USER.upper(), options=o)
        if e.wanted(f"{dialect}-guest"):
            with e.check(f"{dialect}-guest"):
                o = o + MODES["plain"]
                e.smbclient("guest", f"put {local(65537)} g", f"get g {TMP}/g", "del g",
                            user="nosuchuser", password="x", options=o)
                e.same(e.digest_file(f"{TMP}/g"), e.digest_file(local(65537)), "guest's file")
                e.smbclient("test", "ls", user="nosuchuser", password="x", options=o,
                            fails=("NT_STATUS_ACCESS_DENIED", "NT_STATUS_LOGON_FAILURE"))
                # a known user with a wrong password is no guest
                e.smbclient("guest", "ls", password="wrong", options=o,
                            fails="NT_STATUS_LOGON_FAILURE")


def big():
    """1 GiB there and back, made and compared as it flows: the disk holds it once (the guest's)."""
    if not e.wanted("1GiB"):
        return
    with e.check("SMB3_11-plain-1GiB"):
        opts = [*DIALECTS["SMB3_11"][0], *MODES["plain"]]
        src = os.path.join(TMP, "big")
        h = hashlib.sha256()
        block = e.pattern(1 << 20, 7)
        with open(src, "wb") as f:
            for i in range(BIG >> 20):
                piece = i.to_bytes(8, "little") + block[8:]
                h.update(piece)
                f.write(piece)
        e.smbclient("test", f"put {src} e2e-big", options=opts, timeout=400)
        os.unlink(src)
        e.smbclient("test", f"get e2e-big {src}", "del e2e-big", options=opts, timeout=400)
        e.same(e.digest_file(src), h.hexdigest(), "checksum of 1 GiB")
        os.unlink(src)


def main():
    matrix()
    algorithms()
    refusals()
    allowed()
    big()
