# SPDX-License-Identifier: GPL-2.0-or-later
"""What the end-to-end tests share: results, the guest, its configuration, smbclient."""
import contextlib
import hashlib
import os
import shlex
import signal
import subprocess
import sys
import time

HOST = os.environ.get("GUEST", "192.168.77.2")
TOP = os.environ.get("TOP", os.getcwd())
ADMIN = os.environ.get("CIFSADMIN", os.path.join(TOP, "build/cifsadmin"))
CONF = "/etc/cifssrv/smb.conf"
DATA = "/srv/test"                  # the guest's data disk = share `test`
USER, PASS = "tester", "test123"
USER2, PASS2 = "tester2", "test123"


class Failed(Exception):
    """The text says what was wanted and what came."""


# --- results ----------------------------------------------------------------------------------

_bad = 0


@contextlib.contextmanager
def check(name):
    """One result; what the block raises is its reason.  ONLY leaves others out (quietly)."""
    global _bad
    start = time.monotonic()
    try:
        yield
    except Exception as e:                              # a bug in a test is a failure too
        _bad += 1
        text = str(e) if isinstance(e, Failed) else f"{type(e).__name__}: {e}"
        for line in text.splitlines():
            print("#", line)
        first = next((s for s in text.splitlines() if s.strip()), "no reason")
        print(f"not ok {name} # {first[:300]}", flush=True)
    else:
        print(f"ok {name} # {time.monotonic() - start:.1f} s", flush=True)


def wanted(name):
    only = os.environ.get("ONLY", "")
    return not only or only in name


def finish():
    sys.exit(1 if _bad else 0)


def want(cond, text):
    if not cond:
        raise Failed(text)


def same(got, wanted_, what):
    if got != wanted_:
        raise Failed(f"{what}: got {got!r}, wanted {wanted_!r}")


# --- commands ---------------------------------------------------------------------------------

def run(argv, timeout=120, stdin=None, env=None):
    """(exit status, stdout and stderr as one text)"""
    try:
        r = subprocess.run(argv, stdin=subprocess.DEVNULL if stdin is None else None,
                           input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           timeout=timeout, env=env, check=False,
                           encoding="utf-8", errors="replace")
    except subprocess.TimeoutExpired as e:
        said = e.stdout or b""
        said = said.decode(errors="replace") if isinstance(said, bytes) else said
        raise Failed(f"no end after {timeout} s: {shlex.join(argv)[:200]}\n{said[-2000:]}") from e
    return r.returncode, r.stdout


def guest(script, timeout=120, stdin=None, rc=0):
    """Run a shell script in the guest as root; its output.  rc=None: any exit status."""
    got, out = run([os.environ["VM"], "sh", script], timeout, stdin)
    if rc is not None and got != rc:
        raise Failed(f"in the guest: exit {got}, wanted {rc}: {script[:200]}\n{out[-3000:]}")
    return out


# Shell: all processes of the daemon, of which its worker alone answers the kernel's questions.
HALT_DAEMON, RESUME_DAEMON = "pkill -STOP cifssrvd", "pkill -CONT cifssrvd"
FAULTS = "/sys/kernel/debug/cifssrv/fault"


def fault_points():
    """The module's named faults, directories of FAULTS; none without fault injection."""
    return guest(f"ls {FAULTS} 2>/dev/null", rc=None).split()


def client(argv, timeout=120, stdin=None):
    """Run a command at the client's end of the guest's network."""
    return run([os.environ["VM"], "net", *argv], timeout, stdin)


def at_client(*args):
    """Run this program once more, at the client's end of the guest's network; its exit status.
    It ends when this one is told to end, and what was configured for it is undone."""
    def told(*_):
        sys.exit(128 + signal.SIGTERM)

    sys.stdout.flush()
    was = signal.signal(signal.SIGTERM, told)
    argv = [os.environ["VM"], "net", "/usr/bin/python3", os.path.realpath(sys.argv[0]), *args]
    with subprocess.Popen(argv) as p:
        try:
            return p.wait()
        finally:
            p.kill()
            signal.signal(signal.SIGTERM, was)


def until(probe, timeout, what):
    """Wait until PROBE returns something true, which is returned."""
    end = time.monotonic() + timeout
    while True:
        got = probe()
        if got:
            return got
        if time.monotonic() > end:
            raise Failed(f"not within {timeout} s: {what}")
        time.sleep(0.1)


# --- configuration ----------------------------------------------------------------------------

def loop_mount(image, where):
    """Shell: mount IMAGE; the loop device goes with the mount.  Not `mount -o loop`: that keeps the
    device open for writing, and Linux 7 mounts none that somebody can write to."""
    return (f"L=$(losetup -f) && losetup $L {image} && mkdir -p {where} && mount $L {where} && "
            "losetup -d $L")


@contextlib.contextmanager
def tmpfs(path, options="mode=0777"):
    """A file system of its own at PATH of the guest, where all may write; the block may unmount it."""
    guest(f"mkdir -p {path} && mount -t tmpfs -o {options} none {path}")
    try:
        yield path
    finally:
        guest(f"mountpoint -q {path} && umount {path}; rmdir {path}", rc=None)


def admin(*args, stdin=None, rc=0, timeout=60):
    return guest(shlex.join([ADMIN, *args]) + " 2>&1", timeout, stdin, rc)


@contextlib.contextmanager
def config(shares="", global_=""):
    """The guest's smb.conf with more shares and more lines in [global], until the block ends."""
    before = guest(f"cat {CONF}")
    lines = before.splitlines()
    at = next((i for i, s in enumerate(lines) if s.strip().lower() == "[global]"), None)
    want(at is not None, f"{CONF} has no [global]")
    text = "\n".join(lines[:at + 1] + global_.splitlines() + lines[at + 1:]) + "\n" + shares + "\n"
    set_config(text)
    try:
        yield text
    finally:
        set_config(before)


def set_config(text):
    """Replace smb.conf at once, as an editor does, and have it read."""
    guest(f"cat > {CONF}.new && mv {CONF}.new {CONF}", stdin=text)
    admin("reload")


# --- data and smbclient -----------------------------------------------------------------------

def pattern(size, seed=1):
    """SIZE bytes that neither repeat at a page nor compress; the same for the same seed."""
    block = hashlib.shake_128(b"%d" % seed).digest(min(size, 1 << 20) or 1)
    out = bytearray()
    n = 0
    while len(out) < size:
        out += n.to_bytes(8, "little") + block
        n += 1
    return bytes(out[:size])


def digest_file(path):
    h = hashlib.sha256()
    with open(path, "rb") as f:
        while data := f.read(1 << 20):
            h.update(data)
    return h.hexdigest()


def smbclient_argv(share, *commands, user=USER, password=PASS, options=()):
    auth = ["-N"] if user is None else ["-U", f"{user}%{password}"]
    return ["smbclient", f"//{HOST}/{share}", "-s", "/dev/null", "--option=client min protocol=SMB2",
            *auth, *options, "-c", ";".join(commands)]


def smbclient(share, *commands, user=USER, password=PASS, options=(), timeout=120, fails=None):
    """Run smbclient.  fails: a status (or several) of which one must be in its output."""
    rc, out = run(smbclient_argv(share, *commands, user=user, password=password, options=options),
                  timeout)
    if fails is not None:
        names = (fails,) if isinstance(fails, str) else fails
        want(any(n in out for n in names), f"wanted {' or '.join(names)}, smbclient said: {out}")
    else:
        want(rc == 0 and "NT_STATUS_" not in out,
             f"smbclient {share} {';'.join(commands)[:100]}: exit {rc}: {out}")
    return out


def smbclient_out(cmds, opts, timeout=200):
    """Output of a session in which single commands may fail; the session itself may not."""
    argv = smbclient_argv("test", *cmds, options=opts)
    _, out = run(argv, timeout)
    want("session setup failed" not in out and "tree connect failed" not in out
           and "Connection to" not in out and "negotiation failed" not in out, out)
    return out
