# SPDX-License-Identifier: GPL-2.0-or-later
"""ntlm - the client's side of NTLMv2 and of SPNEGO around it, for the test client

[MS-NLMP] 2.2, 3.1, 3.3.2; [MS-SPNG]; RFC 4178.  Everything is open to being done wrong: the
attributes of Ntlm may be changed between the legs.
"""
import hashlib
import os
import struct
import time

from smbcrypt import Rc4, hmac_md5, md4, rc4

SIGNATURE = b"NTLMSSP\0"

# [MS-NLMP] 2.2.2.5
UNICODE, OEM, REQUEST_TARGET, SIGN, SEAL = 0x1, 0x2, 0x4, 0x10, 0x20
NTLM, ANONYMOUS, ALWAYS_SIGN, EXTENDED = 0x200, 0x800, 0x8000, 0x80000
TARGET_INFO, VERSION, KEY_128, KEY_EXCH, KEY_56 = (0x800000, 0x2000000, 0x20000000, 0x40000000,
                                                   0x80000000)
DEFAULT_FLAGS = (UNICODE | REQUEST_TARGET | SIGN | SEAL | NTLM | ALWAYS_SIGN | EXTENDED |
                 TARGET_INFO | VERSION | KEY_128 | KEY_EXCH)
WINDOWS_10 = struct.pack("<BBHHBB", 10, 0, 19041, 0, 0, 15)

# AV_PAIRs, [MS-NLMP] 2.2.2.1
AV_EOL, AV_FLAGS, AV_TIMESTAMP, AV_TARGET_NAME, AV_BINDINGS = 0, 6, 7, 9, 10


def nt_hash(password):
    return md4(password.encode("utf-16le"))


def ntowf_v2(hash_, user, domain):
    """[MS-NLMP] 3.3.2"""
    return hmac_md5(hash_, (user.upper() + domain).encode("utf-16le"))


def av_pairs(blob):
    """[(id, value)…] up to and without the end mark"""
    out, pos = [], 0
    while pos + 4 <= len(blob):
        avid, length = struct.unpack_from("<HH", blob, pos)
        if avid == AV_EOL:
            break
        out.append((avid, blob[pos + 4:pos + 4 + length]))
        pos += 4 + length
    return out


def av_blob(pairs):
    return b"".join(struct.pack("<HH", i, len(v)) + v for i, v in pairs) + bytes(4)


class Ntlm:
    """One logon.  negotiate() → first leg; authenticate(challenge) → last leg; then .key is set."""

    def __init__(self, user, password="", domain="", workstation="TEST", flags=DEFAULT_FLAGS,
                 nthash=None, mic=True):
        self.user, self.domain, self.workstation, self.flags = user, domain, workstation, flags
        self.hash = nthash or nt_hash(password)
        self.with_mic = mic
        self.exported = os.urandom(16)
        self.client_challenge = os.urandom(8)
        self.key = None                 # ExportedSessionKey
        self.negotiate_msg = self.challenge_msg = b""
        self.sign_seq = 0

    @property
    def anonymous(self):
        return not self.user

    def negotiate(self):
        self.negotiate_msg = SIGNATURE + struct.pack("<II", 1, self.flags) + bytes(16) + WINDOWS_10
        return self.negotiate_msg

    def parse_challenge(self, msg):
        if msg[:8] != SIGNATURE or struct.unpack_from("<I", msg, 8)[0] != 2:
            raise ValueError("not an NTLM CHALLENGE")
        self.challenge_msg = msg
        self.server_flags = struct.unpack_from("<I", msg, 20)[0]
        self.server_challenge = msg[24:32]
        length, _, off = struct.unpack_from("<HHI", msg, 40)
        self.target_info = msg[off:off + length]

    def _responses(self):
        """(LmChallengeResponse, NtChallengeResponse, KeyExchangeKey)"""
        if self.anonymous:
            return b"\0", b"", bytes(16)
        pairs = av_pairs(self.target_info)
        stamp = next((v for i, v in pairs if i == AV_TIMESTAMP), None)
        lm = bytes(24) if stamp else None
        if stamp and self.with_mic:
            pairs = [p for p in pairs if p[0] != AV_FLAGS] + [(AV_FLAGS, struct.pack("<I", 2))]
        stamp = stamp or struct.pack("<Q", int((time.time() + 11644473600) * 10**7))
        temp = b"\1\1" + bytes(6) + stamp + self.client_challenge + bytes(4) + av_blob(pairs) + \
            bytes(4)
        owf = ntowf_v2(self.hash, self.user, self.domain)
        proof = hmac_md5(owf, self.server_challenge + temp)
        if lm is None:
            lm = hmac_md5(owf, self.server_challenge + self.client_challenge) + \
                self.client_challenge
        return lm, proof + temp, hmac_md5(owf, proof)

    def authenticate(self, challenge):
        self.parse_challenge(challenge)
        lm, nt, kek = self._responses()
        flags = self.flags & (self.server_flags | VERSION)
        if self.anonymous:
            flags |= ANONYMOUS
        if flags & KEY_EXCH:
            self.key, enc = self.exported, rc4(kek, self.exported)
        else:
            self.key, enc = kek, b""
        text = "utf-16le" if flags & UNICODE else "ascii"
        parts = [lm, nt, self.domain.encode(text), self.user.encode(text),
                 self.workstation.encode(text), enc]
        fields, payload, at = b"", b"", 88
        for part in parts:
            fields += struct.pack("<HHI", len(part), len(part), at)
            payload += part
            at += len(part)
        head = SIGNATURE + struct.pack("<I", 3) + fields + struct.pack("<I", flags) + WINDOWS_10
        mic = bytes(16)
        if self.with_mic:
            mic = hmac_md5(self.key, self.negotiate_msg + challenge + head + mic + payload)
        self.final_flags = flags
        return head + mic + payload

    # Message signatures, [MS-NLMP] 3.4.4.2: needed for SPNEGO's mechListMIC only
    def _mac(self, data, direction, seq):
        magic = b"session key to %s key magic constant\0"
        sign = hashlib.md5(self.key + magic % (direction + b" signing")).digest()
        seal = hashlib.md5(self.key + magic % (direction + b" sealing")).digest()
        sum_ = hmac_md5(sign, struct.pack("<I", seq) + data)[:8]
        if self.final_flags & KEY_EXCH:
            sum_ = Rc4(seal).crypt(sum_)
        return struct.pack("<I", 1) + sum_ + struct.pack("<I", seq)

    def sign(self, data):
        return self._mac(data, b"client-to-server", 0)

    def server_signature(self, data):
        return self._mac(data, b"server-to-client", 0)


# --- SPNEGO ---------------------------------------------------------------------

OID_SPNEGO = bytes.fromhex("06062b0601050502")
OID_NTLMSSP = bytes.fromhex("060a2b06010401823702020a")
OID_KRB5 = bytes.fromhex("06092a864886f712010202")
ACCEPT_COMPLETED, ACCEPT_INCOMPLETE, REJECT, REQUEST_MIC = range(4)


def der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(body).to_bytes(size, "big") + body


def der_read(data, pos=0):
    """(tag, contents, position after it); ValueError if it is cut short"""
    if pos + 2 > len(data):
        raise ValueError("DER: cut short")
    tag, length = data[pos], data[pos + 1]
    pos += 2
    if length & 0x80:
        size = length & 0x7f
        length = int.from_bytes(data[pos:pos + size], "big")
        pos += size
    if pos + length > len(data):
        raise ValueError("DER: cut short")
    return tag, data[pos:pos + length], pos + length


def mech_list(mechs=(OID_NTLMSSP,)):
    return der(0x30, *mechs)


def neg_token_init(token, mechs=(OID_NTLMSSP,)):
    """RFC 4178 4.2.1 in its GSS-API wrapping"""
    fields = [der(0xa0, mech_list(mechs))]
    if token is not None:
        fields.append(der(0xa2, der(0x04, token)))
    return der(0x60, OID_SPNEGO, der(0xa0, der(0x30, *fields)))


def neg_token_resp(token=None, mic=None, state=None):
    """RFC 4178 4.2.2"""
    fields = []
    if state is not None:
        fields.append(der(0xa0, der(0x0a, bytes([state]))))
    if token is not None:
        fields.append(der(0xa2, der(0x04, token)))
    if mic is not None:
        fields.append(der(0xa3, der(0x04, mic)))
    return der(0xa1, der(0x30, *fields))


def parse_resp(blob):
    """{state, mech, token, mic} of a NegTokenResp; what is missing is None"""
    out = {"state": None, "mech": None, "token": None, "mic": None}
    tag, body, _ = der_read(blob)
    if tag != 0xa1:
        raise ValueError(f"not a NegTokenResp: tag {tag:#x}")
    _, seq, _ = der_read(body)
    pos = 0
    while pos < len(seq):
        tag, val, pos = der_read(seq, pos)
        name = {0xa0: "state", 0xa1: "mech", 0xa2: "token", 0xa3: "mic"}.get(tag)
        if name == "mech":
            out[name] = val
        elif name:
            inner = der_read(val)[1]
            out[name] = inner[0] if name == "state" else inner
    return out


def selftest():
    """[MS-NLMP] 4.2.4: the NTLMv2 example"""
    h = bytes.fromhex
    assert nt_hash("Password") == h("a4f49c406510bdcab6824ee7c30fd852")
    owf = ntowf_v2(nt_hash("Password"), "User", "Domain")
    assert owf == h("0c868a403bfd7a93a3001ef22ef02e3f")
    info = av_blob([(2, "Domain".encode("utf-16le")), (1, "Server".encode("utf-16le"))])
    temp = b"\1\1" + bytes(6) + bytes(8) + b"\xaa" * 8 + bytes(4) + info + bytes(4)
    proof = hmac_md5(owf, h("0123456789abcdef") + temp)
    assert proof == h("68cd0ab851e51c96aabc927bebef6a1c")
    base = hmac_md5(owf, proof)
    assert base == h("8de40ccadbc14a82f15cb0ad0de95ca3")
    assert rc4(base, b"\x55" * 16) == h("c5dad2544fc9799094ce1ce90bc9d03e")
    n = Ntlm("User", "Password", "Domain")
    n.key, n.final_flags = b"\x55" * 16, KEY_EXCH
    assert n.sign("Plaintext".encode("utf-16le"))[:4] == h("01000000")
    long = neg_token_init(bytes(300))
    assert der_read(long)[2] == len(long)
    r = parse_resp(neg_token_resp(b"tok", b"mic", ACCEPT_INCOMPLETE))
    assert (r["token"], r["mic"], r["state"]) == (b"tok", b"mic", 1)


if __name__ == "__main__":
    selftest()
    print("ntlm: ok")
