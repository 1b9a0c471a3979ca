# SPDX-License-Identifier: GPL-2.0-or-later
"""smbcrypt - the ciphers and digests that SMB and NTLM need, for the test client

hashlib and hmac do what they can; AES comes from libgcrypt (libgcrypt.so.20) through ctypes;
MD4 and RC4, which no library wants to give away any more, are written out here.
"""
import ctypes
import ctypes.util
import hashlib
import hmac
import struct

# --- libgcrypt ------------------------------------------------------------------

AES128, AES256 = 7, 9
CCM, GCM = 8, 9
SET_CCM_LENGTHS = 69
MAC_CMAC_AES = 201


class CryptError(Exception):
    """libgcrypt said no, or an authentication tag was wrong."""


def _load():
    lib = ctypes.CDLL("libgcrypt.so.20")
    lib.gcry_check_version.restype = ctypes.c_char_p
    lib.gcry_check_version(None)
    size, ptr = ctypes.c_size_t, ctypes.c_void_p
    lib.gcry_cipher_open.argtypes = [ctypes.POINTER(ptr), ctypes.c_int, ctypes.c_int, ctypes.c_uint]
    lib.gcry_cipher_close.argtypes = [ptr]
    for name in ("setkey", "setiv", "authenticate", "gettag", "checktag"):
        getattr(lib, "gcry_cipher_" + name).argtypes = [ptr, ctypes.c_char_p, size]
    for name in ("encrypt", "decrypt"):
        getattr(lib, "gcry_cipher_" + name).argtypes = [ptr, ptr, size, ctypes.c_char_p, size]
    lib.gcry_mac_open.argtypes = [ctypes.POINTER(ptr), ctypes.c_int, ctypes.c_uint, ptr]
    lib.gcry_mac_close.argtypes = [ptr]
    for name in ("setkey", "write"):
        getattr(lib, "gcry_mac_" + name).argtypes = [ptr, ctypes.c_char_p, size]
    lib.gcry_mac_read.argtypes = [ptr, ctypes.c_char_p, ctypes.POINTER(size)]
    lib.gcry_cipher_ctl.argtypes = [ptr, ctypes.c_int, ptr, size]
    return lib


_gcry = _load()


class Aes:
    """One AES key in one mode; a context can be used for message after message."""

    def __init__(self, key, mode):
        self.handle, self.mode = ctypes.c_void_p(), mode
        algo = {16: AES128, 32: AES256}[len(key)]
        self._ok(_gcry.gcry_cipher_open(ctypes.byref(self.handle), algo, mode, 0))
        self._ok(_gcry.gcry_cipher_setkey(self.handle, key, len(key)))

    def __del__(self):
        if self.handle and _gcry:
            _gcry.gcry_cipher_close(self.handle)

    @staticmethod
    def _ok(err):
        if err:
            raise CryptError(f"libgcrypt: error {err & 0xffff}")

    def _run(self, how, data):
        out = ctypes.create_string_buffer(len(data) or 1)
        self._ok(getattr(_gcry, "gcry_cipher_" + how)(self.handle, out, len(data),
                                                      bytes(data), len(data)))
        return out.raw[:len(data)]

    def _start(self, nonce, aad, length):
        self._ok(_gcry.gcry_cipher_setiv(self.handle, nonce, len(nonce)))
        if self.mode == CCM:
            lengths = (ctypes.c_uint64 * 3)(length, len(aad), 16)
            self._ok(_gcry.gcry_cipher_ctl(self.handle, SET_CCM_LENGTHS, lengths,
                                           ctypes.sizeof(lengths)))
        self._ok(_gcry.gcry_cipher_authenticate(self.handle, bytes(aad), len(aad)))

    def _tag(self):
        tag = ctypes.create_string_buffer(16)
        self._ok(_gcry.gcry_cipher_gettag(self.handle, tag, 16))
        return tag.raw

    def seal(self, nonce, aad, data):
        """(ciphertext, 16-byte tag)"""
        self._start(nonce, aad, len(data))
        out = self._run("encrypt", data)
        return out, self._tag()

    def open(self, nonce, aad, data, tag):
        self._start(nonce, aad, len(data))
        out = self._run("decrypt", data)
        if not hmac.compare_digest(self._tag(), tag):
            raise CryptError("wrong authentication tag")
        return out


def aes_gmac(key, nonce, data):
    """AES-GMAC, NIST SP 800-38D: GCM over nothing with the message as additional data."""
    return Aes(key, GCM).seal(nonce, data, b"")[1]


def aes_cmac(key, data):
    """AES-CMAC, RFC 4493."""
    handle, size = ctypes.c_void_p(), ctypes.c_size_t(16)
    out = ctypes.create_string_buffer(16)
    Aes._ok(_gcry.gcry_mac_open(ctypes.byref(handle), MAC_CMAC_AES, 0, None))
    try:
        Aes._ok(_gcry.gcry_mac_setkey(handle, key, len(key)))
        Aes._ok(_gcry.gcry_mac_write(handle, bytes(data), len(data)))
        Aes._ok(_gcry.gcry_mac_read(handle, out, ctypes.byref(size)))
    finally:
        _gcry.gcry_mac_close(handle)
    return out.raw


def hmac_sha256(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def hmac_md5(key, data):
    return hmac.new(key, data, hashlib.md5).digest()


def kdf(key, label, context, bits):
    """NIST SP 800-108 in counter mode with HMAC-SHA256, r = 32; [MS-SMB2] 3.1.4.2."""
    msg = struct.pack(">I", 1) + label + b"\0" + context + struct.pack(">I", bits)
    return hmac_sha256(key, msg)[:bits // 8]


# --- what hashlib lacks ---------------------------------------------------------

def _rol(x, n):
    x &= 0xffffffff
    return x << n & 0xffffffff | x >> 32 - n


_MD4_ROUNDS = (
    (lambda x, y, z: x & y | ~x & z, 0, range(16), (3, 7, 11, 19)),
    (lambda x, y, z: x & y | x & z | y & z, 0x5a827999,
     (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), (3, 5, 9, 13)),
    (lambda x, y, z: x ^ y ^ z, 0x6ed9eba1,
     (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), (3, 9, 11, 15)),
)


def md4(data):
    """RFC 1320."""
    state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
    data = data + b"\x80" + bytes((55 - len(data)) % 64) + struct.pack("<Q", len(data) * 8)
    for off in range(0, len(data), 64):
        words = struct.unpack_from("<16I", data, off)
        v = list(state)
        for func, const, order, shifts in _MD4_ROUNDS:
            for i, k in enumerate(order):
                a, b, c, d = v
                v = [d, _rol(a + func(b, c, d) + words[k] + const, shifts[i % 4]), b, c]
        state = [(s + x) & 0xffffffff for s, x in zip(state, v)]
    return struct.pack("<4I", *state)


class Rc4:
    def __init__(self, key):
        s, j = list(range(256)), 0
        for i in range(256):
            j = (j + s[i] + key[i % len(key)]) & 255
            s[i], s[j] = s[j], s[i]
        self.s, self.i, self.j = s, 0, 0

    def crypt(self, data):
        s, out = self.s, bytearray()
        for byte in data:
            self.i = (self.i + 1) & 255
            self.j = (self.j + s[self.i]) & 255
            s[self.i], s[self.j] = s[self.j], s[self.i]
            out.append(byte ^ s[(s[self.i] + s[self.j]) & 255])
        return bytes(out)


def rc4(key, data):
    return Rc4(key).crypt(data)


def selftest():
    """Vectors of RFC 1320, RFC 4493, the well-known ones of RC4, and of the GCM paper."""
    h = bytes.fromhex
    assert md4(b"abc") == h("a448017aaf21d8525fc10ae87aa6729d")
    assert md4(b"1234567890" * 8) == h("e33b4ddc9c38f2199c3e7b164fcc0536")
    assert rc4(b"Key", b"Plaintext") == h("bbf316e8d940af0ad3")
    key = h("2b7e151628aed2a6abf7158809cf4f3c")
    assert aes_cmac(key, b"") == h("bb1d6929e95937287fa37d129b756746")
    assert aes_cmac(key, h("6bc1bee22e409f96e93d7e117393172a")) == \
        h("070a16b46b4d4144f79bdd9dd04a287c")
    assert aes_cmac(key, h("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                           "30c81c46a35ce411")) == h("dfa66747de9ae63030ca32611497c827")
    assert Aes(bytes(16), GCM).seal(bytes(12), b"", bytes(16)) == \
        (h("0388dace60b6a392f328c2b971b2fe78"), h("ab6e47d42cec13bdf53a67b21257bddf"))
    # CCM: no vector of NIST's has a tag of 16 and a nonce of 11; the round trip must do
    ccm = Aes(bytes(range(16)), CCM)
    text, tag = ccm.seal(bytes(11), b"head", b"payload")
    assert ccm.open(bytes(11), b"head", text, tag) == b"payload"
    assert len(aes_gmac(bytes(32), bytes(12), b"x")) == 16


if __name__ == "__main__":
    selftest()
    print("smbcrypt: ok")
