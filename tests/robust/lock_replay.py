#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 300
"""LOCKs that are sent again, because the channel that took the answer was lost: [MS-SMB2] 3.3.5.14.
What succeeded succeeds again, and happens once; what failed, and what another number says to be
new, is done.  Two that are under way at once have one effect.  Whichever was sent first has none
any more when the other has come.  Clients of one channel have no such thing.
"""
import os

import robust           # first: it knows where the others are
import e2elib as e
import smb2body as b
from robust import want

NOT_GRANTED, NOT_LOCKED, CANCELLED = 0xc0000055, 0xc000007e, 0xc0000120
NOW = b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW
LOCK, FREE = [(100, 100, NOW)], [(100, 100, b.LOCK_UNLOCK)]
PROMPT, ROUNDS = 20, 8
WRITES = 80             # more than a connection may have workers
WAITS, SHARED = [(100, 100, b.LOCK_EXCLUSIVE)], [(100, 100, b.LOCK_SHARED)]


class Scene:
    """An open of a session with two channels, and somebody else's of the same file"""

    def __init__(self, target, dialects=(0x0311,), **how):
        guid = os.urandom(16)
        self.conns = [target.connect(dialects, guid=guid, **how)]
        self.sess = self.conns[0].logon(target.user, target.password)
        if not how and dialects[0] >= 0x0300:
            self.conns.append(target.connect(dialects, guid=guid))
            self.conns[1].bind(self.sess, target.password)
        self.tree = self.sess.tree(target.share)
        self.name = f"lock-replay-{os.urandom(4).hex()}.tmp"
        self.file = self.tree.create(self.name, disposition=b.OPEN_IF)
        self.other = target.tree().create(self.name)

    def lock(self, what, ranges, sequence, wanted, channel=0, **how):
        conn, mid = self.send(ranges, sequence, channel, **how)
        want(what, conn.wait(mid).status, wanted)

    def send(self, ranges, sequence, channel=0, **how):
        """(connection, MessageId)"""
        conn = self.conns[channel]
        return conn, conn.send(b.lock(self.file.fid, ranges, sequence=sequence), self.sess, self.tree,
                               **how)

    def waits(self, ranges, sequence, channel=0, **how):
        conn, mid = self.send(ranges, sequence, channel, **how)
        want("a lock that waits", conn.wait(mid, PROMPT, interim=True).status, b.PENDING)
        return conn, mid

    def race(self, ranges, sequence):
        """Over both channels at once: both succeed"""
        sent = [self.send(ranges, sequence, channel) for channel in (0, 1)]
        for n, (conn, mid) in enumerate(sent):
            want(f"over channel {n}", conn.wait(mid, PROMPT).status, 0)

    def is_locked(self, locked):
        want("for the other one", self.other.lock(LOCK).status, NOT_GRANTED if locked else 0)
        if not locked:
            self.other.lock(FREE).check()

    def end(self):
        self.other.close()
        self.file.close()
        self.tree.delete(self.name)
        self.other.tree.conn.close()
        for conn in self.conns:
            conn.close()


def case_done_once(target):
    s = Scene(target)
    s.lock("a lock", LOCK, 0x011, 0)
    s.lock("again, over the other channel", LOCK, 0x011, 0, channel=1)
    s.lock("and over this one", LOCK, 0x011, 0)
    s.is_locked(True)
    s.lock("an unlock", FREE, 0x012, 0, channel=1)
    s.is_locked(False)
    s.lock("again", FREE, 0x012, 0)
    s.lock("a third time, as new", FREE, 0x013, NOT_LOCKED)
    return s


def case_places(target):
    """1 to 64 are remembered, each for itself; 0, 65 and all above are not"""
    s = Scene(target)
    for place in (1, 2, 63, 64):
        s.lock(f"place {place}", LOCK, place << 4 | 5, 0)
        s.lock(f"place {place} again", LOCK, place << 4 | 5, 0)
        s.lock(f"place {place}, number 0", FREE, place << 4, 0)
        s.lock(f"place {place}, number 0 again", FREE, place << 4, 0)
    for place in (0, 65, 128, 0xfffffff):
        s.lock(f"place {place}", LOCK, place << 4 | 5, 0)
        s.lock(f"place {place} again", LOCK, place << 4 | 5, NOT_GRANTED)
        s.lock("is free", FREE, 0, 0)
    return s


def case_failed(target):
    """What failed is tried again, and takes the place of what was remembered"""
    s = Scene(target)
    s.other.lock(LOCK).check()
    s.lock("the other one has it", LOCK, 0x011, NOT_GRANTED)
    s.other.lock(FREE).check()
    s.lock("now", LOCK, 0x011, 0)
    s.lock("as new", LOCK, 0x012, NOT_GRANTED)
    s.lock("the first was forgotten", LOCK, 0x011, NOT_GRANTED)
    s.lock("some of it is not locked", FREE + [(5, 5, b.LOCK_UNLOCK)], 0x021, NOT_LOCKED)
    s.lock("again", FREE, 0x021, NOT_LOCKED)
    s.is_locked(False)
    return s


def case_many(target):
    """All elements of a LOCK are one"""
    s = Scene(target)
    two = LOCK + [(300, 10, NOW)]
    s.lock("two", two, 0x3ff, 0)
    s.lock("again", two, 0x3ff, 0, channel=1)
    s.lock("free", FREE + [(300, 10, b.LOCK_UNLOCK)], 0x400, 0)
    s.is_locked(False)
    return s


def case_waited(target):
    """A LOCK that waited is remembered like any other"""
    s = Scene(target)
    s.other.lock(LOCK).check()
    conn = s.conns[0]
    mid = conn.send(b.lock(s.file.fid, [(100, 100, b.LOCK_EXCLUSIVE)], sequence=0x011), s.sess, s.tree)
    conn.wait(mid, PROMPT, interim=True)
    s.other.lock(FREE).check()
    want("the lock", conn.wait(mid, PROMPT).status, 0)
    s.lock("again", LOCK, 0x011, 0, channel=1)
    s.lock("a free", FREE, 0x012, 0)
    s.is_locked(False)
    return s


def case_waits_again(target):
    """A LOCK that waits is sent again: the second one waits in its place, and gets the lock"""
    s = Scene(target)
    s.other.lock(LOCK).check()
    body = b.lock(s.file.fid, [(100, 100, b.LOCK_EXCLUSIVE)], sequence=0x011)
    mids = []
    for conn in s.conns:
        mids.append(conn.send(body, s.sess, s.tree))
        conn.wait(mids[-1], PROMPT, interim=True)
    want("the first", s.conns[0].wait(mids[0], PROMPT).status, CANCELLED)
    s.other.lock(FREE).check()
    want("the second", s.conns[1].wait(mids[1], PROMPT).status, 0)
    s.lock("one unlock frees it", FREE, 0x012, 0)
    s.is_locked(False)
    return s


def case_waits_in_turn(target):
    """... before those who came between the two"""
    s = Scene(target)
    between = target.tree().create(s.name)
    s.other.lock(LOCK).check()
    first = s.waits(WAITS, 0x011)
    conn = between.tree.conn
    mid = conn.send(b.lock(between.fid, WAITS), between.tree.sess, between.tree)
    conn.wait(mid, PROMPT, interim=True)
    second = s.waits(WAITS, 0x011, channel=1)
    want("the first", first[0].wait(first[1], PROMPT).status, CANCELLED)
    s.other.lock(FREE).check()
    want("the second", second[0].wait(second[1], PROMPT).status, 0)
    s.lock("an unlock", FREE, 0x012, 0)
    want("who came between them", conn.wait(mid, PROMPT).status, 0)
    between.close()
    conn.close()
    return s


def raced(target, ranges, free):
    s = Scene(target)
    with robust.delay("brl_locked"):
        for n in range(ROUNDS):
            s.race(ranges, 0x010 | 2 * n % 16)
            s.is_locked(True)
            s.lock("one unlock frees it", free, 0x010 | (2 * n + 1) % 16, 0)
            s.is_locked(False)
    return s


def case_race_at_once(target):
    """Two are under way; the second comes when the lock stands, and its LOCK is not answered"""
    return raced(target, LOCK, FREE)


def case_race_may_wait(target):
    return raced(target, WAITS, FREE)


def case_race_shared(target):
    return raced(target, SHARED, FREE)


def case_race_many(target):
    return raced(target, [(n, 1, NOW) for n in range(100, 103)],
                 [(n, 1, b.LOCK_UNLOCK) for n in range(100, 103)])


def case_race_unlock(target):
    """The second comes when nothing is locked any more"""
    s = Scene(target)
    with robust.delay("brl_retry"):
        for n in range(ROUNDS):
            s.lock("a lock", LOCK, 0x010 | 2 * n % 16, 0)
            s.race(FREE, 0x010 | (2 * n + 1) % 16)
            s.is_locked(False)
    return s


def raced_retried(target, ranges):
    """The first waits; the second comes when what it waits for has gone, and before it goes on"""
    s = Scene(target)
    with robust.delay("brl_retry"):
        for n in range(ROUNDS):
            s.other.lock(LOCK).check()
            conn, mid = s.waits(ranges, 0x010 | 2 * n % 16)
            other = s.other.tree
            free = other.conn.send(b.lock(s.other.fid, FREE), other.sess, other)
            s.lock("the second", ranges, 0x010 | 2 * n % 16, 0, channel=1)
            want("the other's unlock", other.conn.wait(free, PROMPT).status, 0)
            want("the first", conn.wait(mid, PROMPT).status, 0, CANCELLED)
            s.is_locked(True)
            s.lock("one unlock frees it", FREE, 0x010 | (2 * n + 1) % 16, 0)
            s.is_locked(False)
    return s


def case_race_retried(target):
    return raced_retried(target, WAITS)


def case_race_retried_shared(target):
    return raced_retried(target, SHARED)


def younger_waits(s, first, second, **how):
    """The one that was sent second waits when the first gets there"""
    want("the first", first[0].wait(first[1], PROMPT).status, CANCELLED)
    s.other.lock(FREE).check()
    want("the second", second[0].wait(second[1], PROMPT).status, 0)
    s.lock("again", WAITS, 0x011, 0, channel=1, **how)
    s.lock("one unlock frees it", FREE, 0x012, 0, channel=1, **how)
    s.is_locked(False)
    return s


def case_older_channel(target):
    """By ChannelSequence, which is where a response has its status: the first gets there late"""
    s = Scene(target)
    s.other.lock(LOCK).check()
    second = s.waits(WAITS, 0x011, channel=1, status=1)
    return younger_waits(s, s.send(WAITS, 0x011, status=0), second, status=1)


def case_older_arrival(target):
    """Of one ChannelSequence: the first arrives first, and stands for a worker behind WRITEs to a file
    system that stands still.  Signed, and long, it has to have one."""
    if not os.environ.get("VM"):
        return None
    s = Scene(target)
    conn = s.conns[0]
    while conn.credits < 2 * WRITES:
        conn.request(b.echo(), s.sess, credits=256)
    written = s.tree.create(s.name + "-written", disposition=b.OVERWRITE_IF,
                            options=b.OPT_DELETE_ON_CLOSE)
    s.other.lock(LOCK).check()
    e.guest("sync; fsfreeze -f /srv/test")
    try:
        mids = [conn.send(b.write(written.fid, b"x"), s.sess, s.tree) for _ in range(WRITES)]
        body = bytes(b.lock(s.file.fid, WAITS, sequence=0x011)) + bytes(40000)
        first = conn, conn.send(body, s.sess, s.tree, cmd=b.LOCK, sign=True)
        conn.request(b.echo(), s.sess, timeout=60).check()      # so it has arrived
        second = s.waits(WAITS, 0x011, channel=1)
    finally:
        e.guest("fsfreeze -u /srv/test")
    for mid in mids:
        conn.wait(mid, 60).check()
    written.close()
    return younger_waits(s, first, second)


def case_older_failed(target):
    """The second has failed, and its client knows: the first locks nothing any more"""
    s = Scene(target)
    s.other.lock(LOCK).check()
    conn, mid = s.send(LOCK, 0x011, channel=1, status=1)
    want("the second", conn.wait(mid, PROMPT).status, NOT_GRANTED)
    s.other.lock(FREE).check()
    conn, mid = s.send(LOCK, 0x011, status=0)
    want("the first", conn.wait(mid, PROMPT).status, CANCELLED)
    s.is_locked(False)
    conn, mid = s.send(LOCK, 0x011, status=1)
    want("a third", conn.wait(mid, PROMPT).status, 0)
    conn, mid = s.send(LOCK, 0x010, status=0)
    want("what was sent before", conn.wait(mid, PROMPT).status, CANCELLED)
    s.lock("the third is remembered", LOCK, 0x011, 0)
    s.is_locked(True)
    return s


def case_one_channel(target):
    """Clients that cannot have several channels repeat nothing"""
    for how in ({"dialects": (0x0202,)}, {"dialects": (0x0210,)}, {"dialects": (0x0300,), "caps": 0},
                {"dialects": (0x0311,), "caps": 0}):
        s = Scene(target, **how)
        s.lock("a lock", LOCK, 0x011, 0)
        s.lock("again", LOCK, 0x011, NOT_GRANTED)
        s.end()


def run(target, _args, tally):
    robust.cases(globals(), target, tally)
    target.serves()


if __name__ == "__main__":
    robust.main(__doc__, run)
