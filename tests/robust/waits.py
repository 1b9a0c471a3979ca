#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 900
"""What waited looks again: requests of every kind that can wait (a lock; a CREATE and a rename that
wait for an oplock's holder; a pipe and a logon that wait for the daemon; a READ that waits for room), while their session is
logged off or taken over, their tree connect ends, their account or their share is revoked, or they
are cancelled.  Each gets one reply, at once, and changes nothing; LOGOFF and a SESSION_SETUP with
PreviousSessionId are answered when the session's opens are closed.  What goes on has the rights of
then.  While a file system stands still, whoever revokes an account or a share is not kept for ever.
"""
import contextlib
import os
import sys
import threading
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../lib"), os.path.join(HERE, "../e2e")]
import e2elib as e          # noqa: E402
import robust               # noqa: E402
import smb2                 # noqa: E402
import smb2body as b        # noqa: E402

SHARES = f"""
[gone]
path = {e.DATA}
read only = no
force user = {e.USER}
"""
SIZES = """
max inflight = 4M
smb2 max read = 2M
smb2 max write = 2M
smb2 max trans = 2M
"""
CONFIGFS = "/sys/kernel/config/cifssrv"
NAME, OTHER, TEXT = "waits.tmp", "waits-2.tmp", b"what stands in the file"
PENDING, CANCELLED, CLOSED = 0x103, 0xc0000120, 0xc0000128
DELETED, NAME_DELETED, NOT_LOCKED = 0xc0000203, 0xc00000c9, 0xc000007e
DISCONNECTED, SHARING, DENIED = 0xc00000b0, 0xc0000043, 0xc0000022
PROMPT = 10                 # seconds; the holder of an oplock has 35, the daemon as many
PATIENCE = 100              # for what is given up at last


_conns = []


def run(name, case, *args):
    """One case; what it leaves behind when it fails is no later one's"""
    if e.wanted(name):
        with e.check(name):
            case(*args)
        while _conns:
            _conns.pop().close()


def session(user=e.USER2, previous=0, timeout=30):
    conn = smb2.Conn(e.HOST, 445, timeout)
    _conns.append(conn)
    conn.negotiate()
    return conn.logon(user, e.PASS, previous=previous)


def one_of(got, wanted, what):
    if got not in wanted:
        names = " or ".join(smb2.status_name(w) for w in wanted)
        raise e.Failed(f"{what}: {smb2.status_name(got)}, wanted {names}")


class Scene:
    """A holder, who does not let go, and a victim, whose request waits"""

    statuses = {}           # what enders of this kind lead to, if not what all do
    daemon = False          # does it wait for the daemon?
    slow = ()               # fault points that delay it until it is answered

    def __init__(self, share):
        self.holder = session(e.USER)
        self.files = self.holder.tree("test")
        with self.files.create(NAME, disposition=b.OVERWRITE_IF) as f:
            f.write(TEXT)
        self.sess = session()
        self.conn = self.sess.conn
        self.tree = self.sess.tree(share)
        self.reply = None

    def reply_is(self, *wanted):
        reply = self.conn.wait(self.mid, PROMPT)
        one_of(reply.status, wanted, "the request that waited")
        self.conn.echo()
        if [r for r in self.conn.replies if r.mid == self.mid]:
            raise e.Failed("two replies to one request")

    def let_go(self):
        """What was waited for comes after all: nothing may happen any more"""

    def untouched(self):
        with self.files.create(NAME, disposition=b.OPEN) as f:
            e.same(f.read(100), TEXT, "the file")

    def end(self):
        self.holder.conn.close()
        self.conn.close()


class Lock(Scene):
    statuses = {"logoff": (NOT_LOCKED,), "disconnect": (NOT_LOCKED,), "previous": (NOT_LOCKED,),
                "user": (NOT_LOCKED,), "share": (NOT_LOCKED,)}

    def start(self):
        self.held = self.files.create(NAME, disposition=b.OPEN)
        self.held.lock([(0, 10, 2 | 0x10)]).check()
        f = self.tree.create(NAME, disposition=b.OPEN)
        self.mid = self.conn.send(b.lock(f.fid, [(0, 10, 2)]), self.sess, self.tree)
        self.conn.wait(self.mid, PROMPT, interim=True)

    def let_go(self):
        self.held.close()


class Told(Lock):
    """It has been told that it waits, and does not wait yet"""

    slow = ("req_notified",)


class Create(Scene):
    """OVERWRITE_IF: the file must not be emptied"""

    def hold(self, name):
        self.held = self.files.create(name, disposition=b.OPEN_IF, oplock=b.OPLOCK_BATCH)
        e.same(self.held.oplock, b.OPLOCK_BATCH, "the oplock")

    def asked(self):
        self.conn.wait(self.mid, PROMPT, interim=True)
        self.holder.conn.wait_break(PROMPT)

    def start(self):
        self.hold(NAME)
        self.mid = self.conn.send(b.create(NAME, disposition=b.OVERWRITE_IF), self.sess, self.tree)
        self.asked()

    def let_go(self):
        self.files.request(b.oplock_break(self.held.fid, b.OPLOCK_NONE)).check()
        self.held.close()


class Rename(Create):
    """Of another file over this one, of which the client is not told that it waits"""

    def asked(self):
        self.holder.conn.wait_break(PROMPT)
        self.holder.conn.echo()

    def start(self):
        self.hold(NAME)
        f = self.tree.create(OTHER, disposition=b.OVERWRITE_IF)
        self.mid = self.conn.send(b.set_info(f.fid, b.rename_info(NAME, True),
                                             class_=b.FILE_RENAME), self.sess, self.tree)
        self.asked()
        self.fid = f.fid


class Pipe(Scene):
    # a CANCEL may come before the daemon is asked
    statuses = {"cancel": (DISCONNECTED, CANCELLED), "logoff": (DISCONNECTED, DELETED),
                "disconnect": (DISCONNECTED, NAME_DELETED), "user": (DISCONNECTED, DELETED)}
    daemon = True

    def __init__(self, _share):
        super().__init__("IPC$")

    def start(self):
        self.mid = self.conn.send(b.create("srvsvc", disposition=b.OPEN), self.sess, self.tree)

    def let_go(self):
        e.guest(e.RESUME_DAEMON)


class Transact(Pipe):
    def __init__(self, share):
        super().__init__(share)
        self.pipe = self.tree.create("srvsvc", disposition=b.OPEN)

    def start(self):
        self.mid = self.conn.send(b.ioctl(self.pipe.fid, b.FSCTL_PIPE_TRANSCEIVE, b"x" * 64),
                                  self.sess, self.tree)


class Leg(Pipe):
    """The first leg of a re-authentication"""
    statuses = {"logoff": (DELETED,), "user": (DELETED,)}

    def start(self):
        logon = smb2.Logon(self.conn, e.USER2, e.PASS, session=self.sess)
        msg, self.mid = self.conn.message(b.session_setup(logon.first_token()), self.sess)
        self.conn.send_raw(msg)


# --- what ends the wait -----------------------------------------------------------------------------

def logoff(s):
    e.same(s.sess.logoff().status, 0, "LOGOFF")


def disconnect(s):
    s.tree.disconnect().check()


def previous(s):
    session(previous=s.sess.sid).conn.close()


def user(_s):
    e.guest(f"echo 0 > {CONFIGFS}/users/{e.USER2}/enable")


def share(_s):
    e.guest(f"echo 0 > {CONFIGFS}/shares/gone/enable")


def cancel(s):
    s.conn.cancel(s.mid, s.sess)


def restore():
    e.guest(f"{e.RESUME_DAEMON}; echo 1 > {CONFIGFS}/users/{e.USER2}/enable; "
            f"echo 1 > {CONFIGFS}/shares/gone/enable")


ENDERS = {"logoff": (logoff, (DELETED,)), "disconnect": (disconnect, (NAME_DELETED,)),
          "previous": (previous, (DELETED,)), "user": (user, (DELETED,)),
          "share": (share, (NAME_DELETED,)), "cancel": (cancel, (CANCELLED,))}
KINDS = {"lock": (Lock, ENDERS), "lock-told": (Told, ENDERS),
         "create": (Create, ENDERS), "rename": (Rename, ENDERS),
         "pipe-open": (Pipe, ("logoff", "disconnect", "user", "cancel")),
         "pipe-transact": (Transact, ("logoff", "disconnect", "user", "cancel")),
         "leg": (Leg, ("logoff", "user"))}


def ends(kind, ender):
    act, wanted = ENDERS[ender]
    s = kind("gone")
    try:
        if s.daemon:
            e.guest(e.HALT_DAEMON)
        with robust.delay(*s.slow) if s.slow else contextlib.nullcontext():
            s.start()
            act(s)
            s.reply_is(*s.statuses.get(ender, wanted))
        s.let_go()
        s.untouched()
    finally:
        restore()
    s.end()


def cancel_first():
    """A CANCEL overtakes its request, which a worker has not come to yet"""
    s = Transact("gone")
    try:
        e.guest(e.HALT_DAEMON)
        with robust.delay("req_resume") as there:
            s.start()
            cancel(s)
            s.reply_is(CANCELLED, *(() if there else (DISCONNECTED,)))
        s.let_go()
        s.untouched()
    finally:
        restore()
    s.end()


def cancel_nobody():
    """A CANCEL of AsyncId 0 means no request, also none that comes later and has no AsyncId"""
    s = Transact("gone")
    s.conn.send(b.cancel(), s.sess, mid=0, charge=0, credits=0, async_id=0, flags=smb2.FLAG_ASYNC)
    s.start()
    e.want(s.conn.wait(s.mid, PROMPT).status != CANCELLED, "the request is cancelled")
    s.end()


def closed_rename():
    """The open through which a rename waits is closed meanwhile"""
    s = Rename("gone")
    s.start()
    s.tree.request(b.close(s.fid)).check()
    s.let_go()
    s.reply_is(CLOSED)
    s.untouched()
    s.end()


# --- for room ---------------------------------------------------------------------------------------

STANDING, PART = 24, 1 << 20


def standing(ender):
    """READs of a client that takes no replies: the first are worked on, one is left for which there is
    no room, the others are not read.  What the file holds when that one goes on is not sent."""
    act, wanted = ENDERS[ender]
    s = Scene("gone")
    with s.files.create(NAME, disposition=b.OVERWRITE_IF) as f:
        f.write(b"o" * PART)
    while s.conn.credits < 16 * STANDING:
        s.conn.request(b.echo(), s.sess, credits=16 * STANDING)
    f = s.tree.create(NAME, disposition=b.OPEN)
    s.sess.signing = True           # each reply is made of what the file holds then
    mids = [s.conn.send(b.read(f.fid, PART, 0), s.sess, s.tree, charge=16)
            for _ in range(STANDING)]
    time.sleep(2)                   # for that to be so; no result depends on it
    try:
        act(s)
        with s.files.create(NAME, disposition=b.OPEN) as f:
            f.write(b"n" * PART)
        replies = [s.conn.wait(mid, 30) for mid in mids]
    finally:
        restore()
    for n, reply in enumerate(replies):
        one_of(reply.status, (0, *wanted), f"READ {n}")
        if not reply.status and b"n" in reply.blob(*reply.get("BxI", 2)):
            raise e.Failed(f"READ {n} has what was written after the end of what it stood on")
    one_of(replies[-1].status, wanted, "the last READ")
    s.end()


def stuck(s, message):
    """Has the client send MESSAGE(n) for n < STANDING, each with a reply of PART bytes that it does
    not take; returns their MessageIds when the server has stopped reading"""
    while s.conn.credits < 17 * STANDING:
        s.conn.request(b.echo(), s.sess, credits=17 * STANDING)
    s.sess.signing = True
    mids = []
    for n in range(STANDING):
        msg, ids = message(n)
        s.conn.send_raw(msg)
        mids.append(ids)
    time.sleep(2)                   # for that to be so; no result depends on it
    return mids


def big_file(s):
    with s.files.create(NAME, disposition=b.OVERWRITE_IF) as f:
        f.write(b"o" * PART)
    return s.tree.create(NAME, disposition=b.OPEN)


def read_only(value):
    e.guest(f"echo {value} > {CONFIGFS}/shares/gone/read_only")


def standing_rights():
    """Compounds of a CREATE that makes a file and a READ, whose reply the client does not take: the
    one that stands for room when the share becomes read-only makes none any more"""
    s = Scene("gone")
    fid = big_file(s).fid

    def message(n):
        return s.conn.compound_message(
            [b.create(f"waits-made-{n}.tmp", disposition=b.CREATE),
             (b.read(fid, PART, 0), {"charge": 16})], s.sess, s.tree, related=False)

    def made():
        return int(e.guest(f"ls {e.DATA} | grep -c waits-made- || true"))

    mids = stuck(s, message)
    before = made()
    if not 0 < before < STANDING:
        raise e.Failed(f"{before} files were made, of {STANDING}: none stands")
    read_only(1)
    try:
        got = [[s.conn.wait(mid, 30).status for mid in ids] for ids in mids]
        e.same(made(), before, "files, after the share has become read-only")
    finally:
        read_only(0)
    for n, (create, _) in enumerate(got):
        one_of(create, (0,) if n < before else (DENIED,), f"CREATE {n}, of {before} before")
    s.end()


def create_rights():
    """A CREATE that waits for an oplock's holder, and goes on when the share is read-only"""
    s = Create("gone")
    s.start()
    read_only(1)
    try:
        s.let_go()
        s.reply_is(DENIED)
        s.untouched()
    finally:
        read_only(0)
    s.end()


def opens():
    return robust.live("opens")


def standing_holds(ender):
    """What stands for room lets go of what it stood on, though its client takes nothing"""
    s = Scene("gone")
    before = opens()
    fid = big_file(s).fid
    stuck(s, lambda n: s.conn.message(b.read(fid, PART, 0), s.sess, s.tree, charge=16))
    try:
        ENDERS[ender][0](s)
        e.until(lambda: opens() <= before, PROMPT, "the open that a READ stands on to be gone")
    finally:
        restore()
    s.end()


def standing_close():
    """What stood for room gets it, and a worker; the CLOSE that follows does not come before"""
    s = Scene("gone")
    fid = big_file(s).fid
    mids = stuck(s, lambda n: s.conn.message(b.read(fid, PART, 0), s.sess, s.tree, charge=16))
    mid = s.conn.send(b.close(fid), s.sess, s.tree)
    with robust.delay("req_resume"):
        for n, read in enumerate(mids):
            one_of(s.conn.wait(read, 30).status, (0,), f"READ {n}")
        one_of(s.conn.wait(mid, 30).status, (0,), "CLOSE")
    s.end()


# --- a file system that stands still ----------------------------------------------------------------

def frozen(end, again, wanted):
    """What has a file open that goes with its last close is revoked while the file system is frozen:
    that comes back, requests are refused, others log on"""
    s = Scene("gone")
    s.tree.create(NAME + "-frozen", disposition=b.OVERWRITE_IF, options=b.OPT_DELETE_ON_CLOSE)
    f = s.tree.create(NAME, disposition=b.OPEN)
    e.guest("sync; fsfreeze -f /srv/test")
    try:
        end()
        e.until(lambda: s.tree.request(b.read(f.fid, 10, 0)).status in wanted, 30,
                "a READ to be refused")
        other = session(e.USER)
        with other.tree("test").create(NAME, disposition=b.OPEN, access=b.READ_DATA) as g:
            e.same(g.read(100), TEXT, "the file")
    finally:
        e.guest("fsfreeze -u /srv/test")
        again()
    e.until(lambda: e.guest(f"ls {e.DATA}/{NAME}-frozen 2>/dev/null || true").strip() == "", 30,
            "the file to be gone when the file system goes on")
    s.end()


def is_enabled():
    try:
        session().conn.close()
    except smb2.SmbError:
        return False
    return True


def enable():
    """The daemon reads the file when it has done what it is at"""
    e.admin("user", "enable", e.USER2)
    e.until(is_enabled, 60, f"{e.USER2} to be let in again")


def frozen_user():
    """By the daemon, which is what answers logons"""
    frozen(lambda: e.admin("user", "disable", e.USER2), enable, (DELETED,))


def frozen_share():
    frozen(lambda: share(None), restore, (NAME_DELETED,))


# --- what is granted to who waited ------------------------------------------------------------------

def granted_breaks():
    """A holder keeps LEVEL_II beside its own lock.  When that goes to one who waited for it, whoever
    caches the file is told, and not only when a lock is granted at once"""
    holder, other = session(e.USER), session()
    f = holder.tree("test").create(NAME, disposition=b.OVERWRITE_IF, oplock=b.OPLOCK_BATCH)
    e.same(f.oplock, b.OPLOCK_BATCH, "the oplock")
    f.write(TEXT)
    f.lock([(0, 10, b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW)]).check()
    tree = other.tree("gone")
    create = other.conn.send(b.create(NAME, disposition=b.OPEN), other, tree)
    holder.conn.wait_break(PROMPT)
    f.tree.request(b.oplock_break(f.fid, b.OPLOCK_II)).check()
    g = smb2.File(tree, other.conn.wait(create, PROMPT).check(), NAME)
    mid = other.conn.send(b.lock(g.fid, [(0, 10, b.LOCK_EXCLUSIVE)]), other, tree)
    e.same(other.conn.wait(mid, PROMPT, interim=True).status, PENDING, "a second lock")
    f.lock([(0, 10, b.LOCK_UNLOCK)]).check()
    e.same(other.conn.wait(mid, PROMPT).status, 0, "the second lock, when the first is gone")
    e.same(holder.conn.wait_break(PROMPT).body[2], b.OPLOCK_NONE, "the level that is left")
    holder.conn.close()
    other.conn.close()


# --- answers that come when the opens are closed ----------------------------------------------------

def crowd(sess, count):
    """COUNT opens that let nobody else in"""
    tree = sess.tree("test")
    mids = [sess.conn.send(b.create(f"waits-{n}.tmp", share=0,
                                    options=b.OPT_DELETE_ON_CLOSE), sess, tree)
            for n in range(count)]
    for mid in mids:
        sess.conn.wait(mid).check()


def all_free(sess, count, what):
    tree = sess.tree("test")
    for n in range(count):
        reply = tree.request(b.create(f"waits-{n}.tmp", share=0, disposition=b.OPEN))
        one_of(reply.status, (0xc0000034,), f"{what}: file {n} of {count}")


def closed_first(end, count=300):
    first = session(e.USER)
    other = session(e.USER)
    crowd(first, count)
    sess = end(first) or other
    # the last ones first: they are closed last
    all_free(sess, count, "when the answer is there")
    for conn in {first.conn, other.conn, sess.conn}:
        conn.close()


def revoked_first():
    first = session()
    crowd(first, 300)
    e.guest(f"echo 0 > {CONFIGFS}/users/{e.USER2}/enable")
    try:
        other = session(e.USER)
        all_free(other, 300, "when the account is revoked")
        other.conn.close()
    finally:
        restore()
    first.conn.close()


def ending_first(count=1000):
    """LOGOFF is not waited for: whoever names the session, or removes its user, waits all the same"""
    for name, user_, end in (("PreviousSessionId", e.USER, lambda s: session(previous=s.sid,
                                                                            user=e.USER)),
                             ("revocation", e.USER2, user)):
        other, first = session(e.USER), session(user_)
        try:
            crowd(first, count)
            first.conn.send(b.logoff(), first)
            end(first)
            all_free(other, count, name)
        finally:
            restore()
        for conn in list(_conns):
            conn.close()


def revoked_create():
    """A CREATE that is under way when its session becomes another user's, and its own is revoked"""
    sess = session()
    tree = sess.tree("test")
    e.guest("sync; fsfreeze -f /srv/test")
    try:
        mid = sess.conn.send(b.create(NAME + "-new", options=b.OPT_DELETE_ON_CLOSE), sess, tree)
        smb2.Logon(sess.conn, e.USER, e.PASS, session=sess).run()
        user(None)
    finally:
        e.guest("fsfreeze -u /srv/test")
        restore()
    one_of(sess.conn.wait(mid, PROMPT).status, (DELETED,), "the CREATE")
    sess.conn.close()


def never_closed():
    """An open that its file system does not let go (a name that is to be removed): the client is
    logged on and off all the same, and with all its attempts to come back"""
    first, leaver = session(e.USER), session(e.USER)
    crowd(first, 1)
    leaver.tree("test").create(OTHER, options=b.OPT_DELETE_ON_CLOSE)
    e.guest("sync; fsfreeze -f /srv/test")
    try:
        mid = leaver.conn.send(b.logoff(), leaver)
        first.conn.close()
        for n in range(2):
            one_of(session(e.USER, previous=first.sid, timeout=PATIENCE).tree("IPC$").request(
                b.echo()).status, (0,), f"attempt {n}")
        leaver.conn.wait(mid, PATIENCE).check()
    finally:
        e.guest("fsfreeze -u /srv/test")
    # it is closed now, and who names it waits for nothing
    all_free(session(e.USER, previous=first.sid), 1, "when the file system goes on")


def frozen_name():
    """Another name of the file is being removed, which its file system does not do: what waits at
    the file can be cancelled, its session ends, and others lock the file"""
    for ender, what in ((cancel, CANCELLED), (logoff, NOT_LOCKED)):
        s = Lock("gone")
        s.start()
        f = s.files.create(NAME, disposition=b.OPEN, access=b.READ_DATA)
        e.guest(f"ln -f {e.DATA}/{NAME} {e.DATA}/{OTHER}")
        link = s.files.create(OTHER, options=b.OPT_DELETE_ON_CLOSE, disposition=b.OPEN)
        e.guest("sync; fsfreeze -f /srv/test")
        try:
            mid = s.holder.conn.send(b.close(link.fid), s.holder, s.files)
            time.sleep(1)           # for it to get there; no result depends on it
            ender(s)
            s.reply_is(what)
            f.lock([(100, 10, b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW)])
        finally:
            e.guest("fsfreeze -u /srv/test")
        s.holder.conn.wait(mid, PROMPT).check()
        one_of(s.files.request(b.create(OTHER, disposition=b.OPEN)).status, (0xc0000034,),
               "the name")
        s.let_go()
        s.untouched()
        s.end()


def storm(rounds=25):
    """LOGOFF while CREATEs of the same session park and go on"""
    for n in range(rounds):
        s = Create("gone")
        s.start()
        mids = [s.conn.send(b.create(NAME, disposition=b.OVERWRITE_IF), s.sess, s.tree)
                for _ in range(8)]
        t = threading.Thread(target=s.let_go)
        t.start()
        s.sess.logoff()
        t.join()
        for mid in (s.mid, *mids):
            one_of(s.conn.wait(mid, PROMPT).status, (0, DELETED), f"round {n}, a CREATE")
        s.end()


CASES = {"rename-closed": closed_rename, "cancel-first": cancel_first,
         "cancel-nobody": cancel_nobody,
         "logoff-answers-last": lambda: closed_first(lambda s: s.logoff().check() and None),
         "previous-answers-last": lambda: closed_first(
             lambda s: session(e.USER, previous=s.sid)),
         "revocation-answers-last": revoked_first, "ending-answers-last": ending_first,
         "create-revoked": revoked_create, "storm": storm,
         "standing-rights": standing_rights, "create-rights": create_rights,
         "standing-close": standing_close,
         "standing-holds-user": lambda: standing_holds("user"),
         "standing-holds-share": lambda: standing_holds("share"),
         "frozen-user": frozen_user, "frozen-share": frozen_share,
         "granted-breaks": granted_breaks, "frozen-name": frozen_name,
         "never-closed": never_closed}


def client():
    for kind, (what, enders) in KINDS.items():
        for ender in enders:
            run(f"{kind}/{ender}", ends, what, ender)
    for ender in ("previous", "user", "share"):
        run(f"standing/{ender}", standing, ender)
    for name, case in CASES.items():
        run(name, case)
    e.guest(f"rm -f {e.DATA}/waits*.tmp")
    e.finish()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        client()
    with e.config(SHARES, global_=SIZES):
        BAD = e.at_client("client")
    sys.exit(1 if BAD else 0)
