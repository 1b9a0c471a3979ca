# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests: up, down, list, logs, dump."""
from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from . import kernel, mconsole, place, rootfs
from .common import CACHE, Fail, TOP, VMDIR, locked, output, quiet, say, tail

VM = str(VMDIR / "vm")


@dataclass
class State:
    name: str
    kernel: str
    flavor: str
    kobj: str
    disk: str
    started: float
    module: str = ""            # cifssrv.ko, or empty when bare
    rootfs: str = ""            # a Debian of its own with systemd, or empty: the host's /
    pids: list[int] = field(default_factory=list)       # the guest first, then relays
    published: str = ""

    @property
    def run(self) -> Path:
        return Path(place.rundir(self.name))

    def save(self) -> None:
        tmp = self.run / "state.tmp"
        tmp.write_text(json.dumps(asdict(self)))
        tmp.rename(self.run / "state.json")

    def alive(self) -> bool:
        return bool(self.pids) and self.pids[0] in processes(self.run)


def check_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,40}", name):
        raise Fail(f"`{name}` will not do as a name: letters, digits, `_.-`, at most 41")
    return name


def load(name: str) -> State | None:
    try:
        return State(**json.loads((Path(place.rundir(name)) / "state.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def need(name: str) -> State:
    st = load(name)
    if not st or not st.alive():
        raise Fail(f"no guest `{name}` is running; start it with: vm up --name {name}")
    return st


def processes(run: Path) -> list[int]:
    """Processes whose command line names this run dir: the guest's, its helpers', its relays'."""
    marks = (f"uml_dir={run}/".encode(), f"relay-of={run}\0".encode())
    found = []
    for d in os.listdir("/proc"):
        if d.isdigit():
            try:
                with open(f"/proc/{d}/cmdline", "rb") as f:
                    line = f.read()
            except OSError:
                continue
            if any(m in line for m in marks):
                found.append(int(d))
    return found


def in_guest(name: str, *cmd: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run([VM, "sh", "--name", name, "--timeout", str(timeout), "-n", *cmd],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", check=False)


# --- up ----------------------------------------------------------------------

def memory_dir(mem: str) -> str:
    """Where UML keeps its memory: a file, best on tmpfs, and it has to allow PROT_EXEC."""
    want = size(mem)
    st = os.statvfs("/dev/shm") if os.path.isdir("/dev/shm") else None
    if st and not st.f_flag & os.ST_NOEXEC and st.f_bavail * st.f_frsize > want * 5 // 4:
        return "/dev/shm"
    return "/var/tmp"


def size(text: str) -> int:
    m = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?)i?[Bb]?", text)
    if not m:
        raise Fail(f"`{text}` is no size: write 512M, 6G …")
    return int(float(m[1]) * 1024 ** " KMGT".index(m[2] or " "))


def make_network(name: str) -> None:
    ns = place.netns(name)
    output(["ip", "netns", "add", ns])
    batch = "\n".join([
        "link set lo up",
        "tuntap add t0 mode tap", "tuntap add t1 mode tap",
        f"addr add {place.CLIENT_IP}/24 dev t0", "addr add fd77::1/64 dev t0 nodad",
        "addr add 169.254.77.1/30 dev t1",
        "link set t0 txqueuelen 2000 up", "link set t1 txqueuelen 2000 up"])
    r = subprocess.run(["ip", "-n", ns, "-batch", "-"], input=batch, text=True,
                       capture_output=True, check=False)
    if r.returncode:
        raise Fail(f"network of guest `{name}`: {r.stderr.strip()} (is /dev/net/tun there?)")


def make_disk(path: Path, bytes_: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as f:
        f.truncate(bytes_)
    output(["mkfs.ext4", "-q", "-F", "-I", "256", "-m", "0", "-E",
            "lazy_itable_init=1,lazy_journal_init=1,nodiscard", str(path)])


def command_line(st: State, mem: str) -> list[str]:
    run = st.run
    smp = ["ncpus=2", "seccomp=on"] if st.kernel == "newest" else []
    # Linux 7 runs suites of KUnit on demand only, unless told so; 6.1 does not know the word.
    debug = ["kasan_multi_shot", "kunit.autorun=1"] if st.flavor == "debug" else []
    own = [f"ROOTFS={st.rootfs}"] if st.rootfs else []
    tap = "transport=tap,ifname=t{},depth=128,gro=1"
    return [
        # enters the namespace and becomes the guest: one process, no ip-netns mounts
        "nsenter", f"--net={place.netns_path(st.name)}", "setarch", os.uname().machine, "-R",
        f"{st.kobj}/linux", f"mem={size(mem)}", "root=none", "rootfstype=hostfs", "rootflags=/",
        "ro", f"init={VMDIR}/guest/init", f"RUN={run}", *own, f"uml_dir={run}/", "umid=uml",
        "con0=null,fd:1", "con=null", "ssl=null", f"ubda={st.disk}",
        "vec0:" + tap.format(0), "vec1:" + tap.format(1),
        "printk.devkmsg=on", "loglevel=8", "log_buf_len=1M", *smp, *debug]


def start_kernel(st: State, mem: str) -> subprocess.Popen[bytes]:
    env = {"TMPDIR": memory_dir(mem), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
    with open(st.run / "console.log", "wb") as log:
        return subprocess.Popen(command_line(st, mem), stdin=subprocess.DEVNULL, stdout=log,
                                stderr=log, env=env, start_new_session=True, cwd="/")


def host_view(pid: int) -> str:
    """Where a kernel stands that says nothing; with its stack if there is a gdb."""
    text = ""
    for name in ("stat", "syscall", "wchan", "status"):
        try:
            lines = Path(f"/proc/{pid}/{name}").read_text().splitlines()
        except OSError as e:
            lines = [str(e)]
        text += "".join(f"{name}: {s}\n" for s in lines
                        if name != "status" or s.startswith(("State", "Sig", "Shd", "Threads")))
    if shutil.which("gdb"):
        try:
            r = subprocess.run(["gdb", "-p", str(pid), "-batch", "-ex", "thread apply all bt 30"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, timeout=120, check=False)
            text += "\n".join(r.stdout.splitlines()[-60:])
        except subprocess.TimeoutExpired as e:
            text += str(e)
    return text


def wait_ready(st: State, p: subprocess.Popen[bytes], seconds: float) -> None:
    log = st.run / "console.log"
    end = time.monotonic() + seconds
    while not (st.run / "ready").exists():
        if p.poll() is not None:
            raise Fail(f"the guest ended while booting ({p.returncode}); end of its log:\n"
                       f"{tail(log)}")
        if time.monotonic() > end:
            problem = mconsole.dump(st.name)
            raise Fail(f"the kernel as a process:\n{host_view(p.pid)}\n"
                       f"the guest was not ready after {seconds:g} s (--timeout); "
                       f"{problem or 'its tasks were dumped'}; end of the log:\n{tail(log, 60)}")
        time.sleep(0.02)


def start_server(st: State, seconds: float) -> None:
    r = in_guest(st.name, str(VMDIR / "guest/server-start"), timeout=seconds)
    if r.returncode:
        raise Fail(f"the server did not start in guest `{st.name}` ({r.returncode}):\n"
                   f"{r.stdout}{r.stderr}kernel log, its end:\n{tail(st.run / 'console.log', 15)}\n"
                   f"The guest is left running: vm sh, vm logs, vm down --name {st.name}")
    sys.stderr.write(r.stdout + r.stderr)


def booted(st: State, seconds: float) -> None:
    """Wait until systemd has started everything; a failed unit is a failure."""
    r = in_guest(st.name, "systemctl is-system-running --wait || systemctl --failed --no-legend",
                 timeout=seconds)
    if r.stdout.strip() != "running":
        raise Fail(f"systemd in guest `{st.name}` says: {r.stdout}{r.stderr}\n"
                   f"The guest is left running: vm sh, vm logs, vm down --name {st.name}")


def publish(st: State, where: str) -> None:
    host, _, port = where.rpartition(":")
    if not port.isdigit():
        raise Fail(f"--publish {where}: write HOST:PORT")
    p = subprocess.Popen(
        ["/usr/bin/python3", "-SE", str(VMDIR / "vmlib/relay.py"), host or "127.0.0.1", port,
         place.netns_path(st.name), place.GUEST_IP, "445", f"relay-of={st.run}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=open(st.run / "relay.log", "wb"),
        start_new_session=True, cwd="/")
    assert p.stdout
    if p.stdout.readline() != b"listening\n":
        raise Fail(f"cannot publish on {where}: {tail(st.run / 'relay.log', 1)}")
    st.pids.append(p.pid)
    st.published = f"{host or '127.0.0.1'}:{port}"
    st.save()


def built(args) -> tuple[str, str, bool]:
    """(kernel objects, cifssrv.ko or '', is there a server)."""
    kobj = str(kernel.build_kernel(args.kernel, args.flavor))
    if args.bare:
        return kobj, "", False
    if not kernel.have_module() or not kernel.have_daemon():
        say("no module or no daemon in this checkout yet: a bare guest it is")
        return kobj, "", False
    if args.build:
        ko = kernel.build_module(args.kernel, args.flavor)
        kernel.build_daemon()
    else:
        ko = kernel.module_dir(Path(kobj)) / "cifssrv.ko"
        for f in (ko, TOP / "build/cifssrvd", TOP / "build/cifsadmin"):
            if not f.exists():
                raise Fail(f"{f} is missing: leave out --no-build")
    return kobj, str(ko), True


def up(args) -> None:
    name = check_name(args.name)
    if os.geteuid():
        raise Fail("vm up needs root (network namespaces and tap devices)")
    run = Path(place.rundir(name))
    st = load(name)
    if st and st.alive():
        raise Fail(f"guest `{name}` is already running; stop it with: vm down --name {name}")
    t0 = time.monotonic()
    kobj, ko, server = built(args)
    own = str(rootfs.debian()) if args.system else ""
    t1 = time.monotonic()
    with locked(Path(place.RUNS) / f".{name}.lock", f"`vm up` of {name}"):
        if (st := load(name)) and st.alive():
            raise Fail(f"guest `{name}` has been started meanwhile")
        clear(name)
        run.mkdir(parents=True)
        disk = args.disk or str(CACHE / "disk" / f"{name}.{os.getpid()}.img")
        st = State(name, args.kernel, args.flavor, kobj, disk, time.time(), ko, own)
        st.save()       # from here on `down` knows what there is
        try:
            (run / "guest.env").write_text(
                f"NAME='{name}'\nTOP='{TOP}'\nCACHE='{CACHE}'\nVMDIR='{VMDIR}'\nKOBJ='{kobj}'\n"
                f"MODULE='{ko}'\nKERNEL='{args.kernel}'\nFLAVOR='{args.flavor}'\n"
                "export NAME TOP CACHE VMDIR KOBJ MODULE KERNEL FLAVOR\n")
            make_network(name)
            make_disk(Path(disk), size(args.disk_size))
            p = start_kernel(st, args.mem or ("1.5G" if args.flavor == "debug" else "1G"))
            st.pids = [p.pid]
            st.save()
            wait_ready(st, p, args.timeout)
        except BaseException:
            if (run / "console.log").exists():
                kept = CACHE / "log" / f"failed-boot-{name}.log"
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(run / "console.log", kept)
                say(f"console log kept as {kept}")
            clear(name)
            raise
        t2 = time.monotonic()
        if args.system:
            booted(st, args.timeout)
        elif server:
            start_server(st, args.timeout)
            from . import scan
            scan.store_baseline(st)
        if args.publish:
            publish(st, args.publish)
    say(f"guest `{name}` is up: {args.kernel} {args.flavor}, build {t1 - t0:.1f} s, boot "
        f"{t2 - t1:.1f} s{f', server {time.monotonic() - t2:.1f} s' if server else ', bare'}"
        + (f", published on {st.published}" if st.published else ""))


# --- down --------------------------------------------------------------------

def stop(pids: list[int], again, seconds: float) -> None:
    """TERM, then KILL; `again` lists what is still there."""
    for sig in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            try:
                os.kill(pid, sig)
            except ProcessLookupError:
                pass
        end = time.monotonic() + seconds
        while (pids := again()) and time.monotonic() < end:
            reap()
            time.sleep(0.02)
        if not pids:
            return
    raise Fail(f"processes {pids} do not go away, not even with KILL")


def reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def netns_pids(name: str) -> list[int]:
    if not os.path.exists(place.netns_path(name)):
        return []
    return [int(p) for p in output(["ip", "netns", "pids", place.netns(name)]).split()]


def clear(name: str) -> None:
    """Whatever there is of guest NAME goes: its processes, namespace, disk, folder."""
    run = Path(place.rundir(name))
    st = load(name)
    (run / "ready").unlink(missing_ok=True)
    if st and st.alive():
        try:
            mconsole.command(name, "halt", 1)
        except OSError:
            pass                # it halts before it answers, or hangs
        end = time.monotonic() + 1
        while st.alive() and time.monotonic() < end:
            reap()
            time.sleep(0.02)
    if processes(run):
        stop(processes(run), lambda: processes(run), 2)
    if netns_pids(name):        # clients left over by `vm net`
        stop(netns_pids(name), lambda: netns_pids(name), 1)
    if os.path.exists(place.netns_path(name)):
        if not quiet("ip", "netns", "del", place.netns(name)):
            raise Fail(f"cannot remove network namespace {place.netns(name)}")
    disks = {*(CACHE / "disk").glob(f"{name}.*.img")}
    if st:
        disks.add(Path(st.disk))
    for d in disks:
        if d.parent == CACHE / "disk" and re.fullmatch(re.escape(name) + r"\.\d+\.img", d.name):
            d.unlink(missing_ok=True)
    shutil.rmtree(run, ignore_errors=True)


def down(args) -> None:
    names = all_names() if args.all else [check_name(args.name)]
    for name in names:
        with locked(Path(place.RUNS) / f".{name}.lock", f"`vm up` or `vm down` of {name}"):
            clear(name)
        (Path(place.RUNS) / f".{name}.lock").unlink(missing_ok=True)
    try:
        os.rmdir(place.RUNS)
    except OSError:
        pass


# --- the rest ----------------------------------------------------------------

def all_names() -> list[str]:
    runs = Path(place.RUNS)
    return sorted(d.name for d in runs.iterdir() if d.is_dir()) if runs.is_dir() else []


def list_(_args) -> None:
    for name in all_names():
        st = load(name)
        if not st:
            print(f"{name}\tbroken (vm down --name {name} clears it)")
            continue
        state = ("up" if place.is_up(name) else "booting") if st.alive() else "dead"
        print(f"{name}\t{state}\t{st.kernel} {st.flavor}\tpid {st.pids[0] if st.pids else '-'}\t"
              f"{int(time.time() - st.started)} s\t{'server' if st.module else 'bare'}\t"
              f"{st.published or '-'}")


def logs(args) -> None:
    path = Path(place.rundir(check_name(args.name))) / "console.log"
    if not path.exists():
        raise Fail(f"no guest `{args.name}`, no log")
    if args.follow:
        os.execvp("tail", ["tail", "-n", "+1", "-F", str(path)])
    with open(path, "rb") as f:
        shutil.copyfileobj(f, sys.stdout.buffer)


def net(args) -> None:
    if not args.cmd:
        raise Fail("vm net: no command")
    if not os.path.exists(place.netns_path(args.name)):
        raise Fail(f"no guest `{args.name}` is running; start it with: vm up --name {args.name}")
    os.execvp("nsenter", ["nsenter", f"--net={place.netns_path(args.name)}", *args.cmd])


def dump(args) -> None:
    need(args.name)
    problem = mconsole.dump(args.name)
    if problem:
        raise Fail(f"{problem}; the log so far: vm logs --name {args.name}")
    say(f"tasks dumped to {place.rundir(args.name)}/console.log")
