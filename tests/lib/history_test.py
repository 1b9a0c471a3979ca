# SPDX-License-Identifier: GPL-2.0-or-later
"""What history.py must explain, and what it must not; run by unit/testlib

    history_test.py [COUNT]     how long it takes to explain so many histories of a toy server
"""
import random
import sys
import time

import history as hi
from history import CELL, EMPTY, H, Op, R, W

ALL = "rwd"
ONE, TWO, THREE = (c * CELL for c in (b"1", b"2", b"3"))
NOTHING = b""


class Book:
    """A history that is written by hand.  Its Ops are one after the other, but for beside()"""

    def __init__(self):
        self.ops, self.now, self.together = [], 0, None

    def add(self, actor, kind, got=None, after=(), **args):
        self.now += 2
        op = Op(actor, kind, args, {"status": "ok", **(got or {})}, self.now, self.now + 1, after)
        if self.together is not None:
            op.inv = self.together
        self.ops.append(op)
        return op

    def beside(self, count):
        """The latest COUNT of them overlap"""
        some = [op for op in self.ops if not op.after][-count:]
        inv, res = some[0].inv, some[-1].res
        for op in self.ops:
            if op in some or set(op.after) & set(some):
                op.inv, op.res = inv, res

    def open(self, h, name="a", *, mask=0, disposition=hi.OPEN_IF, access=ALL, share=ALL, key=None,
             made=False, number=7, status="ok", posix=False):
        key = f"k{h}" if key is None and not posix else key
        op = self.add(h[0], "open", {"status": status, "created": made, "number": number}, h=h,
                      name=name, disposition=disposition, access=access, share=share, key=key,
                      posix=posix)
        if mask:
            self.part(op, "grant", h=h, mask=mask)
        return op

    def read(self, h, data, status="ok"):
        return self.add(h[0], "read", {"status": status, "data": data}, h=h)

    def write(self, h, data, cell=0, status="ok", kept=False):
        op = self.add(h[0], "write", {"status": status}, h=h, offset=cell * CELL, data=data,
                      kept=kept)
        if not kept and status == "ok":
            self.part(op, "told", h=h)
        return op

    def part(self, op, kind, **args):
        self.ops.append(Op(op.actor, kind, args, None, op.inv, op.res, (op,)))

    def do(self, h, kind, status="ok", **args):
        return self.add(h[0], kind, {"status": status}, h=h, **args)

    def floats(self, op, since):
        op.inv = since.inv
        return op

    def good(self):
        order = hi.explain(self.ops)
        assert len(order) == len(self.ops)

    def bad(self, *words):
        try:
            hi.explain(self.ops)
        except hi.Unexplained as e:
            for word in words:
                assert word in str(e), f"{word} is not in {e}"
            return
        raise AssertionError("explained:\n" + hi.table(self.ops))


def two(mask=0, other=0):
    """A has made the file "a", and B has opened it"""
    k = Book()
    k.open("A1", mask=mask, made=True)
    if mask & W:
        k.add("A", "ack", key="kA1", mask=mask & ~W)
    k.open("B1", mask=other)
    return k


def history_one_after_the_other():
    k = two()
    k.read("B1", NOTHING)
    k.write("A1", ONE)
    k.read("B1", ONE)
    k.write("B1", TWO, 1)
    k.read("A1", ONE + TWO)
    k.do("A1", "trunc", size=CELL)
    k.read("B1", ONE)
    k.do("A1", "rename", to="b", replace=False)
    k.open("B2", "a", disposition=hi.OPEN, status="absent")
    k.open("B2", "b", disposition=hi.OPEN)
    k.do("B2", "delete")
    k.open("B3", "b", status="pending")
    for h in "A1", "B1", "B2":
        k.do(h, "close")
    k.open("B3", "b", made=True, number=7)
    k.good()


def history_stale_read():
    k = two()
    k.write("A1", ONE)
    k.read("B1", NOTHING)
    k.bad("B read", "the content is")
    k.beside(2)
    k.good()


def history_lost_write():
    k = two()
    k.write("A1", ONE)
    k.write("B1", TWO, 1)
    k.read("A1", ONE)
    k.bad("the content is [1")
    k = two()                           # one that overlaps is not lost either
    k.write("A1", ONE)
    k.write("B1", TWO)
    k.beside(2)
    k.read("A1", NOTHING)
    k.bad()


def history_of_overlaps():
    """Each of two writes beside each other may be the later one, and all see the same one"""
    for last in ONE, TWO:
        k = two()
        k.write("A1", ONE)
        k.write("B1", TWO)
        k.beside(2)
        k.read("A1", last)
        k.read("B1", last)
        k.good()
    k.read("A1", ONE)
    k.bad()


def history_reads_that_go_back():
    """A read beside a write sees it, a later one beside it does not"""
    k = two()
    w = k.write("A1", ONE)
    k.read("B1", ONE)
    w.res = k.ops[-2].res = k.now + 3
    k.good()
    k.read("B1", NOTHING)
    k.bad()


def history_write_after_rename():
    """A write goes to the file that was opened, whatever has its name by now"""
    for wrong in False, True:
        k = two()
        k.open("A2", "b", made=True, number=8)
        k.do("A2", "close")
        k.do("B1", "rename", to="c", replace=False)
        k.open("B2", "a", made=True, number=9)
        k.write("A1", ONE)
        k.read("B1", NOTHING if wrong else ONE)
        k.read("B2", ONE if wrong else NOTHING)
        if wrong:
            k.bad()
        else:
            k.good()


def history_file_of_another_number():
    k = two()
    k.do("B1", "close")
    k.open("B2", "a", number=8)
    k.bad("the name is that of file 7")


def history_two_with_w():
    k = Book()
    k.open("A1", mask=R | W, made=True)
    k.open("B1", mask=R | W)
    k.bad("RW is held by kA1")
    k = two()
    k.open("B2", mask=R | W)
    k.bad("W beside the open")


def history_kept_back():
    """What W keeps back is seen by no other, and no other sees the file without it"""
    k = Book()
    k.open("A1", mask=R | W | H, made=True)
    k.write("A1", ONE, kept=True)
    ack = k.add("A", "ack", key="kA1", mask=R | H)
    k.open("B1")
    k.read("B1", ONE)
    k.good()
    ack.inv, ack.res = k.now + 8, k.now + 9
    k.bad("RWH is held by kA1")


def history_read_cache():
    k = two(R, R)
    k.write("A1", ONE)
    k.bad("R is held by kB1")
    k = two(R, R)
    opened = k.ops[2]
    k.write("A1", ONE)
    k.floats(k.add("B", "lose", key="kB1", mask=R), opened)
    k.good()
    k.read("B1", NOTHING)               # it has been told, and goes on
    k.bad("the content is [1")


def history_lost_before_it_is_granted_again():
    """The client is told late, of what has been lost before an open has got it back"""
    k = two(R, R)
    opened = k.ops[2]
    k.write("A1", ONE)
    k.open("B2", mask=R, key="kB1")
    k.read("B2", ONE)
    k.bad("R is held by kB1")
    k.floats(k.add("B", "lose", key="kB1", mask=R), opened)
    k.good()


def history_handle_cache():
    k = two(R | H)
    k.do("B1", "rename", to="b", replace=False)
    k.bad("RH is held by kA1")
    k = two(R | H)
    k.add("A", "ack", key="kA1", mask=R)
    k.do("B1", "rename", to="b", replace=False)
    k.good()
    k.do("A1", "reopen", name="a")
    k.bad("the name is another file's")
    k = two(R | H)
    k.do("B1", "delete")
    k.do("A1", "reopen", name="a")
    k.bad("its delete is pending")


def history_sharing():
    k = Book()
    k.open("A1", made=True, share="r")
    k.open("B1", status="sharing")
    k.good()
    k.do("A1", "close")
    k.open("B2", status="sharing")
    k.bad("nothing stands in the way")
    k = Book()
    k.open("A1", made=True, share="r")
    k.open("B1")
    k.bad("sharing")
    k = Book()                          # the handle may be cached only: its client is asked first
    k.open("A1", made=True, share="r", mask=R | H)
    k.open("B1", status="sharing")
    k.bad("RH is held")


def history_locks():
    k = two()
    k.do("A1", "lock", offset=0, size=CELL, exclusive=True)
    k.read("B1", NOTHING, "locked")
    k.write("B1", TWO, 1)
    k.write("B1", TWO, 0, "locked")
    k.do("B1", "lock", "locked", offset=0, size=CELL, exclusive=False)
    k.do("A1", "unlock", offset=0, size=CELL)
    k.do("A1", "unlock", "unlocked", offset=0, size=CELL)
    k.write("B1", ONE)
    for kind in "lock", "lock", "unlock":   # two that are alike are two
        k.do("A1", kind, offset=0, size=CELL, exclusive=False)
    k.write("B1", TWO, 0, "locked")
    k.do("A1", "unlock", offset=0, size=CELL)
    k.do("A1", "lock", offset=0, size=CELL, exclusive=True)
    k.do("A1", "close")
    k.read("B1", ONE + TWO)
    k.good()
    k.read("B1", NOTHING, "locked")
    k.bad("no lock")
    k = two()
    k.do("A1", "lock", offset=0, size=CELL, exclusive=True)
    k.write("B1", ONE)
    k.bad("a lock stands in the way")


def history_overwrite_in_parts():
    """What an overwriting open removes may still be read when it has joined the others"""
    k = two()
    k.write("A1", ONE)
    part = k.open("B2", disposition=hi.OVERWRITE)
    k.read("A1", ONE)
    k.add("B", "empty", after=(part,), h="B2")
    part.res = k.now + 1
    k.ops[-1].inv = part.inv
    k.good()
    k.read("A1", ONE)
    k.bad()


def history_replaced():
    k = two()
    k.open("B2", "b", made=True, number=8)
    k.do("A1", "rename", "exists", to="b", replace=False)
    k.do("A1", "rename", "denied", to="b", replace=True)
    k.do("B2", "close")
    k.do("A1", "rename", to="b", replace=True)
    k.open("B3", "b", number=7)
    k.good()
    k.do("A1", "rename", "exists", to="c", replace=False)
    k.bad()


def history_of_processes():
    k = two()
    k.open("P1", posix=True)
    k.write("P1", ONE)
    k.read("B1", ONE)
    k.add("P", "prename", name="a", to="b")
    k.open("P2", disposition=hi.OPEN, posix=True, status="absent")
    k.add("P", "unlink", name="b")
    k.write("B1", TWO)
    k.read("P1", TWO)
    k.good()
    k.open("A2", "b")
    k.bad("the name does not exist")


# --- a toy server -------------------------------------------------------------------------------

class Toy:
    """Does each step of a schedule at one moment, between an invocation and a response"""

    def __init__(self, steps, rnd, fault=0.0):
        self.steps, self.rnd, self.fault = steps, rnd, fault
        self.state, self.old, self.slots, self.number = EMPTY, {}, {}, 0
        self.ops, self.now, self.waiting, self.faults = [], 0, [], 0

    def time(self):
        self.now += 1
        return self.now

    def begin(self, step):
        at = (step.actor, step.slot)
        verb, args, got = step.verb, dict(step.args), {"status": "ok"}
        if verb == "deaf" or (verb != "open") != (at in self.slots):
            return
        if verb == "open":
            self.number += 1
            args.update(h=f"{step.actor}{self.number}", key=None, posix=False)
            args.pop("mask")
        else:
            args["h"] = self.slots[at]
        if verb == "close":
            del self.slots[at]
        self.waiting.append([Op(step.actor, verb, args, got, self.time()), at])

    def outcomes(self, op):
        file = self.state.file_of(op.args["h"])
        if op.kind == "open":
            known = self.state.files.get(self.state.names.get(op.args["name"]))
            yield {"status": "ok", "created": known is None,
                   "number": known.number if known else self.number}
        elif op.kind == "read" and file is not None:
            yield {"status": "ok", "data": self.state.files[file].data}
        else:
            yield {"status": "ok"}
        for status in "absent exists pending sharing locked unlocked denied".split():
            yield {"status": status, "data": b""}

    def happen(self, op, at):
        before = self.state
        for op.got in self.outcomes(op):
            new = hi.DO[op.kind](self.state, op, len(self.ops))
            if not isinstance(new, str):
                break
        self.state = new
        if op.kind == "open" and op.ok:
            self.slots[at] = op.args["h"]
            if op.args["disposition"] in hi.EMPTIES:
                self.ops.append(Op(op.actor, "empty", {"h": op.args["h"]}, inv=op.inv, after=(op,)))
                self.state = hi.do_empty(self.state, self.ops[-1], 0)
        self.ops.append(op)
        if op.kind == "write" and op.ok and self.rnd.random() < self.fault and not self.faults:
            self.state = before         # nothing was written
            self.faults = 1

    def end(self, op):
        op.res = self.time()
        for part in self.ops:
            if op in part.after:
                part.res = op.res

    def run(self):
        for step in self.steps:
            while any(at[0] == step.actor for _, at in self.waiting) or \
                    step.join and self.waiting or self.rnd.random() < 0.3 and self.waiting:
                self.one()
            self.begin(step)
        while self.waiting:
            self.one()
        return self.ops

    def one(self):
        op, at = self.waiting.pop(self.rnd.randrange(len(self.waiting)))
        self.happen(op, at)
        self.end(op)


def toys(count, fault=0.0):
    for seed in range(count):
        toy = Toy(hi.schedule(seed, "ABCD"), random.Random(seed), fault)
        yield toy, toy.run()


def history_of_a_toy_server():
    for toy, ops in toys(200):
        try:
            hi.explain(ops)
        except hi.Unexplained as e:
            raise AssertionError(f"{e}\n{hi.table(ops)}\n{toy.steps}") from None


def history_of_a_toy_that_loses_writes():
    """A lost write shows unless nobody looks, or another one has written over it"""
    lost = found = 0
    for toy, ops in toys(200, 0.3):
        lost += toy.faults
        try:
            hi.explain(ops)
        except hi.Unexplained:
            assert toy.faults
            found += 1
    assert lost > 100 and found > lost / 3, (lost, found)


def history_shrinks():
    """To the steps that the failure needs, in their order"""
    steps = hi.schedule(3, "AB")
    needed = [steps[4], steps[11], steps[-3]]
    got = hi.shrink(steps, lambda some: [s for s in some if s in needed] == needed)
    assert got == needed, got
    assert hi.schedule(3, "AB") == steps and hi.schedule(4, "AB") != steps


TESTS = tuple(f for name, f in list(globals().items()) if name.startswith("history_"))


def main():
    count, begun, most, ops = int(sys.argv[1]), time.monotonic(), 0, 0
    for _, some in toys(count):
        start = time.monotonic()
        hi.explain(some)
        most, ops = max(most, time.monotonic() - start), ops + len(some)
    print(f"{count} histories, {ops} operations, {time.monotonic() - begun:.1f} s, "
          f"the longest {most * 1000:.0f} ms")


if __name__ == "__main__":
    main()
