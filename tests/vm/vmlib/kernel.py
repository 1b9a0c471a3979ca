# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels, the module against them, and the daemon.

CACHE/src/SRC/            patched source, one per version and patch set
CACHE/kernel/KERNEL-KEY/  object dir (linux, mod/, .complete | .prepared)
CACHE/module/KERNEL-KEY/CHECKOUT/   the project's module, built against it
"""
from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path

from . import backports
from .common import CACHE, Fail, JOBS, TOP, VMDIR, locked, logged, output, say

FLAVORS = ("fast", "debug")
KERNELS = ("6.1", "newest")
ARCH = ("ARCH=um", "SUBARCH=x86_64")


def digest(*parts: bytes) -> str:
    h = hashlib.sha256()
    for p in parts:
        h.update(len(p).to_bytes(8, "little") + p)
    return h.hexdigest()[:12]


def tarball(kernel: str) -> Path:
    if kernel == "6.1":
        t = Path("/usr/src/linux-source-6.1.tar.xz")
        if not t.exists():
            raise Fail(f"{t} is missing: run tests/deps.sh guest")
        return t
    return backports.newest_source()


def package_version(kernel: str, ball: Path) -> str:
    if kernel == "6.1":
        return output(["dpkg-query", "-W", "-f", "${Version}", "linux-source-6.1"])
    return ball.parent.parent.parent.name       # backports/PKG_VERSION/usr/src/…


def source(kernel: str) -> Path:
    """The unpacked and patched source; unpacks it when it is not there."""
    ball = tarball(kernel)
    patches = [p for d in (kernel, "both") for p in sorted((VMDIR / "patches" / d).glob("*.patch"))]
    version = package_version(kernel, ball)
    key = digest(version.encode(), *(p.read_bytes() for p in patches))
    dest = CACHE / "src" / f"linux-{kernel}-{key}"
    if (dest / ".complete").exists():
        return dest
    with locked(CACHE / "src.lock", "unpacking of a kernel source"):
        if (dest / ".complete").exists():
            return dest
        say(f"unpacking {ball.name} ({version})")
        tmp = dest.with_name(dest.name + ".tmp")
        shutil.rmtree(tmp, ignore_errors=True)
        shutil.rmtree(dest, ignore_errors=True)
        tmp.mkdir(parents=True)
        log = CACHE / "log" / f"{dest.name}.log"
        log.unlink(missing_ok=True)
        logged(["tar", "-C", str(tmp), "--strip-components=1", "-xf", str(ball)], log, "unpacking")
        for p in patches:
            logged(["patch", "-d", str(tmp), "-p1", "-i", str(p)], log, f"patch {p.name}")
        (tmp / ".version-of").write_text(version + "\n")
        (tmp / ".complete").touch()
        tmp.rename(dest)
    return dest


def fragments(kernel: str, flavor: str) -> list[Path]:
    d = VMDIR / "config" / kernel
    names = ("common", "smp", flavor)
    return [d / f"{n}.config" for n in names if (d / f"{n}.config").exists()]


def objdir(kernel: str, flavor: str) -> Path:
    src = source(kernel)
    gcc = output(["gcc", "-dumpfullversion"]).strip()
    key = digest(src.name.encode(), gcc.encode(),
                 *(f.read_bytes() for f in fragments(kernel, flavor)))
    return CACHE / "kernel" / f"{kernel}-{flavor}-{key}"


def kmake(kernel: str, obj: Path, *targets: str, log: Path | None = None) -> None:
    # names inside the kernel (KBUILD_BUILD_*) are fixed so that ccache hits
    env = dict(os.environ, KBUILD_BUILD_TIMESTAMP="Thu Jan  1 00:00:00 UTC 1970",
               KBUILD_BUILD_USER="vm", KBUILD_BUILD_HOST="cifssrv", LC_ALL="C")
    env.pop("MAKEFLAGS", None)
    env.pop("MAKELEVEL", None)
    cc = ()
    if shutil.which("ccache"):
        cc = ("CC=ccache gcc", "HOSTCC=ccache gcc")
        env.setdefault("CCACHE_DIR", str(CACHE / "ccache"))
        env.setdefault("CCACHE_MAXSIZE", "8G")
        env.setdefault("CCACHE_BASEDIR", str(CACHE))
    logged(["make", "-C", str(source(kernel)), f"O={obj}", *ARCH, f"-j{JOBS}", *cc, *targets],
           log or obj / "build.log", f"kernel {obj.name}: make {' '.join(targets)}", env, nice=True)


SYMBOL = re.compile(r"^(?:(CONFIG_\w+)=(.*)|# (CONFIG_\w+) is not set)$")


def symbols(text: str) -> dict[str, str]:
    found = {}
    for line in text.splitlines():
        m = SYMBOL.match(line.strip())
        if m:
            found[m[1] or m[3]] = m[2] if m[1] else "n"
    return found


def configure(kernel: str, flavor: str, obj: Path) -> None:
    obj.mkdir(parents=True, exist_ok=True)
    text = "\n".join(f.read_text() for f in fragments(kernel, flavor))
    (obj / "wanted.config").write_text(text)
    kmake(kernel, obj, f"KCONFIG_ALLCONFIG={obj}/wanted.config", "allnoconfig")
    granted = symbols((obj / ".config").read_text())
    refused = [f"{k}={v} (is {granted.get(k, 'n')})" for k, v in symbols(text).items()
               if granted.get(k, "n") != v]
    if refused:
        raise Fail(f"kernel {kernel} {flavor}: Kconfig refused {', '.join(refused)}; "
                   f"mend tests/vm/config/{kernel}/")


def running(obj: Path) -> bool:
    """Is a guest running this kernel?"""
    mark = f"{obj}/linux\0".encode()
    for f in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark in f.read_bytes():
                return True
        except OSError:
            pass
    return False


def forget_old(obj: Path) -> None:
    """Object dirs of the same kernel and flavour under another key are superseded."""
    stem = obj.name.rsplit("-", 1)[0]
    for d in (CACHE / "kernel").glob(stem + "-*"):
        if d.name == obj.name or running(d):
            continue
        say(f"removing superseded {d}")
        for old in (d, CACHE / "module" / d.name):
            if old.is_symlink():
                old.unlink()
            else:
                shutil.rmtree(old, ignore_errors=True)


def build_kernel(kernel: str, flavor: str) -> Path:
    obj = objdir(kernel, flavor)
    if (obj / ".complete").exists():
        return obj
    with locked(CACHE / "kernel.lock", "kernel build"):
        if (obj / ".complete").exists():
            return obj
        say(f"building kernel {obj.name} (once; log {obj}/build.log)")
        configure(kernel, flavor, obj)
        kmake(kernel, obj, "linux", "modules")
        shutil.rmtree(obj / "mod", ignore_errors=True)
        kmake(kernel, obj, f"INSTALL_MOD_PATH={obj}/mod", "modules_install")
        for link in (obj / "mod/lib/modules").glob("*/[bs]*"):  # build, source: host paths
            if link.is_symlink():
                link.unlink()
        (obj / ".complete").touch()
        forget_old(obj)
    return obj


def prepare_kernel(kernel: str, flavor: str = "fast") -> Path:
    """Enough of a kernel to compile a module against (not to load it)."""
    for f in (flavor, *FLAVORS):
        if (objdir(kernel, f) / ".complete").exists():
            return objdir(kernel, f)
    obj = objdir(kernel, flavor)
    prep = obj.with_name(obj.name + ".prep")
    if (prep / ".prepared").exists():
        return prep
    with locked(CACHE / "prepare.lock", "kernel preparation"):
        if not (prep / ".prepared").exists():
            say(f"preparing kernel {obj.name}")
            configure(kernel, flavor, prep)
            kmake(kernel, prep, "modules_prepare")
            (prep / ".prepared").touch()
    return prep


def module_source(dest: Path) -> None:
    src = TOP / "module"
    if not have_module():
        raise Fail(f"{src}/Kbuild is missing: there is no module to build yet")
    # outputs of the build live beside the copy; only source suffixes are ever removed
    logged(["rsync", "-rlt", "--delete", "--exclude=*.o", "--exclude=*.ko", "--exclude=*.cmd",
            "--exclude=*.mod", "--exclude=*.mod.c", "--exclude=Module.symvers",
            "--exclude=modules.order", "--exclude=*.gcno", "--exclude=/build.log",
            "--exclude=/.clean-build", "--exclude=.tmp_versions",
            f"{src}/", f"{dest}/"], dest / "build.log", "rsync")


def module_dir(obj: Path) -> Path:
    """Per kernel and per checkout: work trees may share the cache."""
    return CACHE / "module" / obj.name / f"{TOP.name}-{digest(bytes(TOP))[:6]}"


def build_module(kernel: str, flavor: str, compile_only: bool = False) -> Path:
    """Build module/ against a kernel; any warning is a failure.  Returns the .ko."""
    obj = prepare_kernel(kernel) if compile_only else build_kernel(kernel, flavor)
    dest = module_dir(obj)
    with locked(dest.with_suffix(".lock"), "module build"):
        dest.mkdir(parents=True, exist_ok=True)
        log = dest / "build.log"
        log.unlink(missing_ok=True)
        module_source(dest)
        prepared = not (obj / ".complete").exists()
        env = dict(os.environ, LC_ALL="C", **({"KBUILD_MODPOST_WARN": "1"} if prepared else {}))
        env.pop("MAKEFLAGS", None)
        env.pop("MAKELEVEL", None)
        ok = dest / ".clean-build"
        if not ok.exists():     # the last build warned or failed: warnings must show again
            for o in [*dest.rglob("*.o"), *dest.rglob("*.ko")]:
                o.unlink()
        ok.unlink(missing_ok=True)
        logged(["make", "-C", str(obj), f"M={dest}", *ARCH, f"-j{JOBS}", "modules"], log,
               f"module for {obj.name}", env)
        pattern = r"warning:" if prepared else r"warning:|WARNING: modpost"
        warnings = [s for s in log.read_text(errors="replace").splitlines()
                    if re.search(pattern, s)]
        if warnings:
            raise Fail(f"module for {obj.name}: warnings are failures:\n" + "\n".join(warnings)
                       + f"\n(whole log: {log})")
        ok.touch()
    return dest / "cifssrv.ko"


def have_module() -> bool:
    return (TOP / "module/Kbuild").exists()


def have_daemon() -> bool:
    return (TOP / "daemon/Makefile").exists()


def build_daemon() -> Path:
    if not have_daemon():
        raise Fail(f"{TOP}/daemon/Makefile is missing: there is no daemon to build yet")
    log = CACHE / "log" / "daemon.log"
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL")}
    with locked(log.with_suffix(".lock"), "`make daemon`"):
        log.unlink(missing_ok=True)
        logged(["make", "-C", str(TOP), "daemon", "WERROR=-Werror"], log, "make daemon", env)
    return TOP / "build"
