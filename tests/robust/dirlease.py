#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 1200
"""Leases of directories ([MS-SMB2] 3.3.5.9.11, [MS-FSA] 2.1.4.12): what is granted; every change of
what a directory lists, by its holder, by another open of its client, another client, another user
and a process of the server's machine, and whether it breaks the lease; what a holder lists after
a break; names and deletes of the directory itself; ends of holders while a change is on its way.
Then a storm of all of that, after which no client that may still cache has a listing that is old.

That a change breaks nothing is seen by the next one that does: it has the next epoch.
"""
import itertools
import random
import struct
import threading
import time
import traceback

import robust           # first: it knows where the others are
import e2elib as e
import smb2
import smb2body as b
from leases import (H, NOT_FOUND, PROMPT, R, RH, RW, RWH, SHARING, UNSUCCESSFUL, Lease, Note, ack,
                    ask, broken, clients, key, take, waits, want)
from robust import delay, leave

TOP, TOP2 = "dirlease.tmp", "dirlease-2.tmp"
DIR = b.OPT_DIRECTORY
LOOK = 0x120089         # read, and nothing that is in the way of a rename
NO_DIRS = 0x7f & ~0x20  # capabilities of a client without leases of directories
CONFIGFS = "/sys/kernel/config/cifssrv"
COUNT = itertools.count(100)    # names; keys that a change asks for, with its parent's


def inside(name, top=TOP):
    return f"{top}\\{name}"


def opened(tree, parent, name, **more):
    """Opens NAME with the key of its directory's lease, and no lease of its own"""
    body = b.create(name, oplock=b.OPLOCK_LEASE, **more, contexts=[
        b.lease_context(key(next(COUNT)), 0, version=2, parent=parent)])
    return smb2.File(tree, tree.request(body).check(), name)


def take_dir(tree, n=1, state=RH, **more):
    more = {"name": TOP, "version": 2, "options": DIR, "access": LOOK, **more}
    return take(tree, n, state, **more)


class Scene:
    """A directory, whose lease a client holds; another client"""

    def __init__(self, target, access=LOOK):
        self.holder, self.other = clients(target)
        for top in TOP, TOP2:
            self.other.mkdir(top).close()
        self.dir, lease = take_dir(self.holder, access=access)
        want("granted", lease.state, RH)
        self.epoch, self.names = lease.epoch, set()

    def fresh(self, what="f"):
        name = f"{what}{next(COUNT)}"
        self.names.add(name)
        return inside(name)

    def is_broken(self, what, old=RH, new=0):
        self.epoch += 1
        try:
            broken(self.holder, 1, old, new, epoch=self.epoch)
        except (robust.Failed, smb2.Timeout) as x:
            raise robust.Failed(f"{what}: {type(x).__name__}: {x}") from x
        want(f"{what}: ack", ack(self.holder, 1, new), 0)

    def arm(self, had=0):
        f, lease = take_dir(self.holder)
        self.epoch += had != RH
        want("granted again", (lease.state, lease.epoch), (RH, self.epoch))
        f.close()

    def is_whole(self, what):
        """Nothing has been broken: a change that does that now has the next epoch"""
        opened(self.other, None, self.fresh("prod"), disposition=b.CREATE_NEW).close()
        self.is_broken(f"after {what}")

    def end(self):
        leave(self.holder, self.other)


# --- what is granted ----------------------------------------------------------------------------

def case_states(target):
    """What has R, without W"""
    one, other = clients(target)
    one.mkdir(TOP).close()
    for state in range(8):
        f, lease = take_dir(one, 1, state, epoch=7)
        got = state & RH if state & R else 0
        want(f"asked {state}", (lease.state, lease.flags, lease.epoch), (got, 0, 7 + (got != 0)))
        f.close()
    f, lease = take_dir(one, 1, R)
    g, more = take_dir(one, 1, RWH)
    want("upgraded", (lease.state, more.state, more.epoch), (R, RH, lease.epoch + 1))
    h, _ = take_dir(other, 1, RH)
    for o in f, g, h:
        o.close()
    want("ended", ack(one, 1, 0), NOT_FOUND)
    leave(one, other)


def without_lease(tree, version=2, **more):
    reply = tree.request(ask(1, RWH, version=version, name=TOP, options=DIR, **more)).check()
    f = smb2.File(tree, reply, TOP)
    want("oplock, context", (f.oplock, b"RqLs" in f.contexts), (b.OPLOCK_NONE, False))
    f.close()


def case_who_may_have_them(target):
    """SMB 3 clients that say so, by requests of version 2; files are as ever"""
    plain = target.tree()
    plain.mkdir(TOP).close()
    want("said", plain.conn.caps & 0x22, 0x22)
    without_lease(plain, version=1)
    for level in b.OPLOCK_II, b.OPLOCK_EXCLUSIVE, b.OPLOCK_BATCH:
        with plain.create(TOP, options=DIR, oplock=level) as f:
            want("an oplock", f.oplock, b.OPLOCK_NONE)
    old = target.tree(dialects=(0x0210,))
    want("SMB 2.1", old.conn.caps & 0x22, 2)
    without_lease(old, version=1)
    without_lease(old)
    unable = target.tree(caps=NO_DIRS)
    want("not asked for", unable.conn.caps & 0x22, 2)
    without_lease(unable)
    f, lease = take(unable, 1, RWH, version=2, name=inside("file"))
    want("a file's", lease.state, RWH)
    f.close()
    new = target.tree(dialects=(0x0300,))
    f, lease = take_dir(new)
    want("SMB 3.0", lease.state, RH)
    f.close()
    with new.create(inside("file"), access=b.DELETE, options=b.OPT_DELETE_ON_CLOSE):
        pass
    leave(plain, old, unable, new)


def case_made_with_it(target):
    """A directory that the CREATE makes; one that is to be deleted gets none"""
    one, other = clients(target)
    one.mkdir(TOP).close()
    f, lease = take_dir(one, name=inside("made"), disposition=b.CREATE_NEW, access=b.FILE_ALL)
    want("a new one", (lease.state, f.action), (RH, 2))
    want("delete", one.request(b.set_info(f.fid, b"\1", class_=b.FILE_DISPOSITION)).status, 0)
    want("pending", other.request(ask(2, RH, name=inside("made"), version=2, options=DIR,
                                      disposition=b.OPEN)).status, 0xc0000056)
    f.close()
    leave(one, other)


# --- changes, by clients --------------------------------------------------------------------------

FILETIME = 133000000000000000


def basic(create=0, access=0, write=0, change=0, attrs=0):
    return struct.pack("<QQQQII", create, access, write, change, attrs, 0)


EVERYONE = struct.pack("<BBHIIII", 1, 0, 0x8004, 0, 0, 0, 20) + \
    struct.pack("<BBHHH", 2, 0, 28, 1, 0) + struct.pack("<BBHI", 0, 0, 20, 0x1f01ff) + \
    bytes([1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
EA = struct.pack("<IBBH", 0, 0, 4, 1) + b"NAME\0v"


def setting(class_, data, type_=b.INFO_FILE, **more):
    """A change that sets DATA through an open"""
    def change(tree, parent, name):
        with opened(tree, parent, name, disposition=b.OPEN) as f:
            tree.request(b.set_info(f.fid, data, type_, class_, **more)).check()
    return change


def naming(class_, to, replace=False):
    def change(tree, parent, name):
        with opened(tree, parent, name, disposition=b.OPEN) as f:
            data = b.rename_info(to(name), replace)
            tree.request(b.set_info(f.fid, data, class_=class_)).check()
    return change


def opening(**more):
    def change(tree, parent, name):
        opened(tree, parent, name, **more).close()
    return change


def writing(tree, parent, name):
    with opened(tree, parent, name, disposition=b.OPEN) as f:
        f.write(b"more than it was")


def reading(tree, parent, name):
    with opened(tree, parent, name, disposition=b.OPEN) as f:
        f.read(4)


def replacing(tree, parent, name):
    with opened(tree, parent, name, disposition=b.OPEN) as f:
        data = b.rename_info(inside("victim"), True)
        tree.request(b.set_info(f.fid, data, class_=b.FILE_RENAME)).check()


def elsewhere(name):
    return name.replace(TOP, TOP2)


# what is there before: a file, a directory, a file in the other directory, nothing
FILE, FOLDER, AWAY, NOTHING = range(4)
CHANGES = {
    "a new file": (NOTHING, opening(disposition=b.CREATE_NEW)),
    "a new directory": (NOTHING, opening(disposition=b.CREATE_NEW, options=DIR)),
    "overwritten": (FILE, opening(disposition=b.OVERWRITE)),
    "superseded": (FILE, opening(disposition=b.SUPERSEDE)),
    "deleted": (FILE, opening(disposition=b.OPEN, options=b.OPT_DELETE_ON_CLOSE)),
    "marked and deleted": (FILE, setting(b.FILE_DISPOSITION, b"\1")),
    "a directory deleted": (FOLDER, opening(disposition=b.OPEN, options=b.OPT_DELETE_ON_CLOSE)),
    "renamed": (FILE, naming(b.FILE_RENAME, lambda name: name + "-r")),
    "a directory renamed": (FOLDER, naming(b.FILE_RENAME, lambda name: name + "-r")),
    "renamed over a file": (FILE, replacing),
    "moved in": (AWAY, naming(b.FILE_RENAME, lambda name: name.replace(TOP2, TOP))),
    "moved out": (FILE, naming(b.FILE_RENAME, elsewhere)),
    "linked in": (AWAY, naming(b.FILE_LINK, lambda name: name.replace(TOP2, TOP))),
    "end of file": (FILE, setting(b.FILE_EOF, struct.pack("<Q", 77))),
    "allocation": (FILE, setting(b.FILE_ALLOCATION, struct.pack("<Q", 3))),
    "attributes": (FILE, setting(b.FILE_BASIC, basic(attrs=2))),
    "of a directory": (FOLDER, setting(b.FILE_BASIC, basic(attrs=2))),
    "CreationTime": (FILE, setting(b.FILE_BASIC, basic(create=FILETIME))),
    "LastAccessTime": (FILE, setting(b.FILE_BASIC, basic(access=FILETIME))),
    "LastWriteTime": (FILE, setting(b.FILE_BASIC, basic(write=FILETIME))),
    "ChangeTime": (FILE, setting(b.FILE_BASIC, basic(change=FILETIME))),
    "EAs": (FILE, setting(b.FILE_FULL_EA, EA)),
    "a descriptor": (FILE, setting(0, EVERYONE, b.INFO_SECURITY, additional=4)),
    "written and closed": (FILE, writing),
}
# ... which change nothing that it lists
NO_CHANGES = {
    "opened": (FILE, opening(disposition=b.OPEN)),
    "read": (FILE, reading),
    "linked out": (FILE, naming(b.FILE_LINK, elsewhere)),
    "times frozen": (FILE, setting(b.FILE_BASIC, basic(write=2 ** 64 - 1, change=2 ** 64 - 1))),
}


def prepare(s, kind):
    """The name of what is to be changed; the lease is not held while it is made"""
    name = s.fresh()
    if kind == AWAY:
        name = elsewhere(name)
    if kind == FOLDER:
        s.other.mkdir(name).close()
    elif kind != NOTHING:
        with s.other.create(name) as f:
            f.write(b"content")
    return name


def table(target, changes, breaks):
    """Every change by every one: (the connection, the key of the directory's lease, breaks it)"""
    s = Scene(target)
    with s.other.create(inside("victim")):
        pass
    s.is_broken("a file")
    who = {
        "its holder": (s.holder, key(1), False),
        "its client, another key": (s.holder, key(9), True),
        "its client, without a key": (s.holder, None, True),
        "another client of its user": (s.other, key(1), False),
        "another client": (s.other, key(9), True),
        "another client, without a key": (s.other, None, True),
    }
    for title, (kind, change) in changes.items():
        for by, (tree, parent, told) in who.items():
            name = prepare(s, kind)
            with s.other.create(inside("victim")):
                pass
            s.arm()
            change(tree, parent, name)
            if told and breaks:
                s.is_broken(f"{title} by {by}")
            else:
                s.is_whole(f"{title} by {by}")
    return s


def case_changes(target):
    return table(target, CHANGES, True)


def case_no_changes(target):
    return table(target, NO_CHANGES, False)


def case_written_is_told_when_closed(target):
    """[MS-FSA] has directories updated late, as NTFS does: what is written, at the CLOSE"""
    s = Scene(target)
    with opened(s.other, key(1), s.fresh(), disposition=b.CREATE_NEW) as f:
        f.write(b"one")
        f.flush()
        s.is_whole("a WRITE")
        s.arm()
        f.write(b"two")
    s.is_whole("the holder's CLOSE")
    s.arm()
    f = opened(s.other, None, f.name, disposition=b.OPEN)
    f.write(b"three")
    s.is_whole("a WRITE, still open")
    s.arm()
    s.other.disconnect()                # closes it
    s.is_broken("the end of the tree connect")
    return s


def case_another_user(target):
    """... who has seen the key keeps no holder from learning of a change"""
    s = Scene(target)
    e.guest(f"chmod 777 {e.DATA}/{TOP}")
    s.is_whole("a change of the directory itself")
    tree = target.as_user("tester2").tree(guid=s.holder.conn.guid)
    for options in 0, DIR:
        s.arm()
        f = opened(tree, key(1), s.fresh(), disposition=b.CREATE_NEW, options=options)
        s.is_broken("a new name")
        f.close()
    leave(tree)
    return s


def case_all_but_the_makers(target):
    """Of several leases all are broken but that whose key the change is made with; each once"""
    s = Scene(target)
    f, _ = take_dir(s.holder, 2)
    g, _ = take_dir(s.other, 3)
    mids = [s.other.conn.send(b.create(s.fresh(), oplock=b.OPLOCK_LEASE, contexts=[
        b.lease_context(key(next(COUNT)), 0, version=2, parent=key(2))]), s.other.sess, s.other)
        for _ in range(20)]
    s.is_broken("many new names")
    for mid in mids:
        smb2.File(s.other, s.other.conn.wait(mid, PROMPT).check(), "").close()
    broken(s.other, 3, RH, 0, epoch=2)
    want("ack", ack(s.other, 3, 0), 0)
    s.arm()
    opened(s.other, None, s.fresh(), disposition=b.CREATE_NEW).close()
    notes = [Note(s.holder.conn.wait_break(PROMPT)) for _ in range(2)]
    want("both", {(n.key, n.old, n.new, n.epoch) for n in notes},
         {(key(1), RH, 0, s.epoch + 1), (key(2), RH, 0, 2)})
    f.close()
    g.close()
    return s


def case_r_needs_no_answer(target):
    s = Scene(target)
    f, _ = take_dir(s.other, 2, R)
    with opened(s.other, None, s.fresh(), disposition=b.CREATE_NEW):
        s.is_broken("a new name")
        broken(s.other, 2, R, 0, ack=False, epoch=2)
    want("too late", ack(s.other, 2, 0), UNSUCCESSFUL)
    f.close()
    return s


def case_nobody_waits(target):
    """Who changes the directory does not wait for its holder, and what comes next breaks no more"""
    s = Scene(target)
    for _ in range(3):
        opened(s.other, None, s.fresh(), disposition=b.CREATE_NEW).close()
    f, lease = take_dir(s.other, 2)
    want("granted beside it", lease.state, RH)
    f.close()
    s.is_broken("three new names")
    s.arm()
    return s


def case_overwritten_beside_leases(target):
    """smbtorture's overwrite: the file's lease and its directory's are broken, and nothing is in the
    way of removing both afterwards"""
    s = Scene(target)
    name = s.fresh()
    f, lease = take(s.holder, 2, RH, version=2, name=name, parent=key(1), disposition=b.CREATE_NEW,
                    access=b.FILE_ALL & ~b.DELETE)
    want("of the file", lease.state, RH)
    mid = s.other.conn.send(b.create(name, access=b.READ_DATA, disposition=b.OVERWRITE, attrs=0x20),
                            s.other.sess, s.other)
    notes = [Note(s.holder.conn.wait_break(PROMPT)) for _ in range(2)]
    want("both", {(n.key, n.old, n.new, n.flags, n.epoch) for n in notes},
         {(key(1), RH, 0, 1, s.epoch + 1), (key(2), RH, 0, 1, 2)})
    for n in 1, 2:
        want("ack", ack(s.holder, n, 0), 0)
    g = smb2.File(s.other, s.other.conn.wait(mid, PROMPT).check(), name)
    for o in f, g, s.dir:
        o.close()
    want("not a file", s.holder.request(b.create(
        TOP, access=b.DELETE, disposition=b.OPEN,
        options=b.OPT_NON_DIRECTORY | b.OPT_DELETE_ON_CLOSE)).status, 0xc00000ba)
    with s.holder.create(TOP, access=1, share=3, options=DIR, disposition=b.OPEN) as d:
        s.holder.delete(name)
        want("listed", d.listdir(), [".", ".."])
    s.holder.delete(TOP)
    return s


def case_deleted_by_two(target):
    """smbtorture's unlink_*: only if both the open that marks and the one that is closed last have
    the key does its holder know"""
    s = Scene(target)
    prepare(s, FILE)
    s.is_broken("made")
    for first, last, told in ((1, 1, False), (1, 2, True), (2, 1, True), (None, 1, True),
                              (1, None, True)):
        for initial in False, True:
            name = prepare(s, FILE)
            s.arm()
            keys = [key(n) if n else None for n in (first, last)]
            f = opened(s.other, keys[0], name, disposition=b.OPEN,
                       options=b.OPT_DELETE_ON_CLOSE if initial else 0)
            g = opened(s.holder, keys[1], name, disposition=b.OPEN)
            if not initial:
                f.set(b"\1", b.FILE_DISPOSITION)
            f.close()
            g.close()
            if told:
                s.is_broken(f"deleted by {first} and {last}")
            else:
                s.is_whole(f"deleted by {first} and {last}")
    return s


# --- changes on the server's machine ----------------------------------------------------------------

LOCAL = {
    "a new file": "touch new", "a new directory": "mkdir newdir", "written": "echo more >> file",
    "truncated": ": > file", "time": "touch -d 2001-01-01 file", "mode": "chmod 600 file",
    "an EA": "setfattr -n user.x -v 1 file 2> /dev/null || python3 -c 'import os; "
             "os.setxattr(\"file\", \"user.x\", b\"1\")'",
    "a link": "ln file link", "renamed": "mv file renamed", "moved out": f"mv renamed ../{TOP2}/",
    "moved in": f"mv ../{TOP2}/renamed .", "replaced": f"mv -f ../{TOP2}/other link",
    "removed": "rm link",
    "a directory renamed": "mv newdir newdir2", "a directory removed": "rmdir newdir2",
}
LOCAL_NOTHING = {
    "read": "cat file > /dev/null; ls -l > /dev/null", "in a directory": "touch sub/file",
    "elsewhere": f"touch ../{TOP2}/other",
}


def local(script):
    e.guest(f"cd {e.DATA}/{TOP} && {script}")


def case_local_processes(target):
    s = Scene(target)
    local("touch file; mkdir sub")
    s.is_broken("made")
    for title, script in LOCAL_NOTHING.items():
        s.arm()
        local(script)
        s.is_whole(title)
    for title, script in LOCAL.items():
        s.arm()
        local(script)
        s.is_broken(title)
    local("rm -r sub new; touch prod")
    return s


# --- what a holder lists ---------------------------------------------------------------------------

def case_listing_after_the_break(target):
    s = Scene(target)
    for i in range(10):
        name = f"n{i}"
        if i % 2:
            local(f"touch {name}")
        else:
            opened(s.other, None, inside(name), disposition=b.CREATE_NEW).close()
        s.is_broken(name)
        f, lease = take_dir(s.holder)
        s.epoch += 1
        want("granted again", (lease.state, lease.epoch), (RH, s.epoch))
        want("it lists the name", name in f.listdir(), True)
        f.close()
    return s


def case_granted_and_listed_at_once(target):
    """CREATE and QUERY_DIRECTORY in one message; the change comes after both"""
    s = Scene(target)
    reply, listing, _ = s.other.compound([
        ask(2, RH, name=TOP, version=2, options=DIR, access=LOOK),
        b.query_directory(b.RELATED_FID, flags=1), b.close(b.RELATED_FID)])
    want("each of them", (reply.status, listing.status), (0, 0))
    want("state", Lease(smb2.File(s.other, reply, TOP)).state, RH)
    s.is_whole("a listing")
    return s


# --- the directory itself --------------------------------------------------------------------------

def case_sharing(target):
    """An open that violates sharing waits for H; R stays"""
    for closes in False, True:
        s = Scene(target)
        mid = waits(s.other, b.create(TOP, options=DIR, share=0))
        s.epoch += 1
        broken(s.holder, 1, RH, R, epoch=s.epoch)
        if closes:
            s.dir.close()
        else:
            want("ack", ack(s.holder, 1, R), 0)
        want("outcome", s.other.conn.wait(mid, PROMPT).status, 0 if closes else SHARING)
        if not closes:
            s.arm(had=R)
            s.is_whole("an upgrade")
        s.end()


def renames(tree, fid, to):
    return tree.conn.send(b.set_info(fid, b.rename_info(to), class_=b.FILE_RENAME), tree.sess, tree)


def case_renamed(target):
    """A rename of the directory, or of one above it, waits for H, and keeps R; its holder's own
    breaks nothing of its own"""
    s = Scene(target)
    f = s.other.create(TOP, options=DIR)
    mid = renames(s.other, f.fid, "dirlease-r.tmp")
    s.is_broken("its name", new=R)
    want("renamed", s.other.conn.wait(mid, PROMPT).status, 0)
    f.rename(TOP)
    f.close()
    s.arm(had=R)
    g, _ = take_dir(s.holder, access=b.FILE_ALL)
    g.rename("dirlease-r.tmp")
    g.rename(TOP)
    g.close()
    s.is_whole("its own rename")
    s.arm()
    below, _ = take_dir(s.other, 5, name=inside("below"), disposition=b.CREATE_NEW)
    s.is_broken("a new directory")
    s.dir.close()
    top = s.holder.create(TOP, options=DIR)
    mid = renames(s.holder, top.fid, "dirlease-r.tmp")
    broken(s.other, 5, RH, R, epoch=2)
    below.close()
    want("with nothing open in it", s.holder.conn.wait(mid, PROMPT).status, 0)
    top.rename(TOP)
    top.close()
    return s


def case_in_the_way_of_a_name(target):
    """smbtorture's rename_dst_parent: a holder with the right to delete the directory is in the way of
    names in it, unless it closes when it loses H"""
    for closes in False, True:
        s = Scene(target, access=LOOK | b.DELETE)
        f = s.other.create(elsewhere(s.fresh()))
        mid = renames(s.other, f.fid, s.fresh())
        s.epoch += 1
        broken(s.holder, 1, RH, R, epoch=s.epoch)
        if closes:
            s.dir.close()
        else:
            want("ack", ack(s.holder, 1, R), 0)
        want("outcome", s.other.conn.wait(mid, PROMPT).status, 0 if closes else SHARING)
        f.close()
        if not closes:
            s.dir.close()
        s.end()


def case_deleted(target):
    """Who deletes the directory does not wait; its holder loses H, and closes"""
    s = Scene(target)
    s.dir.close()
    f, lease = take_dir(s.holder, name=inside("gone"), disposition=b.CREATE_NEW)
    with s.other.create(inside("gone"), options=DIR, access=b.DELETE) as g:
        g.set(b"\1", b.FILE_DISPOSITION)
        broken(s.holder, 1, RH, R, epoch=lease.epoch + 1)
    f.close()
    want("gone", s.other.request(b.create(inside("gone"), disposition=b.OPEN)).status, NOT_FOUND)
    return s


# --- ends, and races ---------------------------------------------------------------------------------

def case_holder_goes(target):
    """The holder goes while a change is on its way, and while it has not answered"""
    ways = (lambda s: s.dir.close(), lambda s: s.holder.disconnect().check(),
            lambda s: s.holder.sess.logoff().check(), lambda s: s.holder.conn.close())
    for answered in False, True:
        for go in ways:
            with delay("dir_changed"):
                s = Scene(target)
                opened(s.other, None, s.fresh(), disposition=b.CREATE_NEW).close()
                if answered:
                    broken(s.holder, 1, RH, 0, epoch=s.epoch + 1)
                go(s)
                f, lease = take_dir(s.other, 1)
                want("another one's", (lease.state, lease.epoch), (RH, 1))
                local("touch again")
                broken(s.other, 1, RH, 0, epoch=2)
                f.close()
                s.end()


def case_change_before_the_grant(target):
    """A lease that is granted after a change, and before it has broken others, is not broken by it;
    one that was granted before is, though it has been asked for again"""
    with delay("dir_changed"):
        s = Scene(target)
        opened(s.other, None, s.fresh(), disposition=b.CREATE_NEW).close()
        f, lease = take_dir(s.holder)
        want("no other", lease.state, RH)
        s.is_broken("a change before it")
        f.close()
        s.dir.close()
        s.dir, lease = take_dir(s.holder)
        s.epoch = lease.epoch
        opened(s.other, None, s.fresh(), disposition=b.CREATE_NEW).close()
        s.dir.close()
        s.dir, lease = take_dir(s.holder)
        want("a new one", (lease.state, lease.epoch), (RH, 1))
        s.holder.conn.breaks.clear()    # the work was faster than the CLOSE
        s.epoch = 1
        s.is_whole("a change before it was made")
    return s


def case_answer_meets_a_change(target):
    """Changes come while the break is notified, acknowledged, and the lease granted anew"""
    with delay("notify_break", "dir_changed", "lease_put", percent=50):
        s = Scene(target)
        for _ in range(30):
            mids = [s.other.conn.send(b.create(s.fresh(), disposition=b.CREATE_NEW),
                                      s.other.sess, s.other) for _ in range(4)]
            note = Note(s.holder.conn.wait_break(PROMPT))
            want("break", (note.old, note.new), (RH, 0))
            want("ack", ack(s.holder, 1, 0), 0)
            f, lease = take_dir(s.holder)
            names = set(f.listdir())
            for mid in mids:
                smb2.File(s.other, s.other.conn.wait(mid, PROMPT).check(), "").close()
            if s.names - names:         # they were made after the listing: there is a break
                note = Note(s.holder.conn.wait_break(PROMPT))
                want("ack", ack(s.holder, 1, 0), 0)
            f.close()
            while s.holder.conn.breaks:
                s.holder.conn.breaks.pop()
                ack(s.holder, 1, 0)
            f, lease = take_dir(s.holder)
            want("granted", lease.state, RH)
            f.close()
    return s


def case_many_at_once(target):
    """Several clients get and lose the first and the last lease of a directory at the same time"""
    with delay("lease_put", "stream_put", "dir_changed", percent=50):
        trees = clients(target, 4)
        trees[0].mkdir(TOP).close()
        for _ in range(25):
            mids = [t.conn.send(ask(1, RH, name=TOP, version=2, options=DIR, access=LOOK),
                                t.sess, t) for t in trees]
            files = [smb2.File(t, t.conn.wait(mid, PROMPT).check(), TOP)
                     for t, mid in zip(trees, mids)]
            want("granted", {Lease(f).state for f in files}, {RH})
            local("touch many; rm many")
            for t in trees:
                note = Note(t.conn.wait_break(PROMPT))
                want("broken", (note.old, note.new), (RH, 0))
            mids = [t.conn.send(b.close(f.fid), t.sess, t) for t, f in zip(trees, files)]
            for t, mid in zip(trees, mids):
                t.conn.wait(mid, PROMPT).check()
        leave(*trees)


def case_share_goes(target):
    """A share is removed while leases of its directories are held, and a change is on its way"""
    top = f"{e.DATA}/{TOP2}"
    for changed in False, True:
        e.guest(f"mkdir -p -m 0777 {top}; mkdir {CONFIGFS}/shares/dirs; cd {CONFIGFS}/shares/dirs; "
                f"echo {top} > path; echo 0 > read_only; echo 1 > enable")
        try:
            with delay("dir_changed"):
                tree = target.session().tree("dirs")
                _, lease = take_dir(tree, name="")
                want("of its root", lease.state, RH)
                take_dir(tree, 2, name="dir", disposition=b.OPEN_IF)
                if changed:
                    e.guest(f"touch {top}/x {top}/dir/x")
                e.guest(f"rmdir {CONFIGFS}/shares/dirs")
        finally:
            e.guest(f"rmdir {CONFIGFS}/shares/dirs", rc=None)
            e.guest(f"rm -rf {top}/*")
        tree.conn.close()


def case_file_system_goes(target):
    """... and the file system is unmounted at once"""
    where = f"{e.DATA}/dirlease-fs"
    with e.tmpfs(where):
        e.guest(f"mkdir {CONFIGFS}/shares/dirs; cd {CONFIGFS}/shares/dirs; "
                f"echo {where} > path; echo 0 > read_only; echo 1 > enable")
        try:
            tree = target.session().tree("dirs")
            take_dir(tree, name="")
            e.guest(f"touch {where}/x")
            note = Note(tree.conn.wait_break(PROMPT))
            want("broken", (note.old, note.new), (RH, 0))
            e.guest(f"rmdir {CONFIGFS}/shares/dirs")
            e.until(lambda: "done" in e.guest(f"umount {where} && echo done", rc=None), 10,
                    "the end of all that was open")
        finally:
            e.guest(f"rmdir {CONFIGFS}/shares/dirs", rc=None)
        tree.conn.close()


# --- a storm -----------------------------------------------------------------------------------------

class Racer(threading.Thread):
    """A client that lists the directory when it gets a lease, and changes it, both at random; what
    it is told it answers, and forgets the listing."""

    def __init__(self, target, seed, until):
        super().__init__()
        self.rnd, self.until, self.error, self.seed = random.Random(seed), until, None, seed
        self.target, self.tree, self.dir, self.listing = target, target.tree(), None, None

    def answer(self):
        while self.tree.conn.breaks:
            note = Note(self.tree.conn.breaks.pop(0))
            self.listing = None
            if note.flags:
                status = self.tree.request(b.lease_break(note.key, 0)).status
                want("an answer", status, 0, NOT_FOUND, UNSUCCESSFUL)

    def drop(self):
        if self.dir:
            self.dir.close()
        self.dir = self.listing = None

    def get(self):
        f, lease = take_dir(self.tree, 1, self.rnd.choice((R, RH)))
        if self.dir:
            self.dir.close()
        self.dir = f
        self.answer()
        self.listing = set(f.listdir()) if lease.state & R and not lease.flags else None

    def change(self):
        # without the key: its own listing would have to follow
        name = inside(f"{self.seed}-{self.rnd.randrange(4)}")
        options = self.rnd.choice((0, b.OPT_DELETE_ON_CLOSE))
        with opened(self.tree, None, name, options=options):
            pass

    def step(self):
        what = self.rnd.random()
        if time.monotonic() > self.until - 2:
            what = 0.5          # all have a listing in the end
        if what < 0.05:
            self.tree.conn.close()
            self.tree, self.dir, self.listing = self.target.tree(), None, None
        elif what < 0.15:
            self.drop()
        elif what < 0.6:
            self.get()
        else:
            self.change()

    def run(self):
        try:
            while time.monotonic() < self.until:
                self.answer()
                self.step()
        except Exception:       # pylint: disable=broad-except
            self.error = traceback.format_exc()

    def check(self):
        """All have stopped: what was changed has been told of by now"""
        try:
            self.tree.conn.wait_break(1)
        except smb2.Timeout:
            pass
        else:
            self.listing = None
        self.answer()
        if self.listing is not None:
            want("a listing that is cached", self.listing, set(self.dir.listdir()))
            return 1
        return 0


def storm(target, args):
    until = time.monotonic() + args.secs
    racers = [Racer(target, args.seed + i, until) for i in range(args.clients)]
    racers[0].tree.mkdir(TOP).close()
    for r in racers:
        r.start()
    for r in racers:
        r.join()
    want("no errors", "".join(r.error or "" for r in racers), "")
    time.sleep(2)
    print("#", sum(r.check() for r in racers), "listings are cached", flush=True)
    for r in racers:
        r.drop()
        r.tree.conn.close()


def clean(target):
    """Nothing is left of a case; made anew by the next one"""
    e.guest(f"rm -rf {e.DATA}/{TOP} {e.DATA}/{TOP2} {e.DATA}/dirlease-r.tmp")


def run(target, args, tally):
    clean(target)
    robust.cases(globals(), target, tally, lambda: clean(target))
    bad = []
    try:
        with delay("dir_changed", "notify_break", "lease_put", percent=10):
            storm(target, args)
        tally.case(True)
    except Exception as x:      # pylint: disable=broad-except
        tally.case(False, f"{type(x).__name__}: {x}", bad)
    tally.line(f"dirlease/storm-seed-{args.seed}", 1, bad)
    target.hang_up()
    clean(target)
    target.serves()


if __name__ == "__main__":
    robust.main(__doc__, run, [("clients", 4, "of the storm"), ("secs", 20, "that it takes"),
                               ("seed", 1, "of the random order")])
