# SPDX-License-Identifier: GPL-2.0-or-later
"""What the rows of `parameters` are made of: the table, shares, connections, what can be seen.

A row is a parameter of smb.conf, lines that stand beside it, a function that looks, and what it must
see for each value of the parameter.  Two values at least must look different, and nothing but the
one line is different between them: so a row cannot pass if nothing obeys the parameter.
"""
import os
import re
import select
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../lib")]
import e2elib as e          # noqa: E402  the path comes first
import ntlm                 # noqa: E402
import smb2                 # noqa: E402
import smb2body as b        # noqa: E402

DIR = f"{e.DATA}/params"            # a directory for each share
OUTSIDE = "/run/params"             # what no share contains
CLIENT, CLIENT6, SERVER6 = "192.168.77.1", "fd77::1", "fd77::2"
GLOBAL = ("map to guest = bad user",)       # in [global] wherever a row says nothing else
MEMBER, GROUP = "pmember", "pgroup"         # an account, and a group that it and tester2 are in
GUESTS = "pguests"                          # a group that the guest account alone is in
USERS = "users"                             # tester's and tester2's own
REFUSED = "refused"                         # smb.conf is, with a message

READ, WRITE, READ_ATTR, WRITE_ATTR = 0x120089, 0x120116, 0x80, 0x100
HIDDEN, SYSTEM, ARCHIVE, READONLY = 2, 4, 0x20, 1

b.STATUS.update({0xc000004f: "EAS_NOT_SUPPORTED", 0xc00000bb: "NOT_SUPPORTED",
                 0xc000019c: "FS_DRIVER_REQUIRED", 0xc0000715: "INSUFF_SERVER_RESOURCES"})


# --- the table --------------------------------------------------------------------------------

ROWS = []


class Row:
    """One parameter.

    scope, name: as in configfs-schema/ and in the manual.  look(s): what is seen at a Share or
    Server.  values: {value or None (no such line): what must be seen}.  beside: further lines of
    the same section.  setup: shell, run by root in the share's directory before anything is looked
    at.  differs: where this is not what smb.conf(5) of Samba says.  known: why the row fails so far.
    variant: tells rows of one parameter from each other.  slow: see `parameters`.  patience: seconds
    after which it must be so at last.
    """

    def __init__(self, scope, name, look, values, **more):
        self.scope, self.name, self.look, self.values = scope, name, look, values
        self.beside = more.pop("beside", ("read only = no",) if scope == "share" else GLOBAL)
        self.setup = more.pop("setup", "")
        self.differs, self.known = more.pop("differs", ""), more.pop("known", "")
        self.variant, self.slow = more.pop("variant", ""), more.pop("slow", False)
        self.aliases, self.patience = more.pop("aliases", True), more.pop("patience", 0)
        assert not more, more
        self.title = name.replace(" ", "-") + (f"+{self.variant}" if self.variant else "")
        if scope == "server" and name in ("hosts allow", "hosts deny"):
            self.title = f"global-{self.title}"

    def blind(self):
        seen = list(self.values.values())
        return all(v == seen[0] for v in seen)


def share(name, values, **more):
    """Decorates the function that looks at a share."""
    def add(look):
        ROWS.append(Row("share", name, look, values, **more))
        return look
    return add


def server(name, values, **more):
    """Decorates the function that looks at a server."""
    def add(look):
        ROWS.append(Row("server", name, look, values, **more))
        return look
    return add


# --- configfs-schema --------------------------------------------------------------------------

TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{}()=,;])|#[^\n]*|([^\s"{}()=,;#]+)')


def schema(scope):
    """[{key: text}] of the parameters of SCOPE; lists are flat, nested ones too."""
    with open(f"{e.TOP}/configfs-schema/{scope}.cfg", encoding="utf-8") as f:
        tokens = [(m[1] if m[1] is not None else m[2] or m[3], m[1] is None)
                  for m in TOKEN.finditer(f.read()) if m[1] is not None or m[2] or m[3]]
    out, key, entry = [], None, None
    for i, (text, bare) in enumerate(tokens):
        if bare and text == "{":
            entry = {}
        elif bare and text == "}":
            out.append(entry)
            entry = None
        elif entry is not None and bare and tokens[i + 1] == ("=", True):
            key = text
        elif entry is not None and not (bare and text in "()=,;"):
            entry.setdefault(key, []).append(text)
    return out


def obeyed():
    """{(scope, name in smb.conf): {other name: does it mean the opposite}}"""
    out = {}
    for scope in ("server", "share"):
        for p in schema(scope):
            if "smb" in p and p.get("to", ["kernel"])[0] in ("kernel", "daemon"):
                names = {a: False for a in p.get("aliases", [])}
                names.update({a: True for a in p.get("inverted", [])})
                out[scope, p["smb"][0]] = names
    return out


# --- the guest --------------------------------------------------------------------------------

class Shell:
    """One root's shell in the guest for all that is asked: starting `vm sh` takes longer than most
    of it."""

    def __init__(self):
        self.p = subprocess.Popen([os.environ["VM"], "sh", "bash"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = b""

    def run(self, script, timeout=120):
        """(exit status, output)"""
        mark = f"done-{os.urandom(8).hex()}"
        self.p.stdin.write(f"( {script}\n) < /dev/null 2>&1; echo {mark} $?\n".encode())
        self.p.stdin.flush()
        end = time.monotonic() + timeout
        while not (m := re.search(rb"(?s)(.*)%s (\d+)\n" % mark.encode(), self.said)):
            if not select.select([self.p.stdout], [], [], max(0, end - time.monotonic()))[0]:
                raise e.Failed(f"no end after {timeout} s: {script[:200]}")
            part = os.read(self.p.stdout.fileno(), 65536)
            e.want(part, f"the guest's shell has ended: {script[:200]}")
            self.said += part
        self.said = self.said[m.end():]
        return int(m[2]), m[1].decode(errors="replace")


SHELL = []


def sh(script, rc=0, timeout=120):
    """As e2elib.guest"""
    if not SHELL:
        SHELL.append(Shell())
    got, out = SHELL[0].run(script, timeout)
    if rc is not None and got != rc:
        raise e.Failed(f"in the guest: exit {got}, wanted {rc}: {script[:200]}\n{out[-3000:]}")
    return out


def put(path, text):
    """Shell: a file of the guest gets that text."""
    return f"cat > {path} <<'END-OF-{path}'\n{text}\nEND-OF-{path}\n"


# --- connections ------------------------------------------------------------------------------

OPEN = []           # connections of the row that is looked at


def connect(host=e.HOST, dialects=smb2.ALL_DIALECTS, **how):
    conn = smb2.Conn(host, how.pop("port", 445), how.pop("timeout", 20), guid=how.pop("guid", None))
    OPEN.append(conn)
    conn.negotiate(dialects, **how)
    return conn


def close_all():
    for conn in OPEN:
        conn.close()
    OPEN.clear()


def alone():
    """Nobody else is connected, or on the way out: what is counted now is one's own."""
    close_all()

    def live():
        made, ended = sh("cat /sys/fs/cifssrv/objects/connections").split()
        return int(made) - int(ended)
    e.until(lambda: not live(), 30, "connections to end")


def logon(user=e.USER, password=e.PASS, **how):
    return connect(**how).logon(user, password)


def guest(**how):
    return logon("nosuchuser", "x", **how)


def outcome(step, *args, **how):
    """"OK", or the name of the status, or how else it ended"""
    try:
        step(*args, **how)
    except smb2.SmbError as x:
        return b.status_name(x.status)
    except smb2.Closed:
        return "closed"
    except ConnectionRefusedError:
        return "refused"
    return "OK"


def connects(name, user=e.USER, password=e.PASS, **how):
    """Of a tree connect to the share of that name"""
    sess = logon(user, password, **how)
    with sess.conn:
        return outcome(sess.tree, name)


def creates(tree, name, **how):
    """Of a CREATE; what it opened is closed again."""
    how.setdefault("disposition", b.OPEN)
    how.setdefault("access", READ)

    def run():
        tree.create(name, **how).close()
    return outcome(run)


class Share:
    """A share that was made for one value of one row."""

    def __init__(self, row, value, number, alias=None):
        self.row, self.value, self.alias = row, value, alias
        self.name = f"p{number}"
        self.dir = f"{DIR}/{self.name}"
        self.listing = None             # {share: comment} of all shares, as tester; set once

    def lines(self):
        name, value = self.row.name, self.value
        if self.alias:
            name, value = self.alias[0], opposite(value) if self.alias[1] else value
        own = [] if value is None else [f"{name} = {value.format(dir=self.dir, top=DIR)}"]
        path = [] if name == "path" or self.row.name == "path" else [f"path = {self.dir}"]
        return [f"[{self.name}]", *path, *self.row.beside, *own]

    def tree(self, user=e.USER, password=e.PASS, **how):
        return logon(user, password, **how).tree(self.name)

    def guest_tree(self):
        return guest().tree(self.name)

    def stat(self, name, form="%a"):
        return sh(f"stat -c '{form}' '{self.dir}/{name}'").strip()

    def new(self, name, tree=None, **how):
        """Make a file (or directory) through the share; what stat(1) says of its mode"""
        how.setdefault("disposition", b.OPEN_IF)
        (tree or self.tree()).create(name, **how).close()
        return self.stat(name)

    def said(self):
        return f"{self.alias[0] if self.alias else self.row.name} = {self.value}"


def opposite(value):
    return {"yes": "no", "no": "yes"}[value]


def attributes(tree, name):
    """DOS attributes, as the client sees them"""
    with tree.create(name, access=READ_ATTR, disposition=b.OPEN) as f:
        return f.attrs


def listing(tree, where=""):
    """{name: attributes} without the dots: FileDirectoryInformation"""
    out, flags = {}, 1
    with tree.create(where, options=b.OPT_DIRECTORY, disposition=b.OPEN, access=0x81) as d:
        while True:
            r = tree.request(b.query_directory(d.fid, info=b.DIR_DIRECTORY, flags=flags))
            if r.status in (0x80000006, 0xc000000f):
                return out
            off, size = r.check().get("HI", 2)
            blob, pos, flags = r.blob(off, size), 0, 0
            while True:
                nxt, = struct.unpack_from("<I", blob, pos)
                attrs, nlen = struct.unpack_from("<II", blob, pos + 56)
                name = blob[pos + 64:pos + 64 + nlen].decode("utf-16le")
                if name not in (".", ".."):
                    out[name] = attrs
                pos += nxt
                if not nxt:
                    break


def volume(tree, class_):
    """What the file system says of itself, [MS-FSCC] 2.5"""
    with tree.create("", options=b.OPT_DIRECTORY, disposition=b.OPEN, access=READ_ATTR) as d:
        return d.query(class_, b.INFO_FS)


def challenge(name):
    """An AV_PAIR of the server's NTLM CHALLENGE, as text"""
    with connect() as conn:
        step = smb2.Logon(conn, e.USER, e.PASS)
        reply = step.leg(step.first_token())
        step.ntlm.parse_challenge(ntlm.parse_resp(step.token_of(reply))["token"])
        return dict(ntlm.av_pairs(step.ntlm.target_info)).get(name, b"").decode("utf-16le")


# --- programs ---------------------------------------------------------------------------------

def shares_listed(user=e.USER, password=e.PASS, more=()):
    """{name: comment} as smbclient -L has it, which asks NetrShareEnum; a text if it is refused"""
    rc, out = e.run(["smbclient", "-s", "/dev/null", "-g", "-L", e.HOST, "-U", f"{user}%{password}", *more])
    if rc:
        return next((w for w in re.findall(r"NT_STATUS_(\w+)", out)), f"exit {rc}: {out}")
    return dict(line.split("|", 2)[1:] for line in out.splitlines() if line.startswith("Disk|"))


def rpc(command, user=e.USER, password=e.PASS):
    rc, out = e.run(["rpcclient", "-s", "/dev/null", "-U", f"{user}%{password}", "-c", command,
                     e.HOST])
    return rc, out


TRACING = "/sys/kernel/tracing"


def fsyncs(path, act):
    """How often the file is brought to disk while ACT runs, as ext4's tracepoint counts"""
    ino = sh(f"stat -c %i {path}").strip()
    event = f"{TRACING}/events/ext4/ext4_sync_file_enter"
    sh(f"mountpoint -q {TRACING} || mount -t tracefs t {TRACING}; echo > {TRACING}/trace; "
            f"echo 'ino == {ino}' > {event}/filter && echo 1 > {event}/enable")
    try:
        act()
        return int(sh(f"grep -c ext4_sync_file_enter: {TRACING}/trace || true"))
    finally:
        sh(f"echo 0 > {event}/enable; echo 0 > {event}/filter; echo > {TRACING}/trace")
