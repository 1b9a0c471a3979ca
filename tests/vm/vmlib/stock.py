# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's own kernels as QEMU boots them, from the package linux-image-RELEASE.

CACHE/stock/RELEASE/ has vmlinux and lib/modules/RELEASE, without the drivers of real hardware.
"""
from __future__ import annotations

import lzma
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .common import CACHE, Fail, locked, logged, output

# What a guest of QEMU can need; all of the package is five times as much.
WANTED = ("./boot/vmlinuz-*", "./lib/modules/*/modules.*",
          *(f"./lib/modules/*/kernel/{d}/*" for d in (
              "arch", "crypto", "fs", "lib", "net", "drivers/virtio", "drivers/crypto")),
          *(f"./lib/modules/*/kernel/drivers/{f}" for f in (
              "net/virtio_net.ko*", "net/net_failover.ko*", "block/virtio_blk.ko*")))
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


def download(package: str, folder: Path) -> Path:
    """The .deb of PACKAGE in FOLDER, from where this machine installs its packages."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    r = subprocess.run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package],
                       cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                       check=False)
    found = list(folder.glob("*.deb"))
    if r.returncode or len(found) != 1:
        raise Fail(f"apt-get download {package} failed (are the lists old? apt-get update):\n"
                   f"{r.stderr.strip()}")
    return found[0]


def debian(release: str) -> Stock:
    """The kernel with that release; downloaded when the cache does not have it."""
    dest = CACHE / "stock" / release
    stock = Stock(release, dest / "vmlinux", dest)
    if (dest / ".complete").exists():
        return stock
    with locked(CACHE / "stock.lock", "download"):
        if (dest / ".complete").exists():
            return stock
        deb = download(f"linux-image-{release}", CACHE / "stock" / f"{release}.deb")
        shutil.rmtree(dest, ignore_errors=True)
        dest.mkdir(parents=True)
        log = CACHE / "log/stock.log"
        logged(["sh", "-c", 'deb=$1 dest=$2; shift 2; dpkg-deb --fsys-tarfile "$deb" | '
                'tar -x -C "$dest" --wildcards "$@"', "unpack", str(deb), str(dest), *WANTED],
               log, f"unpacking {deb}")
        unpack_vmlinux(dest / f"boot/vmlinuz-{release}", stock.vmlinux)
        logged(["/sbin/depmod", "-b", str(dest), release], log, "depmod")
        shutil.rmtree(deb.parent)
        (dest / ".complete").touch()
    return stock
