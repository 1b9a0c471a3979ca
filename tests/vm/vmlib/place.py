# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a guest's things are.  Imported by the quick path: os and nothing else."""
import os
import stat

RUNS = os.environ.get("CIFSSRV_RUN") or "/run/cifssrv-vm"
GUEST_IP, CLIENT_IP = "192.168.77.2", "192.168.77.1"
AGENT = ("169.254.77.2", 7700)      # on a card of its own: see guest/init


def rundir(name: str) -> str:
    return f"{RUNS}/{name}"


def netns(name: str) -> str:
    return f"cifssrv-{name}"


def netns_path(name: str) -> str:
    return f"/run/netns/{netns(name)}"


def is_up(name: str) -> bool:
    """Has a guest of this name got as far as running commands?"""
    try:
        return stat.S_ISREG(os.stat(rundir(name) + "/ready").st_mode)
    except OSError:
        return False
