#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 600
"""CREATE against the CLOSE that removes the same name, CREATE against the CREATE that makes it or
fails to: nobody gets a handle to a file without a name, nobody's file goes because somebody else's
CREATE failed, and nobody sees what was taken back.  And which name of a file goes when several of
them are to ([MS-FSA] 2.1.5.1, 2.1.5.5, Link.IsDeleted).

The delays of base/fault.h hold the windows open; without them (a kernel without fault injection)
the order is left to chance.
"""
import shlex
import struct
import threading
import time

import robust           # first: it knows where the others are
import e2elib as e
import smb2
import smb2body as b
from robust import delay, want

NOT_FOUND, COLLISION, SHARING = 0xc0000034, 0xc0000035, 0xc0000043
DELETE_PENDING, DISK_FULL, DENIED = 0xc0000056, 0xc000007f, 0xc0000022
OPENED, CREATED = 1, 2
ROUNDS = 12
READ_DATA, WRITE_DATA, READ_ATTRIBUTES = 0x1, 0x2, 0x80


def eas(value):
    """ExtA with one attribute"""
    return b"ExtA", struct.pack("<IBBH", 0, 0, 1, len(value)) + b"E\0" + value


def status_of(tree, name, **how):
    """Of a CREATE, whose handle is closed again"""
    reply = tree.request(b.create(name, **how))
    if reply.status == 0:
        smb2.File(tree, reply, name).close()
    return reply.status


def both(first, second, gap=0.0):
    """Two requests at once: [(tree, body)] -> their replies"""
    out = {}

    def send(i, tree, body):
        out[i] = tree.request(body, timeout=30)
    threads = [threading.Thread(target=send, args=(i, *w)) for i, w in enumerate((first, second))]
    threads[0].start()
    time.sleep(gap)         # where the window opens; no result depends on it
    threads[1].start()
    for t in threads:
        t.join()
    return out[0], out[1]


def case_join_against_last_close(target):
    """A client that opens a name while its last close removes it gets a file that has that name; or,
    where it comes before that close, the one that is removed with its own"""
    a, c = target.tree(), target.tree()
    with delay("create_join"):
        for i in range(ROUNDS):
            name = f"join-{i}"
            doomed = a.create(name, disposition=b.CREATE_NEW, options=b.OPT_DELETE_ON_CLOSE)
            made, closed = both((c, b.create(name, disposition=b.OPEN_IF)),
                                (a, b.close(doomed.fid)), 0.005)
            want("CLOSE", closed.status, 0)
            want("OPEN_IF", made.status, 0, DELETE_PENDING)
            if made.status:
                continue
            f = smb2.File(c, made, name)
            f.write(b"kept")
            f.close()
            if f.action != CREATED:
                want("its last close was the other one", status_of(a, name, disposition=b.OPEN),
                     NOT_FOUND)
                continue
            with a.create(name, disposition=b.OPEN, options=b.OPT_DELETE_ON_CLOSE) as again:
                if again.read(10) != b"kept":
                    raise robust.Failed("what was written is not what is there")


def case_opened_again_while_the_stream_ends(target):
    """A CREATE after the last close, while the stream that was closed is still listed: what opens
    share is in the new one, and nothing of the old one's is left"""
    a, c = target.tree(), target.tree()
    with delay("stream_put"):
        for i in range(ROUNDS):
            name = f"stream-{i}"
            f = a.create(name, disposition=b.CREATE_NEW, share=0)
            f.lock([(0, 10, b.LOCK_EXCLUSIVE)])
            f.close()
            with c.create(name, disposition=b.OPEN, share=0) as again:
                again.write(b"not locked")
                want("shared by none", status_of(a, name, disposition=b.OPEN), SHARING)
            c.delete(name)


def case_loser_leaves_the_winner_its_file(target):
    """Two want the same new file for themselves: one has it, and it has its name"""
    a, c, d = target.tree(), target.tree(), target.tree()
    with delay("create_made"):
        for i in range(ROUNDS):
            name = f"alone-{i}"
            body = b.create(name, disposition=b.OPEN_IF, share=0)
            replies = both((a, body), (c, body), 0.005)
            want("one of them", sorted(r.status for r in replies)[0], 0)
            want("the other", sorted(r.status for r in replies)[1], SHARING)
            won = next(r for r in replies if r.status == 0)
            tree = a if won is replies[0] else c
            f = smb2.File(tree, won, name)
            want("who has it has made it", f.action, CREATED)
            want("it has a name", status_of(d, name, access=READ_ATTRIBUTES, disposition=b.OPEN), 0)
            f.write(b"mine")
            f.close()
            with d.create(name, disposition=b.OPEN, options=b.OPT_DELETE_ON_CLOSE) as again:
                if again.read(10) != b"mine":
                    raise robust.Failed("what the winner wrote is gone")


def case_failed_create_is_not_seen(target):
    """A CREATE that makes the file and cannot store its EAs: no other one opens it meanwhile"""
    a, c = target.tree(), target.tree()
    failing = dict(disposition=b.CREATE_NEW, contexts=[eas(bytes(60000))])
    with delay("create_made"):
        for i in range(ROUNDS):
            name = f"taken-back-{i}"
            failed, opened = both((a, b.create(name, **failing)),
                                  (c, b.create(name, disposition=b.OPEN)), 0.005)
            if failed.status == 0:
                raise robust.Failed("this file system takes an EA of 60000 bytes")
            want("OPEN of what was taken back", opened.status, NOT_FOUND)
            want("afterwards", status_of(c, name, disposition=b.OPEN), NOT_FOUND)


def case_second_exclusive_create(target):
    """FILE_CREATE says that there is a file only if there is one in the end"""
    a, c = target.tree(), target.tree()
    failing = dict(disposition=b.CREATE_NEW, contexts=[eas(bytes(60000))])
    with delay("create_made"):
        for i in range(ROUNDS):
            name = f"second-{i}"
            failed, second = both((a, b.create(name, **failing)),
                                  (c, b.create(name, disposition=b.CREATE_NEW)), 0.005)
            if failed.status == 0:
                raise robust.Failed("this file system takes an EA of 60000 bytes")
            want("the second", second.status, 0)
            smb2.File(c, second, name).close()
            c.delete(name)


def case_storm(target):
    """Everybody makes and removes the same name, each in one message"""
    bad, done = [], threading.Event()

    def run():
        tree = target.tree(timeout=60)
        while not done.is_set() and not bad:
            one = tree.compound([b.create("storm", disposition=b.OPEN_IF,
                                          options=b.OPT_DELETE_ON_CLOSE),
                                 b.write(b.RELATED_FID, b"x"), b.close(b.RELATED_FID)])
            if one[0].status not in (0, DELETE_PENDING, SHARING):
                bad.append(f"CREATE: {one[0].status:#x}")
            elif one[0].status == 0 and (one[1].status or one[2].status):
                bad.append(f"then {one[1].status:#x}, {one[2].status:#x}")
    threads = [threading.Thread(target=run) for _ in range(4)]
    for t in threads:
        t.start()
    keeper = target.tree()
    for _ in range(60):
        reply = keeper.request(b.create("storm", disposition=b.OPEN_IF))
        if reply.status:
            want("CREATE", reply.status, DELETE_PENDING, SHARING)
            continue
        f = smb2.File(keeper, reply, "storm")
        if keeper.request(b.write(f.fid, b"keep")).status:
            bad.append("a WRITE through a handle that stands fails")
        # Whoever deletes it waits for this handle, so until then it has its name.
        want("it has a name while it is open",
             status_of(keeper, "storm", access=READ_ATTRIBUTES, disposition=b.OPEN), 0,
             DELETE_PENDING)
        f.close()
    done.set()
    for t in threads:
        t.join()
    if bad:
        raise robust.Failed(bad[0])


SECRET = b"the other user's"


def victim(name):
    """A directory of tester's with a file of tester2's in it that tester may move, not read"""
    at = f"/srv/test/{name}"
    e.guest(f"rm -rf {at}; mkdir {at} && chown {e.USER} {at} && cd {at} && "
            f"printf %s {shlex.quote(SECRET.decode())} > v && chown {e.USER2} v && chmod 600 v")
    return at


# A local process of the directory's owner's: as soon as there is an x, v becomes it.
MOVER = """import os, time
end = time.time() + 20
while time.time() < end:
    if os.path.exists("x"):
        os.rename("v", "x")
        break
"""


def rename_over(target, points):
    """FILE_CREATE of a name while that name is given to a file that the client may not read"""
    tree = target.tree()
    name = "made-" + "-".join(points)
    at = victim(name)
    rights = dict(access=READ_DATA | WRITE_DATA, disposition=b.CREATE_NEW)
    with delay(*points):
        for _ in range(ROUNDS // 2):
            e.guest(f"cd {at} && (setsid python3 -c {shlex.quote(MOVER)} < /dev/null > /dev/null "
                    "2>&1 &); sleep 1")
            made = tree.request(b.create(f"{name}\\x", **rights))
            want("CREATE", made.status, 0, COLLISION, DENIED)
            if made.status == 0:
                f = smb2.File(tree, made, "x")
                got = tree.request(b.read(f.fid, 100))
                if got.status == 0 and SECRET in got.raw:
                    raise robust.Failed("CREATE opens what it has not made, without the right to")
                f.close()
            # v is as it was, and its owner's
            e.guest(f"cd {at}; until test ! -e v; do sleep 0.1; done; mv x v; "
                    f"test \"$(cat v) $(stat -c %U v)\" = {shlex.quote(SECRET.decode())}' {e.USER2}'")
    e.guest(f"rm -r {at}")


def case_made_is_not_what_has_the_name(target):
    rename_over(target, ["vfs_unlocked"])


def case_found_again_is_asked_for_rights(target):
    """The same where the file system does not tell what it has made"""
    rename_over(target, ["vfs_unlocked", "vfs_no_dentry"])


def case_found_again_is_used(target):
    t = target.tree()
    with delay("vfs_no_dentry"):
        f = t.create("again", disposition=b.CREATE_NEW, contexts=[eas(b"one")])
        want("action", f.action, CREATED)
        f.write(b"content")
        f.close()
        links(t)
        t.mkdir("again-dir")
    with t.create("again", disposition=b.OPEN, options=b.OPT_DELETE_ON_CLOSE) as f:
        if f.read(20) != b"content" or not f.query(b.FILE_FULL_EA).endswith(b"E\0one"):
            raise robust.Failed("what was made and found again has not got what it was to have")
    for name in ("link-a", "link-b"):
        t.delete(name)
    t.delete("again-dir")


def links(tree):
    """Two names of one file"""
    with tree.create("link-a", disposition=b.OVERWRITE_IF) as f:
        f.set(b.rename_info("link-b", True), b.FILE_LINK)


def doom(f, on=1):
    f.set(bytes([on]), b.FILE_DISPOSITION)


def pending(f):
    return f.query(b.FILE_STANDARD)[20]


def case_both_links_go(target):
    t = target.tree()
    links(t)
    one, two = (t.create(n, disposition=b.OPEN) for n in ("link-a", "link-b"))
    doom(one)
    want("the other name is not to go", pending(two), 0)
    doom(two)
    want("both are", pending(one) + pending(two), 2)
    one.close()
    two.close()
    for name in ("link-a", "link-b"):
        want(name, status_of(t, name, disposition=b.OPEN), NOT_FOUND)


def case_one_link_goes(target):
    t = target.tree()
    links(t)
    one = t.create("link-a", disposition=b.OPEN)
    doom(one)
    want("the name that is to go", status_of(t, "link-a", disposition=b.OPEN), DELETE_PENDING)
    two = t.create("link-b", disposition=b.OPEN)
    one.close()
    want("it has gone with its own last open", status_of(t, "link-a", disposition=b.OPEN), NOT_FOUND)
    two.write(b"still here")
    two.close()
    with t.create("link-b", disposition=b.OPEN, options=b.OPT_DELETE_ON_CLOSE) as two:
        if two.read(20) != b"still here":
            raise robust.Failed("the other name's content has gone")


def case_a_spared_link_stays(target):
    t = target.tree()
    links(t)
    one, two = (t.create(n, disposition=b.OPEN) for n in ("link-a", "link-b"))
    doom(one)
    doom(two)
    doom(one, 0)
    one.close()
    two.close()
    want("link-a", status_of(t, "link-a", disposition=b.OPEN, options=b.OPT_DELETE_ON_CLOSE), 0)
    want("link-b", status_of(t, "link-b", disposition=b.OPEN), NOT_FOUND)


def case_overwrite_comes_last(target):
    """Who may no longer open a file has not emptied it: its tree goes while the CREATE waits"""
    holder, other = target.tree(), target.tree()
    with holder.create("emptied", disposition=b.OVERWRITE_IF) as f:
        f.write(b"content")
    held = holder.create("emptied", disposition=b.OPEN, oplock=b.OPLOCK_BATCH)
    want("granted", held.oplock, b.OPLOCK_BATCH)
    mid = other.conn.send(b.create("emptied", disposition=b.OVERWRITE), other.sess, other)
    want("interim", other.conn.wait(mid, interim=True).status, b.PENDING)
    other.disconnect()
    want("acknowledged", holder.request(b.oplock_break(held.fid, 0)).status, 0)
    if other.conn.wait(mid, 30).status == 0:
        raise robust.Failed("CREATE succeeds on a tree that is gone")
    if held.read(20) != b"content":
        raise robust.Failed("the file was emptied all the same")
    held.close()
    holder.delete("emptied")


def case_overwrite_drops_eas(target):
    t = target.tree()
    for disposition in (b.OVERWRITE, b.OVERWRITE_IF, b.SUPERSEDE):
        t.create("with-ea", contexts=[eas(b"one")], disposition=b.CREATE_NEW).close()
        t.create("with-ea", disposition=disposition).close()
        with t.create("with-ea", disposition=b.OPEN) as f:
            reply = t.request(b.query_info(f.fid, class_=b.FILE_FULL_EA))
            want("old EAs", reply.status, 0xc0000052)
        t.create("with-ea", contexts=[eas(b"two")], disposition=disposition).close()
        with t.create("with-ea", disposition=b.OPEN, options=b.OPT_DELETE_ON_CLOSE) as f:
            if not f.query(b.FILE_FULL_EA).endswith(b"E\0two"):
                raise robust.Failed("the EA that came with the overwriting is not there")


def case_ea_scan_goes_on(target):
    t = target.tree()
    with t.create("many-eas", disposition=b.OVERWRITE_IF, options=b.OPT_DELETE_ON_CLOSE) as f:
        for name in b"ABC":
            f.set(struct.pack("<IBBHBB", 0, 0, 1, 1, name, 0) + b"v", b.FILE_FULL_EA)
        seen = []
        for _ in range(3):
            seen.append(f.query(b.FILE_FULL_EA, flags=2)[8:9])      # SL_RETURN_SINGLE_ENTRY
        want("three different ones", len(set(seen)), 3)
        reply = t.request(b.query_info(f.fid, class_=b.FILE_FULL_EA, flags=2))
        want("no more", reply.status, 0x80000012)
        again = f.query(b.FILE_FULL_EA, flags=3)[8:9]               # and SL_RESTART_SCAN
        if again != seen[0]:
            raise robust.Failed("a restarted scan does not begin at the first")


def case_alloc_size_is_told(target):
    t = target.tree()
    with t.create("reserved", disposition=b.CREATE_NEW, options=b.OPT_DELETE_ON_CLOSE,
                  contexts=[(b"AlSi", struct.pack("<Q", 4096))]) as f:
        want("AllocationSize of CREATE", f.allocation, 4096)
    with t.create("plain", disposition=b.CREATE_NEW, options=b.OPT_DELETE_ON_CLOSE,
                  contexts=[eas(bytes(900))]) as f:
        want("an EA is no reservation", f.allocation, 0)


def run(target, _args, tally):
    robust.cases(globals(), target, tally)


if __name__ == "__main__":
    robust.main(__doc__, run)
