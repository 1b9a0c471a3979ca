# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of `parameters`: what stands in the section of a share."""
import struct
import time

import e2elib as e
import paramlib as p
import smb2body as b
from paramlib import share

OK, DENIED, BUSY = "OK", "ACCESS_DENIED", "REQUEST_NOT_ACCEPTED"
NO_SHARE, NO_FILE, NO_PATH = "BAD_NETWORK_NAME", "OBJECT_NAME_NOT_FOUND", "OBJECT_PATH_NOT_FOUND"
MODES = ("read only = no", "store dos attributes = no", "create mask = 0777")


# --- what is shared ---------------------------------------------------------------------------

@share("path", {"{dir}/one": ["in-one"], "{dir}/two": ["in-two"], "{top}/%S/two": ["in-two"]},
       setup="mkdir one two; touch one/in-one two/in-two")
def path(s):
    return sorted(p.listing(s.tree()))


@share("comment", {None: "", "a comment of ours": "a comment of ours"})
def comment(s):
    return s.listing[s.name]


@share("volume", {None: True, "DATA": "DATA"})
def volume(s):
    label = p.volume(s.tree(), b.FS_VOLUME)
    text = label[18:18 + struct.unpack_from("<I", label, 12)[0]].decode("utf-16le")
    return text if s.value else text == s.name


@share("fstype", {None: "NTFS", "FAT": "FAT"})
def fstype(s):
    data = p.volume(s.tree(), b.FS_ATTRIBUTE)
    return data[12:12 + struct.unpack_from("<I", data, 8)[0]].decode("utf-16le")


@share("available", {None: OK, "yes": OK, "no": NO_SHARE})
def available(s):
    return p.connects(s.name)


@share("browseable", {None: (True, OK), "yes": (True, OK), "no": (False, OK)})
def browseable(s):
    return s.name in s.listing, p.connects(s.name)


@share("max connections", {None: [OK] * 3, "1": [OK, BUSY, BUSY], "2": [OK, OK, BUSY]})
def max_connections(s):
    sessions = [p.logon() for _ in range(3)]
    try:
        return [p.outcome(x.tree, s.name) for x in sessions]
    finally:
        for x in sessions:
            x.conn.close()


# --- who may do what --------------------------------------------------------------------------

def changes(tree):
    """Outcomes of making a file, and of writing to, renaming and deleting one"""
    return (p.creates(tree, "new", disposition=b.OPEN_IF, access=p.WRITE),
            p.creates(tree, "old", access=p.WRITE), p.creates(tree, "old", access=b.DELETE),
            p.creates(tree, "old"))


@share("read only", {None: (DENIED, DENIED, DENIED, OK), "yes": (DENIED, DENIED, DENIED, OK),
                     "no": (OK, OK, OK, OK)}, beside=(), setup="touch old; chown tester old")
def read_only(s):
    return changes(s.tree())


@share("guest ok", {None: DENIED, "no": DENIED, "yes": OK})
def guest_ok(s):
    sess = p.guest()
    with sess.conn:
        return p.outcome(sess.tree, s.name)


@share("guest only", {None: e.USER, "yes": "nobody"}, beside=("read only = no", "guest ok = yes"))
def guest_only(s):
    s.new("made")
    return s.stat("made", "%U")


@share("guest only", {None: (DENIED, DENIED), "yes": (OK, OK)}, variant="groups", aliases=False,
       beside=("read only = yes", "guest ok = yes", f"write list = @{p.GUESTS}"),
       setup=f"echo > theirs; chmod 640 theirs; chgrp {p.GUESTS} theirs")
def guest_only_groups(s):
    """The guest account's groups count with it: for files, and for lists of users."""
    t = s.tree()
    return (p.creates(t, "theirs"),
            p.creates(t, "made", disposition=b.OPEN_IF, access=p.WRITE))


@share("guest only", {None: OK, "yes": p.REFUSED}, variant="without-guest-ok", aliases=False,
       differs="Samba: no effect without `guest ok`; here smb.conf is refused")
def guest_only_alone(s):
    return p.connects(s.name)


def admitted(s):
    """May tester, tester2 and a guest connect?"""
    sess = p.guest()
    with sess.conn:
        return (p.connects(s.name), p.connects(s.name, e.USER2), p.outcome(sess.tree, s.name))


GUESTS = ("read only = no", "guest ok = yes")
share("valid users", {None: (OK, OK, OK), e.USER: (OK, DENIED, DENIED),
                      f"@{p.GROUP}": (DENIED, OK, DENIED), f"+{p.GROUP}": (DENIED, OK, DENIED),
                      f"{e.USER2}, {e.USER} nobody": (OK, OK, OK)}, beside=GUESTS)(admitted)
share("invalid users", {None: (OK, OK, OK), e.USER2: (OK, DENIED, OK),
                        f"@{p.GROUP} nobody": (OK, DENIED, DENIED)}, beside=GUESTS)(admitted)
share("invalid users", {None: (OK, OK, DENIED), e.USER2: (OK, DENIED, DENIED)},
      beside=(*GUESTS, f"valid users = {e.USER} @{p.GROUP}"), variant="beats-valid", aliases=False,
      differs="one and the same word in both lists is refused")(admitted)


def writers(s):
    """May tester and tester2 make a file?"""
    return tuple(p.creates(s.tree(user), f"by-{user}", disposition=b.OPEN_IF, access=p.WRITE)
                 for user in (e.USER, e.USER2))


share("read list", {None: (OK, OK), e.USER2: (OK, DENIED), f"@{p.GROUP}": (OK, DENIED)})(writers)
share("write list", {None: (DENIED, DENIED), e.USER: (OK, DENIED), f"@{p.GROUP}": (DENIED, OK)},
      beside=("read only = yes", f"read list = {e.USER} {e.USER2}"))(writers)


@share("admin users", {None: (e.USER, DENIED), e.USER: ("root", OK), e.USER2: (e.USER, DENIED)},
       setup="echo > roots; chmod 600 roots")
def admin_users(s):
    s.new("made")
    return s.stat("made", "%U"), p.creates(s.tree(), "roots")


@share("force user", {None: (e.USER, p.USERS, DENIED), p.MEMBER: (p.MEMBER, p.MEMBER, OK)},
       setup=f"echo > theirs; chmod 600 theirs; chown {p.MEMBER} theirs")
def force_user(s):
    s.new("made")
    return (*s.stat("made", "%U %G").split(), p.creates(s.tree(), "theirs"))


def theirs(s):
    """ "All file operations will be performed as the forced user", whose groups count too."""
    return p.creates(s.tree(), "theirs")


def theirs_read(s):
    """A group that a file's mode refuses: its members have less than all others"""
    return p.creates(s.tree(), "theirs", access=b.READ_DATA)


THEIRS = f"echo > theirs; chmod 640 theirs; chgrp {p.GROUP} theirs"
share("force user", {None: DENIED, p.MEMBER: OK}, variant="groups", aliases=False,
      setup=THEIRS)(theirs)
share("force user", {None: DENIED, p.MEMBER: OK}, variant="groups-beside-force-group", aliases=False,
      beside=("read only = no", f"force group = {p.USERS}"), setup=THEIRS)(theirs)


PRIMARY = f"echo > theirs; chmod 604 theirs; chgrp {p.MEMBER} theirs"
share("force user", {None: OK, p.MEMBER: DENIED}, variant="primary-beside-force-group", aliases=False,
      beside=("read only = no", f"force group = {p.USERS}"), setup=PRIMARY)(theirs_read)
share("force group", {None: DENIED, p.GROUP: DENIED}, variant="primary", aliases=False,
      setup=f"echo > theirs; chmod 604 theirs; chgrp {p.USERS} theirs")(theirs_read)


@share("force group", {None: (p.USERS, DENIED), p.GROUP: (p.GROUP, OK)},
       setup=f"echo > theirs; chmod 640 theirs; chgrp {p.GROUP} theirs")
def force_group(s):
    s.new("made")
    return s.stat("made", "%G"), p.creates(s.tree(), "theirs")


@share("force group", {None: (p.USERS, p.USERS), f"+{p.GROUP}": (p.USERS, p.GROUP)},
       variant="members", aliases=False)
def force_group_members(s):
    """With a `+` only those have it who are in it."""
    for user in (e.USER, e.USER2):
        s.new(f"by-{user}", s.tree(user))
    return tuple(s.stat(f"by-{user}", "%G") for user in (e.USER, e.USER2))


def from_hosts(s):
    """Over IPv4 and IPv6"""
    return p.connects(s.name), p.connects(s.name, host=p.SERVER6)


share("hosts allow", {
    None: (OK, OK), p.CLIENT: (OK, DENIED), "192.168.77.": (OK, DENIED),
    "192.168.0.0/255.255.0.0": (OK, DENIED), "fd77::/64": (DENIED, OK), "ALL": (OK, OK),
    "192.168.77.0/24, fd77::1": (OK, OK), f"192.168. EXCEPT {p.CLIENT}": (DENIED, DENIED),
})(from_hosts)
share("hosts deny", {
    None: (OK, OK), "192.168.77.0/24": (DENIED, OK), "ALL": (DENIED, DENIED),
    f"ALL EXCEPT {p.CLIENT}": (OK, DENIED), p.CLIENT6: (OK, DENIED),
})(from_hosts)
share("hosts deny", {None: (OK, DENIED), "ALL": (OK, DENIED), p.CLIENT: (OK, OK)},
      beside=("read only = no", f"hosts allow = {p.CLIENT}"), variant="beside-allow",
      aliases=False)(from_hosts)


@share("smb encrypt", {
    None: (False, OK, OK), "default": (False, OK, OK), "off": (False, OK, OK),
    "if_required": (False, OK, OK), "desired": (True, DENIED, OK),
    "required": (True, DENIED, DENIED)})
def smb_encrypt(s):
    """Is a client told to encrypt; what if it does not; may one come that cannot?"""
    t = s.tree()
    return (t.sealing, b.status_name(t.request(b.create("", access=p.READ_ATTR, disposition=b.OPEN),
                                               seal=False, sign=True).status),
            p.connects(s.name, dialects=[0x0210]))


# --- names and modes of what is made ----------------------------------------------------------

@share("create mask", {None: "744", "0600": "600", "0604": "604", "0777": "766"})
def create_mask(s):
    return s.new("made")


@share("directory mask", {None: "755", "0700": "700", "0777": "777"})
def directory_mask(s):
    return s.new("made", options=b.OPT_DIRECTORY)


@share("force create mode", {None: ("744", "755"), "0660": ("764", "755"), "0111": ("755", "755")})
def force_create_mode(s):
    return s.new("made"), s.new("dir", options=b.OPT_DIRECTORY)


@share("force directory mode", {None: ("755", "744"), "0070": ("775", "744"),
                                "2770": ("2775", "744")})
def force_directory_mode(s):
    return s.new("dir", options=b.OPT_DIRECTORY), s.new("made")


@share("inherit owner", {None: (e.USER, e.USER), "no": (e.USER, e.USER),
                         "yes": (e.USER2, e.USER2), "windows and unix": (e.USER2, e.USER2),
                         "unix only": (e.USER2, e.USER2)},
       setup=f"mkdir theirs; chown {e.USER2} theirs; chmod 777 theirs",
       differs="`unix only`: as `yes`, since there is one owner only")
def inherit_owner(s):
    t = s.tree()
    t.create("theirs\\file").close()
    t.mkdir("theirs\\dir").close()
    return s.stat("theirs/file", "%U"), s.stat("theirs/dir", "%U")


@share("inherit permissions", {None: ("744", "2755", "755"), "yes": ("760", "2770", "777")},
       setup=f"mkdir open setuid; chown {e.USER}:{p.USERS} open setuid; chmod 2770 open; "
             "chmod 4777 setuid")
def inherit_permissions(s):
    """A file and a directory; setuid is never inherited."""
    t = s.tree()
    t.create("open\\file").close()
    t.mkdir("open\\dir").close()
    t.mkdir("setuid\\dir").close()
    return s.stat("open/file"), s.stat("open/dir"), s.stat("setuid/dir")


@share("inherit permissions", {None: "644", "yes": "660"}, variant="map-archive", aliases=False,
       beside=("read only = no", "map archive = no"),
       setup=f"mkdir open; chown {e.USER}:{p.USERS} open; chmod 2770 open")
def inherit_permissions_archive(s):
    """The x bits of files are those of `map archive` and its kin."""
    s.tree().create("open\\file").close()
    return s.stat("open/file")


def hidden(s):
    """Names with the hidden attribute, in a listing and when they are opened"""
    t = s.tree()
    listed = p.listing(t)
    opened = {n: p.attributes(t, n) for n in listed}
    e.same({n: bool(a & p.HIDDEN) for n, a in listed.items()},
           {n: bool(a & p.HIDDEN) for n, a in opened.items()}, "hidden in a listing, and opened")
    return sorted(n for n, a in listed.items() if a & p.HIDDEN)


share("hide dot files", {None: [".dot"], "yes": [".dot"], "no": []},
      setup="touch .dot plain")(hidden)
share("hide files", {None: [], "/*.bak/desk top/": ["b.BAK", "desk top", "x.bak"],
                     "/?.bak/": ["b.BAK", "x.bak"]},
      setup="touch x.bak b.BAK 'desk top' plain")(hidden)
share("hide files", {None: [], "/*.bak/": ["x.bak"]}, variant="case-sensitive", aliases=False,
      beside=("read only = no", "case sensitive = yes"), setup="touch x.bak b.BAK plain")(hidden)


def vetoed(s):
    """What is listed; outcomes of opening and making what a veto may be for"""
    t = s.tree()
    return (sorted(p.listing(t)), p.creates(t, "x.bak"), p.creates(t, "dir.bak\\in"),
            p.creates(t, "new.BAK", disposition=b.OPEN_IF, access=p.WRITE))


VETO_FILES = "touch x.bak plain; mkdir dir.bak; touch dir.bak/in"
share("veto files", {None: (["dir.bak", "plain", "x.bak"], OK, OK, OK),
                     "/*.bak/": (["plain"], NO_FILE, NO_PATH, NO_FILE),
                     "/x.*/": (["dir.bak", "plain"], NO_FILE, OK, OK)}, setup=VETO_FILES)(vetoed)
share("veto files", {None: (["dir.bak", "plain", "x.bak"], OK, OK, OK),
                     "/*.bak/": (["plain"], NO_FILE, NO_PATH, OK)}, variant="case-sensitive",
      aliases=False, beside=("read only = no", "case sensitive = yes"), setup=VETO_FILES)(vetoed)


@share("hide unreadable", {None: ["closed", "dir", "mine", "open"], "yes": ["mine", "open"]},
       setup=f"touch closed open mine; chmod 600 closed mine; chown {e.USER} mine; "
             "mkdir -m 700 dir")
def hide_unreadable(s):
    return sorted(p.listing(s.tree()))


@share("access based share enum", {None: (True, True), "yes": (True, False)},
       beside=("read only = no", f"valid users = {e.USER}"))
def access_based_share_enum(s):
    """Do tester, who may connect, and tester2, who may not, see the share in a list of shares?"""
    return s.name in s.listing, s.name in p.shares_listed(e.USER2)


def in_list(s):
    """Does a list of shares have it for tester, who may use it from another host, or encrypted?"""
    return s.name in p.shares_listed(more=("-m", "SMB2_10"))


share("access based share enum", {None: True, "yes": False}, variant="hosts", aliases=False,
      beside=(f"hosts deny = {p.CLIENT}",))(in_list)
share("access based share enum", {None: True, "yes": False}, variant="encryption", aliases=False,
      beside=("smb encrypt = required",))(in_list)
share("access based share enum", {None: True, "yes": False}, variant="invalid-users", aliases=False,
      beside=(f"invalid users = {e.USER}", "guest ok = yes"))(in_list)
share("access based share enum", {None: True, "yes": True}, variant="guest-only", aliases=False,
      beside=("valid users = nobody", "guest ok = yes", "guest only = yes"))(in_list)


@share("access based share enum", {None: ["closed", "open"], "yes": ["closed", "open"]},
       variant="files", aliases=False, setup="touch closed open; chmod 600 closed")
def access_based_share_enum_files(s):
    """ "Security descriptors on files contained on the share are not used"."""
    return sorted(p.listing(s.tree()))


@share("case sensitive", {None: (OK, False), "no": (OK, False), "auto": (OK, False),
                          "yes": (NO_FILE, True)}, setup="touch lower")
def case_sensitive(s):
    t = s.tree()
    flags, = struct.unpack_from("<I", p.volume(t, b.FS_ATTRIBUTE))
    return p.creates(t, "LOWER"), bool(flags & 1)


@share("follow symlinks", {None: (OK, OK), "yes": (OK, OK), "no": (DENIED, DENIED)},
       setup="mkdir dir; touch dir/file; ln -s dir/file link; ln -s dir way")
def follow_symlinks(s):
    t = s.tree()
    return p.creates(t, "link"), p.creates(t, "way\\file")


@share("wide links", {None: (DENIED, OK), "no": (DENIED, OK), "yes": (OK, OK)},
       setup=f"ln -s {p.OUTSIDE}/file out; touch file; ln -s file in",
       differs="absolute links within the share are not followed")
def wide_links(s):
    t = s.tree()
    return p.creates(t, "out"), p.creates(t, "in")


# --- attributes -------------------------------------------------------------------------------

def basic(attrs):
    """FileBasicInformation that changes nothing but the attributes"""
    return struct.pack("<QQQQII", 0, 0, 0, 0, attrs, 0)


def set_attributes(tree, name, attrs):
    with tree.create(name, access=p.READ_ATTR | p.WRITE_ATTR, disposition=b.OPEN) as f:
        return b.status_name(tree.request(b.set_info(f.fid, basic(attrs))).status)


@share("store dos attributes", {None: (OK, True, True), "yes": (OK, True, True),
                                "no": ("NOT_SUPPORTED", False, False)},
       setup=f"touch file; chown {e.USER} file",
       differs="an attribute that has no place is refused, not lost")
def store_dos_attributes(s):
    t = s.tree()
    status = set_attributes(t, "file", p.HIDDEN)
    stored = "DOSATTRIB" in p.sh(f"getfattr -d {s.dir}/file")
    return status, stored, bool(p.attributes(t, "file") & p.HIDDEN)


def mapped(attr, bit):
    """A function that looks at an attribute that may be one bit of the mode: is it seen where the
    bit is set, and where not; does a new file with the attribute get the bit; is it set, and
    cleared, with the attribute?"""
    def look(s):
        t = s.tree()
        t.create("new", disposition=b.CREATE_NEW, attrs=attr).close()
        was = [bool(p.attributes(t, n) & attr) for n in ("with", "without")]
        said = [set_attributes(t, "without", attr), set_attributes(t, "with", 0x80)]
        modes = [int(s.stat(n), 8) & bit != 0 for n in ("new", "without", "with")]
        return was, modes, [x for x in said if x != OK]
    return look


def map_setup(bit):
    return (f"touch with without; chown {e.USER} with without; chmod 0600 with without; "
            f"chmod {0o600 | bit:o} with")


SEEN = ([True, False], [True, True, False], [])
UNSEEN = ([False, False], [False, False, True], ["NOT_SUPPORTED"])
share("map archive", {None: SEEN, "yes": SEEN, "no": ([False, False], [False, False, True], [])},
      beside=MODES, setup=map_setup(0o100),
      differs="an archive attribute that has no place is lost silently")(mapped(p.ARCHIVE, 0o100))
share("map system", {None: UNSEEN, "no": UNSEEN, "yes": SEEN}, beside=MODES,
      setup=map_setup(0o010))(mapped(p.SYSTEM, 0o010))
share("map hidden", {None: UNSEEN, "no": UNSEEN, "yes": SEEN}, beside=MODES,
      setup=map_setup(0o001))(mapped(p.HIDDEN, 0o001))


@share("map archive", {None: "744", "yes": "744", "no": "644"}, variant="stored", aliases=False,
       beside=("read only = no",),
       differs="Samba: ignored with `store dos attributes`; here new files get the x bit still")
def map_archive_stored(s):
    return s.new("made")


@share("map readonly", {None: [], "no": [], "yes": ["owner-reads"],
                        "permissions": ["owner-reads", "theirs"]}, beside=MODES,
       setup=f"touch mine owner-reads theirs; chown {e.USER} mine owner-reads; "
             "chmod 444 owner-reads; chmod 644 mine theirs")
def map_readonly(s):
    """Names with the read-only attribute, listed and opened"""
    t = s.tree()
    listed = p.listing(t)
    e.same([n for n in sorted(listed) if listed[n] & p.READONLY],
           [n for n in sorted(listed) if p.attributes(t, n) & p.READONLY], "listed, and opened")
    return [n for n in sorted(listed) if listed[n] & p.READONLY]


@share("map readonly", {"no": ("NOT_SUPPORTED", "644", "666"), "yes": (OK, "444", "444"),
                        "permissions": ("NOT_SUPPORTED", "644", "666")}, variant="set",
       aliases=False, beside=(*MODES, "map archive = no"),
       setup=f"touch mine; chown {e.USER} mine; chmod 644 mine")
def map_readonly_set(s):
    """The attribute given to a file, and to a new one"""
    t = s.tree()
    return (set_attributes(t, "mine", p.READONLY), s.stat("mine"),
            s.new("new", t, attrs=p.READONLY))


@share("delete readonly", {None: "CANNOT_DELETE", "no": "CANNOT_DELETE", "yes": OK},
       setup=f"touch file; chown {e.USER} file")
def delete_readonly(s):
    t = s.tree()
    e.same(set_attributes(t, "file", p.READONLY), OK, "setting the attribute")
    return p.creates(t, "file", access=b.DELETE, options=b.OPT_DELETE_ON_CLOSE)


@share("ea support", {None: (OK, True, True), "yes": (OK, True, True),
                      "no": ("EAS_NOT_SUPPORTED", False, False)},
       setup=f"touch file; chown {e.USER} file")
def ea_support(s):
    t = s.tree()
    with t.create("file", disposition=b.OPEN, access=p.READ | p.WRITE) as f:
        status = t.request(b.set_info(f.fid, struct.pack("<IBBH", 0, 0, 1, 1) + b"E\0v",
                                      class_=b.FILE_FULL_EA)).status
    flags, = struct.unpack_from("<I", p.volume(t, b.FS_ATTRIBUTE))
    stored = "USER.E=" in p.sh(f"getfattr -d {s.dir}/file").upper()
    return b.status_name(status), stored, bool(flags & 0x800000)


# --- data -------------------------------------------------------------------------------------

@share("strict allocate", {None: (False, False), "no": (False, False), "yes": (True, True)})
def strict_allocate(s):
    """Is there a block for each MiB, where the file was made longer, and where it was written to
    behind its end?"""
    t = s.tree()
    with t.create("longer") as f, t.create("beyond") as g:
        f.set(struct.pack("<Q", 1 << 20), b.FILE_EOF)
        g.write(b"end", 1 << 20)
        return tuple(int(s.stat(n, "%b")) * 512 >= 1 << 20 for n in ("longer", "beyond"))


@share("strict allocate", {None: True, "yes": True}, variant="frozen", aliases=False)
def strict_allocate_frozen(s):
    """Does a WriteTime that is frozen stay, where a block is reserved before it is written to?"""
    freeze = struct.pack("<QQQQII", 0, 0, 2 ** 64 - 1, 0, 0, 0)
    with s.tree().create("frozen") as f:
        f.set(freeze, b.FILE_BASIC)
        before = f.query(b.FILE_BASIC)[16:24]
        time.sleep(0.05)
        f.write(b"end", 1 << 20)
        return f.query(b.FILE_BASIC)[16:24] == before


def syncs(s, flush=False, through=False):
    """Is the file brought to disk by a WRITE (through: with the flag), or by a FLUSH?"""
    with s.tree().create("file") as f:
        f.write(b"before")

        def act():
            if not flush:
                f.write(b"data", flags=1 if through else 0)
            else:
                f.flush()
        return p.fsyncs(f"{s.dir}/file", act) > 0


share("strict sync", {None: True, "yes": True, "no": False})(lambda s: syncs(s, flush=True))
share("strict sync", {None: True, "yes": True, "no": False}, variant="write-through",
      aliases=False)(lambda s: syncs(s, through=True))
share("sync always", {None: False, "no": False, "yes": True})(syncs)
share("sync always", {None: False, "yes": False}, variant="without-strict-sync", aliases=False,
      beside=("read only = no", "strict sync = no"))(syncs)


@share("csc policy", {None: 0, "manual": 0, "documents": 0x10, "programs": 0x20, "disable": 0x30})
def csc_policy(s):
    return s.tree().flags & 0x30


@share("oplocks", {None: (9, 1), "yes": (9, 1), "no": (0, 0)}, setup="touch file; chmod 666 file")
def oplocks(s):
    """What is granted to one who asks for a batch oplock, and to one who asks for level II"""
    t, got = s.tree(), []
    for level in (b.OPLOCK_BATCH, b.OPLOCK_II):
        with t.create("file", disposition=b.OPEN, access=p.READ, oplock=level) as f:
            got.append(f.oplock)
    return tuple(got)


@share("durable handles", {None: True, "yes": True, "no": False}, setup="touch file; chmod 666 file")
def durable_handles(s):
    """Does one who has a batch oplock get a durable open?"""
    with s.tree().create("file", disposition=b.OPEN, access=p.READ, oplock=b.OPLOCK_BATCH,
                         contexts=[b.durable_context()]) as f:
        return b"DHnQ" in f.contexts
