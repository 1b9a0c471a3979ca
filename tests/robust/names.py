#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 600
"""Names that change while others have something open: who caches an open (batch oplock) is asked
before a rename or a hard link takes the name, and only who is still there then is in the way.
Hard links that replace: the name is never missing, and what could not be replaced is still there.
Names found in another case and by their 8.3 name, while they come and go.
"""
import threading

import robust
import smb2body as b
from oplock_breaks import CANCELLED, FILE_CLOSED, PROMPT, want

ACCESS_DENIED, COLLISION, NOT_FOUND = 0xc0000022, 0xc0000035, 0xc0000034
READ_ATTRIBUTES = 0x80
TARGET, SOURCE, DIR = "names-target.tmp", "names-source.tmp", "names-dir"


class Scene:
    """HOLDER has a file open with an oplock; OTHER wants its name, or that of its directory."""

    def __init__(self, target, where=TARGET, level=b.OPLOCK_BATCH, directory=False):
        self.holder, self.other = target.tree(), target.tree()
        if directory:
            self.other.mkdir(DIR).close()
        self.held = self.holder.create(where, oplock=level)
        want("granted", self.held.oplock, level)
        if directory:
            self.source = self.other.create(DIR, options=b.OPT_DIRECTORY, disposition=b.OPEN,
                                            access=b.DELETE | READ_ATTRIBUTES)
        else:
            self.source = self.other.create(SOURCE, disposition=b.OVERWRITE_IF)
            self.source.write(b"new")
        self.mid = None

    def ask(self, class_=b.FILE_RENAME, to=TARGET, breaks=True, **where):
        """Asks for the name; the holder is told, the asker is not told that it takes a while"""
        conn = self.other.conn
        body = b.set_info(self.source.fid, b.rename_info(to, True), class_=class_)
        self.mid = conn.send(body, self.other.sess, self.other)
        if not breaks:
            return self
        note = self.holder.conn.wait_break(PROMPT)
        want("whose oplock", note.body[8:24], where.get("fid", self.held.fid))
        want("break to", note.body[2], b.OPLOCK_II)
        return self

    def ack(self, held=None):
        want("answer", self.holder.request(
            b.oplock_break((held or self.held).fid, b.OPLOCK_II)).status, 0)

    def came_out(self, status):
        want("outcome", self.other.conn.wait(self.mid, PROMPT, interim=True).status, status)
        return self

    def end(self):
        for tree in (self.holder, self.other):
            if tree.conn.sock:
                tree.disconnect()
            tree.conn.close()


def content(target, name):
    tree = target.tree()
    with tree.create(name, disposition=b.OPEN) as f:
        data = f.read(16)
    tree.conn.close()
    return data


def sweep(target):
    tree = target.tree()
    for name in (DIR + "/held.tmp", DIR + "/held-2.tmp", DIR, DIR + "-2/held.tmp",
                 DIR + "-2/held-2.tmp", DIR + "-2", TARGET, SOURCE):
        tree.request(b.create(name.replace("/", "\\"), access=b.DELETE, disposition=b.OPEN,
                              options=b.OPT_DELETE_ON_CLOSE))
    tree.disconnect()
    tree.conn.close()


def asked_and_stays(target, class_):
    s = Scene(target).ask(class_)
    s.ack()
    s.came_out(ACCESS_DENIED).held.write(b"old")
    s.end()
    want("what is there", content(target, TARGET), b"old")


def asked_and_closes(target, class_):
    s = Scene(target).ask(class_)
    s.held.close()
    s.came_out(0).end()
    want("what is there", content(target, TARGET), b"new")


def case_rename_over_who_stays(target):
    asked_and_stays(target, b.FILE_RENAME)


def case_rename_over_who_closes(target):
    asked_and_closes(target, b.FILE_RENAME)


def case_link_over_who_stays(target):
    asked_and_stays(target, b.FILE_LINK)


def case_link_over_who_closes(target):
    asked_and_closes(target, b.FILE_LINK)


def case_only_batch_is_asked(target):
    """[MS-FSA] 2.1.4.12: an exclusive oplock says that somebody is really there"""
    for level in (b.OPLOCK_EXCLUSIVE, b.OPLOCK_II, b.OPLOCK_NONE):
        for class_ in (b.FILE_RENAME, b.FILE_LINK):
            s = Scene(target, level=level).ask(class_, breaks=False)
            s.came_out(ACCESS_DENIED)
            want("nobody was told", s.holder.conn.breaks, [])
            s.end()


def case_without_replace_nobody_is_asked(target):
    s = Scene(target)
    for class_ in (b.FILE_RENAME, b.FILE_LINK):
        body = b.set_info(s.source.fid, b.rename_info(TARGET), class_=class_)
        want("outcome", s.other.request(body).status, COLLISION)
    want("nobody was told", s.holder.conn.breaks, [])
    s.end()


def case_cancelled(target):
    s = Scene(target).ask()
    s.other.conn.cancel(s.mid, s.other.sess)
    s.came_out(CANCELLED)
    s.ack()
    s.end()


def case_source_closed_meanwhile(target):
    """What came after the wait must not act for an open that is no more"""
    s = Scene(target).ask()
    s.held.write(b"old")
    s.source.close()
    s.held.close()
    s.came_out(FILE_CLOSED).end()
    want("what is there", content(target, TARGET), b"old")


def case_asker_goes(target):
    for go in (lambda s: s.other.sess.logoff(), lambda s: s.other.conn.close()):
        s = Scene(target).ask()
        go(s)
        s.ack()
        s.held.write(b"x")
        s.end()
    target.serves()


def case_directory(target):
    """Who has something open below is asked, too; all at once"""
    for stays in (True, False):
        s = Scene(target, DIR + "\\held.tmp", directory=True)
        more = s.holder.create(DIR + "\\held-2.tmp", oplock=b.OPLOCK_BATCH)
        s.ask(to=DIR + "-2")
        want("the other one", s.holder.conn.wait_break(PROMPT).body[8:24], more.fid)
        if stays:
            s.ack(more)
            s.ack()
            s.came_out(ACCESS_DENIED)
        else:
            more.close()
            s.held.close()
            s.came_out(0)
        s.end()
        sweep(target)


def case_directory_in_use(target):
    s = Scene(target, DIR + "\\held.tmp", level=b.OPLOCK_NONE, directory=True)
    s.ask(to=DIR + "-2", breaks=False).came_out(ACCESS_DENIED)
    s.end()


def replace_link(tree, name, over):
    with tree.create(name, disposition=b.OVERWRITE_IF) as f:
        f.write(name.encode())
        f.set(b.rename_info(over, True), b.FILE_LINK)
    tree.delete(name)


def case_link_never_missing(target):
    """Replaced again and again, and there each time somebody looks"""
    tree, misses, looks, done = target.tree(), [], [], threading.Event()
    tree.create(TARGET, disposition=b.OVERWRITE_IF).close()

    def watch():
        look = target.tree()
        with look.create("", options=b.OPT_DIRECTORY, disposition=b.OPEN) as root:
            while not done.is_set():
                looks.append(1)
                if TARGET not in root.listdir(TARGET):
                    misses.append(1)
        look.conn.close()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    for n in range(50):
        replace_link(tree, f"names-{n}.tmp", TARGET)
    done.set()
    watcher.join(30)
    want("somebody looked", bool(looks), True)
    want("it was missing", len(misses), 0)
    with tree.create("", options=b.OPT_DIRECTORY, disposition=b.OPEN) as root:
        left = [n for n in root.listdir() if n.startswith((".cifssrv-", "names-4"))]
    want("left over", left, [])
    tree.conn.close()
    want("what is there", content(target, TARGET), b"names-49.tmp")


def case_link_to_itself(target):
    """The name is one of the same file already: only a collision if it is not to be replaced"""
    tree = target.tree()
    with tree.create(TARGET, disposition=b.OVERWRITE_IF) as f:
        for replace, status in ((False, COLLISION), (True, 0)):
            body = b.set_info(f.fid, b.rename_info(TARGET, replace), class_=b.FILE_LINK)
            want("outcome", tree.request(body).status, status)
    tree.conn.close()


def exists(tree, name):
    reply = tree.request(b.create(name, access=READ_ATTRIBUTES, disposition=b.OPEN))
    if reply.status == NOT_FOUND:
        return False
    reply.check()
    tree.request(b.close(reply.body[64:80]))
    return True


def short_name(tree, name):
    with tree.create(name, access=READ_ATTRIBUTES, disposition=b.OPEN) as f:
        return f.query(b.FILE_ALT_NAME)[4:].decode("utf-16le")


def case_names_come_and_go(target):
    """By another case and by the 8.3 name, before and after each change of the directory"""
    tree = target.tree()
    tree.mkdir(DIR).close()
    first, second = DIR + "\\A rather long name.text", DIR + "\\Another long name.text"
    for _ in range(3):
        want("none yet", exists(tree, DIR + "\\A RATHER LONG NAME.TEXT"), False)
        tree.create(first).close()
        short = DIR + "\\" + short_name(tree, first)
        want("8.3", exists(tree, short), True)
        want("8.3 in lower case", exists(tree, short.lower()), True)
        want("other case", exists(tree, first.upper()), True)
        want("no such 8.3", exists(tree, DIR + "\\NOSUCH~1.TXT"), False)
        with tree.create(first) as f:
            f.rename(second)
        want("the old 8.3", exists(tree, short), False)
        short = DIR + "\\" + short_name(tree, second)
        want("the new 8.3", exists(tree, short), True)
        want("the old name", exists(tree, first.upper()), False)
        with tree.create(short, disposition=b.OPEN) as f:
            f.set(b.rename_info(first), b.FILE_LINK)
        want("8.3 of a link", exists(tree, DIR + "\\" + short_name(tree, first)), True)
        tree.delete(first.lower())
        tree.delete(short)
        want("8.3 of what is gone", exists(tree, short), False)
        want("other case of what is gone", exists(tree, second.upper()), False)
    tree.delete(DIR)
    tree.conn.close()


def run(target, _args, tally):
    sweep(target)
    robust.cases(globals(), target, tally, lambda: sweep(target))
    target.serves()


if __name__ == "__main__":
    robust.main(__doc__, run)
