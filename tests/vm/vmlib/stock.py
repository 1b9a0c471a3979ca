# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's own kernels as QEMU boots them, from the package linux-image-RELEASE, and cifssrv.ko.

CACHE/stock/RELEASE/ has vmlinux and lib/modules/RELEASE, without the drivers of real hardware;
CACHE/stock/RELEASE-headers/ the headers, where they are not installed.
"""
from __future__ import annotations

import hashlib
import lzma
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable

from . import backports
from .common import CACHE, Fail, locked, logged, output, quiet

# What a guest of QEMU can need; all of the package is five times as much.
WANTED = ("./boot/vmlinuz-*", "./lib/modules/*/modules.*",
          *(f"./lib/modules/*/kernel/{d}/*" for d in (
              "arch", "crypto", "fs", "lib", "net", "drivers/virtio", "drivers/crypto")),
          *(f"./lib/modules/*/kernel/drivers/{f}" for f in (
              "net/virtio_net.ko*", "net/net_failover.ko*", "block/virtio_blk.ko*",
              "block/brd.ko*")))
# Another list, another folder.
KEY = hashlib.sha256(" ".join(WANTED).encode()).hexdigest()[:8]
MODPROBE = "/sbin/modprobe"


@dataclass(frozen=True)
class Stock:
    """A kernel: `release` is what uname -r says in it, root/lib/modules/RELEASE are its modules."""
    release: str
    vmlinux: Path
    root: Path

    def modules(self, *names: str) -> list[Path]:
        """The files of these modules and of what they need, in the order in which they load."""
        out = output([MODPROBE, "-d", str(self.root), "-S", self.release, "--show-depends", "-a",
                      *names])
        files = [s.split()[1] for s in out.splitlines() if s.startswith("insmod ")]
        return [Path(f) for f in dict.fromkeys(files)]

    def has(self, name: str) -> bool:
        """Can modprobe find a module of that name?"""
        return quiet(MODPROBE, "-d", str(self.root), "-S", self.release, "-n", name)


def unpack_vmlinux(vmlinuz: Path, vmlinux: Path) -> None:
    """The ELF file in a bzImage: without it an emulated CPU unpacks for seven seconds.

    [Documentation/x86/boot.rst] setup_sects, payload_offset, payload_length.
    """
    image = vmlinuz.read_bytes()
    if image[0x202:0x206] != b"HdrS" or int.from_bytes(image[0x206:0x208], "little") < 0x208:
        raise Fail(f"{vmlinuz} is no bzImage")
    start = ((image[0x1f1] or 4) + 1) * 512 + int.from_bytes(image[0x248:0x24c], "little")
    payload = image[start:start + int.from_bytes(image[0x24c:0x250], "little")]
    if payload.startswith(b"\xfd7zXZ"):
        vmlinux.write_bytes(lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(payload))
    elif payload.startswith(b"\x28\xb5\x2f\xfd"):
        # [Documentation/kbuild/makefiles.rst] *_with_size: four octets behind it are its length
        r = subprocess.run(["zstd", "-q", "-d", "-c"], input=payload[:-4], capture_output=True, check=False)
        if r.returncode:
            raise Fail(f"zstd on {vmlinuz}: {r.stderr.decode(errors='replace')}")
        vmlinux.write_bytes(r.stdout)
    else:
        raise Fail(f"the kernel in {vmlinuz} is packed with neither xz nor zstd")


def apt_options(release: str) -> list[str]:
    """apt's options for the suite with that kernel; a release of backports has a + in its name."""
    if "+" not in release:
        return []
    backports.update()
    return backports.apt_options()


def newest() -> str:
    """The newest kernel in this release's backports."""
    backports.update()
    version = backports.candidate("linux-image-amd64", backports.own_suite())
    if not version:
        raise Fail(f"{backports.own_suite()} has no package `linux-image-amd64`")
    text = output(["apt-cache", *backports.apt_options(), "show", f"linux-image-amd64={version}"])
    m = re.search(r"^Depends:.*\blinux-image-(\S+-amd64) ", text, re.M)
    if not m:
        raise Fail(f"linux-image-amd64 {version} depends on no linux-image-RELEASE-amd64")
    return m[1]


def download(package: str, folder: Path, options: Iterable[str] = ()) -> Path:
    """The .deb of PACKAGE in FOLDER; without OPTIONS from this machine's own suites."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    r = subprocess.run(["apt-get", "-q", *options, "-o", "APT::Sandbox::User=root", "download",
                        package], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                       text=True, check=False)
    found = list(folder.glob("*.deb"))
    if r.returncode or len(found) != 1:
        raise Fail(f"apt-get download {package} failed (are the lists old? apt-get update):\n"
                   f"{r.stderr.strip()}")
    return found[0]


def unpack(package: str, release: str, dest: Path, wanted: Iterable[str]) -> str:
    """What is WANTED of PACKAGE, into DEST.  The package's dependencies."""
    deb = download(package, CACHE / "stock" / f"{package}.deb", apt_options(release))
    logged(["sh", "-c", 'deb=$1 dest=$2; shift 2; dpkg-deb --fsys-tarfile "$deb" | '
            'tar -x -C "$dest" --wildcards "$@"', "unpack", str(deb), str(dest), *wanted],
           CACHE / "log/stock.log", f"unpacking {deb}")
    depends = output(["dpkg-deb", "-f", str(deb), "Depends"])
    shutil.rmtree(deb.parent)
    return depends


def debian(release: str) -> Stock:
    """The kernel with that release; downloaded when the cache does not have it."""
    dest = CACHE / "stock" / release
    stock = Stock(release, dest / "vmlinux", dest)
    complete = dest / f".complete-{KEY}"
    if complete.exists():
        return stock
    with locked(CACHE / "stock.lock", "download"):
        if complete.exists():
            return stock
        shutil.rmtree(dest, ignore_errors=True)
        dest.mkdir(parents=True)
        unpack(f"linux-image-{release}", release, dest, WANTED)
        unpack_vmlinux(dest / f"boot/vmlinuz-{release}", stock.vmlinux)
        logged(["/sbin/depmod", "-b", str(dest), release], CACHE / "log/stock.log", "depmod")
        complete.touch()
    return stock


def headers(release: str) -> Path:
    """Where modules for that kernel are compiled: its headers, installed or in the cache."""
    installed = Path(f"/usr/src/linux-headers-{release}")
    dest = CACHE / "stock" / f"{release}-headers"
    there = dest / f"usr/src/linux-headers-{release}"
    if (installed / "Makefile").exists():
        return installed
    with locked(CACHE / "stock.lock", "download"):
        if (dest / ".complete").exists():
            return there
        shutil.rmtree(dest, ignore_errors=True)
        (dest / "usr/lib").mkdir(parents=True)
        (dest / "lib").symlink_to("usr/lib")        # their `scripts` is ../../lib/linux-kbuild-…
        depends = unpack(f"linux-headers-{release}", release, dest, ["./usr/*"])
        for package in re.findall(r"\blinux-(?:headers-\S+-common|kbuild-[^\s,]+)", depends):
            unpack(package, release, dest, ["./usr/*"])
        for makefile in (dest / "usr/src").glob("linux-headers-*/Makefile"):
            text = makefile.read_text(encoding="utf-8")
            makefile.write_text(text.replace("include /usr/src/", f"include {dest}/usr/src/"),
                                encoding="utf-8")
        (dest / ".complete").touch()
    return there


def copy_module(top: Path, copy: Path) -> int:
    """Bring COPY up to date with TOP/module; the number of its .c files.

    A copy, for the objects in module/ are for another kernel.

    What has not changed keeps its time there, and is not compiled again.
    """
    module = top / "module"
    sources = [p for p in module.rglob("*")
               if p.suffix in (".c", ".h") and not p.name.endswith(".mod.c") or p.name == "Kbuild"]
    for p in sources:
        to = copy / p.relative_to(module)
        if not to.exists() or to.read_bytes() != p.read_bytes():
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(p, to)
    kept = {copy / p.relative_to(module) for p in sources}
    for p in [p for p in copy.rglob("*.[ch]") if p not in kept and not p.name.endswith(".mod.c")]:
        p.unlink()
    return sum(p.suffix == ".c" for p in sources)


def make_module(kdir: Path, copy: Path) -> list[str]:
    """The command that compiles COPY, against the headers in KDIR.

    Without debug information, which is nine tenths of the file, and BTF, which wants pahole.
    """
    return ["make", f"-j{os.cpu_count()}", "-C", str(kdir), f"M={copy}", "CFLAGS_MODULE=-g0",
            "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules"]
