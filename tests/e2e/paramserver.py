# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of `parameters`: what stands in [global]."""
import contextlib
import re
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import e2elib as e
import paramlib as p
import smb2
import smb2body as b
from paramlib import server

OK, DENIED, NO_LOGON = "OK", "ACCESS_DENIED", "LOGON_FAILURE"
SPENT, BAD, REFUSED = "INSUFFICIENT_RESOURCES", "INVALID_PARAMETER", "NOT_SUPPORTED"
SHARE = "p"                 # there in every configuration, with guest ok = yes
BIG = 128 << 10


# --- who the server is ------------------------------------------------------------------------

@server("workgroup", {None: "WORKGROUP", "OFFICE": "OFFICE"})
def workgroup(s):
    return p.challenge(2)           # MsvAvNbDomainName


def server_comment(s):
    _, out = p.rpc("srvinfo")       # name, types, comment
    return out.splitlines()[0].split(" SNT ")[-1].strip()


INCLUDED = "/etc/cifssrv/params.inc"
server("server string", {None: "cifssrv", "files 100%%": "files 100%"}, patience=10)(server_comment)
server("include", {None: "cifssrv", INCLUDED: "included"}, patience=10)(server_comment)


@server("server string", {None: False, "of %h": True}, patience=10, variant="host", aliases=False)
def server_string_host(s):
    return server_comment(s) == "of " + p.sh("uname -n").strip().split(".")[0]


@server("netbios name", {None: (True, True), "FILES": ("FILES", "FILES")}, patience=10)
def netbios_name(s):
    _, out = p.rpc("srvinfo")
    got = p.challenge(1), out.split()[0]        # MsvAvNbComputerName
    name = p.sh("uname -n").strip().split(".")[0].upper()[:15]
    return got if s.value else tuple(x == name for x in got)


# --- dialects and protection ------------------------------------------------------------------

def dialects():
    """Those of which a client that knows no other is served"""
    return [d for d in smb2.ALL_DIALECTS if p.outcome(p.connect, dialects=[d]) == OK]


ALL = list(smb2.ALL_DIALECTS)
server("server min protocol", {None: ALL, "SMB2": ALL[1:], "SMB2_02": ALL, "SMB2_10": ALL[1:],
                               "SMB3_00": ALL[2:], "SMB3": ALL[4:]})(lambda s: dialects())
server("server max protocol", {None: ALL, "SMB3": ALL, "SMB3_00": ALL[:3], "SMB2": ALL[:2],
                               "SMB2_02": ALL[:1]})(lambda s: dialects())


@server("server signing", {
    None: (False, OK, OK), "auto": (False, OK, OK), "disabled": (False, OK, OK),
    "mandatory": (True, DENIED, DENIED)})
def server_signing(s):
    """What NEGOTIATE says; a request that is not signed; a guest, who cannot sign"""
    sess = p.logon(dialects=[0x0210])
    with sess.conn:
        return (bool(sess.conn.mode & 2), p.outcome(sess.tree, SHARE, sign=False),
                p.outcome(p.guest))


@server("server smb encrypt", {
    None: (True, False, OK), "off": (False, False, OK), "if_required": (True, False, OK),
    "desired": (True, True, OK), "required": (True, True, DENIED)})
def server_smb_encrypt(s):
    """Is a cipher negotiated; is a session encrypted; is a client served that cannot?"""
    sess = p.logon()
    with sess.conn:
        sess.tree(SHARE)
        return (sess.conn.cipher is not None, sess.sealing,
                p.outcome(lambda: p.logon(dialects=[0x0210]).tree(SHARE)))


def ciphers():
    """Those that are taken from a client which has no other"""
    return [c for c in (1, 2, 3, 4) if p.connect(ciphers=(c,)).cipher == c]


@server("server smb3 encryption algorithms", {
    None: [1, 2, 3, 4], "AES-256-GCM": [4], "AES-128-CCM AES-256-CCM": [1, 3]},
        differs="of those allowed the client's favourite counts, not the first of the list")
def encryption_algorithms(s):
    return ciphers()


@server("server smb3 encryption algorithms", {None: [1, 2, 3, 4], "-AES-128-GCM": [1, 3, 4]},
        variant="without", aliases=False)
def encryption_algorithms_without(s):
    return ciphers()


def signers():
    out = []
    for alg in (0, 1, 2):
        conn = p.connect(signers=(alg,))
        if b.CTX_SIGNING in conn.contexts and conn.signer == alg:
            out.append(alg)
    return out


@server("server smb3 signing algorithms", {
    None: [0, 1, 2], "AES-128-CMAC": [1], "AES-128-GMAC, HMAC-SHA256": [0, 2]},
        differs="of those allowed the client's favourite counts, not the first of the list")
def signing_algorithms(s):
    return signers()


# --- sizes and flow ---------------------------------------------------------------------------

def sized(which, ask):
    """Looks at what NEGOTIATE says, and at the outcome of a request for 128 KiB"""
    def look(s):
        tree = p.logon().tree(SHARE)
        with tree.conn, tree.create("big", disposition=b.OVERWRITE_IF) as f:
            while tree.conn.credits < 8:
                tree.conn.echo(tree.sess)
            return getattr(tree.conn, which), b.status_name(
                tree.request(ask(f), charge=BIG >> 16).status)
    return look


SIZES = {None: (8 << 20, OK), "1M": (1 << 20, OK), "64K": (1 << 16, BAD), "65536": (1 << 16, BAD)}
server("smb2 max read", {k: (n, "END_OF_FILE" if x == OK else x) for k, (n, x) in SIZES.items()})(
    sized("max_read", lambda f: b.read(f.fid, BIG)))
server("smb2 max write", SIZES)(sized("max_write", lambda f: b.write(f.fid, bytes(BIG))))
server("smb2 max trans", SIZES)(sized("max_trans", lambda f: b.query_info(f.fid, max_out=BIG)))


@server("smb2 max credits", {None: 8192, "128": 128, "512": 512})
def max_credits(s):
    """Most that a client gets which asks for all that the field holds"""
    conn = p.logon().conn
    with conn:
        for _ in range(20):
            conn.request(b.echo(), next(iter(conn.sessions.values())), credits=65535)
        return conn.credits


@server("server multi channel support", {None: (True, OK), "yes": (True, OK),
                                         "no": (False, "REQUEST_NOT_ACCEPTED")})
def multi_channel(s):
    """What NEGOTIATE says; a second connection that wants to be one of the session's"""
    sess = p.logon()
    other = p.connect(guid=sess.conn.guid)
    with sess.conn, other:
        return bool(sess.conn.caps & 8), p.outcome(other.bind, sess, e.PASS)


@server("smb2 leases", {None: (True, b.OPLOCK_LEASE), "yes": (True, b.OPLOCK_LEASE),
                        "no": (False, b.OPLOCK_NONE)})
def smb2_leases(s):
    """What NEGOTIATE says; what a client gets that asks for one"""
    with p.logon().conn as conn:
        tree = next(iter(conn.sessions.values())).tree(SHARE)
        f = tree.create("lease.tmp", oplock=b.OPLOCK_LEASE, options=b.OPT_DELETE_ON_CLOSE,
                        contexts=[b.lease_context(bytes(range(16)), 7)])
        with f:
            return bool(conn.caps & 2), f.oplock


@server("smb3 directory leases", {None: (True, 3), "yes": (True, 3), "auto": (True, 3),
                                  "no": (False, None)})
def smb3_directory_leases(s):
    """What NEGOTIATE says; what a client gets that asks for all of a directory"""
    with p.logon().conn as conn:
        tree = next(iter(conn.sessions.values())).tree(SHARE)
        f = tree.create("lease.dir", oplock=b.OPLOCK_LEASE,
                        options=b.OPT_DELETE_ON_CLOSE | b.OPT_DIRECTORY,
                        contexts=[b.lease_context(bytes(range(16)), 7, version=2)])
        with f:
            lease = f.contexts.get(b"RqLs")
            return bool(conn.caps & 0x20), lease and lease[16]


def notified(change):
    """What a client that watches a directory gets while CHANGE is made in it"""
    with p.logon().conn as conn:
        tree = next(iter(conn.sessions.values())).tree(SHARE)
        with tree.create("", options=b.OPT_DIRECTORY, disposition=b.OPEN, access=1) as d:
            mid = conn.send(b.change_notify(d.fid, filter_=1), tree.sess, tree)
            reply = conn.wait(mid, 5, interim=True)
            if reply.status == b.PENDING:
                change(tree)
                conn.cancel(mid, tree.sess)
                reply = conn.wait(mid, 5)
            return b.STATUS[reply.status]


def by_client(tree):
    tree.create("told.tmp", options=b.OPT_DELETE_ON_CLOSE).close()


def by_process(_tree):
    p.sh(f"touch {p.DIR}/{SHARE}/told.tmp; rm {p.DIR}/{SHARE}/told.tmp")


@server("change notify", {None: OK, "yes": OK, "no": REFUSED})
def change_notify(s):
    return notified(by_client)


@server("kernel change notify", {None: (OK, OK), "yes": (OK, OK), "no": (OK, "CANCELLED")})
def kernel_change_notify(s):
    return notified(by_client), notified(by_process)


# --- budgets ----------------------------------------------------------------------------------

def still_open(conns):
    """How many the server leaves open, once that changes no more"""
    n = -1
    while n != (n := sum(c.is_open(0.05) for c in conns)):
        time.sleep(0.5)
    return n


@contextlib.contextmanager
def many(make, n):
    """N connections that MAKE made; those that were not let in are left out"""
    conns = []
    try:
        for _ in range(n):
            try:
                conns.append(make())
            except (smb2.Closed, OSError, smb2.SmbError):
                pass
        yield conns
    finally:
        for c in conns:
            c.close()


def logged_on(n):
    p.alone()
    with many(lambda: p.logon().conn, n) as conns:
        return still_open(conns)


server("server max connections", {None: 12, "8": 8})(lambda s: logged_on(12))
server("server max connections per ip", {None: 8, "0": 8, "3": 3})(lambda s: logged_on(8))


@server("server max half open", {None: 12, "8": 8})
def max_half_open(s):
    """Connections over which nobody has logged on"""
    p.alone()
    with many(p.connect, 12) as conns:
        return still_open(conns)


def granted(ask, n):
    """How many of N are granted, and what the others are told"""
    got = [ask(i) for i in range(n)]
    return got.count(OK), sorted(set(got) - {OK})


@server("server max sessions", {None: (8, []), "4": (4, [SPENT])})
def max_sessions(s):
    p.alone()
    with p.connect() as conn:
        return granted(lambda i: p.outcome(conn.logon, e.USER, e.PASS), 8)


def trees(n):
    p.alone()
    sess = p.logon()
    with sess.conn:
        return granted(lambda i: p.outcome(sess.tree, SHARE), n)


server("server max trees", {None: (20, []), "16": (16, [SPENT])})(lambda s: trees(20))
server("max trees per session", {None: (5, []), "3": (3, [SPENT])})(lambda s: trees(5))


def opens(n):
    p.alone()
    t = p.logon().tree(SHARE)
    with t.conn:
        return granted(lambda i: p.outcome(t.create, f"open-{i}"), n)


server("max open files", {None: (20, []), "16": (16, [SPENT])},
       differs="of all clients together; Samba: of each client, and no less than 16384")(
    lambda s: opens(20))
server("max open files per session", {None: (20, []), "16": (16, [SPENT])})(lambda s: opens(20))


def locks(n):
    p.alone()
    t = p.logon().tree(SHARE)
    with t.conn, t.create("locked") as f:
        return granted(lambda i: b.status_name(
            f.lock([(i, 1, b.LOCK_EXCLUSIVE | b.LOCK_FAIL_NOW)]).status), n)


server("server max locks", {None: (20, []), "16": (16, [SPENT])})(lambda s: locks(20))
server("max locks per open", {None: (6, []), "4": (4, [SPENT])})(lambda s: locks(6))


@server("server max waiting", {None: 80, "64": 64})
def max_waiting(s):
    """Of 80 locks that have to wait so many do; the others are refused"""
    t = p.logon().tree(SHARE)
    with t.conn:
        while t.conn.credits < 100:
            t.conn.echo(t.sess)
        holder, other = t.create("wait"), t.create("wait")
        holder.lock([(0, 100, b.LOCK_EXCLUSIVE)]).check()
        mids = [t.conn.send(b.lock(other.fid, [(i, 1, b.LOCK_EXCLUSIVE)]), t.sess, t)
                for i in range(80)]
        got = [t.conn.wait(mid, interim=True).status for mid in mids]
        return got.count(b.PENDING)


def reads_done():
    """READs that have been worked on since the module was loaded"""
    for line in p.sh("cat /sys/fs/cifssrv/commands").splitlines():
        words = line.split()
        if words and words[0].upper().endswith("READ"):
            return int(words[1])
    raise e.Failed("no READ in /sys/fs/cifssrv/commands")


def unread(conns):
    """160 READs of 64 KiB over each connection, whose replies are not read: is all of it
    answered?  All that was not is answered once the replies are read."""
    each, before = 160, reads_done()
    trees_, mids = [], []
    for conn in conns:
        t = conn.logon(e.USER, e.PASS).tree(SHARE)
        while conn.credits < each + 2:
            conn.request(b.echo(), t.sess, credits=each)
        f = t.create("unread")
        f.write(bytes(65536))
        trees_.append((t, f))
    before = reads_done()
    for t, f in trees_:
        mids.append([t.conn.send(b.read(f.fid, 65536), t.sess, t) for _ in range(each)])
    done = -1
    while reads_done() - before not in (done, each * len(conns)):
        done = reads_done() - before
        time.sleep(2)           # a server that has room needs far less for the next of them
    all_ = reads_done() - before == each * len(conns)
    for (t, _), waiting in zip(trees_, mids):
        e.same({t.conn.wait(m, 60).status for m in waiting}, {0}, "READs in the end")
    return all_


def small_receiver():
    """A connection whose client takes little before it reads"""
    conn = smb2.Conn(e.HOST, 445, 30, connect=False)
    conn.sock = socket.socket()
    conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
    conn.sock.settimeout(30)
    conn.sock.connect((e.HOST, 445))
    conn.negotiate()
    return conn


SEND_LITTLE = "sysctl -qw net.ipv4.tcp_wmem='4096 16384 {}'"


@contextlib.contextmanager
def small_buffers():
    """What the guest's sockets hold is not what the server holds."""
    was = p.sh("cat /proc/sys/net/ipv4/tcp_wmem").split()[2]
    p.sh(SEND_LITTLE.format(65536))
    try:
        yield
    finally:
        p.sh(SEND_LITTLE.format(was))


SMALL = ("smb2 max read = 64K", "smb2 max write = 64K", "smb2 max trans = 64K")


@server("max inflight", {None: True, "64M": True, "1M": False}, beside=(*p.GLOBAL, *SMALL))
def max_inflight(s):
    with small_buffers(), small_receiver() as conn:
        return unread([conn])


@server("max inflight total", {None: True, "16M": False},
        beside=(*p.GLOBAL, *SMALL, "max inflight = 16M"))
def max_inflight_total(s):
    with small_buffers(), small_receiver() as one, small_receiver() as two:
        return unread([one, two])


# --- time -------------------------------------------------------------------------------------

def closed_within(conn, seconds, bound):
    """Seconds until the server closes; None: it does not within SECONDS, or, where it shall close,
    BOUND"""
    start = time.monotonic()
    while conn.is_open(0.2):
        if time.monotonic() - start > (seconds or bound):
            return None
    return time.monotonic() - start


def half_sent():
    conn = p.logon().conn
    conn.send_bytes(struct.pack(">I", 200) + b"\xfeSMB")
    return conn


# Over a connection that has negotiated nobody logs on; of a message the beginning comes and no more;
# somebody has logged on and does nothing.  The defaults are 30, 120 and never.
server("logon timeout", {"10": True, "3600": False}, slow=(25, p.connect))(closed_within)
server("message timeout", {"5": True, "3600": False}, slow=(60, half_sent))(closed_within)
server("deadtime", {"1": True, "0": False}, slow=(180, lambda: p.logon().conn))(closed_within)


@server("keepalive", {None: (240, 300), "60": (0, 60), "1000": (940, 1000), "0": None},
        differs="of TCP; Samba has it for SMB1 only")
def keepalive(s):
    """(more than, at most) seconds until TCP probes, as ss(8) tells, or None: it does not"""
    with p.logon().conn as conn:
        port = conn.sock.getsockname()[1]
        # Until the last reply is acknowledged, ss(8) tells of the retransmission timer instead.
        out = e.until(lambda: (o := p.sh(f"ss -Htno state established '( dport = :{port} )'"))
                      and "timer:(on," not in o and o, 30, "an acknowledgement")
    m = re.search(r"timer:\(keepalive,([^,]*),", out)
    if not m:
        return None
    left = sum(float(n) * {"min": 60, "sec": 1, "ms": 0.001, "": 60}[unit]
               for n, unit in re.findall(r"([\d.]+)(min|sec|ms|)", m[1]))
    return next((w for w in ((0, 60), (240, 300), (940, 1000)) if w[0] < left <= w[1]), left)


@server("ipc timeout", {"1": "failed", "600": OK})
def ipc_timeout(s):
    """A logon while the daemon is stopped; 20 is the default."""
    conn = p.connect()
    step = smb2.Logon(conn, e.USER, e.PASS)
    p.sh(e.HALT_DAEMON)
    try:
        conn.timeout = 8
        reply = step.leg(step.first_token())
        return "failed" if reply.status != b.MORE_PROCESSING else "answered"
    except smb2.Timeout:
        p.sh(e.RESUME_DAEMON)
        reply = conn.wait(conn.mid - 1, 60)
        return OK if reply.status == b.MORE_PROCESSING else b.status_name(reply.status)
    finally:
        p.sh(e.RESUME_DAEMON)
        conn.close()


# --- logon ------------------------------------------------------------------------------------

@server("restrict anonymous", {None: (OK, True, OK), "0": (OK, True, OK), "1": (OK, DENIED, OK),
                               "2": (DENIED, DENIED, "-")}, patience=10)
def restrict_anonymous(s):
    """The anonymous user: a logon and IPC$; a list of shares; a share with `guest ok`"""
    def ipc():
        p.logon("", "").tree("IPC$")
    _, out = p.rpc("netshareenumall 1", "", "")
    listed = f"netname: {SHARE}" in out or (DENIED in out and DENIED)
    first = p.outcome(ipc)
    return first, listed, p.connects(SHARE, "", "") if first == OK else "-"


@server("map to guest", {None: (NO_LOGON, NO_LOGON), "never": (NO_LOGON, NO_LOGON),
                         "bad user": ("guest", NO_LOGON), "bad password": ("guest", "guest")},
        beside=())
def map_to_guest(s):
    """A user that is not known; a password that is wrong"""
    def try_(user):
        try:
            sess = p.logon(user, "wrong")
        except smb2.SmbError as x:
            return b.status_name(x.status)
        return "guest" if sess.flags & smb2.SESSION_GUEST else "itself"
    return try_("nosuchuser"), try_(e.USER)


@server("guest account", {None: "nobody", p.MEMBER: p.MEMBER})
def guest_account(s):
    t = p.guest().tree(SHARE)
    with t.conn:
        t.create("by-guest", disposition=b.OPEN_IF).close()
        owner = p.sh(f"stat -c %U {p.DIR}/{SHARE}/by-guest").strip()
        p.sh(f"rm {p.DIR}/{SHARE}/by-guest")
        return owner


@server("ntlm auth", {None: OK, "ntlmv2-only": OK, "no": OK, "disabled": NO_LOGON})
def ntlm_auth(s):
    return p.outcome(p.logon)


LOCKED = "ACCOUNT_LOCKED_OUT"


def failing(times):
    """What the right password brings after so many wrong ones; then all is forgotten again."""
    try:
        for _ in range(times):
            p.outcome(p.logon, e.USER, "wrong")
        return p.outcome(p.logon)
    finally:
        p.sh(f"cifsadmin unlock {e.USER}; true")


@server("logon failure limit", {None: OK, "2": LOCKED, "0": OK})
def logon_failure_limit(s):
    return failing(3)


@server("logon failure lock time", {"1": OK, "3600": LOCKED},
        beside=(*p.GLOBAL, "logon failure limit = 2", "logon failure delay = 0"))
def logon_failure_lock_time(s):
    """The right password, 3 s after the account was locked"""
    try:
        for _ in range(2):
            p.outcome(p.logon, e.USER, "wrong")
        time.sleep(3)
        return p.outcome(p.logon)
    finally:
        p.sh(f"cifsadmin unlock {e.USER}; true")


@server("logon failure delay", {"0": "first", "8": "second"})
def logon_failure_delay(s):
    """Is the answer to a logon that was asked for first there before that of another account?"""
    try:
        for _ in range(4):
            p.outcome(p.logon, e.USER, "wrong")
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(p.outcome, p.logon)
            time.sleep(0.5)
            p.logon(e.USER2, e.PASS2).conn.close()
            done = first.done()
            first.result()
        return "first" if done else "second"
    finally:
        p.sh(f"cifsadmin unlock {e.USER}; true")


MAP = "/etc/cifssrv/params.map"


@server("username map", {None: [NO_LOGON] * 3, MAP: [OK] * 3}, beside=())
def username_map(s):
    """Two names of tester, and a name of a user of whose group the map knows"""
    return [p.outcome(p.logon, name) for name in ("nick", "Nick Name", "NICK")]


@server("log level", {"0": False, "3": True})
def log_level(s):
    """Does the daemon tell of a logon?"""
    log = "/run/vm/cifssrvd.log"
    before = int(p.sh(f"stat -c %s {log}"))
    p.logon().conn.close()
    p.logon().conn.close()          # what was said of the first is written when this is answered
    return "logon succeeded" in p.sh(f"tail -c +{before + 1} {log}")


# --- addresses --------------------------------------------------------------------------------

def served(host, port=445):
    return p.outcome(p.connect, host, port=port) == OK


def from_hosts(s):
    """Over IPv4, and over IPv6"""
    return served(e.HOST), served(p.SERVER6)


server("hosts allow", {None: (True, True), p.CLIENT: (True, False), "fd77::/64": (False, True),
                       "192.168.77. fd77::1": (True, True),
                       f"ALL EXCEPT {p.CLIENT}": (False, True)})(from_hosts)
server("hosts deny", {None: (True, True), "192.168.77.0/24": (False, True),
                      f"ALL EXCEPT {p.CLIENT}": (True, False)})(from_hosts)
server("hosts deny", {None: (True, False), "ALL": (True, False), p.CLIENT: (True, True)},
       beside=(*p.GLOBAL, f"hosts allow = {p.CLIENT}"), variant="beside-allow",
       aliases=False)(from_hosts)


def told():
    """Addresses in the answer to FSCTL_QUERY_NETWORK_INTERFACE_INFO, [MS-SMB2] 2.2.32.5"""
    sess = p.logon()
    with sess.conn:
        r = sess.request(b.ioctl(b.NO_FID, b.FSCTL_QUERY_INTERFACES), sess.tree("IPC$")).check()
        off, size = r.get("II", 32)
        data, out, pos = r.blob(off, size) if size else b"", set(), 0
        while data:
            family, = struct.unpack_from("<H", data, pos + 24)
            out.add(socket.inet_ntop(socket.AF_INET, data[pos + 28:pos + 32]) if family == 2 else
                    socket.inet_ntop(socket.AF_INET6, data[pos + 32:pos + 48]))
            nxt, = struct.unpack_from("<I", data, pos)
            pos += nxt
            if not nxt:
                break
        return out & {e.HOST, p.SERVER6}


BOTH = {e.HOST, p.SERVER6}
server("interfaces", {None: BOTH, "vec0": BOTH, "vec*": BOTH, "nosuch0": set(), e.HOST: {e.HOST},
                      "192.168.77.0/24": {e.HOST}, "fd77::/64": {p.SERVER6},
                      "192.168.77.0/255.255.255.0": {e.HOST},
                      f"192.168.77.2/24 {p.SERVER6}": BOTH})(lambda s: told())


server("bind interfaces only", {None: (True, True), "no": (True, True), "yes": (True, False)},
       beside=(*p.GLOBAL, f"interfaces = {e.HOST}"))(from_hosts)
server("bind interfaces only", {None: (True, True), "yes": (True, True)}, aliases=False,
       beside=(*p.GLOBAL, "interfaces = vec0"), variant="by-name")(from_hosts)


@server("smb ports", {None: (True, False), "445 4455": (True, True), "4455": (False, True)})
def smb_ports(s):
    return served(e.HOST), served(e.HOST, 4455)
