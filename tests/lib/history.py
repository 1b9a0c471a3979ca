# SPDX-License-Identifier: GPL-2.0-or-later
"""history - is there an order that explains what several actors saw of a few files?

    steps = schedule(seed, ACTORS)      # who does what, and beside what
    ops = ...                           # a test runs them, and records an Op for each
    found = explain(ops)                # raises Unexplained
    steps = shrink(steps, fails)        # fewer steps that still fail

An Op has the time of its invocation and of its response.  A history is linearizable (Herlihy and
Wing) if each Op can be given one moment between the two, such that the Ops, one after the other in
that order, do to the model below what they were seen to do.  explain() is the search of Wing and
Gong with Lowe's memory of configurations: a set of Ops that have happened, and the state that
they lead to, are not visited twice.

The model is a server's: names lead to files, opens to files; sharing modes, deletes that wait for
the last close and byte-range locks as in [MS-FSA] 2.1.5.  What a client has of its caches it does
not ask the server for, and it is in the history all the same: a read, a write, an open of a cached
handle.  So a write that a client keeps back has to be seen by no other, and a stale cache explains
nothing.  Beside that the model knows which rights (R, W and H) a client was granted and has not
lost yet, and lets nothing happen that another one's right forbids.
"""
import random
from typing import NamedTuple

R, H, W = 1, 2, 4
CELL, CELLS = 8, 4                      # a write is one cell: its token is unique in a history
NAMES = ("a", "b", "c")
SUPERSEDE, OPEN, CREATE_NEW, OPEN_IF, OVERWRITE, OVERWRITE_IF = range(6)
MAKES = (CREATE_NEW, OPEN_IF, OVERWRITE_IF)
EMPTIES = (OVERWRITE, OVERWRITE_IF)
DISPOSITIONS = ("supersede", "open", "create", "open-if", "overwrite", "overwrite-if")
MOST_VISITED = 200000                   # configurations; no history of a test needs a hundredth


class Unexplained(Exception):
    """There is no order.  The text says where the longest one ends, and why no Op comes next."""


def rights_name(mask):
    return "".join(c for c, bit in (("R", R), ("W", W), ("H", H)) if mask & bit) or "-"


# --- what was seen ----------------------------------------------------------------------------

class Op:
    """ACTOR did KIND, between the times INV and RES; ARGS: what it asked for; GOT: the outcome.

    GOT has "status": "ok", or why not.  AFTER: Ops that are before this one, whatever their times
    say, as parts of one request are.  The kinds, ARGS and GOT:

    open    h name disposition access share key posix; created (None: it was not said) number.  KEY:
            what rights belong to
    empty   h                   the part of an overwriting open that removes the content
    grant   h mask              the part of an open that grants rights to its key
    reopen  h name              the application opens what its client has still open
    read    h; data             the whole file; cached: the client has not asked for it
    write   h offset data
    trunc   h size
    delete  h                   with the last close
    rename  h to replace
    lock    h offset size exclusive         unlock  h offset size
    close   h                   the server's open, which its client may have kept for a while
    ack     h mask              the client has told the server that it keeps MASK of its rights
    lose    h mask              it has been told that it has lost MASK; any time since INV it had
    prename name to             unlink  name            of a process: by name
    """
    __slots__ = ("actor", "kind", "args", "got", "inv", "res", "after", "excused")

    def __init__(self, actor, kind, args, got=None, inv=0, res=None, after=()):
        self.actor, self.kind, self.args, self.got = actor, kind, args, got or {"status": "ok"}
        self.inv, self.res, self.after, self.excused = inv, res, after, False

    @property
    def ok(self):
        return self.got.get("status", "ok") == "ok"

    def __str__(self):
        return f"{self.actor} {self.kind} {says(self.args)} -> {says(self.got)}"


def says(what):
    out = []
    for name, value in what.items():
        if name == "mask":
            value = rights_name(value)
        elif name == "disposition":
            value = DISPOSITIONS[value]
        elif isinstance(value, bytes):
            value = cells(value)
        if name == "status":
            out.insert(0, str(value))
        elif name == "key":
            out.append(f"key={value}" if value is not None else "no key")
        elif name != "posix" or value:
            out.append(f"{name}={value}")
    return " ".join(out)


def cells(data):
    """Content, a cell after the other"""
    parts = [data[i:i + CELL] for i in range(0, len(data), CELL)]
    return "[" + " ".join(p.strip(b"\0").decode("latin1") or "." for p in parts) + "]"


def table(ops):
    """The history, a line for each Op, in the order of their invocations"""
    lines = [f"{op.inv:>5}-{'?' if op.res is None else op.res:<5} {op}"
             for op in sorted(ops, key=lambda op: op.inv)]
    return "\n".join(lines)


# --- the model --------------------------------------------------------------------------------

class File(NamedTuple):
    number: object                      # FileId or st_ino, once it has been seen
    data: bytes
    pending: bool                       # to be removed with the last close


class State:
    """What a server would have.  Never changed: but() makes another one."""
    __slots__ = ("names", "files", "opens", "locks", "rights")

    def __init__(self, names, files, opens, locks, rights):
        self.names = names              # name: file, which is the index of the Op that made it
        self.files = files              # file: File
        self.opens = opens              # h: (file, args of its Op)
        self.locks = locks              # ((h, file, offset, end, exclusive)...), sorted
        self.rights = rights            # key: (file, mask)

    def but(self, names=None, files=None, opens=None, locks=None, rights=None):
        return State(self.names if names is None else names,
                     self.files if files is None else files,
                     self.opens if opens is None else opens,
                     self.locks if locks is None else locks,
                     self.rights if rights is None else rights)

    def frozen(self):
        return (frozenset(self.names.items()), frozenset(self.files.items()),
                frozenset((h, f) for h, (f, _) in self.opens.items()), self.locks,
                frozenset(self.rights.items()))

    def file_of(self, h):
        return self.opens[h][0] if h in self.opens else None

    def key_of(self, h):
        return self.opens[h][1]["key"]

    def with_file(self, file, **fields):
        return self.but(files={**self.files, file: self.files[file]._replace(**fields)})

    def held(self, file, mask, but=None):
        """'', or why not: a right of MASK that another key than BUT has"""
        for key, (of, has) in self.rights.items():
            if of == file and has & mask and key != but:
                return f"{rights_name(has)} is held by {key}"
        return ""

    def smb_opens(self, file):
        return [h for h, (f, how) in self.opens.items() if f == file and not how["posix"]]

    def name_of(self, file):
        return next((n for n, f in self.names.items() if f == file), None)


EMPTY = State({}, {}, {}, (), {})


def without(mapping, key):
    return {k: v for k, v in mapping.items() if k != key}


def forgotten(s, file):
    """A file without a name and an open is gone"""
    if file in s.names.values() or any(f == file for f, _ in s.opens.values()):
        return s
    return s.but(files=without(s.files, file))


def clashes(s, file, args):
    """The opens that share modes forbid beside the one of ARGS: [MS-FSA] 2.1.5.1.2.2"""
    access = args["access"] + ("w" if args["disposition"] in EMPTIES else "")
    out = []
    for h in s.smb_opens(file):
        how = s.opens[h][1]
        if any(a not in how["share"] for a in access) or \
                any(a not in args["share"] for a in how["access"]):
            out.append(h)
    return out


def open_refused(s, op, file):
    """[MS-FSA] 2.1.5.1: the outcome is a refusal"""
    status, disposition = op.got["status"], op.args["disposition"]
    if status == "absent":
        return s if file is None and disposition not in MAKES else "the name exists"
    if file is None:
        return "the name does not exist"
    if status == "exists":
        return s if disposition == CREATE_NEW else "it was to be opened"
    if status == "pending":
        return s if s.files[file].pending else "no delete is pending"
    if status == "sharing":
        if op.excused:
            return s
        if not clashes(s, file, op.args):
            return "nothing stands in the way"
        # those that cached handles may be the reason have been asked to close them
        return s.held(file, H, op.args["key"]) or s
    return f"nothing explains {status}"


def do_open(s, op, index):
    args, got = op.args, op.got
    file = s.names.get(args["name"])
    if not op.ok:
        return open_refused(s, op, file)
    opened = (file, args)
    if file is None:
        if got["created"] is False or args["disposition"] not in MAKES:
            return "the name does not exist"
        return s.but(names={**s.names, args["name"]: index},
                     files={**s.files, index: File(got["number"], b"", False)},
                     opens={**s.opens, args["h"]: (index, args)})
    known = s.files[file]
    if got["created"] or args["disposition"] == CREATE_NEW:
        return "the name exists"
    if known.number != got["number"]:
        return f"the name is that of file {known.number}"
    if not args["posix"]:
        if known.pending:
            return "its delete is pending"
        if clashes(s, file, args):
            return f"sharing: {clashes(s, file, args)} are open"
        if why := s.held(file, W, args["key"]):
            return why
    return s.but(opens={**s.opens, args["h"]: opened})


def do_grant(s, op, _):
    h, mask = op.args["h"], op.args["mask"]
    file = s.file_of(h)
    if file is None:
        return "it is not open"
    key = s.key_of(h)
    if why := s.held(file, R | H | W if mask & W else W, key):
        return why
    if mask & W:
        for other in s.opens:
            if s.file_of(other) == file and s.key_of(other) != key:
                return f"W beside the open {other}"
    return s.but(rights={**s.rights, key: (file, mask)})


def do_reopen(s, op, _):
    file = s.file_of(op.args["h"])
    if file is None or s.names.get(op.args["name"]) != file:
        return "the name is another file's"
    return "its delete is pending" if s.files[file].pending else s


def locked(s, h, file, start, end, write):
    """The locks that forbid access through H: [MS-FSA] 2.1.4.10.  True, False; None: perhaps"""
    perhaps = False
    for by, of, begin, stop, exclusive in s.locks:
        if of == file and begin < end and start < stop:
            if by != h and (exclusive or write):
                return True
            perhaps |= by == h and write and not exclusive
    return None if perhaps else False


def access(s, op, start, end, write):
    """'', or why data cannot be read or written; "refused": it is refused, and rightly"""
    h = op.args["h"]
    file = s.file_of(h)
    if file is None:
        return "it is not open"
    posix = s.opens[h][1]["posix"]
    stands = False if posix else locked(s, h, file, start, end, write)
    if op.got["status"] == "locked":
        return "no lock stands in the way" if stands is False else "refused"
    if not op.ok:
        return f"nothing explains {op.got['status']}"
    if stands:
        return "a lock stands in the way"
    return s.held(file, R | W if op.args.get("kept") else W, s.key_of(h))


def do_told(s, op, _):
    """R ends without an acknowledgment, after the change and before the reply to it"""
    file = s.file_of(op.args["h"])
    if file is None:
        return "it is not open"
    return s.held(file, R, s.key_of(op.args["h"])) or s


def do_read(s, op, _):
    why = access(s, op, 0, CELL * CELLS, False)
    if why:
        return s if why == "refused" else why
    data = s.files[s.file_of(op.args["h"])].data
    return s if data == op.got["data"] else f"the content is {cells(data)}"


def do_write(s, op, _):
    start, new = op.args["offset"], op.args["data"]
    why = access(s, op, start, start + len(new), True)
    if why:
        return s if why == "refused" else why
    file = s.file_of(op.args["h"])
    return s.with_file(file, data=patched(s.files[file].data, start, new))


def patched(data, offset, new):
    data = data.ljust(offset, b"\0")
    return data[:offset] + new + data[offset + len(new):]


def cut(data, size):
    return data[:size].ljust(size, b"\0")


def do_trunc(s, op, _):
    size = op.args["size"]
    file = s.file_of(op.args["h"])
    now = len(s.files[file].data) if file is not None else 0
    why = access(s, op, min(now, size), max(now, size), True)
    # [MS-FSA] 2.1.5.15.4 asks for no lock
    if why == "refused":
        return s
    if why and why != "a lock stands in the way":
        return why
    return s.with_file(file, data=cut(s.files[file].data, size))


def do_empty(s, op, _):
    file = s.file_of(op.args["h"])
    if file is None:
        return "it is not open"
    return s.held(file, W, s.key_of(op.args["h"])) or s.with_file(file, data=b"")


def do_delete(s, op, _):
    file = s.file_of(op.args["h"])
    if file is None:
        return "it is not open"
    if not op.ok:
        return s if s.name_of(file) is None else f"nothing explains {op.got['status']}"
    return s.with_file(file, pending=True)


def rename_refused(s, op, file, target):
    status = op.got["status"]
    busy = target is not None and target != file
    if status == "exists" and busy and not op.args["replace"]:
        return s
    if status == "pending" and (s.files[file].pending or busy and s.files[target].pending):
        return s
    if status == "denied" and busy and op.args["replace"] and s.smb_opens(target):
        return s.held(target, H) or s
    if status == "sharing" and op.excused or s.name_of(file) is None:
        return s
    return f"nothing explains {status}"


def do_rename(s, op, _):
    h, to = op.args["h"], op.args["to"]
    file, target = s.file_of(h), s.names.get(to)
    if file is None:
        return "it is not open"
    if not op.ok:
        return rename_refused(s, op, file, target)
    if s.files[file].pending:
        return "its delete is pending"
    name = s.name_of(file)
    if name is None:
        return "its name has gone"
    if target == file:
        return s
    if why := s.held(file, H, s.key_of(h)):
        return why
    if target is not None:
        if not op.args["replace"] or s.files[target].pending:
            return "the new name exists"
        if why := s.held(target, H):
            return f"what it replaces: {why}"
        if s.smb_opens(target):
            return f"what it replaces is open: {s.smb_opens(target)}"
    return moved(s, name, to)


def moved(s, name, to):
    target = s.names.get(to)
    s = s.but(names={**without(s.names, name), to: s.names[name]})
    return s if target is None else forgotten(s, target)


def do_prename(s, op, _):
    name, to = op.args["name"], op.args["to"]
    file, target = s.names.get(name), s.names.get(to)
    if op.got["status"] == "absent":
        return s if file is None else "the name exists"
    if file is None:
        return "the name does not exist"
    if why := s.held(file, H) or target is not None and s.held(target, H):
        return why
    return s if target == file else moved(s, name, to)


def do_unlink(s, op, _):
    file = s.names.get(op.args["name"])
    if op.got["status"] == "absent":
        return s if file is None else "the name exists"
    if file is None:
        return "the name does not exist"
    if why := s.held(file, H):
        return why
    return forgotten(s.but(names=without(s.names, op.args["name"])), file)


def do_lock(s, op, _):
    h, start = op.args["h"], op.args["offset"]
    end, exclusive, file = start + op.args["size"], op.args["exclusive"], s.file_of(h)
    if file is None:
        return "it is not open"
    others = own = False
    for by, of, begin, stop, excl in s.locks:
        if of == file and begin < end and start < stop and (exclusive or excl):
            others |= by != h
            own |= by == h
    if op.got["status"] == "locked":
        return s if others or own else "no lock stands in the way"
    if others or not op.ok:
        return "a lock stands in the way" if others else f"nothing explains {op.got['status']}"
    return s.held(file, W, s.key_of(h)) or \
        s.but(locks=tuple(sorted(s.locks + ((h, file, start, end, exclusive),))))


def do_unlock(s, op, _):
    h, start = op.args["h"], op.args["offset"]
    mine = [x for x in s.locks if x[0] == h and x[2:4] == (start, start + op.args["size"])]
    if op.got["status"] == "unlocked":
        return s if not mine else "it is locked"
    if not mine or not op.ok:
        return "it is not locked" if not mine else f"nothing explains {op.got['status']}"
    at = s.locks.index(mine[-1])
    return s.but(locks=s.locks[:at] + s.locks[at + 1:])


def do_close(s, op, _):
    h = op.args["h"]
    file = s.file_of(h)
    if file is None:
        return "it is not open"
    key = s.key_of(h)
    opens = without(s.opens, h)
    s = s.but(opens=opens, locks=tuple(x for x in s.locks if x[0] != h))
    if key in s.rights and not any(how["key"] == key for _, how in opens.values()):
        s = s.but(rights=without(s.rights, key))
    if s.files[file].pending and not s.smb_opens(file):
        name = s.name_of(file)
        s = s.with_file(file, pending=False)
        if name is not None:
            s = s.but(names=without(s.names, name))
    return forgotten(s, file)


def keep(s, key, mask):
    """KEY has no more than MASK, and nothing without R"""
    if key not in s.rights:
        return s
    file, has = s.rights[key]
    left = has & mask
    if not left & R:
        return s.but(rights=without(s.rights, key))
    return s.but(rights={**s.rights, key: (file, left)})


def do_ack(s, op, _):
    return keep(s, op.args["key"], op.args["mask"])


def do_lose(s, op, _):
    return keep(s, op.args["key"], ~op.args["mask"])


DO = {name[3:]: f for name, f in list(globals().items()) if name.startswith("do_")}
# What leaves the state as it is, whenever it happens: it may happen as soon as it can
NEVER_CHANGES = ("read", "reopen", "told")


# --- the search -------------------------------------------------------------------------------

class Search:
    """Wing and Gong: from a configuration, every Op that none of the others has to come before."""

    def __init__(self, ops):
        self.ops = sorted(ops, key=lambda op: op.inv)
        self.count = len(self.ops)
        index = {id(op): i for i, op in enumerate(self.ops)}
        self.after = [sum(1 << i for i in {index[id(a)] for a in op.after}) for op in self.ops]
        self.inv = [op.inv for op in self.ops]
        self.res = [float("inf") if op.res is None else op.res for op in self.ops]
        self.do = [DO[op.kind] for op in self.ops]
        self.still = [op.kind in NEVER_CHANGES or not op.ok for op in self.ops]
        self.seen, self.best, self.why, self.order = set(), -1, [], []
        self.all = sum(1 << i for i, op in enumerate(self.ops) if op.res is not None)
        self.excuse()

    def excuse(self):
        """What is renamed, or replaced, is in the way of others for a moment"""
        names = [i for i, op in enumerate(self.ops) if op.kind == "rename"]
        for i, op in enumerate(self.ops):
            if op.got.get("status") == "sharing":
                op.excused = any(j != i and self.inv[j] < self.res[i] and self.inv[i] < self.res[j]
                                 for j in names)

    def next(self, done, low):
        """Indices of the Ops that may be next: LOW: none before that is left"""
        first, out = float("inf"), []
        for i in range(low, self.count):
            if done >> i & 1:
                continue
            if self.inv[i] > first:
                break
            first = min(first, self.res[i])
            if not self.after[i] & ~done:
                out.append(i)
        return sorted((i for i in out if self.inv[i] < first), key=self.res.__getitem__)

    def run(self):
        """True: there is an order"""
        stack = [(0, 0, EMPTY, ())]
        while stack:
            done, low, state, path = stack.pop()
            branches = self.walk(done, low, state, path)
            if branches is None:
                return True
            stack += branches
        return False

    def walk(self, done, low, state, path):
        """Goes on as long as there is one way only; the ways from there.  None: arrived."""
        while True:
            if not self.all & ~done:
                self.order = path
                return None
            while done >> low & 1:
                low += 1
            ways, why = [], []
            for i in self.next(done, low):
                new = self.do[i](state, self.ops[i], i)
                if isinstance(new, str):
                    why.append(f"{self.ops[i]}: {new}")
                    continue
                ways.append((i, new))
                if self.still[i]:
                    ways = ways[-1:]
                    break
            if not ways:
                self.dead_end(path, why, state)
                return []
            if len(ways) > 1:
                if not self.is_new(done, state):
                    return []
                return [(done | 1 << i, low, new, path + (i,)) for i, new in reversed(ways)]
            i, state = ways[0]
            done |= 1 << i
            path += (i,)

    def is_new(self, done, state):
        known = (done, state.frozen())
        if known in self.seen:
            return False
        self.seen.add(known)
        if len(self.seen) > MOST_VISITED:
            raise Unexplained("not decided: too many Ops overlap")
        return True

    def dead_end(self, path, why, state):
        if len(path) > self.best:
            self.best, self.why, self.stuck, self.order = len(path), why, state, path


def explain(ops):
    """An order of OPS that explains them; else Unexplained is raised"""
    search = Search(ops)
    if search.run():
        return [search.ops[i] for i in search.order]
    text = [f"no order explains this; the longest one has {search.best} of {len(ops)} operations:"]
    text += [f"    {search.ops[i]}" for i in search.order[-12:]]
    text += ["and no operation can be next:"] + [f"    {line}" for line in search.why]
    files = {f: (file.number, cells(file.data), file.pending)
             for f, file in search.stuck.files.items()}
    text += [f"there: names {search.stuck.names}, files {files}, rights " +
             str({k: (f, rights_name(m)) for k, (f, m) in search.stuck.rights.items()})]
    raise Unexplained("\n".join(text))


# --- what is to be done -----------------------------------------------------------------------

class Step(NamedTuple):
    """ACTOR is to do VERB to its file number SLOT.  JOIN: nothing else is under way then, and the
    next step waits for its end; else the next one begins beside it, after a while if it SETTLES."""
    actor: str
    verb: str
    slot: int
    args: dict
    join: bool
    settle: bool

    def __str__(self):
        how = "" if self.join else ", settles" if self.settle else ", overlaps"
        return f"{self.actor} {self.verb} {self.slot} {says(self.args)}{how}"


def choose(rnd, weights):
    return rnd.choices(list(weights), list(weights.values()))[0]


VERBS = {"read": 22, "write": 24, "close": 16, "open": 6, "rename": 9, "delete": 3, "trunc": 4,
         "lock": 6, "unlock": 1, "deaf": 3}
PROCESS_VERBS = {"read": 22, "write": 22, "close": 12, "open": 8, "prename": 6, "unlink": 5,
                 "trunc": 4}
SHARES = {"rwd": 20, "rw": 2, "r": 1, "rd": 1}


class Author:
    """Writes a schedule: half of what an actor does is about the name of what it did before"""

    def __init__(self, rnd, everyone, processes, names):
        self.rnd, self.processes, self.names = rnd, processes, names
        self.opened = {(a, n): False for a in everyone for n in range(2)}
        self.latest = {}                # actor: name; (actor, slot): cell that was locked

    def name(self, actor):
        if actor not in self.latest or self.rnd.random() < 0.5:
            self.latest[actor] = self.rnd.choice(self.names)
        return self.latest[actor]

    def open(self, actor, _):
        rnd = self.rnd
        return {"name": self.name(actor),
                "disposition": choose(rnd, {OPEN_IF: 16, OPEN: 2, CREATE_NEW: 1, OVERWRITE_IF: 2,
                                            OVERWRITE: 1}),
                "access": choose(rnd, {"rwd": 6, "rw": 3, "r": 3}), "share": choose(rnd, SHARES),
                "mask": choose(rnd, {R | W | H: 8, R | H: 3, R | W: 2, R: 2, 0: 1})}

    def write(self, actor, _, token):
        return {"offset": self.rnd.randrange(CELLS) * CELL, "data": token}

    def trunc(self, *_):
        return {"size": self.rnd.randrange(CELLS) * CELL}

    def rename(self, *_):
        return {"to": self.rnd.choice(self.names), "replace": self.rnd.random() < 0.6}

    def prename(self, actor, _):
        return {"name": self.name(actor), "to": self.rnd.choice(self.names)}

    def unlink(self, actor, _):
        return {"name": self.name(actor)}

    def lock(self, actor, slot):
        self.latest[actor, slot] = self.rnd.randrange(CELLS) * CELL
        return {"offset": self.latest[actor, slot], "size": CELL,
                "exclusive": self.rnd.random() < 0.7}

    def unlock(self, actor, slot):
        return {"offset": self.latest.get((actor, slot), 0), "size": CELL}

    def args(self, verb, actor, slot, token):
        if verb == "write":
            return self.write(actor, slot, token)
        how = getattr(self, verb, None)
        return how(actor, slot) if how else {}

    def verb(self, actor, slot):
        verb = "open"
        if self.opened[actor, slot]:
            verb = choose(self.rnd, PROCESS_VERBS if actor in self.processes else VERBS)
        self.opened[actor, slot] = verb != "close"
        if verb in ("open", "close"):
            self.latest.pop((actor, slot), None)
        if verb == "lock" and (actor, slot) in self.latest and self.rnd.random() < 0.6:
            verb = "unlock"
        return verb


def schedule(seed, actors, processes=(), names=NAMES):
    """The steps that SEED stands for: of ACTORS, clients, and of PROCESSES; each has two slots"""
    rnd = random.Random(seed)
    everyone = [*actors, *processes]
    author = Author(rnd, everyone, processes, names)
    overlap, steps = rnd.choice((0.1, 0.4, 0.7)), []
    for number in range(rnd.randrange(30, 70)):
        actor, slot = rnd.choice(everyone), rnd.randrange(2)
        verb = author.verb(actor, slot)
        token = f"{actor}{seed % 1000:03d}.{number:03d}".encode()[:CELL].ljust(CELL, b"~")
        steps.append(Step(actor, verb, slot, author.args(verb, actor, slot, token),
                          rnd.random() >= overlap, rnd.random() < 0.5))
    return steps


def shrink(steps, fails, most=200):
    """Fewer of STEPS for which FAILS(steps) is still true; it is asked MOST times at most"""
    asked = 0

    def still(some):
        nonlocal asked
        asked += 1
        return asked <= most and fails(some)

    size = max(1, len(steps) // 2)
    while asked < most:
        at, dropped = len(steps), False
        while at > 0 and asked < most:      # from the end: the shortest prefix first
            begin = max(0, at - size)
            less = steps[:begin] + steps[at:]
            if less and still(less):
                steps, dropped = less, True
            at = begin
        if size == 1 and not dropped:
            break
        size = max(1, size // 2)
    return steps
