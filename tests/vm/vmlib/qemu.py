# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU with an uncompressed kernel, an initramfs of this machine's programs, user networking."""
from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Iterable, Mapping

from .common import Fail, logged, output
from .stock import Stock

QEMU = "qemu-system-x86_64"
MACHINE = ("-M", "q35", "-display", "none", "-nodefaults", "-no-user-config")
KVM = ("-accel", "kvm", "-cpu", "host")
TCG = ("-accel", "tcg,thread=multi", "-cpu", "max")
# A boot sector that ends QEMU with the status 33: mov $0xf4,%dx; mov $16,%al; out %al,(%dx)
PROBE = bytes.fromhex("baf400b010eef4ebfd").ljust(510, b"\0") + b"\x55\xaa"
PROBE_STATUS, PROBE_SECONDS = 33, 2.0


def acceleration() -> tuple[str, ...]:
    """QEMU's options: KVM where it works, and as fast as it should be, else emulation.

    A KVM that is itself emulated opens, and needs forty times as long as QEMU's own emulation.
    """
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return TCG
    with tempfile.NamedTemporaryFile(suffix=".img") as f:
        f.write(PROBE)
        f.flush()
        try:
            r = subprocess.run([QEMU, *MACHINE, *KVM, "-m", "16", "-no-reboot", "-drive",
                                f"file={f.name},format=raw,if=none,id=d", "-device",
                                "ide-hd,drive=d", "-device",
                                "isa-debug-exit,iobase=0xf4,iosize=1"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               timeout=PROBE_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return TCG
    return KVM if r.returncode == PROBE_STATUS else TCG


def libraries(programs: Iterable[Path]) -> set[Path]:
    """What the dynamic linker loads for PROGRAMS, and itself."""
    found: set[Path] = set()
    for p in programs:
        r = subprocess.run(["ldd", str(p)], capture_output=True, text=True, check=False)
        if "not found" in r.stdout:
            raise Fail(f"{p} lacks a library:\n{r.stdout}")
        found.update(Path(s) for s in re.findall(r"(/\S+) \(0x", r.stdout))
    return found


def accounts(user: str, home: str) -> dict[str, str]:
    """The files with the accounts that a guest's server needs, and USER.

    `nobody` is the guest account, which the anonymous user runs as; `cifssrv` is the daemon's worker.
    """
    return {
        "/etc/passwd": f"root:x:0:0::/:/bin/sh\n{user}:x:1000:1000::{home}:/bin/sh\n"
                       "cifssrv:x:900:900::/nonexistent:/bin/false\n"
                       "nobody:x:65534:65534::/nonexistent:/bin/false\n",
        "/etc/group": f"root:x:0:\n{user}:x:1000:\ncifssrv:x:900:\nnogroup:x:65534:\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\n",
    }


def initramfs(dest: Path, stock: Stock, modules: Iterable[Path],
              programs: Mapping[str, Path | str], files: Mapping[str, str]) -> None:
    """Write DEST: busybox, kmod, PROGRAMS (path there: path here), FILES (path: text), MODULES.

    Files whose path ends in `init` are executable.
    """
    programs = {"/bin/busybox": Path(shutil.which("busybox") or "/bin/busybox"),
                "/sbin/modprobe": Path("/bin/kmod"), **programs}
    with tempfile.TemporaryDirectory() as tmp:
        root = Path(tmp)
        root.chmod(0o755)
        for d in ("proc", "sys", "dev", "run", "tmp", "etc", "var/lib", "bin", "sbin", "mnt"):
            (root / d).mkdir(parents=True)
        here = [(there, Path(p)) for there, p in programs.items()]
        here += [(str(p), p) for p in libraries(p for _, p in here)]
        here += [("/" + str(p.relative_to(stock.root)), p) for p in modules]
        here += [(f"/lib/modules/{stock.release}/{p.name}", p) for n in ("order", "builtin*")
                 for p in (stock.root / "lib/modules" / stock.release).glob(f"modules.{n}")]
        for there, p in here:
            to = root / there.lstrip("/")
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(p, to)
        for name, text in files.items():
            to = root / name.lstrip("/")
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_text(text, encoding="utf-8")
            to.chmod(0o755 if name.endswith("init") else 0o644)
        output(["/sbin/depmod", "-b", tmp, stock.release])
        logged(["sh", "-c", 'cd "$1" && find . | cpio -o -H newc -R 0:0 --quiet > "$2"',
                "initramfs", tmp, str(dest.absolute())], dest.with_suffix(".log"), "cpio")


class Guest:
    """A QEMU process whose console goes to a file."""

    def __init__(self, stock: Stock, initrd: Path, console: Path, options: Iterable[str],
                 memory: int = 512, cpus: int = 2, append: str = "",
                 accel: tuple[str, ...] | None = None) -> None:
        self.console = console
        console.parent.mkdir(parents=True, exist_ok=True)
        start = console.stat().st_size if console.exists() else 0
        self.seen = start
        cmd = ["setpriv", "--pdeathsig", "KILL", QEMU, *MACHINE,
               *(acceleration() if accel is None else accel), "-m", str(memory), "-smp", str(cpus),
               "-no-reboot", "-kernel", str(stock.vmlinux), "-initrd", str(initrd),
               "-append", f"console=ttyS0 panic=-1 {append}", "-chardev",
               f"file,id=console,path={console},append=on", "-serial", "chardev:console", *options]
        with open(console, "a", encoding="utf-8") as f:
            self.p = subprocess.Popen(cmd, stdin=subprocess.DEVNULL, stdout=f, stderr=f,
                                      start_new_session=True)

    def log(self) -> str:
        """What the console has shown since this guest's start."""
        with open(self.console, "rb") as f:
            f.seek(self.seen)
            return f.read().decode(errors="replace").replace("\r", "")

    def wait_for(self, pattern: str, seconds: float) -> re.Match[str]:
        """The first match of PATTERN on the console; Fail when the guest ends or is late."""
        end = time.monotonic() + seconds
        while True:
            over = self.p.poll() is not None
            if m := re.search(pattern, self.log(), re.M):
                return m
            if over or time.monotonic() > end:
                last = "\n".join(self.log().splitlines()[-25:])
                raise Fail(f"the guest {'has ended' if over else f'is late ({seconds:.0f} s)'}; "
                           f"its console ({self.console}):\n{last}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End QEMU; whatever the guest does then."""
        if self.p.poll() is None:
            self.p.send_signal(signal.SIGTERM)
            try:
                self.p.wait(5)
            except subprocess.TimeoutExpired:
                self.p.kill()
                self.p.wait()
