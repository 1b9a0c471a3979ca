# SPDX-License-Identifier: GPL-2.0-or-later
"""history_agent.py PORT DIRECTORY - does what a history's Process asks for, as DIRECTORY's owner

A line of JSON is answered by a line of JSON; see history_actors.Process.  Each connection has a
process of its own, whose files are closed with it.
"""
import fcntl
import json
import os
import signal
import socket
import struct
import sys

FLAGS = (None, 0, os.O_CREAT | os.O_EXCL, os.O_CREAT, os.O_TRUNC, os.O_CREAT | os.O_TRUNC)
FS_IOC_GETVERSION = 0x80087601
ERRORS = {"FileNotFoundError": "absent", "FileExistsError": "exists", "PermissionError": "denied"}


def number(fd):
    """The file's FileId: an inode's number is used again at once, with another generation"""
    version = fcntl.ioctl(fd, FS_IOC_GETVERSION, bytes(8))
    return os.fstat(fd).st_ino ^ struct.unpack_from("<I", version)[0] << 32


class Agent:
    def __init__(self):
        self.files = {}                 # h: descriptor

    def open(self, h, name, disposition, access, **_):
        flags = os.O_RDWR if "w" in access or disposition > 3 else os.O_RDONLY
        self.files[h] = os.open(name, flags | FLAGS[disposition], 0o666)
        return {"number": number(self.files[h])}

    def read(self, h, size):
        return {"data": os.pread(self.files[h], size, 0).hex()}

    def write(self, h, offset, data):
        os.pwrite(self.files[h], bytes.fromhex(data), offset)

    def trunc(self, h, size):
        os.ftruncate(self.files[h], size)

    def close(self, h):
        os.close(self.files.pop(h))

    @staticmethod
    def prename(name, to):
        os.rename(name, to)

    @staticmethod
    def unlink(name):
        os.unlink(name)

    def answer(self, verb, **args):
        try:
            return {"status": "ok", **(getattr(self, verb)(**args) or {})}
        except OSError as e:
            return {"status": ERRORS.get(type(e).__name__, str(e))}


def serve(conn):
    agent = Agent()
    with conn, conn.makefile("rw") as lines:
        for line in lines:
            lines.write(json.dumps(agent.answer(**json.loads(line))) + "\n")
            lines.flush()


def main():
    port, folder = int(sys.argv[1]), sys.argv[2]
    os.chdir(folder)
    os.umask(0)
    owner = os.stat(".")
    os.setgid(owner.st_gid)
    os.setuid(owner.st_uid)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.create_server(("", port)) as listener:
        while True:
            conn, _ = listener.accept()
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not os.fork():
                listener.close()
                serve(conn)
                os._exit(0)
            conn.close()


if __name__ == "__main__":
    main()
