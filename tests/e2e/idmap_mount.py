#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bind-mount FROM at TO with the ids of an id-mapped mount (util-linux before 2.39 cannot).

    idmap_mount.py FROM TO UID_MAP GID_MAP      maps as in /proc/PID/uid_map: DISK SHOWN COUNT,…
"""
import ctypes
import os
import signal
import struct
import sys

SYS_OPEN_TREE, SYS_MOVE_MOUNT, SYS_MOUNT_SETATTR = 428, 429, 442
OPEN_TREE_CLONE, MOVE_MOUNT_F_EMPTY_PATH, AT_EMPTY_PATH = 1, 4, 0x1000
AT_FDCWD, MOUNT_ATTR_IDMAP, CLONE_NEWUSER = -100, 0x100000, 0x10000000

libc = ctypes.CDLL(None, use_errno=True)


def call(what, got):
    if got < 0:
        sys.exit(f"{what}: {os.strerror(ctypes.get_errno())}")
    return got


def namespace(uids, gids):
    """A descriptor of a user namespace with these maps."""
    ready, done = os.pipe()
    pid = os.fork()
    if not pid:
        call("unshare", libc.unshare(CLONE_NEWUSER))
        os.write(done, b"x")
        signal.pause()
    os.read(ready, 1)
    for name, text in (("uid_map", uids), ("gid_map", gids)):
        with open(f"/proc/{pid}/{name}", "w", encoding="ascii") as f:
            f.write(text.replace(",", "\n"))
    fd = os.open(f"/proc/{pid}/ns/user", os.O_RDONLY)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return fd


def main(source, target, uids, gids):
    fd = namespace(uids, gids)
    tree = call("open_tree", libc.syscall(SYS_OPEN_TREE, AT_FDCWD, source.encode(), OPEN_TREE_CLONE))
    attr = struct.pack("<QQQQ", MOUNT_ATTR_IDMAP, 0, 0, fd)
    call("mount_setattr", libc.syscall(SYS_MOUNT_SETATTR, tree, b"", AT_EMPTY_PATH, attr,
                                       ctypes.c_size_t(len(attr))))
    call("move_mount", libc.syscall(SYS_MOVE_MOUNT, tree, b"", AT_FDCWD, target.encode(),
                                    MOVE_MOUNT_F_EMPTY_PATH))


main(*sys.argv[1:])
