#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 600
"""Times that a client sets stay set, through the handle that set them, over what the same handle
does later; -1 freezes and -2 thaws them ([MS-FSA] 2.1.4.17, 2.1.5.15.2, [MS-FSCC] 2.4.7).  What
another handle does counts as ever, and on the server's own disk a change always moves st_ctime.
"""
import contextlib
import os
import struct
import time

import robust           # first: it knows where the others are
import e2elib as e
import smb2body as b

FREEZE, THAW = 2 ** 64 - 1, 2 ** 64 - 2
PAST = 133000000001234567
NAME = "times.tmp"
CREATE, ACCESS, WRITE, CHANGE = range(4)
CONFIGFS = "/sys/kernel/config/cifssrv"
STRICT = "times-strict"
DISK_FULL, COLLISION = 0xc000007f, 0xc0000035
READONLY, NORMAL, ARCHIVE = 1, 0x80, 0x20
APPEND, ATTRIBUTES = 0x4, 0x180     # FILE_APPEND_DATA; reading and writing attributes


def basic(create=0, access=0, write=0, change=0, attrs=0):
    return struct.pack("<QQQQII", create, access, write, change, attrs, 0)


def put(f, **how):
    f.set(basic(**how), b.FILE_BASIC)


def times(f):
    return struct.unpack_from("<QQQQ", f.query(b.FILE_BASIC))


def same(what, got, wanted):
    if got != wanted:
        raise robust.Failed(f"{what}: off by {(got - wanted) / 1e7:.7f} s")


def later(what, got, than):
    if not got > than:
        raise robust.Failed(f"{what}: has not moved ({(got - than) / 1e7:.7f} s)")


def tick():
    """Longer than a tick of the clock by which files get their times"""
    time.sleep(0.03)


class Scene:
    def __init__(self, target, share=None):
        self.tree = target.session().tree(share or target.share)
        self.f = self.tree.create(NAME, disposition=b.OVERWRITE_IF)
        self.f.write(b"data")

    def reopen(self, access=b.FILE_ALL):
        return self.tree.create(NAME, access=access, disposition=b.OPEN)

    def end(self):
        self.tree.delete(NAME)
        self.tree.conn.close()


def changes(f):
    """All that changes a file through a handle"""
    yield "WRITE", lambda: f.write(b"more", 4)
    yield "WRITE beyond the end", lambda: f.write(b"far", 100000)
    yield "EOF", lambda: f.set(struct.pack("<Q", 6), b.FILE_EOF)
    yield "ALLOCATION", lambda: f.set(struct.pack("<Q", 1 << 16), b.FILE_ALLOCATION)
    yield "EA", lambda: f.set(struct.pack("<IBBH", 0, 0, 1, 1) + b"E\0v", b.FILE_FULL_EA)
    yield "attributes", lambda: put(f, attrs=ARCHIVE)
    yield "rename", lambda: f.rename(NAME + "-2")
    yield "back", lambda: f.rename(NAME)


def case_write_time_stays(target):
    s = Scene(target)
    put(s.f, write=PAST)
    for what, change in changes(s.f):
        tick()
        change()
        same(f"WriteTime after {what}", times(s.f)[WRITE], PAST)
    s.f.close()
    with s.reopen() as f:
        same("WriteTime after CLOSE", times(f)[WRITE], PAST)
        f.write(b"x")
        later("WriteTime after a WRITE through another handle", times(f)[WRITE], PAST)
    return s


def case_other_handle_counts(target):
    """As the modern Windows of smbtorture's timestamps suite: each handle by itself"""
    s = Scene(target)
    other = s.reopen()
    put(s.f, write=PAST)
    other.write(b"y")
    moved = times(s.f)[WRITE]
    later("WriteTime after the other handle's WRITE", moved, PAST)
    tick()
    s.f.write(b"z")
    same("WriteTime after a WRITE of the one that set it", times(other)[WRITE], moved)
    other.close()
    s.f.close()
    return s


def case_change_time(target):
    s = Scene(target)
    put(s.f, create=PAST + 1, access=PAST + 2, write=PAST + 3, change=PAST + 4)
    other = s.reopen(access=0x80)
    for what, f in (("this", s.f), ("another", other)):
        for i in range(4):
            want = PAST + 1 + i
            got = times(f)[i]
            # the disk's grain is 100 ns or less
            same(f"time {i} through {what} handle", got, want)
    for what, change in changes(s.f):
        tick()
        change()
        same(f"ChangeTime after {what}", times(s.f)[CHANGE], PAST + 4)
    other.close()
    other = s.reopen()
    other.write(b"q")
    later("ChangeTime after another handle's WRITE", times(s.f)[CHANGE], PAST + 4)
    other.close()
    s.f.close()
    return s


def case_change_time_outlives_the_open(target):
    """Also over the end of the server's memory of the file, until something changes it"""
    s = Scene(target)
    put(s.f, change=PAST)
    s.f.close()
    with s.reopen(access=0x80) as f:
        same("ChangeTime after CLOSE", times(f)[CHANGE], PAST)
    tick()
    with s.reopen() as f:
        f.write(b"again")
        later("ChangeTime after a WRITE", times(f)[CHANGE], PAST)
    return s


def case_change_time_is_listed(target):
    s = Scene(target)
    put(s.f, change=PAST)
    with s.tree.create("", options=b.OPT_DIRECTORY, disposition=b.OPEN) as d:
        reply = s.tree.request(b.query_directory(d.fid, NAME, info=b.DIR_DIRECTORY, flags=1)).check()
        off, size = reply.get("HI", 2)
        same("ChangeTime in a listing", struct.unpack_from("<Q", reply.blob(off, size), 32)[0], PAST)
    s.f.close()
    return s


@contextlib.contextmanager
def strict(path):
    """STRICT is a share of that directory, where no file has holes"""
    e.guest(f"""set -e
        mkdir {CONFIGFS}/shares/{STRICT}; cd {CONFIGFS}/shares/{STRICT}
        echo {path} > path; echo 0 > read_only; echo 1 > strict_allocate; echo 1 > enable""")
    try:
        yield
    finally:
        e.guest(f"rmdir {CONFIGFS}/shares/{STRICT}", rc=None)


def case_strict_allocate(target):
    """Space that is reserved before a WRITE moves no time that is the client's"""
    if not os.environ.get("VM"):
        return
    top = f"{e.DATA}/{STRICT}"
    e.guest(f"mkdir -m 0777 {top}")
    try:
        with strict(top):
            s = Scene(target, STRICT)
            put(s.f, write=PAST, change=PAST)
            for what, change in changes(s.f):
                tick()
                change()
                for i in (WRITE, CHANGE):
                    same(f"time {i} after {what}", times(s.f)[i], PAST)
            s.f.close()
            s.end()
    finally:
        e.guest(f"rm -rf {top}")


def write_without_room(target, top, own):
    """All that there is goes for what is reserved before it: the file has changed, though the WRITE
    fails.  own: through the handle that has set the times"""
    s = Scene(target, STRICT)
    put(s.f, write=PAST, change=PAST)
    other = s.reopen()
    before = int(e.guest(f"stat -c %b {top}/{NAME}"))
    tick()
    robust.want("a WRITE without room", s.tree.request(
        b.write((s.f if own else other).fid, bytes(4096), 128 << 10)).status, DISK_FULL)
    if not int(e.guest(f"stat -c %b {top}/{NAME}")) > before:
        raise robust.Failed("nothing has been reserved: the case shows nothing")
    for i in (WRITE, CHANGE) if own else ():
        same(f"time {i}", times(s.f)[i], PAST)
    if not own:
        later("ChangeTime", times(s.f)[CHANGE], PAST)
    other.close()
    s.f.close()
    s.end()


def case_write_without_room(target):
    if not os.environ.get("VM"):
        return
    with e.tmpfs(f"/srv/{STRICT}", "mode=0777,size=128k") as top, strict(top):
        for own in (True, False):
            write_without_room(target, top, own)


def case_frozen(target):
    s = Scene(target)
    put(s.f, write=PAST)
    s.f.close()
    f = s.reopen()
    before = times(f)
    put(f, create=FREEZE, access=FREEZE, write=FREEZE, change=FREEZE)
    for i in range(4):
        same(f"time {i}: freezing is no change", times(f)[i], before[i])
    for what, change in changes(f):
        tick()
        change()
        for i in (WRITE, CHANGE):
            same(f"time {i} after {what}", times(f)[i], before[i])
    put(f, create=THAW, access=THAW, write=THAW, change=THAW)
    for i in (CREATE, WRITE):
        same(f"time {i}: thawing is no change", times(f)[i], before[i])
    f.write(b"x")
    now = times(f)
    later("thawed WriteTime", now[WRITE], before[WRITE])
    later("thawed ChangeTime", now[CHANGE], before[CHANGE])
    f.close()
    return s


def case_frozen_where_it_only_appends(target):
    """A WRITE beyond the end makes the file longer first, where nothing may be written over"""
    s = Scene(target)
    put(s.f, write=PAST)
    s.f.close()
    with s.reopen(access=APPEND | ATTRIBUTES) as f:
        before = times(f)
        put(f, write=FREEZE, change=FREEZE)
        for at in (100000, 300000):
            tick()
            f.write(b"end", at)
            for i in (WRITE, CHANGE):
                same(f"time {i} after a WRITE at {at}", times(f)[i], before[i])
    return s


def case_overwritten(target):
    """What a client has set is not told of what another has written over, in the same tick"""
    s = Scene(target)
    for _ in range(20):
        s.f.write(b"data")
        put(s.f, change=PAST)
        s.tree.create(NAME, disposition=b.OVERWRITE).close()
        later("ChangeTime after it was overwritten", times(s.f)[CHANGE], PAST)
    s.f.close()
    return s


def case_refused_changes_nothing(target):
    """What is refused, and a WRITE of nothing, leaves alone what another client has set, and what
    others cache"""
    s = Scene(target)
    s.tree.create(NAME + "-2", disposition=b.OVERWRITE_IF).close()
    put(s.f, change=PAST)
    reader = target.tree()
    cached = reader.create(NAME, access=b.READ_DATA, disposition=b.OPEN, oplock=b.OPLOCK_II)
    same("the oplock", cached.oplock, b.OPLOCK_II)
    append, full = s.reopen(access=APPEND | ATTRIBUTES), s.reopen()
    for what, refused, body in (
            ("append over what is there", True, b.write(append.fid, b"x", 0)),
            ("WRITE of nothing", False, b.write(full.fid, b"", 0)),
            ("WRITE of nothing beyond the end", False, b.write(full.fid, b"", 1 << 20)),
            ("rename to a name that is taken", True,
             b.set_info(full.fid, b.rename_info(NAME + "-2"), b.INFO_FILE, b.FILE_RENAME)),
            ("EOF by who only appends", True,
             b.set_info(append.fid, struct.pack("<Q", 0), b.INFO_FILE, b.FILE_EOF))):
        status = s.tree.request(body).status
        if bool(status) != refused:
            raise robust.Failed(f"{what}: {b.status_name(status)}")
        same(f"ChangeTime after {what}", times(s.f)[CHANGE], PAST)
    reader.request(b.read(cached.fid, 1)).check()
    if reader.conn.breaks:
        raise robust.Failed("an oplock is broken by what changes nothing")
    full.write(b"x")
    later("ChangeTime after a WRITE", times(s.f)[CHANGE], PAST)
    reader.conn.wait_break(10)
    for f in (append, full, s.f):
        f.close()
    reader.conn.close()
    s.tree.delete(NAME + "-2")
    return s


def case_success_may_change_nothing(target):
    """... and leaves alone what another client has set"""
    s = Scene(target)
    s.f.set(struct.pack("<Q", 0), b.FILE_EOF)
    put(s.f, change=PAST)
    tick()
    other = s.reopen()
    for what, class_, data in (
            ("DISPOSITION", b.FILE_DISPOSITION, b"\1"), ("DISPOSITION back", b.FILE_DISPOSITION, b"\0"),
            ("ALLOCATION of what is empty", b.FILE_ALLOCATION, bytes(8)),
            ("rename to the name that it has", b.FILE_RENAME, b.rename_info(NAME)),
            ("removal of an EA that is not there", b.FILE_FULL_EA, struct.pack("<IBBH", 0, 0, 1, 0) + b"E\0")):
        other.set(data, class_)
        same(f"ChangeTime after {what}", times(s.f)[CHANGE], PAST)
    other.rename(NAME + "-2")
    later("ChangeTime after a rename", times(s.f)[CHANGE], PAST)
    other.rename(NAME)
    other.close()
    s.f.close()
    return s


def case_failure_breaks(target):
    """Where a change of data or size was asked for, only the file system knows what has become of
    it: others' caches go, also when it fails"""
    if not os.environ.get("VM"):
        return
    with e.tmpfs(f"/srv/{STRICT}", "mode=0777,size=128k") as top, strict(top):
        s = Scene(target, STRICT)
        for class_ in (b.FILE_EOF, b.FILE_ALLOCATION):
            reader = target.session().tree(STRICT)
            cached = reader.create(NAME, access=b.READ_DATA, disposition=b.OPEN, oplock=b.OPLOCK_II)
            same("the oplock", cached.oplock, b.OPLOCK_II)
            robust.want("without room", s.tree.request(
                b.set_info(s.f.fid, struct.pack("<Q", 1 << 20), b.INFO_FILE, class_)).status, DISK_FULL)
            reader.conn.wait_break(10)
            reader.conn.close()
        s.f.close()
        s.end()


def case_zero_leaves_alone(target):
    s = Scene(target)
    put(s.f, create=PAST + 1, access=PAST + 2, write=PAST + 3, change=PAST + 4, attrs=READONLY)
    put(s.f, attrs=NORMAL)
    for i in range(4):
        same(f"time {i}", times(s.f)[i], PAST + 1 + i)
    s.f.close()
    return s


def case_ctime_moves_for_backups(target):
    """What is frozen for clients is no secret from who saves the server's disk"""
    if not os.environ.get("VM"):
        return None
    s = Scene(target)

    def stat(what):
        return int(e.guest(f"stat -c %.9{what} {e.DATA}/{NAME}").strip().replace(".", ""))
    put(s.f, write=PAST, change=PAST)
    before = stat("Z")
    tick()
    s.f.write(b"changed")
    later("st_ctime", stat("Z"), before)
    same("WriteTime", times(s.f)[WRITE], PAST)
    s.f.close()
    return s


def case_local_change_is_told(target):
    if not os.environ.get("VM"):
        return None
    s = Scene(target)
    put(s.f, change=PAST)
    tick()
    e.guest(f"chmod g+w {e.DATA}/{NAME}")
    later("ChangeTime after a chmod on the server", times(s.f)[CHANGE], PAST)
    s.f.close()
    return s


# --- requests that run at the same time -------------------------------------------------------

class Beside(Scene):
    """... of another client, while those of the one that owns the times are slow: before they change
    the file, and before they put the times back"""
    def __init__(self, target):
        super().__init__(target)
        self.others = target.tree()
        self.other = self.others.create(NAME, disposition=b.OPEN)

    def runs(self, body, act):
        """ACT before, in the middle of and after a request of the owner"""
        conn = self.tree.conn
        with robust.delay("times_held"):
            for n in range(12):
                put(self.f, write=PAST, change=PAST)
                mid = conn.send(body, self.tree.sess, self.tree)
                time.sleep(n * 0.005)
                act(n)
                yield conn.wait(mid, 10).status

    def end(self):
        self.others.conn.close()
        super().end()


def others_write_beside(s, body, status):
    for got in s.runs(body, lambda n: s.other.write(b"y", n)):
        robust.want("the owner's request", got, status)
        for i in (WRITE, CHANGE):
            later(f"time {i} after another client's WRITE", times(s.f)[i], PAST)


def case_other_writes_meanwhile(target):
    """Its times are not put back over"""
    s = Beside(target)
    others_write_beside(s, b.write(s.f.fid, b"x"), 0)
    s.f.close()
    return s


def case_other_writes_while_a_request_fails(target):
    s = Beside(target)
    s.tree.create(NAME + "-2", disposition=b.OVERWRITE_IF).close()
    others_write_beside(s, b.set_info(s.f.fid, b.rename_info(NAME + "-2"), b.INFO_FILE, b.FILE_RENAME),
                        COLLISION)
    s.f.close()
    s.tree.delete(NAME + "-2")
    return s


def case_other_sets_meanwhile(target):
    """What it was told is set stays set: also by the one whose own times these are from then on"""
    s = Beside(target)
    for n, got in enumerate(s.runs(b.write(s.f.fid, b"x"),
                                   lambda n: put(s.other, write=PAST + 100 + n, change=PAST + 200 + n))):
        robust.want("WRITE", got, 0)
        same("WriteTime that another client has set", times(s.f)[WRITE], PAST + 100 + n)
        same("ChangeTime that another client has set", times(s.f)[CHANGE], PAST + 200 + n)
    before = times(s.f)
    s.f.write(b"x")
    same("WriteTime after one more WRITE", times(s.f)[WRITE], before[WRITE])
    s.f.close()
    return s


def case_many_at_once(target):
    """What one request has moved, and not put back yet, is not what another one puts back"""
    s = Scene(target)
    conn, size = s.tree.conn, 16 << 10
    put(s.f, write=PAST, change=PAST)
    with robust.delay("times_held", percent=50):
        for _ in range(4):
            mids = [conn.send(b.write(s.f.fid, bytes(size), n * size), s.tree.sess, s.tree)
                    for n in range(16)]
            for mid in mids:
                conn.wait(mid, 30).check()
            for i in (WRITE, CHANGE):
                same(f"time {i}", times(s.f)[i], PAST)
    s.f.close()
    return s


def case_close_stores_no_outlived_change_time(target):
    s = Beside(target)
    conn = s.tree.conn
    s.f.close()
    with robust.delay("times_held"):
        for n in range(12):
            f = s.reopen()
            put(f, change=PAST)
            mid = conn.send(b.close(f.fid), s.tree.sess, s.tree)
            time.sleep(n * 0.005)
            s.other.write(b"y", n)
            conn.wait(mid, 10).check()
            later("ChangeTime after a WRITE beside a CLOSE", times(s.other)[CHANGE], PAST)
            s.other.close()
            s.other = s.others.create(NAME, disposition=b.OPEN)
            later("ChangeTime after the last CLOSE", times(s.other)[CHANGE], PAST)
    return s


def case_rename_moves_no_write_time(target):
    s = Scene(target)
    before = times(s.f)
    tick()
    s.f.rename(NAME + "-2")
    for i in (CREATE, ACCESS, WRITE):
        same(f"time {i}", times(s.f)[i], before[i])
    s.f.rename(NAME)
    s.f.close()
    return s


def run(target, _args, tally):
    robust.cases(globals(), target, tally)


if __name__ == "__main__":
    robust.main(__doc__, run)
