# SPDX-License-Identifier: GPL-2.0-or-later
"""Packages of Debian's backports, unpacked into the cache.

Two suites are read: this release's own backports (programs come from there, they must run
here) and stable's, which has the newest kernel source long after this release has become
oldstable.  apt gets a sources list and a lists folder of its own; the machine's configuration
is read (which mirror, which key) and never written.
"""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from .common import CACHE, Fail, locked, logged, output, say

ROOT = CACHE / "backports"
MAX_AGE = 14 * 86400        # seconds before the package lists are read again


def codename() -> str:
    m = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.M)
    if not m:
        raise Fail("/etc/os-release names no VERSION_CODENAME: this is no Debian release")
    return m[1]


def deb822(text: str) -> list[dict[str, str]]:
    stanzas = []
    for block in re.split(r"\n\s*\n", text):
        d: dict[str, str] = {}
        for line in block.splitlines():
            m = re.match(r"([A-Za-z-]+):\s*(.*)", line)
            if m:
                d[m[1].lower()] = m[2].strip()
        stanzas.append(d)
    return stanzas


def machine_mirror() -> tuple[str, str]:
    """(URI, keyring) of the suite this machine itself installs from."""
    code = codename()
    apt = Path("/etc/apt")
    for f in sorted((apt / "sources.list.d").glob("*.sources")):
        for d in deb822(f.read_text()):
            if "deb" in d.get("types", "").split() and code in d.get("suites", "").split():
                return d["uris"].split()[0], d.get("signed-by", "")
    lists = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*.list"))]
    for f in lists:
        if not f.exists():
            continue
        for line in f.read_text().splitlines():
            m = re.match(r"\s*deb\s+(?:\[([^]]*)\]\s+)?(\S+)\s+(\S+)\s", line)
            if m and m[3] == code:
                key = re.search(r"signed-by=(\S+)", m[1] or "")
                return m[2], key[1] if key else ""
    raise Fail(f"found no apt source for {code} in /etc/apt: cannot tell which mirror to use")


def own_suite() -> str:
    return f"{codename()}-backports"


def apt_options() -> list[str]:
    return ["-o", f"Dir::Etc::sourcelist={ROOT}/sources.list", "-o", "Dir::Etc::sourceparts=-",
            "-o", f"Dir::State::lists={ROOT}/lists", "-o", f"Dir::Cache={ROOT}/cache",
            "-o", "APT::Get::List-Cleanup=0", "-o", "Debug::NoLocking=1"]


def real_name(alias: str) -> str:
    for f in (ROOT / "lists").glob(f"*_{alias}_InRelease"):
        m = re.search(r"^Codename: (\S+)", f.read_text(errors="replace"), re.M)
        if m:
            return m[1]
    return alias


def update() -> None:
    stamp = ROOT / "updated"
    if stamp.exists() and time.time() - stamp.stat().st_mtime < MAX_AGE:
        return
    uri, key = machine_mirror()
    (ROOT / "lists/partial").mkdir(parents=True, exist_ok=True)
    (ROOT / "cache/archives/partial").mkdir(parents=True, exist_ok=True)
    signed = f"[signed-by={key}] " if key else ""
    say("reading the package lists of Debian's backports")
    # a mirror may serve the alias staler than the suite itself: resolve the alias, use the name
    stable = "stable-backports"
    for resolved in (False, True):
        (ROOT / "sources.list").write_text(
            "".join(f"deb {signed}{uri} {s} main\n" for s in dict.fromkeys((own_suite(), stable))))
        logged(["apt-get", *apt_options(), "update"], CACHE / "log/backports.log",
               "apt-get update of the backports suites")
        if not resolved:
            stable = real_name(stable)
            shutil.rmtree(ROOT / "lists")
            (ROOT / "lists/partial").mkdir(parents=True)
    stamp.touch()


def candidate(pkg: str, suite: str = "") -> str:
    """Highest version of PKG in the backports (in SUITE only, if given), or ''."""
    out = output(["apt-cache", *apt_options(), "madison", pkg])
    rows = [[c.strip() for c in s.split("|")] for s in out.splitlines()]
    versions = [r[1] for r in rows if len(r) == 3 and (not suite or f" {suite}/" in r[2])]
    return versions[0] if versions else ""


def fetch(pkg: str, suite: str = "") -> Path:
    """PKG's files under a folder of the cache, which is returned; quick once they are there."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", pkg):
        raise Fail(f"`{pkg}` is no package name")
    with locked(CACHE / "backports.lock", "download"):
        have = sorted(ROOT.glob(f"{pkg}_*/.complete"))
        stamp = ROOT / "updated"
        if have and stamp.exists() and time.time() - stamp.stat().st_mtime < MAX_AGE:
            return have[-1].parent
        try:
            update()
            version = candidate(pkg, suite)
        except Fail:
            if have:            # no network today: what is there will do
                return have[-1].parent
            raise
        if not version:
            raise Fail(f"{suite or 'the backports'} has no package `{pkg}`")
        dest = ROOT / f"{pkg}_{version.replace(':', '%')}"
        if (dest / ".complete").exists():
            return dest
        say(f"fetching {pkg} {version}")
        debs = ROOT / "debs"
        shutil.rmtree(debs, ignore_errors=True)
        debs.mkdir(parents=True)
        r = subprocess.run(["apt-get", *apt_options(), "-o", "APT::Sandbox::User=root", "download",
                            f"{pkg}={version}"], cwd=debs, stdin=subprocess.DEVNULL,
                           capture_output=True, text=True, check=False)
        found = list(debs.glob("*.deb"))
        if r.returncode or len(found) != 1:
            raise Fail(f"download of {pkg} {version} failed: {r.stderr.strip()}")
        shutil.rmtree(dest, ignore_errors=True)
        dest.mkdir()
        logged(["dpkg", "-x", str(found[0]), str(dest)], CACHE / "log/backports.log", "dpkg -x")
        shutil.rmtree(debs)
        (dest / ".complete").touch()
        for old in have:
            shutil.rmtree(old.parent, ignore_errors=True)
        os.sync()
        return dest


def newest_source() -> Path:
    """The tarball of the highest linux-source-X.Y of the backports suite."""
    have = sorted(ROOT.glob("linux-source-*_*/usr/src/linux-source-*.tar.xz"))
    stamp = ROOT / "updated"
    fresh = stamp.exists() and time.time() - stamp.stat().st_mtime < MAX_AGE
    if have and fresh:
        return max(have, key=version_of)
    with locked(CACHE / "backports.lock", "download"):
        try:
            update()
        except Fail as e:
            if not have:
                raise
            say(f"using what the cache holds: {e}")
            return max(have, key=version_of)
    out = output(["apt-cache", *apt_options(), "pkgnames", "linux-source-"])
    names = [s for s in out.split() if re.fullmatch(r"linux-source-\d+(\.\d+)+", s)]
    names = [s for s in names if candidate(s)]
    if not names:
        raise Fail("the backports have no linux-source-* package")
    pkg = max(names, key=lambda s: [int(n) for n in s[13:].split(".")])
    balls = list(fetch(pkg).glob("usr/src/linux-source-*.tar.xz"))
    if not balls:
        raise Fail(f"package {pkg} holds no usr/src/linux-source-*.tar.xz")
    return balls[0]


def version_of(ball: Path) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", ball.name)]
