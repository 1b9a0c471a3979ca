# SPDX-License-Identifier: GPL-2.0-or-later
"""The disk of the system test's guest: a Debian 12 with a stock kernel, and our packages installed.

CACHE/system/base-KERNEL-KEY/   made by mmdebstrap once; only read afterwards
CACHE/system/ccache/            what DKMS compiled: a run with the same module does not compile it again

What is made of it for a run: the base under an overlay, the packages installed by apt in a chroot, where
DKMS compiles at the machine's own speed, and all of that in an ext4 file.
"""
from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from vmlib import backports
from vmlib.common import CACHE, Fail, locked, logged, say
from vmlib.stock import Stock, unpack_vmlinux

PACKAGES = ("systemd", "systemd-sysv", "udev", "kmod", "iproute2", "procps", "dkms", "gcc", "make",
            "linux-libc-dev", "libc6-dev", "ccache", "cifs-utils", "smbclient", "keyutils", "openssl")
KERNELS = {"6.1": "", "newest": "/{code}-backports"}
IMAGE_BYTES = "6G"
AGENT = Path(__file__).with_name("agent").read_text(encoding="utf-8")
UNIT = """[Unit]
Description=Agent of the system test
[Service]
ExecStart=/usr/local/sbin/test-agent
Environment=DEBIAN_KERNEL_USE_CCACHE=1 CCACHE_DIR=/var/cache/ccache HOME=/root
Environment=DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
Environment=PATH=/usr/sbin:/usr/bin:/sbin:/bin
Restart=always
[Install]
WantedBy=multi-user.target
"""
NETWORK = "[Match]\nName=en*\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\nLinkLocalAddressing=no\n"
# In the chroot: the packages as apt installs them, the next version's module once for ccache, the agent.
INSTALL = r"""set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin
export DEBIAN_KERNEL_USE_CCACHE=1 CCACHE_DIR=/var/cache/ccache
ccache -o sloppiness=include_file_ctime,include_file_mtime,time_macros -o max_size=1G
apt-get -q -y install /root/debs/*.deb
kernel=$(ls /lib/modules)
modinfo -k "$kernel" -n cifssrv
dpkg -x /root/next/cifssrv-dkms_*.deb /root/unpacked
next=$(basename /root/unpacked/usr/src/cifssrv-*)
cp -r "/root/unpacked/usr/src/$next" /usr/src/
dkms build "cifssrv/${next#cifssrv-}" -k "$kernel"
dkms remove "cifssrv/${next#cifssrv-}" --all
rm -r /root/unpacked "/usr/src/$next"
useradd -m alice
mkdir -p /srv/data && chown alice: /srv/data
systemctl enable systemd-networkd test-agent
systemctl mask getty.target apt-daily.timer apt-daily-upgrade.timer e2scrub_reap.service
echo stock > /etc/hostname
echo 127.0.0.1 localhost stock > /etc/hosts
sync
"""
OUTSIDE = r"""set -eu
base=$1 work=$2 image=$3 size=$4 cc=$5
mount -t overlay overlay -o "lowerdir=$base,upperdir=$work/up,workdir=$work/work" "$work/root"
r=$work/root
cp -rL "$work/debs" "$work/next" "$r/root/"
install -m 0755 "$work/agent" "$r/usr/local/sbin/test-agent"
cp "$work/test-agent.service" "$r/etc/systemd/system/"
cp "$work/net.network" "$r/etc/systemd/network/"
cp --remove-destination /etc/resolv.conf "$r/etc/resolv.conf"
mkdir -p "$r/var/cache/ccache"
cp -a "$cc/." "$r/var/cache/ccache/"
mount -t proc proc "$r/proc"; mount --bind /dev "$r/dev"
env -u TMPDIR chroot "$r" sh -c "$(cat "$work/install")"
umount "$r/proc" "$r/dev"
rm -rf "$cc.new"; cp -a "$r/var/cache/ccache" "$cc.new"; rm -rf "$cc"; mv "$cc.new" "$cc"
rm -rf "$r"/var/cache/apt/archives/*.deb
mke2fs -q -t ext4 -E lazy_itable_init=0,lazy_journal_init=0 -d "$r" "$image" "$size"
"""


def base(which: str) -> Path:
    """A Debian with that kernel, its headers, and what builds modules."""
    suite = KERNELS[which].format(code=backports.codename())
    kernel = [f"linux-image-amd64{suite}", f"linux-headers-amd64{suite}"]
    key = hashlib.sha256(" ".join([*PACKAGES, *kernel]).encode()).hexdigest()[:12]
    dest = CACHE / "system" / f"base-{which}-{key}"
    if (dest / ".complete").exists():
        return dest
    with locked(CACHE / "system.lock", "mmdebstrap"):
        if (dest / ".complete").exists():
            return dest
        if not shutil.which("mmdebstrap"):
            raise Fail("mmdebstrap is missing: run tests/deps.sh system")
        uri, key_file = backports.machine_mirror()
        signed = f"[signed-by={key_file}] " if key_file else ""
        suites = [backports.codename(), *([suite.strip("/")] if suite else [])]
        say(f"making {dest} (once, about 3 minutes)")
        shutil.rmtree(dest, ignore_errors=True)
        dest.parent.mkdir(parents=True, exist_ok=True)
        log = CACHE / f"log/mmdebstrap-{which}.log"
        log.unlink(missing_ok=True)
        logged(["mmdebstrap", "--variant=minbase", "--aptopt=APT::Install-Recommends false",
                f"--include={','.join([*PACKAGES, *kernel])}", "--skip=cleanup/apt",
                backports.codename(), str(dest),
                *(f"deb {signed}{uri} {s} main" for s in suites)], log, "mmdebstrap")
        (dest / ".complete").touch()
    return dest


def stock(root: Path, work: Path) -> Stock:
    """The kernel that is installed in ROOT, its vmlinux in WORK."""
    (release,) = [p.name for p in (root / "lib/modules").iterdir()]
    vmlinux = work / "vmlinux"
    unpack_vmlinux(root / f"boot/vmlinuz-{release}", vmlinux)
    return Stock(release, vmlinux, root)


def make(root: Path, debs: list[Path], following: list[Path], work: Path, log: Path) -> Path:
    """A disk with DEBS installed in a copy of ROOT; those FOLLOWING lie in its /root/next."""
    for d in ("up", "work", "root", "debs", "next"):
        (work / d).mkdir(parents=True)
    for files, to in ((debs, "debs"), (following, "next")):
        for f in files:
            shutil.copy2(f, work / to)
    (work / "agent").write_text(AGENT, encoding="utf-8")
    (work / "test-agent.service").write_text(UNIT, encoding="utf-8")
    (work / "net.network").write_text(NETWORK, encoding="utf-8")
    (work / "install").write_text(INSTALL, encoding="utf-8")
    ccache = CACHE / "system/ccache"
    ccache.mkdir(parents=True, exist_ok=True)
    image = work / "disk"
    with locked(CACHE / "system-make.lock", "image"):
        with open(log, "w", encoding="utf-8") as f:
            r = subprocess.run(["unshare", "-m", "--propagation", "private", "sh",
                                "-c", OUTSIDE, "make", str(root), str(work), str(image), IMAGE_BYTES,
                                str(ccache)], stdin=subprocess.DEVNULL, stdout=f, stderr=f,
                               check=False)
    if r.returncode:
        raise Fail(f"no image was made ({r.returncode}); the end of {log}:\n"
                   + "\n".join(log.read_text(errors="replace").splitlines()[-30:]))
    for d in ("up", "work"):
        shutil.rmtree(work / d)
    return image
