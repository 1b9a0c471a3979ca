#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 900
"""One client cannot take what belongs to all.

For each thing that the server has a limited number of, an anonymous peer and a user take all they
can get, over several connections from one address.  Then another user logs on from the same address,
connects to a share and to a pipe, opens, locks, reads and closes: each of that succeeds at its first
attempt, and nobody waits for anything to be given back.  So does what an anonymous peer of another
address does with a pipe.
"""
import itertools
import struct
import time

import robust           # first: it knows where the others are
import e2elib as e
import smb2
import smb2body as b

HALF_OPEN = 64
CONFIG = f"""
server max sessions = 1024
server max trees = 1024
max trees per session = 1024
max open files = 1024
max open files per session = 1024
server max locks = 1024
server max waiting = 512
server max half open = {HALF_OPEN}
logon timeout = 600
max inflight total = 32M
"""
SPENT, PENDING = 0xc000009a, 0x103      # STATUS_INSUFFICIENT_RESOURCES
CONNS = 6                               # of each attacker
OTHER_HOST = "fd77::2"                  # the guest as peers of another address see it
FILE_READ = 0x120089                    # FILE_GENERIC_READ
OTHER = "tester2"
PIPELINED = 60                          # first legs at once over one connection
ROUNDS = 5
DELAYED = "upcall_complete", "req_park", "logon_put"
PREAUTH = 65536                         # of a message before a logon
NAME = "fairness"


class Attacker:
    """Somebody with CONNS connections, logged on over each; "" is the anonymous."""

    def __init__(self, target, user):
        self.target, self.user = target, user
        self.password = target.password if user else ""
        self.conns = [target.connect(timeout=60) for _ in range(CONNS)]
        self.sessions = [c.logon(user, self.password) for c in self.conns]
        self.got = 0

    def each(self, take):
        """take(session) until it is refused, over each connection"""
        for sess in self.sessions:
            while take(sess):
                self.got += 1

    def end(self):
        for c in self.conns:
            c.close()


def taken(reply):
    if reply.status not in (0, SPENT):
        raise robust.Failed(f"neither taken nor refused: {reply!r}")
    return reply.status == 0


def take_logons(who):
    """First legs, and no second ones.  They may all be begun; what matters is who else can."""
    for conn in who.conns:
        for _ in range(40):
            logon = smb2.Logon(conn, who.user, who.password)
            if logon.leg(logon.first_token()).status != b.MORE_PROCESSING:
                break
            who.got += 1


def take_sessions(who):
    def more(sess):
        try:
            sess.conn.logon(who.user, who.password)
        except smb2.SmbError as x:
            return taken(x.reply)
        return True
    who.each(more)


def take_trees(who):
    unc = f"\\\\{who.target.host}\\IPC$"
    who.each(lambda sess: taken(sess.request(b.tree_connect(unc))))


def take_opens(who):
    """Files, or pipes of who may not open files"""
    trees = {s: s.tree(who.target.share if who.user else "IPC$") for s in who.sessions}
    name = NAME if who.user else "srvsvc"
    who.each(lambda sess: taken(trees[sess].request(b.create(name, disposition=b.OPEN_IF))))


def take_locks(who):
    if not who.user:
        return
    files = {s: s.tree(who.target.share).create(NAME) for s in who.sessions}
    base = {s: i << 32 for i, s in enumerate(who.sessions, 1)}

    def more(sess):
        base[sess] += 32
        ranges = [(base[sess] + i, 1, b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW) for i in range(8)]
        return taken(files[sess].tree.request(b.lock(files[sess].fid, ranges)))
    who.each(more)


def take_waiters(who):
    if not who.user:
        return
    holder = who.sessions[0].tree(who.target.share).create(NAME + ".w", disposition=b.OPEN_IF)
    holder.lock([(0, 1, b.LOCK_EXCLUSIVE)])
    files = {s: s.tree(who.target.share).create(NAME + ".w") for s in who.sessions}

    def more(sess):
        f = files[sess]
        mid = f.tree.conn.send(b.lock(f.fid, [(0, 1, b.LOCK_SHARED)]), sess, f.tree)
        reply = f.tree.conn.wait(mid, interim=True)
        return reply.status == PENDING or taken(reply)
    who.each(more)


def logons():
    return robust.live("logons")


def pipeline(who):
    """First legs at once, over each connection many more than it may have in progress"""
    sent = []
    for conn in who.conns:
        while conn.credits < PIPELINED:
            conn.request(b.echo(), credits=PIPELINED)
        body = b.session_setup(smb2.Logon(conn, who.user, who.password).first_token())
        sent += [(conn, conn.send(body)) for _ in range(PIPELINED)]
    for conn, mid in sent:
        who.got += conn.wait(mid).status == b.MORE_PROCESSING


def take_answered(who):
    """Those logons that have to make room have just been answered by the daemon, have not been asked
    about, or are the last of their connection that have not made room yet.  All are this host's: those
    beyond its part have ended when each leg is answered, and no time-out has ended them."""
    for _ in range(ROUNDS):
        pipeline(who)
        e.until(lambda: logons() <= HALF_OPEN // 2, 60, "the logons that are too many have ended")


def take_bytes(who):
    """Messages that are announced, large and small ones, and do not come.  The small ones are charged
    even if there is no room."""
    most = who.conns[0].max_write
    sizes = [(most, 6), (most // 2, 3), (most // 4, 3), (most // 8, 4), (4 * PREAUTH, 6),
             (2 * PREAUTH, 16), (PREAUTH, 40)]
    who.sessions = [who.target.connect(timeout=60).logon(who.user, who.password)
                    for _, count in sizes for _ in range(count)]
    who.conns += [sess.conn for sess in who.sessions]
    rest = iter(who.sessions)
    for size, count in sizes:
        time.sleep(.3)      # for them to be looked at; no result depends on it
        for sess in itertools.islice(rest, count):
            head = b.header(b.ECHO, sess.conn.mid, sid=sess.sid)
            sess.conn.send_bytes(struct.pack(">I", size) + head + bytes(112 - len(head)))
            who.got += 1
    time.sleep(1)


ROWS = {"logons": take_logons, "sessions": take_sessions, "trees": take_trees,
        "opens": take_opens, "locks": take_locks, "waiting": take_waiters,
        "answered": take_answered, "bytes": take_bytes}


def works(target):
    """All that another user does, each step once."""
    conn = target.connect()
    sess = conn.logon(OTHER, target.password)
    ipc = sess.tree("IPC$")
    with ipc.create("srvsvc", disposition=b.OPEN):
        pass
    tree = sess.tree(target.share)
    with tree.create(NAME, disposition=b.OPEN, access=FILE_READ) as f:
        f.lock([(1 << 50, 10, b.LOCK_SHARED | b.LOCK_FAIL_NOW)])
        if f.read(4) != b"data":
            raise robust.Failed("other bytes than were written")
        # one that waits, and is cancelled
        with tree.create(NAME, disposition=b.OPEN, access=FILE_READ) as g:
            mid = conn.send(b.lock(g.fid, [(1 << 50, 10, b.LOCK_EXCLUSIVE)]), sess, tree)
            reply = conn.wait(mid, interim=True)
            if reply.status != PENDING:
                raise robust.Failed(f"a lock that has to wait: {reply!r}")
            conn.cancel(mid, sess)
            conn.wait(mid)
        f.lock([(1 << 50, 10, b.LOCK_UNLOCK)])
    tree.disconnect().check()
    ipc.disconnect().check()
    sess.reauth(target.password)
    sess.logoff().check()
    conn.close()


def stranger_works(target):
    """Somebody else who has not proven who he is: logs on, opens a pipe, sends more than what
    every connection has for itself"""
    other = robust.Target(OTHER_HOST, target.port, "IPC$", "", "")
    conn = other.connect()
    sess = conn.logon("", "")
    ipc = sess.tree("IPC$")
    with ipc.create("srvsvc", disposition=b.OPEN) as f:
        conn.request(b.echo(), sess, credits=64)
        reply = ipc.request(b.write(f.fid, bytes(4 * PREAUTH), 0), charge=4)
        if reply.status == SPENT:
            raise robust.Failed(f"a long message: {reply!r}")
    sess.logoff().check()
    conn.close()


def row(target, take):
    attackers = [Attacker(target, who) for who in ("", target.user)]
    try:
        with robust.delay(*(DELAYED if take is take_answered else ())):
            for who in attackers:
                take(who)
        print("#", take.__name__, [who.got for who in attackers], flush=True)
        works(target)
        stranger_works(target)
    finally:
        for who in attackers:
            who.end()


def questions(target):
    """The daemon stands still: pipes ask it as often as they may, and a logon is asked about too."""
    attackers = [Attacker(target, who) for who in ("", target.user)]
    asks = []
    for who in attackers:
        for sess in who.sessions:
            ipc = sess.tree("IPC$")
            asks.append((ipc, [ipc.create("srvsvc", disposition=b.OPEN).fid for _ in range(2)]))
    conn = target.connect()
    logon = smb2.Logon(conn, OTHER, target.password)
    body = b.session_setup(logon.first_token())
    e.guest(e.HALT_DAEMON)
    try:
        sent = []
        for ipc, fids in asks:
            for _ in range(60):
                for fid in fids:
                    sent.append((ipc.conn, ipc.conn.send(b.read(fid, 100, 0), ipc.sess, ipc)))
        for ipc, _ in asks:
            ipc.conn.echo(ipc.sess)         # all that was sent before has been looked at
        mid = conn.send(body)
        conn.echo()
    finally:
        e.guest(e.RESUME_DAEMON)
    got = conn.wait(mid, timeout=30).status
    if got != b.MORE_PROCESSING:
        raise robust.Failed(f"the first leg of a logon: {got:#x}")
    for c, m in sent:
        c.wait(m, timeout=60)
    for who in attackers:
        who.end()
    works(target)


def run(target, args, tally):
    tree = target.tree()
    with tree.create(NAME, disposition=b.OVERWRITE_IF) as f:
        f.write(b"data")
    e.guest(f"chmod a+r /srv/test/{NAME}")
    for name, take in list(ROWS.items()) + [("questions", None)]:
        if not e.wanted(name):
            continue
        bad = []
        try:
            if take:
                row(target, take)
            else:
                questions(target)
            tally.case(True)
        except (robust.Failed, smb2.SmbError, smb2.Closed, smb2.Timeout, smb2.Broken,
                struct.error, OSError, e.Failed) as x:
            tally.case(False, f"{name}: {type(x).__name__}: {x}", bad)
        tally.line(f"fairness/{name}", 1, bad)
    tree.delete(NAME)
    if e.wanted("waiting"):
        tree.delete(NAME + ".w")
    target.serves()


if __name__ == "__main__":
    robust.main(__doc__, run, config=CONFIG)
