# SPDX-License-Identifier: GPL-2.0-or-later
"""history_actors - those who make a history: SMB clients with caches, and processes of the server

    stage = Stage()
    stage.add(Client(stage, "A", tree, "lease-2"))
    stage.add(Process(stage, "P", (host, port)))
    stage.play(schedule(seed, "A", "P"))        # Stuck is raised when something has no end
    explain(stage.ops)

One thread does it all: what an actor does is a generator, which yields when it waits, and Stage
lets all of them run when a message has come.  So a client reacts to breaks while a request of its
own is under way, and two times of the clock are in the order in which things happened here.

A Client caches as its rights allow.  With R it answers reads itself; with W it keeps writes back,
until a break, its last close or a command that needs the server's view; with H it keeps an open
when the application has closed it, and opens it again without the server.  The server does not wait
until a client has dropped R, and a break may be on its way: before a client uses what it has under
R or H alone it sends an ECHO.  Breaks that were sent before a write was answered are there before
the reply to that.
"""
import json
import os
import select
import socket
import struct
import time

import smb2
import smb2body as b
from history import (CELL, CELLS, EMPTIES, H, OPEN, OPEN_IF, Op, R, W, cut, patched)

WHOLE = CELL * CELLS
PATIENCE = 25           # seconds; the server takes a cache without an acknowledgment after 34
IDLE = 3                # opens that a client keeps for their caches
FILE_CREATED, FILE_OVERWRITTEN = 2, 3
INVALID_PARAMETER = 0xc000000d
STATUSES = {0: "ok", 0xc0000034: "absent", 0xc0000035: "exists", 0xc0000056: "pending",
            0xc0000043: "sharing", 0xc0000054: "locked", 0xc0000055: "locked",
            0xc000007e: "unlocked", 0xc0000022: "denied"}
OPLOCKS = {R | W | H: b.OPLOCK_BATCH, R | W: b.OPLOCK_EXCLUSIVE, R: b.OPLOCK_II, 0: b.OPLOCK_NONE}
MASKS = {level: mask for mask, level in OPLOCKS.items()}
# READ_CONTROL and SYNCHRONIZE alone break nothing; with data or DELETE each is a full open
ACCESS = {"r": b.READ_DATA | 0x80, "w": b.WRITE_DATA, "d": b.DELETE}
SHARE = {"r": b.SHARE_READ, "w": b.SHARE_WRITE, "d": b.SHARE_DELETE}


class Stuck(Exception):
    """Something has no end, or a client was sent what it cannot have been sent."""


def status_name(status):
    return STATUSES.get(status) or b.status_name(status)


def bits(letters, of):
    return sum(of[c] for c in letters)


# --- the stage --------------------------------------------------------------------------------

class Stage:
    """The actors, what they are about to do, and what they have seen."""

    def __init__(self):
        self.actors, self.tasks = {}, []        # tasks: [(what, generator)]
        self.moved = False                      # something has happened that another may wait for
        self.reset()

    def reset(self):
        self.ops, self.now, self.opens = [], 0, 0

    def add(self, actor):
        self.actors[actor.name] = actor

    def time(self):
        self.now += 1
        return self.now

    def new_open(self, actor):
        self.opens += 1
        return f"{actor}{self.opens}"

    def spawn(self, what, generator):
        self.tasks.append((what, generator))
        self.moved = True

    def run(self):
        """All that can go on does"""
        self.moved = True
        while self.moved:
            self.moved = False
            for task in self.tasks[:]:
                try:
                    next(task[1])
                except StopIteration:
                    self.tasks.remove(task)
                    self.moved = True

    def turn(self, seconds):
        """Takes what has come within SECONDS; False: nothing"""
        self.run()
        poll = select.poll()
        by_fd = {}
        for actor in self.actors.values():
            by_fd[actor.sock.fileno()] = actor
            poll.register(actor.sock, select.POLLIN)
        ready = poll.poll(seconds * 1000)
        for fd, _ in ready:
            by_fd[fd].take()
        return bool(ready)

    def until(self, done):
        """Goes on until DONE() is true; clients that put off their answers give them when nothing
        else happens"""
        end = time.monotonic() + PATIENCE
        self.run()
        while not done():
            if time.monotonic() > end:
                waiting = ", ".join(what for what, _ in self.tasks)
                raise Stuck(f"within {PATIENCE} s there is no end of: {waiting}")
            if not self.turn(0.03):
                self.answer_all()

    def busy(self, actor):
        return any(what.startswith(actor + " ") for what, _ in self.tasks)

    def busy_with_steps(self):
        """What is under way, but for breaks that their clients put off"""
        return [what for what, _ in self.tasks if not what.endswith(" answer")]

    def answer_all(self):
        for actor in self.actors.values():
            actor.deaf = False

    def play(self, steps):
        """Does STEPS, then all ends, and the first actor looks at what is left"""
        for step in steps:
            if self.busy(step.actor):
                self.answer_all()
            self.until(lambda s=step: not self.busy(s.actor) and
                       not (s.join and self.busy_with_steps()))
            actor = self.actors[step.actor]
            self.spawn(f"{step.actor} {step.verb}", actor.do(step))
            if step.join:
                self.until(lambda: not self.busy_with_steps())
            elif step.settle:
                while self.turn(0.005):
                    pass
        self.finish()

    def finish(self):
        self.answer_all()
        self.until(lambda: not self.tasks)
        for name, actor in self.actors.items():
            self.spawn(f"{name} end", actor.end())
        self.until(lambda: not self.tasks)

    def look(self, names):
        """What has come of NAMES, seen by the first actor"""
        name, actor = next(iter(self.actors.items()))
        self.spawn(f"{name} look", actor.look(names))
        self.until(lambda: not self.tasks)


class Actor:
    """One of those; two slots for what its application has open"""

    def __init__(self, stage, name):
        self.stage, self.name = stage, name
        self.slots, self.deaf = {}, False

    def op(self, kind, **args):
        op = Op(self.name, kind, args, {}, self.stage.time())
        self.stage.ops.append(op)
        return op

    def ends(self, op, status, **got):
        op.got = {"status": status, **got}
        op.res = self.stage.time()

    def part(self, op, kind, **args):
        """A part of OP, after the others"""
        last = [o for o in self.stage.ops if o is op or op in o.after][-1]
        self.stage.ops.append(Op(self.name, kind, args, None, op.inv, op.res, (op, last)))

    def do(self, step):
        verb = getattr(self, "do_" + step.verb)
        if step.verb in ("open", "deaf", "prename", "unlink"):
            yield from verb(step.slot, **step.args)
        elif step.slot in self.slots:
            yield from verb(self.slots[step.slot], **step.args)

    def do_close(self, f):
        for slot in [s for s, of in self.slots.items() if of is f]:
            del self.slots[slot]
        yield from self.put(f)


# --- an SMB client ----------------------------------------------------------------------------

class Cache:
    """What a client has of a file under one key: that of a lease, or an open's own oplock.

    key: in the history; id: LeaseKey or None; turn: counts what has made data invalid; since: the
    Op that has granted R; notes: breaks that are to be answered, [(mask, with an acknowledgment)]
    """

    def __init__(self, key, ident, name):
        self.key, self.id, self.name = key, ident, name
        self.state, self.epoch, self.turn, self.since = 0, None, 0, None
        self.opens, self.data, self.dirty, self.locks = [], None, {}, 0
        self.notes, self.breaking = [], False
        self.flushing = self.doomed = False

    def invalid(self):
        self.data = None
        self.turn += 1

    def serves(self):
        """May reads be answered from here?"""
        return self.state & R and self.data is not None and not self.locks and not self.breaking

    def keeps_back(self):
        return self.state & W and not self.locks and not self.breaking


class Opened:
    """An open of the server's; used: the application has it open, too"""

    def __init__(self, h, fid, access, share, cache):
        self.h, self.fid, self.access, self.share, self.cache = h, fid, access, share, cache
        self.used, self.locks = True, 0
        self.closing = self.sent = self.closed = False


class Client(Actor):
    """KIND: "lease-1", "lease-2" (the version), "oplock", or "plain": caches nothing"""

    def __init__(self, stage, name, tree, kind, folder=""):
        super().__init__(stage, name)
        self.tree, self.conn, self.kind = tree, tree.conn, kind
        self.folder, self.sock = folder, tree.conn.sock
        self.caches = {}                # name: Cache of a lease
        self.keyed = {}                 # LeaseKey, or FileId: Cache
        self.idle = []                  # Opened that are not used

    # --- messages -------------------------------------------------------------------

    def take(self):
        """What has come, message by message: each changes what is done with the next one"""
        while True:
            self.conn.recv(5)
            while self.conn.breaks:
                self.told(self.conn.breaks.pop(0))
            self.stage.run()
            have = self.conn.buf
            if len(have) < 4 or len(have) < 4 + int.from_bytes(have[:4], "big"):
                return

    def ask(self, body):
        mid = self.conn.send(body, self.tree.sess, self.tree)
        self.stage.moved = True
        while True:
            for reply in self.conn.replies:
                if reply.mid == mid:
                    self.conn.replies.remove(reply)
                    return reply
            yield

    def fence(self):
        """All breaks that were sent before now have come when this has"""
        yield from self.ask(b.echo())

    # --- breaks ---------------------------------------------------------------------

    def told(self, reply):
        """[MS-SMB2] 2.2.23, 3.2.5.19: at once, whatever is under way"""
        if len(reply.body) == 44:
            epoch, flags, key, old, new = struct.unpack_from("<HI16sII", reply.body, 2)
            self.broken(self.keyed.get(key), old, new, flags & 1, epoch)
        else:
            cache = self.keyed.get(reply.body[8:24])
            old = cache.state if cache else 0
            self.broken(cache, old, MASKS[reply.body[2]], old & W, 0)

    def broken(self, c, old, new, ack, epoch):
        if c is None:
            return                      # closed meanwhile
        newer = c.epoch is None or not epoch or 0 < (epoch - c.epoch) % 65536 < 32768
        if c.epoch is not None and newer:
            c.epoch = epoch
        if old & ~new & R and not old & W:
            self.loses(c, R)            # nothing waits for an acknowledgment of that
        if not newer and not ack:
            return                      # it has been granted again since
        if not new & R:
            c.invalid()
        if ack or c.breaking:
            c.notes.append((new, ack))
        else:
            c.state = new
        if c.notes and not c.breaking:
            c.breaking = True
            self.stage.spawn(f"{self.name} answer", self.answer(c))

    def loses(self, c, mask):
        op = self.op("lose", key=c.key, mask=mask)
        op.inv = c.since.inv
        self.ends(op, "ok")

    def answer(self, c):
        while self.deaf:
            yield
        while c.notes:
            new, ack = c.notes.pop(0)
            yield from self.flush(c)
            if not new & H:
                for f in [f for f in c.opens if not f.used]:
                    yield from self.closes(f)
            # from here on: the next break may come before the reply, and of an oplock only the
            # level that its client has left says whether that one is acknowledged
            c.state &= new
            if ack and c.opens:
                yield from self.acknowledge(c, new)
        c.breaking = False
        self.stage.moved = True

    def acknowledge(self, c, new):
        op = self.op("ack", key=c.key, mask=new)
        fid = c.opens[0].fid
        reply = yield from self.ask(b.lease_break(c.id, new) if c.id else
                                    b.oplock_break(fid, OPLOCKS[new]))
        if reply.status and c.opens:
            raise Stuck(f"{self.name} acknowledges that it keeps {new} of {c.key}: "
                        f"{b.status_name(reply.status)}")
        self.ends(op, "ok")

    def settled(self, c):
        """What is broken is answered first"""
        while c and c.breaking:
            self.deaf = False
            yield

    # --- opens ----------------------------------------------------------------------

    def do_deaf(self, _slot):
        """Breaks are answered later"""
        self.deaf = True
        yield from ()

    def do_open(self, slot, name, disposition, access, share, mask):
        if slot in self.slots:
            yield from self.do_close(self.slots[slot])
        f = None
        if disposition in (OPEN, OPEN_IF):
            f = yield from self.reopen(name, access, share)
        if not f:
            f = yield from self.create(name, disposition, access, share, mask)
        if f:
            self.slots[slot] = f

    def cached(self, name, access, share):
        for f in self.idle:
            if f.cache.name == name and f.share == share and set(access) <= set(f.access) \
                    and self.keeps(f):
                return f
        return None

    @staticmethod
    def keeps(f):
        """May the open be kept when it is not used?"""
        c = f.cache
        return c and c.state & H and not c.breaking and not c.doomed and not f.locks \
            and not f.closing

    def reopen(self, name, access, share):
        f = self.cached(name, access, share)
        if not f:
            return None
        op = self.op("reopen", h=f.h, name=name)
        self.idle.remove(f)
        f.used = True
        yield from self.fence()
        if self.keeps(f) and f.cache.name == name:
            self.ends(op, "ok")
            return f
        self.stage.ops.remove(op)
        yield from self.put(f)
        return None

    def key_for(self, name, mask):
        """The Cache whose lease is asked for; None: none is"""
        if not self.kind.startswith("lease") or not mask:
            return None
        if name in self.caches:
            return self.caches[name]
        ident = os.urandom(16)
        return Cache(f"{self.name}-{ident.hex()[:4]}", ident, name)

    def create_body(self, name, how, mask, cache):
        contexts, level = [(b"QFid", b"")], b.OPLOCK_NONE
        if cache:
            contexts.append(b.lease_context(cache.id, mask, version=int(self.kind[-1])))
            level = b.OPLOCK_LEASE
        elif self.kind == "oplock":
            level = OPLOCKS.get(mask, b.OPLOCK_II)
        return b.create(self.folder + name, disposition=how["disposition"], oplock=level,
                        access=bits(how["access"], ACCESS), share=bits(how["share"], SHARE),
                        options=b.OPT_NON_DIRECTORY, contexts=contexts)

    def create(self, name, disposition, access, share, mask):
        h = self.stage.new_open(self.name)
        op = self.op("open", h=h, name=name, disposition=disposition, access=access, share=share,
                     key=None, posix=False)
        if disposition in EMPTIES and name in self.caches:
            yield from self.settled(self.caches[name])
            yield from self.flush(self.caches[name])
        cache = self.key_for(name, mask)
        reply = yield from self.ask(self.create_body(name, op.args, mask, cache))
        if cache and reply.status == INVALID_PARAMETER:
            # the name is another file's by now: [MS-SMB2] 3.3.5.9.8
            self.caches.pop(name, None)
            cache = self.key_for(name, mask)
            reply = yield from self.ask(self.create_body(name, op.args, mask, cache))
        op.args["key"] = cache and cache.key
        if reply.status:
            self.ends(op, status_name(reply.status))
            return None
        return self.opened(op, reply, cache)

    def opened(self, op, reply, cache):
        made = smb2.File(self.tree, reply, op.args["name"])
        state, breaking = self.granted(made, cache)
        if state is None:
            cache = None
        elif not cache:
            cache = Cache(f"{self.name}-{op.args['h']}", None, op.args["name"])
        op.args["key"] = cache and cache.key
        self.ends(op, "ok", created=made.action == FILE_CREATED,
                  number=struct.unpack_from("<Q", made.contexts[b"QFid"])[0])
        f = Opened(op.args["h"], made.fid, op.args["access"], op.args["share"], cache)
        if made.action == FILE_OVERWRITTEN:
            self.part(op, "empty", h=f.h)
            self.part(op, "told", h=f.h)
        if cache:
            self.joins(f, op, state, breaking, made)
        return f

    def granted(self, made, cache):
        """(mask or None: nothing belongs to the open, is a break under way)"""
        if cache:
            if made.oplock != b.OPLOCK_LEASE:
                return None, False
            _, state, flags = struct.unpack_from("<16sII", made.contexts[b"RqLs"])
            return state, bool(flags & 2)
        return (MASKS[made.oplock] if made.oplock else None), False

    def joins(self, f, op, state, breaking, made):
        c = f.cache
        c.since = c.since or op
        c.opens.append(f)
        self.keyed[c.id or f.fid] = c
        if c.id:
            self.caches.setdefault(c.name, c)
        if made.action == FILE_OVERWRITTEN:
            c.invalid()
        if self.kind == "lease-2":
            epoch = struct.unpack_from("<H", made.contexts[b"RqLs"], 48)[0]
            if c.epoch is not None and (epoch - c.epoch) % 65536 >= 32768:
                return                  # older than what it knows
            c.epoch = epoch
        if breaking:
            return
        if state:
            self.part(op, "grant", h=f.h, mask=state)
        if state & R and not c.state & R:
            c.since = op
        if not state & R:
            c.invalid()
        c.state = state

    def put(self, f):
        """The application has closed it"""
        f.used = False
        yield from self.settled(f.cache)
        if self.keeps(f) and len(self.idle) < IDLE:
            self.idle.append(f)
        else:
            yield from self.closes(f)

    def closes(self, f):
        if f in self.idle:
            self.idle.remove(f)
        while f.closing and not f.closed:
            yield
        if f.closed:
            return
        f.closing = True
        if f.cache:
            yield from self.flush(f.cache)
        op = self.op("close", h=f.h)
        f.sent = True
        if f.cache:
            f.cache.opens.remove(f)
        reply = yield from self.ask(b.close(f.fid))
        self.ends(op, status_name(reply.status))
        f.closed = self.stage.moved = True
        if f.cache:
            self.left(f)

    def left(self, f):
        c = f.cache
        c.locks -= f.locks
        if c.opens:
            return
        if c.state & (R | W) == R:
            self.loses(c, R)            # the server may have held the break back, and dropped it
        c.state = 0
        c.invalid()
        self.keyed.pop(c.id or f.fid, None)
        if self.caches.get(c.name) is c:
            del self.caches[c.name]

    # --- data -----------------------------------------------------------------------

    def flush(self, c):
        while c.flushing:
            yield
        c.flushing = True
        while c.dirty:
            offset = next(iter(c.dirty))
            data = c.dirty.pop(offset)
            f = next(f for f in c.opens if "w" in f.access)
            reply = yield from self.ask(b.write(f.fid, data, offset))
            if reply.status:
                raise Stuck(f"{self.name} may keep {c.key} back, and what it writes then is "
                            f"refused: {b.status_name(reply.status)}")
        c.flushing = False
        self.stage.moved = True

    def fetch(self, f):
        """(status, the file's data) from the server; kept if that is allowed"""
        c = f.cache
        turn = c.turn if c else 0
        reply = yield from self.ask(b.read(f.fid, WHOLE))
        status, data = status_name(reply.status), b""
        if reply.status == 0xc0000011:
            status = "ok"               # END_OF_FILE
        elif not reply.status:
            off, size = reply.get("BxI", 2)
            data = reply.blob(off, size)
        if status == "ok" and c and c.state & R and c.turn == turn and not c.breaking:
            c.data = data
        return status, data

    def do_read(self, f):
        if "r" not in f.access:
            return
        op, c = self.op("read", h=f.h), f.cache
        while True:
            yield from self.settled(c)
            if not c or not c.serves():
                break
            if not c.state & W:
                yield from self.fence()
                if not c.serves():
                    continue
            self.ends(op, "ok", data=c.data, cached=True)
            return
        status, data = yield from self.fetch(f)
        self.ends(op, status, data=data)

    def do_write(self, f, offset, data):
        if "w" not in f.access:
            return
        op, c = self.op("write", h=f.h, offset=offset, data=data), f.cache
        yield from self.settled(c)
        if c and c.keeps_back() and c.data is None:
            reader = next((o for o in c.opens if "r" in o.access), None)
            if reader:
                yield from self.fetch(reader)
        if c and c.keeps_back() and c.data is not None:
            c.data = patched(c.data, offset, data)
            c.dirty[offset] = data
            op.args["kept"] = True
            self.ends(op, "ok")
            return
        yield from self.through(op, f, b.write(f.fid, data, offset),
                                lambda was: patched(was, offset, data))

    def do_trunc(self, f, size):
        if "w" not in f.access:
            return
        op = self.op("trunc", h=f.h, size=size)
        body = b.set_info(f.fid, struct.pack("<Q", size), class_=b.FILE_EOF)
        yield from self.through(op, f, body, lambda was: cut(was, size))

    def through(self, op, f, body, change):
        """The server makes the change, and the same is made to what is cached"""
        c = f.cache
        if c:
            yield from self.settled(c)
            yield from self.flush(c)
        turn = c.turn if c else 0
        reply = yield from self.ask(body)
        self.ends(op, status_name(reply.status))
        if not reply.status and op.kind == "write":
            self.part(op, "told", h=f.h)
        if c and c.data is not None:
            if reply.status or turn != c.turn or c.breaking:
                c.invalid()
            else:
                c.data = change(c.data)

    def do_lock(self, f, offset, size, exclusive):
        op, c = self.op("lock", h=f.h, offset=offset, size=size, exclusive=exclusive), f.cache
        if c:
            c.locks += 1                # from here on all goes to the server
            yield from self.settled(c)
            yield from self.flush(c)
            c.invalid()
        flags = (b.LOCK_EXCLUSIVE if exclusive else b.LOCK_SHARED) | b.LOCK_FAIL_NOW
        reply = yield from self.ask(b.lock(f.fid, [(offset, size, flags)]))
        self.ends(op, status_name(reply.status))
        if not reply.status:
            f.locks += 1
            self.part(op, "told", h=f.h)
        elif c:
            c.locks -= 1

    def do_unlock(self, f, offset, size):
        op = self.op("unlock", h=f.h, offset=offset, size=size)
        reply = yield from self.ask(b.lock(f.fid, [(offset, size, b.LOCK_UNLOCK)]))
        if not reply.status:
            f.locks -= 1
            if f.cache:
                f.cache.locks -= 1
        self.ends(op, status_name(reply.status))

    # --- names ----------------------------------------------------------------------

    def do_delete(self, f):
        if "d" not in f.access:
            return
        op = self.op("delete", h=f.h)
        yield from self.settled(f.cache)
        reply = yield from self.ask(b.set_info(f.fid, b"\1", class_=b.FILE_DISPOSITION))
        self.ends(op, status_name(reply.status))
        if f.cache and not reply.status:
            f.cache.doomed = True
            for idle in [i for i in self.idle if i.cache is f.cache]:
                yield from self.closes(idle)

    def do_rename(self, f, to, replace):
        if "d" not in f.access:
            return
        op, c = self.op("rename", h=f.h, to=to, replace=replace), f.cache
        yield from self.settled(c)
        reply = yield from self.ask(b.set_info(f.fid, b.rename_info(self.folder + to, replace),
                                               class_=b.FILE_RENAME))
        self.ends(op, status_name(reply.status))
        if c and not reply.status:
            if self.caches.get(c.name) is c:
                del self.caches[c.name]
            c.name = to
            if c.id:
                self.caches[to] = c

    # --- the end --------------------------------------------------------------------

    def end(self):
        for slot in sorted(self.slots):
            yield from self.do_close(self.slots[slot])
        while self.idle:
            yield from self.closes(self.idle[0])

    def look(self, names):
        for name in names:
            f = yield from self.create(name, OPEN, "r", "rwd", 0)
            if f:
                yield from self.do_read(f)
                yield from self.closes(f)

    def clean(self, names):
        """The names go, outside of any history; those that do not, as something is still open"""
        return [name for name in names if self.removes(name) != "absent"]

    def removes(self, name):
        """The status of a look at NAME after it has been removed"""
        body = b.create(self.folder + name, access=b.DELETE, disposition=OPEN,
                        options=b.OPT_DELETE_ON_CLOSE)
        reply = self.tree.request(body)
        if reply.status:
            return status_name(reply.status)
        smb2.File(self.tree, reply, name).close()
        return status_name(self.tree.request(b.create(self.folder + name, access=0x80,
                                                      disposition=OPEN)).status)


# --- a process of the server's machine ----------------------------------------------------------

class Process(Actor):
    """What history_agent.py does for it, in the directory that is served: here, or, mounted from
    there, at another place"""

    def __init__(self, stage, name, where):
        super().__init__(stage, name)
        self.sock = socket.create_connection(where, 10)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answers, self.have = [], b""

    def take(self):
        part = self.sock.recv(65536)
        if not part:
            raise Stuck(f"the agent of {self.name} has gone")
        *lines, self.have = (self.have + part).split(b"\n")
        self.answers += [json.loads(line) for line in lines]
        self.stage.run()

    def ask(self, verb, **args):
        self.sock.sendall(json.dumps({"verb": verb, **args}).encode() + b"\n")
        self.stage.moved = True
        while not self.answers:
            yield
        return self.answers.pop(0)

    def asks(self, op, **args):
        """For what has no outcome but a status"""
        got = yield from self.ask(op.kind, **{**op.args, **args})
        self.ends(op, got["status"])

    def do_open(self, slot, name, disposition, access, share, mask):
        if slot in self.slots:
            yield from self.do_close(self.slots[slot])
        access = access.replace("d", "")
        op = self.op("open", h=self.stage.new_open(self.name), name=name, disposition=disposition,
                     access=access, share=share, key=None, posix=True)
        got = yield from self.ask("open", **op.args)
        self.ends(op, got["status"], created=None, number=got.get("number"))
        if got["status"] != "ok":
            return mask
        if disposition in EMPTIES:
            self.part(op, "empty", h=op.args["h"])
        self.slots[slot] = Opened(op.args["h"], None, access, share, None)
        return mask

    def put(self, f):
        yield from self.asks(self.op("close", h=f.h))

    def do_read(self, f):
        if "r" in f.access:
            op = self.op("read", h=f.h)
            got = yield from self.ask("read", h=f.h, size=WHOLE)
            self.ends(op, got["status"], data=bytes.fromhex(got.get("data", "")))

    def do_write(self, f, offset, data):
        if "w" in f.access:
            yield from self.asks(self.op("write", h=f.h, offset=offset, data=data), data=data.hex())

    def do_trunc(self, f, size):
        if "w" in f.access:
            yield from self.asks(self.op("trunc", h=f.h, size=size))

    def do_prename(self, _slot, name, to):
        yield from self.asks(self.op("prename", name=name, to=to))

    def do_unlink(self, _slot, name):
        yield from self.asks(self.op("unlink", name=name))

    def end(self):
        for slot in sorted(self.slots):
            yield from self.do_close(self.slots[slot])
