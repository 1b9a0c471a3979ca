#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# guest: debug
# timeout: 900
"""Nothing observable changes before the proof verifies: every leg of every SESSION_SETUP (new,
re-authentication, binding), LOGOFF, CANCEL and TREE_CONNECT, each plain, signed wrongly, signed
rightly and encrypted, with the credentials of the session's owner, of another user, of a guest and
of the anonymous user.  The status is exact; after a refusal the session serves its client, its
user is who it was, and the logon that was refused a leg goes on with the right one.  Then a relay:
a session without a secret key never becomes a user's.  [MS-SMB2] 3.3.5.2.4, .9, 3.3.5.5, 3.3.5.16
"""
import os
import struct
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../lib"), os.path.join(HERE, "../e2e")]
import e2elib as e          # noqa: E402
import ntlm                 # noqa: E402
import smb2                 # noqa: E402
import smb2body as b        # noqa: E402

OK, MORE, PENDING = 0, b.MORE_PROCESSING, 0x103
DENIED, BAD, CANCELLED = 0xc0000022, 0xc000000d, 0xc0000120
DELETED, UNSUPPORTED = 0xc0000203, 0xc00000bb
DROP = "the connection ends"
HOW = ("plain", "wrong", "right", "sealed")
WHO = {"owner": e.USER, "another": e.USER2, "guest": "no-such-user", "anonymous": ""}
GUEST, NULL = smb2.SESSION_GUEST, smb2.SESSION_NULL
NAME = "legs.tmp"
GUESTS = """map to guest = bad user
guest account = nobody"""
# name: lines of [global], what a client asks for, is a session's traffic encrypted?
WORLDS = {
    "signing": (GUESTS, 3, False),
    "encrypted": (GUESTS + "\nserver smb encrypt = desired", 1, True),
}


def show(status):
    return status if isinstance(status, str) else smb2.status_name(status)


def same(got, wanted, what):
    if got != wanted:
        raise e.Failed(f"{what}: got {show(got)}, wanted {show(wanted)}")


_conns = []


def conn_new(guid=None):
    conn = smb2.Conn(e.HOST, 445, 20, guid=guid)
    _conns.append(conn)
    conn.negotiate()
    conn.verify = False
    return conn


def run(name, case, *args):
    """One case; what it leaves behind when it fails is no later one's"""
    if e.wanted(name):
        with e.check(name):
            case(*args)
        while _conns:
            _conns.pop().close()


def signed(msg, keys, right=True):
    flags = struct.unpack_from("<I", msg, 16)[0] | b.FLAG_SIGNED
    msg = msg[:16] + struct.pack("<I", flags) + msg[20:48] + bytes(16) + msg[64:]
    sig = keys.signature(msg)
    if not right:
        sig = bytes([sig[0] ^ 1]) + sig[1:]
    return msg[:48] + sig + msg[64:]


def dressed(msg, sid, keys, how):
    """MSG as it goes out: KEYS sign and encrypt, for session SID"""
    if how == "plain":
        return msg
    if how == "sealed":
        return keys.seal(sid, msg)
    return signed(msg, keys, how == "right")


def send(conn, msg, sid, keys, how):
    """False: the server ended the connection for it"""
    try:
        conn.send_raw(dressed(msg, sid, keys, how))
    except smb2.Closed:
        return False
    return True


def answer(conn, mid):
    """(status, reply)"""
    try:
        reply = conn.wait(mid, 20)
    except smb2.Closed:
        return DROP, None
    return reply.status, reply


class Leg(smb2.Logon):
    """A SESSION_SETUP exchange whose legs are dressed at will.  KEYS: the session's, if any"""

    def __init__(self, conn, who, sess=None, keys=None, **how):
        super().__init__(conn, WHO[who], e.PASS if WHO[who] else "", session=sess, **how)
        self.the_keys = keys or (sess.keys_for_logon(conn) if sess else None)

    def step(self, token, how):
        """The status; the leg counts in the hash only if it was taken"""
        body = b.session_setup(token, flags=smb2.BINDING if self.binding else 0, mode=self.mode,
                               previous=self.previous)
        msg, mid = self.conn.message(body, sign=False, sid=self.sid)
        out = signed(msg, self.the_keys, how == "right") if how in ("right", "wrong") else msg
        try:
            self.conn.send_raw(self.seal(out) if how == "sealed" else out)
        except smb2.Closed:
            return DROP
        status, reply = answer(self.conn, mid)
        self.reply = reply
        if status in (OK, MORE):
            self.preauth = smb2.hashlib.sha512(self.preauth + out).digest()
        if status == MORE:
            self.preauth = smb2.hashlib.sha512(self.preauth + reply.raw).digest()
            self.blob = self.token_of(reply)
            self.sid = reply.sid
        return status

    def seal(self, msg):
        keys = self.existing.keys if self.existing else self.the_keys
        return keys.seal(self.sid, msg)

    def flags(self):
        return self.reply.get("H", 2)

    def last(self, who=None):
        """The last token, of WHO instead"""
        if who:
            user = WHO[who]
            other = ntlm.Ntlm(user, e.PASS if user else "")
            other.negotiate_msg = self.ntlm.negotiate_msg
            self.ntlm = other
        return self.last_token(self.blob)


class Place:
    """A session of the owner's with an open file, on a connection of its own"""

    def __init__(self, world, who="owner"):
        _, self.mode, self.sealing = WORLDS[world]
        self.world, self.who = world, who
        self.conn = conn_new()
        logon = smb2.Logon(self.conn, WHO[who], e.PASS, mode=self.mode)
        self.sess = logon.run()
        self.sess.sealing = self.sealing and who in ("owner", "another")
        self.tree = self.file = None
        if who in ("owner", "another"):
            self.tree = self.sess.tree("test")
            self.file = self.tree.create(NAME, disposition=b.OPEN_IF)
        else:
            self.tree = self.sess.tree("IPC$")

    @property
    def good(self):
        return "sealed" if self.sess.sealing else "right"

    def as_before(self, what):
        """The session serves its client, as whom it was"""
        if self.file:
            self.file.write(b"mine")
            reply = self.tree.request(b.create("legs-who.tmp", disposition=b.OVERWRITE_IF,
                                               options=b.OPT_DELETE_ON_CLOSE))
            same(reply.status, OK, f"{what}: a CREATE of the session afterwards")
            f = smb2.File(self.tree, reply, "legs-who.tmp")
            sd = f.query(0, b.INFO_SECURITY, additional=1)
            owner = sd[struct.unpack_from("<I", sd, 4)[0]:]
            f.close()
            if not hasattr(self, "owner"):
                self.owner = owner
            if owner != self.owner:
                raise e.Failed(f"{what}: the session's user is another one")
        else:
            same(self.sess.request(b.tree_connect(f"\\\\{e.HOST}\\IPC$")).status, OK,
                 f"{what}: a TREE_CONNECT of the session afterwards")

    def leave(self):
        if self.file:
            self.file.close()
        self.conn.close()


def refused(how, sealing):
    """What an unproven leg of a session that demands proof is answered with"""
    return {"plain": DENIED, "wrong": DENIED, "right": DENIED if sealing else None,
            "sealed": None}[how]


# --- re-authentication --------------------------------------------------------------------------

def reauth_first(world, who, how):
    p = Place(world)
    p.as_before("before")
    leg = Leg(p.conn, who, p.sess, mode=p.mode)
    want = refused(how, p.sealing) or MORE
    same(leg.step(leg.first_token(), how), want, f"first leg, {how}")
    p.as_before(f"first leg, {how}")
    if want != MORE:        # nothing has begun either
        leg = Leg(p.conn, "owner", p.sess, mode=p.mode)
        same(leg.step(leg.first_token(), p.good), MORE, "the client's own first leg")
        same(leg.step(leg.last(), p.good), OK, "the client's own last leg")
        p.as_before("authenticated again")
    p.leave()


def reauth_last(world, who, how):
    p = Place(world)
    p.as_before("before")
    leg = Leg(p.conn, "owner", p.sess, mode=p.mode)
    same(leg.step(leg.first_token(), p.good), MORE, "first leg")
    mine = leg.ntlm
    want = refused(how, p.sealing)
    if want:
        same(leg.step(leg.last(who), how), want, f"last leg, {how}")
        p.as_before(f"last leg, {how}")
        leg.ntlm = mine     # the logon that the client has begun is where it was
        same(leg.step(leg.last(), p.good), OK, "the client's own last leg")
    else:
        # who has no key of it comes by a relay only: another user never; less than a user may be
        want = DENIED if who == "another" else OK
        same(leg.step(leg.last(who), how), want, f"last leg, {how}")
        if want == OK:
            flags = {"guest": GUEST, "anonymous": NULL}.get(who, 0)
            same(leg.flags() & 3, flags, "SessionFlags")
        if who in ("guest", "anonymous"):
            again = Leg(p.conn, "owner", p.sess, mode=p.mode)
            same(again.step(again.first_token(), p.good), MORE, "back again, first leg")
            same(again.step(again.last(), p.good), OK, "back again, last leg")
    p.as_before("in the end")
    p.leave()


def reauth_garbage(world, how):
    """A failed re-authentication ends the session; one that nobody vouches for does not"""
    p = Place(world)
    p.as_before("before")
    leg = Leg(p.conn, "owner", p.sess, mode=p.mode)
    want = refused(how, p.sealing)
    same(leg.step(b"garbage", how), want or BAD, f"garbage, {how}")
    if want:
        p.as_before(f"garbage, {how}")
        p.leave()
        return
    status = answer(p.conn, p.conn.send(b.logoff(), p.sess))[0]
    if status not in (DELETED, DROP):
        raise e.Failed(f"after a failed re-authentication: LOGOFF: {show(status)}")
    p.conn.close()


# --- binding ------------------------------------------------------------------------------------

def bind_first(world, who, how):
    p = Place(world)
    p.as_before("before")
    conn = conn_new(p.conn.guid)
    leg = Leg(conn, who, p.sess, mode=p.mode)
    want = {"plain": BAD, "wrong": DENIED, "right": MORE, "sealed": DROP}[how]
    same(leg.step(leg.first_token(), how), want, f"first leg, {how}")
    p.as_before(f"first leg, {how}")
    if want in (BAD, DENIED):
        leg = Leg(conn, "owner", p.sess, mode=p.mode)
        same(leg.step(leg.first_token(), "right"), MORE, "the client's own first leg")
        same(leg.step(leg.last(), "right"), OK, "the client's own last leg")
    conn.close()
    p.leave()


def bind_last(world, who, how):
    p = Place(world)
    p.as_before("before")
    conn = conn_new(p.conn.guid)
    leg = Leg(conn, "owner", p.sess, mode=p.mode)
    same(leg.step(leg.first_token(), "right"), MORE, "first leg")
    mine = leg.ntlm
    want = {"plain": BAD, "wrong": DENIED, "sealed": DROP,
            "right": OK if who == "owner" else DENIED}[how]
    same(leg.step(leg.last(who), how), want, f"last leg, {how}")
    p.as_before(f"last leg, {how}")
    if how in ("plain", "wrong"):
        leg.ntlm = mine
        same(leg.step(leg.last(), "right"), OK, "the client's own last leg")
    conn.close()
    p.leave()


# --- a new session ------------------------------------------------------------------------------

def other_keys(p):
    """Some session's keys: a new one has none"""
    return p.sess.keys_for_logon(p.conn)


def new_first(world, who, how):
    p = Place(world)
    leg = Leg(p.conn, who, keys=other_keys(p), mode=1)
    want = {"plain": MORE, "wrong": DELETED, "right": DELETED, "sealed": DROP}[how]
    if how == "sealed":     # in the owner's name, for no session
        body = b.session_setup(leg.first_token())
        msg, mid = p.conn.message(body, sign=False)
        p.conn.send_raw(p.sess.keys.seal(p.sess.sid, msg))
        same(answer(p.conn, mid)[0], DROP, "first leg, sealed")
        return
    same(leg.step(leg.first_token(), how), want, f"first leg, {how}")
    p.as_before(f"first leg, {how}")
    p.leave()


def new_last(world, who, how):
    p = Place(world)
    leg = Leg(p.conn, "owner", keys=other_keys(p), mode=1)
    same(leg.step(leg.first_token(), "plain"), MORE, "first leg")
    mine = leg.ntlm
    want = {"plain": OK, "wrong": UNSUPPORTED, "right": UNSUPPORTED, "sealed": DROP}[how]
    same(leg.step(leg.last(who), how), want, f"last leg, {how}")
    if want == OK:
        flags = {"guest": GUEST, "anonymous": NULL}.get(who, 0)
        same(leg.flags() & 3, flags, "SessionFlags")
    if want == UNSUPPORTED:
        leg.ntlm = mine
        same(leg.step(leg.last(), "plain"), OK, "the client's own last leg")
    if want != DROP:
        p.as_before(f"last leg, {how}")
        p.leave()


# --- other commands that a session's state hangs on ------------------------------------------------

def one(p, body, how, keys=None):
    """(status, reply) of BODY for the session of P"""
    msg, mid = p.conn.message(body, sign=False, sid=p.sess.sid)
    keys = keys or p.sess.keys
    if not send(p.conn, msg, p.sess.sid, keys, how):
        return DROP, None
    return answer(p.conn, mid)


def demanded(p, who, how):
    """What LOGOFF and TREE_CONNECT of WHO's session are answered with"""
    if who == "guest":      # it has no key
        return {"plain": OK, "wrong": UNSUPPORTED, "right": UNSUPPORTED, "sealed": DROP}[how]
    if who == "anonymous":  # everybody has its key; alone on its connection it cannot encrypt
        return {"plain": OK, "wrong": DENIED, "right": OK, "sealed": DROP}[how]
    return refused(how, p.sealing) or OK


def simple(world, who, how, body, ends):
    p = Place(world, "owner" if who == "another" else who)
    p.as_before("before")
    keys = None
    if who == "another":    # his key, the owner's session
        keys = p.conn.logon(e.USER2, e.PASS).keys
        want = DROP if how == "sealed" else DENIED
    else:
        want = demanded(p, who, how)
    same(one(p, body, how, keys)[0], want, how)
    if want not in (DROP, OK) or (want == OK and not ends):
        p.as_before(how)
    if want != DROP and not (want == OK and ends):
        p.leave()


def logoff(world, who, how):
    simple(world, who, how, b.logoff(), True)


def tree_connect(world, who, how):
    simple(world, who, how, b.tree_connect(f"\\\\{e.HOST}\\IPC$"), False)


def cancel(world, who, how):
    """CANCEL of a LOCK that waits; SessionId is the owner's, then 0, then WHO's own"""
    p = Place(world)
    first = p.tree.create(NAME, disposition=b.OPEN)
    first.lock([(1000, 10, 2 | 0x10)]).check()
    mid = p.conn.send(b.lock(p.file.fid, [(1000, 10, 2)]), p.sess, p.tree)
    inter = p.conn.wait(mid, interim=True)
    same(inter.status, PENDING, "interim")
    keys, own = p.sess.keys, p.sess.sid
    if who != "owner":
        his = smb2.Logon(p.conn, WHO[who], e.PASS).run()
        keys, own = his.keys, his.sid
    works = who == "owner" and not refused(how, p.sealing)
    sids = [0, own] if who != "owner" else [0]
    for sid in (*sids, p.sess.sid):
        if how == "sealed" and (sid != own or who == "guest"):
            continue        # ends the connection: see new_first(), logoff()
        msg, _ = p.conn.message(b.cancel(), sign=False, mid=mid, sid=sid, credits=0,
                                charge=0, flags=b.FLAG_ASYNC, async_id=inter.async_id)
        p.conn.send_raw(dressed(msg, sid, keys, how))
    if not works:
        p.conn.echo()
        if [r for r in p.conn.replies if r.mid == mid]:
            raise e.Failed(f"a CANCEL, {how}, of somebody else ended the wait")
        p.as_before(how)
        p.conn.cancel(mid, p.sess)
    same(p.conn.wait(mid).status, CANCELLED, "the lock")
    p.conn.echo()
    if [r for r in p.conn.replies if r.mid == mid]:
        raise e.Failed("two replies to one request")
    first.close()
    p.leave()


LEGS = {"reauth-first": reauth_first, "reauth-last": reauth_last, "bind-first": bind_first,
        "bind-last": bind_last, "new-first": new_first, "new-last": new_last, "logoff": logoff,
        "tree-connect": tree_connect, "cancel": cancel}


def matrix(world):
    for name, leg in LEGS.items():
        for who in WHO:
            for how in HOW:
                run(f"{world}/{name}/{how}/{who}", leg, world, who, how)
    for how in HOW:
        run(f"{world}/reauth-garbage/{how}", reauth_garbage, world, how)


# --- sessions that have no secret ------------------------------------------------------------------

def upgrade(who, to, how, mode=1):
    """A session of WHO's becomes TO's, or does not"""
    p = Place("signing", who)
    p.as_before("before")
    leg = Leg(p.conn, to, p.sess, mode=mode)
    same(leg.step(leg.first_token(), how), MORE, "first leg")
    want = OK if to == who else DENIED
    same(leg.step(leg.last(), how), want, f"{who} becomes {to}")
    same(p.sess.request(b.tree_connect(f"\\\\{e.HOST}\\test")).status, DENIED,
         "a TREE_CONNECT to a share of users")
    p.as_before("afterwards")
    p.leave()


def upgrade_signed_guest():
    p = Place("signing", "guest")
    leg = Leg(p.conn, "owner", p.sess)
    same(leg.step(leg.first_token(), "right"), UNSUPPORTED, "first leg, signed with no key")
    p.as_before("afterwards")
    p.leave()


def sealed_once():
    """Who encrypts though nobody asks for it is not given another identity in plain text"""
    p = Place("signing")
    conn = conn_new()
    sess = conn.logon(e.USER, e.PASS)
    same(conn.wait(conn.send(b.tree_connect(f"\\\\{e.HOST}\\test"), sess, seal=True,
                             sign=False)).status, OK, "an encrypted TREE_CONNECT")
    leg = Leg(conn, "another", sess)
    same(leg.step(leg.first_token(), "plain"), DENIED, "first leg, plain")
    same(leg.step(leg.first_token(), "sealed"), MORE, "first leg, sealed")
    same(leg.step(leg.last(), "plain"), DENIED, "last leg, plain")
    same(leg.step(leg.last(), "sealed"), DENIED, "another user, by a relay")
    conn.close()
    p.leave()


def plain_is_plain():
    """Where nothing is demanded, nothing is: what smbtorture's clients do"""
    conn = conn_new()
    sess = conn.logon(e.USER, e.PASS)
    leg = Leg(conn, "another", sess)
    same(leg.step(leg.first_token(), "plain"), MORE, "first leg")
    same(leg.step(leg.last(), "plain"), OK, "last leg")
    conn.close()


def anonymous_keys():
    """They sign and encrypt; but beside nobody who proved who he is they do not encrypt"""
    p = Place("signing", "anonymous")
    p.sess.signing = True
    reply = p.sess.request(b.tree_connect(f"\\\\{e.HOST}\\IPC$"))
    same(reply.status, OK, "a signed TREE_CONNECT")
    same(bool(reply.flags & b.FLAG_SIGNED), True, "its reply is signed")
    same(p.sess.keys.signature(reply.raw) == reply.signature, True, "rightly")
    p.sess.signing = False
    same(p.sess.request(b.tree_connect(f"\\\\{e.HOST}\\IPC$")).status, OK, "an unsigned one")
    p.conn.logon(e.USER, e.PASS)
    mid = p.conn.send(b.tree_connect(f"\\\\{e.HOST}\\IPC$"), p.sess, seal=True)
    same(p.conn.wait(mid).status, OK, "an encrypted one, beside a user")
    same(p.conn.sealed, True, "its reply is encrypted")
    p.leave()


def channel_sequence():
    """What was sent before a channel was lost changes nothing, [MS-SMB2] 3.3.5.2.10"""
    p = Place("signing")
    gone = 0xc0000467       # FILE_NOT_AVAILABLE

    def write(data, seq, flags=0):
        return p.tree.request(b.write(p.file.fid, data), status=seq, flags=flags).status

    same(write(b"first", 0), OK, "a WRITE")
    same(write(b"later", 1), OK, "a WRITE of the next sequence")
    same(write(b"stale", 0), gone, "a WRITE of the one before")
    same(p.tree.request(b.set_info(p.file.fid, bytes(8), class_=20), status=0).status, gone,
         "a SET_INFO of the one before")
    same(p.tree.request(b.read(p.file.fid, 5), status=0).status, OK, "a READ of the one before")
    same(write(b"again", 2, b.FLAG_REPLAY), OK, "a replay, when nothing else runs")
    reply = p.tree.request(b.read(p.file.fid, 5), status=2).check()
    same(reply.blob(*reply.get("BxI", 2)) == b"again", True, "what stands in the file")
    p.tree.request(b.close(p.file.fid), status=2).check()
    p.conn.close()


def strangers_previous():
    """Guests and anonymous users do not end each other's sessions by PreviousSessionId"""
    for who in ("guest", "anonymous"):
        p = Place("signing", who)
        conn = conn_new()
        smb2.Logon(conn, WHO[who], e.PASS, previous=p.sess.sid).run()
        p.as_before(f"another {who}'s PreviousSessionId")
        conn.close()
        p.leave()


def users_previous():
    p = Place("signing")
    conn = conn_new()
    smb2.Logon(conn, e.USER2, e.PASS, previous=p.sess.sid).run()
    p.as_before("another user's PreviousSessionId")
    smb2.Logon(conn, e.USER, e.PASS, previous=p.sess.sid).run()
    same(one(p, b.logoff(), "right")[0], DELETED, "the owner's own")
    conn.close()
    p.conn.close()


def channels():
    """32 channels of a session, not one more: INSUFFICIENT_RESOURCES"""
    p = Place("signing")
    conns = []
    for n in range(1, 33):
        conn = conn_new(p.conn.guid)
        conns.append(conn)
        leg = Leg(conn, "owner", p.sess, mode=3)
        same(leg.step(leg.first_token(), "right"), MORE, f"channel {n}, first leg")
        same(leg.step(leg.last(), "right"), OK if n < 32 else 0xc000009a, f"channel {n}")
    for conn in conns:
        conn.close()
    p.leave()


def relay():
    """`server signing = mandatory` is not got round by somebody else's NTLM exchange"""
    early = {who: Place("signing", who) for who in ("guest", "anonymous")}
    with e.config(global_=GUESTS + "\nserver signing = mandatory"):
        for who, p in early.items():
            for to in ("owner", who):
                leg = Leg(p.conn, to, p.sess)
                same(leg.step(leg.first_token(), "plain"), MORE, f"{who}: first leg")
                same(leg.step(leg.last(), "plain"), DENIED, f"{who} becomes {to}")
            p.conn.close()
        for who in early:
            conn = conn_new()
            leg = Leg(conn, who, mode=1)
            same(leg.step(leg.first_token(), "plain"), MORE, f"a new {who}: first leg")
            same(leg.step(leg.last(), "plain"), DENIED, f"a new {who}")
            conn.close()
        conn = conn_new()
        sess = conn.logon(e.USER2, e.PASS)
        same(sess.request(b.tree_connect(f"\\\\{e.HOST}\\test"), sign=False).status, DENIED,
             "an unsigned TREE_CONNECT")
        leg = Leg(conn, "owner", sess)      # a user with a session and its key
        same(leg.step(leg.first_token(), "right"), MORE, "first leg")
        same(leg.step(leg.last(), "right"), DENIED, "a relayed exchange of the owner's")
        conn.close()


CASES = {f"becomes/{who}-{to}-{how}": lambda who=who, to=to, how=how: upgrade(who, to, how)
         for who, ways in (("guest", ("plain",)), ("anonymous", ("plain", "right")))
         for to in ("owner", "another", "guest", "anonymous") for how in ways}
CASES.update({"becomes/guest-owner-signed": upgrade_signed_guest, "sealed-once": sealed_once,
              "plain-is-plain": plain_is_plain, "anonymous-keys": anonymous_keys,
              "channel-sequence": channel_sequence, "strangers-previous": strangers_previous, "users-previous": users_previous,
              "channels": channels, "relay": relay})


def client(world):
    if world in WORLDS:
        matrix(world)
    else:
        for name, case in CASES.items():
            run(name, case)
    e.finish()


def in_guest():
    bad = 0
    for world in (*WORLDS, "cases"):
        with e.config(global_=WORLDS.get(world, (GUESTS,))[0]):
            bad |= e.at_client(world)
    return 1 if bad else 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        client(sys.argv[1])
    sys.exit(in_guest())
