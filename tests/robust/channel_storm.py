#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 1200
"""2 to 32 channels at once, each looping over session setup, bind to somebody's session, log on
again, log off, read and hang up, in random order.  Any status is an answer; no answer, a damaged
one, or a server that does not serve afterwards is a failure.  --seed repeats the order of every
channel (not how they interleave).
"""
import random
import threading
import time
import traceback

import robust
import smb2
import smb2body as b
from smbcrypt import CryptError

DIALECT = 0x0311


class Shared:
    """What the channels have in common: sessions of which any may be bound to, and the score."""

    def __init__(self, target, guid):
        self.target, self.guid = target, guid
        self.lock = threading.Lock()
        self.sessions = []
        self.ops, self.bad, self.statuses = 0, [], {}

    def publish(self, sess):
        with self.lock:
            self.sessions = [*self.sessions[-7:], sess]

    def forget(self, sess, rnd):
        """SESS is gone; mostly nobody shall try it again"""
        with self.lock:
            if rnd.random() < 0.7:
                self.sessions = [s for s in self.sessions if s is not sess]

    def pick(self, rnd):
        with self.lock:
            return rnd.choice(self.sessions) if self.sessions else None

    def score(self, op, outcome):
        with self.lock:
            self.ops += 1
            key = f"{op} {outcome}"
            self.statuses[key] = self.statuses.get(key, 0) + 1

    def fail(self, text):
        with self.lock:
            self.bad.append(text)


class Channel(threading.Thread):
    def __init__(self, shared, seed, count):
        super().__init__(daemon=True)
        self.shared, self.rnd, self.count = shared, random.Random(seed), count
        self.conn = self.sess = None

    def fresh(self):
        self.hang_up()
        self.conn = self.shared.target.connect([DIALECT], timeout=30, guid=self.shared.guid)

    def hang_up(self):
        if self.conn:
            self.conn.close()
        self.conn = self.sess = None

    def op_setup(self):
        """A session of its own; now and then one that takes an earlier one's place"""
        if not self.conn or self.rnd.random() < 0.3:
            self.fresh()
        old = self.shared.pick(self.rnd) if self.rnd.random() < 0.2 else None
        t = self.shared.target
        self.sess = self.conn.logon(t.user, t.password, previous=old.sid if old else 0)
        self.shared.publish(self.sess)

    def op_bind(self):
        sess = self.shared.pick(self.rnd)
        if not sess:
            return
        if not self.conn or sess.has_channel(self.conn):
            self.fresh()
        try:
            self.conn.bind(sess, self.shared.target.password)
        except smb2.SmbError:
            self.shared.forget(sess, self.rnd)
            raise
        self.sess = sess

    def op_half_bind(self):
        """The first leg only, then whatever comes next"""
        sess = self.shared.pick(self.rnd)
        if not sess:
            return
        if not self.conn or sess.has_channel(self.conn):
            self.fresh()
        t = self.shared.target
        logon = smb2.Logon(self.conn, t.user, t.password, session=sess)
        logon.leg(logon.first_token())

    def op_reauth(self):
        if self.sess and self.sess.has_channel(self.conn):
            t = self.shared.target
            smb2.Logon(self.conn, t.user, t.password, session=self.sess).run()

    def op_logoff(self):
        if self.sess and self.sess.has_channel(self.conn):
            self.conn.request(b.logoff(), self.sess).check()
            self.shared.forget(self.sess, self.rnd)

    def op_read(self):
        if not self.sess or not self.sess.has_channel(self.conn):
            return
        t = self.shared.target
        reply = self.conn.request(b.tree_connect(f"\\\\x\\{t.share}"), self.sess).check()
        tree = smb2.Tree(self.sess, reply, t.share)
        tree.conn = self.conn
        f = tree.create("storm.tmp", disposition=b.OPEN)
        f.read(4096)
        if self.rnd.random() < 0.5:
            f.close()
        if self.rnd.random() < 0.5:
            tree.disconnect().check()

    def op_hang_up(self):
        self.hang_up()

    OPS = [(4, op_setup), (7, op_bind), (1, op_half_bind), (2, op_reauth), (2, op_logoff),
           (7, op_read), (1, op_hang_up)]

    def run(self):
        for _ in range(self.count):
            op = self.rnd.choices([o for _, o in self.OPS], [w for w, _ in self.OPS])[0]
            name = op.__name__[3:]
            try:
                op(self)
                self.shared.score(name, "OK")
            except smb2.SmbError as e:
                self.shared.score(name, smb2.status_name(e.status))
            except (smb2.Closed, OSError) as e:
                self.shared.score(name, type(e).__name__)
                self.hang_up()
            except (smb2.Timeout, smb2.Broken, CryptError) as e:
                self.shared.fail(f"{name}: {type(e).__name__}: {e}")
                self.hang_up()
            except Exception:           # pylint: disable=broad-exception-caught
                self.shared.fail(f"{name}: {traceback.format_exc()}")
                self.hang_up()
        self.hang_up()


def storm(target, channels, seed, count):
    shared = Shared(target, random.Random(seed).randbytes(16))
    threads = [Channel(shared, f"{seed}/{i}", count) for i in range(channels)]
    for t in threads:
        t.start()
    end = time.monotonic() + 60 + count * channels
    for i, t in enumerate(threads):
        t.join(max(1, end - time.monotonic()))
        if t.is_alive():
            shared.fail(f"channel {i} hangs")
    return shared


def run(target, args, tally):
    with target.tree().create("storm.tmp", disposition=b.OVERWRITE_IF) as f:
        f.write(b"s" * 4096)
    n = 2
    while n <= args.channels:
        start = time.monotonic()
        shared = storm(target, n, args.seed, max(5, args.count // n))
        for _ in range(shared.ops):
            tally.case(True)
        bad = []
        for text in shared.bad:
            tally.case(False, text, bad)
        tally.line(f"channel_storm/{n}-channels-seed-{args.seed}", shared.ops + len(bad), bad)
        print(f"# {time.monotonic() - start:.0f} s:", ", ".join(
            f"{k}: {v}" for k, v in sorted(shared.statuses.items())))
        target.serves()
        tally.case(True)
        n *= 2
    target.tree().delete("storm.tmp")
    print("ok channel_storm/serves-afterwards")


if __name__ == "__main__":
    robust.main(__doc__, run, [("channels", 32, "most channels at once"),
                               ("count", 600, "operations in each round, all channels together"),
                               ("seed", 1, "of the random order")])
