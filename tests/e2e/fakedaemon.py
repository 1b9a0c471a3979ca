#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A daemon that knows people from a table, for tests of what the kernel does with its answers.

In the guest, with cifssrvd stopped:
    fakedaemon.py serve     has /dev/cifssrv; whoever logs on sends its name for a security blob
    fakedaemon.py ask ...   has that one answer:
        person NAME JSON    {"uid":, "gid":, "groups": [], "home":, "group":, "guest":, "anonymous": },
                                by that name
        end WHAT ID...      CSRV_OP_END, one after the other: their statuses as errnos
        status WHAT         the records of a list, a line of JSON each
        quit
On the host: Fake() stops cifssrvd, starts this, and brings cifssrvd back.
"""
import json
import os
import select
import shlex
import socket
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "../abuse"))
SOCKET = "/run/fakedaemon"
KEY = b"k" * 16


# --- in the guest -----------------------------------------------------------------------------

class Server:
    def __init__(self):
        import upcall_abuse as u        # pylint: disable=import-outside-toplevel
        self.u = u
        self.people = {}
        self.own = 0
        self.d = u.Daemon()

    def question(self, q):
        u = self.u
        if q.op == u.AUTH_STEP:
            logon = u.AUTH_Q.unpack_from(q.body)
            self.d.answer(q, self.auth(q.body[len(q.body) - logon[4]:]))
        elif q.op not in (u.AUTH_ABORT, u.PIPE_CLOSE):
            self.d.answer(q, status=-2)

    def auth(self, blob):
        u, name = self.u, blob.decode(errors="replace")
        p = self.people.get(name)
        if not p:
            return u.auth_answer(result=u.DENIED, nt_status=0xc000006d)
        kind = u.GUEST if p.get("guest") else u.ANONYMOUS if p.get("anonymous") else 0
        return u.auth_answer(result=u.DONE, identity=kind, uid=p["uid"], gid=p["gid"],
                             user=p.get("user", name).encode(), groups=p.get("groups", ()),
                             home=p.get("home", "").encode(), group=p.get("group", "").encode(),
                             key=b"" if kind == u.GUEST else KEY)

    def ask(self, op, body):
        """The answer to a question of our own; the kernel's are answered meanwhile"""
        self.own += 1
        self.d.write(self.u.message(op, self.u.OWN | self.own, body))
        while True:
            m = self.d.read(10)
            if m.id == self.u.OWN | self.own:
                return m
            self.question(m)

    def status(self, what):
        u, found, cursor = self.u, [], 0
        while True:
            a = self.ask(u.STATUS, u.STATUS_Q.pack(what, 0, cursor, 0))
            if a.status:
                return f"error {a.status}"
            cursor, n, _ = u.STATUS_A.unpack_from(a.body)
            found += u.records(what, a.body[u.STATUS_A.size:][:n])
            if not cursor:
                return "".join(json.dumps(self.member_names(r)) + "\n" for r in found)

    def member_names(self, r):
        """A record as cifssrvd prints it, as far as tests look at it"""
        flags = r.pop("flags")
        for name in set(r) & {"user", "domain", "client", "share", "name", "path"}:
            r[name] = r[name].decode(errors="replace")
        for name in set(r) & {"session", "open"}:
            r[name] = f"0x{r[name]:016x}"
        if not flags & 0x20:
            r.pop("path", None)
        if "identity" in r:
            r["auth"] = ("" if not flags & 4 else "anonymous" if r["identity"] & 2 else
                         "guest" if r["identity"] & 1 else "user")
            r["signed"] = bool(flags & 2)
        if "oplock" in r:
            r["oplock"] = ("none", "level II", "exclusive", "batch", "lease")[r["oplock"]]
            r["breaking"] = bool(flags & 0x40)
            r["disconnected"] = bool(flags & 0x100)
        return r

    def command(self, words):
        if words[0] == "person":
            self.people[words[1]] = json.loads(words[2])
            return ""
        if words[0] == "end":
            what, u = int(words[1]), self.u
            return " ".join(str(-self.ask(u.END, u.END_Q.pack(what, 0, int(i, 0))).status)
                            for i in words[2:])
        if words[0] == "status":
            return self.status(int(words[1]))
        sys.exit(0)

    def serve(self):
        listener = socket.socket(socket.AF_UNIX)
        if os.path.exists(SOCKET):
            os.unlink(SOCKET)
        listener.bind(SOCKET)
        listener.listen()
        while True:
            ready, _, _ = select.select([self.d.fd, listener], [], [])
            if self.d.fd in ready:
                for q in self.d.drain():
                    self.question(q)
            if listener in ready:
                peer, _ = listener.accept()
                with peer, peer.makefile("rw") as f:
                    f.write(self.command(json.loads(f.readline())))


def ask_server(words):
    s = socket.socket(socket.AF_UNIX)
    s.connect(SOCKET)
    with s, s.makefile("rw") as f:
        f.write(json.dumps(words) + "\n")
        f.flush()
        sys.stdout.write(f.read())


# --- on the host ------------------------------------------------------------------------------

START = ("/usr/bin/python3 -SE {top}/tests/vm/guest/spawn-ready --log /run/vm/cifssrvd.log "
         "--pid /run/cifssrvd.pid --timeout 60 -- cifssrvd")


class Fake:
    """The fake daemon instead of cifssrvd, until the block ends."""

    def __init__(self):
        import e2elib as e              # pylint: disable=import-outside-toplevel
        self.e = e
        self.me = f"/usr/bin/python3 -SEB {os.path.realpath(__file__)}"

    def __enter__(self):
        e = self.e
        # or the one of a test that was ended in the middle
        e.guest("pid=$(cat /run/cifssrvd.pid || pgrep -f '[f]akedaemon.py serve'); kill $pid; "
                f"while [ -e /proc/$pid ]; do sleep 0.1; done; rm -f /run/cifssrvd.pid {SOCKET}")
        e.guest(f"setsid {self.me} serve < /dev/null > /run/fakedaemon.log 2>&1 &")
        e.until(lambda: e.guest(f"test -S {SOCKET} && echo yes", rc=None).strip() == "yes", 30,
                "the fake daemon to be there: " + e.guest("cat /run/fakedaemon.log", rc=None))
        return self

    def __exit__(self, *_):
        e = self.e
        self.ask("quit")
        e.until(lambda: e.guest(f"pgrep -f '[f]akedaemon.py serve'", rc=None).strip() == "", 30,
                "the fake daemon to end")
        e.guest(f"rm -f {SOCKET}; " + START.format(top=e.TOP), timeout=90)

    def ask(self, *words):
        return self.e.guest(f"{self.me} ask {shlex.join(words)}", rc=None)

    def person(self, name, **what):
        self.ask("person", name, json.dumps(what))

    def end(self, what, ident):
        """The answer's status: 0 or an errno"""
        return self.ends(what, [ident])[0]

    def ends(self, what, idents):
        texts = [i if isinstance(i, str) else hex(i) for i in idents]
        return [int(n) for n in self.ask("end", str(what), *texts).split()]

    def status(self, what):
        return [json.loads(line) for line in self.ask("status", str(what)).splitlines()]


def logon_class():
    """A logon that the fake daemon understands; where tests/lib is on the path"""
    import smb2                         # pylint: disable=import-outside-toplevel

    class FakeLogon(smb2.Logon):
        def run(self):
            self.raw = True             # nothing of SPNEGO is in the last reply
            self.ntlm.key = KEY
            return self.finish(self.leg(self.ntlm.user.encode()).check())

    return FakeLogon


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        Server().serve()
    else:
        ask_server(sys.argv[2:])
