#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 900
"""What a reply carries, how it is protected, and what NEGOTIATE promises.  That a reply has the
shape of its status, and no byte more, is smb2check's to see; here are the requests that are
likely to get a wrong one.
"""
import itertools
import struct

import robust           # first: it knows where the others are
import smb2
import smb2body as b
import smb2check

NAME = "replies.tmp"
NO_MULTICHANNEL = 0x77
END_OF_FILE, NO_MORE_FILES, NO_SUCH_FILE = 0xc0000011, 0x80000006, 0xc000000f
INVALID_PARAMETER, ACCESS_DENIED, NOT_SUPPORTED = 0xc000000d, 0xc0000022, 0xc00000bb
LENGTH_MISMATCH, TOO_SMALL, SESSION_DELETED = 0xc0000004, 0xc0000023, 0xc0000203
FILE_NORMALIZED_NAME, FS_SIZE, FSCTL_UNKNOWN = 48, 3, 0x00090ffc
FILE_END_OF_FILE, NO_ROOM = 20, 0xc000009a      # INSUFFICIENT_RESOURCES
CAP_MULTICHANNEL, CAP_ENCRYPTION = 8, 0x40


def same(got, wanted, what):
    if got != wanted:
        raise robust.Failed(f"{what}: {got!r}, not {wanted!r}")


def status(reply, wanted, what):
    if reply.status != wanted:
        raise robust.Failed(f"{what}: {reply!r}, not {b.status_name(wanted)}")


def modes(target):
    """A tree in each way that messages can be protected"""
    for mode in ("plain", "signed", "sealed"):
        tree = target.tree()
        tree.sess.signing, tree.sess.sealing = mode == "signed", mode == "sealed"
        yield mode, tree
        tree.conn.close()


def charge(length):
    return max(1, (length + 65535) // 65536)


# --- payload ------------------------------------------------------------------------------------

def read_matrix(tree, mode, size):
    data = bytes(i * 7 & 255 for i in range(size))
    with tree.create(NAME, disposition=b.OVERWRITE_IF) as f:
        for off in range(0, size, 65536):
            f.write(data[off:off + 65536], off)
        for length, at, least in itertools.product(
                (1, 16383, 16384, 1 << 20), (-20000, -1, 0, 1, 1 << 40), (0, 1, 2, 30000)):
            offset = max(0, size + at)
            want = data[offset:offset + length]
            reply = tree.request(b.read(f.fid, length, offset, minimum=least),
                                 charge=charge(length))
            what = f"{mode}: {length} bytes at EOF{at:+}, at least {least}"
            status(reply, b.OK if want and len(want) >= least else END_OF_FILE, what)
            if reply.status == b.OK:
                same(reply.body[16:] == want, True, what)


def case_longer_than_a_message(target):
    """A message has less than 16 MiB: of compounds that read more some READs are refused, however
    much room the replies before them have made"""
    tree = target.tree(timeout=120)
    mib = 1 << 20
    with tree.create(NAME, disposition=b.OVERWRITE_IF) as f:
        f.set(struct.pack("<Q", 8 * mib), FILE_END_OF_FILE)
        for sizes, wanted in (((8, 8), (b.OK, NO_ROOM)),
                              ((8, 4, 0, 5, 0), (b.OK, b.OK, b.OK, NO_ROOM, b.OK)),
                              ((8, 7, 1), (b.OK, b.OK, NO_ROOM))):
            while tree.conn.credits < 400:
                tree.conn.echo(tree.sess)
            parts = [(b.read(f.fid, n * mib), {"charge": charge(n * mib)}) if n else b.echo()
                     for n in sizes]
            replies = tree.compound(parts, related=False, timeout=120)
            same(tuple(r.status for r in replies), wanted, f"READs of {sizes} MiB")
        tree.conn.echo(tree.sess)
    tree.conn.close()


def case_read_around_the_end(target):
    for mode, tree in modes(target):
        for size in (0, 1, 40000):
            read_matrix(tree, mode, size)
        tree.delete(NAME)


def case_read_ends_a_compound(target):
    for mode, tree in modes(target):
        with tree.create(NAME, disposition=b.OVERWRITE_IF) as f:
            f.write(b"x" * 20000)
            for offset, least, want in ((0, 0, b.OK), (19999, 2, END_OF_FILE), (20000, 0, END_OF_FILE)):
                parts = [b.query_info(f.fid), b.read(f.fid, 1 << 16, offset, minimum=least)]
                replies = tree.compound(parts, related=False)
                status(replies[1], want, f"{mode}: READ behind QUERY_INFO")
                replies = tree.compound(parts[::-1], related=False)
                status(replies[0], want, f"{mode}: READ before QUERY_INFO")
        tree.delete(NAME)


def refused(tree, fid, dirfid):
    """Requests that fail, of every command that can, with what they are answered"""
    none = b"\x77" * 16
    yield from ((body, None) for body in (
        b.close(none), b.flush(none), b.read(none, 1 << 20), b.write(none, b"x"),
        b.lock(none, [(0, 1, b.LOCK_SHARED)]), b.ioctl(none, b.FSCTL_PIPE_TRANSCEIVE, b"x"),
        b.query_directory(none), b.change_notify(none), b.query_info(none), b.set_info(none, b"x"),
        b.oplock_break(none, 0), b.oplock_break(fid, 0), b.tree_connect("\\\\x\\nosuchshare"),
        b.create("no\\such\\name", disposition=b.OPEN), b.create("x*y"), b.ioctl(fid, FSCTL_UNKNOWN),
        b.ioctl(fid, b.FSCTL_PIPE_TRANSCEIVE, b"x"), b.read(dirfid, 1 << 16), b.query_directory(fid),
        b.query_info(fid, class_=250), b.query_info(fid, type_=9), b.set_info(fid, b"", class_=250),
        b.lock(fid, [(0, 1, b.LOCK_UNLOCK)]), b.change_notify(fid)))
    yield b.query_info(fid, max_out=1), LENGTH_MISMATCH
    yield b.query_info(fid, b.INFO_FS, FS_SIZE, max_out=1), LENGTH_MISMATCH
    yield b.query_info(fid, b.INFO_SECURITY, 0, max_out=1, additional=7), TOO_SMALL
    yield b.ioctl(fid, b.FSCTL_CREATE_OR_GET_OBJECT_ID, max_out=1), TOO_SMALL
    yield b.query_directory(dirfid, "nothing-has-this-name", flags=1), NO_SUCH_FILE


def case_every_refusal_is_an_error_response(target):
    for mode, tree in modes(target):
        f = tree.create(NAME, disposition=b.OVERWRITE_IF)
        d = tree.create("", options=b.OPT_DIRECTORY, disposition=b.OPEN)
        for body, want in refused(tree, f.fid, d.fid):
            reply = tree.request(body)
            what = f"{mode}: {b.command_name(body.cmd)}"
            if want is not None:
                status(reply, want, what)
            elif reply.status >> 30 != 3:
                raise robust.Failed(f"{what} is answered {reply!r}")
        d.listdir()                     # ends with NO_MORE_FILES, as does the next one
        status(tree.request(b.query_directory(d.fid, info=b.DIR_NAMES)), NO_MORE_FILES, mode)
        d.close()
        f.close()
        tree.delete(NAME)


def case_listing_of_every_class(target):
    tree = target.tree()
    with tree.create("", options=b.OPT_DIRECTORY, disposition=b.OPEN) as d:
        for info, room in itertools.product(smb2check.DIR_CLASSES, (300, 1000, 65536)):
            flags = 1
            while True:
                reply = tree.request(b.query_directory(d.fid, info=info, flags=flags, max_out=room))
                if reply.status == NO_MORE_FILES:
                    break
                reply.check()
                flags = 0


def case_error_context_of_a_short_buffer(target):
    """[MS-SMB2] 3.3.5.20.2: of a file system's class, and at 3.1.1"""
    for dialect, size in ((0x0311, 16), (0x0302, 9)):
        tree = target.tree([dialect])
        with tree.create(NAME, disposition=b.OVERWRITE_IF) as f:
            reply = tree.request(b.query_info(f.fid, b.INFO_FS, FS_SIZE, max_out=0))
            status(reply, LENGTH_MISMATCH, "FileFsSizeInformation into nothing")
            same(len(reply.body), size, f"the error's length at {dialect:#x}")
            reply = tree.request(b.query_info(f.fid, class_=FILE_NORMALIZED_NAME))
            status(reply, b.OK if dialect == 0x0311 else NOT_SUPPORTED, "FileNormalizedName")
        tree.delete(NAME)


# --- signatures ---------------------------------------------------------------------------------

def gmac(target, caps=0x7f, **how):
    conn = target.connect([0x0311], signers=[b.SIGN_GMAC], caps=caps, **how)
    same(conn.signer, b.SIGN_GMAC, "the signing algorithm")
    return conn


def case_waiting_under_gmac(target):
    """LOCK and CREATE: an interim reply, which is not signed, then the final one"""
    one = gmac(target).logon(target.user, target.password).tree(target.share)
    two = gmac(target).logon(target.user, target.password).tree(target.share)
    with one.create(NAME, disposition=b.OVERWRITE_IF) as f, two.create(NAME) as g:
        for _ in range(3):
            f.lock([(0, 10, b.LOCK_EXCLUSIVE)]).check()
            mid = two.conn.send(b.lock(g.fid, [(0, 10, b.LOCK_EXCLUSIVE)]), two.sess, two)
            same(two.conn.wait(mid, interim=True).status, b.PENDING, "a LOCK that waits")
            f.lock([(0, 10, b.LOCK_UNLOCK)]).check()
            reply = two.conn.wait(mid).check()
            same(reply.flags & b.FLAG_SIGNED, b.FLAG_SIGNED, "SIGNED of the final reply")
            g.lock([(0, 10, b.LOCK_UNLOCK)]).check()
    f = one.create(NAME, oplock=b.OPLOCK_BATCH)
    mid = two.conn.send(b.create(NAME), two.sess, two)
    one.conn.wait_break()
    one.request(b.oplock_break(f.fid, 0)).check()
    two.request(b.close(two.conn.wait(mid).check().body[64:80])).check()
    f.close()
    one.delete(NAME)


def advance(conn, mid):
    """Uses up MessageIds until MID is next"""
    while conn.mid < mid:
        conn.echo()


def case_replay_by_a_stranger(target):
    """A request of somebody's session, sent again over a connection of one's own"""
    for signer in (b.SIGN_GMAC, b.SIGN_CMAC):
        conn = target.connect([0x0311], signers=[signer], caps=0x7f)
        sess = conn.logon(target.user, target.password)
        msg, mid = conn.message(b.tree_connect(f"\\\\x\\{target.share}"), sess)
        conn.send_raw(msg)
        conn.wait(mid).check()
        other = target.connect([0x0311], signers=[signer], caps=0x7f)
        advance(other, mid)
        other.send_raw(msg)
        reply = other.wait(mid)
        status(reply, SESSION_DELETED, "a stranger's request")
        if signer == b.SIGN_GMAC:       # 3.3.4.4: flags and signature of the request
            same(reply.signature, msg[48:64], "the signature")


def case_replayed_binding(target):
    """The first leg of a channel, sent again over other connections: each gets a new challenge"""
    conn = gmac(target)
    sess = conn.logon(target.user, target.password)
    for _ in range(3):
        other = gmac(target, guid=conn.guid)
        logon = smb2.Logon(other, target.user, target.password, session=sess)
        reply = logon.leg(logon.first_token())
        status(reply, b.MORE_PROCESSING, "the first leg of a channel")
        reply = logon.leg(b"garbage")
        if reply.status >> 30 != 3:
            raise robust.Failed(f"garbage is answered {reply!r}")
        other.close()


def case_refused_before_the_session_is_looked_up(target):
    """Such replies are signed as well"""
    tree = target.tree()
    conn, sess = tree.conn, tree.sess
    for body, head in ((b.echo(), {"cmd": 0x13}), (b.echo(), {"flags": b.FLAG_RELATED})):
        reply = conn.request(body, sess, tree, **head)
        status(reply, INVALID_PARAMETER, f"{body!r} with {head}")
        same(reply.flags & b.FLAG_SIGNED, b.FLAG_SIGNED, "SIGNED")


# --- NEGOTIATE ----------------------------------------------------------------------------------

def case_negotiate_that_is_signed(target):
    conn = target.connect(negotiate=False)
    msg, mid = conn.message(b.negotiate([0x0302], conn.guid), flags=b.FLAG_SIGNED)
    conn.send_raw(msg)
    status(conn.wait(mid), INVALID_PARAMETER, "NEGOTIATE with SIGNED")
    conn.negotiate()                    # nothing has been settled
    conn.logon(target.user, target.password)


def case_capabilities_are_offered(target):
    for dialect in (0x0300, 0x0302, 0x0311):
        for caps in (0, CAP_MULTICHANNEL, CAP_ENCRYPTION, 0x7f):
            conn = target.connect([dialect], caps=caps)
            for cap in (CAP_MULTICHANNEL, CAP_ENCRYPTION):
                if conn.caps & cap & ~caps:
                    raise robust.Failed(f"{dialect:#x}: {caps:#x} is answered {conn.caps:#x}")
            same(conn.caps & CAP_MULTICHANNEL, caps & CAP_MULTICHANNEL, "MULTI_CHANNEL")
    for dialect in (0x0202, 0x0210):
        same(target.connect([dialect]).caps & ~7, 0, f"capabilities of {dialect:#x}")


def case_the_clients_order_counts(target):
    for ciphers in itertools.permutations((1, 2, 3, 4)):
        same(target.connect([0x0311], ciphers=ciphers).cipher, ciphers[0], f"of {ciphers}")
    same(target.connect([0x0311], ciphers=(0x7777, 3)).cipher, 3, "of an unknown cipher and one")
    for signers in itertools.permutations((0, 1, 2)):
        conn = target.connect([0x0311], signers=signers, caps=NO_MULTICHANNEL)
        same(conn.signer, signers[0], f"of {signers}")
        conn = target.connect([0x0311], signers=signers)
        want = [s for s in signers if s != b.SIGN_GMAC][0]
        same(conn.signer, want, f"of {signers}, with several channels")


def validate(conn, sess_tree, **how):
    dialects, mode, caps = conn.offer
    data = struct.pack("<I16sHH", caps, conn.guid, mode, len(dialects)) + \
        struct.pack(f"<{len(dialects)}H", *dialects)
    return conn.send(b.ioctl(b.NO_FID, b.FSCTL_VALIDATE_NEGOTIATE, data, **how), sess_tree.sess,
                     sess_tree)


def case_validate_negotiate(target):
    for more in (0, 20):        # dialects of the future: as many as a client likes
        tree = target.tree([0x0302, *range(0x1000, 0x1000 + more)])
        tree.conn.wait(validate(tree.conn, tree)).check()
    tree = target.tree([0x0302])
    tree.conn.offer = ([0x0302, 0x0210], *tree.conn.offer[1:])
    try:
        raise robust.Failed(f"another list: {tree.conn.wait(validate(tree.conn, tree))!r}")
    except smb2.Closed:
        pass
    for dialect, how in ((0x0311, {}), (0x0302, {"max_out": 23})):
        tree = target.tree([dialect])
        mid = validate(tree.conn, tree, **how)
        try:
            reply = tree.conn.wait(mid)
        except smb2.Closed:
            continue
        raise robust.Failed(f"{dialect:#x}, {how}: {reply!r}")


# --- interfaces ---------------------------------------------------------------------------------

def interfaces(reply):
    """[(family, address)] of NETWORK_INTERFACE_INFO, [MS-SMB2] 2.2.32.5"""
    data, pos, out = reply.body[48:], 0, []
    while data:
        nxt, index, caps, zero, _ = struct.unpack_from("<IIIIQ", data, pos)
        family = struct.unpack_from("<H", data, pos + 24)[0]
        same((zero, caps & ~1, index > 0), (0, 0, True), "Reserved, Capability, IfIndex")
        out.append((family, data[pos + 28:pos + 32] if family == 2 else data[pos + 32:pos + 48]))
        pos += nxt
        if not nxt:
            break
    return out


def case_interfaces(target):
    tree = target.tree([0x0302])
    found = interfaces(tree.request(b.ioctl(b.NO_FID, b.FSCTL_QUERY_INTERFACES)).check())
    if not found:
        raise robust.Failed("no interface is told")
    for family, address in found:
        if family == 0x17 and address[0] & 0xfe == 0xfe or family == 2 and address[0] in (127, 169):
            raise robust.Failed(f"{address.hex()} is of no use to a client")
    reply = tree.request(b.ioctl(b.NO_FID, b.FSCTL_QUERY_INTERFACES, max_out=1))
    status(reply, TOO_SMALL, "interfaces into one byte")
    same(struct.unpack_from("<I", reply.body, 8)[0], 152 * len(found), "bytes needed")
    for room in (1, 65536):
        reply = tree.request(b.ioctl(b"\x7f" * 16, b.FSCTL_QUERY_INTERFACES, max_out=room))
        status(reply, INVALID_PARAMETER, "interfaces of a FileId")
    status(tree.request(b.ioctl(b.NO_FID, b.FSCTL_QUERY_INTERFACES)), b.OK, "once more")


def case_interfaces_anonymous(target):
    """Told to a client over whose connection a user has logged on, and to no stranger"""
    conn = target.connect([0x0302])
    ipc = conn.logon("", "").tree("IPC$")
    ask = b.ioctl(b.NO_FID, b.FSCTL_QUERY_INTERFACES)
    status(ipc.request(ask), ACCESS_DENIED, "for a stranger")
    sess = conn.logon(target.user, target.password)
    status(ipc.request(ask), b.OK, "for the anonymous user beside a user")
    status(sess.tree("IPC$").request(ask), b.OK, "for the user")


# --- listings -----------------------------------------------------------------------------------

CLASS_EA, CLASS_FULL_EA = 7, 15
EA_NAMES = [f"E{i:02x}".encode() for i in range(140)]      # as many as an ext4 file can have
EAS_A_REPLY = 1024


def full_eas(names):
    """FILE_FULL_EA_INFORMATION, [MS-FSCC] 2.4.16"""
    out = b""
    for i, name in enumerate(names):
        ea = struct.pack("<BBH", 0, len(name), 1) + name + b"\0v"
        size = (4 + len(ea) + 3) & ~3
        out += struct.pack("<I", size if i + 1 < len(names) else 0) + ea.ljust(size - 4, b"\0")
    return out


def listed(d, pattern, class_):
    """([{name: EaSize} of each reply])"""
    replies, flags = [], 1          # RESTART_SCANS
    while True:
        reply = d.tree.request(b.query_directory(d.fid, pattern, info=class_, flags=flags,
                                                 max_out=65536))
        if reply.status == NO_MORE_FILES:
            return replies
        blob, pos, flags = reply.check().blob(*reply.get("HI", 2)), 0, 0
        found = {}
        while True:
            nxt, size, ea = struct.unpack_from("<I56xII", blob, pos)
            at = pos + {2: 68, 3: 94, 37: 104, 38: 80}[class_]
            found[blob[at:at + size].decode("utf-16le")] = ea
            pos += nxt
            if not nxt:
                break
        replies.append(found)


def case_ea_sizes(target):
    """A listing tells the EaSize that FileEaInformation does, and bounds what that costs"""
    tree = target.tree([0x0302])
    want, files = {}, []
    for i, num in enumerate((0, 1, 3, *[len(EA_NAMES)] * 12)):
        f = tree.create(f"easize-{i:02}", disposition=b.OVERWRITE_IF,
                        options=b.OPT_DELETE_ON_CLOSE, attrs=2)
        if num:
            f.set(full_eas(EA_NAMES[:num]), CLASS_FULL_EA)
        files.append(f)
        want[f.name] = struct.unpack("<I", f.query(CLASS_EA))[0]
    same([want[f.name] for f in files[:3]], [0, 8 + 4 + 1, 2 * 16 + 13], "FileEaInformation")
    with tree.create("", access=b.FILE_ALL, options=b.OPT_DIRECTORY, disposition=b.OPEN) as d:
        for class_ in (2, 3, 37, 38):
            replies = listed(d, "easize-*", class_)
            same({k: v for r in replies for k, v in r.items()}, want, f"class {class_}")
            same(sum(len(r) for r in replies), len(want), "each once")
            most = EAS_A_REPLY // len(EA_NAMES) + 1 + 3
            if len(replies) < 2 or max(len(r) for r in replies) > most:
                raise robust.Failed(f"replies of {[len(r) for r in replies]} entries: a reply "
                                    f"looks at {EAS_A_REPLY} EAs and ends")
    for f in files:
        f.close()


def run(target, _args, tally):
    robust.cases(globals(), target, tally)
    target.serves()


robust.main(__doc__, run)
