# SPDX-License-Identifier: GPL-2.0-or-later
"""UML's management console: works when nothing else in the guest does."""
import os
import socket
import struct
import time

from . import place

MAGIC, VERSION, MAX = 0xCAFEBABE, 2, 512


def command(name: str, text: str, seconds: float = 10) -> tuple[int, str]:
    """Send one command; (error, output).  Raises OSError if the guest does not answer."""
    run = place.rundir(name)
    own = f"{run}/mc.{os.getpid()}"
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        s.bind(own)     # no abstract name: those are per network namespace
        s.settimeout(seconds)
        data = text.encode()
        s.sendto(struct.pack("=IiI512s", MAGIC, VERSION, len(data), data), f"{run}/uml/mconsole")
        out, more, err = [], 1, 0
        while more:
            try:
                reply = s.recv(12 + MAX)
            except TimeoutError:
                if not out:
                    raise
                break       # UML drops replies rather than wait; the log has all of it
            err, more, size = struct.unpack("=III", reply[:12])
            out.append(reply[12:12 + size].rstrip(b"\0"))
            s.settimeout(1)
        return err, b"".join(out).decode(errors="replace")
    finally:
        s.close()
        try:
            os.unlink(own)
        except OSError:
            pass


def dump(name: str) -> str:
    """All tasks and the blocked ones into the console log; what went wrong, or ''."""
    problems = []
    for key in "tw":
        try:
            command(name, f"sysrq {key}")
        except OSError as e:
            problems.append(f"sysrq {key}: the guest does not answer ({e})")
            break
        time.sleep(0.3)
    return "; ".join(problems)
