#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 600
"""What one client can make the server hold has an end, and reaching it is no deadlock: replies that
nobody reads, compounds that ask for more than the budget, requests that wait and hold memory, tree
connects, locks that wait, connections that say nothing.
"""
import os
import struct
import time

import robust           # first: it knows where the others are
import e2elib as e
import smb2
import smb2body as b

CONFIG = """
max inflight = 8M
smb2 max read = 1M
smb2 max write = 1M
smb2 max trans = 1M
max trees per session = 16
max locks per open = 8
server max half open = 24
"""
MIB = 1 << 20
FAR = 1 << 40               # beyond what is read
SPENT = 0xc000009a          # STATUS_INSUFFICIENT_RESOURCES
PENDING, CANCELLED = 0x103, 0xc0000120
BLOCK = bytes(range(256)) * (MIB // 256)


def want(cond, text):
    if not cond:
        raise robust.Failed(text)


def same(got, wanted, what):
    want(got == wanted, f"{what}: got {got!r}, wanted {wanted!r}")


def read_part(fid, i, length=MIB):
    return b.read(fid, length, (i % 4) * MIB)


def new_name():
    return f"budgets-{os.getpid()}-{time.monotonic_ns()}"


def big_file(target, **how):
    """A file of 4 MiB on a connection with credits for many large reads."""
    tree = target.tree(timeout=60, **how)
    f = tree.create(new_name(), disposition=b.OVERWRITE_IF, options=b.OPT_DELETE_ON_CLOSE)
    for i in range(4):
        f.write(BLOCK, i * MIB)
    while tree.conn.credits < 1200:
        tree.conn.echo(tree.sess)
    return tree, f


def free_kib():
    text = e.guest("cat /proc/meminfo")
    return sum(int(line.split()[1]) for line in text.splitlines()
               if line.split(":")[0] in ("MemFree", "Cached", "Buffers"))


def unread(target, seal):
    """64 MiB of replies are asked for and not read: no more than the budget is made of them, and
    when they are read all of them come, in spite of it."""
    tree, f = big_file(target)
    tree.sess.sealing = seal
    before = free_kib()
    mids = [tree.conn.send(read_part(f.fid, i), tree.sess, tree, charge=16) for i in range(64)]
    time.sleep(3)
    used = (before - free_kib()) // 1024
    for i, mid in enumerate(mids):
        reply = tree.conn.wait(mid, timeout=60)
        same(reply.status, 0, f"read {i}")
        off, size = reply.get("BxI", 2)
        want(reply.blob(off, size) == BLOCK, f"read {i}: other bytes than were written")
    same(tree.conn.echo(tree.sess).status, 0, "an echo afterwards")
    f.close()
    tree.conn.close()
    want(used < 40, f"{used} MiB of the server's memory went for 64 MiB of unread replies")


def compound(target):
    """A compound of reads for more than the whole budget: those beyond it are refused one by one."""
    tree, f = big_file(target)
    parts = [read_part(f.fid, i) for i in range(24)] + [b.echo()]
    replies = tree.compound(parts, related=False, charge=16, timeout=60)
    got = [r.status for r in replies]
    want(got[0] == 0 and got[1] == 0, f"the first reads: {got}")
    want(SPENT in got and set(got) <= {0, SPENT}, f"statuses of a compound beyond the budget: {got}")
    same(got[-1], 0, "the small command after them")
    reply = tree.request(read_part(f.fid, 0), charge=16)
    same(reply.status, 0, "a read after that")
    f.close()
    tree.conn.close()


def waiting(target):
    """Compounds that read and then wait for a lock: they hold memory, what they wait for comes over
    the same connection, and it is read."""
    tree, f = big_file(target)
    with tree.create(f.name) as holder:
        holder.lock([(FAR, 10, b.LOCK_EXCLUSIVE)])
        heads = []
        for i in range(14):
            msg, mids = tree.conn.compound_message(
                [read_part(f.fid, i), b.lock(f.fid, [(FAR, 10, b.LOCK_SHARED)])],
                tree.sess, tree, related=False, charge=16)
            tree.conn.send_raw(msg)
            heads.append(mids)
        time.sleep(1)
        same(tree.conn.echo(tree.sess).status, 0, "an echo while they wait")
        holder.lock([(FAR, 10, b.LOCK_UNLOCK)])
        got = []
        for first, second in heads:
            same(tree.conn.wait(first, timeout=60).status, 0, "a read before a wait")
            got.append(tree.conn.wait(second, timeout=60).status)
        want(got.count(0) >= 4, f"locks that waited: {got}")
        want(set(got) <= {0, SPENT}, f"locks that waited: {got}")
        # all that were granted go, or the file could not be locked again
        for _ in range(got.count(0)):
            f.lock([(FAR, 10, b.LOCK_UNLOCK)])
    f.close()
    tree.conn.close()


def announced(target):
    """The first 112 bytes of messages of 1 MiB, in every form that is received in a way of its own:
    they cost what has arrived, and another user has room beside them."""
    tree = target.as_user("tester2").tree(timeout=60)
    with tree.create(new_name(), disposition=b.OVERWRITE_IF) as f:
        for i in range(4):
            f.write(BLOCK, i * MIB)
    before, held = free_kib(), []
    for i in range(60):
        t = target.tree([0x0311], timeout=60)
        while t.conn.credits < 32:
            t.conn.request(b.echo(), t.sess, credits=32)
        fid = t.create(f.name, access=b.READ_DATA, disposition=b.OPEN).fid
        flags = b.FLAG_SIGNED if i % 4 == 0 else 0
        cmd = b.IOCTL if i % 4 == 1 else b.WRITE
        head = b.header(cmd, t.conn.mid, flags=flags, charge=17, tid=t.tid, sid=t.sess.sid)
        head += struct.pack("<HHIQ16sIIHHI", 49, 112, MIB, 0, fid, 0, 0, 0, 0, 0)
        if i % 4 == 2:
            head = t.sess.keys.seal(t.sess.sid, head + bytes(100))[:112]
        t.conn.send_bytes(struct.pack(">I", 112 + MIB) + head[:112])
        held.append(t.conn)
    time.sleep(2)
    used = (before - free_kib()) // 1024
    with tree.create(f.name, disposition=b.OPEN) as f:
        while tree.conn.credits < 100:
            tree.conn.echo(tree.sess)
        mids = [tree.conn.send(read_part(f.fid, i), tree.sess, tree, charge=16) for i in range(4)]
        same([tree.conn.wait(mid, 60).status for mid in mids], [0] * 4, "another's reads meanwhile")
    for conn in held:
        conn.close()
    tree.delete(f.name)
    tree.conn.close()
    want(used < 25, f"{used} MiB of the server's memory went for 60 messages of 1 MiB that never came")


def trees(target):
    sess = target.session()
    got = [sess.request(b.tree_connect(f"\\\\{target.host}\\{target.share}")) for _ in range(17)]
    same([r.status for r in got], [0] * 16 + [SPENT], "tree connects")
    smb2.Tree(sess, got[3], target.share).disconnect().check()
    sess.tree(target.share)
    sess.logoff().check()
    sess.conn.close()


def locks(target):
    """Waiting locks count as granted ones do, and are free again when they are cancelled."""
    tree = target.tree()
    f = tree.create(new_name(), options=b.OPT_DELETE_ON_CLOSE)
    f.lock([(0, 10, b.LOCK_EXCLUSIVE)])
    other = tree.create(f.name)
    for _ in range(2):
        mids = [tree.conn.send(b.lock(other.fid, [(i, 1, b.LOCK_EXCLUSIVE)]), tree.sess, tree)
                for i in range(8)]
        for mid in mids:
            same(tree.conn.wait(mid, interim=True).status, PENDING, "a lock that waits")
        late = tree.request(b.lock(other.fid, [(100, 1, b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW)]))
        same(late.status, SPENT, "the ninth lock")
        for mid in mids:
            tree.conn.cancel(mid, tree.sess)
        for mid in mids:
            same(tree.conn.wait(mid).status, CANCELLED, "a cancelled lock")
    other.lock([(i + 20, 1, b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW) for i in range(8)])
    other.close()
    f.close()
    tree.conn.close()


def strangers(target):
    """Connections that nobody logs on over: the oldest of the host that has most of them make room,
    those in use stay, and so does the only one of another host."""
    known = target.tree()
    lone = smb2.Conn("fd77::2", target.port)
    lone.negotiate()
    mute = [target.connect(negotiate=i % 2 == 0) for i in range(40)]
    for _ in range(3):
        target.serves()
    gone = sum(not c.is_open(0.2) for c in mute[:16])
    want(gone >= 14, f"only {gone} of the 16 oldest silent connections are closed")
    open_ = sum(c.is_open() for c in mute[-10:])
    want(open_ >= 8, f"only {open_} of the 10 youngest silent connections are open")
    same(lone.echo().status, 0, "an echo of the only stranger of another host, older than all")
    lone.close()
    same(known.conn.echo(known.sess).status, 0, "an echo of who has logged on")
    for c in mute:
        c.close()
    known.conn.close()


def live():
    return robust.live("connections")


def reset(conn):
    conn.sock.setsockopt(smb2.socket.SOL_SOCKET, smb2.socket.SO_LINGER, struct.pack("ii", 1, 0))
    conn.close()


def ends(was, what):
    """... long before any time-out of the server's"""
    end = time.monotonic() + 8
    while live() > was and time.monotonic() < end:
        time.sleep(0.2)
    same(live() - was, 0, what)


def gone(target):
    """A client goes away while it is not read from because its replies are not read."""
    was = live()
    tree, f = big_file(target)
    for i in range(64):
        tree.conn.send(read_part(f.fid, i), tree.sess, tree, charge=16)
    time.sleep(1)
    reset(tree.conn)
    ends(was, "connections of a client that is gone")


def lost_abort(target):
    """The connection ends just before its question goes to a daemon that does not answer: that is
    noticed although the end came first, and nothing waits for the daemon's time-out (20 s)."""
    if not e.fault_points():
        return "no fault injection in this kernel"
    def pipe(conn):
        ipc = conn.logon(target.user, target.password).tree("IPC$")
        f = ipc.create("srvsvc", disposition=b.OPEN)
        return lambda: conn.send(b.ioctl(f.fid, b.FSCTL_PIPE_TRANSCEIVE, b"x" * 32), ipc.sess, ipc)

    def pipe_open(conn):
        ipc = conn.logon(target.user, target.password).tree("IPC$")
        return lambda: conn.send(b.create("srvsvc", disposition=b.OPEN), ipc.sess, ipc)

    def setup(conn):
        token = smb2.Logon(conn, target.user, target.password).first_token()
        return lambda: conn.send(b.session_setup(token))

    for prepare in (setup, pipe_open, pipe):
        was = live()
        conn = target.connect()
        ask = prepare(conn)
        e.guest(f"{e.HALT_DAEMON}; echo 100 > {e.FAULTS}/req_park/probability; "
                f"echo -1 > {e.FAULTS}/req_park/times; echo 0 > {e.FAULTS}/req_park/verbose")
        try:
            ask()
            time.sleep(0.005)
            reset(conn)
            ends(was, f"connections that wait for the daemon ({prepare.__name__})")
        finally:
            e.guest(f"echo 0 > {e.FAULTS}/req_park/probability; {e.RESUME_DAEMON}")
    return None


CASES = {
    "unread-signed": lambda t: unread(t, False),
    "unread-sealed": lambda t: unread(t, True),
    "unread-gone": gone,
    "announced": announced,
    "compound": compound,
    "waiting": waiting,
    "trees": trees,
    "locks": locks,
    "strangers": strangers,
    "lost-abort": lost_abort,
}


def run(target, args, tally):
    for name, case in CASES.items():
        if not e.wanted(name):
            continue
        bad = []
        try:
            why = case(target)
            tally.case(True)
            if why:
                print(f"skip budgets/{name} # {why}", flush=True)
                continue
        except (robust.Failed, e.Failed, smb2.SmbError, smb2.Closed, smb2.Timeout, smb2.Broken,
                OSError) as x:
            tally.case(False, f"{name}: {type(x).__name__}: {x}", bad)
        tally.line(f"budgets/{name}", 1, bad)
    target.serves()


if __name__ == "__main__":
    robust.main(__doc__, run, config=CONFIG)
