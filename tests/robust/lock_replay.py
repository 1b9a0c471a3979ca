#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 300
"""LOCKs that are sent again, because the channel that took the answer was lost: [MS-SMB2] 3.3.5.14.
What succeeded succeeds again, and happens once; what failed, and what another number says to be
new, is done.  Clients of one channel have no such thing.
"""
import os

import robust           # first: it knows where the others are
import smb2body as b
from robust import want

NOT_GRANTED, NOT_LOCKED, CANCELLED = 0xc0000055, 0xc000007e, 0xc0000120
NAME = "lock-replay.tmp"
NOW = b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW
LOCK, FREE = [(100, 100, NOW)], [(100, 100, b.LOCK_UNLOCK)]
PROMPT = 10


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
        self.file = self.tree.create(NAME, disposition=b.OPEN_IF)
        self.other = target.tree().create(NAME)

    def lock(self, what, ranges, sequence, wanted, channel=0):
        body = b.lock(self.file.fid, ranges, sequence=sequence)
        want(what, self.tree.request(body, conn=self.conns[channel]).status, wanted)

    def is_locked(self, locked):
        want("for the other one", self.other.lock(LOCK).status, NOT_GRANTED if locked else 0)
        if not locked:
            self.other.lock(FREE).check()

    def end(self):
        self.other.close()
        self.file.close()
        self.tree.delete(NAME)
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
