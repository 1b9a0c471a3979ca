#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 1200
"""Random compounds: members that tear down what later members use ([TREE_DISCONNECT, CREATE,
QUERY…]), related and unrelated in any mixture, with right, stale and impossible ids.  Every member
gets exactly one final answer, or the connection ends; and the server goes on serving.
--seed repeats a run.
"""
import random
import struct
import time

import robust
import smb2
import smb2body as b

TORN = (0xc0000203, 0xc00000c9)         # session or tree is gone: time for a new connection
DELETE_PENDING = 0xc0000056
FIDS = (b.RELATED_FID, bytes(16), b"\x01" * 16)


class Round:
    """One connection's worth of compounds."""

    def __init__(self, target, rnd):
        self.rnd = rnd
        self.tree = target.tree([rnd.choice((0x0210, 0x0300, 0x0302, 0x0311))])
        self.conn, self.sess = self.tree.conn, self.tree.sess
        self.share = target.share
        self.fids = [self.fresh("fuzz.tmp"),
                     self.tree.create("", options=b.OPT_DIRECTORY, disposition=b.OPEN).fid]

    def fresh(self, name):
        """Opens are closed after their connection, one by one: when the one that deletes was first,
        the name is on its way out until the last of them has followed."""
        for _ in range(100):
            try:
                return self.tree.create(name).fid
            except smb2.SmbError as e:
                if e.status != DELETE_PENDING:
                    raise
                time.sleep(0.1)
        raise robust.Failed(f"{name} is about to be deleted, and is not")

    def fid(self):
        pick = self.rnd.random()
        if pick < 0.5:
            return b.RELATED_FID
        return self.rnd.choice(self.fids) if pick < 0.85 else self.rnd.choice(FIDS)

    def member(self):
        r, fid = self.rnd, self.fid()
        name = r.choice(("fuzz.tmp", "fuzz.tmp", "fuzz.new", "no\\such", "", "fuzz.tmp:stream"))
        makers = [
            (6, lambda: b.create(name, disposition=r.randrange(6), access=r.choice(
                (b.FILE_ALL, b.READ_DATA, b.MAXIMUM_ALLOWED, b.DELETE)),
                options=r.choice((0, 0, b.OPT_DIRECTORY, b.OPT_DELETE_ON_CLOSE)))),
            (4, lambda: b.query_info(fid, r.choice((1, 2, 3)), r.randrange(1, 40),
                                     max_out=r.choice((0, 8, 24, 100, 65536)), additional=7)),
            (3, lambda: b.read(fid, r.choice((0, 1, 100, 65536)), r.choice((0, 99, 1 << 40)))),
            (3, lambda: b.write(fid, b"y" * r.choice((0, 1, 1000)), r.choice((0, 5)))),
            (3, lambda: b.close(fid, flags=r.randrange(2))),
            (2, lambda: b.query_directory(fid, r.choice(("*", "fuzz*", "zz")),
                                          info=r.choice((1, 2, 3, 12, 37, 38)),
                                          flags=r.choice((0, 1, 2, 3)),
                                          max_out=r.choice((0, 50, 4096, 65536)))),
            (2, lambda: b.set_info(fid, struct.pack("<Q", r.choice((0, 10))), class_=b.FILE_EOF)),
            (2, b.tree_disconnect), (1, b.logoff), (1, b.echo), (1, lambda: b.flush(fid)),
            (1, lambda: b.ioctl(fid, r.choice((b.FSCTL_CREATE_OR_GET_OBJECT_ID,
                                               b.FSCTL_QUERY_INTERFACES, 0xdeadbeef)))),
            (1, lambda: b.lock(fid, [(0, 1, b.LOCK_SHARED | b.LOCK_FAIL_NOW)])),
            (1, lambda: b.tree_connect(f"\\\\x\\{self.share}")),
            (1, lambda: b.oplock_break(fid, 0)),
        ]
        return r.choices([m for _, m in makers], [w for w, _ in makers])[0]()

    def parts(self):
        r, out = self.rnd, []
        for i in range(r.randint(2, 10)):
            extra = {"related": r.random() < (0.7 if i else 0.05)}
            if r.random() < 0.06:
                extra["tid"] = r.choice((0, 0xffffffff, self.tree.tid + 1))
            if r.random() < 0.04:
                extra["sid"] = r.choice((0, 0xffffffffffffffff, self.sess.sid + 1))
            body = self.member()
            if r.random() < 0.03:       # a NextCommand that does not lead to the next one
                extra["next_"] = r.choice((8, 63, 72, 0x7fffffff, 0xfffffff8))
            out.append((body, extra))
        return out

    def go(self):
        """'' or what went wrong; None when the connection is used up"""
        parts = self.parts()
        self.conn.verify = False        # members with foreign ids are not answered with our keys
        broken = any("next_" in extra for _, extra in parts)
        text = " ".join(smb2.b.NAMES[p.cmd] + ("+" if e["related"] else "") for p, e in parts)
        msg, mids = self.conn.compound_message(parts, self.sess, self.tree, related=False)
        self.conn.send_raw(msg)
        replies = []
        for part, mid in zip(parts, mids):
            try:
                replies.append(self.conn.wait(mid, 2 if broken else None))
            except smb2.Timeout:
                if broken:
                    return None
                return f"{text}: no answer to member {len(replies) + 1} ({b.NAMES[part[0].cmd]})"
        for reply, (body, _) in zip(replies, parts):
            if reply.cmd != body.cmd:
                return f"{text}: {reply!r} answers {b.NAMES[body.cmd]}"
            if reply.cmd == b.CREATE and reply.status == b.OK:
                self.fids.append(reply.body[64:80])
        if self.conn.replies:
            return f"{text}: answers nobody asked for: {self.conn.replies!r}"
        if any(r.status in TORN for r in replies) or len(self.fids) > 60:
            return None
        return ""


def run(target, args, tally):
    rnd = random.Random(args.seed)
    target.serves()
    done, bad, rounds = 0, [], 0
    start = time.monotonic()
    while done < args.count and len(bad) < 20:
        r = Round(target, rnd)
        rounds += 1
        for _ in range(30):
            try:
                got = r.go()
            except smb2.Closed:
                got = None
            except smb2.Broken as e:
                got = f"broken answer: {e}"
            done += 1
            tally.case(not got, f"compound {done}: {got}", bad)
            if got != "" or done >= args.count:
                break
        r.conn.close()
        if rounds % 50 == 0:
            target.serves()
    tally.line(f"compound_fuzz/seed-{args.seed}", done, bad)
    print(f"# {done} compounds on {rounds} connections in {time.monotonic() - start:.0f} s")
    target.serves()
    tree = target.tree()
    for name in ("fuzz.tmp", "fuzz.new"):
        try:
            tree.delete(name)
        except smb2.SmbError:
            pass
    tally.case(True)
    print("ok compound_fuzz/serves-afterwards")


if __name__ == "__main__":
    robust.main(__doc__, run, [("count", 3000, "compounds"), ("seed", 1, "of the random numbers")])
