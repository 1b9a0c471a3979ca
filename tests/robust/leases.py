#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 900
"""Leases ([MS-SMB2] 3.3.5.9.8, 3.3.5.9.11, 3.3.4.7, 3.3.5.22.2): granted, upgraded, broken,
acknowledged; shared by opens of one key over sessions and connections; and acknowledgments that are
wrong, late, twice, of another client or of a lease that has ended.  A client that waits goes on in
each case.  Then a storm of opens, closes and breaks of a few keys, in random order.
"""
import random
import struct
import threading
import time
import traceback

import robust           # first: it knows where the others are
import smb2
import smb2body as b
from oplock_breaks import Deaf, gone
from robust import Failed, delay, leave

R, H, W = 1, 2, 4
RH, RW, RWH = R | H, R | W, R | W | H
INVALID_PARAMETER, NOT_FOUND, UNSUCCESSFUL = 0xc000000d, 0xc0000034, 0xc0000001
NOT_ACCEPTED, PENDING, DEVICE_STATE, SHARING = 0xc00000d0, 0x103, 0xc0000184, 0xc0000043
NAME = "leases.tmp"
PROMPT = 5      # seconds in which a waiter goes on; the server's patience is 34
ATTRIBUTES = 0x80


def want(what, got, *wanted):
    if got not in wanted:
        raise Failed(f"{what}: {got!r}, wanted {' or '.join(repr(w) for w in wanted)}")


def key(n):
    return struct.pack("<QQ", n, n ^ 0xffffffffffffffff)


class Lease:
    """What the reply of a CREATE says of it"""

    def __init__(self, f):
        data = f.contexts[b"RqLs"]
        self.key, self.state, self.flags, duration = struct.unpack_from("<16sIIQ", data)
        want("LeaseDuration", duration, 0)
        self.version, self.parent, self.epoch = 1, bytes(16), None
        if len(data) != 32:
            self.version = 2
            self.parent, self.epoch, reserved = struct.unpack_from("<16sHH", data, 32)
            want("length of a response of version 2, Reserved", (len(data), reserved), (52, 0))


def ask(n, state, *, version=1, epoch=0, parent=None, **more):
    more.setdefault("disposition", b.OPEN_IF)
    return b.create(more.pop("name", NAME), oplock=b.OPLOCK_LEASE,
                    contexts=[b.lease_context(key(n), state, version=version, epoch=epoch,
                                              parent=parent)], **more)


def take(tree, n, state, **more):
    """(the open, what its reply says of its lease)"""
    reply = tree.request(ask(n, state, **more)).check()
    f = smb2.File(tree, reply, more.get("name", NAME))
    want("OplockLevel", f.oplock, b.OPLOCK_LEASE)
    lease = Lease(f)
    want("LeaseKey", lease.key, key(n))
    return f, lease


class Note:
    """A notification, [MS-SMB2] 2.2.23.2"""

    def __init__(self, reply):
        size, self.epoch, self.flags, self.key, self.old, self.new, *rest = \
            struct.unpack("<HHI16s5I", reply.body)
        want("StructureSize, the reserved fields", (size, rest), (44, [0, 0, 0]))
        want("SessionId and TreeId", (reply.sid, reply.tid), (0, 0))


def broken(tree, n, old, new, ack=True, epoch=0):
    note = Note(tree.conn.wait_break(PROMPT))
    want("the break of key, from, to, acknowledged, NewEpoch",
         (note.key, note.old, note.new, note.flags, note.epoch), (key(n), old, new, int(ack), epoch))
    return note


def ack(tree, n, state):
    reply = tree.request(b.lease_break(key(n), state))
    if not reply.status:
        size, flags, back, left, duration = struct.unpack("<HxxI16sIQ", reply.body)
        want("the response", (size, flags, back, left, duration), (36, 0, key(n), state, 0))
    return reply.status


def silent(tree, seconds=0.3):
    try:
        note = tree.conn.wait_break(seconds)
    except smb2.Timeout:
        return
    want("no notification", note.body.hex(), None)


def clients(target, n=2):
    return [target.tree() for _ in range(n)]


def waits(tree, body):
    """The request, which is answered later"""
    mid = tree.conn.send(body, tree.sess, tree)
    want("interim", tree.conn.wait(mid, PROMPT, interim=True).status, PENDING)
    return mid


def goes_on(tree, mid):
    reply = tree.conn.wait(mid, PROMPT).check()
    return smb2.File(tree, reply, NAME), reply


# --- what is granted ----------------------------------------------------------------------------

def case_states(target):
    """Alone: what has R is granted, all else is none"""
    one, = clients(target, 1)
    for state in range(8):
        f, lease = take(one, 1, state)
        want(f"asked {state}", (lease.state, lease.flags), (state if state & R else 0, 0))
        f.close()
    reply = one.request(b.create(NAME, disposition=b.OPEN_IF, oplock=b.OPLOCK_LEASE)).check()
    f = smb2.File(one, reply, NAME)
    want("without a context", f.oplock, b.OPLOCK_NONE)
    f.close()
    reply = one.request(b.create(NAME, disposition=b.OPEN_IF, oplock=b.OPLOCK_BATCH,
                                 contexts=[b.lease_context(key(1), RWH)])).check()
    f = smb2.File(one, reply, NAME)
    want("a context without the level", f.oplock, b.OPLOCK_BATCH)
    f.close()
    leave(one)


def case_one_key_one_file(target):
    one, other = clients(target)
    f, _ = take(one, 1, RWH)
    for disposition in b.OPEN_IF, b.CREATE_NEW:
        want("the key on another file",
             one.request(ask(1, RWH, name="leases-2.tmp", disposition=disposition)).status,
             INVALID_PARAMETER)
        want("... which is not made", other.request(b.create("leases-2.tmp", disposition=b.OPEN)).status, NOT_FOUND)
    g, lease = take(other, 1, RWH, name="leases-2.tmp")
    want("the same key of another client", lease.state, RWH)
    f.close()
    f, lease = take(one, 1, RWH, name="leases-3.tmp")
    want("when it is free", lease.state, RWH)
    f.close()
    g.close()
    for name in "leases-2.tmp", "leases-3.tmp":
        one.create(name, options=b.OPT_DELETE_ON_CLOSE).close()
    leave(one, other)


def case_opens_share_it(target):
    """Opens of one key break nothing of each other, and the last one ends the lease"""
    one, other = clients(target)
    f, _ = take(one, 1, RWH)
    second = one.sess.tree(target.share)
    g, lease = take(second, 1, 0)
    want("asked for none", lease.state, RWH)
    f.close()
    f = None
    mid = waits(other, b.create(NAME))
    broken(one, 1, RWH, RH)
    want("over another tree", ack(second, 1, RH), 0)
    h, _ = goes_on(other, mid)
    g.close()
    want("the lease has ended", ack(one, 1, RH), NOT_FOUND)
    h.close()
    leave(second, other)


def case_stat_opens(target):
    one, other = clients(target)
    plain = other.create(NAME, disposition=b.OPEN_IF, access=ATTRIBUTES)
    f, lease = take(one, 1, RWH)
    want("beside one that looks at attributes", lease.state, RWH)
    more = other.create(NAME, access=ATTRIBUTES | 0x20000)
    silent(one)
    mid = waits(other, b.create(NAME))
    broken(one, 1, RWH, RH)
    want("ack", ack(one, 1, RH), 0)
    g, _ = goes_on(other, mid)
    for o in f, g, plain, more:
        o.close()
    leave(one, other)


def case_versions(target):
    """All replies have the version that the lease was made with, and its epoch"""
    one, other = clients(target)
    f, lease = take(one, 1, R, version=2, epoch=0x4711)
    want("made", (lease.version, lease.state, lease.epoch), (2, R, 0x4712))
    g, lease = take(one, 1, RH)
    want("asked by version 1", (lease.version, lease.state, lease.epoch), (2, RH, 0x4713))
    h, lease = take(one, 1, RH, version=2, epoch=7)
    want("no change", (lease.version, lease.epoch), (2, 0x4713))
    want("a parent's key is not echoed unasked", (lease.flags, lease.parent), (0, bytes(16)))
    i, lease = take(one, 1, RWH, version=2, parent=key(9))
    want("a parent's key", (lease.flags, lease.parent, lease.epoch), (4, key(9), 0x4714))
    mid = waits(other, b.create(NAME))
    broken(one, 1, RWH, RH, epoch=0x4715)
    want("ack", ack(one, 1, RH), 0)
    k, _ = goes_on(other, mid)
    for o in f, g, h, i, k:
        o.close()
    f, lease = take(one, 1, RWH)
    g, lease = take(one, 1, RWH, version=2, epoch=9)
    want("made by version 1", lease.version, 1)
    f.close()
    g.close()
    # nothing is granted beside a byte-range lock: the epoch has not changed
    f = one.create(NAME)
    want("lock", one.request(b.lock(f.fid, [(0, 1, b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW)])).status, 0)
    g, lease = take(other, 1, R, version=2, epoch=100)
    want("nothing", (lease.state, lease.epoch), (0, 100))
    f.close()
    g.close()
    leave(one, other)


# --- acknowledgments ------------------------------------------------------------------------------

class Scene:
    """One holds RWH, another one waits for W to go"""

    def __init__(self, target, state=RWH, body=None, left=RH, version=1):
        self.holder, self.other = clients(target)
        self.held, _ = take(self.holder, 1, state, version=version)
        self.mid = waits(self.other, body or b.create(NAME))
        broken(self.holder, 1, state, left, epoch=2 if version == 2 else 0)

    def goes_on(self):
        goes_on(self.other, self.mid)[0].close()

    def end(self):
        leave(self.holder, self.other)


def case_answer_by_another_session(target):
    """[MS-SMB2] 3.3.5.22.2 finds the lease by the client, and it is the same user's"""
    s = Scene(target)
    second = target.tree(guid=s.holder.conn.guid)
    want("ack", ack(second, 1, RH), 0)
    s.goes_on()
    leave(second)
    return s


def case_wrong_answers(target):
    s = Scene(target)
    want("more than offered", ack(s.holder, 1, RWH), NOT_ACCEPTED)
    want("no such state", ack(s.holder, 1, 8), INVALID_PARAMETER)
    want("no such key", ack(s.holder, 2, RH), NOT_FOUND)
    want("another client's", ack(s.other, 1, RH), NOT_FOUND)
    third = target.as_user("tester2").tree(guid=s.holder.conn.guid)
    want("another user's of the same client", ack(third, 1, RH), NOT_FOUND)
    leave(third)
    want("by the open", s.holder.request(b.oplock_break(s.held.fid, b.OPLOCK_II)).status,
         DEVICE_STATE)
    f, lease = take(s.holder, 1, RWH)
    want("an open meanwhile", (lease.state, lease.flags), (RWH, 2))
    f.close()
    want("less than offered", ack(s.holder, 1, R), 0)
    s.goes_on()
    want("twice", ack(s.holder, 1, R), UNSUCCESSFUL)
    s.end()


def case_holder_goes(target):
    for go in (lambda s: s.held.close(), lambda s: s.holder.disconnect().check(),
               lambda s: s.holder.sess.logoff().check(), lambda s: s.holder.conn.close()):
        s = Scene(target)
        go(s)
        s.goes_on()
        s.end()


def case_more_meanwhile(target):
    """An overwrite comes while W is being broken: the rest follows the acknowledgment, each time with
    the next epoch, as a client ignores what is not newer than what it knows"""
    s = Scene(target, version=2)
    third = target.tree()
    mid = waits(third, b.create(NAME, disposition=b.OVERWRITE))
    want("ack", ack(s.holder, 1, RH), 0)
    broken(s.holder, 1, RH, R, epoch=3)
    want("of H", ack(s.holder, 1, R), 0)
    broken(s.holder, 1, R, 0, ack=False, epoch=4)
    goes_on(third, mid)[0].close()
    s.goes_on()
    f, lease = take(s.holder, 1, R, version=2)
    want("granted anew", (lease.state, lease.epoch), (R, 5))
    f.close()
    s.end()
    leave(third)


def case_sharing(target):
    """H is broken before a sharing violation is final; a client that closes then lets others in"""
    for closes in False, True:
        one, other = clients(target)
        f, _ = take(one, 1, RH, share=b.SHARE_READ)
        mid = waits(other, b.create(NAME))
        broken(one, 1, RH, R)
        if closes:
            f.close()
        else:
            want("ack", ack(one, 1, R), 0)
        want("outcome", other.conn.wait(mid, PROMPT).status, 0 if closes else SHARING)
        leave(one, other)


def case_names_and_deletes(target):
    """A rename waits until others have given up H; a delete does not wait"""
    one, other = clients(target)
    f, _ = take(one, 1, RH)
    g = other.create(NAME)
    mid = other.conn.send(b.set_info(g.fid, b.rename_info("leases-r.tmp"), class_=b.FILE_RENAME),
                          other.sess, other)
    broken(one, 1, RH, R)
    want("ack", ack(one, 1, R), 0)
    want("renamed, and no word before", other.conn.wait(mid, PROMPT, interim=True).status, 0)
    want("its own lease is not in the way", f.tree.request(
        b.set_info(f.fid, b.rename_info(NAME), class_=b.FILE_RENAME)).status, 0)
    f.close()
    f, _ = take(one, 1, RH)
    want("delete", other.request(b.set_info(g.fid, b"\1", class_=b.FILE_DISPOSITION)).status, 0)
    broken(one, 1, RH, R)
    want("ack", ack(one, 1, R), 0)
    f.close()
    g.close()
    leave(one, other)


def case_writes(target):
    """A write breaks R of all others, and none of its own"""
    one, other = clients(target)
    f, _ = take(one, 1, R)
    g, _ = take(one, 2, R)
    h, _ = take(other, 1, RH)
    want("write", one.request(b.write(f.fid, b"x")).status, 0)
    broken(one, 2, R, 0, ack=False)
    broken(other, 1, RH, 0)
    want("ack", ack(other, 1, 0), 0)
    silent(one)
    for o in f, g, h:
        o.close()
    leave(one, other)


def case_expires(target):
    """A client that does not answer loses all, in the time that the specification has, and finds
    out by the epoch"""
    one, other = clients(target)
    f, lease = take(one, 1, RWH, version=2, epoch=100)
    want("made", lease.epoch, 101)
    mid = waits(other, b.create(NAME))
    broken(one, 1, RWH, RH, epoch=102)
    begun = time.monotonic()
    reply = other.conn.wait(mid, 60).check()
    want("not before 30 seconds", time.monotonic() - begun > 30, True)
    want("too late", ack(one, 1, RH), UNSUCCESSFUL)
    smb2.File(other, reply, NAME).close()
    g, lease = take(one, 1, RWH, version=2)
    want("granted anew", (lease.state, lease.epoch), (RWH, 104))
    f.close()
    g.close()
    leave(one, other)


def case_own_break_is_not_waited_for(target):
    """A CREATE that waits for another client's H goes on, though its own lease is being broken"""
    one, other, third = clients(target, 3)
    f, _ = take(one, 1, RH, share=b.SHARE_READ | b.SHARE_DELETE, access=b.READ_DATA)
    g, _ = take(other, 2, RH, share=b.SHARE_READ | b.SHARE_DELETE, access=b.READ_DATA)
    mid = waits(one, ask(1, 0, disposition=b.OPEN, access=b.WRITE_DATA))
    broken(other, 2, RH, R)
    later = waits(third, b.create(NAME, access=b.WRITE_DATA))
    broken(one, 1, RH, R)
    want("ack", ack(other, 2, R), 0)
    want("the first one goes on", one.conn.wait(mid, PROMPT).status, SHARING)
    want("ack", ack(one, 1, R), 0)
    want("the other one, too", third.conn.wait(later, PROMPT).status, SHARING)
    f.close()
    g.close()
    leave(one, other, third)


def case_file_of_another_name(target):
    """The key of a file that has been replaced by another one under its name"""
    one, other = clients(target)
    f, _ = take(one, 1, RH)
    g = other.create(NAME, access=b.DELETE)
    want("delete", other.request(b.set_info(g.fid, b"\1", class_=b.FILE_DISPOSITION)).status, 0)
    broken(one, 1, RH, R)
    want("ack", ack(one, 1, R), 0)
    g.close()
    f.close()
    f, lease = take(one, 1, RWH)
    want("made anew", (lease.state, f.action), (RWH, 2))
    f.close()
    leave(one, other)


def case_other_session(target):
    """A break reaches the client over another session that has an open of the lease"""
    first, other = clients(target)
    f, _ = take(first, 1, RWH)
    second = target.tree(guid=first.conn.guid)
    g, lease = take(second, 1, RWH)
    want("the same lease", lease.state, RWH)
    first.conn.close()
    mid = waits(other, b.create(NAME))
    broken(second, 1, RWH, RH)
    want("ack", ack(second, 1, RH), 0)
    goes_on(other, mid)[0].close()
    g.close()
    leave(first, second, other)


def case_deaf_session(target):
    """The network of the first session takes nothing: the break goes over the other one"""
    first, other = clients(target)
    take(first, 1, RWH)
    second = target.tree(guid=first.conn.guid)
    g, lease = take(second, 1, RWH)
    want("the same lease", lease.state, RWH)
    with Deaf(first.conn):
        mid = other.conn.send(b.create(NAME), other.sess, other)
        note = Note(second.conn.wait_break(30))
        want("break", (note.key, note.old, note.new, note.flags), (key(1), RWH, RH, 1))
        want("ack", ack(second, 1, RH), 0)
        smb2.File(other, other.conn.wait(mid, PROMPT).check(), NAME).close()
    gone(first.conn)
    g.close()
    leave(second, other)
    first.conn.close()


def case_granted_first(target):
    """A break that happens before the CREATE's reply is sent comes after it"""
    with delay("req_complete") as there:
        if not there:
            return
        one, other = clients(target)
        mid = one.conn.send(ask(1, RWH), one.sess, one)
        time.sleep(0.1)
        later = other.conn.send(b.create(NAME), other.sess, other)
        reply = one.conn.wait(mid, PROMPT).check()
        want("nothing came before it", len(one.conn.breaks), 0)
        f = smb2.File(one, reply, NAME)
        if Lease(f).state == RWH:
            broken(one, 1, RWH, RH)
            want("ack", ack(one, 1, RH), 0)
        goes_on(other, later)[0].close()
        f.close()
        leave(one, other)


# --- a storm --------------------------------------------------------------------------------------

KEYS, NAMES = 3, ("storm-1.tmp", "storm-2.tmp")


class Racer(threading.Thread):
    """A client that opens, closes, writes and answers at random; all that it is told it answers"""

    def __init__(self, target, seed, until):
        super().__init__()
        self.rnd, self.until, self.error = random.Random(seed), until, None
        self.tree, self.files = target.tree(), {}

    def answer(self):
        while self.tree.conn.breaks:
            note = Note(self.tree.conn.breaks.pop(0))
            if note.flags:
                left = note.new & self.rnd.randrange(8)
                status = self.tree.request(b.lease_break(note.key, left)).status
                want("an answer", status, 0, NOT_FOUND, UNSUCCESSFUL, NOT_ACCEPTED)

    def step(self):
        rnd, n = self.rnd, self.rnd.randrange(KEYS)
        if n in self.files and rnd.random() < 0.5:
            self.files.pop(n).close()
            return
        if n in self.files:
            self.tree.request(b.write(self.files[n].fid, b"y"))
            return
        name = rnd.choice(NAMES)
        body = ask(n, rnd.randrange(8), name=name, version=rnd.choice((1, 2)),
                   disposition=rnd.choice((b.OPEN_IF, b.OVERWRITE_IF)))
        mid = self.tree.conn.send(body, self.tree.sess, self.tree)
        while True:
            self.answer()
            try:
                reply = self.tree.conn.wait(mid, 0.05)
                break
            except smb2.Timeout:
                continue
        want("an open", reply.status, 0, INVALID_PARAMETER)
        if not reply.status:
            self.files[n] = smb2.File(self.tree, reply, name)

    def run(self):
        try:
            while time.monotonic() < self.until:
                self.answer()
                self.step()
            for f in self.files.values():
                f.close()
        except Exception:       # pylint: disable=broad-except
            self.error = traceback.format_exc()
        finally:
            self.tree.conn.close()


def storm(target, args):
    until = time.monotonic() + args.secs
    racers = [Racer(target, args.seed + i, until) for i in range(args.clients)]
    for r in racers:
        r.start()
    for r in racers:
        r.join()
    want("no errors", "".join(r.error or "" for r in racers), "")


def run(target, args, tally):
    robust.cases(globals(), target, tally)
    bad = []
    try:
        storm(target, args)
        tally.case(True)
    except Failed as e:
        tally.case(False, str(e), bad)
    tally.line(f"leases/storm-seed-{args.seed}", 1, bad)
    target.serves()
    tree = target.tree()
    for name in (NAME, *NAMES):
        tree.create(name, disposition=b.OPEN_IF, options=b.OPT_DELETE_ON_CLOSE).close()
    tree.conn.close()


if __name__ == "__main__":
    robust.main(__doc__, run, [("clients", 4, "of the storm"), ("secs", 20, "that it takes"),
                               ("seed", 1, "of the random order")])
