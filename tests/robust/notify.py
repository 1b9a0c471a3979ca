#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 1200
"""Change notification ([MS-SMB2] 3.3.5.19, [MS-FSA] 2.1.5.11): what each kind of change, by a client
and by a process on the server, is told to a client for each filter; of a directory and of a tree;
several requests of an open; what is collected between them, and what becomes too much; every way
in which a wait ends; names that the client may not know.  Then all of it at once, in random order.
"""
import os
import random
import struct
import threading
import time
import traceback

import robust           # first: it knows where the others are
import e2elib as e
import smb2
import smb2body as b
from robust import Failed, delay, leave

PENDING, CLEANUP, ENUM_DIR, CANCELLED = 0x103, 0x10b, 0x10c, 0xc0000120
INVALID_PARAMETER, ACCESS_DENIED, DELETE_PENDING = 0xc000000d, 0xc0000022, 0xc0000056
INTERNAL_ERROR, NOT_SUPPORTED, FILE_CLOSED = 0xc00000e5, 0xc00000bb, 0xc0000128
FILE_NAME, DIR_NAME, ATTRIBUTES, SIZE, LAST_WRITE, LAST_ACCESS, CREATION, EA, SECURITY = \
    (1 << i for i in range(9))
NAMES, ALL = FILE_NAME | DIR_NAME, 0xfff
ATTR = ATTRIBUTES | LAST_WRITE | LAST_ACCESS | CREATION | EA | SECURITY     # what the kernel tells
DATA = SIZE | LAST_WRITE
MOVED = ATTRIBUTES | CREATION           # of a file's new name, where names are not watched
SIGNS = dict(zip((1, 2, 3, 4, 5), "+-*<>"))
PROMPT = 10
TOP, OTHER = "notify.tmp", "notify-2.tmp"


def want(what, got, *wanted):
    if got not in wanted:
        raise Failed(f"{what}: {got!r}, wanted {' or '.join(repr(w) for w in wanted)}")


def status(what, got, *wanted):
    robust.want(what, got, *wanted)


def parse(data):
    """FILE_NOTIFY_INFORMATION, [MS-FSCC] 2.7.1: "+name" added, "-" removed, "*" modified, "<" and
    ">" renamed"""
    out, pos = [], 0
    while data:
        nxt, action, length = struct.unpack_from("<III", data, pos)
        out.append(SIGNS[action] + data[pos + 12:pos + 12 + length].decode("utf-16le"))
        end = pos + 12 + length
        want("the padding behind an entry", data[end:pos + nxt if nxt else None],
             bytes(-end % 4 if nxt else 0))
        want("NextEntryOffset", nxt % 4, 0)
        if not nxt:
            return out
        pos += nxt
    return out


class Watch:
    """A directory that is open, and its requests"""

    def __init__(self, tree, name=TOP, filter_=ALL, whole=False, max_out=8192):
        self.tree, self.conn = tree, tree.conn
        self.how = dict(filter_=filter_, flags=int(whole), max_out=max_out)
        # An open with DELETE is in the way of renames into the directory.
        self.dir = tree.create(name, access=b.FILE_ALL & ~b.DELETE, options=b.OPT_DIRECTORY,
                               disposition=b.OPEN)

    def ask(self, waits=True, **how):
        """Sends a request; its MessageId"""
        mid = self.conn.send(b.change_notify(self.dir.fid, **{**self.how, **how}), self.tree.sess,
                             self.tree)
        if waits:
            status("interim", self.conn.wait(mid, PROMPT, interim=True).status, PENDING)
        return mid

    def answer(self, mid, *statuses):
        """What is told"""
        reply = self.conn.wait(mid, PROMPT)
        status("the answer", reply.status, *(statuses or (0,)))
        if reply.status:
            return []
        off, size = reply.get("HI", 2)
        out = parse(reply.blob(off, size))
        if not out:
            raise Failed("an answer without a change")
        return out

    def cancel(self, mid):
        """What the request got before, or []"""
        self.conn.cancel(mid, self.tree.sess)
        return self.answer(mid, 0, CANCELLED)

    def start(self):
        """From now on changes are collected"""
        want("before there is a change", self.cancel(self.ask()), [])
        return self

    def collected(self):
        out = []
        while True:
            more = self.cancel(self.ask(waits=False))
            if not more:
                return out
            out += more

    def close(self):
        self.dir.close()


def fresh(target, *more):
    """A tree with an empty directory TOP, and OTHER beside it; MORE are in TOP"""
    e.guest(f"cd {e.DATA} && rm -rf {TOP} {OTHER} && mkdir -m 777 {TOP} {OTHER} && cd {TOP} && "
            + " && ".join(["true", *more]) + f"; chmod -R a+rwx .; chown -R {e.USER} . ../{OTHER}")
    return target.tree()


def local(script):
    e.guest(f"cd {e.DATA}/{TOP} && {script}")


# --- what is told ---------------------------------------------------------------------------------

def opened(tree, name, what, **how):
    with tree.create(f"{TOP}\\{name}", disposition=b.OPEN, **how) as f:
        what(f)


def basic(attributes=0, created=0, accessed=0, written=0):
    return struct.pack("<QQQQII", created, accessed, written, 0, attributes, 0)


WHEN = 131000000000000000

# (what, before it, as a client, as a local process, {filter: what is told}, and of the local process
# if that is another)
CHANGES = (
    ("create a file", "true", lambda t: t.create(f"{TOP}\\a").close(), ": > a", {FILE_NAME: "+a"}),
    ("make a directory", "true", lambda t: t.mkdir(f"{TOP}\\a").close(), "mkdir a",
     {DIR_NAME: "+a"}),
    ("delete a file", ": > a", lambda t: t.delete(f"{TOP}\\a"), "rm a", {FILE_NAME: "-a"}),
    ("delete a directory", "mkdir a", lambda t: t.delete(f"{TOP}\\a"), "rmdir a", {DIR_NAME: "-a"}),
    ("rename a file", ": > a", lambda t: opened(t, "a", lambda f: f.rename(f"{TOP}\\b")), "mv a b",
     {FILE_NAME: "<a >b", MOVED: "*b"}),
    ("rename a directory", "mkdir a", lambda t: opened(t, "a", lambda f: f.rename(f"{TOP}\\b")),
     "mv a b", {DIR_NAME: "<a >b"}),
    ("rename over a file", ": > a && : > b",
     lambda t: opened(t, "a", lambda f: f.rename(f"{TOP}\\b", replace=True)), "mv a b",
     {FILE_NAME: "<a >b", MOVED: "*b"}),
    ("move a file away", ": > a", lambda t: opened(t, "a", lambda f: f.rename(f"{OTHER}\\b")),
     f"mv a ../{OTHER}/b", {FILE_NAME: "-a"}),
    ("move a file in", f": > ../{OTHER}/a && chmod 777 ../{OTHER}/a",
     lambda t: move_in(t), f"mv ../{OTHER}/a b", {FILE_NAME: "+b", MOVED: "*b"}),
    ("link a file", ": > a", lambda t: opened(t, "a", lambda f: f.set(
        b.rename_info(f"{TOP}\\b"), b.FILE_LINK)), "ln a b", {FILE_NAME: "+b"}),
    ("write behind the end", ": > a", lambda t: opened(t, "a", lambda f: f.write(b"x")),
     "echo x >> a", {DATA: "*a"}),
    ("write in place", "echo x > a", lambda t: opened(t, "a", lambda f: f.write(b"y")),
     "echo y 1<> a", {LAST_WRITE: "*a"}, {DATA: "*a"}),
    ("set the size", "echo x > a",
     lambda t: opened(t, "a", lambda f: f.set(struct.pack("<Q", 5), b.FILE_EOF)),
     "truncate -s 5 a", {SIZE: "*a"}, {DATA: "*a"}),
    ("set attributes", ": > a", lambda t: opened(t, "a", lambda f: f.set(basic(0x2), b.FILE_BASIC)),
     "chmod 700 a", {ATTRIBUTES: "*a"}, {ATTR: "*a"}),
    ("set the attributes of a directory", "mkdir a",
     lambda t: opened(t, "a", lambda f: f.set(basic(0x2), b.FILE_BASIC)),
     "chmod 700 a", {ATTRIBUTES: "*a"}, {ATTR: "*a"}),
    ("set the creation time", ": > a",
     lambda t: opened(t, "a", lambda f: f.set(basic(created=WHEN), b.FILE_BASIC)),
     "setfattr -n user.x -v y a || chmod 700 a", {CREATION: "*a"}, {ATTR: "*a"}),
    ("set LastWriteTime", ": > a",
     lambda t: opened(t, "a", lambda f: f.set(basic(written=WHEN), b.FILE_BASIC)),
     "touch -m -d 2001-01-01 a", {LAST_WRITE: "*a"}, {DATA: "*a"}),
    ("set LastAccessTime", ": > a",
     lambda t: opened(t, "a", lambda f: f.set(basic(accessed=WHEN), b.FILE_BASIC)),
     "touch -d 2001-01-01 a", {LAST_ACCESS: "*a"}, {ATTR: "*a"}),
    ("read", "echo x > a", lambda t: opened(t, "a", lambda f: f.read(1)), "cat a > /dev/null", {}),
    ("change what is below", "mkdir d && : > d/a",
     lambda t: opened(t, "d\\a", lambda f: f.write(b"x")), "echo x > d/a; : > d/b; rm d/a", {}),
)


def move_in(tree):
    with tree.create(f"{OTHER}\\a", disposition=b.OPEN) as f:
        f.rename(f"{TOP}\\b")


def each_filter(tree, what, before, act, told):
    """Of each bit of a filter: a request that waits, and what is collected after it"""
    e.guest(f"cd {e.DATA} && rm -rf {TOP} {OTHER} && mkdir -m 777 {TOP} {OTHER} && cd {TOP} && "
            f"{before}; chmod -R a+rwx . ../{OTHER}; chown -R {e.USER} . ../{OTHER}")
    watches = [(1 << i, Watch(tree, filter_=1 << i)) for i in range(12)]
    waiting = [w.ask() for _, w in watches]
    act()
    for (bit, w), mid in zip(watches, waiting):
        got = " ".join(w.cancel(mid) + w.collected())
        should = next((text for bits, text in told.items() if bits & bit), "")
        # Several changes of one kind are one if they are not interrupted by an answer.
        if got != should and " ".join(dict.fromkeys(got.split())) != should:
            raise Failed(f"{what}, filter {bit:#x}: '{got}', wanted '{should}'")
        w.close()


def case_table_of_a_client(target):
    tree, other = fresh(target), target.tree()
    for what, before, client, _, told, *_ in CHANGES:
        each_filter(tree, what, before, lambda client=client: client(other), told)
    leave(tree, other)


def case_table_of_a_local_process(target):
    tree = fresh(target)
    for what, before, _, script, told, *more in CHANGES:
        each_filter(tree, what + " locally", before, lambda script=script: local(script),
                    more[0] if more else told)
    leave(tree)


def case_what_has_no_name(target):
    """Writes to a file that has been removed or never had a name, and to a FIFO, are not told"""
    tree = fresh(target, "mkfifo fifo")
    ws = [Watch(tree, filter_=DATA, whole=whole).start() for whole in (False, True)]
    local("exec 3> gone; rm gone; echo x >&3; exec 3>&-; exec 3<> fifo; echo x >&3; exec 3>&-; "
          "python3 -c 'import os; f = os.open(\".\", os.O_TMPFILE | os.O_RDWR); os.write(f, b\"x\")'; "
          "echo x > named")
    want("told", [w.collected() for w in ws], [["*named"], ["*named"]])
    leave(tree)


def case_its_own_changes(target):
    """By the client that watches, also through the open that watches"""
    tree = fresh(target)
    w = Watch(tree, filter_=NAMES).start()
    tree.create(f"{TOP}\\a").close()
    want("its own", w.collected(), ["+a"])
    w.dir.set(basic(0x2), b.FILE_BASIC)
    tree.delete(f"{TOP}\\a")
    want("the directory itself is not in it", w.collected(), ["-a"])
    leave(tree)


def case_tree(target):
    tree = fresh(target, "mkdir -p d/e", ": > d/e/f")
    one, all_ = Watch(tree, filter_=NAMES).start(), Watch(tree, filter_=ALL, whole=True).start()
    deep = Watch(tree, f"{TOP}\\d\\e", filter_=NAMES, whole=True).start()
    local("mv d/e/f d/e/g; mv d/e/g d/h; mv d/h i; mkdir d/j; mv d/j j; mv j d/k; rmdir d/k; "
          f": > ../{OTHER}/out; mv ../{OTHER}/out d/e/in; mv d/e/in ../{OTHER}/out; echo x >> i; "
          "chmod 700 d/e; chmod 777 d/e; chmod 777 .")
    want("of the directory", one.collected(), ["+i", "+j", "-j"])
    want("of the tree", all_.collected(),
         ["<d\\e\\f", ">d\\e\\g", "-d\\e\\g", "+d\\h", "-d\\h", "+i", "+d\\j", "-d\\j", "+j", "-j",
          "+d\\k", "-d\\k", "+d\\e\\in", "-d\\e\\in", "*i", "*d\\e"])
    want("deeper", deep.collected(), ["<f", ">g", "-g", "+in", "-in"])
    # The names are those from the directory on, wherever that is.
    local("mv d m; : > m/e/n")
    want("of the tree", all_.collected(), ["<d", ">m", "+m\\e\\n"])
    local("mv m/e e; : > e/o")
    want("of the tree", all_.collected(), ["-m\\e", "+e", "+e\\o"])
    want("of what was moved", deep.collected(), ["+n", "+o"])
    local("mkdir gone; : > gone/a; rm -r gone")
    want("whether it could be listed is not known any more",
         all_.answer(all_.ask(waits=False), ENUM_DIR), [])
    local(f"mv e ../{OTHER}/e; : > ../{OTHER}/e/p")
    want("moved away", (deep.collected(), all_.collected()), (["+p"], ["-e"]))
    leave(tree)


def case_names_as_clients_see_them(target):
    tree = fresh(target)
    w = Watch(tree, filter_=NAMES, whole=True).start()
    local(": > 'a:b'; mkdir 'x?'; : > 'x?/dot.'; : > ä€")
    got = w.collected()
    want("the names", got, ["+a\uf022b", "+x\uf025", "+x\uf025\\dot\uf029", "+ä€"])
    want("as listed", sorted(w.dir.listdir()), sorted([".", "..", "a\uf022b", "x\uf025", "ä€"]))
    leave(tree)


def case_names_that_the_client_may_not_know(target):
    """A directory that its user cannot list; what is below it says nothing, and ends no wait"""
    tree = fresh(target)
    local("mkdir secret secret/in; chmod 777 secret/in; chmod 711 secret")      # root's
    w = Watch(tree, filter_=NAMES, whole=True).start()
    mid = w.ask()
    local(": > secret/a; mkdir secret/b; rm secret/a")
    local(": > seen")
    want("what it can see", w.answer(mid), ["+seen"])
    local(": > secret/c; : > secret/in/d; mv secret/c shown; mv shown secret/e")
    # "in" stands in a directory that cannot be listed, so nothing in it is told either.
    want("collected", w.collected(), ["+shown", "-shown"])
    leave(tree)
    with e.config(shares=f"[hidden]\npath = {e.DATA}\nread only = no\nveto files = /*.veto/\n"
                         "hide unreadable = yes\n"):
        tree = target.as_user(target.user, "hidden").tree()
        w = Watch(tree, filter_=NAMES, whole=True).start()
        mid = w.ask()
        local("mkdir d.veto; : > d.veto/x; : > y.veto; mv y.veto z.veto")
        local("umask 077; : > unreadable")
        local(": > plain; chmod 666 plain; mv z.veto plain2")
        got = w.answer(mid)
        want("what is readable", got[0], "+plain")
        # What has gone cannot be looked at: the client is to look for itself.
        w.collected()
        mid = w.ask()
        local("rm plain")
        want("removed", w.answer(mid, ENUM_DIR), [])
        leave(tree)


# --- requests -------------------------------------------------------------------------------------

def case_first_come(target):
    tree = fresh(target)
    w = Watch(tree, filter_=NAMES)
    first, second, third, fourth = (w.ask() for _ in range(4))
    w.conn.cancel(second, tree.sess)
    w.answer(second, CANCELLED)
    local(": > a")
    want("the oldest", w.answer(first), ["+a"])
    local(": > b")
    want("the next", w.answer(third), ["+b"])
    local("mv a c; : > d")
    want("at the moment of the change", w.answer(fourth), ["<a", ">c"])
    want("what came then", w.collected(), ["+d"])
    leave(tree)


def case_the_first_request_counts(target):
    tree = fresh(target, "mkdir d")
    w = Watch(tree, filter_=DIR_NAME).start()
    local(": > a; mkdir b; : > d/e; mkdir d/f")
    want("another filter", w.cancel(w.ask(waits=False, filter_=FILE_NAME, flags=1)), ["+b"])
    w.close()
    w = Watch(tree, filter_=0).start()
    local(": > g; mkdir h; chmod 700 g")
    want("no filter", w.collected(), [])
    w.close()
    w = Watch(tree, filter_=0xfffff000).start()
    local(": > i; mkdir j; chmod 700 i")
    want("unknown filters", w.collected(), [])
    leave(tree)


def case_too_much(target):
    tree = fresh(target)
    w = Watch(tree, filter_=NAMES, max_out=200).start()
    local("for i in 1 2 3 4 5 6 7 8 9; do : > file-$i; done")
    want("more than the buffer has room for", w.answer(w.ask(waits=False), ENUM_DIR), [])
    local("rm file-1")
    want("then", w.answer(w.ask(waits=False)), ["-file-1"])
    local("rm file-2 file-3")
    want("more than this request has room for", w.answer(w.ask(waits=False, max_out=40), ENUM_DIR),
         [])
    want("and is forgotten", w.collected(), [])
    mid = w.ask(max_out=0)
    local("rm file-4")
    want("no room", w.answer(mid, ENUM_DIR), [])
    w.close()
    w = Watch(tree, filter_=NAMES, max_out=1).start()
    local(": > a")
    want("no room", w.answer(w.ask(waits=False), ENUM_DIR), [])
    mid = w.ask(max_out=8192)
    local(": > b")
    want("the first request has made the buffer", w.answer(mid, ENUM_DIR), [])
    w.close()
    # Exactly: 12 bytes and seven characters each, and padding between them.
    for room, wanted in (28 + 26, ["+file-5x", "+file-6x"]), (28 + 25, []):
        local("rm -f file-5x file-6x")
        w = Watch(tree, filter_=NAMES, max_out=room).start()
        local(": > file-5x; : > file-6x")
        want(f"room for {room}", w.answer(w.ask(waits=False), 0, ENUM_DIR), wanted)
        w.close()
    leave(tree)


def case_many_changes(target):
    """What nobody asks for takes no more memory than the buffer"""
    tree = fresh(target)
    w = Watch(tree, filter_=ALL, whole=True, max_out=65536).start()
    local("i=0; while [ $i -lt 10000 ]; do : > name-$i; i=$((i+1)); done")
    want("too many", w.answer(w.ask(waits=False), ENUM_DIR), [])
    want("nothing is left", w.collected(), [])
    local("rm name-7")
    want("then", w.collected(), ["-name-7"])
    leave(tree)


def case_refused(target):
    tree = fresh(target, ": > file")
    with tree.create(f"{TOP}\\file", disposition=b.OPEN) as f:
        status("of a file", tree.request(b.change_notify(f.fid)).status, INVALID_PARAMETER)
    with tree.create(TOP, access=0x100080, disposition=b.OPEN) as d:
        status("without FILE_LIST_DIRECTORY", tree.request(b.change_notify(d.fid)).status,
               ACCESS_DENIED)
    w = Watch(tree)
    large = tree.conn.max_trans + 1
    status("more than MaxTransactSize",
           tree.request(b.change_notify(w.dir.fid, max_out=large),
                        charge=(large + 65535) // 65536).status, INVALID_PARAMETER)
    w.close()
    status("a closed one", tree.request(b.change_notify(w.dir.fid)).status, FILE_CLOSED)
    with e.config(global_="change notify = no"):
        other = target.tree()
        d = other.create(TOP, options=b.OPT_DIRECTORY, disposition=b.OPEN)
        status("change notify = no", other.request(b.change_notify(d.fid)).status, NOT_SUPPORTED)
        leave(other)
    with e.config(global_="kernel change notify = no"):
        w = Watch(tree, filter_=NAMES).start()
        local(": > local")
        tree.create(f"{TOP}\\client").close()
        want("kernel change notify = no", w.collected(), ["+client"])
    leave(tree)


# --- ends -----------------------------------------------------------------------------------------

def case_ends(target):
    """Each way in which an open ends"""
    def close(w):
        w.close()

    def disconnect(w):
        w.tree.disconnect().check()

    def logoff(w):
        w.tree.sess.logoff().check()

    def previous(w):
        target.connect().logon(target.user, target.password, previous=w.tree.sess.sid)

    def expire(w):
        try:
            w.tree.sess.reauth("wrong password")
        except smb2.SmbError:
            return
        raise Failed("logged on with a wrong password")

    fresh(target)
    for end in (close, disconnect, logoff, previous, expire):
        for whole in False, True:
            w = Watch(target.tree(), whole=whole)
            mids = [w.ask() for _ in range(3)]
            end(w)
            for mid in mids:
                w.answer(mid, CLEANUP)
            w.conn.close()
    with e.config(shares=f"[gone]\npath = {e.DATA}\nread only = no\n"):
        w = Watch(target.as_user(target.user, "gone").tree())
        mid = w.ask()
    w.answer(mid, CLEANUP)          # the share has gone
    w.conn.close()


def case_hang_up(target):
    fresh(target)
    for _ in range(5):
        for whole in False, True:
            w = Watch(target.tree(), whole=whole)
            for _ in range(3):
                w.ask()
            w.conn.close()
    local(": > a; mkdir b")
    target.serves()


def case_deleted(target):
    tree, other = fresh(target, "mkdir d"), target.tree()
    w = Watch(tree, f"{TOP}\\d", filter_=NAMES)
    first, second = w.ask(), w.ask()
    with other.create(f"{TOP}\\d", disposition=b.OPEN, options=b.OPT_DIRECTORY) as d:
        d.set(b"\1", b.FILE_DISPOSITION)
        for mid in first, second:
            w.answer(mid, DELETE_PENDING)
        w.answer(w.ask(waits=False), DELETE_PENDING)
        d.set(b"\0", b.FILE_DISPOSITION)
        mid = w.ask()
        local(": > d/a")
        want("it stays", w.answer(mid), ["+a"])
    local("rm d/a")
    w.collected()
    mid = w.ask()
    other.delete(f"{TOP}\\d")       # CREATE with FILE_DELETE_ON_CLOSE, then CLOSE
    w.answer(mid, DELETE_PENDING)
    w.close()
    leave(tree, other)


# --- compounds ------------------------------------------------------------------------------------

def case_compound(target):
    tree = fresh(target)
    conn = tree.conn
    create = b.create(TOP, options=b.OPT_DIRECTORY, disposition=b.OPEN)
    notify = b.change_notify(b.RELATED_FID, filter_=NAMES)

    def send(*parts):
        msg, mids = conn.compound_message(parts, tree.sess, tree)
        conn.send_raw(msg)
        return mids

    for parts in (create, notify), (create, b.close(b.RELATED_FID), create, notify):
        *before, last = send(*parts)
        replies = [conn.wait(mid, PROMPT).check() for mid in before]
        status("interim", conn.wait(last, PROMPT, interim=True).status, PENDING)
        local(": > a")
        reply = conn.wait(last, PROMPT).check()
        off, size = reply.get("HI", 2)
        want("what is told", parse(reply.blob(off, size)), ["+a"])
        smb2.File(tree, replies[-1], TOP).close()
        local("rm a")
    replies = [conn.wait(mid, PROMPT) for mid in send(create, notify, b.query_info(b.RELATED_FID))]
    want("one that would have to wait, and is not the last", [r.status for r in replies],
         [0, INTERNAL_ERROR, 0])
    leave(tree)
    # and encrypted
    tree = target.tree()
    tree.sess.sealing = True
    w = Watch(tree, filter_=NAMES)
    mid = w.ask()
    local(": > b")
    want("encrypted", w.answer(mid), ["+b"])
    leave(tree)


def case_share_root(target):
    """macOS: a FileId of all ones is the root of the share"""
    tree = fresh(target)

    def ask(filter_=NAMES, tree=tree):
        return tree.conn.send(b.change_notify(b.NO_FID, filter_=filter_, flags=1), tree.sess, tree)

    w = Watch(tree)
    for _ in range(2):
        mid = ask()
        status("interim", tree.conn.wait(mid, PROMPT, interim=True).status, PENDING)
        local(": > a")
        want("told", w.answer(mid), [f"+{TOP}\\a"])
        local("rm a")
    mid = ask()
    want("cancelled", w.cancel(mid), [])
    mid = ask()
    status("interim", tree.conn.wait(mid, PROMPT, interim=True).status, PENDING)
    tree.disconnect().check()
    w.answer(mid, CLEANUP)
    ipc = tree.sess.tree("IPC$")
    status("of pipes", tree.conn.wait(ask(tree=ipc), PROMPT).status, FILE_CLOSED)
    tree.conn.close()
    both = f"valid users = {e.USER} {e.USER2}"
    with e.config(shares=f"[barred]\npath = {e.DATA}\n{both}\n") as text:
        tree = target.as_user(e.USER, "barred").tree()
        e.set_config(text.replace(both, f"valid users = {e.USER2}"))
        status("CREATE", tree.request(b.create("", disposition=b.OPEN, access=1)).status,
               ACCESS_DENIED)
        status("the root", tree.conn.wait(ask(tree=tree), PROMPT).status, ACCESS_DENIED)
        tree.conn.close()


# --- races ----------------------------------------------------------------------------------------

def case_no_memory(target):
    tree = fresh(target)
    w = Watch(tree, filter_=NAMES).start()
    with delay("notify_alloc") as there:        # this one does not sleep: it fails
        if there:
            local(": > a")
            want("without memory", w.answer(w.ask(waits=False), ENUM_DIR), [])
            mid = w.ask()
            local(": > b")
            want("without memory", w.answer(mid, ENUM_DIR), [])
    local(": > c")
    want("with memory again", w.collected(), ["+c"])
    leave(tree)


def case_races(target):
    """Each event against each end, with the windows between them widened"""
    fresh(target)
    stop = threading.Event()

    def busy(tree):
        n = 0
        while not stop.is_set():
            n += 1
            tree.create(f"{TOP}\\busy-{n % 7}", disposition=b.OVERWRITE_IF,
                        options=b.OPT_DELETE_ON_CLOSE).close()

    worker = threading.Thread(target=lambda: busy(target.tree()))
    worker.start()
    try:
        with delay("notify_event", "notify_start", "notify_stop", "req_park", "req_notified",
                   "req_cancel", "req_resume", percent=30):
            for turn in range(24):
                race(target, turn)
    finally:
        stop.set()
        worker.join()
    target.serves()


def race(target, turn):
    tree = target.tree(timeout=60)
    ws = [Watch(tree, filter_=NAMES, whole=bool(i & 1)) for i in range(3)]
    mids = [(w, w.ask(waits=False)) for w in ws for _ in range(3)]
    if turn % 6 == 0:
        for w, mid in mids:
            w.conn.cancel(mid, tree.sess)
    elif turn % 6 == 1:
        for w in ws:
            w.close()
    elif turn % 6 == 2:
        tree.disconnect().check()
    elif turn % 6 == 3:
        tree.sess.logoff().check()
    elif turn % 6 == 4:
        tree.conn.close()
        return
    for w, mid in mids if turn % 6 < 4 else ():
        w.answer(mid, 0, CANCELLED, CLEANUP, ENUM_DIR, FILE_CLOSED)
    tree.conn.close()


def case_storm(target):
    """Watchers and changers in random order; in the end every watch has seen the last change"""
    tree = fresh(target, "mkdir s0 s1 s2")
    errors, stop = [], threading.Event()

    def changes(seed):
        rnd, mine = random.Random(seed), target.tree(timeout=60)
        try:
            while not stop.is_set():
                name = f"{TOP}\\s{rnd.randrange(3)}\\n{rnd.randrange(4)}"
                reply = mine.request(b.create(name, disposition=rnd.choice((b.OPEN_IF, b.OPEN)),
                                              options=rnd.choice((0, b.OPT_DELETE_ON_CLOSE))))
                if not reply.status:
                    f = smb2.File(mine, reply, name)
                    mine.request(b.write(f.fid, b"x"))
                    f.close()
        except Exception:               # pylint: disable=broad-exception-caught
            errors.append(traceback.format_exc())

    def watches(seed):
        rnd, mine = random.Random(seed), target.tree(timeout=60)
        try:
            while not stop.is_set():
                w = Watch(mine, TOP if rnd.random() < .5 else f"{TOP}\\s1", whole=rnd.random() < .7,
                          max_out=rnd.choice((100, 1000, 65536)))
                mids = [w.ask(waits=False) for _ in range(rnd.randrange(1, 4))]
                if rnd.random() < .5:
                    w.conn.cancel(rnd.choice(mids), mine.sess)
                early = rnd.random() < .5
                if early:
                    w.close()
                else:
                    for mid in mids:
                        w.conn.cancel(mid, mine.sess)
                for mid in mids:
                    w.answer(mid, 0, CANCELLED, CLEANUP, ENUM_DIR)
                if not early:           # there may be few of them
                    w.close()
        except Exception:               # pylint: disable=broad-exception-caught
            errors.append(traceback.format_exc())

    threads = [threading.Thread(target=changes, args=(n,)) for n in range(2)] + \
              [threading.Thread(target=watches, args=(n,)) for n in range(10, 14)]
    for t in threads:
        t.start()
    time.sleep(15)
    stop.set()
    for t in threads:
        t.join()
    if errors:
        raise Failed(errors[0])
    w = Watch(tree, whole=True, filter_=FILE_NAME)
    mid = w.ask()
    local(": > s2/last")
    want("the last change", w.answer(mid), ["+s2\\last"])
    leave(tree)


def run(target, _args, tally):
    if not os.environ.get("VM"):
        print("skip notify # needs the guest")
        return

    def none_left():
        target.hang_up()
        e.until(lambda: not robust.live("watches"), 30, "no watch to be left")

    robust.cases(globals(), target, tally, none_left)
    e.guest(f"rm -rf {e.DATA}/{TOP} {e.DATA}/{OTHER}")


if __name__ == "__main__":
    robust.main(__doc__, run)
