# SPDX-License-Identifier: GPL-2.0-or-later
"""Command line of everything but `vm sh`."""
from __future__ import annotations

import argparse
import sys

from . import backports, guest, kernel, scan
from .common import Fail, say

EPILOG = "`vm COMMAND --help` says more; tests/vm/README.md has the whole picture."


def which(p: argparse.ArgumentParser, positional: bool) -> None:
    if positional:
        p.add_argument("flavor", nargs="?", choices=kernel.FLAVORS, default="debug")
    else:
        p.add_argument("--flavor", choices=kernel.FLAVORS, default="debug")
    p.add_argument("--kernel", choices=kernel.KERNELS, default="6.1")


def build(args) -> None:
    print(kernel.build_kernel(args.kernel, args.flavor))
    if kernel.have_module():
        print(kernel.build_module(args.kernel, args.flavor))
    else:
        say("no module/Kbuild yet")
    if kernel.have_daemon():
        print(kernel.build_daemon())
    else:
        say("no daemon/Makefile yet")


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="vm", description="Build test kernels and run guests.",
                                epilog=EPILOG)
    sub = p.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name: str, text: str, run, named: bool = False) -> argparse.ArgumentParser:
        c = sub.add_parser(name, help=text, description=text, epilog=EPILOG)
        c.set_defaults(run=run)
        if named:
            c.add_argument("--name", default="default", help="which guest (default: default)")
        return c

    c = add("build", "kernel, module and daemon", build)
    which(c, True)
    c = add("kernel", "only the kernel; prints its object dir",
            lambda a: print(kernel.build_kernel(a.kernel, a.flavor)))
    which(c, True)
    c = add("module", "only the module (a warning is a failure); prints the path of cifssrv.ko",
            lambda a: print(kernel.build_module(a.kernel, a.flavor, a.compile_only)))
    which(c, True)
    c.add_argument("--compile-only", action="store_true",
                   help="against a prepared kernel: seconds, but the result cannot be loaded")
    c = add("prepare", "a kernel to compile modules against, not built; prints its object dir",
            lambda a: print(kernel.prepare_kernel(a.kernel, a.flavor)))
    which(c, True)
    c.set_defaults(flavor="fast")
    c = add("fetch-backport", "unpack packages of this release's backports; prints their folders",
            lambda a: print(*(backports.fetch(p, backports.own_suite()) for p in a.package),
                            sep="\n"))
    c.add_argument("package", nargs="+")

    c = add("up", "boot a guest and start the server in it", guest.up, True)
    which(c, False)
    c.add_argument("--mem", help="memory (default 1.5G debug, 1G fast)")
    c.add_argument("--disk-size", default="6G", help="of the ext4 on /srv/test (default 6G)")
    c.add_argument("--disk", help=argparse.SUPPRESS)
    c.add_argument("--bare", action="store_true", help="no module, no server")
    c.add_argument("--system", action="store_true",
                   help="a bare Debian with systemd as root, no server started")
    c.add_argument("--no-build", dest="build", action="store_false",
                   help="take module and daemon as they are")
    c.add_argument("--timeout", type=float, default=300, help="seconds until ready (300)")
    c.add_argument("--publish", metavar="HOST:PORT",
                   help="forward HOST:PORT here to the guest's port 445")
    add("sh", "run a command in the guest (vm sh --help)", None, True)
    c = add("net", "run a command beside the guest, on its network: the client side", guest.net,
            True)
    c.add_argument("cmd", nargs=argparse.REMAINDER, metavar="CMD")
    c = add("logs", "print the guest's kernel log", guest.logs, True)
    c.add_argument("-f", "--follow", action="store_true")
    c = add("scan", "what did the last test leave behind? 0 clean, 1 found, 2 cannot scan",
            scan.main, True)
    c.add_argument("--baseline", action="store_true", help="store the object counters")
    c.add_argument("--all", action="store_true", help="the whole log, not only what is new")
    c.add_argument("--no-leaks", dest="leaks", action="store_false",
                   help="leave out kmemleak (it takes 6 s)")
    c.add_argument("--settle", type=float, default=3,
                   help="seconds objects get to go away (3)")
    add("dump", "all tasks of a hanging guest into its log (sysrq t, w)", guest.dump, True)
    add("list", "guests", guest.list_)
    c = add("down", "stop a guest and remove all that was its", guest.down, True)
    c.add_argument("--all", action="store_true", help="every guest")
    return p


def main(argv: list[str]) -> int:
    try:
        args = parser().parse_args(argv)
        return args.run(args) or 0
    except Fail as e:
        print(f"vm: {e}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 141
    except KeyboardInterrupt:
        return 130
