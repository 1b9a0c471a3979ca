# SPDX-License-Identifier: GPL-2.0-or-later
"""A bare Debian of this machine's release with systemd, in the cache: what `vm up --system` boots.

CACHE/rootfs/SUITE-KEY/   made by debootstrap once; guests only read it
"""
from __future__ import annotations

import shutil
from pathlib import Path

from . import backports
from .common import CACHE, Fail, locked, logged, say

# systemd, what loads modules, what the daemon is linked with, and what tests call in the guest
PACKAGES = ("systemd", "systemd-sysv", "kmod", "libsystemd0", "libgcrypt20", "libtalloc2",
            "libtasn1-6", "libjansson4", "libbsd0", "libsmartcols1", "libseccomp2", "iproute2",
            "procps", "python3")


def debian() -> Path:
    """The folder; made when it is not there."""
    from .kernel import digest      # pylint: disable=import-outside-toplevel
    suite = backports.codename()
    dest = CACHE / "rootfs" / f"{suite}-{digest(*(p.encode() for p in PACKAGES))}"
    if (dest / ".complete").exists():
        return dest
    with locked(CACHE / "rootfs.lock", "debootstrap"):
        if (dest / ".complete").exists():
            return dest
        if not shutil.which("debootstrap"):
            raise Fail("debootstrap is missing: run tests/deps.sh guest")
        uri, key = backports.machine_mirror()
        say(f"making {dest} (once, about a minute)")
        tmp = dest.with_name(dest.name + ".tmp")
        shutil.rmtree(tmp, ignore_errors=True)
        tmp.parent.mkdir(parents=True, exist_ok=True)
        log = CACHE / "log" / "debootstrap.log"
        log.unlink(missing_ok=True)
        keyring = [f"--keyring={key}"] if key.startswith("/") else []
        logged(["debootstrap", "--variant=minbase", *keyring, f"--include={','.join(PACKAGES)}",
                suite, str(tmp), uri], log, "debootstrap", nice=True)
        shutil.rmtree(tmp / "var/cache/apt/archives", ignore_errors=True)
        (tmp / ".complete").touch()
        tmp.rename(dest)
        for old in dest.parent.glob(f"{suite}-*"):
            if old != dest:
                shutil.rmtree(old, ignore_errors=True)
    return dest
