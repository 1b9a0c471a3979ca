#!/usr/bin/python3 -SE
# SPDX-License-Identifier: GPL-2.0-or-later
"""relay.py HOST PORT NETNS-PATH ADDR PORT: listens here, connects in the other namespace."""
import asyncio
import ctypes
import os
import socket
import sys


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 18):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.close()


async def main(listener: socket.socket, target: tuple[str, int]) -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer))
        for w in (far_writer, writer):
            w.close()

    server = await asyncio.start_server(client, sock=listener)
    print("listening", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    host, port, netns, addr, far_port = sys.argv[1:6]
    sock = socket.create_server((host, int(port)))
    fd = os.open(netns, os.O_RDONLY)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(fd, 0x40000000):
        sys.exit(f"setns {netns}: {os.strerror(ctypes.get_errno())}")
    asyncio.run(main(sock, (addr, int(far_port))))
