# SPDX-License-Identifier: GPL-2.0-or-later
"""`vm sh`: run a command in the guest.  Imports little, this is called thousands of times."""
import os
import select
import socket
import struct
import sys
import time

from . import place

CLONE_NEWNET = 0x40000000
USAGE = """usage: vm sh [--name NAME] [--timeout SECS] [-n] CMD...

Run CMD in the guest as root and exit with its status.  One argument is run by sh -c, several
are executed as they are.  Standard input goes along unless it is a terminal or -n is given.
When SECS are over the guest's tasks are dumped to its log (vm logs), CMD is killed, exit 124.
125: the guest or its agent failed.
"""


class Gone(Exception):
    """There is no guest, or it went away."""


def enter_netns(name: str) -> None:
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    fd = os.open(place.netns_path(name), os.O_RDONLY)
    try:
        if libc.setns(fd, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(fd)


def agent() -> socket.socket:
    """The agent may be on its way back after a test killed everything."""
    end = time.monotonic() + 15
    while True:
        try:
            return socket.create_connection(place.AGENT, timeout=30)
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def connect(name: str) -> socket.socket:
    if not place.is_up(name):
        raise Gone(f"no guest `{name}` is running; start it with: vm up --name {name}")
    try:
        enter_netns(name)
        s = agent()
    except OSError as e:
        raise Gone(f"guest `{name}` does not answer ({e}); see: vm logs, vm dump --name {name}") \
            from e
    s.settimeout(None)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def quote(text: str) -> str:
    """A JSON string, without importing json."""
    return '"' + "".join(c if " " <= c <= "~" and c not in '"\\' else
                         "".join(f"\\u{u:04x}" for u in utf16(c)) for c in text) + '"'


def utf16(c: str) -> tuple:
    raw = c.encode("utf-16-le", "surrogatepass")
    return struct.unpack(f"<{len(raw) // 2}H", raw)


def frame(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack("!cI", kind, len(data)) + data


def write_all(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data):]


def pump(s: socket.socket, stdin: int, stdout, stderr, deadline: float) -> int:
    """Carry data until the exit status comes.  stdout and stderr take bytes."""
    poll = select.poll()
    poll.register(s, select.POLLIN)
    if stdin >= 0:
        poll.register(stdin, select.POLLIN)
    buf = b""
    while True:
        left = deadline - time.monotonic() if deadline else 0
        if deadline and left <= 0:
            raise TimeoutError
        for fd, _ in poll.poll(left * 1000 if deadline else None):
            if fd == stdin:
                data = os.read(stdin, 65536)
                s.sendall(frame(b"I", data) if data else frame(b"E"))
                if not data:
                    poll.unregister(stdin)
            else:
                data = s.recv(1 << 18)
                if not data:
                    raise Gone("the guest hung up before the command ended; see: vm logs")
                buf += data
        while len(buf) >= 5:
            kind, size = struct.unpack("!cI", buf[:5])
            if len(buf) < 5 + size:
                break
            data, buf = buf[5:5 + size], buf[5 + size:]
            if kind == b"X":
                return int(data)
            (stdout if kind == b"O" else stderr)(data)


def start(s: socket.socket, argv: list, cwd: str, stdin: bool) -> None:
    req = '{"argv":[%s],"cwd":%s,"stdin":%s}' % (
        ",".join(map(quote, argv)), quote(cwd), "true" if stdin else "false")
    s.sendall(frame(b"C", req.encode()))


def readable(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return not os.isatty(fd)


def main(args: list) -> int:
    name, timeout, stdin = "default", 0.0, readable(0)
    args = list(args)
    try:
        while args and args[0].startswith("-"):
            opt = args.pop(0)
            if opt in ("-h", "--help"):
                sys.stdout.write(USAGE)
                return 0
            if opt == "--":
                break
            if opt == "-n":
                stdin = False
                continue
            opt, eq, val = opt.partition("=")
            val = val if eq else args.pop(0)
            if opt == "--name":
                name = val
            elif opt == "--timeout":
                timeout = float(val)
            else:
                raise ValueError(f"unknown option {opt}")
        if not args:
            raise ValueError("no command")
    except (ValueError, IndexError) as e:
        sys.stderr.write(f"vm sh: {e}\n{USAGE}")
        return 125
    deadline = time.monotonic() + timeout if timeout else 0
    try:
        with connect(name) as s:
            start(s, args, os.getcwd(), stdin)
            return pump(s, 0 if stdin else -1, lambda d: write_all(1, d),
                        lambda d: write_all(2, d), deadline)
    except TimeoutError:
        from . import mconsole
        problem = mconsole.dump(name)
        sys.stderr.write(f"vm sh: not done after {timeout:g} s: {' '.join(args)[:200]}; "
                         + (problem or f"tasks dumped to {place.rundir(name)}/console.log") + "\n")
        return 124
    except BrokenPipeError:
        return 141
    except (Gone, OSError) as e:
        sys.stderr.write(f"vm sh: {e}\n")
        return 125
    except KeyboardInterrupt:
        return 130
