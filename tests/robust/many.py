#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 300
"""Many of what there may be many of: elements of one LOCK, tree connects of one session in the lists
that cifsadmin shows, waiters that one unlock lets go on, opens of one file and their oplocks.
"""
import json

import robust           # first: it knows where the others are
import e2elib as e
import smb2body as b

MANY = 1000
NOT_LOCKED, NOT_GRANTED, PENDING, SHARING = 0xc000007e, 0xc0000055, 0x103, 0xc0000043


def same(got, wanted, what):
    if got != wanted:
        raise robust.Failed(f"{what}: got {got!r}, wanted {wanted!r}")


def case_elements_of_one_lock(target):
    """[MS-SMB2] 3.3.5.14: as many as the message has, all or none of them"""
    tree = target.tree()
    f = tree.create("many", options=b.OPT_DELETE_ON_CLOSE)
    ranges = [(4 * i, 2, b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW) for i in range(MANY)]
    f.lock(ranges)
    other = tree.create("many")
    for at in (0, 4 * MANY - 4):
        reply = tree.request(b.lock(other.fid, [(at, 1, b.LOCK_SHARED | b.LOCK_FAIL_NOW)]))
        same(reply.status, NOT_GRANTED, f"a lock of byte {at}, which is locked")
    # the last one is refused: none of those before it stays, and what was there does
    f.lock([(1 << 40, 5, b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW)])
    shared = [(1 << 40, 5, b.LOCK_SHARED | b.LOCK_FAIL_NOW)] * 2
    reply = tree.request(b.lock(f.fid, shared + ranges[:1]))
    same(reply.status, NOT_GRANTED, "locks of which the last is refused")
    reply = tree.request(b.lock(other.fid, [(1 << 40, 5, b.LOCK_SHARED | b.LOCK_FAIL_NOW)]))
    same(reply.status, NOT_GRANTED, "a lock where an exclusive one stays")
    f.lock([(1 << 40, 5, b.LOCK_UNLOCK)])
    reply = tree.request(b.lock(f.fid, [(1 << 40, 5, b.LOCK_UNLOCK)]))
    same(reply.status, NOT_LOCKED, "an unlock of what was taken back")
    f.lock([(o, n, b.LOCK_UNLOCK) for o, n, _ in ranges])
    other.lock([(0, 4 * MANY, b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW)])
    other.close()
    f.close()
    tree.conn.close()


def case_waiters_of_one_lock(target):
    """All that wait for it and may go on do, when it goes with its open."""
    tree = target.tree(timeout=60)
    holder = tree.create("many", options=b.OPT_DELETE_ON_CLOSE)
    holder.lock([(0, 100, b.LOCK_EXCLUSIVE)])
    f = tree.create("many")
    mids = [tree.conn.send(b.lock(f.fid, [(i % 100, 1, b.LOCK_SHARED)]), tree.sess, tree)
            for i in range(300)]
    for mid in mids:
        same(tree.conn.wait(mid, interim=True).status, PENDING, "a lock that waits")
    holder.close()
    for mid in mids:
        same(tree.conn.wait(mid).status, 0, "a lock that has waited")
    f.close()
    tree.conn.close()


def case_opens_of_one_file(target):
    """What one of many opens denies or has counts as long as it is there, and one write tells each
    holder of LEVEL_II once."""
    tree, other = target.tree(timeout=60), target.tree(timeout=60)
    files = [tree.create("many", access=b.READ_DATA, disposition=b.OPEN_IF, oplock=b.OPLOCK_II)
             for _ in range(MANY)]
    same({f.oplock for f in files}, {b.OPLOCK_II}, "the oplocks")
    writes = b.create("many", access=b.WRITE_DATA, disposition=b.OPEN)
    reads_alone = b.create("many", access=b.READ_DATA, disposition=b.OPEN, share=b.SHARE_READ)
    denies = other.create("many", access=b.READ_DATA, disposition=b.OPEN, share=b.SHARE_READ)
    same(tree.request(writes).status, SHARING, "a writer where one shares only reading")
    denies.close()
    writer = other.create("many", access=b.WRITE_DATA, disposition=b.OPEN)
    same(tree.request(reads_alone).status, SHARING, "one who denies writing where one writes")
    writer.write(b"new")
    told = [tree.conn.wait_break(30) for _ in range(MANY)]
    same(len({t.get("16s", 8) for t in told}), MANY, "different holders that were told")
    writer.close()
    tree.request(reads_alone).check()
    tree.sess.logoff().check()
    other.delete("many")
    for t in (tree, other):
        t.conn.close()


def case_trees_of_one_session(target):
    """They fill several pages of the list that the kernel gives."""
    sess = target.session(timeout=60)
    for _ in range(MANY):
        sess.tree(target.share)
    lists = json.loads(e.admin("status", "--json"))
    mine = [t for t in lists["trees"] if int(t["session"], 16) == sess.sid]
    same(len(mine), MANY, "tree connects that cifsadmin lists")
    same(len({t["tree"] for t in mine}), MANY, "different ones of them")
    sess.logoff().check()
    sess.conn.close()


def run(target, args, tally):
    robust.cases(globals(), target, tally)


if __name__ == "__main__":
    robust.main(__doc__, run)
