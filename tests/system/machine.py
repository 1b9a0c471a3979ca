# SPDX-License-Identifier: GPL-2.0-or-later
"""The system test's guest: boots, runs scripts, and its kernel log is looked at."""
from __future__ import annotations

import base64
import re
import socket
import time
from pathlib import Path

from vmlib import qemu
from vmlib.common import Fail
from vmlib.stock import Stock

INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for m in virtio_pci virtio_blk ext4; do modprobe $m || echo "no module $m"; done
mount -t ext4 /dev/vda /mnt || { echo "init: no root"; poweroff -f; }
mount --move /dev /mnt/dev; umount /sys /proc
exec switch_root /mnt /sbin/init
"""
# An emulated CPU that waits for its turn is no lock-up.
APPEND = "printk.time=1 log_buf_len=8M rcupdate.rcu_cpu_stall_timeout=300 watchdog_thresh=60 "
SPLAT = re.compile(r"WARNING:|\bBUG\b|Oops|Call Trace|general protection fault|kernel NULL pointer|"
                   r"unable to handle|INFO: (task|rcu)|Redzone|Poison overwritten|Object already free|"
                   r"UBSAN|KFENCE:|refcount_t|list_(add|del) corruption|soft lockup|hard LOCKUP|"
                   r"Kernel panic|cifssrv: .*leak")
# Debian's kernel says these by itself, in any guest; a reason each
ALLOWED = re.compile(r"^\[[^]]*\] (BUG: kernel debug is on)$")
SLOW = 900      # seconds: an emulated CPU, on a machine that does other things


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Machine:
    """PORT on 127.0.0.1 is the guest's port 445."""

    def __init__(self, stock: Stock, disk: Path, work: Path, logs: Path) -> None:
        self.stock, self.disk, self.work, self.logs = stock, disk, work, logs
        self.accel = qemu.acceleration()
        self.boots, self.number, self.marks = 0, 0, 0
        self.guest: qemu.Guest | None = None
        self.port, self.sock, self.rest = 0, None, b""
        self.initrd = work / "initramfs"
        qemu.initramfs(self.initrd, stock, stock.modules("virtio_pci", "virtio_blk", "ext4",
                                                         "crc32c"), {}, {"/init": INIT})

    def boot(self, append: str = "") -> None:
        """Until its agent answers."""
        self.boots += 1
        self.port = free_port()
        path = str(self.work / f"agent-{self.boots}")
        self.guest = qemu.Guest(self.stock, self.initrd, self.logs / f"console-{self.boots}.log", [
            "-drive", f"file={self.disk},format=raw,if=none,id=disk,cache=unsafe,discard=unmap",
            "-device", "virtio-blk-pci,drive=disk",
            "-netdev", f"user,id=net,hostfwd=tcp:127.0.0.1:{self.port}-:445",
            "-device", "virtio-net-pci,netdev=net,romfile=", "-device", "virtio-rng-pci",
            "-device", "virtio-serial-pci", "-chardev",
            f"socket,id=agent,path={path},server=on,wait=off",
            "-device", "virtserialport,chardev=agent,name=agent"],
            memory=2048, append=APPEND + append, accel=self.accel)
        end = time.monotonic() + SLOW
        while True:
            self.alive()
            try:
                self.sock = socket.socket(socket.AF_UNIX)
                self.sock.connect(path)
                break
            except OSError:
                if time.monotonic() > end:
                    raise Fail("QEMU does not open the agent's socket") from None
                time.sleep(0.1)
        self.rest = b""
        self.answer(0, SLOW)
        self.run("systemctl is-system-running --wait")      # "degraded" is told by no case of ours
        # udev may find the network card after that
        self.sh("until ip address show scope global | grep -q 10.0.2.15; do sleep 0.2; done")

    def alive(self) -> None:
        if self.guest.p.poll() is not None:
            raise Fail(f"the guest has ended; its console ({self.guest.console}):\n"
                       + "\n".join(self.guest.log().splitlines()[-40:]))

    def answer(self, number: int, seconds: float) -> tuple[int, str]:
        end = time.monotonic() + seconds
        self.sock.settimeout(1)
        while True:
            line, found, rest = self.rest.partition(b"\n")
            if found:
                self.rest = rest
                words = line.decode().split(" ")
                if int(words[0]) == number:
                    return int(words[1]), base64.b64decode(words[2]).decode(errors="replace")
                continue
            self.alive()
            if time.monotonic() > end:
                raise Fail(f"no answer within {seconds} s; the console:\n"
                           + "\n".join(self.guest.log().splitlines()[-40:]))
            try:
                self.rest += self.sock.recv(1 << 16)
            except TimeoutError:
                pass

    def run(self, script: str, seconds: float = SLOW) -> tuple[int, str]:
        """(exit status, output) of a bash script, as root."""
        self.number += 1
        text = base64.b64encode(script.encode()).decode()
        self.sock.settimeout(60)
        self.sock.sendall(f"{self.number} {text}\n".encode())
        rc, out = self.answer(self.number, seconds)
        with open(self.logs / "commands.log", "a", encoding="utf-8") as f:
            f.write(f"== {script}\n{out}== exit {rc}\n")
        return rc, out

    def sh(self, script: str, rc: int = 0, seconds: float = SLOW) -> str:
        got, out = self.run(script, seconds)
        if got != rc:
            raise Fail(f"in the guest: exit {got}, not {rc}: {script[:300]}\n{out[-3000:]}")
        return out

    def splats(self) -> list[str]:
        """What the kernel's log of this boot complains of.  Fail: it could not be looked at."""
        self.marks += 1
        mark = f"system test: mark {self.marks}"
        rc, out = self.run(f"echo '{mark}' > /dev/kmsg && dmesg", 120)
        lines = out.splitlines() + self.guest.log().splitlines()
        if rc or not any(s.endswith(mark) for s in out.splitlines()):
            raise Fail(f"the kernel's log could not be read ({rc}): {out[-500:]}")
        return list(dict.fromkeys(s for s in lines if SPLAT.search(s) and not ALLOWED.match(s)))

    def reboot(self, append: str = "") -> None:
        """An orderly one; QEMU ends, and the next one starts with these kernel arguments."""
        self.sh("(sleep 1; systemctl --no-block reboot) > /dev/null 2>&1 &")     # after the answer
        end = time.monotonic() + SLOW
        while self.guest.p.poll() is None:
            if time.monotonic() > end:
                raise Fail("no reboot; the console:\n"
                           + "\n".join(self.guest.log().splitlines()[-40:]))
            time.sleep(0.2)
        self.boot(append)

    def stop(self) -> None:
        if self.guest:
            self.guest.stop()
