# SPDX-License-Identifier: GPL-2.0-or-later
"""smb2body - SMB2 messages as bytes: constants, headers and one builder per request

A builder returns a Body: the bytes that follow the header, the command, and the places of all
offset, length and size fields, so that a test can break exactly those.  [MS-SMB2] 2.2.
"""
import os
import struct

(NEGOTIATE, SESSION_SETUP, LOGOFF, TREE_CONNECT, TREE_DISCONNECT, CREATE, CLOSE, FLUSH, READ, WRITE,
 LOCK, IOCTL, CANCEL, ECHO, QUERY_DIRECTORY, CHANGE_NOTIFY, QUERY_INFO, SET_INFO,
 OPLOCK_BREAK) = range(19)
NAMES = ("NEGOTIATE SESSION_SETUP LOGOFF TREE_CONNECT TREE_DISCONNECT CREATE CLOSE FLUSH READ "
         "WRITE LOCK IOCTL CANCEL ECHO QUERY_DIRECTORY CHANGE_NOTIFY QUERY_INFO SET_INFO "
         "OPLOCK_BREAK").split()

FLAG_RESPONSE, FLAG_ASYNC, FLAG_RELATED, FLAG_SIGNED, FLAG_DFS, FLAG_REPLAY = (
    0x1, 0x2, 0x4, 0x8, 0x10000000, 0x20000000)

STATUS = {
    0x00000000: "OK", 0x00000103: "PENDING", 0x0000010c: "NOTIFY_ENUM_DIR",
    0x80000005: "BUFFER_OVERFLOW", 0x80000006: "NO_MORE_FILES", 0xc0000001: "UNSUCCESSFUL",
    0xc0000002: "NOT_IMPLEMENTED", 0xc0000003: "INVALID_INFO_CLASS",
    0xc0000004: "INFO_LENGTH_MISMATCH", 0xc0000008: "INVALID_HANDLE",
    0xc000000d: "INVALID_PARAMETER", 0xc000000f: "NO_SUCH_FILE",
    0xc0000010: "INVALID_DEVICE_REQUEST", 0xc0000011: "END_OF_FILE",
    0xc0000016: "MORE_PROCESSING_REQUIRED", 0xc0000022: "ACCESS_DENIED",
    0xc0000023: "BUFFER_TOO_SMALL", 0xc0000033: "OBJECT_NAME_INVALID",
    0xc0000034: "OBJECT_NAME_NOT_FOUND", 0xc0000035: "OBJECT_NAME_COLLISION",
    0xc000003a: "OBJECT_PATH_NOT_FOUND", 0xc0000043: "SHARING_VIOLATION",
    0xc0000054: "FILE_LOCK_CONFLICT", 0xc0000055: "LOCK_NOT_GRANTED",
    0xc0000056: "DELETE_PENDING", 0xc000006d: "LOGON_FAILURE", 0xc0000072: "ACCOUNT_DISABLED",
    0xc0000234: "ACCOUNT_LOCKED_OUT",
    0xc000007e: "RANGE_NOT_LOCKED", 0xc000009a: "INSUFFICIENT_RESOURCES",
    0xc00000ac: "PIPE_NOT_AVAILABLE", 0xc00000b0: "PIPE_DISCONNECTED",
    0xc00000ba: "FILE_IS_A_DIRECTORY", 0xc00000bb: "NOT_SUPPORTED",
    0xc00000c9: "NETWORK_NAME_DELETED", 0xc00000cc: "BAD_NETWORK_NAME", 0xc00000d0: "REQUEST_NOT_ACCEPTED",
    0xc0000101: "DIRECTORY_NOT_EMPTY", 0xc0000103: "NOT_A_DIRECTORY", 0xc0000120: "CANCELLED",
    0xc0000121: "CANNOT_DELETE", 0xc0000128: "FILE_CLOSED", 0xc0000203: "USER_SESSION_DELETED",
    0xc000035c: "NETWORK_SESSION_EXPIRED", 0xc0000466: "SERVER_UNAVAILABLE",
}
OK, PENDING, MORE_PROCESSING = 0, 0x103, 0xc0000016

# Access, dispositions, options
READ_DATA, WRITE_DATA, GENERIC_ALL, MAXIMUM_ALLOWED, DELETE = 1, 2, 0x10000000, 0x2000000, 0x10000
FILE_ALL = 0x1f01ff
SUPERSEDE, OPEN, CREATE_NEW, OPEN_IF, OVERWRITE, OVERWRITE_IF = range(6)
OPT_DIRECTORY, OPT_NON_DIRECTORY, OPT_DELETE_ON_CLOSE = 0x1, 0x40, 0x1000
SHARE_READ, SHARE_WRITE, SHARE_DELETE, SHARE_ALL = 1, 2, 4, 7
OPLOCK_NONE, OPLOCK_II, OPLOCK_EXCLUSIVE, OPLOCK_BATCH, OPLOCK_LEASE = 0, 1, 8, 9, 0xff
RELATED_FID = b"\xff" * 16
NO_FID = RELATED_FID                    # also what FSCTLs without a file are sent on

# Information types and some classes, [MS-FSCC] 2.4, 2.5
INFO_FILE, INFO_FS, INFO_SECURITY, INFO_QUOTA = 1, 2, 3, 4
FILE_BASIC, FILE_STANDARD, FILE_ALL_INFO, FILE_STREAM, FILE_NETWORK_OPEN = 4, 5, 18, 22, 34
FILE_RENAME, FILE_DISPOSITION, FILE_ALLOCATION, FILE_EOF, FILE_FULL_EA = 10, 13, 19, 20, 15
FILE_LINK, FILE_ALT_NAME = 11, 21
DIR_DIRECTORY, DIR_FULL, DIR_BOTH, DIR_NAMES, DIR_ID_BOTH, DIR_ID_FULL = 1, 2, 3, 12, 37, 38
FS_VOLUME, FS_SIZE, FS_DEVICE, FS_ATTRIBUTE, FS_FULL_SIZE, FS_SECTOR = 1, 3, 4, 5, 7, 11

FSCTL_VALIDATE_NEGOTIATE = 0x00140204
FSCTL_QUERY_INTERFACES = 0x001401fc
FSCTL_PIPE_TRANSCEIVE = 0x0011c017
FSCTL_DFS_GET_REFERRALS = 0x00060194
FSCTL_SRV_REQUEST_RESUME_KEY = 0x00140078
FSCTL_SRV_COPYCHUNK = 0x001440f2
FSCTL_CREATE_OR_GET_OBJECT_ID = 0x000900c0
FSCTL_SET_SPARSE = 0x000900c4
FSCTL_SET_ZERO_DATA = 0x000980c8
FSCTL_QUERY_ALLOCATED_RANGES = 0x000940cf

LOCK_SHARED, LOCK_EXCLUSIVE, LOCK_UNLOCK, LOCK_FAIL_NOW = 1, 2, 4, 0x10

# Negotiate contexts, [MS-SMB2] 2.2.3.1
CTX_PREAUTH, CTX_ENCRYPTION, CTX_COMPRESSION, CTX_NETNAME, CTX_TRANSPORT, CTX_SIGNING = (
    1, 2, 3, 5, 6, 8)
AES128_CCM, AES128_GCM, AES256_CCM, AES256_GCM = 1, 2, 3, 4
SIGN_HMAC, SIGN_CMAC, SIGN_GMAC = 0, 1, 2


def status_name(status):
    return STATUS.get(status, f"{status:#010x}")


def command_name(cmd):
    return NAMES[cmd] if cmd < len(NAMES) else f"command {cmd:#x}"


class Body(bytes):
    """What follows the header.  fields: [(name, offset in the message, size)], header included;
    need: a message shorter than this (header included) is not whole."""

    def __new__(cls, cmd, data, fields=(), need=None):
        self = super().__new__(cls, data)
        self.cmd = cmd
        self.need = 64 + (len(data) if need is None else need)
        self.fields = [(n, 64 + off, size) for n, off, size in fields]
        return self


def header(cmd, mid=0, *, credits=1, charge=1, flags=0, status=0, next_=0, tid=0, sid=0,
           async_id=None, signature=bytes(16), size=64, proto=b"\xfeSMB"):
    """[MS-SMB2] 2.2.1; every field may be set to anything"""
    ids = struct.pack("<Q", async_id) if async_id is not None else struct.pack("<II", 0xfeff, tid)
    return struct.pack("<4sHHIHHIIQ8sQ16s", proto, size, charge, status, cmd, credits, flags, next_,
                       mid, ids, sid, signature)


HEADER_FIELDS = [("StructureSize", 4, 2), ("CreditCharge", 6, 2), ("Command", 12, 2),
                 ("Credits", 14, 2), ("Flags", 16, 4), ("NextCommand", 20, 4), ("MessageId", 24, 8),
                 ("TreeId", 36, 4), ("SessionId", 40, 8)]


def pad8(data):
    return data + bytes(-len(data) % 8)


def u16(text):
    return text.encode("utf-16le") if isinstance(text, str) else bytes(text)


# --- negotiate contexts ------------------------------------------------------------

def preauth_context(salt=None, algorithms=(1,)):
    salt = os.urandom(32) if salt is None else salt
    return CTX_PREAUTH, struct.pack("<HH", len(algorithms), len(salt)) + \
        struct.pack(f"<{len(algorithms)}H", *algorithms) + salt


def list_context(type_, values):
    """encryption and signing capabilities: a count and 16-bit ids"""
    return type_, struct.pack(f"<H{len(values)}H", len(values), *values)


def netname_context(name):
    return CTX_NETNAME, u16(name)


def negotiate_contexts(contexts):
    out = b""
    for type_, data in contexts:
        out = pad8(out) + struct.pack("<HHI", type_, len(data), 0) + data
    return out


# --- requests ----------------------------------------------------------------------

def negotiate(dialects, guid, *, mode=1, caps=0x7f, contexts=None):
    """[MS-SMB2] 2.2.3"""
    names = struct.pack(f"<{len(dialects)}H", *dialects)
    fields = [("StructureSize", 0, 2), ("DialectCount", 2, 2)]
    tail = struct.pack("<Q", 0)
    if contexts:
        at = 64 + 36 + len(names)
        names += bytes(-at % 8)
        tail = struct.pack("<IHH", 64 + 36 + len(names), len(contexts), 0)
        fields += [("NegotiateContextOffset", 28, 4), ("NegotiateContextCount", 32, 2)]
        at = 36 + len(names)
        for _, data in contexts:
            fields.append(("DataLength", at + 2, 2))
            at += len(pad8(bytes(8) + data))
        names += negotiate_contexts(contexts)
    return Body(NEGOTIATE, struct.pack("<HHHHI16s", 36, len(dialects), mode, 0, caps, guid) + tail +
                names, fields)


def session_setup(token, *, flags=0, mode=1, caps=1, channel=0, previous=0):
    """[MS-SMB2] 2.2.5"""
    return Body(SESSION_SETUP, struct.pack("<HBBIIHHQ", 25, flags, mode, caps, channel, 88,
                                           len(token), previous) + token,
                [("StructureSize", 0, 2), ("SecurityBufferOffset", 12, 2),
                 ("SecurityBufferLength", 14, 2)])


def _plain(cmd):
    return Body(cmd, struct.pack("<HH", 4, 0), [("StructureSize", 0, 2)])


def logoff():
    return _plain(LOGOFF)


def tree_disconnect():
    return _plain(TREE_DISCONNECT)


def echo():
    return _plain(ECHO)


def cancel():
    return _plain(CANCEL)


def tree_connect(unc, *, flags=0):
    """[MS-SMB2] 2.2.9"""
    path = u16(unc)
    return Body(TREE_CONNECT, struct.pack("<HHHH", 9, flags, 72, len(path)) + path,
                [("StructureSize", 0, 2), ("PathOffset", 4, 2), ("PathLength", 6, 2)])


def create_contexts(contexts):
    """[MS-SMB2] 2.2.13.2; also the places of their fields"""
    out, fields = b"", []
    for i, (name, data) in enumerate(contexts):
        at = len(out)
        name_part = name + bytes(-(16 + len(name)) % 8)
        item = struct.pack("<IHHHHI", 0, 16, len(name), 0, 16 + len(name_part) if data else 0,
                           len(data)) + name_part + data
        if i < len(contexts) - 1:
            item = pad8(item)
            item = struct.pack("<I", len(item)) + item[4:]
        fields += [("Next", at, 4), ("NameOffset", at + 4, 2), ("NameLength", at + 6, 2),
                   ("DataOffset", at + 10, 2), ("DataLength", at + 12, 4)]
        out += item
    return out, fields


def create(name, *, access=FILE_ALL, disposition=OPEN_IF, options=0, share=SHARE_ALL, attrs=0,
           oplock=0, impersonation=2, contexts=()):
    """[MS-SMB2] 2.2.13"""
    path = u16(name)
    fields = [("StructureSize", 0, 2), ("NameOffset", 44, 2), ("NameLength", 46, 2)]
    tail, ctx_off, ctx, need = path or bytes(8), 0, b"", 56 + len(path)
    if contexts:
        ctx, ctx_fields = create_contexts(contexts)
        tail = pad8(path)
        ctx_off = 64 + 56 + len(tail)
        need = 56 + len(tail) + len(ctx)
        fields += [("CreateContextsOffset", 48, 4), ("CreateContextsLength", 52, 4)]
        fields += [("ctx." + n, 56 + len(tail) + o, s) for n, o, s in ctx_fields]
    return Body(CREATE, struct.pack("<HBBIQQIIIIIHHII", 57, 0, oplock, impersonation, 0, 0, access,
                                    attrs, share, disposition, options, 120, len(path), ctx_off,
                                    len(ctx)) + tail + ctx, fields, need)


def close(fid, *, flags=0):
    """[MS-SMB2] 2.2.15"""
    return Body(CLOSE, struct.pack("<HHI", 24, flags, 0) + fid, [("StructureSize", 0, 2)])


def flush(fid):
    return Body(FLUSH, struct.pack("<HHI", 24, 0, 0) + fid, [("StructureSize", 0, 2)])


def read(fid, length, offset=0, *, minimum=0, channel=0, remaining=0, flags=0, padding=0x50,
         info=b""):
    """[MS-SMB2] 2.2.19"""
    return Body(READ, struct.pack("<HBBIQ16sIIIHH", 49, padding, flags, length, offset, fid,
                                  minimum, channel, remaining, 112 if info else 0, len(info)) +
                (info or b"\0"),
                [("StructureSize", 0, 2), ("Length", 4, 4), ("Offset", 8, 8),
                 ("MinimumCount", 32, 4), ("ReadChannelInfoOffset", 44, 2), ("ReadChannelInfoLength", 46, 2)],
                48 + len(info))


def write(fid, data, offset=0, *, channel=0, remaining=0, flags=0):
    """[MS-SMB2] 2.2.21"""
    return Body(WRITE, struct.pack("<HHIQ16sIIHHI", 49, 112, len(data), offset, fid, channel,
                                   remaining, 0, 0, flags) + data,
                [("StructureSize", 0, 2), ("DataOffset", 2, 2), ("Length", 4, 4), ("Offset", 8, 8),
                 ("WriteChannelInfoOffset", 40, 2), ("WriteChannelInfoLength", 42, 2)])


def lock(fid, ranges, *, sequence=0):
    """[MS-SMB2] 2.2.26; ranges: [(offset, length, flags)]"""
    items = b"".join(struct.pack("<QQII", o, n, f, 0) for o, n, f in ranges)
    return Body(LOCK, struct.pack("<HHI", 48, len(ranges), sequence) + fid + items,
                [("StructureSize", 0, 2), ("LockCount", 2, 2), ("Offset", 24, 8), ("Length", 32, 8),
                 ("Flags", 40, 4)])


def ioctl(fid, code, data=b"", *, max_out=65536, max_in=0, flags=1):
    """[MS-SMB2] 2.2.31"""
    return Body(IOCTL, struct.pack("<HHI16sIIIIIIII", 57, 0, code, fid, 120 if data else 0,
                                   len(data), max_in, 0, 0, max_out, flags, 0) + (data or b"\0"),
                [("StructureSize", 0, 2), ("InputOffset", 24, 4), ("InputCount", 28, 4),
                 ("MaxInputResponse", 32, 4), ("OutputOffset", 36, 4), ("OutputCount", 40, 4),
                 ("MaxOutputResponse", 44, 4)], 56 + len(data))


def query_directory(fid, pattern="*", *, info=DIR_ID_BOTH, flags=0, index=0, max_out=65536):
    """[MS-SMB2] 2.2.33"""
    path = u16(pattern)
    return Body(QUERY_DIRECTORY, struct.pack("<HBBI16sHHI", 33, info, flags, index, fid, 96,
                                             len(path), max_out) + (path or b"\0"),
                [("StructureSize", 0, 2), ("FileNameOffset", 24, 2), ("FileNameLength", 26, 2),
                 ("OutputBufferLength", 28, 4)], 32 + len(path))


def change_notify(fid, *, filter_=0xfff, flags=0, max_out=65536):
    """[MS-SMB2] 2.2.35"""
    return Body(CHANGE_NOTIFY, struct.pack("<HHI16sII", 32, flags, max_out, fid, filter_, 0),
                [("StructureSize", 0, 2), ("OutputBufferLength", 4, 4)])


def query_info(fid, type_=INFO_FILE, class_=FILE_BASIC, *, max_out=65536, data=b"", additional=0,
               flags=0):
    """[MS-SMB2] 2.2.37"""
    return Body(QUERY_INFO, struct.pack("<HBBIHHIII16s", 41, type_, class_, max_out,
                                        104 if data else 0, 0, len(data), additional, flags, fid) +
                data,
                [("StructureSize", 0, 2), ("OutputBufferLength", 4, 4), ("InputBufferOffset", 8, 2),
                 ("InputBufferLength", 12, 4)])


def set_info(fid, data, type_=INFO_FILE, class_=FILE_BASIC, *, additional=0):
    """[MS-SMB2] 2.2.39"""
    return Body(SET_INFO, struct.pack("<HBBIHHI16s", 33, type_, class_, len(data), 96, 0,
                                      additional, fid) + data,
                [("StructureSize", 0, 2), ("BufferLength", 4, 4), ("BufferOffset", 8, 2)])


def oplock_break(fid, level):
    """[MS-SMB2] 2.2.24.1"""
    return Body(OPLOCK_BREAK, struct.pack("<HBBI", 24, level, 0, 0) + fid,
                [("StructureSize", 0, 2)])


def lease_break(key, state):
    """[MS-SMB2] 2.2.24.2"""
    return Body(OPLOCK_BREAK, struct.pack("<HHI16sIQ", 36, 0, 0, key, state, 0),
                [("StructureSize", 0, 2)])


def lease_context(key, state, *, version=1, parent=None, epoch=0):
    """[MS-SMB2] 2.2.13.2.8, 2.2.13.2.10"""
    data = struct.pack("<16sIIQ", key, state, 4 if parent else 0, 0)
    if version == 2:
        data += (parent or bytes(16)) + struct.pack("<HH", epoch, 0)
    return b"RqLs", data


def durable_context():
    """[MS-SMB2] 2.2.13.2.3"""
    return b"DHnQ", bytes(16)


def durable_reconnect(fid):
    """[MS-SMB2] 2.2.13.2.4"""
    return b"DHnC", fid


def durable_v2_context(guid, *, timeout=0, flags=0):
    """[MS-SMB2] 2.2.13.2.11"""
    return b"DH2Q", struct.pack("<II8x", timeout, flags) + guid


def durable_v2_reconnect(fid, guid, *, flags=0):
    """[MS-SMB2] 2.2.13.2.12"""
    return b"DH2C", fid + guid + struct.pack("<I", flags)


def rename_info(name, replace=False):
    """[MS-FSCC] 2.4.42 and 2.4.27 (links), the form for SMB2"""
    path = u16(name)
    return struct.pack("<B7xQI", replace, 0, len(path)) + path
